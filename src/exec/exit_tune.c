/* exit_tune.c: what the operator may change while it runs. Every change makes a new schedule for
 * what is left where it has to, and leaves children at work alone: what they still may execute is
 * counted by exit_remaining, so there is no gap and no double child. */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "exec/exit_in.h"

static const int64_t CAP_HARD_RATIO = 250000000000;

static bool running(const struct exit *x, struct err *e)
{
	if (x->state == XS_DONE || x->ending)
		return err_set(e, ERR_RULE, "x%u has ended", x->id);
	return true;
}

/* Noted with its field and what it was, so that it can be undone; no change is no tuning. */
static void tuned(struct exit *x, const struct exec_view *v, uint16_t field, const char *what,
		  double from, double to)
{
	uint32_t k = x->tunes % 6;
	struct buf b;
	exit_touch(x, 0);
	if (!(from < to || from > to))
		return;
	x->tune_field[k] = field;
	x->tune_from[k] = from;
	buf_init(&b, x->tune_text[k], sizeof x->tune_text[k]);
	buf_printf(&b, "%s %g -> %g", what, from, to);
	x->tune_ms[k] = v->wall_ms;
	x->tunes++;
}

/* A typed size in coins: percent is of `whole`, all is `most`. */
static bool size_of(const struct size *s, struct qty whole, struct qty most,
		    const struct exec_view *v, struct qty *out, struct err *e)
{
	struct qty q = {0};
	switch (s->unit) {
	case SIZE_COIN:
		q = s->coin;
		break;
	case SIZE_USD:
		if (!money_over_price(&q, s->usd, v->mark, ROUND_DOWN))
			q.v = 0;
		break;
	case SIZE_PERCENT:
		if (!qty_times_ratio(&q, whole, s->part, ROUND_DOWN))
			q.v = 0;
		break;
	case SIZE_ALL:
		q = most;
		break;
	default:
		return err_set(e, ERR_ARG, "a size needs its unit");
	}
	*out = q.v == most.v ? q : instr_floor_qty(v->instr, q);
	return true;
}

static bool new_size(const struct exit *x, const struct tune *t, const struct exec_view *v,
		     struct qty *total, struct err *e)
{
	struct qty q = {0}, busy = {x->done.v + exit_in_flight(x).v};
	int64_t live = abs64(v->position.v), most = x->done.v + live;
	if (!size_of(&t->size, x->start, (struct qty){most}, v, &q, e))
		return false;
	if (q.v > most)
		return err_set(e, ERR_RULE, "%g is more than the %g sold and the %g held",
			       qty_to_double(q), qty_to_double(x->done),
			       qty_to_double((struct qty){live}));
	if (q.v < busy.v)
		return err_set(e, ERR_RULE, "%g are done or on the way already: end it instead",
			       qty_to_double(busy));
	*total = q;
	return true;
}

static bool check_tune(const struct exit *x, const struct tune *t, const struct exec_view *v,
		       struct err *e)
{
	bool by = x->stops_late || (t->fields & TUNE_END);
	double pace = ratio_to_double(t->pace),
	       most = (by ? PACE_BY_MAX_PCT : PACE_MAX_PCT) / 100.0;
	if ((t->fields & TUNE_PACE) && !(pace > 0 && pace <= most))
		return err_set(e, ERR_RULE, "pace %gx: above 0 and at most %gx", pace, most);
	if ((t->fields & TUNE_CAP) && (t->cap.v <= 0 || t->cap.v > CAP_HARD_RATIO))
		return err_set(e, ERR_RULE, "volume cap %g %%: above 0 and at most 25 %%",
			       100 * ratio_to_double(t->cap));
	if ((t->fields & TUNE_URGENCY) && (t->urgency.v < 0 || t->urgency.v > ONE_RATIO))
		return err_set(e, ERR_RULE, "urgency is 0 to 1, not %g",
			       ratio_to_double(t->urgency));
	if ((t->fields & TUNE_ALGO) && t->algo >= ALGO_COUNT)
		return err_set(e, ERR_ARG, "unknown algorithm");
	if ((t->fields & TUNE_ALGO) && !ALGO_INFO[t->algo].tunes && t->algo != x->algo)
		return err_set(e, ERR_ARG,
			       "%s chooses its end at the start: tune urgency, danger limit or end",
			       ALGO_INFO[t->algo].word);
	if ((t->fields & TUNE_PLACE) && t->place >= PLACE_COUNT)
		return err_set(e, ERR_ARG, "unknown placement");
	if ((t->fields & TUNE_END) && t->until_ms && t->until_ms <= v->wall_ms)
		return err_set(e, ERR_RULE, "the end given has passed");
	int64_t end = t->until_ms ? t->until_ms : v->wall_ms + t->horizon_ms;
	if ((t->fields & TUNE_END) && v->key_until_ms && end > v->key_until_ms)
		return err_set(e, ERR_RULE, "it would end after the signing key");
	if ((t->fields & TUNE_RISK) && (t->risk.v < 0 || t->risk.v >= ONE_RATIO))
		return err_set(e, ERR_RULE, "danger limit %g %%: below 100 %%, 0 takes it away",
			       100 * ratio_to_double(t->risk));
	if ((t->fields & (TUNE_SIZE | TUNE_BLOCK)) && !v->position_known)
		return err_set(e, ERR_RULE, "the position is not known now");
	return true;
}

static bool tune_prices(struct exit *x, const struct tune *t, const struct exec_view *v,
			struct ticket_resolved *r, struct err *e)
{
	struct ticket k = x->ticket;
	k.target = TARGET_SIZE;
	k.size.unit = SIZE_ALL;
	k.algo = ALGO_SWEEP;
	k.working = t->fields & TUNE_WORKING ? t->working
					     : (struct price_spec){PREF_ABS, x->working, {0}, true};
	k.last =
		t->fields & TUNE_LAST ? t->last : (struct price_spec){PREF_ABS, x->last, {0}, true};
	if (!(t->fields & TUNE_WORKING) && x->working.v == 0)
		k.working.ref = PREF_NONE;
	if (!(t->fields & TUNE_LAST) && x->last.v == 0)
		k.last.ref = PREF_NONE;
	return ticket_resolve(&k, v, r, e);
}

static int64_t rest_ms(const struct exit *x)
{
	int64_t rest = x->plan_horizon_ms - x->clock_ns / MS_NS;
	return rest > 0 ? rest : 0;
}

static void tune_plain(struct exit *x, const struct tune *t, const struct exec_view *v)
{
	if (t->fields & TUNE_PACE) {
		double p = ratio_to_double(t->pace);
		tuned(x, v, TUNE_PACE, "pace", x->pace, p);
		x->pace = p;
	}
	if (t->fields & TUNE_CAP) {
		double c = ratio_to_double(t->cap);
		tuned(x, v, TUNE_CAP, "volume cap %", 100 * x->cap, 100 * c);
		double seen = (double)(v->volume.v - x->volume0.v);
		if (c < x->cap) /* from now on: what the old one allowed is no debt */
			x->volume0.v = v->volume.v - (int64_t)fmin(seen * (x->cap / c), TAPE_MOST);
		x->cap = c;
	}
	if (t->fields & TUNE_PLACE) {
		tuned(x, v, TUNE_PLACE, "each slice", x->place, t->place);
		x->place = t->place;
		x->crossing = x->crossing || t->place == PLACE_CROSS;
	}
	if (t->fields & TUNE_URGENCY) {
		tuned(x, v, TUNE_URGENCY, "urgency", x->urgency, ratio_to_double(t->urgency));
		x->urgency = ratio_to_double(t->urgency);
	}
	if (t->fields & TUNE_RISK) {
		double r = ratio_to_double(t->risk);
		tuned(x, v, TUNE_RISK, "danger limit %", 100 * x->risk, 100 * r);
		x->risk = r;
		x->ticket.risk = t->risk;
		x->kappa_need = 0;
		x->block.v = 0;
		x->block_told = false;
	}
	if (t->fields & TUNE_ALGO) {
		tuned(x, v, TUNE_ALGO, "algorithm", x->algo, t->algo);
		x->algo = t->algo;
		x->rejects = 0;
		if (t->algo == ALGO_SWEEP && !(t->fields & TUNE_PLACE))
			x->place = PLACE_CROSS; /* at once is meant: no chase before it */
	}
}

static bool block_size(const struct exit *x, const struct tune *t, const struct exec_view *v,
		       struct qty *q, struct err *e)
{
	struct qty left = {exit_left(x).v - exit_in_flight(x).v};
	if (x->algo == ALGO_SWEEP || x->algo == ALGO_VENUE_TWAP || x->plan_horizon_ms <= 0)
		return err_set(e, ERR_RULE,
			       "x%u has no schedule of ours: close-rest sells the rest", x->id);
	if (!size_of(&t->block, left, left, v, q, e))
		return false;
	if (q->v > left.v)
		return err_set(e, ERR_RULE, "%g is more than the %g that are left",
			       qty_to_double(*q), qty_to_double(left));
	if (q->v <= 0 ||
	    (q->v != left.v && usd(*q, v->mark) < money_to_double(v->instr->min_notional)))
		return err_set(e, ERR_RULE, "%.2f USD is under the venue's minimum of %.2f USD",
			       usd(*q, v->mark), money_to_double(v->instr->min_notional));
	return true;
}

/* Sold at once by the operator's word, over the volume cap; the rest goes on to the same end, with
 * the urgency the planner found for it if the block is the one it offered. */
static void sell_block(struct exit *x, const struct exec_view *v, struct qty q)
{
	struct exit_remake r = {.horizon_ms = rest_ms(x),
				.algo = x->plan_algo,
				.urgency = x->plan_urgency,
				.block = q};
	if (x->block.v > 0 && q.v >= x->block.v && exit_grid_fresh(x, v)) {
		uint32_t n = plan_slots(r.horizon_ms, v->instr, exit_left(x), v->mark);
		r.algo = ALGO_AC;
		r.urgency = plan_urgency_of(x->solved.kappa_t, n);
	}
	if (r.horizon_ms < 1000)
		r.horizon_ms = 1000;
	tuned(x, v, 0, "block", 0, qty_to_double(q));
	exit_remake(x, v, &r);
}

bool exit_tune(struct exit *x, const struct tune *t, const struct exec_view *v, struct err *e)
{
	struct ticket_resolved r = {0};
	struct qty total = x->total, block = {0};
	if (!running(x, e) || !check_tune(x, t, v, e))
		return false;
	if ((t->fields & (TUNE_WORKING | TUNE_LAST)) && !tune_prices(x, t, v, &r, e))
		return false;
	if ((t->fields & TUNE_SIZE) && !new_size(x, t, v, &total, e))
		return false;
	if ((t->fields & TUNE_BLOCK) && !block_size(x, t, v, &block, e))
		return false;
	tune_plain(x, t, v);
	if (t->fields & TUNE_WORKING) {
		tuned(x, v, TUNE_WORKING, "working price", price_to_double(x->working),
		      price_to_double(r.working));
		x->working = r.working;
	}
	if (t->fields & TUNE_LAST) {
		tuned(x, v, TUNE_LAST, "last price", price_to_double(x->last),
		      price_to_double(r.last));
		x->last = r.last;
	}
	if (t->fields & TUNE_SIZE) {
		int64_t live = abs64(v->position.v);
		tuned(x, v, TUNE_SIZE, "size", qty_to_double(x->total), qty_to_double(total));
		x->total = total;
		x->floor.v = live - (total.v - x->done.v);
		x->floor.v = x->floor.v > 0 ? x->floor.v : 0;
		x->to_zero = x->floor.v == 0;
	}
	int64_t horizon = rest_ms(x);
	if (t->fields & TUNE_END) {
		horizon = t->until_ms ? t->until_ms - v->wall_ms : t->horizon_ms;
		tuned(x, v, TUNE_END, "end in s", (double)rest_ms(x) / 1000,
		      (double)horizon / 1000);
		x->pace = 1;
		x->stops_late = t->until_ms > 0; /* --by keeps its end, --for its pace */
	}
	if (x->algo == ALGO_SWEEP && !(t->fields & TUNE_ALGO) && horizon > 0)
		x->algo = ALGO_TWAP; /* an end given to a sweep */
	if (t->fields & (TUNE_SIZE | TUNE_END | TUNE_ALGO | TUNE_URGENCY)) {
		if (x->algo == ALGO_SWEEP)
			horizon = 0;
		else if (horizon <= 0)
			horizon = 60000;
		exit_replan(x, v, horizon);
	}
	if (t->fields & TUNE_BLOCK)
		sell_block(x, v, block);
	return true;
}

bool exit_pause(struct exit *x, const struct exec_view *v, struct err *e)
{
	(void)v;
	if (!running(x, e))
		return false;
	x->operator_paused = true;
	x->closing = false;
	exit_touch(x, 0);
	return true;
}

bool exit_resume(struct exit *x, const struct exec_view *v, struct err *e)
{
	if (!running(x, e))
		return false;
	if (!x->operator_paused)
		return err_set(e, ERR_RULE, "x%u is not paused", x->id);
	x->operator_paused = false;
	x->clock_at_ns = v->now_ns;
	x->planned_end_ms = x->stops_late ? x->planned_end_ms : v->wall_ms + rest_ms(x);
	exit_touch(x, 0);
	return true;
}

bool exit_close_rest(struct exit *x, const struct exec_view *v, struct err *e)
{
	(void)v;
	if (!running(x, e))
		return false;
	x->closing = true;
	x->operator_paused = false;
	x->rung = 0;
	x->rung_ns = 0;
	x->close_ns = 0;
	x->retry_ns = 0;
	exit_touch(x, 0);
	return true;
}

bool exit_end(struct exit *x, const struct exec_view *v, struct err *e)
{
	(void)v;
	if (!running(x, e))
		return false;
	x->ending = true;
	exit_touch(x, 0);
	return true;
}

bool exit_include(struct exit *x, const struct exec_view *v, struct err *e)
{
	if (!running(x, e))
		return false;
	if (x->other_hand.v <= 0 || !v->position_known)
		return err_set(e, ERR_RULE, "x%u %s: nothing was added by another hand", x->id,
			       x->coin);
	tuned(x, v, 0, "include", qty_to_double(x->total),
	      qty_to_double((struct qty){x->total.v + x->other_hand.v}));
	x->total.v += x->other_hand.v;
	x->start.v += x->other_hand.v;
	x->adopted.v += x->other_hand.v;
	x->other_hand.v = 0;
	int64_t horizon = x->algo == ALGO_SWEEP ? 0 : rest_ms(x) > 0 ? rest_ms(x) : 60000;
	exit_replan(x, v, horizon);
	return true;
}
