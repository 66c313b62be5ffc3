/* plan.h: schedules of an exit and what they are expected to cost. Pure; doubles inside, sizes
 * leave through core/dec quantisers rounded down to the lot, the exact remainder in the last slice.
 *
 * Costs here are positive USD (a loss); struct snap_cost has them negative. Every cost says how
 * much of it rests on a book under 3 s (young), on an older one (old) or on a model.
 *
 * Urgency u in 0..1 means kappa~ T = 3u/(1-u), at most 4 per slot: u = 0 is TWAP, u = 0.5 the
 * example of Almgren and Chriss (kappa T = 3), u = 1 sells nearly all in the first slot. The risk
 * aversion behind it is lambda = eta~ (kappa~/sigma)^2 and is reported. So the shape of a schedule
 * depends on (size, horizon, slots, urgency, seed, jitter) alone, and can be made again from the
 * ticket. */
#ifndef EXEUNT_PLAN_PLAN_H
#define EXEUNT_PLAN_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "core/algo.h"
#include "core/book.h"
#include "core/cmd.h"
#include "core/estimate.h"
#include "core/instr.h"
#include "core/season.h"
#include "limits.h"
#include "plan/danger.h"

#define PLAN_SQRT_Y 0.7 /* Y of the square-root law until one is fitted (quant 2.5) */

enum plan_source { SRC_YOUNG, SRC_OLD, SRC_MODEL, SRC_COUNT };

/* The longest schedule: beyond a week it is a trade. */
#define HORIZON_MAX_MS (INT64_C(7) * 86400000)

/* USD per coin, seconds. */
struct impact {
	double eta;	   /* temporary: USD/coin per coin/s */
	double gamma;	   /* permanent: USD/coin per coin */
	double epsilon;	   /* half spread */
	double slope;	   /* of the visible book: USD/coin per coin, marginal */
	double refill_s;   /* depth returns in */
	double depth_10bp; /* coins within 10 bp of the mid, our side of the book */
	double reach_bp;   /* how far the visible book goes */
	uint8_t eta_src, gamma_src, epsilon_src; /* enum plan_source */
};

/* What the book is mostly (core/estimate.h): a thin or a wide one is in part a mood, gone by the
 * time an order is there. 0: not known yet, then the book is taken as it is. */
struct plan_usual {
	double depth, depth_sd;	  /* coins in the levels told, one side */
	double spread, spread_sd; /* relative */
};
/* A prior is nobody's mood: only what was measured here counts. */
void plan_usual_of(struct plan_usual *out, const struct estimate est[EST_KINDS]);

struct plan_problem {
	const struct instr *instr; /* lot, tick, minimum; never NULL */
	const struct book *book;   /* NULL: none, then all is model */
	const struct book *deep;   /* aggregated, used where `book` is too short; NULL: none */
	int64_t book_age_ns;
	enum side side;		/* of our orders */
	struct qty size;	/* to trade, > 0 */
	struct qty position;	/* signed, now */
	struct price mark, mid; /* mid 0: from the book, else the mark */
	double sigma_year;	/* honest volatility, 1.0 = 100 %: of the danger */
	double sigma_cost;	/* before its 1.4: of the cost's sd; 0: sigma_year */
	double volume_s;	/* coins traded per second of late; 0 unknown */
	double sqrt_y;		/* Y of the square-root law (core/estimate.h); 0: the prior, 0.7 */
	double fee_taker, fee_maker;
	double funding_hour;  /* rate of this hour: positive, longs pay */
	double maker_share;   /* <= 0: prior by placement, 0 where no child may rest */
	double liq;	      /* the venue's liquidation price of the position; 0: none */
	struct impact impact; /* eta 0: plan_impact is called */
	struct plan_usual usual;
	int64_t now_ms;	      /* wall clock */
	int64_t horizon_ms;   /* 0: sweep */
	uint32_t slots;	      /* 0: chosen, 20-60 s each */
	double urgency;	      /* of urgent algorithms (core/algo.h) */
	struct season season; /* ALGO_VWAP: the day's volume, all 0: flat */
	double cap;	      /* participation, 0: 10 % */
	uint8_t algo, place;  /* enum algo, enum placement */
	uint64_t seed;	      /* with jitter > 0 */
	double jitter;	      /* share of size and slot, 0: none */
	struct plan_account account;
};

struct plan_cost { /* USD, positive is a loss */
	double spread, impact, fees, funding, total;
	double bp;		 /* of the notional at the mid */
	double share[SRC_COUNT]; /* of |total|, sums to 1 */
};

struct plan_slice {
	int64_t at_ms;	     /* since the start */
	struct qty qty;	     /* > 0 */
	struct qty left;     /* of the ticket, after it */
	struct qty position; /* signed, after it */
	bool has_liq;
	double liq;	     /* the venue's liquidation price after it, marks unchanged */
	double margin_freed; /* USD so far */
};

struct plan {
	uint8_t algo;
	uint32_t n;
	int64_t spacing_ms; /* of the slots, before jitter */
	int64_t horizon_ms; /* of the last slice's slot end; over the asked one when held back */
	int64_t end_ms;	    /* wall */
	struct qty total;   /* sum of the slices == problem.size */
	struct plan_cost cost;
	double variance, sd;  /* USD^2, USD */
	double bad_1in20;     /* cost.total + 1.645 sd */
	double lambda, kappa; /* of urgent algorithms; per second */
	bool has_volume;
	double volume_share; /* of the volume expected until its end */
	double asked_share;  /* the same until the asked end: over the cap it is held back */
	bool held_back;	     /* by the volume cap: slices are what it will let run */
	double jitter_cost;  /* USD of the randomness: impact and risk at lambda (jitter.h) */
	bool has_danger;
	double danger, danger_hold; /* before it is done; doing nothing for the same time */
	struct plan_slice at[SLICES_MAX];
};

/* What a schedule along the day's volume has to say of itself while no day was heard. */
static inline bool plan_flat(const struct plan_problem *p)
{
	return p->algo == ALGO_VWAP && !season_known(&p->season);
}

/* Impact from the book, the volume and the volatility. Uses impact already set (eta > 0) as own
 * fills' knowledge. */
void plan_impact(const struct plan_problem *p, struct impact *out);

/* Dispatches on p->algo. False with the rule and value named: no size, no mark, below the venue's
 * minimum, too long, venue TWAP limits. */
bool plan_make(const struct plan_problem *p, struct plan *out, struct err *e);

/* The seed of an exit's schedule when it has been tuned so many times: a new schedule is a new
 * draw. The ticket plans with 0, so that what it shows is what runs. */
static inline uint64_t plan_seed(uint64_t seed, uint32_t tunes)
{
	return seed + UINT64_C(0x9e3779b97f4a7c15) * (tunes + 1u);
}

/* The sizes and times alone: what a running exit follows. Deterministic in its arguments on every
 * machine that agrees on IEEE doubles. at_ms and qty have room for SLICES_MAX; returns n, 0 when
 * the size is no lot. min_child: least size of a child (25 USD), min_last: of the last (20 USD). */
struct schedule_in {
	const struct instr *instr;
	uint8_t algo;
	struct qty size;
	int64_t horizon_ms;
	uint32_t slots;
	double urgency, jitter;
	uint64_t seed;
	struct price mark;    /* for the minimum sizes; the arrival mark */
	int64_t from_ms;      /* ALGO_VWAP: wall clock of the first slot ... */
	struct season season; /* ... and the day's volume */
};
struct schedule {
	uint32_t n;
	int64_t spacing_ms;
	int64_t at_ms[SLICES_MAX];
	struct qty qty[SLICES_MAX];
};
void plan_schedule(const struct schedule_in *in, struct schedule *out);
/* Slots for a horizon: 20 to 60 s each (short exits finer, at least 5 s), at most SLICES_MAX. */
uint32_t plan_slots(int64_t horizon_ms, const struct instr *i, struct qty size, struct price mark);

/* The fill model: part of a size that is filled at rest, by placement. */
double plan_maker_share(uint8_t place);
/* Passive orders only where the distance allows (operations.md 8): over 3 % and over four
 * deviations of the price in a slot, else children cross. plan_distance: relative, the nearer of
 * liquidation by the venue's price and the fall in which the pool dies, with x of the x0 coins left
 * (signed) and `spent` USD; liq: the venue's own for x0, 0 none. slot_sigma: relative, honest. */
double plan_distance(const struct plan_account *a, double x0, double x, double mark, double liq,
		     double spent);
bool plan_may_rest(double distance, double slot_sigma);

/* How many of the slices that are due may be unfilled while all goes as planned: more are in at
 * most 1 of 20 moments. Orders that cross at the end of their slot: the one at work. Orders that
 * only rest are filled in a slot with plan_maker_share(PLACE_POST_CROSS), somewhere in it, and go
 * on into the next with all that is owed. */
uint32_t plan_late_slices(uint8_t place);

/* What taking `q` at once costs now (plan/cost.h): the walk of the book, beyond it the square-root
 * tail, fees. Where the book ends the model begins: at price `ends`, after `book_size` coins. */
struct plan_meter {
	struct plan_cost cost;
	double avg, worst; /* prices */
	bool beyond;	   /* the visible book was not enough */
	double visible;	   /* share of q the book holds */
	uint32_t levels;   /* consumed; those of the aggregated book are wider */
	double book_size;  /* coins that are seen on the side we hit */
	double ends;	   /* price of the last level seen; 0: no book */
	double tail;	   /* USD of cost.impact that are model */
	double deep, wide; /* levels and spread, in units of what is usual; 0: not known */
	double mood_sd;	   /* USD: cost.spread and .impact rest on what is usual so doubtfully */
};
void plan_meter(const struct plan_problem *p, struct qty q, struct plan_meter *out);

/* Cost against risk: n points of urgency 0..1 (closed form), the last near sweep. Returns the
 * number written. */
struct frontier_point {
	double urgency, lambda, cost, sd, t95_s, danger;
	bool has_danger;
};
uint32_t plan_frontier(const struct plan_problem *p, struct frontier_point *out, uint32_t n);
/* The same of urgency 0..top. */
uint32_t plan_frontier_to(const struct plan_problem *p, double top, struct frontier_point *out,
			  uint32_t n);

/* The five ways of the ticket. */
enum way { WAY_SWEEP, WAY_FAST, WAY_BALANCED, WAY_PATIENT, WAY_DEADLINE, WAYS };
struct plan_way {
	bool ok;
	char reason[96]; /* when !ok */
	uint8_t algo;
	int64_t horizon_ms, end_ms;
	double urgency;
	struct plan_cost cost;
	double sd, bad_1in20;
	bool has_volume;     /* false for the sweep: "the book" */
	double volume_share; /* until end_ms */
	bool held_back;	     /* by the volume cap: the end is later than asked */
	bool has_danger;
	double danger;
	bool has_dies;
	double dies_pct; /* BTC %, afterwards */
};
extern const char *const plan_way_name[WAYS];
/* p: size, market and account; its horizon_ms, algo and urgency are those of WAY_DEADLINE.
 * key_until_ms: no schedule may end after the signing key (0: no expiry). At or under maintenance
 * only the sweep is offered: no schedule can be in time. */
void plan_ways(const struct plan_problem *p, int64_t key_until_ms, struct plan_way out[WAYS]);

/* What the account looks like at 0, 25, 50, 75 and 100 % of the time, marks unchanged. */
enum { PLAN_AFTER = 5 };
struct plan_after {
	int64_t at_ms;	 /* since the start */
	struct qty held; /* signed */
	bool has_liq, has_dies, has_pool;
	double liq, dies_pct, touch10_s, maintenance_pct, free_usd;
};
void plan_after(const struct plan_problem *p, const struct plan *plan,
		struct plan_after out[PLAN_AFTER]);

/* The funding payments that fall into the plan, at each full hour, on all that is still held then
 * (the position, not the ticket alone). Returns how many, at most n. */
struct plan_payment {
	int64_t at_ms; /* wall */
	double coins;  /* held */
	double usd;    /* positive: paid */
};
uint32_t plan_payments(const struct plan_problem *p, const struct plan *plan,
		       struct plan_payment *out, uint32_t n);

/* Text "1 in 26", "under 1 in 500", "1 in 2.7": never more than two digits. */
void plan_odds(char *out, size_t cap, double probability);

#endif
