/* sane.h: which numbers a model takes. Finite is not enough: squares and products of what is within
 * 1e30 stay within a double, and what is not zero but below 1e-30 is a unit that went wrong. */
#ifndef EXEUNT_PLAN_SANE_H
#define EXEUNT_PLAN_SANE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/* Any sign. A NaN is not. */
static inline bool sane(double v)
{
	return fabs(v) <= 1e30 && (fabs(v) >= 1e-30 || fpclassify(v) == FP_ZERO);
}

static inline bool sane_all(const double *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!sane(v[i]))
			return false;
	return true;
}
/* SANE(a, b, c): all of them. */
#define SANE(...)                                                                                  \
	sane_all((const double[]){__VA_ARGS__},                                                    \
		 sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

#endif
