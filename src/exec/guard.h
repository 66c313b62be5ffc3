/* guard.h: one stop kept at the venue for one position, as a pure state machine (operations.md 3, 4
 * and 8).
 *
 *   OFF -> WAITING <-> PLACING -> RESTING <-> MOVING (a better one first, then the old one goes)
 *                        ^           |
 *                        +-- GONE <--+ cancelled by the venue, or fired and something is left
 *   any -> OFF: asked for, or the position is zero in two complete reads
 *
 * The stop is reduce-only, a stop-market, of the whole position by the venue's positionTpsl
 * grouping (size 0): it follows partial exits and partial liquidations by itself. Its trigger is
 * plan/sheet.h's rule, which stands on the safe side of the price at which the leg dies.
 *
 * The engine calls guard_step when something about the position changed and at out.next_ns, carries
 * the wants out in order, and hands what became of the orders to guard_on_order; what the venue
 * lists of them goes to guard_seen.
 *
 * Always: (1) the old stop is cancelled only after the venue showed the new one at its trigger;
 * (2) no doubt about one stop holds up another: a double meets no position; (3) a trigger moves
 * because the price of death moved, never because the mark came nearer; (4) a stop that is behind
 * the price of death is replaced, or is said to be late; (5) no two placements within a second. */
#ifndef EXEUNT_EXEC_GUARD_H
#define EXEUNT_EXEC_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "core/instr.h"
#include "core/snap.h"
#include "exec/exec.h"

struct guard_view {
	int64_t now_ns;
	const struct instr *instr;
	const struct panic_conf *panic; /* NULL: the defaults */
	bool may_send;			/* a key is ready: nothing else stops a guard */
	bool position_known;
	struct qty szi;	    /* signed, freshest */
	uint64_t reads;	    /* complete reads of the account's dex so far; rises */
	struct price mark;  /* 0 none */
	struct price dies;  /* the stop must fire before it; 0: no price of this coin kills it */
	struct price works; /* working price of a running exit of this position, 0 none */
	uint32_t exit;	    /* its number */
};

enum guard_want_kind {
	GW_PLACE,
	GW_CANCEL, /* the stop of that attempt */
	GW_CHECK,  /* read the open orders of its dex */
	GW_READ,   /* read the account */
	GW_ROOM,   /* orders that do not protect go: the venue takes no more of any kind */
	GW_NOTICE, /* level 0, 1: a line; 2, 3: an alarm under NC_GUARD */
	GW_WELL,   /* that alarm's cause is over */
	GW_END	   /* nothing of it is left: forget it */
};
struct guard_want {
	uint8_t kind; /* enum guard_want_kind */
	uint8_t level;
	bool buy;
	uint32_t attempt;
	struct price trigger, limit;
	char text[NOTICE_TEXT_MAX];
};
enum { GUARD_WANTS = 12, GUARD_ORDERS = 6 };
struct guard_out {
	uint32_t n;
	struct guard_want at[GUARD_WANTS];
	int64_t next_ns; /* INT64_MAX: on events only */
	bool save;	 /* what must survive a restart changed */
};

enum guard_order_state { GO_FREE, GO_SENT, GO_UNKNOWN, GO_OPEN, GO_LEAVING };
struct guard_order {
	uint8_t state; /* enum guard_order_state */
	bool checked;  /* the venue's list showed it at this trigger */
	bool lost;     /* silent or not seen for so long that another takes its place */
	uint32_t attempt;
	struct price trigger, limit;
	struct price dies; /* when it was placed */
	int64_t sent_ns, unknown_ns, asked_ns, cancel_ns;
};

struct guard_keep {
	uint32_t id; /* g<id> */
	char coin[COIN_MAX];
	bool off;	    /* being taken away */
	bool buy;	    /* side of the stop */
	struct price typed; /* trigger typed by the operator, 0: the rule's */
	uint8_t state;	    /* enum guard_state */
	char reason[96];    /* of WAITING */
	uint32_t attempt;   /* newest */
	struct guard_order at[GUARD_ORDERS];
	uint32_t tries;	     /* placements in a row without one that rests */
	int64_t retry_ns;    /* not before */
	int64_t place_ns;    /* of the newest placement */
	int64_t gone_ns;     /* the venue took the last one; 0 not */
	int64_t placed_ns;   /* the one resting was seen */
	uint64_t zero_reads; /* position zero since this many reads + 1; 0 not zero */
	uint32_t taken;	     /* times another hand cancelled it lately */
	int64_t taken_ns;
	bool crowded; /* refused because of other orders that rest: room is to be made */
	bool barren;  /* it fired and the venue refused what it sent */
	bool fired, fired_told, alarmed, waits_told, late_told;
	struct price works_told; /* working price that its trigger was compared with */
};

/* `typed` 0: by the rule. */
void guard_init(struct guard_keep *g, uint32_t id, const char *coin, struct price typed);
/* What would be placed now. False: not now, why in *why; nothing else of the view is judged. */
bool guard_prices(const struct guard_keep *g, const struct guard_view *v, struct price *trigger,
		  struct price *limit, char why[96]);
void guard_step(struct guard_keep *g, const struct guard_view *v, struct guard_out *out);
/* A report of its stop `attempt`; one that it does not know (after a restart) is taken in with
 * these prices. Then guard_step. */
void guard_on_order(struct guard_keep *g, const struct exec_report *r, struct price trigger,
		    struct price limit, int64_t now_ns);
/* The venue lists its stop `attempt` open at this trigger. Then guard_step. */
void guard_seen(struct guard_keep *g, uint32_t attempt, struct price trigger, bool whole);
/* GW_ROOM was carried out: so many orders are being cancelled. Then guard_step. */
void guard_room(struct guard_keep *g, uint32_t gone, int64_t now_ns);
/* The newest that rests, NULL none. */
const struct guard_order *guard_resting(const struct guard_keep *g);
/* A typed trigger against what it must do, in words. */
bool guard_typed_ok(const struct guard_view *v, struct price trigger, struct err *e);

#endif
