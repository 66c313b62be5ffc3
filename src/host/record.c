/* record.c: see record.h.
 *
 * Invariants: (1) every part is a tape that loads, whatever ended it; (2) rows of a coin are in the
 * order of the venue's time; (3) a disk that takes nothing stops nothing: it is said, counted, and
 * tried again; (4) only folders named like a part, and only a recording's files in them, are ever
 * deleted. */
#include "host/record.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "core/book.h"
#include "host/clock.h"
#include "tape/tape.h"
#include "tape/write.h"

#define S_NS 1000000000ll

enum { PATH = 4096, PART_NAME = 16, PART_BYTES_MAX = 64 << 20, SIZE_CHECK_S = 10 };

struct track { /* one coin */
	uint16_t instr;
	bool fed, told_gap;
	struct book book;
	struct level bid, ask;		     /* of the newest touch row */
	int64_t book_ms, touch_ms, trade_ms; /* venue time of the newest row */
	int64_t book_ns;
	struct tape_out *out[TAPE_FILES];
};

struct recorder {
	struct record_conf c;
	struct instr_table *instrs;
	struct track at[RECORD_COINS_MAX];
	int64_t now_ns, wall_ms, part_ns, flush_ns, size_ns;
	bool listed; /* a list of instruments came */
	bool full;   /* said */
	struct record_sum sum;
};

static void say(struct recorder *r, bool bad, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void say(struct recorder *r, bool bad, const char *fmt, ...)
{
	char text[PATH + 200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (r->c.say)
		r->c.say(r->c.arg, bad, text);
}

static bool name_ok(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:@-_",
			    s[i]))
			return false;
	return n > 0 && n < COIN_MAX;
}

bool record_coins(struct record_conf *c, const char *text, struct err *e)
{
	c->n = 0;
	for (const char *p = text;; p++) {
		size_t n = strcspn(p, ",");

		if (!name_ok(p, n))
			return err_set(e, ERR_ARG,
				       "--coins %.60s: '%.*s' is no market; write BTC,ETH or "
				       "dex:COIN, with commas",
				       text, (int)(n > 40 ? 40 : n), p);
		if (c->n == RECORD_COINS_MAX)
			return err_set(e, ERR_LIMIT, "--coins: at most %d in one recording",
				       RECORD_COINS_MAX);
		for (uint32_t i = 0; i < c->n; i++)
			if (strlen(c->coin[i]) == n && !memcmp(c->coin[i], p, n))
				return err_set(e, ERR_ARG, "--coins: %.*s is written twice", (int)n,
					       p);
		memcpy(c->coin[c->n], p, n);
		c->coin[c->n++][n] = 0;
		p += n;
		if (!*p)
			return true;
	}
}

/* ---- parts ---- */

static void part_close(struct recorder *r)
{
	struct err e;

	for (uint32_t i = 0; i < r->c.n; i++)
		for (int f = 0; f < TAPE_FILES; f++) {
			struct tape_out *o = r->at[i].out[f];

			if (!o)
				continue;
			if (!tape_out_close(o, &e))
				say(r, true, "%s", e.text);
			r->sum.lost += o->lost;
			r->sum.bytes += o->good;
			free(o);
			r->at[i].out[f] = NULL;
		}
}

static void part_name(char out[PART_NAME + 1], int64_t wall_ms)
{
	char utc[24];
	size_t n = 0;

	clock_put_utc(utc, wall_ms);
	for (const char *p = utc; *p && n < PART_NAME; p++)
		if (*p != '-' && *p != ':')
			out[n++] = *p;
	out[n] = 0;
}

static bool is_part(const char *s)
{
	for (int i = 0; i < PART_NAME; i++)
		if (i == 8 ? s[i] != 'T' : i == 15 ? s[i] != 'Z' : s[i] < '0' || s[i] > '9')
			return false;
	return !s[PART_NAME];
}

static bool files_open(struct recorder *r, const char *dir, struct tape_out *out[][TAPE_FILES],
		       struct err *e)
{
	char path[PATH + 64];

	for (uint32_t i = 0; i < r->c.n; i++)
		for (int f = 0; f < TAPE_FILES; f++) {
			out[i][f] = malloc(sizeof *out[i][f]);
			ASSERT(out[i][f]);
			snprintf(path, sizeof path, "%s/%s_%s.csv.gz", dir, tape_forms[f].prefix,
				 r->c.coin[i]);
			if (!tape_out_open(out[i][f], path, (enum tape_file)f, e))
				return false;
		}
	return true;
}

/* The next part; the running one goes on when it cannot be made. */
static bool part_begin(struct recorder *r, struct err *e)
{
	struct tape_out *out[RECORD_COINS_MAX][TAPE_FILES] = {{0}};
	char dir[PATH], name[PART_NAME + 1];
	int made = -1;

	for (int64_t s = 0; made != 0 && s < 60; s++) { /* two in one second */
		int n;

		part_name(name, r->wall_ms + s * 1000);
		n = snprintf(dir, sizeof dir, "%s/%s", r->c.dir, name);
		if (n < 0 || (size_t)n >= sizeof dir)
			return err_set(e, ERR_ARG, "--dir: longer than %zu bytes", sizeof dir - 20);
		made = mkdir(dir, 0755);
		if (made != 0 && errno != EEXIST)
			break;
	}
	if (made != 0)
		return err_set(e, ERR_STORE, "%s: %s", dir, strerror(errno));
	if (!files_open(r, dir, out, e)) {
		for (uint32_t i = 0; i < r->c.n; i++)
			for (int f = 0; f < TAPE_FILES; f++) {
				if (out[i][f] && out[i][f]->fd >= 0) {
					close(out[i][f]->fd);
					unlink(out[i][f]->path);
				}
				free(out[i][f]);
			}
		rmdir(dir);
		return false;
	}
	part_close(r);
	memcpy(r->sum.part, dir, sizeof dir);
	r->sum.parts++;
	r->part_ns = r->now_ns;
	for (uint32_t i = 0; i < r->c.n; i++) {
		struct track *t = &r->at[i];

		memcpy(t->out, out[i], sizeof t->out);
		t->bid = t->ask = (struct level){0}; /* a part says its touch anew */
		/* so that no trade of the part is older than its first book */
		if (t->book.n_bid && r->now_ns - t->book_ns < 10 * S_NS)
			tape_out_book(t->out[TAPE_ORDERBOOKS], r->wall_ms, &t->book);
	}
	return true;
}

static int64_t part_size(const struct recorder *r)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < r->c.n; i++)
		for (int f = 0; f < TAPE_FILES; f++)
			sum += r->at[i].out[f] ? r->at[i].out[f]->good : 0;
	return sum;
}

/* A recording's own file: PREFIX_x.csv.gz. */
static bool is_ours(const char *name)
{
	size_t n = strlen(name);

	if (n < 7 || strcmp(name + n - 7, ".csv.gz"))
		return false;
	for (int f = 0; f < TAPE_FILES; f++) {
		size_t k = strlen(tape_forms[f].prefix);

		if (!strncmp(name, tape_forms[f].prefix, k) && name[k] == '_')
			return true;
	}
	return false;
}

/* Bytes of a part; with `away` it is deleted. */
static int64_t part_visit(const char *path, bool away)
{
	DIR *d = opendir(path);
	int64_t sum = 0;
	char file[PATH + 300];

	if (!d)
		return 0;
	for (struct dirent *f; (f = readdir(d)) != NULL;) {
		struct stat st;

		if (!is_ours(f->d_name))
			continue;
		snprintf(file, sizeof file, "%s/%s", path, f->d_name);
		if (lstat(file, &st) != 0 || !S_ISREG(st.st_mode))
			continue;
		sum += st.st_size;
		if (away)
			unlink(file);
	}
	closedir(d);
	if (away)
		rmdir(path);
	return sum;
}

/* The oldest parts go while all together are too much; the running one stays. */
static void make_room(struct recorder *r)
{
	for (int k = 0; k < 1000; k++) {
		char oldest[PART_NAME + 1] = "", path[PATH + 32];
		int64_t sum = 0, size;
		uint32_t n = 0;
		DIR *d = opendir(r->c.dir);

		if (!d)
			return;
		for (struct dirent *f; (f = readdir(d)) != NULL;) {
			if (!is_part(f->d_name))
				continue;
			snprintf(path, sizeof path, "%s/%s", r->c.dir, f->d_name);
			size = part_visit(path, false);
			sum += size;
			if (!size) /* nothing of ours, or just begun */
				continue;
			n++;
			if (!*oldest || strcmp(f->d_name, oldest) < 0)
				memcpy(oldest, f->d_name, sizeof oldest);
		}
		closedir(d);
		snprintf(path, sizeof path, "%s/%s", r->c.dir, oldest);
		if (sum <= r->c.max_bytes || n < 2 || !strcmp(path, r->sum.part))
			return;
		say(r, false, "%s deleted: all parts together passed --max-size", path);
		part_visit(path, true);
		if (part_visit(path, false))
			return; /* it may not be deleted: never again and again */
	}
}

/* ---- rows ---- */

static struct track *track_of(struct recorder *r, uint16_t instr)
{
	for (uint32_t i = 0; i < r->c.n; i++)
		if (r->at[i].fed && r->at[i].instr == instr)
			return &r->at[i];
	return NULL;
}

static void on_instrs(struct recorder *r, const struct event *ev)
{
	for (uint32_t i = 0; i < ev->instrs.n; i++)
		instr_put(r->instrs, &ev->instrs.at[i]);
	r->listed = true;
	for (uint32_t i = 0; i < r->c.n; i++) {
		struct track *t = &r->at[i];
		uint16_t id = instr_find(r->instrs, r->c.coin[i]);

		if (t->fed || id == INSTR_NONE || r->instrs->at[id].delisted)
			continue;
		t->fed = true;
		t->instr = t->book.instr = id;
		if (r->c.feed)
			r->c.feed(r->c.arg, id);
	}
}

static void touch_row(struct recorder *r, struct track *t, int64_t ms, const struct level *bid,
		      const struct level *ask)
{
	bool same = t->bid.px.v == bid->px.v && t->bid.sz.v == bid->sz.v &&
		    t->ask.px.v == ask->px.v && t->ask.sz.v == ask->sz.v;

	if (ms < t->touch_ms || same)
		return;
	t->touch_ms = ms;
	t->bid = *bid;
	t->ask = *ask;
	if (bid->px.v > 0 && bid->sz.v > 0)
		tape_out_touch(t->out[TAPE_PRICES], r->wall_ms, ms, bid, false);
	if (ask->px.v > 0 && ask->sz.v > 0)
		tape_out_touch(t->out[TAPE_PRICES], r->wall_ms, ms, ask, true);
	r->sum.touches++;
}

static void on_book(struct recorder *r, const struct event *ev)
{
	struct track *t = track_of(r, ev->book.book->instr);

	if (!t || ev->book.sig_figs || book_apply(&t->book, ev->book.book) != BOOK_OK ||
	    t->book.venue_ms <= t->book_ms)
		return;
	if (t->book_ms && t->book.venue_ms - t->book_ms > TAPE_GAP_MS)
		r->sum.gaps++;
	t->book_ms = t->book.venue_ms;
	t->book_ns = r->now_ns;
	tape_out_book(t->out[TAPE_ORDERBOOKS], r->wall_ms, &t->book);
	r->sum.books++;
	if (t->book.n_bid && t->book.n_ask)
		touch_row(r, t, t->book.venue_ms, &t->book.bid[0], &t->book.ask[0]);
}

static void on_trades(struct recorder *r, const struct event *ev)
{
	struct track *t = track_of(r, ev->trades.instr);

	for (uint32_t i = 0; t && !ev->trades.history && i < ev->trades.n; i++) {
		const struct trade *k = &ev->trades.at[i];

		if (k->time_ms < t->trade_ms || k->px.v <= 0 || k->sz.v <= 0)
			continue;
		t->trade_ms = k->time_ms;
		tape_out_trade(t->out[TAPE_TRADES], r->wall_ms, k->time_ms, k->px, k->sz,
			       k->side == SIDE_BUY, k->tid);
		r->sum.trades++;
	}
}

/* Before the block is so full that a burst would not fit. */
static void flush(struct recorder *r, bool all)
{
	struct err e;
	bool bad = false, good = false;

	for (uint32_t i = 0; i < r->c.n; i++)
		for (int f = 0; f < TAPE_FILES; f++) {
			struct tape_out *o = r->at[i].out[f];

			if (!all && (o->len < TAPE_BLOCK / 2 || o->failed))
				continue;
			if (tape_out_flush(o, &e))
				good = true;
			else
				bad = true;
		}
	if (bad && !r->full)
		say(r, true, "%s: nothing is recorded until there is room; trying again", e.text);
	if (!bad && good && r->full)
		say(r, true, "recording again");
	r->full = bad || (r->full && !good);
}

void record_event(struct recorder *r, const struct event *ev)
{
	r->now_ns = ev->now_ns;
	r->wall_ms = ev->wall_ms;
	switch (ev->kind) {
	case EV_INSTRS:
		on_instrs(r, ev);
		return;
	case EV_BOOK:
		on_book(r, ev);
		break;
	case EV_BBO: {
		struct track *t = track_of(r, ev->bbo.instr);

		if (t)
			touch_row(r, t, ev->bbo.venue_ms, &ev->bbo.bid, &ev->bbo.ask);
		break;
	}
	case EV_TRADES:
		on_trades(r, ev);
		break;
	default:
		return;
	}
	flush(r, false);
}

void record_tick(struct recorder *r, int64_t now_ns, int64_t wall_ms)
{
	struct err e;
	int64_t most = r->c.max_bytes / 4 < PART_BYTES_MAX ? r->c.max_bytes / 4 : PART_BYTES_MAX;

	r->now_ns = now_ns;
	r->wall_ms = wall_ms;
	if (now_ns - r->flush_ns >= RECORD_FLUSH_MS * 1000000ll) {
		r->flush_ns = now_ns;
		flush(r, true);
	}
	if (now_ns - r->size_ns < SIZE_CHECK_S * S_NS)
		return;
	r->size_ns = now_ns;
	if ((now_ns - r->part_ns >= RECORD_PART_S * S_NS || part_size(r) >= most) &&
	    !part_begin(r, &e) && !r->full)
		say(r, true, "%s: the running part goes on", e.text);
	make_room(r);
}

const char *record_unknown(const struct recorder *r)
{
	for (uint32_t i = 0; r->listed && i < r->c.n; i++)
		if (!r->at[i].fed)
			return r->c.coin[i];
	return NULL;
}

struct recorder *record_new(const struct record_conf *c, struct instr_table *instrs, int64_t now_ns,
			    int64_t wall_ms, struct err *e)
{
	struct recorder *r = calloc(1, sizeof *r);

	ASSERT(r && c->n > 0 && c->n <= RECORD_COINS_MAX);
	r->c = *c;
	r->instrs = instrs;
	r->now_ns = r->flush_ns = r->size_ns = now_ns;
	r->wall_ms = wall_ms;
	if (mkdir(c->dir, 0755) != 0 && errno != EEXIST) {
		err_set(e, ERR_STORE, "--dir %s: %s", c->dir, strerror(errno));
		free(r);
		return NULL;
	}
	if (!part_begin(r, e)) {
		free(r);
		return NULL;
	}
	make_room(r);
	return r;
}

bool record_end(struct recorder *r, struct record_sum *sum, struct err *e)
{
	bool ok;

	part_close(r);
	*sum = r->sum;
	ok = !r->sum.lost || err_set(e, ERR_STORE, "%llu rows were lost: the disk took none",
				     (unsigned long long)r->sum.lost);
	free(r);
	return ok;
}
