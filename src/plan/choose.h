/* choose.h: what an algorithm chooses by itself, before a schedule is made: `pov` its end, by the
 * volume that is expected; `is` (implementation shortfall) end and urgency, so that the 1-in-20
 * outcome (cost + 1.645 sd, plan.h, funding in it) is the least within the volume cap. Pure, no
 * allocation, about two milliseconds; units as in plan.h. */
#ifndef EXEUNT_PLAN_CHOOSE_H
#define EXEUNT_PLAN_CHOOSE_H

#include "plan/plan.h"

/* In and out: p->horizon_ms, p->urgency. An end given is the latest for `is`. Other algorithms are
 * left as they are. key_until_ms: no exit outlives the signing key (0: none). False, by name: no
 * volume is known to follow; more than a day, which has to be typed; a key that ends before. */
bool plan_choose(struct plan_problem *p, int64_t key_until_ms, struct err *e);

#endif
