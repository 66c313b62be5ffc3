/* replan.c: re-solve with hysteresis. See replan.h.
 *
 * Invariants: (1) holdings[0] = x, holdings[n] = 0 but for CANNOT, no slice negative; (2) the
 * schedule given is never worse than the old one by the objective it is judged by, but where it
 * must change; (3) time consistency: with the same estimate the answer is KEEP. */
#include <math.h>

#include "base/check.h"
#include "plan/replan.h"
#include "plan/sane.h"
#include "base/banned.h"

const char *const replan_why_name[REPLAN_WHYS] = {
	[REPLAN_KEEP] = "within the band: kept",
	[REPLAN_GAINS] = "better by more than the band",
	[REPLAN_SIZE] = "what is left is not what the schedule has",
	[REPLAN_CAP] = "faster than the cap allows",
	[REPLAN_DANGER] = "the chance of liquidation is above the limit",
	[REPLAN_CANNOT] = "nothing ends in time within the cap: at the cap",
	[REPLAN_JOINT] = "the legs of its group together",
	[REPLAN_ADAPT] = "the gain so far: faster after gains",
};

static double objective(const struct ac *in, const double *x, struct ac_result *r)
{
	ac_evaluate(in, x, &r->cost, &r->variance);
	return r->cost + in->lambda * r->variance;
}

/* TWAP at most at the cap: what can be done when nothing ends in time. */
static void at_cap(const struct replan_in *in, double *x)
{
	double left = in->now.x;
	for (uint32_t k = 0; k <= in->now.n; k++) {
		x[k] = left;
		left = fmax(left - in->slice_max, 0);
	}
}

bool replan(const struct replan_in *in, struct replan_out *out, double *holdings)
{
	struct replan_out r = {0};
	struct ac ac = in->now;
	double old[AC_SLOTS + 1];
	if (ac.n < 1 || ac.n > AC_SLOTS || !(ac.x > 0) || !(ac.lambda >= 0) || !(in->gain >= 0) ||
	    !(in->old[0] > 0))
		return false;
	bool size = fabs(in->old[0] - ac.x) > in->slack * ac.x, cap = false;
	for (uint32_t k = 0; k <= ac.n; k++) { /* the old shape, for what is left now */
		old[k] = in->old[k] / in->old[0] * ac.x;
		if (!sane(in->old[k]) || !sane(old[k]) || in->old[k] < 0)
			return false; /* a holding, never beyond zero */
		if (k && in->slice_max > 0)
			cap |= old[k - 1] - old[k] > in->slice_max * (1 + 1e-9);
	}
	bool danger = in->danger_limit > 0 && in->danger_old > in->danger_limit;
	if (danger && in->urgency_needed > 0)
		ac.lambda = fmax(ac.lambda, ac_lambda(&ac, in->urgency_needed / ac.horizon));
	struct ac_result was, is;
	bool solved = in->slice_max > 0 ? ac_capped(&ac, in->slice_max, &is, holdings)
					: ac_solve(&ac, &is, holdings);
	if (!solved && !(in->slice_max > 0 && in->slice_max * ac.n < ac.x))
		return false;
	r.objective_old = objective(&ac, old, &was);
	if (!solved) {
		at_cap(in, holdings);
		r.why = REPLAN_CANNOT;
		r.changed = true;
		r.objective_new = objective(&ac, holdings, &r.result);
		*out = r;
		return true;
	}
	r.objective_new = objective(&ac, holdings, &is);
	double scale = fabs(r.objective_old);
	r.gain = scale > 0 ? (r.objective_old - r.objective_new) / scale : 0;
	r.why = danger		    ? REPLAN_DANGER
		: size		    ? REPLAN_SIZE
		: cap		    ? REPLAN_CAP
		: r.gain > in->gain ? REPLAN_GAINS
				    : REPLAN_KEEP;
	r.changed = r.why != REPLAN_KEEP;
	r.result = r.changed ? is : was;
	for (uint32_t k = 0; k <= ac.n && !r.changed; k++)
		holdings[k] = old[k];
	*out = r;
	return true;
}
