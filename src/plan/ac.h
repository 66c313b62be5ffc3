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

enum { AC_SLOTS = 1024 };

/* A drift that changes: alpha[1..n-1] is the price's drift in our favour while x_k is held (for a
 * perpetual: expected drift less funding per unit and time, quant 1.2). Exact, tridiagonal; the
 * cost is less the drift's gain. False as ac_solve, and for lambda < 0. */
bool ac_drift(const struct ac *in, const double *alpha, struct ac_result *out, double *holdings);
/* No slice above slice_max: the first slices are at the cap, the rest is ac_solve's (the KKT point,
 * as free slices fall). False when slice_max x n < x, or lambda < 0. alpha is not used. */
bool ac_capped(const struct ac *in, double slice_max, struct ac_result *out, double *holdings);
/* Least cost + z sqrt(variance) over lambda. */
bool ac_lvar(const struct ac *in, double z, double *lambda, double *lvar, struct ac_result *out);

/* Cartea and Jaimungal: cost of speed k v^2, running penalty phi x^2, a drift of the price
 * mu e^{-decay s} seen now. Speed of selling x with `left` time to go (quant 1.3). */
struct ac_signal {
	double k, phi, mu, decay;
};
bool ac_signal(const struct ac_signal *in, double x, double left, double *speed);
/* The same without signal but with a terminal penalty x_T^2 and permanent impact b: share left at
 * t. */
bool ac_penalty_left(double k, double phi, double penalty, double b, double horizon, double t,
		     double *left);

/* Perpetual with funding (arXiv:2601.10812): longs pay beta (P - S), fill P + k nu, permanent b,
 * terminal penalty alpha q^2, running phi q^2. Speed nu = coef_q q + coef_z (P - S), negative
 * sells. Needs 2 alpha > b. */
struct ac_perp {
	double k, b, alpha, phi, beta;
};
bool ac_perp(const struct ac_perp *in, double left, double *coef_q, double *coef_z);

#endif
