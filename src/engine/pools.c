/* pools.c: the pools of an account from what is held, at the marks of now.
 *
 * 1. Every position is in exactly one pool; none is hidden because something cannot be computed.
 * 2. Between reads equity is the read's plus the move of the marks since; `est` says so. */
#include <math.h>
#include <string.h>

#include "core/margin.h"
#include "engine/inner.h"
#include "plan/sheet.h"

#define HOUR_OF_YEAR (1.0 / sqrt(365.0 * 24))

static double beta_of(const struct engine *e, uint16_t instr)
{
	return pool_beta(pool_beta_default(coin_of(e, instr)));
}

static double mark_of(const struct engine *e, const struct held *h)
{
	struct price mark = market_mark(e, h->instr);
	double read_szi = qty_to_double(h->pos.read.szi);

	if (mark.v)
		return price_to_double(mark);
	return read_szi != 0 ? fabs(money_to_double(h->pos.read.value) / read_szi) : 0;
}

/* What closing `szi` costs now, by the sheet's own meter. */
double cost_now(const struct engine *e, uint8_t account, uint16_t instr, struct qty szi,
		double mark)
{
	const struct account *a = &e->acct[account];
	const struct instr *i = &e->instrs.at[instr];
	const struct book *b = market_book_of(e, instr);
	double fee = ratio_to_double(a->fee_taker);
	struct sheet_leg_in l = {.szi = szi,
				 .mark = market_mark(e, instr),
				 .book = b,
				 .deep = market_deep_of(e, instr),
				 .blind = !b || !b->seen_ns || e->now_ns - b->seen_ns > 3 * S,
				 .max_leverage =
					 i->n_tiers ? i->tiers[0].max_leverage : i->max_leverage,
				 .fee = fee > 0 ? fee : 0.00045};

	if (!l.mark.v && !price_from_double(&l.mark, mark, ROUND_HALF_AWAY))
		return 0;
	return sheet_close_cost(&l, NULL);
}

static void add_leg(const struct engine *e, const struct account *a, struct epool *p, uint32_t k)
{
	const struct held *h = &a->held[k];
	const struct instr *i = &e->instrs.at[h->instr];
	struct qty szi = pos_szi(&h->pos);
	double mark = mark_of(e, h), read = qty_to_double(h->pos.read.szi);
	double value = fabs(qty_to_double(szi)) * mark;
	struct money v = {0}, m = {0};
	struct pool_leg *l;
	bool tiers;

	if (p->n == POOL_LEGS)
		return;
	money_from_double(&v, value);
	tiers = margin_maintenance(&m, i, v);
	if (!tiers) {
		int32_t lev = h->pos.read.max_leverage;

		m.v = lev > 0 ? v.v / (2 * lev) : v.v / 2;
	}
	l = &p->leg[p->n];
	*l = (struct pool_leg){.notional = szi.v < 0 ? -value : value,
			       .maint = money_to_double(m),
			       .beta = beta_of(e, h->instr),
			       .sigma = market_sigma(e, h->instr) * HOUR_OF_YEAR,
			       .tiers = i->tiers,
			       .n_tiers = tiers ? i->n_tiers : 0,
			       .cost = cost_now(e, p->account, h->instr, szi, mark)};
	p->held[p->n++] = (uint16_t)k;
	p->used += h->pos.read.leverage > 0 ? value / h->pos.read.leverage : 0;
	/* equity moves with the marks between reads */
	if (read != 0) {
		double was = money_to_double(h->pos.read.value);

		p->equity += read > 0 ? read * mark - was : read * mark + was;
	}
	p->est = p->est || pos_is_est(&h->pos);
	p->young = p->young || e->mkt[h->instr].vol.n < VOL_YOUNG;
}

static void pool_reason(const struct account *a, struct epool *p)
{
	p->has_equity = true;
	p->reason = "";
	if (p->isolated)
		return;
	if (a->has_abstraction && a->abstraction == ABS_UNIFIED) {
		p->has_equity = false;
		p->reason = "unified account: collateral is spot";
	} else if (a->has_abstraction && a->abstraction == ABS_PORTFOLIO) {
		p->has_equity = false;
		p->reason = "portfolio margin: the venue computes it";
	} else if (!a->dex[p->dex].has) {
		p->has_equity = false;
		p->reason = "account not read yet";
	} else if (a->dex[p->dex].bare || a->dex[p->dex].positions_lost) {
		p->has_equity = false;
		p->reason = "a position of it cannot be read";
	}
}

double sigma_btc_hour(const struct engine *e)
{
	uint16_t btc = instr_find(&e->instrs, "BTC");

	return btc != INSTR_NONE ? market_sigma(e, btc) * HOUR_OF_YEAR : 0.0067;
}

static void finish(const struct engine *e, struct epool *p)
{
	pool_reason(&e->acct[p->account], p);
	p->sum = pool_measure(p->leg, (int)p->n, p->equity, sigma_btc_hour(e));
}

static bool in_cross(const struct engine *e, const struct held *h, uint8_t dex)
{
	return h->used && pos_szi(&h->pos).v && h->pos.read.mode == MARGIN_CROSS &&
	       e->instrs.at[h->instr].dex == dex;
}

bool pool_build(const struct engine *e, uint8_t account, uint32_t k, struct epool *p)
{
	const struct account *a = &e->acct[account];
	uint32_t at = 0;

	for (uint8_t d = 0; d < e->conf.n_dexes; d++) {
		bool any = false;

		for (uint32_t i = 0; i < a->n_held && !any; i++)
			any = in_cross(e, &a->held[i], d);
		/* the account's own dex is shown even when empty */
		if ((!any && (d || !a->dex[0].has)) || at++ != k)
			continue;
		memset(p, 0, offsetof(struct epool, held));
		p->account = account;
		p->dex = d;
		p->n = 0;
		p->equity = money_to_double(a->dex[d].cross_equity);
		for (uint32_t i = 0; i < a->n_held; i++)
			if (in_cross(e, &a->held[i], d))
				add_leg(e, a, p, i);
		finish(e, p);
		return true;
	}
	for (uint32_t i = 0; i < a->n_held; i++) {
		const struct held *h = &a->held[i];

		if (!h->used || !pos_szi(&h->pos).v || h->pos.read.mode != MARGIN_ISOLATED ||
		    at++ != k)
			continue;
		memset(p, 0, offsetof(struct epool, held));
		p->account = account;
		p->dex = e->instrs.at[h->instr].dex;
		p->isolated = true;
		p->instr = h->instr;
		p->equity = money_to_double(h->pos.read.margin_used);
		add_leg(e, a, p, i);
		finish(e, p);
		return true;
	}
	return false;
}

bool pool_of(const struct engine *e, uint8_t account, uint16_t instr, struct epool *p,
	     uint32_t *leg)
{
	for (uint32_t k = 0; pool_build(e, account, k, p); k++)
		for (uint32_t i = 0; i < p->n; i++)
			if (e->acct[account].held[p->held[i]].instr == instr) {
				*leg = i;
				return true;
			}
	return false;
}

int pools_sorted(const struct engine *e, uint8_t account, struct pool_place at[SNAP_POOLS])
{
	struct pool_key keys[SNAP_POOLS];
	struct pool_place seen[SNAP_POOLS];
	struct epool p;
	int n = 0;

	for (uint8_t a = 0; a < e->conf.n_accounts; a++)
		for (uint32_t k = 0;
		     (account == 0xff || account == a) && n < SNAP_POOLS && pool_build(e, a, k, &p);
		     k++) {
			keys[n] = (struct pool_key){.has = p.has_equity && p.sum.has_dies,
						    .dies = p.sum.dies,
						    .place = (uint32_t)n};
			/* legs whose distance is not known come before empty pools */
			if (p.n && !p.has_equity) {
				keys[n].has = true;
				keys[n].dies = 1;
			}
			seen[n++] = (struct pool_place){.account = a, .number = k};
		}
	pool_sort(keys, n);
	for (int i = 0; i < n; i++)
		at[i] = seen[keys[i].place];
	return n;
}

void pool_order(const struct epool *p, uint16_t order[POOL_LEGS], double helps[POOL_LEGS])
{
	memset(helps, 0, p->n * sizeof helps[0]);
	if (p->has_equity && p->sum.has_dies)
		pool_helps_all(p->leg, (int)p->n, p->equity, &p->sum, helps);
	for (uint32_t i = 0; i < p->n; i++) {
		uint32_t j = i;

		for (; j > 0 && helps[i] > helps[order[j - 1]]; j--)
			order[j] = order[j - 1];
		order[j] = (uint16_t)i;
	}
}

double pool_danger_rank(const struct epool *p)
{
	if (!p->has_equity)
		return 0.5; /* unknown is not safe */
	return p->sum.has_dies ? 1 / (1 + p->sum.dies * 100) : 0;
}
