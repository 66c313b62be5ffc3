/* bench_sheet: the whole emergency sheet, five verbs, of 5 pools with 20 legs each that all need a
 * cut, with tiers and 20-level books. Bar: 2 ms, for it is made again on every change. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/prng.h"
#include "plan/sheet.h"

enum { REPEATS = 200, BAR_US = 2000 };

static struct sheet_in in;
static struct sheet out;
static struct book books[SHEET_LEGS];
static struct margin_tier tiers[SHEET_LEGS][3];

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static struct price px(double x)
{
	struct price p = {0};

	price_from_double(&p, x, ROUND_HALF_AWAY);
	return p;
}

static double fill_leg(struct prng *r, uint32_t k, bool is_short)
{
	struct sheet_leg_in *l = &in.leg[k];
	double mark = exp(1 + 10 * prng_unit(r)), value = 20000 + 400000 * prng_unit(r);
	int top = (int)prng_range(r, 5, 40);

	*l = (struct sheet_leg_in){.wanted = true,
				   .instr = (uint16_t)k,
				   .mark = px(mark),
				   .book = &books[k],
				   .sz_decimals = 4,
				   .px_decimals = 2,
				   .max_leverage = top,
				   .tiers = tiers[k],
				   .n_tiers = 3,
				   .beta = 1 + 3 * prng_unit(r),
				   .sigma_hour = 0.02,
				   .fee = 0.00045};
	snprintf(l->coin, sizeof l->coin, "C%u", k);
	qty_from_double(&l->szi, (is_short ? -value : value) / mark);
	for (int i = 0; i < 3; i++) {
		tiers[k][i].lower.v = (int64_t)(i * 0.6 * value) * 100000000;
		tiers[k][i].max_leverage = top >> i > 0 ? top >> i : 1;
	}
	books[k].n_bid = books[k].n_ask = BOOK_LEVELS;
	for (int i = 0; i < BOOK_LEVELS; i++) {
		double q = value / mark / 25 * (0.5 + prng_unit(r));
		struct qty sz = {0};

		qty_from_double(&sz, q);
		books[k].bid[i] = (struct level){px(mark * (1 - 2e-4 * (i + 1))), sz, 1};
		books[k].ask[i] = (struct level){px(mark * (1 + 2e-4 * (i + 1))), sz, 1};
	}
	return value;
}

static void problem(struct prng *r, uint32_t pools, uint32_t legs, uint32_t hedges)
{
	memset(&in, 0, sizeof in);
	in.n_pools = pools;
	in.sigma_btc = 0.01;
	for (uint32_t p = 0; p < pools; p++) {
		double gross = 0;

		in.pool[p].first = (uint16_t)in.n_legs;
		in.pool[p].n = (uint16_t)legs;
		in.pool[p].has_equity = true;
		for (uint32_t k = 0; k < legs; k++)
			gross += fill_leg(r, in.n_legs++, hedges && k % hedges == 0);
		in.pool[p].equity = gross * 0.12;
	}
}

static int report(const char *what, double *us, double bar)
{
	qsort(us, REPEATS, sizeof *us, by_value);
	printf("%-40s median %8.1f us  p99 %8.1f us", what, us[REPEATS / 2],
	       us[REPEATS * 99 / 100]);
	if (bar > 0)
		printf("  bar %.0f us, ratio %.2f", bar, us[REPEATS / 2] / bar);
	printf("\n");
	return bar > 0 && us[REPEATS / 2] > bar;
}

static double sink, cuts;

static int run(const char *what, uint32_t pools, uint32_t legs, uint32_t hedges, double bar)
{
	double us[REPEATS];
	struct prng r;

	prng_seed(&r, 1);
	for (int k = 0; k < REPEATS; k++) {
		double t0;

		problem(&r, pools, legs, hedges);
		t0 = now_us();
		sheet_make(&in, &out);
		us[k] = now_us() - t0;
		sink += out.line[SHEET_TRIM].cost + out.dies_pct;
		cuts += out.line[SHEET_TRIM].n;
	}
	return report(what, us, bar);
}

int main(void)
{
	int bad = run("sheet, 5 pools of 20 legs, all long", 5, 20, 0, BAR_US);

	bad |= run("sheet, 5 pools of 20 legs, a third short", 5, 20, 3, BAR_US);
	run("sheet, one pool of 128 legs", 1, 128, 4, 0);
	run("sheet, 1 pool of 4 legs", 1, 4, 3, 0);
	if (cuts < 1000) {
		printf("hardly a leg was cut: nothing is measured\n");
		bad = 1;
	}
	return bad || !isfinite(sink);
}
