/* power.h: impact that is not linear in the rate, and schedules along volume. Units are the
 * caller's. h(v) = eta v^k: Almgren, "Optimal execution with nonlinear impact functions" (2003);
 * I and J: Almgren, Thum, Hauptmann, Li, "Equity market impact" (2005). */
#ifndef EXEUNT_PLAN_POWER_H
#define EXEUNT_PLAN_POWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum { POWER_SLOTS = 1024 };

struct power {
	double x, eta, k; /* k > 0 */
	double lambda, sigma;
	double horizon; /* of power_solve */
	uint32_t n;	/* slots, 1..POWER_SLOTS */
};

/* Without an end: time scale T*, cost and variance; lambda V = k E. False: a number not > 0. */
bool power_forever(const struct power *in, double *t_star, double *cost, double *variance);
/* Share left at t/T*. For k > 1 it ends at (k+1)/(k-1). */
double power_left(double k, double t);
/* Within the horizon: minimises eta tau sum (n/tau)^{k+1} + lambda sigma^2 tau sum x_k^2 by the
 * backward recursion of the first-order conditions and one root. trades[n]. */
bool power_solve(const struct power *in, double *trades, double *cost, double *variance,
		 struct err *e);
void power_evaluate(const struct power *in, const double *trades, double *cost, double *variance);

struct athl {
	double x, volume, shares_out; /* shares; volume a day; shares_out 0: no such factor */
	double sigma_day, days;	      /* horizon in volume days */
	double gamma, eta, beta;      /* 0: 0.314, 0.142, 0.6 */
};
/* Shares of the price: permanent I, temporary K, realised J = I/2 + K. */
bool athl_cost(const struct athl *in, double *permanent, double *temporary, double *realised);

/* Along a volume curve: trades[k] = x V_k / sum V. False: n = 0, a volume negative, none at all. */
bool pace_vwap(double x, const double *volume, uint32_t n, double *trades);
/* A constant share of the volume until done: *done slots are used, 0 < share < 1 of all volume (our
 * own included: q = share/(1-share) of the others'). Returns what is left at the end, < 0: bad
 * input. */
double pace_pov(double x, const double *volume, uint32_t n, double share, double *trades,
		uint32_t *done);

#endif
