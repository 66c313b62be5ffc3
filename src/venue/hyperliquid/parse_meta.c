/* parse_meta.c: what can be traded, and the prices that come with the lists.
 *
 *  1. An asset's number is its place in the venue's list, delisted entries included: never compact.
 *     Builder dex k: 100000 + 10000*k + place, k its place in perpDexs; spot: 10000 + `index`.
 *  2. Flags are absent when false. A margin table below 50 is one tier whose leverage is its id.
 *  3. A market that cannot be read is told and left out; its place still counts. One odd listing
 *     must not blind an account that does not hold it.
 */
#include <string.h>

#include "base/check.h"
#include "base/escape.h"
#include "venue/hyperliquid/internal.h"
#include "base/banned.h"

enum {
	TOKENS_MAX = 8192,
	SPOT_PX_DECIMALS = 8,
	PERP_PX_DECIMALS = 6,
	PX_SIG = 5,
	TABLE_LISTED = 50,
	TABLES_MAX = 1024 /* margin tables of one list; mainnet has about 20 */
};
static const struct money min_notional = {10ll * 100000000};

static bool say(const char **why, const char *text)
{
	*why = text;
	return false;
}

/* Position of each watched dex in the venue's list; element 0 is null, the validator dex. */
bool parse_perp_dexs(struct hl *h, const struct jv *v, const char **why)
{
	struct hl_shared *s = h->c.shared;
	int32_t at = 0;

	if (jv_type(v) != JV_ARRAY)
		return say(why, "perpDexs: no list");
	for (v = jv_first(v); v; v = jv_next(v), at++)
		for (uint8_t i = 1; i < s->n_dexes; i++)
			if (jv_str_is(jv_get(v, "name"), s->dex[i].name))
				s->dex[i].index = at;
	for (uint8_t i = 1; i < s->n_dexes; i++) {
		if (s->dex[i].index > 0) {
			query_own(h, QI_PERP_META, i);
			continue;
		}
		s->dex[i].loaded = true; /* nothing of it will ever come */
		hl_refuse(h, "the venue has no dex ", s->dex[i].name, strlen(s->dex[i].name));
	}
	return true;
}

static bool small_int(const struct jv *v, int64_t lo, int64_t hi, int64_t *out)
{
	int64_t x;

	if (!jv_i64(v, &x) || x < lo || x > hi)
		return false;
	*out = x;
	return true;
}

static bool read_tiers(struct instr *i, const struct jv *tiers)
{
	i->n_tiers = 0;
	for (tiers = jv_first(tiers); tiers; tiers = jv_next(tiers)) {
		struct margin_tier *t = &i->tiers[i->n_tiers];
		int64_t lev;

		if (i->n_tiers == TIERS_MAX ||
		    !value_money(jv_get(tiers, "lowerBound"), &t->lower) ||
		    !small_int(jv_get(tiers, "maxLeverage"), 1, 1000, &lev))
			return false;
		t->max_leverage = (int32_t)lev;
		i->n_tiers++;
	}
	return i->n_tiers > 0;
}

/* The venue's margin tables by id; built once a list, so that markets times tables stays small. */
struct table {
	int64_t id;
	const struct jv *tiers;
};

struct tables {
	uint32_t n;
	struct table at[TABLES_MAX];
};

static bool read_tables(struct tables *t, const struct jv *list)
{
	t->n = 0;
	for (const struct jv *v = jv_first(list); v; v = jv_next(v)) {
		int64_t id;

		if (!jv_i64(jv_at(v, 0), &id))
			continue;
		if (t->n == TABLES_MAX)
			return false;
		t->at[t->n++] = (struct table){id, jv_get(jv_at(v, 1), "marginTiers")};
	}
	return true;
}

static bool find_tiers(struct instr *i, const struct tables *tables, int64_t id)
{
	for (uint32_t t = 0; t < tables->n; t++)
		if (tables->at[t].id == id)
			return read_tiers(i, tables->at[t].tiers);
	i->n_tiers = 1;
	i->tiers[0].lower.v = 0;
	i->tiers[0].max_leverage = (int32_t)(id > 0 && id < TABLE_LISTED ? id : i->max_leverage);
	return true;
}

static bool read_perp(const struct jv *v, const struct tables *tables, struct instr *i)
{
	int64_t sz, lev, table = 0;
	const char *mode = jv_text(jv_get(v, "marginMode"));

	memset(i, 0, sizeof *i);
	if (!jv_copy(jv_get(v, "name"), i->coin, sizeof i->coin) || !escape_is_symbol(i->coin) ||
	    !small_int(jv_get(v, "szDecimals"), 0, QTY_DIGITS, &sz) ||
	    !small_int(jv_get(v, "maxLeverage"), 1, 1000, &lev))
		return false;
	small_int(jv_get(v, "marginTableId"), 0, 1 << 30, &table);
	jv_bool(jv_get(v, "isDelisted"), &i->delisted);
	jv_bool(jv_get(v, "onlyIsolated"), &i->only_isolated);
	i->only_isolated = i->only_isolated || mode; /* strictIsolated, noCross */
	i->sz_decimals = (int8_t)sz;
	i->px_decimals = (int8_t)(sz < PERP_PX_DECIMALS ? PERP_PX_DECIMALS - sz : 0);
	i->px_sig = PX_SIG;
	i->max_leverage = (int32_t)lev;
	i->min_notional = min_notional;
	return find_tiers(i, tables, table);
}

static void instrs_event(struct hl *h, bool spot, uint8_t dex, uint32_t n)
{
	struct event ev = hl_event(h, EV_INSTRS);

	ev.instrs.spot = spot;
	ev.instrs.dex = dex;
	ev.instrs.n = n;
	ev.instrs.at = h->c.shared->scratch.instr;
	hl_emit(h, &ev);
}

static void leave_out(struct hl *h, const char *what, const struct jv *market)
{
	const char *name = jv_text(jv_get(market, "name"));

	hl_refuse(h, what, name ? name : "", name ? strlen(name) : 0);
}

bool parse_perp_meta(struct hl *h, uint8_t dex, const struct jv *v, const char **why)
{
	struct hl_shared *s = h->c.shared;
	const struct jv *meta = jv_type(v) == JV_ARRAY ? jv_at(v, 0) : v,
			*ctx = jv_first(jv_at(v, 1)), *u = jv_get(meta, "universe");
	struct tables tables;
	uint32_t n = 0, asset = dex ? 100000u + 10000u * (uint32_t)s->dex[dex].index : 0;

	if (jv_type(u) != JV_ARRAY)
		return say(why, "meta: no universe");
	if (!read_tables(&tables, jv_get(meta, "marginTables")))
		return say(why, "meta: more than 1024 margin tables");
	for (const struct jv *c = jv_first(u); c; c = jv_next(c), asset++) {
		struct instr *i = &s->scratch.instr[n];

		if (n == INSTR_MAX)
			return say(why, "meta: more than 1024 markets");
		if (!read_perp(c, &tables, i)) {
			leave_out(h,
				  "meta: left out, lacks name, szDecimals, leverage or tiers: ", c);
			continue;
		}
		i->dex = dex;
		i->asset = asset;
		n++;
	}
	if (!n && jv_first(u))
		return say(why, "meta: no market can be read");
	instrs_event(h, false, dex, n);
	s->dex[dex].loaded = true;
	for (const struct jv *c = jv_first(u); c && ctx; c = jv_next(c), ctx = jv_next(ctx)) {
		const char *coin = jv_text(jv_get(c, "name"));
		uint16_t id = coin ? instr_find(s->instrs, coin) : INSTR_NONE;

		if (id != INSTR_NONE && !parse_ctx(h, id, ctx, why))
			return false;
	}
	return true;
}

/* szDecimals by token index; -1 unknown: its pairs are left out. */
static bool read_tokens(const struct jv *tokens, int8_t *sz, size_t cap)
{
	bool any = false;

	memset(sz, -1, cap);
	for (tokens = jv_first(tokens); tokens; tokens = jv_next(tokens)) {
		int64_t at, d;

		if (!small_int(jv_get(tokens, "index"), 0, (int64_t)cap - 1, &at) ||
		    !small_int(jv_get(tokens, "szDecimals"), 0, QTY_DIGITS, &d))
			continue;
		sz[at] = (int8_t)d;
		any = true;
	}
	return any;
}

bool parse_spot_meta(struct hl *h, const struct jv *v, const char **why)
{
	struct hl_shared *s = h->c.shared;
	const struct jv *meta = jv_type(v) == JV_ARRAY ? jv_at(v, 0) : v,
			*u = jv_get(meta, "universe");
	int8_t sz[TOKENS_MAX];
	uint32_t n = 0;

	if (jv_type(u) != JV_ARRAY || !read_tokens(jv_get(meta, "tokens"), sz, sizeof sz))
		return say(why, "spotMeta: no universe, or no token with index and szDecimals");
	for (u = jv_first(u); u; u = jv_next(u)) {
		struct instr *i = &s->scratch.instr[n];
		int64_t index, base;

		if (n == INSTR_MAX) {
			hl_refuse(h, "more than 1024 spot markets: the rest is left out", "", 0);
			break;
		}
		memset(i, 0, sizeof *i);
		if (!jv_copy(jv_get(u, "name"), i->coin, sizeof i->coin) ||
		    !escape_is_symbol(i->coin) ||
		    !small_int(jv_get(u, "index"), 0, 89999, &index) ||
		    !small_int(jv_at(jv_get(u, "tokens"), 0), 0, TOKENS_MAX - 1, &base)) {
			leave_out(h, "spotMeta: left out, lacks name, index or tokens: ", u);
			continue;
		}
		if (sz[base] < 0)
			continue; /* a trimmed list: without its token a pair cannot be traded */
		i->spot = true;
		i->asset = 10000u + (uint32_t)index;
		i->sz_decimals = sz[base];
		i->px_decimals = (int8_t)(SPOT_PX_DECIMALS - sz[base]);
		i->px_sig = PX_SIG;
		i->max_leverage = 1;
		i->min_notional = min_notional;
		n++;
	}
	instrs_event(h, true, 0, n);
	s->spot_loaded = true;
	/* contexts carry their coin; places do not match */
	for (const struct jv *c = jv_first(jv_at(v, 1)); c; c = jv_next(c)) {
		const char *coin = jv_text(jv_get(c, "coin"));
		uint16_t id = coin ? instr_find(s->instrs, coin) : INSTR_NONE;

		if (id != INSTR_NONE && !parse_ctx(h, id, c, why))
			return false;
	}
	return true;
}

/* Marks and oracles need not be on the tick. Sums out of range are left at 0: they are only shown.
 */
bool parse_ctx(struct hl *h, uint16_t instr, const struct jv *ctx, const char **why)
{
	struct event ev = hl_event(h, EV_CTX);
	const struct jv *mid = jv_get(ctx, "midPx"), *oracle = jv_get(ctx, "oraclePx");

	ev.ctx.instr = instr;
	if (!value_price_cut(jv_get(ctx, "markPx"), &ev.ctx.mark) || ev.ctx.mark.v < 0)
		return say(why, "context: markPx is no price");
	if (mid && !jv_is_null(mid) && (!value_price_cut(mid, &ev.ctx.mid) || ev.ctx.mid.v < 0))
		return say(why, "context: midPx is no price");
	if (oracle && (!value_price_cut(oracle, &ev.ctx.oracle) || ev.ctx.oracle.v < 0))
		return say(why, "context: oraclePx is no price");
	value_ratio(jv_get(ctx, "funding"), &ev.ctx.funding);
	value_qty_cut(jv_get(ctx, "openInterest"), &ev.ctx.open_interest);
	value_money(jv_get(ctx, "dayNtlVlm"), &ev.ctx.day_volume);
	hl_emit(h, &ev);
	return true;
}

bool parse_mids(struct hl *h, uint8_t dex, const struct jv *mids, const char **why)
{
	struct hl_shared *s = h->c.shared;
	struct event ev = hl_event(h, EV_MIDS);
	uint32_t n = 0;

	if (jv_type(mids) != JV_OBJECT)
		return say(why, "allMids: no mids");
	for (const struct jv *v = jv_first(mids); v; v = jv_next(v)) {
		uint16_t id = instr_find(s->instrs, jv_key(v)); /* unlisted coins are many here */

		if (id == INSTR_NONE || n == COUNT_OF(s->scratch.mid))
			continue;
		if (!value_price_cut(v, &s->scratch.mid[n].px)) {
			hl_refuse(h, "allMids: no price of ", jv_key(v), strlen(jv_key(v)));
			continue;
		}
		s->scratch.mid[n++].instr = id;
	}
	ev.mids = (struct ev_mids){.dex = dex, .n = n, .at = s->scratch.mid};
	hl_emit(h, &ev);
	return true;
}
