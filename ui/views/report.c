/* report.c: what an exit cost: its parts against arrival and plan, in words, and how it went. */
#include <math.h>
#include <stdio.h>

#include "base/check.h"
#include "ui/views/exit_in.h"
#include "base/banned.h"

static void cost_row(struct canvas *c, int y, int w, const char *name, double usd, double bp,
		     const char *plan, double scale, bool total)
{
	enum role r = total ? ROLE_STRONG : ROLE_TEXT;

	cv_text(c, 2, y, 18, total ? ROLE_STRONG : ROLE_DIM, name);
	cv_num(c, 20, y, 10, r, fmt_usd(usd, 10, SIGN_PLUS).s);
	cv_num(c, 30, y, 8, ROLE_TEXT, fmt_double(bp, fabs(bp) < 1000 ? 1 : 0, SIGN_PLUS).s);
	if (w >= 56)
		cv_right(c, 38, 50, y, ROLE_DIM, plan);
	if (w < 80)
		return;
	int half = 13, len = scale > 0 ? (int)lround(fabs(usd) / scale * half) : 0;
	len = len > half ? half : len;
	cv_cell(c, 66, y, ROLE_FAINT, 0x2502);
	cv_hline(c, usd < 0 ? 66 - len : 67, y, len, total ? ROLE_ACCENT_B : ROLE_ACCENT, G_FULL);
}

static void report_cost(const struct snap_exit *x, struct canvas *c, const struct layout *l, int y,
			int bottom)
{
	const struct snap_cost *k = &x->cost;
	/* of what traded, as tca has it: c->bp is total over that; parts must add up to it */
	double per_usd = fabs(k->total) > 1e-9 ? k->bp / k->total : 0;
	double own = k->delay + k->spread + k->impact + k->fees + k->funding;
	char sd[64];

	snprintf(sd, sizeof sd, "0 ±%s", fmt_usd(k->plan_sd, 9, 0).s);
	const struct {
		const char *name;
		double usd;
		char plan[48];
		bool total;
	} rows[] = {
		{"delay", k->delay, "0", false},
		{"spread", k->spread, "", false},
		{"impact", k->impact, "", false},
		{"fees", k->fees, "", false},
		{"funding", k->funding, "", false},
		{"our own trading", own, "", true},
		{"the market moved", k->timing, "", false},
		{"unfilled", k->unfilled, "0", false},
		{"total", k->total, "", true},
	};
	const double plans[] = {
		0, k->plan_spread, k->plan_impact, k->plan_fees, 0, k->plan_total, 0,
		0, k->plan_total};
	if (y >= bottom)
		return;
	cv_right(c, 0, 30, y, ROLE_DIM, "USD");
	cv_right(c, 0, 38, y, ROLE_DIM, "bp");
	if (l->cols >= 56)
		cv_right(c, 0, 50, y, ROLE_DIM, "plan USD");
	if (l->cols >= 80)
		cv_put(c, 54, y, ROLE_DIM, "loss            gain");
	y++;
	for (unsigned i = 0; i < COUNT_OF(rows) && y < bottom; i++, y++) {
		struct num n = fmt_usd(plans[i], 9, SIGN_PLUS);
		cost_row(c, y, l->cols, rows[i].name, rows[i].usd, rows[i].usd * per_usd,
			 i == 6 ? sd : n.s, fabs(k->total) > 1 ? fabs(k->total) : 1, rows[i].total);
	}
}

static int report_words(const struct snap_exit *x, struct canvas *c, struct rect r)
{
	const struct snap_cost *k = &x->cost;
	double own = -(k->delay + k->spread + k->impact + k->fees + k->funding);
	char text[300];
	int y = r.y;

	if (r.w < 30 || r.h < 6)
		return y;
	cv_put(c, r.x, y++, ROLE_TITLE, "In words");
	snprintf(text, sizeof text,
		 "The market moved %s USD %s you while trading; the ticket gave ±%s.",
		 fmt_usd(fabs(k->timing), 10, 0).s, k->timing < 0 ? "against" : "for",
		 fmt_usd(k->plan_sd, 10, 0).s);
	y += cv_wrap(c, r.x, y, r.w, 3, ROLE_TEXT, text);
	snprintf(text, sizeof text, "Our own trading cost %s USD; the plan said %s.",
		 fmt_usd(own, 10, 0).s, fmt_usd(-k->plan_total, 10, 0).s);
	y += cv_wrap(c, r.x, y, r.w, 3, ROLE_TEXT, text);
	if (k->unfilled != 0) {
		snprintf(text, sizeof text,
			 "%s %s it did not %s itself: %s USD %s, at the price of its end.",
			 fmt_size5(x->left).s, x->coin, x->buy ? "buy" : "sell",
			 fmt_usd(fabs(k->unfilled), 10, 0).s, k->unfilled < 0 ? "worse" : "better");
		y += cv_wrap(c, r.x, y, r.w, 3, ROLE_TEXT, text);
	}
	y++;
	const struct {
		const char *name;
		double bp;
	} rows[] = {{"arrival", k->vs_start_bp},
		    {"mean price", k->vs_mean_bp},
		    {"all now, book then", k->vs_all_now_bp},
		    {"market at the end", k->vs_end_bp}};
	cv_put(c, r.x, y, ROLE_TITLE, "against");
	cv_right(c, r.x + 8, r.x + r.w, y++, ROLE_DIM, "bp, + is better");
	for (unsigned i = 0; i < COUNT_OF(rows) && y < r.y + r.h; i++, y++) {
		cv_put(c, r.x, y, ROLE_DIM, rows[i].name);
		cv_right(c, r.x + 20, r.x + r.w, y, ROLE_TEXT,
			 fmt_double(rows[i].bp, 1, SIGN_PLUS).s);
	}
	return y;
}

/* From column x0, 54 wide; under 58 columns without its first figures' distance. */
static int report_after(const struct snap_exit *x, struct canvas *c, int x0, int w, int y,
			int bottom)
{
	int a = w < 54 ? 26 : 39, b = w < 54 ? w : 53;

	const struct {
		const char *name;
		double a, b;
		int dec;
	} rows[] = {{"liq price alone", x->liq_before, x->liq_after, 0},
		    {"dies at BTC %", x->dies_before, x->dies_after, 2},
		    {"maintenance %", x->maint_before, x->maint_after, 1}};

	if (bottom - y < 3)
		return y;
	cv_put(c, x0, y, ROLE_TITLE, w < 54 ? "Account" : "Account" T_DIM "  before and after");
	cv_right(c, 0, x0 + a, y, ROLE_DIM, "before");
	cv_right(c, 0, x0 + b, y++, ROLE_DIM, "after");
	for (unsigned i = 0; i < COUNT_OF(rows) && y < bottom; i++, y++) {
		cv_put(c, x0 + 1, y, ROLE_DIM, rows[i].name);
		cv_num(c, x0 + a - 9, y, 9, ROLE_TEXT,
		       rows[i].a != 0 ? fmt_double(rows[i].a, rows[i].dec, 0).s : "–");
		cv_num(c, x0 + b - 11, y, 11, ROLE_TEXT,
		       rows[i].b != 0 ? fmt_double(rows[i].b, rows[i].dec, 0).s : "–");
	}
	if (y < bottom)
		cv_put(c, x0 + 1, y, ROLE_DIM, "margin freed USD");
	if (y < bottom)
		cv_num(c, x0 + b - 11, y, 11,
		       ROLE_TEXT, /* 0: the leverage is gone with the position */
		       x->margin_freed.v ? fmt_money(x->margin_freed, 11, 0).s : "–");
	return y + 1;
}

/* x2  BTC  sold 12 of 24  ac 10m  DONE, target reached  9m50, 60 slices */
static void report_head(const struct ui *u, struct canvas *c, const struct layout *l, int y,
			const struct snap_exit *x)
{
	static const char *const ends[] = {
		"", "flat", "target reached", "ended by you", "blocked", "done but for dust"};
	int64_t until = exit_is_live(x) ? ui_wall_ms(u) : x->end_ms;
	const char *gap = l->cols >= 100 ? "   " : "  ";
	struct seg g[6];

	seg_set(&g[0], 0, false, T_ACCB "x%u" T_DIM "  " T_STRONG "%s", x->id, x->coin);
	seg_set(&g[1], 0, false, T_TEXT "  %s " T_STRONG "%s", x->buy ? "bought" : "sold",
		fmt_size5(x->done).s);
	seg_set(&g[2], 3, false, T_DIM " of %s", fmt_size5(x->total).s);
	seg_set(&g[3], 4, false, T_DIM "%s%s", gap, how_text(&x->ticket).s);
	bool brief = l->cols < 60;
	seg_set(&g[4], 0, false, T_DIM "%s%s%s%s", gap,
		exit_is_live(x) ? T_CAUT "still running" : T_OK "DONE",
		x->end && !brief ? ", " : "", brief ? "" : ends[x->end % COUNT_OF(ends)]);
	seg_set(&g[5], 2, false, T_DIM "%s%s, %u slices", gap,
		fmt_dur((double)(until - x->start_ms) * 1e-3).s, x->slice);
	cv_segs(c, 1, y, l->cols - 2, g, 6);
}

/* What it did, over time: as the running exit shows it, as many as there is room for. */
static void report_charts(struct ui *u, struct canvas *c, struct rect r, const struct snap_exit *x,
			  int pxd)
{
	int y = r.y, bottom = r.y + r.h, spare = r.h - 10, n = spare / 7 < 2 ? spare / 7 : 2;

	if (r.h < 6)
		return;
	int h = r.h - n * 7 < 14 ? r.h - n * 7 : 14;
	view_chart(u, c, rect_make(r.x, y, r.w, h), n > 0 ? EXIT_GUTTER : 4, x);
	y += h + 1;
	if (n > 0) {
		exit_chart_price(u, c, rect_make(r.x, y, r.w, 6), x, pxd);
		y += 7;
	}
	if (n > 1) {
		exit_chart_danger(u, c, rect_make(r.x, y, r.w, 6), x);
		y += 7;
	}
	exit_panel_slices(c, rect_make(r.x, y, r.w, bottom - y), x, pxd);
}

void view_report(struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct snap_exit *x = ui_exit(u);
	int y = l->body.y, bottom = l->notice.y - 1, w = l->cols - 2;
	bool wide = l->size >= SIZE_M;

	if (!x) {
		cv_text(c, 1, y, w, ROLE_DIM, "No such exit in the list any more.");
		return;
	}
	const struct snap_leg *leg = exit_leg(u, x);
	int pxd = leg ? leg->px_decimals : 6;
	report_head(u, c, l, y, x);
	char outcome[200];
	exit_outcome(x, outcome, sizeof outcome);
	int rows = cv_wrap(c, 1, y + 1, w, l->rows >= 20 ? 2 : 1, ROLE_TEXT, outcome);
	y += (rows > 1 ? rows : 1) + (l->rows >= 30 ? 2 : 1);
	if (y < bottom && l->cols >= 40) {
		struct seg g[3];
		seg_set(&g[0], 0, false,
			"\x05"
			"Cost against arrival");
		seg_set(&g[1], 2, false,
			T_DIM "  arrival " T_TEXT "%s" T_DIM "   average " T_TEXT "%s" T_DIM " ",
			fmt_price(x->arrival, pxd).s, fmt_price(x->avg, pxd).s);
		seg_set(&g[2], 0, false, T_STRONG "  %s bp",
			fmt_double(x->vs_start_bp, 1, SIGN_PLUS).s);
		cv_segs(c, 1, y++, w, g, 3);
		report_cost(x, c, l, y, bottom);
	}
	int top = y;
	y += 11;
	if (!wide) { /* below each other, while there is room */
		if (l->cols < 40)
			return;
		y = report_after(x, c, 1, w, y, bottom) + 1;
		y = report_words(x, c, rect_make(1, y, w, bottom - y)) + 1;
		y = exit_panel_going(x, c, rect_make(2, y, w - 1, bottom - y)) + 1;
		report_charts(u, c, rect_make(1, y, w, bottom - y), x, pxd);
		return;
	}
	int left = l->size == SIZE_L ? l->cols - 56 : 80;
	int px = left + 3, pw = l->cols - px - 1, py = top;
	py = report_words(x, c, rect_make(px, py, pw, bottom - py)) + 1;
	py = exit_panel_going(x, c, rect_make(px + 1, py, pw - 1, bottom - py)) + 1;
	py = exit_panel_anew(x, c, rect_make(px + 1, py, pw - 1, bottom - py)) + 1;
	(void)exit_panel_tuned(x, c, rect_make(px + 1, py, pw - 1, bottom - py));
	if (l->size == SIZE_L)
		(void)report_after(x, c, 86, 54, top, bottom);
	else
		bottom -= 6;
	report_charts(u, c, rect_make(1, y, left, bottom - y), x, pxd);
	if (l->size == SIZE_M)
		(void)report_after(x, c, 1, 54, bottom + 1, l->notice.y - 1);
}
