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

TEST_MAIN(T(children_hide), T(declared_shows), T(no_more_than_the_book_shows),
	  T(chance_is_of_the_state))
