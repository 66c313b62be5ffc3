/* panic.c: the emergency sheet under the keys: GUARD, TRIM, CARE, NOW, ADD over a scope, made anew
 * from every snapshot.
 *
 * 1. A digit chooses and freezes the line as it was drawn; `Y` within 3 s sends that and nothing
 *    else: TRIM carries the cuts that were read.
 * 2. The choice of a cut, of stops and of collateral falls when its set of orders changes, its
 * worst cost grows by more than 10 %, or a mark leaves rung 1; of TRIM, when positions change or a
 * tenth more would have to go. NOW and CARE end at zero: a market that runs away is what they are
 * for, so their choice stands and what it says is brought up to date.
 * 3. Rows stand as they stood when the sheet was opened or its scope changed. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "core/grammar.h"
#include "ui/fmt.h"
#include "ui/panic.h"
#include "ui/sheetfill.h"
#include "ui/ui_in.h"
#include "base/banned.h"

#define ONE	  INT64_C(1000000000000) /* 1.0 as a ratio */
#define REMAKE_NS INT64_C(1000000000) /* estimates move once a second, so that they can be read */

/* Pointers into the snapshot are borrowed for sheet_make alone. */
static void forget_pointers(struct sheet_in *in)
{
	for (uint32_t i = 0; i < in->n_legs; i++) {
		in->leg[i].book = in->leg[i].deep = NULL;
		in->leg[i].tiers = NULL;
		in->leg[i].n_tiers = 0;
	}
}

static bool same_leg(const struct sheet_leg_in *a, const char *coin, uint8_t account)
{
	return a->account == account && !strcmp(a->coin, coin);
}

static void hold_rows(struct ui_sheet *s, const struct sheet_line *l)
{
	for (uint32_t i = 0; i < l->n; i++) {
		const struct sheet_leg_in *g = &s->in.leg[l->leg[i].leg];
		uint32_t k = 0;
		while (k < s->n_rows && !same_leg(g, s->row[k].coin, s->row[k].account))
			k++;
		if (k < s->n_rows || k >= SHEET_LEGS)
			continue;
		memcpy(s->row[k].coin, g->coin, sizeof g->coin);
		s->row[k].account = g->account;
		s->n_rows++;
	}
}

static bool same_orders(const struct ui_sheet *s, const struct sheet_line *now)
{
	const struct sheet_line *then = &s->then;

	if (now->n != then->n || now->offered != then->offered)
		return false;
	for (uint32_t i = 0; i < then->n; i++) {
		const struct sheet_leg *a = &then->leg[i];
		const struct sheet_leg_in *g = &s->in_then.leg[a->leg];
		uint32_t k = 0;
		while (k < now->n && !same_leg(&s->in.leg[now->leg[k].leg], g->coin, g->account))
			k++;
		if (k == now->n || now->leg[k].size.v != a->size.v || now->leg[k].buy != a->buy ||
		    now->leg[k].guard != a->guard)
			return false;
	}
	return true;
}

/* TRIM sends the cuts that were read: another cut that would do as well does not matter, other
 * positions do. */
static bool same_cuts(const struct ui_sheet *s, const struct sheet_line *now)
{
	if (!now->offered || now->notional > s->then.notional * 1.1)
		return false;
	for (uint32_t i = 0; i < s->then.n; i++) {
		const struct sheet_leg_in *g = &s->in_then.leg[s->then.leg[i].leg];
		uint32_t k = 0;
		while (k < s->in.n_legs && !same_leg(&s->in.leg[k], g->coin, g->account))
			k++;
		if (k == s->in.n_legs || s->in.leg[k].szi.v != g->szi.v)
			return false;
	}
	return true;
}

/* A mark beyond the first rung that was shown. */
static bool left_rung(const struct ui *u)
{
	const struct ui_sheet *s = &u->sheet;

	for (uint32_t i = 0; i < s->then.n; i++) {
		const struct sheet_leg *a = &s->then.leg[i];
		const struct sheet_leg_in *g = &s->in_then.leg[a->leg];
		const struct snap_leg *now = ui_leg_find(u->snap, g->coin, g->account);
		if (a->rung[0].v > 0 && now && now->mark.v > 0 &&
		    (a->buy ? now->mark.v > a->rung[0].v : now->mark.v < a->rung[0].v))
			return true;
	}
	return false;
}

static void freeze(struct ui *u, int verb)
{
	struct ui_sheet *s = &u->sheet;

	s->then = s->plan.line[verb];
	s->in_then = s->in;
}

static void check_choice(struct ui *u)
{
	struct ui_sheet *s = &u->sheet;
	int verb = panic_chosen(u);

	if (verb < 0)
		return;
	const struct sheet_line *now = &s->plan.line[verb];
	bool ladder = verb == SHEET_NOW || verb == SHEET_CARE || verb == SHEET_TRIM;
	/* the worst counts: what is expected moves with every frame of a book */
	double then = verb == SHEET_ADD ? s->then.add : s->then.cost_worst;
	double cost = verb == SHEET_ADD ? now->add : now->cost_worst;
	bool same = verb == SHEET_TRIM ? same_cuts(s, now) : same_orders(s, now);
	if (same && cost <= then * 1.1 + 1 && !(ladder && left_rung(u)))
		return;
	if (verb == SHEET_NOW || verb == SHEET_CARE)
		freeze(u, verb);
	else
		confirm_fell(u, then, cost);
}

static void cuts_of(struct flatten *f, const struct sheet_in *in, const struct sheet_line *l)
{
	f->n_cuts = 0;
	for (uint32_t i = 0; i < l->n && f->n_cuts < CUTS_MAX; i++) {
		struct cut *c = &f->cut[f->n_cuts];
		if (l->leg[i].size.v <= 0)
			continue;
		snprintf(c->coin, sizeof c->coin, "%s", in->leg[l->leg[i].leg].coin);
		c->account = in->leg[l->leg[i].leg].account;
		c->qty = l->leg[i].size;
		c->of = in->leg[l->leg[i].leg].szi;
		if (c->of.v < 0)
			c->of.v = -c->of.v;
		f->n_cuts++;
	}
}

void panic_cuts(const struct ui *u, struct flatten *f)
{
	cuts_of(f, &u->sheet.in, &u->sheet.plan.line[SHEET_TRIM]);
}

/* The cuts that stand on the screen, into the input of the next sheet. */
static void keep_cuts(struct sheet_in *in, const struct flatten *shown)
{
	for (uint32_t k = 0; k < shown->n_cuts; k++)
		for (uint32_t i = 0; i < in->n_legs; i++)
			if (same_leg(&in->leg[i], shown->cut[k].coin, shown->cut[k].account))
				in->leg[i].kept = shown->cut[k].qty;
}

static void make(struct ui *u)
{
	struct ui_sheet *s = &u->sheet;
	struct flatten shown;

	panic_cuts(u, &shown);
	sheet_fill_snap(u->snap, u->now_ns, &s->flat, &s->in);
	keep_cuts(&s->in, &shown);
	sheet_make(&s->in, &s->plan);
	forget_pointers(&s->in);
	s->made_ns = u->now_ns;
	hold_rows(s, &s->plan.line[SHEET_NOW]);
}

void panic_refresh(struct ui *u)
{
	if (u->now_ns - u->sheet.made_ns >= REMAKE_NS || u->sheet.made_ns > u->now_ns)
		make(u);
	check_choice(u);
}

int panic_chosen(const struct ui *u)
{
	const struct ui_confirm *f = &u->confirm;

	if (!f->choice || f->changed || u->sheet.kind > SHEET_STOPS)
		return -1;
	if (u->sheet.kind == SHEET_STOPS)
		return SHEET_GUARD;
	return f->choice >= '1' && f->choice < '1' + SHEET_VERBS ? f->choice - '1' : -1;
}

struct panic_shown panic_shown(const struct ui *u, int verb)
{
	const struct ui_sheet *s = &u->sheet;
	struct panic_shown p = {&s->in, &s->plan.line[verb]};

	if (panic_chosen(u) == verb && !u->confirm.late) {
		p.in = &s->in_then;
		p.line = &s->then;
	}
	return p;
}

uint32_t panic_rows(const struct ui *u, struct panic_shown p, uint16_t out[SHEET_LEGS])
{
	const struct ui_sheet *s = &u->sheet;
	uint32_t n = 0;
	bool taken[SHEET_LEGS] = {false};

	for (uint32_t k = 0; k < s->n_rows; k++)
		for (uint32_t i = 0; i < p.line->n; i++)
			if (!taken[i] && same_leg(&p.in->leg[p.line->leg[i].leg], s->row[k].coin,
						  s->row[k].account)) {
				taken[i] = true;
				out[n++] = (uint16_t)i;
			}
	for (uint32_t i = 0; i < p.line->n; i++)
		if (!taken[i])
			out[n++] = (uint16_t)i;
	return n;
}

/* ---- opening, scope ---- */

static void scope_one(struct ui *u, struct flatten *f)
{
	const struct snap_leg *leg = ui_leg(u);

	f->scope = FLAT_COINS;
	f->n_coins = leg ? 1 : 0;
	f->account = leg ? leg->account : u->account;
	if (leg)
		snprintf(f->coin[0], sizeof f->coin[0], "%s", leg->coin);
}

static void open_scope(struct ui *u, enum sheet_kind kind, const struct flatten *f)
{
	struct flatten scope;

	memset(&scope, 0, sizeof scope);
	if (f) {
		scope = *f;
	} else {
		scope.account = u->account;
		scope.scope = FLAT_ALL;
	}
	if (scope.part.v == 0)
		scope.part.v = ONE;
	sheet_open(u, kind);
	u->sheet.flat = scope;
	u->sheet.line = kind == SHEET_STOPS ? 0 : SHEET_NOW;
	make(u);
}

void sheet_panic(struct ui *u, const struct flatten *f)
{
	open_scope(u, SHEET_PANIC, f);
	if (f && f->verb == VERB_TRIM)
		u->sheet.line = SHEET_TRIM;
	else if (f && f->verb == VERB_CARE)
		u->sheet.line = SHEET_CARE;
}

void sheet_panic_verb(struct ui *u, const struct flatten *f, int verb)
{
	open_scope(u, SHEET_PANIC, f);
	u->sheet.line = (uint8_t)verb;
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

void sheet_stops(struct ui *u, const char *coin, int account)
{
	struct flatten f;

	memset(&f, 0, sizeof f);
	f.account = account < 0 ? u->account : (uint8_t)account;
	f.scope = coin ? FLAT_COINS : FLAT_ALL;
	f.n_coins = coin ? 1 : 0;
	if (coin)
		snprintf(f.coin[0], sizeof f.coin[0], "%s", coin);
	open_scope(u, SHEET_STOPS, &f);
}

/* What was chosen was for another scope. */
static void scope_changed(struct ui *u)
{
	u->sheet.flat.worst.v = 0; /* it was for the market before */
	u->sheet.n_rows = 0;
	confirm_drop(u);
	u->sheet.plan.line[SHEET_TRIM].n = 0; /* nor are its cuts kept */
	make(u);
}

static void change_scope(struct ui *u, enum ui_action a)
{
	struct flatten *f = &u->sheet.flat;

	if (a == UA_SCOPE_ALL) {
		f->account = f->account == 0xff ? u->account : 0xff;
		f->scope = FLAT_ALL;
		f->n_coins = 0;
	} else if (a == UA_SCOPE_ONE) {
		bool was = f->scope == FLAT_COINS;
		f->scope = FLAT_ALL;
		f->n_coins = 0;
		if (!was)
			scope_one(u, f);
	} else {
		int step = a == UA_LEFT ? FLAT_COINS : 1; /* one back, or one on, of four */
		f->scope = (uint8_t)((f->scope + step) % (FLAT_COINS + 1));
		f->n_coins = 0;
		if (f->scope == FLAT_COINS)
			scope_one(u, f);
	}
	scope_changed(u);
}

/* ---- choosing and sending ---- */

/* Of several accounts one with its key is enough: the others are named and hold up nobody. */
static bool key_locked(const struct ui *u)
{
	const struct flatten *f = &u->sheet.flat;
	bool any = false;

	for (uint32_t i = 0; i < u->snap->n_accounts; i++) {
		if (f->account != 0xff && f->account != i)
			continue;
		if (u->snap->account[i].key_ready)
			return false;
		any = true;
	}
	return any;
}

bool panic_unread(const struct ui *u)
{
	const struct flatten *f = &u->sheet.flat;

	for (uint32_t i = 0; i < u->snap->n_accounts; i++)
		if ((f->account == 0xff || f->account == i) && !u->snap->account[i].read_ns)
			return true;
	return false;
}

/* The one thing that can stop a reduction asks for its password first. */
static bool locked(struct ui *u)
{
	if (!key_locked(u) || u->sheet.flat.dry_run)
		return false;
	if (u->out.unlock) {
		secret_open(u);
		ui_notice(u, "KEY LOCKED: the password first, then the digit again.");
	} else {
		ui_notice(u, "KEY LOCKED: nothing can be signed. From a shell: exeunt key unlock.");
	}
	return true;
}

static bool add_here(const struct sheet_line *l)
{
	for (uint32_t i = 0; i < SHEET_POOLS; i++)
		if (l->pool[i].add > 0 && l->pool[i].add_here)
			return true;
	return false;
}

static void choose(struct ui *u, int verb)
{
	struct ui_sheet *s = &u->sheet;
	const struct sheet_line *l = &s->plan.line[verb];

	s->line = (uint8_t)verb;
	make(u);
	/* NOW is taken all the same: the engine closes what the first read shows */
	bool blank = !s->plan.n_legs && verb == SHEET_NOW && panic_unread(u);
	if (!s->plan.n_legs && !blank) {
		ui_notice(u, panic_unread(u) ? "The account is not read yet: only NOW can go."
					     : "Nothing is open here. Nothing to close.");
	} else if (!l->offered && !blank) {
		ui_notice(u, "%s is not offered: %s.", sheet_verb_name[verb], panic_why(l->why));
	} else if (verb == SHEET_ADD && !add_here(l)) {
		ui_notice(u, "A cross pool is paid in by a transfer of yours: this program cannot "
			     "withdraw or transfer.");
	} else if (!locked(u) && confirm_choose(u, '1' + verb)) {
		freeze(u, verb);
		return;
	}
	confirm_drop(u);
}

static void send_guard(struct ui *u, bool off)
{
	const struct flatten *f = &u->sheet.flat;
	struct cmd cmd;

	memset(&cmd, 0, sizeof cmd);
	cmd.kind = CMD_GUARD;
	cmd.guard.account = f->account;
	cmd.guard.scope = f->scope;
	cmd.guard.n_coins = f->n_coins;
	memcpy(cmd.guard.coin, f->coin, sizeof cmd.guard.coin);
	cmd.guard.off = off;
	cmd.guard.dry_run = f->dry_run;
	ui_send(u, &cmd);
}

static void send_add(struct ui *u, const struct sheet_in *in, const struct sheet_line *l)
{
	for (uint32_t i = 0; i < in->n_pools; i++) {
		struct cmd cmd;
		if (!(l->pool[i].add > 0) || !l->pool[i].add_here || !in->pool[i].n)
			continue;
		memset(&cmd, 0, sizeof cmd);
		cmd.kind = CMD_ADD;
		cmd.add.account = in->pool[i].account;
		snprintf(cmd.add.coin, sizeof cmd.add.coin, "%s", in->leg[in->pool[i].first].coin);
		cmd.add.dry_run = u->sheet.flat.dry_run;
		if (money_from_double(&cmd.add.usd, ceil(l->pool[i].add)))
			ui_send(u, &cmd);
	}
}

void panic_prepare(struct ui *u, const struct flatten *f, int verb)
{
	memset(&u->sheet, 0, sizeof u->sheet);
	u->sheet.flat = *f;
	u->sheet.line = (uint8_t)verb;
	make(u);
	if (!u->sheet.plan.line[verb].offered)
		return;
	freeze(u, verb);
	u->confirm.choice = '1' + verb;
	u->confirm.chosen_ns = u->now_ns;
}

static void send_flatten(struct ui *u, int verb)
{
	struct ui_sheet *s = &u->sheet;
	struct cmd cmd;

	memset(&cmd, 0, sizeof cmd);
	cmd.kind = CMD_FLATTEN;
	cmd.flatten = s->flat;
	cmd.flatten.verb = verb == SHEET_TRIM	? VERB_TRIM
			   : verb == SHEET_CARE ? VERB_CARE
						: VERB_NOW;
	if (verb == SHEET_TRIM)
		cuts_of(&cmd.flatten, &s->in_then, &s->then);
	u->run_before = ui_flat_newest(u->snap)->id;
	u->run = 0;
	u->run_asked_ns = u->now_ns;
	u->run_verb = cmd.flatten.verb;
	bool dry = cmd.flatten.dry_run;
	ui_pop(u);
	ui_send(u, &cmd);
	if (!dry)
		ui_push(u, LAYER_RUN);
}

void panic_yes(struct ui *u)
{
	struct ui_sheet *s = &u->sheet;
	int verb = panic_chosen(u);
	bool off = s->off && s->kind == SHEET_STOPS;

	if (!confirm_yes(u) || verb < 0)
		return;
	switch (verb) {
	case SHEET_GUARD:
		ui_pop(u);
		send_guard(u, off);
		return;
	case SHEET_ADD:
		ui_pop(u);
		send_add(u, &s->in_then, &s->then);
		return;
	default:
		send_flatten(u, verb);
	}
}

/* ---- the last price by hand ---- */

static void ask_price(struct ui *u)
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
	confirm_drop(u);
	make(u);
}

bool sheet_price(struct ui *u, const char *text)
{
	const struct ui_sheet *s = &u->sheet;
	const struct sheet_line *l = &s->plan.line[SHEET_NOW];
	struct price_spec spec = {0};
	struct err e = {0};
	struct price px = {0};
	char word[24];

	if (ui_top(u) != LAYER_SHEET || s->kind != SHEET_PANIC || l->n != 1)
		return true;
	const struct sheet_leg_in *g = &s->in.leg[l->leg[0].leg];
	const struct snap_leg *leg = ui_leg_find(u->snap, g->coin, g->account);
	bool buy = l->leg[0].buy;
	if (!leg)
		return true;
	if (strcmp(text, "none") && !gram_price(&spec, text, &e)) {
		snprintf(u->line.error, sizeof u->line.error, "%s", e.text);
		return false;
	}
	double v = ui_price_now(u, leg, &spec);
	if (v > 0 && price_from_double(&px, v, ROUND_HALF_AWAY))
		dec_round(&px.v, px.v, PRICE_DIGITS, fmt_px_decimals(v, leg->px_decimals),
			  buy ? ROUND_CEIL : ROUND_FLOOR);
	if (spec.ref != PREF_NONE && px.v <= 0) {
		snprintf(u->line.error, sizeof u->line.error, "%.40s is no price now.", text);
		return false;
	}
	struct price zero = l->leg[0].zero;
	if (px.v > 0 && zero.v > 0 && (buy ? px.v > zero.v : px.v < zero.v)) {
		struct cmd cmd;
		memset(&cmd, 0, sizeof cmd);
		cmd.kind = CMD_KINDS; /* nothing to send: the word releases a price of the sheet */
		cmd.flatten.worst = px;
		size_t n = 0; /* to be typed: without the commas */
		for (const char *c = fmt_price(px, leg->px_decimals).s; *c && n < 20; c++)
			if (*c != ',')
				word[n++] = *c;
		word[n] = 0;
		ask_word(u, word, &cmd);
		ui_notice(u, "%s is past zero equity at %s. Type it again to mean it.", word,
			  fmt_price(zero, leg->px_decimals).s);
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

/* ---- keys ---- */

static void move_line(struct ui *u, int by)
{
	u->sheet.line = (uint8_t)((u->sheet.line + SHEET_VERBS + by) % SHEET_VERBS);
	confirm_drop(u); /* what stands in the zone is not this any more */
}

static bool scope_key(struct ui *u, enum ui_action a, enum ui_action m)
{
	if (a == UA_SCOPE_ALL || a == UA_SCOPE_ONE || m == UA_LEFT || m == UA_RIGHT) {
		change_scope(u, a == UA_SCOPE_ALL || a == UA_SCOPE_ONE ? a : m);
	} else if (a == UA_DRY_RUN) {
		u->sheet.flat.dry_run = !u->sheet.flat.dry_run;
		confirm_drop(u);
	} else if (m == UA_OPEN) {
		u->sheet.details = !u->sheet.details;
	} else {
		return false;
	}
	return true;
}

void panic_key(struct ui *u, int key)
{
	enum ui_action a = keymap_find(&u->keys, UP_PANIC, key);
	enum ui_action m = keymap_find(&u->keys, UP_MOVE, key);

	if (key >= '1' && key < '1' + SHEET_VERBS)
		choose(u, key - '1');
	else if (keymap_find(&u->keys, UP_SHEET, key) == UA_SEND)
		panic_yes(u);
	else if (a == UA_LAST_PRICE)
		ask_price(u);
	else if (m == UA_NEXT_ROW || m == UA_PREV_ROW)
		move_line(u, m == UA_NEXT_ROW ? 1 : -1);
	else
		scope_key(u, a, m);
}

/* The guard sheet: 1 places and repairs, 2 takes ours away, by the typed word. */
static void choose_stops(struct ui *u, int line)
{
	struct ui_sheet *s = &u->sheet;
	struct cmd cmd;

	s->line = (uint8_t)line;
	s->off = line == 1;
	make(u);
	if (line == 0 && !s->plan.line[SHEET_GUARD].offered) {
		ui_notice(u, "No stop is placed: %s.", panic_why(s->plan.line[SHEET_GUARD].why));
		confirm_drop(u);
	} else if (line == 0) {
		if (!locked(u) && confirm_choose(u, '1'))
			freeze(u, SHEET_GUARD);
	} else {
		confirm_drop(u);
		memset(&cmd, 0, sizeof cmd);
		cmd.kind = CMD_GUARD;
		cmd.guard.account = s->flat.account;
		cmd.guard.scope = s->flat.scope;
		cmd.guard.n_coins = s->flat.n_coins;
		memcpy(cmd.guard.coin, s->flat.coin, sizeof cmd.guard.coin);
		cmd.guard.off = true;
		ask_word(u, "STOPS", &cmd);
	}
}

void stops_key(struct ui *u, int key)
{
	enum ui_action a = keymap_find(&u->keys, UP_PANIC, key);
	enum ui_action m = keymap_find(&u->keys, UP_MOVE, key);

	if (key == '1' || key == '2')
		choose_stops(u, key - '1');
	else if (keymap_find(&u->keys, UP_SHEET, key) == UA_SEND)
		panic_yes(u);
	else
		scope_key(u, a, m);
}
