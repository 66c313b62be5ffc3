/* order.c: the life of an order.
 *
 *                 sent              resting             part
 *     INTENT ------------> SENT ------------> RESTING ---------> PARTIAL
 *        |                  |  \                 |                  |
 *        | not sent         |   \ lost           | filled,          | filled,
 *        v                  |    v               | cancelled        | cancelled
 *      DEAD <------------ UNKNOWN --------+      v                  v
 *        burned, expired                  +--> FILLED, CANCELLED, REJECTED
 *                                              (from anywhere alive, by the venue's word)
 *
 * 1. Silence, error pages and look-ups that find nothing never end an order.
 * 2. FILLED, CANCELLED, REJECTED and DEAD absorb everything.
 * 3. Fills are counted in every state; one that follows a proof of death sets `contradicted`.
 * 4. What the venue has shown to be open (RESTING, PARTIAL) cannot be burned or expire. */
#include "core/order.h"

#include "base/check.h"

/* One row a state, one column an evidence, in the order of the enums. */
#define I ORDER_INTENT
#define S ORDER_SENT
#define R ORDER_RESTING
#define P ORDER_PARTIAL
#define F ORDER_FILLED
#define C ORDER_CANCELLED
#define J ORDER_REJECTED
#define U ORDER_UNKNOWN
#define D ORDER_DEAD
static const uint8_t next_of[ORDER_STATES][EVID_COUNT] = {
	/* sent not-sent resting part filled cancelled rejected lost not-found burned expired */
	[I] = {S, D, R, P, F, C, J, U, I, D, D}, [S] = {S, D, R, P, F, C, J, U, S, D, D},
	[R] = {R, R, R, P, F, C, J, R, R, R, R}, [P] = {P, P, P, P, F, C, P, P, P, P, P},
	[F] = {F, F, F, F, F, F, F, F, F, F, F}, [C] = {C, C, C, C, C, C, C, C, C, C, C},
	[J] = {J, J, J, J, J, J, J, J, J, J, J}, [U] = {U, U, R, P, F, C, J, U, U, D, D},
	[D] = {D, D, D, D, D, D, D, D, D, D, D},
};
#undef I
#undef S
#undef R
#undef P
#undef F
#undef C
#undef J
#undef U
#undef D

static const char *const state_names[ORDER_STATES] = {
	"intent",    "sent",	 "resting", "partial", "filled",
	"cancelled", "rejected", "unknown", "dead",
};

static const char *const evidence_names[EVID_COUNT] = {
	"sent",	    "not sent", "resting",   "part",   "filled",  "cancelled",
	"rejected", "lost",	"not found", "burned", "expired",
};

enum order_state order_next(enum order_state s, enum evidence e)
{
	ASSERT(s < ORDER_STATES && e < EVID_COUNT);
	return (enum order_state)next_of[s][e];
}

bool order_terminal(enum order_state s)
{
	return s == ORDER_FILLED || s == ORDER_CANCELLED || s == ORDER_REJECTED || s == ORDER_DEAD;
}

bool order_apply(struct order *o, enum evidence e, int64_t now_ns)
{
	enum order_state was = (enum order_state)o->state, to = order_next(was, e);

	if (e == EVID_LOST)
		o->lost = true;
	/* the venue may show an order open again after part of it filled */
	if (e == EVID_RESTING && to == ORDER_RESTING && (o->filled.v || o->told.v))
		to = ORDER_PARTIAL;
	if (e == EVID_SENT && was == ORDER_INTENT)
		o->sent_ns = now_ns;
	if (to == was)
		return false;
	o->state = (uint8_t)to;
	if (to == ORDER_UNKNOWN)
		o->unknown_ns = now_ns;
	if (order_terminal(to))
		o->ended_ns = now_ns;
	return true;
}

bool order_fill(struct order *o, struct price px, struct qty sz, struct money fee, int64_t now_ns)
{
	struct money v;

	if (o->state == ORDER_DEAD || o->state == ORDER_REJECTED)
		o->contradicted = true;
	if (!qty_add(&o->filled, o->filled, sz))
		o->filled.v = INT64_MAX;
	if (price_times_qty(&v, px, sz, ROUND_HALF_AWAY) && money_add(&v, o->value, v))
		o->value = v;
	if (money_add(&v, o->fee, fee))
		o->fee = v;
	return order_apply(o, o->filled.v >= o->sz.v && o->sz.v > 0 ? EVID_FILLED : EVID_PART,
			   now_ns);
}

struct qty order_left(const struct order *o)
{
	int64_t gone = o->filled.v > o->told.v ? o->filled.v : o->told.v;

	if (order_terminal((enum order_state)o->state) || gone >= o->sz.v)
		return (struct qty){0};
	return (struct qty){o->sz.v - gone};
}

const char *order_state_name(enum order_state s)
{
	return s < ORDER_STATES ? state_names[s] : "?";
}

const char *order_evidence_name(enum evidence e)
{
	return e < EVID_COUNT ? evidence_names[e] : "?";
}
