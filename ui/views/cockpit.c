/* cockpit.c: the panels of screen 1 put together, size by size. */
#include "ui/views/view.h"

#include <stdio.h>

#include "base/banned.h"

static void right_panel(struct ui *u, struct canvas *c, const struct layout *l, struct rect r,
			bool with_orders)
{
	const struct snap_exit *x = ui_exit(u);
	int y = r.y, bottom = r.y + r.h;
	struct rect old = canvas_clip(c, r);

	y += view_exits(u, c, r, l->size) + 1;
	if (x && exit_is_live(x)) {
		int h = r.h - 17; /* chart rows */
		h = h < 4 ? 4 : h > 12 ? 12 : h;
		if (y + h + 3 <= bottom - (with_orders ? 3 : 0)) {
			view_chart(u, c, rect_make(r.x, y, r.w, h + 2), 4, x);
			y += h + 2;
		}
		if (y + 1 < bottom) {
			view_glide(c, rect_make(r.x, y, r.w, 1), x);
			y += 2;
		}
	}
	if (with_orders) {
		int rows = bottom - y;
		int want = 1 + (int)(u->snap->n_orders < 4 ? u->snap->n_orders : 4);
		view_orders_brief(u, c, rect_make(r.x, y, r.w, rows < want ? rows : want), l->size);
		y += want + 1;
		view_log(u, c, rect_make(r.x, y, r.w, bottom - y), 0);
	} else if (x && bottom - y >= 4) {
		view_slices(u, c, rect_make(r.x, y, r.w, bottom - y < 10 ? bottom - y : 10), x);
	}
	c->clip = old;
}

static void far_right(struct ui *u, struct canvas *c, const struct layout *l)
{
	struct rect r = l->right, old = canvas_clip(c, r);
	int want = 1 + (int)(u->snap->n_orders < 8 ? u->snap->n_orders : 8);
	int y = r.y, bottom = r.y + r.h;

	view_orders_brief(u, c, rect_make(r.x, y, r.w, want), l->size);
	y += want + 1;
	int log = bottom - y - 6;
	view_log(u, c, rect_make(r.x, y, r.w, log), 0);
	if (log > 0)
		view_danger(u, c, rect_make(r.x, y + log, r.w, 6));
	c->clip = old;
}

static void small_right(struct ui *u, struct canvas *c, const struct layout *l)
{
	struct rect r = l->right, old = canvas_clip(c, r);
	int bottom = r.y + r.h;
	int y = r.y + view_exits(u, c, rect_make(r.x, r.y, r.w, r.h - 1), l->size) + 1;

	if (bottom - y >= 3) {
		view_danger(u, c, rect_make(r.x, bottom - 3, r.w, 4));
	}
	view_orders_brief(u, c, rect_make(r.x, bottom - 1, r.w, 1), l->size);
	c->clip = old;
}

static void exits_one_line(struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	const struct snap *s = u->snap;
	char line[160];
	int n = 0;

	line[0] = 0;
	for (uint32_t i = 0; i < s->n_exits && n < 100; i++) {
		const struct snap_exit *x = &s->exit[i];
		double total = qty_to_double(x->total), done = qty_to_double(x->done);
		if (exit_is_live(x))
			n += snprintf(line + n, sizeof line - (size_t)n, "%sx%u %s %%",
				      n ? "   " : "", x->id,
				      fmt_double(total > 0 ? done / total * 100 : 0, 0, 0).s);
	}
	cv_text(c, 0, y, l->cols, ROLE_TEXT, n ? line : T_DIM "no exit runs");
}

static void phone(struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct snap_account *a = ui_account(u);
	int y = l->pools.y + l->pools.h;

	view_account(u, c, l);
	view_pools(u, c, l);
	if (y < l->notice.y)
		exits_one_line(u, c, l, y++);
	if (a && y < l->notice.y)
		cv_textf(c, 0, y, l->cols, a->n_unknown ? ROLE_UNKNOWN : ROLE_DIM,
			 "Orders %u, %u unknown", a->n_orders, a->n_unknown);
}

static void short_form(struct ui *u, struct canvas *c, const struct layout *l)
{
	struct rect z = l->book;
	int live = 0, bottom = z.y + z.h, y = z.y;

	view_account(u, c, l);
	view_pools(u, c, l);
	for (uint32_t i = 0; i < u->snap->n_exits; i++)
		live += exit_is_live(&u->snap->exit[i]);
	int want = 1 + 2 * (live < 3 ? live : 3);
	if (want > z.h - 1)
		want = z.h - 1;
	if (want >= 1) {
		view_exits(u, c, rect_make(1, y, z.w, want), SIZE_SHORT);
		y += want + 1;
	}
	if (bottom - y - 2 >= 6) {
		view_book(u, c, rect_make(1, y, z.w < 56 ? z.w : 56, bottom - y - 2), SIZE_SHORT);
		y = bottom - 2;
	}
	if (bottom > y)
		view_orders_brief(u, c, rect_make(1, bottom - 1, z.w, 1), SIZE_SHORT);
}

/* Nothing is heard: what is known, what waits, and what never does. */
static void blind_zone(struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct snap *s = u->snap;
	const struct snap_account *a = ui_account(u);
	int y = l->book.y, x = 1, w = l->cols - 2, end = l->notice.y, n = 0;
	char exits[80] = "", naked[96] = "", words[320];

	for (uint32_t i = 0; i < s->n_alarms; i++)
		if (s->alarm[i].code == NC_BLIND || s->alarm[i].code == NC_CONN ||
		    s->alarm[i].code == NC_VENUE_ERRORS) {
			fmt_words(words, sizeof words, s->alarm[i].text);
			y += cv_wrap(c, x, y, w, end - y < 3 ? end - y : 3, ROLE_DANGER, words);
			break;
		}
	for (uint32_t i = 0; i < s->n_exits && n < 60; i++)
		if (exit_is_live(&s->exit[i]))
			n += snprintf(exits + n, sizeof exits - (size_t)n, "%sx%u",
				      n ? " and " : "", s->exit[i].id);
	if (n && y < end)
		cv_textf(c, x, y++, w, ROLE_TEXT,
			 "%s: passive slices need a book under 3 s and wait. The pace is kept.",
			 exits);
	n = 0;
	for (uint32_t i = 0; i < s->n_legs && n < 70; i++)
		if (s->leg[i].stop_state == STOP_NONE)
			n += snprintf(naked + n, sizeof naked - (size_t)n, "%s%s", n ? ", " : "",
				      s->leg[i].coin);
	if (a && a->n_protective && y < end)
		cv_textf(c, x, y++, w, ROLE_TEXT,
			 "%u protective orders rest at the venue and work without us.",
			 a->n_protective);
	if (n && y < end)
		cv_textf(c, x, y++, w, ROLE_CAUTION, "! %s: NO STOP.", naked);
	y++;
	if (y < end)
		cv_put(c, x, y++, ROLE_TITLE, "Never waits");
	if (y < end)
		cv_text(c, x, y++, w, ROLE_TEXT,
			T_KEY "!" T_TEXT "  panic: every closing order goes out at once, on every "
			      "path, mark prices");
	if (y < end)
		cv_text(c, x, y++, w, ROLE_TEXT,
			T_KEY "C" T_TEXT "  cancel, and " T_KEY "P" T_TEXT
			      " pause: at once, read back when the line is up");
	if (a && y < end)
		cv_textf(c, x, y, w, a->n_unknown ? ROLE_UNKNOWN : ROLE_DIM,
			 "account read %s ago   in doubt %u", fmt_dur(snap_age_s(u, a->read_ns)).s,
			 a->n_unknown);
}

void view_cockpit(struct ui *u, struct canvas *c, const struct layout *l)
{
	if (!u->snap->n_accounts) {
		view_start(u, c, l);
		return;
	}
	if (u->snap->down_since_ns && l->size >= SIZE_SHORT) {
		view_account(u, c, l);
		view_pools(u, c, l);
		blind_zone(u, c, l);
		return;
	}
	switch (l->size) {
	case SIZE_LINE:
		return;
	case SIZE_TINY:
	case SIZE_PHONE:
		phone(u, c, l);
		return;
	case SIZE_SHORT:
		short_form(u, c, l);
		return;
	case SIZE_S:
		view_account(u, c, l);
		view_pools(u, c, l);
		view_book(u, c, l->book, l->size);
		small_right(u, c, l);
		return;
	case SIZE_M:
		view_account(u, c, l);
		view_pools(u, c, l);
		view_book(u, c, l->book, l->size);
		right_panel(u, c, l, l->right, true);
		return;
	case SIZE_L:
		view_account(u, c, l);
		view_pools(u, c, l);
		view_book(u, c, l->book, l->size);
		right_panel(u, c, l, l->middle, false);
		far_right(u, c, l);
		return;
	}
}
