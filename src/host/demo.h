/* demo.h: a rig on this machine: paper exchange, throw-away key and state directory, signer,
 * engine. What `exeunt demo` and `exeunt drill` share. */
#ifndef EXEUNT_HOST_DEMO_H
#define EXEUNT_HOST_DEMO_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "host/cli.h"

struct demo {
	struct cli *c;
	const char *drill; /* NULL: the demo's own account and scenario */
	bool no_signer, no_engine;
	bool own_dir; /* made here: removed at the end */
	char dir[1024], url[160], user[43], agent[43];
	unsigned port;
	pid_t paper, engine;
	char secret[66]; /* the key's password and a line feed; wiped once the signer has it */
};

/* False: *e, or no error when a signal came; demo_end cleans up in every case. */
bool demo_begin(struct demo *d, struct err *e);
void demo_end(struct demo *d);
/* The screen has its own manners: signals are as they were before demo_begin. */
void demo_signals_default(void);
bool demo_signalled(void);

#endif
