/* jnum.h: the vectors of data/quant as numbers: a path of names and indices into a JSON document,
 * read at full double precision. A path that is not there fails the test. */
#ifndef EXEUNT_TESTS_JNUM_H
#define EXEUNT_TESTS_JNUM_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/run.h"
#include "wire/json.h"

struct vectors {
	struct json *door;
	char *text;
	const struct jv *root;
};

static inline bool vectors_open(struct vectors *v, const char *file)
{
	const char *path = test_data(file);
	size_t n;
	struct err e = {0};
	if (!path)
		return false;
	v->door = json_new(4 << 20);
	v->text = test_slurp(path, &n);
	v->root = v->text ? json_parse(v->door, v->text, n, &e) : NULL;
	if (!v->root)
		test_fail(__FILE__, __LINE__, "%s: %s", file, e.text);
	return v->root != NULL;
}

static inline void vectors_close(struct vectors *v)
{
	json_free(v->door);
	free(v->text);
}

static inline double jnum(const struct jv *v)
{
	const char *s;
	size_t n;
	if (!jv_number(v, &s, &n)) {
		test_fail(__FILE__, __LINE__, "a number is missing in the vectors");
		return NAN;
	}
	return strtod(s, NULL);
}

static inline double jnum_of(const struct jv *v, const char *key)
{
	return jnum(jv_get(v, key));
}

static inline uint32_t jnums(const struct jv *v, double *out, uint32_t cap)
{
	uint32_t n = 0;
	for (const struct jv *x = jv_first(v); x && n < cap; x = jv_next(x))
		out[n++] = jnum(x);
	return n;
}

#endif
