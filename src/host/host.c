/* host.c: one turn of the engine (architecture.md):
 *
 *   wait -> fenced off? -> read the clock once -> commands first, then every other input, oldest
 *   first -> hand records to the journal
 *   -> queue bytes released by committed(n), by the 100 ms rule, or needing no record
 *   -> notices and, when no action is on its way, snapshot (at most 30 a second, if changed; the
 * first of a client at once) -> arm
 *
 * Invariants:
 *  1. Only this thread touches the engine; only the journal thread touches the database.
 *  2. engine_step is never entered from within itself: what carrying out an effect brings about at
 *     once waits in `later`.
 *  3. A send that needs its commit leaves after committed(n), or in the kill lane after 100 ms.
 *  4. Once a higher epoch is seen (lease.h, or the signer's word) the engine is not stepped and
 *     nothing is written to a venue: the look comes first in every turn. */
#include "host/host_inner.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "host/accounts.h"
#include "host/log.h"

enum {
	SNAP_NS = 33333333,	   /* 30 a second */
	SNAP_YIELD_NS = 100000000, /* it waits no longer for an action that is on its way */
	HOUSE_NS = 1000000000,	   /* the clock is compared at least so often */
	STORE_TELL_NS = 1000000000,
};

/* ---- stepping ---- */

void host_fence_off(struct host *h, const char *why)
{
	if (atomic_exchange(&h->fenced, true))
		return;
	log_line(LOG_ERROR, "FENCED: %s. This engine (epoch %llu) sends nothing more and ends", why,
		 (unsigned long long)h->lease.epoch);
	attach_fenced(h->attach);
	atomic_store(&h->stopping, true);
}

/* True: go on. Also asked before every write to a venue. */
static bool look_at_fence(void *arg)
{
	struct host *h = arg;
	struct lease_holder by;
	char why[120], when[24];

	if (atomic_load(&h->fenced))
		return false;
	if (!lease_fenced(&h->lease, &by))
		return true;
	clock_put_utc(when, by.since_ms);
	snprintf(why, sizeof why,
		 "a break-glass shell (pid %d) took the lease at %.9s (epoch %llu)", (int)by.pid,
		 when + 11, (unsigned long long)by.epoch);
	host_fence_off(h, why);
	return false;
}

void host_read_clock(struct host *h)
{
	if (h->clock_read)
		return;
	h->clock_read = true;
	look_at_fence(h);
	h->now_ns = clock_boot_ns();
	h->wall_ms = clock_wall_ms();
}

static void step(struct host *h, const struct event *ev)
{
	ASSERT(!h->stepping);
	if (atomic_load(&h->fenced))
		return;
	h->stepping = true;
	h->out->n = 0;
	engine_step(h->engine, ev, h->out);
	h->dirty = true;
	host_carry_out(h);
	h->stepping = false;
}

struct event host_event(struct host *h, uint8_t kind, uint8_t account)
{
	struct event ev;

	host_read_clock(h);
	memset(&ev, 0, sizeof ev);
	ev.kind = kind;
	ev.account = account;
	ev.now_ns = h->now_ns;
	ev.wall_ms = h->wall_ms;
	return ev;
}

/* For what must not be stepped now; holds no pointers. */
void host_later(struct host *h, const struct event *ev)
{
	if (h->n_later == LATER_MAX) {
		log_line(LOG_ERROR, "limit: %d events wait already; one is dropped", LATER_MAX);
		return;
	}
	h->later[h->n_later++] = *ev;
}

static void run_later(struct host *h)
{
	/* What they bring about in turn is appended; bounded by what the engine asks for. */
	for (uint32_t i = 0; i < h->n_later; i++)
		step(h, &h->later[i]);
	h->n_later = 0;
}

/* The first word of the market in a turn waits for what terminals and shells have sent: a flatten
 * or a pause does not queue behind a burst. */
static void on_venue(void *arg, const struct event *ev)
{
	struct host *h = arg;

	host_read_clock(h);
	if (!h->heard) {
		h->heard = true;
		attach_first(h->attach);
	}
	step(h, ev);
}

/* ---- commands ---- */

/* What a ticket leaves open gets the configured [exit]. */
static void ticket_defaults(const struct conf_exit *c, struct ticket *t)
{
	if (!t->risk.v)
		t->risk = c->risk;
	if (!t->cap.v)
		t->cap = c->cap;
	if (!t->random_set && c->random_set && !t->declared) {
		t->random = c->random;
		t->random_set = true;
	}
	if (!t->post_ms)
		t->post_ms = c->post_for_ms;
	if (!t->chase_bp.v)
		t->chase_bp = c->chase_give_up;
	if (!t->chase_max)
		t->chase_max = c->chase_max;
	if (!t->depth.v)
		t->depth = c->depth;
	if (!t->place_set) { /* passive only where operations.md 8 allows it: the exit judges */
		t->place = t->declared ? PLACE_CROSS : c->place_set ? c->place : PLACE_POST_CROSS;
		t->place_set = true;
	}
}

static void on_cmd(void *arg, uint32_t client, uint32_t seq, const struct cmd *cmd)
{
	struct host *h = arg;
	struct event ev = host_event(h, EV_CMD, 0);
	struct cmd mine = *cmd;
	struct err e = {0};

	if (!accounts_place(&mine, &h->c.conf, &e)) {
		attach_answer(h->attach, client, seq, (uint8_t)e.code, 0, e.text);
		return;
	}
	if (mine.kind == CMD_EXIT)
		ticket_defaults(&h->c.conf.exit, &mine.ticket);
	ev.cmd.client = client;
	ev.cmd.seq = seq;
	ev.cmd.cmd = &mine;
	step(h, &ev);
}

/* The first terminal has the operator's seat; later ones observe until they take it. */
static void on_terminal(void *arg, uint32_t client)
{
	struct host *h = arg;
	struct event ev = host_event(h, EV_CMD, 0);
	struct cmd take = {.kind = CMD_TAKE_SEAT};

	if (h->engine->seat && attach_is(h->attach, h->engine->seat))
		return;
	ev.cmd.client = client;
	ev.cmd.cmd = &take;
	step(h, &ev);
}

static void on_client_gone(void *arg, uint32_t client)
{
	(void)arg;
	(void)client;
}

/* ---- the parts of a turn ---- */

static void tell_store(struct host *h, const struct store_status *s)
{
	struct event ev = host_event(h, EV_STORE, 0);
	const struct store_status *old = &h->store_status;
	bool news = !h->store_told || s->state != old->state || s->ceiling != old->ceiling;

	if (!news && h->now_ns - h->store_told_ns < STORE_TELL_NS)
		return;
	if (s->state != old->state && s->text[0])
		log_line(LOG_ERROR, "journal: %s", s->text);
	h->store_told = true;
	h->store_told_ns = h->now_ns;
	h->store_status = *s;
	ev.store.state = s->state;
	ev.store.nonce_ceiling = s->ceiling;
	ev.store.commit_us = s->commit_us;
	step(h, &ev);
}

static void on_store(void *arg)
{
	struct host *h = arg;
	struct store_status s;

	host_read_clock(h);
	store_poll(h->store, &s);
	tell_store(h, &s);
	h->store_status = s;
	/* what waited for this does not also wait for the market data of this turn */
	host_release(h);
	venue_pump(h->venue, h->now_ns);
}

static void on_timer(void *arg)
{
	clock_timer_drain(((struct host *)arg)->timer);
}

static void on_resolved(void *arg)
{
	struct host *h = arg;

	resolver_drain(h->resolver);
	venue_resolved(h->venue);
}

static void on_solved(void *arg)
{
	struct host *h = arg;
	struct solve_out out;

	while (solver_next(h->solver, &out)) {
		struct event ev = host_event(h, EV_SOLVED, 0);
		ev.solved.out = &out;
		step(h, &ev);
	}
}

static void on_stop(void *arg)
{
	struct host *h = arg;
	uint64_t n;

	if (read(h->stop_fd, &n, sizeof n) > 0)
		atomic_store(&h->stopping, true);
}

static void on_signal(void *arg)
{
	struct host *h = arg;
	struct signalfd_siginfo si;

	if (read(h->signal_fd, &si, sizeof si) == (ssize_t)sizeof si) {
		log_line(LOG_NOTE,
			 "signal %u: ending; exits go on when the engine is started again",
			 si.ssi_signo);
		atomic_store(&h->stopping, true);
	}
}

/* A snapshot of fifty positions takes longer than signing, committing and writing an action. */
static bool in_a_hurry(const struct host *h)
{
	return (loop_urgent(h->loop) || outbox_waits(h->outbox)) &&
	       h->now_ns - h->published_ns < SNAP_YIELD_NS;
}

static void publish(struct host *h)
{
	uint64_t next = h->number + h->dirty;

	if (!attach_wanted(h->attach, next) || in_a_hurry(h) ||
	    (h->now_ns - h->published_ns < SNAP_NS && !attach_new_waits(h->attach)))
		return;
	if (h->dirty) {
		engine_snap(h->engine, h->snap);
		h->snap->magic = SNAP_MAGIC;
		h->snap->size = sizeof *h->snap;
		memcpy(h->snap->build, build_id(), sizeof h->snap->build);
		h->snap->number = h->number = next;
		h->snap->now_ns = h->now_ns;
		h->snap->wall_ms = h->wall_ms;
		h->snap->engine_pid = getpid();
		h->snap->epoch = h->lease.epoch;
		h->dirty = false;
	}
	h->published_ns = h->now_ns;
	attach_publish(h->attach, h->snap, h->engine->seat);
}

static int64_t sooner(int64_t a, int64_t b)
{
	return b > 0 && b < a ? b : a;
}

static void arm(struct host *h)
{
	int64_t at = h->now_ns + HOUSE_NS;

	at = sooner(at, h->engine_timer_ns);
	at = sooner(at, venue_deadline(h->venue));
	at = sooner(at, signlink_deadline(h->sign));
	at = sooner(at, outbox_due(h->outbox));
	at = sooner(at, answers_due(&h->answers));
	at = sooner(at, handover_due(&h->handover));
	if (h->dirty && attach_wanted(h->attach, h->number + 1))
		at = sooner(at, h->published_ns + SNAP_NS);
	clock_timer_arm(h->timer, at);
}

static void timers(struct host *h)
{
	if (h->now_ns >= h->house_ns) {
		int64_t slept = clock_watch_slept(&h->watch);
		h->house_ns = h->now_ns + HOUSE_NS;
		if (slept) {
			struct event ev = host_event(h, EV_WAKE, 0);
			log_line(LOG_WARN, "the machine slept %lld s",
				 (long long)(slept / 1000000000));
			ev.wake.slept_ns = slept;
			venue_drop_all(h->venue);
			step(h, &ev);
		}
		if (inhibit_care(&h->awake, engine_busy(h->engine))) {
			struct event ev = host_event(h, EV_MAY_SLEEP, 0);
			step(h, &ev);
		}
	}
	signlink_tick(h->sign, h->now_ns);
	venue_tick(h->venue, h->now_ns, h->wall_ms);
	if (h->engine_timer_ns > 0 && h->now_ns >= h->engine_timer_ns) {
		struct event ev = host_event(h, EV_TICK, 0);
		h->engine_timer_ns = 0;
		step(h, &ev);
	}
}

/* After the inputs; several rounds because carrying out may bring new events at once. */
static void finish_turn(struct host *h)
{
	host_read_clock(h);
	if (atomic_load(&h->fenced))
		return;
	timers(h);
	for (int round = 0; round < 4; round++) {
		run_later(h);
		handover_turn(&h->handover, h->store, h->outbox, &h->answers, h->now_ns);
		host_release(h);
		venue_pump(h->venue, h->now_ns);
		if (!h->n_later)
			break;
	}
	handover_turn(&h->handover, h->store, h->outbox, &h->answers, h->now_ns);
	publish(h);
	arm(h);
	h->turn++;
	h->clock_read = h->heard = false;
	atomic_store(&h->waiting, h->outbox->n);
}

/* ---- start ---- */

static bool watch_fds(struct host *h, struct err *e)
{
	sigset_t set;

	h->timer = clock_timer_new();
	h->stop_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (h->timer < 0 || h->stop_fd < 0)
		return err_set(e, ERR_STORE, "no descriptors: %s", strerror(errno));
	loop_fd_add(h->loop, h->timer, on_timer, NULL, h);
	loop_fd_add(h->loop, h->stop_fd, on_stop, NULL, h);
	loop_fd_add(h->loop, dup(store_wake_fd(h->store)), on_store, NULL, h);
	loop_fd_add(h->loop, dup(resolver_fd(h->resolver)), on_resolved, NULL, h);
	h->solver = solver_new();
	if (h->solver)
		loop_fd_add(h->loop, dup(solver_fd(h->solver)), on_solved, NULL, h);
	else
		log_line(LOG_WARN, "no planner thread: danger is shown as its bound");
	if (!h->c.own_signals)
		return true;
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	h->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (h->signal_fd >= 0)
		loop_fd_add(h->loop, h->signal_fd, on_signal, NULL, h);
	return true;
}

static bool connect_parts(struct host *h, struct err *e)
{
	const char *dexes[DEXES_MAX - 1], *labels[ACCOUNTS_MAX];
	uint8_t n = host_dexes(&h->c.conf, dexes), keys;
	int fd = -1;

	keys = conf_key_slots(&h->c.conf, labels, h->slot_of);
	h->venue = venue_new(h->loop, h->resolver, &h->c.conf, &h->engine->instrs, dexes, n,
			     on_venue, h, e);
	if (!h->venue)
		return false;
	h->sign = signlink_new(h->loop, &h->c.dir, h->lease.epoch, labels, keys, &host_signer_calls,
			       h);
	if (h->c.listen) {
		fd = statedir_listen(&h->c.dir, ENGINE_SOCK, SOCK_STREAM, e);
		if (fd < 0)
			return false;
	}
	h->attach = attach_server_new(h->loop, fd, on_cmd, on_client_gone, on_terminal, h);
	return h->c.client_fd < 0 || attach_add(h->attach, h->c.client_fd);
}

static bool start(struct host *h, struct err *e)
{
	struct engine_conf ec = {0};
	uint64_t ceiling;
	sigset_t set;

	if (h->c.own_signals) { /* before the threads, which inherit the mask */
		sigemptyset(&set);
		sigaddset(&set, SIGTERM);
		sigaddset(&set, SIGINT);
		pthread_sigmask(SIG_BLOCK, &set, NULL);
	}
	if (!log_background())
		log_line(LOG_WARN, "no thread for the log: a slow disk may hold up a turn");
	if (h->c.glass)
		h->lease = h->c.lease;
	else if (!lease_take(&h->lease, &h->c.dir, 0, e))
		return false;
	if (h->c.glass ? !host_open_glass(h, &ec, &ceiling, e) : !host_open_journal(h, &ec, e))
		return false;
	h->loop = loop_new(h->c.conf.ca_file, e);
	if (!h->loop)
		return false;
	loop_gate(h->loop, look_at_fence, h);
	h->resolver = resolver_new(&h->c.dir);
	if (!h->c.glass)
		ceiling = store_ceiling(h->store); /* while the database is still ours */
	if (!connect_parts(h, e) || !store_start(h->store, e) || !watch_fds(h, e))
		return false;
	clock_watch_init(&h->watch);
	host_read_clock(h);
	h->stepping = true;
	engine_start(h->engine, ceiling, h->now_ns, h->wall_ms, h->out);
	host_carry_out(h);
	h->stepping = false;
	on_store(h);
	finish_turn(h);
	return true;
}

struct host *host_new(const struct host_conf *c, struct err *e)
{
	struct host *h = calloc(1, sizeof *h);

	ASSERT(h);
	h->c = *c;
	h->lease.fd = h->lease.fence_fd = h->timer = h->stop_fd = h->signal_fd = -1;
	h->engine = calloc(1, sizeof *h->engine);
	h->out = calloc(1, sizeof *h->out);
	h->outbox = calloc(1, sizeof *h->outbox);
	h->snap = calloc(1, sizeof *h->snap);
	ASSERT(h->engine && h->out && h->outbox && h->snap);
	outbox_init(h->outbox);
	if (h->c.conf.panic.commit_wait_ms)
		h->outbox->kill_wait_ns = h->c.conf.panic.commit_wait_ms * 1000000;
	if (!start(h, e)) {
		host_free(h);
		return NULL;
	}
	return h;
}

bool host_run(struct host *h)
{
	while (!atomic_load(&h->stopping)) {
		if (!loop_wait(h->loop)) {
			log_line(LOG_ERROR, "the event loop broke");
			return false;
		}
		finish_turn(h);
	}
	return true;
}
