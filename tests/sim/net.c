#include "tests/sim/net.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"

void net_init(struct simnet *net, uint64_t seed)
{
	memset(net, 0, sizeof *net);
	prng_seed(&net->rng, seed);
	net->delay_ns = 40 * 1000000LL;
	net->jitter_ns = 20 * 1000000LL;
}

void net_fini(struct simnet *net)
{
	for (size_t i = 0; i < net->n; i++)
		free(net->heap[i].bytes);
	free(net->heap);
	net->heap = NULL;
	net->n = net->cap = 0;
}

static bool before(const struct net_msg *a, const struct net_msg *b)
{
	return a->at_ns != b->at_ns ? a->at_ns < b->at_ns : a->seq < b->seq;
}

static void push(struct simnet *net, struct net_msg m)
{
	size_t i = net->n++;

	if (net->n > net->cap) {
		net->cap = net->cap ? 2 * net->cap : 64;
		net->heap = realloc(net->heap, net->cap * sizeof *net->heap);
		ASSERT(net->heap);
	}
	for (; i > 0 && before(&m, &net->heap[(i - 1) / 2]); i = (i - 1) / 2)
		net->heap[i] = net->heap[(i - 1) / 2];
	net->heap[i] = m;
}

static struct net_msg pop(struct simnet *net)
{
	struct net_msg top = net->heap[0], last = net->heap[--net->n];
	size_t i = 0;

	for (;;) {
		size_t c = 2 * i + 1;
		if (c >= net->n)
			break;
		if (c + 1 < net->n && before(&net->heap[c + 1], &net->heap[c]))
			c++;
		if (!before(&net->heap[c], &last))
			break;
		net->heap[i] = net->heap[c];
		i = c;
	}
	if (net->n)
		net->heap[i] = last;
	return top;
}

static int64_t *order_of(struct simnet *net, uint64_t conn, bool to_venue)
{
	size_t i = conn % NET_CONNS;

	if (net->order[i].conn != conn) {
		net->order[i].conn = conn;
		net->order[i].last[0] = net->order[i].last[1] = 0;
	}
	return &net->order[i].last[to_venue];
}

void net_send(struct simnet *net, int64_t now_ns, const struct net_msg *m)
{
	struct net_msg copy = *m;
	bool http = m->kind == NET_HTTP_ASK || m->kind == NET_HTTP_ANSWER;

	if (http && (net->cut || prng_below(&net->rng, 1000) < net->http_loss_pm))
		return;
	copy.at_ns = now_ns + net->delay_ns;
	if (net->jitter_ns)
		copy.at_ns += (int64_t)prng_below(&net->rng, (uint64_t)net->jitter_ns);
	if (!http) {
		int64_t *last = order_of(net, m->conn, m->to_venue);
		if (copy.at_ns <= *last)
			copy.at_ns = *last + 1;
		*last = copy.at_ns;
	}
	copy.seq = ++net->seq;
	copy.bytes = malloc(m->n + 1);
	ASSERT(copy.bytes);
	if (m->n)
		memcpy(copy.bytes, m->bytes, m->n);
	copy.bytes[m->n] = 0;
	push(net, copy);
}

int64_t net_next(const struct simnet *net)
{
	return net->n && !net->cut ? net->heap[0].at_ns : INT64_MAX;
}

bool net_take(struct simnet *net, int64_t now_ns, struct net_msg *m)
{
	if (!net->n || net->cut || net->heap[0].at_ns > now_ns)
		return false;
	*m = pop(net);
	return true;
}

void net_hold(struct simnet *net, int64_t at_ns, const struct net_msg *m)
{
	struct net_msg copy = *m;

	copy.at_ns = at_ns;
	copy.seq = ++net->seq;
	push(net, copy);
}

void net_drop_conn(struct simnet *net, uint64_t conn)
{
	struct net_msg *old = net->heap;
	size_t n = net->n;

	net->heap = NULL;
	net->n = net->cap = 0;
	for (size_t i = 0; i < n; i++) {
		if (old[i].conn == conn)
			free(old[i].bytes);
		else
			push(net, old[i]);
	}
	free(old);
}
