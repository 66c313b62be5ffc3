/* What the planner beside the engine answers, a plan from a danger limit, and what no schedule is
 * made of. */
#include <math.h>
#include <string.h>

#include "plan/ac.h"
#include "plan/solve.h"
#include "tests/run.h"

static struct grid_work work;
static struct instr instr = {.coin = "BTC",
			     .sz_decimals = 5,
			     .px_decimals = 1,
			     .px_sig = 5,
			     .max_leverage = 40,
			     .n_tiers = 1,
			     .min_notional = {1000000000}};
static struct book book;

static struct plan_account account(double equity)
{
	return (struct plan_account){.known = true,
				     .isolated = true,
				     .equity = equity,
				     .maintenance = 12500,
				     .mmr = 0.0125,
				     .beta = 1};
}

static struct plan_problem problem(double equity)
{
	struct plan_problem p = {.instr = &instr,
				 .book = &book,
				 .side = SIDE_SELL,
				 .mark = {1000000000000000},
				 .sigma_year = 0.8,
				 .volume_s = 1,
				 .fee_taker = 0.00045,
				 .fee_maker = 0.00015,
				 .now_ms = 1757000000000,
				 .algo = ALGO_AC,
				 .account = account(equity)};
	qty_from_double(&p.size, 10);
	p.position = p.size;
	book = (struct book){.n_bid = 10, .n_ask = 10};
	for (int i = 0; i < 10; i++) {
		price_from_double(&book.bid[i].px, 99999 - 5 * i, ROUND_DOWN);
		price_from_double(&book.ask[i].px, 100001 + 5 * i, ROUND_UP);
		qty_from_double(&book.bid[i].sz, 2);
		qty_from_double(&book.ask[i].sz, 2);
	}
	return p;
}

/* An even exit of 10 coins over an hour. */
static struct solve_in question(double equity)
{
	struct plan_problem p = problem(equity);
	struct plan_numbers m;
	CHECK(plan_numbers(&p, 60, &m));
	struct solve_in in = {.exit = 7,
			      .plan = 3,
			      .account = p.account,
			      .mark = m.mark,
			      .sigma_year = p.sigma_year,
			      .n = SOLVE_SLOTS,
			      .tau_s = 60,
			      .eta = m.eta,
			      .epsilon = m.epsilon,
			      .slope = m.slope,
			      .search = true,
			      .limit = 0.01,
			      .size = 10,
			      .horizon_s = 3600,
			      .slots = 60};
	for (uint32_t k = 0; k < in.n; k++)
		in.held[k] = 10 * (1 - (double)k / in.n);
	return in;
}

TEST(answers_what_the_grid_says)
{
	struct solve_in in = question(17500);
	struct solve_out out;
	struct grid_out g;
	struct err e = {0};
	plan_solve(&in, &work, &out);
	CHECK(out.ok && out.searched);
	CHECK_INT(out.exit, 7);
	CHECK_INT(out.plan, 3);
	struct grid_in bare = {.account = &in.account,
			       .x = in.held,
			       .n = in.n,
			       .tau_s = in.tau_s,
			       .mark = in.mark,
			       .sigma_year = in.sigma_year};
	REQUIRE(grid_touch(&bare, &work, &g, &e));
	CHECK(out.p >= g.p && out.p < 2 * g.p); /* costs eat the cushion */
	CHECK(out.p_bound >= out.p);
	CHECK(out.p > 0.01);
	CHECK_INT(out.kind, URGENCY_MET);
	CHECK(out.p_new <= 0.01 && out.kappa_t > 0);
	CHECK(out.lgd > 0 && out.lgd < 12500 && fabs(out.loss - out.p * out.lgd) < 1e-9);
	/* a cap under which only a block helps */
	in.rate_max = 10.2 / 3600;
	plan_solve(&in, &work, &out);
	CHECK_INT(out.kind, URGENCY_BLOCK);
	CHECK(out.block > 0 && out.block < 10 && out.p_new <= 0.01);
	/* the same question, the same answer */
	struct solve_out again;
	plan_solve(&in, &work, &again);
	CHECK(again.block <= out.block && again.block >= out.block && again.p <= out.p &&
	      again.p >= out.p);
	in.sigma_year = NAN;
	plan_solve(&in, &work, &out);
	CHECK(!out.ok && strstr(out.why, "volatility"));
	CHECK_INT(out.exit, 7);
}

TEST(urgency_both_ways)
{
	for (uint32_t n = 2; n <= 240; n += 17)
		for (double u = 0; u < 0.95; u += 0.05) {
			double k = plan_kappa_t_of(u, n);
			if (3 * u / (1 - u) < 3.9 * n)
				CHECK_NEAR(plan_urgency_of(k, n), u, 1e-12);
		}
	/* the first slice of the largest kappa T is the cap, neither more nor less */
	for (double rate = 1.05; rate < 9; rate *= 1.4) {
		double kt = plan_cap_kt(10, 3600, 60, rate * 10 / 3600);
		CHECK_NEAR(10 * (1 - ac_left(kt / 60, 60, 1)), rate * 10 / 60, 1e-9);
	}
	CHECK(plan_cap_kt(10, 3600, 60, 9.9 / 3600) < 0);
	CHECK(isinf(plan_cap_kt(10, 3600, 60, 0)));
}

TEST(a_plan_from_a_limit)
{
	struct plan_problem p = problem(21000);
	struct danger_plan d, slow;
	static struct plan plan;
	struct err e = {0};
	/* the end is given: the least urgency that keeps it, by the bound */
	p.horizon_ms = 3600000;
	p.volume_s = 0;
	REQUIRE(plan_by_danger(&p, 0.01, 0, &d, &e));
	if (!(d.kept && d.urgency > 0 && d.danger <= 0.01 && d.danger > 0.009))
		test_fail(__FILE__, __LINE__, "urgency %g, danger %g", d.urgency, d.danger);
	p.urgency = d.urgency;
	REQUIRE(plan_make(&p, &plan, &e));
	CHECK_NEAR(plan.danger, d.danger, 1e-15);
	/* none given, volume plenty: fast, and an even pace is enough */
	p.horizon_ms = 0;
	p.volume_s = 1;
	REQUIRE(plan_by_danger(&p, 0.05, 0, &d, &e));
	CHECK_INT(d.horizon_ms, 15 * 60000);
	CHECK(d.kept && d.in_cap);
	/* a market in which 15 min would be half of the volume */
	p.volume_s = 0.02;
	REQUIRE(plan_by_danger(&p, 0.9, 0, &slow, &e));
	CHECK_INT(slow.horizon_ms, 240 * 60000);
	CHECK(slow.in_cap);
	/* no schedule within the cap: said, and the nearest given */
	p.account.equity = 13500;
	REQUIRE(plan_by_danger(&p, 0.0001, 0, &d, &e));
	CHECK(!d.kept && d.danger > 0.0001);
	/* the key ends first */
	CHECK(!plan_by_danger(&p, 0.01, p.now_ms + 60000, &d, &e));
	CHECK(strstr(e.text, "signing key"));
	CHECK(!plan_by_danger(&p, 0, 0, &d, &e) && !plan_by_danger(&p, NAN, 0, &d, &e));
}

/* Each a refusal by name, with what to change; all at once needs nothing of it. */
TEST(no_schedule_of_nonsense)
{
	static const struct {
		const char *word;
		int what;
	} rows[] = {{"volatility", 0},	  {"volatility", 1},  {"volume", 2},
		    {"7 days", 3},	  {"crossed", 4},     {"crossed", 5},
		    {"holds nothing", 6}, {"maintenance", 7}, {"no account", 8},
		    {"urgency", 9},	  {"volatility", 10}, {"stale, 16 s", 11},
		    {"shows no bids", 12}};
	struct err e = {0};
	struct plan_problem p = problem(24000);
	p.horizon_ms = 3600000;
	CHECK(plan_sane(&p, &e));
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		p = problem(24000);
		p.horizon_ms = 3600000;
		switch (rows[i].what) {
		case 0:
			p.sigma_year = -0.5;
			break;
		case 1:
			p.sigma_year = NAN;
			break;
		case 2:
			p.volume_s = -1;
			break;
		case 3:
			p.horizon_ms = 8 * 86400000ll;
			break;
		case 4:
			book.bid[0].px.v = book.ask[0].px.v + 1;
			break;
		case 5:
			book.bid[0].px = book.ask[0].px;
			break;
		case 6:
			book.bid[3].sz.v = 0;
			break;
		case 7:
			p.account.equity = 12499;
			break;
		case 8:
			p.account.equity = INFINITY;
			break;
		case 9:
			p.urgency = NAN;
			break;
		case 11:
			p.book_age_ns = INT64_C(16000000000);
			break;
		case 12:
			book.n_bid = 0;
			break;
		default:
			p.sigma_year = INFINITY;
		}
		e.text[0] = 0;
		if (plan_sane(&p, &e) || !strstr(e.text, rows[i].word))
			test_fail(__FILE__, __LINE__, "row %zu: \"%s\"", i, e.text);
		p.horizon_ms = rows[i].what == 3 ? -1 : 0;
		p.account = account(12000); /* a sweep of a dying pool is never refused for it */
		if ((rows[i].what >= 4 && rows[i].what <= 8) || rows[i].what > 10)
			CHECK(plan_sane(&p, &e));
	}
}

TEST_MAIN(T(answers_what_the_grid_says), T(urgency_both_ways), T(a_plan_from_a_limit),
	  T(no_schedule_of_nonsense))
