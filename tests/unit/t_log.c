/* t_log.c: the log: whole lines in order, nobody waits for a disk that stands, and what did not fit
 * is counted. The disk that stands is a pipe that nobody reads. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/log.h"
#include "tests/run.h"

enum { LINES = 6000 }; /* 600 kB: more than the pipe and the ring hold together */

static char dir[64], path[96];
static int out;

static bool place(void)
{
	snprintf(dir, sizeof dir, "%s/t_log.XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	if (!mkdtemp(dir))
		return false;
	snprintf(path, sizeof path, "%s/log", dir);
	if (mkfifo(path, 0600) != 0)
		return false;
	out = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return out >= 0;
}

static void away(void)
{
	close(out);
	unlink(path);
	rmdir(dir);
}

/* Logs LINES lines, tells by `done` that it did, waits for `go`, logs one more and ends. */
static void child(int done, int go)
{
	struct err e;
	char c;

	if (!log_open(path, false, &e) || !log_background())
		_exit(2);
	for (int i = 0; i < LINES; i++)
		log_line(LOG_NOTE, "%070d", i);
	if (write(done, "d", 1) != 1 || read(go, &c, 1) != 1)
		_exit(3);
	log_flush(10000);
	log_line(LOG_NOTE, "the last");
	log_flush(10000);
	_exit(0);
}

TEST(nobody_waits_for_a_disk_that_stands)
{
	int done[2], go[2], status, next = 0, lost = 0;
	bool last = false;
	char c, line[400];
	FILE *f;
	pid_t pid;

	REQUIRE(place() && pipe(done) == 0 && pipe(go) == 0);
	pid = fork();
	if (pid == 0)
		child(done[1], go[0]);
	struct pollfd p = {.fd = done[0], .events = POLLIN};
	if (poll(&p, 1, 60000) != 1) {
		test_fail(__FILE__, __LINE__, "it hangs in the log");
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		away();
		return;
	}
	CHECK(read(done[0], &c, 1) == 1 && write(go[1], "g", 1) == 1);
	fcntl(out, F_SETFL, 0);
	f = fdopen(dup(out), "r");
	REQUIRE(f);
	while (!last && fgets(line, sizeof line, f)) {
		int n;
		const char *text = strstr(line, " note ");

		if (sscanf(line, "%*s error log: %d lines are lost here", &n) == 1) {
			lost += n;
			next += n;
		} else if (text && strstr(text, "the last")) {
			last = true;
		} else {
			CHECK(text && atoi(text + 6) == next);
			next++;
		}
	}
	fclose(f);
	CHECK(last);
	CHECK_INT(next, LINES);
	CHECK(lost > 0);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	away();
}

/* A child of a process that has the thread writes by itself: it has none. */
TEST(a_forked_child_still_logs)
{
	char text[4096] = "";
	struct err e;
	ssize_t n = 0;
	int status;
	pid_t pid;

	REQUIRE(place());
	pid = fork();
	if (pid == 0) {
		if (!log_open(path, false, &e) || !log_background())
			_exit(2);
		log_line(LOG_NOTE, "the parent");
		log_flush(10000);
		if (fork() == 0) {
			log_line(LOG_NOTE, "the child");
			_exit(0);
		}
		wait(NULL);
		_exit(0);
	}
	REQUIRE(waitpid(pid, &status, 0) == pid && status == 0);
	n = read(out, text, sizeof text - 1);
	CHECK(n > 0 && strstr(text, "the parent\n") && strstr(text, "the child\n"));
	away();
}

TEST_MAIN(T(nobody_waits_for_a_disk_that_stands), T(a_forked_child_still_logs))
