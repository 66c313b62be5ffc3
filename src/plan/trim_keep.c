/* trim_keep.c: the cut that was shown stays while it still does its work and costs hardly more than
 * the best one of now. Two cuts of nearly the same cost would otherwise take turns with every frame
 * of a book, and nobody reads a line that changes under the finger.
 *
 * Invariants: (1) what is kept keeps the promises of trim.c: the cushion, the net beta-delta, no
 * dust; (2) it never costs more than KEEP_DEARER beyond the best. */
#include <math.h>
#include <string.h>

#include "plan/sheet_inner.h"
#include "base/banned.h"

static const double KEEP_DEARER = 0.10; /* of the cost of the best */
static const double KEEP_LEAST = 2e-5;	/* or so much of what is cut */
static const double KEEP_MISSED = 0.01; /* where no cut is enough: so much more is missed */
static const double DUST_USD = 11;	/* the venue's least order is 10 */

struct after { /* the pool once the cuts are done */
	double cost, notional, net_beta, missed, lots;
};

static void cut_pool(const struct sheet_work *w, uint32_t pool, const struct qty *cut, double *cost,
		     struct after *a)
{
	const struct sheet_pool_in *p = &w->in->pool[pool];
	struct pool_leg legs[SHEET_LEGS];
	struct pool_sum s;
	int n = 0;

	*a = (struct after){0};
	for (uint32_t i = 0; i < p->n; i++) {
		const struct sheet_leg_in *l = &w->in->leg[p->first + i];
		double q = qty_to_double(cut[i]), mark = price_to_double(l->mark);
		struct pool_leg g = w->leg[p->first + i];
		struct instr in;
		struct curve c;

		cost[i] = 0;
		if (cut[i].v) {
			curve_make(&c, l, q);
			cost[i] = curve_take(&c, 0, q).cost;
			g.notional *=
				cut[i].v < leg_held(l).v ? 1 - q / qty_to_double(leg_held(l)) : 0;
			g.maint = pool_maint(&w->leg[p->first + i], fabs(g.notional));
		}
		leg_instr(l, &in);
		a->lots += qty_to_double(instr_lot(&in)) * mark * g.beta;
		a->cost += cost[i];
		a->notional += q * mark;
		if (g.notional != 0)
			legs[n++] = g;
	}
	s = pool_measure(legs, n, p->equity - a->cost, w->in->sigma_btc);
	a->net_beta = s.net_beta;
	a->missed = cushion_missed(w, legs, n, p->equity - a->cost, s.sd);
}

/* Still an order that can go out for each leg. */
static bool can_send(const struct sheet_leg_in *l)
{
	double mark = price_to_double(l->mark);
	int64_t rest = leg_held(l).v - l->kept.v;

	if (!l->kept.v)
		return true;
	if (!l->wanted || l->cannot_trade || mark <= 0 || rest < 0)
		return false;
	return rest == 0 || (qty_to_double(l->kept) * mark >= DUST_USD &&
			     qty_to_double((struct qty){rest}) * mark >= DUST_USD);
}

void trim_keep(const struct sheet_work *w, uint32_t pool, struct trim *t)
{
	const struct sheet_pool_in *p = &w->in->pool[pool];
	double cost[SHEET_LEGS], best_cost[SHEET_LEGS], dearer, most;
	struct qty kept[SHEET_LEGS];
	struct after now, best;
	bool any = false;

	for (uint32_t i = 0; i < p->n; i++) {
		kept[i] = w->in->leg[p->first + i].kept;
		any = any || kept[i].v;
		if (!can_send(&w->in->leg[p->first + i]))
			return;
	}
	if (!any || !t->needed || !t->any)
		return;
	cut_pool(w, pool, kept, cost, &now);
	cut_pool(w, pool, t->cut, best_cost, &best);
	dearer = fmax(KEEP_DEARER * best.cost, KEEP_LEAST * best.notional);
	most = fmax(fabs(w->out->pool[pool].sum.net_beta), fabs(best.net_beta)) + now.lots;
	if (now.cost > best.cost + dearer || fabs(now.net_beta) > most)
		return;
	if (now.missed > (t->enough ? 0 : best.missed * (1 + KEEP_MISSED)))
		return;
	memcpy(t->cut, kept, p->n * sizeof kept[0]);
	memcpy(t->cost, cost, p->n * sizeof cost[0]);
	if (!t->enough)
		t->short_by = now.missed;
}
