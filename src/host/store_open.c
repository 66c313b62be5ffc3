/* store_open.c: the ways a journal is opened and closed: an engine's, one in memory for a flatten
 * whose journal is refused, a break-glass shell's, a look, a reader's. And the reserve, the room on
 * the disk that a full one is helped with. */
#include "host/store_in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "core/event.h"

enum { PEEK_MS = 100 };

/* Blocks of its own, not a hole: fallocate where the file system has it, else zeros. */
bool store_reserve_make(struct store *s)
{
	static const uint8_t zero[65536];
	struct stat st;
	int fd = openat(s->dir.fd, "reserve", O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	off_t at;

	if (fd < 0)
		return false;
	at = fstat(fd, &st) == 0 ? st.st_size : -1;
	if (at >= 0 && at < STORE_RESERVE && fallocate(fd, 0, 0, STORE_RESERVE) == 0)
		at = STORE_RESERVE;
	if (at >= 0 && at < STORE_RESERVE)
		at = lseek(fd, 0, SEEK_END);
	while (at >= 0 && at < STORE_RESERVE) {
		ssize_t n = write(fd, zero, sizeof zero);
		if (n <= 0)
			break;
		at += n;
	}
	fsync(fd);
	close(fd);
	if (at >= STORE_RESERVE)
		return true;
	unlinkat(s->dir.fd, "reserve", 0);
	return false;
}

static struct store *store_alloc(const struct statedir *d)
{
	struct store *s = calloc(1, sizeof *s);

	ASSERT(s);
	s->dir = *d;
	s->wake_fd = -1;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->more, NULL);
	return s;
}

static bool queue_make(struct store *s)
{
	s->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	s->ring = malloc(STORE_QUEUE);
	ASSERT(s->ring && s->wake_fd >= 0);
	return true;
}

static bool writer_make(struct store *s, struct err *e)
{
	return db_prepare(s, e) && queue_make(s);
}

bool store_open(struct store **out, const struct statedir *d, bool create, struct err *e)
{
	struct store *s = store_alloc(d);

	if (!db_open(s, create, e) || !db_exec(s, DB_DURABLE " PRAGMA foreign_keys=ON;", e) ||
	    !(create ? db_make(s, e) : db_schema(s, false, e)) || !writer_make(s, e)) {
		store_close(s);
		return false;
	}
	s->status.ceiling = store_ceiling(s);
	/* it is remade only once everything is committed: no reserve, and something may be lost */
	s->lost = s->status.ceiling && faccessat(s->dir.fd, "reserve", F_OK, 0);
	s->reserve_gone = !store_reserve_make(s);
	*out = s;
	return true;
}

bool store_lost(const struct store *s)
{
	return s->lost;
}

bool store_open_rescue(struct store **out, const struct statedir *d, struct err *e)
{
	struct store *s = store_alloc(d), *old = store_alloc(d);
	struct err none;

	if (!db_open_memory(s, e) || !db_make(s, e) || !writer_make(s, e)) {
		store_close(s);
		store_close(old);
		return false;
	}
	/* Nonces go on above it, if that much of the file can be read. */
	if (db_open(old, false, &none)) {
		uint64_t ceiling = store_ceiling(old);
		if (ceiling)
			store_meta_set(s, "ceiling", &ceiling, sizeof ceiling, &none);
		s->status.ceiling = ceiling;
	}
	store_close(old);
	s->reserve_gone = true;
	s->distrusted = true;
	s->why = "the journal is not of this program; only flatten is kept going";
	*out = s;
	return true;
}

bool store_open_late(struct store **out, const struct statedir *d, uint64_t epoch, struct err *e)
{
	struct store *s = store_alloc(d);

	(void)e;
	s->late = true;
	s->late_epoch = epoch;
	queue_make(s);
	*out = s;
	return true;
}

bool store_peek(const struct statedir *d, uint8_t cloid_key[16], uint8_t install[4],
		uint64_t *ceiling, const char *also, void *more, size_t n)
{
	struct store *s = store_alloc(d);
	uint8_t key[16], inst[4];
	int32_t schema = 0;
	bool ok = db_open(s, false, NULL);

	if (ok) {
		db_only_look(s, PEEK_MS);
		ok = db_exec(s, "PRAGMA query_only=ON;", NULL) &&
		     store_meta_get(s, "schema", &schema, sizeof schema, NULL) &&
		     schema == STORE_SCHEMA &&
		     store_meta_get(s, "cloid_key", key, sizeof key, NULL) &&
		     store_meta_get(s, "install", inst, sizeof inst, NULL);
	}
	if (ok) {
		memcpy(cloid_key, key, sizeof key);
		memcpy(install, inst, sizeof inst);
		*ceiling = store_ceiling(s);
		store_meta_get(s, also, more, n, NULL);
	}
	store_close(s);
	return ok;
}

bool store_open_reader(struct store **out, const struct statedir *d, struct err *e)
{
	struct store *s = store_alloc(d);

	s->reader = true;
	if (!db_open(s, false, e) || !db_exec(s, "PRAGMA query_only=ON;", e) ||
	    !db_schema(s, false, e)) {
		store_close(s);
		return false;
	}
	*out = s;
	return true;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	store_stop(s);
	db_close(s);
	if (s->wake_fd >= 0)
		close(s->wake_fd);
	free(s->ring);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->more);
	free(s);
}
