/* entropy.c: getrandom, until all bytes are there. */
#include "host/entropy.h"

#include <errno.h>
#include <sys/random.h>
#include <sys/types.h>

#include "base/check.h"

void entropy_fill(void *out, size_t n)
{
	uint8_t *p = out;

	while (n) {
		ssize_t got = getrandom(p, n, 0);
		if (got < 0 && errno == EINTR)
			continue;
		ASSERT(got > 0);
		p += got;
		n -= (size_t)got;
	}
}

uint64_t entropy_u64(void)
{
	uint64_t v;

	entropy_fill(&v, sizeof v);
	return v;
}
