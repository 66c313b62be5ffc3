/* shell_peer.c: connections: found by number, gathering what comes in, holding what has to go out
 * (invariants 1 and 2 of shell.c), and given what the core says. */
#include "paper/shell_in.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	OUT_MAX = 4 << 20,  /* bytes waiting for one connection */
	ALL_MAX = 64 << 20, /* and for all of them */
};

struct peer *shell_peer(struct lws *wsi)
{
	struct peer *p = lws_get_opaque_user_data(wsi);

	if (p)
		return p;
	if (shell.n_peers >= PEERS_MAX || !(p = calloc(1, sizeof *p)))
		return NULL;
	p->wsi = wsi;
	p->last = &p->first;
	lws_get_peer_simple(wsi, p->ip, sizeof p->ip);
	/* A v4 client of a dual socket: limits go by the v4 name. */
	if (strncmp(p->ip, "::ffff:", 7) == 0)
		memmove(p->ip, p->ip + 7, strlen(p->ip + 7) + 1);
	p->next = shell.peers;
	p->link = &shell.peers;
	if (p->next)
		p->next->link = &p->next;
	shell.peers = p;
	shell.n_peers++;
	lws_set_opaque_user_data(wsi, p);
	return p;
}

void shell_drop_out(struct peer *p)
{
	while (p->first) {
		struct msg *m = p->first;

		p->first = m->next;
		free(m);
	}
	p->last = &p->first;
	shell.out_bytes -= p->out_bytes;
	p->out_bytes = 0;
}

void shell_peer_free(struct lws *wsi)
{
	struct peer *p = lws_get_opaque_user_data(wsi);

	if (!p)
		return;
	lws_set_opaque_user_data(wsi, NULL);
	*p->link = p->next;
	if (p->next)
		p->next->link = p->link;
	shell.n_peers--;
	shell_drop_out(p);
	free(p->in);
	free(p);
}

static struct peer *peer_find(uint64_t conn)
{
	for (struct peer *p = shell.peers; p; p = p->next)
		if (p->conn == conn)
			return p;
	return NULL;
}

static void peer_kill(struct peer *p)
{
	p->kill = true;
	lws_set_timeout(p->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
}

bool shell_gather(struct peer *p, const void *bytes, size_t n)
{
	if (p->in_len + n > IN_MAX) {
		p->too_large = true;
		return false;
	}
	if (p->in_len + n + 1 > p->in_cap) {
		size_t cap = p->in_cap ? p->in_cap : 4096;

		while (cap < p->in_len + n + 1)
			cap *= 2;
		char *more = realloc(p->in, cap);

		if (!more)
			return false;
		p->in = more;
		p->in_cap = cap;
	}
	if (n > 0)
		memcpy(p->in + p->in_len, bytes, n);
	p->in_len += n;
	p->in[p->in_len] = '\0';
	return true;
}

static void close_slow(struct peer *p)
{
	shell.conf->log("a client that does not read was closed");
	peer_kill(p);
	shell_drop_out(p);
}

/* Room for `len` more bytes over all; the one that is furthest behind pays for it. */
static void make_room(size_t len)
{
	while (shell.out_bytes > 0 && shell.out_bytes + len > ALL_MAX) {
		struct peer *most = shell.peers;

		for (struct peer *p = shell.peers; p; p = p->next)
			if (p->out_bytes > most->out_bytes)
				most = p;
		close_slow(most);
	}
}

static bool peer_queue(struct peer *p, const char *bytes, size_t len)
{
	if (p->out_bytes + len > OUT_MAX)
		return false;
	make_room(len);
	if (p->kill)
		return false;
	struct msg *m = malloc(sizeof *m + LWS_PRE + len);

	if (!m)
		return false;
	m->next = NULL;
	m->len = len;
	memcpy(m->bytes + LWS_PRE, bytes, len);
	*p->last = m;
	p->last = &m->next;
	p->out_bytes += len;
	shell.out_bytes += len;
	return true;
}

/* --- what the core says --- */

void shell_deliver(const struct paper_out *o)
{
	struct peer *p = peer_find(o->conn);

	if (!p || p->kill)
		return;
	switch (o->kind) {
	case PAPER_OUT_CLOSE:
		peer_kill(p);
		break;
	case PAPER_OUT_TEXT:
		if (!p->ws)
			break;
		if (!peer_queue(p, o->bytes, o->len)) {
			close_slow(p);
			break;
		}
		lws_callback_on_writable(p->wsi);
		break;
	case PAPER_OUT_HTTP:
		if (p->ws || p->answering)
			break;
		if (!peer_queue(p, o->bytes, o->len)) {
			close_slow(p);
			break;
		}
		p->answering = true;
		p->head_sent = false;
		p->sent = 0;
		p->status = o->status;
		snprintf(p->out_type, sizeof p->out_type, "%s",
			 o->type ? o->type : "application/json");
		lws_callback_on_writable(p->wsi);
		break;
	}
}

void shell_pump(void)
{
	struct paper_out o;

	while (paper_next(shell.paper, &o))
		shell_deliver(&o);
}
