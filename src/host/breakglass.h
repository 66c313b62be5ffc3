/* breakglass.h: flatten without an engine (operations.md 3). The seam: what calls it and what it
 * must return are settled; the road itself is a later issue. */
#ifndef EXEUNT_HOST_BREAKGLASS_H
#define EXEUNT_HOST_BREAKGLASS_H

#include "base/err.h"
#include "core/cmd.h"

struct cli;

/* The exit status; 0 when flat. Fills *e otherwise. */
int breakglass_flatten(struct cli *c, const struct flatten *f, struct err *e);

#endif
