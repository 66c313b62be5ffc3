/* pool.h: HTTP POST to one endpoint over connections that are kept warm. */
#ifndef EXEUNT_HOST_POOL_H
#define EXEUNT_HOST_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/loop.h"
#include "host/url.h"

enum {
	POOL_WARM = 2,	/* connections to an endpoint that are kept warm */
	POOL_CONNS = 8, /* with those opened while requests wait behind answers that do not come */
	POOL_QUEUE = 128, /* requests that wait */
	POOL_TIMEOUT_MS = 5000,
	POOL_WARM_MS = 300, /* at the start the sockets go first, unless a request waits */
};

struct pool;

/* status 0: the transport failed, whatever became of the request. */
typedef void pool_answer_fn(void *arg, uint32_t tag, int status, const char *body, size_t n);

struct pool *pool_new(struct loop *l, const struct url *u, size_t body_max, pool_answer_fn *fn,
		      void *arg);
void pool_free(struct pool *p);
/* The address to connect to, once known; NULL: none yet. */
void pool_set_address(struct pool *p, const char *address);
/* Copies. `urgent` requests go first. False: the queue is full; no answer will come. */
bool pool_post(struct pool *p, const char *path, const char *body, size_t n, uint32_t tag,
	       bool urgent, int64_t now_ns);
void pool_tick(struct pool *p, int64_t now_ns); /* timeouts, reconnects, queued requests */
int64_t pool_deadline(const struct pool *p);	/* boot clock, INT64_MAX none */
void pool_drop(struct pool *p);			/* all connections (suspend) */

#endif
