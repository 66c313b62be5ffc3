/* multi.c: several legs at once.
 *
 * H~ = L L', A = lambda L^-1 C L^-T = U diag(k^2) U'; z = U'L'x, each z falls by a sinh with its
 * exact discrete kappa. Invariants: (1) x_0 is the input, x_n is 0; (2) a singular covariance is
 * refused by the leg that depends on the others. */
#include <math.h>

#include "base/check.h"
#include "plan/ac.h"
#include "plan/lin.h"
#include "plan/multi.h"
#include "plan/sane.h"
#include "base/banned.h"

enum { LL = MULTI_LEGS * MULTI_LEGS };
static const double SINGULAR = 1e-10;

static bool symmetric(const double *a, uint32_t m, const char *name, struct err *e)
{
	for (uint32_t i = 0; i < m; i++)
		for (uint32_t j = 0; j <= i; j++) {
			double d = fabs(a[i * m + j] - a[j * m + i]);
			double s = fabs(a[i * m + j]) + fabs(a[j * m + i]);
			if (!isfinite(d) || d > 1e-9 * s)
				return err_set(e, ERR_RULE,
					       "%s[%u][%u] and [%u][%u] differ: it must be "
					       "symmetric and finite",
					       name, i, j, j, i);
		}
	return true;
}

static bool multi_ok(const struct multi *in, struct err *e)
{
	uint32_t m = in->legs, bad;
	double c[LL];
	if (m < 1 || m > MULTI_LEGS)
		return err_set(e, ERR_LIMIT, "legs are 1 to %d, not %u", MULTI_LEGS, m);
	if (in->n < 1 || in->n > MULTI_SLOTS)
		return err_set(e, ERR_LIMIT, "slots are 1 to %d, not %u", MULTI_SLOTS, in->n);
	if (!(in->horizon > 0) || !(in->lambda >= 0) || !isfinite(in->horizon * in->lambda))
		return err_set(e, ERR_RULE, "horizon %g and lambda %g must be positive numbers",
			       in->horizon, in->lambda);
	for (uint32_t i = 0; i < m; i++)
		if (!SANE(in->x[i], in->epsilon[i]))
			return err_set(e, ERR_RULE, "leg %u: size %g and spread %g must be numbers",
				       i, in->x[i], in->epsilon[i]);
	if (!symmetric(in->c, m, "covariance", e) || !symmetric(in->h, m, "impact", e) ||
	    !symmetric(in->gamma, m, "permanent impact", e))
		return false;
	for (uint32_t i = 0; i < m; i++)
		if (!(in->c[i * m + i] > 0))
			return err_set(e, ERR_RULE,
				       "covariance[%u][%u]: a variance of %g; it must "
				       "be > 0",
				       i, i, in->c[i * m + i]);
	for (uint32_t i = 0; i < m * m; i++)
		c[i] = in->c[i];
	if (!lin_cholesky(c, m, SINGULAR, &bad))
		return err_set(e, ERR_RULE,
			       "covariance is singular: leg %u is a combination of those before "
			       "it; merge them",
			       bad);
	return true;
}

void multi_evaluate(const struct multi *in, const double *x, double *cost, double *variance)
{
	uint32_t m = in->legs;
	double tau = in->horizon / in->n, e = 0, v = 0;
	for (uint32_t i = 0; i < m; i++)
		for (uint32_t j = 0; j < m; j++)
			e += x[i] * in->gamma[i * m + j] * x[j] / 2;
	for (uint32_t k = 1; k <= in->n; k++) {
		const double *b = x + (k - 1) * m, *a = x + k * m;
		for (uint32_t i = 0; i < m; i++) {
			double hn = 0, cx = 0;
			for (uint32_t j = 0; j < m; j++) {
				double h = in->h[i * m + j] - tau / 2 * in->gamma[i * m + j];
				hn += h * (b[j] - a[j]);
				cx += in->c[i * m + j] * a[j];
			}
			e += in->epsilon[i] * fabs(b[i] - a[i]) + (b[i] - a[i]) * hn / tau;
			v += tau * a[i] * cx;
		}
	}
	*cost = e;
	*variance = v;
}

/* A = lambda L^-1 C L^-T */
static void reduced(const struct multi *in, const double *l, double *a)
{
	uint32_t m = in->legs;
	double col[MULTI_LEGS], t[LL];
	for (uint32_t j = 0; j < m; j++) { /* columns of L^-1 C */
		for (uint32_t i = 0; i < m; i++)
			col[i] = in->lambda * in->c[i * m + j];
		lin_lower(l, m, col);
		for (uint32_t i = 0; i < m; i++)
			t[i * m + j] = col[i];
	}
	for (uint32_t i = 0; i < m; i++) { /* rows times L^-T */
		for (uint32_t j = 0; j < m; j++)
			col[j] = t[i * m + j];
		lin_lower(l, m, col);
		for (uint32_t j = 0; j < m; j++)
			a[i * m + j] = col[j];
	}
	for (uint32_t i = 0; i < m; i++)
		for (uint32_t j = 0; j < i; j++)
			a[i * m + j] = a[j * m + i] = (a[i * m + j] + a[j * m + i]) / 2;
}

static void holdings(const struct multi *in, const double *l, const double *u, const double *kt,
		     double *x)
{
	uint32_t m = in->legs;
	double z[MULTI_LEGS];
	for (uint32_t i = 0; i < m; i++) { /* z = U' L' x */
		z[i] = 0;
		for (uint32_t j = 0; j < m; j++) {
			double lx = 0;
			for (uint32_t k = j; k < m; k++)
				lx += l[k * m + j] * in->x[k];
			z[i] += u[j * m + i] * lx;
		}
	}
	for (uint32_t s = 0; s <= in->n; s++) {
		double *out = x + s * m, w[MULTI_LEGS];
		for (uint32_t i = 0; i < m; i++)
			w[i] = z[i] * ac_left(kt[i], in->n, s);
		for (uint32_t j = 0; j < m; j++) {
			out[j] = 0;
			for (uint32_t i = 0; i < m; i++)
				out[j] += u[j * m + i] * w[i];
		}
		lin_lower_t(l, m, out);
	}
	for (uint32_t i = 0; i < m; i++)
		x[i] = in->x[i];
}

bool multi_solve(const struct multi *in, struct multi_out *out, struct err *e)
{
	uint32_t m = in->legs, bad;
	double l[LL], a[LL], u[LL], w[MULTI_LEGS], kt[MULTI_LEGS];
	if (!multi_ok(in, e))
		return false;
	double tau = in->horizon / in->n;
	for (uint32_t i = 0; i < m * m; i++)
		l[i] = in->h[i] - tau / 2 * in->gamma[i];
	if (!lin_cholesky(l, m, 1e-12, &bad))
		return err_set(e, ERR_RULE,
			       "temporary impact less half the permanent of a slot is not positive "
			       "definite at leg %u: take shorter slots",
			       bad);
	reduced(in, l, a);
	lin_eigen(a, m, w, u);
	for (uint32_t i = 0; i < m; i++) {
		kt[i] = 2 * asinh(sqrt(fmax(w[i], 0)) * tau / 2);
		out->kappa[i] = kt[i] / tau;
	}
	holdings(in, l, u, kt, out->x);
	multi_evaluate(in, out->x, &out->cost, &out->variance);
	out->overshoot = false;
	for (uint32_t s = 1; s <= in->n; s++)
		for (uint32_t i = 0; i < m; i++) {
			double b = out->x[(s - 1) * m + i], x = out->x[s * m + i];
			double tiny = 1e-9 * fabs(in->x[i]);
			if (fabs(x) > fabs(b) + tiny || x * in->x[i] < -tiny * fabs(in->x[i]))
				out->overshoot = true;
		}
	return true;
}
