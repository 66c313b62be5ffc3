/* margin.c: margin with tiers, withdrawable, liquidation prices, as the venue computes them.
 *
 * 1. maintenance(n) = n / (2 * max leverage of n's tier) - deduction of the tier.
 * 2. liq = (M' + N - E - ded) / (szi - |szi| * l): M' the other positions' maintenance, N = szi *
 *    mark, E the equity (cross or isolated). The tier is the one that holds at the result. */
#include "paper/state.h"

#include "base/banned.h"

static int64_t abs64(int64_t v)
{
	return v < 0 ? -v : v;
}

int64_t pm_ntl(int64_t px, int64_t sz)
{
	return num_muldiv(px, sz, PX_ONE);
}

static uint32_t tiers(const struct coin *c)
{
	return c->c.n_tiers > 0 ? c->c.n_tiers : 1;
}

static int32_t tier_leverage(const struct coin *c, uint32_t i)
{
	return c->c.n_tiers > 0 ? c->c.tiers[i].max_leverage : c->c.max_leverage;
}

static int64_t tier_deduction(const struct coin *c, uint32_t n)
{
	int64_t ded = 0;
	uint32_t i;

	for (i = 1; i <= n; i++) {
		int64_t low = c->c.tiers[i].lower.v;
		int64_t now = tier_leverage(c, i), was = tier_leverage(c, i - 1);

		ded += num_muldiv(low, was - now, 2 * now * was);
	}
	return ded;
}

static uint32_t tier_at(const struct coin *c, int64_t ntl)
{
	uint32_t i = tiers(c) - 1;

	while (i > 0 && abs64(ntl) < c->c.tiers[i].lower.v)
		i--;
	return i;
}

int32_t pm_tier(const struct coin *c, int64_t ntl, int64_t *deduction)
{
	uint32_t i = tier_at(c, ntl);

	if (deduction != NULL)
		*deduction = tier_deduction(c, i);
	return tier_leverage(c, i);
}

int64_t pm_maintenance(const struct coin *c, int64_t ntl)
{
	int64_t ded;
	int32_t lev = pm_tier(c, ntl, &ded);

	return abs64(ntl) / (2 * lev) - ded;
}

int64_t isolated_equity(const struct position *x, int64_t mark)
{
	return x->raw + pm_ntl(mark, x->szi);
}

int64_t position_upnl(const struct position *x, int64_t mark)
{
	int64_t ntl = pm_ntl(mark, x->szi);

	return x->szi >= 0 ? ntl - x->entry : ntl + x->entry;
}

enum { ALL_DEXES = -1 };

void pm_sum(const struct paper *p, const struct acct *a, struct margin *out)
{
	pm_sum_dex(p, a, ALL_DEXES, out);
}

void pm_sum_dex(const struct paper *p, const struct acct *a, int dex, struct margin *out)
{
	int64_t cash = dex > 0 ? 0 : a->raw;
	struct margin m = {.raw = cash, .equity = cash, .all_raw = cash, .all_equity = cash};
	uint32_t i;

	for (i = 0; i < p->n_coins; i++) {
		const struct position *x = &a->pos[i];
		int64_t n, used;

		if (x->szi == 0 || (dex != ALL_DEXES && p->coin[i].dex != dex))
			continue;
		n = pm_ntl(p->coin[i].mark, x->szi);
		used = x->isolated ? x->raw + n : num_cut(abs64(n) / a->lev[i], 8, 6);
		m.all_equity += n + (x->isolated ? x->raw : 0);
		m.all_raw += x->isolated ? x->raw : 0;
		m.all_ntl += abs64(n);
		m.all_used += used;
		if (x->isolated)
			continue;
		m.equity += n;
		m.ntl += abs64(n);
		m.used += used;
		m.maintenance += pm_maintenance(&p->coin[i], n);
	}
	*out = m;
}

int64_t pm_withdrawable(const struct margin *m)
{
	int64_t keep = m->used > m->ntl / 10 ? m->used : m->ntl / 10;

	return m->equity > keep ? m->equity - keep : 0;
}

static int64_t round_div(__int128 n, __int128 d)
{
	__int128 q;

	if (d < 0) {
		n = -n;
		d = -d;
	}
	q = n >= 0 ? (n + d / 2) / d : -((-n + d / 2) / d);
	return q > INT64_MAX ? INT64_MAX : q < INT64_MIN ? INT64_MIN : (int64_t)q;
}

bool pm_liq_px(int64_t k, int64_t szi, int32_t max_leverage, int64_t *out)
{
	int64_t two_l = 2 * (int64_t)max_leverage;
	__int128 d = (__int128)abs64(szi) * ((szi > 0 ? two_l : -two_l) - 1);
	int64_t px;

	if (szi == 0)
		return false;
	px = round_div((__int128)k * PX_ONE * two_l, d);
	if (px <= 0)
		return false;
	*out = px;
	return true;
}

bool pm_position_liq(const struct paper *p, const struct acct *a, uint16_t coin, int64_t *out)
{
	const struct coin *c = &p->coin[coin];
	const struct position *x = &a->pos[coin];
	int64_t n = pm_ntl(c->mark, x->szi), k, px = 0;
	struct margin m;
	uint32_t i;

	if (x->isolated) {
		k = -x->raw;
	} else {
		pm_sum(p, a, &m);
		k = m.maintenance - pm_maintenance(c, n) + n - m.equity;
	}
	for (i = 0; i < tiers(c); i++) {
		if (!pm_liq_px(k - tier_deduction(c, i), x->szi, tier_leverage(c, i), &px))
			continue;
		if (tier_at(c, pm_ntl(px, x->szi)) == i) {
			*out = px;
			return true;
		}
	}
	*out = px;
	return px > 0;
}

int64_t pm_roe(int64_t upnl, int64_t ntl, int side, int32_t leverage)
{
	int64_t base = abs64(ntl) - side * upnl;

	if (base == 0)
		return 0;
	return round_div((__int128)upnl * leverage * PX_ONE, base);
}

bool pm_allows(const struct paper *p, const struct acct *a, uint16_t coin, bool buy, int64_t px,
	       int64_t sz, int64_t resting_px)
{
	const struct coin *c = &p->coin[coin];
	const struct position *x = &a->pos[coin];
	int64_t after = x->szi + (buy ? sz : -sz), grow = abs64(after) - abs64(x->szi), need, price;
	struct margin m;

	(void)resting_px;
	if (grow <= 0)
		return true;
	if (x->szi != 0 && (x->szi > 0) != (after > 0))
		grow = abs64(after);
	price = buy ? (px < c->mark ? px : c->mark) : (px > c->mark ? px : c->mark);
	pm_sum(p, a, &m);
	need = pm_ntl(price, grow) / a->lev[coin];
	return m.equity - m.used >= need;
}
