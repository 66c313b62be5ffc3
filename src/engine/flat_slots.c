/* flat_slots.c: the runs of the sheet's selling verbs. Each has a place of its own, so that what
 * runs for one account never makes another wait.
 *
 * 1. What still runs is never displaced; of what ended the oldest goes first.
 * 2. Which run has a leg is asked here, of all of them (enum flat_taken of exec/flat.h). */
#include "engine/inner.h"

bool flat_runs(const struct flat_slot *s)
{
	return s->used && !s->f.done;
}

struct flat_slot *flat_find(struct engine *e, uint32_t id)
{
	for (int i = 0; id && i < RUNS_MAX; i++)
		if (e->flat[i].used && e->flat[i].f.id == id)
			return &e->flat[i];
	return NULL;
}

const struct flat_slot *flat_newest(const struct engine *e)
{
	const struct flat_slot *newest = &e->flat[0];

	for (int i = 1; i < RUNS_MAX; i++)
		if (e->flat[i].used && (!newest->used || e->flat[i].f.id > newest->f.id))
			newest = &e->flat[i];
	return newest;
}

struct flat_slot *flat_slot_free(struct engine *e)
{
	struct flat_slot *old = NULL;

	for (int i = 0; i < RUNS_MAX; i++) {
		struct flat_slot *s = &e->flat[i];

		if (!s->used)
			return s;
		if (s->f.done && (!old || s->f.end_ms < old->f.end_ms))
			old = s;
	}
	return old;
}

uint32_t flats_running(const struct engine *e)
{
	uint32_t n = 0;

	for (int i = 0; i < RUNS_MAX; i++)
		n += flat_runs(&e->flat[i]);
	return n;
}

bool flats_run_for(const struct engine *e, uint8_t account)
{
	bool any = false;

	for (int i = 0; i < RUNS_MAX && !any; i++)
		any = flat_runs(&e->flat[i]) && flat_has_account(&e->flat[i].f, account);
	return any;
}

uint8_t flats_take(const struct engine *e, const struct flat_slot *s, uint8_t account,
		   uint16_t instr)
{
	uint8_t as = 0;

	for (int i = 0; i < RUNS_MAX; i++) {
		const struct flat_slot *o = &e->flat[i];

		if (o == s || !flat_runs(o))
			continue;
		for (uint32_t k = 0; k < o->f.n; k++)
			if (o->f.leg[k].instr_id == instr && o->f.leg[k].account == account)
				as |= flat_takes_as(&o->f, &o->f.leg[k]);
	}
	return as;
}

uint16_t flat_alarm_key(const struct flat *f)
{
	return (uint16_t)(0x8000u | f->id % 0x7fffu);
}

int flats_trim(const struct engine *e, uint8_t account, uint16_t instr)
{
	int of_account = -1;

	if (flats_take(e, NULL, account, instr) & TAKEN_NOW)
		return -1;
	for (int i = 0; i < RUNS_MAX; i++) {
		const struct flat_slot *s = &e->flat[i];
		struct qty left;

		if (!flat_runs(s) || s->f.verb != VERB_TRIM)
			continue;
		if (flat_cut_left(&s->f, account, instr, (struct qty){0}, &left))
			return i;
		if (of_account < 0 && flat_has_account(&s->f, account))
			of_account = i;
	}
	if (of_account >= 0 && flats_take(e, &e->flat[of_account], account, instr) & TAKEN_PART)
		return -1;
	return of_account;
}

uint32_t flats_trim_of(const struct engine *e, uint8_t account, uint16_t instr, struct qty szi,
		       struct qty *left)
{
	int at = flats_trim(e, account, instr);

	left->v = 0;
	if (at < 0)
		return 0;
	(void)flat_cut_left(&e->flat[at].f, account, instr, szi, left);
	return e->flat[at].f.id;
}
