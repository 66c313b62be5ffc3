/* resolver.h: names to addresses in a thread of its own, since a dead resolver blocks for ten
 * seconds. The last good addresses are kept in the state directory (`dns`) and used until newer
 * ones are known. Literal addresses never come here. */
#ifndef EXEUNT_HOST_RESOLVER_H
#define EXEUNT_HOST_RESOLVER_H

#include <stdbool.h>
#include <stddef.h>

#include "host/statedir.h"

struct resolver;

struct resolver *resolver_new(const struct statedir *d);
void resolver_free(struct resolver *r); /* does not wait for a lookup under way */
/* Begins a lookup unless one runs for this host. */
void resolver_ask(struct resolver *r, const char *host);
/* The newest address known, false: none yet. `turn` walks through several (0, 1, ...). */
bool resolver_get(struct resolver *r, const char *host, unsigned turn, char *out, size_t cap);
/* Readable when an answer came. */
int resolver_fd(const struct resolver *r);
void resolver_drain(struct resolver *r);

#endif
