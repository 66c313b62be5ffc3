/* snap.c: the names of events as programs read them: hook, status --json. */
#include "core/snap.h"

#include "base/check.h"

static const char *const names[] = {
	[NC_NONE] = "none",
	[NC_DANGER] = "danger",
	[NC_UNKNOWN] = "unknown",
	[NC_VENUE_ERRORS] = "venue_errors",
	[NC_POST_ONLY] = "post_only",
	[NC_BLIND] = "blind",
	[NC_STOPPED_PRICE] = "stopped_price",
	[NC_LATE] = "late",
	[NC_LIQUIDATED] = "liquidated",
	[NC_ADL] = "adl",
	[NC_ASLEEP] = "asleep",
	[NC_OTHER_HAND] = "other_hand",
	[NC_TWO_WRITERS] = "two_writers",
	[NC_FLAT] = "flat",
	[NC_NOT_FLAT] = "not_flat",
	[NC_FILL] = "fill",
	[NC_EXIT] = "exit",
	[NC_ORDER] = "order",
	[NC_CONN] = "connection",
	[NC_KEY] = "key",
	[NC_BUDGET] = "budget",
	[NC_STORE] = "store",
	[NC_NO_STOP] = "no_stop",
	[NC_COMMAND] = "command",
	[NC_LIMIT] = "limit",
	[NC_DELISTED] = "delisted",
	[NC_TIERS] = "margin_tiers",
	[NC_GUARD] = "guard",
	[NC_FUNDING] = "funding",
	[NC_ADD] = "add",
	[NC_BEHIND] = "behind",
	[NC_AUTO] = "auto",
	[NC_UNLISTED] = "unlisted",
};

const char *notice_name(uint8_t code)
{
	return code < COUNT_OF(names) && names[code] ? names[code] : "other";
}
