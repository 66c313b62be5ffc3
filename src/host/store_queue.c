/* store_queue.c: the engine thread's side of the journal: records go into a ring of bytes, a batch
 * is complete with its end, and the journal's state is polled.
 *
 * Invariants:
 *  1. Only the engine thread writes to the ring, and only beyond w; the journal thread reads [r,
 * w).
 *  2. Room for a batch's end is always kept: a batch that was begun can be handed over.
 *  3. Nothing here waits: a full queue is BROKEN, said once, and never blocks a turn. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "core/event.h"
#include "host/store_in.h"

static void ring_copy(struct store *s, uint64_t at, const void *bytes, size_t n)
{
	size_t off = (size_t)(at % STORE_QUEUE), first = STORE_QUEUE - off;

	if (!n)
		return;
	if (first > n)
		first = n;
	memcpy(s->ring + off, bytes, first);
	memcpy(s->ring, (const uint8_t *)bytes + first, n - first);
}

void store_ring_get(const struct store *s, uint64_t at, void *out, size_t n)
{
	size_t off = (size_t)(at % STORE_QUEUE), first = STORE_QUEUE - off;

	if (first > n)
		first = n;
	memcpy(out, s->ring + off, first);
	memcpy((uint8_t *)out + first, s->ring, n - first);
}

static bool put(struct store *s, struct entry *h, const void *bytes, size_t n)
{
	uint64_t need = sizeof *h + ((n + 7) & ~(size_t)7), r;

	if (s->distrusted)
		return true; /* said once, by its state; nothing is added to a damaged journal */
	pthread_mutex_lock(&s->lock);
	r = s->r;
	pthread_mutex_unlock(&s->lock);
	/* Room for the batch's end is kept back. */
	if (s->open_end + need + 2 * sizeof *h - r > STORE_QUEUE) {
		s->overflow = true;
		return false;
	}
	h->len = (uint32_t)n;
	ring_copy(s, s->open_end, h, sizeof *h);
	ring_copy(s, s->open_end + sizeof *h, bytes, n);
	s->open_end += need;
	return true;
}

bool store_put_record(struct store *s, uint64_t turn, uint8_t account, int64_t wall_ms,
		      int64_t boot_ns, const struct ef_record *r)
{
	struct entry h = {.kind = ENTRY_RECORD,
			  .turn = turn,
			  .nonce = r->nonce,
			  .wall_ms = wall_ms,
			  .boot_ns = boot_ns,
			  .exit = r->exit,
			  .slice = r->slice,
			  .attempt = r->attempt,
			  .account = account,
			  .rec_kind = r->kind,
			  .ver = r->ver};

	ASSERT(r->len <= REC_BODY_ROOM);
	return put(s, &h, r->body, r->len);
}

bool store_put_wire(struct store *s, uint64_t nonce, uint8_t account, const char *bytes, size_t n)
{
	struct entry h = {.kind = ENTRY_WIRE, .nonce = nonce, .account = account};

	return put(s, &h, bytes, n);
}

bool store_put_forget(struct store *s, uint64_t nonce)
{
	struct entry h = {.kind = ENTRY_FORGET, .nonce = nonce};

	return put(s, &h, NULL, 0);
}

bool store_put_ceiling(struct store *s, uint64_t upto)
{
	struct entry h = {.kind = ENTRY_CEILING, .nonce = upto};

	return put(s, &h, NULL, 0);
}

bool store_pending(const struct store *s)
{
	return s->open_end != s->w;
}

uint64_t store_submit(struct store *s)
{
	struct entry h = {.kind = ENTRY_END};

	if (!store_pending(s))
		return s->batch;
	h.batch = s->batch + 1;
	ring_copy(s, s->open_end, &h, sizeof h);
	s->open_end += sizeof h;
	pthread_mutex_lock(&s->lock);
	s->batch++;
	s->w = s->open_end;
	pthread_cond_signal(&s->more);
	pthread_mutex_unlock(&s->lock);
	return s->batch;
}

int store_wake_fd(const struct store *s)
{
	return s->wake_fd;
}

void store_poll(struct store *s, struct store_status *out)
{
	uint64_t n;

	while (read(s->wake_fd, &n, sizeof n) == (ssize_t)sizeof n)
		;
	pthread_mutex_lock(&s->lock);
	*out = s->status;
	pthread_mutex_unlock(&s->lock);
	if (s->overflow || s->distrusted) {
		out->state = STORE_BROKEN;
		if (s->overflow)
			snprintf(out->text, sizeof out->text,
				 "the journal's queue (%d MiB) is full: the disk takes nothing",
				 STORE_QUEUE >> 20);
	}
}

void store_distrust(struct store *s)
{
	s->distrusted = true;
	s->why = "the journal is damaged";
}

void store_test_delay(struct store *s, int ms)
{
	atomic_store(&s->test_delay_ms, ms);
}
