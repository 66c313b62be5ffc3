/* style.h: from roles to colours and attributes. Views know roles only; a theme file is the only
 * place with colours. 256 colours use the theme, 16 colours the theme "sixteen", no colour "mono".
 */
#ifndef EXEUNT_UI_STYLE_H
#define EXEUNT_UI_STYLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "ui/canvas.h"

enum { ATTR_BOLD = 1, ATTR_UNDERLINE = 2, ATTR_REVERSE = 4 };

struct look {
	int16_t fg, bg; /* palette entry, -1 the terminal's own */
	uint8_t attr;
};

struct style {
	struct look role[ROLE_COUNT];
	int16_t background; /* painted behind everything, -1 none */
	bool mono;
};

/* Parses theme text; every role must be named once. */
bool style_parse(struct style *s, const char *file, const char *text, struct err *err);
/* A built-in theme by name, made fit for so many colours. */
bool style_builtin(struct style *s, const char *name, int colors, struct err *err);
/* How a cell looks, the selection included. */
struct look style_look(const struct style *s, const struct cell *c);
const char *role_name(enum role r);

#endif
