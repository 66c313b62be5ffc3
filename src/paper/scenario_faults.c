/* scenario_faults.c: the timetable of faults of the bad days (scenario.h). Apart from scenario.c so
 * that a market links without the exchange core. */
#include "base/check.h"
#include "paper/paper.h"
#include "paper/scenario.h"

/* Faults repeat with `every`; each lasts until `until` of its period. */
struct fault_plan {
	enum scenario scenario;
	int64_t first_ms, every_ms, for_ms;
	enum paper_fault kind;
	int32_t per_mille;
};

static const struct fault_plan plan[] = {
	{SCENARIO_OUTAGE, 15000, 120000, 60000, FAULT_ACK_LOST, 200},
	{SCENARIO_OUTAGE, 15000, 120000, 60000, FAULT_ACK_ERROR, 250},
	{SCENARIO_FROZEN, 15000, 120000, 60000, FAULT_FREEZE, 0},
};

static bool active(const struct fault_plan *f, int64_t ms)
{
	return ms >= f->first_ms && (ms - f->first_ms) % f->every_ms < f->for_ms;
}

void scenario_faults(enum scenario s, struct paper *p, int64_t from_ms, int64_t to_ms)
{
	for (size_t i = 0; i < COUNT_OF(plan); i++) {
		if (plan[i].scenario != s)
			continue;
		bool before = active(&plan[i], from_ms), now = active(&plan[i], to_ms);

		if (before != now)
			paper_fault(p, plan[i].kind, now ? -1 : 0, 0, plan[i].per_mille);
	}
}
