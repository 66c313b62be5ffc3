/* t_paper_shell.c: exeunt-paper as a program: its port, HTTP, WebSocket framing, signals. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"
#include "tests/run.h"

enum { WAIT_MS = 15000, BIG = 1 << 20 };

static char answer[BIG];

struct child {
	pid_t pid;
	int out, port;
	char line[1024];
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static const char *program(void)
{
	static char path[4096];
	const char *top = getenv("abs_top_builddir");

	snprintf(path, sizeof path, "%s/exeunt-paper", top ? top : ".");
	return path;
}

/* Waits for bytes; -1: nothing came in time. */
static ssize_t read_soon(int fd, void *to, size_t n)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, WAIT_MS) > 0 ? read(fd, to, n) : -1;
}

static struct child start(const char *const *more)
{
	const char *argv[32] = {program(), "--listen", "127.0.0.1:0", "--ready-json",
				"--seed",  "5",	       "--log",	      "/dev/null"};
	struct child c = {.port = -1};
	int io[2], n = 8;

	while (more && *more)
		argv[n++] = *more++;
	ASSERT(pipe(io) == 0);
	c.pid = fork();
	ASSERT(c.pid >= 0);
	if (c.pid == 0) {
		dup2(io[1], 1);
		close(io[0]);
		close(io[1]);
		execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(io[1]);
	c.out = io[0];
	size_t len = 0;

	while (len + 1 < sizeof c.line && !strchr(c.line, '\n')) {
		ssize_t got = read_soon(c.out, c.line + len, sizeof c.line - 1 - len);

		if (got <= 0)
			break;
		len += (size_t)got;
	}
	const char *port = strstr(c.line, "\"port\":");

	if (port)
		c.port = (int)strtol(port + 7, NULL, 10);
	return c;
}

/* Exit status, or -1 if it had to be killed. */
static int ended(pid_t pid)
{
	int status = 0;

	for (int64_t end = now_ms() + WAIT_MS; now_ms() < end;) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
		poll(NULL, 0, 5);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return -1;
}

static int stop(struct child *c, int sig)
{
	close(c->out);
	kill(c->pid, sig);
	return ended(c->pid);
}

static int dial(const struct child *c)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)c->port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ASSERT(fd >= 0);
	if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static void put(int fd, const void *bytes, size_t n)
{
	const char *p = bytes;

	while (n > 0) {
		ssize_t w = send(fd, p, n, MSG_NOSIGNAL);

		if (w <= 0)
			return;
		p += w;
		n -= (size_t)w;
	}
}

static void put_text(int fd, const char *text)
{
	put(fd, text, strlen(text));
}

/* One HTTP answer (Content-Length); the status, or -1. The body stays in `answer`. */
static int get_answer(int fd)
{
	size_t len = 0, head = 0, want = 0;

	for (;;) {
		ssize_t got = read_soon(fd, answer + len, sizeof answer - 1 - len);

		if (got <= 0)
			return -1;
		len += (size_t)got;
		answer[len] = '\0';
		const char *end = strstr(answer, "\r\n\r\n");

		if (end && head == 0) {
			const char *cl = strstr(answer, "ontent-length: ");

			head = (size_t)(end - answer) + 4;
			want = cl && cl < end ? strtoul(cl + 15, NULL, 10) : 0;
		}
		if (head && len >= head + want)
			break;
	}
	int status = (int)strtol(answer + 9, NULL, 10);

	memmove(answer, answer + head, want);
	answer[want] = '\0';
	return status;
}

static int post(int fd, const char *path, const char *body)
{
	char head[300];

	snprintf(head, sizeof head,
		 "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
		 "Accept-Encoding: gzip, br\r\nContent-Length: %zu\r\n\r\n",
		 path, strlen(body));
	put_text(fd, head);
	put_text(fd, body);
	return get_answer(fd);
}

TEST(listens_on_loopback_only)
{
	static const char *const bad[] = {"0.0.0.0:0",	    "192.168.1.1:0", "[::]:0",
					  "localhost:0",    "127.0.0.1",     "127.0.0.1:x",
					  "127.0.0.1:70000"};

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		pid_t pid = fork();

		ASSERT(pid >= 0);
		if (pid == 0) {
			int null = open("/dev/null", O_WRONLY);

			dup2(null, 2);
			execl(program(), program(), "--listen", bad[i], (char *)NULL);
			_exit(127);
		}
		CHECK_INT(ended(pid), 2);
	}
	struct child c = start(NULL);

	CHECK(c.port > 0);
	CHECK(strstr(c.line, "\"url\":\"http://127.0.0.1:") != NULL);
	/* The same port at another address of this machine must be closed: nobody listens on *. */
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)c.port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, "127.0.0.77", &a.sin_addr);
	CHECK(connect(fd, (struct sockaddr *)&a, sizeof a) != 0 && errno == ECONNREFUSED);
	close(fd);
	CHECK_INT(stop(&c, SIGTERM), 0);
}

TEST(http)
{
	struct child c = start(NULL);
	int fd = dial(&c);

	REQUIRE(fd >= 0);
	/* Several requests on one connection. */
	CHECK_INT(post(fd, "/info", "{\"type\":\"meta\"}"), 200);
	CHECK(strstr(answer, "\"name\":\"BTC\"") != NULL);
	CHECK_INT(post(fd, "/info", "{\"type\":\"allMids\"}"), 200);
	CHECK(strstr(answer, "\"BTC\":\"") != NULL);
	CHECK_INT(post(fd, "/info", "{nonsense"), 400);
	CHECK_INT(post(fd, "/info", "{\"type\":\"nonsense\"}"), 422);
	CHECK_INT(post(fd, "/nowhere", "{}"), 404);
	/* A body of 1.5 MB in small pieces. */
	char *big = malloc(1500001);

	ASSERT(big);
	memset(big, ' ', 1500000);
	memcpy(big, "{\"type\":\"meta\"", 14);
	big[1499999] = '}';
	big[1500000] = '\0';
	CHECK_INT(post(fd, "/info", big), 200);
	free(big);
	/* A body that would have to be guessed. */
	put_text(fd, "POST /info HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
		     "2\r\n{}\r\n0\r\n\r\n");
	CHECK_INT(get_answer(fd), 411);
	close(fd);
	CHECK_INT(stop(&c, SIGINT), 0);
}

/* Two requests in the same bytes made the library report one body for ever: the client is let go,
 * the venue lives on. A clock step of a thousand years is refused. */
TEST(hostile_http)
{
	static const char one[] =
		"POST /info HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
		"Content-Length: 18\r\n\r\n{\"type\":\"allMids\"}";
	struct child c = start(NULL);
	int fd = dial(&c);

	REQUIRE(fd >= 0);
	put(fd, one, sizeof one - 1);
	CHECK_INT(get_answer(fd), 200);
	for (int i = 0; i < 3; i++) {
		int two = dial(&c);
		char both[2 * sizeof one];

		REQUIRE(two >= 0);
		snprintf(both, sizeof both, "%s%s", one, one);
		put(two, both, strlen(both));
		CHECK_INT(post(fd, "/info", "{\"type\":\"meta\"}"), 200);
		close(two);
	}
	CHECK_INT(post(fd, "/paper", "{\"clock\":9007199254740992}"), 400);
	CHECK_INT(post(fd, "/paper", "{\"clock\":-9007199254740992}"), 400);
	CHECK_INT(post(fd, "/paper", "{\"clock\":1000}"), 200);
	for (int i = 0; i < 2; i++)
		CHECK_INT(post(fd, "/paper",
			       "{\"fund\":\"0x3333333333333333333333333333333333333333\","
			       "\"usd\":\"92233720368\"}"),
			  400);
	close(fd);
	CHECK_INT(stop(&c, SIGTERM), 0);
}

/* A length that cannot be is answered at once, without waiting for a body. */
TEST(absurd_lengths)
{
	static const struct {
		const char *length;
		int status;
	} rows[] = {{"-5", 400},
		    {"12x", 400},
		    {"0x10", 400},
		    {"4194305", 413},
		    {"99999999999999999999", 413},
		    {"9999999999999999999999999999999999999999", 400}};
	struct child c = start(NULL);

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char head[200];
		int fd = dial(&c);

		REQUIRE(fd >= 0);
		snprintf(head, sizeof head,
			 "POST /info HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
			 "Content-Length: %s\r\n\r\n",
			 rows[i].length);
		put_text(fd, head);
		CHECK_INT(get_answer(fd), rows[i].status);
		close(fd);
	}
	CHECK_INT(stop(&c, SIGTERM), 0);
}

/* --- WebSocket, by hand --- */

static int ws_dial(const struct child *c, const char *path)
{
	char head[400];
	size_t len = 0;
	int fd = dial(c);

	if (fd < 0)
		return -1;
	snprintf(head, sizeof head,
		 "GET %s HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
		 "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n",
		 path);
	put_text(fd, head);
	/* Byte by byte, so that no frame is swallowed. */
	while (len < sizeof answer - 1 && !(len > 4 && !memcmp(answer + len - 4, "\r\n\r\n", 4))) {
		if (read_soon(fd, answer + len, 1) <= 0)
			break;
		len++;
	}
	answer[len] = '\0';
	if (strncmp(answer, "HTTP/1.1 101", 12) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static void ws_put(int fd, const char *text, size_t n, int opcode, bool fin)
{
	unsigned char head[14] = {(unsigned char)((fin ? 0x80 : 0) | opcode)},
		      mask[4] = {1, 2, 3, 4};
	size_t h = 2;

	if (n < 126) {
		head[1] = (unsigned char)(0x80 | n);
	} else if (n < 65536) {
		head[1] = 0x80 | 126;
		head[2] = (unsigned char)(n >> 8);
		head[3] = (unsigned char)n;
		h = 4;
	} else {
		head[1] = 0x80 | 127;
		for (int i = 0; i < 8; i++)
			head[2 + i] = (unsigned char)((uint64_t)n >> (56 - 8 * i));
		h = 10;
	}
	memcpy(head + h, mask, 4);
	put(fd, head, h + 4);
	char *masked = malloc(n + 1);

	ASSERT(masked);
	for (size_t i = 0; i < n; i++)
		masked[i] = (char)(text[i] ^ mask[i % 4]);
	put(fd, masked, n);
	free(masked);
}

static bool read_all(int fd, void *to, size_t n)
{
	char *p = to;

	while (n > 0) {
		ssize_t got = read_soon(fd, p, n);

		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
	}
	return true;
}

/* The next frame into `answer`; its opcode, -1 at the end of the stream. */
static int ws_get(int fd)
{
	unsigned char head[10];
	uint64_t n;

	if (!read_all(fd, head, 2))
		return -1;
	n = head[1] & 0x7f;
	if (n == 126) {
		if (!read_all(fd, head + 2, 2))
			return -1;
		n = (uint64_t)head[2] << 8 | head[3];
	} else if (n == 127) {
		if (!read_all(fd, head + 2, 8))
			return -1;
		n = 0;
		for (int i = 0; i < 8; i++)
			n = n << 8 | head[2 + i];
	}
	if (n >= sizeof answer || !read_all(fd, answer, n))
		return -1;
	answer[n] = '\0';
	return (head[0] & 0x0f) | (head[0] & 0x40 ? 0x40 : 0);
}

/* Reads until a text holds `what`; false at the end of the stream. */
static bool ws_until(int fd, const char *what)
{
	for (int i = 0; i < 200; i++) {
		int op = ws_get(fd);

		if (op < 0)
			return false;
		CHECK_INT(op, 1); /* never compressed, never binary, no ping */
		if (strstr(answer, what))
			return true;
	}
	return false;
}

static const char sub_book[] =
	"{\"method\":\"subscribe\",\"subscription\":{\"type\":\"l2Book\",\"coin\":\"BTC\"}}";

TEST(websocket)
{
	struct child c = start(NULL);

	CHECK_INT(ws_dial(&c, "/other"), -1);
	int fd = ws_dial(&c, "/ws");

	REQUIRE(fd >= 0);
	CHECK(strstr(answer, "xtensions") == NULL); /* the offer of compression is declined */
	ws_put(fd, "{\"method\":\"ping\"}", 17, 1, true);
	CHECK(ws_until(fd, "pong"));
	/* One message in three frames, with a ping in between. */
	ws_put(fd, sub_book, 20, 1, false);
	ws_put(fd, sub_book + 20, 20, 0, false);
	ws_put(fd, sub_book + 40, sizeof sub_book - 1 - 40, 0, true);
	CHECK(ws_until(fd, "subscriptionResponse"));
	CHECK(ws_until(fd, "\"levels\""));
	/* A message of 300 kB. */
	char *big = malloc(300001);

	ASSERT(big);
	memset(big, ' ', 300000);
	memcpy(big, "{\"method\":\"ping\"", 16);
	big[299999] = '}';
	ws_put(fd, big, 300000, 1, true);
	CHECK(ws_until(fd, "pong"));
	free(big);
	close(fd);
	/* An unknown coin kills the socket, without a close frame. */
	fd = ws_dial(&c, "/ws");
	REQUIRE(fd >= 0);
	static const char bad[] = "{\"method\":\"subscribe\",\"subscription\":{\"type\":\"l2Book\","
				  "\"coin\":\"NOSUCH\"}}";

	ws_put(fd, bad, sizeof bad - 1, 1, true);
	int op = 1;

	while (op == 1)
		op = ws_get(fd);
	CHECK_INT(op, -1);
	close(fd);
	/* Bytes that are no UTF-8 are not given back in a text frame. */
	fd = ws_dial(&c, "/ws");
	REQUIRE(fd >= 0);
	ws_put(fd, "{\"method\":\"\xff\"}", 14, 1, true);
	CHECK_INT(ws_get(fd), -1);
	close(fd);
	/* And the venue lives on. */
	fd = dial(&c);
	CHECK_INT(post(fd, "/info", "{\"type\":\"meta\"}"), 200);
	close(fd);
	CHECK_INT(stop(&c, SIGTERM), 0);
}

TEST(slow_reader)
{
	struct child c = start(NULL);
	int fd = ws_dial(&c, "/ws"), other = dial(&c);

	REQUIRE(fd >= 0 && other >= 0);
	ws_put(fd, sub_book, sizeof sub_book - 1, 1, true);
	/* 3,000 requests for a book, no answer read: others are still served. */
	static const char ask[] = "{\"method\":\"post\",\"id\":1,\"request\":{\"type\":\"info\","
				  "\"payload\":{\"type\":\"l2Book\",\"coin\":\"BTC\"}}}";

	for (int i = 0; i < 500; i++)
		ws_put(fd, ask, sizeof ask - 1, 1, true);
	CHECK_INT(post(other, "/info", "{\"type\":\"exchangeStatus\"}"), 200);
	close(fd);
	close(other);
	CHECK_INT(stop(&c, SIGTERM), 0);
}

/* An hour of venue time takes seconds: meanwhile others are served, and the answer comes when the
 * venue is there. A socket that reads nothing of that hour is closed when 4 MiB wait for it. */
TEST(an_hour_at_once)
{
	static const char step[] =
		"POST /paper HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
		"Content-Length: 17\r\n\r\n{\"clock\":3600000}";
	static const char *const subs[] = {
		"{\"method\":\"subscribe\",\"subscription\":{\"type\":\"l2Book\",\"coin\":\"BTC\"}"
		"}",
		"{\"method\":\"subscribe\",\"subscription\":{\"type\":\"l2Book\",\"coin\":\"BTC\","
		"\"fast\":true}}",
		"{\"method\":\"subscribe\",\"subscription\":{\"type\":\"l2Book\",\"coin\":\"ETH\","
		"\"fast\":true}}",
		"{\"method\":\"subscribe\",\"subscription\":{\"type\":\"l2Book\",\"coin\":\"SOL\","
		"\"fast\":true}}",
		"{\"method\":\"subscribe\",\"subscription\":{\"type\":\"activeAssetCtx\",\"coin\":"
		"\"BTC\"}}",
	};
	struct child c = start(NULL);
	size_t got = 0;
	ssize_t n;
	int fd = dial(&c), other = dial(&c), deaf = ws_dial(&c, "/ws");
	struct pollfd p = {.fd = fd, .events = POLLIN};

	REQUIRE(fd >= 0 && other >= 0 && deaf >= 0);
	for (size_t i = 0; i < COUNT_OF(subs); i++)
		ws_put(deaf, subs[i], strlen(subs[i]), 1, true);
	put(fd, step, sizeof step - 1);
	/* Served between slices: the first of them finds the step under way. */
	CHECK_INT(post(other, "/paper", "{\"clock\":3600000}"), 400);
	CHECK(strstr(answer, "one large step at a time") != NULL);
	CHECK_INT(poll(&p, 1, 0), 0);
	CHECK_INT(post(other, "/info", "{\"type\":\"exchangeStatus\"}"), 200);
	for (int i = 0; i < 8 && poll(&p, 1, WAIT_MS) == 0; i++)
		;
	CHECK_INT(get_answer(fd), 200);
	for (p.fd = deaf; poll(&p, 1, WAIT_MS) > 0; got += (size_t)n)
		if ((n = read(deaf, answer, sizeof answer)) <= 0)
			break;
	printf("  %zu bytes of an hour came before the end\n", got);
	CHECK(p.revents != 0); /* the end, not silence */
	close(deaf);
	close(fd);
	close(other);
	CHECK_INT(stop(&c, SIGTERM), 0);
}

TEST(dies_with_its_parent)
{
	int io[2];
	char port[64] = "";

	ASSERT(pipe(io) == 0);
	pid_t middle = fork();

	ASSERT(middle >= 0);
	if (middle == 0) {
		static const char *const more[] = {"--die-with-parent", NULL};
		struct child c = start(more);
		char text[64];
		int n = snprintf(text, sizeof text, "%d\n", c.port);

		_exit(write(io[1], text, (size_t)n) == n ? 0 : 1);
	}
	close(io[1]);
	CHECK(read_soon(io[0], port, sizeof port - 1) > 0);
	close(io[0]);
	CHECK_INT(ended(middle), 0);
	struct child c = {.port = (int)strtol(port, NULL, 10)};
	int fd = 0;

	REQUIRE(c.port > 0);
	for (int64_t end = now_ms() + WAIT_MS; fd >= 0 && now_ms() < end;) {
		fd = dial(&c);
		if (fd >= 0)
			close(fd);
		poll(NULL, 0, 10);
	}
	CHECK(fd < 0);
}

TEST(accounts)
{
	static const char *const more[] = {
		"--fund",     "0x1111111111111111111111111111111111111111=5000",
		"--position", "BTC=0.01@midx10",
		"--fault",    "delay:count=1,ms=1",
		NULL};
	struct child c = start(more);
	int fd = dial(&c);

	REQUIRE(fd >= 0);
	CHECK_INT(post(fd, "/info",
		       "{\"type\":\"clearinghouseState\",\"user\":"
		       "\"0x1111111111111111111111111111111111111111\"}"),
		  200);
	CHECK(strstr(answer, "\"szi\":\"0.01\"") != NULL);
	close(fd);
	CHECK_INT(stop(&c, SIGTERM), 0);
	/* Both books of the demo. */
	for (int i = 0; i < 2; i++) {
		const char *const book[] = {"--fund", "0x2222222222222222222222222222222222222222",
					    "--book", i == 0 ? "default" : "twenty", NULL};
		struct child b = start(book);
		uint32_t n = 0;

		fd = dial(&b);
		REQUIRE(fd >= 0);
		CHECK_INT(post(fd, "/info",
			       "{\"type\":\"clearinghouseState\",\"user\":"
			       "\"0x2222222222222222222222222222222222222222\"}"),
			  200);
		for (const char *at = answer; (at = strstr(at, "\"szi\":")) != NULL; at++)
			n++;
		CHECK_INT(n, i == 0 ? 5 : 20);
		CHECK_INT(post(fd, "/info",
			       "{\"type\":\"frontendOpenOrders\",\"user\":"
			       "\"0x2222222222222222222222222222222222222222\"}"),
			  200);
		n = 0;
		for (const char *at = answer; (at = strstr(at, "\"oid\":")) != NULL; at++)
			n++;
		if (i == 0)
			CHECK_INT(n, 6);
		close(fd);
		CHECK_INT(stop(&b, SIGTERM), 0);
	}
}

static void start_refused(const char *const *more)
{
	pid_t pid = fork();

	ASSERT(pid >= 0);
	if (pid == 0) {
		const char *argv[8] = {program(), "--listen", "127.0.0.1:0"};
		int null = open("/dev/null", O_WRONLY), n = 3;

		while (*more)
			argv[n++] = *more++;
		dup2(null, 2);
		execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	CHECK_INT(ended(pid), 2);
}

/* Flags speak the words of POST /paper, after the accounts are made; a scenario's steps do too. */
TEST(words_by_flag)
{
	static const char *const more[] = {"--fund",
					   "0x1111111111111111111111111111111111111111=500000",
					   "--agent",
					   "0x1111111111111111111111111111111111111111="
					   "0x2222222222222222222222222222222222222222",
					   "--litter",
					   "25",
					   "--budget",
					   "6",
					   "--set",
					   "{\"dust\":\"ETH\",\"usd\":\"11\"}",
					   "--post-only",
					   "60",
					   "--agent-expiry",
					   "240",
					   "--liquidator",
					   "0",
					   "--scenario",
					   "frozen",
					   NULL};
	static const char *const bad[][3] = {{"--scenario", "sunshine", NULL},
					     {"--set", "{\"sunshine\":1}", NULL},
					     {"--set", "{", NULL},
					     {"--budget", "6", NULL}, /* nobody to have it */
					     {"--litter", "0", NULL}};
	struct child c = start(more);
	int fd = dial(&c);
	uint32_t n = 0;

	REQUIRE(fd >= 0);
	CHECK(strstr(c.line, "\"scenario\":\"frozen\"") != NULL);
	CHECK_INT(post(fd, "/info",
		       "{\"type\":\"openOrders\",\"user\":"
		       "\"0x1111111111111111111111111111111111111111\"}"),
		  200);
	for (const char *at = answer; (at = strstr(at, "\"oid\":")) != NULL; at++)
		n++;
	CHECK_INT(n, 25);
	CHECK_INT(post(fd, "/info",
		       "{\"type\":\"userRateLimit\",\"user\":"
		       "\"0x1111111111111111111111111111111111111111\"}"),
		  200);
	CHECK(strstr(answer, "\"nRequestsUsed\":9994,") != NULL);
	CHECK_INT(post(fd, "/info",
		       "{\"type\":\"clearinghouseState\",\"user\":"
		       "\"0x1111111111111111111111111111111111111111\"}"),
		  200);
	CHECK(strstr(answer, "\"coin\":\"ETH\"") != NULL);
	CHECK_INT(post(fd, "/paper", "{\"hand\":\"add\",\"coin\":\"ETH\",\"size\":\"1\"}"), 400);
	CHECK(strstr(answer, "the venue refused it") != NULL); /* post-only */
	CHECK_INT(post(fd, "/paper", "{\"post_only\":false}"), 200);
	CHECK_INT(post(fd, "/paper", "{\"hand\":\"add\",\"coin\":\"ETH\",\"size\":\"1\"}"), 200);
	close(fd);
	CHECK_INT(stop(&c, SIGTERM), 0);
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		start_refused(bad[i]);
}

TEST_MAIN(T(listens_on_loopback_only), T(http), T(hostile_http), T(websocket), T(slow_reader),
	  T(absurd_lengths), T(an_hour_at_once), T(dies_with_its_parent), T(accounts),
	  T(words_by_flag))
