/* exit_chart.c: what a running exit did, over the time of its plan: off plan, price and fills. */
#include <math.h>

#include "ui/views/exit_in.h"
#include "base/banned.h"

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
void exit_chart_trace(const struct ui *u, struct canvas *c, struct rect r,
		      const struct snap_exit *x, bool price, int pxd)
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
