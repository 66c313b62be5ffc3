/* exit_chart.c: what a running exit did, over the time of its plan: off plan, price and fills,
 * danger. All share the time axis of view_chart with a gutter of EXIT_GUTTER. */
#include <math.h>
#include <stdio.h>

#include "core/pool.h"
#include "ui/views/exit_in.h"
#include "base/banned.h"

struct plot {
	struct rect p;
	double span_s, lo, hi; /* of the axes */
};

static bool plot_make(struct plot *q, const struct ui *u, struct rect r, const struct snap_exit *x)
{
	*q = (struct plot){.p = rect_make(r.x + EXIT_GUTTER, r.y + 1, r.w - EXIT_GUTTER, r.h - 1),
			   .span_s = chart_span_s(u, x),
			   .lo = 1e300,
			   .hi = -1e300};
	return r.h >= 4 && q->p.w >= 10;
}

static void plot_reach(struct plot *q, double v)
{
	q->lo = fmin(q->lo, v);
	q->hi = fmax(q->hi, v);
}

static int plot_y(const struct plot *q, double v)
{
	return q->p.y + (int)lround((q->hi - v) / (q->hi - q->lo) * (q->p.h - 1));
}

static int plot_x(const struct plot *q, double t_s)
{
	return q->p.x + (int)(t_s / q->span_s * (q->p.w - 1));
}

static void plot_line(struct canvas *c, const struct plot *q, double ta, double a, double tb,
		      double b, enum role role)
{
	for (int k = 0; k < 12; k++) {
		double f = k / 12.0, t = (ta + (tb - ta) * f) / q->span_s;
		if (t >= 0 && t <= 1)
			view_dot(c, q->p, t, (a + (b - a) * f - q->lo) / (q->hi - q->lo), role);
	}
}

/* A level over the whole width, a dot in every other column. */
static void plot_level(struct canvas *c, const struct plot *q, double v, enum role role)
{
	for (int i = 0; i < q->p.w; i += 2)
		cv_cell(c, q->p.x + i, plot_y(q, v), role, 0xb7);
}

static double off_plan(const struct snap_point *t)
{
	return (double)(t->planned - t->left); /* ahead is + */
}

/* The trace lives in the engine's memory: after a restart it begins again, and says so. */
static void no_trace(const struct ui *u, struct canvas *c, struct rect r, const struct snap_exit *x,
		     const char *title)
{
	int64_t up_ms = ui_wall_ms(u) - (u->now_ns - u->snap->up_ns) / 1000000;

	cv_put(c, r.x, r.y, ROLE_TITLE, title);
	if (u->snap->up_ns && x->start_ms < up_ms)
		cv_textf(c, r.x + 1, r.y + 1, r.w - 1, ROLE_DIM,
			 "no trace before %s: the engine was started anew; fills and "
			 "slices are kept",
			 fmt_clock(up_ms).s);
	else
		cv_text(c, r.x + 1, r.y + 1, r.w - 1, ROLE_DIM, "no point of it yet");
}

/* The band as it was; now's where nothing has been yet. */
static void band(struct canvas *c, const struct plot *q, const struct snap_exit *x)
{
	uint32_t at = 0;

	for (int i = 0; i < q->p.w; i += 2) {
		double t = (double)i / q->p.w * q->span_s;
		while (at + 1 < x->n_trace && (double)x->trace[at + 1].t_s <= t)
			at++;
		bool past = t <= (double)x->trace[x->n_trace - 1].t_s;
		double b = past ? (double)x->trace[at].band : x->corridor;
		for (int k = -1; k <= 1; k += 2)
			cv_cell(c, q->p.x + i, plot_y(q, k * b), ROLE_FAINT, 0xb7);
	}
}

void exit_chart_off(const struct ui *u, struct canvas *c, struct rect r, const struct snap_exit *x)
{
	double ahead = x->planned_left - fabs(qty_to_double(x->left)), most = 1e-9;
	struct plot q;

	if (!plot_make(&q, u, r, x))
		return;
	if (!x->n_trace) {
		no_trace(u, c, r, x, "Off plan");
		return;
	}
	for (uint32_t i = 0; i < x->n_trace; i++) {
		double b = fmax(x->corridor, (double)x->trace[i].band);
		most = fmax(most, fmax(fabs(off_plan(&x->trace[i])), b) * 1.05);
	}
	q.lo = -most;
	q.hi = most;
	int at = cv_textf(c, r.x, r.y, r.w, ROLE_TITLE,
			  "Off plan" T_DIM "  %s; 1 in 20 moments passes ±%s", x->coin,
			  fmt_double(x->corridor, 3, 0).s);
	cv_rightf(c, at + 2, r.x + r.w, r.y, ROLE_TEXT, "%s" T_DIM " now",
		  fmt_double(ahead, 3, SIGN_PLUS).s);
	int dec = most < 10 ? 2 : most < 1000 ? 1 : 0;
	cv_num(c, r.x, plot_y(&q, most), 8, ROLE_DIM, fmt_double(most, dec, SIGN_PLUS).s);
	cv_num(c, r.x, plot_y(&q, 0), 8, ROLE_DIM, "0");
	cv_num(c, r.x, plot_y(&q, -most), 8, ROLE_DIM, fmt_double(-most, dec, SIGN_PLUS).s);
	band(c, &q, x);
	for (uint32_t i = 0; i + 1 < x->n_trace; i++) {
		const struct snap_point *t = &x->trace[i];
		double a = off_plan(t);
		plot_line(c, &q, (double)t->t_s, a, (double)t[1].t_s, off_plan(t + 1),
			  fabs(a) > (double)t->band ? ROLE_CAUTION : ROLE_ACCENT);
	}
}

/* The price it began at, its words behind now, where nothing is drawn yet. */
static void arrival(struct canvas *c, const struct plot *q, const struct snap_exit *x, int pxd)
{
	char words[48];
	double px = price_to_double(x->arrival);
	int from = plot_x(q, (double)x->trace[x->n_trace - 1].t_s) + 3;

	if (px < q->lo || px > q->hi)
		return;
	plot_level(c, q, px, ROLE_FAINT);
	snprintf(words, sizeof words, " start %s ", fmt_px(px, pxd).s);
	if (from + cv_width(words) < q->p.x + q->p.w)
		cv_put(c, q->p.x + q->p.w - cv_width(words), plot_y(q, px), ROLE_DIM, words);
}

void exit_chart_price(const struct ui *u, struct canvas *c, struct rect r,
		      const struct snap_exit *x, int pxd)
{
	struct plot q;

	if (!plot_make(&q, u, r, x))
		return;
	if (!x->n_trace) {
		no_trace(u, c, r, x, "Price");
		return;
	}
	for (uint32_t i = 0; i < x->n_trace; i++) {
		plot_reach(&q, (double)x->trace[i].px);
		if (x->trace[i].fill)
			plot_reach(&q, (double)x->trace[i].fill_px);
	}
	if (q.hi - q.lo < 1e-9)
		q.hi = q.lo + 1;
	const struct snap_point *last = &x->trace[x->n_trace - 1];
	int at = cv_textf(c, r.x, r.y, r.w, ROLE_TITLE,
			  "Price" T_DIM "  mark, and each fill: " T_ACC "○" T_DIM " posted  " T_ACC
			  "●" T_DIM " crossed");
	cv_rightf(c, at + 2, r.x + r.w, r.y, ROLE_TEXT, "%s" T_DIM " now",
		  fmt_px((double)last->px, pxd).s);
	for (int i = 0; i < 3; i++)
		cv_num(c, r.x, q.p.y + (q.p.h - 1) * i / 2, 8, ROLE_DIM,
		       fmt_px(q.hi - (q.hi - q.lo) * i / 2, pxd).s);
	arrival(c, &q, x, pxd);
	for (uint32_t i = 0; i + 1 < x->n_trace; i++)
		plot_line(c, &q, (double)x->trace[i].t_s, (double)x->trace[i].px,
			  (double)x->trace[i + 1].t_s, (double)x->trace[i + 1].px, ROLE_TEXT);
	for (uint32_t i = 0; i < x->n_trace; i++) {
		const struct snap_point *t = &x->trace[i];
		int col = plot_x(&q, (double)t->t_s);
		if (t->fill && col >= q.p.x && col < q.p.x + q.p.w)
			cv_cell(c, col, plot_y(&q, (double)t->fill_px), ROLE_ACCENT,
				t->fill == 1 ? G_RING : G_DOT);
	}
}

/* ---- danger over time, on a scale of odds: each step is as many times worse ---- */

static double odds_of(double p)
{
	return log(fmax(p, CHANCE_LEAST));
}

static double limit_of(const struct snap_exit *x)
{
	return x->ticket.risk.v ? ratio_to_double(x->ticket.risk) : 0;
}

/* When the schedule was solved anew: a light line from top to bottom. */
static void replan_lines(const struct ui *u, struct canvas *c, const struct plot *q,
			 const struct snap_exit *x)
{
	(void)u;
	for (uint32_t i = 0; x->replans && i <= x->n_past; i++) {
		int64_t ms = i ? x->past[i - 1].wall_ms : x->replan_ms;
		int col = plot_x(q, (double)(ms - x->start_ms) * 1e-3);
		for (int y = 0; y < q->p.h && col >= q->p.x && col < q->p.x + q->p.w; y++)
			cv_cell(c, col, q->p.y + y, ROLE_FAINT, 0x2502);
	}
}

void exit_chart_danger(const struct ui *u, struct canvas *c, struct rect r,
		       const struct snap_exit *x)
{
	static const double rung[] = {1, 0.1, 0.01, CHANCE_LEAST};
	double limit = limit_of(x), most = fmax(0.02, 2 * limit);
	struct plot q;

	if (!plot_make(&q, u, r, x))
		return;
	if (!x->n_trace) {
		no_trace(u, c, r, x, "Danger");
		return;
	}
	for (uint32_t i = 0; i < x->n_trace; i++)
		most = fmax(most, 1.2 * (double)x->trace[i].danger);
	q.lo = odds_of(0);
	q.hi = odds_of(fmin(most, 1));
	int at = cv_textf(c, r.x, r.y, r.w, ROLE_TITLE, "Danger" T_DIM "  %sbefore it is done%s",
			  r.w >= 80 ? "chance of liquidation " : "",
			  x->replans && r.w >= 80 ? "   │ solved anew" : "");
	if (limit > 0)
		cv_rightf(c, at + 2, r.x + r.w, r.y, ROLE_DIM, "limit " T_CAUT "· %s",
			  fmt_chance(limit, false).s);
	for (unsigned i = 0; i < sizeof rung / sizeof rung[0]; i++)
		if (odds_of(rung[i]) <= q.hi)
			cv_num(c, r.x, plot_y(&q, odds_of(rung[i])), 8, ROLE_DIM,
			       fmt_chance(rung[i], false).s);
	replan_lines(u, c, &q, x);
	if (limit > CHANCE_LEAST)
		plot_level(c, &q, odds_of(limit), ROLE_CAUTION);
	for (uint32_t i = 0; i + 1 < x->n_trace; i++) {
		const struct snap_point *t = &x->trace[i];
		if (t->danger >= 0 && t[1].danger >= 0)
			plot_line(c, &q, (double)t->t_s, odds_of((double)t->danger),
				  (double)t[1].t_s, odds_of((double)t[1].danger),
				  limit > 0 && (double)t->danger > limit ? ROLE_CAUTION
									 : ROLE_ACCENT);
	}
}

void exit_spark(struct canvas *c, int x0, int y, int w, const struct snap_exit *x)
{
	double limit = limit_of(x), top = log(0.1 / CHANCE_LEAST), worst[CANVAS_COLS_MAX];

	if (!x->n_trace || w < 4 || w > CANVAS_COLS_MAX)
		return;
	for (int i = 0; i < w; i++)
		worst[i] = -1;
	double last = fmax((double)x->trace[x->n_trace - 1].t_s, 1);
	for (uint32_t i = 0; i < x->n_trace; i++) {
		int col = (int)((double)x->trace[i].t_s / last * (w - 1));
		worst[col] = fmax(worst[col], (double)x->trace[i].danger);
	}
	for (int i = 0; i < w; i++) {
		if (i && worst[i] < 0) /* fewer points than columns */
			worst[i] = worst[i - 1];
		if (worst[i] < 0)
			continue;
		int e = (int)lround((odds_of(worst[i]) - odds_of(0)) / top * 8);
		e = e < 1 ? 1 : e > 8 ? 8 : e;
		cv_cell(c, x0 + i, y, limit > 0 && worst[i] > limit ? ROLE_CAUTION : ROLE_AREA,
			e == 8 ? G_BLOCK : G_EIGHTH + (uint32_t)e);
	}
}
