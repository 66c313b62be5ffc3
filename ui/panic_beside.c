/* panic_beside.c: what sending a line of the sheet does beside its orders: what it cancels and
 * keeps, which exits it ends, what is left.
 *
 * 1. The counts are those of the sheet (struct resting), made by what the engine sends by; names
 *    are of the orders that the snapshot has room for. */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "ui/panic.h"
#include "base/banned.h"

bool panic_whole(const struct ui *u)
{
	return sheet_whole(&u->sheet.flat);
}

static bool in_line(struct panic_shown p, uint8_t account, const char *coin)
{
	for (uint32_t i = 0; i < p.line->n; i++) {
		const struct sheet_leg_in *g = &p.in->leg[p.line->leg[i].leg];
		if (g->account == account && !strcmp(g->coin, coin))
			return true;
	}
	return false;
}

/* 0 cancelled, 1 kept, -1 neither: as engine/resting.c counts it. */
static int fate_of(const struct ui *u, struct panic_shown p, int verb, const struct snap_order *o)
{
	const struct flatten *f = &u->sheet.flat;
	bool leg = in_line(p, o->account, o->coin);
	bool apart = verb != SHEET_TRIM && panic_whole(u) && !leg &&
		     (f->account == 0xff || f->account == o->account);

	if ((!leg && !apart) || o->tif == TIF_IOC || o->whose == WHOSE_PANIC)
		return -1;
	if (o->adds || (leg && o->whose == WHOSE_EXIT))
		return 0;
	return leg ? 1 : -1;
}

static void name_orders(const struct ui *u, struct panic_shown p, int verb, struct panic_effects *e)
{
	const struct snap *s = u->snap;

	for (uint32_t i = 0; i < s->n_orders; i++) {
		const struct snap_order *o = &s->order[i];
		const struct snap_leg *leg = ui_leg_find(s, o->coin, -1);
		int fate = fate_of(u, p, verb, o);
		if (fate < 0)
			continue;
		char *to = e->named[fate];
		size_t len = strlen(to);
		if (len < 60)
			snprintf(to + len, sizeof e->named[0] - len, "%s%.10s %s%s",
				 len ? ", " : ": ", o->coin,
				 !o->trigger	  ? ""
				 : o->take_profit ? "target "
				 : fate		  ? "stop "
						  : "stop entry ",
				 fmt_price(o->trigger && o->trigger_px.v ? o->trigger_px : o->px,
					   leg ? leg->px_decimals : 6)
					 .s);
	}
}

static void name_spot(const struct ui *u, struct panic_effects *e)
{
	const struct flatten *f = &u->sheet.flat;
	const struct snap *s = u->snap;
	size_t n = 0;

	for (uint32_t a = 0; a < s->n_accounts; a++)
		for (uint32_t i = 0; i < s->account[a].n_balances && n < 60; i++) {
			const struct balance *b = &s->account[a].balance[i];
			if ((f->account == 0xff || f->account == a) && strcmp(b->coin, "USDC") &&
			    b->total.v && i < COUNT_OF(s->account[a].balance))
				n += (size_t)snprintf(e->spot + n, sizeof e->spot - n, "%s%s %.10s",
						      n ? ", " : "",
						      fmt_double(qty_to_double(b->total), 0, 0).s,
						      b->coin);
		}
}

void panic_effects(const struct ui *u, int verb, struct panic_effects *e)
{
	struct panic_shown p = panic_shown(u, verb);
	const struct snap *s = u->snap;
	size_t n = 0;

	memset(e, 0, sizeof *e);
	e->rests = p.line->rests;
	name_orders(u, p, verb, e);
	for (uint32_t i = 0; i < s->n_exits; i++) {
		const struct snap_exit *x = &s->exit[i];
		if (!exit_is_live(x) || !in_line(p, x->account, x->coin))
			continue;
		e->ends++;
		if (n < 80)
			n += (size_t)snprintf(e->exits + n, sizeof e->exits - n, "%sx%u",
					      n ? ", " : "", x->id);
	}
	name_spot(u, e);
}

const char *panic_kept_word(const struct resting *r)
{
	return r->keeps == r->stops ? "stops" : "reduce-only";
}
