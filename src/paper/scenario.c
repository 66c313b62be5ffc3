/* scenario.c: the numbers of the bad days (scenario.h).
 *
 * A scenario is a list of knots in time; between knots everything is interpolated on a straight
 * line, before the first and after the last it stays. So a scenario has no state, and the same time
 * gives the same numbers. */
#include "paper/scenario.h"

#include <stddef.h>
#include <string.h>

#include "base/check.h"

struct knot {
	double at_s;
	double pct; /* BTC since the start, % */
	double depth, spread, rate, vol;
	double oracle_late_s;
};

/* The fall is uneven on purpose: waves of selling with short pauses, as in October 2025. */
static const struct knot crash[] = {
	{120, 0, 1, 1, 1, 1, 0},	   {126, -0.25, 0.5, 2, 4, 2, 3},
	{140, -0.70, 0.25, 4, 8, 3, 6},	   {150, -0.80, 0.30, 4, 6, 2.5, 6},
	{165, -1.75, 0.12, 8, 10, 4, 9},   {175, -1.70, 0.15, 6, 7, 3, 9},
	{200, -3.10, 0.08, 10, 12, 4, 9},  {220, -3.50, 0.08, 10, 10, 4, 9},
	{240, -3.10, 0.15, 6, 7, 3, 6},	   {300, -2.40, 0.4, 3, 4, 2, 3},
	{420, -2.30, 0.8, 1.5, 2, 1.3, 0}, {600, -2.30, 1, 1, 1, 1, 0},
};
static const struct knot thin[] = {{0, 0, 0.15, 3, 0.33, 1, 0}};
static const struct knot outage[] = {
	{15, 0, 1, 1, 1, 1, 0},
	{75, -0.6, 0.6, 2, 2, 1.5, 0},
	{300, -1.2, 0.8, 1.5, 1.5, 1.2, 0},
};

static const struct {
	const struct knot *knot;
	size_t n;
} path[SCENARIO_COUNT] = {
	[SCENARIO_CRASH] = {crash, COUNT_OF(crash)},
	[SCENARIO_THIN] = {thin, COUNT_OF(thin)},
	[SCENARIO_OUTAGE] = {outage, COUNT_OF(outage)},
};

static const char *const name[SCENARIO_COUNT] = {
#define X(id, text) [SCENARIO_##id] = text,
	SCENARIO_TABLE(X)
#undef X
};

static double mix(double a, double b, double f)
{
	return a + (b - a) * f;
}

void scenario_at(struct scenario_now *now, enum scenario s, int64_t ms)
{
	const struct knot *k = path[s].knot;
	size_t n = path[s].n, i = 0;
	double t = (double)ms / 1000.0;

	*now = (struct scenario_now){.depth = 1, .spread = 1, .rate = 1, .vol = 1};
	if (n == 0)
		return;
	now->beta_min = s == SCENARIO_THIN ? 0 : 1;
	while (i < n && k[i].at_s <= t)
		i++;
	const struct knot *a = &k[i == 0 ? 0 : i - 1], *b = &k[i == n ? n - 1 : i];
	double f = b->at_s > a->at_s ? (t - a->at_s) / (b->at_s - a->at_s) : 0;

	if (f < 0)
		f = 0;
	/* log(1 + x) to second order: exact to 2e-5 for falls of 5 %. */
	double x = mix(a->pct, b->pct, f) / 100.0;

	now->log_shift = x - x * x / 2;
	now->depth = mix(a->depth, b->depth, f);
	now->spread = mix(a->spread, b->spread, f);
	now->rate = mix(a->rate, b->rate, f);
	now->vol = mix(a->vol, b->vol, f);
	now->oracle_late_ms = (int64_t)(mix(a->oracle_late_s, b->oracle_late_s, f) * 1000.0);
}

bool scenario_find(enum scenario *out, const char *text)
{
	for (int i = 0; i < SCENARIO_COUNT; i++)
		if (strcmp(name[i], text) == 0) {
			*out = (enum scenario)i;
			return true;
		}
	return false;
}

const char *scenario_name(enum scenario s)
{
	return name[s];
}
