/* exit_snap.c: an exit as the screen and the export see it. Nothing here changes the exit. */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "exec/child.h"
#include "exec/exit_in.h"

/* Held by the volume cap: beside what the child does, or alone while it waits. */
static void cap_words(const struct exit *x, struct buf *b)
{
	if (x->state == XS_RUNNING && x->cap_held && x->plan_algo != ALGO_POV)
		buf_printf(b, "%sheld by the volume cap of %.3g %%", b->len ? "; " : "",
			   100 * x->cap);
}

static void head(const struct exit *x, struct snap_exit *s)
{
	s->id = x->id;
	memcpy(s->coin, x->coin, sizeof s->coin);
	s->account = x->ticket.account;
	s->state = x->state;
	s->end = x->end;
	memcpy(s->reason, x->reason, sizeof s->reason);
	struct buf doing;
	buf_init(&doing, s->doing, sizeof s->doing);
	child_words(x, &doing);
	cap_words(x, &doing);
	s->ticket = x->ticket;
	s->ticket.algo = x->algo;
	s->ticket.place = x->place;
	s->buy = x->buy;
	s->start_position.v = x->buy ? -x->start.v : x->start.v;
	s->total = x->total;
	s->done = x->done;
	s->left = exit_left(x);
	s->in_flight = exit_in_flight(x);
	if (x->end == XE_DUST)
		s->dust.v = min64(s->left.v, x->live.v - x->floor.v);
	s->arrival = x->arrival;
	(void)cost_avg(&x->cost, &s->avg);
	s->working = x->working;
	s->last = x->last;
	s->pace = x->pace;
	s->cap = x->cap;
	s->start_ms = x->start_ms;
	s->end_ms = x->end_ms;
	s->slice = x->slice;
	s->has_danger = x->has_danger;
	s->danger = x->danger;
	s->danger_grid = x->danger_grid;
	s->danger_loss = x->danger_grid ? x->danger_loss : 0;
	s->danger_start = x->danger_start;
	s->danger_start_grid = x->danger_start_grid;
	s->plan_model = x->plan_model;
	s->replans = x->replans;
	s->replan_why = x->replan_why;
	s->replan_ms = x->replan_ms;
	memcpy(s->replan_text, x->replan_text, sizeof s->replan_text);
	s->n_past = x->n_past;
	memcpy(s->past, x->past, sizeof s->past);
	s->urgency = x->plan_urgency;
	s->block = x->block;
	s->block_cost = x->block_cost;
	s->tunes = x->tunes;
	s->unknowns = x->unknowns;
	memcpy(s->tune_text, x->tune_text, sizeof s->tune_text);
	memcpy(s->tune_ms, x->tune_ms, sizeof s->tune_ms);
	memcpy(s->tune_field, x->tune_field, sizeof s->tune_field);
	memcpy(s->tune_from, x->tune_from, sizeof s->tune_from);
	s->largest_slice = x->largest;
	s->most_behind = x->behind_max;
	s->outside_s = x->outside_s;
	s->liq_before = x->liq_before;
	s->dies_before = x->dies_before;
	s->maint_before = x->maint_before;
}

/* The volume cap alone forbids the end: what is left takes longer than is left, by a slot and more.
 */
static void cap_end(const struct exit *x, const struct exec_view *v, double rest_ms,
		    struct snap_exit *s)
{
	double rate = x->cap * view_volume_s(v);
	double need_ms = rate > 0 ? qty_to_double(exit_left(x)) / rate * 1000 : 0;
	if (need_ms > rest_ms + (double)x->plan.spacing_ms && need_ms < (double)HORIZON_MAX_MS)
		s->cap_end_ms = v->wall_ms + (int64_t)need_ms;
}

static void schedule(const struct exit *x, const struct exec_view *v, struct snap_exit *s)
{
	s->n_slices = x->plan_base + x->plan.n;
	if (s->n_slices < x->slice)
		s->n_slices = x->slice;
	s->planned_left = qty_to_double(
		(struct qty){x->plan_size.v - exit_planned_by(x, x->clock_ns, false).v});
	s->corridor = exit_band(x);
	s->n_plan = SNAP_PLAN;
	exit_plan_draw(x, s->plan_left);
	s->n_old = x->n_old;
	memcpy(s->old_left, x->old_left, sizeof s->old_left);
	s->old_from_s = x->old_from_s;
	s->old_to_s = x->old_to_s;
	s->planned_end_ms = x->planned_end_ms;
	if (!v || x->state == XS_DONE)
		return;
	s->plan_from_s = (float)((double)(v->now_ns - x->start_ns - x->clock_ns) / 1e9);
	s->plan_to_s = s->plan_from_s + (float)x->plan_horizon_ms / 1000;
	double pace = exit_pace(x, v), rest = (double)(x->plan_horizon_ms - x->clock_ns / MS_NS);
	s->pace = pace;
	cap_end(x, v, rest > 0 ? rest / pace : 0, s);
	if (!x->stops_late)
		s->planned_end_ms = v->wall_ms + (int64_t)(rest > 0 ? rest / pace : 0);
	if (x->state == XS_RUNNING && x->algo != ALGO_VENUE_TWAP) {
		int64_t due = exit_next_due(x), rule = x->slice_ns + DANGER_EVERY_S * SEC_NS;
		double in = (double)(due - x->clock_ns) / 1e6 / pace;
		if (x->in_danger && x->slice_danger) /* it sells beside the schedule */
			in = (double)(rule - v->now_ns) / 1e6;
		s->next_ms = v->wall_ms + (int64_t)(in > 0 ? in : 0);
	}
}

static double bp_of(double avg, double ref, bool buy)
{
	return ref > 0 ? (buy ? -1 : 1) * (avg - ref) / ref * 1e4 : 0;
}

static void costs(const struct exit *x, const struct exec_view *v, struct snap_exit *s)
{
	struct snap_cost *c = &s->cost;
	cost_snap(&x->cost, c);
	c->plan_total = -x->plan_cost[0];
	c->plan_sd = x->plan_cost[1];
	c->plan_fees = -x->plan_cost[2];
	c->plan_impact = -x->plan_cost[3];
	c->plan_spread = -x->plan_cost[4];
	s->vs_start_bp = c->vs_start_bp;
	if (c->unfilled != 0) { /* the total is about these too */
		double coins = qty_to_double(x->cost.filled) + qty_to_double(exit_left(x));
		c->bp = c->total / (coins * price_to_double(x->cost.arrival)) * 1e4;
	}
	double avg = price_to_double(s->avg);
	if (avg > 0) {
		double end = price_to_double(v ? view_mid(v) : x->mid_now);
		c->vs_mean_bp =
			bp_of(avg, x->mark_time > 0 ? x->mark_sum / x->mark_time : 0, x->buy);
		c->vs_all_now_bp = bp_of(avg, x->all_now_px, x->buy);
		c->vs_end_bp = bp_of(avg, end, x->buy);
	}
	if (x->tape.v > 0) /* our own trades are on it: never over 1, whoever was late to tell */
		c->volume_share = fmin(qty_to_double(x->done) / qty_to_double(x->tape), 1);
}

static void account(const struct exit *x, const struct exec_view *v, struct snap_exit *s)
{
	double pos = qty_to_double(v->position), mark = price_to_double(v->mark);
	s->liq_after = v->has_liq ? price_to_double(v->liq) : 0;
	(void)pool_dies(&v->account, pos, pos, mark, 0, &s->dies_after);
	if (v->account.known && v->account.equity > 0)
		s->maint_after = 100 * v->account.maintenance / v->account.equity;
	if (v->leverage > 0)
		(void)money_from_double(&s->margin_freed, usd(x->done, v->mark) / v->leverage);
}

uint32_t exit_rows(const struct exit *x, uint32_t from, struct cost_row *out, uint32_t n)
{
	uint32_t k = 0;
	for (; k < n && from + k < x->n_results; k++) {
		const struct exit_slice_result *r = &x->result[from + k];
		struct cost_row row = {.slice = from + k + 1,
				       .wall_ms = r->wall_ms,
				       .planned = r->planned,
				       .filled = r->filled,
				       .posted = r->maker.v * 2 > r->filled.v,
				       .parts = r->parts};
		if (r->filled.v > 0)
			(void)money_over_qty(&row.avg, r->value, r->filled, ROUND_HALF_AWAY);
		out[k] = row;
	}
	return k;
}

static void slices(const struct exit *x, struct snap_exit *s)
{
	uint32_t n = x->n_results;
	s->n_slices_shown = n < SNAP_SLICES ? n : SNAP_SLICES;
	for (uint32_t i = 0; i < s->n_slices_shown; i++) {
		struct cost_row r;
		(void)exit_rows(x, n - 1 - i, &r, 1);
		s->slices[i] = (struct snap_slice){
			.n = r.slice,
			.wall_ms = r.wall_ms,
			.planned = r.planned,
			.filled = r.filled,
			.avg = r.avg,
			.posted = r.posted,
			.fee = {-r.parts.fees.v},
			.bp = r.avg.v ? bp_of(price_to_double(r.avg), price_to_double(x->arrival),
					      x->buy)
				      : 0};
	}
}

void exit_fill_snap(const struct exit *x, const struct exec_view *v, struct snap_exit *out)
{
	memset(out, 0, sizeof *out);
	head(x, out);
	schedule(x, v, out);
	costs(x, v, out);
	slices(x, out);
	out->n_trace = x->n_trace;
	memcpy(out->trace, x->trace, x->n_trace * sizeof x->trace[0]);
	if (v) {
		out->instr = v->instr_id;
		account(x, v, out);
	}
}
