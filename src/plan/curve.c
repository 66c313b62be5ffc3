/* curve.c: what a close costs: the walk of the book, the square-root tail beyond it, and the rungs
 * of its orders.
 *
 * 1. The cost of more coins is never less per coin: levels are sorted and the tail rises.
 * 2. Without a young book prices come from the mark; an old book still tells the depth.
 * 3. The rungs are those of exec/ladder.c, digit for digit: both are made from integers, by the
 *    same steps. */
#include <math.h>

#include "base/check.h"
#include "plan/sheet_inner.h"
#include "base/banned.h"

static const double BLIND_USD = 100e3;	  /* with no book at all this much goes within ... */
static const double BLIND_LIQUID = 10e-4; /* ... 10 bp of the mark for coins of 20x and more */
static const double BLIND_OTHERS = 30e-4;
static const double EDGE_LEAST = 5e-4; /* the end of the visible book is at least this far */
static const double TAIL_MOST = 0.95;  /* no sale is estimated below a twentieth of the mark */

enum { LIQUID_LEVERAGE = 20, FIVE = 5 };

static const struct level *closing(const struct book *b, bool buy, int *n)
{
	*n = buy ? b->n_ask : b->n_bid;
	return buy ? b->ask : b->bid;
}

/* Distances are from the best price of the fine book: the best of an aggregated one is the edge of
 * its bucket, up to a bucket away from the touch. */
static void levels(struct curve *c, const struct sheet_leg_in *l, double size)
{
	struct cost_level at[SIDE_ROOM(1)];
	enum side taker = c->buy ? SIDE_BUY : SIDE_SELL;
	int n;

	c->n = (int)side_levels(l->book, l->deep, taker, size, 1, at);
	for (int i = 0; i < c->n; i++) {
		c->d[i] = fabs(at[0].px - at[i].px);
		c->q[i] = at[i].size;
		c->depth += c->q[i];
	}
	(void)closing(l->book, c->buy, &n);
	for (int i = 0; i < n && i < FIVE; i++)
		c->depth5 += c->q[i];
	c->seen = c->n > 0;
}

void curve_make(struct curve *c, const struct sheet_leg_in *l, double size)
{
	c->buy = !leg_long(l);
	c->mark = c->base = price_to_double(l->mark);
	c->fee = l->fee;
	c->n = 0;
	c->depth = c->depth5 = 0;
	c->seen = false;
	if (l->book)
		levels(c, l, size);
	if (c->n && !l->blind) {
		int n;

		c->base = price_to_double(closing(l->book, c->buy, &n)[0].px);
	}
	if (c->seen) {
		c->coef = fmax(c->d[c->n - 1], EDGE_LEAST * c->mark) / sqrt(c->depth);
	} else {
		double part = l->max_leverage >= LIQUID_LEVERAGE ? BLIND_LIQUID : BLIND_OTHERS;

		c->coef = c->mark > 0 ? part * c->mark / sqrt(BLIND_USD / c->mark) : 0;
	}
}

/* Coins a..b of the tail: sum of coef sqrt(u), and the last of them. */
static double tail(const struct curve *c, double a, double b, double *last)
{
	double most = TAIL_MOST * c->base, sum;

	*last = fmin(c->coef * sqrt(b), most);
	sum = 2.0 / 3 * c->coef * (b * sqrt(b) - a * sqrt(a));
	return fmin(sum, most * (b - a));
}

struct take curve_take(const struct curve *c, double from, double to)
{
	double sign = c->buy ? 1 : -1, at = 0, sum = 0, last = 0, q = to - from;
	struct take t = {0};

	if (!(q > 0))
		return t;
	for (int i = 0; i < c->n && at < to; i++) {
		double a = fmax(at, from), b = fmin(at + c->q[i], to);

		if (b > a) {
			sum += (b - a) * c->d[i];
			last = c->d[i];
		}
		at += c->q[i];
	}
	if (at < to) {
		double rest = tail(c, fmax(at, from), to, &last);

		sum += rest;
		t.model = rest;
	}
	t.avg = c->base + sign * sum / q;
	t.last = c->base + sign * last;
	t.cost = sign * (t.avg - c->mark) * q + c->fee * t.avg * q;
	if (!c->seen)
		t.model = t.cost;
	return t;
}

void leg_instr(const struct sheet_leg_in *l, struct instr *i)
{
	*i = (struct instr){.sz_decimals = l->sz_decimals,
			    .px_decimals = l->px_decimals,
			    .px_sig = 5,
			    .max_leverage = l->max_leverage};
}

_Static_assert((int)SHEET_RUNGS == (int)PANIC_RUNGS, "one ladder");
static const int64_t ONE = 1000000000000, WALK_EXTRA = 2000000000; /* 0.2 % */

static bool worse(bool buy, struct price a, struct price b)
{
	return buy ? a.v > b.v : a.v < b.v;
}

static struct price away(bool buy, struct price p, int64_t share)
{
	struct price out = p;
	struct ratio r = {buy ? ONE + share : ONE - share};

	(void)price_times_ratio(&out, p, r, buy ? ROUND_UP : ROUND_DOWN);
	return out;
}

/* The first rung is never tighter than the walk of the book for the whole size plus 0.2 %. */
static struct price first_rung(const struct sheet_leg_in *l, bool buy, struct qty size,
			       struct price p, struct rungs *r)
{
	struct book_walk w =
		book_take(l->book, buy ? SIDE_BUY : SIDE_SELL, size, (struct price){0});
	struct price deep = away(buy, w.worst, WALK_EXTRA);

	if (w.filled.v <= 0)
		return p;
	r->expected = w.avg;
	return worse(buy, deep, p) ? deep : p;
}

bool rungs_make(const struct sheet_leg_in *l, const struct panic_conf *k, struct qty size,
		struct price bound, struct rungs *out)
{
	const struct ratio *table =
		l->max_leverage >= k->liquid_leverage ? k->ladder_liquid : k->ladder_others;
	bool buy = !leg_long(l), has = l->book && (buy ? l->book->n_ask : l->book->n_bid);
	bool blind = l->blind || !has;
	struct price touch = l->mark, before = {0}, base;
	struct rungs r = {0};
	struct instr i;

	leg_instr(l, &i);
	if (has)
		touch = buy ? l->book->ask[0].px : l->book->bid[0].px;
	if (l->mark.v <= 0 && !has)
		return false;
	base = l->mark.v <= 0 || (!blind && worse(buy, touch, l->mark)) ? touch : l->mark;
	r.expected = base;
	for (int n = 0; n < SHEET_RUNGS; n++) {
		struct price p = away(buy, base, table[n].v);

		if (n == 0 && !blind)
			p = first_rung(l, buy, size, p, &r);
		if (n > 0 && worse(buy, before, p))
			p = before;
		r.held[n] = bound.v > 0 && worse(buy, p, bound);
		if (r.held[n])
			p = bound;
		if (!instr_round_price(&i, &r.px[n], p, buy ? ROUND_UP : ROUND_DOWN))
			return false;
		if (bound.v > 0 && worse(buy, r.px[n], bound) && /* rounded beyond it */
		    !instr_round_price(&i, &r.px[n], bound, buy ? ROUND_DOWN : ROUND_UP))
			return false;
		if (n > 0 && worse(buy, before, r.px[n]))
			r.px[n] = before;
		before = r.px[n];
	}
	*out = r;
	return true;
}
