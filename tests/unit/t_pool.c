/* pool: distances by their meaning: move every leg and compare equity with maintenance. */
#include <math.h>

#include "base/prng.h"
#include "core/pool.h"
#include "tests/run.h"

/* Equity less maintenance after BTC moves by x (signed), every leg by its beta. */
static double after(const struct pool_leg *l, int n, double equity, double x, double part)
{
	double m = 0;

	for (int i = 0; i < n; i++) {
		equity += l[i].notional * l[i].beta * x;
		m += part * l[i].maint * (1 + l[i].beta * x);
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
	{1316291, 26325.82, 1.2, 0.02244, 900},
	{1840635, 23007.94, 1.0, 0.01763, 1100},
	{134130, 6706.5, 1.4, 0.02778, 150},
	{-810513, 20262.83, 1.4, 0.02511, 700},
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
	struct pool_leg l = {1000, 25, 1, 0.01, 1}, s = {-1000, 25, 1, 0.01, 1};
	struct pool_sum p;

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
	/* a sale at a fill helps only while mark - fill + fee < equity / notional */
	CHECK_NEAR(pool_break_even(&l, 1, 0, 50, 100, 0.001), 100 * (1 - 0.05 + 0.001), 1e-9);
	CHECK_NEAR(pool_break_even(&s, 1, 0, 50, 100, 0.001), 100 * (1 + 0.05 - 0.001), 1e-9);
	CHECK_NEAR(pool_zero_price(&l, 50, 100), 95, 1e-9);
	CHECK_NEAR(pool_zero_price(&s, 50, 100), 105, 1e-9);
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

TEST_MAIN(T(distance_is_where_it_dies), T(drawn_book), T(edges), T(sorting))
