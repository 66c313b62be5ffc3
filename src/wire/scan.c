/* scan.c: the leaves of the pull scanner.
 *
 *  1. No byte at or beyond `end` is read.
 *  2. Whatever a leaf takes, the JSON door takes with the same value.
 */
#include "wire/scan.h"

#include "base/check.h"
#include "base/pow10.h"
#include "base/banned.h"

#define SCAN_INT_MAX 9007199254740992u /* 2^53, as the door */

static bool symbol_char(char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == ':' ||
	       c == '@' || c == '/' || c == '.' || c == '_' || c == '#' || c == '-';
}

bool scan_symbol(struct scan *s, const char **out, size_t *n)
{
	const char *p = s->p;

	if (!p || p == s->end || *p++ != '"')
		return scan_fail(s);
	*out = p;
	while (p < s->end && symbol_char(*p))
		p++;
	*n = (size_t)(p - *out);
	if (p == s->end || *p != '"' || *n < 1 || *n > 31)
		return scan_fail(s);
	s->p = p + 1;
	return true;
}

bool scan_plain(struct scan *s, size_t max)
{
	const char *p = s->p, *from;

	if (!p || p == s->end || *p++ != '"')
		return scan_fail(s);
	for (from = p; p < s->end && *p >= 0x20 && *p < 0x7f && *p != '"' && *p != '\\'; p++)
		;
	if (p == s->end || *p != '"' || (size_t)(p - from) > max)
		return scan_fail(s);
	s->p = p + 1;
	return true;
}

bool scan_u64(struct scan *s, uint64_t *out)
{
	const char *p = s->p, *from = p;
	uint64_t v = 0;

	if (!p)
		return false;
	for (; p < s->end && is_digit(*p) && p - from < 17; p++)
		v = v * 10 + (uint64_t)(*p - '0');
	if (p == from || (*from == '0' && p - from > 1) || v > SCAN_INT_MAX)
		return scan_fail(s);
	/* a number goes on as a fraction, an exponent or more digits: not mine */
	if (p < s->end && (is_digit(*p) || *p == '.' || *p == 'e' || *p == 'E'))
		return scan_fail(s);
	s->p = p;
	*out = v;
	return true;
}

bool scan_dec(struct scan *s, int digits, int64_t *out)
{
	const char *p = s->p, *end = s->end, *from, *dot = NULL;
	uint64_t v = 0;
	int64_t r;
	long frac = 0, total;

	if (!p || p == end || *p++ != '"')
		return scan_fail(s);
	if (end - p > 20)
		end = p + 20;
	for (from = p; p < end && is_digit(*p); p++)
		v = v * 10 + (uint64_t)(*p - '0');
	if (p == from || (*from == '0' && p - from > 1))
		return scan_fail(s);
	total = p - from;
	if (p < end && *p == '.') {
		for (dot = ++p; p < end && is_digit(*p); p++)
			v = v * 10 + (uint64_t)(*p - '0');
		frac = p - dot;
		if (!frac)
			return scan_fail(s);
		total += frac;
	}
	if (p == end || *p != '"' || total > 18 || frac > digits)
		return scan_fail(s);
	if (__builtin_mul_overflow((int64_t)v, pow10_of[digits - frac], &r))
		return scan_fail(s);
	s->p = p + 1;
	*out = r;
	return true;
}

bool scan_is_decimal(const char *s, size_t n)
{
	const char *end = s + n, *from;

	if (s < end && *s == '-')
		s++;
	for (from = s; s < end && is_digit(*s); s++)
		;
	if (s == from || s - from > 19 || (*from == '0' && s - from > 1))
		return false;
	if (s == end)
		return true;
	if (*s++ != '.')
		return false;
	for (from = s; s < end && is_digit(*s); s++)
		;
	return s == end && s > from && s - from <= 18;
}
