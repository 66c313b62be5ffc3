/* ticket.c: the exit ticket: five ways, knobs, schedule, the account afterwards, and the frontier
 * of cost against risk. Costs come from the planner as positive USD. */
#include "ui/views/view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "core/pool.h"

static const char *const knob_names[KNOBS] = {
	[KNOB_AMOUNT] = "amount",
	[KNOB_WITHIN] = "within",
	[KNOB_HOW] = "how",
	[KNOB_URGENCY] = "urgency",
	[KNOB_WORKING] = "working price",
	[KNOB_LAST] = "last price",
	[KNOB_DANGER] = "danger limit",
	[KNOB_CAP] = "volume cap",
	[KNOB_LATE] = "if late",
	[KNOB_SLICE] = "each slice",
	[KNOB_RANDOM] = "randomness",
	[KNOB_GUARD] = "guard",
	[KNOB_RUNS] = "runs on",
};

static const struct snap_leg *leg_of(const struct ui *u)
{
	return ui_leg_find(u->snap, u->ticket.t.coin, u->ticket.t.account);
}

static int price_decimals(const struct ui *u)
{
	const struct snap_leg *l = leg_of(u);

	return l ? fmt_px_decimals(price_to_double(l->mark), l->px_decimals) : 2;
}

/* Where the pool's equity is zero with the other legs still; 0 not known. */
static double zero_price(const struct ui *u, const struct snap_leg *l, double mark)
{
	double notional = money_to_double(l->notional);
	struct pool_leg leg = {.notional = l->szi.v < 0 ? -notional : notional};
	uint32_t at = (uint32_t)(l - u->snap->leg);

	for (uint32_t i = 0; i < u->snap->n_pools; i++) {
		const struct snap_pool *p = &u->snap->pool[i];
		if (p->has_equity && at >= p->first_leg && at < (uint32_t)p->first_leg + p->n_legs)
			return pool_zero_price(&leg, money_to_double(p->equity), mark);
	}
	return 0;
}

static void price_text(const struct ui *u, const struct price_spec *p, char *value, size_t vc,
		       char *note, size_t nc, bool last)
{
	const struct snap_leg *l = leg_of(u);
	double mark = l ? price_to_double(l->mark) : 0;
	double v = p->ref == PREF_ABS	      ? price_to_double(p->abs)
		   : p->ref == PREF_FROM_MARK ? mark * (1 + ratio_to_double(p->offset))
		   : p->ref == PREF_FROM_LIQ && l
			   ? price_to_double(l->liq) * (1 + ratio_to_double(p->offset))
			   : 0;

	if (p->ref == PREF_NONE && last && mark > 0) {
		double zero = zero_price(u, l, mark), away = l->max_leverage >= 20 ? 0.08 : 0.15;
		bool sell = l->szi.v > 0;
		v = mark * (sell ? 1 - away : 1 + away);
		bool nearer =
			zero > 0 && (sell ? zero > v && zero < mark : zero < v && zero > mark);
		v = nearer ? zero : v;
		snprintf(value, vc, "%s", fmt_double(v, price_decimals(u), 0).s);
		snprintf(note, nc, "%s %%%s; beyond it nothing %s",
			 fmt_pct((v / mark - 1) * 100, SIGN_PLUS).s, nearer ? ": equity zero" : "",
			 sell ? "sells" : "buys");
		return;
	}
	if (p->ref == PREF_NONE) {
		snprintf(value, vc, "none");
		snprintf(note, nc, "every price is taken");
		return;
	}
	snprintf(value, vc, "%s", v > 0 ? fmt_double(v, price_decimals(u), 0).s : "as typed");
	double zero = last && v > 0 && mark > 0 ? zero_price(u, l, mark) : 0;
	if (zero > 0 && (l->szi.v > 0 ? v < zero : v > zero)) {
		snprintf(note, nc, "! past equity zero %s: liquidation comes first",
			 fmt_double(zero, price_decimals(u), 0).s);
		return;
	}
	snprintf(note, nc, "%s%s%s",
		 mark > 0 && v > 0 ? fmt_pct((v / mark - 1) * 100, SIGN_PLUS).s : "",
		 mark > 0 && v > 0 ? " %; " : "",
		 last ? "beyond it nothing sells" : "beyond it only the danger rule sells");
}

/* "109,024" and where that is, or why there is none. */
static void guard_text(const struct ui *u, char *value, size_t vc, char *note, size_t nc)
{
	const struct ui_ticket *k = &u->ticket;
	const struct snap_leg *l = leg_of(u);
	struct num px = fmt_price(k->guard_px, l ? l->px_decimals : 6);
	double mark = l ? price_to_double(l->mark) : 0, at = price_to_double(k->guard_px);
	struct num away = fmt_pct(mark > 0 ? (at / mark - 1) * 100 : 0, SIGN_PLUS);

	if (k->guard == SG_NONE) {
		snprintf(value, vc, "none");
		snprintf(note, nc, "%s", k->guard_why[0] ? k->guard_why : "no position");
	} else if (k->guard == SG_IN_PLACE) {
		snprintf(value, vc, "%s", px.s);
		snprintf(note, nc, "%s %%; rests at the venue already", away.s);
	} else if (!k->t.guard) {
		snprintf(value, vc, "no");
		snprintf(note, nc, "default yes: %s%s", px.s,
			 k->guard_first ? ", before the working price" : "");
	} else {
		snprintf(value, vc, "%s", px.s);
		snprintf(note, nc,
			 k->guard_first ? "! fires before the working price"
					: "%s %%; goes first, stays at the venue",
			 away.s);
	}
}

/* The knobs below the prices. */
static void knob_limits(const struct ui *u, int k, char *value, size_t vc, char *note, size_t nc)
{
	static const char *const places[PLACE_COUNT] = {"cross", "post", "chase", "post 7s"};
	static const char *const place_notes[PLACE_COUNT] = {"takes at once", "rests at the touch",
							     "follows the touch, then crosses",
							     "then cross, at most 5 bp"};
	const struct ticket *t = &u->ticket.t;
	const struct ui_ticket *kt = &u->ticket;

	switch (k) {
	case KNOB_DANGER:
		snprintf(value, vc, "%s",
			 t->risk.v ? fmt_chance(ratio_to_double(t->risk), false).s : "none");
		snprintf(note, nc, "%s",
			 t->risk.v ? "crossed: sells down to the last price"
				   : "danger only alarms");
		break;
	case KNOB_CAP:
		snprintf(value, vc, "%s %%", fmt_double(ratio_to_double(t->cap) * 100, 0, 0).s);
		snprintf(note, nc, "of volume; danger overrides it");
		break;
	case KNOB_LATE:
		snprintf(value, vc, "%s", t->catch_up == CATCH_BY ? "keep end" : "keep pace");
		snprintf(note, nc, "%s",
			 t->catch_up == CATCH_BY ? "faster after a gap, up to 3x"
						 : "no catch-up; the end moves, pace cap 1.5x");
		break;
	case KNOB_SLICE:
		snprintf(value, vc, "%s", places[t->place % PLACE_COUNT]);
		snprintf(note, nc, "%s", place_notes[t->place % PLACE_COUNT]);
		break;
	case KNOB_RANDOM:
		if (t->declared) {
			snprintf(value, vc, "declared");
			snprintf(note, nc, "even, for all to see");
			break;
		}
		snprintf(value, vc, "%s %%",
			 fmt_double(ratio_to_double((struct ratio){t->random.v}) * 100, 0, 0).s);
		snprintf(note, nc, "size, time%s%s%s", kt->valid ? "; costs " : "",
			 kt->valid ? fmt_double(kt->plan.jitter_cost, 0, 0).s : "",
			 kt->valid ? " USD" : "");
		break;
	case KNOB_GUARD:
		guard_text(u, value, vc, note, nc);
		break;
	default:
		snprintf(value, vc, "%s", t->algo == ALGO_VENUE_TWAP ? "the venue" : "this host");
		snprintf(note, nc, "%s",
			 t->algo == ALGO_VENUE_TWAP ? "30s slots, none of these limits"
						    : "v at the venue: TWAP, no limits");
	}
}

static void knob_text(const struct ui *u, int k, char *value, size_t vc, char *note, size_t nc)
{
	const struct ticket *t = &u->ticket.t;
	const struct ui_ticket *kt = &u->ticket;
	const struct snap_leg *l = leg_of(u);
	double held = l ? fabs(qty_to_double(l->szi)) : 0, q = qty_to_double(kt->problem.size);

	value[0] = note[0] = 0;
	switch (k) {
	case KNOB_AMOUNT:
		snprintf(value, vc, "%s %%", held > 0 ? fmt_double(q / held * 100, 0, 0).s : "–");
		snprintf(note, nc, "%s %s", l ? fmt_size(kt->problem.size, l->sz_decimals).s : "–",
			 t->coin);
		break;
	case KNOB_WITHIN:
		snprintf(value, vc, "%s",
			 t->until_ms	 ? fmt_clock(t->until_ms).s
			 : t->horizon_ms ? fmt_dur((double)t->horizon_ms * 1e-3).s
					 : "at once");
		if (kt->valid && kt->plan.n > 1)
			snprintf(note, nc, "%u slices, one every %s", kt->plan.n,
				 fmt_dur((double)kt->plan.spacing_ms * 1e-3).s);
		break;
	case KNOB_HOW:
		snprintf(value, vc, "%s", algo_text(t->algo));
		snprintf(note, nc, "%s",
			 t->algo == ALGO_AC	 ? "Almgren-Chriss, fast first"
			 : t->algo == ALGO_TWAP	 ? "even slices"
			 : t->algo == ALGO_SWEEP ? "all at once"
						 : "the venue's own TWAP, reduce-only");
		break;
	case KNOB_URGENCY:
		snprintf(value, vc, "%s", fmt_double(ratio_to_double(t->urgency), 2, 0).s);
		snprintf(note, nc, "0 even, 1 nearly at once; for ac");
		break;
	case KNOB_WORKING:
		price_text(u, &t->working, value, vc, note, nc, false);
		break;
	case KNOB_LAST:
		price_text(u, &t->last, value, vc, note, nc, true);
		break;
	default:
		knob_limits(u, k, value, vc, note, nc);
	}
}

static void way_row(const struct ui *u, struct canvas *c, const struct layout *l, int y, int i)
{
	const struct ui_ticket *k = &u->ticket;
	const struct plan_way *w = &k->ways[i];
	bool sel = k->way == i, m = l->size >= SIZE_M;
	bool over = w->has_danger && k->t.risk.v && w->danger > ratio_to_double(k->t.risk) * 1.0001;
	bool over_cap = w->has_volume && w->volume_share > ratio_to_double(k->t.cap) * 1.0001;
	char danger[48], vol[24];

	cv_put(c, 2, y, ROLE_KEY, (char[]){(char)('1' + i), 0});
	cv_text(c, 4, y, 11, sel ? ROLE_STRONG : ROLE_TEXT, plan_way_name[i]);
	if (sel) {
		cv_put(c, 0, y, ROLE_ACCENT_B, "▸");
		cv_select(c, 0, y, l->cols);
	}
	if (!w->ok) {
		cv_text(c, 17, y, l->cols - 19, ROLE_KEY_OFF,
			w->reason[0] ? w->reason : "not computed yet");
		if (sel)
			cv_select(c, 0, y, l->cols);
		return;
	}
	snprintf(danger, sizeof danger, "%s%s", over ? "! " : "",
		 i == WAY_SWEEP	  ? "none"
		 : !w->has_danger ? "–"
				  : fmt_chance(w->danger, true).s);
	snprintf(vol, sizeof vol, "%s%s%s", over_cap && m ? "! " : "",
		 !w->has_volume ? (i == WAY_SWEEP ? (m ? "the book" : "book") : "–")
		 : w->volume_share >= 10 /* more would run into the column before it */
			 ? ">999"
			 : fmt_double(w->volume_share * 100, w->volume_share < 0.0995 ? 1 : 0, 0).s,
		 w->has_volume ? " %" : "");
	double model = w->cost.share[SRC_MODEL] * 100, old = w->cost.share[SRC_OLD] * 100;
	int im = (int)lround(model), io = (int)lround(old), iy = 100 - im - io;
	if (m) {
		cv_right(c, 15, 26, y, ROLE_TEXT, fmt_clock(w->end_ms).s);
		cv_num(c, 27, y, 10, ROLE_STRONG, fmt_usd(w->cost.total, 10, 0).s);
		cv_num(c, 38, y, 6, ROLE_DIM,
		       fmt_double(w->cost.bp, w->cost.bp < 1000 ? 1 : 0, 0).s);
		cv_num(c, 45, y, 12, ROLE_TEXT, fmt_usd(w->bad_1in20, 10, 0).s);
		cv_num(c, 58, y, 8, ROLE_DIM, fmt_usd(w->cost.funding, 8, 0).s);
		cv_right(c, 66, 77, y, over_cap ? ROLE_CAUTION : ROLE_DIM, vol);
		cv_right(c, 77, 89, y, over ? ROLE_CAUTION : ROLE_TEXT, danger);
		if (w->has_dies)
			cv_rightf(c, 89, 102, y, ROLE_TEXT, "BTC %s %%",
				  fmt_pct(w->dies_pct, SIGN_PLUS).s);
		cv_rightf(c, 103, 119, y, ROLE_DIM, "%d/%d/%d %%", iy, io, im);
	} else {
		cv_right(c, 15, 25, y, ROLE_TEXT, fmt_clock(w->end_ms).s);
		cv_num(c, 25, y, 7, ROLE_STRONG, fmt_usd(w->cost.total, 7, 0).s);
		if (l->cols >= 44)
			cv_num(c, 33, y, 8, ROLE_TEXT, fmt_usd(w->bad_1in20, 8, 0).s);
		if (l->cols >= 60)
			cv_num(c, 41, y, 6, ROLE_DIM, fmt_usd(w->cost.funding, 6, 0).s);
		if (l->cols >= 80) {
			cv_right(c, 47, 54, y, over_cap ? ROLE_CAUTION : ROLE_DIM, vol);
			cv_right(c, 54, 65, y, over ? ROLE_CAUTION : ROLE_TEXT, danger);
			cv_num(c, 66, y, 7, ROLE_TEXT,
			       w->has_dies ? fmt_pct(w->dies_pct, SIGN_PLUS).s : "–");
			cv_rightf(c, 73, 79, y, ROLE_DIM, "%d %%", im);
		} else if (l->cols >= 60) {
			cv_right(c, 47, 59, y, over ? ROLE_CAUTION : ROLE_TEXT, danger);
		}
	}
	if (sel)
		cv_select(c, 0, y, l->cols);
}

static void way_heading(struct canvas *c, const struct layout *l, int y)
{
	bool m = l->size >= SIZE_M;

	cv_put(c, 4, y, ROLE_DIM, "way");
	cv_right(c, 0, m ? 26 : 25, y, ROLE_DIM, "ends");
	cv_right(c, 0, m ? 37 : 32, y, ROLE_DIM, m ? "cost USD" : "cost");
	if (m) {
		cv_right(c, 0, 44, y, ROLE_DIM, "bp");
		cv_right(c, 0, 57, y, ROLE_DIM, "1 in 20 bad");
		cv_right(c, 0, 66, y, ROLE_DIM, "funding");
		cv_right(c, 0, 77, y, ROLE_DIM, "of volume");
		cv_right(c, 0, 89, y, ROLE_DIM, "danger");
		cv_right(c, 0, 102, y, ROLE_DIM, "then dies at");
		cv_right(c, 0, 119, y, ROLE_DIM, "young old model");
		return;
	}
	if (l->cols >= 44)
		cv_right(c, 0, 41, y, ROLE_DIM, "1 in 20");
	if (l->cols >= 60)
		cv_right(c, 0, 47, y, ROLE_DIM, "fund");
	if (l->cols >= 80) {
		cv_right(c, 0, 54, y, ROLE_DIM, "vol");
		cv_right(c, 0, 65, y, ROLE_DIM, "danger");
		cv_right(c, 0, 73, y, ROLE_DIM, "dies");
		cv_right(c, 0, 79, y, ROLE_DIM, "model");
	} else if (l->cols >= 60) {
		cv_right(c, 0, 59, y, ROLE_DIM, "danger");
	}
}

static void knobs(const struct ui *u, struct canvas *c, const struct layout *l, int y, int bottom,
		  int w)
{
	char value[48], note[120];
	int n = bottom - y, top = 0;

	if (n < KNOBS && u->ticket.knob >= n)
		top = u->ticket.knob - n + 1;
	for (int k = top; k < KNOBS && y < bottom; k++, y++) {
		bool sel = u->ticket.knob == k;
		knob_text(u, k, value, sizeof value, note, sizeof note);
		cv_text(c, 2, y, 14, sel ? ROLE_ACCENT_B : ROLE_DIM, knob_names[k]);
		cv_text(c, 17, y, w - 17 < 10 ? w - 17 : 10, sel ? ROLE_ACCENT_B : ROLE_STRONG,
			value);
		if (w > 40)
			cv_text(c, 28, y, w - 28, ROLE_DIM, note);
		if (sel)
			cv_put(c, 0, y, ROLE_ACCENT_B, "▸");
	}
	(void)l;
}

static void schedule(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct plan *p = &u->ticket.plan;
	float v[CANVAS_COLS_MAX];
	int w = r.w - 5, h = r.h - 2;
	double total = qty_to_double(p->total), hs = (double)p->horizon_ms;

	if (w < 8 || h < 2 || !u->ticket.valid)
		return;
	cv_printf(c, r.x, r.y, ROLE_TITLE, "Left to %s" T_DIM "  %s",
		  u->ticket.problem.side == SIDE_SELL ? "sell" : "buy", u->ticket.t.coin);
	uint32_t k = 0;
	double left = total;
	for (int i = 0; i < w; i++) {
		double t = hs * (i + 0.5) / w;
		while (k < p->n && (double)p->at[k].at_ms <= t)
			left = qty_to_double(p->at[k++].left);
		v[i] = (float)(hs > 0 ? left : i == 0 ? total : 0);
	}
	double top = chart_top(total);
	cv_right(c, r.x, r.x + 3, r.y + 1, ROLE_DIM,
		 (top < 999 ? fmt_double(top, top < 1 ? 1 : 0, 0) : fmt_km(top, 0)).s);
	cv_right(c, r.x, r.x + 3, r.y + h, ROLE_DIM, "0");
	chart_columns(c, rect_make(r.x + 4, r.y + 1, w, h), v, w, w, top);
	cv_put(c, r.x + 4, r.y + h + 1, ROLE_DIM, "0");
	cv_right(c, r.x + 6, r.x + 4 + w, r.y + h + 1, ROLE_DIM, fmt_dur(hs * 1e-3).s);
}

static void after(const struct ui *u, struct canvas *c, const struct layout *l, int y, int bottom)
{
	const struct plan_after *a = u->ticket.after;
	static const char *const rows[] = {"held", "dies at BTC %", "1-in-10 in", "maintenance %",
					   "free USD"};
	bool m = l->size >= SIZE_M;
	int x0 = m ? 28 : 16, w = m ? 16 : 12;

	if (bottom - y < 3 || !u->ticket.valid || l->cols < 80)
		return;
	cv_put(c, 1, y, ROLE_TITLE, "Account" T_DIM "  marks unchanged");
	for (int i = 0; i < PLAN_AFTER; i++)
		cv_right(c, 0, x0 + w * (i + 1), y, ROLE_DIM,
			 i == 0		       ? "now"
			 : i == PLAN_AFTER - 1 ? "done"
					       : fmt_dur((double)a[i].at_ms * 1e-3).s);
	y++;
	for (int k = 0; k < 5 && y < bottom; k++, y++) {
		cv_textf(c, 2, y, x0 - 3, ROLE_DIM, "%s%s%s", k == 0 ? u->ticket.t.coin : "",
			 k == 0 ? " " : "", rows[k]);
		for (int i = 0; i < PLAN_AFTER; i++) {
			struct num n = {"–"};
			if (k == 0)
				n = fmt_size5(
					(struct qty){a[i].held.v < 0 ? -a[i].held.v : a[i].held.v});
			else if (k == 1 && a[i].has_dies)
				n = fmt_pct(a[i].dies_pct, SIGN_PLUS);
			else if (k == 2 && a[i].has_pool)
				n = fmt_touch(a[i].touch10_s);
			else if (k == 3 && a[i].has_pool)
				n = fmt_double(a[i].maintenance_pct, 1, 0);
			else if (k == 4 && a[i].has_pool)
				n = fmt_usd(a[i].free_usd, 12, 0);
			cv_num(c, x0 + w * i, y, w, i == PLAN_AFTER - 1 ? ROLE_STRONG : ROLE_TEXT,
			       n.s);
		}
	}
}

static void frontier(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct ui_ticket *k = &u->ticket;
	static const char *const holds[] = {"cost", "deadline", "danger"};
	double max_cost = 0, max_sd = 0;
	struct rect plot = rect_make(r.x + 8, r.y + 2, r.w - 9, r.h - 4);

	cv_textf(c, r.x, r.y, r.w, ROLE_TITLE,
		 "Cost against risk" T_DIM "  by schedule; Tab holds " T_ACC "%s",
		 holds[k->hold % 3]);
	if (!k->valid || !k->n_front || plot.w < 12 || plot.h < 3) {
		cv_text(c, r.x, r.y + 1, r.w, ROLE_DIM,
			"This way has no frontier: it is one moment.");
		return;
	}
	for (uint32_t i = 0; i < k->n_front; i++) {
		max_cost = fmax(max_cost, k->front[i].cost);
		max_sd = fmax(max_sd, k->front[i].sd);
	}
	max_cost = chart_top(max_cost);
	max_sd = chart_top(max_sd);
	cv_textf(c, r.x, r.y + 1, r.w, ROLE_DIM, "expected cost, USD");
	for (int gy = 0; gy<plot.h; gy += (plot.h - 1) / 2> 0 ? (plot.h - 1) / 2 : 1)
		for (int gx = 0; gx < plot.w; gx += 3)
			cv_cell(c, plot.x + gx, plot.y + gy, ROLE_FAINT, 0xb7);
	double limit = -1; /* where the danger limit is crossed first */
	for (uint32_t i = 0; i < k->n_front; i++)
		if (k->t.risk.v && k->front[i].has_danger &&
		    k->front[i].danger > ratio_to_double(k->t.risk) &&
		    (limit < 0 || k->front[i].sd < limit))
			limit = k->front[i].sd;
	for (int gy = 0; limit >= 0 && gy < plot.h; gy++)
		cv_cell(c, plot.x + (int)(limit / max_sd * (plot.w - 1)), plot.y + gy, ROLE_CAUTION,
			G_PLAN);
	for (uint32_t i = 0; i + 1 < k->n_front; i++)
		for (int n = 0; n < 40; n++) {
			double f = n / 40.0;
			double cost = k->front[i].cost * (1 - f) + k->front[i + 1].cost * f;
			double sd = k->front[i].sd * (1 - f) + k->front[i + 1].sd * f;
			bool over = k->t.risk.v && k->front[i].has_danger &&
				    k->front[i].danger > ratio_to_double(k->t.risk);
			view_dot(c, plot, sd / max_sd, cost / max_cost,
				 over ? ROLE_FAINT : ROLE_TEXT);
			view_dot(c, plot, sd / max_sd, cost / max_cost - 0.25 / plot.h,
				 over ? ROLE_FAINT : ROLE_TEXT);
		}
	for (int i = 0; i < 3; i++)
		cv_right(c, r.x, r.x + 7, plot.y + (plot.h - 1) * i / 2, ROLE_DIM,
			 fmt_usd(max_cost * (2 - i) / 2, 7, 0).s);
	int x = plot.x + (int)(k->plan.sd / max_sd * (plot.w - 1));
	int y = plot.y + (int)((1 - k->plan.cost.total / max_cost) * (plot.h - 1));
	if (x >= plot.x && x < plot.x + plot.w && y >= plot.y && y < plot.y + plot.h) {
		char label[48];
		snprintf(label, sizeof label, "plan, %s", fmt_usd(k->plan.cost.total, 9, 0).s);
		cv_cell(c, x, y, ROLE_ACCENT_B, 0x25c6);
		if (x + 2 + cv_width(label) < r.x + r.w)
			cv_put(c, x + 2, y > plot.y ? y - 1 : y, ROLE_ACCENT_B, label);
	}
	y = plot.y + plot.h;
	cv_put(c, r.x, y, ROLE_DIM, "1 sd");
	for (int i = 0; i <= 4; i++) {
		double sd = max_sd * i / 4, t95 = 0, dg = -1;
		int xe = plot.x + (plot.w - 1) * i / 4 + 1;
		for (uint32_t n = 0; n < k->n_front; n++)
			if (fabs(k->front[n].sd - sd) <= max_sd / 8) {
				t95 = k->front[n].t95_s;
				dg = k->front[n].has_danger ? k->front[n].danger : -1;
				break;
			}
		cv_right(c, r.x + 5, xe < r.x + 8 ? r.x + 8 : xe, y, ROLE_DIM, fmt_usd(sd, 7, 0).s);
		if (t95 > 0 && i) {
			cv_right(c, r.x + 8, xe, y + 1, ROLE_DIM, fmt_dur(t95).s);
			if (dg >= 0 && r.h > 8)
				cv_rightf(c, r.x + 8, xe, y + 2, ROLE_DIM, "%s %%",
					  fmt_double(dg * 100, 1, 0).s);
		}
	}
	cv_put(c, r.x, y + 1, ROLE_DIM, "95% by");
	if (r.h > 8)
		cv_put(c, r.x, y + 2, ROLE_DIM, "danger");
}

static void confirm(struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct ui_ticket *k = &u->ticket;
	const struct snap_leg *leg = leg_of(u);
	char s1[240] = "", s2[200] = "", sends[64], p1[48], p2[48], note[120];

	if (!k->valid) {
		snprintf(s1, sizeof s1, T_CAUT "%s", k->err.text[0] ? k->err.text : "No plan yet.");
		view_confirm(u, c, l, "No plan: nothing can be started.", "", "", s1, NULL);
		return;
	}
	price_text(u, &k->t.working, p1, sizeof p1, note, sizeof note, false);
	price_text(u, &k->t.last, p2, sizeof p2, note, sizeof note, true);
	snprintf(sends, sizeof sends, k->tunes ? "tunes x%u" : "starts it, sends slice 1",
		 k->tunes);
	snprintf(s1, sizeof s1, "%s %s %s by %s, working price %s, last price %s.%s",
		 k->problem.side == SIDE_SELL ? "Sell" : "Buy",
		 leg ? fmt_size(k->problem.size, leg->sz_decimals).s : "–", k->t.coin,
		 fmt_clock(k->plan.end_ms).s, p1, p2,
		 l->cols < 100			       ? ""
		 : k->guard == SG_IN_PLACE	       ? " The guard stands."
		 : k->t.guard && k->guard != SG_NONE   ? " The guard goes first."
		 : leg && leg->stop_state == STOP_NONE ? " No guard: NO STOP stays."
						       : "");
	snprintf(s2, sizeof s2, "Cost %s USD (%s bp), 1 in 20 worse than %s.%s%s%s",
		 fmt_usd(k->plan.cost.total, 12, 0).s, fmt_double(k->plan.cost.bp, 1, 0).s,
		 fmt_usd(k->plan.bad_1in20, 12, 0).s, k->plan.has_danger ? " Danger " : "",
		 k->plan.has_danger ? fmt_chance(k->plan.danger, false).s : "",
		 k->plan.has_danger ? "." : "");
	bool guard = k->t.guard && k->guard != SG_NONE && k->guard != SG_IN_PLACE;
	struct num gpx = fmt_price(k->guard_px, leg ? leg->px_decimals : 6);
	if (guard && k->guard_first && l->cols >= 100) {
		size_t n = strlen(s2);
		snprintf(s2 + n, sizeof s2 - n, T_CAUT " ! The guard at %s fires before %s.", gpx.s,
			 p1);
	}
	if (l->cols < 100) { /* the same facts in fewer words */
		snprintf(s1, sizeof s1, "%s %s %s by %s, working %s, last %s.%s%s%s",
			 k->problem.side == SIDE_SELL ? "Sell" : "Buy",
			 fmt_size5(k->problem.size).s, k->t.coin, fmt_clock(k->plan.end_ms).s, p1,
			 p2, guard && !k->guard_first && l->cols >= 80 ? " Guard " : "",
			 guard && !k->guard_first && l->cols >= 80 ? gpx.s : "",
			 guard && !k->guard_first && l->cols >= 80 ? " first." : "");
		snprintf(s2, sizeof s2, "Cost %s, 1 in 20 over %s.%s%s%s%s%s%s",
			 fmt_usd(k->plan.cost.total, 9, 0).s, fmt_usd(k->plan.bad_1in20, 9, 0).s,
			 k->plan.has_danger ? " Danger " : "",
			 k->plan.has_danger ? fmt_chance(k->plan.danger, true).s : "",
			 k->plan.has_danger ? "." : "",
			 guard && k->guard_first ? T_CAUT " ! Guard " : "",
			 guard && k->guard_first ? gpx.s : "",
			 guard && k->guard_first ? " is before it." : "");
	}
	if (k->tunes)
		view_confirm(u, c, l, "s tune, then Y within 3 s sends.", "s tune", sends, s1, s2);
	else
		view_confirm(u, c, l, "s start, then Y within 3 s sends.", "s start", sends, s1,
			     s2);
}

/* A way that the volume cap holds back ends later than its row says; true when it was said. */
static bool capped(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	const struct ui_ticket *k = &u->ticket;
	const struct plan_way *w = &k->ways[k->way];
	double cap = ratio_to_double(k->t.cap);

	if (!w->ok || !w->has_volume || cap <= 0 || w->volume_share <= cap * 1.0001)
		return false;
	double late = (double)w->horizon_ms * (w->volume_share / cap - 1);
	bool day = late < 12 * 3600e3; /* beyond that a time of day would be read as today's */
	struct num when = day ? fmt_clock(w->end_ms + (int64_t)late)
			      : fmt_dur(((double)w->horizon_ms + late) * 1e-3);

	if (l->size < SIZE_M)
		cv_textf(c, 1, y, l->cols - 2, ROLE_CAUTION,
			 "! the volume cap of %s %% holds it back: %s %s, danger aside",
			 fmt_double(cap * 100, 0, 0).s, day ? "ends near" : "takes", when.s);
	else
		cv_textf(c, 4, y, l->cols - 5, ROLE_CAUTION,
			 "! the volume cap of %s %% holds it back: it would %s %s, unless danger "
			 "or { } change that.",
			 fmt_double(cap * 100, 0, 0).s, day ? "end near" : "take", when.s);
	return true;
}

static void explain(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	const struct ui_ticket *k = &u->ticket;
	struct num hold = {"–"};

	if (k->valid && k->plan.has_danger)
		hold = fmt_chance(k->plan.danger_hold, false);
	if (l->size < SIZE_M) {
		if (capped(u, c, l, y))
			return;
		cv_textf(c, 1, y, l->cols - 2, ROLE_DIM,
			 "danger before it is done; idle: " T_TEXT "%s" T_DIM
			 ".  dies: BTC %%, when done",
			 hold.s);
		return;
	}
	cv_textf(c, 4, y, l->cols - 5, ROLE_DIM,
		 "danger: chance that the pool is liquidated before the exit is done. Doing "
		 "nothing as long: " T_TEXT "%s",
		 hold.s);
	cv_text(c, 4, y + 1, l->cols - 5, ROLE_DIM,
		"cost is: young, fees and a book under 3 s;  old, an older book;  model, impact "
		"and refill.");
	if (capped(u, c, l, y + 2))
		return;
	for (int i = 0; i < WAYS; i++)
		if (k->ways[i].ok && k->ways[i].has_danger && k->t.risk.v &&
		    k->ways[i].danger > ratio_to_double(k->t.risk) * 1.0001) {
			cv_text(c, 4, y + 2, l->cols - 5, ROLE_CAUTION,
				"! rows with ! cross the danger limit: they would then sell faster "
				"than shown.");
			break;
		}
}

/* What the frontier's numbers rest on, each with its source. */
static void estimates(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct plan_problem *p = &u->ticket.problem;
	const struct snap_leg *leg = leg_of(u);
	const struct snap_book *b = leg ? ui_book(u->snap, leg->coin) : NULL;
	struct impact im;
	char v[48], n[120];
	int y = r.y;

	if (!leg || !u->ticket.valid)
		return;
	plan_impact(p, &im);
	cv_put(c, r.x, y++, ROLE_TITLE, "Estimates" T_DIM "  and what stands behind them");
	double age = p->book ? (double)p->book_age_ns * 1e-9 : -1;
	for (int i = 0; i < 6 && y < r.y + r.h; i++, y++) {
		static const char *const names[] = {"volatility",	"depth in 10 bp",
						    "depth returns in", "fees",
						    "funding",		"own fills"};
		v[0] = n[0] = 0;
		switch (i) {
		case 0:
			snprintf(v, sizeof v, "%s %% /y", fmt_double(p->sigma_year * 100, 0, 0).s);
			snprintf(n, sizeof n,
				 b && b->sigma_raw > 0 ? "%s x 1.4, %u samples" : "no samples yet",
				 fmt_double(b ? b->sigma_raw * 100 : 0, 0, 0).s,
				 b ? b->sigma_samples : 0);
			break;
		case 1:
			snprintf(v, sizeof v, "%s", fmt_double(im.depth_10bp, 2, 0).s);
			snprintf(n, sizeof n, "%s, %s, ends at %s bp", leg->coin,
				 age < 0   ? "no book"
				 : age < 3 ? "young"
					   : "old",
				 fmt_double(im.reach_bp, 0, SIGN_PLUS).s);
			break;
		case 2:
			snprintf(v, sizeof v, "%s", fmt_dur(im.refill_s).s);
			snprintf(n, sizeof n, "model: prior");
			break;
		case 3:
			snprintf(v, sizeof v, "%s / %s", fmt_double(p->fee_taker * 1e4, 1, 0).s,
				 fmt_double(p->fee_maker * 1e4, 1, 0).s);
			snprintf(n, sizeof n, "bp, taker / maker, venue");
			break;
		case 4:
			snprintf(v, sizeof v, "%s / h",
				 fmt_money(leg->funding_per_hour, 8, SIGN_PLUS).s);
			snprintf(n, sizeof n, "USD, the whole position");
			break;
		default:
			snprintf(v, sizeof v, "none");
			snprintf(n, sizeof n, "model until it has some");
		}
		cv_put(c, r.x + 1, y, ROLE_DIM, names[i]);
		cv_text(c, r.x + 19, y, 11, ROLE_TEXT, v);
		cv_text(c, r.x + 31, y, r.w - 31, ROLE_DIM, n);
	}
}

void view_ticket(struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct snap_leg *leg = leg_of(u);
	const struct ui_ticket *k = &u->ticket;
	int y = l->body.y, bottom = l->rule_y, w = l->cols;
	bool m = l->size >= SIZE_M;
	char head[240];

	double held = leg ? fabs(qty_to_double(leg->szi)) : 0;
	snprintf(head, sizeof head,
		 "%s %s" T_DIM "  %s " T_STRONG "%s" T_DIM "%s%s" T_DIM "  %s " T_STRONG "%s" T_DIM
		 "%s%s%s" T_DIM "%s" T_STRONG "%s",
		 k->tunes ? "Tune" : "Exit", k->t.coin, leg && leg->szi.v < 0 ? "SHORT" : "LONG",
		 leg ? fmt_size((struct qty){llabs(leg->szi.v)}, leg->sz_decimals).s : "–",
		 m ? "   mark " T_TEXT : "",
		 m && leg ? fmt_price(leg->mark, leg->px_decimals).s : "",
		 leg && leg->szi.v < 0 ? "buy" : "sell",
		 leg ? fmt_size(k->problem.size, leg->sz_decimals).s : "–", m ? " (" : "",
		 m && held > 0 ? fmt_double(qty_to_double(k->problem.size) / held * 100, 0, 0).s
			       : "",
		 m ? " %)" : "", w >= 60 ? "  danger limit " : "",
		 w >= 60 ? (k->t.risk.v ? fmt_chance(ratio_to_double(k->t.risk), false).s : "none")
			 : "");
	const char *quiet = w >= 60 ? (m ? T_ACC "nothing sent yet" : T_ACC "nothing sent") : "";
	cv_text(c, 1, y, w - 4 - cv_width(quiet), ROLE_TITLE, head);
	cv_right(c, 1, w - 1, y, ROLE_TEXT, quiet);
	if (l->size == SIZE_TINY) {
		if (k->valid)
			cv_textf(c, 0, y + 1, w, ROLE_DIM,
				 "cost " T_TEXT "%s" T_DIM " end " T_TEXT "%s",
				 fmt_km(k->plan.cost.total, 0).s, fmt_clock(k->plan.end_ms).s);
		cv_text(c, 0, y + 2, w, ROLE_TEXT,
			u->confirm.choice ? T_KEY "Y" T_TEXT " starts it"
					  : T_KEY "s" T_TEXT ", then " T_KEY "Y");
		return;
	}
	y += m ? 2 : 1;
	if (k->frontier && l->cols >= 80) {
		int split = m ? 62 : 40;
		if (m && bottom - y >= KNOBS + 8)
			estimates(u, c,
				  rect_make(1, y + KNOBS + 1, split - 3, bottom - y - KNOBS - 2));
		knobs(u, c, l, y, bottom - 1, split - 2);
		frontier(u, c, rect_make(split, y, w - split - 1, bottom - y - 2));
		confirm(u, c, l);
		return;
	}
	if (bottom - y >= 6) {
		way_heading(c, l, y++);
		for (int i = 0; i < WAYS; i++)
			way_row(u, c, l, y++, i);
		y += m;
	}
	if (bottom - y >= (m ? 14 : 4)) {
		explain(u, c, l, y);
		y += m ? 4 : 2;
	}
	int account = m && bottom - y >= 17 ? 7 : 0;
	int split = m ? 76 : 52;
	int end = bottom - 1 - account;
	if (m && end > y + 2)
		cv_textf(c, 1, y++, split - 2, ROLE_TITLE, "%d %s" T_ACC "  %s", k->way + 1,
			 plan_way_name[k->way % WAYS], k->valid ? fmt_clock(k->plan.end_ms).s : "");
	knobs(u, c, l, y, end, w >= 80 ? split - 2 : w - 1);
	if (w >= 80)
		schedule(u, c, rect_make(split, m ? y - 1 : y, w - split - 1, end - y + m));
	if (account)
		after(u, c, l, bottom - account, bottom - 1);
	confirm(u, c, l);
}
