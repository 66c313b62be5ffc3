/* statedir.h: the state directory: 0700, ours, its files named in one place. Sockets are bound and
 * reached through /proc/self/fd/N/name, because a Unix socket path ends at 107 bytes. */
#ifndef EXEUNT_HOST_STATEDIR_H
#define EXEUNT_HOST_STATEDIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

enum { STATEDIR_PATH_MAX = 1024 };

struct statedir {
	int fd;
	char path[STATEDIR_PATH_MAX]; /* absolute */
};

/* `dir` NULL: $XDG_STATE_HOME/exeunt, else ~/.local/state/exeunt. Created when `create`; refused
 * when it is not ours or open to others. */
bool statedir_open(struct statedir *d, const char *dir, bool create, struct err *e);
void statedir_close(struct statedir *d);
/* "PATH/name" into out. */
bool statedir_path(const struct statedir *d, char *out, size_t cap, const char *name);

/* A listening socket, 0600, close-on-exec, non-blocking. `type` SOCK_STREAM or SOCK_SEQPACKET. A
 * dead socket file of the same name is replaced. -1 and *e on failure. */
int statedir_listen(const struct statedir *d, const char *name, int type, struct err *e);
/* Connects, in 400 ms at most. ERR_NET when nobody listens, ERR_TIME when the listener stands
 * still.
 */
int statedir_connect(const struct statedir *d, const char *name, int type, struct err *e);
/* The peer's user id must be ours. */
bool socket_peer_is_us(int fd, pid_t *pid);

/* Makes DIR and its missing parents, 0700. */
bool dirs_make(const char *dir, struct err *e);
/* $XDG_CONFIG_HOME/exeunt/exeunt.conf or ~/.config/... */
bool conf_path_default(char *out, size_t cap);

#endif
