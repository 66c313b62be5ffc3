/* canvas.h: a screen in memory: code point and role a cell. Views write here and nowhere else.
 *
 * Text is UTF-8 with role marks: a byte 1..31 switches the role (macros T_*). Everything is clipped
 * to canvas.clip. Numbers are never cut: cv_num draws '#' and counts, cv_text backs off to the word
 * before. With `ascii` set every glyph is replaced by its twin of ui/glyph.h as it is written. */
#ifndef EXEUNT_UI_CANVAS_H
#define EXEUNT_UI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Order matters: roles up to BADGE_STATE have a role mark (value + 1). */
#define ROLE_TABLE(X)                                                                              \
	X(TEXT, "text")                                                                            \
	X(DIM, "dim")                                                                              \
	X(FAINT, "faint")                                                                          \
	X(STRONG, "strong")                                                                        \
	X(TITLE, "title")                                                                          \
	X(ACCENT, "accent")                                                                        \
	X(ACCENT_B, "accent_b")                                                                    \
	X(KEY, "key")                                                                              \
	X(KEY_OFF, "key_off")                                                                      \
	X(INPUT, "input")                                                                          \
	X(GAIN, "gain")                                                                            \
	X(LOSS, "loss")                                                                            \
	X(CAUTION, "caution")                                                                      \
	X(DANGER, "danger")                                                                        \
	X(BAR_DANGER, "bar_danger")                                                                \
	X(UNKNOWN, "unknown")                                                                      \
	X(STALE, "stale")                                                                          \
	X(OK, "ok")                                                                                \
	X(BADGE_MAIN, "badge_main")                                                                \
	X(BADGE_SIM, "badge_sim")                                                                  \
	X(BADGE_ARMED, "badge_armed")                                                              \
	X(BADGE_STATE, "badge_state")                                                              \
	X(SEL, "sel")                                                                              \
	X(AREA, "area")                                                                            \
	X(AREA_NEXT, "area_next")                                                                  \
	X(HEAT_LIQ, "heat_liq")                                                                    \
	X(HEAT_L2, "heat_l2")                                                                      \
	X(HEAT_L1, "heat_l1")                                                                      \
	X(HEAT_0, "heat_0")                                                                        \
	X(HEAT_G1, "heat_g1")                                                                      \
	X(HEAT_G2, "heat_g2")

enum role {
#define X(name, text) ROLE_##name,
	ROLE_TABLE(X)
#undef X
		ROLE_COUNT
};

#define T_TEXT	 "\x01"
#define T_DIM	 "\x02"
#define T_FAINT	 "\x03"
#define T_STRONG "\x04"
#define T_TITLE	 "\x05"
#define T_ACC	 "\x06"
#define T_ACCB	 "\x07"
#define T_KEY	 "\x08"
#define T_OFF	 "\x09"
#define T_INPUT	 "\x0a"
#define T_GAIN	 "\x0b"
#define T_LOSS	 "\x0c"
#define T_CAUT	 "\x0d"
#define T_DANG	 "\x0e"
#define T_BARD	 "\x0f"
#define T_UNK	 "\x10"
#define T_STALE	 "\x11"
#define T_OK	 "\x12"
#define T_MAIN	 "\x13"
#define T_SIM	 "\x14"
#define T_ARMED	 "\x15"
#define T_STATE	 "\x16"

struct rect {
	int x, y, w, h;
};

struct cell {
	uint32_t cp;
	uint8_t role; /* enum role */
	uint8_t sel;  /* in the selected row: background of ROLE_SEL */
	uint16_t zero;
};

enum pen { PEN_BRAILLE, PEN_BLOCK, PEN_ASCII };

enum { CANVAS_COLS_MAX = 400, CANVAS_ROWS_MAX = 150 };

struct canvas {
	int cols, rows;
	struct cell *cell; /* cols * rows used, row by row; the owner's memory of cap cells */
	size_t cap;
	struct rect clip;
	bool ascii;
	bool mono;
	uint8_t pen;		 /* enum pen */
	int row_y;		 /* where the cursor of the list on screen stands, -1 nowhere */
	unsigned clipped_digits; /* digits that fell outside the clip: a view's fault */
	unsigned hashes;	 /* numbers that did not fit their column */
};

/* Takes the owner's memory; sizes beyond it or CANVAS_*_MAX are clamped. */
void canvas_init(struct canvas *c, struct cell *mem, size_t cap);
void canvas_resize(struct canvas *c, int cols, int rows);
/* Blank, clip to the whole, counters to zero. */
void canvas_clear(struct canvas *c);
struct rect rect_make(int x, int y, int w, int h);
/* Narrows the clip to r and returns the old one, to be put back. */
struct rect canvas_clip(struct canvas *c, struct rect r);

void cv_cell(struct canvas *c, int x, int y, enum role role, uint32_t cp);
/* Writes s, marks obeyed; returns the column after it. */
int cv_put(struct canvas *c, int x, int y, enum role role, const char *s);
int cv_printf(struct canvas *c, int x, int y, enum role role, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
/* At most w cells; cut with the more-mark, never inside a number. Returns the column after it. */
int cv_text(struct canvas *c, int x, int y, int w, enum role role, const char *s);
int cv_textf(struct canvas *c, int x, int y, int w, enum role role, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));
/* Right-aligned in w cells; '#' in all of them when it does not fit. */
void cv_num(struct canvas *c, int x, int y, int w, enum role role, const char *s);
/* Right-aligned, ending before column x_end; nothing is drawn when it would pass x_min. */
bool cv_right(struct canvas *c, int x_min, int x_end, int y, enum role role, const char *s);
bool cv_rightf(struct canvas *c, int x_min, int x_end, int y, enum role role, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));
void cv_hline(struct canvas *c, int x, int y, int w, enum role role, uint32_t cp);
/* Marks w cells of a row as selected; dim becomes text there. */
void cv_select(struct canvas *c, int x, int y, int w);
/* Words wrapped into w columns and at most h rows; returns the rows used. */
int cv_wrap(struct canvas *c, int x, int y, int w, int h, enum role role, const char *s);
/* Cells that s takes. */
int cv_width(const char *s);

/* Pieces of one line; the pieces with the highest `drop` go first when the line is too short; 0
 * stays. Right pieces are laid from the right edge, in order. */
struct seg {
	char s[160];
	uint8_t drop;
	bool right;
};
void seg_set(struct seg *g, int drop, bool right, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void cv_segs(struct canvas *c, int x, int y, int w, struct seg *g, int n);

#endif
