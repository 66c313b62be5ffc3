/* outlook.c: see outlook.h.
 *
 * Invariants: (1) what plan_within calls met has p <= eps on the grid for the very schedule that
 * plan_make gives for its urgency; (2) nothing is kept between calls. */
#include <math.h>

#include "plan/outlook.h"
#include "plan/plan_in.h"
#include "base/banned.h"

enum { TRIES = 5 };
static const double TIGHTER = 0.12; /* of the limit, each try */
const double plan_risk_times_s[RISK_TIMES] = {300, 900, 3600, 14400};
static const double CHECK_S = 3;	/* between the venue's looks at the margin */
static const double BGK = 0.5825971579; /* -zeta(1/2)/sqrt(2 pi) */

bool plan_below(const struct plan_account *a)
{
	return a->known && a->equity <= a->maintenance;
}

static double lost_at(const struct plan_problem *p, const struct market *m, double coins)
{
	struct liq_loss l;
	liq_loss(coins, m->mark, p->account.mmr, p->sigma_year,
		 m->impact.epsilon + p->fee_taker * m->mark, m->impact.slope, &l);
	return l.expected;
}

static double hold_chance(const struct plan_problem *p, const struct market *m, double t_s)
{
	const struct plan_account *a = &p->account;
	double d = pool_distance(a, m->x0, m->x0, m->mark, 0), liq, others = fabs(a->others_sd);
	double years = t_s / YEAR_S;
	if (!(d > 0))
		return 1;
	if ((a->isolated || !(others > 0)) && venue_liq(a, m->x0, m->x0, m->mark, 0, &liq))
		return gbm_touch_checks(m->mark, liq, p->sigma_year, 0, years, t_s / CHECK_S);
	double sd = fabs(m->x0 * m->mark * p->sigma_year + (a->isolated ? 0 : a->others_sd));
	return touch_probability(d + BGK * sd * sqrt(CHECK_S / YEAR_S), sd * sqrt(years));
}

void plan_risk(const struct plan_problem *p, const struct plan *plan, struct plan_risk *out)
{
	const struct plan_account *a = &p->account;
	struct plan_risk r = {0};
	struct market m;
	double x[DANGER_SLOTS], spent[DANGER_SLOTS], var = 0;
	r.known = a->known && market_read(p, &m);
	if (!r.known) {
		*out = r;
		return;
	}
	r.has_liq = venue_liq(a, m.x0, m.x0, m.mark, 0, &r.liq);
	r.liq_pct = r.has_liq ? (r.liq / m.mark - 1) * 100 : 0;
	r.has_gap = pool_dies(a, m.x0, m.x0, m.mark, 0, &r.gap_pct);
	r.distance_usd = pool_distance(a, m.x0, m.x0, m.mark, 0);
	if (plan->n && plan->horizon_ms > 0) {
		uint32_t n = plan_held_by_slot(plan, m.x0, x, spent);
		for (uint32_t k = 0; k < n; k++) {
			double e = x[k] * m.mark * p->sigma_year + (a->isolated ? 0 : a->others_sd);
			var += e * e * (double)plan->horizon_ms / 1000 / n / YEAR_S;
		}
		r.has_sigmas = var > 0;
		r.sigmas = var > 0 ? r.distance_usd / sqrt(var) : 0;
	}
	for (int i = 0; i < RISK_TIMES; i++)
		r.p_hold[i] = hold_chance(p, &m, plan_risk_times_s[i]);
	r.lgd = lost_at(p, &m, m.x0);
	*out = r;
}

static bool on_grid(const struct plan_problem *p, const struct market *m, struct grid_in *g,
		    struct grid_work *w, struct grid_out *r, struct err *e)
{
	g->account = &p->account;
	g->mark = m->mark;
	g->sigma_year = p->sigma_year;
	g->model = GRID_PRICE;
	return grid_touch(g, w, r, e);
}

bool plan_chance(const struct plan_problem *p, const struct plan *plan, struct grid_work *w,
		 struct plan_chance *out, struct err *e)
{
	double x[DANGER_SLOTS], spent[DANGER_SLOTS], lost[DANGER_SLOTS];
	struct grid_out r, h;
	struct market m;
	if (!market_read(p, &m) || plan->horizon_ms <= 0 || plan->n == 0)
		return err_set(e, ERR_RULE, "one moment: nothing can happen on the way");
	uint32_t n = plan_held_by_slot(plan, m.x0, x, spent);
	for (uint32_t k = 0; k < n; k++)
		lost[k] = lost_at(p, &m, x[k]);
	struct grid_in g = {.x = x,
			    .spent = spent,
			    .lost = lost,
			    .n = n,
			    .tau_s = (double)plan->horizon_ms / 1000 / n};
	struct grid_in hold = {.x = &m.x0, .n = 1, .tau_s = (double)plan->horizon_ms / 1000};
	if (!on_grid(p, &m, &g, w, &r, e) || !on_grid(p, &m, &hold, w, &h, e))
		return false;
	*out = (struct plan_chance){.p = r.p, .p_hold = h.p, .loss = r.loss, .lgd = r.lgd};
	return true;
}

/* The urgency whose kappa T (exact, discrete) is kt over n slots; plan_kt's inverse. */
static double urgency_of(double kt, uint32_t n)
{
	double k = 2 * n * sinh(kt / n / 2);
	double u = k / (3 + k);
	return u < 0 ? 0 : u > 1 ? 1 : u;
}

/* Jitter and lots make the schedule that runs a little different from the smooth one: it is that
 * one that has to keep the limit, so the search is made again a little tighter until it does. */
static bool search(struct plan_problem *q, struct urgency_in *in, double eps, struct grid_work *w,
		   struct plan *scratch, struct urgency_out *u, double *p, struct err *e)
{
	struct plan_chance c;
	for (int i = 0; i < TRIES; i++) {
		in->eps = eps * (1 - TIGHTER * i);
		if (!urgency_from_danger(in, w, u, e))
			return false;
		*p = u->p;
		if (u->kind != URGENCY_MET)
			return true;
		q->urgency = urgency_of(u->kappa_t, in->n);
		if (!plan_make(q, scratch, e) || !plan_chance(q, scratch, w, &c, e))
			return false;
		*p = c.p;
		if (c.p <= eps)
			return true;
	}
	return err_set(e, ERR_RULE,
		       "no schedule in whole lots keeps it: fewer slices, or less "
		       "randomness");
}

bool plan_within(const struct plan_problem *p, double eps, struct grid_work *w,
		 struct plan *scratch, struct plan_limit *out, struct err *e)
{
	struct plan_problem q = *p;
	struct plan_limit r = {0};
	struct urgency_out u;
	struct market m;
	q.algo = ALGO_AC;
	if (!market_read(&q, &m) || p->horizon_ms <= 0)
		return err_set(e, ERR_RULE, "no end is given: nothing to choose an urgency for");
	uint32_t n = p->slots ? p->slots
			      : plan_slots(p->horizon_ms, p->instr, p->size,
					   p->mark.v > 0 ? p->mark : p->mid);
	n = n < DANGER_SLOTS ? n : DANGER_SLOTS;
	double t = (double)p->horizon_ms / 1000, cap = p->cap > 0 ? p->cap : 0.1;
	m.share *= market_rest_part(p, &m, t / n);
	double fee = p->fee_taker * (1 - m.share) + p->fee_maker * m.share;
	struct urgency_in in = {.account = &p->account,
				.position = m.x0,
				.size = m.size,
				.mark = m.mark,
				.sigma_year = p->sigma_year,
				.horizon_s = t,
				.n = n,
				.eta = market_eta(&m, t / n),
				.epsilon = m.impact.epsilon + fee * m.mid,
				.slope = m.impact.slope,
				.rate_max = p->volume_s > 0 ? cap * p->volume_s : 0,
				.model = GRID_PRICE};
	if (!search(&q, &in, eps, w, scratch, &u, &r.p, e))
		return false;
	r.cap_s = in.rate_max > 0 ? in.size / in.rate_max : 0;
	r.cap_forbids = r.cap_s > t;
	r.kind = (uint8_t)u.kind;
	r.urgency = urgency_of(u.kappa_t, n);
	r.p_hold = u.p_hold;
	if (u.block > 0) {
		double lot = qty_to_double(instr_lot(p->instr));
		r.block_cost = u.block_cost;
		if (!qty_from_double(&r.block, ceil(u.block / lot - 1e-9) * lot + lot / 2))
			return err_set(e, ERR_RULE, "a block of %g is no size", u.block);
		r.block = instr_floor_qty(p->instr, r.block);
		r.block.v = r.block.v < p->size.v ? r.block.v : p->size.v;
	}
	*out = r;
	return true;
}
