/* t_hl_frames.c: recorded frames and answers of the venue through a session, when the data is
 * there: every record of kind capture, anonymised or trimmed is read into the event it should be,
 * with values compared against the tree; the other kinds only have to be survived. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/run.h"
#include "tests/wire/rig.h"

static char text[RIG_TEXT], wrapped[RIG_TEXT];
static struct json *file_door;

static bool recorded(const struct jv *rec)
{
	const struct jv *kind = jv_get(rec, "kind");

	return !kind || jv_str_is(kind, "capture") || jv_str_is(kind, "anonymised") ||
	       jv_str_is(kind, "trimmed");
}

/* Every coin named anywhere becomes known, so that nothing is skipped. */
static void learn(struct rig *r, const struct jv *v)
{
	for (const struct jv *m = jv_first(v); m; m = jv_next(m)) {
		const char *key = jv_key(m), *coin = jv_text(m);

		if (key && coin && !strcmp(key, "coin") && strlen(coin) < COIN_MAX && *coin != '#')
			rig_coin(r, coin, r->instrs.n);
		learn(r, m);
	}
}

static struct rig *rig_for(const struct jv *frame, uint8_t roles)
{
	static const char *const dexes[] = {"xyz"};
	const struct jv *data = jv_get(frame, "data"), *user = jv_get(data, "user");
	const char *u;
	struct rig *r;

	if (!user)
		user = jv_get(jv_get(data, "userState"), "user");
	u = jv_text(user);
	r = rig_new(roles, u && strlen(u) == 42 ? u : RIG_USER, dexes, 1);
	learn(r, frame);
	rig_ready(r);
	hl_on_connect(r->h, r->now_ns, r->wall_ms);
	for (int i = 0; i < 10 && rig_out(r); i++)
		;
	rig_clear(r);
	return r;
}

static bool px_is(struct price p, const struct jv *v)
{
	struct price want;
	const char *s = jv_text(v);

	return s && price_parse(&want, s, strlen(s)) <= DEC_INEXACT && want.v == p.v;
}

static bool qty_is(struct qty q, const struct jv *v)
{
	struct qty want;
	const char *s = jv_text(v);

	return s && qty_parse(&want, s, strlen(s)) <= DEC_INEXACT && want.v == q.v;
}

static bool money_is(struct money m, const struct jv *v)
{
	struct money want;
	const char *s = jv_text(v);

	return s && money_parse(&want, s, strlen(s)) <= DEC_INEXACT && want.v == m.v;
}

static bool u_is(uint64_t got, const struct jv *v)
{
	uint64_t want;

	return jv_u64(v, &want) && want == got;
}

static bool book_is(const struct book *b, const struct jv *data)
{
	const struct jv *levels = jv_get(data, "levels");
	bool ok = b->n_bid == jv_len(jv_at(levels, 0)) && b->n_ask == jv_len(jv_at(levels, 1));

	for (int side = 0; ok && side < 2; side++) {
		const struct level *l = side ? b->ask : b->bid;

		for (const struct jv *v = jv_first(jv_at(levels, (size_t)side)); ok && v;
		     v = jv_next(v), l++)
			ok = px_is(l->px, jv_get(v, "px")) && qty_is(l->sz, jv_get(v, "sz"));
	}
	return ok;
}

static bool fill_is(const struct fill *f, const struct jv *v)
{
	return px_is(f->px, jv_get(v, "px")) && qty_is(f->sz, jv_get(v, "sz")) &&
	       u_is(f->oid, jv_get(v, "oid")) && u_is((uint64_t)f->time_ms, jv_get(v, "time")) &&
	       f->buy == jv_str_is(jv_get(v, "side"), "B") &&
	       qty_is(f->start_position, jv_get(v, "startPosition"));
}

static bool order_is(const struct venue_order *o, const struct jv *v)
{
	return px_is(o->limit, jv_get(v, "limitPx")) && qty_is(o->left, jv_get(v, "sz")) &&
	       u_is(o->oid, jv_get(v, "oid")) && o->buy == jv_str_is(jv_get(v, "side"), "B");
}

static bool account_is(const struct ev_account *a, const struct jv *v)
{
	const struct jv *p = jv_first(jv_get(v, "assetPositions"));
	bool ok = money_is(a->value, jv_get(jv_get(v, "marginSummary"), "accountValue")) &&
		  money_is(a->cross_margin_used,
			   jv_get(jv_get(v, "crossMarginSummary"), "totalMarginUsed")) &&
		  money_is(a->withdrawable, jv_get(v, "withdrawable")) &&
		  a->n == jv_len(jv_get(v, "assetPositions"));

	for (uint32_t i = 0; ok && i < a->n; i++, p = jv_next(p)) {
		const struct jv *pos = jv_get(p, "position"), *liq = jv_get(pos, "liquidationPx");
		const struct ev_position *at = &a->at[i];

		ok = qty_is(at->szi, jv_get(pos, "szi")) &&
		     px_is(at->entry, jv_get(pos, "entryPx")) &&
		     money_is(at->margin_used, jv_get(pos, "marginUsed")) &&
		     at->has_liq == !jv_is_null(liq) && (!at->has_liq || px_is(at->liq, liq));
	}
	return ok;
}

static bool ctx_is(const struct ev_ctx *c, const struct jv *v)
{
	const struct jv *mid = jv_get(v, "midPx"), *oracle = jv_get(v, "oraclePx");

	return px_is(c->mark, jv_get(v, "markPx")) &&
	       (jv_text(mid) ? px_is(c->mid, mid) : !c->mid.v) &&
	       (jv_text(oracle) ? px_is(c->oracle, oracle) : !c->oracle.v);
}

static bool fills_are(const struct rig *r, const struct jv *list, bool nested)
{
	const struct event *e = rig_event(r, EV_FILLS, 0);
	const struct jv *v = jv_first(list);

	if (!e || e->fills.n != jv_len(list))
		return false;
	for (uint32_t i = 0; i < e->fills.n; i++, v = jv_next(v))
		if (!fill_is(&e->fills.at[i], nested ? jv_get(v, "fill") : v) ||
		    (nested && !u_is(e->fills.at[i].twap_id, jv_get(v, "twapId"))))
			return false;
	return true;
}

static bool user_is(const struct rig *r, const struct jv *data)
{
	const struct event *e;

	if (jv_get(data, "fills"))
		return fills_are(r, jv_get(data, "fills"), false);
	if (jv_get(data, "twapSliceFills"))
		return fills_are(r, jv_get(data, "twapSliceFills"), true);
	if (jv_get(data, "funding"))
		return (e = rig_event(r, EV_FUNDING, 0)) &&
		       money_is(e->funding.at[0].usdc, jv_get(jv_get(data, "funding"), "usdc"));
	if (jv_get(data, "nonUserCancel"))
		return (e = rig_event(r, EV_ORDER, 0)) && e->order.status == OS_CANCELED &&
		       u_is(e->order.order.oid,
			    jv_get(jv_first(jv_get(data, "nonUserCancel")), "oid"));
	return rig_event(r, EV_LIQUIDATION, 0) != NULL;
}

static bool orders_are(const struct rig *r, const struct jv *list)
{
	const struct event *e = rig_event(r, EV_ORDERS, 0);
	const struct jv *v = jv_first(list);

	if (!e || e->orders.n != jv_len(list))
		return false;
	for (uint32_t i = 0; i < e->orders.n; i++, v = jv_next(v))
		if (!order_is(&e->orders.at[i], v))
			return false;
	return true;
}

static bool updates_are(const struct rig *r, const struct jv *list)
{
	uint32_t i = 0;

	for (const struct jv *v = jv_first(list); v; v = jv_next(v), i++) {
		const struct event *e = rig_event(r, EV_ORDER, i);

		if (!e || !order_is(&e->order.order, jv_get(v, "order")) ||
		    strcmp(e->order.status_text, jv_text(jv_get(v, "status"))) ||
		    e->order.status == OS_OTHER)
			return false;
	}
	return rig_count(r, EV_ORDER) == i;
}

static bool trades_are(const struct rig *r, const struct jv *list)
{
	const struct event *e = rig_event(r, EV_TRADES, 0);
	const struct jv *v = jv_first(list);

	if (!e || e->trades.n != jv_len(list))
		return false;
	for (uint32_t i = 0; i < e->trades.n; i++, v = jv_next(v))
		if (!px_is(e->trades.at[i].px, jv_get(v, "px")) ||
		    !u_is(e->trades.at[i].tid, jv_get(v, "tid")))
			return false;
	return true;
}

/* Does what came out match the frame? Channels a session does not use are only survived. */
static bool frame_is(const struct rig *r, const char *ch, const struct jv *data)
{
	const struct event *e;

	if (!strcmp(ch, "l2Book"))
		return jv_get(data, "spread")
			       ? !r->n
			       : (e = rig_event(r, EV_BOOK, 0)) && book_is(e->book.book, data);
	if (!strcmp(ch, "bbo"))
		return (e = rig_event(r, EV_BBO, 0)) &&
		       (jv_is_null(jv_at(jv_get(data, "bbo"), 0))
				? !e->bbo.bid.px.v
				: px_is(e->bbo.bid.px,
					jv_get(jv_at(jv_get(data, "bbo"), 0), "px")));
	if (!strcmp(ch, "trades"))
		return trades_are(r, data);
	if (!strcmp(ch, "activeAssetCtx") || !strcmp(ch, "activeSpotAssetCtx"))
		return (e = rig_event(r, EV_CTX, 0)) && ctx_is(&e->ctx, jv_get(data, "ctx"));
	if (!strcmp(ch, "allMids"))
		return rig_event(r, EV_MIDS, 0) != NULL;
	if (!strcmp(ch, "clearinghouseState"))
		return (e = rig_event(r, EV_ACCOUNT, 0)) &&
		       account_is(&e->acct, jv_get(data, "clearinghouseState"));
	if (!strcmp(ch, "openOrders"))
		return orders_are(r, jv_get(data, "orders"));
	if (!strcmp(ch, "spotState"))
		return (e = rig_event(r, EV_SPOT, 0)) && e->spot.n > 0 &&
		       qty_is(e->spot.at[0].total,
			      jv_get(jv_first(jv_get(jv_get(data, "spotState"), "balances")),
				     "total"));
	if (!strcmp(ch, "userFills"))
		return fills_are(r, jv_get(data, "fills"), false) &&
		       rig_event(r, EV_FILLS, 0)->fills.snapshot ==
			       (jv_get(data, "isSnapshot") != NULL);
	if (!strcmp(ch, "userFundings"))
		return (e = rig_event(r, EV_FUNDING, 0)) &&
		       e->funding.n == jv_len(jv_get(data, "fundings"));
	if (!strcmp(ch, "orderUpdates"))
		return updates_are(r, data);
	if (!strcmp(ch, "user"))
		return user_is(r, data);
	if (!strcmp(ch, "twapStates"))
		return (e = rig_event(r, EV_TWAPS, 0)) &&
		       u_is(e->twaps.at[0].id, jv_at(jv_first(jv_get(data, "states")), 0)) &&
		       e->twaps.at[0].minutes == 4320;
	if (!strcmp(ch, "webData3"))
		return (e = rig_event(r, EV_ABSTRACTION, 0)) && e->abstraction.mode == ABS_UNIFIED;
	return true;
}

static const struct jv *load(const char *relative)
{
	const char *path = test_data(relative);
	struct err e = {0};
	const struct jv *v;
	char *s;
	size_t n;

	if (!path)
		return NULL;
	s = test_slurp(path, &n);
	v = s ? json_parse(file_door, s, n, &e) : NULL;
	if (!v)
		test_fail(__FILE__, __LINE__, "%s: %s", relative, e.text);
	free(s);
	return v;
}

static void one_frame(const char *file, const struct jv *rec, unsigned *strict, unsigned *survived)
{
	const struct jv *frame = jv_get(rec, "frame");
	const char *ch = jv_text(jv_get(frame, "channel"));
	struct rig *r;
	struct buf b;

	if (!ch) {
		++*survived;
		return;
	}
	r = rig_for(frame, HL_MARKET | HL_ACCOUNT);
	buf_init(&b, text, sizeof text);
	rig_write(&b, frame);
	rig_text(r, text);
	if (recorded(rec)) {
		++*strict;
		if (strcmp(ch, "error") && hl_stats(r->h).refused)
			test_fail(__FILE__, __LINE__, "%s: %s", file, hl_stats(r->h).last_refusal);
		else if (!frame_is(r, ch, jv_get(frame, "data")))
			test_fail(__FILE__, __LINE__, "%s: not the event expected: %.200s", file,
				  text);
	} else {
		++*survived;
	}
	rig_free(r);
}

TEST(ws_records)
{
	static const char *const files[] = {
		"activeAssetCtx",
		"activeAssetData",
		"activeSpotAssetCtx",
		"allDexsAssetCtxs",
		"allMids",
		"bbo",
		"candle",
		"clearinghouseState",
		"error",
		"fastAssetCtxs",
		"l2Book",
		"notification",
		"openOrders",
		"orderUpdates",
		"pong",
		"post",
		"spotState",
		"subscriptionResponse",
		"trades",
		"twapStates",
		"user",
		"userFills",
		"userFundings",
		"userNonFundingLedgerUpdates",
		"userTwapHistory",
		"webData3",
	};
	unsigned strict = 0, survived = 0;

	file_door = json_new(0);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		char path[128];
		const struct jv *v;

		snprintf(path, sizeof path, "hyperliquid/ws/%s.json", files[i]);
		v = load(path);
		for (v = jv_first(jv_get(v, "records")); v; v = jv_next(v))
			one_frame(files[i], v, &strict, &survived);
	}
	if (strict)
		printf("  %u recorded frames read, %u others survived\n", strict, survived);
	json_free(file_door);
}

/* ---- answers of /info, each both over the socket and over HTTP ---- */

struct info_row {
	const char *file;
	int what; /* enum query_kind, -1: meta of a start-up */
	int kind; /* enum event_kind */
};

static bool body_is(const struct rig *r, const struct info_row *row, const struct jv *v)
{
	const struct event *e = rig_event(r, row->kind, 0);

	if (!e)
		return false;
	switch (row->what) {
	case Q_ACCOUNT:
		return account_is(&e->acct, v);
	case Q_ORDERS:
		return orders_are(r, v);
	case Q_FILLS:
		return fills_are(r, v, false);
	case Q_BOOK:
		return e->book.answer && book_is(e->book.book, v);
	case Q_RATE:
		return u_is(e->rate.used, jv_get(v, "nRequestsUsed")) &&
		       u_is(e->rate.cap, jv_get(v, "nRequestsCap"));
	default:
		return true;
	}
}

/* Cut by those who published them to a part no state can be made of: to be refused, by name. */
static bool fragment(const struct info_row *row, const struct jv *v)
{
	const struct jv *first = jv_first(v);

	return (row->what == Q_ACCOUNT && !jv_get(v, "marginSummary")) ||
	       (row->what == Q_FILLS && first && !jv_get(first, "px"));
}

/* Sends the read and answers it with `body`. */
static void ask(struct rig *r, const struct info_row *row, const char *body, bool http)
{
	struct effect q = {.kind = EF_QUERY};
	struct buf b;

	q.query.what = (uint8_t)row->what;
	q.query.id = 77;
	if (row->what == Q_BOOK)
		q.query.instr = 0;
	if (!hl_query(r->h, &q, r->now_ns)) {
		test_fail(__FILE__, __LINE__, "%s: not asked", row->file);
		return;
	}
	while (rig_out(r))
		if (strstr(r->text, row->what == Q_AGENTS ? "extraAgents" : "\"type\":\"info\"") ||
		    r->out.kind == HL_OUT_HTTP)
			break;
	if (http) {
		hl_on_http(r->h, r->out.tag, 200, body, strlen(body), r->now_ns, r->wall_ms);
		return;
	}
	buf_init(&b, wrapped, sizeof wrapped);
	buf_printf(&b,
		   "{\"channel\":\"post\",\"data\":{\"id\":%u,\"response\":{\"type\":\"info\","
		   "\"payload\":{\"type\":\"x\",\"data\":",
		   r->out.tag);
	buf_puts(&b, body);
	buf_puts(&b, "}}}}");
	if (b.over)
		test_fail(__FILE__, __LINE__, "%s: too long", row->file);
	rig_text(r, wrapped);
}

static void one_body(const struct info_row *row, const struct jv *rec, unsigned *strict,
		     unsigned *survived)
{
	const struct jv *body = jv_get(rec, "response");
	struct buf b;

	buf_init(&b, text, sizeof text);
	rig_write(&b, body);
	for (int http = 0; http < 2; http++) {
		struct rig *r = rig_for(NULL, HL_MARKET | HL_ACCOUNT);
		const struct event *e;

		learn(r, body);
		if (http) {
			hl_on_close(r->h, "test", r->now_ns, r->wall_ms);
			while (rig_out(r))
				;
			rig_clear(r);
		}
		if (row->what == Q_BOOK && !r->instrs.n)
			rig_coin(r, "BTC", 0);
		ask(r, row, text, http);
		e = rig_event(r, EV_QUERY, 0);
		if (recorded(rec) && fragment(row, body)) {
			++*survived;
			CHECK(e && !e->query.ok && e->query.text[0]);
		} else if (recorded(rec)) {
			++*strict;
			if (!e || !e->query.ok || e->query.id != 77)
				test_fail(__FILE__, __LINE__, "%s over %s: %s", row->file,
					  http ? "HTTP" : "socket", e ? e->query.text : "no end");
			else if (!body_is(r, row, body))
				test_fail(__FILE__, __LINE__, "%s: not the event expected: %.200s",
					  row->file, text);
		} else {
			++*survived;
		}
		rig_free(r);
	}
}

TEST(http_records)
{
	static const struct info_row rows[] = {
		{"clearinghouseState", Q_ACCOUNT, EV_ACCOUNT},
		{"spotClearinghouseState", Q_SPOT, EV_SPOT},
		{"frontendOpenOrders", Q_ORDERS, EV_ORDERS},
		{"openOrders", Q_ORDERS, EV_ORDERS},
		{"userFills", Q_FILLS, EV_FILLS},
		{"userFillsByTime", Q_FILLS, EV_FILLS},
		{"orderStatus", Q_ORDER_STATUS, EV_ORDER_STATUS},
		{"l2Book", Q_BOOK, EV_BOOK},
		{"userRateLimit", Q_RATE, EV_RATE},
		{"userFees", Q_FEES, EV_FEES},
		{"meta", Q_META, EV_INSTRS},
		{"metaAndAssetCtxs", Q_META, EV_INSTRS},
	};
	unsigned strict = 0, survived = 0;

	file_door = json_new(0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char path[128];
		const struct jv *v;

		snprintf(path, sizeof path, "hyperliquid/http/info_%s.json", rows[i].file);
		v = load(path);
		for (v = jv_first(jv_get(v, "records")); v; v = jv_next(v))
			one_body(&rows[i], v, &strict, &survived);
	}
	if (strict)
		printf("  %u recorded answers read, %u others survived\n", strict, survived);
	json_free(file_door);
}

/* ---- answers of /exchange ---- */

static void one_verdict(const struct ev_answer *a, const struct jv *body)
{
	const struct jv *response = jv_get(body, "response"), *data = jv_get(response, "data"),
			*list = jv_get(data, "statuses"), *v = jv_first(list),
			*one = jv_get(data, "status");

	CHECK_INT(a->kind, ANSWER_OK);
	if (one || jv_str_is(jv_get(response, "type"), "default")) {
		CHECK_INT(a->n, 1);
		CHECK_INT(a->at[0].kind, jv_get(one, "error")	  ? VERDICT_ERROR
					 : jv_get(one, "running") ? VERDICT_TWAP
								  : VERDICT_SUCCESS);
		return;
	}
	CHECK_INT(a->n, jv_len(list));
	for (uint32_t i = 0; i < a->n; i++, v = jv_next(v)) {
		const struct verdict *d = &a->at[i];

		if (jv_get(v, "filled"))
			CHECK(d->kind == VERDICT_FILLED &&
			      qty_is(d->filled, jv_get(jv_get(v, "filled"), "totalSz")) &&
			      px_is(d->avg, jv_get(jv_get(v, "filled"), "avgPx")));
		else if (jv_get(v, "resting"))
			CHECK(d->kind == VERDICT_RESTING &&
			      u_is(d->oid, jv_get(jv_get(v, "resting"), "oid")));
		else if (jv_get(v, "error"))
			CHECK(d->kind == VERDICT_ERROR &&
			      !strncmp(d->text, jv_text(jv_get(v, "error")), 20));
		else
			CHECK_INT(d->kind,
				  jv_str_is(v, "success") ? VERDICT_SUCCESS : VERDICT_WAITING);
	}
}

TEST(exchange_records)
{
	unsigned ok = 0, err = 0, unknown = 0;
	const struct jv *v;

	file_door = json_new(0);
	v = load("hyperliquid/http/exchange_responses.json");
	for (v = jv_first(jv_get(v, "records")); v; v = jv_next(v)) {
		struct rig *r = rig_for(NULL, HL_ACCOUNT);
		const struct jv *body = jv_get(v, "body");
		int64_t status = 0;
		const struct event *e;
		struct buf b;

		buf_init(&b, text, sizeof text);
		if (jv_text(body))
			buf_puts(&b, jv_text(body));
		else
			rig_write(&b, body);
		CHECK(jv_i64(jv_get(v, "http_status"), &status));
		CHECK(hl_send_action(r->h, "{}", 2, 5, HL_PATH_HTTP, 5000000000, r->now_ns));
		while (rig_out(r) && r->out.kind != HL_OUT_HTTP)
			;
		hl_on_http(r->h, r->out.tag, (int)status, text, b.len, r->now_ns, r->wall_ms);
		e = rig_event(r, EV_ANSWER, 0);
		if (!e) {
			test_fail(__FILE__, __LINE__, "no answer for %s", text);
		} else if (status == 200 && jv_str_is(jv_get(body, "status"), "ok")) {
			ok++;
			one_verdict(&e->answer, body);
		} else if (status == 200 && jv_str_is(jv_get(body, "status"), "err")) {
			err++;
			CHECK_INT(e->answer.kind, ANSWER_ERR);
		} else { /* 4xx, 5xx and null: never a verdict */
			unknown++;
			CHECK_INT(e->answer.kind, ANSWER_UNKNOWN);
			CHECK_INT(e->answer.http, status);
		}
		rig_free(r);
	}
	if (ok)
		printf("  %u answers with verdicts, %u refusals, %u unknown\n", ok, err, unknown);
	json_free(file_door);
}

/* Server frames of the recorded conversations, in order, into one session each. */
TEST(recorded_sessions)
{
	const struct jv *v;
	unsigned frames = 0;

	file_door = json_new(0);
	v = load("hyperliquid/ws/sessions.json");
	for (v = jv_first(jv_get(v, "sessions")); v; v = jv_next(v)) {
		struct rig *r = rig_for(v, HL_MARKET | HL_ACCOUNT);

		for (const struct jv *s = jv_first(jv_get(v, "steps")); s; s = jv_next(s)) {
			struct buf b;

			if (jv_str_is(jv_get(s, "dir"), "client"))
				continue;
			buf_init(&b, text, sizeof text);
			rig_write(&b, jv_get(s, "frame"));
			rig_text(r, text);
			frames++;
		}
		rig_free(r);
	}
	if (frames)
		printf("  %u frames of recorded conversations survived\n", frames);
	json_free(file_door);
}

/* ---- recorded lists of markets through a start-up ---- */

static void start_with(struct rig *r, const char *type, const char *body)
{
	struct buf b;

	hl_on_connect(r->h, r->now_ns, r->wall_ms);
	while (rig_out(r)) {
		if (!strstr(r->text, type) || !r->out.tag)
			continue;
		buf_init(&b, wrapped, sizeof wrapped);
		buf_printf(
			&b,
			"{\"channel\":\"post\",\"data\":{\"id\":%u,\"response\":{\"type\":\"info\","
			"\"payload\":{\"type\":\"%s\",\"data\":",
			r->out.tag, type);
		buf_puts(&b, body);
		buf_puts(&b, "}}}}");
		CHECK(!b.over);
		rig_text(r, wrapped);
	}
}

static void one_list(const char *file, const char *type, const struct jv *body, bool spot)
{
	static const char *const dexes[] = {"unit"};
	struct rig *r = rig_new(HL_MARKET, "", dexes, 1);
	const struct jv *list = jv_type(body) == JV_ARRAY ? jv_at(body, 0) : body;
	const struct event *e;
	struct buf b;

	buf_init(&b, text, sizeof text);
	rig_write(&b, body);
	start_with(r, type, text);
	if (!strcmp(type, "perpDexs")) {
		CHECK_INT(r->shared.dex[1].index, 2);
	} else if (!(e = rig_event(r, EV_INSTRS, 0)) || e->instrs.spot != spot) {
		test_fail(__FILE__, __LINE__, "%s: no list: %s", file, hl_stats(r->h).last_refusal);
	} else {
		size_t i = 0;

		if (!spot)
			CHECK_INT(e->instrs.n, jv_len(jv_get(list, "universe")));
		CHECK(e->instrs.n > 0);
		for (const struct jv *v = jv_first(jv_get(list, "universe")); v && !spot;
		     v = jv_next(v), i++) {
			CHECK_STR(e->instrs.at[i].coin, jv_text(jv_get(v, "name")));
			CHECK_INT(e->instrs.at[i].asset, i);
			CHECK(u_is((uint64_t)e->instrs.at[i].sz_decimals, jv_get(v, "szDecimals")));
			CHECK_INT(e->instrs.at[i].delisted, jv_get(v, "isDelisted") != NULL);
			CHECK(e->instrs.at[i].n_tiers > 0);
		}
		for (const struct jv *v = jv_first(jv_get(list, "universe")); v && spot;
		     v = jv_next(v)) {
			uint16_t id = instr_find(&r->instrs, jv_text(jv_get(v, "name")));

			if (id != INSTR_NONE)
				CHECK(u_is(r->instrs.at[id].asset - 10000, jv_get(v, "index")));
		}
	}
	CHECK_INT(hl_stats(r->h).refused, 0);
	rig_free(r);
}

TEST(recorded_lists)
{
	static const struct {
		const char *file, *type;
		bool spot;
	} rows[] = {
		{"meta", "metaAndAssetCtxs", false},
		{"metaAndAssetCtxs", "metaAndAssetCtxs", false},
		{"spotMeta", "spotMetaAndAssetCtxs", true},
		{"spotMetaAndAssetCtxs", "spotMetaAndAssetCtxs", true},
		{"perpDexs", "perpDexs", false},
	};
	unsigned n = 0;

	file_door = json_new(0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char path[128];
		const struct jv *v;

		snprintf(path, sizeof path, "hyperliquid/http/info_%s.json", rows[i].file);
		v = load(path);
		for (v = jv_first(jv_get(v, "records")); v; v = jv_next(v))
			if (recorded(v)) {
				one_list(rows[i].file, rows[i].type, jv_get(v, "response"),
					 rows[i].spot);
				n++;
			}
	}
	if (n)
		printf("  %u recorded lists read\n", n);
	json_free(file_door);
}

/* The venue-shaped hostile frames: no book, fill or order comes of any, but for the two that only
 * the keeper of the book can judge. */
TEST(hostile_frames)
{
	unsigned n = 0;
	const struct jv *v;

	file_door = json_new(0);
	{
		const char *path = test_data("security/json_hostile.json");
		size_t len = 0;
		char *s = path ? test_slurp(path, &len) : NULL;

		/* one part of the file holds NULs as text; the door takes none: they become U+0001
		 */
		for (char *p = s; p && (p = strstr(p, "\\u0000")); p += 6)
			p[5] = '1';
		v = s ? json_parse(file_door, s, len, NULL) : NULL;
		free(s);
		if (!path) {
			json_free(file_door);
			return;
		}
	}
	REQUIRE(v);
	for (v = jv_first(jv_get(v, "venue_shaped_made_here")); v; v = jv_next(v), n++) {
		const char *name = jv_text(jv_get(v, "name")), *frame = jv_text(jv_get(v, "text"));
		bool judged = !strcmp(name, "crossed_book") || !strcmp(name, "unsorted_levels");
		struct rig *r = rig_for(NULL, HL_MARKET | HL_ACCOUNT);

		rig_coin(r, "BTC", 0);
		rig_text(r, frame);
		for (uint32_t i = 0; i < r->n; i++)
			if (r->ev[i].kind != EV_VENUE_ERROR &&
			    !(judged && r->ev[i].kind == EV_BOOK))
				test_fail(__FILE__, __LINE__, "%s made an event of kind %d", name,
					  r->ev[i].kind);
		if (judged)
			CHECK_INT(rig_count(r, EV_BOOK), 1);
		for (const char *p = hl_stats(r->h).last_refusal; *p; p++)
			CHECK(*p >= 0x20 && *p < 0x7f);
		rig_free(r);
	}
	printf("  %u hostile frames\n", n);
	json_free(file_door);
}

TEST_MAIN(T(ws_records), T(http_records), T(exchange_records), T(recorded_sessions),
	  T(recorded_lists), T(hostile_frames))
