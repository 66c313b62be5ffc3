/* value.c: fields of the venue as the types of core.
 *
 *  1. Prices and sizes that can reach an order are strict and exact; sums and rates may carry
 *     binary-float residue of the venue and are cut toward zero.
 *  2. A getter that fails leaves *out alone.
 */
#include <string.h>

#include "base/escape.h"
#include "base/hex.h"
#include "venue/hyperliquid/internal.h"
#include "wire/scan.h"
#include "base/banned.h"

/* Coins of dexes that are not watched and outcome tokens ("#12") are none of ours. */
static bool foreign(const struct hl *h, const char *coin)
{
	const char *colon = strchr(coin, ':');
	size_t n;

	if (*coin == '#' || *coin == '+')
		return true;
	if (!colon)
		return false;
	n = (size_t)(colon - coin);
	for (int i = 1; i < h->c.shared->n_dexes; i++)
		if (strlen(h->c.shared->dex[i].name) == n &&
		    !memcmp(h->c.shared->dex[i].name, coin, n))
			return false;
	return true;
}

uint16_t value_coin_text(struct hl *h, const char *coin)
{
	uint16_t id;

	if (!coin || !escape_is_symbol(coin))
		return INSTR_NONE;
	id = instr_find(h->c.shared->instrs, coin);
	if (id != INSTR_NONE)
		return id;
	if (foreign(h, coin))
		return INSTR_FOREIGN;
	if (hl_shared_ready(h->c.shared))
		h->c.shared->coin_missing = true;
	return INSTR_NONE;
}

uint16_t value_coin(struct hl *h, const struct jv *v)
{
	return value_coin_text(h, jv_text(v));
}

bool value_dex(struct hl *h, const struct jv *v, uint8_t *dex)
{
	if (!v || jv_is_null(v)) {
		*dex = 0;
		return true;
	}
	for (uint8_t i = 0; i < h->c.shared->n_dexes; i++) {
		if (jv_str_is(v, h->c.shared->dex[i].name)) {
			*dex = i;
			return true;
		}
	}
	return false;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool value_is_user(struct hl *h, const struct jv *v)
{
	const char *s = jv_text(v), *u = h->c.user;

	if (!s || !*u)
		return false;
	while (*s && lower(*s) == *u) {
		s++;
		u++;
	}
	return !*s && !*u;
}

bool value_side(const struct jv *v, bool *buy)
{
	if (!jv_str_is(v, "B") && !jv_str_is(v, "A"))
		return false;
	*buy = jv_str_is(v, "B");
	return true;
}

bool value_ms(const struct jv *v, int64_t *ms)
{
	uint64_t u;

	if (!jv_u64(v, &u))
		return false;
	*ms = (int64_t)u;
	return true;
}

bool value_cloid(const struct jv *v, struct cloid *c)
{
	const char *s;
	size_t n;

	if (!v || jv_is_null(v)) {
		memset(c, 0, sizeof *c);
		return true;
	}
	return jv_str(v, &s, &n) && n == 34 && s[0] == '0' && s[1] == 'x' &&
	       hex_decode(c->b, sizeof c->b, s + 2);
}

static bool exact(const struct jv *v, int digits, int64_t *out)
{
	const char *s;
	size_t n;

	return jv_str(v, &s, &n) && scan_is_decimal(s, n) && dec_parse(out, s, n, digits) == DEC_OK;
}

static bool cut(const struct jv *v, int digits, int64_t *out)
{
	const char *s;
	size_t n;
	int64_t x;
	enum dec_result r;

	if (!jv_str(v, &s, &n))
		return false;
	r = dec_parse(&x, s, n, digits);
	if (r != DEC_OK && r != DEC_INEXACT)
		return false;
	*out = x;
	return true;
}

bool value_price(const struct jv *v, struct price *p)
{
	return exact(v, PRICE_DIGITS, &p->v);
}

bool value_qty(const struct jv *v, struct qty *q)
{
	return exact(v, QTY_DIGITS, &q->v);
}

bool value_money(const struct jv *v, struct money *m)
{
	return cut(v, MONEY_DIGITS, &m->v);
}

bool value_ratio(const struct jv *v, struct ratio *r)
{
	return cut(v, RATIO_DIGITS, &r->v);
}

bool value_qty_cut(const struct jv *v, struct qty *q)
{
	return cut(v, QTY_DIGITS, &q->v);
}

bool value_price_cut(const struct jv *v, struct price *p)
{
	return cut(v, PRICE_DIGITS, &p->v);
}
