/* answers.h: answers to commands, held until the journal has what they promise: who reads "x2
 * started" may rely on it after a crash. A slow disk holds them no longer than ANSWER_HELD_NS. */
#ifndef EXEUNT_HOST_ANSWERS_H
#define EXEUNT_HOST_ANSWERS_H

#include <stdint.h>

#include "core/effect.h"

enum {
	ANSWERS_MAX = 32,	    /* more wait: the oldest is given at once */
	ANSWER_HELD_NS = 250000000, /* below the 500 ms after which a shell's flatten takes the
				     * engine for dead */
};
/* "x3 started" is a promise: it waits longer for a slow disk. The shell waits 10 s for it. */
#define ANSWER_PROMISE_NS 5000000000LL

struct answer {
	uint32_t client, seq, exit;
	uint8_t code;
	uint64_t batch; /* of the journal; 0: not handed over yet */
	int64_t until_ns;
	char text[CMD_TEXT_MAX];
};

struct answers {
	uint32_t first, n; /* a ring, oldest first */
	struct answer at[ANSWERS_MAX];
};

/* With ANSWERS_MAX waiting the caller gives the oldest first. */
void answers_hold(struct answers *a, const struct effect *reply, int64_t now_ns);
/* All that wait without a batch belong to this one. */
void answers_handed_over(struct answers *a, uint64_t batch);
/* The oldest if it may be given, taken out; NULL when none. Valid until the next answers_hold. */
const struct answer *answers_next(struct answers *a, uint64_t committed, int64_t now_ns);
int64_t answers_due(const struct answers *a); /* INT64_MAX: nothing waits */

#endif
