/* side.h: one side of a market as far as it is seen: the fine book, and behind its last level what
 * the aggregated one holds more. */
#ifndef EXEUNT_PLAN_SIDE_H
#define EXEUNT_PLAN_SIDE_H

#include "core/book.h"
#include "plan/cost.h"

/* Room for a side whose buckets are spread over `parts` levels each. */
#define SIDE_ROOM(parts) ((1 + (parts)) * BOOK_LEVELS)

/* The side that `taker` hits, best first, in coins and prices; `deep` may be NULL and is read when
 * the fine book holds less than `want` coins. Levels of an aggregated book are sums that end at
 * their price, so what the fine book told of the first of them is taken off. A bucket is spread
 * over its width in `parts` levels: at its far edge alone a bucket of 1 % would price what the fine
 * book just did not hold at all of it. Returns how many; `out` has SIDE_ROOM(parts). */
uint32_t side_levels(const struct book *fine, const struct book *deep, enum side taker, double want,
		     uint32_t parts, struct cost_level *out);

#endif
