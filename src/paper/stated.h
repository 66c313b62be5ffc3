/* stated.h: a market whose every number is stated, so that a model's prediction can be checked
 * through the real matching engine: what a schedule is said to cost, and with which variance, and
 * how often a pool is liquidated on the way.
 *
 *   mid    M(t) = M0 + sigma W(t) - permanent x (net sold so far) - displacement, in USD;
 * geometric: M0 exp(sigma/M0 W - (sigma/M0)^2 t/2) instead of the first two terms, without drift
 *   book   the q-th coin of a side stands at half + slope q^power from the mid, on 40 levels up to
 *          `reach`; what is taken is back at the next block (temporary impact)
 *   jump   a trade of q coins moves the mid by permanent x q for good, and by transient x q that
 *          decays as e^{-rate t} (transient impact, one or two exponentials)
 *   tape   others trade volume_s coins a second at the touch, a trade a second, either side in
 *          turn; they move nothing
 *   oracle and other venues' perps stand at the mid, so the mark is the mid of its last sample
 *
 * In the terms of plan/: eta = slope tau / 2 for slots of tau seconds and power 1 (ac.h),
 * eta = slope tau^power / (1 + power) (power.h), gamma = permanent; with slope = permanent + the
 * transient weights it is the kernel of kernel.h. Doubles live in here; prices and sizes leave on
 * tick and lot (a level's price is the mean of the piece of the book it stands for). One seed, one
 * sequence of calls: the same market. */
#ifndef EXEUNT_PAPER_STATED_H
#define EXEUNT_PAPER_STATED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "paper/market.h"

enum { STATED_COINS = 3, STATED_TERMS = 2 };

struct stated_coin {
	char name[COIN_MAX];
	int8_t sz_decimals;
	int32_t max_leverage;
	double px;    /* M0, USD */
	double sigma; /* USD per square-root second */
	bool geometric;
	double half;	     /* half spread, USD */
	double slope, power; /* USD; power 0 means 1 */
	double reach;	     /* USD from the touch to the last level */
	double permanent;    /* USD per coin */
	double transient[STATED_TERMS], rate[STATED_TERMS]; /* USD per coin; 1/s */
	double volume_s;
};

struct stated_conf {
	uint64_t seed;
	int64_t start_ms; /* venue time; market time is the same, times `speed` */
	double speed;	  /* of the market's clock alone (mark samples, funding); 0 means 1 */
	uint32_t n_coins; /* 1..STATED_COINS */
	struct stated_coin coin[STATED_COINS];
};

struct stated;

/* NULL with the field named: a number not finite, negative, or out of its range; a book that holds
 * no lot. */
struct stated *stated_new(const struct stated_conf *conf, struct err *e);
void stated_free(struct stated *s);
const struct paper_market *stated_market(struct stated *s);
/* The mid as the last block found it, before anybody traded in it. */
double stated_mid(const struct stated *s, uint32_t coin);

/* "sigma_bp=5,half_bp=0.5,...": BTC, ETH and SOL with these numbers, in bp of the price and USD; ""
 * is the default. Keys: STATED_KEYS. */
#define STATED_KEYS                                                                                \
	"sigma_bp half_bp depth_usd power reach_bp permanent_bp transient_bp resilience_s "        \
	"volume_usd_s geometric"
bool stated_parse(struct stated_conf *out, const char *text, struct err *e);

#endif
