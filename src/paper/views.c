/* views.c: orders, fills and account states as the venue writes them. */
#include <string.h>

#include "base/check.h"
#include "base/hex.h"
#include "paper/state.h"

#include "base/banned.h"

static int64_t abs64(int64_t v)
{
	return v < 0 ? -v : v;
}

void put_cloid(struct str *s, const uint8_t cloid[16])
{
	char hex[33];

	hex_encode(hex, cloid, 16);
	str_printf(s, "\"0x%s\"", hex);
}

/* --- orders --- */

static const char *order_type(const struct order *o)
{
	if (o->kind == OK_TWAP)
		return "Twap Slice";
	if (o->kind == OK_LIQUIDATION || (o->kind == OK_PLAIN && o->tif == TIF_FRONTEND))
		return "Market";
	if (o->kind == OK_PLAIN || o->kind == OK_FORCED)
		return "Limit";
	if (o->tp)
		return o->is_market ? "Take Profit Market" : "Take Profit Limit";
	return o->is_market ? "Stop Market" : "Stop Limit";
}

static void put_children(struct paper *p, const struct order *parent, struct str *s)
{
	const struct order *o;
	bool any = false;

	str_puts(s, ",\"children\":[");
	for (o = parent->a->first; parent->listed && o != NULL; o = o->next) {
		if (!o->waiting || o->parent != parent->oid)
			continue;
		if (any)
			str_putc(s, ',');
		any = true;
		put_order(p, o, true, s);
	}
	str_putc(s, ']');
}

static void put_full(struct paper *p, const struct order *o, struct str *s)
{
	static const char *const tifs[] = {"Gtc", "Ioc", "Alo", "FrontendMarket",
					   "LiquidationMarket"};
	bool trigger = o->kind == OK_TRIGGER;

	if (trigger) {
		str_printf(s, ",\"triggerCondition\":\"Price %s ",
			   o->buy != o->tp ? "above" : "below");
		str_trim(s, o->tpx, 10);
		str_puts(s, "\"");
	} else {
		str_puts(s, ",\"triggerCondition\":\"N/A\"");
	}
	str_printf(s, ",\"isTrigger\":%s,\"triggerPx\":", trigger ? "true" : "false");
	str_qnum(s, o->tpx, 10);
	put_children(p, o, s);
	str_printf(s, ",\"isPositionTpsl\":%s,\"reduceOnly\":%s,\"orderType\":\"%s\"",
		   o->position_tpsl ? "true" : "false", o->ro ? "true" : "false", order_type(o));
	str_puts(s, ",\"origSz\":");
	str_qnum(s, o->orig, 8);
	if (trigger)
		str_puts(s, ",\"tif\":null");
	else
		str_printf(s, ",\"tif\":\"%s\"", tifs[o->tif]);
	str_puts(s, ",\"cloid\":");
	if (o->has_cloid)
		put_cloid(s, o->cloid);
	else
		str_puts(s, "null");
	str_putc(s, '}');
}

void put_order(struct paper *p, const struct order *o, bool full, struct str *s)
{
	str_printf(s, "{\"coin\":\"%s\",\"side\":\"%s\",\"limitPx\":", p->coin[o->coin].c.name,
		   o->buy ? "B" : "A");
	str_qnum(s, o->px, 10);
	str_puts(s, ",\"sz\":");
	str_qnum(s, o->sz, 8);
	str_printf(s, ",\"oid\":%llu,\"timestamp\":%lld", (unsigned long long)o->oid,
		   (long long)o->time_ms);
	if (full) {
		put_full(p, o, s);
		return;
	}
	str_puts(s, ",\"origSz\":");
	str_qnum(s, o->orig, 8);
	if (o->has_cloid) {
		str_puts(s, ",\"cloid\":");
		put_cloid(s, o->cloid);
	}
	str_putc(s, '}');
}

void put_open_orders(struct paper *p, const struct acct *a, int dex, bool full, struct str *s)
{
	const struct order *o;
	bool any = false;

	str_putc(s, '[');
	for (o = a->last; o != NULL; o = o->prev) {
		if (o->waiting || p->coin[o->coin].dex != dex)
			continue;
		if (any)
			str_putc(s, ',');
		any = true;
		put_order(p, o, full, s);
		if (!full && o->ro) {
			s->len--;
			str_puts(s, ",\"reduceOnly\":true}");
		}
	}
	str_putc(s, ']');
}

void put_history_row(struct paper *p, const struct order *o, struct str *s)
{
	str_puts(s, "{\"order\":");
	put_order(p, o, true, s);
	str_printf(s, ",\"status\":\"%s\",\"statusTimestamp\":%lld}", status_name(o->status),
		   (long long)o->status_ms);
}

void put_history(struct paper *p, const struct acct *a, struct str *s)
{
	uint32_t i, n = 0;

	str_putc(s, '[');
	for (i = a->n_history; i > 0 && n < HISTORY_MAX; i--) {
		const struct order *o = order_find(p, a->history[i - 1]);

		if (o == NULL)
			break;
		if (n++ > 0)
			str_putc(s, ',');
		put_history_row(p, o, s);
	}
	str_putc(s, ']');
}

/* --- fills --- */

enum { REACHABLE = 10000 }; /* the most recent fills, by time */

static const char *fill_dir(const struct fill *f, const struct acct *a)
{
	static const char *const liquidated[2][2] = {
		{"Liquidated Cross Long", "Liquidated Cross Short"},
		{"Liquidated Isolated Long", "Liquidated Isolated Short"},
	};
	int64_t after = f->start + (f->buy ? f->sz : -f->sz);

	if (f->liq_mark > 0 && f->liq_user == a)
		return liquidated[f->liq_isolated][f->buy];
	if (f->adl)
		return "Auto-Deleveraging";
	if (f->start > 0 && after < 0)
		return "Long > Short";
	if (f->start < 0 && after > 0)
		return "Short > Long";
	if (f->start > 0 && !f->buy)
		return "Close Long";
	if (f->start < 0 && f->buy)
		return "Close Short";
	return f->buy ? "Open Long" : "Open Short";
}

void put_fill(struct paper *p, const struct acct *a, const struct fill *f, bool twap_null,
	      struct str *s)
{
	str_printf(s, "{\"coin\":\"%s\",\"px\":", p->coin[f->coin].c.name);
	str_qnum(s, f->px, 10);
	str_puts(s, ",\"sz\":");
	str_qnum(s, f->sz, 8);
	str_printf(s, ",\"side\":\"%s\",\"time\":%lld,\"startPosition\":", f->buy ? "B" : "A",
		   (long long)f->time_ms);
	str_qnum(s, f->start, 8);
	str_printf(s, ",\"dir\":\"%s\",\"closedPnl\":", fill_dir(f, a));
	str_qnum(s, f->pnl, 8);
	str_puts(s, ",\"hash\":\"");
	put_hash(s, f->hash);
	str_printf(s, "\",\"oid\":%llu,\"crossed\":%s,\"fee\":", (unsigned long long)f->oid,
		   f->crossed ? "true" : "false");
	str_qnum(s, f->fee, 8);
	if (f->builder_fee > 0) {
		str_puts(s, ",\"builderFee\":");
		str_qnum(s, f->builder_fee, 8);
	}
	str_printf(s, ",\"tid\":%llu", (unsigned long long)f->tid);
	if (f->has_cloid) {
		str_puts(s, ",\"cloid\":");
		put_cloid(s, f->cloid);
	}
	if (f->liq_mark > 0) {
		str_printf(s, ",\"liquidation\":{\"liquidatedUser\":\"%s\",\"markPx\":",
			   f->liq_user->hex);
		str_qnum(s, f->liq_mark, 10);
		str_printf(s, ",\"method\":\"%s\"}", f->backstop ? "backstop" : "market");
	}
	str_puts(s, ",\"feeToken\":\"USDC\",\"twapId\":");
	if (f->twap_id > 0 && !twap_null)
		str_printf(s, "%llu}", (unsigned long long)f->twap_id);
	else
		str_puts(s, "null}");
}

/* Same order, same millisecond: one fill at the average price. Returns how many were taken. */
static uint32_t merge(const struct fill *f, uint32_t n, struct fill *out)
{
	int64_t ntl = 0;
	uint32_t i;

	*out = f[0];
	out->sz = out->fee = out->builder_fee = out->pnl = 0;
	for (i = 0; i < n && f[i].oid == f[0].oid && f[i].time_ms == f[0].time_ms; i++) {
		out->sz += f[i].sz;
		out->fee += f[i].fee;
		out->builder_fee += f[i].builder_fee;
		out->pnl += f[i].pnl;
		ntl += pm_ntl(f[i].px, f[i].sz);
	}
	out->px = i > 1 ? num_muldiv(ntl, PX_ONE, out->sz) : f[0].px;
	return i;
}

static uint32_t run_before(const struct fill *f, uint32_t end)
{
	uint32_t i = end - 1;

	while (i > 0 && f[i - 1].oid == f[end - 1].oid && f[i - 1].time_ms == f[end - 1].time_ms)
		i--;
	return i;
}

void put_fills(struct paper *p, const struct acct *a, bool twap, int64_t from, int64_t to,
	       bool newest, bool aggregate, struct str *s)
{
	const struct fill *f = twap ? a->slices : a->fills;
	uint32_t n = twap ? a->n_slices : a->n_fills;
	uint32_t skip = !newest && !twap && n > REACHABLE ? n - REACHABLE : 0;
	uint32_t i = newest ? n : skip, count = 0;
	struct fill x;

	str_putc(s, '[');
	while (count < HISTORY_MAX && (newest ? i > 0 : i < n)) {
		if (aggregate && newest) {
			uint32_t at = run_before(f, i);

			merge(f + at, i - at, &x);
			i = at;
		} else if (aggregate) {
			i += merge(f + i, n - i, &x);
		} else {
			x = newest ? f[--i] : f[i++];
		}
		if (x.time_ms < from || x.time_ms > to)
			continue;
		if (count++ > 0)
			str_putc(s, ',');
		if (twap)
			str_puts(s, "{\"fill\":");
		put_fill(p, a, &x, twap, s);
		if (twap)
			str_printf(s, ",\"twapId\":%llu}", (unsigned long long)x.twap_id);
	}
	str_putc(s, ']');
}

void put_funding(struct paper *p, const struct funding_event *e, struct str *s)
{
	str_printf(s, "{\"time\":%lld,\"coin\":\"%s\",\"usdc\":", (long long)e->time_ms,
		   p->coin[e->coin].c.name);
	str_qnum(s, e->usdc, 8);
	str_puts(s, ",\"szi\":");
	str_qnum(s, e->szi, 8);
	str_puts(s, ",\"fundingRate\":");
	str_qnum(s, e->rate, 12);
	str_puts(s, ",\"nSamples\":1}");
}

/* --- account states --- */

static void put_summary(struct str *s, const char *key, int64_t value, int64_t ntl, int64_t raw,
			int64_t used)
{
	str_printf(s, "\"%s\":{\"accountValue\":", key);
	str_qnum(s, num_cut(value, 8, 6), 8);
	str_puts(s, ",\"totalNtlPos\":");
	str_qnum(s, num_cut(ntl, 8, 6), 8);
	str_puts(s, ",\"totalRawUsd\":");
	str_qnum(s, num_cut(raw, 8, 6), 8);
	str_puts(s, ",\"totalMarginUsed\":");
	str_qnum(s, num_cut(used, 8, 6), 8);
	str_puts(s, "},");
}

static void put_leverage(struct str *s, const struct acct *a, uint16_t coin)
{
	const struct position *x = &a->pos[coin];
	bool iso = x->szi != 0 ? x->isolated : a->iso[coin];

	str_printf(s, "{\"type\":\"%s\",\"value\":%d", iso ? "isolated" : "cross", a->lev[coin]);
	if (iso) {
		str_puts(s, ",\"rawUsd\":");
		str_qnum(s, num_cut(x->raw, 8, 6), 8);
	}
	str_putc(s, '}');
}

static void put_position(struct paper *p, const struct acct *a, uint16_t coin, struct str *s)
{
	const struct coin *c = &p->coin[coin];
	const struct position *x = &a->pos[coin];
	int64_t n = pm_ntl(c->mark, x->szi), pnl = position_upnl(x, c->mark), liq = 0, entry;
	int64_t unit = num_pow10(10 - c->px_decimals);

	str_printf(s, "{\"type\":\"oneWay\",\"position\":{\"coin\":\"%s\",\"szi\":", c->c.name);
	str_qnum(s, x->szi, 8);
	str_puts(s, ",\"leverage\":");
	put_leverage(s, a, coin);
	entry = num_muldiv(x->entry, PX_ONE, abs64(x->szi));
	str_puts(s, ",\"entryPx\":");
	str_qnum(s, (entry + unit / 2) / unit * unit, 10);
	str_puts(s, ",\"positionValue\":");
	str_qnum(s, num_cut(abs64(n), 8, 6), 8);
	str_puts(s, ",\"unrealizedPnl\":");
	str_qnum(s, num_cut(pnl, 8, 6), 8);
	str_puts(s, ",\"returnOnEquity\":");
	str_qnum(s, pm_roe(pnl, n, x->szi > 0 ? 1 : -1, a->lev[coin]), 10);
	str_puts(s, ",\"liquidationPx\":");
	if (pm_position_liq(p, a, coin, &liq))
		str_qnum(s, liq, 10);
	else
		str_puts(s, "null");
	str_puts(s, ",\"marginUsed\":");
	str_qnum(s, num_cut(x->isolated ? x->raw + n : abs64(n) / a->lev[coin], 8, 6), 8);
	str_printf(s, ",\"maxLeverage\":%d,\"cumFunding\":{\"allTime\":", pm_tier(c, n, NULL));
	str_qnum(s, x->fund_all, 8);
	str_puts(s, ",\"sinceOpen\":");
	str_qnum(s, x->fund_open, 8);
	str_puts(s, ",\"sinceChange\":");
	str_qnum(s, x->fund_change, 8);
	str_puts(s, "}}}");
}

void put_state(struct paper *p, struct acct *a, int dex, struct str *s)
{
	struct margin m;
	uint16_t i;
	bool any = false;

	pm_sum_dex(p, a, dex, &m);
	str_putc(s, '{');
	put_summary(s, "marginSummary", m.all_equity, m.all_ntl, m.all_raw, m.all_used);
	put_summary(s, "crossMarginSummary", m.equity, m.ntl, m.raw, m.used);
	str_puts(s, "\"crossMaintenanceMarginUsed\":");
	str_qnum(s, num_cut(m.maintenance, 8, 6), 8);
	str_puts(s, ",\"withdrawable\":");
	str_qnum(s, num_cut(pm_withdrawable(&m), 8, 6), 8);
	str_puts(s, ",\"assetPositions\":[");
	for (i = 0; i < p->n_coins; i++) {
		if (a->pos[i].szi == 0 || p->coin[i].dex != dex)
			continue;
		if (any)
			str_putc(s, ',');
		any = true;
		put_position(p, a, i, s);
	}
	str_printf(s, "],\"time\":%lld}", (long long)p->block);
}

/* With a unified account the collateral shows in the spot ledger. */
void put_spot_state(struct paper *p, struct acct *a, struct str *s)
{
	struct margin m;

	str_puts(s, "{\"balances\":[");
	if (strcmp(a->abstraction, "unifiedAccount") == 0 ||
	    strcmp(a->abstraction, "portfolioMargin") == 0) {
		pm_sum(p, a, &m);
		str_puts(s, "{\"coin\":\"USDC\",\"token\":0,\"total\":");
		str_qnum(s, m.all_equity > 0 ? m.all_equity : 0, 8);
		str_puts(s, ",\"hold\":");
		str_qnum(s, m.all_used, 8);
		str_puts(s, ",\"entryNtl\":\"0.0\"}");
	}
	str_puts(s, "]}");
}

void put_asset_data(struct paper *p, struct acct *a, uint16_t coin, struct str *s)
{
	const struct coin *c = &p->coin[coin];
	const struct position *x = &a->pos[coin];
	struct margin m;
	int64_t free_usd, avail[2];
	int k;

	pm_sum(p, a, &m);
	free_usd = m.equity > m.used ? m.equity - m.used : 0;
	for (k = 0; k < 2; k++) { /* [0] buy, [1] sell: closing frees what the position uses */
		bool closes = k == 0 ? x->szi < 0 : x->szi > 0;
		int64_t used = abs64(pm_ntl(c->mark, x->szi)) / a->lev[coin];

		avail[k] = free_usd + (closes ? 2 * used : 0);
	}
	str_printf(s, "{\"user\":\"%s\",\"coin\":\"%s\",\"leverage\":", a->hex, c->c.name);
	put_leverage(s, a, coin);
	str_puts(s, ",\"maxTradeSzs\":[");
	for (k = 0; k < 2; k++) {
		int64_t sz = c->mark > 0 ? num_muldiv(num_muldiv(avail[k], a->lev[coin], 1), PX_ONE,
						      c->mark)
					 : 0;

		str_puts(s, k ? "," : "");
		str_qnum(s, num_cut(sz, 8, c->c.sz_decimals), 8);
	}
	str_puts(s, "],\"availableToTrade\":[");
	str_qnum(s, num_cut(avail[0], 8, 6), 8);
	str_putc(s, ',');
	str_qnum(s, num_cut(avail[1], 8, 6), 8);
	str_puts(s, "],\"markPx\":");
	str_qnum(s, c->mark, 10);
	str_putc(s, '}');
}

void put_web_data3(struct paper *p, struct acct *a, struct str *s)
{
	const struct agent *g = NULL;
	struct margin m;
	uint32_t i;

	for (i = 0; i < a->n_agents; i++)
		if (a->agent[i].name[0] == '\0')
			g = &a->agent[i];
	pm_sum(p, a, &m);
	str_puts(s, "{\"userState\":{\"agentAddress\":");
	if (g != NULL) {
		char hex[43];

		addr_hex(hex, g->addr);
		str_printf(s, "\"%s\",\"agentValidUntil\":%lld", hex, (long long)g->until_ms);
	} else {
		str_puts(s, "null,\"agentValidUntil\":null");
	}
	str_printf(s,
		   ",\"cumLedger\":\"0.0\",\"serverTime\":%lld,\"isVault\":%s,\"user\":\"%s\","
		   "\"abstraction\":\"%s\"},\"perpDexStates\":[{\"totalVaultEquity\":\"0.0\"}]}",
		   (long long)p->block, a->is_vault ? "true" : "false", a->hex, a->abstraction);
}
