/* shell.c: sockets around the paper exchange (shell.h).
 *
 * One thread: libwebsockets waits, requests go into the core as bytes, a timer drives its blocks,
 * and after each call what the core has to say is queued to the connections.
 *
 *   HTTP   headers -> body (bounded) -> paper_http -> [answer] -> headers out -> body out -> next
 *   WS     open -> frames (joined, bounded) -> paper_ws_text;  [texts] -> queue (bounded) -> out
 *
 * Invariants:
 * 1. Every answer belongs to a connection number; numbers are never used twice, so an answer for a
 *    client that has gone is dropped, never given to another.
 * 2. Memory per connection is bounded: body and frame by IN_MAX, what waits by OUT_MAX, and what
 *    waits for all together by ALL_MAX. A client that does not read is closed; when all together
 *    are too slow, the one that is furthest behind.
 * 3. The venue's habits: no compression, no greeting, no ping of its own, close without a close
 *    frame. */
#include "paper/shell.h"

#include <arpa/inet.h>
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/check.h"

enum {
	PEERS_MAX = 256,    /* connections at once */
	IN_MAX = 4 << 20,   /* bytes of one body or message */
	OUT_MAX = 4 << 20,  /* bytes waiting for one connection */
	ALL_MAX = 64 << 20, /* and for all of them */
	CHUNK = 32768,	    /* bytes of a body written at once */
	PATH_TEXT = 256,
	IDLE_MS = 350,		 /* between wake-ups while nobody is connected */
	FLOOD_STEP = 32,	 /* frames of load made at once for a connection */
	FLOOD_AHEAD = 256 << 10, /* bytes: load waits for a reader that is so far behind */
};

struct msg {
	struct msg *next;
	size_t len;
	unsigned char bytes[]; /* LWS_PRE, then the text */
};

struct peer {
	struct lws *wsi;
	struct peer *next, **link;
	uint64_t conn; /* of the request in hand, or of the socket; 0: none */
	bool ws, kill, too_large;
	char ip[64], path[PATH_TEXT], type[PATH_TEXT], method[8];
	char *in;
	size_t in_len, in_cap;
	struct msg *first, **last;
	size_t out_bytes;
	/* the HTTP answer */
	bool answering, head_sent;
	bool body_done; /* of the request in hand */
	int status;
	char out_type[PATH_TEXT];
	size_t sent;
};

static struct {
	const struct shell_conf *conf;
	struct paper *paper;
	struct lws_context *context;
	lws_sorted_usec_list_t timer;
	struct peer *peers;
	unsigned n_peers;
	size_t out_bytes; /* sum of those of the peers */
	uint64_t next_conn;
	/* load: what is due; of a burst; since the last line of the log */
	int64_t flood_us, flood_told_ms;
	double flood_due;
	uint64_t burst_left, flood_made, flood_behind;
	pid_t parent;
} shell;

static volatile sig_atomic_t stop_signal;

static void on_signal(int sig)
{
	stop_signal = sig;
}

int64_t shell_now_ms(void)
{
	static int64_t last;
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	int64_t now = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;

	if (now > last)
		last = now;
	return last;
}

bool shell_parse_listen(struct shell_conf *conf, const char *text, char mem[64], struct err *e)
{
	const char *colon = strrchr(text, ':');
	size_t n = colon ? (size_t)(colon - text) : 0;
	struct in_addr v4;
	struct in6_addr v6;
	char *end = NULL;

	if (!colon || n == 0 || n >= 64)
		return err_set(e, ERR_ARG, "--listen '%.80s': expected HOST:PORT as 127.0.0.1:0",
			       text);
	long port = strtol(colon + 1, &end, 10);

	if (colon[1] < '0' || colon[1] > '9' || *end || port > 65535)
		return err_set(e, ERR_ARG, "--listen '%.80s': the port is 0 to 65535", text);
	if (text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	memcpy(mem, text, n);
	mem[n] = '\0';
	bool loop4 = inet_pton(AF_INET, mem, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127;
	bool loop6 = inet_pton(AF_INET6, mem, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);

	if (!loop4 && !loop6)
		return err_set(e, ERR_ARG,
			       "--listen '%.80s': only loopback addresses, 127.0.0.0/8 or [::1]",
			       mem);
	conf->host = mem;
	conf->port = (int)port;
	return true;
}

/* --- connections --- */

static struct peer *peer_of(struct lws *wsi)
{
	struct peer *p = lws_get_opaque_user_data(wsi);

	if (p)
		return p;
	if (shell.n_peers >= PEERS_MAX || !(p = calloc(1, sizeof *p)))
		return NULL;
	p->wsi = wsi;
	p->last = &p->first;
	lws_get_peer_simple(wsi, p->ip, sizeof p->ip);
	/* A v4 client of a dual socket: limits go by the v4 name. */
	if (strncmp(p->ip, "::ffff:", 7) == 0)
		memmove(p->ip, p->ip + 7, strlen(p->ip + 7) + 1);
	p->next = shell.peers;
	p->link = &shell.peers;
	if (p->next)
		p->next->link = &p->next;
	shell.peers = p;
	shell.n_peers++;
	lws_set_opaque_user_data(wsi, p);
	return p;
}

static void drop_out(struct peer *p)
{
	while (p->first) {
		struct msg *m = p->first;

		p->first = m->next;
		free(m);
	}
	p->last = &p->first;
	shell.out_bytes -= p->out_bytes;
	p->out_bytes = 0;
}

static void peer_free(struct lws *wsi)
{
	struct peer *p = lws_get_opaque_user_data(wsi);

	if (!p)
		return;
	lws_set_opaque_user_data(wsi, NULL);
	*p->link = p->next;
	if (p->next)
		p->next->link = p->link;
	shell.n_peers--;
	drop_out(p);
	free(p->in);
	free(p);
}

static struct peer *peer_find(uint64_t conn)
{
	for (struct peer *p = shell.peers; p; p = p->next)
		if (p->conn == conn)
			return p;
	return NULL;
}

static void peer_kill(struct peer *p)
{
	p->kill = true;
	lws_set_timeout(p->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
}

static bool peer_gather(struct peer *p, const void *bytes, size_t n)
{
	if (p->in_len + n > IN_MAX) {
		p->too_large = true;
		return false;
	}
	if (p->in_len + n + 1 > p->in_cap) {
		size_t cap = p->in_cap ? p->in_cap : 4096;

		while (cap < p->in_len + n + 1)
			cap *= 2;
		char *more = realloc(p->in, cap);

		if (!more)
			return false;
		p->in = more;
		p->in_cap = cap;
	}
	if (n > 0)
		memcpy(p->in + p->in_len, bytes, n);
	p->in_len += n;
	p->in[p->in_len] = '\0';
	return true;
}

static void close_slow(struct peer *p)
{
	shell.conf->log("a client that does not read was closed");
	peer_kill(p);
	drop_out(p);
}

/* Room for `len` more bytes over all; the one that is furthest behind pays for it. */
static void make_room(size_t len)
{
	while (shell.out_bytes > 0 && shell.out_bytes + len > ALL_MAX) {
		struct peer *most = shell.peers;

		for (struct peer *p = shell.peers; p; p = p->next)
			if (p->out_bytes > most->out_bytes)
				most = p;
		close_slow(most);
	}
}

static bool peer_queue(struct peer *p, const char *bytes, size_t len)
{
	if (p->out_bytes + len > OUT_MAX)
		return false;
	make_room(len);
	if (p->kill)
		return false;
	struct msg *m = malloc(sizeof *m + LWS_PRE + len);

	if (!m)
		return false;
	m->next = NULL;
	m->len = len;
	memcpy(m->bytes + LWS_PRE, bytes, len);
	*p->last = m;
	p->last = &m->next;
	p->out_bytes += len;
	shell.out_bytes += len;
	return true;
}

/* --- what the core says --- */

static void deliver(const struct paper_out *o)
{
	struct peer *p = peer_find(o->conn);

	if (!p || p->kill)
		return;
	switch (o->kind) {
	case PAPER_OUT_CLOSE:
		peer_kill(p);
		break;
	case PAPER_OUT_TEXT:
		if (!p->ws)
			break;
		if (!peer_queue(p, o->bytes, o->len)) {
			close_slow(p);
			break;
		}
		lws_callback_on_writable(p->wsi);
		break;
	case PAPER_OUT_HTTP:
		if (p->ws || p->answering)
			break;
		if (!peer_queue(p, o->bytes, o->len)) {
			close_slow(p);
			break;
		}
		p->answering = true;
		p->head_sent = false;
		p->sent = 0;
		p->status = o->status;
		snprintf(p->out_type, sizeof p->out_type, "%s",
			 o->type ? o->type : "application/json");
		lws_callback_on_writable(p->wsi);
		break;
	}
}

static void pump(void)
{
	struct paper_out o;

	while (paper_next(shell.paper, &o))
		deliver(&o);
}

/* What the venue did by its scenario, for the log. */
static void tell_notes(void)
{
	struct paper_note n;
	char text[256];

	while (paper_note(shell.paper, &n)) {
		snprintf(text, sizeof text, "t+%lld.%03lld %s%s", (long long)n.market_ms / 1000,
			 (long long)n.market_ms % 1000, n.ok ? "" : "REFUSED ", n.text);
		shell.conf->log(text);
	}
}

static uint32_t flood_peers(uint32_t n)
{
	uint32_t made = 0, before;

	do {
		before = made;
		for (struct peer *p = shell.peers; p && made < n; p = p->next) {
			uint32_t want = n - made < FLOOD_STEP ? n - made : FLOOD_STEP;

			if (!p->ws || p->kill || p->out_bytes > FLOOD_AHEAD)
				continue;
			made += paper_flood(shell.paper, p->conn, want);
			pump();
		}
	} while (made < n && made > before);
	return made;
}

/* Load (paper_flood): a rate is kept to the clock, and what nobody can take is not made up later; a
 * burst goes as fast as it is read. */
static void flood(int64_t now_ms)
{
	int64_t now_us = lws_now_usecs(), gone = shell.flood_us ? now_us - shell.flood_us : 0;
	uint32_t rate = paper_flood_rate(shell.paper), due, made;

	shell.flood_us = now_us;
	shell.burst_left += paper_burst_take(shell.paper);
	shell.flood_due = rate ? shell.flood_due + (double)rate * 1e-6 * (double)gone : 0;
	due = (uint32_t)shell.flood_due;
	made = due ? flood_peers(due) : 0;
	shell.flood_due -= due;
	shell.flood_behind += due - made;
	shell.flood_made += made;
	if (shell.burst_left) {
		made = flood_peers(shell.burst_left < 4096 ? (uint32_t)shell.burst_left : 4096);
		shell.burst_left -= made;
		shell.flood_made += made;
	}
	if (now_ms - shell.flood_told_ms < 1000 || (!shell.flood_made && !shell.flood_behind))
		return;
	char text[160];

	snprintf(text, sizeof text,
		 "flood: %llu messages in %lld ms, %llu not taken, %llu of a burst left",
		 (unsigned long long)shell.flood_made, (long long)(now_ms - shell.flood_told_ms),
		 (unsigned long long)shell.flood_behind, (unsigned long long)shell.burst_left);
	shell.conf->log(text);
	shell.flood_told_ms = now_ms;
	shell.flood_made = shell.flood_behind = 0;
}

static bool flooding(void)
{
	return shell.n_peers > 0 && (shell.burst_left > 0 || paper_flood_rate(shell.paper) > 0);
}

static void on_timer(lws_sorted_usec_list_t *timer)
{
	int64_t now = shell_now_ms(), next;

	paper_advance(shell.paper, now);
	if (shell.conf->tick)
		shell.conf->tick(shell.conf->tick_ctx);
	pump();
	flood(now);
	tell_notes();
	if (shell.conf->die_with_parent && getppid() != shell.parent)
		stop_signal = SIGTERM;
	next = paper_deadline(shell.paper) - shell_now_ms();
	if (shell.n_peers == 0 && next < IDLE_MS)
		next = IDLE_MS;
	next = next < 1 || flooding() ? 1 : next > 1000 ? 1000 : next;
	lws_sul_schedule(shell.context, 0, timer, on_timer, next * LWS_US_PER_MS);
}

/* The first client after an idle spell must not wait for the slow timer. */
static void wake(void)
{
	lws_sul_schedule(shell.context, 0, &shell.timer, on_timer, 1);
}

/* --- HTTP --- */

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

static int http_start(struct lws *wsi, const char *path)
{
	struct peer *p = peer_of(wsi);
	bool post = lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI) > 0;

	if (!p)
		return -1;
	drop_out(p);
	p->in_len = 0;
	p->too_large = p->answering = p->body_done = false;
	p->conn = ++shell.next_conn;
	snprintf(p->path, sizeof p->path, "%s", path ? path : "/");
	snprintf(p->method, sizeof p->method, "%s", post ? "POST" : "GET");
	if (lws_hdr_copy(wsi, p->type, sizeof p->type, WSI_TOKEN_HTTP_CONTENT_TYPE) < 0)
		p->type[0] = '\0';
	if (shell.n_peers == 1)
		wake();
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
		pump();
	}
	return 0;
}

static int http_body_done(struct lws *wsi)
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

		deliver(&o);
		return 0;
	}
	paper_http(shell.paper, p->conn, p->ip, p->method, p->path, p->type[0] ? p->type : NULL,
		   p->in ? p->in : "", p->in_len, shell_now_ms());
	pump();
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

static int http_write(struct lws *wsi)
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
	drop_out(p);
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

/* --- WebSocket --- */

static int ws_filter(struct lws *wsi)
{
	char path[PATH_TEXT];

	if (lws_hdr_copy(wsi, path, sizeof path, WSI_TOKEN_GET_URI) < 0)
		return -1;
	return strcmp(path, "/ws") == 0 ? 0 : -1;
}

static int ws_open(struct lws *wsi)
{
	struct peer *p = peer_of(wsi);

	if (!p)
		return -1;
	p->ws = true;
	p->in_len = 0;
	p->conn = ++shell.next_conn;
	if (!paper_ws_open(shell.paper, p->conn, p->ip, shell_now_ms())) {
		p->conn = 0;
		return -1;
	}
	if (shell.n_peers == 1)
		wake();
	pump();
	return 0;
}

static int ws_receive(struct lws *wsi, const void *bytes, size_t n)
{
	struct peer *p = lws_get_opaque_user_data(wsi);

	if (!p || p->kill)
		return -1;
	if (lws_is_first_fragment(wsi))
		p->in_len = 0;
	if (!peer_gather(p, bytes, n)) {
		shell.conf->log("a message over 4 MiB: the socket was closed");
		return -1;
	}
	if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi) > 0)
		return 0;
	paper_ws_text(shell.paper, p->conn, p->in, p->in_len, shell_now_ms());
	p->in_len = 0;
	pump();
	return p->kill ? -1 : 0;
}

static int ws_write(struct lws *wsi)
{
	struct peer *p = lws_get_opaque_user_data(wsi);

	if (!p || p->kill)
		return -1;
	/* Until the kernel's buffer is full; lws asks to stop then. */
	while (p->first && !lws_send_pipe_choked(wsi)) {
		struct msg *m = p->first;
		int wrote = lws_write(wsi, m->bytes + LWS_PRE, m->len, LWS_WRITE_TEXT);

		if (wrote < 0)
			return -1;
		p->first = m->next;
		if (!p->first)
			p->last = &p->first;
		p->out_bytes -= m->len;
		shell.out_bytes -= m->len;
		free(m);
	}
	if (p->first)
		lws_callback_on_writable(wsi);
	return 0;
}

static int callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
		    size_t len)
{
	struct peer *p;

	(void)user;
	switch (reason) {
	case LWS_CALLBACK_HTTP:
		return http_start(wsi, in);
	case LWS_CALLBACK_HTTP_BODY:
		p = lws_get_opaque_user_data(wsi);
		if (p && !p->too_large)
			(void)peer_gather(p, in, len);
		return p ? 0 : -1;
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		return http_body_done(wsi);
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return http_write(wsi);
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
		return ws_filter(wsi);
	case LWS_CALLBACK_ESTABLISHED:
		return ws_open(wsi);
	case LWS_CALLBACK_RECEIVE:
		return ws_receive(wsi, in, len);
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return ws_write(wsi);
	case LWS_CALLBACK_CLOSED:
		p = lws_get_opaque_user_data(wsi);
		if (p && p->conn)
			paper_ws_closed(shell.paper, p->conn, shell_now_ms());
		if (p)
			p->conn = 0;
		return 0;
	case LWS_CALLBACK_WSI_DESTROY:
		peer_free(wsi);
		return 0;
	default:
		return 0;
	}
}

/* --- start and end --- */

static const struct lws_protocols protocols[] = {
	{.name = "hyperliquid", .callback = callback, .rx_buffer_size = 65536},
	{0},
};

static void lws_line(int level, const char *line)
{
	(void)level;
	shell.conf->log(line);
}

static void print_ready(int port)
{
	const struct shell_conf *c = shell.conf;
	char host[80];

	snprintf(host, sizeof host, strchr(c->host, ':') ? "[%s]" : "%s", c->host);
	printf("{\"ready\":true,\"host\":\"%s\",\"port\":%d,\"url\":\"http%s://%s:%d\","
	       "\"ws\":\"ws%s://%s:%d/ws\",\"pid\":%ld,\"seed\":%llu,\"scenario\":\"%s\"}\n",
	       c->host, port, c->cert ? "s" : "", host, port, c->cert ? "s" : "", host, port,
	       (long)getpid(), (unsigned long long)c->seed,
	       c->scenario ? c->scenario->name : "calm");
	fflush(stdout);
}

static void catch_signals(void)
{
	struct sigaction a = {.sa_handler = on_signal};

	sigemptyset(&a.sa_mask);
	sigaction(SIGTERM, &a, NULL);
	sigaction(SIGINT, &a, NULL);
	a.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &a, NULL);
}

bool shell_run(const struct shell_conf *conf, struct paper *paper, struct err *e)
{
	struct lws_context_creation_info info = {0};

	shell.conf = conf;
	shell.paper = paper;
	shell.parent = getppid();
	catch_signals();
	lws_set_log_level(LLL_ERR | LLL_WARN, lws_line);
	info.iface = conf->host;
	info.port = conf->port;
	info.protocols = protocols;
	info.fd_limit_per_thread = PEERS_MAX + 64;
	info.keepalive_timeout = 75;
	info.timeout_secs = 20;
	info.server_string = "exeunt-paper";
	info.alpn = "http/1.1";
	info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	/* With IPv6 on, 4.1.6 binds the wildcard for a v4 address. */
	if (!strchr(conf->host, ':'))
		info.options |= LWS_SERVER_OPTION_DISABLE_IPV6;
	if (conf->cert)
		info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	info.ssl_cert_filepath = conf->cert;
	info.ssl_private_key_filepath = conf->key;
	shell.context = lws_create_context(&info);
	if (!shell.context)
		return err_set(e, ERR_NET, "libwebsockets did not start");
	struct lws_vhost *vh = lws_create_vhost(shell.context, &info);
	int port = vh ? lws_get_vhost_listen_port(vh) : -1;

	if (!vh || port <= 0) {
		lws_context_destroy(shell.context);
		return err_set(e, ERR_NET, "cannot listen on %s port %d%s", conf->host, conf->port,
			       conf->cert ? " (or certificate and key do not load)" : "");
	}
	if (conf->ready_json)
		print_ready(port);
	else
		fprintf(stderr, "exeunt-paper: http%s://%s:%d\n", conf->cert ? "s" : "", conf->host,
			port);
	on_timer(&shell.timer);
	while (!stop_signal && lws_service(shell.context, 0) >= 0)
		;
	lws_sul_schedule(shell.context, 0, &shell.timer, on_timer, LWS_SET_TIMER_USEC_CANCEL);
	lws_context_destroy(shell.context);
	return true;
}
