/* sheet: CARE: slices within two minutes, and what a thin book makes of them. */
#include "tests/unit/sheet_world.h"

TEST(care_is_slices_within_two_minutes)
{
	const struct sheet_line *c = &out.line[SHEET_CARE], *n = &out.line[SHEET_NOW];
	struct prng r;
	int late = 0;

	/* 20 BTC; the five best levels hold 8: at most 2 a slice, 12 slices of 1.66667 */
	situation_1_1(0.0001);
	books[0].n_bid = 5;
	for (int i = 0; i < 5; i++)
		books[0].bid[i] = (struct level){px(111990 - 10 * i), {160000000}, 1};
	sheet_make(&in, &out);
	CHECK(c->offered && c->flat);
	CHECK_INT(c->leg[0].slices, 12);
	CHECK_INT(c->leg[0].slice.v, 166666000);
	CHECK_NEAR(c->takes_s, 120, 1e-9);
	CHECK(c->cost < n->cost && c->cost > 20 * 10);
	for (int i = 0; i < 5; i++)
		books[0].bid[i].sz.v = 80000000; /* 4 in all: slices of 1, 20 of them */
	sheet_make(&in, &out);
	CHECK_INT(c->leg[0].slices, 20);
	CHECK_NEAR(c->takes_s, 200, 1e-9);
	CHECK_STR(c->why, "thin books: done in about 200 s, not 120");

	prng_seed(&r, test_seed + 4);
	for (int k = 0; k < 1000; k++) {
		random_pools(&r, (int)prng_range(&r, 1, 8), 3, 3);
		sheet_make(&in, &out);
		CHECK_INT(c->n, n->n);
		for (uint32_t i = 0; i < c->n; i++) {
			const struct sheet_leg *a = &c->leg[i], *b = &n->leg[i];
			const struct sheet_leg_in *l = &in.leg[a->leg];
			int64_t held = l->szi.v < 0 ? -l->szi.v : l->szi.v;

			CHECK(a->slice.v > 0 && a->slices >= 1);
			CHECK(a->slice.v * (a->slices - 1) < held);
			CHECK(a->takes_s <= 120 || a->slices > 12);
			CHECK(a->cost <= b->cost * 1.000001 + 1e-6);
			CHECK(a->cost_worst >= a->cost - 1e-6 && b->cost_worst >= b->cost - 1e-6);
			late += a->takes_s > 120;
		}
	}
	CHECK(late > 100);
}

TEST_MAIN(T(care_is_slices_within_two_minutes))
