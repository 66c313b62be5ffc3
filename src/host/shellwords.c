/* shellwords.c: the keys that sentences of the engine end with, and the verb that does the same.
 * One table; a sentence of the engine that names a new key gets a row here. */
#include "host/shellwords.h"

#include <string.h>

#include "base/buf.h"
#include "base/check.h"

static const struct {
	const char *key, *verb;
} table[] = {
	{"! 2 trims", "exeunt trim"},
	{"! 4 closes", "exeunt flatten"},
	{"! panic", "exeunt flatten"},
	{"press !", "exeunt flatten"},
	{"S places it", "exeunt guard places it"},
	{"Y sell", "exeunt trim"},
	{"+ add", "exeunt add"},
	{"g stops back", "exeunt guard"},
	{"r read again", "exeunt read"},
	{"a include them", "exeunt include"},
	{"t tunes x", "exeunt tune x"},
	{", e ends it", ", or exeunt end"},
	{":release ends it", "exeunt release ends it"},
};

const char *shell_words(const char *text, char *out, size_t cap)
{
	struct buf b;

	buf_init(&b, out, cap);
	while (*text) {
		size_t i = 0;

		while (i < COUNT_OF(table) && strncmp(text, table[i].key, strlen(table[i].key)))
			i++;
		if (i == COUNT_OF(table)) {
			buf_putc(&b, *text++);
			continue;
		}
		buf_puts(&b, table[i].verb);
		text += strlen(table[i].key);
	}
	return out;
}
