/* jtext.c: see jtext.h. */
#include "host/jtext.h"

#include <string.h>

#include "base/check.h"
#include "base/escape.h"
#include "core/dec.h"
#include "engine/record.h"

const char *jtext_kind(uint8_t kind)
{
	return kind < REC_KINDS ? rec_kind_name(kind) : "?";
}

static void put_order(struct buf *b, const struct rec_order *o)
{
	static const char *const tifs[] = {"gtc", "ioc", "alo", "trigger"};

	buf_puts(b, o->buy ? "buy " : "sell ");
	qty_put(b, o->sz);
	buf_printf(b, " %s at ", o->coin);
	price_put(b, o->px);
	buf_printf(b, " %s%s%s", tifs[o->tif & 3], o->reduce_only ? " reduce-only" : "",
		   o->target_zero ? " to zero" : "");
}

static void put_fill(struct buf *b, const struct rec_fill *f)
{
	buf_puts(b, f->buy ? "bought " : "sold ");
	qty_put(b, f->sz);
	buf_printf(b, " %s at ", f->coin);
	price_put(b, f->px);
	buf_puts(b, f->crossed ? ", crossed, fee " : ", posted, fee ");
	money_put(b, f->fee);
}

static void put_rec(struct buf *b, const struct rec *r)
{
	char text[2 * REC_TEXT_MAX];

	switch (r->kind) {
	case REC_INTENT:
		if (r->intent.flight & REC_DRY)
			buf_puts(b, "dry run, not sent: ");
		for (int i = 0; i < r->intent.n && i < REC_ORDERS_MAX; i++) {
			if (i)
				buf_puts(b, "; ");
			put_order(b, &r->intent.order[i]);
		}
		break;
	case REC_FILL:
		for (int i = 0; i < r->fill.n && i < REC_FILLS_MAX; i++) {
			if (i)
				buf_puts(b, "; ");
			put_fill(b, &r->fill.fill[i]);
		}
		break;
	case REC_VERDICT:
	case REC_DEAD:
		buf_printf(b, "%u orders", r->verdict.n);
		break;
	case REC_CEILING:
		buf_printf(b, "nonces up to %llu", (unsigned long long)r->value);
		break;
	case REC_GUARD:
		buf_printf(b, "g%u %s", r->guard.id, r->guard.coin);
		if (r->guard.typed.v) {
			buf_puts(b, " at ");
			price_put(b, r->guard.typed);
		}
		buf_puts(b, r->guard.ended ? " ended" : r->guard.off ? " off" : " kept");
		break;
	case REC_PLAN:
		buf_printf(b, "state saved, %u bytes", r->plan.len);
		if (r->plan.coin[0])
			buf_printf(b, ", %s", r->plan.coin);
		break;
	default:
		break;
	}
	if (r->text[0]) {
		escape_text(text, sizeof text, r->text, strlen(r->text));
		buf_printf(b, "%s%s", b->len ? " " : "", text);
	}
}

static bool decode(struct rec *r, const struct store_row *row, struct err *e)
{
	memset(r, 0, sizeof *r);
	r->kind = row->kind;
	r->account = row->account;
	r->exit = row->exit;
	r->slice = row->slice;
	r->attempt = row->attempt;
	r->nonce = row->nonce;
	return rec_decode(r, row->ver, row->body, row->len, e);
}

static bool of_flatten(const struct rec *r)
{
	switch (r->kind) {
	case REC_PLAN:
		return r->plan.what == PART_FLAT;
	case REC_END:
		return r->slice == 1;
	case REC_COMMAND:
		return !strcmp(r->text, "flatten");
	case REC_INTENT:
		return r->intent.n && r->intent.order[0].panic;
	default:
		return false;
	}
}

char jtext_letter(const struct store_row *row)
{
	static struct rec r;
	struct err e;

	if (!row->exit)
		return 0;
	return decode(&r, row, &e) && of_flatten(&r) ? 'p' : 'x';
}

void jtext_put(struct buf *b, const struct store_row *row)
{
	static struct rec r;
	struct err e;
	char text[4096];
	struct buf t;

	buf_init(&t, text, sizeof text);
	if (decode(&r, row, &e))
		put_rec(&t, &r);
	else
		buf_printf(&t, "(%s)", e.text);
	if (row->exit)
		buf_printf(b, "%c%u ", of_flatten(&r) ? 'p' : 'x', row->exit);
	if (row->slice && row->kind != REC_PLAN && row->kind != REC_END)
		buf_printf(b, "slice %u.%u ", row->slice, row->attempt);
	buf_puts(b, text);
}
