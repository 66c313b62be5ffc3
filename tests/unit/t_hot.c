/* t_hot.c: the hot frames: own frames with values checked, and the differential test: over mutated
 * frames the scanner says "not mine", or the door takes the frame with equal values. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "tests/run.h"
#include "tests/wire/rig.h"
#include "venue/hyperliquid/hot.h"
#include "wire/scan.h"

static const char *const frames[] = {
	"{\"channel\":\"l2Book\",\"data\":{\"coin\":\"BTC\",\"time\":1790232236546,\"levels\":[["
	"{\"px\":\"84143.0\",\"sz\":\"10.25923\",\"n\":36},{\"px\":\"84142.5\",\"sz\":\"1.65875\","
	"\"n\":7}],[{\"px\":\"84144.0\",\"sz\":\"50.66449\",\"n\":18}]]}}",
	"{\"channel\":\"l2Book\",\"data\":{\"coin\":\"@107\",\"time\":1,\"levels\":[[{\"px\":"
	"\"0.000012\",\"sz\":\"1000000.0\",\"n\":1}],[]],\"fast\":true}}",
	"{\"channel\":\"l2Book\",\"data\":{\"coin\":\"BTC\",\"time\":1791279269350,\"levels\":[["
	"{\"px\":\"85874.0\",\"sz\":\"17.86492\",\"n\":63}],[{\"px\":\"85876.0\",\"sz\":\"1."
	"22481\","
	"\"n\":6}]],\"spread\":\"1.0\"}}",
	"{\"channel\":\"l2Book\",\"data\":{\"coin\":\"OLD\",\"time\":1790232236546,\"levels\":[[],["
	"]]}}",
	"{\"channel\":\"bbo\",\"data\":{\"coin\":\"BTC\",\"time\":1790358617881,\"bbo\":[{\"px\":"
	"\"83757.0\",\"sz\":\"22.61305\",\"n\":81},{\"px\":\"83758.0\",\"sz\":\"0.00016\",\"n\":1}]"
	"}}",
	"{\"channel\":\"bbo\",\"data\":{\"coin\":\"@107\",\"time\":1791279271233,\"bbo\":[null,"
	"{\"px\":\"92.638\",\"sz\":\"12.89\",\"n\":1}]}}",
	"{\"channel\":\"trades\",\"data\":[{\"coin\":\"BTC\",\"side\":\"A\",\"px\":\"84143.0\","
	"\"sz\":\"0.00036\",\"time\":1790232216193,\"hash\":\"0x7ab6\",\"tid\":343484124188045,"
	"\"users\":[\"0x01\",\"0x02\"]},{\"coin\":\"BTC\",\"side\":\"B\",\"px\":\"84144.0\",\"sz\":"
	"\"0.5\",\"time\":1790232216194,\"hash\":\"0x00\",\"tid\":12,\"users\":[\"0x01\",\"0x02\"]}"
	"]}",
	"{\"channel\":\"trades\",\"data\":[]}",
};

static struct trade trades_a[HOT_TRADES_MAX], trades_b[HOT_TRADES_MAX];

/* What the door makes of a frame. */
static bool door(struct json *j, struct hot *h, struct trade *t, const char *s, size_t n)
{
	const struct jv *v = json_parse(j, s, n, NULL), *data = jv_get(v, "data"),
			*ch = jv_get(v, "channel");
	const char *why;

	h->kind = HOT_NONE;
	if (jv_str_is(ch, "l2Book"))
		return hot_book(h, data, false, &why);
	if (jv_str_is(ch, "bbo"))
		return hot_bbo(h, data, &why);
	if (jv_str_is(ch, "trades"))
		return hot_trades(h, t, data, &why);
	return false;
}

static bool same_level(const struct level *a, const struct level *b)
{
	return a->px.v == b->px.v && a->sz.v == b->sz.v && a->n == b->n;
}

static bool same(const struct hot *a, const struct hot *b)
{
	if (a->kind != b->kind || strcmp(a->coin, b->coin) || a->venue_ms != b->venue_ms)
		return false;
	if (a->kind == HOT_BBO)
		return same_level(&a->bid, &b->bid) && same_level(&a->ask, &b->ask);
	if (a->kind == HOT_TRADES) {
		for (uint32_t i = 0; a->n == b->n && i < a->n; i++) {
			const struct trade *x = &trades_a[i], *y = &trades_b[i];

			if (x->side != y->side || x->px.v != y->px.v || x->sz.v != y->sz.v ||
			    x->time_ms != y->time_ms || x->tid != y->tid ||
			    x->no_hash != y->no_hash)
				return false;
		}
		return a->n == b->n;
	}
	if (a->book.n_bid != b->book.n_bid || a->book.n_ask != b->book.n_ask ||
	    a->book.fast != b->book.fast || a->book.venue_ms != b->book.venue_ms ||
	    a->aggregated != b->aggregated)
		return false;
	for (int i = 0; i < a->book.n_bid; i++)
		if (!same_level(&a->book.bid[i], &b->book.bid[i]))
			return false;
	for (int i = 0; i < a->book.n_ask; i++)
		if (!same_level(&a->book.ask[i], &b->book.ask[i]))
			return false;
	return true;
}

TEST(values)
{
	struct hot h;

	REQUIRE(hot_scan(&h, trades_a, frames[0], strlen(frames[0])));
	CHECK_INT(h.kind, HOT_BOOK);
	CHECK_STR(h.coin, "BTC");
	CHECK_INT(h.book.venue_ms, 1790232236546);
	CHECK_INT(h.book.n_bid, 2);
	CHECK_INT(h.book.n_ask, 1);
	CHECK_INT(h.book.bid[1].px.v, 841425000000000);
	CHECK_INT(h.book.bid[1].sz.v, 165875000);
	CHECK_INT(h.book.bid[0].n, 36);
	REQUIRE(hot_scan(&h, trades_a, frames[1], strlen(frames[1])));
	CHECK(h.book.fast && h.book.bid[0].px.v == 120000 && h.book.n_ask == 0);
	CHECK(!hot_scan(&h, trades_a, frames[2], strlen(frames[2]))); /* aggregated: the door's */
	REQUIRE(hot_scan(&h, trades_a, frames[5], strlen(frames[5])));
	CHECK(!h.bid.px.v && h.ask.px.v == 926380000000);
	REQUIRE(hot_scan(&h, trades_a, frames[6], strlen(frames[6])));
	CHECK_INT(h.n, 2);
	CHECK_INT(trades_a[0].side, SIDE_SELL);
	CHECK_INT(trades_a[1].tid, 12);
	CHECK(!trades_a[0].no_hash && trades_a[1].no_hash); /* "0x00": a TWAP's, or the system's */
}

/* Numbers that are no prices: neither way takes them. */
TEST(bad_numbers)
{
	static const char *const bad[] = {
		"NaN",
		"Infinity",
		"6e4",
		"0x1",
		"+6",
		" 6",
		"6 ",
		"6,5",
		"",
		"-6",
		"0",
		"0.0",
		"00.5",
		"1111111111111111111111111111111111111111",
		"0.00000000000000000001",
		"1.2.3",
		".",
		".5",
		"5.",
		"-",
		"600\\u0000",
		"\xd9\xa6",
		"99999999999.0",
		"0.12345678901",
	};
	struct json *j = json_new(0);
	char frame[512];
	struct hot h;
	struct buf b;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		buf_init(&b, frame, sizeof frame);
		buf_printf(
			&b,
			"{\"channel\":\"l2Book\",\"data\":{\"coin\":\"BTC\",\"time\":1,\"levels\":"
			"[[{\"px\":\"%s\",\"sz\":\"1\",\"n\":1}],[]]}}",
			bad[i]);
		if (hot_scan(&h, trades_a, frame, b.len) || door(j, &h, trades_a, frame, b.len))
			test_fail(__FILE__, __LINE__, "taken: px \"%s\"", bad[i]);
	}
	json_free(j);
}

TEST(decimal_grammar)
{
	static const char *const good[] = {
		"0", "-0", "0.0", "98450.0", "-1.5", "1234567890123456789", "0.123456789012345678"};
	static const char *const bad[] = {"",
					  "-",
					  "+1",
					  "01",
					  "1.",
					  ".1",
					  "1e5",
					  "12345678901234567890",
					  "0.1234567890123456789",
					  "1 ",
					  "1-"};

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		CHECK(scan_is_decimal(good[i], strlen(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!scan_is_decimal(bad[i], strlen(bad[i])));
}

/* One change of a frame: a byte, a cut, a piece doubled, or a piece of another frame. */
static size_t mutate(struct prng *r, char *s, size_t n, size_t cap)
{
	static const char bytes[] = "0123456789.,:\"{}[]-+eE \\nulltruefalspxztimn\x80\xff\x01";
	size_t at = prng_below(r, n), len;
	const char *other;

	switch (prng_below(r, 6)) {
	case 0:
		s[at] = bytes[prng_below(r, sizeof bytes - 1)];
		return n;
	case 1: /* insert */
		if (n + 1 > cap)
			return n;
		memmove(s + at + 1, s + at, n - at);
		s[at] = bytes[prng_below(r, sizeof bytes - 1)];
		return n + 1;
	case 2: /* delete a few */
		len = 1 + prng_below(r, 8);
		if (len > n - at)
			len = n - at;
		if (len == n)
			return n;
		memmove(s + at, s + at + len, n - at - len);
		return n - len;
	case 3: /* double a piece */
		len = 1 + prng_below(r, 60);
		if (len > n - at)
			len = n - at;
		if (n + len > cap)
			return n;
		memmove(s + at + len, s + at, n - at);
		return n + len;
	case 4: /* splice */
		other = frames[prng_below(r, sizeof frames / sizeof *frames)];
		len = strlen(other) - at % strlen(other);
		if (at + len > cap)
			return n;
		memcpy(s + at, other + at % strlen(other), len);
		return at + len;
	default:
		return at ? at : n;
	}
}

TEST(differential)
{
	enum { ROUNDS = 60000, CAP = 4096 };
	struct json *j = json_new(0);
	unsigned mine = 0, both = 0, refused = 0, door_only = 0;
	static struct hot a, b;
	struct prng r;

	prng_seed(&r, test_seed);
	for (int i = 0; i < ROUNDS; i++) {
		const char *from = frames[prng_below(&r, sizeof frames / sizeof *frames)];
		size_t n = strlen(from);
		static char s[CAP];
		char *exact;
		bool sc, dr;

		memcpy(s, from, n);
		for (uint64_t k = prng_below(&r, 3); k; k--)
			n = mutate(&r, s, n, CAP);
		exact = malloc(n ? n : 1);
		memcpy(exact, s, n);
		sc = hot_scan(&a, trades_a, exact, n);
		dr = door(j, &b, trades_b, exact, n);
		mine += sc;
		both += sc && dr;
		refused += !dr;
		door_only += dr && !sc;
		if (sc && (!dr || !same(&a, &b)))
			test_fail(__FILE__, __LINE__, "scanner and door differ on: %.*s", (int)n,
				  s);
		free(exact);
	}
	printf("  %d frames: scanner took %u, door agreed on %u; %u fell to the door and passed, "
	       "%u "
	       "refused\n",
	       (int)ROUNDS, mine, both, door_only, refused);
	CHECK(mine > 1000 && refused > 1000 && door_only > 100);
	json_free(j);
}

TEST_MAIN(T(values), T(bad_numbers), T(decimal_grammar), T(differential))
