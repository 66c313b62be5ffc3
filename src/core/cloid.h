/* cloid.h: client order ids. One AES-128 block over what the order is, under a key of this journal:
 * order queries are public, and an id in clear would publish the plan. What does not decrypt to our
 * version and install is not ours. */
#ifndef EXEUNT_CORE_CLOID_H
#define EXEUNT_CORE_CLOID_H

#include <stdbool.h>
#include <stdint.h>

#include "core/act.h"

struct aes128 {
	uint8_t round[11][16];
	uint8_t sbox[256], inverse[256];
	uint8_t times[4][256]; /* by 14, 11, 13, 9: the way back through MixColumns */
};

void aes128_init(struct aes128 *a, const uint8_t key[16]);
void aes128_encrypt(const struct aes128 *a, uint8_t out[16], const uint8_t in[16]);
void aes128_decrypt(const struct aes128 *a, uint8_t out[16], const uint8_t in[16]);

enum { CLOID_VERSION = 1 };

enum cloid_kind {
	CLOID_SLICE = 1, /* child of an exit */
	CLOID_RUNG,	 /* rung of a flatten; exit holds the run's number */
	CLOID_GUARD,
	CLOID_OTHER
};

struct cloid_id {
	uint32_t install; /* 24 bits used */
	uint32_t exit, slice;
	uint16_t attempt;
	uint8_t leg, kind;
};

struct cloid cloid_make(const struct aes128 *a, const struct cloid_id *id);
/* False when it is not ours. */
bool cloid_open(const struct aes128 *a, struct cloid_id *id, struct cloid c, uint32_t install);

#endif
