/* instr: the venue's number rules against the recorded vectors, and the table of names. */
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "core/instr.h"
#include "tests/run.h"
#include "tests/unit/vectors.h"

static struct instr perp(int sz)
{
	return (struct instr){
		.sz_decimals = (int8_t)sz, .px_decimals = (int8_t)(6 - sz), .px_sig = 5};
}

static struct instr spot(int sz)
{
	return (struct instr){
		.sz_decimals = (int8_t)sz, .px_decimals = (int8_t)(8 - sz), .px_sig = 5};
}

static int from_section(const char *text, const char *from, const char *to, enum round how)
{
	const char *at = strstr(text, from), *stop = strstr(text, to), *end, *o;
	char kind[16], in[32], out[32], market[16], szd[8], got[40];
	int cases = 0;

	while (at && (o = vec_object(&at, &end, stop))) {
		struct instr i;
		struct price p = {0}, r = {0};
		struct buf b;
		size_t n;

		if (!vec_get(o, end, "kind", kind, sizeof kind, NULL) || strcmp(kind, "price") ||
		    !vec_get(o, end, "in", in, sizeof in, &n) ||
		    !vec_get(o, end, "out", out, sizeof out, NULL) ||
		    !vec_get(o, end, "sz_decimals", szd, sizeof szd, NULL))
			continue;
		/* texts that are no numbers here, signs prices cannot have, and the one source that
		 * keeps five significant digits above 99999, where integers are free */
		if (price_parse(&p, in, n) == DEC_BAD || p.v < 0 || !strcmp(in, "100000.5"))
			continue;
		i = vec_get(o, end, "market", market, sizeof market, NULL) &&
				    !strcmp(market, "spot")
			    ? spot(szd[0] - '0')
			    : perp(szd[0] - '0');
		buf_init(&b, got, sizeof got);
		if (instr_round_price(&i, &r, p, how)) {
			price_put(&b, r);
			CHECK_STR(got, out);
			CHECK(instr_price_ok(&i, r));
		} else {
			CHECK_STR("0", out);
		}
		cases++;
	}
	return cases;
}

TEST(rounding_vectors)
{
	const char *path = test_data("hyperliquid/number_format_vectors.json");
	char *text;

	if (!path)
		return;
	text = test_slurp(path, NULL);
	REQUIRE(text);
	CHECK(from_section(text, "\"truncating_formatter\"", "\"errors\"", ROUND_DOWN) >= 17);
	CHECK(from_section(text, "\"half_up_formatter\"", "\"ccxt_formatter\"", ROUND_HALF_AWAY) >=
	      90);
	free(text);
}

TEST(validity_vectors)
{
	const char *path = test_data("hyperliquid/number_format_vectors.json");
	const char *at, *end, *o;
	char *text, kind[16], value[32], szd[8], market[16], valid[8];
	int cases = 0;

	if (!path)
		return;
	text = test_slurp(path, NULL);
	REQUIRE(text);
	at = strstr(text, "\"validity\"");
	REQUIRE(at);
	while ((o = vec_object(&at, &end, strstr(text, "\"wire_parser\"")))) {
		struct instr i;
		bool is_spot, want;
		size_t n;

		if (!vec_get(o, end, "value", value, sizeof value, &n))
			continue;
		REQUIRE(vec_get(o, end, "kind", kind, sizeof kind, NULL));
		REQUIRE(vec_get(o, end, "sz_decimals", szd, sizeof szd, NULL));
		REQUIRE(vec_get(o, end, "valid", valid, sizeof valid, NULL));
		is_spot = vec_get(o, end, "market", market, sizeof market, NULL) &&
			  !strcmp(market, "spot");
		i = is_spot ? spot(szd[0] - '0') : perp(szd[0] - '0');
		want = valid[0] == 't';
		cases++;
		if (!strcmp(kind, "size")) {
			struct qty q;

			CHECK_INT(qty_parse(&q, value, n), DEC_OK);
			CHECK_INT(instr_qty_ok(&i, q), want);
		} else {
			struct price p;

			CHECK_INT(price_parse(&p, value, n), DEC_OK);
			CHECK_INT(instr_price_ok(&i, p), want);
		}
	}
	CHECK_INT(cases, 20);
	free(text);
}

static struct price px(const char *s)
{
	struct price p = {0};

	CHECK_INT(price_parse(&p, s, strlen(s)), DEC_OK);
	return p;
}

TEST(rounding_by_hand)
{
	struct instr btc = perp(5), meme = perp(0);
	struct price r = {5};

	CHECK(instr_round_price(&btc, &r, px("100000.42343243"), ROUND_DOWN));
	CHECK_INT(r.v, px("100000").v);
	CHECK(instr_round_price(&btc, &r, px("100000.42343243"), ROUND_UP));
	CHECK_INT(r.v, px("100001").v);
	CHECK(instr_round_price(&btc, &r, px("9999.91"), ROUND_UP));
	CHECK_INT(r.v, px("10000").v);
	CHECK(instr_round_price(&meme, &r, px("0.0434236"), ROUND_HALF_AWAY));
	CHECK_INT(r.v, px("0.043424").v);
	CHECK(instr_round_price(&btc, &r, px("123456"), ROUND_DOWN));
	CHECK_INT(r.v, px("123456").v);
	CHECK(!instr_round_price(&btc, &r, px("0.01"), ROUND_DOWN));
	CHECK(!instr_round_price(&btc, &r, (struct price){-1}, ROUND_DOWN));
	CHECK(!instr_round_price(&btc, &r, (struct price){0}, ROUND_UP));
	CHECK_INT(r.v, px("123456").v);
	CHECK_INT(instr_tick(&btc, px("79449")).v, px("1").v);
	CHECK_INT(instr_tick(&btc, px("9999.9")).v, px("0.1").v);
	CHECK_INT(instr_tick(&meme, px("0.043423")).v, px("0.000001").v);
	CHECK_INT(instr_lot(&btc).v, 1000);
	CHECK_INT(instr_floor_qty(&btc, (struct qty){-1999}).v, -1000);
	CHECK_INT(instr_floor_qty(&btc, (struct qty){1999}).v, 1000);
	CHECK(!instr_qty_ok(&btc, (struct qty){0}));
	CHECK(!instr_qty_ok(&btc, (struct qty){1001}));
}

TEST(every_rounded_price_is_valid_and_on_its_side)
{
	struct prng r;

	prng_seed(&r, test_seed);
	for (int k = 0; k < 50000; k++) {
		struct instr i = prng_below(&r, 2) ? perp((int)prng_below(&r, 7))
						   : spot((int)prng_below(&r, 9));
		struct price p = {(int64_t)(prng_u64(&r) >> (3 + prng_below(&r, 58)))}, lo, hi;
		bool ok_lo = instr_round_price(&i, &lo, p, ROUND_DOWN);
		bool ok_hi = instr_round_price(&i, &hi, p, ROUND_UP);

		if (p.v == 0)
			continue;
		CHECK(ok_hi && instr_price_ok(&i, hi) && hi.v >= p.v);
		if (!ok_lo)
			continue;
		CHECK(instr_price_ok(&i, lo) && lo.v <= p.v);
		CHECK(hi.v - lo.v == 0 || hi.v - lo.v == instr_tick(&i, p).v);
	}
}

TEST(table)
{
	static struct instr_table t;
	struct instr i = {.coin = "BTC", .asset = 3};

	instr_table_init(&t);
	CHECK_INT(instr_find(&t, "BTC"), INSTR_NONE);
	for (unsigned k = 0; k < INSTR_MAX; k++) {
		snprintf(i.coin, sizeof i.coin, "C%u", k);
		i.asset = 2 * k;
		CHECK_INT(instr_put(&t, &i), k);
	}
	snprintf(i.coin, sizeof i.coin, "one-more");
	CHECK_INT(instr_put(&t, &i), INSTR_NONE);
	for (unsigned k = 0; k < INSTR_MAX; k++) {
		char name[32];

		snprintf(name, sizeof name, "C%u", k);
		CHECK_INT(instr_find(&t, name), k);
	}
	CHECK_INT(instr_by_asset(&t, 10), 5);
	CHECK_INT(instr_by_asset(&t, 11), INSTR_NONE);
	snprintf(i.coin, sizeof i.coin, "C7");
	i.asset = 99999;
	CHECK_INT(instr_put(&t, &i), 7);
	CHECK_INT(instr_by_asset(&t, 99999), 7);
	CHECK_INT(t.n, INSTR_MAX);
}

TEST_MAIN(T(rounding_vectors), T(validity_vectors), T(rounding_by_hand),
	  T(every_rounded_price_is_valid_and_on_its_side), T(table))
