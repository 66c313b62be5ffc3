/* adaptive.h: one update at half time (Almgren and Lorenz 2007, "Adaptive arrival price"): follow
 * kappa_first to T/2, then choose kappa by the gain so far, in equally likely buckets, so that
 * E + lambda V of the whole is least. The pre-committed optimum is aggressive in the money: it
 * spends gains to cut variance, so it lowers the objective, never the expected cost.
 *
 * No units: size, horizon and sigma sqrt(T) x size are 1; mu = (eta X/T)/(sigma sqrt T) is the
 * market power, lambda in 1/(sigma sqrt T X). Worthless below mu 0.05, up to a tenth of the
 * objective for orders that strain the market (quant 1.7). */
#ifndef EXEUNT_PLAN_ADAPTIVE_H
#define EXEUNT_PLAN_ADAPTIVE_H

#include <stdbool.h>
#include <stdint.h>

enum { ADAPTIVE_BUCKETS = 21 };

struct adaptive {
	double kappa_first;
	double edge[ADAPTIVE_BUCKETS - 1]; /* gains between buckets, rising */
	double kappa[ADAPTIVE_BUCKETS];	   /* the last for the largest gains */
	double cost, variance, objective;
	double objective_static; /* best without the update */
};

/* False: mu or lambda not positive, or beyond 1e-12..1e12. About 0.1 s. */
bool adaptive_solve(double mu, double lambda, struct adaptive *out);
/* The bucket of a gain so far. */
uint32_t adaptive_bucket(const struct adaptive *a, double gain);

#endif
