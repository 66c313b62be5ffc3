/* loop.h: one thread's event loop: foreign descriptors, WebSocket clients and byte streams over TLS
 * or plain loopback, on libwebsockets.
 *
 * TLS is verified always (chain, host, dates, 1.2 or newer); no switch turns it off. Connections go
 * to an address that is already known: names are resolved elsewhere (resolver.h), since a lookup
 * would block the loop. Proxies of the environment are not used. */
#ifndef EXEUNT_HOST_LOOP_H
#define EXEUNT_HOST_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "host/url.h"

struct loop;
struct loop_fd;
struct sock;

/* ca_file NULL or "": the system's certificates; else only that file's. */
struct loop *loop_new(const char *ca_file, struct err *e);
void loop_free(struct loop *l);
/* Waits for something and calls back; false when the loop is broken. */
bool loop_wait(struct loop *l);
/* From another thread or a signal handler: loop_wait returns soon. */
void loop_wake(struct loop *l);

/* An urgent message waits for its socket. */
bool loop_urgent(const struct loop *l);
/* Asked before anything is written to a connection; false: the connection ends, unsent. */
void loop_gate(struct loop *l, bool (*may_write)(void *arg), void *arg);

/* on_read: readable (or peer gone: read gives 0; drop it then). on_write: after
 * loop_fd_want_write. */
struct loop_fd *loop_fd_add(struct loop *l, int fd, void (*on_read)(void *arg),
			    void (*on_write)(void *arg), void *arg);
void loop_fd_want_write(struct loop_fd *f);
/* Stops watching and closes the descriptor. */
void loop_fd_drop(struct loop_fd *f);

/* A connection: WebSocket messages or raw bytes. */
struct net_calls {
	void (*open)(void *arg);
	/* A whole message (WebSocket) or a piece of the stream. */
	void (*data)(void *arg, const char *p, size_t n);
	/* Once per net_open that did not end by net_close; reason is printable. */
	void (*closed)(void *arg, const char *reason);
};

enum sock_kind { SOCK_WS, SOCK_BYTES };

struct net_conf {
	uint8_t kind;	/* enum sock_kind */
	struct url url; /* host is used for SNI, verification and the Host header */
	char path[64];	/* SOCK_WS: "/ws" */
	size_t in_max;	/* largest message taken; longer ones close the connection */
	size_t out_max; /* bytes that may wait to be written */
	struct net_calls calls;
	void *arg;
};

struct sock *net_new(struct loop *l, const struct net_conf *c);
void net_free(struct sock *n);
/* Connects to `address` (literal). False: could not even begin; no `closed` follows. */
bool net_open(struct sock *n, const char *address, struct err *e);
void net_close(struct sock *n); /* at once, without a callback */
bool net_is_open(const struct sock *n);
bool net_is_idle(const struct sock *n); /* neither open nor opening */
/* Copies and queues; false when closed or the queue is full (then the caller drops the connection
 * or tries another way: nothing of it was queued). `urgent` goes before all that
 * waits, in the order given. */
bool net_send(struct sock *n, const char *p, size_t len, bool urgent);
size_t net_waiting(const struct sock *n);

#endif
