/* venue_limits.h: the venue's limits as numbers: what a request weighs and what a socket may do. */
#ifndef EXEUNT_VENUE_HYPERLIQUID_VENUE_LIMITS_H
#define EXEUNT_VENUE_HYPERLIQUID_VENUE_LIMITS_H

#include <stdint.h>

#include "core/effect.h"

enum {
	HL_IP_WEIGHT_MINUTE = 1200,   /* REST weight of one address */
	HL_WS_CONNECTIONS = 10,	      /* sockets of one address */
	HL_WS_CONNECTS_MINUTE = 30,   /* new sockets */
	HL_WS_SUBSCRIPTIONS = 1000,   /* over all sockets */
	HL_WS_MESSAGES_MINUTE = 2000, /* sent, over all sockets */
	HL_WS_MESSAGES_OWN = 1500,    /* ours stops here for anything but actions and pings */
	HL_POSTS_INFLIGHT = 100,
	HL_OPEN_ORDERS_BASE = 1000,
	HL_ADDRESS_ACTIONS_BASE = 10000,
};

/* IP weight of a read with an answer of `items` list entries (0 when not known yet). */
uint32_t hl_query_weight(enum query_kind what, uint32_t items);
/* IP weight of an action of n orders or cancels; each also counts once for the address. */
uint32_t hl_action_weight(uint32_t n);

#endif
