/* store_in.h: what the parts of the journal share: store.c (the database), store_open.c (opening
 * and the reserve), store_thread.c (the journal thread), store_queue.c (the queue and the engine
 * thread's side of it). Nobody else includes it. */
#ifndef EXEUNT_HOST_STORE_IN_H
#define EXEUNT_HOST_STORE_IN_H

#include <pthread.h>
#include <stdatomic.h>

#include "host/store.h"

enum entry_kind { ENTRY_RECORD = 1, ENTRY_WIRE, ENTRY_FORGET, ENTRY_CEILING, ENTRY_END };

/* What the queue holds: a head, then `len` bytes. Padded to 8. */
struct entry {
	uint32_t kind, len;
	uint64_t batch; /* ENTRY_END: the number that is complete */
	uint64_t turn, nonce;
	int64_t wall_ms, boot_ns;
	uint32_t exit, slice, attempt;
	uint8_t account, rec_kind, ver;
};

enum stmt_id { ST_REC, ST_WIRE, ST_FORGET, ST_META, ST_COUNT };

struct store {
	struct sqlite3 *db;
	struct sqlite3_stmt *st[ST_COUNT];
	struct statedir dir;
	bool reader, threaded, distrusted, reserve_gone, lost;
	int wal_pages;	/* in the write-ahead log, by the newest commit */
	bool wal_short; /* it may not have its room yet */
	bool late;	/* not open yet: the journal thread does it */
	uint64_t late_epoch;
	const char *why; /* distrusted */
	int wake_fd;

	/* The queue: bytes, not entries; w and r only rise. */
	uint8_t *ring;
	pthread_mutex_t lock;
	pthread_cond_t more;
	uint64_t w, r;	   /* handed over up to w, consumed up to r */
	uint64_t open_end; /* the open batch reaches from w to here (engine thread) */
	uint64_t batch;	   /* number of the newest submitted batch */
	bool overflow, stop;
	struct store_status status;
	atomic_int test_delay_ms;
	pthread_t thread;
};

/* The database; the journal thread's while it runs. False: *e says why. */
#define DB_DURABLE "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
bool db_open(struct store *s, bool create, struct err *e);
bool db_open_memory(struct store *s, struct err *e);
void db_only_look(struct store *s,
		  int busy_ms); /* waits so long for a lock; closing costs nothing */
bool db_exec(struct store *s, const char *sql, struct err *e);
bool db_schema(struct store *s, bool create, struct err *e); /* it is ours, or becomes it */
bool db_make(struct store *s, struct err *e);	 /* tables and schema, whole or not there */
bool db_prepare(struct store *s, struct err *e); /* for db_commit */
void db_close(struct store *s);
const char *db_said(const struct store *s); /* why it refused last */
/* The write-ahead log into the database: several syncs. */
void db_wal_in(struct store *s);
/* One step of giving the log its room ahead of need, a short write and a sync. True: there is
 * another. */
bool db_wal_room(struct store *s);
enum db_got { DB_OK, DB_NO_ROOM, DB_REFUSED };
/* Everything of the queue between r and w in one transaction. */
enum db_got db_commit(struct store *s, uint64_t r, uint64_t w, uint64_t *batch, uint64_t *ceiling);

bool store_reserve_make(struct store *s);
void store_nap_ms(long ms);

/* n bytes of the queue from `at`, which the journal thread has not yet consumed. */
void store_ring_get(const struct store *s, uint64_t at, void *out, size_t n);

#endif
