/* ws.c: sockets and subscriptions.
 *
 * 1. The acknowledgement, normalised, goes before the first snapshot.
 * 2. A coin that does not exist, or bad book parameters, end the socket without a word.
 * 3. Everything else that is wrong is a text on the error channel; the socket stays. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/utf8.h"
#include "paper/state.h"

#include "base/banned.h"

enum {
	SOCKETS_TOP = 10,
	NEW_A_MINUTE = 30,
	MESSAGES_A_MINUTE = 2000,
	USERS_TOP = 10,
	POSTS_TOP = 100,
};

static const char *const channels[] = {
#define X(id, name) name,
	CHANNEL_TABLE(X)
#undef X
};

const char *channel_name(enum channel ch)
{
	return channels[ch];
}

struct ws *ws_find(struct paper *p, uint64_t conn)
{
	struct ws *w;

	for (w = p->ws; w != NULL && w->conn != conn; w = w->next)
		;
	return w;
}

void ws_send(struct paper *p, struct ws *w, const struct str *s, int64_t due_ms)
{
	struct paper_out out = {
		.conn = w->conn, .kind = PAPER_OUT_TEXT, .bytes = str_text(s), .len = s->len};

	if (w->closed)
		return;
	w->last_sent_ms = p->now;
	out_put(p, &out, due_ms);
	if (fault_hits(p, FAULT_DUPLICATE))
		out_put(p, &out, due_ms);
}

void ws_post_answer(struct paper *p, uint64_t conn, uint64_t id, const char *type,
		    const struct str *payload, int64_t due_ms)
{
	struct ws *w = ws_find(p, conn);
	struct str s = {0};

	if (w == NULL || w->closed)
		return;
	if (w->posts > 0)
		w->posts--;
	str_printf(&s,
		   "{\"channel\":\"post\",\"data\":{\"id\":%llu,\"response\":{\"type\":\"%s\","
		   "\"payload\":",
		   (unsigned long long)id, type);
	if (strcmp(type, "error") == 0)
		str_json(&s, str_text(payload));
	else
		str_puts(&s, str_text(payload));
	str_puts(&s, "}}}");
	ws_send(p, w, &s, due_ms);
	str_free(&s);
}

bool paper_ws_open(struct paper *p, uint64_t conn, const char *name, int64_t now_ms)
{
	struct ip *ip;
	struct ws *w;

	paper_advance(p, now_ms);
	ip = ip_find(p, name);
	ip_charge(p, ip, 0);
	if (!p->conf.no_ip_limits && (ip->sockets >= SOCKETS_TOP || ip->opened >= NEW_A_MINUTE))
		return false;
	w = calloc(1, sizeof *w);
	ASSERT(w != NULL);
	w->conn = conn;
	w->ip = ip;
	w->last_sent_ms = p->now;
	ip->sockets++;
	ip->opened++;
	w->next = p->ws;
	p->ws = w;
	return true;
}

void paper_ws_closed(struct paper *p, uint64_t conn, int64_t now_ms)
{
	struct ws **at = &p->ws, *w;

	paper_advance(p, now_ms);
	while (*at != NULL && (*at)->conn != conn)
		at = &(*at)->next;
	w = *at;
	if (w == NULL)
		return;
	*at = w->next;
	w->ip->sockets--;
	free(w->sub);
	free(w);
}

static void fatal(struct paper *p, struct ws *w)
{
	w->closed = true;
	out_put(p, &(struct paper_out){.conn = w->conn, .kind = PAPER_OUT_CLOSE}, p->now);
}

static void error_frame(struct paper *p, struct ws *w, enum text t, const char *arg)
{
	struct str s = {0}, msg = {0};

	text_put(&msg, t, arg, "", "");
	str_puts(&s, "{\"channel\":\"error\",\"data\":");
	str_json(&s, str_text(&msg));
	str_putc(&s, '}');
	ws_send(p, w, &s, p->now);
	str_free(&s);
	str_free(&msg);
}

/* --- subscriptions --- */

static bool takes_coin(enum channel ch)
{
	return ch == CH_L2BOOK || ch == CH_BBO || ch == CH_TRADES || ch == CH_CTX ||
	       ch == CH_CANDLE || ch == CH_ASSET_DATA;
}

static bool takes_user(enum channel ch)
{
	return ch >= CH_ASSET_DATA;
}

static bool takes_dex(enum channel ch)
{
	return ch == CH_STATE || ch == CH_OPEN_ORDERS || ch == CH_TWAP_STATES || ch == CH_MIDS ||
	       ch == CH_CTXS;
}

void put_subscription(struct paper *p, const struct sub *x, struct str *s)
{
	str_printf(s, "{\"type\":\"%s\"", channels[x->ch]);
	if (x->a != NULL)
		str_printf(s, ",\"user\":\"%s\"", x->a->hex);
	if (x->ch == CH_CANDLE)
		str_printf(s, ",\"interval\":\"%s\"", x->interval);
	if (x->coin >= 0)
		str_printf(s, ",\"coin\":\"%s\"", p->coin[x->coin].c.name);
	if (x->ch == CH_L2BOOK) {
		if (x->sig_figs > 0)
			str_printf(s, ",\"nSigFigs\":%u", x->sig_figs);
		else
			str_puts(s, ",\"nSigFigs\":null");
		if (x->mantissa > 0)
			str_printf(s, ",\"mantissa\":%u", x->mantissa);
		else
			str_puts(s, ",\"mantissa\":null");
		str_printf(s, ",\"fast\":%s", x->fast ? "true" : "false");
	}
	if (x->ch == CH_USER_FILLS)
		str_printf(s, ",\"aggregateByTime\":%s", x->aggregate ? "true" : "false");
	if (x->ch == CH_SPOT_STATE)
		str_printf(s, ",\"ignorePortfolioMargin\":%s", x->flag ? "true" : "false");
	/* prices of the validator's dex are told without its name */
	if (takes_dex(x->ch) && (x->dex > 0 || x->a != NULL))
		str_printf(s, ",\"dex\":\"%s\"", p->dex[x->dex].name);
	str_putc(s, '}');
}

enum read { READ_OK, READ_PARSE, READ_INVALID, READ_FATAL };

static enum read read_book(const struct jv *v, struct sub *x)
{
	const struct jv *sig = jv_get(v, "nSigFigs"), *man = jv_get(v, "mantissa");
	uint64_t n = 0, m = 0;

	jv_bool(jv_get(v, "fast"), &x->fast);
	if (jv_type(sig) != JV_NONE && !jv_is_null(sig) && !jv_u64(sig, &n))
		return READ_PARSE;
	if (jv_type(man) != JV_NONE && !jv_is_null(man) && !jv_u64(man, &m))
		return READ_PARSE;
	if ((n != 0 && (n < 2 || n > 5)) || (m != 0 && (n != 5 || (m != 2 && m != 5))))
		return READ_FATAL;
	x->sig_figs = (uint8_t)n;
	x->mantissa = (uint8_t)m;
	return READ_OK;
}

static enum read read_sub(struct paper *p, const struct jv *v, struct sub *x)
{
	const char *type = jv_text(jv_get(v, "type")), *text;
	uint8_t addr[20];
	int ch;

	*x = (struct sub){.coin = -1};
	for (ch = 0; type != NULL && ch < CH_COUNT && strcmp(channels[ch], type) != 0; ch++)
		;
	if (type == NULL || ch == CH_COUNT)
		return READ_PARSE;
	x->ch = (enum channel)ch;
	if (takes_coin(x->ch)) {
		text = jv_text(jv_get(v, "coin"));
		if (text == NULL)
			return READ_PARSE;
		x->coin = coin_by_name(p, text);
		if (x->coin < 0)
			return READ_FATAL;
	}
	if (takes_user(x->ch)) {
		text = jv_text(jv_get(v, "user"));
		if (text == NULL)
			return READ_PARSE;
		if (!addr_read(addr, text))
			return READ_INVALID;
		x->a = acct_get(p, addr);
		if (x->a == NULL)
			return READ_INVALID;
	}
	text = jv_text(jv_get(v, "dex"));
	x->dex = dex_by_name(p, text);
	if (x->dex < 0 || (x->dex > 0 && !takes_dex(x->ch)))
		return READ_INVALID;
	jv_bool(jv_get(v, "aggregateByTime"), &x->aggregate);
	jv_bool(jv_get(v, "ignorePortfolioMargin"), &x->flag);
	if (x->ch == CH_CANDLE) {
		text = jv_text(jv_get(v, "interval"));
		x->interval_ms = interval_ms(text);
		if (x->interval_ms == 0)
			return READ_PARSE;
		snprintf(x->interval, sizeof x->interval, "%s", text);
	}
	return x->ch == CH_L2BOOK ? read_book(v, x) : READ_OK;
}

static struct sub *sub_find(struct ws *w, const struct sub *x)
{
	uint32_t i;

	for (i = 0; i < w->n_subs; i++) {
		struct sub *y = &w->sub[i];

		if (y->ch == x->ch && y->dex == x->dex && y->coin == x->coin && y->a == x->a &&
		    y->fast == x->fast && y->sig_figs == x->sig_figs &&
		    y->mantissa == x->mantissa && y->interval_ms == x->interval_ms)
			return y;
	}
	return NULL;
}

/* Distinct accounts over all sockets of the client. */
static bool users_full(struct paper *p, const struct ws *w, const struct sub *x)
{
	const struct acct *seen[USERS_TOP];
	uint32_t n = 0, i, k;
	const struct ws *o;

	if (x->a == NULL || p->conf.no_ip_limits)
		return false;
	for (o = p->ws; o != NULL; o = o->next) {
		for (i = 0; o->ip == w->ip && i < o->n_subs; i++) {
			const struct acct *a = o->sub[i].a;

			if (a == x->a)
				return false;
			for (k = 0; k < n && seen[k] != a; k++)
				;
			if (a != NULL && k == n && n < USERS_TOP)
				seen[n++] = a;
		}
	}
	return n == USERS_TOP;
}

static void acknowledge(struct paper *p, struct ws *w, const char *method, const struct sub *x)
{
	struct str s = {0};

	str_printf(&s,
		   "{\"channel\":\"subscriptionResponse\",\"data\":{\"method\":\"%s\","
		   "\"subscription\":",
		   method);
	put_subscription(p, x, &s);
	str_puts(&s, "}}");
	ws_send(p, w, &s, p->now);
	str_free(&s);
}

static void subscribe(struct paper *p, struct ws *w, const struct sub *x)
{
	struct str text = {0};

	put_subscription(p, x, &text);
	if (sub_find(w, x) != NULL) {
		error_frame(p, w, TX_WS_TWICE, str_text(&text));
	} else if (w->n_subs == SUBS_MAX) {
		error_frame(p, w, TX_WS_INVALID, str_text(&text));
	} else if (users_full(p, w, x)) {
		error_frame(p, w, TX_WS_USERS, "");
	} else {
		w->sub = realloc(w->sub, (w->n_subs + 1) * sizeof *w->sub);
		ASSERT(w->sub != NULL);
		w->sub[w->n_subs++] = *x;
		acknowledge(p, w, "subscribe", x);
		push_snapshot(p, w, &w->sub[w->n_subs - 1]);
	}
	str_free(&text);
}

static void unsubscribe(struct paper *p, struct ws *w, const struct sub *x)
{
	struct sub *have = sub_find(w, x);
	struct str text = {0};

	if (have == NULL) {
		put_subscription(p, x, &text);
		error_frame(p, w, TX_WS_NOT, str_text(&text));
		str_free(&text);
		return;
	}
	acknowledge(p, w, "unsubscribe", have);
	memmove(have, have + 1, (size_t)(w->sub + w->n_subs - (have + 1)) * sizeof *have);
	w->n_subs--;
}

/* --- post --- */

static void post_info(struct paper *p, struct ws *w, uint64_t id, const struct jv *payload)
{
	const char *type = jv_text(jv_get(payload, "type"));
	struct str s = {0}, body = {0};
	int status;

	if (fault_hits(p, FAULT_READ_ERROR)) {
		answer_gateway(p, w->conn, true, id);
		return;
	}
	status = type != NULL ? info_answer(p, payload, &body) : 422;
	if (status == 422) {
		str_printf(&s, "422 %s", text_of(TX_HTTP_SCHEMA));
		ws_post_answer(p, w->conn, id, "error", &s, p->now);
	} else {
		str_printf(&s, "{\"type\":\"%s\",\"data\":%s}", type, str_text(&body));
		ws_post_answer(p, w->conn, id, "info", &s, p->now);
	}
	str_free(&s);
	str_free(&body);
}

static bool post(struct paper *p, struct ws *w, const struct jv *root)
{
	const struct jv *req = jv_get(root, "request"), *payload = jv_get(req, "payload");
	struct str s = {0};
	char text[24];
	uint64_t id;
	bool info = jv_str_is(jv_get(req, "type"), "info");

	if (!jv_u64(jv_get(root, "id"), &id) || jv_type(payload) != JV_OBJECT ||
	    (!info && !jv_str_is(jv_get(req, "type"), "action")))
		return false;
	if (w->posts >= POSTS_TOP) {
		snprintf(text, sizeof text, "%llu", (unsigned long long)id);
		error_frame(p, w, TX_WS_POSTS, text);
		return true;
	}
	w->posts++;
	if (info) {
		post_info(p, w, id, payload);
	} else if (fault_hits(p, FAULT_429)) {
		str_puts(&s, "429 null");
		ws_post_answer(p, w->conn, id, "error", &s, p->now);
		str_free(&s);
	} else {
		exchange_submit(p, w->conn, true, id, payload);
	}
	return true;
}

static bool handle(struct paper *p, struct ws *w, const struct jv *root, struct sub *x,
		   enum read *how)
{
	const char *method = jv_text(jv_get(root, "method"));
	struct str s = {0};

	if (method == NULL)
		return false;
	if (strcmp(method, "ping") == 0) {
		str_puts(&s, "{\"channel\":\"pong\"}");
		ws_send(p, w, &s, p->now);
		str_free(&s);
		return true;
	}
	if (strcmp(method, "post") == 0)
		return post(p, w, root);
	if (strcmp(method, "subscribe") != 0 && strcmp(method, "unsubscribe") != 0)
		return false;
	*how = read_sub(p, jv_get(root, "subscription"), x);
	if (*how == READ_OK)
		(method[0] == 's' ? subscribe : unsubscribe)(p, w, x);
	return *how != READ_PARSE;
}

void paper_ws_text(struct paper *p, uint64_t conn, const char *text, size_t len, int64_t now_ms)
{
	struct ws *w;
	const struct jv *root;
	struct sub x = {.coin = -1};
	enum read how = READ_OK;
	struct str frame = {0};

	paper_advance(p, now_ms);
	w = ws_find(p, conn);
	if (w == NULL || w->closed)
		return;
	ip_charge(p, w->ip, 0);
	/* Bytes that are no text must not come back inside one. */
	if ((++w->ip->messages > MESSAGES_A_MINUTE && !p->conf.no_ip_limits) ||
	    !utf8_valid(text, len)) {
		fatal(p, w);
		return;
	}
	str_add(&frame, text, len);
	root = json_parse(p->json, text, len, NULL);
	if (root == NULL || !handle(p, w, root, &x, &how))
		error_frame(p, w, TX_WS_PARSE, str_text(&frame));
	else if (how == READ_FATAL)
		fatal(p, w);
	else if (how == READ_INVALID)
		error_frame(p, w, TX_WS_INVALID, str_text(&frame));
	str_free(&frame);
}
