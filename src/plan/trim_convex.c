/* trim_convex.c: the convex problem of the trim, by its dual (trim_convex.h).
 *
 * The multiplier of one condition is found by bisection of what is missed, that of the net beta
 * inside it, only where it binds. Conditions are tried one by one, as it is nearly always one that
 * binds: the bound is that of the best, and where two bind a little low.
 *
 * Invariants: (1) pieces of a leg's cost rise; (2) what is returned is the value of the dual at
 * some multipliers >= 0: a lower bound, however rough the search. */
#include <math.h>
#include <string.h>

#include "plan/trim_convex.h"
#include "base/banned.h"

enum {
	PIECES = SIDE_ROOM(1),
	CORNERS = PIECES,
	OUTER = 16,
	INNER = 12,
	BREAKS = 3 * TIERS_MAX + 2
};
enum cond { COND_DOWN, COND_UP, COND_SIGMA, CONDS };

struct piece {
	double q, m; /* cumulative coins at its end; USD a coin */
};

struct leg {
	const struct pool_leg *pool;
	bool can;
	double held, usd, side, n; /* coins; USD a coin; +1 long; |notional| */
	int n_pieces;
	struct piece piece[PIECES];
	double tail_base, tail_coef, tail_most; /* marginal: base + min(coef sqrt(u), most) */
	double to[2];				/* price after each move, over that of now */
	double sd;				/* slope of the tangent: USD of sd a coin sold */
	double q, cost;				/* at the multipliers of now */
};

struct problem {
	const struct sheet_work *w;
	int n;
	double equity, sigma_btc, sigmas, beta_most;
	double sd0; /* of the tangent, at q = 0 */
	struct leg leg[SHEET_LEGS];
	uint32_t evals;
};

/* ---- a leg's cost ---- */

/* Corners of the cost: coins, USD. */
struct corner {
	double q, c;
};

static int corners(const struct curve *c, struct corner *out)
{
	double sign = c->buy ? 1 : -1, base = sign * (c->base - c->mark) + c->fee * c->base;
	double q = 0, sum = 0;

	for (int k = 0; k < c->n; k++) {
		q += c->q[k];
		sum += c->q[k] * (base + c->d[k] * (1 + sign * c->fee));
		out[k] = (struct corner){q, sum};
	}
	return c->n;
}

/* Lower hull from 0: where a coarse book takes over behind the fine one the cost jumps, and what is
 * convex and nowhere above it is the bound. */
static void hull(struct leg *l, const struct corner *at, int n)
{
	struct corner keep[CORNERS];
	int m = 0;

	for (int i = 0; i < n; i++) {
		struct corner a, b = {0, 0};

		if (m > 0 && at[i].q <= keep[m - 1].q && at[i].c >= keep[m - 1].c)
			continue;

		for (; m > 0; m--) { /* drop what lies above the chord to the new one */
			a = m > 1 ? keep[m - 2] : (struct corner){0, 0};
			b = keep[m - 1];
			if ((b.c - a.c) * (at[i].q - b.q) <= (at[i].c - b.c) * (b.q - a.q))
				break;
		}
		keep[m++] = at[i];
	}
	l->n_pieces = m < PIECES ? m : PIECES;
	for (int i = 0; i < l->n_pieces; i++) {
		struct corner a = i ? keep[i - 1] : (struct corner){0, 0};

		l->piece[i] = (struct piece){keep[i].q, (keep[i].c - a.c) / (keep[i].q - a.q)};
	}
}

static void cost_make(struct leg *l, const struct sheet_leg_in *in)
{
	struct corner at[CORNERS];
	struct curve c;
	double sign;

	curve_make(&c, in, l->held);
	sign = c.buy ? 1 : -1;
	hull(l, at, corners(&c, at));
	l->tail_base = sign * (c.base - c.mark) + c.fee * c.base;
	l->tail_coef = c.coef * (1 + sign * c.fee);
	l->tail_most = 0.95 * c.base * (1 + sign * c.fee);
	/* a jump at the very end of the book: its chord may be steeper than the tail begins */
	for (int k = 0; k < l->n_pieces; k++)
		l->piece[k].m =
			fmin(l->piece[k].m,
			     l->tail_base + l->tail_coef * sqrt(l->piece[l->n_pieces - 1].q));
}

/* Cost of q coins from the pieces. */
static double cost_of(const struct leg *l, double q)
{
	double at = 0, sum = 0;

	for (int k = 0; k < l->n_pieces && at < q; k++) {
		sum += (fmin(l->piece[k].q, q) - at) * l->piece[k].m;
		at = l->piece[k].q;
	}
	if (q > at && q > 0) {
		double s = 2.0 / 3 * l->tail_coef * (q * sqrt(q) - at * sqrt(at));

		sum += (q - at) * l->tail_base + fmin(s, l->tail_most * (q - at));
	}
	return sum;
}

/* Most coins, within lo..hi, whose marginal cost is at most m. */
static double coins_at(const struct leg *l, double m, double lo, double hi)
{
	double q = lo;

	for (int k = 0; k < l->n_pieces; k++) {
		if (l->piece[k].q <= lo)
			continue;
		if (l->piece[k].m > m)
			return q;
		q = l->piece[k].q;
		if (q >= hi)
			return hi;
	}
	double room = m - l->tail_base;

	if (room >= l->tail_most)
		return hi;
	if (!(room > 0) || !(l->tail_coef > 0))
		return q;
	return fmin(fmax(room / l->tail_coef * (room / l->tail_coef), q), hi);
}

/* ---- what a coin is worth ---- */

/* Marginal maintenance rate at a notional, approached from below. */
static double rate_at(const struct pool_leg *p, double notional)
{
	double rate = 0;

	if (!p->n_tiers)
		return fabs(p->notional) > 0 ? p->maint / fabs(p->notional) : 0;
	for (int k = 0; k < p->n_tiers; k++)
		if (k == 0 || notional > money_to_double(p->tiers[k].lower))
			rate = 0.5 / p->tiers[k].max_leverage;
	return rate;
}

/* Coins sold at which a tier ends, for the notional times `to`; rising, from `n` on. */
static int breaks(const struct leg *l, double to, double out[BREAKS], int n)
{
	for (int k = 1; k < l->pool->n_tiers && n < BREAKS; k++) {
		double rest = money_to_double(l->pool->tiers[k].lower) / to;

		if (to > 0 && rest < l->n && rest > 0)
			out[n++] = (l->n - rest) / l->usd;
	}
	return n;
}

struct mult {
	double cond[CONDS], beta; /* beta: signed, against the net */
};

/* Worth of the next coin with q sold, by the multipliers. */
static double worth_at(const struct leg *l, const struct mult *u, double q)
{
	double rest = fmax(l->n - q * l->usd, 0), sum = 0;

	for (int s = 0; s < 2; s++)
		if (u->cond[s] > 0)
			sum += u->cond[s] * l->usd *
			       (-l->side * (l->to[s] - 1) +
				l->to[s] * rate_at(l->pool, rest * l->to[s]));
	if (u->cond[COND_SIGMA] > 0)
		sum += u->cond[COND_SIGMA] * (l->usd * rate_at(l->pool, rest) + l->sd);
	return sum + u->beta * l->side * l->usd * l->pool->beta;
}

static void sort(double *v, int n)
{
	for (int i = 1; i < n; i++)
		for (int k = i; k > 0 && v[k] < v[k - 1]; k--) {
			double t = v[k];

			v[k] = v[k - 1];
			v[k - 1] = t;
		}
}

static void leg_solve(struct leg *l, const struct mult *u, double price)
{
	double cut[BREAKS], lo = 0;
	int n = 0;

	l->q = l->cost = 0;
	if (!l->can)
		return;
	for (int s = 0; s < 2; s++)
		if (u->cond[s] > 0)
			n = breaks(l, l->to[s], cut, n);
	if (u->cond[COND_SIGMA] > 0)
		n = breaks(l, 1, cut, n);
	if (n == BREAKS)
		n--;
	cut[n++] = l->held;
	sort(cut, n);
	for (int k = 0; k < n; k++) {
		double hi = fmin(cut[k], l->held);

		if (hi <= lo)
			continue;
		/* just inside the stretch: on its edge the tier is another one's */
		l->q = coins_at(l, worth_at(l, u, lo + (hi - lo) * 1e-9) / price, lo, hi);
		if (l->q < hi)
			break;
		lo = hi;
	}
	l->cost = cost_of(l, l->q);
}

/* ---- the pool ---- */

struct value {
	double cost, f[CONDS], beta;
};

static void solve(struct problem *p, const struct mult *u, struct value *v)
{
	double price = 1 + u->cond[0] + u->cond[1] + u->cond[2];

	p->evals++;
	*v = (struct value){.f = {p->equity, p->equity, p->equity - p->sigmas * p->sd0}};
	for (int i = 0; i < p->n; i++) {
		struct leg *l = &p->leg[i];
		double rest;

		leg_solve(l, u, price);
		rest = fmax(l->n - l->q * l->usd, 0);
		v->cost += l->cost;
		v->beta += l->side * rest * l->pool->beta;
		for (int s = 0; s < 2; s++)
			v->f[s] += l->side * rest * (l->to[s] - 1) -
				   pool_maint(l->pool, rest * l->to[s]);
		v->f[COND_SIGMA] += l->sd * l->q - pool_maint(l->pool, rest);
	}
	for (int s = 0; s < CONDS; s++)
		v->f[s] -= v->cost;
}

/* The dual at u: cost less what the multipliers charge for what is missed. */
static double dual(const struct problem *p, const struct mult *u, const struct value *v)
{
	double g = v->cost + u->beta * v->beta - fabs(u->beta) * p->beta_most;

	for (int s = 0; s < CONDS; s++)
		g -= u->cond[s] * v->f[s];
	return g;
}

/* Tangent of sd at what the legs have left now. */
static void tangent(struct problem *p, double beta_now)
{
	double a = 0, aa = 0, sd, btc;

	for (int i = 0; i < p->n; i++) {
		const struct leg *l = &p->leg[i];
		double x = l->side * fmax(l->n - l->q * l->usd, 0) * l->pool->sigma;

		a += x;
		aa += x * x;
	}
	sd = sqrt(POOL_CORRELATION * a * a + (1 - POOL_CORRELATION) * aa);
	btc = fabs(beta_now) * p->sigma_btc;
	p->sd0 = 0;
	for (int i = 0; i < p->n; i++) {
		struct leg *l = &p->leg[i];
		double x = l->side * fmax(l->n - l->q * l->usd, 0) * l->pool->sigma, slope = 0;

		if (sd >= btc && sd > 0)
			slope = l->pool->sigma *
				(POOL_CORRELATION * a + (1 - POOL_CORRELATION) * x) / sd;
		else if (btc > sd)
			slope = l->pool->beta * p->sigma_btc * (beta_now > 0 ? 1 : -1);
		/* sd falls by that much a USD of it sold, whatever its side */
		l->sd = p->sigmas * slope * l->side * l->usd;
		p->sd0 += slope * l->side * l->n; /* homogeneous: the tangent passes through 0 */
	}
}

/* The multiplier of the net beta, where it binds. */
static double solve_beta(struct problem *p, struct mult *u, struct value *v)
{
	double best, lo, hi, over;

	u->beta = 0;
	solve(p, u, v);
	best = dual(p, u, v);
	if (fabs(v->beta) <= p->beta_most)
		return best;
	double sign = v->beta > 0 ? 1 : -1, top = 0;

	for (int s = 0; s < CONDS; s++)
		top += u->cond[s];
	lo = 0, hi = 0.02 * (1 + top);
	for (int k = 0; k < INNER; k++) {
		double mid = k < 3 && hi > lo ? hi : (lo + hi) / 2;

		u->beta = sign * mid;
		solve(p, u, v);
		best = fmax(best, dual(p, u, v));
		over = sign * v->beta - p->beta_most;
		if (k < 3 && over > 0) /* not far enough yet */
			lo = hi, hi *= 8;
		else if (over > 0)
			lo = mid;
		else
			hi = mid;
	}
	return best;
}

static void keep_best(struct problem *p, double g, bool enough, double *best,
		      struct trim_least *out)
{
	if (!isfinite(g))
		return;
	if (g > *best) {
		*best = g;
		out->cost = g;
		out->known = true;
	}
	for (int i = 0; i < p->n && enough; i++)
		out->part[i] = p->leg[i].held > 0 ? p->leg[i].q / p->leg[i].held : 0;
}

/* One condition: its multiplier as share = u / (1 + u), 0..1: what a dollar of the condition is
 * worth against one of cost, which the condition pays too. */
static void one_condition(struct problem *p, enum cond s, double *best, struct trim_least *out)
{
	double lo = 0, hi = 1 - 1e-6;

	for (int k = 0; k < OUTER; k++) {
		double share = (lo + hi) / 2;
		struct mult u = {.cond = {0}};
		struct value v;
		double g;

		u.cond[s] = share / (1 - share);
		g = solve_beta(p, &u, &v);
		keep_best(p, g, v.f[s] >= 0, best, out);
		if (v.f[s] >= 0)
			hi = share;
		else
			lo = share;
	}
}

static void begin(struct problem *p, const struct sheet_work *w, uint32_t pool, double beta_most)
{
	const struct sheet_pool_in *in = &w->in->pool[pool];

	p->w = w;
	p->n = in->n;
	p->evals = 0;
	p->equity = in->equity;
	p->sigma_btc = w->in->sigma_btc;
	p->sigmas = w->sigmas > 0 ? w->sigmas : 0;
	p->beta_most = beta_most;
	for (int i = 0; i < p->n; i++) {
		const struct sheet_leg_in *l = &w->in->leg[in->first + i];
		struct leg *o = &p->leg[i];

		o->pool = &w->leg[in->first + i];
		o->held = qty_to_double(leg_held(l));
		o->n = fabs(o->pool->notional);
		o->side = o->pool->notional < 0 ? -1 : 1;
		o->usd = o->held > 0 ? o->n / o->held : 0;
		o->can = l->wanted && !l->cannot_trade && l->mark.v > 0 && o->usd > 0;
		o->to[0] = fmax(1 - o->pool->beta * w->shock, 0);
		o->to[1] = 1 + o->pool->beta * w->shock;
		o->q = o->cost = 0;
		if (o->can)
			cost_make(o, l);
	}
}

void trim_least(const struct sheet_work *w, uint32_t pool, double beta_most, struct trim_least *out)
{
	struct problem p;
	struct mult none = {.cond = {0}};
	struct value now;
	double best = -INFINITY, net = 0;

	out->known = false;
	out->cost = 0;
	memset(out->part, 0, sizeof out->part);
	begin(&p, w, pool, beta_most);
	for (int i = 0; i < p.n; i++)
		net += p.leg[i].side * p.leg[i].n * p.leg[i].pool->beta;
	tangent(&p, net);
	solve(&p, &none, &now);
	for (int s = 0; s < CONDS; s++)
		if (now.f[s] < 0 && (s != COND_SIGMA || p.sigmas > 0))
			one_condition(&p, (enum cond)s, &best, out);
	if (now.f[COND_SIGMA] < 0 && p.sigmas > 0 && out->known) {
		net = 0; /* the tangent where it counts */
		for (int i = 0; i < p.n; i++) {
			struct leg *l = &p.leg[i];

			l->q = out->part[i] * l->held;
			net += l->side * fmax(l->n - l->q * l->usd, 0) * l->pool->beta;
		}
		tangent(&p, net);
		one_condition(&p, COND_SIGMA, &best, out);
	}
	out->evals = p.evals;
}
