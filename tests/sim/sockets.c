/* sockets.c: one socket and its session for each account, HTTP beside them, and the venue behind.
 */
#include <stdio.h>

#include "base/check.h"
#include "tests/sim/world.h"

#define MS 1000000LL
#define S  1000000000LL

void sockets_send(struct world *w, uint8_t kind, bool to_venue, uint64_t conn, const char *p,
		  size_t n)
{
	struct net_msg m = {.conn = conn, .kind = kind, .to_venue = to_venue, .n = n};

	m.bytes = (char *)(uintptr_t)p;
	net_send(&w->net, w->now_ns, &m);
}

static void conn_lost(struct world *w, struct session *k, const char *why)
{
	uint8_t was = k->state;

	k->state = 0;
	k->reconnect_ns = w->now_ns + prng_range(&w->rng, 200, 1200) * MS;
	if (was == 2)
		hl_on_close(k->hl, why, w->now_ns, world_wall_ms(w));
}

static void client_drops(struct world *w, struct session *k, const char *why)
{
	sockets_send(w, NET_WS_CLOSE, true, k->conn, NULL, 0);
	conn_lost(w, k, why);
}

static void http_ask(struct world *w, struct session *k, const struct hl_out *o)
{
	for (uint32_t i = 0; i < WORLD_HTTP; i++) {
		struct net_msg m = {.conn = ++w->next_conn, .kind = NET_HTTP_ASK, .to_venue = true};
		if (w->http[i].of)
			continue;
		w->http[i].of = k;
		w->http[i].conn = m.conn;
		w->http[i].tag = o->tag;
		w->http[i].due_ns = w->now_ns + 6 * S;
		snprintf(m.path, sizeof m.path, "%s", o->path);
		m.n = o->n;
		m.bytes = (char *)(uintptr_t)o->p;
		net_send(&w->net, w->now_ns, &m);
		return;
	}
	BUG("http table full");
}

static void pump(struct world *w, struct session *k)
{
	struct hl_out o;

	if (k->drop_wanted) {
		k->drop_wanted = false;
		if (k->state == 2)
			client_drops(w, k, "dropped by the engine");
	}
	while (w->alive && hl_next_output(k->hl, &o, w->now_ns)) {
		w->n_msgs++;
		if (o.kind == HL_OUT_TEXT && k->state == 2) {
			world_mix(w, o.p, o.n);
			sockets_send(w, NET_WS_TEXT, true, k->conn, o.p, o.n);
		} else if (o.kind == HL_OUT_HTTP) {
			world_mix(w, o.p, o.n);
			http_ask(w, k, &o);
		} else if (o.kind == HL_OUT_CLOSE && k->state == 2) {
			client_drops(w, k, "closed by the session");
		}
	}
}

/* What one session's events made the engine want of another comes in the same call. */
void client_pump(struct world *w)
{
	for (uint32_t i = 0; w->alive && i < w->n_sessions; i++)
		pump(w, &w->session[i]);
}

/* Time has passed: what is due, and sockets that are to be opened. */
void sockets_due(struct world *w)
{
	for (uint32_t i = 0; i < WORLD_HTTP && w->alive; i++)
		if (w->http[i].of && w->http[i].due_ns <= w->now_ns) {
			struct hl *hl = w->http[i].of->hl;
			w->http[i].of = NULL;
			hl_on_http(hl, w->http[i].tag, 0, NULL, 0, w->now_ns, world_wall_ms(w));
		}
	for (uint32_t i = 0; i < w->n_sessions && w->alive; i++) {
		struct session *k = &w->session[i];
		if (hl_next_deadline(k->hl) <= w->now_ns)
			hl_on_timer(k->hl, w->now_ns, world_wall_ms(w));
		if (!w->alive || k->reconnect_ns > w->now_ns || k->state == 2)
			continue;
		if (k->state == 1) { /* no answer: once more */
			k->state = 0;
			continue;
		}
		k->conn = ++w->next_conn;
		k->state = 1;
		k->reconnect_ns = w->now_ns + 5 * S;
		sockets_send(w, NET_WS_OPEN, true, k->conn, NULL, 0);
	}
}

int64_t sockets_next(const struct world *w)
{
	int64_t at = INT64_MAX;

	for (uint32_t i = 0; i < w->n_sessions; i++) {
		const struct session *k = &w->session[i];
		int64_t due = hl_next_deadline(k->hl);

		at = due < at ? due : at;
		if (k->state < 2 && k->reconnect_ns < at)
			at = k->reconnect_ns;
	}
	for (uint32_t i = 0; i < WORLD_HTTP; i++)
		if (w->http[i].of && w->http[i].due_ns < at)
			at = w->http[i].due_ns;
	return at;
}

/* The process has died: its sockets with it. */
void sockets_gone(struct world *w)
{
	for (uint32_t i = 0; i < WORLD_HTTP; i++)
		w->http[i].of = NULL;
	for (uint32_t i = 0; i < w->n_sessions; i++) {
		struct session *k = &w->session[i];
		if (k->state)
			sockets_send(w, NET_WS_CLOSE, true, k->conn, NULL, 0);
		k->state = 0;
		k->drop_wanted = false;
	}
}

void world_drain(struct world *w)
{
	struct paper_out o;

	while (paper_next(w->paper, &o)) {
		struct net_msg m = {.conn = o.conn, .n = o.len, .status = o.status};
		m.bytes = (char *)(uintptr_t)o.bytes;
		m.kind = o.kind == PAPER_OUT_HTTP   ? NET_HTTP_ANSWER
			 : o.kind == PAPER_OUT_TEXT ? NET_WS_TEXT
						    : NET_WS_CLOSE;
		net_send(&w->net, w->now_ns, &m);
	}
}

static void deliver_http(struct world *w, const struct net_msg *m)
{
	for (uint32_t i = 0; i < WORLD_HTTP; i++) {
		struct session *k = w->http[i].of;
		if (!k || w->http[i].conn != m->conn)
			continue;
		w->http[i].of = NULL;
		if (w->alive)
			hl_on_http(k->hl, w->http[i].tag,
				   m->kind == NET_HTTP_ANSWER ? m->status : 0, m->bytes, m->n,
				   w->now_ns, world_wall_ms(w));
	}
}

void sockets_deliver(struct world *w, const struct net_msg *m)
{
	struct session *k = NULL;

	for (uint32_t i = 0; i < w->n_sessions; i++)
		if (w->session[i].conn == m->conn)
			k = &w->session[i];
	if (m->kind == NET_HTTP_ANSWER || (m->kind == NET_WS_CLOSE && !k)) {
		deliver_http(w, m);
		return;
	}
	if (!w->alive || !k)
		return;
	world_mix(w, m->bytes, m->n);
	if (m->kind == NET_WS_OPEN && k->state == 1) {
		k->state = 2;
		hl_on_connect(k->hl, w->now_ns, world_wall_ms(w));
	} else if (m->kind == NET_WS_TEXT && k->state == 2) {
		hl_on_text(k->hl, m->bytes, m->n, w->now_ns, world_wall_ms(w));
	} else if (m->kind == NET_WS_CLOSE) {
		conn_lost(w, k, "closed by the venue");
	}
}

void sockets_to_venue(struct world *w, const struct net_msg *m)
{
	int64_t ms = world_venue_ms(w);

	switch ((enum net_kind)m->kind) {
	case NET_WS_OPEN:
		if (paper_ws_open(w->paper, m->conn, "client", ms))
			sockets_send(w, NET_WS_OPEN, false, m->conn, NULL, 0);
		else
			sockets_send(w, NET_WS_CLOSE, false, m->conn, NULL, 0);
		break;
	case NET_WS_TEXT:
		paper_ws_text(w->paper, m->conn, m->bytes, m->n, ms);
		break;
	case NET_WS_CLOSE:
		paper_ws_closed(w->paper, m->conn, ms);
		break;
	case NET_HTTP_ASK:
		paper_http(w->paper, m->conn, "client", "POST", m->path, "application/json",
			   m->bytes, m->n, ms);
		break;
	case NET_HTTP_ANSWER:
		break;
	}
	world_drain(w);
}
