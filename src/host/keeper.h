/* keeper.h: the parent of the engine: no keys, no sockets; starts it again when it dies. */
#ifndef EXEUNT_HOST_KEEPER_H
#define EXEUNT_HOST_KEEPER_H

#include <stdbool.h>

enum { KEEPER_TRIES = 5, KEEPER_WINDOW_S = 600, KEEPER_WAIT_MS = 300 };

/* Forks and runs child_main(arg, first); its return value is the exit status. Restarted within 1 s
 * when it ends by a signal or with status 1, five times in ten minutes, then given up (status 1).
 * Any other status ends the keeper with it: a configuration that is wrong stays wrong. SIGTERM and
 * SIGINT are passed on. died is told each time, in words; NULL: nobody. */
int keeper_run(int (*child_main)(void *arg, bool first), void (*died)(void *arg, const char *text),
	       void *arg);

#endif
