/* t_paper_match.c: matching, queue rules, post-only, self-trade, reduce-only, triggers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paper_rig.h"
#include "tests/run.h"

static struct rig r;

TEST(ioc_walks_depth_and_consumption_recovers)
{
	rig_open(&r);
	rig_fund(&r, 0, 1000000);
	rig_order(&r, 0, 0, 'B', "100030", "2.5", "Ioc", false);
	CHECK(rig_has(&r, "\"filled\":{\"totalSz\":\"2.5\",\"avgPx\":\"100018.0\""));
	CHECK_INT(rig_szi(&r, 0, "BTC"), 250000000);
	rig_info(&r, "{\"type\":\"l2Book\",\"coin\":\"BTC\"}");
	CHECK(rig_has(&r, "[{\"px\":\"100030.0\",\"sz\":\"0.5"));
	rig_run(&r, 1000);
	rig_info(&r, "{\"type\":\"l2Book\",\"coin\":\"BTC\"}");
	CHECK(rig_has(&r, "[{\"px\":\"100010.0\",\"sz\":\"0."));
	rig_run(&r, 1100);
	rig_info(&r, "{\"type\":\"l2Book\",\"coin\":\"BTC\"}");
	CHECK(rig_has(&r, "[{\"px\":\"100010.0\",\"sz\":\"1.0\""));
	rig_close(&r);
}

TEST(ioc_partial_and_none)
{
	rig_open(&r);
	rig_fund(&r, 0, 1000000);
	rig_order(&r, 0, 0, 'B', "100020", "3", "Ioc", false);
	CHECK(rig_has(&r, "\"totalSz\":\"2.0\""));
	rig_order(&r, 0, 0, 'B', "99000", "1", "Ioc", false);
	CHECK(rig_has(&r, "could not immediately match against any resting orders. asset=0"));
	rig_close(&r);
}

TEST(queue_rules)
{
	rig_open(&r);
	rig_fund(&r, 0, 1000000);
	rig_order(&r, 0, 0, 'B', "99990", "0.5", "Alo", false);
	CHECK(rig_has(&r, "resting"));
	/* Q2: one whole coin is displayed in front; trades elsewhere do not help */
	fixed_trade(&r.m, 0, true, (struct price){99990 * PX_ONE}, (struct qty){60000000});
	rig_run(&r, 70);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 0);
	fixed_level(&r.m, 0, true, 0, (struct price){99990 * PX_ONE}, (struct qty){1000});
	rig_run(&r, 70);
	fixed_trade(&r.m, 0, true, (struct price){99990 * PX_ONE}, (struct qty){50000000});
	rig_run(&r, 70);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 10000000); /* 0.4 ahead, 0.1 for us */
	/* Q3 */
	fixed_trade(&r.m, 0, true, (struct price){99900 * PX_ONE}, (struct qty){20000000});
	rig_run(&r, 70);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 30000000);
	/* Q4: the asks come down onto us */
	fixed_ladder(&r.m, 0, (struct price){99900 * PX_ONE}, (struct price){10 * PX_ONE},
		     (struct qty){5000000}, 20);
	rig_run(&r, 70);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 50000000);
	CHECK_INT(paper_open_orders(r.p, r.user[0]), 0);
	rig_close(&r);
}

TEST(users_trade_with_each_other)
{
	rig_open(&r);
	rig_fund(&r, 0, 1000000);
	rig_fund(&r, 1, 1000000);
	rig_order(&r, 0, 0, 'A', "100005", "1", "Gtc", false);
	CHECK(rig_has(&r, "resting"));
	rig_order(&r, 1, 0, 'B', "100010", "1.5", "Ioc", false);
	CHECK(rig_has(&r, "\"totalSz\":\"1.5\""));
	CHECK_INT(rig_szi(&r, 0, "BTC"), -100000000);
	CHECK_INT(rig_szi(&r, 1, "BTC"), 150000000);
	rig_info(&r, "{\"type\":\"userFills\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "\"crossed\":false,\"fee\":\"15.00075\""));
	rig_info(&r, "{\"type\":\"userFills\",\"user\":\"%s\"}", r.user[1]);
	CHECK(rig_has(&r, "\"fee\":\"45.00225\""));
	rig_close(&r);
}

TEST(self_trade_cancels_the_resting)
{
	uint64_t ws;

	rig_open(&r);
	rig_fund(&r, 0, 1000000);
	ws = rig_ws(&r);
	rig_order(&r, 0, 0, 'A', "100005", "1", "Gtc", false);
	rig_ws_send(&r, ws,
		    "{\"method\":\"subscribe\",\"subscription\":{\"type\":"
		    "\"orderUpdates\",\"user\":\"0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a\"}}");
	rig_order(&r, 0, 0, 'B', "100010", "0.5", "Gtc", false);
	CHECK(rig_has(&r, "\"filled\":{\"totalSz\":\"0.5\",\"avgPx\":\"100010.0\""));
	CHECK_INT(paper_open_orders(r.p, r.user[0]), 0);
	CHECK(rig_saw(&r, "selfTradeCanceled"));
	CHECK(rig_saw(&r, "\"status\":\"filled\""));
	rig_close(&r);
}

TEST(price_time_between_users)
{
	rig_open(&r);
	rig_fund(&r, 0, 1000000);
	rig_fund(&r, 1, 1000000);
	rig_fund(&r, 2, 1000000);
	rig_order(&r, 0, 0, 'A', "100006", "0.1", "Gtc", false);
	rig_order(&r, 1, 0, 'A', "100006", "0.1", "Gtc", false);
	rig_order(&r, 1, 0, 'A', "100005", "0.1", "Gtc", false);
	rig_order(&r, 2, 0, 'B', "100006", "0.15", "Ioc", false);
	CHECK_INT(rig_szi(&r, 1, "BTC"), -10000000);
	CHECK_INT(rig_szi(&r, 0, "BTC"), -5000000);
	rig_close(&r);
}

TEST(reduce_only_caps_or_rejects)
{
	rig_open(&r);
	rig_fund(&r, 0, 1000000);
	rig_position(&r, 0, "BTC", "1", "100000", 10, false);
	rig_order(&r, 0, 0, 'A', "99000", "5", "Ioc", true);
	CHECK(rig_has(&r, "\"totalSz\":\"1.0\""));
	CHECK_INT(rig_szi(&r, 0, "BTC"), 0);
	rig_order(&r, 0, 0, 'A', "99000", "1", "Ioc", true);
	CHECK(rig_has(&r, "Reduce only order would increase position. asset=0"));
	r.conf.reduce_only_reject = true;
	rig_start(&r);
	rig_fund(&r, 0, 1000000);
	rig_position(&r, 0, "BTC", "1", "100000", 10, false);
	rig_order(&r, 0, 0, 'A', "99000", "5", "Ioc", true);
	CHECK(rig_has(&r, "Reduce only order would increase position. asset=0"));
	rig_order(&r, 0, 0, 'A', "99000", "1", "Ioc", true);
	CHECK(rig_has(&r, "filled"));
	rig_close(&r);
}

TEST(reduce_only_cover)
{
	static const char stop[] =
		"{\"type\":\"order\",\"orders\":[{\"a\":0,\"b\":false,\"p\":\"85000\",\"s\":\"1\","
		"\"r\":true,\"t\":{\"trigger\":{\"isMarket\":true,\"triggerPx\":\"90000\","
		"\"tpsl\":\"sl\"}}}],\"grouping\":\"na\"}";

	rig_open(&r);
	rig_fund(&r, 0, 1000000);
	rig_position(&r, 0, "BTC", "1", "100000", 10, false);
	rig_act(&r, 0, stop);
	CHECK(rig_has(&r, "waitingForTrigger"));
	rig_order(&r, 0, 0, 'A', "100500", "0.7", "Gtc", true); /* triggers do not count */
	CHECK(rig_has(&r, "resting"));
	rig_order(&r, 0, 0, 'A', "100600", "0.7", "Gtc", true); /* resting limits do */
	rig_info(&r, "{\"type\":\"openOrders\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "\"sz\":\"0.3\""));
	rig_order(&r, 0, 0, 'A', "99000", "0.1", "Ioc", true);
	CHECK(rig_has(&r, "Reduce only order would increase position."));
	r.conf.cover_strict = true;
	rig_start(&r);
	rig_fund(&r, 0, 1000000);
	rig_position(&r, 0, "BTC", "1", "100000", 10, false);
	rig_act(&r, 0, stop);
	rig_order(&r, 0, 0, 'A', "99000", "1", "Ioc", true);
	CHECK(rig_has(&r, "Reduce only order would increase position."));
	rig_close(&r);
}

TEST(reduce_only_shrinks_with_the_position)
{
	rig_open(&r);
	rig_fund(&r, 0, 1000000);
	rig_position(&r, 0, "BTC", "1", "100000", 10, false);
	rig_order(&r, 0, 0, 'A', "100500", "1", "Gtc", true);
	rig_order(&r, 0, 0, 'A', "99990", "0.4", "Ioc", false); /* not reduce-only */
	rig_info(&r, "{\"type\":\"openOrders\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "\"sz\":\"0.6\""));
	rig_order(&r, 0, 0, 'A', "99000", "0.6", "Ioc", false);
	CHECK_INT(paper_open_orders(r.p, r.user[0]), 0);
	rig_info(&r, "{\"type\":\"historicalOrders\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "reduceOnlyCanceled"));
	rig_close(&r);
}

TEST(min_notional_rules)
{
	static const char *const text = "Order must have minimum value of $10. asset=2";

	rig_open(&r);
	rig_fund(&r, 0, 100000);
	rig_position(&r, 0, "SOL", "0.04", "200", 10, false);
	rig_order(&r, 0, 2, 'A', "199", "0.02", "Ioc", true);
	CHECK(rig_has(&r, text));
	rig_order(&r, 0, 2, 'B', "199", "0.02", "Gtc", false);
	CHECK(rig_has(&r, text));
	rig_order(&r, 0, 2, 'A', "199", "0.04", "Ioc", true);
	CHECK(rig_has(&r, "filled"));
	r.conf.min_rule = PAPER_MIN_NONE_EXEMPT;
	rig_start(&r);
	rig_fund(&r, 0, 100000);
	rig_position(&r, 0, "SOL", "0.04", "200", 10, false);
	rig_order(&r, 0, 2, 'A', "199", "0.04", "Ioc", true);
	CHECK(rig_has(&r, text));
	r.conf.min_rule = PAPER_MIN_ALL_EXEMPT;
	rig_start(&r);
	rig_fund(&r, 0, 100000);
	rig_position(&r, 0, "SOL", "0.04", "200", 10, false);
	rig_order(&r, 0, 2, 'A', "199", "0.02", "Ioc", true);
	CHECK(rig_has(&r, "filled"));
	rig_close(&r);
}

static const char *trigger(int k, bool buy, const char *p, const char *tp, const char *kind,
			   const char *grouping, const char *sz)
{
	static char a[512];

	(void)k;
	snprintf(a, sizeof a,
		 "{\"type\":\"order\",\"orders\":[{\"a\":0,\"b\":%s,\"p\":\"%s\",\"s\":\"%s\","
		 "\"r\":true,\"t\":{\"trigger\":{\"isMarket\":true,\"triggerPx\":\"%s\",\"tpsl\":"
		 "\"%s\"}}}],\"grouping\":\"%s\"}",
		 buy ? "true" : "false", p, sz, tp, kind, grouping);
	return a;
}

TEST(triggers_fire_by_mark)
{
	rig_open(&r);
	rig_fund(&r, 0, 1000000);
	rig_position(&r, 0, "BTC", "1", "100000", 10, false);
	rig_act(&r, 0, trigger(0, false, "90000", "101000", "sl", "na", "1"));
	CHECK(rig_has(&r, "Invalid TP/SL price. asset=0")); /* already met */
	rig_act(&r, 0, trigger(0, false, "90000", "99000", "sl", "positionTpsl", "0"));
	CHECK(rig_has(&r, "\"waitingForTrigger\""));
	rig_act(&r, 0, trigger(0, false, "90000", "102000", "tp", "positionTpsl", "0"));
	rig_info(&r, "{\"type\":\"frontendOpenOrders\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "\"triggerCondition\":\"Price above 102000\""));
	CHECK(rig_has(&r, "\"triggerCondition\":\"Price below 99000\""));
	CHECK(rig_has(&r, "\"orderType\":\"Stop Market\",\"origSz\":\"0.0\",\"tif\":null"));
	rig_mark(&r, "BTC", 99000);
	rig_run(&r, 140);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 0);
	CHECK_INT(paper_open_orders(r.p, r.user[0]), 0);
	rig_info(&r, "{\"type\":\"historicalOrders\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "siblingFilledCanceled"));
	rig_close(&r);
}

TEST(normal_tpsl_family)
{
	static const char family[] =
		"{\"type\":\"order\",\"orders\":[{\"a\":0,\"b\":true,\"p\":\"%s\",\"s\":\"0.5\","
		"\"r\":"
		"false,\"t\":{\"limit\":{\"tif\":\"Gtc\"}}},{\"a\":0,\"b\":false,\"p\":\"110000\","
		"\"s\":\"0.5\",\"r\":true,\"t\":{\"trigger\":{\"isMarket\":true,\"triggerPx\":"
		"\"110000\",\"tpsl\":\"tp\"}}},{\"a\":0,\"b\":false,\"p\":\"80000\",\"s\":\"0.5\","
		"\"r\":true,\"t\":{\"trigger\":{\"isMarket\":true,\"triggerPx\":\"90000\",\"tpsl\":"
		"\"sl\"}}}],\"grouping\":\"normalTpsl\"}";
	char a[1024];
	uint64_t oid;

	rig_open(&r);
	rig_fund(&r, 0, 1000000);
	snprintf(a, sizeof a, family, "99000");
	rig_act(&r, 0, a);
	CHECK(rig_has(&r, "\"waitingForFill\",\"waitingForFill\""));
	oid = rig_oid(&r);
	rig_info(&r, "{\"type\":\"frontendOpenOrders\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "\"children\":[{\"coin\":\"BTC\""));
	snprintf(a, sizeof a, "{\"type\":\"cancel\",\"cancels\":[{\"a\":0,\"o\":%llu}]}",
		 (unsigned long long)oid);
	rig_act(&r, 0, a);
	CHECK(rig_has(&r, "success"));
	CHECK_INT(paper_open_orders(r.p, r.user[0]), 0);
	snprintf(a, sizeof a, family, "100500");
	rig_act(&r, 0, a);
	CHECK(rig_has(&r, "\"waitingForTrigger\",\"waitingForTrigger\""));
	CHECK_INT(paper_open_orders(r.p, r.user[0]), 2);
	rig_mark(&r, "BTC", 89000);
	rig_run(&r, 140);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 0);
	CHECK_INT(paper_open_orders(r.p, r.user[0]), 0);
	rig_close(&r);
}

TEST(modify_gives_a_new_oid)
{
	char a[512];
	uint64_t oid;

	rig_open(&r);
	rig_fund(&r, 0, 1000000);
	rig_order(&r, 0, 0, 'B', "99000", "0.5", "Gtc", false);
	oid = rig_oid(&r);
	snprintf(
		a, sizeof a,
		"{\"type\":\"batchModify\",\"modifies\":[{\"oid\":%llu,\"order\":{\"a\":0,\"b\":"
		"true,"
		"\"p\":\"98000\",\"s\":\"0.4\",\"r\":false,\"t\":{\"limit\":{\"tif\":\"Gtc\"}}}}]}",
		(unsigned long long)oid);
	rig_act(&r, 0, a);
	CHECK(rig_has(&r, "\"type\":\"order\",\"data\":{\"statuses\":[{\"resting\""));
	CHECK(rig_oid(&r) != oid);
	CHECK_INT(paper_open_orders(r.p, r.user[0]), 1);
	rig_info(&r, "{\"type\":\"orderStatus\",\"user\":\"%s\",\"oid\":%llu}", r.user[0],
		 (unsigned long long)oid);
	CHECK(rig_has(&r, "\"status\":\"canceled\""));
	rig_close(&r);
}

TEST(open_order_cap)
{
	struct str a = {0};
	int i, k;

	rig_open(&r);
	rig_fund(&r, 0, 10000000);
	rig_position(&r, 0, "BTC", "1", "100000", 10, false);
	for (k = 0; k < 10; k++) {
		str_clear(&a);
		str_puts(&a, "{\"type\":\"order\",\"grouping\":\"na\",\"orders\":[");
		for (i = 0; i < 100; i++)
			str_printf(&a,
				   "%s{\"a\":0,\"b\":true,\"p\":\"%d\",\"s\":\"0.001\",\"r\":false,"
				   "\"t\":{\"limit\":{\"tif\":\"Gtc\"}}}",
				   i ? "," : "", 99000 - k * 100 - i);
		str_puts(&a, "]}");
		rig_act(&r, 0, a.p);
	}
	CHECK_INT(paper_open_orders(r.p, r.user[0]), 1000);
	rig_order(&r, 0, 0, 'A', "101000", "0.001", "Gtc", true);
	CHECK(rig_has(&r, "Too many open orders."));
	rig_info(&r, "{\"type\":\"historicalOrders\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "tooManyOpenOrdersRejected"));
	str_free(&a);
	rig_close(&r);
}

/* Three actions wait for one block, in the wrong order of arrival. */
TEST(block_order_puts_cancels_before_takers)
{
	char a[300], *body[3];
	uint64_t oid;
	int i;

	rig_open(&r);
	rig_fund(&r, 0, 1000000);
	rig_fund(&r, 1, 1000000);
	rig_order(&r, 0, 0, 'A', "100005", "0.1", "Alo", false);
	oid = rig_oid(&r);
	body[0] = rig_sign(&r, 1,
			   "{\"type\":\"order\",\"orders\":[{\"a\":0,\"b\":true,\"p\":\"100010\","
			   "\"s\":\"0.2\",\"r\":false,\"t\":{\"limit\":{\"tif\":\"Ioc\"}}}],"
			   "\"grouping\":\"na\"}",
			   (uint64_t)r.now + 1);
	snprintf(a, sizeof a, "{\"type\":\"cancel\",\"cancels\":[{\"a\":0,\"o\":%llu}]}",
		 (unsigned long long)oid);
	body[1] = rig_sign(&r, 0, a, (uint64_t)r.now + 2);
	body[2] = rig_sign(&r, 0,
			   "{\"type\":\"order\",\"orders\":[{\"a\":0,\"b\":false,\"p\":\"100006\","
			   "\"s\":\"0.1\",\"r\":false,\"t\":{\"limit\":{\"tif\":\"Alo\"}}}],"
			   "\"grouping\":\"na\"}",
			   (uint64_t)r.now + 3);
	for (i = 0; i < 3; i++)
		paper_http(r.p, 500 + (uint64_t)i, "x", "POST", "/exchange", "application/json",
			   body[i], strlen(body[i]), r.now);
	rig_run(&r, 70);
	rig_info(&r, "{\"type\":\"userFills\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "\"px\":\"100006.0\",\"sz\":\"0.1\"")); /* the post-only was there */
	CHECK(strstr(str_text(&r.answer), "100005.0") == NULL);	  /* the cancelled was not */
	for (i = 0; i < 3; i++)
		free(body[i]);
	rig_close(&r);
}

TEST(sub_accounts)
{
	const char *at;
	char a[300];

	rig_open(&r);
	rig_fund(&r, 0, 100000);
	rig_act(&r, 0, "{\"type\":\"createSubAccount\",\"name\":\"second\"}");
	at = strstr(str_text(&r.answer), "\"data\":\"0x");
	REQUIRE(at != NULL);
	snprintf(r.vault, sizeof r.vault, "%.42s", at + 8);
	snprintf(a, sizeof a,
		 "{\"type\":\"subAccountTransfer\",\"subAccountUser\":\"%s\",\"isDeposit\":true,"
		 "\"usd\":50000000000}",
		 r.vault);
	{
		char sub[43];

		memcpy(sub, r.vault, sizeof sub);
		r.vault[0] = '\0';
		rig_act(&r, 0, a);
		CHECK(rig_has(&r, "default"));
		memcpy(r.vault, sub, sizeof sub);
	}
	rig_order(&r, 0, 0, 'B', "100010", "0.1", "Ioc", false);
	CHECK(rig_has(&r, "filled"));
	CHECK_INT(paper_szi(r.p, r.vault, "BTC").v, 10000000);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 0);
	rig_info(&r, "{\"type\":\"userRole\",\"user\":\"%s\"}", r.vault);
	CHECK(rig_has(&r, "\"role\":\"subAccount\""));
	rig_close(&r);
}

TEST(builder_fee_is_charged)
{
	char a[400];

	rig_open(&r);
	rig_fund(&r, 0, 100000);
	snprintf(a, sizeof a,
		 "{\"type\":\"approveBuilderFee\",\"hyperliquidChain\":\"Testnet\","
		 "\"signatureChainId\":\"0x66eee\",\"maxFeeRate\":\"0.01%%\",\"builder\":"
		 "\"0x00000000000000000000000000000000000000Aa\",\"nonce\":%llu}",
		 (unsigned long long)r.nonce + 1);
	rig_act(&r, 0, a);
	CHECK(rig_has(&r, "default"));
	rig_act(&r, 0,
		"{\"type\":\"order\",\"orders\":[{\"a\":0,\"b\":true,\"p\":\"100010\",\"s\":\"0."
		"1\","
		"\"r\":false,\"t\":{\"limit\":{\"tif\":\"Ioc\"}}}],\"grouping\":\"na\",\"builder\":"
		"{"
		"\"b\":\"0x00000000000000000000000000000000000000aa\",\"f\":10}}");
	CHECK(rig_has(&r, "filled"));
	rig_info(&r, "{\"type\":\"userFills\",\"user\":\"%s\"}", r.user[0]);
	/* 10,001 * (4.5 bp + 1 bp) */
	CHECK(rig_has(&r, "\"fee\":\"5.50055\",\"builderFee\":\"1.0001\""));
	rig_info(&r,
		 "{\"type\":\"maxBuilderFee\",\"user\":\"%s\",\"builder\":"
		 "\"0x00000000000000000000000000000000000000aa\"}",
		 r.user[0]);
	CHECK_STR(str_text(&r.answer), "10");
	rig_close(&r);
}

TEST(cloid_finds_the_latest)
{
	static const char order[] = "{\"type\":\"order\",\"orders\":[{\"a\":0,\"b\":true,\"p\":\"%"
				    "d\",\"s\":\"0.1\",\"r\":"
				    "false,\"t\":{\"limit\":{\"tif\":\"Gtc\"}},\"c\":"
				    "\"0x000000000000000000000000000000aa\"}],\"grouping\":\"na\"}";
	static const char cancel[] =
		"{\"type\":\"cancelByCloid\",\"cancels\":[{\"asset\":0,\"cloid\":"
		"\"0x000000000000000000000000000000AA\"}]}";
	char a[400];

	rig_open(&r);
	rig_fund(&r, 0, 100000);
	snprintf(a, sizeof a, order, 99000);
	rig_act(&r, 0, a);
	rig_act(&r, 0, cancel);
	CHECK(rig_has(&r, "success"));
	rig_act(&r, 0, cancel);
	CHECK(rig_has(&r, "Order was never placed, already canceled, or filled. asset=0"));
	snprintf(a, sizeof a, order, 98000);
	rig_act(&r, 0, a);
	rig_info(&r,
		 "{\"type\":\"orderStatus\",\"user\":\"%s\",\"oid\":"
		 "\"0x000000000000000000000000000000aa\"}",
		 r.user[0]);
	CHECK(rig_has(&r, "\"limitPx\":\"98000.0\""));
	CHECK(rig_has(&r, "\"status\":\"open\""));
	rig_close(&r);
}

TEST_MAIN(T(ioc_walks_depth_and_consumption_recovers), T(ioc_partial_and_none), T(queue_rules),
	  T(users_trade_with_each_other), T(self_trade_cancels_the_resting),
	  T(price_time_between_users), T(reduce_only_caps_or_rejects), T(reduce_only_cover),
	  T(reduce_only_shrinks_with_the_position), T(min_notional_rules), T(triggers_fire_by_mark),
	  T(normal_tpsl_family), T(modify_gives_a_new_oid), T(open_order_cap),
	  T(block_order_puts_cancels_before_takers), T(sub_accounts), T(builder_fee_is_charged),
	  T(cloid_finds_the_latest))
