/* t_ui.c: the screen without a terminal: numbers, layout, keys, goldens, and the properties that
 * keep a key from sending by accident. Goldens are rewritten with EXEUNT_GOLDEN=write. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "base/prng.h"
#include "base/utf8.h"
#include "tests/run.h"
#include "tests/screens/story.h"
#include "ui/fmt.h"
#include "ui/glyph.h"
#include "ui/lines.h"
#include "ui/run.h"
#include "ui/style.h"
#include "ui/ui.h"

static struct snap snap;
static struct ui ui;
static struct canvas canvas;
static struct cell cells[CANVAS_COLS_MAX * CANVAS_ROWS_MAX];

struct sent {
	int n, venue; /* all; those that change something at the venue */
	struct cmd last;
};
static struct sent sent;

static bool on_send(void *ctx, const struct cmd *cmd)
{
	(void)ctx;
	sent.n++;
	switch (cmd->kind) {
	case CMD_EXIT:
	case CMD_FLATTEN:
	case CMD_CANCEL:
	case CMD_PAUSE:
	case CMD_RESUME:
	case CMD_TUNE:
	case CMD_CLOSE_REST:
	case CMD_END:
	case CMD_RELEASE:
	case CMD_INCLUDE:
		sent.venue++;
		sent.last = *cmd;
		break;
	default:
		break;
	}
	return true;
}

static void begin(void (*scene)(struct snap *))
{
	struct ui_out out = {NULL, on_send, NULL, NULL};
	struct ui_source source = {0};
	struct err err;

	memset(&sent, 0, sizeof sent);
	scene(&snap);
	if (!ui_init(&ui, &out, &source, &err))
		test_fail(__FILE__, __LINE__, "%s", err.text);
	ui_snap(&ui, &snap, snap.now_ns);
	canvas_init(&canvas, cells, COUNT_OF(cells));
}

static void press(int key, int64_t after_ms)
{
	ui_key(&ui, key, ui.now_ns + after_ms * 1000000);
}

static void type(const char *keys)
{
	for (; *keys; keys++)
		press(*keys == '~' ? UK_ENTER : *keys, 200);
}

static void draw(int cols, int rows)
{
	canvas_resize(&canvas, cols, rows);
	ui_draw(&ui, &canvas, ui.now_ns);
}

static size_t text_of(char *out, size_t cap)
{
	size_t n = 0;

	for (int y = 0; y < canvas.rows; y++) {
		size_t end = n;
		for (int x = 0; x < canvas.cols && n + 5 < cap; x++) {
			uint32_t cp = canvas.cell[y * canvas.cols + x].cp;
			n += utf8_encode(out + n, cp);
			if (cp != ' ')
				end = n;
		}
		n = end;
		out[n++] = '\n';
	}
	out[n] = 0;
	return n;
}

static bool on_screen(const char *words)
{
	static char text[200000];

	text_of(text, sizeof text);
	return strstr(text, words) != NULL;
}

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
	{"panic-120", "4 chosen: what Y sends stands in the zone; absent verbs say what they need",
	 story_panic, "!4", 120, 40},
	{"panic-80", "the same at 80 columns, nothing chosen", story_panic, "!", 80, 24},
	{"run-80", "UNKNOWN is a range and a word, never a dash", story_run, "", 80, 24},
	{"flat-80", "FLAT says what was read, what is left and what is not watched", story_flat, "",
	 80, 24},
	{"blind-80", "ages count, the strip says since when", story_blind, "", 80, 24},
	{"cancel-80", "stops are cancelled only by the typed word", story_cockpit, "C", 80, 24},
	{"ticket-80", "five ways with cost split, knobs, nothing sent", story_before, "x", 80, 24},
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

TEST(goldens)
{
	const char *src = getenv("abs_top_srcdir"), *mode = getenv("EXEUNT_GOLDEN");
	static char got[200000], path[600];

	for (unsigned i = 0; i < COUNT_OF(goldens); i++) {
		const struct golden *g = &goldens[i];
		begin(g->scene);
		type(g->keys);
		draw(g->cols, g->rows);
		CHECK_INT(canvas.hashes, 0);
		int n = snprintf(got, sizeof got, "# %dx%d: %s\n", g->cols, g->rows, g->intent);
		text_of(got + n, sizeof got - (size_t)n);
		snprintf(path, sizeof path, "%s/tests/screens/%s.txt", src ? src : "..", g->file);
		if (mode && !strcmp(mode, "write")) {
			FILE *f = fopen(path, "w");
			REQUIRE(f != NULL);
			fputs(got, f);
			fclose(f);
			continue;
		}
		char *want = test_slurp(path, NULL);
		if (!want || strcmp(want, got))
			test_fail(__FILE__, __LINE__, "%s differs; got:\n%s", g->file, got);
		free(want);
	}
}

static const struct {
	void (*scene)(struct snap *);
	const char *keys;
} states[] = {
	{story_cockpit, ""},	  {story_cockpit, "2"},	  {story_cockpit, "3"},
	{story_cockpit, "3~"},	  {story_cockpit, "4"},	  {story_cockpit, "5"},
	{story_cockpit, "6~"},	  {story_cockpit, "C"},	  {story_cockpit, "?"},
	{story_cockpit, ":exit"}, {story_cockpit, "/b"},  {story_cockpit, "q"},
	{story_cockpit, " "},	  {story_before, "x"},	  {story_before, "xf"},
	{story_before, "xs"},	  {story_panic, "!"},	  {story_panic, "!4"},
	{story_panic, "!a4"},	  {story_panic, "F4"},	  {story_run, ""},
	{story_flat, ""},	  {story_blind, ""},	  {story_many, ""},
	{story_done, "6~"},	  {story_empty, ""},	  {story_empty, "!"},
	{story_first, ""},	  {story_cockpit, "3~n"}, {story_cockpit, "C3"},
};

static bool check_size(unsigned i, int w, int h)
{
	draw(w, h);
	bool ok = true;
	if (canvas.clipped_digits || canvas.hashes) {
		ok = false;
		test_fail(__FILE__, __LINE__,
			  "state %u (%s) at %dx%d: %u digits cut, %u numbers do not fit", i,
			  states[i].keys, w, h, canvas.clipped_digits, canvas.hashes);
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
	for (unsigned i = 0; i < COUNT_OF(states); i++) {
		begin(states[i].scene);
		type(states[i].keys);
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

/* Keys in all, over all states: 10^5, or EXEUNT_KEYS of them for the long campaign. */
static int keys_each(void)
{
	const char *env = getenv("EXEUNT_KEYS");
	long n = env ? strtol(env, NULL, 10) : 100000;

	return (int)(n > 0 ? n : 100000) / (int)COUNT_OF(states) + 1;
}

TEST(random_keys_change_nothing)
{
	static const int keys[] = {UK_ESC,   UK_ENTER, UK_UP, UK_DOWN, UK_LEFT,
				   UK_RIGHT, UK_TAB,   UK_BS, UK_PGUP};
	struct prng r;

	prng_seed(&r, test_seed);
	for (unsigned i = 0; i < COUNT_OF(states); i++) {
		begin(states[i].scene);
		type(states[i].keys);
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

TEST(panic_is_on_every_key_bar)
{
	static const int sizes[][2] = {{24, 6},	 {30, 8},  {40, 12}, {59, 19},
				       {60, 20}, {60, 30}, {80, 24}, {120, 40}};

	for (unsigned i = 0; i < COUNT_OF(states); i++)
		for (unsigned k = 0; k < COUNT_OF(sizes); k++) {
			begin(states[i].scene);
			type(states[i].keys);
			draw(sizes[k][0], sizes[k][1]);
			bool on = false,
			     panic = ui_top(&ui) == LAYER_SHEET && ui.sheet.kind == SHEET_PANIC;
			for (int x = 0; x < canvas.cols; x++)
				on = on ||
				     canvas.cell[(canvas.rows - 1) * canvas.cols + x].cp == '!';
			if (!on && !panic && snap.n_accounts)
				test_fail(__FILE__, __LINE__, "state %u (%s) at %dx%d: no !", i,
					  states[i].keys, sizes[k][0], sizes[k][1]);
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

TEST(one_line_says_what_Y_sends)
{
	begin(story_panic);
	draw(23, 1);
	CHECK(on_screen("! F P"));
	type("!");
	draw(23, 1);
	CHECK(on_screen("4 NOW 5 legs"));
	type("4");
	draw(23, 1);
	CHECK(on_screen("Y sends 3.0 s NOW"));
	type("Y");
	CHECK_INT(sent.venue, 1);
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

TEST(enter_and_esc_never_send)
{
	for (unsigned i = 0; i < COUNT_OF(states); i++) {
		begin(states[i].scene);
		type(states[i].keys);
		for (int n = 0; n < 1000; n++)
			press(UK_ENTER, 0);
		CHECK_INT(sent.venue, 0);
		begin(states[i].scene);
		type(states[i].keys);
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
	begin(story_panic); /* what this version cannot do is not sent */
	type("!1Y2Y3Y5Y");
	CHECK_INT(sent.venue, 0);
	begin(story_before); /* the panic key works while typing */
	type(":exit B!");
	CHECK_INT(ui_top(&ui), LAYER_SHEET);
}

TEST(a_plan_that_changed_drops_the_choice)
{
	begin(story_panic);
	type("!4");
	snap.leg[1].mark.v = snap.leg[1].mark.v / 100 * 97;
	snap.leg[0].mark.v = snap.leg[0].mark.v / 100 * 97;
	snap.number++;
	ui_snap(&ui, &snap, ui.now_ns);
	press('Y', 200);
	CHECK_INT(sent.venue, 0);
	draw(120, 40);
	CHECK(on_screen("The plan changed"));
	type("4Y");
	CHECK_INT(sent.venue, 1);
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
	type("n1Y");
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

static char unlocked_with[64];

static bool on_unlock(void *ctx, const char *password, char *said, size_t cap)
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

/* A host for linear mode: one snapshot, then silence; a clock that moves 200 ms a look. */
static int lin_given;

static enum ui_read lin_read(void *ctx, struct snap *out, struct ui_reply *reply)
{
	(void)ctx;
	(void)reply;
	if (lin_given++)
		return UI_READ_NONE;
	*out = snap;
	return UI_READ_SNAP;
}

static bool lin_send(void *ctx, const struct cmd *cmd)
{
	(void)ctx;
	printf("[command %d]\n", cmd->kind);
	return true;
}

static int64_t lin_now(void *ctx)
{
	int64_t *now = ctx;

	return *now += 200000000;
}

/* Runs the mode in a child on pipes; what it said. */
static char *linear_says(void (*scene)(struct snap *), const char *typed)
{
	static char text[65536];
	int in[2], out[2], wake[2], status;
	size_t n = 0;
	ssize_t k;

	fflush(stdout);
	if (pipe(in) || pipe(out) || pipe(wake))
		return NULL;
	pid_t pid = fork();
	if (pid == 0) {
		struct err e = {0};
		scene(&snap);
		int64_t now = snap.now_ns;
		struct ui_host h = {.ctx = &now,
				    .fd = wake[0],
				    .read = lin_read,
				    .send = lin_send,
				    .now_ns = lin_now,
				    .linear = true};
		alarm(60);
		if (dup2(in[0], 0) < 0 || dup2(out[1], 1) < 0 || write(wake[1], "x", 1) != 1)
			_exit(3);
		close(in[1]);
		status = linear_run(&h, &e);
		fflush(stdout);
		_exit(status);
	}
	close(out[1]);
	while (n + 1 < sizeof text && (k = read(out[0], text + n, sizeof text - 1 - n)) > 0) {
		n += (size_t)k;
		text[n] = 0;
		if (*typed && strstr(text, "exeunt, linear.")) { /* greeted: now type */
			if (write(in[1], typed, strlen(typed)) < 0)
				break;
			typed = "";
			close(in[1]);
		}
	}
	text[n] = 0;
	close(out[0]);
	close(in[0]);
	close(wake[0]);
	close(wake[1]);
	if (waitpid(pid, &status, 0) != pid || status)
		test_fail(__FILE__, __LINE__, "linear mode ended with %d", status);
	return text;
}

TEST(linear_mode)
{
	char *t = linear_says(story_panic, "!\nY\n4\nY\nq\n");

	REQUIRE(t != NULL);
	CHECK(strstr(t, "exeunt, linear. PAPER, hyperliquid main, DISARMED.") != NULL);
	CHECK(strstr(t, "\nDanger. CROSS dies at BTC minus 0.6") != NULL);
	CHECK(strstr(t, "Panic, this account. Nothing sent yet.\n") != NULL);
	CHECK(strstr(t, "Nothing was sent: choose first") != NULL);
	CHECK(strstr(t, "4 NOW chosen. Y sends 5 orders in 2 actions.\n") != NULL);
	CHECK(strstr(t, "[command 1]\n") != NULL); /* CMD_FLATTEN, once */
	if (strstr(t, "[command 1]"))
		CHECK(!strstr(strstr(t, "[command 1]") + 5, "[command 1]"));
	for (const char *c = t; *c; c++)
		CHECK(*c == '\n' || (*c >= ' ' && *c <= '~'));
	if (strstr(t, "[command 1]") && strstr(t, "chosen."))
		CHECK(strstr(t, "chosen.") < strstr(t, "[command 1]"));
	t = linear_says(story_cockpit, "s\nquiet\nC\n1\nesc\npause x2\nq\nq\n");
	REQUIRE(t != NULL);
	CHECK(strstr(t, "2 exits.\n") != NULL);
	CHECK(strstr(t, "Quiet: only alarms from here.") != NULL);
	CHECK(strstr(t, "Pause x2.") != NULL);
	CHECK(!strstr(t, "[command 3]"));
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
	  T(mono_tells_states_apart), T(every_action_has_a_key), T(goldens),
	  T(no_number_is_cut_at_any_size), T(random_keys_change_nothing), T(dots_send_nothing),
	  T(panic_is_on_every_key_bar), T(one_line_says_what_Y_sends),
	  T(pools_in_doubt_never_scroll_away), T(the_mouse_selects_and_never_sends),
	  T(a_filtered_order_is_the_one_cancelled), T(the_frontier_holds_what_tab_chose),
	  T(enter_and_esc_never_send), T(two_keys_send_within_three_seconds), T(scopes_of_panic),
	  T(a_plan_that_changed_drops_the_choice), T(words_confirm_stops_and_release),
	  T(ticket_sends_what_it_shows), T(refusals_in_words), T(the_line_says_what_it_means),
	  T(knobs_of_a_running_exit), T(undo_undoes), T(a_last_price_by_hand),
	  T(keys_an_alarm_names), T(a_password_takes_every_key_and_is_wiped), T(linear_mode),
	  T(rows_stand_still_under_the_hand), T(leaving))
