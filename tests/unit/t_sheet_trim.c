/* sheet: TRIM by the numbers of the situations, and against brute force over random pools. */
#include "tests/unit/sheet_world.h"

TEST(trim_1_1)
{
	const struct sheet_line *t = &out.line[SHEET_TRIM];
	/* below the mark without the fee; what is sold, rounded up to 5 % of 20 */
	static const struct {
		double below, btc, least;
	} row[] = {{0.00005, 9, 8.5}, {0.005, 10, 9.7}, {0.015, 14, 13.3}};

	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		situation_1_1(row[i].below);
		sheet_make(&in, &out);
		CHECK(t->offered && t->enough);
		CHECK_INT(t->n, 1);
		CHECK_NEAR(qty_to_double(t->leg[0].size), row[i].btc, 1e-8);
		CHECK_NEAR(t->cost,
			   row[i].btc * 112000 * (row[i].below + 0.00045 * (1 - row[i].below)),
			   0.01);
		CHECK(t->has_dies && t->dies_pct <= -3);
		CHECK_NEAR(out.dies_pct, -1.2, 1e-9);
		CHECK_NEAR(d(t->leg[0].worse_past), 109323, 0.5);
		CHECK_NEAR(t->equity, 54544 - t->cost, 1e-6);
		CHECK_NEAR(t->net, (20 - row[i].btc) * 112000, 1e-3);
	}
	situation_1_1(0.024);
	sheet_make(&in, &out);
	CHECK(!t->offered && t->impossible);
	CHECK_STR(t->why, "impossible: every sale brings liquidation nearer");
	CHECK_NEAR(out.line[SHEET_ADD].add, 39816, 0);
	CHECK(out.line[SHEET_ADD].offered && out.line[SHEET_ADD].enough);
	CHECK_NEAR(out.line[SHEET_ADD].dies_pct, -3, 1e-9);
}

/* The same upside down: 20 BTC short. */
TEST(trim_1_1_short)
{
	const struct sheet_line *t = &out.line[SHEET_TRIM];
	struct sheet_leg_in *l = situation_1_1(0.005);

	l->szi.v = -l->szi.v;
	in.pool[0].equity = 2240000 * (0.0125 * 1.012 + 0.012);
	sheet_make(&in, &out);
	CHECK_NEAR(out.dies_pct, 1.2, 1e-9);
	CHECK(t->offered && t->enough && t->leg[0].buy);
	CHECK_INT(t->leg[0].size.v % 100000000, 0); /* whole fives per cent of 20 */
	CHECK(t->dies_pct >= 3 && t->dies_pct < 3.5);
	CHECK(d(t->leg[0].worse_past) > 112000 && d(t->leg[0].worst) <= d(t->leg[0].worse_past));
	CHECK(d(out.line[SHEET_NOW].leg[0].worst) > 112000);
	CHECK(d(out.line[SHEET_GUARD].leg[0].trigger) > 112000);
	CHECK(d(out.line[SHEET_GUARD].leg[0].trigger) < 112000 * 1.012);
}

/* The venue sold 4 BTC: 10.8 of the 16 left, in steps of 5 %, or 48 k. */
TEST(after_a_partial_liquidation)
{
	const struct sheet_line *t = &out.line[SHEET_TRIM];

	begin(26137);
	flat_book(leg("BTC", 16, 110656, 40, 1), 0.001);
	in.sigmas = -1;
	in.shock = 0.03;
	sheet_make(&in, &out);
	CHECK_NEAR(out.dies_pct, -0.23, 0.002);
	CHECK_NEAR(qty_to_double(t->leg[0].size), 11.2, 1e-8);
	CHECK_NEAR(out.line[SHEET_ADD].add, 48445, 20);
	CHECK(!out.line[SHEET_GUARD].offered);
	CHECK_STR(out.line[SHEET_GUARD].why, "not offered under 0.8 % of distance: only TRIM");
}

static void situation_1_2(void)
{
	static const struct {
		const char *coin;
		double notional, mark;
		int leverage;
		double beta, below;
	} row[] = {{"BTC", 672000, 112000, 40, 1, 0.0002},
		   {"ETH", 410000, 4100, 25, 1.4, 0.0002},
		   {"SOL", 300000, 200, 20, 1.8, 0.0004},
		   {"HYPE", -180000, 45, 10, 2, 0.00105},
		   {"ALT", 600000, 1.5, 3, 4, 0}};

	begin(180000);
	for (int i = 0; i < 5; i++) {
		struct sheet_leg_in *l = leg(row[i].coin, row[i].notional / row[i].mark,
					     row[i].mark, row[i].leverage, row[i].beta);

		l->px_decimals = 4;
		l->sz_decimals = 3;
		flat_book(l, row[i].below);
	}
	/* ALT: each quarter dearer, about as the table says: 1,537, 4,292, 7,839 */
	for (int k = 0; k < 4; k++)
		books[4].bid[k] =
			(struct level){px(1.5 * (1 - 0.0098 - 0.0081 * k)), {10000000000000}, 1};
	books[4].n_bid = 4;
	in.sigmas = -1;
}

TEST(trim_1_2)
{
	const struct sheet_line *t = &out.line[SHEET_TRIM];
	double alt = 0, btc = 0, hedge = 0;

	situation_1_2();
	sheet_make(&in, &out);
	CHECK_NEAR(out.dies_pct, -1.39, 0.006);
	CHECK_NEAR(out.maintenance, 133100, 0.5);
	CHECK(t->offered && t->enough);
	CHECK(t->dies_pct <= -5 && t->dies_pct > -5.6);
	CHECK(t->net_beta < out.net_beta);
	for (uint32_t i = 0; i < t->n; i++) {
		const struct sheet_leg *l = &t->leg[i];

		alt += l->leg == 4 ? l->part : 0;
		btc += l->leg == 0 ? l->part : 0;
		hedge += l->leg == 3 ? l->part : 0;
		if (l->leg == 4) {
			CHECK(l->next_cost > 0);
			CHECK(l->next_cost / qty_to_double(l->next) >
			      l->cost / qty_to_double(l->size)); /* the next is dearer */
		}
	}
	CHECK(alt >= 0.1 && alt <= 0.6); /* it eats the margin */
	CHECK(btc > 0);
	CHECK_NEAR(hedge, 0, 0);
	/* the hand-made answer of the situation costs more */
	in.step = 0.05;
	CHECK(t->cost < 4292 + 0.6 * 437);
	/* only the alt: the others stay, and the pool is still measured whole */
	for (uint32_t i = 0; i < 4; i++)
		in.leg[i].wanted = false;
	sheet_make(&in, &out);
	CHECK(t->enough);
	CHECK_INT(t->n, 1);
	CHECK_NEAR(t->leg[0].part, 0.65, 1e-6); /* 50 % dies at -3.90, 75 % at -6.08 */
	CHECK_INT(out.line[SHEET_NOW].n, 1);
	CHECK(!out.line[SHEET_NOW].pool[0].flat && out.line[SHEET_NOW].flat);
	CHECK_NEAR(out.line[SHEET_NOW].net, 672000 + 410000 + 300000 - 180000, 1);
}

/* Equity less maintenance of a pool after BTC moved by x, with keep[] of its legs. */
static double truth(const struct sheet_pool_in *p, double equity, const double *keep, double x)
{
	for (uint32_t i = 0; i < p->n; i++) {
		const struct sheet_leg_in *l = &in.leg[p->first + i];
		double n = qty_to_double(l->szi) * d(l->mark) * keep[i];
		double to = fmax(0, 1 + l->beta * x);

		equity += n * (to - 1) - venue_maint(l, fabs(n) * to);
	}
	return equity;
}

static double net_beta_of(const struct sheet_pool_in *p, const double *keep)
{
	double s = 0;

	for (uint32_t i = 0; i < p->n; i++)
		s += qty_to_double(in.leg[p->first + i].szi) * d(in.leg[p->first + i].mark) *
		     keep[i] * in.leg[p->first + i].beta;
	return s;
}

static double sd_of(const struct sheet_pool_in *p, const double *keep)
{
	double sum = 0, squares = 0, btc = fabs(net_beta_of(p, keep)) * in.sigma_btc, cov;

	for (uint32_t i = 0; i < p->n; i++) {
		const struct sheet_leg_in *l = &in.leg[p->first + i];
		double a = qty_to_double(l->szi) * d(l->mark) * keep[i] * l->sigma_hour;

		sum += a;
		squares += a * a;
	}
	cov = sqrt(0.8 * sum * sum + 0.2 * squares);
	return cov > btc ? cov : btc;
}

static double spare(const struct sheet_pool_in *p, double equity, const double *keep)
{
	double a = truth(p, equity, keep, -0.05), b = truth(p, equity, keep, 0.05);
	double c = truth(p, equity, keep, 0) - 3 * sd_of(p, keep);

	return fmin(fmin(a, b), c);
}

/* Lots in beta dollars: what rounding may move. */
static double lots_of(const struct sheet_pool_in *p)
{
	double s = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		const struct sheet_leg_in *l = &in.leg[p->first + i];
		struct instr ins = {.sz_decimals = l->sz_decimals};

		s += qty_to_double(instr_lot(&ins)) * d(l->mark) * l->beta;
	}
	return s;
}

static void keeps(const struct sheet_line *t, double *keep, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		keep[i] = 1;
	for (uint32_t i = 0; i < t->n; i++)
		keep[t->leg[i].leg] = t->leg[i].part < 1 ? 1 - t->leg[i].part : 0;
}

static void check_cut(const struct sheet_leg *o)
{
	const struct sheet_leg_in *l = &in.leg[o->leg];
	struct instr i = {
		.sz_decimals = l->sz_decimals, .px_decimals = l->px_decimals, .px_sig = 5};
	int64_t held = l->szi.v < 0 ? -l->szi.v : l->szi.v;
	double mark = d(l->mark), steps = o->part / 0.05, lot = qty_to_double(instr_lot(&i));

	CHECK(o->size.v > 0 && o->size.v <= held);
	CHECK(o->size.v == held || instr_qty_ok(&i, o->size));
	CHECK(qty_to_double(o->size) * mark >= 10 || o->size.v == held);
	CHECK(o->size.v == held || qty_to_double((struct qty){held - o->size.v}) * mark >= 10);
	/* a multiple of 5 %, up by less than a lot */
	if (o->size.v != held)
		CHECK(qty_to_double(o->size) -
			      floor(steps + 1e-9) * 0.05 * qty_to_double((struct qty){held}) <
		      lot + 1e-9);
	CHECK(o->buy == (l->szi.v < 0));
	/* no limit beyond the break-even price, but for the venue's grid */
	if (o->worse_past.v && o->worst.v)
		CHECK(o->buy ? d(o->worst) <= d(o->worse_past) : d(o->worst) >= d(o->worse_past));
}

/* Where a pool with keep[] dies, by a scan of both directions. */
static double dies_scan(const struct sheet_pool_in *p, double equity, const double *keep)
{
	for (int k = 0; k <= 2000; k++) {
		double x = k * 2e-4;

		if (truth(p, equity, keep, -x) <= 0 || truth(p, equity, keep, x) <= 0)
			return x;
	}
	return 1;
}

/* No cut of one leg moves the death away: checked for each leg and each part of it. */
static void check_impossible(const struct sheet_pool_in *p)
{
	double keep[SHEET_LEGS];

	for (uint32_t i = 0; i < p->n; i++)
		keep[i] = 1;
	for (uint32_t i = 0; i < p->n; i++)
		for (int q = 1; q <= 20; q += 3) {
			struct sheet_leg_in some = in.leg[p->first + i];
			double cost;

			some.szi.v = some.szi.v / 20 * q;
			if (fabs(qty_to_double(some.szi)) * d(some.mark) < 12)
				continue; /* no order of the venue's */
			cost = sheet_close_cost(&some, NULL);
			keep[i] = 1 - q / 20.0;
			CHECK(dies_scan(p, p->equity - cost, keep) <=
			      fabs(out.dies_pct) / 100 + 3e-4);
			keep[i] = 1;
		}
}

/* One step less of any leg is not enough, or was no cheaper, or leaves more delta. */
static void check_least(const struct sheet_line *t, double *keep)
{
	const struct sheet_pool_in *p = &in.pool[0];

	for (uint32_t i = 0; i < t->n; i++) {
		const struct sheet_leg *o = &t->leg[i];
		struct sheet_leg_in some = in.leg[o->leg];
		struct instr ins = {.sz_decimals = some.sz_decimals};
		int64_t lot = instr_lot(&ins).v, held = some.szi.v < 0 ? -some.szi.v : some.szi.v;
		double was = keep[o->leg], less = floor((o->part - 1e-3) / 0.05) * 0.05, cost;
		int64_t q = less > 0 ? (llround(less * (double)held) + lot - 1) / lot * lot : 0;

		if (q && (q >= o->size.v || qty_to_double((struct qty){q}) * d(some.mark) < 12))
			continue;
		if (qty_to_double((struct qty){held - q}) * d(some.mark) < 12)
			continue; /* it would leave dust */
		some.szi.v = some.szi.v < 0 ? -q : q;
		cost = t->cost - o->cost + (q ? sheet_close_cost(&some, NULL) : 0);
		keep[o->leg] = 1 - (double)q / (double)held;
		CHECK(spare(p, p->equity - cost, keep) < 1e-6 || cost > t->cost - 1e-3 ||
		      fabs(net_beta_of(p, keep)) > fabs(out.net_beta) * (1 - 1e-9));
		keep[o->leg] = was;
	}
}

/* In a pool of one side no leg is sold past its break-even price. */
static void check_even(const struct sheet_line *t)
{
	for (uint32_t i = 0; i < in.n_legs; i++)
		if ((in.leg[i].szi.v > 0) != (in.leg[0].szi.v > 0))
			return;
	for (uint32_t i = 0; i < t->n; i++) {
		const struct sheet_leg *o = &t->leg[i];
		double at = d(o->expected), even = d(o->worse_past), slip = 1e-9 + 1e-4 * even;

		if (o->worse_past.v && out.pool[0].sum.free > 0)
			CHECK(o->buy ? at <= even + slip : at >= even - slip);
	}
}

TEST(trim_against_brute_force)
{
	struct prng r;
	int enough = 0, none = 0, short_of = 0, impossible = 0, hedged = 0, stuck = 0;

	prng_seed(&r, test_seed);
	for (int k = 0; k < 3000; k++) {
		const struct sheet_line *t = &out.line[SHEET_TRIM], *add = &out.line[SHEET_ADD];
		const struct sheet_pool_in *p = &in.pool[0];
		double keep[SHEET_LEGS], before, lots;
		int n = (int)prng_range(&r, 1, 12);

		random_pools(&r, n, (int)prng_below(&r, 4),
			     0.9 + 4 * prng_unit(&r) * prng_unit(&r));
		if (prng_below(&r, 3) == 0)
			in.pool[0].equity *= 0.3 + 0.7 * prng_unit(&r);
		sheet_make(&in, &out);
		for (int i = 0; i < n; i++)
			keep[i] = 1;
		before = spare(p, p->equity, keep);
		lots = lots_of(p);
		/* ADD is what is missing, whole dollars up */
		CHECK_NEAR(add->add, before < 0 ? ceil(-before - 1e-6) : 0,
			   before < 0 ? 1.001 : 0.001);
		CHECK(!add->offered ||
		      (spare(p, p->equity + add->add, keep) >= -1e-3 && add->enough));
		if (before >= 0) {
			CHECK(!t->offered && !t->n);
			none++;
			continue;
		}
		keeps(t, keep, p->n);
		for (uint32_t i = 0; i < t->n; i++) {
			check_cut(&t->leg[i]);
			hedged += t->leg[i].hedge;
		}
		CHECK(fabs(net_beta_of(p, keep)) <= fabs(out.net_beta) + lots);
		CHECK_NEAR(t->equity, p->equity - t->cost, 1e-6 * (1 + fabs(t->cost)));
		if (t->offered && t->enough) {
			enough++;
			CHECK(spare(p, p->equity - t->cost, keep) >= -1e-3);
			check_least(t, keep);
			check_even(t);
			continue;
		}
		if (t->offered) { /* not enough, and it says so; but it is no step back */
			short_of++;
			CHECK(t->why[0] && t->pool[0].short_by > 0);
			CHECK(!out.has_dies || !t->has_dies ||
			      fabs(t->dies_pct) >= fabs(out.dies_pct) - 1e-6);
			continue;
		}
		impossible += t->impossible;
		stuck += !t->impossible;
		if (t->impossible)
			check_impossible(p);
		CHECK(t->why[0] && !t->n);
	}
	printf("  trims: %d enough, %d short, %d impossible, %d stuck; %d not needed; %d hedges "
	       "cut\n",
	       enough, short_of, impossible, stuck, none, hedged);
	CHECK(enough > 1000 && none > 50 && impossible + stuck > 20 && hedged > 100);
}

/* One leg: a sale helps only while (mark - fill + fee) < equity / notional. */
TEST(impossible_is_the_rule_of_one_leg)
{
	struct prng r;
	int can = 0, cannot = 0;

	prng_seed(&r, test_seed + 8);
	for (int k = 0; k < 2000; k++) {
		const struct sheet_line *t = &out.line[SHEET_TRIM];
		int leverage = (int)prng_range(&r, 3, 50);
		double mmr = 0.5 / leverage, ratio = mmr + 0.05 * prng_unit(&r), below, cost;
		bool up = prng_below(&r, 2);

		if (ratio > mmr + 0.049)
			continue;
		begin(ratio * 2240000);
		in.sigmas = -1;
		below = 2 * ratio * prng_unit(&r);
		flat_book(leg("BTC", up ? -20 : 20, 112000, leverage, 1), below);
		cost = below + 0.00045 * (up ? 1 + below : 1 - below);
		if (fabs(cost - ratio) < 1e-5)
			continue;
		sheet_make(&in, &out);
		if (fabs(out.dies_pct) > 5)
			continue; /* not needed */
		if (cost < ratio) {
			can++;
			CHECK(t->offered && t->enough && !t->impossible);
		} else {
			cannot++;
			CHECK(!t->offered && t->impossible);
		}
	}
	CHECK(can > 300 && cannot > 300);
}

/* Every combination of cuts of three legs, by the sheet's own prices. */
TEST(trim_is_near_the_least_cost)
{
	struct prng r;
	int seen = 0, better = 0;
	double worst = 0, over = 0;

	prng_seed(&r, test_seed + 7);
	for (int k = 0; k < 200; k++) {
		const struct sheet_line *t = &out.line[SHEET_TRIM];
		const struct sheet_pool_in *p = &in.pool[0];
		double cost[3][21], part[3][21], best = INFINITY, nb, gap;

		random_pools(&r, 3, 0, 1.2 + 2 * prng_unit(&r));
		for (int i = 0; i < 3; i++) {
			struct sheet_leg_in whole = in.leg[i];

			for (int q = 0; q <= 20; q++) {
				struct instr ins = {.sz_decimals = whole.sz_decimals};
				int64_t lot = instr_lot(&ins).v, held = in.leg[i].szi.v;

				whole.szi.v = (held / 20 * q + lot - 1) / lot * lot;
				if (q == 20 || whole.szi.v > held)
					whole.szi.v = held;
				cost[i][q] = q ? sheet_close_cost(&whole, NULL) : 0;
				part[i][q] = (double)whole.szi.v / (double)held;
			}
		}
		sheet_make(&in, &out);
		/* where the book lies above the mark a sale earns, and more is sold by the least */
		if (!t->offered || !t->enough || cost[0][1] <= 0 || cost[1][1] <= 0 ||
		    cost[2][1] <= 0)
			continue;
		nb = fabs(out.net_beta);
		for (int a = 0; a <= 20; a++)
			for (int b = 0; b <= 20; b++)
				for (int c = 0; c <= 20; c++) {
					double keep[3] = {1 - part[0][a], 1 - part[1][b],
							  1 - part[2][c]};
					double usd = cost[0][a] + cost[1][b] + cost[2][c];

					if (usd < best && fabs(net_beta_of(p, keep)) <= nb &&
					    spare(p, p->equity - usd, keep) >= 0)
						best = usd;
				}
		if (!(best < INFINITY))
			continue;
		seen++;
		/* against what the cut is worth, for the least may be next to nothing */
		gap = (t->cost - best) / fmax(best, 2e-4 * t->notional);
		better += gap <= 1e-4;
		over += gap;
		worst = fmax(worst, gap);
		CHECK(gap > -1e-3); /* else the search is wrong */
	}
	printf("  %d pools: the least itself in %d, %.1f %% above it on average, %.1f %% at most\n",
	       seen, better, over / seen * 100, worst * 100);
	CHECK(seen > 30 && over / seen < 0.05 && worst < 0.4);
}

/* A pool without net delta, near its maintenance: both sides go together. */
TEST(offsetting_legs_go_together)
{
	const struct sheet_line *t = &out.line[SHEET_TRIM];

	begin(60000);
	flat_book(leg("AAA", 10000, 100, 10, 1), 0.0002);
	flat_book(leg("BBB", -10000, 100, 20, 1), 0.0002);
	sheet_make(&in, &out);
	CHECK(out.has_dies);
	CHECK(t->offered && t->enough);
	CHECK_INT(t->n, 2);
	CHECK_NEAR(t->net_beta, 0, 2);
	CHECK(t->leg[0].part > 0.1 && fabs(t->leg[0].part - t->leg[1].part) < 1e-6);
}

/* Three legs that no pair of steps balances: all of them shrink in equal parts. */
TEST(hedged_pool_keeps_its_shape)
{
	const struct sheet_line *t = &out.line[SHEET_TRIM];

	begin(60000);
	flat_book(leg("AAA", 10000, 100, 10, 1), 0.0002);
	flat_book(leg("BBB", -7000, 100, 20, 1), 0.0002);
	flat_book(leg("CCC", -3000, 100, 20, 1), 0.0002);
	sheet_make(&in, &out);
	CHECK(t->offered && t->enough);
	CHECK_INT(t->n, 3);
	CHECK_NEAR(t->net_beta, 0, 3);
	CHECK(t->leg[0].part > 0.1 && fabs(t->leg[0].part - t->leg[2].part) < 1e-6);
}

/* Two legs that are cheap to close balance each other; the dear ones stay whole. */
TEST(companions_are_chosen_by_cost)
{
	const struct sheet_line *t = &out.line[SHEET_TRIM];

	begin(80000);
	flat_book(leg("AAA", 10000, 100, 10, 1), 0.0002);
	flat_book(leg("BBB", -10000, 100, 20, 1), 0.0002);
	flat_book(leg("CCC", 5000, 100, 10, 1), 0.03);
	flat_book(leg("DDD", -5000, 100, 20, 1), 0.03);
	sheet_make(&in, &out);
	CHECK(t->offered && t->enough);
	CHECK_INT(t->n, 2);
	CHECK(t->leg[0].leg < 2 && t->leg[1].leg < 2);
	CHECK_NEAR(t->net_beta, 0, 2);
}

/* Two legs that serve equally well: which is the cheaper one changes with every frame. */
static void twins(double a_below, double b_below)
{
	begin(150000);
	flat_book(leg("AAA", 10000, 100, 10, 1), a_below);
	flat_book(leg("BBB", 10000, 100, 10, 1), b_below);
}

static void keep_shown(void)
{
	const struct sheet_line *t = &out.line[SHEET_TRIM];

	for (uint32_t i = 0; i < in.n_legs; i++)
		in.leg[i].kept.v = 0;
	for (uint32_t i = 0; i < t->n; i++)
		in.leg[t->leg[i].leg].kept = t->leg[i].size;
}

static uint16_t dearest_cut(void)
{
	const struct sheet_line *t = &out.line[SHEET_TRIM];
	uint32_t best = 0;

	for (uint32_t i = 1; i < t->n; i++)
		if (t->leg[i].part > t->leg[best].part)
			best = i;
	return t->leg[best].leg;
}

TEST(a_cut_stays_while_it_serves)
{
	const struct sheet_line *t = &out.line[SHEET_TRIM];
	struct qty first;
	struct prng r;
	int kept = 0, dropped = 0;

	twins(0.00020, 0.00021);
	sheet_make(&in, &out);
	REQUIRE(t->offered && t->enough);
	CHECK_INT(dearest_cut(), 0);
	first = t->leg[0].size;
	keep_shown();
	flat_book(&in.leg[0], 0.00021); /* the other is now cheaper by a hair */
	flat_book(&in.leg[1], 0.00020);
	sheet_make(&in, &out);
	CHECK_INT(dearest_cut(), 0);
	CHECK_INT(t->leg[0].size.v, first.v);
	flat_book(&in.leg[0], 0.00100); /* and now by much */
	sheet_make(&in, &out);
	CHECK_INT(dearest_cut(), 1);
	/* what was shown is no longer enough */
	flat_book(&in.leg[0], 0.00021);
	in.pool[0].equity = 135000;
	sheet_make(&in, &out);
	CHECK(t->enough && t->pool[0].short_by <= 0);
	/* or more than is held, or out of scope */
	in.pool[0].equity = 150000;
	in.leg[0].kept.v = in.leg[0].szi.v + 100000000;
	sheet_make(&in, &out);
	CHECK(t->enough && t->leg[0].size.v <= in.leg[t->leg[0].leg].szi.v);
	in.leg[0].kept = first;
	in.leg[0].wanted = false;
	sheet_make(&in, &out);
	for (uint32_t i = 0; i < t->n; i++)
		CHECK_INT(t->leg[i].leg, 1);

	prng_seed(&r, test_seed + 9);
	for (int k = 0; k < 2000; k++) {
		double best, notional, beta;
		bool same = true;

		random_pools(&r, (int)prng_range(&r, 1, 6), 2, 2);
		sheet_make(&in, &out);
		if (!t->offered || !t->enough)
			continue;
		keep_shown();
		for (uint32_t i = 0; i < in.n_legs; i++) /* a frame later */
			in.leg[i].mark = px(d(in.leg[i].mark) * (1 + 4e-4 * (prng_unit(&r) - 0.5)));
		for (uint32_t i = 0; i < in.n_pools; i++)
			in.pool[i].equity *= 1 + 0.02 * (prng_unit(&r) - 0.5);
		sheet_make(&in, &out);
		if (!t->offered || !t->enough)
			continue;
		for (uint32_t i = 0; i < t->n; i++)
			same = same && in.leg[t->leg[i].leg].kept.v == t->leg[i].size.v;
		kept += same;
		dropped += !same;
		beta = fabs(t->net_beta);
		best = t->cost;
		for (uint32_t i = 0; i < in.n_legs; i++)
			in.leg[i].kept.v = 0;
		sheet_make(&in, &out);
		notional = t->notional;
		CHECK(t->enough);
		CHECK(best <= t->cost + fmax(0.1 * t->cost, 2e-5 * notional) + 1e-6);
		CHECK(beta <= fmax(fabs(out.net_beta), fabs(t->net_beta)) * (1 + 1e-6) + 1e3);
	}
	printf("  %d cuts stayed, %d gave way\n", kept, dropped);
	CHECK(kept > 100 && dropped > 50);
}

/* One command carries every cut that a sheet can show. */
TEST(a_trim_is_what_one_command_carries)
{
	char coin[8];

	begin(3000);
	_Static_assert((int)CUTS_MAX >= (int)SHEET_LEGS, "a trim would need two presses");
	for (int i = 0; i < 100; i++) {
		snprintf(coin, sizeof coin, "C%u", (unsigned)i % 100);
		flat_book(leg(coin, 10, 100, 20, 1), 0.0005);
	}
	sheet_make(&in, &out);
	const struct sheet_line *t = &out.line[SHEET_TRIM];
	REQUIRE(t->offered);
	CHECK(t->n > 50);
	CHECK_INT(t->orders, t->n);
	CHECK(t->enough);
}

TEST_MAIN(T(trim_1_1), T(trim_1_1_short), T(after_a_partial_liquidation), T(trim_1_2),
	  T(trim_against_brute_force), T(impossible_is_the_rule_of_one_leg),
	  T(trim_is_near_the_least_cost), T(offsetting_legs_go_together),
	  T(hedged_pool_keeps_its_shape), T(companions_are_chosen_by_cost),
	  T(a_cut_stays_while_it_serves), T(a_trim_is_what_one_command_carries))
