/* leak.h: what the public tape gives away of an exit (reference: leakage metrics of execution):
 * whether its orders look unlike the crowd's, whether they lengthen the runs of one side, and how
 * much of "is the next second one of ours" the tape before it tells. 0.5, 0 and 0 when nothing
 * leaks. Pure; the caller's memory. */
#ifndef EXEUNT_BENCH_LEAK_H
#define EXEUNT_BENCH_LEAK_H

#include <stdbool.h>
#include <stdint.h>

enum { LEAK_ORDERS = 20000, LEAK_FEATURES = 7, LEAK_LAGS = 20, LEAK_BINS = 4096 };

/* One order of the tape: its prints of one block and side. */
struct leak_order {
	int64_t ms;
	double size;
	bool sell, ours;
	/* leak_look_back */
	double gap_s; /* since the order before, of that side */
	double same;  /* orders of the last 5 min of its side and size, within 1 % */
};

/* Fills gap_s and same; orders rise in time. */
void leak_look_back(struct leak_order *o, uint32_t n);

/* AUC of a logistic detector (size, gap, side, repeated sizes) that learns on the first `half`
 * orders which are ours and is judged on the rest: the chance that one of ours looks more like ours
 * than one of the others'. NAN: none of a kind. After leak_look_back. */
double leak_auc(const struct leak_order *o, uint32_t half, uint32_t n);

/* Autocorrelation of n signs (+1, -1) at a lag; NAN: under lag + 2 of them, or all alike. */
double leak_acf(const int8_t *sign, uint32_t n, uint32_t lag);
/* What our orders add to it: with them less without them. added[lag - 1]. False: NAN in it. */
bool leak_acf_added(double added[LEAK_LAGS], const struct leak_order *o, uint32_t n);

/* Mutual information of x in 0..n_x-1 and a bit y, in bits, plug-in: too high by chance alone.
 * *entropy: of y. */
double leak_mutual(double *entropy, const uint8_t *x, uint32_t n_x, const bool *y, uint32_t n);
/* For somebody who can tell our orders from the crowd's (the detector nearly can): how much of the
 * entropy of "an order of ours in this second" the time since the last one takes away, in classes
 * of 3 s up to a minute; less the mean of the same over 50 shuffles, which is its bias. A clock
 * that has no memory gives 0. By seconds of [from, to). NAN: no order of ours. */
double leak_next(const struct leak_order *o, uint32_t n, int64_t from_ms, int64_t to_ms);

#endif
