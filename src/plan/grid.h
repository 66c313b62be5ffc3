/* grid.h: the chance that a pool is liquidated before an exit is done, on an absorbing grid; what
 * is lost then; and the urgency that keeps the chance under a limit. USD, coins, seconds; doubles
 * only.
 *
 * Model: the equity moves by (x_k P s + others) dW while slot k lasts, the barrier is the
 * maintenance of that slot plus what the exit has spent before it. Going backwards in time the
 * chance u(equity) solves u_t + 1/2 v(y)^2 u_yy = 0, u = 1 at the barrier (which moves with the
 * slots). Two choices of the price P at a given equity:
 *   GRID_ARITHMETIC  P is the mark of now: the textbook moving barrier (first_passage.json)
 *   GRID_PRICE       P is its best linear estimate from the equity, P0 + b_k (y - y0) with
 *                    b_k = P0 s sum(e_j) / sum(e_j^2), e_j the exposures so far. Holding, equity
 * and price are one: this is geometric Brownian motion exactly, for shorts too, where the
 * arithmetic chance is not safe. For running exits GRID_PRICE is a projection on one dimension,
 * checked against Monte Carlo of the full model (t_models). About 5 ms: not for the engine's
 * thread, nor for every key. */
#ifndef EXEUNT_PLAN_GRID_H
#define EXEUNT_PLAN_GRID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "plan/danger.h"

enum { GRID_POINTS = 641, GRID_STEPS = 240, GRID_SLOTS = 512 };
enum grid_model { GRID_PRICE, GRID_ARITHMETIC };

struct grid_in {
	const struct plan_account *account; /* as of x[0] at `mark` */
	const double *x;		    /* n signed coins held during each slot */
	const double *spent;		    /* n: USD paid before each slot; NULL: nothing */
	const double *lost; /* n: USD lost when liquidated in a slot; NULL: no expectation */
	uint32_t n;	    /* 1..GRID_SLOTS */
	double tau_s, mark, sigma_year;
	enum grid_model model;
};

/* The caller's memory, 32 kB; nothing is kept in it. */
struct grid_work {
	double u[GRID_POINTS], w[GRID_POINTS]; /* chance, USD expected */
	double u1[GRID_POINTS];		       /* first stage */
	double lo[GRID_POINTS], up[GRID_POINTS], piv[GRID_POINTS];
};

struct grid_out {
	double p;
	double loss;	/* USD expected: p x loss when it happens */
	double lgd;	/* USD lost when it happens; 0 when p is 0 */
	double p_bound; /* 2 N(-D/sqrt(A)) of the same schedule, for comparison */
};

/* False when the account is not known, or a number is missing, not finite or not positive. */
bool grid_touch(const struct grid_in *in, struct grid_work *w, struct grid_out *out, struct err *e);

/* Loss given liquidation by the venue's rules (Hyperliquid): under maintenance the position goes to
 * the book at market (over 100,000 USD first 20 %, the rest 30 s later); under 2/3 of maintenance
 * the backstop takes position and margin. */
struct liq_loss {
	double market;	   /* USD: slippage and fee of closing at market */
	double backstop;   /* USD: the margin that is left, 2/3 of maintenance */
	double p_backstop; /* chance that it falls so far while the market order works */
	double expected;   /* of the two */
};
/* coins held, maintenance rate, half spread + fee (USD a coin), marginal slope of the book. */
void liq_loss(double coins, double mark, double mmr, double sigma_year, double epsilon,
	      double slope, struct liq_loss *out);

/* Chance of at least one jump beyond `gap` (a share of the price, > 0) within t years: jumps come
 * at `rate` a year, with normal size of standard deviation jump_sd. */
double jump_touch(double gap, double rate, double jump_sd, double t);
/* Discretely watched barrier, `checks` times in t (Broadie, Glasserman, Kou 1997): the barrier
 * moves away by exp(0.5826 s sqrt(t/checks)). */
double gbm_touch_checks(double s, double barrier, double sigma, double mu, double t, double checks);
/* Longest t (years) with gbm_touch <= eps, driftless. */
double gbm_horizon(double s, double barrier, double sigma, double eps);

/* ---- urgency from danger ---- */

struct urgency_in {
	const struct plan_account *account;
	double position; /* signed coins now */
	double size;	 /* to trade, > 0, at most |position| */
	double mark, sigma_year;
	double horizon_s;
	uint32_t n;	 /* slots, 1..GRID_SLOTS */
	double eta;	 /* temporary impact at this slot length: USD/coin per coin/s */
	double epsilon;	 /* half spread and fee, USD a coin */
	double slope;	 /* of the book, for a block at once: USD/coin per coin */
	double rate_max; /* coins a second that the participation cap allows; 0: no cap */
	double eps;	 /* the chance accepted, 0.01 */
	enum grid_model model;
};

enum urgency_kind {
	URGENCY_MET,   /* the schedule with kappa_t meets it */
	URGENCY_BLOCK, /* sell `block` now, then the rest with kappa_t meets it */
	URGENCY_ALL,   /* only selling everything now does */
	URGENCY_NONE,  /* the pool is at its maintenance already, or no sale helps */
};

struct urgency_out {
	enum urgency_kind kind;
	double block;	    /* coins, 0 for URGENCY_MET */
	double block_cost;  /* USD */
	double kappa_t;	    /* of the schedule of the rest */
	double kappa_t_max; /* what the cap allows the whole size; infinite without one */
	double kappa_bound; /* by the closed-form bound alone: never less */
	double p;	    /* on the grid, of what is proposed */
	double p_twap;	    /* of TWAP over the horizon */
	double p_hold;	    /* of doing nothing for the same time */
	double cost;	    /* USD expected, block included */
	uint32_t solved;    /* grids solved */
};

bool urgency_from_danger(const struct urgency_in *in, struct grid_work *w, struct urgency_out *out,
			 struct err *e);

#endif
