/* parse_outside.c: what exists beside the accounts and dexes of the configuration.
 *
 *  1. A list is told whole or refused: a sub-account that cannot be read must not look empty.
 *  2. A sub-account's margin states are pairs by dex (subAccounts2), or the one of the validator's
 *     dex (subAccounts).
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

static bool add_state(const struct jv *state, struct sub_account *s, struct money *value)
{
	struct money m;

	if (!value_money(jv_get(jv_get(state, "marginSummary"), "accountValue"), &m) ||
	    jv_type(jv_get(state, "assetPositions")) != JV_ARRAY)
		return false;
	s->holds = s->holds || m.v || jv_first(jv_get(state, "assetPositions"));
	return money_add(value, *value, m);
}

static bool add_spot(const struct jv *balances, struct sub_account *s)
{
	if (jv_type(balances) != JV_ARRAY)
		return false;
	for (const struct jv *v = jv_first(balances); v; v = jv_next(v)) {
		struct qty q;
		struct money m;

		if (!value_qty_cut(jv_get(v, "total"), &q))
			return false;
		s->holds = s->holds || q.v;
		if (jv_str_is(jv_get(v, "coin"), "USDC") && value_money(jv_get(v, "total"), &m))
			s->worth = m;
	}
	return true;
}

static bool read_sub(const struct jv *v, struct sub_account *s)
{
	const struct jv *dexes = jv_get(v, "dexToClearinghouseState");
	const char *name = jv_text(jv_get(v, "name"));
	struct money value = {0};

	memset(s, 0, sizeof *s);
	if (!jv_copy(jv_get(v, "subAccountUser"), s->address, sizeof s->address) ||
	    strlen(s->address) != 42 || !add_spot(jv_get(jv_get(v, "spotState"), "balances"), s))
		return false;
	hl_text(s->name, sizeof s->name, name ? name : "", name ? strlen(name) : 0);
	if (jv_type(dexes) != JV_ARRAY) {
		if (!add_state(jv_get(v, "clearinghouseState"), s, &value))
			return false;
	} else {
		for (const struct jv *d = jv_first(dexes); d; d = jv_next(d))
			if (!add_state(jv_at(d, 1), s, &value))
				return false;
	}
	/* with a unified account the collateral stands in both: never counted twice */
	if (value.v > s->worth.v)
		s->worth = value;
	return true;
}

bool parse_subs(struct hl *h, const struct jv *list, const char **why)
{
	struct event ev = hl_event(h, EV_SUBS);
	struct sub_account *at = h->c.shared->scratch.sub;
	uint32_t n = 0;

	if (!jv_is_null(list) && jv_type(list) != JV_ARRAY)
		return say(why, "subAccounts: no list");
	for (const struct jv *v = jv_first(list); v; v = jv_next(v)) {
		if (n == HL_SUB_ACCOUNTS)
			return say(why, "subAccounts: more than 128");
		if (!read_sub(v, &at[n++]))
			return say(why, "subAccounts: one lacks address, state or balances");
	}
	ev.subs = (struct ev_subs){.n = n, .at = at};
	hl_emit(h, &ev);
	return true;
}

bool parse_dex_names(struct hl *h, const struct jv *list, const char **why)
{
	struct event ev = hl_event(h, EV_DEXES);
	struct venue_dex *at = h->c.shared->scratch.dex;
	uint32_t n = 0;

	if (jv_type(list) != JV_ARRAY)
		return say(why, "perpDexs: no list");
	for (const struct jv *v = jv_first(list); v; v = jv_next(v)) {
		const char *name = jv_text(jv_get(v, "name"));

		if (jv_is_null(v)) /* the validator's */
			continue;
		if (n == HL_DEXES_LISTED || !name)
			return say(why, "perpDexs: more than 128, or one without a name");
		hl_text(at[n++].name, sizeof at[0].name, name, strlen(name));
	}
	ev.dexes = (struct ev_dexes){.n = n, .at = at};
	hl_emit(h, &ev);
	return true;
}
