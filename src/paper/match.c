/* match.c: trades of our users, against the others' depth, against each other, and by the tape.
 *
 * 1. Price-time priority: at one price the others' size that was there before a user's order goes
 *    first, then the user's order, then the rest.
 * 2. Self-trade: the resting order is cancelled (selfTradeCanceled), the taker goes on.
 * 3. A resting order is checked again when it would fill: margin (marginCanceled), reduce-only
 *    (reduceOnlyCanceled).
 * 4. Resting orders fill by the tape under the rules Q1-Q4 of market.h. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "paper/state.h"

#include "base/banned.h"

static int64_t min64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t abs64(int64_t v)
{
	return v < 0 ? -v : v;
}

static struct fill *fill_slot(struct fill **list, uint32_t *n, uint32_t *cap)
{
	if (*n == 20000) { /* the venue reaches back 10,000 */
		memmove(*list, *list + 10000, 10000 * sizeof(struct fill));
		*n = 10000;
	}
	if (*n == *cap) {
		*cap = *cap ? 2 * *cap : 32;
		*list = realloc(*list, *cap * sizeof(struct fill));
		ASSERT(*list != NULL);
	}
	return &(*list)[(*n)++];
}

static void charge_builder(struct order *o, struct fill *f, int64_t ntl)
{
	if (o->builder_rate == 0)
		return;
	f->builder_fee = num_cut(num_muldiv(ntl, o->builder_rate, RATE_ONE), 8, 6);
	f->fee += f->builder_fee;
	if (o->builder != NULL)
		o->builder->builder_earned += f->builder_fee;
}

static void report_fill(struct paper *p, struct order *o, const struct fill *f)
{
	struct acct *a = o->a;
	struct str *to = o->kind == OK_TWAP ? &a->ev_slices : &a->ev_fills;

	if (to->len > 0)
		str_putc(to, ',');
	if (o->kind == OK_TWAP)
		str_puts(to, "{\"fill\":");
	put_fill(p, a, f, o->kind == OK_TWAP, to);
	if (o->kind == OK_TWAP)
		str_printf(to, ",\"twapId\":%llu}", (unsigned long long)f->twap_id);
	if (f->crossed || o->kind == OK_FORCED)
		return;
	if (a->ev_notes.len > 0)
		str_putc(&a->ev_notes, '\n');
	str_printf(&a->ev_notes, "Resting order filled: %s ", o->buy ? "Bought" : "Sold");
	str_trim(&a->ev_notes, f->sz, 8);
	str_printf(&a->ev_notes, " %s at $", p->coin[o->coin].c.name);
	str_trim(&a->ev_notes, f->px, 10);
}

void match_fill(struct paper *p, struct order *o, int64_t px, int64_t sz, bool crossed,
		uint64_t hash, uint64_t tid)
{
	struct acct *a = o->a;
	bool twap = o->kind == OK_TWAP;
	struct fill *f = twap ? fill_slot(&a->slices, &a->n_slices, &a->cap_slices)
			      : fill_slot(&a->fills, &a->n_fills, &a->cap_fills);
	int64_t ntl = pm_ntl(px, sz);

	*f = (struct fill){.oid = o->oid,
			   .tid = tid,
			   .time_ms = p->block,
			   .px = px,
			   .sz = sz,
			   .hash = twap ? 0 : hash,
			   .twap_id = o->twap_id,
			   .coin = o->coin,
			   .buy = o->buy,
			   .crossed = crossed,
			   .has_cloid = o->has_cloid,
			   .ro = o->ro};
	memcpy(f->cloid, o->cloid, sizeof f->cloid);
	if (!p->forcing.backstop || p->forcing.user == NULL)
		f->fee = num_cut(num_muldiv(ntl, fee_rate(p, a, crossed), RATE_ONE), 8, 6);
	if (p->forcing.user != NULL) { /* both sides carry the object */
		f->liq_mark = p->coin[o->coin].mark;
		f->liq_user = p->forcing.user;
		f->liq_isolated = p->forcing.isolated;
		f->backstop = p->forcing.backstop;
		f->adl = p->forcing.adl;
	}
	charge_builder(o, f, ntl);
	f->pnl = position_trade(p, a, o->coin, o->buy, px, sz, &f->start);
	a->raw -= f->fee;
	acct_add_volume(p, a, ntl, crossed);
	o->sz -= sz;
	o->done += sz;
	o->done_ntl += ntl;
	if (twap)
		twap_fill(p, o->twap_id, px, sz);
	report_fill(p, o, f);
}

/* What a resting order may still trade now; 0: it was cancelled. */
static int64_t resting_room(struct paper *p, struct order *o, int64_t want)
{
	const struct position *x = &o->a->pos[o->coin];

	if (o->ro) {
		if (x->szi == 0 || (x->szi > 0) == o->buy) {
			order_close(p, o, ST_REDUCE_ONLY_CANCELED);
			return 0;
		}
		want = min64(want, abs64(x->szi));
	} else if (!pm_allows(p, o->a, o->coin, o->buy, o->px, want, o->px)) {
		order_close(p, o, ST_MARGIN_CANCELED);
		return 0;
	}
	return want;
}

static void resting_done(struct paper *p, struct order *o)
{
	struct acct *a = o->a;
	uint16_t coin = o->coin;

	if (o->sz <= 0) {
		o->sz = 0;
		order_close(p, o, ST_FILLED);
		siblings_close(p, o, ST_SIBLING_CANCELED);
		children_activate(p, o);
	} else {
		order_status(p, o, ST_OPEN);
	}
	reduce_only_sweep(p, a, coin);
}

uint64_t next_tid(struct paper *p)
{
	return mix64(p->conf.seed ^ 0x7469640a, p->next_tid++) >> 14;
}

static uint64_t action_hash(const struct paper *p, const struct order *o)
{
	return o->kind == OK_TWAP || o->kind == OK_LIQUIDATION || o->kind == OK_FORCED
		       ? 0
		       : mix64(p->conf.seed ^ 0x68617368, o->action_id) | 1;
}

static void cut_ahead(struct coin *c, bool buy, int64_t px, int64_t sz)
{
	struct order *o;

	for (o = c->book[buy]; o != NULL; o = o->lower)
		if (o->px == px)
			o->ahead = o->ahead > sz ? o->ahead - sz : 0;
}

static void trade_with_depth(struct paper *p, struct order *o, int64_t px, int64_t sz)
{
	struct coin *c = &p->coin[o->coin];
	uint64_t hash = action_hash(p, o), tid = next_tid(p);

	depth_take(p, o->coin, !o->buy, px, sz);
	cut_ahead(c, !o->buy, px, sz);
	match_fill(p, o, px, sz, true, hash, tid);
	price_print(p, o->coin, !o->buy, px, sz, p->block, o->buy ? o->a : NULL,
		    o->buy ? NULL : o->a, hash, tid);
}

static void trade_with_user(struct paper *p, struct order *o, struct order *rest, int64_t sz)
{
	uint64_t hash = action_hash(p, o), tid = next_tid(p);
	int64_t px = rest->px;

	match_fill(p, o, px, sz, true, hash, tid);
	match_fill(p, rest, px, sz, false, hash, tid);
	price_print(p, o->coin, !o->buy, px, sz, p->block, o->buy ? o->a : rest->a,
		    o->buy ? rest->a : o->a, hash, tid);
	resting_done(p, rest);
}

/* One step against the best price; false: nothing more within the limit. */
static bool take_step(struct paper *p, struct order *o, int64_t limit)
{
	struct coin *c = &p->coin[o->coin];
	bool side = !o->buy; /* the side that is taken from: bids when selling */
	struct order *u = c->book[side];
	const struct paper_level *e = c->n_depth[side] > 0 ? &c->depth[side][0] : NULL;
	int64_t px, sz, before;

	if (!book_best(c, side, &px) || (o->buy ? px > limit : px < limit))
		return false;
	if (u == NULL || u->px != px) {
		trade_with_depth(p, o, px, min64(o->sz, e->sz.v));
		return true;
	}
	if (u->a == o->a) {
		order_close(p, u, ST_SELF_TRADE_CANCELED);
		return true;
	}
	before = e != NULL && e->px.v == px ? min64(u->ahead, e->sz.v) : 0;
	if (before > 0) {
		trade_with_depth(p, o, px, min64(o->sz, before));
		return true;
	}
	sz = resting_room(p, u, min64(o->sz, u->sz));
	if (sz > 0)
		trade_with_user(p, o, u, sz);
	return true;
}

int64_t match_take(struct paper *p, struct order *o, int64_t limit_px)
{
	int64_t was = o->done;

	while (o->sz > 0 && take_step(p, o, limit_px))
		;
	return o->done - was;
}

/* --- rules Q2 to Q4 --- */

static const struct acct *print_fill(struct paper *p, struct order *o, int64_t *left, uint64_t hash,
				     uint64_t tid)
{
	int64_t sz = resting_room(p, o, min64(o->sz, *left));
	const struct acct *a = o->a;

	if (sz == 0)
		return NULL;
	*left -= sz;
	match_fill(p, o, o->px, sz, false, hash, tid);
	resting_done(p, o);
	return a;
}

void match_print(struct paper *p, const struct paper_trade *t)
{
	struct coin *c = &p->coin[t->coin];
	bool side = t->sell; /* a sell aggressor hits the bids */
	/* a trade id belongs to a pair of orders: each one hit has its own */
	const uint64_t first_tid = next_tid(p);
	uint64_t tid = first_tid, hash = mix64(p->conf.seed ^ 0x70726e74, tid) | 1;
	int64_t left = t->sz.v, past = 0;
	struct order *o, *next;
	const struct acct *first = NULL, *hit;

	for (o = c->book[side]; o != NULL; o = next) {
		next = o->lower;
		if (side ? o->px < t->px.v : o->px > t->px.v)
			break;
		if (o->px == t->px.v) {
			int64_t ext = o->ahead > past ? min64(left, o->ahead - past) : 0;

			past += ext;
			left -= ext;
			o->ahead = o->ahead > past ? o->ahead - past : 0;
		}
		if (left == 0)
			continue;
		hit = print_fill(p, o, &left, hash, tid);
		first = first != NULL ? first : hit;
		tid = hit != NULL ? next_tid(p) : tid;
		if (next != NULL && !next->in_book) /* a fill took its neighbours with it */
			next = left > 0 ? c->book[side] : NULL;
	}
	price_print(p, t->coin, t->sell, t->px.v, t->sz.v, t->time_ms, t->sell ? first : NULL,
		    t->sell ? NULL : first, hash, first_tid);
}

void match_crossed(struct paper *p, uint16_t coin)
{
	struct coin *c = &p->coin[coin];
	int side;

	for (side = 0; side < 2; side++) {
		struct order *o;

		while ((o = c->book[side]) != NULL && c->n_depth[!side] > 0) {
			struct paper_level l = c->depth[!side][0];
			uint64_t tid, hash;
			int64_t sz;

			if (side ? l.px.v > o->px : l.px.v < o->px)
				break;
			sz = resting_room(p, o, min64(o->sz, l.sz.v));
			if (sz == 0)
				continue;
			tid = next_tid(p);
			hash = mix64(p->conf.seed ^ 0x63727373, tid) | 1;
			depth_take(p, coin, !side, l.px.v, sz);
			match_fill(p, o, o->px, sz, false, hash, tid);
			price_print(p, coin, side, o->px, sz, p->block, side ? o->a : NULL,
				    side ? NULL : o->a, hash, tid);
			resting_done(p, o);
		}
	}
}

/* --- reduce-only --- */

static bool covers(const struct order *o, bool strict)
{
	if (!o->ro || o->waiting)
		return false;
	return o->in_book || (strict && o->kind == OK_TRIGGER && !o->fired);
}

int64_t reduce_only_room(const struct paper *p, const struct acct *a, uint16_t coin, bool buy,
			 const struct order *except, bool strict)
{
	const struct position *x = &a->pos[coin];
	int64_t room = abs64(x->szi);
	const struct order *o;

	(void)p;
	if (x->szi == 0 || (x->szi > 0) == buy)
		return 0;
	for (o = a->first; o != NULL; o = o->next)
		if (o != except && o->coin == coin && o->buy == buy && covers(o, strict))
			room -= o->position_tpsl && o->sz == 0 ? room : o->sz;
	return room > 0 ? room : 0;
}

/* After a change of position: what rests reduce-only may not exceed it; the newest stay. */
void reduce_only_sweep(struct paper *p, struct acct *a, uint16_t coin)
{
	const struct position *x = &a->pos[coin];
	int64_t room = abs64(x->szi);
	struct order *o, *prev;

	for (o = a->last; o != NULL; o = prev) {
		bool wrong = x->szi == 0 || (x->szi > 0) == o->buy;

		prev = o->prev;
		if (o->coin != coin || !o->ro || o->waiting)
			continue;
		if (o->kind == OK_TRIGGER && !o->fired && !(o->position_tpsl && wrong))
			continue;
		if (wrong || (o->in_book && room == 0)) {
			order_close(p, o, ST_REDUCE_ONLY_CANCELED);
			if (prev != NULL && !prev->listed) { /* children went along: again */
				prev = a->last;
				room = abs64(x->szi);
			}
		} else if (o->in_book && o->sz > room) {
			o->sz = room;
			room = 0;
			order_status(p, o, ST_OPEN);
		} else if (o->in_book) {
			room -= o->sz;
		}
	}
}
