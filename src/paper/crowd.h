/* crowd.h: a market of many names: what another market has, and further ones that show the same
 * books.
 *
 * For load, not for trading: the further coins are C021, C022 ... with the rules, prices and depth
 * of the coins of the inner market in turn; nobody prints trades on them, what is taken of them is
 * whole again in 2 s. The coins of a second dex ("xyz:BTC") are of the same kind. */
#ifndef EXEUNT_PAPER_CROWD_H
#define EXEUNT_PAPER_CROWD_H

#include "paper/market.h"

struct crowd;

/* inner is borrowed; n coins in all, at most PAPER_COINS_MAX, 0: those of inner. NULL: out of
 * memory.
 */
struct crowd *crowd_new(const struct paper_market *inner, uint32_t n);
/* One more under this name. False: inner has no coin `like`, or there is no room. */
bool crowd_add(struct crowd *c, const char *name, const char *like);
void crowd_free(struct crowd *c);
const struct paper_market *crowd_market(struct crowd *c);

#endif
