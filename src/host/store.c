/* store.c: the journal thread and its database; the only file that includes sqlite3. The engine's
 * side of the queue is store_queue.c.
 *
 *   engine thread                       journal thread
 *   put, put, submit(n) -> ring -> eventfd ... BEGIN, insert all complete batches, COMMIT
 *   poll <- committed(n) <- eventfd ....................................... publish
 *
 * Invariants:
 *  1. Only the journal thread touches the database between store_start and store_stop.
 *  2. A batch is in one transaction, or not at all; numbers commit in order.
 *  3. A failed transaction is rolled back and tried again with the same bytes; nothing is dropped.
 *  4. Every row carries a CRC over its columns and body; reading stops at the first bad one. */
#include "host/store_in.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"
#include "base/crc.h"
#include "config.h"
#include "core/event.h"
#include "host/clock.h"
#include "host/lease.h"
#include "host/log.h"

enum { PEEK_MS = 100, DRAIN_STEP_MS = 10 };

static const char schema_sql[] =
	"CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS lease(epoch INTEGER PRIMARY KEY, pid INTEGER, boot_id TEXT);"
	"CREATE TABLE IF NOT EXISTS rec(id INTEGER PRIMARY KEY, turn INTEGER, wall_ms INTEGER,"
	" boot_ns INTEGER, ver INTEGER, kind INTEGER, account INTEGER, exit INTEGER, slice INTEGER,"
	" attempt INTEGER, nonce INTEGER, crc INTEGER, body BLOB);"
	"CREATE TABLE IF NOT EXISTS wire(nonce INTEGER PRIMARY KEY, account INTEGER, bytes BLOB);";

static const char *const stmt_sql[ST_COUNT] = {
	[ST_REC] = "INSERT INTO rec(turn, wall_ms, boot_ns, ver, kind, account, exit, slice,"
		   " attempt, nonce, crc, body) VALUES(?,?,?,?,?,?,?,?,?,?,?,?)",
	[ST_WIRE] = "INSERT OR REPLACE INTO wire(nonce, account, bytes) VALUES(?,?,?)",
	[ST_FORGET] = "DELETE FROM wire WHERE nonce = ?",
	[ST_META] = "INSERT OR REPLACE INTO meta(key, value) VALUES(?,?)",
};

static bool db_err(struct store *s, struct err *e, const char *what)
{
	return err_set(e, ERR_STORE, "journal.db in %s: %s: %s", s->dir.path, what,
		       s->db ? sqlite3_errmsg(s->db) : "out of memory");
}

static bool exec(struct store *s, const char *sql, struct err *e)
{
	if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	return db_err(s, e, "cannot prepare it");
}

/* The CRC binds the columns too: a row moved or edited does not pass. */
static uint32_t row_crc(const struct store_row *r)
{
	uint8_t flat[64 + REC_BODY_ROOM];
	uint64_t head[7] = {r->turn,
			    (uint64_t)r->wall_ms,
			    (uint64_t)r->boot_ns,
			    (uint64_t)r->ver << 16 | (uint64_t)r->kind << 8 | r->account,
			    (uint64_t)r->exit << 32 | r->slice,
			    r->attempt,
			    r->nonce};

	ASSERT(r->len <= REC_BODY_ROOM);
	memcpy(flat, head, sizeof head);
	if (r->len)
		memcpy(flat + sizeof head, r->body, r->len);
	return crc32_ieee(flat, sizeof head + r->len);
}

/* ---- opening ---- */

/* Blocks of its own, not a hole: fallocate where the file system has it, else zeros. */
static bool reserve_make(struct store *s)
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

static bool schema_check(struct store *s, bool create, struct err *e)
{
	char build[64] = "";
	int32_t schema = 0;
	struct err inner = {0};

	if (!store_meta_get(s, "schema", &schema, sizeof schema, &inner)) {
		if (!create)
			return err_set(e, ERR_STORE, "journal.db in %s holds no journal%s%s",
				       s->dir.path, inner.code ? ": " : "",
				       inner.code ? inner.text : "");
		schema = STORE_SCHEMA;
		snprintf(build, sizeof build, "%s", PACKAGE_VERSION);
		return store_meta_set(s, "schema", &schema, sizeof schema, e) &&
		       store_meta_set(s, "build", build, sizeof build, e);
	}
	if (schema != STORE_SCHEMA) {
		store_meta_get(s, "build", build, sizeof build, NULL);
		build[sizeof build - 1] = 0;
		return err_set(e, ERR_STORE,
			       "journal.db in %s has schema %d (written by build %.20s); this "
			       "program reads schema %d. Use that build, or another --state; "
			       "'exeunt flatten' still works",
			       s->dir.path, schema, *build ? build : "unknown", STORE_SCHEMA);
	}
	return true;
}

/* One transaction: a new journal is whole or not there, and costs one commit. */
static bool schema_make(struct store *s, struct err *e)
{
	if (exec(s, "BEGIN", e) && exec(s, schema_sql, e) && schema_check(s, true, e) &&
	    exec(s, "COMMIT", e))
		return true;
	sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

static bool db_open(struct store *s, int flags, struct err *e)
{
	char path[STATEDIR_PATH_MAX + 32];

	if (!statedir_path(&s->dir, path, sizeof path, "journal.db"))
		return err_set(e, ERR_STORE, "the path of journal.db is too long");
	if (sqlite3_open_v2(path, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return db_err(s, e, "cannot open it");
	sqlite3_busy_timeout(s->db, 2000);
	return true;
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

/* The write-ahead log goes into the database beside the commits, never within one as SQLite does it
 * by itself: that is three more syncs before whatever waits for the commit. */
enum { WAL_PAGES = 500, WAL_PAGES_MOST = 4000, WAL_IDLE_MS = 200 };

static int wal_grew(void *ctx, sqlite3 *db, const char *name, int pages)
{
	(void)db, (void)name;
	((struct store *)ctx)->wal_pages = pages;
	return SQLITE_OK;
}

static void wal_into_database(struct store *s)
{
	(void)sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	s->wal_pages = 0; /* what could not go is counted again by the next commit */
}

/* With the lock held: for more to write, or until there has been none for a while. */
static void wait_for_more(struct store *s)
{
	struct timespec at;

	if (s->wal_pages < WAL_PAGES) {
		pthread_cond_wait(&s->more, &s->lock);
		return;
	}
	clock_gettime(CLOCK_REALTIME, &at); /* a step of it makes this later or earlier, no more */
	at.tv_nsec += WAL_IDLE_MS * 1000000;
	at.tv_sec += at.tv_nsec / 1000000000;
	at.tv_nsec %= 1000000000;
	if (pthread_cond_timedwait(&s->more, &s->lock, &at) != ETIMEDOUT || s->r != s->w)
		return;
	pthread_mutex_unlock(&s->lock);
	wal_into_database(s);
	pthread_mutex_lock(&s->lock);
}

static bool prepare(struct store *s, struct err *e)
{
	sqlite3_wal_hook(s->db, wal_grew, s); /* in the place of SQLite's own checkpoints */
	for (int i = 0; i < ST_COUNT; i++)
		if (sqlite3_prepare_v3(s->db, stmt_sql[i], -1, SQLITE_PREPARE_PERSISTENT, &s->st[i],
				       NULL) != SQLITE_OK)
			return db_err(s, e, "its tables differ");
	return true;
}

static bool writer_make(struct store *s, struct err *e)
{
	return prepare(s, e) && queue_make(s);
}

bool store_open(struct store **out, const struct statedir *d, bool create, struct err *e)
{
	struct store *s = store_alloc(d);
	int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);

	if (!db_open(s, flags, e) ||
	    !exec(s, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
		  e) ||
	    !(create ? schema_make(s, e) : schema_check(s, false, e))) {
		store_close(s);
		return false;
	}
	if (!writer_make(s, e)) {
		store_close(s);
		return false;
	}
	s->status.ceiling = store_ceiling(s);
	/* it is remade only once everything is committed: no reserve, and something may be lost */
	s->lost = s->status.ceiling && faccessat(s->dir.fd, "reserve", F_OK, 0);
	s->reserve_gone = !reserve_make(s);
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

	if (sqlite3_open_v2(":memory:", &s->db,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK ||
	    !schema_make(s, e) || !writer_make(s, e)) {
		store_close(s);
		store_close(old);
		return false;
	}
	/* Nonces go on above it, if that much of the file can be read. */
	if (db_open(old, SQLITE_OPEN_READWRITE, &none)) {
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
	bool ok = db_open(s, SQLITE_OPEN_READWRITE, NULL);

	if (ok) {
		sqlite3_busy_timeout(s->db, PEEK_MS);
		/* The last one to close would copy the log into the file and sync it. */
		sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
		ok = exec(s, "PRAGMA query_only=ON;", NULL) &&
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
	if (!db_open(s, SQLITE_OPEN_READWRITE, e) || !exec(s, "PRAGMA query_only=ON;", e) ||
	    !schema_check(s, false, e)) {
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
	for (int i = 0; i < ST_COUNT; i++)
		sqlite3_finalize(s->st[i]);
	sqlite3_close(s->db);
	if (s->wake_fd >= 0)
		close(s->wake_fd);
	free(s->ring);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->more);
	free(s);
}

/* ---- reading ---- */

static void row_of(sqlite3_stmt *q, struct store_row *r)
{
	r->id = sqlite3_column_int64(q, 0);
	r->turn = (uint64_t)sqlite3_column_int64(q, 1);
	r->wall_ms = sqlite3_column_int64(q, 2);
	r->boot_ns = sqlite3_column_int64(q, 3);
	r->ver = (uint8_t)sqlite3_column_int(q, 4);
	r->kind = (uint8_t)sqlite3_column_int(q, 5);
	r->account = (uint8_t)sqlite3_column_int(q, 6);
	r->exit = (uint32_t)sqlite3_column_int64(q, 7);
	r->slice = (uint32_t)sqlite3_column_int64(q, 8);
	r->attempt = (uint32_t)sqlite3_column_int64(q, 9);
	r->nonce = (uint64_t)sqlite3_column_int64(q, 10);
	r->body = sqlite3_column_blob(q, 12);
	r->len = (size_t)sqlite3_column_bytes(q, 12);
}

#define ROW_COLUMNS                                                                                \
	"SELECT id, turn, wall_ms, boot_ns, ver, kind, account, exit, slice, attempt, nonce, crc," \
	" body FROM rec WHERE "

static bool read_rows(struct store *s, const char *sql, int64_t from, store_row_fn *fn, void *arg,
		      struct err *e)
{
	sqlite3_stmt *q;
	bool ok = true;
	int rc;

	if (sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) != SQLITE_OK)
		return db_err(s, e, "cannot read it");
	sqlite3_bind_int64(q, 1, from);
	while ((rc = sqlite3_step(q)) == SQLITE_ROW) {
		struct store_row r;
		row_of(q, &r);
		if (r.len > REC_BODY_ROOM || r.kind >= REC_KINDS ||
		    (uint32_t)sqlite3_column_int64(q, 11) != row_crc(&r)) {
			ok = err_set(e, ERR_STORE,
				     "journal.db in %s: record %lld (kind %u, version %u) is "
				     "damaged: its check sum does not match",
				     s->dir.path, (long long)r.id, r.kind, r.ver);
			break;
		}
		if (!fn(arg, &r))
			break;
	}
	if (ok && rc != SQLITE_ROW && rc != SQLITE_DONE)
		ok = db_err(s, e, "cannot read it");
	sqlite3_finalize(q);
	return ok;
}

bool store_read(struct store *s, int64_t after_id, store_row_fn *fn, void *arg, struct err *e)
{
	return read_rows(s, ROW_COLUMNS "id > ? ORDER BY id", after_id, fn, arg, e);
}

bool store_read_back(struct store *s, int64_t before_id, store_row_fn *fn, void *arg, struct err *e)
{
	return read_rows(s, ROW_COLUMNS "id < ? ORDER BY id DESC",
			 before_id > 0 ? before_id : INT64_MAX, fn, arg, e);
}

bool store_wire_read(struct store *s, store_wire_fn *fn, void *arg, struct err *e)
{
	sqlite3_stmt *q;
	int rc;

	if (sqlite3_prepare_v2(s->db, "SELECT nonce, account, bytes FROM wire ORDER BY nonce", -1,
			       &q, NULL) != SQLITE_OK)
		return db_err(s, e, "cannot read it");
	while ((rc = sqlite3_step(q)) == SQLITE_ROW)
		if (!fn(arg, (uint64_t)sqlite3_column_int64(q, 0),
			(uint8_t)sqlite3_column_int(q, 1), sqlite3_column_blob(q, 2),
			(size_t)sqlite3_column_bytes(q, 2)))
			break;
	sqlite3_finalize(q);
	return rc == SQLITE_DONE || rc == SQLITE_ROW || db_err(s, e, "cannot read it");
}

bool store_meta_get(struct store *s, const char *key, void *out, size_t n, struct err *e)
{
	sqlite3_stmt *q;
	bool found = false;

	if (sqlite3_prepare_v2(s->db, "SELECT value FROM meta WHERE key = ?", -1, &q, NULL) !=
	    SQLITE_OK)
		return db_err(s, e, "cannot read it");
	sqlite3_bind_text(q, 1, key, -1, SQLITE_STATIC);
	if (sqlite3_step(q) == SQLITE_ROW && (size_t)sqlite3_column_bytes(q, 0) == n) {
		memcpy(out, sqlite3_column_blob(q, 0), n);
		found = true;
	}
	sqlite3_finalize(q);
	return found;
}

bool store_meta_set(struct store *s, const char *key, const void *v, size_t n, struct err *e)
{
	sqlite3_stmt *q;
	int rc;

	if (sqlite3_prepare_v2(s->db, stmt_sql[ST_META], -1, &q, NULL) != SQLITE_OK)
		return db_err(s, e, "cannot write it");
	sqlite3_bind_text(q, 1, key, -1, SQLITE_STATIC);
	sqlite3_bind_blob(q, 2, v, (int)n, SQLITE_STATIC);
	rc = sqlite3_step(q);
	sqlite3_finalize(q);
	return rc == SQLITE_DONE || db_err(s, e, "cannot write it");
}

static uint64_t one_number(struct store *s, const char *sql)
{
	sqlite3_stmt *q;
	uint64_t v = 0;

	if (sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) != SQLITE_OK)
		return 0;
	if (sqlite3_step(q) == SQLITE_ROW)
		v = (uint64_t)sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return v;
}

uint64_t store_epoch(struct store *s)
{
	return one_number(s, "SELECT max(epoch) FROM lease");
}

uint64_t store_ceiling(struct store *s)
{
	uint64_t v = 0;

	return store_meta_get(s, "ceiling", &v, sizeof v, NULL) ? v : 0;
}

bool store_lease_put(struct store *s, uint64_t epoch, int64_t pid, const char *boot_id,
		     struct err *e)
{
	sqlite3_stmt *q;
	int rc;

	if (sqlite3_prepare_v2(s->db, "INSERT OR REPLACE INTO lease VALUES(?,?,?)", -1, &q, NULL) !=
	    SQLITE_OK)
		return db_err(s, e, "cannot write it");
	sqlite3_bind_int64(q, 1, (sqlite3_int64)epoch);
	sqlite3_bind_int64(q, 2, pid);
	sqlite3_bind_text(q, 3, boot_id, -1, SQLITE_STATIC);
	rc = sqlite3_step(q);
	sqlite3_finalize(q);
	return rc == SQLITE_DONE || db_err(s, e, "cannot write it");
}

/* ---- the journal thread ---- */

static int step(sqlite3_stmt *q)
{
	int rc = sqlite3_step(q);

	sqlite3_reset(q);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int insert_record(struct store *s, const struct entry *h, const uint8_t *body)
{
	struct store_row r = {.turn = h->turn,
			      .wall_ms = h->wall_ms,
			      .boot_ns = h->boot_ns,
			      .ver = h->ver,
			      .kind = h->rec_kind,
			      .account = h->account,
			      .exit = h->exit,
			      .slice = h->slice,
			      .attempt = h->attempt,
			      .nonce = h->nonce,
			      .body = body,
			      .len = h->len};
	sqlite3_stmt *q = s->st[ST_REC];

	sqlite3_bind_int64(q, 1, (sqlite3_int64)r.turn);
	sqlite3_bind_int64(q, 2, r.wall_ms);
	sqlite3_bind_int64(q, 3, r.boot_ns);
	sqlite3_bind_int(q, 4, r.ver);
	sqlite3_bind_int(q, 5, r.kind);
	sqlite3_bind_int(q, 6, r.account);
	sqlite3_bind_int64(q, 7, r.exit);
	sqlite3_bind_int64(q, 8, r.slice);
	sqlite3_bind_int64(q, 9, r.attempt);
	sqlite3_bind_int64(q, 10, (sqlite3_int64)r.nonce);
	sqlite3_bind_int64(q, 11, row_crc(&r));
	sqlite3_bind_blob(q, 12, body, (int)h->len, SQLITE_STATIC);
	return step(q);
}

static int insert_entry(struct store *s, const struct entry *h, const uint8_t *bytes,
			uint64_t *ceiling)
{
	sqlite3_stmt *q;

	switch (h->kind) {
	case ENTRY_RECORD:
		return insert_record(s, h, bytes);
	case ENTRY_WIRE:
		q = s->st[ST_WIRE];
		sqlite3_bind_int64(q, 1, (sqlite3_int64)h->nonce);
		sqlite3_bind_int(q, 2, h->account);
		sqlite3_bind_blob(q, 3, bytes, (int)h->len, SQLITE_STATIC);
		return step(q);
	case ENTRY_FORGET:
		q = s->st[ST_FORGET];
		sqlite3_bind_int64(q, 1, (sqlite3_int64)h->nonce);
		return step(q);
	case ENTRY_CEILING:
		q = s->st[ST_META];
		sqlite3_bind_text(q, 1, "ceiling", -1, SQLITE_STATIC);
		sqlite3_bind_blob(q, 2, &h->nonce, sizeof h->nonce, SQLITE_STATIC);
		*ceiling = h->nonce;
		return step(q);
	default:
		return SQLITE_OK;
	}
}

static void nap_ms(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&t, NULL);
}

/* Everything between r and w in one transaction. */
static int commit_span(struct store *s, uint64_t r, uint64_t w, uint64_t *batch, uint64_t *ceiling)
{
	static uint8_t body[1 << 20];
	int rc = sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);

	while (rc == SQLITE_OK && r < w) {
		struct entry h;
		store_ring_get(s, r, &h, sizeof h);
		ASSERT(h.len <= sizeof body);
		store_ring_get(s, r + sizeof h, body, h.len);
		if (h.kind == ENTRY_END)
			*batch = h.batch;
		rc = insert_entry(s, &h, body, ceiling);
		r += sizeof h + ((h.len + 7) & ~7u);
	}
	if (rc == SQLITE_OK) {
		int delay = atomic_load(&s->test_delay_ms);
		if (delay)
			nap_ms(delay);
		rc = sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);
	}
	if (rc != SQLITE_OK && !sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return rc;
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
static void on_failure(struct store *s, int rc)
{
	char text[160];
	bool full = (rc & 0xff) == SQLITE_FULL || (rc & 0xff) == SQLITE_IOERR ||
		    (rc & 0xff) == SQLITE_CANTOPEN;

	snprintf(text, sizeof text, "%s", sqlite3_errmsg(s->db));
	if (full && !s->reserve_gone) {
		s->reserve_gone = true;
		unlinkat(s->dir.fd, "reserve", 0);
		wal_into_database(s); /* its pages are room too */
		log_line(LOG_ERROR,
			 "journal: %s. The reserve of 16 MiB is given up; about 3,000 "
			 "commits are left. Free space in %s",
			 text, s->dir.path);
		publish(s, STORE_FULL, text);
		return;
	}
	log_line(LOG_ERROR, "journal: %s; the batch waits", text);
	publish(s, full ? STORE_FULL : STORE_BROKEN, text);
	nap_ms(200);
}

enum { SLOW_COMMIT_US = 500000, RESERVE_TRY_S = 30, LATE_MS = 200, END_TRIES = 3 };

static void on_success(struct store *s, uint64_t batch, uint64_t ceiling, uint64_t r, int64_t took,
		       int64_t *reserve_tried)
{
	int64_t now = clock_boot_ns();

	if (s->reserve_gone && now - *reserve_tried > (int64_t)RESERVE_TRY_S * 1000000000) {
		*reserve_tried = now;
		s->reserve_gone = !reserve_make(s);
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

	if (db_open(s, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &e) &&
	    exec(s, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;", &e) &&
	    schema_check(s, true, &e) && prepare(s, &e)) {
		lease_boot_id(boot);
		store_lease_put(s, s->late_epoch, getpid(), boot, &e);
		s->late = false;
		return true;
	}
	if (s->status.state != STORE_BROKEN) /* only this thread writes it */
		log_line(LOG_WARN, "%s; the close does not wait for it", e.text);
	publish(s, STORE_BROKEN, e.text);
	for (int i = 0; i < ST_COUNT; i++)
		sqlite3_finalize(s->st[i]);
	memset(s->st, 0, sizeof s->st);
	sqlite3_close(s->db);
	s->db = NULL;
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
		int rc;
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
			nap_ms(LATE_MS);
			continue;
		}
		rc = s->distrusted ? SQLITE_CORRUPT : commit_span(s, r, w, &batch, &ceiling);
		if (rc == SQLITE_OK)
			on_success(s, batch, ceiling, w, clock_mono_ns() - t0, &reserve_tried);
		else if (stop && (s->reserve_gone || ++refused == END_TRIES))
			return NULL; /* asked to end, and it takes nothing: what is sent is known
					there */
		else if (s->distrusted)
			publish(s, STORE_BROKEN, s->why), nap_ms(200);
		else
			on_failure(s, rc);
		if (s->distrusted && stop)
			return NULL;
		if (s->wal_pages >= WAL_PAGES_MOST)
			wal_into_database(s);
	}
}

bool store_start(struct store *s, struct err *e)
{
	int rc = pthread_create(&s->thread, NULL, journal_main, s);

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
			nap_ms(DRAIN_STEP_MS);
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
