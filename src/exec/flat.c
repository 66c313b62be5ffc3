/* flat.c: flatten. See flat.h for the states.
 *
 * Invariants, besides those of flat.h: (7) a leg that cannot trade, is unknown or refused never
 * holds up another; (8) a leg is named once and keeps its index; (9) the sentence FLAT counts reads
 * of venue time later than our last answer, foreign orders included. */
#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/plant.h"
#include "exec/flat.h"
#include "exec/flat_in.h"
#include "plan/sheet.h"

enum {
	CROWDED_FAR = 2, /* refusals for too many orders before the farthest ones go */
	READ_GAP_MS = 50,
};
/* ---- small things ---------------------------------------------------- */

static int64_t abs64(int64_t v)
{
	return v < 0 ? -v : v;
}

const struct flat_leg_view *flat_leg_find(const struct flat_view *v, const struct flat_leg *l)
{
	uint32_t at = l->seen_at;
	if (at < v->n && v->leg[at].account == l->account && v->leg[at].instr_id == l->instr_id)
		return &v->leg[at];
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

const struct panic_conf *flat_knobs(const struct flat_view *v)
{
	return v->panic ? v->panic : panic_default();
}

struct flat_want *flat_want_add(struct flat_out *o, uint8_t kind)
{
	struct flat_want *w = &o->at[o->n == FLAT_WANTS ? o->n : o->n++];
	memset(w, 0, sizeof *w);
	w->kind = kind;
	return w;
}

void flat_wake(struct flat_out *o, int64_t at_ns)
{
	if (at_ns < o->next_ns)
		o->next_ns = at_ns;
}

void flat_notice(struct flat_out *o, uint8_t level, uint8_t code, const char *fmt, ...)
{
	struct buf b;
	struct flat_want *w = flat_want_add(o, FW_NOTICE);
	va_list ap;
	w->level = level;
	w->code = code;
	buf_init(&b, w->text, sizeof w->text);
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
}

void flat_leg_want(const struct flat *f, struct flat_out *o, uint8_t kind, uint32_t leg)
{
	struct flat_want *w = flat_want_add(o, kind);
	w->leg = leg;
	w->account = leg == FLAT_EVERY ? f->account : f->leg[leg].account;
	w->instr_id = leg == FLAT_EVERY ? (uint16_t)INSTR_NONE : f->leg[leg].instr_id;
}

int64_t flat_waiting(const struct flat_leg *l)
{
	int64_t q = 0;
	for (int i = 0; i < FLAT_TRIES; i++)
		if (l->open[i].attempt && !l->open[i].zero && !PLANT(24))
			q += l->open[i].left.v;
	return q;
}

int64_t flat_leg_left(const struct flat_leg *l, int64_t live)
{
	/* what a verdict told of is sold, though the position does not show it yet */
	int64_t over = live - l->ahead.v - l->target.v;
	int64_t ticket = l->start.v - l->target.v - l->filled.v;
	if (l->target.v == 0 && l->verb != VERB_TRIM)
		return live; /* to zero: whatever is there */
	if (over > ticket)
		over = ticket; /* what another hand added is not in the ticket */
	return over > 0 ? over : 0;
}

/* Of a cut: so little that the venue takes no order for it. */
static bool crumbs(const struct flat_leg *l, const struct flat_leg_view *p, int64_t left)
{
	struct money worth = {0};
	if (l->target.v == 0 || l->filled.v == 0 || !p || flat_waiting(l) > 0 || l->ahead.v > 0)
		return false;
	if (instr_floor_qty(p->instr, (struct qty){left}).v == 0)
		return true;
	return p->mark.v > 0 && price_times_qty(&worth, p->mark, (struct qty){left}, ROUND_UP) &&
	       worth.v < p->instr->min_notional.v;
}

bool flat_leg_done(const struct flat_leg *l, const struct flat_leg_view *p, int64_t live)
{
	int64_t left = flat_leg_left(l, live);
	if (l->target.v == 0 && live == 0)
		return true;
	/* a part waits for the fills that a verdict told of: a read may hold them already */
	bool heard = live == 0 || l->ahead.v == 0;
	return (left == 0 && flat_waiting(l) == 0 && heard) || crumbs(l, p, left);
}

int64_t flat_interval(const struct flat_view *v)
{
	int64_t two = 2 * v->rtt_p90_ns, one = flat_knobs(v)->rung_ms * FLAT_MS;
	return two > one ? two : one;
}

bool flat_blind(const struct flat_leg_view *p, const struct flat_view *v)
{
	return !p->book || !p->book_ns || v->now_ns - p->book_ns > FLAT_BOOK_MAX_MS * FLAT_MS;
}

/* ---- sending --------------------------------------------------------- */

/* A free place, else the oldest close to zero's: it is looked after as an order like any other, and
 * burned with them after FLAT. So neither silence nor many pieces ever keep a close from going out;
 * a part has to wait for proof. */
static struct flat_try *try_new(struct flat_leg *l)
{
	struct flat_try *old = NULL;
	for (int i = 0; i < FLAT_TRIES; i++) {
		struct flat_try *t = &l->open[i];
		if (!t->attempt)
			return t;
		if (t->zero && !(l->resting && t->attempt == l->rest_attempt) &&
		    (!old || t->sent_ns < old->sent_ns))
			old = t;
	}
	return old;
}

void flat_order_put(struct flat *f, struct flat_leg *l, const struct flat_leg_view *p,
		    const struct flat_view *v, struct flat_out *o, struct price px, int64_t q,
		    uint8_t tif, bool zero)
{
	struct flat_try *t = try_new(l);
	if (!t || o->n >= FLAT_WANTS)
		return;
	struct flat_want *w = flat_want_add(o, FW_PLACE);
	w->account = l->account;
	w->tif = tif;
	w->instr_id = p->instr_id;
	w->leg = (uint32_t)(l - f->leg);
	w->attempt = ++l->attempt;
	w->group = f->group;
	w->buy = l->buy;
	w->target_zero = zero;
	w->rung = l->rung;
	w->px = px;
	w->qty.v = q;
	*t = (struct flat_try){.attempt = w->attempt,
			       .size = {q},
			       .left = {q},
			       .sent_ns = v->now_ns,
			       .zero = zero};
	l->sent.v += q;
	l->px = px;
	l->sent_ns = v->now_ns;
	if (!l->first_ns)
		l->first_ns = v->now_ns;
	l->order_state = ORDER_SENT;
	l->tries++;
	o->save = true;
}

bool flat_ladder(const struct flat_leg *l, const struct flat_leg_view *p, const struct flat_view *v,
		 int64_t size, struct price bound, struct ladder *d)
{
	struct ladder_in in = {.instr = p->instr,
			       .side = l->buy ? SIDE_BUY : SIDE_SELL,
			       .size = {size},
			       .mark = p->mark,
			       .book = p->book,
			       .blind = flat_blind(p, v),
			       .zero = bound.v ? bound : p->zero,
			       .typed = bound.v ? (struct price){0} : l->typed,
			       .panic = v->panic};
	return ladder_make(&in, d);
}

void flat_orders_put(struct flat *f, struct flat_leg *l, const struct flat_leg_view *p,
		     const struct flat_view *v, struct flat_out *o, struct price px, int64_t size,
		     bool zero)
{
	struct qty most = order_most(p->instr, px);
	if (l->max.v > 0 && (most.v <= 0 || l->max.v < most.v))
		most = instr_floor_qty(p->instr, l->max);
	l->sent.v = 0;
	while (size > 0) {
		int64_t q = most.v > 0 && size > most.v ? most.v : size;
		flat_order_put(f, l, p, v, o, px, q, TIF_IOC, zero);
		size = f->throttled ? 0 : size - q;
	}
}

static void add_usd(struct money *to, double usd)
{
	struct money m = {0};
	if (money_from_double(&m, usd))
		to->v += m.v;
}

/* The estimate of the sheet, fees in: the walk of the book and its square-root tail. */
static void expect(struct flat *f, const struct flat_leg *l, const struct flat_leg_view *p,
		   const struct ladder *d, int64_t size)
{
	const struct instr *i = p->instr;
	struct sheet_leg_in in = {.szi = {l->buy ? -size : size},
				  .mark = p->mark,
				  .book = p->book,
				  .deep = p->deep,
				  .blind = d->blind,
				  .fee = p->fee,
				  .max_leverage =
					  i->n_tiers ? i->tiers[0].max_leverage : i->max_leverage};
	double model, cost = sheet_close_cost(&in, &model), far = price_to_double(d->px[RUNGS - 1]);
	double gap = l->buy ? far - price_to_double(p->mark) : price_to_double(p->mark) - far;
	add_usd(&f->expected, cost);
	add_usd(&f->model, model);
	gap = qty_to_double((struct qty){size}) * (gap + p->fee * far);
	if (p->mark.v > 0)
		add_usd(&f->worst, gap > cost ? gap : cost);
}

/* Size to send now: of what is left, on the lot. What is smaller than a lot is tried as it is. */
static int64_t size_of(const struct flat_leg *l, const struct flat_leg_view *p)
{
	struct qty q = {flat_leg_left(l, flat_live(l, p))};
	struct qty lots = p ? instr_floor_qty(p->instr, q) : q;
	return lots.v > 0 ? lots.v : q.v;
}

/* Orders of one rung of a leg, split below the venue's largest order. */
static bool leg_send(struct flat *f, struct flat_leg *l, const struct flat_view *v,
		     struct flat_out *o)
{
	const struct flat_leg_view *p = flat_leg_find(v, l);
	const struct panic_conf *k = flat_knobs(v);
	int64_t size = p ? size_of(l, p) : 0;
	char a[40], b[40], c[40];
	struct ladder d;
	if (size <= 0 || !flat_ladder(l, p, v, size, (struct price){0}, &d))
		return false;
	if (l->rung < RUNGS)
		l->rung++;
	if (f->throttled) /* one action each ten seconds: as far as it may go */
		l->rung = RUNGS;
	if (l->first_ns == 0 && f->verb == VERB_NOW)
		expect(f, l, p, &d, size);
	flat_orders_put(f, l, p, v, o, d.px[l->rung - 1], size, l->target.v == 0);
	if (d.blind && l->rung == 1)
		flat_notice(o, 2, NC_BLIND,
			    "BLIND: %s book frozen. Pricing from mark %s. First limit %s, last %s",
			    l->coin, price_word(a, p->mark), price_word(b, d.px[0]),
			    price_word(c, d.px[RUNGS - 1]));
	l->next_ns = v->now_ns + (l->rung < RUNGS ? flat_interval(v) : k->last_rung_ms * FLAT_MS);
	return true;
}

struct flat_leg *flat_first(struct flat *f)
{
	for (uint32_t i = 0; i < f->n; i++)
		if (!f->leg[i].no_key &&
		    (f->leg[i].state == FL_WAIT || f->leg[i].state == FL_WORKING))
			return &f->leg[i];
	return NULL;
}

/* The venue takes post-only orders alone: one at the touch, kept there, and a probe for the most
 * endangered leg. A part rests or waits for proof, like any cut. */
static void leg_post(struct flat *f, struct flat_leg *l, const struct flat_view *v,
		     struct flat_out *o)
{
	const struct flat_leg_view *p = flat_leg_find(v, l);
	int64_t size = p ? size_of(l, p) : 0;
	if (size <= 0)
		return;
	(void)flat_post_rest(f, l, p, v, o, size);
	if (l == flat_first(f) && l->target.v == 0 && l->first_ns != v->now_ns) {
		struct price keep = l->px;
		f->group++;
		l->rung = 0;
		(void)leg_send(f, l, v, o);
		if (l->resting)
			l->px = keep; /* that of the one that rests */
	}
	l->next_ns = v->now_ns + flat_knobs(v)->probe_ms * FLAT_MS;
}

bool flat_tries_on(const struct flat_leg *l)
{
	return l->state == FL_CANNOT && !l->dust &&
	       (l->verb == VERB_NOW || (l->verb == VERB_CARE && l->target.v == 0));
}

bool flat_leg_ready(struct flat_leg *l, const struct flat_view *v, struct flat_out *o)
{
	if (l->state != FL_WAIT && l->state != FL_WORKING && !flat_tries_on(l))
		return false;
	if (l->no_key) {
		flat_wake(o, v->now_ns + FLAT_SEC);
		return false;
	}
	if (l->target.v > 0 && flat_waiting(l) > 0)
		return false; /* a fraction waits for proof */
	if (v->now_ns < l->next_ns) {
		flat_wake(o, l->next_ns);
		return false;
	}
	return true;
}

static bool may_send(const struct flat_leg *l, const struct flat_view *v)
{
	return (l->state == FL_WAIT || l->state == FL_WORKING) && !l->no_key &&
	       v->now_ns >= l->next_ns && !(l->target.v > 0 && flat_waiting(l) > 0);
}

uint32_t flat_send_order(const struct flat *f, const struct flat_view *v, uint8_t verb, bool alone,
			 uint16_t at[FLAT_LEGS])
{
	uint16_t leg[FLAT_LEGS], place[FLAT_LEGS];
	uint8_t account[FLAT_LEGS];
	uint32_t n = 0, all;
	for (uint32_t i = 0; i < f->n; i++) {
		if (f->leg[i].verb != verb || !may_send(&f->leg[i], v))
			continue;
		account[n] = f->all_alone ? 0 : f->leg[i].account;
		leg[n++] = (uint16_t)i;
	}
	batch_order(account, n, alone, place);
	for (uint32_t k = 0; k < n; k++)
		at[k] = leg[place[k]];
	all = n;
	for (uint32_t i = 0; i < f->n; i++) /* what is halted or waits: behind them */
		if (f->leg[i].verb == verb && !may_send(&f->leg[i], v))
			at[all++] = (uint16_t)i;
	return all;
}

void flat_batch_leg(struct flat *f, const struct batch *b, const struct flat_leg *l, bool alone)
{
	if (batch_begins(b, l->account, alone || f->all_alone))
		f->group++;
}

void flat_batch_sent(const struct flat *f, struct batch *b, const struct flat_leg *l,
		     uint32_t orders, bool alone)
{
	batch_sent(b, l->account, orders, batch_begins(b, l->account, alone || f->all_alone),
		   alone);
}

/* What is said to be halted goes on being tried, after all others and each alone, so that a refusal
 * of it takes nobody along: nobody tells when trading begins again. */
static void send_halted(struct flat *f, const struct flat_view *v, struct flat_out *o)
{
	for (uint32_t i = 0; i < f->n && !(f->throttled && v->now_ns < f->rate_ns); i++) {
		struct flat_leg *l = &f->leg[i];
		if (l->verb != VERB_NOW || !flat_tries_on(l) || !flat_leg_ready(l, v, o))
			continue;
		f->group++;
		if (v->post_only) {
			leg_post(f, l, v, o);
		} else {
			flat_post_over(f, l, o);
			(void)leg_send(f, l, v, o);
		}
		l->state = FL_CANNOT;
		if (f->throttled)
			f->rate_ns = v->now_ns + FLAT_THROTTLED_S * FLAT_SEC;
	}
}

static void send_all(struct flat *f, const struct flat_view *v, struct flat_out *o)
{
	uint16_t at[FLAT_LEGS];
	uint32_t n = flat_send_order(f, v, VERB_NOW, true, at);
	struct batch b = {0};
	for (uint32_t i = 0; i < n; i++) {
		struct flat_leg *l = &f->leg[at[i]];
		const struct flat_leg_view *p = flat_leg_find(v, l);
		if (l->state == FL_CANNOT || (p && flat_post_waits(f, l, p, v, o)) ||
		    !flat_leg_ready(l, v, o))
			continue;
		if (v->post_only) {
			leg_post(f, l, v, o);
			continue;
		}
		flat_post_over(f, l, o);
		uint32_t before = l->attempt;
		bool first = !b.begun;
		flat_batch_leg(f, &b, l, first);
		if (!leg_send(f, l, v, o))
			continue;
		l->state = FL_WORKING;
		flat_batch_sent(f, &b, l, l->attempt - before, first);
		if (f->throttled) {
			f->rate_ns = v->now_ns + FLAT_THROTTLED_S * FLAT_SEC;
			flat_wake(o, f->rate_ns);
			break;
		}
	}
}

/* ---- watching -------------------------------------------------------- */

/* Nobody has answered for a second: from now on every leg goes alone. */
static void watch_tries(struct flat *f, struct flat_leg *l, const struct flat_view *v)
{
	for (int k = 0; k < FLAT_TRIES; k++) {
		struct flat_try *t = &l->open[k];
		if (!t->attempt || v->now_ns - t->sent_ns < FLAT_SEC || l->resting)
			continue;
		f->all_alone = true;
		f->unknown++;
		if (l->order_state == ORDER_SENT)
			l->order_state = ORDER_UNKNOWN;
	}
}

static void tell_cannot(struct flat_leg *l, struct flat_out *o)
{
	if (l->cannot_told)
		return;
	l->cannot_told = true;
	if (l->said[0])
		flat_notice(o, 3, NC_NOT_FLAT,
			    "%s: cannot close: venue said \"%s\"; %sthe other legs go on", l->coin,
			    l->said, flat_tries_on(l) ? "tried on, " : "");
	else
		flat_notice(o, 3, NC_NOT_FLAT, "%s cannot be traded now; %sthe other legs go on",
			    l->coin, flat_tries_on(l) ? "tried all the same, " : "");
}

/* Opening orders and TWAPs of an account, 0xff: of all the run began for. */
static void cancel_all(struct flat *f, struct flat_out *o, uint8_t account)
{
	uint32_t at = o->n < FLAT_WANTS ? o->n : FLAT_WANTS;
	flat_leg_want(f, o, FW_CANCEL_OPENING, FLAT_EVERY);
	o->at[at].account = account;
}

/* Refused because of other orders: they go, and the same rung is tried again within a second. */
static void make_room(struct flat *f, uint32_t i, const struct flat_view *v, struct flat_out *o)
{
	struct flat_leg *l = &f->leg[i];
	if (l->crowded) {
		cancel_all(f, o, f->account == 0xff ? 0xff : l->account);
		if (l->crowded >= CROWDED_FAR)
			flat_leg_want(f, o, FW_CANCEL_FAR, i);
	} else {
		flat_want_add(o, FW_READ);
	}
	flat_leg_want(f, o, FW_CANCEL_RO, i);
	l->next_ns = v->now_ns + 500 * FLAT_MS;
	l->ro_again = false;
	if (l->rung)
		l->rung--; /* the price was not at fault */
}

/* Another hand has taken the position to the other side: it is closed there. A cut ends by that. */
static void turn_around(const struct flat *f, struct flat_leg *l, const struct flat_leg_view *p)
{
	bool other = p && (l->buy ? p->szi.v > 0 : p->szi.v < 0);
	struct money at_mark = {0};
	if (!other || l->target.v > 0 || l->verb == VERB_TRIM ||
	    !(l->any_side || flat_in_scope(f, p)))
		return;
	(void)price_times_qty(&at_mark, l->mark0, l->filled, ROUND_HALF_AWAY);
	l->past.v += l->buy ? l->value.v - at_mark.v : at_mark.v - l->value.v;
	l->buy = !l->buy;
	l->start.v = p->szi.v < 0 ? -p->szi.v : p->szi.v;
	l->filled.v = l->value.v = l->ahead.v = 0;
	l->slice_size.v = l->slice_from.v = 0;
	l->mark0 = p->mark;
	l->rung = 0;
	l->next_ns = 0;
}

static void watch_legs(struct flat *f, const struct flat_view *v, struct flat_out *o)
{
	f->unknown = 0;
	for (uint32_t i = 0; i < f->n; i++) {
		struct flat_leg *l = &f->leg[i];
		const struct flat_leg_view *p = flat_leg_find(v, l);
		l->seen_at = p ? (uint32_t)(p - v->leg) : 0;
		turn_around(f, l, p);
		int64_t live = flat_live(l, p);
		l->no_key = p && p->no_key;
		watch_tries(f, l, v);
		bool cannot = p && p->cannot_trade && flat_leg_left(l, live) > 0;
		if (l->state == FL_KEPT)
			continue;
		if (flat_leg_done(l, p, live)) {
			l->state = FL_ZERO;
		} else if (cannot || (l->rejects >= FLAT_REFUSED_MAX && l->state == FL_CANNOT)) {
			l->state = FL_CANNOT;
			tell_cannot(l, o);
		} else if (l->state == FL_ZERO || l->state == FL_CANNOT) {
			l->state = FL_WORKING;
		}
		if (l->ro_again && l->state == FL_WORKING)
			make_room(f, i, v, o);
	}
}

static bool all_in_place(const struct flat *f, bool *cannot)
{
	*cannot = false;
	for (uint32_t i = 0; i < f->n; i++) {
		if (flat_tries_on(&f->leg[i]))
			return false;
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
		if (!f->part && flat_in_scope(f, &v->leg[i]))
			return false;
	return !flat_takes_all(f) || (v->openers == 0 && v->lost == 0);
}

static void finish(struct flat *f, const struct flat_view *v, struct flat_out *o, bool flat)
{
	f->done = true;
	f->end_ms = v->wall_ms;
	f->state = flat ? FLAT_FLAT : FLAT_NOT_FLAT;
	flat_words(f, v, flat);
	if (!flat)
		flat_post_stop(f, v, o);
	for (uint32_t i = 0; flat && i < f->n; i++)
		if (f->leg[i].target.v == 0)
			flat_leg_want(f, o, FW_CANCEL_STOPS, i);
	flat_notice(o, flat ? 1 : 3, flat ? NC_FLAT : NC_NOT_FLAT, "%s", f->text);
	struct flat_want *w = flat_want_add(o, FW_END);
	w->code = f->state;
	struct buf b;
	buf_init(&b, w->text, sizeof w->text);
	buf_puts(&b, f->text);
	/* last: of many legs there may be more of these than wants */
	for (uint32_t i = 0; flat && i < f->n; i++) {
		struct flat_leg *l = &f->leg[i];
		for (int k = 0; k < FLAT_TRIES; k++) {
			if (!l->open[k].attempt)
				continue;
			uint32_t at = o->n < FLAT_WANTS ? o->n : FLAT_WANTS;
			flat_leg_want(f, o, FW_BURN, i);
			o->at[at].attempt = l->open[k].attempt;
			l->open[k].attempt = 0;
		}
	}
	o->next_ns = INT64_MAX;
	o->save = true;
}

/* In parallel with the closes: whatever could open again. */
static void cancel_opening(struct flat *f, const struct flat_view *v, struct flat_out *o)
{
	f->cancel_ns = v->now_ns;
	if (flat_takes_all(f))
		cancel_all(f, o, f->account);
	for (uint32_t i = 0; i < f->n; i++)
		if (f->leg[i].state != FL_KEPT && !flat_has_whole(f, f->leg[i].account))
			flat_leg_want(f, o, FW_CANCEL_OPENING, i);
}

/* A position that is read or opened later is closed like those of the start: it waits neither for
 * their end nor for a complete read. */
static void take_late(struct flat *f, const struct flat_view *v, struct flat_out *o)
{
	uint32_t n = f->n;
	if (f->part || !flat_legs_take(f, v))
		return;
	o->save = true;
	for (; n < f->n; n++)
		if (!flat_has_whole(f, f->leg[n].account))
			flat_leg_want(f, o, FW_CANCEL_OPENING, n);
}

static bool any_now(const struct flat *f)
{
	for (uint32_t i = 0; i < f->n; i++)
		if (f->leg[i].verb == VERB_NOW && f->leg[i].state != FL_ZERO &&
		    f->leg[i].state != FL_KEPT)
			return true;
	return false;
}

/* A clean read: the first, or one that the venue made later than the first. The same answer out of
 * somebody's cache proves nothing twice, nor does one from before an answer of ours. */
static bool read_counts(struct flat *f, const struct flat_view *v, int64_t answer)
{
	if (f->zero_reads && f->clean_ms <= answer && !PLANT(22))
		f->zero_reads = 0;
	if (f->zero_reads && v->read_venue_ms <= f->clean_ms)
		return false;
	f->clean_ms = v->read_venue_ms;
	f->zero_reads++;
	return true;
}

static void verify(struct flat *f, const struct flat_view *v, struct flat_out *o, bool cannot)
{
	int64_t answer =
		f->last_answer_ms > v->last_answer_ms ? f->last_answer_ms : v->last_answer_ms;
	if (f->state != FLAT_VERIFYING) {
		f->state = FLAT_VERIFYING;
		if (f->verb != VERB_NOW && !any_now(f))
			f->rung_start_ns = v->now_ns; /* how long the reads take, not the slices */
		f->zero_reads = 0;
		f->read_ns = 0;
		f->read_seen = v->read_id;
		o->save = true;
	}
	if (v->read_id != f->read_seen) {
		bool counts = v->read_venue_ms > answer || PLANT(22);
		f->read_seen = v->read_id;
		f->reads++;
		if (counts && !read_clean(f, v) && !cannot)
			f->zero_reads = 0;
		else if (counts)
			counts = read_counts(f, v, answer);
		/* The second follows the first at once. One that did not count is asked for again,
		 * but not at the speed of a short line: dozens would eat the requests that the
		 * next rung needs. */
		f->read_ns =
			counts && f->zero_reads ? 0 : v->now_ns - FLAT_SEC + READ_GAP_MS * FLAT_MS;
	}
	if (f->zero_reads >= (PLANT(19) ? 1u : 2u)) {
		finish(f, v, o, !cannot);
		return;
	}
	if (v->openers && v->now_ns - f->cancel_ns >= 2 * FLAT_SEC) {
		cancel_opening(f, v, o);
	}
	if (f->read_ns == 0 || v->now_ns - f->read_ns >= FLAT_SEC) {
		flat_want_add(o, FW_READ);
		f->read_ns = v->now_ns;
	}
	flat_wake(o, f->read_ns + FLAT_SEC);
}

/* Time to ask: the ladder and a trim after two minutes, care when nothing has moved for so long.
 * While nobody can trade that clock stands. */
static bool gives_up(struct flat *f, const struct flat_view *v)
{
	if (v->post_only)
		f->rung_start_ns = f->moved_ns = v->now_ns;
	if (f->verb == VERB_CARE && !any_now(f))
		return care_late(f, v);
	return v->now_ns - f->rung_start_ns > flat_knobs(v)->give_up_ms * FLAT_MS;
}

static void send_step(struct flat *f, const struct flat_view *v, struct flat_out *o)
{
	if (!v->may_send)
		return;
	if (f->paused)
		flat_post_stop(f, v, o);
	if (f->throttled && v->now_ns < f->rate_ns) {
		flat_wake(o, f->rate_ns);
		return;
	}
	send_all(f, v, o);
	if (f->throttled && v->now_ns < f->rate_ns)
		return; /* that was this interval's action */
	send_halted(f, v, o);
	trim_send(f, v, o);
	care_send(f, v, o);
}

/* After so many rungs, once: it is still not flat. */
static void tell_still(struct flat *f, const struct flat_view *v, struct flat_out *o)
{
	int64_t since = v->now_ns - f->rung_start_ns;
	if (f->done || f->told_still ||
	    since <= (int64_t)flat_knobs(v)->rungs_alarm * flat_interval(v) + FLAT_SEC / 2)
		return;
	f->told_still = true;
	flat_words(f, v, false);
	flat_notice(o, 3, NC_NOT_FLAT, "%s", f->text);
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
	take_late(f, v, o);
	flat_post_look(f, v);
	watch_legs(f, v, o);
	if (f->ended) {
		finish(f, v, o, false);
		return;
	}
	if (all_in_place(f, &cannot)) {
		verify(f, v, o, cannot);
		tell_still(f, v, o);
		return;
	}
	f->state = FLAT_SENDING;
	flat_wake(o, v->now_ns + FLAT_SEC);
	if (gives_up(f, v) && !f->paused) {
		f->asked = true;
		finish(f, v, o, false);
		return;
	}
	send_step(f, v, o);
	if (PLANT(9)) {
		finish(f, v, o, true);
		return;
	}
	if (f->verb != VERB_CARE || any_now(f))
		tell_still(f, v, o);
}
