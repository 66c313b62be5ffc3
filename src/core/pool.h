/* pool.h: what is liquidated together, and how far away that is.
 *
 * Doubles: these are estimates that sort and draw; nothing here reaches an order. Distances are a
 * common move of the market, BTC x (0.0145 is 1.45 %), every coin moving beta times as far in the
 * same direction. Formulas, with N signed notional, M maintenance, b beta, side the sign of the sum
 * of N b:
 *
 *   distance  x = (equity - sum M) / (|sum N b| - side * sum M b)
 *   backstop  the same with two thirds of M
 *   touch     (free / (1.645 sd))^2 hours, sd of one hour: the larger of the legs' covariance and
 *             |sum N b| sigma(BTC)
 *   break     mark * (1 - equity/notional + fee) for sells, mirrored for buys */
#ifndef EXEUNT_CORE_POOL_H
#define EXEUNT_CORE_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/instr.h"

struct pool_leg {
	double notional; /* signed USD at the mark */
	double maint;	 /* USD */
	double beta;	 /* pool_beta has been applied */
	double sigma;	 /* of one hour, 0.01 is 1 % */
	double cost;	 /* USD to close the whole leg now */
};

struct pool_sum {
	double gross, net, net_beta, maint, maint_beta, free;
	bool has_dies; /* false: no common move liquidates */
	double dies;   /* >= 0, in the direction of `side` */
	double backstop;
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
struct pool_sum pool_measure(const struct pool_leg *legs, int n, double equity, double sigma_btc);
/* Percent of BTC gained for each 1,000 USD of cost when leg k is closed whole. */
double pool_helps(const struct pool_leg *legs, int n, int k, double equity, double sigma_btc);
/* Past this price closing leg k makes the pool worse; mark is that leg's. */
double pool_break_even(const struct pool_leg *legs, int n, int k, double equity, double mark,
		       double fee);
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
