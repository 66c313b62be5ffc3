/* t_num.c: number text and the venue's tick and lot rules against number_format_vectors.json. */
#include <string.h>

#include "tests/run.h"
#include "tests/unit/vec.h"
#include "venue/hyperliquid/num.h"

/* The rule as the venue states it for a size precision and a market. */
static struct instr rule(const struct jv *c)
{
	struct instr i = {.px_sig = 5};
	int64_t sz = 0;

	jv_i64(jv_get(c, "sz_decimals"), &sz);
	i.sz_decimals = (int8_t)sz;
	i.spot = jv_str_is(jv_get(c, "market"), "spot");
	i.px_decimals = (int8_t)((i.spot ? 8 : 6) - sz);
	return i;
}

static enum num_result format(char *out, const struct jv *c, const struct instr *i, enum round how)
{
	const char *in = jv_text(jv_get(c, "in"));

	if (jv_str_is(jv_get(c, "kind"), "price"))
		return num_round_price(out, i, in, strlen(in), how);
	return num_round_qty(out, i, in, strlen(in), how);
}

static int formatter(const struct jv *set, enum round how)
{
	char out[NUM_TEXT_MAX + 1];
	int n = 0;

	for (const struct jv *c = jv_first(jv_get(set, "cases")); c; c = jv_next(c), n++) {
		struct instr i = rule(c);

		if (format(out, c, &i, how) != NUM_BAD)
			CHECK_STR(out, jv_text(jv_get(c, "out")));
		else
			CHECK_STR("refused", jv_text(jv_get(c, "in")));
	}
	for (const struct jv *c = jv_first(jv_get(set, "errors")); c; c = jv_next(c), n++) {
		struct instr i = rule(c);

		CHECK(format(out, c, &i, how) != NUM_OK);
	}
	return n;
}

static int ccxt(const struct jv *set)
{
	static const struct {
		const char *note;
		int8_t sz;
	} coins[] = {{"BTC", 5}, {"ETH", 4}, {"MEME", 0}, {"SOL", 2}};
	char out[NUM_TEXT_MAX + 1];
	int n = 0;

	for (const struct jv *c = jv_first(jv_get(set, "cases")); c; c = jv_next(c), n++) {
		const char *note = jv_text(jv_get(c, "note"));
		struct instr i = {.px_sig = 5};

		for (size_t k = 0; k < 4; k++)
			if (!strncmp(note, coins[k].note, strlen(coins[k].note)))
				i.sz_decimals = coins[k].sz;
		i.px_decimals = (int8_t)(6 - i.sz_decimals);
		if (format(out, c, &i, ROUND_HALF_AWAY) == NUM_OK)
			CHECK_STR(out, jv_text(jv_get(c, "out")));
		else
			CHECK_STR("refused", note);
	}
	return n;
}

static int validity(const struct jv *set)
{
	int n = 0;

	for (const struct jv *c = jv_first(jv_get(set, "cases")); c; c = jv_next(c), n++) {
		const char *s = jv_text(jv_get(c, "value"));
		struct instr i = rule(c);
		bool want = false, got;
		struct price p;
		struct qty q;

		CHECK(jv_bool(jv_get(c, "valid"), &want));
		if (jv_str_is(jv_get(c, "kind"), "price"))
			got = price_parse(&p, s, strlen(s)) == DEC_OK && instr_price_ok(&i, p);
		else
			got = qty_parse(&q, s, strlen(s)) == DEC_OK && instr_qty_ok(&i, q);
		if (got != want)
			test_fail(__FILE__, __LINE__, "%s is %s", s, got ? "accepted" : "refused");
	}
	return n;
}

static int wire_parser(const struct jv *set)
{
	int n = 0;

	for (const struct jv *c = jv_first(jv_get(set, "cases")); c; c = jv_next(c), n++) {
		const char *s;
		size_t len;
		uint64_t http = 0;
		bool ok;

		CHECK(jv_u64(jv_get(c, "http"), &http));
		/* a JSON number is no string: refused before its digits matter */
		ok = jv_str(jv_get(c, "value"), &s, &len) && num_wire_ok(s, len);
		CHECK_INT(ok ? 200 : 422, http);
	}
	return n;
}

static int to_wire(const struct jv *set)
{
	char out[NUM_TEXT_MAX];
	int n = 0;

	for (const struct jv *c = jv_first(jv_get(set, "cases")); c; c = jv_next(c), n++) {
		const char *in = jv_text(jv_at(c, 0));

		if (num_to_wire(out, in, strlen(in)))
			CHECK_STR(out, jv_text(jv_at(c, 1)));
		else
			CHECK_STR("refused", in);
	}
	return n;
}

static int to_int(const struct jv *set)
{
	int n = 0;

	for (const struct jv *c = jv_first(jv_get(set, "cases")); c; c = jv_next(c), n++) {
		const char *in = jv_text(jv_get(c, "x")), *want;
		char got[24];
		struct buf b;
		uint64_t power = 0, v;
		size_t len;

		CHECK(jv_u64(jv_get(c, "power"), &power) || jv_get(c, "error"));
		buf_init(&b, got, sizeof got);
		if (!num_to_u64(&v, in, strlen(in), (int)power)) {
			CHECK(jv_get(c, "error"));
			continue;
		}
		buf_u64(&b, v);
		CHECK(jv_number(jv_get(c, "out"), &want, &len) && len == b.len &&
		      !memcmp(want, got, len));
	}
	return n;
}

TEST(all_number_vectors)
{
	const struct jv *doc = vec_open("hyperliquid/number_format_vectors.json");

	if (!doc)
		return;
	CHECK_INT(to_wire(jv_get(doc, "float_to_wire")), 13);
	CHECK_INT(to_int(jv_get(doc, "float_to_int")), 4);
	CHECK_INT(formatter(jv_get(doc, "truncating_formatter"), ROUND_DOWN), 39);
	CHECK_INT(formatter(jv_get(doc, "half_up_formatter"), ROUND_HALF_AWAY), 130);
	CHECK_INT(ccxt(jv_get(doc, "ccxt_formatter")), 6);
	CHECK_INT(validity(jv_get(doc, "validity")), 20);
	CHECK_INT(wire_parser(jv_get(doc, "wire_parser")), 7);
	vec_close();
}

TEST(texts_of_fixed_point)
{
	char t[NUM_TEXT_MAX];

	CHECK_INT(num_price_text(t, (struct price){1}), 0);
	CHECK_INT(num_price_text(t, (struct price){-100}), 0);
	CHECK_INT(num_qty_text(t, (struct qty){-1}), 0);
	CHECK_INT(num_price_text(t, (struct price){100}), 10);
	CHECK_STR(t, "0.00000001");
	CHECK_INT(num_price_text(t, (struct price){INT64_MAX / 100 * 100}), 18);
	CHECK_STR(t, "922337203.68547758");
	CHECK_INT(num_qty_text(t, (struct qty){INT64_MAX}), 20);
	CHECK_STR(t, "92233720368.54775807");
	CHECK_INT(num_qty_text(t, (struct qty){0}), 1);
	CHECK_STR(t, "0");
	CHECK_INT(num_qty_text(t, (struct qty){1000000000}), 2);
	CHECK_STR(t, "10");
}

TEST(digits_past_the_scale_still_round)
{
	struct instr i = {.px_sig = 5, .px_decimals = 6};
	static const char tiny[] = "1.0000000000001", low[] = "-1.0000000000001";
	char t[NUM_TEXT_MAX + 1];

	CHECK(num_round_price(t, &i, tiny, strlen(tiny), ROUND_UP) == NUM_OK);
	CHECK_STR(t, "1.0001");
	CHECK(num_round_price(t, &i, tiny, strlen(tiny), ROUND_CEIL) == NUM_OK);
	CHECK_STR(t, "1.0001");
	CHECK(num_round_price(t, &i, tiny, strlen(tiny), ROUND_DOWN) == NUM_OK);
	CHECK_STR(t, "1");
	CHECK(num_round_price(t, &i, low, strlen(low), ROUND_FLOOR) == NUM_OK);
	CHECK_STR(t, "-1.0001");
	CHECK(num_round_price(t, &i, low, strlen(low), ROUND_CEIL) == NUM_OK);
	CHECK_STR(t, "-1");
}

TEST_MAIN(T(all_number_vectors), T(texts_of_fixed_point), T(digits_past_the_scale_still_round))
