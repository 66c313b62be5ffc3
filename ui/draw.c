/* draw.c: one frame: row 0 and status line, then the screen or the layer on top of it, then notice
 * line and key bar. Each layer covers the screen except row 0, status line and key bar. */
#include "ui/views/view.h"

#include "base/banned.h"

static void screen(struct ui *u, struct canvas *c, const struct layout *l)
{
	if (!u->attached) {
		cv_text(c, 1, l->body.y + 1, l->cols - 2, ROLE_DIM,
			"Waiting for the engine's first word.");
		return;
	}
	if (!u->snap->n_accounts) {
		view_start(u, c, l);
		return;
	}
	switch (u->screen) {
	case SCR_ORDERS:
		view_orders(u, c, l);
		return;
	case SCR_EXITS:
		view_exit_list(u, c, l);
		return;
	case SCR_RISK:
		view_risk(u, c, l);
		return;
	case SCR_JOURNAL:
		view_journal(u, c, l);
		return;
	case SCR_REPORTS:
		view_reports(u, c, l);
		return;
	default:
		view_cockpit(u, c, l);
	}
}

static void layer(struct ui *u, struct canvas *c, const struct layout *l)
{
	switch (ui_top(u)) {
	case LAYER_TICKET:
		view_ticket(u, c, l);
		return;
	case LAYER_EXIT:
		view_exit(u, c, l);
		return;
	case LAYER_SHEET:
		if (u->sheet.kind == SHEET_PANIC)
			view_panic(u, c, l);
		else if (u->sheet.kind == SHEET_STOPS)
			view_stops(u, c, l);
		else if (u->sheet.kind == SHEET_CANCEL)
			view_cancel(u, c, l);
		else
			view_small_sheet(u, c, l);
		return;
	case LAYER_RUN:
		view_run(u, c, l);
		return;
	case LAYER_ALARM:
		view_alarm(u, c, l);
		return;
	case LAYER_REPORT:
		view_report(u, c, l);
		return;
	case LAYER_RECORD:
		view_record(u, c, l);
		return;
	case LAYER_HELP:
		view_help(u, c, l);
		return;
	default:
		screen(u, c, l);
	}
}

/* A phone has no row to spare: the emergency sheet takes the status line's and, while nothing has
 * been said, the notice line's. */
static void whole_body(const struct ui *u, struct layout *l)
{
	bool said = u->edit != EDIT_NONE ||
		    (u->notice[0] && u->now_ns - u->notice_ns < 4 * INT64_C(1000000000));

	if (l->size > SIZE_PHONE || l->rows > 14)
		return;
	l->body.y = 1;
	l->body.h = l->rows - 2 - said;
	l->status.h = 0;
	l->notice.h = said;
}

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
	if (ui_top(u) == LAYER_SHEET && u->sheet.kind <= SHEET_STOPS)
		whole_body(u, &l);
	view_alarm_row(u, c, &l);
	if (l.size == SIZE_LINE)
		return;
	struct rect all = canvas_clip(c, l.body);
	c->row_y = -1;
	layer(u, c, &l);
	u->row_y = c->row_y;
	c->clip = all;
	view_status(u, c, &l);
	view_notice(u, c, &l);
	if (ui_top(u) == LAYER_QUIT)
		view_quit(u, c, &l);
	view_keys(u, c, &l);
	if (u->edit != EDIT_NONE)
		view_command(u, c, &l);
}
