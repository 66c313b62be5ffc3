/* keccak.h: Keccak-256 with the original 0x01 padding (Ethereum), not SHA3-256 (0x06). */
#ifndef EXEUNT_SIGN_KECCAK_H
#define EXEUNT_SIGN_KECCAK_H

#include <stddef.h>
#include <stdint.h>

enum { KECCAK_RATE = 136 }; /* bytes absorbed by one permutation */

struct keccak {
	uint64_t a[25];
	size_t at; /* bytes of the current block already absorbed, 0..135 */
};

void keccak_init(struct keccak *k);
void keccak_put(struct keccak *k, const void *bytes, size_t n);
void keccak_end(struct keccak *k, uint8_t out[32]); /* k is spent */
void keccak256(uint8_t out[32], const void *bytes, size_t n);

#endif
