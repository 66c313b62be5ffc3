/* t_paper_forced.c: liquidation in parts, backstop, ADL: who is taken, in what order, at what
 * price, and how both sides are told. */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "paper_rig.h"
#include "tests/run.h"

static struct rig r;

static struct acct *acct(int k)
{
	uint8_t addr[20];

	addr_read(addr, r.user[k]);
	return acct_find(r.p, addr);
}

static void listen_to(int k, const char *type)
{
	char text[200];
	uint64_t ws = rig_ws(&r);

	snprintf(text, sizeof text,
		 "{\"method\":\"subscribe\",\"subscription\":{\"type\":\"%s\",\"user\":\"%s\"}}",
		 type, r.user[k]);
	rig_ws_send(&r, ws, text);
}

static bool paper(const char *json)
{
	rig_post(&r, "/paper", json);
	return strcmp(str_text(&r.answer), "{\"ok\":true}") == 0;
}

static double equity(int k)
{
	return money_to_double(paper_equity(r.p, r.user[k]));
}

static struct paper_truth_fill last_fill(int k)
{
	struct paper_truth_fill f = {0};
	uint32_t i = 0;

	while (paper_fill(r.p, r.user[k], i, &f))
		i++;
	return f;
}

/* One level a side, deep. */
static void book(uint16_t coin, int64_t bid, int64_t ask)
{
	fixed_ladder(&r.m, coin, (struct price){(bid + ask) / 2 * PX_ONE},
		     (struct price){(ask - bid) / 2 * PX_ONE}, (struct qty){100000 * USD}, 1);
}

/* Situation 1.1: 20 BTC at 40x, 1.2 % away. At 110,656 the venue sells 20 % at -0.3 %: 16 BTC and
 * 26,137 remain, 0.23 % away; within 30 s the rest goes whole. */
TEST(situation_1_1)
{
	int64_t liq;

	rig_open(&r);
	rig_fund(&r, 0, 54544);
	rig_position(&r, 0, "BTC", "20", "112000", 40, false);
	book(0, 110324, 112000);
	rig_mark(&r, "BTC", 112000);
	CHECK_NEAR(equity(0), 54544, 0.01);
	REQUIRE(pm_position_liq(r.p, acct(0), 0, &liq));
	CHECK_NEAR((double)liq / PX_ONE, 110656, 1.0);
	rig_order(&r, 0, 0, 'B', "90000", "0.01", "Gtc", false);
	listen_to(0, "userEvents");
	rig_mark(&r, "BTC", 110657);
	rig_run(&r, 140);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 20 * USD);
	CHECK(paper_mark(r.p, "BTC", (struct price){liq - PX_ONE / 100}));
	rig_run(&r, 70);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 16 * USD);
	CHECK_NEAR(equity(0), 26137, 3);
	CHECK_INT(paper_open_orders(r.p, r.user[0]), 0);
	REQUIRE(pm_position_liq(r.p, acct(0), 0, &liq));
	CHECK_NEAR(1 - (double)liq / PX_ONE / 110656, 0.0023, 0.0001);
	CHECK(rig_saw(&r, "\"liquidation\":{\"lid\":"));
	CHECK(rig_saw(&r, "\"liquidated_user\":"));
	CHECK(rig_saw(&r, "\"dir\":\"Liquidated Cross Long\""));
	rig_info(&r, "{\"type\":\"userNonFundingLedgerUpdates\",\"user\":\"%s\",\"startTime\":0}",
		 r.user[0]);
	CHECK(rig_has(&r, "\"leverageType\":\"Cross\",\"liquidatedPositions\":[{\"coin\":\"BTC\","
			  "\"szi\":\"20.0\"}]"));
	rig_run(&r, 29000);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 16 * USD);
	CHECK(paper_mark(r.p, "BTC", (struct price){liq - PX_ONE}));
	rig_run(&r, 70);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 0);
	rig_close(&r);
}

/* After the cooldown the next one is a fifth again. */
TEST(after_the_cooldown_a_fifth_again)
{
	int64_t liq;

	rig_open(&r);
	rig_fund(&r, 0, 54544);
	rig_position(&r, 0, "BTC", "20", "112000", 40, false);
	book(0, 110600, 112000);
	rig_mark(&r, "BTC", 110655);
	rig_run(&r, 70);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 16 * USD);
	rig_run(&r, 30100);
	REQUIRE(pm_position_liq(r.p, acct(0), 0, &liq));
	book(0, 110000, 112000);
	CHECK(paper_mark(r.p, "BTC", (struct price){liq - PX_ONE}));
	rig_run(&r, 70);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 128 * USD / 10);
	rig_close(&r);
}

/* Cross and isolated are pools of their own: the other's orders and stops stay. */
TEST(orders_of_the_pool_only)
{
	rig_open(&r);
	rig_fund(&r, 0, 30000);
	rig_position(&r, 0, "BTC", "0.5", "100000", 20, false);
	rig_position(&r, 0, "ETH", "1", "4000", 10, true);
	rig_order(&r, 0, 0, 'B', "90000", "0.001", "Gtc", false);
	rig_order(&r, 0, 1, 'A', "4500", "0.5", "Gtc", true);
	rig_mark(&r, "ETH", 3650); /* margin 400, loss 350, maintenance 73 */
	rig_run(&r, 70);
	CHECK_INT(rig_szi(&r, 0, "ETH"), 0);
	CHECK_INT(paper_open_orders(r.p, r.user[0]), 1);
	rig_info(&r, "{\"type\":\"userFills\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "\"dir\":\"Liquidated Isolated Long\""));
	/* the other way round */
	rig_mark(&r, "ETH", 4000);
	rig_run(&r, 70);
	rig_position(&r, 0, "ETH", "1", "4000", 10, true);
	rig_order(&r, 0, 1, 'A', "4500", "0.5", "Gtc", true);
	CHECK_INT(paper_open_orders(r.p, r.user[0]), 2);
	rig_mark(&r, "BTC", 41100);
	rig_run(&r, 70);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 0);
	CHECK_INT(rig_szi(&r, 0, "ETH"), USD);
	CHECK_INT(paper_open_orders(r.p, r.user[0]), 1);
	rig_close(&r);
}

/* Nothing is said again and again while an empty book leaves nothing to do. */
TEST(empty_book_is_not_announced)
{
	uint32_t frames;

	rig_open(&r);
	rig_fund(&r, 0, 30000);
	rig_position(&r, 0, "BTC", "5", "100000", 40, false);
	listen_to(0, "userEvents");
	r.m.side[0][1].n = 0;
	rig_mark(&r, "BTC", 95150);
	rig_run(&r, 140);
	frames = r.n_frames;
	rig_run(&r, 7000);
	CHECK_INT(r.n_frames, frames);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 5 * USD);
	rig_close(&r);
}

/* The other side of a market liquidation is told too, and that it is not the one. */
TEST(maker_of_a_liquidation)
{
	rig_open(&r);
	rig_fund(&r, 0, 30000);
	rig_fund(&r, 1, 1000000);
	rig_position(&r, 0, "BTC", "0.9", "100000", 40, false);
	book(0, 60000, 110000);
	rig_order(&r, 1, 0, 'B', "67000", "1", "Gtc", false);
	listen_to(1, "userFills");
	str_clear(&r.frames);
	rig_mark(&r, "BTC", 67300);
	rig_run(&r, 70);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 0);
	CHECK(rig_saw(&r, "\"dir\":\"Open Long\""));
	CHECK(rig_saw(&r, "\"liquidation\":{\"liquidatedUser\":"));
	CHECK(strstr(str_text(&r.frames), r.user[0]) != NULL);
	CHECK(!last_fill(1).adl);
	rig_close(&r);
}

/* user 0 long and broke, users 1 and 2 short in profit: who ranks higher is taken first, at the
 * previous mark; not more than the loser had. */
static void bankrupt(const char *second, const char *entry)
{
	rig_open(&r);
	r.conf.liquidator.v = -1;
	rig_start(&r);
	rig_fund(&r, 0, 10000);
	rig_fund(&r, 1, 1000000);
	rig_fund(&r, 2, 20000);
	rig_position(&r, 0, "BTC", "1", "100000", 40, false);
	rig_position(&r, 1, "BTC", second, entry, 10, false);
	rig_position(&r, 2, "BTC", "-0.6", "101000", 10, false);
	listen_to(0, "userFills");
	listen_to(2, "userFills");
	listen_to(2, "userEvents");
	str_clear(&r.frames);
	rig_mark(&r, "BTC", 92000);
	r.m.side[0][1].n = 0; /* no book: nothing is sold on the way */
	rig_run(&r, 70);
	rig_mark(&r, "BTC", 89500);
	rig_run(&r, 70);
}

TEST(adl_by_rank_at_the_previous_mark)
{
	struct paper_truth_fill f;

	bankrupt("-1", "101000");
	CHECK_INT(rig_szi(&r, 0, "BTC"), 0);
	CHECK_INT(rig_szi(&r, 2, "BTC"), 0);		 /* 60,600 of notional on 20,000 */
	CHECK_INT(rig_szi(&r, 1, "BTC"), -USD * 6 / 10); /* the rest */
	f = last_fill(2);
	CHECK(f.adl && !f.liquidation);
	CHECK_INT(f.px.v / PX_ONE, 92000);
	CHECK_INT(f.fee.v, 0);
	f = last_fill(0);
	CHECK(f.liquidation && !f.adl);
	CHECK(rig_saw(&r, "\"dir\":\"Auto-Deleveraging\""));
	CHECK(rig_saw(&r, "\"dir\":\"Liquidated Cross Long\""));
	CHECK(rig_saw(&r, "\"side\":\"B\""));
	/* the one that is taken is not told that it was liquidated */
	CHECK(strstr(str_text(&r.frames), "\"liquidated_user\"") == NULL);
	rig_info(&r, "{\"type\":\"userFills\",\"user\":\"%s\"}", r.user[2]);
	CHECK(rig_has(&r, "\"dir\":\"Auto-Deleveraging\""));
	CHECK(rig_has(&r, r.user[0]));
	CHECK(rig_has(&r, "\"hash\":\"0x000000000000000000000000"));
	/* bought back 0.6 at 92,000, sold at 101,000 */
	CHECK_NEAR(equity(2), 20000 + 0.6 * 9000, 0.01);
	rig_close(&r);
}

/* Nobody of ours is left: the crowd takes the rest; who stands on the loser's side stays. */
TEST(adl_takes_profits_only)
{
	bankrupt("1", "50000"); /* in profit, and on the side of the loser */
	CHECK_INT(rig_szi(&r, 0, "BTC"), 0);
	CHECK_INT(rig_szi(&r, 1, "BTC"), USD);
	CHECK_INT(rig_szi(&r, 2, "BTC"), 0);
	rig_close(&r);
}

/* With capital left it is a backstop: nobody is taken, the liquidator has the position. */
TEST(backstop_before_adl)
{
	rig_open(&r);
	rig_fund(&r, 0, 10000);
	rig_fund(&r, 2, 20000);
	rig_position(&r, 0, "BTC", "1", "100000", 40, false);
	rig_position(&r, 2, "BTC", "-0.6", "101000", 10, false);
	rig_mark(&r, "BTC", 89500);
	rig_run(&r, 70);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 0);
	CHECK_INT(rig_szi(&r, 2, "BTC"), -USD * 6 / 10);
	CHECK_INT(r.p->vault->pos[0].szi, USD);
	CHECK_INT(r.p->vault->n_fills, 1);
	CHECK(r.p->vault->fills[0].liq_user == acct(0));
	/* then the liquidator itself goes under: what it holds is taken from those in profit */
	CHECK(paper("{\"liquidator\":\"100\"}"));
	rig_mark(&r, "BTC", 89000);
	rig_run(&r, 70);
	CHECK_INT(r.p->vault->pos[0].szi, 0);
	CHECK_INT(rig_szi(&r, 2, "BTC"), 0);
	rig_close(&r);
}

/* A burst of the scenario: part of our hedge goes, by name of somebody of the crowd. */
TEST(adl_burst)
{
	struct paper_truth_fill f;

	rig_open(&r);
	rig_fund(&r, 0, 500000);
	rig_position(&r, 0, "ETH", "-150", "4100", 10, false);
	rig_position(&r, 0, "BTC", "1", "100000", 10, false);
	rig_order(&r, 0, 1, 'B', "3000", "150", "Gtc", true);
	book(1, 3755, 3765);
	rig_mark(&r, "ETH", 3760);
	rig_run(&r, 70);
	CHECK(paper("{\"adl\":\"ETH\",\"share\":\"0.6\"}"));
	CHECK_INT(rig_szi(&r, 0, "ETH"), -60 * USD);
	f = last_fill(0);
	CHECK(f.adl);
	CHECK_INT(f.start.v, -150 * USD);
	/* the resting reduce-only buy shrinks with it */
	rig_info(&r, "{\"type\":\"openOrders\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "\"sz\":\"60.0\""));
	rig_info(&r, "{\"type\":\"userFills\",\"user\":\"%s\"}", r.user[0]);
	CHECK(strstr(str_text(&r.answer), "\"liquidatedUser\":\"0x") != NULL);
	CHECK(strstr(strstr(str_text(&r.answer), "liquidatedUser"), r.user[0]) == NULL);
	/* not in profit: not taken */
	CHECK(paper("{\"adl\":\"BTC\"}"));
	CHECK_INT(rig_szi(&r, 0, "BTC"), USD);
	CHECK(!paper("{\"adl\":\"BTC\",\"share\":\"1.5\"}"));
	CHECK(!paper("{\"adl\":\"NOPE\"}"));
	rig_close(&r);
}

/* Profit and leverage both raise the rank; loss has none. */
TEST(rank)
{
	int64_t a, b, c;

	rig_open(&r);
	rig_fund(&r, 0, 100000);
	rig_fund(&r, 1, 50000);
	rig_fund(&r, 2, 100000);
	rig_position(&r, 0, "BTC", "1", "90000", 10, false);
	rig_position(&r, 1, "BTC", "1", "90000", 10, false);
	rig_position(&r, 2, "BTC", "1", "80000", 10, false);
	rig_mark(&r, "BTC", 100000);
	a = adl_rank(r.p, acct(0), 0);
	b = adl_rank(r.p, acct(1), 0);
	c = adl_rank(r.p, acct(2), 0);
	/* 100/90 * 100,000/110,000 */
	CHECK_NEAR((double)a / RATE_ONE, 1.010101, 1e-5);
	CHECK(b > a && c > a);
	rig_mark(&r, "BTC", 85000);
	CHECK_INT(adl_rank(r.p, acct(0), 0), 0);
	CHECK(adl_rank(r.p, acct(2), 0) > 0);
	rig_close(&r);
}

TEST_MAIN(T(situation_1_1), T(after_the_cooldown_a_fifth_again), T(orders_of_the_pool_only),
	  T(empty_book_is_not_announced), T(maker_of_a_liquidation),
	  T(adl_by_rank_at_the_previous_mark), T(adl_takes_profits_only), T(backstop_before_adl),
	  T(adl_burst), T(rank))
