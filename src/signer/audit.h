/* audit.h: signer.log, what was asked of the key and what became of it: one line an order or
 * request, never key bytes or signatures.
 *
 *   1700000000000 sign key=0 epoch=1 nonce=1700000000000 order 1/2 asset=0 sell sz=0.5 px=60000
 *   reduce-only ok                                              (one line; "more" adds risk)
 *
 * Lines are handed to a thread of its own after the answer is out, so that no disk delays a
 * signature; they outlive the process, not a loss of power. Above AUDIT_BYTES the file moves to
 * signer.log.1, which is overwritten. */
#ifndef EXEUNT_SIGNER_AUDIT_H
#define EXEUNT_SIGNER_AUDIT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "signer/req.h"

enum { AUDIT_BYTES = 4 << 20, AUDIT_RING = 64 << 10, AUDIT_LINE = 320 };

struct audit {
	int fd, old;  /* signer.log, signer.log.1 */
	int64_t most; /* bytes of the file; AUDIT_BYTES, less in tests */
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	/* under the lock: bytes [from, to) wait, counted for ever, at their count modulo the ring
	 */
	uint64_t from, to;
	uint64_t lost; /* lines for which there was no room, or that the disk refused */
	bool running, busy;
	char ring[AUDIT_RING];
};

bool audit_open(struct audit *a, int dir_fd, struct err *e);
/* Starts the writer; returns once it runs, so that a system-call filter may follow. */
bool audit_start(struct audit *a, struct err *e);
/* Never waits for a disk. */
void audit_put(struct audit *a, const struct signer_req *r, const struct signer_rep *rep,
	       uint64_t wall_ms);
/* Waits a moment for what is on its way; harmless when not open. */
void audit_close(struct audit *a);

#endif
