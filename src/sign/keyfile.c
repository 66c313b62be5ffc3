/* keyfile.c: see keyfile.h.
 *
 *  1. Every parameter is bounded before any work is done with it.
 *  2. The checksum is compared in constant time before anything is decrypted.
 *  3. Derived keys and plain keys on this stack are wiped on every path. */
#include "sign/keyfile.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "sign/keccak.h"
#include "sign/scrypt.h"
#include "sign/secp.h"
#include "wire/json.h"

enum { SALT_MAX = 64, KEY_MIN = 30, N_LOG2_MAX = 20, R_MAX = 16, P_MAX = 16 };
#define SCRYPT_BYTES_MAX (1ull << 30)
#define C_MIN		 1000
#define C_MAX		 10000000

/* A file, read and bounded, not yet decrypted. */
struct parsed {
	bool scrypt;
	uint64_t n, r, p, c;
	uint8_t salt[SALT_MAX], iv[16], text[32], mac[32], address[20];
	size_t salt_n, text_n;
	bool has_address;
};

static bool missing(struct err *e, const char *what, const char *rule)
{
	return err_set(e, ERR_ARG, "key file: %s: %s", what, rule);
}

/* Hex of lo to hi bytes. */
static bool hex_field(uint8_t *out, size_t *n, size_t lo, size_t hi, const struct jv *v,
		      const char *name, struct err *e)
{
	const char *s;
	size_t len;

	if (!jv_str(v, &s, &len))
		return missing(e, name, "a string of hex digits is missing");
	if (len >= 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
		s += 2;
		len -= 2;
	}
	if (len % 2 || len / 2 < lo || len / 2 > hi)
		return err_set(e, ERR_ARG, "key file: %s: %zu hex digits, %zu to %zu are allowed",
			       name, len, 2 * lo, 2 * hi);
	if (!hex_decode(out, len / 2, s))
		return missing(e, name, "a character is no hex digit");
	*n = len / 2;
	return true;
}

static bool number(uint64_t *out, const struct jv *v, const char *name, uint64_t lo, uint64_t hi,
		   struct err *e)
{
	uint64_t u;

	if (!jv_u64(v, &u))
		return missing(e, name, "a whole number is missing");
	if (u < lo || u > hi)
		return err_set(e, ERR_ARG, "key file: %s is %llu, %llu to %llu is allowed", name,
			       (unsigned long long)u, (unsigned long long)lo,
			       (unsigned long long)hi);
	*out = u;
	return true;
}

static bool parse_kdf(struct parsed *f, const struct jv *crypto, struct err *e)
{
	const struct jv *k = jv_get(crypto, "kdfparams");
	uint64_t dklen;

	if (!number(&dklen, jv_get(k, "dklen"), "dklen", 32, 32, e) ||
	    !hex_field(f->salt, &f->salt_n, 1, SALT_MAX, jv_get(k, "salt"), "salt", e))
		return false;
	if (jv_str_is(jv_get(crypto, "kdf"), "pbkdf2")) {
		if (!jv_str_is(jv_get(k, "prf"), "hmac-sha256"))
			return missing(e, "prf", "only hmac-sha256 is known");
		return number(&f->c, jv_get(k, "c"), "c", C_MIN, C_MAX, e);
	}
	if (!jv_str_is(jv_get(crypto, "kdf"), "scrypt"))
		return missing(e, "kdf", "only scrypt and pbkdf2 are known");
	f->scrypt = true;
	if (!number(&f->n, jv_get(k, "n"), "n", 2, 1ull << N_LOG2_MAX, e) ||
	    !number(&f->r, jv_get(k, "r"), "r", 1, R_MAX, e) ||
	    !number(&f->p, jv_get(k, "p"), "p", 1, P_MAX, e))
		return false;
	if (f->n & (f->n - 1))
		return missing(e, "n", "must be a power of two");
	if (128 * f->n * f->r > SCRYPT_BYTES_MAX)
		return missing(e, "n and r", "would need more than 1 GiB");
	return true;
}

static bool parse_address(struct parsed *f, const struct jv *v, struct err *e)
{
	size_t n;

	if (!v)
		return true;
	f->has_address = true;
	return hex_field(f->address, &n, 20, 20, v, "address", e);
}

static bool parse_doc(struct parsed *f, const struct jv *doc, struct err *e)
{
	const struct jv *crypto = jv_get(doc, "crypto");
	uint64_t version;
	size_t n;

	if (!crypto)
		crypto = jv_get(doc, "Crypto");
	if (jv_type(crypto) != JV_OBJECT)
		return missing(e, "crypto", "is missing: not an Ethereum keystore");
	return number(&version, jv_get(doc, "version"), "version", 3, 3, e) &&
	       (jv_str_is(jv_get(crypto, "cipher"), "aes-128-ctr") ||
		missing(e, "cipher", "only aes-128-ctr is known")) &&
	       hex_field(f->iv, &n, 16, 16, jv_get(jv_get(crypto, "cipherparams"), "iv"), "iv",
			 e) &&
	       hex_field(f->text, &f->text_n, KEY_MIN, 32, jv_get(crypto, "ciphertext"),
			 "ciphertext", e) &&
	       hex_field(f->mac, &n, 32, 32, jv_get(crypto, "mac"), "mac", e) &&
	       parse_kdf(f, crypto, e) && parse_address(f, jv_get(doc, "address"), e);
}

static bool parse(struct parsed *f, const char *json, size_t n, struct err *e)
{
	struct json *door;
	const struct jv *doc;
	struct err why;
	bool ok = false;

	memset(f, 0, sizeof *f);
	if (n > KEYFILE_BYTES_MAX)
		return err_set(e, ERR_ARG, "key file: %zu bytes, at most %d are read", n,
			       KEYFILE_BYTES_MAX);
	door = json_new(64 << 10);
	if (!door)
		return err_set(e, ERR_LIMIT, "key file: out of memory");
	doc = json_parse(door, json, n, &why);
	if (!doc)
		err_set(e, ERR_ARG, "key file: %s", why.text);
	else
		ok = parse_doc(f, doc, e);
	json_free(door);
	return ok;
}

static bool derive(uint8_t dk[32], const struct parsed *f, const void *password, size_t password_n,
		   struct err *e)
{
	uint64_t memory = 128 * f->r * (f->n + f->p + 3) + (1 << 20);
	bool ok;

	if (!f->scrypt)
		ok = PKCS5_PBKDF2_HMAC(password, (int)password_n, f->salt, (int)f->salt_n,
				       (int)f->c, EVP_sha256(), 32, dk) == 1;
	else if (f->r < 4 && f->n >> (16 * f->r)) /* OpenSSL wants n below 2^(16 r) */
		ok = scrypt_own(dk, 32, password, password_n, f->salt, f->salt_n, f->n,
				(uint32_t)f->r, (uint32_t)f->p);
	else
		ok = EVP_PBE_scrypt(password, password_n, f->salt, f->salt_n, f->n, f->r, f->p,
				    memory, dk, 32) == 1;
	ERR_clear_error();
	if (!ok)
		return err_set(e, ERR_LIMIT, "key file: no memory for n=%llu r=%llu (%llu MiB)",
			       (unsigned long long)f->n, (unsigned long long)f->r,
			       (unsigned long long)(memory >> 20));
	return true;
}

static bool aes_ctr(uint8_t *out, const uint8_t *in, size_t n, const uint8_t key[16],
		    const uint8_t iv[16])
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int len = 0;
	bool ok = c && EVP_EncryptInit_ex(c, EVP_aes_128_ctr(), NULL, key, iv) == 1 &&
		  EVP_EncryptUpdate(c, out, &len, in, (int)n) == 1 && len == (int)n;

	EVP_CIPHER_CTX_free(c); /* wipes the round keys */
	return ok;
}

static void mac_of(uint8_t out[32], const uint8_t dk[32], const uint8_t *text, size_t n)
{
	struct keccak k;

	keccak_init(&k);
	keccak_put(&k, dk + 16, 16);
	keccak_put(&k, text, n);
	keccak_end(&k, out);
	explicit_bzero(&k, sizeof k);
}

static bool open_key(uint8_t key[32], struct keyfile_info *info, const struct parsed *f,
		     const uint8_t dk[32], struct err *e)
{
	uint8_t mac[32];
	struct secp *s;
	bool ok;

	mac_of(mac, dk, f->text, f->text_n);
	if (CRYPTO_memcmp(mac, f->mac, 32) != 0)
		return err_set(e, ERR_KEY,
			       "key file: the password does not open it (or it is damaged)");
	memset(key, 0, 32);
	if (!aes_ctr(key + 32 - f->text_n, f->text, f->text_n, dk, f->iv))
		return err_set(e, ERR_LIMIT, "key file: decryption ran out of memory");
	s = secp_new(NULL);
	if (!s)
		return err_set(e, ERR_LIMIT, "key file: out of memory");
	ok = secp_address(s, info->address, key);
	secp_free(s);
	if (!ok)
		return err_set(e, ERR_KEY, "key file: what it holds is no secp256k1 key");
	if (f->has_address && memcmp(f->address, info->address, 20) != 0)
		return err_set(e, ERR_KEY, "key file: its address is not that of its key");
	info->has_address = true;
	info->key_bytes = (uint8_t)f->text_n;
	return true;
}

bool keyfile_read(uint8_t key[32], struct keyfile_info *info, const char *json, size_t n,
		  const void *password, size_t password_n, struct err *e)
{
	struct keyfile_info got = {0};
	uint8_t dk[32], k[32];
	struct parsed f;
	bool ok;

	if (password_n > PASSWORD_MAX)
		return err_set(e, ERR_ARG, "password: %zu bytes, at most %d", password_n,
			       PASSWORD_MAX);
	ok = parse(&f, json, n, e) && derive(dk, &f, password, password_n, e) &&
	     open_key(k, &got, &f, dk, e);
	if (ok) {
		memcpy(key, k, 32);
		*info = got;
	}
	explicit_bzero(dk, sizeof dk);
	explicit_bzero(k, sizeof k);
	return ok;
}

bool keyfile_peek(struct keyfile_info *info, const char *json, size_t n, struct err *e)
{
	struct parsed f;

	if (!parse(&f, json, n, e))
		return false;
	*info = (struct keyfile_info){.has_address = f.has_address, .key_bytes = (uint8_t)f.text_n};
	memcpy(info->address, f.address, 20);
	return true;
}

static void put_hex(struct buf *b, const char *before, const uint8_t *bytes, size_t n)
{
	char t[65];

	hex_encode(t, bytes, n);
	buf_puts(b, before);
	buf_puts(b, t);
}

/* Version 4 of RFC 4122 from 16 random bytes. */
static void put_uuid(struct buf *b, const uint8_t rnd[16])
{
	uint8_t u[16];
	char t[33];

	memcpy(u, rnd, 16);
	u[6] = (uint8_t)((u[6] & 15) | 0x40);
	u[8] = (uint8_t)((u[8] & 63) | 0x80);
	hex_encode(t, u, 16);
	buf_printf(b, "\"id\":\"%.8s-%.4s-%.4s-%.4s-%.12s\"", t, t + 8, t + 12, t + 16, t + 20);
}

bool keyfile_write(struct buf *out, const uint8_t key[32], const struct keyfile_salt *rnd,
		   int n_log2, const void *password, size_t password_n, struct err *e)
{
	struct parsed f = {.scrypt = true, .r = 8, .p = 1, .salt_n = 32, .text_n = 32};
	struct secp *s = secp_new(NULL);
	uint8_t dk[32];
	bool ok = s && secp_address(s, f.address, key);

	secp_free(s);
	if (!ok)
		return err_set(e, ERR_KEY, "not a secp256k1 key");
	if (password_n == 0 || password_n > PASSWORD_MAX)
		return err_set(e, ERR_ARG, "password of a new key: %zu bytes, 1 to %d are allowed",
			       password_n, PASSWORD_MAX);
	if (n_log2 < KEYFILE_N_LOG2_LIGHT || n_log2 > N_LOG2_MAX)
		return err_set(e, ERR_ARG, "scrypt N 2^%d: 2^%d to 2^%d are allowed", n_log2,
			       KEYFILE_N_LOG2_LIGHT, N_LOG2_MAX);
	f.n = 1ull << n_log2;
	memcpy(f.salt, rnd->salt, 32);
	if (!derive(dk, &f, password, password_n, e))
		return false;
	ok = aes_ctr(f.text, key, 32, dk, rnd->iv);
	mac_of(f.mac, dk, f.text, 32);
	explicit_bzero(dk, sizeof dk);
	if (!ok)
		return err_set(e, ERR_LIMIT, "encryption ran out of memory");
	put_hex(out, "{\"address\":\"", f.address, 20);
	put_hex(out, "\",\"crypto\":{\"cipher\":\"aes-128-ctr\",\"cipherparams\":{\"iv\":\"",
		rnd->iv, 16);
	put_hex(out, "\"},\"ciphertext\":\"", f.text, 32);
	buf_printf(out,
		   "\",\"kdf\":\"scrypt\",\"kdfparams\":{\"dklen\":32,\"n\":%llu,\"p\":1,\"r\":8",
		   (unsigned long long)f.n);
	put_hex(out, ",\"salt\":\"", f.salt, 32);
	put_hex(out, "\"},\"mac\":\"", f.mac, 32);
	buf_puts(out, "\"},");
	put_uuid(out, rnd->uuid);
	buf_puts(out, ",\"version\":3}\n");
	return !out->over || err_set(e, ERR_BUG, "key file: %zu bytes do not hold it", out->cap);
}

#include "base/banned.h"
