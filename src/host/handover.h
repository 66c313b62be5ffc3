/* handover.h: when the open batch of the journal is closed, and which actions and answers wait for
 * its commit. The engine thread's. */
#ifndef EXEUNT_HOST_HANDOVER_H
#define EXEUNT_HOST_HANDOVER_H

#include "host/answers.h"
#include "host/outbox.h"
#include "host/store.h"

enum {
	HANDOVER_SIGN_NS = 8000000, /* a batch waits so long for the signatures that belong to it */
};

struct handover {
	int64_t open_ns; /* since when a batch is open; 0: none */
};

/* Once a turn, after the effects. What was signed later than its intent was handed over (a slow
 * signer) waits for that batch, and never for one that may not come. */
void handover_turn(struct handover *h, struct store *s, struct outbox *o, struct answers *a,
		   int64_t now_ns);
/* When it wants the next turn; INT64_MAX: nothing waits. */
int64_t handover_due(const struct handover *h);

#endif
