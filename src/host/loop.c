/* loop.c: libwebsockets behind loop.h.
 *
 * Invariants:
 *  1. No flag that allows a bad certificate is ever passed to the library.
 *  2. `closed` is called exactly once for a connection that net_open began and net_close did not
 *     end.
 *  3. A message is handed on whole or not at all; over in_max the connection is dropped.
 *  4. Nothing here resolves names.
 *  5. A raw connection over TLS is encrypted here (tls.h), and open once the peer is verified.
 *  6. What is urgent leaves before all else, in the order it was given, also before what waits on
 *     other connections that can be written to in the same turn. */
#include "host/loop.h"

#include <errno.h>
#include <libwebsockets.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/escape.h"
#include "host/clock.h"
#include "host/log.h"
#include "host/tls.h"

struct loop {
	struct lws_context *ctx;
	struct lws_vhost *vhost;
	struct tls_conf *tls; /* for raw connections */
	bool ending;	      /* being destroyed: owners may be gone, nobody is called */
	uint32_t urgent;      /* urgent messages that wait, over all connections */
	bool (*may_write)(void *arg);
	void *gate_arg;
};

struct loop_fd {
	struct loop *loop;
	struct lws *wsi;
	void (*on_read)(void *arg);
	void (*on_write)(void *arg);
	void *arg;
	bool dropped, writing, again;
};

struct msg {
	struct msg *next;
	size_t len;
	bool urgent;
	uint8_t bytes[]; /* LWS_PRE spare, then len */
};

struct sock {
	struct loop *loop;
	struct net_conf c;
	struct lws *wsi;
	struct tls *tls; /* of a raw connection, NULL: plain */
	bool opening, open, closing;
	char why[120]; /* our own reason to close */
	char *in;
	size_t in_len;
	struct msg *out, *out_last;
	struct msg *urgent_last; /* those before it and it are urgent; NULL: none */
	bool yielded;		 /* let the urgent ones of another go first, once */
	size_t waiting;
};

static int on_file(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
		   size_t len);
static int on_net(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
		  size_t len);

static const struct lws_protocols protocols[] = {
	{.name = "exeunt-fd", .callback = on_file},
	{.name = "exeunt-net", .callback = on_net, .rx_buffer_size = 65536},
	{.name = NULL},
};

/* ---- the loop ---- */

static void emit(int level, const char *line)
{
	while (*line == '[') { /* the library's own stamp */
		const char *end = strchr(line, ']');
		if (!end)
			break;
		line = end + 1;
	}
	log_line(level & LLL_ERR ? LOG_WARN : LOG_DEBUG, "net: %s", line);
}

struct loop *loop_new(const char *ca_file, struct err *e)
{
	struct lws_context_creation_info i = {0};
	struct loop *l = calloc(1, sizeof *l);

	ASSERT(l);
	unsetenv("http_proxy");
	unsetenv("socks_proxy");
	lws_set_log_level(LLL_ERR | LLL_WARN | LLL_NOTICE, emit);
	i.port = CONTEXT_PORT_NO_LISTEN;
	i.protocols = protocols;
	i.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	i.gid = (gid_t)-1;
	i.uid = (uid_t)-1;
	i.fd_limit_per_thread = 256;
	i.timeout_secs = 10;
	l->ctx = lws_create_context(&i);
	if (l->ctx) {
		i.alpn = "http/1.1";
		i.ssl_client_options_set = 0;
		if (ca_file && *ca_file) {
			i.client_ssl_ca_filepath = ca_file;
			i.options |= LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS;
		}
		i.vhost_name = "exeunt";
		l->vhost = lws_create_vhost(l->ctx, &i);
	}
	l->tls = l->vhost ? tls_conf_new(ca_file, e) : NULL;
	if (!l->tls) {
		err_set(e, ERR_TLS, "cannot prepare TLS%s%s", ca_file && *ca_file ? " with " : "",
			ca_file ? ca_file : "");
		loop_free(l);
		return NULL;
	}
	return l;
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	l->ending = true;
	if (l->ctx)
		lws_context_destroy(l->ctx);
	tls_conf_free(l->tls);
	free(l);
}

bool loop_wait(struct loop *l)
{
	return lws_service(l->ctx, 0) >= 0;
}

void loop_wake(struct loop *l)
{
	lws_cancel_service(l->ctx);
}

bool loop_urgent(const struct loop *l)
{
	return l->urgent > 0;
}

void loop_gate(struct loop *l, bool (*may_write)(void *arg), void *arg)
{
	l->may_write = may_write;
	l->gate_arg = arg;
}

/* ---- foreign descriptors ---- */

static int on_file(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
		   size_t len)
{
	struct loop_fd *f = lws_get_opaque_user_data(wsi);

	(void)user;
	(void)in;
	(void)len;
	if (!f)
		return 0;
	switch (reason) {
	case LWS_CALLBACK_RAW_RX_FILE:
		if (!f->dropped)
			f->on_read(f->arg);
		return f->dropped ? -1 : 0;
	case LWS_CALLBACK_RAW_WRITEABLE_FILE:
		f->writing = true;
		f->again = false;
		if (!f->dropped && f->on_write)
			f->on_write(f->arg);
		f->writing = false;
		if (f->again && !f->dropped)
			lws_set_timer_usecs(wsi, 1);
		return f->dropped ? -1 : 0;
	case LWS_CALLBACK_TIMER:
		if (!f->dropped)
			lws_callback_on_writable(wsi);
		return f->dropped ? -1 : 0;
	case LWS_CALLBACK_RAW_CLOSE_FILE:
		lws_set_opaque_user_data(wsi, NULL);
		f->wsi = NULL;
		if (f->dropped || f->loop->ending)
			free(f);
		else /* the poller saw a hang-up: let the owner read its end, and drop it */
			f->on_read(f->arg);
		return 0;
	default:
		return 0;
	}
}

struct loop_fd *loop_fd_add(struct loop *l, int fd, void (*on_read)(void *arg),
			    void (*on_write)(void *arg), void *arg)
{
	struct loop_fd *f = calloc(1, sizeof *f);
	lws_sock_file_fd_type u = {.filefd = fd};

	ASSERT(f);
	*f = (struct loop_fd){.loop = l, .on_read = on_read, .on_write = on_write, .arg = arg};
	f->wsi =
		lws_adopt_descriptor_vhost(l->vhost, LWS_ADOPT_RAW_FILE_DESC, u, "exeunt-fd", NULL);
	if (!f->wsi) {
		free(f);
		return NULL;
	}
	lws_set_opaque_user_data(f->wsi, f);
	return f;
}

void loop_fd_want_write(struct loop_fd *f)
{
	/* The library stops to look for room after the callback that it made for it, so a wish from
	 * within would be lost: it is made again a moment later. */
	if (f->writing)
		f->again = true;
	else if (f->wsi)
		lws_callback_on_writable(f->wsi);
}

void loop_fd_drop(struct loop_fd *f)
{
	if (!f || f->dropped)
		return;
	f->dropped = true;
	if (f->wsi)
		lws_set_timeout(f->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
	else
		free(f);
}

/* ---- connections ---- */

static void out_clear(struct sock *n)
{
	while (n->out) {
		struct msg *m = n->out;
		n->out = m->next;
		n->loop->urgent -= m->urgent;
		free(m);
	}
	n->out_last = n->urgent_last = NULL;
	n->waiting = 0;
}

static void ended(struct sock *n, const char *reason)
{
	char text[160];
	bool tell = (n->opening || n->open) && !n->closing;

	n->opening = n->open = n->closing = false;
	n->wsi = NULL;
	n->in_len = 0;
	out_clear(n);
	tls_free(n->tls);
	n->tls = NULL;
	if (!tell)
		return;
	if (n->why[0])
		reason = n->why;
	escape_text(text, sizeof text, reason, strlen(reason));
	n->c.calls.closed(n->c.arg, text);
}

static int give_up(struct sock *n, const char *why)
{
	snprintf(n->why, sizeof n->why, "%s", why);
	return -1;
}

/* What OpenSSL has for the peer; the library buffers what the socket does not take. */
static int tls_flush(struct sock *n)
{
	uint8_t room[LWS_PRE + 16384];
	size_t len;

	while ((len = tls_take(n->tls, room + LWS_PRE, sizeof room - LWS_PRE)) > 0)
		if (lws_write(n->wsi, room + LWS_PRE, len, LWS_WRITE_RAW) < 0)
			return give_up(n, "the connection broke while writing");
	return 0;
}

static int tls_bytes(struct sock *n, const char *p, size_t len)
{
	char plain[16384];
	int got;

	if (!tls_feed(n->tls, p, len))
		return give_up(n, "out of memory");
	while ((got = tls_read(n->tls, plain, sizeof plain)) > 0) {
		n->c.calls.data(n->c.arg, plain, (size_t)got);
		if (!n->tls || n->closing) /* the owner closed it */
			return -1;
	}
	if (got < 0) {
		tls_flush(n); /* its alert tells the peer why */
		return give_up(n, tls_why(n->tls));
	}
	if (tls_is_open(n->tls) && n->opening) {
		n->opening = false;
		n->open = true;
		n->c.calls.open(n->c.arg);
		if (!n->tls || n->closing)
			return -1;
	}
	lws_callback_on_writable(n->wsi);
	return 0;
}

static int take(struct sock *n, struct lws *wsi, const char *p, size_t len)
{
	bool whole;

	if (n->tls)
		return tls_bytes(n, p, len);
	if (n->c.kind == SOCK_BYTES) {
		n->c.calls.data(n->c.arg, p, len);
		return n->closing ? -1 : 0;
	}
	if (lws_frame_is_binary(wsi))
		return give_up(n, "the peer sent a binary message");
	if (n->in_len + len > n->c.in_max)
		return give_up(n, "the peer sent a message over the limit");
	whole = lws_is_final_fragment(wsi) && !lws_remaining_packet_payload(wsi);
	if (whole && !n->in_len) {
		n->c.calls.data(n->c.arg, p, len);
		return n->closing ? -1 : 0;
	}
	memcpy(n->in + n->in_len, p, len);
	n->in_len += len;
	if (whole) {
		len = n->in_len;
		n->in_len = 0;
		n->c.calls.data(n->c.arg, n->in, len);
	}
	return n->closing ? -1 : 0;
}

/* Until the socket takes no more: a burst leaves in one turn of the loop. */
static int flush_all(struct sock *n)
{
	enum lws_write_protocol how = n->c.kind == SOCK_WS ? LWS_WRITE_TEXT : LWS_WRITE_RAW;

	/* Fifty reads of books must not leave before the closes that wait on the next socket; and a
	 * socket that does not take its closes must not hold up the reads for longer. */
	if (n->out && !n->urgent_last && n->loop->urgent && !n->yielded) {
		n->yielded = true;
		lws_callback_on_writable(n->wsi);
		return 0;
	}
	n->yielded = false;
	do {
		struct msg *m = n->out;
		if (m && n->loop->may_write && !n->loop->may_write(n->loop->gate_arg))
			return give_up(n, "this engine was fenced off");
		if (n->tls &&
		    (tls_flush(n) || (m && !tls_write(n->tls, m->bytes + LWS_PRE, m->len))))
			return give_up(n, "the connection broke while writing");
		if (!m)
			return 0;
		if (n->tls ? tls_flush(n) : lws_write(n->wsi, m->bytes + LWS_PRE, m->len, how) < 0)
			return give_up(n, "the connection broke while writing");
		/* The library buffers what the socket did not take. */
		n->out = m->next;
		if (!n->out)
			n->out_last = NULL;
		if (n->urgent_last == m)
			n->urgent_last = NULL;
		if (m->urgent) /* what benchmarks measure */
			log_line(LOG_DEBUG, "wire: %s, %zu bytes written at %lld ns",
				 n->c.kind == SOCK_WS ? "socket" : "http", m->len,
				 (long long)clock_boot_ns());
		n->waiting -= m->len;
		n->loop->urgent -= m->urgent;
		free(m);
	} while (!lws_send_pipe_choked(n->wsi));
	if (n->out)
		lws_callback_on_writable(n->wsi);
	return 0;
}

/* Connected: the handshake goes first, `open` is told when it is done. */
static int tls_begin(struct sock *n)
{
	char none[1];

	n->tls = tls_new(n->loop->tls, n->c.url.host);
	if (!n->tls || tls_read(n->tls, none, sizeof none) < 0)
		return give_up(n, n->tls ? tls_why(n->tls) : "out of memory");
	lws_callback_on_writable(n->wsi);
	return 0;
}

static void tls_reason(const char *plain, char *out, size_t cap)
{
	static const char *const needles[] = {
		"hostname mismatch", "certificate", "self signed", "verify", "tls=", "SSL"};

	for (size_t i = 0; i < COUNT_OF(needles); i++) {
		char line[160];
		if (!plain || !strstr(plain, "SSL"))
			break;
		log_last_with(needles[i], line, sizeof line);
		if (*line) {
			snprintf(out, cap, "TLS: %s", line);
			return;
		}
	}
	snprintf(out, cap, "%s", plain ? plain : "cannot connect");
}

static int on_net(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
		  size_t len)
{
	struct sock *n = lws_get_opaque_user_data(wsi);
	char why[200];

	(void)user;
	if (!n || (n->wsi && n->wsi != wsi))
		return 0;
	switch (reason) {
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		snprintf(why, sizeof why, "%.*s", (int)(in ? len : 0), in ? (char *)in : "");
		tls_reason(*why ? why : NULL, why, sizeof why);
		lws_set_opaque_user_data(wsi, NULL);
		ended(n, why);
		return 0;
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
	case LWS_CALLBACK_RAW_CONNECTED:
		n->wsi = wsi;
		if (n->c.kind == SOCK_BYTES && n->c.url.tls)
			return tls_begin(n);
		n->opening = false;
		n->open = true;
		if (n->closing)
			return -1;
		n->c.calls.open(n->c.arg);
		if (n->out)
			lws_callback_on_writable(wsi);
		return n->closing ? -1 : 0;
	case LWS_CALLBACK_CLIENT_RECEIVE:
	case LWS_CALLBACK_RAW_RX:
		return n->closing ? -1 : take(n, wsi, in, len);
	case LWS_CALLBACK_CLIENT_WRITEABLE:
	case LWS_CALLBACK_RAW_WRITEABLE:
		return n->closing ? -1 : flush_all(n);
	case LWS_CALLBACK_CLIENT_CLOSED:
	case LWS_CALLBACK_RAW_CLOSE:
		lws_set_opaque_user_data(wsi, NULL);
		ended(n, "the peer closed the connection");
		return 0;
	case LWS_CALLBACK_WSI_DESTROY: /* whatever was not told by the others */
		lws_set_opaque_user_data(wsi, NULL);
		if (n->opening || n->open)
			ended(n, "the connection ended");
		return 0;
	default:
		return 0;
	}
}

struct sock *net_new(struct loop *l, const struct net_conf *c)
{
	struct sock *n = calloc(1, sizeof *n);

	ASSERT(n);
	n->loop = l;
	n->c = *c;
	if (c->kind == SOCK_WS) {
		n->in = malloc(c->in_max);
		ASSERT(n->in);
	}
	return n;
}

void net_free(struct sock *n)
{
	if (!n)
		return;
	net_close(n);
	out_clear(n);
	free(n->in);
	free(n);
}

bool net_open(struct sock *n, const char *address, struct err *e)
{
	struct lws_client_connect_info i = {0};
	char host[160];

	ASSERT(net_is_idle(n));
	if (n->c.url.port == (n->c.url.tls ? 443 : 80))
		snprintf(host, sizeof host, "%s", n->c.url.host);
	else
		snprintf(host, sizeof host, n->c.url.v6 ? "[%s]:%u" : "%s:%u", n->c.url.host,
			 n->c.url.port);
	i.context = n->loop->ctx;
	i.vhost = n->loop->vhost;
	i.address = address;
	i.port = n->c.url.port;
	i.host = host;
	i.origin = NULL;
	i.path = n->c.path;
	/* 4.1 begins TLS on a raw client before it is connected: such a one is encrypted here. */
	i.ssl_connection = n->c.url.tls && n->c.kind == SOCK_WS ? LCCSCF_USE_SSL : 0;
	i.local_protocol_name = "exeunt-net";
	i.opaque_user_data = n;
	i.pwsi = &n->wsi;
	i.alpn = "http/1.1";
	if (n->c.kind == SOCK_BYTES)
		i.method = "RAW";
	n->why[0] = 0;
	n->opening = true;
	n->wsi = NULL;
	if (!lws_client_connect_via_info(&i) || !n->opening) {
		/* The library may have told the failure by callback already. */
		if (n->opening)
			n->opening = false;
		return err_set(e, ERR_NET, "cannot connect to %s port %u", address, n->c.url.port);
	}
	return true;
}

void net_close(struct sock *n)
{
	struct lws *wsi = n->wsi;

	out_clear(n);
	tls_free(n->tls);
	n->tls = NULL;
	n->in_len = 0;
	n->opening = n->open = n->closing = false;
	n->wsi = NULL;
	if (wsi) {
		lws_set_opaque_user_data(wsi, NULL);
		lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
	}
}

bool net_is_open(const struct sock *n)
{
	return n->open;
}

bool net_is_idle(const struct sock *n)
{
	return !n->open && !n->opening;
}

size_t net_waiting(const struct sock *n)
{
	return n->waiting;
}

/* An urgent message does not wait for the poller: what the socket takes leaves here. A connection
 * that breaks is told later, as always. */
static void write_now(struct sock *n)
{
	if (!lws_send_pipe_choked(n->wsi) && flush_all(n) < 0)
		lws_set_timeout(n->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
}

bool net_send(struct sock *n, const char *p, size_t len, bool urgent)
{
	struct msg *m, **at;

	if (!n->open || n->waiting + len > n->c.out_max)
		return false;
	m = malloc(sizeof *m + LWS_PRE + len);
	if (!m)
		return false;
	m->len = len;
	m->urgent = urgent;
	memcpy(m->bytes + LWS_PRE, p, len);
	at = urgent   ? n->urgent_last ? &n->urgent_last->next : &n->out
	     : n->out ? &n->out_last->next
		      : &n->out;
	m->next = *at;
	*at = m;
	if (!m->next)
		n->out_last = m;
	n->loop->urgent += urgent;
	if (urgent)
		n->urgent_last = m;
	n->waiting += len;
	lws_callback_on_writable(n->wsi);
	if (urgent && n->c.kind == SOCK_WS)
		write_now(n);
	return true;
}
