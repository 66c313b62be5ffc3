/* fit.c: fits the generator's parameters (gen.h) to a tape and says how well it did.
 *
 *   make fit && ./exeunt-fit DIR        (DIR: format of tape.h)
 *
 * Per coin, in this order:
 * 1. Moments of the tape, on a grid of 0.5 s: volatility at 0.5, 2, 10 and 50 s, quantiles of the
 *    spread, mean size by distance in ticks, log spread and memory of a side's depth, rate of
 *    market orders (prints of one stamp and side are one order), Fano factors of their counts at 1,
 *    5 and 20 s, log mean and spread of their sizes, prints an order.
 * 2. Closed forms: lag of the quotes from the ratio of the volatilities at 0.5 s and 10 s
 *    (1 - (1 - e^-x)/x); branching and decay of the Hawkes process by least squares on the Fano
 *    factors; log-normal spread through the shares at 1 tick and the 97.5 % quantile; beta and
 *    impact by regression of 10 s returns on BTC's and on sum of sign * sqrt(size).
 * 3. Simulated moments: the generator runs as long as three tapes, and noise, sizes, rate and the
 *    spread are moved until its own moments meet the tape's (six rounds).
 * Windows touching a gap of the tape are left out. Prints the row for gen_table.c and the table of
 * moments, tape against generator. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "paper/gen.h"
#include "tape/tape.h"

enum {
	GRID_MS = 500,
	POINTS = 24000, /* 200 min of grid */
	ORDERS = 60000,
	TICKS = 20,
	LAGS = 4,
};

struct point {
	double mid, spread; /* price units; mid 0: no data near this time */
	double size[TICKS]; /* mean of both sides, by ticks behind the touch */
	double side_depth[2];
};

struct order {
	double t, size;
	int sign, prints;
};

/* What a stream of books and trades looks like. */
struct moments {
	double vol[LAGS], spread_mean, spread_one, spread_q975, spread_median;
	double size[TICKS], dust, empty;
	double depth20, depth_sd, depth_ac1, depth_ac5, half_life_s;
	double rate, fano[3], mu, sd, mean, q50, q90, q99, cap, prints, volume;
	double beta, corr, impact, impact_r2, mean_px;
};

struct sample {
	uint32_t n, n_orders;
	struct point *at;
	struct order *order;
};

static const int lag_of[LAGS] = {1, 4, 20, 100};
static const double window_s[3] = {1, 5, 20};

static double tick_of(double px, int sz)
{
	int e = (int)floor(log10(px)) - 4, finest = -(6 - sz);

	return pow(10.0, e > 0 ? 0 : e < finest ? finest : e);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double quantile(double *v, uint32_t n, double q)
{
	if (n == 0)
		return 0;
	qsort(v, n, sizeof *v, by_value);
	return v[(uint32_t)fmin((double)n - 1, q * (double)n)];
}

static struct sample sample_new(void)
{
	struct sample s = {.at = calloc(POINTS, sizeof(struct point)),
			   .order = calloc(ORDERS, sizeof(struct order))};

	ASSERT(s.at && s.order);
	return s;
}

static void sample_free(struct sample *s)
{
	free(s->at);
	free(s->order);
}

static void add_level(struct point *p, int side, double tick, double best, double px, double sz)
{
	int k = (int)llround((side == 0 ? best - px : px - best) / tick);

	if (k < TICKS) {
		p->size[k] += sz / 2;
		p->side_depth[side] += sz;
	}
}

static void add_trade(struct sample *s, double t, int sign, double size)
{
	struct order *last = s->n_orders ? &s->order[s->n_orders - 1] : NULL;

	if (last && last->sign == sign && fabs(last->t - t) < 1e-4) {
		last->size += size;
		last->prints++;
	} else if (s->n_orders < ORDERS) {
		s->order[s->n_orders++] = (struct order){t, size, sign, 1};
	}
}

static void sample_tape(struct sample *s, const struct tape *tape, const struct tape_coin *k)
{
	double tick = tick_of(price_to_double(k->book[0].side[0][0].px), k->sz_decimals);
	uint32_t b = 0;

	for (int64_t ms = tape->begin_ms; ms <= tape->end_ms && s->n < POINTS; ms += GRID_MS) {
		struct point *p = &s->at[s->n++];

		while (b + 1 < k->n_book && k->book[b + 1].ms <= ms)
			b++;
		if (ms - k->book[b].ms > TAPE_GAP_MS ||
		    (b + 1 < k->n_book && k->book[b + 1].ms - k->book[b].ms > TAPE_GAP_MS))
			continue;
		double best[2] = {price_to_double(k->book[b].side[0][0].px),
				  price_to_double(k->book[b].side[1][0].px)};

		p->mid = (best[0] + best[1]) / 2;
		p->spread = (best[1] - best[0]) / tick;
		for (int side = 0; side < 2; side++)
			for (uint32_t i = 0; i < k->book[b].n[side]; i++)
				add_level(p, side, tick, best[side],
					  price_to_double(k->book[b].side[side][i].px),
					  qty_to_double(k->book[b].side[side][i].sz));
	}
	for (uint32_t i = 0; i < k->n_trade; i++)
		add_trade(s, (double)(k->trade[i].ms - tape->begin_ms) / 1000.0,
			  k->trade[i].buy ? 1 : -1, qty_to_double(k->trade[i].sz));
}

static void sample_gen(struct sample *s, struct gen *g, uint16_t coin, double seconds, double px,
		       int sz)
{
	const struct paper_market *m = gen_market(g);
	int64_t end = (int64_t)(seconds * 1000), base = m->clock(m->self);
	double tick = tick_of(px, sz);
	struct paper_level l[PAPER_DEPTH_MAX];
	struct paper_trade t;

	for (int64_t ms = 0; ms <= end && s->n < POINTS; ms += GRID_MS) {
		struct point *p = &s->at[s->n++];
		double best[2] = {0, 0};

		m->advance(m->self, base + ms);
		while (m->trade(m->self, &t))
			if (t.coin == coin)
				add_trade(s, (double)(t.time_ms - base) / 1000.0, t.sell ? -1 : 1,
					  qty_to_double(t.sz));
		for (int side = 0; side < 2; side++) {
			uint32_t n = m->depth(m->self, coin, side == 0, l, TICKS);

			best[side] = n ? price_to_double(l[0].px) : 0;
			for (uint32_t i = 0; i < n; i++)
				add_level(p, side, tick, best[side], price_to_double(l[i].px),
					  qty_to_double(l[i].sz));
		}
		p->mid = (best[0] + best[1]) / 2;
		p->spread = (best[1] - best[0]) / tick;
	}
}

static double autocorrelation(const double *v, uint32_t n, uint32_t lag)
{
	double mean = 0, top = 0, all = 0;

	for (uint32_t i = 0; i < n; i++)
		mean += v[i] / n;
	for (uint32_t i = 0; i < n; i++) {
		all += (v[i] - mean) * (v[i] - mean);
		if (i + lag < n)
			top += (v[i] - mean) * (v[i + lag] - mean);
	}
	return all > 0 ? top / all : 0;
}

static void measure_book(struct moments *m, const struct sample *s)
{
	double *v = calloc(s->n + 1, sizeof *v), mean = 0, var = 0;
	uint32_t n = 0, dust = 0, empty = 0;

	ASSERT(v);
	for (int l = 0; l < LAGS; l++) {
		double sum = 0;
		uint32_t many = 0, lag = (uint32_t)lag_of[l];

		for (uint32_t i = 0; i + lag < s->n; i++) {
			if (s->at[i].mid <= 0 || s->at[i + lag].mid <= 0)
				continue;
			double r = log(s->at[i + lag].mid / s->at[i].mid);

			sum += r * r;
			many++;
		}
		m->vol[l] = 1e4 * sqrt(sum / many / (lag * GRID_MS / 1000.0));
	}
	for (uint32_t i = 0; i < s->n; i++) {
		const struct point *p = &s->at[i];

		if (p->mid <= 0)
			continue;
		m->mean_px += p->mid;
		m->spread_mean += p->spread;
		m->spread_one += p->spread < 1.5;
		for (int k = 0; k < TICKS; k++)
			m->size[k] += p->size[k];
		v[n++] = p->spread;
	}
	m->mean_px /= n;
	m->spread_mean /= n;
	m->spread_one /= n;
	for (int k = 0; k < TICKS; k++) {
		m->size[k] /= n;
		m->depth20 += m->size[k];
	}
	m->spread_q975 = quantile(v, n, 0.975);
	m->spread_median = quantile(v, n, 0.5);
	for (uint32_t i = 0; i < s->n; i++)
		for (int k = 1; s->at[i].mid > 0 && k < 11; k++) {
			empty += s->at[i].size[k] <= 0;
			dust += s->at[i].size[k] > 0 && s->at[i].size[k] < 0.03 * m->size[k];
		}
	/* Both sides were added up, so a share of one side is about the root. */
	m->empty = sqrt((double)empty / (10.0 * n));
	m->dust = sqrt((double)dust / (10.0 * n));
	n = 0;
	for (uint32_t i = 0; i < s->n; i++)
		if (s->at[i].mid > 0)
			v[n++] = log(fmax(s->at[i].side_depth[0], 1e-9));
	for (uint32_t i = 0; i < n; i++)
		mean += v[i] / n;
	for (uint32_t i = 0; i < n; i++)
		var += (v[i] - mean) * (v[i] - mean) / n;
	m->depth_sd = sqrt(var);
	m->depth_ac1 = autocorrelation(v, n, 2);
	m->depth_ac5 = autocorrelation(v, n, 10);
	/* Refill: where the autocorrelation of the depth of a side falls under a half. */
	for (uint32_t lag = 1; lag < 60; lag++) {
		double a = autocorrelation(v, n, lag);

		if (a < 0.5) {
			double before = lag == 1 ? 1 : autocorrelation(v, n, lag - 1);

			m->half_life_s =
				((lag - 1) + (before - 0.5) / (before - a)) * GRID_MS / 1000;
			break;
		}
	}
	free(v);
}

static void measure_orders(struct moments *m, const struct sample *s, double seconds)
{
	double *v = calloc(s->n_orders + 1, sizeof *v), sum = 0, square = 0;
	uint32_t prints = 0;

	ASSERT(v);
	for (uint32_t i = 0; i < s->n_orders; i++) {
		double l = log(s->order[i].size);

		v[i] = s->order[i].size;
		sum += l;
		square += l * l;
		m->volume += s->order[i].size;
		prints += (uint32_t)s->order[i].prints;
	}
	double n = s->n_orders;

	m->rate = n / seconds;
	m->mu = sum / n;
	m->sd = sqrt(square / n - m->mu * m->mu);
	m->mean = m->volume / n;
	m->volume /= seconds;
	m->prints = prints / n;
	m->q50 = quantile(v, s->n_orders, 0.5);
	m->q90 = quantile(v, s->n_orders, 0.9);
	m->q99 = quantile(v, s->n_orders, 0.99);
	m->cap = v[s->n_orders - 1];
	free(v);
	for (int w = 0; w < 3; w++) {
		uint32_t bins = (uint32_t)(seconds / window_s[w]);
		double *count = calloc(bins + 1, sizeof *count), mean = 0, var = 0;

		ASSERT(count);
		for (uint32_t i = 0; i < s->n_orders; i++)
			if (s->order[i].t >= 0 && s->order[i].t < bins * window_s[w])
				count[(uint32_t)(s->order[i].t / window_s[w])]++;
		for (uint32_t i = 0; i < bins; i++)
			mean += count[i] / bins;
		for (uint32_t i = 0; i < bins; i++)
			var += (count[i] - mean) * (count[i] - mean) / bins;
		m->fano[w] = var / mean;
		free(count);
	}
}

/* 10 s returns: slope on those of BTC, and on the signed root of the volume. */
static void measure_moves(struct moments *m, const struct sample *s, const struct sample *btc)
{
	double xx = 0, xy = 0, yy = 0, zz = 0, zy = 0;
	enum { STEP = 20 };
	uint32_t o = 0;

	for (uint32_t i = 0; i + STEP < s->n; i += STEP) {
		double z = 0, t1 = (i + STEP) * GRID_MS / 1000.0;

		for (; o < s->n_orders && s->order[o].t < t1; o++)
			z += s->order[o].sign * sqrt(s->order[o].size);
		if (s->at[i].mid <= 0 || s->at[i + STEP].mid <= 0)
			continue;
		double y = log(s->at[i + STEP].mid / s->at[i].mid);

		zz += z * z;
		zy += z * y;
		yy += y * y;
		if (i + STEP < btc->n && btc->at[i].mid > 0 && btc->at[i + STEP].mid > 0) {
			double x = log(btc->at[i + STEP].mid / btc->at[i].mid);

			xx += x * x;
			xy += x * y;
		}
	}
	m->beta = xx > 0 ? xy / xx : 0;
	m->corr = xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : 0;
	m->impact = zz > 0 ? 1e4 * zy / zz : 0;
	m->impact_r2 = zz > 0 && yy > 0 ? zy * zy / zz / yy : 0;
}

static void measure(struct moments *m, const struct sample *s, const struct sample *btc,
		    double seconds)
{
	memset(m, 0, sizeof *m);
	measure_book(m, s);
	measure_orders(m, s, seconds);
	measure_moves(m, s, btc);
}

static double lag_from_ratio(double ratio)
{
	double best = 1e9, at = 0.05;

	for (double tau = 0.05; tau < 3; tau *= 1.02) {
		double x = 0.5 / tau, r = 1 - (1 - exp(-x)) / x, d = fabs(r - ratio);

		if (d < best) {
			best = d;
			at = tau;
		}
	}
	return at;
}

static void fit_hawkes(const struct moments *m, double *branch, double *decay)
{
	double best = 1e18;

	for (double n = 0.05; n < 0.9; n += 0.01)
		for (double d = 0.02; d < 5; d *= 1.1) {
			double all = 1 / ((1 - n) * (1 - n)), k = d * (1 - n), err = 0;

			for (int w = 0; w < 3; w++) {
				double x = k * window_s[w];
				double f = all - (all - 1) * (1 - exp(-x)) / x;
				double off = log(f / m->fano[w]);

				err += off * off;
			}
			if (err < best) {
				best = err;
				*branch = n;
				*decay = d;
			}
		}
}

/* The normal quantile by bisection on erfc: only here, so plain. */
static double normal_quantile(double p)
{
	double lo = -6, hi = 6;

	for (int i = 0; i < 60; i++) {
		double mid = (lo + hi) / 2;

		if (0.5 * erfc(-mid / sqrt(2)) < p)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

static void closed_forms(struct gen_param *p, const struct moments *m)
{
	static const int at[4] = {1, 4, 9, 19};
	double slow = m->vol[2], z1 = normal_quantile(m->spread_one), z2 = normal_quantile(0.975);

	p->px = m->mean_px;
	p->beta = m->beta;
	p->quote_s = lag_from_ratio(fmin(0.95, m->vol[0] * m->vol[0] / (slow * slow)));
	p->spread_sd = (log(m->spread_q975 + 0.5) - log(1.5)) / fmax(0.2, z2 - z1);
	p->spread_mu = log(1.5) - z1 * p->spread_sd;
	if (m->spread_median > 1.5) {
		p->spread_mu = log(m->spread_median);
		p->spread_sd = fmin(p->spread_sd, (log(m->spread_q975) - p->spread_mu) / z2);
	}
	p->spread_s = 0.6;
	p->top = m->size[0];
	for (int i = 0; i < 4; i++)
		p->near[i] =
			i == 0	 ? m->size[1]
			: i == 3 ? (m->size[17] + m->size[18] + m->size[19]) / 3
				 : (m->size[at[i] - 1] + m->size[at[i]] + m->size[at[i] + 1]) / 3;
	p->empty = m->empty;
	p->dust = m->dust;
	p->depth_sd = fmin(1.2, m->depth_sd);
	p->depth_s = -1.0 / log(fmax(0.05, m->depth_ac1));
	p->refill_s = m->half_life_s;
	p->mo_rate = m->rate;
	fit_hawkes(m, &p->mo_branch, &p->mo_decay);
	p->mo_mu = m->mu;
	p->mo_sd = m->sd;
	p->mo_cap = m->cap;
	p->prints = fmax(1.0, m->prints * 0.8);
	p->impact_bp = m->impact;
	double own = slow * slow * (1 - m->impact_r2) * 0.9;

	p->sigma_bp = sqrt(own);
}

static void run(struct moments *out, const struct gen_param *p, uint64_t seed, double seconds)
{
	struct gen_conf conf = {.seed = seed, .start_ms = 1000000000, .coin = p, .n_coins = 1};
	struct gen *g = gen_new(&conf);
	struct sample s = sample_new();

	ASSERT(g);
	sample_gen(&s, g, 0, seconds, p->px, p->sz_decimals);
	measure(out, &s, &s, seconds);
	sample_free(&s);
	gen_free(g);
}

static double towards(double value, double have, double want, double power)
{
	if (!(have > 0) || !(want > 0))
		return value;
	return value * fmax(0.5, fmin(2.0, pow(want / have, power)));
}

static void rounds(struct gen_param *p, const struct moments *m, double seconds)
{
	for (uint64_t i = 0; i < 6; i++) {
		struct moments g;

		run(&g, p, 100 + i, 3 * seconds);
		p->sigma_bp = towards(p->sigma_bp, g.vol[2], m->vol[2], 1.0);
		p->quote_s = towards(p->quote_s, m->vol[0] / m->vol[2], g.vol[0] / g.vol[2], 1.0);
		p->top = towards(p->top, g.size[0], m->size[0], 0.8);
		p->near[0] = towards(p->near[0], g.size[1], m->size[1], 0.8);
		p->near[1] = towards(p->near[1], g.size[4], m->size[4], 0.8);
		p->near[2] = towards(p->near[2], g.size[9], m->size[9], 0.8);
		p->near[3] = towards(p->near[3], g.size[18], m->size[18], 0.8);
		p->depth_sd = towards(p->depth_sd, g.depth_sd, m->depth_sd, 0.7);
		p->depth_s = towards(p->depth_s, -1 / log(fmax(0.02, g.depth_ac1)),
				     -1 / log(fmax(0.02, m->depth_ac1)), 0.7);
		p->mo_rate = towards(p->mo_rate, g.rate, m->rate, 0.8);
		p->prints = fmax(1.05, towards(p->prints, g.prints, m->prints, 0.8));
		p->mo_mu += 0.7 * log(m->q90 / g.q90);
		p->impact_bp = towards(p->impact_bp, g.impact, m->impact, 0.5);
		p->spread_mu += 0.5 * log(m->spread_mean / g.spread_mean);
	}
}

static void print_row(const struct gen_param *p)
{
	printf("\t{\"%s\", %d, %d, %.5g, %.3f, %.2f, %.3f, %.2f, %.2f, %.1f, %.4g,\n\t {%.4g, "
	       "%.4g, %.4g, %.4g}, %.2f, %.2f, %.2f, %.2f, %.2f,\n\t %.3f, %.2f, %.3f, %.3f, "
	       "%.3f, %.4g, %.2f, %.4g},\n",
	       p->name, p->sz_decimals, p->max_leverage, p->px, p->sigma_bp, p->beta, p->quote_s,
	       p->spread_mu, p->spread_sd, p->spread_s, p->top, p->near[0], p->near[1], p->near[2],
	       p->near[3], p->empty, p->dust, p->depth_sd, p->depth_s, p->refill_s, p->mo_rate,
	       p->mo_branch, p->mo_decay, p->mo_mu, p->mo_sd, p->mo_cap, p->prints, p->impact_bp);
}

static void print_table(const char *coin, const struct moments *t, const struct moments *g)
{
	const struct {
		const char *what;
		double tape, gen;
	} row[] = {
		{"volatility at 0.5 s, bp/sqrt s", t->vol[0], g->vol[0]},
		{"volatility at 2 s", t->vol[1], g->vol[1]},
		{"volatility at 10 s", t->vol[2], g->vol[2]},
		{"volatility at 50 s", t->vol[3], g->vol[3]},
		{"spread mean, ticks", t->spread_mean, g->spread_mean},
		{"share of 1-tick spreads", t->spread_one, g->spread_one},
		{"spread 97.5 %, ticks", t->spread_q975, g->spread_q975},
		{"size at the touch, coins", t->size[0], g->size[0]},
		{"depth in 20 ticks, coins", t->depth20, g->depth20},
		{"log spread of the depth", t->depth_sd, g->depth_sd},
		{"its autocorrelation at 1 s", t->depth_ac1, g->depth_ac1},
		{"its autocorrelation at 5 s", t->depth_ac5, g->depth_ac5},
		{"its half-life, s (refill)", t->half_life_s, g->half_life_s},
		{"market orders a second", t->rate, g->rate},
		{"prints an order", t->prints, g->prints},
		{"Fano 1 s", t->fano[0], g->fano[0]},
		{"Fano 5 s", t->fano[1], g->fano[1]},
		{"Fano 20 s", t->fano[2], g->fano[2]},
		{"order mean, coins", t->mean, g->mean},
		{"order median", t->q50, g->q50},
		{"order 90 %", t->q90, g->q90},
		{"order 99 %", t->q99, g->q99},
		{"impact, bp per sqrt(coin)", t->impact, g->impact},
		{"its R2 at 10 s", t->impact_r2, g->impact_r2},
		{"beta on BTC at 10 s", t->beta, g->beta},
		{"correlation with BTC", t->corr, g->corr},
	};

	printf(" * %-32s %12s %12s\n", coin, "tape", "generator");
	for (size_t i = 0; i < COUNT_OF(row); i++)
		printf(" * %-32s %12.4g %12.4g\n", row[i].what, row[i].tape, row[i].gen);
}

/* The whole market with the table compiled in, against the tape. */
static void compare(const struct tape *tape, const struct moments *m, double seconds)
{
	for (uint32_t i = 0; i < GEN_FITTED; i++) {
		struct gen_conf conf = {.seed = 1, .start_ms = 1000000000};
		struct sample s[2] = {sample_new(), sample_new()};
		struct moments got;
		struct gen_param p;
		const struct moments *t = NULL;

		gen_param(&p, i);
		for (uint32_t k = 0; k < tape->n; k++)
			if (strcmp(tape->at[k].coin, p.name) == 0)
				t = &m[k];
		for (int w = 0; w < 2; w++) {
			struct gen *g = gen_new(&conf);
			struct gen_param q;

			ASSERT(g);
			gen_param(&q, w == 0 ? 0 : i);
			sample_gen(&s[w], g, (uint16_t)(w == 0 ? 0 : i), 3 * seconds, q.px,
				   q.sz_decimals);
			gen_free(g);
		}
		measure(&got, &s[1], &s[0], 3 * seconds);
		if (t)
			print_table(p.name, t, &got);
		sample_free(&s[0]);
		sample_free(&s[1]);
	}
}

int main(int argc, char **argv)
{
	static struct tape tape;
	static struct moments m[TAPE_COINS_MAX];
	struct sample s[TAPE_COINS_MAX];
	struct err e = {0};

	if (argc != 2) {
		fprintf(stderr, "usage: exeunt-fit DIR\n");
		return 2;
	}
	if (!tape_load(&tape, argv[1], &e)) {
		fprintf(stderr, "exeunt-fit: %s\n", e.text);
		return err_exit_status(e.code);
	}
	double seconds = (double)(tape.end_ms - tape.begin_ms) / 1000.0;

	for (uint32_t i = 0; i < tape.n; i++) {
		s[i] = sample_new();
		sample_tape(&s[i], &tape, &tape.at[i]);
	}
	for (uint32_t i = 0; i < tape.n; i++) {
		struct gen_param p = {0};
		double lead;

		measure(&m[i], &s[i], &s[0], seconds);
		for (uint32_t k = 0; k < GEN_FITTED; k++) {
			gen_param(&p, k);
			if (strcmp(p.name, tape.at[i].coin) == 0)
				break;
		}
		p.sz_decimals = tape.at[i].sz_decimals;
		memcpy(p.name, tape.at[i].coin, sizeof p.name - 1);
		closed_forms(&p, &m[i]);
		rounds(&p, &m[i], seconds);
		/* In company a part of the noise is BTC's. */
		lead = i == 0 ? 0 : p.beta * m[0].vol[2];
		if (i > 0)
			p.sigma_bp *=
				sqrt(fmax(0.05, 1 - lead * lead / (m[i].vol[2] * m[i].vol[2])));
		print_row(&p);
	}
	compare(&tape, m, seconds);
	for (uint32_t i = 0; i < tape.n; i++)
		sample_free(&s[i]);
	tape_free(&tape);
	return 0;
}
