/* flat_sheet.c: the emergency sheet where the engine itself needs it: the cuts of a trim that came
 * without any (from a shell), and the numbers a dry run shows beside the request.
 *
 * 1. What is sent is what the sheet says: sizes are copied, never computed anew. */
#include <string.h>

#include "engine/inner.h"
#include "engine/sheetfill.h"

static const struct sheet_line *line_of(struct engine *e, const struct flatten *c)
{
	static const uint8_t line[VERBS] = {
		[VERB_NOW] = SHEET_NOW, [VERB_CARE] = SHEET_CARE, [VERB_TRIM] = SHEET_TRIM};
	struct sheet_in *in = &e->sheet_in;

	sheet_fill_engine(e, c, in);
	sheet_make(in, &e->sheet);
	return &e->sheet.line[line[c->verb]];
}

bool flat_cuts(struct engine *e, struct flatten *c, struct err *err)
{
	const struct sheet_line *l = line_of(e, c);

	if (!l->offered)
		return err_set(err, ERR_RULE, "No trim: %s.",
			       l->why[0] ? l->why : "nothing has to be cut");
	c->n_cuts = 0;
	for (uint32_t i = 0; i < l->n && c->n_cuts < CUTS_MAX; i++) {
		const struct sheet_leg *g = &l->leg[i];
		const struct sheet_leg_in *in = &e->sheet_in.leg[g->leg];
		struct cut *cut = &c->cut[c->n_cuts];

		if (g->size.v <= 0)
			continue;
		*cut = (struct cut){.account = in->account, .qty = g->size, .of = in->szi};
		if (cut->of.v < 0)
			cut->of.v = -cut->of.v;
		memcpy(cut->coin, in->coin, sizeof cut->coin);
		c->n_cuts++;
	}
	return c->n_cuts || err_set(err, ERR_RULE, "No trim: the cushion stands without any cut.");
}

/* The estimate of a trim or of care is the sheet's own, fees in. A cut of another size than the
 * sheet's takes its part of it. */
void flat_expect(struct engine *e, const struct flatten *c, struct flat *f)
{
	const struct sheet_line *l = line_of(e, c);
	double cost = 0, worst = 0, model = 0;

	for (uint32_t i = 0; i < l->n; i++) {
		const struct sheet_leg *g = &l->leg[i];
		const struct sheet_leg_in *in = &e->sheet_in.leg[g->leg];
		double part = c->verb == VERB_CARE;

		for (uint32_t k = 0; c->verb == VERB_TRIM && k < c->n_cuts; k++)
			if (g->size.v > 0 && c->cut[k].account == in->account &&
			    !strcmp(c->cut[k].coin, in->coin))
				part = qty_to_double(c->cut[k].qty) / qty_to_double(g->size);
		cost += part * g->cost;
		worst += part * g->cost_worst;
		model += part * g->cost_model;
	}
	money_from_double(&f->expected, cost);
	money_from_double(&f->worst, worst);
	money_from_double(&f->model, model);
}

static void put_usd(struct buf *b, const char *key, double usd)
{
	struct money m = {0};

	money_from_double(&m, usd);
	buf_printf(b, "\"%s\":\"", key);
	dec_put_fixed(b, m.v, MONEY_DIGITS, 2);
	buf_puts(b, "\",");
}

static void put_px(struct buf *b, const char *key, struct price p)
{
	buf_printf(b, ",\"%s\":", key);
	if (!p.v) {
		buf_puts(b, "null");
		return;
	}
	buf_putc(b, '"');
	price_put(b, p);
	buf_putc(b, '"');
}

static void put_leg(struct buf *b, const struct sheet_leg_in *in, const struct sheet_leg *g)
{
	buf_puts(b, "{\"coin\":");
	buf_json_str(b, in->coin);
	buf_printf(b, ",\"side\":\"%s\",\"size\":\"", g->buy ? "buy" : "sell");
	qty_put(b, g->size);
	buf_putc(b, '"');
	put_px(b, "expected_px", g->expected);
	put_px(b, "worst_px", g->worst);
	put_px(b, "break_even_px", g->worse_past);
	buf_putc(b, '}');
}

/* At most cap bytes: legs that find no room are counted, never half written. */
void flat_note(struct engine *e, const struct flatten *c, char *out, size_t cap)
{
	static const char *const names[VERBS] = {"now", "care", "trim"};
	const struct sheet_line *l = line_of(e, c);
	uint32_t n = 0;
	struct buf b;

	buf_init(&b, out, cap);
	buf_printf(&b, "{\"verb\":\"%s\",\"offered\":%s,\"why\":", names[c->verb],
		   l->offered ? "true" : "false");
	buf_json_str(&b, l->why);
	buf_putc(&b, ',');
	put_usd(&b, "cost_usd", l->cost);
	put_usd(&b, "cost_model_usd", l->cost * l->model_share);
	put_usd(&b, "cost_worst_usd", l->cost_worst);
	put_usd(&b, "equity_after_usd", l->equity);
	put_usd(&b, "net_delta_after_usd", l->net);
	buf_printf(&b, "\"takes_s\":%.0f,\"expected_bp\":%.1f,", l->takes_s, l->expected_bp);
	if (l->has_dies && !l->flat)
		buf_printf(&b, "\"dies_after_pct\":%.2f,", l->dies_pct);
	else
		buf_puts(&b, "\"dies_after_pct\":null,");
	if (e->sheet.has_dies)
		buf_printf(&b, "\"dies_now_pct\":%.2f,", e->sheet.dies_pct);
	else
		buf_puts(&b, "\"dies_now_pct\":null,");
	buf_printf(&b, "\"orders\":%u,\"actions\":%u,\"not_read\":%u,\"left_out\":%u,", l->orders,
		   l->actions, e->sheet.unread, e->sheet.left_out);
	if (l->joins)
		buf_printf(&b, "\"joins\":\"p%u\",", l->joins);
	buf_puts(&b, "\"legs\":[");
	for (; n < l->n && b.len + 320 < cap; n++) {
		if (n)
			buf_putc(&b, ',');
		put_leg(&b, &e->sheet_in.leg[l->leg[n].leg], &l->leg[n]);
	}
	buf_printf(&b, "],\"legs_not_shown\":%u}", l->n - n);
}
