/* sheet: what is known of a pool, the ladder, doubt, scopes: what all verbs share, by the numbers
 * of the situations. The verbs are in t_sheet_trim.c, t_sheet_guard.c and t_sheet_care.c. */
#include "base/check.h"
#include "tests/unit/sheet_world.h"

TEST(what_is_known_of_1_1)
{
	const struct sheet_line *n = &out.line[SHEET_NOW], *g = &out.line[SHEET_GUARD];

	situation_1_1(0.0001);
	sheet_make(&in, &out);
	CHECK_NEAR(out.backstop_pct, -1.615, 0.0006);
	CHECK_NEAR(out.zero_pct, -2.435, 1e-4);
	CHECK_NEAR(out.notional, 2240000, 1e-3);
	CHECK_INT(out.n_no_stop, 1);
	CHECK(n->offered && n->flat && !n->has_dies);
	CHECK_NEAR(n->leg[0].part, 1, 0);
	CHECK_NEAR(d(n->leg[0].rung[0]), 112000 * 0.995 * 0.9999, 1.1);
	/* rung 3 would be 4 %: equity is zero at 2.435 % */
	CHECK_INT(n->leg[0].zero_from, 2);
	CHECK_NEAR(d(n->leg[0].worst), 112000 * (1 - 0.02435), 1.1);
	CHECK(d(n->leg[0].worst) >= d(n->leg[0].zero));
	CHECK(n->worst_is_all);
	CHECK_NEAR(n->cost_worst, 54544, 1e-6);
	CHECK_NEAR(n->net, 0, 1e-9);
	/* the stop of message 4: 111,300 */
	CHECK(g->offered);
	CHECK_INT(g->leg[0].guard, SG_PLACE);
	CHECK_NEAR(d(g->leg[0].dies), 110656, 0.01);
	CHECK_NEAR(d(g->leg[0].trigger), 110656 * (1 + 0.5 * 1344 / 110656), 1.1);
	CHECK_NEAR(d(g->leg[0].worst), d(g->leg[0].trigger) * 0.9, 1.1);
	CHECK_NEAR(g->dies_pct, -1.2, 1e-9);
	CHECK_NEAR(g->net, 2240000, 1e-3);
	/* a typed price goes past the price of zero equity */
	in.worst = px(100000);
	sheet_make(&in, &out);
	CHECK_NEAR(d(n->leg[0].rung[2]), 112000 * 0.9999 * 0.96, 2);
}

TEST(ladder_is_that_of_exec)
{
	struct prng r;
	int held = 0, blind = 0, walked = 0;

	prng_seed(&r, test_seed);
	for (int k = 0; k < 5000; k++) {
		const struct sheet_leg *o = &out.line[SHEET_NOW].leg[0];
		struct sheet_leg_in *l;
		struct instr i = {.px_sig = 5};
		struct ladder_in want = {.instr = &i};
		struct ladder lad;

		begin(0);
		l = random_leg(&r, 2);
		in.pool[0].equity = 400000 * prng_unit(&r);
		if (prng_below(&r, 5) == 0)
			in.worst = px(d(l->mark) * (0.7 + 0.6 * prng_unit(&r)));
		sheet_make(&in, &out);
		REQUIRE(out.line[SHEET_NOW].n == 1);
		i.sz_decimals = l->sz_decimals;
		i.px_decimals = l->px_decimals;
		i.max_leverage = l->max_leverage;
		want.side = l->szi.v > 0 ? SIDE_SELL : SIDE_BUY;
		want.size.v = l->szi.v > 0 ? l->szi.v : -l->szi.v;
		want.mark = l->mark;
		want.book = l->book;
		want.blind = l->blind;
		want.zero = o->zero;
		want.typed = in.worst;
		REQUIRE(ladder_make(&want, &lad));
		for (int j = 0; j < SHEET_RUNGS; j++) {
			CHECK_INT(o->rung[j].v, lad.px[j].v);
			CHECK(j >= o->zero_from || !lad.at_zero[j]);
			CHECK(j != o->zero_from || lad.at_zero[j]);
			held += lad.at_zero[j];
			CHECK(instr_price_ok(&i, o->rung[j]));
		}
		blind += lad.blind;
		want.size.v = 1;
		REQUIRE(ladder_make(&want, &lad));
		walked += o->rung[0].v != lad.px[0].v;
	}
	CHECK(held > 1000 && blind > 1000 && walked > 300);
}

TEST(doubt_never_takes_a_way_out)
{
	struct sheet_leg_in *l = situation_1_1(0.0001);

	in.pool[0].has_equity = false;
	strcpy(in.pool[0].reason, "unified account: collateral is spot");
	l->has_liq = true;
	l->liq = px(105000);
	l->book = NULL;
	l->blind = true;
	sheet_make(&in, &out);
	CHECK(out.line[SHEET_NOW].offered && out.line[SHEET_CARE].offered);
	CHECK(out.line[SHEET_NOW].leg[0].blind);
	CHECK_NEAR(out.line[SHEET_NOW].model_share, 1, 1e-9);
	CHECK_NEAR(d(out.line[SHEET_NOW].leg[0].rung[0]), 111440, 1);
	CHECK(!out.line[SHEET_TRIM].offered && !out.line[SHEET_ADD].offered);
	CHECK_STR(out.line[SHEET_TRIM].why,
		  "no cushion can be computed: unified account: collateral is spot");
	CHECK(out.line[SHEET_ADD].why[0]);
	CHECK(!out.has_dies);
	CHECK(out.line[SHEET_GUARD].offered); /* from the venue's own price */
	CHECK_NEAR(d(out.line[SHEET_GUARD].leg[0].trigger), 107100, 1);
	l->cannot_trade = true;
	sheet_make(&in, &out);
	CHECK(out.line[SHEET_NOW].offered && out.line[SHEET_NOW].n == 1);
	CHECK(out.line[SHEET_NOW].leg[0].why[0] && out.line[SHEET_NOW].why[0]);
}

/* The first alone, then as many together as the run puts into one action. */
TEST(actions_are_those_of_the_run)
{
	static const struct {
		int legs;
		uint32_t actions;
	} row[] = {{1, 1}, {2, 2}, {21, 2}, {22, 3}, {41, 3}, {42, 4}};

	for (size_t k = 0; k < COUNT_OF(row); k++) {
		begin(1e6);
		for (int i = 0; i < row[k].legs; i++) {
			char coin[16];

			snprintf(coin, sizeof coin, "C%d", i);
			flat_book(leg(coin, 10 + i, 100, 20, 1), 0.0002);
		}
		sheet_make(&in, &out);
		CHECK_INT(out.line[SHEET_NOW].orders, row[k].legs);
		CHECK_INT(out.line[SHEET_NOW].actions, row[k].actions);
	}
}

TEST(scopes_and_order)
{
	const struct sheet_line *n = &out.line[SHEET_NOW];
	struct flatten f = {.account = 1, .scope = FLAT_ALL};
	struct qty up = {1}, down = {-1};

	/* two accounts; the second is nearer to death */
	begin(200000);
	flat_book(leg("BTC", 10, 112000, 40, 1), 0.0002);
	in.pool[1] = in.pool[0];
	in.pool[1].n = 0;
	in.pool[1].account = 1;
	in.pool[1].equity = 9000;
	in.n_pools = 2;
	flat_book(leg("ETH", 50, 4000, 25, 1), 0.0002);
	flat_book(leg("SOL", -100, 200, 20, 2), 0.0002);
	sheet_make(&in, &out);
	CHECK_INT(out.n_pools, 2);
	CHECK_INT(out.nearest, 1);
	CHECK_NEAR(out.equity, 209000, 1e-9);
	CHECK_INT(n->n, 3);
	CHECK(n->leg[0].alone && !n->leg[1].alone);
	CHECK_INT(n->leg[0].leg, 1); /* ETH of the second account */
	CHECK_INT(n->leg[2].pool, 0);
	CHECK_INT(n->actions, 3);
	CHECK_INT(out.line[SHEET_TRIM].pool[0].touched, 1);
	CHECK(out.line[SHEET_ADD].pool[0].add <= 0 && out.line[SHEET_ADD].pool[1].add > 0);
	CHECK(!strncmp(out.line[SHEET_ADD].why, "you send it", 11));
	in.pool[1].isolated = true;
	sheet_make(&in, &out);
	CHECK(out.line[SHEET_ADD].pool[1].add_here);
	CHECK_INT(out.line[SHEET_ADD].actions, 1);
	/* one account */
	CHECK(!sheet_wants(&f, 0, "BTC", up) && sheet_wants(&f, 1, "ETH", up));
	f.scope = FLAT_LONGS;
	CHECK(sheet_wants(&f, 1, "ETH", up) && !sheet_wants(&f, 1, "SOL", down));
	f.scope = FLAT_COINS;
	f.n_coins = 1;
	strcpy(f.coin[0], "SOL");
	CHECK(!sheet_wants(&f, 1, "ETH", up) && sheet_wants(&f, 1, "SOL", down));
	f.n_keep = 1;
	strcpy(f.keep[0], "SOL");
	CHECK(!sheet_wants(&f, 1, "SOL", down) && sheet_wants(NULL, 3, "X", up));
	in.leg[0].wanted = false;
	sheet_make(&in, &out);
	CHECK_INT(out.n_pools, 1);
	CHECK_NEAR(out.equity, 9000, 1e-9);
	CHECK_INT(n->n, 2);
	CHECK(n->flat && n->pool[1].flat && !n->pool[0].touched);
	/* nothing at all */
	memset(&in, 0, sizeof in);
	sheet_make(&in, &out);
	for (int v = 0; v < SHEET_VERBS; v++)
		CHECK(!out.line[v].offered && out.line[v].why[0]);
}

TEST_MAIN(T(what_is_known_of_1_1), T(ladder_is_that_of_exec), T(doubt_never_takes_a_way_out),
	  T(actions_are_those_of_the_run), T(scopes_and_order))
