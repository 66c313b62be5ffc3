/* keccak.c: Keccak-f[1600] with both half-rounds unrolled, for one caller that is measured against
 * a bare elliptic-curve signature: four permutations must stay below a few percent of it.
 *
 *  1. The state is 25 little-endian lanes; lane (x, y) is a[x + 5y].
 *  2. Two rounds alternate between two sets of 25 locals, so nothing is copied between rounds.
 *  3. rho and pi are folded into the reading of each output row: column X of row Y comes from lane
 *     (X + 3Y mod 5, X), turned by that lane's fixed offset. */
#include "sign/keccak.h"

#include <string.h>

static const uint64_t iota[24] = {
	0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
	0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
	0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
	0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
	0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
	0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

#define ROL(v, n) ((n) ? (v) << ((n)&63) | (v) >> ((64 - (n)) & 63) : (v))

#define THETA(a)                                                                                   \
	do {                                                                                       \
		c0 = a[0] ^ a[5] ^ a[10] ^ a[15] ^ a[20];                                          \
		c1 = a[1] ^ a[6] ^ a[11] ^ a[16] ^ a[21];                                          \
		c2 = a[2] ^ a[7] ^ a[12] ^ a[17] ^ a[22];                                          \
		c3 = a[3] ^ a[8] ^ a[13] ^ a[18] ^ a[23];                                          \
		c4 = a[4] ^ a[9] ^ a[14] ^ a[19] ^ a[24];                                          \
		d0 = c4 ^ ROL(c1, 1);                                                              \
		d1 = c0 ^ ROL(c2, 1);                                                              \
		d2 = c1 ^ ROL(c3, 1);                                                              \
		d3 = c2 ^ ROL(c4, 1);                                                              \
		d4 = c3 ^ ROL(c0, 1);                                                              \
	} while (0)

/* Output row at o from five lanes: index, the column whose theta it takes, rotation. */
#define ROW(e, a, o, i0, x0, r0, i1, x1, r1, i2, x2, r2, i3, x3, r3, i4, x4, r4)                   \
	do {                                                                                       \
		uint64_t b0 = a[i0] ^ d##x0, b1 = a[i1] ^ d##x1, b2 = a[i2] ^ d##x2,               \
			 b3 = a[i3] ^ d##x3, b4 = a[i4] ^ d##x4;                                   \
		b0 = ROL(b0, r0);                                                                  \
		b1 = ROL(b1, r1);                                                                  \
		b2 = ROL(b2, r2);                                                                  \
		b3 = ROL(b3, r3);                                                                  \
		b4 = ROL(b4, r4);                                                                  \
		e[o] = b0 ^ (~b1 & b2);                                                            \
		e[o + 1] = b1 ^ (~b2 & b3);                                                        \
		e[o + 2] = b2 ^ (~b3 & b4);                                                        \
		e[o + 3] = b3 ^ (~b4 & b0);                                                        \
		e[o + 4] = b4 ^ (~b0 & b1);                                                        \
	} while (0)

#define ROUND(e, a, n)                                                                             \
	do {                                                                                       \
		THETA(a);                                                                          \
		ROW(e, a, 0, 0, 0, 0, 6, 1, 44, 12, 2, 43, 18, 3, 21, 24, 4, 14);                  \
		ROW(e, a, 5, 3, 3, 28, 9, 4, 20, 10, 0, 3, 16, 1, 45, 22, 2, 61);                  \
		ROW(e, a, 10, 1, 1, 1, 7, 2, 6, 13, 3, 25, 19, 4, 8, 20, 0, 18);                   \
		ROW(e, a, 15, 4, 4, 27, 5, 0, 36, 11, 1, 10, 17, 2, 15, 23, 3, 56);                \
		ROW(e, a, 20, 2, 2, 62, 8, 3, 55, 14, 4, 39, 15, 0, 41, 21, 1, 2);                 \
		e[0] ^= iota[n];                                                                   \
	} while (0)

static void permute(uint64_t s[25])
{
	uint64_t c0, c1, c2, c3, c4, d0, d1, d2, d3, d4;
	uint64_t a[25], e[25];

	memcpy(a, s, sizeof a);
	for (int n = 0; n < 24; n += 2) {
		ROUND(e, a, n);
		ROUND(a, e, n + 1);
	}
	memcpy(s, a, sizeof a);
}

static uint64_t load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

void keccak_init(struct keccak *k)
{
	memset(k, 0, sizeof *k);
}

/* The lanes are little-endian in memory on every machine this is built for; checked at compile
 * time so that a port fails loudly instead of hashing wrongly. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "keccak.c: lanes are read in place");

void keccak_put(struct keccak *k, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	uint8_t *state = (uint8_t *)k->a;

	while (n) {
		if (k->at == 0 && n >= KECCAK_RATE) {
			for (int i = 0; i < KECCAK_RATE / 8; i++)
				k->a[i] ^= load64(p + 8 * i);
			permute(k->a);
			p += KECCAK_RATE;
			n -= KECCAK_RATE;
			continue;
		}
		if (k->at % 8 == 0 && n >= 8) {
			k->a[k->at / 8] ^= load64(p);
			k->at += 8;
			p += 8;
			n -= 8;
		} else {
			state[k->at++] ^= *p++;
			n--;
		}
		if (k->at == KECCAK_RATE) {
			permute(k->a);
			k->at = 0;
		}
	}
}

void keccak_end(struct keccak *k, uint8_t out[32])
{
	uint8_t *state = (uint8_t *)k->a;

	state[k->at] ^= 0x01;
	state[KECCAK_RATE - 1] ^= 0x80;
	permute(k->a);
	memcpy(out, k->a, 32);
}

void keccak256(uint8_t out[32], const void *bytes, size_t n)
{
	struct keccak k;

	keccak_init(&k);
	keccak_put(&k, bytes, n);
	keccak_end(&k, out);
}

#include "base/banned.h"
