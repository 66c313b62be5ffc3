/* ticket_meter.c: the meters of the ticket: danger, what the book holds, the estimates behind them,
 * and the account on the way. A bound is called a bound. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plan/live.h"
#include "ui/views/ticket_in.h"

struct num ticket_chance(const struct ui *u, int way, bool brief)
{
	double p;
	bool grid = ticket_danger(u, way, &p);
	struct num n = fmt_chance(p, brief), out;

	if (grid || p < 1.0 / 500) /* "under 1 in 500" holds for a bound too */
		return n;
	snprintf(out.s, sizeof out.s, brief ? "≤%s" : "at most %s", n.s);
	return out;
}

static int pair(struct canvas *c, struct rect r, int y, const char *name, const char *value,
		const char *note)
{
	int x = r.x + 20;

	if (y >= r.y + r.h)
		return y;
	cv_text(c, r.x + 1, y, 18, ROLE_DIM, name);
	int end = cv_text(c, x, y, r.w - 20, ROLE_TEXT, value);
	int at = end + 2 > x + 12 ? end + 2 : x + 12;
	if (note[0] && at < r.x + r.w - 4)
		cv_text(c, at, y, r.x + r.w - at, ROLE_DIM, note);
	return y + 1;
}

int ticket_danger_meter(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct ui_ticket *k = &u->ticket;
	const struct plan_risk *d = &k->risk;
	const struct snap_leg *leg = ticket_leg_of(u);
	bool grid = ticket_looked(u) && k->look.ok;
	char v[64], n[120];
	int y = r.y, bottom = r.y + r.h;

	if (r.h < 3 || !k->valid || !leg)
		return y;
	cv_text(c, r.x, y++, r.w, ROLE_TITLE, "Danger" T_DIM "  of liquidation");
	if (!d->known) {
		cv_textf(c, r.x + 1, y, r.w - 1, ROLE_DIM, "– %s", k->problem.account.reason);
		return y + 1;
	}
	snprintf(n, sizeof n, "%s",
		 k->plan.horizon_ms <= 0 ? "one moment: the book decides"
		 : grid			 ? "on the grid"
					 : "a bound; the grid is asked");
	y = pair(c, r, y, "before it is done",
		 k->plan.horizon_ms > 0 ? ticket_chance(u, k->way, false).s : "none", n);
	snprintf(n, sizeof n, "%s %% away, alone", fmt_pct(d->liq_pct, SIGN_PLUS).s);
	y = pair(c, r, y, "liq price", d->has_liq ? fmt_px(d->liq, leg->px_decimals).s : "none",
		 d->has_liq ? n : "no price does it alone");
	snprintf(v, sizeof v, "BTC %s %%", d->has_gap ? fmt_pct(d->gap_pct, SIGN_PLUS).s : "–");
	snprintf(n, sizeof n, "%s sigma of this exit", fmt_double(d->sigmas, 1, 0).s);
	y = pair(c, r, y, "dies at a gap of", v, d->has_sigmas ? n : "");
	if (y < bottom) { /* doing nothing, by horizon */
		static const char *const names[RISK_TIMES] = {"5m", "15m", "1h", "4h"};
		int x = r.x + 20;
		cv_put(c, r.x + 1, y, ROLE_DIM, "doing nothing");
		for (int i = 0; i < RISK_TIMES; i++) {
			snprintf(v, sizeof v, T_DIM "%s " T_TEXT "%s  ", names[i],
				 fmt_chance(d->p_hold[i], true).s);
			if (x + cv_width(v) - 2 > r.x + r.w)
				break;
			x = cv_put(c, x, y, ROLE_TEXT, v);
		}
		y++;
	}
	double lgd = grid && k->look.chosen.lgd > 0 ? k->look.chosen.lgd : d->lgd;
	snprintf(n, sizeof n, "USD lost; expected %s",
		 fmt_usd(grid ? k->look.chosen.loss : k->plan.danger * lgd, 9, 0).s);
	return pair(c, r, y, "if it happens", fmt_usd(lgd, 9, 0).s, n);
}

/* " (Y 0.52 fitted)", " (Y 0.70 prior)": of the law that stands beyond the book. */
static void law_words(const struct ui *u, char *out, size_t cap)
{
	const struct snap_leg *leg = ticket_leg_of(u);
	const struct snap_book *b = leg ? ui_book(u->snap, leg->coin) : NULL;
	const struct estimate *e = b ? &b->est[EST_SQRT_Y] : NULL;
	double y = u->ticket.problem.sqrt_y;

	snprintf(out, cap, "Y %s %s", fmt_double(y > 0 ? y : PLAN_SQRT_Y, 2, 0).s,
		 y > 0 && e && e->from == EST_FITTED ? "fitted" : "prior");
}

void ticket_book_words(const struct ui *u, bool wide, char *out, size_t cap)
{
	const struct ui_ticket *k = &u->ticket;
	const struct plan_meter *m = &k->meter;
	const struct plan_problem *p = &k->problem;
	const struct snap_leg *leg = ticket_leg_of(u);
	int pxd = leg ? leg->px_decimals : 6;
	double age = p->book ? (double)p->book_age_ns * 1e-9 : -1, q = qty_to_double(p->size);
	char old[48] = "", law[32];

	if (age >= 3)
		snprintf(old, sizeof old, T_CAUT "%s old book" T_DIM ", ", fmt_dur(age).s);
	law_words(u, law, sizeof law);
	struct num worst = fmt_px(m->worst, pxd), ends = fmt_px(m->ends, pxd);
	struct num seen = fmt_size5((struct qty){llround(m->visible * q * 1e8)});

	if (!m->book_size)
		snprintf(out, cap, "%sno book: what it costs is model. ! does not need one",
			 T_CAUT);
	else if (!m->beyond && wide)
		snprintf(out, cap,
			 "%sthe book holds it all: at once it takes %u level%s, down to " T_TEXT
			 "%s" T_DIM ", average %s",
			 old, m->levels, m->levels == 1 ? "" : "s", worst.s, fmt_px(m->avg, pxd).s);
	else if (!m->beyond)
		snprintf(out, cap, "%sat once: %u level%s of the book, to " T_TEXT "%s", old,
			 m->levels, m->levels == 1 ? "" : "s", worst.s);
	else if (wide)
		snprintf(out, cap,
			 "%sthe book ends at " T_TEXT "%s" T_DIM " with " T_TEXT "%s of %s" T_DIM
			 " (%u levels); then model (%s): at once reaches " T_TEXT "%s",
			 old, ends.s, seen.s, fmt_size5(p->size).s, m->levels, law, worst.s);
	else if (u->cols < 80)
		snprintf(out, cap,
			 "%sbook: %s of %s to " T_TEXT "%s" T_DIM ", %s model to " T_TEXT "%s", old,
			 seen.s, fmt_size5(p->size).s, ends.s, strrchr(law, ' ') + 1, worst.s);
	else
		snprintf(out, cap,
			 "%sbook: %s of %s to " T_TEXT "%s" T_DIM ", then model (%s) to " T_TEXT
			 "%s",
			 old, seen.s, fmt_size5(p->size).s, ends.s, law, worst.s);
}

void ticket_funding_words(const struct ui *u, bool wide, char *out, size_t cap)
{
	const struct ui_ticket *k = &u->ticket;
	const struct plan_problem *p = &k->problem;
	const int64_t hour = 3600000;
	double now = p->funding_hour * qty_to_double(p->position) * price_to_double(p->mark);
	double sum = k->plan.cost.funding;
	int64_t next = (p->now_ms / hour + 1) * hour;
	char plan[64], at[24];

	if (next > k->plan.end_ms)
		snprintf(plan, sizeof plan, "the plan ends before it");
	else if (sum < 0)
		snprintf(plan, sizeof plan, "the plan is paid " T_TEXT "%s", fmt_usd(-sum, 9, 0).s);
	else
		snprintf(plan, sizeof plan, "the plan pays " T_TEXT "%s", fmt_usd(sum, 9, 0).s);
	if (wide && k->fund[0]) { /* what its end makes of it says more */
		snprintf(out, cap, "funding: %s", k->fund);
		return;
	}
	snprintf(at, sizeof at, " (%.5s)", fmt_clock(next).s);
	snprintf(out, cap,
		 "funding in " T_TEXT "%d min" T_DIM "%s: you %s " T_TEXT "%s USD" T_DIM " %s; %s",
		 (int)((next - p->now_ms + 59999) / 60000), wide ? at : "",
		 now < 0 ? "are paid" : "pay", fmt_usd(fabs(now), 9, 0).s,
		 wide ? "on all that is held now" : "now", plan);
}

int ticket_cost_meter(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct ui_ticket *k = &u->ticket;
	const struct plan_cost *p = &k->plan.cost;
	const struct plan_meter *m = &k->meter;
	const struct snap_leg *leg = ticket_leg_of(u);
	char v[64], n[160];
	int y = r.y;

	if (r.h < 3 || !k->valid || !leg)
		return y;
	cv_text(c, r.x, y++, r.w, ROLE_TITLE, "Cost" T_DIM "  USD, of the plan and at once");
	snprintf(v, sizeof v, "%s", fmt_usd(p->total, 9, 0).s);
	snprintf(n, sizeof n, "spread %s, impact %s, fees %s, funding %s",
		 fmt_usd(p->spread, 7, 0).s, fmt_usd(p->impact, 7, 0).s, fmt_usd(p->fees, 7, 0).s,
		 fmt_usd(p->funding, 7, 0).s);
	y = pair(c, r, y, "expected", v, n);
	snprintf(n, sizeof n, "%s %% of it is model",
		 fmt_double(p->share[SRC_MODEL] * 100, 0, 0).s);
	y = pair(c, r, y, "1 in 20 worse than", fmt_usd(k->plan.bad_1in20, 9, 0).s, n);
	snprintf(n, sizeof n, "average %s, worst %s", fmt_px(m->avg, leg->px_decimals).s,
		 fmt_px(m->worst, leg->px_decimals).s);
	y = pair(c, r, y, "all at once", fmt_usd(m->cost.total, 9, 0).s, n);
	snprintf(v, sizeof v, "%s", m->ends > 0 ? fmt_px(m->ends, leg->px_decimals).s : "–");
	snprintf(n, sizeof n, "after %s %s, %u level%s; then model",
		 fmt_size5((struct qty){llround(m->book_size * 1e8)}).s, leg->coin, m->levels,
		 m->levels == 1 ? "" : "s");
	y = pair(c, r, y, "the book ends at", v, m->ends > 0 ? n : "no book");
	if (y >= r.y + r.h)
		return y;
	cv_put(c, r.x + 1, y, ROLE_DIM, "funding");
	int x = r.x + 20;
	for (uint32_t i = 0; i < k->n_pay; i++) {
		snprintf(v, sizeof v, T_DIM "%.5s " T_TEXT "%s  ", fmt_clock(k->pay[i].at_ms).s,
			 fmt_double(-k->pay[i].usd, fabs(k->pay[i].usd) < 10 ? 1 : 0, SIGN_PLUS).s);
		if (x + cv_width(v) - 2 > r.x + r.w)
			break;
		x = cv_put(c, x, y, ROLE_TEXT, v);
	}
	if (!k->n_pay)
		cv_put(c, x, y, ROLE_DIM, "no full hour before the end");
	return y + 1;
}

/* "412 samples, 2s, ±15 %", "prior for large alts" */
static void est_words(const struct ui *u, const struct snap_book *b, int kind, const char *what,
		      char *out, size_t cap)
{
	const struct estimate *e = b ? &b->est[kind] : NULL;
	double age = e && e->seen_ns ? snap_age_s(u, e->seen_ns) : 0;

	if (!e || !(e->value > 0))
		snprintf(out, cap, "%s", what);
	else if (e->prior && e->from == EST_PRIOR)
		snprintf(out, cap, "prior for %s", LIVE_PRIOR[live_class_of(b->coin)].name);
	else if (e->prior)
		snprintf(out, cap, "%s", e->from == EST_VENUE ? "the venue's, 24 h" : "calibrated");
	else if (e->sd > 0)
		snprintf(out, cap, "%u samples, %s, ±%s %%", e->n, fmt_dur(age).s,
			 fmt_double(e->sd / e->value * 100, 0, 0).s);
	else
		snprintf(out, cap, "%u samples, %s", e->n, fmt_dur(age).s);
}

int ticket_estimates(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct plan_problem *p = &u->ticket.problem;
	const struct snap_leg *leg = ticket_leg_of(u);
	const struct snap_book *b = leg ? ui_book(u->snap, leg->coin) : NULL;
	struct impact im;
	char v[64], n[160];
	int y = r.y;

	if (!leg || !u->ticket.valid || r.h < 3)
		return y;
	plan_impact(p, &im);
	cv_text(c, r.x, y++, r.w, ROLE_TITLE, "Estimates" T_DIM "  and what stands behind them");
	snprintf(v, sizeof v, "%s %%/y", fmt_double(p->sigma_year * 100, 0, 0).s);
	char vol[120];
	snprintf(vol, sizeof vol, "%s x 1.4, %s %u", fmt_double(b ? b->sigma_raw * 100 : 0, 0, 0).s,
		 b && b->est[EST_SIGMA_5M].value > 0 && b->est[EST_SIGMA_5M].prior ? "prior; n"
										   : "EWMA of",
		 b ? b->sigma_samples : 0);
	y = pair(c, r, y, "volatility", v, b && b->sigma_raw > 0 ? vol : "no samples yet");
	double age = p->book ? (double)p->book_age_ns * 1e-9 : -1;
	double deep = r.w >= 60 ? u->ticket.meter.deep : 0; /* plan/mood.c */
	snprintf(n, sizeof n, "%s, %s, ends at %s bp%s%s%s", leg->coin,
		 age < 0   ? "no book"
		 : age < 3 ? "young"
			   : "old",
		 fmt_double(im.reach_bp, 0, 0).s, deep > 0 ? ", " : "",
		 deep > 0 ? fmt_double(deep, deep < 9.95 ? 1 : 0, 0).s : "",
		 deep > 0 ? " x usual" : "");
	y = pair(c, r, y, "depth in 10 bp", fmt_double(im.depth_10bp, 2, 0).s, n);
	est_words(u, b, EST_REFILL, "model: prior", n, sizeof n);
	y = pair(c, r, y, "depth returns in", fmt_dur(im.refill_s).s, n);
	snprintf(v, sizeof v, "%s /min", fmt_double(p->volume_s * 60, 1, 0).s);
	est_words(u, b, EST_VOLUME, "the last minute", n, sizeof n);
	y = pair(c, r, y, "volume", p->volume_s > 0 ? v : "–", n);
	snprintf(v, sizeof v, "Y %s", fmt_double(p->sqrt_y > 0 ? p->sqrt_y : PLAN_SQRT_Y, 2, 0).s);
	est_words(u, b, EST_SQRT_Y, "model: prior", n, sizeof n);
	y = pair(c, r, y, "square-root law", v, n);
	double lambda = b ? b->est[EST_LAMBDA].value : 0;
	snprintf(v, sizeof v, "%s bp/M", fmt_double(lambda, 1, 0).s);
	est_words(u, b, EST_LAMBDA, "", n, sizeof n);
	if (lambda > 0)
		y = pair(c, r, y, "impact of flow", v, n);
	y = pair(c, r, y, "own fills", "none", "impact is model until there are some");
	snprintf(v, sizeof v, "%s / %s bp", fmt_double(p->fee_taker * 1e4, 1, 0).s,
		 fmt_double(p->fee_maker * 1e4, 1, 0).s);
	y = pair(c, r, y, "fees", v, "taker / maker, venue");
	snprintf(v, sizeof v, "%s / h", fmt_money(leg->funding_per_hour, 8, SIGN_PLUS).s);
	return pair(c, r, y, "funding", v, "USD, the whole position");
}

void ticket_after(const struct ui *u, struct canvas *c, const struct layout *l, int y, int bottom)
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
