/* legs.c: the urgencies with which the legs of a pool are sold together.
 *
 * The utility of given shapes is a quadratic form of the shares left; one leg's is a function of
 * its kappa T alone once the others stand. So: leg after leg, each to its least, until nothing is
 * gained. It begins where each leg would be by itself.
 *
 * Invariants: (1) every leg falls from its size to zero and never grows; (2) the utility is at most
 * that of the legs by themselves, and (without caps) at least the optimum's; (3) a cap holds in
 * every slot. */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "plan/ac.h"
#include "plan/danger.h"
#include "plan/legs.h"
#include "plan/sane.h"
#include "plan/solve.h"
#include "base/banned.h"

enum { SCAN = 32, SWEEPS = 40, HALVES = 40, GOLDEN = 36 };
static const double GAINED = 1e-13; /* share; less is nothing */

struct one { /* a leg while the others stand */
	double var, lin[LEGS_SLOTS + 1];
	double imp; /* utility of a unit of sum (share sold)^2 */
	uint32_t n;
};

static bool leg_ok(const struct legs_in *in, uint32_t i, struct err *e)
{
	const struct leg *l = &in->leg[i];
	double tau = in->horizon_s / in->slots;
	if (!SANE(l->x, l->sigma_s, l->beta_s, l->eta, l->gamma, l->epsilon, l->rate_max))
		return err_set(e, ERR_RULE,
			       "%s: size %g, volatility %g, common part %g, impact %g and %g, "
			       "spread %g and pace %g must be numbers",
			       l->coin, l->x, l->sigma_s, l->beta_s, l->eta, l->gamma, l->epsilon,
			       l->rate_max);
	if (l->x >= 0 && l->x <= 0)
		return err_set(e, ERR_RULE, "%s: nothing is held; leave it out", l->coin);
	if (!(l->sigma_s > 0))
		return err_set(e, ERR_RULE, "%s: a volatility of %g; it must be > 0", l->coin,
			       l->sigma_s);
	if (!(l->eta > 0) || !(l->gamma >= 0) || !(l->eta - l->gamma * tau / 2 > 0))
		return err_set(e, ERR_RULE,
			       "%s: temporary impact %g less half the permanent %g of a slot must "
			       "be > 0: take shorter slots",
			       l->coin, l->eta, l->gamma);
	if (!(l->epsilon >= 0) || !(l->rate_max >= 0) || !(l->beta_s >= 0))
		return err_set(e, ERR_RULE,
			       "%s: spread %g, pace %g and common part %g must not be negative",
			       l->coin, l->epsilon, l->rate_max, l->beta_s);
	for (uint32_t j = 0; j < i; j++)
		if (!strcmp(in->leg[j].coin, l->coin))
			return err_set(e, ERR_RULE, "%s is named twice", l->coin);
	return true;
}

static bool legs_ok(const struct legs_in *in, struct err *e)
{
	if (in->n < 1 || in->n > MULTI_LEGS)
		return err_set(e, ERR_LIMIT, "legs are 1 to %d, not %u", MULTI_LEGS, in->n);
	if (in->slots < 2 || in->slots > LEGS_SLOTS)
		return err_set(e, ERR_LIMIT, "slots are 2 to %d, not %u", LEGS_SLOTS, in->slots);
	if (!(in->horizon_s > 0) || !(in->lambda >= 0) || !SANE(in->horizon_s, in->lambda))
		return err_set(e, ERR_RULE, "an end in %g s and a risk aversion of %g make no plan",
			       in->horizon_s, in->lambda);
	if (!(in->urgency >= 0 && in->urgency < 1))
		return err_set(e, ERR_RULE, "an urgency of legs is 0 to below 1, not %g",
			       in->urgency);
	if (!(in->limit >= 0 && in->limit < 1))
		return err_set(e, ERR_RULE, "a chance accepted of %g is not between 0 and 1",
			       in->limit);
	if (in->limit > 0 && !in->has_pool)
		return err_set(e, ERR_RULE,
			       "the pool's equity is not known, so no limit on its liquidation "
			       "can be kept: give an end and an urgency");
	if (in->has_pool && !(in->distance > 0 && SANE(in->distance)))
		return err_set(e, ERR_RULE,
			       "the pool is at its maintenance (%g USD above it): flatten or add "
			       "collateral",
			       in->distance);
	for (uint32_t i = 0; i < in->n; i++) {
		if (!leg_ok(in, i, e))
			return false;
		if (!(in->leg[i].end_s >= 0 && in->leg[i].end_s <= in->horizon_s * (1 + 1e-9)) ||
		    (in->leg[i].end_s > 0 && !in->running))
			return err_set(
				e, ERR_RULE,
				"%s: an end of its own in %g s; running legs have one, up to "
				"the %g s of all",
				in->leg[i].coin, in->leg[i].end_s, in->horizon_s);
		if (in->running && !(in->kappa_now[i] >= 0 && SANE(in->kappa_now[i])))
			return err_set(e, ERR_RULE, "%s: it cannot run at a kappa T of %g",
				       in->leg[i].coin, in->kappa_now[i]);
	}
	return true;
}

static bool to_multi(const struct legs_in *in, struct multi *m, struct err *e)
{
	struct multi_factors f = {.legs = in->n, .factors = 1, .s = {1}};
	memset(m, 0, sizeof *m);
	m->legs = in->n;
	m->n = in->slots;
	m->horizon = in->horizon_s;
	for (uint32_t i = 0; i < in->n; i++) {
		const struct leg *l = &in->leg[i];
		double all = l->sigma_s * l->sigma_s;
		f.f[i] = fmin(l->beta_s, l->sigma_s * sqrt(LEGS_COMMON_MAX));
		f.d[i] = all - f.f[i] * f.f[i];
		m->x[i] = l->x;
		m->epsilon[i] = l->epsilon;
		m->h[i * in->n + i] = l->eta;
		m->gamma[i * in->n + i] = l->gamma;
	}
	return multi_factor_cov(&f, m->c, e);
}

/* ---- of all legs ---- */

static double cov(const struct multi *m, uint32_t i, uint32_t j)
{
	return m->c[i * m->legs + j] * m->x[i] * m->x[j];
}

/* Temporary impact of holdings: what of the cost a schedule changes while nothing turns over. */
static double impact_of(const struct multi *m, const double *x)
{
	double c = 0, tau = m->horizon / m->n;
	for (uint32_t k = 1; k <= m->n; k++)
		for (uint32_t i = 0; i < m->legs; i++) {
			uint32_t ii = i * m->legs + i;
			double q = x[(k - 1) * m->legs + i] - x[k * m->legs + i];
			c += (m->h[ii] / tau - m->gamma[ii] / 2) * q * q;
		}
	return c;
}

/* Of the legs that are the pool; the others have margin of their own. */
static double pool_chance(const struct legs_in *in, const struct multi *m, const double *x)
{
	double cost = 0, var = 0, tau = m->horizon / m->n;
	for (uint32_t k = 0; k < m->n; k++)
		for (uint32_t i = 0; i < m->legs; i++) {
			const double *held = x + k * m->legs;
			uint32_t ii = i * m->legs + i;
			double q = held[i] - held[m->legs + i];
			if (in->leg[i].apart)
				continue;
			cost += m->epsilon[i] * fabs(q) +
				(m->h[ii] / tau - m->gamma[ii] / 2) * q * q;
			cost += k ? 0 : m->gamma[ii] * held[i] * held[i] / 2;
			for (uint32_t j = 0; j < m->legs; j++)
				var += in->leg[j].apart
					       ? 0
					       : tau * m->c[i * m->legs + j] * held[i] * held[j];
		}
	return touch_probability(in->distance - cost, sqrt(fmax(var, 0)));
}

/* x: holdings, slots + 1 of them. The chance counts what each slot begins with: a slice may take
 * all of its slot. */
static void sum_of(const struct legs_in *in, const struct multi *m, const double *x,
		   struct legs_sum *s)
{
	double cost, var, first = 0, tau = m->horizon / m->n;
	multi_evaluate(m, x, &cost, &var);
	for (uint32_t i = 0; i < m->legs; i++)
		for (uint32_t j = 0; j < m->legs; j++)
			first += cov(m, i, j);
	s->cost = cost;
	s->utility = impact_of(m, x) + m->lambda * var;
	s->sd = sqrt(fmax(var + tau * first, 0));
	s->chance = in->has_pool ? pool_chance(in, m, x) : 0;
}

/* Slots of the model until the leg's own end. */
static uint32_t leg_n(const struct legs_in *in, uint32_t i)
{
	double part = in->leg[i].end_s > 0 ? in->leg[i].end_s / in->horizon_s : 1;
	double n = round(part * in->slots);
	return n < 1 ? 1 : n > in->slots ? in->slots : (uint32_t)n;
}

/* Over the first n slots; after them nothing is left. */
static void shape(const struct multi *m, uint32_t n, double kappa_t, double *g)
{
	for (uint32_t k = 0; k <= m->n; k++)
		g[k] = k < n ? ac_left(kappa_t / n, n, k) : 0;
}

static void leg_shape(const struct legs_in *in, const struct multi *m, uint32_t i, double kappa_t,
		      double *g)
{
	if (!in->leg[i].held)
		shape(m, leg_n(in, i), kappa_t, g);
	for (uint32_t k = 0; in->leg[i].held && k <= m->n; k++)
		g[k] = 1;
}

/* best.x is free once its sum is taken. */
static void sum_of_shapes(const struct legs_in *in, struct legs_work *w, const double *kappa_t,
			  struct legs_sum *s)
{
	struct multi *m = &w->m;
	for (uint32_t i = 0; i < m->legs; i++) {
		leg_shape(in, m, i, kappa_t[i], w->g[i]);
		for (uint32_t k = 0; k <= m->n; k++)
			w->best.x[k * m->legs + i] = m->x[i] * w->g[i][k];
	}
	sum_of(in, m, w->best.x, s);
}

/* ---- of one leg ---- */

static double one_utility(const struct one *o, double kappa_t)
{
	double u = 0, before = 1;
	for (uint32_t k = 1; k <= o->n; k++) {
		double g = ac_left(kappa_t / o->n, o->n, k);
		u += o->imp * (before - g) * (before - g) + (o->var * g + o->lin[k]) * g;
		before = g;
	}
	return u;
}

static void one_of(const struct legs_in *in, const struct legs_work *w, uint32_t i, struct one *o)
{
	const struct multi *m = &w->m;
	double tau = m->horizon / m->n, risk = m->lambda * tau;
	uint32_t ii = i * m->legs + i;
	o->n = leg_n(in, i);
	o->imp = (m->h[ii] - tau * m->gamma[ii] / 2) * m->x[i] * m->x[i] / tau;
	o->var = risk * cov(m, i, i);
	for (uint32_t k = 0; k <= m->n; k++) {
		o->lin[k] = 0;
		for (uint32_t j = 0; j < m->legs; j++)
			if (j != i)
				o->lin[k] += 2 * risk * cov(m, i, j) * w->g[j][k];
	}
}

/* Least of one leg between two urgencies, by golden section. */
static double one_least(const struct one *o, double lo, double hi)
{
	const double r = 0.6180339887498949;
	double a = hi - r * (hi - lo), b = lo + r * (hi - lo);
	double ua = one_utility(o, plan_kappa_t_of(a, o->n));
	double ub = one_utility(o, plan_kappa_t_of(b, o->n));
	for (int k = 0; k < GOLDEN; k++) {
		if (ua <= ub) {
			hi = b, b = a, ub = ua;
			a = hi - r * (hi - lo);
			ua = one_utility(o, plan_kappa_t_of(a, o->n));
		} else {
			lo = a, a = b, ua = ub;
			b = lo + r * (hi - lo);
			ub = one_utility(o, plan_kappa_t_of(b, o->n));
		}
	}
	return (lo + hi) / 2;
}

/* Moves kappa_t[i] to its least up to `cap`; returns what it gained. The first time all urgencies
 * are looked at, later those near. */
static double one_move(const struct legs_in *in, struct legs_work *w, uint32_t i, double cap,
		       bool first, double *kappa_t)
{
	struct one o;
	one_of(in, w, i, &o);
	double top = plan_urgency_of(cap, o.n), here = plan_urgency_of(*kappa_t, o.n);
	double near = 1.0 / SCAN, at = here;
	double was = one_utility(&o, *kappa_t), least = was;
	for (int k = 0; first && k <= SCAN; k++) {
		double u = top * k / SCAN, v = one_utility(&o, plan_kappa_t_of(u, o.n));
		if (v < least)
			least = v, at = u;
	}
	double u = one_least(&o, fmax(0, at - near), fmin(top, at + near));
	double kt = fmin(plan_kappa_t_of(u, o.n), cap), v = one_utility(&o, kt);
	double even = one_utility(&o, 0); /* an end of the range is never met by halving */
	if (even <= v)
		kt = 0, v = even;
	if (was - v <= GAINED * o.imp / o.n) /* of the impact of an even pace */
		return 0;
	*kappa_t = kt;
	shape(&w->m, o.n, kt, w->g[i]);
	return was - v;
}

/* ---- together ---- */

static void follow(const struct legs_in *in, struct legs_work *w, struct legs_out *out)
{
	struct multi *m = &w->m;
	double tau = m->horizon / m->n, cap[MULTI_LEGS];
	for (uint32_t i = 0; i < m->legs; i++) {
		uint32_t ii = i * m->legs + i;
		double h = m->h[ii] - tau * m->gamma[ii] / 2;
		uint32_t n = leg_n(in, i);
		double most = plan_cap_kt(fabs(m->x[i]), tau * n, n, in->leg[i].rate_max);
		out->too_short[i] = most < 0;
		cap[i] = in->leg[i].held ? 0 : fmax(fmin(most, plan_kappa_t_of(1, n)), 0);
		out->alone_t[i] =
			fmin(2 * asinh(sqrt(m->lambda * m->c[ii] / h) * tau / 2) * n, cap[i]);
		out->kappa_t[i] = out->alone_t[i];
	}
	sum_of_shapes(in, w, out->alone_t, &out->alone);
	for (int sweep = 0; sweep < SWEEPS; sweep++) {
		double gained = 0;
		for (uint32_t i = 0; i < m->legs; i++)
			gained += in->leg[i].held ? 0
						  : one_move(in, w, i, cap[i], sweep == 0,
							     &out->kappa_t[i]);
		if (gained <= GAINED * fabs(out->alone.utility))
			break;
	}
	for (uint32_t i = 0; i < m->legs; i++)
		out->capped[i] = out->kappa_t[i] > 0 && out->kappa_t[i] >= cap[i] * (1 - 1e-6);
	sum_of_shapes(in, w, out->kappa_t, &out->joint);
}

/* Risk aversion at which the most urgent leg by itself would have kappa T. */
static double lambda_at(const struct multi *m, double kappa_t)
{
	double tau = m->horizon / m->n, k = 2 / tau * sinh(kappa_t / m->n / 2), least = INFINITY;
	for (uint32_t i = 0; i < m->legs; i++) {
		uint32_t ii = i * m->legs + i;
		least = fmin(least, (m->h[ii] - tau * m->gamma[ii] / 2) * k * k / m->c[ii]);
	}
	return least;
}

/* The least risk aversion that keeps the limit. Cost eats equity, so the chance need not fall for
 * ever: a ladder first, then halving below its first rung that passes. With none that passes, the
 * rung with the least chance stands, and `kept` is false. */
static void keep_limit(const struct legs_in *in, struct legs_work *w, struct legs_out *out)
{
	static const double rungs[] = {0.5, 1, 2, 3, 5, 8, 12, 20, 30};
	double lo = in->lambda, hi = 0, best = in->lambda;
	follow(in, w, out);
	double least = out->joint.chance;
	if (least <= in->limit)
		return;
	for (uint32_t k = 0; k < COUNT_OF(rungs); k++) {
		double l = lambda_at(&w->m, rungs[k]);
		if (l <= lo)
			continue;
		w->m.lambda = l;
		follow(in, w, out);
		if (out->joint.chance < least)
			least = out->joint.chance, best = l;
		if (out->joint.chance <= in->limit) {
			hi = l;
			break;
		}
		lo = l;
	}
	for (int k = 0; hi > 0 && k < HALVES && hi - lo > 1e-3 * hi; k++) {
		w->m.lambda = (lo + hi) / 2;
		follow(in, w, out);
		if (out->joint.chance <= in->limit)
			hi = w->m.lambda;
		else
			lo = w->m.lambda;
	}
	w->m.lambda = hi > 0 ? hi : best;
	follow(in, w, out);
}

bool legs_solve(const struct legs_in *in, struct legs_work *w, struct legs_out *out, struct err *e)
{
	if (!legs_ok(in, e) || !to_multi(in, &w->m, e))
		return false;
	w->m.lambda = in->urgency > 0 ? lambda_at(&w->m, plan_kappa_t_of(in->urgency, in->slots))
				      : in->lambda;
	memset(out, 0, sizeof *out);
	if (in->limit > 0)
		keep_limit(in, w, out);
	else
		follow(in, w, out);
	out->lambda = w->m.lambda;
	if (in->running) {
		sum_of_shapes(in, w, in->kappa_now, &out->now);
		out->gain = fmax(1 - out->joint.utility / out->now.utility, 0);
	} else {
		if (!multi_solve(&w->m, &w->best, e))
			return false;
		out->overshoots = w->best.overshoot;
		sum_of(in, &w->m, w->best.x, &out->best);
		out->regret = fmax(out->joint.utility / out->best.utility - 1, 0);
	}
	out->kept = !(in->limit > 0) || out->joint.chance <= in->limit;
	for (uint32_t i = 0; i < in->n; i++)
		out->urgency[i] = plan_urgency_of(
			out->kappa_t[i], in->leg[i].slots ? in->leg[i].slots : leg_n(in, i));
	return true;
}
