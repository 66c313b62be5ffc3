/* fuzz_json.c: the JSON door. What it takes is walked with every getter, and its text, written
 * back, is taken again. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "base/check.h"
#include "tests/fuzz/fuzz.h"
#include "wire/json.h"

static void walk(const struct jv *v, int depth)
{
	int64_t i = 0;
	uint64_t u = 0;
	const char *s;
	size_t n;
	bool b;

	ASSERT(depth <= 32);
	if (jv_i64(v, &i))
		ASSERT(i <= JSON_INT_MAX && i >= -JSON_INT_MAX && jv_type(v) == JV_NUMBER);
	if (jv_u64(v, &u))
		ASSERT((int64_t)u == i);
	if (jv_str(v, &s, &n))
		ASSERT(utf8_valid(s, n));
	if (jv_number(v, &s, &n))
		ASSERT(n && n <= JSON_NUMBER_MAX);
	if (jv_bool(v, &b))
		ASSERT(jv_type(v) == JV_BOOL);
	for (const struct jv *m = jv_first(v); m; m = jv_next(m)) {
		if (jv_type(v) == JV_OBJECT)
			ASSERT(jv_get(v, jv_key(m)) == m); /* names are unique */
		walk(m, depth + 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct json *j;
	struct err e = {0};
	const struct jv *v;

	if (!j)
		j = json_new(0);
	v = json_parse(j, (const char *)data, n, &e);
	if (v)
		walk(v, 0);
	else
		ASSERT(e.code == ERR_PEER || e.code == ERR_LIMIT);
	return 0;
}
