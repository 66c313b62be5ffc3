/* ways.c: the frontier of cost against risk, and the five ways of the ticket.
 *
 * Invariant: the frontier is closed form (sums of sinh in constant time a point), so that it can be
 * made again for every key. */
#include <math.h>

#include "base/buf.h"
#include "base/check.h"
#include "plan/ac.h"
#include "plan/outlook.h"
#include "plan/plan_in.h"
#include "base/banned.h"

const char *const plan_way_name[WAYS] = {
	[WAY_SWEEP] = "sweep",		[WAY_FAST] = "fast",
	[WAY_BALANCED] = "balanced",	[WAY_PATIENT] = "patient",
	[WAY_DEADLINE] = "by deadline",
};

static const struct way_row {
	uint8_t algo;
	int64_t horizon_ms;
	double urgency;
} way_row[WAYS] = {
	[WAY_SWEEP] = {ALGO_SWEEP, 0, 0},
	[WAY_FAST] = {ALGO_AC, 15 * 60000, 0.4},
	[WAY_BALANCED] = {ALGO_AC, 60 * 60000, 0.4},
	[WAY_PATIENT] = {ALGO_AC, 240 * 60000, 0.4},
};

/* Time at which `part` is still left, in slots of n. */
static double slot_left(double kt, uint32_t n, double part)
{
	double b = kt * n;
	if (b < 1e-6)
		return n * (1 - part);
	/* sinh(kt(n-t)) = part sinh(b); for large b in logarithms */
	double back = b > 30 ? b + log(part) : asinh(part * sinh(b));
	return n - (back > 0 ? back : 0) / kt;
}

/* Sum over k = 0..n-1 of the share left before slot k. */
static double sum_left(double kt, uint32_t n)
{
	double b = kt * n;
	if (b < 1e-6)
		return (n + 1) / 2.0;
	/* sinh(b/2) sinh((b+kt)/2) / (sinh(kt/2) sinh(b)) in falling exponentials */
	return expm1(-b) * expm1(-b - kt) / (expm1(-kt) * expm1(-2 * b));
}

static double frontier_danger(const struct plan_problem *p, const struct market *m,
			      const struct ac *in, double kt, double var, double cost)
{
	const struct plan_account *a = &p->account;
	double tau = in->horizon / in->n, n = in->n, l1 = sum_left(kt, in->n);
	double l2 = in->sigma > 0 ? var / (in->sigma * in->sigma * tau * in->x * in->x) + 1 : 1;
	double px = m->mark, liq;
	if (m->x0 < 0 && venue_liq(a, m->x0, m->x0, m->mark, 0, &liq) && liq > px)
		px = fmin(liq, 2 * px);
	double k = px * p->sigma_year;
	double c1 = m->sign * in->x * k;
	double c0 = (m->x0 - m->sign * in->x) * k + (a->isolated ? 0 : a->others_sd);
	double v = (c0 * c0 * n + 2 * c0 * c1 * l1 + c1 * c1 * l2) * tau / YEAR_S;
	return touch_probability(pool_distance(a, m->x0, m->x0, m->mark, cost > 0 ? cost : 0),
				 sqrt(fmax(v, 0)));
}

uint32_t plan_frontier(const struct plan_problem *p, struct frontier_point *out, uint32_t n)
{
	return plan_frontier_to(p, 1, out, n);
}

uint32_t plan_frontier_to(const struct plan_problem *p, double top, struct frontier_point *out,
			  uint32_t n)
{
	struct market m;
	if (p->horizon_ms <= 0 || n < 2 || !market_read(p, &m))
		return 0;
	uint32_t slots = p->slots ? p->slots
				  : plan_slots(p->horizon_ms, p->instr, p->size,
					       p->mark.v > 0 ? p->mark : p->mid);
	double t = (double)p->horizon_ms / 1000, tau = t / slots;
	struct plan_cost fixed = {0};
	double src[SRC_COUNT] = {0};
	m.share *= market_rest_part(p, &m, tau);
	market_fixed(p, &m, &fixed, src);
	struct ac a = {.x = m.size,
		       .horizon = t,
		       .n = slots,
		       .sigma = m.sigma_s,
		       .eta = market_eta(&m, tau),
		       .gamma = m.impact.gamma};
	int64_t hour = 3600000, first = (p->now_ms / hour + 1) * hour;
	for (uint32_t i = 0; i < n; i++) {
		struct frontier_point f = {.urgency = top * i / (n - 1)};
		struct ac_result r = {0};
		double kt = plan_kt(f.urgency, slots), funding = 0;
		a.lambda = ac_lambda(&a, plan_kappa_t(f.urgency, slots) / t);
		if (!(a.sigma > 0) || !ac_closed(&a, &r)) {
			a.lambda = 0;
			if (!ac_closed(&a, &r))
				return i;
		}
		for (int64_t at = first; at <= p->now_ms + p->horizon_ms; at += hour) {
			uint32_t j = (uint32_t)((double)(at - p->now_ms) / 1000 / tau) + 1;
			funding +=
				market_funding(p, &m, m.size * ac_left(kt, slots, j), at - 1, at);
		}
		f.lambda = a.lambda;
		f.cost = r.cost + fixed.spread + fixed.fees + funding;
		f.sd = sqrt(r.variance);
		f.t95_s = slot_left(kt, slots, 0.05) * tau;
		f.has_danger = p->account.known;
		if (f.has_danger)
			f.danger = frontier_danger(p, &m, &a, kt, r.variance, f.cost);
		out[i] = f;
	}
	return n;
}

void plan_ways(const struct plan_problem *p, int64_t key_until_ms, struct plan_way out[WAYS])
{
	struct plan plan;
	for (int w = 0; w < WAYS; w++) {
		struct plan_problem q = *p;
		struct plan_way r = {0};
		struct err e = {0};
		if (w != WAY_DEADLINE) {
			q.algo = way_row[w].algo;
			q.horizon_ms = way_row[w].horizon_ms;
			q.urgency = way_row[w].urgency;
			q.slots = 0;
		}
		r.algo = q.algo;
		r.horizon_ms = q.horizon_ms;
		r.urgency = q.urgency;
		r.end_ms = q.now_ms + (q.horizon_ms ? q.horizon_ms : 1000);
		struct buf b;
		buf_init(&b, r.reason, sizeof r.reason);
		r.ok = plan_make(&q, &plan, &e);
		if (r.ok)
			r.end_ms = plan.end_ms; /* the volume cap may hold it back */
		if (!r.ok) {
			buf_puts(&b, e.text);
		} else if (w != WAY_SWEEP && q.algo != ALGO_SWEEP && plan_below(&q.account)) {
			r.ok = false;
			buf_puts(&b,
				 "under its maintenance already: only 1, or ! , can be in time");
		} else if (key_until_ms && r.end_ms > key_until_ms) {
			r.ok = false;
			buf_printf(&b, "ends after the signing key, which lasts %lld min more",
				   (long long)((key_until_ms - q.now_ms) / 60000));
		}
		if (e.code == ERR_OK) {
			double x = qty_to_double(q.position);
			double after = qty_to_double(plan.at[plan.n - 1].position);
			r.cost = plan.cost;
			r.sd = plan.sd;
			r.bad_1in20 = plan.bad_1in20;
			r.has_volume = plan.has_volume;
			r.volume_share = plan.volume_share;
			r.held_back = plan.horizon_ms > q.horizon_ms && plan.held_back;
			r.has_danger = plan.has_danger;
			r.danger = plan.danger;
			r.has_dies = pool_dies(&q.account, x, after, price_to_double(q.mark),
					       plan.cost.total, &r.dies_pct);
		}
		out[w] = r;
	}
}
