/* sheetfill.c: a snapshot into the input of the emergency sheet.
 *
 * 1. What the engine's own filler (engine/sheetfill.c) says of the same state, this says too.
 * 2. What the snapshot does not tell takes the default of the coin, never nothing. */
#include "ui/sheetfill.h"

#include <math.h>
#include <string.h>

#include "core/pool.h"
#include "base/banned.h"

static const double FEE = 0.00045, SIGMA_BTC = 0.0067, HOURS = 8760;
static const int64_t BOOK_MAX_NS = 3000000000;

static const struct snap_book *book_of(const struct snap *s, const char *coin)
{
	for (uint32_t i = 0; i < s->n_books; i++)
		if (!strcmp(s->book[i].coin, coin))
			return &s->book[i];
	return NULL;
}

static void working_of(const struct snap *s, struct sheet_leg_in *l)
{
	bool buy = l->szi.v < 0;

	for (uint32_t i = 0; i < s->n_exits; i++) {
		const struct snap_exit *x = &s->exit[i];

		if (x->state == XS_DONE || x->account != l->account || strcmp(x->coin, l->coin) ||
		    !x->working.v || x->buy != buy)
			continue;
		if (!l->working.v ||
		    (buy ? x->working.v > l->working.v : x->working.v < l->working.v)) {
			l->working = x->working;
			l->exit = x->id;
		}
	}
}

static void fill_leg(const struct snap *s, int64_t now_ns, const struct snap_leg *g,
		     struct sheet_leg_in *l)
{
	const struct snap_book *b = book_of(s, g->coin);
	double fee =
		g->account < s->n_accounts ? ratio_to_double(s->account[g->account].fee_taker) : 0;

	*l = (struct sheet_leg_in){
		.instr = g->instr,
		.account = g->account,
		.dex = g->dex,
		.cannot_trade = g->cannot_trade,
		.szi = g->szi,
		.mark = g->mark,
		.sz_decimals = g->sz_decimals,
		.px_decimals = g->px_decimals,
		.max_leverage = g->n_tiers ? g->tier[0].max_leverage : g->max_leverage,
		.tiers = g->tier,
		.n_tiers = g->n_tiers,
		.beta = pool_beta(g->beta > 0 ? g->beta : pool_beta_default(g->coin)),
		.sigma_hour = g->sigma_hour,
		.fee = fee > 0 ? fee : FEE,
		.has_liq = g->has_liq,
		.liq = g->liq,
		.stop = g->stop_px,
		.trim = g->trim,
		.cutting = g->cutting,
		.rests = g->rests};
	memcpy(l->coin, g->coin, sizeof l->coin);
	if (b && (b->book.n_bid || b->book.n_ask))
		l->book = &b->book;
	if (b && b->deep.n_bid)
		l->deep = &b->deep;
	l->blind = !l->book || !l->book->seen_ns || now_ns - l->book->seen_ns > BOOK_MAX_NS;
	if (!(l->sigma_hour > 0) && b)
		l->sigma_hour = b->sigma_year / sqrt(HOURS);
	if (!l->mark.v && l->szi.v) {
		struct qty held = {l->szi.v < 0 ? -l->szi.v : l->szi.v};

		money_over_qty(&l->mark, g->notional, held, ROUND_HALF_AWAY);
	}
	working_of(s, l);
}

static void fill_pool(const struct snap *s, int64_t now_ns, const struct snap_pool *p,
		      const struct flatten *scope, struct sheet_in *in)
{
	struct sheet_pool_in *o = &in->pool[in->n_pools++];

	*o = (struct sheet_pool_in){.account = p->account,
				    .dex = p->dex,
				    .isolated = p->isolated,
				    .has_equity = p->has_equity,
				    .equity = money_to_double(p->equity),
				    .first = (uint16_t)in->n_legs};
	memcpy(o->name, p->name, sizeof o->name);
	memcpy(o->reason, p->reason, sizeof o->reason);
	for (uint32_t k = p->first_leg; k < (uint32_t)p->first_leg + p->n_legs && k < s->n_legs;
	     k++) {
		struct sheet_leg_in *l = &in->leg[in->n_legs++];

		o->n++;
		fill_leg(s, now_ns, &s->leg[k], l);
		o->est = o->est || s->leg[k].est;
		l->wanted = sheet_wants(scope, l->account, l->coin, l->szi);
	}
}

void sheet_fill_snap(const struct snap *s, int64_t now_ns, const struct flatten *scope,
		     struct sheet_in *in)
{
	const struct snap_book *btc = book_of(s, "BTC");

	memset(in, 0, sizeof *in);
	in->panic = s->panic;
	in->sigma_btc = s->sigma_btc;
	if (!(in->sigma_btc > 0))
		in->sigma_btc =
			btc && btc->sigma_year > 0 ? btc->sigma_year / sqrt(HOURS) : SIGMA_BTC;
	if (scope) {
		in->worst = scope->worst;
		in->part = scope->part;
	}
	sheet_knobs(in, scope ? scope->cushion : (struct ratio){0});
	if (s->n_legs_all > s->n_legs)
		in->left_out = s->n_legs_all - s->n_legs;
	for (uint32_t i = 0; i < s->n_pools && in->n_pools < SHEET_POOLS; i++)
		if (!scope || scope->account == 0xff || s->pool[i].account == scope->account)
			fill_pool(s, now_ns, &s->pool[i], scope, in);
	for (uint32_t a = 0; a < s->n_accounts; a++)
		if (!scope || scope->account == 0xff || scope->account == a)
			in->unread += s->account[a].unread;
	for (uint32_t a = 0; sheet_whole(scope) && a < s->n_accounts; a++) {
		if (scope && scope->account != 0xff && scope->account != a)
			continue;
		in->apart.cancels += s->account[a].rests.cancels;
		in->apart.twaps += s->account[a].rests.twaps;
	}
}

bool sheet_cost_snap(const struct snap *s, int64_t now_ns, uint8_t account, const char *coin,
		     struct qty size, double *cost, double *model)
{
	for (uint32_t i = 0; i < s->n_legs; i++) {
		const struct snap_leg *g = &s->leg[i];
		struct sheet_leg_in l;

		if (g->account != account || strcmp(g->coin, coin))
			continue;
		fill_leg(s, now_ns, g, &l);
		if (!l.mark.v || !l.szi.v)
			return false;
		l.szi.v = l.szi.v < 0 ? -size.v : size.v;
		*cost = sheet_close_cost(&l, model);
		return true;
	}
	return false;
}
