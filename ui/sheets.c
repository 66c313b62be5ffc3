/* sheets.c: the panic sheet, the cancel sheet, and small sheets of one line. On a sheet nothing has
 * been sent; what its zone says is what `Y` sends. */
#include <stdio.h>
#include <string.h>

#include "core/grammar.h"
#include "ui/fmt.h"
#include "ui/ui_in.h"
#include "base/banned.h"

static void open_sheet(struct ui *u, enum sheet_kind kind)
{
	if (ui_top(u) != LAYER_SHEET)
		ui_push(u, LAYER_SHEET);
	memset(&u->sheet, 0, sizeof u->sheet);
	u->sheet.kind = (uint8_t)kind;
	confirm_open(u);
}

void sheet_refresh(struct ui *u)
{
	struct ui_sheet *s = &u->sheet;

	if (s->kind != SHEET_PANIC)
		return;
	flat_plan_make(&s->plan, u->snap, &s->flat);
	const struct flat_leg *first = s->plan.n ? &s->plan.leg[0] : NULL;
	/* the worst counts: what is expected moves with every frame of a book */
	confirm_check(u, s->plan.cost_worst, first ? first->mark : 0, s->plan.n,
		      u->confirm.rung_then, first && first->buy);
}

void sheet_panic(struct ui *u, const struct flatten *f)
{
	struct flatten scope;

	if (f)
		scope = *f;
	else
		memset(&scope, 0, sizeof scope);
	if (!f) {
		scope.account = u->account;
		scope.scope = FLAT_ALL;
	}
	if (scope.part.v == 0)
		scope.part.v = 1000000000000; /* all */
	open_sheet(u, SHEET_PANIC);
	u->sheet.flat = scope;
	u->sheet.line = 3;
	sheet_refresh(u);
}

static void scope_one(struct ui *u, struct flatten *f)
{
	const struct snap_leg *leg = ui_leg(u);

	f->scope = FLAT_COINS;
	f->n_coins = leg ? 1 : 0;
	f->account = leg ? leg->account : u->account;
	if (leg)
		snprintf(f->coin[0], sizeof f->coin[0], "%s", leg->coin);
}

void sheet_panic_one(struct ui *u)
{
	struct flatten f;

	memset(&f, 0, sizeof f);
	if (!ui_leg(u)) {
		ui_notice(u, "Nothing is open. Nothing to close.");
		return;
	}
	scope_one(u, &f);
	sheet_panic(u, &f);
}

void sheet_cancel(struct ui *u, const struct cancel *c)
{
	open_sheet(u, SHEET_CANCEL);
	u->sheet.cancel.account = u->account;
	if (c)
		u->sheet.cancel = *c;
	u->sheet.line = c && c->scope == CANCEL_ALL ? (c->stops ? 2 : 1) : 0;
}

void sheet_small(struct ui *u, const struct cmd *cmd, const char *title, const char *choice,
		 const char *s1, const char *s2)
{
	open_sheet(u, SHEET_SMALL);
	struct ui_sheet *s = &u->sheet;
	s->cmd = *cmd;
	s->choice_key = '1';
	snprintf(s->title, sizeof s->title, "%s", title);
	snprintf(s->choice_text, sizeof s->choice_text, "%s", choice);
	snprintf(s->sentence[0], sizeof s->sentence[0], "%s", s1);
	snprintf(s->sentence[1], sizeof s->sentence[1], "%s", s2);
}

void ask_word(struct ui *u, const char *word, const struct cmd *cmd)
{
	line_open(u, EDIT_WORD, "");
	snprintf(u->line.word, sizeof u->line.word, "%s", word);
	u->line.cmd = *cmd;
}

static void panic_scope(struct ui *u, enum ui_action a)
{
	struct flatten *f = &u->sheet.flat;

	if (a == UA_SCOPE_ALL) {
		f->account = 0xff;
		f->scope = FLAT_ALL;
		f->n_coins = 0;
	} else if (a == UA_SCOPE_ONE) {
		scope_one(u, f);
	} else {
		int step = a == UA_LEFT ? FLAT_COINS : 1; /* one back, or one on, of four */
		f->scope = (uint8_t)((f->scope + step) % (FLAT_COINS + 1));
		f->n_coins = 0;
		if (f->scope == FLAT_COINS)
			scope_one(u, f);
	}
	f->worst.v = 0; /* it was for the market before */
	int64_t opened = u->confirm.opened_ns;
	memset(&u->confirm, 0, sizeof u->confirm);
	u->confirm.opened_ns = opened;
	sheet_refresh(u);
}

static const char *const verb_needs[] = {"GUARD needs the guard engine",
					 "TRIM needs the trim engine", "CARE needs the care engine",
					 "", "ADD needs the trim engine"};

static void panic_choose(struct ui *u, int line)
{
	struct ui_sheet *s = &u->sheet;

	if (line != 4) {
		if (line <= 5)
			ui_notice(u, "%s. 4 closes now; :exit plans a slower way.",
				  verb_needs[line - 1]);
		return;
	}
	s->line = 3;
	sheet_refresh(u);
	if (!s->plan.n) {
		ui_notice(u, "Nothing is open here. Nothing to close.");
		return;
	}
	if (confirm_choose(u, '4', s->plan.cost_worst, s->plan.leg[0].mark, s->plan.n))
		u->confirm.rung_then = s->plan.leg[0].rung[0];
}

static void panic_yes(struct ui *u)
{
	struct cmd cmd;

	if (!confirm_yes(u))
		return;
	memset(&cmd, 0, sizeof cmd);
	cmd.kind = CMD_FLATTEN;
	cmd.flatten = u->sheet.flat;
	u->run_before = u->snap->flat.id;
	u->run_asked_ns = u->now_ns;
	bool dry = cmd.flatten.dry_run;
	ui_pop(u);
	ui_send(u, &cmd);
	if (!dry)
		ui_push(u, LAYER_RUN);
}

/* `w`: the price of the last rung by hand; it belongs to one market. */
static void panic_price(struct ui *u)
{
	const struct flatten *f = &u->sheet.flat;

	if (f->scope != FLAT_COINS || f->n_coins != 1)
		ui_notice(u, "A last price is for one market: o, then w.");
	else
		line_open(u, EDIT_PRICE, "");
}

static void take_price(struct ui *u, struct price p)
{
	u->sheet.flat.worst = p;
	u->confirm.choice = 0; /* what was chosen is not this any more */
	sheet_refresh(u);
}

bool sheet_price(struct ui *u, const char *text)
{
	const struct flat_plan *p = &u->sheet.plan;
	const struct flat_leg *f = &p->leg[0];
	struct price_spec spec = {0};
	struct err e = {0};
	struct price px = {0};
	char word[24];

	if (ui_top(u) != LAYER_SHEET || p->n != 1)
		return true;
	const struct snap_leg *leg = &u->snap->leg[f->leg];
	if (strcmp(text, "none") && !gram_price(&spec, text, &e)) {
		snprintf(u->line.error, sizeof u->line.error, "%s", e.text);
		return false;
	}
	double v = ui_price_now(u, leg, &spec);
	if (v > 0 && price_from_double(&px, v, ROUND_HALF_AWAY))
		dec_round(&px.v, px.v, PRICE_DIGITS, fmt_px_decimals(v, leg->px_decimals),
			  f->buy ? ROUND_CEIL : ROUND_FLOOR);
	if (spec.ref != PREF_NONE && px.v <= 0) {
		snprintf(u->line.error, sizeof u->line.error, "%.40s is no price now.", text);
		return false;
	}
	v = price_to_double(px);
	if (v > 0 && f->equity_zero > 0 && (f->buy ? v > f->equity_zero : v < f->equity_zero)) {
		struct cmd cmd;
		memset(&cmd, 0, sizeof cmd);
		cmd.kind = CMD_KINDS; /* nothing to send: the word releases a price of the sheet */
		cmd.flatten.worst = px;
		size_t n = 0; /* to be typed: without the commas */
		for (const char *c = fmt_px(v, leg->px_decimals).s; *c && n < 20; c++)
			if (*c != ',')
				word[n++] = *c;
		word[n] = 0;
		ask_word(u, word, &cmd);
		ui_notice(u, "%s is past zero equity at %s. Type it again to mean it.", word,
			  fmt_px(f->equity_zero, leg->px_decimals).s);
		return false;
	}
	take_price(u, px);
	return true;
}

void sheet_word(struct ui *u, const struct cmd *cmd)
{
	if (ui_top(u) == LAYER_SHEET && u->sheet.kind == SHEET_PANIC)
		take_price(u, cmd->flatten.worst);
}

static void panic_key(struct ui *u, int key)
{
	enum ui_action a = keymap_find(&u->keys, UP_PANIC, key);
	enum ui_action m = keymap_find(&u->keys, UP_MOVE, key);

	if (a == UA_SCOPE_ALL || a == UA_SCOPE_ONE || m == UA_LEFT || m == UA_RIGHT) {
		panic_scope(u, a ? a : m);
	} else if (a == UA_DRY_RUN) {
		u->sheet.flat.dry_run = !u->sheet.flat.dry_run;
		u->confirm.choice = 0;
	} else if (a == UA_LAST_PRICE) {
		panic_price(u);
	} else if (key >= '1' && key <= '9') {
		panic_choose(u, key - '0');
	} else if (m == UA_OPEN) {
		u->sheet.details = !u->sheet.details;
	} else if (keymap_find(&u->keys, UP_SHEET, key) == UA_SEND) {
		panic_yes(u);
	}
}

static void cancel_choose(struct ui *u, int line)
{
	struct cancel *c = &u->sheet.cancel;
	struct cmd cmd;

	if (c->scope == CANCEL_ONE && line == 1) {
		if (!c->stops) {
			confirm_choose(u, '1', 0, 0, 1);
			return;
		}
		memset(&cmd, 0, sizeof cmd);
		cmd.kind = CMD_CANCEL;
		cmd.cancel = *c;
		ask_word(u, "STOPS", &cmd);
		return;
	}
	if (line > 3 || c->scope == CANCEL_ONE)
		return;
	u->sheet.line = (uint8_t)(line - 1);
	if (c->scope == CANCEL_COIN && line == 1) {
		confirm_choose(u, '1', 0, 0, 1);
		return;
	}
	c->scope = line == 1 ? CANCEL_ENTRY : CANCEL_ALL;
	c->stops = line == 3;
	if (line < 3) {
		confirm_choose(u, '0' + line, 0, 0, 1);
		return;
	}
	memset(&cmd, 0, sizeof cmd);
	cmd.kind = CMD_CANCEL;
	cmd.cancel = *c;
	ask_word(u, "STOPS", &cmd);
}

static void cancel_key(struct ui *u, int key)
{
	struct cancel *c = &u->sheet.cancel;
	const struct snap_leg *leg = ui_leg(u);

	if (key >= '1' && key <= '9') {
		cancel_choose(u, key - '0');
	} else if (key == 'o' && leg) {
		c->scope = CANCEL_COIN;
		snprintf(c->coin, sizeof c->coin, "%s", leg->coin);
		u->confirm.choice = 0;
	} else if (keymap_find(&u->keys, UP_SHEET, key) == UA_SEND && confirm_yes(u)) {
		struct cmd cmd;
		memset(&cmd, 0, sizeof cmd);
		cmd.kind = CMD_CANCEL;
		cmd.cancel = *c;
		ui_pop(u);
		ui_send(u, &cmd);
	}
}

void sheet_key(struct ui *u, int key)
{
	if (u->sheet.kind == SHEET_PANIC) {
		panic_key(u, key);
	} else if (u->sheet.kind == SHEET_CANCEL) {
		cancel_key(u, key);
	} else if (key == u->sheet.choice_key) {
		confirm_choose(u, key, 0, 0, 1);
	} else if (keymap_find(&u->keys, UP_SHEET, key) == UA_SEND && confirm_yes(u)) {
		struct cmd cmd = u->sheet.cmd;
		ui_pop(u);
		ui_send(u, &cmd);
	}
}
