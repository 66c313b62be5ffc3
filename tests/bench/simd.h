/* simd.h: simdjson's DOM parse behind a C name; without the library it answers 0. */
#ifndef EXEUNT_TESTS_BENCH_SIMD_H
#define EXEUNT_TESTS_BENCH_SIMD_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif
/* 1 when the bytes parse. The caller leaves 64 readable bytes after them, so nothing is copied. */
int simd_parse(const char *s, size_t n);
#ifdef __cplusplus
}
#endif

#ifdef WITH_SIMDJSON
#define HAVE_SIMD 1
#else
#define HAVE_SIMD 0
#endif

#endif
