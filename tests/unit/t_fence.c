/* Fenced off: what a host hears from the signer, and how its clients are told; commands before the
 * market. Real sockets, no engine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/attach.h"
#include "host/clock.h"
#include "host/dexes.h"
#include "host/lease.h"
#include "host/loop.h"
#include "host/signlink.h"
#include "tests/run.h"
#include "tests/unit/signer_rig.h"

enum { WAIT_S = 10 };

/* ---- the signer's word ---- */

static struct heard {
	int signed_n, refused_n, fenced_n, ready_n, other_n;
	uint8_t other; /* slot of the key that nobody holds */
	bool other_ready;
	char other_text[200];
} heard;

static void on_done(void *arg, uint8_t account, const struct act *act, const struct act_env *env,
		    const struct act_sig *sig, const char *text)
{
	(void)arg, (void)account, (void)act, (void)env, (void)text;
	if (sig)
		heard.signed_n++;
	else
		heard.refused_n++;
}

static void on_fenced(void *arg, const char *text)
{
	(void)arg;
	CHECK(strstr(text, "fenced off") != NULL);
	heard.fenced_n++;
}

static void on_key(void *arg, uint8_t slot, bool ready, const uint8_t address[20], const char *text)
{
	(void)arg, (void)address;
	heard.ready_n += ready;
	if (slot == heard.other) {
		heard.other_n++;
		heard.other_ready = ready;
		snprintf(heard.other_text, sizeof heard.other_text, "%s", text);
	}
}

static bool turn_until(struct loop *l, struct signlink *s, const int *n, int want)
{
	int64_t end = clock_boot_ns() + (int64_t)WAIT_S * 1000000000;

	while (*n < want && clock_boot_ns() < end) {
		signlink_tick(s, clock_boot_ns());
		loop_wake(l);
		loop_wait(l);
	}
	return *n >= want;
}

TEST(the_signer_says_fenced)
{
	static const struct signlink_calls calls = {on_done, on_fenced, on_key};
	struct signer_req q = rig_order(1, 0, 0);
	struct statedir d = {.fd = -1};
	struct signer_rep rep;
	struct signlink *s;
	struct err e = {0};
	struct loop *l;
	struct rig r;

	heard.other = 1;
	REQUIRE(rig_make(&r) && rig_start(&r));
	l = loop_new(NULL, &e);
	REQUIRE(l);
	snprintf(d.path, sizeof d.path, "%s", r.dir);
	s = signlink_new(l, &d, 5, (const char *[]){"main"}, 1, &calls, NULL);
	CHECK(turn_until(l, s, &heard.ready_n, 1));
	q.env.nonce = (uint64_t)clock_wall_ms();
	CHECK(signlink_sign(s, 0, 0, &q.act, &q.env, clock_boot_ns()));
	CHECK(turn_until(l, s, &heard.signed_n, 1));
	CHECK_INT(heard.fenced_n, 0);
	/* Another takes the lease: from the next request on nothing of ours is signed. */
	signer_req_init(&q, SIGNER_FENCE, 77);
	q.epoch = 6;
	REQUIRE(rig_call(&r, &q, &rep));
	CHECK_INT(rep.code, ERR_OK);
	q = rig_order(1, 0, 0);
	q.env.nonce = (uint64_t)clock_wall_ms() + 1000;
	CHECK(signlink_sign(s, 0, 0, &q.act, &q.env, clock_boot_ns()));
	CHECK(turn_until(l, s, &heard.refused_n, 1));
	CHECK_INT(heard.fenced_n, 1);
	CHECK_INT(heard.signed_n, 1);
	signlink_free(s);
	loop_free(l);
	rig_fini(&r);
}

/* The configuration has a key more than the signer was started with, in front of it or behind: the
 * one it holds is found by its name, and nothing is signed with it in the name of the other. */
static void a_key_more(const char *const label[2], uint8_t has)
{
	static const struct signlink_calls calls = {on_done, on_fenced, on_key};
	struct signer_req q = rig_order(1, 0, 0);
	struct statedir d = {.fd = -1};
	struct signlink *s;
	struct err e = {0};
	struct loop *l;
	struct rig r;

	memset(&heard, 0, sizeof heard);
	REQUIRE(rig_make(&r) && rig_start(&r));
	l = loop_new(NULL, &e);
	REQUIRE(l);
	snprintf(d.path, sizeof d.path, "%s", r.dir);
	heard.other = !has;
	s = signlink_new(l, &d, 5, label, 2, &calls, NULL);
	CHECK(turn_until(l, s, &heard.other_n, 1));
	CHECK(turn_until(l, s, &heard.ready_n, 1));
	CHECK(signlink_ready(s, has) && !signlink_ready(s, !has) && !heard.other_ready);
	CHECK(strstr(heard.other_text, "key second is not among those unlocked") != NULL);
	CHECK(strstr(heard.other_text, "exeunt key lock, then exeunt key unlock") != NULL);
	CHECK(strlen(heard.other_text) < sizeof((struct ev_signer *)0)->text);
	q.env.nonce = (uint64_t)clock_wall_ms();
	CHECK(signlink_sign(s, !has, 0, &q.act, &q.env, clock_boot_ns()));
	CHECK(turn_until(l, s, &heard.refused_n, 1));
	CHECK(signlink_sign(s, has, 0, &q.act, &q.env, clock_boot_ns()));
	CHECK(turn_until(l, s, &heard.signed_n, 1));
	CHECK_INT(heard.refused_n, 1);
	signlink_free(s);
	loop_free(l);
	rig_fini(&r);
}

TEST(a_key_the_signer_does_not_hold_is_locked)
{
	a_key_more((const char *[]){"main", "second"}, 0);
	a_key_more((const char *[]){"second", "main"}, 1); /* read anew, with it in front */
}

/* ---- clients ---- */

static int commands;

static void on_cmd(void *arg, uint32_t client, uint32_t seq, const struct cmd *cmd)
{
	(void)arg, (void)client, (void)seq;
	commands += cmd->kind == CMD_FLATTEN;
}

static void on_nothing(void *arg, uint32_t client)
{
	(void)arg, (void)client;
}

TEST(commands_come_first)
{
	char dir[] = "/tmp/t_fence.XXXXXX";
	const struct cmd cmd = {.kind = CMD_FLATTEN};
	struct attach_server *s;
	struct attach *a, *b;
	struct statedir d;
	struct err e = {0};
	struct loop *l;
	uint32_t seq;

	REQUIRE(mkdtemp(dir) && statedir_open(&d, dir, false, &e));
	l = loop_new(NULL, &e);
	REQUIRE(l);
	s = attach_server_new(l, statedir_listen(&d, ENGINE_SOCK, SOCK_STREAM, &e), on_cmd,
			      on_nothing, on_nothing, NULL);
	a = attach_open(&d, &e);
	REQUIRE(a && attach_send(a, &cmd, &seq));
	attach_first(s); /* taken in and heard at once, without a turn of the loop */
	CHECK_INT(commands, 1);
	CHECK(attach_send(a, &cmd, &seq));
	attach_first(s);
	CHECK_INT(commands, 2);
	attach_first(s); /* nothing new */
	CHECK_INT(commands, 2);
	/* The last word of an engine that was fenced off. */
	attach_fenced(s);
	CHECK_INT(attach_get(a, 2000, &e), GOT_GONE);
	CHECK_INT(e.code, ERR_FENCED);
	/* Whose peer stands still is not waited for: its backlog is bounded, so is a connect. */
	for (int i = 0; i < 64; i++) {
		b = attach_open(&d, &e);
		attach_close(b);
		if (!b)
			break;
	}
	CHECK(b == NULL);
	CHECK_INT(e.code, ERR_TIME);
	attach_close(a);
	attach_server_free(s);
	loop_free(l);
	unlinkat(d.fd, ENGINE_SOCK, 0);
	rmdir(dir);
	statedir_close(&d);
}

/* ---- the dexes of a venue, without a configuration ---- */

TEST(dexes_of_the_venue)
{
	static const char two[] =
		"[null,{\"name\":\"xyz\",\"fullName\":\"XYZ\"},{\"name\":\"flx\"}]";
	static const char odd[] = "[null,{\"name\":\"a/../b\"},{\"full\":1},{\"name\":\"ok\"}]";
	static const char many[] =
		"[null,{\"name\":\"d1\"},{\"name\":\"d2\"},{\"name\":\"d3\"},{\"name\":\"d4\"},"
		"{\"name\":\"d5\"},{\"name\":\"d6\"},{\"name\":\"d7\"},{\"name\":\"d8\"},{\"name\":"
		"\"d9\"}]";
	struct dex_list l;

	dexes_parse(&l, two, sizeof two - 1);
	CHECK_INT(l.n, 2);
	CHECK_STR(l.name[0], "xyz");
	CHECK_STR(l.name[1], "flx");
	CHECK_STR(l.missing, "");
	dexes_parse(&l, "[null]", 6);
	CHECK(l.n == 0 && !l.missing[0]);
	dexes_parse(&l, many, sizeof many - 1); /* what does not fit is named */
	CHECK_INT(l.n, DEXES_MAX - 1);
	CHECK_STR(l.missing, "dex d8, dex d9");
	dexes_parse(&l, odd, sizeof odd - 1);
	CHECK_INT(l.n, 1);
	CHECK_STR(l.missing, "dex ?, dex ?");
	dexes_parse(&l, "<html>", 6);
	CHECK_INT(l.n, 0);
	CHECK(strstr(l.missing, "did not come") != NULL);
}

TEST_MAIN(T(dexes_of_the_venue), T(the_signer_says_fenced),
	  T(a_key_the_signer_does_not_hold_is_locked), T(commands_come_first))
