/* sheet: the five verbs by the numbers of the situations, and against brute force. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/prng.h"
#include "plan/sheet.h"
#include "tests/run.h"

static struct sheet_in in;
static struct sheet out;
static struct book books[SHEET_LEGS];
static struct margin_tier tiers[SHEET_LEGS][3];

static struct price px(double x)
{
	struct price p = {0};

	price_from_double(&p, x, ROUND_HALF_AWAY);
	return p;
}

static double d(struct price p)
{
	return price_to_double(p);
}

static void begin(double equity)
{
	memset(&in, 0, sizeof in);
	in.n_pools = 1;
	in.sigma_btc = 0.00641;
	strcpy(in.pool[0].name, "CROSS");
	in.pool[0].has_equity = true;
	in.pool[0].equity = equity;
}

/* A leg at the end of the last pool: coins signed, one tier, no book. */
static struct sheet_leg_in *leg(const char *coin, double coins, double mark, int leverage,
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
static void flat_book(struct sheet_leg_in *l, double share)
{
	struct book *b = &books[l - in.leg];
	double mark = d(l->mark);

	*b = (struct book){.n_bid = 1, .n_ask = 1};
	b->bid[0] = (struct level){px(mark * (1 - share)), {100000000000000}, 1};
	b->ask[0] = (struct level){px(mark * (1 + share)), {100000000000000}, 1};
	l->book = b;
}

static struct sheet_leg_in *situation_1_1(double below)
{
	struct sheet_leg_in *l;

	begin(54544);
	l = leg("BTC", 20, 112000, 40, 1);
	flat_book(l, below);
	in.sigmas = -1;
	in.shock = 0.03;
	return l;
}

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

TEST_MAIN(T(trim_1_1))
