/* vec.c: see vec.h. */
#include "tests/unit/vec.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "tests/run.h"

static struct json *door;
static char *text;

const struct jv *vec_open(const char *relative)
{
	const char *path = test_data(relative);
	const struct jv *v;
	struct err e = {0};
	size_t n;

	if (!path)
		return NULL;
	vec_close();
	text = test_slurp(path, &n);
	door = json_new(1 << 20);
	v = text && door ? json_parse(door, text, n, &e) : NULL;
	if (!v)
		test_fail(__FILE__, __LINE__, "%s: %s", relative, e.text);
	return v;
}

void vec_close(void)
{
	if (door)
		json_free(door);
	door = NULL;
	free(text);
	text = NULL;
}

static const char *digits_of(const char *s)
{
	return s[0] == '0' && s[1] == 'x' ? s + 2 : s;
}

bool vec_hex(void *out, size_t n, const char *s)
{
	char padded[2 * 64 + 1];
	size_t len;

	if (!s)
		return false;
	s = digits_of(s);
	len = strlen(s);
	if (n > 64 || len > 2 * n)
		return false;
	memset(padded, '0', 2 * n - len);
	memcpy(padded + 2 * n - len, s, len + 1);
	return hex_decode(out, n, padded);
}

size_t vec_bytes(void *out, size_t cap, const char *s)
{
	size_t n;

	if (!s)
		return SIZE_MAX;
	s = digits_of(s);
	n = strlen(s) / 2;
	return n <= cap && hex_decode(out, n, s) ? n : SIZE_MAX;
}

void vec_same(const char *file, int line, const char *what, const void *got, size_t n,
	      const char *want_hex)
{
	char *have = malloc(2 * n + 1);

	hex_encode(have, got, n);
	if (!want_hex || strcmp(have, digits_of(want_hex)) != 0)
		test_fail(file, line, "%s = %.400s, expected %.400s", what, have,
			  want_hex ? want_hex : "(absent)");
	free(have);
}
