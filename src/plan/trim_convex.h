/* trim_convex.h: the least cut of a pool as the convex problem it is: what any cut must cost, and
 * where its optimum lies. Pure, no allocation.
 *
 *   least  sum C_i(q_i)                          q_i: coins of leg i, 0..held
 *   so that E - sum C_i + sum G_i,x(q_i) >= 0     after BTC moved down, and up, by the shock
 *           E - sum C_i - maintenance - k sd >= 0 k sigmas of an hour
 *           |sum beta_i rest_i| <= D              never above where it began
 *
 * C_i is the walk of the book with its square-root tail, fee in: convex, piecewise linear but for
 * the tail. G_i is what the leg adds after the move, less the maintenance of the tier in force
 * there: concave, piecewise linear. sd is convex; its tangent at the pool as it is, then at the
 * optimum found, stands for it. The Lagrangian splits by legs, and a leg's least is where its
 * marginal cost meets its marginal worth: exact. Any multipliers give a lower bound of the cost of
 * every cut there is (steps, lots and least orders only make it dearer), so a gap told from `cost`
 * is never too small. */
#ifndef EXEUNT_PLAN_TRIM_CONVEX_H
#define EXEUNT_PLAN_TRIM_CONVEX_H

#include "plan/sheet_inner.h"

struct trim_least {
	bool known;		 /* false: no multiplier says anything; nothing below is set */
	double cost;		 /* USD: no cut that reaches the cushion costs less */
	double part[SHEET_LEGS]; /* of each leg of the pool, at the optimum found */
	uint32_t evals;
};
/* The pool must miss its cushion now. beta_most: D of above, USD. */
void trim_least(const struct sheet_work *w, uint32_t pool, double beta_most,
		struct trim_least *out);

#endif
