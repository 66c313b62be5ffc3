/* prng.h: xoshiro256** seeded by splitmix64. Deterministic, not secret: slices, jitter, simulation.
 * Keys and identities come from the host's entropy, never from here. */
#ifndef EXEUNT_BASE_PRNG_H
#define EXEUNT_BASE_PRNG_H

#include <stdint.h>

struct prng {
	uint64_t s[4];
};

void prng_seed(struct prng *r, uint64_t seed);
uint64_t prng_u64(struct prng *r);
uint64_t prng_below(struct prng *r, uint64_t n);	    /* 0..n-1, unbiased; n > 0 */
int64_t prng_range(struct prng *r, int64_t lo, int64_t hi); /* both included */
double prng_unit(struct prng *r);			    /* [0, 1), 53 bits */

#endif
