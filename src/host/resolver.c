/* resolver.c: one thread, one small table of hosts, a file of last good addresses.
 *
 * Invariants: 1. Only the thread calls getaddrinfo. 2. A failed lookup never removes an address. */
#include "host/resolver.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "host/log.h"

enum { HOSTS = 8, ADDRESSES = 4, HOST_TEXT = 128, ADDRESS_TEXT = 48 };

struct host {
	char name[HOST_TEXT];
	char address[ADDRESSES][ADDRESS_TEXT];
	int n;
	bool wanted, running;
};

struct resolver {
	pthread_mutex_t lock;
	pthread_cond_t more;
	pthread_t thread;
	struct host host[HOSTS];
	int n, fd;
	struct statedir dir;
	bool stop;
	int refs; /* the thread and the owner */
};

static struct host *find(struct resolver *r, const char *name, bool add)
{
	for (int i = 0; i < r->n; i++)
		if (!strcmp(r->host[i].name, name))
			return &r->host[i];
	if (!add || r->n == HOSTS || strlen(name) >= HOST_TEXT)
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

/* Without the lock: this is what may take long. */
static int look_up(const char *name, char out[ADDRESSES][ADDRESS_TEXT])
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *list, *a;
	int n = 0;
	int rc = getaddrinfo(name, NULL, &hints, &list);

	if (rc) {
		log_line(LOG_WARN, "name %s: %s", name, gai_strerror(rc));
		return 0;
	}
	for (a = list; a && n < ADDRESSES; a = a->ai_next)
		if (getnameinfo(a->ai_addr, a->ai_addrlen, out[n], ADDRESS_TEXT, NULL, 0,
				NI_NUMERICHOST) == 0)
			n++;
	freeaddrinfo(list);
	return n;
}

static void unref(struct resolver *r)
{
	bool last;

	pthread_mutex_lock(&r->lock);
	last = --r->refs == 0;
	pthread_mutex_unlock(&r->lock);
	if (!last)
		return;
	close(r->fd);
	free(r);
}

static struct host *next_wanted(struct resolver *r)
{
	for (int i = 0; i < r->n; i++)
		if (r->host[i].wanted)
			return &r->host[i];
	return NULL;
}

static void *resolver_main(void *arg)
{
	struct resolver *r = arg;

	pthread_mutex_lock(&r->lock);
	while (!r->stop) {
		char got[ADDRESSES][ADDRESS_TEXT], name[HOST_TEXT];
		struct host *h = next_wanted(r);
		uint64_t one = 1;
		ssize_t ignored;
		int n;
		if (!h) {
			pthread_cond_wait(&r->more, &r->lock);
			continue;
		}
		h->wanted = false;
		h->running = true;
		memcpy(name, h->name, sizeof name);
		pthread_mutex_unlock(&r->lock);
		n = look_up(name, got);
		pthread_mutex_lock(&r->lock);
		h->running = false;
		if (r->stop)
			break;
		if (n) {
			memcpy(h->address, got, sizeof got);
			h->n = n;
			file_write(r);
		}
		ignored = write(r->fd, &one, sizeof one);
		(void)ignored;
	}
	pthread_mutex_unlock(&r->lock);
	unref(r);
	return NULL;
}

struct resolver *resolver_new(const struct statedir *d)
{
	struct resolver *r = calloc(1, sizeof *r);

	ASSERT(r);
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->more, NULL);
	r->dir = *d;
	r->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	ASSERT(r->fd >= 0);
	r->refs = 2;
	file_read(r);
	if (pthread_create(&r->thread, NULL, resolver_main, r) != 0)
		BUG("no thread for the resolver");
	pthread_detach(r->thread);
	return r;
}

void resolver_free(struct resolver *r)
{
	if (!r)
		return;
	pthread_mutex_lock(&r->lock);
	r->stop = true;
	pthread_cond_signal(&r->more);
	pthread_mutex_unlock(&r->lock);
	unref(r);
}

void resolver_ask(struct resolver *r, const char *host)
{
	struct host *h;

	pthread_mutex_lock(&r->lock);
	h = find(r, host, true);
	if (h && !h->running) {
		h->wanted = true;
		pthread_cond_signal(&r->more);
	}
	pthread_mutex_unlock(&r->lock);
}

bool resolver_get(struct resolver *r, const char *host, unsigned turn, char *out, size_t cap)
{
	struct host *h;
	bool found = false;

	pthread_mutex_lock(&r->lock);
	h = find(r, host, false);
	if (h && h->n) {
		snprintf(out, cap, "%s", h->address[turn % (unsigned)h->n]);
		found = true;
	}
	pthread_mutex_unlock(&r->lock);
	return found;
}

int resolver_fd(const struct resolver *r)
{
	return r->fd;
}

void resolver_drain(struct resolver *r)
{
	uint64_t n;

	while (read(r->fd, &n, sizeof n) == (ssize_t)sizeof n)
		;
}
