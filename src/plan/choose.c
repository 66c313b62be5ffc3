/* choose.c: see choose.h.
 *
 * Invariants: (1) what is chosen keeps to the volume cap, or the latest end is too short for it and
 * an even pace is chosen; (2) the choice depends on the problem alone. */
#include <math.h>

#include "base/check.h"
#include "plan/choose.h"
#include "plan/fund.h"
#include "plan/plan_in.h"
#include "plan/solve.h"
#include "base/banned.h"

static const int64_t DAY_MS = 86400000, LEAST_MS = 5000, FIRST_MS = 60000;
static const double CAP = 0.1, LONGER = 1.08, SOONER = 0.998;
static const double ONE_SIDED_95 = 1.6448536269514722; /* 1 in 20 */
enum { POINTS = 33 };

static double rate_of(const struct plan_problem *p)
{
	return (p->cap > 0 ? p->cap : CAP) * p->volume_s;
}

static bool choose_pov(struct plan_problem *p, struct err *e)
{
	double rate = rate_of(p), ms = 1000 * qty_to_double(p->size) / rate;
	if (!(rate > 0) || !isfinite(ms))
		return err_set(e, ERR_TIME,
			       "no volume is known yet to take a share of: wait for the tape, or "
			       "give an end, as in --algo twap --for 30m");
	if (ms > (double)DAY_MS)
		return err_set(e, ERR_RULE,
			       "at %.3g %% of the volume this takes %.0f h: an exit of more than a "
			       "day has its end typed (--algo twap --for), or a larger --cap",
			       100 * rate / p->volume_s, ms / 3600000);
	p->horizon_ms = ms > (double)LEAST_MS ? (int64_t)ms : LEAST_MS;
	return true;
}

/* The best of one end, up to the urgency that the cap allows. False: no schedule of it. */
static bool best_of(const struct plan_problem *p, double *urgency, double *bad)
{
	struct frontier_point f[POINTS];
	uint32_t slots = plan_slots(p->horizon_ms, p->instr, p->size, p->mark);
	double cap = plan_cap_kt(qty_to_double(p->size), (double)p->horizon_ms / 1000, slots,
				 rate_of(p));
	double top = cap < 0 ? 0 : isfinite(cap) ? plan_urgency_of(cap, slots) : 1;
	uint32_t n = plan_frontier_to(p, top, f, POINTS);
	*bad = INFINITY;
	for (uint32_t i = 0; i < n; i++) {
		double b = f[i].cost + ONE_SIDED_95 * f[i].sd;
		if (b < *bad)
			*bad = b, *urgency = f[i].urgency;
	}
	return isfinite(*bad);
}

/* The next end that is looked at, after one in ms: 8 % longer, or a little before or after a full
 * hour if that is sooner, where what funding makes of an end jumps. */
static int64_t next_end(const struct plan_problem *p, int64_t ms)
{
	const int64_t hour_ms = 3600000;
	int64_t longer = (int64_t)((double)ms * LONGER), base = p->now_ms + ms;
	int64_t hour = (base - FUND_MARGIN_MS) / hour_ms * hour_ms + hour_ms;
	int64_t edge = hour + (base < hour - FUND_MARGIN_MS ? -FUND_MARGIN_MS : FUND_MARGIN_MS);
	return p->funding_hour != 0 && edge - p->now_ms < longer ? edge - p->now_ms : longer;
}

static bool choose_is(struct plan_problem *p, int64_t last_ms, struct err *e)
{
	double rate = rate_of(p), least = INFINITY;
	int64_t fits = rate > 0 ? (int64_t)ceil(1000 * qty_to_double(p->size) / rate) : 0;
	struct plan_problem q = *p, best = *p;
	q.algo = ALGO_AC;
	q.horizon_ms = fits > FIRST_MS ? fits : FIRST_MS;
	for (bool more = true; more; q.horizon_ms = next_end(p, q.horizon_ms)) {
		double urgency = 0, bad;
		if (q.horizon_ms >= last_ms)
			q.horizon_ms = last_ms, more = false;
		if (!best_of(&q, &urgency, &bad))
			return err_set(e, ERR_RULE, "no size, mark or book: nothing to plan with");
		if (bad < least * SOONER) /* of the same worth: the sooner */
			least = bad, best.horizon_ms = q.horizon_ms, best.urgency = urgency;
	}
	p->horizon_ms = best.horizon_ms;
	p->urgency = best.urgency;
	return true;
}

bool plan_choose(struct plan_problem *p, int64_t key_until_ms, struct err *e)
{
	int64_t key = key_until_ms ? key_until_ms - p->now_ms : INT64_MAX;
	if (p->algo == ALGO_POV && !choose_pov(p, e))
		return false;
	if (p->algo == ALGO_POV && p->horizon_ms > key)
		return err_set(e, ERR_RULE,
			       "at its share of the volume it would end %lld min after the signing "
			       "key: no exit may outlive it; a larger --cap, or a new key",
			       (long long)((p->horizon_ms - key) / 60000));
	if (p->algo != ALGO_IS)
		return true;
	int64_t last = p->horizon_ms > 0 ? p->horizon_ms : DAY_MS;
	if (key < LEAST_MS)
		return err_set(
			e, ERR_RULE,
			"the signing key ends before any schedule does: sweep, or a new key");
	return choose_is(p, last < key ? last : key, e);
}
