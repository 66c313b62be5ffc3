/* exit_panels.c: the panels beside the charts of a running exit: so far, danger, knobs, slices. */
#include <stdio.h>

#include "base/check.h"
#include "ui/views/exit_in.h"
#include "base/banned.h"

/* "1 in 63", "at most 1 in 26" while it is the bound. */
const struct snap_leg *exit_leg(const struct ui *u, const struct snap_exit *x)
{
	const struct snap_leg *leg = ui_leg_find(u->snap, x->coin, x->account);

	return leg ? leg : ui_leg_find(u->snap, x->coin, -1);
}

struct num exit_odds(double p, bool grid)
{
	struct num n = fmt_chance(p, false), out;

	if (grid || p < CHANCE_LEAST)
		return n;
	snprintf(out.s, sizeof out.s, "at most %s", n.s);
	return out;
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

int exit_panel_done(const struct snap_exit *x, struct canvas *c, struct rect r, int pxd)
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

int exit_panel_knobs(const struct ui *u, const struct snap_exit *x, struct canvas *c, struct rect r,
		     int pxd)
{
	static const char *const places[PLACE_COUNT] = {"cross", "post", "chase", "post, cross"};
	int y = r.y, b = r.y + r.h;
	char v[48];
	const struct snap_leg *leg = exit_leg(u, x);

	if (r.h < 3 || !exit_is_live(x))
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

int exit_panel_danger(const struct ui *u, const struct snap_exit *x, struct canvas *c,
		      struct rect r, bool start_told)
{
	const struct snap_leg *leg = exit_leg(u, x);
	const struct snap_pool *p = NULL;
	int y = r.y, b = r.y + r.h;
	char v[64];

	for (uint32_t i = 0; leg && i < u->snap->n_pools; i++)
		if (leg - u->snap->leg >= u->snap->pool[i].first_leg &&
		    leg - u->snap->leg < u->snap->pool[i].first_leg + u->snap->pool[i].n_legs)
			p = &u->snap->pool[i];
	if (r.h < 3)
		return y;
	cv_printf(c, r.x - 1, y++, ROLE_TITLE, "Danger" T_DIM "%s%s", p ? "  pool " : "",
		  p ? p->name : "");
	if (exit_is_live(x))
		y = pair(c, r.x, y, r.w, "before it is done",
			 x->has_danger ? exit_odds(x->danger, x->danger_grid).s : "–", b);
	y = pair(c, r.x, y, r.w, "danger limit",
		 x->ticket.risk.v ? fmt_chance(ratio_to_double(x->ticket.risk), false).s : "none",
		 b);
	if (x->danger_start > 0 && !start_told)
		y = pair(c, r.x, y, r.w, "at start it was",
			 exit_odds(x->danger_start, x->danger_start_grid).s, b);
	if (x->danger_loss > 0)
		y = pair(c, r.x, y, r.w, "if it happens, USD", fmt_usd(x->danger_loss, 9, 0).s, b);
	if (p && p->has_dies) {
		snprintf(v, sizeof v, "BTC %s %%", fmt_pct(p->dies_pct, 0).s);
		y = pair(c, r.x, y, r.w, "dies at a gap of", v, b);
	}
	if (p && p->has_time && (!start_told || r.h >= 20)) /* row 0 tells it too */
		y = pair(c, r.x, y, r.w, "1-in-10 in", fmt_touch(p->touch_s).s, b);
	if (x->n_trace > 1 && y < b) {
		cv_put(c, r.x, y, ROLE_DIM, "its course");
		exit_spark(c, r.x + 11, y++, r.w - 11, x);
	}
	return y;
}

/* One change of the schedule, wrapped; returns the row after it. */
static int anew(struct canvas *c, struct rect r, int y, int64_t wall_ms, const char *text)
{
	char why[160];
	int bottom = r.y + r.h, n = snprintf(why, sizeof why, "%s  ", fmt_clock(wall_ms).s);

	fmt_words(why + n, sizeof why - (size_t)n, text);
	return y + cv_wrap(c, r.x, y, r.w, bottom - y < 3 ? bottom - y : 3, ROLE_TEXT, why);
}

int exit_panel_anew(const struct snap_exit *x, struct canvas *c, struct rect r)
{
	int y = r.y, bottom = r.y + r.h;

	if (r.h < 3 || !x->replans)
		return y;
	cv_textf(c, r.x - 1, y++, r.w, ROLE_TITLE, "Solved anew" T_DIM "  %u time%s", x->replans,
		 x->replans == 1 ? "" : "s");
	y = anew(c, r, y, x->replan_ms, x->replan_text);
	for (uint32_t i = 0; i < x->n_past && bottom - y >= 2; i++)
		y = anew(c, r, y, x->past[i].wall_ms, x->past[i].text);
	return y;
}

int exit_panel_tuned(const struct snap_exit *x, struct canvas *c, struct rect r)
{
	int y = r.y, bottom = r.y + r.h;

	if (r.h < 2 || !x->tunes)
		return y;
	cv_printf(c, r.x - 1, y++, ROLE_TITLE, "Tuned" T_DIM "  %u time%s", x->tunes,
		  x->tunes == 1 ? "" : "s");
	for (uint32_t i = 0; i < COUNT_OF(x->tune_text) && i < x->tunes && y < bottom; i++) {
		char what[96];
		if (!x->tune_text[i][0])
			continue;
		fmt_words(what, sizeof what, x->tune_text[i]);
		cv_textf(c, r.x, y++, r.w, ROLE_DIM, "%s  " T_TEXT "%s", fmt_clock(x->tune_ms[i]).s,
			 what);
	}
	return y;
}

int exit_panel_going(const struct snap_exit *x, struct canvas *c, struct rect r)
{
	int y = r.y, b = r.y + r.h;
	char v[48];

	if (r.h < 3)
		return y;
	bool live = exit_is_live(x);
	cv_put(c, r.x - 1, y++, ROLE_TITLE, live ? "How it goes" : "How it was traded");
	if (!live) {
		snprintf(v, sizeof v, "%s %%", fmt_double(x->cost.maker_share * 100, 0, 0).s);
		y = pair(c, r.x, y, r.w, "posted and filled", v, b);
		snprintf(v, sizeof v, "%s %%", fmt_double((1 - x->cost.maker_share) * 100, 0, 0).s);
		y = pair(c, r.x, y, r.w, "crossed", v, b);
	}
	snprintf(v, sizeof v, "%s %%", fmt_double(x->cost.volume_share * 100, 0, 0).s);
	y = pair(c, r.x, y, r.w, "share of volume", v, b);
	snprintf(v, sizeof v, "largest slice %s", x->coin);
	y = pair(c, r.x, y, r.w, v, fmt_double(x->largest_slice, 5, 0).s, b);
	y = pair(c, r.x, y, r.w, "most behind its plan", fmt_double(-x->most_behind, 3, 0).s, b);
	y = pair(c, r.x, y, r.w, "outside its band", fmt_dur(x->outside_s).s, b);
	snprintf(v, sizeof v, "%u", x->unknowns);
	y = pair(c, r.x, y, r.w, "orders unknown", v, b);
	if (!live && x->danger_start > 0)
		y = pair(c, r.x, y, r.w, "danger at start",
			 exit_odds(x->danger_start, x->danger_start_grid).s, b);
	return y;
}

/* Numbers end at these columns of the panel; 0: no room for it. */
struct slice_cols {
	int planned, sold, at, bp, how, fee;
};

static struct slice_cols slice_cols(int w)
{
	if (w >= 86)
		return (struct slice_cols){29, 42, 56, 66, 69, 86};
	if (w >= 74)
		return (struct slice_cols){26, 38, 51, 60, 63, 0};
	if (w >= 46)
		return (struct slice_cols){0, 25, 37, 46, 0, 0};
	if (w >= 36)
		return (struct slice_cols){0, 25, 36, 0, 0, 0};
	return (struct slice_cols){0, w, 0, 0, 0, 0};
}

void exit_panel_slices(struct canvas *c, struct rect r, const struct snap_exit *x, int pxd)
{
	const struct slice_cols k = slice_cols(r.w);

	if (r.h < 2 || r.w < 22)
		return;
	int at = cv_printf(c, r.x, r.y, ROLE_TITLE, "Slices" T_DIM "  %u of %u", x->slice,
			   x->n_slices);
	const struct {
		int end;
		const char *name;
	} heads[] = {{k.planned, "planned"},
		     {k.sold, x->buy ? "bought" : "sold"},
		     {k.at, "at"},
		     {k.bp, "bp"},
		     {k.fee, "fee USD"}};
	for (unsigned i = 0; i < COUNT_OF(heads); i++)
		if (heads[i].end)
			cv_right(c, at + 1, r.x + heads[i].end, r.y, ROLE_DIM, heads[i].name);
	for (uint32_t i = 0; i < x->n_slices_shown && (int)i + 1 < r.h; i++) {
		const struct snap_slice *s = &x->slices[i];
		double avg = price_to_double(s->avg);
		int y = r.y + 1 + (int)i;
		cv_printf(c, r.x, y, ROLE_DIM, "%3u  %s", s->n, fmt_clock(s->wall_ms).s);
		if (k.planned)
			cv_num(c, r.x + k.planned - 9, y, 9, ROLE_DIM, fmt_size5(s->planned).s);
		cv_num(c, r.x + k.sold - 9, y, 9, ROLE_TEXT, fmt_size5(s->filled).s);
		if (k.at)
			cv_num(c, r.x + k.at - 10, y, 10, ROLE_TEXT,
			       avg > 0 ? fmt_double(avg, fmt_px_decimals(avg, pxd) + 1, 0).s : "–");
		if (k.bp)
			cv_num(c, r.x + k.bp - 8, y, 8, ROLE_TEXT,
			       avg > 0 ? fmt_double(s->bp, 1, SIGN_PLUS).s : "–");
		if (k.how)
			cv_put(c, r.x + k.how, y, ROLE_DIM,
			       !s->filled.v ? "nothing"
			       : s->posted  ? "posted"
					    : "crossed");
		if (k.fee)
			cv_num(c, r.x + k.fee - 8, y, 8, ROLE_DIM,
			       fmt_double(money_to_double(s->fee), 2, 0).s);
	}
}
