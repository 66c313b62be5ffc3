/* exit_plan.c: the schedule of an exit: made from its inputs, read by the clock, and its holdings
 * as the planner wants them.
 *
 * Invariants: (1) a schedule is made again from what the record holds, slice for slice; (2) a new
 * one counts what is in flight as sold: filled, it is nothing more to sell; dead, it becomes
 * backlog; (3) a change by the program keeps the time of the next slice, one by the operator sells
 * its first at once. */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "exec/exit_in.h"

/* The block is the first slice, at once; the rest begins one slot later. */
static void put_block(struct exit *x, const struct instr *i, struct schedule_in *in)
{
	struct schedule *p = &x->plan;
	uint32_t n = plan_slots(in->horizon_ms, i, in->size, in->mark);
	int64_t shift = in->horizon_ms / (n + 1);
	in->horizon_ms -= shift;
	plan_schedule(in, p);
	if (p->n == SLICES_MAX)
		p->n--; /* cannot be: as many slots as that take more than a week */
	memmove(p->at_ms + 1, p->at_ms, p->n * sizeof p->at_ms[0]);
	memmove(p->qty + 1, p->qty, p->n * sizeof p->qty[0]);
	for (uint32_t k = 1; k <= p->n; k++)
		p->at_ms[k] += shift > 0 ? shift : 1;
	p->at_ms[0] = 0;
	p->qty[0] = x->plan_block;
	p->n++;
	if (p->spacing_ms == 0)
		p->spacing_ms = shift;
}

void exit_plan_build(struct exit *x, const struct instr *i)
{
	struct schedule_in in = {.instr = i,
				 .algo = x->plan_horizon_ms > 0 ? x->plan_algo
								: (uint8_t)ALGO_SWEEP,
				 .size = {x->plan_size.v - x->plan_block.v},
				 .horizon_ms = x->plan_horizon_ms,
				 .slots = x->plan_slots,
				 .urgency = x->plan_urgency,
				 .jitter = x->jitter,
				 .seed = x->plan_seed,
				 .mark = x->plan_mark,
				 .from_ms = x->plan_from_ms,
				 .season = x->plan_season};
	if (x->plan_block.v > 0 && in.size.v > 0)
		put_block(x, i, &in);
	else if (x->plan_block.v > 0)
		in.size = x->plan_size, in.algo = ALGO_SWEEP, plan_schedule(&in, &x->plan);
	else
		plan_schedule(&in, &x->plan);
}

static void make(struct exit *x, const struct exec_view *v, const struct exit_remake *r,
		 int64_t flying)
{
	x->plan_base += x->next;
	x->plan_n++;
	x->plan_algo = r->algo;
	x->plan_urgency = r->urgency;
	x->plan_block = r->block;
	x->plan_done.v = x->done.v + flying;
	x->plan_size.v = exit_left(x).v - flying;
	x->plan_mark = v->mark.v > 0 ? v->mark : x->arrival_mark;
	x->plan_horizon_ms = r->horizon_ms;
	x->plan_slots = r->slots;
	x->plan_seed = plan_seed(x->seed, x->plan_n - 1);
	x->plan_from_ms = v->wall_ms + r->wait_ns / MS_NS;
	x->plan_season = v->season;
	exit_plan_build(x, v->instr);
	x->next = 0;
	x->clock_ns = -r->wait_ns;
	x->clock_at_ns = v->now_ns;
	x->turn_ms = 0;
	x->owes = false;
	x->block.v = 0;
	exit_numbers_keep(x, v);
	exit_touch(x, 0);
}

void exit_plan_first(struct exit *x, const struct exec_view *v, int64_t horizon_ms, double urgent)
{
	struct exit_remake r = {.horizon_ms = horizon_ms,
				.algo = urgent > 0 ? (uint8_t)ALGO_AC : x->algo,
				.urgency = fmax(x->urgency, urgent)};
	make(x, v, &r, 0);
	x->planned_end_ms = v->wall_ms + horizon_ms;
	x->change_ns = v->now_ns; /* what was just chosen stands for a while */
	exit_lambda_keep(x, v);
	exit_need_begin(x, v, urgent);
}

void exit_replan(struct exit *x, const struct exec_view *v, int64_t horizon_ms)
{
	exit_plan_first(x, v, horizon_ms, 0);
}

void exit_remake(struct exit *x, const struct exec_view *v, const struct exit_remake *r)
{
	/* on the clock of the exit: what runs is drawn beside what ran */
	float from = (float)((double)(v->now_ns - x->start_ns - x->clock_ns) / 1e9);
	x->n_old = SNAP_PLAN;
	x->old_from_s = from;
	x->old_to_s = from + (float)x->plan_horizon_ms / 1000;
	exit_plan_draw(x, x->old_left);
	make(x, v, r, exit_in_flight(x).v);
}

void exit_plan_draw(const struct exit *x, float out[SNAP_PLAN])
{
	double size = qty_to_double(x->plan_size);
	int64_t sold = 0, span = x->plan_horizon_ms > 0 ? x->plan_horizon_ms : 1;
	uint32_t k = 0;
	for (uint32_t i = 0; i < SNAP_PLAN; i++) {
		for (; k < x->plan.n && x->plan.at_ms[k] <= span * i / (SNAP_PLAN - 1); k++)
			sold += x->plan.qty[k].v;
		out[i] = (float)(size - qty_to_double((struct qty){sold}));
	}
}

struct qty exit_planned_by(const struct exit *x, int64_t clock_ns, bool next_too)
{
	struct qty q = {0};
	for (uint32_t k = 0; k < x->plan.n; k++) {
		bool due = x->plan.at_ms[k] * MS_NS <= clock_ns;
		if (!due && !(next_too && k <= x->next))
			break;
		q.v += x->plan.qty[k].v;
	}
	return q;
}

double exit_band(const struct exit *x)
{
	uint32_t due = 0, late = plan_late_slices(x->place);
	struct qty q = {0};
	while (due < x->plan.n && x->plan.at_ms[due] * MS_NS <= x->clock_ns)
		due++;
	uint32_t from = due > late ? due - late : 0;
	for (uint32_t k = from; k < x->plan.n && k < from + late; k++)
		q.v += x->plan.qty[k].v;
	return qty_to_double(q);
}

double exit_pace(const struct exit *x, const struct exec_view *v)
{
	if (!x->stops_late || x->plan_horizon_ms <= 0)
		return x->pace;
	double work = (double)x->plan_horizon_ms - (double)x->clock_ns / 1e6;
	double time = (double)(x->planned_end_ms - v->wall_ms), most = PACE_BY_MAX_PCT / 100.0;
	if (!(work > 0))
		return x->pace;
	double need = time > 0 ? work / time : most;
	return need < 1 ? 1 : need > most ? most : need;
}

/* Seconds that what is owed takes at its pace beyond the schedule's end. */
static double owed_s(const struct exit *x, double left, double rest, double work_s)
{
	double slot_s = (double)x->plan.spacing_ms / 1000, n = x->plan.n;
	double most = (x->stops_late ? PACE_BY_MAX_PCT : PACE_MAX_PCT) / 100.0;
	double turn = n > 0 ? most * qty_to_double(x->plan_size) / n : 0;
	if (!algo_scheduled(x->plan_algo) || !(turn > 0) || !(slot_s > 0))
		return 0;
	/* what is at work is no turn of its own */
	double at_work = qty_to_double(exit_in_flight(x));
	if (x->slice_open)
		at_work = fmax(at_work, qty_to_double(x->slice_left));
	double over = left - at_work - fmax(most * rest, turn * work_s / slot_s);
	return over > 0 ? over / turn * slot_s : 0;
}

uint32_t exit_holdings(const struct exit *x, const struct exec_view *v, bool hold,
		       double held[SOLVE_SLOTS], double *tau_s)
{
	double pos = qty_to_double(v->position), sign = x->buy ? -1 : 1;
	double left = qty_to_double(exit_left(x)), now_ms = (double)x->clock_ns / 1e6;
	double work_s = ((double)x->plan_horizon_ms - now_ms) / 1000;
	double rest = qty_to_double(
		(struct qty){x->plan_size.v - exit_planned_by(x, x->clock_ns, false).v});
	work_s = work_s > 0 ? work_s : 0;
	double drawn_s = (work_s + owed_s(x, left, rest, work_s)) / exit_pace(x, v),
	       end_s = drawn_s;
	double rate = x->cap * view_volume_s(v), room = 0;
	bool capped = rate > 0 && (algo_scheduled(x->plan_algo) || x->plan_algo == ALGO_POV);
	if (capped) {
		rate = fmax(rate, qty_to_double(worth(v->instr, v->mark, CHILD_USD)) * 1000 /
					  PACE_FLOOR_MS);
		room = exit_cap_room(x, v) + qty_to_double(exit_in_flight(x));
		if (x->next == 0) /* a block is the operator's word, over the cap */
			room += qty_to_double(x->plan_block);
		end_s = fmax(drawn_s, (left - room) / rate);
	}
	end_s = fmin(fmax(end_s, 1), (double)HORIZON_MAX_MS / 1000);
	double scale = rest > 0 ? left / rest : 0;
	uint32_t k = x->next;
	int64_t sold = 0;
	for (uint32_t j = 0; j < SOLVE_SLOTS; j++) {
		double t = end_s * j / SOLVE_SLOTS, part = drawn_s > 0 ? fmin(t / drawn_s, 1) : 1;
		double at_ms = now_ms + work_s * 1000 * part;
		for (; k < x->plan.n && (double)x->plan.at_ms[k] < at_ms; k++)
			sold += x->plan.qty[k].v;
		double gone = rest > 0 ? qty_to_double((struct qty){sold}) * scale : left * part;
		if (capped)
			gone = fmin(gone, fmax(room + rate * t, 0));
		held[j] = hold ? pos : pos - sign * fmin(gone, left);
	}
	*tau_s = end_s / SOLVE_SLOTS;
	return SOLVE_SLOTS;
}
