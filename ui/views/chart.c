/* chart.c: drawings: columns of what is left of an exit, plan and old plan over it, the glide line,
 * and the dot of every curve. */
#include "ui/views/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/banned.h"

double chart_top(double v)
{
	double k = pow(10, floor(log10(v > 0 ? v : 1)));
	static const double m[] = {1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10};

	for (unsigned i = 0; i < COUNT_OF(m); i++)
		if (v <= m[i] * k * 1.0001)
			return m[i] * k;
	return 10 * k;
}

static struct num chart_label(double v, double top)
{
	int dec = top < 3 ? 2 : top < 100 && top / 2 != floor(top / 2) ? 1 : 0;
	struct num n =
		v < 999 ? fmt_double(v, v == floor(v) && top >= 10 ? 0 : dec, 0) : fmt_km(v, 0);
	char *dot = strchr(n.s, '.'), *unit = dot ? dot + strspn(dot, ".0") : NULL;

	if (unit && (*unit == 'k' || *unit == 'M')) /* "3.00k": what is round reads round */
		memmove(dot, unit, strlen(unit) + 1);
	return n;
}

int chart_gutter(int least, double top, int rows)
{
	int a = cv_width(chart_label(top, top).s);
	int b = rows >= 4 ? cv_width(chart_label(top / 2, top).s) : 0;
	int need = (a > b ? a : b) + 1;

	return need > least ? need : least;
}

void chart_labels(struct canvas *c, struct rect r, int gutter, int rows, double top)
{
	int end = r.x + gutter - 1;

	cv_right(c, r.x, end, r.y + 1, ROLE_DIM, chart_label(top, top).s);
	if (rows >= 4)
		cv_right(c, r.x, end, r.y + 1 + (rows - 1) / 2, ROLE_DIM,
			 chart_label(top / 2, top).s);
	cv_right(c, r.x, end, r.y + rows, ROLE_DIM, "0");
}

void chart_columns(struct canvas *c, struct rect r, const float *v, int n, int n_held, double top)
{
	for (int i = 0; i < n && i < r.w; i++) {
		bool held = i < n_held;
		enum role role = held ? ROLE_AREA : ROLE_AREA_NEXT;
		int e = (int)lround((double)v[i] / top * r.h * 8);
		if (v[i] > 0 && e < 1)
			e = 1;
		for (int k = 0; k < r.h; k++) {
			int part = e - (r.h - 1 - k) * 8;
			uint32_t cp = part >= 8	 ? G_BLOCK
				      : part > 0 ? G_EIGHTH + (uint32_t)part
						 : 0;
			if (!cp)
				continue;
			if (!held && c->mono)
				cp = G_SHADE;
			cv_cell(c, r.x + i, r.y + k, role, cp);
		}
	}
}

/* One dot of a 2x4 braille grid, or the block and ASCII pens' cell. */
void view_dot(struct canvas *c, struct rect r, double fx, double fy, enum role role)
{
	static const uint8_t bit[4][2] = {{1, 8}, {2, 16}, {4, 32}, {64, 128}};
	int px = (int)lround(fx * (r.w * 2 - 1)), py = (int)lround((1 - fy) * (r.h * 4 - 1));
	int x = r.x + px / 2, y = r.y + py / 4;
	uint32_t was;

	if (px < 0 || py < 0 || px >= r.w * 2 || py >= r.h * 4 || x >= c->cols || y >= c->rows)
		return;
	was = c->cell[(size_t)y * (size_t)c->cols + (size_t)x].cp;
	if (c->ascii || c->pen == PEN_ASCII)
		cv_cell(c, x, y, role, '*');
	else if (c->pen == PEN_BLOCK)
		cv_cell(c, x, y, role, 0x2580);
	else
		cv_cell(c, x, y, role,
			(was >= G_BRAILLE && was < G_BRAILLE + 256 ? was : G_BRAILLE) |
				bit[py % 4][px % 2]);
}

static float held_at(const struct snap_exit *x, double t)
{
	float left = (float)fabs(qty_to_double(x->total));

	for (uint32_t i = 0; i < x->n_trace && x->trace[i].t_s <= t; i++)
		left = x->trace[i].left;
	return left;
}

/* n holdings at even times from from_s to to_s, at t_s since the start. */
static float curve_at(const float *left, uint32_t n, double from_s, double to_s, double t_s)
{
	double at = to_s > from_s ? (t_s - from_s) / (to_s - from_s) * (n - 1) : n - 1;
	uint32_t i = at < 0 ? 0 : (uint32_t)at;

	if (i + 1 >= n)
		return left[n - 1];
	double f = at < 0 ? 0 : at - i;
	return (float)(left[i] * (1 - f) + left[i + 1] * f);
}

/* What is left by the schedule that runs. It may have begun later than the exit: solved anew. */
static float plan_at(const struct snap_exit *x, double t_s, double horizon)
{
	bool told = x->plan_to_s > x->plan_from_s;

	if (!x->n_plan)
		return (float)(fabs(qty_to_double(x->total)) * (1 - t_s / horizon));
	return curve_at(x->plan_left, x->n_plan, told ? x->plan_from_s : 0,
			told ? x->plan_to_s : horizon, t_s);
}

/* The schedule before the newest change, as a thin line: where the two differ. */
static void old_plan(struct canvas *c, struct rect r, const struct snap_exit *x, double horizon,
		     double now_s, double top)
{
	for (int i = 0; i < 2 * r.w; i++) {
		double f = (i + 0.5) / (2 * r.w), t = f * horizon;
		if (t < now_s || t > x->old_to_s)
			continue;
		double was = curve_at(x->old_left, x->n_old, x->old_from_s, x->old_to_s, t) / top;
		int y = r.y + (int)lround((1 - was) * (r.h * 4 - 1)) / 4, col = r.x + i / 2;
		if (y < r.y || y >= c->rows || col >= c->cols)
			continue;
		uint32_t cp = c->cell[(size_t)y * (size_t)c->cols + (size_t)col].cp;
		if (was > 0 && was <= 1 && cp != G_BLOCK && cp != G_SHADE &&
		    (cp <= G_EIGHTH || cp > G_EIGHTH + 8)) /* the new one is not covered */
			view_dot(c, r, f, was, ROLE_DIM);
	}
}

double chart_span_s(const struct ui *u, const struct snap_exit *x)
{
	bool live = exit_is_live(x);
	int64_t end = live ? x->planned_end_ms : x->end_ms, now = ui_wall_ms(u);

	if (live && now > end) /* late: what it does now stays on the paper */
		end = now;
	double h = (double)(end - x->start_ms) * 1e-3;
	return h > 1 ? h : 1;
}

/* Title, columns, axis: r.h rows, the first is the title, the last the axis. */
void view_chart(const struct ui *u, struct canvas *c, struct rect r, int gutter,
		const struct snap_exit *x)
{
	float v[CANVAS_COLS_MAX];
	double hs = chart_span_s(u, x), now = (double)(ui_wall_ms(u) - x->start_ms) * 1e-3;
	double top = chart_top(fabs(qty_to_double(x->total)));
	int h = r.h - 2;
	gutter = chart_gutter(gutter, top, h);
	int w = r.w - gutter;
	int n_held = (int)(now / hs * w + 0.5);

	if (h < 1 || w < 8)
		return;
	n_held = n_held < 0 ? 0 : n_held > w ? w : n_held;
	for (int i = 0; i < w; i++) {
		double t = (i + 0.5) / w;
		v[i] = i < n_held ? held_at(x, t * hs) : plan_at(x, t * hs, hs);
	}
	int at = cv_printf(c, r.x, r.y, ROLE_TITLE, "x%u left to %s" T_DIM "  %s", x->id,
			   x->buy ? "buy" : "sell", x->coin);
	const char *next = c->mono ? "\x19"
				     "░" T_DIM " planned"
				   : "\x19"
				     "■" T_DIM " planned";
	cv_rightf(c, at + 1, r.x + r.w, r.y, ROLE_AREA, "■" T_DIM " held  %s%s", next,
		  x->n_old && exit_is_live(x) ? T_DIM "  ⣀ old plan" : "");
	chart_labels(c, r, gutter, h, top);
	chart_columns(c, rect_make(r.x + gutter, r.y + 1, w, h), v, w, n_held, top);
	if (x->n_old && exit_is_live(x))
		old_plan(c, rect_make(r.x + gutter, r.y + 1, w, h), x, hs, now, top);
	int axis = r.y + r.h - 1, x0 = r.x + gutter;
	cv_put(c, x0, axis, ROLE_DIM, fmt_clock(x->start_ms).s);
	cv_right(c, x0 + 9, x0 + w, axis, ROLE_DIM, fmt_clock(x->start_ms + (int64_t)(hs * 1e3)).s);
	if (n_held > 9 && n_held < w - 11)
		cv_put(c, x0 + n_held - 2, axis, ROLE_ACCENT_B, "now");
}

/* The needle is the deviation from plan, the ends are the band that 1 moment in 20 passes. */
void view_glide(struct canvas *c, struct rect r, const struct snap_exit *x)
{
	double ahead = x->planned_left - fabs(qty_to_double(x->left)), cor = x->corridor;
	int half = 10, x0 = r.x + 15;
	int dec = cor < 100 ? 3 : 1;
	bool out = cor > 0 && fabs(ahead) > cor;

	if (r.w < 66) {
		cv_textf(c, r.x, r.y, r.w, ROLE_DIM, "%s %s%s" T_DIM " of ±%s %s%s",
			 ahead < 0 ? "behind" : "ahead", out ? T_CAUT : T_TEXT,
			 fmt_double(ahead, dec, SIGN_PLUS).s, fmt_double(cor, dec, 0).s, x->coin,
			 r.w >= 45 ? ", passed 1 time in 20" : "");
		return;
	}
	cv_right(c, r.x, x0 - 1, r.y, ROLE_DIM, "behind");
	cv_hline(c, x0, r.y, 2 * half + 3, ROLE_FAINT, G_THIN);
	cv_put(c, x0, r.y, ROLE_FAINT, "├");
	cv_put(c, x0 + 2 * half + 2, r.y, ROLE_FAINT, "┤");
	cv_put(c, x0 + half + 1, r.y, ROLE_DIM, "┼");
	double share = cor > 0 ? ahead / cor : 0;
	int pos = (int)lround(share * half);
	if (pos == 0 && fabs(share) > 0.02)
		pos = share > 0 ? 1 : -1;
	pos = pos > half + 1 ? half + 1 : pos < -half - 1 ? -half - 1 : pos;
	cv_cell(c, x0 + half + 1 + pos, r.y, out ? ROLE_CAUTION : ROLE_ACCENT_B, G_DOT);
	int at = cv_put(c, x0 + 2 * half + 4, r.y, ROLE_DIM, "ahead");
	struct num by = fmt_double(ahead, dec, SIGN_PLUS), end = fmt_double(cor, dec, 0);
	/* Late by a lot takes more cells: the coin goes first, the number never. */
	if (!cv_rightf(c, at + 1, r.x + r.w, r.y, ROLE_TEXT, "%s%s%s of ±%s %s", out ? T_CAUT : "",
		       out ? "! " : "", by.s, end.s, x->coin))
		cv_rightf(c, at + 1, r.x + r.w, r.y, ROLE_TEXT, "%s%s%s of ±%s", out ? T_CAUT : "",
			  out ? "! " : "", by.s, end.s);
}
