/* trigger.c: stops and takes, by the mark price.
 *
 * 1. A buy stop and a sell take fire when the mark rises to the trigger; a sell stop and a buy take
 *    when it falls to it.
 * 2. Fired: status triggered, then an IOC (market) or a GTC (limit) at p; a position TP/SL takes
 *    the whole position. Reduce-only is capped to what the others leave.
 * 3. In a post-only period they wait, and fire when it is over if they are met then (shape.c). */
#include "paper/state.h"

#include "base/banned.h"

static int64_t abs64(int64_t v)
{
	return v < 0 ? -v : v;
}

static bool rises(const struct order *o)
{
	return o->buy != o->tp;
}

bool trigger_met(const struct coin *c, const struct order *o)
{
	return rises(o) ? c->mark >= o->tpx : c->mark <= o->tpx;
}

static void trigger_fire(struct paper *p, struct order *o)
{
	struct acct *a = o->a;
	int64_t room;
	enum text why;

	p->action_id = mix64(p->height, o->oid);
	o->fired = true;
	order_status(p, o, ST_TRIGGERED);
	if (o->position_tpsl && o->sz == 0)
		o->sz = abs64(a->pos[o->coin].szi);
	if (o->ro) {
		room = reduce_only_room(p, a, o->coin, o->buy, o, false);
		if (room == 0) {
			order_close(p, o, ST_REDUCE_ONLY_REJECTED);
			return;
		}
		o->sz = o->sz < room ? o->sz : room;
	} else if (!pm_allows(p, a, o->coin, o->buy, o->px, o->sz, o->px)) {
		order_close(p, o, ST_MARGIN_REJECTED);
		return;
	}
	why = order_execute(p, o);
	if (why != TX_NONE)
		order_close(p, o, text_status(why));
}

static struct order *next_met(const struct paper *p, const struct acct *a)
{
	struct order *o;

	for (o = a->first; o != NULL; o = o->next)
		if (o->kind == OK_TRIGGER && !o->fired && !o->waiting &&
		    trigger_met(&p->coin[o->coin], o))
			return o;
	return NULL;
}

void trigger_block(struct paper *p)
{
	struct order *o;
	uint32_t i;

	if (post_only(p))
		return;
	for (i = 0; i < p->n_acct; i++)
		while ((o = next_met(p, p->acct[i])) != NULL)
			trigger_fire(p, o);
}
