/* Transient and power-law impact against the vectors of data/quant: Obizhaeva-Wang, kernels, what
 * admits arbitrage, Almgren 2003, ATHL 2005, pacing along volume. */
#include <math.h>

#include "base/prng.h"
#include "plan/ac.h"
#include "plan/kernel.h"
#include "plan/power.h"
#include "tests/unit/jnum.h"

static struct kernel_work work;
static struct kernel_out out;

static struct kernel_problem ow(double x, double t, uint32_t n, double rho, double k)
{
	return (struct kernel_problem){
		.kernel = {.n_exp = 1, .weight = {k}, .rate = {rho}}, .x = x, .horizon = t, .n = n};
}

TEST(obizhaeva_wang)
{
	struct vectors v;
	struct err e = {0};
	double end, inner, cost, best = 0, at = 0;
	kernel_ow(1e5, 1, 11, 2.231, 1, &end, &inner, &cost);
	CHECK_NEAR(end / 26317.961233857786, 1, 1e-9);
	CHECK_NEAR(inner / 5262.675281364936, 1, 1e-9);
	CHECK_NEAR(cost / 2368662359.32, 1, 1e-9);
	for (double u = 2; u < 3.5; u += 1e-6) {
		double s = 1 - kernel_ow_cost(u) / kernel_ow_twap(u);
		if (s > best)
			best = s, at = u;
	}
	CHECK_NEAR(best, 0.122308, 1e-6);
	CHECK_NEAR(at, 2.6880, 1e-3);
	if (!vectors_open(&v, "quant/resilience_kernels.json"))
		return;
	for (const struct jv *o = jv_first(jv_get(v.root, "discrete")); o; o = jv_next(o)) {
		double want[64];
		uint32_t n = (uint32_t)jnum_of(o, "N") + 1;
		struct kernel_problem p = ow(jnum_of(o, "X"), jnum_of(o, "T"), n, jnum_of(o, "rho"),
					     jnum_of(o, "kappa"));
		REQUIRE(kernel_solve(&p, &work, &out, &e));
		CHECK_NEAR(out.cost / jnum_of(o, "cost"), 1, 1e-12);
		CHECK_NEAR(out.twap / jnum_of(o, "cost_twap_same_grid"), 1, 1e-12);
		kernel_ow(p.x, p.horizon, n, p.kernel.rate[0], p.kernel.weight[0], &end, &inner,
			  &cost);
		CHECK_NEAR(out.cost / cost, 1, 1e-12); /* regret */
		n = jnums(jv_get(o, "trades"), want, 64);
		for (uint32_t i = 0; i < n; i++) {
			CHECK_NEAR(out.trades[i] / want[i], 1, 1e-9);
			CHECK_NEAR(out.trades[i] / (i == 0 || i + 1 == p.n ? end : inner), 1, 1e-9);
		}
	}
	for (const struct jv *o = jv_first(jv_get(v.root, "continuous")); o; o = jv_next(o)) {
		double u = jnum_of(o, "rhoT");
		CHECK_NEAR(kernel_ow_cost(u) / jnum_of(o, "cost"), 1, 1e-12);
		CHECK_NEAR(kernel_ow_twap(u) / jnum_of(o, "cost_twap"), 1, 1e-9);
	}
	const struct jv *o = jv_first(jv_get(v.root, "power_law_continuous_X1_T1"));
	for (; o; o = jv_next(o)) {
		double g = jnum_of(o, "gamma");
		CHECK_NEAR(kernel_power_cost(g) / jnum_of(o, "optimal_cost"), 1, 1e-12);
		CHECK_NEAR(kernel_power_twap(g) / jnum_of(o, "twap_cost"), 1, 1e-12);
	}
	vectors_close(&v);
}

static void one_kernel(const struct jv *o, const struct kernel *k)
{
	double want[64];
	struct err e = {0};
	struct kernel_problem p = {.kernel = *k, .x = 1, .horizon = 1, .n = 21};
	REQUIRE(kernel_solve(&p, &work, &out, &e));
	CHECK_INT(jnums(jv_get(o, "trades"), want, 64), 21);
	for (int i = 0; i < 21; i++)
		CHECK_NEAR(out.trades[i] / want[i], 1, 1e-10);
	CHECK_NEAR(out.cost / jnum_of(o, "cost"), 1, 1e-12);
	CHECK_NEAR(out.twap / jnum_of(o, "cost_twap"), 1, 1e-12);
	CHECK_NEAR(out.saving, jnum_of(o, "saving"), 1e-10);
}

TEST(kernels)
{
	static const struct kernel k[] = {
		{.power_weight = 1, .power_rate = 20, .power = 0.4},
		{.power_weight = 1, .power_rate = 100, .power = 0.5},
		{.n_exp = 2, .weight = {0.5, 0.5}, .rate = {2, 40}},
		{.n_exp = 1, .weight = {0.7}, .rate = {10}, .permanent = 0.3},
	};
	struct vectors v;
	if (!vectors_open(&v, "quant/resilience_kernels.json"))
		return;
	const struct jv *list = jv_get(v.root, "discrete_kernels");
	CHECK_INT(jv_len(list), 4);
	for (size_t i = 0; i < 4; i++)
		one_kernel(jv_at(list, i), &k[i]);
	vectors_close(&v);
}

/* With risk: optimal against any change that keeps the sum; and with resilience so fast that slots
 * do not feel each other it is Almgren and Chriss. */
TEST(kernel_with_risk)
{
	struct prng rng;
	struct err e = {0};
	prng_seed(&rng, test_seed);
	struct kernel_problem p = {
		.kernel = {.n_exp = 3, .weight = {0.5, 0.3, 0.2}, .rate = {0.5, 5, 50}},
		.x = 1,
		.horizon = 2,
		.n = 60,
		.lambda = 0.4,
		.sigma = 1};
	REQUIRE(kernel_solve(&p, &work, &out, &e));
	double best = out.cost + p.lambda * out.variance, sum = 0;
	for (uint32_t i = 0; i < p.n; i++)
		sum += out.trades[i];
	CHECK_NEAR(sum, 1, 1e-12);
	for (int d = 0; d < 200; d++) {
		double t[60], left = 1, var = 0;
		uint32_t a = (uint32_t)prng_below(&rng, 60), b = (uint32_t)prng_below(&rng, 60);
		double by = (prng_unit(&rng) - 0.5) * 1e-3;
		memcpy(t, out.trades, sizeof t);
		t[a] += by, t[b] -= by;
		for (uint32_t i = 0; i + 1 < p.n; i++) {
			left -= t[i];
			var += left * left * p.horizon / (p.n - 1);
		}
		CHECK(kernel_cost(&p, t) + p.lambda * var >= best * (1 - 1e-12));
	}
	struct kernel_problem fast = ow(1, 10, 11, 1e4, 2);
	struct ac in = {.x = 1, .horizon = 11, .n = 11, .sigma = 1, .eta = 1, .lambda = 0.3};
	struct ac_result r;
	double x[12];
	fast.lambda = 0.3, fast.sigma = 1;
	REQUIRE(kernel_solve(&fast, &work, &out, &e));
	REQUIRE(ac_solve(&in, &r, x));
	for (int i = 0; i < 11; i++)
		CHECK_NEAR(out.trades[i], x[i] - x[i + 1], 1e-12);
}

static void refused(const struct kernel *k, const char *words)
{
	struct err e = {0};
	CHECK(!kernel_check(k, &e));
	if (!strstr(e.text, words))
		test_fail(__FILE__, __LINE__, "\"%s\" does not say \"%s\"", e.text, words);
}

TEST(arbitrage)
{
	struct err e = {0};
	CHECK_NEAR(kernel_round_trip(0.5, 1, 0.2, 1, 1), -0.0017050027669849518, 1e-15);
	CHECK(kernel_round_trip(1, 1, 0.2, 1, 1) > 0);
	/* so a square-root impact with exponential decay is refused */
	struct kernel k = {.n_exp = 1, .weight = {1}, .rate = {1}, .delta = 0.5};
	refused(&k, "round trip that earns money");
	k.delta = 1;
	CHECK(kernel_check(&k, &e));
	k.weight[0] = -1, k.permanent = 2;
	refused(&k, "rises");
	k = (struct kernel){.n_exp = 2, .weight = {2, -1}, .rate = {1, 3}};
	refused(&k, "rises"); /* d1 at 0: -2 + 3 */
	k = (struct kernel){.n_exp = 2, .weight = {2, -1}, .rate = {1, 1.9}};
	refused(&k, "not convex"); /* falls at 0, 2 - 3.61 */
	k = (struct kernel){.n_exp = 1, .weight = {1}, .rate = {0}};
	refused(&k, "rate[0]");
	k = (struct kernel){.n_exp = 1, .weight = {NAN}, .rate = {1}};
	refused(&k, "weight[0]");
	k = (struct kernel){.power_weight = 1, .power_rate = 1, .power = 0.4, .delta = 0.5};
	refused(&k, "admits arbitrage");
	k.power = 0.5;
	CHECK(kernel_check(&k, &e));
	k = (struct kernel){0};
	refused(&k, "depth");
	struct kernel_problem p = ow(-1, 1, 10, 1, 1);
	CHECK(!kernel_solve(&p, &work, &out, &e));
	p = ow(1, 1, 300, 1, 1);
	CHECK(!kernel_solve(&p, &work, &out, &e));
}

TEST(power_law)
{
	struct vectors v;
	struct err e = {0};
	static double t[POWER_SLOTS];
	double star, cost, var, want[32];
	if (!vectors_open(&v, "quant/almgren2003_powerlaw.json"))
		return;
	for (const struct jv *o = jv_first(jv_get(v.root, "infinite_horizon")); o; o = jv_next(o)) {
		struct power p = {.x = jnum_of(o, "X"),
				  .eta = jnum_of(o, "eta"),
				  .k = jnum_of(o, "k"),
				  .lambda = jnum_of(o, "lam"),
				  .sigma = jnum_of(o, "sigma")};
		double at[8], left[8];
		REQUIRE(power_forever(&p, &star, &cost, &var));
		CHECK_NEAR(star / jnum_of(o, "T_star"), 1, 1e-12);
		CHECK_NEAR(cost / jnum_of(o, "E_analytic"), 1, 1e-12);
		CHECK_NEAR(var / jnum_of(o, "V_analytic"), 1, 1e-12);
		CHECK_NEAR(p.lambda * var / (p.k * cost), 1, 1e-13);
		uint32_t n = jnums(jv_get(o, "t_over_Tstar"), at, 8);
		jnums(jv_get(o, "x_over_X"), left, 8);
		for (uint32_t i = 0; i < n; i++)
			CHECK_NEAR(power_left(p.k, at[i]), left[i], 1e-12);
	}
	int rows = 0;
	const struct jv *o = jv_first(jv_get(v.root, "finite_horizon_discrete"));
	for (; o; o = jv_next(o), rows++) {
		struct power p = {.x = jnum_of(o, "X"),
				  .eta = jnum_of(o, "eta"),
				  .k = jnum_of(o, "k"),
				  .lambda = jnum_of(o, "lam"),
				  .sigma = jnum_of(o, "sigma"),
				  .horizon = jnum_of(o, "T"),
				  .n = (uint32_t)jnum_of(o, "N")};
		REQUIRE(power_solve(&p, t, &cost, &var, &e));
		CHECK_NEAR((cost + p.lambda * var) / jnum_of(o, "objective"), 1, 1e-11);
		uint32_t n = jnums(jv_get(o, "trades"), want, 32);
		CHECK_INT(n, p.n);
		for (uint32_t i = 0; i < n; i++)
			CHECK_NEAR(t[i], want[i], 1e-8 * p.x);
	}
	CHECK(rows >= 9);
	vectors_close(&v);
}

/* Without the data: linear impact is Almgren and Chriss; the multiplier is equal everywhere. */
TEST(power_properties)
{
	struct prng rng;
	struct err e = {0};
	static double t[POWER_SLOTS], x[POWER_SLOTS + 1];
	double cost, var;
	prng_seed(&rng, test_seed);
	for (int i = 0; i < 100; i++) {
		struct power p = {.x = 100,
				  .eta = 0.1 + prng_unit(&rng),
				  .k = i % 4 == 0 ? 1 : 0.4 + prng_unit(&rng),
				  .lambda = 0.02 * prng_unit(&rng),
				  .sigma = 1,
				  .horizon = 20,
				  .n = 2 + (uint32_t)prng_below(&rng, 100)};
		REQUIRE(power_solve(&p, t, &cost, &var, &e));
		double tau = p.horizon / p.n, left = p.x, sum = 0;
		for (uint32_t j = 0; j + 1 < p.n; j++) {
			left -= t[j];
			double a = (1 + p.k) * p.eta * pow(t[j] / tau, p.k);
			double b = (1 + p.k) * p.eta * pow(t[j + 1] / tau, p.k);
			CHECK_NEAR(a - b, 2 * p.lambda * tau * left, 1e-8 * a);
			sum += t[j];
		}
		CHECK_NEAR(sum + t[p.n - 1], p.x, 1e-10);
		if (p.k != 1)
			continue;
		struct ac in = {.x = p.x,
				.horizon = p.horizon,
				.n = p.n,
				.sigma = 1,
				.eta = p.eta,
				.lambda = p.lambda};
		struct ac_result r;
		REQUIRE(ac_solve(&in, &r, x));
		CHECK_NEAR((cost + p.lambda * var) / (r.cost + p.lambda * r.variance), 1, 1e-9);
	}
	struct power bad = {.x = 1, .eta = 1, .k = 0.5, .lambda = -1, .horizon = 1, .n = 5};
	CHECK(!power_solve(&bad, t, &cost, &var, &e));
}

TEST(athl)
{
	static const struct {
		double x, v, theta, sigma, days, want;
	} row[] = {{656100, 6561000, 1.728e9, 0.0157, 0.1, 32.22385095592626},
		   {656100, 6561000, 1.728e9, 0.0157, 0.2, 24.638405637311713},
		   {656100, 6561000, 1.728e9, 0.0157, 0.5, 18.41786313787262},
		   {192900, 1929000, 1.68e8, 0.0226, 0.1, 42.931327919186046},
		   {192900, 1929000, 1.68e8, 0.0226, 0.2, 32.012151855447904},
		   {192900, 1929000, 1.68e8, 0.0226, 0.5, 23.05774035944004}};
	double i, k, j;
	for (int r = 0; r < 6; r++) {
		struct athl in = {.x = row[r].x,
				  .volume = row[r].v,
				  .shares_out = row[r].theta,
				  .sigma_day = row[r].sigma,
				  .days = row[r].days};
		REQUIRE(athl_cost(&in, &i, &k, &j));
		CHECK_NEAR(j * 1e4, row[r].want, 1e-10);
		in.x = -in.x;
		REQUIRE(athl_cost(&in, &i, &k, &j));
		CHECK_NEAR(j * 1e4, -row[r].want, 1e-10);
	}
}

TEST(pacing)
{
	double v[] = {1, 2, 0, 5}, t[4];
	uint32_t done;
	REQUIRE(pace_vwap(16, v, 4, t));
	CHECK_NEAR(t[0] + t[1] + t[2] + t[3], 16, 1e-12);
	CHECK_NEAR(t[3], 10, 1e-12);
	CHECK_NEAR(t[2], 0, 0);
	CHECK_NEAR(pace_pov(2, v, 4, 0.5, t, &done), 0, 1e-12);
	CHECK_INT(done, 2);
	CHECK_NEAR(t[1], 1, 1e-12);
	CHECK_NEAR(pace_pov(10, v, 4, 0.5, t, &done), 2, 1e-12);
	CHECK_INT(done, 4);
	v[1] = -1;
	CHECK(!pace_vwap(1, v, 4, t));
	CHECK(pace_pov(9, v, 4, 0.5, t, &done) < 0);
	CHECK(pace_pov(9, v, 1, 1, t, &done) < 0);
}

TEST_MAIN(T(obizhaeva_wang), T(kernels), T(kernel_with_risk), T(arbitrage), T(power_law),
	  T(power_properties), T(athl), T(pacing))
