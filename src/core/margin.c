/* margin.c: margin and liquidation.
 *
 * 1. Everything is exact in 128 bits until the one rounding at the end.
 * 2. Equity less maintenance rises with the price of a long and falls with that of a short, so at
 *    most one tier holds the liquidation price. */
#include "core/margin.h"

#include "base/check.h"

static const __int128 guard = 100000000;

static __int128 div_half_away(__int128 n, __int128 d)
{
	if (d < 0) {
		n = -n;
		d = -d;
	}
	return n < 0 ? -((-n + d / 2) / d) : (n + d / 2) / d;
}

static int64_t abs64(int64_t v)
{
	return v < 0 ? -v : v;
}

static bool tiers_ok(const struct instr *i)
{
	if (i->n_tiers == 0 || i->n_tiers > TIERS_MAX)
		return false;
	for (int k = 0; k < i->n_tiers; k++)
		if (i->tiers[k].max_leverage <= 0)
			return false;
	return true;
}

static int tier_at(const struct instr *i, __int128 notional)
{
	int k = i->n_tiers - 1;

	while (k > 0 && notional < i->tiers[k].lower.v)
		k--;
	return k;
}

/* Maintenance in 1e-16, rounded to nearest in each part. */
static __int128 maintenance16(const struct instr *i, __int128 notional)
{
	__int128 sum = 0;

	for (int k = 0; k < i->n_tiers && notional > i->tiers[k].lower.v; k++) {
		__int128 upper = k + 1 < i->n_tiers ? i->tiers[k + 1].lower.v : notional;
		__int128 part = (upper < notional ? upper : notional) - i->tiers[k].lower.v;

		sum += div_half_away(part * guard, 2 * i->tiers[k].max_leverage);
	}
	return sum;
}

bool margin_maintenance(struct money *out, const struct instr *i, struct money notional)
{
	if (!tiers_ok(i) || notional.v < 0)
		return false;
	/* the parts are off by less than one in 1e-16 each: too little to matter but for exact
	 * results, which must not be cut below themselves */
	out->v = (int64_t)((maintenance16(i, notional.v) + TIERS_MAX) / guard);
	return true;
}

struct money margin_shown(struct money m)
{
	m.v -= m.v % 100;
	return m;
}

/* Deduction of tier n in 1e-16: lower(n) * mmr(n) - maintenance(lower(n)). */
static __int128 deduction16(const struct instr *i, int n)
{
	__int128 lower = i->tiers[n].lower.v;

	return div_half_away(lower * guard, 2 * i->tiers[n].max_leverage) - maintenance16(i, lower);
}

/* Solves P * (szi - |szi| mmr) = cash for the tier that holds at P, where cash16 is a function of
 * the tier's deduction: cash16 = base16 - deduction. Returns false when P <= 0. */
static bool solve(struct price *out, const struct instr *i, struct qty szi, __int128 base16)
{
	for (int n = 0; n < i->n_tiers; n++) {
		__int128 l2 = 2 * (__int128)i->tiers[n].max_leverage;
		__int128 den = szi.v * l2 - abs64(szi.v);
		__int128 num = base16 - deduction16(i, n), p, notional;

		/* P in 1e-10: num 1e-16 / szi 1e-8 = 1e-8, so times 100 */
		if (__builtin_mul_overflow(num, 100 * l2, &num) || den == 0)
			return false;
		p = div_half_away(num, den);
		if (p <= 0)
			continue;
		if (p > INT64_MAX)
			return false;
		notional = p * abs64(szi.v) / 10000000000;
		if (tier_at(i, notional) == n) {
			out->v = (int64_t)p;
			return true;
		}
	}
	return false;
}

bool margin_liq_cross(struct price *out, const struct instr *i, struct qty szi, struct money value,
		      struct money equity, struct money maintenance)
{
	__int128 signed_value, base;

	if (!tiers_ok(i) || szi.v == 0 || szi.v == INT64_MIN || value.v < 0)
		return false;
	signed_value = szi.v > 0 ? value.v : -(__int128)value.v;
	base = (signed_value - equity.v + maintenance.v) * guard - maintenance16(i, value.v);
	return solve(out, i, szi, base);
}

bool margin_liq_isolated(struct price *out, const struct instr *i, struct qty szi,
			 struct money raw_usd)
{
	if (!tiers_ok(i) || szi.v == 0 || szi.v == INT64_MIN)
		return false;
	return solve(out, i, szi, -(__int128)raw_usd.v * guard);
}

bool margin_used_cross(struct money *out, struct money value, int32_t leverage)
{
	if (leverage <= 0)
		return false;
	*out = margin_shown((struct money){value.v / leverage});
	return true;
}

bool margin_used_isolated(struct money *out, struct qty szi, struct money value,
			  struct money raw_usd)
{
	struct money side = {szi.v < 0 ? -value.v : value.v};

	return money_add(out, raw_usd, side);
}

bool margin_roe(struct ratio *out, struct qty szi, struct money value, struct money upnl,
		int32_t leverage)
{
	__int128 entry = (__int128)value.v - (szi.v < 0 ? -(__int128)upnl.v : upnl.v), x;

	if (entry <= 0)
		return false;
	x = div_half_away((__int128)upnl.v * leverage * 10000000000, entry) * 100;
	if (x > INT64_MAX || x < INT64_MIN)
		return false;
	out->v = (int64_t)x;
	return true;
}

bool margin_withdrawable(struct money *out, struct money equity, struct money used,
			 struct money notional)
{
	int64_t tenth = notional.v / 10, most = used.v > tenth ? used.v : tenth, left;

	if (__builtin_sub_overflow(equity.v, most, &left))
		return false;
	out->v = left < 0 ? 0 : left;
	return true;
}
