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

enum { MULTI_LEGS = 20, MULTI_SLOTS = 480 };

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
/* Cost and variance of any holdings. */
void multi_evaluate(const struct multi *in, const double *x, double *cost, double *variance);

#endif
