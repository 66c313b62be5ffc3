/* scenario.c: a scenario at a moment (scenario.h).
 *
 * 1. Pure: no state, no clock; chance comes from the seed alone.
 * 2. Between knots a straight line in percent and factors; logs are taken after. */
#include "scenario/scenario.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/check.h"
#include "base/prng.h"

static const struct scenario *const table[] = {
#define X(name) &name,
	SCENARIO_TABLE(X)
#undef X
};

static double mix(double a, double b, double f)
{
	return a + (b - a) * f;
}

/* A number in [0, 1) of the seed; `what` keeps the two uses apart. */
static double chance(const struct scenario *s, uint64_t seed, uint64_t what)
{
	struct prng r;

	prng_seed(&r, seed ^ (what * 0x9e3779b97f4a7c15u) ^ s->n_steps);
	return prng_unit(&r);
}

static int64_t delay_ms(const struct scenario *s, uint64_t seed)
{
	return s->vary_s > 0 ? (int64_t)(s->vary_s * 1000.0 * chance(s, seed, 1)) : 0;
}

static double move_factor(const struct scenario *s, uint64_t seed)
{
	return s->vary_move > 0 ? 1.0 + s->vary_move * (2.0 * chance(s, seed, 2) - 1.0) : 1.0;
}

static void path_at(struct scenario_now *now, const struct scenario_path *p, double t)
{
	const struct scenario_knot *k = p->knot;
	uint32_t i = 0, n = p->n;

	while (i < n && k[i].at_s <= t)
		i++;
	const struct scenario_knot *a = &k[i == 0 ? 0 : i - 1], *b = &k[i == n ? n - 1 : i];
	double f = b->at_s > a->at_s ? (t - a->at_s) / (b->at_s - a->at_s) : 0;

	if (f < 0)
		f = 0;
	now->log_shift = log1p(mix(a->pct, b->pct, f) / 100.0);
	now->depth = mix(a->depth, b->depth, f);
	now->spread = mix(a->spread, b->spread, f);
	now->rate = mix(a->rate, b->rate, f);
	now->vol = mix(a->vol, b->vol, f);
	now->late_ms = (int64_t)(mix(a->late_s, b->late_s, f) * 1000.0);
	now->apart = log1p(mix(a->apart_pct, b->apart_pct, f) / 100.0);
}

static const struct scenario_coin *row_of(const struct scenario *s, const char *coin)
{
	for (uint32_t i = 0; coin != NULL && i < s->n_coins; i++)
		if (strcmp(s->coin[i].coin, coin) == 0)
			return &s->coin[i];
	return NULL;
}

void scenario_at(struct scenario_now *now, const struct scenario *s, const char *coin,
		 uint64_t seed, int64_t ms)
{
	const struct scenario_coin *row = s != NULL ? row_of(s, coin) : NULL;

	*now = (struct scenario_now){.depth = 1, .spread = 1, .rate = 1, .vol = 1};
	if (s == NULL || (s->path.n == 0 && (row == NULL || row->own.n == 0)))
		return;
	now->beta_min = s->beta_min;
	double t = (double)(ms - delay_ms(s, seed)) / 1000.0;

	path_at(now, row != NULL && row->own.n > 0 ? &row->own : &s->path, t);
	now->log_shift *= move_factor(s, seed);
	if (row == NULL)
		return;
	now->own = row->own.n > 0 || row->move > 0;
	if (row->own.n == 0 && row->move > 0)
		now->log_shift *= row->move;
	if (row->thin > 0 && now->depth < 1)
		now->depth *= row->thin;
}

int64_t scenario_step_ms(const struct scenario *s, uint32_t i, uint32_t n, uint64_t seed)
{
	const struct scenario_step *k = &s->step[i];

	if (n > 0 && !(k->every_s > 0))
		return INT64_MAX;
	return (int64_t)((k->at_s + (double)n * k->every_s) * 1000.0) +
	       (k->at_s > 0 ? delay_ms(s, seed) : 0);
}

const struct scenario *scenario_row(uint32_t i)
{
	return i < COUNT_OF(table) ? table[i] : NULL;
}

const struct scenario *scenario_find(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(table); i++)
		if (strcmp(table[i]->name, name) == 0)
			return table[i];
	return NULL;
}
