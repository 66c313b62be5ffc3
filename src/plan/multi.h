/* multi.h: Almgren and Chriss for several legs with one covariance (appendix of the paper; quant
 * 1.4). Units as in ac.h. E = eps'sum|n| + X'Gamma X/2 + sum n'H~n/tau, H~ = H - tau Gamma/2;
 * V = tau sum x_k'C x_k. A leg may go past its size for a time to hedge another: `overshoot` says
 * so, and the caller decides whether venue and operator allow it. The spread is charged on every
 * trade, but only where no leg overshoots is it a constant and the answer the exact optimum. */
#ifndef EXEUNT_PLAN_MULTI_H
#define EXEUNT_PLAN_MULTI_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum { MULTI_LEGS = 20, MULTI_SLOTS = 480, MULTI_FACTORS = 8 };

struct multi {
	uint32_t legs, n;
	double horizon, lambda; /* lambda >= 0 */
	double x[MULTI_LEGS];	/* signed */
	double epsilon[MULTI_LEGS];
	double c[MULTI_LEGS * MULTI_LEGS]; /* covariance per time, legs x legs, row-major */
	double h[MULTI_LEGS * MULTI_LEGS]; /* temporary impact */
	double gamma[MULTI_LEGS * MULTI_LEGS];
};

struct multi_out {
	double kappa[MULTI_LEGS]; /* rising, per time */
	double cost, variance;
	bool overshoot;				  /* a leg grows or changes side on the way */
	double x[(MULTI_SLOTS + 1) * MULTI_LEGS]; /* holdings, slot by slot, `legs` each */
};

/* Refuses with the rule: a covariance that is singular or not symmetric, impact that is not
 * positive definite. Symmetric diagonalisation, exact kappa for each mode. */
bool multi_solve(const struct multi *in, struct multi_out *out, struct err *e);
/* Legs that move by common factors (quant 1.4 and 8): C = F'SF + D. For a book with options the
 * factors are the underlyings' prices and volatilities: F holds what one unit of a leg gains for
 * one unit of each, its delta and its vega; gamma enters as delta that moves, so its factor is the
 * square of the price's move, with the variance of that. A perpetual is a leg of delta 1 and
 * nothing else. D is what is each leg's own, and keeps C from being singular. */
struct multi_factors {
	uint32_t legs, factors;
	double f[MULTI_FACTORS * MULTI_LEGS];	 /* factors x legs: per unit of the leg */
	double s[MULTI_FACTORS * MULTI_FACTORS]; /* covariance of the factors, per time */
	double d[MULTI_LEGS];			 /* variance of each leg's own, per time; >= 0 */
};
/* c: legs x legs. Refuses with the rule: counts, numbers that are none, a negative variance, S not
 * symmetric or not positive. */
bool multi_factor_cov(const struct multi_factors *in, double *c, struct err *e);

/* Whether what is held stays inside a band of each factor's exposure (net delta, net vega) after
 * every slice, the first and the last holdings included. False: *slot and *factor name the first
 * that does not, *exposure how much it is. A band the book begins outside of is no band: widen it
 * to what is held, so that nothing is made worse. */
struct multi_band {
	double lo[MULTI_FACTORS], hi[MULTI_FACTORS]; /* -INFINITY, INFINITY: no band */
};
bool multi_in_band(const struct multi_factors *f, const double *x, uint32_t n,
		   const struct multi_band *band, uint32_t *slot, uint32_t *factor,
		   double *exposure);

/* The schedule that keeps every exposure in its band after every slice, at the least price on
 * exposures that does: hedges first, unwound beside what they hedge. m: covariance and all;
 * out->kappa and the holdings are under the priced covariance, cost and variance under m's own.
 * False by name: no schedule does; a band without 0; lambda 0. Some 80 solutions. */
struct multi_band_in {
	const struct multi *m;
	const struct multi_factors *f;
	struct multi_band band;
};
bool multi_band_solve(const struct multi_band_in *in, struct multi *work, struct multi_out *out,
		      struct err *e);
/* Time by which half of all a leg trades is traded, there and back: who goes first. */
void multi_half(const struct multi *in, const double *x, double *half);

/* Cost and variance of any holdings. */
void multi_evaluate(const struct multi *in, const double *x, double *cost, double *variance);

#endif
