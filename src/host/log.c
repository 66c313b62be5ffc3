/* log.c: escaped lines with UTC time, to the log file and perhaps to standard error.
 *
 * Invariants:
 *  1. A line is written by one write(2): lines of two threads never mix.
 *  2. Past LOG_BYTES_MAX the file is renamed to log.1 and begun anew: the disk is bounded. */
#include "host/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <errno.h>

#include "base/escape.h"
#include "host/clock.h"

enum { LOG_BYTES_MAX = 16 << 20, LINE_MAX_ = 1200, KEPT = 8 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	int fd;
	bool err;
	enum log_level max;
	char path[512];
	char kept[KEPT][320]; /* newest errors and warnings, for log_last_with */
	unsigned next;
} g = {.fd = -1, .err = true, .max = LOG_NOTE};

static const char *const names[] = {"error", "warn", "note", "debug"};

bool log_open(const char *path, bool also_stderr, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return err_set(e, ERR_STORE, "cannot open the log %s: %s", path, strerror(errno));
	pthread_mutex_lock(&lock);
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
	ssize_t ignored;
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
	if (g.fd >= 0) {
		rotate();
		ignored = write(g.fd, line, (size_t)len);
	}
	if (g.err || g.fd < 0)
		ignored = write(STDERR_FILENO, line, (size_t)len);
	(void)ignored;
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
