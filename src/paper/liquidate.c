/* liquidate.c: what happens below maintenance.
 *
 * 1. Equity (cross, or of one isolated position) below maintenance: the orders and triggers of that
 *    pool are cancelled (liquidatedCanceled) and market orders go to the book; positions above
 *    partial_above first 20 %, then for 30 s (per user) whole. What remains stays with the user.
 * 2. Below two thirds of maintenance: positions and their margin go to the liquidator vault at the
 *    mark (backstop). It has a capital; when that is gone, or does not cover a negative equity,
 *    positions are closed against those in profit at the previous mark (adl.c).
 * 3. The user sees userEvents.liquidation, fills with the liquidation object, a ledger row: when
 *    something was cancelled or traded, not while an empty book leaves nothing to do.
 * 4. In a post-only period nothing is liquidated; it comes right after. */
#include "paper/state.h"

#include "base/banned.h"

enum { COOLDOWN_MS = 30000 };

static int64_t abs64(int64_t v)
{
	return v < 0 ? -v : v;
}

static bool in_pool(const struct acct *a, uint16_t coin, int32_t pool)
{
	bool isolated = a->pos[coin].szi != 0 ? a->pos[coin].isolated : a->iso[coin];

	return pool >= 0 ? coin == pool : !isolated;
}

/* Orders and triggers of the pool: a coin that is isolated, or (-1) all that are cross. */
static bool cancel_orders(struct paper *p, struct acct *a, int32_t pool)
{
	struct order *o;
	bool any = false;

	for (o = a->first; o != NULL;) {
		if (!in_pool(a, o->coin, pool)) {
			o = o->next;
			continue;
		}
		order_close(p, o, ST_LIQUIDATED_CANCELED);
		any = true;
		o = a->first; /* closing may take children along */
	}
	return any;
}

/* The positions of the pool, before anything is sold. */
static void put_positions(const struct paper *p, const struct acct *a, int32_t pool, struct str *s)
{
	uint16_t i;

	for (i = 0; i < p->n_coins; i++) {
		if (a->pos[i].szi == 0 || !in_pool(a, i, pool))
			continue;
		str_printf(s, "%s{\"coin\":\"%s\",\"szi\":", s->len > 0 ? "," : "",
			   p->coin[i].c.name);
		str_qnum(s, a->pos[i].szi, 8);
		str_putc(s, '}');
	}
}

static void announce(struct paper *p, struct acct *a, int64_t ntl, int64_t equity, bool cross,
		     const struct str *positions)
{
	struct str d = {0};

	if (a->ev_liq.len > 0)
		return; /* once a block */
	str_printf(&a->ev_liq, "{\"lid\":%llu,\"liquidator\":\"%s\",\"liquidated_user\":\"%s\",",
		   (unsigned long long)++p->lid, p->vault->hex, a->hex);
	str_puts(&a->ev_liq, "\"liquidated_ntl_pos\":");
	str_qnum(&a->ev_liq, ntl, 8);
	str_puts(&a->ev_liq, ",\"liquidated_account_value\":");
	str_qnum(&a->ev_liq, equity, 8);
	str_putc(&a->ev_liq, '}');
	str_puts(&d, "{\"type\":\"liquidation\",\"liquidatedNtlPos\":");
	str_qnum(&d, ntl, 8);
	str_puts(&d, ",\"accountValue\":");
	str_qnum(&d, equity, 8);
	str_printf(&d, ",\"leverageType\":\"%s\",\"liquidatedPositions\":[%s]}",
		   cross ? "Cross" : "Isolated", str_text(positions));
	ledger_add(p, a, d.p);
	str_free(&d);
}

static struct order *liquidation_order(struct paper *p, struct acct *a, uint16_t coin, int64_t sz)
{
	struct order *o = order_new(p, a, coin);

	o->kind = OK_LIQUIDATION;
	o->tif = TIF_LIQUIDATION;
	o->buy = a->pos[coin].szi < 0;
	o->ro = true;
	o->sz = o->orig = sz;
	o->px = p->coin[coin].mark;
	return o;
}

/* A market order for one position; true: something traded. A part of a large one starts the
 * cooldown, which counts from the next block on. */
static bool market_order(struct paper *p, struct acct *a, uint16_t coin)
{
	const struct coin *c = &p->coin[coin];
	int64_t sz = abs64(a->pos[coin].szi), lot = num_pow10(8 - c->c.sz_decimals), best;
	bool cooling = p->block < a->cooldown_ms && a->cooldown_ms != p->block + COOLDOWN_MS;
	bool part = abs64(pm_ntl(c->mark, sz)) > p->conf.partial_above.v && !cooling;
	struct order *o;

	if (!book_best(c, a->pos[coin].szi > 0, &best))
		return false;
	if (part)
		sz = (sz / 5 + lot - 1) / lot * lot;
	o = liquidation_order(p, a, coin, sz);
	order_update(p, o);
	p->forcing = (struct forcing){.user = a, .isolated = a->pos[coin].isolated};
	match_take(p, o, o->buy ? INT64_MAX : 1);
	p->forcing.user = NULL;
	order_close(p, o, o->done > 0 ? ST_FILLED : ST_IOC_REJECTED);
	reduce_only_sweep(p, a, coin);
	if (part && o->done > 0)
		a->cooldown_ms = p->block + COOLDOWN_MS;
	if (o->done > 0)
		note_add(p, true, "liquidated: %s %s%s", a->hex, c->c.name, part ? " 20 %" : "");
	return o->done > 0;
}

static bool exhausted(const struct paper *p, int64_t equity)
{
	struct margin m;

	pm_sum(p, p->vault, &m);
	return m.all_equity <= 0 || m.all_equity + (equity < 0 ? equity : 0) < 0;
}

/* The liquidator's, or when it has nothing left, auto-deleveraging at the previous mark. */
static void take_over(struct paper *p, struct acct *a, uint16_t coin, bool adl)
{
	const struct coin *c = &p->coin[coin];

	if (adl)
		adl_close(p, a, coin, c->prev_mark > 0 ? c->prev_mark : c->mark,
			  abs64(a->pos[coin].szi));
	else
		backstop_take(p, a, coin);
	note_add(p, true, "%s: %s %s", adl ? "bankrupt" : "backstop", a->hex, c->c.name);
}

static void liquidate_isolated(struct paper *p, struct acct *a, uint16_t coin)
{
	const struct coin *c = &p->coin[coin];
	const struct position *x = &a->pos[coin];
	int64_t ntl = pm_ntl(c->mark, x->szi), equity = isolated_equity(x, c->mark);
	int64_t need = pm_maintenance(c, ntl), raw = a->raw;
	struct str held = {0};
	bool adl, done;

	if (equity >= need)
		return;
	put_positions(p, a, coin, &held);
	done = cancel_orders(p, a, coin);
	if ((__int128)equity * 3 < (__int128)need * 2) {
		adl = exhausted(p, equity);
		take_over(p, a, coin, adl);
		if (adl && a->raw < raw) /* not more than its own margin is lost */
			a->raw = raw;
		done = true;
	} else {
		done |= market_order(p, a, coin);
	}
	if (done)
		announce(p, a, abs64(ntl), equity, false, &held);
	str_free(&held);
}

static void liquidate_cross(struct paper *p, struct acct *a)
{
	struct margin m;
	struct str held = {0};
	bool done, all, adl;
	uint16_t i;

	pm_sum(p, a, &m);
	if (m.ntl == 0 || m.equity >= m.maintenance)
		return;
	put_positions(p, a, -1, &held);
	done = cancel_orders(p, a, -1);
	all = (__int128)m.equity * 3 < (__int128)m.maintenance * 2;
	adl = all && exhausted(p, m.equity);
	for (i = 0; i < p->n_coins; i++) {
		if (a->pos[i].szi == 0 || a->pos[i].isolated)
			continue;
		if (all)
			take_over(p, a, i, adl);
		else
			done |= market_order(p, a, i);
	}
	if (all) {
		p->vault->raw += (a->raw > 0 || !adl) ? a->raw : 0;
		a->raw = 0;
	}
	if (done || all)
		announce(p, a, m.ntl, m.equity, true, &held);
	str_free(&held);
}

/* A liquidator that is under water itself gives its positions to those in profit. */
static void deleverage_vault(struct paper *p)
{
	struct margin m;
	uint16_t i;

	pm_sum(p, p->vault, &m);
	if (m.all_equity >= 0 || m.all_ntl == 0)
		return;
	for (i = 0; i < p->n_coins; i++)
		if (p->vault->pos[i].szi != 0)
			take_over(p, p->vault, i, true);
	p->vault->raw = 0;
}

void liquidate_block(struct paper *p)
{
	uint32_t i;
	uint16_t k;

	if (post_only(p))
		return;
	for (i = 0; i < p->n_acct; i++) {
		struct acct *a = p->acct[i];

		if (a->is_vault)
			continue;
		for (k = 0; k < p->n_coins; k++)
			if (a->pos[k].szi != 0 && a->pos[k].isolated)
				liquidate_isolated(p, a, k);
		liquidate_cross(p, a);
	}
	deleverage_vault(p);
}
