/* store.h: the journal: journal.db in the state directory, SQLite WAL, synchronous=FULL.
 *
 * One writer: the journal thread owns the database and commits batches; the engine thread never
 * calls SQLite after store_start. A batch is built with store_put_* and handed over by
 * store_submit, which gives its number; when store_wake_fd is readable, store_poll tells the newest
 * committed number. Batches commit in order, several to a transaction when the disk is slow.
 *
 * Full disk: the 16 MiB file `reserve` is deleted, which buys about 3,000 further commits; the
 * state says STORE_FULL; the file is made again when there is room. Nothing is lost meanwhile: the
 * batch waits and is tried again. */
#ifndef EXEUNT_HOST_STORE_H
#define EXEUNT_HOST_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/effect.h"
#include "engine/replay.h"
#include "host/statedir.h"

enum { STORE_SCHEMA = 1, STORE_RESERVE = 16 << 20, STORE_QUEUE = 16 << 20 };

struct store;

/* One row of the journal, as read. body is borrowed for the call. */
struct store_row {
	int64_t id;
	uint64_t turn;
	int64_t wall_ms, boot_ns;
	uint8_t ver, kind, account;
	uint32_t exit, slice, attempt;
	uint64_t nonce;
	const uint8_t *body;
	size_t len;
};

/* What the engine replays of a row; body stays the row's. */
static inline struct replay_row store_replay_row(const struct store_row *r)
{
	return (struct replay_row){.ver = r->ver,
				   .kind = r->kind,
				   .account = r->account,
				   .exit = r->exit,
				   .slice = r->slice,
				   .attempt = r->attempt,
				   .nonce = r->nonce,
				   .wall_ms = r->wall_ms,
				   .body = r->body,
				   .len = r->len};
}
typedef bool store_row_fn(void *arg, const struct store_row *row);
typedef bool store_wire_fn(void *arg, uint64_t nonce, uint8_t account, const char *bytes, size_t n);

/* Opens and, when `create`, makes the database. Another schema is refused by name. */
bool store_open(struct store **out, const struct statedir *d, bool create, struct err *e);
/* For flatten when the journal is refused: one in memory, never committed; STORE_BROKEN. The file
 * is not touched. */
bool store_open_rescue(struct store **out, const struct statedir *d, struct err *e);
/* For the break-glass shell: nothing is opened here. The journal thread opens the file beside
 * whatever else has it, and adds what was put as soon as the file takes it; a file of another
 * schema, or none it can open, takes nothing. `epoch` goes to the lease table. Only store_start,
 * store_put_*, store_submit, store_poll, store_drain and store_close may be called. */
bool store_open_late(struct store **out, const struct statedir *d, uint64_t epoch, struct err *e);
/* What the break-glass shell needs of the journal, in 100 ms at most; false and untouched when it
 * cannot be read so fast. Nothing is written. more: n bytes of one more key, left alone if it is
 * not there. */
bool store_peek(const struct statedir *d, uint8_t cloid_key[16], uint8_t install[4],
		uint64_t *ceiling, const char *key, void *more, size_t n);
/* Waits until all that was submitted is committed. False: it is not, and store_close may block. */
bool store_drain(struct store *s, int timeout_ms);
/* Read-only, beside a living engine: `exeunt journal`, `exeunt tca`. */
bool store_open_reader(struct store **out, const struct statedir *d, struct err *e);
void store_close(struct store *s);

/* Before store_start, or with a reader. Rows in order; a damaged row is named and ends it with
 * ERR_STORE. fn returning false ends it well. */
bool store_read(struct store *s, int64_t after_id, store_row_fn *fn, void *arg, struct err *e);
/* Newest first, from before_id (0: the newest) on. */
bool store_read_back(struct store *s, int64_t before_id, store_row_fn *fn, void *arg,
		     struct err *e);
bool store_wire_read(struct store *s, store_wire_fn *fn, void *arg, struct err *e);
/* False without *e set: no such key. */
bool store_meta_get(struct store *s, const char *key, void *out, size_t n, struct err *e);
bool store_meta_set(struct store *s, const char *key, const void *v, size_t n, struct err *e);
uint64_t store_epoch(struct store *s); /* highest lease epoch known, 0 none */
bool store_lease_put(struct store *s, uint64_t epoch, int64_t pid, const char *boot_id,
		     struct err *e);
uint64_t store_ceiling(struct store *s); /* newest committed nonce ceiling, 0 none */
/* The life before ended on a full disk: what it handed over last may not be here. */
bool store_lost(const struct store *s);

bool store_start(struct store *s, struct err *e); /* the journal thread */
/* Commits what is queued and ends the thread; three refusals of the disk (up to 7 s) are enough. */
void store_stop(struct store *s);
/* A journal that cannot be trusted: opened, nothing is ever committed; state STORE_BROKEN. */
void store_distrust(struct store *s);

/* Engine thread. Puts go to the open batch; false: the queue is full (STORE_BROKEN follows). */
bool store_put_record(struct store *s, uint64_t turn, uint8_t account, int64_t wall_ms,
		      int64_t boot_ns, const struct ef_record *r);
bool store_put_wire(struct store *s, uint64_t nonce, uint8_t account, const char *bytes, size_t n);
bool store_put_forget(struct store *s, uint64_t nonce);
bool store_put_ceiling(struct store *s, uint64_t upto);
bool store_pending(const struct store *s); /* the open batch holds something */
uint64_t store_submit(struct store *s);	   /* number of the batch; the last one when empty */

struct store_status {
	uint64_t committed; /* batch number */
	uint64_t ceiling;   /* committed */
	uint8_t state;	    /* enum store_state */
	uint32_t commit_us;
	char text[160]; /* why, when state is not OK */
};
int store_wake_fd(const struct store *s);
void store_poll(struct store *s, struct store_status *out);

/* For tests: every commit takes this much longer. */
void store_test_delay(struct store *s, int ms);

#endif
