/* snap_pack.c: see snap_pack.h. One walk over the arrays of the snapshot, in three directions.
 *
 * Invariants:
 *  1. Parts stand in the order of their offsets; what lies between them goes as it is.
 *  2. A count lies before its array, so that unpacking knows it when it comes to the array. */
#include "core/snap_pack.h"

#include <string.h>

#include "base/check.h"

struct part {
	size_t at, count_at; /* the count is a uint32_t */
	size_t each;
	uint32_t max, n_inner;
	const struct part *inner; /* arrays within each item */
};

#define PART(type, field, count, parts, n_parts)                                                   \
	{                                                                                          \
		offsetof(type, field), offsetof(type, count), sizeof(((type *)0)->field[0]),       \
			sizeof(((type *)0)->field) / sizeof(((type *)0)->field[0]), n_parts, parts \
	}
#define FLAT(type, field, count)	PART(type, field, count, NULL, 0)
#define DEEP(type, field, count, parts) PART(type, field, count, parts, COUNT_OF(parts))

static const struct part account_parts[] = {
	FLAT(struct snap_account, balance, n_balances),
};

static const struct part exit_parts[] = {
	FLAT(struct snap_exit, past, n_past),	 FLAT(struct snap_exit, slices, n_slices_shown),
	FLAT(struct snap_exit, trace, n_trace),	 FLAT(struct snap_exit, plan_left, n_plan),
	FLAT(struct snap_exit, old_left, n_old),
};

static const struct part flat_parts[] = {
	FLAT(struct snap_flat, row, n),
};

static const struct part snap_parts[] = {
	DEEP(struct snap, account, n_accounts, account_parts),
	FLAT(struct snap, pool, n_pools),
	FLAT(struct snap, leg, n_legs),
	FLAT(struct snap, book, n_books),
	FLAT(struct snap, order, n_orders),
	DEEP(struct snap, exit, n_exits, exit_parts),
	DEEP(struct snap, flat, n_flats, flat_parts),
	FLAT(struct snap, venue_act, n_venue_acts),
	FLAT(struct snap, alarm, n_alarms),
	FLAT(struct snap, notice, n_notices),
};

enum way { PACK, UNPACK, WIPE };

struct walk {
	enum way way;
	uint8_t *out;	   /* PACK */
	const uint8_t *in; /* UNPACK */
	size_t n, room;	   /* bytes used; of how many */
	bool bad;
};

static void move(struct walk *w, uint8_t *obj, size_t len)
{
	if (w->way == WIPE) {
		memset(obj, 0, len);
		return;
	}
	w->bad = w->bad || len > w->room - w->n;
	if (w->bad)
		return;
	if (w->way == PACK)
		memcpy(w->out + w->n, obj, len);
	else
		memcpy(obj, w->in + w->n, len);
	w->n += len;
}

/* What lies before, between and behind the arrays, the counts among it. */
static void wipe_gaps(struct walk *w, uint8_t *obj, size_t size, const struct part *p,
		      uint32_t n_parts)
{
	size_t at = 0;

	for (uint32_t i = 0; i < n_parts; i++, p++) {
		move(w, obj + at, p->at - at);
		at = p->at + p->each * p->max;
	}
	move(w, obj + at, size - at);
}

static void walk(struct walk *w, uint8_t *obj, size_t size, const struct part *p, uint32_t n_parts)
{
	const struct part *first = p;
	size_t at = 0;

	for (uint32_t i = 0; i < n_parts && !w->bad; i++, p++) {
		uint32_t count;
		if (w->way != WIPE)
			move(w, obj + at, p->at - at);
		memcpy(&count, obj + p->count_at, sizeof count);
		w->bad = w->bad || count > p->max;
		if (w->bad)
			return;
		if (!p->inner)
			move(w, obj + p->at, count * p->each);
		for (uint32_t k = 0; p->inner && k < count && !w->bad; k++)
			walk(w, obj + p->at + k * p->each, p->each, p->inner, p->n_inner);
		at = p->at + p->each * p->max;
	}
	if (w->way == WIPE) /* last: the counts were needed until here */
		wipe_gaps(w, obj, size, first, n_parts);
	else
		move(w, obj + at, size - at);
}

static bool walk_snap(struct walk *w, struct snap *s)
{
	walk(w, (uint8_t *)s, sizeof *s, snap_parts, COUNT_OF(snap_parts));
	return !w->bad;
}

size_t snap_pack(uint8_t *out, const struct snap *s)
{
	struct walk w = {.way = PACK, .out = out, .room = sizeof *s};
	bool ok = walk_snap(&w, (struct snap *)(uintptr_t)s); /* PACK only reads it */

	ASSERT(ok); /* a count beyond its array is ours */
	return w.n;
}

bool snap_unpack(struct snap *s, const uint8_t *in, size_t n)
{
	struct walk wipe = {.way = WIPE};
	struct walk w = {.way = UNPACK, .in = in, .room = n};

	if (!walk_snap(&wipe, s))
		memset(s, 0, sizeof *s);
	if (walk_snap(&w, s) && w.n == n)
		return true;
	memset(s, 0, sizeof *s);
	return false;
}
