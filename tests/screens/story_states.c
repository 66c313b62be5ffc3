/* story_states.c: the cockpit of 19:56:27 in the states of screens.md 5.3 and section 8. */
#include <stdio.h>
#include <string.h>

#include "tests/screens/story_in.h"

/* Real money, armed: the two bright badges side by side. */
void story_mainnet(struct snap *s)
{
	story_cockpit(s);
	s->network = NET_MAINNET;
	s->armed = true;
	s->armed_until_ns = s->now_ns + 48 * INT64_C(1000000000);
}

/* A second terminal: panic, pause, cancel and guard work here too. */
void story_observer(struct snap *s)
{
	story_cockpit(s);
	s->network = NET_MAINNET;
	s->you_have_seat = false;
}

/* After panic, and the disk is full: two states that stop new risk and nothing else. */
void story_locked(struct snap *s)
{
	story_cockpit(s);
	s->local_lock = true;
	s->no_new_risk = true;
	snprintf(s->no_new_risk_reason, sizeof s->no_new_risk_reason, "disk full");
}

/* x2's slice has had no answer for 4 s. */
void story_unknown(struct snap *s)
{
	unsigned i = 0;

	while (strcmp(story_alarm_name(i), "unknown-3s"))
		i++;
	story_alarm(s, i);
	s->order[0].since_ms = s->wall_ms - 4100;
	s->exit[0].unknowns = 1;
	s->exit[0].in_flight = qty(0.16);
}

/* x1 is blocked by the venue: it says why and how much is left. */
void story_blocked(struct snap *s)
{
	story_cockpit(s);
	struct snap_exit *x = &s->exit[1];
	x->state = XS_DONE;
	x->end = XE_BLOCKED;
	x->end_ms = s->wall_ms - 20000;
	snprintf(x->reason, sizeof x->reason, "the venue refuses SOL: market is being delisted");
	for (uint32_t i = s->n_notices; i > 0; i--)
		s->notice[i] = s->notice[i - 1];
	s->n_notices++;
	struct snap_notice *n = &s->notice[0];
	memset(n, 0, sizeof *n);
	n->wall_ms = s->wall_ms - 20000;
	n->seq = 200;
	n->level = 2;
	n->code = NC_EXIT;
	n->exit = 1;
	snprintf(n->text, sizeof n->text,
		 "x1 blocked: the venue refuses SOL: market is being delisted. 882.00 SOL stay.");
}
