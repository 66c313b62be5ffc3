/* draw.c: one frame: the frame of every screen, then the screen, then the layer on top. */
#include "ui/views/view.h"

#include "base/banned.h"

void ui_draw(struct ui *u, struct canvas *c, int64_t now_ns)
{
	struct ui_row rows[SNAP_POOLS + POSITIONS_MAX];

	if (now_ns > u->now_ns)
		u->now_ns = now_ns;
	u->cols = c->cols;
	u->rows = c->rows;
	canvas_clear(c);
	struct layout l =
		layout_make(c->cols, c->rows, ui_rows(u->snap, rows, SNAP_POOLS + POSITIONS_MAX));
	view_cockpit(u, c, &l);
	view_alarm_row(u, c, &l);
	view_status(u, c, &l);
	view_notice(u, c, &l);
	view_keys(u, c, &l);
}
