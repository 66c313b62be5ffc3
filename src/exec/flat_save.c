/* flat_save.c: a flatten as journal records, and as the screen sees it.
 *
 * Invariants: (1) one function names every field once, for both directions; (2) after a load every
 * order without a verdict is unknown and boot clocks begin again. */
#include <stddef.h>

#include "base/buf.h"
#include "base/check.h"
#include "exec/flat_in.h"
#include "exec/pack.h"

/* Each version added what follows the fields of the one before; 5 left out what only 4 had, in
 * 6 a typed price is of a leg. All are read, the newest is written. */
static void pack_leg(struct pack *p, struct flat_leg *l, uint8_t ver)
{
	uint8_t n = 0;
	P8(p, l->account);
	P8(p, l->state);
	P8(p, l->rung);
	P8(p, l->order_state);
	P8(p, l->buy);
	P8(p, l->resting);
	P16(p, l->instr_id);
	P32(p, l->attempt);
	PV(p, l->start);
	PV(p, l->target);
	PV(p, l->sent);
	PV(p, l->filled);
	PV(p, l->ahead);
	PV(p, l->max);
	PV(p, l->value);
	PV(p, l->fee);
	PV(p, l->px);
	PV(p, l->mark0);
	P32(p, l->tries);
	P32(p, l->unknowns);
	P32(p, l->rejects);
	PTEXT(p, l->coin);
	P8(p, l->px_decimals);
	P8(p, l->sz_decimals);
	for (int i = 0; i < FLAT_TRIES; i++)
		n = (uint8_t)(n + (l->open[i].attempt != 0));
	P8(p, n);
	if (n > FLAT_TRIES)
		p->ok = false;
	for (int i = 0, k = 0; p->ok && i < FLAT_TRIES && k < n; i++) {
		struct flat_try *t = &l->open[i];
		if (p->out && !t->attempt)
			continue;
		P32(p, t->attempt);
		PV(p, t->size);
		PV(p, t->left);
		k++;
		if (ver >= 2)
			P8(p, t->zero);
		else
			t->zero = l->target.v == 0;
	}
	if (ver < 2)
		return;
	P8(p, l->verb);
	P8(p, l->opposite);
	P32(p, l->rest_attempt);
	PV(p, l->slice_size);
	PV(p, l->slice_from);
	PV(p, l->past);
	if (ver < 5)
		return;
	P8(p, l->any_side);
	if (ver < 6)
		return;
	PV(p, l->typed);
}

static void pack_cmd(struct pack *p, struct flatten *c, uint8_t ver)
{
	P8(p, c->account);
	P8(p, c->scope);
	P8(p, c->n_coins);
	P8(p, c->n_keep);
	if (c->n_coins > 8 || c->n_keep > 8) {
		p->ok = false;
		return;
	}
	for (int i = 0; i < c->n_coins; i++)
		PTEXT(p, c->coin[i]);
	for (int i = 0; i < c->n_keep; i++)
		PTEXT(p, c->keep[i]);
	PV(p, c->part);
	PV(p, c->worst);
	if (ver < 2)
		return;
	P8(p, c->verb);
	PV(p, c->cushion);
}

static void pack_head(struct pack *p, struct flat *f)
{
	uint8_t ver = FLAT_VERSION;
	P8(p, ver);
	if (ver < 1 || ver > FLAT_VERSION)
		p->ok = false;
	if (!p->out)
		f->ver = ver;
	P32(p, f->id);
	P8(p, f->state);
	P8(p, f->account);
	P8(p, f->scope);
	P8(p, f->part);
	P8(p, f->started);
	P8(p, f->all_alone);
	P8(p, f->asked);
	P8(p, f->told_still);
	P8(p, f->done);
	PV(p, f->cmd.worst); /* 1 to 5: of the whole run; pack_cmd has it again */
	P64(p, f->start_ms);
	P64(p, f->end_ms);
	P64(p, f->last_answer_ms);
	P32(p, f->n);
	P32(p, f->group);
	PV(p, f->expected);
	PV(p, f->worst);
	pack_cmd(p, &f->cmd, ver);
	PTEXT(p, f->text);
	if (ver < 2)
		return;
	P8(p, f->verb);
	P8(p, f->paused);
	P8(p, f->told_more);
	P8(p, f->ended);
	P64(p, f->seed);
	P32(p, f->slice);
	P64(p, f->due_ms);
	PD(p, f->net0);
	if (ver < 3)
		return;
	PV(p, f->model);
	if (ver == 4) { /* accounts that had joined, by bit: their legs say so (flat_load) */
		uint8_t joined[2] = {0};
		P8(p, joined[0]);
		P8(p, joined[1]);
	}
}

size_t flat_save(const struct flat *f, uint32_t part, uint8_t out[REC_BODY_MAX])
{
	struct pack p = {.out = out, .cap = REC_BODY_MAX, .ok = true};
	/* the one function of both directions writes back what it wrote: nothing changes */
	struct flat *same = (struct flat *)(uintptr_t)f;
	uint32_t from = part ? (part - 1) * FLAT_PART_LEGS : 0;
	if (part == 0)
		pack_head(&p, same);
	else if (from >= f->n)
		return 0;
	for (uint32_t i = from; part && i < f->n && i < from + FLAT_PART_LEGS; i++)
		pack_leg(&p, &same->leg[i], FLAT_VERSION);
	ASSERT(p.ok);
	return p.at;
}

bool flat_load(struct flat *f, uint32_t part, const uint8_t *in, size_t n, int64_t now_ns)
{
	struct pack p = {.in = in, .cap = n, .ok = true};
	if (part == 0) {
		memset(f, 0, offsetof(struct flat, leg));
		pack_head(&p, f);
		bool ok = p.ok && p.at == n && f->n <= FLAT_LEGS && f->state <= FLAT_NOT_FLAT &&
			  f->scope <= FLAT_COINS && f->verb < VERBS;
		if (!ok)
			memset(f, 0, offsetof(struct flat, leg));
		f->start_ns = f->rung_start_ns = f->moved_ns = now_ns;
		return ok;
	}
	uint32_t from = (part - 1) * FLAT_PART_LEGS;
	if (from >= f->n)
		return false;
	for (uint32_t i = from; i < f->n && i < from + FLAT_PART_LEGS; i++) {
		struct flat_leg *l = &f->leg[i];
		memset(l, 0, sizeof *l);
		pack_leg(&p, l, f->ver);
		if (f->ver < 6 && flat_names(&f->cmd, l->account, l->coin, !l->buy))
			l->typed = f->cmd.worst;
		if (f->account != 0xff && l->account != f->account)
			f->strangers = l->any_side = true; /* it had joined: NOW, all of it */
		if (l->verb >= VERBS || l->state > FL_KEPT || l->rung > RUNGS ||
		    l->order_state >= ORDER_STATES)
			p.ok = false;
		for (int k = 0; k < FLAT_TRIES; k++)
			if (l->open[k].attempt)
				l->open[k].sent_ns = now_ns;
	}
	return p.ok && p.at == n;
}

/* What a verdict told ahead of its fill has paid a fee too: the venue's base taker rate until the
 * fill says. */
struct money flat_cost(const struct flat *f)
{
	struct money sum = {0};
	for (uint32_t i = 0; i < f->n; i++) {
		const struct flat_leg *l = &f->leg[i];
		struct money at_mark = {0}, ahead = {0};
		(void)price_times_qty(&at_mark, l->mark0, l->filled, ROUND_HALF_AWAY);
		(void)price_times_qty(&ahead, l->mark0, l->ahead, ROUND_HALF_AWAY);
		sum.v += l->past.v + (l->buy ? l->value.v - at_mark.v : at_mark.v - l->value.v) +
			 l->fee.v + ahead.v / 100000 * 45;
	}
	return sum;
}

static void snap_row(const struct flat *f, const struct flat_leg *l, struct snap_flat_row *r)
{
	memcpy(r->coin, l->coin, sizeof r->coin);
	r->instr = l->instr_id;
	r->account = l->account;
	r->buy = l->buy;
	r->px_decimals = l->px_decimals;
	r->sz_decimals = l->sz_decimals;
	r->rung = l->rung;
	r->state = l->order_state;
	r->sz.v = l->start.v - l->target.v;
	r->filled = l->filled;
	r->px = l->px;
	r->verb = l->verb;
	r->waits = flat_waiting(l) > 0 && l->order_state == ORDER_UNKNOWN;
	r->beyond = l->beyond;
	r->rests = l->resting;
	r->done = l->state == FL_ZERO;
	r->tries = l->tries;
	r->sent_ms = l->first_ns ? (int32_t)((l->first_ns - f->start_ns) / 1000000) : -1;
	r->answered_ms = l->answered_ns ? (int32_t)((l->answered_ns - f->start_ns) / 1000000) : -1;
	if (l->filled.v > 0 && money_over_qty(&r->avg, l->value, l->filled, ROUND_HALF_AWAY) &&
	    l->mark0.v > 0) {
		double m = price_to_double(l->mark0), a = price_to_double(r->avg);
		r->bp = (l->buy ? m - a : a - m) / m * 1e4;
	}
}

void flat_fill_snap(const struct flat *f, const struct flat_view *v, struct snap_flat *out)
{
	memset(out, 0, sizeof *out);
	out->id = f->id;
	out->state = f->state;
	out->account = f->account;
	out->start_ms = f->start_ms;
	out->end_ms = f->end_ms;
	out->start_ns = f->start_ns;
	out->reads = f->zero_reads;
	out->unknown = f->unknown;
	out->all = flat_takes_all(f);
	out->verb = f->verb;
	out->paused = f->paused;
	out->throttled = f->throttled;
	out->slice = f->slice;
	out->n_slices = v && f->verb == VERB_CARE ? care_slices(f, v) : 0;
	out->next_ms = f->due_ms;
	out->cost = flat_cost(f);
	out->expected = f->expected;
	out->model = f->model;
	out->worst = f->worst;
	if (!f->done && v) /* the sentence of now */
		flat_words_to(f, v, false, out->text, sizeof out->text);
	else
		memcpy(out->text, f->text, sizeof out->text);
	out->n = f->n < FLAT_ROWS ? f->n : FLAT_ROWS;
	out->n_all = f->n;
	for (uint32_t i = 0; i < out->n; i++)
		snap_row(f, &f->leg[i], &out->row[i]);
}
