/* http.h: just enough HTTP/1.1 for a venue's POST: one request, one answer, the connection kept.
 * Sans-I/O: bytes in, one answer out. No redirects, no compression, no trailers, bounded. */
#ifndef EXEUNT_HOST_HTTP_H
#define EXEUNT_HOST_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "host/url.h"

enum { HTTP_HEAD_MAX = 16384 };

struct http_in {
	uint8_t state;
	bool chunked, keep, has_length;
	int status;
	uint64_t left;	 /* of the body or of the chunk */
	char line[1024]; /* the header or chunk line being read */
	size_t line_len, head_len;
	char *body; /* caller's memory */
	size_t body_cap, body_len;
};

enum http_got {
	HTTP_MORE,
	HTTP_DONE, /* status, body, body_len; keep: the connection may be used again */
	HTTP_BAD   /* drop the connection: not HTTP, or over a limit */
};

void http_in_init(struct http_in *h, char *body, size_t cap);
/* Takes bytes until an answer is whole; *used says how many (what is left belongs to nothing). */
enum http_got http_feed(struct http_in *h, const char *p, size_t n, size_t *used);
/* The peer closed: an answer without length ends here. */
enum http_got http_end(struct http_in *h);

void http_put_post(struct buf *out, const struct url *u, const char *path, const char *body,
		   size_t n);

#endif
