/* Estimates and re-planning: forecast_vectors.json to 1e-12, priors and ages said, and a schedule
 * that does not chatter. */
#include <math.h>

#include "base/prng.h"
#include "plan/ac.h"
#include "plan/forecast.h"
#include "plan/replan.h"
#include "tests/unit/jnum.h"

static double normal(struct prng *r)
{
	double u = 1 - prng_unit(r);
	return sqrt(-2 * log(u)) * cos(2 * M_PI * prng_unit(r));
}

static void filters(const struct jv *root)
{
	double a[64], b[64], row[4] = {0};
	const struct jv *o = jv_get(root, "ewma");
	struct ewma w;
	uint32_t n = jnums(jv_get(o, "returns"), a, 64);
	jnums(jv_get(o, "forecasts_before_each_return"), b, 64);
	ewma_init(&w, jnum_of(o, "lam"), jnum_of(o, "var0"), 0);
	for (uint32_t i = 0; i < n; i++) {
		CHECK_NEAR(ewma_get(&w).value / b[i], 1, 1e-12);
		ewma_add(&w, a[i], i);
	}
	CHECK_NEAR(ewma_get(&w).value / jnum_of(o, "final"), 1, 1e-12);
	o = jv_get(root, "kalman_kyle_lambda");
	struct kalman k;
	kalman_init(&k, jnum_of(o, "m0"), jnum_of(o, "P0"), jnum_of(o, "Q"), jnum_of(o, "R"), 3);
	n = jnums(jv_get(o, "ofi"), a, 64);
	jnums(jv_get(o, "dmid"), b, 64);
	for (uint32_t i = 0; i < n; i++) {
		kalman_add(&k, a[i], b[i], i);
		CHECK_INT(jnums(jv_at(jv_get(o, "rows"), i), row, 4), 4);
		CHECK_NEAR(k.m, row[0], 1e-12);
		CHECK_NEAR(k.p, row[1], 1e-12);
		CHECK_NEAR(k.innovation, row[2], 1e-12);
		CHECK_NEAR(k.s, row[3], 1e-12);
	}
	CHECK(!kalman_get(&k).prior);
	CHECK_NEAR(kalman_get(&k).sd, sqrt(row[1]), 1e-12);
	o = jv_get(root, "rls_forgetting");
	struct rls r;
	rls_init(&r, jnum_of(o, "lam"), jnum_of(o, "P0"));
	n = jnums(jv_get(o, "y"), a, 64);
	for (uint32_t i = 0; i < n; i++) {
		double x[2], want[2];
		jnums(jv_at(jv_get(o, "X"), i), x, 2);
		jnums(jv_at(jv_get(o, "theta_path"), i), want, 2);
		rls_add(&r, x, a[i]);
		CHECK_NEAR(r.theta[0], want[0], 1e-12);
		CHECK_NEAR(r.theta[1], want[1], 1e-12);
	}
	o = jv_get(root, "hmm2");
	struct hmm2 h = {0};
	jnums(jv_at(jv_get(o, "A"), 0), h.a, 2);
	jnums(jv_at(jv_get(o, "A"), 1), h.a + 2, 2);
	jnums(jv_get(o, "sd"), h.sd, 2);
	jnums(jv_get(o, "pi"), h.prob, 2);
	n = jnums(jv_get(o, "obs"), a, 64);
	for (uint32_t i = 0; i < n; i++) {
		hmm2_add(&h, a[i]);
		jnums(jv_at(jv_get(o, "filtered"), i), row, 2);
		CHECK_NEAR(h.prob[0], row[0], 1e-12);
	}
	CHECK_NEAR(h.loglik / jnum_of(o, "loglik"), 1, 1e-12);
}

TEST(vectors)
{
	struct vectors v;
	double a[64];
	if (!vectors_open(&v, "quant/forecast_vectors.json"))
		return;
	filters(v.root);
	const struct jv *o = jv_get(v.root, "hawkes_exp");
	uint32_t n = jnums(jv_get(o, "times"), a, 64);
	CHECK_NEAR(hawkes_loglik(a, n, jnum_of(o, "T"), jnum_of(o, "mu"), jnum_of(o, "alpha"),
				 jnum_of(o, "beta")),
		   jnum_of(o, "loglik"), 1e-12);
	for (o = jv_first(jv_get(jv_get(v.root, "crps"), "normal")); o; o = jv_next(o))
		CHECK_NEAR(
			score_crps_normal(jnum_of(o, "mu"), jnum_of(o, "sigma"), jnum_of(o, "x")),
			jnum_of(o, "crps"), 1e-12);
	for (o = jv_first(jv_get(v.root, "pinball")); o; o = jv_next(o))
		CHECK_NEAR(score_pinball(jnum_of(o, "q"), jnum_of(o, "y"), jnum_of(o, "f")),
			   jnum_of(o, "loss"), 1e-12);
	vectors_close(&v);
}

TEST(scores)
{
	CHECK_NEAR(score_crps_normal(0, 1, 1.5), 0.9944240039774529, 1e-12);
	CHECK_NEAR(score_qlike(1, 1.2), 0.015654890127287935, 1e-14);
	CHECK_NEAR(score_qlike(2.5, 2), 0.02685644868579029, 1e-14);
}

/* log-HAR finds the coefficients that made the series; EWMA finds a variance; both say their n. */
TEST(volatility)
{
	struct prng rng;
	static double rv[4000];
	struct har h;
	struct ewma w;
	double next, s2 = 0, s5 = 0;
	prng_seed(&rng, test_seed);
	for (int t = 0; t < 20; t++)
		rv[t] = exp(0.3 * normal(&rng));
	for (int t = 20; t < 4000; t++) {
		s2 = s5 = 0;
		for (int j = 1; j <= 20; j++) {
			s5 += rv[t - j];
			s2 += j <= 5 ? rv[t - j] : 0;
		}
		rv[t] = exp(0.02 + 0.4 * log(rv[t - 1]) + 0.3 * log(s2 / 5) + 0.2 * log(s5 / 20) +
			    0.2 * normal(&rng));
	}
	REQUIRE(har_fit(&h, 5, 20, rv, 4000));
	CHECK_NEAR(h.b[0], 0.4, 0.1);
	CHECK_NEAR(h.b[1], 0.3, 0.15);
	CHECK_NEAR(h.b[0] + h.b[1] + h.b[2], 0.9, 0.1);
	CHECK_NEAR(h.smear, exp(0.02), 0.01);
	CHECK_INT(h.n, 3980);
	REQUIRE(har_next(&h, rv, 4000, &next));
	CHECK(next > 0 && next < 10);
	CHECK(!har_next(&h, rv, 19, &next));
	rv[2000] = 0;
	CHECK(!har_fit(&h, 5, 20, rv, 4000)); /* no log of nothing */
	CHECK(!har_fit(&h, 5, 20, rv, 25));
	ewma_init(&w, 0.99, 4, 50);
	for (int i = 0; i < 49; i++)
		ewma_add(&w, 1, 7);
	CHECK(ewma_get(&w).prior && ewma_get(&w).value == 4);
	for (int i = 0; i < 5000; i++)
		ewma_add(&w, 2 * normal(&rng), 1000 + i);
	ewma_add(&w, NAN, 99999);
	struct estimate e = ewma_get(&w);
	CHECK(!e.prior && e.n == 5049 && e.seen_ns == 5999);
	CHECK_NEAR(e.value, 4, 4 * e.sd);
}

TEST(volume_and_flow)
{
	struct volume_curve c;
	curve_init(&c, 960);
	struct estimate e = curve_get(&c, 0, 86400);
	CHECK(e.prior && e.n == 0);
	CHECK_NEAR(e.value, 960, 1e-9);
	for (int day = 0; day < 80; day++) /* twice the volume from noon on */
		for (uint32_t b = 0; b < CURVE_BINS; b++)
			curve_add(&c, b, b < 48 ? 10 : 20, (int64_t)b);
	e = curve_get(&c, 0, 86400);
	CHECK(!e.prior);
	CHECK_NEAR(e.value / 1440, 1, 0.02);
	double am = curve_get(&c, 0, 43200).value, pm = curve_get(&c, 43200, 43200).value;
	CHECK_NEAR(pm / am, 2, 0.05);
	CHECK_NEAR(curve_get(&c, 43200, 86400).value, e.value, 1e-6); /* across midnight */
	CHECK_NEAR(curve_get(&c, 450, 900).value, 10, 0.3);	      /* half of two bins */
	struct touch a = {100, 5, 101, 4}, b = {100, 7, 101, 3}, up = {101, 2, 102, 6};
	CHECK_NEAR(ofi_step(&a, &b), 7 - 5 - 3 + 4, 1e-12);
	CHECK_NEAR(ofi_step(&a, &up), 2 + 4, 1e-12); /* bid up, ask lifted */
	CHECK_NEAR(ofi_step(&up, &a), -2 - 4, 1e-12);
	struct kalman k;
	struct prng rng;
	prng_seed(&rng, test_seed);
	kalman_init(&k, 0, 1, 1e-6, 0.04, 20);
	for (int i = 0; i < 2000; i++) {
		double flow = 5 * normal(&rng);
		kalman_add(&k, flow, 0.13 * flow + 0.2 * normal(&rng), i);
	}
	CHECK_NEAR(kalman_get(&k).value, 0.13, 4 * kalman_get(&k).sd);
	CHECK(kalman_get(&k).sd < 0.01);
}

static struct replan_in a_replan(const double *old, uint32_t n)
{
	return (struct replan_in){
		.now = {.x = 100, .horizon = n, .n = n, .sigma = 1, .eta = 1, .lambda = 0.01},
		.old = old,
		.gain = 0.02,
		.slack = 0.001};
}

TEST(replan_reasons)
{
	enum { N = 60 };
	double old[N + 1], x[N + 1];
	struct replan_in in = a_replan(old, N);
	struct replan_out out;
	struct ac_result r;
	REQUIRE(ac_solve(&in.now, &r, old));
	REQUIRE(replan(&in, &out, x));
	CHECK_INT(out.why, REPLAN_KEEP); /* the same estimate */
	CHECK(!out.changed && !memcmp(x, old, sizeof old));
	in.now.sigma = 1.1;
	REQUIRE(replan(&in, &out, x));
	CHECK_INT(out.why, REPLAN_KEEP); /* flat near the optimum */
	in.now.sigma = 4;
	REQUIRE(replan(&in, &out, x));
	CHECK_INT(out.why, REPLAN_GAINS);
	CHECK(out.objective_new < 0.98 * out.objective_old && x[1] < old[1]);
	in.now.sigma = 1;
	in.now.x = 90;
	REQUIRE(replan(&in, &out, x));
	CHECK_INT(out.why, REPLAN_SIZE);
	CHECK_NEAR(x[0], 90, 0);
	in.now.x = 100;
	in.slice_max = 5;
	REQUIRE(replan(&in, &out, x));
	CHECK_INT(out.why, REPLAN_CAP);
	for (int k = 0; k < N; k++)
		CHECK(x[k] - x[k + 1] <= 5 * (1 + 1e-9) && x[k + 1] <= x[k]);
	in.slice_max = 1;
	REQUIRE(replan(&in, &out, x));
	CHECK_INT(out.why, REPLAN_CANNOT);
	CHECK_NEAR(x[N], 100 - N, 1e-9); /* never faster than the cap; the rest is said */
	in.slice_max = 0;
	in.danger_limit = 0.01, in.danger_old = 0.03, in.urgency_needed = 12;
	REQUIRE(replan(&in, &out, x));
	CHECK_INT(out.why, REPLAN_DANGER);
	CHECK(x[1] < old[1]);
	in.now.lambda = NAN;
	CHECK(!replan(&in, &out, x));
}

/* Changes of a whole exit while the estimates wander by 5 % a step around the truth. */
static uint32_t changes(double gain)
{
	enum { N = 120 };
	struct prng rng;
	double old[N + 1], x[N + 1];
	struct ac_result r;
	struct replan_out out;
	uint32_t changed = 0;
	prng_seed(&rng, test_seed);
	struct replan_in in = a_replan(old, N);
	if (!ac_solve(&in.now, &r, old))
		return 0;
	in.gain = gain;
	for (uint32_t k = 0; k + 2 < N && old[k] > 1e-3; k++) {
		in.now.x = old[k], in.now.n = N - k, in.now.horizon = N - k, in.old = old + k;
		in.now.sigma = exp(0.05 * normal(&rng));
		in.now.eta = exp(0.05 * normal(&rng));
		if (!replan(&in, &out, x))
			return 0;
		changed += out.changed;
		if (out.changed)
			memcpy(old + k, x, (N - k + 1) * sizeof x[0]);
	}
	return changed;
}

TEST(replan_does_not_chatter)
{
	CHECK(changes(0.02) <= 1);
	CHECK(changes(0) > 50); /* without the band it would */
}

TEST_MAIN(T(vectors), T(scores), T(volatility), T(volume_and_flow), T(replan_reasons),
	  T(replan_does_not_chatter))
