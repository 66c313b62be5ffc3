/* route.h: where a size goes: over several books with fees, and between resting and taking. Pure,
 * no allocation, doubles only; sizes leave through the caller's quantiser. Prices and costs in USD
 * a coin, sizes in coins, fees and rebates as said at each field.
 *
 * No exit uses either by itself: a coin is listed on one book a dex, and what reduces a position
 * must go to the dex that holds it. They are the seam for an underlying held on two dexes or
 * venues. */
#ifndef EXEUNT_PLAN_ROUTE_H
#define EXEUNT_PLAN_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "core/book.h"

enum { ROUTE_VENUES = 8, ROUTE_LEVELS = 64 };

struct route_level {
	double px, size;
};

/* Water-filling. All levels are merged by their all-in price, px (1 + fee) for a buy and px (1 -
 * fee) for a sell, and taken in order: no cheaper split exists, and on every venue the last all-in
 * price paid is at most the next one of any other. At equal all-in price the venue named first. */
struct route_venue {
	double fee;	/* taker, a share of the notional; at least -1 %, below 10 % */
	double lot;	/* sizes are whole lots; 0: any size */
	double min_usd; /* least notional of an order; 0: none */
	uint32_t n;
	struct route_level level[ROUTE_LEVELS]; /* of the side that is hit, best first */
};

struct route_in {
	enum side side; /* of our order: SIDE_SELL hits bids */
	double size;	/* > 0 */
	double limit;	/* worst all-in price; 0: none */
	uint32_t n;
	struct route_venue venue[ROUTE_VENUES];
};

struct route_out {
	double size[ROUTE_VENUES];  /* whole lots */
	double worst[ROUTE_VENUES]; /* price of its last level touched: the limit to send; 0: none
				     */
	double filled, left;	    /* sums to the size */
	double value;		    /* USD paid (buy) or got (sell), fees in */
	double avg;		    /* value / filled; 0 when nothing */
	double marginal;	    /* all-in price of the last coin; 0 when nothing */
};

/* What lots cut off goes, lot by lot, to the best level that still has one: the answer is then
 * within one lot a venue of the exact one. A venue whose share is below its minimum is left out and
 * the rest solved again, the smallest share first. False with the value named: no size, no venue, a
 * level that is not positive or not best first, a fee, lot or limit that makes no sense. */
bool route_market(const struct route_in *in, struct route_out *out, struct err *e);

/* Cont and Kukanov, "Optimal order placement in limit order markets" (Quantitative Finance 2017),
 * without over-sending: an exit never has more at work than its ticket, so orders add up to the
 * size at most and the expected cost separates into concave gains,
 *
 *   (lambda - h_k - f_k) M_k           taken at venue k, up to `touch`
 *   (lambda + h_k + r_k) E min((xi_k - Q_k)+, L_k)      rested there, xi_k ~ Exp(mean outflow),
 *
 * against leaving all of it unfilled at lambda a coin. The split that equalises marginal gains is
 * exact. One venue: F(Q + L) = (2h + f + r) / (lambda + h + r). */
struct split_venue {
	double half_spread, fee, rebate; /* h, f, r: USD a coin; rebate negative: a maker fee */
	double touch;			 /* coins that can be taken at h; INFINITY: all */
	double queue;			 /* coins ahead of an order that joins now */
	double outflow; /* mean of what leaves the queue's front in the period; 0: nothing rests */
};
struct split_in {
	double size;   /* > 0 */
	double lambda; /* what a coin costs that is not filled by the end of the period, >= 0 */
	uint32_t n;
	struct split_venue venue[ROUTE_VENUES];
};
struct split_out {
	double take[ROUTE_VENUES], rest[ROUTE_VENUES];
	double held;	 /* neither pays: lambda is below both */
	double cost;	 /* expected, USD, against the mid; negative earns */
	double filled;	 /* expected coins */
	double marginal; /* gain of the last coin, USD */
};
bool route_split(const struct split_in *in, struct split_out *out, struct err *e);

#endif
