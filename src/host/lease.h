/* lease.h: one engine to a state directory, and how it is fenced off.
 *
 * The file `lock` is held by flock for the engine's life and says who holds it: pid, boot id,
 * epoch, since when. A second engine is told, and leaves. The file `fence` is written by the
 * break-glass shell: a higher epoch in it ends the engine's right to act. The engine reads it at
 * the top of every turn and before every write to a venue; the signer refuses the lower epoch
 * whatever the engine does. While the shell lives it holds `fence` by a shared flock and no engine
 * starts. */
#ifndef EXEUNT_HOST_LEASE_H
#define EXEUNT_HOST_LEASE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "host/statedir.h"

struct lease {
	int fd;		/* of lock; -1 in a break-glass shell */
	int fence_fd;	/* of fence; -1: there is none */
	uint64_t epoch; /* rises with every engine: the signer fences lower ones */
};

struct lease_holder {
	pid_t pid;
	uint64_t epoch;
	int64_t since_ms;
	char boot_id[40];
};

/* ERR_FENCED when another engine lives: "Another engine (pid 4121) holds this state directory since
 * 18:02." Raises the epoch in the file and syncs it. `floor` is the highest epoch the journal
 * knows. */
bool lease_take(struct lease *l, const struct statedir *d, uint64_t floor, struct err *e);
/* For the break-glass shell, whoever holds the lock: an epoch above those of lock, fence and
 * `floor` (the signer's), written to fence. False only when the directory gives nothing at all: a
 * full disk leaves the fence to the signer. Nothing is synced here: see lease_sync. */
bool lease_fence(struct lease *l, const struct statedir *d, uint64_t floor, struct err *e);
/* fsync of the fence in a thread of its own: it may take seconds, and the close does not wait. */
void lease_sync(const struct lease *l);
/* A higher epoch than ours stands in fence; *by may be NULL. One pread. */
bool lease_fenced(const struct lease *l, struct lease_holder *by);
/* The newest fence of the directory; *alive: its shell still runs. False: never fenced. */
bool lease_fencer(const struct statedir *d, struct lease_holder *by, bool *alive);
/* Above every epoch the journal has seen. */
void lease_raise(struct lease *l, uint64_t floor);
void lease_drop(struct lease *l);
/* Who holds it now; false when nobody does, with *h of the last one (zero: never). */
bool lease_holder(const struct statedir *d, struct lease_holder *h);
bool lease_boot_id(char out[40]);

#endif
