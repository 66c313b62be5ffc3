/* forecast.h: estimates, pure: a sample in, an estimate out. Each says how old it is and how many
 * samples it rests on; before `enough` samples it is the prior it was given and says so. Times are
 * the caller's boot clock in ns. Doubles only: nothing here reaches an order but through a
 * schedule.
 *
 * Measured baselines and what beats them: quant 5 (log-HAR against a tuned EWMA on one month of
 * BTC-PERP minutes: 2 to 7 % QLIKE, not significant). */
#ifndef EXEUNT_PLAN_FORECAST_H
#define EXEUNT_PLAN_FORECAST_H

#include <stdbool.h>
#include <stdint.h>

#include "core/estimate.h"

/* Variance by exponential smoothing: s <- keep s + (1 - keep) r^2. */
struct ewma {
	double keep; /* 0..1 */
	double var, prior_var;
	uint32_t n, enough;
	int64_t seen_ns;
};
void ewma_init(struct ewma *w, double keep, double prior_var, uint32_t enough);
void ewma_add(struct ewma *w, double ret, int64_t now_ns); /* a NaN is not a sample */
struct estimate ewma_get(const struct ewma *w);

/* log-HAR: log RV_t = c + b1 log RV_1 + b2 log mean_{k2} + b3 log mean_{k3}, by least squares on
 * `n` realised variances (oldest first); the forecast is smeared (Duan): exp(fit) x mean
 * exp(residual). */
struct har {
	uint32_t k2, k3; /* windows, 1 < k2 < k3 */
	double c, b[3], smear;
	uint32_t n; /* rows fitted */
};
/* False: fewer than 2 x 4 rows, a variance not > 0, or windows that explain each other. */
bool har_fit(struct har *h, uint32_t k2, uint32_t k3, const double *rv, uint32_t n);
/* Next variance from the last k3; false: too few or not > 0. */
bool har_next(const struct har *h, const double *rv, uint32_t n, double *out);

/* Volume by time of day: `bins` of the day, each smoothed over days; the level by its own
 * smoothing. expected(from, to) integrates. Coins. */
enum { CURVE_BINS = 96 };
struct volume_curve {
	double bin[CURVE_BINS]; /* share of the day, about 1/CURVE_BINS each; sums near 1 */
	double day;		/* level: coins a day */
	uint32_t n;		/* bins added */
	int64_t seen_ns;
};
void curve_init(struct volume_curve *v, double prior_day);
/* One whole bin: index of the day 0..95 and its volume. */
void curve_add(struct volume_curve *v, uint32_t bin, double coins, int64_t now_ns);
struct estimate curve_get(const struct volume_curve *v, double from_day_s, double length_s);

/* Order-flow imbalance of two books (Cont, Kukanov, Stoikov 2014): best bid and ask, before and
 * after. Coins; positive pushes up. */
struct touch {
	double bid, bid_size, ask, ask_size;
};
double ofi_step(const struct touch *was, const struct touch *is);

/* Impact coefficient lambda in dmid = lambda OFI + noise, as a random walk (scalar Kalman). */
struct kalman {
	double m, p;	      /* estimate and its variance */
	double q, r;	      /* variance of its walk a step, of the noise */
	double innovation, s; /* of the last step */
	uint32_t n, enough;
	int64_t seen_ns;
};
void kalman_init(struct kalman *k, double m0, double p0, double q, double r, uint32_t enough);
void kalman_add(struct kalman *k, double ofi, double dmid, int64_t now_ns);
struct estimate kalman_get(const struct kalman *k);

/* Recursive least squares with forgetting, two coefficients. */
struct rls {
	double keep, theta[2], p[4];
	uint32_t n;
};
void rls_init(struct rls *r, double keep, double p0);
void rls_add(struct rls *r, const double x[2], double y);

/* Two states with normal returns of standard deviation sd[]: forward filter. */
struct hmm2 {
	double a[4], sd[2], prob[2]; /* a: row-major transitions; prob: filtered, begins as pi */
	double loglik;
	uint32_t n;
};
void hmm2_add(struct hmm2 *h, double x);

/* Exponential Hawkes process: log-likelihood of n times in [0, t]. */
double hawkes_loglik(const double *times, uint32_t n, double t, double mu, double alpha,
		     double beta);

/* Scores. */
double score_qlike(double realised, double forecast);
double score_pinball(double q, double y, double forecast);
double score_crps_normal(double mu, double sigma, double x);

#endif
