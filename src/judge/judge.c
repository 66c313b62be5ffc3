/* judge.c: the replay of one child over a path (model: judge.h).
 *
 * Invariants: (1) time never goes back, and within one millisecond prints come first, then the
 * book, then what arrives at the venue, then the decision; (2) what fills at rest plus what crosses
 * plus what is left is the size; (3) the agent is handed frames of now or earlier only. */
#include "judge/judge.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "judge/judge_in.h"

struct replay {
	const struct judge_path *p;
	const struct judge_child *c;
	struct judge_agent agent;
	struct book now, seen; /* in force, all levels; what the agent sees of it */
	uint32_t b, t, u;      /* next book, print, touch */
	int64_t now_ms;

	int64_t size, left, rested;
	double paid; /* sum of price x size, in units of the fixed types */
	int64_t done_ms;

	uint8_t own; /* enum tactic_own */
	int64_t px, ahead;
	bool fresh;	   /* no book since it began to rest */
	int64_t arrive_ms; /* of the post or the cancel under way */
	int64_t cross_ms;  /* of the crossing order under way; 0 none */
	int64_t ask_ms;	   /* the agent wants to be asked then */
	int64_t seen_ms;
	uint32_t posts;
	double sigma; /* of the slot */
};

static int64_t gcd(int64_t a, int64_t b)
{
	while (b) {
		int64_t r = a % b;
		a = b;
		b = r;
	}
	return a;
}

static void from_tape(struct book *out, const struct tape_book *b)
{
	out->n_bid = b->n[0];
	out->n_ask = b->n[1];
	for (uint32_t k = 0; k < b->n[0]; k++)
		out->bid[k] = (struct level){b->side[0][k].px, b->side[0][k].sz, 0};
	for (uint32_t k = 0; k < b->n[1]; k++)
		out->ask[k] = (struct level){b->side[1][k].px, b->side[1][k].sz, 0};
	out->venue_ms = b->ms;
}

/* First index with at(i) >= ms. */
#define FIRST_FROM(list, n, when)                                                                  \
	__extension__({                                                                            \
		uint32_t lo_ = 0, hi_ = (n);                                                       \
		while (lo_ < hi_) {                                                                \
			uint32_t m_ = lo_ + (hi_ - lo_) / 2;                                       \
			if ((list)[m_].ms < (when))                                                \
				lo_ = m_ + 1;                                                      \
			else                                                                       \
				hi_ = m_;                                                          \
		}                                                                                  \
		lo_;                                                                               \
	})

bool judge_path(struct judge_path *out, const struct tape_coin *k, int64_t from_ms, int64_t to_ms)
{
	uint32_t b0 = FIRST_FROM(k->book, k->n_book, from_ms);
	uint32_t b1 = FIRST_FROM(k->book, k->n_book, to_ms + 1);
	uint32_t u0 = FIRST_FROM(k->touch, k->n_touch, from_ms);
	uint32_t u1 = FIRST_FROM(k->touch, k->n_touch, to_ms + 1);
	uint32_t t0 = FIRST_FROM(k->trade, k->n_trade, from_ms);
	uint32_t t1 = FIRST_FROM(k->trade, k->n_trade, to_ms + 1);
	int64_t tick = 0;

	if (b1 < b0 + 2)
		return false;
	*out = (struct judge_path){.coin = k->coin,
				   .book = k->book + b0,
				   .n_book = b1 - b0,
				   .trade = k->trade + t0,
				   .n_trade = t1 - t0,
				   .touch = k->touch + u0,
				   .n_touch = u1 - u0,
				   .begin_ms = k->book[b0].ms,
				   .end_ms = k->book[b1 - 1].ms};
	for (uint32_t i = 0; i < out->n_book; i++)
		for (int s = 0; s < 2; s++)
			tick = gcd(out->book[i].side[s][0].px.v, tick);
	out->tick.v = tick;
	return true;
}

/* The frames with time <= now_ms: the newest book, touches on top of it. True: there was one. */
static bool frames(struct replay *r)
{
	const struct judge_path *p = r->p;
	uint32_t was = r->b + r->u;

	while (r->b < p->n_book && p->book[r->b].ms <= r->now_ms)
		r->b++;
	if (r->b + r->u > was && r->b > 0 && p->book[r->b - 1].ms >= r->now.venue_ms)
		from_tape(&r->now, &p->book[r->b - 1]);
	for (; r->u < p->n_touch && p->touch[r->u].ms <= r->now_ms; r->u++) {
		const struct tape_touch *t = &p->touch[r->u];
		struct level l[2];

		if (t->ms < r->now.venue_ms)
			continue; /* the book has it already */
		for (int s = 0; s < 2; s++)
			l[s] = (struct level){t->side[s].px, t->side[s].sz, 0};
		(void)book_apply_bbo(&r->now, l[0].sz.v ? &l[0] : NULL, l[1].sz.v ? &l[1] : NULL,
				     t->ms, t->ms * 1000000);
	}
	return r->b + r->u > was;
}

/* The side that an order of ours joins, or takes from. */
static const struct level *side_of(const struct replay *r, bool joins, uint32_t *n)
{
	bool bids = (r->c->side == SIDE_BUY) == joins;

	*n = bids ? r->now.n_bid : r->now.n_ask;
	return bids ? r->now.bid : r->now.ask;
}

static void fill(struct replay *r, int64_t px, int64_t q, bool rested)
{
	r->paid += (double)px * (double)q;
	r->left -= q;
	if (rested)
		r->rested += q;
	r->done_ms = r->now_ms;
	if (r->left == 0)
		r->own = TACTIC_OWN_NONE;
}

static bool rests(const struct replay *r)
{
	return r->own == TACTIC_OWN_RESTING || r->own == TACTIC_OWN_LEAVING;
}

static void print(struct replay *r, const struct tape_trade *t)
{
	bool buy = r->c->side == SIDE_BUY;
	int64_t q = t->sz.v;

	judge_agent_trade(&r->agent, t);
	if (!rests(r) || t->buy == buy)
		return;
	if (buy ? t->px.v < r->px : t->px.v > r->px) {
		fill(r, r->px, r->left, true);
	} else if (t->px.v == r->px) {
		int64_t before = q < r->ahead ? q : r->ahead;

		r->ahead -= before;
		q -= before;
		if (q > 0)
			fill(r, r->px, q < r->left ? q : r->left, true);
	}
}

/* Size at our price in the book in force. */
static int64_t shown(const struct replay *r)
{
	uint32_t n;
	const struct level *l = side_of(r, true, &n);

	for (uint32_t k = 0; k < n; k++)
		if (l[k].px.v == r->px)
			return l[k].sz.v;
	return 0;
}

/* The other side's best price is at ours or beyond; an empty side is not. */
static bool met(const struct replay *r)
{
	uint32_t n;
	const struct level *l = side_of(r, false, &n);

	return n > 0 && (r->c->side == SIDE_BUY ? l[0].px.v <= r->px : l[0].px.v >= r->px);
}

static void new_frame(struct replay *r)
{
	if (rests(r) && met(r))
		fill(r, r->px, r->left, true);
	if (r->fresh && rests(r) && shown(r) > r->ahead)
		r->ahead = shown(r); /* they may have come before us */
	r->fresh = false;
}

static void crosses(struct replay *r)
{
	uint32_t n;
	const struct level *l = side_of(r, false, &n);

	if (rests(r))
		r->own = TACTIC_OWN_NONE;
	for (uint32_t k = 0; k < n && r->left > 0; k++)
		fill(r, l[k].px.v, l[k].sz.v < r->left ? l[k].sz.v : r->left, false);
	r->cross_ms = 0;
}

/* A post or a cancel reaches the venue. */
static void arrives(struct replay *r)
{
	if (r->own == TACTIC_OWN_LEAVING || met(r)) {
		r->own = TACTIC_OWN_NONE; /* cancelled, or refused: it would take */
		return;
	}
	r->own = TACTIC_OWN_RESTING;
	r->ahead = shown(r);
	r->fresh = true;
}

/* When the first frame at or after `ms` comes. */
static int64_t next_frame(const struct replay *r, int64_t ms)
{
	const struct judge_path *p = r->p;
	uint32_t b = r->b, u = r->u;

	if (r->now.venue_ms >= ms)
		return ms;
	while (b < p->n_book && p->book[b].ms < ms)
		b++;
	while (u < p->n_touch && p->touch[u].ms < ms)
		u++;
	int64_t at = b < p->n_book ? p->book[b].ms : INT64_MAX;

	return u < p->n_touch && p->touch[u].ms < at ? p->touch[u].ms : at;
}

/* The agent's eyes: the nearest levels of the book in force. */
static void look(struct replay *r)
{
	ASSERT(r->now.venue_ms <= r->now_ms);
	r->seen = r->now;
	if (r->seen.n_bid > JUDGE_SEEN)
		r->seen.n_bid = JUDGE_SEEN;
	if (r->seen.n_ask > JUDGE_SEEN)
		r->seen.n_ask = JUDGE_SEEN;
	if (r->now.venue_ms - r->now_ms > r->seen_ms)
		r->seen_ms = r->now.venue_ms - r->now_ms;
}

static void decides(struct replay *r)
{
	struct judge_view v = {.now_ms = r->now_ms,
			       .book = &r->seen,
			       .own = r->own,
			       .own_px = {r->px},
			       .own_left = {r->left},
			       .sigma = r->sigma};

	if (r->cross_ms || r->now.n_bid == 0 || r->now.n_ask == 0)
		return;
	look(r);
	struct judge_move m = judge_agent_step(&r->agent, &v);
	bool strict = judge_agent_strict(&r->agent);

	r->ask_ms = m.next_ms > r->now_ms ? m.next_ms : INT64_MAX;
	if (m.act == TACTIC_POST && r->own == TACTIC_OWN_NONE) {
		r->own = TACTIC_OWN_FLYING;
		r->px = m.px.v;
		r->posts++;
		r->arrive_ms = r->now_ms + (strict ? r->c->latency_ms : 0);
	} else if (m.act == TACTIC_CROSS && (r->own == TACTIC_OWN_NONE || !strict)) {
		r->cross_ms = next_frame(r, r->now_ms + r->c->latency_ms);
	} else if ((m.act == TACTIC_REPOST || m.act == TACTIC_CROSS) &&
		   r->own == TACTIC_OWN_RESTING) {
		r->own = TACTIC_OWN_LEAVING;
		r->arrive_ms = r->now_ms + r->c->latency_ms;
	}
}

static int64_t next_ms(const struct replay *r)
{
	const struct judge_path *p = r->p;
	int64_t at = r->cross_ms ? INT64_MAX : r->ask_ms;

	if (r->b < p->n_book && p->book[r->b].ms < at)
		at = p->book[r->b].ms;
	if (r->u < p->n_touch && p->touch[r->u].ms < at)
		at = p->touch[r->u].ms;
	if (r->t < p->n_trade && p->trade[r->t].ms < at)
		at = p->trade[r->t].ms;
	if ((r->own == TACTIC_OWN_FLYING || r->own == TACTIC_OWN_LEAVING) && r->arrive_ms < at)
		at = r->arrive_ms;
	if (r->cross_ms && r->cross_ms < at)
		at = r->cross_ms;
	return at;
}

/* All that happens at r->now_ms. */
static void moment(struct replay *r)
{
	const struct judge_path *p = r->p;
	bool changed = r->now_ms >= r->ask_ms;
	uint8_t own = r->own;

	for (; r->t < p->n_trade && p->trade[r->t].ms <= r->now_ms; r->t++)
		if (r->left > 0)
			print(r, &p->trade[r->t]);
	if (frames(r)) {
		changed = true;
		if (r->left > 0)
			new_frame(r);
	}
	if (r->left > 0 && (r->own == TACTIC_OWN_FLYING || r->own == TACTIC_OWN_LEAVING) &&
	    r->arrive_ms <= r->now_ms)
		arrives(r);
	if (r->left > 0 && r->cross_ms && r->cross_ms <= r->now_ms)
		crosses(r);
	if (r->left > 0 && (changed || r->own != own))
		decides(r);
}

/* Relative standard deviation of the mid over a slot, from the steps of 5 s in the five minutes
 * before it, as far as the path goes back; 0 with under a minute of them. */
static double sigma_before(const struct judge_path *p, const struct judge_child *c)
{
	enum { STEP_MS = 5000, STEPS = 60, LEAST = 12 };
	double last = 0, sum = 0;
	uint32_t n = 0;

	for (int k = STEPS; k >= 0; k--) {
		int64_t at = c->start_ms - (int64_t)k * STEP_MS;
		if (at < p->begin_ms)
			continue;
		const struct tape_book *b = &p->book[FIRST_FROM(p->book, p->n_book, at + 1) - 1];
		double mid = (double)b->side[0][0].px.v + (double)b->side[1][0].px.v;
		if (last > 0) {
			sum += (mid / last - 1) * (mid / last - 1);
			n++;
		}
		last = mid;
	}
	return n < LEAST ? 0 : sqrt(sum / n * (double)(c->end_ms - c->start_ms) / STEP_MS);
}

bool judge_run(struct judge_result *out, const struct judge_path *p, const struct judge_child *c,
	       const struct judge_rule *rule)
{
	struct replay r = {.p = p, .c = c, .now_ms = c->start_ms, .seen_ms = INT64_MIN};

	if (c->start_ms < p->begin_ms || c->end_ms > p->end_ms || c->end_ms <= c->start_ms)
		return false;
	r.b = FIRST_FROM(p->book, p->n_book, c->start_ms + 1) - 1;
	r.u = FIRST_FROM(p->touch, p->n_touch, p->book[r.b].ms);
	(void)frames(&r);
	r.t = FIRST_FROM(p->trade, p->n_trade, c->start_ms + 1);
	if (r.now.n_bid == 0 || r.now.n_ask == 0)
		return false;
	double mid = ((double)r.now.bid[0].px.v + (double)r.now.ask[0].px.v) / 2;
	struct qty q;

	if (!qty_from_double(&q, c->usd / (mid * 1e-10)) || q.v <= 0)
		return false;
	r.size = r.left = q.v;
	r.sigma = sigma_before(p, c);
	judge_agent_init(&r.agent, rule, c, p->tick);
	decides(&r);
	for (int64_t at; r.left > 0 && (at = next_ms(&r)) <= p->end_ms;) {
		r.now_ms = at;
		moment(&r);
	}
	out->left = (double)r.left / (double)r.size;
	if (r.left > 0) {
		uint32_t n;
		const struct level *l = side_of(&r, false, &n);

		r.paid += (n > 0 ? (double)l[n - 1].px.v : mid) * (double)r.left;
	}
	double avg = r.paid / (double)r.size;

	out->price_bp = (c->side == SIDE_BUY ? avg - mid : mid - avg) / mid * 1e4;
	out->maker = (double)r.rested / (double)r.size;
	out->seconds = (double)(r.done_ms - c->start_ms) / 1000;
	out->posts = r.posts;
	out->seen_ms = r.seen_ms;
	return true;
}
