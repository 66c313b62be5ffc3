/* statedir.c: see statedir.h. */
#include "host/statedir.h"

#include <errno.h>
#include <linux/limits.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { CONNECT_MS = 400 };

static bool home_path(char *out, size_t cap, const char *var, const char *under)
{
	const char *base = getenv(var);
	int n;

	if (base && base[0] == '/') {
		n = snprintf(out, cap, "%s/exeunt", base);
	} else {
		base = getenv("HOME");
		if (!base || base[0] != '/')
			return false;
		n = snprintf(out, cap, "%s/%s/exeunt", base, under);
	}
	return n > 0 && (size_t)n < cap;
}

bool conf_path_default(char *out, size_t cap)
{
	char dir[STATEDIR_PATH_MAX];
	int n;

	if (!home_path(dir, sizeof dir, "XDG_CONFIG_HOME", ".config"))
		return false;
	n = snprintf(out, cap, "%s/exeunt.conf", dir);
	return n > 0 && (size_t)n < cap;
}

bool dirs_make(const char *dir, struct err *e)
{
	char p[STATEDIR_PATH_MAX];
	size_t n = strlen(dir);

	if (n >= sizeof p)
		return err_set(e, ERR_CONF, "the path is longer than %zu bytes", sizeof p - 1);
	memcpy(p, dir, n + 1);
	for (size_t i = 1; i <= n; i++) {
		if (p[i] != '/' && p[i])
			continue;
		p[i] = 0;
		if (mkdir(p, 0700) != 0 && errno != EEXIST)
			return err_set(e, ERR_STORE, "cannot make the directory %s: %s", p,
				       strerror(errno));
		p[i] = i < n ? '/' : 0;
	}
	return true;
}

bool statedir_open(struct statedir *d, const char *dir, bool create, struct err *e)
{
	char path[STATEDIR_PATH_MAX], real[PATH_MAX];
	struct stat st;

	if (dir && *dir)
		snprintf(path, sizeof path, "%s", dir);
	else if (!home_path(path, sizeof path, "XDG_STATE_HOME", ".local/state"))
		return err_set(e, ERR_CONF,
			       "no state directory: neither XDG_STATE_HOME nor HOME is set; write "
			       "--state DIR");
	if (dir && strlen(dir) >= sizeof path)
		return err_set(e, ERR_ARG, "--state: the path is longer than %zu bytes",
			       sizeof path - 1);
	if (create && !dirs_make(path, e))
		return false;
	if (!realpath(path, real) || strlen(real) >= sizeof d->path)
		return err_set(e, ERR_ENGINE, "no state directory %s: %s", path, strerror(errno));
	d->fd = open(real, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	if (d->fd < 0 || fstat(d->fd, &st) != 0) {
		int was = errno;
		statedir_close(d);
		return err_set(e, ERR_STORE, "cannot open the state directory %s: %s", path,
			       strerror(was));
	}
	if (st.st_uid != geteuid() || (st.st_mode & 077)) {
		statedir_close(d);
		return err_set(
			e, ERR_CONF,
			"the state directory %s has mode %03o and owner %u; it must be yours "
			"and 0700 (chmod 700 it)",
			path, st.st_mode & 0777, (unsigned)st.st_uid);
	}
	memcpy(d->path, real, strlen(real) + 1);
	return true;
}

void statedir_close(struct statedir *d)
{
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
}

bool statedir_path(const struct statedir *d, char *out, size_t cap, const char *name)
{
	int n = snprintf(out, cap, "%s/%s", d->path, name);

	return n > 0 && (size_t)n < cap;
}

static void address(const struct statedir *d, struct sockaddr_un *a, const char *name)
{
	memset(a, 0, sizeof *a);
	a->sun_family = AF_UNIX;
	snprintf(a->sun_path, sizeof a->sun_path, "/proc/self/fd/%d/%s", d->fd, name);
}

int statedir_listen(const struct statedir *d, const char *name, int type, struct err *e)
{
	struct sockaddr_un a;
	mode_t mask;
	int fd, rc;

	address(d, &a, name);
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		err_set(e, ERR_STORE, "no socket: %s", strerror(errno));
		return -1;
	}
	/* The lease is held by now, so a file of this name belongs to nobody living. */
	unlinkat(d->fd, name, 0);
	mask = umask(0177);
	rc = bind(fd, (struct sockaddr *)&a, sizeof a);
	umask(mask);
	if (rc != 0 || listen(fd, 16) != 0) {
		err_set(e, ERR_STORE, "cannot listen on %s/%s: %s", d->path, name, strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

int statedir_connect(const struct statedir *d, const char *name, int type, struct err *e)
{
	const struct timeval wait = {.tv_usec = CONNECT_MS * 1000};
	struct sockaddr_un a;
	int fd;

	address(d, &a, name);
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		err_set(e, ERR_NET, "no socket: %s", strerror(errno));
		return -1;
	}
	/* An engine that stands still takes no more connections than its backlog holds. */
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
	if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
		if (errno == EAGAIN)
			err_set(e, ERR_TIME, "the engine takes no connection in %d ms", CONNECT_MS);
		else
			err_set(e, ERR_NET, "nobody answers on %s/%s: %s", d->path, name,
				strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

bool socket_peer_is_us(int fd, pid_t *pid)
{
	struct ucred c;
	socklen_t n = sizeof c;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &c, &n) != 0 || c.uid != geteuid())
		return false;
	if (pid)
		*pid = c.pid;
	return true;
}
