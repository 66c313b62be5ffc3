/* parse.c: an /exchange body into a typed action. What does not fit is HTTP 422.
 *
 * Unknown envelope and action fields are refused; unknown fields inside an order or a signature are
 * ignored, as the venue does. Key order, zero padding and letter case do not matter: the hash is
 * taken over what was understood (verify.c). */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/hex.h"
#include "paper/state.h"

#include "base/banned.h"

static const char *const names[] = {
#define X(id, name) name,
	ACTION_TABLE(X)
#undef X
};

const char *act_name(enum action_kind k)
{
	return names[k];
}

bool action_is_user_signed(enum action_kind k)
{
	return k >= AK_APPROVE_AGENT;
}

void action_free(struct action *act)
{
	free(act->order);
	free(act->cancel);
	act->order = NULL;
	act->cancel = NULL;
}

static bool only_keys(const struct jv *o, const char *const *allowed)
{
	const struct jv *m;
	size_t i;

	for (m = jv_first(o); m != NULL; m = jv_next(m)) {
		for (i = 0; allowed[i] != NULL && strcmp(allowed[i], jv_key(m)) != 0; i++)
			;
		if (allowed[i] == NULL)
			return false;
	}
	return true;
}

static bool absent(const struct jv *v)
{
	return jv_type(v) == JV_NONE || jv_is_null(v);
}

static bool read_cloid(const struct jv *v, uint8_t out[16])
{
	const char *s = jv_text(v);

	return s != NULL && s[0] == '0' && s[1] == 'x' && strlen(s) == 34 &&
	       hex_decode(out, 16, s + 2);
}

static bool read_asset(const struct jv *v, uint32_t *out)
{
	uint64_t u;

	if (!jv_u64(v, &u) || u > UINT32_MAX)
		return false;
	*out = (uint32_t)u;
	return true;
}

static bool read_decimal(const struct jv *v, int64_t *out)
{
	return num_read(jv_text(v), out);
}

static bool optional_bool(const struct jv *v, bool *out)
{
	return absent(v) || jv_bool(v, out);
}

/* --- orders --- */

static bool read_type(const struct jv *t, struct oreq *r)
{
	static const char *const tifs[] = {"Gtc", "Ioc", "Alo", "FrontendMarket"};
	const struct jv *limit = jv_get(t, "limit"), *trigger = jv_get(t, "trigger");
	const char *tif, *tpsl;
	size_t i;

	if (jv_type(limit) == JV_OBJECT && trigger == NULL) {
		tif = jv_text(jv_get(limit, "tif"));
		for (i = 0; tif != NULL && i < COUNT_OF(tifs); i++) {
			if (strcmp(tif, tifs[i]) == 0) {
				r->tif = (enum tif)i;
				return true;
			}
		}
		return false;
	}
	if (jv_type(trigger) != JV_OBJECT || limit != NULL)
		return false;
	r->trigger = true;
	tpsl = jv_text(jv_get(trigger, "tpsl"));
	if (tpsl == NULL || (strcmp(tpsl, "tp") != 0 && strcmp(tpsl, "sl") != 0))
		return false;
	r->tp = strcmp(tpsl, "tp") == 0;
	return jv_bool(jv_get(trigger, "isMarket"), &r->is_market) &&
	       read_decimal(jv_get(trigger, "triggerPx"), &r->tpx);
}

static bool read_order(const struct jv *v, struct oreq *r)
{
	const struct jv *c = jv_get(v, "c");

	if (!read_asset(jv_get(v, "a"), &r->asset) || !jv_bool(jv_get(v, "b"), &r->buy) ||
	    !read_decimal(jv_get(v, "p"), &r->p) || !read_decimal(jv_get(v, "s"), &r->s) ||
	    !optional_bool(jv_get(v, "r"), &r->ro) || !read_type(jv_get(v, "t"), r))
		return false;
	r->has_cloid = !absent(c);
	return !r->has_cloid || read_cloid(c, r->cloid);
}

static bool alloc_lists(struct action *act, size_t n, bool orders, bool cancels)
{
	if (n > BATCH_TOP)
		return false;
	act->n = (uint32_t)n;
	if (orders)
		act->order = calloc(n + 1, sizeof *act->order);
	if (cancels)
		act->cancel = calloc(n + 1, sizeof *act->cancel);
	ASSERT(!orders || act->order != NULL);
	ASSERT(!cancels || act->cancel != NULL);
	return true;
}

static bool read_grouping(const struct jv *g, struct action *act)
{
	act->grouping = GR_NA;
	if (absent(g) || jv_str_is(g, "na"))
		return true;
	if (jv_type(g) == JV_OBJECT) {
		act->grouping = GR_PRIORITY;
		return jv_u64(jv_get(g, "p"), &act->priority);
	}
	act->grouping = jv_str_is(g, "normalTpsl") ? GR_NORMAL : GR_POSITION;
	return act->grouping == GR_NORMAL || jv_str_is(g, "positionTpsl");
}

static bool read_orders(const struct jv *v, struct action *act)
{
	static const char *const keys[] = {"type", "orders", "grouping", "builder", NULL};
	const struct jv *list = jv_get(v, "orders"), *builder = jv_get(v, "builder"), *at;
	uint32_t i = 0;

	if (!only_keys(v, keys) || jv_type(list) != JV_ARRAY ||
	    !read_grouping(jv_get(v, "grouping"), act) ||
	    !alloc_lists(act, jv_len(list), true, false))
		return false;
	for (at = jv_first(list); at != NULL; at = jv_next(at))
		if (!read_order(at, &act->order[i++]))
			return false;
	if (absent(builder))
		return true;
	act->has_builder = true;
	return addr_read(act->builder, jv_text(jv_get(builder, "b"))) &&
	       jv_u64(jv_get(builder, "f"), &act->builder_f) && act->builder_f <= 1000;
}

static bool read_target(const struct jv *oid, struct creq *c)
{
	c->by_cloid = jv_type(oid) == JV_STRING;
	return c->by_cloid ? read_cloid(oid, c->cloid) : jv_u64(oid, &c->oid);
}

static bool read_cancels(const struct jv *v, struct action *act)
{
	static const char *const keys[] = {"type", "cancels", "f", NULL};
	const struct jv *list = jv_get(v, "cancels"), *at;
	bool cloid = act->kind == AK_CANCEL_CLOID;
	uint32_t i = 0;

	if (!only_keys(v, keys) || jv_type(list) != JV_ARRAY ||
	    !optional_bool(jv_get(v, "f"), &act->flag) ||
	    !alloc_lists(act, jv_len(list), false, true))
		return false;
	for (at = jv_first(list); at != NULL; at = jv_next(at)) {
		struct creq *c = &act->cancel[i++];

		if (!read_asset(jv_get(at, cloid ? "asset" : "a"), &c->asset) ||
		    !read_target(jv_get(at, cloid ? "cloid" : "o"), c) || c->by_cloid != cloid)
			return false;
	}
	return true;
}

static bool read_modify(const struct jv *v, struct action *act)
{
	static const char *const one[] = {"type", "oid", "order", "a", NULL};
	static const char *const many[] = {"type", "modifies", "a", NULL};
	const struct jv *list = jv_get(v, "modifies"), *at;
	uint32_t i = 0;

	if (!only_keys(v, act->kind == AK_MODIFY ? one : many) ||
	    !optional_bool(jv_get(v, "a"), &act->flag))
		return false;
	if (act->kind == AK_MODIFY)
		return alloc_lists(act, 1, true, true) &&
		       read_target(jv_get(v, "oid"), &act->cancel[0]) &&
		       read_order(jv_get(v, "order"), &act->order[0]);
	if (jv_type(list) != JV_ARRAY || !alloc_lists(act, jv_len(list), true, true))
		return false;
	for (at = jv_first(list); at != NULL; at = jv_next(at), i++)
		if (!read_target(jv_get(at, "oid"), &act->cancel[i]) ||
		    !read_order(jv_get(at, "order"), &act->order[i]))
			return false;
	return true;
}

/* --- the small ones --- */

static bool read_twap(const struct jv *v, struct action *act)
{
	static const char *const keys[] = {"type", "twap", "details", NULL};
	const struct jv *t = jv_get(v, "twap"), *d = jv_get(v, "details"), *trigger, *stop;

	if (!only_keys(v, keys) || !read_asset(jv_get(t, "a"), &act->asset) ||
	    !jv_bool(jv_get(t, "b"), &act->yes) || !read_decimal(jv_get(t, "s"), &act->s) ||
	    !jv_bool(jv_get(t, "r"), &act->yes2) || !jv_i64(jv_get(t, "m"), &act->num) ||
	    !jv_bool(jv_get(t, "t"), &act->flag))
		return false;
	if (absent(d))
		return true;
	act->has_details = true;
	trigger = jv_get(d, "t");
	stop = jv_get(d, "s");
	act->has_trigger = !absent(trigger);
	act->has_stop = !absent(stop);
	if (act->has_trigger && (!read_decimal(jv_get(trigger, "p"), &act->p) ||
				 !jv_bool(jv_get(trigger, "a"), &act->has_name)))
		return false;
	return !act->has_stop || read_decimal(stop, &act->stop);
}

static bool read_twap_cancel(const struct jv *v, struct action *act)
{
	static const char *const keys[] = {"type", "a", "t", NULL};

	return only_keys(v, keys) && read_asset(jv_get(v, "a"), &act->asset) &&
	       jv_i64(jv_get(v, "t"), &act->num);
}

static bool read_schedule(const struct jv *v, struct action *act)
{
	static const char *const keys[] = {"type", "time", NULL};
	const struct jv *t = jv_get(v, "time");

	act->has_time = !absent(t);
	return only_keys(v, keys) && (!act->has_time || jv_u64(t, &act->time));
}

static bool read_leverage(const struct jv *v, struct action *act)
{
	static const char *const keys[] = {"type", "asset", "isCross", "leverage", NULL};

	return only_keys(v, keys) && read_asset(jv_get(v, "asset"), &act->asset) &&
	       jv_bool(jv_get(v, "isCross"), &act->yes) &&
	       jv_i64(jv_get(v, "leverage"), &act->num) && act->num >= 0 && act->num <= UINT32_MAX;
}

static bool read_margin(const struct jv *v, struct action *act)
{
	static const char *const keys[] = {"type", "asset", "isBuy", "ntli", NULL};
	static const char *const top[] = {"type", "asset", "leverage", NULL};

	if (!read_asset(jv_get(v, "asset"), &act->asset))
		return false;
	if (act->kind == AK_TOP_UP)
		return only_keys(v, top) && read_decimal(jv_get(v, "leverage"), &act->p);
	return only_keys(v, keys) && jv_bool(jv_get(v, "isBuy"), &act->yes) &&
	       jv_i64(jv_get(v, "ntli"), &act->num) && act->num < INT64_MAX / 200 &&
	       act->num > -INT64_MAX / 200;
}

static bool read_small(const struct jv *v, struct action *act)
{
	static const char *const keys[] = {
		"type",		  "weight",    "destination", "code",	     "name",
		"subAccountUser", "isDeposit", "usd",	      "abstraction", NULL};
	const struct jv *dest = jv_get(v, "destination");

	if (!only_keys(v, keys))
		return false;
	switch (act->kind) {
	case AK_NOOP:
		return jv_len(v) == 1;
	case AK_RESERVE:
		act->has_name = !absent(dest);
		return jv_i64(jv_get(v, "weight"), &act->num) && act->num > 0 &&
		       act->num < 1000000000 &&
		       (!act->has_name || addr_read(act->addr, jv_text(dest)));
	case AK_REFERRER:
		return jv_copy(jv_get(v, "code"), act->text, sizeof act->text);
	case AK_SUB_CREATE:
		return jv_copy(jv_get(v, "name"), act->text, sizeof act->text);
	case AK_SUB_TRANSFER:
		return addr_read(act->addr, jv_text(jv_get(v, "subAccountUser"))) &&
		       jv_bool(jv_get(v, "isDeposit"), &act->yes) &&
		       jv_i64(jv_get(v, "usd"), &act->num) && act->num >= 0 &&
		       act->num < INT64_MAX / 200;
	case AK_AGENT_ABSTRACTION:
		return jv_copy(jv_get(v, "abstraction"), act->text, sizeof act->text);
	default:
		return false;
	}
}

static bool read_chain_id(const struct jv *v, uint64_t *out)
{
	const char *s = jv_text(v);
	uint64_t x = 0;
	size_t i;

	if (s == NULL || s[0] != '0' || s[1] != 'x' || s[2] == '\0' || strlen(s) > 18)
		return false;
	for (i = 2; s[i]; i++) {
		char c = s[i];
		uint64_t d = c >= '0' && c <= '9'   ? (uint64_t)(c - '0')
			     : c >= 'a' && c <= 'f' ? (uint64_t)(c - 'a' + 10)
			     : c >= 'A' && c <= 'F' ? (uint64_t)(c - 'A' + 10)
						    : 16;

		if (d == 16)
			return false;
		x = x << 4 | d;
	}
	*out = x;
	return true;
}

static bool read_user_signed(const struct jv *v, struct action *act)
{
	const struct jv *time = jv_get(v, "nonce"), *name = jv_get(v, "agentName");

	if (time == NULL)
		time = jv_get(v, "time");
	if (!jv_copy(jv_get(v, "hyperliquidChain"), act->chain, sizeof act->chain) ||
	    !read_chain_id(jv_get(v, "signatureChainId"), &act->chain_id) ||
	    !jv_u64(time, &act->time))
		return false;
	switch (act->kind) {
	case AK_APPROVE_AGENT:
		act->has_name = !absent(name);
		return addr_read(act->addr, jv_text(jv_get(v, "agentAddress"))) &&
		       (!act->has_name || jv_copy(name, act->text, sizeof act->text));
	case AK_APPROVE_BUILDER:
		return addr_read(act->addr, jv_text(jv_get(v, "builder"))) &&
		       jv_copy(jv_get(v, "maxFeeRate"), act->text, sizeof act->text);
	case AK_USER_ABSTRACTION:
		return addr_read(act->addr, jv_text(jv_get(v, "user"))) &&
		       jv_copy(jv_get(v, "abstraction"), act->text, sizeof act->text);
	case AK_CLASS_TRANSFER:
		return jv_copy(jv_get(v, "amount"), act->text, sizeof act->text) &&
		       jv_bool(jv_get(v, "toPerp"), &act->yes);
	default:
		return jv_copy(jv_get(v, "destination"), act->text2, sizeof act->text2) &&
		       jv_copy(jv_get(v, "amount"), act->text, sizeof act->text);
	}
}

static bool read_action(const struct jv *v, struct action *act)
{
	const char *type = jv_text(jv_get(v, "type"));
	uint32_t k;

	for (k = 0; type != NULL && k < AK_COUNT && strcmp(names[k], type) != 0; k++)
		;
	if (type == NULL || k == AK_COUNT)
		return false;
	act->kind = (enum action_kind)k;
	if (action_is_user_signed(act->kind))
		return read_user_signed(v, act);
	switch (act->kind) {
	case AK_ORDER:
		return read_orders(v, act);
	case AK_CANCEL:
	case AK_CANCEL_CLOID:
		return read_cancels(v, act);
	case AK_MODIFY:
	case AK_BATCH_MODIFY:
		return read_modify(v, act);
	case AK_SCHEDULE:
		return read_schedule(v, act);
	case AK_LEVERAGE:
		return read_leverage(v, act);
	case AK_MARGIN:
	case AK_TOP_UP:
		return read_margin(v, act);
	case AK_TWAP:
		return read_twap(v, act);
	case AK_TWAP_CANCEL:
		return read_twap_cancel(v, act);
	default:
		return read_small(v, act);
	}
}

/* r and s: hex with or without its leading zeros. */
static bool read_word(const struct jv *v, uint8_t out[32])
{
	char full[65];
	const char *s = jv_text(v);
	size_t n;

	if (s == NULL || s[0] != '0' || s[1] != 'x')
		return false;
	n = strlen(s + 2);
	if (n == 0 || n > 64)
		return false;
	memset(full, '0', 64);
	memcpy(full + 64 - n, s + 2, n);
	full[64] = '\0';
	return hex_decode(out, 32, full);
}

bool action_read(struct action *act, const struct jv *root)
{
	static const char *const keys[] = {
		"action", "nonce", "signature", "vaultAddress", "expiresAfter", "isFrontend", NULL};
	const struct jv *sig = jv_get(root, "signature"), *vault = jv_get(root, "vaultAddress");
	const struct jv *expires = jv_get(root, "expiresAfter");
	int64_t v = 0;

	*act = (struct action){0};
	if (jv_type(root) != JV_OBJECT || !only_keys(root, keys) ||
	    !jv_u64(jv_get(root, "nonce"), &act->nonce) || !read_word(jv_get(sig, "r"), act->r) ||
	    !read_word(jv_get(sig, "s"), act->sig_s) || !jv_i64(jv_get(sig, "v"), &v) || v < 0 ||
	    v > 255)
		return false;
	act->v = (int)v;
	act->has_vault = !absent(vault);
	if (act->has_vault && !addr_read(act->vault, jv_text(vault)))
		return false;
	act->has_expires = !absent(expires);
	if (act->has_expires && !jv_u64(expires, &act->expires))
		return false;
	if (!read_action(jv_get(root, "action"), act)) {
		action_free(act);
		return false;
	}
	return true;
}
