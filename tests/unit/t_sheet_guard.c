/* sheet: GUARD: stops fire before the venue does, at the prices of the rule, and its words. */
#include "tests/unit/sheet_world.h"

static void check_guard(const struct sheet_leg *o, const struct sheet_pool *p)
{
	const struct sheet_leg_in *l = &in.leg[o->leg];
	struct instr i = {.px_decimals = l->px_decimals, .px_sig = 5};
	double mark = d(l->mark), dies = d(o->dies), t = d(o->trigger), gap = fabs(t - dies) / dies;
	double room = fabs(mark - dies) / mark, x = (t / mark - 1) / l->beta;
	bool is_long = l->szi.v > 0;

	CHECK(instr_price_ok(&i, o->trigger) && instr_price_ok(&i, o->worst));
	CHECK(is_long ? t > dies && t < mark : t < dies && t > mark);
	CHECK(room >= 0.008 - 1e-9);
	/* half the distance, within 0.4 and 2 %, but for the grid towards the mark */
	CHECK(gap >=
	      fmin(fmax(room / 2 * (is_long ? mark / dies : mark / dies), 0.004), 0.02) - 1e-6);
	CHECK_NEAR(d(o->worst), t * (is_long ? 0.9 : 1.1), d(instr_tick(&i, px(t * 1.1))) + 1e-9);
	CHECK(is_long ? o->worst.v <= o->trigger.v : o->worst.v >= o->trigger.v);
	/* along the common move it fires before the pool dies */
	if (is_long && p->sum.down < POOL_NEVER)
		CHECK(-x < p->sum.down);
	if (!is_long && p->sum.up < POOL_NEVER)
		CHECK(x < p->sum.up);
	if (l->has_liq)
		CHECK(is_long ? o->trigger.v > l->liq.v : o->trigger.v < l->liq.v);
}

TEST(guards_fire_before_the_venue)
{
	struct prng r;
	int placed = 0, refused = 0, early = 0, repaired = 0, kept = 0;

	prng_seed(&r, test_seed + 3);
	for (int k = 0; k < 2000; k++) {
		const struct sheet_line *g = &out.line[SHEET_GUARD];

		random_pools(&r, (int)prng_range(&r, 1, 8), 3, 1 + 6 * prng_unit(&r));
		for (uint32_t i = 0; i < in.n_legs; i++) {
			struct sheet_leg_in *l = &in.leg[i];
			double side = l->szi.v > 0 ? -1 : 1;

			l->has_liq = prng_below(&r, 2);
			l->liq = px(d(l->mark) * (1 + side * 0.3 * prng_unit(&r)));
			if (prng_below(&r, 4) == 0)
				l->stop = px(d(l->mark) * (1 + side * 0.2 * prng_unit(&r)));
			if (prng_below(&r, 3) == 0) {
				l->working = px(d(l->mark) * (1 + side * 0.1 * prng_unit(&r)));
				l->exit = 7;
			}
		}
		sheet_make(&in, &out);
		CHECK_INT(g->n, in.n_legs);
		for (uint32_t i = 0; i < g->n; i++) {
			const struct sheet_leg *o = &g->leg[i];
			const struct sheet_leg_in *l = &in.leg[o->leg];
			bool before = l->working.v && o->trigger.v &&
				      (o->buy ? o->trigger.v < l->working.v
					      : o->trigger.v > l->working.v);

			CHECK(o->before_working == before);
			CHECK(!before || strstr(o->why, "before the working price"));
			early += before;
			if (o->guard == SG_IN_PLACE) {
				kept++;
				CHECK(!o->dies.v ||
				      (o->buy ? l->stop.v < o->dies.v : l->stop.v > o->dies.v));
			} else if (o->guard == SG_NONE) {
				refused++;
				CHECK(o->why[0] && !o->trigger.v);
			} else {
				placed++;
				repaired += o->guard == SG_REPAIR;
				CHECK((o->guard == SG_REPAIR) == (l->stop.v > 0));
				check_guard(o, &out.pool[0]);
			}
		}
	}
	printf("  guards: %d placed (%d repairs), %d in place, %d refused, %d before a working "
	       "price\n",
	       placed, repaired, kept, refused, early);
	CHECK(placed > 1500 && refused > 500 && early > 100 && repaired > 100 && kept > 100);
}

TEST(guard_prices_of_the_rule)
{
	static const struct {
		double mark, dies, trigger, limit;
	} row[] = {
		{100, 98, 99, 89.1},		   /* half of 2 % */
		{100, 90, 91.8, 82.62},		   /* never more than 2 % of it */
		{100, 99.2, 99.6, 89.64},	   /* 0.8 %: half of it */
		{100, 100.8, 100.3968, 110.43648}, /* 0.4 %, a hair over half */
		{100, 150, 147, 161.7},
	};
	struct instr i = {.px_decimals = 6, .px_sig = 9};
	char why[SHEET_WHY];
	struct price t, l;

	for (size_t k = 0; k < sizeof row / sizeof row[0]; k++) {
		REQUIRE(sheet_guard_prices(panic_default(), &i, row[k].dies < 100, px(100),
					   px(row[k].dies), &t, &l, why));
		CHECK_NEAR(d(t), row[k].trigger, 2e-6);
		CHECK_NEAR(d(l), row[k].limit, 2e-5);
	}
	CHECK(!sheet_guard_prices(panic_default(), &i, true, px(100), px(99.21), &t, &l, why));
	CHECK_STR(why, "not offered under 0.8 % of distance: only TRIM");
	CHECK(!sheet_guard_prices(panic_default(), &i, true, px(100), px(101), &t, &l, why));
	CHECK(!sheet_guard_prices(panic_default(), &i, true, px(0), px(90), &t, &l, why));
	CHECK(!sheet_guard_prices(panic_default(), &i, true, px(100), px(0), &t, &l, why));
	i.px_decimals = 0; /* no tick between */
	i.px_sig = 1;
	CHECK(!sheet_guard_prices(panic_default(), &i, true, px(3), px(2.9), &t, &l, why));
}

TEST(guard_words)
{
	const struct sheet_line *g = &out.line[SHEET_GUARD];
	struct sheet_leg_in *l = situation_1_1(0.0001);

	in.pool[0].equity = 28000 + 2240000 * 0.0079 * 0.9875; /* 0.79 % away */
	sheet_make(&in, &out);
	CHECK(!g->offered);
	CHECK_STR(g->why, "not offered under 0.8 % of distance: only TRIM");
	in.pool[0].equity = 28000 + 2240000 * 0.008 * 0.9875; /* 0.8 % */
	sheet_make(&in, &out);
	CHECK(g->offered);
	l->stop = g->leg[0].trigger;
	sheet_make(&in, &out);
	CHECK(!g->offered);
	CHECK_STR(g->why, "in place: 1 stop at the venue");
	CHECK_INT(out.n_no_stop, 0);
	l->stop = px(111000); /* past the price at which it dies: no stop at all */
	l->working = px(111500);
	l->exit = 2;
	sheet_make(&in, &out);
	CHECK_INT(out.n_no_stop, 1);
	CHECK_INT(g->leg[0].guard, SG_REPAIR);
	CHECK(g->leg[0].before_working);
	CHECK_STR(g->why, "fires before the working price 111500 of x2");
}

TEST_MAIN(T(guards_fire_before_the_venue), T(guard_words), T(guard_prices_of_the_rule))
