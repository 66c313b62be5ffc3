/* eip712.c: see eip712.h. Fields are absorbed as they come; nothing is kept but the hash state. */
#include "sign/eip712.h"

#include <string.h>

void eip712_begin(struct eip712 *e, const char *type)
{
	uint8_t h[32];

	keccak256(h, type, strlen(type));
	keccak_init(&e->k);
	keccak_put(&e->k, h, 32);
}

void eip712_begin_array(struct eip712 *e)
{
	keccak_init(&e->k);
}

void eip712_word(struct eip712 *e, const uint8_t word[32])
{
	keccak_put(&e->k, word, 32);
}

void eip712_bytes(struct eip712 *e, const void *bytes, size_t n)
{
	uint8_t h[32];

	keccak256(h, bytes, n);
	eip712_word(e, h);
}

void eip712_text(struct eip712 *e, const char *s)
{
	eip712_bytes(e, s, strlen(s));
}

void eip712_u64(struct eip712 *e, uint64_t v)
{
	uint8_t word[32] = {0};

	for (int i = 0; i < 8; i++)
		word[31 - i] = (uint8_t)(v >> 8 * i);
	eip712_word(e, word);
}

void eip712_bool(struct eip712 *e, bool v)
{
	eip712_u64(e, v);
}

void eip712_address(struct eip712 *e, const uint8_t address[20])
{
	uint8_t word[32] = {0};

	memcpy(word + 12, address, 20);
	eip712_word(e, word);
}

void eip712_end(struct eip712 *e, uint8_t out[32])
{
	keccak_end(&e->k, out);
}

void eip712_domain(uint8_t out[32], const char *name, const char *version, uint64_t chain_id)
{
	static const uint8_t nobody[20];
	struct eip712 e;

	eip712_begin(&e, "EIP712Domain(string name,string version,uint256 chainId,"
			 "address verifyingContract)");
	eip712_text(&e, name);
	eip712_text(&e, version);
	eip712_u64(&e, chain_id);
	eip712_address(&e, nobody);
	eip712_end(&e, out);
}

void eip712_digest(uint8_t out[32], const uint8_t domain[32], const uint8_t struct_hash[32])
{
	uint8_t m[66] = {0x19, 0x01};

	memcpy(m + 2, domain, 32);
	memcpy(m + 34, struct_hash, 32);
	keccak256(out, m, sizeof m);
}

#include "base/banned.h"
