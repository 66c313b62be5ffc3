/* algo.c: see algo.h. */
#include "core/algo.h"

const struct algo_info ALGO_INFO[ALGO_COUNT] = {
	[ALGO_TWAP] = {"twap", "twap", "even slices", .scheduled = true, .tunes = true},
	[ALGO_AC] = {"ac", "ac", "Almgren-Chriss, fast first", .scheduled = true, .urgent = true,
		     .tunes = true},
	[ALGO_SWEEP] = {"sweep", "sweep", "all at once", .own_end = true, .tunes = true},
	[ALGO_VENUE_TWAP] = {"venue-twap", "venue", "the venue's own TWAP, reduce-only",
			     .tunes = true},
	[ALGO_VWAP] = {"vwap", "vwap", "along the day's volume", .scheduled = true, .tunes = true},
	[ALGO_POV] = {"pov", "pov", "a share of the tape", .own_end = true, .tunes = true},
	[ALGO_IS] = {"is", "is", "least 1-in-20 outcome", .scheduled = true, .urgent = true,
		     .own_end = true},
	[ALGO_ADAPTIVE] = {"adaptive", "adaptive", "faster after gains", .scheduled = true,
			   .urgent = true, .tunes = true},
};
