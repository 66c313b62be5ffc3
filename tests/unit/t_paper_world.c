/* t_paper_world.c: exchange core, generated market, scenarios and the demo's book together, in
 * virtual time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "paper/demo_book.h"
#include "paper/gen.h"
#include "paper/paper.h"
#include "tests/run.h"

static const char user[] = "0x00000000000000000000000000000000000000aa";
static const int64_t start_ms = 1760000000000;

struct world {
	struct gen *gen;
	struct paper *paper;
	int64_t now_ms;
	uint64_t digest;
	uint32_t books, fills, frames;
};

static void world_open(struct world *w, uint64_t seed, const struct scenario *s)
{
	struct gen_conf gc = {.seed = seed, .start_ms = start_ms, .scenario = s};

	*w = (struct world){.now_ms = start_ms, .digest = 14695981039346656037u};
	w->gen = gen_new(&gc);
	struct paper_conf pc = {.seed = seed,
				.market = gen_market(w->gen),
				.start_ms = start_ms,
				.scenario = s,
				.no_ip_limits = true};

	w->paper = paper_new(&pc);
	ASSERT(w->gen && w->paper);
}

static void world_close(struct world *w)
{
	paper_free(w->paper);
	gen_free(w->gen);
}

static void drain(struct world *w)
{
	struct paper_out o;

	while (paper_next(w->paper, &o)) {
		w->frames++;
		for (size_t i = 0; i < o.len; i++)
			w->digest = (w->digest ^ (unsigned char)o.bytes[i]) * 1099511628211u;
		if (o.kind != PAPER_OUT_TEXT)
			continue;
		if (o.len > 20 && memmem(o.bytes, o.len, "\"channel\":\"l2Book\"", 18))
			w->books++;
		if (memmem(o.bytes, o.len, "\"channel\":\"userFills\"", 21))
			w->fills++;
	}
}

/* As the program's timer. */
static void world_run(struct world *w, int64_t ms)
{
	for (int64_t end = w->now_ms + ms; w->now_ms < end;) {
		w->now_ms += 70;
		paper_advance(w->paper, w->now_ms);
		drain(w);
	}
}

static void say(struct world *w, uint64_t conn, const char *text)
{
	paper_ws_text(w->paper, conn, text, strlen(text), w->now_ms);
	drain(w);
}

static void listen_in(struct world *w)
{
	CHECK(paper_ws_open(w->paper, 1, "test", w->now_ms));
	say(w, 1,
	    "{\"method\":\"subscribe\",\"subscription\":{\"type\":\"l2Book\",\"coin\":\"BTC\","
	    "\"fast\":true}}");
	say(w, 1,
	    "{\"method\":\"subscribe\",\"subscription\":{\"type\":\"userFills\",\"user\":"
	    "\"0x00000000000000000000000000000000000000aa\"}}");
}

static double equity(const struct world *w)
{
	return money_to_double(paper_equity(w->paper, user));
}

static double szi(const struct world *w, const char *coin)
{
	return qty_to_double(paper_szi(w->paper, user, coin));
}

TEST(demo_book_stands)
{
	for (uint64_t s = 0; s < 3; s++) {
		struct world w;
		struct err e = {0};

		world_open(&w, test_seed + s, &scenario_calm);
		REQUIRE(demo_book(w.paper, gen_market(w.gen), user, false, &e));
		CHECK(equity(&w) > 100000 && equity(&w) < 180000);
		CHECK_INT(paper_open_orders(w.paper, user), 6);
		double before = equity(&w);

		world_run(&w, 300000);
		/* Living numbers, nothing liquidated. */
		CHECK_NEAR(szi(&w, "BTC"), 24, 1e-9);
		CHECK_NEAR(szi(&w, "SOL"), -4200, 1e-9);
		CHECK_NEAR(szi(&w, "HYPE"), 3000, 1e-9);
		CHECK_NEAR(szi(&w, "WLFI"), 180000, 1e-9);
		double moved = equity(&w) - before;

		CHECK(moved > 1 || moved < -1);
		world_close(&w);
	}
}

TEST(demo_book_twenty)
{
	struct world w;
	struct paper_coin c[PAPER_COINS_MAX];
	uint32_t n = 0;

	world_open(&w, test_seed, &scenario_calm);
	REQUIRE(paper_book_twenty(w.paper, user));
	gen_market(w.gen)->coins(gen_market(w.gen)->self, c, PAPER_COINS_MAX);
	for (uint32_t i = 0; i < GEN_COINS; i++)
		n += paper_szi(w.paper, user, c[i].name).v != 0;
	CHECK_INT(n, 20);
	world_run(&w, 60000);
	CHECK(equity(&w) > 0);
	world_close(&w);
}

/* The crash takes the demo's account when nobody acts; the fills say so. */
TEST(crash_liquidates)
{
	for (uint64_t s = 0; s < 3; s++) {
		struct world w;
		struct err e = {0};
		struct paper_truth_fill f;
		uint32_t liquidations = 0;

		world_open(&w, test_seed + s, &scenario_crash);
		REQUIRE(demo_book(w.paper, gen_market(w.gen), user, false, &e));
		listen_in(&w);
		world_run(&w, 119000);
		CHECK_NEAR(szi(&w, "BTC"), 24, 1e-9);
		world_run(&w, 131000);
		for (uint32_t i = 0; paper_fill(w.paper, user, i, &f); i++)
			liquidations += f.liquidation;
		CHECK(liquidations > 0);
		CHECK(szi(&w, "BTC") < 24);
		world_close(&w);
	}
}

TEST(frozen_stops_books)
{
	struct world w;

	world_open(&w, test_seed, &scenario_frozen);
	listen_in(&w);
	world_run(&w, 14000);
	uint32_t early = w.books;

	CHECK(early > 20);
	world_run(&w, 2000);
	uint32_t at = w.books;

	/* Sockets stay up: a ping is answered, as every client sends them. */
	for (int i = 0; i < 5; i++) {
		uint32_t frames = w.frames;

		world_run(&w, 11000);
		say(&w, 1, "{\"method\":\"ping\"}");
		CHECK(w.frames > frames);
	}
	CHECK_INT(w.books, at);
	world_run(&w, 20000);
	CHECK(w.books > at + 20);
	world_close(&w);
}

TEST(whole_is_deterministic)
{
	uint64_t digest[3];

	for (int i = 0; i < 3; i++) {
		struct world w;
		struct err e = {0};

		world_open(&w, test_seed + (i == 2), &scenario_calm);
		REQUIRE(demo_book(w.paper, gen_market(w.gen), user, false, &e));
		listen_in(&w);
		world_run(&w, 30000);
		CHECK(w.frames > 50);
		digest[i] = w.digest;
		world_close(&w);
	}
	CHECK(digest[0] == digest[1]);
	CHECK(digest[0] != digest[2]);
}

/* --- a scenario of knots, rows and steps on the generated market --- */

static const struct scenario_knot gap[] = {
	{120, 0, 1, 1, 1, 1, 0, 0},	   {150, -1.2, 0.3, 3, 4, 2, 0, 0.6},
	{210, -3.5, 0.1, 6, 8, 3, 0, 1.5}, {300, -3.0, 0.3, 3, 4, 2, 0, 0.3},
	{900, -2.5, 1, 1, 1, 1, 0, 0},
};
static const struct scenario_knot alt[] = {
	{120, 0, 1, 1, 1, 1, 0, 0},
	{210, -60, 0.05, 4, 8, 3, 0, 0},
	{400, -40, 0.05, 4, 4, 2, 0, 0},
	{900, -40, 1, 1, 1, 1, 0, 0},
};
static const struct scenario_coin rows[] = {
	{"HYPE", 0, 0, {alt, COUNT_OF(alt)}},
	{"DOGE", 4, 0.5, {0}},
};
static const struct scenario_step gap_steps[] = {
	{0, 0, "{\"position\":\"HYPE\",\"size\":\"-1000\",\"price\":\"mid\",\"leverage\":3}"},
	{120, 0, "{\"fault\":\"half\",\"count\":-1,\"per_mille\":300}"},
	{210, 0, "{\"adl\":\"HYPE\",\"share\":\"0.5\"}"},
	{218, 0, "{\"adl\":\"HYPE\",\"share\":\"0.5\"}"},
};
static const struct scenario gap_day = {
	.name = "gap",
	.about = "test",
	.path = {gap, COUNT_OF(gap)},
	.beta_min = 1,
	.coin = rows,
	.n_coins = COUNT_OF(rows),
	.step = gap_steps,
	.n_steps = COUNT_OF(gap_steps),
};

static double mid_of(const struct world *w, uint16_t coin)
{
	struct paper_level bid, ask;
	const struct paper_market *m = gen_market(w->gen);

	if (!m->depth(m->self, coin, true, &bid, 1) || !m->depth(m->self, coin, false, &ask, 1))
		return 0;
	return (price_to_double(bid.px) + price_to_double(ask.px)) / 2;
}

static double depth_usd(const struct world *w, uint16_t coin)
{
	struct paper_level l[PAPER_DEPTH_MAX];
	const struct paper_market *m = gen_market(w->gen);
	uint32_t n = m->depth(m->self, coin, true, l, PAPER_DEPTH_MAX);
	double sum = 0;

	for (uint32_t i = 0; i < n && i < 20; i++)
		sum += price_to_double(l[i].px) * qty_to_double(l[i].sz);
	return sum;
}

/* Over ten seconds: the mean of the mark over the book, in %, the price and the depth. */
struct look {
	double lag, px[20], usd[20];
};

static void look(struct world *w, struct look *out)
{
	*out = (struct look){0};
	for (int k = 0; k < 50; k++) {
		world_run(w, 200);
		double mark = price_to_double(paper_mark_px(w->paper, "BTC"));

		out->lag += (mark / mid_of(w, 0) - 1) * 100 / 50;
		for (uint16_t i = 0; i < 20; i++) {
			out->px[i] += mid_of(w, i) / 50;
			out->usd[i] += depth_usd(w, i) / 50;
		}
	}
}

enum { SOL = 2, HYPE = 4, DOGE = 6 };

TEST(book_and_mark_part)
{
	for (uint64_t s = 0; s < 5; s++) {
		struct look calm, low, late;
		struct world w;

		world_open(&w, test_seed + s, &gap_day);
		CHECK(paper_fund(w.paper, user, (struct money){100000 * INT64_C(100000000)}));
		world_run(&w, 105000);
		look(&w, &calm);
		world_run(&w, 90000);
		look(&w, &low); /* 205 to 215 s */
		world_run(&w, 685000);
		look(&w, &late);
		CHECK(calm.lag < 0.05 && calm.lag > -0.05);
		CHECK(low.lag > 0.6 && low.lag < 1.6); /* the mark is over the book */
		CHECK(late.lag < 0.1 && late.lag > -0.1);
		CHECK_NEAR(low.px[0] / calm.px[0] - 1, -0.034, 0.008);
		CHECK_NEAR(low.px[HYPE] / calm.px[HYPE] - 1, -0.59, 0.05);
		CHECK_NEAR(low.px[DOGE] / calm.px[DOGE] - 1, -0.13, 0.03);
		CHECK(low.usd[SOL] < calm.usd[SOL] * 0.25); /* BTC's own swings are larger */
		CHECK(low.usd[DOGE] / calm.usd[DOGE] < 0.75 * low.usd[SOL] / calm.usd[SOL]);
		CHECK(low.usd[HYPE] < calm.usd[HYPE] * 0.06);
		CHECK(late.usd[HYPE] > calm.usd[HYPE] * 0.25);
		/* half of the short went in the first burst, half of the rest in the second */
		CHECK_NEAR(szi(&w, "HYPE"), -250, 0.5);
		world_close(&w);
	}
}

/* The same seed, the same bytes, chance in faults and steps included; another seed, others. */
TEST(scenario_is_deterministic)
{
	uint64_t digest[3];

	for (int i = 0; i < 3; i++) {
		struct world w;

		world_open(&w, test_seed + (i == 2), &gap_day);
		CHECK(paper_fund(w.paper, user, (struct money){100000 * INT64_C(100000000)}));
		listen_in(&w);
		world_run(&w, 230000);
		digest[i] = w.digest;
		world_close(&w);
	}
	CHECK(digest[0] == digest[1]);
	CHECK(digest[0] != digest[2]);
}

/* Funding is on the hour of market time: at x60 every minute of venue time. */
TEST(funding_at_speed)
{
	struct gen_conf gc = {.seed = test_seed, .start_ms = start_ms, .speed = 60};
	struct gen *g = gen_new(&gc);
	struct paper_conf pc = {.seed = test_seed, .market = gen_market(g), .start_ms = start_ms};
	struct paper *p = paper_new(&pc);
	const char *why;
	static const char rate[] = "{\"funding\":\"HYPE\",\"rate\":\"0.0001141\"}";
	double paid, before;
	struct price px;

	CHECK(paper_fund(p, user, (struct money){100000000 * INT64_C(100000000)}));
	CHECK(paper_do(p, rate, sizeof rate - 1, &why));
	paper_advance(p, start_ms + 1000);
	px = paper_mark_px(p, "HYPE");
	CHECK(paper_position(p, user, "HYPE", (struct qty){64935 * INT64_C(100000000)}, px, 10,
			     false));
	/* 3 M USD at 100 % a year: 342 an hour; four hours in four minutes */
	before = money_to_double(paper_equity(p, user)) -
		 64935 * (price_to_double(paper_mark_px(p, "HYPE")) - price_to_double(px));
	paper_advance(p, start_ms + 241000);
	paid = before - (money_to_double(paper_equity(p, user)) -
			 64935 * (price_to_double(paper_mark_px(p, "HYPE")) - price_to_double(px)));
	CHECK_NEAR(paid, 4 * 342.3, 40);
	paper_free(p);
	gen_free(g);
}

/* By seed a scenario comes later and larger or smaller, and its steps with it. */
TEST(scenario_varies_by_seed)
{
	struct scenario v = gap_day;
	struct scenario_now a, b;
	double low = 0, high = -1;
	int64_t first = INT64_MAX, last = 0;

	v.vary_move = 0.3;
	v.vary_s = 20;
	for (uint64_t s = 1; s < 200; s++) {
		int64_t at = scenario_step_ms(&v, 2, 0, s);

		scenario_at(&a, &v, NULL, s, 230000);
		scenario_at(&b, &v, NULL, s, 230000);
		CHECK(a.log_shift >= b.log_shift && a.log_shift <= b.log_shift);
		scenario_at(&a, &v, NULL, s, 119000);
		CHECK_NEAR(a.log_shift, 0, 1e-12);
		scenario_at(&a, &v, NULL, s, at); /* the step lies on its knot */
		low = a.log_shift < low ? a.log_shift : low;
		high = a.log_shift > high ? a.log_shift : high;
		first = at < first ? at : first;
		last = at > last ? at : last;
		CHECK_INT(scenario_step_ms(&v, 0, 0, s), 0);
	}
	CHECK(low < -0.0356 * 1.25 && low > -0.0357 * 1.31);
	CHECK(high > -0.0356 * 0.75 && high < -0.0356 * 0.69);
	CHECK(first >= 210000 && first < 211000 && last > 229000 && last < 230000);
}

TEST_MAIN(T(demo_book_stands), T(demo_book_twenty), T(crash_liquidates), T(frozen_stops_books),
	  T(whole_is_deterministic), T(book_and_mark_part), T(scenario_is_deterministic),
	  T(funding_at_speed), T(scenario_varies_by_seed))
