// simd.cc: the yardstick. One parser kept over calls, as its authors recommend; bytes already padded
// by the caller's buffer (realloc_if_needed = false): the fastest use there is.
#include "tests/bench/simd.h"

#include <simdjson.h>

extern "C" int simd_parse(const char *s, size_t n)
{
	static simdjson::dom::parser parser;
	simdjson::dom::element doc;

	return parser.parse(reinterpret_cast<const uint8_t *>(s), n, false).get(doc) == simdjson::SUCCESS;
}
