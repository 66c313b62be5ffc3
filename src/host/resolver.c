/* resolver.c: the owner's side (a table of hosts, a file of last good addresses) and the process.
 *
 *   ask -> "name" -> process: getaddrinfo -> "name ADDRESS ADDRESS ..." or "name ! reason" -> drain
 *
 * Invariants: 1. Only the process calls getaddrinfo. 2. A failed lookup never removes an address.
 * 3. Nothing here waits: a process that is not heard in time is killed and another one begun.
 * 4. Both ends of the socket stay open here, so a dead process is silence, never a broken
 *    descriptor; what it had not read yet its successor answers. 5. What it says is data: an answer
 *    to a name that was not asked, or no address, is dropped. */
#include "host/resolver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "host/clock.h"
#include "host/log.h"

enum {
	HOSTS = 8,
	ADDRESSES = 4,
	HOST_TEXT = 128,
	ADDRESS_TEXT = 48,
	ANSWER_TEXT = HOST_TEXT + ADDRESSES * ADDRESS_TEXT,
};
static const int64_t patience = 15000000000, between = 1000000000; /* ns; of starts */

extern char **environ;

struct host {
	char name[HOST_TEXT];
	char address[ADDRESSES][ADDRESS_TEXT];
	int n;
	int64_t asked_ns; /* 0: no lookup runs */
};

struct resolver {
	struct host host[HOSTS];
	int n;
	int near, far; /* of the socket: ours, the process's */
	pid_t pid, dying;
	int64_t begun_ns, patience_ns;
	const char *program;
	struct statedir dir;
};

static struct host *find(struct resolver *r, const char *name, bool add)
{
	for (int i = 0; i < r->n; i++)
		if (!strcmp(r->host[i].name, name))
			return &r->host[i];
	if (!add || r->n == HOSTS || strlen(name) >= HOST_TEXT || strchr(name, ' ') || !name[0])
		return NULL;
	snprintf(r->host[r->n].name, HOST_TEXT, "%s", name);
	return &r->host[r->n++];
}

static void file_read(struct resolver *r)
{
	char line[HOST_TEXT + ADDRESS_TEXT + 8], name[HOST_TEXT], address[ADDRESS_TEXT];
	int fd = openat(r->dir.fd, "dns", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	FILE *f = fd >= 0 ? fdopen(fd, "r") : NULL;

	if (!f)
		return;
	while (fgets(line, sizeof line, f)) {
		struct host *h;
		if (sscanf(line, "%127s %47s", name, address) != 2)
			continue;
		h = find(r, name, true);
		if (h && h->n < ADDRESSES)
			snprintf(h->address[h->n++], ADDRESS_TEXT, "%s", address);
	}
	fclose(f);
}

static void file_write(struct resolver *r)
{
	int fd = openat(r->dir.fd, "dns.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
			0600);
	FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;

	if (!f)
		return;
	for (int i = 0; i < r->n; i++)
		for (int a = 0; a < r->host[i].n; a++)
			fprintf(f, "%s %s\n", r->host[i].name, r->host[i].address[a]);
	if (fclose(f) == 0)
		renameat(r->dir.fd, "dns.new", r->dir.fd, "dns");
}

/* ---- the process's life ---- */

static void reap(struct resolver *r)
{
	if (r->dying && waitpid(r->dying, NULL, WNOHANG))
		r->dying = 0;
	if (!r->pid || !waitpid(r->pid, NULL, WNOHANG))
		return;
	r->pid = 0;
	for (int i = 0; i < r->n; i++)
		r->host[i].asked_ns = 0;
}

static void end(struct resolver *r)
{
	if (!r->pid)
		return;
	kill(r->pid, SIGKILL);
	r->dying = r->pid; /* one that hangs in the kernel is not waited for */
	r->pid = 0;
	for (int i = 0; i < r->n; i++)
		r->host[i].asked_ns = 0;
	reap(r);
}

static void begin(struct resolver *r, int64_t now)
{
	const char *argv[] = {"exeunt", RESOLVER_VERB, NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t none, all;
	int rc;

	if (r->begun_ns && now - r->begun_ns < between)
		return;
	r->begun_ns = now;
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&how);
	posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&how, &none);
	posix_spawnattr_setsigdefault(&how, &all);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, r->far, STDIN_FILENO);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
	rc = posix_spawn(&r->pid, r->program, &files, &how, (char *const *)(uintptr_t)argv,
			 environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&how);
	if (rc) {
		r->pid = 0;
		log_line(LOG_WARN, "name resolver: %s", strerror(rc));
	}
}

struct resolver *resolver_new_with(const struct statedir *d, const char *program,
				   int64_t patience_ns)
{
	struct resolver *r = calloc(1, sizeof *r);
	int fd[2];

	ASSERT(r);
	r->dir = *d;
	r->program = program;
	r->patience_ns = patience_ns;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd))
		BUG("no socket for the resolver");
	r->near = fd[0];
	r->far = fd[1];
	fcntl(r->near, F_SETFL, O_NONBLOCK);
	file_read(r);
	return r;
}

struct resolver *resolver_new(const struct statedir *d)
{
	return resolver_new_with(d, "/proc/self/exe", patience);
}

void resolver_free(struct resolver *r)
{
	if (!r)
		return;
	end(r);
	close(r->near);
	close(r->far);
	free(r);
}

/* ---- questions and answers ---- */

void resolver_ask(struct resolver *r, const char *host)
{
	struct host *h = find(r, host, true);
	int64_t now = clock_boot_ns();

	if (!h)
		return;
	resolver_drain(r);
	reap(r);
	if (h->asked_ns && now - h->asked_ns > r->patience_ns) {
		log_line(LOG_WARN, "name %s: no answer in %.1f s; another resolver is begun", host,
			 (double)r->patience_ns / 1e9);
		end(r);
	}
	if (!r->pid)
		begin(r, now);
	if (!h->asked_ns && r->pid && send(r->near, host, strlen(host), MSG_NOSIGNAL) > 0)
		h->asked_ns = now;
}

static void take(struct resolver *r, char *text)
{
	char got[ADDRESSES][ADDRESS_TEXT], *at, *word = strtok_r(text, " ", &at);
	struct host *h = word ? find(r, word, false) : NULL;
	unsigned char bytes[16];
	int n = 0;

	if (!h)
		return;
	h->asked_ns = 0;
	while ((word = strtok_r(NULL, " ", &at)) && n < ADDRESSES) {
		if (!strcmp(word, "!")) {
			log_line(LOG_WARN, "name %s: %s", h->name, at);
			return;
		}
		if (strlen(word) < ADDRESS_TEXT &&
		    (inet_pton(AF_INET, word, bytes) == 1 || inet_pton(AF_INET6, word, bytes) == 1))
			snprintf(got[n++], ADDRESS_TEXT, "%s", word);
	}
	if (!n)
		return;
	memcpy(h->address, got, (size_t)n * sizeof got[0]);
	h->n = n;
	file_write(r);
}

void resolver_drain(struct resolver *r)
{
	char text[ANSWER_TEXT + 1];
	ssize_t n;

	while ((n = recv(r->near, text, ANSWER_TEXT, 0)) > 0) {
		text[n] = 0;
		take(r, text);
	}
}

bool resolver_get(struct resolver *r, const char *host, unsigned turn, char *out, size_t cap)
{
	struct host *h;

	resolver_drain(r);
	h = find(r, host, false);
	if (!h || !h->n)
		return false;
	snprintf(out, cap, "%s", h->address[turn % (unsigned)h->n]);
	return true;
}

int resolver_fd(const struct resolver *r)
{
	return r->near;
}

pid_t resolver_pid(const struct resolver *r)
{
	return r->pid;
}

/* ---- the process ---- */

static void look_up(const char *name, char *out, size_t cap)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *list;
	int rc = getaddrinfo(name, NULL, &hints, &list), n = 0;
	size_t at = (size_t)snprintf(out, cap, "%s", name);

	if (rc) {
		snprintf(out + at, cap - at, " ! %s", gai_strerror(rc));
		return;
	}
	for (struct addrinfo *a = list; a && n < ADDRESSES; a = a->ai_next) {
		char address[ADDRESS_TEXT];

		if (getnameinfo(a->ai_addr, a->ai_addrlen, address, sizeof address, NULL, 0,
				NI_NUMERICHOST))
			continue;
		at += (size_t)snprintf(out + at, cap - at, " %s", address);
		n++;
	}
	freeaddrinfo(list);
}

int resolver_main(int fd)
{
	char name[HOST_TEXT], answer[ANSWER_TEXT];
	ssize_t n;

	while ((n = recv(fd, name, sizeof name - 1, 0)) > 0) {
		name[n] = 0;
		look_up(name, answer, sizeof answer);
		if (send(fd, answer, strlen(answer), MSG_NOSIGNAL) < 0)
			return 0;
	}
	return n < 0 ? 2 : 0; /* not begun by an engine */
}
