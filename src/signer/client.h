/* client.h: the engine's side of the signer's socket. Nothing blocks but signer_call. */
#ifndef EXEUNT_SIGNER_CLIENT_H
#define EXEUNT_SIGNER_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "signer/req.h"

/* A connected, non-blocking, close-on-exec socket, or -1: ERR_KEY when nobody listens (no signer,
 * so no key is unlocked), ERR_FENCED when the socket belongs to somebody else. */
int signer_connect(const char *state_dir, struct err *e);

/* Zeroed, with magic, version, op and id set. Fill slot, epoch, purpose, act, env for SIGNER_SIGN.
 */
void signer_req_init(struct signer_req *r, enum signer_op op, uint64_t id);

/* One message. False: the socket is full (the answer to earlier requests comes first) or gone. */
bool signer_send(int fd, const struct signer_req *r, struct err *e);

enum signer_got { SIGNER_NONE, SIGNER_GOT, SIGNER_GONE };
/* Call when fd is readable, until SIGNER_NONE. GONE: peer ended or broke the protocol; close fd. */
enum signer_got signer_recv(int fd, struct signer_rep *out);

/* Send and wait for the answer with the same id; for shells. */
bool signer_call(int fd, const struct signer_req *r, struct signer_rep *out, int timeout_ms,
		 struct err *e);

#endif
