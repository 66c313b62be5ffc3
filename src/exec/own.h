/* own.h: what an account's own fills say of placing orders, by coin: how much of a slice that was
 * to rest first was filled at rest, and how deep what crossed went beyond the touch, by its size.
 * Pure; the caller's memory; nothing is priced with it: it stands beside what `exeunt calibrate`
 * fits of the market's flow and `exeunt evaluate` of recorded markets.
 *
 *   rested   mean over slices of coins filled at rest / coins filled; 95 % by Wilson's interval
 * with the slice as one trial, wide enough for shares between 0 and 1 too impact   bp beyond the
 * touch when the order left, on USD crossed: least squares, an intercept for what the touch does
 * while the order flies; 95 % by errors robust to uneven noise
 *
 * Slices within an exit share its market: the intervals are of slices, and too narrow for few
 * exits.
 */
#ifndef EXEUNT_EXEC_OWN_H
#define EXEUNT_EXEC_OWN_H

#include <stdbool.h>
#include <stdint.h>

#include "exec/exit.h"

enum {
	OWN_COINS = 64,	    /* coins told apart; later ones are counted in `more` */
	OWN_SAMPLES = 2048, /* newest crossings of a coin */
	OWN_LEAST = 30,	    /* slices under which nothing is fitted */
};

struct own_coin {
	char coin[COIN_MAX];
	uint32_t exits, slices; /* slices: filled ones that were to rest first */
	double rested;		/* sum of their shares */
	uint32_t crossed;	/* slices of which something crossed; the newest are kept */
	struct {
		double usd, bp;
	} at[OWN_SAMPLES];
};
struct own {
	uint32_t n, more;
	struct own_coin coin[OWN_COINS];
};

struct own_fit {
	bool rested_ok, impact_ok; /* false: under OWN_LEAST, or all crossings are of one size */
	double rested, rested_lo, rested_hi;
	double impact_bp;			/* intercept */
	double per_10k, per_10k_lo, per_10k_hi; /* bp for 10,000 USD more */
};

/* The slices of an exit that are closed. */
void own_add(struct own *o, const struct exit *x);
void own_solve(struct own_fit *out, const struct own_coin *c);

#endif
