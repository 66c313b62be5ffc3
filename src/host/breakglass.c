/* breakglass.c: the shell closes (or cancels) by itself.
 *
 *   signer there? -> its epoch -> fence written, signer told -> engine in a thread of this process,
 *   journal written behind -> the command over a socketpair -> progress -> FLAT or NOT FLAT
 *   -> stops cancelled and nonces burned -> the journal catches up, 2 s at most -> end
 *
 * Invariants:
 *  1. The order path is the engine's own (host.h); here are only the fence and the waiting.
 *  2. Nothing before the first close waits for a disk: the fence is synced by a thread of its own,
 *     the signer's by the signer within 90 ms, the journal by its thread.
 *  3. What goes to zero (NOW, CARE) begins at once. A trim first waits until no order of the silent
 *     engine can arrive any more (its expiresAfter), then cuts by a fresh read: so often as it is
 *     asked, it ends at the same cushion. A share of a position does not: it is refused when the
 *     engine was asked for it and did not answer, for half of what is left is not half. */
#include "host/breakglass.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "host/cli.h"
#include "host/clock.h"
#include "host/dexes.h"
#include "host/host.h"
#include "host/lease.h"
#include "host/log.h"
#include "signer/client.h"

enum { SIGNER_MS = 1500, ACCEPT_MS = 1000, EARLY_MS = 5, KEY_MS = 3000, LAST_MS = 3000 };
enum { JOURNAL_MS = 2000, DEXES_MS = 700, FENCE_TRIES = 3, ARRIVES_MS = 5000 };

struct glass {
	struct cli *c;
	struct host *host;
	pthread_t thread;
	struct lease lease;
};

/* ---- the fence ---- */

static bool signer_ask(int fd, enum signer_op op, uint64_t epoch, struct signer_rep *rep,
		       struct err *e)
{
	struct signer_req r;

	signer_req_init(&r, op, epoch + 1);
	r.epoch = epoch;
	if (!signer_call(fd, &r, rep, SIGNER_MS, e))
		return false;
	return op == SIGNER_STATUS || rep->code == ERR_OK ||
	       err_set(e, (enum err_code)rep->code, "signer: %s", rep->text);
}

/* Above everything the signer has served, and told to it: from here on the engine's requests are
 * refused, whatever it knows. */
static bool fence(struct glass *g, struct err *e)
{
	struct signer_rep rep;
	int fd = signer_connect(g->c->dir.path, e);
	bool ok = fd >= 0 && signer_ask(fd, SIGNER_STATUS, 0, &rep, e);

	for (int i = 0; ok; i++) { /* another shell may fence at the same moment */
		lease_drop(&g->lease);
		ok = lease_fence(&g->lease, &g->c->dir, rep.epoch, e);
		if (!ok || signer_ask(fd, SIGNER_FENCE, g->lease.epoch, &rep, e))
			break;
		ok = e->code == ERR_FENCED && i < FENCE_TRIES;
	}
	if (fd >= 0)
		close(fd);
	if (!ok && e->code == ERR_TIME)
		e->code = ERR_KEY; /* nothing can be signed */
	return ok;
}

/* ---- the engine in this process ---- */

static void *engine_thread(void *arg)
{
	host_run(arg);
	return NULL;
}

/* No configuration names them, so the venue is asked. */
static void name_dexes(struct host_conf *hc)
{
	struct conf_account *a = &hc->conf.account[0];
	struct dex_list list;

	dexes_ask(&list, &hc->conf, &hc->dir, DEXES_MS);
	a->n_dexes = list.n;
	memcpy(a->dex, list.name, sizeof a->dex);
	memcpy(hc->not_watched, list.missing, sizeof hc->not_watched);
}

static bool begin(struct glass *g, struct err *e)
{
	struct host_conf *hc = calloc(1, sizeof *hc);
	sigset_t all, old;
	int p[2];

	ASSERT(hc);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, p) != 0) {
		free(hc);
		return err_set(e, ERR_STORE, "no socket: %s", strerror(errno));
	}
	hc->dir = g->c->dir;
	hc->conf = g->c->conf;
	hc->client_fd = p[1];
	hc->glass = true;
	hc->no_journal = cli_has(g->c, OPT_ADDRESS);
	if (hc->no_journal)
		name_dexes(hc);
	hc->lease = g->lease;
	/* The terminal's signals are this thread's business. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	g->host = host_new(hc, e);
	free(hc);
	if (g->host && pthread_create(&g->thread, NULL, engine_thread, g->host) != 0)
		BUG("no thread for the engine");
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (!g->host) {
		close(p[0]);
		return false;
	}
	lease_sync(&g->lease);
	g->c->attach = attach_of_fd(p[0]);
	return true;
}

/* True: the result is whole, so is the journal. False: the process must end without joining. */
static bool end(struct glass *g)
{
	int64_t until = clock_boot_ns() + (int64_t)LAST_MS * 1000000;
	bool fenced, whole;

	/* Cancels, and after FLAT those of stops and the burns: let them go out and be answered. */
	while (host_waiting(g->host) && !host_fenced(g->host) && clock_boot_ns() < until)
		usleep(EARLY_MS * 1000);
	host_stop(g->host);
	pthread_join(g->thread, NULL);
	fenced = host_fenced(g->host);
	whole = host_drain(g->host, JOURNAL_MS);
	if (!whole && !fenced)
		cli_put(STDERR_FILENO, "exeunt: the journal did not take all records of this "
				       "close; the venue has them\n");
	if (whole)
		host_free(g->host);
	return whole;
}

/* ---- the command ---- */

static bool ask(struct glass *g, const struct cmd *cmd, struct attach_reply *r, struct err *e)
{
	int64_t t0 = clock_boot_ns();

	for (;;) {
		int64_t ms;
		bool early;
		if (!cli_ask_each(g->c, cmd, ACCEPT_MS, r, e))
			return false;
		ms = (clock_boot_ns() - t0) / 1000000;
		early = (r->code == ERR_KEY && ms < KEY_MS) ||
			(r->code == ERR_TIME && ms < 4 * KEY_MS);
		if (!early)
			break;
		usleep(EARLY_MS * 1000);
	}
	return r->code == ERR_OK ||
	       err_set(e, (enum err_code)(r->code < ERR_COUNT ? r->code : ERR_BUG), "%s", r->text);
}

/* Short lines: this is read on a phone. */
static void announce(const struct glass *g, const char *why)
{
	char text[600];

	snprintf(text, sizeof text,
		 "exeunt: %s.\n"
		 "        This shell acts by itself, epoch %llu;\n"
		 "        any engine is fenced off. Stay until it ends.\n",
		 why, (unsigned long long)g->lease.epoch);
	cli_put(STDERR_FILENO, text);
}

static void log_begin(const struct cli *c, const struct glass *g, const char *why)
{
	char path[1100];
	struct err none;

	log_set_level((enum log_level)c->conf.log_level);
	statedir_path(&c->dir, path, sizeof path, "log");
	if (!log_open(path, false, &none))
		log_open("/dev/null", false, &none);
	log_background();
	log_line(LOG_ERROR, "break-glass: %s; exeunt %s (pid %d) takes the lease, epoch %llu", why,
		 c->verb->name, (int)getpid(), (unsigned long long)g->lease.epoch);
}

static bool whole(const struct cmd *cmd)
{
	return cmd->kind != CMD_FLATTEN ||
	       (cmd->flatten.verb != VERB_TRIM && cmd->flatten.part.v >= 1000000000000);
}

/* Until whatever the silent engine had signed has arrived or expired. False: the lease is lost. */
static bool wait_for_proof(struct glass *g, struct err *e)
{
	int64_t ms = g->c->conf.panic.expires_zero_ms + ARRIVES_MS;
	int64_t until = clock_boot_ns() + ms * 1000000;
	char text[300];

	snprintf(text, sizeof text,
		 "exeunt: waiting %lld s: an order of the silent engine may still\n"
		 "        arrive. Then it goes by a fresh read. Whole positions\n"
		 "        (flatten, care) would not wait.\n",
		 (long long)(ms / 1000));
	cli_put(STDERR_FILENO, text);
	while (clock_boot_ns() < until && !host_fenced(g->host))
		usleep(EARLY_MS * 1000);
	return !host_fenced(g->host) ||
	       err_set(e, ERR_FENCED, "another has taken the lease meanwhile; nothing was sent");
}

int breakglass_run(struct cli *c, const struct cmd *cmd, const char *why, bool asked)
{
	static struct attach_reply r;
	struct glass g = {.c = c, .lease = {.fd = -1, .fence_fd = -1}};
	struct err e = {0};
	int status;

	if (asked && cmd->kind == CMD_FLATTEN && cmd->flatten.part.v < 1000000000000) {
		err_set(&e, ERR_UNKNOWN,
			"%s; it may have begun, and a share of what is left is another share. "
			"Without it: write the coin without --part, or exeunt trim",
			why);
		return cli_fail(c, &e);
	}
	signal(SIGHUP, SIG_IGN); /* the line may drop, the close goes on */
	signal(SIGPIPE, SIG_IGN);
	attach_close(c->attach);
	c->attach = NULL;
	if (!fence(&g, &e))
		return cli_fail(c, &e);
	c->glass = true;
	log_begin(c, &g, why);
	announce(&g, why);
	if (!begin(&g, &e)) {
		lease_drop(&g.lease);
		return cli_fail(c, &e);
	}
	if ((!whole(cmd) && !wait_for_proof(&g, &e)) || !ask(&g, cmd, &r, &e))
		status = cli_fail(c, &e);
	else if (cmd->kind == CMD_FLATTEN)
		status = cli_wait(c, r.exit, cmd);
	else
		status = cli_show_reply(c, cmd, &r);
	if (!end(&g)) {
		/* The journal's thread hangs in the disk; a join would hang with it. */
		fflush(NULL);
		log_flush(200);
		cli_leave(c);
		_exit(status);
	}
	return status;
}

bool breakglass_holds(const struct cli *c, struct err *e)
{
	struct lease_holder by, engine;
	bool alive, stands;
	char when[24], more[120] = "";

	if (c->dir.fd < 0 || !lease_fencer(&c->dir, &by, &alive))
		return false;
	stands = lease_holder(&c->dir, &engine);
	if (engine.epoch >= by.epoch)
		return false;
	if (stands)
		snprintf(more, sizeof more,
			 ". The engine (pid %d, epoch %llu) stands still and may not act: kill -9 "
			 "%d",
			 (int)engine.pid, (unsigned long long)engine.epoch, (int)engine.pid);
	clock_put_utc(when, by.since_ms);
	return !err_set(
		e, ERR_FENCED,
		"FENCED: a break-glass shell (pid %d, %s) holds the lease since %.8sZ, epoch "
		"%llu%s",
		(int)by.pid, alive ? "acting now" : "ended", when + 11,
		(unsigned long long)by.epoch, more);
}
