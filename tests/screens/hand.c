/* hand.c: see hand.h. */
#include "tests/screens/hand.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/utf8.h"
#include "tests/run.h"

struct snap snap;
struct ui ui;
struct canvas canvas;
struct cell cells[CANVAS_COLS_MAX * CANVAS_ROWS_MAX];
struct sent sent;

static bool on_send(void *ctx, const struct cmd *cmd)
{
	(void)ctx;
	sent.n++;
	switch (cmd->kind) {
	case CMD_EXIT:
	case CMD_FLATTEN:
	case CMD_CANCEL:
	case CMD_PAUSE:
	case CMD_RESUME:
	case CMD_TUNE:
	case CMD_CLOSE_REST:
	case CMD_END:
	case CMD_RELEASE:
	case CMD_INCLUDE:
	case CMD_GUARD:
	case CMD_ADD:
	case CMD_AUTO:
		sent.venue++;
		sent.last = *cmd;
		break;
	default:
		break;
	}
	return true;
}

void begin(scene_fn *scene)
{
	struct ui_out out = {NULL, on_send, NULL, NULL};
	struct ui_source source = {0};
	struct err err;

	memset(&sent, 0, sizeof sent);
	memset(&ui, 0, sizeof ui);
	scene(&snap);
	if (!ui_init(&ui, &out, &source, &err))
		test_fail(__FILE__, __LINE__, "%s", err.text);
	ui_snap(&ui, &snap, snap.now_ns);
	canvas_init(&canvas, cells, COUNT_OF(cells));
}

void press(int key, int64_t after_ms)
{
	ui_key(&ui, key, ui.now_ns + after_ms * 1000000);
}

void type(const char *keys)
{
	for (; *keys; keys++)
		press(*keys == '~' ? UK_ENTER : *keys, 200);
}

void draw(int cols, int rows)
{
	canvas_resize(&canvas, cols, rows);
	ui_think_now(&ui); /* as if the worker had answered before the frame */
	ui_draw(&ui, &canvas, ui.now_ns);
}

size_t text_of(char *out, size_t cap)
{
	size_t n = 0;

	for (int y = 0; y < canvas.rows; y++) {
		size_t end = n;
		for (int x = 0; x < canvas.cols && n + 5 < cap; x++) {
			uint32_t cp = canvas.cell[y * canvas.cols + x].cp;
			n += utf8_encode(out + n, cp);
			if (cp != ' ')
				end = n;
		}
		n = end;
		out[n++] = '\n';
	}
	out[n] = 0;
	return n;
}

bool on_screen(const char *words)
{
	static char text[200000];

	text_of(text, sizeof text);
	return strstr(text, words) != NULL;
}

static void liquidated(struct snap *s)
{
	unsigned i = 0;

	while (strcmp(story_alarm_name(i), "liquidated"))
		i++;
	story_alarm(s, i);
}

static void asleep(struct snap *s)
{
	unsigned i = 0;

	while (strcmp(story_alarm_name(i), "asleep"))
		i++;
	story_alarm(s, i);
}

const struct hand_state hand_states[] = {
	{liquidated, " "},	  {liquidated, ""},	  {asleep, " "},
	{story_cockpit, ""},	  {story_cockpit, "2"},	  {story_cockpit, "3"},
	{story_cockpit, "3~"},	  {story_cockpit, "4"},	  {story_cockpit, "5"},
	{story_cockpit, "6~"},	  {story_cockpit, "C"},	  {story_cockpit, "?"},
	{story_cockpit, ":exit"}, {story_cockpit, "/b"},  {story_cockpit, "q"},
	{story_cockpit, " "},	  {story_before, "x"},	  {story_before, "xf"},
	{story_before, "xs"},	  {story_panic, "!"},	  {story_panic, "!4"},
	{story_panic, "!a4"},	  {story_panic, "F4"},	  {story_panic, "!1"},
	{story_panic, "!2"},	  {story_panic, "!3"},	  {story_panic, "!5"},
	{story_panic, "!2~"},	  {story_panic, "S"},	  {story_panic, "S1"},
	{story_panic, "S2"},	  {story_blind, "!"},	  {story_panic, "Fw"},
	{story_many, "!2"},	  {story_many, "!4"},	  {story_run, ""},
	{story_flat, ""},	  {story_blind, ""},	  {story_many, ""},
	{story_done, "6~"},	  {story_empty, ""},	  {story_empty, "!"},
	{story_first, ""},	  {story_cockpit, "3~n"}, {story_cockpit, "C3"},
};
const unsigned n_hand_states = COUNT_OF(hand_states);
