/* shape.c: what is bent on purpose: depth, oracle, other venues' perps, a front end that is stuck,
 * and the post-only period after an upgrade.
 *
 * 1. A ramp is a pure function of venue time: over `over_ms` to its peak, held, back over
 *    `back_ms`. A new one starts where the old one stands.
 * 2. A stale front end shows what it showed when the fault was set, its time included; the venue
 *    behind it goes on: orders match against the live book.
 * 3. In a post-only period nobody crosses: IOC, market and crossing GTC orders are refused, resting
 *    orders do not fill, others' trades do not happen; triggers wait and fire when it ends,
 *    liquidations too; a TWAP's suborders fail. (Whether triggers fire at the venue in such a
 *    period is not known.) */
#include <string.h>

#include "paper/state.h"

#include "base/banned.h"

int64_t ramp_at(const struct ramp *r, int64_t now_ms)
{
	if (r->until_ms == 0)
		return 0;
	if (now_ms < r->full_ms)
		return r->start +
		       num_muldiv(r->peak - r->start, now_ms - r->from_ms, r->full_ms - r->from_ms);
	if (now_ms < r->until_ms)
		return r->peak;
	if (now_ms - r->until_ms < r->back_ms)
		return r->peak - num_muldiv(r->peak, now_ms - r->until_ms, r->back_ms);
	return 0;
}

void ramp_set(struct ramp *r, int64_t peak, int64_t now_ms, int64_t over_ms, int64_t for_ms,
	      int64_t back_ms)
{
	*r = (struct ramp){.start = ramp_at(r, now_ms),
			   .peak = peak,
			   .from_ms = now_ms,
			   .full_ms = now_ms + over_ms,
			   .until_ms = for_ms > 0 ? now_ms + over_ms + for_ms : NONE_MS,
			   .back_ms = back_ms};
}

int64_t ramp_px(const struct ramp *r, int64_t px, int64_t now_ms)
{
	int64_t off = ramp_at(r, now_ms);

	return off == 0 ? px : num_muldiv(px, RATE_ONE + off, RATE_ONE);
}

bool post_only(const struct paper *p)
{
	return p->block < p->post_only_until;
}

/* --- a front end that is stuck --- */

bool book_is_stale(const struct paper *p)
{
	return fault_span(p, FAULT_FREEZE_BOOK);
}

bool mark_is_stale(const struct paper *p)
{
	return fault_span(p, FAULT_FREEZE_MARK);
}

static void keep_book(struct paper *p, struct coin *c)
{
	struct stale *s = &c->stale;
	int side;

	s->time_ms = p->block;
	s->mid = c->mid;
	for (side = 0; side < 2; side++) {
		s->n[side] = book_levels(c, side, s->level[side], PAPER_DEPTH_MAX);
		s->impact[side] = book_impact(c, side);
	}
}

void stale_keep(struct paper *p, enum paper_fault kind)
{
	uint16_t i;

	for (i = 0; i < p->n_coins; i++) {
		struct coin *c = &p->coin[i];

		if (kind == FAULT_FREEZE_BOOK) {
			keep_book(p, c);
			continue;
		}
		str_clear(&c->stale_ctx);
		put_ctx(p, i, &c->stale_ctx);
	}
}

uint32_t shown_levels(const struct paper *p, uint16_t coin, bool bids, struct paper_level *out,
		      uint32_t max)
{
	const struct coin *c = &p->coin[coin];
	uint32_t n;

	if (!book_is_stale(p))
		return book_levels(c, bids, out, max);
	n = c->stale.n[bids] < max ? c->stale.n[bids] : max;
	memcpy(out, c->stale.level[bids], n * sizeof *out);
	return n;
}

int64_t shown_mid(const struct paper *p, uint16_t coin)
{
	return book_is_stale(p) ? p->coin[coin].stale.mid : p->coin[coin].mid;
}
