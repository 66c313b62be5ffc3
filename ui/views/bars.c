/* bars.c: the key bar: what can be pressed here and now. A key in parentheses does nothing now; `!`
 * is never dropped. */
#include "ui/views/view.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "ui/alarms.h"
#include "base/banned.h"

/* Key bars: key, words, priority (higher goes first), right part, and when it works. */
struct bar {
	const char *key, *text, *brief;
	uint8_t drop;
	bool right;
	bool off;
};

/* Under 60 columns words go, the keys that close stay. */
static int bar_phone(const struct ui *u, struct bar *b)
{
	bool any = u->snap->n_legs > 0;
	int n = 0;

	b[n++] = (struct bar){"!", "panic…", "panic…", 0, false, false};
	b[n++] = (struct bar){"F", "", "", 0, false, !any};
	b[n++] = (struct bar){"P", "", "", 2, false, false};
	b[n++] = (struct bar){"C", "", "", 0, false, false};
	b[n++] = (struct bar){"x", "exit…", "exit…", 5, false, !any};
	b[n++] = (struct bar){"Space", "alarm", "alarm", 6, false, u->snap->n_alarms == 0};
	b[n++] = (struct bar){"?", "help", "", 1, true, false};
	return n;
}

static int bar_cockpit(const struct ui *u, struct bar *b, char *only, size_t cap)
{
	const struct snap_leg *leg = ui_leg(u);
	bool any = u->snap->n_legs > 0;
	int n = 0;

	if (u->cols < 60)
		return bar_phone(u, b);
	snprintf(only, cap, "only %s…", leg ? leg->coin : "–");
	b[n++] = (struct bar){"!", "panic…", "panic…", 0, false, false};
	b[n++] = (struct bar){"F", only, only, 1, false, !any};
	b[n++] = (struct bar){"x", "exit…", "exit…", 5, false, !any};
	b[n++] = (struct bar){"C", "cancel…", "cancel…", 1, false, false};
	b[n++] = (struct bar){"P", "pause exits", "pause", 2, false, false};
	b[n++] = (struct bar){"S", "guard…", NULL, 8, false, !any};
	b[n++] = (struct bar){"Space", "alarm", "alarm", 6, false, u->snap->n_alarms == 0};
	b[n++] = (struct bar){"a", "arm", NULL, 9, false, false};
	b[n++] = (struct bar){":", "command", "", 7, true, false};
	b[n++] = (struct bar){"?", "help", "", 0, true, false};
	return n;
}

/* The emergency sheet: what the scope keys do now. */
static int bar_panic(const struct ui *u, struct bar *b, char *only, size_t cap)
{
	static const char *const verb[] = {"guard", "trim", "care", "now", "add"};
	static const char *const digit[] = {"1", "2", "3", "4", "5"};
	const struct flatten *f = &u->sheet.flat;
	const struct snap_leg *leg = ui_leg(u);
	bool all = f->account == 0xff, one = f->scope == FLAT_COINS;
	int n = 0;

	if (one)
		snprintf(only, cap, "all markets");
	else
		snprintf(only, cap, "only %s", leg ? leg->coin : "–");
	if (u->cols < 60) {
		b[n++] = (struct bar){"Esc", "back", "back", 0, false, false};
		b[n++] = (struct bar){"a", "ALL", all ? "this one" : "ALL", 1, false, false};
		b[n++] = (struct bar){"Enter", "legs", u->sheet.details ? "totals" : "legs",
				      2,       false,  false};
		b[n++] = (struct bar){"?", "", "", 3, true, false};
		return n;
	}
	for (int i = 0; u->cols >= 120 && i < 5; i++)
		b[n++] = (struct bar){digit[i], verb[i], verb[i], 1, false, false};
	if (!n)
		b[n++] = (struct bar){"1-5", "choose", "choose", 1, false, false};
	b[n++] = (struct bar){"Y", "send", "send", 1, false, false};
	b[n++] = (struct bar){"a",
			      all ? "this account" : "ALL ACCOUNTS",
			      all ? "this account" : "ALL ACCOUNTS",
			      2,
			      false,
			      false};
	b[n++] = (struct bar){"o", only, only, 3, false, !leg};
	b[n++] = (struct bar){"w", "last price…", "last price…", 6, false, !one};
	b[n++] = (struct bar){"d", "dry run", "dry run", 7, false, false};
	b[n++] = (struct bar){"←→", "longs, shorts", "longs, shorts", 8, false, false};
	b[n++] = (struct bar){"?", "help", u->cols >= 100 ? "help" : "", 0, true, false};
	return n;
}

/* The opened alarm: its own keys, then Space for the next one. */
static int bar_alarm(const struct ui *u, struct bar *b, char names[6][2])
{
	const struct snap_alarm *a = ui_alarm(u);
	struct alarm_key k[5];
	int n = 0, own = a ? alarm_keys(u, a, k, 5) : 0;

	for (int i = 0; i < own; i++) {
		if (k[i].key == '!' || k[i].key == ':')
			continue;
		names[n][0] = k[i].key;
		names[n][1] = 0;
		b[n] = (struct bar){names[n],	      k[i].text, k[i].text,
				    (uint8_t)(2 + i), false,	 k[i].off != NULL};
		n++;
	}
	if (!a || a->code != NC_LIQUIDATED)
		b[n++] = (struct bar){"Y", "quiet", "quiet", 3, false, !a};
	b[n++] = (struct bar){"Space", "next", "next", 2, false, u->snap->n_alarms < 2};
	b[n++] = (struct bar){"Esc", "back", "back", 1, false, false};
	b[n++] = (struct bar){"!", "panic…", "panic…", 0, true, false};
	b[n++] = (struct bar){"?", "help", u->cols >= 60 ? "help" : "", 1, true, false};
	return n;
}

#define B(k, t, d)                                                                                 \
	{                                                                                          \
		k, t, t, d, false, false                                                           \
	}
#define BR(k, t, d)                                                                                \
	{                                                                                          \
		k, t, t, d, true, false                                                            \
	}
static const struct bar bar_ticket[] = {
	B("1-5", "way", 2),   B("↑↓←→", "knobs", 3),  B("f", "frontier", 5),
	B("g", "guard", 6),   B("Tab", "pick by", 9), B("v", "at the venue", 10),
	B("s", "start…", 1),  B("Y", "send", 1),      B("Esc", "back", 7),
	BR("!", "panic…", 0), BR("?", "help", 0)};
static const struct bar bar_exit[] = {
	B("!", "panic…", 0),  B("F", "only it…", 8),	B("p", "pause", 1), B("+", "faster", 3),
	B("-", "slower…", 4), B("n", "close-rest…", 2), B("e", "end…", 2),  B("t", "tune…", 5),
	B("Esc", "back", 6),  BR("?", "help", 0)};
static const struct bar bar_paused[] = {
	B("!", "panic…", 0),  B("F", "only it…", 8),	B("p", "resume…", 1), B("+", "faster", 3),
	B("-", "slower…", 4), B("n", "close-rest…", 2), B("e", "end…", 2),    B("t", "tune…", 5),
	B("Esc", "back", 6),  BR("?", "help", 0)};
static const struct bar bar_over[] = {B("!", "panic…", 0), B("6", "what it cost", 1),
				      B("Esc", "back", 1), BR("?", "help", 0)};
static const struct bar bar_stops[] = {B("1", "place", 1),
				       B("2", "take away", 3),
				       B("Y", "send", 1),
				       B("a", "ALL ACCOUNTS", 4),
				       B("o", "only the market", 4),
				       B("Esc", "back", 2),
				       BR("!", "panic…", 0),
				       BR("?", "help", 0)};
static const struct bar bar_cancel[] = {B("1-3", "choose", 1),	      B("Y", "send", 1),
					B("o", "only the market", 3), B("Esc", "back", 2),
					BR("!", "panic…", 0),	      BR("?", "help", 0)};
static const struct bar bar_small[] = {B("Y", "send", 1), B("Esc", "back", 1), BR("!", "panic…", 0),
				       BR("?", "help", 0)};
static const struct bar bar_run[] = {B("!", "panic again…", 0), B("r", "read again", 2),
				     B("5", "journal", 3), B("Esc", "cockpit, this goes on", 1),
				     BR("?", "help", 0)};
static const struct bar bar_runs[] = {B("!", "panic again…", 0),
				      B("Tab", "next run", 1),
				      B("r", "read again", 3),
				      B("5", "journal", 4),
				      B("Esc", "cockpit, this goes on", 2),
				      BR("?", "help", 0)};
static const struct bar bar_orders[] = {
	B("c", "cancel this…", 2), B("C", "cancel…", 3), B("f", "filter", 4),	B("/", "search", 5),
	B("Esc", "back", 1),	   BR("!", "panic…", 0), BR(":", "command", 6), BR("?", "help", 0)};
static const struct bar bar_list[] = {
	B("j k", "move", 3), B("Enter", "open", 2), B("p", "pause all", 7), B("/", "search", 5),
	B("Esc", "back", 1), BR("!", "panic…", 0),  BR(":", "command", 6),  BR("?", "help", 0)};
static const struct bar bar_journal[] = {
	B("f", "follow", 2),	       B("/", "search", 3),
	B("n N", "next, previous", 5), B("e", "write to a file…", 6),
	B("Enter", "whole record", 4), B("Esc", "back", 1),
	BR("!", "panic…", 0),	       BR("?", "help", 0)};
static const struct bar bar_report[] = {B("e", "write CSV and JSON", 2), B("5", "journal", 3),
					B("Esc", "back", 1), BR("!", "panic…", 0),
					BR("?", "help", 0)};
static const struct bar bar_help[] = {B("j k", "scroll", 2), B("Tab", "other screens", 3),
				      B("Esc", "back", 1), BR("!", "panic…", 0)};
static const struct bar bar_start[] = {B("d", "practise", 1), B("w", "watch an address", 2),
				       B("k", "key…", 3), B("q", "leave", 1), BR("?", "help", 0)};
static const struct bar bar_edit[] = {B("Enter", "accept", 1), B("Esc", "back", 1),
				      BR("!", "panic…", 0)};
static const struct bar bar_secret[] = {B("Enter", "unlocks", 1),
					B("Esc", "leaves; here ! is a letter", 1)};
static const struct bar bar_command[] = {B("Enter", "opens it, nothing is sent", 1),
					 B("Tab", "complete", 2), B("↑", "history", 3),
					 B("Esc", "back", 1), BR("!", "panic…", 0)};
static const struct bar bar_quit[] = {B("y", "leave", 1), B("Esc", "stay", 1),
				      BR("!", "panic…", 0)};
#undef B
#undef BR

static const struct bar *bar_for(const struct ui *u, int *n)
{
#define IS(t) (*n = (int)COUNT_OF(t), (t))
	if (u->edit == EDIT_COMMAND)
		return IS(bar_command);
	if (u->edit == EDIT_SECRET)
		return IS(bar_secret);
	if (u->edit != EDIT_NONE)
		return IS(bar_edit);
	switch (ui_top(u)) {
	case LAYER_TICKET:
		return IS(bar_ticket);
	case LAYER_EXIT:
		if (ui_exit(u) && ui_exit(u)->state == XS_PAUSED)
			return IS(bar_paused);
		if (ui_exit(u) && !exit_is_live(ui_exit(u)))
			return IS(bar_over);
		return IS(bar_exit);
	case LAYER_SHEET:
		return u->sheet.kind == SHEET_PANIC    ? NULL
		       : u->sheet.kind == SHEET_STOPS  ? IS(bar_stops)
		       : u->sheet.kind == SHEET_CANCEL ? IS(bar_cancel)
						       : IS(bar_small);
	case LAYER_RUN:
		return u->snap->n_flats > 1 ? IS(bar_runs) : IS(bar_run);
	case LAYER_ALARM:
		return NULL;
	case LAYER_REPORT:
	case LAYER_RECORD:
		return IS(bar_report);
	case LAYER_HELP:
		return IS(bar_help);
	case LAYER_QUIT:
		return IS(bar_quit);
	case LAYER_NONE:
		break;
	}
	if (!u->snap->n_accounts)
		return IS(bar_start);
	switch (u->screen) {
	case SCR_ORDERS:
		return IS(bar_orders);
	case SCR_EXITS:
	case SCR_REPORTS:
	case SCR_RISK:
		return IS(bar_list);
	case SCR_JOURNAL:
		return IS(bar_journal);
	default:
		return NULL;
	}
#undef IS
}

void view_keys(const struct ui *u, struct canvas *c, const struct layout *l)
{
	struct bar own[16];
	struct seg g[20];
	char only[COIN_MAX + 16], names[6][2];
	int n;
	const struct bar *b = bar_for(u, &n);

	if (!l->keys.h)
		return;
	if (!b) {
		n = ui_top(u) == LAYER_ALARM   ? bar_alarm(u, own, names)
		    : ui_top(u) == LAYER_SHEET ? bar_panic(u, own, only, sizeof only)
					       : bar_cockpit(u, own, only, sizeof only);
		b = own;
	}
	bool brief = l->cols < 120;
	int k = 0;
	for (int i = 0; i < n; i++) {
		const char *text = brief ? b[i].brief : b[i].text;
		if (!text)
			continue;
		const char *gap = b[i].right ? "  " : k ? "  " : "";
		if (b[i].off)
			seg_set(&g[k++], b[i].drop, b[i].right, T_OFF "%s(%s%s%s)", gap, b[i].key,
				*text ? " " : "", text);
		else
			seg_set(&g[k++], b[i].drop, b[i].right, T_KEY "%s%s" T_DIM "%s%s", gap,
				b[i].key, *text ? " " : "", text);
	}
	cv_segs(c, l->size <= SIZE_PHONE ? 0 : 1, l->keys.y,
		l->cols - (l->size <= SIZE_PHONE ? 0 : 2), g, k);
}
