/* outlook.h: the danger meter of a plan: at once in closed form (plan_risk), and on the absorbing
 * grid (plan_chance, plan_within) for a worker's thread: a grid is about 2.5 ms of processor time,
 * a search some twenty to sixty of them. Pure; the caller's memory.
 *
 * The volatility is the honest one of the problem (x 1.4: the fat-tail multiplier of operations.md
 * 4). A chance by horizon is of doing nothing, checked by the venue every 3 s with its marks
 * (Broadie, Glasserman and Kou's shift of the barrier). */
#ifndef EXEUNT_PLAN_OUTLOOK_H
#define EXEUNT_PLAN_OUTLOOK_H

#include "plan/grid.h"
#include "plan/plan.h"

enum { RISK_TIMES = 4 };
extern const double plan_risk_times_s[RISK_TIMES]; /* 5 min, 15 min, 1 h, 4 h */

struct plan_risk {
	bool known; /* false: the account's reason says why */
	bool has_liq;
	double liq;	/* the venue's price of this position, others still */
	double liq_pct; /* of the mark, signed */
	bool has_gap;
	double gap_pct;	     /* instant common move of BTC at which the pool dies, signed */
	double distance_usd; /* equity over maintenance */
	bool has_sigmas;
	double sigmas; /* distance over the sd of the pool's equity while this plan runs */
	double p_hold[RISK_TIMES];
	double lgd; /* USD lost if it happened now, by the venue's rules */
};
void plan_risk(const struct plan_problem *p, const struct plan *plan, struct plan_risk *out);

struct plan_chance {
	double p;      /* liquidated before the plan is done */
	double p_hold; /* doing nothing for the same time */
	double loss;   /* USD expected of it: p times lgd */
	double lgd;    /* USD lost when it happens on the way */
};
/* False, with the reason: the account is not known, the plan is one moment, or not a number. */
bool plan_chance(const struct plan_problem *p, const struct plan *plan, struct grid_work *w,
		 struct plan_chance *out, struct err *e);

/* "At most this chance": the urgency of the cheapest schedule of the problem's size and horizon
 * that keeps it, within the participation cap. When none does: the block that, sold at once, lets
 * the rest keep it. */
struct plan_limit {
	uint8_t kind;	   /* enum urgency_kind */
	double urgency;	   /* of the schedule, of the rest for URGENCY_BLOCK */
	struct qty block;  /* lots up; 0 for URGENCY_MET */
	double block_cost; /* USD */
	bool cap_forbids;  /* the volume cap alone: not even an even pace ends in time under it */
	double cap_s;	   /* the whole size at the cap takes so long; 0: no cap, no volume known */
	double p;	   /* of the schedule as it would run, jitter and all, for URGENCY_MET */
	double p_hold;
};
bool plan_within(const struct plan_problem *p, double eps, struct grid_work *w,
		 struct plan *scratch, struct plan_limit *out, struct err *e);

/* The pool is at or under its maintenance: no schedule can be in time. */
bool plan_below(const struct plan_account *a);

#endif
