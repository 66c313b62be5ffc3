/* fund.h: the funding that falls into an exit, and what it does to its end. It is paid on what is
 * held at each full hour, so an end a little before one pays none of it. `is` weighs that by itself
 * (choose.h); for an end that the operator names the better one beside an hour is told, with what
 * it saves and what it costs. Pure; USD, wall clock. */
#ifndef EXEUNT_PLAN_FUND_H
#define EXEUNT_PLAN_FUND_H

#include "base/buf.h"
#include "plan/plan.h"

/* So long before the hour an exit that dodges it is done: slices are late sometimes. */
#define FUND_MARGIN_MS (INT64_C(60) * 1000)

struct plan_fund {
	int64_t hour_ms;    /* the payment it is about */
	int64_t horizon_ms; /* of the other end */
	bool sooner;
	double saves; /* USD of funding less than now */
	double more;  /* USD of all other cost more; < 0: less */
};
/* The end beside a full hour, within the volume cap and the life of the signing key (0: none),
 * whose plan costs the least; false: none is cheaper by a dollar and by 1 % with no worse 1-in-20
 * outcome. scratch: plans of other ends. */
bool plan_fund(const struct plan_problem *p, const struct plan *plan, int64_t key_until_ms,
	       struct plan *scratch, struct plan_fund *out);
/* What the funding did to an end that `is` chose, not later than latest_ms (0: none): the end it
 * would have chosen without, and what that would pay more. About two milliseconds. */
bool plan_fund_chosen(const struct plan_problem *p, const struct plan *plan, int64_t latest_ms,
		      int64_t key_until_ms, struct plan *scratch, struct plan_fund *out);
/* Either in words; false and nothing: there is nothing to say. */
bool plan_fund_words(const struct plan_problem *p, const struct plan *plan, int64_t latest_ms,
		     int64_t key_until_ms, struct plan *scratch, struct buf *b);

#endif
