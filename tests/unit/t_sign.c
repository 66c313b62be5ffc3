/* t_sign.c: hashes, keys, signatures and typed data against foreign vectors. */
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/prng.h"
#include "sign/eip712.h"
#include "sign/keccak.h"
#include "sign/secp.h"
#include "tests/run.h"
#include "tests/unit/vec.h"
#include "wire/msgpack.h"

static const uint8_t seed[32] = {7, 7, 7};

TEST(keccak_known_answers)
{
	const struct jv *doc = vec_open("security/keccak256.json"), *v;
	static uint8_t msg[4096];
	uint8_t h[32];
	int n = 0;

	if (!doc)
		return;
	for (v = jv_first(jv_get(doc, "kat_msg_md")); v; v = jv_next(v), n++) {
		size_t len = vec_bytes(msg, sizeof msg, jv_text(jv_at(v, 0)));

		REQUIRE(len != SIZE_MAX);
		keccak256(h, msg, len);
		CHECK_HEX("keccak256", h, 32, jv_text(jv_at(v, 1)));
	}
	CHECK_INT(n, 256);
	for (v = jv_first(jv_get(doc, "boundary_computed_here")), n = 0; v; v = jv_next(v), n++) {
		uint64_t len = 0;

		REQUIRE(jv_u64(jv_get(v, "len"), &len) && len <= sizeof msg);
		for (uint64_t i = 0; i < len; i++)
			msg[i] = (uint8_t)(7 * i + 3);
		keccak256(h, msg, len);
		CHECK_HEX("keccak256", h, 32, jv_text(jv_get(v, "md")));
	}
	CHECK_INT(n, 16);
	vec_close();
}

TEST(keccak_fixed_answers)
{
	uint8_t h[32];

	keccak256(h, "", 0);
	CHECK_HEX("empty", h, 32,
		  "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
	keccak256(h, "abc", 3);
	CHECK_HEX("abc", h, 32, "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
}

TEST(keccak_any_split_is_the_same)
{
	uint8_t msg[700], whole[32], parts[32];
	struct prng r;

	prng_seed(&r, test_seed);
	for (int round = 0; round < 400; round++) {
		size_t n = prng_below(&r, sizeof msg + 1), at = 0;
		struct keccak k;

		for (size_t i = 0; i < n; i++)
			msg[i] = (uint8_t)prng_u64(&r);
		keccak256(whole, msg, n);
		keccak_init(&k);
		while (at < n) {
			size_t step = prng_below(&r, n - at + 1);

			keccak_put(&k, msg + at, step);
			at += step;
		}
		keccak_end(&k, parts);
		CHECK(memcmp(whole, parts, 32) == 0);
	}
}

TEST(signatures_of_rfc6979)
{
	const struct jv *doc = vec_open("security/secp256k1_rfc6979_sign.json"), *v;
	struct secp *s = secp_new(seed);
	uint8_t key[32], digest[32], sig[64], byte, address[20], back[20];
	int n = 0;

	REQUIRE(s);
	if (!doc)
		return;
	for (v = jv_first(jv_get(doc, "sign")); v; v = jv_next(v), n++) {
		uint64_t id = 9;

		REQUIRE(vec_hex(key, 32, jv_text(jv_get(v, "d"))));
		REQUIRE(vec_hex(digest, 32, jv_text(jv_get(v, "m"))));
		REQUIRE(secp_sign(s, sig, sig + 32, &byte, digest, key));
		CHECK_HEX("signature", sig, 64, jv_text(jv_get(v, "signature")));
		CHECK(jv_u64(jv_get(v, "recid"), &id));
		CHECK_INT(byte, 27 + id);
		CHECK(secp_address(s, address, key));
		CHECK(secp_recover(s, back, digest, sig, sig + 32, byte));
		CHECK(memcmp(address, back, 20) == 0);
		sig[40] ^= 1;
		CHECK(!secp_recover(s, back, digest, sig, sig + 32, byte) ||
		      memcmp(address, back, 20) != 0);
	}
	CHECK_INT(n, 269);
	for (v = jv_first(jv_get(doc, "invalid_private_keys")), n = 0; v; v = jv_next(v), n++) {
		REQUIRE(vec_hex(key, 32, jv_text(jv_get(v, "d"))));
		CHECK(!secp_key_ok(s, key));
		CHECK(!secp_sign(s, sig, sig + 32, &byte, digest, key));
		CHECK(!secp_address(s, address, key));
	}
	CHECK_INT(n, 4);
	secp_free(s);
	vec_close();
}

/* Blinding must never show in a result. */
TEST(randomised_context_signs_the_same)
{
	struct secp *a = secp_new(seed), *b = secp_new(NULL);
	uint8_t key[32] = {1}, digest[32] = {2}, x[65], y[65], other[32] = {9};

	REQUIRE(a && b);
	CHECK(secp_sign(a, x, x + 32, x + 64, digest, key));
	secp_randomize(a, other);
	CHECK(secp_sign(b, y, y + 32, y + 64, digest, key));
	CHECK(memcmp(x, y, 65) == 0);
	CHECK(secp_sign(a, y, y + 32, y + 64, digest, key));
	CHECK(memcmp(x, y, 65) == 0);
	CHECK(!secp_recover(a, y, digest, x, x + 32, 29));
	CHECK(!secp_recover(a, y, digest, x, x + 32, 26));
	secp_free(a);
	secp_free(b);
}

TEST(addresses)
{
	const struct jv *doc = vec_open("security/ethereum_addresses.json"), *v;
	struct secp *s = secp_new(NULL);
	uint8_t key[32], a[20], back[20];
	char text[43];
	int n = 0;

	REQUIRE(s);
	if (!doc)
		return;
	for (v = jv_first(jv_get(doc, "accounts")); v; v = jv_next(v), n++) {
		const char *want = jv_text(jv_get(v, "address"));

		REQUIRE(want && vec_hex(key, 32, jv_text(jv_get(v, "privateKey"))));
		CHECK(secp_address(s, a, key));
		address_text(text, a);
		CHECK_STR(text, want);
		CHECK(address_read(back, want) && memcmp(a, back, 20) == 0);
	}
	CHECK_INT(n, 259);
	for (v = jv_first(jv_get(doc, "eip55")), n = 0; v; v = jv_next(v), n++) {
		REQUIRE(address_read(a, jv_text(v)));
		address_text(text, a);
		CHECK_STR(text, jv_text(v));
	}
	CHECK_INT(n, 8);
	CHECK(!address_read(a,
			    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD")); /* last letter's case */
	CHECK(address_read(a, "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"));
	CHECK(!address_read(a, "5aaeb6053f3e94c9b9a09f33669435e7ef1beae"));
	CHECK(!address_read(a, "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed0"));
	CHECK(!address_read(a, "0xg"));
	secp_free(s);
	vec_close();
}

static void packed(const char *want, void (*put)(struct buf *))
{
	char mem[128];
	struct buf b;

	buf_init(&b, mem, sizeof mem);
	put(&b);
	CHECK_HEX("msgpack", b.p, b.len, want);
}

static void put_ints(struct buf *b)
{
	static const uint64_t edge[] = {0,     127,   128,	  255,	       256,
					65535, 65536, 0xffffffff, 0x100000000, UINT64_MAX};

	for (size_t i = 0; i < sizeof edge / sizeof edge[0]; i++)
		msgpack_u64(b, edge[i]);
}

static void put_negatives(struct buf *b)
{
	static const int64_t edge[] = {5,      -1,     -32,	    -33,	   -128,     -129,
				       -32768, -32769, -2147483648, -2147483649ll, INT64_MIN};

	for (size_t i = 0; i < sizeof edge / sizeof edge[0]; i++)
		msgpack_i64(b, edge[i]);
}

static void put_heads(struct buf *b)
{
	msgpack_map(b, 15);
	msgpack_map(b, 16);
	msgpack_array(b, 15);
	msgpack_array(b, 16);
	msgpack_array(b, 65536);
	msgpack_text(b, "");
	msgpack_str(b, "0123456789abcdef0123456789abcdef", 31);
	msgpack_str(b, "0123456789abcdef0123456789abcdef", 32);
	msgpack_bool(b, true);
	msgpack_bool(b, false);
	msgpack_nil(b);
}

TEST(msgpack_shortest_forms)
{
	packed("007fcc80ccffcd0100cdffffce00010000ceffffffffcf0000000100000000cfffffffffffffffff",
	       put_ints);
	packed("05ffe0d0dfd080d1ff7fd18000d2ffff7fffd280000000d3ffffffff7fffffffd38000000000000000",
	       put_negatives);
	packed("8fde00109fdc0010dd00010000a0bf30313233343536373839616263646566303132333435363738396"
	       "1"
	       "62636465d9203031323334353637383961626364656630313233343536373839616263646566c3c2c0",
	       put_heads);
}

TEST_MAIN(T(keccak_known_answers), T(keccak_fixed_answers), T(keccak_any_split_is_the_same),
	  T(signatures_of_rfc6979), T(randomised_context_signs_the_same), T(addresses),
	  T(msgpack_shortest_forms))
