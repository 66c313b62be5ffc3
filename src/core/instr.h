/* instr.h: what can be traded, and the venue's rules for its numbers. Plain data, filled from the
 * venue's meta; an instrument keeps its id for the life of the process. */
#ifndef EXEUNT_CORE_INSTR_H
#define EXEUNT_CORE_INSTR_H

#include <stdbool.h>
#include <stdint.h>

#include "core/dec.h"
#include "limits.h"

struct margin_tier {
	struct money lower; /* notional from which this tier holds */
	int32_t max_leverage;
};

struct instr {
	char coin[COIN_MAX]; /* the venue's name: "BTC", "dex:COIN", "@107" */
	uint32_t asset;	     /* the venue's number in actions */
	uint8_t dex;	     /* index into the account's dexes; 0 is the validator dex */
	bool spot;
	bool delisted;
	bool only_isolated;
	int8_t sz_decimals; /* decimals of a size */
	int8_t px_decimals; /* most decimals of a price: 6 - sz (perps), 8 - sz (spot) */
	int8_t px_sig; /* most significant digits of a price with decimals: 5; integers are free */
	int32_t max_leverage;
	uint8_t n_tiers; /* at least 1 for perps */
	struct margin_tier tiers[TIERS_MAX];
	struct money min_notional; /* 10 USD */
};

/* Instruments by name; open addressing over a fixed table. Ids are 0..n-1 in order of arrival. */
struct instr_table {
	uint32_t n;
	struct instr at[INSTR_MAX];
	uint16_t slot[2 * INSTR_MAX]; /* id + 1, 0 empty */
};

enum { INSTR_NONE = 0xffff };

void instr_table_init(struct instr_table *t);
/* Adds or replaces by coin; returns the id, INSTR_NONE when full. */
uint16_t instr_put(struct instr_table *t, const struct instr *i);
uint16_t instr_find(const struct instr_table *t, const char *coin);
/* As typed: the name itself, else the only one that differs by the case of its letters alone; of
 * two none is guessed. */
uint16_t instr_typed(const struct instr_table *t, const char *coin);
bool coin_same(const char *a, const char *b); /* but for the case of ASCII letters */
uint16_t instr_by_asset(const struct instr_table *t, uint32_t asset);

/* The one function for numbers of the venue. Rounds `p` to a price the venue takes: at most px_sig
 * significant digits and px_decimals decimals, integers always allowed. False when p <= 0 or the
 * result would be 0. Buys that must fill round UP, sells DOWN, passive ones the other way. */
bool instr_round_price(const struct instr *i, struct price *out, struct price p, enum round how);
bool instr_price_ok(const struct instr *i, struct price p);
/* Rounds a size toward zero to the lot; never up. */
struct qty instr_floor_qty(const struct instr *i, struct qty q);
bool instr_qty_ok(const struct instr *i, struct qty q);
struct qty instr_lot(const struct instr *i);
/* The distance between neighbouring prices at p. */
struct price instr_tick(const struct instr *i, struct price p);

#endif
