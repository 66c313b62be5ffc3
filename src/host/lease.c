/* lease.c: the lock and the fence. Each is one line "pid epoch since_ms boot_id"; flocks are the
 * locks, the line only tells who.
 *
 * Invariants: 1. An engine takes its epoch while it holds the fence alone, the break-glass shell
 * while it shares it: the two never take the same. 2. The fence's line has one length and is
 * written over in place: a full disk has room for it, and no reader meets an empty file. */
#include "host/lease.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "host/clock.h"

enum { FENCE_LINE = 128, FENCE_TRIES = 20 };

bool lease_boot_id(char out[40])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, out, 36);

	if (fd >= 0)
		close(fd);
	if (n != 36) {
		snprintf(out, 40, "unknown");
		return false;
	}
	out[36] = 0;
	return true;
}

static bool read_line(int fd, struct lease_holder *h)
{
	char line[160];
	int pid;
	ssize_t n = pread(fd, line, sizeof line - 1, 0);

	memset(h, 0, sizeof *h);
	if (n <= 0)
		return false;
	line[n] = 0;
	if (sscanf(line, "%d %" SCNu64 " %" SCNd64 " %39s", &pid, &h->epoch, &h->since_ms,
		   h->boot_id) != 4)
		return false;
	h->pid = pid;
	return true;
}

/* A full disk must not stop an engine that has positions to close: the journal's floor and the
 * signer's mark still keep epochs rising. */
static bool write_line(int fd, uint64_t epoch)
{
	char line[160], boot[40];
	int n;

	lease_boot_id(boot);
	n = snprintf(line, sizeof line, "%d %" PRIu64 " %" PRId64 " %s\n", (int)getpid(), epoch,
		     clock_wall_ms(), boot);
	return (ftruncate(fd, 0) == 0 && pwrite(fd, line, (size_t)n, 0) == n && fsync(fd) == 0) ||
	       errno == ENOSPC || errno == EDQUOT;
}

/* ---- the fence ---- */

static bool fence_put(int fd, uint64_t epoch)
{
	char line[FENCE_LINE + 1], boot[40];
	int n;

	lease_boot_id(boot);
	n = snprintf(line, sizeof line, "%d %" PRIu64 " %" PRId64 " %s", (int)getpid(), epoch,
		     clock_wall_ms(), boot);
	memset(line + n, ' ', (size_t)(FENCE_LINE - n));
	line[FENCE_LINE - 1] = '\n';
	return pwrite(fd, line, FENCE_LINE, 0) == FENCE_LINE;
}

static int fence_open(const struct statedir *d, bool create)
{
	return openat(d->fd, "fence", O_RDWR | O_CLOEXEC | O_NOFOLLOW | (create ? O_CREAT : 0),
		      0600);
}

/* The engine's side, with the lock held: nobody closes here now. Gives the fence's epoch. */
static bool fence_pass(struct lease *l, const struct statedir *d, uint64_t *epoch, struct err *e)
{
	struct lease_holder by = {0};
	char when[24];

	l->fence_fd = fence_open(d, true);
	*epoch = 0;
	if (l->fence_fd < 0)
		return true; /* a disk without room: the signer still fences */
	if (flock(l->fence_fd, LOCK_EX | LOCK_NB) != 0) {
		read_line(l->fence_fd, &by);
		clock_put_utc(when, by.since_ms);
		return err_set(e, ERR_FENCED,
			       "A break-glass shell (pid %d) acts here since %.8sZ, without "
			       "an engine; start one when it has ended.",
			       (int)by.pid, when + 11);
	}
	if (read_line(l->fence_fd, &by))
		*epoch = by.epoch;
	else
		fence_put(l->fence_fd, 0); /* room for later */
	return true;
}

bool lease_fence(struct lease *l, const struct statedir *d, uint64_t floor, struct err *e)
{
	struct lease_holder h;
	int fd = openat(d->fd, "lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	*l = (struct lease){.fd = -1, .fence_fd = fence_open(d, true)};
	if (l->fence_fd < 0 && fd < 0 && errno != ENOSPC && errno != EDQUOT)
		return err_set(e, ERR_STORE, "cannot open %s/fence: %s", d->path, strerror(errno));
	/* An engine that starts holds it for microseconds. */
	for (int i = 0; l->fence_fd >= 0 && i < FENCE_TRIES; i++) {
		if (flock(l->fence_fd, LOCK_SH | LOCK_NB) == 0)
			break;
		usleep(5000);
	}
	l->epoch = floor;
	if (fd >= 0 && read_line(fd, &h) && h.epoch > l->epoch)
		l->epoch = h.epoch;
	if (l->fence_fd >= 0 && read_line(l->fence_fd, &h) && h.epoch > l->epoch)
		l->epoch = h.epoch;
	l->epoch++;
	if (l->fence_fd >= 0)
		fence_put(l->fence_fd, l->epoch);
	if (fd >= 0)
		close(fd);
	return true;
}

static void *sync_main(void *arg)
{
	int fd = (int)(intptr_t)arg;

	fsync(fd);
	close(fd);
	return NULL;
}

void lease_sync(const struct lease *l)
{
	pthread_t t;
	int fd = l->fence_fd < 0 ? -1 : fcntl(l->fence_fd, F_DUPFD_CLOEXEC, 3);

	if (fd < 0)
		return;
	if (pthread_create(&t, NULL, sync_main, (void *)(intptr_t)fd) == 0)
		pthread_detach(t);
	else
		close(fd);
}

bool lease_fenced(const struct lease *l, struct lease_holder *by)
{
	struct lease_holder h;

	if (l->fence_fd < 0 || !read_line(l->fence_fd, &h) || h.epoch <= l->epoch)
		return false;
	if (by)
		*by = h;
	return true;
}

bool lease_fencer(const struct statedir *d, struct lease_holder *by, bool *alive)
{
	int fd = fence_open(d, false);
	char boot[40];
	bool found;

	*alive = false;
	if (fd < 0)
		return false;
	found = read_line(fd, by) && by->epoch > 0;
	lease_boot_id(boot);
	/* Not by its flock: a look must not hinder an engine that starts. */
	*alive = found && !strcmp(boot, by->boot_id) && kill(by->pid, 0) == 0;
	close(fd);
	return found;
}

/* ---- the lock ---- */

/* Who is in the way, and what to do when it was fenced off. */
static void tell_holder(int fd, const struct statedir *d, struct err *e)
{
	struct lease_holder h, by;
	char when[24];
	bool alive;

	if (!read_line(fd, &h)) {
		err_set(e, ERR_FENCED, "Another engine holds this state directory.");
		return;
	}
	clock_put_utc(when, h.since_ms);
	if (lease_fencer(d, &by, &alive) && by.epoch > h.epoch)
		err_set(e, ERR_FENCED,
			"The engine (pid %d) that holds this state directory is fenced off and "
			"does "
			"not end: kill -9 %d",
			(int)h.pid, (int)h.pid);
	else
		err_set(e, ERR_FENCED,
			"Another engine (pid %d) holds this state directory since %.5s.",
			(int)h.pid, when + 11);
}

bool lease_take(struct lease *l, const struct statedir *d, uint64_t floor, struct err *e)
{
	struct lease_holder h;
	uint64_t fence;
	bool ok;
	int fd = openat(d->fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	*l = (struct lease){.fd = -1, .fence_fd = -1};
	if (fd < 0)
		return err_set(e, ERR_STORE, "cannot open %s/lock: %s", d->path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		tell_holder(fd, d, e);
		close(fd);
		return false;
	}
	l->fd = fd;
	ok = fence_pass(l, d, &fence, e);
	if (ok) {
		read_line(fd, &h);
		l->epoch = h.epoch > floor ? h.epoch : floor;
		l->epoch = (fence > l->epoch ? fence : l->epoch) + 1;
		ok = write_line(fd, l->epoch) ||
		     err_set(e, ERR_STORE, "cannot write %s/lock: %s", d->path, strerror(errno));
		if (l->fence_fd >= 0)
			flock(l->fence_fd, LOCK_UN);
	}
	if (!ok)
		lease_drop(l);
	return ok;
}

void lease_raise(struct lease *l, uint64_t floor)
{
	if (l->epoch > floor)
		return;
	l->epoch = floor + 1;
	write_line(l->fd, l->epoch);
}

void lease_drop(struct lease *l)
{
	if (l->fd >= 0)
		close(l->fd);
	if (l->fence_fd >= 0)
		close(l->fence_fd);
	l->fd = l->fence_fd = -1;
}

bool lease_holder(const struct statedir *d, struct lease_holder *h)
{
	int fd = openat(d->fd, "lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool held;

	memset(h, 0, sizeof *h);
	if (fd < 0)
		return false;
	held = read_line(fd, h) && flock(fd, LOCK_SH | LOCK_NB) != 0;
	close(fd);
	return held;
}
