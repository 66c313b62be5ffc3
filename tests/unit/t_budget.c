/* budget: lanes, the reserve, and that reductions always pass. */
#include "core/budget.h"
#include "tests/run.h"

static const int64_t s = 1000000000;

static int drain(struct budget_ip *b, enum lane lane, int64_t now)
{
	int n = 0;

	while (n < 5000 && budget_ip_take(b, lane, 2, now))
		n++;
	return n;
}

TEST(each_lane_leaves_its_floor)
{
	struct budget_ip b;

	budget_ip_init(&b, 0);
	CHECK_INT(drain(&b, LANE_REFRESH, 0), 300); /* half of 1,200 */
	CHECK_INT(drain(&b, LANE_REFRESH, 0), 0);
	CHECK_INT(drain(&b, LANE_USER, 0), 150);
	CHECK_INT(drain(&b, LANE_PROTECTIVE, 0), 120);
	CHECK_INT(drain(&b, LANE_EXIT, 0), 30);
	CHECK_INT(drain(&b, LANE_KILL, 0), 5000); /* never stopped here */
	CHECK(!budget_ip_take(&b, LANE_EXIT, 2, 1 * s));
	CHECK(budget_ip_take(&b, LANE_EXIT, 2, 60 * s));
}

TEST(refill_is_even_however_often_asked)
{
	struct budget_ip a, b;

	budget_ip_init(&a, 0);
	budget_ip_init(&b, 0);
	drain(&a, LANE_EXIT, 0);
	drain(&b, LANE_EXIT, 0);
	for (int64_t t = 0; t < 10 * s; t += 12345)
		budget_ip_take(&a, LANE_REFRESH, 1200, t); /* refused, but refills */
	CHECK_INT(drain(&a, LANE_EXIT, 10 * s), 100);
	CHECK_INT(drain(&b, LANE_EXIT, 10 * s), 100);
}

TEST(after_429_exits_still_go)
{
	struct budget_ip b;

	budget_ip_init(&b, 0);
	budget_ip_429(&b, 0);
	CHECK(!budget_ip_take(&b, LANE_REFRESH, 2, 1 * s));
	CHECK(!budget_ip_take(&b, LANE_USER, 2, 1 * s));
	CHECK(budget_ip_take(&b, LANE_EXIT, 2, 1 * s));
	CHECK(budget_ip_take(&b, LANE_KILL, 2, 0));
	budget_ip_fine(&b);
	CHECK(budget_ip_take(&b, LANE_REFRESH, 2, 60 * s));
}

TEST(address_reserve)
{
	struct budget_addr b = {0};

	CHECK(budget_addr_take(&b, LANE_USER, 1, 0)); /* nothing known yet */
	budget_addr_legs(&b, 5, 10);
	CHECK_INT(b.needs, 3 * 30);
	budget_addr_set(&b, 9900, 10000, 0);
	CHECK_INT(budget_flattens_left(&b), 3);
	CHECK(!budget_addr_take(&b, LANE_USER, 20, 5 * s));
	CHECK(budget_addr_take(&b, LANE_EXIT, 95, 5 * s));
	CHECK(budget_addr_take(&b, LANE_KILL, 95, 5 * s));
	CHECK_INT(budget_flattens_left(&b), 0);
	CHECK(!budget_addr_take(&b, LANE_USER, 1, 6 * s));
	CHECK(budget_addr_take(&b, LANE_USER, 1, 16 * s)); /* the venue takes one each 10 s */
	budget_addr_set(&b, 0, UINT64_MAX, UINT64_MAX);
	CHECK(b.left > 0);
	for (int q = 0; q < QUERY_KINDS; q++)
		CHECK(budget_query_weight((enum query_kind)q) >= 2);
	CHECK_INT(budget_action_weight(39), 1);
	CHECK_INT(budget_action_weight(40), 2);
}

TEST_MAIN(T(each_lane_leaves_its_floor), T(refill_is_even_however_often_asked),
	  T(after_429_exits_still_go), T(address_reserve))
