/* sheet.h: the emergency sheet: GUARD, TRIM, CARE, NOW, ADD over a scope, as numbers.
 *
 * Pure: no clock, no allocation, no text but reasons. Engine (engine/sheetfill.c) and terminal
 * (ui/sheetfill.c) fill struct sheet_in from what each of them holds; the same input gives the same
 * sheet, so what was read on the screen is what the engine computes. The rules and defaults are
 * those of operations.md 3, 4 and 8.
 *
 * Units: USD and coins as doubles for what is drawn; sizes and prices that may become orders are
 * struct qty on the lot (never more than held) and struct price on the venue's grid. Costs are
 * positive USD (a loss), fees in. Distances are a move of BTC in %, signed (-1.2: a fall of 1.2 %
 * kills; +3: a rise), every coin moving its beta (>= 1, <= 5) times as far: exact, with the tier of
 * maintenance that holds at the price reached. */
#ifndef EXEUNT_PLAN_SHEET_H
#define EXEUNT_PLAN_SHEET_H

#include <stdbool.h>
#include <stdint.h>

#include "core/book.h"
#include "core/cmd.h"
#include "core/dec.h"
#include "core/instr.h"
#include "core/order.h"
#include "core/panic.h"
#include "core/pool.h"
#include "limits.h"

enum sheet_verb { SHEET_GUARD, SHEET_TRIM, SHEET_CARE, SHEET_NOW, SHEET_ADD, SHEET_VERBS };

enum {
	SHEET_LEGS = POSITIONS_MAX, /* of all pools in the input together */
	SHEET_POOLS = SNAP_POOLS,
	SHEET_RUNGS = 4,
	SHEET_WHY = 96,
};

/* ---- input ---- */

/* Pointers are borrowed for the call of sheet_make. */
struct sheet_leg_in {
	char coin[COIN_MAX];
	uint16_t instr; /* of the engine; carried through */
	uint8_t account, dex;
	bool wanted;	   /* in the scope of the sheet; the others only stay in their pools */
	bool cannot_trade; /* halted, delisted: named, never holds up another */
	struct qty szi;	   /* signed, the freshest known */
	struct price mark; /* > 0; the venue's own valuation when there is no mark */
	/* The fine book and an aggregated one (NULL: none). `blind`: the fine one is missing or
	 * older than 3 s; it still tells the depth, the price comes from the mark alone. */
	const struct book *book, *deep;
	bool blind;
	int8_t sz_decimals, px_decimals;
	int32_t max_leverage;		 /* of the first tier: from 20 on the tighter ladder */
	const struct margin_tier *tiers; /* n_tiers 0: maintenance from max_leverage */
	uint8_t n_tiers;
	double beta;	   /* pool_beta has been applied */
	double sigma_hour; /* honest volatility of an hour, 0.01 is 1 % */
	double fee;	   /* taker, 0.00045 */
	bool has_liq;
	struct price liq;     /* the venue's own, with the other legs still */
	struct price stop;    /* nearest protective stop, 0 none */
	struct price working; /* of a running exit of this leg, 0 none: no guard fires before it
				 without saying so */
	uint32_t exit;	      /* its number, 0 none */
	struct qty kept;      /* TRIM: the cut of it that was shown before, 0 none */
	uint32_t trim;	      /* a running trim that a further cut goes into, 0 none */
	struct qty cutting;   /* what that one has still to cut: TRIM never says less */
	struct resting rests;
};

struct sheet_pool_in {
	char name[COIN_MAX];
	uint8_t account, dex;
	bool isolated;
	bool has_equity; /* false: `reason`; NOW, CARE and the guard from the venue's own price
			    stay */
	bool est;	 /* equity moved with the marks since the last read */
	char reason[48];
	double equity;	   /* USD, at the marks of the legs */
	uint16_t first, n; /* legs are consecutive */
};

struct sheet_in {
	/* The knobs of the configuration; rung_ms 0: all defaults. By value, the sheet outlives
	 * the snapshot it came from. */
	struct panic_conf panic;
	/* What TRIM and ADD must reach; zero means the default. */
	double shock;	    /* joint move of BTC survived, 0.05 */
	double sigmas;	    /* hours of sigma survived, 3; negative: none asked */
	double step;	    /* cuts are rounded up to this part of the position, 0.05 */
	double sigma_btc;   /* of an hour */
	struct price worst; /* a last price typed by the operator, for a scope of one coin; 0 none.
			       Only NOW and CARE heed it. */
	struct ratio part;  /* NOW and CARE: of each position; 0 or 1: the whole */
	uint32_t n_legs, n_pools;
	uint32_t left_out; /* positions that found no room here: the sheet says so */
	uint32_t unread;   /* and those that the venue told of and nobody could read */
	/* Of coins in scope without a position; zero unless everything is in scope. */
	struct resting apart;
	struct sheet_pool_in pool[SHEET_POOLS];
	struct sheet_leg_in leg[SHEET_LEGS];
};

/* ---- output ---- */

/* What is in danger: one of these for each pool of the input, same index. */
struct sheet_pool {
	bool wanted;	     /* has a leg in scope */
	bool has_equity;     /* false: nothing below is known but notional */
	struct pool_sum sum; /* shares of BTC, exact */
	double equity;
	uint16_t
		order[SHEET_LEGS]; /* indices into in.leg, the most helpful first (n of the pool) */
	uint16_t n, n_no_stop;	   /* n_no_stop: legs without a stop on the safe side */
};

enum sheet_guard {
	SG_NONE,    /* not offered: `why` of the leg */
	SG_PLACE,   /* no stop yet */
	SG_REPAIR,  /* one is there, past the price at which the pool dies */
	SG_IN_PLACE /* one is there, and fires in time: nothing is sent */
};

struct sheet_leg {
	uint16_t leg;  /* index into in.leg */
	uint16_t pool; /* index into in.pool */
	bool buy;
	bool alone;	     /* NOW: goes first, in an action of its own */
	bool hedge;	     /* by itself it would raise |net beta-delta| of its pool */
	bool blind;	     /* priced from the mark */
	bool model;	     /* part of it lies beyond the book that is seen */
	bool never_helps;    /* no price makes closing it alone move the distance away */
	bool before_working; /* GUARD: fires before the working price of exit `exit` */
	uint8_t guard;	     /* enum sheet_guard */
	uint8_t zero_from;   /* first rung held at the price of zero equity; SHEET_RUNGS: none */
	uint8_t fills;	     /* first rung that the book seen fills; SHEET_RUNGS: none */
	uint32_t exit;
	struct qty
		size; /* of the order; on the lot but for a whole position, which is what it is */
	uint32_t orders;       /* that it is sent as, see struct sheet_line */
	double part;	       /* of the position: 0.35 */
	struct price expected; /* average against the book seen and its square-root tail; 0: none */
	/* Limits, as the ladder of exec makes them. TRIM: held at worse_past. CARE: each slice
	 * crosses at rung 1 and beyond. GUARD: [0] is the limit, guard_worst past the trigger. */
	struct price rung[SHEET_RUNGS];
	struct price worst;	 /* the last limit */
	struct price worse_past; /* past it closing this much makes the pool worse; 0: none */
	struct price zero;	 /* at which the pool has nothing left, others still; 0: none */
	struct price trigger;	 /* GUARD */
	struct price dies;	 /* GUARD: the price of this leg it must fire before */
	double cost, cost_worst; /* USD */
	double cost_model;	 /* of cost: from no level that is seen */
	/* TRIM: the next 25 % of the position (or what is left of it): its cost, not the sum. */
	struct qty next;
	double next_cost;
	/* CARE */
	struct qty slice; /* the first */
	uint32_t slices;
	bool about; /* more than planned: an estimate, as takes_s then */
	double takes_s;
	double add;	     /* ADD: USD for an isolated leg */
	char why[SHEET_WHY]; /* what must be said of this leg, "" nothing */
};

/* A pool after the line has been carried out at the expected prices. */
struct sheet_after {
	bool touched;
	bool flat; /* nothing left in it */
	bool has_dies;
	double dies_pct; /* signed, % of BTC */
	double equity, maintenance, net, net_beta, free;
	double add;	 /* ADD: USD that this pool needs, whole dollars up; 0: none */
	bool add_here;	 /* the engine can send it (isolated); else it is the user's to sign */
	double short_by; /* TRIM: USD by which the cushion is still missed; 0: reached */
};

struct sheet_line {
	bool offered;
	char why[SHEET_WHY]; /* when not offered; when offered, what must be said ("" nothing) */
	uint32_t n;	     /* legs of the line, in the order they are sent */
	/* What is sent while the venue answers and what crosses fills: each of a leg's pieces below
	 * the venue's largest order, each slice, each step of a trim of both sides. GUARD: stops.
	 */
	uint32_t orders;
	uint32_t actions; /* signed ones that carry them */
	double takes_s;	  /* 0 at once */
	bool about; /* CARE: more slices than planned; how many, and how long, hangs on the depth of
		       books to come */
	struct resting rests; /* beside its orders, what sending it does to what rests */
	double cost, cost_worst;
	bool worst_is_all;  /* cost_worst is all the equity there is */
	double expected_bp; /* of the notional traded, against the marks; negative is a loss */
	double notional;    /* traded, USD at the marks */
	double model_share; /* of cost, 0..1: from no book that is seen */
	double add;	    /* ADD: USD over all pools */
	/* After it, over the pools in scope. */
	bool flat;	 /* nothing in scope is left */
	bool has_dies;	 /* of the pool nearest to death; false: no common move kills any */
	double dies_pct; /* signed */
	double equity, net, net_beta;
	uint32_t joins;	    /* TRIM: the number of the running trim it goes into; 0 none */
	bool enough;	    /* TRIM, ADD: every pool in scope reaches the cushion */
	bool bounded;	    /* TRIM: `least` says something of every pool that is cut */
	double least;	    /* TRIM: USD, no cut of any size that is enough costs less */
	bool impossible;    /* TRIM: every sale brings liquidation nearer */
	uint16_t worse_leg; /* index into leg[] whose worse_past the sentence names: the largest */
	struct sheet_after pool[SHEET_POOLS]; /* same index as the input's pools */
	struct sheet_leg leg[SHEET_LEGS];
};

struct sheet {
	/* now, over the pools in scope */
	uint32_t n_pools, n_legs; /* in scope */
	double equity, maintenance, notional, net, net_beta;
	bool has_dies;
	double dies_pct, backstop_pct, zero_pct; /* of the pool nearest to death; 0: none */
	double touch_s;				 /* to a 1-in-10 touch; POOL_NEVER: beyond a week */
	uint16_t nearest;			 /* index of that pool */
	uint32_t n_no_stop;			 /* legs in scope without a stop on the safe side */
	uint32_t left_out, unread;		 /* as in the input: in no count of any line */
	struct sheet_pool pool[SHEET_POOLS];
	struct sheet_line line[SHEET_VERBS];
};

/* Everything of the accounts in scope, nothing kept: what a run for it cancels is not bound to its
 * positions. NULL: everything. */
bool sheet_whole(const struct flatten *scope);
/* Whether the scope of a flatten means this position: account, side, coins and those kept. NULL:
 * everything. */
bool sheet_wants(const struct flatten *scope, uint8_t account, const char *coin, struct qty szi);

extern const char *const sheet_verb_name[SHEET_VERBS]; /* "GUARD" ... */

/* What TRIM and ADD must reach, by in->panic; `cushion` as typed goes before it, 0: not typed. */
void sheet_knobs(struct sheet_in *in, struct ratio cushion);

/* Fills *out whole; bounded time, within 2 ms for 5 pools of 20 legs. About 300 kB: not for the
 * stack. */
void sheet_make(const struct sheet_in *in, struct sheet *out);

/* USD that closing the whole leg costs now: of *l only szi, mark, books, blind, fee and
 * max_leverage are read. 0 without a mark. *model, unless NULL: how much of it comes from no level
 * that is seen, all of it where the book is blind. */
double sheet_close_cost(const struct sheet_leg_in *l, double *model);

/* One leg's guard by the rule alone, for those who keep stops: *trigger and *limit on the venue's
 * grid, by the guard_* knobs of `k`. False with the reason in words when the rule offers none.
 * `dies` is the price the stop must fire before, on the side that hurts. */
bool sheet_guard_prices(const struct panic_conf *k, const struct instr *i, bool is_long,
			struct price mark, struct price dies, struct price *trigger,
			struct price *limit, char why[SHEET_WHY]);
/* The worst price of a stop: guard_worst past its trigger, rounded away from the market. */
bool sheet_guard_limit(const struct panic_conf *k, const struct instr *i, bool is_long,
		       struct price trigger, struct price *limit);

#endif
