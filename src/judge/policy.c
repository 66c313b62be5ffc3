/* policy.c: the policies of judge.h, each a function of what it sees now. */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "judge/judge_in.h"

static const int64_t MS_NS = 1000000;
enum { RANDOM_EVERY_MS = 2000, RANDOM_CROSSES = 10 /* one throw in so many */ };

typedef struct judge_move step_fn(struct judge_agent *a, const struct judge_view *v);

static struct price touch(const struct judge_view *v, enum side s)
{
	return s == SIDE_BUY ? v->book->bid[0].px : v->book->ask[0].px;
}

static double lean(const struct judge_agent *a, const struct judge_view *v)
{
	return tactic_lean(v->book, a->child->side, JUDGE_SEEN, (struct price){0}, (struct qty){0});
}

static struct judge_move crosses_at(const struct judge_view *v, int64_t at_ms)
{
	return (struct judge_move){.act = v->now_ms >= at_ms ? TACTIC_CROSS : TACTIC_WAIT,
				   .next_ms = at_ms};
}

static struct judge_move market(struct judge_agent *a, const struct judge_view *v)
{
	return crosses_at(v, a->child->start_ms);
}

static struct judge_move placebo(struct judge_agent *a, const struct judge_view *v)
{
	return crosses_at(v, a->at_ms);
}

static struct judge_move timed(struct judge_agent *a, const struct judge_view *v)
{
	return crosses_at(v, lean(a, v) > a->rule->theta ? v->now_ms : a->child->end_ms);
}

static struct judge_move passive(struct judge_agent *a, const struct judge_view *v)
{
	struct judge_move m = crosses_at(v, a->child->end_ms);

	if (m.act != TACTIC_CROSS && v->own == TACTIC_OWN_NONE && !a->posted) {
		a->posted = true;
		m.act = TACTIC_POST;
		m.px = touch(v, a->child->side);
	}
	return m;
}

static struct judge_move passive_exit(struct judge_agent *a, const struct judge_view *v)
{
	if (lean(a, v) > a->rule->theta)
		return crosses_at(v, v->now_ms);
	return passive(a, v);
}

static struct judge_move by_lot(struct judge_agent *a, const struct judge_view *v)
{
	struct judge_move m = crosses_at(v, a->child->end_ms);

	if (m.act == TACTIC_CROSS || a->mood == TACTIC_CROSS)
		return crosses_at(v, v->now_ms);
	if (v->now_ms >= a->at_ms) {
		static const uint8_t mood[] = {TACTIC_WAIT, TACTIC_KEEP, TACTIC_POST,
					       TACTIC_REPOST};
		a->at_ms = v->now_ms + RANDOM_EVERY_MS;
		a->mood = mood[prng_below(&a->rng, COUNT_OF(mood))];
		if (prng_below(&a->rng, RANDOM_CROSSES) == 0)
			a->mood = TACTIC_CROSS;
		m.act = a->mood;
		if ((m.act == TACTIC_POST && v->own != TACTIC_OWN_NONE) ||
		    (m.act == TACTIC_REPOST && v->own != TACTIC_OWN_RESTING))
			m.act = TACTIC_WAIT;
		m.px = touch(v, a->child->side);
	}
	m.next_ms = a->at_ms;
	return m;
}

static struct judge_move ours(struct judge_agent *a, const struct judge_view *v)
{
	struct tactic_in in = {.now_ns = v->now_ms * MS_NS,
			       .book = v->book,
			       .own = v->own,
			       .own_px = v->own_px,
			       .own_left = v->own_left,
			       .venue_normal = true,
			       .distance = INFINITY,
			       .sigma = v->sigma};
	struct tactic_say say = tactic_step(&a->tactic, &in);

	return (struct judge_move){
		.act = say.act, .px = say.px, .next_ms = (say.next_ns + MS_NS - 1) / MS_NS};
}

static const struct {
	step_fn *step;
	bool strict, fitted;
} row[JUDGE_POLICIES] = {
	[JUDGE_MARKET] = {market, true, false},
	[JUDGE_PLACEBO] = {placebo, true, false},
	[JUDGE_RANDOM] = {by_lot, true, false},
	[JUDGE_TIMED] = {timed, true, true},
	[JUDGE_PASSIVE] = {passive, false, false},
	[JUDGE_PASSIVE_EXIT] = {passive_exit, false, true},
	[JUDGE_OURS_EASY] = {ours, false, false},
	[JUDGE_EXIT_STRICT] = {passive_exit, true, true},
	[JUDGE_QUOTES] = {ours, true, false},
	[JUDGE_OURS] = {ours, true, false},
};

const char *const judge_policy_name[JUDGE_POLICIES] = {
	[JUDGE_MARKET] = "market TWAP",
	[JUDGE_PLACEBO] = "random time",
	[JUDGE_RANDOM] = "random policy",
	[JUDGE_TIMED] = "imbalance timed",
	[JUDGE_PASSIVE] = "passive first (easy)",
	[JUDGE_PASSIVE_EXIT] = "passive+imb. (easy)",
	[JUDGE_OURS_EASY] = "tactic (easy)",
	[JUDGE_EXIT_STRICT] = "passive + imbalance",
	[JUDGE_QUOTES] = "quotes",
	[JUDGE_OURS] = "tactic",
};

bool judge_fitted(enum judge_policy p)
{
	return row[p].fitted;
}

bool judge_agent_strict(const struct judge_agent *a)
{
	return row[a->rule->policy].strict;
}

void judge_agent_init(struct judge_agent *a, const struct judge_rule *r,
		      const struct judge_child *c, struct price tick)
{
	struct tactic_slot slot = {.side = c->side,
				   .start_ns = c->start_ms * MS_NS,
				   .end_ns = c->end_ms * MS_NS,
				   .latency_ns = c->latency_ms * MS_NS,
				   .tick = tick,
				   .param = r->policy == JUDGE_QUOTES ? tactic_quotes() : r->param};

	memset(a, 0, sizeof *a);
	a->rule = r;
	a->child = c;
	prng_seed(&a->rng, c->seed ^ (uint64_t)c->start_ms ^ ((uint64_t)c->side << 60));
	a->at_ms = c->start_ms;
	if (r->policy == JUDGE_PLACEBO)
		a->at_ms += (int64_t)prng_below(&a->rng, (uint64_t)(c->end_ms - c->start_ms));
	if (row[r->policy].step == ours)
		tactic_init(&a->tactic, &slot);
}

void judge_agent_trade(struct judge_agent *a, const struct tape_trade *t)
{
	if (row[a->rule->policy].step == ours)
		tactic_trade(&a->tactic, t->ms * MS_NS, t->px, t->sz,
			     t->buy ? SIDE_BUY : SIDE_SELL);
}

struct judge_move judge_agent_step(struct judge_agent *a, const struct judge_view *v)
{
	struct judge_move m = crosses_at(v, v->now_ms);

	if (!a->crossing)
		m = row[a->rule->policy].step(a, v);
	a->crossing = m.act == TACTIC_CROSS; /* for good */
	return m;
}
