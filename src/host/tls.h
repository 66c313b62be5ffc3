/* tls.h: TLS over bytes that somebody else carries, for the raw connections of loop.c:
 * libwebsockets 4.1 begins the handshake of a raw client before it is connected, and fails.
 *
 *   connected -> tls_begin ... bytes in: tls_feed, tls_read; bytes out: tls_write, tls_take
 *
 * Verification is always on: chain, host or address, dates, TLS 1.2 or newer. */
#ifndef EXEUNT_HOST_TLS_H
#define EXEUNT_HOST_TLS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct tls_conf; /* trusted certificates, shared by connections */
struct tls;

/* ca_file NULL or "": the system's certificates; else only that file's. */
struct tls_conf *tls_conf_new(const char *ca_file, struct err *e);
void tls_conf_free(struct tls_conf *c);

/* host: a name or a literal address; its certificate must be for it. NULL: no memory. */
struct tls *tls_new(struct tls_conf *c, const char *host);
void tls_free(struct tls *t);

/* Bytes from the peer. False: no memory. */
bool tls_feed(struct tls *t, const void *p, size_t n);
/* Carries the handshake on and reads what was decrypted: its length, 0 nothing yet, -1 it failed or
 * ended (tls_why). */
int tls_read(struct tls *t, void *out, size_t cap);
bool tls_is_open(const struct tls *t); /* the handshake is done and the peer is who it should be */
/* Encrypts; only when open. */
bool tls_write(struct tls *t, const void *p, size_t n);
/* Bytes for the peer, as many as fit; 0 none. */
size_t tls_take(struct tls *t, void *out, size_t cap);
/* Why it failed, printable after escaping. */
const char *tls_why(const struct tls *t);

#endif
