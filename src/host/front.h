/* front.h: what a screen needs of the host, without naming a screen: attaching (over the socket or
 * to an engine in this process), the journal as rows, a report to a file. main.c joins the two. */
#ifndef EXEUNT_HOST_FRONT_H
#define EXEUNT_HOST_FRONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/cli.h"

struct front;

struct front_record {
	uint64_t number;
	int64_t wall_ms;
	char what[16], who[16];
	char text[300];
};

/* Attaches, starting the engine when none runs; --in-process runs it in a thread. */
struct front *front_open(struct cli *c, struct err *e);
void front_close(struct front *f);
int front_fd(const struct front *f);
struct attach *front_attach(struct front *f); /* NULL while the engine is gone */
bool front_send(struct front *f, const struct cmd *c);
int front_reattach(struct front *f); /* the new descriptor, or -1 */
int front_records(struct front *f, uint64_t before, const char *find, struct front_record *out,
		  int n);
uint64_t front_count(struct front *f); /* records of the last 24 hours */
/* Starts the signer with this password, as `exeunt key unlock` would, and wipes it; `said` tells
 * how it went. */
bool front_unlock(struct front *f, char *password, char *said, size_t cap);
/* Cost of an exit as CSV and JSON into the state directory; `said` tells where, or why not. */
bool front_export(struct front *f, const struct snap *s, uint32_t exit, char *said, size_t cap);

#endif
