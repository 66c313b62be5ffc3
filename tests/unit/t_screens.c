/* t_screens.c: what is drawn: goldens of every screen, and no number cut at any size. Goldens are
 * rewritten with EXEUNT_GOLDEN=write. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/prng.h"
#include "tests/run.h"
#include "tests/screens/hand.h"
#include "ui/ui_in.h"
#include "ui/fmt.h"
#include "ui/style.h"

struct golden {
	const char *file, *intent;
	void (*scene)(struct snap *);
	const char *keys;
	int cols, rows;
};

static const struct golden goldens[] = {
	{"cockpit-80", "row 0 leads; every column of S fits; the ladder marks what x2 would take",
	 story_cockpit, "", 80, 24},
	{"cockpit-120", "M: one alarm for one pool, chart and glide line of the selected exit",
	 story_cockpit, "", 120, 40},
	{"cockpit-200", "L: all columns, slices, orders and log at once", story_cockpit, "", 200,
	 60},
	{"cockpit-60", "a small terminal keeps pools, exits and a short book", story_cockpit, "",
	 60, 30},
	{"cockpit-40", "a phone keeps pools, stops, and the keys that close", story_cockpit, "", 40,
	 12},
	{"panic-120", "4 chosen: what Y sends stands in the zone; TRIM is named beside it",
	 story_panic, "!4", 120, 40},
	{"panic-80", "the same at 80 columns, nothing chosen: NOW is under the cursor", story_panic,
	 "!", 80, 24},
	{"panic-trim-120", "TRIM: what is cut of what, what the next quarter costs, pools after it",
	 story_panic, "!2", 120, 40},
	{"panic-trim-80", "TRIM at 80 columns: parts, worst price, the next quarter", story_panic,
	 "!2", 80, 24},
	{"panic-care-120", "CARE: slices of each leg, the largest, how long a thin book takes",
	 story_panic, "!3", 120, 40},
	{"panic-guard-80", "GUARD: triggers where there is room, the reason where there is none",
	 story_panic, "!1", 80, 24},
	{"panic-add-80",
	 "ADD: amounts, and who pays them in: the cross pool is the trader's transfer", story_panic,
	 "!5", 80, 24},
	{"panic-60", "60x30: two lines a verb, rung 1 and last of every leg", story_panic, "!4", 60,
	 30},
	{"panic-40", "a phone: totals, what makes it worse, what Y sends", story_panic, "!4", 40,
	 12},
	{"panic-legs-40", "Enter on a phone lists the legs of the verb", story_panic, "!2~", 40,
	 12},
	{"panic-tall-40", "a phone upright: the legs stand under the line", story_panic, "!3", 40,
	 30},
	{"panic-tall-30", "30 columns upright: all five verbs, then the legs", story_panic, "!4",
	 30, 24},
	{"panic-24", "24x6: verb, cost, what it is after, Y", story_panic, "!2", 24, 6},
	{"panic-again-120", "TRIM while p3 trims: it goes into it; two positions are not read",
	 story_again, "!2", 120, 40},
	{"panic-again-80", "the same at 80 columns", story_again, "!2", 80, 24},
	{"panic-again-40", "and on a phone", story_again, "!2", 40, 12},
	{"panic-nothing-80", "nothing is held: what the account is worth, nothing to close",
	 story_empty, "!", 80, 24},
	{"panic-blind-80", "panic while BLIND: the heading says it, prices come from the mark",
	 story_blind, "!4", 80, 24},
	{"panic-all-80", "ALL ACCOUNTS in capitals; a again is this account", story_two, "!a4", 80,
	 24},
	{"guard-80", "the stops at the venue: what stands, what is placed, what has no room",
	 story_cockpit, "S", 80, 24},
	{"run-80", "UNKNOWN is a range and a word, never a dash", story_run, "", 80, 24},
	{"flat-80", "FLAT says what was read, what is left and what is not watched", story_flat, "",
	 80, 24},
	{"run-120", "the seconds after: time strip, what is known now, the steps to FLAT",
	 story_run, "", 120, 40},
	{"run-60", "the same at 60x30", story_run, "", 60, 30},
	{"run-40", "the same on a phone: the verdict of each leg, the alarm in words", story_run,
	 "", 40, 12},
	{"run-trim-120", "TRIM after: a leg waits for proof, one is held at break-even", story_trim,
	 "", 120, 40},
	{"run-trim-80", "the same at 80 columns: the state has room for waits for proof",
	 story_trim, "", 80, 24},
	{"run-care-80", "CARE after: slice 5 of 12 against its plan", story_care, "", 80, 24},
	{"run-care-40", "CARE on a phone: legs, states, the bar against the plan", story_care, "",
	 40, 12},
	{"run-beside-80", "a run beside another: whose each is, what the others do", story_runs, "",
	 80, 24},
	{"run-beside-120", "Tab: the next run, on its own screen", story_runs, "\t", 120, 40},
	{"run-beside-40", "the same on a phone", story_runs, "", 40, 12},
	{"run-all-120", "of all accounts: every row says whose it is", story_run_all, "", 120, 40},
	{"run-all-80", "the same at 80 columns", story_run_all, "", 80, 24},
	{"run-all-60", "and at 60", story_run_all, "", 60, 30},
	{"run-all-40", "on a phone the name stands where the side stood", story_run_all, "", 40,
	 12},
	{"not-flat-80", "NOT FLAT: what is left, what could open, what is unknown, in red",
	 story_not_flat, "", 80, 24},
	{"mainnet-armed-80", "real money, armed: two bright badges, the countdown", story_mainnet,
	 "", 80, 24},
	{"mainnet-armed-120", "the same at 120 columns", story_mainnet, "", 120, 40},
	{"observer-80", "a second terminal: the seat's keys are not its own, panic is",
	 story_observer, "", 80, 24},
	{"locked-80", "LOCAL LOCK and NO NEW RISK: the reason, and what still goes out",
	 story_locked, "", 80, 24},
	{"unknown-80", "an UNKNOWN order on the cockpit: row 0, its leg, the order line",
	 story_unknown, "", 80, 24},
	{"unknown-120", "the same at 120 columns", story_unknown, "", 120, 40},
	{"blocked-80", "a blocked exit says why and what is left", story_blocked, "", 80, 24},
	{"group-exits-120", "legs begun together: their sum, and they under it", story_group, "3",
	 120, 40},
	{"group-exits-80", "the same at 80 columns", story_group, "3", 80, 24},
	{"group-120", "on the cockpit too", story_group, "", 120, 40},
	{"blocked-exits-120", "a blocked exit in the table of exits", story_blocked, "3", 120, 40},
	{"blind-80", "ages count, the strip says since when", story_blind, "", 80, 24},
	{"cancel-80", "stops are cancelled only by the typed word", story_cockpit, "C", 80, 24},
	{"ticket-80", "five ways with cost split, knobs, nothing sent", story_before, "x", 80, 24},
	{"ticket-120", "half of it by a clock: what the grid says, where book and model meet",
	 story_before, ":exit BTC --size 50% --algo ac --for 10m --working 108.5k~", 120, 40},
	{"ticket-200", "all of it at once: ways, danger, schedule, frontier, account, estimates",
	 story_before, ":exit BTC --size 50% --algo ac --for 10m --working 108.5k~", 200, 60},
	{"ticket-60", "the same at 60x30: no column that is not read", story_before, "x", 60, 30},
	{"ticket-40", "on a phone: cost, danger, end, one knob, one verdict", story_before, "x", 40,
	 12},
	{"ticket-danger-120", "picked by danger: the schedule that keeps 1 in 100, on the frontier",
	 story_before, ":exit BTC --size 50% --algo ac --for 10m --risk 1%~\t", 120, 40},
	{"ticket-danger-80", "the same at 80x24", story_before,
	 ":exit BTC --size 50% --algo ac --for 10m --risk 1%~\t", 80, 24},
	{"ticket-cap-120", "the volume cap alone forbids the end: where it ends, and the block",
	 story_before, ":exit BTC --size all --algo ac --for 10m --risk 1% --cap 3%~\t", 120, 40},
	{"ticket-cap-80", "the same at 80x24", story_before,
	 ":exit BTC --size all --algo ac --for 10m --risk 1% --cap 3%~\t", 80, 24},
	{"ticket-frontier-60", "60x30: the frontier over the knobs", story_before, "xf", 60, 30},
	{"ticket-frontier-40", "on a phone: the frontier in the rows of the ways", story_before,
	 "xf", 40, 12},
	{"report-80", "predicted and cost in one line at 80x24", story_done, "6~", 80, 24},
	{"exit-120", "a running exit: old and new plan, danger that remains, what its child does",
	 story_cockpit, "3~", 120, 40},
	{"exit-80", "the same at 80x24", story_cockpit, "3~", 80, 24},
	{"exit-200", "the same at 200x60: danger over time, the book with our order, every re-plan",
	 story_cockpit, "3~", 200, 60},
	{"exit-40", "the same on an upright phone: drawing, numbers, danger, knobs, slices",
	 story_cockpit, "3~", 40, 60},
	{"many-80", "40 pools: the nearest first, the rest counted", story_many, "", 80, 24},
	{"command-80", "what may stand at the cursor with today's numbers; the line in words",
	 story_before, ":exit BTC --size 50% --algo ac --for 10m --risk 1% --working 108.5k", 80,
	 24},
	{"help-80", "help is made from the key table", story_cockpit, "?", 80, 24},
	{"first-80", "first start: nothing can be sent", story_first, "", 80, 24},
	{"alarm-80", "an alarm opened: its whole text, what is next, what can be pressed",
	 story_blind, " ", 80, 24},
	{"report-120", "cost against arrival: our part and the market's part add up", story_done,
	 "6~", 120, 40},
};

/* Compares with tests/screens/FILE.txt, or writes it. */
static void golden_is(const char *file, const char *got)
{
	const char *src = getenv("abs_top_srcdir"), *mode = getenv("EXEUNT_GOLDEN");
	char path[600];

	snprintf(path, sizeof path, "%s/tests/screens/%s.txt", src ? src : "..", file);
	if (mode && !strcmp(mode, "write")) {
		FILE *f = fopen(path, "w");
		REQUIRE(f != NULL);
		fputs(got, f);
		fclose(f);
		return;
	}
	char *want = test_slurp(path, NULL);
	if (!want || strcmp(want, got))
		test_fail(__FILE__, __LINE__, "%s differs; got:\n%s", file, got);
	free(want);
}

/* A command that opens a ticket is not typed key by key: the book would grow old over it. */
static void type_fast(const char *keys)
{
	char line[200];
	size_t n = strcspn(keys, "~");

	if (keys[0] != ':' || keys[n] != '~' || n >= sizeof line) {
		type(keys);
		return;
	}
	memcpy(line, keys + 1, n - 1);
	line[n - 1] = 0;
	command_run(&ui, line);
	type(keys + n + 1);
}

static char got[400000];

TEST(goldens)
{
	for (unsigned i = 0; i < COUNT_OF(goldens); i++) {
		const struct golden *g = &goldens[i];
		begin(g->scene);
		type_fast(g->keys);
		draw(g->cols, g->rows);
		CHECK_INT(canvas.hashes, 0);
		int n = snprintf(got, sizeof got, "# %dx%d: %s\n", g->cols, g->rows, g->intent);
		text_of(got + n, sizeof got - (size_t)n);
		golden_is(g->file, got);
	}
}

static unsigned alarm_at;

static void one_alarm(struct snap *s)
{
	story_alarm(s, alarm_at);
}

/* Row 0 of every alarm at every width: the sign, whole sentences that fit, never half a number; the
 * short form is whole in 78 columns. */
TEST(alarms_in_row_0)
{
	static const int widths[] = {120, 80, 60, 40, 24};
	size_t n = (size_t)snprintf(got, sizeof got,
				    "# Row 0 of every alarm of 7.1, at 120, 80, 60, 40 and 24 "
				    "columns: what, how much, what it does\n");

	for (alarm_at = 0; alarm_at < story_alarms(); alarm_at++) {
		begin(one_alarm);
		CHECK(cv_width(snap.alarm[0].brief) <= 78);
		n += (size_t)snprintf(got + n, sizeof got - n, "\n%s\n",
				      story_alarm_name(alarm_at));
		for (unsigned k = 0; k < COUNT_OF(widths); k++) {
			static char all[40000];
			draw(widths[k], 30);
			CHECK_INT(canvas.clipped_digits, 0);
			text_of(all, sizeof all);
			all[strcspn(all, "\n")] = 0;
			CHECK(cv_width(all) <= widths[k]);
			CHECK(all[0] == '!' || all[0] == '?' || !strncmp(all, "FLAT", 4));
			n += (size_t)snprintf(got + n, sizeof got - n, "%s\n", all);
		}
	}
	golden_is("alarms-row0", got);
}

/* Every alarm opened: the whole of its text, whatever row 0 had room for. */
TEST(alarms_opened)
{
	size_t n = (size_t)snprintf(
		got, sizeof got,
		"# Every alarm of 7.1 opened with Space, 80x24: its whole text, what "
		"stands behind it, the keys that act\n");

	for (alarm_at = 0; alarm_at < story_alarms(); alarm_at++) {
		static const char *const ends[] = {" Y sell", " l lower"}; /* said as keys */
		char want[400], *cut;
		static char flat[40000];
		begin(one_alarm);
		fmt_words(want, sizeof want, snap.alarm[0].text);
		for (unsigned k = 0; k < COUNT_OF(ends); k++)
			if ((cut = strstr(want, ends[k])) != NULL)
				*cut = 0;
		type(" ");
		draw(80, 24);
		size_t at = n;
		n += (size_t)snprintf(got + n, sizeof got - n, "\n==== %s\n",
				      story_alarm_name(alarm_at));
		n += text_of(got + n, sizeof got - n);
		/* the text is there whole, over its line breaks */
		size_t m = 0;
		for (const char *p = got + at; *p && m + 1 < sizeof flat; p++)
			if (*p != '\n')
				flat[m++] = *p;
			else if (p[1] == ' ')
				continue;
		flat[m] = 0;
		if (!strstr(flat, want))
			test_fail(__FILE__, __LINE__, "%s is not whole: %s",
				  story_alarm_name(alarm_at), want);
		CHECK(!snap.alarm[0].seen);
	}
	golden_is("alarms-opened", got);
}

static bool check_size(unsigned i, int w, int h)
{
	draw(w, h);
	bool ok = true;
	if (canvas.clipped_digits || canvas.hashes) {
		ok = false;
		test_fail(__FILE__, __LINE__,
			  "state %u (%s) at %dx%d: %u digits cut, %u numbers do not fit", i,
			  hand_states[i].keys, w, h, canvas.clipped_digits, canvas.hashes);
	}
	size_t n = (size_t)w * (size_t)h;
	if (canvas.cell[n].cp != 0xabcd)
		test_fail(__FILE__, __LINE__, "state %u at %dx%d wrote past its canvas", i, w, h);
	return ok;
}

TEST(no_number_is_cut_at_any_size)
{
	struct prng r;

	prng_seed(&r, test_seed);
	for (unsigned i = 0; i < n_hand_states; i++) {
		begin(hand_states[i].scene);
		type(hand_states[i].keys);
		int step_w = 1, step_h = i ? 9 : 1; /* the cockpit at every size */
		bool ok = true;
		for (int w = 1 + (int)prng_below(&r, (uint64_t)step_w); w <= 250 && ok; w += step_w)
			for (int h = 1 + (int)prng_below(&r, (uint64_t)step_h); h <= 80 && ok;
			     h += step_h) {
				canvas_resize(&canvas, w, h);
				canvas.cell[w * h].cp = 0xabcd;
				ok = check_size(i, w, h);
			}
		static const int usual[][2] = {{24, 6},	  {39, 11},  {40, 12},	{59, 19},
					       {60, 20},  {60, 30},  {79, 23},	{80, 24},
					       {119, 40}, {120, 40}, {199, 60}, {200, 60}};
		for (unsigned k = 0; k < COUNT_OF(usual) && ok; k++) {
			canvas_resize(&canvas, usual[k][0], usual[k][1]);
			canvas.cell[usual[k][0] * usual[k][1]].cp = 0xabcd;
			ok = check_size(i, usual[k][0], usual[k][1]);
		}
	}
}

TEST(panic_is_on_every_key_bar)
{
	static const int sizes[][2] = {{24, 6},	 {30, 8},  {40, 12}, {59, 19},
				       {60, 20}, {60, 30}, {80, 24}, {120, 40}};

	for (unsigned i = 0; i < n_hand_states; i++)
		for (unsigned k = 0; k < COUNT_OF(sizes); k++) {
			begin(hand_states[i].scene);
			type(hand_states[i].keys);
			draw(sizes[k][0], sizes[k][1]);
			bool on = false,
			     panic = ui_top(&ui) == LAYER_SHEET && ui.sheet.kind == SHEET_PANIC;
			for (int x = 0; x < canvas.cols; x++)
				on = on ||
				     canvas.cell[(canvas.rows - 1) * canvas.cols + x].cp == '!';
			if (!on && !panic && snap.n_accounts)
				test_fail(__FILE__, __LINE__, "state %u (%s) at %dx%d: no !", i,
					  hand_states[i].keys, sizes[k][0], sizes[k][1]);
		}
	begin(story_cockpit);
	for (int w = 24; w < 250; w++) {
		static char text[200000];
		draw(w, 30);
		text_of(text, sizeof text);
		const char *bar = text; /* the last line */
		for (const char *c = text; c[0] && c[1]; c++)
			if (*c == '\n')
				bar = c + 1;
		CHECK(strchr(bar, '!') && strchr(bar, 'F') && strchr(bar, 'C'));
	}
}

TEST(what_was_not_read_is_not_called_nothing)
{
	begin(story_cockpit);
	snap.n_pools = 0;
	CHECK(strstr(ui_no_positions(&snap), "No positions"));
	snap.account[0].read_ns = 0;
	CHECK(strstr(ui_no_positions(&snap), "Not read yet"));
	snap.n_accounts = 0;
	CHECK(strstr(ui_no_positions(&snap), "No account"));
}

TEST_MAIN(T(goldens), T(alarms_in_row_0), T(alarms_opened), T(no_number_is_cut_at_any_size),
	  T(panic_is_on_every_key_bar), T(what_was_not_read_is_not_called_nothing))
