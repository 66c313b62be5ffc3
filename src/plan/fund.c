/* fund.c: see fund.h. */
#include <math.h>

#include "plan/choose.h"
#include "plan/fund.h"
#include "base/banned.h"

static const int64_t HOUR_MS = 3600000, MIN_MS = 60000;
static const double LEAST_USD = 1, LEAST_PART = 0.01;
enum { HOURS_TRIED = 6 }; /* plans made for an answer: it is asked for each frame of a ticket */

static bool worth(double saved, const struct plan *plan)
{
	return saved >= LEAST_USD && saved >= LEAST_PART * fabs(plan->cost.total);
}

static bool try_end(const struct plan_problem *p, const struct plan *plan, int64_t hour_ms,
		    int64_t end_ms, int64_t key_until_ms, struct plan *scratch,
		    struct plan_fund *best)
{
	struct plan_problem q = *p;
	struct err e = {0};
	q.horizon_ms = end_ms - p->now_ms;
	if (q.horizon_ms < MIN_MS || (key_until_ms && end_ms > key_until_ms) ||
	    q.horizon_ms > HORIZON_MAX_MS || !plan_make(&q, scratch, &e))
		return false;
	if (scratch->horizon_ms - q.horizon_ms >= 1000) /* the volume cap moves that end */
		return false;
	double saved = plan->cost.total - scratch->cost.total;
	double funding = plan->cost.funding - scratch->cost.funding;
	if (!worth(saved, plan) || !(funding > 0) || scratch->bad_1in20 > plan->bad_1in20 ||
	    saved <= best->saves - best->more)
		return false;
	*best = (struct plan_fund){.hour_ms = hour_ms,
				   .horizon_ms = q.horizon_ms,
				   .sooner = q.horizon_ms < p->horizon_ms,
				   .saves = funding,
				   .more = funding - saved};
	return true;
}

bool plan_fund(const struct plan_problem *p, const struct plan *plan, int64_t key_until_ms,
	       struct plan *scratch, struct plan_fund *out)
{
	struct plan_fund best = {0};
	bool any = false;
	int64_t first = (p->now_ms / HOUR_MS + 1) * HOUR_MS, n;
	if (p->algo == ALGO_POV || p->algo == ALGO_SWEEP || p->algo == ALGO_VENUE_TWAP ||
	    p->horizon_ms <= 0 || p->funding_hour == 0)
		return false;
	n = plan->end_ms >= first ? (plan->end_ms - first) / HOUR_MS + 1 : 0;
	for (int64_t i = 0; i < n && plan->cost.funding > 0; i++) {
		int64_t hour = first + i * HOUR_MS;
		if (i < HOURS_TRIED / 2 || i >= n - HOURS_TRIED / 2)
			any |= try_end(p, plan, hour, hour - FUND_MARGIN_MS, key_until_ms, scratch,
				       &best);
	}
	if (plan->cost.funding <= 0) { /* it is paid to us: the next one too, if that is worth it */
		int64_t hour = first + n * HOUR_MS;
		any = try_end(p, plan, hour, hour + FUND_MARGIN_MS, key_until_ms, scratch, &best);
	}
	if (any)
		*out = best;
	return any;
}

bool plan_fund_chosen(const struct plan_problem *p, const struct plan *plan, int64_t latest_ms,
		      int64_t key_until_ms, struct plan *scratch, struct plan_fund *out)
{
	struct plan_problem q = *p;
	struct err e = {0};
	if (p->algo != ALGO_IS || p->funding_hour == 0)
		return false;
	q.horizon_ms = latest_ms;
	q.funding_hour = 0;
	if (!plan_choose(&q, key_until_ms, &e))
		return false;
	q.funding_hour = p->funding_hour;
	if (fabs((double)(q.horizon_ms - p->horizon_ms)) < (double)MIN_MS ||
	    !plan_make(&q, scratch, &e))
		return false;
	double saves = scratch->cost.funding - plan->cost.funding;
	int64_t later = q.horizon_ms > p->horizon_ms ? q.horizon_ms : p->horizon_ms;
	if (!worth(saves, plan))
		return false;
	*out = (struct plan_fund){.hour_ms = (p->now_ms + later) / HOUR_MS * HOUR_MS,
				  .horizon_ms = q.horizon_ms,
				  .sooner = p->horizon_ms < q.horizon_ms,
				  .saves = saves,
				  .more = plan->cost.total - scratch->cost.total + saves};
	return true;
}

static void put_time(struct buf *b, int64_t wall_ms)
{
	int64_t min = wall_ms / MIN_MS % (24 * 60);
	buf_printf(b, "%02d:%02d", (int)(min / 60), (int)(min % 60));
}

bool plan_fund_words(const struct plan_problem *p, const struct plan *plan, int64_t latest_ms,
		     int64_t key_until_ms, struct plan *scratch, struct buf *b)
{
	struct plan_fund f;
	if (plan_fund_chosen(p, plan, latest_ms, key_until_ms, scratch, &f)) {
		buf_puts(b, f.sooner ? "hurries for funding at " : "waits for funding at ");
		put_time(b, f.hour_ms);
		buf_puts(b, ": without it the end would be ");
		put_time(b, p->now_ms + f.horizon_ms);
		buf_printf(b, ", %.0f USD of it more", f.saves);
		return true;
	}
	if (p->algo == ALGO_IS || !plan_fund(p, plan, key_until_ms, scratch, &f))
		return false;
	buf_puts(b, "done by ");
	put_time(b, p->now_ms + f.horizon_ms);
	buf_printf(b, ", in %lldm, the plan %s %.0f USD %s of the funding at ",
		   (long long)(f.horizon_ms / MIN_MS), f.sooner ? "pays" : "is paid", f.saves,
		   f.sooner ? "less" : "more");
	put_time(b, f.hour_ms);
	if (f.more > 0.5)
		buf_printf(b, ", for %.0f USD of impact", f.more);
	return true;
}
