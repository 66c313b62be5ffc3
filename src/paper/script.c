/* script.c: the venue carries out its scenario's timetable, and keeps notes of it.
 *
 * 1. Steps come by market time, in the order of their times, then of their rows; each block does
 *    what is due in it, before triggers and requests. The first block (start-up) does nothing, so
 *    that accounts can be made before the steps at 0.
 * 2. A step is text for paper_do: a scenario can do what POST /paper can do, and nothing else. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "paper/state.h"

#include "base/banned.h"

void note_add(struct paper *p, bool ok, const char *fmt, ...)
{
	struct paper_note *n = &p->note[p->notes_in++ % NOTES_KEPT];
	va_list ap;

	if (p->notes_in - p->notes_out > NOTES_KEPT)
		p->notes_out = p->notes_in - NOTES_KEPT;
	n->time_ms = p->block;
	n->market_ms = p->conf.market->clock(p->conf.market->self) - p->market_start;
	n->ok = ok;
	va_start(ap, fmt);
	vsnprintf(n->text, sizeof n->text, fmt, ap);
	va_end(ap);
}

bool paper_note(struct paper *p, struct paper_note *out)
{
	if (p->notes_out == p->notes_in)
		return false;
	*out = p->note[p->notes_out++ % NOTES_KEPT];
	return true;
}

static int64_t due_of(const struct paper *p, uint32_t i)
{
	return scenario_step_ms(p->conf.scenario, i, p->step_done[i], p->conf.seed);
}

static void step_do(struct paper *p, uint32_t i)
{
	const char *json = p->conf.scenario->step[i].json, *why = "";
	bool ok = paper_do(p, json, strlen(json), &why);

	p->step_done[i]++;
	note_add(p, ok, "%s%s%s", json, ok ? "" : ": ", ok ? "" : why);
}

void script_block(struct paper *p, int64_t market_ms)
{
	const struct scenario *s = p->conf.scenario;
	uint32_t i, first;

	if (s == NULL || p->height < 2)
		return;
	do {
		int64_t at = market_ms - p->market_start + 1;

		first = s->n_steps;
		for (i = 0; i < s->n_steps && i < SCENARIO_STEPS_MAX; i++)
			if (due_of(p, i) < at) {
				at = due_of(p, i);
				first = i;
			}
		if (first < s->n_steps)
			step_do(p, first);
	} while (first < s->n_steps);
}
