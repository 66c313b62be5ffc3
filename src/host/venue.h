/* venue.h: the sockets of one venue around its sans-I/O sessions: a market connection and one to
 * each account, warm HTTP connections to every endpoint, reconnects, names. */
#ifndef EXEUNT_HOST_VENUE_H
#define EXEUNT_HOST_VENUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/effect.h"
#include "core/event.h"
#include "host/conf.h"
#include "host/loop.h"
#include "host/resolver.h"

struct venue;

/* Events come with clocks and account filled in. */
typedef void venue_sink(void *arg, const struct event *ev);

/* dexes: all builder dexes of the accounts, in order; dex 0 (the validator's) is not among them. */
struct venue *venue_new(struct loop *l, struct resolver *r, const struct conf *c,
			const struct instr_table *instrs, const char *const *dexes, size_t n_dexes,
			venue_sink *sink, void *arg, struct err *e);
void venue_free(struct venue *v);
void venue_set_agent(struct venue *v, uint8_t account, const uint8_t address[20]);

/* Posts signed bytes. False: it was not sent and never will be. */
bool venue_send(struct venue *v, uint8_t account, const char *envelope, size_t n, uint64_t nonce,
		bool all_paths, int64_t timeout_ns, int64_t now_ns);
bool venue_query(struct venue *v, const struct effect *query, int64_t now_ns);
bool venue_feed(struct venue *v, uint16_t instr, bool on);
void venue_drop(struct venue *v, uint8_t account); /* connect anew */
void venue_drop_all(struct venue *v);		   /* after a suspend */

void venue_tick(struct venue *v, int64_t now_ns, int64_t wall_ms);
int64_t venue_deadline(const struct venue *v);
void venue_pump(struct venue *v, int64_t now_ns); /* moves session output to the sockets */
void venue_resolved(struct venue *v);		  /* the resolver has news */

#endif
