/* legs.h: one exit per leg of a pool, paced together. The joint optimum of multi.h needs its own
 * holdings for every leg; a running exit (exec/exit.h) knows one shape, the sinh of an urgency. So
 * each leg is given the urgency with which the legs *together* come nearest to the optimum: the
 * ticket holds it already, a restart, a tune and the danger limit go on as for any exit, and no
 * leg can grow or change side on the way. What that costs against the optimum is `regret`.
 *
 * Covariance: leg i moves by beta_i times BTC and by something of its own, so that its volatility
 * is the one handed in. Betas are floored (core/pool.h) and may say more than the whole volatility:
 * what is common is then cut to LEGS_COMMON_MAX of the variance. Without overshoot a hedged pair
 * can at best be sold evenly; the optimum may keep one leg back or turn it over: see `overshoots`.
 *
 * Units: coins, USD, seconds. Pure, no allocation. Without a limit under 5 ms for 20 legs, with one
 * some thirty times that: for a shell or a worker, never for the engine's thread. */
#ifndef EXEUNT_PLAN_LEGS_H
#define EXEUNT_PLAN_LEGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "limits.h"
#include "plan/multi.h"

enum { LEGS_SLOTS = 60 };

struct leg {
	char coin[COIN_MAX]; /* for the words of refusals */
	double x;	     /* signed coins, all of them to be sold */
	double sigma_s;	     /* USD a coin per square-root second, honest */
	double beta_s;	     /* beta x mark x volatility of BTC: the same unit, what is common */
	double eta, gamma, epsilon; /* as in struct plan_numbers, eta at horizon / slots */
	double rate_max;	    /* coins a second within the participation cap, 0: none */
	bool apart;	/* not of the pool below: its own margin, and its own exit's danger */
	uint32_t slots; /* of its own exit, for its urgency; 0: those of the model */
	bool held;	/* stays as it is: paused, or of the pool and nobody sells it */
	double end_s;	/* running: when its own schedule ends, up to the horizon; 0: that */
};

struct legs_in {
	uint32_t n, slots; /* legs; slots of the model */
	double horizon_s;
	double lambda;	 /* risk aversion, 1/USD; with a limit: the least that is looked at */
	double limit;	 /* chance of liquidation accepted, 0: none */
	double urgency;	 /* not 0: lambda is that at which the most urgent leg alone has this */
	bool has_pool;	 /* the next is known, and legs not apart are all that the pool holds */
	double distance; /* equity less maintenance now, USD */
	bool running;	 /* the legs run already, by these; the optimum is not asked for */
	double kappa_now[MULTI_LEGS]; /* kappa T to its own end */
	struct leg leg[MULTI_LEGS];
};

struct legs_sum {
	double cost, sd; /* USD; sd by what each slot begins with */
	double chance;	 /* of the pool's liquidation before all is sold, closed-form bound; 0
			  * when the pool is not known */
	double utility;	 /* temporary impact + lambda variance: what multi.h makes least, and what
			  * regret is measured in */
};

struct legs_out {
	double lambda;		      /* in use */
	double kappa_t[MULTI_LEGS];   /* exact, of the model's slots until its own end */
	double urgency[MULTI_LEGS];   /* for the ticket */
	double alone_t[MULTI_LEGS];   /* kappa T of the leg by itself, the others forgotten */
	bool capped[MULTI_LEGS];      /* the participation cap holds it back */
	bool too_short[MULTI_LEGS];   /* not even an even pace ends within the cap */
	struct legs_sum joint, alone; /* as the exits will run it; each leg by itself */
	struct legs_sum now;	      /* running: as they run */
	double gain;		      /* running: part of its utility that `joint` saves; >= 0 */
	struct legs_sum best;	      /* the optimum of multi.h, which no cap holds back */
	bool overshoots;	      /* the optimum turns a leg over, or lets it grow */
	double regret;		      /* (joint - best) / best, of utility; >= 0 */
	bool kept;		      /* chance <= limit, or no limit asked for */
};

#define LEGS_COMMON_MAX 0.98

struct legs_work { /* the caller's, about 300 kB */
	struct multi m;
	struct multi_out best;
	double g[MULTI_LEGS][LEGS_SLOTS + 1]; /* share left */
};

/* False, by name of the leg: what is no number or not positive, a name twice, impact that admits no
 * schedule; counts; a limit without a known pool, or a pool at its maintenance. */
bool legs_solve(const struct legs_in *in, struct legs_work *w, struct legs_out *out, struct err *e);

#endif
