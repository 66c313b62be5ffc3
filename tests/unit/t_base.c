/* base: buffers never overflow, escapes never leak, errors carry their exit status. */
#include <string.h>

#include "base/buf.h"
#include "base/crc.h"
#include "base/err.h"
#include "base/escape.h"
#include "base/hex.h"
#include "base/prng.h"
#include "base/utf8.h"
#include "tests/run.h"

TEST(buf_cuts_and_says_so)
{
	char mem[8];
	struct buf b;

	buf_init(&b, mem, sizeof mem);
	buf_puts(&b, "1234567");
	CHECK(!b.over);
	buf_putc(&b, '8');
	CHECK(b.over);
	CHECK_STR(mem, "1234567");
	buf_reset(&b);
	buf_printf(&b, "%s", "123456789");
	CHECK(b.over);
	CHECK_INT(b.len, 7);
	buf_reset(&b);
	buf_i64(&b, INT64_MIN);
	CHECK(b.over);
}

TEST(buf_numbers)
{
	char mem[64];
	struct buf b;

	buf_init(&b, mem, sizeof mem);
	buf_i64(&b, INT64_MIN);
	CHECK_STR(mem, "-9223372036854775808");
	buf_reset(&b);
	buf_u64(&b, 0);
	CHECK_STR(mem, "0");
	buf_reset(&b);
	buf_json_str(&b, "a\"\\\n\x1b");
	CHECK_STR(mem, "\"a\\\"\\\\\\u000a\\u001b\"");
}

TEST(escape_leaves_no_control_byte)
{
	char out[64];
	const char in[] = "x\x1b]0;title\x07\xe2\x80\xae";

	escape_text(out, sizeof out, in, sizeof in - 1);
	CHECK_STR(out, "x\\x1b]0;title\\x07\\xe2\\x80\\xae");
	CHECK_INT(escape_text(out, 6, "ab\x1b", 3), 2); /* no half escape */
	CHECK(escape_is_symbol("xyz:BTC"));
	CHECK(escape_is_symbol("@107"));
	CHECK(!escape_is_symbol(""));
	CHECK(!escape_is_symbol("A B"));
	CHECK(!escape_is_symbol("12345678901234567890123456789012"));
}

TEST(hex_round_trip)
{
	uint8_t in[3] = {0x00, 0xab, 0xff}, out[3];
	char text[7];

	hex_encode(text, in, 3);
	CHECK_STR(text, "00abff");
	CHECK(hex_decode(out, 3, "00AbfF"));
	CHECK(!memcmp(in, out, 3));
	CHECK(!hex_decode(out, 3, "00abf"));
	CHECK(!hex_decode(out, 3, "00abfg"));
}

TEST(crc_known_answer)
{
	CHECK_INT(crc32_ieee("123456789", 9), 0xcbf43926);
}

TEST(prng_is_deterministic_and_in_range)
{
	struct prng a, b;

	prng_seed(&a, test_seed);
	prng_seed(&b, test_seed);
	for (int i = 0; i < 1000; i++) {
		int64_t v = prng_range(&a, -3, 3);
		double u;
		CHECK_INT(v, prng_range(&b, -3, 3));
		CHECK(v >= -3 && v <= 3);
		u = prng_unit(&a);
		CHECK(u >= 0 && u < 1);
		prng_unit(&b);
	}
}

TEST(utf8_refuses_overlong_and_surrogates)
{
	uint32_t cp;

	CHECK_INT(utf8_decode(&cp, "\xe2\x88\x92", 3), 3);
	CHECK_INT(cp, 0x2212);
	CHECK_INT(utf8_decode(&cp, "\xc0\x80", 2), 0);
	CHECK_INT(utf8_decode(&cp, "\xed\xa0\x80", 3), 0);
	CHECK_INT(utf8_decode(&cp, "\xe2\x88", 2), 0);
	CHECK(!utf8_valid("\xf5\x80\x80\x80", 4));
	CHECK_INT(utf8_count("\xe2\x88\x92x"), 2);
}

TEST(err_statuses)
{
	struct err e = {0};

	CHECK(!err_set(&e, ERR_KEY, "wrong password for %s", "main"));
	CHECK_STR(e.text, "wrong password for main");
	CHECK_INT(err_exit_status(e.code), 8);
	CHECK_INT(err_exit_status(ERR_UNKNOWN), 5);
	CHECK_STR(err_name(ERR_FENCED), "FENCED");
	for (int i = 1; i < ERR_COUNT; i++)
		CHECK(err_todo((enum err_code)i)[0]);
}

TEST_MAIN(T(buf_cuts_and_says_so), T(buf_numbers), T(escape_leaves_no_control_byte),
	  T(hex_round_trip), T(crc_known_answer), T(prng_is_deterministic_and_in_range),
	  T(utf8_refuses_overlong_and_surrogates), T(err_statuses))
