/* batch.h: how many orders a close is at the venue, and which of them share a signed action. What
 * sends (exec/flat.c) and what says beforehand what will be sent (plan/sheet_sent.c) both go by it,
 * so that "N orders in M actions" is what then leaves. */
#ifndef EXEUNT_CORE_BATCH_H
#define EXEUNT_CORE_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "core/dec.h"
#include "core/instr.h"
#include "limits.h"

enum {
	BATCH_FULL = BATCH_MAX / 2, /* orders of an action that takes no further leg */
};

/* Largest value of one limit order by the instrument's maximum leverage: 10x the market cap. */
struct money order_value_cap(const struct instr *i);
/* Largest size of one order at px, on the lot; 0: no order is too large. */
struct qty order_most(const struct instr *i, struct price px);
/* Orders that `size` is at px. */
uint32_t order_pieces(const struct instr *i, struct price px, struct qty size);

/* The actions of one step of a run, as its legs are sent one after another. Zeroed: none yet. */
struct batch {
	bool begun;
	uint8_t account;
	uint32_t n;	  /* orders of the newest action */
	uint32_t actions; /* signed ones so far */
};
/* Whether the next leg begins an action. `alone`: it takes nobody along, the first of a run. */
bool batch_begins(const struct batch *b, uint8_t account, bool alone);
/* It was sent, `begins` as just said, with so many orders. */
void batch_sent(struct batch *b, uint8_t account, uint32_t orders, bool begins, bool alone);

/* The order in which n legs go out that are sorted by danger: of each account as many together as
 * fill an action, so that accounts whose legs alternate do not take an action each. Actions follow
 * each other by the most endangered leg in them, and the first leg of all stays the first; `alone`:
 * it goes by itself. account[] is used up; at[]: indices. */
void batch_order(uint8_t account[], uint32_t n, bool alone, uint16_t at[]);

#endif
