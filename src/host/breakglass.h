/* breakglass.h: flatten without an engine (operations.md 3): the shell fences the lease and runs
 * the same pure engine in itself, on the same signer, until it is flat. */
#ifndef EXEUNT_HOST_BREAKGLASS_H
#define EXEUNT_HOST_BREAKGLASS_H

#include <stdbool.h>

#include "base/err.h"
#include "core/cmd.h"

struct cli;

enum { GLASS_SILENCE_MS = 500 }; /* operations.md 8, engine silence */

/* `why`: what the engine did not do, for a person; `asked`: it was given the command and may have
 * begun it. The exit status, everything said; returns when it is flat, when it is given up (NOT
 * FLAT), or when another took the lease. */
int breakglass_run(struct cli *c, const struct cmd *cmd, const char *why, bool asked);

/* "FENCED ..." into *e when the newest lease of the directory is a break-glass shell's. */
bool breakglass_holds(const struct cli *c, struct err *e);

#endif
