/* exit.h: one running exit as a pure state machine (operations.md 5 and 8).
 *
 *   WAITING -> RUNNING <-> PAUSED          CLOSING: close-rest, a ladder
 *              RUNNING <-> STOPPED_PRICE   (beyond the working or the last price)
 *              RUNNING <-> BLIND           (book or mark too old)
 *              any -> DONE: flat | target | ended | blocked | dust
 *
 * The engine calls exit_step after every event that touches the coin and at out.next_ns, carries
 * the wants out in order, journals exit_save whenever out.save is set BEFORE anything is sent, and
 * hands what became of every child to exit_on_order. No pointer outlives a call.
 *
 * Always: (1) what children may still execute plus what was filled never exceeds the ticket;
 * (2) remaining = min(ticket left, live - target - in flight); (3) every child is reduce-only;
 * (4) a partial-target child keeps its size in flight until CLOSED, DEAD or NOT_SENT; a child to
 * zero holds it only until it is UNKNOWN; (5) at most one child of a slice works at a time unless
 * the earlier one is unknown and the target is zero. */
#ifndef EXEUNT_EXEC_EXIT_H
#define EXEUNT_EXEC_EXIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/prng.h"
#include "core/cmd.h"
#include "core/effect.h"
#include "core/snap.h"
#include "exec/cost.h"
#include "exec/exec.h"
#include "plan/plan.h"
#include "plan/solve.h"
#include "plan/tactic.h"

enum venue_state { VENUE_WELL, VENUE_ERRORS, VENUE_POST_ONLY };

/* What the engine knows about the coin of this exit, filled anew for every step. */
struct exec_view {
	int64_t now_ns, wall_ms;
	const struct instr *instr;
	uint16_t instr_id;
	bool may_send;	  /* barrier passed, a key is ready, the journal takes records */
	char may_not[48]; /* why not */
	uint8_t venue;	  /* enum venue_state */

	const struct book *book; /* NULL: none */
	const struct book *deep; /* aggregated, behind it; NULL: none */
	int64_t book_ns;	 /* boot clock of the stream's last proof of life; 0 never */
	struct price mark, oracle;
	int64_t mark_ns;

	bool position_known;
	struct qty position;	     /* signed, freshest: reads merged with fills */
	int64_t position_ns;	     /* boot clock of what it rests on */
	uint64_t reads;		     /* complete reads of this dex's account so far; rises */
	struct qty others_in_flight; /* of other exits and flattens, same side, coins */
	struct qty foreign_resting;  /* foreign resting reduce-only orders, same side */
	/* What other hands added (+) or took (-), |coins|, since the exit began, by fills that are
	 * not its own. With growth not adopted a close to zero is a partial target again. */
	struct qty foreign_net;
	struct qty stop_taken; /* of that, taken by our own stop at the venue: |coins| */

	struct qty volume; /* traded on the tape since the exit began, own trades included */
	double volume_s;   /* coins a second on the tape of the last minute; 0 unknown */
	/* Of what was taken of late, the share without a hash, and in how many moments; [buy].
	 * Several are a venue TWAP, anybody's; single ones liquidations. */
	double twap_share[2], twap_prints[2];
	struct money funding; /* paid or received on this coin since the exit began */
	double funding_hour;  /* this hour's rate */
	double sigma_year;    /* honest */
	double sigma_raw;     /* before its 1.4; 0: not told */
	struct season season; /* of the volume; all 0: not known */
	struct estimate est[EST_KINDS];
	double fee_taker, fee_maker;
	uint64_t actions_left; /* address budget */
	int64_t key_until_ms;  /* agent expiry, 0 none */

	bool has_liq;
	struct price liq;  /* of the venue, for this position */
	struct price zero; /* price at which the pool's equity is zero; 0 none */
	int32_t leverage;  /* of the position */
	struct plan_account account;
	double net_delta;		    /* account, USD, signed: TARGET_DELTA */
	double account_ntl, account_equity; /* TARGET_LEVERAGE */
};

enum want_kind {
	WANT_PLACE,
	WANT_CANCEL,	  /* the child (slice, attempt); never modify */
	WANT_TWAP,	  /* the venue's own TWAP: qty, minutes, randomize, reduce-only */
	WANT_TWAP_CANCEL, /* the TWAP child (slice, attempt) */
	WANT_READ,	  /* account, now */
	WANT_NOTICE,
	WANT_END
};
enum child_kind { CHILD_SLICE, CHILD_POST, CHILD_CLOSE, CHILD_TWAP, CHILD_DANGER };

struct exec_want {
	uint8_t kind;  /* enum want_kind */
	uint8_t child; /* enum child_kind */
	uint8_t tif;
	uint8_t level; /* NOTICE: 0..3 */
	uint8_t code;  /* NOTICE: enum notice_code; END: enum exit_end */
	bool buy, reduce_only;
	bool target_zero; /* takes the position to zero: never waits, expiry 30 s, kill rules */
	bool randomize;
	uint16_t minutes;
	uint32_t slice, attempt;
	struct price px;
	struct qty qty;
	char text[NOTICE_TEXT_MAX]; /* NOTICE, END: words */
};
enum { EXIT_WANTS = 24 };
struct exec_out {
	uint32_t n;
	struct exec_want at[EXIT_WANTS + 1]; /* at[0..n-1]; the last is spare */
	int64_t next_ns; /* boot clock: step again at the latest then; INT64_MAX: on events only */
	bool save;	 /* state changed: journal exit_save part 0 before carrying out the wants */
	uint32_t save_slice; /* and the part that holds this slice; 0 none */
};

enum adapt { ADAPT_NONE, ADAPT_ASKS, ADAPT_FIRST, ADAPT_DONE };
enum { EXIT_CHILDREN = 16 };
/* SETTLING: terminal, but the verdict told fills that have not all arrived as fills. */
enum child_state { CS_FREE, CS_SENT, CS_OPEN, CS_CANCELLING, CS_UNKNOWN, CS_SETTLING };
struct exit_child {
	uint8_t state, kind;
	bool posted;
	uint32_t slice, attempt;
	struct price px, avg;	/* limit; average by verdict, 0 not told */
	struct qty qty, filled; /* filled: by fills or by verdict, whichever is more */
	struct qty filled_seen; /* by fills alone */
	int64_t sent_ns, unknown_ns, cancel_ns;
	struct cost_mark at;
};

struct exit_slice_result {
	struct qty planned, filled;
	struct money value;
	struct qty maker;
	int64_t wall_ms; /* of its newest fill, or of its start */
	struct cost_parts parts;
};

struct exit {
	uint32_t id;
	struct ticket ticket;
	char coin[COIN_MAX];
	uint8_t state, end; /* enum exit_state, enum exit_end */
	char reason[96];
	bool buy, to_zero, operator_paused, closing, ending, wait_reads;
	uint32_t ended_by; /* flatten pN that took it over, 0: the operator */
	uint64_t seed;
	struct prng rng;

	/* the ticket in numbers */
	struct qty start; /* |position| at the start */
	struct qty total; /* to trade; include and tune change it */
	struct qty floor; /* |position| below which nothing is sold: start - total */
	struct qty done;  /* filled by our children */
	struct price arrival_mark, arrival; /* mark; mid */
	struct price working, last;	    /* 0 none */
	struct price zero;
	double cap, risk, urgency, jitter, pace;
	uint8_t algo, place;
	int64_t horizon_ms, start_ms, start_ns, planned_end_ms, end_ms;
	int64_t post_ns, chase_ns; /* post_ns 0: to the slot's end */
	uint32_t chase_max;

	/* the schedule and its clock: runs at `pace` only while the exit runs. Urgency and
	 * algorithm above are the operator's; those of the schedule may be more urgent
	 * (exit_solve.c). */
	struct schedule plan;
	uint32_t plan_n; /* schedules made so far: answers to an older one are dropped */
	uint8_t plan_algo;
	double plan_urgency;
	struct qty plan_block;	     /* of plan_size, its first slice: at once, over the cap */
	double plan_sigma, plan_eta; /* the estimates it was made with */
	double lambda;		     /* risk aversion of the operator's urgency, 1/USD */
	/* exit_adapt.c: what the policy is asked with (adaptive.h's units), where it stood at the
	 * last update, and against what the gain so far is held; the policy itself is asked for
	 * again after a restart */
	uint8_t adapt;		      /* enum adapt */
	uint8_t adapt_of, adapt_from; /* updates in all, and past */
	double adapt_s, adapt_sd, adapt_mu, adapt_lambda, adapt_gain0;
	double adapt_x; /* coins at the start */
	double adapt_left, adapt_spent, adapt_kappa;
	double adapt_gain; /* so far, in adapt_sd */
	bool has_policy;
	double policy_first;	     /* the kappa of the start */
	struct adaptive_step policy; /* of the next update */
	int64_t adapt_asked_ns;
	/* exit_joint.c: of the newest answer about its group; not saved, it is asked for again */
	double joint_kappa; /* per second */
	int64_t joint_ns;
	bool joint_turn, has_joint_chance;
	double joint_chance; /* of the pool, all legs by their schedules, by the bound */
	uint32_t joint_n;
	uint32_t plan_base;   /* slices numbered before this schedule (a tune makes a new one) */
	struct qty plan_done; /* done when this schedule was made */
	struct qty plan_size; /* its size, for making it again */
	struct price plan_mark;
	int64_t plan_horizon_ms;
	uint32_t plan_slots;
	uint64_t plan_seed;
	int64_t plan_from_ms; /* wall clock it was made at, and the season then: ALGO_VWAP */
	struct season plan_season;
	int64_t clock_ns, clock_at_ns; /* schedule time; boot time of the last advance */
	uint32_t next;		       /* index of the next slice of plan */
	int64_t turn_ms;	       /* schedule time of the last turn (plan/pace.h) */
	bool owes;		       /* a slice before the next turn lacks something */

	/* the slice at work */
	uint32_t slice, attempt; /* number from 1; attempts in it */
	struct qty slice_left;	 /* still to sell of it */
	struct qty slice_planned;
	bool slice_open;
	uint32_t reprices;
	int64_t slice_ns, post_since_ns, retry_ns;
	struct price slice_px; /* touch when it began, for the give-up distance */
	bool crossing;	       /* the passive try of this slice is over */
	bool slice_danger;
	/* The passive try of this slice. Not saved: after a restart it looks at the book anew. */
	struct tactic tactic;
	struct tactic_say say; /* the last word */
	bool tactic_on;
	bool twap_told;	      /* a venue TWAP runs beside us */
	int64_t said_ns;      /* when */
	int64_t latency_ns;   /* from an order to its word, of late; 0: not measured yet */
	bool depth_held;      /* the due slice was cut to its share of the visible depth */
	bool cap_held;	      /* or to what the volume cap leaves */
	struct qty child_max; /* after the venue's value cap refused; 0: by table */
	int64_t changed_ns;   /* a child changed state */
	struct exit_child child[EXIT_CHILDREN];

	/* re-solving: what the planner beside the engine said, and when it is asked again */
	struct solve_out solved;
	int64_t solved_ns, asked_ns; /* 0: never */
	int64_t unheard_ns;	     /* the oldest question without an answer; 0 none */
	uint32_t asked_plan;
	struct qty asked_done;
	bool asked_search;
	int64_t look_ns, change_ns, over_ns, astray_ns;
	double eta_late; /* impact of late, a mean; of schedule eta_plan, at eta_ns; not saved */
	int64_t eta_ns;
	uint32_t eta_plan;
	struct qty look_done;
	double kappa_need;     /* what the danger limit asks for, per second, exact; 0 nothing */
	bool need_by_bound;    /* and that is only the bound's word */
	uint32_t replans;      /* changes of the schedule by the program */
	uint8_t replan_why;    /* enum replan_why of the newest, REPLAN_KEEP none */
	char replan_text[120]; /* in words: from what to what, and why */
	int64_t replan_ms;
	uint32_t n_past; /* the changes before it, newest first; a restart begins them anew */
	struct snap_replan past[SNAP_REPLANS];
	bool block_told;
	struct qty block; /* offered: sold now, the rest keeps the limit; 0 nothing offered */
	double block_cost;
	uint32_t n_old; /* the schedule before the newest change, as the screen draws it */
	float old_left[SNAP_PLAN], old_from_s, old_to_s;

	/* watch */
	struct qty volume0;    /* tape volume counted as our base for the cap; what is sold over
				* the cap lowers it by the tape that would have paid for it */
	struct qty tape;       /* traded while it ran, over restarts; until its end */
	struct qty tape_at;    /* view's volume when that was counted; not saved */
	bool tape_on;	       /* tape_at is set */
	int64_t cap_since_ns;  /* the floor: one minimum slice per 2 min */
	struct qty other_hand; /* growth seen and not adopted */
	struct qty adopted;    /* growth taken into the ticket by include */
	int64_t mismatch_ns;
	bool in_danger, blind_told, stopped_told, behind_told, late_told;
	int64_t danger_ns, stopped_since_ns, last_danger_ns;
	double bound;					 /* closed form, of now */
	double danger, danger_start, danger_loss;	 /* loss: USD when it happens, 0 not told */
	bool has_danger, danger_grid, danger_start_grid; /* on the grid; else the bound */
	uint64_t reads_need;
	uint32_t ro_rejects, rejects, tunes, unknowns, rung;
	int64_t rung_ns, close_ns, read_ns, finish_ns;
	uint64_t ro_reads; /* a reduce-only refusal waits for this many reads; 0 none */
	bool dirty;	   /* to be saved */
	uint32_t dirty_slice;
	bool stops_late; /* CATCH_BY */
	struct price mark_now, mid_now;
	struct qty live; /* |position|, last seen */

	/* results */
	struct cost cost;
	double plan_cost[5]; /* total, sd, fees, impact, spread: of the ticket */
	double plan_model;   /* share of the cost that rests on a model */
	double all_now_px;
	double liq_before, dies_before, maint_before;
	double mark_time, mark_sum; /* for the mean price */
	double behind_max, outside_s, largest;
	int64_t watch_ns;
	char tune_text[6][64];
	int64_t tune_ms[6];
	uint16_t tune_field[6]; /* enum tune_field, 0: cannot be undone */
	double tune_from[6];
	uint32_t n_results;
	struct exit_slice_result result[SLICES_MAX]; /* by slice number - 1; the last takes what is
							over */
	uint32_t n_trace, trace_every;
	struct snap_point trace[SNAP_TRACE];
};

/* Starts it. id is the x-number; seed from entropy unless the ticket has one. False (with the rule)
 * when the ticket cannot be: no position, wrong target, below the minimum, nothing to do. */
bool exit_init(struct exit *x, uint32_t id, const struct ticket *t, const struct exec_view *v,
	       uint64_t seed, struct err *e);
/* What the ticket comes to: side, size, prices, before anything runs (ticket screen, --dry-run). */
struct ticket_resolved {
	bool buy, to_zero;
	struct qty size, floor;
	struct price working, last;
	double cap, risk;
	int64_t horizon_ms;
};
bool ticket_resolve(const struct ticket *t, const struct exec_view *v, struct ticket_resolved *out,
		    struct err *e);
/* Randomness of slots and sizes, as the schedule takes it: 20 % where none is given, none when
 * declared. */
double ticket_jitter(const struct ticket *t);
/* What a ticket leaves open. One that names a danger limit alone: the end where none is given, and
 * the urgency to begin with (0 for other tickets), by the closed-form bound; `pov` and `is`:
 * plan/choose.h, into r and t. Also refuses, by name, whatever no schedule can be made of
 * (plan_sane). */
bool ticket_choose(struct ticket *t, const struct exec_view *v, struct ticket_resolved *r,
		   double *urgency, struct err *e);
/* A planning problem from a view, for plan_make and the ticket's figures. */
void exec_problem(const struct exec_view *v, const struct ticket *t,
		  const struct ticket_resolved *r, struct plan_problem *out);

/* The volume cap holds the schedule that runs back beyond its asked end: where it ends, and what
 * keeps the end; or it follows a volume that nobody has heard yet. False: neither. */
bool exit_held_words(const struct exit *x, const struct exec_view *v, char *out, size_t cap);

void exit_step(struct exit *x, const struct exec_view *v, struct exec_out *out);
/* Coins of tape that would have paid, at its cap, for q sold; bounded whatever the cap is. */
struct qty exit_tape_for(const struct exit *x, int64_t q);
/* A print of the coin's public tape, ours too; `taker` its aggressor. No step is needed. */
void exit_on_trade(struct exit *x, int64_t now_ns, struct price px, struct qty sz, enum side taker);
/* Then call exit_step. */
void exit_on_order(struct exit *x, const struct exec_report *r, const struct exec_view *v);

/* While it runs; each is followed by exit_step. False with the rule when it cannot be. */
bool exit_tune(struct exit *x, const struct tune *t, const struct exec_view *v, struct err *e);
bool exit_pause(struct exit *x, const struct exec_view *v, struct err *e);
bool exit_resume(struct exit *x, const struct exec_view *v, struct err *e);
bool exit_close_rest(struct exit *x, const struct exec_view *v, struct err *e);
bool exit_end(struct exit *x, const struct exec_view *v, struct err *e);
bool exit_include(struct exit *x, const struct exec_view *v, struct err *e); /* adopt growth */

/* Something to ask of the planner beside the engine: true, and the question. Call after exit_step;
 * asking is free, an answer that never comes only leaves the closed-form bound in place. */
bool exit_question(struct exit *x, const struct exec_view *v, struct solve_in *out);
/* The same for the policy of `adaptive`, of which the planner is asked before each update. */
bool exit_adapt_question(struct exit *x, const struct exec_view *v, struct solve_in *out);
/* Its answer; then call exit_step. Stale ones (another schedule) change nothing. */
void exit_answer(struct exit *x, const struct solve_out *a, const struct exec_view *v);

/* As a leg of its group (plan/legs.h) with slots of horizon_s / LEGS_SLOTS: false when it is none
 * now (over, closing, no schedule of ours). *kappa: per second, as it runs; *rest_s: of its
 * schedule. */
bool exit_as_leg(const struct exit *x, const struct exec_view *v, double horizon_s, struct leg *out,
		 double *kappa, double *rest_s);
/* What the planner said of its group; then call exit_step. */
struct exit_joint {
	double kappa; /* per second */
	bool turn;    /* worth a change */
	uint32_t legs;
	bool has_chance;
	double chance; /* of the pool with the legs as they will run */
};
void exit_joint(struct exit *x, const struct exec_view *v, const struct exit_joint *j);

struct qty exit_in_flight(const struct exit *x);
struct qty exit_left(const struct exit *x); /* of the ticket */
/* What may be sent now: invariant (2). */
struct qty exit_remaining(const struct exit *x, const struct exec_view *v);
/* A child with that name is ours and not finished. */
const struct exit_child *exit_child_find(const struct exit *x, uint32_t slice, uint32_t attempt);

/* State as journal records. Part 0 is enough to go on without a gap or a double child; parts 1..
 * hold EXIT_PART_SLICES slice results each. exit_save returns the length, 0: no such part.
 * exit_load: part 0 first; now_ns re-anchors the clocks (boot clocks do not survive a reboot):
 * schedule time stands still while nobody ran. Children at work are UNKNOWN after it until
 * reported. False: cut, another version, or out of range. */
enum {
	/* 2: declared, place_set and depth of the ticket. 3: by_danger; what re-solving decided.
	 * 4: group of the ticket. 5: ended_by. 6: the season of volume, what adaptive has done.
	 * 7: the last turn and what it owes; the tape. 8: the risk aversion of a group.
	 * 9: the updates of adaptive */
	EXIT_VERSION = 9,
	EXIT_PART_SLICES = 24
};
size_t exit_save(const struct exit *x, uint32_t part, uint8_t out[REC_BODY_MAX]);
bool exit_load(struct exit *x, uint32_t part, const uint8_t *in, size_t n, const struct instr *i,
	       int64_t now_ns);
/* Part 0 read for words about it, without a market: nothing of *x but its numbers may be used. */
bool exit_read(struct exit *x, const uint8_t *in, size_t n);
static inline uint32_t exit_part_of(uint32_t slice)
{
	return 1 + (slice ? slice - 1 : 0) / EXIT_PART_SLICES;
}

/* Everything a screen shows of it. v may be NULL for a finished one. */
void exit_fill_snap(const struct exit *x, const struct exec_view *v, struct snap_exit *out);
/* Rows for the export: slice results from `from`, at most n; returns how many. */
uint32_t exit_rows(const struct exit *x, uint32_t from, struct cost_row *out, uint32_t n);

#endif
