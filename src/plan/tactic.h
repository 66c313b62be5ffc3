/* tactic.h: how one child order of a slice is placed. Pure: book, trades and the state of the own
 * order in; wait, post, keep, cancel or cross out. No clock, no allocation, no venue. The judge of
 * its default is `exeunt evaluate`, which runs this very code over recorded markets.
 *
 *            the touch                    left behind: REPOST         the caller cancels and asks
 *   start -> POST -> KEEP ... KEEP -----> (within the chase) -------> again when nothing is at work
 *              |                    \
 *              +-- passive not allowed,  --> CROSS  (cancel first what rests; then it takes)
 *                  the book leans against us, the chase is over, the queue is hopeless, slot end
 *
 * Use: tactic_init once a slice; tactic_trade for every print of the tape (may be left out: the
 * queue is then only known from what the book shows); tactic_step after every book, every change
 * of the own order and at say.next_ns. CROSS is for good: later steps say CROSS until the slice is
 * done. The state lives as long as the slice; after a restart tactic_init with the same slot and
 * the order as it rests: the queue is then counted from the book of that moment, its end. */
#ifndef EXEUNT_PLAN_TACTIC_H
#define EXEUNT_PLAN_TACTIC_H

#include <stdbool.h>
#include <stdint.h>

#include "core/book.h"

/* Sigmas are of the price over the slot (tactic_in.sigma). What was tried and what it was worth is
 * a table in HACKING.md. */
struct tactic_param {
	/* Begins so many sigmas behind the touch and comes up to it, evenly, over this share of the
	 * slot: who stands deep is early in the line when the price comes. 0: at the touch. */
	double deep_sigmas, deep_share;
	/* Instead, with a rate: stands off the mid by the liquidation quote of a last unit
	 * (plan/games.h, glf_last): filled `rate` times a second at the mid, less by the power of e
	 * for each 1/decay of the price's deviation over a second; risk aversion 1/bp; end: what
	 * crossing costs more than resting, bp. */
	double quote_rate, quote_decay, quote_risk, quote_end_bp;
	/* Posts again when the price it would join now is further than this beyond its own; for
	 * less its place in the line is worth more. */
	double behind_sigmas;
	/* The chase: begins with a repost and is over when the touch is back where the slot began.
	 * It crosses so far from there, and instead of a repost beyond so many or so long after the
	 * first of the chase. 0: that bound is off (the slot's end always holds). */
	uint32_t reprices_max;
	double chase_bp;
	int64_t chase_ns;

	/* Crosses early when the size of the nearest levels leans against us by this or more,
	 * (ours - theirs) / (ours + theirs), ours the side we would join; over 1: never. The second
	 * holds in the last share of the slot, where what rests would soon cross anyhow. */
	double cross_lean;
	double late_lean, late_share;
	uint8_t lean_levels; /* of each side */

	/* A spread of so many ticks or more is improved by one tick: no line. 0: never. */
	uint32_t improve_ticks;
	/* Joins no line that at the pace of the tape takes longer than this many times what is left
	 * of the slot; crosses instead. 0: any line is joined. Needs tactic_trade. */
	double hopeless;
};

struct tactic_slot {
	enum side side;		   /* of our order */
	int64_t start_ns, end_ns;  /* boot clock; at end it crosses */
	int64_t latency_ns;	   /* decision to venue, known or guessed; 0: none */
	struct price limit;	   /* working price; never posts beyond it; 0: none */
	struct price tick;	   /* distance of neighbouring prices at the touch, > 0 */
	struct tactic_param param; /* tactic_defaults() unless tuned */
};

enum tactic_own {
	TACTIC_OWN_NONE,    /* nothing at work */
	TACTIC_OWN_FLYING,  /* sent, no word yet, or unknown */
	TACTIC_OWN_RESTING, /* the venue says that it rests */
	TACTIC_OWN_LEAVING, /* cancel sent */
};

struct tactic_in {
	int64_t now_ns;
	/* NULL or an empty side: what rests is kept, nothing is posted, the slot's end still
	 * crosses. Its age is the caller's gate. */
	const struct book *book;
	uint8_t own; /* enum tactic_own */
	struct price own_px;
	struct qty own_left;
	bool book_shows_own; /* a live book does, a recorded one does not */

	/* The gates of a passive order (operations.md 8): false closes it at once. */
	bool venue_normal;
	double distance;   /* to liquidation, relative; INFINITY: none */
	double slot_sigma; /* honest: relative deviation of the price over the slot; 0: unknown */
	/* The same as measured of late (5 min), without the margins of an honest one: it scales the
	 * distances of tactic_param. 0: the honest one over 1.4, or a quiet major's. */
	double sigma;
};

enum tactic_do {
	TACTIC_WAIT,   /* nothing to do before next_ns or the next event */
	TACTIC_POST,   /* post-only at px */
	TACTIC_KEEP,   /* what rests stays */
	TACTIC_REPOST, /* cancel what rests, then ask again */
	TACTIC_CROSS,  /* cancel what rests; with nothing at work: take now */
};
enum tactic_why {
	TACTIC_STARTS,	/* at the touch, or a tick better */
	TACTIC_DEEP,	/* behind the touch, early in line */
	TACTIC_WAITS,	/* in line */
	TACTIC_BEHIND,	/* the touch moved away */
	TACTIC_LEANS,	/* the book leans against us */
	TACTIC_CHASED,	/* reprices, time or distance of the chase are used up */
	TACTIC_SLOT,	/* the slot ends */
	TACTIC_GATE,	/* too near to liquidation, or the venue is not well */
	TACTIC_QUEUE,	/* the line is too long for what is left of the slot */
	TACTIC_NO_BOOK, /* nothing to post against */
	TACTIC_LIMIT,	/* the touch is beyond the limit: waits at the limit */
	TACTIC_WHYS
};
/* Plain words, no period: "the book leans against us". */
extern const char *const tactic_why_text[TACTIC_WHYS];

struct tactic_say {
	uint8_t act; /* enum tactic_do */
	uint8_t why; /* enum tactic_why */
	struct price px;
	int64_t next_ns;   /* ask again at the latest then */
	bool ahead_known;  /* own order rests */
	struct qty ahead;  /* what stands in line before it, an upper estimate */
	double lean;	   /* against us, -1..1 */
	double per_s;	   /* coins a second that trades took at our price of late */
	uint32_t reprices; /* so far */
};

struct tactic {
	struct tactic_slot slot;
	bool crossing, began;
	uint8_t why; /* of crossing */
	uint32_t reprices;
	struct price first_px; /* touch of our side when the slot began */
	int64_t chase_from_ns; /* first repost of the chase; 0: none goes on */
	/* own order */
	struct price px; /* asked for, or as it rests; 0: none */
	bool in_line;
	int64_t ahead; /* qty.v */
	/* the tape, at the prices of our side: coins taken, decayed */
	double flow;
	int64_t flow_ns;
};

struct tactic_param tactic_defaults(void);
/* Of --place quotes: by the quote, following a price that goes for as long and as far as its slot
 * lasts, but at most TACTIC_QUOTES_MAX times: that bound is for the request budget. */
enum { TACTIC_QUOTES_MAX = 20 };
struct tactic_param tactic_quotes(void);
void tactic_init(struct tactic *t, const struct tactic_slot *slot);
/* A print of the public tape, `taker` its aggressor; ours too. Times do not go back. */
void tactic_trade(struct tactic *t, int64_t at_ns, struct price px, struct qty sz, enum side taker);
struct tactic_say tactic_step(struct tactic *t, const struct tactic_in *in);
/* Size of the nearest levels, against an order of `side`: -1..1; own size (0: none) at own_px is
 * left out. 0 when a side is empty. */
double tactic_lean(const struct book *b, enum side side, uint32_t levels, struct price own_px,
		   struct qty own);

#endif
