/* The grammar of commands: sizes with units, prices, times, and the refusals word for word. */
#include <stdio.h>
#include <string.h>

#include "core/grammar.h"
#include "tests/run.h"

static const char *const accounts[] = {"main", "second"};
static const struct gram_ctx ctx = {
	.wall_ms = 1756996200000, /* 14:30:00Z */
	.account = 0xff,
	.n_accounts = 2,
	.accounts = accounts,
};

static bool parse(struct cmd *c, const char *text, int *bad, struct err *e)
{
	char line[256];
	const char *words[24];
	int n;

	snprintf(line, sizeof line, "%s", text);
	n = gram_split(line, words, 24);
	memset(c, 0, sizeof *c);
	memset(e, 0, sizeof *e);
	return n >= 0 && gram_parse(&ctx, c, n, words, bad, e);
}

TEST(sizes)
{
	static const struct {
		const char *s;
		uint8_t unit;
		int64_t v;
	} good[] = {
		{"0.5BTC", SIZE_COIN, 50000000},	   {"0.5btc", SIZE_COIN, 50000000},
		{"25000USD", SIZE_USD, 2500000000000},	   {"25kUSD", SIZE_USD, 2500000000000},
		{"1.5MUSD", SIZE_USD, 150000000000000},	   {"40%", SIZE_PERCENT, 400000000000},
		{"100%", SIZE_PERCENT, 1000000000000},	   {"1,000BTC", SIZE_COIN, 100000000000},
		{"1e9BTC", SIZE_COIN, 100000000000000000}, {"2.5E4USD", SIZE_USD, 2500000000000},
	};
	struct size z;
	struct err e;

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		REQUIRE(gram_size(&z, good[i].s, "BTC", &e));
		CHECK_INT(z.unit, good[i].unit);
		CHECK_INT(z.unit == SIZE_COIN  ? z.coin.v
			  : z.unit == SIZE_USD ? z.usd.v
					       : z.part.v,
			  good[i].v);
	}
	CHECK(gram_size(&z, "all", "BTC", &e) && z.unit == SIZE_ALL);
	CHECK(gram_size(&z, "12kPEPE", "kPEPE", &e) && z.coin.v == 1200000000);
	CHECK(gram_size(&z, "3TSLA", "xyz:TSLA", &e) && z.coin.v == 300000000);
}

TEST(size_refusals)
{
	static const struct {
		const char *s, *text;
	} bad[] = {
		{"12", "12 of what? Write 12BTC, 12% or 12000USD."},
		{"0.5", "0.5 of what? Write 0.5BTC, 0.5% or 25000USD."},
		{"5k", "5k of what? Write 5kBTC or 5kUSD."},
		{"1e9", "1e9 of what? Write 1e9BTC or 1e9USD."},
		{"120%", "120% is more than all; write all."},
		{"0BTC", "0BTC is nothing; a size is more than zero."},
		{"-1BTC", "-1BTC is negative; a size is how much to close."},
		{"12ETH", "12ETH: ETH is not a unit here. Write BTC, % or USD."},
		{"lots", "lots is not a size. Write 0.5BTC, 40%, 25000USD or all."},
		{"0.123456789BTC", "0.123456789BTC has more digits than can be kept (8)."},
		{"99999999999999BTC", "99999999999999BTC is too large."},
		{"1e40BTC", "1e40BTC is too large."},
		{"1e3ETH", "1e3ETH: ETH is not a unit here. Write BTC, % or USD."},
	};
	struct size z;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct err e = {0};
		CHECK(!gram_size(&z, bad[i].s, "BTC", &e));
		CHECK_INT(e.code, ERR_ARG);
		CHECK_STR(e.text, bad[i].text);
	}
}

/* "0,5BTC" is how half the world writes a half: it must never become five. */
TEST(decimal_commas)
{
	static const char *const sizes[] = {"0,5BTC",	 "1,5BTC",     "2,5%",	      "12,5%",
					    "25,00USD",	 "1.5,000BTC", "1,0000BTC",   ",5BTC",
					    "1,,000BTC", "0,500BTC",   "1234,000USD", "1,234,5USD",
					    "1,BTC"};
	static const char *const prices[] = {"108,5k",	 "4100,5",    "-0,5%",
					     "liq+0,2%", "bid-2,5bp", "108.500,000"};
	struct price_spec p;
	struct size z;
	struct ratio r;

	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct err e = {0};
		CHECK(!gram_size(&z, sizes[i], "BTC", &e));
		CHECK(strstr(e.text, "a comma only parts thousands") != NULL);
	}
	for (size_t i = 0; i < sizeof prices / sizeof prices[0]; i++) {
		struct err e = {0};
		CHECK(!gram_price(&p, prices[i], &e));
		CHECK(strstr(e.text, "a comma only parts thousands") != NULL);
	}
	for (int i = 0; i < 2; i++) {
		struct err e = {0};
		CHECK(!gram_percent(&r, i ? "0,1" : "2,5%", &e));
		CHECK(!gram_unit(&r, "0,5", &e));
		CHECK_STR(e.text, "0,5 is not a number from 0 to 1. Write 0.5.");
		CHECK(!gram_factor(&r, "1,5x", &e));
	}
	CHECK(gram_size(&z, "1,234,567.25USD", "BTC", NULL) && z.usd.v == 123456725000000);
	CHECK(gram_price(&p, "108,500.5", NULL) && p.abs.v == 1085005000000000);
}

TEST(prices)
{
	static const struct {
		const char *s;
		uint8_t ref;
		int64_t v;
	} good[] = {
		{"108.5k", PREF_ABS, 1085000000000000},
		{"108,500", PREF_ABS, 1085000000000000},
		{"0.1864", PREF_ABS, 1864000000},
		{"-1%", PREF_FROM_MARK, -10000000000},
		{"\xe2\x88\x92"
		 "1%",
		 PREF_FROM_MARK, -10000000000},
		{"+1%", PREF_FROM_MARK, 10000000000},
		{"liq+0.2%", PREF_FROM_LIQ, 2000000000},
		{"bid-3bp", PREF_FROM_BID, -300000000},
		{"ask", PREF_FROM_ASK, 0},
		{"arrival-8%", PREF_FROM_ARRIVAL, -80000000000},
		{"112k wait", PREF_ABS, 1120000000000000},
		{"+2% wait", PREF_FROM_MARK, 20000000000},
	};
	static const char *const bad[] = {"1%", "x", "-5", "0", "liq*2", "108.5q", "1e5", ""};
	struct price_spec p;
	struct err e;

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		REQUIRE(gram_price(&p, good[i].s, &e));
		CHECK_INT(p.ref, good[i].ref);
		CHECK_INT(p.wait, strstr(good[i].s, "wait") != NULL);
		CHECK_INT(p.ref == PREF_ABS ? p.abs.v : p.offset.v, good[i].v);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK(!gram_price(&p, bad[i], &e));
}

TEST(times)
{
	int64_t v;
	struct err e;

	CHECK(gram_duration(&v, "30m", &e) && v == 1800000);
	CHECK(gram_duration(&v, "90s", &e) && v == 90000);
	CHECK(gram_duration(&v, "1h30m", &e) && v == 5400000);
	CHECK(gram_duration(&v, "2h50", &e) && v == 10200000);
	CHECK(gram_duration(&v, "1.5h", &e) && v == 5400000);
	CHECK(!gram_duration(&v, "30", &e));
	CHECK_STR(e.text, "30 of what? Write 30s, 30m or 30h.");
	CHECK(!gram_duration(&v, "0s", &e));
	CHECK(!gram_duration(&v, "5m1h", &e));
	CHECK(!gram_duration(&v, "-5m", &e));
	CHECK(!gram_duration(&v, "500d", &e));
	CHECK(gram_clock(&v, "18:05Z", ctx.wall_ms, &e) && v == 1757009100000);
	CHECK(gram_clock(&v, "14:30Z", ctx.wall_ms, &e) && v == ctx.wall_ms + 86400000);
	CHECK(gram_clock(&v, "14:30:01Z", ctx.wall_ms, &e) && v == ctx.wall_ms + 1000);
	CHECK(!gram_clock(&v, "18:05", ctx.wall_ms, &e));
	CHECK_STR(e.text, "18:05 of which zone? Write 18:05Z (UTC).");
	CHECK(!gram_clock(&v, "25:00Z", ctx.wall_ms, &e));
}

TEST(exit_whole)
{
	struct cmd c;
	struct err e;
	int bad;

	REQUIRE(parse(&c, "exit BTC --size 50% --algo ac --for 10m --risk 1% --working 108.5k",
		      &bad, &e));
	CHECK_INT(c.kind, CMD_EXIT);
	CHECK_STR(c.ticket.coin, "BTC");
	CHECK_INT(c.ticket.account, 0);
	CHECK_INT(c.ticket.algo, ALGO_AC);
	CHECK_INT(c.ticket.horizon_ms, 600000);
	CHECK_INT(c.ticket.size.unit, SIZE_PERCENT);
	CHECK_INT(c.ticket.working.abs.v, 1085000000000000);
	/* The coin may stand after the options that need it. */
	REQUIRE(parse(&c, "exit --size=0.5BTC BTC --account second", &bad, &e));
	CHECK_INT(c.ticket.size.coin.v, 50000000);
	CHECK_INT(c.ticket.account, 1);
	CHECK_INT(c.ticket.algo, ALGO_SWEEP);
	REQUIRE(parse(&c, "exit SOL --size all --algo chase --last +1%", &bad, &e));
	CHECK_INT(c.ticket.algo, ALGO_SWEEP);
	CHECK_INT(c.ticket.place, PLACE_CHASE);
	REQUIRE(parse(&c, "exit SOL --size all --algo pov --cap 5%", &bad, &e));
	CHECK_INT(c.ticket.algo, ALGO_POV);
	REQUIRE(parse(&c, "exit SOL --size all --algo is", &bad, &e));
	CHECK_INT(c.ticket.algo, ALGO_IS);
	CHECK(!c.ticket.by_danger);
	REQUIRE(parse(&c, "exit SOL --size all --algo danger", &bad, &e));
	CHECK_INT(c.ticket.algo, ALGO_AC);
	CHECK(c.ticket.by_danger);
	REQUIRE(parse(&c, "exit SOL --size all --algo adaptive --for 1h --urgency 0.4", &bad, &e));
	CHECK_INT(c.ticket.algo, ALGO_ADAPTIVE);
	REQUIRE(parse(&c, "exit ETH --to 3x --by 18:05Z --random 0%", &bad, &e));
	CHECK_INT(c.ticket.target, TARGET_LEVERAGE);
	CHECK_INT(c.ticket.catch_up, CATCH_BY);
	CHECK_INT(c.ticket.algo, ALGO_TWAP);
	CHECK(c.ticket.random_set);
	REQUIRE(parse(&c, "exit ETH --to liq:3,000 --for 1h", &bad, &e));
	CHECK_INT(c.ticket.target, TARGET_LIQ_PRICE);
	CHECK_INT(c.ticket.target_v, 30000000000000);
}

TEST(refusals_name_the_word)
{
	static const struct {
		const char *line;
		int bad;
		const char *text;
	} rows[] = {
		{"exti BTC", 0, "No command exti. Near: exit."},
		{"exit", 1, "exit needs COIN --size S|--to T."},
		{"exit BTC", 2, "How much BTC? Write --size all, --size 40% or --to 0."},
		{"exit BTC --size 12", 3, "--size 12 of what? Write 12BTC, 12% or 12000USD."},
		{"exit BTC --sise all", 2, "exit has no option --sise. Near: --size."},
		{"exit BTC --size all --algo twpa", 5,
		 "--algo twpa: write one of "
		 "twap ac sweep venue-twap vwap pov is adaptive chase danger."},
		{"exit BTC --size all --algo pov --for 1h", 8,
		 "--algo pov ends when the market has traded enough: give --cap, and no --for or "
		 "--by."},
		{"exit BTC --size all --algo is --urgency 0.5", 8,
		 "--urgency belongs to --algo ac and adaptive; with is it is chosen."},
		{"exit BTC --size all --algo vwap --for 1h --urgency 0.5", 10,
		 "--urgency belongs to --algo ac and adaptive."},
		{"tune x1 --algo is", 3,
		 "--algo is begins an exit and is no change of one: --danger, --urgency or --for "
		 "say what should change."},
		{"exit BTC --size all --urgency 3", 5, "--urgency 3 is not between 0 and 1."},
		{"exit BTC --size all --for -5m", 5,
		 "--for -5m is not a duration. Write 90s, 30m or 1h30m."},
		{"exit BTC --size all --cap 0%", 5,
		 "--cap 0%: write more than 0%, or leave it out."},
		{"exit BTC --size all --depth 0%", 5,
		 "--depth 0%: write more than 0%, or leave it out."},
		{"exit BTC --size all --size all", 5, "--size is written twice."},
		{"exit BTC --size", 2,
		 "--size needs a value: how much: 0.5BTC, 40%, 25000USD, all."},
		{"exit BTC --size all --algo twap", 6,
		 "This plan needs an end: write --for 30m or --by 18:05Z."},
		{"exit BTC ETH --size all", 2, "exit: one word too many, ETH."},
		{"exit BTC danger 1%", 2, "exit: one word too many, danger. Write --danger."},
		{"exit BTC --size all --account man", 5, "No account man. Near: main."},
		{"exit BTC --size all --yes=1", 4, "--yes takes no value."},
		{"tune x2", 2,
		 "What about x2? Write --pace 1.5x, --working -1%, --for 30m or another of its "
		 "options."},
		{"tune 2q --pace 1.5x", 1, "2q is not an exit. Write x1."},
		{"flatten --longs --shorts", 2,
		 "--shorts: longs, shorts and coins exclude each other."},
		{"trim --cushion 60%", 2, "--cushion 60%: write more than 0% and at most 50%."},
		{"care --part 50%", 1, "care has no option --part."},
		{"guard --trigger 100k", 3, "--trigger is for one named coin."},
		{"guard BTC ETH --trigger 100k", 5, "--trigger is for one named coin."},
		{"guard BTC --off --trigger 100k", 5, "--off and --trigger exclude each other."},
		{"guard BTC --longs", 2, "--longs: longs, shorts and coins exclude each other."},
		{"add WLFI", 2, "How much for WLFI? Write --usd 500USD."},
		{"add WLFI --usd 5WLFI", 3,
		 "--usd 5WLFI: WLFI is not a unit here. Write the coin, % or USD."},
		{"add WLFI --usd all", 3, "--usd all: write an amount like 500USD."},
		{"exit BTC --size all --guard --no-guard", 5,
		 "--guard and --no-guard exclude each other."},
		{"pause p0", 1, "p0 is neither x2 nor p2."},
		{"close-rest p1", 1, "p1 is not an exit. Write x1."},
		{"pause x99999999999", 1, "x99999999999 is not an exit. Write x1."},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cmd c;
		struct err e;
		int bad = -1;
		CHECK(!parse(&c, rows[i].line, &bad, &e));
		CHECK_STR(e.text, rows[i].text);
		CHECK_INT(bad, rows[i].bad);
	}
}

TEST(other_verbs)
{
	struct cmd c;
	struct err e;
	int bad;

	REQUIRE(parse(&c, "flatten", &bad, &e));
	CHECK_INT(c.flatten.account, 0xff);
	CHECK_INT(c.flatten.part.v, 1000000000000);
	REQUIRE(parse(&c, "flatten BTC ETH --part 50% --keep SOL --keep HYPE --yes", &bad, &e));
	CHECK_INT(c.flatten.scope, FLAT_COINS);
	CHECK_INT(c.flatten.n_coins, 2);
	CHECK_INT(c.flatten.n_keep, 2);
	CHECK_INT(c.yes, 1);
	CHECK_INT(c.flatten.verb, VERB_NOW);
	REQUIRE(parse(&c, "trim BTC --cushion 8% --account second --dry-run", &bad, &e));
	CHECK_INT(c.kind, CMD_FLATTEN);
	CHECK_INT(c.flatten.verb, VERB_TRIM);
	CHECK_INT(c.flatten.cushion.v, 80000000000);
	CHECK_INT(c.flatten.account, 1);
	CHECK_INT(c.flatten.n_cuts, 0);
	CHECK(c.flatten.dry_run);
	REQUIRE(parse(&c, "care --shorts --keep SOL", &bad, &e));
	CHECK_INT(c.flatten.verb, VERB_CARE);
	CHECK_INT(c.flatten.scope, FLAT_SHORTS);
	CHECK_INT(c.flatten.n_keep, 1);
	REQUIRE(parse(&c, "guard", &bad, &e));
	CHECK(c.kind == CMD_GUARD && c.guard.account == 0xff && c.guard.scope == FLAT_ALL);
	CHECK(c.guard.trigger.ref == PREF_NONE && !c.guard.off && !c.guard.dry_run);
	REQUIRE(parse(&c, "guard BTC --trigger liq+0.6% --dry-run --account second", &bad, &e));
	CHECK(c.guard.scope == FLAT_COINS && c.guard.n_coins == 1 && c.guard.account == 1);
	CHECK(c.guard.trigger.ref == PREF_FROM_LIQ && c.guard.trigger.offset.v == 6000000000);
	REQUIRE(parse(&c, "guard --longs --off", &bad, &e));
	CHECK(c.guard.scope == FLAT_LONGS && c.guard.off);
	REQUIRE(parse(&c, "add WLFI --usd 500USD", &bad, &e));
	CHECK(c.kind == CMD_ADD && c.add.usd.v == 50000000000 && !strcmp(c.add.coin, "WLFI"));
	REQUIRE(parse(&c, "exit BTC --size all --for 30m", &bad, &e));
	CHECK(c.ticket.guard); /* the default */
	REQUIRE(parse(&c, "exit BTC --size all --for 30m --no-guard", &bad, &e));
	CHECK(!c.ticket.guard);
	REQUIRE(parse(&c, "pause p3", &bad, &e));
	CHECK(c.which.exit == (WHICH_PANIC | 3));
	REQUIRE(parse(&c, "cancel exits", &bad, &e));
	CHECK_INT(c.cancel.scope, CANCEL_EXITS);
	CHECK(!c.cancel.stops);
	REQUIRE(parse(&c, "cancel 123456 --stops", &bad, &e));
	CHECK_INT(c.cancel.scope, CANCEL_ONE);
	CHECK_INT(c.cancel.oid, 123456);
	REQUIRE(parse(&c, "cancel BTC", &bad, &e));
	CHECK_INT(c.cancel.scope, CANCEL_COIN);
	REQUIRE(parse(&c, "pause", &bad, &e));
	CHECK_INT(c.which.exit, 0);
	REQUIRE(parse(&c, "resume x7", &bad, &e));
	CHECK_INT(c.which.exit, 7);
	REQUIRE(parse(&c, "tune x2 --pace 1.5x --last -8% --size 40%", &bad, &e));
	CHECK_INT(c.tune.fields, TUNE_PACE | TUNE_LAST | TUNE_SIZE);
	CHECK_INT(c.tune.pace.v, 1500000000000);
}

TEST(off_tick)
{
	struct instr btc = {.coin = "BTC", .sz_decimals = 5, .px_decimals = 1, .px_sig = 5};
	struct err e;

	CHECK(gram_price_on_tick(&btc, (struct price){1085000000000000}, &e));
	CHECK(!gram_price_on_tick(&btc, (struct price){1085005000000000}, &e));
	CHECK_STR(e.text, "108,500.5 is not on BTC's tick of 1. Use 108,500 or 108,501.");
}

TEST_MAIN(T(sizes), T(size_refusals), T(decimal_commas), T(prices), T(times), T(exit_whole),
	  T(refusals_name_the_word), T(other_verbs), T(off_tick))
