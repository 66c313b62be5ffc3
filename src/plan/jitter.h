/* jitter.h: what it costs not to be a clockwork. Sizes that vary around a schedule cost impact
 * (large children pay more than small ones save) and leave more or less held than planned:
 *
 *   eta~/tau sum var(n_k)  +  lambda sigma^2 tau sum var(x_k)          (quant 6.2)
 *
 * Weights w_k (1 + s u_k), u uniform in -1..1, made to sum to the size: to second order in s
 *   var(n_k) = X^2 s^2/3 p_k^2 (1 - 2 p_k + sum p^2)
 *   var(x_k) = X^2 s^2/3 ((1 - T_k)^2 sum_{i > k} p_i^2 + T_k^2 sum_{i <= k} p_i^2),  T_k = sum_{i
 * > k} p_i The jitter of times costs nothing in expectation in this model. Pure, USD. */
#ifndef EXEUNT_PLAN_JITTER_H
#define EXEUNT_PLAN_JITTER_H

#include <stdbool.h>
#include <stdint.h>

struct jitter {
	double impact; /* eta~/tau sum var(n) */
	double risk;   /* lambda sigma^2 tau sum var(x); 0 without a risk aversion */
	double total;
	double var_n, var_x; /* the two sums, coins^2 */
};
/* n sizes q (their sum is X), share s in 0..1, eta over tau in USD a coin^2, lambda in 1/USD,
 * sigma2_tau in (USD a coin)^2 a slot. False: nothing there, or a number that is none or negative.
 */
bool jitter_cost(const double *q, uint32_t n, double share, double eta_over_tau, double lambda,
		 double sigma2_tau, struct jitter *out);

#endif
