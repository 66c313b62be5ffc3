/* flat_world.h: positions, books and a flatten under test: what t_flat and t_care share. */
#ifndef EXEUNT_TESTS_FLAT_WORLD_H
#define EXEUNT_TESTS_FLAT_WORLD_H

#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/exec_world.h"

#include "exec/flat.h"

static inline struct instr coin(const char *name, int sz, int lev)
{
	struct instr i = {.sz_decimals = (int8_t)sz,
			  .px_decimals = (int8_t)(6 - sz),
			  .px_sig = 5,
			  .max_leverage = lev,
			  .n_tiers = 1};
	snprintf(i.coin, sizeof i.coin, "%s", name);
	i.min_notional.v = 1000000000;
	return i;
}

static inline struct qty qt(double x)
{
	struct qty q = {0};
	qty_from_double(&q, x + (x > 0 ? 1e-9 : -1e-9));
	return q;
}

/* A book whose first level holds everything. */
static inline struct book deep(double bid, double ask)
{
	struct book b = {.n_bid = 1, .n_ask = 1};
	b.bid[0] = (struct level){w_px(bid), qt(1e6), 1};
	b.ask[0] = (struct level){w_px(ask), qt(1e6), 1};
	return b;
}

enum { N = 20 };
static struct instr instr[N];
static struct book book[N];
static struct flat_leg_view leg[N];
static struct flat_view v;
static struct flat f, g;
static struct flat_out out;

__attribute__((unused)) static void setup(int n)
{
	memset(&v, 0, sizeof v);
	v.now_ns = 9000000000;
	v.wall_ms = 1757080931000;
	v.may_send = true;
	v.n = (uint32_t)n;
	v.leg = leg;
	v.dexes = 1;
	v.accounts = 1;
	for (int i = 0; i < n; i++) {
		char name[16];
		snprintf(name, sizeof name, "C%d", i);
		instr[i] = coin(name, 2, i % 2 ? 40 : 10);
		book[i] = deep(99.9, 100.1);
		leg[i] = (struct flat_leg_view){.instr_id = (uint16_t)i,
						.instr = &instr[i],
						.szi = qt(i % 3 ? 5 + i : -5 - i),
						.book = &book[i],
						.book_ns = v.now_ns,
						.mark = w_px(100),
						.mark_ns = v.now_ns,
						.beta_usd = 100,
						.rank = i == 7 ? 100 : i};
	}
}

__attribute__((unused)) static void later(int64_t ms)
{
	v.now_ns += ms * W_MS;
	v.wall_ms += ms;
	for (uint32_t i = 0; i < v.n; i++)
		leg[i].book_ns = v.now_ns;
}

__attribute__((unused)) static uint32_t count(uint8_t kind)
{
	uint32_t n = 0;
	for (uint32_t k = 0; k < out.n; k++)
		n += out.at[k].kind == kind;
	return n;
}

/* What the venue executes of an order now; the report of it comes by tell(). */
__attribute__((unused)) static int64_t execute(const struct flat_want *w, double part)
{
	struct flat_leg_view *p = &leg[w->instr_id];
	int64_t q = (int64_t)((double)w->qty.v * part), live = llabs((long long)p->szi.v);
	bool right = w->buy ? p->szi.v < 0 : p->szi.v > 0;
	q = q < live ? q : live;
	q = q < w->qty.v ? q : w->qty.v;
	if (q < live) /* the venue fills lots */
		q = instr_floor_qty(p->instr, (struct qty){q}).v;
	if (!right)
		return 0;
	p->szi.v += w->buy ? q : -q;
	return q;
}

__attribute__((unused)) static void tell(const struct flat_want *w, int64_t q, uint8_t kind)
{
	struct exec_report r = {.kind = REP_FILL,
				.slice = w->leg + 1,
				.attempt = w->attempt,
				.filled = {q},
				.px = w->buy ? book[w->instr_id].ask[0].px
					     : book[w->instr_id].bid[0].px,
				.venue_ms = v.wall_ms};
	if (q)
		flat_on_order(&f, &r, &v);
	r.kind = kind;
	r.heard = r.filled;
	r.reject = q || kind != REP_CLOSED ? REJ_NONE : REJ_NO_MATCH;
	flat_on_order(&f, &r, &v);
}

__attribute__((unused)) static void fill(const struct flat_want *w, double part)
{
	tell(w, execute(w, part), REP_CLOSED);
}

__attribute__((unused)) static void read_all(uint32_t openers)
{
	v.read_id++;
	v.read_venue_ms = v.wall_ms;
	v.openers = openers;
	flat_step(&f, &v, &out);
}

__attribute__((unused)) static void begin(const struct flatten *c)
{
	struct err e = {0};
	if (!flat_init(&f, 1, c, &v, &e))
		test_fail(__FILE__, __LINE__, "flat_init: %s", e.text);
}

/* Dies and comes back with what was saved last. */
__attribute__((unused)) static void reload(void)
{
	uint8_t body[REC_BODY_MAX];
	memset(&g, 0x5a, sizeof g);
	for (uint32_t part = 0;; part++) {
		size_t n = flat_save(&f, part, body);
		if (!n)
			break;
		REQUIRE(flat_load(&g, part, body, n, v.now_ns));
	}
	f = g;
}

__attribute__((unused)) static const struct flatten care_all = {.account = 0xff, .verb = VERB_CARE};

__attribute__((unused)) static struct flatten trim_of(int n, const double cut[])
{
	struct flatten c = {.account = 0xff, .verb = VERB_TRIM, .n_cuts = (uint8_t)n};
	for (int i = 0; i < n; i++) {
		snprintf(c.cut[i].coin, COIN_MAX, "C%d", i);
		c.cut[i].qty = qt(cut[i]);
	}
	return c;
}

/* Two legs, long 10 and long 20, of a book whose five levels hold 40. */
__attribute__((unused)) static void two_legs(void)
{
	setup(2);
	for (int i = 0; i < 2; i++) {
		leg[i].szi = qt(i ? 20 : 10);
		leg[i].rank = i;
		book[i].n_bid = 6;
		for (int k = 0; k < 6; k++)
			book[i].bid[k] =
				(struct level){w_px(99.9 - 0.1 * k), qt(k < 5 ? 8 : 900), 1};
	}
}

__attribute__((unused)) static struct flat_want first_place(void)
{
	for (uint32_t i = 0; i < out.n; i++)
		if (out.at[i].kind == FW_PLACE)
			return out.at[i];
	return (struct flat_want){0};
}

__attribute__((unused)) static void refuse_saying(const struct flat_want *w, uint8_t reject,
						  const char *text)
{
	struct exec_report r = {
		.kind = REP_CLOSED, .reject = reject, .slice = w->leg + 1, .attempt = w->attempt};
	snprintf(r.text, sizeof r.text, "%s", text);
	flat_on_order(&f, &r, &v);
}

#endif
