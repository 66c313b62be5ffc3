/* record: bytes that must never change under one version, round trips, and refusal of anything
 * else. */
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/prng.h"
#include "engine/record.h"
#include "tests/run.h"

static struct ef_record out;

static const char *hex_of(const struct rec *r)
{
	static char text[2 * REC_BODY_ROOM + 1];

	memset(&out, 0, sizeof out);
	rec_encode(r, &out);
	hex_encode(text, out.body, out.len);
	return text;
}

static void text(char *to, const char *s)
{
	memcpy(to, s, strlen(s) + 1);
}

static void make(struct rec *r, int kind)
{
	memset(r, 0, sizeof *r);
	r->kind = (uint8_t)kind;
	switch (kind) {
	case REC_PLAN:
		r->plan.what = PART_EXIT;
		text(r->plan.coin, "BTC");
		r->plan.len = 3;
		memcpy(r->plan.bytes, "abc", 3);
		break;
	case REC_INTENT:
		r->intent.lane = 1;
		r->intent.n = 1;
		r->intent.expires_ms = 1700000008000;
		r->intent.wall_ms = 1700000000000;
		text(r->intent.order[0].coin, "ETH");
		r->intent.order[0].buy = r->intent.order[0].target_zero = true;
		r->intent.order[0].sz.v = 100000000;
		r->intent.order[0].px.v = -1;
		r->intent.order[0].cloid.b[15] = 0xab;
		r->intent.order[0].exit = 7;
		break;
	case REC_VERDICT:
	case REC_DEAD:
		text(r->text, "why");
		r->verdict.n = 1;
		r->verdict.word[0] = (struct rec_word){2, 3, 77, {500}};
		break;
	case REC_FILL:
		r->fill.n = 1;
		text(r->fill.fill[0].coin, "BTC");
		r->fill.fill[0].px.v = 1000;
		r->fill.fill[0].sz.v = 10;
		r->fill.fill[0].tid = 5;
		r->fill.fill[0].time_ms = 9;
		break;
	case REC_GUARD:
		text(r->guard.coin, "BTC");
		r->guard.id = 3;
		r->guard.attempt = 0x0102;
		r->guard.off = r->guard.buy = true;
		r->guard.typed.v = 0x1122334455667788;
		break;
	default:
		text(r->text, "hello");
		r->value = 0x1122334455667788;
	}
}

TEST(golden_bytes)
{
	static const struct {
		int kind;
		const char *want;
	} rows[] = {
		{REC_START, "88776655443322110568656c6c6f8fca83b6"},
		{REC_PLAN, "00034254430300616263e38cfb38"},
		{REC_INTENT, "00014087e5cf8b0100000068e5cf8b0100000103455448010001000000000000"
			     "00e1f50500000000ffffffffffffffff00000000000000000000000000000000"
			     "00000000000000ab07000000000000000000000000000000eb5bd3ec"},
		{REC_GUARD, "034254430300000002010000010001887766554433221133c250b2"},
		{REC_VERDICT, "037768790102034d00000000000000f40100000000000053a9cb54"},
		{REC_FILL, "0103425443000000e8030000000000000a000000000000000000000000000000"
			   "0000000000000000000000000000000005000000000000000000000000000000"
			   "000000000000000000000000000000000900000000000000770094bd"},
	};
	struct rec r;

	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		make(&r, rows[i].kind);
		CHECK_STR(hex_of(&r), rows[i].want);
	}
}

TEST(round_trip_of_every_kind)
{
	struct rec r, back;
	struct err e = {0};
	char first[2 * REC_BODY_ROOM + 1];

	for (int k = 0; k < REC_KINDS; k++) {
		make(&r, k);
		text(first, hex_of(&r));
		memset(&back, 0, sizeof back);
		back.kind = (uint8_t)k;
		CHECK(rec_decode(&back, out.ver, out.body, out.len, &e));
		CHECK_STR(hex_of(&back), first);
	}
	make(&r, REC_PLAN); /* the rules of an instrument */
	r.plan.what = PART_INSTR;
	r.plan.instr = (struct instr){.coin = "x:ABC",
				      .asset = 110003,
				      .dex = 1,
				      .sz_decimals = 2,
				      .px_decimals = 4,
				      .px_sig = 5,
				      .max_leverage = 10,
				      .n_tiers = 2,
				      .tiers = {{{0}, 10}, {{300000000000000}, 5}}};
	text(first, hex_of(&r));
	memset(&back, 0, sizeof back);
	back.kind = REC_PLAN;
	CHECK(rec_decode(&back, out.ver, out.body, out.len, &e));
	CHECK(!memcmp(&back.plan.instr, &r.plan.instr, sizeof r.plan.instr));
}

TEST(largest_fit)
{
	struct rec r;

	make(&r, REC_INTENT);
	r.intent.n = REC_ORDERS_MAX;
	for (int i = 0; i < REC_ORDERS_MAX; i++) {
		memset(r.intent.order[i].coin, 'A', COIN_MAX - 1);
		r.intent.order[i].coin[COIN_MAX - 1] = 0;
	}
	rec_encode(&r, &out);
	CHECK(out.len <= REC_BODY_ROOM);
	make(&r, REC_FILL);
	r.fill.n = REC_FILLS_MAX;
	for (int i = 0; i < REC_FILLS_MAX; i++)
		memset(r.fill.fill[i].coin, 'A', COIN_MAX - 1);
	rec_encode(&r, &out);
	make(&r, REC_PLAN);
	r.plan.len = REC_BODY_MAX;
	memset(r.plan.coin, 'A', COIN_MAX - 1);
	rec_encode(&r, &out);
	CHECK(out.len <= REC_BODY_ROOM);
}

TEST(damage_is_named)
{
	struct rec r, back;
	struct err e = {0};
	struct prng p;

	prng_seed(&p, test_seed);
	for (int k = 0; k < REC_KINDS; k++) {
		make(&r, k);
		rec_encode(&r, &out);
		for (int i = 0; i < 200; i++) {
			struct ef_record bad = out;

			memset(&back, 0, sizeof back);
			back.kind = (uint8_t)k;
			bad.body[prng_below(&p, bad.len)] ^= (uint8_t)(1u << prng_below(&p, 8));
			CHECK(!rec_decode(&back, bad.ver, bad.body, bad.len, &e));
		}
		for (size_t n = 0; n < out.len; n++)
			CHECK(!rec_decode(&back, out.ver, out.body, n, &e));
		CHECK(!rec_decode(&back, out.ver + 1, out.body, out.len, &e));
		CHECK(strstr(e.text, "version") != NULL);
		back.kind = (uint8_t)(k + 1); /* the checksum covers the kind */
		CHECK(!rec_decode(&back, out.ver, out.body, out.len, &e));
	}
}

TEST_MAIN(T(golden_bytes), T(round_trip_of_every_kind), T(largest_fit), T(damage_is_named))
