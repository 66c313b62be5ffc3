/* exit_trade.c: slices, how each is placed, the danger rule, the venue's TWAP and close-rest.
 *
 * One slice: [passive try (post, chase)] -> cross, up to ATTEMPTS_MAX -> closed; what it did not
 * sell is backlog, which the next turn takes up at no more than 1.5 x the pace (plan/pace.h).
 *
 * Invariants: (1) nothing is placed beyond the bound in force: the working price, in danger the
 * last price; (2) a stale book stops passive and sliced orders, never close-rest nor the danger
 * rule; (3) without danger the children of a schedule stay inside the participation cap, of which
 * neither the danger rule nor a block takes anything. */
#include <math.h>

#include "base/check.h"
#include "exec/child.h"
#include "exec/exit_in.h"

enum { ATTEMPTS_MAX = 5 };
enum { CLOSE_GIVE_UP_S = 120 };
static const int64_t SLACK = 1000000000;       /* 0.1 %: the market moves while an order flies */
static const int64_t SLACK_SWEEP = 2000000000; /* 0.2 % */
static const int64_t SLACK_BLIND = 5000000000; /* 0.5 % off the mark */

struct price exit_bound(const struct exit *x)
{
	return x->in_danger || x->working.v == 0 ? x->last : x->working;
}

void slice_close(struct exit *x)
{
	x->owes = x->owes || x->slice_left.v > 0;
	x->slice_open = false;
	x->slice_left.v = 0;
	exit_touch(x, x->slice);
}

static void slice_start(struct exit *x, const struct exec_view *v, struct qty q, bool danger)
{
	x->slice++;
	x->attempt = 0;
	x->slice_left = q;
	x->slice_planned = q;
	x->slice_open = true;
	x->crossing = danger || (x->algo == ALGO_SWEEP && x->place != PLACE_CHASE);
	x->tactic_on = false;
	x->slice_danger = danger;
	x->reprices = 0;
	x->slice_ns = v->now_ns;
	x->post_since_ns = v->now_ns;
	x->slice_px = view_join(v, x->buy);
	uint32_t n = x->slice <= SLICES_MAX ? x->slice : SLICES_MAX;
	struct exit_slice_result *r = &x->result[n - 1];
	r->planned.v += q.v;
	if (r->wall_ms == 0)
		r->wall_ms = v->wall_ms;
	if (n > x->n_results)
		x->n_results = n;
	exit_touch(x, x->slice);
}

/* ---- placing --------------------------------------------------------- */

/* Rests at p, or nearer to the safe side where a bound or the venue's rule asks for it. */
static bool place_passive(struct exit *x, const struct exec_view *v, struct exec_out *o,
			  struct price p)
{
	struct price b = exit_bound(x);
	if (beyond(x->buy, p, b))
		p = b;
	if (!instr_round_price(v->instr, &p, p, x->buy ? ROUND_DOWN : ROUND_UP))
		return false;
	return exit_place(x, v, o, CHILD_POST, TIF_ALO, p, x->slice_left);
}

static bool place_cross(struct exit *x, const struct exec_view *v, struct exec_out *o)
{
	struct price p, limit;
	uint8_t kind = x->slice_danger ? CHILD_DANGER : CHILD_SLICE;
	if (view_blind(v)) {
		p = price_away(x->buy, v->mark, SLACK_BLIND);
	} else {
		struct book_walk w =
			book_take(v->book, exit_side(x), x->slice_left, (struct price){0});
		int64_t slack =
			x->algo == ALGO_SWEEP || w.filled.v < x->slice_left.v ? SLACK_SWEEP : SLACK;
		p = price_away(x->buy, w.filled.v > 0 ? w.worst : v->mark, slack);
	}
	if (!fill_price(v->instr, x->buy, p, exit_bound(x), &limit))
		return false;
	if (v->venue == VENUE_POST_ONLY) { /* nobody can take: wait first in line */
		struct price join = view_join(v, x->buy);
		if (join.v == 0 || beyond(x->buy, join, exit_bound(x)))
			return false;
		return exit_place(x, v, o, CHILD_POST, TIF_ALO, join, x->slice_left);
	}
	return exit_place(x, v, o, kind, TIF_IOC, limit, x->slice_left);
}

/* After a reduce-only refusal: read first, take away what may cover the position, then again. */
static bool ro_pending(struct exit *x, const struct exec_view *v, struct exec_out *o)
{
	int64_t until = x->changed_ns + 900 * MS_NS;
	if (!x->ro_reads)
		return false;
	if (v->reads >= x->ro_reads || v->now_ns >= until) {
		x->ro_reads = 0;
		return false;
	}
	cancel_passive(x, v, o);
	if (x->read_ns == 0) {
		want_new(o, WANT_READ);
		x->read_ns = v->now_ns;
	}
	wake(o, until);
	return true;
}

static int64_t slice_flying(const struct exit *x)
{
	int64_t q = 0;
	for (int i = 0; i < EXIT_CHILDREN; i++)
		if (child_unresolved(&x->child[i]) && x->child[i].slice == x->slice)
			q += x->child[i].qty.v - x->child[i].filled.v;
	return q;
}

/* Placements that rest first, by plan/tactic.h. */
static bool tries_first(const struct exit *x)
{
	return x->place == PLACE_POST_CROSS || x->place == PLACE_CHASE || x->place == PLACE_QUOTES;
}

static void slice_go_on(struct exit *x, const struct exec_view *v, struct exec_out *o)
{
	if (x->retry_ns > v->now_ns) {
		wake(o, x->retry_ns);
		return;
	}
	if (ro_pending(x, v, o))
		return;
	struct qty rem = exit_remaining(x, v);
	if (!exit_zero_now(x, v)) /* what may still execute of this slice is not sold twice */
		x->slice_left.v -= slice_flying(x);
	x->slice_left.v = min64(x->slice_left.v, rem.v);
	uint32_t follows = x->place == PLACE_QUOTES ? TACTIC_QUOTES_MAX : x->chase_max;
	bool many = x->attempt >= ATTEMPTS_MAX + follows && x->algo != ALGO_SWEEP;
	if (x->slice_left.v <= 0 || many) {
		slice_close(x);
		return;
	}
	struct price rest = {0};
	if (!x->crossing && x->place == PLACE_POST && child_may_rest(x, v))
		rest = view_join(v, x->buy);
	if (!x->crossing && tries_first(x)) {
		struct tactic_say say = child_ask(x, v, NULL);
		wake(o, say.next_ns);
		if (say.act == TACTIC_WAIT || say.act == TACTIC_KEEP)
			return;
		x->crossing = say.act == TACTIC_CROSS;
		rest = say.px;
	}
	bool passive = !x->crossing && rest.v > 0;
	if (passive ? place_passive(x, v, o, rest) : place_cross(x, v, o))
		return;
	slice_close(x); /* under the minimum, or no room: it goes on as backlog */
	x->retry_ns = v->now_ns + SEC_NS;
}

/* A passive child at work: how long, and what then. */
static void tend_passive(struct exit *x, const struct exec_view *v, struct exec_out *o,
			 struct exit_child *c)
{
	if (c->state == CS_CANCELLING) {
		want_cancel(x, v, o, c);
		return;
	}
	if (v->venue == VENUE_POST_ONLY && c->state == CS_OPEN)
		return; /* nobody can take: first in line is all there is */
	if (x->place == PLACE_CROSS || x->crossing) { /* it posted because nobody could take */
		if (c->state == CS_OPEN)
			want_cancel(x, v, o, c);
		return;
	}
	if (tries_first(x)) {
		struct tactic_say say = child_ask(x, v, c);
		wake(o, say.next_ns);
		if (say.act == TACTIC_CROSS)
			x->crossing = true;
		if (say.act == TACTIC_REPOST)
			x->reprices++;
		if ((x->crossing || say.act == TACTIC_REPOST) && c->state == CS_OPEN)
			want_cancel(x, v, o, c);
		return;
	}
	if (c->state == CS_OPEN && !child_may_rest(x, v)) { /* else POST waits for the next slice */
		x->crossing = true;
		want_cancel(x, v, o, c);
	}
}

/* ---- the schedule ---------------------------------------------------- */

/* Milliseconds from one turn to the next where the schedule says nothing. */
static int64_t slot_ms(const struct exit *x)
{
	return x->plan.spacing_ms > 0 ? x->plan.spacing_ms : 2000;
}

int64_t exit_next_due(const struct exit *x)
{
	int64_t planned = x->next < x->plan.n ? x->plan.at_ms[x->next] : -1;
	return pace_turn_ms(planned, x->turn_ms, slot_ms(x), x->owes) * MS_NS;
}

double exit_cap_room(const struct exit *x, const struct exec_view *v)
{
	double seen = qty_to_double((struct qty){v->volume.v - x->volume0.v});
	double sold = qty_to_double(x->done) + qty_to_double(exit_in_flight(x));
	/* pov: its share of what has traded, never ahead of it */
	double ahead =
		x->plan_algo == ALGO_POV ? 0 : pace_ahead(view_volume_s(v), x->plan.spacing_ms);
	return x->cap * (seen + ahead) - sold;
}

struct qty exit_tape_for(const struct exit *x, int64_t q)
{
	return (struct qty){x->cap > 0 ? (int64_t)fmin((double)q / x->cap, TAPE_MOST) : 0};
}

void exit_over_cap(struct exit *x, int64_t q)
{
	x->volume0.v -= exit_tape_for(x, q).v;
}

/* Coins the participation cap allows now; everything when there is none. */
static struct qty cap_room(struct exit *x, const struct exec_view *v, struct qty want)
{
	x->cap_held = false;
	if (x->algo == ALGO_SWEEP || x->in_danger || !(x->cap > 0))
		return want;
	double room = exit_cap_room(x, v);
	struct qty least = worth(v->instr, v->mark, CHILD_USD);
	struct qty r = pace_cut(v->instr, want, room, least, (v->now_ns - x->cap_since_ns) / MS_NS);
	if (r.v > 0)
		x->cap_since_ns = v->now_ns;
	x->cap_held = r.v < want.v;
	return r;
}

/* Of what the schedule has to sell: what was in flight when it was made and came back too. */
static struct qty mean_slice(const struct exit *x)
{
	int64_t all = x->plan_size.v > exit_left(x).v ? x->plan_size.v : exit_left(x).v;
	return (struct qty){x->plan.n ? all / x->plan.n : all};
}

/* What the turn that is due should sell: its own slice, and backlog up to the pace cap; *owed: all
 * of it. */
static struct qty slice_want(const struct exit *x, const struct exec_view *v, bool planned,
			     int64_t *owed)
{
	struct qty rem = exit_remaining(x, v),
		   own = planned ? x->plan.qty[x->next] : (struct qty){0};
	*owed = rem.v;
	if (x->plan_algo == ALGO_POV)
		return rem; /* cap_room says how much of it the tape has paid for */
	int64_t sold = x->done.v - x->plan_done.v;
	int64_t flying = exit_zero_now(x, v) ? 0 : exit_in_flight(x).v;
	uint32_t pct = x->stops_late ? PACE_BY_MAX_PCT : PACE_MAX_PCT;
	*owed = exit_planned_by(x, x->clock_ns, planned).v - sold - flying;
	int64_t q = min64(*owed, rem.v);
	if (x->algo != ALGO_SWEEP)
		q = min64(q, pace_most(own, mean_slice(x), pct).v);
	struct qty last = worth(v->instr, v->mark, LAST_USD);
	if (q > 0 && rem.v - q < last.v)
		q = rem.v;
	return (struct qty){q > 0 ? q : 0};
}

static void slice_due(struct exit *x, const struct exec_view *v, struct exec_out *o)
{
	int64_t due = exit_next_due(x), owed;
	if (x->clock_ns < due) {
		double pace = exit_pace(x, v);
		wake(o, v->now_ns + (int64_t)((double)(due - x->clock_ns) / pace) + 1);
		return;
	}
	int64_t off = child_off_beat_ns(x, v);
	if (off > 0) {
		wake(o, v->now_ns + off);
		return;
	}
	bool planned = x->next < x->plan.n && x->plan.at_ms[x->next] * MS_NS <= x->clock_ns;
	bool block = planned && x->next == 0 && x->plan_block.v > 0; /* by the operator's word */
	struct qty want = slice_want(x, v, planned, &owed), rem = exit_remaining(x, v);
	struct qty least = worth(v->instr, v->mark, LAST_USD);
	if (want.v > 0 && want.v < rem.v && want.v < least.v)
		want.v = 0;	       /* too small to be alone: with the next */
	if (!planned && want.v <= 0) { /* all on its way: the turn stays, for what comes back */
		x->owes = false;
		return;
	}
	struct qty q = want;
	x->depth_held = x->cap_held = false;
	if (!block) {
		q = child_depth_room(x, v, cap_room(x, v, want), &x->depth_held);
		q = child_off_round(x, v, q, rem);
	}
	if (q.v < want.v && rem.v - q.v < least.v) /* never leave what cannot be sold */
		q.v = rem.v - least.v >= least.v ? rem.v - least.v : 0;
	x->next += planned;
	x->turn_ms = x->clock_ns / MS_NS;
	x->owes = owed - q.v >= worth(v->instr, v->mark, CHILD_USD).v;
	exit_touch(x, 0);
	if (q.v <= 0)
		return;
	if (block)
		exit_over_cap(x, q.v);
	slice_start(x, v, q, false);
	x->crossing = x->crossing || block;
	slice_go_on(x, v, o);
}

/* Sells by the danger rule: what keeps the limit, else a quarter of five levels, every ten seconds.
 * False: nothing to do now. */
static bool danger_slice(struct exit *x, const struct exec_view *v, struct exec_out *o)
{
	if (x->retry_ns > v->now_ns ||
	    (x->slice_danger && v->now_ns - x->slice_ns < DANGER_EVERY_S * SEC_NS)) {
		wake(o, x->slice_ns + DANGER_EVERY_S * SEC_NS);
		return true;
	}
	struct qty q = mean_slice(x), rem = exit_remaining(x, v);
	if (!view_blind(v)) {
		const struct level *l = x->buy ? v->book->ask : v->book->bid;
		int n = x->buy ? v->book->n_ask : v->book->n_bid;
		int64_t depth = 0;
		for (int k = 0; k < n && k < 5; k++)
			depth += l[k].sz.v;
		if (depth / 4 > q.v)
			q.v = depth / 4;
	}
	/* the grid has said what must go at once for the limit to hold again */
	if (exit_grid_fresh(x, v) && x->block.v > q.v)
		q = x->block;
	if (rem.v - q.v < worth(v->instr, v->mark, LAST_USD).v)
		q = rem;
	q = instr_floor_qty(v->instr, (struct qty){min64(q.v, rem.v)});
	if (q.v <= 0)
		return true;
	slice_start(x, v, q, true);
	slice_go_on(x, v, o);
	return true;
}

/* ---- gates of a sliced exit ------------------------------------------ */

static void stopped_notice(struct exit *x, const struct exec_view *v, struct exec_out *o,
			   struct price touch, struct price bound)
{
	char odds[24], at[40], px[40];
	plan_odds(odds, sizeof odds, x->danger);
	want_notice(o, 2, NC_STOPPED_PRICE,
		    "%s STOPPED: %s is %s your %s price %s. %.0f USD left.%s%s%s",
		    x->buy ? "BUYING" : "SELLING", price_word(at, touch), x->buy ? "over" : "under",
		    x->in_danger || x->working.v == 0 ? "last" : "working", price_word(px, bound),
		    usd(exit_left(x), v->mark), x->has_danger ? " Danger " : "",
		    x->has_danger ? odds : "", x->has_danger ? "." : "");
}

/* Book too old or price beyond the bound: the exit stands, its clock too. */
static bool held_up(struct exit *x, const struct exec_view *v, struct exec_out *o)
{
	bool blind = view_blind(v);
	char mark[40];
	struct price touch = blind ? v->mark : view_touch(v, x->buy), bound = exit_bound(x);
	if (touch.v == 0)
		touch = v->mark;
	if (beyond(x->buy, touch, bound)) {
		cancel_passive(x, v, o);
		if (x->state != XS_STOPPED_PRICE) {
			x->stopped_since_ns = v->now_ns;
			stopped_notice(x, v, o, touch, bound);
		}
		exit_set_state(x, XS_STOPPED_PRICE);
		return true;
	}
	if (blind && !x->in_danger) {
		cancel_passive(x, v, o);
		if (x->state != XS_BLIND)
			want_notice(
				o, 2, NC_BLIND,
				"BLIND: %s book %lld s old. x%u places no slice; close-rest "
				"prices from the mark %s",
				x->coin,
				(long long)(v->book_ns ? (v->now_ns - v->book_ns) / SEC_NS : -1),
				x->id, price_word(mark, v->mark));
		exit_set_state(x, XS_BLIND);
		return true;
	}
	exit_set_state(x, XS_RUNNING);
	return false;
}

static void twap_step(struct exit *x, const struct exec_view *v, struct exec_out *o)
{
	struct exit_child *c = exit_twap(x);
	exit_set_state(x, XS_RUNNING);
	if (c || exit_unresolved(x)) {
		if (!c)
			cancel_passive(x, v, o);
		return;
	}
	if (x->retry_ns > v->now_ns) {
		wake(o, x->retry_ns);
		return;
	}
	int64_t min = (x->plan_horizon_ms - x->clock_ns / MS_NS) / 60000;
	struct qty rem = exit_remaining(x, v);
	if (x->rejects >= 2 || min < 5 || usd(rem, v->mark) < 100) {
		want_notice(o, 1, NC_EXIT,
			    "x%u %s: the rest goes in slices of our own, not by the "
			    "venue's TWAP",
			    x->id, x->coin);
		x->algo = ALGO_TWAP;
		exit_replan(x, v, min > 2 ? min * 60000 : 120000);
		return;
	}
	slice_start(x, v, rem, false);
	if (exit_place(x, v, o, CHILD_TWAP, TIF_IOC, (struct price){0}, rem)) {
		struct exec_want *w = &o->at[o->n - 1];
		w->minutes = (uint16_t)(min > 1440 ? 1440 : min);
		w->randomize = x->jitter > 0;
	}
}

/* What was unknown when its slice ended and is found resting later belongs to nobody. */
static void cancel_left_behind(struct exit *x, const struct exec_view *v, struct exec_out *o)
{
	for (int i = 0; i < EXIT_CHILDREN; i++) {
		struct exit_child *c = &x->child[i];
		bool open = c->state == CS_OPEN || c->state == CS_CANCELLING;
		if (open && c->posted && c->slice != x->slice)
			want_cancel(x, v, o, c);
	}
}

void exit_trade(struct exit *x, const struct exec_view *v, struct exec_out *o)
{
	if (!v->may_send) {
		if (x->slice == 0)
			exit_set_state(x, XS_WAITING);
		return;
	}
	child_watch_twap(x, v, o);
	if (x->algo == ALGO_VENUE_TWAP && !x->in_danger) {
		twap_step(x, v, o);
		return;
	}
	if (exit_twap(x)) { /* tuned away from it, or danger: it must be gone first */
		want_cancel(x, v, o, exit_twap(x));
		return;
	}
	if (v->venue == VENUE_ERRORS && !exit_zero_now(x, v) && exit_unresolved(x)) {
		cancel_passive(x, v, o); /* a partial target proves first */
		return;
	}
	if (held_up(x, v, o))
		return;
	cancel_left_behind(x, v, o);
	struct exit_child *c = exit_working(x);
	if (c && c->state == CS_SENT && exit_zero_now(x, v) && v->now_ns - c->sent_ns >= SEC_NS)
		c = NULL; /* a close to zero does not wait for silence */
	if (c) {
		if (x->in_danger && c->posted)
			want_cancel(x, v, o, c);
		else if (c->posted && x->place == PLACE_POST && c->state == CS_OPEN &&
			 x->clock_ns >= exit_next_due(x))
			want_cancel(x, v, o, c);
		else if (c->posted)
			tend_passive(x, v, o, c);
		return;
	}
	bool turn = x->place == PLACE_POST && x->slice_open && x->attempt > 0 &&
		    x->clock_ns >= exit_next_due(x);
	if (x->slice_open && x->slice_left.v > 0 && !turn && !(x->in_danger && !x->slice_danger)) {
		slice_go_on(x, v, o);
		return;
	}
	if (x->slice_open)
		slice_close(x);
	if (x->in_danger && danger_slice(x, v, o))
		return;
	slice_due(x, v, o);
}

/* ---- close-rest ------------------------------------------------------ */

void exit_close_step(struct exit *x, const struct exec_view *v, struct exec_out *o)
{
	char a[40], b[40], left[40];

	exit_set_state(x, XS_CLOSING);
	if (!v->may_send)
		return;
	if (exit_twap(x))
		want_cancel(x, v, o, exit_twap(x));
	cancel_passive(x, v, o);
	if (!exit_zero_now(x, v) && exit_unresolved(x))
		return; /* a fraction waits for proof */
	if (x->close_ns && v->now_ns - x->close_ns > CLOSE_GIVE_UP_S * SEC_NS) {
		x->closing = false;
		x->operator_paused = true;
		want_notice(o, 3, NC_NOT_FLAT,
			    "x%u %s: close-rest tried %u rungs in 120 s, %s left. Paused: n tries "
			    "again, "
			    "e ends",
			    x->id, x->coin, x->rung, qty_word(left, exit_left(x)));
		exit_touch(x, 0);
		return;
	}
	int64_t at = x->rung_ns > x->retry_ns ? x->rung_ns : x->retry_ns;
	if (v->now_ns < at) {
		wake(o, at);
		return;
	}
	struct qty rem = exit_remaining(x, v);
	struct ladder_in in = {.instr = v->instr,
			       .side = exit_side(x),
			       .size = rem,
			       .mark = v->mark,
			       .book = v->book,
			       .blind = view_blind(v),
			       .zero = v->zero};
	struct ladder l;
	if (ro_pending(x, v, o))
		return;
	if (rem.v <= 0 || !ladder_make(&in, &l))
		return;
	if (x->close_ns == 0) {
		x->close_ns = v->now_ns;
		slice_start(x, v, rem, false);
	}
	uint32_t k = x->rung < RUNGS ? x->rung : RUNGS - 1;
	if (l.blind && x->rung == 0)
		want_notice(o, 2, NC_BLIND,
			    "BLIND: %s priced from mark %s. First limit %s, last %s", x->coin,
			    price_word(a, v->mark), price_word(b, l.px[0]),
			    price_word(left, l.px[RUNGS - 1]));
	x->slice_left = rem;
	bool any = false; /* in pieces below the venue's largest order, all of them at once */
	while (exit_place(x, v, o, CHILD_CLOSE, TIF_IOC, l.px[k], exit_remaining(x, v)))
		any = true;
	if (any) {
		x->rung++;
		x->rung_ns = v->now_ns + (x->rung < RUNGS ? 1 : 2) * SEC_NS;
		wake(o, x->rung_ns);
	}
}
