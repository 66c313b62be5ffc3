/* The judge of child tactics: fills counted by hand on a synthetic tape, both sides mirrored; the
 * bootstrap where its answer is known; nothing from the future; thresholds of a first half do not
 * know the second; the published baselines, if the recorded markets are there. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "judge/score.h"
#include "tests/run.h"
#include "tests/unit/jnum.h"

enum { BOOKS = 4000, EVERY_MS = 500, LOT = 100000000, TICK = 100000000 /* 0.01 */ };

/* A synthetic coin: a book each half second, mid near 100. */
static struct tape_book book[BOOKS];
static struct tape_trade trade[BOOKS];
static struct tape_touch touch[BOOKS];
static struct tape_coin coin;

static void put_book(uint32_t i, int64_t ms, int64_t bid, int64_t ask, int64_t bid_sz,
		     int64_t ask_sz)
{
	struct tape_book *b = &book[i];

	*b = (struct tape_book){.ms = ms, .n = {5, 5}};
	for (int k = 0; k < 5; k++) {
		b->side[0][k] = (struct tape_level){{(bid - k) * TICK}, {bid_sz * LOT}};
		b->side[1][k] = (struct tape_level){{(ask + k) * TICK}, {ask_sz * LOT}};
	}
}

/* Still: 99.99 (10) / 100.01 (10) for a minute; no prints. */
static void still(void)
{
	memset(&coin, 0, sizeof coin);
	memcpy(coin.coin, "TOY", 4);
	coin.book = book, coin.trade = trade, coin.touch = touch;
	coin.n_book = 121;
	for (uint32_t i = 0; i < coin.n_book; i++)
		put_book(i, (int64_t)i * EVERY_MS, 9999, 10001, 10, 10);
}

static void print(int64_t ms, int64_t px, int64_t sz, bool buy)
{
	trade[coin.n_trade++] = (struct tape_trade){ms, {px * TICK}, {sz * LOT}, buy};
}

/* The same market seen in a mirror at 100. */
static void mirror(void)
{
	for (uint32_t i = 0; i < coin.n_book; i++)
		for (int k = 0; k < 5; k++) {
			struct tape_level bid = book[i].side[0][k];

			book[i].side[0][k].px.v = 20000LL * TICK - book[i].side[1][k].px.v;
			book[i].side[0][k].sz = book[i].side[1][k].sz;
			book[i].side[1][k].px.v = 20000LL * TICK - bid.px.v;
			book[i].side[1][k].sz = bid.sz;
		}
	for (uint32_t i = 0; i < coin.n_trade; i++) {
		trade[i].px.v = 20000LL * TICK - trade[i].px.v;
		trade[i].buy = !trade[i].buy;
	}
}

static struct judge_result run(enum judge_policy p, enum side side, double theta, double usd)
{
	struct judge_path path;
	struct judge_child c = {.side = side,
				.start_ms = 10100,
				.end_ms = 40100,
				.latency_ms = 1000,
				.usd = usd,
				.seed = 1};
	struct judge_rule r = {.policy = p, .theta = theta, .param = tactic_defaults()};
	struct judge_result out = {0};

	r.param.deep_sigmas = 0;
	r.param.improve_ticks = 0; /* a spread of two ticks: at the touch all the same */
	if (!judge_path(&path, &coin, 0, INT64_MAX - 1) || !judge_run(&out, &path, &c, &r))
		test_fail(__FILE__, __LINE__, "%s does not run", judge_policy_name[p]);
	CHECK(out.seen_ms <= 0);
	return out;
}

/* A buyer on the tape as it is, a seller on its mirror: the same. */
#define BOTH(r, p, theta, usd)                                                                     \
	for (int side_ = SIDE_BUY;                                                                 \
	     side_ <= SIDE_SELL && (r = run(p, (enum side)side_, theta, usd), 1);                  \
	     side_++, mirror())

TEST(crosses_by_hand)
{
	struct judge_result r;

	still();
	/* 12 coins: 10 at 100.01, 2 at 100.02; the order meets the first frame from 11.1 s on. */
	put_book(23, 11500, 10000, 10002, 10, 10);
	BOTH(r, JUDGE_MARKET, 0, 1200)
	{
		CHECK_NEAR(r.price_bp, (10 * 2.0 + 2 * 3.0) / 12, 1e-9);
		CHECK_NEAR(r.seconds, 1.4, 1e-9);
		CHECK_NEAR(r.maker, 0, 0);
		CHECK_NEAR(r.left, 0, 0);
	}
	/* More than five levels hold: the next frames' levels again, until it is done. */
	r = run(JUDGE_MARKET, SIDE_BUY, 0, 7500);
	CHECK_NEAR(r.left, 0, 0);
	CHECK(r.seconds > 1.4);
}

TEST(fills_at_rest_by_hand)
{
	struct judge_result r;

	/* Rests at once at 99.99 behind 10. */
	still();
	print(12000, 9999, 6, false);
	print(13000, 9999, 5, false); /* the line is gone, and 1 of our 3 */
	print(14000, 9999, 50, true); /* a buyer: not our side */
	print(15000, 9999, 1, false);
	print(16000, 9999, 1, false);
	BOTH(r, JUDGE_PASSIVE, 0, 300)
	{
		CHECK_NEAR(r.price_bp, -1, 1e-9);
		CHECK_NEAR(r.maker, 1, 0);
		CHECK_NEAR(r.seconds, 5.9, 1e-9);
	}
	/* Two of four: the others cross a latency after the end, at 100.01. */
	coin.n_trade--;
	BOTH(r, JUDGE_PASSIVE, 0, 400)
	{
		CHECK_NEAR(r.price_bp, 0, 1e-9);
		CHECK_NEAR(r.maker, 0.5, 0);
		CHECK_NEAR(r.seconds, 31.4, 1e-9);
	}
	/* Cancellations ahead are no credit: the level shrinks to 1, 9 prints, still in line. */
	still();
	for (uint32_t i = 30; i < coin.n_book; i++)
		put_book(i, book[i].ms, 9999, 10001, 1, 10);
	print(20000, 9999, 9, false);
	BOTH(r, JUDGE_PASSIVE, 0, 100) CHECK_NEAR(r.maker, 0, 0);
	/* Gone through. */
	still();
	print(20000, 9998, 1, false);
	BOTH(r, JUDGE_PASSIVE, 0, 5000)
	{
		CHECK_NEAR(r.maker, 1, 0);
		CHECK_NEAR(r.price_bp, -1, 1e-9);
	}
	/* The other side stands at our price. */
	still();
	put_book(40, 20000, 9998, 9999, 10, 10);
	BOTH(r, JUDGE_PASSIVE, 0, 100)
	{
		CHECK_NEAR(r.maker, 1, 0);
		CHECK_NEAR(r.seconds, 9.9, 1e-9);
	}
	/* A touch between two books shows it too. */
	still();
	touch[coin.n_touch++] =
		(struct tape_touch){20100, {{{9998LL * TICK}, {LOT}}, {{9999LL * TICK}, {LOT}}}};
	r = run(JUDGE_PASSIVE, SIDE_BUY, 0, 100);
	CHECK_NEAR(r.maker, 1, 0);
	CHECK_NEAR(r.seconds, 10, 1e-9);
}

/* The tactic posts a latency late, behind the larger of the books around, and cancels before it
 * crosses. */
TEST(serial_policies)
{
	struct judge_result r;

	still();
	print(11000, 9999, 30, false); /* before it rests */
	for (uint32_t i = 23; i < coin.n_book; i++)
		put_book(i, book[i].ms, 9999, 10001, 12, 10); /* 12 in the book after: 12 ahead */
	print(14000, 9999, 11, false);
	print(15000, 9999, 1, false);
	BOTH(r, JUDGE_OURS, 0, 100)
	{
		CHECK_NEAR(r.maker, 0, 0);
		CHECK_NEAR(r.seconds, 31.4, 1e-9); /* cancelled at 39.1 + 1, taken from 41.1 on */
	}
	print(16000, 9999, 1, false);
	BOTH(r, JUDGE_OURS, 0, 100)
	{
		CHECK_NEAR(r.maker, 1, 0);
		CHECK_NEAR(r.seconds, 5.9, 1e-9);
	}
	/* Post-only at a price that takes by then is refused, and posted anew. */
	still();
	for (uint32_t i = 21; i < coin.n_book; i++)
		put_book(i, book[i].ms, 9997, 9999, 10, 10);
	r = run(JUDGE_OURS, SIDE_BUY, 0, 100);
	CHECK_INT(r.posts, 2);
}

TEST(leans)
{
	struct judge_result r;

	still();
	for (uint32_t i = 50; i < coin.n_book; i++)
		put_book(i, book[i].ms, 9999, 10001, 90, 10); /* 0.8 against a buyer from 25 s on */
	BOTH(r, JUDGE_TIMED, 0.7, 100) CHECK_NEAR(r.seconds, 15.9, 1e-9);
	BOTH(r, JUDGE_TIMED, 0.85, 100) CHECK_NEAR(r.seconds, 31.4, 1e-9);
	BOTH(r, JUDGE_PASSIVE_EXIT, 0.7, 100) CHECK_NEAR(r.seconds, 15.9, 1e-9);
}

/* ---- the score ---- */

static struct judge_row row[2000], base[2000];

TEST(bootstrap_known)
{
	struct judge_setup s = {.slot_ms = 30000, .seed = 3};
	struct judge_score k;

	/* 20 blocks of 5 rows; the difference is constant: no spread. */
	for (uint32_t i = 0; i < 100; i++) {
		row[i] = (struct judge_row){.start_ms = (int64_t)i * 60000, .all_in_bp = i + 2.5};
		base[i] = (struct judge_row){.start_ms = (int64_t)i * 60000, .all_in_bp = i};
		row[i].r.maker = i % 2;
		row[i].r.left = i == 7 ? 0.5 : 0;
	}
	judge_compare(&k, row, base, 100, &s);
	CHECK_NEAR(k.diff_bp, 2.5, 1e-12);
	CHECK_NEAR(k.lo, 2.5, 1e-12);
	CHECK_NEAR(k.hi, 2.5, 1e-12);
	CHECK_NEAR(k.diff_sd, 0, 1e-12);
	CHECK_NEAR(k.maker, 0.5, 1e-12);
	CHECK_NEAR(k.complete, 0.99, 1e-12);
	CHECK_NEAR(k.left, 0.005, 1e-12);
	CHECK_INT(k.blocks, 20);
	judge_compare(&k, row, base, 5, &s); /* one block: no interval, not a narrow one */
	CHECK_INT(k.blocks, 1);
	CHECK_NEAR(k.lo, 0, 0);
	CHECK_NEAR(k.hi, 0, 0);
	/* Whole blocks at +1 or -1 by turns: the mean of 20 fair coins, sd 1/sqrt(20). Rows alone
	 * would give half of that. */
	for (uint32_t i = 0; i < 100; i++)
		row[i].all_in_bp = base[i].all_in_bp + (i / 5 % 2 ? 1 : -1);
	judge_compare(&k, row, base, 100, &s);
	CHECK_NEAR(k.diff_bp, 0, 1e-12);
	CHECK_NEAR(k.lo, -1.96 / sqrt(20), 0.1);
	CHECK_NEAR(k.hi, 1.96 / sqrt(20), 0.1);
	CHECK_NEAR(k.diff_sd, sqrt(100.0 / 99), 1e-12);
	CHECK_INT(k.independent, 10);
	CHECK_NEAR(k.mde, sqrt(7.85 / 10) * k.diff_sd, 1e-12);
}

/* A market that moves: a walk whose steps follow the lean of the book half of the time. */
static void lively(uint64_t seed)
{
	struct prng g;
	int64_t bid = 9999;

	prng_seed(&g, seed);
	still();
	coin.n_book = BOOKS;
	for (uint32_t i = 0; i < BOOKS; i++) {
		int64_t b = prng_range(&g, 1, 30), a = prng_range(&g, 1, 30);

		if (prng_below(&g, 3) == 0)
			bid += prng_below(&g, 2) ? (b > a ? 1 : -1) : prng_range(&g, -1, 1);
		put_book(i, (int64_t)i * EVERY_MS, bid, bid + 1, b, a);
		if (prng_below(&g, 2) == 0)
			print((int64_t)i * EVERY_MS + 100, bid + (i & 1), prng_range(&g, 1, 40),
			      i & 1);
	}
}

static const struct judge_setup setup = {.slot_ms = 30000,
					 .latency_ms = 1000,
					 .taker_bp = 4.5,
					 .maker_bp = 1.5,
					 .usd = 100,
					 .seed = 1};

/* Two tapes that are one until a moment: whoever was done by then did the same on both. */
TEST(nothing_from_the_future)
{
	static struct judge_row other[2000];
	static const int64_t cut = 1000000;
	uint32_t ex, compared = 0;

	for (int p = 0; p < JUDGE_POLICIES; p++) {
		struct judge_rule r = {
			.policy = (enum judge_policy)p, .theta = 0.5, .param = tactic_defaults()};
		struct judge_path path;

		lively(test_seed);
		REQUIRE(judge_path(&path, &coin, 0, INT64_MAX - 1));
		uint32_t n = judge_measure(row, COUNT_OF(row), &ex, &path, &setup, &r);

		REQUIRE(n > 100);
		for (uint32_t i = 0; i < coin.n_book; i++)
			if (book[i].ms > cut)
				put_book(i, book[i].ms, 5000, 5001, 1, 99);
		for (uint32_t i = 0; i < coin.n_trade; i++)
			if (trade[i].ms > cut)
				trade[i].px.v = 5000LL * TICK;
		REQUIRE(judge_path(&path, &coin, 0, INT64_MAX - 1));
		CHECK_INT(judge_measure(other, COUNT_OF(other), &ex, &path, &setup, &r), n);
		for (uint32_t i = 0; i < n; i++) {
			CHECK(row[i].r.seen_ms <= 0);
			if (row[i].start_ms + (int64_t)(row[i].r.seconds * 1000) > cut)
				continue;
			compared++;
			CHECK_NEAR(other[i].all_in_bp, row[i].all_in_bp, 0);
			CHECK_NEAR(other[i].r.seconds, row[i].r.seconds, 0);
			CHECK_INT(other[i].r.posts, row[i].r.posts);
		}
	}
	CHECK(compared > 500);
}

TEST(the_second_half_is_out_of_reach)
{
	struct judge_path half[2];
	double theta[2][JUDGE_POLICIES], score[2];
	uint32_t ex;

	for (int round = 0; round < 2; round++) {
		lively(test_seed);
		int64_t mid = book[BOOKS - 1].ms / 2;

		for (uint32_t i = 0; round == 1 && i < coin.n_book; i++)
			if (book[i].ms > mid) /* another market */
				put_book(i, book[i].ms, 9000 + i % 7 * 3, 9001 + i % 7 * 3,
					 1 + i % 9, 1 + i % 4);
		REQUIRE(judge_halves(half, &coin));
		CHECK(half[0].end_ms <= mid && half[1].begin_ms > mid);
		for (int p = 0; p < JUDGE_POLICIES; p++)
			theta[round][p] = judge_fitted((enum judge_policy)p)
						  ? judge_fit(row, COUNT_OF(row), &half[0], &setup,
							      (enum judge_policy)p)
						  : 0;
		struct judge_rule r = {.policy = JUDGE_MARKET};
		uint32_t n = judge_measure(base, COUNT_OF(base), &ex, &half[1], &setup, &r);
		struct judge_score k;

		r.policy = JUDGE_PASSIVE;
		CHECK_INT(judge_measure(row, COUNT_OF(row), &ex, &half[1], &setup, &r), n);
		judge_compare(&k, row, base, n, &setup);
		score[round] = k.diff_bp;
	}
	for (int p = 0; p < JUDGE_POLICIES; p++)
		CHECK_NEAR(theta[0][p], theta[1][p], 0);
	CHECK(fabs(score[0] - score[1]) > 0.1); /* the second half did change */
}

TEST(gaps_are_left_out)
{
	struct judge_path path;
	struct judge_rule r = {.policy = JUDGE_MARKET};
	uint32_t none, some, n0, n1;

	lively(1);
	REQUIRE(judge_path(&path, &coin, 0, INT64_MAX - 1));
	n0 = judge_measure(row, COUNT_OF(row), &none, &path, &setup, &r);
	CHECK_INT(none, 0);
	/* Nothing from 1000.0 to 1003.5 s. */
	for (uint32_t i = 2001; i + 6 < coin.n_book; i++)
		book[i] = book[i + 6];
	coin.n_book -= 6;
	REQUIRE(judge_path(&path, &coin, 0, INT64_MAX - 1));
	n1 = judge_measure(row, COUNT_OF(row), &some, &path, &setup, &r);
	CHECK_INT(n0 - n1, 2 * some);
	CHECK_INT(some, 7); /* a start each 6 s, 30 + 7 s long: 37 to 40.5 s of starts touch it */
	for (uint32_t i = 0; i < n1; i++)
		CHECK(row[i].start_ms + 37000 < 1000000 || row[i].start_ms >= 1003500);
}

/* ---- recorded markets ---- */

static double all_in(const struct judge_row *rows, uint32_t n)
{
	double sum = 0;

	for (uint32_t i = 0; i < n; i++)
		sum += rows[i].all_in_bp;
	return sum / n;
}

/* One cell of the published table: slot and latency, two policies. True: both agree. */
static uint32_t same_theta;
static bool cell_agrees(const struct judge_path half[2], const struct jv *cell)
{
	static const struct {
		const char *key;
		enum judge_policy policy;
	} of[] = {{"imbalance_timed", JUDGE_TIMED}, {"passive_plus_imbalance", JUDGE_PASSIVE_EXIT}};
	struct judge_setup s = setup;
	struct judge_rule market = {.policy = JUDGE_MARKET};
	uint32_t ex, n;
	bool good = true;

	s.slot_ms = (int64_t)(jnum_of(cell, "slot") * 1000);
	s.latency_ms = (int64_t)(jnum_of(cell, "latency") * 1000);
	s.usd = 1; /* at the touch */
	n = judge_measure(base, COUNT_OF(base), &ex, &half[1], &s, &market);
	for (size_t i = 0; i < COUNT_OF(of); i++) {
		const struct jv *want = jv_get(cell, of[i].key);
		struct judge_rule r = {.policy = of[i].policy};
		struct judge_score k;
		double d[3];

		if (jnums(jv_get(want, "test_diff_bp"), d, 3) != 3)
			return false;
		double fitted = judge_fit(row, COUNT_OF(row), &half[0], &s, of[i].policy);

		r.theta = jnum_of(want, "theta"); /* near ties may fall otherwise here */
		same_theta += fabs(fitted - r.theta) < 1e-9;
		CHECK_INT(judge_measure(row, COUNT_OF(row), &ex, &half[1], &s, &r), n);
		judge_compare(&k, row, base, n, &s);
		bool agrees =
			(d[0] >= k.lo && d[0] <= k.hi) || (k.diff_bp >= d[1] && k.diff_bp <= d[2]);

		printf("  %-8s %2.0f s %.1f s  %-22s %.2f %+.2f [%+.2f %+.2f]   here %.2f %+.2f "
		       "[%+.2f %+.2f]%s\n",
		       half[0].coin, jnum_of(cell, "slot"), jnum_of(cell, "latency"), of[i].key,
		       r.theta, d[0], d[1], d[2], fitted, k.diff_bp, k.lo, k.hi,
		       agrees ? "" : "  <-");
		/* What market TWAP costs: the half spread, within 2 %. */
		CHECK_NEAR(all_in(base, n), jnum_of(want, "test_allin_market_bp"), 0.1);
		good = good && agrees;
	}
	return good;
}

/* The published figures, from the books alone as they were made: either mean lies within the
 * other's interval. */
TEST(published_baselines)
{
	const char *dir = test_data("market/hyperliquid_2025-09-04");
	static struct tape t;
	struct vectors v;
	struct err e = {0};
	uint32_t cells = 0, agree = 0;

	if (!dir)
		return;
	REQUIRE(tape_load(&t, dir, &e));
	if (!vectors_open(&v, "quant/replay_walkforward.json"))
		return;
	for (uint32_t i = 0; i < t.n; i++) {
		struct judge_path half[2];
		char name[40];

		REQUIRE(judge_halves(half, &t.at[i]));
		half[0].n_touch = half[1].n_touch = 0;
		snprintf(name, sizeof name, "HL_%s", t.at[i].coin);
		for (const struct jv *c = jv_first(jv_get(v.root, "results")); c; c = jv_next(c)) {
			if (!jv_str_is(jv_get(c, "name"), name))
				continue;
			cells++;
			agree += cell_agrees(half, c);
		}
	}
	CHECK_INT(cells, 24);
	CHECK_INT(agree, cells);
	CHECK(same_theta >= 40); /* of 48 */
	tape_free(&t);
	vectors_close(&v);
}

/* What ships, on the second halves: 30 s, 1 s, 4.5/1.5 bp. Floors a little under what was measured
 * (HACKING.md); at no latency and on no coin significantly worse than market TWAP. */
TEST(the_default_tactic)
{
	static const struct {
		const char *coin;
		double strict, easy,
			quotes; /* at least this much less than market TWAP, relative */
	} floor[] = {{"BTC", 0.23, 0.26, 0.24},
		     {"ETH", 0.28, 0.33, 0.39},
		     {"SOL", 0.27, 0.28, 0.25},
		     {"WLFI", 0.05, 0.1, 0.25}};
	static const int64_t latency_ms[] = {500, 1000, 2000};
	const char *dir = test_data("market/hyperliquid_2025-09-04");
	static struct tape t;
	struct err e = {0};
	uint32_t ex;

	if (!dir)
		return;
	REQUIRE(tape_load(&t, dir, &e));
	REQUIRE(t.n == COUNT_OF(floor));
	for (uint32_t i = 0; i < t.n; i++)
		for (size_t l = 0; l < COUNT_OF(latency_ms); l++) {
			struct judge_path half[2];
			struct judge_setup s = setup;
			struct judge_rule r = {.policy = JUDGE_MARKET, .param = tactic_defaults()};
			struct judge_score k;

			s.latency_ms = latency_ms[l];
			s.usd = 25;
			CHECK_STR(t.at[i].coin, floor[i].coin);
			REQUIRE(judge_halves(half, &t.at[i]));
			uint32_t n = judge_measure(base, COUNT_OF(base), &ex, &half[1], &s, &r);
			r.policy = JUDGE_OURS;
			CHECK_INT(judge_measure(row, COUNT_OF(row), &ex, &half[1], &s, &r), n);
			judge_compare(&k, row, base, n, &s);
			printf("  %-5s %.1f s  %+.2f [%+.2f %+.2f]  %+.1f %%\n", t.at[i].coin,
			       (double)latency_ms[l] / 1000, k.diff_bp, k.lo, k.hi,
			       100 * k.relative);
			CHECK(k.lo <= 0);
			CHECK_NEAR(k.complete, 1, 1e-9);
			if (latency_ms[l] == 1000)
				CHECK(k.relative <= -floor[i].strict);
			r.policy = JUDGE_QUOTES;
			CHECK_INT(judge_measure(row, COUNT_OF(row), &ex, &half[1], &s, &r), n);
			judge_compare(&k, row, base, n, &s);
			CHECK(k.lo <= 0);
			CHECK_NEAR(k.complete, 1, 1e-9);
			if (latency_ms[l] != 1000)
				continue;
			CHECK(k.relative <= -floor[i].quotes);
			r.policy = JUDGE_OURS_EASY;
			CHECK_INT(judge_measure(row, COUNT_OF(row), &ex, &half[1], &s, &r), n);
			judge_compare(&k, row, base, n, &s);
			CHECK(k.relative <= -floor[i].easy);
		}
	tape_free(&t);
}

TEST_MAIN(T(crosses_by_hand), T(fills_at_rest_by_hand), T(serial_policies), T(leans),
	  T(bootstrap_known), T(nothing_from_the_future), T(the_second_half_is_out_of_reach),
	  T(gaps_are_left_out), T(published_baselines), T(the_default_tactic))
