/* flat_cmd.c: the commands of the sheet's selling verbs: flatten (NOW), care, trim, and what is
 * done to one that runs.
 *
 * 1. NOW is never refused because something runs: it takes over, whole or by legs, and takes in
 *    accounts that the run did not have.
 * 2. There is one run at a time; nothing slows a leg that is under NOW. */
#include <string.h>

#include "base/check.h"
#include "engine/inner.h"

static bool flat_is_now(const struct flatten *c)
{
	return c->verb == VERB_NOW && c->scope == FLAT_ALL && c->n_keep == 0 &&
	       c->part.v >= 1000000000000;
}

/* Exits in scope end: the flatten sells all they would have. */
static void end_exits(struct engine *e, const struct flatten *c)
{
	for (int i = 0; i < EXITS_MAX; i++) {
		struct exit_slot *s = &e->exit[i];
		struct exec_view v;
		struct err err;
		bool leg = false;

		if (!s->used || s->x.state == XS_DONE ||
		    (c->account != 0xff && c->account != s->account))
			continue;
		for (uint32_t k = 0; k < e->flat.f.n; k++)
			leg = leg || (e->flat.f.leg[k].instr_id == s->instr &&
				      e->flat.f.leg[k].account == s->account &&
				      e->flat.f.leg[k].state != FL_KEPT);
		if (!leg)
			continue;
		exits_view(e, s, s->account, s->instr, &v);
		if (exit_end(&s->x, &v, &err))
			s->x.ended_by = e->flat.f.id;
		s->dirty = true;
		s->saved0 = false;
	}
}

void exits_end_flattened(struct engine *e)
{
	const struct flat *f = &e->flat.f;

	if (!e->flat.used || f->part || f->cmd.verb != VERB_NOW)
		return;
	for (int i = 0; i < EXITS_MAX; i++) {
		struct exit_slot *s = &e->exit[i];
		struct exec_view v;
		struct err err;
		bool leg = false;

		for (uint32_t k = 0; k < f->n; k++)
			leg = leg || (!strncmp(f->leg[k].coin, s->x.coin, COIN_MAX) &&
				      f->leg[k].account == s->account);
		if (!s->used || s->x.state == XS_DONE || s->x.start_ms >= f->start_ms || !leg)
			continue;
		notice(e, 1, NC_EXIT, s->x.id, "x%u ends: p%u closed %s without this engine",
		       s->x.id, f->id, s->x.coin);
		exits_view(e, s, s->account, s->instr, &v);
		if (exit_end(&s->x, &v, &err))
			s->x.ended_by = e->flat.f.id;
		s->dirty = true;
		s->saved0 = false;
	}
}

/* No new risk from here, until the word is typed. */
static void lock_after_now(struct engine *e, const struct flatten *c)
{
	struct rec r = {.kind = REC_LOCK, .value = 1};

	if (!flat_is_now(c) || e->local_lock)
		return;
	e->local_lock = true;
	ef_rec(e, &r);
}

/* One key is enough: a leg whose account has none waits and is named, the others go. */
static bool any_key(struct engine *e, const struct event *ev, uint8_t account)
{
	uint8_t n = 0, ready = 0, last = 0;

	for (uint8_t a = 0; a < e->conf.n_accounts; a++) {
		if (account != 0xff && account != a)
			continue;
		last = a;
		n++;
		ready += e->acct[a].key_ready;
	}
	for (uint8_t a = 0; a < e->conf.n_accounts && ready && ready < n; a++)
		if (!e->acct[a].key_ready)
			notice(e, 2, NC_KEY, 0, "KEY LOCKED: %s waits, the other accounts go on",
			       e->conf.account[a].name);
	return ready || key_ok(e, ev, last);
}

static const char *const verb_words[VERBS] = {"flatten", "care", "trim"};

/* NOW takes what runs over: all of it, or the legs it names. Nothing else is begun beside a run.
 * True: answered. */
static bool beside_a_run(struct engine *e, const struct event *ev)
{
	const struct flatten *c = &ev->cmd.cmd->flatten;
	struct flat *f = &e->flat.f;
	bool whole = c->part.v >= 1000000000000, wider;
	bool apart = c->account != 0xff && f->account != 0xff && c->account != f->account;
	struct flat_view v;

	if (c->dry_run) {
		reply(e, ev, ERR_RULE, f->id, "p%u runs; no dry run beside it.", f->id);
		return true;
	}
	flat_view_fill(e, &v);
	if (c->verb != VERB_NOW) {
		if (c->verb == f->verb && c->account == f->account && c->scope == f->scope)
			reply(e, ev, ERR_OK, f->id, "p%u runs already", f->id);
		else
			reply(e, ev, ERR_RULE, f->id, "p%u runs (%s). End it first, or flatten.",
			      f->id, verb_words[f->verb]);
		return true;
	}
	if (!whole && apart) { /* it would take the place of what runs there */
		reply(e, ev, ERR_RULE, f->id, "p%u runs for %s. Flatten the whole of %s, or wait.",
		      f->id, e->conf.account[f->account].name, e->conf.account[c->account].name);
		return true;
	}
	if (!whole && f->verb == VERB_NOW && !f->part) {
		reply(e, ev, ERR_RULE, f->id, "p%u closes everything already.", f->id);
		return true;
	}
	/* pressed again: try on at once, never a second run beside the first */
	if (flat_covers(f, c) || (f->verb == VERB_NOW && f->account == c->account &&
				  f->scope == c->scope && c->scope != FLAT_COINS && !c->worst.v &&
				  f->cmd.n_keep == c->n_keep && whole == !f->part)) {
		flat_again(f, &v);
		e->flat.dirty = true;
		reply(e, ev, ERR_OK, f->id, "p%u tries on", f->id);
		return true;
	}
	wider = flat_is_now(c) && (c->account == 0xff || c->account == f->account);
	if (wider || !whole)
		return false; /* a run of its own replaces it */
	if (!v.n && !apart)   /* not read yet: the scope is kept, it takes the legs when known */
		return false;
	flat_join(f, c);
	flat_view_fill(e, &v);
	if (!flat_now(f, c, &v) && !flat_is_now(c)) {
		reply(e, ev, ERR_RULE, f->id, "p%u runs, and nothing is held of what this names.",
		      f->id);
		return true;
	}
	e->flat.dirty = true;
	record_command(e, ev, "flatten", f->id);
	end_exits(e, c);
	lock_after_now(e, c);
	outside_ask(e, c->account);
	for (uint32_t i = 0; i < f->n; i++)
		market_want(e, f->leg[i].instr_id, e->now_ns + FEED_KEEP_S * S);
	if (apart)
		reply(e, ev, ERR_OK, f->id,
		      "p%u takes in %s: closed now, the rest goes on as it was", f->id,
		      e->conf.account[c->account].name);
	else
		reply(e, ev, ERR_OK, f->id, "p%u: closed now, the rest goes on as it was", f->id);
	return true;
}

/* A run that NOW replaces: its end is in the journal, its orders stay looked after by themselves.
 */
static void replaced(struct engine *e, uint32_t by)
{
	struct rec r = {.kind = REC_END,
			.account = e->flat.f.account,
			.exit = e->flat.f.id,
			.slice = 1,
			.value = FLAT_NOT_FLAT};
	struct buf b;

	buf_init(&b, r.text, sizeof r.text);
	buf_printf(&b, "replaced by p%u", by);
	ef_rec(e, &r);
	notice(e, 1, NC_NOT_FLAT, 0, "p%u (%s) is replaced by p%u.", e->flat.f.id,
	       verb_words[e->flat.f.verb], by);
}

/* A close to zero is kept and takes its legs as they are read; a part and a cut have nothing to be
 * counted from. False: answered. */
static bool begins_unread(struct engine *e, const struct event *ev)
{
	const struct flatten *c = &ev->cmd.cmd->flatten;

	if (c->verb == VERB_TRIM || c->dry_run || c->part.v < 1000000000000) {
		reply(e, ev, ERR_TIME, 0, "The account is not read yet.");
		return false;
	}
	for (int i = 0; c->scope == FLAT_COINS && i < c->n_coins; i++)
		if (coin_wanted(e, ev, c->coin[i]) == NONE16)
			return false;
	return true;
}

static bool flatten_begin(struct engine *e, const struct event *ev)
{
	struct flatten cmd = ev->cmd.cmd->flatten, *c = &cmd;
	struct flat_slot *s = &e->flat;
	struct flat_view v;
	struct err err = {0};

	if (c->verb == VERB_TRIM && c->n_cuts == 0 && !flat_cuts(e, c, &err)) {
		reply(e, ev, err.code, 0, "%s", err.text);
		return false;
	}
	if (s->used && !s->f.done)
		replaced(e, e->next_panic + 1);
	memset(s, 0, sizeof *s);
	s->f.account = c->account; /* the view is made for this scope */
	flat_view_fill(e, &v);
	v.unread = !command_any_read(e);
	if (!flat_init(&s->f, ++e->next_panic, c, &v, &err)) {
		reply(e, ev, err.code, 0, "%s", err.text);
		return false;
	}
	if (c->verb != VERB_NOW && !c->dry_run)
		flat_expect(e, c, &s->f);
	s->f.seed = exit_seed(e, s->f.id + 1000000);
	s->used = s->dirty = true;
	return true;
}

void cmd_flatten(struct engine *e, const struct event *ev)
{
	const struct flatten *c = &ev->cmd.cmd->flatten;
	struct flat_slot *s = &e->flat;

	if (c->account != 0xff && !account_ok(e, ev, c->account))
		return;
	if (!command_any_read(e) && !begins_unread(e, ev))
		return;
	if (!c->dry_run && !any_key(e, ev, c->account))
		return;
	if (s->used && !s->f.done && beside_a_run(e, ev))
		return;
	if (!flatten_begin(e, ev))
		return;
	if (c->dry_run) {
		struct dry dry = {true, ev->cmd.client, ev->cmd.seq, e->dry_note};

		flat_note(e, c, e->dry_note, sizeof e->dry_note);
		if (!flat_dry(e, &dry))
			reply(e, ev, ERR_RULE, 0, "Nothing to close: no order would leave.");
		s->used = false;
		return;
	}
	record_command(e, ev, verb_words[c->verb], s->f.id);
	outside_ask(e, c->account);
	end_exits(e, c);
	lock_after_now(e, c);
	for (uint32_t i = 0; i < s->f.n; i++)
		market_want(e, s->f.leg[i].instr_id, e->now_ns + FEED_KEEP_S * S);
	/* whose positions: where there are several accounts it is never left to be guessed */
	if (e->conf.n_accounts > 1)
		reply(e, ev, ERR_OK, s->f.id, "p%u, %s%s", s->f.id,
		      c->account == 0xff ? "ALL ACCOUNTS" : "account ",
		      c->account == 0xff ? "" : e->conf.account[c->account].name);
	else
		reply(e, ev, ERR_OK, s->f.id, "p%u", s->f.id);
}

/* pN of a command that may name one; true: answered. */
bool flat_named(struct engine *e, const struct event *ev, const char *name)
{
	uint32_t id = ev->cmd.cmd->which.exit & ~WHICH_PANIC;
	struct flat_slot *s = &e->flat;
	struct err err = {0};
	struct flat_view v;
	bool ok;

	if (!(ev->cmd.cmd->which.exit & WHICH_PANIC))
		return false;
	if (!s->used || s->f.id != id) {
		reply(e, ev, ERR_RULE, id, "p%u does not run.", id);
		return true;
	}
	flat_view_fill(e, &v);
	ok = ev->cmd.cmd->kind == CMD_END
		     ? flat_end(&s->f, &v, &err)
		     : flat_pause(&s->f, ev->cmd.cmd->kind == CMD_PAUSE, &v, &err);
	if (!ok) {
		reply(e, ev, err.code, id, "%s", err.text);
		return true;
	}
	s->dirty = true;
	flat_save_to_journal(e);
	record_command(e, ev, name, id);
	reply(e, ev, ERR_OK, id, "%s: p%u", name, id);
	return true;
}
