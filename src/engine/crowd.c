/* crowd.c: an account whose resting orders leave no room: the venue refuses whatever is new from
 * 1,000 on, reduce-only orders and stops as well.
 *
 * 1. Thirty go at a time (one action), what rests farthest from the market first: that is what
 *    nobody is waiting for.
 * 2. A stop goes after everything else, and only for a close to zero; for another stop no stop
 *    goes, nor an order of a run or of an exit of ours.
 * 3. For a stop, limits that close a guarded position go first: they reserve its size, and a stop
 *    that fires beside them may sell nothing. */
#include <string.h>

#include "engine/inner.h"

static double distance(const struct engine *e, const struct order *o)
{
	double mark = price_to_double(market_mark(e, o->instr));
	double px = price_to_double(o->trigger ? o->trigger_px : o->px);

	return mark > 0 ? (px > mark ? px - mark : mark - px) / mark : 0;
}

static bool may_go(const struct engine *e, uint16_t at, uint8_t account, bool stops)
{
	const struct order *o = &e->orders.at[at];

	if (!e->orders.used[at] || o->account != account || !o->oid || o->tif == TIF_IOC ||
	    e->orders.twap[at] || order_terminal((enum order_state)o->state))
		return false;
	if (stops)
		return true;
	return (!o->trigger || o->take_profit) && !order_is_ours(o);
}

/* USD of a guarded position that a resting limit holds; 0: none. */
static double holds(const struct engine *e, const struct order *o)
{
	const struct guard_slot *g = guard_get(e, o->account, o->instr);
	struct qty szi = held_szi(e, o->account, o->instr), q = o->sz;

	if (!g || g->g.off || o->trigger || !szi.v || o->buy != (szi.v < 0))
		return 0;
	szi.v = szi.v < 0 ? -szi.v : szi.v;
	if (q.v > szi.v)
		q = szi;
	return qty_to_double(q) * price_to_double(market_mark(e, o->instr));
}

uint32_t crowd_clear(struct engine *e, uint8_t account, bool stops)
{
	struct act_cancel c[SUBMIT_BATCH];
	double far[SUBMIT_BATCH];
	int n = 0;

	for (uint16_t i = 0; i < ORDERS_MAX; i++) {
		const struct order *o = &e->orders.at[i];
		double d;
		int at;

		if (!may_go(e, i, account, stops))
			continue;
		d = distance(e, o);
		d += !o->trigger ? 2000 : o->take_profit ? 1000 : 0; /* stops come last */
		if (!stops)
			d += holds(e, o);
		for (at = n < SUBMIT_BATCH ? n++ : n; at > 0 && far[at - 1] < d; at--)
			if (at < SUBMIT_BATCH) {
				far[at] = far[at - 1];
				c[at] = c[at - 1];
			}
		if (at < SUBMIT_BATCH) {
			far[at] = d;
			c[at] = (struct act_cancel){.asset = e->instrs.at[o->instr].asset,
						    .oid = o->oid};
		}
	}
	return n && ef_room(e, 8) && submit_cancels(e, account, c, n, LANE_KILL) ? (uint32_t)n : 0;
}
