/* story.h: the one evening that all mock-ups tell, as a snapshot built by hand: a cross account and
 * one isolated position, two exits running. Numbers agree with each other. */
#ifndef EXEUNT_TESTS_STORY_H
#define EXEUNT_TESTS_STORY_H

#include "core/snap.h"

#define STORY_NS      INT64_C(100000000000000)
#define STORY_WALL_MS INT64_C(1758311787000) /* 19:56:27 UTC */

void story_cockpit(struct snap *s);  /* 19:56:27: two exits run */
void story_before(struct snap *s);   /* 19:52:07: nothing runs yet, the trader plans */
void story_panic(struct snap *s);    /* 19:58:41: the market has fallen */
void story_two(struct snap *s);	     /* the same, and a second account with a short of its own */
void story_run(struct snap *s);	     /* 19:58:43: NOW was sent, ETH is unknown */
void story_trim(struct snap *s);     /* TRIM was sent instead, ETH waits for proof */
void story_care(struct snap *s);     /* or CARE: slice 5 of 12 */
void story_runs(struct snap *s);     /* or NOW of the second account beside CARE of the first */
void story_run_all(struct snap *s);  /* or NOW of both accounts */
void story_not_flat(struct snap *s); /* 120 s are over, ETH is left */
void story_flat(struct snap *s);     /* 19:58:46: flat, read twice */
void story_again(struct snap *s);    /* a trim runs, two positions cannot be read */
void story_blind(struct snap *s);    /* 19:56:41: nothing heard for 14 s */
void story_many(struct snap *s);     /* 40 pools of one leg */
void story_done(struct snap *s);     /* 20:02:24: x2 is done */
void story_empty(struct snap *s);    /* an account without positions */
void story_first(struct snap *s);    /* no account */

/* States of the cockpit (story_states.c). */
void story_mainnet(struct snap *s);
void story_observer(struct snap *s);
void story_locked(struct snap *s);
void story_unknown(struct snap *s);
void story_blocked(struct snap *s);
void story_group(struct snap *s); /* three legs of g3 run beside x1 */

/* Every alarm of screens.md 7.1 on the cockpit of 19:56:27, newest danger first (story_alarms.c).
 */
unsigned story_alarms(void);
const char *story_alarm_name(unsigned i);
void story_alarm(struct snap *s, unsigned i);

#endif
