/* record.h: the journal's records as structs, and their bytes.
 *
 * Layout of a body: payload by kind, little-endian, strings with a length byte; then CRC-32 over
 * kind, version and payload. Versions are per kind; a reader refuses any other than its own, and a
 * body that is too short, too long or damaged. Coins are written by name: ids do not survive. */
#ifndef EXEUNT_ENGINE_RECORD_H
#define EXEUNT_ENGINE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/act.h"
#include "core/effect.h"
#include "core/instr.h"

enum { REC_VERSION = 1, REC_ORDERS_MAX = 30, REC_FILLS_MAX = 20, REC_TEXT_MAX = 200 };

struct rec_order {
	char coin[COIN_MAX];
	bool buy, reduce_only, target_zero, trigger_market, take_profit, twap;
	uint8_t tif, whose, leg;
	struct qty sz;
	struct price px, trigger_px;
	struct cloid cloid;
	uint32_t exit, slice, attempt, panic;
};

struct rec_word { /* what became of one order of an action */
	uint8_t leg;
	uint8_t evidence; /* enum evidence */
	uint64_t oid;
	struct qty told;
};

struct rec_fill {
	char coin[COIN_MAX];
	bool buy, crossed;
	uint8_t kind;
	struct price px;
	struct qty sz, start_position;
	struct money fee;
	uint64_t oid, tid, twap_id;
	struct cloid cloid;
	int64_t time_ms;
};

/* In intent.flight: shown by a dry run, never sent. Its nonce and its names are spent, no more. */
enum { REC_DRY = 0x80 };

enum rec_part { PART_EXIT, PART_FLAT, PART_INSTR };

struct rec {
	uint8_t kind; /* enum rec_kind */
	uint8_t account;
	uint32_t exit, slice, attempt;
	uint64_t nonce;
	char text[REC_TEXT_MAX]; /* START, LEASE, COMMAND, OTHER_HAND, END, LOCK, BARRIER, READ */
	uint64_t value; /* CEILING: upto; LOCK: 1 on, with slice 1 + enum auto_kind its distance, 0
			   off; START: epoch; BARRIER: conn epoch */
	union {
		struct {
			uint8_t flight, lane, n;
			int64_t expires_ms, wall_ms;
			struct rec_order order[REC_ORDERS_MAX];
		} intent;
		struct {
			uint8_t n;
			struct rec_word word[REC_ORDERS_MAX];
		} verdict; /* VERDICT, DEAD */
		struct {
			uint8_t n;
			struct rec_fill fill[REC_FILLS_MAX];
		} fill;
		struct { /* a stop kept at the venue; slice: its number */
			char coin[COIN_MAX];
			uint32_t id, attempt;
			bool off, ended, buy;
			struct price typed;
		} guard;
		struct {
			uint8_t what; /* enum rec_part; exit: id, slice: part number */
			char coin[COIN_MAX];
			struct instr instr; /* PART_INSTR */
			uint16_t len;
			uint8_t bytes[REC_BODY_MAX];
		} plan;
	};
};

void rec_encode(const struct rec *r, struct ef_record *out);
/* Fills everything but kind, account, exit, slice, attempt and nonce from the body; the caller sets
 * those first. */
bool rec_decode(struct rec *r, uint8_t ver, const uint8_t *body, size_t len, struct err *e);
const char *rec_kind_name(uint8_t kind);

#endif
