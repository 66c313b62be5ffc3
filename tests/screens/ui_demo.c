/* ui_demo.c: the story's snapshots in a real terminal, to be looked at. Sends nothing anywhere.
 *   ui_demo [SCENE [THEME [KEYS]]]    SCENE: cockpit before panic run flat blind many done empty
 * first KEYS are typed at the start. Ctrl-C twice leaves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/screens/story.h"
#include "ui/style.h"
#include "ui/term_curses.h"
#include "ui/ui.h"

static const struct {
	const char *name;
	void (*fill)(struct snap *);
} scenes[] = {{"cockpit", story_cockpit}, {"before", story_before}, {"panic", story_panic},
	      {"run", story_run},	  {"flat", story_flat},	    {"blind", story_blind},
	      {"many", story_many},	  {"done", story_done},	    {"empty", story_empty},
	      {"first", story_first}};

static bool send_nowhere(void *ctx, const struct cmd *cmd)
{
	(void)ctx;
	(void)cmd;
	return true;
}

static int64_t story_now(const struct snap *s, int64_t t0)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return s->now_ns + ((int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec - t0) / 1000;
}

int main(int argc, char **argv)
{
	static struct snap snap;
	static struct ui ui;
	static struct cell cells[CANVAS_COLS_MAX * CANVAS_ROWS_MAX];
	static struct canvas canvas;
	struct style style;
	struct err err;
	struct ui_out out = {NULL, send_nowhere, NULL};
	struct ui_source source = {0};
	const char *theme = argc > 2 ? argv[2] : "dark";
	struct timespec ts;

	for (unsigned i = 0; i < sizeof scenes / sizeof scenes[0]; i++)
		if (!strcmp(scenes[i].name, argc > 1 ? argv[1] : "cockpit"))
			scenes[i].fill(&snap);
	clock_gettime(CLOCK_MONOTONIC, &ts);
	int64_t t0 = (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
	if (!snap.magic || !ui_init(&ui, &out, &source, &err) ||
	    !term_open(stdin, stdout, false, &err)) {
		fprintf(stderr, "%s\n", snap.magic ? err.text : "no such scene");
		return 2;
	}
	if (!style_builtin(&style, theme, term_colors(), &err)) {
		term_close();
		fprintf(stderr, "%s\n", err.text);
		return 2;
	}
	canvas_init(&canvas, cells, sizeof cells / sizeof cells[0]);
	ui_snap(&ui, &snap, snap.now_ns);
	for (const char *k = argc > 3 ? argv[3] : ""; *k; k++)
		ui_key(&ui, *k == '~' ? UK_ENTER : *k, snap.now_ns += 200000000);
	for (int64_t drawn = 0; !ui.quit;) {
		int cols, rows, k = term_key();
		int64_t now = story_now(&snap, t0);
		if (k == TERM_KEY_GONE)
			break;
		if (k == UK_RESIZE)
			term_resized();
		else if (k != UK_NONE)
			ui_key(&ui, k, now);
		if (k == UK_NONE && now - drawn < 100000) {
			usleep(20000);
			continue;
		}
		drawn = now;
		term_size(&cols, &rows);
		canvas_resize(&canvas, cols, rows);
		canvas.ascii = !term_utf8();
		canvas.mono = style.mono;
		ui_draw(&ui, &canvas, now);
		term_flush(&canvas, &style);
	}
	term_close();
	return 0;
}
