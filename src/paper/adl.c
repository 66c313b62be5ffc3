/* adl.c: positions that change hands without the book: to the liquidator (backstop), or by
 * auto-deleveraging.
 *
 * 1. ADL: those on the other side who are in profit, the highest rank first, each up to its whole
 *    position, at the price given (the previous mark); rank = mark/entry * notional/account value
 *    as the venue publishes it. For a short we read entry/mark: the rank is of profit and leverage.
 * 2. Both sides get a fill with the zero hash and the liquidation object, which names the one that
 *    was liquidated: dir "Auto-Deleveraging" to the one that is closed against, "Liquidated ..." to
 *    the other. No fee on either side.
 * 3. What no account of ours is left for is taken by the crowd: the loser is always closed. */
#include "paper/state.h"

#include "base/banned.h"

static int64_t abs64(int64_t v)
{
	return v < 0 ? -v : v;
}

int64_t adl_rank(const struct paper *p, const struct acct *a, uint16_t coin)
{
	const struct position *x = &a->pos[coin];
	int64_t mark = p->coin[coin].mark, ntl = abs64(pm_ntl(mark, x->szi)), gain;
	struct margin m;
	__int128 rank;

	if (x->szi == 0 || position_upnl(x, mark) <= 0 || ntl == 0 || x->entry == 0)
		return 0;
	gain = x->szi > 0 ? num_muldiv(ntl, USD, x->entry) : num_muldiv(x->entry, USD, ntl);
	pm_sum(p, a, &m);
	if (m.all_equity <= 0)
		return INT64_MAX;
	rank = (__int128)gain * ntl / m.all_equity * (RATE_ONE / USD);
	return rank > INT64_MAX ? INT64_MAX : rank < 1 ? 1 : (int64_t)rank;
}

static struct acct *first_in_rank(struct paper *p, const struct acct *loser, uint16_t coin)
{
	bool longs = loser->pos[coin].szi < 0;
	struct acct *best = NULL;
	int64_t top = 0, rank;
	uint32_t i;

	for (i = 0; i < p->n_acct; i++) {
		struct acct *a = p->acct[i];

		if (a == loser || a->is_vault || a->pos[coin].szi == 0 ||
		    (a->pos[coin].szi > 0) != longs)
			continue;
		rank = adl_rank(p, a, coin);
		if (rank > top) {
			top = rank;
			best = a;
		}
	}
	return best;
}

/* One side of a forced trade. */
static void forced_fill(struct paper *p, struct acct *a, uint16_t coin, bool buy, int64_t px,
			int64_t sz, uint64_t tid)
{
	bool loser = a == p->forcing.user;
	struct order *o = order_new(p, a, coin);

	o->kind = loser ? OK_LIQUIDATION : OK_FORCED;
	o->tif = TIF_LIQUIDATION;
	o->buy = buy;
	o->ro = !a->is_vault;
	o->sz = o->orig = sz;
	o->px = px;
	match_fill(p, o, px, sz, loser, 0, tid);
	if (loser) {
		order_close(p, o, ST_FILLED);
	} else {
		o->status = ST_FILLED;
		o->status_ms = p->block;
	}
	reduce_only_sweep(p, a, coin);
}

void adl_close(struct paper *p, struct acct *loser, uint16_t coin, int64_t px, int64_t sz)
{
	bool buy = loser->pos[coin].szi < 0;

	p->forcing = (struct forcing){.user = loser,
				      .isolated = loser->pos[coin].isolated,
				      .backstop = true,
				      .adl = true};
	while (sz > 0) {
		uint64_t tid = mix64(p->conf.seed ^ 0x7469640a, p->next_tid++) >> 14;
		struct acct *a = first_in_rank(p, loser, coin);
		int64_t part = a != NULL ? abs64(a->pos[coin].szi) : sz;

		part = part < sz ? part : sz;
		forced_fill(p, loser, coin, buy, px, part, tid);
		if (a != NULL) {
			forced_fill(p, a, coin, !buy, px, part, tid);
			note_add(p, true, "adl: %s %s", a->hex, p->coin[coin].c.name);
		}
		sz -= part;
	}
	p->forcing.user = NULL;
}

void backstop_take(struct paper *p, struct acct *a, uint16_t coin)
{
	struct position *x = &a->pos[coin];
	int64_t sz = abs64(x->szi), px = p->coin[coin].mark;
	int64_t margin = x->isolated ? isolated_equity(x, px) : 0;
	uint64_t tid = mix64(p->conf.seed ^ 0x7469640a, p->next_tid++) >> 14;
	bool buy = x->szi < 0;

	p->forcing = (struct forcing){.user = a, .isolated = x->isolated, .backstop = true};
	forced_fill(p, a, coin, buy, px, sz, tid);
	forced_fill(p, p->vault, coin, !buy, px, sz, tid);
	p->forcing.user = NULL;
	a->raw -= margin;
	p->vault->raw += margin;
}
