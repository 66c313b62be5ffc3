/* scrypt.c: see scrypt.h. Straight from RFC 7914; little-endian words are used in place, as in
 * keccak.c. Speed is not a concern: files with r = 1 are rare. */
#include "sign/scrypt.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "scrypt.c: words are read in place");

static inline uint32_t rol(uint32_t v, int n)
{
	return v << n | v >> (32 - n);
}

static inline void quarter(uint32_t *x, int a, int b, int c, int d)
{
	x[b] ^= rol(x[a] + x[d], 7);
	x[c] ^= rol(x[b] + x[a], 9);
	x[d] ^= rol(x[c] + x[b], 13);
	x[a] ^= rol(x[d] + x[c], 18);
}

static void salsa20_8(uint32_t b[16])
{
	uint32_t x[16];

	memcpy(x, b, sizeof x);
	for (int i = 0; i < 4; i++) {
		quarter(x, 0, 4, 8, 12);
		quarter(x, 5, 9, 13, 1);
		quarter(x, 10, 14, 2, 6);
		quarter(x, 15, 3, 7, 11);
		quarter(x, 0, 1, 2, 3);
		quarter(x, 5, 6, 7, 4);
		quarter(x, 10, 11, 8, 9);
		quarter(x, 15, 12, 13, 14);
	}
	for (int i = 0; i < 16; i++)
		b[i] += x[i];
}

/* b of 2r blocks of 16 words; y is scratch of the same size. Even blocks go to the front. */
static void block_mix(uint32_t *b, uint32_t *y, uint32_t r)
{
	uint32_t x[16];

	memcpy(x, b + (2 * r - 1) * 16, sizeof x);
	for (uint32_t i = 0; i < 2 * r; i++) {
		for (int k = 0; k < 16; k++)
			x[k] ^= b[i * 16 + k];
		salsa20_8(x);
		memcpy(y + (i / 2 + i % 2 * r) * 16, x, sizeof x);
	}
	memcpy(b, y, 128 * (size_t)r);
}

static void ro_mix(uint32_t *b, uint32_t *v, uint32_t *y, uint64_t n, uint32_t r)
{
	size_t words = 32 * (size_t)r;

	for (uint64_t i = 0; i < n; i++) {
		memcpy(v + i * words, b, 4 * words);
		block_mix(b, y, r);
	}
	for (uint64_t i = 0; i < n; i++) {
		uint64_t at = (uint64_t)b[words - 15] << 32 | b[words - 16];
		const uint32_t *from = v + (at & (n - 1)) * words;

		for (size_t k = 0; k < words; k++)
			b[k] ^= from[k];
		block_mix(b, y, r);
	}
}

bool scrypt_own(uint8_t *out, size_t out_n, const void *password, size_t password_n,
		const uint8_t *salt, size_t salt_n, uint64_t n, uint32_t r, uint32_t p)
{
	size_t block = 128 * (size_t)r, all = block * (size_t)(n + p + 1);
	uint32_t *mem = malloc(all), *b = mem, *y, *v;
	bool ok;

	if (!mem)
		return false;
	y = mem + block / 4 * p;
	v = y + block / 4;
	ok = PKCS5_PBKDF2_HMAC(password, (int)password_n, salt, (int)salt_n, 1, EVP_sha256(),
			       (int)(block * p), (unsigned char *)b) == 1;
	for (uint32_t i = 0; ok && i < p; i++)
		ro_mix(b + block / 4 * i, v, y, n, r);
	ok = ok && PKCS5_PBKDF2_HMAC(password, (int)password_n, (unsigned char *)b,
				     (int)(block * p), 1, EVP_sha256(), (int)out_n, out) == 1;
	explicit_bzero(mem, all);
	free(mem);
	return ok;
}

#include "base/banned.h"
