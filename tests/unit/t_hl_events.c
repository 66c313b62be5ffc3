/* t_hl_events.c: frames and answers of a made-up venue, always run: each event kind with its
 * values, what is refused, what is ignored, and the tables of errors and weights. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/run.h"
#include "tests/wire/rig.h"
#include "venue/hyperliquid/errors.h"
#include "venue/hyperliquid/internal.h"
#include "venue/hyperliquid/venue_limits.h"

static bool ask(struct rig *r, enum query_kind what, uint64_t oid)
{
	struct effect q = {.kind = EF_QUERY};

	q.query.what = (uint8_t)what;
	q.query.id = 31;
	q.query.oid = oid;
	q.query.since_ms = 1000;
	return hl_query(r->h, &q, r->now_ns);
}

TEST(order_status)
{
	struct rig *r = rig_account();
	struct effect q = {.kind = EF_QUERY};
	const struct event *e;

	CHECK(ask(r, Q_ORDER_STATUS, 123));
	REQUIRE(rig_out_with(r, "orderStatus"));
	CHECK(strstr(r->text, "\"oid\":123}"));
	rig_post_reply(r, r->out.tag, "info",
		       "{\"type\":\"orderStatus\",\"data\":{\"status\":\"unknownOid\"}}");
	e = rig_event(r, EV_ORDER_STATUS, 0);
	REQUIRE(e);
	CHECK(e->order_status.query == 31 && e->order_status.order.status == OS_UNKNOWN_OID);
	rig_clear(r);
	q.query.what = Q_ORDER_STATUS;
	q.query.id = 32;
	q.query.cloid.b[15] = 0xab;
	CHECK(hl_query(r->h, &q, r->now_ns));
	REQUIRE(rig_out_with(r, "orderStatus"));
	CHECK(strstr(r->text, "\"oid\":\"0x000000000000000000000000000000ab\""));
	rig_post_reply(
		r, r->out.tag, "info",
		"{\"type\":\"orderStatus\",\"data\":{\"status\":\"order\",\"order\":{\"order\":{"
		"\"coin\":\"BTC\",\"side\":\"A\",\"limitPx\":\"60000.0\",\"sz\":\"0.0\",\"oid\":9,"
		"\"timestamp\":5,\"origSz\":\"0.5\",\"tif\":\"Ioc\",\"reduceOnly\":true,"
		"\"isTrigger\":"
		"false,\"triggerPx\":\"0.0\",\"cloid\":\"0x000000000000000000000000000000ab\"},"
		"\"status\":\"somethingNewCanceled\",\"statusTimestamp\":6}}}");
	e = rig_event(r, EV_ORDER_STATUS, 0);
	REQUIRE(e);
	CHECK_INT(e->order_status.order.status, OS_CANCELED);
	CHECK_INT(e->order_status.order.order.orig.v, 50000000);
	CHECK(e->order_status.order.order.reduce_only && !e->order_status.order.order.buy);
	CHECK_INT(e->order_status.order.order.cloid.b[15], 0xab);
	CHECK(rig_event(r, EV_QUERY, 0)->query.ok);
	rig_free(r);
}

/* Fills come by pages: 2,000 in an answer means there may be more. */
TEST(fill_pages)
{
	struct rig *r = rig_account();
	static char frame[RIG_TEXT];
	struct buf b;

	CHECK(ask(r, Q_FILLS, 0));
	REQUIRE(rig_out_with(r, "\"startTime\":1000}"));
	buf_init(&b, frame, sizeof frame);
	buf_printf(&b,
		   "{\"channel\":\"post\",\"data\":{\"id\":%u,\"response\":{\"type\":\"info\","
		   "\"payload\":{"
		   "\"type\":\"userFillsByTime\",\"data\":[",
		   r->out.tag);
	for (int i = 0; i < 2000; i++)
		buf_printf(&b,
			   "%s{\"coin\":\"BTC\",\"px\":\"1.0\",\"sz\":\"1.0\",\"side\":\"B\","
			   "\"time\":%d,"
			   "\"startPosition\":\"0.0\",\"dir\":\"Open "
			   "Long\",\"closedPnl\":\"0.0\",\"oid\":1,"
			   "\"crossed\":true,\"fee\":\"-0.1\",\"tid\":%d,\"twapId\":null}",
			   i ? "," : "", 2000 + i, i);
	buf_puts(&b, "]}}}}");
	CHECK(!b.over);
	rig_text(r, frame);
	REQUIRE(rig_count(r, EV_FILLS) == 1);
	CHECK_INT(rig_event(r, EV_FILLS, 0)->fills.n, 2000);
	CHECK_INT(rig_event(r, EV_FILLS, 0)->fills.at[0].fee.v, -10000000);
	CHECK_INT(rig_count(r, EV_QUERY), 0);
	REQUIRE(rig_out_with(r, "\"startTime\":3999}"));
	rig_post_reply(r, r->out.tag, "info", "{\"type\":\"userFillsByTime\",\"data\":[]}");
	CHECK_INT(rig_count(r, EV_QUERY), 1);
	rig_free(r);
}

/* What is beside the configuration: whole lists or none. */
static void subs_reply(struct rig *r, const char *data)
{
	char text[1024];
	struct buf b;

	rig_clear(r);
	CHECK(ask(r, Q_SUBS, 0));
	REQUIRE(rig_out_with(r, "subAccounts2"));
	CHECK(strstr(r->text, RIG_USER));
	buf_init(&b, text, sizeof text);
	buf_printf(&b, "{\"type\":\"subAccounts2\",\"data\":%s}", data);
	CHECK(!b.over);
	rig_post_reply(r, r->out.tag, "info", text);
}

TEST(outside)
{
	struct rig *r = rig_account();
	const struct event *e;

	subs_reply(r, "[{\"name\":\"one\",\"subAccountUser\":"
		      "\"0x035605fc2f24d65300227189025e90a0d947f16c\",\"clearinghouseState\":"
		      "{\"marginSummary\":{\"accountValue\":\"0.0\"},\"assetPositions\":[]},"
		      "\"spotState\":{\"balances\":[]}},"
		      "{\"name\":\"two\\u001b\",\"subAccountUser\":"
		      "\"0x035605fc2f24d65300227189025e90a0d947f16d\","
		      "\"dexToClearinghouseState\":[[\"\",{\"marginSummary\":{\"accountValue\":"
		      "\"147.412857\"},\"assetPositions\":[{\"type\":\"oneWay\"}]}],[\"xyz\","
		      "{\"marginSummary\":{\"accountValue\":\"1000\"},\"assetPositions\":[]}]],"
		      "\"spotState\":{\"balances\":[{\"coin\":\"USDC\",\"total\":\"894.08\"}]}}]");
	e = rig_event(r, EV_SUBS, 0);
	REQUIRE(e && e->subs.n == 2);
	CHECK(!e->subs.at[0].holds && e->subs.at[0].worth.v == 0);
	CHECK(e->subs.at[1].holds);
	CHECK_INT(e->subs.at[1].worth.v, 114741285700);
	CHECK(!strchr(e->subs.at[1].name, 27));
	CHECK(rig_event(r, EV_QUERY, 0)->query.ok);
	/* none at all */
	subs_reply(r, "null");
	e = rig_event(r, EV_SUBS, 0);
	REQUIRE(e);
	CHECK_INT(e->subs.n, 0);
	/* one that cannot be read: nothing is told of any */
	subs_reply(r, "[{\"name\":\"one\",\"subAccountUser\":"
		      "\"0x035605fc2f24d65300227189025e90a0d947f16c\",\"clearinghouseState\":{},"
		      "\"spotState\":{\"balances\":[]}}]");
	CHECK_INT(rig_count(r, EV_SUBS), 0);
	/* dexes */
	rig_clear(r);
	CHECK(ask(r, Q_DEXES, 0));
	REQUIRE(rig_out_with(r, "perpDexs"));
	rig_post_reply(r, r->out.tag, "info",
		       "{\"type\":\"perpDexs\",\"data\":"
		       "[null,{\"name\":\"xyz\"},{\"name\":\"abc\"}]}");
	e = rig_event(r, EV_DEXES, 0);
	REQUIRE(e && e->dexes.n == 2);
	CHECK_STR(e->dexes.at[1].name, "abc");
	rig_free(r);
}

/* Slices are read from a list of their own; the TWAP's number is beside the fill. */
TEST(twap_slices)
{
	struct rig *r = rig_account();
	const struct event *e;

	CHECK(ask(r, Q_TWAP_FILLS, 0));
	REQUIRE(rig_out_with(r, "userTwapSliceFillsByTime"));
	CHECK(strstr(r->text, "\"startTime\":1000"));
	rig_post_reply(
		r, r->out.tag, "info",
		"{\"type\":\"userTwapSliceFillsByTime\",\"data\":[{\"fill\":{\"coin\":\"BTC\","
		"\"px\":\"100\",\"sz\":\"1\",\"side\":\"A\",\"time\":4000,"
		"\"startPosition\":\"5\",\"dir\":\"Close Long\",\"closedPnl\":\"0.0\","
		"\"oid\":90,\"crossed\":true,\"fee\":\"0.1\",\"tid\":77,"
		"\"twapId\":null},\"twapId\":4242}]}");
	e = rig_event(r, EV_FILLS, 0);
	REQUIRE(e && e->fills.n == 1);
	CHECK_INT(e->fills.at[0].twap_id, 4242);
	CHECK_INT(e->fills.at[0].kind, FILL_TWAP);
	CHECK(rig_event(r, EV_QUERY, 0)->query.ok);
	rig_free(r);
}

TEST(agents)
{
	static const char agent[] = "0x00000000000000000000000000000000000000bb";
	struct rig *r = rig_account();
	const struct event *e;

	hl_set_agent(r->h, agent);
	CHECK(ask(r, Q_AGENTS, 0));
	REQUIRE(rig_out_with(r, "extraAgents"));
	rig_post_reply(
		r, r->out.tag, "info",
		"{\"type\":\"extraAgents\",\"data\":[{\"name\":\"a\",\"address\":"
		"\"0x00000000000000000000000000000000000000BB\",\"validUntil\":1800000000000}]}");
	e = rig_event(r, EV_AGENT, 0);
	REQUIRE(e);
	CHECK(e->agent.known && e->agent.valid_until_ms == 1800000000000);
	/* not among the named: whose agent is it? */
	rig_clear(r);
	CHECK(ask(r, Q_AGENTS, 0));
	REQUIRE(rig_out_with(r, "extraAgents"));
	rig_post_reply(r, r->out.tag, "info", "{\"type\":\"extraAgents\",\"data\":[]}");
	CHECK_INT(rig_count(r, EV_AGENT), 0);
	REQUIRE(rig_out_with(r, "userRole"));
	CHECK(strstr(r->text, agent));
	rig_post_reply(r, r->out.tag, "info",
		       "{\"type\":\"userRole\",\"data\":{\"role\":\"missing\"}}");
	e = rig_event(r, EV_AGENT, 0);
	REQUIRE(e);
	CHECK(!e->agent.known);
	CHECK_INT(rig_event(r, EV_QUERY, 0)->query.what, Q_AGENTS);
	/* the agent of a master acts for its sub-accounts, and for nobody else's */
	for (int mine = 0; mine < 2; mine++) {
		rig_clear(r);
		CHECK(ask(r, Q_AGENTS, 0));
		REQUIRE(rig_out_with(r, "extraAgents"));
		rig_post_reply(r, r->out.tag, "info", "{\"type\":\"extraAgents\",\"data\":[]}");
		REQUIRE(rig_out_with(r, "userRole"));
		rig_post_reply(
			r, r->out.tag, "info",
			"{\"type\":\"userRole\",\"data\":{\"role\":\"agent\",\"data\":{\"user\":"
			"\"0x00000000000000000000000000000000000000cc\"}}}");
		CHECK_INT(rig_count(r, EV_AGENT), 0);
		REQUIRE(rig_out_with(r, "userRole"));
		CHECK(strstr(r->text, RIG_USER));
		rig_post_reply(
			r, r->out.tag, "info",
			mine ? "{\"type\":\"userRole\",\"data\":{\"role\":\"subAccount\",\"data\":"
			       "{\"master\":\"0x00000000000000000000000000000000000000CC\"}}}"
			     : "{\"type\":\"userRole\",\"data\":{\"role\":\"subAccount\",\"data\":"
			       "{\"master\":\"0x00000000000000000000000000000000000000dd\"}}}");
		e = rig_event(r, EV_AGENT, 0);
		REQUIRE(e);
		CHECK(e->agent.known == (mine == 1));
		CHECK_INT(rig_count(r, EV_QUERY), 1);
		CHECK_INT(rig_event(r, EV_QUERY, 0)->query.what, Q_AGENTS);
	}
	/* the unnamed one stands in webData3 */
	rig_clear(r);
	rig_text(r, "{\"channel\":\"webData3\",\"data\":{\"userState\":{\"user\":\"" RIG_USER
		    "\",\"agentAddress\":\"0x00000000000000000000000000000000000000bb\","
		    "\"agentValidUntil\":1792311392771,\"abstraction\":\"portfolioMargin\"}}}");
	e = rig_event(r, EV_AGENT, 0);
	REQUIRE(e);
	CHECK(e->agent.known && e->agent.valid_until_ms == 1792311392771);
	CHECK_INT(rig_event(r, EV_ABSTRACTION, 0)->abstraction.mode, ABS_PORTFOLIO);
	rig_free(r);
}

/* One odd listing is told and left out; its place still counts, and nothing else is lost. */
TEST(odd_listings)
{
	static const char meta[] =
		"[{\"universe\":[{\"szDecimals\":5,\"name\":\"AAA\",\"maxLeverage\":40,"
		"\"marginTableId\":40},{\"szDecimals\":99,\"name\":\"BAD\",\"maxLeverage\":3},7,"
		"{\"szDecimals\":2,\"name\":\"DDD\",\"maxLeverage\":20,\"marginTableId\":20}],"
		"\"marginTables\":[]},[]]";
	static const char spot[] =
		"{\"universe\":[{\"name\":\"@5\",\"index\":5,\"tokens\":[1,0]},"
		"{\"name\":\"\\u202e\",\"index\":6,\"tokens\":[1,0]},"
		"{\"name\":\"@7\",\"index\":7,\"tokens\":[2,0]}],\"tokens\":[{\"index\":0,"
		"\"szDecimals\":8},{\"index\":1,\"szDecimals\":2},{\"index\":2,"
		"\"szDecimals\":40},{\"index\":99999,\"szDecimals\":1}]}";
	struct rig *r = rig_account();
	const char *why = "";
	struct json *j = json_new(0);
	struct hl *h = r->h;
	const struct event *e;

	CHECK(parse_perp_meta(h, 0, json_parse(j, meta, sizeof meta - 1, NULL), &why));
	e = rig_event(r, EV_INSTRS, 0);
	REQUIRE(e);
	CHECK_INT(e->instrs.n, 2);
	CHECK_INT(e->instrs.at[1].asset, 3);
	CHECK_STR(e->instrs.at[1].coin, "DDD");
	CHECK_INT(hl_stats(h).refused, 2);
	CHECK(!parse_perp_meta(h, 0, json_parse(j, "{\"universe\":[7]}", 16, NULL), &why));
	rig_clear(r);
	CHECK(parse_spot_meta(h, json_parse(j, spot, sizeof spot - 1, NULL), &why));
	e = rig_event(r, EV_INSTRS, 0);
	REQUIRE(e);
	CHECK_INT(e->instrs.n, 1);
	CHECK_INT(e->instrs.at[0].asset, 10005);
	/* a mid out of range costs itself only */
	rig_clear(r);
	rig_text(r, "{\"channel\":\"allMids\",\"data\":{\"mids\":{\"BTC\":\"99999999999999\","
		    "\"ETH\":\"3000.5\"}}}");
	e = rig_event(r, EV_MIDS, 0);
	REQUIRE(e);
	CHECK_INT(e->mids.n, 1);
	json_free(j);
	rig_free(r);
}

/* Coins taken and dropped while no message may leave: the table fills, the connection is dropped,
 * nothing aborts. */
TEST(subscriptions_pile_up)
{
	struct rig *r = rig_account();
	uint16_t id[2 * BOOKS_MAX];
	char coin[16];

	for (int i = 0; i < 2 * BOOKS_MAX; i++) {
		snprintf(coin, sizeof coin, "C%d", i);
		id[i] = rig_coin(r, coin, 500u + (uint32_t)i);
	}
	for (int i = 0; i < BOOKS_MAX; i++)
		CHECK(hl_feed(r->h, id[i], true));
	while (rig_out(r))
		;
	r->shared.minute_ns = r->now_ns;
	r->shared.minute_out = 1u << 20;
	for (int i = 0; i < BOOKS_MAX; i++)
		CHECK(hl_feed(r->h, id[i], false));
	for (int i = 0; i < BOOKS_MAX; i++)
		hl_feed(r->h, id[BOOKS_MAX + i], true);
	REQUIRE(rig_out(r));
	CHECK_INT(r->out.kind, HL_OUT_CLOSE);
	rig_free(r);
}

/* Thousands of rows, each started and ended but for one. */
TEST(long_twap_history)
{
	enum { ROWS = 8000, CAP = 4 << 20 };
	struct rig *r = rig_account();
	struct json *j = json_new(0);
	char *mem = malloc(CAP);
	const char *why = "";
	struct buf b;

	REQUIRE(mem);
	buf_init(&b, mem, CAP);
	buf_puts(&b, "[");
	for (int i = 0; i < ROWS; i++)
		buf_printf(&b,
			   "%s{\"time\":1,\"twapId\":%d,\"state\":{\"coin\":\"BTC\",\"side\":\"B\","
			   "\"sz\":\"1.0\",\"executedSz\":\"0.0\",\"executedNtl\":\"0.0\","
			   "\"minutes\":5,"
			   "\"timestamp\":1},\"status\":{\"status\":\"%s\"}}",
			   i ? "," : "", i / 2, i % 2 || i == 4000 ? "activated" : "finished");
	buf_puts(&b, "]");
	REQUIRE(!b.over);
	CHECK(parse_twap_history(r->h, 0, json_parse(j, b.p, b.len, NULL), &why));
	REQUIRE(rig_count(r, EV_TWAPS) == 1);
	CHECK_INT(rig_event(r, EV_TWAPS, 0)->twaps.n, 1);
	CHECK_INT(rig_event(r, EV_TWAPS, 0)->twaps.at[0].id, 2000);
	free(mem);
	json_free(j);
	rig_free(r);
}

/* Universe times tables must not be walked: a list at the bounds is read in a moment, a larger one
 * refused. */
TEST(many_margin_tables)
{
	enum { CAP = 1 << 20 };
	struct rig *r = rig_account();
	struct json *j = json_new(0);
	char *mem = malloc(CAP);
	const char *why = "";
	struct buf b;

	REQUIRE(mem);
	for (int tables = 1024; tables <= 1025; tables++) {
		buf_init(&b, mem, CAP);
		buf_puts(&b, "{\"universe\":[");
		for (int i = 0; i < 1000; i++)
			buf_printf(&b,
				   "%s{\"name\":\"C%d\",\"szDecimals\":2,\"maxLeverage\":50,"
				   "\"marginTableId\":%d}",
				   i ? "," : "", i, 2000 + i);
		buf_puts(&b, "],\"marginTables\":[");
		for (int i = 0; i < tables; i++)
			buf_printf(&b,
				   "%s[%d,{\"marginTiers\":[{\"lowerBound\":\"0.0\","
				   "\"maxLeverage\":%d}]}]",
				   i ? "," : "", 2000 + i, 1 + i % 40);
		buf_puts(&b, "]}");
		REQUIRE(!b.over);
		rig_clear(r);
		why = "";
		CHECK(parse_perp_meta(r->h, 0, json_parse(j, b.p, b.len, NULL), &why) ==
		      (tables == 1024));
		CHECK_INT(rig_count(r, EV_INSTRS), tables == 1024);
		CHECK(tables == 1024 || strstr(why, "more than 1024 margin tables"));
	}
	CHECK_INT(r->shared.scratch.instr[999].n_tiers, 1);
	CHECK_INT(r->shared.scratch.instr[999].tiers[0].max_leverage, 1 + 999 % 40);
	free(mem);
	json_free(j);
	rig_free(r);
}

TEST(account_frames)
{
	struct rig *r = rig_account();
	const struct event *e;

	rig_text(
		r,
		"{\"channel\":\"clearinghouseState\",\"data\":{\"dex\":\"\",\"user\":\"" RIG_USER
		"\",\"clearinghouseState\":{\"marginSummary\":{\"accountValue\":\"100.5\","
		"\"totalNtlPos\":"
		"\"600.0\",\"totalRawUsd\":\"-499.5\",\"totalMarginUsed\":\"30.0\"},"
		"\"crossMarginSummary\":"
		"{\"accountValue\":\"80.0\",\"totalNtlPos\":\"600.0\",\"totalRawUsd\":\"-520.0\","
		"\"totalMarginUsed\":\"15.0\"},\"crossMaintenanceMarginUsed\":\"7.5\","
		"\"withdrawable\":"
		"\"20.0\",\"assetPositions\":[{\"type\":\"oneWay\",\"position\":{\"coin\":\"BTC\","
		"\"szi\":"
		"\"-0.01\",\"leverage\":{\"type\":\"isolated\",\"value\":20,\"rawUsd\":\"630.0\"},"
		"\"entryPx\":"
		"\"61000.0\",\"positionValue\":\"600.0\",\"unrealizedPnl\":\"10.0\","
		"\"returnOnEquity\":\"0.33\","
		"\"liquidationPx\":\"62222.1234567891\",\"marginUsed\":\"30.0\",\"maxLeverage\":40,"
		"\"cumFunding\":{\"allTime\":\"1.0\",\"sinceOpen\":\"0.5\",\"sinceChange\":\"0.1\"}"
		"}},"
		"{\"type\":\"oneWay\",\"position\":{\"coin\":\"ETH\",\"szi\":\"1.0\",\"leverage\":{"
		"\"type\":"
		"\"cross\",\"value\":5},\"entryPx\":\"2000.0\",\"positionValue\":\"2000.0\","
		"\"unrealizedPnl\":"
		"\"0.0\",\"returnOnEquity\":\"0.0\",\"liquidationPx\":null,\"marginUsed\":\"400."
		"0\"}}],"
		"\"time\":1790000000001}}}");
	e = rig_event(r, EV_ACCOUNT, 0);
	REQUIRE(e);
	CHECK_INT(e->acct.n, 2);
	CHECK_INT(e->acct.venue_ms, 1790000000001);
	CHECK_INT(e->acct.cross_maintenance.v, 750000000);
	CHECK(e->acct.at[0].mode == MARGIN_ISOLATED && e->acct.at[0].szi.v == -1000000 &&
	      e->acct.at[0].raw_usd.v == 63000000000 && e->acct.at[0].has_liq &&
	      e->acct.at[0].liq.v == 622221234567891);
	CHECK(e->acct.at[1].mode == MARGIN_CROSS && !e->acct.at[1].has_liq &&
	      e->acct.at[1].leverage == 5);
	rig_clear(r);
	rig_text(r,
		 "{\"channel\":\"spotState\",\"data\":{\"user\":\"" RIG_USER
		 "\",\"spotState\":{\"balances\":[{\"coin\":\"USDC\",\"token\":0,\"total\":\"8346."
		 "9\","
		 "\"hold\":\"1.0\",\"entryNtl\":\"0.0\"},{\"coin\":\"NIL\",\"token\":5,\"total\":"
		 "\"0.0\","
		 "\"hold\":\"0.0\",\"entryNtl\":\"0.0\"},{\"coin\":\"MANY\",\"token\":6,\"total\":"
		 "\"1000000000000.0\",\"hold\":\"0.0\",\"entryNtl\":\"0.0\"}]}}}");
	e = rig_event(r, EV_SPOT, 0);
	REQUIRE(e);
	CHECK_INT(e->spot.n, 2);
	CHECK_INT(e->spot.at[0].total.v, 834690000000);
	CHECK_INT(e->spot.at[1].total.v, INT64_MAX); /* held at the limit, visible */
	rig_clear(r);
	rig_text(r, "{\"channel\":\"openOrders\",\"data\":{\"dex\":\"\",\"user\":\"" RIG_USER
		    "\",\"orders\":[{\"coin\":\"BTC\",\"side\":\"A\",\"limitPx\":\"55000.0\","
		    "\"sz\":\"0.0\",\"oid\":4,"
		    "\"timestamp\":1,\"triggerCondition\":\"Price below "
		    "56000\",\"isTrigger\":true,\"triggerPx\":"
		    "\"56000.0\",\"children\":[],\"isPositionTpsl\":true,\"reduceOnly\":true,"
		    "\"orderType\":"
		    "\"Stop "
		    "Market\",\"origSz\":\"0.0\",\"tif\":null,\"cloid\":null},{\"coin\":\"SOL\","
		    "\"side\":"
		    "\"B\",\"limitPx\":\"10.0\",\"sz\":\"1.0\",\"oid\":5,\"timestamp\":1,"
		    "\"triggerCondition\":"
		    "\"N/"
		    "A\",\"isTrigger\":false,\"triggerPx\":\"0.0\",\"children\":[],"
		    "\"isPositionTpsl\":false,"
		    "\"reduceOnly\":false,\"orderType\":\"Limit\",\"origSz\":\"2.0\",\"tif\":"
		    "\"Alo\",\"cloid\":"
		    "\"0x000000000000000000000000000000ff\"},{\"coin\":\"other:COIN\",\"side\":"
		    "\"B\",\"limitPx\":"
		    "\"10.0\",\"sz\":\"1.0\",\"oid\":6,\"timestamp\":1}]}}");
	e = rig_event(r, EV_ORDERS, 0);
	REQUIRE(e);
	CHECK_INT(e->orders.n, 2); /* a coin of a dex that is not watched is none of ours */
	CHECK(e->orders.at[0].position_tpsl && e->orders.at[0].tif == TIF_TRIGGER &&
	      !e->orders.at[0].trigger_above && e->orders.at[0].trigger_px.v == 560000000000000);
	CHECK(e->orders.at[1].tif == TIF_ALO && e->orders.at[1].orig.v == 200000000 &&
	      e->orders.at[1].cloid.b[15] == 0xff);
	CHECK_INT(e->orders.unread, 0);
	/* a market that the list of this program lacks: its order is told of, spot opens nothing */
	rig_clear(r);
	rig_text(r, "{\"channel\":\"openOrders\",\"data\":{\"dex\":\"\",\"user\":\"" RIG_USER
		    "\",\"orders\":[{\"coin\":\"JUSTLISTED\",\"side\":\"B\",\"limitPx\":\"5.0\","
		    "\"sz\":\"1.0\",\"oid\":6,\"timestamp\":1,\"origSz\":\"1.0\"},{\"coin\":"
		    "\"@9999\",\"side\":\"B\",\"limitPx\":\"5.0\",\"sz\":\"1.0\",\"oid\":7,"
		    "\"timestamp\":1,\"origSz\":\"1.0\"}]}}");
	e = rig_event(r, EV_ORDERS, 0);
	REQUIRE(e);
	CHECK_INT(e->orders.n, 0);
	CHECK_INT(e->orders.unread, 1);
	rig_free(r);
}

TEST(user_channel)
{
	struct rig *r = rig_account();
	const struct event *e;

	rig_text(r, "{\"channel\":\"user\",\"data\":{\"liquidation\":{\"lid\":1,\"liquidator\":"
		    "\"0x01\","
		    "\"liquidated_user\":\"" RIG_USER "\",\"liquidated_ntl_pos\":\"500.5\","
		    "\"liquidated_account_value\":\"-3.0\"}}}");
	e = rig_event(r, EV_LIQUIDATION, 0);
	REQUIRE(e);
	CHECK(e->liquidation.ours && e->liquidation.value.v == -300000000);
	rig_text(r, "{\"channel\":\"user\",\"data\":{\"nonUserCancel\":[{\"coin\":\"BTC\",\"oid\":"
		    "7}]}}");
	e = rig_event(r, EV_ORDER, 0);
	REQUIRE(e);
	CHECK(e->order.status == OS_CANCELED && e->order.order.oid == 7);
	CHECK_INT(e->order.status_ms, 0); /* not told: no clock of ours among the venue's */
	/* the liquidation object of somebody else's liquidation, and of ours */
	for (int mine = 0; mine < 2; mine++) {
		char frame[1024];
		struct buf b;

		buf_init(&b, frame, sizeof frame);
		buf_printf(&b,
			   "{\"channel\":\"user\",\"data\":{\"fills\":[{\"coin\":\"BTC\",\"px\":"
			   "\"66653.0\","
			   "\"sz\":\"0.001\",\"side\":\"A\",\"time\":5,\"startPosition\":\"-0."
			   "0213\",\"dir\":"
			   "\"Open "
			   "Short\",\"closedPnl\":\"0.0\",\"oid\":5,\"crossed\":false,\"fee\":\"0."
			   "01\","
			   "\"tid\":%d,\"liquidation\":{\"liquidatedUser\":\"%s\",\"markPx\":"
			   "\"66607.0\","
			   "\"method\":\"backstop\"},\"feeToken\":\"USDC\",\"twapId\":null}]}}",
			   mine, mine ? RIG_USER : "0x01");
		rig_text(r, frame);
		e = rig_event(r, EV_FILLS, (uint32_t)mine);
		REQUIRE(e);
		CHECK_INT(e->fills.at[0].kind, mine ? FILL_BACKSTOP : FILL_NORMAL);
	}
	rig_text(r, "{\"channel\":\"user\",\"data\":{\"twapSliceFills\":[{\"fill\":{\"coin\":\"@"
		    "107\",\"px\":"
		    "\"90.0\",\"sz\":\"0.5\",\"side\":\"B\",\"time\":5,\"startPosition\":\"0.0\","
		    "\"dir\":\"Buy\","
		    "\"closedPnl\":\"0.0\",\"oid\":5,\"crossed\":true,\"fee\":\"0.01\",\"tid\":3,"
		    "\"feeToken\":\"HYPE\",\"twapId\":null},\"twapId\":2278664}]}}");
	e = rig_event(r, EV_FILLS, 2);
	REQUIRE(e);
	CHECK(e->fills.at[0].twap_id == 2278664 && e->fills.at[0].kind == FILL_TWAP);
	CHECK_INT(e->fills.at[0].fee.v, 90000000); /* 0.01 coins at 90: in quote money */
	rig_text(
		r,
		"{\"channel\":\"user\",\"data\":{\"funding\":{\"time\":9,\"coin\":\"BTC\",\"usdc\":"
		"\"-0.601087\",\"szi\":\"0.5\",\"fundingRate\":\"0.0000125\",\"nSamples\":null}}}");
	e = rig_event(r, EV_FUNDING, 0);
	REQUIRE(e);
	CHECK_INT(e->funding.at[0].usdc.v, -60108700);
	rig_free(r);
}

/* Frames that must change nothing: refused, counted and told, once a second. */
TEST(refused_frames)
{
	static const char *const bad[] = {
		"{\"channel\":\"userFills\",\"data\":{\"user\":\"0xff\",\"fills\":[]}}",
		"{\"channel\":\"userFills\",\"data\":{\"user\":\"" RIG_USER
		"\",\"fills\":[{\"coin\":\"BTC\","
		"\"px\":\"1.0\",\"sz\":\"-1.0\",\"side\":\"A\",\"time\":1,\"oid\":1,\"fee\":\"0\","
		"\"closedPnl\":"
		"\"0\",\"startPosition\":\"0\",\"tid\":1}]}}",
		"{\"channel\":\"l2Book\",\"data\":{\"coin\":\"BTC\",\"time\":1e400,\"levels\":[[],["
		"]]}}",
		"{\"channel\":\"l2Book\",\"data\":{\"coin\":\"BTC\",\"time\":1,\"levels\":[[{"
		"\"px\":60000.5,"
		"\"sz\":\"1\",\"n\":1}],[]]}}",
		"{\"channel\":\"bbo\",\"channel\":\"trades\",\"data\":{}}",
		"{\"channel\":\"pong\"}x",
		"not json",
		"",
		"{\"channel\":\"clearinghouseState\",\"data\":{\"user\":\"" RIG_USER
		"\",\"clearinghouseState\":"
		"{}}}",
		"{\"channel\":\"openOrders\",\"data\":{\"user\":\"" RIG_USER "\",\"orders\":{}}}",
		"{\"channel\":\"orderUpdates\",\"data\":[{\"order\":{},\"status\":\"open\"}]}",
	};
	static const char *const ignored[] = {
		"[]",
		"{\"Channel\":\"l2Book\",\"DATA\":{}}",
		"{\"channel\":null,\"data\":null}",
		"{\"channel\":\"newThing\",\"data\":{\"x\":1}}",
		"{\"channel\":\"pong\"}",
		"{\"channel\":\"l2Book\",\"data\":{\"coin\":\"NOSUCH\",\"time\":1,\"levels\":[[],[]"
		"]}}",
		"{\"channel\":\"post\",\"data\":{\"id\":99999999,\"response\":{}}}",
		"{\"channel\":\"error\",\"data\":\"Already unsubscribed: {}\"}",
		"{\"channel\":\"subscriptionResponse\",\"data\":{}}",
	};
	struct rig *r = rig_account();

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		uint64_t before = hl_stats(r->h).refused;

		rig_clear(r);
		rig_text(r, bad[i]);
		if (hl_stats(r->h).refused != before + 1 || (i && r->n))
			test_fail(__FILE__, __LINE__, "not refused quietly: %s", bad[i]);
	}
	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) {
		uint64_t before = hl_stats(r->h).refused;

		rig_clear(r);
		rig_text(r, ignored[i]);
		if (hl_stats(r->h).refused != before || r->n)
			test_fail(__FILE__, __LINE__, "not ignored: %s", ignored[i]);
	}
	rig_free(r);
}

TEST(error_table)
{
	CHECK_INT(hl_error_class("L1 error: User or API Wallet 0x1 does not exist."),
		  REFUSED_SIGNER);
	CHECK_INT(hl_error_class("Invalid nonce: duplicate nonce 1"), REFUSED_NONCE_USED);
	CHECK_INT(hl_error_class("Invalid nonce: nonce too low 1 < 2"), REFUSED_NONCE_WINDOW);
	CHECK_INT(hl_error_class("Order was never placed, already canceled, or filled. asset=0"),
		  REFUSED_GONE);
	CHECK_INT(hl_error_class("something new"), REFUSED_OTHER);
	CHECK_INT(hl_error_class(""), REFUSED_OTHER);
	for (int c = 0; c < REFUSALS; c++)
		CHECK(hl_error_class_name((enum refusal)c)[0]);
}

/* Every recorded order, pre-validation, cancel, action and TWAP text has a class of its own. */
TEST(error_texts_recorded)
{
	const char *path = test_data("hyperliquid/error_strings.json");
	struct json *j;
	unsigned n = 0;
	size_t len;
	char *s;

	if (!path)
		return;
	s = test_slurp(path, &len);
	REQUIRE(s);
	j = json_new(0);
	for (const struct jv *v = jv_first(jv_get(json_parse(j, s, len, NULL), "strings")); v;
	     v = jv_next(v)) {
		const char *scope = jv_text(jv_get(v, "scope")), *t = jv_text(jv_get(v, "text"));
		static const char *const ours[] = {"order",  "prevalidation", "cancel",
						   "action", "twap",	      "scheduleCancel"};

		for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
			if (strcmp(scope, ours[i]) || strstr(t, "modify"))
				continue;
			n++;
			if (hl_error_class(t) == REFUSED_OTHER)
				test_fail(__FILE__, __LINE__, "no class: %s", t);
		}
	}
	printf("  %u texts have a class\n", n);
	CHECK(n > 35);
	free(s);
	json_free(j);
}

TEST(weights)
{
	CHECK_INT(hl_query_weight(Q_ACCOUNT, 0), 2);
	CHECK_INT(hl_query_weight(Q_FILLS, 2000), 120);
	CHECK_INT(hl_action_weight(1), 1);
	CHECK_INT(hl_action_weight(40), 2);
}

TEST_MAIN(T(order_status), T(fill_pages), T(agents), T(outside), T(twap_slices), T(odd_listings),
	  T(long_twap_history), T(many_margin_tables), T(subscriptions_pile_up), T(account_frames),
	  T(user_channel), T(refused_frames), T(error_table), T(error_texts_recorded), T(weights))
