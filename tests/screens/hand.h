/* hand.h: hands and eyes of the screen's tests: a scene of the story under the state machine, keys
 * with times, and the cells as text. One of each: a test program is one thread. */
#ifndef EXEUNT_TESTS_HAND_H
#define EXEUNT_TESTS_HAND_H

#include "tests/screens/story.h"
#include "ui/ui.h"

extern struct snap snap;
extern struct ui ui;
extern struct canvas canvas;
extern struct cell cells[CANVAS_COLS_MAX * CANVAS_ROWS_MAX];

struct sent {
	int n, venue; /* all; those that change something at the venue */
	struct cmd last;
};
extern struct sent sent;

typedef void scene_fn(struct snap *);

/* The scene on a fresh screen; nothing sent yet. */
void begin(scene_fn *scene);
void press(int key, int64_t after_ms);
/* Each key 200 ms after the one before; ~ is Enter. */
void type(const char *keys);
void draw(int cols, int rows);
/* The canvas as lines without trailing blanks. */
size_t text_of(char *out, size_t cap);
bool on_screen(const char *words);

/* Every state worth crossing with sizes, keys and themes. */
struct hand_state {
	scene_fn *scene;
	const char *keys;
};
extern const struct hand_state hand_states[];
extern const unsigned n_hand_states;

#endif
