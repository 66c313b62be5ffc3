/* entropy.h: the only source of chance: keys, identities, seeds. */
#ifndef EXEUNT_HOST_ENTROPY_H
#define EXEUNT_HOST_ENTROPY_H

#include <stddef.h>
#include <stdint.h>

void entropy_fill(void *out, size_t n); /* aborts when the kernel gives none */
uint64_t entropy_u64(void);

#endif
