/* solver.c: see solver.h.
 *
 * A slot is an exit's: its newest question (waiting), the one in hand (busy), its newest answer
 * (done).
 *
 * Invariants: (1) the lock is held for copies only, never while a grid is solved: the engine thread
 * waits for a memcpy at most; (2) the thread touches nothing but its slots: no engine, no journal,
 * no socket; (3) the oldest question goes first, so no exit starves another. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/check.h"
#include "host/solver.h"
#include "limits.h"

enum { SLOTS = EXITS_MAX + 8, NICE = 5 };

struct slot {
	bool waiting, busy, done;
	uint64_t order; /* of the question */
	struct solve_in in;
	struct solve_out out;
};

struct solver {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t news;
	bool stop;
	int fd;
	uint64_t asked;
	struct slot slot[SLOTS];
	/* the thread's own */
	struct solve_in in;
	struct solve_out out;
	union solve_work work;
};

static struct slot *oldest(struct solver *s)
{
	struct slot *best = NULL;
	for (int i = 0; i < SLOTS; i++)
		if (s->slot[i].waiting && (!best || s->slot[i].order < best->order))
			best = &s->slot[i];
	return best;
}

static void *run(void *arg)
{
	struct solver *s = arg;
	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICE); /* of this thread alone */
	pthread_mutex_lock(&s->lock);
	while (!s->stop) {
		struct slot *k = oldest(s);
		uint64_t one = 1;
		if (!k) {
			pthread_cond_wait(&s->news, &s->lock);
			continue;
		}
		k->waiting = false;
		k->busy = true;
		s->in = k->in;
		pthread_mutex_unlock(&s->lock);
		plan_answer(&s->in, &s->work, &s->out);
		pthread_mutex_lock(&s->lock);
		k->busy = false;
		k->done = true;
		k->out = s->out;
		if (write(s->fd, &one, sizeof one) < 0)
			ASSERT(errno == EAGAIN); /* as readable as it can be */
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

struct solver *solver_new(void)
{
	struct solver *s = calloc(1, sizeof *s);
	sigset_t all, was;
	int bad;
	ASSERT(s);
	s->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->news, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &was); /* signals are the engine thread's */
	bad = s->fd < 0 ? 1 : pthread_create(&s->thread, NULL, run, s);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	if (!bad)
		return s;
	if (s->fd >= 0)
		close(s->fd);
	free(s);
	return NULL;
}

void solver_free(struct solver *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_cond_signal(&s->news);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	pthread_cond_destroy(&s->news);
	pthread_mutex_destroy(&s->lock);
	close(s->fd);
	free(s);
}

int solver_fd(const struct solver *s)
{
	return s->fd;
}

bool solver_ask(struct solver *s, const struct solve_in *in)
{
	struct slot *k = NULL;
	pthread_mutex_lock(&s->lock);
	for (int i = 0; i < SLOTS && !k; i++)
		if ((s->slot[i].waiting || s->slot[i].busy || s->slot[i].done) &&
		    s->slot[i].in.exit == in->exit)
			k = &s->slot[i];
	for (int i = 0; i < SLOTS && !k; i++)
		if (!s->slot[i].waiting && !s->slot[i].busy && !s->slot[i].done)
			k = &s->slot[i];
	if (k) {
		k->in = *in; /* the thread has a copy of what it works on */
		k->waiting = true;
		k->order = ++s->asked;
		pthread_cond_signal(&s->news);
	}
	pthread_mutex_unlock(&s->lock);
	return k != NULL;
}

bool solver_next(struct solver *s, struct solve_out *out)
{
	bool any = false;
	pthread_mutex_lock(&s->lock);
	for (int i = 0; i < SLOTS && !any; i++) {
		any = s->slot[i].done;
		if (any) {
			*out = s->slot[i].out;
			s->slot[i].done = false;
		}
	}
	if (!any) {
		uint64_t n;
		if (read(s->fd, &n, sizeof n) < 0)
			ASSERT(errno == EAGAIN);
	}
	pthread_mutex_unlock(&s->lock);
	return any;
}
