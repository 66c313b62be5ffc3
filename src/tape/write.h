/* write.h: one file of a recorded market being written: rows gather in a block, a block becomes one
 * gzip member, a member is appended by one write. So a file is whole after every member, and who is
 * killed loses the block under way and no more. columns.h has the columns.
 *
 * A block that cannot be written (disk full) is kept and tried again at the next flush; what was
 * written of it in part is cut off. When the block is full rows are dropped and counted. */
#ifndef EXEUNT_TAPE_WRITE_H
#define EXEUNT_TAPE_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/book.h"
#include "tape/columns.h"

enum {
	TAPE_BLOCK = 1 << 17, /* bytes of rows in one member, at most */
	TAPE_ROW_MAX = 4096,  /* bytes of one row: 80 cells of at most 22 and the rest */
};

struct tape_out {
	int fd; /* -1: closed */
	char path[4096];
	enum tape_file file;
	int64_t good;  /* bytes of whole members */
	uint64_t rows; /* written */
	uint64_t lost; /* dropped: the block was full */
	uint32_t in;   /* rows in the block */
	size_t len;    /* bytes in the block */
	bool failed;   /* the last flush did not succeed */
	bool full;     /* a row did not fit: rows are dropped until the next flush */
	char block[TAPE_BLOCK];
};

/* Makes the file, which must not exist, with its header in the first block. */
bool tape_out_open(struct tape_out *o, const char *path, enum tape_file file, struct err *e);
/* Rows. received_ms: wall clock; ms: the venue's. */
void tape_out_book(struct tape_out *o, int64_t received_ms, const struct book *b);
void tape_out_trade(struct tape_out *o, int64_t received_ms, int64_t ms, struct price px,
		    struct qty sz, bool buy, uint64_t id);
void tape_out_touch(struct tape_out *o, int64_t received_ms, int64_t ms, const struct level *l,
		    bool ask);
/* Writes the block as a member; nothing to do when it is empty. False: says why, the block stays.
 */
bool tape_out_flush(struct tape_out *o, struct err *e);
/* Flushes, syncs and closes. False: rows of the last block are lost, and counted. */
bool tape_out_close(struct tape_out *o, struct err *e);

#endif
