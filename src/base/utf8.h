/* utf8.h: decode, encode and validate; no tables of widths (the screen's glyphs are all one cell).
 */
#ifndef EXEUNT_BASE_UTF8_H
#define EXEUNT_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes one code point at s (n > 0 bytes available); returns its length, 0 when it is malformed,
 * overlong, a surrogate or cut. */
size_t utf8_decode(uint32_t *cp, const char *s, size_t n);
size_t utf8_encode(char out[4], uint32_t cp);
bool utf8_valid(const char *s, size_t n);
size_t utf8_count(const char *s); /* code points in a valid string */

#endif
