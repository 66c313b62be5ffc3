/* net: raw connections of the loop, and the pool of HTTP over them, against a listening socket of
 * our own, in one thread. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/loop.h"
#include "host/pool.h"
#include "tests/run.h"

struct end {
	struct sock *net;
	int fd; /* the server's side */
	bool open, closed;
	char got[256];
};

static struct loop *loop;
static int listener;
static uint16_t port;

static void on_open(void *arg)
{
	((struct end *)arg)->open = true;
}

static void on_data(void *arg, const char *p, size_t n)
{
	struct end *e = arg;

	strncat(e->got, p, n < sizeof e->got - strlen(e->got) - 1 ? n : 0);
}

static void on_closed(void *arg, const char *reason)
{
	(void)reason;
	((struct end *)arg)->closed = true;
}

static bool start(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof a;
	struct err e = {0};

	loop = loop_new(NULL, &e);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (!loop || listener < 0 || bind(listener, (struct sockaddr *)&a, sizeof a) != 0 ||
	    listen(listener, 16) != 0 || getsockname(listener, (struct sockaddr *)&a, &len) != 0)
		return false;
	port = ntohs(a.sin_port);
	return true;
}

static bool end_open(struct end *x)
{
	static const struct net_calls calls = {on_open, on_data, on_closed};
	struct net_conf c = {.kind = SOCK_BYTES, .path = "/", .out_max = 4096, .calls = calls};
	struct err e = {0};

	memset(x, 0, sizeof *x);
	c.arg = x;
	snprintf(c.url.host, sizeof c.url.host, "127.0.0.1");
	c.url.port = port;
	x->net = net_new(loop, &c);
	if (!net_open(x->net, "127.0.0.1", &e))
		return false;
	x->fd = accept(listener, NULL, NULL);
	for (int i = 0; i < 100 && !x->open; i++)
		loop_wait(loop);
	return x->fd >= 0 && x->open;
}

static void end_close(struct end *x)
{
	net_free(x->net);
	close(x->fd);
}

/* Lets the loop write until n bytes are at the server. */
static const char *arrived(struct end *x, size_t n)
{
	size_t len = 0;

	for (int i = 0; i < 100 && len < n; i++) {
		ssize_t k;
		loop_wait(loop);
		k = recv(x->fd, x->got + len, sizeof x->got - 1 - len, MSG_DONTWAIT);
		len += k > 0 ? (size_t)k : 0;
	}
	x->got[len] = 0;
	return x->got;
}

TEST(urgent_first_and_in_order)
{
	struct end x;

	REQUIRE(start());
	REQUIRE(end_open(&x));
	CHECK(net_send(x.net, "r1 ", 3, false));
	CHECK(!loop_urgent(loop));
	CHECK(net_send(x.net, "u1 ", 3, true));
	CHECK(net_send(x.net, "r2 ", 3, false));
	CHECK(net_send(x.net, "u2 ", 3, true));
	CHECK(net_send(x.net, "u3 ", 3, true));
	CHECK(loop_urgent(loop));
	CHECK_INT(net_waiting(x.net), 15);
	CHECK_STR(arrived(&x, 15), "u1 u2 u3 r1 r2 ");
	CHECK(!loop_urgent(loop));
	CHECK(net_send(x.net, "r3 ", 3, false));
	CHECK(net_send(x.net, "u4 ", 3, true));
	CHECK_STR(arrived(&x, 6), "u4 r3 ");
	/* what is dropped with its connection does not wait any more */
	CHECK(net_send(x.net, "u5 ", 3, true));
	net_close(x.net);
	CHECK(!loop_urgent(loop) && net_is_idle(x.net));
	CHECK(!net_send(x.net, "u6 ", 3, true));
	end_close(&x);
	loop_free(loop);
	close(listener);
}

/* Reads wait for the urgent message of the other connection, and not for ever. */
TEST(others_yield_once)
{
	struct end reads, acts;

	REQUIRE(start());
	REQUIRE(end_open(&reads));
	REQUIRE(end_open(&acts));
	CHECK(net_send(reads.net, "books ", 6, false));
	CHECK(net_send(acts.net, "close ", 6, true));
	loop_wait(loop);
	CHECK_INT(net_waiting(reads.net), 6); /* came first in the loop, and let the other go */
	CHECK_INT(net_waiting(acts.net), 0);
	CHECK_STR(arrived(&reads, 6), "books ");
	end_close(&reads);
	end_close(&acts);
	loop_free(loop);
	close(listener);
}

static uint32_t answered;

static void on_answer(void *arg, uint32_t tag, int status, const char *body, size_t n)
{
	(void)arg, (void)tag, (void)body, (void)n;
	answered += status == 0;
}

/* A venue that takes connections and says nothing: requests must not wait behind each other. */
TEST(pool_opens_more_while_answers_are_missing)
{
	struct url u = {.host = "127.0.0.1"};
	struct pool *p;
	int fd[POOL_CONNS + 2], n = 0;
	int64_t now = 1;

	REQUIRE(start());
	REQUIRE(fcntl(listener, F_SETFL, O_NONBLOCK) == 0);
	u.port = port;
	p = pool_new(loop, &u, 1 << 16, on_answer, NULL);
	pool_set_address(p, "127.0.0.1");
	pool_tick(p, now);
	CHECK(pool_deadline(p) > now); /* the sockets of the venue go first */
	for (uint32_t i = 0; i < 5; i++)
		CHECK(pool_post(p, "/exchange", "{}", 2, i, true, now));
	for (int i = 0; i < 200 && n < 5; i++) {
		int one = accept(listener, NULL, NULL);
		if (one >= 0)
			fd[n++] = one;
		pool_tick(p, now);
		loop_wake(loop);
		loop_wait(loop);
	}
	CHECK_INT(n, 5);
	for (int i = 0; i < 50; i++) {
		pool_tick(p, now);
		loop_wake(loop);
		loop_wait(loop);
	}
	CHECK(accept(listener, NULL, NULL) < 0); /* and no more than are needed */
	now += (int64_t)(POOL_TIMEOUT_MS + 1) * 1000000;
	pool_tick(p, now);
	CHECK_INT(answered, 5);
	pool_free(p);
	while (n > 0)
		close(fd[--n]);
	loop_free(loop);
	close(listener);
}

TEST(reads_and_the_end)
{
	struct end x;

	REQUIRE(start());
	REQUIRE(end_open(&x));
	CHECK(send(x.fd, "hello", 5, 0) == 5);
	for (int i = 0; i < 100 && !x.got[0]; i++)
		loop_wait(loop);
	CHECK_STR(x.got, "hello");
	close(x.fd);
	x.fd = -1;
	for (int i = 0; i < 100 && !x.closed; i++)
		loop_wait(loop);
	CHECK(x.closed && net_is_idle(x.net));
	net_free(x.net);
	loop_free(loop);
	close(listener);
}

/* A snapshot is several times what a socket holds. */
enum { MUCH = 1500000 };
static struct {
	struct loop_fd *f;
	int fd;
	size_t sent;
	char bytes[MUCH];
} writer;

static void much_goes(void *arg)
{
	(void)arg;
	for (;;) {
		ssize_t n = send(writer.fd, writer.bytes + writer.sent, MUCH - writer.sent,
				 MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n <= 0)
			break;
		writer.sent += (size_t)n;
	}
	if (writer.sent < MUCH)
		loop_fd_want_write(writer.f);
}

static void nothing_comes(void *arg)
{
	(void)arg;
}

TEST(a_wish_to_write_from_within_a_write_is_kept)
{
	static char got[65536];
	size_t all = 0;
	int pair[2];

	REQUIRE(start());
	REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) == 0);
	writer.fd = pair[0];
	writer.f = loop_fd_add(loop, pair[0], nothing_comes, much_goes, NULL);
	REQUIRE(writer.f != NULL);
	much_goes(NULL);
	CHECK(writer.sent < MUCH / 3); /* else it proves nothing */
	for (int i = 0; i < 20000 && all < MUCH; i++) {
		ssize_t n;
		loop_wake(loop);
		loop_wait(loop);
		while ((n = recv(pair[1], got, sizeof got, MSG_DONTWAIT)) > 0)
			all += (size_t)n;
	}
	CHECK_INT(all, MUCH);
	loop_fd_drop(writer.f);
	loop_free(loop);
	close(pair[1]);
	close(listener);
}

TEST_MAIN(T(a_wish_to_write_from_within_a_write_is_kept), T(urgent_first_and_in_order),
	  T(others_yield_once), T(pool_opens_more_while_answers_are_missing), T(reads_and_the_end))
