/* calibrate.c: see calibrate.h. Series are made once, second by second; every fit is a pass over
 * them, so that halves and wholes are fitted by the same code.
 *
 * Invariants: (1) a window with a hole in it is no sample; (2) the second half is never read by
 * what is tested on it; (3) a value without a standard error is not told. */
#include "host/calibrate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "plan/lin.h"

enum {
	OLD_MS = 3000,	  /* of a book: beyond, a hole */
	FLOW_S = 10,	  /* windows of lambda */
	MOVE_S = 10,	  /* of volatility */
	METAORDER_S = 60, /* of Y */
	BLOCK_S = 60,	  /* of the errors of means */
	BACK_S = 2,	  /* lag of refill */
	TENTHS = 10,
	LAGS = 8, /* bins of the propagator */
	REACH = 60,
};
static const int lag_from[LAGS] = {0, 1, 2, 3, 6, 11, 21, 41};
static const int lag_to[LAGS] = {0, 1, 2, 5, 10, 20, 40, 60};
static const double YEAR = 365.0 * 86400, SLOT_S = 30;

const char *const calib_key[CALIB_KINDS] = {
	[CALIB_KALMAN] = "kalman_lambda_bp_musd", [CALIB_SLOPE] = "book_slope_usd_coin2",
	[CALIB_ETA_30S] = "eta_30s_usd_s_coin2",  [CALIB_PEAK] = "propagator_peak_bp_musd",
	[CALIB_KEPT_10S] = "propagator_kept_10s", [CALIB_KEPT_60S] = "propagator_kept_60s",
	[CALIB_BETA] = "propagator_beta",
};

/* ---- series ---- */

struct walk { /* of one coin over its tape */
	struct touch touch;
	int64_t touch_ms;
	double reach5, ofi;
	uint32_t book, next_touch, trade;
};

static double within(const struct tape_level *l, int n, double mid, double far, double *reach)
{
	double sum = 0;

	*reach = 0;
	for (int i = 0; i < n; i++) {
		*reach = fabs(price_to_double(l[i].px) / mid - 1);
		if (*reach <= far)
			sum += qty_to_double(l[i].sz);
	}
	return sum;
}

static void touch_step(struct walk *w, const struct tape_level side[2], int64_t ms)
{
	struct touch t = w->touch;

	if (side[0].sz.v > 0)
		t.bid = price_to_double(side[0].px), t.bid_size = qty_to_double(side[0].sz);
	if (side[1].sz.v > 0)
		t.ask = price_to_double(side[1].px), t.ask_size = qty_to_double(side[1].sz);
	if (!(t.bid > 0) || !(t.ask > t.bid))
		return;
	if (w->touch_ms && ms - w->touch_ms <= OLD_MS)
		w->ofi += ofi_step(&w->touch, &t);
	w->touch = t;
	w->touch_ms = ms;
}

static double slope_of(const struct tape_level *l, int n, double mid)
{
	double q = 0, value = 0, touch = fabs(mid - price_to_double(l[0].px));

	for (int i = 0; i < n; i++) {
		q += qty_to_double(l[i].sz);
		value += qty_to_double(l[i].sz) * fabs(mid - price_to_double(l[i].px));
	}
	return q > 0 ? 2 * (value / q - touch) / q : 0;
}

static void second_of(struct walk *w, const struct tape_book *b, struct calib_second *x)
{
	double mid = (w->touch.bid + w->touch.ask) / 2, r[2], d[2];

	x->mid = mid;
	x->spread_bp = (w->touch.ask - w->touch.bid) / mid * 1e4;
	for (int s = 0; s < 2; s++)
		d[s] = within(b->side[s], b->n[s], mid, 10e-4, &r[s]);
	if (r[0] >= 10e-4 && r[1] >= 10e-4)
		x->depth_bp10 = (d[0] + d[1]) / 2;
	for (int s = 0; s < 2; s++)
		d[s] = within(b->side[s], b->n[s], mid, HUGE_VAL, &r[s]);
	if (b->n[0] > 5 && b->n[1] > 5) {
		x->depth_all = (d[0] + d[1]) / 2;
		x->slope =
			(slope_of(b->side[0], b->n[0], mid) + slope_of(b->side[1], b->n[1], mid)) /
			2;
	}
	if (b->n[0] < 5 || b->n[1] < 5)
		return;
	within(b->side[0], 5, mid, 0, &r[0]);
	within(b->side[1], 5, mid, 0, &r[1]);
	w->reach5 += ((r[0] + r[1]) / 2 - w->reach5) * (w->reach5 > 0 ? 1 / 300.0 : 1);
	for (int s = 0; s < 2; s++)
		x->near[s] = within(b->side[s], b->n[s], mid, 0.9 * w->reach5, &r[s]);
}

static bool room_for(struct calib_series *s, uint32_t more, uint32_t used, struct err *e)
{
	struct calib_second *at;
	uint32_t want = s->n + more;

	if (used > CALIB_SECONDS_MAX - more)
		return err_set(e, ERR_LIMIT,
			       "%s: over %d seconds in all coins together; calibrate fewer days",
			       s->coin, CALIB_SECONDS_MAX);
	if (want <= s->room)
		return true;
	want = want < s->room * 2 ? s->room * 2 : want;
	at = realloc(s->at, want * sizeof *at);
	if (!at)
		return err_set(e, ERR_LIMIT, "%s: out of memory for %u seconds", s->coin, want);
	s->at = at;
	s->room = want;
	return true;
}

static void walk_to(struct walk *w, const struct tape_coin *k, int64_t ms, struct calib_second *x)
{
	w->ofi = 0;
	for (;;) {
		const struct tape_book *b = w->book < k->n_book ? &k->book[w->book] : NULL;
		const struct tape_touch *t =
			w->next_touch < k->n_touch ? &k->touch[w->next_touch] : NULL;
		bool book = b && (!t || b->ms <= t->ms);

		if (book ? b->ms >= ms : !t || t->ms >= ms)
			break;
		if (book) {
			struct tape_level side[2] = {b->side[0][0], b->side[1][0]};

			touch_step(w, side, b->ms);
			w->book++;
		} else {
			touch_step(w, t->side, t->ms);
			w->next_touch++;
		}
	}
	x->ofi = w->ofi;
	for (; w->trade < k->n_trade && k->trade[w->trade].ms < ms; w->trade++) {
		double q = qty_to_double(k->trade[w->trade].sz);

		x->coins += q;
		x->net += k->trade[w->trade].buy ? q : -q;
	}
}

static bool add_coin(struct calib_series *s, const struct tape_coin *k, uint32_t used,
		     struct err *e)
{
	struct walk w = {0};
	int64_t from = k->book[0].ms / 1000 + 1, to = k->book[k->n_book - 1].ms / 1000;

	/* a part that overlaps the last goes on after it */
	if (s->n && from <= s->at[s->n - 1].s)
		from = s->at[s->n - 1].s + 1;
	if (to <= from)
		return true;
	if (to - from > CALIB_SECONDS_MAX)
		return err_set(e, ERR_LIMIT, "%s: %lld days between its first and last book",
			       s->coin, (long long)((to - from) / 86400));
	if (!room_for(s, (uint32_t)(to - from), used, e))
		return false;
	walk_to(&w, k, from * 1000, &(struct calib_second){0});
	for (int64_t t = from; t < to; t++) {
		struct calib_second *x = &s->at[s->n++];

		*x = (struct calib_second){.s = t};
		walk_to(&w, k, (t + 1) * 1000, x);
		if (w.book && w.touch_ms && (t + 1) * 1000 - k->book[w.book - 1].ms <= OLD_MS) {
			second_of(&w, &k->book[w.book - 1], x);
			s->good++;
		}
	}
	s->holes += k->gaps;
	s->books += k->n_book;
	s->trades += k->n_trade;
	return true;
}

bool calib_add(struct calib_series *s, uint32_t *n_coins, const struct tape *t, struct err *e)
{
	for (uint32_t i = 0; i < t->n; i++) {
		uint32_t at = 0, used = 0;

		for (uint32_t j = 0; j < *n_coins; j++)
			used += s[j].n;
		while (at < *n_coins && strcmp(s[at].coin, t->at[i].coin) != 0)
			at++;
		if (at == CALIB_COINS_MAX)
			return err_set(e, ERR_LIMIT, "over %d coins", CALIB_COINS_MAX);
		if (at == *n_coins) {
			s[at] = (struct calib_series){0};
			memcpy(s[at].coin, t->at[i].coin, sizeof s[at].coin);
			(*n_coins)++;
		}
		if (!add_coin(&s[at], &t->at[i], used, e))
			return false;
	}
	return true;
}

void calib_free(struct calib_series *s, uint32_t n_coins)
{
	for (uint32_t i = 0; i < n_coins; i++)
		free(s[i].at);
}

/* ---- fits ---- */

struct span { /* what is fitted */
	const struct calib_second *at;
	uint32_t n;
};

/* Seconds i .. i + len are there, without a hole. */
static bool whole(const struct span *p, uint32_t i, uint32_t len)
{
	if (i + len >= p->n || p->at[i + len].s - p->at[i].s != len)
		return false;
	for (uint32_t k = i; k <= i + len; k++)
		if (!(p->at[k].mid > 0))
			return false;
	return true;
}

static void put(struct calib_fit *f, double value, double sd, uint32_t n, const char *why)
{
	f->n = n;
	f->ok = !why && isfinite(value) && isfinite(sd) && sd > 0;
	f->value = f->ok ? value : 0;
	f->sd = f->ok ? sd : 0;
	f->why = f->ok ? NULL : why ? why : "too few samples";
}

static void fit_sigma(const struct span *p, struct calib_fit *f)
{
	double s = 0, s2 = 0;
	uint32_t n = 0;

	for (uint32_t i = 0; i + MOVE_S < p->n; i += MOVE_S) {
		if (!whole(p, i, MOVE_S))
			continue;
		double r = log(p->at[i + MOVE_S].mid / p->at[i].mid);

		s += r * r;
		s2 += r * r * r * r;
		n++;
	}
	if (n < 30) {
		put(f, 0, 0, n, "under 30 moves of 10 s");
		return;
	}
	double var = s / n, sd = sqrt(fmax(s2 / n - var * var, 0) / n);

	put(f, sqrt(var * YEAR / MOVE_S), sqrt(YEAR / MOVE_S) * sd / (2 * sqrt(var)), n, NULL);
}

/* Mean of a field, in dollars if usd; the error from the spread of blocks. zero: 0 is a value. */
static void fit_mean(const struct span *p, size_t field, bool usd, bool zero, const char *why,
		     struct calib_fit *f)
{
	double sum = 0, s1 = 0, s2 = 0;
	uint32_t n = 0, blocks = 0;

	for (uint32_t i = 0; i + BLOCK_S <= p->n; i += BLOCK_S) {
		double block = 0;
		uint32_t k = 0;

		for (uint32_t j = i; j < i + BLOCK_S; j++) {
			double v;

			memcpy(&v, (const char *)&p->at[j] + field, sizeof v);
			if (!(p->at[j].mid > 0) || (!zero && !(v > 0)))
				continue;
			block += v * (usd ? p->at[j].mid : 1);
			k++;
		}
		if (k < BLOCK_S / 2)
			continue;
		sum += block;
		n += k;
		s1 += block / k;
		s2 += block / k * block / k;
		blocks++;
	}
	if (blocks < 5) {
		put(f, 0, 0, n, why);
		return;
	}
	put(f, sum / n, sqrt(fmax(s2 - s1 * s1 / blocks, 0) / (blocks - 1) / blocks), n, NULL);
}

/* 3 T of sums of products, see live.h; false: no return to be seen. */
static bool refill_of(double c1, double c2, double *out)
{
	double rho = c2 / c1;

	if (!(c1 > 0) || !(rho > 0) || !(rho < 1))
		return false;
	*out = -3.0 * BACK_S / log(rho);
	return true;
}

static void fit_refill(const struct span *p, struct calib_fit *f)
{
	double c1[TENTHS] = {0}, c2[TENTHS] = {0}, a1 = 0, a2 = 0, all, mean[2] = {0}, v = 0;
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->n; i++)
		for (int s = 0; s < 2; s++) {
			double x[3];
			uint32_t tenth = (uint32_t)((uint64_t)i * TENTHS / p->n);

			if (!(p->at[i].near[s] > 0))
				continue;
			x[0] = log(p->at[i].near[s]);
			mean[s] += mean[s] == 0 ? x[0] : (x[0] - mean[s]) / 600;
			if (i < 2 * BACK_S || !whole(p, i - 2 * BACK_S, 2 * BACK_S))
				continue;
			for (int k = 1; k < 3; k++)
				x[k] = p->at[i - (uint32_t)k * BACK_S].near[s];
			if (!(x[1] > 0) || !(x[2] > 0))
				continue;
			c1[tenth] += (x[0] - mean[s]) * (log(x[1]) - mean[s]);
			c2[tenth] += (x[0] - mean[s]) * (log(x[2]) - mean[s]);
			n++;
		}
	for (int k = 0; k < TENTHS; k++)
		a1 += c1[k], a2 += c2[k];
	if (n < 600 || !refill_of(a1, a2, &all)) {
		put(f, 0, 0, n, n < 600 ? "under 600 samples of depth" : "depth does not return");
		return;
	}
	for (int k = 0; k < TENTHS; k++) { /* jackknife */
		double one;

		if (!refill_of(a1 - c1[k], a2 - c2[k], &one)) {
			put(f, 0, 0, n, "depth does not return in a tenth of it");
			return;
		}
		v += (one - all) * (one - all);
	}
	put(f, all, sqrt(v * (TENTHS - 1) / TENTHS), n, NULL);
}

struct slope { /* y = b x, without intercept */
	double xx, xy, yy, xxee;
	uint32_t n;
};

static void fit_slope(const double *x, const double *y, uint32_t n, struct calib_fit *f)
{
	struct slope s = {.n = n};

	for (uint32_t i = 0; i < n; i++) {
		s.xx += x[i] * x[i];
		s.xy += x[i] * y[i];
	}
	if (n < 30 || !(s.xx > 0)) {
		put(f, 0, 0, n, n < 30 ? "under 30 windows" : "no flow");
		return;
	}
	double b = s.xy / s.xx;

	for (uint32_t i = 0; i < n; i++)
		s.xxee += x[i] * x[i] * (y[i] - b * x[i]) * (y[i] - b * x[i]);
	put(f, b, sqrt(s.xxee) / s.xx, n, b > 0 ? NULL : "prices moved against the flow");
}

/* Windows of `len` seconds: flow into x, move into y (bp); how many. */
static uint32_t windows(const struct span *p, uint32_t len, bool ofi, double *x, double *y)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i + len < p->n; i += len) {
		if (!whole(p, i, len))
			continue;
		x[n] = 0;
		for (uint32_t k = i + 1; k <= i + len; k++)
			x[n] += ofi ? p->at[k].ofi : p->at[k].net;
		x[n] *= p->at[i].mid / 1e6;
		y[n] = (p->at[i + len].mid / p->at[i].mid - 1) * 1e4;
		n++;
	}
	return n;
}

static void fit_impact(const struct span *p, double lambda0, struct calib *out)
{
	double *x = calloc(p->n + 1, sizeof *x), *y = calloc(p->n + 1, sizeof *y);
	struct calib_fit *sigma = &out->at[EST_SIGMA_30D], *volume = &out->at[EST_VOLUME];
	struct kalman k;
	uint32_t n;

	ASSERT(x && y);
	n = windows(p, FLOW_S, true, x, y);
	fit_slope(x, y, n, &out->at[EST_LAMBDA]);
	live_lambda_init(&k, lambda0, sigma->ok ? sigma->value : 1);
	for (uint32_t i = 0; i < n; i++)
		live_lambda_add(&k, x[i], y[i], i);
	put(&out->at[CALIB_KALMAN], k.m, sqrt(k.p), k.n, k.n < 30 ? "under 30 windows" : NULL);
	n = windows(p, METAORDER_S, false, x, y);
	if (!sigma->ok || !volume->ok) {
		put(&out->at[EST_SQRT_Y], 0, 0, 0, "no volatility or no volume");
	} else {
		double day_musd = volume->value * 86400 / 1e6;
		double day_bp = sigma->value / sqrt(365.0) * 1e4;

		for (uint32_t i = 0; i < n; i++) {
			x[i] = copysign(sqrt(fabs(x[i]) / day_musd), x[i]);
			y[i] /= day_bp;
		}
		fit_slope(x, y, n, &out->at[EST_SQRT_Y]);
	}
	free(x);
	free(y);
}

/* Moves of seconds on flows of the minute before them: normal equations. */
static uint32_t lag_sums(const struct span *p, double m[LAGS * LAGS], double b[LAGS], double *yy)
{
	double sum[REACH + 2], x[LAGS];
	uint32_t n = 0;

	for (uint32_t i = REACH + 1; i < p->n; i++) {
		if (!whole(p, i - REACH - 1, REACH + 1))
			continue;
		double y = (p->at[i].mid / p->at[i - 1].mid - 1) * 1e4, scale = p->at[i].mid / 1e6;

		sum[0] = 0;
		for (int l = 0; l <= REACH; l++)
			sum[l + 1] = sum[l] + p->at[i - (uint32_t)l].net * scale;
		for (int a = 0; a < LAGS; a++)
			x[a] = sum[lag_to[a] + 1] - sum[lag_from[a]];
		for (int a = 0; a < LAGS; a++) {
			for (int c = 0; c < LAGS; c++)
				m[LAGS * a + c] += x[a] * x[c];
			b[a] += x[a] * y;
		}
		*yy += y * y;
		n++;
	}
	return n;
}

static void ratio(struct calib_fit *f, double a, double b, double va, double vb, double vab,
		  uint32_t n)
{
	double r = a / b;

	put(f, r, sqrt(fmax(va - 2 * r * vab + r * r * vb, 0)) / fabs(b), n, NULL);
}

static void fit_propagator(const struct span *p, struct calib *out)
{
	double m[LAGS * LAGS] = {0}, k[LAGS] = {0}, rhs[LAGS], inv[LAGS * LAGS], yy = 0, rss;
	double g[LAGS], v[LAGS][LAGS] = {{0}};
	struct calib_fit *peak = &out->at[CALIB_PEAK];
	uint32_t n = lag_sums(p, m, k, &yy);
	int top = 0;

	memcpy(rhs, k, sizeof rhs);
	for (int i = CALIB_PEAK; i <= CALIB_BETA; i++)
		put(&out->at[i], 0, 0, n, "under 600 seconds with a minute before them");
	if (n < 600)
		return;
	for (int i = CALIB_PEAK; i <= CALIB_BETA; i++)
		out->at[i].why = "no flow";
	if (!lin_cholesky(m, LAGS, 1e-12, NULL))
		return;
	lin_lower(m, LAGS, k);
	lin_lower_t(m, LAGS, k);
	rss = yy;
	for (int a = 0; a < LAGS; a++)
		rss -= k[a] * rhs[a];
	for (int c = 0; c < LAGS; c++) {
		double unit[LAGS] = {0};

		unit[c] = 1;
		lin_lower(m, LAGS, unit);
		lin_lower_t(m, LAGS, unit);
		for (int a = 0; a < LAGS; a++)
			inv[LAGS * a + c] = unit[a] * fmax(rss, 0) / (n - LAGS);
	}
	/* response at the end of a bin: each of its seconds adds the bin's coefficient */
	for (int a = 0; a < LAGS; a++) {
		g[a] = a ? g[a - 1] : 0;
		g[a] += k[a] * (lag_to[a] - lag_from[a] + 1);
		for (int c = 0; c < LAGS; c++)
			for (int i = 0; i <= a; i++)
				for (int j = 0; j <= c; j++)
					v[a][c] += inv[LAGS * i + j] *
						   (lag_to[i] - lag_from[i] + 1) *
						   (lag_to[j] - lag_from[j] + 1);
		if (g[a] > g[top] && a < 4)
			top = a;
	}
	put(peak, g[top], sqrt(v[top][top]), n, g[top] > 0 ? NULL : "no response to trades");
	if (!peak->ok || g[top] < 2 * sqrt(v[top][top])) {
		for (int i = CALIB_KEPT_10S; i <= CALIB_BETA; i++)
			out->at[i].why = "the response is within its error";
		return;
	}
	ratio(&out->at[CALIB_KEPT_10S], g[4], g[top], v[4][4], v[top][top], v[4][top], n);
	ratio(&out->at[CALIB_KEPT_60S], g[7], g[top], v[7][7], v[top][top], v[7][top], n);
	out->at[CALIB_BETA].why = "nothing of it is left after a minute, or it grows";
	if (g[7] > 0 && g[2] > g[7])
		put(&out->at[CALIB_BETA], log(g[2] / g[7]) / log(30),
		    sqrt(fmax(v[7][7] / (g[7] * g[7]) + v[2][2] / (g[2] * g[2]) -
				      2 * v[2][7] / (g[2] * g[7]),
			      0)) /
			    log(30),
		    n, NULL);
}

static void fit_eta(struct calib *out)
{
	const struct calib_fit *slope = &out->at[CALIB_SLOPE], *refill = &out->at[EST_REFILL];
	double t = refill->ok ? refill->value : LIVE_PRIOR[CLASS_OTHER].value[EST_REFILL];
	double a = exp(-3 * SLOT_S / t);

	out->at[CALIB_ETA_30S] = *slope;
	if (!slope->ok)
		return;
	out->at[CALIB_ETA_30S].value *= SLOT_S * (0.5 + a / (1 - a));
	out->at[CALIB_ETA_30S].sd *= SLOT_S * (0.5 + a / (1 - a));
}

#define FIELD(f) offsetof(struct calib_second, f)

void calib_fit_part(const struct calib_series *s, uint32_t from, uint32_t to, struct calib *out)
{
	struct span p = {s->at + from, to - from};
	const struct live_prior *prior = &LIVE_PRIOR[live_class_of(s->coin)];
	const char *few = "under 5 minutes of it";

	*out = (struct calib){.books = s->books, .trades = s->trades, .holes = s->holes};
	memcpy(out->coin, s->coin, sizeof out->coin);
	for (uint32_t i = 0; i < p.n; i++)
		if (p.at[i].mid > 0) {
			out->span_s++;
			out->price = p.at[i].mid;
		}
	for (int k = 0; k < CALIB_KINDS; k++)
		out->at[k] = (struct calib_fit){.why = "not fitted"};
	fit_sigma(&p, &out->at[EST_SIGMA_30D]);
	fit_mean(&p, FIELD(coins), true, true, few, &out->at[EST_VOLUME]);
	fit_mean(&p, FIELD(spread_bp), false, false, few, &out->at[EST_SPREAD]);
	fit_mean(&p, FIELD(depth_bp10), true, false, "its levels end before 10 bp",
		 &out->at[EST_DEPTH_10BP]);
	fit_mean(&p, FIELD(depth_all), true, false, "books of at most 5 levels",
		 &out->at[EST_DEPTH_20]);
	fit_mean(&p, FIELD(slope), false, false, "books of at most 5 levels",
		 &out->at[CALIB_SLOPE]);
	fit_refill(&p, &out->at[EST_REFILL]);
	fit_impact(&p, prior->value[EST_LAMBDA], out);
	fit_propagator(&p, out);
	fit_eta(out);
	if (!s->trades)
		put(&out->at[EST_VOLUME], 0, 0, 0, "no trades recorded");
	for (int k = 0; k < EST_KINDS; k++)
		out->at[k].prior = prior->value[k];
}

bool calib_fit_all(const struct calib_series *s, struct calib *out, struct err *e)
{
	struct calib *half = calloc(2, sizeof *half);

	ASSERT(half);
	if (s->good < CALIB_LEAST_S) {
		free(half);
		return err_set(e, ERR_RULE, "%s: %u seconds with a book; a calibration takes %d",
			       s->coin, s->good, CALIB_LEAST_S);
	}
	calib_fit_part(s, 0, s->n / 2, &half[0]);
	calib_fit_part(s, s->n / 2, s->n, &half[1]);
	calib_fit_part(s, 0, s->n, out);
	for (int k = 0; k < EST_KINDS; k++) {
		struct calib_fit *f = &out->at[k];
		double a = half[0].at[k].value, b = half[1].at[k].value;

		if (!f->ok || !half[0].at[k].ok || !half[1].at[k].ok || !(f->prior > 0) ||
		    !(a > 0) || !(b > 0))
			continue;
		f->tested = true;
		f->first = a;
		f->later = b;
		f->better = fabs(log(a / b)) < fabs(log(f->prior / b));
	}
	free(half);
	return true;
}
