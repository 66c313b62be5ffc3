/* tape.h: recorded market data in memory, and nothing else: no clock, no matching.
 *
 * A tape is a folder of CSV files, plain or gzip, one set a coin: orderbooks_, trades_ and, where
 * it was recorded, prices_COIN.csv[.gz]; columns.h has what stands in them.
 * Columns are found by their names. Times are the venue's (exchange_timestamp, ms). Memory is
 * allocated while loading and given back by tape_free; the loaded tape never changes. */
#ifndef EXEUNT_TAPE_TAPE_H
#define EXEUNT_TAPE_TAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/dec.h"
#include "limits.h"
#include "tape/columns.h"

enum {
	TAPE_COINS_MAX = 32,
	TAPE_ROWS_MAX = 4000000,  /* of one file; two days of touch rows */
	TAPE_BOOKS_MAX = 1000000, /* of one file, 660 bytes each: six days at two a second */
	TAPE_GAP_MS = 3000,	  /* a longer silence between two books is a gap, counted */
};

struct tape_level {
	struct price px;
	struct qty sz;
};

struct tape_book {
	int64_t ms;
	uint8_t n[2];				/* bids, asks */
	struct tape_level side[2][TAPE_LEVELS]; /* best first */
};

struct tape_trade {
	int64_t ms;
	struct price px;
	struct qty sz;
	bool buy; /* the aggressor's side */
};

struct tape_touch {
	int64_t ms;
	struct tape_level side[2]; /* sz 0: this side not told */
};

struct tape_coin {
	char coin[COIN_MAX];
	struct tape_book *book;
	struct tape_trade *trade;
	struct tape_touch *touch;
	uint32_t n_book, n_trade, n_touch;
	int8_t sz_decimals;	 /* most decimals of a size that occurs */
	uint32_t gaps;		 /* silences over TAPE_GAP_MS */
	int64_t gap_ms_max;	 /* the longest */
	uint32_t dropped_trades; /* older than the first book, or going back in time */
	uint32_t dropped_books;	 /* crossed, unsorted, empty, or going back in time */
	bool cut;		 /* a file ended within a gzip member: its last block is lost */
};

struct tape {
	uint32_t n;
	struct tape_coin at[TAPE_COINS_MAX]; /* by name */
	int64_t begin_ms, end_ms;	     /* all coins have a book from begin on, until end */
};

/* Reads every coin of the folder. False with the file, line and value that are wrong. */
bool tape_load(struct tape *t, const char *dir, struct err *e);
void tape_free(struct tape *t);

#endif
