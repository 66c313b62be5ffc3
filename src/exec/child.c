/* child.c: how a child waits, and what others can see of it. See child.h.
 *
 * Invariants: (1) nothing here makes a child larger; (2) what it takes off is backlog, which later
 * slices take up, and never leaves a rest that cannot be sold; (3) equal states give equal sizes
 * and times, over a restart too: chance comes from the seed and the number of the slice. */
#include <math.h>
#include <string.h>

#include "base/prng.h"
#include "core/grammar.h"
#include "exec/child.h"
#include "exec/exit_in.h"

enum {
	ROUND_LOTS = 10,      /* sizes under this many lots cannot avoid round numbers */
	BEAT_MS = 10000,      /* whole ten seconds of the wall clock */
	BEAT_NEAR_MS = 300,   /* so near is on the beat */
	BEAT_AWAY_MS = 1200,  /* and at most so late it leaves */
	LATENCY_MS = 500,     /* until it was measured */
	CROSS_LEAD_MS = 2000, /* a slot ends so long before the next slice is due */
	TWAP_PRINTS_ON = 3,   /* of the last 5 min, the older less */
	TWAP_PRINTS_OFF = 1,
	ASK_GAP_S = 5, /* nobody asked for so long: it stood still, and looks anew */
};
static const double NEVER_LEAN = 2;
static const double TWAP_ON = 0.05, TWAP_OFF = 0.01; /* share of the tape */

static bool hides(const struct exit *x)
{
	return x->jitter > 0 && !x->ticket.declared && x->algo != ALGO_SWEEP && !x->in_danger;
}

static void dice(struct prng *r, const struct exit *x)
{
	prng_seed(r, x->plan_seed + 0x9e3779b97f4a7c15u * (x->slice + 1ull));
}

struct qty child_depth_room(const struct exit *x, const struct exec_view *v, struct qty want,
			    bool *held)
{
	double part = x->ticket.depth.v > 0 ? ratio_to_double(x->ticket.depth) : DEPTH_PCT / 100.0;
	*held = false;
	if (x->algo == ALGO_SWEEP || x->in_danger || view_blind(v))
		return want;
	const struct level *l = x->buy ? v->book->ask : v->book->bid;
	int n = x->buy ? v->book->n_ask : v->book->n_bid;
	int64_t shown = 0;
	for (int k = 0; k < n; k++)
		shown += l[k].sz.v;
	struct qty room = {0}, least = worth(v->instr, v->mark, CHILD_USD);
	(void)qty_from_double(&room, part * qty_to_double((struct qty){shown}));
	room = instr_floor_qty(v->instr, room);
	if (room.v < least.v)
		room = least;
	if (n == 0 || want.v <= room.v)
		return want;
	*held = true;
	return room;
}

struct qty child_off_round(const struct exit *x, const struct exec_view *v, struct qty q,
			   struct qty rem)
{
	int64_t lot = instr_lot(v->instr).v, lots = q.v / lot;
	int64_t least = worth(v->instr, v->mark, CHILD_USD).v;
	struct prng r;
	if (!hides(x) || q.v >= rem.v || q.v % lot || lots < ROUND_LOTS)
		return q;
	dice(&r, x);
	while (lots % 5 == 0 || lots * lot == x->slice_planned.v)
		lots -= 1 + (int64_t)prng_below(&r, 3);
	return lots * lot >= least ? (struct qty){lots * lot} : q;
}

int64_t child_off_beat_ns(const struct exit *x, const struct exec_view *v)
{
	int64_t into = (v->wall_ms + BEAT_NEAR_MS) % BEAT_MS;
	struct prng r;
	if (!hides(x) || x->slice == 0 || into > 2 * BEAT_NEAR_MS)
		return 0;
	dice(&r, x);
	int64_t to =
		2 * BEAT_NEAR_MS + 1 + (int64_t)prng_below(&r, BEAT_AWAY_MS - 2 * BEAT_NEAR_MS);
	return (to - into) * MS_NS;
}

/* ---- the passive try ------------------------------------------------- */

/* The nearer of the venue's liquidation price and the joint fall that kills the pool, relative. */
static double distance_of(const struct exec_view *v)
{
	double pos = qty_to_double(v->position);
	return plan_distance(&v->account, pos, pos, price_to_double(v->mark),
			     v->has_liq ? price_to_double(v->liq) : 0, 0);
}

/* Of the price over a slot of the schedule, from a volatility a year. */
static double over_slot(const struct exit *x, double sigma_year)
{
	double slot_s = x->plan.spacing_ms > 0 ? (double)x->plan.spacing_ms / 1000 : 1;
	return sigma_year * sqrt(slot_s / YEAR_S);
}

bool child_may_rest(const struct exit *x, const struct exec_view *v)
{
	double d = distance_of(v);
	if (v->venue == VENUE_ERRORS || x->in_danger || view_join(v, x->buy).v == 0)
		return false;
	return plan_may_rest(d, over_slot(x, v->sigma_year));
}

/* A little before the next slice is due, at the pace of now; the ticket may say sooner. */
static int64_t slot_end_ns(const struct exit *x, const struct exec_view *v)
{
	int64_t due = exit_next_due(x);
	int64_t left = due > x->clock_ns ? due - x->clock_ns : 0;
	if (x->place == PLACE_CHASE)
		return x->slice_ns + x->chase_ns;
	left = (int64_t)((double)left / exit_pace(x, v));
	left -= min64(CROSS_LEAD_MS * MS_NS, left / 4);
	if (x->post_ns > 0)
		left = min64(left, x->slice_ns + x->post_ns - v->now_ns);
	return v->now_ns + (left > 0 ? left : 0);
}

static void look_anew(struct exit *x, const struct exec_view *v)
{
	double bp = 1e4 * ratio_to_double(x->ticket.chase_bp);
	struct price at = view_join(v, x->buy);
	struct tactic_slot s = {.side = exit_side(x),
				.start_ns = v->now_ns,
				.end_ns = slot_end_ns(x, v),
				.latency_ns = x->latency_ns ? x->latency_ns : LATENCY_MS * MS_NS,
				.limit = exit_bound(x),
				.tick = instr_tick(v->instr, at.v > 0 ? at : v->mark),
				.param = x->place == PLACE_QUOTES ? tactic_quotes()
								  : tactic_defaults()};
	if (s.tick.v <= 0)
		s.tick.v = 1;
	if (s.end_ns < s.start_ns)
		s.end_ns = s.start_ns;
	if (x->place != PLACE_QUOTES) {
		s.param.reprices_max = x->chase_max;
		if (bp > 0)
			s.param.chase_bp = bp;
	}
	if (x->place == PLACE_CHASE) { /* at the touch, by the price alone */
		s.param.deep_sigmas = s.param.behind_sigmas = 0;
		s.param.cross_lean = s.param.late_lean = NEVER_LEAN;
	}
	tactic_init(&x->tactic, &s);
	x->tactic_on = true;
}

/* The book as it were without our order: what stands there of ours is no touch to join, no line. */
static void without_us(struct book *b, const struct exit *x, const struct exit_child *c)
{
	struct level *l = x->buy ? b->bid : b->ask;
	uint8_t *n = x->buy ? &b->n_bid : &b->n_ask;
	int64_t own = c->qty.v - c->filled.v;
	for (uint8_t k = 0; k < *n; k++) {
		if (l[k].px.v != c->px.v)
			continue;
		l[k].sz.v -= min64(own, l[k].sz.v);
		if (l[k].sz.v == 0)
			memmove(&l[k], &l[k + 1], (size_t)(--*n - k) * sizeof *l);
		return;
	}
}

struct tactic_say child_ask(struct exit *x, const struct exec_view *v, const struct exit_child *c)
{
	if (!x->tactic_on || v->now_ns - x->said_ns > ASK_GAP_S * SEC_NS)
		look_anew(x, v);
	struct tactic_in in = {.now_ns = v->now_ns,
			       .book = view_blind(v) ? NULL : v->book,
			       .own = TACTIC_OWN_NONE,
			       .venue_normal = v->venue == VENUE_WELL && !x->in_danger,
			       .distance = distance_of(v),
			       .slot_sigma = over_slot(x, v->sigma_year),
			       .sigma = over_slot(x, v->est[EST_SIGMA_5M].value)};
	struct book seen;
	if (c && in.book && (c->state == CS_OPEN || c->state == CS_CANCELLING)) {
		seen = *in.book;
		without_us(&seen, x, c);
		in.book = &seen;
	}
	if (c) {
		in.own = c->state == CS_OPEN	     ? TACTIC_OWN_RESTING
			 : c->state == CS_CANCELLING ? TACTIC_OWN_LEAVING
						     : TACTIC_OWN_FLYING;
		in.own_px = c->px;
		in.own_left.v = c->qty.v - c->filled.v;
	}
	x->tactic.slot.limit = exit_bound(x);
	x->said_ns = v->now_ns;
	x->say = tactic_step(&x->tactic, &in);
	return x->say;
}

void exit_on_trade(struct exit *x, int64_t now_ns, struct price px, struct qty sz, enum side taker)
{
	if (x->tactic_on && x->slice_open)
		tactic_trade(&x->tactic, now_ns, px, sz, taker);
}

void child_heard(struct exit *x, int64_t took_ns)
{
	x->latency_ns = x->latency_ns ? x->latency_ns + (took_ns - x->latency_ns) / 8 : took_ns;
}

void child_watch_twap(struct exit *x, const struct exec_view *v, struct exec_out *o)
{
	double share = v->twap_share[x->buy], prints = v->twap_prints[x->buy];
	bool ours = x->algo == ALGO_VENUE_TWAP;
	if (ours || share < (x->twap_told ? TWAP_OFF : TWAP_ON) ||
	    prints < (x->twap_told ? TWAP_PRINTS_OFF : TWAP_PRINTS_ON)) {
		x->twap_told = x->twap_told && ours;
		return;
	}
	if (x->twap_told)
		return;
	x->twap_told = true;
	want_notice(o, 1, NC_EXIT,
		    "x%u %s: a venue TWAP %s beside you, %.0f %% of what was %s in 5 min. Hidden "
		    "slices beside one pay more%s",
		    x->id, x->coin, x->buy ? "buys" : "sells", 100 * share,
		    x->buy ? "bought" : "sold",
		    x->ticket.declared ? "; yours are declared" : ": declared ones less, or wait");
}

/* ---- words ----------------------------------------------------------- */

static const struct exit_child *at_work(const struct exit *x)
{
	for (int i = 0; i < EXIT_CHILDREN; i++)
		if (child_unresolved(&x->child[i]) && x->child[i].slice == x->slice)
			return &x->child[i];
	return NULL;
}

static void line_words(const struct exit *x, struct buf *b)
{
	if (!x->tactic_on || !x->say.ahead_known) {
		buf_puts(b, "waiting in line");
	} else if (x->say.ahead.v == 0) {
		buf_puts(b, "first in line");
	} else {
		double ahead = qty_to_double(x->say.ahead);
		buf_printf(b,
			   ahead < 1000 ? "waiting in line: %.4g ahead"
					: "waiting in line: %.0f ahead",
			   ahead);
	}
}

void child_words(const struct exit *x, struct buf *b)
{
	const struct exit_child *c = at_work(x);
	const char *why = x->tactic_on && x->crossing && x->say.act == TACTIC_CROSS
				  ? tactic_why_text[x->say.why]
				  : NULL;
	if (x->state == XS_DONE || (!c && !x->slice_open)) {
		if (x->state == XS_RUNNING && x->in_danger)
			buf_printf(b, "the danger rule %s every %d s", x->buy ? "buys" : "sells",
				   DANGER_EVERY_S);
		else if (x->state == XS_RUNNING && x->depth_held)
			buf_puts(b, "the book shows too little for more");
		return;
	}
	if (c && c->state == CS_UNKNOWN) {
		buf_puts(b, "no answer yet");
	} else if (c && c->posted && c->state == CS_OPEN) {
		line_words(x, b);
	} else if (c && c->posted && c->state == CS_CANCELLING) {
		buf_puts(b, x->crossing ? "leaving the line" : "following the price");
	} else if (c && c->posted) {
		buf_puts(b, "joining the line");
	} else if (c || x->crossing) {
		buf_puts(b, x->slice_danger ? "crossing: the danger rule" : "crossing");
	}
	if (why && !x->slice_danger && b->len)
		buf_printf(b, ": %s", why);
}
