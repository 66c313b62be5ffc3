/* calibrate.h: what a recorded market says of its own numbers: volatility, volume, spread, depth,
 * its return, impact, each with a standard error, its samples, and whether the value of the first
 * half tells the second half better than the prior of the class does.
 *
 *   volatility   squared moves of the mid over 10 s; error from their own spread
 *   volume, spread, depths   means; errors from blocks of a minute
 *   refill       3 T of the depth near the touch, by autocovariance at 2 and 4 s (plan/live.h);
 *                error by leaving out one tenth of the time after another
 *   lambda       least squares of the move of 10 s on order-flow imbalance; error robust to uneven
 *                noise. kalman: the same by the filter that the engine runs
 *   Y            least squares of the move of a minute in units of sigma_day on
 *                sign sqrt(|net signed volume| / volume of a day) (quant 2.5). All traders' flow
 *                together, not one order's: near the top of what a single order would pay
 *   slope, eta   of the visible book, USD a coin a coin; what slots of 30 s pay at that slope and
 *                refill (plan/meter.c)
 *   propagator   move after a coin of signed volume, by distributed lags of 1 s over a minute;
 *                kept_10s, kept_60s: what is left of its peak; beta: of the power law between
 *
 * Seconds without a book that is younger than 3 s are no samples, and nothing reaches across them.
 */
#ifndef EXEUNT_HOST_CALIBRATE_H
#define EXEUNT_HOST_CALIBRATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "plan/live.h"
#include "tape/tape.h"

enum {
	CALIB_COINS_MAX = TAPE_COINS_MAX,
	CALIB_SECONDS_MAX = 4000000, /* of all coins together: about 400 MB */
	CALIB_PARTS_MAX = 4096,
	CALIB_LEAST_S = 600, /* less of a coin is no calibration */
};

/* One coin, second by second. mid 0: no sample. */
struct calib_second {
	int64_t s; /* venue time */
	double mid, spread_bp, depth_bp10, depth_all, near[2], slope;
	double coins, net; /* traded; bought less sold */
	double ofi;
};
struct calib_series {
	char coin[COIN_MAX];
	uint32_t n, room;
	struct calib_second *at;
	uint32_t good;	/* with a mid */
	uint32_t holes; /* silences over 3 s */
	uint32_t books, trades;
};

enum calib_kind { /* the first EST_KINDS are those of core/estimate.h */
		  CALIB_KALMAN = EST_KINDS,
		  CALIB_SLOPE,
		  CALIB_ETA_30S,
		  CALIB_PEAK,
		  CALIB_KEPT_10S,
		  CALIB_KEPT_60S,
		  CALIB_BETA,
		  CALIB_KINDS
};

struct calib_fit {
	bool ok;
	double value, sd; /* amounts in USD, as struct live_prior */
	uint32_t n;
	double prior;	     /* 0: there is none */
	bool tested, better; /* first half against prior, on the second half */
	double first, later; /* their values */
	const char *why;     /* !ok: what lacks */
};

struct calib {
	char coin[COIN_MAX];
	double span_s, price;
	uint32_t holes, books, trades;
	struct calib_fit at[CALIB_KINDS];
};

extern const char *const calib_key[CALIB_KINDS];

/* Appends a tape; the series of `coins` grow. False: the limit, by name. */
bool calib_add(struct calib_series *s, uint32_t *n_coins, const struct tape *t, struct err *e);
void calib_free(struct calib_series *s, uint32_t n_coins);
/* All of one coin. False: too short, says how much there is. */
bool calib_fit_all(const struct calib_series *s, struct calib *out, struct err *e);
/* Of seconds [from, to): no test against the rest. */
void calib_fit_part(const struct calib_series *s, uint32_t from, uint32_t to, struct calib *out);

#endif
