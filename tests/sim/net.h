/* net.h: the network of the simulated world: messages with a time of arrival, in order on a socket,
 * independent over HTTP. Deterministic: equal times are told apart by a sequence number. */
#ifndef EXEUNT_TESTS_SIM_NET_H
#define EXEUNT_TESTS_SIM_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/prng.h"

enum net_kind {
	NET_WS_OPEN, /* to the venue: a socket arrives; to the client: it is up */
	NET_WS_TEXT,
	NET_WS_CLOSE,
	NET_HTTP_ASK,
	NET_HTTP_ANSWER,
};

struct net_msg {
	int64_t at_ns;
	uint64_t seq;
	uint64_t conn; /* socket or HTTP exchange */
	uint8_t kind;
	bool to_venue;
	int status; /* NET_HTTP_ANSWER; 0: transport failed */
	uint32_t tag;
	char path[16];
	size_t n;
	char *bytes; /* owned by the net */
};

enum { NET_CONNS = 256 };

struct simnet {
	struct prng rng;
	uint64_t seq;
	int64_t delay_ns, jitter_ns; /* one way */
	uint32_t http_loss_pm;	     /* per mille of HTTP messages lost, each way */
	bool cut;		     /* nothing gets through: sockets stay open, HTTP is lost */
	size_t n, cap;
	struct net_msg *heap;
	struct {
		uint64_t conn;
		int64_t last[2]; /* newest arrival promised, by direction */
	} order[NET_CONNS];
};

void net_init(struct simnet *net, uint64_t seed);
void net_fini(struct simnet *net);
void net_send(struct simnet *net, int64_t now_ns, const struct net_msg *m); /* copies bytes */
int64_t net_next(const struct simnet *net); /* INT64_MAX: nothing on the way */
/* Takes the earliest message that has arrived; the caller frees m->bytes. */
bool net_take(struct simnet *net, int64_t now_ns, struct net_msg *m);
/* Gives a message taken back, to arrive at `at_ns` behind what already waits for then. */
void net_hold(struct simnet *net, int64_t at_ns, const struct net_msg *m);
void net_drop_conn(struct simnet *net, uint64_t conn); /* what is on the way is gone */

#endif
