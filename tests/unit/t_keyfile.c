/* t_keyfile.c: keystore V3 against foreign files, good and bad, and our own files read back. */
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/prng.h"
#include "sign/keyfile.h"
#include "sign/scrypt.h"
#include "tests/run.h"
#include "tests/unit/vec.h"

/* The value as compact JSON text again. */
static void print(struct buf *b, const struct jv *v)
{
	bool flag = false, object = jv_type(v) == JV_OBJECT;
	const char *s = "";
	size_t n = 0;

	if (object || jv_type(v) == JV_ARRAY) {
		buf_putc(b, object ? '{' : '[');
		for (const struct jv *m = jv_first(v); m; m = jv_next(m)) {
			if (object) {
				buf_json_str(b, jv_key(m));
				buf_putc(b, ':');
			}
			print(b, m);
			if (jv_next(m))
				buf_putc(b, ',');
		}
		buf_putc(b, object ? '}' : ']');
	} else if (jv_type(v) == JV_STRING) {
		buf_json_str(b, jv_text(v));
	} else if (jv_number(v, &s, &n)) {
		buf_put(b, s, n);
	} else {
		buf_puts(b, jv_bool(v, &flag) && flag ? "true" : "null");
	}
}

TEST(scrypt_of_the_standard)
{
	uint8_t out[64];

	REQUIRE(scrypt_own(out, 64, "", 0, (const uint8_t *)"", 0, 16, 1, 1));
	CHECK_HEX("N=16 r=1 p=1", out, 64,
		  "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
		  "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906");
	REQUIRE(scrypt_own(out, 64, "password", 8, (const uint8_t *)"NaCl", 4, 1024, 8, 16));
	CHECK_HEX("N=1024 r=8 p=16", out, 64,
		  "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
		  "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
}

TEST(foreign_key_files)
{
	const struct jv *doc = vec_open("security/keystore_v3.json"), *v;
	char mem[KEYFILE_BYTES_MAX];
	struct buf b;
	int n = 0;

	if (!doc)
		return;
	for (v = jv_first(jv_get(doc, "vectors")); v; v = jv_next(v), n++) {
		const char *password = jv_text(jv_get(v, "password"));
		const char *want = jv_text(jv_get(v, "priv"));
		struct keyfile_info info;
		uint8_t key[32];
		struct err e = {0};

		buf_init(&b, mem, sizeof mem);
		print(&b, jv_get(v, "json"));
		if (!keyfile_read(key, &info, b.p, b.len, password, strlen(password), &e)) {
			test_fail(__FILE__, __LINE__, "%s: %s", jv_text(jv_get(v, "name")), e.text);
			continue;
		}
		CHECK_INT(info.key_bytes, strlen(want) / 2);
		for (int i = 0; i < 32 - info.key_bytes; i++)
			CHECK_INT(key[i], 0);
		CHECK_HEX(jv_text(jv_get(v, "name")), key + 32 - info.key_bytes, info.key_bytes,
			  want);
	}
	CHECK_INT(n, 10);
	vec_close();
}

TEST(bad_key_files_are_refused_by_name)
{
	const struct jv *doc = vec_open("security/keystore_v3.json"), *v;
	char mem[KEYFILE_BYTES_MAX];
	struct buf b;
	int n = 0;

	if (!doc)
		return;
	for (v = jv_first(jv_get(doc, "negative_made_here")); v; v = jv_next(v), n++) {
		const char *password = jv_text(jv_get(v, "password"));
		struct keyfile_info info;
		uint8_t key[32];
		struct err e = {0};

		buf_init(&b, mem, sizeof mem);
		print(&b, jv_get(v, "json"));
		if (keyfile_read(key, &info, b.p, b.len, password, strlen(password), &e))
			test_fail(__FILE__, __LINE__, "%s was accepted",
				  jv_text(jv_get(v, "name")));
		CHECK(e.code == ERR_KEY || e.code == ERR_ARG);
		CHECK(strncmp(e.text, "key file: ", 10) == 0);
	}
	CHECK_INT(n, 24);
	vec_close();
}

static size_t make(char *mem, size_t cap, const uint8_t key[32], const char *password)
{
	struct keyfile_salt rnd;
	struct prng r;
	struct buf b;
	struct err e;

	prng_seed(&r, test_seed);
	for (size_t i = 0; i < sizeof rnd; i++)
		((uint8_t *)&rnd)[i] = (uint8_t)prng_u64(&r);
	buf_init(&b, mem, cap);
	if (!keyfile_write(&b, key, &rnd, KEYFILE_N_LOG2_LIGHT, password, strlen(password), &e))
		return 0;
	return b.len;
}

TEST(own_files_read_back)
{
	uint8_t key[32], back[32];
	struct keyfile_info info, peek;
	char mem[1024], text[65];
	struct prng r;
	struct err e = {0};
	size_t n;

	prng_seed(&r, test_seed + 1);
	for (int i = 0; i < 32; i++)
		key[i] = (uint8_t)prng_u64(&r);
	n = make(mem, sizeof mem, key, "correct horse");
	REQUIRE(n > 0);
	CHECK(strstr(mem, "\"n\":131072") && strstr(mem, "\"version\":3"));
	hex_encode(text, key, 32);
	CHECK(!strstr(mem, text));
	REQUIRE(keyfile_peek(&peek, mem, n, &e) && peek.has_address);
	REQUIRE(keyfile_read(back, &info, mem, n, "correct horse", 13, &e));
	CHECK(!memcmp(key, back, 32) && !memcmp(peek.address, info.address, 20));
	CHECK(!keyfile_read(back, &info, mem, n, "correct horsf", 13, &e) && e.code == ERR_KEY);
	CHECK_INT(make(mem, sizeof mem, key, ""), 0); /* no empty password for new keys */
	memset(key, 0, 32);
	CHECK_INT(make(mem, sizeof mem, key, "x"), 0); /* no such key */
}

/* Cut and flipped files: refused, whatever is left of them; the password work is never reached for
 * most, so thousands are cheap. */
TEST(damaged_files)
{
	uint8_t key[32] = {1}, back[32];
	struct keyfile_info info;
	char mem[1024], copy[1024];
	struct prng r;
	struct err e;
	size_t n;

	n = make(mem, sizeof mem, key, "pw");
	REQUIRE(n > 0);
	for (size_t cut = 0; cut + 2 < n; cut++)
		CHECK(!keyfile_read(back, &info, mem, cut, "pw", 2, &e));
	prng_seed(&r, test_seed);
	for (int i = 0; i < 5000; i++) {
		memcpy(copy, mem, n);
		for (int k = 0; k < 3; k++)
			copy[prng_below(&r, n)] = (char)prng_u64(&r);
		keyfile_peek(&info, copy, n, &e); /* any answer, no crash */
	}
	CHECK(!keyfile_peek(&info, mem, KEYFILE_BYTES_MAX + 1, &e));
}

TEST_MAIN(T(scrypt_of_the_standard), T(foreign_key_files), T(bad_key_files_are_refused_by_name),
	  T(own_files_read_back), T(damaged_files))
