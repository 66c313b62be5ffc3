/* Randomised slices: what an eye on the tape could find, what the randomness costs against a
 * simulation of it, and the declared mode that hides nothing. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plan/jitter.h"
#include "plan/plan.h"
#include "tests/run.h"
#include "tests/unit/plan_world.h"

static struct schedule s;

static struct schedule_in problem(const struct instr *i, double size, double jitter, uint64_t seed)
{
	struct schedule_in in = {.instr = i,
				 .algo = ALGO_TWAP,
				 .horizon_ms = 3600000,
				 .jitter = jitter,
				 .seed = seed};
	CHECK(qty_from_double(&in.size, size) && price_from_double(&in.mark, 100000, ROUND_DOWN));
	return in;
}

/* Every size is its own, none ends in 0 or 5, no time is near a whole ten seconds. */
TEST(nothing_to_see)
{
	struct instr i = btc();
	for (uint64_t seed = 1; seed <= 200; seed++) {
		struct schedule_in in =
			problem(&i, 12 + 0.001 * (double)seed, 0.2, seed * test_seed);
		plan_schedule(&in, &s);
		CHECK_INT(s.n, 60);
		for (uint32_t k = 0; k < s.n; k++) {
			CHECK(s.qty[k].v / instr_lot(&i).v % 5 != 0);
			for (uint32_t j = 0; j < k; j++)
				CHECK(s.qty[j].v != s.qty[k].v);
			int64_t off = (s.at_ms[k] + 300) % 10000;
			CHECK(k == 0 || off > 600);
		}
	}
}

/* The gaps between slices tell little of the slot: their spread is a third of it. */
TEST(times_spread_over_the_slot)
{
	struct instr i = btc();
	double sum = 0, sum2 = 0, n = 0;
	for (uint64_t seed = 1; seed <= 50; seed++) {
		struct schedule_in in = problem(&i, 12, 0.2, seed + test_seed);
		plan_schedule(&in, &s);
		for (uint32_t k = 1; k < s.n; k++) {
			double x = (double)s.at_ms[k] / (double)s.spacing_ms - k;
			CHECK(fabs(x) < 0.4 + 900.0 / (double)s.spacing_ms);
			sum += x;
			sum2 += x * x;
			n++;
		}
	}
	double sd = sqrt(sum2 / n - sum / n * sum / n);
	CHECK_NEAR(sum / n, 0, 0.02);
	CHECK(sd > 0.21 && sd < 0.25); /* 0.8 / sqrt(12) */
}

TEST(declared_is_even)
{
	struct instr i = btc();
	struct schedule_in in = problem(&i, 12.0001, 0, test_seed);
	plan_schedule(&in, &s);
	CHECK_INT(s.n, 60);
	for (uint32_t k = 0; k < s.n; k++) {
		CHECK_INT(s.at_ms[k], (int64_t)k * 60000);
		CHECK(llabs((long long)(s.qty[k].v - s.qty[0].v)) <= instr_lot(&i).v);
	}
}

/* Variances of sizes and holdings against 4,000 schedules. Three standard errors of a variance are
 * 3 sqrt(2/4000) = 6.7 % of it; the sums run over 60 slots and are much closer. */
TEST(variances)
{
	enum { N = 4000 };
	static double q0[SLICES_MAX], m[SLICES_MAX], m2[SLICES_MAX], x1[SLICES_MAX], x2[SLICES_MAX];
	struct instr i = btc();
	struct jitter j;
	for (int algo = 0; algo < 2; algo++) {
		struct schedule_in in = problem(&i, 120, 0, 1);
		in.algo = algo ? ALGO_AC : ALGO_TWAP;
		in.urgency = 0.4;
		plan_schedule(&in, &s);
		uint32_t n = s.n;
		for (uint32_t k = 0; k < n; k++)
			q0[k] = qty_to_double(s.qty[k]);
		memset(m, 0, sizeof m);
		memset(m2, 0, sizeof m2);
		memset(x1, 0, sizeof x1);
		memset(x2, 0, sizeof x2);
		in.jitter = 0.3;
		for (uint64_t seed = 1; seed <= N; seed++) {
			in.seed = seed * 7919 + test_seed;
			plan_schedule(&in, &s);
			REQUIRE(s.n == n);
			double left = 120;
			for (uint32_t k = 0; k < n; k++) {
				double q = qty_to_double(s.qty[k]);
				left -= q;
				m[k] += q / N;
				m2[k] += q * q / N;
				x1[k] += left / N;
				x2[k] += left * left / N;
			}
		}
		double var_n = 0, var_x = 0;
		for (uint32_t k = 0; k < n; k++) {
			var_n += m2[k] - m[k] * m[k];
			var_x += x2[k] - x1[k] * x1[k];
		}
		REQUIRE(jitter_cost(q0, n, 0.3, 2.5, 1e-6, 400, &j));
		CHECK_NEAR(j.var_n / var_n, 1, 0.02);
		CHECK_NEAR(j.var_x / var_x, 1, 0.04);
		CHECK_NEAR(j.impact, 2.5 * j.var_n, 1e-9 * j.impact);
		CHECK_NEAR(j.total, j.impact + 4e-4 * j.var_x, 1e-9 * j.total);
	}
}

TEST(by_hand)
{
	struct jitter j;
	const double two[] = {1, 1};
	/* x_1 = 2 p_2: n_1 = 2 (1 + su)/(2 + su + sw): var(n_1) = s^2/3 (1/4 + 1/4) to first order
	 */
	REQUIRE(jitter_cost(two, 2, 0.1, 1, 1, 1, &j));
	CHECK_NEAR(j.var_n, 2 * 0.01 / 3 / 2, 1e-12);
	CHECK_NEAR(j.var_x, 0.01 / 3 / 2, 1e-12);
	REQUIRE(jitter_cost(two, 2, 0, 1, 1, 1, &j));
	CHECK_NEAR(j.total, 0, 0);
	REQUIRE(jitter_cost(two, 1, 0.5, 1, 1, 1, &j)); /* one slice has nothing to vary */
	CHECK_NEAR(j.total, 0, 1e-15);
	const double bad[] = {1, NAN};
	CHECK(!jitter_cost(bad, 2, 0.1, 1, 1, 1, &j));
	CHECK(!jitter_cost(two, 0, 0.1, 1, 1, 1, &j));
	CHECK(!jitter_cost(two, 2, 1.5, 1, 1, 1, &j));
	CHECK(!jitter_cost(two, 2, NAN, 1, 1, 1, &j));
	CHECK(!jitter_cost(two, 2, 0.1, -1, 1, 1, &j));
	CHECK(!jitter_cost(two, 2, 0.1, 1, -1, 1, &j));
	CHECK(!jitter_cost(two, 2, 0.1, 1, 1, INFINITY, &j));
}

TEST_MAIN(T(nothing_to_see), T(times_spread_over_the_slot), T(declared_is_even), T(variances),
	  T(by_hand))
