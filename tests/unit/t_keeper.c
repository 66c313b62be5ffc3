/* t_keeper.c: who starts the engine again, and when not. Each keeper is a process of its own: what
 * it heard of signals stays with it. */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/keeper.h"
#include "host/log.h"
#include "tests/run.h"

enum { KILLED = 1000, RUNS = 1001 };

static struct shared {
	atomic_int starts, told, status;
	char text[8][200];
	int script[8]; /* what each engine does: its status, KILLED, or RUNS until a signal */
	bool end_when_told;
} * s;

static int engine(void *arg, bool first)
{
	int n = atomic_fetch_add(&s->starts, 1), how = s->script[n < 7 ? n : 7];

	(void)arg;
	if (first != (n == 0))
		return 99;
	if (how == KILLED)
		kill(getpid(), SIGKILL);
	if (how == RUNS) {
		alarm(20);
		for (;;)
			pause();
	}
	return how;
}

static void told(void *arg, const char *text)
{
	int n = atomic_fetch_add(&s->told, 1);

	(void)arg;
	snprintf(s->text[n < 7 ? n : 7], sizeof s->text[0], "%s", text);
	if (s->end_when_told) /* somebody ends it between two engines */
		kill(getpid(), SIGTERM);
}

/* Runs a keeper over the script and gives its status. */
static int keep(const int script[8], bool end_when_told)
{
	int status;
	pid_t pid;

	s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s == MAP_FAILED)
		return -1;
	memcpy(s->script, script, sizeof s->script);
	s->end_when_told = end_when_told;
	pid = fork();
	if (pid == 0) {
		struct err e;

		log_open("/dev/null", false, &e);
		_exit(keeper_run(engine, told, NULL));
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(one_that_dies_is_started_again)
{
	CHECK_INT(keep((const int[8]){KILLED, 1, KILLED, 0}, false), 0);
	CHECK_INT(s->starts, 4);
	CHECK_INT(s->told, 3);
	CHECK(strstr(s->text[0], "ENGINE DIED"));
}

/* The first one too, after however long a life. */
TEST(one_whose_loop_breaks_is_started_again)
{
	CHECK_INT(keep((const int[8]){KEEPER_BROKE, KEEPER_BROKE, 0}, false), 0);
	CHECK_INT(s->starts, 3);
	CHECK_INT(s->told, 2);
}

/* What it cannot do at its start, it cannot do: nobody is woken, the one who starts it is told. */
TEST(one_that_never_began_is_not)
{
	CHECK_INT(keep((const int[8]){4}, false), 4);
	CHECK_INT(s->starts, 1);
	CHECK_INT(s->told, 0);
}

/* No memory, no descriptors, a certificate file that went away: an engine that ran and cannot come
 * back is tried again like one that died, and never ends in silence. */
TEST(one_that_cannot_come_back_is_tried_and_told)
{
	CHECK_INT(keep((const int[8]){KILLED, 4, 3, 0}, false), 0);
	CHECK_INT(s->starts, 4);
	CHECK_INT(s->told, 3);
	CHECK_INT(keep((const int[8]){KILLED, 4, 4, 4, 4, 4, 4, 4}, false), 1);
	CHECK_INT(s->starts, KEEPER_TRIES + 1);
	CHECK(strstr(s->text[s->told - 1], "ENGINE DEAD"));
}

/* Its place is taken: by a break-glass shell, or by an engine that was started meanwhile. */
TEST(one_that_was_fenced_off_stays_away)
{
	CHECK_INT(keep((const int[8]){KILLED, 7, 0}, false), 7);
	CHECK_INT(s->starts, 2);
	CHECK_INT(keep((const int[8]){7}, false), 7);
	CHECK_INT(s->told, 0);
}

TEST(asked_to_end_between_two_engines_it_ends)
{
	CHECK_INT(keep((const int[8]){KILLED, RUNS, RUNS}, true), 0);
	CHECK_INT(s->starts, 1);
}

TEST_MAIN(T(one_that_dies_is_started_again), T(one_whose_loop_breaks_is_started_again),
	  T(one_that_never_began_is_not), T(one_that_cannot_come_back_is_tried_and_told),
	  T(one_that_was_fenced_off_stays_away), T(asked_to_end_between_two_engines_it_ends))
