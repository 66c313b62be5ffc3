/* games.c: predation and resting exits. See games.h.
 *
 * Invariant: an answer is finite or refused. */
#include <math.h>

#include "plan/games.h"
#include "plan/sane.h"
#include "base/banned.h"

/* Integral of e^{rt} over [0, T]. */
static double integral(double r, double t)
{
	return fabs(r * t) < 1e-12 ? t : expm1(r * t) / r;
}

static double mean_change(const struct clv *in)
{
	double m = 0;
	for (uint32_t i = 0; i < in->n; i++)
		m += in->change[i] / in->n;
	return m;
}

/* Rates are a e^{-ct} + b_i e^{gt}. */
static void clv_coef(const struct clv *in, double *g, double *c, double *a)
{
	*g = in->gamma / in->lambda;
	*c = (in->n - 1.0) / (in->n + 1.0) * *g;
	*a = mean_change(in) / integral(-*c, in->horizon);
}

static double clv_b(const struct clv *in, uint32_t i, double g)
{
	return (in->change[i] - mean_change(in)) / integral(g, in->horizon);
}

double clv_rate(const struct clv *in, uint32_t i, double t)
{
	double g, c, a;
	clv_coef(in, &g, &c, &a);
	return a * exp(-c * t) + clv_b(in, i, g) * exp(g * t);
}

bool clv_solve(const struct clv *in, struct clv_out *out)
{
	double g, c, a, t = in->horizon;
	if (in->n < 1 || in->n > CLV_TRADERS || !(in->gamma > 0) || !(in->lambda > 0) || !(t > 0) ||
	    !(in->gamma * t / in->lambda < 600) || in->change[0] == 0 ||
	    !SANE(in->gamma, in->lambda, t) || !sane_all(in->change, in->n))
		return false;
	struct clv_out r = {0};
	double x = in->change[0];
	r.alone = x * x * (in->gamma / 2 + in->lambda / t);
	clv_coef(in, &g, &c, &a);
	for (uint32_t i = 0; i < in->n; i++) {
		double b = clv_b(in, i, g), n = in->n;
		if (in->n == 1) {
			r.cost[i] = r.alone;
			break;
		}
		/* price n a [gamma/c + (lambda - gamma/c) e^{-ct}] times the rate */
		double s = in->gamma / c, flat = a * integral(-c, t) + b * integral(g, t);
		double bent = a * integral(-2 * c, t) + b * integral(g - c, t);
		r.cost[i] = n * a * (s * flat + (in->lambda - s) * bent);
		if (!isfinite(r.cost[i]))
			return false;
	}
	r.markup = r.cost[0] / r.alone - 1;
	*out = r;
	return true;
}

/* w_q' = -(al q^2 - k mu q) w_q + eta w_{q-1}, from the end backwards. */
static void slope(const struct glf *in, const double *w, uint32_t n, double *d)
{
	double al = in->k * in->gamma * in->sigma * in->sigma / 2;
	double eta = in->a * pow(1 + in->gamma / in->k, -(1 + in->k / in->gamma));
	d[0] = 0;
	for (uint32_t q = 1; q <= n; q++)
		d[q] = -(al * q * q - in->k * in->mu * q) * w[q] + eta * w[q - 1];
}

bool glf_quotes(const struct glf *in, double left, uint32_t n, double *quote)
{
	double w[GLF_UNITS + 1], k1[GLF_UNITS + 1], k2[GLF_UNITS + 1], y[GLF_UNITS + 1];
	if (n < 1 || n > GLF_UNITS || !(in->a > 0) || !(in->k > 0) || !(in->gamma > 0) ||
	    !(in->sigma > 0) || !(left >= 0) || !isfinite(in->mu * in->b * left))
		return false;
	double al = in->k * in->gamma * in->sigma * in->sigma / 2;
	double fast = al * n * n + fabs(in->k * in->mu * n) + in->a;
	if (!(fast * left < 2e4))
		return false;
	uint32_t steps = (uint32_t)ceil(fast * left / 0.01) + 1;
	double h = left / steps;
	for (uint32_t q = 0; q <= n; q++)
		w[q] = exp(-in->k * q * in->b);
	for (uint32_t s = 0; s < steps; s++) { /* Runge-Kutta of fourth order */
		double sum[GLF_UNITS + 1];
		slope(in, w, n, k1);
		for (uint32_t q = 0; q <= n; q++)
			sum[q] = k1[q], y[q] = w[q] + h / 2 * k1[q];
		slope(in, y, n, k2);
		for (uint32_t q = 0; q <= n; q++)
			sum[q] += 2 * k2[q], y[q] = w[q] + h / 2 * k2[q];
		slope(in, y, n, k1);
		for (uint32_t q = 0; q <= n; q++)
			sum[q] += 2 * k1[q], y[q] = w[q] + h * k1[q];
		slope(in, y, n, k2);
		for (uint32_t q = 0; q <= n; q++)
			w[q] += h / 6 * (sum[q] + k2[q]);
	}
	for (uint32_t q = 1; q <= n; q++) {
		if (!(w[q] > 0) || !(w[q - 1] > 0) || !isfinite(w[q]))
			return false;
		quote[q - 1] = log(w[q] / w[q - 1]) / in->k + log1p(in->gamma / in->k) / in->gamma;
	}
	return true;
}

bool glf_last(const struct glf *in, double left, double *quote)
{
	if (!(in->a > 0) || !(in->k > 0) || !(in->gamma > 0) || !(in->sigma > 0) || !(left >= 0) ||
	    !isfinite(in->mu * in->b * left))
		return false;
	double c = in->k * in->gamma * in->sigma * in->sigma / 2 - in->k * in->mu;
	double eta = in->a * exp(-(1 + in->k / in->gamma) * log1p(in->gamma / in->k));
	double grown = c != 0 ? -expm1(-c * left) / c : left;
	double w = exp(-in->k * in->b - c * left) + eta * grown;

	if (!(w > 0) || !isfinite(w))
		return false;
	*quote = log(w) / in->k + log1p(in->gamma / in->k) / in->gamma;
	return true;
}
