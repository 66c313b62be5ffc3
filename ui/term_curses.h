/* term_curses.h: the terminal, through curses and nowhere else. One per process. */
#ifndef EXEUNT_UI_TERM_CURSES_H
#define EXEUNT_UI_TERM_CURSES_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "ui/canvas.h"
#include "ui/style.h"

/* Keys of the terminal itself, above those of keymap.h. */
enum {
	TERM_KEY_PASTE_ON = 0x120000,
	TERM_KEY_PASTE_OFF,
	TERM_KEY_GONE,
	TERM_KEY_CLICK,
	TERM_KEY_WHEEL_UP,
	TERM_KEY_WHEEL_DOWN
};

/* Tries $TERM, xterm-256color, vt100; false: use linear mode. stderr is held back until the close.
 * in and out may be a pseudo-terminal of a test. */
bool term_open(FILE *in, FILE *out, bool mouse, struct err *err);
void term_close(void);
/* The kind of terminal drawn for when $TERM is unset or unknown here; NULL: $TERM itself. */
const char *term_instead(void);
void term_size(int *cols, int *rows);
int term_colors(void); /* 256, 16, 8 or 0 */
bool term_utf8(void);  /* false: ASCII twins */
/* Writes the cells that differ from the last flush. */
void term_flush(const struct canvas *c, const struct style *s);
/* Forgets what was sent: the next flush sends all. */
void term_invalidate(void);
/* Waits for nothing: UK_NONE when there is none, TERM_KEY_GONE when the terminal has hung up. */
int term_key(void);
/* The mouse, off unless asked for; where the last click or turn of its wheel was. */
void term_mouse(bool on);
void term_mouse_at(int *x, int *y);
/* After SIGWINCH. */
void term_resized(void);
/* To the shell and back: says `words`, stops the process, and repaints when it goes on. */
void term_suspend(const char *words);
/* Bell and the OSC 9 notification; text is printable. */
void term_alarm(const char *text);

#endif
