/* store_thread.c: the journal thread.
 *
 *   engine thread                       journal thread
 *   put, put, submit(n) -> ring -> eventfd ... BEGIN, insert all complete batches, COMMIT
 *   poll <- committed(n) <- eventfd ....................................... publish
 *
 * Invariants:
 *  1. What could not be committed is tried again with the same bytes; nothing is dropped.
 *  2. What is not a commit is done when nothing waits to be committed: the write-ahead log gets its
 *     room, step by step, and goes into the database (past WAL_PAGES_MOST between two commits). */
#include "host/store_in.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/event.h"
#include "host/clock.h"
#include "host/lease.h"
#include "host/log.h"

enum {
	WAL_PAGES = 500,
	WAL_PAGES_MOST = 4000,
	WAL_IDLE_MS = 200,
	WAL_STEP_MS = 10,
	DRAIN_STEP_MS = 10
};

void store_nap_ms(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&t, NULL);
}

/* With the lock held: for more to write, or until there has been none for a while. */
static void wait_for_more(struct store *s)
{
	struct timespec at;

	if (s->wal_pages < WAL_PAGES && !s->wal_short) {
		pthread_cond_wait(&s->more, &s->lock);
		return;
	}
	clock_gettime(CLOCK_REALTIME, &at); /* a step of it makes this later or earlier, no more */
	at.tv_nsec += (s->wal_short ? WAL_STEP_MS : WAL_IDLE_MS) * 1000000;
	at.tv_sec += at.tv_nsec / 1000000000;
	at.tv_nsec %= 1000000000;
	if (pthread_cond_timedwait(&s->more, &s->lock, &at) != ETIMEDOUT || s->r != s->w)
		return;
	pthread_mutex_unlock(&s->lock);
	if (s->wal_short)
		s->wal_short = db_wal_room(s);
	else
		db_wal_in(s);
	pthread_mutex_lock(&s->lock);
}

static void publish(struct store *s, uint8_t state, const char *text)
{
	uint64_t one = 1;
	ssize_t ignored;

	pthread_mutex_lock(&s->lock);
	s->status.state = state;
	snprintf(s->status.text, sizeof s->status.text, "%.159s", text);
	pthread_mutex_unlock(&s->lock);
	ignored = write(s->wake_fd, &one, sizeof one);
	(void)ignored;
}

/* A failed commit: give the reserve away once, else wait for room. */
static void on_failure(struct store *s, enum db_got got)
{
	char text[160];
	bool full = got == DB_NO_ROOM;

	snprintf(text, sizeof text, "%s", db_said(s));
	if (full && !s->reserve_gone) {
		s->reserve_gone = true;
		unlinkat(s->dir.fd, "reserve", 0);
		db_wal_in(s); /* its pages are room too */
		log_line(LOG_ERROR,
			 "journal: %s. The reserve of 16 MiB is given up; about 3,000 "
			 "commits are left. Free space in %s",
			 text, s->dir.path);
		publish(s, STORE_FULL, text);
		return;
	}
	log_line(LOG_ERROR, "journal: %s; the batch waits", text);
	publish(s, full ? STORE_FULL : STORE_BROKEN, text);
	store_nap_ms(200);
}

enum { SLOW_COMMIT_US = 500000, RESERVE_TRY_S = 30, LATE_MS = 200, END_TRIES = 3 };

static void on_success(struct store *s, uint64_t batch, uint64_t ceiling, uint64_t r, int64_t took,
		       int64_t *reserve_tried)
{
	int64_t now = clock_boot_ns();

	if (s->reserve_gone && now - *reserve_tried > (int64_t)RESERVE_TRY_S * 1000000000) {
		*reserve_tried = now;
		s->reserve_gone = !store_reserve_make(s);
	}
	pthread_mutex_lock(&s->lock);
	s->r = r;
	s->status.committed = batch;
	if (ceiling)
		s->status.ceiling = ceiling;
	s->status.commit_us = (uint32_t)(took / 1000);
	pthread_mutex_unlock(&s->lock);
	if (s->reserve_gone)
		publish(s, STORE_FULL, "disk full: the reserve is in use");
	else
		publish(s, took / 1000 > SLOW_COMMIT_US ? STORE_SLOW : STORE_OK, "");
}

/* The file of a late journal. What cannot be opened now is tried again; what is not ours is left.
 */
static bool open_now(struct store *s)
{
	struct err e = {0};
	char boot[40];

	if (db_open(s, true, &e) && db_exec(s, DB_DURABLE, &e) && db_schema(s, true, &e) &&
	    db_prepare(s, &e)) {
		lease_boot_id(boot);
		store_lease_put(s, s->late_epoch, getpid(), boot, &e);
		s->late = false;
		return true;
	}
	if (s->status.state != STORE_BROKEN) /* only this thread writes it */
		log_line(LOG_WARN, "%s; the close does not wait for it", e.text);
	publish(s, STORE_BROKEN, e.text);
	db_close(s);
	return false;
}

static void *journal_main(void *arg)
{
	struct store *s = arg;
	int64_t reserve_tried = clock_boot_ns();
	int refused = 0;

	for (;;) {
		uint64_t r, w, batch = 0, ceiling = 0;
		int64_t t0;
		bool stop;
		enum db_got got;
		pthread_mutex_lock(&s->lock);
		while (s->r == s->w && !s->stop)
			wait_for_more(s);
		r = s->r;
		w = s->w;
		stop = s->stop;
		pthread_mutex_unlock(&s->lock);
		if (r == w)
			return NULL;
		t0 = clock_mono_ns();
		if (s->late && !open_now(s)) {
			if (stop)
				return NULL;
			store_nap_ms(LATE_MS);
			continue;
		}
		got = s->distrusted ? DB_REFUSED : db_commit(s, r, w, &batch, &ceiling);
		if (got == DB_OK)
			on_success(s, batch, ceiling, w, clock_mono_ns() - t0, &reserve_tried);
		else if (stop && (s->reserve_gone || ++refused == END_TRIES))
			return NULL; /* asked to end, and it takes nothing: what is sent is known
					there */
		else if (s->distrusted)
			publish(s, STORE_BROKEN, s->why), store_nap_ms(200);
		else
			on_failure(s, got);
		if (s->distrusted && stop)
			return NULL;
		if (s->wal_pages >= WAL_PAGES_MOST)
			db_wal_in(s);
	}
}

bool store_start(struct store *s, struct err *e)
{
	int rc;

	s->wal_short = s->db && !s->distrusted;
	rc = pthread_create(&s->thread, NULL, journal_main, s);
	if (rc)
		return err_set(e, ERR_STORE, "cannot start the journal thread: %s", strerror(rc));
	s->threaded = true;
	return true;
}

bool store_drain(struct store *s, int timeout_ms)
{
	bool done = false;

	for (int waited = 0; !done && waited <= timeout_ms; waited += DRAIN_STEP_MS) {
		pthread_mutex_lock(&s->lock);
		done = s->r == s->w;
		pthread_mutex_unlock(&s->lock);
		if (!done)
			store_nap_ms(DRAIN_STEP_MS);
	}
	return done;
}

void store_stop(struct store *s)
{
	if (!s->threaded)
		return;
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_cond_signal(&s->more);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	s->threaded = false;
	s->stop = false;
}
