/* flatplan.c: what a flatten would do, estimated from the snapshot for the panic sheet: order,
 * rungs, expected and worst cost. The engine makes its own ladder from live books; this shows its
 * rules.
 *
 * 1. Rungs start from min(mark, bid) for sells, max(mark, ask) for buys: 0.5/1.5/4/8 % for 20x and
 *    more, 1/3/8/15 % for others; the first never tighter than the walk of the book plus 0.2 %.
 * 2. No rung lies beyond the price at which the pool's equity is zero (all legs moving together by
 *    their betas). */
#include <math.h>
#include <string.h>

#include "core/pool.h"
#include "ui/ui.h"
#include "base/banned.h"

static const double steps_major[RUNGS] = {0.005, 0.015, 0.04, 0.08};
static const double steps_other[RUNGS] = {0.01, 0.03, 0.08, 0.15};

bool flat_plan_wants(const struct snap *s, uint32_t i, const struct flatten *f)
{
	const struct snap_leg *l = &s->leg[i];

	if (l->szi.v == 0 || (f->account != 0xff && l->account != f->account))
		return false;
	for (int k = 0; k < f->n_keep; k++)
		if (!strcmp(f->keep[k], l->coin))
			return false;
	switch (f->scope) {
	case FLAT_LONGS:
		return l->szi.v > 0;
	case FLAT_SHORTS:
		return l->szi.v < 0;
	case FLAT_COINS:
		for (int k = 0; k < f->n_coins; k++)
			if (!strcmp(f->coin[k], l->coin))
				return true;
		return false;
	default:
		return true;
	}
}

static const struct snap_pool *pool_of(const struct snap *s, uint32_t leg)
{
	for (uint32_t p = 0; p < s->n_pools; p++)
		if (leg >= s->pool[p].first_leg &&
		    leg < (uint32_t)s->pool[p].first_leg + s->pool[p].n_legs)
			return &s->pool[p];
	return NULL;
}

/* The joint move of BTC that takes the pool's equity to zero, as a positive share; 0 unknown. */
static double zero_move(const struct snap *s, const struct snap_pool *p)
{
	double nb = 0;

	if (!p || !p->has_equity)
		return 0;
	for (uint32_t i = p->first_leg; i < (uint32_t)p->first_leg + p->n_legs && i < s->n_legs;
	     i++) {
		double n = money_to_double(s->leg[i].notional) * pool_beta_default(s->leg[i].coin);
		nb += s->leg[i].szi.v < 0 ? -n : n;
	}
	double eq = money_to_double(p->equity);
	return nb != 0 && eq > 0 ? eq / nb : 0; /* signed: negative when a rise kills */
}

/* Average price of taking `size`; beyond the book a square-root tail of its depth. */
static double walk(const struct snap_book *b, bool buy, double size, double mark, double *deep)
{
	double got = 0, value = 0, last = mark;
	const struct level *side;
	int n;

	*deep = 0;
	if (!b)
		return mark * (buy ? 1.005 : 0.995);
	const struct book *d = ui_depth(b, !buy, size);
	side = buy ? d->ask : d->bid;
	n = buy ? d->n_ask : d->n_bid;
	for (int i = 0; i < n && got < size; i++) {
		double q = qty_to_double(side[i].sz);
		last = price_to_double(side[i].px);
		if (q > size - got)
			q = size - got;
		got += q;
		value += q * last;
	}
	if (got < size) {
		double reach = fabs(last / mark - 1), k = got > 0 ? size / got : 4;
		double far = mark * (1 + (buy ? 1 : -1) * (reach * sqrt(k) + 0.0005));
		value += (size - got) * far;
		last = far;
	}
	*deep = fabs(last / mark - 1);
	return size > 0 ? value / size : mark;
}

/* `typed`: a last price by hand, 0 none; it takes the place of that of zero equity. */
static void leg_plan(struct flat_leg *f, const struct snap *s, uint32_t i, double fee, double typed)
{
	const struct snap_leg *l = &s->leg[i];
	const struct snap_book *b = ui_book(s, l->coin);
	const struct snap_pool *p = pool_of(s, i);
	const double *steps = l->max_leverage >= 20 ? steps_major : steps_other;
	double mark = price_to_double(l->mark), base = mark, deep, z;
	int sign;

	f->leg = (uint16_t)i;
	f->buy = l->szi.v < 0;
	sign = f->buy ? 1 : -1;
	f->size = fabs(qty_to_double(l->szi));
	f->mark = mark;
	if (b && b->book.n_bid && b->book.n_ask) {
		double touch = price_to_double(f->buy ? b->book.ask[0].px : b->book.bid[0].px);
		if (f->buy ? touch > base : touch < base)
			base = touch;
	}
	f->expected = walk(b, f->buy, f->size, mark, &deep);
	z = zero_move(s, p);
	double zero = 0;
	if (z != 0 && (z > 0) == (l->szi.v > 0)) /* the move that kills hurts this leg */
		zero = mark * (1 - z * pool_beta_default(l->coin));
	f->equity_zero = zero;
	if (typed > 0)
		zero = typed;
	f->zero = RUNGS;
	f->fills = RUNGS;
	for (int k = 0; k < RUNGS; k++) {
		double step = steps[k] > deep + 0.002 ? steps[k] : deep + 0.002;
		f->rung[k] = base * (1 + sign * step);
		if (zero > 0 && (f->buy ? f->rung[k] > zero : f->rung[k] < zero)) {
			f->rung[k] = zero;
			if (f->zero == RUNGS && zero == f->equity_zero)
				f->zero = (uint8_t)k;
		}
		if (f->fills == RUNGS && deep <= fabs(f->rung[k] / mark - 1))
			f->fills = (uint8_t)k;
	}
	f->worst = f->rung[RUNGS - 1];
	f->cost = f->size * (fabs(f->expected - mark) + f->expected * fee);
	f->cost_worst = f->size * (fabs(f->worst - mark) + f->worst * fee);
	double gross = p ? money_to_double(p->gross) : 0;
	double share = gross > 0 ? money_to_double(p->equity) / gross : 0;
	f->worse_past = mark * (1 + sign * (share - fee));
}

/* The leg in most danger goes first, alone: of the nearest pool, the one that helps most. */
static uint32_t most_danger(const struct flat_plan *p, const struct snap *s)
{
	uint32_t best = 0;
	double score = -1;

	for (uint32_t i = 0; i < p->n; i++) {
		const struct snap_leg *l = &s->leg[p->leg[i].leg];
		const struct snap_pool *pool = pool_of(s, p->leg[i].leg);
		double help = l->has_helps && l->helps_per_k > 0 ? l->helps_per_k : 0;
		double near = !pool || !pool->has_equity ? 0.5
			      : pool->has_dies		 ? 1 / (1 + fabs(pool->dies_pct))
							 : 0;
		double v = near + help / (1 + help) * 1e-3; /* as the engine ranks them */
		if (v > score) {
			score = v;
			best = i;
		}
	}
	return best;
}

static void count_orders(struct flat_plan *p, const struct snap *s, const struct flatten *f)
{
	for (uint32_t i = 0; i < s->n_orders; i++) {
		const struct snap_order *o = &s->order[i];
		bool meant = f->account == 0xff || o->account == f->account;
		if (f->scope == FLAT_COINS) {
			meant = false;
			for (int k = 0; k < f->n_coins; k++)
				meant = meant || !strcmp(f->coin[k], o->coin);
		}
		if (!meant)
			continue;
		if (o->trigger && o->reduce_only)
			p->keeps++;
		else
			p->cancels++;
	}
	for (uint32_t i = 0; i < s->n_exits; i++)
		p->n_exits += exit_is_live(&s->exit[i]) &&
			      (f->scope != FLAT_COINS ||
			       (f->n_coins && !strcmp(f->coin[0], s->exit[i].coin)));
}

void flat_plan_make(struct flat_plan *p, const struct snap *s, const struct flatten *f)
{
	double delta = 0;

	memset(p, 0, sizeof *p);
	for (uint32_t i = 0; i < s->n_legs; i++) {
		const struct snap_leg *l = &s->leg[i];
		double n = money_to_double(l->notional);
		if (!flat_plan_wants(s, i, f)) {
			if (f->account == 0xff || l->account == f->account)
				delta += l->szi.v < 0 ? -n : n;
			continue;
		}
		if (p->n >= FLAT_LEGS)
			continue;
		double fee = l->account < s->n_accounts
				     ? ratio_to_double(s->account[l->account].fee_taker)
				     : 0;
		leg_plan(&p->leg[p->n], s, i, fee > 0 ? fee : 0.00045, price_to_double(f->worst));
		p->notional += n;
		p->cost += p->leg[p->n].cost;
		p->cost_worst += p->leg[p->n].cost_worst;
		p->expected_bp +=
			fabs(p->leg[p->n].expected - p->leg[p->n].mark) * p->leg[p->n].size;
		p->n++;
	}
	for (uint32_t i = 0; i < s->n_accounts; i++)
		if (f->account == 0xff || f->account == i)
			p->equity += money_to_double(s->account[i].equity);
	/* a cross pool cannot lose more than it has */
	if (p->cost_worst > p->equity && p->equity > 0)
		p->cost_worst = p->equity;
	p->equity_after = p->equity - p->cost;
	p->worst_share = p->equity > 0 ? p->cost_worst / p->equity : 0;
	p->expected_bp = p->notional > 0 ? p->expected_bp / p->notional * -1e4 : 0;
	p->delta_after = delta;
	if (p->n) {
		uint32_t first = most_danger(p, s);
		struct flat_leg t = p->leg[first];
		for (uint32_t i = first; i > 0; i--)
			p->leg[i] = p->leg[i - 1];
		p->leg[0] = t;
		p->leg[0].alone = true;
		p->actions = p->n > 1 ? 2 : 1;
	}
	count_orders(p, s, f);
}
