/* session.c: a connection's life, and where each frame goes.
 *
 *   closed --hl_on_connect--> up --(45 s without a byte, a stream silent, an error)--> HL_OUT_CLOSE
 *      ^--------------------------- hl_on_close ------------------------------------------'
 *
 *  1. Any byte proves the connection; only a frame of its own proves a stream (subs.c).
 *  2. The venue closes a socket on which it sent nothing for 60 s: a ping goes out every 20 s.
 *  3. A frame is used whole or not at all: a refused one is counted, told, and changes nothing.
 *  4. Channels are what the venue calls them: `user` for userEvents, activeSpotAssetCtx for spot.
 */
#include <string.h>

#include "base/check.h"
#include "base/escape.h"
#include "venue/hyperliquid/internal.h"
#include "venue/hyperliquid/venue_limits.h"
#include "base/banned.h"

enum { PING_S = 20, DEAD_S = 45, META_AGAIN_S = 60, META_RETRY_S = 12 };

size_t hl_size(void)
{
	return sizeof(struct hl);
}

bool hl_shared_init(struct hl_shared *s, const struct instr_table *instrs, const char *const *dexes,
		    size_t n, struct err *e)
{
	if (n > DEXES_MAX - 1)
		return err_set(e, ERR_LIMIT, "%zu builder dexes: at most %d are watched", n,
			       DEXES_MAX - 1);
	memset(s, 0, sizeof *s);
	s->instrs = instrs;
	s->n_dexes = (uint8_t)(n + 1);
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(dexes[i]);

		if (!escape_is_symbol(dexes[i]) || len >= HL_DEX_NAME || strchr(dexes[i], ':'))
			return err_set(e, ERR_CONF,
				       "dex name of %zu bytes: 1 to %d letters or digits", len,
				       HL_DEX_NAME - 1);
		memcpy(s->dex[i + 1].name, dexes[i], len + 1);
		s->dex[i + 1].index = -1;
	}
	return true;
}

bool hl_shared_ready(const struct hl_shared *s)
{
	for (uint8_t i = 0; i < s->n_dexes; i++)
		if (!s->dex[i].loaded)
			return false;
	return s->spot_loaded;
}

/* Addresses are written in either case; the venue answers in lower case. */
static void lower_case(char *s)
{
	for (; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s - 'A' + 'a');
}

void hl_init(struct hl *h, const struct hl_conf *c)
{
	memset(h, 0, offsetof(struct hl, bytes));
	h->c = *c;
	lower_case(h->c.user);
	lower_case(h->c.agent);
	h->next_id = c->post_base;
}

void hl_set_agent(struct hl *h, const char *agent)
{
	struct buf b;

	buf_init(&b, h->c.agent, sizeof h->c.agent);
	buf_puts(&b, agent);
	lower_case(h->c.agent);
	h->agent_unnamed = false;
}

struct hl_stats hl_stats(const struct hl *h)
{
	struct hl_stats s = h->stats;

	s.epoch = h->epoch;
	return s;
}

/* ---- events ---- */

struct event hl_event(const struct hl *h, enum event_kind kind)
{
	struct event ev;

	memset(&ev, 0, sizeof ev);
	ev.kind = (uint8_t)kind;
	ev.account = h->c.account;
	ev.epoch = h->epoch;
	ev.now_ns = h->now_ns;
	ev.wall_ms = h->wall_ms;
	return ev;
}

void hl_emit(struct hl *h, const struct event *ev)
{
	h->c.sink(h->c.sink_ctx, ev);
}

void hl_text(char *out, size_t cap, const char *s, size_t n)
{
	/* no more of it can be shown than fits */
	escape_text(out, cap, s, n < 4 * cap ? n : 4 * cap);
}

static void venue_error(struct hl *h, uint16_t status, const char *text)
{
	struct event ev = hl_event(h, EV_VENUE_ERROR);
	struct buf b;

	ev.venue_error.status = status;
	buf_init(&b, ev.venue_error.text, sizeof ev.venue_error.text);
	buf_puts(&b, text);
	hl_emit(h, &ev);
}

void hl_refuse(struct hl *h, const char *what, const char *text, size_t n)
{
	char said[96];
	struct buf b;

	h->stats.refused++;
	hl_text(said, sizeof said, text, n);
	buf_init(&b, h->stats.last_refusal, sizeof h->stats.last_refusal);
	buf_puts(&b, what);
	buf_puts(&b, said);
	if (h->refused_told && h->now_ns - h->refused_ns < HL_S)
		return;
	h->refused_told = true;
	h->refused_ns = h->now_ns;
	venue_error(h, 1, h->stats.last_refusal);
}

void hl_trouble(struct hl *h, uint16_t status, const char *text, size_t n)
{
	char said[96];

	if (status == h->http_told)
		return;
	h->http_told = status;
	hl_text(said, sizeof said, text, n);
	venue_error(h, status, said);
}

void hl_close(struct hl *h, const char *reason, const char *detail)
{
	struct buf b;

	if (h->closing || !h->up)
		return;
	h->closing = true;
	h->close_told = false;
	buf_init(&b, h->close_reason, sizeof h->close_reason);
	buf_puts(&b, reason);
	buf_puts(&b, detail);
}

static void new_minute(struct hl *h)
{
	struct hl_shared *s = h->c.shared;

	if (h->now_ns - s->minute_ns >= 60 * HL_S) {
		s->minute_ns = h->now_ns;
		s->minute_out = 0;
	}
}

/* The venue takes 2,000 messages a minute over all sockets. */
bool hl_take_message(struct hl *h)
{
	struct hl_shared *s = h->c.shared;

	new_minute(h);
	if (s->minute_out >= HL_WS_MESSAGES_OWN)
		return false;
	s->minute_out++;
	return true;
}

/* ---- meta ---- */

static int64_t min64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* No close waits a minute for the name of what it closes. */
static int64_t held_deadline(const struct hl_shared *s)
{
	int64_t wait = s->held_tries < 6 ? (int64_t)1 << s->held_tries : META_AGAIN_S;

	if (!s->held_missing)
		return INT64_MAX;
	return s->held_asked_ns ? s->held_asked_ns + wait * HL_S : 0;
}

void hl_held_missing(struct hl *h, uint8_t dex)
{
	struct hl_shared *s = h->c.shared;

	if (!s->held_missing && h->now_ns - s->held_asked_ns > 2 * META_AGAIN_S * HL_S)
		s->held_tries = 0;
	s->held_missing |= (uint8_t)(1u << dex);
}

static void held_ask(struct hl *h)
{
	struct hl_shared *s = h->c.shared;

	for (uint8_t i = 0; i < s->n_dexes; i++)
		if (s->held_missing & (1u << i) && (!i || s->dex[i].index > 0))
			query_own(h, QI_PERP_META, i);
	s->held_missing = 0;
	s->held_asked_ns = h->now_ns;
	if (s->held_tries < 6)
		s->held_tries++;
}

static void meta_ask(struct hl *h)
{
	struct hl_shared *s = h->c.shared;

	h->meta_ns = h->now_ns;
	s->coin_missing = false;
	if (s->n_dexes > 1)
		query_own(h, QI_PERP_DEXS, 0); /* the others follow: their asset ids need it */
	query_own(h, QI_PERP_META, 0);
	query_own(h, QI_SPOT_META, 0);
}

static int64_t meta_deadline(const struct hl *h)
{
	const struct hl_shared *s = h->c.shared;

	if (!(h->c.roles & HL_MARKET) || !h->up)
		return INT64_MAX;
	if (!hl_shared_ready(s))
		return h->meta_ns + META_RETRY_S * HL_S;
	return min64(s->coin_missing ? h->meta_ns + META_AGAIN_S * HL_S : INT64_MAX,
		     held_deadline(s));
}

/* ---- the connection ---- */

static void clocks(struct hl *h, int64_t now_ns, int64_t wall_ms)
{
	h->now_ns = now_ns;
	h->wall_ms = wall_ms;
}

static void conn_event(struct hl *h, bool up, const char *reason)
{
	struct event ev = hl_event(h, EV_CONN);

	ev.conn.up = up;
	ev.conn.market = h->c.roles & HL_MARKET;
	ev.conn.account = (h->c.roles & HL_ACCOUNT) != 0;
	ev.conn.epoch = h->epoch;
	hl_text(ev.conn.reason, sizeof ev.conn.reason, reason, strlen(reason));
	hl_emit(h, &ev);
}

void hl_on_connect(struct hl *h, int64_t now_ns, int64_t wall_ms)
{
	clocks(h, now_ns, wall_ms);
	if (h->up)
		hl_on_close(h, "connected anew", now_ns, wall_ms);
	h->up = true;
	h->closing = false;
	h->epoch++;
	h->stats.connects++;
	h->up_ns = h->byte_ns = h->ping_ns = now_ns;
	h->refused_told = false;
	conn_event(h, true, "");
	if (h->c.roles & HL_MARKET)
		meta_ask(h);
	subs_start(h);
}

void hl_on_close(struct hl *h, const char *reason, int64_t now_ns, int64_t wall_ms)
{
	clocks(h, now_ns, wall_ms);
	if (!h->up)
		return;
	h->up = false;
	if (h->closing)
		reason = h->close_reason;
	h->closing = false;
	subs_stop(h);
	conn_event(h, false, reason);
	post_stop(h);
}

/* ---- frames ---- */

typedef bool frame_fn(struct hl *h, const struct jv *data, const char **why);

static bool hot_use(struct hl *h, const struct hot *hot);

static bool on_book(struct hl *h, const struct jv *data, const char **why)
{
	return hot_book(&h->hot, data, false, why) && hot_use(h, &h->hot);
}

static bool on_bbo(struct hl *h, const struct jv *data, const char **why)
{
	return hot_bbo(&h->hot, data, why) && hot_use(h, &h->hot);
}

static bool on_trades(struct hl *h, const struct jv *data, const char **why)
{
	return hot_trades(&h->hot, h->c.shared->scratch.trade, data, why) && hot_use(h, &h->hot);
}

static bool on_ctx(struct hl *h, const struct jv *data, const char **why)
{
	uint16_t id = value_coin(h, jv_get(data, "coin"));

	if (id >= INSTR_FOREIGN)
		return true;
	if (!parse_ctx(h, id, jv_get(data, "ctx"), why))
		return false;
	subs_seen(h, subs_find(h, STREAM_CTX, 0, id));
	return true;
}

static bool on_mids(struct hl *h, const struct jv *data, const char **why)
{
	uint8_t dex;

	if (!value_dex(h, jv_get(data, "dex"), &dex))
		return true;
	if (!parse_mids(h, dex, jv_get(data, "mids"), why))
		return false;
	subs_seen(h, subs_find(h, STREAM_MIDS, dex, INSTR_NONE));
	return true;
}

/* Frames that name their user: another's must never touch ours. */
static bool ours(struct hl *h, const struct jv *data, const char **why)
{
	if (value_is_user(h, jv_get(data, "user")))
		return true;
	*why = "a frame for another user";
	return false;
}

static bool on_account(struct hl *h, const struct jv *data, const char **why)
{
	uint8_t dex;

	if (!ours(h, data, why))
		return false;
	if (!value_dex(h, jv_get(data, "dex"), &dex))
		return true;
	if (!parse_account(h, dex, jv_get(data, "clearinghouseState"), why))
		return false;
	subs_seen(h, subs_find(h, STREAM_ACCOUNT, dex, INSTR_NONE));
	return true;
}

static bool on_orders(struct hl *h, const struct jv *data, const char **why)
{
	uint8_t dex;

	if (!ours(h, data, why))
		return false;
	if (!value_dex(h, jv_get(data, "dex"), &dex))
		return true;
	if (!parse_orders(h, dex, jv_get(data, "orders"), why))
		return false;
	subs_seen(h, subs_find(h, STREAM_ORDERS, dex, INSTR_NONE));
	return true;
}

static bool on_twaps(struct hl *h, const struct jv *data, const char **why)
{
	uint8_t dex;

	if (!ours(h, data, why))
		return false;
	if (!value_dex(h, jv_get(data, "dex"), &dex))
		return true;
	if (!parse_twap_states(h, dex, jv_get(data, "states"), why))
		return false;
	subs_seen(h, subs_find(h, STREAM_TWAPS, dex, INSTR_NONE));
	return true;
}

static void seen(struct hl *h, enum stream s)
{
	subs_seen(h, subs_find(h, s, 0, INSTR_NONE));
}

static bool on_spot(struct hl *h, const struct jv *data, const char **why)
{
	if (!ours(h, data, why) || !parse_spot(h, jv_get(data, "spotState"), why))
		return false;
	seen(h, STREAM_SPOT);
	return true;
}

static bool snapshot(const struct jv *data)
{
	bool yes = false;

	return jv_bool(jv_get(data, "isSnapshot"), &yes) && yes;
}

static bool on_fills(struct hl *h, const struct jv *data, const char **why)
{
	if (!ours(h, data, why) ||
	    !parse_fills(h, jv_get(data, "fills"), snapshot(data), false, NULL, why))
		return false;
	seen(h, STREAM_FILLS);
	return true;
}

static bool on_twap_fills(struct hl *h, const struct jv *data, const char **why)
{
	if (!ours(h, data, why) ||
	    !parse_fills(h, jv_get(data, "twapSliceFills"), snapshot(data), true, NULL, why))
		return false;
	seen(h, STREAM_TWAP_FILLS);
	return true;
}

static bool on_fundings(struct hl *h, const struct jv *data, const char **why)
{
	if (!ours(h, data, why) || !parse_fundings(h, jv_get(data, "fundings"), why))
		return false;
	seen(h, STREAM_FUNDING);
	return true;
}

static bool on_order_updates(struct hl *h, const struct jv *data, const char **why)
{
	if (!parse_order_updates(h, data, why))
		return false;
	seen(h, STREAM_ORDER_UPDATES);
	return true;
}

static bool on_user(struct hl *h, const struct jv *data, const char **why)
{
	if (!parse_user_event(h, data, why))
		return false;
	seen(h, STREAM_USER_EVENTS);
	return true;
}

static bool on_user_state(struct hl *h, const struct jv *data, const char **why)
{
	if (!ours(h, jv_get(data, "userState"), why) || !parse_user_state(h, data, why))
		return false;
	seen(h, STREAM_USER_STATE);
	return true;
}

static bool on_ack(struct hl *h, const struct jv *data, const char **why)
{
	(void)why;
	subs_ack(h, data);
	return true;
}

static bool on_post(struct hl *h, const struct jv *data, const char **why)
{
	(void)why;
	post_answer(h, data);
	return true;
}

/* Texts of the error channel: the socket stays open. */
static bool on_error(struct hl *h, const struct jv *data, const char **why)
{
	static const char already[] = "Already subscribed: ",
			  posts[] = "too many pending post requests id=",
			  gone[] = "Already unsubscribed: ";
	const char *s;
	char copy[512];
	size_t n;

	(void)why;
	if (!jv_str(data, &s, &n))
		return true;
	if (!strncmp(s, already, sizeof already - 1) && n < sizeof copy) {
		size_t skip = sizeof already - 1;

		memcpy(copy, s + skip, n - skip); /* the door's memory is about to be reused */
		subs_acked(h, json_parse(h->c.json, copy, n - skip, NULL));
		return true;
	}
	if (!strncmp(s, gone, sizeof gone - 1))
		return true;
	if (!strncmp(s, posts, sizeof posts - 1)) {
		uint64_t id = 0;

		for (const char *p = s + sizeof posts - 1;
		     *p >= '0' && *p <= '9' && id < UINT32_MAX; p++)
			id = id * 10 + (uint64_t)(*p - '0');
		post_lost(h, id, s, n);
		return true;
	}
	hl_refuse(h, "the venue says: ", s, n);
	return true;
}

static bool on_nothing(struct hl *h, const struct jv *data, const char **why)
{
	(void)h;
	(void)data;
	(void)why;
	return true;
}

static const struct channel {
	const char *name;
	uint8_t roles; /* 0: any */
	frame_fn *fn;
} channels[] = {
	{"l2Book", HL_MARKET, on_book},
	{"bbo", HL_MARKET, on_bbo},
	{"trades", HL_MARKET, on_trades},
	{"activeAssetCtx", HL_MARKET, on_ctx},
	{"activeSpotAssetCtx", HL_MARKET, on_ctx},
	{"allMids", HL_MARKET, on_mids},
	{"clearinghouseState", HL_ACCOUNT, on_account},
	{"openOrders", HL_ACCOUNT, on_orders},
	{"spotState", HL_ACCOUNT, on_spot},
	{"userFills", HL_ACCOUNT, on_fills},
	{"orderUpdates", HL_ACCOUNT, on_order_updates},
	{"user", HL_ACCOUNT, on_user},
	{"userFundings", HL_ACCOUNT, on_fundings},
	{"userTwapSliceFills", HL_ACCOUNT, on_twap_fills},
	{"twapStates", HL_ACCOUNT, on_twaps},
	{"webData3", HL_ACCOUNT, on_user_state},
	{"subscriptionResponse", 0, on_ack},
	{"post", 0, on_post},
	{"error", 0, on_error},
	{"pong", 0, on_nothing},
};

static void book_event(struct hl *h, const struct hot *hot, uint16_t id)
{
	struct event ev = hl_event(h, EV_BOOK);

	h->c.shared->scratch.book = hot->book;
	h->c.shared->scratch.book.instr = id;
	h->c.shared->scratch.book.seen_ns = h->now_ns;
	ev.book.book = &h->c.shared->scratch.book;
	hl_emit(h, &ev);
}

static bool hot_use(struct hl *h, const struct hot *hot)
{
	uint16_t id =
		hot->kind == HOT_TRADES && !hot->n ? INSTR_NONE : value_coin_text(h, hot->coin);
	struct event ev;

	if (id >= INSTR_FOREIGN || hot->aggregated) {
		h->stats.ignored++;
		return true;
	}
	switch (hot->kind) {
	case HOT_BOOK:
		book_event(h, hot, id);
		subs_seen(h, subs_find(h, hot->book.fast ? STREAM_BOOK_FAST : STREAM_BOOK, 0, id));
		break;
	case HOT_BBO:
		ev = hl_event(h, EV_BBO);
		ev.bbo.instr = id;
		ev.bbo.bid = hot->bid;
		ev.bbo.ask = hot->ask;
		ev.bbo.venue_ms = hot->venue_ms;
		hl_emit(h, &ev);
		subs_seen(h, subs_find(h, STREAM_BBO, 0, id));
		break;
	default:
		trades_use(h, id, hot->n);
	}
	return true;
}

static void frame(struct hl *h, const char *s, size_t n)
{
	const char *why = "unreadable", *name;
	const struct jv *v, *data;
	struct err e = {0};

	h->stats.door++;
	v = json_parse(h->c.json, s, n, &e);
	if (!v) {
		hl_refuse(h, "frame refused: ", e.text, strlen(e.text));
		return;
	}
	name = jv_text(jv_get(v, "channel"));
	data = jv_get(v, "data");
	for (size_t i = 0; name && i < COUNT_OF(channels); i++) {
		const struct channel *c = &channels[i];

		if (strcmp(c->name, name) || (c->roles && !(c->roles & h->c.roles)))
			continue;
		if (!c->fn(h, data, &why)) {
			hl_refuse(h, "frame refused: ", why, strlen(why));
		} else if (h->refused_told && h->now_ns - h->refused_ns > 10 * HL_S) {
			h->refused_told = false;
			venue_error(h, 0, "");
		}
		return;
	}
	h->stats.ignored++; /* the venue adds channels; none of them is an error */
}

void hl_on_text(struct hl *h, const char *s, size_t n, int64_t now_ns, int64_t wall_ms)
{
	clocks(h, now_ns, wall_ms);
	if (!h->up)
		return;
	h->byte_ns = now_ns;
	h->stats.frames++;
	if ((h->c.roles & HL_MARKET) && hot_scan(&h->hot, h->c.shared->scratch.trade, s, n)) {
		h->stats.hot++;
		hot_use(h, &h->hot);
	} else {
		frame(h, s, n);
	}
}

/* ---- timers and output ---- */

int64_t hl_next_deadline(const struct hl *h)
{
	int64_t at = post_deadline(h);

	if (!h->up || h->closing)
		return at;
	at = min64(at, h->ping_ns + PING_S * HL_S);
	at = min64(at, h->byte_ns + DEAD_S * HL_S);
	at = min64(at, meta_deadline(h));
	if (h->c.shared->minute_out >= HL_WS_MESSAGES_OWN)
		at = min64(at, h->c.shared->minute_ns + 60 * HL_S);
	return min64(at, subs_deadline(h));
}

void hl_on_timer(struct hl *h, int64_t now_ns, int64_t wall_ms)
{
	clocks(h, now_ns, wall_ms);
	new_minute(h);
	post_timer(h);
	if (!h->up || h->closing)
		return;
	if (now_ns - h->byte_ns >= DEAD_S * HL_S) {
		hl_close(h, "no byte for 45 s", "");
		return;
	}
	if (meta_deadline(h) > now_ns)
		;
	else if (hl_shared_ready(h->c.shared) && held_deadline(h->c.shared) <= now_ns)
		held_ask(h);
	else
		meta_ask(h);
	subs_timer(h);
}

bool hl_next_output(struct hl *h, struct hl_out *out, int64_t now_ns)
{
	static const char ping[] = "{\"method\":\"ping\"}";

	h->now_ns = now_ns;
	if (h->closing && !h->close_told) {
		h->close_told = true;
		*out = (struct hl_out){
			.kind = HL_OUT_CLOSE, .p = h->close_reason, .n = strlen(h->close_reason)};
		return true;
	}
	subs_wake(h);
	if (post_output(h, out))
		return true;
	if (!h->up || h->closing)
		return false;
	if (now_ns - h->ping_ns >= PING_S * HL_S) {
		h->ping_ns = now_ns;
		*out = (struct hl_out){.kind = HL_OUT_TEXT, .p = ping, .n = sizeof ping - 1};
		return true;
	}
	return subs_output(h, out);
}
