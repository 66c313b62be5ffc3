/* str.h: growing text for answers, and the venue's way of writing numbers. */
#ifndef EXEUNT_PAPER_STR_H
#define EXEUNT_PAPER_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
	char *p; /* NUL-terminated once something was put; NULL before */
	size_t len, cap;
};

void str_free(struct str *s);
void str_clear(struct str *s); /* keeps the memory */
void str_add(struct str *s, const void *bytes, size_t n);
void str_puts(struct str *s, const char *text);
void str_putc(struct str *s, char c);
void str_printf(struct str *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void str_json(struct str *s, const char *text); /* as a JSON string, quoted and escaped */
const char *str_text(const struct str *s);	/* "" when empty */

/* Answers: at least one digit after the point, further zeros stripped: 98450.0, 0.01. */
void str_num(struct str *s, int64_t v, int digits);
void str_qnum(struct str *s, int64_t v, int digits); /* the same between quotes */
/* Trimmed: 71, 63515.5 (texts of trigger conditions, canonical requests). */
void str_trim(struct str *s, int64_t v, int digits);

/* Requests: digits[.digits], no sign, no exponent; a non-zero ninth decimal is refused. Zeros may
 * pad. *out is at 1e-8. */
bool num_read(const char *s, int64_t *out);
/* a*b/c in 128 bits, toward zero, clamped to int64. c != 0. */
int64_t num_muldiv(int64_t a, int64_t b, int64_t c);
/* Cut toward zero to `decimals` of a value at `digits`. */
int64_t num_cut(int64_t v, int digits, int decimals);
int64_t num_pow10(int n);

#endif
