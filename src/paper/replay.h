/* replay.h: a tape as a market: several coins in step, at any speed, for ever.
 *
 * Market time starts at the tape's first common book and runs `speed` times as fast as venue time.
 * At the end it starts again with every coin's prices scaled so that its first mid equals its last;
 * market time goes on. Depth is the newest recorded book with newer touches laid over it; `n` is 1.
 * In a gap of the tape (over 3 s, counted by tape.h) the last book stands.
 *
 * Resilience: the tape cannot know our orders. The core hides what they took and gives it back on a
 * straight line over refill_ms; the default is twice the half-life fitted to the tape's own depth
 * (gen_table.c: 1.9 s BTC, 1.2 s ETH, 2.1 s SOL, 0.5 s WLFI; doubled again, because what is seen
 * there is mostly orders that were moved, not eaten), in venue time.
 *
 * A scenario scales prices (BTC as stated, others 1.3 times as far) and sizes; spreads, rates and
 * volatility are the tape's, and there is no other world: knots' late_s and apart_pct do nothing.
 */
#ifndef EXEUNT_PAPER_REPLAY_H
#define EXEUNT_PAPER_REPLAY_H

#include "paper/market.h"
#include "scenario/scenario.h"
#include "tape/tape.h"

enum { REPLAY_REFILL_MS = 8000 };

struct replay_conf {
	const struct tape *tape;	 /* borrowed */
	int64_t start_ms;		 /* venue time of the tape's begin */
	double speed;			 /* 0 means 1 */
	int32_t refill_ms;		 /* 0 means REPLAY_REFILL_MS, negative: at once */
	const struct scenario *scenario; /* NULL: calm; borrowed */
	uint64_t seed;			 /* of the scenario's variation */
	void (*log)(const char *text);	 /* may be NULL */
};

struct replay;

struct replay *replay_new(const struct replay_conf *conf); /* NULL: out of memory */
void replay_free(struct replay *r);
const struct paper_market *replay_market(struct replay *r);
uint32_t replay_laps(const struct replay *r); /* times it started again */

#endif
