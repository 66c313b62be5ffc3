/* scan.h: a pull scanner for the few hot frames: no tree, no allocation, no copying.
 *
 * It knows one spelling only: compact JSON with members in the order the caller expects, plain
 * ASCII strings without escapes, quoted decimals without sign or exponent. Everything else is "not
 * mine" (false, and false from then on): the caller hands the whole frame to the JSON door, which
 * decides. So the scanner never needs to refuse anything, and must never take what the door would
 * not: tests/unit/t_hot.c compares the two over mutated frames. */
#ifndef EXEUNT_WIRE_SCAN_H
#define EXEUNT_WIRE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct scan {
	const char *p, *end; /* p == NULL: not mine */
};

static inline void scan_init(struct scan *s, const char *text, size_t n)
{
	s->p = text;
	s->end = text + n;
}

static inline bool scan_fail(struct scan *s)
{
	s->p = NULL;
	return false;
}

/* Exactly these bytes next? Steps over them; if not, stays (for optional parts). */
static inline bool scan_peek(struct scan *s, const char *lit, size_t n)
{
	if (!s->p || (size_t)(s->end - s->p) < n || memcmp(s->p, lit, n))
		return false;
	s->p += n;
	return true;
}

static inline bool scan_is(struct scan *s, const char *lit, size_t n)
{
	return scan_peek(s, lit, n) || scan_fail(s);
}

#define SCAN_IS(s, lit)	  scan_is(s, "" lit, sizeof(lit) - 1)
#define SCAN_PEEK(s, lit) scan_peek(s, "" lit, sizeof(lit) - 1)

static inline bool scan_at_end(const struct scan *s)
{
	return s->p && s->p == s->end;
}

/* A market name in quotes: [A-Za-z0-9:@/._#-]{1,31}; not NUL-terminated. */
bool scan_symbol(struct scan *s, const char **out, size_t *n);
/* A quoted string of printable ASCII without quote or backslash, up to `max` bytes. */
bool scan_plain(struct scan *s, size_t max);
/* An unsigned integer up to 2^53, no leading zeros. */
bool scan_u64(struct scan *s, uint64_t *out);
/* A quoted unsigned decimal, exact at `digits` decimals (0..12), at most 18 digits in all. */
bool scan_dec(struct scan *s, int digits, int64_t *out);

/* ^-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,18})?$ : how venues write numbers. */
bool scan_is_decimal(const char *s, size_t n);

#endif
