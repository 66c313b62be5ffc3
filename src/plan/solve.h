/* solve.h: what a running exit, or a ticket, asks of the planner that runs beside the engine, and
 * the answer; the model of a schedule in numbers; a plan from a danger limit alone. Plain data,
 * pure, no allocation. Coins, seconds, USD; doubles only.
 *
 * plan_solve takes one grid (grid.h, about 2.5 ms), with `search` some twenty to sixty more: never
 * in the engine's thread. Everything else here is closed form. */
#ifndef EXEUNT_PLAN_SOLVE_H
#define EXEUNT_PLAN_SOLVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "plan/adaptive.h"
#include "plan/grid.h"
#include "plan/legs.h"
#include "plan/plan.h"

enum { SOLVE_SLOTS = 60 };

struct solve_in {
	uint32_t exit, plan;	     /* given back in the answer: of which exit, which schedule */
	struct plan_account account; /* now */
	double mark, sigma_year;
	/* the schedule as it stands: signed coins held during each of n slots of tau_s */
	uint32_t n;
	double tau_s, held[SOLVE_SLOTS];
	double eta, epsilon, slope; /* as in urgency_in; eta at the slots of the search */
	/* the search: the least urgency that keeps the chance of liquidation under `limit` */
	bool search;
	double limit, size, horizon_s;
	double rate_max; /* coins a second within the participation cap, 0 none */
	uint32_t slots;
	/* adapt.updates not 0: the policy of adaptive.h in its units is asked for, about 0.1 s, and
	 * nothing else: where it stood at update adapt_from, adapt_kappa not used at the start */
	struct adaptive_in adapt;
	uint32_t adapt_from;
	double adapt_left, adapt_spent, adapt_kappa;
	/* legs.n not 0: how a group goes on, legs.h, and nothing else; `exit` is then its name. Of
	 * each leg the exit and its schedule, given back; exit 0: it is only held */
	struct legs_in legs;
	uint32_t leg_exit[MULTI_LEGS], leg_plan[MULTI_LEGS];
};

struct solve_out {
	uint32_t exit, plan;
	bool ok; /* false: `why` says what makes no sense; nothing else is set */
	char why[120];
	double p;	  /* chance before it is done, on the grid, of the schedule as it stands */
	double p_bound;	  /* its closed-form bound */
	double loss, lgd; /* USD expected; when it happens */
	bool searched;
	uint8_t kind;	    /* enum urgency_kind */
	double kappa_t;	    /* exact kappa T of the schedule found, of the rest after `block` */
	double kappa_t_max; /* what the cap allows; < 0: not even an even pace ends in time */
	double block, block_cost;
	double p_new, p_hold;	     /* of what is proposed; of selling nothing for the same time */
	bool adapted;		     /* an answer to `adapt`; not ok: nothing to adapt to */
	double policy_first;	     /* kappa of the start */
	struct adaptive_step policy; /* of the next update */
	uint32_t n_legs;
	uint32_t leg_exit[MULTI_LEGS], leg_plan[MULTI_LEGS];
	double leg_kappa[MULTI_LEGS]; /* per second, exact */
	double legs_gain;	      /* part of the utility of the schedules as they run */
	bool legs_chance;	      /* the next two are told: of the pool, by the bound */
	double chance_now, chance_new;
};

union solve_work { /* the caller's, about 1 MB */
	struct grid_work grid;
	struct legs_work legs;
	struct adaptive_work adaptive;
};
/* Any question; plan_solve is of those of one exit. */
void plan_answer(const struct solve_in *in, union solve_work *w, struct solve_out *out);

void plan_solve(const struct solve_in *in, struct grid_work *w, struct solve_out *out);

/* Largest exact kappa T whose first slice of n keeps to rate_max; INFINITY without a cap, < 0 when
 * not even an even pace does. */
double plan_cap_kt(double size, double horizon_s, uint32_t n, double rate_max);

/* Urgency (plan.h) and exact kappa T of n slots, both ways. */
double plan_urgency_of(double kappa_t, uint32_t n);
double plan_kappa_t_of(double urgency, uint32_t n);

/* A chance as it may be written down: none below 1 in 500 (operations.md 4). */
static inline double plan_shown(double p)
{
	return p < 0.002 ? 0.002 : p;
}

/* The numbers a schedule with slots of tau_s is judged by. */
struct plan_numbers {
	double size, mark, mid, sigma_s; /* coins, USD, USD per square-root second */
	double eta, gamma;		 /* at that tau */
	double epsilon;			 /* half spread and fee, USD a coin */
	double slope;
};
/* False: no mark, no size. */
bool plan_numbers(const struct plan_problem *p, double tau_s, struct plan_numbers *out);

/* A schedule for somebody who names a danger limit and nothing else: with an end given (horizon_ms
 * > 0) the least urgency, else the one of fast, balanced and patient that keeps the limit at the
 * least 1-in-20 outcome, within the volume cap and the life of the signing key (0: none). By the
 * closed-form bound, so it is safe and a little too fast; the grid refines it. */
struct danger_plan {
	int64_t horizon_ms;
	double urgency;
	bool kept;     /* false: no schedule within the cap keeps it; this one is nearest */
	bool in_cap;   /* false: the horizon is too short even at an even pace */
	double danger; /* the bound of it; with an unknown account 0 and kept */
};
bool plan_by_danger(const struct plan_problem *p, double limit, int64_t key_until_ms,
		    struct danger_plan *out, struct err *e);

/* The volume cap moves the end of a plan: from when to when, and the least cap in whole percent, up
 * to the hard one, that keeps the end asked for. */
#define PLAN_CAP_HARD 0.25
struct plan_held {
	double cap;
	int64_t asked_ms, end_ms; /* wall */
	double keeps;		  /* cap that keeps it; 0: none that is allowed */
	int64_t hard_end_ms;	  /* wall: at the hard cap */
};
/* False: the plan ends as it was asked to. scratch: plans of other caps. */
bool plan_held(const struct plan_problem *p, const struct plan *plan, struct plan *scratch,
	       struct plan_held *out);
/* The same in words: "the cap of 10 % of the volume holds it back: done about ...". */
bool plan_held_words(const struct plan_problem *p, const struct plan *plan, struct plan *scratch,
		     struct buf *b);

/* No exit outlives the signing key (0: it has no end), also not by what the volume cap makes of its
 * end. False: says so, and the cap that keeps the end if one does. */
bool plan_in_key(const struct plan_problem *p, const struct plan *plan, int64_t key_until_ms,
		 struct plan *scratch, struct err *e);

/* Names what makes a schedule meaningless, and what to change: a volatility or a price that is no
 * number, an absurd horizon, a book that is crossed, stale or empty on a side, a pool below its
 * maintenance. */
bool plan_sane(const struct plan_problem *p, struct err *e);

#endif
