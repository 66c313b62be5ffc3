/* replay.c: the journal as a fold into the engine.
 *
 * 1. Rows are facts: each is applied as it was written, none is judged again.
 * 2. An intent without a verdict is UNKNOWN: it may have left, the journal cannot say otherwise. */
#include "engine/replay.h"

#include <stddef.h>
#include <string.h>

#include "base/plant.h"
#include "engine/inner.h"

static uint16_t coin_id(struct engine *e, const char *coin)
{
	return instr_find(&e->instrs, coin);
}

static bool bad(struct err *err, const struct replay_row *row, const char *why)
{
	return err_set(err, ERR_STORE, "record %s: %s", rec_kind_name(row->kind), why);
}

/* One run at a time was all that versions before 5 knew: the newer one had taken its place. */
static void old_ones_end(struct engine *e, const struct flat_slot *s)
{
	for (int i = 0; i < RUNS_MAX; i++)
		if (&e->flat[i] != s && e->flat[i].used && e->flat[i].f.ver < 5)
			e->flat[i].f.done = true;
}

static bool on_flat(struct engine *e, const struct rec *r, const struct replay_row *row,
		    struct err *err)
{
	struct flat_slot *s = flat_find(e, row->exit);

	if (!s && row->slice)
		return true; /* legs of one that is no longer kept */
	if (!s) {
		s = flat_slot_free(e);
		if (!s)
			return bad(err, row, "more runs than fit");
		memset(s, 0, offsetof(struct flat_slot, f));
	}
	if (!flat_load(&s->f, row->slice, r->plan.bytes, r->plan.len, e->now_ns))
		return bad(err, row, "flatten cannot be read");
	s->used = s->dirty = true;
	if (s->f.ver < 5 && row->slice == 0)
		old_ones_end(e, s);
	flat_rebind(e);
	if (row->exit > e->next_panic)
		e->next_panic = row->exit;
	return true;
}

static bool on_plan(struct engine *e, const struct rec *r, const struct replay_row *row,
		    struct err *err)
{
	struct exit_slot *s;
	uint16_t instr;

	if (r->plan.what == PART_INSTR) {
		if (instr_put(&e->instrs, &r->plan.instr) == INSTR_NONE)
			return bad(err, row, "more instruments than fit");
		return true;
	}
	if (r->plan.what == PART_FLAT) {
		return on_flat(e, r, row, err);
	}
	instr = coin_id(e, r->plan.coin);
	if (instr == INSTR_NONE)
		return bad(err, row, "exit of a coin without rules");
	s = exit_slot_find(e, row->exit);
	if (!s) {
		if (row->slice != 0)
			return true; /* results of one that is no longer kept */
		s = exit_slot_free(e);
		if (!s)
			return bad(err, row, "more running exits than fit");
		memset(s, 0, sizeof *s);
	}
	if (!exit_load(&s->x, row->slice, r->plan.bytes, r->plan.len, &e->instrs.at[instr],
		       e->now_ns))
		return bad(err, row, "exit cannot be read");
	s->used = s->dirty = s->saved0 = true;
	/* The tape begins anew: what was sold is taken as the share it was allowed to be, else the
	 * cap would hold the exit until all of that volume had been traded once more. */
	s->volume0.v = 0;
	if (s->x.cap > 0)
		s->volume0.v = -s->x.volume0.v - exit_tape_for(&s->x, s->x.done.v).v;
	s->instr = instr;
	s->account = row->account;
	if (row->exit > e->next_exit)
		e->next_exit = row->exit;
	return true;
}

/* A dry run's orders never left: to take them for unknown would send them. Whoever it was shown to
 * may, so that their names are not given again. */
static void names_spent(struct engine *e, const struct rec *r)
{
	for (int i = 0; i < r->intent.n; i++) {
		const struct rec_order *x = &r->intent.order[i];

		number_taken(e, &e->next_exit, x->exit);
		number_taken(e, &e->next_panic, x->panic);
		if (x->whose == WHOSE_GUARD && x->slice > e->next_guard)
			e->next_guard = x->slice;
	}
}

static bool on_intent(struct engine *e, const struct rec *r, const struct replay_row *row,
		      struct err *err)
{
	struct flight *f;

	if (row->nonce > e->last_nonce)
		e->last_nonce = row->nonce;
	if (r->intent.flight & REC_DRY) {
		names_spent(e, r);
		return true;
	}
	if (r->intent.n == 0)
		return true; /* cancels: nothing to remember but the nonce */
	f = flight_restored(e, row->nonce, (enum flight_kind)r->intent.flight);
	if (f) {
		f->lost = true;
		f->account = row->account;
		f->lane = r->intent.lane;
		f->n = r->intent.n;
		f->due_ns = INT64_MAX;
		f->sent_ns = e->now_ns;
	}
	for (int i = 0; i < r->intent.n; i++) {
		const struct rec_order *x = &r->intent.order[i];
		struct order o = {.state = ORDER_UNKNOWN,
				  .account = row->account,
				  .whose = x->whose,
				  .tif = x->tif,
				  .lane = r->intent.lane,
				  .leg = x->leg,
				  .instr = coin_id(e, x->coin),
				  .buy = x->buy,
				  .reduce_only = x->reduce_only,
				  .target_zero = x->target_zero,
				  .trigger = x->tif == TIF_TRIGGER,
				  .trigger_market = x->trigger_market,
				  .take_profit = x->take_profit,
				  .lost = true,
				  .sz = x->sz,
				  .px = x->px,
				  .trigger_px = x->trigger_px,
				  .cloid = x->cloid,
				  .nonce = row->nonce,
				  .expires_ms = r->intent.expires_ms,
				  .placed_ms = r->intent.wall_ms,
				  .unknown_ns = e->now_ns,
				  .sent_ns = e->now_ns,
				  .next_ns = e->now_ns,
				  .exit = x->exit,
				  .slice = x->slice,
				  .attempt = x->attempt,
				  .panic = x->panic};
		uint16_t at;

		if (o.instr == INSTR_NONE)
			return bad(err, row, "order of a coin without rules");
		if (o.whose == WHOSE_GUARD && o.slice > e->next_guard)
			e->next_guard = o.slice; /* spent, also by a dry run */
		at = orders_add(e, &o);
		if (at == NONE16)
			return bad(err, row, "more live orders than fit");
		e->orders.twap[at] = x->twap;
		if (f)
			f->order[i] = at;
	}
	return true;
}

static void on_verdict(struct engine *e, const struct rec *r, const struct replay_row *row)
{
	struct flight *f = flight_find(e, row->nonce, false);
	bool open = false;

	for (uint16_t at = 0; at < ORDERS_MAX; at++) {
		struct order *o = &e->orders.at[at];

		if (!e->orders.used[at] || o->nonce != row->nonce || o->account != row->account)
			continue;
		for (int i = 0; i < r->verdict.n; i++) {
			const struct rec_word *w = &r->verdict.word[i];

			if (w->leg != o->leg || w->evidence >= EVID_COUNT)
				continue;
			orders_set_oid(e, at, w->oid);
			if (w->told.v > o->told.v)
				o->told = w->told;
			order_apply(o, (enum evidence)w->evidence, e->now_ns);
			o->answered = true;
		}
		open = open || o->state == ORDER_UNKNOWN;
	}
	if (f && !open)
		flight_free(e, f);
}

static void on_fills(struct engine *e, const struct rec *r, const struct replay_row *row)
{
	struct account *a = &e->acct[row->account];

	for (int i = 0; i < r->fill.n; i++) {
		const struct rec_fill *x = &r->fill.fill[i];
		struct fill f = {.instr = coin_id(e, x->coin),
				 .buy = x->buy,
				 .px = x->px,
				 .sz = x->sz,
				 .start_position = x->start_position,
				 .time_ms = x->time_ms};
		struct held *h;
		uint16_t at;

		if (f.instr == INSTR_NONE || PLANT(18))
			continue;
		if (!fill_set_add(&e->fills, row->account, f.instr, x->time_ms, x->tid))
			continue;
		if (x->time_ms > a->fills_ms)
			a->fills_ms = x->time_ms;
		h = held_find(e, row->account, f.instr, true);
		if (h)
			pos_fill(&h->pos, &f);
		at = x->twap_id ? orders_by_oid(e, row->account, x->twap_id)
				: orders_by_cloid(e, x->cloid);
		if (at == NONE16)
			at = orders_by_oid(e, row->account, x->oid);
		if (at != NONE16)
			order_fill(&e->orders.at[at], x->px, x->sz, x->fee, e->now_ns);
		exits_foreign_fill(e, row->account, &f, at);
	}
}

static void on_end(struct engine *e, const struct replay_row *row)
{
	struct exit_slot *s = exit_slot_find(e, row->exit);

	if (row->slice == 1) { /* a flatten's */
		struct flat_slot *f = flat_find(e, row->exit);

		if (f)
			f->f.done = true;
		return;
	}
	if (s) /* the oldest end makes room first, as it did then */
		s->finished_ns = e->now_ns - (e->wall_ms - row->wall_ms) * MS;
}

const struct exit *replay_drops(struct engine *e, const struct replay_row *row)
{
	struct rec r = {.kind = row->kind, .account = row->account, .exit = row->exit};
	struct exit_slot *s;

	if (row->kind != REC_PLAN || row->slice != 0 ||
	    !rec_decode(&r, row->ver, row->body, row->len, NULL) || r.plan.what == PART_INSTR ||
	    r.plan.what == PART_FLAT || exit_slot_find(e, row->exit))
		return NULL;
	s = exit_slot_free(e);
	return s && s->used ? &s->x : NULL;
}

bool replay_row(struct engine *e, const struct replay_row *row, struct err *err)
{
	struct rec r = {.kind = row->kind,
			.account = row->account,
			.exit = row->exit,
			.slice = row->slice,
			.attempt = row->attempt,
			.nonce = row->nonce};

	if (!rec_decode(&r, row->ver, row->body, row->len, err))
		return false;
	if (row->account >= ACCOUNTS_MAX && row->account != 0xff)
		return bad(err, row, "account out of range");
	switch ((enum rec_kind)row->kind) {
	case REC_PLAN:
		return on_plan(e, &r, row, err);
	case REC_INTENT:
		return on_intent(e, &r, row, err);
	case REC_VERDICT:
	case REC_DEAD:
		on_verdict(e, &r, row);
		return true;
	case REC_FILL:
		on_fills(e, &r, row);
		return true;
	case REC_BURN:
		if (row->nonce > e->last_nonce)
			e->last_nonce = row->nonce;
		return true;
	case REC_LOCK:
		if (row->slice == 0)
			e->local_lock = r.value == 1;
		else if (row->slice <= AUTOS)
			auto_set(e, (enum auto_kind)(row->slice - 1), (int64_t)r.value, r.text);
		return true;
	case REC_CEILING:
		if (r.value > e->last_nonce)
			e->last_nonce = r.value;
		return true;
	case REC_GUARD:
		if (coin_id(e, r.guard.coin) == INSTR_NONE)
			return bad(err, row, "guard of a coin without rules");
		return guards_replay(e, &r, coin_id(e, r.guard.coin)) ||
		       bad(err, row, "more guards than fit");
	case REC_END:
		on_end(e, row);
		return true;
	default:
		return true; /* for people: start, lease, barrier, command, sent, read ... */
	}
}
