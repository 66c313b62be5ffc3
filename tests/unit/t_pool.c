/* pool: distances by their meaning: move every leg and compare equity with maintenance. */
#include <math.h>

#include <stdio.h>

#include "base/prng.h"
#include "core/margin.h"
#include "core/pool.h"
#include "tests/run.h"

/* Equity less maintenance after BTC moves by x (signed), every leg by its beta. */
static double after(const struct pool_leg *l, int n, double equity, double x, double part)
{
	double m = 0;

	for (int i = 0; i < n; i++) {
		double to = fmax(0, 1 + l[i].beta * x); /* no price below zero */

		equity += l[i].notional * (to - 1);
		m += part * l[i].maint * to;
	}
	return equity - m;
}

TEST(distance_is_where_it_dies)
{
	struct prng r;
	int hits = 0;

	prng_seed(&r, test_seed);
	for (int k = 0; k < 5000; k++) {
		struct pool_leg l[4];
		int n = (int)prng_range(&r, 1, 4);
		double gross = 0, equity;
		struct pool_sum s;

		for (int i = 0; i < n; i++) {
			double v = (double)prng_range(&r, 1000, 1000000);

			l[i] = (struct pool_leg){.notional = prng_below(&r, 2) ? v : -v,
						 .maint = v / 40,
						 .beta = 1 + 4 * prng_unit(&r),
						 .sigma = 0.02};
			gross += v;
		}
		equity = gross * (0.03 + 0.3 * prng_unit(&r));
		s = pool_measure(l, n, equity, 0.015);
		CHECK_NEAR(s.gross, gross, 1e-6);
		if (!s.has_dies || s.dies == 0)
			continue;
		hits++;
		CHECK_NEAR(after(l, n, equity, -s.side * s.dies, 1) / gross, 0, 1e-9);
		if (s.backstop > s.dies)
			CHECK_NEAR(after(l, n, equity, -s.side * s.backstop, 2.0 / 3.0) / gross, 0,
				   1e-9);
		else
			CHECK_NEAR(s.backstop, s.dies, 0);
		CHECK(after(l, n, equity, -s.side * s.dies * 0.99, 1) > 0);
	}
	CHECK(hits > 3000);
}

/* Four legs, 110,929 of equity and 76,303 of maintenance: the book drawn in the screens. */
static const struct pool_leg book[4] = {
	{.notional = 1316291, .maint = 26325.82, .beta = 1.2, .sigma = 0.02244, .cost = 900},
	{.notional = 1840635, .maint = 23007.94, .beta = 1.0, .sigma = 0.01763, .cost = 1100},
	{.notional = 134130, .maint = 6706.5, .beta = 1.4, .sigma = 0.02778, .cost = 150},
	{.notional = -810513, .maint = 20262.83, .beta = 1.4, .sigma = 0.02511, .cost = 700},
};

TEST(drawn_book)
{
	struct pool_sum s = pool_measure(book, 4, 110929, 0.01763);

	CHECK_NEAR(s.maint, 76303, 1);
	CHECK_NEAR(s.free, 34626, 1);
	CHECK_NEAR(s.dies * 100, 1.45, 0.006);
	CHECK_NEAR(s.backstop * 100, 2.48, 0.03);
	CHECK(s.touch_s >= 12 * 60 && s.touch_s < 13 * 60);
	CHECK_NEAR(s.sigma_left, 0.75, 0.03);
	CHECK_INT(s.side, 1);
	CHECK(pool_helps(book, 4, 1, 110929, 0.01763) > pool_helps(book, 4, 3, 110929, 0.01763));
	CHECK_NEAR(pool_helps(book, 4, 3, 110929, 0.01763), 0.1,
		   0.05); /* frees margin, loses a hedge */
}

TEST(edges)
{
	struct pool_leg l = {.notional = 1000, .maint = 25, .beta = 1, .sigma = 0.01, .cost = 1};
	struct pool_leg s = {.notional = -1000, .maint = 25, .beta = 1, .sigma = 0.01, .cost = 1};
	struct pool_sum p;
	double share;

	p = pool_measure(&l, 1, 20, 0.01); /* under maintenance already */
	CHECK(p.has_dies);
	CHECK_NEAR(p.dies, 0, 0);
	CHECK_NEAR(p.backstop, (20 - 50.0 / 3) / (1000 - 50.0 / 3), 1e-12);
	p = pool_measure(&l, 1, 2000, 0.01); /* more equity than it can lose */
	CHECK(!p.has_dies);
	CHECK(p.touch_s >= POOL_NEVER);
	p = pool_measure(&s, 1, 2000, 0.01); /* a short can always lose more */
	CHECK(p.has_dies);
	CHECK_NEAR(p.dies, 1975.0 / 1025, 1e-12);
	p = pool_measure(&l, 0, 100, 0.01);
	CHECK(!p.has_dies);
	CHECK_NEAR(pool_beta(0.2), 1, 0);
	CHECK_NEAR(pool_beta(7), 5, 0);
	CHECK_NEAR(pool_beta(NAN), 1, 0);
	CHECK_NEAR(pool_beta_default("BTC"), 1, 0);
	CHECK_NEAR(pool_beta_default("SOL"), 2, 0);
	CHECK_NEAR(pool_beta_default("x:NEW"), 4, 0);
	/* a sale helps only while mark - fill + fee < equity / notional, and so does a purchase */
	p = pool_measure(&l, 1, 50, 0.01);
	CHECK(pool_even_share(&l, 1, 0, 50, &p, 1, &share));
	CHECK_NEAR(share, 0.05, 1e-12);
	p = pool_measure(&s, 1, 50, 0.01);
	CHECK(pool_even_share(&s, 1, 0, 50, &p, 0.2, &share));
	CHECK_NEAR(share, 0.05, 1e-12);
	CHECK_NEAR(pool_zero_price(&l, 50, 100), 95, 1e-9);
	CHECK_NEAR(pool_zero_price(&s, 50, 100), 105, 1e-9);
}

/* ---- tiers, against brute force ---- */

enum { BRUTE_LEGS = 12 };
struct brute {
	int n;
	double equity;
	struct instr in[BRUTE_LEGS];
	struct pool_leg leg[BRUTE_LEGS];
};

/* Maintenance by the venue's integers, not by the code under test. */
static double venue_maint(const struct instr *i, double notional)
{
	struct money v = {0}, m = {0};

	if (!money_from_double(&v, notional) || !margin_maintenance(&m, i, v))
		return NAN;
	return money_to_double(m);
}

static void random_tiers(struct prng *r, struct instr *in, double notional)
{
	int top = (int)prng_range(r, 2, 50);

	in->n_tiers = (uint8_t)prng_range(r, 1, 4);
	for (int k = 0; k < in->n_tiers; k++) {
		/* corners near the position, so that moves cross them */
		double lower = k ? notional * (0.2 + 0.5 * k * prng_unit(r) + 0.2 * k) : 0;

		in->tiers[k].lower.v = (int64_t)(lower * 1e8);
		if (k && in->tiers[k].lower.v <= in->tiers[k - 1].lower.v)
			in->tiers[k].lower.v = in->tiers[k - 1].lower.v + 100000000;
		in->tiers[k].max_leverage = top / (1 << k) > 0 ? top / (1 << k) : 1;
	}
	in->max_leverage = in->tiers[0].max_leverage;
}

static void random_pool(struct prng *r, struct brute *b)
{
	double gross = 0;

	*b = (struct brute){.n = (int)prng_range(r, 1, BRUTE_LEGS)};
	for (int i = 0; i < b->n; i++) {
		double v = (double)prng_range(r, 100, 3000000);
		struct pool_leg *l = &b->leg[i];

		random_tiers(r, &b->in[i], v);
		*l = (struct pool_leg){.notional = prng_below(r, 3) ? v : -v,
				       .maint = venue_maint(&b->in[i], v),
				       .beta = 1 + 4 * prng_unit(r),
				       .sigma = 0.05 * prng_unit(r),
				       .cost = v * 0.002 * prng_unit(r),
				       .tiers = b->in[i].tiers,
				       .n_tiers = b->in[i].n_tiers};
		gross += v;
	}
	b->equity = gross * 0.6 * prng_unit(r) * prng_unit(r);
}

/* Equity less a part of maintenance after BTC moved by x. */
static double truth(const struct brute *b, double x, double part)
{
	double f = b->equity;

	for (int i = 0; i < b->n; i++) {
		double to = 1 + b->leg[i].beta * x, v = fabs(b->leg[i].notional);

		if (to < 0)
			to = 0;
		f += b->leg[i].notional * (to - 1) - part * venue_maint(&b->in[i], v * to);
	}
	return f;
}

/* First crossing by a scan and a bisection; INFINITY: none within `far`. */
static double search(const struct brute *b, int dir, double part, double far, int steps)
{
	double lo = 0, hi;

	if (truth(b, 0, part) <= 0)
		return 0;
	for (int k = 1;; k++) {
		if (k > steps)
			return INFINITY;
		hi = far * k / steps;
		if (truth(b, dir * hi, part) <= 0)
			break;
		lo = hi;
	}
	for (int k = 0; k < 60; k++) {
		double mid = (lo + hi) / 2;

		if (truth(b, dir * mid, part) <= 0)
			hi = mid;
		else
			lo = mid;
	}
	return hi;
}

static double gross_of(const struct brute *b)
{
	double g = 0;

	for (int i = 0; i < b->n; i++)
		g += fabs(b->leg[i].notional);
	return g;
}

/* The scan may step over two crossings within one step: then the walk must be the nearer. */
static void check_distance(const struct brute *b, double got, double want, int dir, double part)
{
	if (got >= POOL_NEVER) {
		CHECK(!(want < INFINITY));
	} else if (fabs(got - want) > 1e-6 * (1 + got)) {
		CHECK(got < want);
		CHECK_NEAR(truth(b, dir * got, part) / gross_of(b), 0, 1e-9);
	}
}

TEST(tiers_against_brute_force)
{
	struct prng r;
	int down = 0, up = 0, both = 0, none = 0, corner = 0;

	prng_seed(&r, test_seed);
	for (int k = 0; k < 4000; k++) {
		struct brute b;
		struct pool_sum s;
		double d, u;

		random_pool(&r, &b);
		s = pool_measure(b.leg, b.n, b.equity, 0.015);
		d = search(&b, -1, 1, 1, 400);
		u = search(&b, 1, 1, 40, 4000);
		check_distance(&b, s.down, d, -1, 1);
		if (s.up < 40)
			check_distance(&b, s.up, u, 1, 1);
		down += s.down < POOL_NEVER;
		up += s.up < POOL_NEVER;
		both += s.down < POOL_NEVER && s.up < POOL_NEVER;
		none += !s.has_dies;
		CHECK_NEAR(s.dies, s.has_dies ? fmin(s.down, s.up) : 0, 0);
		if (s.has_dies && s.dies > 0) { /* how often the linear form would be wrong */
			double line = s.free / (fabs(s.net_beta) - s.side * s.maint_beta);

			corner += fabs(line - s.dies) > 0.01 * s.dies;
			CHECK(truth(&b, -s.side * s.dies * 0.999, 1) > 0);
		}
		if (s.has_zero && s.zero > s.dies && s.zero < 1)
			check_distance(&b, s.zero, search(&b, -s.side, 0, 1, 400), -s.side, 0);
		if (s.backstop > s.dies && s.backstop < 1)
			check_distance(&b, s.backstop, search(&b, -s.side, 2.0 / 3, 1, 400),
				       -s.side, 2.0 / 3);
	}
	printf("  %d die on a fall, %d on a rise, %d both, %d neither; linear wrong in %d\n", down,
	       up, both, none, corner);
	CHECK(down > 1000 && up > 1000 && both > 100 && none > 20 && corner > 500);
}

TEST(left_lowest_and_add_against_brute_force)
{
	struct prng r;

	prng_seed(&r, test_seed + 1);
	for (int k = 0; k < 2000; k++) {
		struct brute b;
		double x, least = INFINITY, got, g, add;

		random_pool(&r, &b);
		g = gross_of(&b);
		x = 0.6 * prng_unit(&r) * (prng_below(&r, 2) ? 1 : -1);
		CHECK_NEAR(pool_left(b.leg, b.n, b.equity, x, 1) / g, truth(&b, x, 1) / g, 1e-9);
		for (int i = 0; i <= 500; i++)
			least = fmin(least, truth(&b, x * i / 500, 1));
		got = pool_lowest(b.leg, b.n, b.equity, x, 1);
		CHECK(got <= least + 1e-6 * g);
		CHECK(got >= least - 0.02 * g);
		add = pool_add(b.leg, b.n, b.equity, x);
		CHECK_NEAR(add, got < 0 ? -got : 0, 1e-9 * g);
		b.equity += add; /* and with it the pool is there, not further */
		CHECK_NEAR(fmin(pool_lowest(b.leg, b.n, b.equity, x, 1), 0) / g, 0, 1e-9);
	}
}

TEST(cut_and_even_share_against_brute_force)
{
	struct prng r;
	int cuts = 0, evens = 0, never = 0;

	prng_seed(&r, test_seed + 2);
	for (int k = 0; k < 1500; k++) {
		struct brute b, c;
		double x = -0.1 * prng_unit(&r), share = 0.03 * prng_unit(&r), part, even;
		int leg;
		struct pool_sum s;

		random_pool(&r, &b);
		leg = (int)prng_below(&r, (uint64_t)b.n);
		c = b;
		if (pool_cut(b.leg, b.n, leg, b.equity, x, share, &part)) {
			cuts += part > 0;
			c.leg[leg].notional *= 1 - part;
			c.equity -= share * part * fabs(b.leg[leg].notional);
			CHECK(truth(&c, x, 1) >= -1e-6 * gross_of(&b));
			if (part > 0) {
				CHECK_NEAR(truth(&c, x, 1) / gross_of(&b), 0, 1e-8);
				c.leg[leg].notional = b.leg[leg].notional * (1 - part * 0.98);
				c.equity =
					b.equity - share * part * 0.98 * fabs(b.leg[leg].notional);
				CHECK(truth(&c, x, 1) <= 0);
			}
		} else {
			never++;
			for (int i = 0; i <= 200; i++) {
				double p = i / 200.0;

				c.leg[leg].notional = b.leg[leg].notional * (1 - p);
				c.equity = b.equity - share * p * fabs(b.leg[leg].notional);
				CHECK(truth(&c, x, 1) < 0);
			}
		}
		/* at the even share the pool dies where it died; a little dearer, sooner */
		s = pool_measure(b.leg, b.n, b.equity, 0.01);
		if (!s.has_dies || s.free <= 0 ||
		    !pool_even_share(b.leg, b.n, leg, b.equity, &s, 0.3, &even))
			continue;
		evens++;
		c = b;
		c.leg[leg].notional *= 0.7;
		c.equity -= even * 0.3 * fabs(b.leg[leg].notional);
		CHECK_NEAR(truth(&c, -s.side * s.dies, 1) / gross_of(&b), 0, 1e-8);
		c.equity -= 0.001 * 0.3 * fabs(b.leg[leg].notional);
		CHECK(truth(&c, -s.side * s.dies, 1) < 0);
	}
	printf("  %d cuts, %d impossible, %d even shares\n", cuts, never, evens);
	CHECK(cuts > 100 && evens > 800 && never > 100);
}

/* ---- situations.md 1.1: 20 BTC at 112,000, 40x, alone in the pool ---- */

static const struct margin_tier flat40[] = {{{0}, 40}};

static struct pool_leg btc_at(double coins, double mark)
{
	struct pool_leg l = {.notional = coins * mark,
			     .beta = 1,
			     .sigma = 0.00641, /* 60 % a year */
			     .tiers = flat40,
			     .n_tiers = 1};

	l.maint = pool_maint(&l, coins * mark);
	return l;
}

TEST(situation_1_1)
{
	struct pool_leg l = btc_at(20, 112000);
	const double equity = 54544, notional = 2240000;
	struct pool_sum s = pool_measure(&l, 1, equity, 0.00641);
	double share;
	static const struct {
		double below, btc, usd; /* share of mark, fee in; table */
	} row[] = {{0.0005, 8.5, 478}, {0.00545, 9.7, 5917}, {0.01545, 13.3, 23061}};

	CHECK_NEAR(s.maint, 28000, 1e-6);
	CHECK_NEAR(equity / notional, 0.02435, 1e-9);
	CHECK_NEAR(112000 * (1 - s.dies), 110656, 0.01);
	CHECK_NEAR(s.dies * 100, 1.2, 1e-9);
	CHECK_NEAR(s.backstop * 100, 1.615, 0.0006);
	CHECK(s.has_zero);
	CHECK_NEAR(s.zero * 100, 2.435, 0.0001);
	CHECK_NEAR((s.backstop - s.dies) * 100, 0.42, 0.006);
	CHECK_NEAR(s.touch_s / 60, 78, 2.5); /* at 60 % */
	l.sigma = 0.00641 * 150 / 60;
	CHECK_NEAR(pool_measure(&l, 1, equity, l.sigma).touch_s / 60, 12.5, 0.5);
	l.sigma = 0.00641 * 5;
	CHECK_NEAR(pool_measure(&l, 1, equity, l.sigma).touch_s / 60, 3.1, 0.2);
	/* the trim table, to a cushion of 3 % */
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		double part;

		REQUIRE(pool_cut(&l, 1, 0, equity, -0.03, row[i].below, &part));
		CHECK_NEAR(part * 20, row[i].btc, 0.05);
		CHECK_NEAR(part * notional * row[i].below, row[i].usd, 0.5);
	}
	for (double below = 0.024 + 0.00045; below < 0.2; below += 0.01) {
		double part = 0;

		CHECK(!pool_cut(&l, 1, 0, equity, -0.03, below, &part));
	}
	CHECK_NEAR(pool_add(&l, 1, equity, -0.03), 39816, 0.5);
	/* break-even: 2.435 % below the mark, whatever part is sold */
	CHECK(pool_even_share(&l, 1, 0, equity, &s, 0.5, &share));
	CHECK_NEAR(share, equity / notional, 1e-9);
	/* selling half at 3 % under the mark moves the distance from 1.2 % to 0.63 % */
	l = btc_at(10, 112000);
	CHECK_NEAR(pool_measure(&l, 1, equity - 10 * 112000 * 0.03, 0.01).dies * 100, 0.63, 0.01);
}

TEST(situation_1_1_partial_liquidation)
{
	const double liq = 110656, equity = 54544 - 20 * (112000 - liq);
	struct pool_leg l = btc_at(16, liq);
	double after = equity - 4 * liq * (0.003 + 0.00045), part;

	CHECK_NEAR(equity, 20 * liq * 0.0125, 0.01); /* at maintenance */
	CHECK_NEAR(after, 26137, 0.5);
	CHECK_NEAR(pool_measure(&l, 1, after, 0.01).dies * 100, 0.23, 0.002);
	/* to 3 % again, 0.1 % under the mark and the fee: 10.8 of 16, or 48 k */
	REQUIRE(pool_cut(&l, 1, 0, after, -0.03, 0.001 + 0.00045, &part));
	CHECK_NEAR(part * 16, 10.8, 0.05);
	CHECK_NEAR(pool_add(&l, 1, after, -0.03), 48445, 20);
}

/* ---- situations.md 1.2: five legs, one of them eats the margin ---- */

static const struct {
	double notional, leverage, beta, alone; /* the venue's own distance, % */
} five[5] = {{672000, 40, 1, 7.1},
	     {410000, 25, 1.4, 11.7},
	     {300000, 20, 1.8, 16},
	     {-180000, 10, 2, 24.8},
	     {600000, 3, 4, 9.4}};

/* The pool with keep[] of each leg. */
static int five_legs(struct pool_leg *out, struct margin_tier *tiers, const double *keep)
{
	int n = 0;

	for (int i = 0; i < 5; i++) {
		struct pool_leg *l = &out[n];

		tiers[i] = (struct margin_tier){{0}, (int32_t)five[i].leverage};
		*l = (struct pool_leg){.notional = five[i].notional * keep[i],
				       .beta = five[i].beta,
				       .tiers = &tiers[i],
				       .n_tiers = 1};
		l->maint = pool_maint(l, fabs(l->notional));
		n += keep[i] > 0;
	}
	return n;
}

TEST(situation_1_2)
{
	static const struct {
		double keep[5], cost, buffer, dies;
	} row[] = {
		{{1, 1, 1, 1, 1}, 0, 46900, 1.39},	  {{0, 1, 1, 1, 1}, 437, 54863, 2.02},
		{{0, 0, 0, 1, 1}, 964, 70036, 4.32},	  {{1, 1, 1, 0, 1}, 270, 55630, 1.48},
		{{1, 1, 1, 1, 0.75}, 1537, 70363, 2.45},  {{1, 1, 1, 1, 0.5}, 4292, 92608, 3.90},
		{{1, 1, 1, 1, 0.25}, 7839, 114061, 6.08},
	};
	struct pool_leg l[5];
	struct margin_tier tiers[5];

	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		double equity = 180000 - row[i].cost;
		int n = five_legs(l, tiers, row[i].keep);
		struct pool_sum s = pool_measure(l, n, equity, 0.01);

		CHECK_NEAR(s.free, row[i].buffer, 1);
		CHECK(s.has_dies);
		CHECK_INT(s.side, 1);
		CHECK_NEAR(s.dies * 100, row[i].dies, 0.006);
		if (i)
			continue;
		CHECK_NEAR(s.maint, 133100, 0.5);
		CHECK_NEAR(l[4].maint / s.maint, 0.75, 0.002);
		for (int k = 0; k < 5; k++) { /* one coin alone */
			double m = 0.5 / five[k].leverage, n_k = l[k].notional;
			double x = s.free / (fabs(n_k) * (n_k > 0 ? 1 - m : 1 + m));

			CHECK_NEAR(x * 100, five[k].alone, 0.06);
		}
	}
}

TEST(sorting)
{
	struct pool_key k[4] = {{false, 0, 0}, {true, 0.5, 1}, {true, 0.1, 2}, {true, 0.5, 0}};

	pool_sort(k, 4);
	CHECK_INT(k[0].place, 2);
	CHECK_INT(k[1].place, 0);
	CHECK_INT(k[2].place, 1);
	CHECK(!k[3].has);
}

TEST_MAIN(T(distance_is_where_it_dies), T(drawn_book), T(edges), T(tiers_against_brute_force),
	  T(left_lowest_and_add_against_brute_force), T(cut_and_even_share_against_brute_force),
	  T(situation_1_1), T(situation_1_1_partial_liquidation), T(situation_1_2), T(sorting))
