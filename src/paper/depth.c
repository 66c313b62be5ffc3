/* depth.c: the others' depth, what our users consumed of it, and the merged book.
 *
 * 1. Consumed depth is remembered by price and recovers linearly over the coin's refill_ms; taking
 *    again at a price restarts the recovery of what is still missing there (pessimistic).
 * 2. depth[side] is what can be taken now; our users' resting orders are not in it. */
#include <string.h>

#include "paper/state.h"

#include "base/banned.h"

static int64_t used_now(const struct paper *p, const struct coin *c, const struct used *u)
{
	int64_t dt = p->block - u->t_ms, refill = c->c.refill_ms;

	if (refill <= 0 || dt >= refill)
		return 0;
	return num_muldiv(u->sz, refill - dt, refill);
}

/* A tenth lot would be no size: what is left after consumption is cut to the lot. */
static int64_t lot_cut(const struct coin *c, int64_t sz)
{
	return num_cut(sz, 8, c->c.sz_decimals);
}

static void subtract(const struct paper *p, struct coin *c, bool bids)
{
	uint32_t i, j, keep = 0, n = 0;

	for (i = 0; i < c->n_used[bids]; i++) {
		struct used u = c->used[bids][i];
		int64_t missing = used_now(p, c, &u);

		if (missing == 0)
			continue;
		c->used[bids][keep++] = u;
		for (j = 0; j < c->n_depth[bids]; j++) {
			struct paper_level *l = &c->depth[bids][j];

			if (l->px.v == u.px)
				l->sz.v = l->sz.v > missing ? lot_cut(c, l->sz.v - missing) : 0;
		}
	}
	c->n_used[bids] = keep;
	for (j = 0; j < c->n_depth[bids]; j++)
		if (c->depth[bids][j].sz.v > 0)
			c->depth[bids][n++] = c->depth[bids][j];
	c->n_depth[bids] = n;
}

/* Depth that is bent away (shape.c). */
static void thin_out(const struct paper *p, struct coin *c, int side)
{
	int64_t off = ramp_at(&c->thin, p->block);
	uint32_t i, n = 0;

	if (off == 0)
		return;
	for (i = 0; i < c->n_depth[side]; i++) {
		struct paper_level l = c->depth[side][i];

		l.sz.v = lot_cut(c, num_muldiv(l.sz.v, RATE_ONE + off, RATE_ONE));
		if (l.sz.v > 0)
			c->depth[side][n++] = l;
	}
	c->n_depth[side] = n;
}

/* While nobody may cross, the others' quotes stop where our users' rest. */
static void uncross(struct coin *c)
{
	int side;

	for (side = 0; side < 2; side++) {
		const struct order *o = c->book[!side];
		uint32_t i = 0;

		while (o != NULL && i < c->n_depth[side] &&
		       (side ? c->depth[side][i].px.v >= o->px : c->depth[side][i].px.v <= o->px))
			i++;
		c->n_depth[side] -= i;
		memmove(c->depth[side], c->depth[side] + i,
			c->n_depth[side] * sizeof c->depth[0][0]);
	}
}

void depth_refresh(struct paper *p, uint16_t coin)
{
	const struct paper_market *m = p->conf.market;
	struct coin *c = &p->coin[coin];
	int side;

	for (side = 0; side < 2; side++) {
		c->n_depth[side] =
			m->depth(m->self, coin, side == 1, c->depth[side], PAPER_DEPTH_MAX);
		thin_out(p, c, side);
		if (c->n_used[side] > 0)
			subtract(p, c, side == 1);
	}
	if (post_only(p))
		uncross(c);
	if (c->n_depth[0] > 0 || c->n_depth[1] > 0)
		c->has_book = true;
}

static void remember(struct paper *p, struct coin *c, bool bids, int64_t px, int64_t sz)
{
	struct used *u = c->used[bids];
	uint32_t i, oldest = 0;

	for (i = 0; i < c->n_used[bids]; i++) {
		if (u[i].px == px) {
			u[i].sz = used_now(p, c, &u[i]) + sz;
			u[i].t_ms = p->block;
			return;
		}
		if (u[i].t_ms < u[oldest].t_ms)
			oldest = i;
	}
	if (c->n_used[bids] < USED_MAX)
		oldest = c->n_used[bids]++;
	u[oldest] = (struct used){px, sz, p->block};
}

void depth_take(struct paper *p, uint16_t coin, bool from_bids, int64_t px, int64_t sz)
{
	const struct paper_market *m = p->conf.market;
	struct coin *c = &p->coin[coin];
	uint32_t i, n = c->n_depth[from_bids];
	struct paper_level *l = c->depth[from_bids];

	for (i = 0; i < n && l[i].px.v != px; i++)
		;
	if (i < n) {
		l[i].sz.v -= sz;
		if (l[i].sz.v <= 0) {
			memmove(&l[i], &l[i + 1], (n - i - 1) * sizeof *l);
			c->n_depth[from_bids]--;
		}
	}
	if (!c->c.own_impact)
		remember(p, c, from_bids, px, sz);
	if (m->taken != NULL)
		m->taken(m->self, coin, !from_bids, (struct price){px}, (struct qty){sz});
}

int64_t depth_at(const struct coin *c, bool bids, int64_t px)
{
	uint32_t i;

	for (i = 0; i < c->n_depth[bids]; i++)
		if (c->depth[bids][i].px.v == px)
			return c->depth[bids][i].sz.v;
	return 0;
}

bool book_best(const struct coin *c, bool bids, int64_t *px)
{
	const struct order *o = c->book[bids];
	bool has = c->n_depth[bids] > 0;
	int64_t best = has ? c->depth[bids][0].px.v : 0;

	if (o != NULL && (!has || (bids ? o->px > best : o->px < best))) {
		best = o->px;
		has = true;
	}
	if (has)
		*px = best;
	return has;
}

uint32_t book_levels(const struct coin *c, bool bids, struct paper_level *out, uint32_t max)
{
	const struct order *o = c->book[bids];
	uint32_t n = 0, i = 0, have = c->n_depth[bids];

	while (n < max && (o != NULL || i < have)) {
		struct paper_level l = {0};
		const struct paper_level *e = i < have ? &c->depth[bids][i] : NULL;

		if (e != NULL && (o == NULL || (bids ? e->px.v >= o->px : e->px.v <= o->px))) {
			l = *e;
			i++;
		} else {
			l.px.v = o->px;
		}
		for (; o != NULL && o->px == l.px.v; o = o->lower) {
			l.sz.v += o->sz;
			l.n++;
		}
		out[n++] = l;
	}
	return n;
}

int64_t book_impact(const struct coin *c, bool bids)
{
	struct paper_level l[PAPER_DEPTH_MAX];
	uint32_t i, n = book_levels(c, bids, l, PAPER_DEPTH_MAX);
	int64_t want = c->c.impact_notional.v > 0 ? c->c.impact_notional.v : 6000 * USD;
	int64_t got = 0, sz = 0;

	for (i = 0; i < n && got < want; i++) {
		int64_t ntl = pm_ntl(l[i].px.v, l[i].sz.v);

		if (got + ntl > want) {
			sz += num_muldiv(want - got, PX_ONE, l[i].px.v);
			got = want;
		} else {
			sz += l[i].sz.v;
			got += ntl;
		}
	}
	return sz > 0 ? num_muldiv(got, PX_ONE, sz) : 0;
}
