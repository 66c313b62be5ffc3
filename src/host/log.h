/* log.h: the one logger. A line is written whole, its text escaped, so outside bytes never reach a
 * terminal or a file raw. Safe from any thread. */
#ifndef EXEUNT_HOST_LOG_H
#define EXEUNT_HOST_LOG_H

#include <stdbool.h>

#include "base/err.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_NOTE, LOG_DEBUG };

/* Lines go to `path` (appended, 0600) and, when also_stderr, to standard error. */
bool log_open(const char *path, bool also_stderr, struct err *e);
/* Before log_open, or without it: standard error only. */
void log_set_level(enum log_level max);
void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* From here on a thread writes: log_line waits for no disk, as an engine must not. False: there is
 * no thread to be had, and it writes as before. */
bool log_background(void);
/* Waits until what was logged is written, so long at most. */
void log_flush(int timeout_ms);
/* Where stray writes of libraries go once a screen owns the terminal; -1: none. */
int log_fd(void);
/* The newest line that holds `needle`, for reasons that a library only logs; empty when none. */
void log_last_with(const char *needle, char *out, unsigned cap);

#endif
