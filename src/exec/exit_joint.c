/* exit_joint.c: an exit as a leg of its group. The engine asks for all legs at once
 * (engine/groups.c); what comes back is a pace for each. While such an answer is fresh it stands in
 * for the leg's own re-solving, but a limit that is broken, and being ahead of the schedule, remain
 * its own matter (exit_solve.c).
 *
 * Invariants: (1) an answer moves nothing by itself: the leg turns at its next step, within its
 * cap, its danger limit and its own hysteresis of time; (2) the chance of the pool is taken where
 * it is less than what the leg knows alone, because alone it takes its companions as held. */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "core/algo.h"
#include "exec/exit_in.h"

enum { FRESH_S = 8 };

bool exit_joint_fresh(const struct exit *x, const struct exec_view *v)
{
	return x->joint_ns && v->now_ns - x->joint_ns < FRESH_S * SEC_NS;
}

bool exit_as_leg(const struct exit *x, const struct exec_view *v, double horizon_s, struct leg *out,
		 double *kappa, double *rest_s)
{
	const struct plan_account *a = &v->account;
	double mark = price_to_double(v->mark), year = sqrt((double)YEAR_S);
	struct plan_numbers m;
	*rest_s = ((double)x->plan_horizon_ms - (double)x->clock_ns / 1e6) / 1000;
	if (x->state == XS_DONE || x->closing || x->ending || !algo_scheduled(x->algo) ||
	    x->plan_horizon_ms <= 0 || !(*rest_s > 0) || !v->position_known || mark <= 0 ||
	    !(v->sigma_year > 0) ||
	    !exit_numbers(x, v, (int64_t)(horizon_s * 1000), horizon_s / LEGS_SLOTS, &m))
		return false;
	*kappa = exit_kt(x) / ((double)x->plan_horizon_ms / 1000);
	*out = (struct leg){.x = x->buy ? -m.size : m.size,
			    .sigma_s = mark * v->sigma_year / year,
			    .beta_s = a->known ? a->beta * mark * a->btc_sigma / year : 0,
			    .eta = m.eta,
			    .gamma = m.gamma,
			    .epsilon = m.epsilon,
			    .rate_max = x->cap * view_volume_s(v),
			    .held = x->operator_paused};
	memcpy(out->coin, x->coin, sizeof out->coin);
	return true;
}

void exit_joint(struct exit *x, const struct exec_view *v, const struct exit_joint *j)
{
	if (x->state == XS_DONE)
		return;
	x->joint_ns = v->now_ns;
	x->joint_kappa = j->kappa;
	x->joint_turn = j->turn;
	x->joint_n = j->legs;
	x->has_joint_chance = j->has_chance;
	x->joint_chance = j->chance;
	x->look_ns = 0; /* look at once */
}
