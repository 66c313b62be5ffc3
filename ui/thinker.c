/* thinker.c: see thinker.h.
 *
 * 1. One question waits at most, one answer waits at most: both are overwritten by newer ones.
 * 2. The lock is held for copies only. */
#include "ui/thinker.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/banned.h"

struct thinker {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t asked;
	int fd;
	bool stop, has_in, has_out;
	struct think_in in, at_work;
	struct think_out out;
	struct think_work work;
};

static void *run(void *arg)
{
	struct thinker *t = arg;
	struct think_out out;
	const uint64_t one = 1;

	for (;;) {
		pthread_mutex_lock(&t->lock);
		while (!t->has_in && !t->stop)
			pthread_cond_wait(&t->asked, &t->lock);
		if (t->stop) {
			pthread_mutex_unlock(&t->lock);
			return NULL;
		}
		t->at_work = t->in;
		t->has_in = false;
		pthread_mutex_unlock(&t->lock);
		think(&t->at_work, &t->work, &out);
		pthread_mutex_lock(&t->lock);
		t->out = out;
		t->has_out = true;
		pthread_mutex_unlock(&t->lock);
		if (write(t->fd, &one, sizeof one) != sizeof one)
			continue; /* the counter is full: the reader is woken already */
	}
}

struct thinker *thinker_new(void)
{
	struct thinker *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	t->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->asked, NULL);
	if (t->fd >= 0 && pthread_create(&t->thread, NULL, run, t) == 0)
		return t;
	if (t->fd >= 0)
		close(t->fd);
	pthread_cond_destroy(&t->asked);
	pthread_mutex_destroy(&t->lock);
	free(t);
	return NULL;
}

void thinker_free(struct thinker *t)
{
	if (!t)
		return;
	pthread_mutex_lock(&t->lock);
	t->stop = true;
	pthread_cond_signal(&t->asked);
	pthread_mutex_unlock(&t->lock);
	pthread_join(t->thread, NULL);
	close(t->fd);
	pthread_cond_destroy(&t->asked);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

int thinker_fd(const struct thinker *t)
{
	return t ? t->fd : -1;
}

void thinker_ask(struct thinker *t, const struct think_in *in)
{
	pthread_mutex_lock(&t->lock);
	t->in = *in;
	t->has_in = true;
	pthread_cond_signal(&t->asked);
	pthread_mutex_unlock(&t->lock);
}

bool thinker_answer(struct thinker *t, struct think_out *out)
{
	uint64_t n;
	bool has;

	if (read(t->fd, &n, sizeof n) != sizeof n)
		n = 0; /* nothing new: has_out tells */
	pthread_mutex_lock(&t->lock);
	has = t->has_out;
	if (has)
		*out = t->out;
	t->has_out = false;
	pthread_mutex_unlock(&t->lock);
	return has;
}
