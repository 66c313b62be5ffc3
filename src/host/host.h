/* host.h: the engine's thread: one turn after another around engine_step, with everything that has
 * a clock, a disk or a socket. */
#ifndef EXEUNT_HOST_HOST_H
#define EXEUNT_HOST_HOST_H

#include <stdbool.h>

#include "base/err.h"
#include "host/conf.h"
#include "host/statedir.h"

struct host;

struct host_conf {
	struct statedir dir; /* borrowed descriptor */
	struct conf conf;
	bool listen;	  /* on engine.sock */
	int client_fd;	  /* a client that is attached from the start (--in-process), or -1 */
	bool rescue;	  /* without the journal rather than not at all: flatten asked */
	bool own_signals; /* SIGTERM and SIGINT end it; only in a process of its own */
};

/* Takes the lease, opens and replays the journal. ERR_FENCED when another engine holds it. */
struct host *host_new(const struct host_conf *c, struct err *e);
/* Turns until host_stop, a signal, or a fault; true when asked to end. */
bool host_run(struct host *h);
void host_stop(struct host *h); /* from any thread */
void host_free(struct host *h); /* commits what is queued, drops the lease */

#endif
