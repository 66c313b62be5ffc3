/* dec: reading, writing and arithmetic against the hostile vectors and against long arithmetic. */
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "core/dec.h"
#include "tests/run.h"
#include "tests/unit/vectors.h"

static enum dec_result parse8(int64_t *out, const char *s)
{
	return dec_parse(out, s, strlen(s), 8);
}

/* The vectors know no exponents; the header allows them (JSON numbers occur on the wire). */
static bool has_exponent(const char *s)
{
	return (s[0] >= '0' && s[0] <= '9') && strpbrk(s, "eE") && s[1] != 'x';
}

TEST(hostile_vectors)
{
	const char *path = test_data("security/decimal_hostile.json");
	const char *at, *end, *o;
	char *text, s[64], want[64], got[64];
	int cases = 0;
	size_t n;

	if (!path)
		return;
	text = test_slurp(path, NULL);
	REQUIRE(text);
	at = strstr(text, "\"parse\"");
	while ((o = vec_object(&at, &end, strstr(text, "\"products\"")))) {
		char ok[8], inexact[8];
		int64_t v = 77;
		enum dec_result r;

		REQUIRE(vec_get(o, end, "text", s, sizeof s, &n));
		REQUIRE(vec_get(o, end, "ok", ok, sizeof ok, NULL));
		REQUIRE(vec_get(o, end, "inexact_at_1e8", inexact, sizeof inexact, NULL));
		r = dec_parse(&v, s, n, 8);
		cases++;
		if (ok[0] == 't') {
			REQUIRE(vec_get(o, end, "scaled_1e8", want, sizeof want, NULL));
			snprintf(got, sizeof got, "%lld", (long long)v);
			CHECK_INT(r, DEC_OK);
			CHECK_STR(got, want);
		} else if (inexact[0] == 't') {
			CHECK_INT(r, DEC_INEXACT);
		} else if (has_exponent(s)) {
			CHECK(r != DEC_BAD);
		} else {
			CHECK(r != DEC_OK);
			CHECK(r == DEC_INEXACT || v == 77);
		}
	}
	CHECK_INT(cases, 44);
	free(text);
}

TEST(hostile_product)
{
	struct price p;
	struct qty q;
	struct money m;
	char mem[40];
	struct buf b;

	CHECK_INT(price_parse(&p, "99999.5", 7), DEC_OK);
	CHECK_INT(qty_parse(&q, "123456.789", 10), DEC_OK);
	CHECK(price_times_qty(&m, p, q, ROUND_DOWN));
	buf_init(&b, mem, sizeof mem);
	money_put(&b, m);
	CHECK_STR(mem, "12345617171.6055");
}

TEST(exponents)
{
	int64_t v = 0;

	CHECK_INT(parse8(&v, "1.2345e-1"), DEC_OK);
	CHECK_INT(v, 12345000);
	CHECK_INT(parse8(&v, "1E-8"), DEC_OK);
	CHECK_INT(v, 1);
	CHECK_INT(parse8(&v, "1e-9"), DEC_INEXACT);
	CHECK_INT(v, 0);
	CHECK_INT(parse8(&v, "1e+3"), DEC_OK);
	CHECK_INT(v, 100000000000);
	CHECK_INT(parse8(&v, "0e999999999999999999999"), DEC_OK);
	CHECK_INT(v, 0);
	CHECK_INT(parse8(&v, "1e999999999999999999999"), DEC_RANGE);
	CHECK_INT(parse8(&v, "1e-999999999999999999999"), DEC_INEXACT);
	CHECK_INT(v, 0);
	CHECK_INT(parse8(&v, "9.223372036854775807e10"), DEC_OK);
	CHECK_INT(v, INT64_MAX);
	CHECK_INT(parse8(&v, "1e"), DEC_BAD);
	CHECK_INT(parse8(&v, "1e+"), DEC_BAD);
	CHECK_INT(parse8(&v, "1e1.5"), DEC_BAD);
	CHECK_INT(parse8(&v, "e5"), DEC_BAD);
	CHECK_INT(parse8(&v, "1.e5"), DEC_BAD);
	CHECK_INT(parse8(&v, "-0.000000001"), DEC_INEXACT);
	CHECK_INT(v, 0);
	CHECK_INT(parse8(&v, "--1"), DEC_BAD);
}

TEST(parse_undoes_put)
{
	struct prng r;
	char mem[40];

	prng_seed(&r, test_seed);
	for (int i = 0; i < 20000; i++) {
		int64_t v = (int64_t)(prng_u64(&r) >> prng_below(&r, 64)), back = 0;
		int digits = (int)prng_below(&r, 19);
		struct buf b;

		if (prng_below(&r, 2))
			v = -v;
		buf_init(&b, mem, sizeof mem);
		dec_put(&b, v, digits);
		CHECK(!b.over);
		CHECK_INT(dec_parse(&back, mem, b.len, digits), DEC_OK);
		CHECK_INT(back, v);
		CHECK(!strchr(mem, '.') || mem[b.len - 1] != '0');
	}
}

static const char *put(int64_t v, int digits)
{
	static char mem[64];
	struct buf b;

	buf_init(&b, mem, sizeof mem);
	dec_put(&b, v, digits);
	return mem;
}

static const char *fixed(int64_t v, int digits, int decimals)
{
	static char mem[64];
	struct buf b;

	buf_init(&b, mem, sizeof mem);
	dec_put_fixed(&b, v, digits, decimals);
	return mem;
}

TEST(text)
{
	CHECK_STR(put(0, 8), "0");
	CHECK_STR(put(INT64_MIN, 8), "-92233720368.54775808");
	CHECK_STR(put(INT64_MIN, 18), "-9.223372036854775808");
	CHECK_STR(put(-76000, 8), "-0.00076");
	CHECK_STR(put(98765432100000000, 8), "987654321");
	CHECK_STR(put(100, 0), "100");
	CHECK_STR(fixed(1234500000, 8, 2), "12.35");
	CHECK_STR(fixed(-1234500000, 8, 2), "-12.35");
	CHECK_STR(fixed(-1, 8, 2), "0.00");
	CHECK_STR(fixed(5, 2, 0), "0");
	CHECK_STR(fixed(50, 2, 0), "1");
	CHECK_STR(fixed(5, 2, 4), "0.0500");
	CHECK_STR(fixed(INT64_MIN, 8, 0), "-92233720369");
	CHECK_STR(fixed(INT64_MAX, 0, 18), "9223372036854775807.000000000000000000");
}

/* Rounding by its definition, on the exact quotient in long division digits. */
static __int128 naive(__int128 n, __int128 d, enum round how)
{
	bool neg = (n < 0) != (d < 0);
	unsigned __int128 a = n < 0 ? (unsigned __int128)-n : (unsigned __int128)n;
	unsigned __int128 m = d < 0 ? (unsigned __int128)-d : (unsigned __int128)d, q = 0, r = 0;
	bool up = false;

	for (int i = 127; i >= 0; i--) { /* one bit at a time */
		r = (r << 1) | ((a >> i) & 1);
		q <<= 1;
		if (r >= m) {
			r -= m;
			q |= 1;
		}
	}
	if (r) {
		up = how == ROUND_UP || (how == ROUND_FLOOR && neg) ||
		     (how == ROUND_CEIL && !neg) || (how == ROUND_HALF_AWAY && 2 * r >= m);
	}
	q += up;
	return neg ? -(__int128)q : (__int128)q;
}

static int64_t draw(struct prng *r)
{
	int64_t v = (int64_t)(prng_u64(r) >> prng_below(r, 63));

	return prng_below(r, 2) ? v : -v;
}

TEST(muldiv_against_long_division)
{
	struct prng r;

	prng_seed(&r, test_seed);
	for (int i = 0; i < 20000; i++) {
		int64_t a = draw(&r), b = draw(&r), c = draw(&r), got = 99;
		enum round how = (enum round)prng_below(&r, 5);
		__int128 want;
		bool ok;

		if (!c)
			continue;
		want = naive((__int128)a * b, c, how);
		ok = dec_muldiv(&got, a, b, c, how);
		CHECK_INT(ok, want >= INT64_MIN && want <= INT64_MAX);
		CHECK_INT(got, ok ? (int64_t)want : 99);
	}
	/* halves exactly, both signs, every rounding */
	for (int how = 0; how < 5; how++)
		for (int64_t a = -9; a <= 9; a++)
			for (int64_t c = -4; c <= 4; c++) {
				int64_t got = 99;

				if (c && dec_muldiv(&got, a, 1, c, (enum round)how))
					CHECK_INT(got, (int64_t)naive(a, c, (enum round)how));
			}
}

TEST(typed_products)
{
	struct prng r;

	prng_seed(&r, test_seed + 1);
	for (int i = 0; i < 20000; i++) {
		struct price p = {draw(&r)};
		struct qty q = {draw(&r)}, q2 = {99};
		struct money m = {99}, m2 = {draw(&r)};
		struct ratio t = {99};
		struct price p2 = {99};
		enum round how = (enum round)prng_below(&r, 5);
		__int128 want = naive((__int128)p.v * q.v, 10000000000, how);
		bool ok = price_times_qty(&m, p, q, how);

		CHECK_INT(ok, want >= INT64_MIN && want <= INT64_MAX);
		CHECK_INT(m.v, ok ? (int64_t)want : 99);
		if (!p.v || !q.v || !m2.v)
			continue;
		want = naive((__int128)m2.v * 10000000000, p.v, how);
		ok = money_over_price(&q2, m2, p, how);
		CHECK_INT(q2.v, ok ? (int64_t)want : 99);
		want = naive((__int128)m2.v * 10000000000, q.v, how);
		ok = money_over_qty(&p2, m2, q, how);
		CHECK_INT(p2.v, ok ? (int64_t)want : 99);
		want = naive((__int128)p.v * 1000000000000, m2.v, how);
		ok = money_over_money(&t, (struct money){p.v}, m2, how);
		CHECK_INT(t.v, ok ? (int64_t)want : 99);
	}
}

TEST(refusals)
{
	struct money m = {1};
	struct qty q = {1};
	struct price p = {1};
	struct ratio t = {1};
	int64_t v = 1;

	CHECK(!money_over_price(&q, m, (struct price){0}, ROUND_DOWN));
	CHECK(!money_over_qty(&p, m, (struct qty){0}, ROUND_DOWN));
	CHECK(!money_over_money(&t, m, (struct money){0}, ROUND_DOWN));
	CHECK(!money_add(&m, (struct money){INT64_MAX}, (struct money){1}));
	CHECK(!qty_add(&q, (struct qty){INT64_MIN}, (struct qty){-1}));
	CHECK(!price_add(&p, (struct price){INT64_MAX}, (struct price){INT64_MAX}));
	CHECK(!dec_rescale(&v, INT64_MAX, 8, 10, ROUND_DOWN));
	CHECK(!dec_round(&v, INT64_MAX, 8, 0, ROUND_UP));
	CHECK_INT(m.v + q.v + p.v + t.v + v, 5);
	CHECK(dec_rescale(&v, -15, 1, 0, ROUND_HALF_AWAY));
	CHECK_INT(v, -2);
	CHECK(dec_round(&v, -1999, 3, 1, ROUND_FLOOR));
	CHECK_INT(v, -2000);
	CHECK(dec_muldiv(&v, INT64_MIN, -1, -1, ROUND_DOWN));
	CHECK_INT(v, INT64_MIN);
	CHECK(!dec_muldiv(&v, INT64_MIN, 1, -1, ROUND_DOWN));
}

TEST(doubles)
{
	struct price p = {7};
	struct qty q;
	double big = 9.3e18;

	CHECK(!price_from_double(&p, __builtin_nan(""), ROUND_UP));
	CHECK(!price_from_double(&p, __builtin_inf(), ROUND_UP));
	CHECK(!price_from_double(&p, big, ROUND_UP));
	CHECK_INT(p.v, 7);
	CHECK(price_from_double(&p, 0.25e-10, ROUND_UP));
	CHECK_INT(p.v, 1);
	CHECK(price_from_double(&p, 1.5e-10, ROUND_HALF_AWAY));
	CHECK_INT(p.v, 2);
	CHECK(price_from_double(&p, -1.5e-10, ROUND_CEIL));
	CHECK_INT(p.v, -1);
	CHECK(price_from_double(&p, -1.5e-10, ROUND_FLOOR));
	CHECK_INT(p.v, -2);
	CHECK(qty_from_double(&q, -1.99999999999));
	CHECK_INT(q.v, -199999999);
	CHECK_NEAR(price_to_double((struct price){15000000000}), 1.5, 0);
	CHECK_NEAR(ratio_to_double((struct ratio){-500000000000}), -0.5, 0);
}

/* What a sentence says of a price and a size: no exponent, no digit lost that counts. */
TEST(words)
{
	char t[40];

	CHECK_STR(price_word(t, (struct price){1112045000000000}), "111,204.5");
	CHECK_STR(price_word(t, (struct price){1092727272727273}), "109,272.73");
	CHECK_STR(price_word(t, (struct price){12345678900000000}), "1,234,567.9");
	CHECK_STR(price_word(t, (struct price){123456}), "0.0000123456");
	CHECK_STR(price_word(t, (struct price){-1092727272727273}), "-109,272.73");
	CHECK_STR(price_word(t, (struct price){INT64_MAX}), "922,337,203.6854775807");
	CHECK_STR(qty_word(t, (struct qty){7000}), "0.00007");
	CHECK_STR(qty_word(t, (struct qty){123456789000000}), "1234567.89");
}

TEST_MAIN(T(words), T(hostile_vectors), T(hostile_product), T(exponents), T(parse_undoes_put),
	  T(text), T(muldiv_against_long_division), T(typed_products), T(refusals), T(doubles))
