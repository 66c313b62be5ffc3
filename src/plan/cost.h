/* cost.h: what it costs to trade a size, from a book of any depth: the walk, what lies beyond the
 * book, fees by tier, funding over the horizon. Doubles only; costs are positive USD (a loss).
 *
 * Impact is the larger of two:
 *   walk  level by level, and beyond the last level a displacement that grows with the square root
 *         of the size, from the visible edge on (never cheaper than the last level);
 *   law   half spread + 2/3 Y sigma_day mid sqrt(Q / V_day) a coin (quant 2.5; Y 0.7 until fitted).
 * The book is a fact up to `book_size`; all beyond it is model, and so is the law where it is the
 * larger. */
#ifndef EXEUNT_PLAN_COST_H
#define EXEUNT_PLAN_COST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "core/book.h"

enum { COST_LEVELS = 256, COST_TIERS = 16 };

struct cost_level {
	double px, size; /* USD, coins */
};

/* Fee by what was traded in the last 14 days: the last tier with volume >= from_usd holds. */
struct fee_tier {
	double from_usd, taker, maker; /* rates; maker may be negative */
};

struct cost_in {
	enum side side; /* of our order: SIDE_SELL walks the bids */
	double size;	/* coins, > 0 */
	struct cost_level bid[COST_LEVELS], ask[COST_LEVELS]; /* best first */
	uint32_t n_bid, n_ask;
	double sigma_day;	     /* relative; 0: the law is not used */
	double volume_day;	     /* coins; 0: the law is not used */
	double y;		     /* of the law; 0: 0.7 */
	const struct fee_tier *tier; /* rising from_usd; NULL: no fee */
	uint32_t n_tiers;
	double traded_14d_usd;
	double maker_share;    /* of the size, 0..1: passive fills, half spread earned */
	double funding_hour;   /* rate of each hour: positive, longs pay */
	double horizon_s;      /* held falls linearly to 0 over it */
	double next_funding_s; /* until the next payment; <= 0: an hour */
};

struct cost_out {
	double mid, half_spread;
	double book_size;  /* coins that the side of the book holds */
	double from_book;  /* of the size */
	double from_model; /* size - from_book: where the book ends the model begins */
	double book_ends;  /* price of the last level */
	uint32_t levels;   /* consumed, the last may be partial */
	double walk;	   /* USD against the mid, with its tail */
	double tail;	   /* of it, beyond the book */
	double law;	   /* USD; 0 when not used */
	bool law_holds;	   /* it is the larger */
	double impact;	   /* the larger, half spread in, less what passive fills earn */
	double fee_rate, fees, funding, total;
	double model_usd;  /* of total: from no level that is seen */
	double avg, worst; /* prices; avg of walk or law, fees not in */
	double bp;	   /* total over the notional at the mid */
};

/* Refuses: no size, an empty side, sizes or prices not positive, a crossed or unsorted book,
 * negative variance or volume, tiers out of order. */
bool cost_meter(const struct cost_in *in, struct cost_out *out, struct err *e);

#endif
