/* Covariance by factors and the band of exposures, against brute force and by hand. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "plan/multi.h"
#include "tests/run.h"

/* A perpetual, a call and a put on the same coin: price and volatility move them. */
static struct multi_factors a_book(void)
{
	return (struct multi_factors){.legs = 3,
				      .factors = 2,
				      .f = {1, 0.55, -0.45, 0, 12, 11},
				      .s = {900, -6, -6, 0.25},
				      .d = {1, 4, 4}};
}

TEST(by_hand)
{
	struct multi_factors f = a_book();
	double c[9];
	struct err e = {0};
	REQUIRE(multi_factor_cov(&f, c, &e));
	CHECK_NEAR(c[0], 900 + 1, 1e-12);
	/* cov(perp, call) = 0.55 x 900 + 12 x -6 */
	CHECK_NEAR(c[1], 495 - 72, 1e-12);
	/* var(call) = 0.55^2 900 + 2 x 0.55 x 12 x -6 + 144 x 0.25 + 4 */
	CHECK_NEAR(c[4], 272.25 - 79.2 + 36 + 4, 1e-12);
	CHECK_NEAR(c[5], -0.2475 * 900 + (0.55 * 11 - 0.45 * 12) * -6 + 132 * 0.25, 1e-12);
	CHECK(c[1] >= c[3] && c[1] <= c[3]);
}

TEST(as_a_sum_of_shocks)
{
	struct prng r;
	prng_seed(&r, test_seed);
	for (int round = 0; round < 200; round++) {
		struct multi_factors f = {.legs = 1 + (uint32_t)prng_below(&r, MULTI_LEGS),
					  .factors = 1 + (uint32_t)prng_below(&r, 4)};
		static double c[MULTI_LEGS * MULTI_LEGS], b[16];
		struct err e = {0};
		uint32_t m = f.legs, k = f.factors;
		for (uint32_t i = 0; i < k * m; i++)
			f.f[i] = 2 * prng_unit(&r) - 1;
		for (uint32_t i = 0; i < m; i++)
			f.d[i] = 0.1 * prng_unit(&r);
		/* S = B B' + 0.1 */
		for (uint32_t i = 0; i < k * k; i++)
			b[i] = 2 * prng_unit(&r) - 1;
		for (uint32_t i = 0; i < k; i++)
			for (uint32_t j = 0; j < k; j++) {
				f.s[i * k + j] = i == j ? 0.1 : 0;
				for (uint32_t l = 0; l < k; l++)
					f.s[i * k + j] += b[i * k + l] * b[j * k + l];
			}
		REQUIRE(multi_factor_cov(&f, c, &e));
		/* x'Cx is the variance of the book's exposures and of each leg's own */
		double x[MULTI_LEGS], net[4] = {0}, want = 0, got = 0;
		for (uint32_t i = 0; i < m; i++) {
			x[i] = 2 * prng_unit(&r) - 1;
			want += f.d[i] * x[i] * x[i];
			for (uint32_t a = 0; a < k; a++)
				net[a] += f.f[a * m + i] * x[i];
		}
		for (uint32_t a = 0; a < k; a++)
			for (uint32_t l = 0; l < k; l++)
				want += net[a] * f.s[a * k + l] * net[l];
		for (uint32_t i = 0; i < m; i++)
			for (uint32_t j = 0; j < m; j++)
				got += x[i] * c[i * m + j] * x[j];
		CHECK_NEAR(got, want, 1e-12 * fmax(1, want));
	}
}

/* Solved with that covariance, a hedged book stays hedged; each at an even pace does not. */
TEST(the_band)
{
	struct multi_factors f = {
		.legs = 2, .factors = 1, .f = {1, 1}, .s = {400}, .d = {0.4, 0.4}};
	struct multi in = {.legs = 2, .n = 60, .horizon = 3600, .lambda = 1e-5, .x = {10, -10}};
	static struct multi_out out;
	struct multi_band band = {.lo = {-1}, .hi = {1}};
	struct err e = {0};
	uint32_t slot = 9, factor = 9;
	double net = 0, own[61 * 2];
	in.h[0] = 40;
	in.h[3] = 400; /* the hedge is ten times harder to sell */
	REQUIRE(multi_factor_cov(&f, in.c, &e));
	REQUIRE(multi_solve(&in, &out, &e));
	CHECK(multi_in_band(&f, out.x, in.n, &band, &slot, &factor, &net));
	for (uint32_t k = 0; k <= 60; k++) { /* the easy one in half the time */
		own[2 * k] = k < 30 ? 10 * (1 - k / 30.0) : 0;
		own[2 * k + 1] = -10 * (1 - k / 60.0);
	}
	CHECK(!multi_in_band(&f, own, 60, &band, &slot, &factor, &net));
	CHECK_INT(slot, 7); /* -10 x 7/60 is the first beyond -1 */
	CHECK_INT(factor, 0);
	CHECK_NEAR(net, -7.0 / 6, 1e-12);
	own[6] = NAN;
	CHECK(!multi_in_band(&f, own, 60, &band, &slot, &factor, &net));
	CHECK_INT(slot, 3);
}

/* A perpetual that is cheap to trade, and options that are not: random books, some far from
 * hedged. */
static void a_random_book(struct prng *r, struct multi_factors *f, struct multi *m)
{
	uint32_t n = 3 + (uint32_t)prng_below(r, 4);
	*f = (struct multi_factors){.legs = n, .factors = 2, .s = {900, -6, -6, 0.25}};
	*m = (struct multi){.legs = n, .n = 48, .horizon = 8 * 3600, .lambda = 1e-6};
	for (uint32_t i = 0; i < n; i++) {
		bool perp = i == 0;
		f->f[i] = perp ? 1 : 1.6 * prng_unit(r) - 0.8;
		f->f[n + i] = perp ? 0 : 5 + 10 * prng_unit(r);
		f->d[i] = 1;
		m->x[i] = perp ? 4 * prng_unit(r) - 2 : 80 * prng_unit(r) - 40;
		m->epsilon[i] = perp ? 0.5 : 20;
		m->h[i * n + i] = perp ? 50 : 20000 * (0.5 + prng_unit(r));
	}
}

static double net_of(const struct multi_factors *f, const double *x, uint32_t a)
{
	double net = 0;
	for (uint32_t i = 0; i < f->legs; i++)
		net += f->f[a * f->legs + i] * x[i];
	return net;
}

TEST(hedges_first_and_inside_the_band_after_every_slice)
{
	static struct multi m, work;
	static struct multi_out out, without;
	struct multi_factors f;
	struct prng r;
	uint32_t left = 0, first = 0, grown = 0;
	prng_seed(&r, test_seed);
	for (int round = 0; round < 100; round++) {
		struct err e = {0};
		a_random_book(&r, &f, &m);
		REQUIRE(multi_factor_cov(&f, m.c, &e));
		REQUIRE(multi_solve(&m, &without, &e));
		struct multi_band_in in = {.m = &m, .f = &f};
		double b = 0.2 + 0.8 * prng_unit(&r);
		in.band = (struct multi_band){.lo = {-b, -INFINITY}, .hi = {b, INFINITY}};
		if (!multi_band_solve(&in, &work, &out, &e)) {
			test_fail(__FILE__, __LINE__, "round %d: %s", round, e.text);
			continue;
		}
		bool was_out = false;
		for (uint32_t k = 1; k <= m.n; k++) {
			double net = net_of(&f, out.x + k * m.legs, 0);
			if (!(fabs(net) <= b))
				test_fail(__FILE__, __LINE__,
					  "round %d slice %u: net delta %g, band %g", round, k, net,
					  b);
			was_out = was_out || fabs(net_of(&f, without.x + k * m.legs, 0)) > b;
		}
		for (uint32_t i = 0; i < m.legs; i++) {
			CHECK(out.x[i] >= m.x[i] && out.x[i] <= m.x[i]);
			CHECK_NEAR(out.x[m.n * m.legs + i], 0, 1e-9);
		}
		/* a band costs: never less of what is made least than without it */
		CHECK(out.cost + m.lambda * out.variance >=
		      (without.cost + m.lambda * without.variance) * (1 - 1e-9));
		left += was_out;
		if (fabs(net_of(&f, m.x, 0)) <= 4 * b)
			continue;
		/* far from hedged: what is cheap goes first, past its size if need be */
		double half[MULTI_LEGS], soonest = INFINITY, most = 0;
		multi_half(&m, out.x, half);
		for (uint32_t i = 1; i < m.legs; i++)
			soonest = fmin(soonest, half[i]);
		double moved = fabs(out.x[m.legs] - out.x[0]);
		for (uint32_t i = 1; i < m.legs; i++)
			most = fmax(most, fabs((out.x[m.legs + i] - out.x[i]) * f.f[i]));
		CHECK(moved > most); /* of the first slice's delta the hedge has most */
		first += half[0] <= soonest;
		grown += out.overshoot;
	}
	CHECK(left > 20); /* the band was no band of air */
	CHECK(first > 20 && grown > 20);
}

TEST(a_band_that_binds_nowhere_changes_nothing)
{
	static struct multi m, work;
	static struct multi_out out, without;
	struct multi_factors f;
	struct prng r;
	struct err e = {0};
	prng_seed(&r, 5);
	a_random_book(&r, &f, &m);
	REQUIRE(multi_factor_cov(&f, m.c, &e) && multi_solve(&m, &without, &e));
	struct multi_band_in in = {
		.m = &m, .f = &f, .band = {.lo = {-1e6, -1e6}, .hi = {1e6, 1e6}}};
	REQUIRE(multi_band_solve(&in, &work, &out, &e));
	CHECK(!memcmp(out.x, without.x, (m.n + 1) * m.legs * sizeof out.x[0]));
	in.band.lo[1] = 1;
	CHECK(!multi_band_solve(&in, &work, &out, &e) && strstr(e.text, "it must hold 0"));
	in.band.lo[1] = -1e6;
	m.lambda = 0;
	CHECK(!multi_band_solve(&in, &work, &out, &e) && strstr(e.text, "risk aversion"));
}

TEST(refusals)
{
	static const char *const word[] = {"legs",	"factors",  "not a number", "variance",
					   "symmetric", "singular", "singular"};
	double c[9];
	for (int i = 0; i < 7; i++) {
		struct multi_factors f = a_book();
		struct err e = {0};
		if (i == 0)
			f.legs = MULTI_LEGS + 1;
		else if (i == 1)
			f.factors = 0;
		else if (i == 2)
			f.f[4] = NAN;
		else if (i == 3)
			f.d[2] = -1;
		else if (i == 4)
			f.s[1] = 6;
		else if (i == 5)
			f.s[1] = f.s[2] = 15; /* correlation 1 */
		else
			f.s[0] = -900;
		if (multi_factor_cov(&f, c, &e) || !strstr(e.text, word[i]))
			test_fail(__FILE__, __LINE__, "row %d: \"%s\"", i, e.text);
	}
}

TEST_MAIN(T(hedges_first_and_inside_the_band_after_every_slice),
	  T(a_band_that_binds_nowhere_changes_nothing), T(by_hand), T(as_a_sum_of_shocks),
	  T(the_band), T(refusals))
