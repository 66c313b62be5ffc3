/* exit.c: one running exit: its words, and what stands where at each size.
 * The three charts share one time axis. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "ui/views/exit_in.h"
#include "base/banned.h"

static const char *const state_words[] = {
	[XS_WAITING] = "WAITING", [XS_RUNNING] = "RUNNING",
	[XS_PAUSED] = "PAUSED",	  [XS_STOPPED_PRICE] = "STOPPED BY PRICE",
	[XS_BLIND] = "BLIND",	  [XS_CLOSING] = "CLOSING THE REST",
	[XS_DONE] = "DONE",
};

static void head(const struct ui *u, struct canvas *c, const struct layout *l, int y,
		 const struct snap_exit *x)
{
	int64_t until = x->state == XS_DONE ? x->end_ms : ui_wall_ms(u);
	double age = (double)(until - x->start_ms) * 1e-3;
	const char *hot = x->state == XS_RUNNING ? T_ACCB : x->state == XS_DONE ? T_OK : T_CAUT;
	char right[64] = "";

	if (x->state == XS_RUNNING && x->next_ms)
		snprintf(right, sizeof right, T_DIM "%s" T_TEXT "%u" T_DIM " in " T_ACCB "%s",
			 l->cols >= 100 ? "next slice " : "slice ", x->slice + 1,
			 fmt_dur((double)(x->next_ms - ui_wall_ms(u)) * 1e-3).s);
	char whole[48] = "";
	if (l->cols >= 100)
		snprintf(whole, sizeof whole, " of %s",
			 fmt_size5((struct qty){llabs(x->start_position.v)}).s);
	const char *gap = l->cols >= 100 ? "   " : "  ";
	struct seg g[7];
	seg_set(&g[0], 0, false, T_ACCB "x%u" T_DIM "  " T_STRONG "%s", x->id, x->coin);
	seg_set(&g[1], 0, false, T_TEXT "  %s " T_STRONG "%s" T_DIM "%s", x->buy ? "buy" : "sell",
		fmt_size5(x->total).s, whole);
	seg_set(&g[2], 4, false, T_DIM "%s%s", gap, how_text(&x->ticket).s);
	seg_set(&g[3], 0, false, T_DIM "%s%s%s", gap, hot,
		state_words[x->state < COUNT_OF(state_words) ? x->state : 0]);
	seg_set(&g[4], 2, false, T_DIM "%s%s of %s", gap, fmt_dur(age).s,
		fmt_dur((double)(x->planned_end_ms - x->start_ms) * 1e-3).s);
	bool wide_head = l->cols >= 100;
	if (exit_is_live(x) && x->cap_end_ms > x->planned_end_ms) /* the schedule's end is none */
		seg_set(&g[5], 3, false, T_CAUT ", %s%s",
			wide_head ? "the volume cap: near " : "cap: ", fmt_clock(x->cap_end_ms).s);
	else
		seg_set(&g[5], 3, false, T_DIM ", %s%s", wide_head ? "ends " : "to ",
			fmt_clock(x->state == XS_DONE ? x->end_ms : x->planned_end_ms).s);
	seg_set(&g[6], l->cols >= 60 ? 1 : 5, true, "%s%s", right[0] ? "  " : "", right);
	cv_segs(c, 1, y, l->cols - 2, g, 7);
}

void exit_outcome(const struct snap_exit *x, char *out, size_t cap)
{
	const struct snap_cost *k = &x->cost;
	char odds[64] = "";

	if (x->danger_start > 0)
		snprintf(odds, sizeof odds, T_DIM ", chance " T_TEXT "%s",
			 exit_odds(x->danger_start, x->danger_start_grid).s);
	snprintf(out, cap,
		 T_DIM "predicted " T_TEXT "%s USD" T_DIM " ±" T_TEXT "%s%s" T_DIM "; %s " T_STRONG
		       "%s USD",
		 fmt_usd(-k->plan_total, 10, 0).s, fmt_usd(k->plan_sd, 10, 0).s, odds,
		 exit_is_live(x) ? "so far" : "cost", fmt_usd(-k->total, 10, 0).s);
}

/* Danger that remains, in words. */
static void verdict(const struct snap_exit *x, struct canvas *c, const struct layout *l, int y)
{
	bool over = x->ticket.risk.v && x->danger > ratio_to_double(x->ticket.risk) * (1 + 1e-9);

	if (!x->has_danger || !exit_is_live(x))
		return;
	if (l->size >= SIZE_M)
		cv_textf(c, 1, y, l->cols - 2, ROLE_TEXT,
			 "%s%s" T_TEXT " chance of liquidation before this is done" T_DIM
			 " (%s)%s" T_TEXT "%s",
			 over ? T_CAUT "! " : T_STRONG, exit_odds(x->danger, x->danger_grid).s,
			 x->danger_grid ? "grid" : "a bound",
			 x->danger_start > 0 ? "; when it began " : "",
			 x->danger_start > 0 ? exit_odds(x->danger_start, x->danger_start_grid).s
					     : "");
	else {
		int at = cv_textf(c, 1, y, l->cols - 2, ROLE_TEXT, "%s%s" T_TEXT " %s",
				  over ? T_CAUT "! " : T_STRONG,
				  exit_odds(x->danger, x->danger_grid).s,
				  l->cols < 60 ? "liquidated first"
					       : "chance of liquidation before this is done");
		exit_spark(c, at + 2, y, l->cols - 3 - at, x);
	}
}

/* No schedule keeps the limit: the block, and its key. True when it was said. */
static bool block(const struct ui *u, const struct snap_exit *x, struct canvas *c,
		  const struct layout *l, int y)
{
	if (!x->block.v || !exit_is_live(x))
		return false;
	if (x->cap_end_ms && l->size >= SIZE_M)
		cv_textf(
			c, 1, y, l->cols - 2, ROLE_CAUTION,
			"! Volume cap %s %% alone forbids it: %s. %s %s %s now (~%s USD), the rest "
			"fits: " T_KEY "b" T_CAUT "…",
			fmt_double(x->cap * 100, 0, 0).s,
			fmt_end(ui_wall_ms(u), (double)(x->cap_end_ms - ui_wall_ms(u)) * 1e-3).s,
			x->buy ? "Buy" : "Sell", fmt_size5(x->block).s, x->coin,
			fmt_usd(x->block_cost, 9, 0).s);
	else if (x->cap_end_ms)
		cv_textf(c, 1, y, l->cols - 2, ROLE_CAUTION,
			 "! cap %s %%: %s. %s %s now, the rest fits: " T_KEY "b" T_CAUT "…",
			 fmt_double(x->cap * 100, 0, 0).s,
			 fmt_end(ui_wall_ms(u), (double)(x->cap_end_ms - ui_wall_ms(u)) * 1e-3).s,
			 x->buy ? "Buy" : "Sell", fmt_size5(x->block).s);
	else if (l->size >= SIZE_M)
		cv_textf(c, 1, y, l->cols - 2, ROLE_CAUTION,
			 "! No schedule within %s %% of volume keeps danger under %s. %s %s %s now "
			 "(~%s USD), the rest fits: " T_KEY "b" T_CAUT "…",
			 fmt_double(x->cap * 100, 0, 0).s,
			 fmt_chance(ratio_to_double(x->ticket.risk), false).s,
			 x->buy ? "Buy" : "Sell", fmt_size5(x->block).s, x->coin,
			 fmt_usd(x->block_cost, 9, 0).s);
	else
		cv_textf(c, 1, y, l->cols - 2, ROLE_CAUTION,
			 "! over the limit: %s %s now, the rest fits: " T_KEY "b" T_CAUT "…",
			 x->buy ? "buy" : "sell", fmt_size5(x->block).s);
	return true;
}

/* What the child of the slice at work does. */
static void child(const struct ui *u, const struct snap_exit *x, struct canvas *c, int y, int w,
		  int pxd)
{
	const struct snap *s = u->snap;
	const struct snap_order *o = NULL;

	if (!exit_is_live(x))
		return;
	for (uint32_t i = 0; i < s->n_orders; i++)
		if (s->order[i].exit == x->id && s->order[i].whose == WHOSE_EXIT &&
		    (!o || s->order[i].slice > o->slice))
			o = &s->order[i];
	if (!o) {
		cv_textf(c, 1, y, w, ROLE_DIM, "now: %s",
			 x->doing[0]		  ? x->doing
			 : x->in_flight.v	  ? "an order is on its way"
			 : x->state == XS_RUNNING ? "between slices, nothing rests"
						  : "nothing is sent");
		return;
	}
	double away = price_to_double(o->px),
	       left = qty_to_double(o->sz) - qty_to_double(o->filled);
	cv_textf(c, 1, y, w, ROLE_DIM,
		 "now: slice %u %s " T_TEXT "%s" T_DIM " at " T_TEXT "%s" T_DIM ", %s, %s",
		 o->slice, o->buy ? "buys" : "sells",
		 fmt_size5((struct qty){llround(left * 1e8)}).s, fmt_px(away, pxd).s,
		 x->doing[0] ? x->doing : order_state_text(o->state),
		 fmt_dur((double)(ui_wall_ms(u) - o->since_ms) * 1e-3).s);
}

/* ---- what stands where ---- */

/* The left column of a wide terminal: drawings above each other with one time, then the slices. The
 * drawing that says most is the last to go. */
static void drawings(struct ui *u, struct canvas *c, const struct snap_exit *x, struct rect r,
		     int pxd)
{
	int y = r.y, bottom = r.y + r.h;
	bool live = exit_is_live(x);
	int spare = r.h - 12 - 5; /* after the columns and five slices */
	int n = spare / 6 < 3 ? spare / 6 : 3;
	int h = n > 0 ? spare / n - 1 : 0; /* rows of each trace, its title in them */

	h = h > 8 ? 8 : h;
	int tall = r.h - n * (h + 1) - 4 - 8; /* columns grow when the traces have theirs */
	tall = tall < 8 ? 8 : tall > 14 ? 14 : tall;
	view_chart(u, c, rect_make(r.x, y, r.w, tall + 2), EXIT_GUTTER, x);
	y += tall + 2;
	if (live) /* one that is over is off no plan */
		view_glide(c, rect_make(r.x + EXIT_GUTTER, y, r.w - EXIT_GUTTER, 1), x);
	y += 2;
	if (n >= 2) {
		exit_chart_danger(u, c, rect_make(r.x, y, r.w, h), x);
		y += h + 1;
	}
	if (n >= 3) {
		exit_chart_off(u, c, rect_make(r.x, y, r.w, h), x);
		y += h + 1;
	}
	if (n >= 1) {
		exit_chart_price(u, c, rect_make(r.x, y, r.w, h), x, pxd);
		y += h + 1;
	}
	exit_panel_slices(c, rect_make(r.x, y, r.w, bottom - y), x, pxd);
}

static void wide(struct ui *u, struct canvas *c, const struct layout *l, const struct snap_exit *x,
		 int y, int pxd)
{
	int bottom = l->notice.y - 1, panel = 33, far = 50;
	int far_x = l->cols - 1 - far, panel_x = far_x - 3 - panel, rows = bottom - y;

	drawings(u, c, x, rect_make(1, y, panel_x - 4, rows), pxd);
	struct rect r = rect_make(panel_x + 1, y, panel - 1, rows);
	int at = exit_panel_done(x, c, r, pxd) + 1;
	at = exit_panel_danger(u, x, c, rect_make(r.x, at, r.w, bottom - at), true) + 1;
	at = exit_panel_knobs(u, x, c, rect_make(r.x, at, r.w, bottom - at), pxd) + 1;
	at = exit_panel_going(x, c, rect_make(r.x, at, r.w, bottom - at)) + 1;
	(void)exit_panel_tuned(x, c, rect_make(r.x, at, r.w, bottom - at));
	int book = rows * 2 / 5, log = rows >= 40 ? 10 : 0;
	book = book < 14 ? 14 : book;
	at = y;
	if (exit_leg(u, x)) { /* what is gone has no ladder */
		view_book_of(u, c, rect_make(far_x, y, far, book), SIZE_M, exit_leg(u, x));
		at = y + book + 1;
	}
	at = exit_panel_anew(x, c, rect_make(far_x + 1, at, far - 1, bottom - at - log)) + 1;
	view_log(u, c, rect_make(far_x, at, far, bottom - at), x->id);
}

/* One below the other; where both do not fit the knobs, since the second line tells the danger. */
static int danger_and_knobs(const struct ui *u, const struct snap_exit *x, struct canvas *c,
			    struct rect r, int pxd, bool start_told)
{
	int y = r.y, bottom = r.y + r.h;

	if (r.h < 15)
		return exit_panel_knobs(u, x, c, r, pxd) + 1;
	y = exit_panel_danger(u, x, c, r, start_told) + 1;
	return exit_panel_knobs(u, x, c, rect_make(r.x, y, r.w, bottom - y), pxd) + 1;
}

static void middle(struct ui *u, struct canvas *c, const struct layout *l,
		   const struct snap_exit *x, int y, int pxd)
{
	int bottom = l->notice.y - 1, w = 82, px = 87, pw = l->cols - px - 1;
	int h = l->rows >= 40 ? 6 : 4, ly = y + 12;

	view_chart(u, c, rect_make(1, y, w, 10), EXIT_GUTTER, x);
	if (exit_is_live(x))
		view_glide(c, rect_make(1 + EXIT_GUTTER, y + 10, w - EXIT_GUTTER, 1), x);
	if (bottom - ly > h + 4) {
		exit_chart_off(u, c, rect_make(1, ly, w, h), x);
		ly += h + 1;
	}
	if (bottom - ly > h + 4) {
		exit_chart_price(u, c, rect_make(1, ly, w, h), x, pxd);
		ly += h + 1;
	}
	exit_panel_slices(c, rect_make(1, ly, w, bottom - ly), x, pxd);
	int ry = exit_panel_done(x, c, rect_make(px, y, pw, bottom - y), pxd) + 1;
	ry = danger_and_knobs(u, x, c, rect_make(px, ry, pw, bottom - ry), pxd, true);
	ry = exit_panel_anew(x, c, rect_make(px, ry, pw, bottom - ry)) + 1;
	(void)exit_panel_tuned(x, c, rect_make(px, ry, pw, bottom - ry));
}

static void small(struct ui *u, struct canvas *c, const struct layout *l, const struct snap_exit *x,
		  int y, int pxd)
{
	int bottom = l->notice.y, px = 53, pw = l->cols - px - 1, more = l->rows - 24;
	int h = more > 8 ? 10 : 5 + more / 2;

	view_chart(u, c, rect_make(1, y, 48, h + 2), 4, x);
	int ly = y + h + 2;
	if (exit_is_live(x))
		view_glide(c, rect_make(1, ly, 48, 1), x);
	ly += 2;
	if (bottom - ly >= 18) { /* a tall one */
		exit_chart_danger(u, c, rect_make(1, ly, 48, 6), x);
		exit_chart_price(u, c, rect_make(1, ly + 7, 48, 6), x, pxd);
		ly += 14;
	}
	exit_panel_slices(c, rect_make(1, ly, 48, bottom - ly), x, pxd);
	int ry = exit_panel_done(x, c, rect_make(px, y, pw, bottom - y), pxd) + 1;
	if (more >= 9)
		ry = exit_panel_danger(u, x, c, rect_make(px, ry, pw, bottom - ry), false) + 1;
	ry = exit_panel_knobs(u, x, c, rect_make(px, ry, pw, bottom - ry), pxd) + 1;
	ry = exit_panel_anew(x, c, rect_make(px, ry, pw, bottom - ry)) + 1;
	(void)exit_panel_tuned(x, c, rect_make(px, ry, pw, bottom - ry));
}

/* Under 80 columns: below each other, in the order of what is asked first. */
static void narrow(struct ui *u, struct canvas *c, const struct layout *l,
		   const struct snap_exit *x, int y, int pxd)
{
	int bottom = l->notice.y, w = l->cols - 2;

	if (bottom - y >= 26 && w >= 30) {
		view_chart(u, c, rect_make(1, y, w, 8), 4, x);
		y += 8;
	}
	if (exit_is_live(x))
		view_glide(c, rect_make(1, y++, w, 1), x);
	y += bottom - y >= 16;
	y = exit_panel_done(x, c, rect_make(2, y, w - 2, bottom - y), pxd) + 1;
	y = danger_and_knobs(u, x, c, rect_make(2, y, w - 2, bottom - y), pxd, false);
	y = exit_panel_anew(x, c, rect_make(2, y, w - 2, bottom - y)) + 1;
	exit_panel_slices(c, rect_make(1, y, w, bottom - y), x, pxd);
}

void view_exit(struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct snap_exit *x = ui_exit(u);
	int y = l->body.y, w = l->cols;

	if (!x) {
		cv_text(c, 1, y, w - 2, ROLE_DIM,
			"This exit is not in the list any more. Esc goes back.");
		return;
	}
	const struct snap_leg *leg = exit_leg(u, x);
	int pxd = leg ? leg->px_decimals : 6;
	head(u, c, l, y++, x);
	if (x->reason[0] && x->state != XS_RUNNING && y < l->notice.y)
		cv_text(c, 1, y, w - 2,
			x->state == XS_DONE && x->left.v == 0 ? ROLE_TEXT : ROLE_CAUTION,
			x->reason);
	else if (y < l->notice.y && !block(u, x, c, l, y))
		verdict(x, c, l, y);
	y++;
	if (x->state == XS_DONE && l->size >= SIZE_S) {
		char text[200];
		exit_outcome(x, text, sizeof text);
		cv_text(c, 1, y++, w - 2, ROLE_TEXT, text);
		y += l->size >= SIZE_M;
	} else if (l->size >= SIZE_M) {
		child(u, x, c, y++, w - 2, pxd), y++;
	}
	struct rect old = canvas_clip(c, rect_make(0, y, w, l->notice.y - y));
	(l->size >= SIZE_L   ? wide
	 : l->size >= SIZE_M ? middle
	 : l->size >= SIZE_S ? small
			     : narrow)(u, c, l, x, y, pxd);
	c->clip = old;
}
