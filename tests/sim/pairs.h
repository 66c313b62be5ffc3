/* pairs.h: one fault in one phase of a flatten, in the simulated world. */
#ifndef EXEUNT_TESTS_SIM_PAIRS_H
#define EXEUNT_TESTS_SIM_PAIRS_H

#include <stdbool.h>
#include <stdint.h>

extern const int pair_faults, pair_phases;
const char *pair_fault_name(int f);
const char *pair_phase_name(int p);
/* broken: the first invariant that broke, "" none. */
void pair_run(int f, int p, uint64_t seed, bool verbose, char broken[400]);

#endif
