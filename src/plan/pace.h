/* pace.h: how a schedule is worked where it cannot be worked as drawn: what the volume cap lets a
 * slice sell, and at which turns what it lacks is made up. One set of rules for the plan that is
 * told (plan.c) and the exit that runs (exec/exit_trade.c), so that both end at the same time.
 *
 * The cap is a share of the volume (operations.md 8): what the tape brought since the start, and
 * what it is believed to bring within one slot ahead (core/estimate.h, EST_VOLUME: a prior while
 * the tape is young). Where it leaves nothing, one least child every two minutes goes all the same.
 *
 * What a slice lacks is worked at the next turn: a planned slice, or a slot in which nothing is
 * planned, or, after the last planned one, each slot; never more at once than 1.5 times the larger
 * of the slice's own size and the mean of what the schedule has to sell, orders that were under way
 * when it was made and came back included.
 *
 * Pure. Sizes are struct qty, ms are of the schedule's clock. */
#ifndef EXEUNT_PLAN_PACE_H
#define EXEUNT_PLAN_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/instr.h"

enum {
	PACE_MAX_PCT = 150,	/* of a slice's own size, with what the ones before it lack */
	PACE_BY_MAX_PCT = 300,	/* where the operator keeps the end (`--by`) */
	PACE_CREDIT_MS = 60000, /* the cap looks ahead one slot, at most so far */
	PACE_FLOOR_MS = 120000, /* one least child at least so often */
};

/* Schedule time of the next turn. planned_ms: of the next planned slice, < 0 none is left;
 * last_ms: of the turn before; owes: a slice before lacks something. */
int64_t pace_turn_ms(int64_t planned_ms, int64_t last_ms, int64_t slot_ms, bool owes);

/* Most that one turn sells; own: planned for it, 0 for a turn of what is lacking alone. */
struct qty pace_most(struct qty own, struct qty mean, uint32_t pct);

/* Coins of volume that the cap looks ahead: what one slot brings at volume_s coins a second. The
 * room is then cap x (the tape since the start + this) less what was sold or is on the way. */
double pace_ahead(double volume_s, int64_t slot_ms);

/* want, in whole lots of the room; less than `least` (a child of 25 USD) waits, but every
 * PACE_FLOOR_MS. since_ms: since the last time something went. */
struct qty pace_cut(const struct instr *i, struct qty want, double room, struct qty least,
		    int64_t since_ms);

#endif
