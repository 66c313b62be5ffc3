/* multi_factor.c: covariance of legs by common factors, and the band their exposures stay in.
 *
 * Invariants: (1) the covariance is symmetric to the last bit and, with own variances above 0,
 * positive definite; (2) a band is judged at every holding, not at the ends alone: legs sold at
 * their own pace may unbalance a book that begins and ends flat. */
#include <math.h>

#include "base/check.h"
#include "plan/lin.h"
#include "plan/multi.h"
#include "base/banned.h"

static bool factors_ok(const struct multi_factors *in, struct err *e)
{
	uint32_t m = in->legs, k = in->factors, bad;
	double s[MULTI_FACTORS * MULTI_FACTORS];
	if (m < 1 || m > MULTI_LEGS)
		return err_set(e, ERR_LIMIT, "legs are 1 to %d, not %u", MULTI_LEGS, m);
	if (k < 1 || k > MULTI_FACTORS)
		return err_set(e, ERR_LIMIT, "factors are 1 to %d, not %u", MULTI_FACTORS, k);
	for (uint32_t i = 0; i < k * m; i++)
		if (!isfinite(in->f[i]))
			return err_set(e, ERR_RULE, "f[%u][%u] is %g: not a number", i / m, i % m,
				       in->f[i]);
	for (uint32_t i = 0; i < m; i++)
		if (!(in->d[i] >= 0) || !isfinite(in->d[i]))
			return err_set(e, ERR_RULE, "d[%u]: a variance of %g; it must be 0 or more",
				       i, in->d[i]);
	for (uint32_t i = 0; i < k; i++)
		for (uint32_t j = 0; j <= i; j++) {
			double a = in->s[i * k + j], b = in->s[j * k + i];
			if (!isfinite(a) || fabs(a - b) > 1e-9 * (fabs(a) + fabs(b)))
				return err_set(e, ERR_RULE,
					       "s[%u][%u] and [%u][%u] differ: it must be "
					       "symmetric and finite",
					       i, j, j, i);
		}
	for (uint32_t i = 0; i < k * k; i++)
		s[i] = in->s[i];
	if (!lin_cholesky(s, k, 1e-12, &bad))
		return err_set(e, ERR_RULE,
			       "s is singular or not a covariance at factor %u: merge those that "
			       "move as one",
			       bad);
	return true;
}

bool multi_factor_cov(const struct multi_factors *in, double *c, struct err *e)
{
	uint32_t m = in->legs, k = in->factors;
	double sf[MULTI_FACTORS * MULTI_LEGS];
	if (!factors_ok(in, e))
		return false;
	for (uint32_t a = 0; a < k; a++)
		for (uint32_t i = 0; i < m; i++) {
			sf[a * m + i] = 0;
			for (uint32_t b = 0; b < k; b++)
				sf[a * m + i] += in->s[a * k + b] * in->f[b * m + i];
		}
	for (uint32_t i = 0; i < m; i++)
		for (uint32_t j = 0; j <= i; j++) {
			double v = i == j ? in->d[i] : 0;
			for (uint32_t a = 0; a < k; a++)
				v += in->f[a * m + i] * sf[a * m + j];
			c[i * m + j] = c[j * m + i] = v;
		}
	return true;
}

bool multi_in_band(const struct multi_factors *f, const double *x, uint32_t n,
		   const struct multi_band *band, uint32_t *slot, uint32_t *factor,
		   double *exposure)
{
	uint32_t m = f->legs;
	for (uint32_t k = 0; k <= n; k++)
		for (uint32_t a = 0; a < f->factors; a++) {
			double net = 0;
			for (uint32_t i = 0; i < m; i++)
				net += f->f[a * m + i] * x[k * m + i];
			if (net >= band->lo[a] && net <= band->hi[a])
				continue; /* a net that is no number is outside */
			*slot = k;
			*factor = a;
			*exposure = net;
			return false;
		}
	return true;
}
