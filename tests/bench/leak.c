/* leak.c: see leak.h. */
#include "tests/bench/leak.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/prng.h"
#include "plan/lin.h"

enum { MEMORY_MS = 300000, CLASS_S = 3, CLASSES = 21, SHUFFLES = 50 };

static void features(const struct leak_order *o, double x[LEAK_FEATURES])
{
	double size = log(o->size), gap = log(o->gap_s + 0.1);

	x[0] = 1;
	x[1] = size;
	x[2] = gap;
	x[3] = o->sell;
	x[4] = size * size / 10;
	x[5] = gap * gap / 10;
	x[6] = fmin(o->same, 10);
}

void leak_look_back(struct leak_order *tape, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct leak_order *o = &tape[i];

		o->gap_s = 300;
		o->same = 0;
		for (uint32_t j = i; j-- > 0 && o->ms - tape[j].ms < MEMORY_MS;) {
			if (tape[j].sell != o->sell)
				continue;
			if (o->gap_s >= 300)
				o->gap_s = (double)(o->ms - tape[j].ms) / 1000;
			o->same += fabs(tape[j].size / o->size - 1) < 0.01;
		}
	}
}

/* Ridge-regularised Newton steps on n orders. */
static bool learn(const struct leak_order *o, uint32_t n, double beta[LEAK_FEATURES])
{
	enum { N = LEAK_FEATURES };

	memset(beta, 0, N * sizeof *beta);
	for (int it = 0; it < 25; it++) {
		double h[N * N] = {0}, g[N] = {0}, x[N];

		for (int a = 0; a < N; a++) {
			h[a * N + a] = 0.1;
			g[a] = -0.1 * beta[a];
		}
		for (uint32_t i = 0; i < n; i++) {
			double z = 0, p;

			features(&o[i], x);
			for (int a = 0; a < N; a++)
				z += beta[a] * x[a];
			p = 1 / (1 + exp(-z));
			for (int a = 0; a < N; a++) {
				g[a] += (o[i].ours - p) * x[a];
				for (int b = 0; b < N; b++)
					h[a * N + b] += p * (1 - p) * x[a] * x[b];
			}
		}
		if (!lin_cholesky(h, N, 1e-12, NULL))
			return false;
		lin_lower(h, N, g);
		lin_lower_t(h, N, g);
		for (int a = 0; a < N; a++)
			beta[a] += g[a];
	}
	return true;
}

double leak_auc(const struct leak_order *o, uint32_t half, uint32_t n)
{
	double wins = 0, pairs = 0, beta[LEAK_FEATURES], x[LEAK_FEATURES];
	static double z[LEAK_ORDERS];

	ASSERT(half <= n && n <= LEAK_ORDERS);
	if (!learn(o, half, beta))
		return NAN;
	for (uint32_t i = half; i < n; i++) {
		features(&o[i], x);
		z[i] = 0;
		for (int a = 0; a < LEAK_FEATURES; a++)
			z[i] += beta[a] * x[a];
	}
	for (uint32_t i = half; i < n; i++)
		for (uint32_t j = half; o[i].ours && j < n; j++)
			if (!o[j].ours) {
				wins += z[i] > z[j] ? 1 : z[i] < z[j] ? 0 : 0.5;
				pairs++;
			}
	return pairs > 0 ? wins / pairs : NAN;
}

double leak_acf(const int8_t *sign, uint32_t n, uint32_t lag)
{
	double mean = 0, var = 0, cov = 0;

	if (n < lag + 2)
		return NAN;
	for (uint32_t i = 0; i < n; i++)
		mean += sign[i];
	mean /= n;
	for (uint32_t i = 0; i < n; i++) {
		var += (sign[i] - mean) * (sign[i] - mean);
		if (i >= lag)
			cov += (sign[i] - mean) * (sign[i - lag] - mean);
	}
	return var > 0 ? cov / var : NAN;
}

bool leak_acf_added(double added[LEAK_LAGS], const struct leak_order *o, uint32_t n)
{
	static int8_t all[LEAK_ORDERS], others[LEAK_ORDERS];
	uint32_t m = 0;
	bool ok = true;

	ASSERT(n <= LEAK_ORDERS);
	for (uint32_t i = 0; i < n; i++) {
		all[i] = o[i].sell ? -1 : 1;
		if (!o[i].ours)
			others[m++] = all[i];
	}
	for (uint32_t lag = 1; lag <= LEAK_LAGS; lag++) {
		added[lag - 1] = leak_acf(all, n, lag) - leak_acf(others, m, lag);
		ok = ok && !isnan(added[lag - 1]);
	}
	return ok;
}

static double plogp(double count, double n)
{
	return count > 0 ? -count / n * log2(count / n) : 0;
}

double leak_mutual(double *entropy, const uint8_t *x, uint32_t n_x, const bool *y, uint32_t n)
{
	double cell[256][2] = {{0}}, column[2] = {0}, hx = 0, hy = 0, hxy = 0;

	ASSERT(n_x <= 256);
	for (uint32_t i = 0; i < n; i++) {
		ASSERT(x[i] < n_x);
		cell[x[i]][y[i]]++;
		column[y[i]]++;
	}
	for (uint32_t k = 0; k < n_x; k++) {
		hx += plogp(cell[k][0] + cell[k][1], n);
		for (int b = 0; b < 2; b++)
			hxy += plogp(cell[k][b], n);
	}
	for (int b = 0; b < 2; b++)
		hy += plogp(column[b], n);
	*entropy = hy;
	return hx + hy - hxy;
}

double leak_next(const struct leak_order *o, uint32_t n, int64_t from_ms, int64_t to_ms)
{
	static uint8_t x[LEAK_BINS];
	static bool y[LEAK_BINS];
	struct prng r;
	uint32_t bins = (uint32_t)((to_ms - from_ms) / 1000), i = 0;
	int64_t last_ms = -1;
	double h, chance = 0;

	ASSERT(bins <= LEAK_BINS);
	for (uint32_t k = 0; k < bins; k++) {
		int64_t at = from_ms + (int64_t)k * 1000;

		for (; i < n && o[i].ms < at; i++)
			if (o[i].ours)
				last_ms = o[i].ms;
		x[k] = CLASSES - 1;
		if (last_ms >= 0 && (at - last_ms) / 1000 / CLASS_S < CLASSES - 1)
			x[k] = (uint8_t)((at - last_ms) / 1000 / CLASS_S);
		y[k] = false;
		for (uint32_t j = i; j < n && o[j].ms < at + 1000; j++)
			y[k] = y[k] || o[j].ours;
	}
	double told = leak_mutual(&h, x, CLASSES, y, bins);

	if (!(h > 0))
		return NAN;
	prng_seed(&r, (uint64_t)n);
	for (uint32_t t = 0; t < SHUFFLES; t++) {
		for (uint32_t k = bins; k-- > 1;) {
			uint32_t j = (uint32_t)prng_below(&r, k + 1);
			bool was = y[k];

			y[k] = y[j];
			y[j] = was;
		}
		chance += leak_mutual(&h, x, CLASSES, y, bins) / SHUFFLES;
	}
	return (told - chance) / h;
}
