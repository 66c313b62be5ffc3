/* msgpack.c: see msgpack.h. Every length and integer goes through one function that writes a tag
 * and its big-endian payload. */
#include "wire/msgpack.h"

#include <string.h>

static void tagged(struct buf *b, uint8_t tag, uint64_t v, int bytes)
{
	uint8_t out[9];

	out[0] = tag;
	for (int i = 0; i < bytes; i++)
		out[1 + i] = (uint8_t)(v >> 8 * (bytes - 1 - i));
	buf_put(b, out, (size_t)(1 + bytes));
}

static void counted(struct buf *b, uint8_t fix, uint8_t tag16, uint32_t n)
{
	if (n < 16)
		tagged(b, (uint8_t)(fix | n), 0, 0);
	else if (n < 1u << 16)
		tagged(b, tag16, n, 2);
	else
		tagged(b, (uint8_t)(tag16 + 1), n, 4);
}

void msgpack_map(struct buf *b, uint32_t pairs)
{
	counted(b, 0x80, 0xde, pairs);
}

void msgpack_array(struct buf *b, uint32_t n)
{
	counted(b, 0x90, 0xdc, n);
}

void msgpack_str(struct buf *b, const char *s, size_t n)
{
	if (n < 32)
		tagged(b, (uint8_t)(0xa0 | n), 0, 0);
	else if (n < 1u << 8)
		tagged(b, 0xd9, n, 1);
	else if (n < 1u << 16)
		tagged(b, 0xda, n, 2);
	else
		tagged(b, 0xdb, n, 4);
	buf_put(b, s, n);
}

void msgpack_text(struct buf *b, const char *s)
{
	msgpack_str(b, s, strlen(s));
}

void msgpack_u64(struct buf *b, uint64_t v)
{
	if (v < 1u << 7)
		tagged(b, (uint8_t)v, 0, 0);
	else if (v < 1u << 8)
		tagged(b, 0xcc, v, 1);
	else if (v < 1u << 16)
		tagged(b, 0xcd, v, 2);
	else if (v < 1ull << 32)
		tagged(b, 0xce, v, 4);
	else
		tagged(b, 0xcf, v, 8);
}

void msgpack_i64(struct buf *b, int64_t v)
{
	if (v >= 0)
		msgpack_u64(b, (uint64_t)v);
	else if (v >= -32)
		tagged(b, (uint8_t)v, 0, 0);
	else if (v >= INT8_MIN)
		tagged(b, 0xd0, (uint64_t)v, 1);
	else if (v >= INT16_MIN)
		tagged(b, 0xd1, (uint64_t)v, 2);
	else if (v >= INT32_MIN)
		tagged(b, 0xd2, (uint64_t)v, 4);
	else
		tagged(b, 0xd3, (uint64_t)v, 8);
}

void msgpack_bool(struct buf *b, bool v)
{
	tagged(b, v ? 0xc3 : 0xc2, 0, 0);
}

void msgpack_nil(struct buf *b)
{
	tagged(b, 0xc0, 0, 0);
}

#include "base/banned.h"
