/* jtext.c: see jtext.h. */
#include "host/jtext.h"

#include <string.h>

#include "base/check.h"
#include "base/escape.h"
#include "core/dec.h"
#include "core/order.h"
#include "core/snap.h"
#include "engine/engine.h"
#include "engine/record.h"
#include "exec/exit.h"
#include "exec/flat.h"

const char *jtext_kind(uint8_t kind)
{
	return kind < REC_KINDS ? rec_kind_name(kind) : "?";
}

static void put_order(struct buf *b, const struct rec_order *o)
{
	static const char *const tifs[] = {"gtc", "ioc", "alo", "trigger"};

	if (o->twap)
		buf_puts(b, "TWAP of the venue: ");
	buf_puts(b, o->buy ? "buy " : "sell ");
	if (o->sz.v)
		qty_put(b, o->sz);
	else
		buf_puts(b, "the whole position of"); /* a stop follows what is held */
	buf_printf(b, " %s ", o->coin);
	if (o->trigger_px.v) {
		buf_puts(b, o->take_profit ? "when the mark gains " : "when the mark is at ");
		price_put(b, o->trigger_px);
		buf_puts(b, ", to ");
		price_put(b, o->px);
	} else {
		buf_puts(b, "at ");
		price_put(b, o->px);
		buf_printf(b, " %s", tifs[o->tif & 3]);
	}
	buf_printf(b, "%s%s", o->reduce_only ? " reduce-only" : "",
		   o->target_zero ? " to zero" : "");
}

static void put_intent(struct buf *b, const struct rec *r)
{
	static const char *const other[] = {
		[FLIGHT_CANCEL] = "cancel",
		[FLIGHT_ADD] = "add collateral",
		[FLIGHT_NOOP] = "spend a nonce, so that what bears it can never run"};
	uint8_t kind = (uint8_t)(r->intent.flight & ~REC_DRY);

	if (r->intent.flight & REC_DRY)
		buf_puts(b, "dry run, not sent: ");
	for (int i = 0; i < r->intent.n && i < REC_ORDERS_MAX; i++) {
		if (i)
			buf_puts(b, "; ");
		put_order(b, &r->intent.order[i]);
	}
	if (!r->intent.n && kind < COUNT_OF(other) && other[kind])
		buf_puts(b, other[kind]);
}

/* "resting oid 123; filled": what became of each order of an action. */
static void put_verdict(struct buf *b, const struct rec *r)
{
	for (int i = 0; i < r->verdict.n && i < REC_ORDERS_MAX; i++) {
		const struct rec_word *w = &r->verdict.word[i];
		buf_printf(b, "%s%s", i ? "; " : "", order_evidence_name(w->evidence));
		if (w->told.v) {
			buf_puts(b, " ");
			qty_put(b, w->told);
		}
		if (w->oid)
			buf_printf(b, ", oid %llu", (unsigned long long)w->oid);
	}
}

/* An exit as it stood: enough to go on from. */
static void put_exit(struct buf *b, const struct rec *r)
{
	static const char *const states[] = {
		[XS_WAITING] = "waiting", [XS_RUNNING] = "runs",
		[XS_PAUSED] = "paused",	  [XS_STOPPED_PRICE] = "stopped by its price",
		[XS_BLIND] = "blind",	  [XS_CLOSING] = "closing the rest",
		[XS_DONE] = "over"};
	static struct exit x;
	bool flight = false;

	if (r->slice) {
		uint32_t from = (r->slice - 1) * EXIT_PART_SLICES + 1;
		buf_printf(b, "what its slices %u to %u filled and cost", from,
			   from + EXIT_PART_SLICES - 1);
		return;
	}
	if (!exit_read(&x, r->plan.bytes, r->plan.len)) {
		buf_printf(b, "%s: an exit of another version of this program", r->plan.coin);
		return;
	}
	buf_printf(b, "%s %s ", r->plan.coin, x.buy ? "buys" : "sells");
	qty_put(b, x.total);
	buf_puts(b, ": ");
	qty_put(b, x.done);
	buf_printf(b, " done in %u slice%s, %s", x.slice, x.slice == 1 ? "" : "s", states[x.state]);
	for (int i = 0; i < EXIT_CHILDREN; i++)
		flight = flight || x.child[i].state != CS_FREE;
	if (flight)
		buf_puts(b, ", an order at work");
	if (x.replans)
		buf_printf(b, ", solved anew %u time%s", x.replans, x.replans == 1 ? "" : "s");
}

/* State kept for a restart. */
static void put_plan(struct buf *b, const struct rec *r)
{
	switch (r->plan.what) {
	case PART_INSTR:
		buf_printf(b, "%s as the venue lists it: %d decimals of size, %dx", r->plan.coin,
			   r->plan.instr.sz_decimals, (int)r->plan.instr.max_leverage);
		return;
	case PART_FLAT:
		if (r->slice)
			buf_printf(b, "how far its legs %u to %u are",
				   (r->slice - 1) * FLAT_PART_LEGS + 1, r->slice * FLAT_PART_LEGS);
		else
			buf_puts(b, "where it stands");
		return;
	default:
		put_exit(b, r);
	}
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
		put_intent(b, r);
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
		put_verdict(b, r);
		break;
	case REC_CEILING:
		buf_printf(b, "nonces up to %llu", (unsigned long long)r->value);
		break;
	case REC_GUARD:
		buf_printf(b, "g%u stop for the whole %s", r->guard.id, r->guard.coin);
		if (r->guard.typed.v) {
			buf_puts(b, " at ");
			price_put(b, r->guard.typed);
		}
		buf_puts(b, r->guard.ended ? ", ended"
			    : r->guard.off ? ", turned off"
					   : ", kept at the venue");
		break;
	case REC_PLAN:
		put_plan(b, r);
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
		return !strcmp(r->text, "flatten") || !strcmp(r->text, "care") ||
		       !strcmp(r->text, "trim");
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
	if (row->kind == REC_INTENT && r.intent.n && r.intent.order[0].whose == WHOSE_GUARD)
		buf_printf(b, "g%u ", row->slice);
	else if (row->slice && row->kind != REC_PLAN && row->kind != REC_END &&
		 row->kind != REC_GUARD)
		buf_printf(b, "slice %u.%u ", row->slice, row->attempt);
	buf_puts(b, text);
}
