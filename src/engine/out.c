/* out.c: effects, lines for people, and the timer. */
#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/escape.h"
#include "base/utf8.h"
#include "engine/inner.h"

struct effect *ef(struct engine *e, enum effect_kind kind, uint8_t account)
{
	struct effect *f;

	ASSERT(e->out && e->out->n < EFFECTS_MAX);
	f = &e->out->at[e->out->n++];
	memset(f, 0, sizeof *f);
	f->kind = (uint8_t)kind;
	f->account = account;
	return f;
}

bool ef_room(const struct engine *e, uint32_t n)
{
	return e->out->n + n + 16 <= EFFECTS_MAX;
}

void ef_rec(struct engine *e, const struct rec *r)
{
	if (!e->replaying)
		rec_encode(r, &ef(e, EF_RECORD, r->account)->record);
}

/* Lines may hold words from outside: printable ASCII and the few signs of our own pass, everything
 * else goes through the one door. */
static void put_clean(char *out, size_t cap, const char *in, size_t n)
{
	struct buf b;
	size_t i = 0;

	buf_init(&b, out, cap);
	while (i < n && !b.over) {
		char esc[8];
		uint32_t cp = 0;
		size_t k = utf8_decode(&cp, in + i, n - i);

		if (k > 1 && (cp == 0xb7 || cp == 0xb1 || cp == 0x2212)) {
			buf_put(&b, in + i, k); /* middle dot, plus-minus, minus */
		} else {
			k = 1;
			escape_text(esc, sizeof esc, in + i, 1);
			buf_puts(&b, esc);
		}
		i += k;
	}
}

__attribute__((format(printf, 3, 0))) static void put_line(char *out, size_t cap, const char *fmt,
							   va_list ap)
{
	char raw[512];
	struct buf b;

	buf_init(&b, raw, sizeof raw);
	buf_vprintf(&b, fmt, ap);
	put_clean(out, cap, raw, b.len);
}

void notice(struct engine *e, int level, enum notice_code code, uint32_t exit, const char *fmt, ...)
{
	struct snap_notice *n = &e->notice[e->notice_seq % NOTICES_KEPT];
	va_list ap;

	if (e->replaying)
		return;
	*n = (struct snap_notice){.wall_ms = e->wall_ms,
				  .seq = ++e->notice_seq,
				  .level = (uint8_t)level,
				  .code = (uint8_t)code,
				  .exit = exit};
	va_start(ap, fmt);
	put_line(n->text, sizeof n->text, fmt, ap);
	va_end(ap);
	if (ef_room(e, 1)) {
		struct effect *f = ef(e, EF_NOTICE, 0);

		f->notice.level = n->level;
		f->notice.code = n->code;
		f->notice.exit = exit;
		memcpy(f->notice.text, n->text, sizeof n->text);
	}
}

void reply(struct engine *e, const struct event *ev, enum err_code code, uint32_t exit,
	   const char *fmt, ...)
{
	struct effect *f = ef(e, EF_REPLY, ev->account);
	va_list ap;

	f->reply.client = ev->cmd.client;
	f->reply.seq = ev->cmd.seq;
	f->reply.code = (uint8_t)code;
	f->reply.exit = exit;
	va_start(ap, fmt);
	put_line(f->reply.text, sizeof f->reply.text, fmt, ap);
	va_end(ap);
}

void limit_told(struct engine *e, int bit, const char *name)
{
	if (e->limit_told & (1u << bit))
		return;
	e->limit_told |= 1u << bit;
	notice(e, 2, NC_LIMIT, 0, "Over a limit of this program: %s. What is over it is not shown.",
	       name);
}

void wake_at(struct engine *e, int64_t at_ns)
{
	if (at_ns < e->wake_ns)
		e->wake_ns = at_ns;
}

const char *coin_of(const struct engine *e, uint16_t instr)
{
	return instr < e->instrs.n ? e->instrs.at[instr].coin : "?";
}

const char *qty_text(char out[40], struct qty q)
{
	struct buf b;

	buf_init(&b, out, 40);
	qty_put(&b, (struct qty){q.v < 0 ? -q.v : q.v});
	return out;
}

const char *price_text(char out[40], const struct instr *i, struct price p)
{
	char raw[40];
	struct buf b;
	size_t n, dot, k = 0;
	int decimals = i->px_decimals;

	for (int64_t v = p.v / 10000000000, d = i->px_sig; v && decimals > 0; v /= 10)
		if (--d < decimals)
			decimals = d > 0 ? (int)d : 0;
	buf_init(&b, raw, sizeof raw);
	dec_put_fixed(&b, p.v, PRICE_DIGITS, decimals);
	n = strlen(raw);
	dot = strcspn(raw, ".");
	for (size_t j = 0; j < n && k + 2 < 40; j++) {
		if (j && j < dot && (dot - j) % 3 == 0 && raw[j - 1] != '-')
			out[k++] = ',';
		out[k++] = raw[j];
	}
	out[k] = 0;
	return out;
}
