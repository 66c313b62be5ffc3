/* action.c: see action.h.
 *
 *  1. Key order is the order of the calls below and is the order that is signed.
 *  2. A key that is off is absent: c, f, time. An explicit false would change the hash.
 *  3. A map's count is given before its pairs (msgpack) and closed after them (JSON). */
#include "venue/hyperliquid/action.h"

#include <string.h>

#include "base/check.h"
#include "base/hex.h"
#include "sign/eip712.h"
#include "sign/keccak.h"
#include "venue/hyperliquid/num.h"
#include "wire/msgpack.h"

static const char *const names[ACT_KINDS] = {
	[ACT_ORDER] = "order",
	[ACT_CANCEL] = "cancel",
	[ACT_CANCEL_CLOID] = "cancelByCloid",
	[ACT_NOOP] = "noop",
	[ACT_SCHEDULE_CANCEL] = "scheduleCancel",
	[ACT_TWAP] = "twapOrder",
	[ACT_TWAP_CANCEL] = "twapCancel",
	[ACT_UPDATE_ISOLATED_MARGIN] = "updateIsolatedMargin",
};
static const char *const tifs[] = {[TIF_GTC] = "Gtc", [TIF_IOC] = "Ioc", [TIF_ALO] = "Alo"};
static const char *const groupings[] = {[GROUP_NA] = "na",
					[GROUP_NORMAL_TPSL] = "normalTpsl",
					[GROUP_POSITION_TPSL] = "positionTpsl"};

/* keccak("a") and keccak("b") and the two constant hashes of the phantom agent, so that a signature
 * costs four permutations and not nine. The tests derive them again. */
static const uint8_t exchange_domain[32] = {0xd7, 0x92, 0x97, 0xfc, 0xdf, 0x2f, 0xfc, 0xd4,
					    0xae, 0x22, 0x3d, 0x01, 0xed, 0xaa, 0x2b, 0xa2,
					    0x14, 0xff, 0x8f, 0x40, 0x1d, 0x7c, 0x93, 0x00,
					    0xd9, 0x95, 0xd1, 0x7c, 0x82, 0xaa, 0x40, 0x40};
static const uint8_t agent_type[32] = {0x26, 0xf0, 0x5c, 0x2f, 0x72, 0x39, 0xb6, 0x98,
				       0x30, 0x75, 0xe5, 0x83, 0x21, 0x29, 0x2d, 0x77,
				       0xb3, 0xaa, 0x17, 0x3d, 0x19, 0xb2, 0x72, 0x57,
				       0xac, 0x96, 0xab, 0x36, 0x25, 0x70, 0xf5, 0x08};
static const uint8_t source_a[32] = {0x3a, 0xc2, 0x25, 0x16, 0x8d, 0xf5, 0x42, 0x12,
				     0xa2, 0x5c, 0x1c, 0x01, 0xfd, 0x35, 0xbe, 0xbf,
				     0xea, 0x40, 0x8f, 0xda, 0xc2, 0xe3, 0x1d, 0xdd,
				     0x6f, 0x80, 0xa4, 0xbb, 0xf9, 0xa5, 0xf1, 0xcb};
static const uint8_t source_b[32] = {0xb5, 0x55, 0x3d, 0xe3, 0x15, 0xe0, 0xed, 0xf5,
				     0x04, 0xd9, 0x15, 0x0a, 0xf8, 0x2d, 0xaf, 0xa5,
				     0xc4, 0x66, 0x7f, 0xa6, 0x18, 0xed, 0x0a, 0x6f,
				     0x19, 0xc6, 0x9b, 0x41, 0x16, 0x6c, 0x55, 0x10};

const char *action_name(enum act_kind kind)
{
	ASSERT((unsigned)kind < ACT_KINDS);
	return names[kind];
}

/* The two writers behind one set of calls. */
struct enc {
	struct buf *b;
	bool json;
	bool first; /* JSON: nothing stands before the next item of this level */
};

static void comma(struct enc *e)
{
	if (!e->first)
		buf_putc(e->b, ',');
	e->first = false;
}

static void open(struct enc *e, char bracket, uint32_t n)
{
	if (!e->json) {
		if (bracket == '{')
			msgpack_map(e->b, n);
		else
			msgpack_array(e->b, n);
		return;
	}
	buf_putc(e->b, bracket);
	e->first = true;
}

static void close(struct enc *e, char bracket)
{
	if (e->json)
		buf_putc(e->b, bracket);
	e->first = false;
}

static void text(struct enc *e, const char *s, size_t n)
{
	if (!e->json) {
		msgpack_str(e->b, s, n);
		return;
	}
	/* Only names of this file and digits come here: nothing needs an escape. */
	buf_putc(e->b, '"');
	buf_put(e->b, s, n);
	buf_putc(e->b, '"');
}

static void key(struct enc *e, const char *k)
{
	if (e->json)
		comma(e);
	text(e, k, strlen(k));
	if (e->json)
		buf_putc(e->b, ':');
}

static void word(struct enc *e, const char *k, const char *v)
{
	key(e, k);
	text(e, v, strlen(v));
}

static void number(struct enc *e, const char *k, uint64_t v)
{
	key(e, k);
	if (e->json)
		buf_u64(e->b, v);
	else
		msgpack_u64(e->b, v);
}

static void flag(struct enc *e, const char *k, bool v)
{
	key(e, k);
	if (!e->json)
		msgpack_bool(e->b, v);
	else if (v)
		buf_put(e->b, "true", 4);
	else
		buf_put(e->b, "false", 5);
}

static void price(struct enc *e, const char *k, struct price p)
{
	char t[NUM_TEXT_MAX];
	size_t n = num_price_text(t, p);

	ASSERT(n);
	key(e, k);
	text(e, t, n);
}

static void qty(struct enc *e, const char *k, struct qty q)
{
	char t[NUM_TEXT_MAX];
	size_t n = num_qty_text(t, q);

	ASSERT(n);
	key(e, k);
	text(e, t, n);
}

static void cloid(struct enc *e, const char *k, const struct cloid *c)
{
	char t[35] = "0x";

	hex_encode(t + 2, c->b, 16);
	key(e, k);
	text(e, t, 34);
}

static void order(struct enc *e, const struct act_order *o)
{
	bool has_cloid = cloid_is_set(o->cloid);

	open(e, '{', has_cloid ? 7 : 6);
	number(e, "a", o->asset);
	flag(e, "b", o->buy);
	price(e, "p", o->px);
	qty(e, "s", o->sz);
	flag(e, "r", o->reduce_only);
	key(e, "t");
	open(e, '{', 1);
	if (o->tif == TIF_TRIGGER) {
		key(e, "trigger");
		open(e, '{', 3);
		flag(e, "isMarket", o->trigger_market);
		price(e, "triggerPx", o->trigger_px);
		word(e, "tpsl", o->trigger_tp ? "tp" : "sl");
	} else {
		key(e, "limit");
		open(e, '{', 1);
		word(e, "tif", tifs[o->tif]);
	}
	close(e, '}');
	close(e, '}');
	if (has_cloid)
		cloid(e, "c", &o->cloid);
	close(e, '}');
}

static void orders(struct enc *e, const struct act *a)
{
	open(e, '{', 3);
	word(e, "type", names[a->kind]);
	key(e, "orders");
	open(e, '[', a->n);
	for (int i = 0; i < a->n; i++) {
		if (e->json)
			comma(e);
		order(e, &a->order[i]);
	}
	close(e, ']');
	word(e, "grouping", groupings[a->grouping]);
	close(e, '}');
}

static void cancels(struct enc *e, const struct act *a)
{
	open(e, '{', a->fast_cancel ? 3 : 2);
	word(e, "type", names[a->kind]);
	key(e, "cancels");
	open(e, '[', a->n);
	for (int i = 0; i < a->n; i++) {
		const struct act_cancel *c = &a->cancel[i];

		if (e->json)
			comma(e);
		open(e, '{', 2);
		if (a->kind == ACT_CANCEL) {
			number(e, "a", c->asset);
			number(e, "o", c->oid);
		} else {
			number(e, "asset", c->asset);
			cloid(e, "cloid", &c->cloid);
		}
		close(e, '}');
	}
	close(e, ']');
	if (a->fast_cancel)
		flag(e, "f", true);
	close(e, '}');
}

static void twap(struct enc *e, const struct act *a)
{
	open(e, '{', 2);
	word(e, "type", names[a->kind]);
	key(e, "twap");
	open(e, '{', 6);
	number(e, "a", a->twap.asset);
	flag(e, "b", a->twap.buy);
	qty(e, "s", a->twap.sz);
	flag(e, "r", a->twap.reduce_only);
	number(e, "m", a->twap.minutes);
	flag(e, "t", a->twap.randomize);
	close(e, '}');
	close(e, '}');
}

static void twap_cancel(struct enc *e, const struct act *a)
{
	open(e, '{', 3);
	word(e, "type", names[a->kind]);
	number(e, "a", a->twap_cancel.asset);
	number(e, "t", a->twap_cancel.twap_id);
	close(e, '}');
}

static void schedule(struct enc *e, const struct act *a)
{
	open(e, '{', a->schedule.time_ms ? 2 : 1);
	word(e, "type", names[a->kind]);
	if (a->schedule.time_ms)
		number(e, "time", a->schedule.time_ms);
	close(e, '}');
}

/* ntli counts millionths of a USD. action_check lets no other than a positive amount through, so
 * there is no way to write a negative one here. */
static void margin(struct enc *e, const struct act *a)
{
	ASSERT(a->margin.usd.v > 0);
	open(e, '{', 4);
	word(e, "type", names[a->kind]);
	number(e, "asset", a->margin.asset);
	flag(e, "isBuy", a->margin.buy);
	number(e, "ntli", (uint64_t)a->margin.usd.v / 100);
	close(e, '}');
}

static void noop(struct enc *e, const struct act *a)
{
	open(e, '{', 1);
	word(e, "type", names[a->kind]);
	close(e, '}');
}

static void (*const writers[ACT_KINDS])(struct enc *, const struct act *) = {
	[ACT_ORDER] = orders,
	[ACT_CANCEL] = cancels,
	[ACT_CANCEL_CLOID] = cancels,
	[ACT_NOOP] = noop,
	[ACT_SCHEDULE_CANCEL] = schedule,
	[ACT_TWAP] = twap,
	[ACT_TWAP_CANCEL] = twap_cancel,
	[ACT_UPDATE_ISOLATED_MARGIN] = margin,
};

static bool check_order(struct err *e, const struct act *a, int i)
{
	const struct act_order *o = &a->order[i];
	char t[NUM_TEXT_MAX];

	if (o->tif > TIF_TRIGGER)
		return err_set(e, ERR_RULE, "order %d: time in force %u is not known", i, o->tif);
	if (o->px.v <= 0 || !num_price_text(t, o->px))
		return err_set(e, ERR_RULE,
			       "order %d: price %lld e-10 must be above 0 with at most 8 decimals",
			       i, (long long)o->px.v);
	if (o->sz.v < 0 || (o->sz.v == 0 && a->grouping != GROUP_POSITION_TPSL))
		return err_set(e, ERR_RULE, "order %d: size %lld e-8 must be above 0", i,
			       (long long)o->sz.v);
	if (o->tif == TIF_TRIGGER && (o->trigger_px.v <= 0 || !num_price_text(t, o->trigger_px)))
		return err_set(e, ERR_RULE,
			       "order %d: trigger price %lld e-10 must be above 0 with at most 8 "
			       "decimals",
			       i, (long long)o->trigger_px.v);
	if (a->grouping == GROUP_POSITION_TPSL && o->tif != TIF_TRIGGER)
		return err_set(e, ERR_RULE, "order %d: positionTpsl holds triggers only", i);
	return true;
}

static bool check_batch(struct err *e, const struct act *a)
{
	if (a->n < 1 || a->n > BATCH_MAX)
		return err_set(e, ERR_LIMIT, "%s: %u entries, 1 to %d are allowed", names[a->kind],
			       a->n, BATCH_MAX);
	if (a->kind == ACT_ORDER) {
		if (a->grouping > GROUP_POSITION_TPSL)
			return err_set(e, ERR_RULE, "grouping %u is not known", a->grouping);
		for (int i = 0; i < a->n; i++)
			if (!check_order(e, a, i))
				return false;
	}
	if (a->kind == ACT_CANCEL_CLOID)
		for (int i = 0; i < a->n; i++)
			if (!cloid_is_set(a->cancel[i].cloid))
				return err_set(e, ERR_RULE, "cancel %d has no client id", i);
	return true;
}

static bool check_margin(struct err *e, const struct act *a)
{
	int64_t v = a->margin.usd.v;

	if (v <= 0)
		return err_set(e, ERR_RULE, "updateIsolatedMargin: %lld e-8 USD must be above 0",
			       (long long)v);
	if (v % 100)
		return err_set(e, ERR_RULE,
			       "updateIsolatedMargin: %lld e-8 USD is finer than a millionth",
			       (long long)v);
	if (v > ACT_ADD_MAX.v)
		return err_set(e, ERR_LIMIT, "updateIsolatedMargin: %lld USD is over %lld",
			       (long long)(v / 100000000), (long long)(ACT_ADD_MAX.v / 100000000));
	return true;
}

bool action_check(struct err *e, const struct act *a)
{
	if (a->kind >= ACT_KINDS)
		return err_set(e, ERR_RULE, "action kind %u is not known", a->kind);
	if (a->kind <= ACT_CANCEL_CLOID)
		return check_batch(e, a);
	if (a->kind == ACT_TWAP && (a->twap.sz.v <= 0 || a->twap.minutes == 0))
		return err_set(e, ERR_RULE, "twap: size %lld e-8 and minutes %u must be above 0",
			       (long long)a->twap.sz.v, a->twap.minutes);
	return a->kind != ACT_UPDATE_ISOLATED_MARGIN || check_margin(e, a);
}

void action_msgpack(struct buf *b, const struct act *a)
{
	struct enc e = {.b = b};

	writers[a->kind](&e, a);
}

void action_json(struct buf *b, const struct act *a)
{
	struct enc e = {.b = b, .json = true, .first = true};

	writers[a->kind](&e, a);
}

static void put_hex(struct buf *b, const uint8_t *bytes, size_t n)
{
	char t[65];

	hex_encode(t, bytes, n);
	buf_puts(b, "\"0x");
	buf_put(b, t, 2 * n);
	buf_putc(b, '"');
}

void action_envelope(struct buf *b, const struct act *a, const struct act_env *env,
		     const struct act_sig *sig)
{
	buf_puts(b, "{\"action\":");
	action_json(b, a);
	buf_puts(b, ",\"nonce\":");
	buf_u64(b, env->nonce);
	if (sig) {
		buf_puts(b, ",\"signature\":{\"r\":");
		put_hex(b, sig->r, 32);
		buf_puts(b, ",\"s\":");
		put_hex(b, sig->s, 32);
		buf_puts(b, ",\"v\":");
		buf_u64(b, sig->v);
		buf_putc(b, '}');
	}
	buf_puts(b, ",\"vaultAddress\":");
	if (env->has_vault)
		put_hex(b, env->vault, 20);
	else
		buf_puts(b, "null");
	buf_puts(b, ",\"expiresAfter\":");
	if (env->expires_ms)
		buf_u64(b, env->expires_ms);
	else
		buf_puts(b, "null");
	buf_putc(b, '}');
}

static void put_be64(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> 8 * (7 - i));
}

void action_hash_bytes(uint8_t out[32], const void *msgpack, size_t n, const struct act_env *env)
{
	struct keccak k;
	uint8_t tail[8 + 21 + 9];
	size_t at = 8;

	put_be64(tail, env->nonce);
	tail[at++] = env->has_vault;
	if (env->has_vault) {
		memcpy(tail + at, env->vault, 20);
		at += 20;
	}
	if (env->expires_ms) {
		tail[at++] = 0;
		put_be64(tail + at, env->expires_ms);
		at += 8;
	}
	keccak_init(&k);
	keccak_put(&k, msgpack, n);
	keccak_put(&k, tail, at);
	keccak_end(&k, out);
}

bool action_hash(uint8_t out[32], const struct act *a, const struct act_env *env, struct err *e)
{
	char mem[ACTION_BYTES_MAX];
	struct buf b;

	if (!action_check(e, a))
		return false;
	buf_init(&b, mem, sizeof mem);
	action_msgpack(&b, a);
	ASSERT(!b.over);
	action_hash_bytes(out, b.p, b.len, env);
	return true;
}

void action_digest(uint8_t out[32], const uint8_t connection_id[32], bool mainnet)
{
	uint8_t m[96], h[32];

	memcpy(m, agent_type, 32);
	memcpy(m + 32, mainnet ? source_a : source_b, 32);
	memcpy(m + 64, connection_id, 32);
	keccak256(h, m, sizeof m);
	eip712_digest(out, exchange_domain, h);
}

#include "base/banned.h"
