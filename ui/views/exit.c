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
	int w = l->cols >= 60 ? cv_width(right) : 0;
	char whole[48] = "";
	if (l->cols >= 100)
		snprintf(whole, sizeof whole, " of %s",
			 fmt_size5((struct qty){llabs(x->start_position.v)}).s);
	const char *gap = l->cols >= 100 ? "   " : "  ";
	cv_textf(c, 1, y, l->cols - 3 - w, ROLE_ACCENT_B,
		 "x%u  " T_STRONG "%s" T_TEXT "  %s " T_STRONG "%s" T_DIM "%s%s%s%s%s%s" T_DIM
		 "%s%s of %s, %s%s",
		 x->id, x->coin, x->buy ? "buy" : "sell", fmt_size5(x->total).s, whole, gap,
		 how_text(&x->ticket).s, gap, hot,
		 state_words[x->state < COUNT_OF(state_words) ? x->state : 0], gap, fmt_dur(age).s,
		 fmt_dur((double)(x->planned_end_ms - x->start_ms) * 1e-3).s,
		 l->cols >= 100 ? "ends " : "to ",
		 fmt_clock(x->state == XS_DONE ? x->end_ms : x->planned_end_ms).s);
	if (w)
		cv_right(c, 1, l->cols - 1, y, ROLE_TEXT, right);
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
	else
		cv_textf(c, 1, y, l->cols - 2, ROLE_TEXT, "%s%s" T_TEXT " %s",
			 over ? T_CAUT "! " : T_STRONG, exit_odds(x->danger, x->danger_grid).s,
			 l->cols < 60 ? "liquidated first"
				      : "chance of liquidation before this is done");
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

void view_exit(struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct snap_exit *x = ui_exit(u);
	int y = l->body.y, bottom = l->notice.y - (l->size >= SIZE_M), w = l->cols;

	if (!x) {
		cv_text(c, 1, y, w - 2, ROLE_DIM,
			"This exit is not in the list any more. Esc goes back.");
		return;
	}
	const struct snap_leg *leg = ui_leg_find(u->snap, x->coin, -1);
	int pxd = leg ? leg->px_decimals : 6;
	head(u, c, l, y++, x);
	if (x->reason[0] && x->state != XS_RUNNING && y < bottom)
		cv_text(c, 1, y, w - 2, ROLE_CAUTION, x->reason);
	else if (y < bottom && !block(u, x, c, l, y))
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
	if (w < 80) {
		if (exit_is_live(x))
			view_glide(c, rect_make(1, y, w - 2, 1), x);
		int end = exit_panel_done(x, c, rect_make(2, y + 1, w - 4, bottom - y - 1), pxd);
		if (bottom - end > 4)
			exit_panel_knobs(u, x, c, rect_make(2, end + 1, w - 4, bottom - end - 1),
					 pxd);
		return;
	}
	int split = l->size >= SIZE_M ? 86 : 52, rw = w - split - 1;
	int h = l->size >= SIZE_M ? 8 : 5;
	view_chart(u, c, rect_make(1, y, split - 4, h + 2), x);
	int ly = y + h + 2;
	if (exit_is_live(x)) /* one that is over is off no plan */
		view_glide(c,
			   rect_make(l->size >= SIZE_M ? 10 : 1, ly,
				     split - (l->size >= SIZE_M ? 13 : 4), 1),
			   x);
	ly += 2;
	if (l->size >= SIZE_M) {
		int th = l->rows >= 40 ? 6 : 4;
		if (bottom - ly > th + 4) {
			exit_chart_trace(u, c, rect_make(1, ly, split - 4, th), x, false, pxd);
			ly += th + 1;
		}
		if (bottom - ly > th + 4) {
			exit_chart_trace(u, c, rect_make(1, ly, split - 4, th), x, true, pxd);
			ly += th + 1;
		}
	}
	exit_panel_slices(c, rect_make(1, ly, split - 4, bottom - ly), x, pxd);
	int ry = exit_panel_done(x, c, rect_make(split + 1, y, rw - 1, bottom - y), pxd) + 1;
	if (l->size >= SIZE_M)
		ry = exit_panel_danger(u, x, c, rect_make(split + 1, ry, rw - 1, bottom - ry)) + 1;
	ry = exit_panel_knobs(u, x, c, rect_make(split + 1, ry, rw - 1, bottom - ry), pxd) + 1;
	if (bottom - ry >= 3 && x->replans) {
		char why[160];
		cv_textf(c, split, ry++, rw, ROLE_TITLE, "Solved anew" T_DIM "  %u time%s",
			 x->replans, x->replans == 1 ? "" : "s");
		int n = snprintf(why, sizeof why, "%s  ", fmt_clock(x->replan_ms).s);
		fmt_words(why + n, sizeof why - (size_t)n, x->replan_text);
		ry += cv_wrap(c, split + 1, ry, rw - 1, bottom - ry < 3 ? bottom - ry : 3,
			      ROLE_TEXT, why) +
		      1;
	}
	if (bottom - ry < 2 || !x->tunes)
		return;
	cv_printf(c, split, ry++, ROLE_TITLE, "Tuned" T_DIM "  %u time%s", x->tunes,
		  x->tunes == 1 ? "" : "s");
	for (uint32_t i = 0; i < 6 && i < x->tunes && ry < bottom; i++)
		if (x->tune_text[i][0]) {
			char what[96];
			fmt_words(what, sizeof what, x->tune_text[i]);
			cv_textf(c, split + 1, ry++, rw - 1, ROLE_DIM, "%s  " T_TEXT "%s",
				 fmt_clock(x->tune_ms[i]).s, what);
		}
}
