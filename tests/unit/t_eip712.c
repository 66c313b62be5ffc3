/* t_eip712.c: typed data of any shape, built from the primitives of sign/eip712.h the way a
 * verifier of foreign messages would, against 131 foreign documents. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "sign/eip712.h"
#include "sign/secp.h"
#include "tests/run.h"
#include "tests/unit/vec.h"

enum { TYPES_MAX = 32, TEXT_MAX = 8192 };

static const struct jv *types; /* of the document at hand */

static void encode(uint8_t word[32], const char *type, size_t n, const struct jv *v);

static const struct jv *type_named(const char *name, size_t n)
{
	for (const struct jv *t = jv_first(types); t; t = jv_next(t))
		if (strlen(jv_key(t)) == n && !memcmp(jv_key(t), name, n))
			return t;
	return NULL;
}

static void collect(const struct jv **seen, size_t *n_seen, const struct jv *t)
{
	for (size_t i = 0; i < *n_seen; i++)
		if (seen[i] == t)
			return;
	if (*n_seen == TYPES_MAX)
		return;
	seen[(*n_seen)++] = t;
	for (const struct jv *f = jv_first(t); f; f = jv_next(f)) {
		const char *ft = jv_text(jv_get(f, "type"));
		const struct jv *inner = type_named(ft, strcspn(ft, "["));

		if (inner)
			collect(seen, n_seen, inner);
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(jv_key(*(const struct jv *const *)a), jv_key(*(const struct jv *const *)b));
}

/* The primary type first, the ones it refers to after it by name. */
static void encode_type(struct buf *b, const struct jv *t)
{
	const struct jv *seen[TYPES_MAX];
	size_t n = 0;

	collect(seen, &n, t);
	qsort(seen + 1, n - 1, sizeof seen[0], by_name);
	for (size_t i = 0; i < n; i++) {
		buf_puts(b, jv_key(seen[i]));
		buf_putc(b, '(');
		for (const struct jv *f = jv_first(seen[i]); f; f = jv_next(f)) {
			buf_puts(b, jv_text(jv_get(f, "type")));
			buf_putc(b, ' ');
			buf_puts(b, jv_text(jv_get(f, "name")));
			buf_putc(b, jv_next(f) ? ',' : ')');
		}
		if (!jv_first(seen[i]))
			buf_putc(b, ')');
	}
}

/* When `raw` is given the words are also kept there, type hash first. */
static void hash_struct(uint8_t out[32], const struct jv *t, const struct jv *v, struct buf *raw)
{
	static char mem[TEXT_MAX];
	struct eip712 e;
	struct buf b;
	uint8_t w[32];

	buf_init(&b, mem, sizeof mem);
	encode_type(&b, t);
	CHECK(!b.over);
	eip712_begin(&e, b.p);
	if (raw) {
		keccak256(w, b.p, b.len);
		buf_put(raw, w, 32);
	}
	for (const struct jv *f = jv_first(t); f; f = jv_next(f)) {
		const char *ft = jv_text(jv_get(f, "type"));

		encode(w, ft, strlen(ft), jv_get(v, jv_text(jv_get(f, "name"))));
		eip712_word(&e, w);
		if (raw)
			buf_put(raw, w, 32);
	}
	eip712_end(&e, out);
}

static void encode_integer(uint8_t word[32], const struct jv *v)
{
	const char *s;
	size_t n;
	bool neg;

	memset(word, 0, 32);
	if (!jv_str(v, &s, &n) && !jv_number(v, &s, &n)) {
		CHECK(!"integer");
		return;
	}
	if (n > 2 && s[0] == '0' && s[1] == 'x') {
		CHECK(vec_hex(word, 32, s));
		return;
	}
	neg = s[0] == '-';
	for (size_t i = neg; i < n; i++) {
		unsigned carry = (unsigned)(s[i] - '0');

		for (int k = 31; k >= 0; k--) {
			carry += 10u * word[k];
			word[k] = (uint8_t)carry;
			carry >>= 8;
		}
	}
	if (neg) {
		unsigned carry = 1;

		for (int k = 31; k >= 0; k--) {
			carry += (uint8_t)~word[k];
			word[k] = (uint8_t)carry;
			carry >>= 8;
		}
	}
}

static bool is(const char *type, size_t n, const char *want)
{
	return strlen(want) == n && !memcmp(type, want, n);
}

static void encode_bytes(uint8_t word[32], const char *type, size_t n, const struct jv *v)
{
	static uint8_t mem[TEXT_MAX];
	size_t len = vec_bytes(mem, sizeof mem, jv_text(v));

	if (len == SIZE_MAX) {
		CHECK(!"bytes");
	} else if (is(type, n, "bytes")) {
		keccak256(word, mem, len);
	} else {
		CHECK(len <= 32);
		memset(word, 0, 32);
		memcpy(word, mem, len <= 32 ? len : 32);
	}
}

static void encode(uint8_t word[32], const char *type, size_t n, const struct jv *v)
{
	const struct jv *t = type_named(type, n);
	struct eip712 e;
	uint8_t w[32];
	bool flag;

	if (type[n - 1] == ']') {
		while (type[--n] != '[')
			;
		eip712_begin_array(&e);
		for (const struct jv *x = jv_first(v); x; x = jv_next(x)) {
			encode(w, type, n, x);
			eip712_word(&e, w);
		}
		eip712_end(&e, word);
	} else if (t) {
		hash_struct(word, t, v, NULL);
	} else if (is(type, n, "string")) {
		const char *s = "";
		size_t len = 0;

		CHECK(jv_str(v, &s, &len));
		keccak256(word, s, len);
	} else if (is(type, n, "bool")) {
		CHECK(jv_bool(v, &flag));
		memset(word, 0, 32);
		word[31] = flag;
	} else if (is(type, n, "address")) {
		CHECK(vec_hex(word, 32, jv_text(v)));
	} else if (n >= 5 && !memcmp(type, "bytes", 5)) {
		encode_bytes(word, type, n, v);
	} else {
		encode_integer(word, v);
	}
}

/* Any of the five optional fields, in the standard's order. */
static void hash_domain(uint8_t out[32], const struct jv *d)
{
	static const char *const names[] = {"name", "version", "chainId", "verifyingContract",
					    "salt"};
	static const char *const kinds[] = {"string", "string", "uint256", "address", "bytes32"};
	char mem[256];
	struct buf b;
	struct eip712 e;
	uint8_t w[32];

	buf_init(&b, mem, sizeof mem);
	buf_puts(&b, "EIP712Domain(");
	for (int i = 0; i < 5; i++)
		if (jv_get(d, names[i]))
			buf_printf(&b, "%s%s %s", b.p[b.len - 1] == '(' ? "" : ",", kinds[i],
				   names[i]);
	buf_putc(&b, ')');
	eip712_begin(&e, b.p);
	for (int i = 0; i < 5; i++)
		if (jv_get(d, names[i])) {
			encode(w, kinds[i], strlen(kinds[i]), jv_get(d, names[i]));
			eip712_word(&e, w);
		}
	eip712_end(&e, out);
}

TEST(typed_data_of_any_shape)
{
	static char raw_mem[TEXT_MAX];
	const struct jv *doc = vec_open("security/eip712.json"), *c;
	uint8_t domain[32], h[32], digest[32];
	struct buf raw;
	int n = 0;

	if (!doc)
		return;
	for (c = jv_first(jv_get(doc, "ethers_typed_data")); c; c = jv_next(c), n++) {
		const char *primary = jv_text(jv_get(c, "primaryType"));

		types = jv_get(c, "types");
		buf_init(&raw, raw_mem, sizeof raw_mem);
		hash_domain(domain, jv_get(c, "domain"));
		hash_struct(h, type_named(primary, strlen(primary)), jv_get(c, "data"), &raw);
		eip712_digest(digest, domain, h);
		CHECK(!raw.over);
		CHECK_HEX(jv_text(jv_get(c, "name")), raw.p, raw.len,
			  jv_text(jv_get(c, "encoded")));
		CHECK_HEX(jv_text(jv_get(c, "name")), digest, 32, jv_text(jv_get(c, "digest")));
	}
	CHECK_INT(n, 130);
	vec_close();
}

TEST(the_standards_own_mail)
{
	const struct jv *doc = vec_open("security/eip712.json"), *m;
	struct secp *s = secp_new(NULL);
	uint8_t domain[32], h[32], digest[32], key[32], sig[65];
	static char mem[TEXT_MAX];
	struct buf b;

	REQUIRE(s);
	if (!doc)
		return;
	m = jv_get(doc, "ether_mail");
	types = jv_get(m, "types");
	buf_init(&b, mem, sizeof mem);
	encode_type(&b, type_named("Mail", 4));
	CHECK_STR(b.p, jv_text(jv_get(m, "encodeType")));
	keccak256(h, b.p, b.len);
	CHECK_HEX("type hash", h, 32, jv_text(jv_get(m, "typeHash")));
	hash_domain(domain, jv_get(m, "domain"));
	CHECK_HEX("domain", domain, 32, jv_text(jv_get(m, "domainSeparator")));
	hash_struct(h, type_named("Mail", 4), jv_get(m, "message"), NULL);
	CHECK_HEX("struct", h, 32, jv_text(jv_get(m, "structHash")));
	eip712_digest(digest, domain, h);
	CHECK_HEX("digest", digest, 32, jv_text(jv_get(m, "digest")));
	REQUIRE(vec_hex(key, 32, jv_text(jv_get(m, "privateKey"))));
	CHECK(secp_sign(s, sig, sig + 32, sig + 64, digest, key));
	CHECK_HEX("r", sig, 32, jv_text(jv_get(m, "r")));
	CHECK_HEX("s", sig + 32, 32, jv_text(jv_get(m, "s")));
	CHECK_INT(sig[64], 28);
	secp_free(s);
	vec_close();
}

TEST(fields_as_the_venue_uses_them)
{
	uint8_t domain[32], h[32], digest[32], agent[20];
	struct eip712 e;

	/* approveAgent, unnamed, testnet: the third-party SDKs agree on this digest. */
	REQUIRE(address_read(agent, "0x0d1d9635d0640821d15e323ac8adadfa9c111414"));
	eip712_domain(domain, "HyperliquidSignTransaction", "1", 421614);
	CHECK_HEX("domain", domain, 32,
		  "feb1393ca4412a4ca577bd51d04f0a77033514c602f4d0a11490fb95f7428df6");
	eip712_begin(&e, "HyperliquidTransaction:ApproveAgent(string hyperliquidChain,"
			 "address agentAddress,string agentName,uint64 nonce)");
	eip712_text(&e, "Testnet");
	eip712_address(&e, agent);
	eip712_text(&e, "");
	eip712_u64(&e, 1790000000000);
	eip712_end(&e, h);
	CHECK_HEX("struct", h, 32,
		  "3c14daa838e530f16cbc6a6eaede79c2af0d6e8d3f7ffe9a208cc3c515db098e");
	eip712_digest(digest, domain, h);
	CHECK_HEX("digest", digest, 32,
		  "bbde4408e385bf48b5036cda46fac0857aaba50c504108affe26962a45cdadd3");
}

TEST_MAIN(T(typed_data_of_any_shape), T(the_standards_own_mail), T(fields_as_the_venue_uses_them))
