/* fixed.h: the plainest market, for tests and the simulator: depth and trades are what the caller
 * sets. Market time is venue time. */
#ifndef EXEUNT_PAPER_FIXED_H
#define EXEUNT_PAPER_FIXED_H

#include "paper/market.h"

enum { FIXED_TRADES_MAX = 1024 };

struct fixed_side {
	uint32_t n;
	struct paper_level at[PAPER_DEPTH_MAX];
};

struct fixed_market {
	struct paper_market market; /* give &f.market to paper_conf */
	uint32_t n_coins;
	struct paper_coin coin[PAPER_COINS_MAX];
	struct fixed_side side[PAPER_COINS_MAX][2]; /* [0] asks, [1] bids */
	int64_t now_ms;
	uint32_t head, tail;
	struct paper_trade trade[FIXED_TRADES_MAX];
};

void fixed_init(struct fixed_market *f);
/* BTC 5 decimals 40x (tiers 40/20 at 150 M), ETH 4/25x (15x at 100 M), SOL 2/20x (10x at 70 M). */
void fixed_majors(struct fixed_market *f);
uint16_t fixed_coin(struct fixed_market *f, const struct paper_coin *coin);
/* A ladder of `levels` a side around mid: `step` apart, `sz` each; the touch is mid -/+ step. */
void fixed_ladder(struct fixed_market *f, uint16_t coin, struct price mid, struct price step,
		  struct qty sz, uint32_t levels);
void fixed_level(struct fixed_market *f, uint16_t coin, bool bids, uint32_t i, struct price px,
		 struct qty sz); /* sz 0 cuts the side at i */
void fixed_trade(struct fixed_market *f, uint16_t coin, bool sell, struct price px, struct qty sz);

#endif
