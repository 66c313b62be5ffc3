/* sheet_sent.c: what a selling line of the sheet really sends: how many orders, in how many signed
 * actions, as long as the venue answers and what crosses fills.
 *
 * 1. The rules are those that the run sends by (core/batch.h, pairs.h), in the order of line_order.
 * 2. A leg above the venue's largest order is several; a leg without any price is none.
 * 3. What cannot be traded is tried alone, after the others. */
#include <math.h>
#include <string.h>

#include "core/batch.h"
#include "plan/pairs.h"
#include "plan/sheet_inner.h"
#include "base/banned.h"

static const double ORDER_USD = 10; /* the venue's least order */

static uint32_t pieces_of(const struct sheet_work *w, const struct sheet_leg *l, int rung,
			  struct qty size)
{
	struct instr i;

	leg_instr(&w->in->leg[l->leg], &i);
	return l->rung[rung].v > 0 ? order_pieces(&i, l->rung[rung], size) : 0;
}

/* One leg of a step, after those before it. */
static void leg_sent(const struct sheet_work *w, struct sheet_line *line, struct sheet_leg *l,
		     uint32_t orders, bool alone, struct batch *b)
{
	uint8_t account = w->in->leg[l->leg].account;

	line->orders += orders;
	l->orders += orders;
	batch_sent(b, account, orders, batch_begins(b, account, alone), alone);
}

/* The legs of a step in the order they go out, those with orders; halted ones last. */
static uint32_t order_of(const struct sheet_work *w, const struct sheet_line *line,
			 const uint32_t *orders, bool alone, uint16_t *at)
{
	uint16_t leg[SHEET_LEGS], place[SHEET_LEGS];
	uint8_t account[SHEET_LEGS];
	uint32_t n = 0, all;

	for (uint32_t i = 0; i < line->n; i++) {
		if (!orders[i] || w->in->leg[line->leg[i].leg].cannot_trade)
			continue;
		account[n] = w->in->leg[line->leg[i].leg].account;
		leg[n++] = (uint16_t)i;
	}
	batch_order(account, n, alone, place);
	for (uint32_t k = 0; k < n; k++)
		at[k] = leg[place[k]];
	all = n;
	for (uint32_t i = 0; i < line->n; i++)
		if (orders[i] && w->in->leg[line->leg[i].leg].cannot_trade)
			at[all++] = (uint16_t)i;
	return all;
}

/* One step of the first rung. */
static void step(const struct sheet_work *w, struct sheet_line *line, const uint32_t *orders,
		 struct batch *b)
{
	uint16_t at[SHEET_LEGS];
	uint32_t n = order_of(w, line, orders, true, at);

	for (uint32_t k = 0; k < n; k++) {
		struct sheet_leg *l = &line->leg[at[k]];

		leg_sent(w, line, l, orders[at[k]], k == 0 || w->in->leg[l->leg].cannot_trade, b);
	}
}

/* All of it at once; the first that can be traded goes alone. */
static void once_sent(const struct sheet_work *w, struct sheet_line *line)
{
	uint32_t orders[SHEET_LEGS];
	struct batch b = {0};
	bool first = line->n > 1;

	for (uint32_t i = 0; i < line->n; i++) {
		struct sheet_leg *l = &line->leg[i];

		orders[i] = pieces_of(w, l, 0, l->size);
		l->alone = first && orders[i] && !w->in->leg[l->leg].cannot_trade;
		first = first && !l->alone;
	}
	step(w, line, orders, &b);
	line->actions = b.actions;
}

void now_sent(const struct sheet_work *w, struct sheet_line *line)
{
	once_sent(w, line);
}

/* Slices of all legs go together: as long as the same legs have one left, each is like the last. */
void care_sent(const struct sheet_work *w, struct sheet_line *line)
{
	uint32_t each[SHEET_LEGS], orders[SHEET_LEGS], done = 0, all = 0;

	for (uint32_t i = 0; i < line->n; i++)
		each[i] = w->in->leg[line->leg[i].leg].cannot_trade && line->leg[i].part < 1
				  ? 0 /* a part of what is halted is not tried */
				  : pieces_of(w, &line->leg[i], 0, line->leg[i].slice);
	for (;;) {
		uint32_t next = UINT32_MAX;
		struct batch b = {0};

		line->orders = 0;
		for (uint32_t i = 0; i < line->n; i++) {
			const struct sheet_leg *l = &line->leg[i];

			orders[i] = l->slices > done ? each[i] : 0;
			if (l->slices > done && l->slices < next)
				next = l->slices;
		}
		if (next == UINT32_MAX)
			break;
		step(w, line, orders, &b);
		all += line->orders * (next - done);
		line->actions += b.actions * (next - done);
		done = next;
	}
	line->orders = all;
	for (uint32_t i = 0; i < line->n; i++)
		line->leg[i].orders = line->leg[i].slices * each[i];
}

static double beta_usd(const struct sheet_work *w, uint32_t leg)
{
	const struct sheet_leg_in *in = &w->in->leg[leg];

	return in->beta * price_to_double(in->mark);
}

/* Of everything in the accounts of the sheet, what is cut already taken off. */
static double net_beta(const struct sheet_work *w, const struct sheet_line *line,
		       const struct qty *left)
{
	struct qty szi[SHEET_LEGS];
	double net = 0;

	for (uint32_t i = 0; i < w->in->n_legs; i++)
		szi[i] = w->in->leg[i].szi;
	for (uint32_t i = 0; i < line->n; i++) {
		int64_t cut = line->leg[i].size.v - left[i].v;

		szi[line->leg[i].leg].v += line->leg[i].buy ? cut : -cut;
	}
	for (uint32_t i = 0; i < w->in->n_legs; i++)
		net += qty_to_double(szi[i]) * beta_usd(w, i);
	return net;
}

/* Of a cut that has begun: so little that the venue takes no order for it. */
static bool crumbs(const struct sheet_work *w, const struct sheet_leg *l, struct qty left)
{
	const struct sheet_leg_in *in = &w->in->leg[l->leg];

	return l->size.v < leg_held(in).v && left.v < l->size.v &&
	       qty_to_double(left) * price_to_double(in->mark) < ORDER_USD;
}

/* One leg of a cut of both sides. */
struct paired {
	struct qty left;
	int rung; /* the next */
	int64_t next_ms;
};

/* What is left; of it what goes now, as orders of its rung. Crumbs are no order, and what waits for
 * its next rung is not asked. */
static bool pairs_left(const struct sheet_work *w, const struct sheet_line *line, int64_t now_ms,
		       struct paired *leg, struct qty *left, uint32_t *ready)
{
	bool any = false;

	for (uint32_t i = 0; i < line->n; i++) {
		if (crumbs(w, &line->leg[i], leg[i].left))
			leg[i].left.v = 0;
		left[i] = leg[i].left;
		ready[i] = leg[i].left.v > 0 && leg[i].next_ms <= now_ms;
		any = any || left[i].v > 0;
	}
	return any;
}

/* Both sides, a room's worth of each at a time, a second apart, until all is cut. */
static void pairs_sent(const struct sheet_work *w, struct sheet_line *line, struct batch *b)
{
	struct qty left[SHEET_LEGS];
	uint32_t ready[SHEET_LEGS];
	struct paired leg[SHEET_LEGS];
	struct pairs all = {0};
	uint16_t at[SHEET_LEGS];
	struct instr instr;
	int64_t now_ms = 0;
	bool is_long;

	memset(leg, 0, sizeof leg);
	for (uint32_t i = 0; i < line->n; i++)
		left[i] = leg[i].left = line->leg[i].size;
	all.net = net_beta(w, line, left);
	all.net0 = fabs(all.net);
	is_long = all.net >= 0; /* buys raise it */
	for (uint32_t i = 0; i < line->n; i++) {
		const struct sheet_leg *l = &line->leg[i];

		*(l->buy == is_long ? &all.up : &all.down) +=
			qty_to_double(l->size) * beta_usd(w, l->leg);
	}
	for (; now_ms <= w->knob->give_up_ms; now_ms += w->knob->rung_ms) {
		struct pair_room room;
		uint32_t n;

		if (!pairs_left(w, line, now_ms, leg, left, ready))
			break;
		all.net = net_beta(w, line, left) * (is_long ? 1 : -1);
		room = pairs_room(&all);
		n = order_of(w, line, ready, false, at);
		b->begun = false;
		for (uint32_t k = 0; k < n; k++) {
			struct sheet_leg *l = &line->leg[at[k]];
			struct paired *p = &leg[at[k]];
			struct qty size;

			leg_instr(&w->in->leg[l->leg], &instr);
			size.v = pairs_fit(&room, &instr, l->buy == is_long, beta_usd(w, l->leg),
					   p->left.v);
			if (size.v <= 0)
				continue;
			leg_sent(w, line, l, pieces_of(w, l, p->rung, size), false, b);
			p->left.v -= size.v;
			if (p->rung < SHEET_RUNGS - 1)
				p->rung++, p->next_ms = now_ms + w->knob->rung_ms;
			else
				p->next_ms = now_ms + w->knob->last_rung_ms;
		}
	}
}

void trim_sent(const struct sheet_work *w, struct sheet_line *line)
{
	struct batch b = {0};
	bool buys = false, sells = false;

	for (uint32_t i = 0; i < line->n; i++) {
		buys = buys || line->leg[i].buy;
		sells = sells || !line->leg[i].buy;
	}
	if (!buys || !sells) {
		once_sent(w, line);
		return;
	}
	pairs_sent(w, line, &b);
	line->actions = b.actions;
}
