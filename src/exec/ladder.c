/* ladder.c: the rungs of a close.
 *
 * Invariants: (1) a rung is never better for us than the one before, nor tighter than the walk of
 * the book for the whole size plus 0.2 % (the first); (2) no rung lies beyond the zero-equity price
 * unless a price was typed; (3) every rung is a price the venue takes. */
#include "base/check.h"
#include "exec/exec.h"
#include "base/banned.h"

static const int64_t ONE = 1000000000000, WALK_EXTRA = 2000000000; /* 0.2 % */

static bool worse(enum side s, struct price a, struct price b)
{
	return s == SIDE_SELL ? a.v < b.v : a.v > b.v;
}

static struct price away(enum side s, struct price p, int64_t share)
{
	struct price out = p;
	struct ratio r = {s == SIDE_SELL ? ONE - share : ONE + share};
	(void)price_times_ratio(&out, p, r, s == SIDE_SELL ? ROUND_DOWN : ROUND_UP);
	return out;
}

bool ladder_make(const struct ladder_in *in, struct ladder *out)
{
	struct ladder r = {0};
	bool sell = in->side == SIDE_SELL;
	const struct book *b = in->book;
	bool has_book = b && (sell ? b->n_bid : b->n_ask);
	r.blind = in->blind || !has_book;
	if (in->mark.v <= 0 && !has_book)
		return false;
	struct price touch = has_book ? (sell ? b->bid[0].px : b->ask[0].px) : in->mark;
	if (in->mark.v <= 0)
		r.base = touch; /* an old touch is better than nothing */
	else
		r.base = !r.blind && worse(in->side, touch, in->mark) ? touch : in->mark;
	r.expected = r.base;
	const struct panic_conf *k = in->panic ? in->panic : panic_default();
	const struct ratio *table =
		in->instr->max_leverage >= k->liquid_leverage ? k->ladder_liquid : k->ladder_others;
	struct price bound = in->typed.v > 0 ? in->typed : in->zero;
	struct price before = {0};
	for (int i = 0; i < RUNGS; i++) {
		struct price p = away(in->side, r.base, table[i].v);
		if (i == 0 && !r.blind) {
			struct book_walk w = book_take(b, in->side, in->size, (struct price){0});
			struct price deep = away(in->side, w.worst, WALK_EXTRA);
			if (w.filled.v > 0 && worse(in->side, deep, p))
				p = deep;
			if (w.filled.v > 0)
				r.expected = w.avg;
		}
		if (i > 0 && worse(in->side, before, p))
			p = before;
		r.at_zero[i] = bound.v > 0 && worse(in->side, p, bound);
		if (r.at_zero[i])
			p = bound;
		if (!instr_round_price(in->instr, &r.px[i], p, sell ? ROUND_DOWN : ROUND_UP))
			return false;
		if (bound.v > 0 && worse(in->side, r.px[i], bound) && /* rounded beyond it */
		    !instr_round_price(in->instr, &r.px[i], bound, sell ? ROUND_UP : ROUND_DOWN))
			return false;
		if (i > 0 && worse(in->side, before, r.px[i]))
			r.px[i] = before;
		before = r.px[i];
	}
	*out = r;
	return true;
}
