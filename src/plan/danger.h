/* danger.h: will the pool be liquidated before the exit is done? Closed forms, doubles only.
 *
 * The pool's equity is taken as Gaussian; its clock is A(t) = integral of (exposure * sigma)^2, the
 * variance of the exit while the position shrinks. First-passage bound (reflection):
 *   p <= 2 N(-D / sqrt(A(T))),  D = equity - expected cost - maintenance now.
 * It is a bound: maintenance falls as the position shrinks, so the truth is lower. For shorts
 * sigma * price is taken at the liquidation price (a rising price moves more). The volatility
 * handed in is the honest one (x 1.4). The exact grid is for later. */
#ifndef EXEUNT_PLAN_DANGER_H
#define EXEUNT_PLAN_DANGER_H

#include <stdbool.h>
#include <stdint.h>

enum { YEAR_S = 365 * 24 * 3600 };

/* What is liquidated together with this position. USD. Zeroed with known = false: no danger is
 * computed and nothing depends on it. */
struct plan_account {
	bool known;
	char reason[48];     /* why not, for the screen */
	bool isolated;	     /* the pool is this position alone */
	double equity;	     /* of the pool at the marks */
	double maintenance;  /* of the pool at the marks, this position included */
	double initial;	     /* margin in use, this position included; for `free` */
	double mmr;	     /* maintenance rate of this position: 1 / (2 x max leverage) */
	double leverage;     /* of this position, for margin freed; 0 unknown */
	double beta;	     /* of this coin against BTC, >= 1 */
	double others_beta;  /* sum of beta x signed notional of the other legs, USD */
	double others_maint; /* sum of beta x maintenance of the other legs, USD */
	double others_sd;    /* sum of signed notional x sigma_year of the other legs, USD */
	double btc_sigma;    /* honest volatility of BTC a year; 0: this coin's / beta */
};

double norm_cdf(double x);
/* Chance that a driftless walk of total standard deviation sd touches -d (d > 0). */
double touch_probability(double d, double sd);
/* Geometric Brownian motion: chance that `barrier` is touched within t (years). */
double gbm_touch(double s, double barrier, double sigma, double mu, double t);

/* x0: signed coins of this position when the account figures were taken; x: signed coins looked at;
 * cost: USD spent on the way. Distance of the pool to liquidation, USD of equity. */
double pool_distance(const struct plan_account *a, double x0, double x, double mark, double cost);
/* BTC move in % at which the pool dies with `x` coins left and `cost` spent; false: no move does.
 */
bool pool_dies(const struct plan_account *a, double x0, double x, double mark, double cost,
	       double *pct);
/* Seconds until a 1-in-10 touch of the pool with x coins kept; 1e18 beyond a week. */
double pool_touch10(const struct plan_account *a, double x0, double x, double mark,
		    double sigma_year, double cost);
/* Liquidation price of this position by the venue's form with x coins signed left; false: none.
 * x0 is what the account figures were taken at. */
bool venue_liq(const struct plan_account *a, double x0, double x, double mark, double cost,
	       double *px);
/* The bound for holdings x[0..n] (signed coins, x[0] now, n slots of tau_s seconds; the position at
 * the end x[n] may be non-zero). hold: nothing is sold for the same time. */
double danger_bound(const struct plan_account *a, const double *x, uint32_t n, double tau_s,
		    double mark, double sigma_year, double cost);
double danger_hold(const struct plan_account *a, double x0, double horizon_s, double mark,
		   double sigma_year);
/* Smallest kappa*T for which an exit to zero has p <= eps by the bound (quant: risk budget); 0 when
 * TWAP is enough. sd_t: sd of holding all for the whole time, USD; d: distance, USD. */
double danger_kappa(double d, double sd_t, double eps);

#endif
