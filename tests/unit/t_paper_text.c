/* t_paper_text.c: every text of the venue that applies here is produced by some request, and the
 * table is the venue's, word for word. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "paper_rig.h"
#include "tests/run.h"

static struct rig r;
static struct str all;

static void keep(void)
{
	str_puts(&all, str_text(&r.answer));
	str_putc(&all, '\n');
	str_puts(&all, str_text(&r.frames));
	str_clear(&r.frames);
}

static void order(uint32_t asset, char side, const char *px, const char *sz, const char *tif,
		  bool ro)
{
	rig_order(&r, 0, asset, side, px, sz, tif, ro);
	keep();
}

static void act(int k, const char *text)
{
	rig_act(&r, k, text);
	keep();
}

/* The pieces of the text between its placeholders, in order, within one line. */
static bool produced(const char *text)
{
	const char *line = str_text(&all);
	char part[400];

	while (*line != '\0') {
		const char *end = line + strcspn(line, "\n"), *at = line, *t = text;

		while (at != NULL && *t != '\0') {
			size_t n = strcspn(t, "{");

			snprintf(part, sizeof part, "%.*s", (int)n, t);
			if (n > 0) {
				at = strstr(at, part);
				at = at != NULL && at < end ? at + n : NULL;
			}
			t += n;
			t += *t == '{' ? strcspn(t, "}") + 1 : 0;
		}
		if (at != NULL)
			return true;
		line = *end != '\0' ? end + 1 : end;
	}
	return false;
}

static void orders_part(void)
{
	rig_position(&r, 0, "BTC", "1", "100000", 10, false);
	order(0, 'B', "99000.55", "0.01", "Gtc", false); /* too many decimals */
	order(0, 'B', "99000.5", "0.01", "Gtc", false);	 /* off tick */
	order(2, 'B', "199", "0.01", "Gtc", false);
	order(0, 'B', "99000", "0.000001", "Gtc", false);
	order(0, 'B', "99000", "0", "Gtc", false);
	order(0, 'B', "1000", "1", "Gtc", false);
	order(2, 'B', "199", "5000000", "Gtc", false);
	order(0, 'B', "99000", "300", "Gtc", false); /* margin */
	order(0, 'B', "99000", "1", "Gtc", true);
	order(0, 'B', "100500", "0.01", "Alo", false);
	order(0, 'B', "99000", "0.01", "Ioc", false);
	order(99, 'B', "99000", "0.01", "Gtc", false);
	act(0, "{\"type\":\"order\",\"orders\":[{\"a\":0,\"b\":false,\"p\":\"90000\",\"s\":\"1\","
	       "\"r\":false,\"t\":{\"trigger\":{\"isMarket\":true,\"triggerPx\":\"95000\",\"tpsl\":"
	       "\"sl\"}}}],\"grouping\":\"positionTpsl\"}");
	rig_post(&r, "/paper", "{\"post_only\":true}");
	order(0, 'B', "101000", "0.01", "Ioc", false);
	rig_post(&r, "/paper", "{\"post_only\":false}");
	act(0, "{\"type\":\"order\",\"orders\":[],\"grouping\":\"na\"}");
	act(0, "{\"type\":\"order\",\"orders\":[{\"a\":0,\"b\":false,\"p\":\"90000\",\"s\":\"1\","
	       "\"r\":true,\"t\":{\"trigger\":{\"isMarket\":true,\"triggerPx\":\"101000\",\"tpsl\":"
	       "\"sl\"}}}],\"grouping\":\"na\"}");
	act(0, "{\"type\":\"cancel\",\"cancels\":[{\"a\":0,\"o\":77}]}");
	act(0,
	    "{\"type\":\"modify\",\"oid\":77,\"order\":{\"a\":0,\"b\":true,\"p\":\"99000\",\"s\":"
	    "\"0.01\",\"r\":false,\"t\":{\"limit\":{\"tif\":\"Gtc\"}}}}");
	rig_order(&r, 0, 0, 'B', "99000", "0.01", "Gtc", false);
	{
		char a[400];

		snprintf(a, sizeof a,
			 "{\"type\":\"batchModify\",\"modifies\":[{\"oid\":%llu,\"order\":{\"a\":0,"
			 "\"b\":true,\"p\":\"100500\",\"s\":\"0.01\",\"r\":false,\"t\":{\"limit\":"
			 "{\"tif\":\"Gtc\"}}}}]}",
			 (unsigned long long)rig_oid(&r));
		act(0, a);
	}
	act(0, "{\"type\":\"order\",\"orders\":[{\"a\":0,\"b\":true,\"p\":\"99000\",\"s\":\"0.01\","
	       "\"r\":false,\"t\":{\"limit\":{\"tif\":\"Gtc\"}}}],\"grouping\":\"na\",\"builder\":{"
	       "\"b\":\"0x00000000000000000000000000000000000000aa\",\"f\":10}}");
}

static void caps_part(void)
{
	rig_post(&r, "/paper", "{\"oi_cap\":\"ETH\"}");
	order(1, 'B', "3990", "1", "Gtc", false);
	order(1, 'B', "4010", "1", "Gtc", false);
	rig_post(&r, "/paper", "{\"oi_cap\":\"ETH\",\"on\":false}");
	rig_fund(&r, 0, 100000000);
	act(0, "{\"type\":\"updateLeverage\",\"asset\":2,\"isCross\":true,\"leverage\":20}");
	rig_position(&r, 0, "SOL", "340000", "200", 20, false);
	order(2, 'B', "199", "20000", "Gtc", false); /* 72 M at 20x, the tier allows 10x */
	r.m.side[1][0].n = r.m.side[1][1].n = 0;
	rig_run(&r, 70);
	order(1, 'B', "4000", "1", "FrontendMarket", false);
}

static void settings_part(void)
{
	act(0, "{\"type\":\"updateLeverage\",\"asset\":0,\"isCross\":false,\"leverage\":10}");
	act(0, "{\"type\":\"updateLeverage\",\"asset\":0,\"isCross\":true,\"leverage\":99}");
	act(0, "{\"type\":\"updateLeverage\",\"asset\":3,\"isCross\":true,\"leverage\":2}");
	act(0, "{\"type\":\"updateIsolatedMargin\",\"asset\":0,\"isBuy\":true,\"ntli\":1000000}");
	rig_position(&r, 1, "BTC", "1", "100000", 20, true);
	act(1, "{\"type\":\"updateLeverage\",\"asset\":0,\"isCross\":false,\"leverage\":5}");
	act(1,
	    "{\"type\":\"updateIsolatedMargin\",\"asset\":0,\"isBuy\":true,\"ntli\":9000000000}");
	act(1, "{\"type\":\"topUpIsolatedOnlyMargin\",\"asset\":0,\"leverage\":\"5\"}");
	act(0, "{\"type\":\"scheduleCancel\"}");
	r.conf.no_volume_gate = true;
	rig_start(&r);
	rig_fund(&r, 0, 100000);
	act(0, "{\"type\":\"scheduleCancel\",\"time\":1700000001000}");
	act(0,
	    "{\"type\":\"twapOrder\",\"twap\":{\"a\":0,\"b\":true,\"s\":\"1\",\"r\":false,\"m\":1,"
	    "\"t\":false}}");
	act(0,
	    "{\"type\":\"twapOrder\",\"twap\":{\"a\":0,\"b\":true,\"s\":\"1\",\"r\":true,\"m\":10,"
	    "\"t\":false}}");
	act(0, "{\"type\":\"twapOrder\",\"twap\":{\"a\":0,\"b\":true,\"s\":\"0.0005\",\"r\":false,"
	       "\"m\":10,\"t\":false}}");
	act(0, "{\"type\":\"twapCancel\",\"a\":0,\"t\":5}");
}

static void signature_part(void)
{
	char *body, old[64];
	uint64_t nonce = (uint64_t)r.now;

	body = rig_sign(&r, 0, "{\"type\":\"noop\"}", nonce + 5);
	rig_post(&r, "/exchange", body);
	rig_post(&r, "/exchange", body);
	keep();
	free(body);
	body = rig_sign(&r, 0, "{\"type\":\"noop\"}", nonce - 3 * DAY_MS);
	rig_post(&r, "/exchange", body);
	keep();
	free(body);
	body = rig_sign(&r, 0, "{\"type\":\"noop\"}", nonce + 2 * DAY_MS);
	rig_post(&r, "/exchange", body);
	keep();
	free(body);
	r.expires = nonce - 1;
	act(0, "{\"type\":\"noop\"}");
	r.expires = 0;
	act(2, "{\"type\":\"noop\"}"); /* not funded */
	snprintf(r.vault, sizeof r.vault, "0x%040d", 9);
	act(0, "{\"type\":\"noop\"}");
	r.vault[0] = '\0';
	rig_post(&r, "/exchange",
		 "{\"action\":{\"type\":\"noop\"},\"nonce\":5,\"signature\":{\"r\":\"0x0\",\"s\":"
		 "\"0x0\",\"v\":27}}");
	keep();
	snprintf(old, sizeof old, "%llu", (unsigned long long)nonce);
	(void)old;
}

static void user_signed(int k, const char *fmt, const char *chain, int64_t skew)
{
	char a[600];
	uint64_t nonce = ++r.nonce;
	char *body;

	snprintf(a, sizeof a, fmt, chain, (unsigned long long)((int64_t)nonce + skew));
	body = rig_sign(&r, k, a, nonce);
	rig_post(&r, "/exchange", body);
	keep();
	free(body);
}

static void account_part(void)
{
	static const char agent[] =
		"{\"type\":\"approveAgent\",\"hyperliquidChain\":\"%s\",\"signatureChainId\":"
		"\"0x66eee\",\"agentAddress\":\"0x00000000000000000000000000000000000000%s\","
		"\"agentName\":\"%s\",\"nonce\":%%llu}";
	static const char *const names[] = {"a", "b", "c", "d"};
	char f[400];
	size_t i;

	r.nonce = (uint64_t)r.now + 1000;
	for (i = 0; i < 4; i++) {
		char who[3] = {'b', (char)('0' + i), '\0'};

		snprintf(f, sizeof f, agent, "%s", who, names[i]);
		user_signed(0, f, "Testnet", 0);
	}
	snprintf(f, sizeof f, agent, "%s", "b0", "e");
	user_signed(0, f, "Testnet", 0); /* used */
	snprintf(f, sizeof f, agent, "%s", "c9", "z valid_until 5");
	user_signed(0, f, "Testnet", 0);
	user_signed(0, f, "Mainnet", 0);
	user_signed(0, f, "Testnet", 1);
	user_signed(2, f, "Testnet", 0);
	for (i = 0; i < 5; i++) {
		static const char *const amount[] = {"1", "999999999", "0", "0.0000001", "x"};

		snprintf(f, sizeof f,
			 "{\"type\":\"%s\",\"hyperliquidChain\":\"%%s\",\"signatureChainId\":"
			 "\"0x66eee\",\"destination\":"
			 "\"0x00000000000000000000000000000000000000dd\","
			 "\"amount\":\"%s\",\"time\":%%llu}",
			 "usdSend", amount[i]);
		user_signed(0, f, "Testnet", 0);
	}
	user_signed(0,
		    "{\"type\":\"withdraw3\",\"hyperliquidChain\":\"%s\",\"signatureChainId\":"
		    "\"0x66eee\",\"destination\":\"0x00000000000000000000000000000000000000dd\","
		    "\"amount\":\"99999999\",\"time\":%llu}",
		    "Testnet", 0);
}

static void wire_part(void)
{
	static const char sub[] = "{\"method\":\"subscribe\",\"subscription\":{\"type\":"
				  "\"allMids\"}}";
	char text[200];
	uint64_t ws = rig_ws(&r);
	int i;

	rig_ws_send(&r, ws, "{\"method\":\"dance\"}");
	rig_ws_send(&r, ws, sub);
	rig_ws_send(&r, ws, sub);
	rig_ws_send(&r, ws,
		    "{\"method\":\"unsubscribe\",\"subscription\":{\"type\":\"bbo\",\"coin\":"
		    "\"BTC\"}}");
	rig_ws_send(&r, ws,
		    "{\"method\":\"subscribe\",\"subscription\":{\"type\":\"userFills\",\"user\":"
		    "\"0X12\"}}");
	r.conf.no_ip_limits = false;
	rig_start(&r);
	ws = rig_ws(&r);
	for (i = 0; i < 11; i++) {
		snprintf(text, sizeof text,
			 "{\"method\":\"subscribe\",\"subscription\":{\"type\":\"orderUpdates\","
			 "\"user\":\"0x%040d\"}}",
			 i + 100);
		rig_ws_send(&r, ws, text);
	}
	rig_fund(&r, 0, 1000);
	for (i = 0; i < 101; i++) {
		char *body = rig_sign(&r, 0, "{\"type\":\"noop\"}", ++r.nonce);
		struct str f = {0};

		str_printf(&f,
			   "{\"method\":\"post\",\"id\":%d,\"request\":{\"type\":\"action\","
			   "\"payload\":%s}}",
			   i, body);
		rig_ws_send(&r, ws, f.p);
		str_free(&f);
		free(body);
	}
	keep();
	rig_post(&r, "/info", "{\"type\":");
	keep();
	rig_post(&r, "/info", "{\"type\":\"nothing\"}");
	keep();
	paper_http(r.p, 1, "x", "POST", "/info", "text/plain", "{}", 2, r.now);
	rig_drain(&r);
	keep();
	for (i = 0; i < 100 && r.status != 429; i++)
		rig_post(&r, "/info", "{\"type\":\"meta\"}");
	CHECK_INT(r.status, 429);
	keep();
}

static void limit_part(void)
{
	char a[16384];
	size_t n = 0, i, k;

	r.conf.no_ip_limits = true;
	rig_start(&r);
	rig_fund(&r, 0, 1000);
	rig_post(&r, "/paper", "{\"litter\":1000}");
	order(0, 'B', "99000", "0.001", "Gtc", false);
	for (k = 0; k < 52; k++) {
		n = (size_t)snprintf(a, sizeof a,
				     "{\"type\":\"order\",\"grouping\":\"na\",\"orders\":[");
		for (i = 0; i < 100; i++)
			n += (size_t)snprintf(
				a + n, sizeof a - n,
				"%s{\"a\":0,\"b\":true,\"p\":\"9\",\"s\":\"1\",\"r\":false,"
				"\"t\":{\"limit\":{\"tif\":\"Gtc\"}}}",
				i ? "," : "");
		snprintf(a + n, sizeof a - n, "]}");
		rig_act(&r, 0, a);
		rig_act(&r, 0, a);
	}
	keep();
}

/* One sub-account more than the venue keeps addresses. */
static void full_part(void)
{
	char addr[43];
	size_t i;

	rig_start(&r);
	rig_fund(&r, 0, 1000);
	for (i = 0; i < ACCTS_MAX; i++) {
		snprintf(addr, sizeof addr, "0x%040zx", i + 1000);
		if (!paper_fund(r.p, addr, (struct money){0}))
			break;
	}
	CHECK(i < ACCTS_MAX);
	act(0, "{\"type\":\"createSubAccount\",\"name\":\"x\"}");
}

TEST(every_text_is_produced)
{
	static const enum text other[] = {TX_NO_CROSS}; /* no coin here is isolated only */
	size_t i, k;

	rig_open(&r);
	rig_fund(&r, 0, 200000);
	rig_fund(&r, 1, 7000);
	orders_part();
	caps_part();
	settings_part();
	signature_part();
	account_part();
	wire_part();
	limit_part();
	full_part();
	for (i = TX_NONE + 1; i < TX_COUNT; i++) {
		for (k = 0; k < COUNT_OF(other) && other[k] != (enum text)i; k++)
			;
		if (k == COUNT_OF(other) && !produced(text_of((enum text)i)))
			test_fail(__FILE__, __LINE__, "never said: %s", text_of((enum text)i));
	}
	rig_close(&r);
	str_free(&all);
}

/* Texts of the venue that have no occasion here: spot, vaults, multi-sig, transfers, deployers. */
static const char *const elsewhere[] = {
	"Order must have minimum value of 10 {quote_token}. asset={asset}",
	"Order would increase open interest too quickly asset={asset}",
	"Insufficient spot balance asset={asset}",
	"Price too far from oracle asset={asset}",
	"Order value too large. Max is $5000000.",
	"TWAP order value too small. Min is $1200, which is $10 per minute.",
	"L1 error: User or API Wallet {address} does not exist.",
	"Multi-sig required",
	"Action disabled when unified account is active",
	"User has pending agent removal",
	"Agent can only send asset to same user or their sub-accounts.",
	"Insufficient balance for token transfer gas.",
	"Invalid send",
	"Unknown token {token}",
	"Invalid perp DEX",
};

static bool in_table(const char *text)
{
	size_t i;

	for (i = TX_NONE + 1; i < TX_COUNT; i++)
		if (strcmp(text_of((enum text)i), text) == 0)
			return true;
	for (i = 0; i < COUNT_OF(elsewhere); i++)
		if (strcmp(elsewhere[i], text) == 0)
			return true;
	return false;
}

TEST(the_table_is_the_venues)
{
	const char *path = test_data("hyperliquid/error_strings.json");
	const struct jv *v, *at;
	struct json *j;
	size_t n, rows = 0;
	char *text;

	if (path == NULL)
		return;
	text = test_slurp(path, &n);
	REQUIRE(text != NULL);
	j = json_new(1 << 16);
	v = jv_get(json_parse(j, text, n, NULL), "strings");
	for (at = jv_first(v); at != NULL; at = jv_next(at), rows++)
		if (!in_table(jv_text(jv_get(at, "text"))))
			test_fail(__FILE__, __LINE__, "not known: %s", jv_text(jv_get(at, "text")));
	CHECK(rows >= 75);
	json_free(j);
	free(text);
}

TEST_MAIN(T(every_text_is_produced), T(the_table_is_the_venues))
