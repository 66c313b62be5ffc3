/* host_inner.h: the inside of the host, for host.c (the turn), host_effect.c (what the engine
 * wants, carried out) and host_start.c (what comes before the first turn). */
#ifndef EXEUNT_HOST_HOST_INNER_H
#define EXEUNT_HOST_HOST_INNER_H

#include <stdatomic.h>

#include "engine/engine.h"
#include "host/answers.h"
#include "host/attach.h"
#include "host/clock.h"
#include "host/handover.h"
#include "host/host.h"
#include "host/inhibit.h"
#include "host/lease.h"
#include "host/loop.h"
#include "host/outbox.h"
#include "host/resolver.h"
#include "host/signlink.h"
#include "host/solver.h"
#include "host/store.h"
#include "host/venue.h"

enum { LATER_MAX = RUN_LEGS_MAX + 256 }; /* each action of a step may be refused */

struct host {
	struct host_conf c;
	struct lease lease;
	struct store *store;
	struct loop *loop;
	struct resolver *resolver;
	struct venue *venue;
	struct signlink *sign;
	struct solver *solver; /* NULL: bounds only */
	struct attach_server *attach;
	struct engine *engine;
	struct effects *out;
	struct outbox *outbox;
	char dry_note[DRY_NOTE_MAX]; /* of the dry run that is being signed */
	uint32_t dry_client, dry_seq;
	struct answers answers;
	struct snap *snap;

	int timer, stop_fd, signal_fd;
	atomic_bool stopping, fenced;
	atomic_uint waiting;
	struct clock_watch watch;
	struct inhibit awake;
	int64_t now_ns, wall_ms; /* of this turn */
	bool clock_read, heard, stepping, started, dirty;
	uint64_t turn, number;
	int64_t engine_timer_ns, published_ns, house_ns;
	struct handover handover;
	struct store_status store_status;
	bool store_told;
	int64_t store_told_ns;
	uint8_t slot_of[ACCOUNTS_MAX];

	uint32_t n_later;
	struct event later[LATER_MAX]; /* no pointers in them */
};

/* Once a turn: the fence first, then the clock. */
void host_read_clock(struct host *h);
/* An event of this moment, with nothing in it yet. */
struct event host_event(struct host *h, uint8_t kind, uint8_t account);
/* For what must not be stepped now; holds no pointers. */
void host_later(struct host *h, const struct event *ev);
/* Another has taken over: nothing is stepped or sent any more, and the turns end. */
void host_fence_off(struct host *h, const char *why);

/* All effects of the newest step. */
void host_carry_out(struct host *h);
/* Answers and actions whose commit is there, or that wait for none. */
void host_release(struct host *h);
extern const struct signlink_calls host_signer_calls;

/* The builder dexes of all accounts, each once; how many. Borrowed from c. */
uint8_t host_dexes(const struct conf *c, const char *out[DEXES_MAX - 1]);
void host_engine_conf(struct host *h, struct engine_conf *ec);
/* The journal is opened, and the engine made and brought to what it tells. One that cannot be
 * trusted is left as it is: the engine starts from the venue's truth and only reduces. */
bool host_open_journal(struct host *h, struct engine_conf *ec, struct err *e);
/* Break-glass: nothing is replayed, the journal comes behind. *ceiling: where nonces begin. */
bool host_open_glass(struct host *h, struct engine_conf *ec, uint64_t *ceiling, struct err *e);

#endif
