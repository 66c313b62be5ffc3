/* exit_solve.c: re-solving while it runs: what the planner beside the engine is asked, what its
 * answer means, and when the schedule changes.
 *
 *   every second, and after a fill: estimates of now -> objective of the schedule that runs against
 *   the best for the rest (plan/replan.h) -> kept, or remade for a reason that is said and recorded
 *
 * Two aims make one: the operator's urgency, as a risk aversion lambda in the estimates of the
 * start, and the kappa that the danger limit asks for, whichever is more urgent. lambda stands
 * while volatility and depth move, so the urgency moves with them; kappa is a shape and does not.
 *
 * Invariants: (1) the grid's word counts for the schedule it was asked about and for FRESH_S; after
 * SILENT_S without one the closed-form bound decides, and the screen says bound; (2) no schedule of
 * the program is faster than the volume cap lets it; if none within it keeps the limit, that is
 * said and a block offered, sold by the operator's word, or by the danger rule of exit_trade.c once
 * the chance has been over the limit for 3 s; (3) the next slice keeps its time; (4) near an
 * optimum the objective is flat, so noise changes nothing; (5) with a limit in force nothing slows
 * down below what keeps it. */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "exec/exit_in.h"
#include "plan/replan.h"

enum {
	ASK_S = 2,     /* between questions */
	FRESH_S = 6,   /* an answer older than this is none */
	SILENT_S = 3,  /* a question unanswered this long: the bound decides */
	CHANGE_S = 15, /* between changes that are no matter of danger */
	HURRY_S = 3,   /* between changes that are */
	ASTRAY_S = 10, /* ahead of it this long before the schedule follows */
	REST_LEAST_S = 20,
};
static const double ASK_FROM = 1.0 / 600; /* bounds below this are "under 1 in 500" anyhow */
static const double AIM = 0.8;		  /* share of the limit a new schedule is made for */
static const double LOOK = 0.9;		  /* share of it from which the search is asked for */
static const double ACT = 0.95;	  /* from which the schedule changes: before the danger rule does */
static const double EASE = 0.5;	  /* share of it under which the limit's haste may be given back */
static const double CALMER = 0.8; /* of the volatility it was made with */
static const double GAIN = 0.03;  /* of the objective, at least */
static const double GAIN_PART =
	5e-7;			    /* and of the notional that is left: half a USD in a million */
static const double SAME_KT = 0.1;  /* kappa T this near is the same schedule */
static const double ETA_TAU_S = 20; /* one book flickers: the impact of late is a mean */
static const double ETA_FLICKER = 0.4; /* of the one book that a schedule was made with */
static const double DEVIATIONS = 2;    /* of its own error, before an estimate changes a plan */

/* ---- numbers --------------------------------------------------------- */

/* Milliseconds of schedule from its next slice on, and until that slice. */
static int64_t rest_ms(const struct exit *x, int64_t *wait_ns)
{
	int64_t due = x->next < x->plan.n ? x->plan.at_ms[x->next] : x->plan_horizon_ms;
	int64_t wait = due * MS_NS - x->clock_ns;
	*wait_ns = wait > 0 ? wait : 0;
	return x->plan_horizon_ms - due;
}

void exit_problem(const struct exit *x, const struct exec_view *v, int64_t horizon_ms,
		  struct plan_problem *out)
{
	struct ticket_resolved r = {.buy = x->buy,
				    .to_zero = x->to_zero,
				    .size = exit_left(x),
				    .cap = x->cap,
				    .horizon_ms = horizon_ms};
	exec_problem(v, &x->ticket, &r, out);
	out->place = x->place;
}

bool exit_numbers(const struct exit *x, const struct exec_view *v, int64_t horizon_ms, double tau_s,
		  struct plan_numbers *out)
{
	struct plan_problem p;
	if (horizon_ms <= 0 || exit_left(x).v <= 0)
		return false;
	exit_problem(x, v, horizon_ms, &p);
	return isfinite(p.sigma_year) && plan_numbers(&p, tau_s, out);
}

static bool rest_numbers(const struct exit *x, const struct exec_view *v, int64_t horizon_ms,
			 struct plan_numbers *out, uint32_t *n)
{
	int64_t tau = x->plan.spacing_ms; /* slots as long as those that run */
	*n = tau > 0 ? (uint32_t)((horizon_ms + tau / 2) / tau) : 0;
	if (*n < 1)
		*n = 1;
	if (*n > GRID_SLOTS)
		*n = GRID_SLOTS;
	return exit_numbers(x, v, horizon_ms, (double)horizon_ms / 1000 / *n, out);
}

static struct ac model_of(const struct plan_numbers *m, int64_t horizon_ms, uint32_t n)
{
	return (struct ac){.x = m->size,
			   .horizon = (double)horizon_ms / 1000,
			   .n = n,
			   .sigma = m->sigma_s,
			   .eta = m->eta,
			   .gamma = m->gamma}; /* spread and fees are the same whatever the pace */
}

/* kappa~ per second of an exact kappa T in n slots. */
static double tilde(double kappa_t, const struct ac *a)
{
	return 2.0 * a->n / a->horizon * sinh(fmin(kappa_t / a->n, 4) / 2);
}

void exit_numbers_keep(struct exit *x, const struct exec_view *v)
{
	struct plan_numbers m;
	uint32_t n;
	if (!rest_numbers(x, v, x->plan_horizon_ms, &m, &n))
		return;
	x->plan_sigma = v->sigma_year;
	x->plan_eta = m.eta;
}

void exit_lambda_keep(struct exit *x, const struct exec_view *v)
{
	struct plan_numbers m;
	uint32_t n;
	x->lambda = x->kappa_need = 0;
	x->adapt = ADAPT_NONE;
	if (!algo_urgent(x->algo) || !(x->urgency > 0) ||
	    !rest_numbers(x, v, x->plan_horizon_ms, &m, &n) || !(m.sigma_s > 0))
		return;
	struct ac a = model_of(&m, x->plan_horizon_ms, n);
	x->lambda = ac_lambda(&a, tilde(plan_kappa_t_of(x->urgency, n), &a));
	if (!isfinite(x->lambda) || x->lambda < 0)
		x->lambda = 0;
	exit_adapt_begin(x, v, &a);
}

void exit_need_begin(struct exit *x, const struct exec_view *v, double urgency)
{
	struct plan_numbers m;
	uint32_t n;
	if (!(urgency > 0) || !rest_numbers(x, v, x->plan_horizon_ms, &m, &n))
		return;
	x->kappa_need = plan_kappa_t_of(urgency, n) / ((double)x->plan_horizon_ms / 1000);
	x->need_by_bound = true;
}

/* ---- the question and its answer ------------------------------------- */

/* Of pov too the danger is asked for, and it becomes a schedule when the limit needs one. */
static bool sliced(const struct exit *x)
{
	return algo_scheduled(x->algo) || x->algo == ALGO_POV;
}

bool exit_grid_fresh(const struct exit *x, const struct exec_view *v)
{
	return x->solved_ns && x->solved.ok && x->solved.plan == x->plan_n &&
	       v->now_ns - x->solved_ns < FRESH_S * SEC_NS;
}

/* Nobody has answered for a while. */
static bool silent(const struct exit *x, const struct exec_view *v)
{
	return x->unheard_ns && v->now_ns - x->unheard_ns >= SILENT_S * SEC_NS;
}

/* Haste is given back where the bound asked for too much, or volatility fell. Having survived so
 * far is no reason: the limit is for the whole exit, and to spend it again and again would break
 * it. */
static bool may_ease(const struct exit *x, const struct exec_view *v)
{
	return x->kappa_need > 0 && x->danger < x->risk * EASE &&
	       (x->need_by_bound || v->sigma_year < x->plan_sigma * CALMER);
}

bool exit_question(struct exit *x, const struct exec_view *v, struct solve_in *out)
{
	struct plan_numbers m;
	uint32_t n;
	int64_t wait, rest = rest_ms(x, &wait);
	rest += wait / MS_NS;
	bool other = x->asked_plan != x->plan_n || x->asked_done.v != x->done.v;
	bool over = rest < 1000; /* its schedule is: what is left goes on, at its cap and pace */
	if (over)
		rest = 1000;
	if (x->state == XS_DONE || x->closing || !sliced(x) || !v->account.known ||
	    !(v->sigma_year > 0) || v->mark.v <= 0 || !v->position_known || v->position.v == 0 ||
	    !rest_numbers(x, v, rest, &m, &n))
		return false;
	/* far from danger the bound says all there is to say */
	if (!(x->bound >= ASK_FROM) && !(x->risk > 0 && x->bound > x->risk * EASE) &&
	    !(x->kappa_need > 0))
		return false;
	bool search = x->risk > 0 && !x->operator_paused && !over &&
		      (x->danger > x->risk * LOOK || may_ease(x, v));
	bool hurry = other || (search && x->danger > x->risk * LOOK && !x->solved.searched);
	if (x->asked_ns && v->now_ns - x->asked_ns < (hurry ? ASK_S * SEC_NS / 4 : ASK_S * SEC_NS))
		return false;
	memset(out, 0, sizeof *out);
	out->exit = x->id;
	out->plan = x->plan_n;
	out->account = v->account;
	out->mark = m.mark;
	out->sigma_year = v->sigma_year;
	out->n = exit_holdings(x, v, x->operator_paused, out->held, &out->tau_s);
	out->eta = m.eta;
	out->epsilon = m.epsilon;
	out->slope = m.slope;
	out->search = search;
	out->limit = x->risk * AIM;
	out->size = fmin(m.size, fabs(out->held[0]));
	out->horizon_s = (double)rest / 1000;
	out->slots = n;
	out->rate_max = x->cap * view_volume_s(v);
	if (!x->unheard_ns)
		x->unheard_ns = v->now_ns;
	x->asked_ns = v->now_ns;
	x->asked_plan = x->plan_n;
	x->asked_done = x->done;
	return true;
}

/* Said once for each schedule: the limit, and what would keep it. */
static void offer(struct exit *x, const struct solve_out *a, const struct exec_view *v)
{
	struct qty q = {0};
	bool none = a->searched && a->kind != URGENCY_MET;
	x->block.v = 0;
	if (!none || a->p <= x->risk)
		return;
	if (a->block > 0 && qty_from_double(&q, a->block)) {
		int64_t lot = instr_lot(v->instr).v;
		q.v = min64((q.v + lot - 1) / lot * lot, exit_left(x).v); /* a lot more is safe */
		x->block = q;
		x->block_cost = a->block_cost;
	}
}

void exit_answer(struct exit *x, const struct solve_out *a, const struct exec_view *v)
{
	if (a->exit != x->id || x->state == XS_DONE || exit_adapt_answer(x, a) ||
	    a->plan != x->plan_n)
		return;
	bool first = !x->solved_ns;
	x->solved = *a;
	x->solved_ns = v->now_ns;
	if (!a->ok)
		return; /* as if it were silent */
	x->unheard_ns = 0;
	x->danger = a->p;
	x->danger_grid = x->has_danger = true;
	x->danger_loss = a->lgd;
	x->look_ns = 0; /* look at once */
	if (first && x->replans == 0 && x->done.v == 0) {
		x->danger_start = a->p;
		x->danger_start_grid = true;
		exit_touch(x, 0);
	}
	offer(x, a, v);
}

/* ---- the decision ---------------------------------------------------- */

struct look {
	struct ac ac;
	int64_t rest, wait_ns;
	double kt_old, kt_cap, need; /* exact kappa T over the rest; need < 0: not known */
	double p;		     /* chance of the schedule as it stands; < 0: not known yet */
	bool none;		     /* the search found none within the cap */
};

/* The grid of one exit takes its companions as held; with all of them sold the chance is less. */
static double joint_less(const struct exit *x, const struct exec_view *v, double p)
{
	bool joint = exit_joint_fresh(x, v) && x->has_joint_chance;
	return joint && x->joint_chance < p ? x->joint_chance : p;
}

/* Chance and need, by the grid or after its silence by the bound. */
static void look_danger(const struct exit *x, const struct exec_view *v, struct look *l)
{
	l->p = l->need = -1;
	if (!(x->risk > 0) || !x->has_danger)
		return;
	if (exit_grid_fresh(x, v)) {
		l->p = joint_less(x, v, x->solved.p);
		if (x->solved.searched) {
			l->none = x->solved.kind != URGENCY_MET;
			l->need = l->none ? l->kt_cap : x->solved.kappa_t;
		}
		return;
	}
	if (!silent(x, v) || joint_less(x, v, x->bound) <= x->risk)
		return;
	double d = pool_distance(&v->account, qty_to_double(v->position),
				 qty_to_double(v->position), price_to_double(v->mark), 0);
	double sd = fabs(qty_to_double(v->position)) * l->ac.sigma * sqrt(l->ac.horizon);
	l->p = x->bound;
	l->need = fmin(danger_kappa(d, sd, x->risk * AIM), l->kt_cap);
}

/* Exact kappa T of the whole schedule that runs. */
double exit_kt(const struct exit *x)
{
	int64_t tau = x->plan.spacing_ms > 0 ? x->plan.spacing_ms : 1;
	int64_t n = (x->plan_horizon_ms + tau / 2) / tau;
	return algo_urgent(x->plan_algo)
		       ? plan_kappa_t_of(x->plan_urgency, (uint32_t)(n > 1 ? n : 1))
		       : 0;
}

static bool look_make(const struct exit *x, const struct exec_view *v, struct look *l)
{
	struct plan_numbers m;
	uint32_t n;
	l->rest = rest_ms(x, &l->wait_ns);
	if (l->rest < REST_LEAST_S * 1000 || !rest_numbers(x, v, l->rest, &m, &n) || n < 2)
		return false;
	l->ac = model_of(&m, l->rest, n);
	l->kt_old = exit_kt(x) * (double)l->rest / (double)x->plan_horizon_ms;
	l->kt_cap = fmin(plan_cap_kt(m.size, l->ac.horizon, n, x->cap * view_volume_s(v)), 4.0 * n);
	if (l->kt_cap < 0)
		l->kt_cap = 0; /* an even pace is all there is */
	look_danger(x, v, l);
	return true;
}

/* Relative error of the volatility in use: of the estimate that makes it; 0: none was told. */
static double sigma_doubt(const struct exec_view *v)
{
	const struct estimate *a = &v->est[EST_SIGMA_5M], *b = &v->est[EST_SIGMA_1H];
	const struct estimate *e = a->value >= b->value ? a : b;
	return e->value > 0 ? e->sd / e->value : 0;
}

/* sigma^2 / eta, which sets the pace, lies further from what the schedule was made with than the
 * estimates themselves may be wrong. A prior that young samples replace does not. */
static bool estimates_moved(const struct exit *x, const struct exec_view *v, double eta)
{
	double moved = 2 * log(v->sigma_year / x->plan_sigma) - log(eta / x->plan_eta);
	double doubt = hypot(2 * sigma_doubt(v), ETA_FLICKER);
	return fabs(moved) > DEVIATIONS * doubt;
}

static void eta_keep(struct exit *x, const struct exec_view *v, double eta)
{
	double dt = (double)(v->now_ns - x->eta_ns) / 1e9;
	if (x->eta_plan != x->plan_n || !(x->eta_late > 0))
		x->eta_late = eta;
	else
		x->eta_late *= exp((1 - exp(-dt / ETA_TAU_S)) * log(eta / x->eta_late));
	x->eta_ns = v->now_ns;
	x->eta_plan = x->plan_n;
}

static void put_change(struct buf *b, const char *what, double from, double to)
{
	buf_printf(b, "%s%s %.3g -> %.3g", b->len ? ", " : "", what, from, to);
}

static void put_share(struct buf *b, double part)
{
	buf_printf(b, "%.0f %%", 100 * part);
}

/* Seconds until half of the rest is gone at this kappa T. */
static double half_s(const struct look *l, double kt)
{
	uint32_t j = 0;
	while (j < l->ac.n && ac_left(kt / l->ac.n, l->ac.n, j) > 0.5)
		j++;
	return l->ac.horizon * j / l->ac.n;
}

/* Why, in words: what moved most since the schedule was made. */
static void words(struct exit *x, const struct exec_view *v, const struct look *l,
		  enum replan_why why, double kt)
{
	struct buf b;
	char p[24], limit[24];
	buf_init(&b, x->replan_text, sizeof x->replan_text);
	if (why == REPLAN_DANGER) {
		plan_odds(p, sizeof p, l->p);
		plan_odds(limit, sizeof limit, x->risk);
		buf_printf(&b, "danger %s, limit %s", p, limit);
	} else if (why == REPLAN_JOINT) {
		buf_printf(&b, "%u legs together", x->joint_n);
	} else if (why == REPLAN_ADAPT) {
		buf_printf(&b, "the market has given %+.1f sd so far", x->adapt_gain);
	} else if (why == REPLAN_SIZE) {
		put_change(&b, "left",
			   qty_to_double(x->plan_size) -
				   qty_to_double(exit_planned_by(x, x->clock_ns, false)),
			   qty_to_double(exit_left(x)));
	} else {
		if (fabs(log(v->sigma_year / x->plan_sigma)) > 0.05) {
			buf_puts(&b, "volatility ");
			put_share(&b, x->plan_sigma);
			buf_puts(&b, " -> ");
			put_share(&b, v->sigma_year);
		}
		if (fabs(log(l->ac.eta / x->plan_eta)) > 0.05)
			put_change(&b, "impact", x->plan_eta, l->ac.eta);
		if (!b.len)
			buf_puts(&b, x->kappa_need > 0 ? "danger eased" : "time passed");
	}
	buf_printf(&b, "; half of the rest in %.1f min, was %.1f", half_s(l, kt) / 60,
		   half_s(l, l->kt_old) / 60);
}

/* Further than its schedule, for a while: another hand took of it, or the danger rule sold. Behind
 * is no reason: it catches up at its pace, and its end moves (operations.md 5). */
static bool astray(struct exit *x, const struct exec_view *v, double *planned)
{
	double plan =
		qty_to_double(x->plan_size) - qty_to_double(exit_planned_by(x, x->clock_ns, false));
	double left = qty_to_double(exit_left(x)) - qty_to_double(exit_in_flight(x));
	double corridor = 2.5 * qty_to_double(x->plan_size) / (x->plan.n ? x->plan.n : 1);
	*planned = plan;
	if (plan - left <= corridor) {
		x->astray_ns = 0;
		return false;
	}
	if (x->astray_ns == 0)
		x->astray_ns = v->now_ns;
	return v->now_ns - x->astray_ns >= ASTRAY_S * SEC_NS;
}

/* What the limit asks for becomes part of the aim at once, and leaves it only for a reason. */
static void need_keep(struct exit *x, const struct exec_view *v, const struct look *l)
{
	if (l->p < 0 || l->need < 0)
		return;
	double need = l->need / l->ac.horizon;
	bool grid = exit_grid_fresh(x, v);
	if (l->p > x->risk * ACT && need > x->kappa_need) {
		x->kappa_need = need;
		x->need_by_bound = !grid;
	} else if (grid && may_ease(x, v)) {
		x->kappa_need = fmin(x->kappa_need, need);
		x->need_by_bound = false;
	}
}

/* The newest change becomes one of the past. */
static void replan_past(struct exit *x)
{
	if (x->replans == 0)
		return;
	memmove(x->past + 1, x->past, (SNAP_REPLANS - 1) * sizeof x->past[0]);
	x->past[0].wall_ms = x->replan_ms;
	memcpy(x->past[0].text, x->replan_text, sizeof x->past[0].text);
	x->n_past += x->n_past < SNAP_REPLANS;
}

static void change(struct exit *x, const struct exec_view *v, struct exec_out *o,
		   const struct look *l, enum replan_why why, double kt)
{
	double u = plan_urgency_of(kt, l->ac.n);
	struct exit_remake r = {.horizon_ms = l->rest,
				.wait_ns = l->wait_ns > 0 ? l->wait_ns : 1,
				.slots = l->ac.n,
				.algo = u > 0.001	       ? ALGO_AC
					: x->algo == ALGO_VWAP ? ALGO_VWAP
							       : ALGO_TWAP,
				.urgency = u > 0.001 ? u : 0};
	double planned =
		qty_to_double(x->plan_size) - qty_to_double(exit_planned_by(x, x->clock_ns, false));
	double left = qty_to_double(exit_left(x)), pace = x->stops_late ? 3 : 1.5;
	if (why == REPLAN_SIZE && planned > 0 && left > pace * planned)
		r.horizon_ms = (int64_t)((double)r.horizon_ms * left / planned / pace);
	replan_past(x);
	words(x, v, l, why, kt);
	exit_remake(x, v, &r);
	x->replans++;
	x->replan_why = (uint8_t)why;
	x->replan_ms = v->wall_ms;
	x->change_ns = v->now_ns;
	x->over_ns = x->astray_ns = 0;
	want_notice(o, why == REPLAN_DANGER ? 1 : 0, NC_EXIT, "x%u %s re-planned: %s", x->id,
		    x->coin, x->replan_text);
}

void exit_steer(struct exit *x, const struct exec_view *v, struct exec_out *o, double kappa,
		uint8_t why)
{
	struct look l = {0};
	if (!look_make(x, v, &l))
		return; /* too little is left for a schedule of its own */
	double need = fmin(x->kappa_need * l.ac.horizon, l.kt_cap);
	double kt = fmin(fmax(kappa * l.ac.horizon, need), l.kt_cap);
	x->lambda = ac_lambda(&l.ac, tilde(kappa * l.ac.horizon, &l.ac));
	if (fabs(kt - l.kt_old) >= SAME_KT * fmax(l.kt_old, 1))
		change(x, v, o, &l, why, kt);
}

static void tell_none(struct exit *x, const struct exec_view *v, struct exec_out *o,
		      const struct look *l)
{
	char p[24], limit[24], q[40];
	struct buf b;
	if (!l->none || l->p <= x->risk) {
		x->block_told = x->block_told && l->p > x->risk * EASE;
		return;
	}
	if (x->block_told)
		return;
	x->block_told = true;
	plan_odds(p, sizeof p, l->p);
	plan_odds(limit, sizeof limit, x->risk);
	buf_init(&b, q, sizeof q);
	qty_put(&b, x->block);
	if (x->block.v > 0)
		want_notice(o, 2, NC_DANGER,
			    "x%u %s: danger %s, limit %s; no schedule within the volume cap keeps "
			    "it. %s %s %s now does, about %.0f USD: tune x%u --block %s%s",
			    x->id, x->coin, p, limit, x->buy ? "Buying" : "Selling", q, x->coin,
			    x->block_cost, x->id, q, x->coin);
	else
		want_notice(o, 2, NC_DANGER,
			    "x%u %s: danger %s, limit %s; nothing that is sold keeps it. Add "
			    "collateral, or ! panic",
			    x->id, x->coin, p, limit);
	(void)v;
}

static bool due(struct exit *x, const struct exec_view *v)
{
	if (x->look_ns && v->now_ns - x->look_ns < SEC_NS && x->look_done.v == x->done.v)
		return false;
	x->look_ns = v->now_ns;
	x->look_done = x->done;
	return true;
}

/* A gain is a reason when it is worth something, and when it is no error of the estimates: either
 * they moved by more than that, or there is one with those of the start too, since what is aimed at
 * has changed. */
static bool gain_counts(const struct exit *x, const struct exec_view *v, const struct look *l,
			const struct replan_in *in, const struct replan_out *r)
{
	double worth_usd = GAIN_PART * l->ac.x * price_to_double(v->mark), fresh[AC_SLOTS + 1];
	struct replan_in then = *in;
	struct replan_out q;
	if (r->objective_old - r->objective_new < worth_usd)
		return false;
	if (estimates_moved(x, v, l->ac.eta))
		return true;
	double need = fmin(x->kappa_need * l->ac.horizon, l->kt_cap);
	then.now.sigma *= x->plan_sigma / v->sigma_year;
	then.now.eta = x->plan_eta;
	then.now.lambda = fmax(x->lambda, ac_lambda(&then.now, tilde(need, &then.now)));
	return replan(&then, &q, fresh) && q.why == REPLAN_GAINS;
}

void exit_resolve(struct exit *x, const struct exec_view *v, struct exec_out *o)
{
	struct look l = {0};
	double old[AC_SLOTS + 1], fresh[AC_SLOTS + 1], planned;
	if (!sliced(x) || x->in_danger || x->next == 0 || x->next >= x->plan.n ||
	    !v->position_known || v->mark.v <= 0 || !(x->plan_eta > 0) || !due(x, v) ||
	    !look_make(x, v, &l) || !(l.ac.eta > 0))
		return;
	eta_keep(x, v, l.ac.eta);
	l.ac.eta = x->eta_late;
	tell_none(x, v, o, &l);
	need_keep(x, v, &l);
	bool over = x->risk > 0 && l.p > x->risk * ACT, off = astray(x, v, &planned);
	if (x->plan_algo == ALGO_POV && !over)
		return; /* it follows the tape, and its schedule is a guess of that */
	if (!over)
		x->over_ns = 0;
	else if (x->over_ns == 0)
		x->over_ns = v->now_ns;
	int64_t since = v->now_ns - x->change_ns;
	int64_t least_s = !over ? CHANGE_S : x->replans ? HURRY_S : 0;
	if (x->change_ns && since < least_s * SEC_NS)
		return;
	if (exit_joint_fresh(x, v) && !over && !off) { /* its group has the word */
		if (x->joint_turn)
			exit_steer(x, v, o, x->joint_kappa, REPLAN_JOINT);
		x->joint_turn = false;
		return;
	}
	double need = fmin(x->kappa_need * l.ac.horizon, l.kt_cap);
	l.ac.lambda = fmax(x->lambda, ac_lambda(&l.ac, tilde(need, &l.ac)));
	for (uint32_t k = 0; k <= l.ac.n; k++)
		old[k] = (off && planned > 0 ? planned : l.ac.x) *
			 ac_left(l.kt_old / l.ac.n, l.ac.n, k);
	struct replan_in in = {.now = l.ac,
			       .old = old,
			       .gain = GAIN,
			       .slack = off ? 0 : 1,
			       .danger_old = over ? l.p : -1,
			       .danger_limit = over ? x->risk * ACT : 0};
	struct replan_out r;
	if (!(old[0] > 0) || !replan(&in, &r, fresh) || !r.changed)
		return;
	double kt = fmin(r.result.kappa * l.ac.horizon, l.kt_cap);
	bool same = fabs(kt - l.kt_old) < SAME_KT * fmax(l.kt_old, 1);
	if (same && r.why != REPLAN_SIZE)
		return;
	if (r.why == REPLAN_GAINS && !gain_counts(x, v, &l, &in, &r))
		return;
	if (r.why == REPLAN_DANGER && kt < l.kt_old)
		return; /* it is over the limit already: never slower */
	change(x, v, o, &l, r.why, kt);
}
