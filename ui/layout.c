/* layout.c: see layout.h. Invariant: every rectangle lies inside the screen; none overlap but body,
 * which covers what lies between the status line and the notice line. */
#include "ui/layout.h"

#include <string.h>

#include "base/banned.h"

static enum size_class class_of(int cols, int rows)
{
	if (cols < 24 || rows < 6)
		return SIZE_LINE;
	if (cols < 40 || rows < 12)
		return SIZE_TINY;
	if (cols < 60 || rows < 20)
		return SIZE_PHONE;
	if (cols < 80 || rows < 24)
		return SIZE_SHORT;
	if (cols < 120)
		return SIZE_S;
	return cols < 200 ? SIZE_M : SIZE_L;
}

static int clamp(int v, int lo, int hi)
{
	return v < lo ? lo : v > hi ? hi : v;
}

static void lower_zone(struct layout *l, int y)
{
	int bottom = l->size >= SIZE_M ? l->rows - 3 : l->rows - 2;
	int h = bottom - y;

	if (l->size == SIZE_S) {
		l->book = rect_make(1, y, 39, h);
		l->right = rect_make(44, y, l->cols - 45, h);
	} else if (l->size == SIZE_M) {
		l->book = rect_make(1, y, 48, h);
		l->right = rect_make(53, y, l->cols - 54, h);
	} else if (l->size == SIZE_L) {
		l->book = rect_make(1, y, 56, h);
		l->middle = rect_make(62, y, l->cols - 122, h);
		l->right = rect_make(l->cols - 55, y, 54, h);
	} else {
		l->book = rect_make(1, y, l->cols - 2, h);
	}
}

struct layout layout_make(int cols, int rows, int n_rows)
{
	struct layout l;

	memset(&l, 0, sizeof l);
	l.size = class_of(cols, rows);
	l.cols = cols;
	l.rows = rows;
	l.alarm = rect_make(0, 0, cols, 1);
	if (l.size == SIZE_LINE)
		return l;
	bool low = l.size == SIZE_TINY && rows <= 14; /* no row to spare */
	l.status = rect_make(0, 1, cols, low ? 0 : 1);
	l.keys = rect_make(0, rows - 1, cols, 1);
	l.notice = rect_make(0, rows - 2, cols, 1);
	l.rule_y = rows - 6;
	bool wide = l.size >= SIZE_M;
	int top = wide ? 3 : low ? 1 : 2;
	l.body = rect_make(0, top, cols, rows - 2 - top);
	l.account = rect_make(0, top, cols, 1);
	if (l.size <= SIZE_PHONE) {
		l.pools = rect_make(0, top + 1, cols, clamp(n_rows, 1, rows - 2 - top - 1));
		return l;
	}
	l.heading = rect_make(0, wide ? 5 : 3, cols, 1);
	int y = wide ? 6 : 4;
	int most = l.size == SIZE_L ? 17 : l.size == SIZE_M ? 11 : rows - 18;
	if (l.size == SIZE_SHORT)
		most = rows < 26 ? rows - 14 : rows - 18;
	int room = rows - 4 - y - (l.size == SIZE_M ? 12 : l.size == SIZE_L ? 16 : 0);
	most = clamp(most, 3, room > 3 ? room : 3);
	l.pools = rect_make(0, y, cols, clamp(n_rows, 1, most));
	y += l.pools.h;
	if (l.size == SIZE_M) {
		l.thresholds = rect_make(0, y, cols, 1);
		y += 1;
	} else if (l.size == SIZE_L) {
		l.thresholds = rect_make(0, y + 1, cols, 3);
		y += 4;
	}
	lower_zone(&l, y + 1);
	return l;
}
