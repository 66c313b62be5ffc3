/* store.c: the database of the journal: its tables, rows under a check sum, transactions, and the
 * write-ahead log; the only file that includes sqlite3. How a journal is opened is store_open.c,
 * the thread that commits store_thread.c, the engine's side of the queue store_queue.c.
 *
 * Invariants:
 *  1. Only the journal thread touches the database between store_start and store_stop.
 *  2. A batch is in one transaction, or not at all; numbers commit in order.
 *  3. A failed transaction is rolled back; nothing of it stays.
 *  4. Every row carries a CRC over its columns and body; reading stops at the first bad one. */
#include "host/store_in.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/crc.h"
#include "config.h"

enum { BUSY_MS = 2000, WAL_STEP = 256 << 10, WAL_ROOM = 3 << 20 };

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

bool db_exec(struct store *s, const char *sql, struct err *e)
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

bool db_schema(struct store *s, bool create, struct err *e)
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
bool db_make(struct store *s, struct err *e)
{
	if (db_exec(s, "BEGIN", e) && db_exec(s, schema_sql, e) && db_schema(s, true, e) &&
	    db_exec(s, "COMMIT", e))
		return true;
	sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

static bool open_at(struct store *s, const char *path, int flags, struct err *e)
{
	if (sqlite3_open_v2(path, &s->db, flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK)
		return db_err(s, e, "cannot open it");
	return true;
}

bool db_open(struct store *s, bool create, struct err *e)
{
	char path[STATEDIR_PATH_MAX + 32];

	if (!statedir_path(&s->dir, path, sizeof path, "journal.db"))
		return err_set(e, ERR_STORE, "the path of journal.db is too long");
	if (!open_at(s, path, create ? SQLITE_OPEN_CREATE : 0, e))
		return false;
	sqlite3_busy_timeout(s->db, BUSY_MS);
	return true;
}

bool db_open_memory(struct store *s, struct err *e)
{
	return open_at(s, ":memory:", SQLITE_OPEN_CREATE, e);
}

void db_only_look(struct store *s, int busy_ms)
{
	sqlite3_busy_timeout(s->db, busy_ms);
	/* The last one to close would copy the log into the file and sync it. */
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

/* The write-ahead log goes into the database beside the commits, never within one as SQLite does it
 * by itself: that is three more syncs before whatever waits for the commit. */
static int wal_grew(void *ctx, sqlite3 *db, const char *name, int pages)
{
	(void)db, (void)name;
	((struct store *)ctx)->wal_pages = pages;
	return SQLITE_OK;
}

bool db_prepare(struct store *s, struct err *e)
{
	sqlite3_wal_hook(s->db, wal_grew, s); /* in the place of SQLite's own checkpoints */
	for (int i = 0; i < ST_COUNT; i++)
		if (sqlite3_prepare_v3(s->db, stmt_sql[i], -1, SQLITE_PREPARE_PERSISTENT, &s->st[i],
				       NULL) != SQLITE_OK)
			return db_err(s, e, "its tables differ");
	return true;
}

void db_close(struct store *s)
{
	for (int i = 0; i < ST_COUNT; i++)
		sqlite3_finalize(s->st[i]);
	memset(s->st, 0, sizeof s->st);
	sqlite3_close(s->db);
	s->db = NULL;
}

void db_wal_in(struct store *s)
{
	(void)sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	s->wal_pages = 0; /* what could not go is counted again by the next commit */
}

/* The log is given its room before it needs it: a commit that overwrites blocks which the file has
 * costs the disk one flush, one that lengthens the file also a commit of the file system, behind
 * whatever else that has to write (HACKING, the figures). Zeros beyond the last frame are no frame
 * to SQLite. Written under the write lock, since nobody else may lengthen the file meanwhile, but
 * not synced under it: a process that is stopped with the lock keeps a break-glass shell from the
 * journal. */
bool db_wal_room(struct store *s)
{
	static const uint8_t
		zero[64 << 10]; /* SQLite's unix files take less than 128 KiB at once */
	sqlite3_int64 size = WAL_ROOM, upto;
	sqlite3_file *f = NULL;
	int rc = sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);

	if (rc != SQLITE_OK)
		return false;
	rc = sqlite3_file_control(s->db, NULL, SQLITE_FCNTL_JOURNAL_POINTER, &f);
	if (rc == SQLITE_OK && !(f && f->pMethods))
		rc = SQLITE_NOTFOUND; /* no log in a file: a journal in memory */
	if (rc == SQLITE_OK)
		rc = f->pMethods->xFileSize(f, &size);
	upto = size + WAL_STEP < WAL_ROOM ? size + WAL_STEP : WAL_ROOM;
	for (; rc == SQLITE_OK && size < upto; size += sizeof zero)
		rc = f->pMethods->xWrite(f, zero, sizeof zero, size);
	sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = f->pMethods->xSync(f, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
	return rc == SQLITE_OK && size < WAL_ROOM; /* without disk for it, it grows as it must */
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

/* ---- committing ---- */

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

static enum db_got got(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
		return DB_OK;
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		return DB_NO_ROOM;
	default:
		return DB_REFUSED;
	}
}

enum db_got db_commit(struct store *s, uint64_t r, uint64_t w, uint64_t *batch, uint64_t *ceiling)
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
			store_nap_ms(delay);
		rc = sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);
	}
	if (rc != SQLITE_OK && !sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return got(rc);
}

const char *db_said(const struct store *s)
{
	return sqlite3_errmsg(s->db);
}
