/* outbox.c: see outbox.h. A plain table: at most a few dozen slots are in use at once.
 *
 * Invariants: 1. next gives a slot once. 2. Unsigned bytes never leave. 3. A slot that needs its
 * commit leaves before it only in the kill lane, after kill_wait_ns. */
#include "host/outbox.h"

#include <string.h>

#include "base/check.h"
#include "base/plant.h"

void outbox_init(struct outbox *o)
{
	memset(o, 0, offsetof(struct outbox, bytes));
	o->kill_wait_ns = OUTBOX_KILL_WAIT_NS;
}

struct outbox_slot *outbox_find(struct outbox *o, uint64_t nonce, bool burn)
{
	uint32_t seen = 0;

	for (uint32_t i = 0; i < OUTBOX_SLOTS && seen < o->n; i++) {
		if (!o->at[i].used)
			continue;
		seen++;
		if (o->at[i].nonce == nonce && o->at[i].burn == burn)
			return &o->at[i];
	}
	return NULL;
}

static struct outbox_slot *take(struct outbox *o)
{
	for (uint32_t i = 0; i < OUTBOX_SLOTS; i++) {
		struct outbox_slot *s = &o->at[i];
		if (s->used)
			continue;
		memset(s, 0, sizeof *s);
		s->bytes = o->bytes[i];
		s->used = true;
		s->order = ++o->arrivals;
		o->n++;
		return s;
	}
	return NULL;
}

struct outbox_slot *outbox_add(struct outbox *o, const struct effect *ef, int64_t now_ns)
{
	bool burn = ef->send.act.kind == ACT_NOOP;
	struct outbox_slot *s = outbox_find(o, ef->send.env.nonce, burn);

	if (s && !burn)
		return s;
	if (s)
		outbox_drop(o, s);
	s = take(o);
	if (!s)
		return NULL;
	s->nonce = ef->send.env.nonce;
	s->burn = burn;
	s->account = ef->account;
	s->lane = ef->lane;
	s->needs_commit = ef->send.needs_commit;
	s->all_paths = ef->send.all_paths;
	s->dry = ef->send.dry;
	s->client = ef->send.client;
	s->seq = ef->send.seq;
	s->timeout_ns = ef->send.timeout_ns;
	s->added_ns = now_ns;
	return s;
}

bool outbox_restore(struct outbox *o, uint64_t nonce, uint8_t account, const char *bytes, size_t n)
{
	struct outbox_slot *s = n <= OUTBOX_BYTES ? take(o) : NULL;

	if (!s)
		return false;
	s->nonce = nonce;
	s->account = account;
	s->is_signed = s->sent = true;
	s->len = n;
	memcpy(s->bytes, bytes, n);
	return true;
}

bool outbox_signed(struct outbox *o, uint64_t nonce, bool burn, const char *bytes, size_t n)
{
	struct outbox_slot *s = outbox_find(o, nonce, burn);

	if (!s || s->is_signed || n > OUTBOX_BYTES)
		return false;
	memcpy(s->bytes, bytes, n);
	s->len = n;
	s->is_signed = true;
	return true;
}

void outbox_handed_over(struct outbox *o, uint64_t batch)
{
	for (uint32_t i = 0, seen = 0; i < OUTBOX_SLOTS && seen < o->n; i++) {
		seen += o->at[i].used;
		if (o->at[i].used && o->at[i].is_signed && !o->at[i].batch)
			o->at[i].batch = batch;
	}
}

static bool may_go(const struct outbox *o, const struct outbox_slot *s, uint64_t committed,
		   int64_t now_ns)
{
	if (!s->used || !s->is_signed || s->sent)
		return false;
	if (!s->needs_commit || PLANT(16) || (s->batch && s->batch <= committed))
		return true;
	return s->lane == LANE_KILL && now_ns - s->added_ns >= o->kill_wait_ns;
}

struct outbox_slot *outbox_next(struct outbox *o, uint64_t committed, int64_t now_ns)
{
	struct outbox_slot *best = NULL;

	for (uint32_t i = 0, seen = 0; i < OUTBOX_SLOTS && seen < o->n; i++) {
		struct outbox_slot *s = &o->at[i];
		seen += s->used;
		if (may_go(o, s, committed, now_ns) &&
		    (!best || s->lane < best->lane ||
		     (s->lane == best->lane && s->order < best->order)))
			best = s;
	}
	if (best)
		best->sent = true;
	return best;
}

int64_t outbox_due(const struct outbox *o)
{
	int64_t at = INT64_MAX;

	for (uint32_t i = 0, seen = 0; i < OUTBOX_SLOTS && seen < o->n; i++) {
		const struct outbox_slot *s = &o->at[i];
		seen += s->used;
		if (s->used && s->is_signed && !s->sent && s->lane == LANE_KILL &&
		    s->added_ns + o->kill_wait_ns < at)
			at = s->added_ns + o->kill_wait_ns;
	}
	return at;
}

bool outbox_waits(const struct outbox *o)
{
	for (uint32_t i = 0, seen = 0; i < OUTBOX_SLOTS && seen < o->n; i++) {
		seen += o->at[i].used;
		if (o->at[i].used && !o->at[i].sent)
			return true;
	}
	return false;
}

bool outbox_unsigned(const struct outbox *o)
{
	for (uint32_t i = 0, seen = 0; i < OUTBOX_SLOTS && seen < o->n; i++) {
		seen += o->at[i].used;
		if (o->at[i].used && !o->at[i].is_signed)
			return true;
	}
	return false;
}

void outbox_drop(struct outbox *o, struct outbox_slot *s)
{
	ASSERT(s->used && o->n > 0);
	s->used = false;
	o->n--;
}

void outbox_forget(struct outbox *o, uint64_t nonce)
{
	for (int burn = 0; burn < 2; burn++) {
		struct outbox_slot *s = outbox_find(o, nonce, burn);
		if (s)
			outbox_drop(o, s);
	}
}
