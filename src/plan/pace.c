/* pace.c: see pace.h.
 *
 * Invariants: (1) nothing here makes a slice larger than what is wanted; (2) the room over any time
 * is the cap's share of its volume and of one slot, whatever the estimate said meanwhile: what was
 * sold on too high a one is missing from the next. */
#include "plan/pace.h"
#include "base/banned.h"

enum { TURN_LEAST_MS = 1000 };

int64_t pace_turn_ms(int64_t planned_ms, int64_t last_ms, int64_t slot_ms, bool owes)
{
	slot_ms = slot_ms > TURN_LEAST_MS ? slot_ms : TURN_LEAST_MS;
	int64_t extra = last_ms + slot_ms;
	if (planned_ms < 0)
		return extra;
	/* half a slot before a planned one it is made up with that */
	return owes && planned_ms - extra >= slot_ms / 2 ? extra : planned_ms;
}

struct qty pace_most(struct qty own, struct qty mean, uint32_t pct)
{
	int64_t q = own.v > mean.v ? own.v : mean.v;
	return (struct qty){q / 100 * pct + q % 100 * pct / 100};
}

double pace_ahead(double volume_s, int64_t slot_ms)
{
	int64_t ms = slot_ms > 0 && slot_ms < PACE_CREDIT_MS ? slot_ms : PACE_CREDIT_MS;
	return volume_s * (double)ms / 1000;
}

struct qty pace_cut(const struct instr *i, struct qty want, double room, struct qty least,
		    int64_t since_ms)
{
	struct qty r = {0};
	if (room >= qty_to_double(want)) /* exactly: a double would lose a lot */
		return want;
	if (room > 0)
		(void)qty_from_double(&r, room);
	r = instr_floor_qty(i, r);
	if (r.v >= least.v)
		return r;
	if (since_ms < PACE_FLOOR_MS)
		return (struct qty){0};
	return want.v < least.v ? want : least; /* a stalled tape does not stall the exit */
}
