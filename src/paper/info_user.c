/* info_user.c: /info about an account. Unknown addresses are empty accounts, never errors. */
#include <string.h>

#include "base/check.h"
#include "base/hex.h"
#include "paper/state.h"

#include "base/banned.h"

struct query {
	struct paper *p;
	struct acct *a;
	const struct jv *root;
	struct str *s;
	int64_t from, to;
	int dex;
	bool aggregate;
};

typedef void answer_fn(struct query *q);

static void q_state(struct query *q)
{
	put_state(q->p, q->a, q->dex, q->s);
}

static void q_spot(struct query *q)
{
	put_spot_state(q->p, q->a, q->s);
}

static void q_open(struct query *q)
{
	put_open_orders(q->p, q->a, q->dex, false, q->s);
}

static void q_frontend(struct query *q)
{
	put_open_orders(q->p, q->a, q->dex, true, q->s);
}

static void q_history(struct query *q)
{
	put_history(q->p, q->a, q->s);
}

static void q_fills(struct query *q)
{
	put_fills(q->p, q->a, false, 0, INT64_MAX, true, q->aggregate, q->s);
}

static void q_fills_time(struct query *q)
{
	put_fills(q->p, q->a, false, q->from, q->to, false, q->aggregate, q->s);
}

static void q_slices(struct query *q)
{
	put_fills(q->p, q->a, true, 0, INT64_MAX, true, false, q->s);
}

static void q_slices_time(struct query *q)
{
	put_fills(q->p, q->a, true, q->from, q->to, false, false, q->s);
}

static void q_funding(struct query *q)
{
	const struct acct *a = q->a;
	uint32_t i, n = 0;

	str_putc(q->s, '[');
	for (i = 0; i < a->n_fundings && n < 500; i++) {
		const struct funding_event *e = &a->fundings[i];

		if (e->time_ms < q->from || e->time_ms > q->to)
			continue;
		str_printf(q->s, "%s{\"time\":%lld,\"hash\":\"", n++ ? "," : "",
			   (long long)e->time_ms);
		put_hash(q->s, 0);
		str_printf(q->s, "\",\"delta\":{\"type\":\"funding\",\"coin\":\"%s\",\"usdc\":",
			   q->p->coin[e->coin].c.name);
		str_qnum(q->s, e->usdc, 8);
		str_puts(q->s, ",\"szi\":");
		str_qnum(q->s, e->szi, 8);
		str_puts(q->s, ",\"fundingRate\":");
		str_qnum(q->s, e->rate, 12);
		str_puts(q->s, ",\"nSamples\":1}}");
	}
	str_putc(q->s, ']');
}

static void q_ledger(struct query *q)
{
	str_printf(q->s, "[%s]", str_text(&q->a->ledger));
}

static void q_twaps(struct query *q)
{
	str_putc(q->s, '[');
	put_twap_history(q->p, q->a, q->s);
	str_putc(q->s, ']');
}

static void q_asset(struct query *q)
{
	int32_t coin = coin_by_name(q->p, jv_text(jv_get(q->root, "coin")));

	if (coin < 0)
		str_puts(q->s, "null");
	else
		put_asset_data(q->p, q->a, (uint16_t)coin, q->s);
}

static void q_rate(struct query *q)
{
	str_puts(q->s, "{\"cumVlm\":");
	str_qnum(q->s, q->a->volume, 8);
	str_printf(q->s, ",\"nRequestsUsed\":%llu,\"nRequestsCap\":%llu,\"nRequestsSurplus\":%llu}",
		   (unsigned long long)q->a->requests, (unsigned long long)addr_cap(q->p, q->a),
		   (unsigned long long)q->a->reserved);
}

static void rate_kv(struct str *s, const char *key, int64_t rate)
{
	str_printf(s, ",\"%s\":", key);
	str_qnum(s, rate, 12);
}

static const char fee_schedule[] =
	"\"feeSchedule\":{\"cross\":\"0.00045\",\"add\":\"0.00015\",\"spotCross\":\"0.0007\","
	"\"spotAdd\":\"0.0004\",\"tiers\":{\"vip\":["
	"{\"ntlCutoff\":\"5000000.0\",\"cross\":\"0.0004\",\"add\":\"0.00012\",\"spotCross\":"
	"\"0.0006\",\"spotAdd\":\"0.0003\"},"
	"{\"ntlCutoff\":\"25000000.0\",\"cross\":\"0.00035\",\"add\":\"0.00008\",\"spotCross\":"
	"\"0.0005\",\"spotAdd\":\"0.0002\"},"
	"{\"ntlCutoff\":\"100000000.0\",\"cross\":\"0.0003\",\"add\":\"0.00004\",\"spotCross\":"
	"\"0.0004\",\"spotAdd\":\"0.0001\"},"
	"{\"ntlCutoff\":\"500000000.0\",\"cross\":\"0.00028\",\"add\":\"0.0\",\"spotCross\":"
	"\"0.00035\",\"spotAdd\":\"0.0\"},"
	"{\"ntlCutoff\":\"2000000000.0\",\"cross\":\"0.00026\",\"add\":\"0.0\",\"spotCross\":"
	"\"0.0003\",\"spotAdd\":\"0.0\"},"
	"{\"ntlCutoff\":\"7000000000.0\",\"cross\":\"0.00024\",\"add\":\"0.0\",\"spotCross\":"
	"\"0.00025\",\"spotAdd\":\"0.0\"}],"
	"\"mm\":[{\"makerFractionCutoff\":\"0.005\",\"add\":\"-0.00001\"},"
	"{\"makerFractionCutoff\":\"0.015\",\"add\":\"-0.00002\"},"
	"{\"makerFractionCutoff\":\"0.03\",\"add\":\"-0.00003\"}]},"
	"\"referralDiscount\":\"0.04\",\"stakingDiscountTiers\":[{\"bpsOfMaxSupply\":\"0.0\","
	"\"discount\":\"0.0\"}]}";

/* Civil date of a day count since 1970 (Gregorian). */
static void put_date(struct str *s, int64_t days)
{
	int64_t z = days + 719468, era = z / 146097, doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
	int64_t d = doy - (153 * mp + 2) / 5 + 1, m = mp < 10 ? mp + 3 : mp - 9;

	str_printf(s, "\"%04d-%02d-%02d\"", (int)(yoe + era * 400 + (m <= 2)), (int)m, (int)d);
}

static void put_daily(struct query *q)
{
	const struct acct *a = q->a;
	int64_t today = q->p->block / DAY_MS, d;

	for (d = VOLUME_DAYS - 1; d >= 0; d--) {
		int64_t day = today - d, k = day % VOLUME_DAYS;
		bool kept = day <= a->day && a->day - day < VOLUME_DAYS;
		int64_t cross = kept ? a->day_cross[k] : 0, all = kept ? a->day_volume[k] : 0;

		str_puts(q->s, d < VOLUME_DAYS - 1 ? ",{\"date\":" : "{\"date\":");
		put_date(q->s, day);
		str_puts(q->s, ",\"userCross\":");
		str_qnum(q->s, cross, 8);
		str_puts(q->s, ",\"userAdd\":");
		str_qnum(q->s, all - cross, 8);
		str_puts(q->s, ",\"exchange\":\"0.0\"}");
	}
}

static void q_fees(struct query *q)
{
	str_puts(q->s, "{\"dailyUserVlm\":[");
	put_daily(q);
	str_printf(q->s, "],%s", fee_schedule);
	rate_kv(q->s, "userCrossRate", fee_rate(q->p, q->a, true));
	rate_kv(q->s, "userAddRate", fee_rate(q->p, q->a, false));
	str_puts(q->s, ",\"userSpotCrossRate\":\"0.0007\",\"userSpotAddRate\":\"0.0004\","
		       "\"activeReferralDiscount\":\"0.0\",\"trial\":null,\"feeTrialEscrow\":"
		       "\"0.0\",\"nextTrialAvailableTimestamp\":null,\"stakingLink\":null,"
		       "\"activeStakingDiscount\":{\"bpsOfMaxSupply\":\"0.0\",\"discount\":"
		       "\"0.0\"}}");
}

static void q_role(struct query *q)
{
	struct acct *master = NULL;

	if (agent_find(q->p, q->a->addr, &master) != NULL)
		str_printf(q->s, "{\"role\":\"agent\",\"data\":{\"user\":\"%s\"}}", master->hex);
	else if (q->a->master != NULL)
		str_printf(q->s, "{\"role\":\"subAccount\",\"data\":{\"master\":\"%s\"}}",
			   q->a->master->hex);
	else
		str_printf(q->s, "{\"role\":\"%s\"}",
			   q->a->is_vault ? "vault"
			   : q->a->funded ? "user"
					  : "missing");
}

static void q_agents(struct query *q)
{
	char hex[43];
	uint32_t i, n = 0;

	str_putc(q->s, '[');
	for (i = 0; i < q->a->n_agents; i++) {
		const struct agent *g = &q->a->agent[i];

		if (g->name[0] == '\0')
			continue;
		addr_hex(hex, g->addr);
		str_puts(q->s, n++ ? ",{\"name\":" : "{\"name\":");
		str_json(q->s, g->name);
		str_printf(q->s, ",\"address\":\"%s\",\"validUntil\":%lld}", hex,
			   (long long)g->until_ms);
	}
	str_putc(q->s, ']');
}

/* subAccounts knows the validator dex; subAccounts2 has a state for every dex. */
static void subs_answer(struct query *q, bool by_dex)
{
	uint32_t i, n = 0;

	for (i = 0; i < q->p->n_acct; i++) {
		struct acct *sub = q->p->acct[i];

		if (sub->master != q->a)
			continue;
		str_puts(q->s, n++ ? ",{\"name\":" : "[{\"name\":");
		str_json(q->s, sub->name);
		str_printf(q->s, ",\"subAccountUser\":\"%s\",\"master\":\"%s\",\"%s\":", sub->hex,
			   q->a->hex, by_dex ? "dexToClearinghouseState" : "clearinghouseState");
		if (by_dex)
			put_dex_states(q->p, sub, q->s);
		else
			put_state(q->p, sub, 0, q->s);
		str_puts(q->s, ",\"spotState\":");
		put_spot_state(q->p, sub, q->s);
		if (by_dex) {
			str_puts(q->s, ",\"abstraction\":");
			str_json(q->s, sub->abstraction);
		}
		str_putc(q->s, '}');
	}
	str_puts(q->s, n > 0 ? "]" : "null");
}

static void q_subs(struct query *q)
{
	subs_answer(q, false);
}

static void q_subs2(struct query *q)
{
	subs_answer(q, true);
}

static void q_abstraction(struct query *q)
{
	str_json(q->s, q->a->abstraction);
}

static void q_builder_fee(struct query *q)
{
	uint8_t addr[20];
	int64_t rate = 0;
	uint32_t i;

	if (addr_read(addr, jv_text(jv_get(q->root, "builder"))))
		for (i = 0; i < q->a->n_builders; i++)
			if (memcmp(q->a->builder[i].addr, addr, 20) == 0)
				rate = q->a->builder[i].rate;
	str_printf(q->s, "%lld", (long long)(rate / BUILDER_FEE_UNIT));
}

static void q_builders(struct query *q)
{
	char hex[43];
	uint32_t i;

	str_putc(q->s, '[');
	for (i = 0; i < q->a->n_builders; i++) {
		addr_hex(hex, q->a->builder[i].addr);
		str_printf(q->s, "%s\"%s\"", i ? "," : "", hex);
	}
	str_putc(q->s, ']');
}

static void q_referral(struct query *q)
{
	str_puts(q->s, "{\"referredBy\":null,\"cumVlm\":");
	str_qnum(q->s, q->a->volume, 8);
	str_puts(q->s, ",\"unclaimedRewards\":\"0.0\",\"claimedRewards\":\"0.0\","
		       "\"builderRewards\":");
	str_qnum(q->s, q->a->builder_earned, 8);
	str_puts(q->s, ",\"referrerState\":{\"stage\":\"needToTrade\",\"data\":{\"required\":"
		       "\"10000.0\"}},\"rewardHistory\":[],\"tokenToState\":[]}");
}

static void q_empty(struct query *q)
{
	str_puts(q->s, "[]");
}

static void q_dex_abstraction(struct query *q)
{
	str_puts(q->s, q->p->n_dexes > 1 ? "true" : "false");
}

static void q_web_data(struct query *q)
{
	put_web_data3(q->p, q->a, q->s);
}

static void q_status(struct query *q)
{
	const struct jv *v = jv_get(q->root, "oid");
	const char *text = jv_text(v);
	const struct order *o = NULL;
	uint8_t cloid[16];
	uint64_t oid;

	if (jv_u64(v, &oid))
		o = order_find(q->p, oid);
	else if (text != NULL && strlen(text) == 34 && hex_decode(cloid, 16, text + 2))
		o = order_by_cloid(q->p, q->a, cloid, false);
	if (o == NULL || o->a != q->a || q->p->now - o->time_ms < q->p->conf.unknown_oid_lag_ms) {
		str_puts(q->s, "{\"status\":\"unknownOid\"}");
		return;
	}
	str_puts(q->s, "{\"status\":\"order\",\"order\":");
	put_history_row(q->p, o, q->s);
	str_putc(q->s, '}');
}

enum { NEEDS_START = 1, NEEDS_OID = 2 };

static const struct {
	const char *type;
	answer_fn *fn;
	int needs;
} table[] = {
	{"clearinghouseState", q_state, 0},
	{"spotClearinghouseState", q_spot, 0},
	{"openOrders", q_open, 0},
	{"frontendOpenOrders", q_frontend, 0},
	{"orderStatus", q_status, NEEDS_OID},
	{"historicalOrders", q_history, 0},
	{"userFills", q_fills, 0},
	{"userFillsByTime", q_fills_time, NEEDS_START},
	{"userFunding", q_funding, 0},
	{"userNonFundingLedgerUpdates", q_ledger, 0},
	{"userTwapSliceFills", q_slices, 0},
	{"userTwapSliceFillsByTime", q_slices_time, NEEDS_START},
	{"twapHistory", q_twaps, 0},
	{"activeAssetData", q_asset, 0},
	{"userRateLimit", q_rate, 0},
	{"userFees", q_fees, 0},
	{"userRole", q_role, 0},
	{"extraAgents", q_agents, 0},
	{"subAccounts", q_subs, 0},
	{"subAccounts2", q_subs2, 0},
	{"userAbstraction", q_abstraction, 0},
	{"userDexAbstraction", q_dex_abstraction, 0},
	{"maxBuilderFee", q_builder_fee, 0},
	{"approvedBuilders", q_builders, 0},
	{"referral", q_referral, 0},
	{"portfolio", q_empty, 0},
	{"userVaultEquities", q_empty, 0},
	{"delegations", q_empty, 0},
	{"webData3", q_web_data, 0},
};

bool info_user(struct paper *p, const char *type, const struct jv *root, struct str *s, int *status)
{
	const struct jv *user = jv_get(root, "user");
	struct query q = {.p = p, .root = root, .s = s, .from = 0, .to = INT64_MAX};
	uint8_t addr[20];
	size_t i;

	if (jv_type(root) == JV_ARRAY)
		user = jv_at(root, 1);
	for (i = 0; i < COUNT_OF(table) && strcmp(table[i].type, type) != 0; i++)
		;
	if (i == COUNT_OF(table) || !addr_read(addr, jv_text(user)))
		return false;
	if (!jv_i64(jv_get(root, "startTime"), &q.from) && table[i].needs == NEEDS_START)
		return false;
	jv_i64(jv_get(root, "endTime"), &q.to);
	q.dex = dex_by_name(p, jv_text(jv_get(root, "dex")));
	jv_bool(jv_get(root, "aggregateByTime"), &q.aggregate);
	if (table[i].needs == NEEDS_OID && jv_type(jv_get(root, "oid")) != JV_NUMBER &&
	    jv_type(jv_get(root, "oid")) != JV_STRING)
		return false;
	q.a = acct_get(p, addr);
	if (q.a == NULL)
		return false;
	table[i].fn(&q);
	*status = 200;
	return true;
}
