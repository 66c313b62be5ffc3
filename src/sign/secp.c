/* secp.c: see secp.h. Secrets that land on this file's stack are wiped before return. */
#include "sign/secp.h"

#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/hex.h"
#include "sign/keccak.h"

struct secp {
	secp256k1_context *ctx;
};

struct secp *secp_new(const uint8_t seed[32])
{
	struct secp *s = malloc(sizeof *s);

	if (!s)
		return NULL;
	/* One flag set for both old and new library versions; NONE is not enough before 0.2. */
	s->ctx = secp256k1_context_create(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY);
	if (!s->ctx) {
		free(s);
		return NULL;
	}
	if (seed)
		secp_randomize(s, seed);
	return s;
}

void secp_free(struct secp *s)
{
	if (!s)
		return;
	secp256k1_context_destroy(s->ctx);
	free(s);
}

void secp_randomize(struct secp *s, const uint8_t seed[32])
{
	int ok = secp256k1_context_randomize(s->ctx, seed);

	ASSERT(ok);
}

bool secp_key_ok(const struct secp *s, const uint8_t key[32])
{
	return secp256k1_ec_seckey_verify(s->ctx, key) == 1;
}

static void pubkey_bytes(const struct secp *s, uint8_t out[64], const secp256k1_pubkey *pub)
{
	uint8_t full[65];
	size_t n = sizeof full;

	secp256k1_ec_pubkey_serialize(s->ctx, full, &n, pub, SECP256K1_EC_UNCOMPRESSED);
	memcpy(out, full + 1, 64);
}

bool secp_pubkey(const struct secp *s, uint8_t out[64], const uint8_t key[32])
{
	secp256k1_pubkey pub;

	if (!secp256k1_ec_pubkey_create(s->ctx, &pub, key))
		return false;
	pubkey_bytes(s, out, &pub);
	return true;
}

static void address_of(uint8_t out[20], const uint8_t pub[64])
{
	uint8_t h[32];

	keccak256(h, pub, 64);
	memcpy(out, h + 12, 20);
}

bool secp_address(const struct secp *s, uint8_t out[20], const uint8_t key[32])
{
	uint8_t pub[64];

	if (!secp_pubkey(s, pub, key))
		return false;
	address_of(out, pub);
	return true;
}

bool secp_sign(const struct secp *s, uint8_t r[32], uint8_t sig_s[32], uint8_t *v,
	       const uint8_t digest[32], const uint8_t key[32])
{
	secp256k1_ecdsa_recoverable_signature sig;
	uint8_t compact[64];
	int id = 0;

	if (!secp256k1_ecdsa_sign_recoverable(s->ctx, &sig, digest, key, NULL, NULL))
		return false;
	secp256k1_ecdsa_recoverable_signature_serialize_compact(s->ctx, compact, &id, &sig);
	/* Ids 2 and 3 need an r above the group order: about one signature in 2^127. */
	if (id > 1)
		return false;
	memcpy(r, compact, 32);
	memcpy(sig_s, compact + 32, 32);
	*v = (uint8_t)(27 + id);
	return true;
}

bool secp_recover(const struct secp *s, uint8_t address[20], const uint8_t digest[32],
		  const uint8_t r[32], const uint8_t sig_s[32], uint8_t v)
{
	secp256k1_ecdsa_recoverable_signature sig;
	secp256k1_pubkey pub;
	uint8_t bytes[64];
	int id = v >= 27 ? v - 27 : v;

	if (id > 1)
		return false;
	memcpy(bytes, r, 32);
	memcpy(bytes + 32, sig_s, 32);
	if (!secp256k1_ecdsa_recoverable_signature_parse_compact(s->ctx, &sig, bytes, id) ||
	    !secp256k1_ecdsa_recover(s->ctx, &pub, &sig, digest))
		return false;
	pubkey_bytes(s, bytes, &pub);
	address_of(address, bytes);
	return true;
}

void address_text(char out[43], const uint8_t address[20])
{
	uint8_t h[32];
	char *digits = out + 2;

	out[0] = '0';
	out[1] = 'x';
	hex_encode(digits, address, 20);
	keccak256(h, digits, 40);
	for (int i = 0; i < 40; i++) {
		int nibble = h[i / 2] >> (i % 2 ? 0 : 4) & 15;

		if (digits[i] >= 'a' && nibble >= 8)
			digits[i] = (char)(digits[i] - 'a' + 'A');
	}
}

bool address_read(uint8_t out[20], const char *text)
{
	bool lower = false, upper = false;
	uint8_t a[20];
	char back[43];

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	if (strlen(text) != 40 || !hex_decode(a, 20, text))
		return false;
	for (int i = 0; i < 40; i++) {
		lower |= text[i] >= 'a' && text[i] <= 'f';
		upper |= text[i] >= 'A' && text[i] <= 'F';
	}
	if (lower && upper) {
		address_text(back, a);
		if (memcmp(back + 2, text, 40) != 0)
			return false;
	}
	memcpy(out, a, 20);
	return true;
}

#include "base/banned.h"
