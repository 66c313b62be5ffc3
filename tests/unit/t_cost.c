/* The cost meter: walks counted by hand, where the book ends, the square-root law, fee tiers,
 * funding, and every refusal by its words. */
#include <math.h>
#include <string.h>

#include "base/prng.h"
#include "plan/cost.h"
#include "tests/run.h"

static struct cost_in in;

static void book(uint32_t n)
{
	memset(&in, 0, sizeof in);
	in.side = SIDE_SELL;
	in.n_bid = in.n_ask = n;
	for (uint32_t k = 0; k < n; k++) {
		in.bid[k] = (struct cost_level){99.5 - k, 2};
		in.ask[k] = (struct cost_level){100.5 + k, 3};
	}
}

TEST(walks)
{
	struct cost_out r;
	struct err e = {0};
	book(4);
	in.size = 5;
	REQUIRE(cost_meter(&in, &r, &e));
	CHECK_NEAR(r.walk, 2 * 0.5 + 2 * 1.5 + 2.5, 1e-12);
	CHECK_INT(r.levels, 3);
	CHECK_NEAR(r.worst, 97.5, 0);
	CHECK_NEAR(r.avg, 98.7, 1e-12);
	CHECK_NEAR(r.book_size, 8, 0);
	CHECK_NEAR(r.book_ends, 96.5, 0);
	CHECK(r.from_model == 0 && r.model_usd == 0 && r.tail == 0);
	in.side = SIDE_BUY;
	REQUIRE(cost_meter(&in, &r, &e));
	CHECK_NEAR(r.walk, 3 * 0.5 + 2 * 1.5, 1e-12);
	CHECK_NEAR(r.worst, 101.5, 0);
	in.side = SIDE_SELL;
	in.size = 18; /* 8 of the book, 10 of the model: 3.5/sqrt(8) sqrt(q) */
	REQUIRE(cost_meter(&in, &r, &e));
	CHECK_NEAR(r.from_book, 8, 0);
	CHECK_NEAR(r.from_model, 10, 0);
	CHECK_NEAR(r.tail, 3.5 / sqrt(8) * 2 / 3 * (pow(18, 1.5) - pow(8, 1.5)), 1e-9);
	CHECK_NEAR(r.worst, 100 - 3.5 * sqrt(18.0 / 8), 1e-9);
	CHECK_NEAR(r.model_usd, r.tail, 0);
}

TEST(law_fees_funding)
{
	struct cost_out r;
	struct err e = {0};
	static const struct fee_tier tiers[] = {
		{0, 0.00045, 0.00015}, {5e6, 0.0004, 0.00012}, {25e6, 0.00035, 0.00008}};
	book(4);
	in.size = 4;
	in.sigma_day = 0.04, in.volume_day = 400;
	REQUIRE(cost_meter(&in, &r, &e));
	CHECK_NEAR(r.law, 4 * (0.5 + 2.0 / 3 * 0.7 * 4 * 0.1), 1e-12);
	CHECK(!r.law_holds); /* 2.75 against 4 of the walk */
	CHECK_NEAR(r.impact, 4, 1e-12);
	in.y = 2;
	REQUIRE(cost_meter(&in, &r, &e));
	CHECK(r.law_holds);
	CHECK_NEAR(r.impact, 4 * (0.5 + 2.0 / 3 * 2 * 4 * 0.1), 1e-12);
	CHECK_NEAR(r.model_usd, r.impact - 4, 1e-12);
	in.tier = tiers, in.n_tiers = 3, in.traded_14d_usd = 6e6;
	in.funding_hour = 0.0001, in.horizon_s = 4 * 3600, in.next_funding_s = 1800;
	REQUIRE(cost_meter(&in, &r, &e));
	CHECK_NEAR(r.fees, 0.0004 * 400, 1e-12);
	CHECK_NEAR(r.funding, 0.0001 * 400 * (0.875 + 0.625 + 0.375 + 0.125), 1e-12);
	CHECK_NEAR(r.total, r.impact + r.fees + r.funding, 1e-12);
	in.side = SIDE_BUY; /* a short is paid */
	in.traded_14d_usd = 1e9, in.maker_share = 1;
	REQUIRE(cost_meter(&in, &r, &e));
	CHECK(r.funding < 0);
	CHECK_NEAR(r.fees, 0.00008 * 400, 1e-12);
}

TEST(never_cheaper_with_size)
{
	struct prng rng;
	struct err e = {0};
	prng_seed(&rng, test_seed);
	for (int i = 0; i < 200; i++) {
		struct cost_out r;
		double before = 0, was = 0;
		book(1 + (uint32_t)prng_below(&rng, 30));
		in.sigma_day = prng_unit(&rng) / 10, in.volume_day = 1 + 100 * prng_unit(&rng);
		for (double q = 0.25; q < 100; q *= 1.3) {
			in.size = q;
			REQUIRE(cost_meter(&in, &r, &e));
			CHECK(r.impact / q >= was - 1e-9);
			CHECK(r.impact >= before);
			was = r.impact / q, before = r.impact;
		}
	}
}

static void refused(const char *words)
{
	struct cost_out r = {.total = -7};
	struct err e = {0};
	CHECK(!cost_meter(&in, &r, &e));
	if (!strstr(e.text, words))
		test_fail(__FILE__, __LINE__, "\"%s\" does not say \"%s\"", e.text, words);
	CHECK_NEAR(r.total, -7, 0); /* written on success only */
}

TEST(refusals)
{
	book(3), in.size = 0;
	refused("size is 0");
	book(3), in.size = NAN;
	refused("size is nan");
	book(3), in.size = 1, in.bid[0].px = 101;
	refused("crossed");
	book(3), in.size = 1, in.bid[1].size = 0;
	refused("bids[1]: a depth of 0");
	book(3), in.size = 1, in.ask[2].px = 100.6;
	refused("asks[2]");
	book(3), in.size = 1, in.n_bid = 0;
	refused("no level");
	book(3), in.size = 1, in.sigma_day = -1;
	refused("negative");
}

TEST_MAIN(T(walks), T(law_fees_funding), T(never_cheaper_with_size), T(refusals))
