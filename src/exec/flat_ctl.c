/* flat_ctl.c: which legs a flatten has, and what the operator does to one that runs.
 *
 * 1. A leg is named once and keeps its index.
 * 2. NOW takes legs over at any moment and is never refused; nothing slows a leg that is under it.
 */
#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "exec/flat_in.h"

static const int64_t ONE = 1000000000000;

static int64_t abs64(int64_t v)
{
	return v < 0 ? -v : v;
}

static bool named(const char list[8][COIN_MAX], uint8_t n, const char *coin)
{
	for (uint8_t i = 0; i < n && i < 8; i++)
		if (!strncmp(list[i], coin, COIN_MAX))
			return true;
	return false;
}

bool flat_names(const struct flatten *c, uint8_t account, const char *coin, bool is_long)
{
	if ((c->account != 0xff && c->account != account) || named(c->keep, c->n_keep, coin))
		return false;
	switch (c->scope) {
	case FLAT_LONGS:
		return is_long;
	case FLAT_SHORTS:
		return !is_long;
	case FLAT_COINS:
		return named(c->coin, c->n_coins, coin);
	default:
		return true;
	}
}

static bool same_names(const char a[8][COIN_MAX], uint8_t n, const char b[8][COIN_MAX], uint8_t m)
{
	bool same = n == m;
	for (uint8_t i = 0; same && i < n && i < 8; i++)
		same = named(b, m, a[i]);
	return same;
}

bool flat_same_scope(const struct flatten *a, const struct flatten *b)
{
	return a->account == b->account && a->scope == b->scope &&
	       same_names(a->keep, a->n_keep, b->keep, b->n_keep) &&
	       (a->scope != FLAT_COINS || same_names(a->coin, a->n_coins, b->coin, b->n_coins));
}

static bool begun_for(const struct flat *f, uint8_t account)
{
	return f->account == 0xff || f->account == account;
}

bool flat_has_account(const struct flat *f, uint8_t account)
{
	bool has = begun_for(f, account);
	for (uint32_t i = 0; f->strangers && !has && i < f->n; i++)
		has = f->leg[i].account == account;
	return has;
}

bool flat_has_whole(const struct flat *f, uint8_t account)
{
	return begun_for(f, account) && flat_takes_all(f);
}

bool flat_in_scope(const struct flat *f, const struct flat_leg_view *p)
{
	return p->szi.v != 0 && flat_names(&f->cmd, p->account, p->instr->coin, p->szi.v > 0);
}

uint8_t flat_takes_as(const struct flat *f, const struct flat_leg *l)
{
	if (l->state == FL_KEPT)
		return 0;
	if (l->verb == VERB_NOW && l->target.v == 0)
		return TAKEN_NOW;
	return f->part ? TAKEN_PART : TAKEN_CARE;
}

/* Another run has it already, and this one would add nothing but doubt. */
static bool taken(const struct flat *f, const struct flat_leg_view *p)
{
	uint8_t by = TAKEN_NOW | (f->part ? TAKEN_PART : f->verb == VERB_NOW ? 0 : TAKEN_CARE);
	return (p->taken & by) != 0;
}

struct flat_leg *flat_leg_add(struct flat *f, const struct flat_leg_view *p, uint8_t verb)
{
	if (f->n == FLAT_LEGS)
		return NULL;
	struct flat_leg *l = &f->leg[f->n];
	struct qty part = {0};
	memset(l, 0, sizeof *l);
	l->verb = verb;
	l->account = p->account;
	l->instr_id = p->instr_id;
	l->buy = p->szi.v < 0;
	l->start.v = abs64(p->szi.v);
	if (f->part && f->verb != VERB_TRIM) {
		(void)qty_times_ratio(&part, l->start, f->cmd.part, ROUND_DOWN);
		part = instr_floor_qty(p->instr, part);
		l->target.v = l->start.v - part.v;
		if (part.v <= 0) {
			l->target = l->start;
			l->state = FL_KEPT;
		}
	}
	if (flat_names(&f->cmd, p->account, p->instr->coin, p->szi.v > 0))
		l->typed = f->cmd.worst;
	l->mark0 = p->mark;
	l->px_decimals = p->instr->px_decimals;
	l->sz_decimals = p->instr->sz_decimals;
	memcpy(l->coin, p->instr->coin, sizeof l->coin);
	f->n++;
	return l;
}

static bool have_leg(const struct flat *f, const struct flat_leg_view *p)
{
	for (uint32_t k = 0; k < f->n; k++)
		if (f->leg[k].account == p->account && f->leg[k].instr_id == p->instr_id)
			return true;
	return false;
}

/* Legs of the view that are in scope and nobody's yet, the most endangered first. */
uint32_t flat_legs_take(struct flat *f, const struct flat_view *v)
{
	uint16_t by_rank[FLAT_LEGS];
	uint32_t n = 0, room = FLAT_LEGS - f->n;
	if (f->part && f->started) /* a part is of what there was when it began */
		return 0;
	for (uint32_t i = 0; i < v->n && n < FLAT_LEGS; i++) {
		const struct flat_leg_view *p = &v->leg[i];
		uint32_t at = n;
		if (!flat_in_scope(f, p) || taken(f, p) || have_leg(f, p))
			continue;
		for (; at > 0 && v->leg[by_rank[at - 1]].rank < p->rank; at--)
			by_rank[at] = by_rank[at - 1];
		by_rank[at] = (uint16_t)i;
		n++;
	}
	if (n > room)
		n = room;
	for (uint32_t i = 0; i < n; i++)
		(void)flat_leg_add(f, &v->leg[by_rank[i]], f->verb);
	return n;
}

bool flat_check(const struct flatten *c, struct err *e)
{
	if (c->part.v < 0 || c->part.v > ONE)
		return err_set(e, ERR_ARG, "a fraction is 0 to 100 %%, not %g %%",
			       100 * ratio_to_double(c->part));
	if (c->worst.v > 0 && !(c->scope == FLAT_COINS && c->n_coins == 1))
		return err_set(e, ERR_ARG, "a typed worst price is for one named coin");
	return true;
}

bool flat_init(struct flat *f, uint32_t id, const struct flatten *c, const struct flat_view *v,
	       struct err *e)
{
	if (!flat_check(c, e))
		return false;
	for (uint8_t i = 0; i < c->n_coins && c->scope == FLAT_COINS; i++) {
		bool held = v->unread;
		for (uint32_t k = 0; k < v->n && !held; k++)
			held = v->leg[k].szi.v != 0 &&
			       (c->account == 0xff || c->account == v->leg[k].account) &&
			       !strncmp(c->coin[i], v->leg[k].instr->coin, COIN_MAX);
		if (!held)
			return err_set(e, ERR_RULE, "no position in %.31s", c->coin[i]);
	}
	memset(f, 0, offsetof(struct flat, leg));
	f->id = id;
	f->cmd = *c;
	f->account = c->account;
	f->scope = c->scope;
	f->verb = c->verb;
	f->part = c->verb == VERB_TRIM || (c->part.v > 0 && c->part.v < ONE);
	f->state = FLAT_SENDING;
	f->start_ns = f->rung_start_ns = v->now_ns;
	f->start_ms = v->wall_ms;
	f->moved_ns = v->now_ns;
	f->read_seen = v->read_id;
	if (f->verb == VERB_TRIM)
		return trim_take(f, v, e);
	(void)flat_legs_take(f, v);
	return true;
}

/* It never goes back to a price that nobody took. */
void flat_leg_anew(struct flat_leg *l, bool runs)
{
	l->next_ns = 0;
	if (!runs)
		l->rung = 0;
	l->rejects = l->crowded = 0;
	if (l->state == FL_CANNOT)
		l->state = FL_WORKING;
}

void flat_again(struct flat *f, const struct flat_view *v)
{
	bool runs = !f->done && f->verb == VERB_NOW;
	f->done = f->asked = f->told_still = f->paused = f->ended = false;
	f->state = FLAT_SENDING;
	f->rung_start_ns = f->moved_ns = v->now_ns;
	for (uint32_t i = 0; i < f->n; i++)
		flat_leg_anew(&f->leg[i], runs);
}

uint32_t flat_now(struct flat *f, const struct flatten *c, const struct flat_view *v)
{
	uint32_t taken = 0;
	for (uint32_t i = 0; i < v->n; i++) {
		const struct flat_leg_view *p = &v->leg[i];
		struct flat_leg *l = NULL;
		if (p->szi.v == 0 || !flat_names(c, p->account, p->instr->coin, p->szi.v > 0))
			continue;
		for (uint32_t k = 0; k < f->n && !l; k++)
			if (f->leg[k].account == p->account && f->leg[k].instr_id == p->instr_id)
				l = &f->leg[k];
		if (!l && !(p->taken & (TAKEN_CARE | TAKEN_NOW)))
			l = flat_leg_add(f, p, VERB_NOW);
		if (!l)
			continue;
		bool runs = l->verb == VERB_NOW && l->target.v == 0 && l->buy == (p->szi.v < 0);
		l->verb = VERB_NOW;
		l->typed = c->worst;
		l->any_side = c->scope == FLAT_ALL || c->scope == FLAT_COINS;
		l->buy = p->szi.v < 0;
		l->target.v = 0;
		l->state = FL_WORKING;
		flat_leg_anew(l, runs);
		taken++;
	}
	f->started = false; /* what could open again goes in parallel, as at the beginning */
	f->rung_start_ns = v->now_ns;
	f->told_still = false;
	return taken;
}

bool flat_hurry(struct flat *f, const struct flat_view *v, uint8_t account, uint16_t instr_id)
{
	for (uint32_t i = 0; i < f->n; i++) {
		struct flat_leg *l = &f->leg[i];
		if (l->account != account || l->instr_id != instr_id || l->verb != VERB_CARE ||
		    l->target.v > 0 || l->state == FL_ZERO || l->state == FL_KEPT)
			continue;
		l->verb = VERB_NOW;
		flat_leg_anew(l, false);
		f->rung_start_ns = v->now_ns;
		f->told_still = false;
		return true;
	}
	return false;
}

static bool has_typed(const struct flat *f)
{
	for (uint32_t i = 0; i < f->n; i++)
		if (f->leg[i].typed.v > 0)
			return true;
	return false;
}

bool flat_covers(const struct flat *f, const struct flatten *c)
{
	if (f->verb != VERB_NOW || f->part || f->cmd.n_keep || f->cmd.worst.v != c->worst.v ||
	    (c->scope == FLAT_COINS && has_typed(f)))
		return false;
	if (f->account != 0xff && f->account != c->account)
		return false;
	return f->scope == FLAT_ALL;
}

void flat_replaced(struct flat *f, uint32_t by, int64_t wall_ms)
{
	struct buf b;
	f->done = true;
	f->state = FLAT_NOT_FLAT;
	f->end_ms = wall_ms;
	buf_init(&b, f->text, sizeof f->text);
	buf_printf(&b, "replaced by p%u", by);
}

bool flat_pause(struct flat *f, bool on, const struct flat_view *v, struct err *e)
{
	if (f->done || f->verb == VERB_NOW)
		return err_set(e, ERR_RULE,
			       f->done ? "p%u is over." : "p%u closes now: it is not paused.",
			       f->id);
	if (f->paused == on)
		return err_set(e, ERR_RULE, on ? "p%u is paused already." : "p%u is not paused.",
			       f->id);
	f->paused = on;
	if (!on) { /* the pace begins again, not what was missed */
		f->due_ns = 0;
		f->due_ms = v->wall_ms;
		f->moved_ns = f->rung_start_ns = v->now_ns;
	}
	return true;
}

bool flat_end(struct flat *f, const struct flat_view *v, struct err *e)
{
	(void)v;
	if (f->done || f->verb == VERB_NOW)
		return err_set(e, ERR_RULE,
			       f->done ? "p%u is over." : "p%u closes now and goes on until flat.",
			       f->id);
	f->ended = true;
	return true;
}
