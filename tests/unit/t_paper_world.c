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

TEST_MAIN(T(demo_book_stands), T(demo_book_twenty), T(crash_liquidates), T(frozen_stops_books),
	  T(whole_is_deterministic))
