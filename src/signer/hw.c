/* hw.c: see hw.h.
 *
 *  1. Two copies 4096 bytes apart are written in turn, each with a sequence number and a CRC: a
 * torn write leaves the other one.
 *  2. `disk` changes only after a sync that succeeded; hw_ceiling speaks of nothing else.
 *  3. The writer blocks every signal and makes no call but futex, pwrite64 and fdatasync. */
#include "signer/hw.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/crc.h"
#include "signer/req.h"

enum { HW_MAGIC = 0x68777331, HW_APART = 4096, CLOSE_WAIT_MS = 2000 };

static uint32_t crc_of(const struct hw_rec *r)
{
	struct hw_rec c = *r;

	c.crc = 0;
	return crc32_ieee(&c, sizeof c);
}

static bool read_copy(struct hw_rec *out, int fd, int which)
{
	struct hw_rec r;

	if (pread(fd, &r, sizeof r, (off_t)which * HW_APART) != (ssize_t)sizeof r)
		return false;
	if (r.magic != HW_MAGIC || r.crc != crc_of(&r) || r.n > HW_ADDRESSES)
		return false;
	*out = r;
	return true;
}

static bool put(struct hw *h, struct hw_rec *next)
{
	next->crc = crc_of(next);
	return pwrite(h->fd, next, sizeof *next, (off_t)(next->seq % 2) * HW_APART) ==
	       (ssize_t)sizeof *next;
}

static bool store(struct hw *h, struct hw_rec *next)
{
	return put(h, next) && h->sync(h->fd) == 0;
}

static void read_file(struct hw *h, uint64_t wall_ms, bool *damaged)
{
	struct hw_rec a, b;
	bool has_a = read_copy(&a, h->fd, 0), has_b = read_copy(&b, h->fd, 1);

	if (has_a && (!has_b || a.seq > b.seq)) {
		h->disk = a;
	} else if (has_b) {
		h->disk = b;
	} else {
		h->disk.magic = HW_MAGIC;
		if (lseek(h->fd, 0, SEEK_END) > 0) {
			*damaged = true;
			h->disk.floor = wall_ms + HW_STEP_MS;
		}
		/* Both copies now, so that a disk that fills up later still has room for them. A
		 * failure shows itself at the first raise, which also syncs: they promise nothing
		 * yet, and a slow disk does not hold up the first close. */
		for (int i = 0; i < 2; i++) {
			h->disk.seq++;
			if (!put(h, &h->disk))
				break;
		}
	}
	h->want = h->disk;
	h->tried = h->disk.seq;
}

bool hw_open(struct hw *h, int dir_fd, uint64_t wall_ms, bool *damaged, struct err *e)
{
	pthread_condattr_t attr;

	memset(h, 0, sizeof *h);
	*damaged = false;
	h->sync = fdatasync;
	h->fd = openat(dir_fd, SIGNER_HW_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (h->fd < 0)
		return err_set(e, ERR_STORE, "%s: %s", SIGNER_HW_FILE, strerror(errno));
	if (flock(h->fd, LOCK_EX | LOCK_NB) != 0) {
		close(h->fd);
		h->fd = -1;
		return err_set(e, ERR_FENCED, "another signer serves this state directory");
	}
	pthread_mutex_init(&h->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&h->work, &attr);
	pthread_cond_init(&h->done, &attr);
	pthread_condattr_destroy(&attr);
	read_file(h, wall_ms, damaged);
	return true;
}

static void *writer(void *arg)
{
	struct hw *h = arg;

	pthread_mutex_lock(&h->lock);
	h->running = true;
	pthread_cond_broadcast(&h->done);
	for (;;) {
		struct hw_rec next;
		bool ok;

		while (h->tried >= h->want.seq)
			pthread_cond_wait(&h->work, &h->lock);
		next = h->want;
		h->busy = true;
		pthread_mutex_unlock(&h->lock);
		ok = store(h, &next);
		pthread_mutex_lock(&h->lock);
		h->busy = false;
		h->tried = next.seq;
		if (ok)
			h->disk = next;
		pthread_cond_broadcast(&h->done);
	}
	return NULL;
}

static struct timespec deadline(int ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000l;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

bool hw_start(struct hw *h, struct err *e)
{
	sigset_t all, old;
	pthread_t t;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&t, NULL, writer, h);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (rc != 0)
		return err_set(e, ERR_LIMIT, "signer: its writer cannot start: %s", strerror(rc));
	pthread_detach(t);
	pthread_mutex_lock(&h->lock);
	while (!h->running)
		pthread_cond_wait(&h->done, &h->lock);
	pthread_mutex_unlock(&h->lock);
	return true;
}

void hw_close(struct hw *h)
{
	struct timespec until;

	if (h->fd < 0)
		return;
	until = deadline(CLOSE_WAIT_MS);
	pthread_mutex_lock(&h->lock);
	h->want.seq = h->tried; /* nothing new is begun */
	while (h->busy)
		if (pthread_cond_timedwait(&h->done, &h->lock, &until) != 0)
			break;
	close(h->fd);
	h->fd = -1;
	pthread_mutex_unlock(&h->lock);
}

uint64_t hw_ceiling(struct hw *h, const uint8_t address[20])
{
	uint64_t v;
	uint32_t i = 0;

	pthread_mutex_lock(&h->lock);
	while (i < h->disk.n && memcmp(h->disk.at[i].address, address, 20) != 0)
		i++;
	v = i < h->disk.n ? h->disk.at[i].ceiling : h->disk.floor;
	pthread_mutex_unlock(&h->lock);
	return v;
}

uint64_t hw_epoch(struct hw *h)
{
	uint64_t v;

	pthread_mutex_lock(&h->lock);
	v = h->want.epoch;
	pthread_mutex_unlock(&h->lock);
	return v;
}

/* A row for the address; the oldest makes room, and its ceiling stays as the floor. */
static struct hw_row *row_of(struct hw_rec *r, const uint8_t address[20])
{
	uint32_t i = 0;

	while (i < r->n && memcmp(r->at[i].address, address, 20) != 0)
		i++;
	if (i < r->n)
		return &r->at[i];
	if (i < HW_ADDRESSES) {
		r->n++;
	} else {
		i = 0;
		for (uint32_t k = 1; k < r->n; k++)
			if (r->at[k].ceiling < r->at[i].ceiling)
				i = k;
		if (r->at[i].ceiling > r->floor)
			r->floor = r->at[i].ceiling;
	}
	memset(&r->at[i], 0, sizeof r->at[i]);
	memcpy(r->at[i].address, address, 20);
	return &r->at[i];
}

static void ask(struct hw *h)
{
	h->want.seq++;
	pthread_cond_signal(&h->work);
	pthread_mutex_unlock(&h->lock);
}

void hw_raise(struct hw *h, const uint8_t address[20], uint64_t ceiling)
{
	pthread_mutex_lock(&h->lock);
	row_of(&h->want, address)->ceiling = ceiling;
	ask(h);
}

void hw_fence(struct hw *h, uint64_t epoch)
{
	pthread_mutex_lock(&h->lock);
	h->want.epoch = epoch;
	ask(h);
}

bool hw_wait(struct hw *h, int timeout_ms)
{
	struct timespec until = deadline(timeout_ms);
	bool ok;

	pthread_mutex_lock(&h->lock);
	while (h->tried < h->want.seq)
		if (pthread_cond_timedwait(&h->done, &h->lock, &until) != 0)
			break;
	ok = h->disk.seq >= h->want.seq;
	pthread_mutex_unlock(&h->lock);
	return ok;
}

#include "base/banned.h"
