/* exit.c: the life of an exit: start, the order of a step, and how it ends.
 *
 *   step: watch (clock, danger, other hands) -> finish? -> close-rest ladder or trade
 *
 * Invariants: see exit.h; here also: (6) an exit ends only as flat, target, ended, blocked or dust,
 * and flat, target and dust only after two complete reads that began after its last child was
 * resolved; (7) while anything of it is unresolved a partial-target exit does not end, but for a
 * flipped position, which ends it at once. */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/plant.h"
#include "core/batch.h"
#include "exec/exit_in.h"

static const int64_t SETTLE_NS = 5000000000, READ_EVERY_NS = 1000000000;
static const int64_t UNANSWERED_NS = 1000000000; /* a close to zero stops waiting */

/* ---- small things ---------------------------------------------------- */

struct price view_touch(const struct exec_view *v, bool buy)
{
	const struct book *b = v->book;
	if (!b || !(buy ? b->n_ask : b->n_bid))
		return (struct price){0};
	return buy ? b->ask[0].px : b->bid[0].px;
}

struct price view_join(const struct exec_view *v, bool buy)
{
	return view_touch(v, !buy);
}

struct price view_mid(const struct exec_view *v)
{
	struct price m;
	if (!view_blind(v) && v->book->n_bid && v->book->n_ask && book_mid(v->book, &m))
		return m;
	return v->mark;
}

bool view_blind(const struct exec_view *v)
{
	if (PLANT(6))
		return !v->book || v->book_ns == 0;
	return !v->book || v->book_ns == 0 || v->now_ns - v->book_ns > BOOK_MAX_MS * MS_NS ||
	       (!v->book->n_bid && !v->book->n_ask);
}

double view_volume_s(const struct exec_view *v)
{
	return v->est[EST_VOLUME].value > 0 ? v->est[EST_VOLUME].value : v->volume_s;
}

struct price price_away(bool buy, struct price p, int64_t share)
{
	struct price out = p;
	(void)price_times_ratio(&out, p, (struct ratio){ONE_RATIO + (buy ? share : -share)},
				buy ? ROUND_UP : ROUND_DOWN);
	return out;
}

bool fill_price(const struct instr *i, bool buy, struct price p, struct price bound,
		struct price *out)
{
	if (beyond(buy, p, bound))
		p = bound;
	if (!instr_round_price(i, out, p, buy ? ROUND_UP : ROUND_DOWN))
		return false;
	if (beyond(buy, *out, bound))
		return instr_round_price(i, out, bound, buy ? ROUND_DOWN : ROUND_UP);
	return true;
}

double usd(struct qty q, struct price p)
{
	return qty_to_double(q) * price_to_double(p);
}

struct qty worth(const struct instr *i, struct price mark, int64_t dollars)
{
	struct qty q = {0}, lot = instr_lot(i);
	(void)money_over_price(&q, (struct money){dollars * 100000000}, mark, ROUND_UP);
	q.v = (q.v + lot.v - 1) / lot.v * lot.v;
	return q.v ? q : lot;
}

void wake(struct exec_out *o, int64_t at_ns)
{
	if (at_ns < o->next_ns)
		o->next_ns = at_ns;
}

void exit_touch(struct exit *x, uint32_t slice)
{
	x->dirty = true;
	if (slice)
		x->dirty_slice = slice;
}

void exit_set_state(struct exit *x, uint8_t state)
{
	if (x->state == state)
		return;
	x->state = state;
	x->dirty = true;
}

struct exec_want *want_new(struct exec_out *o, uint8_t kind)
{
	if (o->n == EXIT_WANTS) /* what is lost here comes again with the next step */
		ASSERT(kind == WANT_NOTICE || kind == WANT_READ);
	struct exec_want *w = &o->at[o->n == EXIT_WANTS ? o->n : o->n++];
	memset(w, 0, sizeof *w);
	w->kind = kind;
	return w;
}

void want_text(struct exec_out *o, uint8_t level, uint8_t code, struct buf *b)
{
	struct exec_want *w = want_new(o, WANT_NOTICE);
	w->level = level;
	w->code = code;
	buf_init(b, w->text, sizeof w->text);
}

/* ---- children -------------------------------------------------------- */

bool child_unresolved(const struct exit_child *c)
{
	return c->state != CS_FREE && c->state != CS_SETTLING;
}

bool exit_unresolved(const struct exit *x)
{
	for (int i = 0; i < EXIT_CHILDREN; i++)
		if (child_unresolved(&x->child[i]))
			return true;
	return false;
}

struct exit_child *exit_working(struct exit *x)
{
	for (int i = 0; i < EXIT_CHILDREN; i++) {
		struct exit_child *c = &x->child[i];
		if (child_unresolved(c) && c->state != CS_UNKNOWN && c->slice == x->slice &&
		    c->kind != CHILD_TWAP)
			return c;
	}
	return NULL;
}

struct exit_child *exit_twap(struct exit *x)
{
	for (int i = 0; i < EXIT_CHILDREN; i++)
		if (child_unresolved(&x->child[i]) && x->child[i].kind == CHILD_TWAP)
			return &x->child[i];
	return NULL;
}

const struct exit_child *exit_child_find(const struct exit *x, uint32_t slice, uint32_t attempt)
{
	for (int i = 0; i < EXIT_CHILDREN; i++)
		if (x->child[i].state != CS_FREE && x->child[i].slice == slice &&
		    x->child[i].attempt == attempt)
			return &x->child[i];
	return NULL;
}

struct qty exit_in_flight(const struct exit *x)
{
	struct qty q = {0};
	for (int i = 0; i < EXIT_CHILDREN; i++)
		if (child_unresolved(&x->child[i]))
			q.v += x->child[i].qty.v - x->child[i].filled.v;
	return q;
}

struct qty exit_left(const struct exit *x)
{
	return (struct qty){x->total.v > x->done.v ? x->total.v - x->done.v : 0};
}

static int64_t live_of(const struct exit *x, const struct exec_view *v)
{
	bool ours = x->buy ? v->position.v < 0 : v->position.v > 0;
	return ours ? abs64(v->position.v) : 0;
}

/* A slice is a partial target: until the plan has given out its last one, or haste overrules it,
 * what may have executed is not sold again. */
bool exit_zero_now(const struct exit *x, const struct exec_view *v)
{
	bool haste = x->closing || x->in_danger || x->next >= x->plan.n;
	return haste && x->to_zero && v->position_known && live_of(x, v) <= exit_left(x).v &&
	       v->foreign_net.v <= x->adopted.v;
}

static bool child_silent(const struct exit_child *c, const struct exec_view *v)
{
	return c->state == CS_UNKNOWN ||
	       (c->state == CS_SENT && v->now_ns - c->sent_ns >= UNANSWERED_NS);
}

struct qty exit_remaining(const struct exit *x, const struct exec_view *v)
{
	int64_t fly = 0, live = live_of(x, v);
	bool zero = exit_zero_now(x, v);
	if (!v->position_known)
		return (struct qty){0};
	for (int i = 0; i < EXIT_CHILDREN; i++) {
		const struct exit_child *c = &x->child[i];
		if (!child_unresolved(c) || (zero && child_silent(c, v) && c->kind != CHILD_TWAP))
			continue;
		fly += c->qty.v - c->filled.v;
	}
	int64_t by_ticket = exit_left(x).v - fly;
	int64_t by_position = live - x->floor.v - fly - v->others_in_flight.v;
	int64_t r = min64(by_ticket, by_position);
	return (struct qty){r > 0 ? r : 0};
}

void want_cancel(struct exit *x, const struct exec_view *v, struct exec_out *o,
		 struct exit_child *c)
{
	if (c->cancel_ns && v->now_ns - c->cancel_ns < 2 * SEC_NS)
		return;
	if (o->n == EXIT_WANTS)
		return;
	struct exec_want *w = want_new(o, c->kind == CHILD_TWAP ? WANT_TWAP_CANCEL : WANT_CANCEL);
	w->child = c->kind;
	w->slice = c->slice;
	w->attempt = c->attempt;
	if (PLANT(13) && c->kind != CHILD_TWAP)
		c->state = CS_FREE;
	else if (c->state != CS_UNKNOWN) /* a cancel is no verdict: unknown stays unknown */
		c->state = CS_CANCELLING;
	c->cancel_ns = v->now_ns;
	wake(o, v->now_ns + 2 * SEC_NS);
	exit_touch(x, 0);
}

void cancel_passive(struct exit *x, const struct exec_view *v, struct exec_out *o)
{
	for (int i = 0; i < EXIT_CHILDREN; i++) {
		struct exit_child *c = &x->child[i];
		bool there = c->state == CS_OPEN || c->state == CS_CANCELLING ||
			     (c->state == CS_UNKNOWN && c->posted);
		if (there && c->kind != CHILD_TWAP)
			want_cancel(x, v, o, c);
	}
}

/* A free place. For a close to zero else that of the oldest which nobody has answered, so that
 * silence never keeps the next one from going out: its fills count as any of this exit. */
static struct exit_child *child_new(struct exit *x, const struct exec_view *v)
{
	struct exit_child *old = NULL;
	for (int i = 0; i < EXIT_CHILDREN; i++) {
		struct exit_child *c = &x->child[i];
		if (c->state == CS_FREE)
			return c;
		if (child_silent(c, v) && !c->posted && c->kind != CHILD_TWAP &&
		    c->filled.v == c->filled_seen.v && (!old || c->sent_ns < old->sent_ns))
			old = c;
	}
	return exit_zero_now(x, v) ? old : NULL;
}

bool exit_place(struct exit *x, const struct exec_view *v, struct exec_out *o, uint8_t kind,
		uint8_t tif, struct price px, struct qty q)
{
	struct qty rem = exit_remaining(x, v), most = order_most(v->instr, px);
	struct exit_child *c = child_new(x, v);
	if (!c || o->n >= EXIT_WANTS)
		return false;
	if (most.v <= 0)
		most.v = INT64_MAX;
	if (x->child_max.v > 0)
		most.v = min64(most.v, x->child_max.v);
	q.v = min64(min64(q.v, rem.v), most.v);
	q = instr_floor_qty(v->instr, q);
	if (PLANT(4))
		q.v += instr_lot(v->instr).v;
	bool full_close = q.v >= live_of(x, v);
	if (q.v <= 0 || (!full_close && usd(q, v->mark) < money_to_double(v->instr->min_notional)))
		return false;
	x->attempt++;
	*c = (struct exit_child){.state = CS_SENT,
				 .kind = kind,
				 .posted = tif == TIF_ALO,
				 .slice = x->slice,
				 .attempt = x->attempt,
				 .px = px,
				 .qty = q,
				 .sent_ns = v->now_ns,
				 .at = {view_mid(v), view_touch(v, x->buy)}};
	if (x->cost.first.v == 0)
		x->cost.first = c->at.mid;
	struct exec_want *w = want_new(o, kind == CHILD_TWAP ? WANT_TWAP : WANT_PLACE);
	w->child = kind;
	w->tif = tif;
	w->buy = x->buy;
	w->reduce_only = true;
	w->target_zero = exit_zero_now(x, v) && tif == TIF_IOC;
	w->slice = c->slice;
	w->attempt = c->attempt;
	w->px = px;
	w->qty = q;
	x->changed_ns = v->now_ns;
	wake(o, v->now_ns + UNANSWERED_NS);
	exit_touch(x, x->slice);
	return true;
}

/* ---- start ----------------------------------------------------------- */

/* The schedule that runs, as the planner's problem: its very draw. */
static void running_problem(const struct exit *x, const struct exec_view *v, struct plan_problem *p)
{
	exit_problem(x, v, x->plan_horizon_ms, p);
	p->algo = x->plan_horizon_ms > 0 ? x->plan_algo : (uint8_t)ALGO_SWEEP;
	p->urgency = x->plan_urgency;
	p->slots = x->plan_slots;
	p->jitter = x->jitter;
	p->seed = x->plan_seed;
}

bool exit_held_words(const struct exit *x, const struct exec_view *v, char *out, size_t cap)
{
	struct plan_problem p;
	struct plan plan, room;
	struct err e = {0};
	struct buf b;
	buf_init(&b, out, cap);
	running_problem(x, v, &p);
	bool held = plan_make(&p, &plan, &e) && plan_held_words(&p, &plan, &room, &b);
	if (x->algo == ALGO_VWAP && !season_known(&v->season))
		buf_printf(&b, "%sno day of its volume has been heard yet: even slices, as twap",
			   held ? "; " : "");
	return b.len > 0;
}

/* What it is planned to cost: of the schedule that runs. */
static void start_figures(struct exit *x, const struct exec_view *v)
{
	struct plan_problem p;
	struct plan plan;
	struct plan_meter m;
	struct err e = {0};
	running_problem(x, v, &p);
	plan_meter(&p, x->total, &m);
	x->all_now_px = m.avg;
	if (plan_make(&p, &plan, &e)) {
		x->plan_cost[0] = plan.cost.total;
		x->plan_cost[1] = plan.sd;
		x->plan_cost[2] = plan.cost.fees;
		x->plan_cost[3] = plan.cost.impact;
		x->plan_cost[4] = plan.cost.spread;
		x->plan_model = plan.cost.share[SRC_MODEL];
		x->has_danger = plan.has_danger;
		x->danger = x->danger_start = plan.danger;
	}
	double pos = qty_to_double(v->position), mark = price_to_double(v->mark);
	x->liq_before = v->has_liq ? price_to_double(v->liq) : 0;
	(void)pool_dies(&v->account, pos, pos, mark, 0, &x->dies_before);
	if (v->account.known && v->account.equity > 0)
		x->maint_before = 100 * v->account.maintenance / v->account.equity;
}

static bool twap_ok(const struct ticket *t, const struct ticket_resolved *r,
		    const struct exec_view *v, struct err *e)
{
	int64_t min = r->horizon_ms / 60000;
	if (t->algo != ALGO_VENUE_TWAP)
		return true;
	if (min < 5 || min > 1440)
		return err_set(e, ERR_RULE, "the venue's TWAP takes 5 to 1440 min, not %lld",
			       (long long)min);
	if (usd(r->size, v->mark) < 100)
		return err_set(e, ERR_RULE, "the venue's TWAP takes at least 100 USD, not %.2f",
			       usd(r->size, v->mark));
	return true;
}

/* The end that was asked is checked with the ticket; this is the one that the volume cap makes. */
static bool in_key(const struct ticket *t, const struct ticket_resolved *r, double urgent,
		   uint64_t seed, const struct exec_view *v, struct err *e)
{
	struct plan_problem p;
	struct plan plan, room;
	struct err none = {0};
	if (!v->key_until_ms || r->horizon_ms <= 0)
		return true;
	exec_problem(v, t, r, &p);
	p.algo = urgent > 0 ? (uint8_t)ALGO_AC : p.algo;
	p.urgency = fmax(p.urgency, urgent);
	p.jitter = ticket_jitter(t);
	p.seed = plan_seed(seed, 0);
	return !plan_make(&p, &plan, &none) || plan_in_key(&p, &plan, v->key_until_ms, &room, e);
}

bool exit_init(struct exit *x, uint32_t id, const struct ticket *ticket, const struct exec_view *v,
	       uint64_t seed, struct err *e)
{
	struct ticket chosen = *ticket, *t = &chosen;
	struct ticket_resolved r;
	double urgent = 0;
	if (!ticket_resolve(t, v, &r, e) || !twap_ok(t, &r, v, e) ||
	    !ticket_choose(t, v, &r, &urgent, e) ||
	    !in_key(t, &r, urgent, t->seed ? t->seed : seed, v, e))
		return false;
	memset(x, 0, sizeof *x);
	x->id = id;
	x->ticket = *t;
	memcpy(x->coin, t->coin, sizeof x->coin);
	x->coin[COIN_MAX - 1] = 0;
	x->state = v->may_send ? XS_RUNNING : XS_WAITING;
	x->buy = r.buy;
	x->to_zero = r.to_zero;
	x->seed = t->seed ? t->seed : seed;
	prng_seed(&x->rng, x->seed);
	x->start.v = abs64(v->position.v);
	x->live = x->start;
	x->total = r.size;
	x->floor = r.floor;
	x->arrival_mark = v->mark;
	x->arrival = view_mid(v);
	x->working = r.working;
	x->last = r.last;
	x->zero = v->zero;
	x->cap = r.cap;
	x->risk = r.risk;
	x->urgency = ratio_to_double(t->urgency);
	x->jitter = ticket_jitter(t);
	x->pace = 1;
	x->algo = r.horizon_ms > 0 ? t->algo : (uint8_t)ALGO_SWEEP;
	x->place = t->place;
	x->stops_late = t->catch_up == CATCH_BY;
	x->horizon_ms = r.horizon_ms;
	x->start_ms = v->wall_ms;
	x->start_ns = v->now_ns;
	x->post_ns = (t->post_ms > 0 ? t->post_ms : 0) * MS_NS;
	x->chase_ns = 10 * SEC_NS;
	x->chase_max = t->chase_max ? t->chase_max : 5;
	x->cost.side = exit_side(x);
	x->cost.arrival = x->arrival;
	x->volume0 = x->tape_at = v->volume;
	x->tape_on = true;
	x->cap_since_ns = v->now_ns - 3600 * SEC_NS;
	x->watch_ns = v->now_ns;
	x->trace_every = 1;
	exit_plan_first(x, v, r.horizon_ms, urgent);
	start_figures(x, v);
	return true;
}

/* ---- the end --------------------------------------------------------- */

static void end_now(struct exit *x, const struct exec_view *v, struct exec_out *o, uint8_t end,
		    const char *reason)
{
	struct buf b;
	/* Fills that never came are booked by verdict; the child stays, so that they do not count
	 * again when they come after all. */
	for (int i = 0; i < EXIT_CHILDREN; i++) {
		struct exit_child *c = &x->child[i];
		struct qty miss = {c->filled.v - c->filled_seen.v};
		if (c->state == CS_SETTLING && miss.v > 0 && c->avg.v > 0) {
			struct money fee = {0}, value = {0};
			(void)price_times_qty(&value, c->avg, miss, ROUND_HALF_AWAY);
			double rate = c->posted ? v->fee_maker : v->fee_taker;
			(void)money_from_double(&fee, money_to_double(value) * rate);
			(void)cost_fill(&x->cost, NULL, c->avg, miss, fee, !c->posted, &c->at);
		}
	}
	cost_funding(&x->cost, v->funding);
	(void)cost_unfilled(&x->cost, exit_left(x), view_mid(v));
	x->end = end;
	x->end_ms = v->wall_ms;
	x->state = XS_DONE;
	buf_init(&b, x->reason, sizeof x->reason);
	buf_puts(&b, reason);
	struct exec_want *w = want_new(o, WANT_END);
	w->code = end;
	w->slice = x->slice;
	buf_init(&b, w->text, sizeof w->text);
	buf_puts(&b, reason);
	o->next_ns = INT64_MAX;
	exit_touch(x, x->slice);
}

/* What it has come to: XE_NONE while there is something to do. */
static uint8_t goal_of(const struct exit *x, const struct exec_view *v)
{
	if (x->ending)
		return XE_ENDED;
	if (x->reason[0])
		return XE_BLOCKED;
	if (!v->position_known)
		return XE_NONE;
	int64_t live = live_of(x, v), left = exit_left(x).v;
	if (live == 0)
		return XE_FLAT;
	if (left == 0 || live <= x->floor.v)
		return XE_TARGET;
	int64_t room = min64(left, live - x->floor.v);
	bool full = room >= live;
	struct qty q = instr_floor_qty(v->instr, (struct qty){room});
	if (q.v == 0 || (!full && usd(q, v->mark) < money_to_double(v->instr->min_notional)) ||
	    (full && x->rejects >= 3 && usd(q, v->mark) < money_to_double(v->instr->min_notional)))
		return exit_unresolved(x) ? XE_NONE : XE_DUST;
	return XE_NONE;
}

static bool flipped(const struct exit *x, const struct exec_view *v)
{
	return v->position_known && (x->buy ? v->position.v > 0 : v->position.v < 0);
}

/* Cancels what can be cancelled; true while something may still execute and matters. */
static bool winding_down(struct exit *x, const struct exec_view *v, struct exec_out *o,
			 uint8_t goal)
{
	bool wait = false;
	for (int i = 0; i < EXIT_CHILDREN; i++) {
		struct exit_child *c = &x->child[i];
		bool resting = c->posted || c->kind == CHILD_TWAP;
		if (!child_unresolved(c))
			continue;
		if (resting && c->state != CS_SENT)
			want_cancel(x, v, o, c);
		/* flat: nothing reduce-only can execute any more, the engine burns the nonces */
		if (!(goal == XE_FLAT && c->state == CS_UNKNOWN))
			wait = true;
	}
	return wait;
}

static void read_now(struct exit *x, const struct exec_view *v, struct exec_out *o)
{
	if (x->read_ns == 0 || v->now_ns - x->read_ns >= READ_EVERY_NS) {
		want_new(o, WANT_READ);
		x->read_ns = v->now_ns;
	}
	wake(o, x->read_ns + READ_EVERY_NS);
}

static bool settling(const struct exit *x)
{
	for (int i = 0; i < EXIT_CHILDREN; i++)
		if (x->child[i].state == CS_SETTLING)
			return true;
	return false;
}

static void dust_text(const struct exit *x, const struct exec_view *v, char *out, size_t cap)
{
	struct buf b;
	struct qty q = {min64(exit_left(x).v, live_of(x, v) - x->floor.v)};
	buf_init(&b, out, cap);
	buf_puts(&b, "dust: ");
	qty_put(&b, q);
	buf_printf(&b, " %s (%.2f USD) is under the venue's minimum", x->coin, usd(q, v->mark));
}

/* What its own fills do not add up to, and who closed that: our stop as far as its fills were
 * heard, the rest is anybody's. */
static void closed_by(const struct exit *x, const struct exec_view *v, struct buf *b)
{
	struct qty left = exit_left(x), stop = {min64(v->stop_taken.v, left.v)};
	struct qty rest = {left.v - stop.v};
	if (stop.v > 0) {
		buf_puts(b, "; ");
		qty_put(b, stop);
		buf_printf(b, " %s closed by its own stop", x->coin);
	}
	if (rest.v <= 0)
		return;
	buf_puts(b, stop.v > 0 ? ", " : "; ");
	qty_put(b, rest);
	if (stop.v > 0)
		buf_puts(b, " by others");
	else
		buf_printf(b, " %s closed by a stop, the venue or another hand", x->coin);
}

static bool finish(struct exit *x, const struct exec_view *v, struct exec_out *o)
{
	char text[96] = "";
	if (flipped(x, v)) {
		(void)winding_down(x, v, o, XE_BLOCKED);
		end_now(x, v, o, XE_BLOCKED, "the position was flipped by another hand");
		return true;
	}
	uint8_t goal = goal_of(x, v);
	if (goal == XE_NONE) {
		x->wait_reads = false;
		x->finish_ns = 0;
		return false;
	}
	if (winding_down(x, v, o, goal)) {
		x->wait_reads = false;
		wake(o, v->now_ns + SEC_NS);
		return true;
	}
	if (x->finish_ns == 0)
		x->finish_ns = v->now_ns;
	if (settling(x) && v->now_ns - x->finish_ns < SETTLE_NS) {
		wake(o, x->finish_ns + SETTLE_NS);
		return true;
	}
	bool proven = goal == XE_FLAT || goal == XE_TARGET || goal == XE_DUST;
	if (proven && !x->wait_reads) {
		x->wait_reads = true;
		x->reads_need = v->reads + 2;
		x->read_ns = 0;
	}
	if (proven && v->reads < x->reads_need) {
		read_now(x, v, o);
		return true;
	}
	if (goal == XE_DUST)
		dust_text(x, v, text, sizeof text);
	struct buf b;
	buf_init(&b, text, sizeof text);
	switch (goal) {
	case XE_FLAT:
		buf_puts(&b, "flat, read twice");
		if (exit_left(x).v > 0)
			closed_by(x, v, &b);
		break;
	case XE_TARGET:
		buf_puts(&b, "target reached, read twice");
		break;
	case XE_ENDED:
		if (x->ended_by)
			buf_printf(&b, "ended by p%u, which closes it", x->ended_by);
		else
			buf_puts(&b, "ended by the operator");
		break;
	case XE_BLOCKED:
		buf_puts(&b, x->reason);
		break;
	default:
		dust_text(x, v, text, sizeof text);
	}
	end_now(x, v, o, goal, text);
	return true;
}

/* Paused: nothing of it rests at the venue. */
static void stand(struct exit *x, const struct exec_view *v, struct exec_out *o)
{
	struct exit_child *twap = exit_twap(x);
	exit_set_state(x, XS_PAUSED);
	cancel_passive(x, v, o);
	if (twap && twap->state != CS_SENT)
		want_cancel(x, v, o, twap);
}

void exit_step(struct exit *x, const struct exec_view *v, struct exec_out *o)
{
	o->n = 0;
	o->next_ns = INT64_MAX;
	o->save = false;
	o->save_slice = 0;
	if (x->state == XS_DONE && !x->dirty)
		return;
	if (x->state != XS_DONE) {
		exit_watch(x, v, o);
		if (x->state == XS_RUNNING && v->may_send && !x->closing && !x->operator_paused)
			exit_adapt(x, v, o), exit_resolve(x, v, o);
		if (!finish(x, v, o)) {
			if (x->closing)
				exit_close_step(x, v, o);
			else if (x->operator_paused)
				stand(x, v, o);
			else
				exit_trade(x, v, o);
		}
		if (x->state != XS_DONE)
			wake(o, v->now_ns + SEC_NS);
	}
	o->save = x->dirty;
	o->save_slice = x->dirty ? x->dirty_slice : 0;
	x->dirty = false;
	x->dirty_slice = 0;
}
