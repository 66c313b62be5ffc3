/* columns.h: the columns of a recorded market, in one table for who reads and who writes them.
 *
 *   orderbooks_COIN.csv[.gz]  timestamp,sequence,exchange_timestamp, then a level: bid_price_0,
 *                             bid_size_0,ask_price_0,ask_size_0, ... up to TAPE_LEVELS of them
 *   trades_COIN.csv[.gz]      timestamp,price,size,side(buy|sell),trade_id,exchange_timestamp
 *   prices_COIN.csv[.gz]      timestamp,price,size,side(bid|ask),exchange_timestamp
 *
 * timestamp is when it was received, seconds; exchange_timestamp the venue's, ms. A side of a book
 * that has fewer levels leaves its cells empty. */
#ifndef EXEUNT_TAPE_COLUMNS_H
#define EXEUNT_TAPE_COLUMNS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum { TAPE_LEVELS = 20 };

enum tape_file { TAPE_ORDERBOOKS, TAPE_TRADES, TAPE_PRICES, TAPE_FILES };
enum tape_column {
	TAPE_RECEIVED,
	TAPE_SEQUENCE,
	TAPE_EXCHANGE_MS,
	TAPE_PRICE,
	TAPE_SIZE,
	TAPE_SIDE,
	TAPE_TRADE_ID,
	TAPE_COLUMNS
};
/* A level's four columns, in the order of the file; the number of the level follows the name. */
enum tape_level_column { TAPE_BID_PRICE, TAPE_BID_SIZE, TAPE_ASK_PRICE, TAPE_ASK_SIZE, TAPE_CELLS };

struct tape_form {
	const char *prefix;	   /* "orderbooks": of the file's name */
	bool may_lack;		   /* a folder without it is read */
	uint32_t levels;	   /* TAPE_LEVELS, 0: no levels */
	uint8_t n;		   /* columns before the levels */
	uint8_t col[TAPE_COLUMNS]; /* enum tape_column, in order */
	const char *side[2];	   /* words of the side column; NULL: none */
};
extern const struct tape_form tape_forms[TAPE_FILES];
extern const char *const tape_column_name[TAPE_COLUMNS];
extern const char *const tape_level_name[TAPE_CELLS];

/* The first line of a file, with its newline. */
void tape_header(struct buf *b, enum tape_file file);

#endif
