/* drill.h: a drill played in virtual time: the whole program against the venue, or a player without
 * a client on the same seed. */
#ifndef EXEUNT_TESTS_SIM_DRILL_H
#define EXEUNT_TESTS_SIM_DRILL_H

#include "paper/drill.h"

/* Ours go through the engine's commands, 2 s after the alarm: a person must see it first. */
#define POLICIES(X)                                                                                \
	X(NOTHING, "nothing", "do nothing")                                                        \
	X(CLOSE1, "close1", "market close, 1 % cap")                                               \
	X(TWAP5, "twap5", "native TWAP, 5 min")                                                    \
	X(NOW, "now", "NOW")                                                                       \
	X(TRIM, "trim", "TRIM")                                                                    \
	X(CARE, "care", "CARE")                                                                    \
	X(GUARD, "guard", "GUARD")                                                                 \
	X(PLAN, "plan", "planned exit")

enum policy {
#define X(id, name, text) PLAY_##id,
	POLICIES(X)
#undef X
		PLAY_COUNT
};

const char *policy_name(enum policy p);
bool policy_find(enum policy *out, const char *name);

struct played {
	struct drill_facts facts;
	struct drill_points points;
	char broken[400];  /* an invariant of the simulator that broke: the run counts 0 */
	char refused[128]; /* the program would not: its words, and it did nothing */
	uint64_t hash;
};

/* `timeline`: printed to standard output. */
void drill_run_policy(struct played *out, const struct drill *d, uint64_t seed, enum policy p,
		      const struct drill_bar *bar, bool timeline);
void drill_run_bar(struct drill_bar *out, const struct drill *d, uint64_t seed);

#endif
