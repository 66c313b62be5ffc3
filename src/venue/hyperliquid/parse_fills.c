/* parse_fills.c: fills, funding, and what the channel `user` says.
 *
 *  1. Fills arrive more than once (snapshot, userFills, userEvents, a read): keys (account, coin,
 *     time, tid) belong to the engine.
 *  2. The liquidation object appears on both counterparties' fills: only our own address makes it
 *     ours.
 *  3. TWAP slice fills are on a stream of their own, with the TWAP's id beside the fill.
 */
#include <string.h>

#include "base/check.h"
#include "venue/hyperliquid/internal.h"
#include "base/banned.h"

static bool say(const char **why, const char *text)
{
	*why = text;
	return false;
}

static bool starts(const char *s, const char *head)
{
	return s && !strncmp(s, head, strlen(head));
}

static uint8_t fill_kind(struct hl *h, const struct jv *v, const char *dir, uint64_t twap)
{
	const struct jv *liq = jv_get(v, "liquidation");

	if (jv_type(liq) == JV_OBJECT && value_is_user(h, jv_get(liq, "liquidatedUser")))
		return jv_str_is(jv_get(liq, "method"), "backstop") ? FILL_BACKSTOP
								    : FILL_LIQUIDATION;
	if (starts(dir, "Liquidated"))
		return FILL_LIQUIDATION;
	if (starts(dir, "Auto-Deleveraging"))
		return FILL_ADL;
	if (starts(dir, "Settlement"))
		return FILL_SETTLEMENT;
	return twap ? FILL_TWAP : FILL_NORMAL;
}

/* Spot fees are in the received token: as quote money at the fill's own price. */
static void fee_in_quote(const struct jv *v, struct fill *f)
{
	const char *token = jv_text(jv_get(v, "feeToken"));
	struct qty tokens = {f->fee.v};

	_Static_assert((int)QTY_DIGITS == (int)MONEY_DIGITS, "one scale");
	if (token && !starts(token, "USD"))
		price_times_qty(&f->fee, f->px, tokens, ROUND_HALF_AWAY);
}

/* Dust conversions of spot have more decimals than any lot. */
static bool read_size(const struct jv *v, struct qty *q)
{
	const char *s = jv_text(v);

	return s && *s != '-' && value_qty_cut(v, q);
}

static bool read_fill(struct hl *h, const struct jv *v, const struct jv *twap, struct fill *f)
{
	const char *dir = jv_text(jv_get(v, "dir"));
	uint64_t id = 0;

	memset(f, 0, sizeof *f);
	f->instr = value_coin(h, jv_get(v, "coin"));
	if (!value_side(jv_get(v, "side"), &f->buy) || !value_price_cut(jv_get(v, "px"), &f->px) ||
	    f->px.v < 0 || !read_size(jv_get(v, "sz"), &f->sz) ||
	    !value_ms(jv_get(v, "time"), &f->time_ms) || !jv_u64(jv_get(v, "oid"), &f->oid) ||
	    !value_qty_cut(jv_get(v, "startPosition"), &f->start_position) ||
	    !value_money(jv_get(v, "fee"), &f->fee) ||
	    !value_money(jv_get(v, "closedPnl"), &f->closed_pnl) ||
	    !value_cloid(jv_get(v, "cloid"), &f->cloid))
		return false;
	if (jv_get(v, "tid") && !jv_u64(jv_get(v, "tid"), &f->tid))
		return false;
	jv_bool(jv_get(v, "crossed"), &f->crossed);
	if (!jv_u64(twap, &id))
		jv_u64(jv_get(v, "twapId"), &id);
	f->twap_id = id;
	f->kind = fill_kind(h, v, dir, id);
	hl_text(f->dir, sizeof f->dir, dir ? dir : "", dir ? strlen(dir) : 0);
	fee_in_quote(v, f);
	return true;
}

static void fills_event(struct hl *h, uint32_t n, bool snapshot)
{
	struct event ev = hl_event(h, EV_FILLS);

	ev.fills = (struct ev_fills){.snapshot = snapshot, .n = n, .at = h->c.shared->scratch.fill};
	hl_emit(h, &ev);
}

/* All are read before any is told, but for lists beyond the venue's own page of 2,000. */
bool parse_fills(struct hl *h, const struct jv *list, bool snapshot, bool twap,
		 struct fills_page *page, const char **why)
{
	bool told = false;
	uint32_t n = 0;

	if (jv_type(list) != JV_ARRAY)
		return say(why, "fills: no list");
	for (const struct jv *v = jv_first(list); v; v = jv_next(v)) {
		struct fill *f = &h->c.shared->scratch.fill[n];

		if (!(twap ? read_fill(h, jv_get(v, "fill"), jv_get(v, "twapId"), f)
			   : read_fill(h, v, NULL, f)))
			return say(why, "fills: one cannot be read: side, px, sz, time, oid, fee");
		if (page) {
			page->n++;
			if (f->time_ms > page->last_ms)
				page->last_ms = f->time_ms;
		}
		n += f->instr < INSTR_FOREIGN;
		if (n == HL_FILLS_PAGE) {
			fills_event(h, n, snapshot);
			told = true;
			n = 0;
		}
	}
	if (n || (snapshot && !told))
		fills_event(h, n, snapshot);
	return true;
}

static bool read_funding(struct hl *h, const struct jv *v, struct funding_paid *f)
{
	memset(f, 0, sizeof *f);
	f->instr = value_coin(h, jv_get(v, "coin"));
	return value_ms(jv_get(v, "time"), &f->time_ms) &&
	       value_money(jv_get(v, "usdc"), &f->usdc) &&
	       value_ratio(jv_get(v, "fundingRate"), &f->rate);
}

static void funding_event(struct hl *h, uint32_t n)
{
	struct event ev = hl_event(h, EV_FUNDING);

	ev.funding = (struct ev_funding){.n = n, .at = h->c.shared->scratch.funding};
	hl_emit(h, &ev);
}

bool parse_fundings(struct hl *h, const struct jv *list, const char **why)
{
	struct funding_paid *at = h->c.shared->scratch.funding;
	uint32_t n = 0;

	if (jv_type(list) != JV_ARRAY)
		return say(why, "fundings: no list");
	for (list = jv_first(list); list; list = jv_next(list)) {
		if (!read_funding(h, list, &at[n]))
			return say(why, "fundings: one cannot be read");
		n += at[n].instr < INSTR_FOREIGN;
		if (n == COUNT_OF(h->c.shared->scratch.funding)) {
			funding_event(h, n);
			n = 0;
		}
	}
	if (n)
		funding_event(h, n);
	return true;
}

static bool user_liquidation(struct hl *h, const struct jv *v, const char **why)
{
	struct event ev = hl_event(h, EV_LIQUIDATION);

	if (!value_money(jv_get(v, "liquidated_ntl_pos"), &ev.liquidation.ntl) ||
	    !value_money(jv_get(v, "liquidated_account_value"), &ev.liquidation.value))
		return say(why, "liquidation: sums are missing");
	ev.liquidation.ours = value_is_user(h, jv_get(v, "liquidated_user"));
	hl_emit(h, &ev);
	return true;
}

/* Orders the venue cancelled by itself: only coin and oid are told, and no time (our own clock is
 * not the venue's: 0). */
static bool user_cancels(struct hl *h, const struct jv *list, const char **why)
{
	struct event ev = hl_event(h, EV_ORDER);
	static const char word[] = "nonUserCancel";

	if (jv_type(list) != JV_ARRAY)
		return say(why, "nonUserCancel: no list");
	for (list = jv_first(list); list; list = jv_next(list)) {
		memset(&ev.order, 0, sizeof ev.order);
		ev.order.order.instr = value_coin(h, jv_get(list, "coin"));
		ev.order.status = OS_CANCELED;
		memcpy(ev.order.status_text, word, sizeof word);
		if (!jv_u64(jv_get(list, "oid"), &ev.order.order.oid))
			return say(why, "nonUserCancel: no oid");
		if (ev.order.order.instr < INSTR_FOREIGN)
			hl_emit(h, &ev);
	}
	return true;
}

bool parse_user_event(struct hl *h, const struct jv *data, const char **why)
{
	const struct jv *v;

	if (jv_type(data) != JV_OBJECT)
		return say(why, "user: no object");
	if ((v = jv_get(data, "fills")) && !parse_fills(h, v, false, false, NULL, why))
		return false;
	if ((v = jv_get(data, "twapSliceFills")) && !parse_fills(h, v, false, true, NULL, why))
		return false;
	if ((v = jv_get(data, "funding"))) {
		if (!read_funding(h, v, h->c.shared->scratch.funding))
			return say(why, "user: funding cannot be read");
		if (h->c.shared->scratch.funding[0].instr < INSTR_FOREIGN)
			funding_event(h, 1);
	}
	if ((v = jv_get(data, "liquidation")) && !user_liquidation(h, v, why))
		return false;
	if ((v = jv_get(data, "nonUserCancel")) && !user_cancels(h, v, why))
		return false;
	return true; /* twapHistory is on twapStates */
}
