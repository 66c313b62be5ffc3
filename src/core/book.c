/* book.c: depth of one market.
 *
 * 1. Bids fall strictly, asks rise strictly, best bid < best ask, every level positive.
 * 2. A frame that breaks rule 1 changes nothing, the age included. */
#include "core/book.h"

#include <string.h>

#include "base/check.h"

enum { FAST_LEVELS = 5 };

/* True when a is better than b for those who quote that side. */
static bool better(bool bids, struct price a, struct price b)
{
	return bids ? a.v > b.v : a.v < b.v;
}

static enum book_result check_side(bool bids, const struct level *l, int n)
{
	if (n > BOOK_LEVELS)
		return BOOK_BAD_LEVEL;
	for (int i = 0; i < n; i++)
		if (l[i].px.v <= 0 || l[i].sz.v <= 0)
			return BOOK_BAD_LEVEL;
	for (int i = 1; i < n; i++)
		if (!better(bids, l[i - 1].px, l[i].px))
			return BOOK_UNSORTED;
	return BOOK_OK;
}

static enum book_result check(const struct book *b)
{
	enum book_result r = check_side(true, b->bid, b->n_bid);

	if (r == BOOK_OK)
		r = check_side(false, b->ask, b->n_ask);
	if (r == BOOK_OK && b->n_bid && b->n_ask && b->bid[0].px.v >= b->ask[0].px.v)
		r = BOOK_CROSSED;
	return r;
}

/* Appends the old levels that lie behind the touch. A touch of fewer levels than the stream carries
 * is the whole side. Returns true when any was kept. */
static bool keep_deep(bool bids, struct level *l, uint8_t *n, const struct level *old, int n_old)
{
	uint8_t before = *n;

	if (*n < FAST_LEVELS)
		return false;
	for (int i = 0; i < n_old && *n < BOOK_LEVELS; i++)
		if (better(bids, l[before - 1].px, old[i].px))
			l[(*n)++] = old[i];
	return *n > before;
}

enum book_result book_apply(struct book *b, const struct book *next)
{
	struct book to = *next;
	enum book_result r = check(next);
	bool deep;

	if (r != BOOK_OK)
		return r;
	if (next->venue_ms < b->venue_ms)
		return BOOK_OLDER;
	to.deep_ns = next->seen_ns;
	if (next->fast) {
		deep = keep_deep(true, to.bid, &to.n_bid, b->bid, b->n_bid);
		deep = keep_deep(false, to.ask, &to.n_ask, b->ask, b->n_ask) || deep;
		to.fast = !deep;
		to.deep_ns = deep ? b->deep_ns : 0;
	}
	*b = to;
	return BOOK_OK;
}

/* Removes the `gone` best levels of a side. */
static void drop_front(struct level *l, uint8_t *n, int gone)
{
	memmove(l, l + gone, (size_t)(*n - gone) * sizeof *l);
	*n = (uint8_t)(*n - gone);
}

static void put_best(bool bids, struct level *l, uint8_t *n, const struct level *best)
{
	int gone = 0;

	if (!best)
		return;
	if (best->px.v == 0) {
		*n = 0;
		return;
	}
	while (gone < *n && !better(bids, best->px, l[gone].px))
		gone++; /* better than or equal to the new best */
	drop_front(l, n, gone);
	if (*n == BOOK_LEVELS)
		(*n)--;
	memmove(l + 1, l, *n * sizeof *l);
	l[0] = *best;
	(*n)++;
}

/* Drops what a new best on the other side has run through. */
static void drop_crossed(bool bids, struct level *l, uint8_t *n, const struct level *other)
{
	int gone = 0;

	if (!other || other->px.v == 0)
		return;
	while (gone < *n && !better(!bids, l[gone].px, other->px))
		gone++;
	drop_front(l, n, gone);
}

static bool bad_best(const struct level *l)
{
	return l && l->px.v != 0 && (l->px.v < 0 || l->sz.v <= 0);
}

enum book_result book_apply_bbo(struct book *b, const struct level *bid, const struct level *ask,
				int64_t venue_ms, int64_t seen_ns)
{
	if (bad_best(bid) || bad_best(ask))
		return BOOK_BAD_LEVEL;
	if (bid && ask && bid->px.v && ask->px.v && bid->px.v >= ask->px.v)
		return BOOK_CROSSED;
	if (venue_ms < b->venue_ms)
		return BOOK_OLDER;
	drop_crossed(false, b->ask, &b->n_ask, bid);
	drop_crossed(true, b->bid, &b->n_bid, ask);
	put_best(true, b->bid, &b->n_bid, bid);
	put_best(false, b->ask, &b->n_ask, ask);
	b->venue_ms = venue_ms;
	b->seen_ns = seen_ns;
	return BOOK_OK;
}

struct qty book_five(const struct book *b, enum side side)
{
	const struct level *l = side == SIDE_BUY ? b->bid : b->ask;
	int n = side == SIDE_BUY ? b->n_bid : b->n_ask;
	struct qty sum = {0};

	for (int i = 0; i < n && i < 5; i++)
		sum.v += l[i].sz.v;
	return sum;
}

static struct qty towards(struct qty mean, struct qty now, int64_t age_ns)
{
	static const int64_t tau_ns = 30000000000;
	int64_t step;

	if (!mean.v)
		return now;
	if (age_ns > 4 * tau_ns)
		age_ns = 4 * tau_ns;
	if (age_ns > 0 && dec_muldiv(&step, now.v - mean.v, age_ns, age_ns + tau_ns, ROUND_DOWN))
		mean.v += step;
	return mean;
}

void book_note_five(struct book *b, struct qty was_bid, struct qty was_ask, int64_t age_ns)
{
	b->five_bid = towards(was_bid, book_five(b, SIDE_BUY), age_ns);
	b->five_ask = towards(was_ask, book_five(b, SIDE_SELL), age_ns);
}

struct book_walk book_take(const struct book *b, enum side taker, struct qty size,
			   struct price limit)
{
	bool sell = taker == SIDE_SELL;
	const struct level *l = sell ? b->bid : b->ask;
	int n = sell ? b->n_bid : b->n_ask;
	struct book_walk w = {0};
	__int128 sum = 0; /* 1e-18 quote; 20 products of two int64 stay below 2^127 at sane sizes */
	const __int128 unit = 10000000000; /* 1e-18 to 1e-8 */
	__int128 v;

	for (int i = 0; i < n && w.filled.v < size.v; i++) {
		int64_t take = size.v - w.filled.v;

		if (limit.v && better(sell, limit, l[i].px))
			break;
		if (take > l[i].sz.v)
			take = l[i].sz.v;
		if (__builtin_add_overflow(sum, (__int128)l[i].px.v * take, &sum))
			break;
		w.filled.v += take;
		w.worst = l[i].px;
		w.levels++;
	}
	if (w.filled.v == 0)
		return w;
	v = (sum + unit / 2) / unit;
	w.value.v = v > INT64_MAX ? INT64_MAX : (int64_t)v;
	w.avg.v = (int64_t)((sum + w.filled.v / 2) / w.filled.v);
	return w;
}

bool book_mid(const struct book *b, struct price *mid)
{
	if (!b->n_bid || !b->n_ask)
		return false;
	mid->v = b->bid[0].px.v + (b->ask[0].px.v - b->bid[0].px.v) / 2;
	return true;
}
