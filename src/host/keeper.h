/* keeper.h: the parent of the engine: no keys, no sockets; starts it again when it dies. */
#ifndef EXEUNT_HOST_KEEPER_H
#define EXEUNT_HOST_KEEPER_H

#include <stdbool.h>

enum {
	KEEPER_TRIES = 5,
	KEEPER_WINDOW_S = 600,
	KEEPER_WAIT_MS = 300,
	KEEPER_BROKE = 70, /* status of an engine that had begun and cannot go on: one more death */
};

/* Forks and runs child_main(arg, first); its return value is the exit status. Restarted within 1 s
 * when it ends by a signal or KEEPER_BROKE, five times in ten minutes, then given up (status 1).
 * The status of the first, 0 and ERR_FENCED's end the keeper with it: what is wrong at the start
 * stays wrong, and a place that is taken is taken. Any other status of one that was started again
 * is one more death: what it lacks (memory, descriptors, a file) may come back, and nothing ends in
 * silence. SIGTERM and SIGINT are passed on. died is told each time, in words; NULL: nobody. */
int keeper_run(int (*child_main)(void *arg, bool first), void (*died)(void *arg, const char *text),
	       void *arg);

#endif
