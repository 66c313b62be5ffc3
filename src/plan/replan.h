/* replan.h: whether a running exit should change its schedule. Pure: the old schedule of what is
 * left, a new estimate, in; keep or the new one, with the reason, out.
 *
 * A schedule changes only when it must (what is left differs from what the old one expects, the old
 * one breaks the cap or the end) or when it pays: the objective E + lambda V under the new estimate
 * falls by more than `gain` of it. So it does not chatter: noise of the estimates moves the
 * optimum, but near an optimum the objective is flat (tested over random walks of the estimates).
 */
#ifndef EXEUNT_PLAN_REPLAN_H
#define EXEUNT_PLAN_REPLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "plan/ac.h"

enum replan_why {
	REPLAN_KEEP,   /* within the band */
	REPLAN_GAINS,  /* the new one is better by more than the band */
	REPLAN_SIZE,   /* what is left is not what the old one has */
	REPLAN_CAP,    /* the old one sells faster than the cap allows */
	REPLAN_DANGER, /* the chance of liquidation left the limit */
	REPLAN_CANNOT, /* nothing ends in time within the cap: the old one stays, at the cap */
	REPLAN_ADAPT, /* not by replan(): the policy of adaptive.h, at its start and at half time */
	REPLAN_JOINT, /* by what its group needs, plan/legs.h */
	REPLAN_WHYS
};
extern const char *const replan_why_name[REPLAN_WHYS];

struct replan_in {
	struct ac now;	     /* new estimate: x what is left, horizon and n what remains, lambda */
	const double *old;   /* n + 1 holdings of the old schedule from here; old[n] = 0 */
	double gain;	     /* least relative gain of the objective: 0.02 */
	double slack;	     /* relative difference of the size that is no reason: 0.001 */
	double slice_max;    /* the cap in this slot length; 0: none */
	double danger_old;   /* chance of the old schedule; < 0 or no limit: not looked at */
	double danger_limit; /* 0: none */
	double urgency_needed; /* kappa T that meets the limit, if danger_old is above it */
};

struct replan_out {
	enum replan_why why;
	bool changed;
	double objective_old, objective_new; /* under the new estimate */
	double gain;			     /* relative */
	struct ac_result result;	     /* of the schedule given */
};

/* holdings[n + 1]: the old one or the new one; with REPLAN_CANNOT holdings[n] is what is left over.
 * False: numbers that make no sense. */
bool replan(const struct replan_in *in, struct replan_out *out, double *holdings);

#endif
