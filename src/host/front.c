/* front.c: see front.h.
 *
 * In process: the engine's thread talks to this one over a socketpair, with the same code as over
 * engine.sock. It still listens there, so that shells and other terminals can attach. */
#include "host/front.h"

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
#include "host/clock.h"
#include "host/host.h"
#include "host/jtext.h"
#include "host/log.h"
#include "host/store.h"
#include "sign/keyfile.h"
#include "signer/client.h"
#include "signer/signer.h"

struct front {
	struct cli *c;
	struct host *host; /* in process */
	pthread_t thread;
	struct store *journal;
	int64_t tried_ns;
};

static void *engine_thread(void *arg)
{
	host_run(arg);
	return NULL;
}

static bool in_process(struct front *f, struct err *e)
{
	struct host_conf *hc = calloc(1, sizeof *hc);
	char path[1100];
	sigset_t all, old;
	int p[2];
	bool ok;

	ASSERT(hc);
	statedir_path(&f->c->dir, path, sizeof path, "log");
	log_set_level((enum log_level)f->c->conf.log_level);
	ok = log_open(path, false, e) &&
	     (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, p) == 0 ||
	      err_set(e, ERR_STORE, "no socket: %s", strerror(errno)));
	if (ok) {
		hc->dir = f->c->dir;
		hc->conf = f->c->conf;
		hc->listen = true;
		hc->client_fd = p[1];
		f->host = host_new(hc, e);
		ok = f->host != NULL;
	}
	free(hc);
	if (!ok)
		return false;
	/* The terminal's signals are this thread's business. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	ok = pthread_create(&f->thread, NULL, engine_thread, f->host) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	ASSERT(ok);
	f->c->attach = attach_of_fd(p[0]);
	return true;
}

struct front *front_open(struct cli *c, struct err *e)
{
	struct front *f = calloc(1, sizeof *f);
	bool ok;

	ASSERT(f);
	f->c = c;
	ok = cli_has(c, OPT_IN_PROCESS) ? in_process(f, e) : cli_engine(c, true, e);
	if (!ok) {
		free(f);
		return NULL;
	}
	attach_terminal(c->attach);
	attach_want(c->attach);
	return f;
}

void front_close(struct front *f)
{
	if (!f)
		return;
	attach_close(f->c->attach);
	f->c->attach = NULL;
	if (f->host) {
		host_stop(f->host);
		pthread_join(f->thread, NULL);
		host_free(f->host);
	}
	store_close(f->journal);
	free(f);
}

struct attach *front_attach(struct front *f)
{
	return f->c->attach;
}

int front_fd(const struct front *f)
{
	return f->c->attach ? attach_fd(f->c->attach) : -1;
}

bool front_send(struct front *f, const struct cmd *cmd)
{
	uint32_t seq;

	return f->c->attach && attach_send(f->c->attach, cmd, &seq);
}

int front_reattach(struct front *f)
{
	struct err e;

	attach_close(f->c->attach);
	f->c->attach = f->host ? NULL : attach_open(&f->c->dir, &e);
	if (!f->c->attach)
		return -1;
	attach_terminal(f->c->attach);
	attach_want(f->c->attach);
	return attach_fd(f->c->attach);
}

/* ---- the journal as rows ---- */

struct rows {
	struct front_record *out;
	int n, cap;
	const char *find;
	int64_t since_ms;
	uint64_t count;
};

static bool take_row(void *arg, const struct store_row *r)
{
	struct rows *x = arg;
	struct front_record *o = &x->out[x->n];
	char text[4096];
	struct buf b;

	/* saved states are for a restart; a search still finds them */
	if (r->kind == REC_PLAN && (!x->find || !*x->find))
		return true;
	buf_init(&b, text, sizeof text);
	jtext_put(&b, r);
	if (x->find && *x->find && !strcasestr(text, x->find) &&
	    !strcasestr(jtext_kind(r->kind), x->find))
		return true;
	memset(o, 0, sizeof *o);
	o->number = (uint64_t)r->id;
	o->wall_ms = r->wall_ms;
	snprintf(o->what, sizeof o->what, "%s", jtext_kind(r->kind));
	if (r->exit)
		snprintf(o->who, sizeof o->who, "x%u", r->exit);
	snprintf(o->text, sizeof o->text, "%.290s", text);
	return ++x->n < x->cap;
}

static bool count_row(void *arg, const struct store_row *r)
{
	struct rows *x = arg;

	if (r->wall_ms < x->since_ms)
		return false;
	x->count++;
	return true;
}

static bool journal(struct front *f)
{
	struct err e;

	return f->journal || store_open_reader(&f->journal, &f->c->dir, &e);
}

int front_records(struct front *f, uint64_t before, const char *find, struct front_record *out,
		  int n)
{
	struct rows x = {.out = out, .cap = n, .find = find};
	struct err e;

	if (n > 0 && journal(f))
		store_read_back(f->journal, (int64_t)before, take_row, &x, &e);
	return x.n;
}

uint64_t front_count(struct front *f)
{
	struct rows x = {.since_ms = clock_wall_ms() - 86400000};
	struct err e;

	if (journal(f))
		store_read_back(f->journal, 0, count_row, &x, &e);
	return x.count;
}

/* ---- reports ---- */

static bool put_file(struct front *f, const struct snap *s, uint32_t exit, enum tca_form form,
		     const char *name)
{
	int fd = openat(f->c->dir.fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
			0600);
	FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
	uint32_t shown = 0;
	struct err e;
	bool ok;

	if (!out) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	ok = cli_tca_write(f->c, s, exit, form, out, &shown, &e);
	return fclose(out) == 0 && ok && shown;
}

bool front_export(struct front *f, const struct snap *s, uint32_t exit, char *said, size_t cap)
{
	char csv[64], json[64];

	snprintf(csv, sizeof csv, "report-x%u.csv", exit);
	snprintf(json, sizeof json, "report-x%u.json", exit);
	if (put_file(f, s, exit, TCA_CSV, csv) && put_file(f, s, exit, TCA_JSON, json)) {
		snprintf(said, cap, "Written: %s/report-x%u.csv and .json", f->c->dir.path, exit);
		return true;
	}
	snprintf(said, cap, "x%u could not be written to %s.", exit, f->c->dir.path);
	return false;
}

bool front_unlock(struct front *f, char *password, char *said, size_t cap)
{
	static char lines[PASSWORD_MAX + 2];
	struct signer_conf sc;
	struct err e = {0};
	bool ok;
	int fd;

	if (f->host) { /* a process with threads must not become the signer */
		snprintf(said, cap,
			 "This engine runs in the screen. From a shell: exeunt key unlock.");
		return false;
	}
	fd = signer_connect(f->c->dir.path, &e);
	if (fd >= 0) {
		close(fd);
		snprintf(said, cap, "A signer runs already; the engine is attaching to it.");
		return true;
	}
	memset(&e, 0, sizeof e);
	if (!cli_signer_conf(f->c, &sc, &e) || !sc.n_keys) {
		snprintf(said, cap, "%s", e.code ? e.text : "No key is configured.");
		return false;
	}
	ok = strlen(password) <= PASSWORD_MAX;
	if (ok)
		snprintf(lines, sizeof lines, "%s\n", password);
	explicit_bzero(password, strlen(password)); /* the signer is a child of this process */
	ok = ok && signer_start(&sc, lines, &e);
	explicit_bzero(lines, sizeof lines);
	snprintf(said, cap, "%s", ok ? "Unlocked." : e.code ? e.text : "The password is too long.");
	return ok;
}
