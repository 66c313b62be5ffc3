/* t_action.c: every recorded signing vector against the encoder. Each action is written twice: by a
 * walk over the vector's own JSON (all kinds, text as given) and, where struct act can say it, by
 * action.c. Both must give the recorded bytes; then hash, digest, signature, address. */
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "core/dec.h"
#include "sign/eip712.h"
#include "sign/secp.h"
#include "tests/run.h"
#include "tests/unit/vec.h"
#include "venue/hyperliquid/action.h"
#include "venue/hyperliquid/num.h"
#include "wire/msgpack.h"

static char mem_a[1 << 16], mem_b[1 << 16];
static int taken_out; /* vectors that remove collateral: hashed, and refused */

static uint32_t members(const struct jv *v, const char *skip)
{
	uint32_t n = 0;

	for (const struct jv *m = jv_first(v); m; m = jv_next(m))
		n += !skip || !jv_key(m) || strcmp(jv_key(m), skip) != 0;
	return n;
}

/* Any JSON value as msgpack in the order given; `skip` leaves one key of the top level out. */
static void pack(struct buf *b, const struct jv *v, const char *skip)
{
	bool flag = false;
	int64_t i = 0;
	const char *s = "";
	size_t n = 0;

	switch (jv_type(v)) {
	case JV_OBJECT:
		msgpack_map(b, members(v, skip));
		for (const struct jv *m = jv_first(v); m; m = jv_next(m)) {
			if (skip && !strcmp(jv_key(m), skip))
				continue;
			msgpack_text(b, jv_key(m));
			pack(b, m, NULL);
		}
		break;
	case JV_ARRAY:
		msgpack_array(b, members(v, NULL));
		for (const struct jv *m = jv_first(v); m; m = jv_next(m))
			pack(b, m, NULL);
		break;
	case JV_STRING:
		CHECK(jv_str(v, &s, &n));
		msgpack_str(b, s, n);
		break;
	case JV_NUMBER:
		CHECK(jv_i64(v, &i));
		msgpack_i64(b, i);
		break;
	case JV_BOOL:
		CHECK(jv_bool(v, &flag));
		msgpack_bool(b, flag);
		break;
	default:
		msgpack_nil(b);
	}
}

/* The same value as compact JSON text. */
static void print(struct buf *b, const struct jv *v)
{
	bool flag = false, object = jv_type(v) == JV_OBJECT;
	const char *s = "";
	size_t n = 0;

	switch (jv_type(v)) {
	case JV_OBJECT:
	case JV_ARRAY:
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
		break;
	case JV_STRING:
		buf_json_str(b, jv_text(v));
		break;
	case JV_NUMBER:
		CHECK(jv_number(v, &s, &n));
		buf_put(b, s, n);
		break;
	case JV_BOOL:
		CHECK(jv_bool(v, &flag));
		buf_puts(b, flag ? "true" : "false");
		break;
	default:
		buf_puts(b, "null");
	}
}

static bool only(const struct jv *v, const char *const *keys)
{
	for (const struct jv *m = jv_first(v); m; m = jv_next(m)) {
		const char *const *k = keys;

		while (*k && strcmp(*k, jv_key(m)) != 0)
			k++;
		if (!*k)
			return false;
	}
	return true;
}

/* False also for untrimmed text: a decimal has one way to be written here. */
static bool read_price(struct price *p, const struct jv *v)
{
	const char *s = jv_text(v);
	char back[NUM_TEXT_MAX];

	return s && price_parse(p, s, strlen(s)) == DEC_OK && num_price_text(back, *p) &&
	       !strcmp(back, s);
}

static bool read_qty(struct qty *q, const struct jv *v)
{
	const char *s = jv_text(v);
	char back[NUM_TEXT_MAX];

	return s && qty_parse(q, s, strlen(s)) == DEC_OK && num_qty_text(back, *q) &&
	       !strcmp(back, s);
}

static bool read_cloid(struct cloid *c, const struct jv *v)
{
	return jv_text(v) && vec_hex(c->b, 16, jv_text(v));
}

static bool read_u32(uint32_t *out, const struct jv *v)
{
	uint64_t u;

	if (!jv_u64(v, &u) || u > UINT32_MAX)
		return false;
	*out = (uint32_t)u;
	return true;
}

static bool read_order(struct act_order *o, const struct jv *v)
{
	static const char *const tifs[] = {"Gtc", "Ioc", "Alo"};
	const struct jv *trigger = jv_get(jv_get(v, "t"), "trigger");
	const struct jv *tif = jv_get(jv_get(jv_get(v, "t"), "limit"), "tif");

	if (!read_u32(&o->asset, jv_get(v, "a")) || !jv_bool(jv_get(v, "b"), &o->buy) ||
	    !read_price(&o->px, jv_get(v, "p")) || !read_qty(&o->sz, jv_get(v, "s")) ||
	    !jv_bool(jv_get(v, "r"), &o->reduce_only))
		return false;
	if (jv_get(v, "c") && !read_cloid(&o->cloid, jv_get(v, "c")))
		return false;
	if (trigger) {
		o->tif = TIF_TRIGGER;
		o->trigger_tp = jv_str_is(jv_get(trigger, "tpsl"), "tp");
		return jv_bool(jv_get(trigger, "isMarket"), &o->trigger_market) &&
		       read_price(&o->trigger_px, jv_get(trigger, "triggerPx"));
	}
	for (o->tif = 0; o->tif < TIF_TRIGGER; o->tif++)
		if (jv_str_is(tif, tifs[o->tif]))
			return true;
	return false;
}

static bool read_list(struct act *a, const struct jv *v)
{
	static const char *const groups[] = {"na", "normalTpsl", "positionTpsl"};
	static const char *const order_keys[] = {"type", "orders", "grouping", NULL};
	static const char *const cancel_keys[] = {"type", "cancels", "f", NULL};
	bool order = a->kind == ACT_ORDER;
	const struct jv *m = jv_first(jv_get(v, order ? "orders" : "cancels"));

	if (!only(v, order ? order_keys : cancel_keys))
		return false;
	if (order) {
		while (a->grouping < 3 && !jv_str_is(jv_get(v, "grouping"), groups[a->grouping]))
			a->grouping++;
		if (a->grouping == 3)
			return false;
	}
	if (jv_get(v, "f") && !jv_bool(jv_get(v, "f"), &a->fast_cancel))
		return false;
	for (; m; m = jv_next(m), a->n++) {
		struct act_cancel *c = &a->cancel[a->n];

		if (a->n == BATCH_MAX)
			return false;
		if (order		    ? !read_order(&a->order[a->n], m)
		    : a->kind == ACT_CANCEL ? !read_u32(&c->asset, jv_get(m, "a")) ||
						      !jv_u64(jv_get(m, "o"), &c->oid)
					    : !read_u32(&c->asset, jv_get(m, "asset")) ||
						      !read_cloid(&c->cloid, jv_get(m, "cloid")))
			return false;
	}
	return true;
}

static bool read_twap(struct act *a, const struct jv *v)
{
	static const char *const keys[] = {"type", "twap", NULL};
	const struct jv *t = jv_get(v, "twap");
	uint32_t minutes;

	if (!only(v, keys) || !read_u32(&a->twap.asset, jv_get(t, "a")) ||
	    !jv_bool(jv_get(t, "b"), &a->twap.buy) || !read_qty(&a->twap.sz, jv_get(t, "s")) ||
	    !jv_bool(jv_get(t, "r"), &a->twap.reduce_only) || !read_u32(&minutes, jv_get(t, "m")) ||
	    !jv_bool(jv_get(t, "t"), &a->twap.randomize))
		return false;
	a->twap.minutes = (uint16_t)minutes;
	return true;
}

/* False: struct act cannot say this action (foreign kind, builder, untrimmed number, ...). */
static bool read_act(struct act *a, const struct jv *v)
{
	const char *type = jv_text(jv_get(v, "type"));

	memset(a, 0, sizeof *a);
	while (a->kind < ACT_KINDS && strcmp(action_name(a->kind), type) != 0)
		a->kind++;
	switch (a->kind) {
	case ACT_ORDER:
	case ACT_CANCEL:
	case ACT_CANCEL_CLOID:
		return read_list(a, v);
	case ACT_NOOP:
		return true;
	case ACT_SCHEDULE_CANCEL:
		return !jv_get(v, "time") || jv_u64(jv_get(v, "time"), &a->schedule.time_ms);
	case ACT_TWAP:
		return read_twap(a, v);
	case ACT_TWAP_CANCEL:
		return read_u32(&a->twap_cancel.asset, jv_get(v, "a")) &&
		       jv_u64(jv_get(v, "t"), &a->twap_cancel.twap_id);
	case ACT_UPDATE_ISOLATED_MARGIN:
		if (!read_u32(&a->margin.asset, jv_get(v, "asset")) ||
		    !jv_bool(jv_get(v, "isBuy"), &a->margin.buy) ||
		    !jv_i64(jv_get(v, "ntli"), &a->margin.usd.v))
			return false;
		a->margin.usd.v *= 100;
		return true;
	default:
		return false;
	}
}

static void read_env(struct act_env *env, const struct jv *v, bool mainnet)
{
	memset(env, 0, sizeof *env);
	env->mainnet = mainnet;
	CHECK(jv_u64(jv_get(v, "nonce"), &env->nonce));
	if (jv_u64(jv_get(v, "expiresAfter"), &env->expires_ms))
		CHECK(env->expires_ms);
	env->has_vault = vec_hex(env->vault, 20, jv_text(jv_get(v, "vaultAddress")));
}

/* Both ways to the bytes; returns true when the typed way applied. */
static bool check_bytes(const struct jv *action, const char *want_hex, const char *id)
{
	struct buf b, t;
	struct act a;
	struct err e;

	buf_init(&b, mem_a, sizeof mem_a);
	pack(&b, action, NULL);
	if (want_hex)
		CHECK_HEX(id, b.p, b.len, want_hex);
	if (!read_act(&a, action))
		return false;
	if (a.kind == ACT_UPDATE_ISOLATED_MARGIN && a.margin.usd.v < 0) {
		CHECK(!action_check(&e, &a) && e.code == ERR_RULE); /* taking out is never signed */
		taken_out++;
		return false;
	}
	CHECK(action_check(&e, &a));
	buf_init(&t, mem_b, sizeof mem_b);
	action_msgpack(&t, &a);
	CHECK(!t.over && t.len == b.len && !memcmp(t.p, b.p, b.len));
	buf_reset(&b);
	print(&b, action);
	buf_reset(&t);
	action_json(&t, &a);
	CHECK_STR(t.p, b.p);
	return true;
}

static void check_signature(const struct secp *s, const uint8_t digest[32], const struct jv *v,
			    const struct jv *want)
{
	uint8_t key[32], sig[64], got[65], address[20], want_address[20];
	const char *id = jv_text(jv_get(v, "id"));
	uint64_t byte = 0;

	if (!want)
		return;
	REQUIRE(vec_hex(sig, 32, jv_text(jv_get(want, "r"))) &&
		vec_hex(sig + 32, 32, jv_text(jv_get(want, "s"))) &&
		jv_u64(jv_get(want, "v"), &byte));
	if (vec_hex(key, 32, jv_text(jv_get(v, "private_key")))) {
		REQUIRE(secp_sign(s, got, got + 32, got + 64, digest, key));
		if (memcmp(got, sig, 64) || got[64] != byte)
			test_fail(__FILE__, __LINE__, "%s: another signature", id);
	}
	REQUIRE(secp_recover(s, address, digest, sig, sig + 32, (uint8_t)byte));
	if (vec_hex(want_address, 20, jv_text(jv_get(v, "address"))) ||
	    vec_hex(want_address, 20, jv_text(jv_get(v, "recovers_to"))))
		CHECK(!memcmp(address, want_address, 20));
	else
		CHECK(!"no address in the vector");
}

static void agent_hash(uint8_t out[32], const uint8_t id[32], bool mainnet)
{
	struct eip712 e;

	eip712_begin(&e, "Agent(string source,bytes32 connectionId)");
	eip712_text(&e, mainnet ? "a" : "b");
	eip712_word(&e, id);
	eip712_end(&e, out);
}

/* The recorded connection id, the phantom agent both ways, the signature. */
static void check_agent(const struct secp *s, const struct jv *v, const uint8_t id[32],
			bool mainnet)
{
	uint8_t h[32], domain[32], digest[32], again[32];

	CHECK_HEX(jv_text(jv_get(v, "id")), id, 32, jv_text(jv_get(v, "connection_id")));
	agent_hash(h, id, mainnet);
	CHECK_HEX(jv_text(jv_get(v, "id")), h, 32, jv_text(jv_get(v, "agent_struct_hash")));
	eip712_domain(domain, "Exchange", "1", 1337);
	eip712_digest(digest, domain, h);
	action_digest(again, id, mainnet);
	CHECK(!memcmp(digest, again, 32));
	CHECK_HEX(jv_text(jv_get(v, "id")), digest, 32, jv_text(jv_get(v, "digest")));
	check_signature(s, digest, v, jv_get(v, "signature"));
	check_signature(s, digest, v, jv_get(v, "published_signature"));
}

/* "Name(type a,type b)": values by name from the message. */
static void hash_message(uint8_t out[32], const char *type, const struct jv *message)
{
	const char *at = strchr(type, '(') + 1;
	struct eip712 e;

	eip712_begin(&e, type);
	while (*at) {
		size_t kind = strcspn(at, " "), name = strcspn(at + kind + 1, ",)");
		char key[64] = {0};
		const struct jv *m;
		uint8_t w[32];
		uint64_t u = 0;
		bool flag = false;

		REQUIRE(name < sizeof key);
		memcpy(key, at + kind + 1, name);
		m = jv_get(message, key);
		if (!strncmp(at, "string ", 7)) {
			CHECK(jv_text(m));
			eip712_text(&e, jv_text(m));
		} else if (!strncmp(at, "uint64 ", 7)) {
			CHECK(jv_u64(m, &u));
			eip712_u64(&e, u);
		} else if (!strncmp(at, "address ", 8)) {
			CHECK(vec_hex(w, 20, jv_text(m)));
			eip712_address(&e, w);
		} else if (!strncmp(at, "bool ", 5)) {
			CHECK(jv_bool(m, &flag));
			eip712_bool(&e, flag);
		} else {
			CHECK(vec_hex(w, 32, jv_text(m)));
			eip712_word(&e, w);
		}
		at += kind + 1 + name + 1;
	}
	eip712_end(&e, out);
}

static void check_user_signed(const struct secp *s, const struct jv *v)
{
	const struct jv *d = jv_get(v, "domain");
	uint8_t domain[32], h[32], digest[32];
	uint64_t chain = 0;

	CHECK(jv_u64(jv_get(d, "chainId"), &chain));
	eip712_domain(domain, jv_text(jv_get(d, "name")), jv_text(jv_get(d, "version")), chain);
	CHECK_HEX("domain", domain, 32, jv_text(jv_get(v, "domain_separator")));
	hash_message(h, jv_text(jv_get(v, "encode_type")), jv_get(v, "message"));
	CHECK_HEX(jv_text(jv_get(v, "id")), h, 32, jv_text(jv_get(v, "struct_hash")));
	eip712_digest(digest, domain, h);
	CHECK_HEX(jv_text(jv_get(v, "id")), digest, 32, jv_text(jv_get(v, "digest")));
	check_signature(s, digest, v, jv_get(v, "signature"));
	check_signature(s, digest, v, jv_get(v, "published_signature"));
}

/* Outer: the action without its type key. Inner: the array [user, outer signer, action]. */
static void check_multi_sig(const struct secp *s, const struct jv *v)
{
	const struct jv *action = jv_get(v, "action"), *payload = jv_get(action, "payload");
	const struct jv *inner = jv_at(jv_get(action, "signatures"), 0);
	struct act_env env = {.mainnet = true};
	uint8_t h[32], domain[32], digest[32], sig[64], address[20];
	struct eip712 e;
	uint64_t byte = 0;
	struct buf b;

	CHECK(jv_u64(jv_get(v, "nonce"), &env.nonce));
	buf_init(&b, mem_a, sizeof mem_a);
	pack(&b, action, "type");
	action_hash_bytes(h, b.p, b.len, &env);
	CHECK_HEX("multi-sig", h, 32, jv_text(jv_get(v, "multi_sig_action_hash")));
	eip712_begin(&e, jv_text(jv_get(v, "encode_type")));
	eip712_text(&e, "Mainnet");
	eip712_word(&e, h);
	eip712_u64(&e, env.nonce);
	eip712_end(&e, h);
	eip712_domain(domain, "HyperliquidSignTransaction", "1", 421614);
	eip712_digest(digest, domain, h);
	CHECK_HEX("digest", digest, 32, jv_text(jv_get(v, "digest")));
	check_signature(s, digest, v, jv_get(v, "signature"));

	buf_reset(&b);
	msgpack_array(&b, 3);
	msgpack_text(&b, jv_text(jv_get(payload, "multiSigUser")));
	msgpack_text(&b, jv_text(jv_get(payload, "outerSigner")));
	pack(&b, jv_get(payload, "action"), NULL);
	action_hash_bytes(h, b.p, b.len, &env);
	action_digest(digest, h, true);
	REQUIRE(vec_hex(sig, 32, jv_text(jv_get(inner, "r"))) &&
		vec_hex(sig + 32, 32, jv_text(jv_get(inner, "s"))) &&
		jv_u64(jv_get(inner, "v"), &byte));
	CHECK(secp_recover(s, address, digest, sig, sig + 32, (uint8_t)byte));
	CHECK_HEX("inner signer", address, 20, jv_text(jv_get(payload, "outerSigner")));
}

TEST(all_signing_vectors)
{
	const struct jv *doc = vec_open("hyperliquid/signing_vectors.json"), *v;
	struct secp *s = secp_new(NULL);
	int l1 = 0, typed = 0, user = 0, agent = 0, multi = 0;
	uint8_t id[32], again[32];

	REQUIRE(s);
	if (!doc)
		return;
	for (v = jv_first(jv_get(doc, "vectors")); v; v = jv_next(v)) {
		const struct jv *action = jv_get(v, "action");
		bool mainnet = jv_str_is(jv_get(v, "network"), "mainnet");
		struct act_env env;
		struct buf b;
		struct act a;

		if (jv_str_is(jv_get(v, "kind"), "user_signed")) {
			check_user_signed(s, v);
			user++;
		} else if (jv_str_is(jv_get(v, "kind"), "agent_only")) {
			CHECK(vec_hex(id, 32, jv_text(jv_get(v, "connection_id"))));
			check_agent(s, v, id, mainnet);
			agent++;
		} else if (jv_str_is(jv_get(v, "kind"), "multi_sig")) {
			check_multi_sig(s, v);
			multi++;
		} else {
			read_env(&env, v, mainnet);
			buf_init(&b, mem_a, sizeof mem_a);
			pack(&b, action, NULL);
			action_hash_bytes(id, b.p, b.len, &env);
			check_agent(s, v, id, mainnet);
			l1++;
			if (!check_bytes(action, jv_text(jv_get(v, "msgpack_hex")),
					 jv_text(jv_get(v, "id"))))
				continue;
			typed++;
			CHECK(read_act(&a, action) && action_hash(again, &a, &env, NULL));
			CHECK(!memcmp(id, again, 32));
		}
	}
	printf("vectors: %d l1 (%d of them through struct act), %d user-signed, %d agent, %d "
	       "multi-sig\n",
	       l1, typed, user, agent, multi);
	CHECK_INT(l1 + user + agent + multi, 98);
	CHECK(typed >= 25);
	CHECK_INT(taken_out, 10);
	secp_free(s);
	vec_close();
}

static void check_network(const struct secp *s, const struct jv *c, const char *net,
			  const uint8_t id[32])
{
	const struct jv *n = jv_get(c, net);
	uint8_t key[32], digest[32], sig[65], want[64];
	uint64_t byte = 0;

	if (!n)
		return;
	REQUIRE(vec_hex(key, 32,
			"0123456789012345678901234567890123456789012345678901234567890123"));
	action_digest(digest, id, !strcmp(net, "mainnet"));
	CHECK_HEX("digest", digest, 32, jv_text(jv_get(n, "digest")));
	CHECK(secp_sign(s, sig, sig + 32, sig + 64, digest, key));
	REQUIRE(vec_hex(want, 32, jv_text(jv_get(n, "r"))) &&
		vec_hex(want + 32, 32, jv_text(jv_get(n, "s"))) && jv_u64(jv_get(n, "v"), &byte));
	CHECK(!memcmp(sig, want, 64));
	CHECK_INT(sig[64], byte);
}

TEST(l1_signing_of_the_security_set)
{
	const struct jv *doc = vec_open("security/hyperliquid_l1_signing.json"), *c;
	struct secp *s = secp_new(NULL);
	struct act_env env;
	uint8_t id[32];
	struct buf b;
	int n = 0;

	REQUIRE(s);
	if (!doc)
		return;
	for (c = jv_first(jv_get(doc, "cases")); c; c = jv_next(c), n++) {
		const struct jv *action = jv_get(c, "action");

		read_env(&env, c, true);
		buf_init(&b, mem_a, sizeof mem_a);
		pack(&b, action, NULL);
		action_hash_bytes(id, b.p, b.len, &env);
		CHECK_HEX("connectionId", id, 32, jv_text(jv_get(c, "connectionId")));
		check_bytes(action, jv_text(jv_get(c, "msgpack")), jv_text(jv_get(c, "name")));
		check_network(s, c, "mainnet", id);
		check_network(s, c, "testnet", id);
	}
	CHECK_INT(n, 8);
	secp_free(s);
	vec_close();
}

/* Collateral goes in, in millionths, and never out. */
TEST(only_a_positive_amount)
{
	struct act a = {.kind = ACT_UPDATE_ISOLATED_MARGIN};
	static const int64_t bad[] = {0,   -1,	      -100,	 99,
				      101, INT64_MIN, INT64_MAX, 100000000000000100};
	struct err e = {0};
	struct buf b;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		a.margin.usd.v = bad[i];
		CHECK(!action_check(&e, &a));
	}
	a.margin.asset = 110003;
	a.margin.usd.v = 50000000000; /* 500 USD */
	CHECK(action_check(&e, &a));
	buf_init(&b, mem_a, sizeof mem_a);
	action_json(&b, &a);
	CHECK_STR(b.p, "{\"type\":\"updateIsolatedMargin\",\"asset\":110003,\"isBuy\":false,"
		       "\"ntli\":500000000}");
	a.margin.usd = ACT_ADD_MAX;
	CHECK(action_check(&e, &a));
}

TEST(envelope_text)
{
	struct act a = {.kind = ACT_ORDER, .n = 1};
	struct act_env env = {.nonce = 1725000000000, .expires_ms = 1725000005000};
	struct act_sig sig = {.v = 27};
	struct buf b;

	a.order[0] = (struct act_order){
		.tif = TIF_IOC, .reduce_only = true, .px = {570005000000000}, .sz = {1000000}};
	a.order[0].cloid.b[15] = 1;
	memset(sig.r, 0x0a, 32);
	memset(sig.s, 0x0b, 32);
	buf_init(&b, mem_a, sizeof mem_a);
	action_envelope(&b, &a, &env, &sig);
	CHECK_STR(b.p,
		  "{\"action\":{\"type\":\"order\",\"orders\":[{\"a\":0,\"b\":false,\"p\":\"57000."
		  "5\","
		  "\"s\":\"0.01\",\"r\":true,\"t\":{\"limit\":{\"tif\":\"Ioc\"}},"
		  "\"c\":\"0x00000000000000000000000000000001\"}],\"grouping\":\"na\"},"
		  "\"nonce\":1725000000000,\"signature\":{"
		  "\"r\":\"0x0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a\","
		  "\"s\":\"0x0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b\","
		  "\"v\":27},\"vaultAddress\":null,\"expiresAfter\":1725000005000}");
	env.expires_ms = 0;
	env.has_vault = true;
	env.vault[19] = 0xab;
	a = (struct act){.kind = ACT_NOOP};
	buf_reset(&b);
	action_envelope(&b, &a, &env, NULL);
	CHECK_STR(b.p, "{\"action\":{\"type\":\"noop\"},\"nonce\":1725000000000,\"vaultAddress\":"
		       "\"0x00000000000000000000000000000000000000ab\",\"expiresAfter\":null}");
}

/* The named buffers hold the largest batch there can be. */
TEST(the_largest_batch_fits)
{
	struct act a = {.kind = ACT_ORDER, .n = BATCH_MAX, .grouping = GROUP_NORMAL_TPSL};
	struct act_env env = {.nonce = UINT64_MAX, .expires_ms = UINT64_MAX, .has_vault = true};
	struct act_sig sig = {.v = 28};
	static char small[ACTION_BYTES_MAX], json[ACTION_JSON_MAX];
	struct buf b;

	for (int i = 0; i < BATCH_MAX; i++) {
		a.order[i] = (struct act_order){.asset = UINT32_MAX,
						.tif = TIF_TRIGGER,
						.px = {INT64_MAX / 100 * 100},
						.sz = {INT64_MAX},
						.trigger_px = {INT64_MAX / 100 * 100}};
		memset(a.order[i].cloid.b, 255, 16);
	}
	CHECK(action_check(NULL, &a));
	buf_init(&b, small, sizeof small);
	action_msgpack(&b, &a);
	CHECK(!b.over);
	buf_init(&b, json, sizeof json);
	action_envelope(&b, &a, &env, &sig);
	CHECK(!b.over);
}

static struct act one_order(int64_t px, int64_t sz)
{
	struct act a = {.kind = ACT_ORDER, .n = 1};

	a.order[0].px.v = px;
	a.order[0].sz.v = sz;
	return a;
}

TEST(what_cannot_be_sent_is_refused_by_name)
{
	struct act good = one_order(100, 1), a;
	struct err e = {0};

	CHECK(action_check(&e, &good));
	a = one_order(101, 1); /* a ninth decimal */
	CHECK(!action_check(&e, &a) && strstr(e.text, "price"));
	a = one_order(-100, 1);
	CHECK(!action_check(&e, &a));
	a = one_order(100, 0);
	CHECK(!action_check(&e, &a) && strstr(e.text, "size"));
	a.grouping = GROUP_POSITION_TPSL;
	CHECK(!action_check(&e, &a)); /* no trigger */
	a.order[0].tif = TIF_TRIGGER;
	CHECK(!action_check(&e, &a) && strstr(e.text, "trigger price"));
	a.order[0].trigger_px.v = 100;
	CHECK(action_check(&e, &a));
	a = good;
	a.order[0].tif = 4;
	CHECK(!action_check(&e, &a));
	a = good;
	a.grouping = 3;
	CHECK(!action_check(&e, &a));
	a = good;
	a.n = 0;
	CHECK(!action_check(&e, &a) && e.code == ERR_LIMIT);
	a.n = BATCH_MAX + 1;
	CHECK(!action_check(&e, &a) && e.code == ERR_LIMIT);
	a = (struct act){.kind = ACT_CANCEL_CLOID, .n = 1};
	CHECK(!action_check(&e, &a));
	a = (struct act){.kind = ACT_KINDS};
	CHECK(!action_check(&e, &a));
	a = (struct act){.kind = ACT_TWAP};
	CHECK(!action_check(&e, &a));
}

TEST_MAIN(T(all_signing_vectors), T(l1_signing_of_the_security_set), T(only_a_positive_amount),
	  T(envelope_text), T(the_largest_batch_fits), T(what_cannot_be_sent_is_refused_by_name))
