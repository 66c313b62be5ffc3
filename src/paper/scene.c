/* scene.c: interpolation between a scene's knots (scene.h). */
#include "paper/scene.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

enum { DRAW_SIZE, DRAW_PACE };

double scene_draw(uint64_t seed, uint32_t what, double lo, double hi)
{
	uint64_t z = seed * 0x9e3779b97f4a7c15u + (what + 1) * 0xd1342543de82ef95u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	z ^= z >> 31;
	return lo + (hi - lo) * ((double)(z >> 11) * 0x1p-53);
}

void scene_calm(struct scene_now *now)
{
	*now = (struct scene_now){.depth = 1, .spread = 1, .rate = 1, .vol = 1, .refill = 1};
}

static const struct scene_track *track_of(const struct scene *s, const char *coin)
{
	const struct scene_track *others = NULL;

	for (uint32_t i = 0; i < s->n; i++) {
		if (s->track[i].coin && strcmp(s->track[i].coin, coin) == 0)
			return &s->track[i];
		if (!s->track[i].coin)
			others = &s->track[i];
	}
	return others;
}

static double one(double factor)
{
	return factor > 0 ? factor : 1.0;
}

static double mix(double a, double b, double f)
{
	return a + (b - a) * f;
}

void scene_at(struct scene_now *now, const struct scene *s, const char *coin, double beta,
	      uint64_t seed, int64_t ms)
{
	const struct scene_track *tr = track_of(s, coin);
	uint32_t i = 0;

	scene_calm(now);
	if (!tr || tr->n == 0)
		return;
	const struct scene_knot *k = tr->knot;
	double size = scene_draw(seed, DRAW_SIZE, one(s->size_lo), one(s->size_hi));
	double pace = scene_draw(seed, DRAW_PACE, one(s->pace_lo), one(s->pace_hi));
	double t = (double)ms / 1000.0 / pace, reach = tr->coin ? 1.0 : fmax(1.0, beta);

	while (i < tr->n && k[i].at_s <= t)
		i++;
	const struct scene_knot *a = &k[i == 0 ? 0 : i - 1], *b = &k[i == tr->n ? i - 1 : i];
	double f = b->at_s > a->at_s ? (t - a->at_s) / (b->at_s - a->at_s) : 0;

	f = fmin(1, fmax(0, f));
	now->log_shift = log1p(fmax(-0.95, size * reach * mix(a->pct, b->pct, f) / 100.0));
	now->depth = mix(one(a->depth), one(b->depth), f);
	now->spread = mix(one(a->spread), one(b->spread), f);
	now->rate = mix(one(a->rate), one(b->rate), f);
	now->vol = mix(one(a->vol), one(b->vol), f);
	now->refill = mix(one(a->refill), one(b->refill), f);
	now->lean = mix(a->lean, b->lean, f);
	now->late_ms = (int64_t)(mix(a->late_s, b->late_s, f) * 1000.0);
	now->oracle = mix(a->oracle_pct, b->oracle_pct, f) / 100.0;
}
