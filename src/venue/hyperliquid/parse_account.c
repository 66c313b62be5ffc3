/* parse_account.c: margin state, spot state, orders and the venue's TWAPs.
 *
 *  1. A state is used whole or refused: no position is ever left out of one.
 *  2. A position with size "0.0" on the order side means "the whole position" (position TP/SL).
 *  3. With unified or portfolio accounts value and withdrawable say little: EV_ABSTRACTION tells.
 */
#include <string.h>

#include "base/check.h"
#include "base/escape.h"
#include "venue/hyperliquid/internal.h"
#include "base/banned.h"

static bool say(const char **why, const char *text)
{
	*why = text;
	return false;
}

/* Null and absent leave *p at 0. */
static bool price_or_none(const struct jv *v, struct price *p)
{
	return !v || jv_is_null(v) || value_price_cut(v, p);
}

static bool read_leverage(const struct jv *v, struct ev_position *p)
{
	int64_t lev;

	if (jv_str_is(jv_get(v, "type"), "isolated")) {
		p->mode = MARGIN_ISOLATED;
		if (!value_money(jv_get(v, "rawUsd"), &p->raw_usd))
			return false;
	} else if (!jv_str_is(jv_get(v, "type"), "cross")) {
		return false;
	}
	if (!jv_i64(jv_get(v, "value"), &lev) || lev < 1 || lev > 1000)
		return false;
	p->leverage = (int32_t)lev;
	return true;
}

static bool read_position(const struct jv *v, struct ev_position *p)
{
	const struct jv *liq = jv_get(v, "liquidationPx");
	int64_t max = 0;

	if (!value_qty(jv_get(v, "szi"), &p->szi) || !read_leverage(jv_get(v, "leverage"), p) ||
	    !price_or_none(jv_get(v, "entryPx"), &p->entry) || !price_or_none(liq, &p->liq) ||
	    !value_money(jv_get(v, "positionValue"), &p->value) ||
	    !value_money(jv_get(v, "unrealizedPnl"), &p->upnl) ||
	    !value_money(jv_get(v, "marginUsed"), &p->margin_used))
		return false;
	p->has_liq = p->liq.v > 0;
	value_ratio(jv_get(v, "returnOnEquity"), &p->roe);
	if (jv_i64(jv_get(v, "maxLeverage"), &max) && max > 0 && max <= 1000)
		p->max_leverage = (int32_t)max; /* absent from answers before 2024 */
	value_money(jv_get(jv_get(v, "cumFunding"), "sinceOpen"), &p->funding_since_open);
	return true;
}

static bool read_summary(const struct jv *v, struct money *value, struct money *ntl,
			 struct money *raw, struct money *used)
{
	return value_money(jv_get(v, "accountValue"), value) &&
	       value_money(jv_get(v, "totalNtlPos"), ntl) &&
	       value_money(jv_get(v, "totalRawUsd"), raw) &&
	       value_money(jv_get(v, "totalMarginUsed"), used);
}

static void told_of(struct hl *h, const char *what, const struct jv *pos)
{
	const char *coin = jv_text(jv_get(pos, "coin"));

	hl_refuse(h, what, coin ? coin : "?", coin ? strlen(coin) : 1);
}

/* By its name alone it is still shown. */
static void unlisted(struct ev_account *a, const struct jv *pos)
{
	const char *coin = jv_text(jv_get(pos, "coin"));

	hl_text(a->unread_coin, sizeof a->unread_coin, coin ? coin : "?", coin ? strlen(coin) : 1);
	if (!value_qty(jv_get(pos, "szi"), &a->unread_szi))
		a->unread_szi = (struct qty){0};
}

/* One position that cannot be read hides no other: the rest can still be closed, and nothing is
 * said to be flat. */
bool parse_account(struct hl *h, uint8_t dex, const struct jv *v, const char **why)
{
	struct event ev = hl_event(h, EV_ACCOUNT);
	struct ev_account *a = &ev.acct;
	const struct jv *list = jv_get(v, "assetPositions");

	a->dex = dex;
	a->at = h->c.shared->scratch.position;
	if (!read_summary(jv_get(v, "marginSummary"), &a->value, &a->ntl, &a->raw_usd,
			  &a->margin_used) ||
	    !read_summary(jv_get(v, "crossMarginSummary"), &a->cross_value, &a->cross_ntl,
			  &a->cross_raw_usd, &a->cross_margin_used) ||
	    !value_money(jv_get(v, "withdrawable"), &a->withdrawable))
		return say(why, "clearinghouseState: a margin summary or withdrawable is missing");
	value_money(jv_get(v, "crossMaintenanceMarginUsed"), &a->cross_maintenance);
	value_ms(jv_get(v, "time"), &a->venue_ms);
	if (jv_type(list) != JV_ARRAY)
		return say(why, "clearinghouseState: no positions");
	for (list = jv_first(list); list; list = jv_next(list)) {
		const struct jv *pos = jv_get(list, "position");
		struct ev_position *p = &h->c.shared->scratch.position[a->n];

		if (a->n == POSITIONS_MAX) {
			hl_refuse(h, "more than 128 positions", "", 0);
			a->unread++;
			continue;
		}
		memset(p, 0, sizeof *p);
		p->instr = value_coin(h, jv_get(pos, "coin"));
		if (p->instr >= INSTR_FOREIGN) {
			told_of(h,
				"a position in a coin the venue's list lacks: reading it again: ",
				pos);
			if (p->instr == INSTR_NONE)
				hl_held_missing(h, dex);
			if (!a->unread)
				unlisted(a, pos);
			a->unread++;
			continue;
		}
		if (!value_qty(jv_get(pos, "szi"), &p->szi))
			return say(why, "clearinghouseState: a position has no size");
		if (!read_position(pos, p)) {
			told_of(h, "a position is known by its size alone: ", pos);
			*p = (struct ev_position){.instr = p->instr, .szi = p->szi, .bare = true};
		}
		a->n++;
	}
	hl_emit(h, &ev);
	return true;
}

/* Token counts beyond the scale (9e10) are held at the limit: the balance stays visible. */
static bool read_amount(const struct jv *v, struct qty *q)
{
	const char *s = jv_text(v);

	if (value_qty_cut(v, q))
		return true;
	if (!s || dec_parse(&q->v, s, strlen(s), QTY_DIGITS) != DEC_RANGE)
		return false;
	q->v = *s == '-' ? -INT64_MAX : INT64_MAX;
	return true;
}

bool parse_spot(struct hl *h, const struct jv *v, const char **why)
{
	struct event ev = hl_event(h, EV_SPOT);
	const struct jv *list = jv_get(v, "balances");

	ev.spot.at = h->c.shared->scratch.balance;
	if (jv_type(list) != JV_ARRAY)
		return say(why, "spotState: no balances");
	for (list = jv_first(list); list; list = jv_next(list)) {
		struct balance *b = &h->c.shared->scratch.balance[ev.spot.n], got = {.token = 0};
		uint64_t token = 0;

		if (!read_amount(jv_get(list, "total"), &got.total) ||
		    !read_amount(jv_get(list, "hold"), &got.hold) ||
		    !jv_u64(jv_get(list, "token"), &token) || token > UINT32_MAX)
			return say(why, "spotState: a balance lacks total, hold or token");
		if (!got.total.v && !got.hold.v)
			continue;
		if (ev.spot.n == BALANCES_MAX) {
			hl_refuse(h, "more than 64 spot balances: the rest is left out", "", 0);
			break;
		}
		got.token = (uint32_t)token;
		if (!jv_copy(jv_get(list, "coin"), got.coin, sizeof got.coin) ||
		    !escape_is_symbol(got.coin)) {
			struct buf name; /* a name that cannot be shown */

			buf_init(&name, got.coin, sizeof got.coin);
			buf_puts(&name, "token-");
			buf_u64(&name, token);
		}
		value_money(jv_get(list, "entryNtl"), &got.entry_ntl);
		*b = got;
		ev.spot.n++;
	}
	hl_emit(h, &ev);
	return true;
}

bool parse_order(struct hl *h, const struct jv *o, struct venue_order *out)
{
	const char *cond = jv_text(jv_get(o, "triggerCondition")), *tif = jv_text(jv_get(o, "tif"));
	const struct jv *orig = jv_get(o, "origSz");

	memset(out, 0, sizeof *out);
	out->instr = value_coin(h, jv_get(o, "coin"));
	if (!value_side(jv_get(o, "side"), &out->buy) ||
	    !value_price(jv_get(o, "limitPx"), &out->limit) ||
	    !value_qty(jv_get(o, "sz"), &out->left) || out->left.v < 0 ||
	    !jv_u64(jv_get(o, "oid"), &out->oid) ||
	    !value_ms(jv_get(o, "timestamp"), &out->time_ms) ||
	    !value_cloid(jv_get(o, "cloid"), &out->cloid))
		return false;
	out->orig = out->left;
	if (orig && !value_qty(orig, &out->orig))
		return false;
	jv_bool(jv_get(o, "reduceOnly"), &out->reduce_only);
	jv_bool(jv_get(o, "isTrigger"), &out->is_trigger);
	jv_bool(jv_get(o, "isPositionTpsl"), &out->position_tpsl);
	out->tif = (uint8_t)(out->is_trigger ? TIF_TRIGGER : tif ? word_tif(tif) : TIF_GTC);
	if (!out->is_trigger)
		return true;
	out->trigger_above = cond && !strncmp(cond, "Price above", 11);
	return value_price_cut(jv_get(o, "triggerPx"), &out->trigger_px);
}

/* Of a perp that the list of markets lacks as yet: what it may open is not known. Spot ("@107",
 * "PURR/USDC") opens no position. */
static bool perp_unread(const struct jv *coin, uint16_t instr)
{
	const char *name = jv_text(coin);

	return instr == INSTR_NONE && !(name && (*name == '@' || strchr(name, '/')));
}

bool parse_orders(struct hl *h, uint8_t dex, const struct jv *list, const char **why)
{
	struct event ev = hl_event(h, EV_ORDERS);

	ev.orders.dex = dex;
	ev.orders.at = h->c.shared->scratch.order;
	if (jv_type(list) != JV_ARRAY)
		return say(why, "open orders: no list");
	for (list = jv_first(list); list; list = jv_next(list)) {
		struct venue_order *o = &h->c.shared->scratch.order[ev.orders.n];

		if (ev.orders.n == OPEN_ORDERS_MAX)
			return say(why, "open orders: more than 5000");
		if (!parse_order(h, list, o))
			return say(why, "open orders: an order cannot be read");
		ev.orders.n += o->instr < INSTR_FOREIGN;
		ev.orders.unread += perp_unread(jv_get(list, "coin"), o->instr);
	}
	hl_emit(h, &ev);
	return true;
}

bool parse_order_status(struct hl *h, const struct jv *v, uint32_t query, const char **why)
{
	struct event ev = hl_event(h, EV_ORDER_STATUS);
	const struct jv *outer = jv_get(v, "order");
	const char *status = jv_text(jv_get(v, "status")), *word;
	struct ev_order *o = &ev.order_status.order;

	ev.order_status.query = query;
	if (!status)
		return say(why, "orderStatus: no status");
	if (strcmp(status, "order")) { /* unknownOid; any other word is no verdict */
		o->status = (uint8_t)(strcmp(status, "unknownOid") ? OS_OTHER : OS_UNKNOWN_OID);
		o->order.instr = INSTR_NONE;
		hl_text(o->status_text, sizeof o->status_text, status, strlen(status));
		hl_emit(h, &ev);
		return true;
	}
	word = jv_text(jv_get(outer, "status"));
	if (!word || !parse_order(h, jv_get(outer, "order"), &o->order))
		return say(why, "orderStatus: the order cannot be read");
	o->status = (uint8_t)word_order_status(word);
	hl_text(o->status_text, sizeof o->status_text, word, strlen(word));
	value_ms(jv_get(outer, "statusTimestamp"), &o->status_ms);
	hl_emit(h, &ev);
	return true;
}

static bool read_update(struct hl *h, const struct jv *v, struct ev_order *o)
{
	const char *word = jv_text(jv_get(v, "status"));

	memset(o, 0, sizeof *o);
	if (!word || !parse_order(h, jv_get(v, "order"), &o->order) ||
	    !value_ms(jv_get(v, "statusTimestamp"), &o->status_ms))
		return false;
	o->status = (uint8_t)word_order_status(word);
	hl_text(o->status_text, sizeof o->status_text, word, strlen(word));
	return true;
}

/* One event an entry, in the venue's order; read twice so that a bad one refuses them all. */
bool parse_order_updates(struct hl *h, const struct jv *list, const char **why)
{
	struct event ev = hl_event(h, EV_ORDER);

	if (jv_type(list) != JV_ARRAY)
		return say(why, "orderUpdates: no list");
	for (const struct jv *v = jv_first(list); v; v = jv_next(v))
		if (!read_update(h, v, &ev.order))
			return say(why, "orderUpdates: an update cannot be read");
	for (const struct jv *v = jv_first(list); v; v = jv_next(v)) {
		read_update(h, v, &ev.order);
		if (ev.order.order.instr < INSTR_FOREIGN)
			hl_emit(h, &ev);
	}
	return true;
}

/* ---- the venue's own TWAPs ---- */

static bool read_twap(struct hl *h, const struct jv *v, struct venue_twap *t)
{
	uint64_t minutes;

	memset(t, 0, sizeof *t);
	t->instr = value_coin(h, jv_get(v, "coin"));
	if (!value_side(jv_get(v, "side"), &t->buy) || !value_qty(jv_get(v, "sz"), &t->sz) ||
	    !value_qty_cut(jv_get(v, "executedSz"), &t->executed) ||
	    !value_money(jv_get(v, "executedNtl"), &t->executed_ntl) ||
	    !jv_u64(jv_get(v, "minutes"), &minutes) || minutes > UINT16_MAX ||
	    !value_ms(jv_get(v, "timestamp"), &t->time_ms))
		return false;
	t->minutes = (uint16_t)minutes;
	jv_bool(jv_get(v, "reduceOnly"), &t->reduce_only);
	return true;
}

static bool add_twap(struct hl *h, struct ev_twaps *out, const struct jv *id,
		     const struct jv *state, const char **why)
{
	struct venue_twap *t = &h->c.shared->scratch.twap[out->n];

	if (out->n == COUNT_OF(h->c.shared->scratch.twap))
		return say(why, "TWAPs: more than 256");
	if (!read_twap(h, state, t) || !jv_u64(id, &t->id))
		return say(why, "TWAPs: one cannot be read");
	out->n += t->instr < INSTR_FOREIGN;
	out->unread += perp_unread(jv_get(state, "coin"), t->instr);
	return true;
}

bool parse_twap_states(struct hl *h, uint8_t dex, const struct jv *list, const char **why)
{
	struct event ev = hl_event(h, EV_TWAPS);

	ev.twaps.dex = dex;
	ev.twaps.at = h->c.shared->scratch.twap;
	if (jv_type(list) != JV_ARRAY)
		return say(why, "twapStates: no list");
	for (list = jv_first(list); list; list = jv_next(list))
		if (!add_twap(h, &ev.twaps, jv_at(list, 0), jv_at(list, 1), why))
			return false;
	hl_emit(h, &ev);
	return true;
}

static bool running(const struct jv *row)
{
	const struct jv *word = jv_get(jv_get(row, "status"), "status");

	return jv_str_is(word, "activated") || jv_str_is(word, "waitingForTrigger");
}

/* Ids of ended TWAPs, by hash: a history may be long, and the loop must not wait for it. */
enum { ENDED_SLOTS = 8192, ENDED_MAX = 6000 };

struct ended {
	uint32_t n;
	uint64_t id1[ENDED_SLOTS]; /* id + 1; 0: free */
};

static uint64_t *ended_slot(struct ended *t, uint64_t id)
{
	uint32_t at = (uint32_t)(id * 0x9e3779b97f4a7c15u >> 51); /* 13 bits: ENDED_SLOTS */

	while (t->id1[at] && t->id1[at] != id + 1)
		at = (at + 1) % ENDED_SLOTS;
	return &t->id1[at];
}

/* Rows without an id cannot be cancelled nor matched. */
static bool read_ended(struct ended *t, const struct jv *list)
{
	memset(t, 0, sizeof *t);
	for (list = jv_first(list); list; list = jv_next(list)) {
		uint64_t id, *slot;

		if (running(list) || !jv_u64(jv_get(list, "twapId"), &id))
			continue;
		slot = ended_slot(t, id);
		if (*slot)
			continue;
		if (t->n++ == ENDED_MAX)
			return false;
		*slot = id + 1;
	}
	return true;
}

/* History as the list of running ones: activated and in no later row ended. */
bool parse_twap_history(struct hl *h, uint8_t dex, const struct jv *list, const char **why)
{
	struct event ev = hl_event(h, EV_TWAPS);
	const struct instr_table *t = h->c.shared->instrs;
	struct ended ended;

	ev.twaps.dex = dex;
	ev.twaps.at = h->c.shared->scratch.twap;
	if (jv_type(list) != JV_ARRAY)
		return say(why, "twapHistory: no list");
	if (!read_ended(&ended, list))
		return say(why, "twapHistory: more than 6000 ended");
	for (const struct jv *v = jv_first(list); v; v = jv_next(v)) {
		const struct jv *state = jv_get(v, "state");
		uint16_t id = value_coin(h, jv_get(state, "coin"));
		uint64_t twap;
		bool known = false;

		if (!running(v) || !jv_u64(jv_get(v, "twapId"), &twap) || id == INSTR_FOREIGN ||
		    *ended_slot(&ended, twap))
			continue;
		ev.twaps.unread += perp_unread(jv_get(state, "coin"), id);
		if (id == INSTR_NONE || t->at[id].dex != dex)
			continue;
		for (uint32_t i = 0; i < ev.twaps.n; i++)
			known = known || ev.twaps.at[i].id == twap;
		if (!known && !add_twap(h, &ev.twaps, jv_get(v, "twapId"), state, why))
			return false;
	}
	hl_emit(h, &ev);
	return true;
}
