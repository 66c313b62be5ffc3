/* plan_in.h: shared by the files of this room only. */
#ifndef EXEUNT_PLAN_PLAN_IN_H
#define EXEUNT_PLAN_PLAN_IN_H

#include "plan/plan.h"

/* kappa~ T and kappa tau of an urgency, as plan.h states. */
double plan_kappa_t(double urgency, uint32_t n);
double plan_kt(double urgency, uint32_t n);

/* The problem in doubles, read once. */
struct market {
	double mid, mark, size, sigma_s; /* USD; coins; USD per square-root second */
	double x0;			 /* signed position */
	double sign;			 /* of the position our side reduces: +1 when selling */
	double share;			 /* expected part filled resting, where children may rest */
	struct impact impact;
	bool book_young, book_any;
};
bool market_read(const struct plan_problem *p, struct market *m);
/* Of children with slots of tau_s, while x coins (signed) are held and `spent` USD are gone: they
 * may rest. A share given in the problem is taken as it is: always. */
bool market_rests(const struct plan_problem *p, const struct market *m, double tau_s, double x,
		  double spent);
/* The part of the size, sold at any pace, that goes while they may. */
double market_rest_part(const struct plan_problem *p, const struct market *m, double tau_s);
/* Temporary impact for slots of tau seconds: the walk of a child and what is left of those before.
 */
double market_eta(const struct market *m, double tau_s);
/* What the next books are expected to be, by the one of now and by what is usual: `impact` times
 * its walk, `half` the half spread in USD; sd: of the factor, and in USD. */
struct mood {
	double impact, impact_sd, half, half_sd;
	double deep, wide; /* levels and spread of now in units of the usual ones; 0: not known */
};
void market_mood(const struct plan_problem *p, const struct market *m, struct mood *out);
/* Spread, fees and their shares for the whole size; adds to c and to src (USD by source). */
void market_fixed(const struct plan_problem *p, const struct market *m, struct plan_cost *c,
		  double src[SRC_COUNT]);
double market_funding(const struct plan_problem *p, const struct market *m, double coins,
		      int64_t from_ms, int64_t to_ms);
void cost_finish(struct plan_cost *c, const double src[SRC_COUNT], double notional);

enum { DANGER_SLOTS = 240 };
/* Coins held and USD spent by slot of time (a slot holds what it began with: the safe side), and
 * not by slice: of a steep schedule few slices are left, and each would last for ever. Returns the
 * slots: each is horizon / slots long. */
uint32_t plan_held_by_slot(const struct plan *pl, double x0, double x[DANGER_SLOTS],
			   double spent[DANGER_SLOTS]);

#endif
