/* crowd.h: a market of many names: what another market has, and further ones that show the same
 * books.
 *
 * For load, not for trading: the further coins are C021, C022 ... with the rules, prices and depth
 * of the coins of the inner market in turn; nobody prints trades on them, what is taken of them is
 * whole again in 2 s. */
#ifndef EXEUNT_PAPER_CROWD_H
#define EXEUNT_PAPER_CROWD_H

#include "paper/market.h"

struct crowd;

/* inner is borrowed; n coins in all, at most PAPER_COINS_MAX. NULL: out of memory. */
struct crowd *crowd_new(const struct paper_market *inner, uint32_t n);
void crowd_free(struct crowd *c);
const struct paper_market *crowd_market(struct crowd *c);

#endif
