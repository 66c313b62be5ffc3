/* dec.c: fixed-point decimals.
 *
 * 1. Products and quotients are exact in 128 bits before the one named rounding.
 * 2. *out is written only on success (DEC_INEXACT is a success that says digits were cut).
 * 3. Reading accepts exactly the JSON number grammar: no plus sign, no bare point, no blanks, no
 *    leading zeros; everything else is DEC_BAD. */
#include "core/dec.h"

#include "base/check.h"
#include "base/pow10.h"

enum { EXPONENT_CLAMP = 100000 };

static int64_t pow10_at(int n)
{
	ASSERT(n >= 0 && n <= POW10_MAX);
	return pow10_of[n];
}

static bool fits(__int128 x)
{
	return x >= INT64_MIN && x <= INT64_MAX;
}

/* The quotient n/d, d != 0, rounded. |n| and |d| stay below 2^126, so nothing here can wrap. */
static __int128 div_round(__int128 n, __int128 d, enum round how)
{
	__int128 q, r;

	if (d < 0) {
		n = -n;
		d = -d;
	}
	q = n / d;
	r = n % d;
	if (r == 0)
		return q;
	switch (how) {
	case ROUND_DOWN:
		return q;
	case ROUND_UP:
		return n < 0 ? q - 1 : q + 1;
	case ROUND_FLOOR:
		return n < 0 ? q - 1 : q;
	case ROUND_CEIL:
		return n < 0 ? q : q + 1;
	case ROUND_HALF_AWAY:
		if (n < 0)
			return -r >= d + r ? q - 1 : q;
		return r >= d - r ? q + 1 : q;
	}
	BUG("rounding without a name");
}

/* A number's text cut into its parts. */
struct parts {
	bool neg;
	const char *whole, *frac;
	size_t n_whole, n_frac;
	int exponent;
};

static bool split_exponent(struct parts *p, const char *s, size_t n)
{
	bool neg = false;
	int e = 0;
	size_t i = 0;

	if (i < n && (s[i] == '-' || s[i] == '+'))
		neg = s[i++] == '-';
	if (i == n)
		return false;
	for (; i < n; i++) {
		if (!is_digit(s[i]))
			return false;
		e = e * 10 + (s[i] - '0');
		if (e > EXPONENT_CLAMP)
			e = EXPONENT_CLAMP;
	}
	p->exponent = neg ? -e : e;
	return true;
}

static bool split(struct parts *p, const char *s, size_t n)
{
	size_t i = 0;

	*p = (struct parts){0};
	if (i < n && s[i] == '-') {
		p->neg = true;
		i++;
	}
	p->whole = s + i;
	while (i < n && is_digit(s[i]))
		i++;
	p->n_whole = (size_t)(s + i - p->whole);
	if (p->n_whole == 0 || (p->n_whole > 1 && p->whole[0] == '0'))
		return false;
	if (i < n && s[i] == '.') {
		p->frac = s + ++i;
		while (i < n && is_digit(s[i]))
			i++;
		p->n_frac = (size_t)(s + i - p->frac);
		if (p->n_frac == 0)
			return false;
	}
	if (i < n && (s[i] == 'e' || s[i] == 'E'))
		return split_exponent(p, s + i + 1, n - i - 1);
	return i == n;
}

enum dec_result dec_parse(int64_t *out, const char *s, size_t n, int digits)
{
	struct parts p;
	unsigned __int128 v = 0, most;
	bool cut = false;
	int64_t keep; /* digits of whole and frac that lie within the scale */
	size_t all;

	ASSERT(digits >= 0 && digits <= POW10_MAX);
	if (!split(&p, s, n))
		return DEC_BAD;
	most = (unsigned __int128)INT64_MAX + (p.neg ? 1 : 0);
	all = p.n_whole + p.n_frac;
	keep = (int64_t)p.n_whole + digits + p.exponent;
	for (size_t i = 0; i < all; i++) {
		char c = i < p.n_whole ? p.whole[i] : p.frac[i - p.n_whole];

		if ((int64_t)i >= keep) {
			cut = cut || c != '0';
			continue;
		}
		v = v * 10 + (unsigned)(c - '0');
		if (v > most)
			return DEC_RANGE;
	}
	for (int64_t i = (int64_t)all; v && i < keep; i++) {
		v *= 10;
		if (v > most)
			return DEC_RANGE;
	}
	*out = p.neg ? (int64_t) - (__int128)v : (int64_t)v;
	return cut ? DEC_INEXACT : DEC_OK;
}

enum dec_result price_parse(struct price *out, const char *s, size_t n)
{
	return dec_parse(&out->v, s, n, PRICE_DIGITS);
}

enum dec_result qty_parse(struct qty *out, const char *s, size_t n)
{
	return dec_parse(&out->v, s, n, QTY_DIGITS);
}

enum dec_result money_parse(struct money *out, const char *s, size_t n)
{
	return dec_parse(&out->v, s, n, MONEY_DIGITS);
}

enum dec_result ratio_parse(struct ratio *out, const char *s, size_t n)
{
	return dec_parse(&out->v, s, n, RATIO_DIGITS);
}

/* |v| as text with `decimals` digits after the point, zeros kept. */
static void put_abs(struct buf *b, unsigned __int128 v, int decimals)
{
	char tmp[48];
	size_t i = sizeof tmp;

	for (int k = 0; k < decimals; k++, v /= 10)
		tmp[--i] = (char)('0' + (int)(v % 10));
	if (decimals)
		tmp[--i] = '.';
	do {
		tmp[--i] = (char)('0' + (int)(v % 10));
		v /= 10;
	} while (v);
	buf_put(b, tmp + i, sizeof tmp - i);
}

static unsigned __int128 abs128(__int128 v)
{
	return v < 0 ? (unsigned __int128)-v : (unsigned __int128)v;
}

void dec_put(struct buf *b, int64_t v, int digits)
{
	unsigned __int128 a = abs128(v);

	ASSERT(digits >= 0 && digits <= POW10_MAX);
	for (; digits && a % 10 == 0; digits--)
		a /= 10;
	if (v < 0)
		buf_putc(b, '-');
	put_abs(b, a, digits);
}

void price_put(struct buf *b, struct price p)
{
	dec_put(b, p.v, PRICE_DIGITS);
}

void qty_put(struct buf *b, struct qty q)
{
	dec_put(b, q.v, QTY_DIGITS);
}

void dec_group(struct buf *b, const char *wire)
{
	size_t dot = 0;

	if (*wire == '-')
		buf_putc(b, *wire++);
	while (wire[dot] && wire[dot] != '.')
		dot++;
	for (size_t i = 0; wire[i]; i++) {
		if (i && i < dot && (dot - i) % 3 == 0)
			buf_putc(b, ',');
		buf_putc(b, wire[i]);
	}
}

const char *price_word(char out[40], struct price p)
{
	int64_t unit = 1, one = 1, half;
	char wire[40];
	struct buf raw, b;

	for (int i = 0; i < PRICE_DIGITS; i++)
		one *= 10;
	while (unit < one && (p.v < 0 ? -p.v : p.v) / unit >= 100000000)
		unit *= 10;
	half = p.v < 0 ? -unit / 2 : unit / 2;
	if (p.v < INT64_MAX - unit && p.v > INT64_MIN + unit)
		p.v = (p.v + half) / unit * unit;
	buf_init(&raw, wire, sizeof wire);
	price_put(&raw, p);
	buf_init(&b, out, 40);
	dec_group(&b, wire);
	return out;
}

const char *qty_word(char out[40], struct qty q)
{
	struct buf b;

	buf_init(&b, out, 40);
	qty_put(&b, q);
	return out;
}

void money_put(struct buf *b, struct money m)
{
	dec_put(b, m.v, MONEY_DIGITS);
}

void ratio_put(struct buf *b, struct ratio r)
{
	dec_put(b, r.v, RATIO_DIGITS);
}

void dec_put_fixed(struct buf *b, int64_t v, int digits, int decimals)
{
	__int128 x = v;

	ASSERT(digits >= 0 && digits <= POW10_MAX && decimals >= 0 && decimals <= POW10_MAX);
	if (decimals < digits)
		x = div_round(x, pow10_at(digits - decimals), ROUND_HALF_AWAY);
	else
		x *= pow10_at(decimals - digits);
	if (x < 0)
		buf_putc(b, '-');
	put_abs(b, abs128(x), decimals);
}

bool dec_rescale(int64_t *out, int64_t v, int from, int to, enum round how)
{
	__int128 x = v;

	if (to >= from)
		x *= pow10_at(to - from);
	else
		x = div_round(x, pow10_at(from - to), how);
	if (!fits(x))
		return false;
	*out = (int64_t)x;
	return true;
}

bool dec_round(int64_t *out, int64_t v, int digits, int decimals, enum round how)
{
	int64_t unit;
	__int128 x;

	if (decimals >= digits) {
		*out = v;
		return true;
	}
	unit = pow10_at(digits - decimals);
	x = div_round(v, unit, how) * unit;
	if (!fits(x))
		return false;
	*out = (int64_t)x;
	return true;
}

bool dec_muldiv(int64_t *out, int64_t a, int64_t b, int64_t c, enum round how)
{
	__int128 x;

	ASSERT(c != 0);
	x = div_round((__int128)a * b, c, how);
	if (!fits(x))
		return false;
	*out = (int64_t)x;
	return true;
}

/* a*b / 10^n. */
static bool scaled(int64_t *out, int64_t a, int64_t b, int n, enum round how)
{
	return dec_muldiv(out, a, b, pow10_at(n), how);
}

/* a * 10^n / b; a division by zero is refused like any other overflow. */
static bool quotient(int64_t *out, int64_t a, int n, int64_t b, enum round how)
{
	return b != 0 && dec_muldiv(out, a, pow10_at(n), b, how);
}

bool price_times_qty(struct money *out, struct price p, struct qty q, enum round how)
{
	return scaled(&out->v, p.v, q.v, PRICE_DIGITS + QTY_DIGITS - MONEY_DIGITS, how);
}

bool money_over_price(struct qty *out, struct money m, struct price p, enum round how)
{
	return quotient(&out->v, m.v, QTY_DIGITS + PRICE_DIGITS - MONEY_DIGITS, p.v, how);
}

bool money_over_qty(struct price *out, struct money m, struct qty q, enum round how)
{
	return quotient(&out->v, m.v, PRICE_DIGITS + QTY_DIGITS - MONEY_DIGITS, q.v, how);
}

bool money_times_ratio(struct money *out, struct money m, struct ratio r, enum round how)
{
	return scaled(&out->v, m.v, r.v, RATIO_DIGITS, how);
}

bool money_over_money(struct ratio *out, struct money a, struct money b, enum round how)
{
	return quotient(&out->v, a.v, RATIO_DIGITS, b.v, how);
}

bool price_times_ratio(struct price *out, struct price p, struct ratio r, enum round how)
{
	return scaled(&out->v, p.v, r.v, RATIO_DIGITS, how);
}

bool qty_times_ratio(struct qty *out, struct qty q, struct ratio r, enum round how)
{
	return scaled(&out->v, q.v, r.v, RATIO_DIGITS, how);
}

static bool add(int64_t *out, int64_t a, int64_t b)
{
	int64_t x;

	if (__builtin_add_overflow(a, b, &x))
		return false;
	*out = x;
	return true;
}

bool qty_add(struct qty *out, struct qty a, struct qty b)
{
	return add(&out->v, a.v, b.v);
}

bool money_add(struct money *out, struct money a, struct money b)
{
	return add(&out->v, a.v, b.v);
}

bool price_add(struct price *out, struct price a, struct price b)
{
	return add(&out->v, a.v, b.v);
}

double price_to_double(struct price p)
{
	return (double)p.v / 1e10;
}

double qty_to_double(struct qty q)
{
	return (double)q.v / 1e8;
}

double money_to_double(struct money m)
{
	return (double)m.v / 1e8;
}

double ratio_to_double(struct ratio r)
{
	return (double)r.v / 1e12;
}

static bool from_double(int64_t *out, double x, enum round how)
{
	/* -2^63 and 2^63 are doubles; NaN fails both comparisons. */
	int64_t i;
	double rest;
	bool away;

	if (!(x >= -9223372036854775808.0 && x < 9223372036854775808.0))
		return false;
	i = (int64_t)x;
	rest = x - (double)i; /* exact: |x| >= 2^53 has no fraction */
	away = how == ROUND_UP		? rest != 0
	       : how == ROUND_FLOOR	? rest < 0
	       : how == ROUND_CEIL	? rest > 0
	       : how == ROUND_HALF_AWAY ? rest >= 0.5 || rest <= -0.5
					: false;
	*out = !away ? i : x < 0 ? i - 1 : i + 1; /* no fraction near the ends: cannot wrap */
	return true;
}

bool price_from_double(struct price *out, double x, enum round how)
{
	return from_double(&out->v, x * 1e10, how);
}

bool qty_from_double(struct qty *out, double x)
{
	return from_double(&out->v, x * 1e8, ROUND_DOWN);
}

bool money_from_double(struct money *out, double x)
{
	return from_double(&out->v, x * 1e8, ROUND_DOWN);
}
