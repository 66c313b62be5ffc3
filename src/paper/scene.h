/* scene.h: what a drill does to the market: knots in time for each coin, from data.
 *
 * Time counts from the alarm (the end of the calm lead), in market seconds; before the first knot
 * and after the last its values hold, between two everything lies on a straight line. Pure: the
 * same scene, seed and time give the same numbers. A family of seeds differs in how far the price
 * goes and how fast: both factors are drawn from the seed within the scene's bounds. */
#ifndef EXEUNT_PAPER_SCENE_H
#define EXEUNT_PAPER_SCENE_H

#include <stdint.h>

/* 0 in depth, spread, rate, vol and refill means 1: as usual. */
struct scene_knot {
	double at_s;
	double pct;	   /* price since the alarm, % */
	double depth;	   /* factor on displayed sizes */
	double spread;	   /* factor on the spread */
	double rate;	   /* factor on the rate of market orders */
	double vol;	   /* factor on volatility */
	double refill;	   /* factor on the half-life of consumed depth */
	double lean;	   /* sides of market orders: -1 all sell, 1 all buy; added to the trend */
	double late_s;	   /* the oracle, and so the mark, is that late; 45 at most */
	double oracle_pct; /* the oracle's own error, % */
};

struct scene_track {
	const char *coin; /* NULL: every coin without a track, its move times its beta (>= 1) */
	const struct scene_knot *knot;
	uint32_t n;
};

struct scene {
	const struct scene_track *track;
	uint32_t n;
	double size_lo, size_hi; /* factor on pct, by seed; 0: 1 */
	double pace_lo, pace_hi; /* factor on at_s, by seed; 0: 1 */
};

struct scene_now {
	double log_shift; /* the coin's own move since the alarm, natural log */
	double depth, spread, rate, vol, refill, lean, oracle;
	int64_t late_ms;
};

void scene_calm(struct scene_now *now);
/* `ms` since the alarm, negative before it; `beta` of the coin on BTC. */
void scene_at(struct scene_now *now, const struct scene *s, const char *coin, double beta,
	      uint64_t seed, int64_t ms);
/* A number in [lo, hi) that depends on seed and `what` alone. */
double scene_draw(uint64_t seed, uint32_t what, double lo, double hi);

#endif
