/* hot.h: the three hot frames, read by the pull scanner or, when that says "not mine", by the JSON
 * door. Both fill the same struct and agree on every frame. */
#ifndef EXEUNT_VENUE_HYPERLIQUID_HOT_H
#define EXEUNT_VENUE_HYPERLIQUID_HOT_H

#include "core/event.h"
#include "wire/json.h"

enum hot_kind { HOT_NONE, HOT_BOOK, HOT_BBO, HOT_TRADES };

struct hot {
	uint8_t kind;	 /* enum hot_kind */
	bool aggregated; /* a book with `spread`: not the book to trade on */
	char coin[COIN_MAX];
	struct book book;      /* HOT_BOOK: levels, fast, venue_ms; instr is the caller's */
	struct level bid, ask; /* HOT_BBO: px 0: none */
	int64_t venue_ms;
	uint32_t n; /* HOT_TRADES */
};

enum { HOT_TRADES_MAX = 4096 };

/* The scanner: false is "not mine". trades has room for HOT_TRADES_MAX. */
bool hot_scan(struct hot *h, struct trade *trades, const char *s, size_t n);
/* The door: false is "refused", *why names the rule. `answer`: the body of a request, which may
 * lack time and counts. */
bool hot_book(struct hot *h, const struct jv *data, bool answer, const char **why);
bool hot_bbo(struct hot *h, const struct jv *data, const char **why);
bool hot_trades(struct hot *h, struct trade *trades, const struct jv *data, const char **why);

#endif
