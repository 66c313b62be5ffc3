/* exit.c: one running exit: plan against fills, what is off plan, price and fills, knobs, slices.
 * The three charts share one time axis. */
#include "ui/views/view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
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

/* label left, number right, in width w. */
static int pair(struct canvas *c, int x, int y, int w, const char *label, const char *value,
		int bottom)
{
	if (y >= bottom)
		return y;
	cv_put(c, x, y, ROLE_DIM, label);
	cv_right(c, x + cv_width(label), x + w, y, ROLE_TEXT, value);
	return y + 1;
}

static int so_far(const struct snap_exit *x, struct canvas *c, struct rect r, int pxd)
{
	const struct snap_cost *k = &x->cost;
	char label[48];
	int y = r.y, b = r.y + r.h, w = r.w;
	double own = k->delay + k->spread + k->impact + k->fees + k->funding;

	cv_put(c, r.x - 1, y++, ROLE_TITLE, "So far");
	snprintf(label, sizeof label, "%s %s", x->buy ? "bought" : "sold", x->coin);
	y = pair(c, r.x, y, w, label, fmt_size5(x->done).s, b);
	bool other = x->state == XS_DONE && x->end == XE_FLAT && x->left.v > 0;
	y = pair(c, r.x, y, w, other ? "by other orders" : "left", fmt_size5(x->left).s, b);
	y = pair(c, r.x, y, w, "average price", fmt_price(x->avg, pxd).s, b);
	y = pair(c, r.x, y, w, "vs start, bp", fmt_double(x->vs_start_bp, 1, SIGN_PLUS).s, b);
	y = pair(c, r.x, y, w, "cost USD, fees in", fmt_usd(k->total, 10, SIGN_PLUS).s, b);
	y = pair(c, r.x, y, w, "  the market moved", fmt_usd(k->timing, 10, SIGN_PLUS).s, b);
	y = pair(c, r.x, y, w, "  our own trading", fmt_usd(own, 10, SIGN_PLUS).s, b);
	if (k->unfilled != 0) /* else the two do not add up to the cost */
		y = pair(c, r.x, y, w, "  not sold by it", fmt_usd(k->unfilled, 10, SIGN_PLUS).s,
			 b);
	y = pair(c, r.x, y, w, "  the plan said", fmt_usd(k->plan_total, 10, SIGN_PLUS).s, b);
	char posted[48];
	snprintf(posted, sizeof posted, "%s %%", fmt_double(k->maker_share * 100, 0, 0).s);
	y = pair(c, r.x, y, w, "posted", posted, b);
	return y;
}

static int knobs(const struct ui *u, const struct snap_exit *x, struct canvas *c, struct rect r,
		 int pxd)
{
	static const char *const places[PLACE_COUNT] = {"cross", "post", "chase", "post, cross"};
	int y = r.y, b = r.y + r.h;
	char v[48];
	const struct snap_leg *leg = ui_leg_find(u->snap, x->coin, -1);

	if (r.h < 3)
		return y;
	cv_put(c, r.x - 1, y++, ROLE_TITLE, "Knobs" T_DIM "  … asks first");
	snprintf(v, sizeof v, "%sx", fmt_double(x->pace, 1, 0).s);
	y = pair(c, r.x, y, r.w, T_KEY "+ -  " T_DIM "pace", v, b);
	y = pair(c, r.x, y, r.w, T_KEY "[ ]  " T_DIM "working price",
		 x->working.v ? fmt_price(x->working, pxd).s : "none", b);
	y = pair(c, r.x, y, r.w, T_KEY "( )  " T_DIM "last price",
		 x->last.v ? fmt_price(x->last, pxd).s : "none", b);
	snprintf(v, sizeof v, "%s %%", fmt_double(x->cap * 100, 0, 0).s);
	y = pair(c, r.x, y, r.w, T_KEY "{ }  " T_DIM "volume cap", v, b);
	y = pair(c, r.x, y, r.w,
		 r.w < 30 ? T_KEY "m    " T_DIM "slice" : T_KEY "m    " T_DIM "each slice",
		 places[x->ticket.place % PLACE_COUNT], b);
	y = pair(c, r.x, y, r.w, T_OFF "g    guard",
		 leg && leg->stop_state != STOP_NONE ? fmt_price(leg->stop_px, pxd).s : "NO STOP",
		 b);
	return y;
}

/* "1 in 63", "at most 1 in 26" while it is the bound. */
static struct num exit_odds(double p, bool grid)
{
	struct num n = fmt_chance(p, false), out;

	if (grid || p < 1.0 / 500)
		return n;
	snprintf(out.s, sizeof out.s, "at most %s", n.s);
	return out;
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

static int danger(const struct ui *u, const struct snap_exit *x, struct canvas *c, struct rect r)
{
	const struct snap_leg *leg = ui_leg_find(u->snap, x->coin, -1);
	const struct snap_pool *p = NULL;
	int y = r.y, b = r.y + r.h;
	char v[64];

	for (uint32_t i = 0; leg && i < u->snap->n_pools; i++)
		if (leg - u->snap->leg >= u->snap->pool[i].first_leg &&
		    leg - u->snap->leg < u->snap->pool[i].first_leg + u->snap->pool[i].n_legs)
			p = &u->snap->pool[i];
	if (r.h < 3)
		return y;
	cv_printf(c, r.x - 1, y++, ROLE_TITLE, "Danger" T_DIM "  pool %s", p ? p->name : "–");
	y = pair(c, r.x, y, r.w, "before it is done",
		 x->has_danger ? exit_odds(x->danger, x->danger_grid).s : "–", b);
	y = pair(c, r.x, y, r.w, "danger limit",
		 x->ticket.risk.v ? fmt_chance(ratio_to_double(x->ticket.risk), false).s : "none",
		 b);
	if (x->danger_start > 0)
		y = pair(c, r.x, y, r.w, "at start it was",
			 exit_odds(x->danger_start, x->danger_start_grid).s, b);
	if (x->danger_loss > 0)
		y = pair(c, r.x, y, r.w, "if it happens, USD", fmt_usd(x->danger_loss, 9, 0).s, b);
	if (p && p->has_dies) {
		snprintf(v, sizeof v, "BTC %s %%", fmt_pct(p->dies_pct, 0).s);
		y = pair(c, r.x, y, r.w, "dies at a gap of", v, b);
	}
	if (p && p->has_time)
		y = pair(c, r.x, y, r.w, "1-in-10 in", fmt_touch(p->touch_s).s, b);
	return y;
}

static double trace_v(const struct snap_point *t, bool price, double total)
{
	(void)total;
	return price ? (double)t->px : (double)(t->planned - t->left); /* ahead is + */
}

/* The trace lives in the engine's memory: after a restart it begins again, and says so. */
static void no_trace(const struct ui *u, struct canvas *c, struct rect r, const struct snap_exit *x,
		     bool price)
{
	int64_t up_ms = ui_wall_ms(u) - (u->now_ns - u->snap->up_ns) / 1000000;

	cv_put(c, r.x, r.y, ROLE_TITLE, price ? "Price" : "Off plan");
	if (u->snap->up_ns && x->start_ms < up_ms)
		cv_textf(c, r.x + 1, r.y + 1, r.w - 1, ROLE_DIM,
			 "no trace before %s: the engine was started anew; fills and "
			 "slices are kept",
			 fmt_clock(up_ms).s);
	else
		cv_text(c, r.x + 1, r.y + 1, r.w - 1, ROLE_DIM, "no point of it yet");
}

/* The band as it was, a dot in every other column; now's where nothing has been yet. */
static void band(struct canvas *c, struct rect p, const struct snap_exit *x, double hs, double lo,
		 double hi)
{
	uint32_t at = 0;

	for (int i = 0; i < p.w; i += 2) {
		double t = (double)i / p.w * hs;
		while (at + 1 < x->n_trace && (double)x->trace[at + 1].t_s <= t)
			at++;
		bool past = t <= (double)x->trace[x->n_trace - 1].t_s;
		double b = past ? (double)x->trace[at].band : x->corridor;
		for (int k = -1; k <= 1; k += 2) {
			int y = p.y + (int)lround((hi - k * b) / (hi - lo) * (p.h - 1));
			if (y >= p.y && y < p.y + p.h)
				cv_cell(c, p.x + i, y, ROLE_FAINT, 0xb7);
		}
	}
}

/* The trace off plan or of the price, one cell a column, on the shared time axis. */
static void trace(const struct ui *u, struct canvas *c, struct rect r, const struct snap_exit *x,
		  bool price, int pxd)
{
	double lo = 1e300, hi = -1e300, total = fabs(qty_to_double(x->total));
	double hs = (double)(x->planned_end_ms - x->start_ms) * 1e-3;
	struct rect p = rect_make(r.x + 9, r.y + 1, r.w - 9, r.h - 1);

	if (r.h < 4 || p.w < 10 || hs <= 0)
		return;
	if (!x->n_trace) {
		no_trace(u, c, r, x, price);
		return;
	}
	for (uint32_t i = 0; i < x->n_trace; i++) {
		double v = trace_v(&x->trace[i], price, total);
		lo = fmin(lo, v);
		hi = fmax(hi, v);
	}
	for (uint32_t i = 0; !price && i < x->n_trace; i++) {
		double band = fmax(x->corridor, (double)x->trace[i].band) * 1.1;
		hi = fmax(hi, band);
		lo = fmin(lo, -band);
	}
	if (hi - lo < 1e-9)
		hi = lo + 1;
	double ahead = x->planned_left - fabs(qty_to_double(x->left));
	if (price)
		cv_text(c, r.x, r.y, r.w, ROLE_TITLE,
			"Price" T_DIM "  mark, and each fill          ○ posted  ● crossed");
	else
		cv_textf(c, r.x, r.y, r.w, ROLE_TITLE,
			 "Off plan" T_DIM "  %s, 1 in 20 beyond ±%s     " T_TEXT "%s now", x->coin,
			 fmt_double(x->corridor, 3, 0).s, fmt_double(ahead, 3, SIGN_PLUS).s);
	for (int i = 0; i < 3; i++) {
		double v = hi - (hi - lo) * i / 2;
		int y = p.y + (p.h - 1) * i / 2;
		cv_num(c, r.x, y, 8, ROLE_DIM,
		       price ? fmt_px(v, pxd).s : fmt_double(v, 2, SIGN_PLUS).s);
	}
	if (!price)
		band(c, p, x, hs, lo, hi);
	for (uint32_t i = 0; i + 1 < x->n_trace; i++) {
		double a = trace_v(&x->trace[i], price, total),
		       b = trace_v(&x->trace[i + 1], price, total);
		double ta = x->trace[i].t_s / hs, tb = x->trace[i + 1].t_s / hs;
		bool out = !price && fabs(a) > (double)x->trace[i].band;
		for (int k = 0; k < 12; k++) {
			double f = k / 12.0, t = ta + (tb - ta) * f;
			if (t >= 0 && t <= 1)
				view_dot(c, p, t, (a + (b - a) * f - lo) / (hi - lo),
					 out	 ? ROLE_CAUTION
					 : price ? ROLE_TEXT
						 : ROLE_ACCENT);
		}
	}
	for (uint32_t i = 0; price && i < x->n_trace; i++) {
		const struct snap_point *t = &x->trace[i];
		int col = (int)(t->t_s / hs * (p.w - 1));
		int y = p.y + (int)((hi - (double)t->fill_px) / (hi - lo) * (p.h - 1) + 0.5);
		if (t->fill && col >= 0 && col < p.w && y >= p.y && y < p.y + p.h)
			cv_cell(c, p.x + col, y, ROLE_ACCENT, t->fill == 1 ? G_RING : G_DOT);
	}
	(void)u;
}

static void slices(struct canvas *c, struct rect r, const struct snap_exit *x, int pxd)
{
	if (r.h < 2)
		return;
	cv_textf(c, r.x, r.y, r.w, ROLE_TITLE, "Slices" T_DIM "  %u of %u, newest first", x->slice,
		 x->n_slices);
	for (uint32_t i = 0; i < x->n_slices_shown && (int)i + 1 < r.h; i++) {
		const struct snap_slice *k = &x->slices[i];
		struct seg g[6];
		seg_set(&g[0], 0, false, T_DIM "%3u   %s", k->n, fmt_clock(k->wall_ms).s);
		seg_set(&g[1], 4, false, T_DIM "   planned " T_TEXT "%s", fmt_size5(k->planned).s);
		seg_set(&g[2], 0, false, T_DIM "   %s " T_TEXT "%s", x->buy ? "bought" : "sold",
			fmt_size5(k->filled).s);
		seg_set(&g[3], 1, false, T_DIM "   at " T_TEXT "%s",
			k->avg.v ? fmt_double(price_to_double(k->avg),
					      fmt_px_decimals(price_to_double(k->avg), pxd) + 1, 0)
					   .s
				 : "–");
		seg_set(&g[4], 2, false, T_TEXT "  %s bp", fmt_double(k->bp, 1, SIGN_PLUS).s);
		seg_set(&g[5], 3, false, T_DIM "   %s",
			!k->filled.v ? "nothing"
			: k->posted  ? "posted"
				     : "crossed");
		cv_segs(c, r.x, r.y + 1 + (int)i, r.w, g, 6);
	}
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
		int end = so_far(x, c, rect_make(2, y + 1, w - 4, bottom - y - 1), pxd);
		if (bottom - end > 4)
			knobs(u, x, c, rect_make(2, end + 1, w - 4, bottom - end - 1), pxd);
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
			trace(u, c, rect_make(1, ly, split - 4, th), x, false, pxd);
			ly += th + 1;
		}
		if (bottom - ly > th + 4) {
			trace(u, c, rect_make(1, ly, split - 4, th), x, true, pxd);
			ly += th + 1;
		}
	}
	slices(c, rect_make(1, ly, split - 4, bottom - ly), x, pxd);
	int ry = so_far(x, c, rect_make(split + 1, y, rw - 1, bottom - y), pxd) + 1;
	if (l->size >= SIZE_M)
		ry = danger(u, x, c, rect_make(split + 1, ry, rw - 1, bottom - ry)) + 1;
	ry = knobs(u, x, c, rect_make(split + 1, ry, rw - 1, bottom - ry), pxd) + 1;
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
