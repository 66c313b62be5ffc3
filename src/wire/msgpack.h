/* msgpack.h: a writer of MessagePack into a buf, always the shortest form, as the venue's hash
 * wants it. No floats, no binary, no extensions: they do not occur. Too little room sets b->over.
 */
#ifndef EXEUNT_WIRE_MSGPACK_H
#define EXEUNT_WIRE_MSGPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

void msgpack_map(struct buf *b, uint32_t pairs);
void msgpack_array(struct buf *b, uint32_t n);
void msgpack_str(struct buf *b, const char *s, size_t n); /* n below 2^32 */
void msgpack_text(struct buf *b, const char *s);
void msgpack_u64(struct buf *b, uint64_t v);
void msgpack_i64(struct buf *b, int64_t v); /* non-negative values take the unsigned forms */
void msgpack_bool(struct buf *b, bool v);
void msgpack_nil(struct buf *b);

#endif
