/* runner.c: a front-runner of the crowd, who has seen that somebody works a large order.
 *
 *   {"runner":"HYPE","share":"0.5","back_ms":60000}     share 0 ends it
 *
 * 1. What the account took in a block (orders and suborders, not what rested) he takes `share` of
 *    again in the same direction at the block's end: in front of the next slice.
 * 2. After `back_ms` he takes that back (without a book 5 s later again); so slices closer together
 * than that find a worse book each time, and those further apart do not.
 * 3. He has an address of his own, and deep pockets. */
#include <string.h>

#include "base/check.h"
#include "paper/admin.h"

#include "base/banned.h"

enum { AGAIN_MS = 5000 };

#define RUNNER_USD (1000000000ll * USD)

int64_t fills_taken(const struct fill *f, uint32_t from, uint32_t n, uint16_t coin)
{
	int64_t sum = 0;
	uint32_t i;

	for (i = from < n ? from : n; i < n; i++)
		if (f[i].coin == coin && f[i].crossed && f[i].liq_mark == 0)
			sum += f[i].buy ? f[i].sz : -f[i].sz;
	return sum;
}

static void follow(struct paper *p, uint16_t coin)
{
	struct runner *w = &p->coin[coin].runner;
	const struct acct *a = w->prey;
	int64_t sz = fills_taken(a->fills, w->seen, a->n_fills, coin) +
		     fills_taken(a->slices, w->seen_slices, a->n_slices, coin);

	w->seen = a->n_fills;
	w->seen_slices = a->n_slices;
	sz = num_cut(num_muldiv(sz, w->share, USD), 8, p->coin[coin].c.sz_decimals);
	if (sz == 0 || w->n == RUNNER_OWED)
		return;
	if (hand_market(p, w->self, coin, sz > 0, sz < 0 ? -sz : sz))
		w->owed[w->n++] = (struct owed){sz, p->block + w->back_ms};
}

static void take_back(struct paper *p, uint16_t coin)
{
	struct runner *w = &p->coin[coin].runner;
	uint32_t i, n = 0;

	for (i = 0; i < w->n; i++) {
		struct owed o = w->owed[i];

		if (p->block >= o.at_ms &&
		    hand_market(p, w->self, coin, o.sz < 0, o.sz < 0 ? -o.sz : o.sz))
			continue;
		if (p->block >= o.at_ms) /* no book: later */
			o.at_ms = p->block + AGAIN_MS;
		w->owed[n++] = o;
	}
	w->n = n;
}

void runner_block(struct paper *p)
{
	uint16_t i;

	for (i = 0; i < p->n_coins; i++) {
		const struct runner *w = &p->coin[i].runner;

		if (w->n > 0)
			take_back(p, i);
		if (w->share > 0)
			follow(p, i);
	}
}

bool admin_runner(struct paper *p, const struct jv *root)
{
	struct acct *a = admin_user(p, root);
	int32_t coin = admin_coin(p, root, "runner"), back = admin_int(root, "back_ms", 60000);
	struct runner *w;
	int64_t share = USD / 2;
	uint8_t addr[20] = {0xf0, 0x0f};

	if (a == NULL || coin < 0)
		return false;
	if (jv_get(root, "share") != NULL &&
	    (!admin_num(root, "share", &share) || share < 0 || share > 5 * USD))
		return admin_no(p, "runner: share from 0 to 5");
	if (back < 0)
		return admin_no(p, "runner: back_ms is 0 or more");
	addr[19] = (uint8_t)coin;
	w = &p->coin[coin].runner;
	w->self = acct_get(p, addr);
	if (w->self == NULL)
		return admin_no(p, "4,096 addresses are kept, and all are taken");
	if (w->self->raw < RUNNER_USD / 2)
		w->self->raw = RUNNER_USD;
	w->prey = a;
	w->seen = a->n_fills;
	w->seen_slices = a->n_slices;
	w->share = share;
	w->back_ms = back;
	return true;
}
