/* lease.c: the lock file. Its one line is "pid epoch since_ms boot_id"; the flock is the lock, the
 * line only tells who. */
#include "host/lease.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "host/clock.h"

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

bool lease_take(struct lease *l, const struct statedir *d, uint64_t floor, struct err *e)
{
	struct lease_holder h;
	char when[24];
	int fd = openat(d->fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return err_set(e, ERR_STORE, "cannot open %s/lock: %s", d->path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (read_line(fd, &h)) {
			clock_put_utc(when, h.since_ms);
			err_set(e, ERR_FENCED,
				"Another engine (pid %d) holds this state directory since %.5s.",
				(int)h.pid, when + 11);
		} else {
			err_set(e, ERR_FENCED, "Another engine holds this state directory.");
		}
		close(fd);
		return false;
	}
	read_line(fd, &h);
	l->epoch = (h.epoch > floor ? h.epoch : floor) + 1;
	if (!write_line(fd, l->epoch)) {
		err_set(e, ERR_STORE, "cannot write %s/lock: %s", d->path, strerror(errno));
		close(fd);
		return false;
	}
	l->fd = fd;
	return true;
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
	l->fd = -1;
}

bool lease_holder(const struct statedir *d, struct lease_holder *h)
{
	int fd = openat(d->fd, "lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool held = false;

	if (fd < 0)
		return false;
	if (flock(fd, LOCK_SH | LOCK_NB) != 0)
		held = read_line(fd, h);
	close(fd);
	return held;
}
