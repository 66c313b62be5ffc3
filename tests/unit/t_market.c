/* t_market.c: tapes, their replay, the generator against its parameters, scenarios. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/prng.h"
#include "paper/crowd.h"
#include "paper/gen.h"
#include "paper/replay.h"
#include "scenario/scenario.h"
#include "tape/tape.h"
#include "tests/run.h"

enum { LEVELS = PAPER_DEPTH_MAX, START_MS = 1000000 };

static const char *own_tape(void)
{
	static char path[4096];
	const char *top = getenv("abs_top_srcdir");

	snprintf(path, sizeof path, "%s/tests/unit/tape", top ? top : TOP_SRCDIR);
	return path;
}

static struct instr instr_of(const struct paper_coin *c)
{
	return (struct instr){.sz_decimals = c->sz_decimals,
			      .px_decimals = (int8_t)(6 - c->sz_decimals),
			      .px_sig = 5};
}

/* Sorted, positive, uncrossed, on tick and lot. */
static bool book_sane(const struct paper_market *m, uint16_t coin, const struct paper_coin *c)
{
	struct paper_level l[2][LEVELS];
	struct instr rule = instr_of(c);
	uint32_t n[2];

	for (int s = 0; s < 2; s++) {
		n[s] = m->depth(m->self, coin, s == 0, l[s], LEVELS);
		for (uint32_t i = 0; i < n[s]; i++) {
			if (l[s][i].sz.v <= 0 || l[s][i].n == 0 ||
			    !instr_price_ok(&rule, l[s][i].px) || !instr_qty_ok(&rule, l[s][i].sz))
				return false;
			if (i > 0 && (s == 0 ? l[s][i].px.v >= l[s][i - 1].px.v
					     : l[s][i].px.v <= l[s][i - 1].px.v))
				return false;
		}
	}
	return n[0] > 0 && n[1] > 0 && l[0][0].px.v < l[1][0].px.v;
}

static double mid(const struct paper_market *m, uint16_t coin)
{
	struct paper_level b, a;

	if (!m->depth(m->self, coin, true, &b, 1) || !m->depth(m->self, coin, false, &a, 1))
		return 0;
	return (price_to_double(b.px) + price_to_double(a.px)) / 2;
}

/* Displayed size at `worst` or better; worst 0: the first `levels` levels. */
static double depth_sum(const struct paper_market *m, uint16_t coin, bool bids, uint32_t levels,
			int64_t worst)
{
	struct paper_level l[LEVELS];
	uint32_t n = m->depth(m->self, coin, bids, l, levels);
	double sum = 0;

	for (uint32_t i = 0; i < n; i++)
		if (worst == 0 || (bids ? l[i].px.v >= worst : l[i].px.v <= worst))
			sum += qty_to_double(l[i].sz);
	return sum;
}

/* --- tape --- */

TEST(tape_own)
{
	struct tape t;
	struct err e = {0};

	REQUIRE(tape_load(&t, own_tape(), &e));
	CHECK_INT(t.n, 2);
	CHECK_STR(t.at[0].coin, "BTC");
	CHECK_STR(t.at[1].coin, "TOY");
	CHECK_INT(t.at[0].n_book, 40);
	CHECK_INT(t.at[0].dropped_trades, 2);
	CHECK_INT(t.at[0].n_trade, 13);
	CHECK_INT(t.at[0].gaps, 1);
	CHECK_INT(t.at[0].gap_ms_max, 4000);
	CHECK_INT(t.end_ms - t.begin_ms, 39 * 500 + 3500);
	tape_free(&t);
}

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *f = fopen(path, "w");

	ASSERT(f);
	fputs(text, f);
	fclose(f);
}

static const char head[] = "timestamp,sequence,exchange_timestamp,bid_price_0,bid_size_0,"
			   "ask_price_0,ask_size_0\n";

TEST(tape_errors)
{
	static const struct {
		const char *books, *trades, *says;
	} bad[] = {
		{"a,b,c\n1,2,3\n", "", "no column exchange_timestamp"},
		{"1,1,1000,10,1,11\n", "", "line 2: column 7 is missing"},
		{"1,1,1000,ten,1,11,1\n", "", "line 2 column 4: 'ten' is no decimal"},
		{"1,1,1000,10,0.123456789,11,1\n", "", "column 5"},
		{"1,1,1000,10,1,11,1\n", "", "fewer than 2 books"},
		{"1,1,1000,12,1,11,1\n1,1,1000,12,1,11,1\n", "", "fewer than 2 books"},
		{"1,1,1000,10,1,11,1\n1,1,2000,10,1,11,1\n", "price,size,side\n",
		 "no column exchange_timestamp"},
		{"1,1,1000,10,1,11,1\n1,1,2000,10,1,11,1\n",
		 "price,size,side,exchange_timestamp\n10,1,long,1500\n", "side is buy or sell"},
		{"1,1,1000,10,1,11,1\n1,1,2000,10,1,11,1\n",
		 "price,size,side,exchange_timestamp\n10,-1,buy,1500\n", "positive"},
	};
	char dir[] = "/tmp/t_market.XXXXXX", text[4096], path[4200];

	REQUIRE(mkdtemp(dir));
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct tape t;
		struct err e = {0};

		snprintf(text, sizeof text, "%s%s", i == 0 ? "" : head, bad[i].books);
		write_file(dir, "orderbooks_X.csv", text);
		write_file(dir, "trades_X.csv",
			   bad[i].trades[0] ? bad[i].trades
					    : "price,size,side,exchange_timestamp\n");
		CHECK(!tape_load(&t, dir, &e));
		if (!strstr(e.text, bad[i].says))
			test_fail(__FILE__, __LINE__, "case %zu: \"%s\" lacks \"%s\"", i, e.text,
				  bad[i].says);
	}
	snprintf(path, sizeof path, "%s/orderbooks_X.csv", dir);
	unlink(path);
	snprintf(path, sizeof path, "%s/trades_X.csv", dir);
	unlink(path);
	struct tape t;
	struct err e = {0};

	CHECK(!tape_load(&t, dir, &e));
	CHECK(strstr(e.text, "holds no orderbooks"));
	rmdir(dir);
	CHECK(!tape_load(&t, dir, &e));
}

static uint32_t log_lines;

static void count_line(const char *text)
{
	CHECK(strstr(text, "starts again"));
	log_lines++;
}

TEST(replay_own)
{
	struct tape t;
	struct err e = {0};

	REQUIRE(tape_load(&t, own_tape(), &e));
	struct replay_conf conf = {.tape = &t, .start_ms = START_MS, .log = count_line};
	struct replay *r = replay_new(&conf);
	const struct paper_market *m = replay_market(r);
	struct paper_coin coin[4];
	struct paper_trade tr;
	struct paper_level l[LEVELS];
	int64_t last = 0;
	uint32_t trades = 0;
	double first = mid(m, 0);

	log_lines = 0;
	CHECK_INT(m->coins(m->self, coin, 4), 2);
	CHECK_INT(coin[0].max_leverage, 40);
	CHECK_INT(coin[1].max_leverage, 10);
	CHECK_INT(m->clock(m->self), t.begin_ms);
	/* The touch of the third book's time + 200 ms is laid over it. */
	m->advance(m->self, START_MS + 1200);
	CHECK_INT(m->depth(m->self, 0, true, l, LEVELS), 3);
	CHECK_INT(l[0].px.v, 50003 * 10000000000);
	CHECK_INT(l[0].sz.v, 300000000);
	CHECK_INT(l[0].n, 1);
	/* One lap: every trade once, in order. */
	for (int64_t ms = START_MS + 1200; ms < START_MS + 22999; ms += 70) {
		m->advance(m->self, ms);
		while (m->trade(m->self, &tr)) {
			CHECK(tr.time_ms >= last && tr.time_ms <= ms);
			last = tr.time_ms;
			trades++;
		}
	}
	CHECK_INT(trades, 26);
	CHECK_INT(log_lines, 0);
	double end = mid(m, 0);

	m->advance(m->self, START_MS + 23000);
	CHECK_INT(replay_laps(r), 1);
	CHECK_INT(log_lines, 2);
	CHECK_NEAR(mid(m, 0), end, 2.1); /* the last book came with the lap */
	CHECK(end > first);
	for (int64_t ms = START_MS + 23000; ms < START_MS + 150000; ms += 70) {
		m->advance(m->self, ms);
		CHECK(book_sane(m, 0, &coin[0]) && book_sane(m, 1, &coin[1]));
		while (m->trade(m->self, &tr))
			trades++;
	}
	CHECK_INT(trades, 26 * 6 + 14);
	CHECK(m->clock(m->self) > t.end_ms);
	replay_free(r);
	tape_free(&t);
}

TEST(replay_speed)
{
	struct tape t;
	struct err e = {0};

	REQUIRE(tape_load(&t, own_tape(), &e));
	struct replay_conf conf = {.tape = &t, .start_ms = START_MS, .speed = 10};
	struct replay *r = replay_new(&conf);
	const struct paper_market *m = replay_market(r);
	struct paper_trade tr;
	uint32_t trades = 0;

	m->advance(m->self, START_MS + 2299);
	while (m->trade(m->self, &tr)) {
		CHECK(tr.time_ms >= START_MS && tr.time_ms <= START_MS + 2299);
		trades++;
	}
	CHECK_INT(trades, 26);
	CHECK_INT(m->clock(m->self), t.begin_ms + 22990);
	replay_free(r);
	tape_free(&t);
}

TEST(replay_recorded)
{
	const char *dir = test_data("market/hyperliquid_2025-09-04");
	struct tape t;
	struct err e = {0};

	if (!dir)
		return;
	REQUIRE(tape_load(&t, dir, &e));
	CHECK_INT(t.n, 4);
	for (uint32_t i = 0; i < t.n; i++) {
		CHECK_INT(t.at[i].n_book, 3785);
		CHECK_INT(t.at[i].gaps, 1);
		CHECK(t.at[i].gap_ms_max > 17000 && t.at[i].gap_ms_max < 19000);
		CHECK(t.at[i].dropped_trades > 0);
		CHECK_INT(t.at[i].dropped_books, 0);
	}
	struct replay_conf conf = {.tape = &t, .start_ms = START_MS, .speed = 20};
	struct replay *r = replay_new(&conf);
	const struct paper_market *m = replay_market(r);
	struct paper_coin coin[4];
	struct paper_trade tr;
	uint32_t trades = 0, want = 0, broken = 0;

	CHECK_INT(m->coins(m->self, coin, 4), 4);
	for (uint32_t i = 0; i < 4; i++)
		want += t.at[i].n_trade;
	/* Two laps. */
	for (int64_t ms = 0; ms < 2 * 2088500 / 20; ms += 27) {
		m->advance(m->self, START_MS + ms);
		for (uint16_t i = 0; i < 4; i++)
			broken += !book_sane(m, i, &coin[i]);
		while (m->trade(m->self, &tr))
			trades++;
	}
	CHECK_INT(broken, 0);
	CHECK_INT(replay_laps(r), 2);
	CHECK(trades + 40 >= 2 * want && trades <= 2 * want + 40);
	replay_free(r);
	tape_free(&t);
}

/* --- generator --- */

static uint64_t digest(const struct paper_market *m, uint64_t h)
{
	struct paper_level l[LEVELS];

	for (uint16_t c = 0; c < GEN_COINS; c++)
		for (int s = 0; s < 2; s++) {
			uint32_t n = m->depth(m->self, c, s == 0, l, LEVELS);

			for (uint32_t i = 0; i < n; i++)
				h = (h ^ (uint64_t)l[i].px.v ^ ((uint64_t)l[i].sz.v << 20)) *
				    0x100000001b3u;
		}
	return h;
}

static uint64_t run_digest(uint64_t seed)
{
	struct gen_conf conf = {.seed = seed, .start_ms = START_MS};
	struct gen *g = gen_new(&conf);
	const struct paper_market *m = gen_market(g);
	struct paper_trade t;
	uint64_t h = 1469598103934665603u;

	for (int i = 1; i < 300; i++) {
		m->advance(m->self, START_MS + i * 70);
		while (m->trade(m->self, &t))
			h = (h ^ (uint64_t)t.px.v ^ (uint64_t)t.sz.v ^ t.coin) * 0x100000001b3u;
		h = digest(m, h);
		if (i == 100)
			m->taken(m->self, 0, true, (struct price){1100000000000000},
				 (struct qty){1});
	}
	gen_free(g);
	return h;
}

TEST(gen_deterministic)
{
	CHECK(run_digest(test_seed) == run_digest(test_seed));
	CHECK(run_digest(test_seed) != run_digest(test_seed + 1));
}

TEST(gen_universe)
{
	struct gen_conf conf = {.seed = test_seed, .start_ms = START_MS};
	struct gen *g = gen_new(&conf);
	const struct paper_market *m = gen_market(g);
	struct paper_coin c[PAPER_COINS_MAX];

	REQUIRE(m->coins(m->self, c, PAPER_COINS_MAX) == GEN_COINS);
	CHECK_STR(c[0].name, "BTC");
	CHECK_INT(c[0].sz_decimals, 5);
	CHECK_INT(c[0].max_leverage, 40);
	CHECK_INT(c[0].tiers[1].max_leverage, 20);
	CHECK_STR(c[1].name, "ETH");
	CHECK_INT(c[1].tiers[1].max_leverage, 15);
	for (uint32_t i = 0; i < GEN_COINS; i++) {
		CHECK(c[i].own_impact && c[i].max_leverage >= 3);
		for (uint32_t k = 0; k < i; k++)
			CHECK(strcmp(c[i].name, c[k].name) != 0);
	}
	gen_free(g);
}

static bool same_levels(const struct paper_level *a, const struct paper_level *b, int n)
{
	for (int i = 0; i < n; i++)
		if (a[i].px.v != b[i].px.v || a[i].sz.v != b[i].sz.v || a[i].n != b[i].n)
			return false;
	return true;
}

TEST(crowd_shows_the_same_books)
{
	struct gen_conf conf = {.seed = test_seed, .start_ms = START_MS};
	struct gen *g = gen_new(&conf);
	const struct paper_market *inner = gen_market(g), *m;
	struct crowd *crowd = crowd_new(inner, 300);
	static struct paper_coin c[PAPER_COINS_MAX];
	struct paper_level a[5], b[5];
	struct paper_trade t;
	struct price px, own;
	uint32_t trades = 0;

	REQUIRE(crowd != NULL);
	m = crowd_market(crowd);
	CHECK_INT(m->coins(m->self, c, PAPER_COINS_MAX), 300);
	CHECK_STR(c[0].name, "BTC");
	CHECK_STR(c[20].name, "C021");
	CHECK_STR(c[299].name, "C300");
	CHECK_INT(c[40].sz_decimals, c[0].sz_decimals);
	CHECK(c[0].own_impact && !c[20].own_impact && c[20].refill_ms > 0);
	for (int i = 1; i <= 50; i++) {
		m->advance(m->self, START_MS + 100 * i);
		for (; m->trade(m->self, &t); trades++)
			CHECK(t.coin < GEN_COINS);
	}
	CHECK(trades > 10);
	CHECK_INT(m->depth(m->self, 0, false, a, 5), 5);
	m->taken(m->self, 20, true, a[0].px, a[0].sz); /* nothing of it reaches the coin it shows */
	CHECK_INT(m->depth(m->self, 0, false, b, 5), 5);
	CHECK(same_levels(a, b, 5));
	CHECK_INT(m->depth(m->self, 21, true, a, 5), 5);
	CHECK_INT(inner->depth(inner->self, 1, true, b, 5), 5);
	CHECK(same_levels(a, b, 5));
	CHECK(m->oracle(m->self, 299, &px) && inner->oracle(inner->self, 19, &own));
	CHECK_INT(px.v, own.v);
	CHECK_INT(m->clock(m->self), inner->clock(inner->self));
	crowd_free(crowd);
	gen_free(g);
}

TEST(gen_books_sane)
{
	for (uint32_t s = 0; scenario_row(s) != NULL; s++) {
		struct gen_conf conf = {.seed = test_seed + s,
					.start_ms = START_MS,
					.speed = 4,
					.scenario = scenario_row(s)};
		struct gen *g = gen_new(&conf);
		const struct paper_market *m = gen_market(g);
		struct paper_coin c[GEN_COINS];
		struct paper_trade t;
		uint32_t broken = 0, off = 0;
		int64_t last = 0;

		m->coins(m->self, c, GEN_COINS);
		for (int64_t ms = 0; ms < 110000; ms += 210) {
			m->advance(m->self, START_MS + ms);
			for (uint16_t i = 0; i < GEN_COINS; i++)
				broken += !book_sane(m, i, &c[i]);
			while (m->trade(m->self, &t)) {
				struct instr rule = instr_of(&c[t.coin]);

				off += !instr_price_ok(&rule, t.px) || !instr_qty_ok(&rule, t.sz) ||
				       t.sz.v <= 0 || t.time_ms > START_MS + ms;
				last = t.time_ms;
			}
		}
		if (broken || off)
			test_fail(__FILE__, __LINE__, "%s: %u books broken, %u trades off",
				  scenario_row(s)->name, broken, off);
		CHECK(last > START_MS + 100000);
		gen_free(g);
	}
}

/* Moments of BTC, ETH, SOL and WLFI over an hour, against the bands that gen_table.c states. */
TEST(gen_moments)
{
	static const struct {
		const char *coin;
		double vol, spread, touch, rate, mean; /* the tape's */
	} want[] = {
		{"BTC", 0.599, 1.27, 10.2, 1.138, 0.232},
		{"ETH", 1.117, 1.21, 170, 1.391, 6.15},
		{"SOL", 1.338, 1.11, 1425, 0.937, 92},
		{"WLFI", 4.625, 5.67, 40330, 0.5195, 14340},
	};
	const double seconds = 3600;

	struct gen_conf conf = {.seed = test_seed, .start_ms = START_MS};
	struct gen *g = gen_new(&conf);
	const struct paper_market *m = gen_market(g);
	struct paper_trade t;
	double var[4] = {0}, before[4], spread[4] = {0}, touch[4] = {0}, volume[4] = {0};
	uint32_t orders[4] = {0}, n = 0;
	int64_t last_ms[4] = {0};
	bool last_sell[4] = {0};

	for (uint16_t i = 0; i < 4; i++)
		before[i] = mid(m, i);
	for (int64_t ms = 500; ms <= (int64_t)(seconds * 1000); ms += 500) {
		m->advance(m->self, START_MS + ms);
		while (m->trade(m->self, &t)) {
			if (t.coin >= 4)
				continue;
			volume[t.coin] += qty_to_double(t.sz);
			orders[t.coin] +=
				t.time_ms != last_ms[t.coin] || t.sell != last_sell[t.coin];
			last_ms[t.coin] = t.time_ms;
			last_sell[t.coin] = t.sell;
		}
		for (uint16_t i = 0; i < 4; i++) {
			struct paper_level b, a;

			m->depth(m->self, i, true, &b, 1);
			m->depth(m->self, i, false, &a, 1);
			double tick = i == 0 ? 1 : i == 1 ? 0.1 : i == 2 ? 0.01 : 0.00001;

			spread[i] += price_to_double((struct price){a.px.v - b.px.v}) / tick;
			touch[i] += (qty_to_double(a.sz) + qty_to_double(b.sz)) / 2;
			if (ms % 10000 == 0) {
				double now = mid(m, i), r = log(now / before[i]);

				var[i] += r * r;
				before[i] = now;
			}
		}
		n++;
	}
	for (int i = 0; i < 4; i++) {
		double vol = 1e4 * sqrt(var[i] / seconds);

		/* Bands: what 20 seeds of one hour scatter, doubled. */
		if (!(vol > want[i].vol * 0.65 && vol < want[i].vol * 1.6) ||
		    !(spread[i] / n > want[i].spread * 0.8 &&
		      spread[i] / n < want[i].spread * 1.4) ||
		    !(touch[i] / n > want[i].touch * 0.75 && touch[i] / n < want[i].touch * 1.3) ||
		    !(orders[i] / seconds > want[i].rate * 0.7 &&
		      orders[i] / seconds < want[i].rate * 1.35) ||
		    !(volume[i] / orders[i] > want[i].mean * 0.5 &&
		      volume[i] / orders[i] < want[i].mean * 2.0))
			test_fail(__FILE__, __LINE__,
				  "%s: vol %.3f (%.3f), spread %.2f (%.2f), touch %.4g (%.4g), "
				  "orders/s %.3f (%.3f), mean %.4g (%.4g)",
				  want[i].coin, vol, want[i].vol, spread[i] / n, want[i].spread,
				  touch[i] / n, want[i].touch, orders[i] / seconds, want[i].rate,
				  volume[i] / orders[i], want[i].mean);
	}
	gen_free(g);
}

/* Taking the touch empties it, moves the price and comes back with the stated half-life. */
TEST(gen_resilience)
{
	struct gen_param par;
	double back = 0, whole = 0;

	gen_param(&par, 0);
	par.mo_rate = 0;
	par.sigma_bp = 0;
	par.depth_sd = 0;
	par.impact_bp = 0;
	par.spread_sd = 0;
	for (uint64_t seed = 0; seed < 20; seed++) {
		struct gen_conf conf = {
			.seed = test_seed + seed, .start_ms = START_MS, .coin = &par, .n_coins = 1};
		struct gen *g = gen_new(&conf);
		const struct paper_market *m = gen_market(g);
		struct paper_level l[LEVELS];

		m->advance(m->self, START_MS + 100);
		uint32_t n = m->depth(m->self, 0, true, l, 15);
		int64_t worst = l[n - 1].px.v;
		double full = depth_sum(m, 0, true, 15, worst);

		for (uint32_t i = 0; i < n; i++)
			m->taken(m->self, 0, false, l[i].px, l[i].sz);
		CHECK_NEAR(depth_sum(m, 0, true, 15, worst), 0, 1e-9);
		m->advance(m->self, START_MS + 100 + (int64_t)(par.refill_s * 1000));
		back += depth_sum(m, 0, true, 15, worst);
		whole += full;
		gen_free(g);
	}
	/* Half, within what redrawn price factors add. */
	CHECK_NEAR(back / whole, 0.6, 0.2);
}

TEST(gen_impact)
{
	struct gen_param par;

	gen_param(&par, 0);
	par.mo_rate = 0;
	par.sigma_bp = 0;
	struct gen_conf conf = {
		.seed = test_seed, .start_ms = START_MS, .coin = &par, .n_coins = 1};
	struct gen *g = gen_new(&conf);
	const struct paper_market *m = gen_market(g);
	struct paper_level l;
	double before = mid(m, 0);

	REQUIRE(m->depth(m->self, 0, true, &l, 1) == 1);
	m->taken(m->self, 0, false, l.px, (struct qty){25 * 100000000LL});
	m->advance(m->self, START_MS + 20000);
	/* impact_bp for each root coin, 25 coins; the calm drift and the spread add a little. */
	CHECK_NEAR(1e4 * log(mid(m, 0) / before), -5 * par.impact_bp, 0.6);
	gen_free(g);
}

TEST(gen_sleep)
{
	struct gen_conf conf = {.seed = test_seed, .start_ms = START_MS};
	struct gen *g = gen_new(&conf);
	const struct paper_market *m = gen_market(g);
	struct paper_trade t;

	m->advance(m->self, START_MS + 4 * 3600 * 1000LL);
	while (m->trade(m->self, &t))
		CHECK(t.time_ms >= START_MS + 4 * 3600 * 1000LL - 301000);
	CHECK_INT(m->clock(m->self), START_MS + 4 * 3600 * 1000LL);
	gen_free(g);
}

/* --- scenarios --- */

TEST(scenario_crash)
{
	struct gen_conf conf = {
		.seed = test_seed, .start_ms = START_MS, .scenario = &scenario_crash};
	struct gen *g = gen_new(&conf);
	const struct paper_market *m = gen_market(g);
	struct price oracle;

	m->advance(m->self, START_MS + 118000);
	double btc = mid(m, 0), hype = mid(m, 4), depth = 0, low_depth = 0;

	for (int i = 0; i < 20; i++) {
		m->advance(m->self, START_MS + 118000 + i * 100);
		depth += depth_sum(m, 0, true, 20, 0);
	}
	/* In the middle of a wave the oracle is late. */
	m->advance(m->self, START_MS + 198000);
	REQUIRE(m->oracle(m->self, 0, &oracle));
	CHECK(price_to_double(oracle) > mid(m, 0) * 1.0005);
	for (int i = 0; i < 20; i++) {
		m->advance(m->self, START_MS + 218000 + i * 100);
		low_depth += depth_sum(m, 0, true, 20, 0);
	}
	double fall = mid(m, 0) / btc - 1, fall_alt = mid(m, 4) / hype - 1;

	CHECK(fall < -0.025 && fall > -0.05);
	CHECK(fall_alt < -0.02);
	CHECK(low_depth < depth * 0.35);
	gen_free(g);
}

TEST(scenario_table)
{
	struct scenario_now now;

	CHECK(scenario_find("thin") == &scenario_thin);
	CHECK(scenario_find("Thin") == NULL);
	scenario_at(&now, &scenario_thin, NULL, 1, 0);
	CHECK_NEAR(now.depth, 0.15, 1e-9);
	scenario_at(&now, &scenario_calm, NULL, 1, 1000000);
	CHECK_NEAR(now.log_shift, 0, 1e-12);
	scenario_at(&now, &scenario_crash, NULL, 1, 220000);
	CHECK_NEAR(now.log_shift, log(0.965), 1e-12);
	/* No jumps: a straight line between knots. */
	for (int64_t ms = 0; ms < 700000; ms += 100) {
		struct scenario_now a, b;

		scenario_at(&a, &scenario_crash, NULL, 1, ms);
		scenario_at(&b, &scenario_crash, NULL, 1, ms + 100);
		CHECK(fabs(a.log_shift - b.log_shift) < 1e-4 && b.depth > 0);
	}
}

/* A coin that is not in the table, and a clock that is not the venue's. */
TEST(gen_like)
{
	const struct gen_like like = {"ALT", "WLFI", 0, 3, 0.5, 1.0, 0.2};
	const struct gen_like none = {"ALT", "NONE", 0, 3, 0.5, 1.0, 0.2};
	struct gen_param par[2], wlfi;
	struct gen_conf conf = {.seed = test_seed,
				.start_ms = START_MS,
				.coin = par,
				.n_coins = 2,
				.clock_ms = 500};
	struct paper_coin coins[4];

	gen_param(&par[0], 0);
	gen_param(&wlfi, 3);
	CHECK(!gen_param_like(&par[1], &none));
	REQUIRE(gen_param_like(&par[1], &like));
	struct gen *g = gen_new(&conf);
	const struct paper_market *m = gen_market(g);
	double usd = 0;

	CHECK_INT(m->coins(m->self, coins, 4), 2);
	CHECK_STR(coins[1].name, "ALT");
	CHECK_INT(coins[1].max_leverage, 3);
	for (int i = 1; i <= 100; i++) {
		m->advance(m->self, START_MS + 100 * i);
		usd += depth_sum(m, 1, true, 1, 0) * mid(m, 1) / 100;
	}
	CHECK_NEAR(mid(m, 1), 0.5, 0.02);
	/* A fifth of the money that stands at the touch of the coin it is like. */
	CHECK_NEAR(usd / (0.2 * wlfi.top * wlfi.px), 1.0, 0.6);
	CHECK_INT(m->clock(m->self), START_MS + 10500);
	gen_free(g);
}

TEST_MAIN(T(tape_own), T(tape_errors), T(replay_own), T(replay_speed), T(replay_recorded),
	  T(gen_deterministic), T(gen_universe), T(crowd_shows_the_same_books), T(gen_books_sane),
	  T(gen_moments), T(gen_resilience), T(gen_impact), T(gen_sleep), T(scenario_crash),
	  T(scenario_table), T(gen_like))
