/* lin.c: Cholesky and Jacobi. See lin.h. */
#include <math.h>

#include "plan/lin.h"
#include "base/banned.h"

bool lin_cholesky(double *a, uint32_t n, double rel, uint32_t *bad)
{
	for (uint32_t j = 0; j < n; j++) {
		double *row = a + j * n, d = row[j], diag = row[j];
		for (uint32_t k = 0; k < j; k++)
			d -= row[k] * row[k];
		if (!(d > rel * diag) || !isfinite(d)) {
			if (bad)
				*bad = j;
			return false;
		}
		row[j] = sqrt(d);
		for (uint32_t i = j + 1; i < n; i++) {
			double *r = a + i * n, s = r[j];
			for (uint32_t k = 0; k < j; k++)
				s -= r[k] * row[k];
			r[j] = s / row[j];
		}
	}
	return true;
}

void lin_lower(const double *l, uint32_t n, double *x)
{
	for (uint32_t i = 0; i < n; i++) {
		double s = x[i];
		for (uint32_t k = 0; k < i; k++)
			s -= l[i * n + k] * x[k];
		x[i] = s / l[i * n + i];
	}
}

void lin_lower_t(const double *l, uint32_t n, double *x)
{
	for (uint32_t i = n; i-- > 0;) {
		x[i] /= l[i * n + i];
		for (uint32_t k = 0; k < i; k++)
			x[k] -= l[i * n + k] * x[i];
	}
}

static void rotate(double *a, double *u, uint32_t n, uint32_t p, uint32_t q)
{
	double apq = a[p * n + q];
	double th = (a[q * n + q] - a[p * n + p]) / (2 * apq);
	double t = (th >= 0 ? 1 : -1) / (fabs(th) + sqrt(th * th + 1));
	double c = 1 / sqrt(t * t + 1), s = t * c;
	for (uint32_t k = 0; k < n; k++) {
		double x = a[k * n + p], y = a[k * n + q];
		a[k * n + p] = c * x - s * y;
		a[k * n + q] = s * x + c * y;
	}
	for (uint32_t k = 0; k < n; k++) {
		double x = a[p * n + k], y = a[q * n + k];
		a[p * n + k] = c * x - s * y;
		a[q * n + k] = s * x + c * y;
		x = u[k * n + p], y = u[k * n + q];
		u[k * n + p] = c * x - s * y;
		u[k * n + q] = s * x + c * y;
	}
}

void lin_eigen(double *a, uint32_t n, double *w, double *u)
{
	for (uint32_t i = 0; i < n * n; i++)
		u[i] = i % (n + 1) == 0;
	for (int sweep = 0; sweep < 40; sweep++) {
		double off = 0;
		for (uint32_t p = 0; p < n; p++) {
			for (uint32_t q = p + 1; q < n; q++) {
				double x = a[p * n + q];
				double d = fabs(a[p * n + p] * a[q * n + q]);
				if (x * x > 1e-34 * d && x != 0) {
					rotate(a, u, n, p, q);
					off += 1;
				}
			}
		}
		if (off == 0)
			break;
	}
	for (uint32_t i = 0; i < n; i++) { /* rising, by selection; columns follow */
		uint32_t least = i;
		for (uint32_t j = i + 1; j < n; j++)
			if (a[j * n + j] < a[least * n + least])
				least = j;
		double t = a[i * n + i];
		a[i * n + i] = a[least * n + least];
		a[least * n + least] = t;
		w[i] = a[i * n + i];
		for (uint32_t k = 0; k < n && least != i; k++) {
			t = u[k * n + i];
			u[k * n + i] = u[k * n + least];
			u[k * n + least] = t;
		}
	}
}
