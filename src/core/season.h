/* season.h: how the volume of a market is spread over the day: what each hour of UTC trades, in any
 * unit. A schedule along volume is made of it, and made again from it after a restart, so it is
 * kept with the schedule. All zero: nothing is known, every hour is like the other. */
#ifndef EXEUNT_CORE_SEASON_H
#define EXEUNT_CORE_SEASON_H

#include <stdbool.h>
#include <stdint.h>

enum { DAY_HOURS = 24 };

struct season {
	uint16_t hour[DAY_HOURS];
};

static inline bool season_known(const struct season *s)
{
	uint32_t sum = 0;
	for (int i = 0; i < DAY_HOURS; i++)
		sum += s->hour[i];
	return sum > 0;
}

/* What is traded between two moments (wall clock, ms), in hours of the curve's unit; of a flat one
 * the time itself. */
static inline double season_between(const struct season *s, int64_t from_ms, int64_t to_ms)
{
	const int64_t hour = 3600000;
	double sum = 0;
	bool known = season_known(s);
	while (from_ms < to_ms) {
		int64_t end = (from_ms / hour + 1) * hour, upto = end < to_ms ? end : to_ms;
		double w = known ? s->hour[from_ms / hour % DAY_HOURS] : 1;
		sum += w * (double)(upto - from_ms) / (double)hour;
		from_ms = upto;
	}
	return sum;
}

#endif
