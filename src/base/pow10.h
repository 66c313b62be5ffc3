/* pow10.h: powers of ten, for everything that reads or writes decimals: 10^0 .. 10^18. */
#ifndef EXEUNT_BASE_POW10_H
#define EXEUNT_BASE_POW10_H

#include <stdbool.h>
#include <stdint.h>

enum { POW10_MAX = 18 };

extern const int64_t pow10_of[POW10_MAX + 1];

static inline bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

#endif
