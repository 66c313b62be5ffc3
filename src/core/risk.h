/* risk.h: the gates, as a table of gate by kind of deed. What reduces risk passes every gate; the
 * one thing that stops it is a key that is not unlocked. An order can only leave through a struct
 * approved, and only risk_approve makes one. */
#ifndef EXEUNT_CORE_RISK_H
#define EXEUNT_CORE_RISK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "core/act.h"
#include "core/dec.h"
#include "core/instr.h"

enum gate {
	GATE_KEY, /* no key unlocked: nothing can be signed */
	GATE_BOOK_AGE,
	GATE_COLLAR,
	GATE_DUPLICATE,
	GATE_THROTTLE,
	GATE_ORDER_CAP,
	GATE_SESSION_CAP,
	GATE_DISARMED,
	GATE_LOCAL_LOCK,
	GATE_NO_NEW_RISK,
	GATE_SEAT,
	GATE_BARRIER,
	GATE_COMMIT,
	GATES
};

enum deed {
	DEED_CANCEL,
	DEED_PAUSE,
	DEED_GUARD,  /* protective reduce-only trigger */
	DEED_REDUCE, /* takes a position towards zero, or lowers the book's |net delta| */
	DEED_HEDGE,  /* lowers |net delta| beyond its cap of 120 % */
	DEED_INCREASE,
	DEEDS
};

/* True when a closed gate stops that deed. */
bool risk_stops(enum gate g, enum deed d);
bool risk_is_reducing(enum deed d); /* CANCEL, PAUSE, GUARD, REDUCE */
const char *risk_gate_name(enum gate g);
const char *risk_gate_words(enum gate g); /* "DISARMED: this adds risk. a arms for 5m." */

/* What an order does to the position it meets: REDUCE when reduce_only is set and it is on the
 * other side of it, or not larger than it. `triggers` are GUARD. */
enum deed risk_deed(const struct act_order *o, struct qty position);

struct approved {
	struct act_order order;
	uint8_t deed;	 /* enum deed */
	uint32_t passed; /* RISK_SEAL | closed gates it passed by right */
};

#define RISK_SEAL 0x5a000000u

static inline uint32_t gate_bit(enum gate g)
{
	return 1u << g;
}

/* `closed` is the set of gates closed now. On refusal *e has the words of the first closed gate
 * that stops it. Numbers are checked too: price and size on the venue's grid. */
bool risk_approve(struct approved *out, const struct instr *i, const struct act_order *o,
		  struct qty position, uint32_t closed, struct err *e);
bool risk_sealed(const struct approved *a);

#endif
