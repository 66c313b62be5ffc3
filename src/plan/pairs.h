/* pairs.h: the steps in which a trim of both sides of a book goes, so that |net beta-delta| is
 * never raised beyond where it began, whichever of the orders fill. The trim that runs
 * (exec/trim.c) and the sheet that counts its orders (sheet_sent.c) go by it. All in USD of
 * BTC-like delta. */
#ifndef EXEUNT_PLAN_PAIRS_H
#define EXEUNT_PLAN_PAIRS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/instr.h"

/* `down`: of legs that lower |net|, `up`: of those that raise it. */
struct pairs {
	double net0;		 /* |net| where it began */
	double net;		 /* now, positive on the side where it began */
	double down, up;	 /* whole cuts of each kind */
	double fly_down, fly_up; /* without a verdict */
};
struct pair_room {
	double down, up;
};
/* What may go out now. A book hedged to less than a quarter of the smaller side moves in quarters
 * of that side. */
struct pair_room pairs_room(const struct pairs *p);
/* Coins of `size` that fit, taken out of the room of their kind; beta_usd: of one coin, <= 0 not
 * known, all of it. */
int64_t pairs_fit(struct pair_room *r, const struct instr *i, bool raises, double beta_usd,
		  int64_t size);

#endif
