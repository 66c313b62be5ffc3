/* sheetfill.h: the emergency sheet's input from a snapshot. */
#ifndef EXEUNT_UI_SHEETFILL_H
#define EXEUNT_UI_SHEETFILL_H

#include "core/snap.h"
#include "plan/sheet.h"

/* Pools of the accounts in scope; the legs that the scope means are wanted. now_ns: boot clock of
 * the reader, for the age of books. scope NULL: everything. Borrows books and tiers of the
 * snapshot. */
void sheet_fill_snap(const struct snap *s, int64_t now_ns, const struct flatten *scope,
		     struct sheet_in *in);

/* USD that closing `size` of a position costs now, fees in; *model: of it, from no level that is
 * seen. False: the position is not in the snapshot, or has no mark. */
bool sheet_cost_snap(const struct snap *s, int64_t now_ns, uint8_t account, const char *coin,
		     struct qty size, double *cost, double *model);

#endif
