/* groups.c: exits begun together (`exit all`, g1) stay together: every two seconds, and soon after
 * a fill, the planner beside the engine is asked how all legs of a group go on (plan/legs.h), so
 * that a fill or a volatility of one paces the others, and the chance of liquidation is that of the
 * pool with all of them sold.
 *
 * 1. The leg with the lowest number that still runs asks for its group: nothing is kept of a group
 *    but what its legs hold (name, risk aversion), so a leg that ended leaves it sane, and a
 * restart has it again.
 * 2. What the pool holds beside the legs, and a paused leg, stay as they are in the model; where
 *    they do not fit into it no chance is told, and each leg keeps its limit by itself.
 * 3. Each leg ends at its own end; the model's horizon is the latest of them.
 * 4. What the legs share is BTC, by their betas: one factor (plan/legs.c, to_multi). Legs that
 *    share more, as options share vega, bring their exposures there; bands are multi.h's.
 * 5. An answer counts only for the schedules it was asked about, all of them; nothing waits for
 *    one. */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "engine/inner.h"

static const int64_t ASK_NS = 2000000000, SOON_NS = 500000000;
static const double GAIN = 0.03;  /* of the utility: less is no reason to change a schedule */
static const double AIM = 0.8;	  /* share of the danger limit, as in exec/exit_solve.c */
static const double LEAST_S = 20; /* of schedule; less is not re-solved */

static bool runs(const struct exit_slot *s, uint32_t group)
{
	return s->used && s->x.ticket.group == group && s->x.state != XS_DONE;
}

static bool leads(const struct engine *e, const struct exit_slot *s)
{
	uint32_t group = s->x.ticket.group;

	if (!group || !(s->x.ticket.group_lambda > 0) || !runs(s, group))
		return false;
	for (int i = 0; i < EXITS_MAX; i++)
		if (runs(&e->exit[i], group) && e->exit[i].x.id < s->x.id)
			return false;
	return true;
}

static struct exit_slot *leg_on(struct engine *e, const struct solve_in *q, uint16_t instr)
{
	for (uint32_t i = 0; i < q->legs.n; i++) {
		struct exit_slot *s = q->leg_exit[i] ? exit_slot_find(e, q->leg_exit[i]) : NULL;
		if (s && s->instr == instr)
			return s;
	}
	return NULL;
}

/* What else the pool holds, as legs that stay. False: no room, or not known. */
static bool add_held(struct engine *e, const struct epool *p, struct solve_in *q)
{
	double year = sqrt((double)YEAR_S);
	uint32_t btc = instr_find(&e->instrs, "BTC");

	for (uint32_t k = 0; k < p->n; k++) {
		const struct held *h = &e->acct[p->account].held[p->held[k]];
		double mark = price_to_double(market_mark(e, h->instr));
		struct leg *l = &q->legs.leg[q->legs.n];

		if (leg_on(e, q, h->instr))
			continue;
		if (q->legs.n == MULTI_LEGS || mark <= 0 || btc == INSTR_NONE)
			return false;
		*l = (struct leg){.x = qty_to_double(pos_szi(&h->pos)),
				  .sigma_s = mark * market_sigma(e, h->instr) / year,
				  .beta_s = p->leg[k].beta * mark * market_sigma(e, (uint16_t)btc) /
					    year,
				  .eta = 1, /* of no trade */
				  .held = true};
		memcpy(l->coin, coin_of(e, h->instr), sizeof l->coin);
		q->leg_exit[q->legs.n] = 0;
		q->legs.kappa_now[q->legs.n++] = 0;
	}
	return true;
}

/* The cross pool of the legs, with its distance; legs of other pools are apart. */
static void add_pool(struct engine *e, struct solve_in *q)
{
	uint32_t legs = q->legs.n, k;
	struct epool p;
	bool whole = true, found = false;
	uint8_t account = 0;

	for (uint32_t i = 0; i < legs; i++) {
		struct exit_slot *s = exit_slot_find(e, q->leg_exit[i]);
		account = s->account;
		whole = whole && s->x.to_zero;
		found = found || (pool_of(e, account, s->instr, &p, &k) && !p.isolated);
		if (found)
			break;
	}
	if (!found || !whole || !p.has_equity)
		return;
	for (uint32_t i = 0; i < legs; i++) {
		const struct exit_slot *s = exit_slot_find(e, q->leg_exit[i]);
		bool in = false;
		for (k = 0; k < p.n; k++)
			in = in || e->acct[account].held[p.held[k]].instr == s->instr;
		q->legs.leg[i].apart = !in;
		whole = whole && (!in || s->x.to_zero);
	}
	q->legs.distance = p.equity - p.sum.maint;
	q->legs.has_pool = whole && q->legs.distance > 0 && add_held(e, &p, q);
	if (!q->legs.has_pool)
		q->legs.n = legs; /* without those that are only held */
}

/* All legs of the group of `s`. False: nothing to solve. */
static bool question(struct engine *e, const struct exit_slot *lead, struct solve_in *q)
{
	double rest[MULTI_LEGS], kappa[MULTI_LEGS], limit = 0, longest = 0;
	struct exec_view v;
	struct leg l;

	memset(q, 0, sizeof *q);
	q->exit = GROUP_BIT | lead->x.ticket.group;
	for (int pass = 0; pass < 2; pass++) { /* the horizon first: the latest end */
		q->legs.n = 0;
		for (int i = 0; i < EXITS_MAX; i++) {
			const struct exit_slot *s = &e->exit[i];
			uint32_t n = q->legs.n;
			if (!runs(s, lead->x.ticket.group) || s->instr >= e->instrs.n)
				continue;
			exits_view(e, s, s->account, s->instr, &v);
			if (!exit_as_leg(&s->x, &v, pass ? q->legs.horizon_s : 60, &l, &kappa[n],
					 &rest[n]))
				continue;
			longest = fmax(longest, rest[n]);
			limit = s->x.risk > 0 ? limit > 0 ? fmin(limit, s->x.risk) : s->x.risk
					      : limit;
			q->legs.leg[n] = l;
			q->legs.leg[n].end_s = pass ? rest[n] : 0;
			q->legs.kappa_now[n] = kappa[n] * rest[n];
			q->leg_exit[n] = s->x.id;
			q->leg_plan[n] = s->x.plan_n;
			q->legs.n = n + 1;
		}
		if (longest < LEAST_S)
			return false;
		q->legs.horizon_s = longest;
	}
	q->legs.slots = LEGS_SLOTS;
	q->legs.lambda = lead->x.ticket.group_lambda;
	q->legs.running = true;
	add_pool(e, q);
	q->legs.limit = q->legs.has_pool ? limit * AIM : 0;
	return q->legs.n > 0;
}

static struct qty group_done(const struct engine *e, uint32_t group)
{
	struct qty q = {0};

	for (int i = 0; i < EXITS_MAX; i++)
		if (e->exit[i].used && e->exit[i].x.ticket.group == group)
			q.v += e->exit[i].x.done.v; /* of different coins: only whether it moved */
	return q;
}

void groups_tick(struct engine *e)
{
	for (int i = 0; i < EXITS_MAX && !e->replaying; i++) {
		struct exit_slot *s = &e->exit[i];
		struct qty done;
		int64_t due;

		if (!leads(e, s))
			continue;
		done = group_done(e, s->x.ticket.group);
		due = s->group_asked_ns + (done.v == s->group_done.v ? ASK_NS : SOON_NS);
		if (s->group_asked_ns && e->now_ns < due) {
			wake_at(e, due);
			continue;
		}
		s->group_asked_ns = e->now_ns;
		s->group_done = done;
		wake_at(e, e->now_ns + ASK_NS);
		if (ef_room(e, 64) && question(e, s, &s->group_question))
			ef(e, EF_SOLVE, s->account)->solve.in = &s->group_question;
	}
}

void groups_answered(struct engine *e, const struct solve_out *a)
{
	struct exit_slot *leg[MULTI_LEGS] = {NULL};
	struct exec_view v;
	double limit = 0;
	uint32_t n = 0;

	for (uint32_t i = 0; a->ok && i < a->n_legs && i < MULTI_LEGS; i++) {
		struct exit_slot *s = a->leg_exit[i] ? exit_slot_find(e, a->leg_exit[i]) : NULL;
		if (!a->leg_exit[i])
			continue;
		if (!s || s->x.state == XS_DONE || s->x.plan_n != a->leg_plan[i] ||
		    s->instr >= e->instrs.n)
			return;
		limit = s->x.risk > 0 ? fmax(limit, s->x.risk) : limit;
		leg[i] = s;
		n++;
	}
	/* also where haste costs utility: the limit comes first */
	bool over = a->legs_chance && limit > 0 && a->chance_now > limit &&
		    a->chance_new < a->chance_now;
	bool turn = a->legs_gain > GAIN || over;
	for (uint32_t i = 0; i < a->n_legs && i < MULTI_LEGS && a->ok; i++) {
		struct exit_joint j = {.kappa = a->leg_kappa[i],
				       .turn = turn,
				       .legs = n,
				       .has_chance = a->legs_chance,
				       .chance = turn ? a->chance_new : a->chance_now};
		if (!leg[i])
			continue;
		exits_view(e, leg[i], leg[i]->account, leg[i]->instr, &v);
		exit_joint(&leg[i]->x, &v, &j);
		leg[i]->dirty = true;
	}
}
