/* hw.c: see hw.h. Two copies 4096 bytes apart are written in turn, each with a sequence number and
 * a CRC: a torn write leaves the other one. */
#include "signer/hw.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/crc.h"
#include "signer/req.h"

enum { HW_MAGIC = 0x68777331, HW_APART = 4096 };

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

static bool store(struct hw *h, struct hw_rec *next, struct err *e)
{
	next->seq++;
	next->crc = 0;
	next->crc = crc_of(next);
	if (pwrite(h->fd, next, sizeof *next, (off_t)(next->seq % 2) * HW_APART) !=
		    (ssize_t)sizeof *next ||
	    fdatasync(h->fd) != 0)
		return err_set(e, ERR_STORE, "%s: %s", SIGNER_HW_FILE, strerror(errno));
	h->rec = *next;
	return true;
}

bool hw_open(struct hw *h, int dir_fd, uint64_t wall_ms, bool *damaged, struct err *e)
{
	struct hw_rec a, b, next;
	bool has_a, has_b;

	memset(h, 0, sizeof *h);
	*damaged = false;
	h->fd = openat(dir_fd, SIGNER_HW_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (h->fd < 0)
		return err_set(e, ERR_STORE, "%s: %s", SIGNER_HW_FILE, strerror(errno));
	if (flock(h->fd, LOCK_EX | LOCK_NB) != 0) {
		close(h->fd);
		h->fd = -1;
		return err_set(e, ERR_FENCED, "another signer serves this state directory");
	}
	has_a = read_copy(&a, h->fd, 0);
	has_b = read_copy(&b, h->fd, 1);
	if (has_a && (!has_b || a.seq > b.seq)) {
		h->rec = a;
	} else if (has_b) {
		h->rec = b;
	} else {
		h->rec.magic = HW_MAGIC;
		if (lseek(h->fd, 0, SEEK_END) > 0) {
			*damaged = true;
			h->rec.floor = wall_ms + HW_STEP_MS;
		}
		/* Both copies now, so that a disk that fills up later still has room for them. A
		 * failure shows itself at the first raise. */
		next = h->rec;
		if (store(h, &next, NULL))
			store(h, &next, NULL);
	}
	return true;
}

uint64_t hw_ceiling(const struct hw *h, const uint8_t address[20])
{
	for (uint32_t i = 0; i < h->rec.n; i++)
		if (!memcmp(h->rec.at[i].address, address, 20))
			return h->rec.at[i].ceiling;
	return h->rec.floor;
}

bool hw_raise(struct hw *h, const uint8_t address[20], uint64_t ceiling, struct err *e)
{
	struct hw_rec next = h->rec;
	uint32_t i = 0;

	while (i < next.n && memcmp(next.at[i].address, address, 20) != 0)
		i++;
	if (i == HW_ADDRESSES) { /* the oldest row makes room; its ceiling stays as the floor */
		i = 0;
		for (uint32_t k = 1; k < next.n; k++)
			if (next.at[k].ceiling < next.at[i].ceiling)
				i = k;
		if (next.at[i].ceiling > next.floor)
			next.floor = next.at[i].ceiling;
	} else if (i == next.n) {
		next.n++;
	}
	memset(&next.at[i], 0, sizeof next.at[i]);
	memcpy(next.at[i].address, address, 20);
	next.at[i].ceiling = ceiling;
	return store(h, &next, e);
}

bool hw_fence(struct hw *h, uint64_t epoch, struct err *e)
{
	struct hw_rec next = h->rec;

	next.epoch = epoch;
	return store(h, &next, e);
}

#include "base/banned.h"
