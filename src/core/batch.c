/* batch.c: orders into actions. See batch.h.
 *
 * 1. No leg waits for one less endangered: an action is sent as early as the first leg in it. */
#include "core/batch.h"

#include "base/check.h"

enum { TAKEN = 0xff };

struct money order_value_cap(const struct instr *i)
{
	static const struct {
		int32_t leverage;
		int64_t usd;
	} row[] = {{25, 300000000}, {20, 50000000}, {10, 20000000}, {0, 5000000}};

	for (size_t k = 0; k < COUNT_OF(row); k++)
		if (i->max_leverage >= row[k].leverage)
			return (struct money){row[k].usd * 100000000};
	return (struct money){0};
}

struct qty order_most(const struct instr *i, struct price px)
{
	struct qty most = {0};

	if (px.v <= 0 || !money_over_price(&most, order_value_cap(i), px, ROUND_DOWN))
		return (struct qty){0};
	return instr_floor_qty(i, most);
}

uint32_t order_pieces(const struct instr *i, struct price px, struct qty size)
{
	int64_t most = order_most(i, px).v;

	if (size.v <= 0)
		return 0;
	return most > 0 ? (uint32_t)((size.v - 1) / most + 1) : 1;
}

bool batch_begins(const struct batch *b, uint8_t account, bool alone)
{
	return !b->begun || alone || account != b->account || b->n >= BATCH_FULL;
}

static uint32_t signed_of(uint32_t orders)
{
	return (orders + SUBMIT_BATCH - 1) / SUBMIT_BATCH;
}

void batch_sent(struct batch *b, uint8_t account, uint32_t orders, bool begins, bool alone)
{
	if (begins)
		b->n = 0;
	b->actions += signed_of(b->n + orders) - signed_of(b->n);
	b->n += orders;
	b->account = alone ? TAKEN : account; /* nobody joins it */
	b->begun = true;
}

void batch_order(uint8_t account[], uint32_t n, bool alone, uint16_t at[])
{
	uint32_t k = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint8_t mine = account[i];
		uint32_t most = alone && i == 0 ? 1 : BATCH_FULL;

		for (uint32_t j = i; j < n && mine != TAKEN && most; j++) {
			if (account[j] != mine)
				continue;
			at[k++] = (uint16_t)j;
			account[j] = TAKEN;
			most--;
		}
	}
}
