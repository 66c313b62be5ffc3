/* t_paper_dex.c: builders' perp dexes and sub-accounts of the paper exchange, as a client sees
 * them. */
#include <stdio.h>
#include <string.h>

#include "tests/run.h"
#include "tests/unit/paper_rig.h"

static struct rig r;

enum { OIL = 4, TSLA = 5 }; /* GOLD is 3 */

static void coin(const char *name, int64_t mid)
{
	struct paper_coin c = {.sz_decimals = 2, .max_leverage = 10, .refill_ms = 2000};
	uint16_t at;

	snprintf(c.name, sizeof c.name, "%s", name);
	at = fixed_coin(&r.m, &c);
	fixed_ladder(&r.m, at, (struct price){mid * PX_ONE}, (struct price){PX_ONE / 10},
		     (struct qty){100 * USD}, 20);
}

static void open_dexes(void)
{
	rig_open(&r);
	coin("xyz:GOLD", 4000);
	coin("xyz:OIL", 60);
	coin("abc:TSLA", 300);
	rig_start(&r);
	rig_fund(&r, 0, 100000);
}

TEST(each_dex_lists_its_own)
{
	open_dexes();
	rig_info(&r, "{\"type\":\"perpDexs\"}");
	CHECK(rig_has(&r, "[null,{\"name\":\"xyz\","));
	CHECK(rig_has(&r, "{\"name\":\"abc\","));
	rig_info(&r, "{\"type\":\"meta\",\"dex\":\"xyz\"}");
	CHECK(rig_has(&r, "xyz:GOLD") && rig_has(&r, "xyz:OIL") && !rig_has(&r, "BTC"));
	CHECK(!rig_has(&r, "TSLA") && rig_has(&r, "\"onlyIsolated\":true"));
	rig_info(&r, "{\"type\":\"metaAndAssetCtxs\"}");
	CHECK(rig_has(&r, "BTC") && !rig_has(&r, "xyz") && !rig_has(&r, "{,"));
	rig_info(&r, "{\"type\":\"allMids\",\"dex\":\"abc\"}");
	CHECK_STR(str_text(&r.answer), "{\"abc:TSLA\":\"300.0\"}");
	rig_info(&r, "{\"type\":\"meta\",\"dex\":\"nobody\"}");
	CHECK_INT(r.status, 500);
	rig_close(&r);
}

TEST(assets_are_numbered_by_dex)
{
	open_dexes();
	rig_order(&r, 0, 110001, 'B', "60.2", "10", "Ioc", false);
	CHECK(rig_has(&r, "filled"));
	CHECK_INT(rig_szi(&r, 0, "xyz:OIL"), 10 * USD);
	rig_order(&r, 0, 120000, 'A', "299", "5", "Ioc", false);
	CHECK_INT(rig_szi(&r, 0, "abc:TSLA"), -5 * USD);
	/* an index inside the program is no asset of the venue */
	rig_order(&r, 0, OIL, 'B', "60.2", "10", "Ioc", false);
	CHECK(!rig_has(&r, "filled"));
	rig_order(&r, 0, 120001, 'B', "60.2", "10", "Ioc", false);
	CHECK(!rig_has(&r, "filled"));
	CHECK_INT(rig_szi(&r, 0, "xyz:OIL"), 10 * USD);
	/* errors of one order name the wire's number */
	rig_order(&r, 0, 110001, 'B', "60.2", "1", "Ioc", true);
	CHECK(rig_has(&r, "asset=110001"));
	rig_close(&r);
}

TEST(states_and_orders_by_dex)
{
	char a[160];
	unsigned long long oid;

	open_dexes();
	rig_order(&r, 0, 110000, 'B', "4002", "2", "Ioc", false);
	rig_position(&r, 0, "BTC", "0.5", "100000", 20, false);
	rig_order(&r, 0, 110001, 'B', "55", "10", "Gtc", false);
	oid = rig_oid(&r);
	rig_info(&r, "{\"type\":\"clearinghouseState\",\"user\":\"%s\",\"dex\":\"xyz\"}",
		 r.user[0]);
	CHECK(rig_has(&r, "xyz:GOLD") && !rig_has(&r, "BTC"));
	CHECK(rig_has(&r, "\"type\":\"isolated\"") && rig_has(&r, "\"withdrawable\":\"0.0\""));
	rig_info(&r, "{\"type\":\"clearinghouseState\",\"user\":\"%s\"}", r.user[0]);
	CHECK(!rig_has(&r, "xyz:GOLD") && rig_has(&r, "BTC"));
	rig_info(&r, "{\"type\":\"frontendOpenOrders\",\"user\":\"%s\"}", r.user[0]);
	CHECK_STR(str_text(&r.answer), "[]");
	rig_info(&r, "{\"type\":\"frontendOpenOrders\",\"user\":\"%s\",\"dex\":\"xyz\"}",
		 r.user[0]);
	CHECK(rig_has(&r, "xyz:OIL"));
	snprintf(a, sizeof a, "{\"type\":\"cancel\",\"cancels\":[{\"a\":110001,\"o\":%llu}]}", oid);
	rig_act(&r, 0, a);
	CHECK(rig_has(&r, "success"));
	/* collateral comes back when the position closes */
	rig_order(&r, 0, 110000, 'A', "3998", "2", "Ioc", true);
	rig_info(&r, "{\"type\":\"clearinghouseState\",\"user\":\"%s\",\"dex\":\"xyz\"}",
		 r.user[0]);
	CHECK(rig_has(&r, "\"accountValue\":\"0.0\""));
	rig_close(&r);
}

/* The parts are the whole: nothing of the account is lost between the dexes. */
TEST(values_add_up)
{
	struct margin all, part;
	int64_t sum = 0;

	open_dexes();
	rig_position(&r, 0, "BTC", "0.5", "99000", 20, false);
	rig_position(&r, 0, "xyz:GOLD", "-3", "4100", 10, false);
	rig_position(&r, 0, "abc:TSLA", "7", "290", 5, false);
	for (int d = 0; d < 3; d++) {
		pm_sum_dex(r.p, acct_find(r.p, (const uint8_t *)r.p->main->addr), d, &part);
		CHECK(d == 0 || part.raw == 0);
		sum += part.all_equity;
	}
	pm_sum(r.p, r.p->main, &all);
	CHECK_INT(sum, all.all_equity);
	CHECK_INT(sum, paper_equity(r.p, r.user[0]).v);
	rig_close(&r);
}

TEST(streams_name_their_dex)
{
	char s[200];
	uint64_t ws;

	open_dexes();
	rig_position(&r, 0, "xyz:OIL", "4", "60", 5, false);
	ws = rig_ws(&r);
	snprintf(s, sizeof s,
		 "{\"method\":\"subscribe\",\"subscription\":{\"type\":\"clearinghouseState\","
		 "\"user\":\"%s\",\"dex\":\"xyz\"}}",
		 r.user[0]);
	rig_ws_send(&r, ws, s);
	CHECK(rig_saw(&r, "\"dex\":\"xyz\"}}}"));
	CHECK(rig_saw(&r, "{\"dex\":\"xyz\",\"user\":\""));
	CHECK(rig_saw(&r, "xyz:OIL"));
	str_clear(&r.frames);
	rig_ws_send(&r, ws,
		    "{\"method\":\"subscribe\",\"subscription\":{\"type\":\"allMids\",\"dex\":"
		    "\"abc\"}}");
	CHECK(rig_saw(&r, "{\"dex\":\"abc\",\"mids\":{\"abc:TSLA\""));
	str_clear(&r.frames);
	rig_ws_send(&r, ws,
		    "{\"method\":\"subscribe\",\"subscription\":{\"type\":\"allMids\",\"dex\":"
		    "\"no\"}}");
	CHECK(rig_saw(&r, "\"channel\":\"error\""));
	rig_close(&r);
}

TEST(sub_accounts_have_a_state_for_every_dex)
{
	char word[100];

	open_dexes();
	snprintf(word, sizeof word, "{\"sub\":\"%s\",\"name\":\"hedge\"}", r.user[1]);
	rig_post(&r, "/paper", word);
	CHECK(rig_has(&r, "\"ok\":true"));
	CHECK(!paper_sub(r.p, r.user[0], r.user[1], "again"));
	CHECK(!paper_sub(r.p, r.user[1], r.user[2], "of a sub"));
	rig_fund(&r, 1, 5000);
	rig_position(&r, 1, "xyz:GOLD", "1", "4000", 10, false);
	rig_info(&r, "{\"type\":\"subAccounts2\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "[{\"name\":\"hedge\",\"subAccountUser\":\""));
	CHECK(rig_has(&r, "\"dexToClearinghouseState\":[[\"\",{\"marginSummary\""));
	CHECK(rig_has(&r, "],[\"xyz\",{\"marginSummary\""));
	CHECK(rig_has(&r, "\"abstraction\":\"default\"}]"));
	CHECK(!rig_has(&r, "\"clearinghouseState\""));
	rig_info(&r, "{\"type\":\"subAccounts\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "\"clearinghouseState\"") && !rig_has(&r, "xyz"));
	/* the master signs for it */
	memcpy(r.vault, r.user[1], sizeof r.vault);
	rig_order(&r, 0, 110000, 'A', "3990", "1", "Ioc", true);
	CHECK(rig_has(&r, "filled"));
	CHECK_INT(rig_szi(&r, 1, "xyz:GOLD"), 0);
	rig_close(&r);
}

TEST_MAIN(T(each_dex_lists_its_own), T(assets_are_numbered_by_dex), T(states_and_orders_by_dex),
	  T(values_add_up), T(streams_name_their_dex), T(sub_accounts_have_a_state_for_every_dex))
