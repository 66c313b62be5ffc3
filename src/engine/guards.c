/* guards.c: stops kept at the venue: what each sees, what it wants, what became of its orders.
 *
 * 1. One guard for each position (account, instrument); a record is in the turn before the order
 *    that follows from it, so a restart goes on keeping it.
 * 2. Every want ends in a report; a cancel of something that nobody knows any more says so.
 * 3. Guards leave in the kill lane: no disk, lock, seat or barrier holds one up. */
#include <math.h>
#include <string.h>

#include "engine/inner.h"

struct guard_slot *guard_find(struct engine *e, uint8_t account, uint16_t instr)
{
	for (int i = 0; i < GUARDS_MAX; i++)
		if (e->guard[i].used && e->guard[i].account == account &&
		    e->guard[i].instr == instr)
			return &e->guard[i];
	return NULL;
}

const struct guard_slot *guard_get(const struct engine *e, uint8_t account, uint16_t instr)
{
	for (int i = 0; i < GUARDS_MAX; i++)
		if (e->guard[i].used && e->guard[i].account == account &&
		    e->guard[i].instr == instr)
			return &e->guard[i];
	return NULL;
}

static struct guard_slot *by_id(struct engine *e, uint32_t id)
{
	for (int i = 0; i < GUARDS_MAX; i++)
		if (e->guard[i].used && e->guard[i].g.id == id)
			return &e->guard[i];
	return NULL;
}

/* The nearer of two: where the leg stands when a common move kills its pool, and the venue's own
 * price with the others still. 0: no fall (or rise) of this coin kills it. */
struct price guard_dies(const struct engine *e, uint8_t account, uint16_t instr)
{
	const struct held *h = held_get(e, account, instr);
	struct qty szi = h ? pos_szi(&h->pos) : (struct qty){0};
	double mark = price_to_double(market_mark(e, instr)), x;
	struct price joint = {0}, liq = {0};
	struct epool p;
	uint32_t k;

	if (!szi.v)
		return liq;
	if (h->pos.read.has_liq && (h->pos.read.szi.v > 0) == (szi.v > 0))
		liq = h->pos.read.liq;
	if (mark > 0 && pool_of(e, account, instr, &p, &k) && p.has_equity) {
		/* a pool may die both ways; a price that would have to fall below zero does not */
		x = p.leg[k].beta * (szi.v > 0 ? p.sum.down : p.sum.up);
		if (x < (szi.v > 0 ? 1 : POOL_NEVER))
			price_from_double(&joint, mark * (szi.v > 0 ? 1 - x : 1 + x),
					  ROUND_HALF_AWAY);
	}
	if (!joint.v || !liq.v)
		return liq.v ? liq : joint;
	return szi.v > 0 ? (joint.v > liq.v ? joint : liq) : (joint.v < liq.v ? joint : liq);
}

void guard_view_fill(const struct engine *e, uint8_t account, uint16_t instr, struct guard_view *v)
{
	const struct account *a = &e->acct[account];
	const struct dex_state *d = &a->dex[e->instrs.at[instr].dex];

	*v = (struct guard_view){.now_ns = e->now_ns,
				 .instr = &e->instrs.at[instr],
				 .panic = &e->conf.panic,
				 .may_send = a->key_ready,
				 .position_known = d->has && a->recon.passes > 0,
				 .szi = held_szi(e, account, instr),
				 .reads = d->reads,
				 .mark = market_mark(e, instr),
				 .dies = guard_dies(e, account, instr)};
	for (int i = 0; i < EXITS_MAX; i++) {
		const struct exit_slot *s = &e->exit[i];

		if (s->used && s->x.state != XS_DONE && s->account == account &&
		    s->instr == instr && s->x.working.v) {
			v->works = s->x.working;
			v->exit = s->x.id;
		}
	}
}

static void save(struct engine *e, const struct guard_slot *s)
{
	struct rec r = {.kind = REC_GUARD, .account = s->account, .slice = s->g.id};

	submit_record_instr(e, s->instr);
	memcpy(r.guard.coin, coin_of(e, s->instr), COIN_MAX);
	r.guard.id = s->g.id;
	r.guard.attempt = s->g.attempt;
	r.guard.off = s->g.off;
	r.guard.buy = s->g.buy;
	r.guard.typed = s->g.typed;
	ef_rec(e, &r);
}

static void gone(struct engine *e, struct guard_slot *s)
{
	struct rec r = {.kind = REC_GUARD, .account = s->account, .slice = s->g.id};

	memcpy(r.guard.coin, coin_of(e, s->instr), COIN_MAX);
	r.guard.id = s->g.id;
	r.guard.attempt = s->g.attempt;
	r.guard.off = r.guard.ended = true;
	ef_rec(e, &r);
	alarm_clear(e, NC_GUARD, s->account, s->instr, 0);
	s->used = false;
}

struct guard_slot *guard_want(struct engine *e, uint8_t account, uint16_t instr, struct price typed)
{
	struct guard_slot *s = guard_find(e, account, instr);

	if (s && s->g.off) { /* wanted again before the last of it was gone */
		s->g.off = false;
		s->g.zero_reads = 0;
	}
	for (int i = 0; i < GUARDS_MAX && !s; i++)
		if (!e->guard[i].used) {
			s = &e->guard[i];
			*s = (struct guard_slot){.used = true, .account = account, .instr = instr};
			guard_init(&s->g, ++e->next_guard, coin_of(e, instr), typed);
			s->g.buy = held_szi(e, account, instr).v < 0;
		}
	if (!s) {
		limit_told(e, 7, "guards kept at once");
		return NULL;
	}
	if (typed.v && s->g.typed.v != typed.v) { /* moved: the next step sees another place */
		s->g.typed = typed;
		for (int i = 0; i < GUARD_ORDERS; i++)
			s->g.at[i].dies.v = 0;
	}
	s->g.retry_ns = 0; /* repair: at once */
	s->g.taken = 0;
	s->g.waits_told = false;
	s->dirty = true;
	save(e, s);
	return s;
}

void guard_off(struct engine *e, uint8_t account, uint16_t instr)
{
	struct guard_slot *s = guard_find(e, account, instr);

	if (!s || s->g.off)
		return;
	s->g.off = s->dirty = true;
	save(e, s);
}

void guards_touch(struct engine *e, uint16_t instr)
{
	for (int i = 0; i < GUARDS_MAX; i++)
		if (e->guard[i].used && (instr == NONE16 || e->guard[i].instr == instr))
			e->guard[i].dirty = true;
}

/* ---- orders ---- */

struct act_order guard_order_of(const struct engine *e, uint16_t instr, bool buy,
				struct price trigger, struct price limit)
{
	return (struct act_order){.asset = e->instrs.at[instr].asset,
				  .buy = buy,
				  .reduce_only = true,
				  .tif = TIF_TRIGGER,
				  .trigger_market = true,
				  .px = limit,
				  .trigger_px = trigger}; /* size 0: the whole position */
}

struct order guard_meta(const struct guard_slot *s, uint32_t attempt)
{
	return (struct order){.account = s->account,
			      .instr = s->instr,
			      .whose = WHOSE_GUARD,
			      .slice = s->g.id,
			      .attempt = attempt,
			      .reduce_only = true,
			      .target_zero = true};
}

static void tell(struct engine *e, struct guard_slot *s, enum report_kind kind, uint32_t attempt,
		 const char *why)
{
	struct exec_report r = {.kind = (uint8_t)kind, .slice = s->g.id, .attempt = attempt};
	struct buf b;

	buf_init(&b, r.text, sizeof r.text);
	buf_puts(&b, why);
	guard_on_order(&s->g, &r, (struct price){0}, (struct price){0}, e->now_ns);
	s->dirty = true;
}

static void place(struct engine *e, struct guard_slot *s, const struct guard_want *w)
{
	const struct instr *i = &e->instrs.at[s->instr];
	struct act_order a = guard_order_of(e, s->instr, w->buy, w->trigger, w->limit);
	struct order meta = guard_meta(s, w->attempt);
	struct approved ok;
	struct err err = {0};

	if (!risk_approve(&ok, i, &a, held_szi(e, s->account, s->instr),
			  gates_closed(e, s->account), &err))
		tell(e, s, REP_NOT_SENT, w->attempt, err.text);
	else if (!ef_room(e, 24) || !submit_orders(e, &ok, &meta, 1, LANE_KILL, NULL))
		tell(e, s, REP_NOT_SENT, w->attempt, "no room for another order");
}

static void cancel(struct engine *e, struct guard_slot *s, const struct guard_want *w)
{
	struct order meta = guard_meta(s, w->attempt);
	struct act_cancel c = {.asset = e->instrs.at[s->instr].asset};
	uint16_t at;

	c.cloid = submit_name(e, &meta);
	at = orders_by_cloid(e, c.cloid);
	if (at == NONE16 || order_terminal((enum order_state)e->orders.at[at].state)) {
		tell(e, s, REP_DEAD, w->attempt, "");
		return;
	}
	if (e->orders.at[at].oid) {
		c.oid = e->orders.at[at].oid;
		c.cloid = (struct cloid){0};
	}
	if (ef_room(e, 16))
		submit_cancels(e, s->account, &c, 1, LANE_KILL);
}

/* Guards of one account that are refused together make room once. */
static void make_room(struct engine *e, struct guard_slot *s)
{
	struct account *a = &e->acct[s->account];

	if (!a->room_ns || e->now_ns - a->room_ns >= S / 2) {
		a->room_ns = e->now_ns;
		a->room_n = crowd_clear(e, s->account, false);
	}
	guard_room(&s->g, a->room_n, e->now_ns);
	s->dirty = true;
}

static void notice_of(struct engine *e, struct guard_slot *s, const struct guard_want *w)
{
	if (w->level >= 2)
		alarm_raise(e, w->level, NC_GUARD, s->account, s->instr, 0, w->text, w->text);
	else
		notice(e, w->level, NC_GUARD, 0, "%s", w->text);
}

static void carry_out(struct engine *e, struct guard_slot *s, const struct guard_out *out)
{
	for (uint32_t i = 0; i < out->n && s->used; i++) {
		const struct guard_want *w = &out->at[i];

		switch ((enum guard_want_kind)w->kind) {
		case GW_PLACE:
			place(e, s, w);
			break;
		case GW_CANCEL:
			cancel(e, s, w);
			break;
		case GW_CHECK:
			query_send(e, s->account, Q_ORDERS, e->instrs.at[s->instr].dex, NONE16,
				   QW_WANT, LANE_PROTECTIVE);
			break;
		case GW_READ:
			recon_want_read(e, s->account);
			break;
		case GW_ROOM:
			make_room(e, s);
			break;
		case GW_NOTICE:
			notice_of(e, s, w);
			break;
		case GW_WELL:
			alarm_clear(e, NC_GUARD, s->account, s->instr, 0);
			break;
		case GW_END:
			gone(e, s);
			break;
		}
	}
}

void guards_run(struct engine *e)
{
	for (int i = 0; i < GUARDS_MAX; i++) {
		struct guard_slot *s = &e->guard[i];
		struct guard_out out;
		struct guard_view v;

		for (int pass = 0; pass < 3 && s->used && s->instr < e->instrs.n; pass++) {
			if ((!s->dirty && e->now_ns < s->next_ns) || !ef_room(e, 64))
				break;
			s->dirty = false;
			guard_view_fill(e, s->account, s->instr, &v);
			guard_step(&s->g, &v, &out);
			s->next_ns = out.next_ns;
			if (out.save)
				save(e, s);
			carry_out(e, s, &out);
		}
		if (s->used)
			wake_at(e, s->dirty ? e->now_ns : s->next_ns);
	}
}

void guards_report(struct engine *e, const struct order *o, const struct exec_report *r)
{
	struct guard_slot *s = by_id(e, o->slice);

	if (!s || s->account != o->account || s->instr != o->instr)
		return;
	guard_on_order(&s->g, r, o->trigger_px, o->px, e->now_ns);
	s->dirty = true;
	e->tick_ns = 0;
}

/* The venue's own list: what rests there, at which trigger, and that it covers the whole position.
 */
void guards_seen(struct engine *e, uint16_t at, const struct venue_order *v)
{
	const struct order *o = &e->orders.at[at];
	struct guard_slot *s = o->whose == WHOSE_GUARD ? by_id(e, o->slice) : NULL;

	if (!s || order_terminal((enum order_state)o->state))
		return;
	guard_seen(&s->g, o->attempt, v->trigger_px,
		   v->is_trigger && v->reduce_only && v->buy == s->g.buy && v->position_tpsl);
	s->dirty = true;
}

/* ---- replay ---- */

bool guards_replay(struct engine *e, const struct rec *r, uint16_t instr)
{
	struct guard_slot *s = guard_find(e, r->account, instr);

	if (r->guard.id > e->next_guard)
		e->next_guard = r->guard.id;
	if (r->guard.ended) {
		if (s)
			s->used = false;
		return true;
	}
	for (int i = 0; i < GUARDS_MAX && !s; i++)
		if (!e->guard[i].used)
			s = &e->guard[i];
	if (!s)
		return false;
	if (!s->used || s->g.id != r->guard.id) {
		*s = (struct guard_slot){.used = true, .account = r->account, .instr = instr};
		guard_init(&s->g, r->guard.id, r->guard.coin, r->guard.typed);
	}
	s->g.typed = r->guard.typed;
	s->g.off = r->guard.off;
	s->g.buy = r->guard.buy;
	if (r->guard.attempt > s->g.attempt)
		s->g.attempt = r->guard.attempt;
	s->dirty = true;
	return true;
}
