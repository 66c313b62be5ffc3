/* exit_in.h: shared by the files of the exit only. */
#ifndef EXEUNT_EXEC_EXIT_IN_H
#define EXEUNT_EXEC_EXIT_IN_H

#include "base/buf.h"
#include "exec/exit.h"
#include "plan/ac.h"
#include "plan/pace.h"

static const int64_t MS_NS = 1000000, SEC_NS = 1000000000;
static const int64_t ONE_RATIO = 1000000000000;

enum {
	BOOK_MAX_MS = 3000, /* older: no passive and no sliced order */
	MARK_MAX_MS = 6000,
	CHILD_USD = 25, /* least child */
	LAST_USD = 20,	/* a last child below this merges */
};

static inline int64_t abs64(int64_t v)
{
	return v < 0 ? -v : v;
}
static inline int64_t min64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}
static inline enum side exit_side(const struct exit *x)
{
	return x->buy ? SIDE_BUY : SIDE_SELL;
}
/* p is worse for us than bound; no bound: never. */
static inline bool beyond(bool buy, struct price p, struct price bound)
{
	return bound.v > 0 && (buy ? p.v > bound.v : p.v < bound.v);
}
/* Best price of the side our crossing order hits (0 none), and of the side a passive one joins. */
struct price view_touch(const struct exec_view *v, bool buy);
struct price view_join(const struct exec_view *v, bool buy);
struct price view_mid(const struct exec_view *v); /* of a usable book, else the mark */
bool view_blind(const struct exec_view *v);
/* Coins a second that the tape is believed to bring: one figure for what is planned, what the cap
 * allows and what is asked of the planner. 0: unknown. */
double view_volume_s(const struct exec_view *v);
/* p moved against us (worse, more likely to fill) by a share, rounded for filling. */
struct price price_away(bool buy, struct price p, int64_t share);
/* A price the venue takes that fills: sells down, buys up, but never beyond bound. */
bool fill_price(const struct instr *i, bool buy, struct price p, struct price bound,
		struct price *out);
double usd(struct qty q, struct price p);
/* Smallest lots worth that much. */
struct qty worth(const struct instr *i, struct price mark, int64_t dollars);

bool exit_zero_now(const struct exit *x, const struct exec_view *v);
bool child_unresolved(const struct exit_child *c);
bool exit_unresolved(const struct exit *x);
struct exit_child *exit_working(struct exit *x); /* of the slice at work */
struct exit_child *exit_twap(struct exit *x);
/* exit_plan.c: the first schedule: the operator's, or more urgent from the start for the danger
 * limit. It is the draw the ticket showed: plan_seed(seed, 0). */
void exit_plan_first(struct exit *x, const struct exec_view *v, int64_t horizon_ms, double urgent);
/* A new schedule for what is left, by the operator's algorithm and urgency. */
void exit_replan(struct exit *x, const struct exec_view *v, int64_t horizon_ms);
struct exit_remake {
	int64_t horizon_ms, wait_ns; /* wait: until its first slice */
	uint8_t algo;
	uint32_t slots; /* 0: chosen */
	double urgency;
	struct qty block;
};
/* By the program, or with a block; the old one is kept for the screen. */
void exit_remake(struct exit *x, const struct exec_view *v, const struct exit_remake *r);
void exit_plan_build(struct exit *x, const struct instr *i); /* from its inputs */
void exit_plan_draw(const struct exit *x, float out[SNAP_PLAN]);
/* Signed coins held during each of the slots of what is to come, to the end that volume cap and
 * pace let it have and not only to the one that was asked; returns their number. `hold`: as if
 * nothing were sold. */
uint32_t exit_holdings(const struct exit *x, const struct exec_view *v, bool hold,
		       double held[SOLVE_SLOTS], double *tau_s);
/* exit_solve.c */
/* What is left of it as a planning problem. */
void exit_problem(const struct exit *x, const struct exec_view *v, int64_t horizon_ms,
		  struct plan_problem *out);
/* The danger limit asks for so much from the start, by the bound; 0 nothing. */
void exit_need_begin(struct exit *x, const struct exec_view *v, double urgency);
void exit_numbers_keep(struct exit *x, const struct exec_view *v);
void exit_lambda_keep(struct exit *x, const struct exec_view *v);
bool exit_grid_fresh(const struct exit *x, const struct exec_view *v);
void exit_resolve(struct exit *x, const struct exec_view *v, struct exec_out *o);
/* Coins left may be off the schedule by so much in 19 of 20 moments: what is due and, by the fill
 * model, not filled yet (plan_late_slices). The randomness of slots and sizes is drawn already, so
 * it is part of the schedule and no part of this. 0: no schedule. */
double exit_band(const struct exit *x);
/* exit_adapt.c */
void exit_adapt_begin(struct exit *x, const struct exec_view *v, const struct ac *a);
bool exit_adapt_answer(struct exit *x, const struct solve_out *a); /* true: it was one */
void exit_adapt(struct exit *x, const struct exec_view *v, struct exec_out *o);
/* exit_joint.c: an answer about the group that still counts. */
bool exit_joint_fresh(const struct exit *x, const struct exec_view *v);
/* From here on by kappa (1/s, exact), within cap and danger limit, and re-solved by it. */
void exit_steer(struct exit *x, const struct exec_view *v, struct exec_out *o, double kappa,
		uint8_t why);
/* Exact kappa T of the whole schedule that runs. */
double exit_kt(const struct exit *x);
/* The numbers of what is left with slots of tau_s. */
bool exit_numbers(const struct exit *x, const struct exec_view *v, int64_t horizon_ms, double tau_s,
		  struct plan_numbers *out);
struct qty exit_planned_by(const struct exit *x, int64_t clock_ns, bool next_too);
double exit_pace(const struct exit *x, const struct exec_view *v);
/* Schedule time of the next turn: a slice, or a slot to make up what the ones before it lack. */
int64_t exit_next_due(const struct exit *x);
void exit_set_state(struct exit *x, uint8_t state);
void exit_touch(struct exit *x, uint32_t slice); /* to be saved */

struct exec_want *want_new(struct exec_out *o, uint8_t kind);
void want_text(struct exec_out *o, uint8_t level, uint8_t code, struct buf *b);
#define want_notice(o, level, code, ...)                                                           \
	do {                                                                                       \
		struct buf buf_;                                                                   \
		want_text(o, level, code, &buf_);                                                  \
		buf_printf(&buf_, __VA_ARGS__);                                                    \
	} while (0)
void want_cancel(struct exit *x, const struct exec_view *v, struct exec_out *o,
		 struct exit_child *c);
void cancel_passive(struct exit *x, const struct exec_view *v, struct exec_out *o);
void wake(struct exec_out *o, int64_t at_ns);
/* Puts a child at work. False: nothing left to send, too small, or no room. */
bool exit_place(struct exit *x, const struct exec_view *v, struct exec_out *o, uint8_t kind,
		uint8_t tif, struct price px, struct qty q);

/* exit_trade.c */
static const double TAPE_MOST = 1e17; /* as a qty: of the tiniest cap too */
/* Coins that the participation cap allows at once; below 0: what was sold over it. */
double exit_cap_room(const struct exit *x, const struct exec_view *v);
/* So much is sold over the cap, by the danger rule or as a block: the rest has the cap for itself,
 * as the planner had it when it said that the rest keeps the limit. */
void exit_over_cap(struct exit *x, int64_t q);
struct price exit_bound(const struct exit *x); /* the price in force, 0 none */
void exit_trade(struct exit *x, const struct exec_view *v, struct exec_out *o);
void exit_close_step(struct exit *x, const struct exec_view *v, struct exec_out *o);
void slice_close(struct exit *x);
/* exit_watch.c */
void exit_watch(struct exit *x, const struct exec_view *v, struct exec_out *o);

#endif
