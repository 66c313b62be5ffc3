/* ac.h: Almgren and Chriss, "Optimal execution of portfolio transactions" (2000), closed form with
 * the exact discrete kappa. Units are the caller's, as long as they agree: time in one unit, price
 * in one unit, lambda in 1/currency. Doubles only; nothing here reaches an order without
 * plan.h's quantiser. */
#ifndef EXEUNT_PLAN_AC_H
#define EXEUNT_PLAN_AC_H

#include <stdbool.h>
#include <stdint.h>

struct ac {
	double x;	/* to trade, > 0 */
	double horizon; /* T */
	uint32_t n;	/* slots, >= 1 */
	double sigma;	/* price per sqrt(time) */
	double eta;	/* temporary impact: price per (unit/time) */
	double gamma;	/* permanent impact: price per unit */
	double epsilon; /* paid on every unit: half spread and fee, price */
	double lambda;	/* risk aversion; negative: risk seeking (sin instead of sinh) */
	double alpha;	/* drift of the price in our favour, price per time; 0 */
};

struct ac_result {
	double kappa;	/* per time; of the imaginary branch when `imaginary` */
	bool imaginary; /* lambda < 0 */
	double cost;	/* E, currency */
	double variance;
};

/* holdings[0..n]: x_0 = x ... x_n = 0. False when the numbers make no sense: n = 0, x or T not
 * positive, eta - gamma*tau/2 <= 0, kappa*T of the imaginary branch >= pi. */
bool ac_solve(const struct ac *in, struct ac_result *out, double *holdings);
/* Cost and variance of any holdings[0..n] under the same model. */
void ac_evaluate(const struct ac *in, const double *holdings, double *cost, double *variance);
/* The closed forms of cost and variance alone (alpha is not used): no sum over slots, for
 * frontiers. */
bool ac_closed(const struct ac *in, struct ac_result *out);
/* lambda that gives kappa~ = k (per time). */
double ac_lambda(const struct ac *in, double k);
/* Share left after slot j of n when kappa*tau = kt (>= 0); 1 at j = 0, 0 at j = n. Stable for any
 * kt. */
double ac_left(double kt, uint32_t n, uint32_t j);

#endif
