/* t_signer.c: the daemon as a process: what it signs, what it remembers over a crash, what it keeps
 * from others. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/prng.h"
#include "config.h"
#include "sign/secp.h"
#include "signer/audit.h"
#include "signer/hw.h"
#include "signer/sandbox.h"
#include "tests/run.h"
#include "tests/unit/signer_rig.h"
#include "venue/hyperliquid/action.h"

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

TEST(signs_what_action_says)
{
	struct signer_rep rep;
	struct signer_req q = rig_order(77, now_ms(), 1);
	struct secp *s = secp_new(NULL);
	uint8_t id[32], digest[32], address[20], want[20];
	struct rig r;

	REQUIRE(s && rig_make(&r) && rig_start(&r));
	REQUIRE(rig_call(&r, &q, &rep));
	CHECK_INT(rep.code, ERR_OK);
	CHECK_INT(rep.id, 77);
	CHECK(action_hash(id, &q.act, &q.env, NULL));
	action_digest(digest, id, false);
	CHECK(secp_recover(s, address, digest, rep.sig.r, rep.sig.s, rep.sig.v));
	CHECK(hex_decode(want, 20, RIG_ADDRESS));
	CHECK(!memcmp(address, want, 20) && !memcmp(rep.address, want, 20));
	CHECK_INT(rep.nonce_hw, q.env.nonce);
	REQUIRE(rig_call(&r, &q, &rep)); /* the same nonce again */
	CHECK_INT(rep.code, ERR_GATE);
	CHECK(rep.sig.v == 0 && strstr(rep.text, "nonce"));
	q.env.nonce++;
	q.env.mainnet = true;
	REQUIRE(rig_call(&r, &q, &rep));
	CHECK_INT(rep.code, ERR_GATE);
	rig_fini(&r);
	secp_free(s);
}

/* More signatures than one blinding lasts. */
TEST(signs_past_the_next_blinding)
{
	uint64_t nonce = now_ms();
	struct signer_rep rep = {0};
	struct rig r;

	REQUIRE(rig_make(&r) && rig_start(&r));
	for (int i = 0; i < 1100; i++) {
		struct signer_req q = rig_order((uint64_t)i, nonce + (uint64_t)i, 1);

		REQUIRE(rig_call(&r, &q, &rep));
		REQUIRE(rep.code == ERR_OK);
	}
	rig_fini(&r);
}

TEST(a_fence_outlives_the_signer)
{
	struct signer_rep rep;
	struct signer_req q;
	struct rig r;

	REQUIRE(rig_make(&r) && rig_start(&r));
	signer_req_init(&q, SIGNER_FENCE, 1);
	q.epoch = 9;
	REQUIRE(rig_call(&r, &q, &rep));
	CHECK_INT(rep.code, ERR_OK);
	CHECK_INT(rep.epoch, 9);
	rig_kill(&r);
	REQUIRE(rig_start(&r));
	q = rig_order(2, now_ms(), 8);
	REQUIRE(rig_call(&r, &q, &rep));
	CHECK_INT(rep.code, ERR_FENCED);
	q.epoch = 9;
	REQUIRE(rig_call(&r, &q, &rep));
	CHECK_INT(rep.code, ERR_OK);
	q = rig_order(3, q.env.nonce + 1, 11); /* a newer lease fences by signing */
	REQUIRE(rig_call(&r, &q, &rep));
	CHECK_INT(rep.code, ERR_OK);
	rig_kill(&r);
	REQUIRE(rig_start(&r));
	signer_req_init(&q, SIGNER_STATUS, 4);
	REQUIRE(rig_call(&r, &q, &rep));
	CHECK_INT(rep.epoch, 11);
	CHECK_INT(rep.ready, 1);
	signer_req_init(&q, SIGNER_FENCE, 5);
	q.epoch = 10;
	REQUIRE(rig_call(&r, &q, &rep));
	CHECK_INT(rep.code, ERR_FENCED);
	signer_req_init(&q, SIGNER_QUIT, 6); /* by an engine that lost its lease */
	q.epoch = 10;
	REQUIRE(rig_call(&r, &q, &rep));
	CHECK_INT(rep.code, ERR_FENCED);
	rig_fini(&r);
}

/* Killed at random moments: no order nonce is ever signed twice. */
TEST(no_nonce_twice_over_crashes)
{
	uint64_t highest = 0, nonce;
	struct signer_rep rep;
	struct signer_req q;
	struct prng p;
	struct rig r;

	prng_seed(&p, test_seed);
	REQUIRE(rig_make(&r));
	for (int life = 0; life < 12; life++) {
		REQUIRE(rig_start(&r));
		signer_req_init(&q, SIGNER_STATUS, 1);
		memcpy(q.key, "main", 5);
		REQUIRE(rig_call(&r, &q, &rep));
		CHECK(rep.nonce_hw >= highest);
		if (highest) {
			q = rig_order(2, highest, 1);
			REQUIRE(rig_call(&r, &q, &rep));
			CHECK_INT(rep.code, ERR_GATE);
		}
		nonce = rep.nonce_hw > now_ms() ? rep.nonce_hw : now_ms();
		for (uint64_t i = 0, n = prng_below(&p, 40); i < n; i++) {
			nonce += 1 + prng_below(&p, 10000);
			q = rig_order(3, nonce, 1);
			REQUIRE(rig_call(&r, &q, &rep));
			CHECK_INT(rep.code, ERR_OK);
			highest = nonce;
		}
		q = rig_order(4, nonce + 1, 1); /* in flight when it dies */
		REQUIRE(signer_send(r.fd, &q, NULL));
		rig_kill(&r);
	}
	rig_fini(&r);
}

TEST(a_damaged_mark_is_never_a_lower_one)
{
	char path[600];
	struct signer_rep rep;
	struct signer_req q = rig_order(1, now_ms() + 50000, 1);
	struct rig r;
	FILE *f;

	REQUIRE(rig_make(&r) && rig_start(&r));
	REQUIRE(rig_call(&r, &q, &rep) && rep.code == ERR_OK);
	rig_kill(&r);
	snprintf(path, sizeof path, "%s/%s", r.dir, SIGNER_HW_FILE);
	f = fopen(path, "r+");
	REQUIRE(f);
	for (int i = 0; i < 6000; i++)
		fputc('x', f);
	fclose(f);
	REQUIRE(rig_start(&r));
	q.epoch = 2;
	REQUIRE(rig_call(&r, &q, &rep));
	CHECK_INT(rep.code, ERR_GATE);
	CHECK(rep.nonce_hw >= q.env.nonce);
	rig_fini(&r);
}

static bool started(struct rig *r, const char *password, struct err *e)
{
	char lines[64];
	bool ok;

	snprintf(lines, sizeof lines, "%s", password);
	ok = signer_start(&r->conf, lines, e);
	CHECK(!lines[0]);
	return ok;
}

/* How often the text is in the memory of a process; -1: nobody may look. */
static int in_memory(pid_t pid, const char *text)
{
	static char page[1 << 16];
	char path[64], line[300];
	size_t n = strlen(text);
	int hits = 0, mem;
	FILE *maps;

	snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
	mem = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
	maps = fopen(path, "re");
	if (mem < 0 || !maps || EXEUNT_SANITIZED) /* whose shadow is terabytes */
		hits = -1;
	while (hits >= 0 && fgets(line, sizeof line, maps)) {
		unsigned long long at, end;

		if (sscanf(line, "%llx-%llx", &at, &end) != 2 || !strstr(line, " rw"))
			continue;
		for (ssize_t got; at < end; at += (unsigned long long)got) {
			size_t most = end - at < sizeof page ? end - at : sizeof page;

			got = pread(mem, page, most, (off_t)at);
			if (got <= 0)
				break;
			for (ssize_t i = 0; i + (ssize_t)n <= got; i++)
				hits += !memcmp(page + i, text, n);
		}
	}
	if (mem >= 0)
		close(mem);
	if (maps)
		fclose(maps);
	return hits;
}

/* It is forked out of the process that had the password: that must be gone by then, or it lies in
 * pages that swap takes, for as long as the signer runs. */
TEST(the_signer_does_not_inherit_the_password)
{
	static char lines[] = RIG_PASSWORD "\n"; /* where a shell's verb has it */
	struct err e = {0};
	struct rig r;
	int hits;

	REQUIRE(rig_make(&r) && signer_start(&r.conf, lines, &e) && rig_connect(&r));
	lines[0] = RIG_PASSWORD[0]; /* ours is looked for too, so not as a constant */
	memcpy(lines + 1, RIG_PASSWORD + 1, sizeof RIG_PASSWORD - 1);
	hits = in_memory(r.pid, lines);
	if (hits < 0)
		printf("skipped: the_signer_does_not_inherit_the_password (not root, or "
		       "sanitized)\n");
	CHECK(hits <= 0);
	CHECK(hits < 0 || in_memory(getpid(), lines) > 0); /* the search finds what is there */
	rig_fini(&r);
}

TEST(wrong_password_and_second_signer_are_named)
{
	struct err e = {0};
	struct rig r;

	REQUIRE(rig_make(&r));
	CHECK(!started(&r, "open sesamy\n", &e));
	CHECK_INT(e.code, ERR_KEY);
	CHECK(strstr(e.text, "password") && !strstr(e.text, "sesam"));
	CHECK(!started(&r, "", &e) && e.code == ERR_KEY);
	CHECK(signer_connect(r.dir, &e) < 0 && e.code == ERR_KEY);
	REQUIRE(rig_start(&r));
	CHECK(!started(&r, RIG_PASSWORD "\n", &e));
	CHECK_INT(e.code, ERR_FENCED);
	r.conf.key[0].path[strlen(r.conf.key[0].path) - 1] = 0; /* key.jso */
	rig_kill(&r);
	CHECK(!started(&r, RIG_PASSWORD "\n", &e));
	CHECK_INT(e.code, ERR_KEY);
	rig_fini(&r);
}

TEST(lock_term_and_idle_end_it)
{
	struct signer_rep rep;
	struct signer_req q;
	struct rig r;

	REQUIRE(rig_make(&r) && rig_start(&r));
	signer_req_init(&q, SIGNER_LOCK, 1);
	REQUIRE(rig_call(&r, &q, &rep));
	CHECK(rep.code == ERR_OK && !rep.ready);
	CHECK(rig_ended(&r, 10000));
	REQUIRE(rig_start(&r));
	CHECK(kill(r.pid, SIGTERM) == 0);
	CHECK(rig_ended(&r, 10000));
	r.conf.key_idle_ms = 30;
	REQUIRE(rig_start(&r));
	signer_req_init(&q, SIGNER_STATUS, 2); /* a client keeps it, however long it is silent */
	REQUIRE(rig_call(&r, &q, &rep));
	CHECK(!rig_ended(&r, 120));
	close(r.fd);
	r.fd = -1;
	CHECK(rig_ended(&r, 10000));
	rig_fini(&r);
}

TEST(hundred_thousand_random_frames)
{
	union {
		struct signer_req r;
		uint8_t b[sizeof(struct signer_req) + 64];
		uint64_t w[(sizeof(struct signer_req) + 64) / 8];
	} u;
	struct signer_rep rep;
	struct signer_req q;
	struct prng p;
	struct rig r;
	int refused = 0;

	prng_seed(&p, test_seed);
	REQUIRE(rig_make(&r) && rig_start(&r));
	for (int i = 0; i < 100000; i++) {
		struct pollfd pf = {.fd = r.fd, .events = POLLIN};
		size_t n = i % 8 ? sizeof u.r : 1 + prng_below(&p, sizeof u.b);

		for (size_t k = 0; k < sizeof u.w / 8; k++)
			u.w[k] = k < 24 || k % 32 == (size_t)i % 32 ? prng_u64(&p) : 0;
		if (i % 4) {
			u.r.magic = SIGNER_MAGIC;
			u.r.version = SIGNER_VERSION;
			u.r.op = SIGNER_SIGN;
			memcpy(u.r.key, "main", 5);
			u.r.act.kind = (uint8_t)(u.r.act.kind % (ACT_KINDS + 1));
			u.r.env.mainnet = true; /* so that nothing can pass */
		}
		REQUIRE(send(r.fd, u.b, n, MSG_NOSIGNAL) == (ssize_t)n);
		REQUIRE(poll(&pf, 1, 10000) == 1);
		REQUIRE(signer_recv(r.fd, &rep) == SIGNER_GOT);
		refused += rep.code != ERR_OK && rep.text[0];
	}
	CHECK_INT(refused, 100000);
	q = rig_order(1, now_ms(), 1);
	REQUIRE(rig_call(&r, &q, &rep));
	CHECK_INT(rep.code, ERR_OK);
	rig_fini(&r);
}

/* A disk that stopped taking writes: reductions and cancels go out, the rest is refused by name. */
TEST(a_full_disk_stops_no_reduction)
{
	struct signer_rep rep;
	struct signer_req q;
	struct rig r;

	if (EXEUNT_SANITIZED) {
		test_skip("file size limits end sanitizer runtimes");
		return;
	}
	REQUIRE(rig_make(&r));
	r.conf.caps.order.v = r.conf.caps.session.v = r.conf.caps.minute.v = INT64_MAX;
	REQUIRE(rig_start(&r));
	{
		const struct rlimit_args {
			uint64_t cur, max;
		} none = {0, 0};

		REQUIRE(syscall(SYS_prlimit64, r.pid, 1 /* FSIZE */, &none, NULL) == 0);
	}
	q = rig_order(1, now_ms(), 1);
	REQUIRE(rig_call(&r, &q, &rep));
	CHECK_INT(rep.code, ERR_OK);
	CHECK_INT(rep.hw_stale, 1);
	q = rig_order(2, now_ms() + 10, 1);
	q.act.order[0].reduce_only = false;
	REQUIRE(rig_call(&r, &q, &rep));
	CHECK_INT(rep.code, ERR_STORE);
	rig_fini(&r);
}

static bool status_has(pid_t pid, const char *line)
{
	char path[64], text[8192];
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	fd = open(path, O_RDONLY);
	n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	close(fd);
	if (n < 0)
		return false;
	text[n] = 0;
	return strstr(text, line) != NULL;
}

/* As an ordinary user: the memory of the signer is not readable, by another process of that user.
 */
static int closed_to_its_own_user(struct rig *r)
{
	char path[64];
	int fd;

	if (!rig_start(r))
		return 1;
	if (!status_has(r->pid, "NoNewPrivs:\t1"))
		return 2;
	if (!EXEUNT_SANITIZED && !status_has(r->pid, "Seccomp:\t2"))
		return 3;
	snprintf(path, sizeof path, "/proc/%d/mem", (int)r->pid);
	fd = open(path, O_RDONLY);
	if (fd >= 0)
		return 4;
	snprintf(path, sizeof path, "/proc/%d/environ", (int)r->pid);
	fd = open(path, O_RDONLY);
	if (fd >= 0)
		return 5;
	if (syscall(SYS_ptrace, 16 /* PTRACE_ATTACH */, r->pid, 0, 0) == 0)
		return 6;
	return 0;
}

TEST(closed_to_other_processes_of_its_user)
{
	char path[512];
	struct rig r;
	int status;
	pid_t pid;

	REQUIRE(rig_make(&r));
	if (geteuid() == 0) { /* root reads everything: be somebody else for this one */
		char *slash;

		snprintf(path, sizeof path, "%s", r.dir);
		snprintf(path + strlen(path), sizeof path - strlen(path), "/key.json");
		while ((slash = strrchr(path, '/')) && strstr(path, "exeunt-signer-")) {
			CHECK(chown(path, 65534, 65534) == 0);
			*slash = 0;
		}
	}
	pid = fork();
	REQUIRE(pid >= 0);
	if (pid == 0) {
		int rc;

		if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
			_exit(9);
		rc = closed_to_its_own_user(&r);
		rig_kill(&r);
		_exit(rc);
	}
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK_INT(WEXITSTATUS(status), 0);
	rig_fini(&r);
}

/* Locked, left out of dumps, wiped in forks: as the kernel says. */
TEST(key_pages_are_marked)
{
	char path[64], line[256];
	bool found = false;
	struct rig r;
	FILE *f;

	if (geteuid() != 0) {
		test_skip("only root may look at the maps of the signer");
		return;
	}
	REQUIRE(rig_make(&r) && rig_start(&r));
	snprintf(path, sizeof path, "/proc/%d/smaps", (int)r.pid);
	f = fopen(path, "r");
	REQUIRE(f);
	while (fgets(line, sizeof line, f))
		if (!strncmp(line, "VmFlags:", 8))
			/* sanitizer runtimes swallow mlock */
			found |= (EXEUNT_SANITIZED || strstr(line, " lo")) && strstr(line, " dd") &&
				 strstr(line, " wf");
	fclose(f);
	CHECK(found);
	rig_fini(&r);
}

TEST(the_filter_ends_other_calls)
{
	int status;
	pid_t pid;

	if (EXEUNT_SANITIZED) {
		test_skip("sanitizer builds leave the filter out");
		return;
	}
	pid = fork();
	REQUIRE(pid >= 0);
	if (pid == 0) {
		struct err e;

		if (!sandbox_close_to_others(&e) || !sandbox_filter(-1, &e))
			_exit(1);
		syscall(SYS_openat, AT_FDCWD, "/etc/hostname", O_RDONLY);
		_exit(2);
	}
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}

/* The log once it holds `part`; NULL after ten seconds. malloc'd. */
static char *log_with(const struct rig *r, const char *part)
{
	char path[700];

	snprintf(path, sizeof path, "%s/%s", r->dir, SIGNER_LOG_FILE);
	for (uint64_t end = now_ms() + 10000; now_ms() < end; poll(NULL, 0, 2)) {
		char *text = test_slurp(path, NULL);

		if (text && strstr(text, part))
			return text;
		free(text);
	}
	return NULL;
}

/* What was signed and what was refused, a line each; kept over a restart, closed to others. */
TEST(a_line_for_each_signature)
{
	struct signer_req q = rig_order(1, now_ms(), 1);
	uint64_t nonce = q.env.nonce;
	char want[300], path[700], *text;
	struct signer_rep rep;
	struct stat st;
	struct rig r;

	q.act.order[0].asset = 7;
	q.act.order[0].sz.v = 150000000;
	q.act.order[0].px.v = 600000000000000;
	q.act.order[0].buy = false;
	REQUIRE(rig_make(&r) && rig_start(&r));
	REQUIRE(rig_call(&r, &q, &rep) && rep.code == ERR_OK);
	q.act.order[1] = q.act.order[0];
	q.act.order[1].buy = true;
	q.act.order[1].reduce_only = false;
	q.act.n = 2;
	q.env.nonce++;
	REQUIRE(rig_call(&r, &q, &rep) && rep.code == ERR_GATE);
	text = log_with(&r, " 2/2 ");
	REQUIRE(text);
	snprintf(want, sizeof want,
		 " sign key=0 epoch=1 nonce=%llu order asset=7 sell sz=1.5 px=60000 reduce-only "
		 "ok\n",
		 (unsigned long long)nonce);
	CHECK(strstr(text, want));
	snprintf(want, sizeof want,
		 " sign key=0 epoch=1 nonce=%llu order 2/2 asset=7 buy sz=1.5 px=60000 more %s\n",
		 (unsigned long long)nonce + 1, err_name(ERR_GATE));
	CHECK(strstr(text, want));
	free(text);
	snprintf(path, sizeof path, "%s/%s", r.dir, SIGNER_LOG_FILE);
	REQUIRE(stat(path, &st) == 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	rig_kill(&r);
	REQUIRE(rig_start(&r));
	q = rig_order(3, now_ms() + 100000, 1);
	q.act.order[0].asset = 9;
	REQUIRE(rig_call(&r, &q, &rep) && rep.code == ERR_OK);
	text = log_with(&r, "asset=9 ");
	CHECK(text && strstr(text, want));
	free(text);
	rig_fini(&r);
}

/* 4 MiB and no more: the older half moves aside, under the filter, and nothing stops signing. */
TEST(the_log_is_bounded)
{
	char path[700], old[710], *fill = malloc(AUDIT_BYTES), *text;
	struct signer_req q = rig_order(1, now_ms(), 1);
	struct signer_rep rep;
	struct stat st;
	struct rig r;
	FILE *f;

	REQUIRE(fill && rig_make(&r));
	snprintf(path, sizeof path, "%s/%s", r.dir, SIGNER_LOG_FILE);
	snprintf(old, sizeof old, "%s.1", path);
	memset(fill, 'x', AUDIT_BYTES);
	fill[AUDIT_BYTES - 20] = '\n';
	f = fopen(path, "w");
	REQUIRE(f && fwrite(fill, 1, AUDIT_BYTES - 19, f) == AUDIT_BYTES - 19 && fclose(f) == 0);
	REQUIRE(rig_start(&r));
	REQUIRE(rig_call(&r, &q, &rep) && rep.code == ERR_OK);
	text = log_with(&r, "reduce-only ok\n");
	REQUIRE(text);
	CHECK(strlen(text) < AUDIT_LINE);
	free(text);
	REQUIRE(stat(old, &st) == 0);
	CHECK_INT(st.st_size, AUDIT_BYTES - 19);
	q.env.nonce++;
	REQUIRE(rig_call(&r, &q, &rep) && rep.code == ERR_OK); /* alive after the rotation */
	free(fill);
	rig_fini(&r);
}

static void encodings(char out[4][80], const uint8_t key[32])
{
	static const char b64[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t n = 0;

	memset(out, 0, 4 * 80);
	hex_encode(out[0], key, 32);
	for (int i = 0; i < 64; i++)
		out[1][i] = out[0][i] >= 'a' ? (char)(out[0][i] - 32) : out[0][i];
	for (int i = 0; i + 2 < 32; i += 3) { /* without the padded end */
		uint32_t v = (uint32_t)key[i] << 16 | (uint32_t)key[i + 1] << 8 | key[i + 2];

		for (int k = 18; k >= 0; k -= 6)
			out[2][n++] = b64[v >> k & 63];
	}
	memcpy(out[3], key, 32); /* raw */
}

static size_t files_seen;

static bool holds(const char *path, const void *what, size_t n)
{
	size_t len;
	char *text = test_slurp(path, &len);
	bool hit = text && memmem(text, len, what, n);

	files_seen += text != NULL;
	free(text);
	return hit;
}

/* The planted key in hex of either case, base64 and raw: in no file of the state directory, and in
 * neither arguments nor environment of the signer. */
TEST(the_key_is_in_no_file)
{
	static const char *const names[] = {SIGNER_HW_FILE, "key.json", SIGNER_LOG_FILE};
	char forms[4][80], path[700];
	struct signer_rep rep;
	struct signer_req q = rig_order(1, now_ms(), 1);
	uint8_t key[32];
	struct rig r;

	CHECK(hex_decode(key, 32, RIG_KEY_HEX));
	encodings(forms, key);
	REQUIRE(rig_make(&r) && rig_start(&r));
	REQUIRE(rig_call(&r, &q, &rep) && rep.code == ERR_OK);
	CHECK(!memmem(&rep, sizeof rep, key, 32));
	for (int i = 0; i < 4; i++) {
		size_t n = i == 3 ? 32 : strlen(forms[i]);

		for (int k = 0; k < 3; k++) {
			snprintf(path, sizeof path, "%s/%s", r.dir, names[k]);
			CHECK(!holds(path, forms[i], n));
		}
		snprintf(path, sizeof path, "/proc/%d/cmdline", (int)r.pid);
		CHECK(!holds(path, forms[i], n));
		CHECK(!holds(path, RIG_PASSWORD, strlen(RIG_PASSWORD)));
	}
	CHECK(files_seen >= 8);
	/* the search can find: the file holds its own address */
	snprintf(path, sizeof path, "%s/key.json", r.dir);
	CHECK(holds(path, RIG_ADDRESS, 40));
	rig_fini(&r);
}

TEST_MAIN(T(signs_what_action_says), T(signs_past_the_next_blinding),
	  T(a_fence_outlives_the_signer), T(no_nonce_twice_over_crashes),
	  T(a_damaged_mark_is_never_a_lower_one), T(wrong_password_and_second_signer_are_named),
	  T(the_signer_does_not_inherit_the_password), T(lock_term_and_idle_end_it),
	  T(hundred_thousand_random_frames), T(a_full_disk_stops_no_reduction),
	  T(closed_to_other_processes_of_its_user), T(key_pages_are_marked),
	  T(the_filter_ends_other_calls), T(a_line_for_each_signature), T(the_log_is_bounded),
	  T(the_key_is_in_no_file))
