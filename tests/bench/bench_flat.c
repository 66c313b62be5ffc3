/* bench_flat: from the key to a verified FLAT, in the simulated world: 20 positions, 400 ms round
 * trip, 10 % of the answers to actions lost. Virtual time: the figures are the program's own doing
 * (engine, session, outbox, journal commits, paper exchange with 70 ms blocks) and repeat exactly.
 *
 * Bar (product.md): at most four round trips plus two ladder rungs at the median. The reference is
 * printed beside: the same without lost answers. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/sim/world.h"

#define S 1000000000LL
enum { RUNS = 41, RTT_MS = 400 };

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Seconds from the command to the sentence FLAT; below 0: not within two minutes. */
static double one(uint64_t seed, uint32_t lost_pm)
{
	struct world_faults f = {.twenty = true, .rtt_ms = RTT_MS, .ack_lost_pm = lost_pm};
	struct world *w = world_new(seed, &f);
	struct cmd c = {.kind = CMD_FLATTEN};
	int64_t t0;
	double took = -1;

	world_run(w, w->now_ns + 10 * S);
	c.flatten.scope = FLAT_ALL;
	c.flatten.part.v = 1000000000000LL;
	t0 = w->now_ns;
	world_cmd(w, &c);
	while (w->now_ns < t0 + 120 * S && !w->flat_said && !w->broken[0])
		world_run(w, w->now_ns + S / 100);
	if (w->flat_said && !w->broken[0])
		took = (double)(w->flat_ns - t0) / 1e9;
	if (w->broken[0])
		printf("  seed %llu: %s\n", (unsigned long long)seed, w->broken);
	world_free(w);
	return took;
}

static double row(const char *name, uint32_t lost_pm)
{
	double t[RUNS];
	int not_flat = 0;

	for (int i = 0; i < RUNS; i++) {
		t[i] = one(1000 + (uint64_t)i, lost_pm);
		not_flat += t[i] < 0;
		if (t[i] < 0)
			t[i] = 1e9;
	}
	qsort(t, RUNS, sizeof t[0], by_value);
	printf("%-34s median %.2f s  p90 %.2f s  worst %.2f s  not flat %d of %d\n", name,
	       t[RUNS / 2], t[RUNS * 9 / 10], t[RUNS - 1], not_flat, RUNS);
	return t[RUNS / 2];
}

int main(void)
{
	const double bar = 4 * RTT_MS / 1e3 + 2 * 1.0;
	double clean = row("20 positions, no answer lost", 0);
	double lossy = row("20 positions, 10 % of answers lost", 100);

	printf("bar %.2f s (4 round trips + 2 rungs): %s; ratio to no loss %.2f\n", bar,
	       lossy <= bar ? "held" : "MISSED", lossy / clean);
	return 0;
}
