/* num.c: see num.h.
 *
 *  1. No double and no locale: digits are moved as text or as 64 and 128 bit integers.
 *  2. A value that the wire cannot carry exactly is refused, never cut. */
#include "venue/hyperliquid/num.h"

#include <string.h>

static const uint64_t pow10_[] = {1,	   10,	     100,	1000,	    10000,	100000,
				  1000000, 10000000, 100000000, 1000000000, 10000000000};

/* v / 10^digits without trailing zeros. */
static size_t put_fixed(char *out, uint64_t v, int digits)
{
	uint64_t whole = v / pow10_[digits], part = v % pow10_[digits];
	char rev[20];
	size_t n = 0, k = 0;

	do
		rev[k++] = (char)('0' + whole % 10);
	while (whole /= 10);
	while (k)
		out[n++] = rev[--k];
	if (part) {
		out[n++] = '.';
		for (int d = digits - 1; part; d--) {
			out[n++] = (char)('0' + part / pow10_[d]);
			part %= pow10_[d];
		}
	}
	out[n] = 0;
	return n;
}

size_t num_price_text(char out[NUM_TEXT_MAX], struct price p)
{
	const int64_t beyond = (int64_t)pow10_[PRICE_DIGITS - NUM_WIRE_DECIMALS];

	if (p.v < 0 || p.v % beyond)
		return 0;
	return put_fixed(out, (uint64_t)p.v, PRICE_DIGITS);
}

size_t num_qty_text(char out[NUM_TEXT_MAX], struct qty q)
{
	if (q.v < 0)
		return 0;
	return put_fixed(out, (uint64_t)q.v, QTY_DIGITS);
}

/* [-]digits[.digits], at least one digit. Views into the text, zeros outside stripped. */
struct parts {
	bool neg;
	const char *whole, *part;
	size_t n_whole, n_part;
};

static bool split(struct parts *p, const char *s, size_t n)
{
	size_t i = 0, point = n;

	*p = (struct parts){.neg = n && s[0] == '-'};
	if (p->neg) {
		s++;
		n--;
		point--;
	}
	for (i = 0; i < n; i++) {
		if (s[i] == '.' && point == n)
			point = i;
		else if (s[i] < '0' || s[i] > '9')
			return false;
	}
	if (n == 0 || (n == 1 && point == 0))
		return false;
	p->whole = s;
	p->n_whole = point;
	p->part = s + point + (point < n);
	p->n_part = point < n ? n - point - 1 : 0;
	while (p->n_whole && *p->whole == '0') {
		p->whole++;
		p->n_whole--;
	}
	while (p->n_part && p->part[p->n_part - 1] == '0')
		p->n_part--;
	return true;
}

bool num_to_u64(uint64_t *out, const char *text, size_t n, int power)
{
	unsigned __int128 v = 0;
	struct parts p;
	size_t want = (size_t)power;

	if (power < 0 || !split(&p, text, n) || p.n_part > want || p.n_whole + want > 36)
		return false;
	for (size_t i = 0; i < p.n_whole; i++)
		v = v * 10 + (unsigned)(p.whole[i] - '0');
	for (size_t i = 0; i < want; i++)
		v = v * 10 + (i < p.n_part ? (unsigned)(p.part[i] - '0') : 0);
	if (v > UINT64_MAX || (p.neg && v))
		return false;
	*out = (uint64_t)v;
	return true;
}

bool num_to_wire(char out[NUM_TEXT_MAX], const char *text, size_t n)
{
	uint64_t v;

	if (!num_to_u64(&v, text, n, NUM_WIRE_DECIMALS))
		return false;
	put_fixed(out, v, NUM_WIRE_DECIMALS);
	return true;
}

bool num_wire_ok(const char *text, size_t n)
{
	struct parts p;

	return split(&p, text, n) && !p.neg && text[0] != '.' && text[n - 1] != '.' &&
	       p.n_part <= NUM_WIRE_DECIMALS;
}

/* The magnitude of a text at `digits` scale, its sign, and the rounding that the magnitude needs.
 * Digits past the scale are cut; where rounding goes away from zero one unit stands for them: ticks
 * are many units wide, so the result is that of the whole text. */
static bool magnitude(int64_t *v, bool *neg, enum round *how, const char *text, size_t n,
		      int digits)
{
	struct parts p;
	enum dec_result r;

	if (!split(&p, text, n))
		return false;
	*neg = p.neg;
	/* core/dec.h takes no leading zeros */
	text += p.neg;
	n -= p.neg;
	while (n > 1 && text[0] == '0' && text[1] != '.') {
		text++;
		n--;
	}
	if (*how == ROUND_FLOOR)
		*how = p.neg ? ROUND_UP : ROUND_DOWN;
	else if (*how == ROUND_CEIL)
		*how = p.neg ? ROUND_DOWN : ROUND_UP;
	r = dec_parse(v, text, n, digits);
	if (r == DEC_INEXACT && *how == ROUND_UP)
		++*v;
	return r == DEC_OK || r == DEC_INEXACT;
}

static enum num_result signed_text(char *out, bool neg, int64_t v, size_t (*put)(char *, int64_t))
{
	if (v == 0) {
		out[0] = '0';
		out[1] = 0;
		return NUM_ZERO;
	}
	if (neg)
		*out++ = '-';
	return put(out, v) ? NUM_OK : NUM_BAD;
}

static size_t put_price(char *out, int64_t v)
{
	return num_price_text(out, (struct price){v});
}

static size_t put_qty(char *out, int64_t v)
{
	return num_qty_text(out, (struct qty){v});
}

/* Rounds a price with a fraction above 10^px_sig to px_sig digits. */
static bool significant(int64_t *v, const struct instr *i, enum round how)
{
	int64_t one = (int64_t)pow10_[PRICE_DIGITS], unit = one, q;

	if (*v % one == 0)
		return true;
	for (int64_t whole = *v / one, limit = (int64_t)pow10_[i->px_sig]; whole >= limit;
	     whole /= 10)
		unit *= 10;
	if (unit == one)
		return true;
	return dec_muldiv(&q, *v, 1, unit, how) && !__builtin_mul_overflow(q, unit, v);
}

enum num_result num_round_price(char out[NUM_TEXT_MAX + 1], const struct instr *i, const char *text,
				size_t n, enum round how)
{
	struct price p;
	bool neg;

	if (!magnitude(&p.v, &neg, &how, text, n, PRICE_DIGITS) || !significant(&p.v, i, how))
		return NUM_BAD;
	if (!instr_round_price(i, &p, p, how))
		p.v = 0;
	return signed_text(out, neg, p.v, put_price);
}

enum num_result num_round_qty(char out[NUM_TEXT_MAX + 1], const struct instr *i, const char *text,
			      size_t n, enum round how)
{
	int64_t v;
	bool neg;

	if (!magnitude(&v, &neg, &how, text, n, QTY_DIGITS) ||
	    !dec_round(&v, v, QTY_DIGITS, i->sz_decimals, how))
		return NUM_BAD;
	return signed_text(out, neg, v, put_qty);
}

#include "base/banned.h"
