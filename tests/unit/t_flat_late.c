/* A flatten that runs: positions that it hears of later, a price typed for one coin of it, and NOW
 * pressed again. */
#include "tests/unit/flat_world.h"

/* The order of this step for that coin. */
static struct flat_want order_of(uint16_t coin)
{
	for (uint32_t i = 0; i < out.n; i++)
		if (out.at[i].kind == FW_PLACE && out.at[i].instr_id == coin)
			return out.at[i];
	return (struct flat_want){0};
}

static struct flatten one_coin(const char *coin, double worst)
{
	struct flatten c = {.account = 0xff, .scope = FLAT_COINS, .n_coins = 1};
	snprintf(c.coin[0], COIN_MAX, "%s", coin);
	c.worst = w_px(worst);
	return c;
}

/* A position that is read or opened after the start is closed at once: it does not wait for a leg
 * that nobody buys, nor for a complete read. A part is of what there was. */
TEST(a_late_position_waits_for_nobody)
{
	static const struct flatten all[] = {{.account = 0xff},
					     {.account = 0xff, .verb = VERB_CARE},
					     {.account = 0xff, .scope = FLAT_LONGS}};
	for (size_t k = 0; k < 3; k++) {
		setup(3);
		v.n = 2;
		begin(&all[k]);
		flat_step(&f, &v, &out);
		CHECK_INT(order_of(2).qty.v, 0);
		v.n = 3;
		later(100);
		flat_step(&f, &v, &out);
		CHECK(order_of(2).qty.v > 0);
		CHECK(!order_of(2).buy);
		if (k == 2) /* what could open there goes too */
			CHECK(count(FW_CANCEL_OPENING) > 0);
	}
	setup(3);
	v.n = 2;
	struct flatten half = {.account = 0xff, .part = {500000000000}};
	begin(&half);
	flat_step(&f, &v, &out);
	v.n = 3;
	later(100);
	flat_step(&f, &v, &out);
	CHECK_INT(order_of(2).qty.v, 0);
}

/* Nothing was read when it began, and no complete read ever comes: it closes what it hears of. */
TEST(begun_unread)
{
	struct flatten c = {.account = 0xff};
	setup(1);
	v.n = 0;
	v.unread = true;
	begin(&c);
	flat_step(&f, &v, &out);
	CHECK_INT(f.state, FLAT_VERIFYING);
	v.n = 1;
	later(100);
	flat_step(&f, &v, &out);
	CHECK_INT(order_of(0).qty.v, qt(5).v);
}

/* The price typed for one coin is no bound for another that the same run closes: a sale of 100 USD
 * at 100,000 would never be bought. */
TEST(a_typed_price_is_for_its_coin)
{
	struct flatten c = one_coin("C1", 99.5), other = one_coin("C2", 0);
	setup(3);
	leg[2].mark = w_px(10);
	book[2] = deep(9.99, 10.01);
	begin(&c);
	flat_step(&f, &v, &out);
	CHECK_INT(order_of(1).px.v, w_px(99.5).v);
	CHECK_INT(flat_now(&f, &other, &v), 1);
	later(100);
	flat_step(&f, &v, &out);
	CHECK(order_of(2).qty.v > 0 && order_of(2).px.v < w_px(9.99).v);
	reload();
	later(1000);
	flat_step(&f, &v, &out);
	CHECK(order_of(2).qty.v > 0 && order_of(2).px.v < w_px(9.99).v);
	CHECK_INT(order_of(1).px.v, w_px(99.5).v);
	/* typed within a run for all: the others go on down their ladders */
	struct flatten all = {.account = 0xff};
	setup(3);
	leg[2].mark = w_px(10);
	book[2] = deep(9.99, 10.01);
	begin(&all);
	flat_step(&f, &v, &out);
	CHECK_INT(flat_now(&f, &c, &v), 1);
	later(1000);
	flat_step(&f, &v, &out);
	CHECK_INT(order_of(1).px.v, w_px(99.5).v);
	CHECK(order_of(2).qty.v > 0 && order_of(2).px.v < w_px(9.99).v);
	/* and a coin named again without a price has none any more */
	struct flatten again = one_coin("C1", 0);
	CHECK_INT(flat_now(&f, &again, &v), 1);
	later(1000);
	flat_step(&f, &v, &out);
	CHECK(order_of(1).px.v < w_px(99.5).v);
}

/* A fill that comes after its verdict says nothing of the leg: what is left of it is. */
TEST(a_leg_that_is_not_closed_is_not_filled)
{
	static struct snap_flat s;
	struct flatten c = {.account = 0xff};
	setup(2);
	begin(&c);
	flat_step(&f, &v, &out);
	struct flat_want w = order_of(1);
	int64_t q = execute(&w, 0.5);
	struct exec_report r = {.kind = REP_CLOSED,
				.slice = w.leg + 1,
				.attempt = w.attempt,
				.filled = {q},
				.px = w_px(99.9)};
	flat_on_order(&f, &r, &v);
	r.kind = REP_FILL;
	flat_on_order(&f, &r, &v);
	later(100);
	flat_step(&f, &v, &out);
	flat_fill_snap(&f, &v, &s);
	CHECK(s.row[w.leg].state != ORDER_FILLED && !s.row[w.leg].done);
	CHECK_INT(s.row[w.leg].filled.v, q);
	leg[1].szi.v = 0; /* another hand took the rest */
	later(100);
	flat_step(&f, &v, &out);
	flat_fill_snap(&f, &v, &s);
	CHECK(s.row[w.leg].done);
}

TEST(what_is_left_is_read_at_a_glance)
{
	struct flatten c = {.account = 0xff};
	setup(1);
	leg[0].szi = qt(-1234567.5);
	begin(&c);
	flat_step(&f, &v, &out);
	later(4600);
	flat_step(&f, &v, &out);
	CHECK(strstr(f.text, "NOT FLAT: 1,234,567.5 C0 (123,456,750 USD)"));
}

/* FLAT rests on two reads that the venue made one after the other, both after our last answer. */
TEST(two_reads_are_two)
{
	struct flatten c = {.account = 0xff};
	setup(1);
	leg[0].szi = qt(5);
	begin(&c);
	flat_step(&f, &v, &out);
	struct flat_want w = order_of(0);
	fill(&w, 1);
	flat_step(&f, &v, &out);
	CHECK_INT(f.state, FLAT_VERIFYING);
	later(100);
	read_all(0);
	int64_t first = v.wall_ms;
	CHECK_INT(f.zero_reads, 1);
	for (int k = 0; k < 20; k++) { /* the same answer again, from a cache */
		later(100);
		v.read_id++;
		v.read_venue_ms = first;
		flat_step(&f, &v, &out);
		CHECK(!f.done);
		CHECK(count(FW_READ) <= 1);
	}
	v.last_answer_ms = v.wall_ms; /* a late answer: the first was before it */
	later(100);
	read_all(0);
	CHECK(!f.done);
	later(100);
	read_all(0);
	CHECK(f.done && f.state == FLAT_FLAT);
}

/* A part of the record has room for its legs with every try of theirs open. */
TEST(the_largest_legs_are_saved)
{
	struct flatten c = {.account = 0xff};
	uint8_t body[REC_BODY_MAX];
	setup(FLAT_PART_LEGS);
	begin(&c);
	for (uint32_t i = 0; i < FLAT_PART_LEGS; i++) {
		memset(f.leg[i].coin, 'C', COIN_MAX - 1);
		for (uint32_t k = 0; k < FLAT_TRIES; k++)
			f.leg[i].open[k].attempt = k + 1;
	}
	CHECK(flat_save(&f, 1, body) <= REC_BODY_MAX);
}

/* Pressed again and again, a second apart, by who is frightened: each goes out at once, and the
 * ladder never goes back to a price that nobody took. */
TEST(pressed_again_goes_on_down)
{
	struct flatten c = {.account = 0xff};
	uint8_t rung = 0;
	setup(1);
	begin(&c);
	for (int k = 0; k < 6; k++) {
		if (k % 2)
			flat_again(&f, &v);
		else if (k)
			flat_now(&f, &c, &v);
		flat_step(&f, &v, &out);
		REQUIRE(order_of(0).qty.v > 0);
		CHECK(order_of(0).rung >= rung);
		rung = order_of(0).rung;
		struct flat_want w = order_of(0);
		fill(&w, 0);
		later(900);
	}
	CHECK_INT(rung, 4);
}

TEST_MAIN(T(a_late_position_waits_for_nobody), T(begun_unread), T(a_typed_price_is_for_its_coin),
	  T(a_leg_that_is_not_closed_is_not_filled), T(what_is_left_is_read_at_a_glance),
	  T(two_reads_are_two), T(the_largest_legs_are_saved), T(pressed_again_goes_on_down))
