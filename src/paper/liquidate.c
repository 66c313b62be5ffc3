/* liquidate.c: what happens below maintenance.
 *
 * 1. Equity (cross, or of one isolated position) below maintenance: its orders are cancelled
 *    (liquidatedCanceled) and market orders go to the book; positions above partial_above first 20
 *    %, then for 30 s (per user) whole. What remains stays with the user.
 * 2. Below two thirds of maintenance: positions and their margin go to the liquidator vault at the
 *    mark (backstop). The vault absorbs negative equity; there is no ADL here.
 * 3. The user sees userEvents.liquidation, fills with the liquidation object, a ledger row. */
#include "paper/state.h"

#include "base/banned.h"

enum { COOLDOWN_MS = 30000 };

static int64_t abs64(int64_t v)
{
	return v < 0 ? -v : v;
}

static void cancel_orders(struct paper *p, struct acct *a, int32_t coin)
{
	struct order *o, *next;

	for (o = a->first; o != NULL; o = next) {
		next = o->next;
		if (coin >= 0 && o->coin != coin)
			continue;
		order_close(p, o, ST_LIQUIDATED_CANCELED);
		next = a->first; /* closing may take children along */
		while (next != NULL && coin >= 0 && next->coin != coin)
			next = next->next;
	}
}

static void announce(struct paper *p, struct acct *a, int64_t ntl, int64_t equity, bool cross)
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
	str_printf(&d, ",\"leverageType\":\"%s\",\"liquidatedPositions\":[]}",
		   cross ? "Cross" : "Isolated");
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

/* A market order for one position; true: a part of a large one, which starts the cooldown. */
static bool market_order(struct paper *p, struct acct *a, uint16_t coin)
{
	const struct coin *c = &p->coin[coin];
	int64_t sz = abs64(a->pos[coin].szi), lot = num_pow10(8 - c->c.sz_decimals), best;
	bool part =
		abs64(pm_ntl(c->mark, sz)) > p->conf.partial_above.v && p->block >= a->cooldown_ms;
	struct order *o;

	if (!book_best(c, a->pos[coin].szi > 0, &best))
		return false;
	if (part)
		sz = (sz / 5 + lot - 1) / lot * lot;
	o = liquidation_order(p, a, coin, sz);
	order_update(p, o);
	match_take(p, o, o->buy ? INT64_MAX : 1);
	order_close(p, o, o->done > 0 ? ST_FILLED : ST_IOC_REJECTED);
	reduce_only_sweep(p, a, coin);
	return part && o->done > 0;
}

static void record(struct paper *p, struct order *o, struct acct *other, int64_t px, int64_t sz)
{
	struct fill *f;

	match_fill(p, o, px, sz, true, 0, mix64(p->lid, o->oid) >> 14);
	f = &o->a->fills[o->a->n_fills - 1];
	f->backstop = true;
	o->a->raw += f->fee; /* no clearance fee */
	f->fee = 0;
	(void)other;
}

static void backstop(struct paper *p, struct acct *a, uint16_t coin)
{
	struct position *x = &a->pos[coin];
	int64_t sz = abs64(x->szi), px = p->coin[coin].mark, start;
	int64_t margin = x->isolated ? isolated_equity(x, px) : 0;
	bool buy = x->szi < 0;
	struct order *o = liquidation_order(p, a, coin, sz);

	record(p, o, p->vault, px, sz);
	position_trade(p, p->vault, coin, !buy, px, sz, &start);
	order_close(p, o, ST_FILLED);
	a->raw -= margin;
	p->vault->raw += margin;
}

static void liquidate_isolated(struct paper *p, struct acct *a, uint16_t coin)
{
	const struct coin *c = &p->coin[coin];
	const struct position *x = &a->pos[coin];
	int64_t ntl = pm_ntl(c->mark, x->szi), equity = isolated_equity(x, c->mark);
	int64_t need = pm_maintenance(c, ntl);

	if (equity >= need)
		return;
	cancel_orders(p, a, coin);
	announce(p, a, abs64(ntl), equity, false);
	if ((__int128)equity * 3 < (__int128)need * 2)
		backstop(p, a, coin);
	else if (market_order(p, a, coin))
		a->cooldown_ms = p->block + COOLDOWN_MS;
}

static void liquidate_cross(struct paper *p, struct acct *a)
{
	struct margin m;
	bool part = false, all;
	uint16_t i;

	pm_sum(p, a, &m);
	if (m.ntl == 0 || m.equity >= m.maintenance)
		return;
	cancel_orders(p, a, -1);
	announce(p, a, m.ntl, m.equity, true);
	all = (__int128)m.equity * 3 < (__int128)m.maintenance * 2;
	for (i = 0; i < p->n_coins; i++) {
		if (a->pos[i].szi == 0 || a->pos[i].isolated)
			continue;
		if (all)
			backstop(p, a, i);
		else
			part |= market_order(p, a, i);
	}
	if (part)
		a->cooldown_ms = p->block + COOLDOWN_MS;
	if (all) {
		p->vault->raw += a->raw;
		a->raw = 0;
	}
}

void liquidate_block(struct paper *p)
{
	uint32_t i;
	uint16_t k;

	for (i = 0; i < p->n_acct; i++) {
		struct acct *a = p->acct[i];

		if (a->is_vault)
			continue;
		for (k = 0; k < p->n_coins; k++)
			if (a->pos[k].szi != 0 && a->pos[k].isolated)
				liquidate_isolated(p, a, k);
		liquidate_cross(p, a);
	}
}
