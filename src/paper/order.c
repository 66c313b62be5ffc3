/* order.c: the life of an order.
 *
 * 1. Orders live in chunks and never move; oids count up from first_oid; whole chunks of ended
 *    orders are dropped from the front once there are many.
 * 2. An open order is in its account's list; a resting one is also in its coin's book, best price
 *    first, then by arrival.
 * 3. Every change of status appends one orderUpdates item.
 *
 *      open -> filled | canceled | ...Canceled      trigger: open -> triggered -> as above
 *      (rejected at once: no open) */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "paper/state.h"

#include "base/banned.h"

enum { CHUNKS_KEPT = 400 };

struct order *order_find(const struct paper *p, uint64_t oid)
{
	uint64_t i = oid - p->first_oid;

	if (oid < p->first_oid || oid >= p->next_oid)
		return NULL;
	return &p->chunk[i / ORDER_CHUNK][i % ORDER_CHUNK];
}

static void history_add(struct acct *a, uint64_t oid)
{
	if (a->n_history == a->cap_history) {
		a->cap_history = a->cap_history ? 2 * a->cap_history : 64;
		a->history = realloc(a->history, a->cap_history * sizeof(uint64_t));
		ASSERT(a->history != NULL);
	}
	a->history[a->n_history++] = oid;
}

struct order *order_new(struct paper *p, struct acct *a, uint16_t coin)
{
	uint64_t i = p->next_oid - p->first_oid;
	struct order *o;

	if (i / ORDER_CHUNK == p->n_chunks) {
		if (p->n_chunks == p->cap_chunks) {
			p->cap_chunks = p->cap_chunks ? 2 * p->cap_chunks : 16;
			p->chunk = realloc(p->chunk, p->cap_chunks * sizeof(struct order *));
			ASSERT(p->chunk != NULL);
		}
		p->chunk[p->n_chunks] = calloc(ORDER_CHUNK, sizeof(struct order));
		ASSERT(p->chunk[p->n_chunks] != NULL);
		p->n_chunks++;
	}
	o = &p->chunk[i / ORDER_CHUNK][i % ORDER_CHUNK];
	o->oid = p->next_oid++;
	o->a = a;
	o->coin = coin;
	o->time_ms = o->status_ms = p->block;
	o->action_id = p->action_id;
	history_add(a, o->oid);
	return o;
}

void order_prune(struct paper *p)
{
	uint32_t i, n;

	while (p->n_chunks > CHUNKS_KEPT) {
		for (i = 0; i < ORDER_CHUNK; i++)
			if (!status_is_end(p->chunk[0][i].status))
				return;
		free(p->chunk[0]);
		p->n_chunks--;
		memmove(p->chunk, p->chunk + 1, p->n_chunks * sizeof(struct order *));
		p->first_oid += ORDER_CHUNK;
	}
	for (i = 0; i < p->n_acct; i++) {
		struct acct *a = p->acct[i];

		if (a->n_history < 4 * HISTORY_MAX)
			continue;
		n = a->n_history / 2;
		memmove(a->history, a->history + a->n_history - n, n * sizeof(uint64_t));
		a->n_history = n;
	}
}

static void comma(struct str *s)
{
	if (s->len > 0)
		str_putc(s, ',');
}

void order_update(struct paper *p, struct order *o)
{
	struct acct *a = o->a;

	a->touched = true;
	if (o->kind == OK_TWAP || o->kind == OK_FORCED)
		return;
	comma(&a->ev_orders);
	str_puts(&a->ev_orders, "{\"order\":");
	put_order(p, o, false, &a->ev_orders);
	str_printf(&a->ev_orders, ",\"status\":\"%s\",\"statusTimestamp\":%lld}",
		   status_name(o->status), (long long)o->status_ms);
	comma(&a->ev_history);
	put_history_row(p, o, &a->ev_history);
}

void order_status(struct paper *p, struct order *o, enum status st)
{
	o->status = st;
	o->status_ms = p->block;
	order_update(p, o);
}

void order_list(struct order *o)
{
	struct acct *a = o->a;

	ASSERT(!o->listed);
	o->listed = true;
	o->prev = a->last;
	o->next = NULL;
	if (a->last != NULL)
		a->last->next = o;
	else
		a->first = o;
	a->last = o;
	a->n_open++;
}

static void order_unlist(struct order *o)
{
	struct acct *a = o->a;

	if (!o->listed)
		return;
	o->listed = false;
	if (o->prev != NULL)
		o->prev->next = o->next;
	else
		a->first = o->next;
	if (o->next != NULL)
		o->next->prev = o->prev;
	else
		a->last = o->prev;
	a->n_open--;
}

void book_join(struct paper *p, struct order *o)
{
	struct coin *c = &p->coin[o->coin];
	struct order *at = c->book[o->buy], *above = NULL;

	ASSERT(!o->in_book);
	while (at != NULL && (o->buy ? at->px >= o->px : at->px <= o->px)) {
		above = at;
		at = at->lower;
	}
	o->higher = above;
	o->lower = at;
	if (above != NULL)
		above->lower = o;
	else
		c->book[o->buy] = o;
	if (at != NULL)
		at->higher = o;
	o->in_book = true;
	o->ahead = depth_at(c, o->buy, o->px);
}

void book_leave(struct paper *p, struct order *o)
{
	if (!o->in_book)
		return;
	if (o->higher != NULL)
		o->higher->lower = o->lower;
	else
		p->coin[o->coin].book[o->buy] = o->lower;
	if (o->lower != NULL)
		o->lower->higher = o->higher;
	o->higher = o->lower = NULL;
	o->in_book = false;
}

static bool by_the_venue(enum status st)
{
	return st != ST_FILLED && st != ST_CANCELED && status_is_end(st);
}

void order_close(struct paper *p, struct order *o, enum status st)
{
	bool was = o->listed;

	book_leave(p, o);
	order_unlist(o);
	order_status(p, o, st);
	if (was && by_the_venue(st)) {
		comma(&o->a->ev_cancels);
		str_printf(&o->a->ev_cancels, "{\"coin\":\"%s\",\"oid\":%llu}",
			   p->coin[o->coin].c.name, (unsigned long long)o->oid);
	}
	if (st == ST_MARGIN_CANCELED && o->done > 0)
		children_activate(p, o);
	else if (st != ST_FILLED)
		children_close(p, o, st);
}

struct order *order_by_cloid(const struct paper *p, const struct acct *a, const uint8_t cloid[16],
			     bool open_only)
{
	uint32_t i;

	for (i = a->n_history; i > 0; i--) {
		struct order *o = order_find(p, a->history[i - 1]);

		if (o == NULL)
			return NULL;
		if (o->has_cloid && memcmp(o->cloid, cloid, 16) == 0)
			return open_only && !o->listed ? NULL : o;
	}
	return NULL;
}

/* --- families: a normalTpsl parent and its children --- */

void siblings_close(struct paper *p, struct order *o, enum status st)
{
	struct order *at, *next;

	for (at = o->a->first; at != NULL; at = next) {
		next = at->next;
		if (at == o || at->fired || at->kind != OK_TRIGGER)
			continue;
		if (o->parent != 0 ? at->parent == o->parent
				   : o->position_tpsl && at->position_tpsl && at->coin == o->coin)
			order_close(p, at, st);
	}
}

void children_activate(struct paper *p, struct order *parent)
{
	struct order *at;

	for (at = parent->a->first; at != NULL; at = at->next)
		if (at->waiting && at->parent == parent->oid) {
			at->waiting = false;
			order_status(p, at, ST_OPEN);
		}
}

void children_close(struct paper *p, struct order *parent, enum status st)
{
	struct order *at, *next;

	if (parent->kind != OK_PLAIN)
		return;
	for (at = parent->a->first; at != NULL; at = next) {
		next = at->next;
		if (at->waiting && at->parent == parent->oid) {
			at->waiting = false;
			order_close(p, at, st);
			next = parent->a->first; /* the list may have changed */
		}
	}
}
