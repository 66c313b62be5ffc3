/* inhibit.h: keeps the machine awake while an exit runs, by systemd-inhibit if there is one.
 *
 * 1. The lock is a child that reads a pipe of ours: however this process ends, the lock ends.
 * 2. Nothing waits for it; that it is missing is told once for every time it is wanted. */
#ifndef EXEUNT_HOST_INHIBIT_H
#define EXEUNT_HOST_INHIBIT_H

#include <stdbool.h>
#include <sys/types.h>

struct inhibit {
	pid_t pid; /* 0: none */
	int fd;	   /* the pipe's end, with pid */
	bool failed;
};

/* Now and then. True, once: it is wanted and cannot be had. */
bool inhibit_care(struct inhibit *i, bool wanted);
void inhibit_end(struct inhibit *i);

#endif
