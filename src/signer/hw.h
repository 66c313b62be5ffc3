/* hw.h: signer.hw, what must survive a crash of the signer: the fenced epoch and, for each key's
 * address, a ceiling above every order nonce it ever signed. Held under an exclusive lock: one
 * signer to a state directory.
 *
 * A thread of its own writes and syncs, so that a slow disk costs a signature a bounded wait. */
#ifndef EXEUNT_SIGNER_HW_H
#define EXEUNT_SIGNER_HW_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum { HW_ADDRESSES = 16, HW_STEP_MS = 60000 };

struct hw_row {
	uint8_t address[20];
	uint32_t unused;
	uint64_t ceiling;
};

struct hw_rec {
	uint32_t magic, crc;
	uint64_t seq; /* the newer of the two copies wins */
	uint64_t epoch;
	uint64_t floor; /* for addresses without a row */
	uint32_t n, unused;
	struct hw_row at[HW_ADDRESSES];
};

struct hw {
	int fd;
	int (*sync)(int fd); /* fdatasync; tests put a slower or failing one */
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	struct hw_rec want; /* under the lock, like all that follows */
	struct hw_rec disk; /* as last written and synced */
	uint64_t tried;	    /* newest sequence number that was tried */
	bool running, busy;
};

/* ERR_FENCED: another signer holds it. A damaged file gives a floor of wall_ms + HW_STEP_MS, above
 * every ceiling that can have been written before, and *damaged. */
bool hw_open(struct hw *h, int dir_fd, uint64_t wall_ms, bool *damaged, struct err *e);
/* Starts the writer; returns once it runs, so that a system-call filter may follow. */
bool hw_start(struct hw *h, struct err *e);
/* Waits for a write in progress and lets the lock go; harmless when not open. */
void hw_close(struct hw *h);

/* What is safe on disk. */
uint64_t hw_ceiling(struct hw *h, const uint8_t address[20]);
/* The fence on disk or on its way there. */
uint64_t hw_epoch(struct hw *h);

/* Both only ask; hw_wait says whether it is on disk. */
void hw_raise(struct hw *h, const uint8_t address[20], uint64_t ceiling);
void hw_fence(struct hw *h, uint64_t epoch);
/* True when all that was asked for is on disk; false at once when the disk refused, or after
 * timeout_ms. */
bool hw_wait(struct hw *h, int timeout_ms);

#endif
