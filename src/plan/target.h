/* target.h: from what an exit aims at ("half", "until 5x", "until it dies at -4 %") to coins. One
 * place for the ticket on screen and for the exit that runs, so that both mean the same size.
 *
 * Goals ("until ...") are rounded so that they are met, sizes are rounded down to the lot. */
#ifndef EXEUNT_PLAN_TARGET_H
#define EXEUNT_PLAN_TARGET_H

#include "base/err.h"
#include "core/cmd.h"
#include "core/instr.h"
#include "plan/danger.h"

struct target_in {
	const struct instr *instr;
	struct price mark;		    /* > 0 */
	struct qty position;		    /* signed, not 0 */
	const struct plan_account *account; /* of the pool, at `position` and `mark` */
	double net_delta;		    /* account, USD, signed: TARGET_DELTA */
	double account_ntl;		    /* USD, gross: TARGET_LEVERAGE */
	double account_equity;		    /* USD; <= 0: not known */
};

/* Coins to trade, 0 < *out <= |position|. False, with rule and value named: more than is held, even
 * all of it does not get there, already there, cannot be computed. */
bool target_size(const struct ticket *t, const struct target_in *in, struct qty *out,
		 struct err *e);

#endif
