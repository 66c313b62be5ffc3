/* The exit ticket: the grid's part comes after the frame and is about the knobs as they stand; what
 * is picked is what is sent is what runs; targets; what cannot be is refused by name. */
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exec/exit.h"
#include "tests/run.h"
#include "tests/screens/hand.h"
#include "ui/thinker.h"
#include "ui/ui_in.h"

static struct think_in in;
static struct think_work work;

TEST(a_bound_until_the_grid_has_answered)
{
	struct think_out out;
	double p, bound;

	begin(story_before);
	type("x");
	REQUIRE(ui.ticket.valid);
	CHECK(!ticket_danger(&ui, WAY_DEADLINE, &bound));
	canvas_resize(&canvas, 120, 40);
	ui_draw(&ui, &canvas, ui.now_ns);
	CHECK(on_screen("at most 1 in"));
	CHECK(on_screen("(a bound)"));
	canvas.ascii = true; /* the sign of a bound has a twin */
	ui_draw(&ui, &canvas, ui.now_ns);
	CHECK(on_screen("<1 in 1") || on_screen("<1 in 2") || on_screen("<1 in 7"));
	CHECK(!on_screen("?1 in"));
	canvas.ascii = false;
	REQUIRE(ui_question(&ui, &in));
	CHECK(!ui_question(&ui, &in)); /* once */
	think(&in, &work, &out);
	REQUIRE(out.ok && out.has_way[WAY_FAST] && out.has_near[0] && out.has_near[1]);
	CHECK(out.near[0] >= out.chosen.p && out.chosen.p >= out.near[1]);
	CHECK_NEAR(out.way[WAY_DEADLINE], out.chosen.p, 0);
	CHECK(ui_answer(&ui, &out));
	CHECK(ticket_danger(&ui, WAY_DEADLINE, &p));
	CHECK(p < bound);
	ui_draw(&ui, &canvas, ui.now_ns);
	CHECK(on_screen("chance of liquidation before this is done (grid)"));
	/* a knob: the answer is about other knobs now, and one that comes late is dropped */
	ui.ticket.knob = KNOB_WITHIN;
	press(UK_RIGHT, 200);
	CHECK(!ticket_danger(&ui, WAY_DEADLINE, &p));
	CHECK(!ui_answer(&ui, &out));
	CHECK(!ticket_danger(&ui, WAY_DEADLINE, &p));
}

TEST(the_thread_says_the_same)
{
	struct think_out a, b;
	struct thinker *t = thinker_new();

	begin(story_before);
	type("x");
	REQUIRE(t && ui_question(&ui, &in));
	thinker_ask(t, &in);
	struct pollfd f = {thinker_fd(t), POLLIN, 0};
	REQUIRE(poll(&f, 1, 20000) == 1);
	REQUIRE(thinker_answer(t, &a));
	CHECK(!thinker_answer(t, &b)); /* once */
	think(&in, &work, &b);
	CHECK(a.ok && b.ok);
	CHECK_NEAR(a.chosen.p, b.chosen.p, 0);
	thinker_ask(t, &in);
	thinker_free(t); /* with a question in it */
}

static struct world {
	struct instr instr;
	struct book book;
	struct exec_view v;
} world;

/* The engine's view of what the snapshot shows. */
static void view_of(const struct snap_leg *leg)
{
	const struct snap_book *b = ui_book(&snap, leg->coin);

	memset(&world, 0, sizeof world);
	world.instr = ui.ticket.instr;
	world.book = b->book;
	world.v = (struct exec_view){.now_ns = ui.now_ns,
				     .wall_ms = snap.wall_ms,
				     .instr = &world.instr,
				     .may_send = true,
				     .book = &world.book,
				     .book_ns = ui.now_ns,
				     .mark = leg->mark,
				     .oracle = leg->mark,
				     .mark_ns = ui.now_ns,
				     .position_known = true,
				     .position = leg->szi,
				     .position_ns = ui.now_ns,
				     .sigma_year = b->sigma_year,
				     .leverage = leg->leverage,
				     .account = ui.ticket.problem.account};
}

/* The very slices: times, sizes and their sum. */
static void runs_as_shown(void)
{
	static struct exit x;
	static struct plan plan;
	struct err e = {0};

	plan = ui.ticket.plan; /* as it stood when Y was pressed */
	view_of(ui_leg_find(&snap, "BTC", -1));
	if (!exit_init(&x, 1, &sent.last.ticket, &world.v, 99, &e)) {
		test_fail(__FILE__, __LINE__, "%s", e.text);
		return;
	}
	CHECK_INT(x.plan.n, plan.n);
	CHECK_INT(x.total.v, plan.total.v);
	for (uint32_t k = 0; k < plan.n && k < x.plan.n; k++) {
		CHECK_INT(x.plan.at_ms[k], plan.at[k].at_ms);
		CHECK_INT(x.plan.qty[k].v, plan.at[k].qty.v);
	}
	CHECK_NEAR(x.urgency, ratio_to_double(sent.last.ticket.urgency), 0);
}

TEST(the_chosen_point_is_what_runs)
{
	static const char *const ways[] = {"x1", "x2", "x3", "x4", "x5"};

	for (int i = 0; i < 5; i++) {
		begin(story_before);
		snap.book[0].est[EST_VOLUME].value = 1e6; /* the cap holds nothing back */
		type(ways[i]);
		type("sY");
		REQUIRE(sent.venue == 1);
		runs_as_shown();
	}
	/* picked by danger on the frontier, of a part */
	begin(story_before);
	snap.book[0].est[EST_VOLUME].value = 1e6;
	type(":exit BTC --size 50% --algo ac --for 10m --risk 1%~\t");
	CHECK_INT(ui.ticket.hold, HOLD_DANGER);
	ui_think_now(&ui);
	REQUIRE(ticket_limit(&ui));
	CHECK_INT(ui.ticket.limit.kind, URGENCY_MET);
	double p;
	CHECK(ticket_danger(&ui, WAY_DEADLINE, &p));
	CHECK(p <= 0.01 && p > 0.004); /* no more urgent than it has to be */
	CHECK_NEAR(ratio_to_double(ui.ticket.t.urgency), ui.ticket.limit.urgency, 1e-11);
	type("s");
	REQUIRE(ui.confirm.choice);
	ui.ticket.limit_ns -= INT64_C(60000000000); /* it would be time for a search */
	ticket_remake(&ui);
	REQUIRE(ui_question(&ui, &in));
	CHECK(!in.search); /* nothing moves under a choice */
	type("Y");
	REQUIRE(sent.venue == 1);
	runs_as_shown();
	/* by a clock time */
	begin(story_before);
	type(":exit BTC --size 50% --algo ac --by 20:12:07Z~");
	REQUIRE(ui.ticket.valid);
	CHECK_INT(ui.ticket.plan.end_ms, sent.last.ticket.until_ms + ui.ticket.plan.end_ms);
	type("sY");
	CHECK(sent.last.ticket.until_ms > snap.wall_ms);
}

/* A tighter limit has no schedule: the block is offered, `1` takes it. */
TEST(a_block_is_offered)
{
	char words[64];

	begin(story_before);
	snap.book[0].est[EST_VOLUME].value = 0.3;
	type(":exit BTC --size all --algo ac --for 10m --risk 1%~\t");
	ui_think_now(&ui);
	REQUIRE(ticket_limit(&ui));
	CHECK_INT(ui.ticket.limit.kind, URGENCY_BLOCK);
	draw(120, 40);
	draw(80, 24);
	CHECK(on_screen("now, the rest fits: 1"));
	ui.ticket.frontier = false;
	draw(120, 40);
	/* 10 % of 0.3 coins/s are 18 of the 24 in 10 min: not danger, the cap */
	snprintf(words, sizeof words, "Volume cap 10 %% alone forbids it: ends near 20:05:37");
	CHECK(on_screen(words));
	struct qty block = ui.ticket.limit.block;
	type("1");
	CHECK_INT(ui.ticket.way, WAY_SWEEP);
	CHECK_INT(ui.ticket.problem.size.v, block.v);
	CHECK_INT(sent.venue, 0);
	type("sY");
	CHECK_INT(sent.last.ticket.algo, ALGO_SWEEP);
	CHECK_INT(sent.last.ticket.size.coin.v, block.v);
}

/* "Get me out with at most 1 %" and nothing else: end and urgency are chosen. */
TEST(a_danger_limit_alone)
{
	begin(story_before);
	type(":exit BTC --size all --danger 1%~");
	CHECK_INT(ui_top(&ui), LAYER_TICKET);
	CHECK_INT(ui.ticket.hold, HOLD_DANGER);
	CHECK(ui.ticket.valid && ui.ticket.t.horizon_ms > 0 && !ui.ticket.t.by_danger);
	ui_think_now(&ui);
	REQUIRE(ticket_limit(&ui));
	double p;
	CHECK(ticket_danger(&ui, WAY_DEADLINE, &p) && p <= 0.01);
	type("sY");
	CHECK_INT(sent.last.kind, CMD_EXIT);
	runs_as_shown();
}

TEST(the_block_of_a_running_exit)
{
	begin(story_cockpit);
	type("3~b");
	CHECK(strstr(ui.notice, "no block is offered") != NULL);
	begin(story_cockpit);
	snap.exit[0].block.v = 150000000;
	snap.exit[0].block_cost = 80;
	type("3~");
	draw(120, 40);
	CHECK(on_screen("Sell 1.5000 BTC now (~80 USD), the rest fits: b"));
	type("b");
	CHECK_INT(sent.venue, 0);
	press('1', 300);
	press('Y', 300);
	CHECK_INT(sent.venue, 1);
	CHECK_INT(sent.last.kind, CMD_TUNE);
	CHECK_INT(sent.last.tune.fields, TUNE_BLOCK);
	CHECK_INT(sent.last.tune.block.coin.v, 150000000);
}

static void knob(enum knob k, const char *text)
{
	ui.ticket.knob = (uint8_t)k;
	press(UK_ENTER, 200);
	for (; *text; text++)
		press(*text, 50);
	press(UK_ENTER, 50);
}

TEST(targets_on_the_ticket)
{
	static const struct {
		const char *typed, *said;
		double least, most; /* coins */
	} row[] = {{"to 6BTC", "until 6.0000 is left", 18, 18},
		   {"to 1M USD", "1M USD", 0, 0}, /* no such unit: refused */
		   {"to 1000000USD", "until 1,000,000 USD is left", 14.887, 14.889},
		   {"to 20x", "until 20.0x", 1, 24},
		   {"liq:100k", "until liq 100,000", 1, 24},
		   {"cushion:5%", "until it lives a move of 5.00 %", 1, 24},
		   {"delta:2.5MUSD", "until net delta 2,500,000 USD", 1, 24},
		   {"25%", "25 %", 6, 6},
		   {"250000USD", "", 2.277, 2.279}};

	for (unsigned i = 0; i < sizeof row / sizeof row[0]; i++) {
		begin(story_before);
		type("x");
		knob(KNOB_AMOUNT, row[i].typed);
		if (!(row[i].most > 0)) {
			CHECK(ui.line.error[0] != 0);
			CHECK_INT(ui.ticket.problem.size.v, INT64_C(2400000000));
			continue;
		}
		double q = qty_to_double(ui.ticket.problem.size);
		if (!ui.ticket.valid || q < row[i].least || q > row[i].most)
			test_fail(__FILE__, __LINE__, "%s: %g coins; %s %s", row[i].typed, q,
				  ui.ticket.err.text, ui.line.error);
		draw(200, 60);
		if (!on_screen(row[i].said))
			test_fail(__FILE__, __LINE__, "%s: not said", row[i].said);
	}
	/* the net delta is reached: what is left of it is what was asked for */
	begin(story_before);
	double net = 0;
	for (uint32_t i = 0; i < snap.n_pools; i++)
		net += money_to_double(snap.pool[i].net);
	type("x");
	knob(KNOB_AMOUNT, "delta:1000000USD");
	double mark = price_to_double(ui_leg_find(&snap, "BTC", -1)->mark);
	CHECK_NEAR(net - qty_to_double(ui.ticket.problem.size) * mark, 1000000, 1.2);
}

TEST(what_cannot_be_is_named)
{
	static const struct {
		enum knob knob;
		const char *typed, *says;
	} row[] = {
		{KNOB_AMOUNT, "nan", "nan"},
		{KNOB_AMOUNT, "-5BTC", "-5BTC"},
		{KNOB_AMOUNT, "12", "12 of what?"},
		{KNOB_AMOUNT, "0%", "nothing"},
		{KNOB_AMOUNT, "to 0x", "0x"},
		{KNOB_AMOUNT, "to 0.5ETH", "ETH"},
		{KNOB_WITHIN, "nan", "nan"},
		{KNOB_WITHIN, "-5m", "-5m"},
		{KNOB_WITHIN, "0s", "0s"},
		{KNOB_WITHIN, "40d", "40d"},
		{KNOB_WITHIN, "200h", "longer than 7 days"},
		{KNOB_WITHIN, "25:99Z", "25:99Z"},
		{KNOB_URGENCY, "1.5", "1.5"},
		{KNOB_URGENCY, "nan", "nan"},
		{KNOB_WORKING, "nan", "nan"},
		{KNOB_WORKING, "112k", "waits for a rise"},
		{KNOB_DANGER, "0%", "always a danger limit"},
		{KNOB_DANGER, "100%", "100%"},
		{KNOB_DANGER, "-1%", "-1%"},
		{KNOB_CAP, "0%", "volume cap"},
		{KNOB_CAP, "99%", "from 1% to 25%"},
		{KNOB_RANDOM, "80%", "from 0% to 50%"},
	};

	for (unsigned i = 0; i < sizeof row / sizeof row[0]; i++) {
		begin(story_before);
		type("x");
		struct ticket was = ui.ticket.t;
		uint8_t way = ui.ticket.way;
		knob(row[i].knob, row[i].typed);
		if (!strstr(ui.line.error, row[i].says))
			test_fail(__FILE__, __LINE__, "knob %d, %s: \"%s\"", row[i].knob,
				  row[i].typed, ui.line.error);
		CHECK_INT(ui.edit, EDIT_KNOB); /* still being typed */
		CHECK(!memcmp(&was, &ui.ticket.t, sizeof was));
		CHECK_INT(ui.ticket.way, way);
		draw(80, 24);
		CHECK_INT(sent.n, 1); /* the focus of the market, nothing else */
	}
	/* more than is held: under the ways, nothing can be started */
	begin(story_before);
	type("x");
	knob(KNOB_AMOUNT, "30BTC");
	CHECK(!ui.ticket.valid && strstr(ui.ticket.err.text, "You hold 24.00000 BTC."));
	press(UK_ESC, 500);
	begin(story_before);
	type(":exit BTC --size 30BTC~sY");
	CHECK_INT(sent.venue, 0);
}

static void dying(struct snap *s)
{
	story_before(s);
	s->pool[0].equity = s->pool[0].maintenance;
}

static void frozen(struct snap *s)
{
	story_before(s);
	for (uint32_t i = 0; i < s->n_books; i++)
		s->book[i].book.seen_ns -= INT64_C(9000000000);
}

static void bookless(struct snap *s)
{
	story_before(s);
	s->n_books = 0;
}

/* Doubt about data is said and stops nothing that takes a position towards zero; what no schedule
 * can do in time is refused, and the sweep stays. */
TEST(doubt_and_the_ticket)
{
	begin(dying);
	type("x");
	CHECK(!ui.ticket.valid && strstr(ui.ticket.err.text, "under its maintenance"));
	type("sY");
	CHECK_INT(sent.venue, 0);
	type("1sY");
	CHECK_INT(sent.venue, 1);
	CHECK_INT(sent.last.ticket.algo, ALGO_SWEEP);
	begin(frozen);
	type("x");
	draw(120, 40);
	CHECK(on_screen("9s old book"));
	draw(80, 24);
	type("sY");
	CHECK_INT(sent.venue, 1);
	begin(bookless);
	type("x");
	draw(120, 40);
	CHECK(on_screen("no book: what it costs is model"));
	type("sY");
	CHECK_INT(sent.venue, 1);
}

/* Left of no randomness lies declared: twap, crossing, for all to see; and back again. */
TEST(declared_is_left_of_zero)
{
	begin(story_before);
	type("x");
	CHECK_INT(ui.ticket.t.place, PLACE_POST_CROSS);
	ui.ticket.knob = KNOB_RANDOM;
	for (int k = 0; k < 4; k++)
		press(UK_LEFT, 200);
	CHECK(ui.ticket.t.random.v == 0 && !ui.ticket.t.declared);
	press(UK_LEFT, 200);
	CHECK(ui.ticket.t.declared);
	CHECK_INT(ui.ticket.t.algo, ALGO_TWAP);
	CHECK_INT(ui.ticket.t.place, PLACE_CROSS);
	draw(120, 40);
	CHECK(on_screen("declared"));
	CHECK(on_screen("even, for all to see"));
	press(UK_RIGHT, 200);
	CHECK(!ui.ticket.t.declared);
	CHECK_INT(ui.ticket.t.place, PLACE_POST_CROSS);
}

TEST_MAIN(T(declared_is_left_of_zero), T(a_bound_until_the_grid_has_answered),
	  T(the_thread_says_the_same), T(the_chosen_point_is_what_runs), T(a_block_is_offered),
	  T(a_danger_limit_alone), T(the_block_of_a_running_exit), T(targets_on_the_ticket),
	  T(what_cannot_be_is_named), T(doubt_and_the_ticket))
