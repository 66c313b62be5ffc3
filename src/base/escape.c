#include "base/escape.h"

#include <string.h>

#include "base/check.h"

size_t escape_text(char *out, size_t cap, const void *in, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *p = in;
	size_t len = 0;

	ASSERT(cap > 0);
	for (size_t i = 0; i < n; i++) {
		if (p[i] >= 0x20 && p[i] < 0x7f && p[i] != '\\') {
			if (len + 1 >= cap)
				break;
			out[len++] = (char)p[i];
		} else {
			if (len + 4 >= cap)
				break;
			out[len++] = '\\';
			out[len++] = 'x';
			out[len++] = hex[p[i] >> 4];
			out[len++] = hex[p[i] & 15];
		}
	}
	out[len] = 0;
	return len;
}

bool escape_is_symbol(const char *s)
{
	size_t n = strlen(s);

	if (n == 0 || n > 31)
		return false;
	return strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:@/._#-") ==
	       n;
}
