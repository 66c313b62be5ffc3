/* kernel.c: optimal trades under transient impact: minimise 1/2 n'Gn + lambda sigma^2 dt sum x_i^2
 * with 1'n = x, so n = x M^-1 1 / (1'M^-1 1), M = G + 2 lambda sigma^2 dt min(i, j); Cholesky and
 * one step of refinement.
 *
 * Invariants: (1) the trades add up to x; (2) a kernel that admits arbitrage is refused, never
 * solved. */
#include <math.h>

#include "base/check.h"
#include "plan/kernel.h"
#include "plan/sane.h"
#include "plan/lin.h"
#include "base/banned.h"

static const double POWER_LEAST = 0.4150374992788438; /* 2 - log2 3 */

double kernel_at(const struct kernel *k, double t)
{
	double g = k->permanent;
	for (uint32_t i = 0; i < k->n_exp; i++)
		g += k->weight[i] * exp(-k->rate[i] * t);
	if (k->power_weight > 0)
		g += k->power_weight * pow(1 + k->power_rate * t, -k->power);
	return g;
}

static bool shape_ok(const struct kernel *k, struct err *e)
{
	/* Where a weight is negative the sum decides: falling and convex, on a grid in log time. */
	double fast = 0, slow = INFINITY;
	for (uint32_t i = 0; i < k->n_exp; i++) {
		fast = fmax(fast, k->rate[i]);
		slow = fmin(slow, k->rate[i]);
	}
	if (k->n_exp == 0)
		return true;
	for (int j = 0; j <= 400; j++) {
		double t = j == 0 ? 0 : 1e-3 / fast * pow(2e4 * fast / slow, j / 400.0);
		double d1 = 0, d2 = 0, s = 0;
		for (uint32_t i = 0; i < k->n_exp; i++) {
			double ex = k->weight[i] * exp(-k->rate[i] * t);
			d1 -= k->rate[i] * ex;
			d2 += k->rate[i] * k->rate[i] * ex;
			s += fabs(ex);
		}
		if (d1 > 1e-12 * s * fast)
			return err_set(e, ERR_RULE,
				       "the kernel rises at t = %g: a round trip would earn money; "
				       "weights must make it fall",
				       t);
		if (d2 < -1e-12 * s * fast * fast)
			return err_set(e, ERR_RULE,
				       "the kernel is not convex at t = %g: it admits "
				       "transaction-triggered manipulation",
				       t);
	}
	return true;
}

static bool numbers_ok(const struct kernel *k, struct err *e)
{
	if (k->n_exp > KERNEL_TERMS)
		return err_set(e, ERR_LIMIT, "at most %d exponentials, not %u", KERNEL_TERMS,
			       k->n_exp);
	for (uint32_t i = 0; i < k->n_exp; i++) {
		if (!(k->rate[i] > 0) || !isfinite(k->rate[i]))
			return err_set(e, ERR_RULE, "rate[%u] is %g; a decay rate must be > 0", i,
				       k->rate[i]);
		if (!isfinite(k->weight[i]))
			return err_set(e, ERR_RULE, "weight[%u] is not a number", i);
	}
	if (!(k->permanent >= 0) || !isfinite(k->permanent))
		return err_set(e, ERR_RULE, "permanent impact is %g; it must be >= 0",
			       k->permanent);
	if (!(k->power_weight >= 0))
		return err_set(e, ERR_RULE, "the power law's weight is %g; it must be >= 0",
			       k->power_weight);
	if (k->power_weight > 0 && (!(k->power_rate > 0) || !(k->power > 0)))
		return err_set(e, ERR_RULE, "power law (1 + %g t)^-%g: rate and power must be > 0",
			       k->power_rate, k->power);
	return true;
}

bool kernel_check(const struct kernel *k, struct err *e)
{
	double d = k->delta == 0 ? 1 : k->delta;
	if (!numbers_ok(k, e))
		return false;
	if (!(kernel_at(k, 0) > 0))
		return err_set(e, ERR_RULE,
			       "the kernel is %g at 0: depth must be positive and "
			       "finite",
			       kernel_at(k, 0));
	if (!(d > 0))
		return err_set(e, ERR_RULE, "impact exponent %g must be > 0", d);
	if (d != 1 && k->n_exp > 0)
		return err_set(e, ERR_RULE,
			       "impact v^%g with exponential decay admits a round trip that earns "
			       "money: exponential kernels need delta 1",
			       d);
	if (d != 1 && k->permanent > 0)
		return err_set(e, ERR_RULE, "permanent impact must be linear, not v^%g", d);
	if (d != 1 && (d + k->power < 1 || k->power < POWER_LEAST))
		return err_set(e, ERR_RULE,
			       "impact v^%g with decay t^-%g admits arbitrage: delta + power >= 1 "
			       "and power >= %.3f",
			       d, k->power, POWER_LEAST);
	return shape_ok(k, e);
}

double kernel_cost(const struct kernel_problem *p, const double *n)
{
	double dt = p->horizon / (p->n - 1), sum = 0, g0 = kernel_at(&p->kernel, 0);
	for (uint32_t d = 0; d < p->n; d++) {
		double g = d ? kernel_at(&p->kernel, dt * d) : g0 / 2;
		for (uint32_t i = 0; i + d < p->n; i++)
			sum += n[i] * n[i + d] * g;
	}
	return sum;
}

static double held_variance(const struct kernel_problem *p, const double *n)
{
	double left = p->x, v = 0, dt = p->horizon / (p->n - 1);
	for (uint32_t i = 0; i + 1 < p->n; i++) {
		left -= n[i];
		v += left * left * dt;
	}
	return p->sigma * p->sigma * v;
}

static double entry(const struct kernel_work *w, double risk, uint32_t i, uint32_t j)
{
	return w->g[i > j ? i - j : j - i] + risk * (i < j ? i : j);
}

static bool problem_ok(const struct kernel_problem *p, struct err *e)
{
	if (!(p->x > 0) || !sane(p->x))
		return err_set(e, ERR_RULE, "size is %g; it must be > 0", p->x);
	if (!(p->horizon > 0) || !sane(p->horizon))
		return err_set(e, ERR_RULE, "horizon is %g; it must be > 0", p->horizon);
	if (p->n < 2 || p->n > KERNEL_TRADES)
		return err_set(e, ERR_LIMIT, "trades are 2 to %d, not %u", KERNEL_TRADES, p->n);
	if (!(p->lambda >= 0) || !(p->sigma >= 0) || !isfinite(p->lambda * p->sigma))
		return err_set(e, ERR_RULE, "lambda %g and sigma %g must not be negative",
			       p->lambda, p->sigma);
	if (!kernel_check(&p->kernel, e))
		return false;
	if (p->kernel.delta != 0 && p->kernel.delta != 1)
		return err_set(e, ERR_RULE, "only linear impact (delta 1) is solved, not v^%g",
			       p->kernel.delta);
	return true;
}

bool kernel_solve(const struct kernel_problem *p, struct kernel_work *w, struct kernel_out *out,
		  struct err *e)
{
	uint32_t n = p->n, bad;
	if (!problem_ok(p, e))
		return false;
	double dt = p->horizon / (n - 1), risk = 2 * p->lambda * p->sigma * p->sigma * dt;
	for (uint32_t i = 0; i < n; i++)
		w->g[i] = kernel_at(&p->kernel, dt * i);
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = 0; j <= i; j++)
			w->m[i * n + j] = entry(w, risk, i, j);
	if (!lin_cholesky(w->m, n, 1e-14, &bad))
		return err_set(
			e, ERR_RULE,
			"the kernel's matrix is not positive definite at trade %u: a round "
			"trip would cost nothing or earn; take fewer trades or another kernel",
			bad);
	double all = 0;
	for (uint32_t i = 0; i < n; i++)
		w->y[i] = 1;
	lin_lower(w->m, n, w->y);
	lin_lower_t(w->m, n, w->y);
	for (uint32_t i = 0; i < n; i++) { /* refinement: the residual of M y = 1 */
		long double r = 1;
		for (uint32_t j = 0; j < n; j++)
			r -= (long double)entry(w, risk, i, j) * w->y[j];
		w->r[i] = (double)r;
	}
	lin_lower(w->m, n, w->r);
	lin_lower_t(w->m, n, w->r);
	for (uint32_t i = 0; i < n; i++)
		all += w->y[i] += w->r[i];
	out->sells_back = false;
	for (uint32_t i = 0; i < n; i++) {
		out->trades[i] = p->x * w->y[i] / all;
		out->sells_back |= out->trades[i] < -1e-12 * p->x;
		w->r[i] = p->x / n;
	}
	out->cost = kernel_cost(p, out->trades);
	out->variance = held_variance(p, out->trades);
	out->twap = kernel_cost(p, w->r);
	out->saving = 1 - out->cost / out->twap;
	return true;
}

void kernel_ow(double x, double horizon, uint32_t n, double rho, double k, double *end,
	       double *inner, double *cost)
{
	double one = -expm1(-rho * horizon / (n - 1)); /* 1 - a */
	double den = (n - 2) * one + 2;
	*end = x / den;
	*inner = one * *end;
	*cost = k * x * x * (2 - one) / (2 * den);
}

double kernel_ow_cost(double u)
{
	return 1 / (u + 2);
}

double kernel_ow_twap(double u)
{
	if (u < 1e-3)
		return 0.5 - u / 6 + u * u / 24;
	return (u + expm1(-u)) / (u * u);
}

double kernel_power_cost(double g)
{
	double b = exp(2 * lgamma((1 + g) / 2) - lgamma(1 + g));
	b = M_PI / (2 * cos(M_PI * g / 2) * b);
	return b;
}

double kernel_power_twap(double g)
{
	return 1 / ((1 - g) * (2 - g));
}

double kernel_round_trip(double delta, double rho, double v1, double v2, double horizon)
{
	double a = horizon * v2 / (v1 + v2), b = horizon - a;
	double ea = -expm1(-rho * a), eb = -expm1(-rho * b);
	double f1 = pow(v1, delta), f2 = pow(v2, delta);
	return v1 * f1 * (a - ea / rho) / rho + v2 * f2 * (b - eb / rho) / rho -
	       v2 * f1 * ea * eb / (rho * rho);
}
