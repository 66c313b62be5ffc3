/* flats.c: the flatten under way: its view, its wants, and complete reads of everything in scope.
 *
 * 1. A complete read is one round of account, orders and TWAPs of every dex of every account in
 *    scope, asked after the round began and all answered; its venue time is the oldest in it.
 * 2. FLAT rests on such rounds alone, never on what streams happened to say. */
#include <string.h>

#include "base/plant.h"
#include "engine/inner.h"

static bool in_scope(const struct engine *e, uint8_t account)
{
	return flat_has_account(&e->flat.f, account);
}

/* Whether what may open there keeps the run from its end. */
static bool coin_in_scope(const struct engine *e, uint8_t account, uint16_t instr)
{
	const struct flat *f = &e->flat.f;

	if (flat_has_whole(f, account))
		return true;
	if (f->joined_all) /* the end waits for whole accounts alone */
		return false;
	for (uint32_t i = 0; i < f->n; i++)
		if (f->leg[i].instr_id == instr && f->leg[i].account == account)
			return true;
	return false;
}

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
static void add_worse(const struct engine *e, struct flat_leg_view *l, const struct epool *p,
		      uint32_t k)
{
	double fee = taker_of(e, l->account), part = 1, share;
	double live = qty_to_double(l->szi), mark = price_to_double(l->mark), px;

	for (uint32_t i = 0; e->flat.used && i < e->flat.f.n; i++) {
		const struct flat_leg *f = &e->flat.f.leg[i];

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

static void add_leg(const struct engine *e, struct flat_leg_view *l, uint8_t account,
		    const struct held *h, struct memo *memo)
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
				    .no_key = !e->acct[account].key_ready};
	if (!l->mark.v && h->pos.read.szi.v) { /* no context yet: the venue's own valuation */
		struct qty q = {h->pos.read.szi.v < 0 ? -h->pos.read.szi.v : h->pos.read.szi.v};

		money_over_qty(&l->mark, h->pos.read.value, q, ROUND_HALF_AWAY);
		l->mark_ns = h->pos.read_ns;
	}
	if (!pool_once(e, account, h->instr, memo, &p, &k))
		return;
	l->rank = pool_danger_rank(&p);
	if (p.has_equity && p.sum.has_dies) { /* within a pool: what helps most for its cost */
		double help = pool_helps_of(p.leg, (int)p.n, (int)k, p.equity, &p.sum);

		l->rank += help > 0 ? help / (1 + help) * 1e-3 : 0;
	}
	l->beta_usd = p.leg[k].beta * price_to_double(l->mark);
	if (!p.has_equity)
		return;
	price_from_double(&l->zero, pool_zero_price(&p.leg[k], p.equity, price_to_double(l->mark)),
			  p.leg[k].notional > 0 ? ROUND_UP : ROUND_DOWN);
	if (e->flat.f.verb == VERB_TRIM)
		add_worse(e, l, &p, k);
}

void flat_view_fill(struct engine *e, struct flat_view *v)
{
	uint32_t n = 0, accounts = 0;
	struct memo memo;

	memo.has = false;
	outside_left(e, &e->flat.f, e->flat.left);
	*v = (struct flat_view){.now_ns = e->now_ns,
				.wall_ms = e->wall_ms,
				.may_send = false,
				.rtt_p90_ns = e->rtt_p90_ns,
				.leg = e->flat_legs,
				.read_id = e->flat.read_id,
				.read_venue_ms = e->flat.read_venue_ms,
				.openers = e->flat.openers,
				.dexes = e->conf.n_dexes,
				.left = e->flat.left,
				.not_watched = outside_words(e, e->flat.f.account),
				.post_only = e->post_only,
				.panic = &e->conf.panic};
	for (uint8_t a = 0; a < e->conf.n_accounts; a++) {
		const struct account *acct = &e->acct[a];

		if (!in_scope(e, a))
			continue;
		accounts += e->flat.f.joined ? flat_has_whole(&e->flat.f, a) : 1;
		if (acct->answer_ms > v->last_answer_ms)
			v->last_answer_ms = acct->answer_ms;
		v->may_send = v->may_send || acct->key_ready;
		v->lost += account_lost(e, a);
		for (uint32_t k = 0; k < acct->n_held && n < POSITIONS_MAX; k++)
			if (acct->held[k].used && pos_szi(&acct->held[k].pos).v)
				add_leg(e, &e->flat_legs[n++], a, &acct->held[k], &memo);
	}
	v->n = n;
	v->accounts = accounts;
}

/* ---- complete reads ---- */

void flat_round_begin(struct engine *e)
{
	struct flat_slot *s = &e->flat;
	static const enum query_kind what[] = {Q_ACCOUNT, Q_ORDERS, Q_TWAPS};
	int weight = 0;

	if (s->round) {
		s->round_again = true;
		return;
	}
	for (uint8_t a = 0; a < e->conf.n_accounts; a++)
		for (int k = 0; in_scope(e, a) && k < 3; k++)
			weight += e->conf.n_dexes * budget_query_weight(what[k]);
	if (!budget_ip_can(&e->ip, LANE_EXIT, weight, e->now_ns)) {
		s->round_at_ns = e->now_ns + 300 * MS; /* half a round would only be waste */
		wake_at(e, s->round_at_ns);
		return;
	}
	s->round = true;
	s->round_again = s->round_bad = false;
	s->round_left = 0;
	s->round_ns = e->now_ns;
	for (uint8_t a = 0; a < e->conf.n_accounts; a++) {
		if (!in_scope(e, a) || (a && PLANT(26)))
			continue;
		for (uint8_t d = 0; d < (PLANT(25) ? 1 : e->conf.n_dexes); d++)
			for (int k = 0; k < 3; k++) {
				s->round_left++;
				if (!query_send(e, a, what[k], d, NONE16, QW_ROUND, LANE_EXIT)) {
					s->round_left--;
					s->round_bad = true;
				}
			}
	}
	if (s->round_left == 0)
		s->round = false;
	wake_at(e, e->now_ns + 10 * S);
}

static uint32_t openers(const struct engine *e)
{
	uint32_t n = 0;

	for (uint16_t i = 0; i < ORDERS_MAX; i++) {
		const struct order *o = &e->orders.at[i];

		if (PLANT(20) && o->trigger)
			continue;
		if (e->orders.used[i] && !order_terminal((enum order_state)o->state) &&
		    in_scope(e, o->account) && coin_in_scope(e, o->account, o->instr) &&
		    order_adds(e, o))
			n++;
	}
	for (uint8_t a = 0; a < e->conf.n_accounts && !PLANT(21); a++)
		for (uint32_t k = 0; k < e->acct[a].n_twaps; k++)
			if (in_scope(e, a) && coin_in_scope(e, a, e->acct[a].twap[k].instr))
				n++;
	/* what is at the venue and could not be told here: nobody knows what it opens */
	for (uint8_t a = 0; a < e->conf.n_accounts; a++)
		for (uint8_t d = 0; flat_has_whole(&e->flat.f, a) && d < e->conf.n_dexes; d++)
			n += e->acct[a].dex[d].orders_lost + e->acct[a].dex[d].twaps_lost;
	return n;
}

void flat_round_query_end(struct engine *e, const struct query *q, bool ok)
{
	struct flat_slot *s = &e->flat;
	int64_t oldest = INT64_MAX;

	if (!s->round || q->sent_ns < s->round_ns)
		return;
	s->round_bad = s->round_bad || (!ok && !PLANT(23));
	if (s->round_left && --s->round_left)
		return;
	s->round = false;
	s->dirty = true;
	if (!s->round_bad) {
		for (uint8_t a = 0; a < e->conf.n_accounts; a++)
			for (uint8_t d = 0; in_scope(e, a) && d < e->conf.n_dexes; d++)
				if (e->acct[a].dex[d].venue_ms < oldest)
					oldest = e->acct[a].dex[d].venue_ms;
		s->read_id++;
		s->read_venue_ms = oldest;
		s->openers = openers(e);
	}
	if (s->round_again || s->round_bad)
		s->round_at_ns = e->now_ns + (s->round_bad ? 300 * MS : 0);
	if (s->round_at_ns)
		wake_at(e, s->round_at_ns);
}

/* ---- wants ---- */

static struct order rung_of(const struct engine *e, const struct flat_want *w)
{
	return (struct order){.account = w->account,
			      .instr = w->instr_id,
			      .whose = WHOSE_PANIC,
			      .panic = e->flat.f.id,
			      .slice = w->leg + 1,
			      .attempt = w->attempt,
			      .target_zero = w->target_zero};
}

static void report_not_sent(struct engine *e, const struct flat_want *w, const char *why)
{
	struct exec_report r = {.kind = REP_NOT_SENT, .slice = w->leg + 1, .attempt = w->attempt};
	struct flat_view v;
	struct buf b;

	buf_init(&b, r.text, sizeof r.text);
	buf_puts(&b, why);
	flat_view_fill(e, &v);
	flat_on_order(&e->flat.f, &r, &v);
	e->flat.dirty = true;
}

/* All wants of one group, from at[i]; returns how many they are. */
static uint32_t place_group(struct engine *e, const struct flat_out *out, uint32_t i,
			    const struct dry *dry)
{
	const struct flat_want *first = &out->at[i];
	struct approved ok[SUBMIT_BATCH];
	struct order meta[SUBMIT_BATCH];
	const struct flat_want *of[SUBMIT_BATCH];
	uint32_t k = i, key_gate = dry ? gate_bit(GATE_KEY) : 0; /* shown unsigned */
	int n = 0;

	if (!ef_room(e, 96)) { /* a step's effects are bounded: the rest goes with the next rung */
		report_not_sent(e, first, "too many at once");
		return 1;
	}
	for (; k < out->n && out->at[k].kind == FW_PLACE && out->at[k].group == first->group &&
	       out->at[k].account == first->account && n < SUBMIT_BATCH &&
	       (out->at[k].tif == TIF_ALO) == (first->tif == TIF_ALO);
	     k++) {
		const struct flat_want *w = &out->at[k];
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
			report_not_sent(e, w, err.text);
			continue;
		}
		meta[n] = rung_of(e, w);
		of[n++] = w;
	}
	if (n && !submit_orders(e, ok, meta, n, LANE_KILL, dry))
		for (int j = 0; j < n; j++)
			report_not_sent(e, of[j], "no room for another order");
	return k - i;
}

static void burn(struct engine *e, const struct flat_want *w)
{
	struct order meta = rung_of(e, w);
	uint16_t at = orders_by_cloid(e, submit_name(e, &meta));

	if (at == NONE16 || order_terminal((enum order_state)e->orders.at[at].state) ||
	    !ef_room(e, 8))
		return;
	e->orders.at[at].burning = e->orders.at[at].unwanted = true;
	submit_burn(e, w->account, e->orders.at[at].nonce, LANE_KILL);
}

static bool closed_here(const struct engine *e, const struct order *o)
{
	const struct flat *f = &e->flat.f;

	if (flat_has_whole(f, o->account))
		return true;
	for (uint32_t i = 0; i < f->n; i++)
		if (f->leg[i].instr_id == o->instr && f->leg[i].account == o->account)
			return f->leg[i].target.v == 0;
	return false;
}

/* Orders of another run, of an exit or of this run (older than its tries) that may still arrive:
 * after FLAT they must not meet a position opened later. */
static void burn_others(struct engine *e)
{
	for (uint16_t i = 0; i < ORDERS_MAX && ef_room(e, 32); i++) {
		struct order *o = &e->orders.at[i];

		if (!e->orders.used[i] || !order_is_ours(o) || !in_scope(e, o->account) ||
		    !closed_here(e, o) || o->burning ||
		    (o->state != ORDER_SENT && o->state != ORDER_UNKNOWN))
			continue;
		o->burning = o->unwanted = true;
		submit_burn(e, o->account, o->nonce, LANE_KILL);
	}
}

/* account 0xff: every one in scope; instr NONE16: every coin. */
static void cancel_opening(struct engine *e, uint8_t account, uint16_t instr)
{
	for (uint8_t a = 0; a < e->conf.n_accounts; a++) {
		uint32_t n = 0;

		if (!in_scope(e, a) || (account != 0xff && account != a))
			continue;
		cancel_scope_now(e, a, CANCEL_ENTRY, instr, 0, false, LANE_KILL, &n);
		for (uint32_t k = 0; k < e->acct[a].n_twaps && ef_room(e, 64); k++)
			if (instr == NONE16 || e->acct[a].twap[k].instr == instr)
				submit_twap_cancel(e, a,
						   e->instrs.at[e->acct[a].twap[k].instr].asset,
						   e->acct[a].twap[k].id);
	}
}

static void flat_ended(struct engine *e, const struct flat_want *w)
{
	struct rec r = {.kind = REC_END, .account = e->flat.f.account, .exit = e->flat.f.id};
	bool flat = e->flat.f.state == FLAT_FLAT;
	struct buf b;

	r.slice = 1; /* a flatten's end, not an exit's */
	r.value = e->flat.f.state;
	buf_init(&b, r.text, sizeof r.text);
	buf_puts(&b, w->text);
	ef_rec(e, &r);
	if (flat) {
		alarm_clear(e, NC_NOT_FLAT, 0, NONE16, 0);
		burn_others(e);
		if (e->flat.f.scope == FLAT_ALL && !e->flat.f.part && !e->flat.f.cmd.n_keep)
			alarm_raise(e, 1, NC_FLAT, 0, NONE16, 0, w->text, w->text);
		else
			notice(e, 1, NC_FLAT, 0, "%s", w->text);
	} else {
		alarm_raise(e, 3, NC_NOT_FLAT, 0, NONE16, 0, w->text, w->text);
	}
}

static void one_want(struct engine *e, const struct flat_want *w)
{
	uint32_t n = 0;

	switch ((enum flat_want_kind)w->kind) {
	case FW_CANCEL_OPENING:
		cancel_opening(e, w->account,
			       w->leg == FLAT_EVERY ? (uint16_t)NONE16 : w->instr_id);
		break;
	case FW_CANCEL_RO:
		/* on the way to zero every limit of the coin is in the way: the stream does not
		 * say of a foreign one whether it is reduce-only */
		cancel_scope_now(e, w->account,
				 e->flat.f.leg[w->leg].target.v == 0 ? CANCEL_COIN : CANCEL_EXITS,
				 w->instr_id, 0, false, LANE_KILL, &n);
		break;
	case FW_CANCEL_FAR:
		(void)crowd_clear(e, w->account, true);
		break;
	case FW_CANCEL_STOPS:
		cancel_scope_now(e, w->account, CANCEL_COIN, w->instr_id, 0, true, LANE_KILL, &n);
		break;
	case FW_READ:
		flat_round_begin(e);
		break;
	case FW_BURN:
		burn(e, w);
		break;
	case FW_NOTICE:
		if (w->level >= 2)
			alarm_raise(e, w->level, (enum notice_code)w->code, w->account, NONE16, 0,
				    w->text, w->text);
		else
			notice(e, w->level, (enum notice_code)w->code, 0, "%s", w->text);
		break;
	case FW_END:
		flat_ended(e, w);
		break;
	case FW_PLACE:
		break;
	}
}

/* After a restart legs are found by name: ids do not survive (record.h), and a leg under the id of
 * another coin would cut that one. */
void flat_rebind(struct engine *e)
{
	struct flat *f = &e->flat.f;

	for (uint32_t i = 0; e->flat.used && i < f->n; i++)
		f->leg[i].instr_id = instr_find(&e->instrs, f->leg[i].coin);
}

void flat_save_to_journal(struct engine *e)
{
	for (uint32_t i = 0; i < e->flat.f.n; i++) /* so that replay knows every name */
		if (e->flat.f.leg[i].instr_id < e->instrs.n)
			submit_record_instr(e, e->flat.f.leg[i].instr_id);
	for (uint32_t part = 0; part <= FLAT_LEGS / FLAT_PART_LEGS; part++) {
		struct rec r = {.kind = REC_PLAN,
				.account = e->flat.f.account,
				.exit = e->flat.f.id,
				.slice = part};
		size_t n = flat_save(&e->flat.f, part, r.plan.bytes);

		if (!n)
			break;
		r.plan.what = PART_FLAT;
		r.plan.len = (uint16_t)n;
		ef_rec(e, &r);
	}
}

static void step_flat(struct engine *e)
{
	struct flat_out *out = &e->flat_out;
	struct flat_view v;

	e->flat.dirty = false;
	flat_view_fill(e, &v);
	memset(out, 0, sizeof *out);
	flat_step(&e->flat.f, &v, out);
	e->flat.next_ns = out->next_ns;
	if (out->save)
		flat_save_to_journal(e);
	for (uint32_t i = 0; i < out->n;) {
		if (out->at[i].kind == FW_PLACE) {
			i += place_group(e, out, i, NULL);
		} else {
			one_want(e, &out->at[i]);
			i++;
		}
	}
}

void flat_run(struct engine *e)
{
	struct flat_slot *s = &e->flat;

	if (s->round && e->now_ns - s->round_ns > 12 * S)
		s->round = false; /* its queries have all timed out */
	if (s->round_at_ns && e->now_ns >= s->round_at_ns && s->used && !s->f.done) {
		s->round_at_ns = 0;
		flat_round_begin(e);
	}
	for (int pass = 0; pass < 3 && s->used && !s->f.done; pass++) {
		if (!s->dirty && e->now_ns < s->next_ns)
			break;
		step_flat(e);
	}
	if (s->used && !s->f.done)
		wake_at(e, s->dirty ? e->now_ns : s->next_ns);
}

void flat_report(struct engine *e, const struct order *o, const struct exec_report *r)
{
	struct flat_view v;
	struct exec_report copy = *r;

	if (!e->flat.used || e->flat.f.id != o->panic)
		return;
	copy.slice = o->slice;
	flat_view_fill(e, &v);
	flat_on_order(&e->flat.f, &copy, &v);
	e->flat.dirty = true;
}

bool flat_dry(struct engine *e, const struct dry *dry)
{
	struct flat_out *out = &e->flat_out;
	struct flat_view v;

	flat_view_fill(e, &v);
	v.may_send = true; /* shown unsigned */
	for (uint32_t i = 0; i < v.n; i++)
		e->flat_legs[i].no_key = false;
	memset(out, 0, sizeof *out);
	flat_step(&e->flat.f, &v, out);
	for (uint32_t i = 0; i < out->n; i++)
		if (out->at[i].kind == FW_PLACE) {
			uint32_t before = e->out->n;

			place_group(e, out, i, dry);
			return e->out->n > before;
		}
	return false;
}
