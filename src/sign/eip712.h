/* eip712.h: typed structured data hashing (EIP-712), as a writer: begin with the full type string,
 * put the fields in order, end. Nested structs and arrays are hashed first and put as words. */
#ifndef EXEUNT_SIGN_EIP712_H
#define EXEUNT_SIGN_EIP712_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sign/keccak.h"

struct eip712 {
	struct keccak k;
};

/* type: the full encodeType string, such as "Agent(string source,bytes32 connectionId)". */
void eip712_begin(struct eip712 *e, const char *type);
void eip712_begin_array(struct eip712 *e); /* elements follow, no type hash */
void eip712_word(struct eip712 *e, const uint8_t word[32]);
void eip712_bytes(struct eip712 *e, const void *bytes, size_t n); /* `bytes` and `string` */
void eip712_text(struct eip712 *e, const char *s);
void eip712_u64(struct eip712 *e, uint64_t v);
void eip712_bool(struct eip712 *e, bool v);
void eip712_address(struct eip712 *e, const uint8_t address[20]);
void eip712_end(struct eip712 *e, uint8_t out[32]);

/* Separator of a domain with name, version, chainId and a verifying contract of zeros: the only
 * form the venue uses. */
void eip712_domain(uint8_t out[32], const char *name, const char *version, uint64_t chain_id);
void eip712_digest(uint8_t out[32], const uint8_t domain[32], const uint8_t struct_hash[32]);

#endif
