/* What the children of a running exit show: sizes, times, share of the visible depth; declared
 * exits; what chance does over a restart. */
#include "exec/child.h"
#include "tests/unit/exec_world.h"

static struct exit x;
static struct world w;
static struct exec_out out;

static struct ticket a_ticket(double coins)
{
	struct ticket t = {.coin = "BTC", .algo = ALGO_TWAP, .horizon_ms = 600000};
	t.size.unit = SIZE_COIN;
	CHECK(qty_from_double(&t.size.coin, coins));
	t.risk.v = -1;
	t.cap.v = 250000000000;
	return t;
}

static void start(const struct ticket *t, uint64_t seed)
{
	struct err e = {0};
	w_init(&w, seed, 24);
	w.v.volume_s = 100;
	if (!exit_init(&x, 1, t, &w.v, seed + 7, &e))
		test_fail(__FILE__, __LINE__, "exit_init: %s", e.text);
}

/* The first order of each slice; returns how many. */
struct seen {
	uint32_t n;
	struct qty qty[SLICES_MAX];
	int64_t wall_ms[SLICES_MAX];
	bool last[SLICES_MAX];
};
static struct seen seen;

static void run(int64_t limit_s)
{
	int64_t stop = w.v.now_ns + limit_s * 1000000000;
	memset(&seen, 0, sizeof seen);
	while (x.state != XS_DONE && w.v.now_ns < stop) {
		w_tick(&w, 50 * W_MS);
		w.v.volume.v += 1000000000;
		w_orders(&w, &x);
		int64_t left = exit_left(&x).v;
		exit_step(&x, &w.v, &out);
		for (uint32_t k = 0; k < out.n; k++) {
			const struct exec_want *q = &out.at[k];
			if (q->kind != WANT_PLACE || q->attempt != 1 || seen.n == SLICES_MAX)
				continue;
			seen.qty[seen.n] = x.slice_planned;
			seen.wall_ms[seen.n] = w.v.wall_ms;
			seen.last[seen.n++] = x.slice_planned.v == left;
		}
		w_want(&w, &x, &out);
	}
}

TEST(children_hide)
{
	int64_t lot;
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct ticket t = a_ticket(5);
		start(&t, seed * 31 + test_seed);
		lot = instr_lot(&w.instr).v;
		run(1500);
		CHECK_INT(x.state, XS_DONE);
		CHECK(seen.n >= 20);
		for (uint32_t k = 0; k < seen.n; k++) {
			if (!seen.last[k])
				CHECK(seen.qty[k].v / lot % 5 != 0);
			if (k && !seen.last[k])
				CHECK(seen.qty[k].v != seen.qty[k - 1].v);
			if (k) /* the first leaves at once */
				CHECK((seen.wall_ms[k] + 300) % 10000 > 600);
		}
	}
}

TEST(declared_shows)
{
	struct ticket t = a_ticket(6);
	t.declared = true;
	struct err e = {0};
	start(&t, test_seed);
	run(1500);
	CHECK_INT(x.end, XE_TARGET);
	CHECK_INT(seen.n, 30);
	for (uint32_t k = 0; k < seen.n; k++) {
		CHECK_NEAR((double)seen.qty[k].v, 20000000, 1000); /* a lot */
		CHECK_NEAR((double)(seen.wall_ms[k] - seen.wall_ms[0]), 20000.0 * k, 60);
	}
	t.random.v = 1;
	CHECK(!exit_init(&x, 1, &t, &w.v, 1, &e));
	CHECK(strstr(e.text, "declared") != NULL);
	t.random.v = 0;
	t.algo = ALGO_AC;
	CHECK(!exit_init(&x, 1, &t, &w.v, 1, &e));
}

TEST(no_more_than_the_book_shows)
{
	bool held;
	struct ticket t = a_ticket(5);
	start(&t, test_seed);
	struct qty want = {2000000000}, room;
	int64_t shown = 0;
	for (int k = 0; k < w.book.n_bid; k++)
		shown += w.book.bid[k].sz.v;
	room = child_depth_room(&x, &w.v, want, &held);
	CHECK(held);
	CHECK_NEAR((double)room.v, 0.5 * (double)shown, 1000); /* the default: half of it */
	x.ticket.depth.v = 250000000000;
	room = child_depth_room(&x, &w.v, want, &held);
	CHECK_NEAR((double)room.v, 0.25 * (double)shown, 1000);
	struct qty small = {1000000};
	CHECK_INT(child_depth_room(&x, &w.v, small, &held).v, small.v);
	CHECK(!held);
	x.in_danger = true; /* danger is not held up by a share */
	CHECK_INT(child_depth_room(&x, &w.v, want, &held).v, want.v);
	x.in_danger = false;
	w.book.n_bid = 1;
	w.book.bid[0].sz.v = 1000;
	room = child_depth_room(&x, &w.v, want,
				&held); /* an empty book: the least child still goes */
	CHECK(qty_to_double(room) * price_to_double(w.v.mark) >= 25);
	CHECK(qty_to_double(room) * price_to_double(w.v.mark) < 28);
	/* and a whole exit goes by it, none of its slices over the share */
	t.depth.v = 20000000000; /* 2 % of about 14 BTC, where a slice is 1 */
	t.size.unit = SIZE_ALL;
	start(&t, test_seed);
	run(900);
	CHECK(seen.n > 20);
	for (uint32_t k = 0; k < seen.n; k++)
		CHECK(qty_to_double(seen.qty[k]) < 0.02 * 20 * 1.2);
	struct err e = {0};
	t.depth.v = -1;
	CHECK(!exit_init(&x, 1, &t, &w.v, 1, &e));
	CHECK(strstr(e.text, "depth") != NULL);
}

/* The same state asks the same chance: a restart does not throw the dice again. */
TEST(chance_is_of_the_state)
{
	static struct exit y;
	uint8_t body[REC_BODY_MAX];
	struct ticket t = a_ticket(5);
	start(&t, test_seed);
	run(100);
	size_t n = exit_save(&x, 0, body);
	REQUIRE(n && exit_load(&y, 0, body, n, &w.instr, w.v.now_ns));
	CHECK(y.ticket.depth.v == x.ticket.depth.v && y.ticket.declared == x.ticket.declared);
	struct qty q = {31000000}, rem = {400000000}; /* 0.31: round */
	CHECK_INT(child_off_round(&y, &w.v, q, rem).v, child_off_round(&x, &w.v, q, rem).v);
	CHECK(child_off_round(&x, &w.v, q, rem).v < q.v);
	CHECK_INT(child_off_round(&x, &w.v, q, q).v, q.v); /* the last goes whole */
	w.v.wall_ms = 1757000010000;
	CHECK(child_off_beat_ns(&x, &w.v) > 0);
	CHECK_INT(child_off_beat_ns(&y, &w.v), child_off_beat_ns(&x, &w.v));
}

/* ---- the passive try --------------------------------------------------- */

static struct exec_want last;

static const struct exec_want *step(uint8_t kind)
{
	w.v.book_ns = w.v.mark_ns = w.v.now_ns;
	exit_step(&x, &w.v, &out);
	for (uint32_t k = 0; k < out.n; k++)
		if (out.at[k].kind == kind) {
			last = out.at[k];
			return &last;
		}
	return NULL;
}

static void later(int64_t ms)
{
	w.v.now_ns += ms * W_MS;
	w.v.wall_ms += ms;
}

static void report(const struct exec_want *q, uint8_t kind, int64_t filled)
{
	struct exec_report r = {.kind = kind,
				.slice = q->slice,
				.attempt = q->attempt,
				.filled = {filled},
				.px = q->px};
	exit_on_order(&x, &r, &w.v);
}

/* A book of one tick's spread: sizes in coins of the five nearest of each side. */
static void quiet_book(double bid, double ask)
{
	w.book.n_bid = w.book.n_ask = 5;
	for (int k = 0; k < 5; k++) {
		w.book.bid[k].px = w_px(100000 - k);
		w.book.ask[k].px = w_px(100001 + k);
		CHECK(qty_from_double(&w.book.bid[k].sz, bid));
		CHECK(qty_from_double(&w.book.ask[k].sz, ask));
	}
}

static const struct exec_want *begin(uint8_t place)
{
	struct ticket t = a_ticket(5);
	t.place = place;
	start(&t, test_seed);
	quiet_book(2, 2);
	w.v.est[EST_SIGMA_5M].value = 1e-9; /* still: at the touch at once */
	const struct exec_want *q = step(WANT_PLACE);
	return q;
}

static const char *doing(void)
{
	static char text[96];
	struct buf b;
	buf_init(&b, text, sizeof text);
	child_words(&x, &b);
	return text;
}

/* How long the venue takes to take an order: what was measured, and a guess before. */
TEST(latency_is_measured)
{
	struct exit y = {0};
	REQUIRE(begin(PLACE_POST_CROSS));
	CHECK_INT(x.tactic.slot.latency_ns, 500 * W_MS);
	child_heard(&y, 800);
	CHECK_INT(y.latency_ns, 800);
	child_heard(&y, 1600);
	CHECK_INT(y.latency_ns, 900); /* an eighth of the difference */
}

TEST(waits_then_crosses_at_the_slots_end)
{
	const struct exec_want *q = begin(PLACE_POST_CROSS);
	REQUIRE(q && q->tif == TIF_ALO);
	CHECK_INT(q->px.v, w.book.ask[0].px.v);
	CHECK_STR(doing(), "joining the line");
	struct exec_want c = *q;
	w.book.ask[0].sz.v += c.qty.v; /* the book shows it */
	later(300);
	report(&c, REP_OPEN, 0);
	CHECK(!step(WANT_CANCEL));
	CHECK_STR(doing(), "waiting in line: 2 ahead");
	exit_on_trade(&x, w.v.now_ns, c.px, (struct qty){150000000}, SIDE_BUY);
	CHECK(!step(WANT_CANCEL));
	CHECK_STR(doing(), "waiting in line: 0.5 ahead");
	exit_on_trade(&x, w.v.now_ns, c.px, (struct qty){100000000}, SIDE_BUY);
	CHECK(!step(WANT_CANCEL));
	CHECK_STR(doing(), "first in line");
	int64_t slot = x.plan.at_ms[1];
	int waited = 0;
	while (!step(WANT_CANCEL) && waited < 60000) {
		later(200);
		waited += 200;
	}
	CHECK(waited > slot / 2 && waited < slot); /* to its end, less the way to the venue */
	CHECK_STR(doing(), "leaving the line: the slot ends");
	later(200);
	report(&c, REP_CLOSED, 0);
	q = step(WANT_PLACE);
	REQUIRE(q && q->tif == TIF_IOC);
	CHECK_INT(q->qty.v, c.qty.v);
	CHECK_INT(q->slice, c.slice);
	CHECK_STR(doing(), "crossing: the slot ends");
	c = *q;
	report(&c, REP_FILL, c.qty.v);
	report(&c, REP_CLOSED, c.qty.v);
	w.position -= c.qty.v;
	w_view(&w);
	for (int k = 0; k < 200 && !(q = step(WANT_PLACE)); k++)
		later(200);
	REQUIRE(q && q->slice == c.slice + 1); /* the next one waits in line again */
	CHECK_INT(q->tif, TIF_ALO);
}

TEST(crosses_when_the_book_leans)
{
	const struct exec_want *q = begin(PLACE_POST_CROSS);
	REQUIRE(q && q->tif == TIF_ALO);
	struct exec_want c = *q;
	report(&c, REP_OPEN, 0);
	later(300);
	CHECK(!step(WANT_CANCEL));
	quiet_book(0.01, 20); /* we sell: sellers pile up, nobody bids */
	w.book.ask[0].sz.v += c.qty.v;
	for (int k = 0; k < 100 && !step(WANT_CANCEL); k++)
		later(200);
	int64_t waited = w.v.now_ns - x.slice_ns, slot = x.tactic.slot.end_ns - x.slice_ns;
	CHECK(waited > slot / 2 && waited < slot * 9 / 10); /* in the last fifth of its slot */
	CHECK_STR(doing(), "leaving the line: the book leans against us");
	report(&c, REP_CLOSED, 100000); /* in part, on the way out */
	q = step(WANT_PLACE);
	REQUIRE(q && q->tif == TIF_IOC);
	CHECK_INT(q->qty.v, c.qty.v - 100000);
	/* chase asks the price alone, not the book */
	q = begin(PLACE_CHASE);
	REQUIRE(q && q->tif == TIF_ALO);
	c = *q;
	report(&c, REP_OPEN, 0);
	quiet_book(0.01, 20);
	w.book.ask[0].sz.v += c.qty.v;
	for (int k = 0; k < 30; k++) {
		later(300);
		CHECK(!step(WANT_CANCEL));
	}
	later(600);
	CHECK(step(WANT_CANCEL)); /* 10 s, less the way */
}

/* In a market that moves it begins behind the touch, as the tactic says, keeps its place in the
 * line for little, and follows when the touch has gone. */
TEST(begins_behind_the_touch)
{
	struct ticket t = a_ticket(5);
	t.place = PLACE_POST_CROSS;
	start(&t, test_seed);
	quiet_book(2, 2);
	double slot_s = (double)x.plan.spacing_ms / 1000;
	w.v.est[EST_SIGMA_5M].value = 15e-5 * sqrt(365 * 86400 / slot_s); /* 1.5 bp a slot */
	REQUIRE(step(WANT_PLACE) != NULL);
	CHECK_INT(last.px.v, w.book.ask[3].px.v); /* a fifth of 15 ticks */
	struct exec_want c = last;
	report(&c, REP_OPEN, 0);
	later(300);
	CHECK(!step(WANT_CANCEL));
	for (int k = 0; k < 5; k++) { /* two ticks: it stays; four: it follows */
		w.book.ask[k].px.v -= 2 * 10000000000;
		w.book.bid[k].px.v -= 2 * 10000000000;
	}
	later(300);
	CHECK(!step(WANT_CANCEL));
	for (int k = 0; k < 5; k++) {
		w.book.ask[k].px.v -= 2 * 10000000000;
		w.book.bid[k].px.v -= 2 * 10000000000;
	}
	later(300);
	REQUIRE(step(WANT_CANCEL) != NULL);
	CHECK_STR(doing(), "following the price");
	report(&c, REP_CLOSED, 0);
	REQUIRE(step(WANT_PLACE) != NULL);
	CHECK_INT(last.tif, TIF_ALO);
	CHECK(last.px.v < c.px.v && last.px.v >= w.book.ask[0].px.v);
}

/* quotes: further off while there is time, and what is left crosses at the end of its slot. */
TEST(quotes_then_crosses)
{
	struct ticket t = a_ticket(5);
	t.place = PLACE_QUOTES;
	start(&t, test_seed);
	quiet_book(2, 2);
	double slot_s = (double)x.plan.spacing_ms / 1000;
	w.v.est[EST_SIGMA_5M].value = 6e-4 * sqrt(365 * 86400 / slot_s);
	REQUIRE(step(WANT_PLACE) != NULL);
	CHECK_INT(last.tif, TIF_ALO);
	CHECK(last.px.v > w.book.ask[0].px.v);
	struct exec_want c = last;
	report(&c, REP_OPEN, 0);
	bool crossed = false;
	for (int k = 0; k < 400 && !crossed; k++) {
		later(300);
		if (step(WANT_CANCEL)) {
			report(&c, REP_CLOSED, 0);
			REQUIRE(step(WANT_PLACE) != NULL);
			CHECK(last.px.v <= c.px.v || last.tif == TIF_IOC);
			c = last;
			crossed = c.tif == TIF_IOC;
			if (!crossed)
				report(&c, REP_OPEN, 0);
		}
	}
	CHECK(crossed);
	CHECK_STR(doing(), "crossing: the slot ends");
}

/* In a wide spread its own order is the touch: it must not improve upon itself. */
TEST(does_not_chase_itself)
{
	struct ticket t = a_ticket(5);
	t.place = PLACE_POST_CROSS;
	start(&t, test_seed);
	quiet_book(2, 2);
	w.v.est[EST_SIGMA_5M].value = 1e-9;
	for (int k = 0; k < 5; k++)
		w.book.ask[k].px.v += 100000000000; /* ten ticks apart */
	const struct exec_want *q = step(WANT_PLACE);
	REQUIRE(q && q->tif == TIF_ALO);
	struct exec_want c = *q;
	report(&c, REP_OPEN, 0);
	memmove(&w.book.ask[1], &w.book.ask[0], 4 * sizeof w.book.ask[0]);
	w.book.ask[0] = (struct level){c.px, c.qty, 1};
	for (int k = 0; k < 10; k++) {
		later(300);
		CHECK(!step(WANT_CANCEL));
	}
	CHECK_STR(doing(), "first in line");
	struct level other = {
		{c.px.v - 10000000000}, {100000000}, 1}; /* somebody steps before us */
	memmove(&w.book.ask[1], &w.book.ask[0], 4 * sizeof w.book.ask[0]);
	w.book.ask[0] = other;
	later(300);
	CHECK(step(WANT_CANCEL));
	CHECK_STR(doing(), "following the price");
}

TEST(rests_only_where_it_may)
{
	begin(PLACE_POST_CROSS);
	CHECK_INT(last.tif, TIF_ALO);
	struct exec_want c = last;
	report(&c, REP_OPEN, 0);
	w.v.has_liq = true; /* 2.9 % away */
	w.v.liq = w_px(97100);
	later(200);
	CHECK(step(WANT_CANCEL));
	report(&c, REP_CLOSED, 0);
	REQUIRE(step(WANT_PLACE) != NULL);
	CHECK_INT(last.tif, TIF_IOC);
	w.v.has_liq = false;
	/* beyond the working price nothing rests either */
	struct ticket t = a_ticket(5);
	t.place = PLACE_POST_CROSS;
	t.working = (struct price_spec){.ref = PREF_ABS, .abs = w_px(99990)};
	start(&t, test_seed);
	quiet_book(2, 2);
	REQUIRE(step(WANT_PLACE) != NULL);
	CHECK(last.px.v >= w_px(99990).v);
	/* a venue that answers with errors: cross */
	start(&t, test_seed);
	quiet_book(2, 2);
	w.v.venue = VENUE_ERRORS;
	REQUIRE(step(WANT_PLACE) != NULL);
	CHECK_INT(last.tif, TIF_IOC);
	/* after a pause it looks anew: a slot that ended meanwhile does not make it cross */
	begin(PLACE_POST_CROSS);
	c = last;
	report(&c, REP_OPEN, 0);
	struct err e = {0};
	CHECK(exit_pause(&x, &w.v, &e));
	CHECK(step(WANT_CANCEL));
	report(&c, REP_CLOSED, 0);
	for (int k = 0; k < 120; k++) {
		later(1000);
		CHECK(!step(WANT_PLACE));
	}
	CHECK(exit_resume(&x, &w.v, &e));
	REQUIRE(step(WANT_PLACE) != NULL);
	CHECK_INT(last.tif, TIF_ALO);
	CHECK_INT(last.slice, c.slice);
}

/* A chase of the whole at once: `--algo chase` rests first; a plain sweep never does. */
TEST(chase_of_a_sweep)
{
	struct ticket t = a_ticket(5);
	t.algo = ALGO_SWEEP;
	t.horizon_ms = 0;
	t.place = PLACE_CHASE;
	start(&t, test_seed);
	quiet_book(2, 2);
	REQUIRE(step(WANT_PLACE) != NULL);
	CHECK_INT(last.tif, TIF_ALO);
	t.place = PLACE_POST_CROSS;
	start(&t, test_seed);
	quiet_book(2, 2);
	REQUIRE(step(WANT_PLACE) != NULL);
	CHECK_INT(last.tif, TIF_IOC);
}

TEST(a_twap_beside_us)
{
	struct ticket t = a_ticket(5);
	start(&t, test_seed);
	w.v.twap_share[1] = 0.5; /* buyers: not our side */
	CHECK(!step(WANT_NOTICE));
	w.v.twap_share[0] = 0.14;
	w.v.twap_prints[1] = 9;
	w.v.twap_prints[0] = 2; /* two of them: may be liquidations */
	later(100);
	CHECK(!step(WANT_NOTICE));
	w.v.twap_prints[0] = 3.5;
	later(100);
	REQUIRE(step(WANT_NOTICE) != NULL);
	CHECK(strstr(last.text, "venue TWAP sells beside you, 14 %") != NULL);
	later(100);
	w.v.twap_prints[0] = 2;
	CHECK(!step(WANT_NOTICE)); /* once */
	w.v.twap_prints[0] = 3.5;
	w.v.twap_share[0] = 0;
	later(100);
	CHECK(!step(WANT_NOTICE));
	w.v.twap_share[0] = 0.06;
	later(100);
	CHECK(step(WANT_NOTICE) != NULL); /* another one */
}

TEST_MAIN(T(latency_is_measured), T(a_twap_beside_us), T(waits_then_crosses_at_the_slots_end),
	  T(crosses_when_the_book_leans), T(begins_behind_the_touch), T(quotes_then_crosses),
	  T(does_not_chase_itself), T(rests_only_where_it_may), T(chase_of_a_sweep),
	  T(children_hide), T(declared_shows), T(no_more_than_the_book_shows),
	  T(chance_is_of_the_state))
