/* Almgren and Chriss around the closed form: drift by slot, cap, L-VaR, signal, funding, several
 * legs; each against the vectors of data/quant and against its own first-order conditions. */
#include <math.h>

#include "base/prng.h"
#include "plan/ac.h"
#include "plan/adaptive.h"
#include "plan/lin.h"
#include "plan/multi.h"
#include "tests/unit/adaptive_one.h"
#include "tests/unit/jnum.h"

static struct ac paper(double lambda)
{
	return (struct ac){.x = 1e6,
			   .horizon = 5,
			   .n = 5,
			   .sigma = 0.95,
			   .eta = 2.5e-6,
			   .gamma = 2.5e-7,
			   .epsilon = 0.0625,
			   .lambda = lambda};
}

TEST(drift_by_slot)
{
	struct ac in = paper(1e-6);
	double alpha[6] = {0, 0.02, 0.02, 0.02, 0.02, 0.02}, x[6], y[6];
	struct ac_result r, c;
	REQUIRE(ac_drift(&in, alpha, &r, x));
	CHECK_NEAR(x[1] / 546342.2872716543, 1, 1e-12);
	CHECK_NEAR(x[2] / 296084.11739074776, 1, 1e-12);
	CHECK_NEAR(x[4] / 66528.53450349803, 1, 1e-12);
	CHECK_NEAR(r.cost / 880367.1052383533, 1, 1e-12);
	in.alpha = 0.02;
	REQUIRE(ac_solve(&in, &c, y));
	CHECK_NEAR(r.cost / c.cost, 1, 1e-12);
	in.alpha = 0;
	for (int k = 0; k < 6; k++)
		alpha[k] = 0;
	REQUIRE(ac_drift(&in, alpha, &r, x));
	CHECK_NEAR(r.cost / 911226.9863037935, 1, 1e-12);
	CHECK_NEAR(r.kappa / 0.6070761632470627, 1, 1e-12);
	/* funding paid in the second slot alone: less is held in it */
	double before = x[2];
	alpha[2] = -0.05;
	REQUIRE(ac_drift(&in, alpha, &r, x));
	CHECK(x[2] < before);
	in.eta = 1e-9;
	CHECK(!ac_drift(&in, alpha, &r, x));
}

TEST(l_var)
{
	struct vectors v;
	struct ac in = paper(1e-6);
	struct ac_result r;
	double lambda, lvar;
	REQUIRE(ac_lvar(&in, 1.645, &lambda, &lvar, &r));
	CHECK_NEAR(lvar / 1877206.7015, 1, 1e-8);
	CHECK_NEAR(lambda / 1.6943892e-6, 1, 1e-4);
	if (!vectors_open(&v, "quant/almgren_chriss.json"))
		return;
	for (const struct jv *o = jv_first(jv_get(v.root, "LVaR_optimum")); o; o = jv_next(o)) {
		in.n = (uint32_t)jnum_of(o, "N");
		REQUIRE(ac_lvar(&in, jnum_of(o, "lambda_v"), &lambda, &lvar, &r));
		CHECK_NEAR(lvar / jnum_of(o, "LVaR"), 1, 1e-10);
		CHECK_NEAR(lambda / jnum_of(o, "lambda_u_star"), 1, 1e-4);
	}
	for (const struct jv *o = jv_first(jv_get(v.root, "refinement_lambda_1e-6")); o;
	     o = jv_next(o)) {
		in = paper(1e-6);
		in.n = (uint32_t)jnum_of(o, "N");
		REQUIRE(ac_closed(&in, &r));
		CHECK_NEAR(r.cost / jnum_of(o, "E"), 1, 1e-10);
		CHECK_NEAR(sqrt(r.variance) / jnum_of(o, "sd"), 1, 1e-10);
	}
	for (const struct jv *o = jv_first(jv_get(v.root, "frontier")); o; o = jv_next(o)) {
		in = paper(jnum_of(o, "lambda_u"));
		REQUIRE(ac_closed(&in, &r));
		CHECK_NEAR(r.cost / jnum_of(o, "E"), 1, 1e-10);
		CHECK_NEAR(r.variance / jnum_of(o, "V"), 1, 1e-10);
	}
	vectors_close(&v);
}

/* A TWAP whose horizon is chosen well gives up 2/sqrt(3) - 1 of the objective. */
TEST(best_twap)
{
	const double lambda = 1e-6, sigma = 0.95, eta = 2.5e-6, x = 1e6;
	double kappa = sqrt(lambda * sigma * sigma / eta), t = sqrt(3) / kappa;
	struct ac in = {.x = x, .sigma = sigma, .eta = eta, .lambda = lambda, .n = 200000};
	struct ac_result r;
	in.horizon = 40 / kappa; /* as good as for ever */
	REQUIRE(ac_closed(&in, &r));
	double best = r.cost + lambda * r.variance;
	CHECK_NEAR(best / (eta * kappa * x * x), 1, 1e-3);
	double twap = eta * x * x / t + lambda * sigma * sigma * x * x * t / 3;
	CHECK_NEAR(twap / (eta * kappa * x * x), 2 / sqrt(3), 1e-12);
	CHECK_NEAR(twap / best, 2 / sqrt(3), 1e-3); /* best is of slots */
}

TEST(capped)
{
	struct prng rng;
	prng_seed(&rng, test_seed);
	for (int i = 0; i < 200; i++) {
		struct ac in = {.x = 100,
				.horizon = 60,
				.n = 2 + (uint32_t)prng_below(&rng, 60),
				.sigma = 1,
				.eta = 1};
		double x[64], cap = 100.0 / in.n * (1 + 3 * prng_unit(&rng));
		struct ac_result r, free_;
		in.lambda = ac_lambda(&in, 12 * prng_unit(&rng) / in.horizon);
		REQUIRE(ac_capped(&in, cap, &r, x));
		double tau = in.horizon / in.n, mu = -1;
		for (uint32_t k = 1; k <= in.n; k++) {
			double q = x[k - 1] - x[k], g = 2 * in.eta / tau * q;
			CHECK(q >= -1e-9 && q <= cap * (1 + 1e-9));
			/* KKT: marginal cost of the free slices equal, of the capped lower */
			for (uint32_t j = k; j < in.n; j++)
				g -= 2 * in.lambda * tau * x[j];
			if (q < cap * (1 - 1e-9)) {
				CHECK(mu < -0.5 || fabs(g - mu) < 1e-7 * (1 + fabs(mu)) ||
				      mu == -1);
				mu = mu == -1 ? g : mu;
			}
		}
		in.alpha = 0;
		double y[64];
		REQUIRE(ac_solve(&in, &free_, y));
		CHECK(r.cost + in.lambda * r.variance >=
		      (free_.cost + in.lambda * free_.variance) * (1 - 1e-12));
	}
	struct ac in = paper(1e-6);
	double x[6];
	struct ac_result r;
	CHECK(!ac_capped(&in, 199999, &r, x)); /* cannot end in time */
	REQUIRE(ac_capped(&in, 2e5, &r, x));
	CHECK_NEAR(x[3], 4e5, 1e-3);
}

TEST(signal_and_penalty)
{
	struct ac_signal s = {0.05, 0.2, 0.5, 3};
	struct vectors v;
	double speed, left;
	REQUIRE(ac_signal(&s, 10, 1, &speed));
	CHECK_NEAR(speed, 19.793469218788623, 1e-12 * 20);
	s.mu = 0;
	REQUIRE(ac_signal(&s, 10, 1, &speed));
	CHECK_NEAR(speed, 20.746294414550963, 1e-12 * 20);
	s.decay = 2, s.mu = 1; /* decay == sqrt(phi/k): the removable point */
	REQUIRE(ac_signal(&s, 10, 1, &speed));
	double at = speed;
	s.decay = 2.001;
	REQUIRE(ac_signal(&s, 10, 1, &speed));
	CHECK_NEAR(at, speed, 1e-3);
	if (!vectors_open(&v, "quant/signal_execution.json"))
		return;
	for (const struct jv *o = jv_first(jv_get(v.root, "signal")); o; o = jv_next(o)) {
		struct ac_signal in = {jnum_of(o, "k"), jnum_of(o, "phi"), jnum_of(o, "mu"),
				       jnum_of(o, "signal_decay")};
		REQUIRE(ac_signal(&in, jnum_of(o, "q"), jnum_of(o, "time_left"), &speed));
		CHECK_NEAR(speed / jnum_of(o, "v_sell"), 1, 1e-11);
	}
	const struct jv *o = jv_first(jv_get(v.root, "cartea_jaimungal_terminal_penalty"));
	for (; o; o = jv_next(o)) {
		double t[16], q[16];
		uint32_t n = jnums(jv_get(o, "t"), t, 16);
		CHECK_INT(jnums(jv_get(o, "inventory"), q, 16), n);
		for (uint32_t i = 0; i < n; i++) {
			REQUIRE(ac_penalty_left(jnum_of(o, "k"), jnum_of(o, "phi"),
						jnum_of(o, "alpha"), jnum_of(o, "b"),
						jnum_of(o, "T"), t[i], &left));
			CHECK_NEAR(left, q[i] / q[0], 1e-10);
		}
	}
	vectors_close(&v);
}

TEST(perpetual_with_funding)
{
	struct ac_perp p = {0.1, 0.1, 100, 0.5, 5};
	struct vectors v;
	double q, z;
	REQUIRE(ac_perp(&p, 1, &q, &z));
	CHECK_NEAR(q / -2.4470050640351815, 1, 1e-12);
	CHECK_NEAR(z / -7.265533039422743, 1, 1e-12);
	/* without funding and with a hard end it is Almgren and Chriss: -kappa coth(kappa T) */
	p.beta = 0, p.alpha = 1e7;
	REQUIRE(ac_perp(&p, 1, &q, &z));
	double k = sqrt(p.phi / p.k);
	CHECK_NEAR(q / (-k / tanh(k)), 1, 1e-6);
	p.alpha = 0.01;
	CHECK(!ac_perp(&p, 1, &q, &z)); /* 2 alpha <= b */
	if (!vectors_open(&v, "quant/games_and_policies.json"))
		return;
	for (const struct jv *o = jv_first(jv_get(v.root, "perp_funding")); o; o = jv_next(o)) {
		struct ac_perp in = {jnum_of(o, "k"), jnum_of(o, "b"), jnum_of(o, "alpha"),
				     jnum_of(o, "phi"), jnum_of(o, "beta")};
		for (const struct jv *r = jv_first(jv_get(o, "rows")); r; r = jv_next(r)) {
			double c[5];
			CHECK_INT(jnums(r, c, 5), 5);
			REQUIRE(ac_perp(&in, jnum_of(o, "T") - c[0], &q, &z));
			CHECK_NEAR(q / c[1], 1, 1e-9);
			CHECK_NEAR(z, c[4], 1e-9 * fabs(c[4]) + 1e-9 + 1e-7 * (in.beta < 1e-3));
		}
	}
	vectors_close(&v);
}

static struct multi m;
static struct multi_out mo;

static void matrix(const struct jv *rows, double *out, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		CHECK_INT(jnums(jv_at(rows, i), out + i * n, n), n);
}

TEST(multi_vectors)
{
	struct vectors v;
	struct err e = {0};
	if (!vectors_open(&v, "quant/almgren_chriss_multi.json"))
		return;
	int cases = 0;
	for (const struct jv *o = jv_first(v.root); o; o = jv_next(o)) {
		double want[MULTI_LEGS];
		if (jv_type(o) != JV_OBJECT)
			continue;
		m.legs = jnums(jv_get(o, "X"), m.x, MULTI_LEGS);
		matrix(jv_get(o, "C"), m.c, m.legs);
		matrix(jv_get(o, "H"), m.h, m.legs);
		matrix(jv_get(o, "Gamma"), m.gamma, m.legs);
		jnums(jv_get(o, "epsilon"), m.epsilon, MULTI_LEGS);
		m.lambda = jnum_of(o, "lam"), m.horizon = jnum_of(o, "T");
		m.n = (uint32_t)jnum_of(o, "N");
		REQUIRE(multi_solve(&m, &mo, &e));
		jnums(jv_get(o, "kappas"), want, MULTI_LEGS);
		for (uint32_t i = 0; i < m.legs; i++)
			CHECK_NEAR(mo.kappa[i] / want[i], 1, 1e-10);
		uint32_t s = 0;
		for (const struct jv *h = jv_first(jv_get(o, "holdings")); h; h = jv_next(h), s++) {
			jnums(h, want, MULTI_LEGS);
			for (uint32_t i = 0; i < m.legs; i++)
				CHECK_NEAR(mo.x[s * m.legs + i], want[i], 1e-10 * fabs(m.x[i]));
		}
		CHECK_INT(s, m.n + 1);
		CHECK_NEAR(mo.cost / jnum_of(o, "E"), 1, 1e-10);
		CHECK_NEAR(mo.variance / jnum_of(o, "V"), 1, 1e-10);
		cases++;
	}
	CHECK_INT(cases, 3);
	vectors_close(&v);
}

/* The block-tridiagonal first-order conditions hold at the answer, so no other is better. */
static double worst_gradient(const struct multi *p, const struct multi_out *o)
{
	double tau = p->horizon / p->n, worst = 0;
	uint32_t n = p->legs;
	for (uint32_t k = 1; k < p->n; k++)
		for (uint32_t i = 0; i < n; i++) {
			double g = 0, scale = 0;
			for (uint32_t j = 0; j < n; j++) {
				const double *x = o->x + k * n + j;
				double h = p->h[i * n + j] - tau / 2 * p->gamma[i * n + j];
				double a = 2 * h / tau * (2 * x[0] - x[n] - x[-(int)n]);
				double b = 2 * p->lambda * tau * p->c[i * n + j] * x[0];
				g += a + b;
				scale += fabs(a) + fabs(b);
			}
			worst = fmax(worst, fabs(g) / (scale + 1e-300));
		}
	return worst;
}

TEST(multi_random)
{
	struct prng rng;
	struct err e = {0};
	prng_seed(&rng, test_seed);
	for (int t = 0; t < 20; t++) {
		uint32_t n = m.legs = 2 + (uint32_t)prng_below(&rng, MULTI_LEGS - 1);
		double f[MULTI_LEGS];
		m.n = 40, m.horizon = 1, m.lambda = 1e-3;
		for (uint32_t i = 0; i < n; i++) {
			f[i] = 20 * prng_unit(&rng);
			m.x[i] = 100 * (prng_unit(&rng) - 0.3);
			m.epsilon[i] = 0; /* the kink of |n| is not part of the optimum */
		}
		for (uint32_t i = 0; i < n; i++)
			for (uint32_t j = 0; j < n; j++) {
				m.c[i * n + j] = f[i] * f[j] + (i == j) * (1 + i);
				m.h[i * n + j] = (i == j) * (0.1 + 0.01 * i);
				m.gamma[i * n + j] = 0;
			}
		REQUIRE(multi_solve(&m, &mo, &e));
		CHECK(worst_gradient(&m, &mo) < 1e-8);
		/* no small change along the path is better: regret at rounding */
		double best = mo.cost + m.lambda * mo.variance;
		for (int d = 0; d < 5; d++) {
			uint32_t at = (1 + (uint32_t)prng_below(&rng, m.n - 1)) * n +
				      (uint32_t)prng_below(&rng, n);
			double was = mo.x[at], c, v;
			mo.x[at] += 1e-3 * (prng_unit(&rng) - 0.5);
			multi_evaluate(&m, mo.x, &c, &v);
			CHECK(c + m.lambda * v >= best * (1 - 1e-12));
			mo.x[at] = was;
		}
	}
}

TEST(multi_refusals)
{
	struct err e = {0};
	m.legs = 2, m.n = 10, m.horizon = 1, m.lambda = 1;
	double c[] = {1, 2, 2, 4}, h[] = {1, 0, 0, 1};
	for (int i = 0; i < 4; i++)
		m.c[i] = c[i], m.h[i] = h[i], m.gamma[i] = 0;
	CHECK(!multi_solve(&m, &mo, &e));
	CHECK(strstr(e.text, "singular: leg 1"));
	m.c[1] = 0.5;
	CHECK(!multi_solve(&m, &mo, &e));
	CHECK(strstr(e.text, "symmetric"));
	m.c[2] = 0.5, m.c[0] = -1;
	CHECK(!multi_solve(&m, &mo, &e));
	CHECK(strstr(e.text, "variance of -1"));
	m.c[0] = 1, m.c[1] = m.c[2] = NAN;
	CHECK(!multi_solve(&m, &mo, &e));
	m.c[1] = m.c[2] = 0.5, m.gamma[0] = 100;
	CHECK(!multi_solve(&m, &mo, &e));
	CHECK(strstr(e.text, "leg 0"));
}

/* Predicted mean and variance of five schedules against paths of the model. */
TEST(monte_carlo_of_cost)
{
	struct prng rng;
	prng_seed(&rng, test_seed);
	const double lambdas[] = {0, 1e-7, 1e-6, 2e-6, -2e-7};
	enum { PATHS = 40000 };
	for (int c = 0; c < 5; c++) {
		struct ac in = paper(lambdas[c]);
		struct ac_result r;
		double x[6], s1 = 0, s2 = 0, s4 = 0;
		REQUIRE(ac_solve(&in, &r, x));
		for (int p = 0; p < PATHS; p++) {
			double mid = 50, got = 0;
			for (uint32_t k = 1; k <= in.n; k++) {
				double n = x[k - 1] - x[k], u = 1 - prng_unit(&rng);
				got += n * (mid - in.epsilon - in.eta * n);
				mid += in.sigma * sqrt(-2 * log(u)) *
					       cos(2 * M_PI * prng_unit(&rng)) -
				       in.gamma * n;
			}
			double d = (50 * in.x - got - r.cost) / sqrt(r.variance);
			s1 += d, s2 += d * d, s4 += d * d * d * d;
		}
		CHECK_NEAR(s1 / PATHS, 0, 3 / sqrt(PATHS));
		CHECK_NEAR(s2 / PATHS, 1, 3 * sqrt(2.0 / PATHS));
		CHECK_NEAR(s4 / PATHS, 3, 0.3);
	}
}

/* One update: never worse than static, as good as the same policy by another method and as the
 * reference (a local optimiser: better is possible), and faster after gains. */
TEST(adaptive)
{
	static struct adaptive_work w;
	struct vectors v;
	struct adaptive a;
	struct adaptive_one one;
	struct adaptive_step s;
	struct adaptive_in in = {.mu = 0.235, .lambda = 1, .updates = 1};
	REQUIRE(adaptive_solve(&in, &w, &a));
	CHECK_NEAR(a.objective_static, 0.235 * sqrt(1 / 0.235) / tanh(sqrt(1 / 0.235)), 1e-12);
	CHECK_NEAR(1 - a.objective / a.objective_static, 0.0323, 0.0005);
	REQUIRE(adaptive_one_solve(0.235, 1, &one));
	CHECK_NEAR(a.objective / one.objective, 1, 0.005);
	CHECK(a.objective <= one.objective); /* its kappas are the same within a bucket */
	CHECK_NEAR(a.kappa_first, one.kappa_first, 0.03);
	adaptive_next(&a, &w, 0, 1, 0, a.kappa_first, &s);
	CHECK_INT(s.update, 1);
	for (int b = 2; b < 19; b++) { /* in the middle of each bucket but the outermost */
		double k = adaptive_kappa(&s, (one.edge[b - 1] + one.edge[b]) / 2);
		CHECK_NEAR(k / one.kappa[b], 1, 0.1);
	}
	CHECK(adaptive_kappa(&s, 9) >= adaptive_kappa(&s, 1) &&
	      adaptive_kappa(&s, 0.5) > adaptive_kappa(&s, 0) &&
	      adaptive_kappa(&s, 0) > adaptive_kappa(&s, -0.5));
	in.updates = 3, in.lambda = 2;
	REQUIRE(adaptive_solve(&in, &w, &a));
	adaptive_next(&a, &w, 1, 0.6, 0.1, a.kappa_first, &s);
	CHECK_INT(s.update, 2);
	int top = 0, falls = 0;
	for (int i = 1; i < ADAPTIVE_GAINS; i++) {
		top = s.kappa[i] > s.kappa[top] ? i : top;
		falls += s.kappa[i] < s.kappa[i - 1];
	}
	double most = s.kappa[top];
	CHECK(falls > 0);
	adaptive_keep(&s);
	for (int i = 1; i < ADAPTIVE_GAINS; i++)
		CHECK(s.kappa[i] >= s.kappa[i - 1]);
	CHECK_NEAR(s.kappa[ADAPTIVE_GAINS - 1], most, 0);
	if (!vectors_open(&v, "quant/adaptive_aim.json"))
		return;
	int rows = 0;
	in.updates = 1;
	for (const struct jv *o = jv_first(jv_get(v.root, "rows")); o; o = jv_next(o), rows++) {
		in.mu = jnum_of(o, "mu"), in.lambda = jnum_of(o, "lam");
		REQUIRE(adaptive_solve(&in, &w, &a));
		CHECK(a.objective <= a.objective_static * (1 + 1e-9));
		CHECK(a.objective <= jnum_of(jv_get(o, "adaptive"), "obj") * 1.001);
		CHECK_NEAR(a.objective_static / jnum_of(jv_get(o, "static"), "obj"), 1, 1e-10);
	}
	CHECK_INT(rows, 20);
	vectors_close(&v);
}

TEST(adaptive_refuses)
{
	static struct adaptive_work w;
	struct adaptive a;
	const struct adaptive_in bad[] = {{0, 1, 1},	    {1, NAN, 1},  {1, 1, 0},
					  {1, 1, 5},	    {1e-9, 1, 2}, {1, 1e13, 1},
					  {INFINITY, 1, 1}, {20, 900, 2}};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!adaptive_solve(&bad[i], &w, &a));
}

/* A few updates. The reference is another program's optimum (C, not kept): periods whose ends and
 * curvatures are both free, so more than one kappa can do, bicubic on a grid of sqrt(x). */
TEST(adaptive_few)
{
	static struct adaptive_work w;
	static const struct {
		double mu, lambda;
		uint32_t updates;
		double optimum;
	} ref[] = {{0.235, 1, 1, 0.484789}, {0.235, 1, 2, 0.483608}, {0.235, 2, 2, 0.607630},
		   {0.5, 2, 2, 0.912556},   {0.235, 1, 3, 0.482890}, {0.05, 2, 2, 0.296916},
		   {0.5, 5, 3, 1.098635}};
	struct adaptive a, one;
	int certain = 0;
	for (size_t i = 0; i < sizeof ref / sizeof *ref; i++) {
		struct adaptive_in in = {ref[i].mu, ref[i].lambda, 1};
		REQUIRE(adaptive_solve(&in, &w, &one));
		in.updates = ref[i].updates;
		REQUIRE(adaptive_solve(&in, &w, &a));
		CHECK_NEAR(a.objective / ref[i].optimum, 1, 0.01);
		CHECK(a.objective <= one.objective * 1.0001);
	}
	/* a grid of problems: never worse than without an update, nor than with one by 1 % */
	for (double mu = 1e-3; mu < 1e3; mu *= 7)
		for (double k0 = 0.1; k0 < 100; k0 *= 4) {
			struct adaptive_in in = {mu, k0 * k0 * mu, 1};
			if (!adaptive_solve(&in, &w, &one)) {
				certain++;
				continue;
			}
			in.updates = 2 + (uint32_t)(k0 > 1);
			REQUIRE(adaptive_solve(&in, &w, &a));
			CHECK(a.objective <= a.objective_static * (1 + 1e-9));
			CHECK(a.objective <= one.objective * 1.01);
			CHECK(a.variance >= 0 && a.kappa_first >= 0);
		}
	CHECK(certain > 0 && certain < 25);
}

/* Mean and variance of the cost of the policy as it runs: period by period, each step asked for
 * where the path stands. */
TEST(monte_carlo_of_adaptive)
{
	static struct adaptive_work w;
	enum { PATHS = 10000 };
	struct prng rng;
	prng_seed(&rng, test_seed);
	for (uint32_t u = 1; u <= ADAPTIVE_UPDATES; u++) {
		struct adaptive_in in = {.mu = 0.235, .lambda = 2, .updates = u};
		struct adaptive a;
		double s1 = 0, s2 = 0, s4 = 0, dt = 1.0 / (u + 1);
		REQUIRE(adaptive_solve(&in, &w, &a));
		for (int p = 0; p < PATHS; p++) {
			double x = 1, spent = 0, gain = 0, k = a.kappa_first, v2, x2;
			for (uint32_t j = 0; j <= u; j++) {
				struct adaptive_step s;
				double left = adaptive_piece(k, (u + 1 - j) * dt, dt, &v2, &x2);
				double z = sqrt(-2 * log(1 - prng_unit(&rng))) *
					   cos(2 * M_PI * prng_unit(&rng));
				if (j < u)
					adaptive_next(&a, &w, j, x, spent, k, &s);
				spent += in.mu * x * x * v2;
				gain += x * sqrt(x2) * z;
				x *= left;
				if (j < u)
					k = adaptive_kappa(&s, gain);
			}
			double d = (spent - gain - a.cost) / sqrt(a.variance);
			s1 += d, s2 += d * d, s4 += d * d * d * d;
		}
		double var = s2 / PATHS;
		CHECK_NEAR(s1 / sqrt(PATHS), 0, 3);
		CHECK_NEAR((var - 1) / sqrt((s4 / PATHS - var * var) / PATHS), 0, 3);
	}
}

TEST_MAIN(T(drift_by_slot), T(l_var), T(best_twap), T(capped), T(signal_and_penalty),
	  T(perpetual_with_funding), T(multi_vectors), T(multi_random), T(multi_refusals),
	  T(monte_carlo_of_cost), T(adaptive), T(adaptive_refuses), T(adaptive_few),
	  T(monte_carlo_of_adaptive))
