/* vectors.h: just enough of JSON to walk flat vector files in tests below the wire room: objects
 * without nested objects, found one after the other. Not for data from outside. */
#ifndef EXEUNT_TESTS_VECTORS_H
#define EXEUNT_TESTS_VECTORS_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* The next {...} that holds no other, from *at; *end is its brace. NULL when there is none before
 * `stop` (NULL: the end of the text). */
static inline const char *vec_object(const char **at, const char **end, const char *stop)
{
	const char *open = NULL;

	for (const char *p = *at; *p && (!stop || p < stop); p++) {
		if (*p == '"') {
			for (p++; *p && *p != '"'; p++)
				if (*p == '\\')
					p++;
		} else if (*p == '{') {
			open = p;
		} else if (*p == '}' && open) {
			*at = p + 1;
			*end = p;
			return open;
		}
	}
	return NULL;
}

/* The value of `key` in the object, strings without quotes and with \uXXXX and \n decoded; *n is
 * its length (a NUL may be inside). False when absent or null. */
static inline bool vec_get(const char *obj, const char *end, const char *key, char *out, size_t cap,
			   size_t *n)
{
	char pat[64];
	const char *p;
	size_t k = 0;

	snprintf(pat, sizeof pat, "\"%s\":", key);
	p = strstr(obj, pat);
	if (!p || p > end)
		return false;
	p += strlen(pat);
	while (*p == ' ' || *p == '\n')
		p++;
	if (!strncmp(p, "null", 4))
		return false;
	if (*p != '"') {
		while (p < end && *p != ',' && *p != '\n' && *p != '}' && k + 1 < cap)
			out[k++] = *p++;
	} else {
		for (p++; *p != '"' && k + 5 < cap; p++) {
			if (*p != '\\') {
				out[k++] = *p;
			} else if (*++p == 'u') {
				char hex[5] = {p[1], p[2], p[3], p[4], 0};

				k += utf8_encode(out + k, (uint32_t)strtoul(hex, NULL, 16));
				p += 4;
			} else {
				out[k++] = *p == 'n' ? '\n' : *p;
			}
		}
	}
	out[k] = 0;
	if (n)
		*n = k;
	return true;
}

#endif
