/* A flatten that the venue refuses or that the world surprises: no requests left, too many orders,
 * dust, post-only, a position that turns; what a close was expected to cost; its bytes. */
#include "tests/unit/flat_world.h"

/* Another hand takes a position through zero: it is closed on its new side, and FLAT waits for it.
 */
TEST(a_position_that_turns_is_followed)
{
	struct flatten c = {.account = 0xff};
	setup(2);
	begin(&c);
	flat_step(&f, &v, &out);
	for (uint32_t i = 0; i < out.n; i++)
		if (out.at[i].kind == FW_PLACE) {
			struct flat_want w = out.at[i];
			fill(&w, 1);
		}
	leg[1].szi = qt(-3); /* it was long */
	later(100);
	flat_step(&f, &v, &out);
	CHECK_INT(f.state, FLAT_SENDING);
	REQUIRE(count(FW_PLACE) == 1);
	for (uint32_t i = 0; i < out.n; i++)
		if (out.at[i].kind == FW_PLACE) {
			struct flat_want w = out.at[i];
			CHECK(w.buy && w.target_zero && w.rung == 1);
			CHECK_INT(w.qty.v, qt(3).v);
			fill(&w, 1);
		}
	flat_step(&f, &v, &out);
	CHECK_INT(f.state, FLAT_VERIFYING);
	/* each side lost 0.1 a coin: 5 + 6 of the first sides, 3 of the second */
	CHECK_NEAR(money_to_double(flat_cost(&f)), 1.4, 1e-6);
	/* a cut does not follow */
	setup(2);
	struct flatten t = trim_of(1, (double[]){2});
	memcpy(t.cut[0].coin, "C1", 3);
	begin(&t);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 1);
	leg[1].szi = qt(-3);
	for (uint32_t i = 0; i < out.n; i++)
		if (out.at[i].kind == FW_PLACE) {
			struct flat_want w = out.at[i];
			tell(&w, 0, REP_CLOSED);
		}
	later(3000);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 0);
}

/* No requests left: one action each ten seconds, the most endangered leg's, as far as it may go. */
TEST(empty_request_budget)
{
	struct flatten c = {.account = 0xff};
	uint32_t sent = 0;
	setup(4);
	begin(&c);
	flat_step(&f, &v, &out);
	for (uint32_t i = 0; i < out.n; i++)
		if (out.at[i].kind == FW_PLACE)
			refuse_saying(&out.at[i], REJ_RATE, "Too many cumulative requests sent");
	for (int k = 0; k < 300; k++) {
		later(100);
		flat_step(&f, &v, &out);
		if (!count(FW_PLACE))
			continue;
		struct flat_want w = first_place();
		CHECK_INT(count(FW_PLACE), 1);
		CHECK_INT(w.leg, 0);
		CHECK_INT(w.rung, RUNGS);
		sent++;
		refuse_saying(&w, REJ_RATE, "Too many cumulative requests sent");
	}
	CHECK(sent == 2 || sent == 3); /* 30 s */
	/* taken again: everybody goes */
	do {
		later(100);
		flat_step(&f, &v, &out);
	} while (!count(FW_PLACE));
	struct flat_want w = first_place();
	fill(&w, 1);
	later(1000);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 3);
}

/* A thousand orders: the openers and the limits go first, then what is farthest. */
TEST(too_many_open_orders)
{
	struct flatten c = {.account = 0xff};
	setup(1);
	begin(&c);
	flat_step(&f, &v, &out);
	for (int k = 0; k < 3; k++) {
		struct flat_want w = first_place();
		refuse_saying(&w, REJ_CROWDED, "Too many open orders. asset=0");
		later(100);
		flat_step(&f, &v, &out);
		CHECK_INT(count(FW_CANCEL_OPENING), 1);
		CHECK_INT(count(FW_CANCEL_RO), 1);
		CHECK_INT(count(FW_CANCEL_FAR), k >= 1);
		CHECK_INT(count(FW_PLACE), 0);
		later(500);
		flat_step(&f, &v, &out);
		CHECK_INT(count(FW_PLACE), 1); /* within a second, at the same rung */
		CHECK_INT(first_place().rung, 1);
	}
}

/* Dust is tried whole, then named with the venue's words. */
TEST(dust)
{
	struct flatten c = {.account = 0xff};
	setup(1);
	leg[0].szi = qt(0.07);
	begin(&c);
	flat_step(&f, &v, &out);
	for (int k = 0; k < 3; k++) {
		struct flat_want w = first_place();
		CHECK_INT(w.qty.v, qt(0.07).v);
		refuse_saying(&w, REJ_MIN_NTL, "Order must have minimum value of $10.");
		later(2000);
		flat_step(&f, &v, &out);
	}
	later(100);
	read_all(0);
	later(100);
	read_all(0);
	CHECK(f.done && f.state == FLAT_NOT_FLAT);
	CHECK(strstr(f.text,
		     "0.07 C0 (7.00 USD) cannot close: venue said \"Order must have minimum"));
}

/* Post-only: the resting close follows the touch, cancelled before it is placed again; the probe
 * of the first leg does not disturb it. */
TEST(post_only_reprices)
{
	struct flatten c = {.account = 0xff};
	setup(2);
	v.post_only = true;
	leg[0].szi = qt(5);
	begin(&c);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 2);
	struct flat_want rest[2];
	uint32_t n = 0;
	for (uint32_t i = 0; i < out.n; i++)
		if (out.at[i].kind == FW_PLACE) {
			rest[n++] = out.at[i];
			CHECK_INT(out.at[i].tif, TIF_ALO);
		}
	later(2000);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_PLACE), 1); /* the probe */
	struct flat_want probe = first_place();
	CHECK(probe.tif == TIF_IOC && probe.leg == 0);
	refuse_saying(&probe, REJ_POST_ONLY, "Only post-only orders allowed");
	for (int i = 0; i < 2; i++)
		book[i] = deep(98.9, 99.1); /* the market walks away from us */
	later(2000);
	flat_step(&f, &v, &out);
	CHECK_INT(count(FW_CANCEL_RO), 2);
	for (uint32_t i = 0; i < out.n; i++)
		CHECK(out.at[i].kind != FW_PLACE || out.at[i].tif == TIF_IOC);
	for (uint32_t i = 0; i < n; i++)
		tell(&rest[i], 0, REP_CLOSED);
	later(2000);
	flat_step(&f, &v, &out);
	uint32_t again = 0;
	for (uint32_t i = 0; i < out.n; i++)
		if (out.at[i].kind == FW_PLACE && out.at[i].tif == TIF_ALO) {
			again++;
			CHECK_INT(out.at[i].px.v, w_px(99.1).v);
		}
	CHECK_INT(again, 2);
}

/* What a close was expected to cost: the walk, its tail beyond the book, fees; and how much of it
 * nobody has seen. */
TEST(expected_counts_beyond_the_book)
{
	struct flatten c = {.account = 0xff};
	double seen, more;
	setup(1);
	leg[0].szi = qt(5);
	leg[0].fee = 0.00045;
	begin(&c);
	flat_step(&f, &v, &out);
	seen = 5 * 0.1 + 5 * 99.9 * 0.00045;
	CHECK_NEAR(money_to_double(f.expected), seen, 1e-6);
	CHECK_NEAR(money_to_double(f.model), 0, 1e-9);
	CHECK(f.worst.v > f.expected.v);
	setup(1);
	leg[0].szi = qt(5);
	leg[0].fee = 0.00045;
	book[0].bid[0].sz = qt(1); /* four of five are beyond it */
	begin(&c);
	flat_step(&f, &v, &out);
	/* coef sqrt(u) past the best, 5 bp of the mark at the edge: 2/3 coef (5 sqrt 5 - 1) */
	more = 2.0 / 3 * 0.05 * (5 * 2.2360679775 - 1);
	CHECK_NEAR(money_to_double(f.expected), seen + more * (1 - 0.00045), 1e-6);
	CHECK_NEAR(money_to_double(f.model), more, 1e-6);
	leg[0].book_ns = 1; /* blind: all of it is model */
	begin(&c);
	flat_step(&f, &v, &out);
	CHECK_INT(f.model.v, f.expected.v);
}

/* Version 1 as it was written by the first release is still read. */
TEST(bytes_of_version_1)
{
	uint8_t body[REC_BODY_MAX], one[REC_BODY_MAX];
	struct flatten c = {.account = 0xff};
	setup(1);
	begin(&c);
	flat_step(&f, &v, &out);
	size_t head = flat_save(&f, 0, body), part = flat_save(&f, 1, one);
	/* what version 2 appended: 1+8 in the command, then 1+1+1+1+8+4+8+8; in a leg 1 for each
	 * try and 1+1+4+8+8+8 */
	/* 3: then 8; 4: then 1+1, which 5 left out again; 5: 1 in a leg, 6: 8 in a leg */
	size_t tail = 1 + 1 + 1 + 1 + 8 + 4 + 8 + 8 + 8, text = sizeof f.text;
	memmove(body + head - tail - text - 9, body + head - tail - text, text);
	body[0] = 1;
	size_t cut = part - 39;
	memmove(one + cut - 1, one + cut, 0);
	memset(&g, 0x5a, sizeof g);
	REQUIRE(flat_load(&g, 0, body, head - tail - 9, v.now_ns));
	REQUIRE(flat_load(&g, 1, one, cut - 1, v.now_ns));
	CHECK_INT(g.n, 1);
	CHECK_INT(g.verb, VERB_NOW);
	CHECK_INT(g.leg[0].attempt, f.leg[0].attempt);
	CHECK(g.leg[0].open[0].zero);
	CHECK_INT(g.leg[0].open[0].left.v, f.leg[0].open[0].left.v);
	head = flat_save(&f, 0, body);
	body[0] = FLAT_VERSION + 1;
	CHECK(!flat_load(&g, 0, body, head, v.now_ns));
	body[0] = 2; /* before the model's share of the estimate */
	REQUIRE(flat_load(&g, 0, body, head - 8, v.now_ns));
	CHECK_INT(g.model.v, 0);
	CHECK_INT(g.expected.v, f.expected.v);
	body[0] = 3; /* before accounts could join */
	REQUIRE(flat_load(&g, 0, body, head, v.now_ns));
	CHECK_INT(g.model.v, f.model.v);
}

/* Of version 4 an account that had joined a run for another: its legs are closed to the end, on
 * whichever side they come to be. */
TEST(bytes_of_an_account_that_joined)
{
	struct flatten c = {.account = 1};
	uint8_t body[REC_BODY_MAX], one[REC_BODY_MAX];
	setup(2);
	leg[0].account = leg[1].account = 1;
	begin(&c);
	f.leg[1].account = leg[f.leg[1].instr_id].account = 2;
	f.leg[1].state = FL_ZERO;
	size_t head = flat_save(&f, 0, body), part = flat_save(&f, 1, one);
	body[0] = 4;
	body[head] = body[head + 1] = 1 << 2;
	/* what the first leg has more, of versions 5 and 6 */
	memmove(one + part / 2 - 9, one + part / 2, part - part / 2);
	REQUIRE(flat_load(&g, 0, body, head + 2, v.now_ns));
	REQUIRE(flat_load(&g, 1, one, part - 18, v.now_ns));
	CHECK(flat_has_account(&g, 1) && flat_has_account(&g, 2) && !flat_has_account(&g, 0));
	CHECK(!flat_has_whole(&g, 2));
	f = g;
	leg[f.leg[1].instr_id].szi.v *= -1;
	flat_step(&f, &v, &out);
	CHECK_INT(f.leg[1].state, FL_WORKING);
	reload(); /* as version 6 */
	CHECK(flat_has_account(&f, 2) && f.leg[1].any_side);
}

/* Of version 5 the price that was typed was of the whole run: it is of the coin that was named. */
TEST(bytes_of_a_typed_price)
{
	struct flatten c = {.account = 0xff, .scope = FLAT_COINS, .n_coins = 1, .worst = w_px(90)};
	uint8_t body[REC_BODY_MAX], one[REC_BODY_MAX];
	setup(2);
	memcpy(c.coin[0], "C1", 3);
	begin(&c);
	memcpy(c.coin[0], "C0", 3);
	c.worst.v = 0;
	CHECK_INT(flat_now(&f, &c, &v), 1);
	size_t head = flat_save(&f, 0, body), part = flat_save(&f, 1, one);
	body[0] = 5;
	memmove(one + part / 2 - 8, one + part / 2, part - part / 2);
	REQUIRE(flat_load(&g, 0, body, head, v.now_ns));
	REQUIRE(flat_load(&g, 1, one, part - 16, v.now_ns));
	CHECK_INT(g.leg[0].typed.v, w_px(90).v);
	CHECK_INT(g.leg[1].typed.v, 0);
}

/* The golden bytes of version 6: raise FLAT_VERSION when they change. */
TEST(golden_bytes)
{
	struct flatten c = trim_of(1, (double[]){2.5});
	uint8_t body[REC_BODY_MAX];
	uint64_t h = 0xcbf29ce484222325u;
	setup(1);
	c.cushion.v = 50000000000;
	begin(&c);
	f.seed = 0x1122334455667788;
	flat_step(&f, &v, &out);
	for (uint32_t part = 0; part < 2; part++) {
		size_t n = flat_save(&f, part, body);
		CHECK_INT(n, part ? 199 : 395);
		for (size_t i = 0; i < n; i++)
			h = (h ^ body[i]) * 0x100000001b3u;
	}
	CHECK(h == 0x8eba9fecf44d9681);
}

TEST_MAIN(T(a_position_that_turns_is_followed), T(empty_request_budget), T(too_many_open_orders),
	  T(dust), T(post_only_reprices), T(expected_counts_beyond_the_book), T(bytes_of_version_1),
	  T(bytes_of_an_account_that_joined), T(bytes_of_a_typed_price), T(golden_bytes))
