/* shell_http.c: one HTTP request at a time on a connection: its head, its body, the answer in
 * pieces. */
#include "paper/shell_in.h"

#include <stdio.h>
#include <string.h>

enum {
	CHUNK = 32768, /* bytes of a body written at once */
};

/* The status that refuses a body of the length it names; 0: it is taken. The library would read
 * any text as a number, and wait for as many bytes. */
static int length_refused(struct lws *wsi)
{
	char text[24];
	size_t v = 0;
	int n = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH);

	if (n <= 0)
		return 0;
	if (lws_hdr_copy(wsi, text, sizeof text, WSI_TOKEN_HTTP_CONTENT_LENGTH) <= 0)
		return HTTP_STATUS_BAD_REQUEST; /* longer than any number */
	for (const char *s = text; *s; s++) {
		if (*s < '0' || *s > '9')
			return HTTP_STATUS_BAD_REQUEST;
		if (v <= IN_MAX)
			v = v * 10 + (size_t)(*s - '0');
	}
	return v > IN_MAX ? HTTP_STATUS_REQ_ENTITY_TOO_LARGE : 0;
}

int shell_http_start(struct lws *wsi, const char *path)
{
	struct peer *p = shell_peer(wsi);
	bool post = lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI) > 0;

	if (!p)
		return -1;
	shell_drop_out(p);
	p->in_len = 0;
	p->too_large = p->answering = p->body_done = false;
	p->conn = ++shell.next_conn;
	snprintf(p->path, sizeof p->path, "%s", path ? path : "/");
	snprintf(p->method, sizeof p->method, "%s", post ? "POST" : "GET");
	if (lws_hdr_copy(wsi, p->type, sizeof p->type, WSI_TOKEN_HTTP_CONTENT_TYPE) < 0)
		p->type[0] = '\0';
	if (shell.n_peers == 1)
		shell_wake();
	int status = length_refused(wsi);

	if (status) {
		(void)lws_return_http_status(wsi, (unsigned)status, NULL);
		return -1;
	}
	if (post && lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) <= 0) {
		/* The library does not read chunked bodies: say so, rather than wait for ever. */
		(void)lws_return_http_status(wsi, HTTP_STATUS_LENGTH_REQUIRED, NULL);
		return -1;
	}
	if (!post) {
		paper_http(shell.paper, p->conn, p->ip, p->method, p->path, NULL, "", 0,
			   shell_now_ms());
		shell_pump();
	}
	return 0;
}

int shell_http_body_done(struct lws *wsi)
{
	struct peer *p = lws_get_opaque_user_data(wsi);

	/* 4.1.6 says it again and again when a second request came in the same bytes: such a client
	 * is let go. */
	if (!p || p->body_done)
		return -1;
	p->body_done = true;
	if (p->too_large) {
		struct paper_out o = {.conn = p->conn,
				      .kind = PAPER_OUT_HTTP,
				      .status = 413,
				      .type = "text/plain",
				      .bytes = "length limit exceeded",
				      .len = 21};

		shell_deliver(&o);
		return 0;
	}
	paper_http(shell.paper, p->conn, p->ip, p->method, p->path, p->type[0] ? p->type : NULL,
		   p->in ? p->in : "", p->in_len, shell_now_ms());
	shell_pump();
	return 0;
}

static int http_head(struct peer *p)
{
	unsigned char mem[LWS_PRE + 2048], *start = mem + LWS_PRE, *at = start,
					   *end = mem + sizeof mem - 1;

	if (lws_add_http_common_headers(p->wsi, (unsigned)p->status, p->out_type, p->first->len,
					&at, end) ||
	    lws_finalize_write_http_header(p->wsi, start, &at, end))
		return -1;
	p->head_sent = true;
	return 0;
}

int shell_http_write(struct lws *wsi)
{
	struct peer *p = lws_get_opaque_user_data(wsi);

	if (!p || !p->answering || !p->first)
		return 0;
	if (!p->head_sent) {
		if (http_head(p))
			return -1;
		if (p->first->len > 0) {
			lws_callback_on_writable(wsi);
			return 0;
		}
	}
	size_t left = p->first->len - p->sent, n = left < CHUNK ? left : CHUNK;

	if (n > 0) {
		int wrote = lws_write(wsi, p->first->bytes + LWS_PRE + p->sent, n,
				      n == left ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP);

		if (wrote < 0)
			return -1;
		p->sent += n;
	}
	if (p->sent < p->first->len) {
		lws_callback_on_writable(wsi);
		return 0;
	}
	p->answering = false;
	p->conn = 0;
	shell_drop_out(p);
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}
