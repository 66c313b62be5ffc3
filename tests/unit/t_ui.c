/* t_ui.c: the screen without a terminal: numbers, text, themes, keys, tickets, the command line,
 * knobs of a running exit. What is drawn is in t_screens.c, what may be sent in t_ui_send.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "tests/run.h"
#include "tests/screens/hand.h"
#include "ui/fmt.h"
#include "ui/style.h"

TEST(numbers)
{
	CHECK_STR(fmt_money((struct money){-3124900000000}, 8, SIGN_PLUS).s, "−31,249");
	CHECK_STR(fmt_usd(2480543, 8, 0).s, "2.48M");
	CHECK_STR(fmt_km(905708, 0).s, "906k");
	CHECK_STR(fmt_px(4246.1, 2).s, "4,246.1");
	CHECK_STR(fmt_px(109383, 1).s, "109,383");
	CHECK_STR(fmt_px(0.1853, 6).s, "0.18530");
	CHECK_STR(fmt_px(44.71, 4).s, "44.710");
	CHECK_STR(fmt_size5((struct qty){1682743000}).s, "16.827");
	CHECK_STR(fmt_size5((struct qty){300000000000}).s, "3,000.0");
	CHECK_STR(fmt_size5((struct qty){18000000000000}).s, "180,000");
	CHECK_STR(fmt_size5((struct qty){0}).s, "0");
	CHECK_STR(fmt_size((struct qty){2400000000}, 5).s, "24.00000");
	CHECK_STR(fmt_pct(-1.45, 0).s, "−1.45");
	CHECK_STR(fmt_pct(-10.04, 0).s, "−10.0");
	CHECK_STR(fmt_double(-0.04, 1, SIGN_PLUS).s, "0.0");
	CHECK_STR(fmt_chance(1 / 64.0, false).s, "1 in 64");
	CHECK_STR(fmt_chance(0.1563, true).s, "1 in 6.4");
	CHECK_STR(fmt_chance(0.0077, true).s, "1 in 130");
	CHECK_STR(fmt_chance(0.0019, false).s, "under 1 in 500");
	CHECK_STR(fmt_touch(447).s, "7m25");
	CHECK_STR(fmt_touch(740).s, "12m");
	CHECK_STR(fmt_touch(15 * 3600 + 3000).s, "15h");
	CHECK_STR(fmt_touch_words(135).s, "2 min 15 s");
	CHECK_STR(fmt_dur(0.4).s, "<1s");
	CHECK_STR(fmt_dur(247).s, "4m07");
	CHECK_STR(fmt_clock(STORY_WALL_MS).s, "19:56:27");
	double nan = 0.0;
	CHECK_STR(fmt_double(1 / nan, 1, 0).s, "–");
}

TEST(text_is_cut_numbers_are_not)
{
	canvas_init(&canvas, cells, COUNT_OF(cells));
	canvas_resize(&canvas, 20, 4);
	cv_num(&canvas, 0, 0, 4, ROLE_TEXT, "12,345");
	CHECK_INT(canvas.cell[0].cp, '#');
	CHECK_INT(canvas.hashes, 1);
	cv_text(&canvas, 0, 1, 12, ROLE_TEXT, "price 109,377 is it");
	char out[200];
	text_of(out, sizeof out);
	CHECK(strstr(out, "price ›") != NULL);
	CHECK(strstr(out, "109") == NULL);
	cv_put(&canvas, 18, 2, ROLE_TEXT, "999");
	CHECK_INT(canvas.clipped_digits, 1);
	canvas.ascii = true;
	cv_put(&canvas, 0, 3, ROLE_TEXT, "▸−×σ…");
	CHECK_INT(canvas.cell[3 * 20].cp, '>');
	CHECK_INT(canvas.cell[3 * 20 + 1].cp, '-');
	canvas.ascii = false;
}

TEST(themes_are_complete)
{
	static const char *const names[] = {"dark", "light", "contrast", "safe", "mono"};
	struct style s;
	struct err e;

	for (unsigned i = 0; i < COUNT_OF(names); i++)
		for (int colors = 0; colors <= 256; colors += colors ? 240 : 16)
			if (!style_builtin(&s, names[i], colors, &e))
				test_fail(__FILE__, __LINE__, "%s at %d: %s", names[i], colors,
					  e.text);
	CHECK(!style_builtin(&s, "pink", 256, &e));
	CHECK(!style_parse(&s, "x", "[roles]\ntext = 1\ntext = 2\n", &e));
	CHECK(strstr(e.text, "x:3") != NULL);
	CHECK(!style_parse(&s, "x", "[roles]\ntext = 999\n", &e));
	CHECK(!style_parse(&s, "x", "[roles]\ntext = 1\n", &e)); /* the others are missing */
}

/* In mono the states that matter differ in attributes from plain text and from one another where
 * they share a place; their signs and words are told by the goldens. */
TEST(mono_tells_states_apart)
{
	static const uint8_t differ[][2] = {
		{ROLE_DANGER, ROLE_TEXT},	   {ROLE_CAUTION, ROLE_TEXT},
		{ROLE_DANGER, ROLE_CAUTION},	   {ROLE_UNKNOWN, ROLE_TEXT},
		{ROLE_UNKNOWN, ROLE_DANGER},	   {ROLE_STRONG, ROLE_TEXT},
		{ROLE_BADGE_MAIN, ROLE_BADGE_SIM}, {ROLE_KEY, ROLE_KEY_OFF},
		{ROLE_INPUT, ROLE_TEXT},	   {ROLE_AREA, ROLE_AREA_NEXT},
		{ROLE_UNKNOWN, ROLE_CAUTION}};
	struct style s;
	struct err e;

	REQUIRE(style_builtin(&s, "mono", 0, &e));
	for (unsigned i = 0; i < COUNT_OF(differ); i++)
		if (s.role[differ[i][0]].attr == s.role[differ[i][1]].attr)
			test_fail(__FILE__, __LINE__, "%s and %s look the same",
				  role_name(differ[i][0]), role_name(differ[i][1]));
	for (int r = 0; r < ROLE_COUNT; r++)
		CHECK(s.role[r].fg < 0 && s.role[r].bg < 0);
}

TEST(every_action_has_a_key)
{
	struct keymap k, own;
	struct err e;

	REQUIRE(keymap_init(&k, &e));
	for (int a = 1; a < UA_COUNT; a++) {
		if (!k.key[a][0])
			test_fail(__FILE__, __LINE__, "%s has no key", action_table[a].name);
		CHECK(cv_width(action_table[a].help) <= 28);
		CHECK(action_table[a].flags != 0);
		/* … promises a sheet, and a sheet is promised by … */
		bool dots = strstr(action_table[a].help, "…") != NULL;
		bool sheet = (action_table[a].flags & (UF_S | UF_A)) != 0;
		if (dots && !sheet)
			test_fail(__FILE__, __LINE__, "%s: … without a sheet",
				  action_table[a].name);
	}
	REQUIRE(keymap_builtin(&own, "default", &e));
	CHECK(!memcmp(&own, &k, sizeof k)); /* the file says what the table says */
	CHECK(keymap_builtin(&own, "vi", &e));
	CHECK(!keymap_read(&k, "mine", "[all]\npanic = F\n", &e));
	CHECK(strstr(e.text, "panic") && strstr(e.text, "panic-one"));
	CHECK(!keymap_read(&k, "mine", "[all]\nfly = z\n", &e));
	CHECK(!keymap_read(&k, "mine", "[all]\npanic = Ctrl\n", &e));
	CHECK(keymap_read(&k, "mine", "[all]\npanic = Z\n", &e));
	CHECK_INT(keymap_find(&k, UP_ALL, 'Z'), UA_PANIC);
	CHECK_INT(keymap_find(&k, UP_ALL, '!'), UA_NONE);
}

/* Forty pools, twenty lines: the cursor anywhere, the pools in doubt stay. */
TEST(pools_in_doubt_never_scroll_away)
{
	begin(story_many);
	snap.leg[20].unknown = true;
	snap.leg[30].other_hand = true;
	snap.leg[35].mark_ns = snap.now_ns - 20 * INT64_C(1000000000);
	snap.pool[0].dies_pct = -2;
	for (int i = 0; i < 40; i++) {
		struct ui_row rows[SNAP_POOLS + POSITIONS_MAX];
		bool own = false;
		int n, shown = ui_rows_shown(&ui, 11, rows, (int)COUNT_OF(rows), &n), pins = 0;
		CHECK_INT(n, 40);
		CHECK_INT(shown, 10);
		for (int k = 0; k < shown; k++) {
			int leg = rows[k].leg;
			pins += leg == 0 || leg == 20 || leg == 30 || leg == 35;
			own = own || &snap.leg[leg] == ui_leg(&ui);
		}
		CHECK_INT(pins, 4);
		CHECK(own);
		press('j', 1);
	}
	draw(80, 24);
	CHECK(on_screen("nearest BTC −"));
}

TEST(the_mouse_selects_and_never_sends)
{
	begin(story_cockpit);
	CHECK(!ui.mouse);
	draw(80, 24);
	for (int y = 0; y < 24; y++)
		ui_click(&ui, y, ui.now_ns + 1000000);
	ui_click(&ui, 7, ui.now_ns); /* heading 3, pool 4, ETH 5, BTC 6, HYPE 7 */
	CHECK_STR(ui.coin, "HYPE");
	ui_wheel(&ui, -1, ui.now_ns);
	CHECK_STR(ui.coin, "BTC");
	type("2");
	draw(80, 24);
	int y = ui.row_y;
	REQUIRE(y > 1);
	ui_click(&ui, y + 2, ui.now_ns);
	CHECK_INT(ui.row, 2);
	type(":set mouse on~");
	CHECK(ui.mouse);
	type(":set repaint 11~");
	CHECK(ui.line.error[0] != 0);
	press(UK_ESC, 500);
	type("!4");
	for (y = 0; y < 24; y++) {
		ui_click(&ui, y, ui.now_ns);
		ui_wheel(&ui, 1, ui.now_ns);
	}
	CHECK_INT(sent.venue, 0);
}

/* What is cancelled is what the cursor stands on, under a filter too. */
TEST(a_filtered_order_is_the_one_cancelled)
{
	begin(story_cockpit);
	type("2ff"); /* yours only */
	const struct snap_order *o = ui_order_at(&ui, 0);
	REQUIRE(o != NULL);
	CHECK_INT(o->whose, WHOSE_YOURS);
	type("c");
	CHECK_INT(ui.sheet.cancel.oid, o->oid);
}

TEST(the_frontier_holds_what_tab_chose)
{
	begin(story_before);
	type("xf");
	REQUIRE(ui.ticket.valid && ui.ticket.n_front > 2);
	int64_t u0 = ui.ticket.t.urgency.v;
	ui.ticket.t.risk.v = 10000000000; /* 1 in 100 */
	press(UK_TAB, 200);		  /* danger: the cheapest within the limit */
	CHECK_INT(ui.ticket.hold, HOLD_DANGER);
	bool fits = false;
	for (uint32_t i = 0; i < ui.ticket.n_front; i++)
		fits = fits || ui.ticket.front[i].danger <= 0.01;
	CHECK(fits == (ui.ticket.t.urgency.v != u0) || fits);
	if (!fits)
		CHECK(strstr(ui.notice, "keeps danger under") != NULL);
	press(UK_TAB, 200); /* cost */
	CHECK_INT(ui.ticket.hold, HOLD_COST);
	double held = ui.ticket.hold_cost;
	press(UK_DOWN, 200);
	ui.ticket.knob = KNOB_WITHIN;
	press(UK_RIGHT, 200); /* a longer deadline: the cost stays, the rest answers */
	CHECK(ui.ticket.plan.cost.total <= held * 1.05);
	CHECK_INT(sent.venue, 0);
}

TEST(ticket_sends_what_it_shows)
{
	begin(story_before);
	type("x");
	CHECK_INT(ui_top(&ui), LAYER_TICKET);
	REQUIRE(ui.ticket.valid);
	type("sY");
	CHECK_INT(sent.venue, 1);
	CHECK_INT(sent.last.kind, CMD_EXIT);
	CHECK_STR(sent.last.ticket.coin, "BTC");
	begin(story_before);
	type("x1sY"); /* sweep */
	CHECK_INT(sent.last.ticket.algo, ALGO_SWEEP);
	begin(story_before);
	type("xs");
	press('g', 200); /* a knob turned: what was chosen is not this any more */
	press('Y', 200);
	CHECK_INT(sent.venue, 0);
	begin(story_before);
	type(":exit BTC --size 50% --algo ac --for 10m --working 108.5k~");
	CHECK_INT(ui_top(&ui), LAYER_TICKET);
	CHECK_INT(sent.venue, 0);
	REQUIRE(ui.ticket.valid);
	CHECK_INT(ui.ticket.problem.size.v, 1200000000);
	draw(120, 40);
	CHECK(on_screen("108,500"));
}

TEST(refusals_in_words)
{
	begin(story_before);
	type(":exit BTCC --size all~");
	CHECK(strstr(ui.line.error, "No market BTCC. Near: BTC.") != NULL);
	begin(story_before);
	type(":exit BTC --size 12~");
	CHECK(strstr(ui.line.error, "12 of what? Write 12BTC, 12% or 12000USD.") != NULL);
	begin(story_before);
	type(":exit BTC --size 30BTC~");
	CHECK(strstr(ui.ticket.err.text, "You hold 24.00000 BTC.") != NULL);
	begin(story_cockpit);
	type("x");
	CHECK(strstr(ui.notice, "x2 already sells BTC. t tunes x2, e ends it.") != NULL);
	begin(story_before);
	type(":exit~");
	CHECK(!ui.quit);
	CHECK(strstr(ui.notice, "q leaves the screen") != NULL);
	begin(story_before);
	type("x~112k~");
	CHECK(strstr(ui.line.error, "waits for a rise. Write wait to mean that.") != NULL);
}

TEST(the_line_says_what_it_means)
{
	begin(story_before);
	type(":ex");
	press(UK_TAB, 200);
	CHECK_STR(ui.line.text, "exit ");
	type("b");
	press(UK_TAB, 200);
	CHECK_STR(ui.line.text, "exit BTC ");
	type("--al");
	press(UK_TAB, 200);
	CHECK_STR(ui.line.text, "exit BTC --algo ");
	press(UK_TAB, 200); /* several: one after the other */
	CHECK_STR(ui.line.text, "exit BTC --algo twap");
	press(UK_TAB, 200);
	CHECK_STR(ui.line.text, "exit BTC --algo ac");
	draw(80, 24);
	CHECK(on_screen("Almgren-Chriss, fast first"));
	type(" --size 50% --for 10m --risk 1% --working 108.5k");
	draw(80, 24);
	CHECK(on_screen("sell 12.00000 of 24.00000 BTC by "));
	CHECK(on_screen(", danger 1 in 100, working 108,500"));
	CHECK(on_screen("from liq price"));
	CHECK_INT(sent.venue, 0);
	press(UK_ESC, 500);
	type(":exit BTC --size 50% --algoo ac ");
	draw(80, 24);
	CHECK(on_screen("exit has no option --algoo. Near: --algo."));
	type("~");
	CHECK(strstr(ui.line.error, "--algoo") != NULL);
	press(UK_UP, 200); /* history keeps what was typed */
	CHECK_STR(ui.line.text, "exit BTC --size 50% --algoo ac ");
	press(UK_ESC, 500);
	type(":pau");
	press(UK_UP, 200);
	press(UK_DOWN, 200);
	CHECK_STR(ui.line.text, "pau");
	begin(story_cockpit);
	type(":tune x2 --pace 1.5x");
	draw(80, 24);
	CHECK(on_screen("x2 sells BTC, pace 1.50x, now 1.00x"));
	press(UK_ESC, 500);
	type(":set pen ");
	draw(80, 24);
	CHECK(on_screen("braille"));
}

/* The ticket shows what is left; the engine counts what is done too. */
TEST(ticket_of_a_running_exit)
{
	begin(story_cockpit);
	type("~t");
	CHECK_INT(ui_top(&ui), LAYER_TICKET);
	CHECK_INT(ui.ticket.tunes, 2);
	type("sY");
	CHECK_INT(sent.last.kind, CMD_TUNE);
	CHECK_INT(sent.last.tune.fields & (TUNE_SIZE | TUNE_END), 0); /* nothing was turned */
	begin(story_cockpit);
	type("~t");
	while (ui.ticket.knob != KNOB_AMOUNT)
		press(UK_UP, 100);
	press(UK_LEFT, 200);
	type("sY");
	const struct snap_exit *x = ui_exit_find(&snap, 2);
	REQUIRE(x != NULL);
	CHECK(sent.last.tune.fields & TUNE_SIZE);
	CHECK_INT(sent.last.tune.size.unit, SIZE_COIN);
	CHECK(sent.last.tune.size.coin.v > x->done.v);
	CHECK(sent.last.tune.size.coin.v < x->done.v + x->left.v);
}

TEST(knobs_of_a_running_exit)
{
	begin(story_cockpit);
	type("~");
	CHECK_INT(ui_top(&ui), LAYER_EXIT);
	press('+', 200);
	CHECK_INT(sent.last.kind, CMD_TUNE);
	CHECK_INT(sent.last.tune.pace.v, 1200000000000);
	int n = sent.venue;
	press('-', 200); /* slower than confirmed: asks first */
	CHECK_INT(sent.venue, n);
	CHECK_INT(ui_top(&ui), LAYER_SHEET);
	type("1Y");
	CHECK_INT(sent.venue, n + 1);
	press('[', 200); /* looser at once */
	CHECK_INT(sent.last.tune.fields, TUNE_WORKING);
	n = sent.venue;
	press(']', 200);
	CHECK_INT(sent.venue, n);
	begin(story_cockpit);
	press('P', 200); /* pausing is one key, everywhere */
	CHECK_INT(sent.last.kind, CMD_PAUSE);
}

static void tuned(uint32_t k, uint16_t field, double from, int64_t ms)
{
	snap.exit[0].tune_field[k] = field;
	snap.exit[0].tune_from[k] = from;
	snap.exit[0].tune_ms[k] = ms;
}

TEST(undo_undoes)
{
	begin(story_cockpit);
	type("~");
	snap.exit[0].tunes = 1; /* slower than planned: back is faster, at once */
	snap.exit[0].pace = 0.75;
	tuned(0, TUNE_PACE, 1, 5000);
	press('u', 200);
	CHECK_INT(sent.last.kind, CMD_TUNE);
	CHECK_INT(sent.last.tune.fields, TUNE_PACE);
	CHECK_INT(sent.last.tune.pace.v, 1000000000000);
	int n = sent.venue;
	snap.exit[0].tunes = 3; /* a cap and an end turned together: both, and it asks */
	snap.exit[0].pace = 1;
	tuned(1, TUNE_CAP, 10, 9000);
	tuned(2, TUNE_END, 600, 9000);
	press('u', 200);
	CHECK_INT(sent.venue, n);
	CHECK_INT(ui_top(&ui), LAYER_SHEET);
	type("1Y");
	CHECK_INT(sent.venue, n + 1);
	CHECK_INT(sent.last.tune.fields, TUNE_CAP | TUNE_END);
	CHECK_INT(sent.last.tune.until_ms, 9000 + 600000);
	/* the cap: up at once, back to what was confirmed at once, lower asks */
	snap.exit[0].cap = 0.15;
	snap.exit[0].ticket.cap.v = 100000000000;
	n = sent.venue;
	press('{', 200);
	CHECK_INT(sent.venue, n + 1);
	snap.exit[0].cap = 0.10;
	press('{', 200);
	CHECK_INT(sent.venue, n + 1);
	CHECK_INT(ui_top(&ui), LAYER_SHEET);
}

static char unlocked_with[64];

static bool on_unlock(void *ctx, char *password, char *said, size_t cap)
{
	(void)ctx;
	snprintf(unlocked_with, sizeof unlocked_with, "%s", password);
	snprintf(said, cap, "Unlocked.");
	return true;
}

static bool holds(const void *mem, size_t n, const char *what)
{
	return memmem(mem, n, what, strlen(what)) != NULL;
}

TEST(a_password_takes_every_key_and_is_wiped)
{
	begin(story_cockpit);
	snap.account[0].key_ready = false;
	type(":unlock~"); /* nobody to unlock it here */
	CHECK(strstr(ui.notice, "exeunt key unlock") != NULL);
	ui.out.unlock = on_unlock;
	type(":unlock~");
	CHECK_INT(ui.edit, EDIT_SECRET);
	type("!4Yhunter");
	CHECK_INT(ui_top(&ui), LAYER_NONE);
	CHECK_INT(sent.venue, 0);
	draw(80, 24);
	CHECK(!on_screen("hunter"));
	CHECK(on_screen("*********"));
	press(UK_ESC, 500); /* Esc leaves first */
	CHECK_INT(ui.edit, EDIT_NONE);
	CHECK(!holds(&ui, sizeof ui, "hunter"));
	type(":unlock~!4Yhunter~");
	CHECK_STR(unlocked_with, "!4Yhunter");
	CHECK(!holds(&ui, sizeof ui, "hunter"));
	CHECK_STR(ui.notice, "Unlocked.");
	type(":unlock~hunter");
	press(UK_CTRL('Z'), 100);
	CHECK(ui.suspend);
	CHECK(!holds(&ui, sizeof ui, "hunter"));
	type(":unlock hunter~"); /* nor does the history keep one */
	press(UK_ESC, 500);
	press(':', 500);
	press(UK_UP, 100);
	CHECK(!holds(ui.line.text, sizeof ui.line.text, "hunter"));
	CHECK_INT(sent.venue, 0);
}

/* Two legs change places in the snapshot: the rows wait until the hand is off the keys. */
TEST(rows_stand_still_under_the_hand)
{
	begin(story_cockpit);
	press('j', 200);
	struct snap_leg t = snap.leg[0];
	snap.leg[0] = snap.leg[3];
	snap.leg[3] = t;
	snap.leg[0].helps_per_k = 2;
	struct ui_row rows[8];
	ui_snap(&ui, &snap, ui.now_ns + 1000000000);
	CHECK_INT(ui_rows_held(&ui, rows, 8), 6);
	CHECK_STR(snap.leg[rows[1].leg].coin, "ETH");
	ui_snap(&ui, &snap, ui.now_ns + 3000000000);
	CHECK_INT(ui_rows_held(&ui, rows, 8), 6);
	CHECK_STR(snap.leg[rows[1].leg].coin, "SOL");
	CHECK_STR(ui.coin, "HYPE"); /* the cursor sticks to the market */
}

TEST(leaving)
{
	begin(story_cockpit);
	type("q");
	draw(80, 24);
	CHECK(on_screen("Leave the screen? x2 and x1 run on in the engine."));
	ui.source.ends = true;
	draw(80, 24);
	CHECK(on_screen("Leave? The paper exchange ends, and with it x2 and x1."));
	ui.source.ends = false;
	press(UK_ESC, 500);
	CHECK(!ui.quit);
	press(UK_CTRL('C'), 500);
	CHECK(!ui.quit);
	press(UK_CTRL('C'), 1500);
	CHECK(!ui.quit);
	press(UK_CTRL('C'), 500);
	CHECK(ui.quit);
	begin(story_cockpit);
	type("!");
	press(UK_CTRL('Z'), 500);
	CHECK(ui.suspend);
	CHECK_INT(ui_top(&ui), LAYER_NONE);
	begin(story_cockpit); /* a torn escape sequence is not typed */
	press(UK_ESC, 500);
	press('[', 100);
	press('A', 10);
	press('!', 500);
	CHECK_INT(ui_top(&ui), LAYER_SHEET);
}

TEST_MAIN(T(numbers), T(text_is_cut_numbers_are_not), T(themes_are_complete),
	  T(mono_tells_states_apart), T(every_action_has_a_key),
	  T(pools_in_doubt_never_scroll_away), T(the_mouse_selects_and_never_sends),
	  T(a_filtered_order_is_the_one_cancelled), T(the_frontier_holds_what_tab_chose),
	  T(ticket_sends_what_it_shows), T(refusals_in_words), T(the_line_says_what_it_means),
	  T(ticket_of_a_running_exit), T(knobs_of_a_running_exit), T(undo_undoes),
	  T(a_password_takes_every_key_and_is_wiped), T(rows_stand_still_under_the_hand),
	  T(leaving))
