/* lines.c: see lines.h. */
#include "ui/lines.h"

#include <string.h>

#include "base/banned.h"

enum { LINE_MAX_ = 200 };

const char *builtin_find(const struct builtin_text *table, const char *name)
{
	for (; table->name; table++)
		if (!strcmp(table->name, name))
			return table->text;
	return NULL;
}

static char *trim(char *s)
{
	size_t n;

	while (*s == ' ' || *s == '\t')
		s++;
	n = strlen(s);
	while (n && (s[n - 1] == ' ' || s[n - 1] == '\t' || s[n - 1] == '\r'))
		s[--n] = 0;
	return s;
}

bool lines_read(const char *file, const char *text, lines_fn *fn, void *ctx, struct err *err)
{
	char section[32] = "", buf[LINE_MAX_];

	for (int line = 1; *text; line++) {
		size_t n = strcspn(text, "\n");
		if (n >= sizeof buf)
			return err_set(err, ERR_CONF, "%s:%d: longer than %d bytes", file, line,
				       LINE_MAX_ - 1);
		memcpy(buf, text, n);
		buf[n] = 0;
		text += n + (text[n] == '\n');
		char *s = trim(buf);
		if (!*s || *s == '#')
			continue;
		size_t l = strlen(s);
		if (*s == '[') {
			if (l < 3 || s[l - 1] != ']' || l - 2 >= sizeof section)
				return err_set(err, ERR_CONF, "%s:%d: not a [section]", file, line);
			memcpy(section, s + 1, l - 2);
			section[l - 2] = 0;
			continue;
		}
		char *eq = strstr(s, " =");
		if (!eq)
			return err_set(err, ERR_CONF, "%s:%d: expected name = value", file, line);
		*eq = 0;
		if (!fn(ctx, line, section, trim(s), trim(eq + 2), err))
			return false;
	}
	return true;
}
