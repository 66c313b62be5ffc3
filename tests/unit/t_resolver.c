/* t_resolver.c: names are looked up in a process that may die, hang or talk nonsense. */
#include "host/resolver.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/run.h"

static char dir[64];
static struct statedir state;

static void open_dir(const char *dns)
{
	char path[80];
	FILE *f;

	snprintf(dir, sizeof dir, "/tmp/t_resolver.XXXXXX");
	REQUIRE(mkdtemp(dir));
	state.fd = open(dir, O_RDONLY | O_DIRECTORY);
	snprintf(path, sizeof path, "%s/dns", dir);
	if (dns && (f = fopen(path, "w"))) {
		fputs(dns, f);
		fclose(f);
	}
}

static void close_dir(void)
{
	unlinkat(state.fd, "dns", 0);
	unlinkat(state.fd, "fake", 0);
	close(state.fd);
	rmdir(dir);
}

static const char *exeunt(void)
{
	static char path[400];
	const char *top = getenv("abs_top_builddir");

	snprintf(path, sizeof path, "%s/exeunt", top ? top : "build");
	return path;
}

/* A program that does this instead of resolving. */
static const char *fake(const char *script)
{
	static char path[80];
	FILE *f;

	snprintf(path, sizeof path, "%s/fake", dir);
	f = fopen(path, "w");
	if (!f)
		return "";
	fprintf(f, "#!/bin/sh\n%s\n", script);
	fclose(f);
	chmod(path, 0700);
	return path;
}

static bool answered(struct resolver *r, int ms)
{
	struct pollfd p = {.fd = resolver_fd(r), .events = POLLIN};

	return poll(&p, 1, ms) == 1;
}

static bool knows(struct resolver *r, const char *host, const char *address)
{
	char out[64];

	return resolver_get(r, host, 0, out, sizeof out) && (!address || !strcmp(out, address));
}

TEST(a_name_is_resolved_and_kept)
{
	struct resolver *r;
	char out[64];

	open_dir(NULL);
	r = resolver_new_with(&state, exeunt(), 60000000000);
	CHECK_INT(resolver_pid(r), 0); /* nothing was asked yet */
	CHECK(!resolver_get(r, "localhost", 0, out, sizeof out));
	resolver_ask(r, "localhost");
	CHECK(resolver_pid(r) > 0);
	CHECK(answered(r, 30000));
	REQUIRE(resolver_get(r, "localhost", 0, out, sizeof out));
	CHECK(!strcmp(out, "127.0.0.1") || !strcmp(out, "::1"));
	resolver_free(r);
	/* the next engine begins with it */
	r = resolver_new_with(&state, "/nowhere", 1);
	CHECK(knows(r, "localhost", out));
	resolver_free(r);
	close_dir();
}

TEST(a_killed_resolver_costs_one_question)
{
	struct resolver *r;
	pid_t first;

	open_dir("localhost 127.0.0.9\n");
	r = resolver_new_with(&state, exeunt(), 60000000000);
	resolver_ask(r, "localhost");
	first = resolver_pid(r);
	REQUIRE(first > 0);
	kill(first, SIGKILL);
	for (int i = 0; i < 100 && (resolver_pid(r) == first || !resolver_pid(r)); i++) {
		resolver_ask(r, "localhost"); /* at most one start a second */
		answered(r, 100);
	}
	CHECK(resolver_pid(r) > 0 && resolver_pid(r) != first);
	for (int i = 0; i < 100 && knows(r, "localhost", "127.0.0.9"); i++) {
		resolver_ask(r, "localhost");
		answered(r, 100);
	}
	CHECK(knows(r, "localhost", NULL) && !knows(r, "localhost", "127.0.0.9"));
	resolver_free(r);
	close_dir();
}

TEST(a_hung_resolver_is_replaced)
{
	struct resolver *r;
	pid_t first;

	open_dir("venue.example 127.0.0.7\n");
	r = resolver_new_with(&state, fake("exec sleep 300"), 200000000);
	resolver_ask(r, "venue.example");
	first = resolver_pid(r);
	REQUIRE(first > 0);
	CHECK(knows(r, "venue.example", "127.0.0.7")); /* the last good one goes on */
	CHECK(!answered(r, 300));
	for (int i = 0; i < 100 && (resolver_pid(r) == first || !resolver_pid(r)); i++) {
		resolver_ask(r, "venue.example");
		answered(r, 100);
	}
	CHECK(resolver_pid(r) > 0 && resolver_pid(r) != first);
	CHECK(knows(r, "venue.example", "127.0.0.7"));
	CHECK(kill(first, 0) && errno == ESRCH);
	resolver_free(r);
	close_dir();
}

TEST(what_it_says_is_data)
{
	struct resolver *r;

	open_dir(NULL);
	r = resolver_new_with(&state,
			      fake("printf 'other.example 127.0.0.1' >&0\n"
				   "printf 'venue.example 999.1.1.1 ../../etc' >&0\n"
				   "printf ' ' >&0\nprintf 'venue.example ! no such name' >&0\n"
				   "exec sleep 300"),
			      60000000000);
	resolver_ask(r, "venue.example");
	for (int i = 0; i < 30 && answered(r, 100); i++)
		resolver_drain(r);
	CHECK(!knows(r, "venue.example", NULL));
	CHECK(!knows(r, "other.example", NULL));
	/* no name: never asked */
	resolver_ask(r, "two words");
	CHECK(!knows(r, "two words", NULL));
	resolver_free(r);
	close_dir();
}

TEST(it_ends_with_its_owner)
{
	struct resolver *r;
	pid_t pid;

	open_dir(NULL);
	r = resolver_new_with(&state, exeunt(), 60000000000);
	resolver_ask(r, "localhost");
	pid = resolver_pid(r);
	REQUIRE(pid > 0);
	resolver_free(r);
	/* ours to reap unless that was done already */
	CHECK(waitpid(pid, NULL, 0) == pid || errno == ECHILD);
	close_dir();
}

TEST_MAIN(T(a_name_is_resolved_and_kept), T(a_killed_resolver_costs_one_question),
	  T(a_hung_resolver_is_replaced), T(what_it_says_is_data), T(it_ends_with_its_owner))
