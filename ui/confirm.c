/* confirm.c: sending takes two different keys.
 *
 * 1. A choice lives CONFIRM_NS; `Y` after that sends nothing and says so.
 * 2. In the first DEAF_NS of a sheet no key counts.
 * 3. One `Y`, one send: the choice is gone with it.
 * 4. A plan that grew costlier by more than 10 %, changed its number of orders, or whose mark left
 *    the first rung, drops the choice. */
#include <math.h>
#include <string.h>

#include "ui/ui_in.h"
#include "base/banned.h"

void confirm_open(struct ui *u)
{
	memset(&u->confirm, 0, sizeof u->confirm);
	u->confirm.opened_ns = u->now_ns;
}

bool confirm_choose(struct ui *u, int key, double cost, double mark, uint32_t orders)
{
	struct ui_confirm *f = &u->confirm;

	if (u->now_ns - f->opened_ns < DEAF_NS)
		return false;
	f->choice = key;
	f->chosen_ns = u->now_ns;
	f->late = f->changed = false;
	f->cost_then = cost;
	f->mark_then = mark;
	f->orders_then = orders;
	return true;
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

void confirm_check(struct ui *u, double cost, double mark, uint32_t orders, double rung1, bool buy)
{
	struct ui_confirm *f = &u->confirm;

	if (!f->choice || f->changed)
		return;
	bool past = rung1 > 0 && (buy ? mark > rung1 : mark < rung1);
	if (orders == f->orders_then && cost <= f->cost_then * 1.1 + 1 && !past)
		return;
	f->changed = true;
	f->fell = f->choice;
	f->cost_now = cost;
	f->choice = 0;
}
