/* solve.c: see solve.h.
 *
 * Invariants: (1) what is proposed keeps the limit, or its kind says that nothing does; (2) the
 * answer depends on the question alone; (3) a question that makes no sense is answered by its
 * reason, never by a number. */
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "plan/ac.h"
#include "plan/plan_in.h"
#include "plan/solve.h"
#include "base/banned.h"

enum { DAY_S = 86400 };
static const double KT_TOP = 60; /* kappa T of "at once": e^-60 is left after the first slot */

double plan_cap_kt(double size, double horizon_s, uint32_t n, double rate_max)
{
	/* of many slots e^-60 over all is little in the first: the steepest is 4 a slot (plan.h) */
	double top = fmax(KT_TOP, 4.0 * n), most = rate_max * horizon_s / n, lo = 0, hi = top;
	if (!(rate_max > 0))
		return INFINITY;
	if (size / n > most * (1 + 1e-9))
		return -1;
	for (int i = 0; i < 60; i++) {
		double k = (lo + hi) / 2;
		if (size * (1 - ac_left(k / n, n, 1)) <= most)
			lo = k;
		else
			hi = k;
	}
	return lo >= top * 0.999 ? INFINITY : lo;
}

double plan_urgency_of(double kappa_t, uint32_t n)
{
	if (!(kappa_t > 0))
		return 0;
	double k = 2.0 * n * sinh(fmin(kappa_t / n, 4) / 2);
	return isfinite(k) ? fmin(k / (3 + k), 1) : 1;
}

double plan_kappa_t_of(double urgency, uint32_t n)
{
	return plan_kt(urgency, n) * n;
}

bool plan_numbers(const struct plan_problem *p, double tau_s, struct plan_numbers *out)
{
	struct market m;
	if (!market_read(p, &m) || !(m.mark > 0))
		return false;
	m.share *= market_rest_part(p, &m, tau_s);
	double fee = p->fee_taker * (1 - m.share) + p->fee_maker * m.share;
	*out = (struct plan_numbers){
		.size = m.size,
		.mark = m.mark,
		.mid = m.mid,
		.sigma_s = m.sigma_s,
		.eta = market_eta(&m, tau_s),
		.gamma = m.impact.gamma,
		.epsilon = m.impact.epsilon * (1 - 2 * m.share) + fee * m.mid,
		.slope = m.impact.slope,
	};
	if (out->epsilon < 0) /* a maker's rebate is no equity to live on */
		out->epsilon = 0;
	return true;
}

/* ---- the question ---------------------------------------------------- */

static bool touch(const struct solve_in *in, struct grid_work *w, struct solve_out *o,
		  struct err *e)
{
	double spent[SOLVE_SLOTS], lost[SOLVE_SLOTS], sum = 0;
	for (uint32_t k = 0; k < in->n; k++) {
		double q = fabs(in->held[k]) - (k + 1 < in->n ? fabs(in->held[k + 1]) : 0);
		struct liq_loss l;
		spent[k] = sum;
		if (q > 0 && k + 1 < in->n)
			sum += in->epsilon * q + in->eta * q * q / in->tau_s;
		liq_loss(in->held[k], in->mark, in->account.mmr, in->sigma_year, in->epsilon,
			 in->slope, &l);
		lost[k] = l.expected;
	}
	struct grid_in g = {.account = &in->account,
			    .x = in->held,
			    .spent = spent,
			    .lost = lost,
			    .n = in->n,
			    .tau_s = in->tau_s,
			    .mark = in->mark,
			    .sigma_year = in->sigma_year,
			    .model = GRID_PRICE};
	struct grid_out r;
	if (!grid_touch(&g, w, &r, e))
		return false;
	o->p = r.p;
	o->p_bound = r.p_bound;
	o->loss = r.loss;
	o->lgd = r.lgd;
	return true;
}

static bool search(const struct solve_in *in, struct grid_work *w, struct solve_out *o,
		   struct err *e)
{
	struct urgency_in u = {.account = &in->account,
			       .position = in->held[0],
			       .size = in->size,
			       .mark = in->mark,
			       .sigma_year = in->sigma_year,
			       .horizon_s = in->horizon_s,
			       .n = in->slots,
			       .eta = in->eta,
			       .epsilon = in->epsilon,
			       .slope = in->slope,
			       .rate_max = in->rate_max,
			       .eps = in->limit,
			       .model = GRID_PRICE};
	struct urgency_out r;
	if (!urgency_from_danger(&u, w, &r, e))
		return false;
	o->searched = true;
	o->kind = (uint8_t)r.kind;
	o->kappa_t = r.kappa_t;
	o->kappa_t_max = r.kappa_t_max;
	o->block = r.block;
	o->block_cost = r.block_cost;
	o->p_new = r.p;
	o->p_hold = r.p_hold;
	return true;
}

static void put_why(struct solve_out *o, const struct solve_in *in, const struct err *e)
{
	struct buf b;
	*o = (struct solve_out){.exit = in->exit, .plan = in->plan};
	buf_init(&b, o->why, sizeof o->why);
	buf_puts(&b, e->text);
}

void plan_solve(const struct solve_in *in, struct grid_work *w, struct solve_out *out)
{
	struct solve_out r = {.exit = in->exit, .plan = in->plan};
	struct err e = {0};
	if (in->n < 1 || in->n > SOLVE_SLOTS)
		err_set(&e, ERR_ARG, "slots are 1 to %d, not %u", SOLVE_SLOTS, in->n);
	else
		r.ok = touch(in, w, &r, &e) && (!in->search || search(in, w, &r, &e));
	*out = r;
	if (!r.ok)
		put_why(out, in, &e);
}

static void solve_legs(const struct solve_in *in, struct legs_work *w, struct solve_out *out)
{
	struct solve_out r = {.exit = in->exit, .plan = in->plan, .ok = true};
	struct legs_out got;
	struct err e = {0};
	if (!legs_solve(&in->legs, w, &got, &e)) {
		put_why(out, in, &e);
		return;
	}
	r.n_legs = in->legs.n;
	for (uint32_t i = 0; i < in->legs.n; i++) {
		r.leg_exit[i] = in->leg_exit[i];
		r.leg_plan[i] = in->leg_plan[i];
		double own = in->legs.leg[i].end_s;
		r.leg_kappa[i] = got.kappa_t[i] / (own > 0 ? own : in->legs.horizon_s);
	}
	r.legs_gain = got.gain;
	r.legs_chance = in->legs.has_pool;
	r.chance_now = got.now.chance;
	r.chance_new = got.joint.chance;
	*out = r;
}

static void solve_adaptive(const struct solve_in *in, struct adaptive_work *w,
			   struct solve_out *out)
{
	struct solve_out r = {.exit = in->exit, .plan = in->plan, .ok = true, .adapted = true};
	struct adaptive a;
	struct err e = {0};
	if (in->adapt_from >= in->adapt.updates || !adaptive_solve(&in->adapt, w, &a)) {
		err_set(&e, ERR_RULE,
			"market power %g and risk aversion %g leave nothing to adapt to",
			in->adapt.mu, in->adapt.lambda);
		put_why(out, in, &e);
		out->adapted = true;
		return;
	}
	r.policy_first = a.kappa_first;
	adaptive_next(&a, w, in->adapt_from, in->adapt_left, in->adapt_spent,
		      in->adapt_from ? in->adapt_kappa : a.kappa_first, &r.policy);
	*out = r;
}

void plan_answer(const struct solve_in *in, union solve_work *w, struct solve_out *out)
{
	if (in->legs.n)
		solve_legs(in, &w->legs, out);
	else if (in->adapt.updates)
		solve_adaptive(in, &w->adaptive, out);
	else
		plan_solve(in, &w->grid, out);
}

/* ---- a plan from a danger limit -------------------------------------- */

/* The urgency that the bound asks for, cut to the cap. */
static bool candidate(const struct plan_problem *p, double limit, struct danger_plan *d,
		      double *bad, struct err *e)
{
	struct plan_problem q = *p;
	struct plan plan;
	struct plan_numbers m;
	uint32_t n = plan_slots(p->horizon_ms, p->instr, p->size, p->mark);
	double t = (double)p->horizon_ms / 1000, rate = p->volume_s * (p->cap > 0 ? p->cap : 0.1);
	if (!plan_numbers(p, t / n, &m))
		return err_set(e, ERR_RULE, "no size, mark or book: nothing to plan with");
	double cap = plan_cap_kt(m.size, t, n, rate), lo = 0, hi = fmin(cap, 4.0 * n);
	*d = (struct danger_plan){.horizon_ms = p->horizon_ms, .in_cap = cap >= 0};
	q.algo = ALGO_AC;
	if (hi < 0)
		hi = 0;
	for (int i = 0; i < 14; i++) { /* the bound of the plan itself falls with kappa T */
		double k = i == 0 ? 0 : i == 1 ? hi : (lo + hi) / 2;
		q.urgency = plan_urgency_of(k, n);
		if (!plan_make(&q, &plan, e))
			return false;
		bool kept = !plan.has_danger || plan.danger <= limit;
		if (i > 1 && kept)
			hi = k;
		else if (i > 1)
			lo = k;
		if (kept || !d->kept) {
			d->urgency = q.urgency;
			d->danger = plan.has_danger ? plan.danger : 0;
			d->kept = kept;
			*bad = plan.bad_1in20;
		}
		if ((i == 0 && kept) || (i == 1 && !kept))
			break;
	}
	return true;
}

bool plan_by_danger(const struct plan_problem *p, double limit, int64_t key_until_ms,
		    struct danger_plan *out, struct err *e)
{
	static const int64_t presets[] = {15 * 60000, 60 * 60000, 240 * 60000};
	struct danger_plan best = {0};
	double best_bad = INFINITY;
	bool any = false;
	if (!(limit > 0 && limit < 1))
		return err_set(e, ERR_ARG, "a danger limit of %g %% is not between 0 and 100 %%",
			       100 * limit);
	for (size_t i = 0; i < COUNT_OF(presets); i++) {
		struct plan_problem q = *p;
		struct danger_plan d;
		double bad = INFINITY;
		if (p->horizon_ms <= 0)
			q.horizon_ms = presets[i];
		else if (i > 0)
			break;
		if (key_until_ms && q.now_ms + q.horizon_ms > key_until_ms)
			continue;
		if (!candidate(&q, limit, &d, &bad, e))
			return false;
		int good = d.kept + d.in_cap, was = best.kept + best.in_cap;
		if (!any || good > was ||
		    (good == was && (d.kept ? bad < best_bad : d.danger < best.danger))) {
			best = d;
			best_bad = bad;
			any = true;
		}
	}
	if (!any)
		return err_set(
			e, ERR_RULE,
			"the signing key ends before any schedule does: sweep, or a new key");
	*out = best;
	return true;
}

/* ---- held back by the volume cap -------------------------------------- */

static bool late(const struct plan_problem *p, const struct plan *plan)
{
	return p->algo != ALGO_POV && plan->held_back && plan->horizon_ms - p->horizon_ms >= 1000;
}

bool plan_held(const struct plan_problem *p, const struct plan *plan, struct plan *scratch,
	       struct plan_held *out)
{
	struct plan_problem q = *p;
	struct err e = {0};
	if (!late(p, plan))
		return false;
	double cap = p->cap > 0 ? p->cap : 0.1;
	*out = (struct plan_held){.cap = cap,
				  .asked_ms = p->now_ms + p->horizon_ms,
				  .end_ms = plan->end_ms,
				  .hard_end_ms = plan->end_ms};
	int lo = (int)floor(100 * cap), hi = (int)(100 * PLAN_CAP_HARD);
	if (lo >= hi)
		return true;
	q.cap = PLAN_CAP_HARD;
	if (!plan_make(&q, scratch, &e))
		return true;
	out->hard_end_ms = scratch->end_ms;
	if (late(&q, scratch))
		return true;
	while (hi - lo > 1) {
		int mid = (lo + hi) / 2;
		q.cap = mid / 100.0;
		if (plan_make(&q, scratch, &e) && !late(&q, scratch))
			hi = mid;
		else
			lo = mid;
	}
	out->keeps = hi / 100.0;
	return true;
}

static void put_end(struct buf *b, int64_t now_ms, int64_t end_ms)
{
	int64_t s = end_ms / 1000 % DAY_S;
	if (end_ms - now_ms >= DAY_S * 1000)
		buf_printf(b, "%.1f days from now", (double)(end_ms - now_ms) / 1000 / DAY_S);
	else
		buf_printf(b, "%02d:%02d:%02dZ", (int)(s / 3600), (int)(s / 60 % 60),
			   (int)(s % 60));
}

bool plan_held_words(const struct plan_problem *p, const struct plan *plan, struct plan *scratch,
		     struct buf *b)
{
	struct plan_held h;
	if (!plan_held(p, plan, scratch, &h))
		return false;
	buf_printf(b, "the cap of %.3g %% of the volume holds it back: done about ", 100 * h.cap);
	put_end(b, p->now_ms, h.end_ms);
	buf_puts(b, " instead of ");
	put_end(b, p->now_ms, h.asked_ms);
	if (h.keeps > 0) {
		buf_printf(b, "; --cap %.0f%% keeps the end", 100 * h.keeps);
		return true;
	}
	if (h.hard_end_ms < h.end_ms) {
		buf_printf(b, "; --cap %.0f%%, the most, ends about ", 100 * PLAN_CAP_HARD);
		put_end(b, p->now_ms, h.hard_end_ms);
	}
	buf_puts(b, "; sooner only a sweep, or less");
	return true;
}

bool plan_in_key(const struct plan_problem *p, const struct plan *plan, int64_t key_until_ms,
		 struct plan *scratch, struct err *e)
{
	char words[160];
	struct buf b;
	if (!key_until_ms || plan->end_ms <= key_until_ms)
		return true;
	buf_init(&b, words, sizeof words);
	if (!plan_held_words(p, plan, scratch, &b))
		buf_puts(&b, "less of it, or a new key");
	return err_set(e, ERR_RULE,
		       "it would end %lld min after the signing key, and no exit may outlive it: "
		       "%s",
		       (long long)((plan->end_ms - key_until_ms + 59999) / 60000), words);
}

/* ---- what makes no sense --------------------------------------------- */

/* Over the age at which a deep book turns red (operations.md 8). */
static const int64_t BOOK_STALE_NS = INT64_C(15) * 1000000000;

bool plan_sane(const struct plan_problem *p, struct err *e)
{
	const struct plan_account *a = &p->account;
	const struct book *b = p->book;
	if (!isfinite(p->sigma_year) || p->sigma_year < 0)
		return err_set(e, ERR_RULE,
			       "volatility %g a year is no number from 0 up: wait for an estimate, "
			       "or sweep",
			       p->sigma_year);
	if (!isfinite(p->volume_s) || p->volume_s < 0)
		return err_set(e, ERR_RULE, "volume %g coins/s is no number from 0 up",
			       p->volume_s);
	if (!(p->urgency >= 0 && p->urgency <= 1))
		return err_set(e, ERR_ARG, "urgency is 0 to 1, not %g", p->urgency);
	if (p->horizon_ms < 0 || p->horizon_ms > HORIZON_MAX_MS)
		return err_set(e, ERR_RULE, "an exit takes at most 7 days, not %lld min",
			       (long long)(p->horizon_ms / 60000));
	if (p->horizon_ms == 0)
		return true; /* all at once: nothing has to be predicted */
	if (b && b->n_bid && b->n_ask && b->bid[0].px.v >= b->ask[0].px.v)
		return err_set(e, ERR_TIME,
			       "the book is crossed (bid %g, ask %g): wait for the next one, or "
			       "sweep",
			       price_to_double(b->bid[0].px), price_to_double(b->ask[0].px));
	if (b && !b->n_bid != !b->n_ask)
		return err_set(e, ERR_TIME, "the book shows no %s: wait for the next one, or sweep",
			       b->n_bid ? "asks" : "bids");
	if (b && p->book_age_ns > BOOK_STALE_NS)
		return err_set(e, ERR_TIME,
			       "the book is stale, %lld s old: wait for the next one, or sweep",
			       (long long)(p->book_age_ns / 1000000000));
	for (uint32_t k = 0; b && k < (p->side == SIDE_SELL ? b->n_bid : b->n_ask); k++)
		if ((p->side == SIDE_SELL ? b->bid : b->ask)[k].sz.v <= 0)
			return err_set(e, ERR_TIME,
				       "level %u of the book holds nothing: wait for the next one, "
				       "or sweep",
				       k + 1);
	if (!a->known)
		return true; /* no danger is computed, and the screen says why */
	if (!isfinite(a->equity) || !isfinite(a->maintenance) || a->maintenance < 0)
		return err_set(e, ERR_RULE, "equity %g and maintenance %g are no account",
			       a->equity, a->maintenance);
	if (a->equity < a->maintenance)
		return err_set(e, ERR_RULE,
			       "the pool is below its maintenance (%.0f of %.0f USD): no schedule "
			       "outlives that; flatten now, or add collateral",
			       a->equity, a->maintenance);
	return true;
}
