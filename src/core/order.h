/* order.h: one order's life, as one transition table (order.c). Evidence moves it; silence never
 * ends it. Quantities count fills whatever the state: a fill that comes late is still a fill. */
#ifndef EXEUNT_CORE_ORDER_H
#define EXEUNT_CORE_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/act.h"
#include "core/dec.h"

enum order_state {
	ORDER_INTENT, /* recorded, not yet handed to the wire */
	ORDER_SENT,   /* on its way, no word yet */
	ORDER_RESTING,
	ORDER_PARTIAL, /* some of it filled, the rest is or was live */
	ORDER_FILLED,
	ORDER_CANCELLED,
	ORDER_REJECTED,
	ORDER_UNKNOWN, /* the answer was lost; it may have filled */
	ORDER_DEAD,    /* proven that it can never run */
	ORDER_STATES
};

enum evidence {
	EVID_SENT,	/* the host took it */
	EVID_NOT_SENT,	/* proven never to have left */
	EVID_RESTING,	/* the venue has it open */
	EVID_PART,	/* a fill that leaves some */
	EVID_FILLED,	/* a fill, or the venue's word, that leaves nothing */
	EVID_CANCELLED, /* the venue's word: ended, the rest never fills */
	EVID_REJECTED,	/* the venue's verdict on this order */
	EVID_LOST,	/* no answer in time, transport, unreadable, error page */
	EVID_NOT_FOUND, /* a look-up did not find it: never a verdict by itself */
	EVID_BURNED,	/* noop took its nonce */
	EVID_EXPIRED,	/* venue time is past expiry and margin, and reads do not know it */
	EVID_COUNT
};

/* Whose order it is (enum order_whose of snap.h). Struct fields in units of core/dec.h; zeroed
 * first. */
struct order {
	uint8_t state; /* enum order_state */
	uint8_t account;
	uint8_t whose;
	uint8_t tif;  /* enum tif */
	uint8_t lane; /* enum lane of effect.h */
	uint8_t leg;  /* place within its action: verdicts come by place */
	uint16_t instr;
	bool buy, reduce_only;
	bool target_zero; /* a close to zero: it never holds size and never makes anything wait */
	bool trigger, trigger_market, take_profit;
	bool contradicted; /* filled after it was proven dead: shown, never hidden */
	bool answered;	   /* a verdict for this order came */
	bool lost;	   /* its answer was lost at least once */
	bool whole;	   /* a trigger of the venue for whatever is held */
	struct qty sz;
	struct price px, trigger_px;
	struct cloid cloid;
	uint64_t oid, nonce;
	int64_t expires_ms; /* wall clock of the venue: bounds arrival */
	int64_t sent_ns, answered_ns, unknown_ns, ended_ns;
	int64_t placed_ms; /* by the venue's clock, as near as it is known */
	struct qty filled;
	struct money value; /* sum of px*sz of its fills */
	struct money fee;
	struct qty told; /* filled as the venue's verdict said, fills may come later */
	uint32_t exit, slice, attempt, panic;
	/* look-ups while unknown */
	uint8_t resends, lookups, misses;
	bool burning;	   /* a noop with its nonce is under way */
	bool burned;	   /* its nonce is spent, by it or by a burn */
	bool unwanted;	   /* all is flat: burned again and again until a fact ends it */
	int64_t burned_ms; /* wall clock when that was heard */
	/* The venue said that it ended, not how much of it filled: fills, an answer with the
	 * quantity or a read of fills begun later decide. Evidence + 1; 0: nothing waits. */
	uint8_t settle;
	int64_t settle_ns;
	int64_t next_ns;
	int64_t first_miss_ns, last_miss_ns;
};

/* What rests at the venue of a coin or an account, by what a run of the sheet that closes it does
 * to it (engine/resting.c). */
struct resting {
	uint16_t cancels; /* cancelled at once: what could open, and orders of exits that end by it
			   */
	uint16_t keeps;	  /* stays until flat: stops, targets, other hands' reduce-only limits */
	uint16_t stops;	  /* of `keeps` */
	uint16_t twaps; /* native TWAPs of the venue, cancelled at once, by actions of their own */
};

/* The table itself: next state, total over states and evidence. */
enum order_state order_next(enum order_state s, enum evidence e);
/* Moves o and stamps it; returns true when the state changed. */
bool order_apply(struct order *o, enum evidence e, int64_t now_ns);
/* Books a fill: quantity, value, fee, then the state. px*sz beyond range leaves value as it was. */
bool order_fill(struct order *o, struct price px, struct qty sz, struct money fee, int64_t now_ns);
bool order_terminal(enum order_state s);
/* What of it may still fill: 0 once terminal. Uses the larger of fills heard and told. */
struct qty order_left(const struct order *o);
const char *order_state_name(enum order_state s); /* "resting" */
const char *order_evidence_name(enum evidence e);

#endif
