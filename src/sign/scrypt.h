/* scrypt.h: scrypt (RFC 7914) for the parameters OpenSSL refuses: N at or above 2^(16 r), which the
 * official keystore example with r = 1 uses. */
#ifndef EXEUNT_SIGN_SCRYPT_H
#define EXEUNT_SIGN_SCRYPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* n a power of two above 1; allocates 128*r*(n + p + 2) bytes, wiped before they are freed. False:
 * no memory. */
bool scrypt_own(uint8_t *out, size_t out_n, const void *password, size_t password_n,
		const uint8_t *salt, size_t salt_n, uint64_t n, uint32_t r, uint32_t p);

#endif
