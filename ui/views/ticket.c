/* ticket.c: the exit ticket: five ways with their verdicts, what they mean in words, and the zone
 * where it is started. Knobs, drawings and meters are in ticket_knobs.c, ticket_plot.c and
 * ticket_meter.c. Costs come from the planner as positive USD. */
#include "ui/views/ticket_in.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The row crosses the danger limit: by the grid where it has answered, else by the bound. */
static bool way_over(const struct ui *u, int i)
{
	const struct ui_ticket *k = &u->ticket;
	double p;

	(void)ticket_danger(u, i, &p);
	return k->ways[i].has_danger && k->t.risk.v && p > ratio_to_double(k->t.risk) * (1 + 1e-9);
}

static void way_row(const struct ui *u, struct canvas *c, const struct layout *l, int y, int i)
{
	const struct ui_ticket *k = &u->ticket;
	const struct plan_way *w = &k->ways[i];
	bool sel = k->way == i, m = l->size >= SIZE_M;
	bool over = way_over(u, i), phone = l->cols < 60;
	bool over_cap = w->has_volume && w->held_back;
	char danger[48], vol[24];

	cv_put(c, 2, y, ROLE_KEY, (char[]){(char)('1' + i), 0});
	cv_text(c, 4, y, phone ? 9 : 11, sel ? ROLE_STRONG : ROLE_TEXT,
		phone && i == WAY_DEADLINE ? "deadline" : plan_way_name[i]);
	if (sel) {
		cv_put(c, 0, y, ROLE_ACCENT_B, "▸");
		cv_select(c, 0, y, l->cols < 200 ? l->cols : 121);
	}
	if (!w->ok) {
		cv_text(c, 17, y, l->cols - 19, ROLE_KEY_OFF,
			w->reason[0] ? w->reason : "not computed yet");
		if (sel)
			cv_select(c, 0, y, l->cols < 200 ? l->cols : 121);
		return;
	}
	snprintf(danger, sizeof danger, "%s%s", over ? "! " : "",
		 i == WAY_SWEEP	  ? "none"
		 : !w->has_danger ? "–"
				  : ticket_chance(u, i, true).s);
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
	} else if (phone) { /* what it costs, what it risks, when it ends */
		cv_num(c, 13, y, 7, ROLE_STRONG, fmt_usd(w->cost.total, 7, 0).s);
		cv_right(c, 20, 33, y, over ? ROLE_CAUTION : ROLE_TEXT, danger);
		cv_rightf(c, 33, 39, y, ROLE_DIM, "%.5s", fmt_clock(w->end_ms).s);
		if (l->cols >= 49)
			cv_num(c, 40, y, 8, ROLE_TEXT, fmt_usd(w->bad_1in20, 8, 0).s);
	} else {
		cv_right(c, 15, 25, y, ROLE_TEXT, fmt_clock(w->end_ms).s);
		cv_num(c, 25, y, 7, ROLE_STRONG, fmt_usd(w->cost.total, 7, 0).s);
		cv_num(c, 33, y, 8, ROLE_TEXT, fmt_usd(w->bad_1in20, 8, 0).s);
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
		cv_select(c, 0, y, l->cols < 200 ? l->cols : 121);
}

static void way_heading(struct canvas *c, const struct layout *l, int y)
{
	bool m = l->size >= SIZE_M;

	cv_put(c, 4, y, ROLE_DIM, "way");
	if (l->cols < 60) {
		cv_right(c, 0, 20, y, ROLE_DIM, "cost");
		cv_right(c, 0, 33, y, ROLE_DIM, "danger");
		cv_right(c, 0, 39, y, ROLE_DIM, "ends");
		if (l->cols >= 49)
			cv_right(c, 0, 48, y, ROLE_DIM, "1 in 20");
		return;
	}
	if (l->cols < 80) /* the key bar has no room for it */
		cv_text(c, 9, y, 9, ROLE_DIM, T_KEY "f" T_DIM " curve");
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
	cv_right(c, 0, 41, y, ROLE_DIM, "1 in 20");
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

static void confirm(struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct ui_ticket *k = &u->ticket;
	const struct snap_leg *leg = ticket_leg_of(u);
	char s1[240] = "", s2[200] = "", sends[64], p1[48], p2[48], note[120];

	if (!k->valid) {
		snprintf(s1, sizeof s1, T_CAUT "%s", k->err.text[0] ? k->err.text : "No plan yet.");
		view_confirm(u, c, l, "No plan: nothing can be started.", "", "", s1, NULL);
		return;
	}
	ticket_price_text(u, &k->t.working, p1, sizeof p1, note, sizeof note, false);
	ticket_price_text(u, &k->t.last, p2, sizeof p2, note, sizeof note, true);
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
	struct num odds = ticket_chance(u, k->way, l->cols < 100);
	snprintf(s2, sizeof s2, "Cost %s USD (%s bp), 1 in 20 worse than %s.%s%s%s",
		 fmt_usd(k->plan.cost.total, 12, 0).s, fmt_double(k->plan.cost.bp, 1, 0).s,
		 fmt_usd(k->plan.bad_1in20, 12, 0).s,
		 k->plan.has_danger ? " Liquidated first: " : "", k->plan.has_danger ? odds.s : "",
		 k->plan.has_danger ? "." : "");
	bool guard = k->t.guard && k->guard != SG_NONE && k->guard != SG_IN_PLACE;
	struct num gpx = fmt_price(k->guard_px, leg ? leg->px_decimals : 6);
	if (guard && k->guard_first && l->cols >= 100) {
		size_t n = strlen(s2);
		snprintf(s2 + n, sizeof s2 - n, T_CAUT " ! Guard %s is before %s.", gpx.s, p1);
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
			 k->plan.has_danger ? " Danger " : "", k->plan.has_danger ? odds.s : "",
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

/* A way that the volume cap holds back ends later than was asked; true when it was said. */
static bool capped(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	const struct ui_ticket *k = &u->ticket;
	const struct plan_way *w = &k->ways[k->way];
	double cap = ratio_to_double(k->t.cap);
	double late = (double)(w->end_ms - k->problem.now_ms - w->horizon_ms);

	if (!w->ok || !w->has_volume || cap <= 0 || late < 1000)
		return false;
	struct num when = fmt_end(k->problem.now_ms, ((double)w->horizon_ms + late) * 1e-3);

	if (l->size < SIZE_M)
		cv_textf(c, 1, y, l->cols - 2, ROLE_CAUTION,
			 "! the volume cap of %s %% holds it back: %s, danger aside",
			 fmt_double(cap * 100, 0, 0).s, when.s);
	else
		cv_textf(c, 4, y, l->cols - 5, ROLE_CAUTION,
			 "! the volume cap of %s %% holds it back: it %s, unless danger or the cap "
			 "change that.",
			 fmt_double(cap * 100, 0, 0).s, when.s);
	return true;
}

/* The end lies beyond what the volume cap lets be sold: where it would be, and the block that makes
 * the rest fit. */
static void cap_forbids(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	const struct ui_ticket *k = &u->ticket;
	const struct plan_limit *m = &k->limit;
	bool wide = l->size >= SIZE_M;
	int x = wide ? 4 : 1;
	struct num cap = fmt_double(ratio_to_double(k->t.cap) * 100, 0, 0);
	struct num end = fmt_end(k->problem.now_ms, m->cap_s);
	bool sell = k->problem.side == SIDE_SELL;

	if (wide)
		cv_textf(
			c, x, y, l->cols - x - 1, ROLE_CAUTION,
			"! Volume cap %s %% alone forbids it: %s. %s %s %s now (~%s USD), the rest "
			"fits: 1",
			cap.s, end.s, sell ? "Sell" : "Buy", fmt_size5(m->block).s, k->t.coin,
			fmt_usd(m->block_cost, 9, 0).s);
	else
		cv_textf(c, x, y, l->cols - x - 1, ROLE_CAUTION,
			 "! cap %s %% forbids it: %s. %s %s now, the rest fits: 1", cap.s, end.s,
			 sell ? "Sell" : "Buy", fmt_size5(m->block).s);
}

/* No schedule keeps the danger limit: what does, and the key. True when it was said. */
static bool no_schedule(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	const struct ui_ticket *k = &u->ticket;
	const struct plan_limit *m = &k->limit;
	bool wide = l->size >= SIZE_M;
	int x = wide ? 4 : 1;
	struct num cap = fmt_double(ratio_to_double(k->t.cap) * 100, 0, 0);
	struct num risk = fmt_chance(ratio_to_double(k->t.risk), false);

	if (k->hold != HOLD_DANGER || k->way != WAY_DEADLINE || !ticket_limit(u) ||
	    m->kind == URGENCY_MET)
		return false;
	if (m->kind == URGENCY_NONE)
		cv_textf(c, x, y, l->cols - x - 1, ROLE_CAUTION,
			 "! Nothing keeps it under %s: at its maintenance, or what stays is the "
			 "danger. ! now",
			 risk.s);
	else if (m->kind == URGENCY_ALL)
		cv_textf(c, x, y, l->cols - x - 1, ROLE_CAUTION,
			 "! Only all of it now keeps danger under %s: 1.", risk.s);
	else if (m->cap_forbids) /* not danger: the end is out of reach at any urgency */
		cap_forbids(u, c, l, y);
	else if (wide)
		cv_textf(c, x, y, l->cols - x - 1, ROLE_CAUTION,
			 "! No schedule within %s %% of volume keeps danger under %s. %s %s %s now "
			 "(~%s USD), the rest fits: 1",
			 cap.s, risk.s, k->problem.side == SIDE_SELL ? "Sell" : "Buy",
			 fmt_size5(m->block).s, k->t.coin, fmt_usd(m->block_cost, 9, 0).s);
	else
		cv_textf(c, x, y, l->cols - x - 1, ROLE_CAUTION,
			 "! none within %s keeps %s: %s %s now, the rest fits: 1", k->t.coin,
			 risk.s, k->problem.side == SIDE_SELL ? "sell" : "buy",
			 fmt_size5(m->block).s);
	return true;
}

/* Danger in plain words. */
static void verdict(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	const struct ui_ticket *k = &u->ticket;
	bool grid = ticket_looked(u) && k->look.ok, m = l->size >= SIZE_M;
	double hold = grid ? k->look.chosen.p_hold : k->plan.danger_hold;
	char gap[64] = "";
	int x = m ? 4 : 1;

	if (k->risk.has_gap && !m)
		snprintf(gap, sizeof gap, "gap %s %%", fmt_pct(k->risk.gap_pct, SIGN_PLUS).s);
	if (!k->valid || !k->plan.has_danger) {
		cv_textf(c, x, y, l->cols - x - 1, ROLE_DIM, "%s%s",
			 !k->valid		     ? "no plan"
			 : !k->problem.account.known ? "danger –: "
						     : "one moment: the book decides, not the "
						       "market.",
			 k->valid && !k->problem.account.known ? k->problem.account.reason : gap);
		return;
	}
	struct num p = ticket_chance(u, k->way, false);
	if (m)
		cv_textf(c, x, y, l->cols - x - 1, ROLE_TEXT,
			 "%s%s" T_TEXT " chance of liquidation before this is done" T_DIM
			 " (%s), losing about " T_TEXT "%s" T_DIM " USD; idle: " T_TEXT "%s",
			 way_over(u, k->way) ? T_CAUT : T_STRONG, p.s, grid ? "grid" : "a bound",
			 fmt_usd(grid && k->look.chosen.lgd > 0 ? k->look.chosen.lgd : k->risk.lgd,
				 9, 0)
				 .s,
			 fmt_chance(hold, false).s);
	else
		cv_textf(c, x, y, l->cols - x - 1, ROLE_TEXT,
			 "%s%s" T_TEXT " %s" T_DIM "; idle %s%s%s",
			 way_over(u, k->way) ? T_CAUT : T_STRONG, p.s,
			 l->cols < 60	? "liquidated first"
			 : l->cols < 80 ? "chance of liquidation first"
					: "chance of liquidation before done",
			 fmt_chance(hold, true).s, l->cols >= 80 && gap[0] ? "; " : "",
			 l->cols >= 80 ? gap : "");
}

/* What stands in the way of the row chosen, or else what its cost rests on. */
static void caution(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	char text[240];
	bool m = l->size >= SIZE_M;

	if (no_schedule(u, c, l, y) || capped(u, c, l, y))
		return;
	if (u->ticket.chosen.algo == ALGO_VWAP && plan_flat(&u->ticket.chosen)) {
		cv_textf(c, m ? 4 : 1, y, l->cols - (m ? 5 : 2), ROLE_CAUTION,
			 "! no day of %s's volume has been heard yet: even slices, as twap",
			 u->ticket.t.coin);
		return;
	}
	for (int i = 0; m && i < WAYS; i++)
		if (u->ticket.ways[i].ok && way_over(u, i)) {
			cv_text(c, 4, y, l->cols - 5, ROLE_CAUTION,
				"! rows with ! cross the danger limit: they would then sell faster "
				"than shown, down to the last price.");
			return;
		}
	if (m) {
		cv_text(c, 4, y, l->cols - 5, ROLE_DIM,
			"cost is: young, fees and a book under 3 s;  old, an older book;  model, "
			"impact and refill.");
		return;
	}
	ticket_book_words(u, false, text, sizeof text);
	cv_text(c, 1, y, l->cols - 2, ROLE_DIM, text);
}

static void explain(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	const struct ui_ticket *k = &u->ticket;
	const struct snap_leg *leg = ticket_leg_of(u);
	char text[240];

	verdict(u, c, l, y);
	if (!k->valid)
		return;
	ticket_funding_words(u, l->size >= SIZE_M, text, sizeof text);
	if (l->size < SIZE_M) {
		caution(u, c, l, y + 1);
		cv_text(c, 1, y + 2, l->cols - 2, ROLE_DIM, text);
		return;
	}
	cv_text(c, 4, y + 3, l->cols - 5, ROLE_DIM, text);
	if (k->risk.known)
		cv_textf(c, 4, y + 1, l->cols - 5, ROLE_DIM,
			 "liq price " T_TEXT "%s" T_DIM
			 " (%s %%)%s%s%s; dies at an instant gap of BTC " T_TEXT "%s %%",
			 k->risk.has_liq ? fmt_px(k->risk.liq, leg ? leg->px_decimals : 6).s : "–",
			 fmt_pct(k->risk.liq_pct, SIGN_PLUS).s, k->risk.has_sigmas ? ", " : "",
			 k->risk.has_sigmas ? fmt_double(k->risk.sigmas, 1, 0).s : "",
			 k->risk.has_sigmas ? " sigma of this exit" : "",
			 k->risk.has_gap ? fmt_pct(k->risk.gap_pct, SIGN_PLUS).s : "–");
	ticket_book_words(u, true, text, sizeof text);
	cv_text(c, 4, y + 2, l->cols - 5, ROLE_DIM, text);
	caution(u, c, l, y + 4);
}

static void head(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	const struct snap_leg *leg = ticket_leg_of(u);
	const struct ui_ticket *k = &u->ticket;
	bool m = l->size >= SIZE_M;
	int w = l->cols;
	char text[240];

	double held = leg ? fabs(qty_to_double(leg->szi)) : 0;
	snprintf(text, sizeof text,
		 "%s %s" T_DIM "  %s " T_STRONG "%s" T_DIM "%s%s" T_DIM "  %s " T_STRONG "%s" T_DIM
		 "%s%s%s" T_DIM "%s" T_STRONG "%s",
		 k->tunes ? "Tune" : "Exit", k->t.coin, leg && leg->szi.v < 0 ? "SHORT" : "LONG",
		 leg ? w < 60 ? fmt_size5((struct qty){llabs(leg->szi.v)}).s
			      : fmt_size((struct qty){llabs(leg->szi.v)}, leg->sz_decimals).s
		     : "–",
		 m ? "   mark " T_TEXT : "",
		 m && leg ? fmt_price(leg->mark, leg->px_decimals).s : "",
		 leg && leg->szi.v < 0 ? "buy" : "sell",
		 leg ? w < 60 ? fmt_size5(k->problem.size).s
			      : fmt_size(k->problem.size, leg->sz_decimals).s
		     : "–",
		 m ? " (" : "",
		 m && held > 0 ? fmt_double(qty_to_double(k->problem.size) / held * 100, 0, 0).s
			       : "",
		 m ? " %)" : "", w >= 60 ? "  danger limit " : "",
		 w >= 60 ? (k->t.risk.v ? fmt_chance(ratio_to_double(k->t.risk), false).s : "none")
			 : "");
	const char *quiet = m		  ? T_ACC "nothing sent yet"
			    : w >= 60	  ? T_ACC "nothing sent"
			    : w < 40	  ? ""
			    : k->frontier ? T_KEY "f" T_DIM " ways"
					  : T_KEY "f" T_DIM " curve";
	if (w < 60)
		snprintf(text, sizeof text, "%s %s" T_DIM " %s  %s " T_STRONG "%s",
			 k->tunes ? "Tune" : "Exit", k->t.coin,
			 leg && leg->szi.v < 0 ? "SHORT" : "LONG",
			 leg && leg->szi.v < 0 ? "buy" : "sell",
			 leg ? fmt_size5(k->problem.size).s : "–");
	cv_text(c, 1, y, w - 4 - cv_width(quiet), ROLE_TITLE, text);
	cv_right(c, 1, w - 1, y, ROLE_TEXT, quiet);
}

/* 24x6: what it costs and when it ends; 40x12: the five ways and one knob. */
static void small(const struct ui *u, struct canvas *c, const struct layout *l, int y)
{
	const struct ui_ticket *k = &u->ticket;
	int w = l->cols;
	const struct ui_confirm *f = &u->confirm;
	bool chosen = f->choice && !f->late;
	double left = (double)(f->chosen_ns + CONFIRM_NS - u->now_ns) * 1e-9;
	char text[200];

	if (l->size == SIZE_TINY) {
		if (k->valid)
			cv_textf(c, 0, y, w, ROLE_DIM,
				 "cost " T_TEXT "%s" T_DIM " end " T_TEXT "%s",
				 fmt_km(k->plan.cost.total, 0).s, fmt_clock(k->plan.end_ms).s);
		cv_text(c, 0, y + 1, w, ROLE_TEXT,
			chosen ? T_KEY "Y" T_TEXT " starts it"
			       : T_KEY "s" T_TEXT ", then " T_KEY "Y");
		return;
	}
	if (k->frontier && k->valid) { /* in the rows of the ways, and answers the knob under it */
		ticket_frontier(u, c, rect_make(0, y, w, WAYS));
		y += WAYS;
	}
	for (int i = 0; i < WAYS && !(k->frontier && k->valid); i++)
		way_row(u, c, l, y++, i);
	if (!k->valid) {
		cv_text(c, 0, y, w, ROLE_CAUTION, k->err.text);
		return;
	}
	ticket_knob_line(u, text, sizeof text);
	cv_textf(c, 0, y, w, ROLE_ACCENT_B, "▸" T_DIM "%s", text);
	if (f->late)
		cv_text(c, 0, y + 1, w, ROLE_CAUTION, "Too late: s again, then Y. Nothing sent.");
	else if (chosen)
		cv_textf(c, 0, y + 1, w, ROLE_TEXT,
			 T_STRONG "s" T_DIM " chosen  " T_KEY "Y" T_TEXT " starts it  " T_ACCB
				  "%s s",
			 fmt_double(left > 0 ? left : 0, 1, 0).s);
	else
		verdict(u, c, l, y + 1);
}

static int pick_by(const struct ui *u, struct canvas *c, int x, int y)
{
	static const char *const holds[] = {"cost", "deadline", "danger"};
	int at = cv_put(c, 2, y, ROLE_DIM, "pick by");

	at = x ? x : at + 2;
	for (int i = 0; i < 3; i++)
		at = cv_put(c, at, y, u->ticket.hold == i ? ROLE_ACCENT_B : ROLE_DIM, holds[i]) + 2;
	return cv_put(c, at, y, ROLE_KEY, "Tab");
}

/* The same where two columns have no room: the frontier, the knobs under it. */
static void second_narrow(const struct ui *u, struct canvas *c, const struct layout *l, int y,
			  int bottom)
{
	int h = bottom - y - 7;

	(void)pick_by(u, c, 0, y);
	if (!no_schedule(u, c, l, y + 1))
		verdict(u, c, l, y + 1);
	h = h > 16 ? 16 : h;
	ticket_frontier(u, c, rect_make(1, y + 2, l->cols - 2, h));
	ticket_knobs(u, c, y + 3 + h, bottom, l->cols - 1);
}

/* The second view: cost against risk and the schedule, which answer the knobs, and the meters. */
static void second(const struct ui *u, struct canvas *c, const struct layout *l, int y, int bottom)
{
	int w = l->cols, m = l->size >= SIZE_M, split = l->size == SIZE_L ? 76 : m ? 62 : 40;

	(void)pick_by(u, c, m ? 17 : 0, y);
	int kb = y + 1 + KNOBS;
	(void)no_schedule(u, c, l, --bottom);
	ticket_knobs(u, c, y + 1, kb < bottom ? kb : bottom, split - 2);
	if (m && kb + 4 < bottom) {
		int e = ticket_danger_meter(u, c, rect_make(1, kb + 1, split - 3, bottom - kb - 2));
		if (l->size == SIZE_L || bottom - e > 8)
			e = ticket_cost_meter(u, c, rect_make(1, e + 1, split - 3, bottom - e - 1));
		ticket_estimates(u, c, rect_make(1, e + 1, split - 3, bottom - e - 1));
	}
	int h = bottom - y - 1, sh = h >= 18 ? h * 2 / 5 : 0;
	ticket_frontier(u, c, rect_make(split, y, w - split - 1, h - sh));
	if (sh)
		ticket_schedule(u, c, rect_make(split + 4, y + h - sh + 1, w - split - 5, sh - 1));
}

void view_ticket(struct ui *u, struct canvas *c, const struct layout *l)
{
	const struct ui_ticket *k = &u->ticket;
	int y = l->body.y, bottom = l->rule_y, w = l->cols;
	bool m = l->size >= SIZE_M, big = l->size == SIZE_L;

	head(u, c, l, y);
	if (l->size <= SIZE_PHONE) {
		small(u, c, l, y + 1);
		return;
	}
	y += m ? 2 : 1;
	if (k->frontier) {
		(w >= 80 ? second : second_narrow)(u, c, l, y, bottom);
		confirm(u, c, l);
		return;
	}
	int top = y;
	way_heading(c, l, y++);
	for (int i = 0; i < WAYS; i++)
		way_row(u, c, l, y++, i);
	y += m;
	explain(u, c, l, y);
	y += m ? 6 : 3;
	int account = m && bottom - y >= 15 ? 6 : 0; /* the rule under it parts it from the zone */
	int split = m ? 76 : 52, end = bottom - 1 - account;
	if (big)
		ticket_danger_meter(u, c, rect_make(126, top, w - 127, 6));
	if (m && end > y + 2)
		cv_textf(c, 1, y++, split - 2, ROLE_TITLE, "%d %s" T_ACC "  %s", k->way + 1,
			 plan_way_name[k->way % WAYS], k->valid ? fmt_clock(k->plan.end_ms).s : "");
	ticket_knobs(u, c, y, end, w >= 80 ? split - 2 : w - 1);
	if (big) {
		ticket_schedule(u, c, rect_make(split, y - 1, 46, end - y + 1));
		ticket_frontier(u, c, rect_make(126, y - 1, w - 127, end - y + 1));
		ticket_estimates(u, c, rect_make(126, end + 1, w - 127, account));
		int kb = y + KNOBS + 1;
		if (end - kb > 4)
			ticket_cost_meter(u, c, rect_make(1, kb, split - 4, end - kb));
	} else if (w >= 80) {
		ticket_schedule(u, c, rect_make(split, m ? y - 1 : y, w - split - 1, end - y + m));
	}
	if (account)
		ticket_after(u, c, l, bottom - account, bottom);
	confirm(u, c, l);
}
