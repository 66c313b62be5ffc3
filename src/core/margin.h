/* margin.h: maintenance margin and liquidation prices, exactly as the venue shows them.
 *
 * Formulas: maintenance(n) = notional * mmr - deduction, mmr = 1 / (2 * max leverage of the tier),
 * which is the sum over tiers of the part of the notional in each times its mmr. Liquidation: the
 * price at which equity equals maintenance, with the tier that holds at that price. Rounding as
 * captured: liquidation price and return half away at 10 decimals, margins cut at 6. */
#ifndef EXEUNT_CORE_MARGIN_H
#define EXEUNT_CORE_MARGIN_H

#include <stdbool.h>

#include "core/dec.h"
#include "core/instr.h"

/* Exact, cut at 8 decimals; margin_shown cuts at 6 as the venue does. False: no tiers, overflow. */
bool margin_maintenance(struct money *out, const struct instr *i, struct money notional);
struct money margin_shown(struct money m);

/* `value` is |szi| * mark, `equity` and `maintenance` of the whole cross pool, this leg included.
 * False when no positive price liquidates. */
bool margin_liq_cross(struct price *out, const struct instr *i, struct qty szi, struct money value,
		      struct money equity, struct money maintenance);
/* `raw_usd` is the cash leg of the isolated position. */
bool margin_liq_isolated(struct price *out, const struct instr *i, struct qty szi,
			 struct money raw_usd);
bool margin_used_cross(struct money *out, struct money value, int32_t leverage);
bool margin_used_isolated(struct money *out, struct qty szi, struct money value,
			  struct money raw_usd);
/* Return on equity from the exact entry notional, not from the rounded entry price. */
bool margin_roe(struct ratio *out, struct qty szi, struct money value, struct money upnl,
		int32_t leverage);
/* Cross equity less the larger of margin used and a tenth of the notional, at least 0. */
bool margin_withdrawable(struct money *out, struct money equity, struct money used,
			 struct money notional);

#endif
