/* The journal: batches in order, damage named, other schemas refused, a full disk survived; and the
 * lease that keeps a second engine out. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/event.h"
#include "host/handover.h"
#include "host/lease.h"
#include "host/store.h"
#include "tests/run.h"

static char tmp[64];

static bool dir_new(struct statedir *d)
{
	struct err e;

	snprintf(tmp, sizeof tmp, "%s/t_store.XXXXXX",
		 getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	return mkdtemp(tmp) && statedir_open(d, tmp, true, &e);
}

static void dir_drop(struct statedir *d)
{
	static const char *const names[] = {"journal.db", "journal.db-wal", "journal.db-shm",
					    "reserve",	  "lock",	    "engine.sock",
					    "fence"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		unlinkat(d->fd, names[i], 0);
	rmdir(d->path);
	statedir_close(d);
}

static void record(struct ef_record *r, uint32_t slice, uint16_t len)
{
	memset(r, 0, sizeof *r);
	r->kind = REC_INTENT;
	r->ver = 1;
	r->exit = 7;
	r->slice = slice;
	r->nonce = 1000 + slice;
	r->len = len;
	memset(r->body, (int)(slice & 0xff), len);
}

/* Until batch n is committed; the wake descriptor says when to look. */
static struct store_status wait_for(struct store *s, uint64_t n, uint8_t state)
{
	struct store_status st;

	for (;;) {
		struct pollfd p = {.fd = store_wake_fd(s), .events = POLLIN};
		store_poll(s, &st);
		if (st.committed >= n && (state == 0xff || st.state == state))
			return st;
		if (poll(&p, 1, 10000) != 1)
			return st;
	}
}

struct seen {
	uint32_t n, bad;
	uint32_t slices[64];
};

static bool see(void *arg, const struct store_row *r)
{
	struct seen *s = arg;

	if (s->n < 64)
		s->slices[s->n] = r->slice;
	s->n++;
	for (size_t i = 0; i < r->len; i++)
		s->bad += r->body[i] != (r->slice & 0xff);
	return true;
}

TEST(round_trip)
{
	struct statedir d;
	struct store *s;
	struct err e = {0};
	struct ef_record r;
	struct seen seen = {0};
	uint64_t n = 0;

	REQUIRE(dir_new(&d));
	REQUIRE(store_open(&s, &d, true, &e));
	REQUIRE(store_start(s, &e));
	for (uint32_t i = 1; i <= 40; i++) {
		record(&r, i, (uint16_t)(i * 70));
		CHECK(store_put_record(s, i, 0, 5, 6, &r));
		if (i % 3 == 0)
			n = store_submit(s);
	}
	CHECK(store_put_ceiling(s, 987654321));
	CHECK(store_put_wire(s, 1001, 0, "{}", 2));
	n = store_submit(s);
	CHECK_INT(store_submit(s), n); /* nothing open: the same number */
	CHECK_INT(wait_for(s, n, STORE_OK).ceiling, 987654321);
	store_close(s);

	REQUIRE(store_open(&s, &d, false, &e));
	CHECK(store_read(s, 0, see, &seen, &e));
	CHECK_INT(seen.n, 40);
	CHECK_INT(seen.bad, 0);
	for (uint32_t i = 0; i < 40; i++)
		CHECK_INT(seen.slices[i], i + 1);
	CHECK_INT(store_ceiling(s), 987654321);
	store_close(s);
	dir_drop(&d);
}

/* The reserve is given away by a full disk and made again once everything is committed: a life that
 * ended without it may have lost records, and says so to the next. */
TEST(a_reserve_that_is_gone_is_told)
{
	static const bool gone[] = {false, true, false};
	struct statedir d;
	struct store *s;
	struct err e = {0};

	REQUIRE(dir_new(&d));
	REQUIRE(store_open(&s, &d, true, &e));
	CHECK(!store_lost(s)); /* a new one */
	REQUIRE(store_start(s, &e));
	CHECK(store_put_ceiling(s, 5));
	wait_for(s, store_submit(s), STORE_OK);
	store_close(s);
	for (int i = 0; i < 3; i++) {
		if (gone[i])
			CHECK(!unlinkat(d.fd, "reserve", 0));
		REQUIRE(store_open(&s, &d, false, &e));
		CHECK(store_lost(s) == gone[i]);
		store_close(s);
	}
	dir_drop(&d);
}

/* The log of SQLite does not grow for ever, though no commit empties it. */
TEST(the_log_goes_into_the_database_beside_commits)
{
	struct statedir d;
	struct store *s;
	struct err e = {0};
	struct ef_record r;
	struct stat st = {0};
	uint64_t n = 0;

	REQUIRE(dir_new(&d));
	REQUIRE(store_open(&s, &d, true, &e));
	REQUIRE(store_start(s, &e));
	for (uint32_t i = 1; i <= 3000; i++) {
		record(&r, i, 3000);
		CHECK(store_put_record(s, i, 0, 5, 6, &r));
		if (i % 100 == 0)
			wait_for(s, n = store_submit(s), STORE_OK);
	}
	CHECK(!fstatat(d.fd, "journal.db", &st, 0));
	for (int i = 0; i < 200 && st.st_size < 3000 * 3000; i++) {
		poll(NULL, 0, 50);
		CHECK(!fstatat(d.fd, "journal.db", &st, 0));
	}
	CHECK(st.st_size >= 3000 * 3000);
	CHECK(!fstatat(d.fd, "journal.db-wal", &st, 0));
	CHECK(st.st_size < 18 << 20);
	store_close(s);
	dir_drop(&d);
}

static bool copied(const struct statedir *from, const struct statedir *to, const char *name)
{
	char cmd[2200];

	snprintf(cmd, sizeof cmd, "cp '%s/%s' '%s/%s'", from->path, name, to->path, name);
	return system(cmd) == 0;
}

/* The log lies on the disk before it is needed, so no commit lengthens it; and what a power cut
 * leaves of it, zeros behind the last record, is read like any other. */
TEST(the_log_has_its_room_ahead_of_need)
{
	struct statedir d, cut;
	struct store *s;
	struct err e = {0};
	struct ef_record r;
	struct seen seen = {0};
	struct stat st = {0};

	REQUIRE(dir_new(&cut) && dir_new(&d));
	REQUIRE(store_open(&s, &d, true, &e) && store_start(s, &e));
	record(&r, 1, 900);
	CHECK(store_put_record(s, 1, 0, 5, 6, &r));
	wait_for(s, store_submit(s), STORE_OK);
	for (int i = 0; i < 400 && st.st_size < 3 << 20; i++) {
		poll(NULL, 0, 50);
		CHECK(!fstatat(d.fd, "journal.db-wal", &st, 0));
	}
	CHECK(st.st_size >= 3 << 20);
	const off_t roomy = st.st_size;
	for (uint32_t i = 2; i <= 20; i++) {
		record(&r, i, 900);
		CHECK(store_put_record(s, i, 0, 5, 6, &r));
		wait_for(s, store_submit(s), STORE_OK);
	}
	CHECK(!fstatat(d.fd, "journal.db-wal", &st, 0));
	CHECK_INT(st.st_size, roomy);
	REQUIRE(copied(&d, &cut, "journal.db") && copied(&d, &cut, "journal.db-wal"));
	store_close(s);

	REQUIRE(store_open(&s, &cut, false, &e));
	CHECK(store_read(s, 0, see, &seen, &e));
	CHECK_INT(seen.n, 20);
	CHECK_INT(seen.bad, 0);
	store_close(s);
	dir_drop(&cut);
	dir_drop(&d);
}

/* A signer that takes longer than a batch waits for it: the bytes of a dry run and of a burn are
 * not journalled, so nothing else would ever close a batch for them. */
TEST(what_is_signed_after_its_batch_needs_no_other)
{
	static struct outbox box;
	static struct answers answers;
	struct handover h = {0};
	struct statedir d;
	struct store *s;
	struct err e = {0};
	struct ef_record r;
	struct effect send = {.kind = EF_SEND, .lane = LANE_EXIT};
	uint64_t n;

	REQUIRE(dir_new(&d));
	REQUIRE(store_open(&s, &d, true, &e) && store_start(s, &e));
	outbox_init(&box);
	send.send.needs_commit = true;
	send.send.env.nonce = 7;
	REQUIRE(outbox_add(&box, &send, 1));
	record(&r, 1, 10);
	CHECK(store_put_record(s, 1, 0, 5, 6, &r));
	handover_turn(&h, s, &box, &answers, 1);
	CHECK(store_pending(s)); /* its signature is waited for */
	CHECK_INT(handover_due(&h), 1 + HANDOVER_SIGN_NS);
	handover_turn(&h, s, &box, &answers, 1 + HANDOVER_SIGN_NS);
	CHECK(!store_pending(s));
	n = store_submit(s);
	CHECK(outbox_signed(&box, 7, false, "x", 1));
	CHECK(!outbox_next(&box, n, 1)); /* nobody has said which batch it needs */
	handover_turn(&h, s, &box, &answers, 2 + HANDOVER_SIGN_NS);
	CHECK(!outbox_next(&box, n - 1, 1));
	CHECK(outbox_next(&box, n, 1) != NULL);
	CHECK_INT(handover_due(&h), INT64_MAX);
	store_close(s);
	dir_drop(&d);
}

TEST(nothing_before_submit)
{
	struct statedir d;
	struct store *s;
	struct err e = {0};
	struct ef_record r;
	struct seen seen = {0};

	REQUIRE(dir_new(&d));
	REQUIRE(store_open(&s, &d, true, &e) && store_start(s, &e));
	record(&r, 1, 10);
	CHECK(store_put_record(s, 1, 0, 5, 6, &r));
	CHECK(store_pending(s));
	store_close(s);
	REQUIRE(store_open(&s, &d, false, &e));
	CHECK(store_read(s, 0, see, &seen, &e));
	CHECK_INT(seen.n, 0);
	store_close(s);
	dir_drop(&d);
}

static bool flip(const struct statedir *d, const char *find, size_t n)
{
	char path[1200];
	size_t len;
	char *all, *at;
	FILE *f;
	bool done = false;

	statedir_path(d, path, sizeof path, "journal.db");
	all = test_slurp(path, &len);
	at = all ? memmem(all, len, find, n) : NULL;
	f = at ? fopen(path, "r+b") : NULL;
	if (f) {
		done = fseek(f, at - all, SEEK_SET) == 0 && fputc(*at ^ 1, f) != EOF;
		fclose(f);
	}
	free(all);
	return done;
}

TEST(damage_is_named)
{
	struct statedir d;
	struct store *s;
	struct err e = {0};
	struct ef_record r;
	struct seen seen = {0};

	REQUIRE(dir_new(&d));
	REQUIRE(store_open(&s, &d, true, &e) && store_start(s, &e));
	for (uint32_t i = 1; i <= 3; i++) {
		record(&r, i, 20);
		if (i == 2)
			memcpy(r.body, "find-me-in-the-file", 19);
		CHECK(store_put_record(s, i, 0, 5, 6, &r));
	}
	wait_for(s, store_submit(s), 0xff);
	store_close(s); /* the last connection: the log is folded into the file */
	REQUIRE(flip(&d, "find-me-in-the-file", 19));
	REQUIRE(store_open(&s, &d, false, &e));
	CHECK(!store_read(s, 0, see, &seen, &e));
	CHECK_INT(seen.n, 1);
	CHECK_INT(e.code, ERR_STORE);
	CHECK(strstr(e.text, "record 2") && strstr(e.text, "damaged"));
	/* Distrusted, it commits nothing and says so. */
	store_distrust(s);
	REQUIRE(store_start(s, &e));
	record(&r, 9, 4);
	CHECK(store_put_record(s, 9, 0, 5, 6, &r));
	store_submit(s);
	CHECK(!store_pending(s));
	CHECK_INT(wait_for(s, 0, STORE_BROKEN).state, STORE_BROKEN);
	store_close(s);
	dir_drop(&d);
}

TEST(other_schema_is_refused)
{
	struct statedir d;
	struct store *s;
	struct err e = {0};
	int32_t other = 99;

	REQUIRE(dir_new(&d));
	REQUIRE(store_open(&s, &d, true, &e));
	REQUIRE(store_meta_set(s, "schema", &other, sizeof other, &e));
	store_close(s);
	CHECK(!store_open(&s, &d, true, &e));
	CHECK(strstr(e.text, "has schema 99") && strstr(e.text, "flatten"));
	dir_drop(&d);
}

TEST(slow_disk_keeps_order)
{
	struct statedir d;
	struct store *s;
	struct err e = {0};
	struct ef_record r;
	struct store_status st;
	uint64_t n = 0, last = 0;

	REQUIRE(dir_new(&d));
	REQUIRE(store_open(&s, &d, true, &e) && store_start(s, &e));
	store_test_delay(s, 30);
	for (uint32_t i = 1; i <= 20; i++) {
		record(&r, i, 100);
		CHECK(store_put_record(s, i, 0, 5, 6, &r));
		n = store_submit(s);
		store_poll(s, &st);
		CHECK(st.committed >= last && st.committed <= n);
		last = st.committed;
	}
	CHECK_INT(wait_for(s, n, 0xff).committed, n);
	store_close(s);
	dir_drop(&d);
}

static bool count_rows(void *arg, const struct store_row *r)
{
	(void)r;
	++*(int *)arg;
	return true;
}

/* The break-glass shell's journal: behind, beside the engine's own, and never in the way. */
TEST(late_journal)
{
	struct statedir d;
	struct store *s, *late;
	struct err e = {0};
	struct ef_record r;
	uint8_t key[16] = {7}, install[4] = {1, 2, 3, 0}, got[16], inst[4];
	uint64_t ceiling = 0;
	int32_t other = 99;
	int rows = 0;
	char more[5] = "none";

	REQUIRE(dir_new(&d));
	CHECK(!store_peek(&d, got, inst, &ceiling, "more", more,
			  sizeof more)); /* there is none yet */
	REQUIRE(store_open(&s, &d, true, &e));
	CHECK(store_meta_set(s, "cloid_key", key, sizeof key, &e));
	CHECK(store_meta_set(s, "install", install, sizeof install, &e));
	CHECK(store_peek(&d, got, inst, &ceiling, "more", more, sizeof more));
	CHECK_STR(more, "none");
	CHECK(store_meta_set(s, "more", "that", 5, &e));
	CHECK(store_peek(&d, got, inst, &ceiling, "more", more, sizeof more));
	CHECK_STR(more, "that");
	CHECK(!memcmp(got, key, sizeof key) && !memcmp(inst, install, sizeof install));
	REQUIRE(store_open_late(&late, &d, 42, &e) && store_start(late, &e));
	record(&r, 1, 100);
	CHECK(store_put_record(late, 1, 0, 5, 6, &r));
	store_submit(late);
	CHECK(store_drain(late, 5000));
	store_close(late);
	CHECK(store_read(s, 0, count_rows, &rows, &e));
	CHECK_INT(rows, 1);
	CHECK_INT(store_epoch(s), 42);
	CHECK(store_meta_set(s, "schema", &other, sizeof other, &e));
	REQUIRE(store_open_late(&late, &d, 43, &e) && store_start(late, &e));
	CHECK(store_put_record(late, 1, 0, 5, 6, &r));
	store_submit(late);
	CHECK(!store_drain(late, 300)); /* not our schema: nothing is added */
	store_close(late);
	CHECK(!store_peek(&d, got, inst, &ceiling, "more", more, sizeof more));
	rows = 0;
	CHECK(store_read(s, 0, count_rows, &rows, &e));
	CHECK_INT(rows, 1);
	store_close(s);
	dir_drop(&d);
}

static bool own_user_namespace(void)
{
	char map[32];
	int n = snprintf(map, sizeof map, "0 %u 1", (unsigned)getuid());
	int fd;
	bool ok;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
		return false;
	fd = open("/proc/self/uid_map", O_WRONLY);
	ok = fd >= 0 && write(fd, map, (size_t)n) == n;
	if (fd >= 0)
		close(fd);
	return ok;
}

/* A disk that fills: a small tmpfs in a mount namespace of a child. 77: not possible here. */
static int full_disk_child(void)
{
	struct statedir d = {.fd = -1};
	struct store *s;
	struct err e = {0};
	struct ef_record r;
	struct store_status st = {0};
	struct stat gone;
	char big[4096] = "";
	uint64_t n = 0;
	int fill;

	if (unshare(CLONE_NEWNS) != 0 && !own_user_namespace())
		return 77;
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("tmpfs", tmp, "tmpfs", 0, "size=24m,mode=700") != 0)
		return 77;
	if (!statedir_open(&d, tmp, true, &e) || !store_open(&s, &d, true, &e) ||
	    !store_start(s, &e))
		return 2;
	fill = openat(d.fd, "fill", O_CREAT | O_WRONLY, 0600);
	while (write(fill, big, sizeof big) > 0)
		;
	for (uint32_t i = 1; i <= 400; i++) {
		record(&r, i, 3000);
		if (!store_put_record(s, i, 0, 5, 6, &r))
			return 3;
		n = store_submit(s);
	}
	st = wait_for(s, n, 0xff);
	if (st.committed < n)
		return 4; /* the reserve did not carry it */
	if (st.state != STORE_FULL)
		return 5;
	if (fstatat(d.fd, "reserve", &gone, 0) == 0)
		return 6;
	while (write(fill, big, sizeof big) > 0)
		; /* and now the reserve is used up too */
	for (uint32_t i = 1; i <= 100; i++) {
		record(&r, i, 3000);
		if (!store_put_record(s, i, 0, 5, 6, &r))
			return 7;
		n = store_submit(s);
	}
	store_poll(s, &st);
	if (st.committed >= n && st.state == STORE_OK)
		return 8;
	if (ftruncate(fill, 0) != 0) /* room again: nothing was lost */
		return 9;
	return wait_for(s, n, 0xff).committed >= n ? 0 : 10;
}

TEST(full_disk)
{
	struct statedir d;
	int status;
	pid_t pid;

	REQUIRE(dir_new(&d));
	pid = fork();
	if (!pid)
		_exit(full_disk_child());
	REQUIRE(waitpid(pid, &status, 0) == pid);
	dir_drop(&d);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		test_skip("no mount namespace here");
		return;
	}
	CHECK(WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), 0);
}

/* A journal that takes nothing (here: somebody left a transaction open in it) keeps its batches
 * waiting, but not the engine from ending: one that hangs in its end holds the lock of the next. */
TEST(a_locked_journal_lets_the_engine_end)
{
	enum { WAL_WRITE_LOCK = 120 }; /* where SQLite's writers exclude each other, in -shm */
	struct flock lock = {.l_type = F_WRLCK, .l_start = WAL_WRITE_LOCK, .l_len = 1};
	struct statedir d;
	struct store *s, *reader;
	struct ef_record r;
	struct err e = {0};
	struct pollfd done;
	int end[2], shm, status;
	char opened;
	pid_t pid;

	REQUIRE(dir_new(&d) && store_open(&s, &d, true, &e) && store_open_reader(&reader, &d, &e));
	store_close(s); /* the reader keeps -shm */
	REQUIRE(pipe(end) == 0);
	shm = openat(d.fd, "journal.db-shm", O_RDWR | O_CLOEXEC);
	REQUIRE(shm >= 0);
	pid = fork();
	if (pid == 0) {
		close(end[0]);
		if (!store_open(&s, &d, false, &e) || !store_start(s, &e) ||
		    write(end[1], "o", 1) != 1)
			_exit(2);
		while (fcntl(shm, F_GETLK, &lock) == 0 && lock.l_type == F_UNLCK) {
			lock.l_type = F_WRLCK;
			usleep(1000);
		}
		record(&r, 1, 20);
		store_put_record(s, 1, 0, 1, 1, &r);
		store_submit(s);
		while (wait_for(s, 0, STORE_BROKEN).state != STORE_BROKEN)
			;
		store_close(s);
		_exit(0);
	}
	close(end[1]);
	REQUIRE(read(end[0], &opened, 1) == 1);
	while (fcntl(shm, F_SETLK, &lock) != 0)
		usleep(1000);
	done = (struct pollfd){.fd = end[0], .events = POLLIN};
	CHECK(poll(&done, 1, 40000) == 1); /* closed with the process */
	kill(pid, SIGKILL);
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), 0);
	close(shm);
	close(end[0]);
	store_close(reader);
	dir_drop(&d);
}

TEST(lease_is_exclusive)
{
	struct statedir d;
	struct lease a = {.fd = -1}, b = {.fd = -1};
	struct lease_holder h;
	struct err e = {0};
	char want[64];

	REQUIRE(dir_new(&d));
	CHECK(!lease_holder(&d, &h));
	REQUIRE(lease_take(&a, &d, 0, &e));
	CHECK_INT(a.epoch, 1);
	CHECK(!lease_take(&b, &d, 0, &e));
	CHECK_INT(e.code, ERR_FENCED);
	CHECK_INT(err_exit_status(e.code), 7);
	snprintf(want, sizeof want, "Another engine (pid %d) holds this state directory since ",
		 (int)getpid());
	CHECK(!strncmp(e.text, want, strlen(want)));
	CHECK(lease_holder(&d, &h));
	CHECK_INT(h.pid, getpid());
	lease_drop(&a);
	REQUIRE(lease_take(&b, &d, 9, &e)); /* the journal knew a higher epoch */
	CHECK_INT(b.epoch, 10);
	lease_drop(&b);
	dir_drop(&d);
}

TEST(fence_is_above_everything)
{
	struct statedir d;
	struct lease a, glass, second, none;
	struct lease_holder by;
	struct err e = {0};
	bool alive;

	REQUIRE(dir_new(&d));
	CHECK(!lease_fencer(&d, &by, &alive));
	REQUIRE(lease_take(&a, &d, 4, &e));
	CHECK(!lease_fenced(&a, NULL));
	REQUIRE(lease_fence(&glass, &d, 7, &e)); /* the signer knew 7, the lock 5 */
	CHECK_INT(glass.epoch, 8);
	CHECK(lease_fenced(&a, &by));
	CHECK_INT(by.epoch, 8);
	CHECK(!lease_fenced(&glass, NULL));
	CHECK(lease_fencer(&d, &by, &alive) && alive && by.pid == getpid());
	CHECK(!lease_take(&none, &d, 0, &e));
	CHECK(strstr(e.text, "kill -9") != NULL); /* fenced off, and in the way */
	REQUIRE(lease_fence(&second, &d, 0, &e)); /* shells do not wait for each other */
	CHECK_INT(second.epoch, 9);
	CHECK(lease_fenced(&glass, NULL));
	lease_drop(&a);
	CHECK(!lease_take(&none, &d, 0, &e)); /* no engine beside a shell that closes */
	CHECK_INT(e.code, ERR_FENCED);
	CHECK(strstr(e.text, "A break-glass shell (pid ") != NULL);
	lease_drop(&glass);
	lease_drop(&second);
	REQUIRE(lease_take(&a, &d, 0, &e));
	CHECK_INT(a.epoch, 10);
	CHECK(!lease_fenced(&a, NULL));
	lease_drop(&a);
	dir_drop(&d);
}

TEST(state_dir_must_be_ours)
{
	struct statedir d;
	struct err e = {0};
	char deep[400];

	REQUIRE(dir_new(&d));
	CHECK(chmod(d.path, 0755) == 0);
	CHECK(!statedir_open(&(struct statedir){.fd = -1}, tmp, true, &e));
	CHECK(strstr(e.text, "mode 755") != NULL);
	CHECK(chmod(d.path, 0700) == 0);
	snprintf(deep, sizeof deep, "%s/%0150d", tmp, 1);
	struct statedir far = {.fd = -1};
	REQUIRE(statedir_open(&far, deep, true, &e));
	/* Longer than a socket path may be, and still reachable. */
	int l = statedir_listen(&far, "engine.sock", SOCK_STREAM, &e);
	CHECK(l >= 0);
	int c = statedir_connect(&far, "engine.sock", SOCK_STREAM, &e);
	CHECK(c >= 0);
	CHECK(c < 0 || socket_peer_is_us(c, NULL));
	close(c);
	close(l);
	dir_drop(&far);
	dir_drop(&d);
}

TEST_MAIN(T(round_trip), T(a_reserve_that_is_gone_is_told),
	  T(the_log_goes_into_the_database_beside_commits), T(nothing_before_submit),
	  T(what_is_signed_after_its_batch_needs_no_other), T(damage_is_named),
	  T(other_schema_is_refused), T(slow_disk_keeps_order),
	  T(the_log_has_its_room_ahead_of_need), T(late_journal), T(full_disk),
	  T(a_locked_journal_lets_the_engine_end), T(lease_is_exclusive),
	  T(fence_is_above_everything), T(state_dir_must_be_ours))
