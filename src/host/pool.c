/* pool.c: connections to an endpoint, one request on each at a time: two are kept warm, more are
 * opened while requests wait, since an answer that is lost keeps its connection for 5 s.
 *
 * Invariants:
 *  1. Every request accepted by pool_post is answered exactly once.
 *  2. A request is written to one connection only; when that breaks the answer is status 0, never a
 *     second try: only the caller knows what may be repeated. */
#include "host/pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "host/clock.h"
#include "host/http.h"
#include "host/log.h"

enum { OPEN_TIMEOUT_S = 10 }; /* TCP and TLS together */

struct req {
	struct req *next;
	uint32_t tag;
	bool urgent;
	int64_t until_ns;
	size_t n;
	char bytes[]; /* head and body */
};

struct conn {
	struct pool *pool;
	struct sock *net;
	struct http_in in;
	char *body;
	struct req *req;    /* being answered */
	int64_t retry_ns;   /* not before this */
	int64_t open_by_ns; /* 0: not opening */
	uint32_t failures;  /* in a row, without an answer between */
};

struct pool {
	struct loop *loop;
	struct url url;
	char address[64];
	size_t body_max;
	pool_answer_fn *fn;
	void *arg;
	struct conn conn[POOL_CONNS];
	struct req *queue;
	uint32_t queued;
	int64_t warm_ns; /* connect from here on; 0 not ticked yet */
};

static void conn_next(struct conn *c);

static void answer(struct conn *c, int status)
{
	struct req *r = c->req;
	size_t n = status ? c->in.body_len : 0;

	c->req = NULL;
	http_in_init(&c->in, c->body, c->pool->body_max);
	if (!r)
		return;
	c->pool->fn(c->pool->arg, r->tag, status, c->body, n);
	free(r);
}

static void on_open(void *arg)
{
	struct conn *c = arg;

	c->failures = 0;
	c->open_by_ns = 0;
	http_in_init(&c->in, c->body, c->pool->body_max);
	conn_next(c);
}

static void later(struct conn *c)
{
	int64_t wait_ms = 200;

	for (uint32_t i = 0; i < c->failures && wait_ms < 10000; i++)
		wait_ms *= 2;
	c->failures++;
	c->open_by_ns = 0;
	c->retry_ns = clock_boot_ns() + wait_ms * 1000000;
}

static void on_closed(void *arg, const char *reason)
{
	struct conn *c = arg;

	/* An idle connection is closed by the venue now and then; one that never opened is news,
	 * once. */
	log_line(c->open_by_ns && !c->failures ? LOG_WARN : LOG_DEBUG, "http to %s: %s",
		 c->pool->url.host, reason);
	later(c);
	if (c->req && http_end(&c->in) == HTTP_DONE)
		answer(c, c->in.status);
	else
		answer(c, 0);
}

static void on_data(void *arg, const char *p, size_t n)
{
	struct conn *c = arg;
	size_t used = 0;
	enum http_got got = c->req ? http_feed(&c->in, p, n, &used) : HTTP_BAD;
	int status = c->in.status;
	bool keep = c->in.keep && used == n;

	if (got == HTTP_MORE)
		return;
	if (got == HTTP_BAD || !keep) {
		net_close(c->net);
		c->retry_ns = clock_boot_ns();
	}
	if (got == HTTP_BAD)
		log_line(LOG_WARN, "http from %s: an answer that is not HTTP, or too large",
			 c->pool->url.host);
	answer(c, got == HTTP_DONE ? status : 0);
	conn_next(c);
}

static void conn_next(struct conn *c)
{
	struct pool *p = c->pool;
	struct req *r = p->queue;

	if (!r || c->req || !net_is_open(c->net))
		return;
	p->queue = r->next;
	p->queued--;
	c->req = r;
	http_in_init(&c->in, c->body, p->body_max);
	if (!net_send(c->net, r->bytes, r->n, r->urgent)) {
		net_close(c->net);
		answer(c, 0);
	}
}

struct pool *pool_new(struct loop *l, const struct url *u, size_t body_max, pool_answer_fn *fn,
		      void *arg)
{
	static const struct net_calls calls = {on_open, on_data, on_closed};
	struct pool *p = calloc(1, sizeof *p);

	ASSERT(p);
	p->loop = l;
	p->url = *u;
	p->body_max = body_max;
	p->fn = fn;
	p->arg = arg;
	for (int i = 0; i < POOL_CONNS; i++) {
		struct net_conf nc = {.kind = SOCK_BYTES,
				      .url = *u,
				      .path = "/",
				      .out_max = 1 << 20,
				      .calls = calls,
				      .arg = &p->conn[i]};
		p->conn[i].pool = p;
		p->conn[i].net = net_new(l, &nc);
		p->conn[i].body = malloc(body_max);
		ASSERT(p->conn[i].body);
	}
	return p;
}

void pool_free(struct pool *p)
{
	if (!p)
		return;
	for (int i = 0; i < POOL_CONNS; i++) {
		net_free(p->conn[i].net);
		free(p->conn[i].body);
		free(p->conn[i].req);
	}
	while (p->queue) {
		struct req *r = p->queue;
		p->queue = r->next;
		free(r);
	}
	free(p);
}

void pool_set_address(struct pool *p, const char *address)
{
	snprintf(p->address, sizeof p->address, "%s", address ? address : "");
}

bool pool_post(struct pool *p, const char *path, const char *body, size_t n, uint32_t tag,
	       bool urgent, int64_t now_ns)
{
	size_t cap = n + 512;
	struct req *r, **at = &p->queue;
	struct buf b;

	if (p->queued >= POOL_QUEUE)
		return false;
	r = malloc(sizeof *r + cap);
	if (!r)
		return false;
	buf_init(&b, r->bytes, cap);
	http_put_post(&b, &p->url, path, body, n);
	ASSERT(!b.over);
	r->n = b.len;
	r->tag = tag;
	r->urgent = urgent;
	r->until_ns = now_ns + (int64_t)POOL_TIMEOUT_MS * 1000000;
	while (*at && (!urgent || (*at)->urgent))
		at = &(*at)->next;
	r->next = *at;
	*at = r;
	p->queued++;
	for (int i = 0; i < POOL_CONNS; i++)
		conn_next(&p->conn[i]);
	return true;
}

/* From when on an idle connection should be opened; INT64_MAX: it is not needed. What waits has
 * found no open connection free, and each that is being opened will take one. */
static int64_t from_ns(const struct conn *c)
{
	const struct pool *p = c->pool;
	uint32_t opening = 0;

	for (int i = 0; i < POOL_CONNS; i++)
		opening += !net_is_idle(p->conn[i].net) && !net_is_open(p->conn[i].net);
	if (p->queued > opening)
		return c->retry_ns;
	if (c - p->conn >= POOL_WARM)
		return INT64_MAX;
	return c->retry_ns < p->warm_ns ? p->warm_ns : c->retry_ns;
}

static void conn_tick(struct conn *c, int64_t now_ns)
{
	struct pool *p = c->pool;
	struct err e;

	if (c->req && now_ns >= c->req->until_ns) {
		net_close(c->net);
		c->retry_ns = now_ns;
		answer(c, 0);
	}
	if (c->open_by_ns && now_ns >= c->open_by_ns) {
		net_close(c->net);
		log_line(LOG_WARN, "http to %s: no answer in %d s", p->url.host, OPEN_TIMEOUT_S);
		later(c);
	}
	if (net_is_idle(c->net) && *p->address && now_ns >= from_ns(c)) {
		c->open_by_ns = now_ns + (int64_t)OPEN_TIMEOUT_S * 1000000000;
		if (!net_open(c->net, p->address, &e))
			later(c);
	}
	conn_next(c);
}

void pool_tick(struct pool *p, int64_t now_ns)
{
	if (!p->warm_ns)
		p->warm_ns = now_ns + (int64_t)POOL_WARM_MS * 1000000;
	for (int i = 0; i < POOL_CONNS; i++)
		conn_tick(&p->conn[i], now_ns);
	while (p->queue && now_ns >= p->queue->until_ns) {
		struct req *r = p->queue;
		p->queue = r->next;
		p->queued--;
		p->fn(p->arg, r->tag, 0, "", 0);
		free(r);
	}
}

int64_t pool_deadline(const struct pool *p)
{
	int64_t at = p->queue ? p->queue->until_ns : INT64_MAX;

	for (int i = 0; i < POOL_CONNS; i++) {
		const struct conn *c = &p->conn[i];
		if (c->req && c->req->until_ns < at)
			at = c->req->until_ns;
		if (c->open_by_ns && c->open_by_ns < at)
			at = c->open_by_ns;
		if (net_is_idle(c->net) && *p->address && from_ns(c) < at)
			at = from_ns(c);
	}
	return at;
}

void pool_drop(struct pool *p)
{
	for (int i = 0; i < POOL_CONNS; i++) {
		struct conn *c = &p->conn[i];
		net_close(c->net);
		c->retry_ns = c->open_by_ns = 0;
		answer(c, 0);
	}
}
