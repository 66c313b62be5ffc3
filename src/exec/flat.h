/* flat.h: the verbs of the sheet that sell, as a pure state machine (operations.md 3 and 8).
 *
 *   NOW, SENDING: rung 1 (the most endangered leg alone, the others in one batch), 1 s later rung 2
 * ... rung 4, then the last one each 2 s up to 120 s, then it asks (NOT FLAT, still trying on
 *   flat_again). Every leg flat -> VERIFYING: two reads with venue time later than our last answer
 *   that show zero and nothing that could open -> FLAT, and unanswered nonces are burned.
 *
 *   CARE (care.c): slices on the way to zero. TRIM (trim.c): a cut of each leg, no more.
 *   Both end in the same VERIFYING. NOW takes a leg over at any moment (flat_now).
 *
 * Always: (1) closes to zero never wait for an answer, their size is the freshest position;
 * (2) a fraction, a cut and a slice wait for proof: their unresolved size counts as sold; (3) every
 * order reduce-only; (4) no rung beyond the zero-equity price unless typed; (5) FLAT needs two
 * reads; (6) protective stops are cancelled only after FLAT. */
#ifndef EXEUNT_EXEC_FLAT_H
#define EXEUNT_EXEC_FLAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/cmd.h"
#include "core/effect.h"
#include "core/order.h"
#include "core/snap.h"
#include "exec/exec.h"

enum { FLAT_LEGS = RUN_LEGS_MAX, FLAT_TRIES = 20 }; /* tries: a close expires after 30 s */

/* One position of an account in scope. Found by (account, instr_id); absent means zero. */
struct flat_leg_view {
	uint8_t account;
	uint16_t instr_id;
	const struct instr *instr;
	struct qty szi; /* signed, freshest */
	const struct book *book;
	int64_t book_ns;
	struct price mark;
	int64_t mark_ns;
	struct price zero;	 /* price of zero equity of its pool; 0 none */
	struct price worse;	 /* break-even: past it a reduction makes its pool worse; 0 none */
	double beta_usd;	 /* USD of BTC-like delta in one coin: beta x mark; 0 unknown */
	const struct book *deep; /* aggregated, NULL none: for the estimate alone */
	double fee;		 /* taker, 0.00045: for the estimate alone */
	double rank;		 /* danger: larger goes first */
	bool cannot_trade;	 /* halted, delisted: named, never holds up another */
	bool no_key;		 /* of its account: it waits and is named, the others go on */
	uint8_t taken;		 /* or of enum flat_taken: legs of other runs */
};
/* What other runs do with a position. Two runs to zero never share a leg, but that NOW closes what
 * another takes with care; nor do two that take a part, whose tickets would add up. One of each
 * may: together they sell no more than is held. */
enum flat_taken { TAKEN_CARE = 1, TAKEN_NOW = 2, TAKEN_PART = 4 };
struct flat_view {
	int64_t now_ns, wall_ms;
	bool unread; /* no account is read yet: a coin that is not held may be held all the same */
	bool may_send;	    /* a key of some account is ready (nothing else can stop it) */
	int64_t rtt_p90_ns; /* 0 unknown */
	uint32_t n;
	const struct flat_leg_view *leg;
	/* the newest complete read: every dex of every account in scope */
	uint64_t read_id;      /* rises with each */
	int64_t read_venue_ms; /* the oldest venue time in it */
	uint32_t openers;      /* resting or trigger orders that could open, venue TWAPs, by it */
	uint32_t lost;	       /* positions that could not be told: whose, nobody knows */
	uint32_t dexes, accounts;
	const char *who;	 /* the account's name when there are others beside it; "" */
	const char *left;	 /* what else is held, "" none */
	const char *not_watched; /* "" none; 72 bytes of it are said */
	bool post_only;
	int64_t last_answer_ms; /* venue time of our newest answer or fill in scope, any order's */
	const struct panic_conf *panic; /* NULL: the defaults */
};

enum flat_want_kind {
	FW_PLACE,	   /* same group: one action */
	FW_CANCEL_OPENING, /* own opening orders and TWAPs: of leg `leg`, or FLAT_EVERY: all in
				scope */
	FW_CANCEL_RO,	   /* own resting reduce-only limits of the leg, not stops */
	FW_CANCEL_FAR,	   /* the venue takes no more orders: those farthest from the market */
	FW_CANCEL_STOPS,   /* of the legs closed, after FLAT */
	FW_READ,	   /* read everything in scope now */
	FW_BURN,	   /* noop with the nonce of (leg, attempt) */
	FW_NOTICE,
	FW_END
};
struct flat_want {
	uint8_t kind;
	uint8_t account;
	uint8_t tif;
	uint8_t level, code; /* NOTICE */
	uint16_t instr_id;
	uint32_t leg; /* index; the report's slice is leg + 1 */
	uint32_t attempt;
	uint32_t group;
	bool buy, target_zero;
	uint8_t rung; /* from 1 */
	struct price px;
	struct qty qty;
	char text[256]; /* as long as the sentence of the end */
};
enum { FLAT_WANTS = 3 * FLAT_LEGS }; /* an order or a cancel each, stops, burns */
static const uint32_t FLAT_EVERY = UINT32_MAX;
/* at[0..n-1]; the last is spare */
struct flat_out {
	uint32_t n;
	struct flat_want at[FLAT_WANTS + 1];
	int64_t next_ns;
	bool save;
};

struct flat_try {	       /* an order without a verdict */
	uint32_t attempt;      /* 0: free */
	bool zero;	       /* a close to zero: it never makes anything wait */
	struct qty size, left; /* left: not explained by fills */
	int64_t sent_ns;
};
struct flat_leg {
	uint8_t account, state; /* enum flat_leg_state */
	uint8_t rung;		/* last sent, from 1; 0 none */
	uint8_t order_state;	/* enum order_state of core/order.h, newest order */
	uint8_t verb;		/* enum flatten_verb: NOW may take single legs over */
	bool buy, ro_again, cannot_told, resting; /* resting: post-only close at the touch */
	bool no_key;				  /* by the last view */
	bool dust;				  /* the venue refuses it for its size */
	bool beyond, blind_told; /* TRIM: held at break-even. CARE: waits for a book */
	bool opposite;		 /* TRIM: its cut raises |net delta| */
	bool any_side;		 /* NOW named it, whichever side it is on: a turn is followed */
	uint16_t instr_id;
	uint32_t attempt;
	uint32_t seen_at;	  /* its place in the last view: looked at first */
	uint32_t rest_attempt;	  /* of the order that rests */
	struct qty start, target; /* |position|: at the start, to reach (0, or the kept part) */
	struct qty sent, filled;  /* last order; all of them */
	struct qty ahead;	  /* told by a verdict, its fills not here yet */
	struct qty max;		  /* after the value cap refused; 0: by table */
	struct qty slice_size,
		slice_from;	       /* CARE: the running slice; filled and in flight before it */
	struct money value, fee, past; /* past: cost of the other side, before it turned */
	struct price px, mark0;
	struct price typed; /* past zero equity only as far as was typed for this coin; 0: not */
	int64_t sent_ns, answered_ns, first_ns, next_ns;
	int64_t back_ns; /* the rung sent then goes again at its price */
	int64_t near_ns; /* CARE, the engine's: danger is nearer than the last slice since; 0: not
			  */
	uint32_t tries, unknowns, rejects, ro_rejects, crowded;
	char said[64]; /* the venue's words of the last refusal that stops it */
	struct flat_try open[FLAT_TRIES];
	char coin[COIN_MAX];
	int8_t px_decimals, sz_decimals;
};
enum flat_leg_state { FL_WAIT, FL_WORKING, FL_ZERO, FL_CANNOT, FL_KEPT };

struct flat {
	uint32_t id;
	uint8_t state; /* enum flat_state of snap.h */
	uint8_t account, scope;
	uint8_t verb; /* enum flatten_verb */
	uint8_t ver;  /* of the bytes it was loaded from */
	bool part, started, all_alone, asked, told_still, done;
	bool strangers; /* legs of other accounts, from a record of version 4 or before */
	bool paused, told_more, throttled, ended; /* ended: by the operator */
	bool moved;				  /* this report brought a fill */
	bool nobody_trades;			  /* the last step met a post-only venue */
	double net0;				  /* TRIM: |net beta-delta| at the start, USD */
	uint64_t seed;			  /* CARE's jitter: set after flat_init, 0 is a seed too */
	uint32_t slice;			  /* CARE: begun so far */
	int64_t due_ns, due_ms, moved_ns; /* CARE: next slice; last fill */
	int64_t rate_ns;		  /* throttled by the venue: nothing before */
	int64_t start_ns, start_ms, end_ms, first_answer_ns;
	int64_t last_answer_ms; /* venue time */
	uint64_t read_seen;
	uint32_t zero_reads, n, group, reads, unknown;
	int64_t read_ns, cancel_ns, rung_start_ns;
	int64_t clean_ms;		     /* venue time of the last read that counts */
	struct money expected, worst, model; /* model: of expected, from no level that is seen */
	struct flatten cmd;
	char text[256];
	struct flat_leg leg[FLAT_LEGS]; /* beyond n: not touched */
};

/* Chooses the legs by the command's scope, coins, keep-list and fraction. False: nothing to do is
 * not an error (it verifies and says FLAT); a coin that is not held is. */
/* Whether `c` can be meant at all, whatever is held. */
bool flat_check(const struct flatten *c, struct err *e);
bool flat_init(struct flat *f, uint32_t id, const struct flatten *c, const struct flat_view *v,
	       struct err *e);
void flat_step(struct flat *f, const struct flat_view *v, struct flat_out *out);
/* slice = leg + 1, attempt as in the want. Then call flat_step. Of the view only its time counts.
 */
void flat_on_order(struct flat *f, const struct exec_report *r, const struct flat_view *v);
/* TRIM pressed again: the cuts of `c` beside those under way, whichever keeps less of a leg. A cut
 * is of the position it was read beside, so what the run sold meanwhile is not cut twice. Legs that
 * are not in the run join it. Returns how many legs there are now to cut of those named. */
uint32_t flat_trim_again(struct flat *f, const struct flatten *c, const struct flat_view *v);
/* Whether a trim has this leg; *left: what it has still to cut of a position of szi. */
bool flat_cut_left(const struct flat *f, uint8_t account, uint16_t instr, struct qty szi,
		   struct qty *left);
/* NOW for what `c` names, within a run that goes on for the rest: those legs are closed to zero by
 * the ladder, whatever became of their slices; what is named, and no run's, becomes a leg of this.
 * Returns how many legs. */
uint32_t flat_now(struct flat *f, const struct flatten *c, const struct flat_view *v);
/* Whether this account is in the run, and whether all it holds is. */
bool flat_has_account(const struct flat *f, uint8_t account);
bool flat_has_whole(const struct flat *f, uint8_t account);
/* Whether `c` names this position; whether `a` and `b` name the same ones. */
bool flat_names(const struct flatten *c, uint8_t account, const char *coin, bool is_long);
bool flat_same_scope(const struct flatten *a, const struct flatten *b);
/* What the run does with its legs, as others have to see it: enum flat_taken. */
uint8_t flat_takes_as(const struct flat *f, const struct flat_leg *l);
/* For good, by another run. */
void flat_replaced(struct flat *f, uint32_t by, int64_t wall_ms);
/* The venue has taken a part of this leg's pool and will take the rest: its slices end, what is
 * left of a close to zero goes by the ladder at once. False: no leg of that kind. */
bool flat_hurry(struct flat *f, const struct flat_view *v, uint8_t account, uint16_t instr_id);
/* CARE: slices in all, as the book stands now; and how long the rest of a leg takes at that pace.
 */
uint32_t care_slices(const struct flat *f, const struct flat_view *v);
int64_t care_rest_ns(const struct flat *f, const struct flat_leg *l, const struct flat_view *v);
/* CARE and TRIM only; false: it is NOW, or over. */
bool flat_pause(struct flat *f, bool on, const struct flat_view *v, struct err *e);
bool flat_end(struct flat *f, const struct flat_view *v, struct err *e);
/* True when everything `c` would close is under NOW here already. */
bool flat_covers(const struct flat *f, const struct flatten *c);
/* After NOT FLAT: try on. */
void flat_again(struct flat *f, const struct flat_view *v);

/* Part 0 is the head, parts 1.. hold FLAT_PART_LEGS legs each; 0: no such part. After a load every
 * order without a verdict is unknown; a close to zero simply goes on. */
enum { FLAT_VERSION = 6, FLAT_PART_LEGS = 5 };
size_t flat_save(const struct flat *f, uint32_t part, uint8_t out[REC_BODY_MAX]);
bool flat_load(struct flat *f, uint32_t part, const uint8_t *in, size_t n, int64_t now_ns);
/* Cost so far, positive is a loss, fees in. */
struct money flat_cost(const struct flat *f);
void flat_fill_snap(const struct flat *f, const struct flat_view *v, struct snap_flat *out);

#endif
