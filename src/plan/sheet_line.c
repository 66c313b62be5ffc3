/* sheet_line.c: a leg of a line and a line of the sheet: limits, costs, what stands afterwards, and
 * who goes first.
 *
 * 1. No pool is said to lose more than it has.
 * 2. What a line says of a pool afterwards is measured like the pool now: exact, tiers included.
 * 3. Legs go out as the engine's flatten ranks them. */
#include <math.h>
#include <string.h>

#include "plan/sheet_inner.h"
#include "base/banned.h"

static uint16_t pool_of_leg(const struct sheet_in *in, uint32_t leg)
{
	for (uint32_t p = 0; p < in->n_pools; p++)
		if (in_pool(&in->pool[p], leg))
			return (uint16_t)p;
	return 0;
}

/* ---- a leg of a line ---- */

void leg_worse_past(const struct sheet_work *w, struct sheet_leg *o, double part)
{
	const struct sheet_pool_in *in = &w->in->pool[o->pool];
	const struct sheet_leg_in *l = &w->in->leg[o->leg];
	double share, px;

	o->worse_past.v = 0;
	if (!in->has_equity ||
	    !pool_even_share(&w->leg[in->first], in->n, o->leg - in->first, in->equity,
			     &w->out->pool[o->pool].sum, part, &share))
		return;
	o->never_helps = share <= 0;
	share -= l->fee;
	px = price_to_double(l->mark) * (o->buy ? 1 + share : 1 - share);
	if (px > 0 && !price_from_double(&o->worse_past, px, o->buy ? ROUND_FLOOR : ROUND_CEIL))
		o->worse_past.v = 0;
}

/* What a limit loses against the mark, fee in, when all of it fills there. */
static double at_limit(const struct sheet_leg_in *l, bool buy, struct qty size, struct price px)
{
	double p = price_to_double(px), mark = price_to_double(l->mark);

	return qty_to_double(size) * ((buy ? p - mark : mark - p) + l->fee * p);
}

static uint8_t first_at(const struct price *px, bool buy, double reach)
{
	for (int k = 0; k < SHEET_RUNGS; k++)
		if (buy ? price_to_double(px[k]) >= reach : price_to_double(px[k]) <= reach)
			return (uint8_t)k;
	return SHEET_RUNGS;
}

void leg_price(const struct sheet_work *w, struct sheet_leg *o, struct qty size, struct price bound,
	       double cost)
{
	const struct sheet_leg_in *l = &w->in->leg[o->leg];
	double q = qty_to_double(size);
	struct curve c;
	struct take t;
	struct rungs r;

	o->size = size;
	o->part = q / qty_to_double(leg_held(l));
	o->zero_from = o->fills = SHEET_RUNGS;
	o->blind = l->blind || !l->book;
	curve_make(&c, l, q);
	t = curve_take(&c, 0, q);
	o->model = t.model > 0.005 * fabs(t.cost);
	o->cost_model = o->blind ? cost : fmin(t.model, cost);
	(void)price_from_double(&o->expected, t.avg, ROUND_HALF_AWAY);
	o->cost = cost;
	if (rungs_make(l, w->knob, size, bound, &r)) {
		memcpy(o->rung, r.px, sizeof o->rung);
		for (int k = SHEET_RUNGS - 1; k >= 0; k--)
			if (r.held[k])
				o->zero_from = (uint8_t)k;
	}
	o->worst = o->rung[SHEET_RUNGS - 1];
	o->cost_worst = fmax(at_limit(l, o->buy, size, o->worst), cost);
	if (c.seen && !o->model)
		o->fills = first_at(o->rung, o->buy, t.last);
}

void leg_begin(const struct sheet_work *w, struct sheet_leg *o, uint32_t leg)
{
	const struct sheet_leg_in *l = &w->in->leg[leg];
	const struct pool_leg *p = &w->leg[leg];

	memset(o, 0, sizeof *o);
	o->leg = (uint16_t)leg;
	o->pool = pool_of_leg(w->in, leg);
	o->buy = !leg_long(l);
	o->exit = l->exit;
	o->hedge = p->notional * w->out->pool[o->pool].sum.net_beta < 0;
	if (l->mark.v > 0 && w->in->pool[o->pool].has_equity) {
		double z =
			pool_zero_price(p, w->in->pool[o->pool].equity, price_to_double(l->mark));

		if (!price_from_double(&o->zero, z, o->buy ? ROUND_DOWN : ROUND_UP))
			o->zero.v = 0;
	}
}

/* ---- what stands after a line ---- */

static void after_pool(const struct sheet_work *w, const struct sheet_line *line, uint32_t k,
		       double extra, bool closes, struct sheet_after *a)
{
	const struct sheet_pool_in *in = &w->in->pool[k];
	struct pool_leg legs[SHEET_LEGS];
	struct pool_sum s;
	int n = 0;

	a->equity = in->equity + extra;
	memcpy(legs, &w->leg[in->first], in->n * sizeof legs[0]);
	for (uint32_t i = 0; closes && i < line->n; i++) {
		const struct sheet_leg *l = &line->leg[i];
		struct pool_leg *p;

		if (l->pool != k)
			continue;
		p = &legs[l->leg - in->first];
		p->notional *= l->part < 1 ? 1 - l->part : 0;
		p->maint = pool_maint(&w->leg[l->leg], fabs(p->notional));
		a->equity -= l->cost;
	}
	for (int i = 0; i < in->n; i++)
		if (legs[i].notional != 0)
			legs[n++] = legs[i];
	s = pool_measure(legs, n, a->equity, w->in->sigma_btc);
	a->touched = true;
	a->flat = n == 0;
	a->maintenance = s.maint;
	a->net = s.net;
	a->net_beta = s.net_beta;
	a->free = in->has_equity ? s.free : 0;
	a->has_dies = in->has_equity && s.has_dies;
	a->dies_pct = a->has_dies ? signed_pct(s.side, s.dies) : 0;
	a->short_by = in->has_equity ? cushion_missed(w, legs, n, a->equity, s.sd) : 0;
}

void line_worst(const struct sheet_work *w, struct sheet_line *line)
{
	double by_pool[SHEET_POOLS] = {0};

	/* a pool cannot lose more than it has */
	for (uint32_t i = 0; i < line->n; i++)
		by_pool[line->leg[i].pool] += line->leg[i].cost_worst;
	for (uint32_t k = 0; k < w->in->n_pools; k++) {
		const struct sheet_pool_in *p = &w->in->pool[k];

		if (p->has_equity && p->equity > 0 && by_pool[k] >= p->equity) {
			by_pool[k] = p->equity;
			line->worst_is_all = true;
		}
		line->cost_worst += by_pool[k];
	}
}

static void rests_add(struct resting *to, const struct resting *r)
{
	to->cancels += r->cancels;
	to->keeps += r->keeps;
	to->stops += r->stops;
	to->twaps += r->twaps;
}

void line_rests(const struct sheet_work *w, struct sheet_line *line, const struct resting *apart)
{
	for (uint32_t i = 0; i < line->n; i++)
		rests_add(&line->rests, &w->in->leg[line->leg[i].leg].rests);
	if (apart)
		rests_add(&line->rests, apart);
}

/* Sums of the legs into the line; `trades`: positions shrink by size. */
void line_sums(const struct sheet_work *w, struct sheet_line *line)
{
	double moved = 0, model = 0;
	double worst_room = INFINITY;

	for (uint32_t i = 0; i < line->n; i++) {
		const struct sheet_leg *l = &line->leg[i];
		const struct sheet_leg_in *in = &w->in->leg[l->leg];
		double mark = price_to_double(in->mark), q = qty_to_double(l->size);
		double avg = price_to_double(l->expected);
		double room = l->worse_past.v ? fabs(price_to_double(l->worse_past) / mark - 1)
					      : INFINITY;

		line->cost += l->cost;
		line->notional += q * mark;
		moved += (l->buy ? mark - avg : avg - mark) * q;
		model += l->cost_model;
		if (l->takes_s > line->takes_s)
			line->takes_s = l->takes_s;
		if (room < worst_room) {
			worst_room = room;
			line->worse_leg = (uint16_t)i;
		}
	}
	line->expected_bp = line->notional > 0 ? moved / line->notional * 1e4 : 0;
	line->model_share = line->cost > 0 ? fmin(model / line->cost, 1) : 0;
	line_worst(w, line);
}

void line_after(const struct sheet_work *w, struct sheet_line *line, const double *extra,
		bool closes)
{
	double nearest = POOL_NEVER;
	bool any = false;

	line->flat = w->out->n_legs > 0;
	for (uint32_t k = 0; k < w->in->n_pools; k++) {
		struct sheet_after *a = &line->pool[k];

		if (!w->out->pool[k].wanted)
			continue;
		after_pool(w, line, k, extra ? extra[k] : 0, closes, a);
		line->equity += w->in->pool[k].has_equity ? a->equity : 0;
		line->net += a->net;
		line->net_beta += a->net_beta;
		any = any || a->short_by > 0;
		if (a->has_dies && fabs(a->dies_pct) < nearest) {
			nearest = fabs(a->dies_pct);
			line->has_dies = true;
			line->dies_pct = a->dies_pct;
		}
	}
	line->enough = !any;
	for (uint32_t i = 0; i < w->in->n_legs; i++) { /* what is wanted and not gone */
		bool gone = !w->in->leg[i].wanted;

		for (uint32_t k = 0; closes && k < line->n && !gone; k++)
			gone = line->leg[k].leg == i && line->leg[k].part >= 1;
		line->flat = line->flat && gone;
	}
}

/* ---- order of sending ---- */

/* As the engine ranks them: the pool's danger, within it what helps most for its cost. */
static double rank_of(const struct sheet_work *w, uint32_t pool, double help)
{
	const struct sheet_pool *p = &w->out->pool[pool];
	double rank = !p->has_equity	? 0.5 /* unknown is not safe */
		      : p->sum.has_dies ? 1 / (1 + p->sum.dies * 100)
					: 0;

	return rank + (help > 0 ? help / (1 + help) * 1e-3 : 0);
}

/* Of equal danger the accounts come one after another, as the run reads them. */
static bool before(const struct sheet_work *w, double rank, const struct sheet_leg *l, double other,
		   const struct sheet_leg *o)
{
	return rank > other ||
	       (rank >= other && w->in->leg[l->leg].account < w->in->leg[o->leg].account);
}

void line_order(const struct sheet_work *w, struct sheet_line *line)
{
	double rank[SHEET_LEGS];

	for (uint32_t i = 0; i < line->n; i++) {
		struct sheet_leg l = line->leg[i];
		double r = rank_of(w, l.pool, w->help[l.leg]);
		uint32_t j = i;

		for (; j > 0 && before(w, r, &l, rank[j - 1], &line->leg[j - 1]); j--) {
			rank[j] = rank[j - 1];
			line->leg[j] = line->leg[j - 1];
		}
		rank[j] = r;
		line->leg[j] = l;
	}
}
