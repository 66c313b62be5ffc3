/* plan_world.h: BTC as the venue lists it, and prices and sizes from doubles, for tests of plans.
 */
#ifndef EXEUNT_TESTS_UNIT_PLAN_WORLD_H
#define EXEUNT_TESTS_UNIT_PLAN_WORLD_H

#include "core/dec.h"
#include "core/instr.h"

static inline struct instr btc(void)
{
	struct instr i = {.coin = "BTC",
			  .sz_decimals = 5,
			  .px_decimals = 1,
			  .px_sig = 5,
			  .max_leverage = 40,
			  .n_tiers = 1};
	i.tiers[0].max_leverage = 40;
	i.min_notional.v = 1000000000;
	return i;
}

static inline struct price px(double x)
{
	struct price p = {0};
	price_from_double(&p, x, ROUND_HALF_AWAY);
	return p;
}

static inline struct qty qt(double x)
{
	struct qty q = {0};
	qty_from_double(&q, x + (x > 0 ? 1e-9 : -1e-9));
	return q;
}

#endif
