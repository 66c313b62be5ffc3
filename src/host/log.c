/* log.c: escaped lines with UTC time, to the log file and perhaps to standard error.
 *
 * Invariants:
 *  1. Lines are written whole and in order: those of two threads never mix.
 *  2. Past LOG_BYTES_MAX the file is renamed to log.1 and begun anew: the disk is bounded.
 *  3. After log_background only a thread of its own writes: whoever logs waits for no disk. What
 * the ring does not hold is counted, and the count is the next line. */
#include "host/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <errno.h>

#include "base/check.h"
#include "base/escape.h"
#include "host/clock.h"

enum { LOG_BYTES_MAX = 16 << 20, LINE_MAX_ = 1200, KEPT = 8, RING = 256 << 10, CHUNK = 16 << 10 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	int fd;
	bool err;
	enum log_level max;
	char path[512];
	char kept[KEPT][320]; /* newest errors and warnings, for log_last_with */
	unsigned next;
	/* of log_background: bytes [from, to) wait, counted for ever, at their count modulo RING */
	bool threaded, busy;
	uint64_t from, to, lost;
	char ring[RING];
} g = {.fd = -1, .err = true, .max = LOG_NOTE};
static pthread_cond_t work = PTHREAD_COND_INITIALIZER, done = PTHREAD_COND_INITIALIZER;

static const char *const names[] = {"error", "warn", "note", "debug"};

bool log_open(const char *path, bool also_stderr, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return err_set(e, ERR_STORE, "cannot open the log %s: %s", path, strerror(errno));
	pthread_mutex_lock(&lock);
	while (g.busy) /* the thread writes to the old one */
		pthread_cond_wait(&done, &lock);
	if (g.fd >= 0)
		close(g.fd);
	g.fd = fd;
	g.err = also_stderr;
	snprintf(g.path, sizeof g.path, "%s", path);
	pthread_mutex_unlock(&lock);
	return true;
}

void log_set_level(enum log_level max)
{
	g.max = max;
}

int log_fd(void)
{
	return g.fd;
}

static void rotate(void)
{
	struct stat st;
	char old[528];
	int fd;

	if (fstat(g.fd, &st) != 0 || st.st_size < LOG_BYTES_MAX)
		return;
	snprintf(old, sizeof old, "%s.1", g.path);
	if (rename(g.path, old) != 0)
		return;
	fd = open(g.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return;
	close(g.fd);
	g.fd = fd;
}

static void write_out(const char *text, size_t n)
{
	ssize_t ignored;

	if (g.fd >= 0) {
		rotate();
		ignored = write(g.fd, text, n);
	}
	if (g.err || g.fd < 0)
		ignored = write(STDERR_FILENO, text, n);
	(void)ignored;
}

/* ---- the thread ---- */

/* As many whole lines as fit. */
static size_t take(char out[CHUNK])
{
	size_t n = 0, whole = 0;

	for (uint64_t i = g.from; i < g.to && n < CHUNK; i++) {
		out[n] = g.ring[i % RING];
		if (out[n++] == '\n')
			whole = n;
	}
	return whole;
}

static void *writer(void *arg)
{
	static char text[CHUNK];

	(void)arg;
	pthread_mutex_lock(&lock);
	for (;;) {
		size_t n;

		while (g.from == g.to)
			pthread_cond_wait(&work, &lock);
		n = take(text);
		g.busy = true;
		pthread_mutex_unlock(&lock);
		write_out(text, n);
		pthread_mutex_lock(&lock);
		g.busy = false;
		g.from += n;
		pthread_cond_broadcast(&done);
	}
	return NULL;
}

static void put(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		g.ring[g.to++ % RING] = text[i];
	pthread_cond_signal(&work);
}

/* A gap is told as soon as there is room for it and the line. */
static void queue(const char *when, const char *line, size_t n)
{
	char gap[80];
	int len = g.lost ? snprintf(gap, sizeof gap, "%s error log: %llu lines are lost here\n",
				    when, (unsigned long long)g.lost)
			 : 0;

	if (g.to - g.from + n + (size_t)len > RING) {
		g.lost++;
		return;
	}
	g.lost = 0;
	put(gap, (size_t)len);
	put(line, n);
}

/* A forked child has no such thread, and perhaps a lock that nobody will let go. */
static void in_child(void)
{
	pthread_mutex_init(&lock, NULL);
	g.threaded = g.busy = false;
	g.from = g.to;
}

static void flush_fault(void)
{
	log_flush(500);
}

bool log_background(void)
{
	static bool asked;
	sigset_t all, old;
	pthread_t t;
	bool ok;

	if (g.threaded)
		return true;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	ok = pthread_create(&t, NULL, writer, NULL) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (!ok)
		return false;
	pthread_detach(t);
	if (!asked)
		pthread_atfork(NULL, NULL, in_child);
	asked = true;
	if (!check_hook)
		check_hook = flush_fault;
	pthread_mutex_lock(&lock);
	g.threaded = true;
	pthread_mutex_unlock(&lock);
	return true;
}

void log_flush(int timeout_ms)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += (long)timeout_ms % 1000 * 1000000;
	until.tv_sec += timeout_ms / 1000 + until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&lock);
	while (g.threaded && (g.busy || g.from != g.to))
		if (pthread_cond_timedwait(&done, &lock, &until) != 0)
			break;
	pthread_mutex_unlock(&lock);
}

/* ---- the lines ---- */

/* Our own sentences part their clauses with a middle dot and write a real minus; a log is ASCII. */
static size_t plain_signs(char *s, size_t n)
{
	size_t out = 0;

	for (size_t i = 0; i < n; i++) {
		size_t left = n - i;

		s[out] = s[i];
		if (left >= 2 && !memcmp(s + i, "\xc2\xb7", 2)) {
			s[out] = '|';
			i++;
		} else if (left >= 2 && !memcmp(s + i, "\xc2\xb1", 2)) {
			s[out++] = '+';
			s[out] = '-';
			i++;
		} else if (left >= 3 && !memcmp(s + i, "\xe2\x88\x92", 3)) {
			s[out] = '-';
			i += 2;
		}
		out++;
	}
	return out;
}

void log_line(enum log_level level, const char *fmt, ...)
{
	char raw[900], text[900], when[24], line[LINE_MAX_];
	va_list ap;
	size_t n;
	int len;

	if (level > g.max)
		return;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof raw, fmt, ap);
	va_end(ap);
	n = strlen(raw);
	while (n && raw[n - 1] == '\n')
		n--;
	escape_text(text, sizeof text, raw, plain_signs(raw, n));
	clock_put_utc(when, clock_wall_ms());
	len = snprintf(line, sizeof line, "%s %s %s\n", when, names[level], text);
	if (len >= (int)sizeof line)
		len = (int)sizeof line - 1;
	pthread_mutex_lock(&lock);
	if (level <= LOG_WARN)
		snprintf(g.kept[g.next++ % KEPT], sizeof g.kept[0], "%.300s", text);
	if (g.threaded)
		queue(when, line, (size_t)len);
	else
		write_out(line, (size_t)len);
	pthread_mutex_unlock(&lock);
}

void log_last_with(const char *needle, char *out, unsigned cap)
{
	out[0] = 0;
	pthread_mutex_lock(&lock);
	for (unsigned i = 1; i <= KEPT; i++) {
		const char *k = g.kept[(g.next - i) % KEPT];
		if (*k && strstr(k, needle)) {
			snprintf(out, cap, "%s", k);
			break;
		}
	}
	pthread_mutex_unlock(&lock);
}
