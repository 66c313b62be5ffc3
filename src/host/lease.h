/* lease.h: one engine to a state directory. The lock file is held by flock for the engine's life
 * and says who holds it: pid, boot id, epoch, since when. A second engine is told, and leaves. */
#ifndef EXEUNT_HOST_LEASE_H
#define EXEUNT_HOST_LEASE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "host/statedir.h"

struct lease {
	int fd;
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
/* Above every epoch the journal has seen. */
void lease_raise(struct lease *l, uint64_t floor);
void lease_drop(struct lease *l);
/* Who holds it now; false when nobody does. */
bool lease_holder(const struct statedir *d, struct lease_holder *h);
bool lease_boot_id(char out[40]);

#endif
