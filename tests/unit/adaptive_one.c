/* adaptive_one.c: the single update by another method. See adaptive_one.h.
 *
 * Method: Var C = min over m of E(C - m)^2, so all unknowns are minimised together: given m and the
 * first half, each bucket has one unknown, its kappa; m and the first kappa are searched around it.
 * Ladders first: the objective has several valleys. Continuous formulas.
 *
 * Invariants: (1) never worse than the static optimum, which is one of its points. */
#include <math.h>

#include "tests/unit/adaptive_one.h"

static const double GOLDEN = 0.6180339887498949;
static const double LOG_K_MAX = 8; /* kappa T about 3000: all at once */
enum { RUNGS_K = 24, NARROW = 22, RUNGS_M = 48, RUNGS_0 = 16, NARROW_0 = 16 };

/* Integrals of v^2 and x^2 when 1 is sold over T by sinh(k(T-t)/..); k per time. */
static void halves(double k, double t, double *v2, double *x2)
{
	double a = k * t;
	if (a < 1e-4) {
		*v2 = 1 / t;
		*x2 = t / 3;
		return;
	}
	double e = exp(-2 * a), q = 1 - e, coth = (1 + e) / q, s2 = 4 * e / (q * q);
	*v2 = (k * coth + k * a * s2) / 2;
	*x2 = (coth / k - t * s2) / 2;
}

/* First half of the unit schedule with kappa k over [0, 1/2]; what is left at 1/2. */
static double first_half(double k, double *v2, double *x2)
{
	double all_v, all_x, rest_v, rest_x, left;
	halves(k, 1, &all_v, &all_x);
	halves(k, 0.5, &rest_v, &rest_x);
	left = k < 1e-4 ? 0.5 : exp(-k / 2) * (1 - exp(-k)) / (1 - exp(-2 * k));
	*v2 = all_v - left * left * rest_v;
	*x2 = all_x - left * left * rest_x;
	return left;
}

static double normal_pdf(double z)
{
	return exp(-z * z / 2) / sqrt(2 * M_PI);
}

static double normal_quantile(double p)
{
	double lo = -10, hi = 10;
	for (int i = 0; i < 80; i++) {
		double z = (lo + hi) / 2;
		if (erfc(-z * M_SQRT1_2) / 2 < p)
			lo = z;
		else
			hi = z;
	}
	return lo;
}

struct half {
	double mu, lambda, left, e0, v0;
	double mean[ONE_BUCKETS]; /* of the gain in a bucket, in its deviations */
};

/* E[C + lambda (C - m)^2] of a bucket, without the spread of the gain inside it. */
static double bucket_at(const struct half *h, double mean, double m, double k, double *cost,
			double *var)
{
	double v2, x2;
	halves(k, 0.5, &v2, &x2);
	*var = h->left * h->left * x2;
	*cost = h->e0 + h->mu * h->left * h->left * v2 - mean * sqrt(h->v0);
	return *cost + h->lambda * (*var + (*cost - m) * (*cost - m));
}

/* The least of f on [lo, hi]: a ladder, as there may be two minima, then golden section around its
 * best rung. */
struct search {
	double (*f)(void *, double);
	void *ctx;
	int rungs, narrow;
};

static double least(const struct search *s, double lo, double hi, double *at)
{
	double best = INFINITY, step = (hi - lo) / s->rungs, x0 = lo;
	for (int i = 0; i <= s->rungs; i++) {
		double v = s->f(s->ctx, lo + step * i);
		if (v < best)
			best = v, x0 = lo + step * i;
	}
	double l = fmax(lo, x0 - step), h = fmin(hi, x0 + step);
	double a = h - GOLDEN * (h - l), b = l + GOLDEN * (h - l);
	double fa = s->f(s->ctx, a), fb = s->f(s->ctx, b);
	for (int i = 0; i < s->narrow; i++) {
		if (fa < fb) {
			h = b, b = a, fb = fa;
			a = h - GOLDEN * (h - l);
			fa = s->f(s->ctx, a);
		} else {
			l = a, a = b, fa = fb;
			b = l + GOLDEN * (h - l);
			fb = s->f(s->ctx, b);
		}
	}
	*at = (l + h) / 2;
	return s->f(s->ctx, *at);
}

struct bucket {
	const struct half *h;
	double mean, m, cost, var;
};

/* By log(1 + kappa): after large gains the best one can be hundreds. */
static double of_kappa(void *ctx, double log_k)
{
	struct bucket *b = ctx;
	return bucket_at(b->h, b->mean, b->m, expm1(log_k), &b->cost, &b->var);
}

struct whole {
	struct half h;
	struct adaptive_one *out;
};

/* Given m: every bucket at its best. */
static double of_target(void *ctx, double m)
{
	struct whole *w = ctx;
	double sum = 0, sum2 = 0, within = 0, spread = 0;
	for (int i = 0; i < ONE_BUCKETS; i++) {
		struct bucket b = {.h = &w->h, .mean = w->h.mean[i], .m = m};
		struct search s = {of_kappa, &b, RUNGS_K, NARROW};
		least(&s, 0, LOG_K_MAX, &w->out->kappa[i]);
		w->out->kappa[i] = expm1(w->out->kappa[i]);
		sum += b.cost / ONE_BUCKETS;
		sum2 += b.cost * b.cost / ONE_BUCKETS;
		within += b.var / ONE_BUCKETS;
		spread += b.mean * b.mean / ONE_BUCKETS;
	}
	w->out->cost = sum;
	w->out->variance = sum2 - sum * sum + within + w->h.v0 * (1 - spread);
	return w->out->objective = sum + w->h.lambda * w->out->variance;
}

static double of_first(void *ctx, double k0)
{
	struct whole *w = ctx;
	double v2, x2, m;
	w->h.left = first_half(k0, &v2, &x2);
	w->h.e0 = w->h.mu * v2;
	w->h.v0 = x2;
	w->out->kappa_first = k0;
	struct search s = {of_target, w, RUNGS_M, NARROW};
	double lo = w->h.e0, hi = lo + 2 * sqrt(w->h.lambda * w->h.mu) + 4 * w->h.mu;
	return least(&s, lo, hi, &m);
}

bool adaptive_one_solve(double mu, double lambda, struct adaptive_one *out)
{
	struct adaptive_one r = {0};
	struct whole w = {.h = {.mu = mu, .lambda = lambda}, .out = &r};
	double z[ONE_BUCKETS + 1], v2, x2, k0;
	if (!(mu >= 1e-12 && mu <= 1e12) || !(lambda >= 1e-12 && lambda <= 1e12))
		return false;
	z[0] = -INFINITY, z[ONE_BUCKETS] = INFINITY;
	for (int i = 1; i < ONE_BUCKETS; i++)
		z[i] = normal_quantile((double)i / ONE_BUCKETS);
	for (int i = 0; i < ONE_BUCKETS; i++)
		w.h.mean[i] = (normal_pdf(z[i]) - normal_pdf(z[i + 1])) * ONE_BUCKETS;
	double k = sqrt(lambda / mu);
	struct search first = {of_first, &w, RUNGS_0, NARROW_0};
	least(&first, 0, 2 * k + 1, &k0);
	halves(k, 1, &v2, &x2);
	r.objective_static = mu * v2 + lambda * x2;
	for (int i = 1; i < ONE_BUCKETS; i++)
		r.edge[i - 1] = z[i] * sqrt(w.h.v0);
	*out = r;
	return true;
}
