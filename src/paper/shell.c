/* shell.c: sockets around the paper exchange (shell.h).
 *
 * Here: the loop, load, WebSocket, start and end. HTTP is shell_http.c; connections, and what waits
 * for them, shell_peer.c.
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
#include "paper/shell_in.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	IDLE_MS = 350,		 /* between wake-ups while nobody is connected */
	FLOOD_STEP = 32,	 /* frames of load made at once for a connection */
	FLOOD_AHEAD = 256 << 10, /* bytes: load waits for a reader that is so far behind */
};

struct shell shell;

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
			shell_pump();
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
	shell_pump();
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
void shell_wake(void)
{
	lws_sul_schedule(shell.context, 0, &shell.timer, on_timer, 1);
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
	struct peer *p = shell_peer(wsi);

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
		shell_wake();
	shell_pump();
	return 0;
}

static int ws_receive(struct lws *wsi, const void *bytes, size_t n)
{
	struct peer *p = lws_get_opaque_user_data(wsi);

	if (!p || p->kill)
		return -1;
	if (lws_is_first_fragment(wsi))
		p->in_len = 0;
	if (!shell_gather(p, bytes, n)) {
		shell.conf->log("a message over 4 MiB: the socket was closed");
		return -1;
	}
	if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi) > 0)
		return 0;
	paper_ws_text(shell.paper, p->conn, p->in, p->in_len, shell_now_ms());
	p->in_len = 0;
	shell_pump();
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
		return shell_http_start(wsi, in);
	case LWS_CALLBACK_HTTP_BODY:
		p = lws_get_opaque_user_data(wsi);
		if (p && !p->too_large)
			(void)shell_gather(p, in, len);
		return p ? 0 : -1;
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		return shell_http_body_done(wsi);
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return shell_http_write(wsi);
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
		shell_peer_free(wsi);
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
