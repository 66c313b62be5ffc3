/* tape.c: reads recorded books, touches and trades (format: tape.h).
 *
 * Invariants:
 * 1. Within a coin every list is in time order, and no trade or touch is older than the first book.
 * 2. Every book kept is sorted, positive and uncrossed; others are dropped and counted.
 * 3. A file that ends within a gzip member is read up to there, and says so.
 * 4. A number that is not a decimal, or is cut by our scales, is an error with its file and line:
 *    a tape is either read as recorded or not at all. */
#include "tape/tape.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "base/check.h"

enum {
	LINE_BYTES = 16384, /* 3 + 80 columns of at most 24 bytes are 2 kB */
	COLS_MAX = 128,
	PATH_BYTES = 4096,
};
#define TIME_MAX_MS 100000000000000ll /* the year 5138 */

/* One open file: the current line split into columns. */
struct csv {
	gzFile f;
	const char *path;
	unsigned line;
	bool cut; /* ended within a gzip member */
	uint32_t n;
	char *col[COLS_MAX];
	char text[LINE_BYTES];
};

static bool csv_next(struct csv *c, bool *end, struct err *e)
{
	*end = false;
	c->line++;
	if (!gzgets(c->f, c->text, sizeof c->text)) {
		int code = Z_OK;
		const char *why = gzerror(c->f, &code);

		*end = true;
		c->cut = code == Z_BUF_ERROR && c->line > 1;
		if (code != Z_OK && code != Z_STREAM_END && !c->cut)
			return err_set(e, ERR_CONF, "tape %s line %u: %s", c->path, c->line, why);
		return true;
	}
	size_t len = strlen(c->text);
	int code = Z_OK;

	if (len > 0 && c->text[len - 1] != '\n' && (gzerror(c->f, &code), code == Z_BUF_ERROR)) {
		c->cut = *end = c->line > 1; /* who recorded it lost power: half a row is none */
		return c->cut || err_set(e, ERR_CONF, "tape %s: ends within its header", c->path);
	}
	if (len + 1 == sizeof c->text)
		return err_set(e, ERR_CONF, "tape %s line %u: longer than %d bytes", c->path,
			       c->line, LINE_BYTES - 1);
	while (len > 0 && (c->text[len - 1] == '\n' || c->text[len - 1] == '\r'))
		c->text[--len] = '\0';
	c->n = 0;
	for (char *p = c->text;;) {
		if (c->n == COLS_MAX)
			return err_set(e, ERR_CONF, "tape %s line %u: over %d columns", c->path,
				       c->line, COLS_MAX);
		c->col[c->n++] = p;
		p = strchr(p, ',');
		if (!p)
			break;
		*p++ = '\0';
	}
	return true;
}

static bool csv_open(struct csv *c, const char *path, bool *end, struct err *e)
{
	c->f = gzopen(path, "rb");
	c->path = path;
	c->line = 0;
	if (!c->f)
		return err_set(e, ERR_CONF, "tape %s: cannot be opened", path);
	gzbuffer(c->f, 1 << 16);
	return csv_next(c, end, e);
}

static int csv_find(const struct csv *c, const char *name)
{
	for (uint32_t i = 0; i < c->n; i++)
		if (strcmp(c->col[i], name) == 0)
			return (int)i;
	return -1;
}

static bool csv_need(const struct csv *c, enum tape_column col, int *at, struct err *e)
{
	*at = csv_find(c, tape_column_name[col]);
	return *at >= 0 ||
	       err_set(e, ERR_CONF, "tape %s: no column %s", c->path, tape_column_name[col]);
}

/* The cell of level 0. */
static bool csv_need_level(const struct csv *c, enum tape_level_column cell, int *at, struct err *e)
{
	char name[32];

	snprintf(name, sizeof name, "%s0", tape_level_name[cell]);
	*at = csv_find(c, name);
	return *at >= 0 || err_set(e, ERR_CONF, "tape %s: no column %s", c->path, name);
}

/* Which of the file's two words stands there; -1: neither. */
static int csv_side(const struct csv *c, int at, enum tape_file file)
{
	for (int s = 0; s < 2; s++)
		if ((uint32_t)at < c->n && strcmp(c->col[at], tape_forms[file].side[s]) == 0)
			return s;
	return -1;
}

static bool csv_dec(const struct csv *c, int at, int digits, int64_t *out, struct err *e)
{
	if ((uint32_t)at >= c->n)
		return err_set(e, ERR_CONF, "tape %s line %u: column %d is missing", c->path,
			       c->line, at + 1);
	const char *s = c->col[at];

	if (dec_parse(out, s, strlen(s), digits) != DEC_OK)
		return err_set(e, ERR_CONF, "tape %s line %u column %d: '%.40s' is no decimal here",
			       c->path, c->line, at + 1, s);
	return true;
}

/* A venue's time; differences of two of them never overflow. */
static bool csv_ms(const struct csv *c, int at, int64_t *ms, struct err *e)
{
	if (!csv_dec(c, at, 0, ms, e))
		return false;
	return (*ms >= 0 && *ms <= TIME_MAX_MS) ||
	       err_set(e, ERR_CONF, "tape %s line %u column %d: %.40s is no time in ms", c->path,
		       c->line, at + 1, c->col[at]);
}

/* Room for one more element; lists double. */
static bool grow(void **list, uint32_t n, uint32_t most, size_t size, const char *path,
		 struct err *e)
{
	if (n >= most)
		return err_set(e, ERR_LIMIT, "tape %s: over %u rows", path, most);
	if (n == 0 || (n >= 1024 && (n & (n - 1)) == 0)) {
		void *bigger = realloc(*list, (n == 0 ? 1024 : (size_t)n * 2) * size);

		if (!bigger)
			return err_set(e, ERR_LIMIT, "tape %s: out of memory", path);
		*list = bigger;
	}
	return true;
}

static int decimals_of(int64_t sz)
{
	int d = QTY_DIGITS;

	while (d > 0 && sz % 10 == 0) {
		sz /= 10;
		d--;
	}
	return d;
}

static bool book_sane(const struct tape_book *b)
{
	if (b->n[0] == 0 || b->n[1] == 0)
		return false;
	for (int s = 0; s < 2; s++)
		for (uint32_t i = 0; i < b->n[s]; i++) {
			int64_t step = i == 0 ? 1 : b->side[s][i].px.v - b->side[s][i - 1].px.v;

			if (b->side[s][i].px.v <= 0 || b->side[s][i].sz.v <= 0)
				return false;
			if (i > 0 && (s == 0 ? step >= 0 : step <= 0))
				return false;
		}
	return b->side[0][0].px.v < b->side[1][0].px.v;
}

static void book_keep(struct tape_coin *k, const struct tape_book *b)
{
	const struct tape_book *last = k->n_book ? &k->book[k->n_book - 1] : NULL;

	if (!book_sane(b) || (last && b->ms < last->ms)) {
		k->dropped_books++;
		return;
	}
	if (last && b->ms - last->ms > TAPE_GAP_MS) {
		k->gaps++;
		if (b->ms - last->ms > k->gap_ms_max)
			k->gap_ms_max = b->ms - last->ms;
	}
	for (int s = 0; s < 2; s++)
		for (uint32_t i = 0; i < b->n[s]; i++) {
			int d = decimals_of(b->side[s][i].sz.v);

			if (d > k->sz_decimals)
				k->sz_decimals = (int8_t)d;
		}
	k->book[k->n_book++] = *b;
}

/* One side's levels of the row; a blank price ends the side. */
static bool book_row(struct csv *c, int first[2], struct tape_book *b, struct err *e)
{
	for (int s = 0; s < 2; s++)
		for (int i = 0; i < TAPE_LEVELS; i++) {
			int at = first[s] + 4 * i;
			struct tape_level *l = &b->side[s][i];

			if ((uint32_t)at >= c->n || c->col[at][0] == '\0')
				break;
			if (!csv_dec(c, at, PRICE_DIGITS, &l->px.v, e) ||
			    !csv_dec(c, at + 1, QTY_DIGITS, &l->sz.v, e))
				return false;
			b->n[s] = (uint8_t)(i + 1);
		}
	return true;
}

static bool load_books(struct tape_coin *k, struct csv *c, struct err *e)
{
	int when, first[2];
	bool end = false;

	if (!csv_need(c, TAPE_EXCHANGE_MS, &when, e) ||
	    !csv_need_level(c, TAPE_BID_PRICE, &first[0], e) ||
	    !csv_need_level(c, TAPE_ASK_PRICE, &first[1], e))
		return false;
	/* The file's order is bid price, bid size, ask price, ask size, level by level. */
	if (first[1] != first[0] + 2)
		return err_set(e, ERR_CONF, "tape %s: ask_price_0 must follow bid_size_0", c->path);
	for (;;) {
		struct tape_book b = {0};

		if (!csv_next(c, &end, e))
			return false;
		if (end)
			break;
		if (!csv_ms(c, when, &b.ms, e) || !book_row(c, first, &b, e) ||
		    !grow((void **)&k->book, k->n_book, TAPE_BOOKS_MAX, sizeof *k->book, c->path,
			  e))
			return false;
		book_keep(k, &b);
	}
	return k->n_book >= 2 || err_set(e, ERR_CONF, "tape %s: fewer than 2 books", c->path);
}

/* What trades and touches have alike: where its columns are, and one row of them. */
struct quote_cols {
	int when, px, sz, side;
};

static bool quote_cols(struct quote_cols *q, struct csv *c, struct err *e)
{
	return csv_need(c, TAPE_EXCHANGE_MS, &q->when, e) && csv_need(c, TAPE_PRICE, &q->px, e) &&
	       csv_need(c, TAPE_SIZE, &q->sz, e) && csv_need(c, TAPE_SIDE, &q->side, e);
}

/* False with *end: there is no further row; without: *e. */
static bool quote_next(struct csv *c, const struct quote_cols *q, int64_t *ms, struct price *px,
		       struct qty *sz, bool *end, struct err *e)
{
	if (!csv_next(c, end, e)) {
		*end = false;
		return false;
	}
	return !*end && csv_ms(c, q->when, ms, e) && csv_dec(c, q->px, PRICE_DIGITS, &px->v, e) &&
	       csv_dec(c, q->sz, QTY_DIGITS, &sz->v, e);
}

static bool load_trades(struct tape_coin *k, struct csv *c, struct err *e)
{
	struct quote_cols q;
	bool end = false;

	if (!quote_cols(&q, c, e))
		return false;
	for (;;) {
		struct tape_trade t = {0};

		if (!quote_next(c, &q, &t.ms, &t.px, &t.sz, &end, e))
			return end;
		int who = csv_side(c, q.side, TAPE_TRADES);

		if (who < 0)
			return err_set(e, ERR_CONF, "tape %s line %u: side is buy or sell", c->path,
				       c->line);
		t.buy = who == 0;
		if (t.px.v <= 0 || t.sz.v <= 0)
			return err_set(e, ERR_CONF, "tape %s line %u: price and size are positive",
				       c->path, c->line);
		if (t.ms < k->book[0].ms || (k->n_trade && t.ms < k->trade[k->n_trade - 1].ms)) {
			k->dropped_trades++;
			continue;
		}
		if (!grow((void **)&k->trade, k->n_trade, TAPE_ROWS_MAX, sizeof *k->trade, c->path,
			  e))
			return false;
		k->trade[k->n_trade++] = t;
	}
}

static bool load_touches(struct tape_coin *k, struct csv *c, struct err *e)
{
	struct quote_cols q;
	bool end = false;

	if (!quote_cols(&q, c, e))
		return false;
	for (;;) {
		struct tape_level l = {0};
		int64_t ms = 0;

		if (!quote_next(c, &q, &ms, &l.px, &l.sz, &end, e))
			return end;
		int s = csv_side(c, q.side, TAPE_PRICES) == 1;
		struct tape_touch *last = k->n_touch ? &k->touch[k->n_touch - 1] : NULL;

		if (l.px.v <= 0 || l.sz.v <= 0 || ms < k->book[0].ms || (last && ms < last->ms))
			continue;
		if (!last || last->ms != ms) {
			if (!grow((void **)&k->touch, k->n_touch, TAPE_ROWS_MAX, sizeof *k->touch,
				  c->path, e))
				return false;
			last = &k->touch[k->n_touch++];
			*last = (struct tape_touch){.ms = ms};
		}
		last->side[s] = l;
	}
}

/* Opens prefix_COIN.csv or .csv.gz of the folder and reads it with `load`. */
static bool load_file(struct tape_coin *k, const char *dir, enum tape_file file,
		      bool (*load)(struct tape_coin *, struct csv *, struct err *), struct err *e)
{
	const char *prefix = tape_forms[file].prefix;
	static const char *const tail[] = {"", ".gz"};
	char path[PATH_BYTES];

	for (uint32_t i = 0; i < COUNT_OF(tail); i++) {
		int n = snprintf(path, sizeof path, "%s/%s_%s.csv%s", dir, prefix, k->coin,
				 tail[i]);
		struct stat st;

		if (n <= 0 || (size_t)n >= sizeof path || stat(path, &st) != 0)
			continue;
		if (!S_ISREG(st.st_mode)) /* a pipe would be waited for, for ever */
			return err_set(e, ERR_CONF, "tape %s: not a file", path);
		struct csv *c = calloc(1, sizeof *c);
		bool end = false, ok;

		if (!c)
			return err_set(e, ERR_LIMIT, "tape %s: out of memory", path);
		ok = csv_open(c, path, &end, e);
		if (ok && end)
			ok = err_set(e, ERR_CONF, "tape %s: empty", path);
		ok = ok && load(k, c, e);
		k->cut |= c->cut;
		if (c->f)
			gzclose(c->f);
		free(c);
		return ok;
	}
	return tape_forms[file].may_lack ||
	       err_set(e, ERR_CONF, "tape %s: no %s_%s.csv[.gz]", dir, prefix, k->coin);
}

/* The coin in "orderbooks_COIN.csv[.gz]", or false. */
static bool coin_of(const char *name, char *out)
{
	static const char head[] = "orderbooks_";
	size_t skip = sizeof head - 1;

	if (strncmp(name, head, skip) != 0)
		return false;
	size_t n = strcspn(name + skip, ".");

	if (n == 0 || n >= COIN_MAX ||
	    (strcmp(name + skip + n, ".csv") != 0 && strcmp(name + skip + n, ".csv.gz") != 0))
		return false;
	memcpy(out, name + skip, n);
	out[n] = '\0';
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct tape_coin *)a)->coin, ((const struct tape_coin *)b)->coin);
}

static bool find_coins(struct tape *t, const char *dir, struct err *e)
{
	DIR *d = opendir(dir);

	if (!d)
		return err_set(e, ERR_CONF, "tape %s: not a folder that can be read", dir);
	for (struct dirent *f; (f = readdir(d)) != NULL && t->n < TAPE_COINS_MAX;) {
		char coin[COIN_MAX];
		bool known = false;

		if (!coin_of(f->d_name, coin))
			continue;
		for (uint32_t i = 0; i < t->n; i++)
			known = known || strcmp(t->at[i].coin, coin) == 0;
		if (!known)
			memcpy(t->at[t->n++].coin, coin, sizeof coin);
	}
	closedir(d);
	if (t->n == 0)
		return err_set(e, ERR_CONF, "tape %s: holds no orderbooks_COIN.csv[.gz]", dir);
	qsort(t->at, t->n, sizeof t->at[0], by_name);
	return true;
}

bool tape_load(struct tape *t, const char *dir, struct err *e)
{
	memset(t, 0, sizeof *t);
	if (!find_coins(t, dir, e))
		return false;
	for (uint32_t i = 0; i < t->n; i++) {
		struct tape_coin *k = &t->at[i];

		if (!load_file(k, dir, TAPE_ORDERBOOKS, load_books, e) ||
		    !load_file(k, dir, TAPE_TRADES, load_trades, e) ||
		    !load_file(k, dir, TAPE_PRICES, load_touches, e)) {
			tape_free(t);
			return false;
		}
		if (i == 0 || k->book[0].ms > t->begin_ms)
			t->begin_ms = k->book[0].ms;
		if (i == 0 || k->book[k->n_book - 1].ms < t->end_ms)
			t->end_ms = k->book[k->n_book - 1].ms;
	}
	if (t->end_ms <= t->begin_ms) {
		tape_free(t);
		return err_set(e, ERR_CONF, "tape %s: the coins have no time in common", dir);
	}
	return true;
}

void tape_free(struct tape *t)
{
	for (uint32_t i = 0; i < t->n; i++) {
		free(t->at[i].book);
		free(t->at[i].trade);
		free(t->at[i].touch);
	}
	memset(t, 0, sizeof *t);
}
