/* attach.c: both ends of engine.sock.
 *
 * Invariants:
 *  1. The server never blocks on a client: what does not fit waits in the client's own buffer.
 *  2. A client has at most one snapshot under way; replies wait behind it, bounded.
 *  3. A head that is not ours ends the connection; nothing of another build is interpreted. */
#include "host/attach.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "base/crc.h"
#include "config.h"
#include "core/snap_pack.h"
#include "host/clock.h"
#include "host/log.h"

enum { REPLIES_MAX = 64, PROTOCOL = 2 /* 2: snapshots are packed */ };

const char *build_id(void)
{
	static char id[BUILD_ID_BYTES];
	const uint32_t shapes[] = {SNAP_MAGIC, sizeof(struct snap), sizeof(struct cmd),
				   sizeof(struct attach_reply), PROTOCOL};

	if (!id[0]) {
		char text[64];
		snprintf(text, sizeof text, "%.6s-%08x", PACKAGE_VERSION,
			 crc32_ieee(shapes, sizeof shapes));
		memcpy(id, text, sizeof id - 1);
	}
	return id;
}

static void head_init(struct attach_head *h, uint32_t type, uint32_t seq, size_t size)
{
	memset(h, 0, sizeof *h);
	h->magic = ATTACH_MAGIC;
	h->size = (uint32_t)size;
	h->type = type;
	h->seq = seq;
	memcpy(h->build, build_id(), sizeof h->build);
}

static bool head_ok(const struct attach_head *h)
{
	return h->magic == ATTACH_MAGIC && !memcmp(h->build, build_id(), sizeof h->build);
}

/* ---- the engine's side ---- */

struct reply_msg {
	struct reply_msg *next;
	size_t len;
	uint8_t bytes[];
};

struct client {
	bool used, wants;
	uint32_t id;
	uint64_t last; /* number of the newest snapshot given to it */
	int fd;
	struct loop_fd *watch;
	struct attach_server *server;
	size_t in_len;
	uint8_t in[sizeof(struct attach_head) + sizeof(struct cmd)];
	/* Being written: the snapshot or the first reply. */
	uint8_t *out; /* room for a head and a snapshot */
	size_t out_len, out_sent;
	struct reply_msg *replies, *replies_last;
	uint32_t n_replies;
};

struct attach_server {
	struct loop *loop;
	struct loop_fd *listener;
	int listen_fd;
	attach_cmd_fn *on_cmd;
	attach_gone_fn *on_gone;
	attach_terminal_fn *on_terminal;
	void *arg;
	uint32_t next_id;
	struct client client[CLIENTS_MAX];
};

static void client_drop(struct client *c)
{
	struct attach_server *s = c->server;
	uint32_t id = c->id;

	if (!c->used)
		return;
	loop_fd_drop(c->watch);
	free(c->out);
	while (c->replies) {
		struct reply_msg *m = c->replies;
		c->replies = m->next;
		free(m);
	}
	memset(c, 0, sizeof *c);
	s->on_gone(s->arg, id);
}

static void client_flush(struct client *c)
{
	for (;;) {
		ssize_t n;
		if (c->out_sent == c->out_len) {
			struct reply_msg *m = c->replies;
			if (!m)
				return;
			memcpy(c->out, m->bytes, m->len);
			c->out_len = m->len;
			c->out_sent = 0;
			c->replies = m->next;
			if (!c->replies)
				c->replies_last = NULL;
			c->n_replies--;
			free(m);
		}
		n = send(c->fd, c->out + c->out_sent, c->out_len - c->out_sent,
			 MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
			loop_fd_want_write(c->watch);
			return;
		}
		if (n <= 0) {
			client_drop(c);
			return;
		}
		c->out_sent += (size_t)n;
	}
}

/* Our name, best effort, to whoever is of another build: its own side refuses it by name. */
static void client_refuse(struct client *c, const struct attach_head *h)
{
	struct attach_head own;

	log_line(LOG_WARN, "a client of another build was refused (%.15s, this is %.15s)", h->build,
		 build_id());
	head_init(&own, AT_HELLO, 0, 0);
	if (c->out_sent == c->out_len)
		(void)!send(c->fd, &own, sizeof own, MSG_NOSIGNAL | MSG_DONTWAIT);
	shutdown(c->fd, SHUT_WR);
	client_drop(c);
}

static void client_writable(void *arg)
{
	client_flush(arg);
}

/* One whole message, or false to drop the client. */
static bool client_message(struct client *c, const struct attach_head *h, const uint8_t *payload)
{
	struct attach_server *s = c->server;
	struct cmd cmd;

	switch (h->type) {
	case AT_HELLO: /* seq 1: a terminal */
		if (h->seq == 1)
			s->on_terminal(s->arg, c->id);
		return h->size == 0;
	case AT_WANT:
		c->wants = true;
		return h->size == 0;
	case AT_CMD:
		if (h->size != sizeof cmd)
			return false;
		memcpy(&cmd, payload, sizeof cmd);
		if (cmd.kind >= CMD_KINDS)
			return false;
		s->on_cmd(s->arg, c->id, h->seq, &cmd);
		return true;
	default:
		return false;
	}
}

static void client_readable(void *arg)
{
	struct client *c = arg;
	uint32_t id = c->id;

	/* Bounded: one client cannot keep the turn from ending. */
	for (int i = 0; i < 8; i++) {
		struct attach_head h;
		size_t want = sizeof h;
		ssize_t n;
		if (c->in_len >= sizeof h) {
			memcpy(&h, c->in, sizeof h);
			if (!head_ok(&h) || h.size > sizeof c->in - sizeof h) {
				client_refuse(c, &h);
				return;
			}
			want = sizeof h + h.size;
		}
		if (c->in_len < want) {
			n = recv(c->fd, c->in + c->in_len, want - c->in_len, MSG_DONTWAIT);
			if (n < 0 && (errno == EAGAIN || errno == EINTR))
				return;
			if (n <= 0) {
				client_drop(c);
				return;
			}
			c->in_len += (size_t)n;
			if (c->in_len < want)
				return;
			memcpy(&h, c->in, sizeof h);
			if (want == sizeof h && h.size)
				continue;
			if (!head_ok(&h)) {
				client_refuse(c, &h);
				return;
			}
		}
		c->in_len = 0;
		if (!client_message(c, &h, c->in + sizeof h)) {
			client_drop(c);
			return;
		}
		if (!c->used || c->id != id)
			return;
	}
}

bool attach_add(struct attach_server *s, int fd)
{
	for (int i = 0; i < CLIENTS_MAX; i++) {
		struct client *c = &s->client[i];
		if (c->used)
			continue;
		memset(c, 0, sizeof *c);
		c->out = malloc(sizeof(struct attach_head) + sizeof(struct snap) +
				sizeof(struct attach_reply));
		if (!c->out)
			break;
		c->fd = fd;
		c->server = s;
		c->id = ++s->next_id;
		c->watch = loop_fd_add(s->loop, fd, client_readable, client_writable, c);
		if (!c->watch) {
			free(c->out);
			break;
		}
		c->used = true;
		return true;
	}
	log_line(LOG_WARN, "a client was turned away: %d are attached already", CLIENTS_MAX);
	close(fd);
	return false;
}

static void on_listener(void *arg)
{
	struct attach_server *s = arg;
	int fd = accept4(s->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (!socket_peer_is_us(fd, NULL)) {
		log_line(LOG_WARN, "a client of another user was refused");
		close(fd);
		return;
	}
	attach_add(s, fd);
}

void attach_first(struct attach_server *s)
{
	struct pollfd p[CLIENTS_MAX + 1];

	p[CLIENTS_MAX] = (struct pollfd){.fd = s->listen_fd, .events = POLLIN};
	for (int i = 0; i < CLIENTS_MAX; i++)
		p[i] = (struct pollfd){.fd = s->client[i].used ? s->client[i].fd : -1,
				       .events = POLLIN};
	if (poll(p, CLIENTS_MAX + 1, 0) <= 0)
		return;
	if (p[CLIENTS_MAX].revents)
		on_listener(s);
	for (int i = 0; i < CLIENTS_MAX; i++) /* the one that just came has no look of its own */
		if (s->client[i].used && (p[i].fd < 0 || p[i].revents))
			client_readable(&s->client[i]);
}

struct attach_server *attach_server_new(struct loop *l, int listen_fd, attach_cmd_fn *on_cmd,
					attach_gone_fn *on_gone, attach_terminal_fn *on_terminal,
					void *arg)
{
	struct attach_server *s = calloc(1, sizeof *s);

	ASSERT(s);
	s->loop = l;
	s->listen_fd = listen_fd;
	s->on_cmd = on_cmd;
	s->on_gone = on_gone;
	s->on_terminal = on_terminal;
	s->arg = arg;
	if (listen_fd >= 0) {
		s->listener = loop_fd_add(l, listen_fd, on_listener, NULL, s);
		ASSERT(s->listener);
	}
	return s;
}

void attach_server_free(struct attach_server *s)
{
	if (!s)
		return;
	for (int i = 0; i < CLIENTS_MAX; i++)
		client_drop(&s->client[i]);
	if (s->listener)
		loop_fd_drop(s->listener);
	free(s);
}

bool attach_is(const struct attach_server *s, uint32_t client)
{
	for (int i = 0; i < CLIENTS_MAX; i++)
		if (s->client[i].used && s->client[i].id == client)
			return true;
	return false;
}

uint32_t attach_clients(const struct attach_server *s)
{
	uint32_t n = 0;

	for (int i = 0; i < CLIENTS_MAX; i++)
		n += s->client[i].used;
	return n;
}

static bool may_take(const struct client *c, uint64_t number)
{
	return c->used && c->last < number && c->wants && c->out_sent == c->out_len && !c->replies;
}

bool attach_wanted(const struct attach_server *s, uint64_t number)
{
	for (int i = 0; i < CLIENTS_MAX; i++)
		if (may_take(&s->client[i], number))
			return true;
	return false;
}

bool attach_new_waits(const struct attach_server *s)
{
	for (int i = 0; i < CLIENTS_MAX; i++)
		if (!s->client[i].last && may_take(&s->client[i], UINT64_MAX))
			return true;
	return false;
}

void attach_publish(struct attach_server *s, const struct snap *snap, uint32_t seat)
{
	for (int i = 0; i < CLIENTS_MAX; i++) {
		struct client *c = &s->client[i];
		struct attach_head h;
		if (!may_take(c, snap->number))
			continue;
		c->wants = false;
		c->last = snap->number;
		head_init(&h, AT_SNAP, 0, snap_pack(c->out + sizeof h, snap));
		memcpy(c->out, &h, sizeof h);
		c->out[sizeof h + offsetof(struct snap, you_have_seat)] = c->id == seat;
		c->out_len = sizeof h + h.size;
		c->out_sent = 0;
		client_flush(c);
	}
}

void attach_fenced(struct attach_server *s)
{
	struct attach_head h;

	head_init(&h, AT_FENCED, 0, 0);
	for (int i = 0; i < CLIENTS_MAX; i++) {
		struct client *c = &s->client[i];
		if (c->used &&
		    c->out_sent == c->out_len) /* never in the middle of another message */
			(void)!send(c->fd, &h, sizeof h, MSG_NOSIGNAL | MSG_DONTWAIT);
	}
}

void attach_answer(struct attach_server *s, uint32_t client, uint32_t seq, uint8_t code,
		   uint32_t exit, const char *text)
{
	for (int i = 0; i < CLIENTS_MAX; i++) {
		struct client *c = &s->client[i];
		struct attach_head h;
		struct attach_reply r;
		struct reply_msg *m;
		size_t fixed = offsetof(struct attach_reply, text);
		if (!c->used || c->id != client)
			continue;
		if (c->n_replies == REPLIES_MAX) {
			client_drop(c); /* asks and never reads */
			return;
		}
		r.code = code;
		r.exit = exit;
		r.len = (uint32_t)snprintf(r.text, sizeof r.text, "%s", text);
		if (r.len >= sizeof r.text)
			r.len = sizeof r.text - 1;
		head_init(&h, AT_REPLY, seq, fixed + r.len + 1);
		m = malloc(sizeof *m + sizeof h + h.size);
		if (!m)
			return;
		m->next = NULL;
		m->len = sizeof h + h.size;
		memcpy(m->bytes, &h, sizeof h);
		memcpy(m->bytes + sizeof h, &r, h.size);
		if (c->replies_last)
			c->replies_last->next = m;
		else
			c->replies = m;
		c->replies_last = m;
		c->n_replies++;
		client_flush(c);
		return;
	}
}

/* ---- the client's side ---- */

struct attach {
	int fd;
	uint32_t seq;
	bool asked;
	struct attach_head head;
	size_t have; /* bytes of head and payload */
	uint32_t reply_seq;
	union {
		uint8_t snap[sizeof(struct snap)]; /* packed */
		struct attach_reply reply;
		uint8_t bytes[1];
	} in; /* being read */
	struct attach_reply reply;
	struct snap *snap, *own; /* where the newest is unpacked; own: its room, when there is */
};

static bool send_all(int fd, const void *p, size_t n)
{
	const uint8_t *at = p;

	while (n) {
		ssize_t did = send(fd, at, n, MSG_NOSIGNAL);
		if (did < 0 && errno == EINTR)
			continue;
		if (did < 0 && errno == EAGAIN) {
			struct pollfd w = {.fd = fd, .events = POLLOUT};
			if (poll(&w, 1, 1000) <= 0)
				return false;
			continue;
		}
		if (did <= 0)
			return false;
		at += did;
		n -= (size_t)did;
	}
	return true;
}

struct attach *attach_of_fd(int fd)
{
	struct attach *a = calloc(1, sizeof *a);
	struct attach_head h;

	ASSERT(a);
	a->fd = fd;
	head_init(&h, AT_HELLO, 0, 0);
	send_all(fd, &h, sizeof h);
	return a;
}

struct attach *attach_open(const struct statedir *d, struct err *e)
{
	int fd = statedir_connect(d, ENGINE_SOCK, SOCK_STREAM, e);

	if (fd < 0)
		return NULL;
	if (!socket_peer_is_us(fd, NULL)) {
		close(fd);
		err_set(e, ERR_FENCED, "%s/%s belongs to another user", d->path, ENGINE_SOCK);
		return NULL;
	}
	return attach_of_fd(fd);
}

void attach_close(struct attach *a)
{
	if (!a)
		return;
	close(a->fd);
	free(a->own);
	free(a);
}

void attach_into(struct attach *a, struct snap *s)
{
	a->snap = s;
}

int attach_fd(const struct attach *a)
{
	return a->fd;
}

bool attach_terminal(struct attach *a)
{
	struct attach_head h;

	head_init(&h, AT_HELLO, 1, 0);
	return send_all(a->fd, &h, sizeof h);
}

bool attach_want(struct attach *a)
{
	struct attach_head h;

	if (a->asked)
		return true;
	head_init(&h, AT_WANT, 0, 0);
	a->asked = send_all(a->fd, &h, sizeof h);
	return a->asked;
}

bool attach_send(struct attach *a, const struct cmd *c, uint32_t *seq)
{
	struct attach_cmd_msg {
		struct attach_head h;
		struct cmd c;
	} m;

	_Static_assert(offsetof(struct attach_cmd_msg, c) == sizeof(struct attach_head),
		       "no hole between head and command");
	memset(&m, 0, sizeof m);
	head_init(&m.h, AT_CMD, ++a->seq, sizeof *c);
	m.c = *c;
	*seq = a->seq;
	/* in one piece: the engine wakes once */
	return send_all(a->fd, &m, sizeof m.h + sizeof m.c);
}

static enum attach_got gone(struct err *e, const char *why)
{
	err_set(e, ERR_NET, "%s", why);
	return GOT_GONE;
}

static enum attach_got whole(struct attach *a, struct err *e)
{
	a->have = 0;
	if (a->head.type == AT_SNAP) {
		a->asked = false;
		if (!a->snap) {
			a->snap = a->own = calloc(1, sizeof *a->own);
			ASSERT(a->own);
		}
		return snap_unpack(a->snap, a->in.snap, a->head.size)
			       ? GOT_SNAP
			       : gone(e, "the engine sent what is no snapshot");
	}
	memcpy(&a->reply, &a->in.reply, a->head.size);
	a->reply.text[sizeof a->reply.text - 1] = 0;
	a->reply_seq = a->head.seq;
	return GOT_REPLY;
}

static bool shape_ok(const struct attach_head *h)
{
	if (h->type == AT_SNAP)
		return h->size && h->size <= sizeof(struct snap);
	return h->type == AT_REPLY && h->size > offsetof(struct attach_reply, text) &&
	       h->size <= sizeof(struct attach_reply);
}

enum attach_got attach_get(struct attach *a, int timeout_ms, struct err *e)
{
	int64_t until = clock_boot_ns() + (int64_t)timeout_ms * 1000000;

	for (;;) {
		size_t hs = sizeof a->head;
		size_t want = a->have < hs ? hs - a->have : hs + a->head.size - a->have;
		uint8_t *to =
			a->have < hs ? (uint8_t *)&a->head + a->have : a->in.bytes + (a->have - hs);
		ssize_t n = recv(a->fd, to, want, MSG_DONTWAIT);
		if (n == 0)
			return gone(e, "the engine ended");
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return gone(e, "the engine's socket broke");
		if (n < 0) {
			struct pollfd w = {.fd = a->fd, .events = POLLIN};
			int64_t left = (until - clock_boot_ns()) / 1000000;
			if (left <= 0 || (poll(&w, 1, (int)left) < 0 && errno != EINTR))
				return GOT_NONE;
			continue;
		}
		a->have += (size_t)n;
		if (a->have == hs && head_ok(&a->head) && a->head.type == AT_FENCED) {
			err_set(e, ERR_FENCED,
				"FENCED: a break-glass shell took the lease; this engine has "
				"ended. Another: exeunt engine");
			return GOT_GONE;
		}
		if (a->have == hs && (!head_ok(&a->head) || !shape_ok(&a->head))) {
			if (a->head.magic != ATTACH_MAGIC)
				return gone(e, "what answers is not an engine");
			err_set(e, ERR_FENCED,
				"the engine is another build (%.15s, this is %.15s): end it, or "
				"use its own program",
				a->head.build, build_id());
			return GOT_GONE;
		}
		if (a->have == hs + a->head.size)
			return whole(a, e);
	}
}

const struct snap *attach_snap(const struct attach *a)
{
	return a->snap;
}

const struct attach_reply *attach_reply_of(const struct attach *a, uint32_t *seq)
{
	if (seq)
		*seq = a->reply_seq;
	return &a->reply;
}
