/* Legs of a pool paced together: against the optimum of multi.h, one leg against Almgren and
 * Chriss, and the properties that a trader would check by eye. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/prng.h"
#include "plan/ac.h"
#include "plan/danger.h"
#include "plan/legs.h"
#include "plan/solve.h"
#include "tests/run.h"

static struct legs_work work;
static const double BTC_S = 0.8 / 5615.7; /* 80 % a year: sqrt of the seconds of one */

static void put(struct legs_in *in, const char *coin, double usd, double mark, double vol,
		double beta, double adv_usd)
{
	struct leg *l = &in->leg[in->n++];
	*l = (struct leg){.x = usd / mark,
			  .sigma_s = mark * vol / 5615.7,
			  .beta_s = beta * mark * BTC_S,
			  .eta = 0.3 * mark * vol / 19.1 / (adv_usd / mark / 86400),
			  .epsilon = mark * 0.0005};
	snprintf(l->coin, sizeof l->coin, "%s", coin);
}

static struct legs_in a_pool(double lambda)
{
	struct legs_in in = {.slots = 60, .horizon_s = 3600, .lambda = lambda};
	put(&in, "BTC", 2e6, 60000, 0.8, 1, 2e9);
	put(&in, "ETH", 1e6, 2500, 1.0, 1, 1e9);
	put(&in, "SOL", 6e5, 150, 1.4, 2, 4e8);
	put(&in, "WIF", 3e5, 1.2, 2.5, 4, 5e7);
	put(&in, "PEPE", 2e5, 1e-5, 2.8, 4, 4e7);
	return in;
}

static struct legs_in a_random_pool(struct prng *r, bool longs)
{
	struct legs_in in = {.slots = 60, .horizon_s = 900 + 6300 * prng_unit(r)};
	uint32_t n = 2 + (uint32_t)prng_below(r, MULTI_LEGS - 1);
	in.lambda = pow(10, -8 + 3 * prng_unit(r));
	while (in.n < n) {
		char coin[8];
		double usd = pow(10, 4 + 2 * prng_unit(r)), vol = 0.5 + 2.5 * prng_unit(r);
		snprintf(coin, sizeof coin, "C%u", in.n);
		bool sells = longs || prng_unit(r) < 0.5;
		put(&in, coin, sells ? usd : -usd, pow(10, 4 * prng_unit(r) - 1), vol,
		    1 + 3 * prng_unit(r), usd * pow(10, 1.5 + 2 * prng_unit(r)));
	}
	return in;
}

static bool solve(const struct legs_in *in, struct legs_out *out)
{
	struct err e = {0};
	bool ok = legs_solve(in, &work, out, &e);
	if (!ok)
		test_fail(__FILE__, __LINE__, "%s", e.text);
	return ok;
}

/* One leg is what ac.h says, to the last digits: kappa, cost, and no regret. */
TEST(one_leg_is_almgren_and_chriss)
{
	for (double lambda = 1e-9; lambda < 1e-4; lambda *= 10) {
		struct legs_in in = {.slots = 60, .horizon_s = 3600, .lambda = lambda};
		struct legs_out out;
		struct ac_result r;
		double held[61];
		put(&in, "SOL", 6e5, 150, 1.4, 2, 4e8);
		in.leg[0].gamma = in.leg[0].eta / 600;
		const struct leg *l = &in.leg[0];
		REQUIRE(solve(&in, &out));
		struct ac a = {.x = l->x,
			       .horizon = 3600,
			       .n = 60,
			       .sigma = l->sigma_s,
			       .eta = l->eta,
			       .gamma = l->gamma,
			       .epsilon = l->epsilon,
			       .lambda = lambda};
		REQUIRE(ac_solve(&a, &r, held));
		CHECK_NEAR(out.kappa_t[0], r.kappa * 3600, 1e-6 * r.kappa * 3600);
		CHECK_NEAR(out.joint.cost, r.cost, 1e-9 * r.cost);
		CHECK(out.regret < 1e-12);
		CHECK_NEAR(plan_kappa_t_of(out.urgency[0], 60), out.kappa_t[0],
			   1e-9 * out.kappa_t[0]);
	}
}

/* Legs that share nothing are each by itself. */
TEST(without_correlation_nothing_changes)
{
	struct legs_in in = a_pool(3e-7);
	struct legs_out out;
	for (uint32_t i = 0; i < in.n; i++)
		in.leg[i].beta_s = 0;
	REQUIRE(solve(&in, &out));
	for (uint32_t i = 0; i < in.n; i++)
		CHECK_NEAR(out.kappa_t[i], out.alone_t[i], 1e-5 * out.alone_t[i]);
	CHECK(out.regret < 1e-9 && !out.overshoots);
	CHECK_NEAR(out.joint.sd, out.alone.sd, 1e-6 * out.alone.sd);
}

/* Nothing but correlated longs: what is held together is more risk than each leg knows of, so no
 * two legs alike but for their volatility are sold the riskier one slower, and the pool as a whole
 * is left sooner than by each leg alone. */
TEST(correlated_longs_sell_the_risky_leg_faster)
{
	struct prng r;
	prng_seed(&r, test_seed);
	for (int round = 0; round < 100; round++) {
		struct legs_in in = {.slots = 60, .horizon_s = 3600};
		struct legs_out out;
		double calm = 0.4 + 0.4 * prng_unit(&r), risky = calm * (1.1 + 3 * prng_unit(&r));
		double usd = pow(10, 5 + prng_unit(&r));
		in.lambda = pow(10, -7.5 + 2 * prng_unit(&r));
		put(&in, "CALM", usd, 100, calm, calm, 100 * usd);
		put(&in, "RISKY", usd, 100, risky, risky, 100 * usd);
		in.leg[1].eta = in.leg[0].eta; /* alike but for their volatility */
		REQUIRE(solve(&in, &out));
		CHECK(out.kappa_t[1] > out.kappa_t[0]);
		CHECK(out.kappa_t[1] > out.alone_t[1]);
		CHECK(out.joint.sd < out.alone.sd);
		CHECK(out.joint.utility < out.alone.utility);
	}
}

/* Any pool: never worse than apart, never better than the optimum, and each leg only falls. */
TEST(between_apart_and_the_optimum)
{
	struct prng r;
	double worst_longs = 0, worst_even = 0, worst_any = 0, sum_longs = 0;
	int rounds = 150;
	prng_seed(&r, test_seed);
	for (int round = 0; round < 2 * rounds; round++) {
		bool longs = round < rounds;
		struct legs_in in = a_random_pool(&r, longs);
		struct legs_out out;
		REQUIRE(solve(&in, &out));
		CHECK(out.joint.utility <= out.alone.utility * (1 + 1e-12));
		CHECK(out.best.utility <= out.joint.utility * (1 + 1e-9));
		for (uint32_t i = 0; i < in.n; i++) {
			CHECK(out.kappa_t[i] >= 0);
			CHECK(out.urgency[i] >= 0 && out.urgency[i] <= 1);
			for (uint32_t k = 1; k <= in.slots; k++)
				CHECK(work.g[i][k] <= work.g[i][k - 1]);
			CHECK_NEAR(work.g[i][in.slots], 0, 0);
		}
		if (longs) {
			worst_longs = fmax(worst_longs, out.regret);
			sum_longs += out.regret / rounds;
			if (!out.overshoots)
				worst_even = fmax(worst_even, out.regret);
		} else {
			worst_any = fmax(worst_any, out.regret);
		}
	}
	printf("regret of one urgency a leg: longs mean %.2f %%, worst %.2f %% (%.3f %% where "
	       "the optimum turns nothing over); any signs worst %.2f %%\n",
	       100 * sum_longs, 100 * worst_longs, 100 * worst_even, 100 * worst_any);
	CHECK(sum_longs < 0.005);
	CHECK(worst_longs < 0.3 && worst_any < 0.3); /* it may hedge, these may not */
	CHECK(worst_even < 0.01);
}

/* A coordinate search ends at a least: no other urgency of a leg, or of two, is better. */
TEST(no_urgency_near_is_better)
{
	struct prng r;
	prng_seed(&r, test_seed);
	for (int round = 0; round < 20; round++) {
		struct legs_in in = a_random_pool(&r, round % 2);
		struct legs_out out;
		static double x[(MULTI_SLOTS + 1) * MULTI_LEGS];
		REQUIRE(solve(&in, &out));
		for (int tries = 0; tries < 200; tries++) {
			double cost, var, spread = 0, kt;
			for (uint32_t i = 0; i < in.n; i++) {
				double f = exp(0.2 * (2 * prng_unit(&r) - 1));
				kt = out.kappa_t[i] * (tries % 2 || i == round % in.n ? f : 1);
				spread += in.leg[i].epsilon * fabs(in.leg[i].x);
				for (uint32_t k = 0; k <= in.slots; k++)
					x[k * in.n + i] =
						in.leg[i].x * ac_left(kt / in.slots, in.slots, k);
			}
			multi_evaluate(&work.m, x, &cost, &var);
			CHECK(cost - spread + in.lambda * var >= out.joint.utility * (1 - 1e-9));
		}
	}
}

/* The volatility of a leg stays what was handed in, whatever its floored beta says. */
TEST(honest_volatility_stays)
{
	struct legs_in in = a_pool(1e-7);
	struct legs_out out;
	in.leg[4].beta_s *= 10; /* more than all of it */
	REQUIRE(solve(&in, &out));
	for (uint32_t i = 0; i < in.n; i++)
		for (uint32_t j = 0; j < in.n; j++) {
			double si = in.leg[i].sigma_s, sj = in.leg[j].sigma_s;
			double c = work.m.c[i * in.n + j];
			if (i == j)
				CHECK_NEAR(c, si * si, 1e-12 * si * si);
			else
				CHECK(c > 0 && c <= si * sj * LEGS_COMMON_MAX * (1 + 1e-12));
		}
}

/* "At most 1 %" of the pool: kept, by the least urgency that keeps it; and what cannot be kept is
 * said. */
TEST(a_limit_on_the_pool)
{
	struct legs_in in = a_pool(0);
	struct legs_out even, out, less;
	in.has_pool = true;
	in.distance = 6e4;
	REQUIRE(solve(&in, &even));
	in.limit = even.joint.chance * 0.6;
	REQUIRE(even.joint.chance > 0.01);
	REQUIRE(solve(&in, &out));
	CHECK(out.kept);
	CHECK(out.joint.chance <= in.limit);
	CHECK(out.joint.chance > 0.97 * in.limit);
	CHECK(out.joint.cost > even.joint.cost);
	struct legs_in apart = in; /* a tenth less aversion does not */
	apart.limit = 0;
	apart.lambda = out.lambda * 0.9;
	REQUIRE(solve(&apart, &less));
	CHECK(less.joint.chance > in.limit);
	in.limit = 1e-9;
	in.distance = 2e4;
	REQUIRE(solve(&in, &out));
	CHECK(!out.kept);
	CHECK(out.joint.chance > in.limit);
}

/* The chance is the reflection of all legs' variance, by hand for two that share nothing. */
TEST(chance_by_hand)
{
	struct legs_in in = {.slots = 2, .horizon_s = 200, .has_pool = true, .distance = 1000};
	struct legs_out out;
	in.n = 2;
	in.leg[0] = (struct leg){.coin = "A", .x = 10, .sigma_s = 2, .eta = 1, .epsilon = 0.5};
	in.leg[1] = (struct leg){.coin = "B", .x = -4, .sigma_s = 3, .eta = 2};
	REQUIRE(solve(&in, &out));
	/* lambda 0: even. Slots of 100 s hold 10 and 5, 4 and 2: 100 (400 + 100 + 144 + 36) */
	CHECK_NEAR(out.joint.sd, sqrt(68000), 1e-9);
	/* spread 5; impact 2 x 25 / 100 + 2 x 2 x 4 / 100 */
	CHECK_NEAR(out.joint.cost, 5 + 0.5 + 0.16, 1e-9);
	CHECK_NEAR(out.joint.chance, erfc((1000 - 5.66) / sqrt(2 * 68000)), 1e-12);
	in.leg[1].apart = true; /* on margin of its own: A alone is the pool */
	REQUIRE(solve(&in, &out));
	CHECK_NEAR(out.joint.chance, erfc((1000 - 5.5) / sqrt(2 * 50000)), 1e-12);
	CHECK_NEAR(out.joint.sd, sqrt(68000), 1e-9);
}

TEST(caps_hold)
{
	struct legs_in in = a_pool(1e-5);
	struct legs_out free_, out;
	REQUIRE(solve(&in, &free_));
	struct leg *l = &in.leg[3];
	l->rate_max = 1.2 * l->x / in.horizon_s;
	in.leg[4].rate_max = 0.5 * in.leg[4].x / in.horizon_s;
	REQUIRE(solve(&in, &out));
	CHECK(out.capped[3] && !out.too_short[3]);
	CHECK(out.kappa_t[3] < free_.kappa_t[3]);
	CHECK(1 - work.g[3][1] <= 1.2 / in.slots * (1 + 1e-9));
	CHECK(out.too_short[4]);
	CHECK_NEAR(out.kappa_t[4], 0, 0);
	CHECK(!out.too_short[0] && !out.capped[0]);
}

/* A hedged pair wants to leave together; the exits' form can at best be even, and says so. */
/* An urgency for all: the most urgent leg by itself has it, and together none is left calmer. */
TEST(an_urgency_for_all)
{
	struct legs_in in = a_pool(0);
	struct legs_out out;
	double most = 0;
	in.urgency = 0.5;
	REQUIRE(solve(&in, &out));
	CHECK(out.lambda > 0);
	for (uint32_t i = 0; i < in.n; i++)
		most = fmax(most, out.alone_t[i]);
	CHECK_NEAR(most, plan_kappa_t_of(0.5, in.slots), 1e-9);
}

TEST(a_hedge_is_said_to_overshoot)
{
	struct legs_in in = {.slots = 60, .horizon_s = 3600, .lambda = 1e-5};
	struct legs_out out;
	put(&in, "ETH", 3e5, 2500, 1.0, 1.2, 1e9);
	put(&in, "SOL", -1e6, 150, 1.0, 1.2, 4e7);
	REQUIRE(solve(&in, &out));
	CHECK(out.overshoots);
	CHECK(out.regret > 0);
	CHECK(out.kappa_t[0] < out.alone_t[0]);
	CHECK(out.joint.utility < out.alone.utility);
}

static void refused(const struct legs_in *in, const char *word)
{
	struct legs_out out;
	struct err e = {0};
	CHECK(!legs_solve(in, &work, &out, &e));
	if (!strstr(e.text, word))
		test_fail(__FILE__, __LINE__, "\"%s\" does not say \"%s\"", e.text, word);
}

/* While they run: what is gained against the schedules that run, and legs that stay. */
TEST(running_legs_gain_by_going_together)
{
	struct legs_in in = a_pool(1e-4);
	struct legs_out out, again;

	REQUIRE(solve(&in, &out));
	in.running = true;
	memcpy(in.kappa_now, out.alone_t, sizeof in.kappa_now);
	REQUIRE(solve(&in, &again));
	CHECK_NEAR(again.now.utility, out.alone.utility, 1e-9 * out.alone.utility);
	CHECK_NEAR(again.gain, 1 - out.joint.utility / out.alone.utility, 1e-9);
	CHECK(again.gain > 0.03); /* joint beats alone by more than the band */
	/* as they should run: nothing to gain */
	memcpy(in.kappa_now, out.kappa_t, sizeof in.kappa_now);
	REQUIRE(solve(&in, &again));
	CHECK(again.gain < 1e-6);
	/* twice the volatility of one is a reason for the others that move with it */
	in.leg[3].sigma_s *= 2;
	in.leg[3].beta_s *= 2;
	REQUIRE(solve(&in, &again));
	CHECK(again.gain > 0.03);
	CHECK(again.kappa_t[0] > out.kappa_t[0] * 1.02);
}

/* A leg that runs ends at its own end: without correlation it goes on as it would alone, whatever
 * the ends of the others. */
TEST(each_leg_ends_at_its_own)
{
	struct legs_in in = a_pool(3e-7), one;
	struct legs_out out, alone;
	struct err e = {0};
	static const double part[] = {1, 0.5, 0.25, 0.1, 1.0 / 60};
	in.running = true;
	for (uint32_t i = 0; i < in.n; i++) {
		in.leg[i].beta_s = 0;
		in.leg[i].end_s = part[i] * in.horizon_s;
	}
	REQUIRE(solve(&in, &out));
	for (uint32_t i = 0; i < in.n; i++) {
		one = in;
		one.n = 1;
		one.leg[0] = in.leg[i];
		one.leg[0].end_s = 0;
		one.horizon_s = part[i] * in.horizon_s;
		one.slots = (uint32_t)(in.slots * part[i] + 0.5);
		if (one.slots < 2)
			continue;
		REQUIRE(solve(&one, &alone));
		CHECK_NEAR(out.kappa_t[i], alone.kappa_t[0], 1e-4 * alone.kappa_t[0] + 1e-6);
	}
	/* a companion that is gone sooner leaves less to hurry for */
	struct legs_in pair = a_pool(3e-7);
	pair.running = true;
	pair.n = 2;
	struct legs_out both, short_one;
	REQUIRE(solve(&pair, &both));
	pair.leg[1].end_s = pair.horizon_s / 10;
	REQUIRE(solve(&pair, &short_one));
	CHECK(short_one.kappa_t[0] < both.kappa_t[0]);
	CHECK(short_one.joint.sd < both.joint.sd);
	pair.leg[1].end_s = 2 * pair.horizon_s;
	CHECK(!legs_solve(&pair, &work, &out, &e) && strstr(e.text, "end of its own"));
	pair.leg[1].end_s = 60, pair.running = false;
	CHECK(!legs_solve(&pair, &work, &out, &e) && strstr(e.text, "end of its own"));
}

TEST(a_leg_that_stays_is_risk_of_the_others)
{
	struct legs_in in = a_pool(3e-7);
	struct legs_out all, less, held;

	in.n = 2;
	REQUIRE(solve(&in, &all));
	in.running = true;
	in.leg[1].held = true;
	REQUIRE(solve(&in, &held));
	CHECK(held.kappa_t[1] <= 0);
	CHECK(held.kappa_t[0] > all.kappa_t[0]); /* its companion is there to the end */
	in.n = 1;
	REQUIRE(solve(&in, &less));
	CHECK(held.kappa_t[0] > less.kappa_t[0]);
	/* a hedge that stays: no hurry */
	in.n = 2;
	in.leg[1].x = -in.leg[1].x;
	REQUIRE(solve(&in, &held));
	CHECK(held.kappa_t[0] < less.kappa_t[0]);
	struct err e = {0};
	in.kappa_now[0] = -1;
	CHECK(!legs_solve(&in, &work, &held, &e) && strstr(e.text, "kappa T of -1"));
}

TEST(refusals)
{
	struct legs_in in = a_pool(1e-7);
	in.n = 0;
	refused(&in, "legs are 1 to 20");
	in = a_pool(1e-7), in.slots = 61, refused(&in, "slots are 2 to 60");
	in = a_pool(1e-7), in.horizon_s = NAN, refused(&in, "an end in");
	in = a_pool(-1), refused(&in, "risk aversion of -1");
	in = a_pool(1e-7), in.limit = 0.01, refused(&in, "equity is not known");
	in = a_pool(1e-7), in.urgency = 1, refused(&in, "below 1, not 1");
	in = a_pool(1e-7), in.limit = 1, refused(&in, "between 0 and 1");
	in = a_pool(1e-7), in.has_pool = true, in.distance = -3, refused(&in, "at its maintenance");
	in = a_pool(1e-7), in.leg[2].x = 0, refused(&in, "SOL: nothing is held");
	in = a_pool(1e-7), in.leg[2].sigma_s = 0, refused(&in, "SOL: a volatility of 0");
	in = a_pool(1e-7), in.leg[1].eta = NAN, refused(&in, "ETH: size");
	in = a_pool(1e-7), in.leg[1].gamma = in.leg[1].eta, refused(&in, "ETH: temporary impact");
	in = a_pool(1e-7), in.leg[1].epsilon = -1, refused(&in, "ETH: spread -1");
	in = a_pool(1e-7), memcpy(in.leg[4].coin, "ETH", 4), refused(&in, "ETH is named twice");
}

TEST_MAIN(T(running_legs_gain_by_going_together), T(each_leg_ends_at_its_own),
	  T(a_leg_that_stays_is_risk_of_the_others), T(one_leg_is_almgren_and_chriss),
	  T(without_correlation_nothing_changes), T(correlated_longs_sell_the_risky_leg_faster),
	  T(between_apart_and_the_optimum), T(no_urgency_near_is_better),
	  T(honest_volatility_stays), T(a_limit_on_the_pool), T(chance_by_hand), T(caps_hold),
	  T(an_urgency_for_all), T(a_hedge_is_said_to_overshoot), T(refusals))
