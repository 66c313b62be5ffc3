/* Costs after an exit: the parts of each fill add up to the last digit, and so do the exports. */
#include "base/prng.h"
#include "exec/cost.h"
#include "tests/run.h"

static struct price px(double x)
{
	struct price p = {0};

	CHECK(price_from_double(&p, x, ROUND_HALF_AWAY));
	return p;
}

TEST(cost_parts)
{
	struct prng r;
	prng_seed(&r, test_seed);
	for (int k = 0; k < 2000; k++) {
		struct cost c = {.side = prng_below(&r, 2) ? SIDE_SELL : SIDE_BUY,
				 .arrival = px(100 + prng_unit(&r)),
				 .first = px(100 + prng_unit(&r))};
		struct cost_parts s = {0};
		struct cost_mark at = {px(100 + prng_unit(&r)), px(100 + prng_unit(&r))};
		struct price p = px(100 + prng_unit(&r));
		struct qty q = {1 + (int64_t)prng_below(&r, 1000000000)};
		struct money fee = {(int64_t)prng_below(&r, 100000)}, want;
		REQUIRE(cost_fill(&c, &s, p, q, fee, prng_below(&r, 2), &at));
		struct price d = {c.side == SIDE_SELL ? p.v - c.arrival.v : c.arrival.v - p.v};
		price_times_qty(&want, d, q, ROUND_HALF_AWAY);
		CHECK_INT(cost_total(&s).v, want.v - fee.v); /* exactly */
		struct snap_cost n = {0};
		cost_snap(&c, &n);
		CHECK(n.total ==
		      n.delay + n.spread + n.impact + n.timing + n.fees + n.funding + n.unfilled);
	}
	/* by hand: sold 2 at 99 crossed; arrival 101, first 100.5, mid 100, bid 99.9 */
	struct cost c = {.side = SIDE_SELL, .arrival = px(101), .first = px(100.5)};
	struct cost_mark at = {px(100), px(99.9)};
	REQUIRE(cost_fill(&c, NULL, px(99), (struct qty){200000000}, (struct money){9000000}, true,
			  &at));
	REQUIRE(cost_unfilled(&c, (struct qty){100000000}, px(98)));
	CHECK_INT(c.sum.delay.v, -100000000);
	CHECK_INT(c.sum.timing.v, -100000000);
	CHECK_INT(c.sum.spread.v, -20000000);
	CHECK_INT(c.sum.impact.v, -180000000);
	CHECK_INT(c.sum.fees.v, -9000000);
	CHECK_INT(c.sum.unfilled.v, -300000000);
	CHECK_INT(cost_total(&c.sum).v, -709000000);
}

TEST(exports)
{
	char mem[4096];
	struct buf b;
	struct cost c = {.side = SIDE_SELL, .arrival = px(101), .first = px(100.5)};
	struct cost_mark at = {px(100), px(99.9)};
	struct cost_row row = {
		.slice = 1, .wall_ms = 5, .planned = {200000000}, .filled = {200000000}};
	REQUIRE(cost_fill(&c, &row.parts, px(99), (struct qty){200000000}, (struct money){9000000},
			  true, &at));
	row.avg = px(99);
	buf_init(&b, mem, sizeof mem);
	cost_csv_header(&b);
	cost_csv_row(&b, &row);
	cost_csv_total(&b, &c);
	CHECK_STR(mem,
		  "slice,time_ms,planned,filled,average,posted,delay_usd,spread_usd,impact_usd,"
		  "timing_usd,fees_usd,funding_usd,unfilled_usd,total_usd\n"
		  "1,5,2,2,99,0,-1,-0.2,-1.8,-1,-0.09,0,0,-4.09\n"
		  "all,,,2,99,,-1,-0.2,-1.8,-1,-0.09,0,0,-4.09\n");
	buf_init(&b, mem, sizeof mem);
	cost_json_row(&b, &row);
	CHECK_STR(mem, "{\"slice\":1,\"time_ms\":5,\"planned\":\"2\",\"filled\":\"2\",\"average\":"
		       "\"99\",\"posted\":false,\"delay_usd\":\"-1\",\"spread_usd\":\"-0.2\","
		       "\"impact_usd\":\"-1.8\",\"timing_usd\":\"-1\",\"fees_usd\":\"-0.09\","
		       "\"funding_usd\":\"0\",\"unfilled_usd\":\"0\",\"total_usd\":\"-4.09\"}");
}

TEST_MAIN(T(cost_parts), T(exports))
