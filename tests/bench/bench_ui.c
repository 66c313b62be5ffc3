/* bench_ui.c: the screen's cost: composing and comparing a 120x40 frame (bar 150 us of CPU), bytes
 * sent for one changed number (bar 64) and for an idle screen (bar 0), into a file that stands for
 * the terminal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/screens/story.h"
#include "ui/style.h"
#include "ui/term_curses.h"
#include "ui/ui.h"

enum { ROUNDS = 2000, COLS = 120, ROWS = 40 };

static struct snap snap;
static struct ui ui;
static struct canvas canvas;
static struct cell cells[CANVAS_COLS_MAX * CANVAS_ROWS_MAX],
	before[CANVAS_COLS_MAX * CANVAS_ROWS_MAX];

static bool nowhere(void *ctx, const struct cmd *cmd)
{
	(void)ctx;
	(void)cmd;
	return true;
}

static double cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static long size_of(FILE *f)
{
	struct stat st;

	fflush(f);
	return fstat(fileno(f), &st) == 0 ? (long)st.st_size : -1;
}

static void frame(void)
{
	canvas_resize(&canvas, COLS, ROWS);
	ui_draw(&ui, &canvas, snap.now_ns);
}

static void compose(void)
{
	static double us[ROUNDS];
	volatile unsigned changed = 0;

	for (int i = 0; i < ROUNDS; i++) {
		snap.leg[1].mark.v += 10000000000 * (i % 2 ? 1 : -1);
		double t0 = cpu_us();
		frame();
		unsigned n = 0;
		for (int y = 0; y < ROWS; y++)
			if (memcmp(&cells[y * COLS], &before[y * COLS], COLS * sizeof *cells))
				for (int x = 0; x < COLS; x++)
					n += memcmp(&cells[y * COLS + x], &before[y * COLS + x],
						    sizeof *cells) != 0;
		memcpy(before, cells, sizeof *cells * COLS * ROWS);
		us[i] = cpu_us() - t0;
		changed += n;
	}
	qsort(us, ROUNDS, sizeof us[0], by_value);
	printf("compose and diff %dx%d: median %.0f us, 99 %% %.0f us CPU (bar 150)\n", COLS, ROWS,
	       us[ROUNDS / 2], us[ROUNDS * 99 / 100]);
}

static void bytes(void)
{
	FILE *out = tmpfile(), *in = fopen("/dev/null", "r");
	struct style style;
	struct err err;
	long full, at;

	setenv("TERM", "xterm-256color", 1);
	setenv("LINES", "40", 1);
	setenv("COLUMNS", "120", 1);
	unsetenv("NO_COLOR");
	if (!out || !in || !term_open(in, out, false, &err)) {
		printf("skipped: no terminal description\n");
		return;
	}
	if (!style_builtin(&style, "dark", 256, &err))
		return;
	frame();
	term_flush(&canvas, &style);
	full = at = size_of(out);
	for (int i = 0; i < 100; i++) {
		frame();
		term_flush(&canvas, &style);
	}
	long idle = size_of(out) - at;
	at = size_of(out);
	snap.account[0].free.v += 100000000; /* 34,626 to 34,627: one number */
	frame();
	term_flush(&canvas, &style);
	long one = size_of(out) - at;
	term_close();
	printf("full repaint %ld bytes; idle, 100 frames: %ld bytes (bar 0); one changed number: "
	       "%ld bytes (bar 64)\n",
	       full, idle, one);
}

int main(void)
{
	struct ui_out out = {NULL, nowhere, NULL, NULL};
	struct ui_source source = {0};
	struct err err;

	story_cockpit(&snap);
	if (!ui_init(&ui, &out, &source, &err))
		return 1;
	ui_snap(&ui, &snap, snap.now_ns);
	canvas_init(&canvas, cells, sizeof cells / sizeof cells[0]);
	compose();
	bytes();
	return 0;
}
