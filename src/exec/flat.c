/* flat.c: flatten. See flat.h for the states.
 *
 * Invariants, besides those of flat.h: (7) a leg that cannot trade, is unknown or refused never
 * holds up another; (8) a leg is named once and keeps its index; (9) the sentence FLAT counts reads
 * of venue time later than our last answer, foreign orders included. */
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/plant.h"
#include "exec/flat.h"
#include "exec/flat_in.h"

static const int64_t MS_NS = 1000000, SEC_NS = 1000000000;
enum {
	BOOK_MAX_MS = 3000,
	GIVE_UP_S = 120,
	EXPIRED_S = 35, /* a close to zero expires after 30 s: nothing of it can come any more */
	REFUSED_MAX = 3,
	LAST_RUNG_S = 2,
	READ_GAP_MS = 50,
};
static const int64_t ONE = 1000000000000;

/* ---- small things ---------------------------------------------------- */

static int64_t abs64(int64_t v)
{
	return v < 0 ? -v : v;
}

const struct flat_leg_view *flat_leg_find(const struct flat_view *v, const struct flat_leg *l)
{
	for (uint32_t i = 0; i < v->n; i++)
		if (v->leg[i].account == l->account && v->leg[i].instr_id == l->instr_id)
			return &v->leg[i];
	return NULL;
}

int64_t flat_live(const struct flat_leg *l, const struct flat_leg_view *p)
{
	if (!p)
		return 0;
	return (l->buy ? p->szi.v < 0 : p->szi.v > 0) ? abs64(p->szi.v) : 0;
}

static struct flat_want *want(struct flat_out *o, uint8_t kind)
{
	struct flat_want *w = &o->at[o->n == FLAT_WANTS ? o->n : o->n++];
	memset(w, 0, sizeof *w);
	w->kind = kind;
	return w;
}

static void wake(struct flat_out *o, int64_t at_ns)
{
	if (at_ns < o->next_ns)
		o->next_ns = at_ns;
}

static void notice(struct flat_out *o, uint8_t level, uint8_t code, const char *text)
{
	struct buf b;
	struct flat_want *w = want(o, FW_NOTICE);
	w->level = level;
	w->code = code;
	buf_init(&b, w->text, sizeof w->text);
	buf_puts(&b, text);
}

static void leg_want(const struct flat *f, struct flat_out *o, uint8_t kind, uint32_t leg)
{
	struct flat_want *w = want(o, kind);
	w->leg = leg;
	w->account = leg == FLAT_EVERY ? f->account : f->leg[leg].account;
	w->instr_id = leg == FLAT_EVERY ? (uint16_t)INSTR_NONE : f->leg[leg].instr_id;
}

static int64_t unresolved(const struct flat_leg *l)
{
	int64_t q = 0;
	for (int i = 0; i < FLAT_TRIES; i++)
		if (l->open[i].attempt)
			q += l->open[i].left.v;
	return q;
}

static int64_t interval(const struct flat_view *v)
{
	int64_t two = 2 * v->rtt_p90_ns;
	return two > SEC_NS ? two : SEC_NS;
}

/* ---- choosing -------------------------------------------------------- */

static bool named(char list[8][COIN_MAX], uint8_t n, const char *coin)
{
	for (uint8_t i = 0; i < n && i < 8; i++)
		if (!strncmp(list[i], coin, COIN_MAX))
			return true;
	return false;
}

static bool in_scope(struct flat *f, const struct flat_leg_view *p)
{
	if (p->szi.v == 0 || (f->account != 0xff && p->account != f->account))
		return false;
	if (named(f->cmd.keep, f->cmd.n_keep, p->instr->coin))
		return false;
	switch (f->scope) {
	case FLAT_LONGS:
		return p->szi.v > 0;
	case FLAT_SHORTS:
		return p->szi.v < 0;
	case FLAT_COINS:
		return named(f->cmd.coin, f->cmd.n_coins, p->instr->coin);
	default:
		return true;
	}
}

static void leg_add(struct flat *f, const struct flat_leg_view *p)
{
	if (f->n == FLAT_LEGS)
		return;
	struct flat_leg *l = &f->leg[f->n];
	struct qty part = {0};
	memset(l, 0, sizeof *l);
	l->account = p->account;
	l->instr_id = p->instr_id;
	l->buy = p->szi.v < 0;
	l->start.v = abs64(p->szi.v);
	if (f->part) {
		(void)qty_times_ratio(&part, l->start, f->cmd.part, ROUND_DOWN);
		part = instr_floor_qty(p->instr, part);
		l->target.v = l->start.v - part.v;
		if (part.v <= 0) {
			l->target = l->start;
			l->state = FL_KEPT;
		}
	}
	l->mark0 = p->mark;
	l->px_decimals = p->instr->px_decimals;
	l->sz_decimals = p->instr->sz_decimals;
	memcpy(l->coin, p->instr->coin, sizeof l->coin);
	f->n++;
}

/* Legs of the view that are in scope and not ours yet, the most endangered first. */
static uint32_t legs_take(struct flat *f, const struct flat_view *v)
{
	uint32_t added = 0;
	for (;;) {
		const struct flat_leg_view *best = NULL;
		for (uint32_t i = 0; i < v->n; i++) {
			const struct flat_leg_view *p = &v->leg[i];
			bool have = false;
			for (uint32_t k = 0; k < f->n && !have; k++)
				have = f->leg[k].account == p->account &&
				       f->leg[k].instr_id == p->instr_id;
			if (!have && in_scope(f, p) && (!best || p->rank > best->rank))
				best = p;
		}
		if (!best || f->n == FLAT_LEGS)
			return added;
		leg_add(f, best);
		added++;
	}
}

bool flat_init(struct flat *f, uint32_t id, const struct flatten *c, const struct flat_view *v,
	       struct err *e)
{
	if (c->part.v < 0 || c->part.v > ONE)
		return err_set(e, ERR_ARG, "a fraction is 0 to 100 %%, not %g %%",
			       100 * ratio_to_double(c->part));
	for (uint8_t i = 0; i < c->n_coins && c->scope == FLAT_COINS; i++) {
		bool held = false;
		for (uint32_t k = 0; k < v->n && !held; k++)
			held = v->leg[k].szi.v != 0 &&
			       (c->account == 0xff || c->account == v->leg[k].account) &&
			       !strncmp(c->coin[i], v->leg[k].instr->coin, COIN_MAX);
		if (!held)
			return err_set(e, ERR_RULE, "no position in %.31s", c->coin[i]);
	}
	memset(f, 0, sizeof *f);
	f->id = id;
	f->cmd = *c;
	f->account = c->account;
	f->scope = c->scope;
	f->part = c->part.v > 0 && c->part.v < ONE;
	f->typed = c->worst;
	f->state = FLAT_SENDING;
	f->start_ns = f->rung_start_ns = v->now_ns;
	f->start_ms = v->wall_ms;
	f->read_seen = v->read_id;
	(void)legs_take(f, v);
	return true;
}

/* ---- sending --------------------------------------------------------- */

static struct flat_try *try_new(struct flat_leg *l, int64_t now_ns)
{
	struct flat_try *old = &l->open[0];
	for (int i = 0; i < FLAT_TRIES; i++) {
		struct flat_try *t = &l->open[i];
		if (!t->attempt)
			return t;
		if (t->sent_ns < old->sent_ns)
			old = t;
	}
	return now_ns - old->sent_ns > EXPIRED_S * SEC_NS ? old : NULL;
}

static void order_put(struct flat *f, struct flat_leg *l, const struct flat_leg_view *p,
		      const struct flat_view *v, struct flat_out *o, struct price px, int64_t q,
		      uint8_t tif)
{
	struct flat_try *t = try_new(l, v->now_ns);
	if (!t || o->n >= FLAT_WANTS)
		return;
	struct flat_want *w = want(o, FW_PLACE);
	w->account = l->account;
	w->tif = tif;
	w->instr_id = p->instr_id;
	w->leg = (uint32_t)(l - f->leg);
	w->attempt = ++l->attempt;
	w->group = f->group;
	w->buy = l->buy;
	w->target_zero = l->target.v == 0;
	w->rung = l->rung;
	w->px = px;
	w->qty.v = q;
	*t = (struct flat_try){
		.attempt = w->attempt, .size = {q}, .left = {q}, .sent_ns = v->now_ns};
	l->sent.v += q;
	l->px = px;
	l->sent_ns = v->now_ns;
	if (!l->first_ns)
		l->first_ns = v->now_ns;
	l->order_state = ORDER_SENT;
	l->tries++;
}

static struct ladder_in ladder_input(const struct flat *f, const struct flat_leg *l,
				     const struct flat_leg_view *p, const struct flat_view *v,
				     int64_t size)
{
	bool blind = !p->book || !p->book_ns || v->now_ns - p->book_ns > BOOK_MAX_MS * MS_NS;
	return (struct ladder_in){.instr = p->instr,
				  .side = l->buy ? SIDE_BUY : SIDE_SELL,
				  .size = {size},
				  .mark = p->mark,
				  .book = p->book,
				  .blind = blind,
				  .zero = p->zero,
				  .typed = f->typed};
}

static void expect(struct flat *f, const struct flat_leg *l, const struct ladder *d, int64_t size)
{
	struct money m = {0};
	struct price gap = {l->mark0.v - d->expected.v};
	struct price far = {l->mark0.v - d->px[RUNGS - 1].v};
	if (l->buy)
		gap.v = -gap.v, far.v = -far.v;
	if (price_times_qty(&m, gap, (struct qty){size}, ROUND_HALF_AWAY))
		f->expected.v += m.v;
	if (price_times_qty(&m, far, (struct qty){size}, ROUND_HALF_AWAY))
		f->worst.v += m.v;
}

/* Orders of one rung of a leg, split below the venue's largest order. */
static bool leg_send(struct flat *f, struct flat_leg *l, const struct flat_view *v,
		     struct flat_out *o)
{
	const struct flat_leg_view *p = flat_leg_find(v, l);
	int64_t live = flat_live(l, p), size = live - l->target.v;
	struct ladder d;
	if (!p || size <= 0)
		return false;
	struct ladder_in in = ladder_input(f, l, p, v, size);
	if (!ladder_make(&in, &d))
		return false;
	if (l->rung < RUNGS)
		l->rung++;
	if (l->first_ns == 0)
		expect(f, l, &d, size);
	struct price px = d.px[l->rung - 1];
	struct qty most = {size};
	if (!money_over_price(&most, order_value_cap(p->instr), px, ROUND_DOWN))
		most.v = size;
	if (l->max.v > 0 && l->max.v < most.v)
		most = l->max;
	most = instr_floor_qty(p->instr, most);
	l->sent.v = 0;
	while (size > 0) {
		int64_t q = most.v > 0 && size > most.v ? most.v : size;
		order_put(f, l, p, v, o, px, q, TIF_IOC);
		size -= q;
	}
	if (d.blind && l->rung == 1) {
		char text[NOTICE_TEXT_MAX];
		struct buf b;
		buf_init(&b, text, sizeof text);
		buf_printf(&b,
			   "BLIND: %s book frozen. Pricing from mark %g. First limit %g, last %g",
			   l->coin, price_to_double(p->mark), price_to_double(d.px[0]),
			   price_to_double(d.px[RUNGS - 1]));
		notice(o, 2, NC_BLIND, text);
	}
	l->next_ns = v->now_ns + (l->rung < RUNGS ? interval(v) : LAST_RUNG_S * SEC_NS);
	return true;
}

/* The venue takes post-only orders alone: one at the touch, and a probe for the first leg. */
static void leg_post(struct flat *f, struct flat_leg *l, const struct flat_view *v,
		     struct flat_out *o)
{
	const struct flat_leg_view *p = flat_leg_find(v, l);
	int64_t size = flat_live(l, p) - l->target.v;
	if (!p || size <= 0)
		return;
	const struct book *b = p->book;
	struct price touch = {0};
	if (b && (l->buy ? b->n_bid : b->n_ask))
		touch = l->buy ? b->bid[0].px : b->ask[0].px;
	if (!l->resting && touch.v > 0) {
		l->resting = true;
		f->group++;
		order_put(f, l, p, v, o, touch, size, TIF_ALO);
	} else if (l == f->leg && l->target.v == 0) {
		f->group++;
		l->rung = 0;
		(void)leg_send(f, l, v, o);
	}
	l->next_ns = v->now_ns + LAST_RUNG_S * SEC_NS;
}

static bool leg_ready(struct flat_leg *l, const struct flat_view *v, struct flat_out *o)
{
	if (l->state != FL_WAIT && l->state != FL_WORKING)
		return false;
	if (l->target.v > 0 && unresolved(l) > 0)
		return false; /* a fraction waits for proof */
	if (v->now_ns < l->next_ns) {
		wake(o, l->next_ns);
		return false;
	}
	return true;
}

static void send_all(struct flat *f, const struct flat_view *v, struct flat_out *o)
{
	uint32_t in_group = 0;
	uint8_t account = 0xff;
	bool first = true;
	for (uint32_t i = 0; i < f->n; i++) {
		struct flat_leg *l = &f->leg[i];
		if (!leg_ready(l, v, o))
			continue;
		if (v->post_only) {
			leg_post(f, l, v, o);
			continue;
		}
		if (l->resting) { /* from post-only mode: it would cover the position */
			l->resting = false;
			leg_want(f, o, FW_CANCEL_RO, i);
		}
		bool own =
			first || f->all_alone || l->account != account || in_group >= BATCH_MAX / 2;
		if (own) {
			f->group++;
			in_group = 0;
		}
		uint32_t before = o->n;
		if (!leg_send(f, l, v, o))
			continue;
		l->state = FL_WORKING;
		in_group += o->n - before;
		account = l->account;
		if (first) { /* the most endangered leg goes alone */
			first = false;
			account = 0xff;
		}
		o->save = true;
	}
}

/* ---- watching -------------------------------------------------------- */

static void watch_legs(struct flat *f, const struct flat_view *v, struct flat_out *o)
{
	f->unknown = 0;
	for (uint32_t i = 0; i < f->n; i++) {
		struct flat_leg *l = &f->leg[i];
		const struct flat_leg_view *p = flat_leg_find(v, l);
		int64_t live = flat_live(l, p);
		for (int k = 0; k < FLAT_TRIES; k++) {
			struct flat_try *t = &l->open[k];
			if (!t->attempt || v->now_ns - t->sent_ns < SEC_NS)
				continue;
			if (l->resting)
				continue;
			f->all_alone = true;
			f->unknown++;
			if (l->order_state == ORDER_SENT)
				l->order_state = ORDER_UNKNOWN;
		}
		bool cannot = p && p->cannot_trade && live > l->target.v;
		if (l->state == FL_KEPT)
			continue;
		if (live <= l->target.v && (l->target.v == 0 || unresolved(l) == 0)) {
			l->state = FL_ZERO;
		} else if (cannot || (l->rejects >= REFUSED_MAX && l->state == FL_CANNOT)) {
			l->state = FL_CANNOT;
			if (!l->cannot_told) {
				char text[NOTICE_TEXT_MAX];
				struct buf b;
				buf_init(&b, text, sizeof text);
				buf_printf(&b, "%s cannot be traded now; the other legs go on",
					   l->coin);
				notice(o, 3, NC_NOT_FLAT, text);
				l->cannot_told = true;
			}
		} else if (l->state == FL_ZERO || l->state == FL_CANNOT) {
			l->state = FL_WORKING;
		}
		if (l->ro_again && l->state == FL_WORKING) {
			leg_want(f, o, FW_CANCEL_RO, i);
			want(o, FW_READ);
			l->next_ns = v->now_ns + 500 * MS_NS;
			l->ro_again = false;
			if (l->rung)
				l->rung--; /* the same rung again: the price was not at fault */
		}
	}
}

static bool all_in_place(const struct flat *f, bool *cannot)
{
	*cannot = false;
	for (uint32_t i = 0; i < f->n; i++) {
		if (f->leg[i].state == FL_CANNOT)
			*cannot = true;
		else if (f->leg[i].state != FL_ZERO && f->leg[i].state != FL_KEPT)
			return false;
	}
	return true;
}

/* Everything chosen, by the reads: positions at their targets, nothing that could open. */
static bool read_clean(struct flat *f, const struct flat_view *v)
{
	for (uint32_t i = 0; i < v->n; i++)
		if (in_scope(f, &v->leg[i]) && !f->part)
			return false;
	return f->scope != FLAT_ALL || f->part || f->cmd.n_keep || v->openers == 0;
}

static void finish(struct flat *f, const struct flat_view *v, struct flat_out *o, bool flat)
{
	f->done = true;
	f->end_ms = v->wall_ms;
	f->state = flat ? FLAT_FLAT : FLAT_NOT_FLAT;
	flat_words(f, v, flat);
	for (uint32_t i = 0; flat && i < f->n; i++) {
		struct flat_leg *l = &f->leg[i];
		for (int k = 0; k < FLAT_TRIES; k++) {
			if (!l->open[k].attempt)
				continue;
			uint32_t at = o->n < FLAT_WANTS ? o->n : FLAT_WANTS;
			leg_want(f, o, FW_BURN, i);
			o->at[at].attempt = l->open[k].attempt;
			l->open[k].attempt = 0;
		}
		if (l->target.v == 0)
			leg_want(f, o, FW_CANCEL_STOPS, i);
	}
	notice(o, flat ? 1 : 3, flat ? NC_FLAT : NC_NOT_FLAT, f->text);
	struct flat_want *w = want(o, FW_END);
	w->code = f->state;
	struct buf b;
	buf_init(&b, w->text, sizeof w->text);
	buf_puts(&b, f->text);
	o->next_ns = INT64_MAX;
	o->save = true;
}

/* In parallel with the closes: whatever could open again. */
static void cancel_opening(struct flat *f, const struct flat_view *v, struct flat_out *o)
{
	f->cancel_ns = v->now_ns;
	if (f->scope == FLAT_ALL && !f->part && !f->cmd.n_keep) {
		leg_want(f, o, FW_CANCEL_OPENING, FLAT_EVERY);
		return;
	}
	for (uint32_t i = 0; i < f->n; i++)
		if (f->leg[i].state != FL_KEPT)
			leg_want(f, o, FW_CANCEL_OPENING, i);
}

static void verify(struct flat *f, const struct flat_view *v, struct flat_out *o, bool cannot)
{
	if (f->state != FLAT_VERIFYING) {
		f->state = FLAT_VERIFYING;
		f->zero_reads = 0;
		f->read_ns = 0;
		f->read_seen = v->read_id;
		o->save = true;
	}
	if (v->read_id != f->read_seen) {
		f->read_seen = v->read_id;
		f->reads++;
		if (v->read_venue_ms > f->last_answer_ms)
			f->zero_reads = read_clean(f, v) || cannot ? f->zero_reads + 1 : 0;
		if (!f->part && legs_take(f, v))
			f->zero_reads = 0;
		/* The second follows the first at once. One that did not count is asked for again,
		 * but not at the speed of a short line: dozens would eat the requests that the
		 * next rung needs. */
		f->read_ns = f->zero_reads ? 0 : v->now_ns - SEC_NS + READ_GAP_MS * MS_NS;
	}
	if (f->zero_reads >= 2) {
		finish(f, v, o, !cannot);
		return;
	}
	if (v->openers && v->now_ns - f->cancel_ns >= 2 * SEC_NS) {
		cancel_opening(f, v, o);
	}
	if (f->read_ns == 0 || v->now_ns - f->read_ns >= SEC_NS) {
		want(o, FW_READ);
		f->read_ns = v->now_ns;
	}
	wake(o, f->read_ns + SEC_NS);
}

void flat_step(struct flat *f, const struct flat_view *v, struct flat_out *o)
{
	bool cannot;
	o->n = 0;
	o->next_ns = INT64_MAX;
	o->save = false;
	if (f->done)
		return;
	if (!f->started) {
		f->started = true;
		o->save = true;
		cancel_opening(f, v, o);
	}
	watch_legs(f, v, o);
	if (all_in_place(f, &cannot)) {
		verify(f, v, o, cannot);
		return;
	}
	f->state = FLAT_SENDING;
	wake(o, v->now_ns + SEC_NS);
	int64_t since = v->now_ns - f->rung_start_ns;
	if (since > GIVE_UP_S * SEC_NS) {
		f->asked = true;
		finish(f, v, o, false);
		return;
	}
	if (v->may_send)
		send_all(f, v, o);
	if (PLANT(9)) {
		finish(f, v, o, true);
		return;
	}
	if (!f->told_still && since > RUNGS * SEC_NS + SEC_NS / 2) {
		f->told_still = true;
		flat_words(f, v, false);
		notice(o, 3, NC_NOT_FLAT, f->text);
	}
}

void flat_again(struct flat *f, const struct flat_view *v)
{
	f->done = f->asked = f->told_still = false;
	f->state = FLAT_SENDING;
	f->rung_start_ns = v->now_ns;
	for (uint32_t i = 0; i < f->n; i++) {
		f->leg[i].next_ns = 0;
		f->leg[i].rung = 0;
		f->leg[i].rejects = 0;
		if (f->leg[i].state == FL_CANNOT)
			f->leg[i].state = FL_WORKING;
	}
}

/* ---- reports --------------------------------------------------------- */

static void leg_fill(struct flat_leg *l, int64_t q, struct price px, struct money fee, bool verdict)
{
	struct money value;
	int64_t fresh = q;
	l->fee.v += fee.v;
	if (verdict) {
		l->ahead.v += q;
	} else if (l->ahead.v > 0) { /* booked already, by the verdict */
		int64_t known = l->ahead.v < q ? l->ahead.v : q;
		l->ahead.v -= known;
		fresh -= known;
	}
	if (fresh <= 0)
		return;
	l->filled.v += fresh;
	if (price_times_qty(&value, px, (struct qty){fresh}, ROUND_HALF_AWAY))
		l->value.v += value.v;
}

static void leg_refused(struct flat *f, struct flat_leg *l, const struct exec_report *r,
			const struct flat_view *v)
{
	f->all_alone = f->all_alone || r->batch_error;
	l->order_state = ORDER_REJECTED;
	switch (r->reject) {
	case REJ_REDUCE_ONLY:
		l->ro_again = true;
		break;
	case REJ_VALUE_CAP:
		l->max.v = (l->max.v > 0 ? l->max.v : l->sent.v) / 2;
		l->next_ns = v->now_ns;
		break;
	case REJ_NOT_TRADABLE:
	case REJ_MIN_NTL: /* dust that the venue does not take: named */
		if (++l->rejects >= REFUSED_MAX)
			l->state = FL_CANNOT;
		break;
	case REJ_RATE:
		l->next_ns = v->now_ns + 10 * SEC_NS;
		break;
	case REJ_EXPIRED:
		l->next_ns = v->now_ns;
		break;
	default:
		if (r->batch_error)
			l->next_ns = v->now_ns; /* at once, alone */
		break;
	}
}

/* The verdict may know more than the fills so far: book it once. */
static void settle(struct flat_leg *l, struct flat_try *t, const struct exec_report *r)
{
	int64_t seen = t->size.v - t->left.v, told = r->filled.v;
	if (told > seen && r->px.v > 0)
		leg_fill(l, told - seen, r->px, (struct money){0}, true);
	if (told > 0 && told < t->size.v && l->order_state == ORDER_FILLED)
		l->order_state = ORDER_PARTIAL;
	t->attempt = 0;
}

void flat_on_order(struct flat *f, const struct exec_report *r, const struct flat_view *v)
{
	if (r->slice == 0 || r->slice > f->n)
		return;
	struct flat_leg *l = &f->leg[r->slice - 1];
	struct flat_try *t = NULL;
	for (int i = 0; i < FLAT_TRIES && !t; i++)
		if (l->open[i].attempt && l->open[i].attempt == r->attempt)
			t = &l->open[i];
	if (r->venue_ms > f->last_answer_ms)
		f->last_answer_ms = r->venue_ms;
	if (r->kind == REP_FILL) {
		bool known = l->ahead.v > 0;
		leg_fill(l, r->filled.v, r->px, r->fee, false);
		if (t && !known)
			t->left.v = t->left.v > r->filled.v ? t->left.v - r->filled.v : 0;
		l->order_state = t && t->left.v ? ORDER_PARTIAL : ORDER_FILLED;
		return;
	}
	if (!t)
		return;
	if (r->kind == REP_OPEN) {
		l->order_state = ORDER_RESTING;
		return;
	}
	if (r->kind == REP_UNKNOWN) {
		l->order_state = ORDER_UNKNOWN;
		l->unknowns++;
		f->all_alone = true;
		return;
	}
	if (!f->first_answer_ns)
		f->first_answer_ns = v->now_ns;
	l->answered_ns = v->now_ns;
	l->resting = false;
	if (r->kind == REP_CLOSED && r->reject != REJ_NONE && r->reject != REJ_NO_MATCH)
		leg_refused(f, l, r, v);
	else if (r->kind == REP_DEAD)
		l->order_state = ORDER_DEAD;
	else
		l->order_state = r->filled.v > 0 ? ORDER_FILLED : ORDER_CANCELLED;
	settle(l, t, r);
}
