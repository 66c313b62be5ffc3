/* pos.c: positions and the set of fills seen.
 *
 * 1. A key is in the set once; the same fill heard twice changes nothing.
 * 2. pos_szi is always one venue statement: a read, or a fill's own start position plus its size.
 */
#include "core/pos.h"

#include <string.h>

#include "base/check.h"

_Static_assert((FILLS_SEEN & (FILLS_SEEN - 1)) == 0, "buckets are a power of two");
_Static_assert(FILLS_SEEN < 65535, "indices fit 16 bits");

static uint32_t bucket(uint8_t account, uint16_t instr, int64_t time_ms, uint64_t tid)
{
	uint64_t h = tid * 0x9e3779b97f4a7c15u;

	h ^= ((uint64_t)time_ms + ((uint64_t)instr << 48) + ((uint64_t)account << 40)) *
	     0xbf58476d1ce4e5b9u;
	h ^= h >> 29;
	return (uint32_t)(h * 0x94d049bb133111ebu >> 40) & (FILLS_SEEN - 1);
}

static bool same(const struct fill_key *k, uint8_t account, uint16_t instr, int64_t time_ms,
		 uint64_t tid)
{
	return k->time_ms == time_ms && k->tid == tid && k->instr == instr && k->account == account;
}

void fill_set_init(struct fill_set *s)
{
	memset(s, 0, sizeof *s);
}

bool fill_set_has(const struct fill_set *s, uint8_t account, uint16_t instr, int64_t time_ms,
		  uint64_t tid)
{
	for (uint16_t i = s->head[bucket(account, instr, time_ms, tid)]; i; i = s->chain[i - 1])
		if (same(&s->key[i - 1], account, instr, time_ms, tid))
			return true;
	return false;
}

static void forget(struct fill_set *s, uint32_t at)
{
	const struct fill_key *k = &s->key[at];
	uint16_t *p = &s->head[bucket(k->account, k->instr, k->time_ms, k->tid)];

	while (*p != at + 1) {
		ASSERT(*p);
		p = &s->chain[*p - 1];
	}
	*p = s->chain[at];
}

bool fill_set_add(struct fill_set *s, uint8_t account, uint16_t instr, int64_t time_ms,
		  uint64_t tid)
{
	uint32_t at = s->next;
	uint16_t *head;

	if (fill_set_has(s, account, instr, time_ms, tid))
		return false;
	if (s->key[at].used)
		forget(s, at);
	s->key[at] = (struct fill_key){time_ms, tid, instr, account, true};
	head = &s->head[bucket(account, instr, time_ms, tid)];
	s->chain[at] = *head;
	*head = (uint16_t)(at + 1);
	s->next = (at + 1) & (FILLS_SEEN - 1);
	return true;
}

struct qty pos_szi(const struct pos *p)
{
	return pos_is_est(p) ? p->after : p->read.szi;
}

bool pos_is_est(const struct pos *p)
{
	return p->has_fill && (!p->has_read || p->fill_is_newer);
}

enum pos_word pos_read(struct pos *p, const struct ev_position *read, int64_t venue_ms,
		       int64_t now_ns)
{
	struct qty had = pos_szi(p);
	bool known = p->has_read || p->has_fill;

	if (p->has_read && venue_ms < p->read_ms)
		return POS_AGREE; /* an older answer that came late */
	p->read = *read;
	p->read_ms = venue_ms;
	p->read_ns = now_ns;
	p->has_read = true;
	if (p->has_fill && p->fill_ms > venue_ms)
		return POS_AGREE; /* the fill is newer than this read */
	p->fill_is_newer = false;
	return known && had.v != read->szi.v ? POS_READ_WANTED : POS_AGREE;
}

enum pos_word pos_fill(struct pos *p, const struct fill *f)
{
	struct qty had = pos_szi(p), after, delta = {f->buy ? f->sz.v : -f->sz.v};

	if (!qty_add(&after, f->start_position, delta))
		return POS_READ_WANTED;
	if (p->has_fill && f->time_ms < p->fill_ms)
		return POS_AGREE; /* already contained in what is known */
	if (p->has_fill && f->time_ms == p->fill_ms) {
		if (f->start_position.v != p->after.v) {
			/* one of the same time that came out of order: it ends where ours began */
			if (after.v == p->start.v) {
				p->start = f->start_position;
				return POS_AGREE;
			}
			return POS_READ_WANTED;
		}
	} else {
		p->start = f->start_position;
	}
	p->has_fill = true;
	p->fill_ms = f->time_ms;
	p->after = after;
	if (p->has_read && f->time_ms < p->read_ms)
		return POS_AGREE; /* the read has seen it */
	p->fill_is_newer = true;
	return p->has_read && had.v != f->start_position.v ? POS_READ_WANTED : POS_AGREE;
}
