/* outbox.h: what waits between the engine's EF_SEND and the wire, and the signed bytes that may be
 * needed again. Pure: time and batch numbers are arguments; the simulator links it.
 *
 *   add -> (signed) -> held until its batch is committed -> next (send) -> resend ... -> forget
 *
 * A burn is a noop with the nonce of the order it burns: the two are told apart by `burn`, and a
 * burn that was lost is added anew.
 *
 * Release: signed, and no commit needed, or its batch committed, or kill lane and 100 ms old
 * ([panic] commit_wait). */
#ifndef EXEUNT_HOST_OUTBOX_H
#define EXEUNT_HOST_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/effect.h"
#include "limits.h"

enum {
	OUTBOX_SLOTS = ACTIONS_ALL,	 /* as many as the engine has without an end */
	OUTBOX_BYTES = 16384,		 /* one signed envelope */
	OUTBOX_KILL_WAIT_NS = 100000000, /* operations.md 2 */
};

struct outbox_slot {
	bool used, is_signed, sent, needs_commit, all_paths, dry, burn;
	uint8_t account, lane;
	uint32_t client, seq;  /* of a dry run */
	uint64_t nonce, batch; /* batch 0: not handed over yet */
	uint64_t order;	       /* arrival, for fairness inside a lane */
	int64_t added_ns, timeout_ns;
	size_t len;
	char *bytes; /* OUTBOX_BYTES of the outbox */
};

struct outbox {
	uint64_t arrivals;
	int64_t kill_wait_ns; /* OUTBOX_KILL_WAIT_NS unless changed after outbox_init */
	uint32_t n;
	struct outbox_slot at[OUTBOX_SLOTS];
	char bytes[OUTBOX_SLOTS][OUTBOX_BYTES]; /* never touched before they are needed */
};

void outbox_init(struct outbox *o);
/* NULL: all slots taken. An order's nonce that is known already gives its slot back unchanged. */
struct outbox_slot *outbox_add(struct outbox *o, const struct effect *send, int64_t now_ns);
struct outbox_slot *outbox_find(struct outbox *o, uint64_t nonce, bool burn);
/* Bytes of an earlier life, from the journal: sent, to be repeated only. */
bool outbox_restore(struct outbox *o, uint64_t nonce, uint8_t account, const char *bytes, size_t n);
/* False: no such nonce, or too long. */
bool outbox_signed(struct outbox *o, uint64_t nonce, bool burn, const char *bytes, size_t n);
/* All signed slots without a batch belong to `batch` now. */
void outbox_handed_over(struct outbox *o, uint64_t batch);
/* The next to send now, best lane first, oldest first; it counts as sent. NULL: none. */
struct outbox_slot *outbox_next(struct outbox *o, uint64_t committed, int64_t now_ns);
/* When a held kill-lane send may go without its commit; INT64_MAX: none waits. */
int64_t outbox_due(const struct outbox *o);
bool outbox_waits(const struct outbox *o);	      /* something has not been sent yet */
bool outbox_unsigned(const struct outbox *o);	      /* something still waits for its signature */
void outbox_forget(struct outbox *o, uint64_t nonce); /* the order and its burn */
void outbox_drop(struct outbox *o, struct outbox_slot *s);

#endif
