/* fixed.c: the plainest market (fixed.h). */
#include "paper/fixed.h"

#include <string.h>

#include "base/check.h"

#include "base/banned.h"

static uint32_t f_coins(void *self, struct paper_coin *out, uint32_t max)
{
	const struct fixed_market *f = self;
	uint32_t n = f->n_coins < max ? f->n_coins : max;

	memcpy(out, f->coin, n * sizeof *out);
	return n;
}

static void f_advance(void *self, int64_t now_ms)
{
	struct fixed_market *f = self;

	f->now_ms = now_ms;
}

static int64_t f_clock(void *self)
{
	return ((const struct fixed_market *)self)->now_ms;
}

static uint32_t f_depth(void *self, uint16_t coin, bool bids, struct paper_level *out, uint32_t max)
{
	const struct fixed_side *side = &((const struct fixed_market *)self)->side[coin][bids];
	uint32_t n = side->n < max ? side->n : max;

	memcpy(out, side->at, n * sizeof *out);
	return n;
}

static bool f_trade(void *self, struct paper_trade *out)
{
	struct fixed_market *f = self;

	if (f->head == f->tail)
		return false;
	*out = f->trade[f->head++ % FIXED_TRADES_MAX];
	out->time_ms = f->now_ms;
	return true;
}

void fixed_init(struct fixed_market *f)
{
	*f = (struct fixed_market){0};
	f->market = (struct paper_market){.self = f,
					  .coins = f_coins,
					  .advance = f_advance,
					  .clock = f_clock,
					  .depth = f_depth,
					  .trade = f_trade};
}

uint16_t fixed_coin(struct fixed_market *f, const struct paper_coin *coin)
{
	ASSERT(f->n_coins < PAPER_COINS_MAX);
	f->coin[f->n_coins] = *coin;
	return (uint16_t)f->n_coins++;
}

void fixed_majors(struct fixed_market *f)
{
	static const struct {
		const char *name;
		int8_t sz;
		uint16_t table;
		int32_t lev, low;
		int64_t lower, impact;
	} row[] = {
		{"BTC", 5, 56, 40, 20, 150000000, 20000},
		{"ETH", 4, 55, 25, 15, 100000000, 20000},
		{"SOL", 2, 54, 20, 10, 70000000, 6000},
	};
	size_t i;

	for (i = 0; i < COUNT_OF(row); i++) {
		struct paper_coin c = {.sz_decimals = row[i].sz,
				       .max_leverage = row[i].lev,
				       .margin_table_id = row[i].table,
				       .n_tiers = 2,
				       .refill_ms = 2000};

		memcpy(c.name, row[i].name, strlen(row[i].name));
		c.tiers[0].max_leverage = row[i].lev;
		c.tiers[1].lower.v = row[i].lower * 100000000;
		c.tiers[1].max_leverage = row[i].low;
		c.impact_notional.v = row[i].impact * 100000000;
		fixed_coin(f, &c);
	}
}

void fixed_level(struct fixed_market *f, uint16_t coin, bool bids, uint32_t i, struct price px,
		 struct qty sz)
{
	struct fixed_side *side = &f->side[coin][bids];

	ASSERT(i < PAPER_DEPTH_MAX && i <= side->n);
	if (sz.v == 0) {
		side->n = i;
		return;
	}
	side->at[i] = (struct paper_level){px, sz, 1};
	if (i == side->n)
		side->n++;
}

void fixed_ladder(struct fixed_market *f, uint16_t coin, struct price mid, struct price step,
		  struct qty sz, uint32_t levels)
{
	uint32_t i;
	int64_t off;

	f->side[coin][0].n = f->side[coin][1].n = 0;
	for (i = 0; i < levels; i++) {
		off = step.v * (int64_t)(i + 1);
		fixed_level(f, coin, false, i, (struct price){mid.v + off}, sz);
		fixed_level(f, coin, true, i, (struct price){mid.v - off}, sz);
	}
}

void fixed_trade(struct fixed_market *f, uint16_t coin, bool sell, struct price px, struct qty sz)
{
	ASSERT(f->tail - f->head < FIXED_TRADES_MAX);
	f->trade[f->tail++ % FIXED_TRADES_MAX] =
		(struct paper_trade){.coin = coin, .sell = sell, .px = px, .sz = sz};
}
