/* signer_rig.c: see signer_rig.h. */
#include "tests/unit/signer_rig.h"

#include <errno.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/run.h"

/* PBKDF2 with few rounds: made for these tests, so that a start takes a millisecond. */
static const char key_file[] =
	"{\"version\":3,\"crypto\":{\"cipher\":\"aes-128-ctr\",\"cipherparams\":{\"iv\":"
	"\"03080d12171c21262b30353a3f44494e\"},\"ciphertext\":"
	"\"eb8e5101eb26087693dd9c6484d93494e54f572d709a6e666a8d64ef19f7a626\",\"kdf\":\"pbkdf2\","
	"\"kdfparams\":{\"dklen\":32,\"c\":1000,\"prf\":\"hmac-sha256\",\"salt\":"
	"\"01080f161d242b323940474e555c636a71787f868d949ba2a9b0b7bec5ccd3da\"},\"mac\":"
	"\"06c73fa53343f8130ca98abf2de8b02a919e92461d7e6ae320b9bdbf33e47152\"},"
	"\"address\":\"" RIG_ADDRESS "\"}";

bool rig_make(struct rig *r)
{
	const char *tmp = getenv("TMPDIR");
	FILE *f;
	int n;

	memset(r, 0, sizeof *r);
	r->fd = r->pidfd = -1;
	snprintf(r->dir, sizeof r->dir, "%s/exeunt-signer-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(r->dir))
		return false;
	/* longer than a socket's address can hold */
	for (int i = 0; i < 4; i++) {
		size_t at = strlen(r->dir);

		snprintf(r->dir + at, sizeof r->dir - at, "/a-directory-with-a-rather-long-name");
		if (mkdir(r->dir, 0700) != 0)
			return false;
	}
	r->conf.state_dir = r->dir;
	r->conf.n_keys = 1;
	memcpy(r->conf.key[0].label, "main", 5);
	r->conf.key[0].plain = true;
	n = snprintf(r->conf.key[0].path, sizeof r->conf.key[0].path, "%s/key.json", r->dir);
	if (n < 0 || (size_t)n >= sizeof r->conf.key[0].path)
		return false;
	f = fopen(r->conf.key[0].path, "w");
	if (!f)
		return false;
	fputs(key_file, f);
	return fclose(f) == 0;
}

bool rig_connect(struct rig *r)
{
	struct err e = {0};
	struct ucred c;
	socklen_t n = sizeof c;

	r->fd = signer_connect(r->dir, &e);
	if (r->fd < 0) {
		test_fail(__FILE__, __LINE__, "connect: %s", e.text);
		return false;
	}
	if (getsockopt(r->fd, SOL_SOCKET, SO_PEERCRED, &c, &n) != 0)
		return false;
	if (r->pidfd < 0) {
		r->pid = c.pid;
		r->pidfd = (int)syscall(SYS_pidfd_open, c.pid, 0);
	}
	return true;
}

bool rig_start(struct rig *r)
{
	struct err e = {0};
	char password[] = RIG_PASSWORD "\n";

	if (!signer_start(&r->conf, password, &e)) {
		test_fail(__FILE__, __LINE__, "start: %s %s", err_name(e.code), e.text);
		return false;
	}
	return rig_connect(r);
}

bool rig_ended(struct rig *r, int timeout_ms)
{
	struct pollfd p = {.fd = r->pidfd, .events = POLLIN};
	int n;

	if (r->pidfd < 0)
		return true;
	do
		n = poll(&p, 1, timeout_ms);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		return false;
	close(r->pidfd);
	r->pidfd = -1;
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
	return true;
}

void rig_kill(struct rig *r)
{
	if (r->pidfd >= 0)
		syscall(SYS_pidfd_send_signal, r->pidfd, SIGKILL, NULL, 0);
	rig_ended(r, 10000);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *f)
{
	(void)st;
	(void)kind;
	(void)f;
	return remove(path);
}

void rig_fini(struct rig *r)
{
	char *deep = strstr(r->dir, "/a-directory");

	rig_kill(r);
	if (deep)
		*deep = 0;
	nftw(r->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

struct signer_req rig_order(uint64_t id, uint64_t nonce, uint64_t epoch)
{
	struct signer_req r;

	signer_req_init(&r, SIGNER_SIGN, id);
	memcpy(r.key, "main", 5);
	r.epoch = epoch;
	r.act.kind = ACT_ORDER;
	r.act.n = 1;
	r.act.order[0].tif = TIF_IOC;
	r.act.order[0].reduce_only = true;
	r.act.order[0].px.v = 570000000000000;
	r.act.order[0].sz.v = 1000000;
	r.env.nonce = nonce;
	r.env.expires_ms = nonce + 30000;
	return r;
}

bool rig_call(struct rig *r, const struct signer_req *q, struct signer_rep *out)
{
	struct err e = {0};

	if (signer_call(r->fd, q, out, 10000, &e))
		return true;
	test_fail(__FILE__, __LINE__, "call: %s", e.text);
	return false;
}
