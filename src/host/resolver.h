/* resolver.h: names to addresses in a process of its own, since a dead name server blocks a lookup
 * for ten seconds and the library's code that speaks to it runs beside no key and no order.
 *
 * The process is this program again (`exeunt resolver`, not for people), begun with the first name
 * that is asked for: it has one socket and nothing else. When it dies or hangs the next question
 * begins another one. The last good addresses are kept in the state directory (`dns`) and used
 * until newer ones are known. Literal addresses never come here. One thread's. */
#ifndef EXEUNT_HOST_RESOLVER_H
#define EXEUNT_HOST_RESOLVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "host/statedir.h"

#define RESOLVER_VERB "resolver"

struct resolver;

struct resolver *resolver_new(const struct statedir *d);
/* For tests: another program, begun as PROGRAM resolver; how long a question may take. */
struct resolver *resolver_new_with(const struct statedir *d, const char *program,
				   int64_t patience_ns);
void resolver_free(struct resolver *r); /* does not wait for a lookup under way */
/* Begins a lookup unless one runs for this host. */
void resolver_ask(struct resolver *r, const char *host);
/* The newest address known, false: none yet. `turn` walks through several (0, 1, ...). */
bool resolver_get(struct resolver *r, const char *host, unsigned turn, char *out, size_t cap);
/* Readable when an answer came; stays the same when the process is another one. */
int resolver_fd(const struct resolver *r);
void resolver_drain(struct resolver *r);
pid_t resolver_pid(const struct resolver *r); /* 0: none runs */

/* The process: answers on the socket `fd` until the other side is gone; the exit status. */
int resolver_main(int fd);

#endif
