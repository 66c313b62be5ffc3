/* bench_estimates: which estimate tells the future of a market better than an EWMA. Every model is
 * tuned on the first half of a recording and scored on the second: losses, and the t of its
 * difference to the EWMA (Newey-West, 10 lags; negative is better than the EWMA). Bar: no model in
 * use (marked *) is significantly worse than the tuned EWMA (t over 2, of at least 50 windows).
 *
 * Recordings: EXEUNT_DATA/market; without them it says so and ends with 0. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "host/calibrate.h"

enum { LONGEST = 200000, MODELS = 8, JUDGED = 50 };

struct model {
	const char *name;
	bool in_use;
	uint32_t n;
	double *loss;
};

static struct model models[MODELS];
static int n_models, base_model;
static bool missed;
static char tuned[40];

static struct model *model(const char *name, bool in_use)
{
	struct model *m = &models[n_models++];

	ASSERT(n_models <= MODELS);
	if (!m->loss)
		m->loss = calloc(LONGEST, sizeof *m->loss);
	m->name = name;
	m->in_use = in_use;
	m->n = 0;
	return m;
}

static double mean_of(const double *v, uint32_t n)
{
	double s = 0;

	for (uint32_t i = 0; i < n; i++)
		s += v[i];
	return n ? s / n : 0;
}

/* t of the mean of a - b. */
static double dm(const double *a, const double *b, uint32_t n)
{
	double m = mean_of(a, n) - mean_of(b, n), v = 0;

	for (uint32_t lag = 0; lag <= 10 && lag < n; lag++) {
		double c = 0;

		for (uint32_t i = lag; i < n; i++)
			c += (a[i] - b[i] - m) * (a[i - lag] - b[i - lag] - m);
		v += c / n * (lag ? 2 * (1 - lag / 11.0) : 1);
	}
	return v > 0 ? m / sqrt(v / n) : 0;
}

static void print(const char *set, const char *what, const char *loss)
{
	uint32_t n = models[base_model].n;
	double ref = mean_of(models[base_model].loss, n);

	printf("\n%s: %s, %s of %u windows of the second half\n", set, what, loss, n);
	for (int i = 0; i < n_models; i++) {
		const struct model *m = &models[i];
		double l = mean_of(m->loss, m->n), t;

		if (m->n != n || n < 10) {
			printf("  %c %-34s not enough windows\n", m->in_use ? '*' : ' ', m->name);
			continue;
		}
		t = i == base_model ? 0 : dm(m->loss, models[base_model].loss, n);
		printf("  %c %-34s %10.4g  %+7.1f %%", m->in_use ? '*' : ' ', m->name, l,
		       (l / ref - 1) * 100);
		printf(i == base_model ? "\n" : "  t %+.1f\n", t);
		if (m->in_use && t > 2 && n >= JUDGED) {
			printf("MISSED: %s is worse than the EWMA\n", m->name);
			missed = true;
		}
	}
	n_models = 0;
}

/* ---- series of a window's value, and what tells the next ---- */

static double qlike(double y, double f)
{
	return score_qlike(fmax(y, 1e-3 * f), f);
}

static double relative(double y, double f)
{
	return fabs(y - f); /* over the mean of y, by who prints */
}

typedef double loss_fn(double y, double f);

/* Losses of an EWMA that keeps `keep` a window, of windows [from, n). */
static double ewma_run(const double *y, uint32_t from, uint32_t n, double keep, loss_fn *loss,
		       struct model *m)
{
	double f = y[0], sum = 0, w;

	for (uint32_t i = 1; i < n; i++) {
		if (i >= from) {
			double l = loss(y[i], f);

			sum += l;
			if (m)
				m->loss[m->n++] = l;
		}
		w = fmax(1 - keep, 1.0 / (i + 1)); /* equal weights while young */
		f += w * (y[i] - f);
	}
	return sum;
}

/* Constant, last value, EWMA tuned on the first half; the base is the EWMA. `fixed`: the engine's
 * own smoothing, as what it keeps a window; 0: none. */
static void usual(const double *y, uint32_t n, loss_fn *loss, double fixed, const char *fixed_name)
{
	uint32_t half = n / 2;
	double level = mean_of(y, half), best = 0, least = HUGE_VAL;
	struct model *constant = model("constant", false), *last = model("last value", false), *e;

	for (uint32_t i = half; i < n; i++) {
		constant->loss[constant->n++] = loss(y[i], level);
		last->loss[last->n++] = loss(y[i], fmax(y[i - 1], 1e-3 * level));
	}
	for (double keep = 0; keep < 0.995; keep += 0.02) {
		double l = ewma_run(y, 1, half, keep, loss, NULL);

		if (l < least) {
			least = l;
			best = keep;
		}
	}
	base_model = n_models;
	snprintf(tuned, sizeof tuned, "EWMA, tuned: keeps %.2f", best);
	e = model(tuned, false);
	ewma_run(y, half, n, best, loss, e);
	if (fixed > 0)
		ewma_run(y, half, n, fixed, loss, model(fixed_name, true));
}

static bool whole(const struct calib_series *s, uint32_t i, uint32_t len)
{
	if (i + len >= s->n || s->at[i + len].s - s->at[i].s != len)
		return false;
	for (uint32_t k = i; k <= i + len; k++)
		if (!(s->at[k].mid > 0))
			return false;
	return true;
}

/* Mid at a second, carried over at most a minute (StandX tells a book only when it changes). */
static double carried(const struct calib_series *s, uint32_t i)
{
	for (uint32_t back = 0; back <= 60 && back <= i; back++)
		if (s->at[i - back].mid > 0)
			return s->at[i].s - s->at[i - back].s == back ? s->at[i - back].mid : 0;
	return 0;
}

static void volatility(const struct calib_series *s, uint32_t window)
{
	static double rv[LONGEST];
	uint32_t n = 0, half;
	char title[64];
	struct har h;

	for (uint32_t i = 0; i + window < s->n && n < LONGEST; i += window) {
		double sum = 0;

		for (uint32_t k = i + 5; k <= i + window; k += 5) {
			double a = carried(s, k - 5), b = carried(s, k), r = a > 0 ? log(b / a) : 0;

			sum += b > 0 ? r * r : 0;
		}
		rv[n++] = fmax(sum, 1e-10);
	}
	half = n / 2;
	usual(rv, n, qlike, exp(-(double)window / 300), "EWMA of 5 min (engine)");
	ewma_run(rv, half, n, exp(-(double)window / 3600), qlike,
		 model("EWMA of 1 h (engine)", false));
	if (half > 28 && har_fit(&h, 5, 20, rv, half)) {
		struct model *m = model("log-HAR 1, 5, 20", false);

		for (uint32_t i = half; i < n; i++) {
			double f = 0;

			if (har_next(&h, rv, i, &f))
				m->loss[m->n++] = qlike(rv[i], f);
		}
	}
	snprintf(title, sizeof title, "variance of the next %u s", window);
	print(s->coin, title, "QLIKE");
}

static double window_of(const struct calib_series *s, uint32_t i, uint32_t len, size_t field,
			bool sum)
{
	double v, all = 0;

	for (uint32_t k = i + 1; k <= i + len; k++) {
		memcpy(&v, (const char *)&s->at[k] + field, sizeof v);
		all += v;
	}
	return sum ? all : all / len;
}

static void level(const struct calib_series *s, const char *what, size_t field, uint32_t window,
		  double tau_s, const char *fixed_name)
{
	static double y[LONGEST];
	uint32_t n = 0;
	double m;

	for (uint32_t i = 0; i + window < s->n && n < LONGEST; i += window)
		if (whole(s, i, window))
			y[n++] = window_of(s, i, window, field, false);
	m = mean_of(y + n / 2, n - n / 2);
	if (!(m > 0))
		return;
	for (uint32_t i = 0; i < n; i++)
		y[i] /= m;
	usual(y, n, relative, exp(-(double)window / tau_s), fixed_name);
	print(s->coin, what, "relative MAE");
}

/* Depth near the touch in 4 s: as it is, its mean, or on the way back to it. */
static void depth_return(const struct calib_series *s)
{
	struct calib *first = calloc(1, sizeof *first);
	struct model *last = model("last value", false), *mean, *back;
	double rho, m = 0;

	ASSERT(first);
	base_model = 1;
	mean = model("EWMA of 10 min", false);
	back = model("return at the fitted rate (refill)", true);
	calib_fit_part(s, 0, s->n / 2, first);
	rho = first->at[EST_REFILL].ok ? exp(-3 * 4 / first->at[EST_REFILL].value) : 0;
	free(first);
	for (uint32_t i = 0; i + 4 < s->n && back->n < LONGEST; i++) {
		double x = s->at[i].near[0], y = i + 4 < s->n ? s->at[i + 4].near[0] : 0;

		if (!whole(s, i, 4) || !(x > 0) || !(y > 0))
			continue;
		m += m == 0 ? log(x) : (log(x) - m) / 600;
		if (i < s->n / 2 || i % 4)
			continue;
		last->loss[last->n++] = pow(log(y) - log(x), 2);
		mean->loss[mean->n++] = pow(log(y) - m, 2);
		back->loss[back->n++] = pow(log(y) - m - rho * (log(x) - m), 2);
	}
	print(s->coin, "log depth near the touch in 4 s", "mean square");
}

static void impact(const struct calib_series *s)
{
	static double x[LONGEST], y[LONGEST];
	uint32_t n = 0, half;
	double xx = 0, xy = 0, lambda0 = LIVE_PRIOR[live_class_of(s->coin)].value[EST_LAMBDA];
	double keep = 0, least = HUGE_VAL, ols;
	struct model *none = model("none: the mid stays", false);
	struct model *prior = model("prior of the class", false);
	struct model *fixed = model("least squares of the first half", false), *e, *k;
	struct kalman f;

	for (uint32_t i = 0; i + 10 < s->n && n < LONGEST; i += 10) {
		if (!whole(s, i, 10))
			continue;
		x[n] = window_of(s, i, 10, offsetof(struct calib_second, ofi), true) *
		       s->at[i].mid / 1e6;
		y[n++] = (s->at[i + 10].mid / s->at[i].mid - 1) * 1e4;
	}
	half = n / 2;
	for (uint32_t i = 0; i < half; i++)
		xx += x[i] * x[i], xy += x[i] * y[i];
	ols = xx > 0 ? xy / xx : 0;
	base_model = n_models;
	e = model("EWMA regression, tuned", false);
	k = model("Kalman filter", true);
	for (int tune = 0; tune <= 20; tune++) { /* the last run is the one that counts */
		double a = tune < 20 ? 0.80 + 0.01 * tune : keep, sxx = 1e-9, sxy = 0, sum = 0;

		for (uint32_t i = 0; i < (tune < 20 ? half : n); i++) {
			double l = pow(y[i] - (i ? sxy / sxx : lambda0) * x[i], 2);

			sum += i > 10 ? l : 0;
			if (tune == 20 && i >= half)
				e->loss[e->n++] = l;
			sxx = a * sxx + x[i] * x[i];
			sxy = a * sxy + x[i] * y[i];
		}
		if (tune < 20 && sum < least) {
			least = sum;
			keep = a;
		}
	}
	live_lambda_init(&f, lambda0, LIVE_PRIOR[live_class_of(s->coin)].value[EST_SIGMA_30D]);
	for (uint32_t i = 0; i < n; i++) {
		if (i >= half) {
			none->loss[none->n++] = y[i] * y[i];
			prior->loss[prior->n++] = pow(y[i] - lambda0 * x[i], 2);
			fixed->loss[fixed->n++] = pow(y[i] - ols * x[i], 2);
			k->loss[k->n++] = pow(y[i] - fmax(f.m, 0) * x[i], 2);
		}
		live_lambda_add(&f, x[i], y[i], i);
	}
	print(s->coin, "move of 10 s from its order flow", "mean square, bp^2");
}

static void one(const struct calib_series *s, uint32_t window)
{
	volatility(s, window);
	if (s->trades)
		level(s, "volume of the next minute", offsetof(struct calib_second, coins), 60, 480,
		      "EWMA of 8 min (engine)");
	level(s, "spread of the next 10 s", offsetof(struct calib_second, spread_bp), 10, 240,
	      "EWMA of 4 min (engine)");
	level(s, "depth of 20 levels, next 10 s", offsetof(struct calib_second, depth_all), 10, 40,
	      "EWMA of 40 s (engine)");
	depth_return(s);
	impact(s);
}

static bool folder(const char *dir, uint32_t window)
{
	static struct calib_series s[CALIB_COINS_MAX];
	struct err e = {0};
	uint32_t n = 0;
	struct tape t;

	if (!tape_load(&t, dir, &e) || !calib_add(s, &n, &t, &e)) {
		printf("%s\n", e.text);
		return false;
	}
	tape_free(&t);
	for (uint32_t i = 0; i < n; i++)
		one(&s[i], window);
	calib_free(s, n);
	return true;
}

/* Twelve hours of another venue, in files by the hour: made one tape in a folder of our own. */
static void standx(const char *data)
{
	char dir[] = "/tmp/bench_estimates.XXXXXX", cmd[8192];

	if (!mkdtemp(dir))
		return;
	snprintf(cmd, sizeof cmd,
		 "cd '%s/market/standx_btc_usd' && zcat *.csv.gz | awk 'NR==1 || !/^timestamp/' "
		 ">'%s/orderbooks_STANDX.csv' && echo "
		 "timestamp,price,size,side,trade_id,exchange_timestamp >'%s/trades_STANDX.csv'",
		 data, dir, dir);
	if (system(cmd) == 0)
		folder(dir, 300);
	snprintf(cmd, sizeof cmd, "rm -rf '%s'", dir);
	if (system(cmd) != 0)
		printf("%s stays\n", dir);
}

int main(void)
{
	const char *data = getenv("EXEUNT_DATA");
	char dir[4096];

	snprintf(dir, sizeof dir, "%s/market/hyperliquid_2025-09-04",
		 data ? data : "../shared/data");
	if (access(dir, R_OK) != 0) {
		printf("bench_estimates: skipped, no %s\n", dir);
		return 0;
	}
	if (!folder(dir, 60))
		return 1;
	standx(data ? data : "../shared/data");
	return missed;
}
