/* ac.c: the closed forms of Almgren and Chriss.
 *
 * Invariants: (1) kappa comes from the exact discrete equation 2(cosh(kappa tau)-1) =
 * (kappa~ tau)^2, never from the continuous one; (2) no sinh of a large number is formed: ratios
 * are written in falling exponentials; (3) near kappa = 0 the sums are used, where the closed forms
 * cancel. */
#include <math.h>

#include "base/check.h"
#include "plan/ac.h"
#include "plan/sane.h"
#include "base/banned.h"

static const double KT_SMALL = 0.1; /* kappa*T below which closed forms lose digits */

double ac_left(double kt, uint32_t n, uint32_t j)
{
	if (j >= n)
		return 0;
	if (j == 0)
		return 1;
	if (kt * n < 1e-8)
		return (double)(n - j) / n;
	return exp(-kt * j) * expm1(-2 * kt * (n - j)) / expm1(-2 * kt * n);
}

static double left_imaginary(double kt, uint32_t n, uint32_t j)
{
	return sin(kt * (n - j)) / sin(kt * n);
}

static bool ac_kappa(const struct ac *in, struct ac_result *out, double *eta_t)
{
	if (in->n == 0 || !(in->x > 0) || !(in->horizon > 0) || !(in->sigma >= 0) ||
	    !SANE(in->x, in->horizon, in->sigma, in->eta, in->gamma, in->epsilon, in->alpha) ||
	    !(fabs(in->lambda) <= 1e30))
		return false;
	double tau = in->horizon / in->n;
	*eta_t = in->eta - in->gamma * tau / 2;
	if (!(*eta_t > 0))
		return false;
	double k2 = in->lambda * in->sigma * in->sigma / *eta_t;
	out->imaginary = k2 < 0;
	double h = sqrt(fabs(k2)) * tau / 2;
	if (out->imaginary) {
		if (h > 1)
			return false;
		out->kappa = 2 * asin(h) / tau;
		return out->kappa * in->horizon < M_PI;
	}
	out->kappa = 2 * asinh(h) / tau;
	return isfinite(out->kappa);
}

void ac_evaluate(const struct ac *in, const double *x, double *cost, double *variance)
{
	double tau = in->horizon / in->n, eta_t = in->eta - in->gamma * tau / 2;
	double n2 = 0, n1 = 0, x2 = 0, x1 = 0;
	for (uint32_t k = 1; k <= in->n; k++) {
		double nk = x[k - 1] - x[k];
		n1 += fabs(nk);
		n2 += nk * nk;
		x1 += x[k];
		x2 += x[k] * x[k];
	}
	*cost = in->gamma * in->x * in->x / 2 + in->epsilon * n1 + eta_t / tau * n2 -
		in->alpha * tau * x1;
	*variance = in->sigma * in->sigma * tau * x2;
}

bool ac_solve(const struct ac *in, struct ac_result *out, double *x)
{
	struct ac_result r;
	double eta_t;
	if (!ac_kappa(in, &r, &eta_t))
		return false;
	double tau = in->horizon / in->n, kt = r.kappa * tau, xbar = 0;
	if (in->alpha != 0) {
		double den = 2 * in->lambda * in->sigma * in->sigma;
		if (!(den > 0))
			return false;
		xbar = in->alpha / den;
	}
	for (uint32_t j = 0; j <= in->n; j++) {
		double l = r.imaginary ? left_imaginary(kt, in->n, j) : ac_left(kt, in->n, j);
		double back = r.imaginary ? left_imaginary(kt, in->n, in->n - j)
					  : ac_left(kt, in->n, in->n - j);
		x[j] = in->x * l + (1 - l - back) * xbar;
	}
	x[0] = in->x;
	x[in->n] = 0;
	ac_evaluate(in, x, &r.cost, &r.variance);
	*out = r;
	return true;
}

static void sums(const struct ac *in, double kt, struct ac_result *r)
{
	double tau = in->horizon / in->n, eta_t = in->eta - in->gamma * tau / 2;
	double n2 = 0, x2 = 0, before = 1;
	for (uint32_t k = 1; k <= in->n; k++) {
		double l = r->imaginary ? left_imaginary(kt, in->n, k) : ac_left(kt, in->n, k);
		n2 += (before - l) * (before - l);
		x2 += l * l;
		before = l;
	}
	double xx = in->x * in->x;
	r->cost = in->gamma * xx / 2 + in->epsilon * in->x + eta_t / tau * xx * n2;
	r->variance = in->sigma * in->sigma * tau * xx * x2;
}

bool ac_closed(const struct ac *in, struct ac_result *out)
{
	struct ac_result r;
	double eta_t;
	if (!ac_kappa(in, &r, &eta_t))
		return false;
	double t = in->horizon, tau = t / in->n, a = r.kappa * tau, b = r.kappa * t;
	double xx = in->x * in->x;
	if (b < 1e-6 && !r.imaginary) { /* a straight line */
		double n = in->n;
		r.cost = in->gamma * xx / 2 + in->epsilon * in->x + eta_t * xx / t;
		r.variance = in->sigma * in->sigma * xx * t * (1 - 1 / n) * (1 - 1 / (2 * n)) / 3;
	} else if (b < KT_SMALL || r.imaginary) {
		sums(in, a, &r);
	} else {
		double ea = expm1(-2 * a), eb = expm1(-2 * b);
		double coth_b = -(2 + eb) / eb;
		/* sinh(a)/sinh(b)^2, 1/sinh(b)^2, cosh(b-a)/(sinh(a) sinh(b)) */
		double s_ab = -2 * exp(a - 2 * b) * ea / (eb * eb);
		double s_bb = 4 * exp(-2 * b) / (eb * eb);
		double c_ab = 2 * exp(-2 * a) * (1 + exp(-2 * (b - a))) / (ea * eb);
		r.cost = in->gamma * xx / 2 + in->epsilon * in->x +
			 eta_t * xx * tanh(a / 2) * (tau * coth_b + t * s_ab) / (tau * tau);
		r.variance = in->sigma * in->sigma * xx / 2 * (tau * c_ab - t * s_bb);
	}
	*out = r;
	return true;
}

double ac_lambda(const struct ac *in, double k)
{
	double tau = in->horizon / in->n, eta_t = in->eta - in->gamma * tau / 2;
	if (!(in->sigma > 0))
		return 0;
	return eta_t * (k / in->sigma) * (k / in->sigma);
}
