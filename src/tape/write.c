/* write.c: see write.h.
 *
 * Invariants: (1) the file is at every moment whole members, but during one write(2); (2) numbers
 * are the exact decimals, without a locale; (3) a row is in the block as a whole or not at all. */
#include "tape/write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/check.h"

enum {
	GZIP_WINDOW = 15 + 16, /* gzip, not zlib */
	MEMBER_MAX = TAPE_BLOCK + TAPE_BLOCK / 1000 + 64,
};

static void row_add(struct tape_out *o, const struct buf *b)
{
	/* after the first that does not fit none does: one hole, not a sieve */
	if (b->over || o->full || o->len + b->len > sizeof o->block) {
		o->full = true;
		o->lost++;
		return;
	}
	memcpy(o->block + o->len, b->p, b->len);
	o->len += b->len;
	o->in++;
}

bool tape_out_open(struct tape_out *o, const char *path, enum tape_file file, struct err *e)
{
	struct buf b;

	*o = (struct tape_out){.fd = -1, .file = file};
	if (strlen(path) >= sizeof o->path)
		return err_set(e, ERR_ARG, "path %.60s...: longer than %zu bytes", path,
			       sizeof o->path - 1);
	memcpy(o->path, path, strlen(path) + 1);
	o->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
	if (o->fd < 0)
		return err_set(e, ERR_STORE, "%s: %s", path, strerror(errno));
	buf_init(&b, o->block, sizeof o->block);
	tape_header(&b, file);
	o->len = b.len;
	return true;
}

static void put_seconds(struct buf *b, int64_t ms)
{
	buf_printf(b, "%lld.%03d", (long long)(ms / 1000), (int)(ms % 1000));
}

static void put_level(struct buf *b, const struct level *l, bool there)
{
	buf_putc(b, ',');
	if (there)
		price_put(b, l->px);
	buf_putc(b, ',');
	if (there)
		qty_put(b, l->sz);
}

void tape_out_book(struct tape_out *o, int64_t received_ms, const struct book *k)
{
	char row[TAPE_ROW_MAX];
	struct buf b;

	ASSERT(o->file == TAPE_ORDERBOOKS);
	buf_init(&b, row, sizeof row);
	put_seconds(&b, received_ms);
	buf_printf(&b, ",%lld,%lld", (long long)k->venue_ms, (long long)k->venue_ms);
	for (int i = 0; i < TAPE_LEVELS; i++) {
		put_level(&b, &k->bid[i], i < k->n_bid);
		put_level(&b, &k->ask[i], i < k->n_ask);
	}
	buf_putc(&b, '\n');
	row_add(o, &b);
}

/* What rows of trades and touches begin with. */
static void put_quote(struct buf *b, int64_t received_ms, struct price px, struct qty sz)
{
	put_seconds(b, received_ms);
	buf_putc(b, ',');
	price_put(b, px);
	buf_putc(b, ',');
	qty_put(b, sz);
}

void tape_out_trade(struct tape_out *o, int64_t received_ms, int64_t ms, struct price px,
		    struct qty sz, bool buy, uint64_t id)
{
	char row[TAPE_ROW_MAX];
	struct buf b;

	ASSERT(o->file == TAPE_TRADES);
	buf_init(&b, row, sizeof row);
	put_quote(&b, received_ms, px, sz);
	buf_printf(&b, ",%s,%llu,%lld\n", tape_forms[TAPE_TRADES].side[buy ? 0 : 1],
		   (unsigned long long)id, (long long)ms);
	row_add(o, &b);
}

void tape_out_touch(struct tape_out *o, int64_t received_ms, int64_t ms, const struct level *l,
		    bool ask)
{
	char row[TAPE_ROW_MAX];
	struct buf b;

	ASSERT(o->file == TAPE_PRICES);
	buf_init(&b, row, sizeof row);
	put_quote(&b, received_ms, l->px, l->sz);
	buf_printf(&b, ",%s,%lld\n", tape_forms[TAPE_PRICES].side[ask ? 1 : 0], (long long)ms);
	row_add(o, &b);
}

static size_t member_make(const struct tape_out *o, unsigned char *out)
{
	z_stream z = {0};
	int r;

	r = deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY);
	ASSERT(r == Z_OK);
	z.next_in = (unsigned char *)(uintptr_t)o->block;
	z.avail_in = (unsigned)o->len;
	z.next_out = out;
	z.avail_out = MEMBER_MAX;
	r = deflate(&z, Z_FINISH);
	ASSERT(r == Z_STREAM_END);
	deflateEnd(&z);
	return MEMBER_MAX - z.avail_out;
}

bool tape_out_flush(struct tape_out *o, struct err *e)
{
	unsigned char member[MEMBER_MAX];
	size_t n, done = 0;

	if (o->fd < 0 || !o->len)
		return true;
	n = member_make(o, member);
	while (done < n) {
		ssize_t w = write(o->fd, member + done, n - done);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0) {
			int why = w < 0 ? errno : ENOSPC;

			/* half a member makes the whole file unreadable from there on */
			if (done && ftruncate(o->fd, o->good) != 0) {
				close(o->fd);
				o->fd = -1;
			}
			o->failed = true;
			return err_set(e, ERR_STORE, "%s: %s", o->path, strerror(why));
		}
		done += (size_t)w;
	}
	o->good += (int64_t)n;
	o->rows += o->in;
	o->in = 0;
	o->len = 0;
	o->failed = o->full = false;
	return true;
}

bool tape_out_close(struct tape_out *o, struct err *e)
{
	bool ok = tape_out_flush(o, e);

	if (!ok) {
		o->lost += o->in;
		o->in = 0;
		o->len = 0;
	}
	if (o->fd >= 0) {
		if (fdatasync(o->fd) != 0 && ok && errno != EINVAL && errno != EROFS)
			ok = err_set(e, ERR_STORE, "%s: %s", o->path, strerror(errno));
		close(o->fd);
		o->fd = -1;
	}
	return ok;
}
