/* ac_more.c: what surrounds the closed form of ac.c: a drift that changes by slot, a participation
 * cap, value at risk, a decaying signal, perpetuals with funding. Formulas: ac.h.
 *
 * Invariants: (1) holdings[0] = x, holdings[n] = 0; (2) out-parameters are written on success only;
 * (3) no sinh of a large number. */
#include <math.h>

#include "base/check.h"
#include "plan/ac.h"
#include "plan/sane.h"
#include "base/banned.h"

/* (a + 2) x_k - x_{k-1} - x_{k+1} = r_k, a = lambda sigma^2 tau^2 / eta~. */
bool ac_drift(const struct ac *in, const double *alpha, struct ac_result *out, double *x)
{
	if (in->n < 1 || in->n > AC_SLOTS || !(in->x > 0) || !(in->horizon > 0) ||
	    !(in->lambda >= 0) || !(in->sigma >= 0) || !(in->lambda <= 1e30) ||
	    !SANE(in->x, in->horizon, in->sigma, in->eta, in->gamma, in->epsilon))
		return false;
	double tau = in->horizon / in->n, eta_t = in->eta - in->gamma * tau / 2;
	if (!(eta_t > 0))
		return false;
	double a = in->lambda * in->sigma * in->sigma * tau * tau / eta_t;
	double up[AC_SLOTS + 1], r[AC_SLOTS + 1], gain = 0;
	up[0] = 0, r[0] = in->x;
	for (uint32_t k = 1; k < in->n; k++) {
		double piv = 2 + a - up[k - 1];
		if (!sane(alpha[k]))
			return false;
		up[k] = 1 / piv;
		r[k] = (r[k - 1] + alpha[k] * tau * tau / (2 * eta_t)) / piv;
		if (!isfinite(r[k]))
			return false;
	}
	x[in->n] = 0;
	for (uint32_t k = in->n; k-- > 1;)
		x[k] = r[k] + up[k] * x[k + 1];
	x[0] = in->x;
	struct ac plain = *in;
	struct ac_result res = {0};
	plain.alpha = 0;
	ac_evaluate(&plain, x, &res.cost, &res.variance);
	for (uint32_t k = 1; k < in->n; k++)
		gain += alpha[k] * tau * x[k];
	res.cost -= gain;
	res.kappa = 2 * asinh(sqrt(a) / 2) / tau;
	*out = res;
	return true;
}

bool ac_capped(const struct ac *in, double slice_max, struct ac_result *out, double *x)
{
	struct ac_result r;
	struct ac rest = *in;
	rest.alpha = 0;
	if (in->n < 1 || !sane(in->alpha) || !(slice_max > 0) ||
	    slice_max * in->n < in->x * (1 - 1e-12) || in->lambda < 0 || !ac_closed(&rest, &r))
		return false;
	double tau = in->horizon / in->n, kt = r.kappa * tau, left = in->x;
	uint32_t m = 0; /* slices at the cap; kappa is that of the slot, whatever is left */
	while (m < in->n && left * (1 - ac_left(kt, in->n - m, 1)) > slice_max * (1 + 1e-12)) {
		x[m++] = left;
		left = fmax(left - slice_max, 0);
	}
	rest.x = left;
	rest.n = in->n - m;
	rest.horizon = tau * rest.n;
	if (rest.n == 0 || !(left > in->x * 1e-15)) {
		for (uint32_t k = m; k <= in->n; k++)
			x[k] = 0;
	} else if (!ac_solve(&rest, &r, x + m)) {
		return false;
	}
	x[0] = in->x;
	r.kappa = 0;
	r.imaginary = false;
	ac_evaluate(in, x, &r.cost, &r.variance);
	*out = r;
	return true;
}

static double var_at(struct ac *a, double z, double log_lambda, struct ac_result *r)
{
	a->lambda = exp(log_lambda);
	return ac_closed(a, r) ? r->cost + z * sqrt(r->variance) : INFINITY;
}

/* Golden section in log lambda: one minimum, as cost and deviation are monotone and convex. */
bool ac_lvar(const struct ac *in, double z, double *lambda, double *lvar, struct ac_result *out)
{
	const double g = 0.6180339887498949;
	struct ac a = *in;
	struct ac_result r;
	if (!(z > 0) || !(in->sigma > 0) || !ac_closed(in, &r))
		return false;
	double unit = ac_lambda(in, 1 / in->horizon);
	double lo = log(unit) - 14, hi = log(unit) + 14;
	double c = hi - g * (hi - lo), d = lo + g * (hi - lo);
	double fc = var_at(&a, z, c, &r), fd = var_at(&a, z, d, &r);
	for (int i = 0; i < 90; i++) {
		if (fc < fd) {
			hi = d, d = c, fd = fc;
			c = hi - g * (hi - lo);
			fc = var_at(&a, z, c, &r);
		} else {
			lo = c, c = d, fc = fd;
			d = lo + g * (hi - lo);
			fd = var_at(&a, z, d, &r);
		}
	}
	*lvar = var_at(&a, z, (lo + hi) / 2, &r);
	*lambda = a.lambda;
	*out = r;
	return true;
}

bool ac_signal(const struct ac_signal *in, double x, double left, double *speed)
{
	double t = left, c = in->decay;
	if (!(in->k > 0) || !(in->phi > 0) || !(t > 0) || !(c > 0) ||
	    !SANE(in->k, in->phi, in->mu, c, x, t))
		return false;
	double g = sqrt(in->phi / in->k), e = exp(-2 * g * t);
	double coth = (1 + e) / (1 - e);
	/* I = [g e^{-ct}/sinh(gt) - g coth(gt) + c] / (c^2 - g^2), no large sinh */
	double by_sinh = 2 * exp(-(c + g) * t) / (1 - e);
	double den = c * c - g * g, i;
	if (fabs(den) > 1e-7 * c * c) {
		i = (g * by_sinh - g * coth + c) / den;
	} else { /* c -> g: the mean of both sides of the removable point */
		double up = c * (1 + 1e-4), dn = c * (1 - 1e-4);
		double iu =
			(g * 2 * exp(-(up + g) * t) / (1 - e) - g * coth + up) / (up * up - g * g);
		double id =
			(g * 2 * exp(-(dn + g) * t) / (1 - e) - g * coth + dn) / (dn * dn - g * g);
		i = (iu + id) / 2;
	}
	*speed = g * coth * x - in->mu / (2 * in->k) * i;
	return true;
}

bool ac_penalty_left(double k, double phi, double penalty, double b, double horizon, double t,
		     double *left)
{
	if (!(k > 0) || !(phi > 0) || !(horizon > 0) || !(t >= 0 && t <= horizon) ||
	    !SANE(k, phi, penalty, b, horizon))
		return false;
	double g = sqrt(phi / k), a = penalty - b / 2, s = sqrt(k * phi);
	if (a == s)
		return false;
	double inv = (a - s) / (a + s); /* 1/zeta, so that it may tend to 1 */
	*left = exp(-g * t) * (1 - inv * exp(-2 * g * (horizon - t))) /
		(1 - inv * exp(-2 * g * horizon));
	return true;
}

bool ac_perp(const struct ac_perp *in, double left, double *coef_q, double *coef_z)
{
	double b = in->b, al = in->alpha;
	if (!(in->k > 0) || !(b > 0) || !(in->phi >= 0) || !(in->beta >= 0) || !(2 * al > b) ||
	    !(left >= 0) || !SANE(in->k, b, al, in->phi, in->beta, left))
		return false;
	double a = 2 * sqrt(in->k * (b * in->beta + in->phi));
	if (!(a > 0))
		return false;
	double c = (a + b - 2 * al) / (a - b + 2 * al), w = a / (2 * in->k);
	double e = exp(-w * left), den = c * e * e + 1;
	double xi = a * (c * e * e - 1) / den;
	double pi = -4 * in->k * in->phi * (c * e + 1) * (1 - e) / (a * den) +
		    e * (c + 1) * (b - 2 * al) / den;
	*coef_q = (xi + pi) / (4 * in->k);
	*coef_z = (xi - pi) / (4 * in->k * b);
	return true;
}
