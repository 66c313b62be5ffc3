/* move.c: the cursor of every list: rows, pages, search, the mouse. Nothing here sends but the wish
 * to see a market's book. */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "ui/ui_in.h"
#include "base/banned.h"

/* Rows of the list on screen, for the cursor. */
static int list_rows(const struct ui *u)
{
	const struct snap *s = u->snap;

	if (ui_top(u) == LAYER_HELP)
		return UA_COUNT + UP_COUNT;
	switch (u->screen) {
	case SCR_ORDERS: {
		int n = 0;
		while (ui_order_at(u, n))
			n++;
		return n;
	}
	case SCR_EXITS:
	case SCR_REPORTS:
		return (int)s->n_exits;
	case SCR_JOURNAL:
		return u->source.records ? 1 << 20 : (int)s->n_notices;
	default:
		return (int)s->n_legs;
	}
}

static void select_leg(struct ui *u, const struct snap_leg *leg)
{
	snprintf(u->coin, sizeof u->coin, "%s", leg->coin);
	u->account = leg->account;
	u->exit = 0;
	ui_look(u, leg->coin);
}

static void move_leg(struct ui *u, int by)
{
	struct ui_row rows[SNAP_POOLS + POSITIONS_MAX];
	int n = ui_rows_held(u, rows, SNAP_POOLS + POSITIONS_MAX), at = -1;
	const struct snap_leg *leg = ui_leg(u);

	for (int i = 0; i < n; i++)
		if (rows[i].leg >= 0 && &u->snap->leg[rows[i].leg] == leg)
			at = i;
	if (at < 0)
		return;
	int step = by < 0 ? -1 : 1;
	for (int k = by < 0 ? -by : by; k > 0; k--) {
		int next = at + step;
		while (next >= 0 && next < n && rows[next].leg < 0)
			next += step;
		if (next < 0 || next >= n)
			break;
		at = next;
	}
	select_leg(u, &u->snap->leg[rows[at].leg]);
}

static void move(struct ui *u, int by)
{
	int n = list_rows(u);

	if (ui_top(u) == LAYER_NONE && (u->screen == SCR_COCKPIT || u->screen == SCR_RISK)) {
		move_leg(u, by);
		return;
	}
	u->row += by;
	if (u->row >= n)
		u->row = n - 1;
	if (u->row < 0)
		u->row = 0;
}

static void open_row(struct ui *u)
{
	const struct snap *s = u->snap;

	if (u->screen == SCR_JOURNAL) {
		ui_push(u, LAYER_RECORD);
		return;
	}
	if (u->screen == SCR_EXITS || u->screen == SCR_REPORTS) {
		if (u->row < 0 || (uint32_t)u->row >= s->n_exits)
			return;
		const struct snap_exit *x = &s->exit[u->row];
		u->exit = x->id;
		ui_push(u, exit_is_live(x) && u->screen == SCR_EXITS ? LAYER_EXIT : LAYER_REPORT);
		return;
	}
	const struct snap_exit *x = ui_exit(u);
	const struct snap_leg *leg = ui_leg(u);
	if (u->screen == SCR_COCKPIT && x && leg && !strcmp(x->coin, leg->coin)) {
		u->exit = x->id;
		ui_push(u, LAYER_EXIT);
	} else if (u->screen == SCR_COCKPIT && leg) {
		ui_notice(u, "No exit runs for %s. x plans one.", leg->coin);
	}
}

bool move_action(struct ui *u, enum ui_action a)
{
	int page = u->page > 1 ? u->page - 1 : 10;

	switch (a) {
	case UA_NEXT_ROW:
		move(u, 1);
		return true;
	case UA_PREV_ROW:
		move(u, -1);
		return true;
	case UA_PAGE_DOWN:
		move(u, page);
		return true;
	case UA_PAGE_UP:
		move(u, -page);
		return true;
	case UA_FIRST_ROW:
		move(u, -100000);
		return true;
	case UA_LAST_ROW:
		move(u, 100000);
		return true;
	case UA_NEXT_PANE: {
		const struct snap *s = u->snap; /* the next running exit */
		const struct snap_exit *now = ui_exit(u);
		if (ui_top(u) == LAYER_HELP) {
			u->help_place = (u->help_place + 1) % UP_COUNT;
			return true;
		}
		bool past = false;
		for (uint32_t i = 0; i < 2 * s->n_exits; i++) {
			const struct snap_exit *x = &s->exit[i % s->n_exits];
			if (past && exit_is_live(x)) {
				u->exit = x->id;
				break;
			}
			past = past || x == now;
		}
		return true;
	}
	case UA_OPEN:
		open_row(u);
		return true;
	default:
		return false;
	}
}

void search_again(struct ui *u, int dir)
{
	const struct snap *s = u->snap;

	if (!u->find[0]) {
		ui_notice(u, "Nothing searched yet: / searches.");
		return;
	}
	int n = u->screen == SCR_ORDERS	 ? (int)s->n_orders
		: u->screen == SCR_EXITS ? (int)s->n_exits
					 : (int)s->n_legs;
	const struct snap_leg *leg = ui_leg(u);
	int at = u->screen == SCR_COCKPIT && leg ? (int)(leg - s->leg) : u->row;
	for (int k = 1; k <= n; k++) {
		int i = ((at + dir * k) % n + n) % n;
		const char *t = u->screen == SCR_ORDERS	 ? s->order[i].coin
				: u->screen == SCR_EXITS ? s->exit[i].coin
							 : s->leg[i].coin;
		if (!strcasestr(t, u->find))
			continue;
		u->row = i;
		if (u->screen == SCR_COCKPIT)
			snprintf(u->coin, sizeof u->coin, "%s", t);
		return;
	}
	if (u->screen != SCR_JOURNAL)
		ui_notice(u, "%s is not in this list.", u->find);
}

void ui_wheel(struct ui *u, int by, int64_t now_ns)
{
	if (now_ns > u->now_ns)
		u->now_ns = now_ns;
	if (u->edit != EDIT_NONE || (ui_top(u) != LAYER_NONE && ui_top(u) != LAYER_HELP))
		return;
	u->key_ns = u->now_ns;
	move(u, by);
}

void ui_click(struct ui *u, int y, int64_t now_ns)
{
	struct ui_row rows[SNAP_POOLS + POSITIONS_MAX];
	int n;

	if (now_ns > u->now_ns)
		u->now_ns = now_ns;
	if (u->edit != EDIT_NONE || ui_top(u) != LAYER_NONE || !u->attached)
		return;
	u->key_ns = u->now_ns;
	if (u->screen == SCR_COCKPIT) {
		struct layout l =
			layout_make(u->cols, u->rows, ui_rows(u->snap, rows, (int)COUNT_OF(rows)));
		int shown = ui_rows_shown(u, l.pools.h, rows, (int)COUNT_OF(rows), &n);
		int i = y - l.pools.y;
		if (l.size == SIZE_LINE || i < 0 || i >= shown)
			return;
		if (rows[i].leg < 0) /* a pool: its first leg */
			rows[i].leg = (int16_t)u->snap->pool[rows[i].pool].first_leg;
		if ((uint32_t)rows[i].leg < u->snap->n_legs)
			select_leg(u, &u->snap->leg[rows[i].leg]);
	} else if (u->row_y >= 0 && u->screen != SCR_RISK) {
		n = u->row + y - u->row_y;
		if (y > 1 && y < u->rows - 2 && n >= 0 && n < list_rows(u))
			u->row = n;
	}
}
