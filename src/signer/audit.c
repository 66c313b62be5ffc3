/* audit.c: see audit.h.
 *
 *  1. The writer blocks every signal and makes no call but futex, pread64, pwrite64 and ftruncate.
 *  2. The file is opened for appending: no line that is written can be overwritten, but for the
 *     rotation as a whole.
 *  3. What cannot be kept is counted, and the count is the next line. */
#include "signer/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "signer/gate.h"
#include "venue/hyperliquid/action.h"

enum { CLOSE_WAIT_MS = 500, CHUNK = 16384 };

static int open_one(int dir_fd, const char *name)
{
	return openat(dir_fd, name, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY,
		      0600);
}

bool audit_open(struct audit *a, int dir_fd, struct err *e)
{
	pthread_condattr_t attr;

	memset(a, 0, sizeof *a);
	a->most = AUDIT_BYTES;
	a->fd = open_one(dir_fd, SIGNER_LOG_FILE);
	a->old = a->fd < 0 ? -1 : open_one(dir_fd, SIGNER_LOG_FILE ".1");
	if (a->old < 0) {
		err_set(e, ERR_STORE, "%s: %s", SIGNER_LOG_FILE, strerror(errno));
		if (a->fd >= 0)
			close(a->fd);
		a->fd = -1;
		return false;
	}
	pthread_mutex_init(&a->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&a->work, &attr);
	pthread_cond_init(&a->done, &attr);
	pthread_condattr_destroy(&attr);
	return true;
}

/* ---- the writer ---- */

/* A copy, since the filter lets nothing be renamed. When it fails half-way the file itself is
 * still whole, and does not grow any more. */
static bool rotate(const struct audit *a)
{
	static char chunk[CHUNK];
	off_t at = 0;
	ssize_t n;

	if (ftruncate(a->old, 0) != 0)
		return false;
	while ((n = pread(a->fd, chunk, sizeof chunk, at)) > 0) {
		if (pwrite(a->old, chunk, (size_t)n, at) != n)
			return false;
		at += n;
	}
	return n == 0 && ftruncate(a->fd, 0) == 0;
}

static bool store(struct audit *a, const char *text, size_t n, int64_t *size)
{
	ssize_t wrote;

	if (*size + (int64_t)n > a->most) {
		if (!rotate(a))
			return false;
		*size = 0;
	}
	wrote = pwrite(a->fd, text, n, 0); /* appends */
	*size += wrote > 0 ? wrote : 0;
	return wrote == (ssize_t)n;
}

/* A run of whole lines out of the ring, as much as `cap` holds. */
static size_t take(const struct audit *a, char *out, size_t cap, uint32_t *lines)
{
	size_t n = 0, whole = 0;

	*lines = 0;
	for (uint64_t i = a->from; i < a->to && n < cap; i++) {
		out[n] = a->ring[i % AUDIT_RING];
		if (out[n++] != '\n')
			continue;
		whole = n;
		++*lines;
	}
	return whole;
}

static void *writer(void *arg)
{
	static char text[CHUNK];
	struct audit *a = arg;
	int64_t size = lseek(a->fd, 0, SEEK_END); /* before the filter: audit_start waits */

	pthread_mutex_lock(&a->lock);
	a->running = true;
	pthread_cond_broadcast(&a->done);
	for (;;) {
		uint32_t lines;
		size_t n;
		bool ok;

		while (a->from == a->to)
			pthread_cond_wait(&a->work, &a->lock);
		n = take(a, text, sizeof text, &lines);
		a->busy = true;
		pthread_mutex_unlock(&a->lock);
		ok = store(a, text, n, &size);
		pthread_mutex_lock(&a->lock);
		a->busy = false;
		a->from += n;
		a->lost += ok ? 0 : lines;
		pthread_cond_broadcast(&a->done);
	}
	return NULL;
}

bool audit_start(struct audit *a, struct err *e)
{
	sigset_t all, old;
	pthread_t t;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&t, NULL, writer, a);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (rc != 0)
		return err_set(e, ERR_LIMIT, "signer: its log cannot start: %s", strerror(rc));
	pthread_detach(t);
	pthread_mutex_lock(&a->lock);
	while (!a->running)
		pthread_cond_wait(&a->done, &a->lock);
	pthread_mutex_unlock(&a->lock);
	return true;
}

void audit_close(struct audit *a)
{
	struct timespec until;

	if (a->fd < 0)
		return;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += CLOSE_WAIT_MS * 1000000l;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&a->lock);
	while (a->running && (a->busy || a->from != a->to))
		if (pthread_cond_timedwait(&a->done, &a->lock, &until) != 0)
			break;
	a->from = a->to;
	if (!a->busy) {
		close(a->fd);
		close(a->old);
	}
	a->fd = a->old = -1;
	pthread_mutex_unlock(&a->lock);
}

/* ---- the lines ---- */

static void field(struct buf *b, const char *name, uint64_t v)
{
	buf_puts(b, name);
	buf_u64(b, v);
}

static void put_order(struct buf *b, const struct act_order *o)
{
	field(b, " asset=", o->asset);
	buf_puts(b, o->buy ? " buy sz=" : " sell sz=");
	qty_put(b, o->sz);
	buf_puts(b, " px=");
	price_put(b, o->px);
	buf_puts(b, o->reduce_only ? " reduce-only" : " more");
}

/* Its entries are act.n of act.order or act.cancel. */
static bool list_of(const struct act *a)
{
	return a->kind == ACT_ORDER || a->kind == ACT_CANCEL || a->kind == ACT_CANCEL_CLOID;
}

static void put_entry(struct buf *b, const struct act *a, int i)
{
	buf_puts(b, " ");
	buf_puts(b, action_name(a->kind));
	if (list_of(a) && a->n > 1) {
		field(b, " ", (uint64_t)i + 1);
		field(b, "/", a->n);
	}
	switch (a->kind) {
	case ACT_ORDER:
		put_order(b, &a->order[i]);
		break;
	case ACT_CANCEL:
	case ACT_CANCEL_CLOID:
		field(b, " asset=", a->cancel[i].asset);
		break;
	case ACT_TWAP:
		field(b, " asset=", a->twap.asset);
		buf_puts(b, a->twap.buy ? " buy sz=" : " sell sz=");
		qty_put(b, a->twap.sz);
		buf_puts(b, a->twap.reduce_only ? " reduce-only" : " more");
		break;
	case ACT_TWAP_CANCEL:
		field(b, " asset=", a->twap_cancel.asset);
		break;
	case ACT_UPDATE_ISOLATED_MARGIN:
		field(b, " asset=", a->margin.asset);
		buf_puts(b, " usd=");
		money_put(b, a->margin.usd);
		break;
	default:
		break;
	}
}

static void push(struct audit *a, const struct buf *b)
{
	pthread_mutex_lock(&a->lock);
	if (a->to - a->from + b->len > AUDIT_RING) {
		a->lost++;
	} else {
		for (size_t i = 0; i < b->len; i++)
			a->ring[a->to++ % AUDIT_RING] = b->p[i];
		pthread_cond_signal(&a->work);
	}
	pthread_mutex_unlock(&a->lock);
}

/* A gap is told as soon as there is room again. */
static void tell_lost(struct audit *a, uint64_t wall_ms)
{
	char line[AUDIT_LINE];
	uint64_t n;
	struct buf b;

	pthread_mutex_lock(&a->lock);
	n = a->to - a->from < AUDIT_RING / 2 ? a->lost : 0;
	a->lost -= n;
	pthread_mutex_unlock(&a->lock);
	if (!n)
		return;
	buf_init(&b, line, sizeof line);
	buf_u64(&b, wall_ms);
	field(&b, " lost ", n);
	buf_puts(&b, " lines\n");
	push(a, &b);
}

void audit_put(struct audit *a, const struct signer_req *r, const struct signer_rep *rep,
	       uint64_t wall_ms)
{
	bool ok = gate_frame_ok(r, NULL), sign = ok && r->op == SIGNER_SIGN;
	bool list = sign && list_of(&r->act);
	int n = list && r->act.n > 1 ? r->act.n : 1;

	if (a->fd < 0 || (ok && !sign && r->op != SIGNER_FENCE))
		return;
	tell_lost(a, wall_ms);
	for (int i = 0; i < n; i++) {
		char line[AUDIT_LINE];
		struct buf b;

		buf_init(&b, line, sizeof line);
		buf_u64(&b, wall_ms);
		buf_puts(&b, !ok ? " unreadable" : sign ? " sign" : " fence");
		if (sign)
			field(&b, " key=", r->slot);
		if (ok)
			field(&b, " epoch=", r->epoch);
		if (sign) {
			field(&b, " nonce=", r->env.nonce);
			if (!list || r->act.n)
				put_entry(&b, &r->act, i);
		}
		buf_puts(&b, " ");
		buf_puts(&b, rep->code == ERR_OK ? "ok" : err_name((enum err_code)rep->code));
		buf_puts(&b, "\n");
		push(a, &b);
	}
}

#include "base/banned.h"
