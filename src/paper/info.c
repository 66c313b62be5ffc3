/* info.c: /info about the market, and the routing of the rest to info_user.c. */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "paper/state.h"

#include "base/banned.h"

enum { PUBLISHED = 20, PUBLISHED_FAST = 5, CANDLES_TOP = 5000 };

int32_t coin_by_name(const struct paper *p, const char *name)
{
	uint32_t i;

	for (i = 0; name != NULL && i < p->n_coins; i++)
		if (strcmp(p->coin[i].c.name, name) == 0)
			return (int32_t)i;
	return -1;
}

uint32_t info_weight(const char *type)
{
	static const char *const light[] = {"l2Book",
					    "allMids",
					    "clearinghouseState",
					    "orderStatus",
					    "spotClearinghouseState",
					    "exchangeStatus"};
	size_t i;

	for (i = 0; i < COUNT_OF(light); i++)
		if (strcmp(type, light[i]) == 0)
			return 2;
	return strcmp(type, "userRole") == 0 ? 60 : 20;
}

/* --- meta --- */

static void put_tables(struct paper *p, int dex, struct str *s)
{
	uint32_t i, j, k;
	bool any = false;

	str_puts(s, "\"marginTables\":[");
	for (i = 0; i < p->n_coins; i++) {
		const struct paper_coin *c = &p->coin[i].c;

		if (c->margin_table_id < 50 || p->coin[i].dex != dex)
			continue;
		for (j = 0; j < i && p->coin[j].c.margin_table_id != c->margin_table_id; j++)
			;
		if (j < i)
			continue;
		str_printf(s, "%s[%u,{\"description\":\"tiered %dx\",\"marginTiers\":[",
			   any ? "," : "", c->margin_table_id, c->max_leverage);
		any = true;
		for (k = 0; k < c->n_tiers; k++) {
			str_printf(s, "%s{\"lowerBound\":", k ? "," : "");
			str_qnum(s, c->tiers[k].lower.v, 8);
			str_printf(s, ",\"maxLeverage\":%d}", c->tiers[k].max_leverage);
		}
		str_puts(s, "]}]");
	}
	str_puts(s, "]");
}

static void put_meta(struct paper *p, int dex, struct str *s)
{
	uint32_t i;

	str_puts(s, "{\"universe\":[");
	for (i = 0; i < p->n_coins; i++) {
		const struct paper_coin *c = &p->coin[i].c;

		if (p->coin[i].dex != dex)
			continue;
		str_printf(s,
			   "%s{\"szDecimals\":%d,\"name\":\"%s\",\"maxLeverage\":%d,"
			   "\"marginTableId\":%d%s}",
			   p->coin[i].place ? "," : "", c->sz_decimals, c->name, c->max_leverage,
			   c->margin_table_id ? c->margin_table_id : c->max_leverage,
			   c->only_isolated ? ",\"onlyIsolated\":true" : "");
	}
	str_puts(s, "],");
	put_tables(p, dex, s);
	str_puts(s, ",\"collateralToken\":0}");
}

void put_ctx(struct paper *p, uint16_t coin, struct str *s)
{
	const struct coin *c = &p->coin[coin];
	bool stale = book_is_stale(p);
	int64_t bid = stale ? c->stale.impact[1] : book_impact(c, true);
	int64_t ask = stale ? c->stale.impact[0] : book_impact(c, false);
	bool book = bid > 0 && ask > 0;

	if (mark_is_stale(p)) {
		str_puts(s, str_text(&c->stale_ctx));
		return;
	}

	str_puts(s, "{\"funding\":");
	str_qnum(s, num_cut(c->funding_rate, 12, 10), 12);
	str_puts(s, ",\"openInterest\":");
	str_qnum(s, c->c.open_interest.v, 8);
	str_puts(s, ",\"prevDayPx\":");
	str_qnum(s, c->prev_day, 10);
	str_puts(s, ",\"dayNtlVlm\":");
	str_qnum(s, c->c.day_volume.v + c->day_ntl, 8);
	str_puts(s, ",\"premium\":");
	if (book)
		str_qnum(s, num_cut(c->premium_now, 12, 10), 12);
	else
		str_puts(s, "null");
	str_puts(s, ",\"oraclePx\":");
	str_qnum(s, c->oracle, 10);
	str_puts(s, ",\"markPx\":");
	str_qnum(s, c->mark, 10);
	str_puts(s, ",\"midPx\":");
	if (c->has_book)
		str_qnum(s, shown_mid(p, coin), 10);
	else
		str_puts(s, "null");
	str_puts(s, ",\"impactPxs\":");
	if (book) {
		str_putc(s, '[');
		str_qnum(s, num_cut(bid, 10, c->px_decimals + 1), 10);
		str_putc(s, ',');
		str_qnum(s, num_cut(ask, 10, c->px_decimals + 1), 10);
		str_putc(s, ']');
	} else {
		str_puts(s, "null");
	}
	str_puts(s, ",\"dayBaseVlm\":");
	str_qnum(s, c->day_base, 8);
	str_putc(s, '}');
}

void put_ctxs(struct paper *p, int dex, struct str *s)
{
	uint16_t i;

	str_putc(s, '[');
	for (i = 0; i < p->n_coins; i++) {
		if (p->coin[i].dex != dex)
			continue;
		if (p->coin[i].place > 0)
			str_putc(s, ',');
		put_ctx(p, i, s);
	}
	str_putc(s, ']');
}

void put_mids(struct paper *p, int dex, struct str *s)
{
	uint32_t i;
	bool any = false;

	str_putc(s, '{');
	for (i = 0; i < p->n_coins; i++) {
		if (p->coin[i].mid == 0 || p->coin[i].dex != dex)
			continue;
		str_printf(s, "%s\"%s\":", any ? "," : "", p->coin[i].c.name);
		str_qnum(s, shown_mid(p, (uint16_t)i), 10);
		any = true;
	}
	str_putc(s, '}');
}

static const char spot_meta[] =
	"{\"universe\":[{\"tokens\":[1,0],\"name\":\"PURR/"
	"USDC\",\"index\":0,\"isCanonical\":true}],"
	"\"tokens\":[{\"name\":\"USDC\",\"szDecimals\":8,\"weiDecimals\":8,\"index\":0,"
	"\"tokenId\":\"0x6d1e7cde53ba9467b783cb7c530ce054\",\"isCanonical\":true,"
	"\"evmContract\":null,\"fullName\":null,\"deployerTradingFeeShare\":\"0.0\"},"
	"{\"name\":\"PURR\",\"szDecimals\":0,\"weiDecimals\":5,\"index\":1,"
	"\"tokenId\":\"0xc1fb593aeffbeb02f85e0308e9956a90\",\"isCanonical\":true,"
	"\"evmContract\":null,\"fullName\":null,\"deployerTradingFeeShare\":\"0.0\"}]}";

static const char spot_ctxs[] =
	"[{\"prevDayPx\":\"0.2\",\"dayNtlVlm\":\"0.0\",\"markPx\":\"0.2\",\"midPx\":null,"
	"\"circulatingSupply\":\"600000000.0\",\"coin\":\"PURR/USDC\",\"totalSupply\":"
	"\"600000000.0\",\"dayBaseVlm\":\"0.0\"}]";

/* --- books --- */

void put_level(struct str *s, const struct paper_level *l)
{
	str_puts(s, "{\"px\":");
	str_qnum(s, l->px.v, 10);
	str_puts(s, ",\"sz\":");
	str_qnum(s, l->sz.v, 8);
	str_printf(s, ",\"n\":%u}", l->n);
}

/* Bids round down, asks up, to `sig` significant digits (5 with a mantissa: steps of 2 or 5). */
static int64_t aggregate_px(int64_t px, bool bid, int sig, int mantissa)
{
	int64_t step = 1, top = num_pow10(sig);

	while (px / step >= top)
		step *= 10;
	if (mantissa > 1)
		step *= mantissa;
	return (bid ? px : px + step - 1) / step * step;
}

static uint32_t aggregate(struct paper_level *l, uint32_t n, bool bid, int sig, int mantissa)
{
	uint32_t i, m = 0;

	for (i = 0; i < n; i++) {
		int64_t px = aggregate_px(l[i].px.v, bid, sig, mantissa);

		if (m > 0 && l[m - 1].px.v == px) {
			l[m - 1].sz.v += l[i].sz.v;
			l[m - 1].n += l[i].n;
		} else {
			l[m] = l[i];
			l[m++].px.v = px;
		}
	}
	return m;
}

void put_book(struct paper *p, uint16_t coin, int sig_figs, int mantissa, bool fast, struct str *s)
{
	const struct coin *c = &p->coin[coin];
	uint32_t most = fast ? PUBLISHED_FAST : PUBLISHED, n, i;
	struct paper_level l[PAPER_DEPTH_MAX];
	int64_t best[2] = {0, 0};
	int side;

	str_printf(s, "{\"coin\":\"%s\",\"time\":%lld,\"levels\":[", c->c.name,
		   (long long)(book_is_stale(p) ? c->stale.time_ms : p->block));
	for (side = 1; side >= 0; side--) {
		n = shown_levels(p, coin, side, l, PAPER_DEPTH_MAX);
		if (sig_figs > 0)
			n = aggregate(l, n, side, sig_figs, mantissa);
		best[side] = n > 0 ? l[0].px.v : 0;
		str_puts(s, side ? "[" : ",[");
		for (i = 0; i < n && i < most; i++) {
			if (i > 0)
				str_putc(s, ',');
			put_level(s, &l[i]);
		}
		str_putc(s, ']');
	}
	str_putc(s, ']');
	if (sig_figs > 0 && best[0] > 0 && best[1] > 0) {
		str_puts(s, ",\"spread\":");
		str_qnum(s, best[0] - best[1], 10);
	}
	if (fast)
		str_puts(s, ",\"fast\":true");
	str_putc(s, '}');
}

static int answer_book(struct paper *p, const struct jv *root, struct str *s)
{
	int32_t coin = coin_by_name(p, jv_text(jv_get(root, "coin")));
	int64_t sig = 0, mantissa = 0;

	if (jv_text(jv_get(root, "coin")) == NULL)
		return 422;
	jv_i64(jv_get(root, "nSigFigs"), &sig);
	jv_i64(jv_get(root, "mantissa"), &mantissa);
	if ((sig != 0 && (sig < 2 || sig > 5)) ||
	    (mantissa != 0 && (sig != 5 || (mantissa != 2 && mantissa != 5)))) {
		str_puts(s, "null");
		return 500;
	}
	if (coin < 0)
		str_puts(s, "null");
	else
		put_book(p, (uint16_t)coin, (int)sig, (int)mantissa, false, s);
	return 200;
}

/* --- trades, candles, funding --- */

void put_print(const struct coin *c, const struct print *x, struct str *s)
{
	static const char *const nobody[2] = {"0x00000000000000000000000000000000000000b0",
					      "0x00000000000000000000000000000000000000a0"};

	str_printf(s, "{\"coin\":\"%s\",\"side\":\"%s\",\"px\":", c->c.name, x->sell ? "A" : "B");
	str_qnum(s, x->px, 10);
	str_puts(s, ",\"sz\":");
	str_qnum(s, x->sz, 8);
	str_printf(s, ",\"time\":%lld,\"hash\":\"", (long long)x->time_ms);
	put_hash(s, x->hash);
	str_printf(s, "\",\"tid\":%llu,\"users\":[\"%s\",\"%s\"]}", (unsigned long long)x->tid,
		   x->buyer ? x->buyer->hex : nobody[0], x->seller ? x->seller->hex : nobody[1]);
}

void put_trades(struct paper *p, uint16_t coin, struct str *s)
{
	const struct coin *c = &p->coin[coin];
	uint32_t n = c->n_prints < TRADES_KEPT ? c->n_prints : TRADES_KEPT, i;

	str_putc(s, '[');
	for (i = 0; i < n; i++) {
		if (i > 0)
			str_putc(s, ',');
		put_print(c, &c->prints[(c->n_prints - 1 - i) % TRADES_KEPT], s);
	}
	str_putc(s, ']');
}

int64_t interval_ms(const char *name)
{
	static const struct {
		const char *name;
		int64_t minutes;
	} row[] = {{"1m", 1},	 {"3m", 3},    {"5m", 5},     {"15m", 15},  {"30m", 30},
		   {"1h", 60},	 {"2h", 120},  {"4h", 240},   {"8h", 480},  {"12h", 720},
		   {"1d", 1440}, {"3d", 4320}, {"1w", 10080}, {"1M", 43200}};
	size_t i;

	for (i = 0; name != NULL && i < COUNT_OF(row); i++)
		if (strcmp(row[i].name, name) == 0)
			return row[i].minutes * 60000;
	return 0;
}

static void candle_json(struct str *s, const struct coin *c, const char *name, int64_t step,
			const struct candle *k)
{
	str_printf(s, "{\"t\":%lld,\"T\":%lld,\"s\":\"%s\",\"i\":\"%s\",\"o\":", (long long)k->t_ms,
		   (long long)(k->t_ms + step - 1), c->c.name, name);
	str_qnum(s, k->o, 10);
	str_puts(s, ",\"c\":");
	str_qnum(s, k->c, 10);
	str_puts(s, ",\"h\":");
	str_qnum(s, k->h, 10);
	str_puts(s, ",\"l\":");
	str_qnum(s, k->l, 10);
	str_puts(s, ",\"v\":");
	str_qnum(s, k->v, 8);
	str_printf(s, ",\"n\":%u}", k->n);
}

void put_candle(struct paper *p, uint16_t coin, int64_t step, const char *name, int64_t from,
		int64_t to, bool array, struct str *s)
{
	const struct coin *c = &p->coin[coin];
	uint32_t i = c->n_candles > CANDLES_MAX ? c->n_candles - CANDLES_MAX : 0, n = 0;
	struct candle sum = {0};

	for (; i < c->n_candles; i++) {
		const struct candle *k = &c->candles[i % CANDLES_MAX];
		int64_t t = k->t_ms / step * step;

		if (t + step <= from || t > to)
			continue;
		if (sum.n > 0 && sum.t_ms != t && array) {
			if (n++ > 0)
				str_putc(s, ',');
			candle_json(s, c, name, step, &sum);
		}
		if (sum.n == 0 || sum.t_ms != t) {
			sum = *k;
			sum.t_ms = t;
			continue;
		}
		sum.c = k->c;
		sum.h = k->h > sum.h ? k->h : sum.h;
		sum.l = k->l < sum.l ? k->l : sum.l;
		sum.v += k->v;
		sum.n += k->n;
	}
	if (sum.n == 0)
		return;
	if (n > 0)
		str_putc(s, ',');
	candle_json(s, c, name, step, &sum);
}

static int answer_candles(struct paper *p, const struct jv *root, struct str *s)
{
	const struct jv *req = jv_get(root, "req");
	const char *name = jv_text(jv_get(req, "interval"));
	int32_t coin = coin_by_name(p, jv_text(jv_get(req, "coin")));
	int64_t step = interval_ms(name), from = 0, to = INT64_MAX / 2;

	if (step == 0 || !jv_i64(jv_get(req, "startTime"), &from))
		return 422;
	jv_i64(jv_get(req, "endTime"), &to);
	str_putc(s, '[');
	if (coin >= 0)
		put_candle(p, (uint16_t)coin, step, name, from, to, true, s);
	str_putc(s, ']');
	return 200;
}

static int answer_funding(struct paper *p, const struct jv *root, struct str *s)
{
	int32_t coin = coin_by_name(p, jv_text(jv_get(root, "coin")));
	int64_t from, to = INT64_MAX;
	const struct coin *c;
	uint32_t i, n = 0;

	if (!jv_i64(jv_get(root, "startTime"), &from))
		return 422;
	jv_i64(jv_get(root, "endTime"), &to);
	str_putc(s, '[');
	c = coin >= 0 ? &p->coin[coin] : NULL;
	i = c != NULL && c->n_fundings > FUNDINGS_KEPT ? c->n_fundings - FUNDINGS_KEPT : 0;
	for (; c != NULL && i < c->n_fundings; i++) {
		const struct funding_row *f = &c->fundings[i % FUNDINGS_KEPT];

		if (f->time_ms < from || f->time_ms > to)
			continue;
		str_printf(s, "%s{\"coin\":\"%s\",\"fundingRate\":", n++ ? "," : "", c->c.name);
		str_qnum(s, f->rate, 12);
		str_puts(s, ",\"premium\":");
		str_qnum(s, num_cut(f->premium, 12, 10), 12);
		str_printf(s, ",\"time\":%lld}", (long long)f->time_ms);
	}
	str_putc(s, ']');
	return 200;
}

static void put_predicted(struct paper *p, struct str *s)
{
	int64_t hour = p->block / HOUR_MS * HOUR_MS;
	uint32_t i;

	str_putc(s, '[');
	for (i = 0; i < p->n_coins; i++) {
		str_printf(s, "%s[\"%s\",[[\"HlPerp\",{\"fundingRate\":", i ? "," : "",
			   p->coin[i].c.name);
		str_qnum(s, num_cut(p->coin[i].funding_rate, 12, 10), 12);
		str_printf(s, ",\"nextFundingTime\":%lld,\"fundingIntervalHours\":1}]]]",
			   (long long)hour);
	}
	str_putc(s, ']');
}

static void put_market_ntls(struct paper *p, struct str *s)
{
	(void)p;
	str_puts(s, "[[25,\"30000000.0\"],[20,\"5000000.0\"],[10,\"2000000.0\"],[3,\"500000.0\"]]");
}

static int answer_table(struct paper *p, const struct jv *root, struct str *s)
{
	int64_t id;
	uint32_t i, k;

	if (!jv_i64(jv_get(root, "id"), &id))
		return 422;
	for (i = 0; i < p->n_coins && p->coin[i].c.margin_table_id != id; i++)
		;
	str_puts(s, "{\"description\":\"\",\"marginTiers\":[");
	if (i == p->n_coins)
		str_printf(s, "{\"lowerBound\":\"0.0\",\"maxLeverage\":%lld}", (long long)id);
	for (k = 0; i < p->n_coins && k < p->coin[i].c.n_tiers; k++) {
		str_printf(s, "%s{\"lowerBound\":", k ? "," : "");
		str_qnum(s, p->coin[i].c.tiers[k].lower.v, 8);
		str_printf(s, ",\"maxLeverage\":%d}", p->coin[i].c.tiers[k].max_leverage);
	}
	str_puts(s, "]}");
	return 200;
}

static bool market_simple(struct paper *p, const char *type, int dex, struct str *s)
{
	int d;

	if (strcmp(type, "meta") == 0) {
		put_meta(p, dex, s);
	} else if (strcmp(type, "metaAndAssetCtxs") == 0) {
		str_putc(s, '[');
		put_meta(p, dex, s);
		str_putc(s, ',');
		put_ctxs(p, dex, s);
		str_putc(s, ']');
	} else if (strcmp(type, "allPerpMetas") == 0) {
		for (d = 0; d < p->n_dexes; d++) {
			str_putc(s, d ? ',' : '[');
			put_meta(p, d, s);
		}
		str_putc(s, ']');
	} else if (strcmp(type, "perpDexs") == 0) {
		put_perp_dexs(p, s);
	} else if (strcmp(type, "spotMeta") == 0) {
		str_puts(s, spot_meta);
	} else if (strcmp(type, "spotMetaAndAssetCtxs") == 0) {
		str_printf(s, "[%s,%s]", spot_meta, spot_ctxs);
	} else if (strcmp(type, "allMids") == 0) {
		put_mids(p, dex, s);
	} else if (strcmp(type, "predictedFundings") == 0) {
		put_predicted(p, s);
	} else if (strcmp(type, "exchangeStatus") == 0) {
		str_printf(s, "{\"time\":%lld,\"specialStatuses\":null}", (long long)p->now);
	} else if (strcmp(type, "maxMarketOrderNtls") == 0) {
		put_market_ntls(p, s);
	} else if (strcmp(type, "perpsAtOpenInterestCap") == 0 ||
		   strcmp(type, "liquidatable") == 0 || strcmp(type, "outcomeMeta") == 0) {
		str_puts(s, strcmp(type, "outcomeMeta") == 0 ? "{\"outcomes\":[],\"questions\":[]}"
							     : "[]");
	} else {
		return false;
	}
	return true;
}

int info_answer(struct paper *p, const struct jv *root, struct str *s)
{
	const char *type = jv_text(jv_get(root, "type"));
	int dex = dex_by_name(p, jv_text(jv_get(root, "dex")));
	int32_t coin;
	int status = 200;

	if (jv_type(root) == JV_ARRAY)
		type = jv_text(jv_at(root, 0));
	if (type == NULL)
		return 422;
	if (dex < 0) {
		str_puts(s, "null");
		return 500;
	}
	if (market_simple(p, type, dex, s))
		return 200;
	if (strcmp(type, "l2Book") == 0)
		return answer_book(p, root, s);
	if (strcmp(type, "candleSnapshot") == 0)
		return answer_candles(p, root, s);
	if (strcmp(type, "fundingHistory") == 0)
		return answer_funding(p, root, s);
	if (strcmp(type, "marginTable") == 0)
		return answer_table(p, root, s);
	if (strcmp(type, "recentTrades") == 0) {
		coin = coin_by_name(p, jv_text(jv_get(root, "coin")));
		if (coin >= 0)
			put_trades(p, (uint16_t)coin, s);
		else
			str_puts(s, "null");
		return 200;
	}
	return info_user(p, type, root, s, &status) ? status : 422;
}
