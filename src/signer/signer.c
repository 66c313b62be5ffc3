/* signer.c: the daemon: start, serve, end.
 *
 *     starting --keys open--> serving --lock, quit, SIGTERM, idle--> wiped, ended
 *        \--anything wrong--> one line on ready_fd, ended
 *
 *  1. Key bytes live in the keyring's pages only; libsecp256k1 is given a pointer into them.
 *  2. Everything is allocated before the filter is installed; the loop allocates nothing.
 *  3. A signature leaves only after the address recovered from it is that of the key.
 *  4. The nonce ceiling on disk is above every order nonce that was signed; when the disk refuses,
 *     reductions go on and everything else is refused. */
#include "signer/signer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "sign/secp.h"
#include "signer/audit.h"
#include "signer/gate.h"
#include "signer/hw.h"
#include "signer/keyring.h"
#include "signer/sandbox.h"
#include "venue/hyperliquid/action.h"

enum {
	BLIND_EVERY = 1000,
	DISK_MS = 90, /* the kill lane waits 100 ms at most for any disk */
};

struct signer {
	const struct signer_conf *conf;
	struct gate gate;
	struct hw hw;
	struct audit audit;
	struct keyring *ring;
	struct secp *secp;
	uint8_t address[SIGNER_KEYS_MAX][20];
	int dir, listener, signals;
	int client[SIGNER_CLIENTS_MAX]; /* -1 free */
	uid_t user;
	uint64_t signatures;
	int64_t idle_since_ms; /* boot clock; meaningful without clients */
	bool ending;
};

static int64_t clock_ms(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void blind(struct signer *s)
{
	uint8_t seed[32];

	if (getrandom(seed, sizeof seed, 0) == (ssize_t)sizeof seed)
		secp_randomize(s->secp, seed);
	explicit_bzero(seed, sizeof seed);
}

/* The ceiling that covers `nonce` is asked for; the caller may wait for it. */
static void cover(struct signer *s, uint8_t slot, uint64_t nonce)
{
	hw_raise(&s->hw, s->address[slot], nonce + HW_STEP_MS);
}

static bool marks_cover(struct signer *s, const struct signer_req *r)
{
	return !gate_raises(&r->act) || r->env.nonce <= hw_ceiling(&s->hw, s->address[r->slot]);
}

/* Written ahead: nothing is signed above what is on disk. A disk that refuses, or that takes longer
 * than DISK_MS, stops everything but reductions; those wait for it once, not each anew. */
static bool keep_marks(struct signer *s, const struct signer_req *r, struct err *e)
{
	bool fence = r->epoch > s->gate.epoch, covered = marks_cover(s, r);
	int wait = s->gate.hw_stale && gate_reduces(&r->act) ? 0 : DISK_MS;

	if (fence)
		hw_fence(&s->hw, r->epoch);
	if (!covered)
		cover(s, r->slot, r->env.nonce);
	if ((fence || !covered) && !hw_wait(&s->hw, wait)) {
		s->gate.hw_stale = true;
		return gate_reduces(&r->act) ||
		       err_set(e, ERR_STORE, "signer.hw cannot be written: reductions only");
	}
	if (fence || !covered)
		s->gate.hw_stale = false;
	return true;
}

static bool make_signature(struct signer *s, const struct signer_req *r, struct act_sig *sig,
			   struct err *e)
{
	const uint8_t *key = s->ring->key[r->slot];
	uint8_t id[32], digest[32], back[20];

	if (!action_hash(id, &r->act, &r->env, e))
		return false;
	action_digest(digest, id, r->env.mainnet);
	if (!secp_sign(s->secp, sig->r, sig->s, &sig->v, digest, key) ||
	    !secp_recover(s->secp, back, digest, sig->r, sig->s, sig->v) ||
	    memcmp(back, s->address[r->slot], 20) != 0) {
		memset(sig, 0, sizeof *sig);
		return err_set(e, ERR_BUG, "a signature did not recover to its own key");
	}
	if (++s->signatures % BLIND_EVERY == 0)
		blind(s);
	return true;
}

static bool do_sign(struct signer *s, const struct signer_req *r, struct signer_rep *out,
		    struct err *e)
{
	struct money spend;

	s->gate.wall_ms = (uint64_t)clock_ms(CLOCK_REALTIME);
	s->gate.boot_s = clock_ms(CLOCK_BOOTTIME) / 1000;
	if (s->gate.hw_stale && hw_wait(&s->hw, 0))
		s->gate.hw_stale = false; /* it was only slow */
	if (!gate_check(&s->gate, r, &spend, e) || !keep_marks(s, r, e) ||
	    !make_signature(s, r, &out->sig, e))
		return false;
	gate_commit(&s->gate, r, spend);
	return true;
}

static bool do_fence(struct signer *s, const struct signer_req *r, struct err *e)
{
	if (r->epoch < s->gate.epoch)
		return err_set(e, ERR_FENCED, "epoch %llu is fenced off, %llu holds the lease",
			       (unsigned long long)r->epoch, (unsigned long long)s->gate.epoch);
	if (r->epoch > s->gate.epoch) {
		hw_fence(&s->hw, r->epoch);
		/* A bad disk must not keep a fence from standing while this process lives. */
		s->gate.hw_stale = !hw_wait(&s->hw, DISK_MS);
	}
	s->gate.epoch = r->epoch;
	return true;
}

/* Before anybody is told: when the answer is out, the keys are gone and a next signer may start. */
static void release(struct signer *s)
{
	s->ending = true;
	keyring_free(s->ring);
	s->ring = NULL;
	hw_close(&s->hw);
	audit_close(&s->audit);
}

/* Which key a request names; the asker's own number of it says nothing here. */
static uint8_t named(const struct signer *s, const struct signer_req *r)
{
	uint8_t i = 0;

	while (i < s->conf->n_keys && strncmp(s->conf->key[i].label, r->key, SIGNER_LABEL_MAX) != 0)
		i++;
	return i < s->conf->n_keys ? i : 0xff;
}

static bool holds(const struct signer *s, const struct signer_req *r, struct err *e)
{
	return r->slot < s->conf->n_keys || err_set(e, ERR_KEY,
						    "key %.40s is not among those unlocked: exeunt "
						    "key lock, then exeunt key unlock",
						    r->key);
}

static bool do_request(struct signer *s, const struct signer_req *r, struct signer_rep *out,
		       struct err *e)
{
	if (!gate_frame_ok(r, e))
		return false;
	switch (r->op) {
	case SIGNER_STATUS:
		return !r->key[0] || holds(s, r, e);
	case SIGNER_SIGN:
		return holds(s, r, e) && do_sign(s, r, out, e);
	case SIGNER_FENCE:
		return do_fence(s, r, e);
	case SIGNER_LOCK:
		release(s);
		return true;
	case SIGNER_QUIT: /* an engine that was fenced off must not end its successor's signer */
		if (r->epoch < s->gate.epoch)
			return err_set(e, ERR_FENCED, "epoch %llu is fenced off",
				       (unsigned long long)r->epoch);
		release(s);
		return true;
	default:
		return true;
	}
}

static void answer(struct signer *s, const struct signer_req *r, struct signer_rep *out)
{
	const struct money cap = s->conf->caps.session;
	struct err e = {0};

	memset(out, 0, sizeof *out);
	if (!do_request(s, r, out, &e)) {
		memset(&out->sig, 0, sizeof out->sig);
		out->code = (uint8_t)e.code;
		snprintf(out->text, sizeof out->text, "%.*s", SIGNER_TEXT_MAX - 1, e.text);
	}
	out->magic = SIGNER_MAGIC;
	out->version = SIGNER_VERSION;
	out->op = r->op;
	out->slot = r->slot;
	out->id = r->id;
	out->ready = !s->ending;
	out->n_keys = s->conf->n_keys;
	out->hw_stale = s->gate.hw_stale;
	out->epoch = s->gate.epoch;
	if (r->slot < s->conf->n_keys) {
		memcpy(out->address, s->address[r->slot], 20);
		out->nonce_hw = s->gate.nonce_hw[r->slot];
	}
	out->session_left.v = cap.v > s->gate.session.v ? cap.v - s->gate.session.v : 0;
}

static void drop(struct signer *s, int i)
{
	close(s->client[i]);
	s->client[i] = -1;
	s->idle_since_ms = clock_ms(CLOCK_BOOTTIME);
}

/* The ceiling moves ahead after the answer is out, so that requests rarely wait for the disk. */
static void refresh(struct signer *s, const struct signer_req *r, const struct signer_rep *rep)
{
	if (rep->code == ERR_OK && r->op == SIGNER_SIGN && gate_raises(&r->act) &&
	    r->env.nonce + HW_STEP_MS / 2 > hw_ceiling(&s->hw, s->address[r->slot]) &&
	    hw_wait(&s->hw, 0)) /* else one is on its way, or the disk refuses */
		cover(s, r->slot, r->env.nonce);
}

/* One request a turn and client: poll says whether there is more. */
static void serve_one(struct signer *s, int i)
{
	static struct signer_req req;
	static struct signer_rep rep;
	uint8_t asked;
	bool sent;
	ssize_t n = recv(s->client[i], &req, sizeof req, MSG_DONTWAIT | MSG_TRUNC);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		drop(s, i);
		return;
	}
	if (n != (ssize_t)sizeof req)
		memset(&req, 0, sizeof req); /* answered as no request of this signer */
	req.key[SIGNER_LABEL_MAX - 1] = 0;
	asked = req.slot;
	req.slot = named(s, &req);
	answer(s, &req, &rep);
	rep.slot = asked;
	sent = send(s->client[i], &rep, sizeof rep, MSG_DONTWAIT | MSG_NOSIGNAL) ==
	       (ssize_t)sizeof rep;
	audit_put(&s->audit, &req, &rep, (uint64_t)clock_ms(CLOCK_REALTIME));
	if (!sent) {
		drop(s, i); /* does not read its answers */
		return;
	}
	refresh(s, &req, &rep);
}

static void take_client(struct signer *s)
{
	int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct ucred c;
	socklen_t n = sizeof c;

	if (fd < 0)
		return;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &c, &n) == 0 && c.uid == s->user)
		for (int i = 0; i < SIGNER_CLIENTS_MAX; i++)
			if (s->client[i] < 0) {
				s->client[i] = fd;
				return;
			}
	close(fd);
}

static int wait_ms(const struct signer *s)
{
	int64_t left;

	for (int i = 0; i < SIGNER_CLIENTS_MAX; i++)
		if (s->client[i] >= 0)
			return -1;
	if (s->conf->key_idle_ms <= 0)
		return -1;
	left = s->idle_since_ms + s->conf->key_idle_ms - clock_ms(CLOCK_BOOTTIME);
	return left <= 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

static void loop(struct signer *s)
{
	struct pollfd p[2 + SIGNER_CLIENTS_MAX];

	s->idle_since_ms = clock_ms(CLOCK_BOOTTIME);
	while (!s->ending) {
		int wait = wait_ms(s), n;

		p[0] = (struct pollfd){.fd = s->signals, .events = POLLIN};
		p[1] = (struct pollfd){.fd = s->listener, .events = POLLIN};
		for (int i = 0; i < SIGNER_CLIENTS_MAX; i++) /* poll skips negative ones */
			p[2 + i] = (struct pollfd){.fd = s->client[i], .events = POLLIN};
		n = wait == 0 ? 0 : poll(p, 2 + SIGNER_CLIENTS_MAX, wait);
		if (n < 0 && errno != EINTR)
			return;
		if (n == 0 && wait_ms(s) == 0)
			return; /* idle: forget the keys */
		if (n <= 0)
			continue;
		if (p[0].revents)
			return;
		for (int i = 0; i < SIGNER_CLIENTS_MAX && !s->ending; i++)
			if (p[2 + i].revents)
				serve_one(s, i);
		if (p[1].revents)
			take_client(s);
	}
}

static bool bind_socket(struct signer *s, struct err *e)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	mode_t old;
	int rc;

	s->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->listener < 0)
		return err_set(e, ERR_LIMIT, "signer socket: %s", strerror(errno));
	snprintf(at.sun_path, sizeof at.sun_path, "/proc/self/fd/%d/%s", s->dir, SIGNER_SOCK);
	unlinkat(s->dir, SIGNER_SOCK, 0); /* the lock on signer.hw says that nobody listens there */
	old = umask(0177);
	rc = bind(s->listener, (struct sockaddr *)&at, sizeof at);
	umask(old);
	if (rc != 0)
		return err_set(e, ERR_STORE, "%s: %s", SIGNER_SOCK, strerror(errno));
	return true;
}

static bool open_place(struct signer *s, struct err *e)
{
	bool damaged;

	s->dir = open(s->conf->state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir < 0)
		return err_set(e, ERR_STORE, "state directory: %s", strerror(errno));
	return hw_open(&s->hw, s->dir, (uint64_t)clock_ms(CLOCK_REALTIME), &damaged, e) &&
	       audit_open(&s->audit, s->dir, e) && bind_socket(s, e);
}

static bool open_signals(struct signer *s, struct err *e)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file-size limit is one more disk that refuses */
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->signals >= 0 || err_set(e, ERR_LIMIT, "signalfd: %s", strerror(errno));
}

static bool read_file(const char *path, char *out, size_t cap, size_t *n, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t got;

	if (fd < 0)
		return err_set(e, ERR_KEY, "key file %.200s: %s", path, strerror(errno));
	for (*n = 0; *n < cap; *n += (size_t)got) {
		got = read(fd, out + *n, cap - *n);
		if (got <= 0)
			break;
	}
	close(fd);
	if (*n == cap)
		return err_set(e, ERR_KEY, "key file %.200s: larger than %zu bytes", path, cap - 1);
	return true;
}

static bool open_key(struct signer *s, int i, struct err *e)
{
	struct keyring *ring = s->ring;
	struct keyfile_info info;
	struct err why = {0};
	size_t n;

	if (!read_file(s->conf->key[i].path, ring->file, sizeof ring->file, &n, e))
		return false;
	if (!keyfile_read(ring->key[i], &info, ring->file, n, ring->password.text, ring->password.n,
			  &why))
		return err_set(e, why.code, "%.150s: %s", s->conf->key[i].path, why.text);
	memcpy(s->address[i], info.address, 20);
	return true;
}

static bool open_keys(struct signer *s, struct err *e)
{
	struct secret *pw = &s->ring->password;
	bool ok = true;

	for (int i = 0; ok && i < s->conf->n_keys; i++) {
		struct err none;

		if (!secret_line(pw, s->conf->password_fd, &none) && i == 0)
			ok = err_set(e, ERR_KEY, "no password came: %s", none.text);
		ok = ok && open_key(s, i, e);
	}
	explicit_bzero(pw, sizeof *pw);
	explicit_bzero(s->ring->file, sizeof s->ring->file);
	close(s->conf->password_fd);
	return ok;
}

static bool start(struct signer *s, struct err *e)
{
	const struct signer_conf *c = s->conf;

	if (c->n_keys < 1 || c->n_keys > SIGNER_KEYS_MAX)
		return err_set(e, ERR_CONF, "%u keys, 1 to %d are served", c->n_keys,
			       SIGNER_KEYS_MAX);
	if (!open_place(s, e) || !open_signals(s, e))
		return false;
	s->ring = keyring_new(e);
	if (!s->ring || !sandbox_close_to_others(e) || !open_keys(s, e))
		return false;
	s->secp = secp_new(NULL);
	if (!s->secp)
		return err_set(e, ERR_LIMIT, "out of memory");
	blind(s);
	if (!hw_start(&s->hw, e) || !audit_start(&s->audit, e))
		return false;
	gate_init(&s->gate, c);
	s->gate.epoch = hw_epoch(&s->hw);
	for (int i = 0; i < c->n_keys; i++)
		s->gate.nonce_hw[i] = hw_ceiling(&s->hw, s->address[i]);
	if (listen(s->listener, SIGNER_CLIENTS_MAX) != 0)
		return err_set(e, ERR_LIMIT, "%s: %s", SIGNER_SOCK, strerror(errno));
	return true;
}

static void ready(int fd, const struct err *e)
{
	char line[ERR_TEXT_MAX + 32];
	int n;

	if (fd < 0)
		return;
	if (e->code == ERR_OK)
		n = snprintf(line, sizeof line, "ok\n");
	else
		n = snprintf(line, sizeof line, "%s %s\n", err_name(e->code), e->text);
	if (write(fd, line, (size_t)n) != n)
		n = 0; /* nobody waits any more; the socket says the same */
	close(fd);
}

int signer_main(const struct signer_conf *conf)
{
	static struct signer s;
	struct err e = {0};
	bool ok;

	s = (struct signer){.conf = conf,
			    .hw.fd = -1,
			    .audit.fd = -1,
			    .dir = -1,
			    .listener = -1,
			    .signals = -1};
	for (int i = 0; i < SIGNER_CLIENTS_MAX; i++)
		s.client[i] = -1;
	s.user = geteuid();
	ok = start(&s, &e) && sandbox_filter(conf->ready_fd, &e);
	if (!ok)
		release(&s);
	ready(conf->ready_fd, &e);
	if (ok)
		loop(&s);
	release(&s);
	return err_exit_status(e.code);
}

#include "base/banned.h"
