/* trim.c: the least cut of a pool to the chosen cushion.
 *
 * Minimises cost subject to three conditions: equity above maintenance after BTC has moved by the
 * shock, down and up, each with the tiers in force there; and `sigmas` hours of sigma above
 * maintenance now. Two ways, the cheaper is taken: greedy, each time the step (5 % of a position)
 * that mends most for its dollar; and the optimum of the convex problem (trim_convex.h) rounded up
 * to steps. What turns out not to be needed is put back, and steps are exchanged between legs while
 * that is cheaper. The convex optimum is the bound that the gap is told from.
 *
 * Invariants: (1) |net beta-delta| never ends above where it began, but for one lot a leg; a leg
 * that offsets others goes with them: beside a companion, or all in equal parts; (2) no step is
 * taken past the break-even price of its leg; (3) a cut is on the lot, never more than held, never
 * an order below the venue's minimum, and leaves nothing below it. */
#include <math.h>
#include <string.h>

#include "plan/sheet_inner.h"
#include "plan/trim_convex.h"
#include "base/banned.h"

static const double MIN_USD = 11; /* the venue's least order is 10 */
static const double COST_LEAST = 1e-4;
static const double NEAR = 0.005; /* of the bound: nothing is left to find */

enum { EXCHANGES = 16, SHOCKS = 3 }; /* down, up, and where the pool dies now */

struct at { /* a leg with some of it cut */
	int level;
	struct qty cut;
	double left; /* signed USD still held */
	double cost, maint;
	double g[SHOCKS]; /* what it adds to equity less maintenance after each shock */
};

struct cut_leg {
	const struct sheet_leg_in *in;
	const struct pool_leg *pool;
	bool can;
	struct at now, next; /* next.level 0: there is none */
	struct at prev;	     /* prune: the level before, once has_prev */
	bool has_prev;
};

struct state { /* sums over the pool */
	double f[SHOCKS], maint, a, aa, net_beta, equity, cost;
};

struct job {
	const struct sheet_work *w;
	int n, levels;
	bool has_dies;
	double x[SHOCKS], delta_most, slack;
	struct state s;
	struct cut_leg leg[SHEET_LEGS];
};

static double missed(const struct sheet_work *w, const struct state *s, double sd)
{
	double m = 0, sigma = s->equity - s->maint - w->sigmas * sd;

	m += s->f[0] < 0 ? -s->f[0] : 0;
	m += s->f[1] < 0 ? -s->f[1] : 0;
	if (w->sigmas > 0 && sigma < 0)
		m += -sigma;
	return m;
}

static double sd_of(const struct sheet_work *w, const struct state *s)
{
	double cov = sqrt(POOL_CORRELATION * s->a * s->a + (1 - POOL_CORRELATION) * s->aa);
	double btc = fabs(s->net_beta) * w->in->sigma_btc;

	return cov > btc ? cov : btc;
}

static double state_missed(const struct job *j, const struct state *s)
{
	return missed(j->w, s, sd_of(j->w, s));
}

double cushion_missed(const struct sheet_work *w, const struct pool_leg *legs, int n, double equity,
		      double sd)
{
	double worst = -pool_lowest(legs, n, equity, -w->shock, 1);
	double up = -pool_lowest(legs, n, equity, w->shock, 1), sigma = w->sigmas * sd - equity;

	for (int i = 0; i < n; i++)
		sigma += legs[i].maint;
	worst = up > worst ? up : worst;
	if (w->sigmas > 0 && sigma > worst)
		worst = sigma;
	return worst > 0 ? worst : 0;
}

/* Rounded up to the lot; the whole, and whatever would leave dust, is what is held. */
static struct qty cut_size(const struct cut_leg *c, double part, double mark)
{
	struct qty held = leg_held(c->in), q;
	struct instr i;
	struct qty lot;

	leg_instr(c->in, &i);
	lot = instr_lot(&i);
	if (part > 1 - 1e-9 || !qty_from_double(&q, part * qty_to_double(held)))
		return held;
	q.v = (q.v + lot.v) / lot.v * lot.v; /* up: a double may lie a hair below the lot */
	if (qty_to_double((struct qty){q.v - lot.v}) >= part * qty_to_double(held) - 1e-12)
		q.v -= lot.v;
	if (q.v >= held.v || qty_to_double((struct qty){held.v - q.v}) * mark < MIN_USD)
		return held;
	return q;
}

static void leg_at(const struct job *j, const struct cut_leg *c, int level, struct qty cut,
		   struct at *a)
{
	double mark = price_to_double(c->in->mark), q = qty_to_double(cut);
	double held = qty_to_double(leg_held(c->in)), n = fabs(c->pool->notional);
	double rest = held > 0 ? n * (1 - q / held) : 0;
	struct curve curve;

	*a = (struct at){.level = level, .cut = cut};
	a->left = c->pool->notional < 0 ? -rest : rest;
	a->maint = pool_maint(c->pool, rest);
	for (int k = 0; k < SHOCKS; k++) {
		double to = 1 + c->pool->beta * j->x[k];

		if (to < 0)
			to = 0;
		a->g[k] = a->left * (to - 1) - pool_maint(c->pool, rest * to);
	}
	if (q > 0 && mark > 0) {
		curve_make(&curve, c->in, q);
		a->cost = curve_take(&curve, 0, q).cost;
	}
}

/* The next level whose order and remainder the venue takes. */
static void leg_next(const struct job *j, const struct cut_leg *c, const struct at *from,
		     struct at *next)
{
	double mark = price_to_double(c->in->mark);

	next->level = 0;
	for (int k = from->level + 1; c->can && k <= j->levels; k++) {
		struct qty q = cut_size(c, k >= j->levels ? 1 : k * j->w->step, mark);

		if (q.v <= from->cut.v)
			continue;
		if (q.v == leg_held(c->in).v)
			k = j->levels;
		else if (qty_to_double(q) * mark < MIN_USD)
			continue;
		leg_at(j, c, k, q, next);
		return;
	}
}

/* The level before, down to nothing. */
static void leg_prev(const struct job *j, const struct cut_leg *c, struct at *prev)
{
	double mark = price_to_double(c->in->mark);

	for (int k = c->now.level - 1; k > 0; k--) {
		struct qty q = cut_size(c, k * j->w->step, mark);

		if (q.v < c->now.cut.v && qty_to_double(q) * mark >= MIN_USD) {
			leg_at(j, c, k, q, prev);
			return;
		}
	}
	leg_at(j, c, 0, (struct qty){0}, prev);
}

static void move(struct state *s, const struct cut_leg *c, const struct at *from,
		 const struct at *to)
{
	double cost = to->cost - from->cost, a0 = from->left * c->pool->sigma,
	       a1 = to->left * c->pool->sigma;

	for (int k = 0; k < SHOCKS; k++)
		s->f[k] += to->g[k] - from->g[k] - cost;
	s->maint += to->maint - from->maint;
	s->a += a1 - a0;
	s->aa += a1 * a1 - a0 * a0;
	s->net_beta += (to->left - from->left) * c->pool->beta;
	s->equity -= cost;
	s->cost += cost;
}

/* Better by this much a dollar; negative: worse, or past break-even. */
static double worth(const struct job *j, const struct state *to)
{
	double less = state_missed(j, &j->s) - state_missed(j, to), cost = to->cost - j->s.cost;

	if (j->has_dies && to->f[2] < j->s.f[2])
		return -1;
	return less > 0 ? less / (cost > COST_LEAST ? cost : COST_LEAST) : -1;
}

static bool delta_ok(const struct job *j, const struct state *s, double slack)
{
	return fabs(s->net_beta) <= j->delta_most + slack;
}

static void take_step(struct job *j, int k)
{
	struct cut_leg *c = &j->leg[k];

	move(&j->s, c, &c->now, &c->next);
	c->now = c->next;
	leg_next(j, c, &c->now, &c->next);
}

/* The best single step, and the best that only a companion would allow; -1: none. */
static int best_single(const struct job *j, int *offsetting, double *value)
{
	int best = -1;
	double most = 0, most_off = 0;

	*offsetting = -1;
	for (int k = 0; k < j->n; k++) {
		const struct cut_leg *c = &j->leg[k];
		struct state s = j->s;
		double v;

		if (!c->next.level)
			continue;
		move(&s, c, &c->now, &c->next);
		v = worth(j, &s);
		if (delta_ok(j, &s, 0)) {
			if (v > most) {
				most = v;
				best = k;
			}
		} else if (v > most_off) {
			most_off = v;
			*offsetting = k;
		}
	}
	*value = most;
	if (most_off <= most)
		*offsetting = -1;
	return best;
}

/* One step of `off` with as many of `with` as keep the delta: taken if worth more than `least`. */
static bool take_pair(struct job *j, int off, int with, double least)
{
	struct cut_leg *a = &j->leg[off], *b = &j->leg[with];
	struct state s = j->s;
	struct at now = b->now, next = b->next;

	move(&s, a, &a->now, &a->next);
	while (!delta_ok(j, &s, 0) && next.level) {
		move(&s, b, &now, &next);
		now = next;
		leg_next(j, b, &now, &next);
	}
	if (!delta_ok(j, &s, 0) || worth(j, &s) <= least)
		return false;
	take_step(j, off);
	j->s = s;
	b->now = now;
	b->next = next;
	return true;
}

/* Every leg one step, so that a hedged pool keeps its shape. */
static bool take_together(struct job *j)
{
	struct state s = j->s;
	bool any = false;

	for (int k = 0; k < j->n; k++)
		if (j->leg[k].next.level) {
			move(&s, &j->leg[k], &j->leg[k].now, &j->leg[k].next);
			any = true;
		}
	if (!any || !delta_ok(j, &s, j->slack) || worth(j, &s) <= 0)
		return false;
	for (int k = 0; k < j->n; k++)
		if (j->leg[k].next.level)
			take_step(j, k);
	return true;
}

static bool step(struct job *j)
{
	int off, best;
	double value;

	best = best_single(j, &off, &value);
	if (off >= 0) {
		int with = -1;
		double most = -INFINITY;

		/* the companion lies on the other side, and costs least for what it mends */
		for (int k = 0; k < j->n; k++) {
			const struct cut_leg *c = &j->leg[k];
			struct state s = j->s;
			double gain;

			if (k == off || !c->next.level ||
			    (c->now.left > 0) == (j->leg[off].now.left > 0))
				continue;
			move(&s, c, &c->now, &c->next);
			gain = (s.f[0] - j->s.f[0] + s.f[1] - j->s.f[1]) /
			       fmax(s.cost - j->s.cost, COST_LEAST);
			if (gain > most) {
				most = gain;
				with = k;
			}
		}
		if (with >= 0 && take_pair(j, off, with, value))
			return true;
	}
	if (best < 0)
		return take_together(j);
	take_step(j, best);
	return true;
}

/* Puts back what is not needed, the dearest first. */
static void prune(struct job *j)
{
	for (int turns = 0; turns < j->n * j->levels; turns++) {
		int best = -1;
		double most = COST_LEAST;

		for (int k = 0; k < j->n; k++) {
			struct cut_leg *c = &j->leg[k];
			struct state s = j->s;

			if (!c->now.level)
				continue;
			if (!c->has_prev)
				leg_prev(j, c, &c->prev);
			c->has_prev = true;
			move(&s, c, &c->now, &c->prev);
			if (j->s.cost - s.cost > most && state_missed(j, &s) <= 0 &&
			    delta_ok(j, &s, 0)) {
				most = j->s.cost - s.cost;
				best = k;
			}
		}
		if (best < 0)
			return;
		move(&j->s, &j->leg[best], &j->leg[best].now, &j->leg[best].prev);
		j->leg[best].now = j->leg[best].prev;
		j->leg[best].has_prev = false;
	}
}

/* The step moves the death away, whatever else it does. */
static bool breaks_even(const struct job *j, const struct at *from, const struct at *to)
{
	return !j->has_dies || to->g[2] - to->cost >= from->g[2] - from->cost;
}

/* The cheapest swap of a step of one leg for a step of another. */
static bool exchange(struct job *j)
{
	struct state best = j->s;
	int from = -1, to = -1;

	for (int i = 0; i < j->n; i++) {
		struct cut_leg *a = &j->leg[i];

		if (!a->now.level)
			continue;
		if (!a->has_prev)
			leg_prev(j, a, &a->prev);
		a->has_prev = true;
		for (int k = 0; k < j->n; k++) {
			struct cut_leg *b = &j->leg[k];
			struct state s = j->s;

			if (k == i || !b->next.level || !breaks_even(j, &b->now, &b->next))
				continue;
			move(&s, a, &a->now, &a->prev);
			move(&s, b, &b->now, &b->next);
			if (s.cost < best.cost - COST_LEAST && state_missed(j, &s) <= 0 &&
			    delta_ok(j, &s, 0)) {
				best = s;
				from = i;
				to = k;
			}
		}
	}
	if (from < 0)
		return false;
	move(&j->s, &j->leg[from], &j->leg[from].now, &j->leg[from].prev);
	j->leg[from].now = j->leg[from].prev;
	j->leg[from].has_prev = false;
	leg_next(j, &j->leg[from], &j->leg[from].now, &j->leg[from].next);
	take_step(j, to);
	j->leg[to].has_prev = false;
	return true;
}

/* Greedy from where it stands, until nothing is missed or nothing mends. */
static void mend(struct job *j)
{
	int most = j->n * j->levels + 1;

	for (int i = 0; i < most && state_missed(j, &j->s) > 0; i++)
		if (!step(j))
			break;
	if (state_missed(j, &j->s) > 0)
		return;
	prune(j);
	for (int i = 0; i < EXCHANGES && exchange(j); i++)
		prune(j);
}

static void begin(struct job *j, const struct sheet_work *w, uint32_t pool)
{
	const struct sheet_pool_in *p = &w->in->pool[pool];
	const struct pool_sum *sum = &w->out->pool[pool].sum;

	j->w = w;
	j->n = p->n;
	j->levels = (int)ceil(1 / w->step - 1e-9);
	j->has_dies = sum->has_dies;
	j->x[0] = -w->shock;
	j->x[1] = w->shock;
	j->x[2] = -sum->side * sum->dies;
	j->delta_most = fabs(sum->net_beta) + 1e-9 * sum->gross;
	j->slack = 0;
	j->s = (struct state){.f = {p->equity, p->equity, p->equity}, .equity = p->equity};
	for (int i = 0; i < j->n; i++) {
		struct cut_leg *c = &j->leg[i];
		struct instr in;
		double a;

		*c = (struct cut_leg){.in = &w->in->leg[p->first + i],
				      .pool = &w->leg[p->first + i]};
		c->can = c->in->wanted && !c->in->cannot_trade && c->in->mark.v > 0;
		leg_at(j, c, 0, (struct qty){0}, &c->now);
		leg_next(j, c, &c->now, &c->next);
		leg_instr(c->in, &in);
		j->slack += qty_to_double(instr_lot(&in)) * price_to_double(c->in->mark) *
			    c->pool->beta;
		for (int k = 0; k < SHOCKS; k++)
			j->s.f[k] += c->now.g[k];
		j->s.maint += c->now.maint;
		a = c->now.left * c->pool->sigma;
		j->s.a += a;
		j->s.aa += a * a;
		j->s.net_beta += c->now.left * c->pool->beta;
	}
}

static bool any_helps(const struct job *j)
{
	for (int k = 0; k < j->n; k++) {
		struct state s = j->s;

		if (!j->leg[k].next.level)
			continue;
		move(&s, &j->leg[k], &j->leg[k].now, &j->leg[k].next);
		if (j->has_dies ? s.f[2] > j->s.f[2] : worth(j, &s) > 0)
			return true;
	}
	return false;
}

/* What fell short must at least not have brought death nearer, from the other side. */
static bool nearer(const struct job *j, const struct pool_sum *was)
{
	struct pool_leg legs[SHEET_LEGS];
	struct pool_sum s;
	int n = 0;

	for (int i = 0; i < j->n; i++) {
		legs[n] = *j->leg[i].pool;
		legs[n].notional = j->leg[i].now.left;
		legs[n].maint = j->leg[i].now.maint;
		n += legs[n].notional != 0;
	}
	s = pool_measure(legs, n, j->s.equity, j->w->in->sigma_btc);
	if (s.free < 0)
		return true; /* liquidated all the same, or nothing left */
	return s.has_dies && (!was->has_dies || s.dies < was->dies);
}

static void step_back(struct job *j, int k)
{
	struct cut_leg *c = &j->leg[k];

	leg_prev(j, c, &c->prev);
	move(&j->s, c, &c->now, &c->prev);
	c->now = c->prev;
	leg_next(j, c, &c->now, &c->next);
}

/* What rounding up has tilted: steps of the side that is short of them go back. */
static void level_out(struct job *j)
{
	for (int turn = 0; turn < j->n * j->levels && !delta_ok(j, &j->s, 0); turn++) {
		int best = -1;
		double most = 0;

		for (int k = 0; k < j->n; k++) {
			const struct cut_leg *c = &j->leg[k];
			bool same = (c->pool->notional > 0) == (j->s.net_beta > 0);
			double heavy =
				same ? 0 : c->now.level * c->pool->beta * fabs(c->pool->notional);

			if (heavy > most) {
				most = heavy;
				best = k;
			}
		}
		if (best < 0)
			return;
		step_back(j, best);
	}
}

/* The cut of the convex optimum, rounded up to the step; then as the greedy one. */
static void from_optimum(struct job *j, const struct sheet_work *w, uint32_t pool,
			 const struct trim_least *o)
{
	begin(j, w, pool);
	for (int k = 0; k < j->n; k++) {
		struct cut_leg *c = &j->leg[k];
		double part = o->part[k];

		while (c->next.level && part > 1e-9 &&
		       qty_to_double(c->now.cut) <
			       part * qty_to_double(leg_held(c->in)) * (1 - 1e-9))
			take_step(j, k);
		/* judged by the last step alone: where a coarse book takes over the cost jumps */
		for (; c->now.level; step_back(j, k)) {
			leg_prev(j, c, &c->prev);
			if (breaks_even(j, &c->prev, &c->now))
				break;
		}
	}
	level_out(j);
	mend(j);
}

/* The better of two that end: what is enough, then what costs less. */
static bool cheaper(const struct job *a, const struct job *b)
{
	bool enough = state_missed(a, &a->s) <= 0, other = state_missed(b, &b->s) <= 0;

	return enough && delta_ok(a, &a->s, 0) && (!other || a->s.cost < b->s.cost);
}

void trim_pool(const struct sheet_work *w, uint32_t pool, struct trim *t)
{
	struct job j, other;
	struct trim_least o;

	memset(t, 0, sizeof *t);
	begin(&j, w, pool);
	t->needed = state_missed(&j, &j.s) > 0;
	if (!t->needed)
		return;
	t->helps = any_helps(&j);
	mend(&j);
	trim_least(w, pool, j.delta_most + j.slack, &o);
	t->bounded = o.known;
	t->least = o.cost;
	if (o.known && !(j.s.cost <= o.cost + NEAR * fabs(o.cost) && state_missed(&j, &j.s) <= 0)) {
		from_optimum(&other, w, pool, &o);
		if (cheaper(&other, &j))
			j = other;
	}
	t->short_by = state_missed(&j, &j.s);
	t->enough = t->short_by <= 0;
	if (!t->enough && nearer(&j, &w->out->pool[pool].sum))
		return; /* it would be paid for nothing */
	for (int i = 0; i < j.n; i++) {
		t->cut[i] = j.leg[i].now.cut;
		t->cost[i] = j.leg[i].now.cost;
		t->any = t->any || t->cut[i].v;
	}
}
