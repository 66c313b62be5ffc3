/* verify.c: who signed this? The action is written again from what was understood, in the venue's
 * key order and number text, hashed, and the signer recovered from the hash.
 *
 * Written from reference pages, not from the client's encoder: the two must agree by the vectors,
 * not by sharing code. Only MessagePack primitives, keccak, typed-data primitives and the curve are
 * common. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/hex.h"
#include "paper/state.h"
#include "sign/eip712.h"
#include "sign/secp.h"
#include "wire/msgpack.h"

#include "base/banned.h"

static void kv_text(struct buf *b, const char *key, const char *text)
{
	msgpack_text(b, key);
	msgpack_text(b, text);
}

static void kv_u64(struct buf *b, const char *key, uint64_t v)
{
	msgpack_text(b, key);
	msgpack_u64(b, v);
}

static void kv_bool(struct buf *b, const char *key, bool v)
{
	msgpack_text(b, key);
	msgpack_bool(b, v);
}

static void kv_num(struct buf *b, const char *key, int64_t v)
{
	struct str s = {0};

	str_trim(&s, v, 8);
	kv_text(b, key, s.p);
	str_free(&s);
}

static void kv_addr(struct buf *b, const char *key, const uint8_t addr[20])
{
	char hex[43];

	addr_hex(hex, addr);
	kv_text(b, key, hex);
}

static void kv_cloid(struct buf *b, const char *key, const uint8_t cloid[16])
{
	char hex[35] = "0x";

	hex_encode(hex + 2, cloid, 16);
	kv_text(b, key, hex);
}

static void put_oreq(struct buf *b, const struct oreq *r)
{
	static const char *const tifs[] = {"Gtc", "Ioc", "Alo", "FrontendMarket"};

	msgpack_map(b, r->has_cloid ? 7 : 6);
	kv_u64(b, "a", r->asset);
	kv_bool(b, "b", r->buy);
	kv_num(b, "p", r->p);
	kv_num(b, "s", r->s);
	kv_bool(b, "r", r->ro);
	msgpack_text(b, "t");
	msgpack_map(b, 1);
	if (r->trigger) {
		msgpack_text(b, "trigger");
		msgpack_map(b, 3);
		kv_bool(b, "isMarket", r->is_market);
		kv_num(b, "triggerPx", r->tpx);
		kv_text(b, "tpsl", r->tp ? "tp" : "sl");
	} else {
		msgpack_text(b, "limit");
		msgpack_map(b, 1);
		kv_text(b, "tif", tifs[r->tif]);
	}
	if (r->has_cloid)
		kv_cloid(b, "c", r->cloid);
}

static void pack_orders(struct buf *b, const struct action *act)
{
	static const char *const groups[] = {"na", "normalTpsl", "positionTpsl"};
	uint32_t i;

	msgpack_map(b, act->has_builder ? 4 : 3);
	kv_text(b, "type", "order");
	msgpack_text(b, "orders");
	msgpack_array(b, act->n);
	for (i = 0; i < act->n; i++)
		put_oreq(b, &act->order[i]);
	msgpack_text(b, "grouping");
	if (act->grouping == GR_PRIORITY) {
		msgpack_map(b, 1);
		kv_u64(b, "p", act->priority);
	} else {
		msgpack_text(b, groups[act->grouping]);
	}
	if (!act->has_builder)
		return;
	msgpack_text(b, "builder");
	msgpack_map(b, 2);
	kv_addr(b, "b", act->builder);
	kv_u64(b, "f", act->builder_f);
}

static void put_target(struct buf *b, const char *key, const struct creq *c)
{
	if (c->by_cloid)
		kv_cloid(b, key, c->cloid);
	else
		kv_u64(b, key, c->oid);
}

static void pack_cancels(struct buf *b, const struct action *act)
{
	bool cloid = act->kind == AK_CANCEL_CLOID;
	uint32_t i;

	msgpack_map(b, act->flag ? 3 : 2);
	kv_text(b, "type", act_name(act->kind));
	msgpack_text(b, "cancels");
	msgpack_array(b, act->n);
	for (i = 0; i < act->n; i++) {
		msgpack_map(b, 2);
		kv_u64(b, cloid ? "asset" : "a", act->cancel[i].asset);
		put_target(b, cloid ? "cloid" : "o", &act->cancel[i]);
	}
	if (act->flag)
		kv_bool(b, "f", true);
}

static void pack_modify(struct buf *b, const struct action *act)
{
	bool one = act->kind == AK_MODIFY;
	uint32_t i;

	msgpack_map(b, (one ? 3 : 2) + (act->flag ? 1 : 0));
	kv_text(b, "type", act_name(act->kind));
	if (!one) {
		msgpack_text(b, "modifies");
		msgpack_array(b, act->n);
	}
	for (i = 0; i < act->n; i++) {
		if (!one)
			msgpack_map(b, 2);
		put_target(b, "oid", &act->cancel[i]);
		msgpack_text(b, "order");
		put_oreq(b, &act->order[i]);
	}
	if (act->flag)
		kv_bool(b, "a", true);
}

static void pack_twap(struct buf *b, const struct action *act)
{
	msgpack_map(b, act->has_details ? 3 : 2);
	kv_text(b, "type", "twapOrder");
	msgpack_text(b, "twap");
	msgpack_map(b, 6);
	kv_u64(b, "a", act->asset);
	kv_bool(b, "b", act->yes);
	kv_num(b, "s", act->s);
	kv_bool(b, "r", act->yes2);
	msgpack_text(b, "m");
	msgpack_i64(b, act->num);
	kv_bool(b, "t", act->flag);
	if (!act->has_details)
		return;
	msgpack_text(b, "details");
	msgpack_map(b, 2);
	msgpack_text(b, "t");
	if (act->has_trigger) {
		msgpack_map(b, 2);
		kv_num(b, "p", act->p);
		kv_bool(b, "a", act->has_name);
	} else {
		msgpack_nil(b);
	}
	msgpack_text(b, "s");
	if (act->has_stop) {
		struct str s = {0};

		str_trim(&s, act->stop, 8);
		msgpack_text(b, s.p);
		str_free(&s);
	} else {
		msgpack_nil(b);
	}
}

static void kv_i64(struct buf *b, const char *key, int64_t v)
{
	msgpack_text(b, key);
	msgpack_i64(b, v);
}

static void pack_small(struct buf *b, const struct action *act)
{
	const char *type = act_name(act->kind);

	switch (act->kind) {
	case AK_SCHEDULE:
		msgpack_map(b, act->has_time ? 2 : 1);
		kv_text(b, "type", type);
		if (act->has_time)
			kv_u64(b, "time", act->time);
		break;
	case AK_LEVERAGE:
		msgpack_map(b, 4);
		kv_text(b, "type", type);
		kv_u64(b, "asset", act->asset);
		kv_bool(b, "isCross", act->yes);
		kv_i64(b, "leverage", act->num);
		break;
	case AK_MARGIN:
		msgpack_map(b, 4);
		kv_text(b, "type", type);
		kv_u64(b, "asset", act->asset);
		kv_bool(b, "isBuy", act->yes);
		kv_i64(b, "ntli", act->num);
		break;
	case AK_TOP_UP:
		msgpack_map(b, 3);
		kv_text(b, "type", type);
		kv_u64(b, "asset", act->asset);
		kv_num(b, "leverage", act->p);
		break;
	case AK_TWAP_CANCEL:
		msgpack_map(b, 3);
		kv_text(b, "type", type);
		kv_u64(b, "a", act->asset);
		kv_i64(b, "t", act->num);
		break;
	case AK_RESERVE:
		msgpack_map(b, act->has_name ? 3 : 2);
		kv_text(b, "type", type);
		kv_i64(b, "weight", act->num);
		if (act->has_name)
			kv_addr(b, "destination", act->addr);
		break;
	case AK_SUB_TRANSFER:
		msgpack_map(b, 4);
		kv_text(b, "type", type);
		kv_addr(b, "subAccountUser", act->addr);
		kv_bool(b, "isDeposit", act->yes);
		kv_i64(b, "usd", act->num);
		break;
	default:
		msgpack_map(b, act->kind == AK_NOOP ? 1 : 2);
		kv_text(b, "type", type);
		if (act->kind != AK_NOOP)
			kv_text(b,
				act->kind == AK_REFERRER     ? "code"
				: act->kind == AK_SUB_CREATE ? "name"
							     : "abstraction",
				act->text);
	}
}

void act_msgpack(const struct action *act, struct str *s)
{
	size_t cap = 512 + (size_t)act->n * 384;
	char *mem = malloc(cap);
	struct buf b;

	ASSERT(mem != NULL);
	buf_init(&b, mem, cap);
	switch (act->kind) {
	case AK_ORDER:
		pack_orders(&b, act);
		break;
	case AK_CANCEL:
	case AK_CANCEL_CLOID:
		pack_cancels(&b, act);
		break;
	case AK_MODIFY:
	case AK_BATCH_MODIFY:
		pack_modify(&b, act);
		break;
	case AK_TWAP:
		pack_twap(&b, act);
		break;
	default:
		pack_small(&b, act);
	}
	ASSERT(!b.over);
	str_add(s, b.p, b.len);
	free(mem);
}

static void put_be64(struct str *s, uint64_t v)
{
	int i;

	for (i = 56; i >= 0; i -= 8)
		str_putc(s, (char)(uint8_t)(v >> i));
}

static void l1_digest(const struct action *act, char source, uint8_t out[32])
{
	struct str s = {0};
	uint8_t id[32], domain[32], hash[32];
	char src[2] = {source, '\0'};
	struct eip712 e;

	act_msgpack(act, &s);
	put_be64(&s, act->nonce);
	str_putc(&s, act->has_vault ? 1 : 0);
	if (act->has_vault)
		str_add(&s, act->vault, 20);
	if (act->has_expires) {
		str_putc(&s, 0);
		put_be64(&s, act->expires);
	}
	keccak256(id, s.p, s.len);
	str_free(&s);
	eip712_begin(&e, "Agent(string source,bytes32 connectionId)");
	eip712_text(&e, src);
	eip712_word(&e, id);
	eip712_end(&e, hash);
	eip712_domain(domain, "Exchange", "1", 1337);
	eip712_digest(out, domain, hash);
}

static void user_fields(struct eip712 *e, const struct action *act)
{
	eip712_text(e, act->chain);
	switch (act->kind) {
	case AK_APPROVE_AGENT:
		eip712_address(e, act->addr);
		eip712_text(e, act->text);
		break;
	case AK_APPROVE_BUILDER:
		eip712_text(e, act->text);
		eip712_address(e, act->addr);
		break;
	case AK_USER_ABSTRACTION:
		eip712_address(e, act->addr);
		eip712_text(e, act->text);
		break;
	case AK_CLASS_TRANSFER:
		eip712_text(e, act->text);
		eip712_bool(e, act->yes);
		break;
	default:
		eip712_text(e, act->text2);
		eip712_text(e, act->text);
	}
	eip712_u64(e, act->time);
}

static const char *user_type(enum action_kind k)
{
	switch (k) {
	case AK_APPROVE_AGENT:
		return "HyperliquidTransaction:ApproveAgent(string hyperliquidChain,address "
		       "agentAddress,string agentName,uint64 nonce)";
	case AK_APPROVE_BUILDER:
		return "HyperliquidTransaction:ApproveBuilderFee(string hyperliquidChain,string "
		       "maxFeeRate,address builder,uint64 nonce)";
	case AK_USER_ABSTRACTION:
		return "HyperliquidTransaction:UserSetAbstraction(string hyperliquidChain,address "
		       "user,string abstraction,uint64 nonce)";
	case AK_CLASS_TRANSFER:
		return "HyperliquidTransaction:UsdClassTransfer(string hyperliquidChain,string "
		       "amount,bool toPerp,uint64 nonce)";
	case AK_USD_SEND:
		return "HyperliquidTransaction:UsdSend(string hyperliquidChain,string "
		       "destination,string amount,uint64 time)";
	default:
		return "HyperliquidTransaction:Withdraw(string hyperliquidChain,string "
		       "destination,string amount,uint64 time)";
	}
}

void act_digest(const struct action *act, char source, uint8_t out[32])
{
	uint8_t domain[32], hash[32];
	struct eip712 e;

	if (!action_is_user_signed(act->kind)) {
		l1_digest(act, source, out);
		return;
	}
	eip712_begin(&e, user_type(act->kind));
	user_fields(&e, act);
	eip712_end(&e, hash);
	eip712_domain(domain, "HyperliquidSignTransaction", "1", act->chain_id);
	eip712_digest(out, domain, hash);
}

enum text action_recover(struct paper *p, const struct action *act, uint8_t signer[20])
{
	const char *chain = p->conf.source == 'a' ? "Mainnet" : "Testnet";
	uint8_t digest[32];

	if (action_is_user_signed(act->kind)) {
		if (strcmp(act->chain, chain) != 0)
			return TX_WRONG_CHAIN;
		if (act->time != act->nonce)
			return TX_NONCE_MISMATCH;
	}
	act_digest(act, p->conf.source, digest);
	if (!secp_recover(p->secp, signer, digest, act->r, act->sig_s, (uint8_t)act->v))
		return TX_NO_SIGNER;
	return TX_NONE;
}
