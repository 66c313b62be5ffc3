/* exec.h: what exits, flattens and the engine say to each other: reports about children, the
 * venue's refusals folded to what we must do about them, and the ladder of prices. Plain data.
 *
 * A child is named by (slice, attempt) of its exit, or (leg, attempt) of a flatten; the engine
 * turns the name into a client id and back. */
#ifndef EXEUNT_EXEC_EXEC_H
#define EXEUNT_EXEC_EXEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/act.h"
#include "core/book.h"
#include "core/dec.h"
#include "core/event.h"
#include "core/instr.h"
#include "core/panic.h"

/* What became of a child. FILL may come before or after CLOSED, in any order, once each. */
enum report_kind {
	REP_OPEN,     /* the venue has it: resting (or the TWAP runs) */
	REP_FILL,     /* one execution: px, sz, fee, crossed. The engine removes duplicates */
	REP_CLOSED,   /* terminal by the venue's word; `filled` is all it ever filled */
	REP_UNKNOWN,  /* no answer in time, or an answer that is no verdict */
	REP_DEAD,     /* proven never to execute again (reliability 1.3); `filled` as known */
	REP_NOT_SENT, /* never left: no key, or the signer refused */
	REP_KINDS
};

enum reject { /* why a CLOSED order did nothing */
	      REJ_NONE,
	      REJ_REDUCE_ONLY, /* flat, wrong side, or covered: re-read the position */
	      REJ_NO_MATCH,    /* IOC found nobody at its price */
	      REJ_POST_CROSS,  /* post-only would have crossed */
	      REJ_MIN_NTL,
	      REJ_MARGIN,
	      REJ_VALUE_CAP,	/* order value too large: split */
	      REJ_EXPIRED,	/* expiresAfter passed before it arrived */
	      REJ_RATE,		/* address budget: one action per 10 s */
	      REJ_NUMBER,	/* tick, lot, price band */
	      REJ_POST_ONLY,	/* the venue is in post-only mode */
	      REJ_ACCESS,	/* key, agent or account is refused: nothing can be sent */
	      REJ_NOT_TRADABLE, /* halted or delisted */
	      REJ_CROWDED,	/* too many open orders: some must go first */
	      REJ_GONE,		/* cancel race: placed never, cancelled or filled already */
	      REJ_OTHER,
	      REJ_COUNT
};
/* From what the venue's session read (enum refusal of event.h) and, for what it has no row for, the
 * words. REFUSED_NONCE_USED is never a verdict: do not report it as CLOSED. */
enum reject reject_of(uint8_t refusal, const char *venue_text);

struct exec_report {
	uint8_t kind;	  /* enum report_kind */
	uint8_t reject;	  /* enum reject, with REP_CLOSED */
	bool batch_error; /* the refusal came for the whole action (pre-validation) */
	bool crossed;	  /* REP_FILL: taker */
	bool no_room;	  /* NOT_SENT: this step was full; the next one has room */
	uint32_t slice;	  /* flatten: leg index + 1 */
	uint32_t attempt;
	struct qty filled; /* CLOSED, DEAD: cumulative; FILL: this execution */
	struct qty heard;  /* of it, as fills that were reported: they never come again */
	struct price px;   /* FILL: price; CLOSED: average when known, else 0 */
	struct money fee;  /* FILL: paid is positive */
	int64_t venue_ms;  /* of the answer or the fill; 0 not told */
	char text[96];	   /* the venue's words, escaped */
};

/* The ladder (operations.md 3 and 8). */
enum { RUNGS = PANIC_RUNGS };
struct ladder_in {
	const struct instr *instr;
	enum side side;		 /* of the closing order */
	struct qty size;	 /* whole size, > 0 */
	struct price mark;	 /* 0: none */
	const struct book *book; /* NULL, empty or older than 3 s: BLIND, the mark alone */
	bool blind;
	struct price zero;  /* price of zero equity; 0: none */
	struct price typed; /* worst price typed by the operator: goes past zero; 0 none */
	const struct panic_conf *panic; /* NULL: the defaults */
};
struct ladder {
	struct price px[RUNGS]; /* valid prices, never better for us than the one before */
	bool at_zero[RUNGS];	/* held at the zero-equity price (or the typed one) */
	struct price base;	/* min(mark, best bid) or max(mark, best ask) */
	struct price expected;	/* average of the walk; base when blind */
	bool blind;
};
/* False: neither mark nor book. */
bool ladder_make(const struct ladder_in *in, struct ladder *out);

#endif
