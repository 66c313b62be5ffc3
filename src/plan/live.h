/* live.h: the estimates of one market, kept as its books, touches and trades come. Pure: fixed
 * memory, no allocation, the caller's boot clock in ns. Doubles only.
 *
 * Which model is in use was decided on held-back data (HACKING, "Which estimate did"): an EWMA
 * wherever nothing beat it.
 *
 *   volatility  EWMA of squared log returns of the mark, at least 5 s apart, tau 5 min and 1 h
 *   volume      exponentially weighted rate of the tape, tau 8 min; its season of the day is kept
 *               beside it (forecast.h) and not used
 *   spread, depth   EWMA of samples 2 s apart, tau 4 min and 40 s
 *   refill      3 T of the depth near the touch, log D - mean ~ e^{-t/T}: T = L / ln(c(L) / c(2L))
 *               with c the autocovariance and L = 2 s, so that flicker (white noise of the depth)
 *               does not count as return. Ordinary trades: what a much larger exit takes returns
 *               more slowly.
 *   lambda      scalar Kalman filter of dmid = lambda OFI + noise over 10 s (quant 2.7): a random
 *               walk of 2 % of itself a step; the noise is the EWMA of squared innovations
 *
 * Before enough samples a value is a prior and says so: fitted (struct live_prior by coin), the
 * venue's own (24 h volume), else the table of its class. */
#ifndef EXEUNT_PLAN_LIVE_H
#define EXEUNT_PLAN_LIVE_H

#include "core/book.h"
#include "core/estimate.h"
#include "core/season.h"
#include "limits.h"
#include "plan/forecast.h"

enum {
	LIVE_SAMPLE_MS = 2000, /* between samples of spread and depth */
	LIVE_FLOW_MS = 10000,  /* step of lambda */
};

/* What is believed before anything is seen, by class or by coin. Amounts are USD, so that they
 * outlive a move of the price. value[] is 0 where nothing is believed; n[] > 0: fitted on so many
 * samples. */
struct live_prior {
	char name[COIN_MAX]; /* of the class, or the coin */
	double value[EST_KINDS];
	double sd[EST_KINDS]; /* of the estimate, 0 not known */
	uint32_t n[EST_KINDS];
	double span_s; /* of the recording it was fitted on */
};
/* Units of value[] and sd[]: as EST_INFO, but EST_VOLUME USD a second, depths USD. */

enum live_class { CLASS_BTC, CLASS_MAJOR, CLASS_LARGE_ALT, CLASS_OTHER, LIVE_CLASSES };
extern const struct live_prior LIVE_PRIOR[LIVE_CLASSES];
enum live_class live_class_of(const char *coin);
/* Class prior with what was fitted for the coin on top; fitted may be NULL. A fitted volatility of
 * 30 days counts when it raises the class's, or when its recording spans 30 days. */
double live_sigma_30d(const char *coin, const struct live_prior *fitted);
void live_prior_of(struct live_prior *out, const char *coin, const struct live_prior *fitted);

/* Volatility: kept for every coin, with or without a book. */
struct live_vol { /* EWMA of squared log returns per second */
	double px;
	int64_t at_ns, first_ns;
	double fast, slow; /* variance per second, tau 5 min and 1 h */
	uint32_t n;
};
void live_vol_add(struct live_vol *v, double px, int64_t now_ns);
/* max(5 min, 1 h, half the 30-day prior) a year, before the factor 1.4 (operations.md 4). */
double live_sigma_raw(const struct live_vol *v, double sigma_30d);

/* Mean by exponential smoothing, of equal weights while young. */
struct live_mean {
	double mean, square;
	uint32_t n;
	int64_t seen_ns;
};

/* Return of depth near the touch, one side. */
struct live_return {
	double mean, x1, x2; /* of log depth; the last two samples less the mean */
	uint32_t chain;	     /* samples in a row */
};

struct live {
	int64_t first_ns, sample_ns, flow_ns;
	struct touch touch;
	int64_t touch_ns;
	double mid;
	/* volume */
	double rate, rate2; /* coins a second; sum of squares, for its sd */
	int64_t rate_ns;
	uint32_t n_trades;
	struct volume_curve curve;
	int64_t bin; /* quarter of an hour since 1970 that fills, 0 none */
	double bin_coins;
	struct live_mean spread, deep10, deep20, reach5;
	struct live_return back[2];
	double c0, c1, c2; /* variance of the log depth, autocovariances */
	uint32_t n_back;
	int64_t back_ns;
	/* order flow */
	double ofi, ofi_sum, flow_mid, lean;
	uint32_t n_ofi, n_lean;
	int64_t lean_ns;
	struct kalman lambda;
};

void live_init(struct live *l);
/* A book that was applied (core/book.h): touch and levels. */
void live_book(struct live *l, const struct live_prior *p, const struct book *b, int64_t now_ns);
/* An aggregated book: how much lies within 10 bp, when it reaches so far. */
void live_deep(struct live *l, const struct book *b, int64_t now_ns);
/* Best bid and offer after a touch event. */
void live_touch(struct live *l, const struct live_prior *p, const struct touch *t, int64_t now_ns);
void live_trade(struct live *l, double coins, int64_t wall_ms, int64_t now_ns);

/* The day's volume hour by hour, once every quarter of an hour was heard; else all 0. */
void live_season(const struct live *l, struct season *out);

/* The filter of lambda, step by step: flow in millions of USD, move in bp. lambda0: the prior;
 * sigma_year: first idea of the noise. */
void live_lambda_init(struct kalman *k, double lambda0, double sigma_year);
void live_lambda_add(struct kalman *k, double musd, double move_bp, int64_t now_ns);

/* All of them as of now. l NULL: no book is kept for the coin. price: mark or mid, > 0 or amounts
 * stay 0; day_usd: the venue's volume of 24 h, 0 not told. */
void live_get(const struct live *l, const struct live_vol *v, const struct live_prior *p,
	      double price, double day_usd, int64_t now_ns, struct estimate out[EST_KINDS]);

#endif
