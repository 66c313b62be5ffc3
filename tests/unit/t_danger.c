/* Danger: the absorbing grid against first_passage.json and against Monte Carlo of the full model
 * (geometric Brownian motion with Brownian bridges, longs and shorts); loss given liquidation;
 * urgency from danger. */
#include <math.h>

#include "base/prng.h"
#include "plan/ac.h"
#include "plan/grid.h"
#include "tests/unit/jnum.h"

enum { N = 240 };
static struct grid_work work;

static double normal(struct prng *r)
{
	double u = 1 - prng_unit(r), v = prng_unit(r);
	return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

static void shape(double *x, double q, const char *kind, double kt)
{
	for (uint32_t k = 0; k < N; k++)
		x[k] = q *
		       (!strcmp(kind, "hold") ? 1 : ac_left(strcmp(kind, "ac") ? 0 : kt / N, N, k));
}

static struct plan_account account(double equity, double q, double mark, double mm)
{
	return (struct plan_account){.known = true,
				     .isolated = true,
				     .equity = equity,
				     .maintenance = mm * fabs(q) * mark,
				     .mmr = mm,
				     .beta = 1};
}

static double grid_p(const struct plan_account *a, const double *x, double hours, double mark,
		     double sigma, enum grid_model model)
{
	struct grid_in in = {.account = a,
			     .x = x,
			     .n = N,
			     .tau_s = hours * 3600 / N,
			     .mark = mark,
			     .sigma_year = sigma,
			     .model = model};
	struct grid_out out = {0};
	struct err e = {0};
	if (!grid_touch(&in, &work, &out, &e))
		test_fail(__FILE__, __LINE__, "%s", e.text);
	return out.p;
}

/* Share of paths that die. arithmetic: the price moves by a normal of constant size. Inside a slot
 * the barrier is met by a Brownian bridge between its ends. */
static double monte_carlo(const struct plan_account *a, const double *x, double hours, double mark,
			  double sigma, bool arithmetic, int paths, double *se)
{
	struct prng rng;
	double dt = hours / 8760 / N, sum = 0, sum2 = 0;
	prng_seed(&rng, test_seed + 17);
	for (int i = 0; i < paths; i++) {
		double p = mark, y = a->equity, alive = 1;
		for (int k = 0; k < N && alive > 1e-12; k++) {
			double z = normal(&rng), was = p, m = a->mmr * fabs(x[k]);
			p = arithmetic ? p + mark * sigma * sqrt(dt) * z
				       : p * exp(sigma * sqrt(dt) * z - sigma * sigma * dt / 2);
			double y1 = y + x[k] * (p - was);
			double d0 = y - m * (arithmetic ? mark : was);
			double d1 = y1 - m * (arithmetic ? mark : p);
			double c = x[k] - (arithmetic ? 0 : m);
			double v = c * (arithmetic ? mark : (was + p) / 2) * sigma;
			alive *= d0 <= 0 || d1 <= 0 ? 0
				 : v != 0	    ? -expm1(-2 * d0 * d1 / (v * v * dt))
						    : 1;
			y = y1;
		}
		sum += 1 - alive;
		sum2 += (1 - alive) * (1 - alive);
	}
	double mean = sum / paths;
	*se = sqrt((sum2 / paths - mean * mean) / paths);
	return mean;
}

/* Constants of quant.md 4.3 and 9, without the data: 10 coins at 60,000, 20x, 24 h, 80 %. */
TEST(grid_table)
{
	struct plan_account a = account(30000, 10, 60000, 0.0125);
	double x[N];
	shape(x, 10, "hold", 0);
	CHECK_NEAR(grid_p(&a, x, 24, 60000, 0.8, GRID_ARITHMETIC), 0.370498, 2e-4);
	CHECK_NEAR(grid_p(&a, x, 24, 60000, 0.8, GRID_PRICE), 0.36210, 2e-4); /* exact */
	shape(x, 10, "twap", 0);
	CHECK_NEAR(grid_p(&a, x, 24, 60000, 0.8, GRID_ARITHMETIC), 0.07483, 2e-4);
	CHECK_NEAR(grid_p(&a, x, 24, 60000, 0.8, GRID_PRICE), 0.06605, 3 * 0.00055);
	shape(x, 10, "ac", 3);
	CHECK_NEAR(grid_p(&a, x, 24, 60000, 0.8, GRID_ARITHMETIC), 0.00734, 1e-4);
	/* The bound of a short: at its price at the barrier, never under the truth (quant.md 4.3).
	 */
	struct plan_account b = account(120000, -10, 60000, 0.0125);
	shape(x, -10, "hold", 0);
	double truth = grid_p(&b, x, 168, 60000, 1.2, GRID_PRICE);
	CHECK(danger_bound(&b, x, N, 168 * 3600.0 / N, 60000, 1.2, 0) >= truth);
	shape(x, -10, "twap", 0);
	truth = grid_p(&b, x, 168, 60000, 1.2, GRID_PRICE);
	CHECK(danger_bound(&b, x, N, 168 * 3600.0 / N, 60000, 1.2, 0) >= truth);
	a.equity = 7000; /* under maintenance */
	CHECK_NEAR(grid_p(&a, x, 24, 60000, 0.8, GRID_PRICE), 1, 0);
	a.equity = 1e9;
	CHECK_NEAR(grid_p(&a, x, 24, 60000, 0.8, GRID_PRICE), 0, 1e-12);
}

TEST(grid_vectors)
{
	struct vectors v;
	double x[N];
	int rows = 0;
	if (!vectors_open(&v, "quant/first_passage.json"))
		return;
	for (const struct jv *r = jv_first(jv_get(v.root, "exit_liquidation")); r; r = jv_next(r)) {
		double q = jnum_of(r, "q0"), p0 = jnum_of(r, "P0"), h = jnum_of(r, "T_hours");
		double s = jnum_of(r, "sigma_annual");
		struct plan_account a = account(jnum_of(r, "E0"), q, p0, jnum_of(r, "mm"));
		shape(x, q, jv_text(jv_get(r, "shape")), jnum_of(r, "kappaT"));
		double want = jnum_of(r, "p_gaussian_moving_boundary_grid");
		CHECK_NEAR(grid_p(&a, x, h, p0, s, GRID_ARITHMETIC), want, 2e-4);
		double mc = jnum_of(r, "p_mc_gbm_margin_rule"), se = jnum_of(r, "mc_se");
		double p = grid_p(&a, x, h, p0, s, GRID_PRICE);
		CHECK_NEAR(p, mc, 3 * se + 2e-4);
		rows++;
	}
	CHECK(rows >= 12);
	for (const struct jv *r = jv_first(jv_get(v.root, "exit_liquidation_short")); r;
	     r = jv_next(r)) {
		double lev = jnum_of(r, "leverage"), mm = jnum_of(r, "mm");
		double h = jnum_of(r, "T_hours"), s = jnum_of(r, "sigma_annual");
		struct plan_account a = account(600000 / lev, -10, 60000, mm);
		shape(x, -10, jv_text(jv_get(r, "shape")), jnum_of(r, "kappaT"));
		double p = grid_p(&a, x, h, 60000, s, GRID_PRICE);
		double mc = jnum_of(r, "p_mc_gbm_margin_rule"), se = jnum_of(r, "mc_se");
		CHECK_NEAR(p, mc, 3 * se + 2e-4);
		CHECK(danger_bound(&a, x, N, h * 3600 / N, 60000, s, 0) >= mc - 3 * se);
	}
	vectors_close(&v);
}

static void against_mc(double q, double equity, double mm, double sigma, double hours,
		       const char *kind, double kt)
{
	struct plan_account a = account(equity, q, 60000, mm);
	double x[N], se;
	shape(x, q, kind, kt);
	double p = grid_p(&a, x, hours, 60000, sigma, GRID_ARITHMETIC);
	double mc = monte_carlo(&a, x, hours, 60000, sigma, true, 20000, &se);
	CHECK_NEAR(p, mc, 3 * se);
	p = grid_p(&a, x, hours, 60000, sigma, GRID_PRICE);
	mc = monte_carlo(&a, x, hours, 60000, sigma, false, 20000, &se);
	CHECK_NEAR(p, mc, 3 * se);
}

TEST(monte_carlo_confirms)
{
	against_mc(10, 30000, 0.0125, 0.8, 24, "hold", 0);
	against_mc(10, 30000, 0.0125, 0.8, 24, "twap", 0);
	against_mc(10, 30000, 0.0125, 0.8, 24, "ac", 3);
	against_mc(-10, 30000, 0.0125, 0.8, 24, "hold", 0);
	against_mc(-10, 30000, 0.0125, 0.8, 24, "twap", 0);
	against_mc(-10, 120000, 0.03, 1.2, 168, "ac", 3);
}

TEST(closed_forms)
{
	double day = 1.0 / 365;
	CHECK_NEAR(gbm_touch(100, 80, 0.8, -2, 7 * day), 0.093008, 1e-6);
	CHECK_NEAR(gbm_touch_checks(100, 95, 0.6, 0, day, 24), 0.08195955140293129, 1e-9);
	CHECK_NEAR(gbm_touch_checks(100, 95, 0.6, 0, day, 1440), 0.10182029527562636, 1e-9);
	CHECK_NEAR(gbm_horizon(100, 95, 0.6, 0.01) * 8760, 9.583234821252017, 1e-8);
	CHECK_NEAR(gbm_horizon(100, 90, 0.6, 0.001) * 8760, 24.725138250704337, 1e-8);
	CHECK_NEAR(jump_touch(0.05, 100, 0.05, day), 1 - exp(-100 * day * 0.15865525393145707),
		   1e-12);
	CHECK_NEAR(jump_touch(0.05, 0, 0.05, day), 0, 0);
	struct liq_loss l;
	liq_loss(10, 60000, 0.0125, 0.8, 30, 2, &l);
	CHECK_NEAR(l.market, 300 + 2 * (2 * 2 + 8 * 8) / 2.0, 1e-9);
	CHECK_NEAR(l.backstop, 5000, 1e-9);
	CHECK_NEAR(l.p_backstop,
		   erfc((2500 - l.market) / (480000 * 0.8 * sqrt(30.0 / YEAR_S)) * M_SQRT1_2),
		   1e-12);
	liq_loss(1, 60000, 0.0125, 0.8, 30, 2, &l); /* small: all at once, no wait */
	CHECK_NEAR(l.market, 31, 1e-9);
	CHECK_NEAR(l.p_backstop, 0, 0);
}

/* Expected loss: with the same loss in every slot it is p times it; never above the largest. */
TEST(expected_loss)
{
	struct plan_account a = account(30000, 10, 60000, 0.0125);
	double x[N], lost[N], spent[N];
	struct grid_out out, cheap;
	struct err e = {0};
	shape(x, 10, "twap", 0);
	for (int k = 0; k < N; k++)
		lost[k] = 5000, spent[k] = 2.0 * k;
	struct grid_in in = {.account = &a,
			     .x = x,
			     .lost = lost,
			     .n = N,
			     .tau_s = 360,
			     .mark = 60000,
			     .sigma_year = 0.8};
	REQUIRE(grid_touch(&in, &work, &cheap, &e));
	CHECK_NEAR(cheap.lgd, 5000, 1e-6);
	CHECK(cheap.p < cheap.p_bound);
	for (int k = 0; k < N; k++)
		lost[k] = 500 * x[k];
	in.spent = spent;
	REQUIRE(grid_touch(&in, &work, &out, &e));
	CHECK(out.lgd > 0 && out.lgd < 5000);
	CHECK(out.p > cheap.p); /* cost eats the cushion */
	in.sigma_year = NAN;
	CHECK(!grid_touch(&in, &work, &out, &e));
	CHECK(e.code == ERR_ARG);
}

static struct urgency_in urgent(const struct plan_account *a)
{
	return (struct urgency_in){.account = a,
				   .position = 10,
				   .size = 10,
				   .mark = 60000,
				   .sigma_year = 0.8,
				   .horizon_s = 86400,
				   .n = N,
				   .eta = 100,
				   .epsilon = 30,
				   .slope = 2,
				   .eps = 0.01};
}

TEST(urgency)
{
	struct plan_account a = account(30000, 10, 60000, 0.0125);
	struct urgency_in in = urgent(&a);
	struct urgency_out out, tight;
	struct err e = {0};
	REQUIRE(urgency_from_danger(&in, &work, &out, &e));
	CHECK_INT(out.kind, URGENCY_MET);
	CHECK_NEAR(out.kappa_bound, 4.1206627, 1e-6);
	CHECK(out.kappa_t > 0 && out.kappa_t < out.kappa_bound); /* the bound over-reacts */
	CHECK(out.p <= 0.01 && out.p > 0.0095);
	CHECK(out.p_twap > 0.05 && out.p_hold > 0.36);
	/* a cap that hardly allows more than TWAP: a block first */
	in.rate_max = 10.5 / 86400;
	REQUIRE(urgency_from_danger(&in, &work, &tight, &e));
	CHECK_INT(tight.kind, URGENCY_BLOCK);
	CHECK(tight.block > 0 && tight.block < 10 && tight.p <= 0.01);
	CHECK(tight.block_cost > 30 * tight.block);
	double most = (10 - tight.block) *
		      (1 - ac_left(tight.kappa_t / N, N, 1)); /* the cap holds after it */
	CHECK(most <= in.rate_max * 360 * (1 + 1e-6));
	/* a calm account: TWAP is enough */
	a.equity = 120000;
	REQUIRE(urgency_from_danger(&in, &work, &out, &e));
	CHECK_INT(out.kind, URGENCY_MET);
	CHECK_NEAR(out.kappa_t, 0, 0);
	/* one that is dead */
	a.equity = 7000;
	REQUIRE(urgency_from_danger(&in, &work, &out, &e));
	CHECK_INT(out.kind, URGENCY_NONE);
	CHECK_NEAR(out.p, 1, 0);
	in.size = 11;
	CHECK(!urgency_from_danger(&in, &work, &out, &e)); /* never more than is held */
}

TEST_MAIN(T(grid_table), T(grid_vectors), T(monte_carlo_confirms), T(closed_forms),
	  T(expected_loss), T(urgency))
