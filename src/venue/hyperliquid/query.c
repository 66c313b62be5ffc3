/* query.c: reads: one row for each, with its request and what is done with its answer.
 *
 *  1. An answer is an event of the same kind as the stream's, then EV_QUERY says the read ended.
 *  2. `null` is an answer: "no such coin", "no agents".
 *  3. Fills come in pages of 2,000, oldest first, both bounds included: the next page starts at the
 *     last millisecond again, and keys (time, coin, tid) remove the overlap.
 */
#include <string.h>

#include "base/check.h"
#include "base/hex.h"
#include "venue/hyperliquid/internal.h"
#include "base/banned.h"

typedef void body_fn(struct hl *h, const struct query_slot *q, struct buf *b);
typedef bool use_fn(struct hl *h, struct query_slot *q, const struct jv *v, bool *more,
		    const char **why);

/* ---- requests: members after the type ---- */

static void put_user(struct hl *h, struct buf *b)
{
	buf_puts(b, ",\"user\":");
	buf_json_str(b, h->c.user);
}

static void put_dex(struct hl *h, const struct query_slot *q, struct buf *b)
{
	if (!q->dex)
		return;
	buf_puts(b, ",\"dex\":");
	buf_json_str(b, h->c.shared->dex[q->dex].name);
}

static void body_none(struct hl *h, const struct query_slot *q, struct buf *b)
{
	(void)h;
	(void)q;
	(void)b;
}

static void body_user(struct hl *h, const struct query_slot *q, struct buf *b)
{
	(void)q;
	put_user(h, b);
}

static void body_dex(struct hl *h, const struct query_slot *q, struct buf *b)
{
	put_dex(h, q, b);
}

static void body_user_dex(struct hl *h, const struct query_slot *q, struct buf *b)
{
	put_user(h, b);
	put_dex(h, q, b);
}

static void body_fills(struct hl *h, const struct query_slot *q, struct buf *b)
{
	put_user(h, b);
	buf_puts(b, ",\"startTime\":");
	buf_i64(b, q->since_ms);
}

static void body_status(struct hl *h, const struct query_slot *q, struct buf *b)
{
	char hex[33];

	put_user(h, b);
	buf_puts(b, ",\"oid\":");
	if (!cloid_is_set(q->cloid)) {
		buf_u64(b, q->oid);
		return;
	}
	hex_encode(hex, q->cloid.b, sizeof q->cloid.b);
	buf_puts(b, "\"0x");
	buf_puts(b, hex);
	buf_puts(b, "\"");
}

static void body_book(struct hl *h, const struct query_slot *q, struct buf *b)
{
	buf_puts(b, ",\"coin\":");
	buf_json_str(b, h->c.shared->instrs->at[q->instr].coin);
	if (q->sig_figs) {
		buf_puts(b, ",\"nSigFigs\":");
		buf_u64(b, q->sig_figs);
	}
}

static void body_role(struct hl *h, const struct query_slot *q, struct buf *b)
{
	(void)q;
	buf_puts(b, ",\"user\":");
	buf_json_str(b, h->c.agent);
}

/* ---- answers ---- */

static bool use_account(struct hl *h, struct query_slot *q, const struct jv *v, bool *more,
			const char **why)
{
	(void)more;
	return parse_account(h, q->dex, v, why);
}

static bool use_spot(struct hl *h, struct query_slot *q, const struct jv *v, bool *more,
		     const char **why)
{
	(void)q;
	(void)more;
	return parse_spot(h, v, why);
}

static bool use_orders(struct hl *h, struct query_slot *q, const struct jv *v, bool *more,
		       const char **why)
{
	(void)more;
	return parse_orders(h, q->dex, v, why);
}

/* Slices of TWAPs are in a list of their own, with the same pages. */
static bool use_fills(struct hl *h, struct query_slot *q, const struct jv *v, bool *more,
		      const char **why)
{
	struct fills_page page = {0};

	if (!parse_fills(h, v, true, q->what == Q_TWAP_FILLS, &page, why))
		return false;
	if (page.n >= HL_FILLS_PAGE && page.last_ms > q->since_ms && ++q->page < HL_PAGES_MAX) {
		q->since_ms = page.last_ms;
		*more = true;
	}
	return true;
}

static bool use_status(struct hl *h, struct query_slot *q, const struct jv *v, bool *more,
		       const char **why)
{
	(void)more;
	return parse_order_status(h, v, q->query, why);
}

static bool use_book(struct hl *h, struct query_slot *q, const struct jv *v, bool *more,
		     const char **why)
{
	struct event ev = hl_event(h, EV_BOOK);

	(void)more;
	if (!hot_book(&h->hot, v, true, why))
		return false;
	if (strcmp(h->hot.coin, h->c.shared->instrs->at[q->instr].coin)) {
		*why = "l2Book: the answer is for another coin";
		return false;
	}
	h->c.shared->scratch.book = h->hot.book;
	h->c.shared->scratch.book.instr = q->instr;
	h->c.shared->scratch.book.seen_ns = h->now_ns;
	ev.book.book = &h->c.shared->scratch.book;
	ev.book.answer = true;
	ev.book.sig_figs = q->sig_figs;
	hl_emit(h, &ev);
	return true;
}

static bool use_rate(struct hl *h, struct query_slot *q, const struct jv *v, bool *more,
		     const char **why)
{
	struct event ev = hl_event(h, EV_RATE);

	(void)q;
	(void)more;
	jv_u64(jv_get(v, "nRequestsSurplus"), &ev.rate.surplus); /* absent on older answers */
	if (!jv_u64(jv_get(v, "nRequestsUsed"), &ev.rate.used) ||
	    !jv_u64(jv_get(v, "nRequestsCap"), &ev.rate.cap)) {
		*why = "userRateLimit: used and cap are no integers";
		return false;
	}
	hl_emit(h, &ev);
	return true;
}

static bool use_fees(struct hl *h, struct query_slot *q, const struct jv *v, bool *more,
		     const char **why)
{
	struct event ev = hl_event(h, EV_FEES);

	(void)q;
	(void)more;
	if (!value_ratio(jv_get(v, "userCrossRate"), &ev.fees.taker) ||
	    !value_ratio(jv_get(v, "userAddRate"), &ev.fees.maker)) {
		*why = "userFees: own rates are missing";
		return false;
	}
	hl_emit(h, &ev);
	return true;
}

static bool same_address(const char *s, const char *t)
{
	size_t i;

	if (!s || !t[0])
		return false;
	for (i = 0; s[i] && t[i]; i++)
		if ((s[i] | 0x20) != (t[i] | 0x20))
			return false;
	return !s[i] && !t[i];
}

static bool is_agent(const struct hl *h, const struct jv *v)
{
	return same_address(jv_text(v), h->c.agent);
}

static void agent_event(struct hl *h, bool known, uint64_t until)
{
	struct event ev = hl_event(h, EV_AGENT);

	ev.agent.known = known;
	ev.agent.valid_until_ms = until;
	hl_emit(h, &ev);
}

/* Named agents here; the unnamed one stands in webData3; failing both the venue is asked whose
 * agent the address is. */
static bool use_agents(struct hl *h, struct query_slot *q, const struct jv *v, bool *more,
		       const char **why)
{
	if (v && !jv_is_null(v) && jv_type(v) != JV_ARRAY) {
		*why = "extraAgents: no list";
		return false;
	}
	for (v = jv_first(v); v; v = jv_next(v)) {
		uint64_t until = 0;

		if (!is_agent(h, jv_get(v, "address")))
			continue;
		jv_u64(jv_get(v, "validUntil"), &until);
		agent_event(h, true, until);
		return true;
	}
	if (h->agent_unnamed || !h->c.agent[0] || !strcmp(h->c.agent, h->c.user)) {
		agent_event(h, h->c.agent[0], h->agent_unnamed ? h->agent_until : 0);
		return true;
	}
	q->what = QI_ROLE;
	*more = true;
	return true;
}

static bool use_role(struct hl *h, struct query_slot *q, const struct jv *v, bool *more,
		     const char **why)
{
	const struct jv *boss = jv_get(jv_get(v, "data"), "user");

	q->what = Q_AGENTS; /* as it was asked */
	if (!jv_text(jv_get(v, "role"))) {
		*why = "userRole: no role";
		return false;
	}
	if (jv_str_is(jv_get(v, "role"), "agent") && value_is_user(h, boss)) {
		agent_event(h, true, 0);
		return true;
	}
	if (!boss && !jv_str_is(jv_get(v, "role"), "user")) {
		agent_event(h, false, 0);
		return true;
	}
	/* a master's key, or its agent's, acts for sub-accounts too: whose is this account? */
	memcpy(h->agent_of, h->c.agent, sizeof h->agent_of);
	if (boss && !jv_copy(boss, h->agent_of, sizeof h->agent_of)) {
		*why = "userRole: no address";
		return false;
	}
	q->what = QI_OWNER;
	*more = true;
	return true;
}

/* A vault does not tell its leader here: no reason to raise an alarm. */
static bool use_owner(struct hl *h, struct query_slot *q, const struct jv *v, bool *more,
		      const char **why)
{
	const struct jv *role = jv_get(v, "role"), *master = jv_get(jv_get(v, "data"), "master");

	(void)more;
	q->what = Q_AGENTS;
	if (!jv_text(role)) {
		*why = "userRole: no role";
		return false;
	}
	agent_event(h,
		    jv_str_is(role, "vault") || (jv_str_is(role, "subAccount") &&
						 same_address(jv_text(master), h->agent_of)),
		    0);
	return true;
}

static bool use_abstraction(struct hl *h, struct query_slot *q, const struct jv *v, bool *more,
			    const char **why)
{
	struct event ev = hl_event(h, EV_ABSTRACTION);

	(void)q;
	(void)more;
	if (!jv_text(v) || !word_abstraction(jv_text(v), &ev.abstraction.mode)) {
		*why = "userAbstraction: a word that is not known";
		return false;
	}
	hl_emit(h, &ev);
	return true;
}

static bool use_twaps(struct hl *h, struct query_slot *q, const struct jv *v, bool *more,
		      const char **why)
{
	(void)more;
	return parse_twap_history(h, q->dex, v, why);
}

static bool use_subs(struct hl *h, struct query_slot *q, const struct jv *v, bool *more,
		     const char **why)
{
	(void)q;
	(void)more;
	return parse_subs(h, v, why);
}

static bool use_dexes(struct hl *h, struct query_slot *q, const struct jv *v, bool *more,
		      const char **why)
{
	(void)q;
	(void)more;
	return parse_dex_names(h, v, why);
}

static bool use_perp_dexs(struct hl *h, struct query_slot *q, const struct jv *v, bool *more,
			  const char **why)
{
	(void)q;
	(void)more;
	return parse_perp_dexs(h, v, why);
}

static bool use_perp_meta(struct hl *h, struct query_slot *q, const struct jv *v, bool *more,
			  const char **why)
{
	(void)more;
	return parse_perp_meta(h, q->dex, v, why);
}

static bool use_spot_meta(struct hl *h, struct query_slot *q, const struct jv *v, bool *more,
			  const char **why)
{
	(void)q;
	(void)more;
	return parse_spot_meta(h, v, why);
}

static const struct {
	const char *type;
	uint8_t roles; /* 0: any */
	body_fn *body;
	use_fn *use;
} rows[QI_KINDS] = {
	[Q_ACCOUNT] = {"clearinghouseState", HL_ACCOUNT, body_user_dex, use_account},
	[Q_SPOT] = {"spotClearinghouseState", HL_ACCOUNT, body_user, use_spot},
	[Q_ORDERS] = {"frontendOpenOrders", HL_ACCOUNT, body_user_dex, use_orders},
	[Q_FILLS] = {"userFillsByTime", HL_ACCOUNT, body_fills, use_fills},
	[Q_TWAP_FILLS] = {"userTwapSliceFillsByTime", HL_ACCOUNT, body_fills, use_fills},
	[Q_ORDER_STATUS] = {"orderStatus", HL_ACCOUNT, body_status, use_status},
	[Q_BOOK] = {"l2Book", 0, body_book, use_book},
	[Q_RATE] = {"userRateLimit", HL_ACCOUNT, body_user, use_rate},
	[Q_FEES] = {"userFees", HL_ACCOUNT, body_user, use_fees},
	[Q_AGENTS] = {"extraAgents", HL_ACCOUNT, body_user, use_agents},
	[Q_ABSTRACTION] = {"userAbstraction", HL_ACCOUNT, body_user, use_abstraction},
	[Q_TWAPS] = {"twapHistory", HL_ACCOUNT, body_user, use_twaps},
	[Q_META] = {"metaAndAssetCtxs", HL_MARKET, body_dex, use_perp_meta},
	[Q_SUBS] = {"subAccounts2", HL_ACCOUNT, body_user, use_subs},
	[Q_DEXES] = {"perpDexs", 0, body_none, use_dexes},
	[QI_PERP_DEXS] = {"perpDexs", HL_MARKET, body_none, use_perp_dexs},
	[QI_PERP_META] = {"metaAndAssetCtxs", HL_MARKET, body_dex, use_perp_meta},
	[QI_SPOT_META] = {"spotMetaAndAssetCtxs", HL_MARKET, body_none, use_spot_meta},
	[QI_ROLE] = {"userRole", HL_ACCOUNT, body_role, use_role},
	[QI_OWNER] = {"userRole", HL_ACCOUNT, body_user, use_owner},
};

bool query_body(struct hl *h, const struct query_slot *q, struct buf *b)
{
	buf_puts(b, "{\"type\":\"");
	buf_puts(b, rows[q->what].type);
	buf_puts(b, "\"");
	rows[q->what].body(h, q, b);
	buf_puts(b, "}");
	return true;
}

bool query_use(struct hl *h, struct query_slot *q, const struct jv *v, bool *more, const char **why)
{
	return rows[q->what].use(h, q, v, more, why);
}

void query_end(struct hl *h, struct query_slot *q, bool ok, const char *text)
{
	struct event ev = hl_event(h, EV_QUERY);
	struct buf b;
	bool own = q->own;

	ev.query = (struct ev_query){.id = q->query, .dex = q->dex, .ok = ok};
	ev.query.what = q->what < QUERY_KINDS ? q->what : Q_AGENTS; /* QI_ROLE is its second half */
	buf_init(&b, ev.query.text, sizeof ev.query.text);
	buf_puts(&b, text);
	q->state = SLOT_FREE;
	if (!own)
		hl_emit(h, &ev);
}

void query_own(struct hl *h, uint8_t what, uint8_t dex)
{
	struct query_slot *q = post_query_slot(h);

	if (!q)
		return; /* asked again by the timer */
	q->own = true;
	q->what = what;
	q->dex = dex;
}

bool hl_query(struct hl *h, const struct effect *e, int64_t now_ns)
{
	struct query_slot *q;
	uint8_t what = e->query.what;

	if (what >= QUERY_KINDS || e->query.dex >= h->c.shared->n_dexes)
		return false;
	if (rows[what].roles && !(rows[what].roles & h->c.roles))
		return false;
	/* an aggregation the venue does not know, or an unknown coin: it answers 500 or null */
	if (what == Q_BOOK &&
	    (e->query.instr >= h->c.shared->instrs->n ||
	     (e->query.sig_figs && (e->query.sig_figs < 2 || e->query.sig_figs > 5))))
		return false;
	h->now_ns = now_ns;
	q = post_query_slot(h);
	if (!q)
		return false;
	q->what = what;
	q->dex = e->query.dex;
	q->instr = e->query.instr;
	q->query = e->query.id;
	q->sig_figs = e->query.sig_figs;
	q->cloid = e->query.cloid;
	q->oid = e->query.oid;
	q->since_ms = e->query.since_ms;
	return true;
}

bool parse_user_state(struct hl *h, const struct jv *data, const char **why)
{
	const struct jv *u = jv_get(data, "userState");
	const char *mode = jv_text(jv_get(u, "abstraction"));
	struct event ev = hl_event(h, EV_ABSTRACTION);

	if (jv_type(u) != JV_OBJECT) {
		*why = "webData3: no userState";
		return false;
	}
	h->agent_unnamed = is_agent(h, jv_get(u, "agentAddress"));
	if (h->agent_unnamed) {
		h->agent_until = 0;
		jv_u64(jv_get(u, "agentValidUntil"), &h->agent_until);
		agent_event(h, true, h->agent_until);
	}
	if (mode && word_abstraction(mode, &ev.abstraction.mode))
		hl_emit(h, &ev);
	return true;
}
