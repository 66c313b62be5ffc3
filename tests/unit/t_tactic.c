/* The child tactic: a table of situations, the queue counted by hand, both sides mirrored, and
 * what holds over random markets. */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/prng.h"
#include "plan/tactic.h"
#include "tests/run.h"

static const int64_t SEC = 1000000000;
enum { TICK = 10000 }; /* of the test's prices, in units of struct price */

static struct price at(int64_t ticks)
{
	return (struct price){ticks * TICK};
}

/* Two sides of five levels: best prices in ticks, the size of each level in coins. */
static struct book book_of(int64_t bid, int64_t ask, int64_t bid_sz, int64_t ask_sz)
{
	struct book b = {.n_bid = 5, .n_ask = 5};

	for (int k = 0; k < 5; k++) {
		b.bid[k] = (struct level){at(bid - k), {bid_sz * 100000000}, 1};
		b.ask[k] = (struct level){at(ask + k), {ask_sz * 100000000}, 1};
	}
	return b;
}

static int64_t any(struct prng *g, int64_t n)
{
	return (int64_t)prng_below(g, (uint64_t)n);
}

static struct tactic_slot slot_of(enum side side)
{
	struct tactic_slot s = {.side = side,
				.start_ns = 100 * SEC,
				.end_ns = 130 * SEC,
				.latency_ns = SEC,
				.tick = {TICK},
				.param = tactic_defaults()};
	/* Pinned, so that the table does not move with the default. */
	s.param = (struct tactic_param){.cross_lean = 0.95,
					.late_lean = 2,
					.lean_levels = 5,
					.reprices_max = 5,
					.chase_ns = 10 * SEC,
					.chase_bp = 5,
					.improve_ticks = 2};
	return s;
}

/* One situation, for a buyer whose slot began at 100 s with the touch at 99,990 / 99,991 ticks. */
struct situation {
	const char *what;
	int64_t bid, ask;	/* now, ticks */
	int64_t bid_sz, ask_sz; /* of each level */
	double at_s;
	enum tactic_own own;
	int64_t own_px; /* ticks */
	double distance;
	bool sick, blind;
	int64_t limit; /* ticks; 0 none */
	enum tactic_do act;
	enum tactic_why why;
	int64_t px; /* POST: ticks */
};

static const struct situation table[] = {
	{"starts at the touch", 99990, 99991, 5, 5, 100, TACTIC_OWN_NONE, 0, INFINITY, 0, 0, 0,
	 TACTIC_POST, TACTIC_STARTS, 99990},
	{"a wide spread is improved by a tick", 99990, 99993, 5, 5, 100, TACTIC_OWN_NONE, 0,
	 INFINITY, 0, 0, 0, TACTIC_POST, TACTIC_STARTS, 99991},
	{"not beyond the working price", 99990, 99991, 5, 5, 100, TACTIC_OWN_NONE, 0, INFINITY, 0,
	 0, 99980, TACTIC_POST, TACTIC_LIMIT, 99980},
	{"in line at the touch", 99990, 99991, 5, 5, 105, TACTIC_OWN_RESTING, 99990, INFINITY, 0, 0,
	 0, TACTIC_KEEP, TACTIC_WAITS, 0},
	{"the touch came to us and further", 99985, 99986, 5, 5, 105, TACTIC_OWN_RESTING, 99990,
	 INFINITY, 0, 0, 0, TACTIC_KEEP, TACTIC_WAITS, 0},
	{"left behind", 99992, 99993, 5, 5, 105, TACTIC_OWN_RESTING, 99990, INFINITY, 0, 0, 0,
	 TACTIC_REPOST, TACTIC_BEHIND, 0},
	{"left behind, but the limit is where we are", 99992, 99993, 5, 5, 105, TACTIC_OWN_RESTING,
	 99990, INFINITY, 0, 0, 99990, TACTIC_KEEP, TACTIC_WAITS, 0},
	{"left behind while the order flies", 99992, 99993, 5, 5, 105, TACTIC_OWN_FLYING, 99990,
	 INFINITY, 0, 0, 0, TACTIC_KEEP, TACTIC_WAITS, 0},
	{"while the cancel flies", 99992, 99993, 5, 5, 105, TACTIC_OWN_LEAVING, 99990, INFINITY, 0,
	 0, 0, TACTIC_WAIT, TACTIC_WAITS, 0},
	{"buyers only: it leans against a buyer", 99990, 99991, 1000, 1, 105, TACTIC_OWN_RESTING,
	 99990, INFINITY, 0, 0, 0, TACTIC_CROSS, TACTIC_LEANS, 0},
	{"sellers only: it leans for a buyer", 99990, 99991, 1, 1000, 105, TACTIC_OWN_RESTING,
	 99990, INFINITY, 0, 0, 0, TACTIC_KEEP, TACTIC_WAITS, 0},
	{"5 bp away from the start", 100045, 100046, 5, 5, 105, TACTIC_OWN_RESTING, 99990, INFINITY,
	 0, 0, 0, TACTIC_CROSS, TACTIC_CHASED, 0},
	{"the slot ends", 99990, 99991, 5, 5, 130, TACTIC_OWN_NONE, 0, INFINITY, 0, 0, 0,
	 TACTIC_CROSS, TACTIC_SLOT, 0},
	{"what rests is cancelled a latency before", 99990, 99991, 5, 5, 129, TACTIC_OWN_RESTING,
	 99990, INFINITY, 0, 0, 0, TACTIC_CROSS, TACTIC_SLOT, 0},
	{"nothing rests: not yet", 99990, 99991, 5, 5, 129, TACTIC_OWN_NONE, 0, INFINITY, 0, 0, 0,
	 TACTIC_POST, TACTIC_STARTS, 99990},
	{"no book: what rests is kept", 99990, 99991, 5, 5, 105, TACTIC_OWN_RESTING, 99990,
	 INFINITY, 0, 1, 0, TACTIC_KEEP, TACTIC_NO_BOOK, 0},
	{"no book: nothing to post against", 99990, 99991, 5, 5, 105, TACTIC_OWN_NONE, 0, INFINITY,
	 0, 1, 0, TACTIC_WAIT, TACTIC_NO_BOOK, 0},
	{"no book: the slot ends all the same", 99990, 99991, 5, 5, 131, TACTIC_OWN_NONE, 0,
	 INFINITY, 0, 1, 0, TACTIC_CROSS, TACTIC_SLOT, 0},
	{"3 % from liquidation", 99990, 99991, 5, 5, 105, TACTIC_OWN_RESTING, 99990, 0.03, 0, 0, 0,
	 TACTIC_CROSS, TACTIC_GATE, 0},
	{"4 sigmas of the slot (1 % each)", 99990, 99991, 5, 5, 105, TACTIC_OWN_RESTING, 99990,
	 0.0399, 0, 0, 0, TACTIC_CROSS, TACTIC_GATE, 0},
	{"a little more than that", 99990, 99991, 5, 5, 105, TACTIC_OWN_RESTING, 99990, 0.0401, 0,
	 0, 0, TACTIC_KEEP, TACTIC_WAITS, 0},
	{"a venue that answers errors", 99990, 99991, 5, 5, 105, TACTIC_OWN_NONE, 0, INFINITY, 1, 0,
	 0, TACTIC_CROSS, TACTIC_GATE, 0},
};

/* Prices seen in a mirror, for the other side. */
static int64_t mirror(int64_t ticks)
{
	return ticks ? 200000 - ticks : 0;
}

static struct tactic_say play(const struct situation *r, enum side side)
{
	bool buy = side == SIDE_BUY;
	struct tactic_slot s = slot_of(side);
	struct book b0 = book_of(buy ? 99990 : mirror(99991), buy ? 99991 : mirror(99990), 5, 5);
	struct book b = buy ? book_of(r->bid, r->ask, r->bid_sz, r->ask_sz)
			    : book_of(mirror(r->ask), mirror(r->bid), r->ask_sz, r->bid_sz);
	struct tactic t;
	struct tactic_in in = {.now_ns = 100 * SEC,
			       .book = &b0,
			       .venue_normal = true,
			       .distance = INFINITY,
			       .slot_sigma = 0.01};

	s.limit = at(buy ? r->limit : mirror(r->limit));
	tactic_init(&t, &s);
	(void)tactic_step(&t, &in);
	in.now_ns = (int64_t)(r->at_s * (double)SEC);
	in.book = r->blind ? NULL : &b;
	in.own = (uint8_t)r->own;
	in.own_px = at(buy ? r->own_px : mirror(r->own_px));
	in.own_left = (struct qty){100000000};
	in.venue_normal = !r->sick;
	in.distance = r->distance;
	return tactic_step(&t, &in);
}

TEST(situations)
{
	for (size_t i = 0; i < COUNT_OF(table); i++)
		for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
			const struct situation *r = &table[i];
			struct tactic_say say = play(r, (enum side)side);
			int64_t px = r->act != TACTIC_POST ? 0
				     : side == SIDE_BUY	   ? r->px
							   : mirror(r->px);

			if (say.act != r->act || say.why != r->why || say.px.v != at(px).v)
				test_fail(
					__FILE__, __LINE__,
					"%s (%s): does %d for %d at %lld, wanted %d for %d at %lld",
					r->what, side == SIDE_BUY ? "buy" : "sell", say.act,
					say.why, (long long)(say.px.v / TICK), (int)r->act,
					(int)r->why, (long long)px);
		}
}

TEST(queue_by_hand)
{
	struct tactic_slot s = slot_of(SIDE_SELL);
	struct book b = book_of(99990, 99991, 5, 7);
	struct tactic t;
	struct tactic_in in = {.now_ns = 100 * SEC,
			       .book = &b,
			       .venue_normal = true,
			       .distance = INFINITY,
			       .own = TACTIC_OWN_RESTING,
			       .own_px = at(99991),
			       .own_left = {200000000},
			       .book_shows_own = true};

	tactic_init(&t, &s);
	struct tactic_say say = tactic_step(&t, &in); /* 7 shown, 2 of them ours */
	CHECK(say.ahead_known);
	CHECK_INT(say.ahead.v, 500000000);
	tactic_trade(&t, 101 * SEC, at(99991), (struct qty){150000000}, SIDE_BUY);
	tactic_trade(&t, 101 * SEC, at(99991), (struct qty){150000000},
		     SIDE_SELL); /* not our side */
	tactic_trade(&t, 101 * SEC, at(99990), (struct qty){900000000},
		     SIDE_BUY); /* not our price */
	in.now_ns = 101 * SEC;
	say = tactic_step(&t, &in);
	CHECK_INT(say.ahead.v, 350000000);
	b.ask[0].sz.v = 450000000; /* 2.5 without us: somebody ahead went away */
	say = tactic_step(&t, &in);
	CHECK_INT(say.ahead.v, 250000000);
	b.ask[0].sz.v = 900000000; /* who comes now stands behind us */
	say = tactic_step(&t, &in);
	CHECK_INT(say.ahead.v, 250000000);
	tactic_trade(&t, 102 * SEC, at(99992), (struct qty){1}, SIDE_BUY); /* through us */
	say = tactic_step(&t, &in);
	CHECK_INT(say.ahead.v, 0);
	in.own = TACTIC_OWN_NONE;
	say = tactic_step(&t, &in);
	CHECK(!say.ahead_known);
}

TEST(chase_ends)
{
	struct tactic_slot s = slot_of(SIDE_BUY);
	struct tactic t;
	struct book b = book_of(99990, 99991, 5, 5);
	struct tactic_in in = {.now_ns = 100 * SEC,
			       .book = &b,
			       .venue_normal = true,
			       .distance = INFINITY,
			       .own_left = {100000000}};
	struct tactic_say say;

	/* Five reposts, then it crosses. */
	tactic_init(&t, &s);
	(void)tactic_step(&t, &in);
	for (int i = 1; i <= 6; i++) {
		in.own = TACTIC_OWN_RESTING;
		in.own_px = at(99990 + i - 1);
		in.now_ns += SEC;
		b = book_of(99990 + i, 99991 + i, 5, 5);
		say = tactic_step(&t, &in);
		CHECK_INT(say.act, i <= 5 ? TACTIC_REPOST : TACTIC_CROSS);
		CHECK_INT(say.reprices, i <= 5 ? i : 5);
	}
	CHECK_INT(say.why, TACTIC_CHASED);
	b = book_of(99990, 99991, 5, 5); /* the price comes back: too late */
	CHECK_INT(tactic_step(&t, &in).act, TACTIC_CROSS);

	/* Ten seconds from the first repost it follows no more; what rests at the touch stays. */
	for (int back = 0; back < 2; back++) {
		tactic_init(&t, &s);
		b = book_of(99990, 99991, 5, 5);
		in.own = TACTIC_OWN_NONE, in.now_ns = 100 * SEC;
		(void)tactic_step(&t, &in);
		b = book_of(99991, 99992, 5, 5);
		in.own = TACTIC_OWN_RESTING, in.own_px = at(99990), in.now_ns = 105 * SEC;
		CHECK_INT(tactic_step(&t, &in).act, TACTIC_REPOST);
		in.own_px = at(99991), in.now_ns = 114 * SEC;
		CHECK_INT(tactic_step(&t, &in).act, TACTIC_KEEP);
		if (back) { /* a return ends it, and the next has ten seconds of its own */
			b = book_of(99990, 99991, 5, 5);
			CHECK_INT(tactic_step(&t, &in).act, TACTIC_KEEP);
		}
		b = book_of(99991, 99992, 5, 5);
		in.now_ns = 120 * SEC;
		CHECK_INT(tactic_step(&t, &in).act, TACTIC_KEEP);
		b = book_of(99992, 99993, 5, 5);
		say = tactic_step(&t, &in);
		CHECK_INT(say.act, back ? TACTIC_REPOST : TACTIC_CROSS);
		CHECK_INT(say.why, back ? TACTIC_BEHIND : TACTIC_CHASED);
	}
	/* Time alone, or being away without following, ends nothing. */
	tactic_init(&t, &s);
	b = book_of(99990, 99991, 5, 5);
	in.own = TACTIC_OWN_NONE, in.now_ns = 100 * SEC;
	(void)tactic_step(&t, &in);
	b = book_of(99991, 99992, 5, 5);
	in.now_ns = 101 * SEC;
	CHECK_INT(tactic_step(&t, &in).act, TACTIC_POST);
	in.own = TACTIC_OWN_RESTING, in.own_px = at(99991), in.now_ns = 125 * SEC;
	CHECK_INT(tactic_step(&t, &in).act, TACTIC_KEEP);
}

TEST(hopeless_line)
{
	struct tactic_slot s = slot_of(SIDE_BUY);
	struct tactic t;
	struct book b = book_of(99990, 99991, 50, 50);
	struct tactic_in in = {
		.now_ns = 100 * SEC, .book = &b, .venue_normal = true, .distance = INFINITY};

	s.param.hopeless = 1;
	tactic_init(&t, &s);
	CHECK_INT(tactic_step(&t, &in).act, TACTIC_POST); /* nothing is known of the pace */
	tactic_trade(&t, 100 * SEC, at(99990), (struct qty){1500000000}, SIDE_SELL);
	struct tactic_say say = tactic_step(&t, &in); /* 0.5 a second, 30 s, 50 ahead */
	CHECK_NEAR(say.per_s, 0.5, 1e-12);
	CHECK_INT(say.act, TACTIC_CROSS);
	CHECK_INT(say.why, TACTIC_QUEUE);
	b = book_of(99990, 99991, 14, 14);
	tactic_init(&t, &s);
	tactic_trade(&t, 100 * SEC, at(99990), (struct qty){1500000000}, SIDE_SELL);
	CHECK_INT(tactic_step(&t, &in).act, TACTIC_POST);
}

/* Distances in sigmas of the slot: 0.1 % of 99,990 ticks is 99.99. */
TEST(distances)
{
	struct tactic_slot s = slot_of(SIDE_BUY);
	struct tactic t;
	struct book b = book_of(99990, 99991, 5, 5);
	struct tactic_in in = {.now_ns = 100 * SEC,
			       .book = &b,
			       .venue_normal = true,
			       .distance = INFINITY,
			       .sigma = 0.001};

	s.param.deep_sigmas = 0.2, s.param.deep_share = 0.5;
	tactic_init(&t, &s);
	struct tactic_say say = tactic_step(&t, &in);
	CHECK_INT(say.act, TACTIC_POST);
	CHECK_INT(say.why, TACTIC_DEEP);
	CHECK_INT(say.px.v, 99990LL * TICK - 19 * TICK); /* 19.998, rounded to the touch */
	CHECK_INT(say.next_ns, 101 * SEC);
	in.now_ns = 107500000000; /* half of the half */
	CHECK_INT(tactic_step(&t, &in).px.v, 99990LL * TICK - 9 * TICK);
	in.now_ns = 115 * SEC;
	say = tactic_step(&t, &in);
	CHECK_INT(say.px.v, 99990LL * TICK);
	CHECK_INT(say.why, TACTIC_STARTS);
	CHECK_INT(say.next_ns, 130 * SEC);
	in.sigma = 0, in.now_ns = 100 * SEC; /* unknown: 2 bp, a fifth of them 3.9996 ticks */
	CHECK_INT(tactic_step(&t, &in).px.v, 99990LL * TICK - 3 * TICK);
	in.slot_sigma = 0.0014; /* the honest one alone: 0.1 % and its margin */
	CHECK_INT(tactic_step(&t, &in).px.v, 99990LL * TICK - 19 * TICK);
	in.slot_sigma = 0;

	/* Nine ticks (0.9 bp) behind are no reason to leave the line, ten and a little are. */
	s.param.deep_sigmas = 0, s.param.behind_sigmas = 0.1;
	tactic_init(&t, &s);
	in.sigma = 0.001;
	(void)tactic_step(&t, &in);
	in.own = TACTIC_OWN_RESTING, in.own_px = at(99981), in.own_left.v = 1;
	in.now_ns = 105 * SEC;
	b = book_of(99990, 99991, 5, 5);
	CHECK_INT(tactic_step(&t, &in).act, TACTIC_KEEP);
	b = book_of(99991, 99992, 5, 5);
	say = tactic_step(&t, &in);
	CHECK_INT(say.act, TACTIC_REPOST);
	CHECK_INT(say.why, TACTIC_BEHIND);
}

/* The last fifth of the slot: a lean that was no reason before. */
TEST(late_lean)
{
	struct tactic_slot s = slot_of(SIDE_BUY);
	struct tactic t;
	struct book b = book_of(99990, 99991, 9, 1); /* 0.8 */
	struct tactic_in in = {.now_ns = 100 * SEC,
			       .book = &b,
			       .venue_normal = true,
			       .distance = INFINITY,
			       .own = TACTIC_OWN_RESTING,
			       .own_px = at(99990),
			       .own_left = {1}};

	s.param.late_lean = 0.7, s.param.late_share = 0.2;
	tactic_init(&t, &s);
	in.now_ns = 123900000000;
	CHECK_INT(tactic_step(&t, &in).act, TACTIC_KEEP);
	in.now_ns = 124 * SEC;
	struct tactic_say say = tactic_step(&t, &in);
	CHECK_INT(say.act, TACTIC_CROSS);
	CHECK_INT(say.why, TACTIC_LEANS);
	CHECK_NEAR(say.lean, 0.8, 1e-12);
}

/* The quote comes nearer while the slot runs out, stands further off where the price moves more,
 * never nearer than the touch, and no chase ends it. */
TEST(quotes)
{
	struct tactic_slot s = slot_of(SIDE_SELL);
	struct tactic t;
	struct book b = book_of(99990, 99991, 5, 5);
	struct tactic_in in = {.book = &b, .venue_normal = true, .distance = INFINITY};
	struct tactic_say say;
	int64_t far = 0;

	s.param = tactic_quotes();
	for (int k = 1; k <= 2; k++) {
		int64_t last = INT64_MAX;

		in.sigma = k * 4e-4;
		for (int at_s = 100; at_s < 130; at_s += 5) {
			tactic_init(&t, &s);
			in.now_ns = at_s * SEC;
			say = tactic_step(&t, &in);
			CHECK_INT(say.act, TACTIC_POST);
			CHECK(say.px.v <= last && say.px.v >= at(99991).v);
			last = say.px.v;
			if (at_s == 100) {
				CHECK(say.px.v > far);
				far = say.px.v;
			}
		}
		CHECK(last < at(99991).v + (far - at(99991).v) / 3);
	}
	/* By hand: 1 bp a root second, a 0.1/s, k 0.4/bp, gamma 0.1/bp, b 3 bp, 30 s left: eta
	 * 0.032768, w 0.16530 + 0.73921, 1.9804 bp = 19.8 ticks from 99,990.5. */
	tactic_init(&t, &s);
	in.now_ns = 100 * SEC, in.sigma = 1e-4 * sqrt(30);
	say = tactic_step(&t, &in);
	CHECK_INT(say.px.v, at(99991 + 19).v);
	in.own_left.v = 1;
	for (int i = 0; i < 12; i++) { /* the price goes 30 bp in 12 s: it follows */
		in.own = TACTIC_OWN_RESTING, in.own_px = say.px;
		in.now_ns += SEC;
		b = book_of(99990 - 25 * (i + 1), 99991 - 25 * (i + 1), 5, 5);
		CHECK_INT(tactic_step(&t, &in).act, TACTIC_REPOST);
		in.own = TACTIC_OWN_NONE;
		say = tactic_step(&t, &in);
		CHECK_INT(say.act, TACTIC_POST);
	}
}

/* Our own order, alone at a better price, is not a touch to join. */
TEST(does_not_chase_itself)
{
	for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
		bool buy = side == SIDE_BUY;
		struct tactic_slot s = slot_of((enum side)side);
		struct tactic t;
		struct book b = book_of(99990, 99995, 5, 5);
		struct tactic_in in = {.now_ns = 100 * SEC,
				       .book = &b,
				       .venue_normal = true,
				       .distance = INFINITY,
				       .book_shows_own = true};

		tactic_init(&t, &s);
		struct tactic_say say = tactic_step(&t, &in);
		CHECK_INT(say.px.v, at(buy ? 99991 : 99994).v);
		if (buy)
			b.bid[0] = (struct level){say.px, {100}, 1};
		else
			b.ask[0] = (struct level){say.px, {100}, 1};
		in.own = TACTIC_OWN_RESTING, in.own_px = say.px, in.own_left.v = 100;
		b.bid[1].px = at(99990), b.ask[1].px = at(99995);
		if (buy)
			b.ask[0].px = at(99995), b.ask[1].px = at(99996);
		else
			b.bid[0].px = at(99990), b.bid[1].px = at(99989);
		say = tactic_step(&t, &in);
		CHECK_INT(say.act, TACTIC_KEEP);
		CHECK(say.ahead_known && say.ahead.v == 0);
		in.own_left.v = 60; /* somebody joined us: now it is a touch, and ours still */
		CHECK_INT(tactic_step(&t, &in).act, TACTIC_REPOST);
	}
}

TEST(words)
{
	for (int i = 0; i < TACTIC_WHYS; i++)
		CHECK(tactic_why_text[i] && tactic_why_text[i][0]);
	struct tactic_param p = tactic_defaults();
	CHECK(p.reprices_max == 5 && p.chase_bp == 5 &&
	      p.chase_ns == 10 * SEC); /* operations.md 8 */
}

/* Random markets: never a price that takes or lies beyond the limit, no post with an order at
 * work, crossing is for good, past the end only crossing, and next_ns lies ahead or the end. */
TEST(properties)
{
	struct prng g;

	prng_seed(&g, test_seed);
	for (int run = 0; run < 2000; run++) {
		struct tactic_slot s = slot_of(any(&g, 2) ? SIDE_BUY : SIDE_SELL);
		struct tactic t;
		int64_t bid = 99990, px = 0;
		bool buy = s.side == SIDE_BUY, crossed = false;
		uint8_t own = TACTIC_OWN_NONE;
		double lean = 0;

		if (any(&g, 3) == 0)
			s.limit = at(buy ? 99985 : 99996);
		s.param.hopeless = any(&g, 2) ? 3 : 0;
		if (any(&g, 2))
			s.param = tactic_defaults();
		tactic_init(&t, &s);
		for (int64_t now = s.start_ns; now < s.end_ns + 2 * SEC; now += 1 + any(&g, SEC)) {
			bid += any(&g, 5) - 2;
			struct book b = book_of(bid, bid + 1 + any(&g, 4), 1 + any(&g, 90),
						1 + any(&g, 90));
			struct tactic_in in = {.now_ns = now,
					       .book = any(&g, 9) ? &b : NULL,
					       .own = own,
					       .own_px = {px},
					       .own_left = {100000000},
					       .venue_normal = true,
					       .distance = INFINITY};

			tactic_trade(&t, now, at(bid), (struct qty){1 + any(&g, 900000000)},
				     any(&g, 2) ? SIDE_BUY : SIDE_SELL);
			struct tactic_say say = tactic_step(&t, &in);
			CHECK(!crossed || say.act == TACTIC_CROSS);
			CHECK(now < s.end_ns || say.act == TACTIC_CROSS);
			CHECK(say.act != TACTIC_POST || own == TACTIC_OWN_NONE);
			CHECK(say.act != TACTIC_REPOST || own == TACTIC_OWN_RESTING);
			CHECK(say.next_ns <= s.end_ns);
			CHECK(say.lean >= -1 && say.lean <= 1);
			CHECK(!say.ahead_known || say.ahead.v >= 0);
			if (say.act == TACTIC_POST) {
				px = say.px.v;
				CHECK(buy ? px < b.ask[0].px.v : px > b.bid[0].px.v);
				if (s.limit.v)
					CHECK(buy ? px <= s.limit.v : px >= s.limit.v);
				own = TACTIC_OWN_RESTING;
			} else if (say.act == TACTIC_REPOST) {
				own = TACTIC_OWN_NONE;
			} else if (say.act == TACTIC_CROSS) {
				crossed = true;
			}
			lean += say.lean;
		}
		CHECK(isfinite(lean));
	}
}

TEST_MAIN(T(situations), T(queue_by_hand), T(chase_ends), T(hopeless_line), T(distances),
	  T(late_lean), T(quotes), T(does_not_chase_itself), T(words), T(properties))
