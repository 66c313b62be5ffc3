/* child.h: one child of an exit: how it waits and when it crosses, and what others can see of it.
 *
 * Of the latter, what is done about it: sizes off
 * round numbers and never twice the same, times off whole ten seconds, no more at once than a share
 * of the visible depth. A declared exit (ticket.declared, or randomness 0) hides nothing. */
#ifndef EXEUNT_EXEC_CHILD_H
#define EXEUNT_EXEC_CHILD_H

#include "base/buf.h"
#include "exec/exit.h"

enum { DEPTH_PCT = 50 };      /* of what the book shows on the side that is hit; ticket.depth */
enum { DANGER_EVERY_S = 10 }; /* from one sale of the danger rule to the next */

/* want, cut to the share of the visible depth, but never under the least child; *held: it was. A
 * sweep, the danger rule and a book that shows nothing are not cut. */
struct qty child_depth_room(const struct exit *x, const struct exec_view *v, struct qty want,
			    bool *held);
/* A size a little smaller that is no round number, and not the size of the slice before. The last
 * of the exit goes exactly. */
struct qty child_off_round(const struct exit *x, const struct exec_view *v, struct qty q,
			   struct qty rem);
/* How long a slice that is due now should still wait to be off a whole ten seconds; 0: go. */
int64_t child_off_beat_ns(const struct exit *x, const struct exec_view *v);

/* The passive try (plan/tactic.h), for PLACE_POST_CROSS, PLACE_QUOTES and PLACE_CHASE. */
bool child_may_rest(const struct exit *x, const struct exec_view *v); /* operations.md 8 */
/* What to do now with the slice at work; c: its child, NULL when nothing is at work. */
struct tactic_say child_ask(struct exit *x, const struct exec_view *v, const struct exit_child *c);
void child_heard(struct exit *x, int64_t took_ns); /* the venue's word on a new order */
/* Warns once when a venue TWAP works beside it on the same side. */
void child_watch_twap(struct exit *x, const struct exec_view *v, struct exec_out *o);
/* What the child does, in plain words; between slices what holds the exit or drives it, if any. */
void child_words(const struct exit *x, struct buf *b);

#endif
