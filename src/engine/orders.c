/* orders.c: the table of orders: ours and, as long as they are listed, everyone else's.
 *
 * 1. An order of ours that is not terminal is never evicted, but for one: a close to zero that has
 *    left makes room for the next one when nothing else can. The oldest of all goes, which has the
 *    least time left to arrive in; its run goes on, and a fill of it is still known by its name
 *    (orders_again).
 * 2. Terminal ones stay as long as there is room, so that late fills find them. */
#include <string.h>

#include "base/check.h"
#include "engine/inner.h"

static uint32_t mix64(uint64_t x)
{
	x ^= x >> 31;
	x *= 0x9e3779b97f4a7c15u;
	return (uint32_t)(x >> 40) & (ORDER_BUCKETS - 1);
}

static uint32_t cloid_bucket(struct cloid c)
{
	uint64_t x;

	memcpy(&x, c.b, sizeof x);
	return mix64(x);
}

bool order_is_ours(const struct order *o)
{
	return o->whose == WHOSE_EXIT || o->whose == WHOSE_PANIC || o->whose == WHOSE_GUARD;
}

static void unchain(uint16_t *head, uint16_t *next, uint16_t at)
{
	uint16_t *p = head;

	while (*p && *p != at + 1)
		p = &next[*p - 1];
	if (*p)
		*p = next[at];
	next[at] = 0;
}

void orders_remove(struct engine *e, uint16_t at)
{
	struct order_table *t = &e->orders;

	ASSERT(t->used[at]);
	if (cloid_is_set(t->at[at].cloid))
		unchain(&t->by_cloid[cloid_bucket(t->at[at].cloid)], t->next_cloid, at);
	if (t->at[at].oid)
		unchain(&t->by_oid[mix64(t->at[at].oid)], t->next_oid, at);
	t->used[at] = false;
	t->n--;
}

/* A close by the ladder that may still fill, or not: the oldest one's place. */
static uint16_t close_given_up(struct engine *e)
{
	const struct order_table *t = &e->orders;
	uint16_t old = NONE16;

	for (uint16_t i = 0; i < ORDERS_MAX; i++) {
		const struct order *o = &t->at[i];

		if (o->whose != WHOSE_PANIC || !o->target_zero || o->tif != TIF_IOC ||
		    (o->state != ORDER_SENT && o->state != ORDER_UNKNOWN))
			continue;
		if (old == NONE16 || o->expires_ms < t->at[old].expires_ms ||
		    (o->expires_ms == t->at[old].expires_ms && o->nonce < t->at[old].nonce))
			old = i;
	}
	if (old == NONE16)
		return NONE16;
	limit_told(e, 0, "orders known at once");
	orders_remove(e, old);
	return old;
}

/* A free place, or that of an order which can be forgotten. */
static uint16_t find_place(struct engine *e)
{
	struct order_table *t = &e->orders;

	for (int pass = 0; pass < 2; pass++)
		for (uint32_t k = 0; k < ORDERS_MAX; k++) {
			uint16_t at = (uint16_t)((t->hand + k) % ORDERS_MAX);
			struct order *o = &t->at[at];

			if (!t->used[at]) {
				t->hand = at + 1u;
				return at;
			}
			if (pass == 1 &&
			    (!order_is_ours(o) || order_terminal((enum order_state)o->state))) {
				limit_told(e, 0, "orders known at once");
				orders_remove(e, at);
				t->hand = at + 1u;
				return at;
			}
		}
	return close_given_up(e);
}

uint16_t orders_add(struct engine *e, const struct order *o)
{
	struct order_table *t = &e->orders;
	uint16_t at = find_place(e);
	uint64_t oid = o->oid;

	if (at == NONE16)
		return at;
	t->used[at] = true;
	t->n++;
	t->at[at] = *o;
	t->at[at].oid = 0;
	t->listed[at] = t->twap[at] = false;
	t->venue_ms[at] = 0;
	if (cloid_is_set(o->cloid)) {
		uint16_t *head = &t->by_cloid[cloid_bucket(o->cloid)];

		t->next_cloid[at] = *head;
		*head = (uint16_t)(at + 1);
	}
	orders_set_oid(e, at, oid);
	return at;
}

void orders_set_oid(struct engine *e, uint16_t at, uint64_t oid)
{
	struct order_table *t = &e->orders;
	uint16_t *head;

	if (!oid || t->at[at].oid == oid)
		return;
	if (t->at[at].oid)
		unchain(&t->by_oid[mix64(t->at[at].oid)], t->next_oid, at);
	t->at[at].oid = oid;
	head = &t->by_oid[mix64(oid)];
	t->next_oid[at] = *head;
	*head = (uint16_t)(at + 1);
}

uint16_t orders_by_cloid(const struct engine *e, struct cloid c)
{
	const struct order_table *t = &e->orders;

	if (!cloid_is_set(c))
		return NONE16;
	for (uint16_t i = t->by_cloid[cloid_bucket(c)]; i; i = t->next_cloid[i - 1])
		if (!memcmp(t->at[i - 1].cloid.b, c.b, sizeof c.b))
			return (uint16_t)(i - 1);
	return NONE16;
}

uint16_t orders_by_oid(const struct engine *e, uint8_t account, uint64_t oid)
{
	const struct order_table *t = &e->orders;

	if (!oid)
		return NONE16;
	for (uint16_t i = t->by_oid[mix64(oid)]; i; i = t->next_oid[i - 1])
		if (t->at[i - 1].oid == oid && t->at[i - 1].account == account)
			return (uint16_t)(i - 1);
	return NONE16;
}

uint16_t orders_again(struct engine *e, uint8_t account, const struct fill *f)
{
	struct cloid_id id;
	const struct flat_slot *s;
	const struct flat_leg *l;
	struct order o;

	if (!cloid_open(&e->aes, &id, f->cloid, e->conf.install) || id.kind != CLOID_RUNG)
		return NONE16;
	s = flat_find(e, id.exit);
	if (!s || !id.slice || id.slice > s->f.n)
		return NONE16;
	l = &s->f.leg[id.slice - 1];
	if (l->account != account || l->instr_id != f->instr || id.attempt > l->attempt)
		return NONE16;
	o = (struct order){.state = ORDER_SENT,
			   .account = account,
			   .whose = WHOSE_PANIC,
			   .tif = TIF_IOC,
			   .instr = f->instr,
			   .buy = f->buy,
			   .reduce_only = true,
			   .target_zero = true,
			   .sz = f->sz,
			   .px = f->px,
			   .cloid = f->cloid,
			   .placed_ms = f->time_ms,
			   .panic = id.exit,
			   .slice = id.slice,
			   .attempt = id.attempt};
	return orders_add(e, &o);
}

bool order_adds(const struct engine *e, const struct order *o)
{
	struct qty szi = held_szi(e, o->account, o->instr);

	if (o->reduce_only || e->instrs.at[o->instr].spot)
		return false;
	/* on the other side of a position it may still flip it: it can open */
	return o->trigger || (o->buy ? szi.v >= 0 : szi.v <= 0) ||
	       order_left(o).v > (szi.v < 0 ? -szi.v : szi.v);
}
