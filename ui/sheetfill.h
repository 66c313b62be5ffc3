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

#endif
