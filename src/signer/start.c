/* start.c: the signer as a process of its own: forked twice, so that nobody has to wait for it, in
 * its own session, with no descriptor of its parent but the two pipes. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "signer/signer.h"

enum { READY_MS = 120000, PASSWORD_FD = 3, READY_FD = 4 };

/* Moves both pipe ends to fixed numbers and closes everything else. */
static bool only_pipes(int password, int ready)
{
	int a = fcntl(password, F_DUPFD, 10), b = fcntl(ready, F_DUPFD, 10);
	int null = open("/dev/null", O_RDWR);

	if (a < 0 || b < 0 || null < 0)
		return false;
	for (int i = 0; i <= 2; i++)
		if (dup2(null, i) < 0)
			return false;
	return dup2(a, PASSWORD_FD) >= 0 && dup2(b, READY_FD) >= 0 &&
	       close_range(READY_FD + 1, ~0u, 0) == 0;
}

static void child(const struct signer_conf *conf, int password, int ready)
{
	struct signer_conf c = *conf;

	setsid();
	if (fork() != 0)
		_exit(0);
	if (!only_pipes(password, ready))
		_exit(1);
	c.password_fd = PASSWORD_FD;
	c.ready_fd = READY_FD;
	_exit(signer_main(&c));
}

static bool read_ready(int fd, struct err *e)
{
	char line[ERR_TEXT_MAX + 32], *text;
	size_t n = 0;

	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int got = poll(&p, 1, READY_MS);
		ssize_t k;

		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			return err_set(e, ERR_TIME, "the signer did not start in %d s",
				       READY_MS / 1000);
		k = read(fd, line + n, sizeof line - 1 - n);
		if (k <= 0)
			break;
		n += (size_t)k;
		line[n] = 0;
		if (strchr(line, '\n'))
			break;
	}
	line[n] = 0;
	line[strcspn(line, "\n")] = 0;
	if (!strcmp(line, "ok"))
		return true;
	text = strchr(line, ' ');
	if (!text)
		return err_set(e, ERR_KEY, "the signer ended before it was ready");
	*text++ = 0;
	for (int code = 0; code < ERR_COUNT; code++)
		if (!strcmp(err_name((enum err_code)code), line))
			return err_set(e, (enum err_code)code, "%s", text);
	return err_set(e, ERR_KEY, "%s", text);
}

/* Into a pipe that takes them at once. A signer that ends before it has read them (another one
 * runs) says why by its ready line. */
static bool give_passwords(int fd, char *text, struct err *e)
{
	size_t n = strlen(text), at = 0;
	ssize_t k = 1;

	for (; at < n && k > 0; at += k > 0 ? (size_t)k : 0)
		do
			k = write(fd, text + at, n - at);
		while (k < 0 && errno == EINTR);
	explicit_bzero(text, n);
	return at == n || err_set(e, ERR_LIMIT, "passwords: %s", strerror(errno));
}

static bool pipes(int pw[2], int rd[2], struct err *e)
{
	if (pipe2(pw, O_CLOEXEC) != 0)
		return err_set(e, ERR_LIMIT, "pipe: %s", strerror(errno));
	if (pipe2(rd, O_CLOEXEC) == 0)
		return true;
	close(pw[0]);
	close(pw[1]);
	return err_set(e, ERR_LIMIT, "pipe: %s", strerror(errno));
}

bool signer_start(const struct signer_conf *conf, char *passwords, struct err *e)
{
	int pw[2], rd[2];
	pid_t pid = -1;
	bool ok;

	if (!pipes(pw, rd, e)) {
		explicit_bzero(passwords, strlen(passwords));
		return false;
	}
	ok = give_passwords(pw[1], passwords, e);
	if (ok) {
		pid = fork();
		if (pid == 0)
			child(conf, pw[0], rd[1]);
		ok = pid > 0 || err_set(e, ERR_LIMIT, "fork: %s", strerror(errno));
	}
	close(pw[0]);
	close(pw[1]);
	close(rd[1]);
	while (ok && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	ok = ok && read_ready(rd[0], e);
	close(rd[0]);
	return ok;
}

#include "base/banned.h"
