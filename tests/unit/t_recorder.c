/* What is recorded loads again as it was heard: rows, order, decimals; whole after a kill and after
 * a full disk; parts turn over; nothing but a recording's own files is ever deleted. */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/prng.h"
#include "host/record.h"
#include "tape/tape.h"
#include "tape/write.h"
#include "tests/run.h"

#define S_NS 1000000000ll
static const int64_t T0 = 1764307920000; /* 2025-11-28T05:32:00Z */
static char dir[64];
static struct instr_table instrs;
static char said[4000];
static unsigned fed;

static void say(void *arg, bool bad, const char *text)
{
	size_t n = strlen(said);

	(void)arg;
	(void)bad;
	snprintf(said + n, sizeof said - n, "%s\n", text);
}

static void feed(void *arg, uint16_t instr)
{
	(void)arg;
	(void)instr;
	fed++;
}

static void clean(void)
{
	char cmd[128];

	snprintf(cmd, sizeof cmd, "rm -rf '%s'", dir);
	CHECK_INT(system(cmd), 0);
}

static struct recorder *begin(const char *coins, int64_t max_bytes)
{
	static struct record_conf c;
	struct err e;

	c = (struct record_conf){.dir = dir, .max_bytes = max_bytes, .feed = feed, .say = say};
	snprintf(dir, sizeof dir, "/tmp/t_recorder.XXXXXX");
	CHECK(mkdtemp(dir) != NULL);
	CHECK(record_coins(&c, coins, &e));
	instr_table_init(&instrs);
	said[0] = 0;
	fed = 0;
	struct recorder *r = record_new(&c, &instrs, S_NS, T0, &e);

	CHECK(r != NULL);
	if (!r)
		return NULL;
	struct instr list[2] = {{.coin = "BTC", .sz_decimals = 5},
				{.coin = "ETH", .sz_decimals = 4}};
	struct event ev = {.kind = EV_INSTRS, .now_ns = S_NS, .wall_ms = T0};

	ev.instrs.n = 2;
	ev.instrs.at = list;
	record_event(r, &ev);
	return r;
}

static struct level lvl(int64_t px, int64_t sz)
{
	return (struct level){{px * 1000000000}, {sz}, 1}; /* px in tenths; sz in 1e-8 */
}

/* Book k: at T0 + 500 k ms, 20 levels or 5. */
static void put_book(struct recorder *r, int k, bool fast)
{
	struct book b = {.instr = 0, .fast = fast, .venue_ms = T0 + 500 * k};
	struct event ev = {
		.kind = EV_BOOK, .now_ns = S_NS + k * S_NS / 2, .wall_ms = T0 + 500 * k + 7};

	b.n_bid = b.n_ask = fast ? 5 : 20;
	b.seen_ns = ev.now_ns;
	for (int i = 0; i < b.n_bid; i++) {
		b.bid[i] = lvl(1000000 + k - 10 * i, 100000000 + k);
		b.ask[i] = lvl(1000010 + k + 10 * i, 12345);
	}
	ev.book.book = &b;
	record_event(r, &ev);
}

static void put_trade(struct recorder *r, int k, bool history)
{
	struct trade t = {.side = k % 2 ? SIDE_BUY : SIDE_SELL,
			  .px = {1000000 * 1000000000ll},
			  .sz = {1 + k},
			  .time_ms = T0 + 500 * k + 100,
			  .tid = 77u + (unsigned)k};
	struct event ev = {
		.kind = EV_TRADES, .now_ns = S_NS + k * S_NS / 2, .wall_ms = T0 + 500 * k + 110};

	ev.trades.instr = 0;
	ev.trades.history = history;
	ev.trades.n = 1;
	ev.trades.at = &t;
	record_event(r, &ev);
}

static bool load(struct tape *t, const char *part)
{
	struct err e = {0};
	bool ok = tape_load(t, part, &e);

	if (!ok)
		test_fail(__FILE__, __LINE__, "%s", e.text);
	return ok;
}

TEST(round_trip)
{
	struct recorder *r = begin("BTC", 1ll << 30);
	struct record_sum sum;
	struct tape t;
	struct err e;

	if (!r)
		return;
	CHECK_INT(fed, 1);
	CHECK(!record_unknown(r));
	for (int k = 0; k < 100; k++) {
		put_book(r, k, k % 10 != 0);
		put_trade(r, k, k == 50);
		struct event ev = {.kind = EV_BBO, .now_ns = S_NS + k * S_NS / 2, .wall_ms = T0};

		ev.bbo.bid = lvl(1000000 + k, 5);
		ev.bbo.ask = lvl(1000010 + k, 6);
		ev.bbo.venue_ms = T0 + 500 * k + 200;
		record_event(r, &ev);
		record_tick(r, ev.now_ns, T0 + 500 * k);
	}
	put_book(r, 3, false);	/* from before: not a row */
	put_book(r, 99, false); /* told again: neither */
	CHECK(record_end(r, &sum, &e));
	CHECK_INT(sum.books, 100);
	CHECK_INT(sum.trades, 99);
	CHECK_INT(sum.touches, 200);
	CHECK_INT(sum.lost, 0);
	CHECK_INT(sum.gaps, 0);
	if (load(&t, sum.part)) {
		const struct tape_coin *c = &t.at[0];

		CHECK_STR(c->coin, "BTC");
		CHECK_INT(c->n_book, 100);
		CHECK_INT(c->n_trade, 99);
		CHECK_INT(c->n_touch, 200);
		CHECK_INT(c->dropped_books + c->dropped_trades, 0);
		CHECK_INT(c->sz_decimals, 8);
		for (uint32_t k = 0; k < c->n_book && k < 100; k++) {
			const struct tape_book *b = &c->book[k];

			CHECK_INT(b->ms, T0 + 500 * k);
			CHECK_INT(b->side[0][0].px.v, (1000000 + k) * 1000000000ll);
			CHECK_INT(b->side[0][0].sz.v, 100000000 + k);
			CHECK_INT(b->side[1][4].px.v, (1000050 + k) * 1000000000ll);
			CHECK(b->n[0] > 5); /* fast ones keep what lies behind them */
		}
		CHECK_INT(c->trade[3].sz.v, 4);
		CHECK(c->trade[3].buy && !c->trade[2].buy);
		CHECK_INT(c->trade[3].ms, T0 + 1600);
		tape_free(&t);
	}
	clean();
}

/* Killed at any moment: all but the newest seconds is there, and loads. */
TEST(kill)
{
	struct recorder *r = begin("BTC", 1ll << 30);
	struct tape t;
	struct record_sum sum;
	struct err e;
	int status;
	pid_t pid;

	if (!r)
		return;
	pid = fork();
	if (pid == 0) {
		for (int k = 0;; k++) {
			put_book(r, k, false);
			put_trade(r, k, false);
			record_tick(r, S_NS + k * S_NS / 2, T0 + 500 * k);
			if (k == 203)
				kill(getpid(), SIGKILL);
		}
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
	char part[128];

	snprintf(part, sizeof part, "%s/20251128T053200Z", dir);
	if (load(&t, part)) {
		CHECK_INT(t.at[0].n_book, 201); /* the flush at 100 s */
		CHECK_INT(t.at[0].n_trade, 201);
		tape_free(&t);
	}
	record_end(r, &sum, &e);
	clean();
}

/* The disk is full for a while: said once, survived, counted, and the file is whole. */
TEST(full_disk)
{
	struct recorder *r = begin("BTC", 1ll << 30);
	struct rlimit was, little;
	struct record_sum sum;
	struct tape t;
	struct err e;
	int k = 0;

	if (!r)
		return;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &was);
	little = was;
	little.rlim_cur = 3000; /* cuts a member in the middle */
	for (; k < 40; k++) {
		put_book(r, k, false);
		record_tick(r, S_NS + k * S_NS / 2, T0 + 500 * k);
	}
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &little), 0);
	for (; k < 400; k++) {
		put_book(r, k, false);
		record_tick(r, S_NS + k * S_NS / 2, T0 + 500 * k);
	}
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &was), 0);
	CHECK(strstr(said, "nothing is recorded"));
	CHECK(!strstr(strstr(said, "nothing is recorded") + 1, "nothing is recorded"));
	for (; k < 500; k++) {
		put_book(r, k, false);
		record_tick(r, S_NS + k * S_NS / 2, T0 + 500 * k);
	}
	CHECK(strstr(said, "recording again"));
	CHECK(!record_end(r, &sum, &e));
	CHECK(strstr(e.text, "rows were lost"));
	CHECK(sum.lost > 100 && sum.lost < 360);
	if (load(&t, sum.part)) {
		CHECK_INT(t.at[0].n_book + sum.lost, 500);
		CHECK_INT(t.at[0].gaps, 1);
		tape_free(&t);
	}
	clean();
}

static unsigned entries(const char *path)
{
	unsigned n = 0;
	DIR *d = opendir(path);

	for (struct dirent *f; d && (f = readdir(d)) != NULL;)
		n += f->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}

static void make_file(const char *name, size_t bytes)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "w");
	CHECK(f != NULL);
	for (size_t i = 0; f && i < bytes; i++)
		fputc('x', f);
	if (f)
		fclose(f);
}

/* Parts turn over by size; the oldest go; what is not ours stays. */
TEST(rotation)
{
	struct recorder *r = begin("BTC", 400000);
	struct record_sum sum;
	struct tape t;
	struct err e;
	struct prng rng;
	char path[256];

	if (!r)
		return;
	snprintf(path, sizeof path, "%s/20200101T000000Z", dir);
	CHECK_INT(mkdir(path, 0755), 0);
	make_file("20200101T000000Z/trades_BTC.csv.gz", 1000000);
	make_file("20200101T000000Z/notes.txt", 10);
	snprintf(path, sizeof path, "%s/20200102T000000Z", dir);
	CHECK_INT(mkdir(path, 0755), 0);
	make_file("20200102T000000Z/trades_BTC.csv.gz", 10);
	make_file("trades_BTC.csv.gz", 1000000);
	prng_seed(&rng, test_seed);
	for (int k = 0; k < 20000; k++) {
		struct book b = {.instr = 0, .venue_ms = T0 + 500 * k, .n_bid = 20, .n_ask = 20};
		struct event ev = {
			.kind = EV_BOOK, .now_ns = S_NS + k * S_NS / 2, .wall_ms = T0 + 500 * k};

		for (int i = 0; i < 20; i++) {
			b.bid[i] = lvl(1000000 - 10 * i, 1 + (int64_t)(prng_unit(&rng) * 1e9));
			b.ask[i] = lvl(1000010 + 10 * i, 1 + (int64_t)(prng_unit(&rng) * 1e9));
		}
		ev.book.book = &b;
		record_event(r, &ev);
		record_tick(r, ev.now_ns, ev.wall_ms);
	}
	CHECK(record_end(r, &sum, &e));
	CHECK(sum.parts > 5);
	CHECK(entries(dir) > 4); /* the newest stay */
	snprintf(path, sizeof path, "%s/20200101T000000Z", dir);
	CHECK_INT(entries(path), 1); /* the notes of somebody */
	snprintf(path, sizeof path, "%s/20200102T000000Z", dir);
	CHECK(access(path, F_OK) != 0);
	snprintf(path, sizeof path, "%s/trades_BTC.csv.gz", dir);
	CHECK(access(path, F_OK) == 0);
	if (load(&t, sum.part)) {
		CHECK(t.at[0].n_book > 10);
		tape_free(&t);
	}
	snprintf(path, sizeof path, "du -sb '%s' | awk '{exit $1 > 1000000 + 600000}'", dir);
	CHECK_INT(system(path), 0);
	clean();
}

TEST(coins)
{
	static const char *const bad[] = {"",	     ",",    "BTC,",
					  "BTC,BTC", "../x", "BTC ETH",
					  "a/b",     "B.C",  "0123456789012345678901234567890123"};
	struct record_conf c;
	struct err e;
	char many[400] = "C0";

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		e.text[0] = 0;
		CHECK(!record_coins(&c, bad[i], &e));
		CHECK(strstr(e.text, "--coins"));
	}
	CHECK(record_coins(&c, "BTC,xyz:GOLD,@107,kPEPE", &e));
	CHECK_INT(c.n, 4);
	CHECK_STR(c.coin[1], "xyz:GOLD");
	for (int i = 1; i < 33; i++)
		snprintf(many + strlen(many), 8, ",C%u", (unsigned)i % 100);
	CHECK(!record_coins(&c, many, &e));

	struct recorder *r = begin("BTC,NOSUCH", 1 << 20);

	if (r) {
		struct record_sum sum;

		CHECK_STR(record_unknown(r), "NOSUCH");
		CHECK(record_end(r, &sum, &e));
		clean();
	}
}

/* A last member that was cut (power lost) costs that member only. */
TEST(torn_tail)
{
	struct recorder *r = begin("BTC", 1ll << 30);
	struct record_sum sum;
	struct tape t;
	struct err e;
	struct stat st;
	char path[sizeof sum.part + 40];
	uint32_t last = 0;

	if (!r)
		return;
	for (int k = 0; k < 60; k++) {
		put_book(r, k, false);
		record_tick(r, S_NS + k * S_NS / 2, T0 + 500 * k);
	}
	CHECK(record_end(r, &sum, &e));
	snprintf(path, sizeof path, "%s/orderbooks_BTC.csv.gz", sum.part);
	CHECK_INT(stat(path, &st), 0);
	for (int64_t cut = 1; cut < st.st_size / 2; cut += 97) {
		CHECK_INT(truncate(path, st.st_size - cut), 0);
		if (!load(&t, sum.part))
			break;
		CHECK(t.at[0].n_book >= 20 && t.at[0].n_book <= 60);
		CHECK(t.at[0].cut);
		CHECK(!last || t.at[0].n_book <= last);
		last = t.at[0].n_book;
		tape_free(&t);
	}
	clean();
}

/* A folder that is not what it should be is refused by file, line and value. */
TEST(hostile_tapes)
{
	static const struct {
		const char *books, *trades, *says;
	} bad[] = {
		{"timestamp,exchange_timestamp\n", "", "bid_price_0"},
		{"", "", "empty"},
#define HEAD  "exchange_timestamp,bid_price_0,bid_size_0,ask_price_0,ask_size_0\n"
#define TWO   HEAD "1,100,1,101,1\n2,100,1,101,1\n"
#define THEAD "exchange_timestamp,price,size,side\n"
		{HEAD "1,100,1,101,1\n", THEAD, "fewer than 2 books"},
		{HEAD "-1,100,1,101,1\n2,100,1,101,1\n", THEAD, "line 2 column 1: -1 is no time"},
		{HEAD "9000000000000000000,100,1,101,1\n", THEAD, "is no time"},
		{HEAD "1,nan,1,101,1\n", THEAD, "'nan' is no decimal"},
		{HEAD "1,100\n", THEAD, "column 3 is missing"},
		{TWO, THEAD "1,100,-1,buy\n", "price and size are positive"},
		{TWO, THEAD "1,100,1,up\n", "side is buy or sell"},
		{TWO, "", "empty"},
	};
	struct tape t;
	struct err e;

	snprintf(dir, sizeof dir, "/tmp/t_recorder.XXXXXX");
	CHECK(mkdtemp(dir) != NULL);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char path[128];
		const char *const name[] = {"orderbooks_X.csv", "trades_X.csv"};

		for (int f = 0; f < 2; f++) {
			FILE *out;

			snprintf(path, sizeof path, "%s/%s", dir, name[f]);
			out = fopen(path, "w");
			REQUIRE(out != NULL);
			fputs(f ? bad[i].trades : bad[i].books, out);
			fclose(out);
		}
		e.text[0] = 0;
		CHECK(!tape_load(&t, dir, &e));
		if (!strstr(e.text, bad[i].says))
			test_fail(__FILE__, __LINE__, "%zu: %s", i, e.text);
	}
	char pipe[128];

	snprintf(pipe, sizeof pipe, "%s/orderbooks_X.csv", dir);
	unlink(pipe);
	CHECK_INT(mkfifo(pipe, 0600), 0);
	CHECK(!tape_load(&t, dir, &e));
	CHECK(strstr(e.text, "orderbooks_X.csv: not a file"));
	clean();
}

TEST_MAIN(T(round_trip), T(kill), T(full_disk), T(rotation), T(coins), T(torn_tail),
	  T(hostile_tapes))
