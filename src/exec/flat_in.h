/* flat_in.h: shared by the files of the flatten only. */
#ifndef EXEUNT_EXEC_FLAT_IN_H
#define EXEUNT_EXEC_FLAT_IN_H

#include "core/batch.h"
#include "exec/flat.h"

static const int64_t FLAT_MS = 1000000, FLAT_SEC = 1000000000;
enum { FLAT_BOOK_MAX_MS = 3000, FLAT_REFUSED_MAX = 3, FLAT_THROTTLED_S = 10 };

const struct flat_leg_view *flat_leg_find(const struct flat_view *v, const struct flat_leg *l);
/* |position| on the side this leg closes, by the view. */
int64_t flat_live(const struct flat_leg *l, const struct flat_leg_view *p);
const struct panic_conf *flat_knobs(const struct flat_view *v);

/* What of the leg may still go out by its ticket: all that is held when it goes to zero, else its
 * cut less what is known to have filled. Orders without a verdict are not taken off. */
int64_t flat_leg_left(const struct flat_leg *l, int64_t live);
/* In flight, of orders that wait for proof. */
int64_t flat_waiting(const struct flat_leg *l);
bool flat_leg_done(const struct flat_leg *l, const struct flat_leg_view *p, int64_t live);
bool flat_blind(const struct flat_leg_view *p, const struct flat_view *v);
int64_t flat_interval(const struct flat_view *v);

struct flat_want *flat_want_add(struct flat_out *o, uint8_t kind);
void flat_leg_want(const struct flat *f, struct flat_out *o, uint8_t kind, uint32_t leg);
void flat_wake(struct flat_out *o, int64_t at_ns);
void flat_notice(struct flat_out *o, uint8_t level, uint8_t code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* The ladder of a leg for `size`, never past `bound` (0: its zero-equity price or the typed one).
 */
bool flat_ladder(const struct flat_leg *l, const struct flat_leg_view *p, const struct flat_view *v,
		 int64_t size, struct price bound, struct ladder *d);
void flat_order_put(struct flat *f, struct flat_leg *l, const struct flat_leg_view *p,
		    const struct flat_view *v, struct flat_out *o, struct price px, int64_t q,
		    uint8_t tif, bool zero);
/* The same in pieces below the venue's largest order. */
void flat_orders_put(struct flat *f, struct flat_leg *l, const struct flat_leg_view *p,
		     const struct flat_view *v, struct flat_out *o, struct price px, int64_t size,
		     bool zero);
/* Halted or delisted, but on the way to zero: doubt never means wait, it is tried on. What the
 * venue refuses for its size alone stays as it is. */
bool flat_tries_on(const struct flat_leg *l);
/* False: the leg waits, for its time or for proof, or has nothing to do. */
bool flat_leg_ready(struct flat_leg *l, const struct flat_view *v, struct flat_out *o);
/* Legs of the verb that may have something to send, in the order in which they go out (batch.h);
 * `alone`: the first by itself. Returns how many. */
uint32_t flat_send_order(const struct flat *f, const struct flat_view *v, uint8_t verb, bool alone,
			 uint16_t at[FLAT_LEGS]);
/* Begins an action for a leg: one of its own for the first of a step and after doubt, else the
 * batch of its account. flat_batch_sent: so many orders of it have gone out. */
void flat_batch_leg(struct flat *f, const struct batch *b, const struct flat_leg *l, bool alone);
void flat_batch_sent(const struct flat *f, struct batch *b, const struct flat_leg *l,
		     uint32_t orders, bool alone);

/* flat_post.c. The close (or cut) that rests at the touch: placed, or cancelled because the touch
 * has left it; true: one went out. */
bool flat_post_rest(struct flat *f, struct flat_leg *l, const struct flat_leg_view *p,
		    const struct flat_view *v, struct flat_out *o, int64_t size);
/* Once a step: what rests is looked after at once when trading opens again. */
void flat_post_look(struct flat *f, const struct flat_view *v);
/* Before something of the leg crosses: trading is open again. */
void flat_post_over(const struct flat *f, struct flat_leg *l, struct flat_out *o);
/* A cut that rests and is not proved to be gone: looked after here, nothing else may go out. */
bool flat_post_waits(const struct flat *f, struct flat_leg *l, const struct flat_leg_view *p,
		     const struct flat_view *v, struct flat_out *o);
/* Paused, ended or given up: slices and cuts rest no more. */
void flat_post_stop(struct flat *f, const struct flat_view *v, struct flat_out *o);
/* The first leg that is not in place: the most endangered one. */
struct flat_leg *flat_first(struct flat *f);

/* care.c, trim.c: the orders of this step. */
void care_send(struct flat *f, const struct flat_view *v, struct flat_out *o);
bool care_late(const struct flat *f, const struct flat_view *v); /* nothing moves any more */
void trim_send(struct flat *f, const struct flat_view *v, struct flat_out *o);
/* Legs of a trim, in the order of the cuts. */
bool trim_take(struct flat *f, const struct flat_view *v, struct err *e);

/* flat_ctl.c */
/* At once: a ladder that runs goes on, else from the first rung. */
void flat_leg_anew(struct flat_leg *l, bool runs);
bool flat_in_scope(const struct flat *f, const struct flat_leg_view *p);
struct flat_leg *flat_leg_add(struct flat *f, const struct flat_leg_view *p, uint8_t verb);
/* Legs of the view that are in scope and not ours yet, the most endangered first: how many. */
uint32_t flat_legs_take(struct flat *f, const struct flat_view *v);

bool flat_takes_all(const struct flat *f); /* its end is FLAT */
/* Message 7, and the same into f->text. */
void flat_words_to(const struct flat *f, const struct flat_view *v, bool flat, char *out,
		   size_t cap);
void flat_words(struct flat *f, const struct flat_view *v, bool flat);

#endif
