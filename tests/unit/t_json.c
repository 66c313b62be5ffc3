/* t_json.c: the JSON door: an own table of good and bad documents that always runs, typed getters,
 * the hostile collection when it is there, and a property test that no cut of a document passes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/prng.h"
#include "limits.h"
#include "tests/run.h"
#include "wire/json.h"

static const struct jv *parse(struct json *j, const char *s)
{
	return json_parse(j, s, strlen(s), NULL);
}

static const char *const good[] = {
	"{}",
	"[]",
	" \t\r\n[ ] \n",
	"0",
	"-0",
	"1.5e+3",
	"\"\"",
	"\"\\ud834\\udd1e\"",
	"true",
	"null",
	"[1,[2,[3]]]",
	"{\"a\":{},\"A\":1}",
	"\"\\\\\\/\\\"\\b\\f\\n\\r\\t\"",
	"\"\x7f\"",
	"[\"\xc3\xa9\"]",
	"{\"\":0}",
	"123456789012345678901234567890",
};

static const char *const bad[] = {
	"",
	" ",
	"[",
	"]",
	"{",
	"[1,]",
	"[,1]",
	"[1 2]",
	"{\"a\"}",
	"{\"a\":}",
	"{\"a\":1,}",
	"{a:1}",
	"{'a':1}",
	"[01]",
	"[-01]",
	"[1.]",
	"[.5]",
	"[-]",
	"[+1]",
	"[1e]",
	"[1e+]",
	"[0x1]",
	"[NaN]",
	"[Infinity]",
	"[nul]",
	"[True]",
	"[1]x",
	"{}{}",
	"[\"a",
	"[\"\\x\"]",
	"[\"\\u12\"]",
	"[\"\\u12g4\"]",
	"[\"\\ud800\"]",
	"[\"\\udc00\"]",
	"[\"\\ud800\\u0041\"]",
	"[\"\x01\"]",
	"[\"\n\"]",
	"[\"\x80\"]",
	"[\"\xc0\xaf\"]",
	"[\"\xed\xa0\x80\"]",
	"[\"\xf4\x90\x80\x80\"]",
	"\xef\xbb\xbf[]",
	"[1]\f",
	"{\"a\":1,\"a\":2}",
	"{\"a\":1,\"\\u0061\":2}",
	"[\"\\u0000\"]",
	"[/**/1]",
	"\x1b[]",
	"[1}",
	"{\"a\":1]",
};

TEST(table)
{
	struct json *j = json_new(0);
	struct err e = {0};

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!json_parse(j, good[i], strlen(good[i]), &e))
			test_fail(__FILE__, __LINE__, "refused %s: %s", good[i], e.text);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		e = (struct err){0};
		if (json_parse(j, bad[i], strlen(bad[i]), &e))
			test_fail(__FILE__, __LINE__, "accepted #%zu %s", i, bad[i]);
		CHECK(e.code == ERR_PEER || e.code == ERR_LIMIT);
		CHECK(e.text[0]);
	}
	/* a NUL is a byte like any other: it ends nothing */
	CHECK(!json_parse(j, "[1]\0", 4, NULL));
	CHECK(!json_parse(j, "[\"\0\"]", 5, NULL));
	json_free(j);
}

TEST(getters)
{
	struct json *j = json_new(0);
	const struct jv *v =
		parse(j, "{\"n\":1725000000123,\"N\":2,\"neg\":-5,\"big\":9007199254740993,"
			 "\"edge\":9007199254740992,\"f\":1.0,\"e\":1e3,\"s\":\"98450.0\","
			 "\"t\":true,\"z\":null,\"a\":[10,\"x\",[]],\"esc\":\"a\\\"\\u00e9\"}");
	const struct jv *a = jv_get(v, "a");
	int64_t i = 77;
	uint64_t u = 77;
	bool b = false;
	const char *s;
	size_t n;
	char small[4], fits[8];

	REQUIRE(v);
	CHECK(jv_i64(jv_get(v, "n"), &i) && i == 1725000000123);
	CHECK(jv_i64(jv_get(v, "N"), &i) && i == 2);
	CHECK(jv_i64(jv_get(v, "neg"), &i) && i == -5);
	CHECK(!jv_u64(jv_get(v, "neg"), &u) && u == 77);
	CHECK(!jv_i64(jv_get(v, "big"), &i) && i == -5);
	CHECK(jv_number(jv_get(v, "big"), &s, &n) && !strcmp(s, "9007199254740993") && n == 16);
	CHECK(jv_u64(jv_get(v, "edge"), &u) && u == 9007199254740992u);
	CHECK(!jv_i64(jv_get(v, "f"), &i));
	CHECK(!jv_i64(jv_get(v, "e"), &i));
	CHECK(!jv_i64(jv_get(v, "s"), &i));
	CHECK(jv_str(jv_get(v, "s"), &s, &n) && n == 7);
	CHECK_STR(s, "98450.0");
	CHECK(!jv_number(jv_get(v, "s"), &s, NULL));
	CHECK(jv_bool(jv_get(v, "t"), &b) && b);
	CHECK(jv_is_null(jv_get(v, "z")) && !jv_is_null(jv_get(v, "zz")));
	CHECK_INT(jv_len(a), 3);
	CHECK(jv_str_is(jv_at(a, 1), "x") && !jv_at(a, 3));
	CHECK_INT(jv_type(jv_at(a, 2)), JV_ARRAY);
	CHECK(!jv_key(jv_at(a, 0)));
	CHECK_STR(jv_key(jv_first(v)), "n");
	CHECK_STR(jv_key(jv_next(jv_first(v))), "N");
	CHECK_STR(jv_text(jv_get(v, "esc")), "a\"\xc3\xa9");
	CHECK(!jv_copy(jv_get(v, "s"), small, sizeof small));
	CHECK(jv_copy(jv_get(v, "s"), fits, sizeof fits));
	CHECK(!jv_get(a, "a") && !jv_at(v, 0) && !jv_get(NULL, "a") && !jv_text(NULL));
	json_free(j);
}

TEST(limits)
{
	struct json *j = json_new(0);
	size_t cap = (size_t)FRAME_MAX + 16, n;
	char *s = malloc(cap);
	struct err e = {0};

	for (n = 0; n < 100; n++)
		s[n] = n < 32 ? '[' : ']';
	CHECK(json_parse(j, s, 64, NULL));
	memset(s, '[', 100);
	memset(s + 33, ']', 33);
	CHECK(!json_parse(j, s, 66, &e));
	CHECK_INT(e.code, ERR_LIMIT);
	memset(s, '[', 100000); /* hostile nesting ends at the limit, not at the stack */
	CHECK(!json_parse(j, s, 100000, NULL));
	memset(s, ' ', cap);
	memcpy(s, "[]", 2);
	CHECK(json_parse(j, s, FRAME_MAX, NULL));
	CHECK(!json_parse(j, s, (size_t)FRAME_MAX + 1, &e));
	CHECK_INT(e.code, ERR_LIMIT);
	for (n = 1; n < FRAME_MAX - 2; n += 2)
		memcpy(s + n, "1,", 2);
	s[n - 1] = ']';
	CHECK(!json_parse(j, s, n, &e));
	CHECK_INT(e.code, ERR_LIMIT);
	memset(s, '1', 80);
	CHECK(json_parse(j, s, 63, NULL) && !json_parse(j, s, 64, NULL));
	json_free(j);
	free(s);
}

/* Many members: the sorted duplicate check; found wherever the second stands. */
TEST(duplicates)
{
	struct json *j = json_new(0);
	static char mem[200000];
	struct prng r;
	struct buf b;

	prng_seed(&r, test_seed);
	for (int round = 0; round < 20; round++) {
		uint64_t n = 2 + prng_below(&r, 1000), from = prng_below(&r, n - 1),
			 to = from + 1 + prng_below(&r, n - from - 1);

		for (int dup = 0; dup < 2; dup++) {
			buf_init(&b, mem, sizeof mem);
			for (uint64_t i = 0; i < n; i++)
				buf_printf(&b, "%s\"k%llu\":\"%llu\"", i ? "," : "{",
					   (unsigned long long)(dup && i == to ? from : i),
					   (unsigned long long)i);
			buf_puts(&b, "}");
			CHECK_INT(!json_parse(j, mem, b.len, NULL), dup);
		}
	}
	json_free(j);
}

/* No proper prefix of an object is a document, and one changed byte never crashes. */
TEST(cuts_and_flips)
{
	static const char doc[] =
		"{\"channel\":\"trades\",\"data\":[{\"coin\":\"BTC\",\"px\":\"1.5\","
		"\"time\":1725000000123,\"x\":[null,true,-1.5e3,\"\\u00e9\xc3\xa9\"]}]}";
	struct json *j = json_new(0);
	size_t n = sizeof doc - 1;
	struct prng r;

	prng_seed(&r, test_seed);
	CHECK(json_parse(j, doc, n, NULL));
	for (size_t i = 0; i < n; i++) {
		char *cut = malloc(i ? i : 1); /* exact, so that a sanitizer sees a read beyond */

		memcpy(cut, doc, i);
		CHECK(!json_parse(j, cut, i, NULL));
		free(cut);
	}
	for (int i = 0; i < 20000; i++) {
		char *copy = malloc(n);

		memcpy(copy, doc, n);
		for (uint64_t k = 1 + prng_below(&r, 3); k; k--)
			copy[prng_below(&r, n)] = (char)prng_below(&r, 256);
		json_parse(j, copy, n, NULL);
		free(copy);
	}
	json_free(j);
}

static size_t b64(char *out, const char *s)
{
	static const char set[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t n = 0;
	unsigned acc = 0;
	int bits = 0;

	for (; *s && *s != '='; s++) {
		acc = acc << 6 | (unsigned)(strchr(set, *s) - set);
		if ((bits += 6) >= 8)
			out[n++] = (char)(acc >> (bits -= 8) & 0xff);
	}
	return n;
}

/* The collection spells NUL bytes as \\u0000, which the door refuses by rule: they travel as
 * U+E000. */
static void hide_nuls(char *s)
{
	for (; *s; s++) {
		if (*s != '\\')
			continue;
		if (!strncmp(s, "\\u0000", 6))
			s[2] = 'e';
		s++;
	}
}

static size_t show_nuls(char *s, size_t n)
{
	size_t out = 0;

	for (size_t i = 0; i < n; i++) {
		if (n - i >= 3 && !memcmp(s + i, "\xee\x80\x80", 3)) {
			s[out++] = 0;
			i += 2;
		} else {
			s[out++] = s[i];
		}
	}
	return out;
}

TEST(hostile_collection)
{
	const char *path = test_data("security/json_hostile.json");
	struct json *outer = json_new(0), *j = json_new(0);
	unsigned bad_n = 0, good_n = 0, limited = 0, either_yes = 0, either_no = 0;
	const struct jv *all, *c;
	struct err e = {0};
	static char bytes[1 << 20];
	char *text;
	size_t n;

	if (!path)
		return;
	text = test_slurp(path, &n);
	REQUIRE(text);
	hide_nuls(text);
	all = json_parse(outer, text, n, &e);
	if (!all)
		test_fail(__FILE__, __LINE__, "%s", e.text);
	for (c = jv_first(jv_get(all, "source_cases")); c; c = jv_next(c)) {
		const char *name = jv_text(jv_get(c, "name")),
			   *expect = jv_text(jv_get(c, "expect")), *s;
		bool ok;

		if (jv_str(jv_get(c, "text"), &s, &n))
			n = show_nuls(memcpy(bytes, s, n), n);
		else if (jv_str(jv_get(c, "b64"), &s, &n))
			n = b64(bytes, s);
		else
			continue;
		e = (struct err){0};
		ok = json_parse(j, bytes, n, &e) != NULL;
		if (!strcmp(expect, "reject")) {
			bad_n++;
			if (ok)
				test_fail(__FILE__, __LINE__, "accepted %s", name);
		} else if (!strcmp(expect, "accept")) {
			good_n += ok;
			if (!ok && (e.code == ERR_LIMIT || strstr(e.text, "one name"))) {
				limited++;
				printf("  by our rule: %s: %s\n", name, e.text);
			} else if (!ok) {
				test_fail(__FILE__, __LINE__, "refused %s: %s", name, e.text);
			}
		} else {
			either_yes += ok;
			either_no += !ok;
		}
	}
	printf("  %u invalid refused, %u valid accepted, %u valid refused by a named rule, of "
	       "either "
	       "kind %u accepted and %u refused\n",
	       bad_n, good_n, limited, either_yes, either_no);
	CHECK(bad_n > 180 && good_n > 80);
	free(text);
	json_free(j);
	json_free(outer);
}

TEST_MAIN(T(table), T(getters), T(limits), T(duplicates), T(cuts_and_flips), T(hostile_collection))
