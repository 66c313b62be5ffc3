/* t_ui_send.c: the properties that keep a key from sending by accident, and that what is sent is
 * what the zone said. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/prng.h"
#include "tests/run.h"
#include "tests/screens/hand.h"
#include "ui/panic.h"
#include "ui/style.h"

/* Keys in all, over all states: 10^5, or EXEUNT_KEYS of them for the long campaign. */
static int keys_each(void)
{
	const char *env = getenv("EXEUNT_KEYS");
	long n = env ? strtol(env, NULL, 10) : 100000;

	return (int)(n > 0 ? n : 100000) / (int)n_hand_states + 1;
}

TEST(random_keys_change_nothing)
{
	static const int keys[] = {UK_ESC,   UK_ENTER, UK_UP, UK_DOWN, UK_LEFT,
				   UK_RIGHT, UK_TAB,   UK_BS, UK_PGUP};
	struct prng r;

	prng_seed(&r, test_seed);
	for (unsigned i = 0; i < n_hand_states; i++) {
		begin(hand_states[i].scene);
		type(hand_states[i].keys);
		for (int n = 0, most = keys_each(); n < most; n++) {
			int k = prng_below(&r, 5) ? (int)prng_range(&r, ' ', '~')
						  : keys[prng_below(&r, COUNT_OF(keys))];
			/* without Y, P and the knobs of a running exit that act at once */
			if (k == 'Y' || k == 'P')
				continue;
			if (ui_top(&ui) == LAYER_EXIT && ui.edit == EDIT_NONE &&
			    strchr("p+-[](){}mu", k < 127 ? k : ' ') && k != ' ')
				continue;
			press(k, (int64_t)prng_below(&r, 400));
			if (sent.venue) {
				test_fail(__FILE__, __LINE__,
					  "state %u: key %d (%c) sent command %d", i, k,
					  k > 31 && k < 127 ? k : '.', sent.last.kind);
				return;
			}
		}
		ui.depth = 0;
	}
}

/* Where an action works, so that its key means it. */
static const struct {
	uint8_t place;
	void (*scene)(struct snap *);
	const char *keys;
} places[] = {
	{UP_ALL, story_cockpit, ""},	 {UP_MOVE, story_cockpit, ""},
	{UP_COCKPIT, story_before, ""},	 {UP_TICKET, story_before, "x"},
	{UP_EXIT, story_cockpit, "~"},	 {UP_SHEET, story_panic, "!"},
	{UP_PANIC, story_panic, "!"},	 {UP_PANIC_RUN, story_run, ""},
	{UP_ORDERS, story_cockpit, "2"}, {UP_JOURNAL, story_cockpit, "5"},
	{UP_REPORT, story_done, "6~"},	 {UP_RISK, story_cockpit, "4"},
};

TEST(dots_send_nothing)
{
	for (int a = 1; a < UA_COUNT; a++) {
		if (!strstr(action_table[a].help, "…") || !(action_table[a].flags & UF_S))
			continue;
		if (action_table[a].flags & UF_A) /* at once or a sheet: knobs_of_a_running_exit */
			continue;
		unsigned k = 0;
		while (k < COUNT_OF(places) && places[k].place != action_table[a].place)
			k++;
		REQUIRE(k < COUNT_OF(places));
		for (int i = 0; i < BIND_MAX; i++) {
			begin(places[k].scene);
			type(places[k].keys);
			int key = ui.keys.key[a][i];
			if (!key)
				break;
			press(key, 500);
			press(UK_ENTER, 500); /* nor does Enter after it */
			if (sent.venue)
				test_fail(__FILE__, __LINE__, "%s sent command %d",
					  action_table[a].name, sent.last.kind);
		}
	}
}

TEST(one_line_says_what_Y_sends)
{
	begin(story_panic);
	draw(23, 1);
	CHECK(on_screen("! F P"));
	type("!");
	draw(23, 1);
	CHECK(on_screen("4 NOW 4.76k 5 legs"));
	type("4");
	draw(23, 1);
	CHECK(on_screen("Y sends 3.0 s NOW"));
	type("Y");
	CHECK_INT(sent.venue, 1);
}

TEST(enter_and_esc_never_send)
{
	for (unsigned i = 0; i < n_hand_states; i++) {
		begin(hand_states[i].scene);
		type(hand_states[i].keys);
		for (int n = 0; n < 1000; n++)
			press(UK_ENTER, 0);
		CHECK_INT(sent.venue, 0);
		begin(hand_states[i].scene);
		type(hand_states[i].keys);
		for (int n = 0; n < 50; n++)
			press(UK_ESC, 500);
		CHECK_INT(sent.venue, 0);
		CHECK_INT(ui_top(&ui), LAYER_NONE); /* Esc always leads out */
		CHECK(!ui.quit);
	}
}

TEST(two_keys_send_within_three_seconds)
{
	begin(story_panic);
	press('!', 500);
	press('Y', 500); /* alone */
	CHECK_INT(sent.venue, 0);
	press('4', 200);
	press('Y', 3001); /* too late */
	CHECK_INT(sent.venue, 0);
	draw(120, 40);
	CHECK(on_screen("Too late: 3 s are over. 4 again, then Y."));
	press('4', 200);
	press('Y', 2900);
	CHECK_INT(sent.venue, 1);
	CHECK_INT(sent.last.kind, CMD_FLATTEN);
	CHECK_INT(sent.last.flatten.scope, FLAT_ALL);
	CHECK_INT(sent.last.flatten.account, 0);
	CHECK_INT(sent.last.snap, 1);
	press('Y', 100); /* no key sends twice */
	CHECK_INT(sent.venue, 1);

	begin(story_panic);
	press('!', 500);
	press('4', 100); /* in the first 150 ms */
	press('Y', 20);
	press('Y', 100);
	CHECK_INT(sent.venue, 0);

	begin(story_panic);
	press('!', 500);
	ui_paste(&ui, true);
	press('4', 300);
	press('Y', 300);
	ui_paste(&ui, false);
	CHECK_INT(sent.venue, 0);
}

TEST(scopes_of_panic)
{
	begin(story_panic);
	type("F4Y");
	CHECK_INT(sent.venue, 1);
	CHECK_INT(sent.last.flatten.scope, FLAT_COINS);
	CHECK_STR(sent.last.flatten.coin[0], "BTC");
	begin(story_panic);
	type("!a4Y");
	CHECK_INT(sent.last.flatten.account, 0xff);
	begin(story_panic);
	type("!");
	press(UK_RIGHT, 200);
	type("4Y");
	CHECK_INT(sent.last.flatten.scope, FLAT_LONGS);
	begin(story_before); /* the panic key works while typing */
	type(":exit B!");
	CHECK_INT(ui_top(&ui), LAYER_SHEET);
}

/* TRIM sends the cuts that were read, to the last digit; NOW and CARE send the scope. */
TEST(verbs_send_what_they_showed)
{
	begin(story_panic);
	type("!2");
	const struct sheet_line then = ui.sheet.then;
	REQUIRE(then.offered && then.n > 1);
	type("Y");
	CHECK_INT(sent.venue, 1);
	CHECK_INT(sent.last.kind, CMD_FLATTEN);
	CHECK_INT(sent.last.flatten.verb, VERB_TRIM);
	CHECK_INT(sent.last.flatten.n_cuts, then.n);
	for (uint32_t i = 0; i < then.n; i++) {
		const struct cut *c = &sent.last.flatten.cut[i];
		CHECK_STR(c->coin, snap.leg[then.leg[i].leg].coin);
		CHECK_INT(c->qty.v, then.leg[i].size.v);
		CHECK(c->qty.v > 0 && c->qty.v <= llabs(snap.leg[then.leg[i].leg].szi.v));
	}
	CHECK_INT(ui_top(&ui), LAYER_RUN);
	begin(story_panic);
	type("!3Y");
	CHECK_INT(sent.last.flatten.verb, VERB_CARE);
	CHECK_INT(sent.last.flatten.n_cuts, 0);
	begin(story_panic);
	type("!1Y");
	CHECK_INT(sent.last.kind, CMD_GUARD);
	CHECK_INT(sent.last.guard.scope, FLAT_ALL);
	CHECK_INT(sent.last.guard.account, 0);
	CHECK(!sent.last.guard.off);
	CHECK_INT(ui_top(&ui), LAYER_NONE);
	begin(story_panic);
	type("!5"); /* only the isolated pool is paid from here */
	double add = 0;
	for (uint32_t i = 0; i < ui.sheet.in_then.n_pools; i++)
		add += ui.sheet.then.pool[i].add_here ? ui.sheet.then.pool[i].add : 0;
	type("Y");
	CHECK_INT(sent.venue, 1);
	CHECK_INT(sent.last.kind, CMD_ADD);
	CHECK_STR(sent.last.add.coin, "WLFI");
	CHECK_NEAR(money_to_double(sent.last.add.usd), add, 1);
}

/* Books breathe by a basis point: the cuts that stand on the screen stay while they serve. */
TEST(shown_cuts_do_not_jump)
{
	struct prng r;
	int changes = 0;

	prng_seed(&r, test_seed);
	begin(story_panic);
	type("!");
	for (int k = 0; k < 60; k++) {
		struct flatten was = {0}, is = {0};

		panic_cuts(&ui, &was);
		for (uint32_t b = 0; b < snap.n_books; b++) {
			struct book *book = &snap.book[b].book;
			double by = 1e-4 * (prng_unit(&r) - 0.5);

			for (int i = 0; i < book->n_bid; i++)
				book->bid[i].px.v += (int64_t)((double)book->bid[i].px.v * by);
			for (int i = 0; i < book->n_ask; i++)
				book->ask[i].px.v += (int64_t)((double)book->ask[i].px.v * by);
		}
		ui_snap(&ui, &snap, ui.now_ns + 1100000000);
		panic_cuts(&ui, &is);
		changes += memcmp(was.cut, is.cut, sizeof was.cut) != 0;
	}
	CHECK(changes <= 1);
}

/* Cost of the line chosen, not of its neighbours; the digit alone sends nothing anywhere. */
TEST(a_verb_not_offered_sends_nothing)
{
	begin(story_panic); /* nothing isolated: ADD is the user's to send */
	snap.n_pools = 1;
	snap.n_legs = 4;
	ui_snap(&ui, &snap, ui.now_ns);
	type("!5Y");
	CHECK_INT(sent.venue, 0);
	CHECK(strstr(ui.notice, "transfer of yours") != NULL);
	begin(story_panic); /* under 0.8 % no stop is offered */
	snap.n_pools = 1;
	snap.n_legs = 4;
	snap.leg[0].stop_px.v = snap.leg[3].stop_px.v = 0;
	ui_snap(&ui, &snap, ui.now_ns);
	type("!1Y");
	CHECK_INT(sent.venue, 0);
	CHECK(strstr(ui.notice, "GUARD is not offered: under 0.8 %") != NULL);
	begin(story_empty);
	type("!1Y2Y3Y4Y5Y");
	CHECK_INT(sent.venue, 0);
}

TEST(stops_are_placed_from_their_sheet)
{
	begin(story_cockpit);
	type("S1Y");
	CHECK_INT(sent.last.kind, CMD_GUARD);
	CHECK_INT(sent.last.guard.scope, FLAT_ALL);
	begin(story_cockpit); /* g on a running exit: that market's */
	type("~g1Y");
	CHECK_INT(sent.last.kind, CMD_GUARD);
	CHECK_INT(sent.last.guard.scope, FLAT_COINS);
	CHECK_STR(sent.last.guard.coin[0], "BTC");
	begin(story_cockpit); /* taking them away needs the word */
	type("S2Y");
	CHECK_INT(sent.venue, 0);
	type("S2STOPS~");
	CHECK_INT(sent.venue, 0); /* S2 opened over the word's field: it was typed into it */
	begin(story_cockpit);
	type("S2STOPS~");
	CHECK_INT(sent.venue, 1);
	CHECK(sent.last.guard.off);
	begin(story_cockpit);
	type(":guard BTC~1Y");
	CHECK_STR(sent.last.guard.coin[0], "BTC");
}

/* The key is locked: the sheet asks for the password, and nothing is chosen. */
TEST(a_locked_key_asks_first)
{
	begin(story_panic);
	snap.account[0].key_ready = false;
	type("!4Y");
	CHECK_INT(sent.venue, 0);
	CHECK(strstr(ui.notice, "KEY LOCKED") != NULL);
}

/* One of two is locked: what the other holds is not held up. */
TEST(one_key_of_two_is_enough)
{
	begin(story_panic);
	snap.account[snap.n_accounts] = snap.account[0];
	snap.account[snap.n_accounts++].key_ready = false;
	type("!a4");
	type("Y");
	CHECK_INT(sent.venue, 1);
	CHECK_INT(sent.last.flatten.account, 0xff);
}

/* Nothing is read yet: not known is not flat, and NOW goes. Read and empty: it says so. */
TEST(now_goes_before_the_first_read)
{
	for (int read = 0; read < 2; read++) {
		begin(story_panic);
		snap.n_legs = snap.n_legs_all = snap.n_pools = 0;
		snap.account[0].read_ns = read;
		type("!2Y");
		CHECK_INT(sent.venue, 0);
		draw(80, 24);
		CHECK(on_screen(read ? "Nothing is open in this scope."
				     : "account is not read yet"));
		type("4");
		draw(80, 24);
		CHECK(on_screen("closes what the first read shows") == !read);
		type("Y");
		CHECK_INT(sent.venue, !read);
		if (!read)
			CHECK(sent.last.kind == CMD_FLATTEN && sent.last.flatten.verb == VERB_NOW &&
			      sent.last.flatten.scope == FLAT_ALL);
	}
}

static void moved_by(double share, int leg)
{
	snap.leg[leg].mark.v = (int64_t)((double)snap.leg[leg].mark.v * (1 + share));
	snap.number++;
	ui_snap(&ui, &snap, ui.now_ns + INT64_C(1010000000)); /* a second: the plan is made anew */
}

TEST(a_plan_that_changed_drops_the_choice)
{
	static const char *const chosen[] = {"!2", "!5"};

	for (unsigned i = 0; i < COUNT_OF(chosen); i++) {
		begin(story_panic);
		type(chosen[i]);
		snap.pool[0].equity.v /= 2; /* what TRIM and ADD need; and the marks left rung 1 */
		moved_by(-0.03, 0);
		moved_by(-0.03, 1);
		press('Y', 200);
		CHECK_INT(sent.venue, 0);
		draw(120, 40);
		if (!on_screen("The plan changed"))
			test_fail(__FILE__, __LINE__, "%s: the choice stands", chosen[i]);
	}
	begin(story_panic);
	type("!2");
	moved_by(-0.001, 1); /* within rung 1 and 10 % of the cost: it stands */
	CHECK_INT(ui.confirm.choice, '2');
	snap.leg[0].szi.v += 100000000; /* another size is another cut */
	moved_by(0, 1);
	press('Y', 200);
	CHECK_INT(sent.venue, 0);
	type("2Y");
	CHECK_INT(sent.venue, 1);
}

/* What closes to zero goes with its second key, however far the market has run and whatever the
 * venue or another hand has done to a position since the first; and it says so as it is now. */
TEST(a_close_to_zero_goes_in_a_crash)
{
	for (char key = '3'; key <= '4'; key++) {
		char both[] = {'!', key, 0};
		double was;

		begin(story_panic);
		type(both);
		was = panic_shown(&ui, key - '1').line->notional;
		snap.pool[0].equity.v /= 2;
		snap.leg[2].szi.v -= snap.leg[2].szi.v / 2;
		moved_by(-0.06, 0);
		moved_by(-0.06, 1);
		CHECK_INT(ui.confirm.choice, key);
		draw(120, 40);
		CHECK(!on_screen("The plan changed"));
		CHECK(panic_shown(&ui, key - '1').line->notional < 0.97 * was);
		press('Y', 200);
		CHECK_INT(sent.venue, 1);
		CHECK(sent.last.kind == CMD_FLATTEN && sent.last.flatten.scope == FLAT_ALL);
	}
}

/* An order that filled is not a leg that is closed. */
TEST(a_leg_is_done_when_its_position_is)
{
	begin(story_run);
	snap.flat[0].unknown = 0;
	for (uint32_t i = 0; i < snap.flat[0].n; i++) {
		snap.flat[0].row[i].state = ORDER_FILLED;
		snap.flat[0].row[i].filled.v = snap.flat[0].row[i].sz.v / 4;
	}
	ui_snap(&ui, &snap, ui.now_ns);
	draw(120, 40);
	CHECK(on_screen("legs 0 of 5 filled"));
	CHECK(on_screen("PARTIAL") && !on_screen("FILLED"));
	CHECK(!on_screen("positions left                              none"));
	snap.flat[0].row[0].done = true; /* by another hand, as far as this run did not */
	ui_snap(&ui, &snap, ui.now_ns);
	draw(120, 40);
	CHECK(on_screen("legs 1 of 5 filled"));
	CHECK(on_screen("closed") && !on_screen("FILLED"));
}

/* FLAT stands in row 0, so the line of notices says what came before it: never that it is not. */
TEST(after_flat_nothing_says_the_contrary)
{
	struct snap_notice was;

	begin(story_flat);
	was = snap.notice[0];
	snap.notice[2] = was;
	snap.notice[1] = snap.notice[0] = was;
	snap.notice[0].exit = snap.notice[1].exit = 0;
	snap.notice[0].code = NC_FLAT;
	snap.notice[0].level = 1;
	snap.notice[1].code = NC_NOT_FLAT;
	snap.notice[1].level = 3;
	snprintf(snap.notice[1].text, sizeof snap.notice[1].text, "NOT FLAT: 1 ALT. Still trying.");
	snap.n_notices = snap.n_notices < 3 ? 3 : snap.n_notices;
	snap.flat[0].row[0].bp = -1162.4; /* an alt that was nowhere to be sold */
	ui_snap(&ui, &snap, ui.now_ns);
	draw(80, 24);
	CHECK(on_screen("FLAT 19:58:45Z"));
	CHECK(!on_screen("Still trying"));
	CHECK(on_screen("−1,162") && !on_screen("##"));
}

/* Rows of the sheet's table stand as they stood when it was opened. */
TEST(rows_of_the_sheet_stand_still)
{
	uint16_t at[SHEET_LEGS];

	begin(story_panic);
	type("!");
	struct panic_shown p = panic_shown(&ui, SHEET_NOW);
	CHECK_INT(panic_rows(&ui, p, at), 5);
	char first[COIN_MAX];
	snprintf(first, sizeof first, "%s", p.in->leg[p.line->leg[at[0]].leg].coin);
	snap.pool[1].equity.v /= 20; /* now WLFI is nearest and goes first */
	moved_by(-0.1, 4);
	p = panic_shown(&ui, SHEET_NOW);
	CHECK_STR(p.in->leg[p.line->leg[0].leg].coin, "WLFI");
	CHECK_INT(panic_rows(&ui, p, at), 5);
	CHECK_STR(p.in->leg[p.line->leg[at[0]].leg].coin, first);
}

TEST(words_confirm_stops_and_release)
{
	begin(story_cockpit);
	type("C3");
	type("STOP~");
	CHECK_INT(sent.venue, 0);
	CHECK(strstr(ui.notice, "The word is STOPS, you typed STOP. Nothing changed.") != NULL);
	type("3STOPS~");
	CHECK_INT(sent.venue, 1);
	CHECK(sent.last.cancel.stops);
	begin(story_run);
	type(":release~release~");
	CHECK_INT(sent.venue, 0);
	type(":release~RELEASE~");
	CHECK_INT(sent.last.kind, CMD_RELEASE);
}

TEST(a_last_price_by_hand)
{
	begin(story_panic);
	type("!w"); /* of which market? */
	CHECK_INT(ui.edit, EDIT_NONE);
	type("ow107000~");
	CHECK_INT(ui.edit, EDIT_NONE);
	type("4Y");
	CHECK_INT(sent.venue, 1);
	CHECK(price_to_double(sent.last.flatten.worst) == 107000);
	begin(story_panic);
	type("!ow50k~"); /* past zero equity: the price again */
	CHECK_INT(ui.edit, EDIT_WORD);
	CHECK_STR(ui.line.word, "50000");
	type("50~");
	CHECK_INT(ui.sheet.flat.worst.v, 0);
	type("w50k~50000~");
	CHECK(price_to_double(ui.sheet.flat.worst) == 50000);
	CHECK_INT(sent.venue, 0);
	type("4Y");
	CHECK_INT(sent.venue, 1);
}

static void alarm_of(uint8_t code, uint32_t exit)
{
	begin(story_cockpit);
	snap.n_alarms = 2;
	memset(snap.alarm, 0, sizeof snap.alarm);
	snap.alarm[0].level = 2;
	snap.alarm[0].code = code;
	snap.alarm[0].exit = exit;
	snap.alarm[1].level = 2;
	snap.alarm[1].code = NC_KEY;
	press(' ', 500);
	CHECK_INT(ui_top(&ui), LAYER_ALARM);
}

TEST(keys_an_alarm_names)
{
	alarm_of(NC_STOPPED_PRICE, 2);
	type("l");
	CHECK_INT(ui_top(&ui), LAYER_SHEET);
	CHECK_INT(sent.venue, 0);
	type("1Y");
	CHECK_INT(sent.last.kind, CMD_TUNE);
	CHECK_INT(sent.last.tune.fields, TUNE_WORKING);
	alarm_of(NC_STOPPED_PRICE, 2);
	type("n");
	CHECK(!strncmp(ui.sheet.sentence[1], "Cost ~", 6)); /* and what it costs stands on it */
	CHECK(strstr(ui.sheet.sentence[1], " bp of ") != NULL);
	type("1Y");
	CHECK_INT(sent.last.kind, CMD_CLOSE_REST);
	CHECK_INT(sent.last.which.exit, 2);
	alarm_of(NC_STOPPED_PRICE, 2);
	type("w");
	CHECK_INT(ui_top(&ui), LAYER_NONE);
	CHECK_INT(sent.venue, 0);
	alarm_of(NC_UNKNOWN, 2);
	int n = sent.n;
	type("r");
	CHECK_INT(sent.n, n + 1);
	CHECK_INT(sent.venue, 0);
	type(" ");
	CHECK_INT(ui.alarm, 1);
	alarm_of(NC_OTHER_HAND, 2);
	type("a1Y");
	CHECK_INT(sent.last.kind, CMD_INCLUDE);
}

/* Every sheet that sends, its choosing key, and what `Y` after it sends. */
static const struct {
	scene_fn *scene;
	const char *open;
	int choose;
	uint8_t kind;
} sheets[] = {
	{story_panic, "!", '1', CMD_GUARD},   {story_panic, "!", '2', CMD_FLATTEN},
	{story_panic, "!", '3', CMD_FLATTEN}, {story_panic, "!", '4', CMD_FLATTEN},
	{story_panic, "!", '5', CMD_ADD},     {story_panic, "F", '4', CMD_FLATTEN},
	{story_panic, "S", '1', CMD_GUARD},   {story_cockpit, "C", '1', CMD_CANCEL},
	{story_before, "x", 's', CMD_EXIT},
};

TEST(every_sheet_takes_two_keys_in_time)
{
	for (unsigned i = 0; i < COUNT_OF(sheets); i++) {
		int key = sheets[i].choose;
		begin(sheets[i].scene);
		press(sheets[i].open[0], 500);
		press('Y', 500); /* alone */
		press(key, 200);
		press('Y', 3001); /* late */
		press('Y', 10);	  /* and again: the choice is over */
		CHECK_INT(sent.venue, 0);
		press(key, 200);
		for (int n = 0; n < 1000; n++)
			press(UK_ENTER, 0);
		CHECK_INT(sent.venue, 0);
		begin(sheets[i].scene);
		press(sheets[i].open[0], 500);
		press(key, 149); /* in the first 150 ms */
		press('Y', 100);
		CHECK_INT(sent.venue, 0);
		begin(sheets[i].scene);
		press(sheets[i].open[0], 500);
		press(key, 200);
		press(UK_ESC, 200); /* Esc never sends, and Y after it is for nobody */
		press('Y', 600);
		CHECK_INT(sent.venue, 0);
		begin(sheets[i].scene);
		press(sheets[i].open[0], 500);
		press(key, 200);
		press('Y', 2900);
		if (sent.venue != 1 || sent.last.kind != sheets[i].kind)
			test_fail(__FILE__, __LINE__, "%s%c: %d sent, kind %d", sheets[i].open, key,
				  sent.venue, sent.last.kind);
		press('Y', 10);
		CHECK_INT(sent.venue, 1);
	}
}

static void liquidated(struct snap *s)
{
	unsigned i = 0;

	while (strcmp(story_alarm_name(i), "liquidated"))
		i++;
	story_alarm(s, i);
}

/* LIQUIDATED BY VENUE: Space chooses the sale that is shown, Y within 3 s sends
 * it. */
TEST(the_venues_clock_is_answered_by_two_keys)
{
	begin(liquidated);
	press(' ', 500);
	CHECK_INT(ui_top(&ui), LAYER_ALARM);
	press('Y', 100); /* in the first 150 ms */
	CHECK_INT(sent.venue, 0);
	press('Y', 3000); /* too late */
	CHECK_INT(sent.venue, 0);
	draw(80, 24);
	CHECK(on_screen("Too late: 3 s are over. Space again, then Y."));
	press(' ', 200); /* the same alarm, chosen again */
	CHECK_INT(ui.alarm, 0);
	press('Y', 200);
	CHECK_INT(sent.venue, 1);
	CHECK_INT(sent.last.kind, CMD_FLATTEN);
	CHECK_INT(sent.last.flatten.verb, VERB_TRIM);
	CHECK(sent.last.flatten.n_cuts > 0);
	begin(liquidated);
	type(" +"); /* ADD, its sheet asks */
	CHECK_INT(ui_top(&ui), LAYER_SHEET);
	CHECK_INT(ui.sheet.line, SHEET_ADD);
	CHECK_INT(sent.venue, 0);
	begin(liquidated);
	press(' ', 500);
	press('+', 100); /* a key of the first 150 ms is not for it */
	CHECK_INT(ui_top(&ui), LAYER_ALARM);
	begin(liquidated);
	type(" g1Y");
	CHECK_INT(sent.last.kind, CMD_GUARD);
	begin(liquidated); /* the alarm went away under the choice: nothing is sent */
	press(' ', 500);
	snap.n_alarms = 0;
	ui_snap(&ui, &snap, ui.now_ns);
	press('Y', 500);
	CHECK_INT(sent.venue, 0);
	begin(liquidated); /* and so did its place: the key means the one that is read
			    */
	press(' ', 500);
	struct snap_alarm t = snap.alarm[0];
	snap.alarm[0] = snap.alarm[1];
	snap.alarm[1] = t;
	ui_snap(&ui, &snap, ui.now_ns);
	CHECK_INT(ui.alarm, 1);
	press('Y', 500);
	CHECK_INT(sent.last.kind, CMD_FLATTEN);
}

/* Where one is off, it says why and sends nothing. */
TEST(keys_that_are_off_say_why)
{
	unsigned i = 0;

	while (strcmp(story_alarm_name(i), "adl"))
		i++;
	begin(story_cockpit);
	story_alarm(&snap, i);
	ui_snap(&ui, &snap, ui.now_ns);
	type(" h");
	CHECK(strstr(ui.notice, "h does nothing now: not in this version.") != NULL);
	type("d");
	CHECK(strstr(ui.notice, "not connected") != NULL);
	CHECK_INT(sent.venue, 0);
	draw(80, 24);
	CHECK(on_screen("(h re-hedge: not in this version)"));
}

/* What a person who sees no colour sees: code points and attributes. */
static uint64_t seen_in_mono(void)
{
	static struct style s;
	struct err e;
	uint64_t h = 14695981039346656037u;

	CHECK(style_builtin(&s, "mono", 0, &e));
	canvas.mono = true;
	draw(80, 24);
	for (int i = 2 * canvas.cols; i < canvas.rows * canvas.cols; i++) { /* not the clock */
		struct look l = style_look(&s, &canvas.cell[i]);
		h = (h ^ canvas.cell[i].cp) * 1099511628211u;
		h = (h ^ l.attr) * 1099511628211u;
	}
	return h;
}

TEST(mono_tells_the_states_of_the_sheet_apart)
{
	static const char *const keys[] = {"!",	 "!1", "!2", "!3", "!4",
					   "!5", "!a", "!o", "!d", "!4Y"};
	uint64_t seen[COUNT_OF(keys) + 4];
	unsigned n = 0;

	for (unsigned i = 0; i < COUNT_OF(keys); i++) {
		begin(story_panic);
		type(keys[i]);
		seen[n++] = seen_in_mono();
	}
	begin(story_panic); /* too late */
	type("!4");
	ui.now_ns += INT64_C(4000000000);
	ui_snap(&ui, &snap, ui.now_ns);
	seen[n++] = seen_in_mono();
	begin(story_panic); /* changed */
	type("!2");
	moved_by(-0.05, 0);
	seen[n++] = seen_in_mono();
	begin(story_blind);
	type("!");
	seen[n++] = seen_in_mono();
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < i; k++)
			if (seen[i] == seen[k])
				test_fail(__FILE__, __LINE__, "states %u and %u look the same", i,
					  k);
	canvas.mono = false;
}

TEST_MAIN(T(random_keys_change_nothing), T(dots_send_nothing), T(one_line_says_what_Y_sends),
	  T(enter_and_esc_never_send), T(two_keys_send_within_three_seconds), T(scopes_of_panic),
	  T(shown_cuts_do_not_jump), T(verbs_send_what_they_showed),
	  T(a_verb_not_offered_sends_nothing), T(stops_are_placed_from_their_sheet),
	  T(a_locked_key_asks_first), T(one_key_of_two_is_enough),
	  T(now_goes_before_the_first_read), T(a_plan_that_changed_drops_the_choice),
	  T(a_close_to_zero_goes_in_a_crash), T(a_leg_is_done_when_its_position_is),
	  T(after_flat_nothing_says_the_contrary), T(rows_of_the_sheet_stand_still),
	  T(words_confirm_stops_and_release), T(a_last_price_by_hand), T(keys_an_alarm_names),
	  T(every_sheet_takes_two_keys_in_time), T(the_venues_clock_is_answered_by_two_keys),
	  T(keys_that_are_off_say_why), T(mono_tells_the_states_of_the_sheet_apart))
