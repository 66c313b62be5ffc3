/* venue.c: see venue.h.
 *
 *   link: IDLE --retry time--> opening --open--> UP --closed or HL_OUT_CLOSE--> IDLE
 *
 * Invariants:
 *  1. Session callbacks never re-enter a session: its output is moved by venue_pump, after.
 *  2. An action over several endpoints is answered to the session once (fold.h). */
#include "host/venue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/hex.h"
#include "host/clock.h"
#include "host/entropy.h"
#include "host/fold.h"
#include "host/log.h"
#include "host/pool.h"
#include "venue/hyperliquid/session.h"
#include "wire/json.h"

enum {
	LINKS_MAX = 1 + ACCOUNTS_MAX,
	ENDPOINTS = 1 + CONF_ENDPOINTS,
	TAGS = 256,	     /* HTTP requests under way */
	OPEN_TIMEOUT_S = 10, /* TCP, TLS and upgrade together */
	RETRY_MIN_MS = 250,
	RETRY_MAX_MS = 8000,
	OUT_MAX = 4 << 20,
	TELL_FULL_NS = 1000000000,
};

struct link {
	struct venue *venue;
	struct hl *hl;
	struct sock *net;
	uint8_t account;
	bool told_up; /* hl_on_connect was called */
	bool fresh_drop;
	char drop[64]; /* why we drop it, once the stack is clear */
	int64_t retry_ns, open_by_ns;
	uint32_t failures, turn;
};

struct tag {
	bool used;
	uint8_t link;
	uint32_t tag;
	struct fold fold;
};

struct venue {
	struct loop *loop;
	struct resolver *resolver;
	const struct conf *conf;
	venue_sink *sink;
	void *arg;
	struct json *json;
	struct hl_shared *shared;
	uint8_t n_links; /* 0 is the market's, i + 1 account i's */
	struct link link[LINKS_MAX];
	uint8_t n_pools;
	struct pool *pool[ENDPOINTS];
	const struct url *url[ENDPOINTS];
	struct tag tag[TAGS];
	bool pumping;
	int64_t told_full_ns;
};

static const char *literal(const struct url *u)
{
	if (!strcmp(u->host, "localhost"))
		return "127.0.0.1";
	return u->loopback ? u->host : NULL;
}

/* An address to connect to now; false: ask again when the resolver has news. */
static bool address_of(struct venue *v, const struct url *u, unsigned turn, char out[64])
{
	const char *known = literal(u);

	if (known) {
		snprintf(out, 64, "%.63s", known);
		return true;
	}
	resolver_ask(v->resolver, u->host);
	return resolver_get(v->resolver, u->host, turn, out, 64);
}

static void back_off(struct link *k, int64_t now_ns)
{
	int64_t ms = RETRY_MIN_MS;

	for (uint32_t i = 0; i < k->failures && ms < RETRY_MAX_MS; i++)
		ms *= 2;
	if (ms > RETRY_MAX_MS)
		ms = RETRY_MAX_MS;
	ms += (int64_t)(entropy_u64() % (uint64_t)(ms / 4 + 1));
	k->failures++;
	k->turn++;
	k->retry_ns = now_ns + ms * 1000000;
}

static void link_down(struct link *k, const char *why, bool soon)
{
	int64_t now = clock_boot_ns();

	net_close(k->net);
	if (soon)
		k->retry_ns = now;
	else
		back_off(k, now);
	if (k->told_up) {
		k->told_up = false;
		hl_on_close(k->hl, why, now, clock_wall_ms());
	}
}

static void on_open(void *arg)
{
	struct link *k = arg;

	k->open_by_ns = 0;
	k->told_up = true;
	hl_on_connect(k->hl, clock_boot_ns(), clock_wall_ms());
}

static void on_text(void *arg, const char *p, size_t n)
{
	struct link *k = arg;

	k->failures = 0;
	hl_on_text(k->hl, p, n, clock_boot_ns(), clock_wall_ms());
}

static void on_closed(void *arg, const char *reason)
{
	struct link *k = arg;

	log_line(LOG_WARN, "%s connection of %s: %s", k == k->venue->link ? "market" : "account",
		 k == k->venue->link ? "the venue" : k->venue->conf->account[k->account].name,
		 *reason ? reason : "closed by the other side");
	link_down(k, reason, false);
}

static void on_http(void *arg, uint32_t tag, int status, const char *body, size_t n)
{
	struct venue *v = arg;
	struct tag *t = &v->tag[tag % TAGS];

	if (!t->used)
		return;
	if (fold_add(&t->fold, &status, &body, &n))
		hl_on_http(v->link[t->link].hl, t->tag, status, body, n, clock_boot_ns(),
			   clock_wall_ms());
	if (!t->fold.left)
		t->used = false;
}

static bool link_init(struct venue *v, uint8_t i, struct err *e)
{
	static const struct net_calls calls = {on_open, on_text, on_closed};
	struct link *k = &v->link[i];
	struct hl_conf hc = {.account = i ? (uint8_t)(i - 1) : 0,
			     .roles = i ? HL_ACCOUNT : HL_MARKET,
			     .post_base = (uint32_t)i << 24 | 1,
			     .shared = v->shared,
			     .json = v->json,
			     .sink = v->sink,
			     .sink_ctx = v->arg};
	struct net_conf nc = {.kind = SOCK_WS,
			      .url = v->conf->url,
			      .path = "/ws",
			      .in_max = FRAME_MAX,
			      .out_max = OUT_MAX,
			      .calls = calls,
			      .arg = k};

	(void)e;
	if (i)
		snprintf(hc.user, sizeof hc.user, "%s", v->conf->account[i - 1].address);
	k->venue = v;
	k->account = hc.account;
	k->hl = aligned_alloc(64, (hl_size() + 63) & ~(size_t)63);
	ASSERT(k->hl);
	hl_init(k->hl, &hc);
	k->net = net_new(v->loop, &nc);
	return true;
}

struct venue *venue_new(struct loop *l, struct resolver *r, const struct conf *c,
			const struct instr_table *instrs, const char *const *dexes, size_t n_dexes,
			venue_sink *sink, void *arg, struct err *e)
{
	struct venue *v = calloc(1, sizeof *v);

	ASSERT(v);
	v->loop = l;
	v->resolver = r;
	v->conf = c;
	v->sink = sink;
	v->arg = arg;
	v->json = json_new(8 << 20);
	v->shared = calloc(1, sizeof *v->shared);
	ASSERT(v->json && v->shared);
	if (!hl_shared_init(v->shared, instrs, dexes, n_dexes, e)) {
		venue_free(v);
		return NULL;
	}
	v->n_links = (uint8_t)(1 + c->n_accounts);
	for (uint8_t i = 0; i < v->n_links; i++)
		link_init(v, i, e);
	v->n_pools = (uint8_t)(1 + c->n_endpoints);
	for (uint8_t i = 0; i < v->n_pools; i++) {
		v->url[i] = i ? &c->endpoint[i - 1] : &c->url;
		v->pool[i] = pool_new(l, v->url[i], FRAME_MAX, on_http, v);
	}
	return v;
}

void venue_free(struct venue *v)
{
	if (!v)
		return;
	for (uint8_t i = 0; i < v->n_links; i++) {
		net_free(v->link[i].net);
		free(v->link[i].hl);
	}
	for (uint8_t i = 0; i < v->n_pools; i++)
		pool_free(v->pool[i]);
	if (v->json)
		json_free(v->json);
	free(v->shared);
	free(v);
}

void venue_set_agent(struct venue *v, uint8_t account, const uint8_t address[20])
{
	char text[43] = "0x";

	hex_encode(text + 2, address, 20);
	hl_set_agent(v->link[1 + account].hl, text);
}

bool venue_send(struct venue *v, uint8_t account, const char *envelope, size_t n, uint64_t nonce,
		bool all_paths, int64_t timeout_ns, int64_t now_ns)
{
	return hl_send_action(v->link[1 + account].hl, envelope, n, nonce,
			      all_paths ? HL_PATH_WS | HL_PATH_HTTP : HL_PATH_WS, timeout_ns,
			      now_ns);
}

/* Reads of the market go to its own session, all others to the account's. */
static bool of_market(uint8_t what)
{
	return what == Q_BOOK || what == Q_META;
}

bool venue_query(struct venue *v, const struct effect *q, int64_t now_ns)
{
	uint8_t i = of_market(q->query.what) ? 0 : (uint8_t)(1 + q->account);

	return i < v->n_links && hl_query(v->link[i].hl, q, now_ns);
}

bool venue_feed(struct venue *v, uint16_t instr, bool on)
{
	return hl_feed(v->link[0].hl, instr, on);
}

void venue_drop(struct venue *v, uint8_t account)
{
	snprintf(v->link[1 + account].drop, sizeof v->link[0].drop, "dropped by the engine");
}

void venue_drop_all(struct venue *v)
{
	for (uint8_t i = 0; i < v->n_links; i++)
		snprintf(v->link[i].drop, sizeof v->link[i].drop, "dropped after a suspend");
	for (uint8_t i = 0; i < v->n_pools; i++)
		pool_drop(v->pool[i]);
}

static struct tag *tag_new(struct venue *v, uint8_t link, uint32_t tag)
{
	for (uint32_t i = 0; i < TAGS; i++) {
		if (v->tag[i].used)
			continue;
		v->tag[i] = (struct tag){.used = true, .link = link, .tag = tag};
		return &v->tag[i];
	}
	return NULL;
}

static void out_http(struct venue *v, uint8_t link, const struct hl_out *o, int64_t now_ns)
{
	struct tag *t = tag_new(v, link, o->tag);
	uint8_t n = o->action ? v->n_pools : 1;

	if (t) {
		t->fold.left = n;
		for (uint8_t i = 0; i < n; i++)
			if (!pool_post(v->pool[i], o->path, o->p, o->n, (uint32_t)(t - v->tag),
				       o->action, now_ns))
				t->fold.left--;
		if (t->fold.left)
			return;
		t->used = false;
	}
	if (now_ns - v->told_full_ns >
	    TELL_FULL_NS) { /* each is answered: once a second is enough */
		v->told_full_ns = now_ns;
		log_line(LOG_WARN, "limit: %d HTTP requests wait; one is given up", POOL_QUEUE);
	}
	hl_on_http(v->link[link].hl, o->tag, 0, "", 0, now_ns, clock_wall_ms());
}

static bool pump_link(struct venue *v, uint8_t i, int64_t now_ns)
{
	struct link *k = &v->link[i];
	struct hl_out o;
	bool any = false;

	if (k->drop[0]) {
		char why[64];
		memcpy(why, k->drop, sizeof why);
		k->drop[0] = 0;
		link_down(k, why, true);
		any = true;
	}
	while (hl_next_output(k->hl, &o, now_ns)) {
		any = true;
		switch (o.kind) {
		case HL_OUT_TEXT:
			if (!net_send(k->net, o.p, o.n, o.action) && !k->drop[0])
				snprintf(k->drop, sizeof k->drop, "the socket takes no more");
			break;
		case HL_OUT_HTTP:
			out_http(v, i, &o, now_ns);
			break;
		default:
			snprintf(k->drop, sizeof k->drop, "%.60s", o.p ? o.p : "session");
			break;
		}
	}
	return any;
}

void venue_pump(struct venue *v, int64_t now_ns)
{
	bool again = true;

	if (v->pumping)
		return;
	v->pumping = true;
	/* One session's output can free another's (meta); bounded, the rest waits for the next
	 * turn. */
	for (int round = 0; again && round < 8; round++) {
		again = false;
		for (uint8_t i = 0; i < v->n_links; i++)
			again |= pump_link(v, i, now_ns);
	}
	v->pumping = false;
}

static void link_tick(struct venue *v, struct link *k, int64_t now_ns, int64_t wall_ms)
{
	char address[64];
	struct err e;

	hl_on_timer(k->hl, now_ns, wall_ms);
	if (k->open_by_ns && now_ns >= k->open_by_ns && !net_is_open(k->net)) {
		k->open_by_ns = 0;
		log_line(LOG_WARN, "connect: no answer in %d s", OPEN_TIMEOUT_S);
		link_down(k, "no answer", false);
	}
	if (!net_is_idle(k->net) || now_ns < k->retry_ns)
		return;
	if (!address_of(v, &v->conf->url, k->turn, address)) {
		k->retry_ns = now_ns + 1000000000;
		return;
	}
	if (!net_open(k->net, address, &e)) {
		back_off(k, now_ns);
		return;
	}
	k->open_by_ns = now_ns + (int64_t)OPEN_TIMEOUT_S * 1000000000;
}

void venue_resolved(struct venue *v)
{
	for (uint8_t i = 0; i < v->n_links; i++)
		if (net_is_idle(v->link[i].net) && !v->link[i].failures)
			v->link[i].retry_ns = 0;
}

void venue_tick(struct venue *v, int64_t now_ns, int64_t wall_ms)
{
	for (uint8_t i = 0; i < v->n_links; i++)
		link_tick(v, &v->link[i], now_ns, wall_ms);
	for (uint8_t i = 0; i < v->n_pools; i++) {
		char address[64];
		const char *known = literal(v->url[i]);
		if (known)
			pool_set_address(v->pool[i], known);
		else if (resolver_get(v->resolver, v->url[i]->host, 0, address, sizeof address))
			pool_set_address(v->pool[i], address);
		else
			resolver_ask(v->resolver, v->url[i]->host);
		pool_tick(v->pool[i], now_ns);
	}
}

int64_t venue_deadline(const struct venue *v)
{
	int64_t at = INT64_MAX;

	for (uint8_t i = 0; i < v->n_links; i++) {
		const struct link *k = &v->link[i];
		int64_t t = hl_next_deadline(k->hl);
		if (t < at)
			at = t;
		if (net_is_idle(k->net) && k->retry_ns < at)
			at = k->retry_ns;
		if (k->open_by_ns && k->open_by_ns < at)
			at = k->open_by_ns;
	}
	for (uint8_t i = 0; i < v->n_pools; i++) {
		int64_t t = pool_deadline(v->pool[i]);
		if (t < at)
			at = t;
	}
	return at;
}
