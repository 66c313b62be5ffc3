/* account.c: what the venue says about an account, and what it means for our orders.
 *
 * 1. A whole read replaces; a position absent from it is zero.
 * 2. A fill counts once, whatever its order, repetition or delay.
 * 3. Only the venue's word or a proof of death ends an order of ours (core/order.c). */
#include <string.h>

#include "base/check.h"
#include "base/plant.h"
#include "engine/inner.h"

#define UNTIMED_NS                                                                                 \
	(10 * S) /* a read without a time is believed when none with one came so long              \
		  */

struct held *held_find(struct engine *e, uint8_t account, uint16_t instr, bool make)
{
	struct account *a = &e->acct[account];
	struct held *empty = NULL;

	for (uint32_t i = 0; i < a->n_held; i++) {
		if (a->held[i].used && a->held[i].instr == instr)
			return &a->held[i];
		if (!a->held[i].used || (!empty && pos_szi(&a->held[i].pos).v == 0))
			empty = &a->held[i];
	}
	if (!make || instr >= e->instrs.n)
		return NULL;
	if (a->n_held < POSITIONS_MAX)
		empty = &a->held[a->n_held++];
	if (!empty) {
		limit_told(e, 2, "positions of an account");
		return NULL;
	}
	*empty = (struct held){.used = true, .instr = instr};
	return empty;
}

const struct held *held_get(const struct engine *e, uint8_t account, uint16_t instr)
{
	const struct account *a = &e->acct[account];

	for (uint32_t i = 0; i < a->n_held; i++)
		if (a->held[i].used && a->held[i].instr == instr)
			return &a->held[i];
	return NULL;
}

struct qty held_szi(const struct engine *e, uint8_t account, uint16_t instr)
{
	const struct held *h = held_get(e, account, instr);

	return h ? pos_szi(&h->pos) : (struct qty){0};
}

void account_saw_time(struct engine *e, struct account *a, int64_t venue_ms)
{
	vtime_saw(e, venue_ms);
	venue_ms = vtime_told(e, venue_ms);
	if (venue_ms > a->venue_ms)
		a->venue_ms = venue_ms;
}

/* False: it is held and there is no room to keep it. */
static bool one_position(struct engine *e, const struct event *ev, const struct ev_position *p,
			 int64_t venue_ms)
{
	struct held *h = held_find(e, ev->account, p->instr, p->szi.v != 0);
	const struct qty had = h ? pos_szi(&h->pos) : (struct qty){0};

	if (!h)
		return p->szi.v == 0;
	if (pos_read(&h->pos, p, venue_ms ? venue_ms : h->pos.read_ms, e->now_ns) ==
	    POS_READ_WANTED)
		recon_want_read(e, ev->account);
	if (pos_szi(&h->pos).v != had.v)
		exits_touch(e, p->instr);
	return true;
}

void account_read(struct engine *e, const struct event *ev)
{
	const struct ev_account *in = &ev->acct;
	struct account *a = &e->acct[ev->account];
	struct dex_state *d;
	int64_t venue_ms;

	if (in->dex >= e->conf.n_dexes)
		return;
	d = &a->dex[in->dex];
	account_saw_time(e, a, in->venue_ms);
	venue_ms = vtime_told(e, in->venue_ms);
	/* An older answer that came late; one without a time is better than none at all, but proves
	 * nothing that depends on when: 0 is later than nothing. */
	if (d->has && (venue_ms ? venue_ms < d->venue_ms
				: d->venue_ms && e->now_ns - d->read_ns < UNTIMED_NS))
		return;
	d->has = true;
	d->venue_ms = venue_ms;
	d->read_ns = e->now_ns;
	d->reads++;
	d->equity = in->value;
	d->raw_usd = in->raw_usd;
	d->ntl = in->ntl;
	d->margin_used = in->margin_used;
	d->cross_equity = in->cross_value;
	d->cross_ntl = in->cross_ntl;
	d->cross_used = in->cross_margin_used;
	d->cross_maint = in->cross_maintenance;
	d->withdrawable = in->withdrawable;
	d->positions_lost = in->unread;
	memcpy(d->lost_coin, in->unread_coin, sizeof d->lost_coin);
	d->lost_szi = in->unread_szi;
	d->bare = false;
	for (uint32_t i = 0; i < in->n; i++)
		d->bare = d->bare || in->at[i].bare;
	for (uint32_t i = 0; i < in->n; i++)
		d->positions_lost += !one_position(e, ev, &in->at[i], d->venue_ms);
	for (uint32_t k = 0; k < a->n_held; k++) {
		struct held *h = &a->held[k];
		bool there = false;

		if (!h->used || e->instrs.at[h->instr].dex != in->dex)
			continue;
		for (uint32_t i = 0; i < in->n && !there; i++)
			there = in->at[i].instr == h->instr;
		if (!there) {
			struct ev_position none = h->pos.read;

			none.szi = (struct qty){0};
			none.value = none.upnl = none.margin_used = (struct money){0};
			none.has_liq = false;
			none.instr = h->instr;
			one_position(e, ev, &none, d->venue_ms);
		}
	}
	exits_touch(e, NONE16);
	guards_touch(e, NONE16);
}

uint32_t account_lost(const struct engine *e, uint8_t account)
{
	uint32_t n = 0;

	for (uint8_t d = 0; d < e->conf.n_dexes; d++)
		n += e->acct[account].dex[d].positions_lost;
	return n;
}

void account_spot(struct engine *e, const struct event *ev)
{
	struct account *a = &e->acct[ev->account];

	a->n_balances = ev->spot.n < BALANCES_MAX ? ev->spot.n : BALANCES_MAX;
	if (ev->spot.n > BALANCES_MAX)
		limit_told(e, 3, "spot balances shown");
	memcpy(a->balance, ev->spot.at, a->n_balances * sizeof a->balance[0]);
	a->spot_ns = e->now_ns;
	account_saw_time(e, a, ev->spot.venue_ms);
}

void account_funding(struct engine *e, const struct event *ev)
{
	for (uint32_t i = 0; i < ev->funding.n; i++) {
		const struct funding_paid *f = &ev->funding.at[i];
		struct held *h = held_find(e, ev->account, f->instr, false);

		if (!h || f->time_ms <= vtime_start(e))
			continue;
		money_add(&h->funding, h->funding, f->usdc);
		news_funding(e, h, f);
	}
}

static void report(struct engine *e, uint16_t at, const struct exec_report *r)
{
	const struct order *o = &e->orders.at[at];

	if (o->whose == WHOSE_GUARD)
		guards_report(e, o, r);
	else if (o->panic)
		flat_report(e, o, r);
	else if (o->exit)
		exits_report(e, o, r);
}

static void told(struct exec_report *r, const struct order *o)
{
	r->slice = o->slice;
	r->attempt = o->attempt;
	r->heard = o->filled;
}

void order_moves(struct engine *e, uint16_t at, enum evidence evid, int64_t told_qty,
		 struct price avg, struct why why, int64_t venue_ms)
{
	const char *text = why.text;
	struct order *o = &e->orders.at[at];
	struct exec_report r = {.batch_error = why.batch, .px = avg};
	bool changed;

	r.venue_ms = venue_ms = vtime_told(e, venue_ms);
	if (told_qty > o->told.v)
		o->told.v = told_qty < o->sz.v || o->sz.v == 0 ? told_qty : o->sz.v;
	changed = order_apply(o, evid, e->now_ns);
	if (venue_ms > e->orders.venue_ms[at])
		e->orders.venue_ms[at] = venue_ms;
	if (order_is_ours(o) && venue_ms > e->acct[o->account].answer_ms)
		e->acct[o->account].answer_ms = venue_ms;
	/* part of an immediate order filled and its answer was lost: the rest is over, ask how much
	 */
	if (evid == EVID_LOST && o->state == ORDER_PARTIAL && o->tif == TIF_IOC) {
		o->next_ns = e->now_ns;
		e->tick_ns = 0;
	}
	if (!changed || !order_is_ours(o))
		return;
	told(&r, o);
	r.filled.v = o->filled.v > o->told.v ? o->filled.v : o->told.v;
	if (text) {
		struct buf b;

		buf_init(&b, r.text, sizeof r.text);
		buf_puts(&b, text);
	}
	switch ((enum order_state)o->state) {
	case ORDER_RESTING:
	case ORDER_PARTIAL:
		r.kind = REP_OPEN;
		break;
	case ORDER_FILLED:
	case ORDER_CANCELLED:
	case ORDER_REJECTED:
		r.kind = REP_CLOSED;
		r.reject = (uint8_t)(o->state == ORDER_FILLED || !text || !*text
					     ? REJ_NONE
					     : reject_of(why.refusal, text));
		break;
	case ORDER_UNKNOWN:
		r.kind = REP_UNKNOWN;
		unknown_begin(e, at);
		break;
	case ORDER_DEAD:
		r.kind = evid == EVID_NOT_SENT ? REP_NOT_SENT : REP_DEAD;
		break;
	default:
		return;
	}
	if (order_terminal((enum order_state)o->state) || o->state == ORDER_RESTING ||
	    o->state == ORDER_PARTIAL)
		alarm_clear(e, NC_UNKNOWN, o->account, o->instr, o->exit);
	report(e, at, &r);
}

void order_retell(struct engine *e, uint16_t at)
{
	const struct order *o = &e->orders.at[at];
	struct exec_report r = {.kind = REP_UNKNOWN};
	const struct exit_slot *s = o->exit ? exit_slot_find(e, o->exit) : NULL;

	if (!order_is_ours(o) || (o->exit && (!s || !exit_child_find(&s->x, o->slice, o->attempt))))
		return;
	told(&r, o);
	r.filled.v = o->filled.v > o->told.v ? o->filled.v : o->told.v;
	if (o->filled.v > 0)
		money_over_qty(&r.px, o->value, o->filled, ROUND_HALF_AWAY);
	if (o->state == ORDER_RESTING || o->state == ORDER_PARTIAL)
		r.kind = REP_OPEN;
	else if (o->state == ORDER_DEAD)
		r.kind = REP_DEAD;
	else if (order_terminal((enum order_state)o->state))
		r.kind = REP_CLOSED;
	report(e, at, &r);
}

void order_word_record(struct engine *e, uint16_t at, uint8_t kind, enum evidence evid,
		       const char *text)
{
	const struct order *o = &e->orders.at[at];
	struct rec r = {.kind = kind,
			.account = o->account,
			.exit = o->exit,
			.slice = o->slice,
			.attempt = o->attempt,
			.nonce = o->nonce};
	struct buf b;

	buf_init(&b, r.text, sizeof r.text);
	buf_puts(&b, text);
	r.verdict.n = 1;
	r.verdict.word[0] = (struct rec_word){o->leg, (uint8_t)evid, o->oid, o->told};
	ef_rec(e, &r);
}

/* An order of ours has ended by a word that does not tell how much of it filled: the venue shrinks
 * reduce-only orders to the position, and says filled (or the original size) all the same. What
 * closes to zero ends at once and counts only what is heard as fills. A part of a position goes on
 * holding its size until the fills are there or a read of fills, begun later, does not bring them.
 */
static void ended_word(struct engine *e, uint16_t at, enum evidence evid, const struct ev_order *w,
		       int64_t gone)
{
	struct order *o = &e->orders.at[at];
	enum order_state was = (enum order_state)o->state;
	bool all = evid == EVID_CANCELLED && gone <= o->filled.v;
	struct why why = evid == EVID_CANCELLED ? (struct why){.text = w->status_text} : no_words;

	if (order_terminal(was) || o->settle)
		return;
	if (o->target_zero || all || PLANT(15)) {
		order_moves(e, at, evid, PLANT(15) ? o->sz.v : -1, (struct price){0}, why,
			    w->status_ms);
		if (!all)
			recon_want_read(e, o->account);
	} else {
		o->settle = (uint8_t)(evid + 1);
		o->settle_ns = e->now_ns;
		evid = EVID_PART;
		order_moves(e, at, evid, -1, (struct price){0}, no_words, w->status_ms);
		o->next_ns = e->now_ns + S;
		wake_at(e, o->next_ns);
	}
	if (o->state != was)
		order_word_record(e, at, REC_VERDICT, evid, w->status_text);
}

void order_settled(struct engine *e, uint16_t at)
{
	enum evidence evid = (enum evidence)(e->orders.at[at].settle - 1);

	order_moves(e, at, evid, -1, (struct price){0}, no_words, 0);
	order_word_record(e, at, REC_VERDICT, evid, "by its fills");
}

void order_word(struct engine *e, uint16_t at, const struct ev_order *w)
{
	static const uint8_t evidence_of[] = {
		[OS_OPEN] = EVID_RESTING,	[OS_FILLED] = EVID_FILLED,
		[OS_CANCELED] = EVID_CANCELLED, [OS_TRIGGERED] = EVID_RESTING,
		[OS_REJECTED] = EVID_REJECTED,	[OS_UNKNOWN_OID] = EVID_NOT_FOUND,
		[OS_OTHER] = EVID_NOT_FOUND,
	};
	struct order *o = &e->orders.at[at];
	enum evidence evid = (enum evidence)evidence_of[w->status];
	enum order_state was = (enum order_state)o->state;
	int64_t gone = w->order.orig.v - w->order.left.v;

	if (w->order.oid)
		orders_set_oid(e, at, w->order.oid);
	if (evid == EVID_NOT_FOUND)
		return;
	if (order_is_ours(o) && !e->orders.twap[at] &&
	    (w->status == OS_FILLED || w->status == OS_CANCELED)) {
		ended_word(e, at, evid, w, gone);
		return;
	}
	if (w->status == OS_FILLED)
		gone = o->sz.v;
	/* open: the venue shrinks reduce-only orders, so what is gone of it need not have filled */
	if (order_is_ours(o) && !e->orders.twap[at])
		gone = o->told.v;
	/* an immediate order that shows as open is still being matched: no word yet */
	if (evid == EVID_RESTING && o->tif == TIF_IOC)
		return;
	order_moves(e, at, evid, gone < 0 ? 0 : gone, (struct price){0},
		    w->status == OS_CANCELED || w->status == OS_REJECTED
			    ? (struct why){.text = w->status_text}
			    : no_words,
		    w->status_ms);
	if (o->state != was && order_is_ours(o))
		order_word_record(e, at, REC_VERDICT, evid, w->status_text);
}

static uint16_t order_lookup(const struct engine *e, uint8_t account, struct cloid c, uint64_t oid)
{
	uint16_t at = orders_by_cloid(e, c);

	return at != NONE16 ? at : orders_by_oid(e, account, oid);
}

/* The venue has a client id of ours that no record tells of: a process that was killed while the
 * disk was full took its number to the grave. The number is spent all the same. */
static void number_spent(struct engine *e, struct cloid c)
{
	struct cloid_id id;

	if (!cloid_open(&e->aes, &id, c, e->conf.install))
		return;
	if (id.kind == CLOID_SLICE)
		number_taken(e, &e->next_exit, id.exit);
	if (id.kind == CLOID_RUNG)
		number_taken(e, &e->next_panic, id.exit);
}

/* A new order in our table from the venue's description. */
static uint16_t order_foreign(struct engine *e, uint8_t account, const struct venue_order *v)
{
	struct order o = {.state = ORDER_RESTING,
			  .account = account,
			  .whose = v->time_ms > vtime_start(e) ? WHOSE_OTHER : WHOSE_YOURS,
			  .tif = v->is_trigger ? TIF_TRIGGER : v->tif,
			  .instr = v->instr,
			  .buy = v->buy,
			  .reduce_only = v->reduce_only || v->position_tpsl,
			  .trigger = v->is_trigger,
			  .whole = v->position_tpsl,
			  .trigger_market = v->is_trigger,
			  .sz = v->orig,
			  .px = v->limit,
			  .trigger_px = v->trigger_px,
			  .cloid = v->cloid,
			  .oid = v->oid,
			  .placed_ms = v->time_ms,
			  .answered = true,
			  .told = {v->orig.v - v->left.v}};
	struct cloid_id id;

	number_spent(e, v->cloid);
	/* a stop of a long sells when the price falls: trigger below and sell is a stop */
	o.take_profit = v->is_trigger && v->trigger_above != v->buy;
	if (cloid_open(&e->aes, &id, v->cloid, e->conf.install)) {
		o.whose = id.kind == CLOID_RUNG	   ? WHOSE_PANIC
			  : id.kind == CLOID_GUARD ? WHOSE_GUARD
						   : WHOSE_EXIT;
		o.panic = id.kind == CLOID_RUNG ? id.exit : 0;
		o.exit = id.kind == CLOID_SLICE ? id.exit : 0;
		o.target_zero = id.kind == CLOID_GUARD;
		o.slice = id.slice;
		o.attempt = id.attempt;
	}
	return orders_add(e, &o);
}

void account_order(struct engine *e, const struct event *ev)
{
	const struct ev_order *w = &ev->order;
	uint16_t at = order_lookup(e, ev->account, w->order.cloid, w->order.oid);

	account_saw_time(e, &e->acct[ev->account], w->status_ms);
	if (w->order.instr >= e->instrs.n)
		return;
	if (at == NONE16) {
		struct cloid_id id;

		if (w->status != OS_OPEN)
			return;
		at = order_foreign(e, ev->account, &w->order);
		if (at == NONE16)
			return;
		e->acct[ev->account].orders_wanted |= !order_is_ours(&e->orders.at[at]);
		if (!cloid_open(&e->aes, &id, w->order.cloid, e->conf.install) &&
		    w->order.time_ms > vtime_start(e) && e->acct[ev->account].recon.passes) {
			other_order(e, ev->account, &w->order);
		}
	} else {
		order_word(e, at, w);
	}
	if (!order_is_ours(&e->orders.at[at]) && w->status != OS_OPEN &&
	    w->status != OS_TRIGGERED && w->status != OS_OTHER && w->status != OS_UNKNOWN_OID)
		orders_remove(e, at);
	exits_touch(e, w->order.instr);
}

/* An order that a push told of came without these: pushes name neither reduce-only nor trigger. */
static void foreign_told(struct order *o, const struct venue_order *v)
{
	o->told.v = v->orig.v - v->left.v;
	o->reduce_only = v->reduce_only || v->position_tpsl;
	o->trigger = o->trigger_market = v->is_trigger;
	o->whole = v->position_tpsl;
	o->trigger_px = v->trigger_px;
	o->take_profit = v->is_trigger && v->trigger_above != v->buy;
	o->tif = v->is_trigger ? TIF_TRIGGER : v->tif;
}

/* False: it is at the venue and nothing here holds it. */
static bool listed_order(struct engine *e, const struct event *ev, const struct venue_order *v)
{
	uint16_t at = order_lookup(e, ev->account, v->cloid, v->oid);
	struct ev_order w = {.order = *v, .status = OS_OPEN, .status_ms = ev->orders.venue_ms};

	if (v->instr >= e->instrs.n)
		return false;
	if (at == NONE16)
		at = order_foreign(e, ev->account, v);
	else if (order_terminal((enum order_state)e->orders.at[at].state))
		return true; /* the list is older than the order's end */
	if (at == NONE16)
		return false;
	if (order_is_ours(&e->orders.at[at])) {
		order_word(e, at, &w);
		guards_seen(e, at, v);
	} else {
		foreign_told(&e->orders.at[at], v);
	}
	e->orders.listed[at] = true;
	return true;
}

void account_orders(struct engine *e, const struct event *ev)
{
	struct order_table *t = &e->orders;
	struct dex_state *d;

	if (ev->orders.dex >= e->conf.n_dexes)
		return;
	d = &e->acct[ev->account].dex[ev->orders.dex];
	d->orders_has = true;
	d->orders_ns = e->now_ns;
	d->orders_ms = ev->orders.venue_ms;
	account_saw_time(e, &e->acct[ev->account], ev->orders.venue_ms);
	for (uint16_t i = 0; i < ORDERS_MAX; i++)
		t->listed[i] = false;
	d->orders_lost = ev->orders.unread;
	for (uint32_t k = 0; k < ev->orders.n; k++)
		d->orders_lost += !listed_order(e, ev, &ev->orders.at[k]);
	for (uint16_t i = 0; i < ORDERS_MAX; i++) {
		struct order *o = &t->at[i];
		bool open = o->state == ORDER_RESTING || o->state == ORDER_PARTIAL;

		if (!t->used[i] || t->listed[i] || t->twap[i] || o->account != ev->account ||
		    !open || e->instrs.at[o->instr].dex != ev->orders.dex)
			continue;
		if (!order_is_ours(o)) {
			orders_remove(e, i);
		} else if (o->tif != TIF_IOC && o->next_ns == 0) {
			o->next_ns = e->now_ns + 300 * MS; /* not in the list: ask by its id */
			wake_at(e, o->next_ns);
		}
	}
	exits_touch(e, NONE16);
}

static void record_fill(struct engine *e, struct rec *r, uint8_t account, const struct fill *f)
{
	struct rec_fill *x;

	if (f && r->fill.n < REC_FILLS_MAX) {
		x = &r->fill.fill[r->fill.n++];
		*x = (struct rec_fill){.buy = f->buy,
				       .crossed = f->crossed,
				       .kind = f->kind,
				       .px = f->px,
				       .sz = f->sz,
				       .start_position = f->start_position,
				       .fee = f->fee,
				       .oid = f->oid,
				       .tid = f->tid,
				       .twap_id = f->twap_id,
				       .cloid = f->cloid,
				       .time_ms = f->time_ms};
		memcpy(x->coin, coin_of(e, f->instr), COIN_MAX);
	}
	if (r->fill.n && (!f || r->fill.n == REC_FILLS_MAX)) {
		r->account = account;
		ef_rec(e, r);
		r->fill.n = 0;
	}
}

static uint16_t fill_order(const struct engine *e, uint8_t account, const struct fill *f)
{
	if (f->twap_id)
		return orders_by_oid(e, account, f->twap_id);
	return order_lookup(e, account, f->cloid, f->oid);
}

/* A fill of ours: into the order, then to its exit. */
static void our_fill(struct engine *e, uint16_t at, const struct fill *f)
{
	struct order *o = &e->orders.at[at];
	struct exec_report r = {.kind = REP_FILL,
				.crossed = f->crossed,
				.filled = f->sz,
				.px = f->px,
				.fee = f->fee,
				.venue_ms = vtime_told(e, f->time_ms)};
	bool ended;

	if (f->oid && !f->twap_id)
		orders_set_oid(e, at, f->oid);
	if (r.venue_ms > e->acct[o->account].answer_ms)
		e->acct[o->account].answer_ms = r.venue_ms;
	ended = order_fill(o, f->px, f->sz, f->fee, e->now_ns) &&
		order_terminal((enum order_state)o->state);
	if (o->contradicted)
		alarm_raise(
			e, 3, NC_ORDER, o->account, o->instr, o->exit,
			"FILLED AFTER PROOF OF DEATH: read the account",
			"An order that was proven dead has filled: the venue broke its word. The "
			"fill counts; the account is read again.");
	told(&r, o);
	report(e, at, &r);
	if (ended) {
		struct exec_report c = {.kind = REP_CLOSED, .venue_ms = r.venue_ms};

		told(&c, o);
		c.filled = o->filled;
		alarm_clear(e, NC_UNKNOWN, o->account, o->instr, o->exit);
		report(e, at, &c);
	}
}

/* A slice of a TWAP nobody knows while one of ours has no number yet: it may be ours. */
static bool twap_undecided(const struct engine *e, uint8_t account, const struct fill *f)
{
	if (!f->twap_id || orders_by_oid(e, account, f->twap_id) != NONE16)
		return false;
	for (uint16_t i = 0; i < ORDERS_MAX; i++) {
		const struct order *o = &e->orders.at[i];

		if (e->orders.used[i] && e->orders.twap[i] && !o->oid && o->account == account &&
		    o->instr == f->instr && o->buy == f->buy &&
		    !order_terminal((enum order_state)o->state))
			return true;
	}
	return false;
}

/* Read again, or in a list of its own, while it waits. */
static bool waits_already(const struct engine *e, uint8_t account, const struct fill *f)
{
	for (uint32_t i = 0; i < e->n_undecided; i++) {
		const struct undecided *u = &e->undecided[i];

		if (u->account == account && u->fill.instr == f->instr &&
		    u->fill.time_ms == f->time_ms && u->fill.tid == f->tid)
			return true;
	}
	return false;
}

static void one_fill(struct engine *e, const struct event *ev, const struct fill *f, struct rec *r)
{
	struct account *a = &e->acct[ev->account];
	bool ours, foreign;
	uint16_t at;
	struct held *h;
	char what[100], q[40], px[40];
	struct buf b;

	if (f->instr >= e->instrs.n)
		return;
	account_saw_time(e, a, f->time_ms);
	if (waits_already(e, ev->account, f))
		return;
	if (e->n_undecided < UNDECIDED_MAX && twap_undecided(e, ev->account, f)) {
		e->undecided[e->n_undecided++] = (struct undecided){ev->account, *f};
		recon_want_read(e, ev->account);
		return;
	}
	if (!fill_set_add(&e->fills, ev->account, f->instr, f->time_ms, f->tid) && !PLANT(5))
		return;
	if (vtime_told(e, f->time_ms) > a->fills_ms)
		a->fills_ms = f->time_ms;
	if (!e->instrs.at[f->instr].spot) {
		h = held_find(e, ev->account, f->instr, true);
		if (h && pos_fill(&h->pos, f) == POS_READ_WANTED)
			recon_want_read(e, ev->account);
	}
	at = fill_order(e, ev->account, f);
	if (at == NONE16) {
		number_spent(e, f->cloid);
		at = orders_again(e, ev->account, f);
	}
	foreign = exits_foreign_fill(e, ev->account, f, at);
	ours = at != NONE16 && order_is_ours(&e->orders.at[at]);
	if (ours || foreign)
		record_fill(e, r, ev->account, f);
	if (ours) {
		our_fill(e, at, f);
	} else if (f->time_ms > vtime_start(e)) {
		if (at != NONE16)
			order_fill(&e->orders.at[at], f->px, f->sz, f->fee, e->now_ns);
		if (f->kind == FILL_NORMAL || f->kind == FILL_TWAP) {
			buf_init(&b, what, sizeof what);
			buf_printf(&b, "%s %s %s at %s", f->buy ? "bought" : "sold",
				   qty_text(q, f->sz), coin_of(e, f->instr),
				   price_text(px, &e->instrs.at[f->instr], f->px));
			/* a resting order of the user's own that filled is news, not a stranger */
			if (at != NONE16 && e->orders.at[at].whose == WHOSE_YOURS)
				notice(e, 1, NC_FILL, 0, "Your %s %s.",
				       e->orders.at[at].trigger ? "stop" : "order", what);
			else
				other_fill(e, ev->account, f);
		}
	}
	if ((f->kind == FILL_LIQUIDATION || f->kind == FILL_BACKSTOP || f->kind == FILL_ADL) &&
	    f->time_ms > vtime_start(e))
		venue_acted(e, ev->account, f);
	else if (f->kind == FILL_SETTLEMENT && f->time_ms > vtime_start(e))
		notice(e, 2, NC_DELISTED, 0, "SETTLED BY VENUE: %s %s at %s.", qty_text(q, f->sz),
		       coin_of(e, f->instr), price_text(what, &e->instrs.at[f->instr], f->px));
	exits_touch(e, f->instr);
	guards_touch(e, f->instr);
}

/* Slices that waited for the number of a TWAP of ours, once it is known or there is none. */
void account_decide(struct engine *e)
{
	uint32_t n = e->n_undecided;
	struct rec r = {.kind = REC_FILL};

	e->n_undecided = 0;
	for (uint32_t i = 0; i < n; i++) { /* those still undecided queue up anew, in order */
		struct undecided u = e->undecided[i];
		struct event ev = {.kind = EV_FILLS, .account = u.account};

		one_fill(e, &ev, &u.fill, &r);
		record_fill(e, &r, u.account, NULL);
	}
}

/* Fills come in any order; the oldest first makes positions right at once. */
void account_fills(struct engine *e, const struct event *ev)
{
	struct rec r = {.kind = REC_FILL};
	int64_t done = INT64_MIN;

	for (;;) { /* by rising time, each time group in the order given */
		int64_t t = INT64_MAX;

		for (uint32_t i = 0; i < ev->fills.n; i++)
			if (ev->fills.at[i].time_ms > done && ev->fills.at[i].time_ms < t)
				t = ev->fills.at[i].time_ms;
		if (t == INT64_MAX)
			break;
		for (uint32_t i = 0; i < ev->fills.n; i++)
			if (ev->fills.at[i].time_ms == t)
				one_fill(e, ev, &ev->fills.at[i], &r);
		done = t;
	}
	record_fill(e, &r, ev->account, NULL);
}

/* The complete list of running TWAPs of a dex. */
void account_twaps(struct engine *e, const struct event *ev)
{
	struct account *a = &e->acct[ev->account];
	struct order_table *t = &e->orders;
	uint32_t n = 0;

	if (ev->twaps.dex >= e->conf.n_dexes)
		return;
	for (uint32_t i = 0; i < a->n_twaps; i++)
		if (e->instrs.at[a->twap[i].instr].dex != ev->twaps.dex)
			a->twap[n++] = a->twap[i];
	a->dex[ev->twaps.dex].twaps_lost = ev->twaps.unread;
	for (uint32_t i = 0; i < ev->twaps.n; i++) {
		if (ev->twaps.at[i].instr < e->instrs.n && n < TWAPS_MAX)
			a->twap[n++] = ev->twaps.at[i];
		else
			a->dex[ev->twaps.dex].twaps_lost++;
	}
	a->n_twaps = n;
	for (uint16_t i = 0; i < ORDERS_MAX; i++) {
		struct order *o = &t->at[i];
		const struct venue_twap *w = NULL;

		if (!t->used[i] || !t->twap[i] || o->account != ev->account ||
		    order_terminal((enum order_state)o->state) ||
		    e->instrs.at[o->instr].dex != ev->twaps.dex)
			continue;
		for (uint32_t k = 0; k < n; k++) {
			const struct venue_twap *c = &a->twap[k];
			bool same = o->oid ? c->id == o->oid
					   : c->instr == o->instr && c->buy == o->buy &&
						     c->sz.v == o->sz.v &&
						     c->time_ms >= o->placed_ms - 5000;

			w = same ? c : w;
		}
		if (w) {
			orders_set_oid(e, i, w->id);
			order_moves(e, i, EVID_RESTING, w->executed.v, (struct price){0}, no_words,
				    0);
		} else if (o->oid && e->now_ns - o->sent_ns > 5 * S) {
			/* its slices are read once more: a push of one may be lost */
			if (!o->settle) {
				o->settle = EVID_CANCELLED + 1;
				o->settle_ns = e->now_ns;
				o->next_ns = e->now_ns + S;
				wake_at(e, o->next_ns);
			}
		} else if (o->state == ORDER_UNKNOWN) {
			unknown_missed(e, i);
		}
	}
}
