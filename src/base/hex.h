/* hex.h: bytes to lower-case hex and back. */
#ifndef EXEUNT_BASE_HEX_H
#define EXEUNT_BASE_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes 2n digits and a NUL. */
void hex_encode(char *out, const void *bytes, size_t n);
/* Reads exactly n bytes from 2n digits of either case at s (no 0x); false if a digit is bad or text
 * is missing. Does not look past the digits. */
bool hex_decode(void *out, size_t n, const char *s);

#endif
