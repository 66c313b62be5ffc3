/* flights.c: actions without an end yet, found by their nonce.
 *
 * 1. There is always a place for another: a close never waits for one. What is given up for it is,
 *    in this order: cancels and burns, whose orders tell of their own end; actions whose answer was
 *    lost already, the oldest first; the oldest. Their orders stay, and are looked up.
 * 2. Whoever leaves is forgotten by the host too (EF_FORGET), else its places would run out. Bytes
 *    that are younger than a second may not have left yet: those are given up last of all.
 * 3. An order and its burn share a nonce: the host forgets it with the last of the two. */
#include <string.h>

#include "engine/inner.h"

static uint32_t bucket(uint64_t nonce)
{
	nonce ^= nonce >> 31;
	nonce *= 0x9e3779b97f4a7c15u;
	return (uint32_t)(nonce >> 40) & (FLIGHT_BUCKETS - 1);
}

struct flight *flight_find(struct engine *e, uint64_t nonce, bool noop)
{
	for (uint16_t i = e->flights.by_nonce[bucket(nonce)]; i; i = e->flights.at[i - 1].next) {
		struct flight *f = &e->flights.at[i - 1];

		if (f->nonce == nonce && (f->kind == FLIGHT_NOOP) == noop)
			return f;
	}
	return NULL;
}

bool engine_may_resend(const struct engine *e, uint64_t nonce)
{
	for (uint16_t i = e->flights.by_nonce[bucket(nonce)]; i; i = e->flights.at[i - 1].next)
		if (e->flights.at[i - 1].nonce == nonce)
			return true;
	return false;
}

void flight_free(struct engine *e, struct flight *f)
{
	uint16_t *p = &e->flights.by_nonce[bucket(f->nonce)];
	uint16_t at = (uint16_t)(f - e->flights.at + 1);

	while (*p != at)
		p = &e->flights.at[*p - 1].next;
	*p = f->next;
	f->used = false;
	e->flights.n--;
}

void flight_drop(struct engine *e, struct flight *f)
{
	uint64_t nonce = f->nonce;
	uint8_t account = f->account;

	flight_free(e, f);
	if (!engine_may_resend(e, nonce))
		ef(e, EF_FORGET, account)->forget.nonce = nonce;
}

static struct flight *place(struct engine *e, uint64_t nonce, enum flight_kind kind)
{
	struct flight_table *t = &e->flights;
	uint16_t *head = &t->by_nonce[bucket(nonce)];
	struct flight *f;

	while (t->at[t->hand].used)
		t->hand = (t->hand + 1) % FLIGHTS_MAX;
	f = &t->at[t->hand];
	memset(f, 0, sizeof *f);
	f->used = true;
	f->kind = (uint8_t)kind;
	f->nonce = nonce;
	f->next = *head;
	*head = (uint16_t)(t->hand + 1);
	t->n++;
	return f;
}

struct flight *flight_restored(struct engine *e, uint64_t nonce, enum flight_kind kind)
{
	return e->flights.n < FLIGHTS_MAX ? place(e, nonce, kind) : NULL;
}

/* The lower, the sooner it is given up. */
static int worth(const struct engine *e, const struct flight *f)
{
	bool orders = f->kind == FLIGHT_ORDERS || f->kind == FLIGHT_TWAP;

	if (f->kind == FLIGHT_ADD) /* money: it is followed to its end */
		return 4;
	if (e->now_ns - f->sent_ns < S)
		return 3;
	return !orders ? 0 : f->lost ? 1 : 2;
}

static void give_up_one(struct engine *e)
{
	struct flight *least = &e->flights.at[0];

	for (uint32_t i = 1; i < FLIGHTS_MAX; i++) {
		struct flight *f = &e->flights.at[i];
		int a = worth(e, f), b = worth(e, least);

		if (a < b || (a == b && f->sent_ns < least->sent_ns))
			least = f;
	}
	limit_told(e, 4, "actions in flight");
	if (least->kind == FLIGHT_NOOP) {
		uint64_t nonce = least->nonce;

		flight_drop(e, least);
		unknown_burn_answer(e, nonce, false, false); /* again, later */
	} else {
		flight_drop(e, least);
	}
}

struct flight *flight_new(struct engine *e, uint64_t nonce, enum flight_kind kind)
{
	if (e->flights.n == FLIGHTS_MAX)
		give_up_one(e);
	return place(e, nonce, kind);
}
