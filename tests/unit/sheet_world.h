/* sheet_world.h: pools, legs and books for the tests of the sheet: the situations by their numbers,
 * and random ones. One program is one thread; everything is its own copy. */
#ifndef EXEUNT_TESTS_UNIT_SHEET_WORLD_H
#define EXEUNT_TESTS_UNIT_SHEET_WORLD_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/prng.h"
#include "core/margin.h"
#include "exec/exec.h"
#include "plan/sheet.h"
#include "tests/run.h"

static struct sheet_in in;
static struct sheet out;
static struct book books[SHEET_LEGS];
static struct margin_tier tiers[SHEET_LEGS][3];

static inline struct price px(double x)
{
	struct price p = {0};

	price_from_double(&p, x, ROUND_HALF_AWAY);
	return p;
}

static inline double d(struct price p)
{
	return price_to_double(p);
}

static inline void begin(double equity)
{
	memset(&in, 0, sizeof in);
	in.n_pools = 1;
	in.sigma_btc = 0.00641;
	strcpy(in.pool[0].name, "CROSS");
	in.pool[0].has_equity = true;
	in.pool[0].equity = equity;
}

/* A leg at the end of the last pool: coins signed, one tier, no book. */
static inline struct sheet_leg_in *leg(const char *coin, double coins, double mark, int leverage,
				       double beta)
{
	struct sheet_leg_in *l = &in.leg[in.n_legs];
	struct sheet_pool_in *p = &in.pool[in.n_pools - 1];

	if (p->n == 0)
		p->first = (uint16_t)in.n_legs;
	p->n++;
	*l = (struct sheet_leg_in){.instr = (uint16_t)in.n_legs,
				   .account = p->account,
				   .wanted = true,
				   .mark = px(mark),
				   .sz_decimals = 5,
				   .px_decimals = 1,
				   .max_leverage = leverage,
				   .tiers = tiers[in.n_legs],
				   .n_tiers = 1,
				   .beta = beta,
				   .sigma_hour = 0.00641 * beta,
				   .fee = 0.00045};
	qty_from_double(&l->szi, coins + (coins > 0 ? 1e-9 : -1e-9));
	tiers[in.n_legs][0] = (struct margin_tier){{0}, leverage};
	snprintf(l->coin, sizeof l->coin, "%s", coin);
	in.n_legs++;
	return l;
}

/* One deep level that far below (or above) the mark on both sides. */
static inline void flat_book(struct sheet_leg_in *l, double share)
{
	struct book *b = &books[l - in.leg];
	double mark = d(l->mark);

	*b = (struct book){.n_bid = 1, .n_ask = 1};
	b->bid[0] = (struct level){px(mark * (1 - share)), {100000000000000}, 1};
	b->ask[0] = (struct level){px(mark * (1 + share)), {100000000000000}, 1};
	l->book = b;
}

static inline struct sheet_leg_in *situation_1_1(double below)
{
	struct sheet_leg_in *l;

	begin(54544);
	l = leg("BTC", 20, 112000, 40, 1);
	flat_book(l, below);
	in.sigmas = -1;
	in.shock = 0.03;
	return l;
}

static inline void random_book(struct prng *r, struct book *b, double mark, double size, bool thin)
{
	int n = (int)prng_range(r, 0, BOOK_LEVELS);
	double at = mark * (1 + 0.01 * (prng_unit(r) - 0.5)),
	       tick = mark * (prng_below(r, 5) ? 1e-4 : 2e-3) * prng_unit(r);
	double gap = prng_below(r, 8) ? 0 : mark * 0.3 * prng_unit(r); /* in a crash */

	*b = (struct book){.n_bid = (uint8_t)n, .n_ask = (uint8_t)n, .seen_ns = 1};
	for (int i = 0; i < n; i++) {
		double q = size / (thin ? 200 : 10) * prng_unit(r);

		b->bid[i] =
			(struct level){px(at - gap - tick * (i + 1)), {1 + (int64_t)(q * 1e8)}, 1};
		b->ask[i] =
			(struct level){px(at + gap + tick * (i + 1)), {1 + (int64_t)(q * 1e8)}, 1};
	}
}

static inline int decimals_for(double mark)
{
	return mark > 10000 ? 5 : mark > 100 ? 3 : mark > 1 ? 1 : 0;
}

static inline struct sheet_leg_in *random_leg(struct prng *r, int hedge_in)
{
	double mark = exp(-2 + 13 * prng_unit(r)), v = 300 + 800000 * prng_unit(r) * prng_unit(r);
	struct sheet_leg_in *l;
	char coin[8];
	uint32_t k = in.n_legs;
	int64_t lot;
	struct instr i;

	snprintf(coin, sizeof coin, "C%u", k);
	l = leg(coin, 1, mark, (int)prng_range(r, 3, 50), 1 + 4 * prng_unit(r));
	l->sz_decimals = (int8_t)decimals_for(mark);
	l->px_decimals = (int8_t)(6 - l->sz_decimals);
	i = (struct instr){.sz_decimals = l->sz_decimals};
	lot = instr_lot(&i).v;
	if (prng_below(r, 8) == 0) /* little: a step may be no order */
		v = 15 + 250 * prng_unit(r);
	qty_from_double(&l->szi, v / mark);
	l->szi.v = (l->szi.v / lot + 1) * lot;
	v = qty_to_double(l->szi) * mark;
	if (hedge_in && prng_below(r, (uint64_t)hedge_in) == 0)
		l->szi.v = -l->szi.v;
	random_book(r, &books[k], mark, v / mark, prng_below(r, 4) == 0);
	if (prng_below(r, 6))
		l->book = &books[k];
	l->blind = !l->book || prng_below(r, 8) == 0;
	l->n_tiers = (uint8_t)prng_range(r, 1, 3);
	for (int t = 1; t < l->n_tiers; t++) {
		tiers[k][t].lower.v =
			tiers[k][t - 1].lower.v + (int64_t)(v * (0.1 + prng_unit(r)) * 1e8);
		tiers[k][t].max_leverage = (tiers[k][t - 1].max_leverage + 1) / 2;
	}
	return l;
}

static inline double venue_maint(const struct sheet_leg_in *l, double notional)
{
	struct instr i = {.n_tiers = l->n_tiers};
	struct money v = {0}, m = {0};

	memcpy(i.tiers, l->tiers, l->n_tiers * sizeof i.tiers[0]);
	money_from_double(&v, notional);
	margin_maintenance(&m, &i, v);
	return money_to_double(m);
}

static inline void random_pools(struct prng *r, int legs, int hedge_in, double margin)
{
	double maint = 0;

	begin(0);
	in.sigma_btc = 0.004 + 0.01 * prng_unit(r);
	for (int k = 0; k < legs; k++) {
		const struct sheet_leg_in *l = random_leg(r, hedge_in);

		maint += venue_maint(l, fabs(qty_to_double(l->szi)) * d(l->mark));
	}
	in.pool[0].equity = maint * margin;
}

#endif
