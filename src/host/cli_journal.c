/* cli_journal.c: exeunt journal: what is on disk, beside a living engine or without one. */
#include <string.h>
#include <unistd.h>

#include "host/cli.h"
#include "host/clock.h"
#include "host/jtext.h"
#include "host/store.h"

struct list {
	const struct cli *c;
	uint32_t exit; /* 0 all */
	int64_t from;  /* first row shown */
	int64_t rows;
	bool json;
};

static bool wanted(const struct list *l, const struct store_row *r)
{
	return !l->exit || (r->exit == l->exit && jtext_letter(r) == 'x');
}

static bool count_row(void *arg, const struct store_row *r)
{
	struct list *l = arg;

	l->rows += wanted(l, r);
	return true;
}

static bool show_row(void *arg, const struct store_row *r)
{
	struct list *l = arg;
	char text[6000], line[7000], when[24];
	struct buf t, b;

	if (!wanted(l, r))
		return true;
	if (l->rows++ < l->from)
		return true;
	buf_init(&t, text, sizeof text);
	jtext_put(&t, r);
	buf_init(&b, line, sizeof line);
	if (l->json) {
		buf_printf(&b, "{\"id\":%lld,\"turn\":%llu,\"time_ms\":%lld,\"kind\":\"%s\",",
			   (long long)r->id, (unsigned long long)r->turn, (long long)r->wall_ms,
			   jtext_kind(r->kind));
		buf_printf(&b, "\"account\":%u,\"exit\":", r->account);
		if (r->exit)
			buf_printf(&b, "\"%c%u\"", jtext_letter(r), r->exit);
		else
			buf_puts(&b, "null");
		buf_printf(&b, ",\"slice\":%u,\"attempt\":%u,\"nonce\":%llu,\"text\":", r->slice,
			   r->attempt, (unsigned long long)r->nonce);
		buf_json_str(&b, text);
		buf_puts(&b, "}\n");
	} else {
		clock_put_utc(when, r->wall_ms);
		buf_printf(&b, "%6lld %s %-10s %s\n", (long long)r->id, when, jtext_kind(r->kind),
			   text);
	}
	cli_put(STDOUT_FILENO, line);
	return true;
}

static bool number(const char *v, int64_t *out, struct err *e)
{
	if (!*v || strlen(v) > 9 || v[strspn(v, "0123456789")])
		return err_set(e, ERR_ARG, "--tail %.20s: write a number up to 999999999.", v);
	for (*out = 0; *v; v++)
		*out = *out * 10 + (*v - '0');
	return true;
}

int cli_journal(struct cli *c, int n, const char *const *words)
{
	struct list l = {.c = c, .json = cli_has(c, OPT_JSON)};
	struct store *s = NULL;
	struct err e = {0};
	int64_t tail = -1;
	bool ok;

	if (n > 1) {
		err_set(&e, ERR_ARG, "journal takes no word, but got %.40s.", words[1]);
		return cli_fail(c, &e);
	}
	ok = (!cli_has(c, OPT_EXIT) || gram_exit_id(&l.exit, c->value[OPT_EXIT], &e)) &&
	     (!cli_has(c, OPT_TAIL) || number(c->value[OPT_TAIL], &tail, &e)) &&
	     cli_open(c, false, &e) && store_open_reader(&s, &c->dir, &e);
	if (ok && tail >= 0) {
		ok = store_read(s, 0, count_row, &l, &e);
		l.from = l.rows > tail ? l.rows - tail : 0;
		l.rows = 0;
	}
	ok = ok && store_read(s, 0, show_row, &l, &e);
	store_close(s);
	return ok ? 0 : cli_fail(c, &e);
}
