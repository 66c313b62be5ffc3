/* admin_world.c: words that make a bad world: post-only, an empty budget, an agent that expires,
 * litter and dust on the account, depth that goes, prices that part, ADL. */
#include <stddef.h>
#include <string.h>

#include "base/check.h"
#include "paper/admin.h"

#include "base/banned.h"

#define EQUITY_TOP (10000000000ll * USD)

enum { LITTER_TOP = 5000, LITTER_USD = 12, DAY_TOP_MS = 86400000 };

/* {"post_only":true,"ms":150000}; without ms until {"post_only":false}. */
bool admin_post_only(struct paper *p, const struct jv *root)
{
	int32_t ms = admin_int(root, "ms", 0);

	if (ms < 0 || ms > DAY_TOP_MS)
		return admin_no(p, "post_only: ms from 0 to a day");
	if (!admin_yes(root, "post_only", true))
		p->post_only_until = 0;
	else
		p->post_only_until = ms > 0 ? p->block + ms : NONE_MS;
	return true;
}

/* {"budget":6}: actions left to the address. */
bool admin_budget(struct paper *p, const struct jv *root)
{
	struct acct *a = admin_user(p, root);
	int32_t left = admin_int(root, "budget", -1);
	uint64_t cap;

	if (a == NULL)
		return false;
	if (left < 0)
		return admin_no(p, "budget: a whole number of actions left");
	p->conf.no_address_limits = false;
	cap = addr_cap(p, a);
	if ((uint64_t)left > cap) {
		a->reserved += (uint64_t)left - cap;
		cap = (uint64_t)left;
	}
	a->requests = cap - (uint64_t)left;
	a->limited_ms = -NONE_MS;
	return true;
}

/* {"agent_expiry":240000}: all agents of the account, so many ms from now. */
bool admin_agent_expiry(struct paper *p, const struct jv *root)
{
	struct acct *a = admin_user(p, root);
	int64_t ms;
	uint32_t i;

	if (a == NULL)
		return false;
	if (!jv_i64(jv_get(root, "agent_expiry"), &ms) || ms < 0 || ms > 180 * DAY_MS)
		return admin_no(p, "agent_expiry: ms from now, to 180 days");
	if (a->n_agents == 0)
		return admin_no(p, "agent_expiry: the account has no agent");
	for (i = 0; i < a->n_agents; i++)
		a->agent[i].until_ms = p->block + ms;
	return true;
}

/* --- what lies around on an account --- */

static void cloid_of(struct paper *p, uint8_t cloid[16])
{
	uint64_t n = p->made_up++, h = mix64(p->conf.seed ^ 0x68616e64, n);

	memcpy(cloid, "hand", 4);
	memcpy(cloid + 4, &h, 8);
	memcpy(cloid + 12, &n, 4);
}

static bool put_resting(struct paper *p, struct acct *a, uint16_t coin, bool buy, int64_t px,
			int64_t sz, bool ro)
{
	struct oreq r = {.asset = coin, .buy = buy, .ro = ro, .has_cloid = true, .tif = TIF_GTC};
	struct action act = {.kind = AK_ORDER, .n = 1, .order = &r, .grouping = GR_NA};
	struct str arg = {0};
	enum text why;

	r.p = price_round(&p->coin[coin], px, false) / 100;
	r.s = sz;
	cloid_of(p, r.cloid);
	p->action_id = mix64(p->height, p->made_up);
	order_place(p, a, &r, &act, false, &why, &arg);
	str_free(&arg);
	if (why != TX_NONE)
		p->why = text_of(why);
	return why == TX_NONE;
}

static int64_t lots_of(const struct coin *c, int64_t usd, int64_t px)
{
	int64_t lot = num_pow10(8 - c->c.sz_decimals), sz = num_muldiv(usd, PX_ONE, px);

	return (sz + lot - 1) / lot * lot;
}

/* A leg of about so much, rounded up to the lot; negative: short. */
static bool dust_leg(struct paper *p, struct acct *a, uint32_t k, int64_t usd)
{
	const struct coin *c = &p->coin[k];
	int64_t sz;

	if (c->mark == 0)
		return admin_no(p, "dust: the coin has no price");
	sz = lots_of(c, usd < 0 ? -usd : usd, c->mark);
	return paper_position(p, a->hex, c->c.name, (struct qty){usd < 0 ? -sz : sz},
			      (struct price){price_round(c, c->mark, false)}, 0, false);
}

/* {"litter":1000}: resting orders of about 12 USD, 5 to 40 % away, over all coins, both sides;
 * with "dust":true legs of 6 and 11 USD in the second and third coin. */
bool admin_litter(struct paper *p, const struct jv *root)
{
	struct acct *a = admin_user(p, root);
	int32_t n = admin_int(root, "litter", 0), i;
	bool ro = admin_yes(root, "reduce_only", false);
	uint16_t alive[PAPER_COINS_MAX];
	int32_t n_alive = 0;

	if (a == NULL)
		return false;
	if (n < 1 || n > LITTER_TOP)
		return admin_no(p, "litter: from 1 to 5,000 orders");
	for (i = 0; (uint32_t)i < p->n_coins; i++)
		if (p->coin[i].mark > 0)
			alive[n_alive++] = (uint16_t)i;
	if (n_alive == 0)
		return admin_no(p, "litter: no coin has a price");
	for (i = 0; i < n; i++) {
		uint16_t k = alive[i % n_alive];
		bool buy = i / n_alive % 2 == 0;
		int64_t off = 5 + i % 35,
			px = p->coin[k].mark / 100 * (buy ? 100 - off : 100 + off);

		if (!put_resting(p, a, k, buy, px, lots_of(&p->coin[k], LITTER_USD * USD, px), ro))
			return false;
	}
	if (admin_yes(root, "dust", false) && p->n_coins > 2)
		return dust_leg(p, a, 1, 6 * USD) && dust_leg(p, a, 2, 11 * USD);
	return true;
}

/* {"cover":"BTC"}: two reduce-only limits, 1 and 2 % away, over the whole position. */
bool admin_cover(struct paper *p, const struct jv *root)
{
	struct acct *a = admin_user(p, root);
	int32_t k = admin_coin(p, root, "cover"), i;
	int64_t szi, part, px;

	if (a == NULL || k < 0)
		return false;
	szi = a->pos[k].szi;
	if (szi == 0)
		return admin_no(p, "cover: there is no position");
	part = num_cut((szi < 0 ? -szi : szi) / 2, 8, p->coin[k].c.sz_decimals);
	for (i = 1; i <= 2; i++) {
		px = p->coin[k].mark / 100 * (szi > 0 ? 100 + i : 100 - i);
		if (i == 2)
			part = (szi < 0 ? -szi : szi) - part;
		if (part > 0 && !put_resting(p, a, (uint16_t)k, szi < 0, px, part, true))
			return false;
	}
	return true;
}

/* {"dust":"ETH","usd":"6"}: a leg of about that, rounded up to the lot; negative: short. */
bool admin_dust(struct paper *p, const struct jv *root)
{
	struct acct *a = admin_user(p, root);
	int32_t k = admin_coin(p, root, "dust");
	int64_t usd;

	if (a == NULL || k < 0)
		return false;
	if (!admin_num(root, "usd", &usd) || usd == 0 || usd > 1000 * USD || usd < -1000 * USD)
		return admin_no(p, "dust: usd from -1000 to 1000, not 0");
	return dust_leg(p, a, (uint32_t)k, usd);
}

/* {"equity":"54544"}, or a share of the cross notional: {"equity":"0.02435","of":"notional"}. */
bool admin_equity(struct paper *p, const struct jv *root)
{
	struct acct *a = admin_user(p, root);
	const char *of = jv_text(jv_get(root, "of"));
	struct margin m;
	int64_t want;

	if (a == NULL)
		return false;
	if (!admin_num(root, "equity", &want) || (of != NULL && strcmp(of, "notional") != 0))
		return admin_no(p, "equity: a decimal; of: notional, or nothing");
	pm_sum(p, a, &m);
	if (of != NULL)
		want = num_muldiv(m.ntl, want, USD);
	if (want > EQUITY_TOP || want < -EQUITY_TOP)
		return admin_no(p, "equity: at most 10,000,000,000 USD");
	if (p->conf.fund_any.v > 0 && a->ledger.len == 0)
		a->funded = true;
	return paper_fund(p, a->hex, (struct money){want - m.equity});
}

/* --- prices and depth --- */

struct bend {
	int32_t coin;
	int32_t over_ms, for_ms, back_ms;
};

static bool bend_read(struct paper *p, const struct jv *root, const char *key, struct bend *b)
{
	b->coin = admin_coin(p, root, key);
	b->over_ms = admin_int(root, "over_ms", 0);
	b->for_ms = admin_int(root, "ms", 0);
	b->back_ms = admin_int(root, "back_ms", 0);
	if (b->coin == -1)
		return false;
	if (b->over_ms < 0 || b->for_ms < 0 || b->back_ms < 0)
		return admin_no(p, "over_ms, ms and back_ms are 0 or more");
	return true;
}

static void bend_all(struct paper *p, const struct bend *b, size_t ramp, int64_t peak)
{
	uint32_t i;

	for (i = 0; i < p->n_coins; i++)
		if (b->coin == -2 || b->coin == (int32_t)i)
			ramp_set((struct ramp *)((char *)&p->coin[i] + ramp), peak, p->block,
				 b->over_ms, b->for_ms, b->back_ms);
}

/* {"depth":"BTC","factor":"0.1","over_ms":5000,"ms":60000,"back_ms":300000} */
bool admin_depth(struct paper *p, const struct jv *root)
{
	struct bend b;
	int64_t f;

	if (!bend_read(p, root, "depth", &b))
		return false;
	if (!admin_num(root, "factor", &f) || f < 0 || f > 10 * USD)
		return admin_no(p, "depth: factor from 0 to 10");
	bend_all(p, &b, offsetof(struct coin, thin), (f - USD) * (RATE_ONE / USD));
	return true;
}

static bool off_read(struct paper *p, const struct jv *root, int64_t *peak)
{
	int64_t pct;

	if (!admin_num(root, "pct", &pct) || pct <= -90 * USD || pct > 100 * USD)
		return admin_no(p, "pct: from above -90 to 100");
	*peak = pct * (RATE_ONE / USD) / 100;
	return true;
}

/* {"oracle":"BTC","pct":"-6","ms":600000}: what the validators publish is off by that. */
bool admin_oracle(struct paper *p, const struct jv *root)
{
	struct bend b;
	int64_t peak = 0;

	if (!bend_read(p, root, "oracle", &b) || !off_read(p, root, &peak))
		return false;
	bend_all(p, &b, offsetof(struct coin, oracle_off), peak);
	return true;
}

/* {"external":"BTC","pct":"2"}: the perps of other venues. */
bool admin_external(struct paper *p, const struct jv *root)
{
	struct bend b;
	int64_t peak = 0;

	if (!bend_read(p, root, "external", &b) || !off_read(p, root, &peak))
		return false;
	bend_all(p, &b, offsetof(struct coin, external_off), peak);
	return true;
}

/* {"funding":"HYPE","rate":"0.0001141"}: an hour's; without rate the rule again. */
bool admin_funding(struct paper *p, const struct jv *root)
{
	int32_t k = admin_coin(p, root, "funding");
	int64_t rate = 0;
	bool has = jv_get(root, "rate") != NULL;

	if (k < 0)
		return false;
	if (has && (!admin_num(root, "rate", &rate) || rate > USD / 25 || rate < -USD / 25))
		return admin_no(p, "funding: rate is a decimal, at most 0.04 an hour");
	p->coin[k].has_forced_rate = has;
	p->coin[k].forced_rate = rate * (RATE_ONE / USD);
	if (has)
		p->coin[k].funding_rate = p->coin[k].forced_rate;
	return true;
}

/* --- the liquidator and ADL --- */

/* {"liquidator":"0"}: its equity; at 0 it takes nothing any more and ADL begins. */
bool admin_liquidator(struct paper *p, const struct jv *root)
{
	struct margin m;
	int64_t usd;

	if (!admin_num(root, "liquidator", &usd) || usd > EQUITY_TOP || usd < -EQUITY_TOP)
		return admin_no(p, "liquidator: its equity, at most 10,000,000,000 USD");
	pm_sum(p, p->vault, &m);
	p->vault->raw += usd - m.all_equity;
	return true;
}

/* One bankrupt account of the crowd, opposite to a's position, closed against who is in profit. */
static bool burst_one(struct paper *p, struct acct *a, uint16_t coin, int64_t share)
{
	struct coin *c = &p->coin[coin];
	int64_t szi = a->pos[coin].szi, sz = szi < 0 ? -szi : szi, px, start;
	uint64_t h[3];
	uint8_t addr[24];
	struct acct *b;

	if (szi == 0 || adl_rank(p, a, coin) == 0)
		return false;
	sz = num_cut(num_muldiv(sz, share, USD), 8, c->c.sz_decimals);
	if (sz == 0)
		sz = num_pow10(8 - c->c.sz_decimals);
	for (int i = 0; i < 3; i++)
		h[i] = mix64(p->conf.seed ^ 0x61646c, 3 * p->made_up + (uint64_t)i);
	p->made_up++;
	memcpy(addr, h, sizeof addr);
	b = acct_get(p, addr);
	if (b == NULL)
		return admin_no(p, "4,096 addresses are kept, and all are taken");
	px = c->prev_mark > 0 ? c->prev_mark : c->mark;
	/* It went in 10 % worse than here; so it has lost. */
	position_trade(p, b, coin, szi < 0, px / 100 * (szi < 0 ? 110 : 90), sz, &start);
	adl_close(p, b, coin, px, sz);
	b->raw = 0;
	b->funded = false;
	return true;
}

/* {"adl":"BTC","share":"0.6"}; "*": every coin. Only positions in profit are taken. */
bool admin_adl(struct paper *p, const struct jv *root)
{
	struct acct *a = admin_user(p, root);
	int32_t k = admin_coin(p, root, "adl");
	int64_t share = USD;
	uint32_t i, taken = 0;

	if (a == NULL || k == -1)
		return false;
	if (jv_get(root, "share") != NULL &&
	    (!admin_num(root, "share", &share) || share <= 0 || share > USD))
		return admin_no(p, "adl: share above 0, at most 1");
	for (i = 0; i < p->n_coins; i++)
		if (k == -2 || k == (int32_t)i)
			taken += burst_one(p, a, (uint16_t)i, share);
	note_add(p, true, "adl: %u positions taken", taken);
	return true;
}

/* --- rules --- */

bool admin_reduce_only(struct paper *p, const struct jv *root)
{
	const char *v = jv_text(jv_get(root, "reduce_only"));

	if (v == NULL || (strcmp(v, "cap") != 0 && strcmp(v, "reject") != 0))
		return admin_no(p, "reduce_only: cap or reject");
	p->conf.reduce_only_reject = v[0] == 'r';
	return true;
}

bool admin_cover_rule(struct paper *p, const struct jv *root)
{
	const char *v = jv_text(jv_get(root, "reduce_only_cover"));

	if (v == NULL || (strcmp(v, "limits") != 0 && strcmp(v, "strict") != 0))
		return admin_no(p, "reduce_only_cover: limits or strict");
	p->conf.cover_strict = v[0] == 's';
	return true;
}

bool admin_min_rule(struct paper *p, const struct jv *root)
{
	static const char *const name[] = {"full-exempt", "all-exempt", "none-exempt"};
	const char *v = jv_text(jv_get(root, "min_rule"));
	size_t i;

	for (i = 0; v != NULL && i < COUNT_OF(name); i++)
		if (strcmp(v, name[i]) == 0) {
			p->conf.min_rule = (enum paper_min_rule)i;
			return true;
		}
	return admin_no(p, "min_rule: full-exempt, all-exempt or none-exempt");
}
