/* trim: the cut of the emergency sheet beside the convex problem (plan/trim_convex.h): its bound
 * holds against every cut that can be, and the cut lies near it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/prng.h"
#include "plan/sheet.h"
#include "plan/sheet_inner.h"
#include "tests/run.h"

static struct sheet_in in;
static struct sheet out;
static struct book fine[SHEET_LEGS], deep[SHEET_LEGS];
static struct margin_tier tiers[SHEET_LEGS][3];

static struct price px(double x)
{
	struct price p = {0};

	price_from_double(&p, x, ROUND_HALF_AWAY);
	return p;
}

/* 20 levels, and behind them what an aggregated book shows: the same coins by buckets of 10 bp, at
 * the far edge of each. */
static void fill_books(struct book *b, struct book *d, struct prng *r, double mark, double value)
{
	double step = 1e-4 * exp(2.5 * prng_unit(r)), off = step * prng_unit(r), edge = 1e-3;
	double sum = 0;

	*b = (struct book){.n_bid = BOOK_LEVELS, .n_ask = BOOK_LEVELS};
	*d = (struct book){0};
	for (int i = 0; d->n_bid < BOOK_LEVELS; i++, off += step * (0.2 + 2 * prng_unit(r))) {
		double q = value / mark / 40 * (0.1 + 2 * prng_unit(r));
		struct qty sz = {0};

		for (; off > edge && d->n_bid < BOOK_LEVELS; edge += 1e-3) {
			qty_from_double(&sz, sum + 1e-8);
			d->bid[d->n_bid++] = (struct level){px(mark * (1 - edge)), sz, 1};
			d->ask[d->n_ask++] = (struct level){px(mark * (1 + edge)), sz, 1};
			sum = 0;
		}
		sum += q;
		if (i >= BOOK_LEVELS)
			continue;
		qty_from_double(&sz, q);
		b->bid[i] = (struct level){px(mark * (1 - off)), sz, 1};
		b->ask[i] = (struct level){px(mark * (1 + off)), sz, 1};
	}
}

/* One cross pool; every leg with a book, a third with an aggregated one behind it, some of three
 * tiers, `shorts` of ten short. */
static void pool(struct prng *r, uint32_t n, uint32_t shorts, double ratio)
{
	double gross = 0;

	memset(&in, 0, sizeof in);
	in.n_pools = 1;
	in.sigma_btc = 0.007;
	in.n_legs = n;
	in.pool[0] = (struct sheet_pool_in){.name = "CROSS", .has_equity = true, .n = (uint16_t)n};
	for (uint32_t k = 0; k < n; k++) {
		struct sheet_leg_in *l = &in.leg[k];
		double mark = exp(8 * prng_unit(r)), value = 2e4 * exp(3 * prng_unit(r));
		int top = (int)prng_range(r, 5, 40);

		*l = (struct sheet_leg_in){.wanted = true,
					   .instr = (uint16_t)k,
					   .mark = px(mark),
					   .book = &fine[k],
					   .sz_decimals = 5,
					   .px_decimals = 1,
					   .max_leverage = top,
					   .tiers = tiers[k],
					   .n_tiers = (uint8_t)prng_range(r, 1, 3),
					   .beta = 1 + 3 * prng_unit(r) * prng_unit(r),
					   .sigma_hour = 0.02 * prng_unit(r),
					   .fee = 0.00045};
		snprintf(l->coin, sizeof l->coin, "C%u", k);
		qty_from_double(&l->szi,
				(prng_below(r, 10) < shorts ? -value : value) / mark + 1e-9);
		for (int i = 0; i < 3; i++) {
			tiers[k][i].lower.v = (int64_t)(i * 0.4 * value) * 100000000;
			tiers[k][i].max_leverage = top >> i > 0 ? top >> i : 1;
		}
		fill_books(&fine[k], &deep[k], r, mark, value);
		if (prng_below(r, 3) == 0)
			l->deep = &deep[k];
		gross += value;
	}
	in.pool[0].equity = gross * ratio;
}

struct state {
	double cost, missed, net_beta;
};

/* The pool with cut[k] coins sold of each leg, by the sheet's own prices. */
static void cut(const double *coins, struct state *s)
{
	static struct sheet_work w;
	struct pool_leg legs[SHEET_LEGS];
	struct pool_sum sum;
	int n = 0;

	*s = (struct state){0};
	w = (struct sheet_work){.in = &in, .shock = 0.05, .sigmas = in.sigmas >= 0 ? 3 : 0};
	for (uint32_t k = 0; k < in.n_legs; k++) {
		const struct sheet_leg_in *l = &in.leg[k];
		double held = qty_to_double(leg_held(l)), mark = price_to_double(l->mark);
		struct pool_leg g = {.beta = l->beta,
				     .sigma = l->sigma_hour,
				     .tiers = l->tiers,
				     .n_tiers = l->n_tiers};
		struct curve c;

		if (coins[k] > 0) {
			curve_make(&c, l, coins[k]);
			s->cost += curve_take(&c, 0, coins[k]).cost;
		}
		g.notional = (leg_long(l) ? 1 : -1) * (held - coins[k]) * mark;
		s->net_beta += g.notional * g.beta;
		g.maint = pool_maint(&g, fabs(g.notional));
		if (g.notional != 0)
			legs[n++] = g;
	}
	sum = pool_measure(legs, n, in.pool[0].equity - s->cost, in.sigma_btc);
	s->missed = cushion_missed(&w, legs, n, in.pool[0].equity - s->cost, sum.sd);
}

/* No cut on the 5 % grid, and none at random, reaches the cushion for less than the bound. */
TEST(bound_holds_against_brute_force)
{
	struct prng r;
	int seen = 0, exact = 0, hedged = 0;
	double worst = 0, mean = 0, tight = 0;

	prng_seed(&r, test_seed);
	for (int k = 0; k < 250; k++) {
		const struct sheet_line *t = &out.line[SHEET_TRIM];
		double held[3], coins[3], best = INFINITY, nb;
		uint32_t shorts = (uint32_t)prng_below(&r, 2) * 4;
		struct state s, now;

		pool(&r, 3, shorts, 0.05 + 0.1 * prng_unit(&r));
		in.sigmas = prng_below(&r, 2) ? -1 : 0;
		sheet_make(&in, &out);
		if (!t->offered || !t->enough || !t->bounded)
			continue;
		for (int i = 0; i < 3; i++)
			held[i] = qty_to_double(leg_held(&in.leg[i]));
		cut((double[3]){0}, &now);
		nb = fabs(now.net_beta) * (1 + 1e-9);
		for (int q = 0; q < 21 * 21 * 21 + 4000; q++) {
			bool grid = q < 21 * 21 * 21;

			for (int i = 0, at = q; i < 3; i++, at /= 21)
				coins[i] = held[i] *
					   (grid ? at % 21 / 20.0 : fmin(1, 1.2 * prng_unit(&r)));
			cut(coins, &s);
			if (s.missed > 0 || fabs(s.net_beta) > nb)
				continue;
			CHECK(s.cost >= t->least - 1e-6 * (1 + fabs(t->least)));
			if (grid && s.cost < best)
				best = s.cost;
		}
		CHECK(t->cost >= t->least - 1e-6 * (1 + fabs(t->least)));
		if (!(best < INFINITY))
			continue;
		double scale = fmax(best, 2e-4 * t->notional), gap = (t->cost - best) / scale;

		seen++;
		hedged += shorts > 0;
		exact += gap <= 1e-4;
		mean += gap;
		worst = fmax(worst, gap);
		tight += (best - t->least) / scale;
	}
	printf("  %d pools of three (%d hedged): the least of the grid in %d, %.2f %% above it on "
	       "average, %.1f %% at most; the bound %.1f %% below the grid\n",
	       seen, hedged, exact, mean / seen * 100, worst * 100, tight / seen * 100);
	CHECK(seen > 100 && hedged > 30);
	CHECK(exact >= seen * 2 / 3 && mean / seen < 0.02 && worst < 0.4);
	CHECK(tight / seen < 0.15);
}

/* Larger pools: only the bound is there to compare with. */
/* Behind two levels the book is known in buckets of a dollar: a bucket's best price is its edge,
 * which is no place to measure from. Both sides. */
TEST(buckets_are_behind_the_touch)
{
	struct book f = {.n_bid = 2, .n_ask = 2}, b = {.n_bid = 2, .n_ask = 2};
	const double want[] = {10, 60},
		     cost[] = {0.01 + 0.02 + 8 * 0.51, 0.01 + 0.02 + 48 * 0.51 + 10 * 1.5};
	const double at[] = {0.01, 0.02, 1, 2}, coins[] = {1, 1, 50, 100};

	for (int k = 0; k < 4; k++) {
		struct level lo = {.n = 1}, hi = {.n = 1};

		price_from_double(&lo.px, 100 - at[k], ROUND_HALF_AWAY);
		price_from_double(&hi.px, 100 + at[k], ROUND_HALF_AWAY);
		qty_from_double(&lo.sz, coins[k] + 1e-9);
		hi.sz = lo.sz;
		(k < 2 ? f.bid : b.bid)[k % 2] = lo;
		(k < 2 ? f.ask : b.ask)[k % 2] = hi;
	}
	for (int k = 0; k < 4; k++) {
		struct sheet_leg_in l = {.book = &f, .deep = &b, .max_leverage = 40};
		struct curve c;

		price_from_double(&l.mark, 100, ROUND_HALF_AWAY);
		qty_from_double(&l.szi, k < 2 ? 1000 : -1000);
		curve_make(&c, &l, want[k % 2]);
		CHECK_NEAR(curve_take(&c, 0, want[k % 2]).cost, cost[k % 2], 1e-6);
		CHECK_NEAR(c.depth, 150, 1e-6);
	}
}

TEST(gap_of_larger_pools)
{
	static const uint32_t legs[] = {5, 12, 32};

	for (int c = 0; c < 3; c++) {
		struct prng r;
		int seen = 0;
		double mean = 0, worst = 0;

		prng_seed(&r, test_seed + (uint64_t)c);
		for (int k = 0; k < 200; k++) {
			const struct sheet_line *t = &out.line[SHEET_TRIM];
			double coins[SHEET_LEGS] = {0}, gap;
			struct state s, now;

			pool(&r, legs[c], (uint32_t)prng_below(&r, 3) * 2,
			     0.05 + 0.1 * prng_unit(&r));
			in.sigmas = prng_below(&r, 2) ? -1 : 0;
			sheet_make(&in, &out);
			if (!t->offered || !t->enough || !t->bounded)
				continue;
			cut(coins, &now);
			for (uint32_t i = 0; i < t->n; i++)
				coins[t->leg[i].leg] = qty_to_double(t->leg[i].size);
			cut(coins, &s);
			CHECK_NEAR(s.cost, t->cost, 1e-6 * (1 + fabs(s.cost)));
			CHECK(s.missed <= 1e-6);
			CHECK(fabs(s.net_beta) <= fabs(now.net_beta) + 1e-3 * legs[c]);
			gap = (t->cost - t->least) / fmax(t->cost, 2e-4 * t->notional);
			CHECK(gap > -1e-6);
			seen++;
			mean += gap;
			worst = fmax(worst, gap);
		}
		printf("  %2u legs, %d pools: %.1f %% above the bound on average, %.1f %% at "
		       "most\n",
		       legs[c], seen, mean / seen * 100, worst * 100);
		CHECK(seen > 60 && mean / seen < 0.08);
	}
}

TEST_MAIN(T(bound_holds_against_brute_force), T(gap_of_larger_pools),
	  T(buckets_are_behind_the_touch))
