/* layout.h: one function from a terminal's size to rectangles. S 80-119 columns, M 120-199, L from
 * 200; below 80x24 the small forms. Column 0 is the mark column, content is 1 to cols-2. */
#ifndef EXEUNT_UI_LAYOUT_H
#define EXEUNT_UI_LAYOUT_H

#include "ui/canvas.h"

enum size_class {
	SIZE_LINE,  /* below 24x6: one line */
	SIZE_TINY,  /* 24x6 to 39x11 */
	SIZE_PHONE, /* 40x12 to 59x19 */
	SIZE_SHORT, /* 60x20 to 79x23, and 60x30 */
	SIZE_S,
	SIZE_M,
	SIZE_L
};

struct layout {
	enum size_class size;
	int cols, rows;
	struct rect alarm, status, account, heading, pools;
	struct rect thresholds;		 /* h 0 in S and below */
	struct rect book, middle, right; /* middle only in L */
	struct rect notice, keys;
	struct rect body; /* between status line and notice: other screens, sheets */
	int rule_y;	  /* row of the only ruled line, of sheets and tickets */
};

/* n_rows: rows that the pools want. */
struct layout layout_make(int cols, int rows, int n_rows);

#endif
