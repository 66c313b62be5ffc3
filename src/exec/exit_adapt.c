/* exit_adapt.c: adaptive arrival price on a running exit (plan/adaptive.h): a few updates evenly
 * spread over its time, faster after gains, slower after losses.
 *
 *   ADAPT_ASKS   by the static optimum of its urgency, until the planner has said the policy
 *   ADAPT_FIRST  by the policy's first kappa, then by that of the gain so far
 *   ADAPT_DONE   the last update is made; from then on re-solved like any other exit
 *
 * Invariants: (1) the policy is asked for before each update, with the numbers of the start and
 * of the update before, which are kept: after a restart it is the same. Late is better than never:
 * an update whose answer was not there in time is made when it comes; (2) the gain is of the market
 * alone, sum of what was held times its moves: what our own orders cost is no part of it; (3)
 * volume cap and danger limit bind as ever (exit_solve.c). */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "exec/exit_in.h"
#include "plan/replan.h"

enum { ASK_EVERY_S = 5, PERIOD_LEAST_S = 120 };

/* Of the market since the arrival, USD, on what is and was still held; positive is ours. */
static double gain_of(const struct exit *x, const struct exec_view *v)
{
	double mid = price_to_double(view_mid(v)) - price_to_double(x->arrival);
	double left = qty_to_double(exit_left(x)) * (x->buy ? -1 : 1);
	return money_to_double(x->cost.sum.delay) + money_to_double(x->cost.sum.timing) +
	       left * mid;
}

void exit_adapt_begin(struct exit *x, const struct exec_view *v, const struct ac *a)
{
	double sd = a->sigma * sqrt(a->horizon) * a->x;
	double eta = a->eta - a->gamma * a->horizon / a->n / 2;
	x->adapt = ADAPT_NONE;
	x->has_policy = false;
	if (x->algo != ALGO_ADAPTIVE || !(sd > 0) || !(x->lambda > 0))
		return;
	x->adapt = ADAPT_ASKS;
	x->adapt_asked_ns = 0;
	double periods = fmax(2, fmin(a->horizon / PERIOD_LEAST_S, ADAPTIVE_UPDATES + 1));
	x->adapt_of = (uint8_t)(periods - 1);
	x->adapt_from = 0;
	x->adapt_x = a->x;
	x->adapt_left = 1;
	x->adapt_spent = x->adapt_kappa = 0;
	x->adapt_s = a->horizon;
	x->adapt_sd = sd;
	x->adapt_mu = eta * a->x / a->horizon / (a->sigma * sqrt(a->horizon));
	x->adapt_lambda = x->lambda * sd;
	x->adapt_gain0 = gain_of(x, v);
}

bool exit_adapt_question(struct exit *x, const struct exec_view *v, struct solve_in *out)
{
	bool wants = (x->adapt == ADAPT_ASKS || x->adapt == ADAPT_FIRST) && !x->has_policy;
	if (!wants || x->state == XS_DONE ||
	    (x->adapt_asked_ns && v->now_ns - x->adapt_asked_ns < ASK_EVERY_S * SEC_NS))
		return false;
	memset(out, 0, sizeof *out);
	out->exit = x->id;
	out->plan = x->plan_n;
	out->adapt = (struct adaptive_in){x->adapt_mu, x->adapt_lambda, x->adapt_of};
	out->adapt_from = x->adapt_from;
	out->adapt_left = x->adapt_left;
	out->adapt_spent = x->adapt_spent;
	out->adapt_kappa = x->adapt_kappa;
	x->adapt_asked_ns = v->now_ns;
	return true;
}

bool exit_adapt_answer(struct exit *x, const struct solve_out *a)
{
	if (!a->adapted)
		return false;
	if (!a->ok) {
		x->adapt = ADAPT_NONE; /* the static optimum is all there is */
		exit_touch(x, 0);
	} else if (a->policy.update == x->adapt_from + 1u && x->adapt != ADAPT_DONE) {
		x->policy = a->policy;
		adaptive_keep(&x->policy); /* no exit burns what it has gained */
		x->policy_first = a->policy_first;
		x->has_policy = true;
	}
	return true;
}

void exit_adapt(struct exit *x, const struct exec_view *v, struct exec_out *o)
{
	double rest_s = ((double)x->plan_horizon_ms - (double)x->clock_ns / 1e6) / 1000;
	if (!x->has_policy || x->in_danger || !v->position_known || view_blind(v) || x->next == 0 ||
	    x->next >= x->plan.n)
		return;
	x->adapt_gain = (gain_of(x, v) - x->adapt_gain0) / x->adapt_sd;
	if (x->adapt == ADAPT_ASKS) {
		x->adapt = ADAPT_FIRST;
		x->adapt_kappa = x->policy_first;
		exit_steer(x, v, o, x->adapt_kappa / x->adapt_s, REPLAN_ADAPT);
	} else if (rest_s <= x->adapt_s * (x->adapt_of - x->adapt_from) / (x->adapt_of + 1)) {
		x->adapt_kappa = adaptive_kappa(&x->policy, x->adapt_gain);
		x->adapt_left = fmin(qty_to_double(exit_left(x)) / x->adapt_x, 1);
		x->adapt_spent = x->policy.spent;
		x->adapt = ++x->adapt_from < x->adapt_of ? ADAPT_FIRST : ADAPT_DONE;
		x->has_policy = false;
		x->adapt_asked_ns = 0;
		exit_steer(x, v, o, x->adapt_kappa / x->adapt_s, REPLAN_ADAPT);
	} else {
		return;
	}
	exit_touch(x, 0);
}
