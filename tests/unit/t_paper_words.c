/* t_paper_words.c: the words of POST /paper that make a bad world, each doing what it says:
 * post-only, budget, expiry, litter, a second hand, read errors, late executions, stuck front ends,
 * depth, oracle and other venues, funding; and a scenario that speaks them on time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "paper_rig.h"
#include "tests/run.h"

static struct rig r;
static const char post_only_text[] =
	"Only post-only orders allowed immediately after a network upgrade";

static struct acct *acct(int k)
{
	uint8_t addr[20];

	addr_read(addr, r.user[k]);
	return acct_find(r.p, addr);
}

static bool paper(const char *json)
{
	rig_post(&r, "/paper", json);
	return strcmp(str_text(&r.answer), "{\"ok\":true}") == 0;
}

static void open_funded(int64_t usd)
{
	rig_open(&r);
	rig_fund(&r, 0, usd);
}

static void subscribe(const char *fmt, const char *what)
{
	char text[200];

	snprintf(text, sizeof text, fmt, what);
	rig_ws_send(&r, rig_ws(&r), text);
}

#define SUB_COIN "{\"method\":\"subscribe\",\"subscription\":{\"type\":\"%s\",\"coin\":\"BTC\"}}"
#define STOP_JSON                                                                                  \
	"{\"type\":\"order\",\"orders\":[{\"a\":0,\"b\":false,\"p\":\"90000\",\"s\":\"0.1\","      \
	"\"r\":"                                                                                   \
	"true,\"t\":{\"trigger\":{\"isMarket\":true,\"triggerPx\":\"99000\",\"tpsl\":\"sl\"}}}],"  \
	"\"grouping\":\"na\"}"

/* --- post-only --- */

TEST(post_only_refuses_what_takes)
{
	open_funded(1000000);
	rig_position(&r, 0, "BTC", "1", "100000", 10, false);
	rig_order(&r, 0, 0, 'A', "101000", "0.1", "Gtc", true);
	CHECK(paper("{\"post_only\":true,\"ms\":150000}"));
	rig_order(&r, 0, 0, 'A', "99000", "0.1", "Ioc", true);
	CHECK(rig_has(&r, post_only_text));
	rig_order(&r, 0, 0, 'A', "99000", "0.1", "FrontendMarket", true);
	CHECK(rig_has(&r, post_only_text));
	rig_order(&r, 0, 0, 'A', "99990", "0.1", "Gtc", true); /* crosses */
	CHECK(rig_has(&r, post_only_text));
	rig_order(&r, 0, 0, 'A', "99000", "0.1", "Alo", true);
	CHECK(rig_has(&r, "Post only order would have immediately matched"));
	CHECK_INT(rig_szi(&r, 0, "BTC"), USD);
	rig_order(&r, 0, 0, 'A', "100500", "0.1", "Gtc", true);
	CHECK(rig_has(&r, "resting"));
	rig_order(&r, 0, 0, 'A', "100500", "0.1", "Alo", true);
	CHECK(rig_has(&r, "resting"));
	{
		char a[100];

		snprintf(a, sizeof a, "{\"type\":\"cancel\",\"cancels\":[{\"a\":0,\"o\":%llu}]}",
			 (unsigned long long)rig_oid(&r));
		rig_act(&r, 0, a);
		CHECK(rig_has(&r, "success"));
	}
	rig_run(&r, 150000);
	rig_order(&r, 0, 0, 'A', "99000", "0.1", "Ioc", true);
	CHECK(rig_has(&r, "filled"));
	rig_close(&r);
}

/* Nobody trades: no print reaches a resting order, quotes stop at it; after the reopening both do.
 */
TEST(post_only_stops_the_book)
{
	open_funded(1000000);
	rig_position(&r, 0, "BTC", "1", "100000", 10, false);
	rig_order(&r, 0, 0, 'A', "100500", "0.5", "Alo", true);
	CHECK(paper("{\"post_only\":true}"));
	fixed_trade(&r.m, 0, false, (struct price){100600 * PX_ONE}, (struct qty){10 * USD});
	rig_run(&r, 140);
	CHECK_INT(rig_szi(&r, 0, "BTC"), USD);
	fixed_ladder(&r.m, 0, (struct price){100600 * PX_ONE}, (struct price){10 * PX_ONE},
		     (struct qty){USD}, 20); /* the others move through it */
	rig_run(&r, 140);
	CHECK_INT(rig_szi(&r, 0, "BTC"), USD);
	rig_info(&r, "{\"type\":\"l2Book\",\"coin\":\"BTC\"}");
	CHECK(rig_has(&r, "\"levels\":[[{\"px\":\"100490.0\""));
	CHECK(rig_has(&r, "[{\"px\":\"100500.0\",\"sz\":\"0.5\""));
	CHECK(paper("{\"post_only\":false}"));
	rig_run(&r, 140);
	CHECK_INT(rig_szi(&r, 0, "BTC"), USD / 2);
	rig_close(&r);
}

TEST(post_only_holds_triggers_and_liquidations)
{
	open_funded(5000);
	rig_position(&r, 0, "BTC", "0.5", "100000", 40, false);
	rig_act(&r, 0, STOP_JSON);
	CHECK(rig_has(&r, "waitingForTrigger"));
	CHECK(paper("{\"post_only\":true,\"ms\":60000}"));
	rig_mark(&r, "BTC", 91000); /* equity 500, maintenance 568; the stop is met */
	rig_run(&r, 59000);
	CHECK_INT(rig_szi(&r, 0, "BTC"), USD / 2);
	CHECK_INT(paper_open_orders(r.p, r.user[0]), 1);
	rig_run(&r, 1100);
	CHECK(rig_szi(&r, 0, "BTC") < USD / 2);
	CHECK_INT(paper_open_orders(r.p, r.user[0]), 0);
	rig_close(&r);
}

/* --- the account --- */

TEST(budget)
{
	int i;

	open_funded(1000000);
	CHECK(paper("{\"budget\":6}"));
	rig_info(&r, "{\"type\":\"userRateLimit\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "\"nRequestsUsed\":9994,\"nRequestsCap\":10000"));
	for (i = 0; i < 6; i++) {
		rig_order(&r, 0, 0, 'B', "99000", "0.001", "Gtc", false);
		CHECK(rig_has(&r, "resting"));
	}
	rig_order(&r, 0, 0, 'B', "99000", "0.001", "Gtc", false); /* the one of these 10 s */
	CHECK(rig_has(&r, "resting"));
	rig_order(&r, 0, 0, 'B', "99000", "0.001", "Gtc", false);
	CHECK(rig_has(&r, "Too many cumulative requests sent"));
	{
		char a[100];

		snprintf(a, sizeof a, "{\"type\":\"cancel\",\"cancels\":[{\"a\":0,\"o\":%llu}]}",
			 (unsigned long long)acct(0)->first->oid);
		rig_act(&r, 0, a); /* their allowance is larger */
		CHECK(rig_has(&r, "success"));
	}
	rig_run(&r, 10000);
	rig_order(&r, 0, 0, 'B', "99000", "0.001", "Gtc", false);
	CHECK(rig_has(&r, "resting"));
	rig_order(&r, 0, 0, 'B', "101000", "0.1", "Ioc", false);
	CHECK(rig_has(&r, "Too many cumulative requests sent"));
	rig_run(&r, 10000);
	rig_order(&r, 0, 0, 'B', "101000", "0.1", "Ioc", false); /* 10,000 USD free 10,000 */
	CHECK(rig_has(&r, "filled"));
	rig_order(&r, 0, 0, 'B', "99000", "0.001", "Gtc", false);
	CHECK(rig_has(&r, "resting"));
	rig_close(&r);
}

TEST(agent_expiry)
{
	char want[80];

	open_funded(100000);
	CHECK(!paper("{\"agent_expiry\":240000}")); /* it has none */
	CHECK(paper_agent(r.p, r.user[0], r.user[3]));
	CHECK(paper("{\"agent_expiry\":240000}"));
	rig_order(&r, 3, 0, 'B', "99000", "0.001", "Gtc", false);
	CHECK(rig_has(&r, "resting"));
	rig_run(&r, 239000);
	rig_order(&r, 3, 0, 'B', "99000", "0.001", "Gtc", false);
	CHECK(rig_has(&r, "resting"));
	rig_run(&r, 2000);
	rig_order(&r, 3, 0, 'B', "99000", "0.001", "Gtc", false);
	snprintf(want, sizeof want, "User or API Wallet %s does not exist.", r.user[3]);
	CHECK(rig_has(&r, want));
	rig_order(&r, 0, 0, 'B', "99000", "0.001", "Gtc", false); /* the main key lives */
	CHECK(rig_has(&r, "resting"));
	rig_close(&r);
}

TEST(litter_dust_and_cover)
{
	open_funded(1000000);
	CHECK(paper("{\"position\":\"BTC\",\"size\":\"1\",\"price\":\"mid\",\"leverage\":10}"));
	CHECK_INT(rig_szi(&r, 0, "BTC"), USD);
	CHECK(paper("{\"cover\":\"BTC\"}"));
	CHECK_INT(paper_open_orders(r.p, r.user[0]), 2);
	rig_order(&r, 0, 0, 'A', "99000", "1", "Ioc", true); /* covered by his take-profits */
	CHECK(rig_has(&r, "Reduce only order would increase position."));
	CHECK(paper("{\"litter\":998}"));
	CHECK_INT(paper_open_orders(r.p, r.user[0]), 1000);
	rig_act(&r, 0, STOP_JSON);
	CHECK(rig_has(&r, "Too many open orders."));
	CHECK(paper("{\"dust\":\"SOL\",\"usd\":\"6\"}"));
	CHECK(paper("{\"dust\":\"ETH\",\"usd\":\"-11\"}"));
	CHECK_INT(rig_szi(&r, 0, "SOL"), USD * 3 / 100);
	CHECK_INT(rig_szi(&r, 0, "ETH"), -USD * 28 / 10000);
	CHECK(!paper("{\"litter\":0}"));
	CHECK(!paper("{\"cover\":\"XYZ\"}"));
	CHECK(!paper("{\"dust\":\"SOL\",\"usd\":\"5000\"}"));
	CHECK(paper("{\"equity\":\"54544\"}"));
	CHECK_NEAR(money_to_double(paper_equity(r.p, r.user[0])), 54544, 0.01);
	CHECK(paper("{\"equity\":\"0.5\",\"of\":\"notional\"}"));
	CHECK_NEAR(money_to_double(paper_equity(r.p, r.user[0])), 50008.6, 1);
	rig_close(&r);
	open_funded(1000000);
	CHECK(paper("{\"litter\":3,\"dust\":true}"));
	CHECK_INT(paper_open_orders(r.p, r.user[0]), 3);
	CHECK_INT(rig_szi(&r, 0, "ETH"), USD * 15 / 10000);
	CHECK_INT(rig_szi(&r, 0, "SOL"), USD * 6 / 100);
	rig_close(&r);
}

/* At 1,000 open orders reduce-only and triggers are refused even where the cap is higher. */
TEST(thousand_orders_with_volume)
{
	open_funded(1000000);
	rig_position(&r, 0, "BTC", "1", "100000", 10, false);
	CHECK(paper("{\"litter\":1000}"));
	rig_order(&r, 0, 0, 'B', "99000", "0.001", "Gtc", false);
	CHECK(rig_has(&r, "Too many open orders."));
	acct(0)->volume = 10000000 * USD; /* two more */
	rig_order(&r, 0, 0, 'B', "99000", "0.001", "Gtc", false);
	CHECK(rig_has(&r, "resting"));
	rig_order(&r, 0, 0, 'A', "101000", "0.001", "Gtc", true);
	CHECK(rig_has(&r, "Too many open orders."));
	rig_act(&r, 0, STOP_JSON);
	CHECK(rig_has(&r, "Too many open orders."));
	rig_close(&r);
}

/* One that fails pre-validation takes the whole batch with it: no order, no oid, one error. */
TEST(one_error_kills_the_batch)
{
	static const char batch[] = "{\"type\":\"order\",\"grouping\":\"na\",\"orders\":["
				    "{\"a\":0,\"b\":true,\"p\":\"99000\",\"s\":\"0.01\",\"r\":"
				    "false,\"t\":{\"limit\":{\"tif\":"
				    "\"Gtc\"}}},"
				    "{\"a\":0,\"b\":true,\"p\":\"99000\",\"s\":\"%s\",\"r\":false,"
				    "\"t\":{\"limit\":{\"tif\":"
				    "\"Gtc\"}}},"
				    "{\"a\":0,\"b\":true,\"p\":\"%s\",\"s\":\"0.01\",\"r\":false,"
				    "\"t\":{\"limit\":{\"tif\":"
				    "\"Gtc\"}}}]}";
	static const struct {
		const char *sz, *px, *text;
	} row[] = {{"0", "98000", "Order has zero size."},
		   {"0.000001", "98000", "Order has invalid size."},
		   {"0.01", "98000.55", "Order has invalid price."},
		   {"0.01", "1", "Order price cannot be more than 95% away"}};
	char a[700];
	size_t i;

	open_funded(100000);
	for (i = 0; i < COUNT_OF(row); i++) {
		snprintf(a, sizeof a, batch, row[i].sz, row[i].px);
		rig_act(&r, 0, a);
		CHECK(rig_has(&r, "\"statuses\":[{\"error\":\""));
		CHECK(rig_has(&r, row[i].text));
		CHECK(rig_has(&r, "\"}]}}}")); /* one entry for three orders */
		CHECK(strstr(str_text(&r.answer), "},{") == NULL);
		CHECK_INT(paper_open_orders(r.p, r.user[0]), 0);
	}
	/* an error of one order alone leaves the others: 0.00001 BTC is under 10 USD */
	snprintf(a, sizeof a, batch, "0.00001", "98000");
	rig_act(&r, 0, a);
	CHECK_INT(paper_open_orders(r.p, r.user[0]), 2);
	CHECK(rig_has(&r, "minimum value"));
	rig_close(&r);
}

/* --- a second hand --- */

TEST(second_hand)
{
	struct order *o;

	open_funded(1000000);
	rig_position(&r, 0, "BTC", "1", "100000", 10, false);
	rig_order(&r, 0, 0, 'A', "100500", "0.2", "Gtc", true);
	CHECK(paper("{\"hand\":\"add\",\"coin\":\"BTC\",\"share\":\"0.3\"}"));
	CHECK_INT(rig_szi(&r, 0, "BTC"), USD * 13 / 10);
	rig_info(&r, "{\"type\":\"userFills\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "\"cloid\":\"0x68616e64"));
	CHECK(paper("{\"hand\":\"close\",\"coin\":\"BTC\",\"share\":\"0.5\"}"));
	CHECK_INT(rig_szi(&r, 0, "BTC"), USD * 65 / 100);
	CHECK(paper("{\"hand\":\"stop\",\"coin\":\"BTC\",\"away\":\"0.05\"}"));
	CHECK(paper("{\"hand\":\"limit\",\"coin\":\"BTC\",\"side\":\"B\",\"size\":\"0.1\",\"away\":"
		    "\"0.02\"}"));
	CHECK_INT(paper_open_orders(r.p, r.user[0]), 3);
	CHECK_INT(paper_openers(r.p, r.user[0]), 2); /* neither is reduce-only */
	CHECK(paper("{\"hand\":\"twap\",\"coin\":\"BTC\",\"side\":\"B\",\"size\":\"1\",\"minutes\":"
		    "30}"));
	CHECK_INT(paper_openers(r.p, r.user[0]), 3);
	rig_info(&r, "{\"type\":\"userTwapSliceFills\",\"user\":\"%s\"}", r.user[0]);
	rig_run(&r, 31000);
	CHECK(rig_szi(&r, 0, "BTC") > USD * 65 / 100);
	CHECK(paper("{\"hand\":\"cancel\"}")); /* ours go, his stay */
	CHECK_INT(paper_open_orders(r.p, r.user[0]), 2);
	for (o = acct(0)->first; o != NULL; o = o->next)
		CHECK(memcmp(o->cloid, "hand", 4) == 0);
	CHECK(!paper("{\"hand\":\"cancel\"}"));
	CHECK(!paper("{\"hand\":\"wave\",\"coin\":\"BTC\"}"));
	CHECK(!paper("{\"hand\":\"close\",\"coin\":\"SOL\"}")); /* nothing there */
	CHECK(paper("{\"post_only\":true}"));
	CHECK(!paper("{\"hand\":\"add\",\"coin\":\"BTC\",\"share\":\"0.3\"}"));
	rig_close(&r);
}

/* Sells `n` coins each `gap_ms`, for `times`; what the hunter holds a moment before each is added
 * up. */
static int64_t slices(const char *his, int times, int gap_ms, const char *n)
{
	int64_t ahead = 0;

	for (int i = 0; i < times; i++) {
		rig_order(&r, 0, 0, 'A', "99000", n, "Ioc", true);
		rig_run(&r, gap_ms - 700);
		ahead += paper_szi(r.p, his, "BTC").v;
		rig_run(&r, 700);
	}
	return ahead;
}

/* Five slices teach him; then he is short of a slice's size a moment before each, and flat after
 * it. A clock that stops costs him nothing but the spread; another direction is learned anew. */
TEST(hunter_learns_a_clock)
{
	static const char his[] = "0xf00d000000000000000000000000000000000000";

	open_funded(1000000);
	rig_position(&r, 0, "BTC", "50", "100000", 10, false);
	CHECK(paper("{\"hunter\":\"BTC\",\"share\":\"1\",\"lead_ms\":1500,\"hold_ms\":1000}"));
	CHECK_INT(slices(his, 4, 20000, "0.3"), 0); /* three gaps: nothing is learned yet */
	int64_t ahead = slices(his, 4, 20000, "0.3");
	CHECK(ahead <= -3 * (USD * 3 / 10));
	rig_run(&r, 4000);
	CHECK_INT(paper_szi(r.p, his, "BTC").v, 0);
	rig_run(&r, 60000); /* one more hunt for nothing, then he waits for a print */
	CHECK_INT(paper_szi(r.p, his, "BTC").v, 0);
	CHECK(paper("{\"hunter\":\"BTC\",\"share\":\"0\"}"));
	CHECK_INT(slices(his, 6, 20000, "0.3"), 0);
	CHECK(!paper("{\"hunter\":\"BTC\",\"share\":\"9\"}"));
	CHECK(!paper("{\"hunter\":\"BTC\",\"lead_ms\":-1}"));
	CHECK(!paper("{\"hunter\":\"NOSUCH\"}"));
	rig_close(&r);
}

/* He who meets buys what we sell at the touch, and gives it back later. */
TEST(hunter_meets)
{
	static const char his[] = "0xf00d010000000000000000000000000000000000";

	open_funded(1000000);
	rig_position(&r, 0, "BTC", "50", "100000", 10, false);
	CHECK(paper("{\"hunter\":\"BTC\",\"meets\":true,\"hold_ms\":1000}"));
	CHECK_INT(slices(his, 6, 20000, "0.3"), 0);
	rig_order(&r, 0, 0, 'A', "99000", "3", "Ioc", true);
	CHECK(paper_szi(r.p, his, "BTC").v > 0);
	rig_run(&r, 30000);
	CHECK_INT(paper_szi(r.p, his, "BTC").v, 0);
	CHECK_INT(paper_open_orders(r.p, his), 0);
	rig_close(&r);
}

/* What we take he takes a share of in the same block, in our direction, and gives it back later;
 * what rests of ours, and what the venue takes from us, he does not follow. */
TEST(front_runner)
{
	static const char his[] = "0xf00f000000000000000000000000000000000000";

	open_funded(1000000);
	rig_position(&r, 0, "BTC", "5", "100000", 10, false);
	CHECK(paper("{\"runner\":\"BTC\",\"share\":\"0.5\",\"back_ms\":60000}"));
	rig_order(&r, 0, 0, 'A', "99000", "1", "Ioc", true);
	CHECK(rig_has(&r, "\"avgPx\":\"99990.0\""));
	CHECK_INT(paper_szi(r.p, his, "BTC").v, -USD / 2);
	rig_order(&r, 0, 0, 'A', "99000", "1", "Ioc", true); /* half a coin worse than by itself */
	CHECK(rig_has(&r, "\"avgPx\":\"99975"));
	CHECK_INT(paper_szi(r.p, his, "BTC").v, -USD);
	rig_order(&r, 0, 0, 'A', "100005", "1", "Gtc", true);
	fixed_trade(&r.m, 0, false, (struct price){100005 * PX_ONE}, (struct qty){USD});
	rig_run(&r, 70);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 2 * USD);
	CHECK_INT(paper_szi(r.p, his, "BTC").v, -USD);
	rig_run(&r, 59000);
	CHECK_INT(paper_szi(r.p, his, "BTC").v, -USD);
	rig_run(&r, 1200);
	CHECK_INT(paper_szi(r.p, his, "BTC").v, 0);
	CHECK(paper("{\"hand\":\"twap\",\"coin\":\"BTC\",\"side\":\"A\",\"size\":\"1\",\"minutes\":"
		    "5}"));
	rig_run(&r, 31000); /* suborders too */
	CHECK(paper_szi(r.p, his, "BTC").v < 0);
	CHECK(paper("{\"runner\":\"BTC\",\"share\":\"0\"}"));
	rig_run(&r, 200000);
	CHECK_INT(paper_szi(r.p, his, "BTC").v, 0);
	CHECK(!paper("{\"runner\":\"BTC\",\"share\":\"9\"}"));
	rig_close(&r);
}

/* Slices are not among the fills; they are answered by two queries of their own. */
TEST(slice_fills_are_served)
{
	int64_t t0;

	open_funded(1000000);
	CHECK(paper("{\"hand\":\"twap\",\"coin\":\"BTC\",\"side\":\"B\",\"size\":\"1\",\"minutes\":"
		    "5}"));
	t0 = r.now;
	rig_run(&r, 31000);
	rig_info(&r, "{\"type\":\"userTwapSliceFills\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "[{\"fill\":{\"coin\":\"BTC\""));
	CHECK(rig_has(&r, "\"twapId\":null},\"twapId\":1"));
	rig_info(&r, "{\"type\":\"userTwapSliceFillsByTime\",\"user\":\"%s\",\"startTime\":%lld}",
		 r.user[0], (long long)t0 + 20000);
	CHECK(rig_has(&r, "[{\"fill\":{"));
	CHECK(strstr(str_text(&r.answer), "},{\"fill\"") == NULL); /* the second slice only */
	rig_info(&r, "{\"type\":\"userFills\",\"user\":\"%s\"}", r.user[0]);
	CHECK_STR(str_text(&r.answer), "[]");
	rig_close(&r);
}

/* --- outages --- */

TEST(reads_good_in_part)
{
	int i, good = 0;

	open_funded(1000);
	CHECK(paper("{\"fault\":\"read_error\",\"count\":-1,\"per_mille\":800}"));
	for (i = 0; i < 500; i++) {
		rig_info(&r, "{\"type\":\"clearinghouseState\",\"user\":\"%s\"}", r.user[0]);
		CHECK(r.status == 200 || r.status == 502);
		good += r.status == 200;
	}
	CHECK(good > 70 && good < 130); /* a fifth: 100 +- 3 sigma */
	rig_order(&r, 0, 0, 'B', "99000", "0.001", "Gtc", false);
	CHECK(rig_has(&r, "resting")); /* orders are not reads */
	CHECK(paper("{\"fault\":\"read_error\",\"count\":-1}"));
	rig_ws_send(&r, rig_ws(&r),
		    "{\"method\":\"post\",\"id\":7,\"request\":{\"type\":\"info\",\"payload\":{"
		    "\"type\":\"meta\"}}}");
	CHECK(rig_saw(&r, "\"id\":7,\"response\":{\"type\":\"error\",\"payload\":\"502"));
	rig_close(&r);
}

TEST(half_executed)
{
	int i, wrong = 0;
	int64_t done;

	open_funded(10000000);
	CHECK(paper("{\"fault\":\"half\",\"count\":-1,\"per_mille\":300}"));
	for (i = 0; i < 400; i++) {
		rig_order(&r, 0, 0, 'B', "100010", "0.001", "Ioc", false);
		CHECK(r.status == 200 || r.status == 502);
		wrong += r.status == 502;
	}
	done = rig_szi(&r, 0, "BTC") / (USD / 1000);
	CHECK(wrong > 84 && wrong < 156);
	CHECK(400 - done > wrong / 2 - 35 && 400 - done < wrong / 2 + 35);
	rig_close(&r);
}

/* 502 at once, executed 5 to 40 s later; what has expired by then is refused there, unheard. */
TEST(late_executions)
{
	int64_t first = 0, last = 0, n = 0;
	int i;

	open_funded(10000000);
	CHECK(paper("{\"fault\":\"late_exec\",\"count\":-1,\"ms\":40000}"));
	for (i = 0; i < 40; i++) {
		rig_order(&r, 0, 0, 'B', "100010", "0.001", "Ioc", false);
		CHECK_INT(r.status, 502);
	}
	r.expires = (uint64_t)r.now + 4000;
	rig_order(&r, 0, 0, 'B', "100010", "0.5", "Ioc", false);
	CHECK_INT(r.status, 502);
	r.expires = 0;
	CHECK_INT(rig_szi(&r, 0, "BTC"), 0);
	for (i = 0; i < 45000; i += 100) {
		rig_run(&r, 100);
		if (rig_szi(&r, 0, "BTC") != n * USD / 1000) {
			n = rig_szi(&r, 0, "BTC") / (USD / 1000);
			first = first ? first : i;
			last = i;
		}
	}
	CHECK_INT(n, 40);
	CHECK(first >= 4900 && first < 12000);
	CHECK(last > 30000 && last <= 40100);
	rig_close(&r);
}

TEST(front_end_is_stuck)
{
	open_funded(100000);
	subscribe(SUB_COIN, "l2Book");
	subscribe(SUB_COIN, "activeAssetCtx");
	subscribe(SUB_COIN, "bbo");
	subscribe(SUB_COIN, "trades");
	CHECK(paper("{\"fault\":\"freeze_book\",\"count\":-1}"));
	str_clear(&r.frames);
	fixed_ladder(&r.m, 0, (struct price){98000 * PX_ONE}, (struct price){10 * PX_ONE},
		     (struct qty){USD}, 20);
	fixed_trade(&r.m, 0, true, (struct price){98000 * PX_ONE}, (struct qty){USD});
	rig_run(&r, 12000);
	/* the book is the old one, again and again; mark and trades go on */
	CHECK(rig_saw(&r, "\"levels\":[[{\"px\":\"99990.0\""));
	CHECK(strstr(str_text(&r.frames), "97990.0") == NULL);
	CHECK(strstr(str_text(&r.frames), "\"channel\":\"bbo\"") == NULL);
	CHECK(rig_saw(&r,
		      "\"channel\":\"trades\",\"data\":[{\"coin\":\"BTC\",\"side\":\"A\",\"px\":"
		      "\"98000.0\""));
	CHECK(rig_saw(&r, "\"midPx\":\"100000.0\""));
	CHECK(strstr(str_text(&r.frames), "\"markPx\":\"98") != NULL);
	rig_info(&r, "{\"type\":\"l2Book\",\"coin\":\"BTC\"}");
	CHECK(rig_has(&r, "99990.0"));
	rig_info(&r, "{\"type\":\"allMids\"}");
	CHECK(rig_has(&r, "\"BTC\":\"100000.0\""));
	/* but the venue is where it is */
	rig_order(&r, 0, 0, 'B', "98010", "0.1", "Ioc", false);
	CHECK(rig_has(&r, "\"avgPx\":\"98010"));
	CHECK(paper("{\"fault\":\"freeze_mark\",\"count\":-1,\"ms\":20000}"));
	rig_run(&r, 1100);
	str_clear(&r.frames);
	fixed_ladder(&r.m, 0, (struct price){90000 * PX_ONE}, (struct price){10 * PX_ONE},
		     (struct qty){USD}, 20);
	rig_run(&r, 18000);
	CHECK(strstr(str_text(&r.frames), "\"channel\":\"activeAssetCtx\"") != NULL);
	CHECK(strstr(str_text(&r.frames), "\"markPx\":\"9") != NULL);
	CHECK(strstr(str_text(&r.frames), "\"oraclePx\":\"90000.0\"") == NULL);
	rig_run(&r, 2000);
	CHECK(rig_saw(&r, "\"oraclePx\":\"90000.0\""));
	CHECK(paper("{\"fault\":\"freeze_book\",\"count\":0}"));
	rig_info(&r, "{\"type\":\"l2Book\",\"coin\":\"BTC\"}");
	CHECK(rig_has(&r, "89990.0"));
	rig_close(&r);
}

/* --- depth and prices --- */

static int64_t ask_size(void)
{
	struct paper_level l;

	return book_levels(&r.p->coin[0], false, &l, 1) > 0 ? l.sz.v : 0;
}

TEST(depth_goes_and_comes_back)
{
	open_funded(1000);
	CHECK(paper("{\"depth\":\"BTC\",\"factor\":\"0.1\",\"over_ms\":10000,\"ms\":60000,"
		    "\"back_ms\":100000}"));
	rig_run(&r, 5000);
	CHECK_NEAR((double)ask_size() / USD, 0.55, 0.01);
	rig_run(&r, 5100);
	CHECK_INT(ask_size(), USD / 10);
	rig_run(&r, 59000);
	CHECK_INT(ask_size(), USD / 10);
	rig_run(&r, 51000);
	CHECK_NEAR((double)ask_size() / USD, 0.55, 0.01);
	rig_run(&r, 50000);
	CHECK_INT(ask_size(), USD);
	CHECK(paper("{\"depth\":\"*\",\"factor\":\"0\"}"));
	rig_run(&r, 70);
	rig_info(&r, "{\"type\":\"l2Book\",\"coin\":\"ETH\"}");
	CHECK(rig_has(&r, "\"levels\":[[],[]]"));
	CHECK(paper("{\"depth\":\"*\",\"factor\":\"1\"}"));
	rig_run(&r, 70);
	CHECK_INT(ask_size(), USD);
	CHECK(!paper("{\"depth\":\"BTC\",\"factor\":\"-1\"}"));
	rig_close(&r);
}

/* Oracle -6 %: the mark stays; the funding does not. */
TEST(depeg)
{
	open_funded(1000000);
	rig_position(&r, 0, "BTC", "1", "100000", 10, false);
	CHECK(paper("{\"oracle\":\"BTC\",\"pct\":\"-6\",\"ms\":600000}"));
	rig_run(&r, 6000);
	CHECK_INT(r.p->coin[0].oracle / PX_ONE, 94000);
	CHECK_INT(r.p->coin[0].mark / PX_ONE, 100000);
	rig_run(&r, 590000);
	CHECK_INT(r.p->coin[0].mark / PX_ONE, 100000);
	CHECK(r.p->coin[0].funding_rate > RATE_ONE * 7 / 1000); /* 0.75 % an hour */
	rig_run(&r, 10000);
	CHECK_INT(r.p->coin[0].oracle / PX_ONE, 100000);
	/* then one external median is off: it is outvoted */
	CHECK(paper("{\"external\":\"BTC\",\"pct\":\"-5\"}"));
	rig_run(&r, 6000);
	CHECK(r.p->coin[0].mark > 99900 * PX_ONE);
	rig_close(&r);
}

/* The book falls 3 % and the world does not follow: the mark is the median, and that is the oracle
 * with its slow EMA, 1.5 % and more over the book; it comes down in minutes. */
TEST(mark_and_book_part)
{
	open_funded(1000);
	rig_run(&r, 300000);					 /* the averages have a past */
	CHECK(paper("{\"oracle\":\"BTC\",\"pct\":\"3.0928\"}")); /* of the book's mid below */
	CHECK(paper("{\"external\":\"BTC\",\"pct\":\"3.0928\"}"));
	fixed_ladder(&r.m, 0, (struct price){97000 * PX_ONE}, (struct price){10 * PX_ONE},
		     (struct qty){USD}, 20);
	rig_run(&r, 6000);
	CHECK_NEAR((double)r.p->coin[0].oracle / PX_ONE, 100000, 2);
	CHECK((double)r.p->coin[0].mark / PX_ONE > 97000 * 1.015);
	rig_run(&r, 60000);
	CHECK((double)r.p->coin[0].mark / PX_ONE < 100000);
	rig_run(&r, 900000);
	CHECK_NEAR((double)r.p->coin[0].mark / PX_ONE, 97000, 60);
	rig_close(&r);
}

TEST(funding_is_set)
{
	open_funded(1000000);
	rig_position(&r, 0, "BTC", "1", "100000", 10, false);
	CHECK(paper("{\"funding\":\"BTC\",\"rate\":\"0.0001141\"}"));
	rig_run(&r, HOUR_MS);
	rig_info(&r, "{\"type\":\"userFunding\",\"user\":\"%s\",\"startTime\":0}", r.user[0]);
	CHECK(rig_has(&r, "\"usdc\":\"-11.41\",\"szi\":\"1.0\",\"fundingRate\":\"0.0001141\""));
	CHECK(paper("{\"funding\":\"BTC\"}"));
	rig_run(&r, HOUR_MS);
	rig_info(&r, "{\"type\":\"userFunding\",\"user\":\"%s\",\"startTime\":0}", r.user[0]);
	CHECK(rig_has(&r, "\"fundingRate\":\"0.0000125\""));
	CHECK(!paper("{\"funding\":\"BTC\",\"rate\":\"1\"}"));
	rig_close(&r);
}

TEST(rules_at_run_time)
{
	open_funded(1000000);
	rig_position(&r, 0, "BTC", "1", "100000", 10, false);
	CHECK(paper("{\"reduce_only\":\"reject\"}"));
	rig_order(&r, 0, 0, 'A', "99000", "2", "Ioc", true);
	CHECK(rig_has(&r, "Reduce only order would increase position."));
	CHECK(paper("{\"reduce_only_cover\":\"strict\"}"));
	rig_act(&r, 0, STOP_JSON);
	rig_order(&r, 0, 0, 'A', "99000", "1", "Ioc", true); /* 0.1 is covered by the stop */
	CHECK(rig_has(&r, "Reduce only order would increase position."));
	CHECK(paper("{\"reduce_only\":\"cap\"}"));
	rig_order(&r, 0, 0, 'A', "99000", "1", "Ioc", true);
	CHECK(rig_has(&r, "\"totalSz\":\"0.9\""));
	CHECK(paper("{\"min_rule\":\"none-exempt\"}"));
	rig_position(&r, 0, "SOL", "0.04", "200", 10, false);
	rig_order(&r, 0, 2, 'A', "199", "0.04", "Ioc", true);
	CHECK(rig_has(&r, "minimum value"));
	CHECK(!paper("{\"reduce_only\":\"maybe\"}"));
	CHECK(!paper("{\"reduce_only_cover\":1}"));
	CHECK(!paper("{\"min_rule\":\"some\"}"));
	rig_close(&r);
}

/* --- scenarios --- */

static const struct scenario_step steps[] = {
	{0, 0, "{\"position\":\"BTC\",\"size\":\"2\",\"price\":\"mid\",\"leverage\":20}"},
	{30, 0, "{\"hand\":\"close\",\"coin\":\"BTC\",\"size\":\"0.25\"}"},
	{10, 20, "{\"hand\":\"add\",\"coin\":\"BTC\",\"size\":\"0.1\"}"},
	{40, 0, "{\"no\":\"such word\"}"},
};
static const struct scenario tale = {
	.name = "tale", .about = "", .step = steps, .n_steps = COUNT_OF(steps)};

TEST(scenario_steps_come_on_time)
{
	struct paper_note n;
	int i, ok = 0, bad = 0;

	rig_open(&r);
	r.conf.scenario = &tale;
	rig_start(&r);
	rig_fund(&r, 0, 100000); /* before the first step: start-up does none */
	rig_run(&r, 140);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 2 * USD);
	rig_run(&r, 9800);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 2 * USD);
	rig_run(&r, 200);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 21 * USD / 10);
	rig_run(&r, 20000); /* at 30 both, by row */
	CHECK_INT(rig_szi(&r, 0, "BTC"), 195 * USD / 100);
	rig_run(&r, 20000);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 205 * USD / 100);
	for (i = 0; paper_note(r.p, &n); i++) {
		ok += n.ok;
		bad += !n.ok;
		if (!n.ok)
			CHECK(n.market_ms >= 40000 && n.market_ms < 40100 &&
			      strstr(n.text, "nothing that is known") != NULL);
	}
	CHECK_INT(ok, 5);
	CHECK_INT(bad, 1);
	rig_close(&r);
}

/* Every step of every scenario of the program is JSON that the venue knows. What it does depends on
 * the account; here only the words are looked at. */
TEST(steps_are_words)
{
	const struct scenario *s;
	const char *why;
	uint32_t i, k;

	open_funded(1000000);
	rig_position(&r, 0, "BTC", "1", "100000", 10, false);
	for (k = 0; (s = scenario_row(k)) != NULL; k++) {
		CHECK(s->n_steps <= SCENARIO_STEPS_MAX && s->about[0] != '\0');
		for (i = 0; i < s->n_steps; i++) {
			why = "";
			if (!paper_do(r.p, s->step[i].json, strlen(s->step[i].json), &why) &&
			    strcmp(why, "nothing that is known, or a value out of range") == 0)
				test_fail(__FILE__, __LINE__, "%s: %s", s->name, s->step[i].json);
		}
	}
	rig_close(&r);
}

TEST_MAIN(T(post_only_refuses_what_takes), T(post_only_stops_the_book),
	  T(post_only_holds_triggers_and_liquidations), T(budget), T(agent_expiry),
	  T(litter_dust_and_cover), T(thousand_orders_with_volume), T(one_error_kills_the_batch),
	  T(second_hand), T(front_runner), T(hunter_learns_a_clock), T(hunter_meets),
	  T(slice_fills_are_served), T(reads_good_in_part), T(half_executed), T(late_executions),
	  T(front_end_is_stuck), T(depth_goes_and_comes_back), T(depeg), T(mark_and_book_part),
	  T(funding_is_set), T(rules_at_run_time), T(scenario_steps_come_on_time),
	  T(steps_are_words))
