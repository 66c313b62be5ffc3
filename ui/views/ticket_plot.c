/* ticket_plot.c: the schedule and the frontier of the ticket as drawings. */
#include <math.h>
#include <stdio.h>

#include "ui/views/ticket_in.h"

void ticket_schedule(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct plan *p = &u->ticket.plan;
	float v[CANVAS_COLS_MAX];
	double total = qty_to_double(p->total), hs = (double)p->horizon_ms, top = chart_top(total);
	int h = r.h - 2, gutter = chart_gutter(4, top, h), w = r.w - gutter - 1;

	if (w < 8 || h < 2 || !u->ticket.valid)
		return;
	int at = cv_printf(c, r.x, r.y, ROLE_TITLE, "Left to %s" T_DIM "  %s",
			   u->ticket.problem.side == SIDE_SELL ? "sell" : "buy", u->ticket.t.coin);
	if (p->n > 1)
		cv_rightf(c, at + 2, r.x + r.w, r.y, ROLE_DIM, "%u slices, one every %s", p->n,
			  fmt_dur((double)p->spacing_ms * 1e-3).s);
	uint32_t k = 0;
	double left = total;
	for (int i = 0; i < w; i++) {
		double t = hs * (i + 0.5) / w;
		while (k < p->n && (double)p->at[k].at_ms <= t)
			left = qty_to_double(p->at[k++].left);
		v[i] = (float)(hs > 0 ? left : i == 0 ? total : 0);
	}
	chart_labels(c, r, gutter, h, top);
	chart_columns(c, rect_make(r.x + gutter, r.y + 1, w, h), v, w, w, top);
	int axis = r.y + h + 1;
	cv_put(c, r.x + gutter, axis, ROLE_DIM, "0");
	cv_right(c, r.x + 6, r.x + gutter + w, axis, ROLE_DIM, fmt_dur(hs * 1e-3).s);
	if (w >= 30 && hs > 0)
		cv_right(c, r.x + 6, r.x + gutter + 2 + w / 2, axis, ROLE_DIM,
			 fmt_dur(hs * 5e-4).s);
}

/* Axes of the frontier: what lies far beyond selling all now is worse in both, and not drawn. */
struct scale {
	double cost, sd;
	struct rect plot;
};

static bool scale_of(const struct ui_ticket *k, struct rect plot, struct scale *s)
{
	double all_now = k->ways[WAY_SWEEP].ok ? k->ways[WAY_SWEEP].cost.total : 0;

	*s = (struct scale){.plot = plot};
	for (uint32_t i = 0; i < k->n_front; i++) {
		s->cost = fmax(s->cost, k->front[i].cost);
		s->sd = fmax(s->sd, k->front[i].sd);
	}
	if (all_now > k->front[0].cost)
		s->cost = fmin(s->cost, 1.25 * all_now);
	s->cost = chart_top(fmax(s->cost, k->plan.cost.total));
	s->sd = chart_top(fmax(s->sd, k->plan.sd));
	return s->cost > 0 && s->sd > 0;
}

static void dot(struct canvas *c, const struct scale *s, double sd, double cost, enum role role)
{
	if (cost >= 0 && cost <= s->cost && sd <= s->sd)
		view_dot(c, s->plot, sd / s->sd, cost / s->cost, role);
}

/* A sign on the point, in the cell its dot would be in, and words beside it, where there is room.
 */
static void mark(struct canvas *c, const struct scale *s, double sd, double cost, enum role role,
		 uint32_t cp, const char *words, bool above)
{
	struct rect p = s->plot;
	int x = p.x + (int)lround(sd / s->sd * (p.w * 2 - 1)) / 2;
	int y = p.y + (int)lround((1 - cost / s->cost) * (p.h * 4 - 1)) / 4;

	if (cost < 0 || cost > s->cost || x < p.x || x >= p.x + p.w)
		return;
	cv_cell(c, x, y, role, cp);
	y = above && y > p.y + 1 ? y - 1 : y;
	int w = cv_width(words), room = p.x + p.w;
	if (x + 2 + w <= room)
		cv_put(c, x + 2, y, role, words);
	else if (w <= p.w) /* over the point, where the curve is lower */
		cv_put(c, room - w, y > p.y + 1 && above ? y - 1 : y, role, words);
}

static bool over(const struct ui *u, uint32_t i)
{
	const struct ui_ticket *k = &u->ticket;
	double p;

	(void)ticket_front_danger(u, i, &p);
	return k->t.risk.v && k->front[i].has_danger && p > ratio_to_double(k->t.risk);
}

static void curve(const struct ui *u, struct canvas *c, const struct scale *s)
{
	const struct ui_ticket *k = &u->ticket;
	double limit = -1, kept = -1; /* where the danger limit is crossed for good */

	for (int gy = 0; gy < 3; gy++)
		for (int gx = 0; gx < s->plot.w; gx += 3)
			cv_cell(c, s->plot.x + gx, s->plot.y + (s->plot.h - 1) * gy / 2, ROLE_FAINT,
				0xb7);
	for (uint32_t i = 0; i < k->n_front; i++)
		if (!over(u, i)) /* the fastest may be over it too: their cost eats the equity */
			kept = fmax(kept, k->front[i].sd);
	for (uint32_t i = 0; i < k->n_front; i++)
		if (over(u, i) && k->front[i].sd > kept && (limit < 0 || k->front[i].sd < limit))
			limit = k->front[i].sd;
	for (int gy = 0; limit >= 0 && gy < s->plot.h; gy++)
		cv_cell(c, s->plot.x + (int)(limit / s->sd * (s->plot.w - 1)), s->plot.y + gy,
			ROLE_CAUTION, gy % 2 ? ' ' : 0x2502);
	for (uint32_t i = 0; i + 1 < k->n_front; i++)
		for (int n = 0; n < 40; n++) {
			double f = n / 40.0;
			double cost = k->front[i].cost * (1 - f) + k->front[i + 1].cost * f;
			double sd = k->front[i].sd * (1 - f) + k->front[i + 1].sd * f;
			enum role role = over(u, i) ? ROLE_FAINT : ROLE_TEXT;
			dot(c, s, sd, cost, role);
			dot(c, s, sd, cost - s->cost / 4 / s->plot.h, role);
		}
	if (k->ways[WAY_SWEEP].ok) {
		char words[48];
		snprintf(words, sizeof words, "all now, %s",
			 fmt_usd(k->ways[WAY_SWEEP].cost.total, 9, 0).s);
		mark(c, s, k->ways[WAY_SWEEP].sd, k->ways[WAY_SWEEP].cost.total, ROLE_DIM, G_DOT,
		     words, false);
	}
}

/* Three scales: one standard deviation, when 95 % is sold, danger (a bound while it is one). */
static void axes(const struct ui *u, struct canvas *c, const struct scale *s, struct rect r)
{
	const struct ui_ticket *k = &u->ticket;
	double p;
	struct rect plot = s->plot;
	int y = plot.y + plot.h;
	bool danger = k->problem.account.known && y + 2 < r.y + r.h;

	for (int i = 0; i < 3; i++)
		cv_right(c, r.x, r.x + 7, plot.y + (plot.h - 1) * i / 2, ROLE_DIM,
			 fmt_usd(s->cost * (2 - i) / 2, 7, 0).s);
	cv_put(c, r.x, y, ROLE_DIM, "1 sd");
	if (y + 1 < r.y + r.h)
		cv_put(c, r.x, y + 1, ROLE_DIM, "95% by");
	if (danger)
		cv_put(c, r.x, y + 2, ROLE_DIM, ticket_front_danger(u, 0, &p) ? "danger" : "bound");
	for (int i = 0; i <= 4; i++) {
		double sd = s->sd * i / 4;
		int xe = plot.x + (plot.w - 1) * i / 4 + 1;
		const struct frontier_point *at = NULL;
		for (uint32_t n = 0; n < k->n_front; n++)
			if (fabs(k->front[n].sd - sd) <= s->sd / 8 &&
			    (!at || fabs(k->front[n].sd - sd) < fabs(at->sd - sd)))
				at = &k->front[n];
		cv_right(c, r.x + 5, xe < r.x + 8 ? r.x + 8 : xe, y, ROLE_DIM, fmt_usd(sd, 7, 0).s);
		if (!at || !i)
			continue;
		if (y + 1 < r.y + r.h)
			cv_right(c, r.x + 8, xe, y + 1, ROLE_DIM, fmt_dur(at->t95_s).s);
		(void)ticket_front_danger(u, (uint32_t)(at - k->front), &p);
		if (danger && plot.w >= 44)
			cv_right(c, r.x + 8, xe, y + 2, ROLE_DIM, fmt_chance(p, true).s);
		else if (danger)
			cv_rightf(c, r.x + 8, xe, y + 2, ROLE_DIM, "%s %%",
				  p < 0.002 ? "<0.2" : fmt_double(p * 100, 1, 0).s);
	}
}

void ticket_frontier(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct ui_ticket *k = &u->ticket;
	struct scale s;
	char label[96];

	if (r.h < 8) { /* a phone: the curve, its costs and risks, no words */
		if (k->valid && k->n_front && r.w >= 30 && r.h >= 5 &&
		    scale_of(k, rect_make(r.x + 8, r.y, r.w - 9, r.h - 2), &s)) {
			curve(u, c, &s);
			axes(u, c, &s, r);
			mark(c, &s, k->plan.sd, k->plan.cost.total, ROLE_ACCENT_B, 0x25c6, "plan",
			     true);
		} else {
			cv_text(c, r.x, r.y, r.w, ROLE_DIM,
				"one moment, or no room: no frontier. f: ways");
		}
		return;
	}
	cv_text(c, r.x, r.y, r.w, ROLE_TITLE,
		r.w >= 50 ? "Cost against risk" T_DIM "  each point is a schedule"
			  : "Cost against risk");
	if (!k->valid || !k->n_front || r.w < 21 || r.h < 8 ||
	    !scale_of(k, rect_make(r.x + 8, r.y + 2, r.w - 9, r.h - 5), &s)) {
		cv_text(c, r.x, r.y + 1, r.w, ROLE_DIM,
			!k->valid ? "no plan" : "This way has no frontier: it is one moment.");
		return;
	}
	cv_text(c, r.x, r.y + 1, r.w, ROLE_DIM,
		k->t.risk.v && r.w >= 54 ? "expected cost, USD" T_CAUT "   │" T_DIM
					   " right of it: over the danger limit"
					 : "expected cost, USD");
	curve(u, c, &s);
	axes(u, c, &s, r);
	snprintf(label, sizeof label, "plan, %s%s%s", fmt_usd(k->plan.cost.total, 9, 0).s,
		 ticket_looked(u) && k->look.ok ? ", " : "",
		 ticket_looked(u) && k->look.ok ? ticket_chance(u, k->way, true).s : "");
	mark(c, &s, k->plan.sd, k->plan.cost.total, ROLE_ACCENT_B, 0x25c6, label, true);
}
