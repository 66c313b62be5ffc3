/* main.c: parse arguments, build the parts, nothing else: joins the host's front to the screen. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "host/cli.h"
#include "host/clock.h"
#include "host/front.h"
#include "host/resolver.h"
#include "ui/run.h"

struct joined {
	struct front *front;
	const struct snap *snap; /* the newest one, in the screen's own memory; NULL: none yet */
};

static enum ui_read on_read(void *ctx, struct snap *snap, struct ui_reply *reply)
{
	struct joined *j = ctx;
	struct attach *a = front_attach(j->front);
	const struct attach_reply *r;
	struct err e;

	reply->text[0] = 0;
	if (!a)
		return UI_READ_GONE;
	attach_into(a, snap);
	switch (attach_get(a, 0, &e)) {
	case GOT_SNAP:
		j->snap = snap;
		attach_want(a);
		return UI_READ_SNAP;
	case GOT_REPLY:
		r = attach_reply_of(a, NULL);
		reply->ok = r->code == ERR_OK;
		snprintf(reply->text, sizeof reply->text, "%.*s", (int)sizeof reply->text - 1,
			 r->text);
		return UI_READ_REPLY;
	case GOT_GONE:
		snprintf(reply->text, sizeof reply->text, "%s", e.code == ERR_FENCED ? e.text : "");
		return UI_READ_GONE;
	default:
		return UI_READ_NONE;
	}
}

static bool on_send(void *ctx, const struct cmd *cmd)
{
	return front_send(((struct joined *)ctx)->front, cmd);
}

static int on_reattach(void *ctx)
{
	return front_reattach(((struct joined *)ctx)->front);
}

static int64_t on_now(void *ctx)
{
	(void)ctx;
	return clock_boot_ns();
}

static int on_records(void *ctx, uint64_t before, const char *find, struct ui_record *out, int n)
{
	struct joined *j = ctx;
	struct front_record *rows = calloc(n > 0 ? (size_t)n : 1, sizeof *rows);
	int got;

	ASSERT(rows);
	got = front_records(j->front, before, find, rows, n);
	for (int i = 0; i < got; i++) {
		memset(&out[i], 0, sizeof out[i]);
		out[i].number = rows[i].number;
		out[i].wall_ms = rows[i].wall_ms;
		memcpy(out[i].what, rows[i].what, sizeof out[i].what);
		memcpy(out[i].who, rows[i].who, sizeof out[i].who);
		memcpy(out[i].text, rows[i].text, sizeof out[i].text);
	}
	free(rows);
	return got;
}

static uint64_t on_count(void *ctx)
{
	return front_count(((struct joined *)ctx)->front);
}

static bool on_export(void *ctx, uint32_t exit, char *said, size_t cap)
{
	struct joined *j = ctx;

	if (j->snap)
		return front_export(j->front, j->snap, exit, said, cap);
	snprintf(said, cap, "Nothing is known yet.");
	return false;
}

static bool on_unlock(void *ctx, char *password, char *said, size_t cap)
{
	return front_unlock(((struct joined *)ctx)->front, password, said, cap);
}

/* A theme or key map by file: a value with a slash; else the name of a built-in one. */
static const char *file_text(const char *value)
{
	static char text[2][65536];
	static int used;
	FILE *f = value && strchr(value, '/') && used < 2 ? fopen(value, "re") : NULL;
	size_t n;

	if (!f)
		return NULL;
	n = fread(text[used], 1, sizeof text[0] - 1, f);
	fclose(f);
	text[used][n] = 0;
	return text[used++];
}

static const char *chosen(const struct cli *c, enum cli_opt_id id, const char *configured)
{
	return c->value[id] ? c->value[id] : *configured ? configured : NULL;
}

static int screen(struct cli *c)
{
	const char *theme = chosen(c, OPT_THEME, c->conf.theme);
	const char *keys = chosen(c, OPT_KEYS, c->conf.keys);
	struct joined j = {0};
	struct ui_host h = {.ctx = &j,
			    .read = on_read,
			    .send = on_send,
			    .reattach = on_reattach,
			    .now_ns = on_now,
			    .unlock = on_unlock,
			    .repaint_hz = (int)c->conf.repaint_hz,
			    .linear = c->value[OPT_LINEAR] != NULL,
			    .bell = true};
	struct err e = {0};
	int status;

	if (!h.linear && !(isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)))
		cli_put(STDERR_FILENO,
			isatty(STDOUT_FILENO)
				? "No terminal on input: lines instead of a screen.\n"
				: "No terminal on output: lines instead of a screen.\n");
	j.front = front_open(c, &e);
	if (!j.front)
		return cli_fail(c, &e);
	h.fd = front_fd(j.front);
	h.source = (struct ui_source){&j, on_records, on_count, on_export, false};
	h.source.ends =
		c->verb && (!strcmp(c->verb->name, "demo") || !strcmp(c->verb->name, "drill"));
	h.theme_text = file_text(theme);
	h.theme = h.theme_text ? NULL : theme;
	h.keys_text = file_text(keys);
	h.keys = h.keys_text ? NULL : keys;
	status = ui_run(&h, &e);
	front_close(j.front);
	return e.code ? cli_fail(c, &e) : status;
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	if (argc == 2 && !strcmp(argv[1], RESOLVER_VERB)) /* begun by an engine: resolver.h */
		return resolver_main(STDIN_FILENO);
	cli_screen = screen;
	return cli_main(argc, argv);
}
