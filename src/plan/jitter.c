/* jitter.c: the price of randomness. See jitter.h. */
#include <math.h>

#include "plan/jitter.h"
#include "base/banned.h"

static bool fine(double x)
{
	return x >= 0 && isfinite(x);
}

bool jitter_cost(const double *q, uint32_t n, double share, double eta_over_tau, double lambda,
		 double sigma2_tau, struct jitter *out)
{
	double x = 0, squares = 0;
	struct jitter j = {0};
	for (uint32_t k = 0; k < n; k++) {
		if (!fine(q[k]))
			return false;
		x += q[k];
		squares += q[k] * q[k];
	}
	if (!(x > 0) || !isfinite(squares) || !(share >= 0 && share <= 1) || !fine(eta_over_tau) ||
	    !fine(lambda) || !fine(sigma2_tau))
		return false;
	double v = share * share / 3, done = 0, done2 = 0;
	for (uint32_t k = 0; k < n; k++) {
		done += q[k];
		done2 += q[k] * q[k];
		double p = q[k] / x, left = 1 - done / x;
		j.var_n += v * q[k] * q[k] * (1 - 2 * p + squares / (x * x));
		j.var_x += v * ((1 - left) * (1 - left) * (squares - done2) + left * left * done2);
	}
	j.impact = eta_over_tau * j.var_n;
	j.risk = lambda * sigma2_tau * j.var_x;
	j.total = j.impact + j.risk;
	*out = j;
	return true;
}
