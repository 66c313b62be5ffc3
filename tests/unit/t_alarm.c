/* t_alarm.c: alarms in the words of operations.md 9, how they rise and fall, and automatic actions.
 */
#include <stdio.h>

#include "engine/words.h"
#include "tests/run.h"
#include "tests/unit/accounts_world.h"

static const struct alarm *the(const struct world *w, enum notice_code code)
{
	for (int i = 0; i < SNAP_ALARMS; i++)
		if (w->e->alarm[i].used && w->e->alarm[i].code == code)
			return &w->e->alarm[i];
	return NULL;
}

static void check_text(const struct world *w, enum notice_code code, int level, const char *text,
		       int line)
{
	const struct alarm *a = the(w, code);

	if (!a)
		test_fail(__FILE__, line, "no alarm: %s", text);
	else if (!strstr(a->text, text))
		test_fail(__FILE__, line, "said: %s\n  wanted: %s", a->text, text);
	else if (a->level != level)
		test_fail(__FILE__, line, "level %d, wanted %d: %s", a->level, level, a->text);
}
#define SAYS(w, code, level, text) check_text(w, code, level, text, __LINE__)

static const char *said(void (*put)(struct buf *, double), double v)
{
	static char text[64];
	struct buf b;

	buf_init(&b, text, sizeof text);
	put(&b, v);
	return text;
}

static const char *span(int64_t ms)
{
	static char text[64];
	struct buf b;

	buf_init(&b, text, sizeof text);
	put_span_words(&b, ms * 1000000);
	return text;
}

TEST(numbers_in_sentences)
{
	CHECK_STR(said(put_money, 110929.4), "110,929");
	CHECK_STR(said(put_money_short, 1840000), "1.84 M");
	CHECK_STR(said(put_money_short, 370000), "370k");
	CHECK_STR(said(put_money_short, 12.4e6), "12.4 M");
	CHECK_STR(said(put_money_short, 999999), "1.00 M");
	CHECK_STR(said(put_money_short, 8450), "8,450");
	CHECK_STR(said(put_size, 20), "20");
	CHECK_STR(said(put_size, 16.82743), "16.827");
	CHECK_STR(said(put_size, 180000), "180,000");
	CHECK_STR(said(put_size, 0.00007), "0.00007");
	CHECK_STR(said(put_size, 0), "0");
	CHECK_STR(said(put_pct, -0.005), "-0.5 %");
	CHECK_STR(span(3200), "3.2 s");
	CHECK_STR(span(14900), "14 s");
	CHECK_STR(span(130000), "2 min 10 s");
	CHECK_STR(span(3300000), "55 min");
	CHECK_STR(said(put_distance, 0.0145), "1.4 %"); /* as row 0 says it, never farther */
	CHECK_STR(said(put_distance, 0.05), "5.0 %");
	CHECK_STR(said(put_distance, 0.0004), "0.0 %");
	CHECK_STR(said(put_touch_words, 135), "2 min 15 s");
	CHECK_STR(said(put_touch_words, 754), "12 min");
}

/* The short form of an alarm whose text is all it has: sentences, clauses or words, and no more
 * than 78 columns. */
TEST(a_short_form_ends_between_words)
{
	static const char *const rows[][2] = {
		{"It fits. ", "It fits."},
		{"ASLEEP 55 min. Nothing sold. SOL -2.1 %. 800k left. Same pace ends 15:20 "
		 "(chosen). 3 trim",
		 "ASLEEP 55 min. Nothing sold. SOL -2.1 %. 800k left."},
		{"FLAT 14:02:11Z on Hyperliquid (4 dexes, 2 accounts), read twice, nothing can "
		 "open. Cost 3,912 USD.",
		 "FLAT 14:02:11Z on Hyperliquid (4 dexes, 2 accounts), read twice"},
		{"SELLING STOPPED 2 min 10 s ago: 109,383.5 is under your working price "
		 "109,500.5. ",
		 "SELLING STOPPED 2 min 10 s ago: 109,383.5 is under your working price"},
		{"123456789.123456789.123456789.123456789.123456789.123456789.123456789.12345678",
		 "123456789.123456789.123456789.123456789.123456789.123456789.123456789."
		 "12345678"},
	};
	struct world *w = w_ready();

	w->e->out = w->out; /* as within a step */
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		alarm_raise(w->e, 2, NC_LATE, 0, 0, 7, rows[i][0], rows[i][0]);
		REQUIRE(the(w, NC_LATE));
		CHECK_STR(the(w, NC_LATE)->brief, rows[i][1]);
	}
	w_free(w);
}

/* A coin that the list of markets lacks: held, said with its size, never FLAT, and closed by the
 * run as soon as the list has it. */
TEST(held_before_it_is_listed)
{
	struct world *w = w_ready();
	struct event ev;
	struct instr sol = w_eth;

	w->szi = 0;
	w->lost = 1;
	w_live(w, 6 * SEC, 100000);
	SAYS(w, NC_UNLISTED, 2,
	     "HELD, NOT LISTED YET: -12.5 SOL. The venue's list of markets lacks");
	w_flatten_all(w);
	w_live(w, 5 * SEC, 100000);
	CHECK(flat_newest(w->e)->f.state != FLAT_FLAT);
	memcpy(sol.coin, "SOL", 4);
	sol.asset = 7;
	ev = w_event(w, EV_INSTRS);
	ev.instrs.n = 1;
	ev.instrs.at = &sol;
	w_step(w, &ev); /* instrument 1 of this world */
	w->lost = 0;
	w->eth_szi = -1250000000;
	w_live(w, 3 * SEC, 100000);
	CHECK(!the(w, NC_UNLISTED));
	REQUIRE(flat_newest(w->e)->f.n == 1);
	CHECK_STR(flat_newest(w->e)->f.leg[0].coin, "SOL");
	CHECK(w_last_act(w, ACT_ORDER, 0));
	w_free(w);
}

/* What is held no more is in no danger, from the moment FLAT is said. */
TEST(flat_ends_the_danger)
{
	struct world *w = w_ready();

	w_live(w, 3 * SEC, 95000);
	REQUIRE(the(w, NC_DANGER) && the(w, NC_NO_STOP));
	w_flatten_all(w);
	w->szi = 0;
	for (int i = 0; i < 500 && flat_newest(w->e)->f.state != FLAT_FLAT; i++)
		w_pass(w, 10 * MSEC);
	REQUIRE(flat_newest(w->e)->f.state == FLAT_FLAT);
	CHECK(!the(w, NC_DANGER) && !the(w, NC_NO_STOP));
	w_free(w);
}

/* 1 BTC long with 10,000 USD at 100,000: at 95,000 it dies at -4.0 %. */
TEST(danger_rises_at_once_and_falls_after_15_s)
{
	struct world *w = w_ready();

	w_live(w, 3 * SEC, 100000);
	SAYS(w, NC_DANGER, 1, "CROSS dies at BTC -8.8 %");
	w_live(w, 2 * SEC, 95000);
	SAYS(w, NC_DANGER, 2, "CROSS dies at BTC -4.0 %");
	SAYS(w, NC_DANGER, 2, "would lose 5,000 USDC · NO STOP · press !");
	SAYS(w, NC_NO_STOP, 2, "NO STOP");
	w_live(w, 2 * SEC, 93000);
	SAYS(w, NC_DANGER, 3, "CROSS dies at BTC -2.0 %");
	w_live(w, 10 * SEC, 100000);
	SAYS(w, NC_DANGER, 3, "CROSS dies at BTC -8.8 %");
	w_live(w, 8 * SEC, 100000);
	SAYS(w, NC_DANGER, 1, "CROSS dies at BTC -8.8 %");
	w_free(w);
}

/* It falls after 15 s without danger, not after 15 s since it was first less. */
TEST(danger_that_comes_back_begins_anew)
{
	struct world *w = w_ready();

	w_live(w, 3 * SEC, 95000);
	REQUIRE(the(w, NC_DANGER) && the(w, NC_DANGER)->level == 2);
	w_live(w, 10 * SEC, 98000);
	w_live(w, 3 * SEC, 95000);
	w_live(w, 10 * SEC, 98000);
	CHECK_INT(the(w, NC_DANGER)->level, 2);
	w_live(w, 7 * SEC, 98000);
	CHECK_INT(the(w, NC_DANGER)->level, 1);
	w_free(w);
}

/* Whose collateral the program cannot add up is warned by the venue's own price, and read as often
 * as anybody in danger. */
TEST(danger_without_equity)
{
	for (int mode = ABS_UNIFIED; mode <= ABS_PORTFOLIO; mode++) {
		struct world *w = w_ready();
		struct event ev = w_event(w, EV_ABSTRACTION);

		ev.abstraction.mode = (uint8_t)mode;
		w_step(w, &ev);
		w->liq = 850000000000000;
		w_live(w, 25 * SEC, 100000); /* 15 % */
		CHECK(!the(w, NC_DANGER));
		w_live(w, 2 * SEC, 87000);
		SAYS(w, NC_DANGER, 3, "BTC dies at 85,000 (-2.2 %) · NO STOP · by the venue");
		SAYS(w, NC_NO_STOP, 2, "NO STOP");
		CHECK(w->e->danger_ns > w->now_ns);
		CHECK(strlen(the(w, NC_DANGER)->brief) <= 78);
		w_live(w, 2 * SEC, 84000);
		SAYS(w, NC_DANGER, 3, "(-0.0 %)");
		w_live(w, 20 * SEC, 100000);
		CHECK(!the(w, NC_DANGER));
		w_free(w);
	}
}

TEST(the_venue_answers_errors)
{
	struct world *w = w_ready();
	struct event ev;

	w->order[0] = (struct venue_order){.reduce_only = true,
					   .is_trigger = true,
					   .limit = {850000000000000},
					   .trigger_px = {930000000000000},
					   .left = {100000000},
					   .orig = {100000000},
					   .oid = 4};
	w->n_orders = 1;
	w_orders(w);
	w_live(w, 2 * SEC, 100000);
	ev = w_event(w, EV_VENUE_ERROR);
	ev.venue_error.status = 502;
	w_step(w, &ev);
	w->mute = true;
	w_live(w, 14 * SEC, 100000);
	SAYS(w, NC_VENUE_ERRORS, 3, "HYPERLIQUID ANSWERS ERRORS (502) for 1");
	SAYS(w, NC_VENUE_ERRORS, 3, "Orders may still execute. Last true position 1");
	SAYS(w, NC_VENUE_ERRORS, 3, "ago: 1 BTC. Your stop at 93,000 rests at the venue.");
	CHECK(strlen(the(w, NC_VENUE_ERRORS)->brief) <= 78);
	ev = w_event(w, EV_VENUE_ERROR);
	w_step(w, &ev);
	w_live(w, 2 * SEC, 100000);
	CHECK(!the(w, NC_VENUE_ERRORS));
	w_free(w);
}

static void stop_at(struct world *w, int at, int64_t px, int64_t sz)
{
	w->order[at] = (struct venue_order){.reduce_only = true,
					    .is_trigger = true,
					    .limit = {px - 1000000000000},
					    .trigger_px = {px},
					    .left = {sz},
					    .orig = {sz},
					    .oid = 4 + (uint64_t)at};
	if (w->n_orders <= (uint32_t)at)
		w->n_orders = (uint32_t)at + 1;
	w_orders(w);
	w_live(w, 3 * SEC, 95000);
}

/* 1 BTC that dies at 93,000: a stop for a tenth of it, or behind that price, is no stop. */
TEST(a_stop_counts_when_it_takes_all_in_time)
{
	struct world *w = w_ready();
	static struct snap snap;

	w_live(w, 3 * SEC, 95000);
	CHECK(the(w, NC_NO_STOP));
	stop_at(w, 0, 940000000000000, 10000000);
	CHECK(the(w, NC_NO_STOP));
	engine_snap(w->e, &snap);
	CHECK_INT(snap.leg[0].stop_state, STOP_NONE);
	stop_at(w, 1, 945000000000000, 90000000); /* together they take all, at the farther one */
	CHECK(!the(w, NC_NO_STOP));
	engine_snap(w->e, &snap);
	CHECK_INT(snap.leg[0].stop_state, STOP_OK);
	CHECK_INT(snap.leg[0].stop_px.v, 940000000000000);
	w->n_orders = 0;
	stop_at(w, 0, 929000000000000, 100000000);
	CHECK(the(w, NC_NO_STOP));
	w->order[0].trigger_px.v = 940000000000000;
	w->order[0].oid = 9;
	w->order[0].left.v = w->order[0].orig.v = 0; /* of the venue, for whatever is held */
	w->order[0].position_tpsl = true;
	w_orders(w);
	w_live(w, 3 * SEC, 95000);
	CHECK(!the(w, NC_NO_STOP));
	w_free(w);
}

static void context(struct world *w, int64_t mark, int64_t oracle, int64_t mid)
{
	struct event ev = w_event(w, EV_CTX);

	ev.ctx.mark.v = mark * 10000000000;
	ev.ctx.oracle.v = oracle * 10000000000;
	ev.ctx.mid.v = mid * 10000000000;
	w_step(w, &ev);
}

TEST(a_frozen_book_is_blind)
{
	struct world *w = w_ready();

	for (int i = 0; i < 20; i++) {
		w_pass(w, 500 * MSEC);
		context(w, 98000, 98000, 98000);
	}
	SAYS(w, NC_BLIND, 3, "BLIND: BTC book frozen ");
	SAYS(w, NC_BLIND, 3, "Pricing from mark 98,000 (");
	SAYS(w, NC_BLIND, 3, "First limit 97,510 (-0.5 %), last 90,160 (-8.0 %).");
	for (int i = 0; i < 4; i++) { /* equity zero at 90,000 from 100,000 in 1 BTC */
		w_pass(w, 500 * MSEC);
		context(w, 93000, 93000, 93000);
	}
	SAYS(w, NC_BLIND, 3, "last 90,000 (equity zero).");
	w_live(w, 2 * SEC, 98000);
	CHECK(!the(w, NC_BLIND));
	w_free(w);
}

TEST(no_answer_to_a_close)
{
	struct world *w = w_ready();
	struct cmd c = {.kind = CMD_FLATTEN};
	const struct effect *sent;

	c.flatten.part.v = 1000000000000;
	w_command(w, &c);
	w_pass(w, 20 * MSEC);
	sent = w_last_act(w, ACT_ORDER, 0);
	REQUIRE(sent);
	w_answer(w, sent->send.env.nonce, ANSWER_UNKNOWN, NULL, 0, "timeout");
	w->mute = true;
	w_live(w, 2200 * MSEC, 100000);
	SAYS(w, NC_UNKNOWN, 2, "to SELL 1 BTC (reduce-only). It may have filled. Sending again, ");
	SAYS(w, NC_UNKNOWN, 2, " of 4: a double cannot sell more than you hold.");
	CHECK(strlen(the(w, NC_UNKNOWN)->brief) <= 79);
	w_live(w, 2 * SEC, 100000);
	CHECK(the(w, NC_UNKNOWN) && the(w, NC_UNKNOWN)->level == 3);
	w_free(w);
}

TEST(stopped_by_its_price)
{
	struct world *w = w_ready();
	struct cmd c = {.kind = CMD_EXIT};

	memcpy(c.ticket.coin, "BTC", 4);
	c.ticket.algo = ALGO_TWAP;
	c.ticket.horizon_ms = 600000;
	c.ticket.size.unit = SIZE_ALL;
	c.ticket.working = (struct price_spec){.ref = PREF_ABS, .abs = {995000000000000}};
	c.ticket.risk.v = 100000000000;
	CHECK_INT(w_command(w, &c)->reply.code, ERR_OK);
	w_live(w, 2 * SEC, 99000);
	w_live(w, 8 * SEC, 99000);
	SAYS(w, NC_STOPPED_PRICE, 2, "SELLING STOPPED ");
	SAYS(w, NC_STOPPED_PRICE, 2, " ago: 99,000 is under your working price 99,500. ");
	SAYS(w, NC_STOPPED_PRICE, 2, " USD left. Danger ");
	SAYS(w, NC_STOPPED_PRICE, 2, "At 1 in 10 it sells down to ");
	SAYS(w, NC_STOPPED_PRICE, 2, "l lower · n close rest now · w keep waiting");
	w_live(w, 8 * SEC, 100000);
	CHECK(!the(w, NC_STOPPED_PRICE));
	w_free(w);
}

static const struct effect *arm(struct world *w, const char *name, bool on, const char *why)
{
	struct cmd c = {.kind = CMD_AUTO};

	snprintf(c.automatic.name, sizeof c.automatic.name, "%s", name);
	snprintf(c.automatic.why, sizeof c.automatic.why, "%s", why);
	c.automatic.on = on;
	return w_command(w, &c);
}

TEST(nothing_is_automatic_unless_armed)
{
	struct world *w = w_ready();

	w_live(w, 10 * SEC, 91500);
	CHECK(!w_last_act(w, ACT_ORDER, 0));
	CHECK_INT(arm(w, "now", true, "")->reply.code, ERR_ARG);
	CHECK_INT(arm(w, "later", true, "x")->reply.code, ERR_ARG);
	w_live(w, 5 * SEC, 91500);
	CHECK(!w_last_act(w, ACT_ORDER, 0));
	w_free(w);
}

TEST(one_bad_price_sells_nothing)
{
	struct world *w = w_ready();

	CHECK_INT(arm(w, "now", true, "asleep until 7")->reply.code, ERR_OK);
	w_live(w, 3 * SEC, 100000);
	for (int i = 0; i < 4; i++) { /* the mark alone, for two seconds */
		w_pass(w, 500 * MSEC);
		context(w, 91500, 100000, 100000);
	}
	w_live(w, 6 * SEC, 100000);
	CHECK(!w_last_act(w, ACT_ORDER, 0));
	for (int i = 0; i < 10; i++) { /* and for five: the venue liquidates by it */
		w_pass(w, 500 * MSEC);
		context(w, 91500, 100000, 100000);
	}
	CHECK(w_last_act(w, ACT_ORDER, 0) != NULL);
	SAYS(w, NC_AUTO, 3, "by mark for 3 s. It closes everything. Armed because: asleep until 7");
	w_free(w);
}

TEST(two_sources_fire_at_once_also_after_a_restart)
{
	struct world *w = w_ready(), *n;
	uint32_t from;

	arm(w, "now", true, "asleep");
	w_pass(w, SEC);
	n = w_restart(w, SEC);
	CHECK(n->e->automatic[AUTO_NOW].on);
	w_meta(n);
	w_key(n, true);
	w_connect(n, 2);
	w_live(n, 2 * SEC, 100000);
	from = n->n_kept;
	w_live(n, 1500 * MSEC, 91500);
	CHECK(w_last_act(n, ACT_ORDER, from) != NULL);
	SAYS(n, NC_AUTO, 3, "by mark and oracle and mid");
	CHECK_INT(arm(n, "now", false, "")->reply.code, ERR_OK);
	CHECK(!n->e->automatic[AUTO_NOW].on);
	w_free(n);
	w_free(w);
}

/* The connection came back and the venue's reads do not: the barrier stays closed, and a close to
 * zero leaves all the same; a cut, which has to be counted, does not. */
TEST(a_barrier_stops_no_automatic_close)
{
	for (int trim = 0; trim < 2; trim++) {
		struct world *w = w_ready();
		uint32_t from;

		CHECK_INT(arm(w, trim ? "trim" : "now", true, "asleep")->reply.code, ERR_OK);
		w_live(w, 3 * SEC, 100000);
		w->mute = true;
		w_connect(w, 2);
		w_live(w, SEC, 100000);
		CHECK(w->e->acct[0].recon.state != RECON_PASSED);
		from = w->n_kept;
		w_live(w, 4 * SEC, 91500);
		CHECK((w_last_act(w, ACT_ORDER, from) != NULL) == !trim);
		w_free(w);
	}
}

/* Closing one coin by hand is not the close of everything that was armed. */
TEST(a_now_of_one_coin_holds_up_no_automatic_one)
{
	struct world *w = w_ready();
	struct cmd c = {.kind = CMD_FLATTEN};

	c.flatten.scope = FLAT_COINS;
	c.flatten.n_coins = 1;
	c.flatten.part.v = 1000000000000;
	snprintf(c.flatten.coin[0], COIN_MAX, "BTC");
	CHECK_INT(arm(w, "now", true, "asleep")->reply.code, ERR_OK);
	w_live(w, 3 * SEC, 100000);
	CHECK_INT(w_command(w, &c)->reply.code, ERR_OK);
	CHECK_INT(flat_newest(w->e)->f.scope, FLAT_COINS);
	w_live(w, 5 * SEC, 91500);
	CHECK_INT(flat_newest(w->e)->f.scope, FLAT_ALL);
	w_free(w);
}

/* An account whose key is locked is no reason to let another one die. */
TEST(a_locked_account_holds_up_no_other)
{
	struct world *w = two_accounts();
	uint32_t from;

	w->other_szi = 100000000;
	w_connect(w, 1);
	connect_second(w);
	w_market(w, 100000);
	w_live(w, 3 * SEC, 100000);
	CHECK_INT(arm(w, "now", true, "asleep")->reply.code, ERR_OK);
	w_key(w, false);
	w->equity = 950000000000; /* the nearer of the two */
	from = w->n_kept;
	w_live(w, 8 * SEC, 91500);
	REQUIRE(w_last_act(w, ACT_ORDER, from));
	CHECK_INT(w_last_act(w, ACT_ORDER, from)->account, 1);
	w_free(w);
}

/* A crash takes both accounts: neither waits for what is done for the other. */
TEST(each_account_by_itself)
{
	struct world *w = both_held();
	int64_t size = 0;
	uint32_t from;

	w->other_szi = 100000000;
	w_live(w, 6 * SEC, 100000);
	CHECK_INT(arm(w, "now", true, "asleep")->reply.code, ERR_OK);
	from = w->n_kept;
	w_live(w, 2 * SEC, 91500);
	CHECK(orders_of(w, 0, from, &size) > 0);
	CHECK(orders_of(w, 1, from, &size) > 0);
	w_live(w, 4 * SEC, 91500);
	CHECK_INT(arm(w, "now", false, "")->reply.code, ERR_OK);
	CHECK(!the(w, NC_AUTO));
	w_free(w);
}

TEST_MAIN(T(a_short_form_ends_between_words), T(danger_that_comes_back_begins_anew),
	  T(held_before_it_is_listed), T(flat_ends_the_danger), T(each_account_by_itself),
	  T(numbers_in_sentences), T(a_stop_counts_when_it_takes_all_in_time),
	  T(danger_rises_at_once_and_falls_after_15_s), T(danger_without_equity),
	  T(the_venue_answers_errors), T(a_frozen_book_is_blind), T(no_answer_to_a_close),
	  T(stopped_by_its_price), T(nothing_is_automatic_unless_armed),
	  T(one_bad_price_sells_nothing), T(two_sources_fire_at_once_also_after_a_restart),
	  T(a_barrier_stops_no_automatic_close), T(a_locked_account_holds_up_no_other),
	  T(a_now_of_one_coin_holds_up_no_automatic_one))
