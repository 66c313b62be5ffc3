/* pack.h: bytes of exit and flatten records: little-endian, no padding, bounded. Reading past the
 * end yields zeroes and clears ok. */
#ifndef EXEUNT_EXEC_PACK_H
#define EXEUNT_EXEC_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct pack {
	uint8_t *out;	   /* writing, else NULL */
	const uint8_t *in; /* reading */
	size_t at, cap;
	bool ok;
};

static inline void pack_bytes(struct pack *p, void *b, size_t n)
{
	if (!p->ok || p->cap - p->at < n) {
		p->ok = false;
		if (!p->out)
			memset(b, 0, n);
		return;
	}
	if (p->out)
		memcpy(p->out + p->at, b, n);
	else
		memcpy(b, p->in + p->at, n);
	p->at += n;
}

static inline uint64_t pack_int(struct pack *p, uint64_t v, int n)
{
	uint8_t b[8];
	for (int i = 0; i < n; i++)
		b[i] = (uint8_t)(v >> (8 * i));
	pack_bytes(p, b, (size_t)n);
	v = 0;
	for (int i = 0; i < n; i++)
		v |= (uint64_t)b[i] << (8 * i);
	return v;
}

static inline void pack_double(struct pack *p, double *d)
{
	uint64_t u;
	memcpy(&u, d, sizeof u);
	u = pack_int(p, u, 8);
	memcpy(d, &u, sizeof u);
}

/* One line a field; the same line writes and reads. */
#define P8(p, f)    ((f) = (__typeof__(f))pack_int(p, (uint64_t)(f), 1))
#define P16(p, f)   ((f) = (__typeof__(f))pack_int(p, (uint64_t)(f), 2))
#define P32(p, f)   ((f) = (__typeof__(f))pack_int(p, (uint64_t)(f), 4))
#define P64(p, f)   ((f) = (__typeof__(f))pack_int(p, (uint64_t)(f), 8))
#define PV(p, f)    P64(p, (f).v)
#define PD(p, f)    pack_double(p, &(f))
#define PTEXT(p, f) (pack_bytes(p, f, sizeof(f)), (void)((f)[sizeof(f) - 1] = 0))

#endif
