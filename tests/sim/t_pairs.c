/* t_pairs: every pair of fault and phase, as a generated test.
 *
 *   t_pairs               EXEUNT_PAIR_SEEDS seeds (2) of every pair, in two processes
 *   t_pairs --pair F P [--seed N] [-v]   one of them */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/sim/pairs.h"

static int run_share(uint64_t seeds, int share, int shares)
{
	int failed = 0, n = 0;

	for (int f = 0; f < pair_faults; f++)
		for (int p = 0; p < pair_phases; p++)
			for (uint64_t seed = 1; seed <= seeds; seed++) {
				char broken[400];

				if (n++ % shares != share)
					continue;
				pair_run(f, p, seed, false, broken);
				if (!broken[0])
					continue;
				failed++;
				printf("FAIL pair_%d_%d seed %llu (%s, %s)\n  %s\n", f, p,
				       (unsigned long long)seed, pair_fault_name(f),
				       pair_phase_name(p), broken);
			}
	fflush(stdout);
	return failed < 250 ? failed : 250;
}

int main(int argc, char **argv)
{
	bool verbose = false;
	const char *env = getenv("EXEUNT_PAIR_SEEDS");
	uint64_t seeds = env ? strtoull(env, NULL, 10) : 2, one = 1;
	int f = -1, p = -1, failed = 0;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-v"))
			verbose = true;
		else if (!strcmp(argv[i], "--pair") && i + 2 < argc)
			f = atoi(argv[i + 1]), p = atoi(argv[i + 2]), i += 2;
		else if (!strcmp(argv[i], "--seed") && i + 1 < argc)
			one = strtoull(argv[++i], NULL, 10);
	}
	if (f >= 0 && f < pair_faults && p >= 0 && p < pair_phases) {
		char broken[400];

		pair_run(f, p, one, verbose, broken);
		printf("%s, %s: %s\n", pair_fault_name(f), pair_phase_name(p),
		       broken[0] ? broken : "well");
		return broken[0] != 0;
	}
	fflush(stdout);
	for (int k = 0; k < 2; k++)
		if (fork() == 0)
			_exit(run_share(seeds, k, 2));
	for (int k = 0; k < 2; k++) {
		int status;
		wait(&status);
		failed += WIFEXITED(status) ? WEXITSTATUS(status) : 1;
	}
	printf("%d passed, %d failed\n", pair_faults * pair_phases * (int)seeds - failed, failed);
	return failed != 0;
}
