/* market.h: what the exchange core asks of a market (tape, generator, fixed test market).
 *
 * Two clocks. The core calls with venue time (ms since 1970, wall or virtual) and never goes back;
 * the market maps it to market time (its own position: tape stamp, generator time, x speed) and
 * tells that by clock(). Funding hours, the 3 s oracle, the 5 s premium samples and the EMA of the
 * mark run on market time; blocks, nonces, limits, cooldowns and stamps run on venue time.
 *
 * Division of work. The market supplies the others: displayed depth and printed trades. The core
 * owns our users: it matches their orders against depth(), remembers what they consumed (an overlay
 * by price that recovers linearly over refill_ms), and fills their resting orders from trade():
 *   Q1 an order joins behind all size displayed at its price when it arrives;
 *   Q2 the size ahead shrinks only by trades at that price (never by vanishing depth);
 *   Q3 a trade through the price fills it, at its own price, up to the trade's size;
 *   Q4 depth that moves onto or through the price fills it up to that depth, which counts as
 *      consumed.
 * A market that absorbs our flow itself (own impact) sets `own_impact` and gets taken() instead of
 * the overlay. All functions are pure of clocks: the same calls give the same answers. */
#ifndef EXEUNT_PAPER_MARKET_H
#define EXEUNT_PAPER_MARKET_H

#include <stdbool.h>
#include <stdint.h>

#include "core/dec.h"
#include "core/instr.h"

enum {
	PAPER_COINS_MAX = 320, /* the venue's own list has about 300 */
	PAPER_DEPTH_MAX = 40,  /* levels a side the core asks for; 20 are published */
};

struct paper_coin {
	char name[COIN_MAX];
	int8_t sz_decimals;
	int32_t max_leverage;
	bool only_isolated;
	bool own_impact;	  /* the market digests taken() itself: no overlay */
	int32_t refill_ms;	  /* venue ms in which consumed depth is whole again; 0: at once */
	uint16_t margin_table_id; /* 0: max_leverage is the id (one tier) */
	uint8_t n_tiers;	  /* 0: one tier of max_leverage */
	struct margin_tier tiers[TIERS_MAX];
	struct money
		impact_notional;  /* 20,000 for BTC and ETH, else 6,000; 0: the core's default */
	struct price prev_day_px; /* for the asset context; 0: the first mid seen */
	struct money day_volume;  /* notional of the day before the start, for the context */
	struct qty open_interest;
};

struct paper_level {
	struct price px;
	struct qty sz;
	uint32_t n; /* orders at the level, at least 1 */
};

struct paper_trade {
	uint16_t coin;	 /* index into coins() */
	bool sell;	 /* the aggressor sold (wire side "A") */
	int64_t time_ms; /* venue time, within the last advance() */
	struct price px;
	struct qty sz;
};

struct paper_market {
	void *self;
	/* The universe, in asset order; constant. Returns the number (at most max). */
	uint32_t (*coins)(void *self, struct paper_coin *out, uint32_t max);
	/* Moves to venue time now_ms (never back). Called once a block, before anything else. */
	void (*advance)(void *self, int64_t now_ms);
	/* Market time now, ms; may jump at the end of a tape, but never back. */
	int64_t (*clock)(void *self);
	/* Displayed depth of the others, best first, no empty levels, prices on the tick. */
	uint32_t (*depth)(void *self, uint16_t coin, bool bids, struct paper_level *out,
			  uint32_t max);
	/* Takes out the next trade printed in (previous advance, this advance], by time; false: no
	 * more. Trades before the first book of a coin are not given out. */
	bool (*trade)(void *self, struct paper_trade *out);
	/* Optional (may be NULL): our users took sz at px; buy: from the asks. */
	void (*taken)(void *self, uint16_t coin, bool buy, struct price px, struct qty sz);
	/* Optional (may be NULL): the oracle price now; false or NULL: 3 s samples of the mid. */
	bool (*oracle)(void *self, uint16_t coin, struct price *out);
	/* Optional (may be NULL): the median of perp mids of other venues now; false or NULL: there
	 * are none, and the 30 s EMA takes its place in the mark. */
	bool (*external)(void *self, uint16_t coin, struct price *out);
};

#endif
