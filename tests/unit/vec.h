/* vec.h: reading recorded vectors in tests: a JSON file under the data directory, and hex text. */
#ifndef EXEUNT_TESTS_UNIT_VEC_H
#define EXEUNT_TESTS_UNIT_VEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/json.h"

/* NULL when absent (the test is then marked skipped) or unreadable (failed). The door is shared:
 * one file at a time. */
const struct jv *vec_open(const char *relative);
void vec_close(void);
/* Exactly n bytes of hex with or without 0x; shorter text is padded on the left with zeros. */
bool vec_hex(void *out, size_t n, const char *text);
/* Any length up to cap; returns bytes, or SIZE_MAX. */
size_t vec_bytes(void *out, size_t cap, const char *text);
/* Compares bytes with hex text and reports the difference. */
void vec_same(const char *file, int line, const char *what, const void *got, size_t n,
	      const char *want_hex);
#define CHECK_HEX(what, got, n, want) vec_same(__FILE__, __LINE__, what, got, n, want)

#endif
