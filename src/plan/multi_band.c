/* multi_band.c: a schedule of several legs whose exposures stay in a band after every slice.
 *
 * Method: a factor that leaves its band is given a price of its own, as if it were so much more
 * volatile: C + w F'F for its row of F. The dearer an exposure, the sooner it is traded away and
 * the nearer to nothing it is held: hedges go first, and are unwound beside what they hedge. Prices
 * are doubled until every exposure is inside, then brought down together as far as that lasts. Cost
 * and variance are told under the covariance as it is.
 *
 * Invariants: (1) what is returned is in the band after every slice; (2) without a price it is
 * multi_solve's answer, bit for bit. */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "plan/multi.h"
#include "base/banned.h"

enum { DOUBLINGS = 60, HALVINGS = 24 };

static bool solve_at(const struct multi_band_in *in, const double *price, double scale,
		     struct multi *m, struct multi_out *out, struct err *e)
{
	const struct multi_factors *f = in->f;
	uint32_t n = f->legs;
	memcpy(m->c, in->m->c, sizeof m->c);
	for (uint32_t a = 0; a < f->factors; a++)
		for (uint32_t i = 0; i < n; i++)
			for (uint32_t j = 0; j < n; j++)
				m->c[i * n + j] +=
					scale * price[a] * f->f[a * n + i] * f->f[a * n + j];
	return multi_solve(m, out, e);
}

/* After every slice; what is held before the first is nobody's choice. */
static bool inside(const struct multi_band_in *in, const struct multi_out *out, uint32_t *slot,
		   uint32_t *factor, double *net)
{
	bool ok = multi_in_band(in->f, out->x + in->f->legs, in->m->n - 1, &in->band, slot, factor,
				net);
	*slot += !ok;
	return ok;
}

static bool band_ok(const struct multi_band_in *in, struct err *e)
{
	if (in->f->legs != in->m->legs)
		return err_set(e, ERR_ARG, "exposures are of %u legs, sizes of %u", in->f->legs,
			       in->m->legs);
	if (!(in->m->lambda > 0))
		return err_set(e, ERR_RULE,
			       "a band needs a risk aversion above 0: without it exposures cost "
			       "nothing");
	for (uint32_t a = 0; a < in->f->factors; a++)
		if (!(in->band.lo[a] <= 0 && in->band.hi[a] >= 0))
			return err_set(
				e, ERR_RULE,
				"the band of factor %u is %g to %g: it must hold 0, which is "
				"where the exit ends",
				a, in->band.lo[a], in->band.hi[a]);
	return true;
}

bool multi_band_solve(const struct multi_band_in *in, struct multi *work, struct multi_out *out,
		      struct err *e)
{
	double price[MULTI_FACTORS] = {0}, lo = 0, hi = 1, net = 0;
	uint32_t slot = 0, a = 0;
	bool free;
	if (!band_ok(in, e))
		return false;
	*work = *in->m;
	if (!solve_at(in, price, 1, work, out, e))
		return false;
	free = inside(in, out, &slot, &a, &net);
	for (int k = 0; k < DOUBLINGS && !inside(in, out, &slot, &a, &net); k++) {
		uint32_t n = in->f->factors;
		price[a] = price[a] > 0 ? 2 * price[a] : fmax(in->f->s[a * n + a], 1e-12) / 16;
		if (!solve_at(in, price, 1, work, out, e))
			break; /* beyond what numbers can tell apart */
	}
	if (!inside(in, out, &slot, &a, &net))
		return err_set(e, ERR_RULE,
			       "no schedule keeps factor %u inside %g to %g: after slice %u it is "
			       "%g; take a wider band, or sell a part of it at once",
			       a, in->band.lo[a], in->band.hi[a], slot, net);
	for (int k = 0; k < HALVINGS && !free && hi - lo > 1e-6; k++) {
		double mid = (lo + hi) / 2;
		bool ok =
			solve_at(in, price, mid, work, out, e) && inside(in, out, &slot, &a, &net);
		*(ok ? &hi : &lo) = mid;
	}
	if (!free && !solve_at(in, price, hi, work, out, e))
		return false;
	multi_evaluate(in->m, out->x, &out->cost, &out->variance);
	return true;
}

void multi_half(const struct multi *in, const double *x, double *half)
{
	uint32_t m = in->legs;
	for (uint32_t i = 0; i < m; i++) {
		double all = 0, so_far = 0;
		uint32_t k = 0;
		for (uint32_t j = 1; j <= in->n; j++)
			all += fabs(x[j * m + i] - x[(j - 1) * m + i]);
		while (k < in->n && so_far < all / 2) {
			k++;
			so_far += fabs(x[k * m + i] - x[(k - 1) * m + i]);
		}
		half[i] = in->horizon * k / in->n;
	}
}
