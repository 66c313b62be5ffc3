/* t_drill_score.c: the score of a drill, rule by rule, counted by hand. */
#include "paper/drill_score.h"
#include "tests/run.h"

/* A good run: lost 1,200 where nothing lost 50,000 and the best 1,000; first order after 2 s. */
static const struct drill_facts good = {
	.nothing = 50000,
	.best = 1000,
	.you = 1200,
	.grain = 100,
	.first_s = 2,
	.settled = true,
	.cut = 1000000,
	.need = -1,
};

static struct drill_points points(const struct drill_facts *f)
{
	struct drill_points p;

	drill_score(&p, f);
	return p;
}

TEST(whole)
{
	struct drill_facts f = good;
	struct drill_points p = points(&f);

	/* 60 * (50,000 - 1,200) / (50,000 - 1,000) = 59.7551 */
	CHECK_NEAR(p.money, 59.7551, 1e-4);
	CHECK_NEAR(p.time, 15, 0);
	CHECK_NEAR(p.truth, 15, 0);
	CHECK_NEAR(p.tidy, 10, 0);
	CHECK_NEAR(p.cap, 100, 0);
	CHECK_NEAR(p.total, 99.7551, 1e-4);
	CHECK_STR(p.why_cap, "");
}

TEST(money_clipped)
{
	struct drill_facts f = good;

	f.you = 25500; /* half way: 60 * 24,500 / 49,000 = 30 */
	CHECK_NEAR(points(&f).money, 30, 1e-9);
	f.you = 60000; /* worse than nothing */
	CHECK_NEAR(points(&f).money, 0, 0);
	f.you = -500; /* better than the best of the family */
	CHECK_NEAR(points(&f).money, 60, 0);
}

/* Nothing happened: best and nothing both lost 20. The grain of 100 stands for the difference. */
TEST(money_quiet)
{
	struct drill_facts f = good;

	f.nothing = f.best = 20;
	f.you = 20;
	CHECK_NEAR(points(&f).money, 60, 1e-9);
	f.you = 45; /* 25 of 100 worse: 60 * 0.75 = 45 */
	CHECK_NEAR(points(&f).money, 45, 1e-9);
	f.nothing = 10; /* the family did worse than nothing: the same grain */
	CHECK_NEAR(points(&f).money, 45, 1e-9);
	f.grain = 0;
	CHECK_NEAR(points(&f).money, 0, 0);
	f.you = 20;
	CHECK_NEAR(points(&f).money, 60, 0);
}

TEST(time_line)
{
	struct drill_facts f = good;

	f.first_s = 3;
	CHECK_NEAR(points(&f).time, 15, 0);
	f.first_s = 16.5; /* half of the way to 30 */
	CHECK_NEAR(points(&f).time, 7.5, 1e-9);
	f.first_s = 30;
	CHECK_NEAR(points(&f).time, 0, 0);
	f.first_s = 100;
	CHECK_NEAR(points(&f).time, 0, 0);
	f.first_s = -1; /* none */
	CHECK_NEAR(points(&f).time, 0, 0);
	f.first_s = 1;
	f.settled = false;
	CHECK_NEAR(points(&f).time, 0, 0);
}

TEST(truth_told)
{
	struct drill_facts f = good;

	f.hidden_unknowns = 1;
	CHECK_NEAR(points(&f).truth, 10, 0);
	f.ageless = 1;
	CHECK_NEAR(points(&f).truth, 5, 0);
	f.ageless = 5;
	CHECK_NEAR(points(&f).truth, 0, 0);
	f.hidden_unknowns = f.ageless = 0;
	f.false_flats = 1;
	CHECK_NEAR(points(&f).truth, 0, 0);
	/* 59.7551 + 15 + 0 + 10 */
	CHECK_NEAR(points(&f).total, 84.7551, 1e-4);
}

TEST(tidiness)
{
	struct drill_facts f = good;

	f.naked_s = 59.9;
	CHECK_NEAR(points(&f).tidy, 10, 0);
	f.naked_s = 60;
	CHECK_NEAR(points(&f).tidy, 5, 0);
	f.naked_s = 185;
	CHECK_NEAR(points(&f).tidy, 0, 0);
	f.naked_s = 0;
	f.need = 800000; /* 1,000,000 is 25 % over: allowed, to the dollar */
	CHECK_NEAR(points(&f).tidy, 10, 0);
	f.need = 799999;
	CHECK_NEAR(points(&f).tidy, 5, 0);
	f.residue = true;
	CHECK_NEAR(points(&f).tidy, 2, 0);
	f.budget_empty = true;
	CHECK_NEAR(points(&f).tidy, 0, 0);
}

TEST(caps)
{
	struct drill_facts f = good;

	f.liquidated = true;
	CHECK_NEAR(points(&f).total, 40, 0);
	f.backstopped = true;
	CHECK_NEAR(points(&f).total, 20, 0);
	CHECK_STR(points(&f).why_cap, "taken by the backstop");
	f.you = f.nothing; /* a cap is no floor: 0 + 0 + 0 + 10 */
	f.first_s = -1;
	f.false_flats = 1;
	CHECK_NEAR(points(&f).total, 10, 0);
	f = good;
	f.increased = true;
	CHECK_NEAR(points(&f).total, 0, 0);
	f.increased = false;
	f.above_ticket = true;
	CHECK_NEAR(points(&f).total, 0, 0);
	CHECK_STR(points(&f).why_cap, "more was sold than the ticket");
}

TEST_MAIN(T(whole), T(money_clipped), T(money_quiet), T(time_line), T(truth_told), T(tidiness),
	  T(caps))
