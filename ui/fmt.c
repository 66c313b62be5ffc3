/* fmt.c: see fmt.h. Doubles here are for drawing only; nothing comes back to an order. */
#include "ui/fmt.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/canvas.h"
#include "base/banned.h"

#define MINUS "\xe2\x88\x92"
#define DASH  "\xe2\x80\x93"

static const int64_t pow10i[] = {
	1,	  10,	     100,	 1000,		10000,		100000,		1000000,
	10000000, 100000000, 1000000000, 10000000000LL, 100000000000LL, 1000000000000LL};

static struct num dash(void)
{
	struct num n = {DASH};

	return n;
}

/* units: value times 10^decimals, non-negative. */
static struct num put(uint64_t units, int decimals, bool neg, enum fmt_sign sign)
{
	struct num n;
	char rev[40];
	int k = 0, out = 0;
	uint64_t whole = units / (uint64_t)pow10i[decimals],
		 part = units % (uint64_t)pow10i[decimals];
	const char *lead = units == 0 ? "" : neg ? MINUS : sign == SIGN_PLUS ? "+" : "";

	for (int i = 0; i < decimals; i++) {
		rev[k++] = (char)('0' + part % 10);
		part /= 10;
	}
	if (decimals)
		rev[k++] = '.';
	int group = 0;
	do {
		if (group && group % 3 == 0)
			rev[k++] = ',';
		rev[k++] = (char)('0' + whole % 10);
		whole /= 10;
		group++;
	} while (whole && k < 34);
	size_t l = strlen(lead);
	memcpy(n.s, lead, l);
	out = (int)l;
	while (k)
		n.s[out++] = rev[--k];
	n.s[out] = 0;
	return n;
}

struct num fmt_double(double x, int decimals, enum fmt_sign sign)
{
	double u = fabs(x) * (double)pow10i[decimals];

	if (!isfinite(x) || u > 9e17)
		return dash();
	return put((uint64_t)floor(u + 0.5), decimals, x < 0, sign);
}

struct num fmt_fixed(int64_t v, int digits, int decimals, enum fmt_sign sign)
{
	uint64_t a = v < 0 ? (uint64_t)0 - (uint64_t)v : (uint64_t)v;

	if (decimals > digits)
		decimals = digits;
	return put(a / (uint64_t)pow10i[digits - decimals], decimals, v < 0, sign);
}

static int cells(const char *s)
{
	int w = 0;

	for (; *s; s++)
		w += ((unsigned char)*s & 0xc0) != 0x80;
	return w;
}

struct num fmt_km(double usd, enum fmt_sign sign)
{
	double a = fabs(usd);
	const char *unit = "";

	if (!isfinite(usd))
		return dash();
	if (a >= 999.5e6) {
		usd /= 1e9;
		unit = "B";
	} else if (a >= 999.5e3) {
		usd /= 1e6;
		unit = "M";
	} else if (a >= 1e3) {
		usd /= 1e3;
		unit = "k";
	}
	a = fabs(usd);
	struct num n = fmt_double(usd, !*unit || a >= 99.95 ? 0 : a >= 9.995 ? 1 : 2, sign);
	size_t l = strlen(n.s);
	if (l + 2 < sizeof n.s)
		snprintf(n.s + l, sizeof n.s - l, "%s", unit);
	return n;
}

struct num fmt_usd(double usd, int w, enum fmt_sign sign)
{
	struct num n = fmt_double(usd, 0, sign);

	return cells(n.s) <= w ? n : fmt_km(usd, sign);
}

struct num fmt_money(struct money m, int w, enum fmt_sign sign)
{
	return fmt_usd((double)m.v * 1e-8, w, sign);
}

int fmt_px_decimals(double p, int px_decimals)
{
	double a = fabs(p);
	int k;

	if (a <= 0)
		return px_decimals > 0 && px_decimals < 3 ? px_decimals : 2;
	k = (int)floor(log10(a) + 1e-9);
	k = 4 - k;
	if (k < 0)
		k = 0;
	return k > px_decimals ? (px_decimals < 0 ? 0 : px_decimals) : k;
}

struct num fmt_px(double p, int px_decimals)
{
	if (!isfinite(p) || p <= 0)
		return dash();
	return fmt_double(p, fmt_px_decimals(p, px_decimals), SIGN_MINUS);
}

struct num fmt_price(struct price p, int px_decimals)
{
	return fmt_px((double)p.v * 1e-10, px_decimals);
}

struct num fmt_size5(struct qty q)
{
	int64_t a = q.v < 0 ? -q.v : q.v, whole = a / 100000000;
	int digits = 0;

	if (!q.v)
		return fmt_fixed(0, QTY_DIGITS, 0, SIGN_MINUS);
	for (; whole; whole /= 10)
		digits++;
	return fmt_fixed(q.v, QTY_DIGITS, digits < 5 ? 5 - digits : 0, SIGN_MINUS);
}

struct num fmt_size(struct qty q, int sz_decimals)
{
	return fmt_fixed(q.v, QTY_DIGITS,
			 sz_decimals < 0   ? 0
			 : sz_decimals > 8 ? 8
					   : sz_decimals,
			 SIGN_MINUS);
}

struct num fmt_size_in(struct qty q, int sz_decimals, int w)
{
	struct num n = fmt_size(q, sz_decimals);

	if (cv_width(n.s) > w)
		n = fmt_size5(q);
	return cv_width(n.s) > w ? fmt_km(qty_to_double(q), SIGN_MINUS) : n;
}

struct num fmt_pct(double pct, enum fmt_sign sign)
{
	return fmt_double(pct, fabs(pct) >= 9.995 ? 1 : 2, sign);
}

struct num fmt_chance(double p, bool brief)
{
	struct num n;

	if (!isfinite(p) || p < 0)
		return dash();
	if (p < CHANCE_LEAST) {
		snprintf(n.s, sizeof n.s, brief ? "<1 in 500" : "under 1 in 500");
		return n;
	}
	double k = 1 / (p > 1 ? 1 : p);
	if (k < 9.95) {
		snprintf(n.s, sizeof n.s, "1 in %s", fmt_double(k, k < 1.05 ? 0 : 1, SIGN_MINUS).s);
		return n;
	}
	long r = lround(k);
	if (r >= 100)
		r = (r + 5) / 10 * 10;
	snprintf(n.s, sizeof n.s, "1 in %ld", r);
	return n;
}

struct num fmt_touch(double s)
{
	struct num n;
	long t = s < 0 ? 0 : s > 1e15 ? -1 : (long)s;

	if (t < 0 || t >= 7 * 86400)
		snprintf(n.s, sizeof n.s, ">7d");
	else if (t < 60)
		snprintf(n.s, sizeof n.s, "%lds", t);
	else if (t < 600)
		snprintf(n.s, sizeof n.s, "%ldm%02ld", t / 60, t % 60 / 5 * 5);
	else if (t < 7200)
		snprintf(n.s, sizeof n.s, "%ldm", t / 60);
	else if (t < 12 * 3600)
		snprintf(n.s, sizeof n.s, "%ldh%02ld", t / 3600, t % 3600 / 600 * 10);
	else if (t < 48 * 3600)
		snprintf(n.s, sizeof n.s, "%ldh", t / 3600);
	else
		snprintf(n.s, sizeof n.s, "%ldd", t / 86400);
	return n;
}

struct num fmt_touch_words(double s)
{
	struct num n;
	long t = s < 0 ? 0 : s > 1e15 ? -1 : (long)s;

	if (t < 0 || t >= 7 * 86400)
		snprintf(n.s, sizeof n.s, "over 7 d");
	else if (t < 60)
		snprintf(n.s, sizeof n.s, "%ld s", t);
	else if (t < 300)
		snprintf(n.s, sizeof n.s, "%ld min %ld s", t / 60, t % 60 / 5 * 5);
	else if (t < 7200)
		snprintf(n.s, sizeof n.s, "%ld min", t / 60);
	else if (t < 48 * 3600)
		snprintf(n.s, sizeof n.s, "%ld h", t / 3600);
	else
		snprintf(n.s, sizeof n.s, "%ld d", t / 86400);
	return n;
}

struct num fmt_dur(double s)
{
	struct num n;
	long t = s < 0 ? 0 : s > 1e15 ? 0 : (long)s;

	if (s < 1)
		snprintf(n.s, sizeof n.s, "<1s");
	else if (t < 60)
		snprintf(n.s, sizeof n.s, "%lds", t);
	else if (t < 3600 && t % 60)
		snprintf(n.s, sizeof n.s, "%ldm%02ld", t / 60, t % 60);
	else if (t < 3600)
		snprintf(n.s, sizeof n.s, "%ldm", t / 60);
	else if (t < 86400 && t / 60 % 60)
		snprintf(n.s, sizeof n.s, "%ldh%02ld", t / 3600, t / 60 % 60);
	else if (t < 86400)
		snprintf(n.s, sizeof n.s, "%ldh", t / 3600);
	else
		snprintf(n.s, sizeof n.s, "%ldd", t / 86400);
	return n;
}

struct num fmt_dur_words(double s)
{
	struct num n;
	long t = s < 0 ? 0 : s > 1e15 ? 0 : (long)s;

	if (t < 60)
		snprintf(n.s, sizeof n.s, "%ld s", t);
	else if (t < 600 && t % 60)
		snprintf(n.s, sizeof n.s, "%ld min %ld s", t / 60, t % 60);
	else if (t < 7200)
		snprintf(n.s, sizeof n.s, "%ld min", t / 60);
	else
		snprintf(n.s, sizeof n.s, "%ld h", t / 3600);
	return n;
}

static long day_ms(int64_t wall_ms)
{
	int64_t d = wall_ms % 86400000;

	return (long)(d < 0 ? d + 86400000 : d);
}

struct num fmt_clock(int64_t wall_ms)
{
	struct num n;
	long t = day_ms(wall_ms) / 1000;

	snprintf(n.s, sizeof n.s, "%02ld:%02ld:%02ld", t / 3600, t / 60 % 60, t % 60);
	return n;
}

struct num fmt_end(int64_t from_ms, double s)
{
	bool day = s < 12 * 3600;
	struct num n, t = day ? fmt_clock(from_ms + (int64_t)(s * 1e3)) : fmt_dur(s);

	snprintf(n.s, sizeof n.s, "%s %.16s", day ? "ends near" : "takes", t.s);
	return n;
}

struct num fmt_clock_ms(int64_t wall_ms)
{
	struct num n = fmt_clock(wall_ms);
	size_t l = strlen(n.s);

	snprintf(n.s + l, sizeof n.s - l, ".%03ld", day_ms(wall_ms) % 1000);
	return n;
}

void fmt_words(char *out, size_t cap, const char *text)
{
	size_t n = 0;
	char before = ' ';

	for (const char *p = text; *p && n + 4 < cap; p++) {
		bool number = p[0] == '-' && p[1] >= '0' && p[1] <= '9' &&
			      (before == ' ' || before == '(' || before == '~');
		const char *as = NULL;
		if (p[0] == '-' && p[1] == '>')
			as = "→";
		else if (p[0] == '+' && p[1] == '-')
			as = "±";
		else if (number)
			as = "−";
		before = *p;
		if (!as) {
			out[n++] = *p;
			continue;
		}
		memcpy(out + n, as, strlen(as));
		n += strlen(as);
		p += !number;
	}
	out[n] = 0;
}
