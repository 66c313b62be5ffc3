/* thinker.h: the one worker thread of a terminal: questions of the ticket in, answers out, newest
 * wins. It holds no state of the screen and sends nothing. */
#ifndef EXEUNT_UI_THINKER_H
#define EXEUNT_UI_THINKER_H

#include <stdbool.h>

#include "ui/think.h"

struct thinker;

/* Heap, at start-up. NULL: no thread to be had; the ticket then shows bounds. Signals are blocked
 * in it when they are in the caller. */
struct thinker *thinker_new(void);
void thinker_free(struct thinker *t);	 /* waits for what it is at; NULL is fine */
int thinker_fd(const struct thinker *t); /* readable when there is an answer; -1 for NULL */
/* Replaces a question that was not begun. */
void thinker_ask(struct thinker *t, const struct think_in *in);
bool thinker_answer(struct thinker *t, struct think_out *out);

#endif
