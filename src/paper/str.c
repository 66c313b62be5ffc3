/* str.c: growing text and the venue's numbers.
 *
 * 1. Out of memory ends the program: this is a test venue, not the cockpit. */
#include "paper/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

#include "base/banned.h"

static void grow(struct str *s, size_t more)
{
	size_t cap = s->cap ? s->cap : 128;

	while (cap < s->len + more + 1)
		cap *= 2;
	if (cap == s->cap)
		return;
	s->p = realloc(s->p, cap);
	ASSERT(s->p != NULL);
	s->cap = cap;
}

void str_free(struct str *s)
{
	free(s->p);
	*s = (struct str){0};
}

void str_clear(struct str *s)
{
	s->len = 0;
	if (s->p)
		s->p[0] = '\0';
}

void str_add(struct str *s, const void *bytes, size_t n)
{
	grow(s, n);
	if (n > 0)
		memcpy(s->p + s->len, bytes, n);
	s->len += n;
	s->p[s->len] = '\0';
}

void str_puts(struct str *s, const char *text)
{
	str_add(s, text, strlen(text));
}

void str_putc(struct str *s, char c)
{
	str_add(s, &c, 1);
}

void str_printf(struct str *s, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	ASSERT(n >= 0);
	grow(s, (size_t)n);
	vsnprintf(s->p + s->len, (size_t)n + 1, fmt, again);
	va_end(again);
	s->len += (size_t)n;
}

void str_json(struct str *s, const char *text)
{
	str_putc(s, '"');
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			str_printf(s, "\\%c", c);
		else if (c < 0x20)
			str_printf(s, "\\u%04x", c);
		else
			str_putc(s, (char)c);
	}
	str_putc(s, '"');
}

const char *str_text(const struct str *s)
{
	return s->p ? s->p : "";
}

int64_t num_pow10(int n)
{
	int64_t v = 1;

	ASSERT(n >= 0 && n <= 18);
	while (n-- > 0)
		v *= 10;
	return v;
}

static void put_number(struct str *s, int64_t v, int digits, int least)
{
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	uint64_t one = (uint64_t)num_pow10(digits);
	char frac[24];
	int n = digits;

	str_printf(s, "%s%llu", v < 0 ? "-" : "", (unsigned long long)(u / one));
	if (digits == 0) {
		if (least > 0)
			str_puts(s, ".0");
		return;
	}
	snprintf(frac, sizeof frac, "%0*llu", digits, (unsigned long long)(u % one));
	while (n > least && frac[n - 1] == '0')
		n--;
	if (n > 0)
		str_printf(s, ".%.*s", n, frac);
}

void str_num(struct str *s, int64_t v, int digits)
{
	put_number(s, v, digits, 1);
}

void str_qnum(struct str *s, int64_t v, int digits)
{
	str_putc(s, '"');
	put_number(s, v, digits, 1);
	str_putc(s, '"');
}

void str_trim(struct str *s, int64_t v, int digits)
{
	put_number(s, v, digits, 0);
}

bool num_read(const char *s, int64_t *out)
{
	__int128 v = 0;
	int decimals = 0;
	bool any = false;

	if (s == NULL)
		return false;
	for (; *s >= '0' && *s <= '9'; s++) {
		v = v * 10 + (*s - '0');
		any = true;
		if (v > INT64_MAX)
			return false;
	}
	if (*s == '.') {
		s++;
		if (!any || *s < '0' || *s > '9')
			return false;
		for (; *s >= '0' && *s <= '9'; s++) {
			if (decimals < 8) {
				v = v * 10 + (*s - '0');
				decimals++;
			} else if (*s != '0') {
				return false;
			}
		}
	}
	if (*s != '\0' || !any)
		return false;
	for (; decimals < 8; decimals++)
		v *= 10;
	if (v > INT64_MAX)
		return false;
	*out = (int64_t)v;
	return true;
}

int64_t num_muldiv(int64_t a, int64_t b, int64_t c)
{
	__int128 q = (__int128)a * b / c;

	if (q > INT64_MAX)
		return INT64_MAX;
	return q < INT64_MIN ? INT64_MIN : (int64_t)q;
}

int64_t num_cut(int64_t v, int digits, int decimals)
{
	int64_t unit = num_pow10(digits > decimals ? digits - decimals : 0);

	return v / unit * unit;
}
