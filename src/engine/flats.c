/* flats.c: the runs under way: the view each has of the world, and its wants.
 *
 * 1. A run sees every position of the accounts it is for, and what other runs do with it.
 * 2. FLAT rests on complete reads alone (flat_round.c), never on what streams happened to say. */
#include <string.h>

#include "base/plant.h"
#include "engine/inner.h"

/* The pool built last: legs of one pool follow each other, and it is the same for all of them. */
struct memo {
	bool has;
	struct epool p;
};

static bool pool_once(const struct engine *e, uint8_t account, uint16_t instr, struct memo *m,
		      struct epool *p, uint32_t *leg)
{
	bool hit = false;

	for (*leg = 0; m->has && m->p.account == account && *leg < m->p.n; ++*leg) {
		hit = e->acct[account].held[m->p.held[*leg]].instr == instr;
		if (hit)
			break;
	}
	if (!hit)
		m->has = pool_of(e, account, instr, &m->p, leg);
	*p = m->p;
	return m->has;
}

static double taker_of(const struct engine *e, uint8_t account)
{
	double fee = ratio_to_double(e->acct[account].fee_taker);

	return fee > 0 ? fee : 0.00045;
}

/* The price past which closing what is still to be cut makes the pool worse. */
static void add_worse(const struct engine *e, const struct flat *run, struct flat_leg_view *l,
		      const struct epool *p, uint32_t k)
{
	double fee = taker_of(e, l->account), part = 1, share;
	double live = qty_to_double(l->szi), mark = price_to_double(l->mark), px;

	for (uint32_t i = 0; i < run->n; i++) {
		const struct flat_leg *f = &run->leg[i];

		if (f->instr_id == l->instr_id && f->account == l->account && f->target.v > 0)
			part = 1 - qty_to_double(f->target) / (live < 0 ? -live : live);
	}
	if (!(part > 0) ||
	    !pool_even_share(p->leg, (int)p->n, (int)k, p->equity, &p->sum, part, &share))
		return;
	px = l->szi.v > 0 ? mark * (1 - share + fee) : mark * (1 + share - fee);
	if (px > 0)
		price_from_double(&l->worse, px, l->szi.v > 0 ? ROUND_UP : ROUND_DOWN);
}

static void add_leg(const struct engine *e, const struct flat_slot *s, struct flat_leg_view *l,
		    uint8_t account, const struct held *h, struct memo *memo)
{
	const struct mkt *m = &e->mkt[h->instr];
	struct epool p;
	uint32_t k;

	*l = (struct flat_leg_view){.account = account,
				    .instr_id = h->instr,
				    .instr = &e->instrs.at[h->instr],
				    .szi = pos_szi(&h->pos),
				    .book = market_book_of(e, h->instr),
				    .book_ns = m->book_ns,
				    .deep = market_deep_of(e, h->instr),
				    .fee = taker_of(e, account),
				    .mark = m->mark,
				    .mark_ns = m->mark_ns,
				    .cannot_trade = e->instrs.at[h->instr].delisted,
				    .no_key = !e->acct[account].key_ready,
				    .taken = flats_take(e, s, account, h->instr)};
	if (!l->mark.v && h->pos.read.szi.v) { /* no context yet: the venue's own valuation */
		struct qty q = {h->pos.read.szi.v < 0 ? -h->pos.read.szi.v : h->pos.read.szi.v};

		money_over_qty(&l->mark, h->pos.read.value, q, ROUND_HALF_AWAY);
		l->mark_ns = h->pos.read_ns;
	}
	if (!pool_once(e, account, h->instr, memo, &p, &k))
		return;
	l->rank = pool_danger_rank(&p);
	/* within a pool: what helps most for its cost, while legs are still to be put in order */
	if (p.has_equity && p.sum.has_dies && (!flat_runs(s) || s->f.state == FLAT_VERIFYING)) {
		double help = pool_helps_of(p.leg, (int)p.n, (int)k, p.equity, &p.sum);

		l->rank += help > 0 ? help / (1 + help) * 1e-3 : 0;
	}
	l->beta_usd = p.leg[k].beta * price_to_double(l->mark);
	if (!p.has_equity)
		return;
	price_from_double(&l->zero, pool_zero_price(&p.leg[k], p.equity, price_to_double(l->mark)),
			  p.leg[k].notional > 0 ? ROUND_UP : ROUND_DOWN);
	if (s->f.verb == VERB_TRIM)
		add_worse(e, &s->f, l, &p, k);
}

void flat_view_fill(struct engine *e, struct flat_slot *s, struct flat_view *v)
{
	const struct flat *f = &s->f;
	uint32_t n = 0, accounts = 0;
	struct memo memo;

	memo.has = false;
	outside_left(e, &s->f, s->left);
	*v = (struct flat_view){.now_ns = e->now_ns,
				.wall_ms = e->wall_ms,
				.may_send = false,
				.rtt_p90_ns = e->rtt_p90_ns,
				.leg = e->flat_legs,
				.read_id = s->read_id,
				.read_venue_ms = s->read_venue_ms,
				.openers = s->openers,
				.dexes = e->conf.n_dexes,
				.left = s->left,
				.who = e->conf.n_accounts > 1 && f->account < e->conf.n_accounts
					       ? e->conf.account[f->account].name
					       : "",
				.not_watched = outside_words(e, f->account),
				.post_only = e->post_only,
				.panic = &e->conf.panic};
	for (uint8_t a = 0; a < e->conf.n_accounts; a++) {
		const struct account *acct = &e->acct[a];

		if (!flat_has_account(f, a))
			continue;
		accounts++;
		if (acct->answer_ms > v->last_answer_ms)
			v->last_answer_ms = acct->answer_ms;
		v->may_send = v->may_send || acct->key_ready;
		v->lost += account_lost(e, a);
		for (uint32_t k = 0; k < acct->n_held && n < RUN_LEGS_MAX; k++)
			if (acct->held[k].used && pos_szi(&acct->held[k].pos).v)
				add_leg(e, s, &e->flat_legs[n++], a, &acct->held[k], &memo);
	}
	v->n = n;
	v->accounts = accounts;
}

/* ---- wants ---- */

static struct order rung_of(const struct flat_slot *s, const struct flat_want *w)
{
	return (struct order){.account = w->account,
			      .instr = w->instr_id,
			      .whose = WHOSE_PANIC,
			      .panic = s->f.id,
			      .slice = w->leg + 1,
			      .attempt = w->attempt,
			      .target_zero = w->target_zero};
}

static void report_not_sent(struct engine *e, struct flat_slot *s, const struct flat_want *w,
			    const char *why, bool no_room)
{
	struct exec_report r = {.kind = REP_NOT_SENT,
				.slice = w->leg + 1,
				.attempt = w->attempt,
				.no_room = no_room};
	struct buf b;

	buf_init(&b, r.text, sizeof r.text);
	buf_puts(&b, why);
	flat_on_order(&s->f, &r, &(struct flat_view){.now_ns = e->now_ns});
	s->dirty = true;
}

/* Another order for the same action. */
static bool joins(const struct flat_want *first, const struct flat_want *w)
{
	return w->kind == FW_PLACE && w->group == first->group && w->account == first->account &&
	       (w->tif == TIF_ALO) == (first->tif == TIF_ALO);
}

/* All orders of one group, from at[i]; returns how many wants they are, with the notices between
 * them, which are the caller's. */
static uint32_t place_group(struct engine *e, struct flat_slot *s, const struct flat_out *out,
			    uint32_t i, const struct dry *dry)
{
	const struct flat_want *first = &out->at[i];
	struct approved ok[SUBMIT_BATCH];
	struct order meta[SUBMIT_BATCH];
	const struct flat_want *of[SUBMIT_BATCH];
	uint32_t k = i, key_gate = dry ? gate_bit(GATE_KEY) : 0; /* shown unsigned */
	int n = 0;

	if (!ef_room(e, 96)) { /* a step's effects are bounded: the rest goes with the next one */
		report_not_sent(e, s, first, "too many at once", true);
		return 1;
	}
	for (; k < out->n && n < SUBMIT_BATCH; k++) {
		const struct flat_want *w = &out->at[k];

		if (w->kind == FW_NOTICE)
			continue;
		if (!joins(first, w))
			break;
		const struct instr *in = &e->instrs.at[w->instr_id];
		struct act_order a = {.asset = in->asset,
				      .buy = w->buy,
				      .reduce_only = true,
				      .tif = w->tif,
				      .px = w->px,
				      .sz = w->qty};
		struct err err = {0};

		if (!risk_approve(&ok[n], in, &a, held_szi(e, w->account, w->instr_id),
				  gates_closed(e, w->account) & ~key_gate, &err)) {
			report_not_sent(e, s, w, err.text, false);
			continue;
		}
		meta[n] = rung_of(s, w);
		of[n++] = w;
	}
	if (n && !submit_orders(e, ok, meta, n, LANE_KILL, dry))
		for (int j = 0; j < n; j++)
			report_not_sent(e, s, of[j], "no room for another order", false);
	return k - i;
}

static void burn(struct engine *e, const struct flat_slot *s, const struct flat_want *w)
{
	struct order meta = rung_of(s, w);
	uint16_t at = orders_by_cloid(e, submit_name(e, &meta));

	if (at == NONE16 || order_terminal((enum order_state)e->orders.at[at].state) ||
	    !ef_room(e, 8))
		return;
	e->orders.at[at].burning = e->orders.at[at].unwanted = true;
	submit_burn(e, w->account, e->orders.at[at].nonce, LANE_KILL);
}

static bool closed_here(const struct flat *f, const struct order *o)
{
	if (flat_has_whole(f, o->account))
		return true;
	for (uint32_t i = 0; i < f->n; i++)
		if (f->leg[i].instr_id == o->instr && f->leg[i].account == o->account)
			return f->leg[i].target.v == 0;
	return false;
}

/* Orders of another run, of an exit or of this run (older than its tries) that may still arrive:
 * after FLAT they must not meet a position opened later. */
static void burn_others(struct engine *e, const struct flat *f)
{
	for (uint16_t i = 0; i < ORDERS_MAX; i++) {
		struct order *o = &e->orders.at[i];

		if (!e->orders.used[i] || !order_is_ours(o) || !flat_has_account(f, o->account) ||
		    !closed_here(f, o) || o->burning ||
		    (o->state != ORDER_SENT && o->state != ORDER_UNKNOWN))
			continue;
		o->unwanted = true;
		if (!ef_room(e, 32)) { /* with the next step: unknown.c */
			o->next_ns = e->now_ns;
			wake_at(e, e->now_ns);
			continue;
		}
		o->burning = true;
		submit_burn(e, o->account, o->nonce, LANE_KILL);
	}
}

/* account 0xff: every one in scope; instr NONE16: every coin. */
static void cancel_opening(struct engine *e, const struct flat *f, uint8_t account, uint16_t instr)
{
	for (uint8_t a = 0; a < e->conf.n_accounts; a++) {
		uint32_t n = 0;

		if (!flat_has_account(f, a) || (account != 0xff && account != a))
			continue;
		cancel_scope_now(e, a, CANCEL_ENTRY, instr, 0, false, LANE_KILL, &n);
		for (uint32_t k = 0; k < e->acct[a].n_twaps && ef_room(e, 64); k++)
			if (instr == NONE16 || e->acct[a].twap[k].instr == instr)
				submit_twap_cancel(e, a,
						   e->instrs.at[e->acct[a].twap[k].instr].asset,
						   e->acct[a].twap[k].id);
	}
}

/* What said NOT FLAT of the same is over: of this run, of ended ones with the same scope, and of
 * all that a whole flatten took in. */
static void clear_not_flat(struct engine *e, const struct flat *f)
{
	for (int i = 0; i < SNAP_ALARMS; i++) {
		struct alarm *a = &e->alarm[i];
		bool over = false;

		if (!a->used || a->code != NC_NOT_FLAT || !(a->instr & 0x8000u) ||
		    a->instr == NONE16)
			continue;
		over = a->instr == flat_alarm_key(f) ||
		       (f->cmd.scope == FLAT_ALL && !f->part && !f->cmd.n_keep &&
			(f->account == 0xff || f->account == a->account));
		for (int k = 0; k < RUNS_MAX && !over; k++)
			over = e->flat[k].used && e->flat[k].f.done &&
			       flat_alarm_key(&e->flat[k].f) == a->instr &&
			       flat_same_scope(&e->flat[k].f.cmd, &f->cmd);
		a->used = !over;
	}
}

/* Nothing is held there: no danger is told until the next look at it. */
static void alarms_of_flat(struct engine *e, const struct flat *f)
{
	for (int i = 0; i < SNAP_ALARMS; i++) {
		struct alarm *a = &e->alarm[i];

		if ((a->code == NC_DANGER || a->code == NC_NO_STOP || a->code == NC_BLIND) &&
		    a->account < e->conf.n_accounts && flat_has_whole(f, a->account))
			a->used = false;
	}
}

static void flat_ended(struct engine *e, const struct flat_slot *s, const struct flat_want *w)
{
	const struct flat *f = &s->f;
	struct rec r = {.kind = REC_END, .account = f->account, .exit = f->id};
	bool flat = f->state == FLAT_FLAT;
	struct buf b;

	r.slice = 1; /* a flatten's end, not an exit's */
	r.value = f->state;
	buf_init(&b, r.text, sizeof r.text);
	buf_puts(&b, w->text);
	ef_rec(e, &r);
	if (flat) {
		clear_not_flat(e, f);
		alarms_of_flat(e, f);
		burn_others(e, f);
		if (f->scope == FLAT_ALL && !f->part && !f->cmd.n_keep)
			alarm_raise(e, 1, NC_FLAT, f->account, NONE16, 0, w->text, w->text);
		else
			notice(e, 1, NC_FLAT, 0, "%s", w->text);
	} else {
		alarm_raise(e, 3, NC_NOT_FLAT, f->account, flat_alarm_key(f), 0, w->text, w->text);
	}
}

static void one_want(struct engine *e, struct flat_slot *s, const struct flat_want *w)
{
	uint32_t n = 0;

	switch ((enum flat_want_kind)w->kind) {
	case FW_CANCEL_OPENING:
		cancel_opening(e, &s->f, w->account,
			       w->leg == FLAT_EVERY ? (uint16_t)NONE16 : w->instr_id);
		break;
	case FW_CANCEL_RO:
		/* on the way to zero every limit of the coin is in the way: the stream does not
		 * say of a foreign one whether it is reduce-only */
		cancel_scope_now(e, w->account,
				 s->f.leg[w->leg].target.v == 0 ? CANCEL_COIN : CANCEL_EXITS,
				 w->instr_id, 0, false, LANE_KILL, &n);
		break;
	case FW_CANCEL_FAR:
		(void)crowd_clear(e, w->account, true);
		break;
	case FW_CANCEL_STOPS:
		cancel_scope_now(e, w->account, CANCEL_COIN, w->instr_id, 0, true, LANE_KILL, &n);
		break;
	case FW_READ:
		flat_round_begin(e, s);
		break;
	case FW_BURN:
		burn(e, s, w);
		break;
	case FW_NOTICE:
		if (w->level >= 2 && w->code == NC_NOT_FLAT)
			alarm_raise(e, w->level, NC_NOT_FLAT, s->f.account, flat_alarm_key(&s->f),
				    0, w->text, w->text);
		else if (w->level >= 2)
			alarm_raise(e, w->level, (enum notice_code)w->code, w->account, NONE16, 0,
				    w->text, w->text);
		else
			notice(e, w->level, (enum notice_code)w->code, 0, "%s", w->text);
		break;
	case FW_END:
		flat_ended(e, s, w);
		break;
	case FW_PLACE:
		break;
	}
}

/* After a restart legs are found by name: ids do not survive (record.h), and a leg under the id of
 * another coin would cut that one. */
void flat_rebind(struct engine *e)
{
	for (int k = 0; k < RUNS_MAX; k++)
		for (uint32_t i = 0; e->flat[k].used && i < e->flat[k].f.n; i++) {
			struct flat_leg *l = &e->flat[k].f.leg[i];

			l->instr_id = instr_find(&e->instrs, l->coin);
		}
}

/* Without room for all of it nothing is written; the next step does it. */
void flat_save_to_journal(struct engine *e, struct flat_slot *s)
{
	uint32_t parts = s->f.n / FLAT_PART_LEGS + 2;

	s->unsaved = !ef_room(e, parts + s->f.n);
	if (s->unsaved) {
		s->dirty = true;
		return;
	}
	for (uint32_t i = 0; i < s->f.n; i++) /* so that replay knows every name */
		if (s->f.leg[i].instr_id < e->instrs.n)
			submit_record_instr(e, s->f.leg[i].instr_id);
	for (uint32_t part = 0; part < parts; part++) {
		struct rec r = {
			.kind = REC_PLAN, .account = s->f.account, .exit = s->f.id, .slice = part};
		size_t n = flat_save(&s->f, part, r.plan.bytes);

		if (!n)
			break;
		r.plan.what = PART_FLAT;
		r.plan.len = (uint16_t)n;
		ef_rec(e, &r);
	}
}

static void step_flat(struct engine *e, struct flat_slot *s)
{
	struct flat_out *out = &e->flat_out;
	uint32_t legs = s->f.n;
	struct flat_view v;

	s->dirty = false;
	flat_view_fill(e, s, &v);
	flat_step(&s->f, &v, out);
	if (s->f.n > legs)
		flat_legs_begin(e, &s->f.cmd, &s->f);
	s->next_ns = out->next_ns;
	if (out->save || s->unsaved)
		flat_save_to_journal(e, s);
	for (uint32_t i = 0; i < out->n;) {
		uint32_t to = i + 1;

		if (out->at[i].kind == FW_PLACE)
			to = i + place_group(e, s, out, i, NULL);
		for (; i < to; i++)
			if (out->at[i].kind != FW_PLACE)
				one_want(e, s, &out->at[i]);
	}
}

static void run_one(struct engine *e, struct flat_slot *s)
{
	flat_round_care(e, s);
	for (int pass = 0; pass < 3 && flat_runs(s); pass++) {
		if (!s->dirty && e->now_ns < s->next_ns)
			break;
		step_flat(e, s);
	}
	if (flat_runs(s))
		wake_at(e, s->dirty ? e->now_ns : s->next_ns);
}

/* NOW before what takes its time: the room of a step is for the most urgent. */
void flat_run(struct engine *e)
{
	for (int now = 1; now >= 0; now--)
		for (int i = 0; i < RUNS_MAX; i++)
			if (e->flat[i].used && (e->flat[i].f.verb == VERB_NOW) == now)
				run_one(e, &e->flat[i]);
}

void flat_report(struct engine *e, const struct order *o, const struct exec_report *r)
{
	struct flat_slot *s = flat_find(e, o->panic);
	struct exec_report copy = *r;

	if (!s)
		return;
	copy.slice = o->slice;
	flat_on_order(&s->f, &copy, &(struct flat_view){.now_ns = e->now_ns});
	s->dirty = true;
}

bool flat_dry(struct engine *e, struct flat_slot *s, const struct dry *dry)
{
	struct flat_out *out = &e->flat_out;
	struct flat_view v;

	flat_view_fill(e, s, &v);
	v.may_send = true; /* shown unsigned */
	for (uint32_t i = 0; i < v.n; i++)
		e->flat_legs[i].no_key = false;
	flat_step(&s->f, &v, out);
	for (uint32_t i = 0; i < out->n; i++)
		if (out->at[i].kind == FW_PLACE) {
			uint32_t before = e->out->n;

			place_group(e, s, out, i, dry);
			return e->out->n > before;
		}
	return false;
}
