/* panic.h: the knobs of an emergency (operations.md 8), as the configuration's [panic] sets them.
 * Read by the ladder, the flatten, guards, trims and the signer's outbox; none of them can make a
 * close to zero wait. Shares are 1e-12: 5000000000 is 0.5 %. */
#ifndef EXEUNT_CORE_PANIC_H
#define EXEUNT_CORE_PANIC_H

#include <stdint.h>

#include "core/dec.h"

enum { PANIC_RUNGS = 4 };

struct panic_conf {
	/* the ladder, shares from min(mark, bid) or max(mark, ask), rising */
	struct ratio ladder_liquid[PANIC_RUNGS]; /* coins of liquid_leverage and more */
	struct ratio ladder_others[PANIC_RUNGS];
	int32_t liquid_leverage;
	int64_t rung_ms;      /* from rung to rung; never less than 2 x p90 of the round trip */
	int64_t last_rung_ms; /* the last one, again and again */
	uint32_t rungs_alarm; /* rungs before "still not flat" */
	int64_t give_up_ms;   /* then it asks */
	int64_t expires_zero_ms, expires_part_ms;
	int64_t probe_ms; /* market probe of a post-only venue */
	/* CARE */
	uint32_t care_slices;
	int64_t care_ms;
	struct ratio care_depth;  /* of five levels, a slice at most */
	struct ratio care_jitter; /* of size and time */
	/* TRIM */
	struct ratio trim_cushion; /* joint shock of BTC to survive */
	struct ratio trim_sigmas;  /* and so many sigmas of an hour; 1.0 is one */
	struct ratio trim_round;   /* cuts are rounded up to this share of the position */
	/* GUARD */
	struct ratio guard_share; /* of the distance, from liquidation to the trigger */
	struct ratio guard_nearest, guard_farthest; /* bounds of that, of the price */
	struct ratio guard_least;		    /* under this distance none is offered */
	struct ratio guard_worst;		    /* worst price past the trigger */
	int64_t commit_wait_ms;			    /* kill lane */
	/* what adds risk: 1.0 is all of the equity, or of the net delta a hedge offsets */
	struct ratio cap_order, cap_session, cap_hedge;
};

void panic_defaults(struct panic_conf *p);
/* The same, for who was given none. */
const struct panic_conf *panic_default(void);

#endif
