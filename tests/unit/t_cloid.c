/* cloid: the cipher's published vectors, and ids that open only for us. */
#include <string.h>

#include "base/hex.h"
#include "base/prng.h"
#include "core/cloid.h"
#include "tests/run.h"

static void known(const char *key_hex, const char *plain_hex, const char *cipher_hex)
{
	uint8_t key[16], plain[16], cipher[16], out[16];
	struct aes128 a;

	CHECK(hex_decode(key, 16, key_hex));
	CHECK(hex_decode(plain, 16, plain_hex));
	CHECK(hex_decode(cipher, 16, cipher_hex));
	aes128_init(&a, key);
	aes128_encrypt(&a, out, plain);
	CHECK(!memcmp(out, cipher, 16));
	aes128_decrypt(&a, out, cipher);
	CHECK(!memcmp(out, plain, 16));
}

TEST(fips_197)
{
	known("000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff",
	      "69c4e0d86a7b0430d8cdb78070b4c55a"); /* appendix C.1 */
	known("2b7e151628aed2a6abf7158809cf4f3c", "3243f6a8885a308d313198a2e0370734",
	      "3925841d02dc09fbdc118597196a0b32"); /* appendix B */
}

TEST(round_trip_and_strangers)
{
	uint8_t key[16];
	struct aes128 a, other;
	struct prng r;

	prng_seed(&r, test_seed);
	for (int i = 0; i < 16; i++)
		key[i] = (uint8_t)prng_u64(&r);
	aes128_init(&a, key);
	key[3] ^= 1;
	aes128_init(&other, key);
	for (int k = 0; k < 500; k++) {
		struct cloid_id id = {.install = (uint32_t)prng_u64(&r) & 0xffffff,
				      .exit = (uint32_t)prng_u64(&r),
				      .slice = (uint32_t)prng_u64(&r),
				      .attempt = (uint16_t)prng_u64(&r),
				      .leg = (uint8_t)prng_u64(&r),
				      .kind = (uint8_t)prng_u64(&r)},
				back;
		struct cloid c = cloid_make(&a, &id);

		CHECK(cloid_open(&a, &back, c, id.install));
		CHECK(back.exit == id.exit && back.slice == id.slice &&
		      back.attempt == id.attempt && back.leg == id.leg && back.kind == id.kind);
		CHECK(!cloid_open(&a, &back, c, id.install ^ 1));
		CHECK(!cloid_open(&other, &back, c, id.install));
	}
	CHECK(!cloid_open(&a, &(struct cloid_id){0}, (struct cloid){{0}}, 0));
}

TEST_MAIN(T(fips_197), T(round_trip_and_strangers))
