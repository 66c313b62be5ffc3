/* solver.h: the planner beside the engine: a thread that answers EF_SOLVE (plan/solve.h). Questions
 * and answers are copied; one question of an exit waits at a time, the newest wins. Nothing is
 * allocated after solver_new. Without it an exit runs on the closed-form bound. */
#ifndef EXEUNT_HOST_SOLVER_H
#define EXEUNT_HOST_SOLVER_H

#include <stdbool.h>

#include "plan/solve.h"

struct solver;

/* NULL when the system gives no thread or descriptor. */
struct solver *solver_new(void);
void solver_free(struct solver *s); /* waits for the grid in hand, some milliseconds */
/* Readable when answers wait. */
int solver_fd(const struct solver *s);
/* False: more exits ask than there is room for; this question is lost. */
bool solver_ask(struct solver *s, const struct solve_in *in);
/* The next answer; false when none waits. */
bool solver_next(struct solver *s, struct solve_out *out);

#endif
