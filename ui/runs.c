/* runs.c: which of the runs of the sheet's verbs is on screen. There may be several at once, each
 * of its own account or legs: a new one comes to the front when it begins, the operator turns to
 * the others, and what the engine answered with is the one that was asked for. */
#include "ui/ui.h"
#include "ui/ui_in.h"

#include <stdlib.h>

static uint32_t shown(const struct snap *s)
{
	return s->n_flats < SNAP_RUNS ? s->n_flats : SNAP_RUNS;
}

const struct snap_flat *ui_flat_newest(const struct snap *s)
{
	const struct snap_flat *newest = &s->flat[0];

	for (uint32_t i = 1; i < shown(s); i++)
		if (s->flat[i].id > newest->id)
			newest = &s->flat[i];
	return newest;
}

const struct snap_flat *ui_flat(const struct ui *u)
{
	for (uint32_t i = 0; u->run && i < shown(u->snap); i++)
		if (u->snap->flat[i].id == u->run)
			return &u->snap->flat[i];
	return ui_flat_newest(u->snap);
}

uint32_t ui_flats(const struct snap *s)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < shown(s); i++)
		n += s->flat[i].state == FLAT_SENDING || s->flat[i].state == FLAT_VERIFYING;
	return n;
}

/* In the order of the snapshot: those under way, then those that ended. */
void ui_flat_next(struct ui *u)
{
	uint32_t n = shown(u->snap), at = 0;

	while (at < n && &u->snap->flat[at] != ui_flat(u))
		at++;
	if (n)
		u->run = u->snap->flat[(at + 1) % n].id;
	u->run_before = 0;
}

/* "p3, account main": the engine's answer names the run that was asked for, which may be one that
 * ran already. */
void ui_flat_answered(struct ui *u, bool ok, const char *text)
{
	if (ok && text[0] == 'p')
		u->run = (uint32_t)strtoul(text + 1, NULL, 10);
	else if (!ok && u->run_asked_ns && ui_top(u) == LAYER_RUN)
		ui_pop(u);
	u->run_before = 0;
	u->run_asked_ns = 0;
}
