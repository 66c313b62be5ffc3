/* pool.h: what is liquidated together, and how far away that is.
 *
 * Doubles: these are estimates that sort and draw; nothing here reaches an order. Distances are a
 * common move of the market, BTC x (0.0145 is 1.45 %), every coin moving beta times as far in the
 * same direction, no price below zero. Equity and maintenance are then piecewise linear in x, with
 * a corner wherever a leg enters another tier of maintenance or its price ends at zero, and every
 * distance is found exactly by walking from corner to corner. With N signed notional, M
 * maintenance, b beta:
 *
 *   distance  the least x, up or down, at which equity = sum M. Within one tier
 *             (equity - sum M) / (|sum N b| - side * sum M b), side the sign of the sum of N b
 *   backstop  the same with two thirds of M, zero: with none
 *   touch     (free / (1.645 sd))^2 hours, sd of one hour: the larger of the legs' covariance and
 *             |sum N b| sigma(BTC)
 *   break     a sale helps while (mark - fill + fee) / mark < what it does to equity less
 *             maintenance at the distance; for one leg in one tier that is equity / notional */
#ifndef EXEUNT_CORE_POOL_H
#define EXEUNT_CORE_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/instr.h"

struct pool_leg {
	double notional; /* signed USD at the mark */
	double maint;	 /* USD, at the mark */
	double beta;	 /* pool_beta has been applied */
	double sigma;	 /* of one hour, 0.01 is 1 % */
	double cost;	 /* USD to close the whole leg now */
	/* Borrowed, ascending, the first from 0. n_tiers 0: maint / notional is the one rate. */
	const struct margin_tier *tiers;
	uint8_t n_tiers;
};

struct pool_sum {
	double gross, net, net_beta, maint, maint_beta, free;
	bool has_dies; /* false: no common move liquidates */
	double dies;   /* >= 0, in the direction of `side`: the nearer of down and up */
	double backstop;
	bool has_zero;
	double zero;	   /* equity is gone: a move in the direction of `side` */
	double down, up;   /* >= 0; POOL_NEVER: that way does not liquidate */
	int side;	   /* 1: a fall kills, -1: a rise */
	double sd;	   /* USD in one hour */
	double touch_s;	   /* seconds; POOL_NEVER beyond a week */
	double sigma_left; /* free / sd */
};

#define POOL_NEVER	 1e18
#define POOL_CORRELATION 0.8 /* between coins, for the covariance of a hedged pool */

/* Clamps to the floor 1 and the cap 5. */
double pool_beta(double measured);
/* 1 for BTC and ETH, 2 for other majors, 4 for whatever is unknown. */
double pool_beta_default(const char *coin);
/* Maintenance of a leg of that notional (>= 0), by its tiers, or in proportion to what it is now.
 */
double pool_maint(const struct pool_leg *leg, double notional);
/* At most POSITIONS_MAX legs. */
struct pool_sum pool_measure(const struct pool_leg *legs, int n, double equity, double sigma_btc);
/* Equity less `part` of the maintenance after BTC has moved by x, signed (-0.05: fell 5 %). */
double pool_left(const struct pool_leg *legs, int n, double equity, double x, double part);
/* The least of it on the way there, 0 and x included. */
double pool_lowest(const struct pool_leg *legs, int n, double equity, double x, double part);
/* Percent of BTC gained for each 1,000 USD of cost when leg k is closed whole. */
double pool_helps(const struct pool_leg *legs, int n, int k, double equity, double sigma_btc);
/* The same of every leg, of the pool measured as s. */
void pool_helps_all(const struct pool_leg *legs, int n, double equity, const struct pool_sum *s,
		    double *out);
/* And of one. */
double pool_helps_of(const struct pool_leg *legs, int n, int k, double equity,
		     const struct pool_sum *s);
/* USD that must be added so that the pool survives BTC moving by x, signed; 0: it does. */
double pool_add(const struct pool_leg *legs, int n, double equity, double x);
/* Cost of closing `part` of leg k, as a share of the notional closed, at which the pool is neither
 * better nor worse off; negative: no price at or below the mark helps. False: no common move
 * liquidates. */
bool pool_even_share(const struct pool_leg *legs, int n, int k, double equity,
		     const struct pool_sum *s, double part, double *share);
/* The least part of leg k to close, at a cost of `share` of its notional, so that the pool survives
 * BTC moving by x, signed; 0: it does; false: no part is enough. */
bool pool_cut(const struct pool_leg *legs, int n, int k, double equity, double x, double share,
	      double *part);
/* Price of leg k at which the pool's equity is zero with the others still; 0: none. */
double pool_zero_price(const struct pool_leg *leg, double equity, double mark);

/* Sorting: most endangered first; without a distance last, ties by name then place, so that equal
 * pools never swap. */
struct pool_key {
	bool has;
	double dies;
	uint32_t place;
};
void pool_sort(struct pool_key *keys, int n);

#endif
