/* estimate.h: what is believed of a market, each belief with how it came to be: its spread, how
 * many samples it rests on, when the last of them came, and whether it is a prior still. Plain data
 * for engine, exits, snapshot and screen; made by plan/live.h. */
#ifndef EXEUNT_CORE_ESTIMATE_H
#define EXEUNT_CORE_ESTIMATE_H

#include <stdbool.h>
#include <stdint.h>

enum est_from {
	EST_PRIOR,  /* the table of the instrument's class (plan/live.c) */
	EST_FITTED, /* `exeunt calibrate`, by coin */
	EST_VENUE,  /* the venue's own figure */
	EST_LIVE,   /* measured by this engine */
	EST_FROM_COUNT
};

struct estimate {
	double value;
	double sd;	 /* of the estimate; 0: not known */
	uint32_t n;	 /* samples seen */
	int64_t seen_ns; /* boot clock of the last one; 0: none */
	bool prior;	 /* too few samples: the value is not measured here */
	uint8_t from;	 /* enum est_from */
};

enum est_kind {
	EST_SIGMA_5M,	/* volatility a year, 1.0 = 100 %: EWMA over 5 minutes */
	EST_SIGMA_1H,	/* over an hour */
	EST_SIGMA_30D,	/* of 30 days; operations.md 4 uses half of it as a floor */
	EST_VOLUME,	/* coins a second */
	EST_SPREAD,	/* ask less bid, bp of the mid */
	EST_DEPTH_10BP, /* coins within 10 bp of the mid, one side (the mean of both) */
	EST_DEPTH_20,	/* coins in the levels that the venue tells, one side */
	EST_REFILL,	/* seconds until 95 % of what was taken is back */
	EST_LAMBDA,	/* impact coefficient: bp per million USD of order-flow imbalance */
	EST_SQRT_Y,	/* Y of the square-root law, quant 2.5 */
	EST_OFI,	/* order-flow imbalance of the last 10 s, coins; positive pushes up */
	EST_LEAN,	/* book imbalance over five levels: 1 all bids, -1 all asks */
	EST_KINDS
};

struct est_info {
	const char *key;   /* for programs, unit at its end */
	const char *words; /* for people */
	const char *unit;
};
extern const struct est_info EST_INFO[EST_KINDS];
/* "prior", "fitted", "venue", "live". */
const char *est_from_name(uint8_t from);
/* Of a key, EST_KINDS when it is none. */
enum est_kind est_find(const char *key);

#endif
