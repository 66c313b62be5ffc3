/* sheetfill.h: the emergency sheet's input from the engine's own state. */
#ifndef EXEUNT_ENGINE_SHEETFILL_H
#define EXEUNT_ENGINE_SHEETFILL_H

#include "engine/engine.h"
#include "plan/sheet.h"

/* Pools of the accounts in scope; the legs that the scope means are wanted. A typed worst price and
 * a cushion go along. scope NULL: everything. Borrows books and tiers of the engine: to be used
 * before its next step. */
void sheet_fill_engine(const struct engine *e, const struct flatten *scope, struct sheet_in *in);

#endif
