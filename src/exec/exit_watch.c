/* exit_watch.c: what an exit looks at in every step: its clock, the danger, other hands, how far it
 * is behind, its trace.
 *
 * Invariants: (1) schedule time runs only while the exit runs, and never further than two seconds
 * past the next slice: whoever slept has not planned to sell twice at once; (2) the danger rule
 * starts and stops only after 3 s of persistence. */
#include <math.h>

#include "base/check.h"
#include "exec/exit_in.h"

enum { MISMATCH_S = 2, GAP_S = 10 };
static const double DANGER_OFF = 0.8; /* share of the limit at which the rule lets go */

static void late_notice(const struct exit *x, const struct exec_view *v, struct exec_out *o,
			int64_t gap_ns)
{
	int64_t work = x->plan_horizon_ms - x->clock_ns / MS_NS;
	double pace = exit_pace(x, v);
	char left[40];
	want_notice(o, 2, NC_LATE,
		    "x%u %s: %lld s without a step. Nothing sold meanwhile, %s left. %s %lld min, "
		    "pace %.1fx",
		    x->id, x->coin, (long long)(gap_ns / SEC_NS), qty_word(left, exit_left(x)),
		    x->stops_late ? "The end is kept:" : "Same pace ends in",
		    (long long)(work > 0 ? (double)work / pace / 60000 : 0), pace);
}

static void run_clock(struct exit *x, const struct exec_view *v, struct exec_out *o)
{
	int64_t dt = v->now_ns - x->clock_at_ns;
	x->clock_at_ns = v->now_ns;
	if (dt <= 0 || x->state != XS_RUNNING)
		return;
	int64_t due = exit_next_due(x);
	int64_t room = (due > x->clock_ns ? due - x->clock_ns : 0) + 2 * SEC_NS;
	int64_t step = (int64_t)((double)dt * exit_pace(x, v));
	if (step > room) {
		if (dt - room > GAP_S * SEC_NS && x->algo != ALGO_SWEEP) {
			late_notice(x, v, o, dt);
			x->planned_end_ms += x->stops_late ? 0 : (dt - room) / MS_NS;
		}
		step = room;
	}
	x->clock_ns += step;
}

/* USD that selling the rest will take: what is spent on the way is no cushion, as in the bound of
 * the plan (plan.c). The last slot's holding is sold at its end, down to what the target keeps. */
static double cost_of_rest(const struct exit *x, const struct exec_view *v, const double *held,
			   uint32_t n, double tau_s)
{
	double tau = fmax((double)x->plan.spacing_ms / 1000, tau_s), usd = 0;
	double last = fabs(held[0]) - qty_to_double(exit_left(x));
	struct plan_numbers m;
	if (x->operator_paused || !exit_numbers(x, v, (int64_t)(tau_s * n * 1000), tau, &m))
		return 0;
	for (uint32_t k = 0; k < n; k++) {
		double q = fabs(held[k]) - (k + 1 < n ? fabs(held[k + 1]) : fmax(last, 0));
		usd += m.epsilon * q + m.eta / tau * q * q;
	}
	return fmax(usd, 0);
}

static double bound_now(const struct exit *x, const struct exec_view *v)
{
	double held[SOLVE_SLOTS], tau;
	uint32_t n = exit_holdings(x, v, x->operator_paused, held, &tau);
	return danger_bound(&v->account, held, n, tau, price_to_double(v->mark), v->sigma_year,
			    cost_of_rest(x, v, held, n, tau));
}

static void danger_notice(const struct exit *x, struct exec_out *o, bool on)
{
	char odds[24], limit[24], last[40];
	plan_odds(odds, sizeof odds, x->danger);
	plan_odds(limit, sizeof limit, x->risk);
	if (on)
		want_notice(o, 3, NC_DANGER,
			    "x%u %s: danger %s, over the limit of %s: sells faster, over volume "
			    "cap and working price, down to the last price %s",
			    x->id, x->coin, odds, limit, price_word(last, x->last));
	else
		want_notice(o, 1, NC_DANGER,
			    "x%u %s: danger %s, under the limit again: back to plan", x->id,
			    x->coin, odds);
}

static void watch_danger(struct exit *x, const struct exec_view *v, struct exec_out *o)
{
	if (!v->account.known || !(v->sigma_year > 0) || v->mark.v <= 0) {
		x->has_danger = false;
		x->danger_grid = false;
		x->bound = 0;
		x->in_danger = false;
		x->danger_ns = 0;
		return;
	}
	if (x->last_danger_ns && v->now_ns - x->last_danger_ns < SEC_NS)
		return;
	x->last_danger_ns = v->now_ns;
	x->has_danger = true;
	x->bound = bound_now(x, v);
	x->danger_grid = exit_grid_fresh(x, v);
	x->danger = x->danger_grid ? x->solved.p : x->bound;
	if (exit_joint_fresh(x, v) && x->has_joint_chance && x->joint_chance < x->danger) {
		x->danger = x->joint_chance; /* its companions are sold too */
		x->danger_grid = false;
	}
	if (!(x->risk > 0) || x->algo == ALGO_SWEEP)
		return;
	bool want = x->in_danger ? x->danger > x->risk * DANGER_OFF : x->danger > x->risk;
	if (want == x->in_danger) {
		x->danger_ns = 0;
		return;
	}
	if (x->danger_ns == 0)
		x->danger_ns = v->now_ns;
	if (v->now_ns - x->danger_ns < 3 * SEC_NS)
		return;
	x->in_danger = want;
	x->danger_ns = 0;
	danger_notice(x, o, want);
	exit_touch(x, 0);
}

/* Growth or shrinkage that our children do not explain. */
static void watch_hands(struct exit *x, const struct exec_view *v, struct exec_out *o)
{
	if (!v->position_known || exit_unresolved(x) || v->position_ns < x->changed_ns) {
		x->mismatch_ns = 0;
		return;
	}
	int64_t expected = x->start.v - x->done.v;
	int64_t live = abs64(v->position.v), delta = live - expected;
	if (delta == x->other_hand.v) {
		x->mismatch_ns = 0;
		return;
	}
	if (x->mismatch_ns == 0)
		x->mismatch_ns = v->now_ns;
	if (v->now_ns - x->mismatch_ns < MISMATCH_S * SEC_NS)
		return;
	int64_t news = delta - x->other_hand.v;
	x->other_hand.v = delta;
	x->mismatch_ns = 0;
	exit_touch(x, 0);
	if (delta == v->foreign_net.v - x->adopted.v)
		return; /* its fills were heard: the engine said who, how much and when */
	char n[40], left[40], end[40];
	qty_word(n, (struct qty){abs64(news)});
	qty_word(left, exit_left(x));
	qty_word(end, (struct qty){live - min64(exit_left(x).v, live)});
	if (news > 0)
		want_notice(
			o, 2, NC_OTHER_HAND,
			"OTHER HAND: +%s %s. x%u still ends after %s more, at %s. include adopts "
			"them",
			n, x->coin, x->id, left, end);
	else
		want_notice(o, 2, NC_OTHER_HAND, "OTHER HAND: -%s %s. x%u ends %s earlier", n,
			    x->coin, x->id, n);
}

static void trace(struct exit *x, const struct exec_view *v, double planned, double band)
{
	double danger = x->has_danger ? x->danger : -1;
	double t = (double)(v->now_ns - x->start_ns) / 1e9;
	if (x->n_trace && t < (double)x->trace[x->n_trace - 1].t_s + x->trace_every)
		return;
	if (x->n_trace ==
	    SNAP_TRACE) { /* thin: every second point goes, fills stay where they can */
		uint32_t n = 0;
		for (uint32_t k = 0; k < SNAP_TRACE; k += 2) {
			struct snap_point p = x->trace[k], q = x->trace[k + 1];
			if (!p.fill && q.fill)
				p.fill = q.fill, p.fill_px = q.fill_px;
			x->trace[n++] = p;
		}
		x->n_trace = n;
		x->trace_every *= 2;
	}
	x->trace[x->n_trace++] = (struct snap_point){.t_s = (float)t,
						     .left = (float)qty_to_double(exit_left(x)),
						     .planned = (float)planned,
						     .band = (float)band,
						     .px = (float)price_to_double(v->mark),
						     .danger = (float)danger};
}

/* Said once each way; in again only well inside, so that it does not flap. */
static void tell_behind(struct exit *x, struct exec_out *o, double behind, double corridor)
{
	if (!x->behind_told && behind > corridor) {
		x->behind_told = true;
		want_notice(o, 1, NC_EXIT,
			    "x%u behind by %.6g %s, more than its 1-in-20 band of %.6g: it goes on "
			    "at its pace and "
			    "volume cap",
			    x->id, behind, x->coin, corridor);
	} else if (x->behind_told && behind < corridor / 2) {
		x->behind_told = false;
		want_notice(o, 1, NC_EXIT, "x%u back inside its band", x->id);
	}
}

static void watch_behind(struct exit *x, const struct exec_view *v, struct exec_out *o, double dt)
{
	double left = qty_to_double(exit_left(x));
	double plan = qty_to_double(
		(struct qty){x->plan_size.v - exit_planned_by(x, x->clock_ns, false).v});
	double behind = left - plan, corridor = exit_band(x) * (1 + 1e-9);
	if (x->plan_algo == ALGO_POV) /* the tape is its clock: nothing is late */
		plan = left, behind = 0;
	if (behind > x->behind_max && x->plan.n > 1)
		x->behind_max = behind;
	if (fabs(behind) > corridor && x->plan.n > 1)
		x->outside_s += dt;
	if (x->plan.n > 1)
		tell_behind(x, o, behind, corridor);
	trace(x, v, plan, corridor);
}

/* What the market traded while it ran. The engine's own count begins anew with the engine. */
static void count_tape(struct exit *x, const struct exec_view *v)
{
	if (x->tape_on && v->volume.v > x->tape_at.v)
		x->tape.v += v->volume.v - x->tape_at.v;
	x->tape_at = v->volume;
	x->tape_on = true;
}

void exit_watch(struct exit *x, const struct exec_view *v, struct exec_out *o)
{
	double dt = (double)(v->now_ns - x->watch_ns) / 1e9;
	ASSERT(v->instr);
	run_clock(x, v, o);
	x->watch_ns = v->now_ns;
	x->mark_now = v->mark;
	x->mid_now = view_mid(v);
	x->zero = v->zero;
	if (v->position_known)
		x->live.v = abs64(v->position.v);
	if (dt > 0 && dt < 60 && v->mark.v > 0) {
		x->mark_time += dt;
		x->mark_sum += dt * price_to_double(v->mark);
	}
	cost_funding(&x->cost, v->funding);
	count_tape(x, v);
	watch_danger(x, v, o);
	watch_hands(x, v, o);
	watch_behind(x, v, o, dt > 0 && dt < 60 ? dt : 0);
}
