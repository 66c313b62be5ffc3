/* place.c: orders as they arrive.
 *
 * 1. Pre-validation looks at the whole batch first; one error refuses all of it, and no order is
 *    made (no oid, no update).
 * 2. Then each order in sequence: what is refused now has an oid and a ...Rejected status.
 * 3. Texts of pre-validation carry no asset; per-order ones do. */
#include <stdio.h>
#include <string.h>

#include "paper/state.h"

#include "base/banned.h"

static int64_t abs64(int64_t v)
{
	return v < 0 ? -v : v;
}

int64_t place_value_cap(const struct coin *c, bool market)
{
	int32_t lev = c->c.max_leverage;
	int64_t usd = lev >= 25 ? 30000000 : lev >= 20 ? 5000000 : lev >= 10 ? 2000000 : 500000;

	return (market ? usd : 10 * usd) * USD;
}

/* --- pre-validation --- */

static enum text check_shape(struct paper *p, const struct oreq *r, enum grouping g, bool child,
			     struct str *arg)
{
	const struct coin *c;
	int64_t px, cap, decimals;
	__int128 value;
	bool market = r->trigger ? r->is_market : r->tif == TIF_IOC || r->tif == TIF_FRONTEND;

	if (r->asset >= p->n_coins)
		return TX_BAD_ASSET;
	c = &p->coin[r->asset];
	if (child && !r->ro)
		return TX_CHILD_NOT_RO;
	if (r->s == 0 && !(g == GR_POSITION && r->trigger))
		return TX_ZERO_SIZE;
	if (r->s % num_pow10(8 - c->c.sz_decimals) != 0)
		return TX_BAD_SIZE;
	decimals = num_pow10(8 - c->px_decimals);
	if (r->p == 0 || r->p % decimals != 0 || (r->trigger && r->tpx == 0) ||
	    r->p > INT64_MAX / 100 || r->tpx > INT64_MAX / 100)
		return TX_BAD_PRICE;
	px = r->p * 100;
	if ((__int128)px * 20 < c->mark || (__int128)px * 20 > (__int128)c->mark * 39)
		return TX_BAND;
	cap = place_value_cap(c, market);
	value = (__int128)px * r->s / PX_ONE;
	if (value > cap) {
		str_trim(arg, cap, 8);
		return TX_TOO_LARGE;
	}
	return TX_NONE;
}

enum text order_check_batch(struct paper *p, struct acct *a, const struct action *act,
			    struct str *arg)
{
	uint32_t i;
	enum text why;

	(void)a;
	if (act->n == 0)
		return TX_EMPTY;
	for (i = 0; i < act->n; i++) {
		bool child = act->grouping == GR_POSITION || (act->grouping == GR_NORMAL && i > 0);

		why = check_shape(p, &act->order[i], act->grouping, child, arg);
		if (why != TX_NONE)
			return why;
	}
	return TX_NONE;
}

/* --- one order --- */

static enum text check_min(const struct paper *p, const struct acct *a, const struct order *o)
{
	const struct coin *c = &p->coin[o->coin];
	int64_t px = o->px, best, value;

	if ((o->tif == TIF_IOC || o->tif == TIF_FRONTEND) && o->kind == OK_PLAIN &&
	    book_best(c, !o->buy, &best))
		px = best;
	value = pm_ntl(px, o->sz);
	if (value >= 10 * USD || (o->position_tpsl && o->sz == 0))
		return TX_NONE;
	if (o->ro && p->conf.min_rule == PAPER_MIN_ALL_EXEMPT)
		return TX_NONE;
	if (o->ro && p->conf.min_rule == PAPER_MIN_FULL_EXEMPT &&
	    o->sz >= abs64(a->pos[o->coin].szi))
		return TX_NONE;
	return TX_MIN;
}

static enum text check_count(const struct acct *a, const struct order *o)
{
	int64_t cap = 1000 + a->volume / USD / 5000000;

	if (a->n_open >= (cap < 5000 ? cap : 5000))
		return TX_TOO_MANY;
	if (a->n_open >= 1000 && (o->ro || o->kind == OK_TRIGGER))
		return TX_TOO_MANY;
	return TX_NONE;
}

/* Caps to the room or refuses. */
static enum text check_reduce(struct paper *p, struct acct *a, struct order *o)
{
	int64_t room = reduce_only_room(p, a, o->coin, o->buy, o, p->conf.cover_strict);

	if (room == 0)
		return TX_REDUCE_ONLY;
	if (o->sz > room) {
		if (p->conf.reduce_only_reject)
			return TX_REDUCE_ONLY;
		o->sz = o->orig = room;
	}
	return TX_NONE;
}

static enum text check_growth(struct paper *p, struct acct *a, struct order *o)
{
	const struct coin *c = &p->coin[o->coin];
	int64_t szi = a->pos[o->coin].szi, after = szi + (o->buy ? o->sz : -o->sz);

	if (abs64(after) <= abs64(szi))
		return TX_NONE;
	if (pm_tier(c, pm_ntl(c->mark, after), NULL) < a->lev[o->coin] &&
	    a->lev[o->coin] <= c->c.max_leverage)
		return TX_MAX_POSITION;
	if (c->oi_capped)
		return (o->buy ? o->px > c->oracle : o->px < c->oracle) ? TX_OI_PRICE : TX_OI_CAP;
	if (!pm_allows(p, a, o->coin, o->buy, o->px, o->sz, o->px))
		return TX_MARGIN;
	return TX_NONE;
}

static bool crosses(const struct coin *c, const struct order *o)
{
	int64_t px;

	return book_best(c, !o->buy, &px) && (o->buy ? px <= o->px : px >= o->px);
}

static void put_bbo(const struct coin *c, struct str *bid, struct str *ask)
{
	int64_t px = 0;

	if (book_best(c, true, &px))
		str_trim(bid, px, 10);
	px = 0;
	if (book_best(c, false, &px))
		str_trim(ask, px, 10);
}

static enum text check_crossing(const struct paper *p, const struct coin *c, const struct order *o)
{
	bool cross = crosses(c, o), ioc = o->tif == TIF_IOC || o->tif == TIF_FRONTEND;
	int64_t px;

	if (post_only(p) && (ioc || (cross && o->tif != TIF_ALO)))
		return TX_POST_ONLY;
	if (o->tif == TIF_ALO && cross)
		return TX_ALO;
	if (ioc && !cross)
		return book_best(c, !o->buy, &px) || o->tif == TIF_IOC ? TX_IOC : TX_MARKET;
	return TX_NONE;
}

/* Takes what there is, rests the remainder. The order may be a trigger that has just fired. */
enum text order_execute(struct paper *p, struct order *o)
{
	bool ioc = o->tif == TIF_IOC || o->tif == TIF_FRONTEND;

	if (crosses(&p->coin[o->coin], o)) {
		if (o->status == ST_OPEN)
			order_update(p, o);
		match_take(p, o, o->px);
	}
	if (o->sz == 0 || (ioc && o->done > 0)) {
		order_close(p, o, ST_FILLED);
	} else if (ioc) {
		return TX_IOC;
	} else {
		if (!o->listed)
			order_list(o);
		book_join(p, o);
		order_status(p, o, ST_OPEN);
	}
	if (o->done > 0) {
		siblings_close(p, o, ST_SIBLING_CANCELED);
		reduce_only_sweep(p, o->a, o->coin);
	}
	return TX_NONE;
}

static void order_fill_in(struct paper *p, struct order *o, const struct oreq *r,
			  const struct action *act)
{
	o->buy = r->buy;
	o->ro = r->ro;
	o->px = r->p * 100;
	o->sz = o->orig = r->s;
	o->tif = r->tif;
	o->has_cloid = r->has_cloid;
	memcpy(o->cloid, r->cloid, sizeof o->cloid);
	if (r->trigger) {
		o->kind = OK_TRIGGER;
		o->tpx = r->tpx * 100;
		o->tp = r->tp;
		o->is_market = r->is_market;
		o->tif = r->is_market ? TIF_IOC : TIF_GTC;
	}
	o->position_tpsl = act->grouping == GR_POSITION;
	if (act->has_builder) {
		o->builder_rate = (int64_t)act->builder_f * BUILDER_FEE_UNIT;
		o->builder = acct_find(p, act->builder);
	}
}

static enum text check_order(struct paper *p, struct acct *a, struct order *o, bool child)
{
	const struct coin *c = &p->coin[o->coin];
	enum text why;

	if (!price_ok(c, o->px) || (o->kind == OK_TRIGGER && !price_ok(c, o->tpx)))
		return TX_TICK;
	if ((why = check_min(p, a, o)) != TX_NONE)
		return why;
	if ((why = check_count(a, o)) != TX_NONE)
		return why;
	if (o->kind == OK_TRIGGER) {
		if (o->position_tpsl &&
		    (a->pos[o->coin].szi == 0 || (a->pos[o->coin].szi > 0) == o->buy))
			return TX_REDUCE_ONLY;
		return !child && trigger_met(c, o) ? TX_TRIGGER : TX_NONE;
	}
	if (o->ro && (why = check_reduce(p, a, o)) != TX_NONE)
		return why;
	if ((why = check_crossing(p, c, o)) != TX_NONE)
		return why;
	return o->ro ? TX_NONE : check_growth(p, a, o);
}

struct order *order_place(struct paper *p, struct acct *a, const struct oreq *r,
			  const struct action *act, bool child, enum text *why, struct str *arg)
{
	struct order *o = order_new(p, a, (uint16_t)r->asset);

	order_fill_in(p, o, r, act);
	*why = check_order(p, a, o, child);
	if (*why == TX_NONE && o->kind == OK_TRIGGER) {
		o->waiting = child;
		order_list(o);
		if (!child)
			order_status(p, o, ST_OPEN);
	} else if (*why == TX_NONE) {
		*why = order_execute(p, o);
	}
	if (*why != TX_NONE) {
		if (*why == TX_ALO) {
			struct str ask = {0};

			put_bbo(&p->coin[o->coin], arg, &ask);
			str_putc(arg, '@');
			str_puts(arg, str_text(&ask));
			str_free(&ask);
		}
		order_close(p, o, text_status(*why));
	}
	return o;
}

/* --- answers --- */

static void put_error(const struct paper *p, struct str *s, enum text why, const char *arg,
		      uint32_t asset)
{
	struct str t = {0};
	char id[16], bid[40] = "";
	const char *at = strchr(arg, '@');

	snprintf(id, sizeof id, "%u", asset_of(p, asset));
	if (why == TX_ALO && at != NULL) {
		snprintf(bid, sizeof bid, "%.*s", (int)(at - arg), arg);
		text_put(&t, why, bid, at + 1, id);
	} else {
		text_put(&t, why, why == TX_TOO_LARGE ? arg : id, "", "");
	}
	str_puts(s, "{\"error\":");
	str_json(s, str_text(&t));
	str_putc(s, '}');
	str_free(&t);
}

static void put_oid(struct str *s, const struct order *o)
{
	str_printf(s, "\"oid\":%llu", (unsigned long long)o->oid);
	if (o->has_cloid) {
		str_puts(s, ",\"cloid\":");
		put_cloid(s, o->cloid);
	}
}

void put_order_status(const struct paper *p, struct str *s, const struct order *o, enum text why,
		      const char *arg, uint32_t asset)
{
	int64_t avg;

	if (why != TX_NONE) {
		put_error(p, s, why, arg, asset);
	} else if (o->waiting) {
		str_puts(s, "\"waitingForFill\"");
	} else if (o->kind == OK_TRIGGER) {
		str_puts(s, "\"waitingForTrigger\"");
	} else if (o->listed) {
		str_puts(s, "{\"resting\":{");
		put_oid(s, o);
		str_puts(s, "}}");
	} else {
		str_puts(s, "{\"filled\":{\"totalSz\":");
		str_qnum(s, o->done, 8);
		str_puts(s, ",\"avgPx\":");
		avg = o->done > 0 ? num_muldiv(o->done_ntl, PX_ONE, o->done) : 0;
		str_qnum(s, num_cut(avg, 10, p->coin[o->coin].px_decimals), 10);
		str_putc(s, ',');
		put_oid(s, o);
		str_puts(s, "}}");
	}
}

static bool builder_ok(struct acct *a, const struct action *act)
{
	uint32_t i;

	if (!act->has_builder || act->builder_f == 0)
		return true;
	for (i = 0; i < a->n_builders; i++)
		if (memcmp(a->builder[i].addr, act->builder, 20) == 0)
			return (int64_t)act->builder_f * BUILDER_FEE_UNIT <= a->builder[i].rate;
	return false;
}

static void put_batch(struct paper *p, struct acct *a, const struct action *act, struct str *s)
{
	struct order *parent = NULL, *o;
	enum text parent_why = TX_NONE, why;
	uint32_t i;

	for (i = 0; i < act->n; i++) {
		const struct oreq *r = &act->order[i];
		struct str arg = {0};
		bool child = act->grouping == GR_NORMAL && i > 0;
		bool wait = child && parent->listed;

		if (i > 0)
			str_putc(s, ',');
		if (child && parent_why != TX_NONE) {
			put_error(p, s, parent_why, "", r->asset);
			continue;
		}
		o = order_place(p, a, r, act, wait, &why, &arg);
		if (i == 0) {
			parent = o;
			parent_why = why;
		} else if (child) {
			o->parent = parent->oid;
		}
		put_order_status(p, s, o, why, str_text(&arg), r->asset);
		str_free(&arg);
	}
}

void exec_orders(struct paper *p, struct acct *a, const struct action *act, struct str *s)
{
	struct str arg = {0};
	enum text why;

	if (!builder_ok(a, act)) {
		str_puts(s, "{\"status\":\"err\",\"response\":");
		str_json(s, text_of(TX_NO_BUILDER));
		str_putc(s, '}');
		return;
	}
	str_puts(s, "{\"status\":\"ok\",\"response\":{\"type\":\"order\",\"data\":{\"statuses\":[");
	why = order_check_batch(p, a, act, &arg);
	if (why != TX_NONE)
		put_error(p, s, why, str_text(&arg), 0);
	else
		put_batch(p, a, act, s);
	str_puts(s, "]}}}");
	str_free(&arg);
}
