/* exits.c: running exits: what they see, what they want, and what became of their orders.
 *
 * 1. A saved state is in the journal's turn before the orders that follow from it.
 * 2. Every want ends in a report: an order that could not leave is reported NOT_SENT. */
#include <math.h>
#include <string.h>

#include "engine/inner.h"

static void view_account(const struct engine *e, uint8_t account, uint16_t instr,
			 struct exec_view *v)
{
	struct plan_account *a = &v->account;
	struct epool p;
	uint32_t k, btc = instr_find(&e->instrs, "BTC");

	*a = (struct plan_account){0};
	for (uint32_t n = 0; pool_build(e, account, n, &p); n++) {
		v->net_delta += p.sum.net;
		v->account_ntl += p.sum.gross;
		v->account_equity += p.has_equity ? p.equity : 0;
	}
	if (!pool_of(e, account, instr, &p, &k)) {
		memcpy(a->reason, "no position", 12);
		return;
	}
	a->known = p.has_equity;
	if (!a->known) {
		struct buf b;

		buf_init(&b, a->reason, sizeof a->reason);
		buf_puts(&b, p.reason);
	}
	a->isolated = p.isolated;
	a->equity = p.equity;
	a->maintenance = p.sum.maint;
	a->initial = p.used;
	a->mmr = p.leg[k].notional != 0 ? p.leg[k].maint / fabs(p.leg[k].notional) : 0;
	a->leverage = v->leverage;
	a->beta = p.leg[k].beta;
	a->others_beta = p.sum.net_beta - p.leg[k].notional * p.leg[k].beta;
	a->others_maint = p.sum.maint_beta - p.leg[k].maint * p.leg[k].beta;
	for (uint32_t i = 0; i < p.n; i++)
		if (i != k)
			a->others_sd += p.leg[i].notional *
					market_sigma(e, e->acct[account].held[p.held[i]].instr);
	a->btc_sigma = btc != INSTR_NONE ? market_sigma(e, (uint16_t)btc) : 0;
	if (p.has_equity)
		price_from_double(&v->zero,
				  pool_zero_price(&p.leg[k], p.equity,
						  price_to_double(market_mark(e, instr))),
				  p.leg[k].notional > 0 ? ROUND_UP : ROUND_DOWN);
}

static void view_orders(const struct engine *e, const struct exit_slot *s, uint8_t account,
			uint16_t instr, bool buy, struct exec_view *v)
{
	for (int i = 0; i < EXITS_MAX; i++) {
		const struct exit_slot *o = &e->exit[i];

		if (o->used && o != s && o->account == account && o->instr == instr &&
		    o->x.state != XS_DONE)
			qty_add(&v->others_in_flight, v->others_in_flight, exit_in_flight(&o->x));
	}
	for (uint16_t i = 0; i < ORDERS_MAX; i++) {
		const struct order *o = &e->orders.at[i];

		if (!e->orders.used[i] || o->account != account || o->instr != instr ||
		    o->buy != buy || order_terminal((enum order_state)o->state))
			continue;
		if (o->whose == WHOSE_PANIC)
			qty_add(&v->others_in_flight, v->others_in_flight, order_left(o));
		else if (!order_is_ours(o) && o->reduce_only && !o->trigger)
			qty_add(&v->foreign_resting, v->foreign_resting, order_left(o));
	}
}

void exits_view(const struct engine *e, const struct exit_slot *s, uint8_t account, uint16_t instr,
		struct exec_view *v)
{
	const struct account *a = &e->acct[account];
	const struct mkt *m = &e->mkt[instr];
	const struct held *h = held_get(e, account, instr);
	const struct dex_state *d = &a->dex[e->instrs.at[instr].dex];
	struct buf b;

	*v = (struct exec_view){.now_ns = e->now_ns,
				.wall_ms = e->wall_ms,
				.instr = &e->instrs.at[instr],
				.instr_id = instr,
				.book = market_book_of(e, instr),
				.deep = market_deep_of(e, instr),
				.book_ns = m->book_ns,
				.mark = m->mark,
				.oracle = m->oracle,
				.mark_ns = m->mark_ns};
	/* What goes to zero passes the barrier: it cannot cross zero, whatever was missed. A part
	 * waits for the reads: they are its proof. */
	v->may_send = a->key_ready &&
		      (recon_passed(e, account) || (s && s->x.to_zero && a->recon.passes > 0));
	buf_init(&b, v->may_not, sizeof v->may_not);
	if (!v->may_send)
		buf_puts(&b, !a->key_ready ? "KEY LOCKED"
			     : !a->up	   ? "not connected"
					   : "reading the account");
	v->venue = (uint8_t)(e->post_only      ? VENUE_POST_ONLY
			     : e->venue_status ? VENUE_ERRORS
					       : VENUE_WELL);
	v->position_known = d->has && a->recon.passes > 0;
	v->position = h ? pos_szi(&h->pos) : (struct qty){0};
	v->position_ns = d->read_ns;
	v->reads = d->reads;
	v->volume.v = m->volume.v - (s ? s->volume0.v : m->volume.v);
	v->volume_s = market_volume_1m(e, instr) / 60;
	for (int buy = 0; buy < 2; buy++)
		market_twaps(e, instr, buy, &v->twap_share[buy], &v->twap_prints[buy]);
	if (h && s)
		v->funding.v = h->funding.v - s->funding0.v;
	if (s)
		v->foreign_net = s->foreign, v->stop_taken = s->stop_taken;
	v->funding_hour = ratio_to_double(m->funding);
	v->sigma_year = market_sigma(e, instr);
	v->sigma_raw = market_sigma_raw(e, instr);
	estimate_season(e, instr, &v->season);
	estimates_fill(e, instr, v->est);
	v->fee_taker = a->has_fees ? ratio_to_double(a->fee_taker) : 0.00045;
	v->fee_maker = a->has_fees ? ratio_to_double(a->fee_maker) : 0.00015;
	v->actions_left = !a->budget.known     ? 10000
			  : a->budget.left > 0 ? (uint64_t)a->budget.left
					       : 0;
	v->key_until_ms = (int64_t)a->agent_until_ms;
	if (h) {
		v->has_liq = h->pos.read.has_liq && v->position.v;
		v->liq = h->pos.read.liq;
		v->leverage = h->pos.read.leverage;
	}
	view_account(e, account, instr, v);
	view_orders(e, s, account, instr, s ? s->x.buy : v->position.v < 0, v);
}

/* A read of fills after a restart brings old ones again, by the venue's clock: growth is believed a
 * little before the start, what was taken is not. */
bool exits_foreign_fill(struct engine *e, uint8_t account, const struct fill *f, uint16_t at)
{
	enum { SKEW_MS = 2000 };
	const struct order *o = at == NONE16 ? NULL : &e->orders.at[at];
	bool counts = false;

	for (int i = 0; i < EXITS_MAX; i++) {
		struct exit_slot *s = &e->exit[i];
		bool grows;

		if (!s->used || s->x.state == XS_DONE || s->account != account ||
		    s->instr != f->instr)
			continue;
		if (o && o->whose == WHOSE_EXIT && o->exit == s->x.id)
			continue;
		grows = f->buy != s->x.buy;
		if (f->time_ms <= s->x.start_ms - (grows ? SKEW_MS : 0))
			continue;
		s->foreign.v += grows ? f->sz.v : -f->sz.v;
		if (!grows && o && o->whose == WHOSE_GUARD)
			s->stop_taken.v += f->sz.v;
		counts = true;
	}
	return counts;
}

struct exit_slot *exit_slot_find(struct engine *e, uint32_t id)
{
	for (int i = 0; i < EXITS_MAX; i++)
		if (e->exit[i].used && e->exit[i].x.id == id)
			return &e->exit[i];
	return NULL;
}

/* A free slot, else that of the exit finished longest ago. */
struct exit_slot *exit_slot_free(struct engine *e)
{
	struct exit_slot *old = NULL;

	for (int i = 0; i < EXITS_MAX; i++) {
		struct exit_slot *s = &e->exit[i];

		if (!s->used)
			return s;
		if (s->x.state == XS_DONE && (!old || s->finished_ns < old->finished_ns))
			old = s;
	}
	return old;
}

void exits_touch(struct engine *e, uint16_t instr)
{
	for (int i = 0; i < EXITS_MAX; i++)
		if (e->exit[i].used && (instr == NONE16 || e->exit[i].instr == instr))
			e->exit[i].dirty = true;
	for (int i = 0; i < RUNS_MAX; i++)
		e->flat[i].dirty = e->flat[i].used;
}

void exits_trade(struct engine *e, uint16_t instr, const struct trade *t)
{
	for (int i = 0; i < EXITS_MAX; i++)
		if (e->exit[i].used && e->exit[i].instr == instr)
			exit_on_trade(&e->exit[i].x, e->now_ns, t->px, t->sz, t->side);
}

static void save_part(struct engine *e, struct exit_slot *s, uint32_t part)
{
	struct rec r = {.kind = REC_PLAN, .account = s->account, .exit = s->x.id, .slice = part};
	size_t n = exit_save(&s->x, part, r.plan.bytes);

	if (!n)
		return;
	r.plan.what = PART_EXIT;
	r.plan.len = (uint16_t)n;
	memcpy(r.plan.coin, coin_of(e, s->instr), COIN_MAX);
	ef_rec(e, &r);
}

void exit_save_to_journal(struct engine *e, struct exit_slot *s, uint32_t slice)
{
	submit_record_instr(e, s->instr);
	save_part(e, s, 0);
	if (slice)
		save_part(e, s, exit_part_of(slice));
}

static struct order child_of(const struct exit_slot *s, const struct exec_want *w)
{
	return (struct order){.account = s->account,
			      .instr = s->instr,
			      .whose = WHOSE_EXIT,
			      .exit = s->x.id,
			      .slice = w->slice,
			      .attempt = w->attempt,
			      .buy = w->buy,
			      .reduce_only = true,
			      .sz = w->qty,
			      .target_zero = w->target_zero};
}

static void not_sent(struct engine *e, struct exit_slot *s, const struct exec_want *w,
		     const char *why)
{
	struct exec_report r = {.kind = REP_NOT_SENT, .slice = w->slice, .attempt = w->attempt};
	struct exec_view v;
	struct buf b;

	buf_init(&b, r.text, sizeof r.text);
	buf_puts(&b, why);
	exits_view(e, s, s->account, s->instr, &v);
	exit_on_order(&s->x, &r, &v);
	s->dirty = true;
}

static void want_place(struct engine *e, struct exit_slot *s, const struct exec_want *w,
		       const struct dry *dry)
{
	const struct instr *i = &e->instrs.at[s->instr];
	struct act_order a = {.asset = i->asset,
			      .buy = w->buy,
			      .reduce_only = w->reduce_only,
			      .tif = w->tif,
			      .px = w->px,
			      .sz = w->qty};
	struct order meta = child_of(s, w);
	uint32_t gates = gates_closed(e, s->account);
	struct approved ok;
	struct err err = {0};

	if (dry)
		gates &= ~gate_bit(GATE_KEY); /* shown unsigned */
	if (!risk_approve(&ok, i, &a, held_szi(e, s->account, s->instr), gates, &err)) {
		not_sent(e, s, w, err.text);
		return;
	}
	if (!submit_orders(e, &ok, &meta, 1, w->target_zero ? LANE_KILL : LANE_EXIT, dry))
		not_sent(e, s, w, "no nonce committed yet");
}

static void want_cancel(struct engine *e, struct exit_slot *s, const struct exec_want *w)
{
	struct order meta = child_of(s, w);
	struct act_cancel c = {.asset = e->instrs.at[s->instr].asset};
	uint16_t at;

	c.cloid = submit_name(e, &meta);
	at = orders_by_cloid(e, c.cloid);
	if (w->kind == WANT_TWAP_CANCEL) {
		if (at != NONE16 && e->orders.at[at].oid)
			submit_twap_cancel(e, s->account, c.asset, e->orders.at[at].oid);
		return;
	}
	submit_cancels(e, s->account, &c, 1, LANE_EXIT);
}

static void want_end(struct engine *e, struct exit_slot *s, const struct exec_want *w)
{
	struct rec r = {.kind = REC_END, .account = s->account, .exit = s->x.id, .value = w->code};
	struct buf b;

	buf_init(&b, r.text, sizeof r.text);
	buf_puts(&b, w->text);
	ef_rec(e, &r);
	s->finished_ns = e->now_ns;
	if (w->text[0] == 'x')
		notice(e, 1, NC_EXIT, s->x.id, "%s", w->text);
	else
		notice(e, 1, NC_EXIT, s->x.id, "x%u %s: %s", s->x.id, coin_of(e, s->instr),
		       w->text);
	for (int code = NC_NONE; code < NC_COUNT; code++)
		alarm_clear_exit(e, (enum notice_code)code, s->x.id);
}

static void want_notice(struct engine *e, struct exit_slot *s, const struct exec_want *w)
{
	if (w->level >= 2)
		alarm_raise(e, w->level, (enum notice_code)w->code, s->account, s->instr, s->x.id,
			    w->text, w->text);
	else
		notice(e, w->level, (enum notice_code)w->code, s->x.id, "%s", w->text);
}

static void carry_out(struct engine *e, struct exit_slot *s, const struct exec_out *out)
{
	for (uint32_t i = 0; i < out->n; i++) {
		const struct exec_want *w = &out->at[i];
		struct order meta;

		switch ((enum want_kind)w->kind) {
		case WANT_PLACE:
			want_place(e, s, w, NULL);
			break;
		case WANT_CANCEL:
		case WANT_TWAP_CANCEL:
			want_cancel(e, s, w);
			break;
		case WANT_TWAP:
			meta = child_of(s, w);
			if (!e->acct[s->account].key_ready ||
			    !submit_twap(e, &meta, w->minutes, w->randomize, NULL))
				not_sent(e, s, w, "nothing can be signed now");
			break;
		case WANT_READ:
			recon_want_read(e, s->account);
			break;
		case WANT_NOTICE:
			want_notice(e, s, w);
			break;
		case WANT_END:
			want_end(e, s, w);
			break;
		}
	}
}

/* One line for each slice that is over and sold something. */
static void tell_slices(struct engine *e, struct exit_slot *s)
{
	const struct exit *x = &s->x;
	char size[40], px[40], left[40];
	struct cost_row r;

	if (e->replaying || (!s->told && x->n_results > 1)) /* told before a restart */
		s->told = x->n_results;
	while (s->told < x->n_results && exit_rows(x, s->told, &r, 1)) {
		if (r.filled.v < r.planned.v && x->slice <= r.slice && x->state != XS_DONE)
			return;
		s->told++;
		if (r.filled.v <= 0)
			continue;
		notice(e, 0, NC_FILL, x->id, "x%u slice %u %s %s at %s, %s. %s %s left.", x->id,
		       r.slice, x->buy ? "bought" : "sold", qty_text(size, r.filled),
		       price_text(px, &e->instrs.at[s->instr], r.avg), r.posted ? "maker" : "taker",
		       qty_text(left, exit_left(x)), coin_of(e, s->instr));
	}
}

static void step_one(struct engine *e, struct exit_slot *s)
{
	struct exec_out *out = &e->exec_out;
	struct exec_view v;

	s->dirty = false;
	exits_view(e, s, s->account, s->instr, &v);
	memset(out, 0, sizeof *out);
	exit_step(&s->x, &v, out);
	s->by_venue = s->by_venue && s->x.operator_paused;
	s->next_ns = out->next_ns;
	if (out->save || !s->saved0) {
		s->saved0 = true;
		exit_save_to_journal(e, s, out->save_slice);
	}
	carry_out(e, s, out);
	solve_ask(e, s, &v);
	tell_slices(e, s);
}

void exits_run(struct engine *e)
{
	bool again = true;

	for (int pass = 0; again && pass < 4; pass++) {
		again = false;
		for (int i = 0; i < EXITS_MAX; i++) {
			struct exit_slot *s = &e->exit[i];

			if (!s->used || s->x.state == XS_DONE || s->instr >= e->instrs.n ||
			    (!s->dirty && e->now_ns < s->next_ns) || !ef_room(e, 128))
				continue;
			step_one(e, s);
			again = again || s->dirty;
		}
	}
	for (int i = 0; i < EXITS_MAX; i++)
		if (e->exit[i].used && e->exit[i].x.state != XS_DONE)
			wake_at(e, e->exit[i].dirty ? e->now_ns : e->exit[i].next_ns);
}

void exits_report(struct engine *e, const struct order *o, const struct exec_report *r)
{
	struct exit_slot *s = exit_slot_find(e, o->exit);
	struct exec_view v;

	if (!s || s->instr >= e->instrs.n)
		return;
	exits_view(e, s, s->account, s->instr, &v);
	exit_on_order(&s->x, r, &v);
	s->dirty = true;
	if (s->x.state == XS_DONE && r->kind == REP_FILL) /* late fills still count */
		exit_save_to_journal(e, s, r->slice);
}

/* The first order that would leave, shown and not sent. */
bool exits_dry(struct engine *e, struct exit_slot *s, const struct dry *dry)
{
	struct exec_out *out = &e->exec_out;
	struct exec_view v;

	exits_view(e, s, s->account, s->instr, &v);
	v.may_send = recon_passed(e, s->account); /* without a key it is shown unsigned */
	memset(out, 0, sizeof *out);
	exit_step(&s->x, &v, out);
	for (uint32_t i = 0; i < out->n; i++) {
		const struct exec_want *w = &out->at[i];
		uint32_t before = e->out->n;
		struct order meta;

		if (w->kind == WANT_PLACE) {
			want_place(e, s, w, dry);
			return e->out->n > before;
		}
		if (w->kind == WANT_TWAP) {
			meta = child_of(s, w);
			return submit_twap(e, &meta, w->minutes, w->randomize, dry) != 0;
		}
	}
	return false;
}
