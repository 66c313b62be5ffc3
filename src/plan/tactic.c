/* tactic.c: see tactic.h for the diagram.
 *
 * Invariants: (1) crossing is never taken back, and past the slot's end nothing but CROSS is said;
 * (2) POST is said only with nothing at work, at a price that neither takes nor lies beyond the
 * limit; (3) the estimate of the queue never grows while the order stays where it is; (4) doubt
 * (no book, no trades) never keeps an order from the end of its slot. */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "plan/games.h"
#include "plan/tactic.h"

static const double GATE_DISTANCE = 0.03, GATE_SIGMAS = 4; /* operations.md 8 */
static const int64_t SEC_NS = 1000000000;
static const double FLOW_S = 30;	  /* memory of the tape's pace */
static const double HONEST = 1.4;	  /* operations.md 4 */
static const double SIGMA_UNKNOWN = 2e-4; /* of BTC over half a minute */

const char *const tactic_why_text[TACTIC_WHYS] = {
	[TACTIC_STARTS] = "joins the line",
	[TACTIC_DEEP] = "waits behind the touch, early in line",
	[TACTIC_WAITS] = "waits in line",
	[TACTIC_BEHIND] = "the price moved away",
	[TACTIC_LEANS] = "the book leans against us",
	[TACTIC_CHASED] = "followed the price far enough",
	[TACTIC_SLOT] = "the slot ends",
	[TACTIC_GATE] = "too near to liquidation, or the venue is not well",
	[TACTIC_QUEUE] = "the line is too long for this slot",
	[TACTIC_NO_BOOK] = "no book to post against",
	[TACTIC_LIMIT] = "waits at the working price",
};

struct tactic_param tactic_defaults(void)
{
	return (struct tactic_param){
		.deep_sigmas = 0.2,
		.deep_share = 1,
		.behind_sigmas = 0.2,
		.reprices_max = 5,
		.chase_bp = 5,
		.chase_ns = 10 * SEC_NS,
		.cross_lean = 2,
		.late_lean = 0.7,
		.late_share = 0.2,
		.lean_levels = 5,
		.improve_ticks = 2,
		.hopeless = 0,
	};
}

struct tactic_param tactic_quotes(void)
{
	struct tactic_param p = tactic_defaults();

	p.quote_rate = 0.1;
	p.quote_decay = 0.4;
	p.quote_risk = 0.1;
	p.quote_end_bp = 3;
	p.reprices_max = TACTIC_QUOTES_MAX;
	p.chase_bp = 0;
	p.chase_ns = 0;
	p.late_lean = 2;
	return p;
}

void tactic_init(struct tactic *t, const struct tactic_slot *slot)
{
	ASSERT(slot->tick.v > 0 && slot->end_ns >= slot->start_ns && slot->latency_ns >= 0);
	memset(t, 0, sizeof *t);
	t->slot = *slot;
	t->flow_ns = slot->start_ns;
}

/* a lies further than b from filling, seen from our side: lower for a buy. */
static bool shy(enum side s, struct price a, struct price b)
{
	return s == SIDE_BUY ? a.v < b.v : a.v > b.v;
}

static double flow_now(const struct tactic *t, int64_t now_ns)
{
	double s = (double)(now_ns - t->flow_ns) / (double)SEC_NS;
	return s > 0 ? t->flow * exp(-s / FLOW_S) : t->flow;
}

void tactic_trade(struct tactic *t, int64_t at_ns, struct price px, struct qty sz, enum side taker)
{
	if (taker == t->slot.side || sz.v <= 0)
		return; /* it took from the other side */
	t->flow = flow_now(t, at_ns) + qty_to_double(sz);
	if (at_ns > t->flow_ns)
		t->flow_ns = at_ns;
	if (!t->in_line)
		return;
	if (px.v == t->px.v)
		t->ahead = t->ahead > sz.v ? t->ahead - sz.v : 0;
	else if (shy(t->slot.side, px, t->px))
		t->ahead = 0; /* it went through us */
}

double tactic_lean(const struct book *b, enum side side, uint32_t levels, struct price own_px,
		   struct qty own)
{
	double sum[2] = {0, 0};
	const struct level *at[2] = {b->bid, b->ask};
	const uint8_t n[2] = {b->n_bid, b->n_ask};

	for (int s = 0; s < 2; s++)
		for (uint32_t k = 0; k < n[s] && k < levels; k++) {
			int64_t sz = at[s][k].sz.v;
			if (s == (side == SIDE_BUY ? 0 : 1) && at[s][k].px.v == own_px.v)
				sz = sz > own.v ? sz - own.v : 0;
			sum[s] += (double)sz;
		}
	if (!(sum[0] + sum[1] > 0) || n[0] == 0 || n[1] == 0)
		return 0;
	double lean = (sum[0] - sum[1]) / (sum[0] + sum[1]);
	return side == SIDE_BUY ? lean : -lean;
}

/* What the book shows at our price, without us; -1 when it does not reach so far. */
static int64_t shown_at(const struct tactic *t, const struct tactic_in *in, struct price px)
{
	bool buy = t->slot.side == SIDE_BUY;
	const struct level *l = buy ? in->book->bid : in->book->ask;
	int n = buy ? in->book->n_bid : in->book->n_ask;

	for (int k = 0; k < n; k++) {
		if (l[k].px.v == px.v) {
			int64_t own = in->book_shows_own ? in->own_left.v : 0;
			return l[k].sz.v > own ? l[k].sz.v - own : 0;
		}
		if (shy(t->slot.side, l[k].px, px))
			return 0; /* between two levels: an empty price */
	}
	return -1;
}

/* Keeps count of the line before our order. */
static void queue(struct tactic *t, const struct tactic_in *in)
{
	if (in->own != TACTIC_OWN_RESTING && in->own != TACTIC_OWN_LEAVING) {
		t->in_line = false;
		return;
	}
	int64_t shown = in->book ? shown_at(t, in, in->own_px) : -1;

	if (!t->in_line || t->px.v != in->own_px.v) {
		t->in_line = true;
		t->px = in->own_px;
		t->ahead = shown >= 0 ? shown : INT64_MAX;
	} else if (shown >= 0 && shown < t->ahead) {
		t->ahead = shown; /* who stood there left: nobody else can be before us */
	}
}

static double sigma_of(const struct tactic_in *in)
{
	if (in->sigma > 0)
		return in->sigma;
	return in->slot_sigma > 0 ? in->slot_sigma / HONEST : SIGMA_UNKNOWN;
}

/* The liquidation quote as ticks behind the touch; 0 where the touch is further off. */
static int64_t quote_ticks(const struct tactic *t, const struct tactic_in *in, struct price touch)
{
	const struct tactic_slot *s = &t->slot;
	double slot_s = (double)(s->end_ns - s->start_ns) / (double)SEC_NS;
	double left_s = (double)(s->end_ns - in->now_ns) / (double)SEC_NS;
	double half = (double)(in->book->ask[0].px.v - in->book->bid[0].px.v) / 2, bp;
	struct glf q = {.a = s->param.quote_rate,
			.gamma = s->param.quote_risk,
			.b = s->param.quote_end_bp,
			.sigma = sigma_of(in) * 1e4 / sqrt(slot_s > 0 ? slot_s : 1)};

	q.k = s->param.quote_decay / q.sigma;
	if (!glf_last(&q, left_s, &bp))
		return 0;
	double d = bp * 1e-4 * (double)touch.v - half;
	return d > 0 ? (int64_t)(d / (double)s->tick.v) : 0;
}

/* How far behind the touch an order belongs at this time of the slot, in ticks. */
static int64_t deep_ticks(const struct tactic *t, const struct tactic_in *in, struct price touch)
{
	const struct tactic_slot *s = &t->slot;
	if (s->param.quote_rate > 0)
		return quote_ticks(t, in, touch);
	double all = (double)(s->end_ns - s->start_ns) * s->param.deep_share;
	double gone = all > 0 ? (double)(in->now_ns - s->start_ns) / all : 1;

	if (!(gone < 1))
		return 0;
	double d = s->param.deep_sigmas * (1 - gone) * sigma_of(in) * (double)touch.v;
	return (int64_t)(d / (double)s->tick.v);
}

/* Where a new order goes: behind the touch, at it, or a tick better in a wide spread; never beyond
 * the limit. */
static struct price join_px(const struct tactic *t, const struct tactic_in *in, struct price ours,
			    struct price theirs, uint8_t *why)
{
	const struct tactic_slot *s = &t->slot;
	int64_t tick = s->side == SIDE_BUY ? s->tick.v : -s->tick.v;
	int64_t gap = s->side == SIDE_BUY ? theirs.v - ours.v : ours.v - theirs.v;
	int64_t deep = deep_ticks(t, in, ours);
	struct price p = ours;

	if (s->param.improve_ticks > 1 && gap >= (int64_t)s->param.improve_ticks * s->tick.v)
		p.v += tick;
	p.v -= deep * tick;
	*why = deep > 0 ? TACTIC_DEEP : TACTIC_STARTS;
	if (s->limit.v > 0 && shy(s->side, s->limit, p)) {
		p = s->limit;
		*why = TACTIC_LIMIT;
	}
	return p;
}

/* The best price of our side that is not ours alone; 0: none. */
static struct price touch_of(const struct tactic *t, const struct tactic_in *in)
{
	bool buy = t->slot.side == SIDE_BUY;
	const struct level *l = buy ? in->book->bid : in->book->ask;
	int n = buy ? in->book->n_bid : in->book->n_ask;

	for (int k = 0; k < n; k++)
		if (!in->book_shows_own || in->own == TACTIC_OWN_NONE ||
		    l[k].px.v != in->own_px.v || l[k].sz.v > in->own_left.v)
			return l[k].px;
	return (struct price){0};
}

static double bp_between(struct price a, struct price b)
{
	return b.v > 0 ? fabs((double)(a.v - b.v)) / (double)b.v * 1e4 : 0;
}

static void soonest(struct tactic_say *say, int64_t at_ns)
{
	if (at_ns < say->next_ns)
		say->next_ns = at_ns;
}

/* Too far from the price of the start? Back there, the chase is over and its clock stands. */
static bool chased_far(struct tactic *t, struct price ours)
{
	double most = t->slot.param.chase_bp;

	if (!shy(t->slot.side, t->first_px, ours)) {
		t->chase_from_ns = 0;
		return false;
	}
	return most > 0 && bp_between(ours, t->first_px) >= most;
}

/* No further repost is in the chase's number or time. */
static bool chased_long(const struct tactic *t, int64_t now_ns)
{
	const struct tactic_param *p = &t->slot.param;

	return (p->reprices_max > 0 && t->reprices >= p->reprices_max) ||
	       (p->chase_ns > 0 && t->chase_from_ns > 0 &&
		now_ns - t->chase_from_ns >= p->chase_ns);
}

static bool gates_open(const struct tactic_in *in)
{
	return in->venue_normal && in->distance > GATE_DISTANCE &&
	       in->distance > GATE_SIGMAS * in->slot_sigma;
}

static uint8_t crosses(struct tactic *t, uint8_t why, struct tactic_say *say)
{
	t->crossing = true;
	t->why = why;
	say->why = why;
	return TACTIC_CROSS;
}

/* What to do with an order at work, when it would join at `join` now. */
static uint8_t tend(struct tactic *t, const struct tactic_in *in, struct price join,
		    struct tactic_say *say)
{
	const struct tactic_param *p = &t->slot.param;

	say->why = TACTIC_WAITS;
	if (in->own != TACTIC_OWN_RESTING)
		return in->own == TACTIC_OWN_LEAVING ? TACTIC_WAIT : TACTIC_KEEP;
	if (!shy(t->slot.side, in->own_px, join) ||
	    !(bp_between(join, in->own_px) > p->behind_sigmas * sigma_of(in) * 1e4))
		return TACTIC_KEEP;
	if (chased_long(t, in->now_ns))
		return crosses(t, TACTIC_CHASED, say);
	t->reprices++;
	if (t->chase_from_ns == 0)
		t->chase_from_ns = in->now_ns;
	say->why = TACTIC_BEHIND;
	return TACTIC_REPOST;
}

/* With both sides of a book; `ours` is the touch that we would join. */
static uint8_t with_book(struct tactic *t, const struct tactic_in *in, struct price ours,
			 struct tactic_say *say)
{
	const struct tactic_param *p = &t->slot.param;
	struct price theirs = t->slot.side == SIDE_BUY ? in->book->ask[0].px : in->book->bid[0].px;
	struct qty own = in->book_shows_own ? in->own_left : (struct qty){0};
	double left = (double)(t->slot.end_ns - in->now_ns);
	double late = p->late_share * (double)(t->slot.end_ns - t->slot.start_ns);

	if (!t->began) {
		t->began = true;
		t->first_px = ours;
	}
	say->lean = tactic_lean(in->book, t->slot.side, p->lean_levels, in->own_px, own);
	if (say->lean >= p->cross_lean || (left <= late && say->lean >= p->late_lean))
		return crosses(t, TACTIC_LEANS, say);
	if (chased_far(t, ours))
		return crosses(t, TACTIC_CHASED, say);
	struct price join = join_px(t, in, ours, theirs, &say->why);
	if (say->why == TACTIC_DEEP)
		soonest(say, in->now_ns + SEC_NS);
	if (in->own != TACTIC_OWN_NONE)
		return tend(t, in, join, say);
	double pace = say->per_s * left / (double)SEC_NS * p->hopeless;
	int64_t line = shown_at(t, in, join);
	if (p->hopeless > 0 && say->per_s > 0 && line > 0 &&
	    qty_to_double((struct qty){line}) > pace)
		return crosses(t, TACTIC_QUEUE, say);
	say->px = join;
	return TACTIC_POST;
}

struct tactic_say tactic_step(struct tactic *t, const struct tactic_in *in)
{
	struct tactic_say say = {.next_ns = t->slot.end_ns, .why = t->why};
	bool book = in->book && in->book->n_bid > 0 && in->book->n_ask > 0;
	struct price ours = book ? touch_of(t, in) : (struct price){0};
	/* What rests is cancelled so early that the crossing order itself leaves at the end. */
	int64_t lead = in->own == TACTIC_OWN_NONE ? 0 : t->slot.latency_ns;

	queue(t, in);
	say.per_s = flow_now(t, in->now_ns) / FLOW_S;
	soonest(&say, t->slot.end_ns - lead);
	if (t->crossing)
		say.act = TACTIC_CROSS;
	else if (in->now_ns >= t->slot.end_ns - lead)
		say.act = crosses(t, TACTIC_SLOT, &say);
	else if (!gates_open(in))
		say.act = crosses(t, TACTIC_GATE, &say);
	else if (ours.v > 0)
		say.act = with_book(t, in, ours, &say);
	else {
		say.act = in->own == TACTIC_OWN_RESTING ? TACTIC_KEEP : TACTIC_WAIT;
		say.why = TACTIC_NO_BOOK;
	}
	say.ahead_known = t->in_line && t->ahead != INT64_MAX;
	say.ahead.v = say.ahead_known ? t->ahead : 0;
	say.reprices = t->reprices;
	return say;
}
