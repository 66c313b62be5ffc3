/* book.h: depth of one market. The venue sends whole books: replace, never merge. A crossed,
 * unsorted or non-positive book is refused and the old one keeps its age. */
#ifndef EXEUNT_CORE_BOOK_H
#define EXEUNT_CORE_BOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/dec.h"
#include "limits.h"

struct level {
	struct price px;
	struct qty sz;
	uint32_t n; /* orders at this price, 0 when not told */
};

enum side { SIDE_BUY, SIDE_SELL };

static inline enum side side_other(enum side s)
{
	return s == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
}

struct book {
	uint16_t instr;
	uint8_t n_bid, n_ask;
	bool fast;	  /* 5 levels */
	int64_t venue_ms; /* the frame's block time */
	int64_t seen_ns;  /* boot clock at which the last frame proved the stream alive */
	int64_t deep_ns;  /* seen_ns of the full frame the levels behind a fast touch come from */
	/* Coins of the five best levels, their mean over about the last 30 s: what a slice may
	 * count on later. 0: not told. Kept by book_note_five, book_apply drops it. */
	struct qty five_bid, five_ask;
	struct level bid[BOOK_LEVELS]; /* best first, falling */
	struct level ask[BOOK_LEVELS]; /* best first, rising */
};

enum book_result { BOOK_OK, BOOK_CROSSED, BOOK_UNSORTED, BOOK_BAD_LEVEL, BOOK_OLDER };

/* Checks `next` and replaces *b by it. A fast frame replaces the touch and keeps deeper levels of a
 * full book that lie strictly beyond its last level, with the full book's own age in deep_ns;
 * `fast` then says that nothing deeper is held. */
enum book_result book_apply(struct book *b, const struct book *next);
/* Puts a best bid and offer on top: levels better than them are dropped, equal ones take the new
 * size. NULL leaves a side alone, px 0 empties it; a level crossed by the other side's new best
 * goes too. */
enum book_result book_apply_bbo(struct book *b, const struct level *bid, const struct level *ask,
				int64_t venue_ms, int64_t seen_ns);

/* Coins of the five best levels now. */
struct qty book_five(const struct book *b, enum side side);
/* Takes the five best levels of now into the mean that stood before (both 0: begins with it), which
 * is `age_ns` old. */
void book_note_five(struct book *b, struct qty was_bid, struct qty was_ask, int64_t age_ns);

/* What it costs to take `size` from the book now. */
struct book_walk {
	struct qty filled; /* at most size; less: the book ended */
	struct price avg;  /* 0 when nothing */
	struct price worst;
	uint8_t levels;	    /* levels consumed, the last may be partial */
	struct money value; /* sum of px*sz, rounded half away */
};
/* taker SIDE_SELL walks the bids. `limit` 0 means none. */
struct book_walk book_take(const struct book *b, enum side taker, struct qty size,
			   struct price limit);
bool book_mid(const struct book *b, struct price *mid);

#endif
