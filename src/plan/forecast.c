/* forecast.c: estimates and their scores. See forecast.h.
 *
 * Invariants: (1) what is not a number is not a sample; (2) a variance stays >= 0; (3) before
 * `enough` samples the prior is given, and said to be one. */
#include <math.h>
#include <stddef.h>

#include "plan/forecast.h"
#include "plan/lin.h"
#include "base/banned.h"

void ewma_init(struct ewma *w, double keep, double prior_var, uint32_t enough)
{
	*w = (struct ewma){
		.keep = keep, .var = prior_var, .prior_var = prior_var, .enough = enough};
}

void ewma_add(struct ewma *w, double ret, int64_t now_ns)
{
	if (!isfinite(ret))
		return;
	w->var = w->keep * w->var + (1 - w->keep) * ret * ret;
	w->n++;
	w->seen_ns = now_ns;
}

struct estimate ewma_get(const struct ewma *w)
{
	struct estimate e = {.value = w->var, .n = w->n, .seen_ns = w->seen_ns};
	e.prior = w->n < w->enough;
	if (e.prior)
		e.value = w->prior_var;
	/* of n effective squared normals: 2 (1-k)/(1+k) of the square */
	e.sd = e.value * sqrt(2 * (1 - w->keep) / (1 + w->keep));
	return e;
}

static bool har_row(const double *rv, uint32_t at, uint32_t k2, uint32_t k3, double x[4])
{
	double s = 0;
	x[0] = 1;
	for (uint32_t j = 1; j <= k3; j++) {
		double v = rv[at - j];
		if (!(v > 0) || !isfinite(v))
			return false;
		s += v;
		if (j == 1)
			x[1] = log(v);
		if (j == k2)
			x[2] = log(s / k2);
		if (j == k3)
			x[3] = log(s / k3);
	}
	return true;
}

bool har_fit(struct har *h, uint32_t k2, uint32_t k3, const double *rv, uint32_t n)
{
	double m[16] = {0}, b[4] = {0}, x[4], smear = 0;
	if (k2 < 2 || k3 <= k2 || n < k3 + 8)
		return false;
	for (uint32_t t = k3; t < n; t++) {
		if (!har_row(rv, t, k2, k3, x) || !(rv[t] > 0))
			return false;
		for (int i = 0; i < 4; i++) {
			for (int j = 0; j < 4; j++)
				m[4 * i + j] += x[i] * x[j];
			b[i] += x[i] * log(rv[t]);
		}
	}
	if (!lin_cholesky(m, 4, 1e-12, NULL))
		return false;
	lin_lower(m, 4, b);
	lin_lower_t(m, 4, b);
	for (uint32_t t = k3; t < n; t++) {
		har_row(rv, t, k2, k3, x);
		double fit = b[0] + b[1] * x[1] + b[2] * x[2] + b[3] * x[3];
		smear += exp(log(rv[t]) - fit);
	}
	*h = (struct har){k2, k3, b[0], {b[1], b[2], b[3]}, smear / (n - k3), n - k3};
	return true;
}

bool har_next(const struct har *h, const double *rv, uint32_t n, double *out)
{
	double x[4];
	if (n < h->k3 || h->n == 0 || !har_row(rv, n, h->k2, h->k3, x))
		return false;
	*out = h->smear * exp(h->c + h->b[0] * x[1] + h->b[1] * x[2] + h->b[2] * x[3]);
	return isfinite(*out);
}

static const double CURVE_KEEP_BIN = 0.9, CURVE_KEEP_DAY = 0.99;
static const double DAY_S = 86400;

void curve_init(struct volume_curve *v, double prior_day)
{
	*v = (struct volume_curve){.day = prior_day};
	for (int i = 0; i < CURVE_BINS; i++)
		v->bin[i] = 1.0 / CURVE_BINS;
}

void curve_add(struct volume_curve *v, uint32_t bin, double coins, int64_t now_ns)
{
	if (bin >= CURVE_BINS || !(coins >= 0) || !isfinite(coins))
		return;
	/* the level sees the bin without its season, the season sees it without the level */
	double level = coins / v->bin[bin];
	double keep = v->n < 100 ? v->n / (v->n + 1.0) : CURVE_KEEP_DAY;
	v->day = keep * v->day + (1 - keep) * level;
	if (v->day > 0) {
		double b = CURVE_KEEP_BIN * v->bin[bin] + (1 - CURVE_KEEP_BIN) * coins / v->day;
		v->bin[bin] = fmin(fmax(b, 0.1 / CURVE_BINS), 10.0 / CURVE_BINS);
	}
	v->n++;
	v->seen_ns = now_ns;
}

struct estimate curve_get(const struct volume_curve *v, double from_day_s, double length_s)
{
	struct estimate e = {.n = v->n, .seen_ns = v->seen_ns, .prior = v->n < CURVE_BINS};
	const double width = DAY_S / CURVE_BINS;
	double at = fmod(from_day_s, DAY_S), left = length_s;
	if (!(left > 0) || !(at >= 0) || left > 31 * DAY_S)
		return e;
	while (left > 1e-9) {
		uint32_t b = (uint32_t)(at / width) % CURVE_BINS;
		double part = fmin(left, (floor(at / width) + 1) * width - at);
		if (!(part > 1e-9))
			part = fmin(left, 1e-9 + width * 1e-9);
		e.value += v->day * v->bin[b] * part / width;
		at = fmod(at + part, DAY_S);
		left -= part;
	}
	return e;
}

double ofi_step(const struct touch *was, const struct touch *is)
{
	double e = 0;
	if (is->bid >= was->bid)
		e += is->bid_size;
	if (is->bid <= was->bid)
		e -= was->bid_size;
	if (is->ask <= was->ask)
		e -= is->ask_size;
	if (is->ask >= was->ask)
		e += was->ask_size;
	return e;
}

void kalman_init(struct kalman *k, double m0, double p0, double q, double r, uint32_t enough)
{
	*k = (struct kalman){.m = m0, .p = p0, .q = q, .r = r, .enough = enough};
}

void kalman_add(struct kalman *k, double ofi, double dmid, int64_t now_ns)
{
	if (!isfinite(ofi) || !isfinite(dmid))
		return;
	double p = k->p + k->q;
	k->innovation = dmid - k->m * ofi;
	k->s = ofi * ofi * p + k->r;
	double gain = k->s > 0 ? p * ofi / k->s : 0;
	k->m += gain * k->innovation;
	k->p = fmax((1 - gain * ofi) * p, 0);
	k->n++;
	k->seen_ns = now_ns;
}

struct estimate kalman_get(const struct kalman *k)
{
	return (struct estimate){.value = k->m,
				 .sd = sqrt(k->p),
				 .n = k->n,
				 .seen_ns = k->seen_ns,
				 .prior = k->n < k->enough};
}

void rls_init(struct rls *r, double keep, double p0)
{
	*r = (struct rls){.keep = keep, .p = {p0, 0, 0, p0}};
}

void rls_add(struct rls *r, const double x[2], double y)
{
	double px0 = r->p[0] * x[0] + r->p[1] * x[1], px1 = r->p[2] * x[0] + r->p[3] * x[1];
	double den = r->keep + x[0] * px0 + x[1] * px1;
	double k0 = px0 / den, k1 = px1 / den;
	double err = y - r->theta[0] * x[0] - r->theta[1] * x[1];
	r->theta[0] += k0 * err;
	r->theta[1] += k1 * err;
	r->p[0] = (r->p[0] - k0 * px0) / r->keep;
	r->p[1] = (r->p[1] - k0 * px1) / r->keep;
	r->p[2] = (r->p[2] - k1 * px0) / r->keep;
	r->p[3] = (r->p[3] - k1 * px1) / r->keep;
	r->n++;
}

void hmm2_add(struct hmm2 *h, double x)
{
	double f[2], s;
	for (int j = 0; j < 2; j++) {
		double z = x / h->sd[j];
		double was = h->n ? h->prob[0] * h->a[j] + h->prob[1] * h->a[2 + j] : h->prob[j];
		f[j] = was * exp(-z * z / 2) / (h->sd[j] * sqrt(2 * M_PI));
	}
	s = f[0] + f[1];
	if (!(s > 0))
		return;
	h->prob[0] = f[0] / s;
	h->prob[1] = f[1] / s;
	h->loglik += log(s);
	h->n++;
}

double hawkes_loglik(const double *times, uint32_t n, double t, double mu, double alpha,
		     double beta)
{
	double l = -mu * t, a = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (i)
			a = exp(-beta * (times[i] - times[i - 1])) * (1 + a);
		l += log(mu + alpha * a) + alpha / beta * expm1(-beta * (t - times[i]));
	}
	return l;
}

double score_qlike(double realised, double forecast)
{
	double r = realised / forecast;
	return r - log(r) - 1;
}

double score_pinball(double q, double y, double forecast)
{
	return y >= forecast ? q * (y - forecast) : (1 - q) * (forecast - y);
}

double score_crps_normal(double mu, double sigma, double x)
{
	double z = (x - mu) / sigma, pdf = exp(-z * z / 2) / sqrt(2 * M_PI);
	return sigma * (z * erf(z * M_SQRT1_2) + 2 * pdf - 1 / sqrt(M_PI));
}
