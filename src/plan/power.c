/* power.c: power-law impact, ATHL, volume pacing. See power.h.
 *
 * Invariants: (1) trades are >= 0 and add up to x; (2) the multiplier of the first-order conditions
 * is equal over the slots to 1e-9 (tested). */
#include <math.h>

#include "base/check.h"
#include "plan/power.h"
#include "plan/sane.h"
#include "base/banned.h"

static const double EXPONENT_LEAST = 0.01, EXPONENT_MOST = 100;

bool power_forever(const struct power *in, double *t_star, double *cost, double *variance)
{
	double k = in->k, s2 = in->lambda * in->sigma * in->sigma;
	if (!(in->x > 0) || !(in->eta > 0) || !(k >= EXPONENT_LEAST && k <= EXPONENT_MOST) ||
	    !(in->sigma > 0) || !(s2 > 0) || !SANE(in->x, in->eta, s2))
		return false;
	*t_star = pow(k * in->eta * pow(in->x, k - 1) / s2, 1 / (k + 1));
	double a = pow(s2 / (k * in->eta), 1 / (k + 1)), p = (3 * k + 1) / (k + 1);
	double xp = pow(in->x, p);
	*cost = in->eta * pow(a, k) * xp / p;
	*variance = in->sigma * in->sigma * xp / (a * p);
	return true;
}

double power_left(double k, double t)
{
	if (fabs(k - 1) < 1e-9)
		return exp(-t);
	double c = (1 - k) / (1 + k), base = 1 + c * t;
	return base > 0 ? pow(base, -1 / c) : 0;
}

void power_evaluate(const struct power *in, const double *trades, double *cost, double *variance)
{
	double tau = in->horizon / in->n, left = in->x, e = 0, v = 0;
	for (uint32_t j = 0; j < in->n; j++) {
		left -= trades[j];
		e += in->eta * tau * pow(fabs(trades[j]) / tau, in->k + 1);
		v += left * left;
	}
	*cost = e;
	*variance = in->sigma * in->sigma * tau * v;
}

/* The trades that end with `last`, backwards; returns their sum (infinite when beyond any size). */
static double shoot(const struct power *in, double last, double *trades)
{
	double tau = in->horizon / in->n, held = last, k = in->k;
	double c = 2 * in->lambda * in->sigma * in->sigma * tau / ((1 + k) * in->eta);
	double m = pow(last / tau, k); /* marginal cost of the slot, over (1+k) eta */
	trades[in->n - 1] = last;
	for (uint32_t j = in->n - 1; j-- > 0;) {
		m += c * held;
		trades[j] = tau * pow(m, 1 / k);
		held += trades[j];
		if (!(held < 1e6 * in->x))
			return INFINITY;
	}
	return held;
}

bool power_solve(const struct power *in, double *trades, double *cost, double *variance,
		 struct err *e)
{
	if (in->n < 1 || in->n > POWER_SLOTS)
		return err_set(e, ERR_LIMIT, "slots are 1 to %d, not %u", POWER_SLOTS, in->n);
	if (!(in->x > 0) || !(in->eta > 0) || !(in->horizon > 0) ||
	    !(in->k >= EXPONENT_LEAST && in->k <= EXPONENT_MOST) || !(in->lambda >= 0) ||
	    !(in->sigma >= 0) || !SANE(in->x, in->eta, in->horizon, in->lambda, in->sigma))
		return err_set(e, ERR_RULE,
			       "size %g, eta %g, exponent %g (0.01 to 100) and horizon %g must be "
			       "> 0, lambda %g and sigma %g not negative",
			       in->x, in->eta, in->k, in->horizon, in->lambda, in->sigma);
	double hi = log(in->x / in->n), lo = hi - 1;
	while (shoot(in, exp(lo), trades) > in->x && lo > -700)
		lo -= hi - lo;
	if (!(shoot(in, exp(lo), trades) <= in->x))
		return err_set(e, ERR_RULE,
			       "urgency is too high for %u slots: take a shorter "
			       "horizon",
			       in->n);
	for (int i = 0; i < 120; i++) {
		double mid = (lo + hi) / 2;
		if (shoot(in, exp(mid), trades) > in->x)
			hi = mid;
		else
			lo = mid;
	}
	double sum = shoot(in, exp(lo), trades);
	for (uint32_t j = 0; j < in->n; j++)
		trades[j] *= in->x / sum; /* the last digits */
	power_evaluate(in, trades, cost, variance);
	return true;
}

bool athl_cost(const struct athl *in, double *permanent, double *temporary, double *realised)
{
	double g = in->gamma > 0 ? in->gamma : 0.314, h = in->eta > 0 ? in->eta : 0.142;
	double beta = in->beta > 0 ? in->beta : 0.6;
	if (!(in->volume > 0) || !(in->sigma_day >= 0) || !(in->days > 0) || !isfinite(in->x))
		return false;
	if (!SANE(in->x, in->volume, in->shares_out, in->sigma_day, in->days, g, h, beta) ||
	    !(in->shares_out >= 0))
		return false;
	double part = in->x / in->volume;
	double turn = in->shares_out > 0 ? pow(in->shares_out / in->volume, 0.25) : 1;
	*permanent = g * in->sigma_day * part * turn;
	*temporary = copysign(h * in->sigma_day * pow(fabs(part / in->days), beta), in->x);
	*realised = *permanent / 2 + *temporary;
	return true;
}

bool pace_vwap(double x, const double *volume, uint32_t n, double *trades)
{
	double all = 0;
	for (uint32_t k = 0; k < n; k++) {
		if (!(volume[k] >= 0) || !isfinite(volume[k]))
			return false;
		all += volume[k];
	}
	if (n == 0 || !(all > 0) || !(x > 0) || !SANE(x, all))
		return false;
	for (uint32_t k = 0; k < n; k++)
		trades[k] = x * volume[k] / all;
	return true;
}

double pace_pov(double x, const double *volume, uint32_t n, double share, double *trades,
		uint32_t *done)
{
	if (!(share > 0 && share < 1) || !(x > 0) || !sane(x))
		return -1;
	double left = x, ratio = share / (1 - share);
	*done = n;
	for (uint32_t k = 0; k < n; k++) {
		if (!(volume[k] >= 0) || !sane(volume[k]))
			return -1;
		trades[k] = fmin(left, ratio * volume[k]);
		left -= trades[k];
		if (left <= x * 1e-15 && *done == n)
			*done = k + 1;
	}
	return fmax(left, 0);
}
