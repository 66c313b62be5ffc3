/* err.c: the table of err.h, read. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/check.h"

static const struct {
	const char *name;
	int status;
	const char *line;
	const char *todo;
} table[ERR_COUNT] = {
#define X(name, status, text, todo) {#name, status, text, todo},
	ERR_TABLE(X)
#undef X
};

const char *err_name(enum err_code code)
{
	ASSERT(code >= 0 && code < ERR_COUNT);
	return table[code].name;
}

const char *err_line(enum err_code code)
{
	ASSERT(code >= 0 && code < ERR_COUNT);
	return table[code].line;
}

const char *err_todo(enum err_code code)
{
	ASSERT(code >= 0 && code < ERR_COUNT);
	return table[code].todo;
}

int err_exit_status(enum err_code code)
{
	ASSERT(code >= 0 && code < ERR_COUNT);
	return table[code].status;
}

_Bool err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	ASSERT(code > ERR_OK && code < ERR_COUNT);
	if (e) {
		va_list ap;
		e->code = code;
		va_start(ap, fmt);
		vsnprintf(e->text, sizeof e->text, fmt, ap);
		va_end(ap);
	}
	return 0;
}
