/* instr.c: instruments by name, and the venue's rules for prices and sizes.
 *
 * 1. An id never changes its coin; a second instr_put of a coin replaces its rules in place.
 * 2. A rounded price is always one the venue takes, whatever the rounding. */
#include "core/instr.h"

#include <string.h>

#include "base/check.h"

enum { SLOTS = 2 * INSTR_MAX };

_Static_assert((SLOTS & (SLOTS - 1)) == 0, "slots are a power of two");

static uint32_t hash(const char *s)
{
	uint32_t h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h;
}

void instr_table_init(struct instr_table *t)
{
	memset(t, 0, sizeof *t);
}

/* The slot that holds coin, or the empty one where it belongs. Never more than half full. */
static uint32_t slot_of(const struct instr_table *t, const char *coin)
{
	uint32_t s = hash(coin) & (SLOTS - 1);

	while (t->slot[s] && strcmp(t->at[t->slot[s] - 1].coin, coin))
		s = (s + 1) & (SLOTS - 1);
	return s;
}

uint16_t instr_put(struct instr_table *t, const struct instr *i)
{
	uint32_t s;

	ASSERT(memchr(i->coin, 0, sizeof i->coin));
	s = slot_of(t, i->coin);
	if (!t->slot[s]) {
		if (t->n == INSTR_MAX)
			return INSTR_NONE;
		t->slot[s] = (uint16_t)++t->n;
	}
	t->at[t->slot[s] - 1] = *i;
	return (uint16_t)(t->slot[s] - 1);
}

uint16_t instr_find(const struct instr_table *t, const char *coin)
{
	uint16_t id = t->slot[slot_of(t, coin)];

	return id ? (uint16_t)(id - 1) : (uint16_t)INSTR_NONE;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool coin_same(const char *a, const char *b)
{
	for (; *a && lower(*a) == lower(*b); a++, b++)
		;
	return *a == *b;
}

uint16_t instr_typed(const struct instr_table *t, const char *coin)
{
	uint16_t id = instr_find(t, coin), one = INSTR_NONE;

	for (uint32_t i = 0; id == INSTR_NONE && i < t->n; i++) {
		if (!coin_same(t->at[i].coin, coin))
			continue;
		if (one != INSTR_NONE)
			return INSTR_NONE;
		one = (uint16_t)i;
	}
	return id != INSTR_NONE ? id : one;
}

uint16_t instr_by_asset(const struct instr_table *t, uint32_t asset)
{
	for (uint32_t i = 0; i < t->n; i++)
		if (t->at[i].asset == asset)
			return (uint16_t)i;
	return INSTR_NONE;
}

/* Decimals a price of this magnitude may have. */
static int decimals_at(const struct instr *i, struct price p)
{
	int digits = 0, most = i->px_decimals < 0 ? 0 : i->px_decimals;
	int d;

	for (int64_t v = p.v; v; v /= 10)
		digits++;
	/* the first digit stands at 10^(digits - 1 - PRICE_DIGITS) */
	d = i->px_sig + PRICE_DIGITS - digits;
	return d < 0 ? 0 : d > most ? most : d;
}

bool instr_round_price(const struct instr *i, struct price *out, struct price p, enum round how)
{
	struct price r;

	if (p.v <= 0 || !dec_round(&r.v, p.v, PRICE_DIGITS, decimals_at(i, p), how) || r.v <= 0)
		return false;
	*out = r;
	return true;
}

bool instr_price_ok(const struct instr *i, struct price p)
{
	struct price r;

	return instr_round_price(i, &r, p, ROUND_DOWN) && r.v == p.v;
}

struct qty instr_lot(const struct instr *i)
{
	struct qty lot = {1};
	int sz = i->sz_decimals < 0 ? 0 : i->sz_decimals;

	for (int k = sz; k < QTY_DIGITS; k++)
		lot.v *= 10;
	return lot;
}

struct qty instr_floor_qty(const struct instr *i, struct qty q)
{
	q.v -= q.v % instr_lot(i).v;
	return q;
}

bool instr_qty_ok(const struct instr *i, struct qty q)
{
	return q.v > 0 && q.v % instr_lot(i).v == 0;
}

struct price instr_tick(const struct instr *i, struct price p)
{
	struct price t = {1};

	for (int k = decimals_at(i, p); k < PRICE_DIGITS; k++)
		t.v *= 10;
	return t;
}
