/* adaptive_one.h: what plan/adaptive.h is held against: one update at half time by another method,
 * every unknown minimised together, no backward induction: follow kappa_first to T/2, then choose
 * kappa by the gain so far, in equally likely buckets, so that E + lambda V of the whole is least.
 * Units as there. */
#ifndef TESTS_ADAPTIVE_ONE_H
#define TESTS_ADAPTIVE_ONE_H

#include <stdbool.h>
#include <stdint.h>

enum { ONE_BUCKETS = 21 };

struct adaptive_one {
	double kappa_first;
	double edge[ONE_BUCKETS - 1]; /* gains between buckets, rising */
	double kappa[ONE_BUCKETS];    /* the last for the largest gains */
	double cost, variance, objective;
	double objective_static; /* best without the update */
};

/* False: mu or lambda not positive, or beyond 1e-12..1e12. About 0.1 s. */
bool adaptive_one_solve(double mu, double lambda, struct adaptive_one *out);

#endif
