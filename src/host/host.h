/* host.h: the engine's thread: one turn after another around engine_step, with everything that has
 * a clock, a disk or a socket. */
#ifndef EXEUNT_HOST_HOST_H
#define EXEUNT_HOST_HOST_H

#include <stdbool.h>

#include "base/err.h"
#include "host/conf.h"
#include "host/lease.h"
#include "host/statedir.h"

struct host;

struct host_conf {
	struct statedir dir; /* borrowed descriptor */
	struct conf conf;
	bool listen;   /* on engine.sock */
	int client_fd; /* a client that is attached from the start (--in-process), or -1 */
	bool rescue;   /* without the journal rather than not at all: flatten asked */
	/* The break-glass shell: `lease` was made by lease_fence, no lock is held, the journal is
	 * written behind (store_open_late), nothing waits for a commit. */
	bool glass;
	bool no_journal; /* with glass: of no configuration, so not of this journal */
	struct lease lease;
	char not_watched[96]; /* said with FLAT; "" nothing */
	bool own_signals;     /* SIGTERM and SIGINT end it; only in a process of its own */
};

/* Takes the lease, opens and replays the journal. ERR_FENCED when another engine holds it. */
struct host *host_new(const struct host_conf *c, struct err *e);
/* Turns until host_stop, a signal, or a fault; true when asked to end. */
bool host_run(struct host *h);
/* After host_run: another took the lease; nothing was sent since that was seen. */
bool host_fenced(const struct host *h);
void host_stop(struct host *h); /* from any thread */
/* Actions that left or wait to leave and have no end yet; from any thread. */
unsigned host_waiting(const struct host *h);
/* After host_run: true when the journal has everything, in timeout_ms at most. Else host_free may
 * block as long as the disk does. */
bool host_drain(struct host *h, int timeout_ms);
void host_free(struct host *h); /* commits what is queued, drops the lease */

#endif
