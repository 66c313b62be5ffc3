/* t_paper_acct.c: margin, liquidation, funding, fees, the venue's TWAP, leverage. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paper_rig.h"
#include "base/check.h"
#include "tests/run.h"

static struct rig r;

/* Signed decimal at `digits` of a member, 0 when absent. */
static int64_t member(const struct jv *v, const char *key, int digits)
{
	const char *s = jv_text(jv_get(v, key));
	int64_t out = 0;

	if (s != NULL)
		dec_parse(&out, s, strlen(s), digits);
	return out;
}

static struct coin one_tier(int64_t max_leverage)
{
	return (struct coin){.c = {.max_leverage = (int32_t)max_leverage}};
}

static void liq_case(const struct jv *v)
{
	int64_t szi = member(v, "szi", 8), value = member(v, "positionValue", 8), lev = 0, k, px;
	int64_t n = szi > 0 ? value : -value, want = member(v, "expected", 10), tol, maint;
	struct coin c;
	bool has;

	jv_i64(jv_get(v, "maxLeverage"), &lev);
	c = one_tier(lev);
	maint = pm_maintenance(&c, n);
	if (jv_str_is(jv_get(v, "mode"), "isolated"))
		k = -member(v, "rawUsd", 8);
	else
		k = member(v, "crossMaintenanceMarginUsed", 8) - maint + n -
		    member(v, "accountValue", 8);
	has = pm_liq_px(k, szi, (int32_t)lev, &px);
	if (jv_is_null(jv_get(v, "expected"))) {
		CHECK(!has);
		return;
	}
	REQUIRE(has);
	tol = member(v, "tolerance", 10);
	/* the venue's exact value; only the published sums are cut */
	CHECK(px - want <= (tol ? tol : 10) && want - px <= (tol ? tol : 10));
}

static void maintenance_cases(const struct jv *list)
{
	const struct jv *at;
	int64_t lev;

	for (at = jv_first(list); at != NULL; at = jv_next(at)) {
		struct coin c;

		jv_i64(jv_get(at, "maxLeverage"), &lev);
		c = one_tier(lev);
		CHECK_INT(num_cut(pm_maintenance(&c, member(at, "positionValue", 8)), 8, 6),
			  member(at, "expected", 8));
	}
}

static void tier_cases(const struct jv *list)
{
	const struct jv *at, *t;

	for (at = jv_first(list); at != NULL; at = jv_next(at)) {
		struct coin c = {0};

		for (t = jv_first(jv_get(at, "tiers")); t != NULL; t = jv_next(t)) {
			int64_t low = 0, lev = 0;

			dec_parse(&low, jv_text(jv_at(t, 0)), strlen(jv_text(jv_at(t, 0))), 8);
			jv_i64(jv_at(t, 1), &lev);
			c.c.tiers[c.c.n_tiers].lower.v = low;
			c.c.tiers[c.c.n_tiers++].max_leverage = (int32_t)lev;
		}
		CHECK_INT(num_cut(pm_maintenance(&c, member(at, "notional", 8)), 8, 6),
			  num_cut(member(at, "maintenance", 8), 8, 6));
	}
}

static void other_cases(const struct jv *root)
{
	const struct jv *at;
	int64_t lev, side;

	for (at = jv_first(jv_get(root, "margin_used_cross")); at != NULL; at = jv_next(at)) {
		jv_i64(jv_get(at, "leverage"), &lev);
		CHECK_INT(num_cut(member(at, "positionValue", 8) / lev, 8, 6),
			  member(at, "expected", 8));
	}
	at = jv_first(jv_get(jv_get(root, "return_on_equity"), "cases"));
	for (; at != NULL; at = jv_next(at)) {
		jv_i64(jv_get(at, "leverage"), &lev);
		jv_i64(jv_get(at, "side"), &side);
		CHECK_INT(pm_roe(member(at, "unrealizedPnl", 8),
				 side * member(at, "positionValue", 8), (int)side, (int32_t)lev),
			  member(at, "expected", 10));
	}
	for (at = jv_first(jv_get(root, "withdrawable")); at != NULL; at = jv_next(at)) {
		struct margin m = {.equity = member(at, "accountValue", 8),
				   .used = member(at, "totalMarginUsed", 8),
				   .ntl = member(at, "totalNtlPos", 8)};
		int64_t tol = member(at, "tolerance", 8);

		CHECK_NEAR((double)pm_withdrawable(&m), (double)member(at, "expected", 8),
			   (double)tol);
	}
	for (at = jv_first(jv_get(root, "funding_rate_8h")); at != NULL; at = jv_next(at)) {
		int64_t hour = funding_hourly(member(at, "premium", 12));

		if (jv_get(at, "expected") != NULL)
			CHECK_INT(hour * 8, member(at, "expected", 12));
		else
			CHECK_INT(hour, member(at, "hourly_expected", 12));
	}
}

TEST(margin_vectors)
{
	const char *path = test_data("hyperliquid/margin_vectors.json");
	const struct jv *root, *at;
	struct json *j;
	size_t n;
	char *text;

	if (path == NULL)
		return;
	text = test_slurp(path, &n);
	REQUIRE(text != NULL);
	j = json_new(1 << 16);
	root = json_parse(j, text, n, NULL);
	REQUIRE(root != NULL);
	for (at = jv_first(jv_get(root, "liquidation_price")); at != NULL; at = jv_next(at))
		liq_case(at);
	maintenance_cases(jv_get(root, "maintenance"));
	tier_cases(jv_get(jv_get(root, "tiers"), "examples"));
	other_cases(root);
	json_free(j);
	free(text);
}

/* The venue's price is the one at which equity meets maintenance: move the mark and see. */
TEST(liquidation_price_is_where_it_happens)
{
	int64_t px;
	struct acct *a;
	uint8_t addr[20];

	rig_open(&r);
	rig_fund(&r, 0, 10000);
	rig_position(&r, 0, "BTC", "0.5", "100000", 20, false);
	addr_read(addr, r.user[0]);
	a = acct_find(r.p, addr);
	REQUIRE(pm_position_liq(r.p, a, 0, &px));
	CHECK_INT(px / PX_ONE, 81012); /* (50000 - 10000) / (0.5 * (1 - 1/80)) */
	paper_mark(r.p, "BTC", (struct price){px + PX_ONE});
	rig_run(&r, 140);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 50000000);
	paper_mark(r.p, "BTC", (struct price){px - PX_ONE});
	rig_run(&r, 140);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 0);
	rig_close(&r);
}

TEST(liquidation_sequence)
{
	uint64_t ws;
	char text[200];

	rig_open(&r);
	rig_fund(&r, 0, 30000);
	rig_position(&r, 0, "BTC", "5", "100000", 40, false);
	rig_order(&r, 0, 0, 'B', "90000", "0.01", "Gtc", false);
	ws = rig_ws(&r);
	snprintf(text, sizeof text,
		 "{\"method\":\"subscribe\",\"subscription\":{\"type\":\"userEvents\",\"user\":\"%"
		 "s\"}}",
		 r.user[0]);
	rig_ws_send(&r, ws, text);
	fixed_ladder(&r.m, 0, (struct price){95150 * PX_ONE}, (struct price){10 * PX_ONE},
		     (struct qty){100000000}, 20);
	rig_mark(&r, "BTC", 95150); /* equity 5750 against maintenance 5947 */
	rig_run(&r, 70);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 400000000); /* 20 % first */
	CHECK_INT(paper_open_orders(r.p, r.user[0]), 0);
	CHECK(rig_saw(&r, "{\"channel\":\"user\",\"data\":{\"liquidation\":{\"lid\":"));
	CHECK(rig_saw(&r, "\"liquidation\":{\"liquidatedUser\":"));
	CHECK(rig_saw(&r, "\"method\":\"market\""));
	CHECK(rig_saw(&r, "nonUserCancel"));
	rig_run(&r, 70);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 400000000); /* above maintenance again: it stays */
	rig_mark(&r, "BTC", 94700);
	rig_run(&r, 70);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 0); /* inside the cooldown: whole */
	CHECK(paper_equity(r.p, r.user[0]).v > 0);
	rig_info(&r, "{\"type\":\"historicalOrders\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "liquidatedCanceled"));
	rig_close(&r);
}

TEST(backstop_below_two_thirds)
{
	rig_open(&r);
	rig_fund(&r, 0, 30000);
	rig_position(&r, 0, "BTC", "5", "100000", 40, false);
	rig_mark(&r, "BTC", 94500); /* equity 2500, maintenance 5906 */
	rig_run(&r, 70);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 0);
	CHECK_INT(paper_equity(r.p, r.user[0]).v, 0);
	rig_info(&r, "{\"type\":\"userFills\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "\"method\":\"backstop\""));
	rig_close(&r);
}

TEST(isolated_is_liquidated_alone)
{
	rig_open(&r);
	rig_fund(&r, 0, 100000);
	rig_position(&r, 0, "BTC", "0.5", "100000", 10, true);
	rig_position(&r, 0, "ETH", "1", "4000", 10, false);
	rig_mark(&r, "BTC", 90000);
	rig_run(&r, 70);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 0);
	CHECK_INT(rig_szi(&r, 0, "ETH"), 100000000);
	CHECK(paper_equity(r.p, r.user[0]).v > 94000 * USD);
	rig_close(&r);
}

TEST(funding_is_paid_on_the_hour)
{
	rig_open(&r);
	rig_fund(&r, 0, 100000);
	rig_position(&r, 0, "BTC", "1", "100000", 10, false);
	rig_run(&r, HOUR_MS);
	rig_info(&r, "{\"type\":\"userFunding\",\"user\":\"%s\",\"startTime\":0}", r.user[0]);
	/* premium 0: 0.0001 / 8 of 100,000 */
	CHECK(rig_has(&r, "\"usdc\":\"-1.25\",\"szi\":\"1.0\",\"fundingRate\":\"0.0000125\""));
	CHECK_INT(paper_equity(r.p, r.user[0]).v, 100000 * USD - 125 * USD / 100);
	rig_info(&r, "{\"type\":\"fundingHistory\",\"coin\":\"BTC\",\"startTime\":0}");
	CHECK(rig_has(&r, "\"fundingRate\":\"0.0000125\""));
	rig_info(&r, "{\"type\":\"clearinghouseState\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "\"cumFunding\":{\"allTime\":\"1.25\",\"sinceOpen\":\"1.25\""));
	rig_close(&r);
}

TEST(twap_slots)
{
	CHECK_INT(twap_slots(60, 10000 * USD), 121);
	CHECK_INT(twap_slots(4 * 1440, 10000 * USD), 1000);
	CHECK_INT(twap_slots(5, 100 * USD), 10);
}

TEST(twap_runs_and_reports)
{
	char text[200];
	uint64_t ws;

	rig_open(&r);
	rig_fund(&r, 0, 100000);
	ws = rig_ws(&r);
	snprintf(text, sizeof text,
		 "{\"method\":\"subscribe\",\"subscription\":{\"type\":\"userTwapSliceFills\","
		 "\"user\":\"%s\"}}",
		 r.user[0]);
	rig_ws_send(&r, ws, text);
	rig_act(&r, 0,
		"{\"type\":\"twapOrder\",\"twap\":{\"a\":1,\"b\":true,\"s\":\"2.5\",\"r\":false,"
		"\"m\":60,\"t\":false}}");
	CHECK(rig_has(&r, "\"running\":{\"twapId\":"));
	rig_info(&r, "{\"type\":\"twapHistory\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "\"status\":\"activated\""));
	rig_run(&r, 60000);
	rig_run(&r, HOUR_MS);
	CHECK_INT(rig_szi(&r, 0, "ETH"), 250000000);
	rig_info(&r, "{\"type\":\"userTwapSliceFills\",\"user\":\"%s\"}", r.user[0]);
	{
		const char *at = str_text(&r.answer);
		int n = 0;

		while ((at = strstr(at, "\"twapId\":1")) != NULL) {
			n++;
			at++;
		}
		CHECK_INT(n, 121);
	}
	rig_info(&r, "{\"type\":\"userFills\",\"user\":\"%s\"}", r.user[0]);
	CHECK_STR(str_text(&r.answer), "[]");
	CHECK(rig_saw(&r, "\"twapSliceFills\":[{\"fill\":{\"coin\":\"ETH\""));
	rig_info(&r, "{\"type\":\"twapHistory\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "\"status\":\"finished\""));
	rig_close(&r);
}

TEST(twap_cancel_and_reduce_only)
{
	char a[200];
	const char *at;

	rig_open(&r);
	rig_fund(&r, 0, 100000);
	rig_position(&r, 0, "ETH", "0.1", "4000", 10, false);
	rig_act(&r, 0,
		"{\"type\":\"twapOrder\",\"twap\":{\"a\":1,\"b\":false,\"s\":\"1\",\"r\":true,"
		"\"m\":5,\"t\":true}}");
	at = strstr(str_text(&r.answer), "twapId\":");
	REQUIRE(at != NULL);
	snprintf(a, sizeof a, "{\"type\":\"twapCancel\",\"a\":1,\"t\":%llu}",
		 strtoull(at + 8, NULL, 10));
	rig_run(&r, 60000);
	CHECK_INT(rig_szi(&r, 0, "ETH"), 0); /* never through zero */
	rig_run(&r, 60000);
	rig_act(&r, 0, a); /* it ended by itself */
	CHECK(rig_has(&r, "TWAP was never placed, already canceled, or filled."));
	rig_close(&r);
}

TEST(isolated_margin_moves)
{
	rig_open(&r);
	rig_fund(&r, 0, 100000);
	rig_act(&r, 0,
		"{\"type\":\"updateLeverage\",\"asset\":0,\"isCross\":false,\"leverage\":20}");
	CHECK(rig_has(&r, "\"type\":\"default\""));
	rig_order(&r, 0, 0, 'B', "100010", "0.5", "Ioc", false);
	rig_info(&r, "{\"type\":\"clearinghouseState\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "\"leverage\":{\"type\":\"isolated\",\"value\":20,\"rawUsd\":"));
	rig_act(&r, 0,
		"{\"type\":\"updateIsolatedMargin\",\"asset\":0,\"isBuy\":true,\"ntli\":"
		"5000000000}");
	CHECK(rig_has(&r, "\"type\":\"default\""));
	rig_info(&r, "{\"type\":\"clearinghouseState\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "\"marginUsed\":\"7495.25\"")); /* 2500.25 - 5 + 5000 */
	rig_act(&r, 0,
		"{\"type\":\"updateIsolatedMargin\",\"asset\":0,\"isBuy\":true,\"ntli\":-"
		"7000000000}");
	CHECK(rig_has(&r, "\"status\":\"err\""));
	rig_order(&r, 0, 0, 'A', "99000", "0.5", "Ioc", true);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 0);
	rig_info(&r, "{\"type\":\"clearinghouseState\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "\"assetPositions\":[]"));
	CHECK_INT(paper_equity(r.p, r.user[0]).v,
		  100000 * USD - 10 * USD - 225022500LL * 10 - 224977500LL * 10);
	rig_close(&r);
}

TEST(schedule_cancel)
{
	char a[100];

	rig_open(&r);
	r.conf.no_volume_gate = true;
	rig_start(&r);
	rig_fund(&r, 0, 100000);
	rig_order(&r, 0, 0, 'B', "99000", "0.1", "Gtc", false);
	snprintf(a, sizeof a, "{\"type\":\"scheduleCancel\",\"time\":%lld}",
		 (long long)r.now + 6000);
	rig_act(&r, 0, a);
	CHECK(rig_has(&r, "default"));
	rig_run(&r, 5000);
	CHECK_INT(paper_open_orders(r.p, r.user[0]), 1);
	rig_run(&r, 1200);
	CHECK_INT(paper_open_orders(r.p, r.user[0]), 0);
	rig_info(&r, "{\"type\":\"historicalOrders\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "scheduledCancel"));
	rig_close(&r);
}

TEST(flip_and_entry)
{
	rig_open(&r);
	rig_fund(&r, 0, 100000);
	rig_order(&r, 0, 1, 'B', "4001", "2", "Ioc", false);
	rig_order(&r, 0, 1, 'A', "3999", "3", "Ioc", false);
	rig_info(&r, "{\"type\":\"clearinghouseState\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "\"szi\":\"-1.0\",\"leverage\":{\"type\":\"cross\",\"value\":20},"
			  "\"entryPx\":\"3999.0\""));
	rig_info(&r, "{\"type\":\"userFills\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r,
		      "\"startPosition\":\"2.0\",\"dir\":\"Long > Short\",\"closedPnl\":\"-4.0\""));
	rig_close(&r);
}

/* What POST /paper sets stays where sums of money fit, and the refusal says why. */
TEST(bounds_of_what_is_set)
{
	static const struct {
		const char *body, *why;
	} rows[] = {
		{"{\"mark\":\"BTC\",\"px\":\"10000001\"}", "at most 10,000,000"},
		{"{\"mark\":\"BTC\",\"px\":\"900000000\"}", "at most 10,000,000"},
		{"{\"mark\":\"XX\",\"px\":\"1\"}", "no such coin"},
		{"{\"mark\":\"BTC\",\"px\":\"-1\"}", "a decimal in quotes"},
		{"{\"position\":\"BTC\",\"user\":\"%s\",\"size\":\"10001\",\"price\":\"100000\"}",
		 "pass 1,000,000,000 USD"},
		{"{\"position\":\"BTC\",\"user\":\"%s\",\"size\":\"-90000000000\",\"price\":\"1\"}",
		 "pass 1,000,000,000 USD"},
		{"{\"position\":\"BTC\",\"user\":\"%s\",\"size\":\"1\",\"price\":\"10000001\"}",
		 "at most 10,000,000"},
		{"{\"position\":\"BTC\",\"user\":\"%s\",\"size\":\"0.000001\",\"price\":\"1\"}",
		 "more decimals"},
		{"{\"position\":\"BTC\",\"user\":\"0x1\",\"size\":\"1\",\"price\":\"1\"}",
		 "40 hexadecimal"},
		{"{\"fund\":\"%s\",\"usd\":\"10000000001\"}", "10,000,000,000 USD"},
	};
	char body[300];

	rig_open(&r);
	rig_fund(&r, 0, 100000);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *cut = strstr(rows[i].body, "%s");

		snprintf(body, sizeof body, "%.*s%s%s",
			 cut ? (int)(cut - rows[i].body) : (int)strlen(rows[i].body), rows[i].body,
			 cut ? r.user[0] : "", cut ? cut + 2 : "");
		rig_post(&r, "/paper", body);
		if (r.status != 400 || !rig_has(&r, rows[i].why))
			test_fail(__FILE__, __LINE__, "%s: %d %s", body, r.status,
				  str_text(&r.answer));
	}
	/* A mark that an existing position does not fit under. */
	rig_position(&r, 0, "BTC", "5000", "100000", 40, false);
	rig_post(&r, "/paper", "{\"mark\":\"BTC\",\"px\":\"300000\"}");
	CHECK_INT(r.status, 400);
	CHECK(rig_has(&r, "at that mark"));
	CHECK_INT(paper_mark_px(r.p, "BTC").v, 100000 * PX_ONE);
	rig_close(&r);
}

/* An oracle next to nothing makes the premium as large as can be: hours of samples still add up. */
TEST(premium_of_a_tiny_oracle)
{
	rig_open(&r);
	REQUIRE(paper_mark(r.p, "BTC", (struct price){1}));
	rig_run(&r, HOUR_MS / 2);
	CHECK(r.p->coin[0].n_premium > 100);
	CHECK_INT(r.p->coin[0].premium_now, 100 * RATE_ONE);
	/* the first sample was before the mark was set */
	CHECK_INT(r.p->coin[0].premium_sum, (r.p->coin[0].n_premium - 1) * 100 * RATE_ONE);
	CHECK_INT(r.p->coin[0].funding_rate, RATE_ONE / 25);
	rig_close(&r);
}

/* A venue full of addresses refuses new ones; nobody is given the liquidator's account. */
TEST(full_of_addresses)
{
	int64_t vault;
	char addr[43];
	uint64_t conn;

	rig_open(&r);
	vault = r.p->vault->raw;
	for (int i = 0; i < 4096; i++) {
		snprintf(addr, sizeof addr, "0x%040x", 0x1000 + i);
		rig_info(&r, "{\"type\":\"userAbstraction\",\"user\":\"%s\"}", addr);
	}
	CHECK_INT(r.p->n_acct, 4096);
	snprintf(addr, sizeof addr, "0x%040x", 0xffffff);
	rig_info(&r, "{\"type\":\"clearinghouseState\",\"user\":\"%s\"}", addr);
	CHECK_INT(r.status, 422);
	CHECK(!paper_fund(r.p, addr, (struct money){USD}));
	CHECK_STR(r.p->why, "4,096 addresses are kept, and all are taken");
	CHECK(!paper_position(r.p, addr, "BTC", (struct qty){100000000},
			      (struct price){PX_ONE * 100000}, 0, false));
	CHECK(!paper_agent(r.p, addr, r.user[0]));
	conn = rig_ws(&r);
	str_clear(&r.frames);

	rig_ws_send(&r, conn,
		    "{\"method\":\"subscribe\",\"subscription\":{\"type\":\"openOrders\",\"user\":"
		    "\"0x0000000000000000000000000000000000fffffe\"}}");
	CHECK(rig_saw(&r, "\"channel\":\"error\""));
	/* those who are known are served */
	rig_info(&r, "{\"type\":\"clearinghouseState\",\"user\":\"0x%040x\"}", 0x1001);
	CHECK_INT(r.status, 200);
	CHECK_INT(r.p->vault->raw, vault);
	CHECK_INT(r.p->vault->pos[0].szi, 0);
	CHECK_INT(r.p->vault->n_agents, 0);
	rig_close(&r);
}

/* A large step of the clock is carried out in slices; its answer comes at its end. */
TEST(clock_in_slices)
{
	int64_t from, before, calls = 0;

	rig_open(&r);
	rig_post(&r, "/paper", "{\"clock\":60000}");
	CHECK_INT(r.status, 200);
	from = paper_now(r.p);
	str_clear(&r.answer);
	r.status = 0;
	paper_http(r.p, ++r.conn, "127.0.0.1", "POST", "/paper", "application/json",
		   "{\"clock\":3600000}", 17, r.now);
	for (rig_drain(&r); r.status == 0; rig_drain(&r)) {
		before = paper_now(r.p);
		CHECK(paper_deadline(r.p) <= r.now);
		paper_advance(r.p, r.now);
		REQUIRE(paper_now(r.p) > before && paper_now(r.p) - before <= 60000 + 5000);
		calls++;
	}
	CHECK_INT(r.status, 200);
	CHECK(calls >= 60);
	CHECK(paper_now(r.p) - from >= HOUR_MS);
	rig_close(&r);
}

TEST_MAIN(T(margin_vectors), T(liquidation_price_is_where_it_happens), T(liquidation_sequence),
	  T(backstop_below_two_thirds), T(isolated_is_liquidated_alone),
	  T(funding_is_paid_on_the_hour), T(twap_slots), T(twap_runs_and_reports),
	  T(twap_cancel_and_reduce_only), T(isolated_margin_moves), T(schedule_cancel),
	  T(bounds_of_what_is_set), T(premium_of_a_tiny_oracle), T(full_of_addresses),
	  T(clock_in_slices), T(flip_and_entry))
