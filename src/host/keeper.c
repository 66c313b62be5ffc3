/* keeper.c: see keeper.h. */
#include "host/keeper.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "host/clock.h"
#include "host/log.h"

static volatile sig_atomic_t child_pid, asked;

static void pass_on(int sig)
{
	asked = 1;
	if (child_pid > 0)
		kill((pid_t)child_pid, sig);
}

enum { NOT_BEGUN = -2, LOG_END_MS = 500 };

/* NOT_BEGUN: somebody asked for the end meanwhile. */
static pid_t begin(int (*child_main)(void *arg, bool first), void *arg, bool first)
{
	sigset_t all, old;
	pid_t pid;

	/* A signal before the fork, or between it and the assignment, must not be lost. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	pid = asked ? NOT_BEGUN : fork();
	if (!pid) {
		signal(SIGTERM, SIG_DFL);
		signal(SIGINT, SIG_DFL);
		sigprocmask(SIG_SETMASK, &old, NULL);
		int status = child_main(arg, first);
		log_flush(LOG_END_MS); /* its last word may be why it did not begin */
		_exit(status);
	}
	child_pid = pid > 0 ? pid : 0;
	sigprocmask(SIG_SETMASK, &old, NULL);
	return pid;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	child_pid = 0;
	return status;
}

/* True when the engine may be started once more. */
static bool may_retry(int64_t at[KEEPER_TRIES], int64_t now)
{
	int oldest = 0;

	for (int i = 1; i < KEEPER_TRIES; i++)
		if (at[i] < at[oldest])
			oldest = i;
	if (at[oldest] && now - at[oldest] < (int64_t)KEEPER_WINDOW_S * 1000000000)
		return false;
	at[oldest] = now;
	return true;
}

/* It was told to end, or its place is taken. */
static bool stays_away(int status)
{
	return status == 0 || status == err_exit_status(ERR_FENCED);
}

/* Into the log, and to whoever wakes people. */
static void tell(void (*died)(void *arg, const char *text), void *arg, const char *text)
{
	log_line(LOG_ERROR, "keeper: %s", text);
	if (died)
		died(arg, text);
}

int keeper_run(int (*child_main)(void *arg, bool first), void (*died)(void *arg, const char *text),
	       void *arg)
{
	int64_t at[KEEPER_TRIES] = {0};
	struct sigaction sa = {.sa_handler = pass_on};
	bool first = true;

	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	signal(SIGHUP, SIG_IGN);
	for (;;) {
		struct timespec pause = {0, KEEPER_WAIT_MS * 1000000};
		char text[200];
		pid_t pid = begin(child_main, arg, first);
		int status = pid < 0 ? -1 : wait_for(pid);
		bool exited = pid >= 0 && WIFEXITED(status);

		bool broke = exited && WEXITSTATUS(status) == KEEPER_BROKE;

		if (exited && !broke && (first || asked || stays_away(WEXITSTATUS(status))))
			return WEXITSTATUS(status);
		if (asked)
			return broke;
		if (pid >= 0 && WIFSIGNALED(status))
			snprintf(text, sizeof text,
				 "ENGINE DIED: pid %d was ended by signal %d; it starts again",
				 (int)pid, WTERMSIG(status));
		else
			snprintf(text, sizeof text, "ENGINE DIED: pid %d failed; it starts again",
				 (int)pid);
		if (!may_retry(at, clock_boot_ns())) {
			snprintf(text, sizeof text,
				 "ENGINE DEAD: it failed %d times in ten minutes and is not "
				 "started again. Only what rests at the venue protects now. "
				 "exeunt flatten closes without it",
				 KEEPER_TRIES + 1);
			tell(died, arg, text);
			return 1;
		}
		tell(died, arg, text);
		first = false;
		nanosleep(&pause, NULL);
		log_line(LOG_WARN, "keeper: the engine is started again");
	}
}
