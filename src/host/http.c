/* http.c: see http.h.
 *
 *   STATUS -> HEADERS -> BODY (length) | CHUNK_SIZE -> CHUNK -> CHUNK_END ... -> TRAILER |
 * UNTIL_END
 *
 * Invariants: 1. lines are at most 1 kB, heads 16 kB, bodies the caller's memory; more is HTTP_BAD.
 *             2. Lengths are digits only; two that differ, or a length beside chunks, are HTTP_BAD.
 */
#include "host/http.h"

#include <string.h>
#include <strings.h>

enum { ST_STATUS, ST_HEADERS, ST_BODY, ST_CHUNK_SIZE, ST_CHUNK, ST_CHUNK_END, ST_TRAILER, ST_END };

void http_in_init(struct http_in *h, char *body, size_t cap)
{
	memset(h, 0, sizeof *h);
	h->body = body;
	h->body_cap = cap;
	h->keep = true;
}

static bool status_line(struct http_in *h)
{
	const char *s = h->line;

	if (strncmp(s, "HTTP/1.", 7) || (s[7] != '0' && s[7] != '1') || s[8] != ' ')
		return false;
	h->keep = s[7] == '1';
	h->status = 0;
	for (int i = 9; i < 12; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		h->status = h->status * 10 + s[i] - '0';
	}
	return h->status >= 100 && (s[12] == ' ' || !s[12]);
}

static bool digits(uint64_t *out, const char *s, unsigned base)
{
	uint64_t v = 0;
	size_t n = 0;

	for (; *s; s++, n++) {
		unsigned d;
		if (*s >= '0' && *s <= '9')
			d = (unsigned)(*s - '0');
		else if (base == 16 && ((*s | 32) >= 'a' && (*s | 32) <= 'f'))
			d = (unsigned)((*s | 32) - 'a' + 10);
		else if (base == 16 && (*s == ';' || *s == ' '))
			break;
		else
			return false;
		if (n >= 15)
			return false;
		v = v * base + d;
	}
	*out = v;
	return n > 0;
}

static bool header(struct http_in *h)
{
	char *colon = strchr(h->line, ':'), *v;
	uint64_t len;
	size_t n;

	if (!colon || colon == h->line)
		return false;
	*colon = 0;
	v = colon + 1;
	v += strspn(v, " \t");
	for (n = strlen(v); n && (v[n - 1] == ' ' || v[n - 1] == '\t'); n--)
		v[n - 1] = 0;
	if (!strcasecmp(h->line, "content-length")) {
		if (!digits(&len, v, 10) || (h->has_length && len != h->left))
			return false;
		h->has_length = true;
		h->left = len;
	} else if (!strcasecmp(h->line, "transfer-encoding")) {
		if (strcasecmp(v, "chunked"))
			return false;
		h->chunked = true;
	} else if (!strcasecmp(h->line, "connection")) {
		if (!strcasecmp(v, "close"))
			h->keep = false;
	} else if (!strcasecmp(h->line, "content-encoding") && strcasecmp(v, "identity")) {
		return false;
	}
	return true;
}

/* The blank line after the head: what comes next? */
static enum http_got head_ends(struct http_in *h)
{
	if (h->status < 200) { /* 100 continue and the like */
		h->state = ST_STATUS;
		h->has_length = h->chunked = false;
		return h->status == 101 ? HTTP_BAD : HTTP_MORE;
	}
	if (h->chunked && h->has_length)
		return HTTP_BAD;
	if (h->status == 204 || h->status == 304 || (h->has_length && !h->left))
		return HTTP_DONE;
	if (h->left > h->body_cap)
		return HTTP_BAD;
	h->state = h->chunked ? ST_CHUNK_SIZE : h->has_length ? ST_BODY : ST_END;
	return HTTP_MORE;
}

static enum http_got line_done(struct http_in *h)
{
	switch (h->state) {
	case ST_STATUS:
		h->state = ST_HEADERS;
		return status_line(h) ? HTTP_MORE : HTTP_BAD;
	case ST_HEADERS:
		if (!h->line_len)
			return head_ends(h);
		return header(h) ? HTTP_MORE : HTTP_BAD;
	case ST_CHUNK_SIZE:
		if (!digits(&h->left, h->line, 16) || h->left > h->body_cap - h->body_len)
			return HTTP_BAD;
		h->state = h->left ? ST_CHUNK : ST_TRAILER;
		return HTTP_MORE;
	case ST_CHUNK_END:
		h->state = ST_CHUNK_SIZE;
		return h->line_len ? HTTP_BAD : HTTP_MORE;
	default: /* ST_TRAILER */
		return h->line_len ? HTTP_MORE : HTTP_DONE;
	}
}

static enum http_got line_byte(struct http_in *h, char c)
{
	enum http_got got;

	if (++h->head_len > HTTP_HEAD_MAX || !c)
		return HTTP_BAD;
	if (c != '\n') {
		if (h->line_len + 1 >= sizeof h->line)
			return HTTP_BAD;
		h->line[h->line_len++] = c;
		return HTTP_MORE;
	}
	if (h->line_len && h->line[h->line_len - 1] == '\r')
		h->line_len--;
	h->line[h->line_len] = 0;
	if (h->state == ST_CHUNK_SIZE)
		h->head_len = 0;
	got = line_done(h);
	h->line_len = 0;
	return got;
}

static bool body_take(struct http_in *h, const char *p, size_t n)
{
	if (n > h->body_cap - h->body_len)
		return false;
	memcpy(h->body + h->body_len, p, n);
	h->body_len += n;
	return true;
}

enum http_got http_feed(struct http_in *h, const char *p, size_t n, size_t *used)
{
	size_t i = 0;
	enum http_got got = HTTP_MORE;

	while (i < n && got == HTTP_MORE) {
		size_t part = n - i;
		if (h->state == ST_BODY || h->state == ST_CHUNK) {
			if (part > h->left)
				part = (size_t)h->left;
			if (!body_take(h, p + i, part))
				got = HTTP_BAD;
			h->left -= part;
			i += part;
			if (!h->left && got == HTTP_MORE) {
				if (h->state == ST_BODY)
					got = HTTP_DONE;
				h->state = ST_CHUNK_END;
			}
		} else if (h->state == ST_END) {
			if (!body_take(h, p + i, part))
				got = HTTP_BAD;
			i += part;
		} else {
			got = line_byte(h, p[i++]);
		}
	}
	*used = i;
	return got;
}

enum http_got http_end(struct http_in *h)
{
	h->keep = false;
	return h->state == ST_END ? HTTP_DONE : HTTP_BAD;
}

void http_put_post(struct buf *out, const struct url *u, const char *path, const char *body,
		   size_t n)
{
	bool usual = u->port == (u->tls ? 443 : 80);

	buf_printf(out, "POST %s HTTP/1.1\r\nHost: %s%s%s", path, u->v6 ? "[" : "", u->host,
		   u->v6 ? "]" : "");
	if (!usual)
		buf_printf(out, ":%u", u->port);
	buf_printf(out,
		   "\r\nContent-Type: application/json\r\nAccept-Encoding: identity\r\n"
		   "User-Agent: exeunt\r\nContent-Length: %zu\r\n\r\n",
		   n);
	buf_put(out, body, n);
}
