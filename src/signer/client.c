/* client.c: see client.h. Socket paths longer than sun_path are reached through the descriptor of
 * their directory. */
#include "signer/client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static bool same_user(int fd, struct err *e)
{
	struct ucred c;
	socklen_t n = sizeof c;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &c, &n) != 0)
		return err_set(e, ERR_KEY, "signer: %s", strerror(errno));
	if (c.uid != geteuid())
		return err_set(e, ERR_FENCED, "the signer's socket belongs to user %u, not to %u",
			       c.uid, geteuid());
	return true;
}

int signer_connect(const char *state_dir, struct err *e)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int dir = open(state_dir, O_PATH | O_DIRECTORY | O_CLOEXEC), fd, rc;

	if (dir < 0) {
		err_set(e, ERR_KEY, "no signer: the state directory cannot be opened: %s",
			strerror(errno));
		return -1;
	}
	snprintf(to.sun_path, sizeof to.sun_path, "/proc/self/fd/%d/%s", dir, SIGNER_SOCK);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	rc = fd < 0 ? -1 : connect(fd, (struct sockaddr *)&to, sizeof to);
	if (rc != 0)
		err_set(e, ERR_KEY, "no signer runs, no key is unlocked (%s)", strerror(errno));
	close(dir);
	if (rc == 0 && same_user(fd, e))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

void signer_req_init(struct signer_req *r, enum signer_op op, uint64_t id)
{
	memset(r, 0, sizeof *r);
	r->magic = SIGNER_MAGIC;
	r->version = SIGNER_VERSION;
	r->op = (uint8_t)op;
	r->id = id;
}

bool signer_send(int fd, const struct signer_req *r, struct err *e)
{
	ssize_t n;

	do
		n = send(fd, r, sizeof *r, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n == (ssize_t)sizeof *r)
		return true;
	return err_set(e, ERR_KEY, "signer: %s",
		       errno == EAGAIN ? "its queue is full" : strerror(errno));
}

enum signer_got signer_recv(int fd, struct signer_rep *out)
{
	struct signer_rep r;
	ssize_t n;

	do
		n = recv(fd, &r, sizeof r, MSG_DONTWAIT | MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return SIGNER_NONE;
	if (n != (ssize_t)sizeof r || r.magic != SIGNER_MAGIC || r.version != SIGNER_VERSION ||
	    r.code >= ERR_COUNT)
		return SIGNER_GONE;
	r.text[SIGNER_TEXT_MAX - 1] = 0;
	*out = r;
	return SIGNER_GOT;
}

bool signer_call(int fd, const struct signer_req *r, struct signer_rep *out, int timeout_ms,
		 struct err *e)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	if (!signer_send(fd, r, e))
		return false;
	for (;;) {
		int n = poll(&p, 1, timeout_ms);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_set(e, ERR_TIME, "the signer does not answer in %d ms",
				       timeout_ms);
		switch (signer_recv(fd, out)) {
		case SIGNER_GOT:
			if (out->id == r->id)
				return true;
			break;
		case SIGNER_GONE:
			return err_set(e, ERR_KEY, "the signer ended");
		case SIGNER_NONE:
			break;
		}
	}
}

#include "base/banned.h"
