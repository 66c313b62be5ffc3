/* t_guard: a stop kept at the venue: placed, read back, moved new before old, placed again, said.
 */
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "exec/guard.h"
#include "tests/run.h"

#define SEC    1000000000LL
#define USD(x) ((struct price){(int64_t)((x)*10000000000.0)})

static const struct instr btc = {.coin = "BTC",
				 .asset = 3,
				 .sz_decimals = 5,
				 .px_decimals = 1,
				 .px_sig = 5,
				 .max_leverage = 40,
				 .n_tiers = 1,
				 .tiers = {{{0}, 40}},
				 .min_notional = {1000000000}};

/* 20 BTC long at 112,000, which die at 105,000. */
static struct guard_view view(void)
{
	return (struct guard_view){.now_ns = 100 * SEC,
				   .instr = &btc,
				   .may_send = true,
				   .position_known = true,
				   .szi = {2000000000},
				   .reads = 10,
				   .mark = USD(112000),
				   .dies = USD(105000)};
}

static const struct guard_want *find(const struct guard_out *o, enum guard_want_kind kind)
{
	for (uint32_t i = 0; i < o->n; i++)
		if (o->at[i].kind == kind)
			return &o->at[i];
	return NULL;
}

static void report(struct guard_keep *g, const struct guard_view *v, enum report_kind kind,
		   uint32_t attempt, enum reject why, const char *text)
{
	struct exec_report r = {.kind = (uint8_t)kind, .attempt = attempt, .reject = (uint8_t)why};

	memcpy(r.text, text, strlen(text) + 1);
	guard_on_order(g, &r, (struct price){0}, (struct price){0}, v->now_ns);
}

/* Placed, open and read back. */
static struct guard_want rest(struct guard_keep *g, struct guard_view *v)
{
	struct guard_out out;
	struct guard_want w;

	guard_step(g, v, &out);
	if (!find(&out, GW_PLACE)) {
		test_fail(__FILE__, __LINE__, "nothing placed");
		return (struct guard_want){0};
	}
	w = *find(&out, GW_PLACE);
	report(g, v, REP_OPEN, w.attempt, REJ_NONE, "");
	v->now_ns += SEC;
	guard_step(g, v, &out);
	CHECK(find(&out, GW_CHECK));
	guard_seen(g, w.attempt, w.trigger, true);
	guard_step(g, v, &out);
	CHECK_INT(g->state, GUARD_RESTING);
	return w;
}

TEST(placed_and_read_back)
{
	struct guard_view v = view();
	struct guard_keep g;
	struct guard_out out;
	struct guard_want w;

	guard_init(&g, 1, "BTC", USD(0));
	guard_step(&g, &v, &out);
	REQUIRE(find(&out, GW_PLACE));
	w = *find(&out, GW_PLACE);
	CHECK_INT(g.state, GUARD_PLACING);
	CHECK(out.save);
	CHECK(!w.buy);
	CHECK(w.trigger.v > v.dies.v && w.trigger.v < v.mark.v);
	CHECK_INT(w.trigger.v, USD(107100).v); /* 2 % above death: half the way is more */
	CHECK_INT(w.limit.v, USD(96390).v);    /* 10 % past it */
	report(&g, &v, REP_OPEN, w.attempt, REJ_NONE, "");
	guard_step(&g, &v, &out);
	CHECK_INT(g.state, GUARD_PLACING); /* open is not yet seen */
	CHECK(find(&out, GW_CHECK));
	guard_seen(&g, w.attempt, w.trigger, true);
	guard_step(&g, &v, &out);
	CHECK_INT(g.state, GUARD_RESTING);
	REQUIRE(guard_resting(&g));
	CHECK_INT(guard_resting(&g)->trigger.v, w.trigger.v);
	for (int i = 0; i < 100; i++) { /* and then nothing is done */
		v.now_ns += SEC;
		guard_step(&g, &v, &out);
		CHECK(!find(&out, GW_PLACE) && !find(&out, GW_CANCEL));
	}
}

/* A short's stop buys, above the mark and below death. */
TEST(short_side)
{
	struct guard_view v = view();
	struct guard_keep g;
	struct guard_out out;
	const struct guard_want *w;

	v.szi.v = -2000000000;
	v.dies = USD(114000);
	guard_init(&g, 1, "BTC", USD(0));
	guard_step(&g, &v, &out);
	w = find(&out, GW_PLACE);
	REQUIRE(w);
	CHECK(w->buy);
	CHECK(w->trigger.v < v.dies.v && w->trigger.v > v.mark.v);
	CHECK(w->limit.v > w->trigger.v);
	CHECK_INT(w->trigger.v, USD(113000).v);
	CHECK_INT(w->limit.v, USD(124300).v);
}

/* The mark comes nearer: the trigger stays where it is. A trigger that flees never fires. */
TEST(only_death_moves_it)
{
	struct guard_view v = view();
	struct guard_keep g;
	struct guard_out out;

	guard_init(&g, 1, "BTC", USD(0));
	rest(&g, &v);
	for (double p = 112000; p > 106000; p -= 50) {
		v.now_ns += SEC;
		v.mark = USD(p);
		guard_step(&g, &v, &out);
		CHECK(!find(&out, GW_PLACE) && !find(&out, GW_CANCEL));
	}
	CHECK_INT(guard_resting(&g)->trigger.v, USD(107100).v);
}

/* New before old: the old one goes only when the venue has shown the new one. */
TEST(moves_new_before_old)
{
	struct guard_view v = view();
	struct guard_keep g;
	struct guard_out out;
	struct guard_want first, w;

	guard_init(&g, 1, "BTC", USD(0));
	first = rest(&g, &v);
	v.now_ns += 10 * SEC;
	v.dies = USD(105500); /* less than a quarter of the 2,100 between */
	guard_step(&g, &v, &out);
	CHECK(!find(&out, GW_PLACE));
	v.dies = USD(105600);
	guard_step(&g, &v, &out);
	REQUIRE(find(&out, GW_PLACE));
	w = *find(&out, GW_PLACE);
	CHECK_INT(g.state, GUARD_MOVING);
	CHECK(w.attempt != first.attempt && w.trigger.v > first.trigger.v);
	CHECK(!find(&out, GW_CANCEL));
	report(&g, &v, REP_OPEN, w.attempt, REJ_NONE, "");
	guard_step(&g, &v, &out);
	CHECK(!find(&out, GW_CANCEL)); /* open, not shown */
	guard_seen(&g, w.attempt, w.trigger, true);
	guard_step(&g, &v, &out);
	REQUIRE(find(&out, GW_CANCEL));
	CHECK_INT(find(&out, GW_CANCEL)->attempt, first.attempt);
	report(&g, &v, REP_CLOSED, first.attempt, REJ_NONE, "canceled");
	v.now_ns += 10 * SEC;
	guard_step(&g, &v, &out);
	CHECK_INT(g.state, GUARD_RESTING);
	CHECK(!find(&out, GW_CANCEL) && !find(&out, GW_PLACE));
}

/* The new one is refused: the old one stays. */
TEST(a_refused_move_keeps_the_old)
{
	struct guard_view v = view();
	struct guard_keep g;
	struct guard_out out;
	struct guard_want first, w;

	guard_init(&g, 1, "BTC", USD(0));
	first = rest(&g, &v);
	v.now_ns += 10 * SEC;
	v.dies = USD(106000);
	guard_step(&g, &v, &out);
	REQUIRE(find(&out, GW_PLACE));
	w = *find(&out, GW_PLACE);
	report(&g, &v, REP_CLOSED, w.attempt, REJ_OTHER, "Too many open orders. asset=3");
	guard_step(&g, &v, &out);
	CHECK(!find(&out, GW_CANCEL));
	REQUIRE(guard_resting(&g));
	CHECK_INT(guard_resting(&g)->attempt, first.attempt);
}

/* Liquidation moved past the stop: replaced at once; when it cannot be, it is said to be late. */
TEST(too_late)
{
	struct guard_view v = view();
	struct guard_keep g;
	struct guard_out out;
	const struct guard_want *w;

	guard_init(&g, 1, "BTC", USD(0));
	rest(&g, &v);
	v.dies = USD(108000);
	guard_step(&g, &v, &out);
	w = find(&out, GW_PLACE);
	REQUIRE(w);
	CHECK(w->trigger.v > v.dies.v);
	guard_init(&g, 1, "BTC", USD(0));
	v = view();
	rest(&g, &v);
	v.dies = USD(111500);
	guard_step(&g, &v, &out);
	CHECK(!find(&out, GW_PLACE) && !find(&out, GW_CANCEL)); /* better than nothing */
	w = find(&out, GW_NOTICE);
	REQUIRE(w);
	CHECK_INT(w->level, 3);
	CHECK(!strncmp(w->text, "STOP TOO LATE: the guard of BTC at 107,100", 41));
	guard_step(&g, &v, &out);
	CHECK(!find(&out, GW_NOTICE)); /* once */
	v.dies = USD(105000);
	guard_step(&g, &v, &out);
	CHECK(find(&out, GW_WELL));
}

TEST(a_lost_answer_holds_up_nothing)
{
	struct guard_view v = view();
	struct guard_keep g;
	struct guard_out out;
	struct guard_want a, b;

	guard_init(&g, 1, "BTC", USD(0));
	guard_step(&g, &v, &out);
	a = *find(&out, GW_PLACE);
	report(&g, &v, REP_UNKNOWN, a.attempt, REJ_NONE, "");
	v.now_ns += 2 * SEC;
	guard_step(&g, &v, &out);
	CHECK(!find(&out, GW_PLACE));
	v.now_ns += 2 * SEC;
	guard_step(&g, &v, &out);
	v.now_ns += 2 * SEC;
	if (!find(&out, GW_PLACE))
		guard_step(&g, &v, &out);
	REQUIRE(find(&out, GW_PLACE));
	b = *find(&out, GW_PLACE);
	CHECK(b.attempt > a.attempt);
	report(&g, &v, REP_OPEN, b.attempt, REJ_NONE, "");
	guard_seen(&g, b.attempt, b.trigger, true);
	guard_step(&g, &v, &out);
	CHECK_INT(g.state, GUARD_RESTING);
	report(&g, &v, REP_OPEN, a.attempt, REJ_NONE, ""); /* it was there all the time */
	guard_step(&g, &v, &out);
	REQUIRE(find(&out, GW_CANCEL));
	CHECK_INT(find(&out, GW_CANCEL)->attempt, a.attempt);
}

/* Liquidation cancels everything: placed again in the same step. */
TEST(placed_again_when_the_venue_takes_it)
{
	struct guard_view v = view();
	struct guard_keep g;
	struct guard_out out;
	struct guard_want w;

	guard_init(&g, 1, "BTC", USD(0));
	w = rest(&g, &v);
	v.now_ns += 100 * SEC;
	report(&g, &v, REP_CLOSED, w.attempt, REJ_NONE, "liquidatedCanceled");
	CHECK_INT(g.state, GUARD_GONE);
	v.szi.v = 1600000000;
	guard_step(&g, &v, &out);
	REQUIRE(find(&out, GW_PLACE));
	CHECK_INT(g.state, GUARD_GONE);
	w = *find(&out, GW_PLACE);
	report(&g, &v, REP_OPEN, w.attempt, REJ_NONE, "");
	guard_seen(&g, w.attempt, w.trigger, true);
	guard_step(&g, &v, &out);
	CHECK_INT(g.state, GUARD_RESTING);
	/* too near to liquidation now: it waits, alarms, and goes out when there is room */
	report(&g, &v, REP_CLOSED, w.attempt, REJ_NONE, "liquidatedCanceled");
	v.now_ns += 100 * SEC;
	v.dies = USD(111742);
	guard_step(&g, &v, &out);
	CHECK(!find(&out, GW_PLACE));
	REQUIRE(find(&out, GW_NOTICE));
	CHECK_INT(find(&out, GW_NOTICE)->level, 2);
	CHECK_STR(find(&out, GW_NOTICE)->text,
		  "NO STOP on BTC: 0.23 % is too close for a stop (0.8 %): ! 2 trims.");
	v.now_ns += SEC;
	v.dies = USD(110000);
	guard_step(&g, &v, &out);
	CHECK(find(&out, GW_PLACE));
}

/* Once may be a cancel-all; twice within a minute is meant. */
TEST(another_hand_that_means_it)
{
	struct guard_view v = view();
	struct guard_keep g;
	struct guard_out out;
	struct guard_want w;

	guard_init(&g, 1, "BTC", USD(0));
	w = rest(&g, &v);
	v.now_ns += 100 * SEC;
	report(&g, &v, REP_CLOSED, w.attempt, REJ_NONE, "canceled");
	w = rest(&g, &v);
	v.now_ns += 10 * SEC;
	report(&g, &v, REP_CLOSED, w.attempt, REJ_NONE, "canceled");
	guard_step(&g, &v, &out);
	CHECK(!find(&out, GW_PLACE));
	CHECK_INT(g.state, GUARD_WAITING);
	REQUIRE(find(&out, GW_NOTICE));
	CHECK(strstr(find(&out, GW_NOTICE)->text, "another hand"));
}

TEST(refusals_have_words)
{
	static const struct {
		const char *text;
		enum reject why;
		const char *said;
		int64_t again_s;
	} rows[] = {
		{"Invalid TP/SL price. asset=3", REJ_NUMBER, "the mark passed its trigger", 1},
		{"Reduce only order would increase position. asset=3", REJ_REDUCE_ONLY,
		 "no such position", 1},
		{"Something new", REJ_OTHER, "Something new", 1},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct guard_view v = view();
		struct guard_keep g;
		struct guard_out out;
		uint32_t first;

		guard_init(&g, 1, "BTC", USD(0));
		guard_step(&g, &v, &out);
		first = find(&out, GW_PLACE)->attempt;
		report(&g, &v, REP_CLOSED, first, rows[i].why, rows[i].text);
		CHECK_INT(g.state, GUARD_WAITING);
		CHECK(strstr(g.reason, rows[i].said));
		guard_step(&g, &v, &out);
		CHECK(!find(&out, GW_PLACE));
		REQUIRE(find(&out, GW_NOTICE));
		CHECK_INT(find(&out, GW_NOTICE)->level, 2);
		v.now_ns += rows[i].again_s * SEC;
		guard_step(&g, &v, &out);
		CHECK(find(&out, GW_PLACE)); /* it never gives up */
	}
}

/* The venue takes no more orders: room is made, then it tries again within a second; when nothing
 * may go it says so, and never gives up. */
TEST(makes_room_when_crowded)
{
	for (uint32_t gone = 0; gone <= 30; gone += 30) {
		struct guard_view v = view();
		struct guard_keep g;
		struct guard_out out;

		guard_init(&g, 1, "BTC", USD(0));
		guard_step(&g, &v, &out);
		report(&g, &v, REP_CLOSED, find(&out, GW_PLACE)->attempt, REJ_CROWDED,
		       "Too many open orders. asset=3");
		guard_step(&g, &v, &out);
		CHECK(find(&out, GW_ROOM) && !find(&out, GW_PLACE));
		guard_room(&g, gone, v.now_ns);
		guard_step(&g, &v, &out);
		CHECK(!find(&out, GW_ROOM));
		REQUIRE(find(&out, GW_NOTICE));
		CHECK(strstr(find(&out, GW_NOTICE)->text,
			     gone ? "30 of 1,000 orders that protect nothing are cancelled"
				  : "none of them may go"));
		v.now_ns += (gone ? 1 : 5) * SEC;
		guard_step(&g, &v, &out);
		CHECK(find(&out, GW_PLACE));
	}
}

/* It fired beside limits that reserve the whole position: said, and they go. */
TEST(fired_and_sold_nothing)
{
	struct guard_view v = view();
	struct guard_keep g;
	struct guard_out out;
	const struct guard_want *n;
	struct guard_want w;

	guard_init(&g, 1, "BTC", USD(0));
	w = rest(&g, &v);
	report(&g, &v, REP_CLOSED, w.attempt, REJ_REDUCE_ONLY, "reduceOnlyRejected");
	guard_step(&g, &v, &out);
	n = find(&out, GW_NOTICE);
	REQUIRE(n);
	CHECK_INT(n->level, 3);
	CHECK(strstr(n->text, "SOLD NOTHING"));
	CHECK(find(&out, GW_ROOM));
	guard_room(&g, 2, v.now_ns);
	v.now_ns += SEC;
	guard_step(&g, &v, &out);
	CHECK(find(&out, GW_PLACE) && !find(&out, GW_ROOM)); /* another, where there is room */
}

/* Zero in two reads that were made after it was zero: then it is taken away, and never before. */
TEST(taken_away_after_flat)
{
	struct guard_view v = view();
	struct guard_keep g;
	struct guard_out out;
	struct guard_want w;

	guard_init(&g, 1, "BTC", USD(0));
	w = rest(&g, &v);
	v.szi.v = 0;
	for (int i = 0; i < 2; i++) {
		guard_step(&g, &v, &out);
		CHECK(!find(&out, GW_CANCEL));
		v.reads++;
	}
	guard_step(&g, &v, &out);
	REQUIRE(find(&out, GW_CANCEL));
	CHECK_INT(find(&out, GW_CANCEL)->attempt, w.attempt);
	CHECK(!find(&out, GW_END)); /* not until the venue says so */
	report(&g, &v, REP_CLOSED, w.attempt, REJ_NONE, "canceled");
	guard_step(&g, &v, &out);
	CHECK(find(&out, GW_END));
	/* back before the second read: kept */
	guard_init(&g, 1, "BTC", USD(0));
	v = view();
	rest(&g, &v);
	v.szi.v = 0;
	guard_step(&g, &v, &out);
	v.reads++;
	v.szi.v = 1;
	guard_step(&g, &v, &out);
	v.reads += 5;
	guard_step(&g, &v, &out);
	CHECK(!find(&out, GW_CANCEL));
}

TEST(typed_trigger)
{
	struct guard_view v = view();
	struct guard_keep g;
	struct guard_out out;
	struct err e = {0};

	CHECK(guard_typed_ok(&v, USD(109000), &e));
	CHECK(!guard_typed_ok(&v, USD(113000), &e));
	CHECK_STR(e.text, "A stop at 113,000 would fire at once: the mark is 112,000. It belongs "
			  "below it.");
	CHECK(!guard_typed_ok(&v, USD(105000), &e));
	CHECK_STR(e.text, "A stop at 105,000 comes after liquidation at 105,000. It belongs above "
			  "it.");
	guard_init(&g, 1, "BTC", USD(109000));
	CHECK_INT(rest(&g, &v).trigger.v, USD(109000).v);
	v.now_ns += 10 * SEC;
	v.dies = USD(106000); /* it still does its work */
	guard_step(&g, &v, &out);
	CHECK(!find(&out, GW_PLACE));
	v.now_ns += 10 * SEC;
	v.dies = USD(109500);
	guard_step(&g, &v, &out);
	REQUIRE(find(&out, GW_PLACE));
	CHECK(find(&out, GW_PLACE)->trigger.v > v.dies.v);
}

/* A trigger before the working price of a running exit is said, once for each working price. */
/* Beyond the venue's band nothing is sent, and nothing is asked for every second. */
TEST(too_far_for_the_venue)
{
	struct guard_view v = view();
	struct guard_keep g;
	struct guard_out out;

	guard_init(&g, 1, "BTC", USD(0));
	v.dies = USD(5000);
	guard_step(&g, &v, &out);
	CHECK(!find(&out, GW_PLACE));
	CHECK_STR(g.reason, "liquidation is so far away that the venue takes no stop there");
	v.dies = USD(7000);
	v.now_ns += SEC;
	guard_step(&g, &v, &out);
	CHECK(find(&out, GW_PLACE));
}

TEST(before_the_working_price)
{
	struct guard_view v = view();
	struct guard_keep g;
	struct guard_out out;
	int said = 0;

	guard_init(&g, 1, "BTC", USD(0));
	v.works = USD(106000);
	v.exit = 3;
	guard_step(&g, &v, &out);
	for (uint32_t i = 0; i < out.n; i++)
		said += out.at[i].kind == GW_NOTICE &&
			!strcmp(out.at[i].text, "The guard of BTC at 107,100 fires before the "
						"working price 106,000 of x3.");
	CHECK_INT(said, 1);
	guard_step(&g, &v, &out);
	CHECK(!find(&out, GW_NOTICE));
	v.works = USD(108000); /* the exit sells first */
	guard_step(&g, &v, &out);
	CHECK(!find(&out, GW_NOTICE));
}

/* The position turned over: the old stop would add to nothing, the new one stands on its side. */
TEST(flipped)
{
	struct guard_view v = view();
	struct guard_keep g;
	struct guard_out out;

	guard_init(&g, 1, "BTC", USD(0));
	rest(&g, &v);
	v.szi.v = -100000000;
	v.dies = USD(120000);
	v.now_ns += 10 * SEC;
	guard_step(&g, &v, &out);
	CHECK(find(&out, GW_CANCEL));
	REQUIRE(find(&out, GW_PLACE));
	CHECK(find(&out, GW_PLACE)->buy);
}

/* A restart: an order that nobody remembers is taken in, looked up, and not doubled at once. */
TEST(goes_on_after_a_restart)
{
	struct guard_view v = view();
	struct guard_keep g;
	struct guard_out out;
	struct exec_report r = {.kind = REP_UNKNOWN, .attempt = 7};

	guard_init(&g, 1, "BTC", USD(0));
	guard_on_order(&g, &r, USD(107100), USD(96390), v.now_ns);
	guard_step(&g, &v, &out);
	CHECK(!find(&out, GW_PLACE));
	r.kind = REP_OPEN;
	guard_on_order(&g, &r, USD(107100), USD(96390), v.now_ns);
	guard_seen(&g, 7, USD(107100), true);
	guard_step(&g, &v, &out);
	CHECK_INT(g.state, GUARD_RESTING);
	CHECK_INT(g.attempt, 7);
	CHECK(!find(&out, GW_PLACE));
}

/* What rests at another price, or does not cover the whole position, is no guard. */
TEST(what_the_venue_shows_counts)
{
	struct guard_view v = view();
	struct guard_keep g;
	struct guard_out out;
	struct guard_want w;

	guard_init(&g, 1, "BTC", USD(0));
	guard_step(&g, &v, &out);
	w = *find(&out, GW_PLACE);
	report(&g, &v, REP_OPEN, w.attempt, REJ_NONE, "");
	guard_seen(&g, w.attempt, USD(104000), true); /* behind death */
	v.now_ns += 10 * SEC;
	guard_step(&g, &v, &out);
	REQUIRE(find(&out, GW_PLACE));
	CHECK(find(&out, GW_PLACE)->trigger.v > v.dies.v);
	guard_init(&g, 1, "BTC", USD(0));
	guard_step(&g, &v, &out);
	w = *find(&out, GW_PLACE);
	guard_seen(&g, w.attempt, w.trigger, false);
	CHECK(!guard_resting(&g));
	v.now_ns += 2 * SEC;
	guard_step(&g, &v, &out);
	CHECK(find(&out, GW_PLACE));
}

/* A stop of ours whose record a full disk lost: the venue's list shows it, and of two one goes. */
TEST(a_stop_nobody_remembers_is_seen)
{
	struct guard_view v = view();
	struct guard_keep g;
	struct guard_out out;
	struct guard_want w;
	uint32_t places = 0, cancels = 0, left = 0;

	guard_init(&g, 1, "BTC", USD(0));
	g.attempt = 1000;
	w = rest(&g, &v);
	CHECK(w.attempt > 1000);
	guard_seen(&g, 6, w.trigger, true);
	for (int i = 0; i < 20; i++) {
		guard_step(&g, &v, &out);
		places += find(&out, GW_PLACE) != NULL;
		if (find(&out, GW_CANCEL)) {
			cancels++;
			left = find(&out, GW_CANCEL)->attempt;
			report(&g, &v, REP_CLOSED, left, REJ_NONE, "");
		}
		v.now_ns += SEC;
	}
	CHECK_INT(places, 0);
	CHECK_INT(cancels, 1);
	CHECK(left == 6 || left == w.attempt);
	REQUIRE(guard_resting(&g));
	CHECK(guard_resting(&g)->attempt != left);
	CHECK_INT(g.state, GUARD_RESTING);
}

/* ---- a venue with a will of its own ---- */

struct stop {
	uint32_t attempt;
	struct price trigger;
	bool open, listed;
};
struct shop {
	struct stop at[64];
	uint32_t n;
	bool forced; /* nothing may rest for a reason that is not the guard's */
};

static uint32_t open_stops(const struct shop *s, bool buy, struct price dies)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->n; i++)
		n += s->at[i].open &&
		     (buy ? s->at[i].trigger.v < dies.v : s->at[i].trigger.v > dies.v);
	return n;
}

/* Whatever the venue does, our own cancels never leave a window without a stop in time. */
TEST(never_naked_by_our_own_hand)
{
	struct prng r;

	prng_seed(&r, test_seed);
	for (int world = 0; world < 400; world++) {
		struct guard_view v = view();
		struct guard_keep g;
		struct guard_out out;
		struct shop s = {0};
		double dies = 105000;

		guard_init(&g, 1, "BTC", USD(0));
		for (int step = 0; step < 300; step++) {
			uint32_t before;

			v.now_ns += (int64_t)prng_below(&r, 1500) * 1000000;
			dies += ((double)prng_below(&r, 2001) - 1000) / 10;
			dies = dies > 110900 ? 110900 : dies < 90000 ? 90000 : dies;
			v.dies = USD(dies);
			before = open_stops(&s, false, v.dies);
			guard_step(&g, &v, &out);
			CHECK(out.next_ns > v.now_ns);
			for (uint32_t i = 0; i < out.n; i++) {
				const struct guard_want *w = &out.at[i];

				if (w->kind == GW_PLACE) {
					struct stop *x = &s.at[s.n % 64];

					CHECK(w->trigger.v > v.dies.v && w->trigger.v < v.mark.v);
					CHECK(w->limit.v <= w->trigger.v);
					s.n += s.n < 63;
					*x = (struct stop){w->attempt, w->trigger,
							   prng_below(&r, 4) != 0, false};
					if (prng_below(&r, 3))
						report(&g, &v, x->open ? REP_OPEN : REP_CLOSED,
						       w->attempt, x->open ? REJ_NONE : REJ_OTHER,
						       x->open ? "" : "no");
					else
						report(&g, &v, REP_UNKNOWN, w->attempt, REJ_NONE,
						       "");
				} else if (w->kind == GW_CANCEL) {
					for (uint32_t k = 0; k < s.n; k++)
						if (s.at[k].attempt == w->attempt)
							s.at[k].open = false;
					report(&g, &v, REP_CLOSED, w->attempt, REJ_NONE,
					       "canceled");
				}
			}
			if (before && !open_stops(&s, false, v.dies))
				test_fail(__FILE__, __LINE__, "world %d step %d: naked by our hand",
					  world, step);
			/* reports that come late; the list; the venue takes all */
			for (uint32_t k = 0; k < s.n; k++) {
				if (prng_below(&r, 5) == 0 && s.at[k].open)
					report(&g, &v, REP_OPEN, s.at[k].attempt, REJ_NONE, "");
				if (prng_below(&r, 3) == 0 && s.at[k].open)
					guard_seen(&g, s.at[k].attempt, s.at[k].trigger, true);
			}
			if (prng_below(&r, 40) == 0)
				for (uint32_t k = 0; k < s.n; k++)
					if (s.at[k].open) {
						s.at[k].open = false;
						report(&g, &v, REP_CLOSED, s.at[k].attempt,
						       REJ_NONE, "liquidatedCanceled");
					}
			if (s.n == 63) { /* forget what is closed */
				uint32_t n = 0;

				for (uint32_t k = 0; k < 63; k++)
					if (s.at[k].open)
						s.at[n++] = s.at[k];
				s.n = n;
			}
		}
		/* left alone it comes to rest */
		for (int i = 0; i < 60; i++) {
			v.now_ns += SEC;
			guard_step(&g, &v, &out);
			for (uint32_t k = 0; k < out.n; k++) {
				const struct guard_want *w = &out.at[k];

				if (w->kind == GW_PLACE) {
					report(&g, &v, REP_OPEN, w->attempt, REJ_NONE, "");
					guard_seen(&g, w->attempt, w->trigger, true);
				} else if (w->kind == GW_CANCEL) {
					for (uint32_t j = 0; j < s.n; j++)
						s.at[j].open = s.at[j].open &&
							       s.at[j].attempt != w->attempt;
					report(&g, &v, REP_CLOSED, w->attempt, REJ_NONE,
					       "canceled");
				} else if (w->kind == GW_CHECK) {
					for (uint32_t j = 0; j < s.n; j++)
						if (s.at[j].open)
							guard_seen(&g, s.at[j].attempt,
								   s.at[j].trigger, true);
				}
			}
		}
		CHECK_INT(g.state, GUARD_RESTING);
		REQUIRE(guard_resting(&g));
		CHECK(guard_resting(&g)->trigger.v > v.dies.v);
	}
}

TEST_MAIN(T(placed_and_read_back), T(short_side), T(only_death_moves_it), T(moves_new_before_old),
	  T(a_refused_move_keeps_the_old), T(too_late), T(a_lost_answer_holds_up_nothing),
	  T(placed_again_when_the_venue_takes_it), T(another_hand_that_means_it),
	  T(makes_room_when_crowded), T(fired_and_sold_nothing), T(refusals_have_words),
	  T(taken_away_after_flat), T(typed_trigger), T(too_far_for_the_venue),
	  T(before_the_working_price), T(flipped), T(goes_on_after_a_restart),
	  T(what_the_venue_shows_counts), T(a_stop_nobody_remembers_is_seen),
	  T(never_naked_by_our_own_hand))
