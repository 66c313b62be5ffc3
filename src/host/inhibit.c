/* inhibit.c: see inhibit.h. */
#include "host/inhibit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void child(int in)
{
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	dup2(in, 0);
	dup2(null, 1);
	dup2(null, 2);
	close_range(3, ~0u, 0);
	execlp("systemd-inhibit", "systemd-inhibit", "--what=sleep", "--mode=block", "--who=exeunt",
	       "--why=an exit runs on this machine", "cat", (char *)NULL);
	_exit(127);
}

static bool begin(struct inhibit *i)
{
	int p[2];
	pid_t pid;

	if (pipe2(p, O_CLOEXEC) != 0)
		return false;
	pid = fork();
	if (!pid)
		child(p[0]);
	close(p[0]);
	if (pid < 0) {
		close(p[1]);
		return false;
	}
	i->pid = pid;
	i->fd = p[1];
	return true;
}

/* It has gone by itself. */
static bool gone(struct inhibit *i)
{
	int status;
	pid_t r = waitpid(i->pid, &status, WNOHANG);

	if (r == 0 || (r < 0 && errno == EINTR))
		return false;
	close(i->fd);
	i->pid = 0;
	return true;
}

void inhibit_end(struct inhibit *i)
{
	int status;

	if (!i->pid)
		return;
	close(i->fd);
	kill(i->pid, SIGKILL); /* at once: nobody waits here; cat reads the end of the pipe */
	waitpid(i->pid, &status, 0);
	i->pid = 0;
}

bool inhibit_care(struct inhibit *i, bool wanted)
{
	if (!wanted) {
		inhibit_end(i);
		i->failed = false;
		return false;
	}
	if (i->failed || (i->pid ? !gone(i) : begin(i)))
		return false;
	i->failed = true;
	return true;
}
