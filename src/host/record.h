/* record.h: market events into a folder of tapes, one part after another:
 *
 *   DIR/20261128T053200Z/orderbooks_BTC.csv.gz, trades_BTC.csv.gz, prices_BTC.csv.gz, ...
 *
 * A part is a tape by itself (tape/tape.h): it begins with a book of every coin and holds at most
 * an hour, or a quarter of max_bytes. When all parts together pass max_bytes the oldest goes; files
 * that are not a recording's are never touched. Full books and fast ones are merged as the engine
 * merges them, so a row has up to 20 levels of which those beyond the fifth may be one full frame
 * old (about 5 s). */
#ifndef EXEUNT_HOST_RECORD_H
#define EXEUNT_HOST_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "core/event.h"
#include "core/instr.h"

enum {
	RECORD_COINS_MAX = 32,	/* of one run, as a tape holds */
	RECORD_FLUSH_MS = 5000, /* what a kill may lose */
	RECORD_PART_S = 3600,
	RECORD_MAX_LEAST = 1 << 20 /* bytes: least --max-size */
};

struct record_conf {
	const char *dir;
	int64_t max_bytes; /* of all parts */
	uint32_t n;
	char coin[RECORD_COINS_MAX][COIN_MAX];
	void (*feed)(void *arg, uint16_t instr); /* a coin is known: its feed is wanted */
	void (*say)(void *arg, bool bad, const char *text);
	void *arg;
};

struct record_sum {
	uint64_t books, trades, touches, lost; /* rows; lost: the disk took none */
	int64_t bytes;
	uint32_t parts, gaps; /* silences of a book over 3 s */
	char part[4096];      /* the newest */
};

struct recorder;

/* Coins from "BTC,ETH"; refuses an empty, repeated or impossible name. */
bool record_coins(struct record_conf *c, const char *text, struct err *e);
/* Makes DIR and its first part. `instrs` is the table that EV_INSTRS fills, through the recorder.
 */
struct recorder *record_new(const struct record_conf *c, struct instr_table *instrs, int64_t now_ns,
			    int64_t wall_ms, struct err *e);
void record_event(struct recorder *r, const struct event *ev);
/* Flushes, rotates, retries; call at least once a second. */
void record_tick(struct recorder *r, int64_t now_ns, int64_t wall_ms);
/* The first wanted coin that the venue's lists do not have; NULL: all are known, or no list came.
 */
const char *record_unknown(const struct recorder *r);
/* Writes what is left, closes and frees. False: rows were lost; sum says how many. */
bool record_end(struct recorder *r, struct record_sum *sum, struct err *e);

#endif
