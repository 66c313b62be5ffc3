/* bench_danger: the absorbing grid, 240 slots. Bar: 15 ms a grid, so that the chosen point of the
 * frontier and its neighbours carry exact values soon after a key (never in the engine's thread);
 * the search of an urgency is some tens of them, measured without a bar. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "plan/ac.h"
#include "plan/grid.h"

enum { N = 240, REPEATS = 40, BAR_US = 15000 };

static double now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

int main(void)
{
	static struct grid_work work;
	struct plan_account a = {.known = true,
				 .isolated = true,
				 .equity = 30000,
				 .maintenance = 7500,
				 .mmr = 0.0125,
				 .beta = 1};
	double x[N], us[REPEATS], sink = 0;
	struct grid_out out = {0};
	struct urgency_out u = {0};
	struct err e = {0};
	for (int i = 0; i < REPEATS; i++) {
		for (uint32_t k = 0; k < N; k++)
			x[k] = 10 * ac_left(0.2 * i / N, N, k);
		struct grid_in in = {.account = &a,
				     .x = x,
				     .n = N,
				     .tau_s = 360,
				     .mark = 60000,
				     .sigma_year = 0.8};
		double t0 = now_us();
		if (!grid_touch(&in, &work, &out, &e))
			return 1;
		us[i] = now_us() - t0;
		sink += out.p;
	}
	qsort(us, REPEATS, sizeof us[0], by_value);
	printf("%-40s median %8.1f us  worst %8.1f us  bar %d us, ratio %.2f\n",
	       "absorbing grid, 240 slots", us[REPEATS / 2], us[REPEATS - 1], BAR_US,
	       us[REPEATS / 2] / BAR_US);
	struct urgency_in in = {.account = &a,
				.position = 10,
				.size = 10,
				.mark = 60000,
				.sigma_year = 0.8,
				.horizon_s = 86400,
				.n = N,
				.eta = 100,
				.epsilon = 30,
				.slope = 2,
				.eps = 0.01};
	double t0 = now_us();
	if (!urgency_from_danger(&in, &work, &u, &e))
		return 1;
	printf("%-40s %8.1f us for %u grids\n", "urgency from danger", now_us() - t0, u.solved);
	return us[REPEATS / 2] > BAR_US || !(sink > 0);
}
