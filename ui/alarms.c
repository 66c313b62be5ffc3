/* alarms.c: the opened alarm and the keys its text names.
 *
 * 1. The alarm that is open stays open by what it is about, not by its place in the list.
 * 2. What sends asks first: a key opens a sheet, or, where the venue's clock runs (LIQUIDATED BY
 *    VENUE), opening it chooses the TRIM that was shown and `Y` within 3 s sends that. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/alarms.h"
#include "ui/fmt.h"
#include "ui/panic.h"
#include "ui/ui_in.h"
#include "base/banned.h"

static bool same(const struct ui *u, const struct snap_alarm *a)
{
	return a->code == u->alarm_code && a->exit == u->alarm_exit && a->instr == u->alarm_instr;
}

const struct snap_alarm *ui_alarm(const struct ui *u)
{
	for (uint32_t i = 0; i < u->snap->n_alarms; i++)
		if (same(u, &u->snap->alarm[i]))
			return &u->snap->alarm[i];
	return NULL;
}

/* The exit an alarm is about: its own, or the one at work in its market; of a sleep, the first. */
const struct snap_exit *alarm_exit(const struct ui *u, const struct snap_alarm *a)
{
	const struct snap *s = u->snap;

	if (a->exit)
		return ui_exit_find(s, a->exit);
	for (uint32_t i = 0; i < s->n_exits; i++)
		if (exit_is_live(&s->exit[i]) &&
		    (s->exit[i].instr == a->instr || a->code == NC_ASLEEP))
			return &s->exit[i];
	return NULL;
}

const struct snap_leg *alarm_leg(const struct ui *u, const struct snap_alarm *a)
{
	for (uint32_t i = 0; i < u->snap->n_legs; i++)
		if (u->snap->leg[i].instr == a->instr)
			return &u->snap->leg[i];
	return NULL;
}

const struct snap_venue_act *alarm_venue_act(const struct ui *u, const struct snap_alarm *a)
{
	for (uint32_t i = 0; i < u->snap->n_venue_acts && i < SNAP_VENUE_ACTS; i++) {
		const struct snap_venue_act *v = &u->snap->venue_act[i];
		if (v->instr == a->instr && (v->kind == VA_ADL) == (a->code == NC_ADL) &&
		    (a->code == NC_ADL || a->code == NC_LIQUIDATED))
			return v;
	}
	return NULL;
}

bool alarm_offers_sale(const struct ui *u)
{
	const struct snap_alarm *a = ui_alarm(u);

	return a && a->code == NC_LIQUIDATED && u->sheet.plan.line[SHEET_TRIM].offered;
}

/* LIQUIDATED BY VENUE: what Y would sell, computed now for what is left, and chosen. */
static void prepare(struct ui *u, const struct snap_alarm *a)
{
	const struct snap_leg *leg = alarm_leg(u, a);
	const struct snap_venue_act *v = alarm_venue_act(u, a);
	struct flatten f;

	memset(&f, 0, sizeof f);
	f.account = v ? v->account : leg ? leg->account : u->account;
	f.part.v = INT64_C(1000000000000);
	panic_prepare(u, &f, SHEET_TRIM);
}

static void show(struct ui *u, uint32_t i)
{
	const struct snap_alarm *a = &u->snap->alarm[i];

	u->alarm = (int)i;
	u->alarm_code = a->code;
	u->alarm_exit = a->exit;
	u->alarm_instr = a->instr;
	if (ui_top(u) != LAYER_ALARM)
		ui_push(u, LAYER_ALARM);
	confirm_open(u);
	if (a->code == NC_LIQUIDATED)
		prepare(u, a);
	ui_send_kind(u, CMD_ACK, 0);
}

void alarm_open(struct ui *u)
{
	const struct snap_alarm *a = ui_top(u) == LAYER_ALARM ? ui_alarm(u) : NULL;
	uint32_t n = u->snap->n_alarms, next = 0;

	if (!n) {
		ui_notice(u, "No alarm is in force.");
		return;
	}
	if (a && a->code == NC_LIQUIDATED && (u->confirm.late || u->confirm.changed))
		next = (uint32_t)(a - u->snap->alarm); /* the same, chosen again */
	else if (a)
		next = (uint32_t)(a - u->snap->alarm + 1) % n;
	show(u, next);
}

void alarm_refresh(struct ui *u)
{
	const struct snap_alarm *a = ui_alarm(u);

	if (!a)
		confirm_drop(u);
	else if (a->code == NC_LIQUIDATED)
		panic_refresh(u);
	if (a)
		u->alarm = (int)(a - u->snap->alarm);
}

/* ---- the keys ---- */

#define STOPPED_KEYS                                                                               \
	{'l', "lower…", NULL}, {'n', "close rest…", NULL},                                         \
	{                                                                                          \
		'w', "keep waiting", NULL                                                          \
	}

static const struct alarm_key_row {
	uint8_t code;
	struct alarm_key key[5];
} rows[] = {
	{NC_LIQUIDATED,
	 {{'Y', "sell", NULL},
	  {'+', "add…", NULL},
	  {'g', "stops back…", NULL},
	  {'!', "panic…", NULL}}},
	{NC_STOPPED_PRICE, {STOPPED_KEYS}},
	{NC_LATE, {STOPPED_KEYS}},
	{NC_BEHIND, {STOPPED_KEYS}},
	{NC_ADL,
	 {{'h', "re-hedge", "not in this version"},
	  {'d', "on Derive", "not connected"},
	  {'!', "panic…", NULL}}},
	{NC_ASLEEP, {{'2', "catch up…", NULL}, {'3', "trim…", NULL}, {'!', "panic…", NULL}}},
	{NC_OTHER_HAND, {{'a', "include them…", NULL}, {'!', "panic…", NULL}}},
	{NC_NO_STOP, {{'g', "place stops…", NULL}, {'!', "panic…", NULL}}},
	{NC_DANGER, {{'!', "panic…", NULL}, {'g', "stops…", NULL}}},
	{NC_UNKNOWN, {{'r', "read again", NULL}, {'!', "panic…", NULL}}},
	{NC_NOT_FLAT, {{'r', "read again", NULL}, {'!', "panic…", NULL}}},
	{NC_BLIND, {{'!', "panic…", NULL}, {'r', "read again", NULL}}},
	{NC_VENUE_ERRORS, {{'!', "panic…", NULL}, {'r', "read again", NULL}}},
	{NC_POST_ONLY, {{'!', "panic…", NULL}}},
	{NC_TWO_WRITERS, {{':', "take takes the seat", NULL}}},
};

int alarm_keys(const struct ui *u, const struct snap_alarm *a, struct alarm_key *out, int max)
{
	const struct snap_exit *x = alarm_exit(u, a);
	int n = 0;

	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (rows[i].code != a->code)
			continue;
		for (int k = 0; k < 5 && rows[i].key[k].key && n < max; k++)
			out[n++] = rows[i].key[k];
	}
	for (int i = 0; i < n; i++) {
		struct alarm_key *k = &out[i];
		bool exit_key = k->key == 'l' || k->key == 'n' || k->key == 'w' ||
				(k->key == '2' && a->code == NC_ASLEEP) ||
				(k->key == 'a' && a->code == NC_OTHER_HAND);
		if (exit_key && !x)
			k->off = "no exit runs there";
		if (k->key == 'Y' && !alarm_offers_sale(u))
			k->off = panic_why(u->sheet.plan.line[SHEET_TRIM].why);
		if (k->key == '2' && x && x->planned_end_ms <= ui_wall_ms(u))
			k->off = "its end has passed";
	}
	return n;
}

/* ASLEEP, 2: the end that was chosen stays, at the pace it needs. */
static void catch_up(struct ui *u, const struct snap_exit *x)
{
	char title[64], words[96];
	struct cmd cmd;

	memset(&cmd, 0, sizeof cmd);
	cmd.kind = CMD_TUNE;
	cmd.tune.exit = x->id;
	cmd.tune.fields = TUNE_END;
	cmd.tune.until_ms = x->start_ms + (x->ticket.until_ms ? x->ticket.until_ms - x->start_ms
							      : x->ticket.horizon_ms);
	if (cmd.tune.until_ms <= ui_wall_ms(u))
		cmd.tune.until_ms = x->planned_end_ms;
	snprintf(title, sizeof title, "Tune x%u", x->id);
	snprintf(words, sizeof words, "end at %s as it was chosen, at the pace that needs",
		 fmt_clock(cmd.tune.until_ms).s);
	sheet_small(u, &cmd, title, words, "The rest of the ticket stays as it was confirmed.", "");
}

static void wait_on(struct ui *u, const struct snap_exit *x)
{
	ui_send_kind(u, CMD_ACK, 0);
	ui_pop(u);
	ui_notice(u, "x%u keeps waiting at its working price.", x->id);
}

static void act(struct ui *u, const struct snap_alarm *a, int key)
{
	const struct snap_exit *x = alarm_exit(u, a);
	const struct snap_leg *leg = alarm_leg(u, a);
	struct flatten f;
	struct cmd cmd;

	memset(&cmd, 0, sizeof cmd);
	memset(&f, 0, sizeof f);
	f.account = leg ? leg->account : u->account;
	cmd.which.exit = x ? x->id : 0;
	switch (key) {
	case 'r':
		ui_send_kind(u, CMD_READ, 0);
		return;
	case 'l':
		exit_lower(u, x);
		return;
	case 'n':
		cmd.kind = CMD_CLOSE_REST;
		exit_sheet(u, &cmd);
		return;
	case 'w':
		wait_on(u, x);
		return;
	case 'a':
		cmd.kind = CMD_INCLUDE;
		exit_sheet(u, &cmd);
		return;
	case '+':
		sheet_panic_verb(u, &f, SHEET_ADD);
		return;
	case '3':
		sheet_panic_verb(u, &f, SHEET_TRIM);
		return;
	case '2':
		catch_up(u, x);
		return;
	case 'g':
		sheet_stops(u, NULL, f.account);
		return;
	default:
		return;
	}
}

/* The keys the text names; false: not one of them. */
static bool named_key(struct ui *u, const struct snap_alarm *a, int key)
{
	struct alarm_key k[5];
	int n = alarm_keys(u, a, k, 5);

	for (int i = 0; i < n; i++) {
		if (k[i].key != key || key == '!' || key == ':' || key == 'Y')
			continue;
		if (k[i].off)
			ui_notice(u, "%c does nothing now: %s. ! opens the sheet.", key, k[i].off);
		else
			act(u, a, key);
		return true;
	}
	return false;
}

void alarm_layer_key(struct ui *u, int key)
{
	const struct snap_alarm *a = ui_alarm(u);
	enum ui_action all = keymap_find(&u->keys, UP_ALL, key);

	if (u->now_ns - u->confirm.opened_ns < DEAF_NS && all != UA_BACK)
		return;
	if (key == 'Y' && a && a->code == NC_LIQUIDATED) {
		panic_yes(u); /* nothing is chosen, late or changed: nothing is sent */
		return;
	}
	if (key == 'Y') {
		ui_send_kind(u, CMD_ACK, 0);
		ui_pop(u);
		return;
	}
	if (a && named_key(u, a, key))
		return;
	if (all == UA_COMMAND || (all && sheet_all(all)))
		ui_action_all(u, all);
	else if (all == UA_QUIT_LAYER)
		ui_pop(u);
}
