/* crowd.c: see crowd.h. Each coin shows the book of an inner one, from[]; the inner ones their own.
 */
#include "paper/crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

enum { REFILL_MS = 2000 };

struct crowd {
	struct paper_market market;
	const struct paper_market *inner;
	uint32_t n, n_inner;
	struct paper_coin coin[PAPER_COINS_MAX];
	uint16_t from[PAPER_COINS_MAX];
};

static uint16_t inner_of(const struct crowd *c, uint16_t coin)
{
	return c->from[coin];
}

static uint32_t coins(void *self, struct paper_coin *out, uint32_t max)
{
	const struct crowd *c = self;
	uint32_t n = c->n < max ? c->n : max;

	memcpy(out, c->coin, n * sizeof *out);
	return n;
}

static void advance(void *self, int64_t now_ms)
{
	const struct crowd *c = self;

	c->inner->advance(c->inner->self, now_ms);
}

static int64_t market_clock(void *self)
{
	const struct crowd *c = self;

	return c->inner->clock(c->inner->self);
}

static uint32_t depth(void *self, uint16_t coin, bool bids, struct paper_level *out, uint32_t max)
{
	const struct crowd *c = self;

	return c->inner->depth(c->inner->self, inner_of(c, coin), bids, out, max);
}

static bool trade(void *self, struct paper_trade *out)
{
	const struct crowd *c = self;

	return c->inner->trade(c->inner->self, out);
}

static void taken(void *self, uint16_t coin, bool buy, struct price px, struct qty sz)
{
	const struct crowd *c = self;

	if (coin < c->n_inner && c->inner->taken)
		c->inner->taken(c->inner->self, coin, buy, px, sz);
}

static bool oracle(void *self, uint16_t coin, struct price *out)
{
	const struct crowd *c = self;

	return c->inner->oracle && c->inner->oracle(c->inner->self, inner_of(c, coin), out);
}

static void show(struct crowd *c, const char *name, uint16_t from)
{
	struct paper_coin *o = &c->coin[c->n];

	c->from[c->n++] = from;
	*o = c->coin[from];
	snprintf(o->name, sizeof o->name, "%s", name);
	o->own_impact = false;
	o->refill_ms = REFILL_MS;
}

bool crowd_add(struct crowd *c, const char *name, const char *like)
{
	if (c->n == PAPER_COINS_MAX || strlen(name) >= COIN_MAX)
		return false;
	for (uint16_t i = 0; i < c->n_inner; i++)
		if (strcmp(c->coin[i].name, like) == 0) {
			show(c, name, i);
			return true;
		}
	return false;
}

struct crowd *crowd_new(const struct paper_market *inner, uint32_t n)
{
	struct crowd *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	ASSERT(n <= PAPER_COINS_MAX);
	c->inner = inner;
	c->n = c->n_inner = inner->coins(inner->self, c->coin, n ? n : PAPER_COINS_MAX);
	ASSERT(c->n_inner > 0);
	for (uint16_t i = 0; i < c->n_inner; i++)
		c->from[i] = i;
	while (c->n < n) {
		char name[COIN_MAX];

		snprintf(name, sizeof name, "C%03u", c->n + 1);
		show(c, name, (uint16_t)(c->n % c->n_inner));
	}
	c->market = (struct paper_market){.self = c,
					  .coins = coins,
					  .advance = advance,
					  .clock = market_clock,
					  .depth = depth,
					  .trade = trade,
					  .taken = taken,
					  .oracle = oracle};
	return c;
}

void crowd_free(struct crowd *c)
{
	free(c);
}

const struct paper_market *crowd_market(struct crowd *c)
{
	return &c->market;
}
