/* sandbox.h: what the signer gives up, in two steps. */
#ifndef EXEUNT_SIGNER_SANDBOX_H
#define EXEUNT_SIGNER_SANDBOX_H

#include <stdbool.h>

#include "base/err.h"

/* Before a secret is read: no core files, not dumpable, not traceable by other processes of the
 * user, no new privileges. */
bool sandbox_close_to_others(struct err *e);
/* After the last allocation: an allow-list of system calls; anything else ends the process with
 * SIGSYS. write(2) is open to out_fd only (-1: to none). Left out of sanitizer builds, whose
 * runtimes need more. */
bool sandbox_filter(int out_fd, struct err *e);

#endif
