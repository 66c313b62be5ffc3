/* flat_save.c: a flatten as journal records, and as the screen sees it.
 *
 * Invariants: (1) one function names every field once, for both directions; (2) after a load every
 * order without a verdict is unknown and boot clocks begin again. */
#include "base/buf.h"
#include "base/check.h"
#include "exec/flat_in.h"
#include "exec/pack.h"

static void pack_leg(struct pack *p, struct flat_leg *l)
{
	uint8_t n = 0;
	P8(p, l->account);
	P8(p, l->state);
	P8(p, l->rung);
	P8(p, l->order_state);
	P8(p, l->buy);
	P8(p, l->resting);
	P16(p, l->instr_id);
	P32(p, l->attempt);
	PV(p, l->start);
	PV(p, l->target);
	PV(p, l->sent);
	PV(p, l->filled);
	PV(p, l->ahead);
	PV(p, l->max);
	PV(p, l->value);
	PV(p, l->fee);
	PV(p, l->px);
	PV(p, l->mark0);
	P32(p, l->tries);
	P32(p, l->unknowns);
	P32(p, l->rejects);
	PTEXT(p, l->coin);
	P8(p, l->px_decimals);
	P8(p, l->sz_decimals);
	for (int i = 0; i < FLAT_TRIES; i++)
		n = (uint8_t)(n + (l->open[i].attempt != 0));
	P8(p, n);
	if (n > FLAT_TRIES)
		p->ok = false;
	for (int i = 0, k = 0; p->ok && i < FLAT_TRIES && k < n; i++) {
		struct flat_try *t = &l->open[i];
		if (p->out && !t->attempt)
			continue;
		P32(p, t->attempt);
		PV(p, t->size);
		PV(p, t->left);
		k++;
	}
}

static void pack_cmd(struct pack *p, struct flatten *c)
{
	P8(p, c->account);
	P8(p, c->scope);
	P8(p, c->n_coins);
	P8(p, c->n_keep);
	if (c->n_coins > 8 || c->n_keep > 8) {
		p->ok = false;
		return;
	}
	for (int i = 0; i < c->n_coins; i++)
		PTEXT(p, c->coin[i]);
	for (int i = 0; i < c->n_keep; i++)
		PTEXT(p, c->keep[i]);
	PV(p, c->part);
	PV(p, c->worst);
}

static void pack_head(struct pack *p, struct flat *f)
{
	uint8_t ver = FLAT_VERSION;
	P8(p, ver);
	if (ver != FLAT_VERSION)
		p->ok = false;
	P32(p, f->id);
	P8(p, f->state);
	P8(p, f->account);
	P8(p, f->scope);
	P8(p, f->part);
	P8(p, f->started);
	P8(p, f->all_alone);
	P8(p, f->asked);
	P8(p, f->told_still);
	P8(p, f->done);
	PV(p, f->typed);
	P64(p, f->start_ms);
	P64(p, f->end_ms);
	P64(p, f->last_answer_ms);
	P32(p, f->n);
	P32(p, f->group);
	PV(p, f->expected);
	PV(p, f->worst);
	pack_cmd(p, &f->cmd);
	PTEXT(p, f->text);
}

size_t flat_save(const struct flat *f, uint32_t part, uint8_t out[REC_BODY_MAX])
{
	struct pack p = {.out = out, .cap = REC_BODY_MAX, .ok = true};
	/* the one function of both directions writes back what it wrote: nothing changes */
	struct flat *same = (struct flat *)(uintptr_t)f;
	uint32_t from = part ? (part - 1) * FLAT_PART_LEGS : 0;
	if (part == 0)
		pack_head(&p, same);
	else if (from >= f->n)
		return 0;
	for (uint32_t i = from; part && i < f->n && i < from + FLAT_PART_LEGS; i++)
		pack_leg(&p, &same->leg[i]);
	ASSERT(p.ok);
	return p.at;
}

bool flat_load(struct flat *f, uint32_t part, const uint8_t *in, size_t n, int64_t now_ns)
{
	struct pack p = {.in = in, .cap = n, .ok = true};
	if (part == 0) {
		memset(f, 0, sizeof *f);
		pack_head(&p, f);
		bool ok = p.ok && p.at == n && f->n <= FLAT_LEGS && f->state <= FLAT_NOT_FLAT &&
			  f->scope <= FLAT_COINS;
		if (!ok)
			memset(f, 0, sizeof *f);
		f->start_ns = f->rung_start_ns = now_ns;
		return ok;
	}
	uint32_t from = (part - 1) * FLAT_PART_LEGS;
	if (from >= f->n)
		return false;
	for (uint32_t i = from; i < f->n && i < from + FLAT_PART_LEGS; i++) {
		struct flat_leg *l = &f->leg[i];
		memset(l, 0, sizeof *l);
		pack_leg(&p, l);
		if (l->state > FL_KEPT || l->rung > RUNGS || l->order_state >= ORDER_STATES)
			p.ok = false;
		for (int k = 0; k < FLAT_TRIES; k++)
			if (l->open[k].attempt)
				l->open[k].sent_ns = now_ns;
	}
	return p.ok && p.at == n;
}

struct money flat_cost(const struct flat *f)
{
	struct money sum = {0};
	for (uint32_t i = 0; i < f->n; i++) {
		const struct flat_leg *l = &f->leg[i];
		struct money at_mark = {0};
		(void)price_times_qty(&at_mark, l->mark0, l->filled, ROUND_HALF_AWAY);
		sum.v += (l->buy ? l->value.v - at_mark.v : at_mark.v - l->value.v) + l->fee.v;
	}
	return sum;
}

/* Whole USD with its commas. */
static void put_usd(struct buf *b, double usd)
{
	char raw[32];
	struct buf r;

	buf_init(&r, raw, sizeof raw);
	buf_printf(&r, "%.0f", usd);
	for (size_t i = 0; i < r.len; i++) {
		if (i && (r.len - i) % 3 == 0 && raw[i - 1] != '-')
			buf_putc(b, ',');
		buf_putc(b, raw[i]);
	}
}

static void put_time(struct buf *b, int64_t wall_ms)
{
	int64_t s = wall_ms / 1000 % 86400;
	buf_printf(b, "%02d:%02d:%02dZ", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
}

static bool takes_all(const struct flat *f)
{
	return f->scope == FLAT_ALL && !f->part && !f->cmd.n_keep;
}

static void words_flat(struct flat *f, const struct flat_view *v, struct buf *b)
{
	bool all = takes_all(f);
	uint32_t legs = 0;
	for (uint32_t i = 0; i < f->n; i++)
		legs += f->leg[i].state == FL_ZERO;
	buf_puts(b, all ? "FLAT " : f->part ? "REDUCED " : "CLOSED ");
	put_time(b, v->wall_ms);
	if (all)
		buf_printf(
			b,
			" on Hyperliquid (%u dex%s, %u account%s), read twice, nothing can open.",
			v->dexes, v->dexes == 1 ? "" : "es", v->accounts,
			v->accounts == 1 ? "" : "s");
	else
		buf_printf(b, " %u leg%s as chosen, read twice.", legs, legs == 1 ? "" : "s");
	for (uint8_t i = 0; i < f->cmd.n_keep; i++)
		buf_printf(b, "%s%.31s", i ? ", " : " Kept: ", f->cmd.keep[i]);
	if (f->cmd.n_keep)
		buf_putc(b, '.');
	if (v->left && *v->left)
		buf_printf(b, " Left: %.60s.", v->left);
	if (v->not_watched && *v->not_watched)
		buf_printf(b, " Not watched: %.40s.", v->not_watched);
	buf_puts(b, " Cost ");
	put_usd(b, money_to_double(flat_cost(f)));
	buf_puts(b, " USD.");
}

static void words_not(struct flat *f, const struct flat_view *v, struct buf *b)
{
	uint32_t named = 0, more = 0, tries = 0;
	int64_t oldest = 0;
	buf_puts(b, "NOT FLAT:");
	for (uint32_t i = 0; i < f->n; i++) {
		const struct flat_leg *l = &f->leg[i];
		const struct flat_leg_view *p = flat_leg_find(v, l);
		int64_t live = flat_live(l, p) - l->target.v;
		if (l->tries > tries)
			tries = l->tries;
		for (int k = 0; k < FLAT_TRIES; k++)
			if (l->open[k].attempt && v->now_ns - l->open[k].sent_ns > oldest)
				oldest = v->now_ns - l->open[k].sent_ns;
		if (live <= 0 || l->state == FL_KEPT)
			continue;
		if (named++ >= 3) {
			more++;
			continue;
		}
		struct qty q = {live};
		buf_puts(b, named > 1 ? ", " : " ");
		qty_put(b, q);
		buf_printf(b, " %.12s (%.0f USD)%s", l->coin,
			   qty_to_double(q) * price_to_double(p->mark),
			   l->state == FL_CANNOT ? " cannot trade" : "");
	}
	if (more)
		buf_printf(b, " and %u more", more);
	if (v->openers)
		buf_printf(b, "%s %u order%s that could open", named ? "," : "", v->openers,
			   v->openers == 1 ? "" : "s");
	if (f->unknown)
		buf_printf(b, ", %u order%s unknown %lld s", f->unknown, f->unknown == 1 ? "" : "s",
			   (long long)(oldest / 1000000000));
	if (f->asked)
		buf_printf(b,
			   ". Stopped after 120 s and %u tries: flatten again, or call the venue.",
			   tries);
	else
		buf_printf(b, ". Still trying, %u tries.", tries);
}

void flat_words(struct flat *f, const struct flat_view *v, bool flat)
{
	struct buf b;
	buf_init(&b, f->text, sizeof f->text);
	if (flat)
		words_flat(f, v, &b);
	else
		words_not(f, v, &b);
}

static void snap_row(const struct flat *f, const struct flat_leg *l, struct snap_flat_row *r)
{
	memcpy(r->coin, l->coin, sizeof r->coin);
	r->instr = l->instr_id;
	r->buy = l->buy;
	r->px_decimals = l->px_decimals;
	r->sz_decimals = l->sz_decimals;
	r->rung = l->rung;
	r->state = l->order_state;
	r->sz.v = l->start.v - l->target.v;
	r->filled = l->filled;
	r->px = l->px;
	r->sent_ms = l->first_ns ? (int32_t)((l->first_ns - f->start_ns) / 1000000) : -1;
	r->answered_ms = l->answered_ns ? (int32_t)((l->answered_ns - f->start_ns) / 1000000) : -1;
	if (l->filled.v > 0 && money_over_qty(&r->avg, l->value, l->filled, ROUND_HALF_AWAY) &&
	    l->mark0.v > 0) {
		double m = price_to_double(l->mark0), a = price_to_double(r->avg);
		r->bp = (l->buy ? m - a : a - m) / m * 1e4;
	}
}

void flat_fill_snap(const struct flat *f, const struct flat_view *v, struct snap_flat *out)
{
	memset(out, 0, sizeof *out);
	out->id = f->id;
	out->state = f->state;
	out->account = f->account;
	out->start_ms = f->start_ms;
	out->end_ms = f->end_ms;
	out->start_ns = f->start_ns;
	out->reads = f->zero_reads;
	out->unknown = f->unknown;
	out->all = takes_all(f);
	out->cost = flat_cost(f);
	out->expected = f->expected;
	out->worst = f->worst;
	memcpy(out->text, f->text, sizeof out->text);
	if (!f->done && v) { /* the sentence of now */
		struct flat now = *f;
		flat_words(&now, v, false);
		memcpy(out->text, now.text, sizeof out->text);
	}
	out->n = f->n < FLAT_ROWS ? f->n : FLAT_ROWS;
	for (uint32_t i = 0; i < out->n; i++)
		snap_row(f, &f->leg[i], &out->row[i]);
}
