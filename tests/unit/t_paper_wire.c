/* t_paper_wire.c: signatures by the recorded vectors, agents, nonces, HTTP status, sockets, faults,
 * determinism. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/hex.h"
#include "paper_rig.h"
#include "tests/run.h"

static struct rig r;

/* --- signatures --- */

static void write_json(struct str *s, const struct jv *v)
{
	const struct jv *at;
	const char *text;
	size_t n;
	bool b = false, first = true;

	switch (jv_type(v)) {
	case JV_OBJECT:
	case JV_ARRAY:
		str_putc(s, jv_type(v) == JV_OBJECT ? '{' : '[');
		for (at = jv_first(v); at != NULL; at = jv_next(at)) {
			if (!first)
				str_putc(s, ',');
			first = false;
			if (jv_key(at) != NULL) {
				str_json(s, jv_key(at));
				str_putc(s, ':');
			}
			write_json(s, at);
		}
		str_putc(s, jv_type(v) == JV_OBJECT ? '}' : ']');
		break;
	case JV_STRING:
		str_json(s, jv_text(v));
		break;
	case JV_NUMBER:
		jv_number(v, &text, &n);
		str_add(s, text, n);
		break;
	case JV_BOOL:
		jv_bool(v, &b);
		str_puts(s, b ? "true" : "false");
		break;
	default:
		str_puts(s, "null");
	}
}

/* Types that the paper exchange does not take, and the vectors whose published text is untrimmed
 * or explicit where the venue's canonical form is not: the venue would recover another address. */
static bool out_of_scope(const struct jv *v)
{
	static const char *const types[] = {"dummy", "claimRewards", "agentSendAsset",
					    "vaultTransfer"};
	const char *type = jv_text(jv_get(jv_get(v, "action"), "type"));
	size_t i;

	for (i = 0; i < COUNT_OF(types); i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return false;
}

static bool canonical(const struct jv *v)
{
	const char *note = jv_text(jv_get(v, "note"));

	return note == NULL ||
	       (strstr(note, "untrimmed") == NULL && strstr(note, "trailing") == NULL &&
		strstr(note, "canonical") == NULL);
}

static void vector_case(struct json *j2, const struct jv *v, int *read, int *same)
{
	const struct jv *sig = jv_get(v, "signature");
	const char *network = jv_text(jv_get(v, "network")), *id = jv_text(jv_get(v, "id"));
	const char *want;
	uint8_t digest[32];
	char *hex;
	struct str s = {0}, pack = {0};
	struct action act;

	str_puts(&s, "{\"action\":");
	write_json(&s, jv_get(v, "action"));
	str_puts(&s, ",\"nonce\":");
	write_json(&s, jv_get(v, "nonce"));
	str_puts(&s, ",\"vaultAddress\":");
	write_json(&s, jv_get(v, "vaultAddress"));
	str_puts(&s, ",\"expiresAfter\":");
	write_json(&s, jv_get(v, "expiresAfter"));
	str_puts(&s, ",\"signature\":");
	if (sig != NULL)
		write_json(&s, sig);
	else
		str_puts(&s, "{\"r\":\"0x1\",\"s\":\"0x1\",\"v\":27}");
	str_putc(&s, '}');
	if (!action_read(&act, json_parse(j2, s.p, s.len, NULL))) {
		fprintf(stderr, "not read: %s %s\n", id, s.p);
		str_free(&s);
		return;
	}
	(*read)++;
	act_msgpack(&act, &pack);
	hex = calloc(1, 2 * pack.len + 1);
	hex_encode(hex, pack.p, pack.len);
	want = jv_text(jv_get(v, "msgpack_hex"));
	if (want != NULL && strcmp(hex, want) == 0) {
		(*same)++;
		act_digest(&act, strcmp(network, "mainnet") == 0 ? 'a' : 'b', digest);
		hex = realloc(hex, 2 * pack.len + 65);
		hex_encode(hex, digest, 32);
		if (jv_get(v, "digest") != NULL)
			CHECK_STR(hex, jv_text(jv_get(v, "digest")) + 2);
	} else if (canonical(v)) {
		test_fail(__FILE__, __LINE__, "%s differs", id);
		fprintf(stderr, "differs: %s (%s)\n  got  %s\n  want %s\n", id,
			jv_text(jv_get(v, "note")), hex, want);
	}
	free(hex);
	str_free(&pack);
	str_free(&s);
	action_free(&act);
}

TEST(signing_vectors)
{
	const char *path = test_data("hyperliquid/signing_vectors.json");
	const struct jv *at;
	struct json *j, *j2;
	size_t n;
	char *text;
	int all = 0, read = 0, same = 0;

	if (path == NULL)
		return;
	text = test_slurp(path, &n);
	REQUIRE(text != NULL);
	j = json_new(1 << 20);
	j2 = json_new(1 << 16);
	at = jv_first(jv_get(json_parse(j, text, n, NULL), "vectors"));
	for (; at != NULL; at = jv_next(at)) {
		if (!jv_str_is(jv_get(at, "kind"), "l1") || out_of_scope(at))
			continue;
		all++;
		vector_case(j2, at, &read, &same);
	}
	printf("vectors %d, read %d, byte for byte %d\n", all, read, same);
	CHECK(same >= 50);
	json_free(j);
	json_free(j2);
	free(text);
}

static bool user_case(struct json *j2, const struct jv *v)
{
	static const struct {
		const char *primary, *type;
	} row[] = {{"UsdSend(", "usdSend"},
		   {"Withdraw(", "withdraw3"},
		   {"ApproveAgent(", "approveAgent"},
		   {"ApproveBuilderFee(", "approveBuilderFee"},
		   {"UserSetAbstraction(", "userSetAbstraction"},
		   {"UsdClassTransfer(", "usdClassTransfer"}};
	const char *encode = jv_text(jv_get(v, "encode_type"));
	const struct jv *msg = jv_get(v, "message");
	struct str s = {0}, m = {0};
	struct action act;
	uint8_t digest[32];
	char hex[65];
	int64_t chain;
	size_t i;

	for (i = 0; i < COUNT_OF(row); i++)
		if (encode != NULL && strstr(encode, row[i].primary) != NULL &&
		    strstr(encode, "payloadMultiSigUser") == NULL)
			break;
	if (i == COUNT_OF(row) || msg == NULL ||
	    !jv_i64(jv_get(jv_get(v, "domain"), "chainId"), &chain))
		return false;
	write_json(&m, msg);
	str_printf(&s,
		   "{\"action\":{\"type\":\"%s\",\"signatureChainId\":\"0x%llx\",%s,\"nonce\":1,"
		   "\"signature\":{\"r\":\"0x1\",\"s\":\"0x1\",\"v\":27}}",
		   row[i].type, (unsigned long long)chain, m.p + 1);
	if (!action_read(&act, json_parse(j2, s.p, s.len, NULL))) {
		test_fail(__FILE__, __LINE__, "not read: %s", s.p);
	} else {
		act_digest(&act, 'b', digest);
		hex_encode(hex, digest, 32);
		CHECK_STR(hex, jv_text(jv_get(v, "digest")) + 2);
		action_free(&act);
	}
	str_free(&s);
	str_free(&m);
	return true;
}

TEST(user_signed_vectors)
{
	const char *path = test_data("hyperliquid/signing_vectors.json");
	const struct jv *at;
	struct json *j, *j2;
	size_t n;
	char *text;
	int same = 0;

	if (path == NULL)
		return;
	text = test_slurp(path, &n);
	REQUIRE(text != NULL);
	j = json_new(1 << 20);
	j2 = json_new(1 << 16);
	at = jv_first(jv_get(json_parse(j, text, n, NULL), "vectors"));
	for (; at != NULL; at = jv_next(at))
		if (jv_str_is(jv_get(at, "kind"), "user_signed"))
			same += user_case(j2, at);
	printf("user-signed vectors %d\n", same);
	CHECK(same >= 8);
	json_free(j);
	json_free(j2);
	free(text);
}

TEST(funding_everybody_is_not_for_bad_signatures)
{
	rig_open(&r);
	r.conf.fund_any.v = 1000 * USD;
	rig_start(&r);
	rig_order(&r, 0, 0, 'B', "100010", "0.001", "Ioc", false);
	CHECK(rig_has(&r, "does not exist."));
	rig_info(&r, "{\"type\":\"clearinghouseState\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "\"accountValue\":\"1000.0\""));
	rig_order(&r, 0, 0, 'B', "100010", "0.001", "Ioc", false);
	CHECK(rig_has(&r, "filled"));
	rig_close(&r);
}

TEST(any_key_order_and_case)
{
	char *body, *at;

	rig_open(&r);
	rig_fund(&r, 0, 1000);
	/* signed over the canonical form, sent in another order, padded, without r's grouping */
	body = rig_sign(
		&r, 0,
		"{\"grouping\":\"na\",\"orders\":[{\"t\":{\"limit\":{\"tif\":\"Ioc\"}},\"s\":"
		"\"0.0010\",\"p\":\"0100010.0\",\"b\":true,\"a\":0,\"x\":1,\"c\":"
		"\"0xABCDEF00000000000000000000000001\"}],\"type\":\"order\"}",
		(uint64_t)r.now);
	rig_post(&r, "/exchange", body);
	CHECK(rig_has(&r, "\"filled\""));
	CHECK(rig_has(&r, "0xabcdef00000000000000000000000001"));
	/* one changed digit: another signer */
	at = strstr(body, "0.0010");
	REQUIRE(at != NULL);
	at[3] = '2';
	rig_post(&r, "/exchange", body);
	CHECK(rig_has(&r, "User or API Wallet 0x"));
	CHECK(rig_has(&r, " does not exist."));
	free(body);
	rig_close(&r);
}

TEST(agents_act_for_their_master)
{
	char a[400];

	rig_open(&r);
	rig_fund(&r, 0, 100000);
	rig_order(&r, 3, 0, 'B', "100010", "0.01", "Ioc", false);
	CHECK(rig_has(&r, "does not exist."));
	snprintf(a, sizeof a,
		 "{\"type\":\"approveAgent\",\"hyperliquidChain\":\"Testnet\",\"signatureChainId\":"
		 "\"0x66eee\",\"agentAddress\":\"%s\",\"agentName\":\"one\",\"nonce\":%llu}",
		 r.user[3],
		 (unsigned long long)(r.nonce + 1 > (uint64_t)r.now ? r.nonce + 1
								    : (uint64_t)r.now));
	rig_act(&r, 0, a);
	CHECK(rig_has(&r, "\"type\":\"default\""));
	rig_order(&r, 3, 0, 'B', "100010", "0.01", "Ioc", false);
	CHECK(rig_has(&r, "filled"));
	CHECK_INT(rig_szi(&r, 0, "BTC"), 1000000);
	CHECK_INT(rig_szi(&r, 3, "BTC"), 0);
	rig_info(&r, "{\"type\":\"userRole\",\"user\":\"%s\"}", r.user[3]);
	CHECK(rig_has(&r, "\"role\":\"agent\""));
	rig_info(&r, "{\"type\":\"extraAgents\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "\"name\":\"one\""));
	rig_close(&r);
}

TEST(nonces)
{
	char *body;
	uint64_t n = (uint64_t)r.now;
	int i;

	rig_open(&r);
	rig_fund(&r, 0, 1000);
	n = (uint64_t)r.now;
	for (i = 0; i < 150; i++) {
		body = rig_sign(&r, 0, "{\"type\":\"noop\"}", n + (uint64_t)i);
		rig_post(&r, "/exchange", body);
		CHECK(strstr(str_text(&r.answer), "default") != NULL);
		free(body);
	}
	body = rig_sign(&r, 0, "{\"type\":\"noop\"}", n - 10); /* below the lowest of 100 */
	rig_post(&r, "/exchange", body);
	CHECK(rig_has(&r, "Invalid nonce: nonce too low"));
	free(body);
	body = rig_sign(&r, 0, "{\"type\":\"noop\"}", n + 3); /* long gone, still remembered */
	rig_post(&r, "/exchange", body);
	CHECK(rig_has(&r, "Invalid nonce: duplicate nonce"));
	free(body);
	/* a business refusal uses its nonce, an unknown signer does not */
	body = rig_sign(
		&r, 0,
		"{\"type\":\"order\",\"orders\":[{\"a\":0,\"b\":true,\"p\":\"99000\",\"s\":"
		"\"0\",\"r\":false,\"t\":{\"limit\":{\"tif\":\"Gtc\"}}}],\"grouping\":\"na\"}",
		n + 500);
	rig_post(&r, "/exchange", body);
	CHECK(rig_has(&r, "Order has zero size."));
	rig_post(&r, "/exchange", body);
	CHECK(rig_has(&r, "duplicate nonce"));
	free(body);
	body = rig_sign(&r, 1, "{\"type\":\"noop\"}", n);
	rig_post(&r, "/exchange", body);
	CHECK(rig_has(&r, "does not exist."));
	rig_fund(&r, 1, 10);
	rig_post(&r, "/exchange", body);
	CHECK(rig_has(&r, "default"));
	free(body);
	rig_close(&r);
}

TEST(noop_burns_an_order_in_flight)
{
	char *order, *burn;
	uint64_t n;

	rig_open(&r);
	rig_fund(&r, 0, 1000);
	n = (uint64_t)r.now;
	order = rig_sign(
		&r, 0,
		"{\"type\":\"order\",\"orders\":[{\"a\":0,\"b\":true,\"p\":\"100010\",\"s\":"
		"\"0.01\",\"r\":false,\"t\":{\"limit\":{\"tif\":\"Ioc\"}}}],\"grouping\":"
		"\"na\"}",
		n);
	burn = rig_sign(&r, 0, "{\"type\":\"noop\"}", n);
	rig_post(&r, "/exchange", burn);
	CHECK(rig_has(&r, "default"));
	rig_post(&r, "/exchange", order);
	CHECK(rig_has(&r, "duplicate nonce"));
	CHECK_INT(rig_szi(&r, 0, "BTC"), 0);
	free(order);
	free(burn);
	rig_close(&r);
}

/* --- HTTP --- */

TEST(http_status)
{
	rig_open(&r);
	rig_post(&r, "/info", "{not json");
	CHECK_INT(r.status, 400);
	CHECK_STR(str_text(&r.answer), "Failed to parse the request body as JSON");
	rig_post(&r, "/info", "{\"type\":\"clearinghouseState\"}");
	CHECK_INT(r.status, 422);
	rig_post(&r, "/info", "{\"type\":\"meta\",\"type\":\"meta\"}");
	CHECK_INT(r.status, 422);
	rig_post(&r, "/info", " {\"type\":\"exchangeStatus\"} and more");
	CHECK_INT(r.status, 200);
	rig_post(&r, "/info", "{\"type\":\"l2Book\",\"coin\":\"BTC\",\"nSigFigs\":7}");
	CHECK_INT(r.status, 500);
	CHECK_STR(str_text(&r.answer), "null");
	rig_post(&r, "/info", "{\"type\":\"l2Book\",\"coin\":\"XXX\"}");
	CHECK_INT(r.status, 200);
	CHECK_STR(str_text(&r.answer), "null");
	rig_post(&r, "/info", "{\"type\":\"l2Book\",\"coin\":\"BTC\",\"nSigFigs\":3}");
	CHECK(rig_has(&r, "{\"px\":\"99900.0\",\"sz\":\"10.0\",\"n\":10}"));
	CHECK(rig_has(&r, "\"spread\":"));
	rig_post(&r, "/exchange", "{\"action\":{\"type\":\"order\"},\"nonce\":1}");
	CHECK_INT(r.status, 422);
	rig_post(&r, "/exchange",
		 "{\"action\":{\"type\":\"noop\",\"extra\":1},\"nonce\":1,\"signature\":{\"r\":"
		 "\"0x1\",\"s\":\"0x1\",\"v\":27}}");
	CHECK_INT(r.status, 422);
	CHECK(rig_has(&r, "Failed to deserialize the JSON body into the target type"));
	rig_close(&r);
}

TEST(info_types_answer)
{
	static const char *const market[] = {"meta",
					     "metaAndAssetCtxs",
					     "allPerpMetas",
					     "perpDexs",
					     "spotMeta",
					     "spotMetaAndAssetCtxs",
					     "allMids",
					     "predictedFundings",
					     "exchangeStatus",
					     "maxMarketOrderNtls",
					     "perpsAtOpenInterestCap"};
	static const char *const user[] = {"clearinghouseState",
					   "spotClearinghouseState",
					   "openOrders",
					   "frontendOpenOrders",
					   "historicalOrders",
					   "userFills",
					   "userFunding",
					   "userTwapSliceFills",
					   "twapHistory",
					   "userRateLimit",
					   "userFees",
					   "userRole",
					   "extraAgents",
					   "subAccounts",
					   "userAbstraction",
					   "maxBuilderFee",
					   "approvedBuilders",
					   "referral",
					   "userNonFundingLedgerUpdates",
					   "webData3"};
	struct json *j = json_new(1 << 18);
	size_t i;

	rig_open(&r);
	rig_fund(&r, 0, 1000000);
	rig_position(&r, 0, "BTC", "1", "99000", 10, false);
	rig_order(&r, 0, 1, 'B', "4001", "1", "Ioc", false);
	rig_order(&r, 0, 1, 'B', "3900", "1", "Gtc", false);
	for (i = 0; i < COUNT_OF(market); i++) {
		rig_info(&r, "{\"type\":\"%s\"}", market[i]);
		if (r.status != 200 || json_parse(j, r.answer.p, r.answer.len, NULL) == NULL)
			test_fail(__FILE__, __LINE__, "%s: %s", market[i], str_text(&r.answer));
	}
	for (i = 0; i < COUNT_OF(user); i++) {
		rig_info(&r, "{\"type\":\"%s\",\"user\":\"%s\"}", user[i], r.user[0]);
		if (r.status != 200 || json_parse(j, r.answer.p, r.answer.len, NULL) == NULL)
			test_fail(__FILE__, __LINE__, "%s: %s", user[i], str_text(&r.answer));
	}
	rig_info(&r, "{\"type\":\"meta\"}");
	CHECK(rig_has(&r, "[56,{\"description\":\"tiered 40x\",\"marginTiers\":[{\"lowerBound\":"
			  "\"0.0\",\"maxLeverage\":40},{\"lowerBound\":\"150000000.0\","
			  "\"maxLeverage\":20}]}]"));
	rig_info(&r, "{\"type\":\"candleSnapshot\",\"req\":{\"coin\":\"ETH\",\"interval\":\"1m\","
		     "\"startTime\":0,\"endTime\":1999999999999}}");
	CHECK(rig_has(&r, "\"s\":\"ETH\",\"i\":\"1m\",\"o\":\"4001.0\""));
	rig_info(&r, "{\"type\":\"activeAssetData\",\"user\":\"%s\",\"coin\":\"BTC\"}", r.user[0]);
	CHECK(rig_has(&r, "\"leverage\":{\"type\":\"cross\",\"value\":10}"));
	json_free(j);
	rig_close(&r);
}

TEST(unknown_oid_lag)
{
	uint64_t oid;

	rig_open(&r);
	r.conf.unknown_oid_lag_ms = 500;
	rig_start(&r);
	rig_fund(&r, 0, 100000);
	rig_order(&r, 0, 0, 'B', "99000", "0.1", "Gtc", false);
	oid = rig_oid(&r);
	rig_info(&r, "{\"type\":\"orderStatus\",\"user\":\"%s\",\"oid\":%llu}", r.user[0],
		 (unsigned long long)oid);
	CHECK(rig_has(&r, "unknownOid"));
	rig_run(&r, 600);
	rig_info(&r, "{\"type\":\"orderStatus\",\"user\":\"%s\",\"oid\":%llu}", r.user[0],
		 (unsigned long long)oid);
	CHECK(rig_has(&r, "\"status\":\"open\""));
	rig_close(&r);
}

/* --- sockets --- */

static void subscribe(uint64_t ws, const char *rest)
{
	char text[300];

	snprintf(text, sizeof text, "{\"method\":\"subscribe\",\"subscription\":{%s}}", rest);
	rig_ws_send(&r, ws, text);
}

TEST(ack_then_snapshot)
{
	uint64_t ws;
	char upper[200];

	rig_open(&r);
	rig_fund(&r, 0, 100000);
	ws = rig_ws(&r);
	subscribe(ws, "\"type\":\"l2Book\",\"coin\":\"BTC\"");
	CHECK(rig_saw(&r,
		      "{\"type\":\"l2Book\",\"coin\":\"BTC\",\"nSigFigs\":null,\"mantissa\":null,"
		      "\"fast\":false}}}\n{\"channel\":\"l2Book\""));
	snprintf(upper, sizeof upper, "\"type\":\"userFills\",\"user\":\"0x%.40s\"", r.user[0] + 2);
	upper[30] = (char)(upper[30] >= 'a' && upper[30] <= 'f' ? upper[30] - 32 : upper[30]);
	subscribe(ws, upper);
	CHECK(rig_saw(&r, "\"aggregateByTime\":false}}}\n{\"channel\":\"userFills\",\"data\":{"
			  "\"isSnapshot\":true,"));
	str_clear(&r.frames);
	rig_order(&r, 0, 0, 'B', "100010", "0.1", "Ioc", false);
	CHECK(rig_saw(&r, "{\"channel\":\"userFills\",\"data\":{\"user\":"));
	CHECK(strstr(str_text(&r.frames), "isSnapshot") == NULL);
	rig_close(&r);
}

static uint32_t count_frames(const char *what)
{
	const char *at = str_text(&r.frames);
	uint32_t n = 0;

	while ((at = strstr(at, what)) != NULL) {
		n++;
		at++;
	}
	return n;
}

TEST(cadences)
{
	uint64_t ws;

	rig_open(&r);
	ws = rig_ws(&r);
	subscribe(ws, "\"type\":\"l2Book\",\"coin\":\"BTC\"");
	subscribe(ws, "\"type\":\"l2Book\",\"coin\":\"ETH\",\"fast\":true");
	subscribe(ws, "\"type\":\"bbo\",\"coin\":\"SOL\"");
	subscribe(ws, "\"type\":\"activeAssetCtx\",\"coin\":\"SOL\"");
	str_clear(&r.frames);
	rig_run(&r, 20100);
	CHECK_INT(count_frames("\"l2Book\",\"data\":{\"coin\":\"BTC\""), 4);
	CHECK(count_frames("\"fast\":true}") >= 35 && count_frames("\"fast\":true}") <= 38);
	CHECK_INT(count_frames("\"channel\":\"bbo\""), 0);
	CHECK(count_frames("activeAssetCtx") >= 18);
	fixed_level(&r.m, 2, true, 0, (struct price){1995 * PX_ONE / 10}, (struct qty){100000000});
	rig_run(&r, 70);
	CHECK_INT(count_frames("\"channel\":\"bbo\""), 1);
	rig_close(&r);
}

/* Load: of the subscribed kinds, in turn, with trades of their own ids; nobody else is told. */
TEST(flood_frames)
{
	struct paper *p;
	uint64_t ws, other;
	uint32_t was;

	rig_open(&r);
	p = r.p;
	ws = rig_ws(&r);
	other = rig_ws(&r);
	CHECK_INT(paper_flood(p, ws, 10), 0); /* nothing is subscribed */
	subscribe(ws, "\"type\":\"l2Book\",\"coin\":\"BTC\"");
	subscribe(ws, "\"type\":\"trades\",\"coin\":\"SOL\"");
	subscribe(ws, "\"type\":\"bbo\",\"coin\":\"ETH\"");
	subscribe(ws, "\"type\":\"activeAssetCtx\",\"coin\":\"ETH\"");
	subscribe(ws, "\"type\":\"allMids\"");
	subscribe(other, "\"type\":\"allMids\"");
	str_clear(&r.frames);
	was = r.n_frames;
	CHECK_INT(paper_flood(p, ws, 8), 8);
	CHECK_INT(paper_flood(p, other, 8), 0);
	rig_drain(&r);
	CHECK_INT(r.n_frames - was, 8);
	CHECK(rig_saw(&r, "\"channel\":\"l2Book\"") && rig_saw(&r, "\"channel\":\"bbo\""));
	CHECK(rig_saw(&r, "\"channel\":\"trades\",\"data\":[{\"coin\":\"SOL\",\"side\":\"B\""));
	CHECK(rig_saw(&r, "\"channel\":\"activeAssetCtx\""));
	CHECK_INT(count_frames("allMids"), 0);
	CHECK_INT(paper_flood_rate(p), 0);
	CHECK_STR(rig_post(&r, "/paper", "{\"flood\":5000}"), "{\"ok\":true}");
	CHECK_INT(paper_flood_rate(p), 5000);
	rig_post(&r, "/paper", "{\"flood\":-1}");
	CHECK_INT(r.status, 400);
	CHECK_STR(rig_post(&r, "/paper", "{\"burst\":77}"), "{\"ok\":true}");
	CHECK_INT(paper_burst_take(p), 77);
	CHECK_INT(paper_burst_take(p), 0);
	rig_close(&r);
}

TEST(fatal_and_idle)
{
	uint64_t ws;

	rig_open(&r);
	ws = rig_ws(&r);
	subscribe(ws, "\"type\":\"bbo\",\"coin\":\"btc\"");
	CHECK_INT(r.n_closed, 1);
	ws = rig_ws(&r);
	subscribe(ws, "\"type\":\"l2Book\",\"coin\":\"BTC\",\"nSigFigs\":6");
	CHECK_INT(r.n_closed, 2);
	ws = rig_ws(&r);
	rig_run(&r, 59000);
	CHECK_INT(r.n_closed, 2);
	rig_ws_send(&r, ws, "{\"method\":\"ping\"}");
	CHECK(rig_saw(&r, "{\"channel\":\"pong\"}"));
	rig_run(&r, 59000);
	CHECK_INT(r.n_closed, 2);
	rig_run(&r, 2000);
	CHECK_INT(r.n_closed, 3);
	rig_close(&r);
}

TEST(post_over_the_socket)
{
	struct str f = {0};
	uint64_t ws;
	char *body;

	rig_open(&r);
	rig_fund(&r, 0, 100000);
	ws = rig_ws(&r);
	body = rig_sign(&r, 0, "{\"type\":\"noop\"}", (uint64_t)r.now);
	str_printf(
		&f,
		"{\"method\":\"post\",\"id\":256,\"request\":{\"type\":\"action\",\"payload\":%s}}",
		body);
	rig_ws_send(&r, ws, f.p);
	CHECK(strstr(str_text(&r.frames), "post") == NULL); /* only after the block */
	rig_run(&r, 70);
	CHECK(rig_saw(&r, "{\"channel\":\"post\",\"data\":{\"id\":256,\"response\":{\"type\":"
			  "\"action\",\"payload\":{\"status\":\"ok\",\"response\":{\"type\":"
			  "\"default\"}}}}}"));
	rig_ws_send(&r, ws,
		    "{\"method\":\"post\",\"id\":7,\"request\":{\"type\":\"info\",\"payload\":{"
		    "\"type\":\"l2Book\",\"coin\":\"NOPE\"}}}");
	CHECK(rig_saw(&r, "\"payload\":{\"type\":\"l2Book\",\"data\":null}"));
	str_free(&f);
	free(body);
	rig_close(&r);
}

/* --- faults --- */

TEST(faults)
{
	rig_open(&r);
	rig_fund(&r, 0, 100000);
	rig_post(&r, "/paper", "{\"fault\":\"ack_lost\",\"count\":1}");
	CHECK(rig_has(&r, "true"));
	rig_order(&r, 0, 0, 'B', "100010", "0.01", "Ioc", false);
	CHECK_INT(r.status, 0);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 1000000);
	paper_fault(r.p, FAULT_ACK_ERROR, 1, 0, 0);
	rig_order(&r, 0, 0, 'B', "100010", "0.01", "Ioc", false);
	CHECK_INT(r.status, 502);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 2000000);
	paper_fault(r.p, FAULT_DROP, 1, 0, 0);
	rig_order(&r, 0, 0, 'B', "100010", "0.01", "Ioc", false);
	CHECK_INT(r.status, 0);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 2000000);
	paper_fault(r.p, FAULT_429, 1, 0, 0);
	rig_order(&r, 0, 0, 'B', "100010", "0.01", "Ioc", false);
	CHECK_INT(r.status, 429);
	paper_fault(r.p, FAULT_DISCONNECT, 1, 0, 0);
	rig_order(&r, 0, 0, 'B', "100010", "0.01", "Ioc", false);
	CHECK_INT(r.status, -1);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 3000000);
	paper_fault(r.p, FAULT_DELAY, 1, 5000, 0);
	rig_order(&r, 0, 0, 'B', "100010", "0.01", "Ioc", false);
	CHECK_INT(r.status, 0);
	CHECK_INT(rig_szi(&r, 0, "BTC"), 4000000);
	rig_run(&r, 5000);
	CHECK_INT(r.status, 200);
	rig_order(&r, 0, 0, 'B', "100010", "0.01", "Ioc", false);
	CHECK_INT(r.status, 200);
	rig_close(&r);
}

TEST(late_fills)
{
	char text[200];
	uint64_t ws;

	rig_open(&r);
	rig_fund(&r, 0, 100000);
	ws = rig_ws(&r);
	snprintf(text, sizeof text, "\"type\":\"orderUpdates\",\"user\":\"%s\"", r.user[0]);
	subscribe(ws, text);
	snprintf(text, sizeof text, "\"type\":\"userFills\",\"user\":\"%s\"", r.user[0]);
	subscribe(ws, text);
	str_clear(&r.frames);
	paper_fault(r.p, FAULT_LATE_FILLS, -1, 900, 0);
	rig_order(&r, 0, 0, 'B', "100010", "0.01", "Ioc", false);
	CHECK(rig_saw(&r, "\"status\":\"filled\""));
	CHECK_INT(count_frames("\"channel\":\"userFills\""), 0);
	rig_run(&r, 1000);
	CHECK_INT(count_frames("\"channel\":\"userFills\""), 1);
	rig_info(&r, "{\"type\":\"userFees\",\"user\":\"%s\"}", r.user[0]);
	CHECK(rig_has(&r, "{\"date\":\"2023-11-14\",\"userCross\":\"1000.1\",\"userAdd\":\"0.0\""));
	rig_close(&r);
}

TEST(freeze_stops_data_only)
{
	uint64_t ws;

	rig_open(&r);
	ws = rig_ws(&r);
	subscribe(ws, "\"type\":\"activeAssetCtx\",\"coin\":\"SOL\"");
	paper_fault(r.p, FAULT_FREEZE, -1, 10000, 0);
	str_clear(&r.frames);
	rig_run(&r, 9900);
	CHECK_INT(r.frames.len, 0);
	rig_ws_send(&r, ws, "{\"method\":\"ping\"}");
	CHECK(rig_saw(&r, "pong"));
	rig_run(&r, 2000);
	CHECK(rig_saw(&r, "activeAssetCtx"));
	rig_close(&r);
}

/* --- determinism --- */

static void session(struct str *out)
{
	uint64_t ws;
	char text[200];
	int i;

	rig_open(&r);
	rig_fund(&r, 0, 100000);
	rig_position(&r, 0, "BTC", "0.5", "101000", 20, false);
	ws = rig_ws(&r);
	subscribe(ws, "\"type\":\"trades\",\"coin\":\"BTC\"");
	subscribe(ws, "\"type\":\"l2Book\",\"coin\":\"BTC\",\"fast\":true");
	snprintf(text, sizeof text, "\"type\":\"userEvents\",\"user\":\"%s\"", r.user[0]);
	subscribe(ws, text);
	paper_fault(r.p, FAULT_ACK_LOST, -1, 0, 300);
	for (i = 0; i < 30; i++) {
		rig_order(&r, 0, 0, i % 2 ? 'A' : 'B', i % 2 ? "99990" : "100010", "0.1", "Ioc",
			  false);
		str_puts(out, str_text(&r.answer));
		rig_run(&r, 777);
	}
	rig_act(&r, 0,
		"{\"type\":\"twapOrder\",\"twap\":{\"a\":1,\"b\":true,\"s\":\"1\",\"r\":false,"
		"\"m\":5,\"t\":true}}");
	rig_run(&r, 300000);
	rig_info(&r, "{\"type\":\"clearinghouseState\",\"user\":\"%s\"}", r.user[0]);
	str_puts(out, str_text(&r.answer));
	str_puts(out, str_text(&r.frames));
	rig_close(&r);
}

TEST(same_seed_same_bytes)
{
	struct str a = {0}, b = {0};

	session(&a);
	session(&b);
	CHECK(a.len > 10000);
	CHECK(a.len == b.len && memcmp(a.p, b.p, a.len) == 0);
	str_free(&a);
	str_free(&b);
}

TEST_MAIN(T(signing_vectors), T(user_signed_vectors),
	  T(funding_everybody_is_not_for_bad_signatures), T(any_key_order_and_case),
	  T(agents_act_for_their_master), T(nonces), T(noop_burns_an_order_in_flight),
	  T(http_status), T(info_types_answer), T(unknown_oid_lag), T(ack_then_snapshot),
	  T(cadences), T(flood_frames), T(fatal_and_idle), T(post_over_the_socket), T(faults),
	  T(late_fills), T(freeze_stops_data_only), T(same_seed_same_bytes))
