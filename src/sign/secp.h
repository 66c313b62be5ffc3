/* secp.h: the one door to libsecp256k1: keys, addresses, recoverable signatures.
 *
 * Signing is RFC 6979 (deterministic) and always low-s. Recovery accepts either s, as the venue
 * does. A context allocates once, in secp_new; nothing else here allocates. */
#ifndef EXEUNT_SIGN_SECP_H
#define EXEUNT_SIGN_SECP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct secp;

/* seed: 32 random bytes that blind the multiplications against side channels; NULL for contexts
 * that only recover. NULL is returned when memory is out. */
struct secp *secp_new(const uint8_t seed[32]);
void secp_free(struct secp *s);
void secp_randomize(struct secp *s, const uint8_t seed[32]);

bool secp_key_ok(const struct secp *s, const uint8_t key[32]);			/* 1..n-1 */
bool secp_pubkey(const struct secp *s, uint8_t out[64], const uint8_t key[32]); /* x then y */
bool secp_address(const struct secp *s, uint8_t out[20], const uint8_t key[32]);
/* v is 27 or 28. False: the key is not valid. */
bool secp_sign(const struct secp *s, uint8_t r[32], uint8_t sig_s[32], uint8_t *v,
	       const uint8_t digest[32], const uint8_t key[32]);
/* v may be 27, 28, 0 or 1. False: no such point, or a number out of range. */
bool secp_recover(const struct secp *s, uint8_t address[20], const uint8_t digest[32],
		  const uint8_t r[32], const uint8_t sig_s[32], uint8_t v);

/* "0x" and 40 digits in the mixed case of EIP-55, and a NUL. */
void address_text(char out[43], const uint8_t address[20]);
/* Reads 40 digits with or without 0x. All one case passes; mixed case must match EIP-55. */
bool address_read(uint8_t out[20], const char *text);

#endif
