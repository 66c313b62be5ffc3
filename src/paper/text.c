/* text.c: the tables of text.h. */
#include "paper/text.h"

#include <string.h>

#include "base/check.h"

#include "base/banned.h"

static const struct {
	const char *name;
	int end;
} statuses[] = {
#define X(id, name, end) {name, end},
	STATUS_TABLE(X)
#undef X
};

static const struct {
	enum status status;
	const char *text;
} texts[] = {{ST_OPEN, ""},
#define X(id, status, text) {ST_##status, text},
	     TEXT_TABLE(X)
#undef X
};

const char *status_name(enum status s)
{
	return statuses[s].name;
}

int status_is_end(enum status s)
{
	return statuses[s].end;
}

const char *text_of(enum text t)
{
	ASSERT(t < COUNT_OF(texts));
	return texts[t].text;
}

enum status text_status(enum text t)
{
	return texts[t].status;
}

void text_put(struct str *s, enum text t, const char *a, const char *b, const char *c)
{
	const char *arg[3] = {a, b, c}, *at = text_of(t), *open, *close;
	size_t i = 0;

	while ((open = strchr(at, '{')) != NULL) {
		close = strchr(open, '}');
		ASSERT(close != NULL && i < COUNT_OF(arg) && arg[i] != NULL);
		str_add(s, at, (size_t)(open - at));
		str_puts(s, arg[i++]);
		at = close + 1;
	}
	str_puts(s, at);
}
