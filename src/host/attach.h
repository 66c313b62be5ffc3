/* attach.h: engine.sock: terminals and shells attached to one engine.
 *
 * A stream of messages, each a fixed head and its payload. Both ends are one build of one machine:
 * magic, size and build id are checked with every message, and another build is refused by name.
 *
 *   client: HELLO, then any of WANT, CMD (struct cmd)    engine: SNAP (packed: core/snap_pack.h),
 *                                                        REPLY (struct + text),
 *                                                        FENCED (its last word)
 *
 * A snapshot is sent only to a client that asked (WANT) since its last one: newest only, one in
 * flight; a client that does not read costs nothing. The peer must be of our user. */
#ifndef EXEUNT_HOST_ATTACH_H
#define EXEUNT_HOST_ATTACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/cmd.h"
#include "core/snap.h"
#include "host/loop.h"
#include "host/statedir.h"

#define ENGINE_SOCK "engine.sock"

enum attach_type { AT_HELLO = 1, AT_WANT, AT_CMD, AT_SNAP, AT_REPLY, AT_FENCED };
enum { ATTACH_MAGIC = 0x41747831, ATTACH_REPLY_MAX = 20480, BUILD_ID_BYTES = 16 };

struct attach_head {
	uint32_t magic, size; /* size: of the payload */
	char build[BUILD_ID_BYTES];
	uint32_t type, seq;
};

struct attach_reply {
	uint8_t code; /* enum err_code */
	uint32_t exit, len;
	char text[ATTACH_REPLY_MAX]; /* the message holds only len bytes of it, and a NUL */
};

/* This build: version and the shapes of what travels. */
const char *build_id(void);

/* ---- the engine's side ---- */

struct attach_server;
typedef void attach_cmd_fn(void *arg, uint32_t client, uint32_t seq, const struct cmd *cmd);
typedef void attach_gone_fn(void *arg, uint32_t client);
typedef void attach_terminal_fn(void *arg, uint32_t client); /* it says that a person sits there */

/* listen_fd -1: only what attach_add brings (--in-process). */
struct attach_server *attach_server_new(struct loop *l, int listen_fd, attach_cmd_fn *on_cmd,
					attach_gone_fn *on_gone, attach_terminal_fn *on_terminal,
					void *arg);
void attach_server_free(struct attach_server *s);
/* Reads what clients have sent, now: asked at the top of a turn, so that a flatten does not queue
 * behind the market. One poll(2). */
void attach_first(struct attach_server *s);
bool attach_add(struct attach_server *s, int fd);
bool attach_is(const struct attach_server *s, uint32_t client); /* still there */
uint32_t attach_clients(const struct attach_server *s);
/* Somebody waits for a snapshot and has not had this number. */
bool attach_wanted(const struct attach_server *s, uint64_t number);
/* Somebody waits for the first one: it is given at once. */
bool attach_new_waits(const struct attach_server *s);
/* To every client that waits; `seat` is the client that holds it. */
void attach_publish(struct attach_server *s, const struct snap *snap, uint32_t seat);
void attach_answer(struct attach_server *s, uint32_t client, uint32_t seq, uint8_t code,
		   uint32_t exit, const char *text);

/* Tells every client that can take it at once that this engine was fenced off. */
void attach_fenced(struct attach_server *s);

/* ---- the client's side ---- */

struct attach; /* owns its descriptor and the room for what is being read */

enum attach_got { GOT_NONE, GOT_SNAP, GOT_REPLY, GOT_GONE };

/* ERR_NET: no engine runs. */
struct attach *attach_open(const struct statedir *d, struct err *e);
struct attach *attach_of_fd(int fd); /* takes the descriptor */
void attach_close(struct attach *a);
int attach_fd(const struct attach *a);
bool attach_terminal(struct attach *a); /* a person sits here: takes the seat when it is free */
bool attach_want(struct attach *a);	/* ask for the next snapshot, once each */
bool attach_send(struct attach *a, const struct cmd *c, uint32_t *seq);
/* Reads what there is, waiting up to timeout_ms (0: not at all) for a whole message. GOT_GONE: *e
 * says why (engine ended, other build). */
enum attach_got attach_get(struct attach *a, int timeout_ms, struct err *e);
/* From here on snapshots go there: the caller's, zeros or an older snapshot. Without it, into room
 * of its own. */
void attach_into(struct attach *a, struct snap *s);
/* The newest; NULL before the first. It changes with the next attach_get. */
const struct snap *attach_snap(const struct attach *a);
const struct attach_reply *attach_reply_of(const struct attach *a, uint32_t *seq);

#endif
