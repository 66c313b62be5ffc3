/* confirm.c: sending takes two different keys.
 *
 * 1. A choice lives CONFIRM_NS; `Y` after that sends nothing and says so.
 * 2. In the first DEAF_NS of a sheet no key counts.
 * 3. One `Y`, one send: the choice is gone with it.
 * 4. A plan that changed drops the choice; panic.c says when. */
#include <string.h>

#include "ui/ui_in.h"
#include "base/banned.h"

void confirm_open(struct ui *u)
{
	memset(&u->confirm, 0, sizeof u->confirm);
	u->confirm.opened_ns = u->now_ns;
}

bool confirm_choose(struct ui *u, int key)
{
	struct ui_confirm *f = &u->confirm;

	if (u->now_ns - f->opened_ns < DEAF_NS)
		return false;
	f->choice = key;
	f->chosen_ns = u->now_ns;
	f->late = f->changed = false;
	return true;
}

void confirm_drop(struct ui *u)
{
	u->confirm.choice = 0;
	u->confirm.late = u->confirm.changed = false;
}

void confirm_tick(struct ui *u)
{
	struct ui_confirm *f = &u->confirm;

	if (f->choice && u->now_ns - f->chosen_ns > CONFIRM_NS)
		f->late = true;
}

bool confirm_yes(struct ui *u)
{
	struct ui_confirm *f = &u->confirm;

	confirm_tick(u);
	if (!f->choice || f->late || f->changed || u->now_ns - f->opened_ns < DEAF_NS)
		return false;
	f->choice = 0;
	return true;
}

void confirm_fell(struct ui *u, double cost_then, double cost_now)
{
	struct ui_confirm *f = &u->confirm;

	f->changed = true;
	f->fell = f->choice;
	f->cost_then = cost_then;
	f->cost_now = cost_now;
	f->choice = 0;
}
