/* danger.c: distances, first passage and the pool's last price. See danger.h for the model.
 *
 * Invariants: (1) the bound is never below the truth of its own model: left sums, all maintenance
 * of now; (2) a pool already at or under its maintenance has probability 1 and distance 0; (3) what
 * is not known returns false or 0 with `known` false, never a guess. */
#include <math.h>

#include "plan/danger.h"
#include "base/banned.h"

static const double Z10 = 1.6448536269514722; /* 2 N(-z) = 0.1 */
static const double WEEK_S = 7 * 24 * 3600.0;

double norm_cdf(double x)
{
	return 0.5 * erfc(-x * M_SQRT1_2);
}

double touch_probability(double d, double sd)
{
	if (!(d > 0))
		return 1;
	if (!(sd > 0))
		return 0;
	double p = erfc(d / sd * M_SQRT1_2);
	return p < 1 ? p : 1;
}

double gbm_touch(double s, double barrier, double sigma, double mu, double t)
{
	if (!(s > 0) || !(barrier > 0) || !(sigma > 0) || !(t > 0))
		return 0;
	double sgn = barrier < s ? 1 : -1; /* lower barrier: as it stands */
	double nu = (mu - sigma * sigma / 2) * sgn, b = log(barrier / s) * sgn;
	double v = sigma * sqrt(t);
	double p = norm_cdf((b - nu * t) / v) +
		   exp(2 * nu * b / (sigma * sigma)) * norm_cdf((b + nu * t) / v);
	return p < 1 ? p : 1;
}

double pool_distance(const struct plan_account *a, double x0, double x, double mark, double cost)
{
	double maintenance = a->maintenance - a->mmr * mark * (fabs(x0) - fabs(x));
	double d = a->equity - cost - maintenance;
	return d > 0 ? d : 0;
}

bool pool_dies(const struct plan_account *a, double x0, double x, double mark, double cost,
	       double *pct)
{
	if (!a->known)
		return false;
	double beta = a->beta > 0 ? a->beta : 1;
	double slope = beta * x * mark - beta * a->mmr * fabs(x) * mark;
	if (!a->isolated)
		slope += a->others_beta - a->others_maint;
	double d = pool_distance(a, x0, x, mark, cost);
	if (d <= 0) {
		*pct = 0;
		return true;
	}
	if (slope == 0)
		return false;
	double m = -d / slope;
	if (m < -1 || m > 100)
		return false;
	*pct = 100 * m;
	return true;
}

bool venue_liq(const struct plan_account *a, double x0, double x, double mark, double cost,
	       double *px)
{
	if (!a->known || x == 0)
		return false;
	double z = x > 0 ? 1 : -1;
	double p = mark - z * pool_distance(a, x0, x, mark, cost) / fabs(x) / (1 - z * a->mmr);
	if (!(p > 0) || !isfinite(p))
		return false;
	*px = p;
	return true;
}

/* USD a square-root year, of the pool with x coins. A short is taken at its liquidation price. */
static double exposure(const struct plan_account *a, double x0, double x, double mark,
		       double sigma_year)
{
	double px = mark;
	if (x < 0 && venue_liq(a, x0, x0, mark, 0, &px) && (px < mark || px > 2 * mark))
		px = px < mark ? mark : 2 * mark;
	return x * px * sigma_year + (a->isolated ? 0 : a->others_sd);
}

double pool_touch10(const struct plan_account *a, double x0, double x, double mark,
		    double sigma_year, double cost)
{
	double d = pool_distance(a, x0, x, mark, cost);
	double s = fabs(exposure(a, x0, x, mark, sigma_year));
	if (d <= 0)
		return 0;
	if (!(s > 0))
		return 1e18;
	double t = d / (s * Z10);
	t = t * t * YEAR_S;
	return t > WEEK_S ? 1e18 : t;
}

double danger_bound(const struct plan_account *a, const double *x, uint32_t n, double tau_s,
		    double mark, double sigma_year, double cost)
{
	if (!a->known || n == 0)
		return 0;
	double var = 0;
	for (uint32_t k = 0; k < n; k++) {
		double e = exposure(a, x[0], x[k], mark, sigma_year);
		var += e * e;
	}
	var *= tau_s / YEAR_S;
	return touch_probability(pool_distance(a, x[0], x[0], mark, cost), sqrt(var));
}

double danger_hold(const struct plan_account *a, double x0, double horizon_s, double mark,
		   double sigma_year)
{
	return danger_bound(a, &x0, 1, horizon_s, mark, sigma_year, 0);
}

/* (sinh(2k)/(4k) - 1/2) / sinh(k)^2: share of the variance of holding that a sinh exit keeps. */
static double kept(double k)
{
	if (k < 1e-4)
		return 1.0 / 3;
	double e = exp(-2 * k), q = 1 - e;
	/* sinh(2k)/sinh(k)^2 = 2 coth(k); 1/sinh(k)^2 = 4 e^(-2k)/(1-e^(-2k))^2 */
	return (1 + e) / q / (2 * k) - 2 * e / (q * q);
}

double danger_kappa(double d, double sd_t, double eps)
{
	if (!(d > 0))
		return INFINITY;
	/* z with 2 N(-z) = eps, by bisection of a monotone function */
	double lo = 0, hi = 40;
	for (int i = 0; i < 200; i++) {
		double z = (lo + hi) / 2;
		if (erfc(z * M_SQRT1_2) > eps)
			lo = z;
		else
			hi = z;
	}
	double vmax = d / hi;
	vmax = vmax * vmax / (sd_t * sd_t);
	if (!(sd_t > 0) || vmax >= 1.0 / 3)
		return 0;
	lo = 0, hi = 1;
	while (kept(hi) > vmax && hi < 1e9)
		hi *= 2;
	for (int i = 0; i < 200; i++) {
		double k = (lo + hi) / 2;
		if (kept(k) > vmax)
			lo = k;
		else
			hi = k;
	}
	return hi;
}
