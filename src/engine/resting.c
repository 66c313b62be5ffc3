/* resting.c: what a run of the sheet will do to the orders that rest, counted before it is sent.
 *
 * 1. The count is by the predicate that the run's own cancels go by (cancel_takes), so that the
 *    sheet says what is sent: t_sim compares the two at every run that begins.
 * 2. What an exit rests goes with the exit, which ends when its leg is closed. */
#include "engine/inner.h"

static bool exit_runs(const struct engine *e, uint32_t id)
{
	for (int i = 0; i < EXITS_MAX; i++)
		if (e->exit[i].used && e->exit[i].x.id == id)
			return e->exit[i].x.state != XS_DONE && !e->exit[i].x.ending;
	return false;
}

/* Of one that has ended before, or is told to, its cancel has left before. */
static bool of_running_exit(const struct engine *e, uint16_t at)
{
	const struct order *o = &e->orders.at[at];

	return e->orders.used[at] && o->whose == WHOSE_EXIT && o->tif != TIF_IOC &&
	       !order_terminal((enum order_state)o->state) && o->state != ORDER_INTENT &&
	       o->state != ORDER_SENT && exit_runs(e, o->exit);
}

/* An exit's own TWAP before the venue's list shows it. */
static bool unlisted_twap(const struct engine *e, uint16_t at)
{
	const struct order *o = &e->orders.at[at];
	const struct account *a = &e->acct[o->account];

	if (!e->orders.twap[at] || !o->oid)
		return false;
	for (uint32_t k = 0; k < a->n_twaps; k++)
		if (a->twap[k].id == o->oid)
			return false;
	return true;
}

static void count(const struct engine *e, uint16_t at, struct resting *r)
{
	const struct order *o = &e->orders.at[at];

	if (e->orders.twap[at]) {
		if (of_running_exit(e, at) && unlisted_twap(e, at))
			r->twaps++;
	} else if (of_running_exit(e, at) || cancel_takes(e, at, CANCEL_ENTRY, NONE16, 0, false)) {
		r->cancels++;
	} else if (o->whose != WHOSE_EXIT && o->whose != WHOSE_PANIC &&
		   cancel_takes(e, at, CANCEL_ALL, NONE16, 0, true)) {
		r->keeps++;
		if (o->trigger)
			r->stops++;
	}
}

struct resting resting_of(const struct engine *e, uint8_t account, uint16_t instr)
{
	const struct account *a = &e->acct[account];
	struct resting r = {0};

	for (uint16_t i = 0; e->orders.n && i < ORDERS_MAX; i++)
		if (e->orders.used[i] && e->orders.at[i].account == account &&
		    e->orders.at[i].instr == instr)
			count(e, i, &r);
	for (uint32_t k = 0; k < a->n_twaps; k++)
		if (a->twap[k].instr == instr)
			r.twaps++;
	return r;
}

struct resting resting_apart(const struct engine *e, uint8_t account)
{
	const struct account *a = &e->acct[account];
	struct resting r = {0};

	for (uint16_t i = 0; e->orders.n && i < ORDERS_MAX; i++)
		if (e->orders.used[i] && e->orders.at[i].account == account &&
		    !held_szi(e, account, e->orders.at[i].instr).v &&
		    cancel_takes(e, i, CANCEL_ENTRY, NONE16, 0, false))
			r.cancels++;
	for (uint32_t k = 0; k < a->n_twaps; k++)
		if (!held_szi(e, account, a->twap[k].instr).v)
			r.twaps++;
	return r;
}
