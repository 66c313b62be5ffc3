/* lines.h: the screen's own reader of theme and key files: [section], name = value, # comments.
 * Nothing is guessed: a line that is neither is an error naming file and line. */
#ifndef EXEUNT_UI_LINES_H
#define EXEUNT_UI_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct builtin_text {
	const char *name, *text;
};
extern const struct builtin_text builtin_themes[]; /* ends with name NULL */
extern const struct builtin_text builtin_keys[];

const char *builtin_find(const struct builtin_text *table, const char *name);

/* Called for each pair; returns false after filling err. */
typedef bool lines_fn(void *ctx, int line, const char *section, const char *name, const char *value,
		      struct err *err);
bool lines_read(const char *file, const char *text, lines_fn *fn, void *ctx, struct err *err);

#endif
