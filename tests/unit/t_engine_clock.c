/* A clock that is not the venue's: behind, ahead, set back and set forward while an order runs. The
 * venue judges expiry by its own, and its times are what reads are compared with. */
#include "base/check.h"
#include "engine/inner.h"
#include "tests/unit/engine_world.h"

enum { HOUR = 3600000 };

/* How long the newest order may still take to arrive, by the venue's clock. */
static int64_t life_ms(const struct world *w, uint32_t from)
{
	const struct effect *send = w_last_act(w, ACT_ORDER, from);

	return send ? (int64_t)send->send.env.expires_ms - w_venue_ms(w) : INT64_MIN;
}

static int64_t held(const struct world *w)
{
	const struct held *h = &w->e->acct[0].held[0];

	return h->used ? pos_szi(&h->pos).v : 0;
}

static struct world *apart(int64_t ahead_ms)
{
	struct world *w = w_new();

	w->ahead_ms = ahead_ms;
	return w_begin(w, 100000);
}

/* Without it every close of a machine whose clock is late is refused as expired, for ever. */
TEST(a_close_lives_by_the_venues_clock)
{
	static const int64_t ahead[] = {HOUR, 40000, 5000, 0, -5000, -HOUR};

	for (unsigned i = 0; i < COUNT_OF(ahead); i++) {
		struct world *w = apart(ahead[i]);

		w_flatten_all(w);
		if (life_ms(w, 0) < 29000)
			test_fail(__FILE__, __LINE__, "clock %lld ms behind: lives %lld ms",
				  (long long)ahead[i], (long long)life_ms(w, 0));
		w_free(w);
	}
}

/* A part of a position bounds its arrival both ways: late, it is one too many. */
TEST(a_part_lives_eight_seconds_there)
{
	static const int64_t ahead[] = {HOUR, 40000, 0, -HOUR};

	for (unsigned i = 0; i < COUNT_OF(ahead); i++) {
		struct world *w = apart(ahead[i]);

		w_exit(w, "BTC", 40000000);
		CHECK(life_ms(w, 0) > 6000 && life_ms(w, 0) < 9000);
		w_free(w);
	}
}

TEST(a_clock_set_while_it_runs)
{
	static const int64_t step[] = {-HOUR, HOUR};

	for (unsigned i = 0; i < COUNT_OF(step); i++) {
		struct world *w = w_ready();
		uint32_t from = w->n_kept;

		w_live(w, 5 * SEC, 100000);
		w->wall_ms += step[i];
		w->ahead_ms -= step[i];
		w_flatten_all(w); /* before anything was heard of the venue since */
		CHECK(life_ms(w, from) > 29000);
		w_live(w, 3 * SEC, 100000);
		CHECK(life_ms(w, from) > 26000);
		w_free(w);
	}
}

/* An API that stands still for a quarter of an hour does not make what is sent meanwhile expire. */
TEST(a_feed_that_stands_still_is_no_clock)
{
	struct world *w = w_ready();
	uint32_t from;

	w_live(w, 5 * SEC, 100000);
	w->stands_ms = w->wall_ms;
	for (int i = 0; i < 900; i++)
		w_pass(w, SEC);
	from = w->n_kept;
	w_flatten_all(w);
	CHECK(life_ms(w, from) > 29000);
	w_free(w);
}

/* Nor do times that no clock shows. */
TEST(nonsense_is_no_clock)
{
	static const int64_t stands[] = {1, 9007199254740991, 1700000000000 + 49 * (int64_t)HOUR};

	for (unsigned i = 0; i < COUNT_OF(stands); i++) {
		struct world *w = w_new();

		w->stands_ms = stands[i];
		w_begin(w, 100000);
		w_flatten_all(w);
		CHECK(life_ms(w, 0) > 29000 && life_ms(w, 0) < 31000);
		w_free(w);
	}
}

/* One account frame, well formed but for a time that no clock shows: without a position in it, it
 * must not be the last that is believed. */
TEST(nonsense_is_not_the_newest)
{
	struct world *w = w_ready();
	struct event ev;
	int64_t szi = w->szi;

	w_live(w, 5 * SEC, 100000);
	w->szi = 0;
	w->stands_ms = 9007199254740991;
	w_account(w);
	w->szi = szi;
	w->stands_ms = 0;
	w_live(w, 2 * SEC, 100000);
	CHECK_INT(held(w), szi);

	w_flatten_all(w); /* nor does it make a flat of what is held */
	w->szi = 0;
	w->stands_ms = 9007199254740991;
	w_account(w);
	w->szi = szi;
	w->stands_ms = 0;
	w_live(w, 3 * SEC, 100000);
	CHECK(flat_newest(w->e)->used && !flat_newest(w->e)->f.done);
	CHECK_INT(held(w), szi);

	ev = w_event(w, EV_BOOK); /* a book of the year 287,396 and those after it */
	struct book b = {.venue_ms = 9007199254740991, .n_bid = 1, .n_ask = 1};
	b.bid[0] = (struct level){{990000000000000}, {500000000}, 1};
	b.ask[0] = (struct level){{1010000000000000}, {500000000}, 1};
	ev.book.book = &b;
	w_step(w, &ev);
	w_live(w, 2 * SEC, 100000);
	CHECK(w->e->book[w->e->mkt[0].book - 1].bid[0].px.v == 99999 * 10000000000);
	w_free(w);
}

/* A venue that writes its times otherwise from now on: positions are still read, FLAT is not said.
 */
TEST(times_that_cannot_be_read_hide_no_position)
{
	struct world *w = w_ready();

	w_live(w, 5 * SEC, 100000);
	w->stands_ms = w_venue_ms(w) * 1000;
	w->szi = 50000000;
	w_live(w, 20 * SEC, 100000);
	CHECK_INT(held(w), 50000000);
	w_flatten_all(w);
	w->szi = 0;
	w_live(w, 20 * SEC, 100000);
	CHECK_INT(held(w), 0);
	CHECK(!flat_newest(w->e)->f.done);
	w_free(w);
}

/* A fill with such a time moves the position, and FLAT is said all the same. */
TEST(nonsense_does_not_keep_from_flat)
{
	struct world *w = w_ready();
	const struct effect *send;

	w->szi = 0; /* w_fill sets where it began */
	w_account(w);
	w->szi = 100000000;
	w_account(w);
	w_flatten_all(w);
	send = w_last_act(w, ACT_ORDER, 0);
	REQUIRE(send);
	w->ahead_ms = 9007199254740991 - w->wall_ms;
	w_fill(w, send, 0, 100000000, 1);
	w->ahead_ms = 0;
	w_live(w, 10 * SEC, 100000);
	CHECK(flat_newest(w->e)->f.done);
	w_free(w);
}

/* Behind or ahead: a read as old as the spent nonce is no witness, a younger one is. */
TEST(old_reads_bury_nobody_whatever_our_clock_says)
{
	static const int64_t ahead[] = {HOUR, -HOUR};

	for (unsigned i = 0; i < COUNT_OF(ahead); i++) {
		struct world *w = apart(ahead[i]);
		const struct effect *send;

		w_exit(w, "BTC", 40000000);
		send = w_last_act(w, ACT_ORDER, 0);
		w_answer(w, send->send.env.nonce, ANSWER_UNKNOWN, NULL, 0, "");
		w->stands_ms = w_venue_ms(w);
		for (int k = 0; k < 9; k++) /* no venue time in quotes either */
			w_pass(w, 500 * MSEC);
		REQUIRE(w_last_act(w, ACT_NOOP, 0));
		w_answer(w, send->send.env.nonce, ANSWER_ERR, NULL, 0,
			 "Invalid nonce: duplicate nonce 1");
		for (int k = 0; k < 6; k++)
			w_pass(w, 500 * MSEC);
		CHECK_INT(w_order_of(w, send, 0)->state, ORDER_UNKNOWN);
		w->stands_ms = 0;
		w_live(w, 6 * SEC, 100000);
		CHECK_INT(w_order_of(w, send, 0)->state, ORDER_DEAD);
		w_free(w);
	}
}

/* Started with a clock that is early: what the venue did since is still news. */
TEST(what_the_venue_did_since_the_start_is_told)
{
	static const int64_t ahead[] = {0, -HOUR};

	for (unsigned i = 0; i < COUNT_OF(ahead); i++) {
		struct world *w = apart(ahead[i]);
		struct fill f = {.buy = false,
				 .crossed = true,
				 .kind = FILL_LIQUIDATION,
				 .px = {930000000000000},
				 .sz = {40000000},
				 .start_position = {w->szi},
				 .oid = 5,
				 .tid = 7};
		struct event ev;

		w_live(w, 5 * SEC, 100000);
		f.time_ms = w_venue_ms(w);
		ev = w_event(w, EV_FILLS);
		ev.fills.n = 1;
		ev.fills.at = &f;
		w_step(w, &ev);
		CHECK(w->e->act[0].first_ms != 0);
		w_free(w);
	}
}

/* Reads of fills reach back to what was sent, by the clock of the fills. */
TEST(fills_are_asked_from_before_the_order)
{
	struct world *w = apart(-HOUR);
	const struct effect *send;
	int64_t sent_ms = w_venue_ms(w);
	bool asked = false;

	w_exit(w, "BTC", 40000000);
	send = w_last_act(w, ACT_ORDER, 0);
	w_answer(w, send->send.env.nonce, ANSWER_UNKNOWN, NULL, 0, "");
	w_status(w, send, 0, OS_FILLED, 0);
	for (int k = 0; k < 300; k++) {
		w_pass(w, 10 * MSEC);
		for (uint32_t i = 0; i < w->n_asked; i++)
			if (w->asked[i].query.what == Q_FILLS) {
				asked = true;
				CHECK(w->asked[i].query.since_ms <= sent_ms);
			}
	}
	CHECK(asked);
	w_free(w);
}

TEST_MAIN(T(a_close_lives_by_the_venues_clock), T(a_part_lives_eight_seconds_there),
	  T(a_clock_set_while_it_runs), T(a_feed_that_stands_still_is_no_clock),
	  T(nonsense_is_no_clock), T(nonsense_is_not_the_newest),
	  T(times_that_cannot_be_read_hide_no_position), T(nonsense_does_not_keep_from_flat),
	  T(old_reads_bury_nobody_whatever_our_clock_says),
	  T(what_the_venue_did_since_the_start_is_told), T(fills_are_asked_from_before_the_order))
