/* care_danger.c: a CARE that danger overtakes.
 *
 * Whoever ordered CARE ordered everything closed, and judged that there are two minutes for it.
 * When the 1-in-10 touch of a leg's pool is nearer than its last slice, and stays so for
 * PERSIST_NS, that is not so any more: the leg goes on by the ladder (flat_hurry), and it is said.
 * Nothing is closed that was not going to be, so nothing has to be armed for it (operations.md 0).
 */
#include "engine/inner.h"

static const int64_t PERSIST_NS = 3 * S;

static bool overtaken(const struct engine *e, const struct flat *f, const struct flat_leg *l,
		      const struct flat_view *v)
{
	int64_t rest = care_rest_ns(f, l, v);
	struct epool p;
	uint32_t leg;

	return rest > 0 && pool_of(e, l->account, l->instr_id, &p, &leg) && p.has_equity &&
	       p.sum.touch_s * (double)S < (double)rest;
}

static void look(struct engine *e, struct flat_slot *s)
{
	struct flat_view v;
	char names[96];
	struct buf b;
	uint32_t n = 0;

	if (!s->used || s->f.done || s->f.verb != VERB_CARE || s->f.paused || !s->f.slice ||
	    e->now_ns < s->danger_ns)
		return;
	s->danger_ns = e->now_ns + S;
	flat_view_fill(e, s, &v);
	buf_init(&b, names, sizeof names);
	for (uint32_t i = 0; i < s->f.n; i++) {
		struct flat_leg *l = &s->f.leg[i];

		if (l->verb != VERB_CARE || !overtaken(e, &s->f, l, &v))
			l->near_ns = 0;
		else if (!l->near_ns)
			l->near_ns = e->now_ns;
		else if (e->now_ns - l->near_ns >= PERSIST_NS &&
			 flat_hurry(&s->f, &v, l->account, l->instr_id) && n++ < 4)
			buf_printf(&b, "%s%s", n > 1 ? ", " : "", l->coin);
	}
	if (!n)
		return;
	if (n > 4)
		buf_printf(&b, " and %u more", n - 4);
	s->dirty = true;
	flat_save_to_journal(e, s);
	notice(e, 2, NC_NOT_FLAT, 0,
	       "p%u: CARE ends its slices, liquidation is nearer than the last of them: %s close%s "
	       "NOW.",
	       s->f.id, names, n > 1 ? "" : "s");
}

void care_danger(struct engine *e)
{
	for (int i = 0; i < RUNS_MAX; i++)
		look(e, &e->flat[i]);
}
