/* urgency.c: from "at most 1 % chance of being liquidated on the way" to a schedule.
 *
 * The closed-form bound gives a kappa T that is surely enough (quant: variance cap from the equity
 * buffer); the grid then finds the least one that is. If none within the participation cap does,
 * the smallest block that, sold at once, lets the rest pass. Every step is a grid: some 60 of them
 * at most, for a worker, never for the engine's thread.
 *
 * Invariants: (1) what is proposed has p <= eps on the grid, or the kind says that nothing has;
 * (2) block + schedule == size; (3) the cap holds in every slot after the block. */
#include <math.h>

#include "plan/ac.h"
#include "plan/sane.h"
#include "plan/solve.h"
#include "base/banned.h"

enum { LADDER = 8, HALVINGS = 12 };
static const double KT_TOP = 60; /* kappa T of "at once" when there is no cap */

struct trial {
	const struct urgency_in *in;
	struct grid_work *w;
	struct err *e;
	uint32_t solved;
	double cost; /* of the last schedule tried, USD, without the block */
	double x[GRID_SLOTS], spent[GRID_SLOTS];
};

static double block_cost(const struct urgency_in *in, double q)
{
	return in->epsilon * q + in->slope * q * q / 2;
}

/* Chance on the grid with `block` sold now and the rest by kt; 2 when it cannot be computed. A slot
 * holds what it began with, as a slice may take all of its slot (safe side; as in quant 4.3). */
static double chance(struct trial *t, double block, double kt)
{
	const struct urgency_in *in = t->in;
	double z = in->position > 0 ? 1 : -1, rest = in->size - block;
	double keep = fabs(in->position) - in->size, tau = in->horizon_s / in->n;
	struct plan_account after = *in->account;
	after.maintenance = fmax(0, after.maintenance - in->account->mmr * in->mark * block);
	after.equity -= block_cost(in, block);
	t->cost = 0;
	for (uint32_t k = 0; k < in->n; k++) {
		double held = rest * ac_left(kt / in->n, in->n, k);
		double q = held - rest * ac_left(kt / in->n, in->n, k + 1);
		t->x[k] = z * (keep + held);
		t->spent[k] = t->cost;
		t->cost += in->epsilon * q + in->eta * q * q / tau;
	}
	struct grid_in g = {.account = &after,
			    .x = t->x,
			    .spent = t->spent,
			    .n = in->n,
			    .tau_s = tau,
			    .mark = in->mark,
			    .sigma_year = in->sigma_year,
			    .model = in->model};
	struct grid_out r;
	t->solved++;
	return grid_touch(&g, t->w, &r, t->e) ? r.p : 2;
}

static double cap_kt(const struct urgency_in *in, double rest)
{
	return plan_cap_kt(rest, in->horizon_s, in->n, in->rate_max);
}

/* Least kt in [0, top] with chance <= eps; false when none of the ladder has it. Cost eats equity,
 * so the chance need not fall for ever: a ladder first, then halving below the first rung that
 * passes. */
static bool least_kt(struct trial *t, double block, double top, double *kt, double *p)
{
	double fail = 0;
	top = fmin(top, KT_TOP);
	*kt = 0;
	*p = chance(t, block, 0);
	if (*p <= t->in->eps)
		return true;
	for (int r = 1; r <= LADDER; r++) {
		double k = top * r * r / (LADDER * LADDER);
		*p = chance(t, block, k);
		if (*p > t->in->eps) {
			fail = k;
			continue;
		}
		double pass = k, best = *p;
		for (int i = 0; i < HALVINGS; i++) {
			double mid = (fail + pass) / 2, q = chance(t, block, mid);
			if (q <= t->in->eps)
				pass = mid, best = q;
			else
				fail = mid;
		}
		*kt = pass;
		*p = best;
		return true;
	}
	return false;
}

static bool find_block(struct trial *t, struct urgency_out *r)
{
	const struct urgency_in *in = t->in;
	double lo = 0, hi = in->size, p;
	/* with everything sold: what is kept must live through the horizon */
	p = chance(t, in->size, 0);
	if (p > in->eps)
		return false;
	r->kind = URGENCY_ALL;
	r->block = in->size;
	r->kappa_t = 0;
	r->p = p;
	for (int i = 0; i < HALVINGS; i++) {
		double b = (lo + hi) / 2, top = fmin(cap_kt(in, in->size - b), KT_TOP);
		p = top < 0 ? 2 : chance(t, b, top);
		if (p <= in->eps) {
			hi = b;
			r->kind = URGENCY_BLOCK;
			r->block = b;
			r->kappa_t = top;
			r->p = p;
		} else {
			lo = b;
		}
	}
	r->p = chance(t, r->block, r->kappa_t); /* and its cost */
	return true;
}

static bool urgency_ok(const struct urgency_in *in, struct err *e)
{
	if (in->n < 1 || in->n > GRID_SLOTS)
		return err_set(e, ERR_ARG, "slots are 1 to %d, not %u", GRID_SLOTS, in->n);
	if (!(in->size > 0) || in->size > fabs(in->position) * (1 + 1e-12))
		return err_set(e, ERR_RULE, "size %g: more than 0 and at most the %g held",
			       in->size, fabs(in->position));
	if (!(in->eps > 0 && in->eps < 1))
		return err_set(e, ERR_ARG, "a chance accepted of %g is not between 0 and 1",
			       in->eps);
	if (!(in->horizon_s > 0) || !(in->eta >= 0) || !(in->epsilon >= 0) || !(in->slope >= 0) ||
	    !(in->rate_max >= 0) ||
	    !SANE(in->horizon_s, in->eta, in->epsilon, in->slope, in->rate_max))
		return err_set(e, ERR_ARG,
			       "horizon %g s, impact %g, spread %g, slope %g and rate %g must be "
			       "numbers and not negative",
			       in->horizon_s, in->eta, in->epsilon, in->slope, in->rate_max);
	if (!SANE(in->account->equity, in->account->maintenance, in->position, in->mark,
		  in->sigma_year))
		return err_set(e, ERR_ARG,
			       "equity %g, maintenance %g, position %g, mark %g and volatility %g "
			       "must be numbers",
			       in->account->equity, in->account->maintenance, in->position,
			       in->mark, in->sigma_year);
	return true;
}

bool urgency_from_danger(const struct urgency_in *in, struct grid_work *w, struct urgency_out *out,
			 struct err *e)
{
	struct trial t = {.in = in, .w = w, .e = e};
	struct urgency_out r = {0};
	if (!urgency_ok(in, e))
		return false;
	const struct plan_account *a = in->account;
	double d = a->equity - a->maintenance;
	double sd = fabs(in->position) * in->mark * in->sigma_year * sqrt(in->horizon_s / YEAR_S);
	r.kappa_bound = danger_kappa(d, sd, in->eps);
	r.kappa_t_max = cap_kt(in, in->size);
	struct grid_in hold = {.account = a,
			       .x = &in->position,
			       .n = 1,
			       .tau_s = in->horizon_s,
			       .mark = in->mark,
			       .sigma_year = in->sigma_year,
			       .model = in->model};
	struct grid_out g;
	if (!grid_touch(&hold, w, &g, e))
		return false;
	r.p_hold = g.p;
	r.p_twap = chance(&t, 0, 0);
	if (d <= 0) {
		r.kind = URGENCY_NONE;
		r.p = 1;
	} else if (r.kappa_t_max >= 0 && least_kt(&t, 0, r.kappa_t_max, &r.kappa_t, &r.p)) {
		r.p = chance(&t, 0, r.kappa_t);
	} else if (find_block(&t, &r)) {
		r.block_cost = block_cost(in, r.block);
	} else {
		r.kind = URGENCY_NONE;
	}
	r.cost = t.cost + r.block_cost;
	r.solved = t.solved + 1;
	*out = r;
	return true;
}
