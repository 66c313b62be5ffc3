/* flat_cmd.c: the commands of the sheet's selling verbs: flatten (NOW), care, trim, and what is
 * done to one that runs.
 *
 * 1. Nothing that ends at zero is refused because something runs. NOW takes over: the whole of an
 *    account replaces its runs, a part of it takes its legs over where they are. CARE takes what
 *    no other run closes.
 * 2. A part (TRIM, a fraction) stands beside what closes all, never beside another part of the same
 *    leg: neither could prove what of the sum was its own. TRIM pressed again goes into the trim
 * that runs: of each leg the lower target stands, so it never cuts less than either was confirmed.
 * 3. Runs of other accounts are no concern of a command. ACCOUNTS_MAX places are kept for NOW,
 * which begins a run only where none to zero has the account; of a whole account it always finds
 * one, since it replaces what it covers.
 * 4. Nothing slows a leg that is under NOW. */
#include <stddef.h>
#include <string.h>

#include "base/check.h"
#include "engine/inner.h"

static const int64_t WHOLE = 1000000000000;

static bool flat_is_now(const struct flatten *c)
{
	return c->verb == VERB_NOW && c->scope == FLAT_ALL && c->n_keep == 0 && c->part.v >= WHOLE;
}

static void end_exit(struct engine *e, struct exit_slot *s, uint32_t by)
{
	struct exec_view v;
	struct err err;

	if (s->x.ending) /* by the one before: it takes its order back until that is proven */
		return;
	exits_view(e, s, s->account, s->instr, &v);
	if (exit_end(&s->x, &v, &err))
		s->x.ended_by = by;
	s->dirty = true;
	s->saved0 = false;
}

/* Exits in scope end: the flatten sells all they would have. */
static void end_exits(struct engine *e, const struct flatten *c, const struct flat *f)
{
	for (int i = 0; i < EXITS_MAX; i++) {
		struct exit_slot *s = &e->exit[i];
		bool leg = false;

		if (!s->used || s->x.state == XS_DONE ||
		    (c->account != 0xff && c->account != s->account))
			continue;
		for (uint32_t k = 0; k < f->n; k++)
			leg = leg ||
			      (f->leg[k].instr_id == s->instr && f->leg[k].account == s->account &&
			       f->leg[k].state != FL_KEPT);
		if (leg)
			end_exit(e, s, f->id);
	}
}

void flat_legs_begin(struct engine *e, const struct flatten *c, const struct flat *f)
{
	end_exits(e, c, f);
	for (uint32_t k = 0; k < f->n; k++)
		market_want(e, f->leg[k].instr_id, e->now_ns + FEED_KEEP_S * S);
}

/* The newest run that closed this exit's coin without this engine; NULL: none. */
static const struct flat *closed_by(const struct engine *e, const struct exit_slot *s)
{
	const struct flat *by = NULL;

	for (int i = 0; i < RUNS_MAX; i++) {
		const struct flat *f = &e->flat[i].f;
		bool leg = false;

		if (!e->flat[i].used || f->part || f->cmd.verb != VERB_NOW ||
		    s->x.start_ms >= f->start_ms)
			continue;
		for (uint32_t k = 0; k < f->n; k++)
			leg = leg || (!strncmp(f->leg[k].coin, s->x.coin, COIN_MAX) &&
				      f->leg[k].account == s->account);
		if (leg && (!by || f->id > by->id))
			by = f;
	}
	return by;
}

void exits_end_flattened(struct engine *e)
{
	for (int i = 0; i < EXITS_MAX; i++) {
		struct exit_slot *s = &e->exit[i];
		const struct flat *f;

		if (!s->used || s->x.state == XS_DONE)
			continue;
		f = closed_by(e, s);
		if (!f)
			continue;
		notice(e, 1, NC_EXIT, s->x.id, "x%u ends: p%u closed %s without this engine",
		       s->x.id, f->id, s->x.coin);
		end_exit(e, s, f->id);
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

/* A run that NOW replaces: its end is in the journal, its orders stay looked after by themselves.
 */
static void replaced(struct engine *e, struct flat_slot *s, uint32_t by)
{
	struct rec r = {.kind = REC_END,
			.account = s->f.account,
			.exit = s->f.id,
			.slice = 1,
			.value = FLAT_NOT_FLAT};
	struct buf b;

	flat_replaced(&s->f, by, e->wall_ms);
	buf_init(&b, r.text, sizeof r.text);
	buf_puts(&b, s->f.text);
	ef_rec(e, &r);
	notice(e, 1, NC_NOT_FLAT, 0, "p%u (%s) is replaced by p%u.", s->f.id, verb_words[s->f.verb],
	       by);
}

/* NOW of everything an account holds, or all of them: runs for no more than that make place. */
static void replace_narrower(struct engine *e, const struct flatten *c, uint32_t by)
{
	for (int i = 0; i < RUNS_MAX; i++) {
		struct flat_slot *s = &e->flat[i];

		if (flat_runs(s) && s->f.id != by &&
		    (c->account == 0xff || c->account == s->f.account))
			replaced(e, s, by);
	}
}

/* At the start: what a newer flatten of everything took in. Another process may have begun it (a
 * break-glass shell), which could not end what it found. */
void flats_end_replaced(struct engine *e)
{
	for (int i = 0; i < RUNS_MAX; i++) {
		struct flat_slot *s = &e->flat[i];

		for (int k = 0; k < RUNS_MAX && flat_runs(s); k++) {
			const struct flat *f = &e->flat[k].f;

			if (e->flat[k].used && f->id > s->f.id && flat_is_now(&f->cmd) &&
			    (f->account == 0xff || f->account == s->f.account))
				replaced(e, s, f->id);
		}
	}
}

/* Pressed again: try on at once, never a second run beside the first. */
static bool tries_on(struct engine *e, const struct event *ev)
{
	const struct flatten *c = &ev->cmd.cmd->flatten;

	for (int i = 0; i < RUNS_MAX; i++) {
		struct flat_slot *s = &e->flat[i];
		struct flat *f = &s->f;
		struct flat_view v;

		if (!flat_runs(s) || !(flat_covers(f, c) ||
				       (f->verb == VERB_NOW && !f->part && c->scope != FLAT_COINS &&
					!c->worst.v && flat_same_scope(&f->cmd, c))))
			continue;
		flat_view_fill(e, s, &v);
		flat_again(f, &v);
		s->dirty = true;
		reply(e, ev, ERR_OK, f->id, "p%u tries on", f->id);
		return true;
	}
	return false;
}

/* A run to zero that has accounts of the command beside it. */
static bool to_zero_beside(const struct flat_slot *s, const struct flatten *c)
{
	return flat_runs(s) && !s->f.part &&
	       (c->account == 0xff || flat_has_account(&s->f, c->account));
}

/* Legs that runs to zero have already are closed where they are; an account that one has needs no
 * other. *id: of the first that had any. Returns the accounts that none has, by bit. */
static uint8_t take_over(struct engine *e, const struct event *ev, uint32_t *id)
{
	const struct flatten *c = &ev->cmd.cmd->flatten;
	uint8_t alone = 0;

	for (uint8_t a = 0; a < e->conf.n_accounts; a++)
		if (c->account == 0xff || c->account == a)
			alone |= (uint8_t)(1u << a);
	for (int i = 0; i < RUNS_MAX; i++) {
		struct flat_slot *s = &e->flat[i];
		struct flat_view v;

		if (!to_zero_beside(s, c))
			continue;
		flat_view_fill(e, s, &v);
		if (!v.n) /* not read yet: a run of its own keeps what was meant */
			continue;
		for (uint8_t a = 0; a < e->conf.n_accounts; a++)
			if (flat_has_account(&s->f, a))
				alone &= (uint8_t) ~(1u << a);
		if (!flat_now(&s->f, c, &v))
			continue;
		s->dirty = true;
		*id = *id ? *id : s->f.id;
		record_command(e, ev, "flatten", s->f.id);
		flat_legs_begin(e, c, &s->f);
	}
	return alone;
}

/* NOW beside what runs; true: answered, no run has to begin. */
static bool now_beside(struct engine *e, const struct event *ev)
{
	const struct flatten *c = &ev->cmd.cmd->flatten;
	uint32_t id = 0, wider = 0;

	if (tries_on(e, ev))
		return true;
	for (int i = 0; i < RUNS_MAX && flat_is_now(c) && c->account != 0xff; i++)
		if (to_zero_beside(&e->flat[i], c) && e->flat[i].f.account == 0xff)
			wider = e->flat[i].f.id;
	if (flat_is_now(c) && !wider)
		return false; /* a run of its own, which replaces them */
	if (take_over(e, ev, &id))
		return false;
	id = id ? id : wider;
	if (!id) {
		reply(e, ev, ERR_RULE, 0, "Nothing is held of what this names.");
		return true;
	}
	lock_after_now(e, c);
	outside_ask(e, c->account);
	reply(e, ev, ERR_OK, id, "p%u: closed now, the rest goes on as it was", id);
	return true;
}

/* CARE, a fraction or a trim of what a run does already; true: answered. */
static bool runs_already(struct engine *e, const struct event *ev)
{
	const struct flatten *c = &ev->cmd.cmd->flatten;

	for (int i = 0; i < RUNS_MAX; i++) {
		const struct flat *f = &e->flat[i].f;
		bool part = c->verb == VERB_TRIM || c->part.v < WHOLE;
		struct flatten now = *c;

		now.verb = VERB_NOW;
		now.worst = f->cmd.worst;
		if (!flat_runs(&e->flat[i]))
			continue;
		if (c->verb == f->verb && c->verb != VERB_TRIM && part == f->part &&
		    flat_same_scope(&f->cmd, c)) {
			reply(e, ev, ERR_OK, f->id, "p%u runs already", f->id);
			return true;
		}
		if (flat_covers(f, &now)) {
			reply(e, ev, part ? ERR_RULE : ERR_OK, f->id,
			      "p%u closes everything already.", f->id);
			return true;
		}
	}
	return false;
}

static bool beside(struct engine *e, const struct event *ev)
{
	const struct flatten *c = &ev->cmd.cmd->flatten;

	if (c->verb == VERB_NOW && c->part.v >= WHOLE)
		return now_beside(e, ev);
	if (runs_already(e, ev))
		return true;
	if (flats_running(e) < RUNS_MAX - ACCOUNTS_MAX)
		return false;
	reply(e, ev, ERR_LIMIT, 0, "%u runs are under way: end one first, or flatten.",
	      flats_running(e));
	return true;
}

/* Whether an account that the command is for is not read yet: it may hold what nobody else does. */
static bool some_unread(const struct engine *e, const struct flatten *c)
{
	for (uint8_t a = 0; a < e->conf.n_accounts; a++)
		if ((c->account == 0xff || c->account == a) && !e->acct[a].recon.passes)
			return true;
	return false;
}

/* A close to zero is kept and takes its legs as they are read; a part and a cut have nothing to be
 * counted from. False: answered. */
static bool begins_unread(struct engine *e, const struct event *ev)
{
	const struct flatten *c = &ev->cmd.cmd->flatten;
	bool to_zero = c->verb != VERB_TRIM && !c->dry_run && c->part.v >= WHOLE;

	if (!to_zero && !command_any_read(e)) {
		reply(e, ev, ERR_TIME, 0, "The account is not read yet.");
		return false;
	}
	if (!to_zero || (command_any_read(e) && !some_unread(e, c)))
		return true;
	for (int i = 0; c->scope == FLAT_COINS && i < c->n_coins; i++)
		if (coin_wanted(e, ev, c->coin[i]) == NONE16)
			return false;
	return true;
}

/* Cuts of a trim that may go out: not of what NOW closes, and of no account where another part is
 * still being taken of one of them. What is left out is told. */
static bool cuts_left(struct engine *e, struct flatten *c, struct buf *out, struct err *err)
{
	uint8_t part = 0, kept = 0;

	for (uint8_t i = 0; i < c->n_cuts; i++) {
		const struct cut *cut = &c->cut[i];
		uint16_t instr = instr_find(&e->instrs, cut->coin);

		if (flats_take(e, NULL, cut->account, instr) & TAKEN_PART)
			part |= (uint8_t)(1u << cut->account);
	}
	for (uint8_t i = 0; i < c->n_cuts; i++) {
		struct cut cut = c->cut[i];
		uint16_t instr = instr_find(&e->instrs, cut.coin);

		if (!(part >> cut.account & 1) &&
		    !(flats_take(e, NULL, cut.account, instr) & TAKEN_NOW))
			c->cut[kept++] = cut;
	}
	for (uint8_t a = 0; a < e->conf.n_accounts; a++)
		if (part >> a & 1)
			buf_printf(out, "; %s is being cut already", e->conf.account[a].name);
	if (c->n_cuts && !kept)
		return err_set(err, ERR_RULE,
			       "Another run cuts or closes all of that already: end "
			       "it first, or flatten.");
	c->n_cuts = kept;
	return true;
}

/* The cuts of `c` that this run takes go from `c` into `*own`. */
static void own_cuts(struct engine *e, struct flatten *c, const struct flat_slot *s,
		     struct flatten *own)
{
	uint8_t kept = 0;

	*own = *c;
	own->n_cuts = 0;
	for (uint8_t i = 0; i < c->n_cuts; i++) {
		struct cut cut = c->cut[i];
		int at = flats_trim(e, cut.account, instr_find(&e->instrs, cut.coin));

		if (at >= 0 && &e->flat[at] == s)
			own->cut[own->n_cuts++] = cut;
		else
			c->cut[kept++] = cut;
	}
	c->n_cuts = kept;
}

/* TRIM pressed again: cuts of what a trim cuts already, or of its account, go into that one.
 * Returns the number of the first, 0 none. */
static uint32_t cuts_join(struct engine *e, const struct event *ev, struct flatten *c)
{
	uint32_t first = 0;

	for (int i = 0; i < RUNS_MAX; i++) {
		struct flat_slot *s = &e->flat[i];
		struct flatten own;
		struct flat_view v;

		if (!flat_runs(s) || s->f.verb != VERB_TRIM)
			continue;
		own_cuts(e, c, s, &own);
		if (!own.n_cuts)
			continue;
		flat_view_fill(e, s, &v);
		(void)flat_trim_again(&s->f, &own, &v);
		flat_expect(e, &own, &s->f);
		s->f.expected.v += flat_cost(&s->f).v;
		s->f.worst.v += flat_cost(&s->f).v;
		first = first ? first : s->f.id;
		s->dirty = true;
		flat_save_to_journal(e, s);
		record_command(e, ev, "trim", s->f.id);
		end_exits(e, &own, &s->f);
		for (uint32_t k = 0; k < s->f.n; k++)
			market_want(e, s->f.leg[k].instr_id, e->now_ns + FEED_KEEP_S * S);
	}
	return first;
}

/* Whether a fraction found nothing that another run does not take a part of, or closes. */
static bool all_taken(const struct flat *f, const struct flat_view *v, struct err *err)
{
	bool any = false;

	for (uint32_t i = 0; i < v->n && f->part && !f->n; i++)
		any = any ||
		      (v->leg[i].taken && flat_names(&f->cmd, v->leg[i].account,
						     v->leg[i].instr->coin, v->leg[i].szi.v > 0));
	if (any)
		err_set(err, ERR_RULE,
			"Another run cuts or closes all of that already: end it first, or "
			"flatten.");
	return any;
}

/* By the sheet, of every account in scope; what it has no room for is told. */
static bool cuts_made(struct engine *e, struct flatten *c, struct buf *left_out, struct err *err)
{
	bool ok = flat_cuts(e, c, err);

	if (e->sheet.left_out)
		buf_printf(left_out,
			   "; %u positions found no room in it: trim each account by itself",
			   e->sheet.left_out);
	return ok;
}

static struct flat_slot *refused(struct engine *e, const struct event *ev, const struct err *err)
{
	reply(e, ev, err->code, 0, "%s", err->text);
	return NULL;
}

static struct flat_slot *flatten_begin(struct engine *e, const struct event *ev,
				       struct buf *left_out)
{
	struct flatten cmd = ev->cmd.cmd->flatten, *c = &cmd;
	bool trim = c->verb == VERB_TRIM;
	struct flat_slot *s;
	struct flat_view v;
	struct err err = {0};
	uint32_t joined = 0;
	uint32_t id = c->dry_run ? dry_number(e) : e->next_panic + 1;

	if (!flat_check(c, &err) || (trim && c->n_cuts == 0 && !cuts_made(e, c, left_out, &err)))
		return refused(e, ev, &err);
	if (trim && !c->dry_run)
		joined = cuts_join(e, ev, c);
	if (joined && (!c->n_cuts || !cuts_left(e, c, left_out, &err))) {
		reply(e, ev, ERR_OK, joined,
		      "p%u goes on with the larger cut of each leg, the one it had or this one%s",
		      joined, left_out->p);
		return NULL;
	}
	if (joined)
		buf_printf(left_out, "; the larger cut of each leg of p%u goes on in it", joined);
	else if (trim && !c->dry_run && !cuts_left(e, c, left_out, &err))
		return refused(e, ev, &err);
	if (flat_is_now(c) && !c->dry_run)
		replace_narrower(e, c, id);
	s = c->dry_run ? &e->flat_dry : flat_slot_free(e);
	if (!s) {
		err_set(&err, ERR_LIMIT,
			"%d runs are under way: flatten the whole account, which "
			"takes them in.",
			RUNS_MAX);
		return refused(e, ev, &err);
	}
	memset(s, 0, offsetof(struct flat_slot, f));
	memset(&s->f, 0, offsetof(struct flat, leg));
	s->f.account = c->account; /* the view is made for this scope */
	flat_view_fill(e, s, &v);
	v.unread = c->part.v >= WHOLE && some_unread(e, c);
	for (uint32_t i = 0; i < v.n && c->dry_run; i++)
		e->flat_legs[i].taken = 0; /* shown as if nothing ran */
	number_taken(e, &e->next_panic, id);
	if (!flat_init(&s->f, id, c, &v, &err) || all_taken(&s->f, &v, &err))
		return refused(e, ev, &err);
	if (c->verb != VERB_NOW && !c->dry_run)
		flat_expect(e, c, &s->f);
	s->f.seed = exit_seed(e, s->f.id + 1000000);
	s->used = s->dirty = true;
	return s;
}

static void dry_run(struct engine *e, const struct event *ev, struct flat_slot *s)
{
	struct dry dry = {true, ev->cmd.client, ev->cmd.seq, e->dry_note};

	flat_note(e, &ev->cmd.cmd->flatten, e->dry_note, sizeof e->dry_note);
	if (!flat_dry(e, s, &dry))
		reply(e, ev, ERR_RULE, 0, "Nothing to close: no order would leave.");
	s->used = false;
}

void cmd_flatten(struct engine *e, const struct event *ev)
{
	const struct flatten *c = &ev->cmd.cmd->flatten;
	char left_out[128];
	struct flat_slot *s;
	struct buf b;

	buf_init(&b, left_out, sizeof left_out);
	if (c->account != 0xff && !account_ok(e, ev, c->account))
		return;
	if (!begins_unread(e, ev))
		return;
	if (!c->dry_run && (!any_key(e, ev, c->account) || beside(e, ev)))
		return;
	s = flatten_begin(e, ev, &b);
	if (!s)
		return;
	if (c->dry_run) {
		dry_run(e, ev, s);
		return;
	}
	record_command(e, ev, verb_words[c->verb], s->f.id);
	outside_ask(e, c->account);
	flat_legs_begin(e, c, &s->f);
	lock_after_now(e, c);
	/* whose positions: where there are several accounts it is never left to be guessed */
	if (e->conf.n_accounts > 1)
		reply(e, ev, ERR_OK, s->f.id, "p%u, %s%s%s", s->f.id,
		      c->account == 0xff ? "ALL ACCOUNTS" : "account ",
		      c->account == 0xff ? "" : e->conf.account[c->account].name, left_out);
	else
		reply(e, ev, ERR_OK, s->f.id, "p%u%s", s->f.id, left_out);
}

/* pN of a command that may name one; true: answered. */
bool flat_named(struct engine *e, const struct event *ev, const char *name)
{
	uint32_t id = ev->cmd.cmd->which.exit & ~WHICH_PANIC;
	struct flat_slot *s = flat_find(e, id);
	struct err err = {0};
	struct flat_view v;
	bool ok;

	if (!(ev->cmd.cmd->which.exit & WHICH_PANIC))
		return false;
	if (!s) {
		says_what_runs(e, ev, 'p', id);
		return true;
	}
	flat_view_fill(e, s, &v);
	ok = ev->cmd.cmd->kind == CMD_END
		     ? flat_end(&s->f, &v, &err)
		     : flat_pause(&s->f, ev->cmd.cmd->kind == CMD_PAUSE, &v, &err);
	if (!ok) {
		reply(e, ev, err.code, id, "%s", err.text);
		return true;
	}
	s->dirty = true;
	flat_save_to_journal(e, s);
	record_command(e, ev, name, id);
	reply(e, ev, ERR_OK, id, "%s: p%u", name, id);
	return true;
}
