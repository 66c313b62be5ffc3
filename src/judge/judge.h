/* judge.h: one child order, replayed over a recorded market under a named policy. Pure: no I/O, no
 * allocation, no chance but the seed given.
 *
 * Model, pessimistic where it must guess:
 * - Small orders: no own impact; a crossing order walks the recorded levels.
 * - Latency: what is decided on the frames of time t reaches the venue at t + latency; an order
 * that crosses meets the first book recorded then or later. A decision never sees a frame after t.
 * - A resting order fills when a print goes through its price, when prints at its price exceed what
 *   stood there when it arrived, by the book before or after, whichever shows more (nobody ahead
 *   ever cancels), or when a book shows the other side at its price or beyond. It fills at its own
 *   price.
 * - Post-only at a price that would take is refused.
 * - Strict, as running exits do: an order to rest arrives a latency late, and who crosses cancels
 *   first and waits for the word of it: two latencies. Easy, as in the published replays: it rests
 *   at once, and crosses without waiting.
 * - Whatever is left at the slot's end crosses. What even then is left when the path ends is
 *   counted, at the last book's worst level.
 * Costs are basis points of the mid at the slot's start; positive is a loss. */
#ifndef EXEUNT_JUDGE_JUDGE_H
#define EXEUNT_JUDGE_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/prng.h"
#include "plan/tactic.h"
#include "tape/tape.h"

enum { JUDGE_SEEN = 5 }; /* levels a policy sees: the venue's fast feed */

/* A stretch of one coin's tape, and nothing outside it. Borrows the tape. */
struct judge_path {
	const char *coin;
	const struct tape_book *book;
	uint32_t n_book;
	const struct tape_trade *trade;
	uint32_t n_trade;
	const struct tape_touch *touch; /* best bid and offer between the books; n_touch 0: none */
	uint32_t n_touch;
	int64_t begin_ms, end_ms; /* of the first and the last book */
	struct price tick;	  /* largest step that all recorded prices are multiples of */
};
/* The books and trades with from_ms <= time <= to_ms. False: fewer than two books. */
bool judge_path(struct judge_path *out, const struct tape_coin *k, int64_t from_ms, int64_t to_ms);

struct judge_child {
	enum side side;
	int64_t start_ms, end_ms; /* the slot */
	int64_t latency_ms;
	double usd;    /* size at the mid of the start */
	uint64_t seed; /* of the random policies */
};

enum judge_policy {
	JUDGE_MARKET,	    /* crosses at the start: TWAP of market orders */
	JUDGE_PLACEBO,	    /* crosses at a random time of the slot */
	JUDGE_RANDOM,	    /* posts, stays and crosses by lot */
	JUDGE_TIMED,	    /* crosses when the book leans by theta, else at the end */
	JUDGE_PASSIVE,	    /* posts once at the touch, crosses at the end */
	JUDGE_PASSIVE_EXIT, /* the same, crossing early when the book leans by theta */
	JUDGE_OURS_EASY,    /* tactic.h in the easy market of the two above */
	JUDGE_EXIT_STRICT,  /* PASSIVE_EXIT in the strict market */
	JUDGE_QUOTES,	    /* tactic_quotes in the strict market: --place quotes */
	JUDGE_OURS,	    /* tactic.h in the strict market: what ships */
	JUDGE_POLICIES
};
struct judge_rule {
	enum judge_policy policy;
	double theta;		   /* of those with a threshold */
	struct tactic_param param; /* OURS */
};
extern const char *const judge_policy_name[JUDGE_POLICIES];
/* It has a threshold to be found on a first half. */
bool judge_fitted(enum judge_policy p);

struct judge_result {
	double price_bp; /* fills against the mid at the start, fees not in */
	double maker;	 /* share filled at rest */
	double left;	 /* share not done when the path ended */
	double seconds;	 /* from the start of the slot to the last fill */
	uint32_t posts;	 /* orders sent to rest */
	int64_t seen_ms; /* newest frame a decision saw, less the decision's time: <= 0 */
};
/* False: no book at the start, or the path ends before the slot. */
bool judge_run(struct judge_result *out, const struct judge_path *p, const struct judge_child *c,
	       const struct judge_rule *r);

#endif
