/* sheetfill.c: engine state into the input of the emergency sheet.
 *
 * 1. Pools and legs stand in the order of the snapshot, figures are rounded to what the snapshot
 *    can say: so a terminal's sheet (ui/sheetfill.c) is this one.
 * 2. No position in scope is left out silently: left_out counts them. */
#include "engine/sheetfill.h"

#include <math.h>
#include <string.h>

#include "engine/inner.h"

enum { BOOK_MAX_MS = 3000 };

static void copy_text(char *out, size_t cap, const char *s)
{
	struct buf b;

	buf_init(&b, out, cap);
	buf_puts(&b, s);
}

static double as_money(double x)
{
	struct money m = {0};

	money_from_double(&m, x);
	return money_to_double(m);
}

/* The price at which exits of this leg would still sell by plan; of several the one a stop is
 * likeliest to come before. */
static void working_of(const struct engine *e, struct sheet_leg_in *l)
{
	bool buy = l->szi.v < 0;

	for (int i = 0; i < EXITS_MAX; i++) {
		const struct exit_slot *s = &e->exit[i];
		struct price p = s->x.working;

		if (!s->used || s->x.state == XS_DONE || s->account != l->account ||
		    s->instr != l->instr || !p.v || s->x.buy != buy)
			continue;
		if (!l->working.v || (buy ? p.v > l->working.v : p.v < l->working.v)) {
			l->working = p;
			l->exit = s->x.id;
		}
	}
}

static void fill_leg(const struct engine *e, const struct epool *p, uint32_t k,
		     struct sheet_leg_in *l)
{
	const struct account *a = &e->acct[p->account];
	const struct held *h = &a->held[p->held[k]];
	const struct instr *i = &e->instrs.at[h->instr];
	struct snap_leg stop = {.instr = h->instr,
				.szi = pos_szi(&h->pos),
				.has_liq = h->pos.read.has_liq,
				.liq = h->pos.read.liq};
	double fee = ratio_to_double(a->fee_taker);

	*l = (struct sheet_leg_in){.instr = h->instr,
				   .account = p->account,
				   .dex = i->dex,
				   .cannot_trade = i->delisted,
				   .szi = pos_szi(&h->pos),
				   .mark = market_mark(e, h->instr),
				   .book = market_book_of(e, h->instr),
				   .deep = market_deep_of(e, h->instr),
				   .sz_decimals = i->sz_decimals,
				   .px_decimals = i->px_decimals,
				   .max_leverage =
					   i->n_tiers ? i->tiers[0].max_leverage : i->max_leverage,
				   .tiers = i->tiers,
				   .n_tiers = p->leg[k].n_tiers,
				   .beta = p->leg[k].beta,
				   .sigma_hour = p->leg[k].sigma,
				   .fee = fee > 0 ? fee : 0.00045,
				   .has_liq = h->pos.read.has_liq,
				   .liq = h->pos.read.liq};
	copy_text(l->coin, sizeof l->coin, i->coin);
	if (!l->mark.v) { /* no context yet: the venue's own valuation */
		struct money value = {0};
		struct qty held = {l->szi.v < 0 ? -l->szi.v : l->szi.v};

		money_from_double(&value, fabs(p->leg[k].notional));
		if (held.v)
			money_over_qty(&l->mark, value, held, ROUND_HALF_AWAY);
	}
	l->blind = !l->book || !l->book->seen_ns || e->now_ns - l->book->seen_ns > BOOK_MAX_MS * MS;
	l->rests = resting_of(e, p->account, h->instr);
	l->trim = flats_trim_of(e, p->account, h->instr, l->szi, &l->cutting);
	stop_of(e, p->account, &stop);
	l->stop = stop.stop_px;
	working_of(e, l);
}

static void fill_pool(const struct engine *e, const struct epool *p, const struct flatten *scope,
		      struct sheet_in *in)
{
	struct sheet_pool_in *s = &in->pool[in->n_pools];
	uint16_t order[POOL_LEGS];
	double helps[POOL_LEGS];

	*s = (struct sheet_pool_in){.account = p->account,
				    .dex = p->dex,
				    .isolated = p->isolated,
				    .has_equity = p->has_equity,
				    .est = p->est,
				    .equity = as_money(p->equity),
				    .first = (uint16_t)in->n_legs};
	if (p->isolated)
		copy_text(s->name, sizeof s->name, coin_of(e, p->instr));
	else
		copy_text(s->name, sizeof s->name,
			  p->dex && e->conf.dex[p->dex][0] ? e->conf.dex[p->dex] : "CROSS");
	copy_text(s->reason, sizeof s->reason, p->reason);
	in->n_pools++;
	pool_order(p, order, helps);
	for (uint32_t k = 0; k < p->n; k++) {
		struct sheet_leg_in *l;

		if (in->n_legs == SHEET_LEGS) {
			in->left_out++;
			continue;
		}
		l = &in->leg[in->n_legs++];
		s->n++;
		fill_leg(e, p, order[k], l);
		l->wanted = sheet_wants(scope, p->account, l->coin, l->szi);
	}
}

void sheet_fill_engine(const struct engine *e, const struct flatten *scope, struct sheet_in *in)
{
	struct pool_place at[SNAP_POOLS];
	int n = pools_sorted(e, scope ? scope->account : 0xff, at);
	struct epool p;

	memset(in, 0, sizeof *in);
	in->panic = e->conf.panic;
	in->sigma_btc = sigma_btc_hour(e);
	if (scope) {
		in->worst = scope->worst;
		in->part = scope->part;
	}
	sheet_knobs(in, scope ? scope->cushion : (struct ratio){0});
	for (int i = 0; i < n; i++)
		if (pool_build(e, at[i].account, at[i].number, &p))
			fill_pool(e, &p, scope, in);
	for (uint8_t a = 0; a < e->conf.n_accounts; a++)
		if (!scope || scope->account == 0xff || scope->account == a)
			in->unread += account_lost(e, a);
	for (uint8_t a = 0; sheet_whole(scope) && a < e->conf.n_accounts; a++) {
		struct resting r = resting_apart(e, a);

		if (scope && scope->account != 0xff && scope->account != a)
			continue;
		in->apart.cancels += r.cancels;
		in->apart.twaps += r.twaps;
	}
}
