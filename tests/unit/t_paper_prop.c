/* t_paper_prop.c: three users trade at random in a market that jumps; after every block the books,
 * lists and the money must add up, and every frame must be sound JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "paper_rig.h"
#include "tests/run.h"

static struct rig r;
static struct prng g;

static const char *dice(const char *const *list, uint64_t n)
{
	return list[prng_below(&g, n)];
}

static int64_t tick_px(uint32_t coin, int64_t around, int64_t spread)
{
	int64_t px = around + prng_range(&g, -spread, spread);

	return price_round(&r.p->coin[coin], px, false);
}

static void random_order(struct str *s, uint32_t coin, bool trigger_too)
{
	static const char *const tifs[] = {"Gtc", "Ioc", "Alo", "Gtc"};
	const struct coin *c = &r.p->coin[coin];
	int64_t lot = num_pow10(8 - c->c.sz_decimals);
	int64_t px = tick_px(coin, c->mid, c->mid / 200), sz;
	bool buy = prng_below(&g, 2), trigger = trigger_too && prng_below(&g, 5) == 0;

	sz = num_muldiv(prng_range(&g, 5, 20000) * USD, PX_ONE, c->mid) / lot * lot;
	str_printf(s, "{\"a\":%u,\"b\":%s,\"p\":\"", coin, buy ? "true" : "false");
	str_trim(s, px, 10);
	str_puts(s, "\",\"s\":\"");
	str_trim(s, sz, 8);
	str_printf(s, "\",\"r\":%s,\"t\":", prng_below(&g, 3) == 0 ? "true" : "false");
	if (trigger) {
		str_printf(s, "{\"trigger\":{\"isMarket\":%s,\"tpsl\":\"%s\",\"triggerPx\":\"",
			   prng_below(&g, 2) ? "true" : "false", prng_below(&g, 2) ? "tp" : "sl");
		str_trim(s, tick_px(coin, c->mark, c->mark / 50), 10);
		str_puts(s, "\"}}");
	} else {
		str_printf(s, "{\"limit\":{\"tif\":\"%s\"}}", dice(tifs, 4));
	}
	str_putc(s, '}');
}

static void random_action(int k)
{
	static const char *const groups[] = {"na", "na", "na", "normalTpsl", "positionTpsl"};
	struct str s = {0};
	uint64_t i, n = 1 + prng_below(&g, 4), oid;
	uint32_t coin = (uint32_t)prng_below(&g, 3);

	switch (prng_below(&g, 8)) {
	case 0:
		oid = r.p->next_oid - 1 - prng_below(&g, 30);
		str_printf(&s, "{\"type\":\"cancel\",\"cancels\":[{\"a\":%u,\"o\":%llu}]}", coin,
			   (unsigned long long)oid);
		break;
	case 1:
		str_printf(
			&s,
			"{\"type\":\"updateLeverage\",\"asset\":%u,\"isCross\":%s,\"leverage\":%d}",
			coin, prng_below(&g, 2) ? "true" : "false", 1 + (int)prng_below(&g, 20));
		break;
	case 2:
		oid = r.p->next_oid - 1 - prng_below(&g, 30);
		str_printf(&s, "{\"type\":\"batchModify\",\"modifies\":[{\"oid\":%llu,\"order\":",
			   (unsigned long long)oid);
		random_order(&s, coin, false);
		str_puts(&s, "}]}");
		break;
	default:
		str_puts(&s, "{\"type\":\"order\",\"orders\":[");
		for (i = 0; i < n; i++) {
			if (i > 0)
				str_putc(&s, ',');
			random_order(&s, coin, true);
		}
		str_printf(&s, "],\"grouping\":\"%s\"}", dice(groups, 5));
	}
	rig_act(&r, k, s.p);
	str_free(&s);
}

static void move_market(void)
{
	static const int64_t step[] = {10 * PX_ONE, PX_ONE, PX_ONE / 10};
	static const int64_t size[] = {5000000, 100000000, 2000000000};
	uint16_t i;

	for (i = 0; i < 3; i++) {
		const struct coin *c = &r.p->coin[i];
		int64_t mid = c->mid / 10000 * prng_range(&g, 9900, 10100) / step[i] * step[i];

		fixed_ladder(&r.m, i, (struct price){mid}, (struct price){step[i]},
			     (struct qty){size[i]}, 20);
		if (prng_below(&g, 2))
			fixed_trade(&r.m, i, prng_below(&g, 2), (struct price){mid},
				    (struct qty){size[i] * prng_range(&g, 1, 9)});
	}
}

static void check_books(void)
{
	uint32_t i;
	int side;

	for (i = 0; i < 3; i++) {
		const struct coin *c = &r.p->coin[i];
		int64_t bid, ask;

		if (book_best(c, true, &bid) && book_best(c, false, &ask))
			CHECK(bid < ask);
		for (side = 0; side < 2; side++) {
			const struct order *o, *was = NULL;

			for (o = c->book[side]; o != NULL; was = o, o = o->lower) {
				CHECK(o->listed && o->in_book && o->sz > 0 && o->ahead >= 0);
				CHECK(o->buy == side && o->coin == i && o->higher == was);
				if (was != NULL)
					CHECK(side ? was->px >= o->px : was->px <= o->px);
			}
		}
	}
}

static void check_account(struct acct *a)
{
	const struct order *o;
	int64_t resting[PAPER_COINS_MAX] = {0};
	uint32_t n = 0, i;

	for (o = a->first; o != NULL; o = o->next) {
		n++;
		CHECK(!status_is_end(o->status));
		if (o->ro && o->in_book) {
			const struct position *x = &a->pos[o->coin];

			CHECK(x->szi != 0 && (x->szi > 0) != o->buy);
			resting[o->coin] += o->sz;
		}
	}
	CHECK_INT(n, a->n_open);
	for (i = 0; i < 3; i++) {
		int64_t szi = a->pos[i].szi;

		CHECK(resting[i] <= (szi < 0 ? -szi : szi));
		CHECK(a->pos[i].entry >= 0);
		CHECK(szi != 0 || (a->pos[i].raw == 0 && a->pos[i].entry == 0));
	}
}

/* Cash of the account from its fills: what the trades and fees say it must be. */
static void check_money(struct acct *a, int64_t given)
{
	struct margin m;
	int64_t pnl = 0, fees = 0, upnl = 0;
	uint32_t i;

	for (i = 0; i < a->n_fills; i++) {
		pnl += a->fills[i].pnl;
		fees += a->fills[i].fee;
		if (a->fills[i].backstop && a->fills[i].liq_user == a)
			return; /* the margin went with it */
	}
	for (i = 0; i < a->n_fundings; i++)
		pnl += a->fundings[i].usdc;
	for (i = 0; i < 3; i++)
		upnl += position_upnl(&a->pos[i], r.p->coin[i].mark);
	pm_sum(r.p, a, &m);
	CHECK_NEAR((double)m.all_equity, (double)(given + pnl - fees + upnl), 10000.0);
}

static void check_frames(struct json *j)
{
	const char *at = str_text(&r.frames);

	while (*at != '\0') {
		size_t n = strcspn(at, "\n");

		if (json_parse(j, at, n, NULL) == NULL)
			test_fail(__FILE__, __LINE__, "not JSON: %.*s", (int)(n > 300 ? 300 : n),
				  at);
		at += n + 1;
	}
	str_clear(&r.frames);
}

static void subscribe_all(uint64_t ws)
{
	static const char *const ch[] = {"orderUpdates",	 "userEvents", "userFills",
					 "userHistoricalOrders", "openOrders", "clearinghouseState",
					 "notification",	 "webData3",   "activeAssetData"};
	char text[300];
	size_t i;

	for (i = 0; i < sizeof ch / sizeof ch[0]; i++) {
		snprintf(text, sizeof text,
			 "{\"method\":\"subscribe\",\"subscription\":{\"type\":\"%s\",\"user\":\"%"
			 "s\","
			 "\"coin\":\"BTC\"}}",
			 ch[i], r.user[0]);
		rig_ws_send(&r, ws, text);
	}
	rig_ws_send(&r, ws,
		    "{\"method\":\"subscribe\",\"subscription\":{\"type\":\"trades\",\"coin\":"
		    "\"BTC\"}}");
	rig_ws_send(&r, ws,
		    "{\"method\":\"subscribe\",\"subscription\":{\"type\":\"bbo\",\"coin\":"
		    "\"BTC\"}}");
}

/* The operator's words between the trades: ADL, a second hand, post-only, depth that goes. */
static void random_word(void)
{
	static const char *const words[] = {
		"{\"adl\":\"*\",\"share\":\"0.3\"}",
		"{\"hand\":\"add\",\"coin\":\"BTC\",\"size\":\"0.01\"}",
		"{\"hand\":\"close\",\"coin\":\"ETH\",\"share\":\"0.5\"}",
		"{\"hand\":\"stop\",\"coin\":\"BTC\",\"share\":\"1\",\"away\":\"0.002\"}",
		"{\"post_only\":true,\"ms\":3000}",
		"{\"post_only\":false}",
		"{\"depth\":\"*\",\"factor\":\"0.05\",\"over_ms\":2000,\"ms\":2000,\"back_ms\":"
		"5000}",
		"{\"oracle\":\"*\",\"pct\":\"-1\",\"ms\":5000}",
	};

	rig_post(&r, "/paper", words[prng_below(&g, COUNT_OF(words))]);
}

TEST(random_trading_adds_up)
{
	struct json *j = json_new(1 << 20);
	struct acct *a[3];
	uint8_t addr[20];
	uint32_t fills = 0, taken = 0, n;
	int run, i, k;

	for (run = 0; run < 6; run++) {
		prng_seed(&g, test_seed * 1000 + (uint64_t)run);
		rig_open(&r);
		r.conf.cover_strict = run % 2;
		r.conf.no_address_limits = true;
		r.conf.liquidator.v = run % 3 == 0 ? -1 : 0;
		rig_start(&r);
		for (k = 0; k < 3; k++) {
			rig_fund(&r, k, 20000);
			addr_read(addr, r.user[k]);
			a[k] = acct_find(r.p, addr);
		}
		subscribe_all(rig_ws(&r));
		for (i = 0; i < 300; i++) {
			if (prng_below(&g, 4) == 0)
				move_market();
			if (run > 0 && prng_below(&g, 8) == 0)
				random_word();
			random_action((int)prng_below(&g, 3));
			rig_run(&r, prng_range(&g, 0, 4000));
			check_books();
			for (k = 0; k < 3; k++) {
				check_account(a[k]);
				check_money(a[k], 20000 * USD);
			}
			check_frames(j);
		}
		for (k = 0; k < 3; k++)
			for (fills += a[k]->n_fills, n = 0; n < a[k]->n_fills; n++)
				taken += a[k]->fills[n].adl && a[k]->fills[n].liq_user != a[k];
		rig_close(&r);
	}
	printf("fills %u, of them %u by ADL\n", fills, taken);
	CHECK(fills > 300 && taken > 5);
	json_free(j);
}

/* --- bytes that nobody promised to make sense --- */

static size_t mutate(char *to, const char *from, size_t n)
{
	uint64_t k = 1 + prng_below(&g, 6);
	size_t m = n, at;

	memcpy(to, from, n);
	while (k-- > 0 && m > 2) {
		at = prng_below(&g, m - 1);
		switch (prng_below(&g, 4)) {
		case 0:
			to[at] = (char)prng_below(&g, 256);
			break;
		case 1:
			to[at] = "{}[]\",:-0919.etn"[prng_below(&g, 16)];
			break;
		case 2:
			memmove(to + at, to + at + 1, m - at - 1);
			m--;
			break;
		default: /* a number becomes a large one */
			if (to[at] >= '0' && to[at] <= '9')
				memset(to + at, '9', m - at < 12 ? m - at : 12);
		}
	}
	return m;
}

static void hostile(const char *body, uint64_t ws)
{
	static const char *const paths[] = {"/info", "/exchange", "/paper"};
	static char to[8192];
	size_t n;
	int i;

	for (i = 0; i < 400; i++) {
		n = mutate(to, body, strlen(body));
		paper_http(r.p, ++r.conn, "h", "POST", paths[prng_below(&g, 3)], "application/json",
			   to, n, r.now);
		paper_ws_text(r.p, ws, to, n, r.now);
		if (i % 20 == 0)
			rig_run(&r, 70);
		rig_drain(&r);
		if (r.n_closed > 0) {
			r.n_closed = 0;
			ws = rig_ws(&r);
		}
		str_clear(&r.frames);
	}
}

TEST(hostile_bytes)
{
	static const char *const actions[] = {
		"{\"type\":\"order\",\"orders\":[{\"a\":0,\"b\":true,\"p\":\"99000\",\"s\":\"0.1\","
		"\"r\":false,\"t\":{\"trigger\":{\"isMarket\":true,\"triggerPx\":\"101000\","
		"\"tpsl\":"
		"\"sl\"}},\"c\":\"0x00000000000000000000000000000001\"}],\"grouping\":\"na\"}",
		"{\"type\":\"cancelByCloid\",\"cancels\":[{\"asset\":0,\"cloid\":"
		"\"0x00000000000000000000000000000001\"}]}",
		"{\"type\":\"twapOrder\",\"twap\":{\"a\":0,\"b\":true,\"s\":\"1\",\"r\":false,"
		"\"m\":5,"
		"\"t\":false},\"details\":{\"t\":{\"p\":\"1\",\"a\":true},\"s\":null}}",
		"{\"type\":\"updateIsolatedMargin\",\"asset\":0,\"isBuy\":true,\"ntli\":-100}"};
	static const char *const others[] = {
		"{\"type\":\"userFillsByTime\",\"user\":"
		"\"0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a\","
		"\"startTime\":0,\"endTime\":99}",
		"{\"method\":\"subscribe\",\"subscription\":{\"type\":\"l2Book\",\"coin\":\"BTC\","
		"\"nSigFigs\":5,\"mantissa\":2}}",
		"{\"type\":\"candleSnapshot\",\"req\":{\"coin\":\"BTC\",\"interval\":\"1m\","
		"\"startTime\":1}}",
		"{\"position\":\"BTC\",\"user\":\"0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a\","
		"\"size\":"
		"\"1\",\"price\":\"100000\",\"leverage\":5}"};
	size_t i;
	char *body;

	prng_seed(&g, test_seed);
	rig_open(&r);
	rig_fund(&r, 0, 100000);
	for (i = 0; i < 4; i++) {
		body = rig_sign(&r, 0, actions[i], (uint64_t)r.now + i);
		hostile(body, rig_ws(&r));
		hostile(others[i], rig_ws(&r));
		free(body);
	}
	rig_run(&r, 70);
	rig_info(&r, "{\"type\":\"meta\"}");
	CHECK_INT(r.status, 200); /* still there */
	rig_close(&r);
}

/* The operator's words, bent: nothing breaks, and what is taken stays within bounds. */
TEST(hostile_words)
{
	static const char *const words[] = {
		"{\"budget\":6000}",
		"{\"agent_expiry\":240000}",
		"{\"litter\":12,\"reduce_only\":false}",
		"{\"cover\":\"BTC\"}",
		"{\"dust\":\"ETH\",\"usd\":\"-11.5\"}",
		"{\"equity\":\"54544\"}",
		"{\"equity\":\"0.5\",\"of\":\"notional\"}",
		"{\"position\":\"BTC\",\"size\":\"-0.5\",\"price\":\"mid\",\"leverage\":10}",
		"{\"hand\":\"add\",\"coin\":\"BTC\",\"share\":\"0.3\"}",
		"{\"hand\":\"trade\",\"coin\":\"SOL\",\"side\":\"A\",\"size\":\"1.5\"}",
		"{\"hand\":\"stop\",\"coin\":\"BTC\",\"share\":\"1\",\"away\":\"0.02\"}",
		"{\"hand\":\"limit\",\"coin\":\"BTC\",\"side\":\"B\",\"size\":\"0.1\",\"away\":\"0."
		"02\"}",
		"{\"hand\":\"twap\",\"coin\":\"BTC\",\"side\":\"B\",\"size\":\"1\",\"minutes\":30}",
		"{\"hand\":\"cancel\",\"coin\":\"BTC\"}",
		"{\"adl\":\"*\",\"share\":\"0.6\"}",
		"{\"liquidator\":\"1000\"}",
		"{\"depth\":\"*\",\"factor\":\"0.1\",\"over_ms\":5000,\"ms\":600,\"back_ms\":3000}",
		"{\"oracle\":\"BTC\",\"pct\":\"-6\",\"ms\":6000}",
		"{\"external\":\"*\",\"pct\":\"2\",\"over_ms\":600}",
		"{\"funding\":\"BTC\",\"rate\":\"0.0001141\"}",
		"{\"fault\":\"late_exec\",\"count\":3,\"ms\":4000}",
		"{\"fault\":\"freeze_book\",\"count\":-1,\"ms\":400}",
		"{\"reduce_only\":\"reject\"}",
		"{\"runner\":\"BTC\",\"share\":\"0.5\",\"back_ms\":600}",
		"{\"hunter\":\"BTC\",\"share\":\"2\",\"lead_ms\":200,\"hold_ms\":100}",
		"{\"hunter\":\"BTC\",\"share\":\"1\",\"meets\":true}",
		"{\"mark\":\"BTC\",\"px\":\"99000\"}",
		"{\"post_only\":true,\"ms\":1500}",
	};
	static char to[512];
	size_t i, k;
	int n;

	prng_seed(&g, test_seed + 41);
	rig_open(&r);
	rig_fund(&r, 0, 100000);
	rig_fund(&r, 1, 100000);
	CHECK(paper_agent(r.p, r.user[0], r.user[3]));
	rig_position(&r, 0, "BTC", "1", "90000", 10, false);
	rig_position(&r, 1, "BTC", "-1", "110000", 10, false);
	rig_order(&r, 0, 0, 'B', "90000", "0.01", "Gtc", false); /* one of ours to cancel */
	for (n = 0; n < 150; n++)
		for (i = 0; i < COUNT_OF(words); i++) {
			k = n == 0 ? strlen(words[i]) : mutate(to, words[i], strlen(words[i]));
			paper_http(r.p, ++r.conn, "h", "POST", "/paper", "application/json",
				   n == 0 ? words[i] : to, k, r.now);
			rig_drain(&r);
			if (n == 0 && r.status != 200)
				test_fail(__FILE__, __LINE__, "%s: %s", words[i],
					  str_text(&r.answer));
			if (i % 5 == 0)
				rig_run(&r, 70);
			str_clear(&r.frames);
			for (k = 0; k < r.p->n_coins; k++)
				CHECK(r.p->coin[k].mark > 0 && r.p->coin[k].oracle >= 0);
		}
	rig_close(&r);
}

TEST_MAIN(T(random_trading_adds_up), T(hostile_bytes), T(hostile_words))
