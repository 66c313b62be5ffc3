/* kernel.h: transient impact: what a trade displaces returns by a kernel G (Obizhaeva and Wang
 * 2013; Alfonsi, Fruth and Schied 2010; quant 2.1-2.3). A trade of n at displacement D costs D n +
 * G(0) n^2 / 2; in all 1/2 sum_ij n_i n_j G(|t_i - t_j|). Units are the caller's, as long as they
 * agree; risk is lambda sigma^2 sum x_i^2 dt on what is held between trades.
 *
 * A kernel is taken only if no round trip earns money by it: positive, falling, convex (Alfonsi,
 * Schied and Slynko 2012), matrix positive definite. An impact v^delta with delta != 1 is refused
 * with exponential decay, and with a power law unless delta + power >= 1 and power >= 2 - log2 3
 * (Gatheral 2010). */
#ifndef EXEUNT_PLAN_KERNEL_H
#define EXEUNT_PLAN_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum { KERNEL_TERMS = 3, KERNEL_TRADES = 257 };

struct kernel {
	uint32_t n_exp;		     /* exponentials, 0..3 */
	double weight[KERNEL_TERMS]; /* price per unit */
	double rate[KERNEL_TERMS];   /* per time, > 0 */
	double permanent;	     /* price per unit that never returns */
	double power_weight;	     /* x (1 + power_rate t)^-power; 0: none */
	double power_rate, power;
	double delta; /* of the impact v^delta; 0 and 1 mean linear */
};

struct kernel_problem {
	struct kernel kernel;
	double x;	      /* to trade, > 0 */
	double horizon;	      /* first trade at 0, last at the horizon */
	uint32_t n;	      /* trades, 2..KERNEL_TRADES */
	double lambda, sigma; /* 0: cost alone */
};

/* The caller's memory, 0.5 MB. */
struct kernel_work {
	double m[KERNEL_TRADES * KERNEL_TRADES];
	double g[KERNEL_TRADES], y[KERNEL_TRADES], r[KERNEL_TRADES];
};

struct kernel_out {
	double cost;	 /* impact, currency */
	double variance; /* sigma^2 sum x^2 dt */
	double twap;	 /* cost of equal trades at the same times */
	double saving;	 /* 1 - cost / twap */
	bool sells_back; /* a trade of the other sign: the risk term asks for it */
	double trades[KERNEL_TRADES];
};

double kernel_at(const struct kernel *k, double t);
/* False with the rule that is broken. */
bool kernel_check(const struct kernel *k, struct err *e);
bool kernel_solve(const struct kernel_problem *p, struct kernel_work *w, struct kernel_out *out,
		  struct err *e);
double kernel_cost(const struct kernel_problem *p, const double *trades);

/* Obizhaeva-Wang in closed form: n trades (n >= 2), G = k e^{-rho t}: the two ends and the trades
 * between them, and the cost. */
void kernel_ow(double x, double horizon, uint32_t n, double rho, double k, double *end,
	       double *inner, double *cost);
/* Continuous, u = rho T: cost over k x^2 of the optimum and of TWAP. */
double kernel_ow_cost(double u);
double kernel_ow_twap(double u);
/* Power law G = t^-g, 0 < g < 1, continuous: cost over x^2 T^-g of the optimum and of TWAP. */
double kernel_power_cost(double g);
double kernel_power_twap(double g);
/* Cost of buying at rate v1, then selling at v2 until flat at `horizon`, with impact v^delta and
 * decay e^{-rho t}: negative is an arbitrage (Gatheral 2010). */
double kernel_round_trip(double delta, double rho, double v1, double v2, double horizon);

#endif
