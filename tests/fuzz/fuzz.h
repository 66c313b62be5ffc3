/* fuzz.h: one entry per parser. Built with --enable-fuzz (clang) each is a libFuzzer program; in
 * `make check` tests/fuzz/replay.c runs the same entry over the small corpus that is committed. */
#ifndef EXEUNT_TESTS_FUZZ_H
#define EXEUNT_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#endif
