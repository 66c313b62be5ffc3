/* record.c: bytes of the journal.
 *
 * 1. One walk describes each kind for writing and reading alike, so the two cannot drift apart.
 * 2. Reading never trusts a length: every count is checked against its array before it is used. */
#include "engine/record.h"

#include <string.h>

#include "base/check.h"
#include "base/crc.h"

static const char *const names[REC_KINDS] = {
	"start", "lease", "barrier", "command",	   "plan",    "intent", "sent", "verdict", "fill",
	"burn",	 "dead",  "read",    "other-hand", "ceiling", "guard",	"lock", "end",
};

/* A walk over bytes in either direction. */
struct walk {
	bool reading, bad;
	uint8_t *p;
	const uint8_t *in;
	size_t n, cap;
};

static void w_bytes(struct walk *w, void *v, size_t n)
{
	if (w->bad || w->n + n > w->cap) {
		w->bad = true;
		return;
	}
	if (w->reading)
		memcpy(v, w->in + w->n, n);
	else
		memcpy(w->p + w->n, v, n);
	w->n += n;
}

static void w_u(struct walk *w, uint64_t *v, int bytes)
{
	uint8_t b[8] = {0};

	for (int i = 0; i < bytes; i++)
		b[i] = (uint8_t)(*v >> (8 * i));
	w_bytes(w, b, (size_t)bytes);
	if (!w->reading || w->bad)
		return;
	*v = 0;
	for (int i = 0; i < bytes; i++)
		*v |= (uint64_t)b[i] << (8 * i);
}

static void w_u8(struct walk *w, uint8_t *v)
{
	uint64_t x = *v;

	w_u(w, &x, 1);
	*v = (uint8_t)x;
}

static void w_u16(struct walk *w, uint16_t *v)
{
	uint64_t x = *v;

	w_u(w, &x, 2);
	*v = (uint16_t)x;
}

static void w_u32(struct walk *w, uint32_t *v)
{
	uint64_t x = *v;

	w_u(w, &x, 4);
	*v = (uint32_t)x;
}

static void w_i64(struct walk *w, int64_t *v)
{
	uint64_t x = (uint64_t)*v;

	w_u(w, &x, 8);
	*v = (int64_t)x;
}

static void w_bool(struct walk *w, bool *v)
{
	uint8_t x = *v;

	w_u8(w, &x);
	if (x > 1)
		w->bad = true;
	*v = x == 1;
}

static void w_text(struct walk *w, char *s, size_t cap)
{
	uint8_t n = w->reading ? 0 : (uint8_t)strnlen(s, cap - 1);

	w_u8(w, &n);
	if (n >= cap) {
		w->bad = true;
		return;
	}
	w_bytes(w, s, n);
	if (w->reading && !w->bad) {
		s[n] = 0;
		if (strlen(s) != n)
			w->bad = true;
	}
}

static void w_order(struct walk *w, struct rec_order *o)
{
	w_text(w, o->coin, sizeof o->coin);
	w_bool(w, &o->buy);
	w_bool(w, &o->reduce_only);
	w_bool(w, &o->target_zero);
	w_bool(w, &o->trigger_market);
	w_bool(w, &o->take_profit);
	w_bool(w, &o->twap);
	w_u8(w, &o->tif);
	w_u8(w, &o->whose);
	w_u8(w, &o->leg);
	w_i64(w, &o->sz.v);
	w_i64(w, &o->px.v);
	w_i64(w, &o->trigger_px.v);
	w_bytes(w, o->cloid.b, sizeof o->cloid.b);
	w_u32(w, &o->exit);
	w_u32(w, &o->slice);
	w_u32(w, &o->attempt);
	w_u32(w, &o->panic);
}

static void w_fill(struct walk *w, struct rec_fill *f)
{
	w_text(w, f->coin, sizeof f->coin);
	w_bool(w, &f->buy);
	w_bool(w, &f->crossed);
	w_u8(w, &f->kind);
	w_i64(w, &f->px.v);
	w_i64(w, &f->sz.v);
	w_i64(w, &f->start_position.v);
	w_i64(w, &f->fee.v);
	w_u(w, &f->oid, 8);
	w_u(w, &f->tid, 8);
	w_u(w, &f->twap_id, 8);
	w_bytes(w, f->cloid.b, sizeof f->cloid.b);
	w_i64(w, &f->time_ms);
}

static void w_instr(struct walk *w, struct instr *i)
{
	uint8_t sz = (uint8_t)i->sz_decimals, px = (uint8_t)i->px_decimals,
		sig = (uint8_t)i->px_sig;
	uint32_t lev = (uint32_t)i->max_leverage;

	w_text(w, i->coin, sizeof i->coin);
	w_u32(w, &i->asset);
	w_u8(w, &i->dex);
	w_bool(w, &i->spot);
	w_bool(w, &i->delisted);
	w_bool(w, &i->only_isolated);
	w_u8(w, &sz);
	w_u8(w, &px);
	w_u8(w, &sig);
	w_u32(w, &lev);
	w_u8(w, &i->n_tiers);
	if (i->n_tiers > TIERS_MAX || sz > 18 || px > 18) {
		w->bad = true;
		return;
	}
	for (int k = 0; k < i->n_tiers; k++) {
		uint32_t t = (uint32_t)i->tiers[k].max_leverage;

		w_i64(w, &i->tiers[k].lower.v);
		w_u32(w, &t);
		i->tiers[k].max_leverage = (int32_t)t;
	}
	w_i64(w, &i->min_notional.v);
	i->sz_decimals = (int8_t)sz;
	i->px_decimals = (int8_t)px;
	i->px_sig = (int8_t)sig;
	i->max_leverage = (int32_t)lev;
}

static void w_intent(struct walk *w, struct rec *r)
{
	w_u8(w, &r->intent.flight);
	w_u8(w, &r->intent.lane);
	w_i64(w, &r->intent.expires_ms);
	w_i64(w, &r->intent.wall_ms);
	w_u8(w, &r->intent.n);
	if (r->intent.n > REC_ORDERS_MAX) {
		w->bad = true;
		return;
	}
	for (int i = 0; i < r->intent.n; i++)
		w_order(w, &r->intent.order[i]);
}

static void w_verdict(struct walk *w, struct rec *r)
{
	w_text(w, r->text, sizeof r->text);
	w_u8(w, &r->verdict.n);
	if (r->verdict.n > REC_ORDERS_MAX) {
		w->bad = true;
		return;
	}
	for (int i = 0; i < r->verdict.n; i++) {
		struct rec_word *x = &r->verdict.word[i];

		w_u8(w, &x->leg);
		w_u8(w, &x->evidence);
		w_u(w, &x->oid, 8);
		w_i64(w, &x->told.v);
	}
}

static void w_plan(struct walk *w, struct rec *r)
{
	w_u8(w, &r->plan.what);
	w_text(w, r->plan.coin, sizeof r->plan.coin);
	if (r->plan.what == PART_INSTR) {
		w_instr(w, &r->plan.instr);
		return;
	}
	w_u16(w, &r->plan.len);
	if (r->plan.what > PART_INSTR || r->plan.len > REC_BODY_MAX) {
		w->bad = true;
		return;
	}
	w_bytes(w, r->plan.bytes, r->plan.len);
}

static void w_body(struct walk *w, struct rec *r)
{
	switch (r->kind) {
	case REC_PLAN:
		w_plan(w, r);
		return;
	case REC_INTENT:
		w_intent(w, r);
		return;
	case REC_VERDICT:
	case REC_DEAD:
		w_verdict(w, r);
		return;
	case REC_FILL:
		w_u8(w, &r->fill.n);
		if (r->fill.n > REC_FILLS_MAX)
			w->bad = true;
		for (int i = 0; !w->bad && i < r->fill.n; i++)
			w_fill(w, &r->fill.fill[i]);
		return;
	case REC_GUARD:
		w_text(w, r->guard.coin, sizeof r->guard.coin);
		w_u32(w, &r->guard.id);
		w_u32(w, &r->guard.attempt);
		w_bool(w, &r->guard.off);
		w_bool(w, &r->guard.ended);
		w_bool(w, &r->guard.buy);
		w_i64(w, &r->guard.typed.v);
		return;
	default:
		w_u(w, &r->value, 8);
		w_text(w, r->text, sizeof r->text);
	}
}

static uint32_t body_crc(uint8_t kind, uint8_t ver, const uint8_t *p, size_t n)
{
	uint8_t copy[REC_BODY_ROOM + 2];

	copy[0] = kind;
	copy[1] = ver;
	memcpy(copy + 2, p, n);
	return crc32_ieee(copy, n + 2);
}

void rec_encode(const struct rec *r, struct ef_record *out)
{
	struct walk w = {.p = out->body, .cap = sizeof out->body - 4};
	struct rec copy = *r; /* the walk takes pointers it may write through */
	uint64_t crc;

	ASSERT(r->kind < REC_KINDS);
	w_body(&w, &copy);
	ASSERT(!w.bad);
	crc = body_crc(r->kind, REC_VERSION, out->body, w.n);
	w.cap += 4;
	w_u(&w, &crc, 4);
	out->kind = r->kind;
	out->ver = REC_VERSION;
	out->exit = r->exit;
	out->slice = r->slice;
	out->attempt = r->attempt;
	out->nonce = r->nonce;
	out->len = (uint16_t)w.n;
}

bool rec_decode(struct rec *r, uint8_t ver, const uint8_t *body, size_t len, struct err *e)
{
	struct walk w = {.reading = true, .in = body, .cap = len < 4 ? 0 : len - 4};
	uint32_t crc = 0;

	if (r->kind >= REC_KINDS)
		return err_set(e, ERR_STORE, "record of unknown kind %u", r->kind);
	if (ver != REC_VERSION)
		return err_set(e, ERR_STORE, "record %s of version %u; this program reads %d",
			       names[r->kind], ver, REC_VERSION);
	if (len < 4 || len > REC_BODY_ROOM)
		return err_set(e, ERR_STORE, "record %s has %zu bytes", names[r->kind], len);
	for (int i = 0; i < 4; i++)
		crc |= (uint32_t)body[len - 4 + (size_t)i] << (8 * i);
	if (crc != body_crc(r->kind, ver, body, len - 4))
		return err_set(e, ERR_STORE, "record %s is damaged (checksum)", names[r->kind]);
	w_body(&w, r);
	if (w.bad || w.n != w.cap)
		return err_set(e, ERR_STORE, "record %s is malformed", names[r->kind]);
	return true;
}

const char *rec_kind_name(uint8_t kind)
{
	return kind < REC_KINDS ? names[kind] : "?";
}
