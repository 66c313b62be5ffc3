/* hot.c: l2Book, bbo and trades, twice: from bytes and from the door's tree.
 *
 *  1. hot_scan takes only what the door takes, with equal values; it may decline anything.
 *  2. Prices and sizes are positive, exact decimals; a book has at most 20 levels a side. Order and
 *     crossing are judged where the book is kept (core/book.h).
 */
#include "venue/hyperliquid/hot.h"

#include <string.h>

#include "base/escape.h"
#include "wire/scan.h"
#include "base/banned.h"

/* ---- the scanner ---- */

static bool scan_level(struct scan *s, struct level *l)
{
	uint64_t n;

	if (!SCAN_IS(s, "{\"px\":") || !scan_dec(s, PRICE_DIGITS, &l->px.v) ||
	    !SCAN_IS(s, ",\"sz\":") || !scan_dec(s, QTY_DIGITS, &l->sz.v) ||
	    !SCAN_IS(s, ",\"n\":") || !scan_u64(s, &n) || !SCAN_IS(s, "}"))
		return false;
	l->n = (uint32_t)n;
	return (l->px.v > 0 && l->sz.v > 0 && n <= UINT32_MAX) || scan_fail(s);
}

static bool scan_side(struct scan *s, struct level *at, uint8_t *n)
{
	*n = 0;
	if (!SCAN_IS(s, "["))
		return false;
	if (SCAN_PEEK(s, "]"))
		return true;
	do {
		if (*n == BOOK_LEVELS || !scan_level(s, &at[*n]))
			return scan_fail(s);
		++*n;
	} while (SCAN_PEEK(s, ","));
	return SCAN_IS(s, "]");
}

static bool scan_coin_time(struct scan *s, struct hot *h)
{
	const char *coin;
	uint64_t ms;
	size_t n;

	if (!SCAN_IS(s, "{\"coin\":") || !scan_symbol(s, &coin, &n) || !SCAN_IS(s, ",\"time\":") ||
	    !scan_u64(s, &ms))
		return false;
	memcpy(h->coin, coin, n);
	h->coin[n] = 0;
	h->venue_ms = (int64_t)ms;
	return true;
}

static bool scan_book(struct scan *s, struct hot *h)
{
	struct book *b = &h->book;

	b->fast = false;
	h->aggregated = false;
	if (!scan_coin_time(s, h) || !SCAN_IS(s, ",\"levels\":[") ||
	    !scan_side(s, b->bid, &b->n_bid) || !SCAN_IS(s, ",") ||
	    !scan_side(s, b->ask, &b->n_ask) || !SCAN_IS(s, "]"))
		return false;
	b->venue_ms = h->venue_ms;
	b->fast = SCAN_PEEK(s, ",\"fast\":true");
	h->kind = HOT_BOOK;
	return SCAN_IS(s, "}}") && scan_at_end(s);
}

static bool scan_bbo(struct scan *s, struct hot *h)
{
	h->bid = h->ask = (struct level){{0}, {0}, 0};
	h->aggregated = false;
	if (!scan_coin_time(s, h) || !SCAN_IS(s, ",\"bbo\":[") ||
	    !(SCAN_PEEK(s, "null") || scan_level(s, &h->bid)) || !SCAN_IS(s, ",") ||
	    !(SCAN_PEEK(s, "null") || scan_level(s, &h->ask)) || !SCAN_IS(s, "]}}"))
		return false;
	h->kind = HOT_BBO;
	return scan_at_end(s);
}

/* "0x000...": no transaction stands behind it. */
static bool hash_is_zero(const char *s, size_t n)
{
	if (n < 3 || s[0] != '0' || s[1] != 'x')
		return false;
	for (size_t i = 2; i < n; i++)
		if (s[i] != '0')
			return false;
	return true;
}

static bool scan_hash(struct scan *s, bool *zero)
{
	const char *from = s->p;

	if (!scan_plain(s, 128))
		return false;
	*zero = hash_is_zero(from + 1, (size_t)(s->p - from) - 2);
	return true;
}

static bool scan_trade(struct scan *s, struct trade *t, const char **coin, size_t *n)
{
	uint64_t ms, tid;

	if (!SCAN_IS(s, "{\"coin\":") || !scan_symbol(s, coin, n) || !SCAN_IS(s, ",\"side\":\""))
		return false;
	if (SCAN_PEEK(s, "B"))
		t->side = SIDE_BUY;
	else if (SCAN_IS(s, "A"))
		t->side = SIDE_SELL;
	else
		return false;
	if (!SCAN_IS(s, "\",\"px\":") || !scan_dec(s, PRICE_DIGITS, &t->px.v) ||
	    !SCAN_IS(s, ",\"sz\":") || !scan_dec(s, QTY_DIGITS, &t->sz.v) ||
	    !SCAN_IS(s, ",\"time\":") || !scan_u64(s, &ms) || !SCAN_IS(s, ",\"hash\":") ||
	    !scan_hash(s, &t->no_hash) || !SCAN_IS(s, ",\"tid\":") || !scan_u64(s, &tid))
		return false;
	if (SCAN_PEEK(s, ",\"users\":[") &&
	    !(scan_plain(s, 64) && SCAN_IS(s, ",") && scan_plain(s, 64) && SCAN_IS(s, "]")))
		return false;
	t->time_ms = (int64_t)ms;
	t->tid = tid;
	return t->px.v > 0 && t->sz.v > 0 && SCAN_IS(s, "}");
}

static bool scan_trades(struct scan *s, struct hot *h, struct trade *at)
{
	const char *coin;
	size_t n;

	h->n = 0;
	h->aggregated = false;
	do {
		if (h->n == HOT_TRADES_MAX || !scan_trade(s, &at[h->n], &coin, &n))
			return false;
		if (!h->n) {
			memcpy(h->coin, coin, n);
			h->coin[n] = 0;
		} else if (memcmp(h->coin, coin, n) || h->coin[n]) {
			return false;
		}
		h->n++;
	} while (SCAN_PEEK(s, ","));
	h->venue_ms = at[h->n - 1].time_ms;
	h->kind = HOT_TRADES;
	return SCAN_IS(s, "]}") && scan_at_end(s);
}

bool hot_scan(struct hot *h, struct trade *trades, const char *text, size_t n)
{
	struct scan s;

	scan_init(&s, text, n);
	h->kind = HOT_NONE;
	if (!SCAN_IS(&s, "{\"channel\":\""))
		return false;
	if (SCAN_PEEK(&s, "l2Book\",\"data\":"))
		return scan_book(&s, h);
	if (SCAN_PEEK(&s, "bbo\",\"data\":"))
		return scan_bbo(&s, h);
	if (SCAN_PEEK(&s, "trades\",\"data\":["))
		return scan_trades(&s, h, trades);
	return false;
}

/* ---- the door ---- */

static bool say(const char **why, const char *text)
{
	*why = text;
	return false;
}

static bool door_dec(const struct jv *v, int digits, int64_t *out)
{
	const char *s;
	size_t n;

	return jv_str(v, &s, &n) && scan_is_decimal(s, n) &&
	       dec_parse(out, s, n, digits) == DEC_OK && *out > 0;
}

static bool door_level(const struct jv *v, struct level *l, bool answer)
{
	const struct jv *count = jv_get(v, "n");
	uint64_t n = 0;

	if (!door_dec(jv_get(v, "px"), PRICE_DIGITS, &l->px.v) ||
	    !door_dec(jv_get(v, "sz"), QTY_DIGITS, &l->sz.v))
		return false;
	if (!jv_u64(count, &n) && !(answer && !count))
		return false;
	l->n = (uint32_t)n;
	return n <= UINT32_MAX;
}

static bool door_coin(const struct jv *data, struct hot *h)
{
	return jv_copy(jv_get(data, "coin"), h->coin, sizeof h->coin) && escape_is_symbol(h->coin);
}

static bool door_side(const struct jv *side, struct level *at, uint8_t *n, bool answer)
{
	*n = 0;
	if (jv_type(side) != JV_ARRAY)
		return false;
	for (const struct jv *v = jv_first(side); v; v = jv_next(v)) {
		if (*n == BOOK_LEVELS || !door_level(v, &at[*n], answer))
			return false;
		++*n;
	}
	return true;
}

bool hot_book(struct hot *h, const struct jv *data, bool answer, const char **why)
{
	const struct jv *levels = jv_get(data, "levels"), *fast = jv_get(data, "fast"),
			*time = jv_get(data, "time");
	struct book *b = &h->book;
	uint64_t ms = 0;

	b->fast = false;
	if (!door_coin(data, h))
		return say(why, "l2Book: coin is no market name");
	if (!jv_u64(time, &ms) && !(answer && !time))
		return say(why, "l2Book: time is no integer up to 2^53");
	if (jv_type(levels) != JV_ARRAY || jv_len(levels) != 2)
		return say(why, "l2Book: levels are not two sides");
	if (!door_side(jv_at(levels, 0), b->bid, &b->n_bid, answer) ||
	    !door_side(jv_at(levels, 1), b->ask, &b->n_ask, answer))
		return say(
			why,
			"l2Book: a level is not {px, sz, n} with positive decimals, or more than "
			"20 on a side");
	if (fast && !jv_bool(fast, &b->fast))
		return say(why, "l2Book: fast is not true or false");
	h->aggregated = jv_get(data, "spread") != NULL;
	h->venue_ms = b->venue_ms = (int64_t)ms;
	h->kind = HOT_BOOK;
	return true;
}

bool hot_bbo(struct hot *h, const struct jv *data, const char **why)
{
	const struct jv *bbo = jv_get(data, "bbo"), *bid = jv_at(bbo, 0), *ask = jv_at(bbo, 1);
	uint64_t ms;

	h->bid = h->ask = (struct level){{0}, {0}, 0};
	h->aggregated = false;
	if (!door_coin(data, h))
		return say(why, "bbo: coin is no market name");
	if (!jv_u64(jv_get(data, "time"), &ms))
		return say(why, "bbo: time is no integer up to 2^53");
	if (jv_len(bbo) != 2 || !(jv_is_null(bid) || door_level(bid, &h->bid, false)) ||
	    !(jv_is_null(ask) || door_level(ask, &h->ask, false)))
		return say(why, "bbo: not two levels or nulls with positive decimals");
	h->venue_ms = (int64_t)ms;
	h->kind = HOT_BBO;
	return true;
}

static bool door_trade(const struct jv *v, struct trade *t)
{
	uint64_t ms;

	if (jv_str_is(jv_get(v, "side"), "B"))
		t->side = SIDE_BUY;
	else if (jv_str_is(jv_get(v, "side"), "A"))
		t->side = SIDE_SELL;
	else
		return false;
	if (!door_dec(jv_get(v, "px"), PRICE_DIGITS, &t->px.v) ||
	    !door_dec(jv_get(v, "sz"), QTY_DIGITS, &t->sz.v) || !jv_u64(jv_get(v, "time"), &ms) ||
	    !jv_u64(jv_get(v, "tid"), &t->tid))
		return false;
	const char *hash = jv_text(jv_get(v, "hash"));
	t->no_hash = hash && hash_is_zero(hash, strlen(hash));
	t->time_ms = (int64_t)ms;
	return true;
}

bool hot_trades(struct hot *h, struct trade *trades, const struct jv *data, const char **why)
{
	h->n = 0;
	h->coin[0] = 0;
	h->venue_ms = 0;
	h->aggregated = false;
	if (jv_type(data) != JV_ARRAY)
		return say(why, "trades: not a list");
	for (const struct jv *v = jv_first(data); v; v = jv_next(v)) {
		if (h->n == HOT_TRADES_MAX)
			return say(why, "trades: more than 4096 in one frame");
		if (!h->n ? !door_coin(v, h) : !jv_str_is(jv_get(v, "coin"), h->coin))
			return say(why,
				   "trades: coin is no market name, or two coins in one frame");
		if (!door_trade(v, &trades[h->n]))
			return say(why,
				   "trades: a trade lacks side, positive px and sz, time or tid");
		h->venue_ms = trades[h->n++].time_ms;
	}
	h->kind = HOT_TRADES;
	return true;
}
