/* hand.c: a second hand on the account: somebody else with a key of his own, and his own client ids
 * ("hand" in hexadecimal at their front).
 *
 *   {"hand":"add","coin":"BTC","share":"0.3"}     buys more of a long, sells more of a short
 *   {"hand":"close","coin":"BTC","share":"1"}     reduce-only
 *   {"hand":"trade","coin":"BTC","side":"A","size":"0.5"}
 *   {"hand":"limit","coin":"BTC","side":"A","size":"0.5","away":"0.01"}    rests, Gtc
 *   {"hand":"stop","coin":"BTC","share":"1","away":"0.02"}   a trigger against the position, NOT
 *                                                            reduce-only unless "reduce_only":true
 *   {"hand":"twap","coin":"BTC","side":"B","size":"1","minutes":30}
 *   {"hand":"cancel","coin":"BTC"}       ours: what does not carry his ids; without coin everywhere
 *
 * size in coins, or share of the position; away: from the mid, a share of it. Market orders go up
 * to 3 % through the mid. He is refused by the same rules as everybody, post-only and all. */
#include <string.h>

#include "base/check.h"
#include "paper/admin.h"

#include "base/banned.h"

struct plan {
	struct acct *a;
	uint16_t coin;
	int64_t sz, szi;
	bool buy;
	int64_t away; /* at 1e-8 */
};

static void hand_cloid(struct paper *p, uint8_t cloid[16])
{
	uint64_t h = mix64(p->conf.seed ^ 0x68616e64, p->made_up++);

	memset(cloid, 0, 16);
	memcpy(cloid, "hand", 4);
	memcpy(cloid + 8, &h, 8);
}

static bool is_his(const struct order *o)
{
	return o->has_cloid && memcmp(o->cloid, "hand", 4) == 0;
}

/* What the venue answered, as a refusal when it holds an error. */
static bool said(struct paper *p, const struct str *s)
{
	const char *at = strstr(str_text(s), "\"error\":\"");

	if (at == NULL && strstr(str_text(s), "\"status\":\"err\"") == NULL)
		return true;
	return admin_no(p, "hand: the venue refused it");
}

static bool place(struct paper *p, const struct plan *w, struct oreq *r)
{
	struct action act = {.kind = AK_ORDER, .n = 1, .order = r, .grouping = GR_NA};
	struct str s = {0};
	bool ok;

	r->asset = w->coin;
	r->s = w->sz;
	r->has_cloid = true;
	hand_cloid(p, r->cloid);
	p->action_id = mix64(p->height, p->made_up);
	w->a->touched = true;
	exec_orders(p, w->a, &act, &s);
	ok = said(p, &s);
	str_free(&s);
	return ok;
}

static int64_t px_at(const struct paper *p, const struct plan *w, int64_t away, bool up)
{
	const struct coin *c = &p->coin[w->coin];
	int64_t d = num_muldiv(c->mid, away, USD);

	return price_round(c, up ? c->mid + d : c->mid - d, up) / 100;
}

static bool do_market(struct paper *p, const struct plan *w, bool buy, bool ro)
{
	struct oreq r = {.buy = buy, .ro = ro, .tif = TIF_IOC};

	r.p = px_at(p, w, 3 * USD / 100, buy);
	return place(p, w, &r);
}

bool hand_market(struct paper *p, struct acct *a, uint16_t coin, bool buy, int64_t sz)
{
	const struct plan w = {.a = a, .coin = coin, .sz = sz};

	return do_market(p, &w, buy, false);
}

bool hand_join(struct paper *p, struct acct *a, uint16_t coin, bool buy, int64_t sz)
{
	const struct plan w = {.a = a, .coin = coin, .sz = sz};
	struct oreq r = {.buy = buy, .tif = TIF_ALO};

	if (p->coin[coin].n_depth[buy] == 0)
		return false;
	r.p = p->coin[coin].depth[buy][0].px.v / 100;
	return place(p, &w, &r);
}

static bool do_limit(struct paper *p, const struct plan *w, bool ro)
{
	struct oreq r = {.buy = w->buy, .ro = ro, .tif = TIF_GTC};

	r.p = px_at(p, w, w->away, !w->buy);
	return place(p, w, &r);
}

static bool do_stop(struct paper *p, const struct plan *w, bool ro)
{
	bool buy = w->szi < 0;
	struct oreq r = {.buy = buy, .ro = ro, .trigger = true, .is_market = true, .tif = TIF_IOC};

	r.tpx = px_at(p, w, w->away, buy);
	r.p = px_at(p, w, w->away + USD / 10, buy);
	return place(p, w, &r);
}

static bool do_twap(struct paper *p, const struct plan *w, const struct jv *root)
{
	struct action act = {.kind = AK_TWAP, .asset = w->coin, .s = w->sz, .yes = w->buy};
	struct str s = {0};
	bool ok;

	act.yes2 = admin_yes(root, "reduce_only", false);
	act.num = admin_int(root, "minutes", 30);
	w->a->touched = true;
	exec_twap(p, w->a, &act, &s);
	ok = said(p, &s);
	str_free(&s);
	return ok;
}

static bool do_cancel(struct paper *p, struct acct *a, int32_t coin)
{
	struct order *o = a->first;
	uint32_t n = 0;

	while (o != NULL) {
		if (is_his(o) || (coin >= 0 && o->coin != coin)) {
			o = o->next;
			continue;
		}
		order_close(p, o, ST_CANCELED);
		n++;
		o = a->first;
	}
	return n > 0 || admin_no(p, "hand: nothing of ours to cancel");
}

static bool plan_read(struct paper *p, const struct jv *root, struct plan *w)
{
	const char *side = jv_text(jv_get(root, "side"));
	const struct coin *c = &p->coin[w->coin];
	int64_t share = USD, sz = w->szi < 0 ? -w->szi : w->szi;

	if (jv_get(root, "size") != NULL) {
		if (!admin_num(root, "size", &w->sz))
			return admin_no(p, "hand: size is a decimal in quotes");
	} else {
		if (jv_get(root, "share") != NULL && !admin_num(root, "share", &share))
			return admin_no(p, "hand: share is a decimal in quotes");
		w->sz = num_muldiv(sz, share, USD);
	}
	w->sz = num_cut(w->sz, 8, c->c.sz_decimals);
	if (w->sz <= 0)
		return admin_no(p, "hand: nothing to trade: no position, or less than a lot");
	w->away = USD / 100;
	if (jv_get(root, "away") != NULL &&
	    (!admin_num(root, "away", &w->away) || w->away < 0 || w->away > USD / 2))
		return admin_no(p, "hand: away is from 0 to 0.5, in quotes");
	if (side != NULL && strcmp(side, "A") != 0 && strcmp(side, "B") != 0)
		return admin_no(p, "hand: side is A or B");
	w->buy = side != NULL ? side[0] == 'B' : w->szi < 0;
	return true;
}

bool admin_hand(struct paper *p, const struct jv *root)
{
	const char *what = jv_text(jv_get(root, "hand"));
	struct plan w = {.a = admin_user(p, root)};
	int32_t coin = admin_coin(p, root, "coin");
	bool ro = admin_yes(root, "reduce_only", false);

	if (w.a == NULL)
		return false;
	if (what != NULL && strcmp(what, "cancel") == 0)
		return do_cancel(p, w.a, coin);
	if (coin < 0)
		return admin_no(p, "hand: no such coin");
	w.coin = (uint16_t)coin;
	w.szi = w.a->pos[coin].szi;
	if (!plan_read(p, root, &w))
		return false;
	if (what != NULL && strcmp(what, "add") == 0)
		return do_market(p, &w, w.szi >= 0, false);
	if (what != NULL && strcmp(what, "close") == 0)
		return do_market(p, &w, w.szi < 0, true);
	if (what != NULL && strcmp(what, "trade") == 0)
		return do_market(p, &w, w.buy, ro);
	if (what != NULL && strcmp(what, "limit") == 0)
		return do_limit(p, &w, ro);
	if (what != NULL && strcmp(what, "stop") == 0)
		return do_stop(p, &w, ro);
	if (what != NULL && strcmp(what, "twap") == 0)
		return do_twap(p, &w, root);
	return admin_no(p, "hand: add, close, trade, limit, stop, twap or cancel");
}
