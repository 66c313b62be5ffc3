/* The small HTTP reader over every split of its input, and the pool against a server of our own. */
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/prng.h"
#include "host/clock.h"
#include "host/fold.h"
#include "host/http.h"
#include "host/log.h"
#include "host/pool.h"
#include "tests/run.h"

/* Feeds in two parts at every place; all must agree. */
static enum http_got feed_split(struct http_in *h, char *body, size_t cap, const char *s, size_t n,
				size_t at)
{
	size_t used;
	enum http_got got;

	http_in_init(h, body, cap);
	got = http_feed(h, s, at, &used);
	if (got == HTTP_MORE && at < n)
		got = http_feed(h, s + at, n - at, &used);
	return got;
}

TEST(answers)
{
	static const struct {
		const char *s;
		int got, status;
		bool keep;
		const char *body;
	} rows[] = {
		{"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull", HTTP_DONE, 200, true, "null"},
		{"HTTP/1.1 200 OK\r\ncontent-length:4\r\nConnection: close\r\n\r\nnull", HTTP_DONE,
		 200, false, "null"},
		{"HTTP/1.0 502 Bad\r\nContent-Length: 0\r\n\r\n", HTTP_DONE, 502, false, ""},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=1\r\nde\r\n"
		 "0\r\nX: y\r\n\r\n",
		 HTTP_DONE, 200, true, "abcde"},
		{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 \r\nContent-Length: 2\r\n\r\nok",
		 HTTP_DONE, 429, true, "ok"},
		{"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n", HTTP_BAD, 0,
		 0, NULL},
		{"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
		 HTTP_BAD, 0, 0, NULL},
		{"HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\n", HTTP_BAD, 0, 0, NULL},
		{"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", HTTP_BAD, 0, 0,
		 NULL},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
		 HTTP_BAD, 0, 0, NULL},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n", HTTP_BAD, 0,
		 0, NULL},
		{"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", HTTP_BAD, 0, 0, NULL},
		{"HTTP/1.1 101 Up\r\n\r\n", HTTP_BAD, 0, 0, NULL},
		{"SSH-2.0\r\n", HTTP_BAD, 0, 0, NULL},
		{"HTTP/1.1 20x OK\r\n", HTTP_BAD, 0, 0, NULL},
		{"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", HTTP_BAD, 0, 0, NULL},
	};
	char body[1024];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t n = strlen(rows[i].s);
		for (size_t at = 0; at <= n; at++) {
			struct http_in h;
			enum http_got got = feed_split(&h, body, sizeof body, rows[i].s, n, at);
			CHECK_INT(got, rows[i].got);
			if (got != HTTP_DONE)
				continue;
			CHECK_INT(h.status, rows[i].status);
			CHECK_INT(h.keep, rows[i].keep);
			CHECK_INT(h.body_len, strlen(rows[i].body));
			CHECK(!memcmp(h.body, rows[i].body, h.body_len));
		}
	}
}

TEST(random_bytes)
{
	struct prng r;
	char s[300], body[256];

	prng_seed(&r, test_seed);
	for (int i = 0; i < 20000; i++) {
		struct http_in h;
		size_t n = (size_t)snprintf(s, sizeof s,
					    "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
					    "chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n");
		for (int k = 0; k < 3; k++)
			s[prng_below(&r, n)] = (char)prng_below(&r, 256);
		feed_split(&h, body, sizeof body, s, n, prng_below(&r, n + 1));
		CHECK(h.body_len <= sizeof body);
	}
}

/* A server of few manners: answers each request with its path, closes after the third on a
 * connection, and never answers "/silent". */
static void serve(int listener)
{
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		if (fd < 0)
			_exit(0);
		if (fork() != 0) {
			close(fd);
			continue;
		}
		for (int served = 0;; served++) {
			char in[4096], out[256], path[64];
			size_t n = 0;
			while (n < sizeof in - 1) {
				ssize_t got = read(fd, in + n, sizeof in - 1 - n);
				if (got <= 0)
					_exit(0);
				n += (size_t)got;
				in[n] = 0;
				if (strstr(in, "\r\n\r\n{}"))
					break;
			}
			if (sscanf(in, "POST %63s", path) != 1)
				_exit(1);
			if (!strcmp(path, "/silent"))
				continue;
			if (served == 3)
				_exit(0);
			snprintf(out, sizeof out,
				 "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(path),
				 path);
			if (write(fd, out, strlen(out)) < 0)
				_exit(0);
		}
	}
}

static struct {
	int answers, good, failed;
	uint32_t seen[64];
} got;

static void on_answer(void *arg, uint32_t tag, int status, const char *body, size_t n)
{
	(void)arg;
	got.answers++;
	got.seen[tag]++;
	if (status == 200 && n == 5 && !memcmp(body, "/info", 5))
		got.good++;
	else
		got.failed++;
}

static void on_timer(void *arg)
{
	clock_timer_drain(*(int *)arg);
}

TEST(pool_answers_each_once)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof a;
	int listener = socket(AF_INET, SOCK_STREAM, 0), timer = clock_timer_new();
	struct loop *l;
	struct pool *p;
	struct url u;
	struct err e;
	char text[64];
	pid_t pid;

	log_set_level(LOG_ERROR);
	REQUIRE(bind(listener, (struct sockaddr *)&a, sizeof a) == 0 && listen(listener, 8) == 0);
	REQUIRE(getsockname(listener, (struct sockaddr *)&a, &len) == 0);
	pid = fork();
	if (!pid)
		serve(listener);
	close(listener);
	snprintf(text, sizeof text, "http://127.0.0.1:%d", ntohs(a.sin_port));
	REQUIRE(url_parse(&u, text, &e));
	l = loop_new(NULL, &e);
	REQUIRE(l);
	p = pool_new(l, &u, 4096, on_answer, NULL);
	pool_set_address(p, "127.0.0.1");
	CHECK(loop_fd_add(l, timer, on_timer, NULL, &timer));
	for (uint32_t i = 0; i < 40; i++)
		CHECK(pool_post(p, i == 20 ? "/silent" : "/info", "{}", 2, i, i % 7 == 0,
				clock_boot_ns()));
	for (int64_t t0 = clock_boot_ns();
	     got.answers < 40 && clock_boot_ns() - t0 < 20000000000;) {
		int64_t at;
		pool_tick(p, clock_boot_ns());
		at = pool_deadline(p);
		clock_timer_arm(timer, at == INT64_MAX ? 0 : at);
		if (!loop_wait(l))
			break;
	}
	CHECK_INT(got.answers, 40);
	for (int i = 0; i < 40; i++)
		CHECK_INT(got.seen[i], 1);
	/* A connection that the server closed fails the request on it, and no other. */
	CHECK(got.good >= 24);
	CHECK(got.failed >= 1);
	pool_free(p);
	loop_free(l);
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
}

static const char *told(struct fold *f, int status, const char *body)
{
	static char text[300];
	size_t n = strlen(body);

	if (!fold_add(f, &status, &body, &n))
		return NULL;
	snprintf(text, sizeof text, "%d %.*s", status, (int)n, body);
	return text;
}

TEST(several_endpoints_one_answer)
{
	static const char dup[] = "{\"status\":\"err\",\"response\":\"Invalid nonce: duplicate "
				  "nonce 7\"}";
	struct fold f = {.left = 3};

	CHECK(!told(&f, 502, "<html>")); /* one broken way is no answer while others are open */
	CHECK_STR(told(&f, 200, "ok"), "200 ok");
	CHECK(!told(&f, 200, "ok"));
	f = (struct fold){.left = 3};
	CHECK(!told(&f, 200, dup)); /* another path was first: its answer counts */
	CHECK(!told(&f, 0, ""));
	CHECK_STR(told(&f, 200, "ok"), "200 ok");
	f = (struct fold){.left = 3};
	CHECK(!told(&f, 200, dup));
	CHECK(!told(&f, 502, "<html>"));
	CHECK(strstr(told(&f, 0, ""), "200 {") != NULL);
	f = (struct fold){.left = 2};
	CHECK(!told(&f, 0, ""));
	CHECK_STR(told(&f, 503, "busy"), "503 busy");
	f = (struct fold){.left = 2};
	CHECK(!told(&f, 429, "slow"));
	CHECK_STR(told(&f, 0, ""), "429 slow");
	f = (struct fold){.left = 1};
	CHECK_STR(told(&f, 200, dup) ? "told" : "", "told");
	f = (struct fold){.left = 1};
	CHECK_STR(told(&f, 0, ""), "0 ");
}

TEST_MAIN(T(several_endpoints_one_answer), T(answers), T(random_bytes), T(pool_answers_each_once))
