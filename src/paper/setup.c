/* setup.c: accounts as the operator or a test wants them, and the truth without the wire. */
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "paper/state.h"

#include "base/banned.h"

/* Money is 64 bits of 1e-8: 92 billion. Cash of ten billion and a billion in each position stay in
 * range in any sum. */
#define FUND_TOP     (10000000000ll * USD)
#define POSITION_TOP (1000000000ll * USD)
#define MARK_TOP     (10000000ll * PX_ONE)

static bool refused(struct paper *p, const char *why)
{
	p->why = why;
	return false;
}

static struct acct *acct_text(struct paper *p, const char *addr)
{
	uint8_t bytes[20];
	struct acct *a;

	if (!addr_read(bytes, addr)) {
		p->why = "the address is not 40 hexadecimal digits";
		return NULL;
	}
	a = acct_get(p, bytes);
	if (a == NULL)
		p->why = "4,096 addresses are kept, and all are taken";
	return a;
}

static const struct acct *acct_look(const struct paper *p, const char *addr)
{
	uint8_t bytes[20];

	return addr_read(bytes, addr) ? acct_find(p, bytes) : NULL;
}

bool paper_fund(struct paper *p, const char *addr, struct money usd)
{
	struct acct *a = acct_text(p, addr);
	struct str d = {0};
	int64_t sum;

	if (a == NULL)
		return false;
	if (__builtin_add_overflow(a->raw, usd.v, &sum) || sum > FUND_TOP || sum < -FUND_TOP)
		return refused(p, "the account's cash would pass 10,000,000,000 USD");
	if (p->conf.fund_any.v > 0 && a->raw == p->conf.fund_any.v && a->n_history == 0 &&
	    a->n_fills == 0 && a->ledger.len == 0)
		a->raw = 0; /* what is named replaces what everybody gets */
	a->raw += usd.v;
	a->funded = true;
	if (p->main == NULL)
		p->main = a;
	a->touched = true;
	str_puts(&d, "{\"type\":\"deposit\",\"usdc\":");
	str_qnum(&d, usd.v, 8);
	str_putc(&d, '}');
	ledger_add(p, a, d.p);
	str_free(&d);
	return true;
}

static bool position_fits(int64_t szi, int64_t px)
{
	int64_t ntl = pm_ntl(px, szi);

	return ntl <= POSITION_TOP && ntl >= -POSITION_TOP;
}

bool paper_position(struct paper *p, const char *addr, const char *coin, struct qty szi,
		    struct price entry, int32_t leverage, bool isolated)
{
	struct acct *a = acct_text(p, addr);
	int32_t i = coin_by_name(p, coin), max;
	int64_t start, sum, sz;

	if (a == NULL)
		return false;
	if (i < 0)
		return refused(p, "no such coin");
	if (entry.v <= 0 || entry.v > MARK_TOP)
		return refused(p, "the price is above 0 and at most 10,000,000");
	if (szi.v == 0 || szi.v == INT64_MIN ||
	    szi.v % num_pow10(8 - p->coin[i].c.sz_decimals) != 0)
		return refused(p, "the size is 0 or has more decimals than the coin");
	sz = szi.v < 0 ? -szi.v : szi.v;
	if (__builtin_add_overflow(a->pos[i].szi, szi.v, &sum) || !position_fits(sum, entry.v) ||
	    !position_fits(szi.v, entry.v) || !position_fits(sum, p->coin[i].mark))
		return refused(p, "the position would pass 1,000,000,000 USD");
	max = p->coin[i].c.max_leverage;
	if (leverage < 0 || leverage > max)
		return refused(p, "the leverage is above the coin's");
	if (leverage > 0)
		a->lev[i] = leverage;
	if (a->pos[i].szi == 0)
		a->iso[i] = isolated || p->coin[i].c.only_isolated;
	a->funded = true;
	position_trade(p, a, (uint16_t)i, szi.v > 0, entry.v, sz, &start);
	return true;
}

bool paper_agent(struct paper *p, const char *user, const char *agent)
{
	struct acct *a = acct_text(p, user);
	uint8_t bytes[20];

	if (a == NULL || a->n_agents == AGENTS_MAX || !addr_read(bytes, agent) ||
	    agent_find(p, bytes, NULL) != NULL)
		return false;
	memcpy(a->agent[a->n_agents].addr, bytes, 20);
	snprintf(a->agent[a->n_agents].name, sizeof a->agent[0].name, "%s",
		 a->n_agents == 0 ? "" : "paper");
	a->agent[a->n_agents++].until_ms = p->now + 90 * DAY_MS;
	return true;
}

bool paper_sub(struct paper *p, const char *master, const char *sub, const char *name)
{
	struct acct *a = acct_text(p, master), *s = a != NULL ? acct_text(p, sub) : NULL;

	if (s == NULL)
		return false;
	if (s == a || a->master != NULL || s->master != NULL)
		return refused(p, "a sub-account has one master, who is none himself");
	s->master = a;
	s->funded = true;
	snprintf(s->name, sizeof s->name, "%.16s", name);
	return true;
}

/* Sizes between 1 % and 4 % of the account's equity times ten, both sides, most of them cross. */
bool paper_book_twenty(struct paper *p, const char *addr)
{
	struct acct *a = acct_text(p, addr);
	struct margin m;
	uint32_t i;

	if (a == NULL)
		return false;
	if (a->raw <= 0)
		a->raw = 1000000 * USD;
	pm_sum(p, a, &m);
	for (i = 0; i < p->n_coins && i < 20; i++) {
		struct coin *c = &p->coin[i];
		int64_t want = m.equity / 100 * prng_range(&p->rng, 10, 40) / 10, sz, px;
		int32_t lev = (int32_t)prng_range(&p->rng, 3, 10);
		bool buy = prng_below(&p->rng, 3) > 0;

		if (c->mark == 0)
			continue;
		want = want < 100 * USD ? 100 * USD : want;
		sz = num_cut(num_muldiv(want, PX_ONE, c->mark), 8, c->c.sz_decimals);
		px = num_muldiv(c->mark, prng_range(&p->rng, 970, 1030), 1000);
		if (sz > 0)
			paper_position(p, addr, c->c.name, (struct qty){buy ? sz : -sz},
				       (struct price){price_round(c, px, false)},
				       lev < c->c.max_leverage ? lev : c->c.max_leverage,
				       prng_below(&p->rng, 5) == 0);
	}
	return true;
}

bool paper_abstraction(struct paper *p, const char *addr, const char *mode)
{
	struct acct *a = acct_text(p, addr);

	if (a == NULL || strlen(mode) >= sizeof a->abstraction)
		return false;
	snprintf(a->abstraction, sizeof a->abstraction, "%s", mode);
	return true;
}

bool paper_mark(struct paper *p, const char *coin, struct price px)
{
	int32_t i = coin_by_name(p, coin);

	uint32_t k;

	if (i < 0)
		return refused(p, "no such coin");
	if (px.v < 0 || px.v > MARK_TOP)
		return refused(p, "the mark is at most 10,000,000");
	for (k = 0; k < p->n_acct; k++)
		if (!position_fits(p->acct[k]->pos[i].szi, px.v))
			return refused(p, "a position would pass 1,000,000,000 USD at that mark");
	p->coin[i].forced = px.v;
	if (px.v > 0 && p->coin[i].mark != px.v)
		p->coin[i].prev_mark = p->coin[i].mark;
	if (px.v > 0)
		p->coin[i].mark = p->coin[i].oracle = px.v;
	return true;
}

void paper_kill_sockets(struct paper *p)
{
	struct ws *w;

	for (w = p->ws; w != NULL; w = w->next) {
		if (w->closed)
			continue;
		w->closed = true;
		out_put(p, &(struct paper_out){.conn = w->conn, .kind = PAPER_OUT_CLOSE}, p->now);
	}
}

struct qty paper_szi(const struct paper *p, const char *addr, const char *coin)
{
	const struct acct *a = acct_look(p, addr);
	int32_t i = coin_by_name(p, coin);

	return (struct qty){a != NULL && i >= 0 ? a->pos[i].szi : 0};
}

struct money paper_equity(const struct paper *p, const char *addr)
{
	const struct acct *a = acct_look(p, addr);
	struct margin m = {0};

	if (a != NULL)
		pm_sum(p, a, &m);
	return (struct money){m.all_equity};
}

uint32_t paper_open_orders(const struct paper *p, const char *addr)
{
	const struct acct *a = acct_look(p, addr);

	return a != NULL ? a->n_open : 0;
}

uint32_t paper_stops(const struct paper *p, const char *addr, const char *coin)
{
	const struct acct *a = acct_look(p, addr);
	uint32_t n = 0;

	for (const struct order *o = a ? a->first : NULL; o != NULL; o = o->next)
		n += o->kind == OK_TRIGGER && !o->tp && (o->ro || o->position_tpsl) &&
		     !strcmp(p->coin[o->coin].c.name, coin);
	return n;
}

uint32_t paper_openers(const struct paper *p, const char *addr)
{
	const struct acct *a = acct_look(p, addr);
	uint32_t n = 0;

	if (a == NULL)
		return 0;
	for (const struct order *o = a->first; o != NULL; o = o->next)
		n += !o->ro && !o->position_tpsl;
	for (const struct twap *t = p->twaps; t != NULL; t = t->link)
		n += t->a == a && !t->ended && !t->ro;
	return n;
}

struct price paper_mark_px(const struct paper *p, const char *coin)
{
	int32_t i = coin_by_name(p, coin);

	return (struct price){i >= 0 ? p->coin[i].mark : 0};
}

struct price paper_mid_px(const struct paper *p, const char *coin)
{
	int32_t i = coin_by_name(p, coin);

	return (struct price){i >= 0 ? p->coin[i].mid : 0};
}

uint32_t paper_prints(const struct paper *p, const char *coin)
{
	int32_t c = coin_by_name(p, coin);

	return c >= 0 ? p->coin[c].n_prints : 0;
}

bool paper_print(const struct paper *p, const char *coin, const char *addr, uint32_t i,
		 struct paper_truth_print *out)
{
	int32_t c = coin_by_name(p, coin);
	const struct acct *a = acct_look(p, addr);
	uint32_t n = paper_prints(p, coin);

	if (i >= n || n - i > TRADES_KEPT)
		return false;
	const struct print *t = &p->coin[c].prints[i % TRADES_KEPT];
	*out = (struct paper_truth_print){.time_ms = t->time_ms,
					  .sell = t->sell,
					  .own = a && (t->buyer == a || t->seller == a),
					  .px = {t->px},
					  .sz = {t->sz}};
	return true;
}

static void truth_fill(const struct paper *p, const struct acct *a, const struct fill *f,
		       struct paper_truth_fill *out)
{
	*out = (struct paper_truth_fill){.oid = f->oid,
					 .tid = f->tid,
					 .twap_id = f->twap_id,
					 .time_ms = f->time_ms,
					 .buy = f->buy,
					 .reduce_only = f->ro,
					 .liquidation =
						 f->liq_mark > 0 && !(f->adl && f->liq_user != a),
					 .adl = f->adl && f->liq_user != a,
					 .px = {f->px},
					 .sz = {f->sz},
					 .start = {f->start},
					 .fee = {f->fee},
					 .closed_pnl = {f->pnl}};
	snprintf(out->coin, sizeof out->coin, "%s", p->coin[f->coin].c.name);
	if (f->has_cloid) {
		memcpy(out->cloid, "0x", 2);
		hex_encode(out->cloid + 2, f->cloid, 16);
	}
}

bool paper_fill(const struct paper *p, const char *addr, uint32_t i, struct paper_truth_fill *out)
{
	const struct acct *a = acct_look(p, addr);

	if (a == NULL || i >= a->n_fills)
		return false;
	truth_fill(p, a, &a->fills[i], out);
	return true;
}

bool paper_slice(const struct paper *p, const char *addr, uint32_t i, struct paper_truth_fill *out)
{
	const struct acct *a = acct_look(p, addr);

	if (a == NULL || i >= a->n_slices)
		return false;
	truth_fill(p, a, &a->slices[i], out);
	return true;
}
