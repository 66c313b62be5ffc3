/* buf.h: text and bytes into memory the caller owns; cannot overflow, remembers that it would have.
 *
 * After any number of puts check `over` once: when set, the content is cut and must not be sent. */
#ifndef EXEUNT_BASE_BUF_H
#define EXEUNT_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *p;    /* caller's memory, always NUL-terminated when cap > 0 */
	size_t len; /* bytes used, without the NUL */
	size_t cap; /* bytes of p, NUL included */
	bool over;  /* something did not fit */
};

void buf_init(struct buf *b, void *mem, size_t cap);
void buf_reset(struct buf *b);
void buf_put(struct buf *b, const void *bytes, size_t n);
void buf_putc(struct buf *b, char c);
void buf_puts(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
void buf_u64(struct buf *b, uint64_t v); /* decimal */
void buf_i64(struct buf *b, int64_t v);
/* `s` as a JSON string with its quotes. */
void buf_json_str(struct buf *b, const char *s);

#endif
