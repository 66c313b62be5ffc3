/* venue_limits.c: weights of the venue's documentation, one row a read. */
#include "venue/hyperliquid/venue_limits.h"

#include <stdbool.h>

#include "base/check.h"
#include "base/banned.h"

static const struct {
	uint8_t weight;
	bool by_items; /* one more for 20 entries */
} rows[QUERY_KINDS] = {
	[Q_ACCOUNT] = {2},
	[Q_SPOT] = {2},
	[Q_ORDERS] = {20},
	[Q_FILLS] = {20, true},
	[Q_ORDER_STATUS] = {2},
	[Q_BOOK] = {2},
	[Q_RATE] = {20},
	[Q_FEES] = {20},
	[Q_AGENTS] = {20},
	[Q_ABSTRACTION] = {20},
	[Q_TWAPS] = {20, true},
	[Q_META] = {20},
	[Q_TWAP_FILLS] = {20, true},
	[Q_SUBS] = {20},
	[Q_DEXES] = {20},
};

uint32_t hl_query_weight(enum query_kind what, uint32_t items)
{
	ASSERT(what < QUERY_KINDS);
	return rows[what].weight + (rows[what].by_items ? items / 20 : 0);
}

uint32_t hl_action_weight(uint32_t n)
{
	return 1 + n / 40;
}
