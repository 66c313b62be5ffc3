/* sheetfill: the engine's sheet and the terminal's are one sheet, of random states. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "engine/inner.h"
#include "engine/sheetfill.h"
#include "tests/run.h"
#include "ui/sheetfill.h"

enum { COINS = 20 }; /* their books find room in a snapshot */

static struct engine *e;
static struct snap *snap;
static struct sheet_in here_in, there_in;
static struct sheet here, there;

static struct price px(double x)
{
	struct price p = {0};

	price_from_double(&p, x, ROUND_HALF_AWAY);
	return p;
}

static void random_instr(struct prng *r, int k, double mark)
{
	struct instr i = {.asset = (uint32_t)k,
			  .dex = k % 5 == 4,
			  .px_sig = 5,
			  .max_leverage = (int32_t)prng_range(r, 3, 50),
			  .n_tiers = (uint8_t)prng_range(r, 1, 3),
			  .min_notional = {1000000000}};

	snprintf(i.coin, sizeof i.coin, k ? "%sC%d" : "BTC", i.dex ? "dex:" : "", k);
	i.sz_decimals = mark > 1000 ? 5 : mark > 10 ? 2 : 0;
	i.px_decimals = (int8_t)(6 - i.sz_decimals);
	i.delisted = prng_below(r, 10) == 0;
	for (int t = 0; t < i.n_tiers; t++) {
		i.tiers[t].lower.v = t * 10000000000000;
		i.tiers[t].max_leverage = (i.max_leverage >> t) + 1;
	}
	i.tiers[0].max_leverage = i.max_leverage;
	instr_put(&e->instrs, &i);
}

static void random_book(struct prng *r, uint16_t instr, double mark)
{
	struct book *b = &e->book[e->n_books], *d = &e->deep[e->n_books];
	double tick = mark * 1e-4;

	*b = (struct book){.instr = instr, .n_bid = BOOK_LEVELS, .n_ask = BOOK_LEVELS};
	b->seen_ns = e->now_ns - (int64_t)prng_below(r, 4000) * MS;
	for (int i = 0; i < BOOK_LEVELS; i++) {
		int64_t sz = 1 + (int64_t)(3000 / mark * prng_unit(r) * 1e8);

		b->bid[i] = (struct level){px(mark - tick * (i + 1)), {sz}, 1};
		b->ask[i] = (struct level){px(mark + tick * (i + 1)), {sz}, 1};
	}
	if (prng_below(r, 2)) /* one frame thinner or thicker than the half minute before it */
		book_note_five(b, (struct qty){1 + (int64_t)(prng_unit(r) * 1e12 / mark)},
			       (struct qty){1 + (int64_t)(prng_unit(r) * 1e12 / mark)}, 540 * MS);
	*d = (struct book){.instr = instr};
	if (prng_below(r, 2)) {
		*d = *b;
		d->seen_ns = e->now_ns - (int64_t)prng_below(r, 12000) * MS;
		for (int i = 0; i < BOOK_LEVELS; i++)
			d->bid[i].sz.v *= 20, d->ask[i].sz.v *= 20;
	}
	e->n_books++;
	e->mkt[instr].book = (uint8_t)e->n_books;
	e->mkt[instr].book_ns = b->seen_ns;
}

static void random_position(struct prng *r, uint8_t account, uint16_t instr, double mark)
{
	struct account *a = &e->acct[account];
	struct held *h = &a->held[a->n_held++];
	struct ev_position *p = &h->pos.read;
	double value = 500 + 200000 * prng_unit(r);
	int64_t lot = instr_lot(&e->instrs.at[instr]).v;

	*h = (struct held){.instr = instr, .used = true};
	h->pos.has_read = true;
	h->pos.read_ms = 1;
	h->pos.read_ns = e->now_ns;
	*p = (struct ev_position){.instr = instr,
				  .mode = prng_below(r, 4) ? MARGIN_CROSS : MARGIN_ISOLATED,
				  .has_liq = prng_below(r, 3) > 0,
				  .leverage = 5,
				  .max_leverage = e->instrs.at[instr].max_leverage};
	qty_from_double(&p->szi, value / mark);
	p->szi.v = (p->szi.v / lot + 1) * lot;
	money_from_double(&p->value, qty_to_double(p->szi) * mark * (1 + 0.01 * prng_unit(r)));
	p->entry = px(mark * (0.9 + 0.2 * prng_unit(r)));
	money_from_double(&p->margin_used, value * (0.02 + 0.2 * prng_unit(r)));
	p->liq = px(mark * (0.8 + 0.15 * prng_unit(r)));
	if (prng_below(r, 3) == 0) {
		p->szi.v = -p->szi.v;
		p->liq = px(mark * (1.05 + 0.15 * prng_unit(r)));
	}
}

static void random_stop(struct prng *r, uint16_t at, uint8_t account, const struct held *h,
			double mark)
{
	struct order *o = &e->orders.at[at];
	bool buy = h->pos.read.szi.v < 0;

	e->orders.used[at] = true;
	e->orders.n++;
	*o = (struct order){.state = ORDER_RESTING,
			    .oid = at + 1u,
			    .account = account,
			    .instr = h->instr,
			    .buy = buy,
			    .reduce_only = true,
			    .trigger = true,
			    .trigger_market = true};
	o->trigger_px = px(mark * (buy ? 1 + 0.1 * prng_unit(r) : 1 - 0.1 * prng_unit(r)));
	o->sz.v = llabs(h->pos.read.szi.v);
}

/* Of any account and coin, held or not. */
static void random_limit(struct prng *r, uint16_t at, const double mark[COINS])
{
	int k = (int)prng_below(r, COINS);

	e->orders.used[at] = true;
	e->orders.n++;
	e->orders.at[at] = (struct order){.state = ORDER_RESTING,
					  .account = (uint8_t)prng_below(r, 3),
					  .instr = (uint16_t)k,
					  .buy = prng_below(r, 2),
					  .reduce_only = prng_below(r, 3) == 0,
					  .whose = WHOSE_OTHER,
					  .oid = at + 1u,
					  .px = px(mark[k]),
					  .sz = {100000000}};
}

static void random_exit(struct prng *r, int k, uint8_t account, const struct held *h, double mark)
{
	struct exit_slot *s = &e->exit[k];

	s->used = true;
	s->instr = h->instr;
	s->account = account;
	s->x.id = (uint32_t)k + 1;
	s->x.state = XS_WAITING;
	s->x.buy = h->pos.read.szi.v < 0;
	s->x.ticket.account = account;
	snprintf(s->x.coin, sizeof s->x.coin, "%s", coin_of(e, h->instr));
	s->x.working = px(mark * (0.95 + 0.1 * prng_unit(r)));
}

static void random_state(struct prng *r)
{
	static const struct engine_conf conf = {.n_accounts = 3, .n_dexes = 2};
	bool panic = prng_below(r, 2); /* knobs of its own */
	double mark[COINS];
	int exits = 0;
	uint16_t stops = 0;

	engine_init(e, &conf, 1000 * S, 1757000000000);
	for (int k = 0; k < PANIC_RUNGS && panic; k++) {
		e->conf.panic.ladder_liquid[k].v += (k + 1) * prng_range(r, 1, 9) * 1000000000;
		e->conf.panic.ladder_others[k].v += (k + 1) * prng_range(r, 1, 9) * 1000000000;
	}
	e->conf.panic.liquid_leverage += (int32_t)(panic ? prng_range(r, -10, 10) : 0);
	if (panic) {
		e->conf.panic.trim_cushion.v = prng_range(r, 1, 20) * 10000000000;
		e->conf.panic.trim_sigmas.v = prng_range(r, 0, 5) * 1000000000000;
		e->conf.panic.trim_round.v = prng_range(r, 2, 20) * 10000000000;
		e->conf.panic.care_slices = (uint32_t)prng_range(r, 1, 60);
		e->conf.panic.care_ms = prng_range(r, 10, 600) * 1000;
		e->conf.panic.care_depth.v = prng_range(r, 1, 100) * 10000000000;
		e->conf.panic.guard_share.v = prng_range(r, 10, 90) * 10000000000;
		e->conf.panic.guard_nearest.v = prng_range(r, 1, 5) * 1000000000;
		e->conf.panic.guard_farthest.v = prng_range(r, 5, 50) * 1000000000;
		e->conf.panic.guard_least.v = prng_range(r, 6, 20) * 1000000000;
		e->conf.panic.guard_worst.v = prng_range(r, 1, 50) * 10000000000;
	}
	for (int k = 0; k < COINS; k++) {
		mark[k] = k ? exp(-1 + 9 * prng_unit(r)) : 112000;
		random_instr(r, k, mark[k]);
		if (prng_below(r, 12)) {
			e->mkt[k].mark = px(mark[k]);
			e->mkt[k].mark_ns = e->now_ns;
		}
		if (prng_below(r, 8))
			random_book(r, (uint16_t)k, mark[k]);
	}
	for (uint8_t a = 0; a < conf.n_accounts; a++) {
		struct account *acct = &e->acct[a];

		acct->key_ready = true;
		acct->has_fees = prng_below(r, 2);
		acct->fee_taker.v = acct->has_fees ? 350000000 : 0;
		acct->has_abstraction = prng_below(r, 5) == 0;
		acct->abstraction = ABS_UNIFIED;
		for (int d = 0; d < 2; d++) {
			acct->dex[d].has = prng_below(r, 8) > 0;
			money_from_double(&acct->dex[d].cross_equity, 30000 * prng_unit(r));
		}
		for (int k = 0; k < COINS; k++) {
			const struct held *h;

			if (prng_below(r, 2))
				continue;
			random_position(r, a, (uint16_t)k, mark[k]);
			h = &acct->held[acct->n_held - 1];
			if (prng_below(r, 3) == 0)
				random_stop(r, stops++, a, h, mark[k]);
			for (int n = (int)prng_below(r, 3); exits < 8 && n > 0; n--)
				random_exit(r, exits++, a, h, mark[k]);
		}
		acct->n_twaps = (uint32_t)prng_below(r, 3);
		for (uint32_t k = 0; k < acct->n_twaps; k++)
			acct->twap[k] = (struct venue_twap){
				.id = k + 1, .instr = (uint16_t)prng_below(r, COINS)};
	}
	for (int n = (int)prng_below(r, 20); n > 0; n--)
		random_limit(r, stops++, mark);
}

static uint32_t cancelled; /* that the lines say */
static uint32_t counts;	   /* of slices that were compared */

static void same_leg(const struct sheet_leg *a, const struct sheet_leg *b)
{
	CHECK_STR(here_in.leg[a->leg].coin, there_in.leg[b->leg].coin);
	CHECK_INT(a->size.v, b->size.v);
	CHECK_INT(a->expected.v, b->expected.v);
	CHECK_INT(a->worst.v, b->worst.v);
	CHECK_INT(a->worse_past.v, b->worse_past.v);
	CHECK_INT(a->trigger.v, b->trigger.v);
	CHECK_INT(a->guard, b->guard);
	CHECK_INT(a->slices, b->slices);
	CHECK_INT(a->exit, b->exit);
	CHECK(a->alone == b->alone && a->blind == b->blind && a->hedge == b->hedge);
	CHECK(a->before_working == b->before_working);
	for (int i = 0; i < SHEET_RUNGS; i++)
		CHECK_INT(a->rung[i].v, b->rung[i].v);
	CHECK_NEAR(a->cost, b->cost, 0);
	CHECK_NEAR(a->next_cost, b->next_cost, 0);
	CHECK_STR(a->why, b->why);
}

static void same_line(const struct sheet_line *a, const struct sheet_line *b)
{
	CHECK(a->offered == b->offered && a->enough == b->enough && a->flat == b->flat);
	CHECK(a->impossible == b->impossible && a->has_dies == b->has_dies);
	CHECK_STR(a->why, b->why);
	CHECK_INT(a->n, b->n);
	CHECK_INT(a->actions, b->actions);
	CHECK_NEAR(a->cost, b->cost, 0);
	CHECK_NEAR(a->cost_worst, b->cost_worst, 0);
	CHECK_NEAR(a->dies_pct, b->dies_pct, 0);
	CHECK_NEAR(a->equity, b->equity, 0);
	CHECK_NEAR(a->net_beta, b->net_beta, 0);
	CHECK_NEAR(a->add, b->add, 0);
	CHECK(!memcmp(&a->rests, &b->rests, sizeof a->rests));
	cancelled += a->rests.cancels + a->rests.twaps;
	for (uint32_t i = 0; i < a->n && i < b->n; i++)
		same_leg(&a->leg[i], &b->leg[i]);
}

static void same_sheet(void)
{
	CHECK_INT(here.n_pools, there.n_pools);
	CHECK_INT(here.n_legs, there.n_legs);
	CHECK_INT(here.n_no_stop, there.n_no_stop);
	CHECK_INT(here.left_out, there.left_out);
	CHECK_NEAR(here.dies_pct, there.dies_pct, 0);
	CHECK_NEAR(here.touch_s, there.touch_s, 0);
	CHECK_NEAR(here.equity, there.equity, 0);
	for (int v = 0; v < SHEET_VERBS; v++)
		same_line(&here.line[v], &there.line[v]);
}

/* The stops that the engine keeps stand before the same price as those of the sheet. */
static uint32_t same_deaths(void)
{
	const struct sheet_line *g = &here.line[SHEET_GUARD];
	uint32_t n = 0;

	for (uint32_t i = 0; i < g->n; i++) {
		const struct sheet_leg_in *l = &here_in.leg[g->leg[i].leg];
		struct price p = guard_dies(e, l->account, l->instr);

		if (!market_mark(e, l->instr).v)
			continue; /* the sheet has the venue's valuation, a stop waits for a mark */
		CHECK_NEAR(price_to_double(p), price_to_double(g->leg[i].dies),
			   1e-9 * price_to_double(p) + 2e-10);
		n += p.v > 0;
	}
	return n;
}

/* The stop that the line GUARD shows is the one that guards would place, by their knobs. */
static uint32_t same_guards(void)
{
	const struct sheet_line *line = &here.line[SHEET_GUARD];
	uint32_t n = 0;

	for (uint32_t i = 0; i < line->n; i++) {
		const struct sheet_leg *g = &line->leg[i];
		const struct sheet_leg_in *l = &here_in.leg[g->leg];
		struct guard_keep keep = {0};
		struct price trigger, limit;
		struct guard_view v;
		char why[96];

		if (g->guard != SG_PLACE || e->instrs.at[l->instr].delisted)
			continue;
		guard_view_fill(e, l->account, l->instr, &v);
		v.may_send = true;
		if (!v.mark.v || !guard_prices(&keep, &v, &trigger, &limit, why))
			continue; /* the venue's band, or a hair of rounding at the least distance
				   */
		CHECK_NEAR(price_to_double(g->trigger), price_to_double(trigger),
			   2e-4 * price_to_double(trigger));
		CHECK_NEAR(price_to_double(g->worst), price_to_double(limit),
			   2e-4 * price_to_double(limit));
		n++;
	}
	return n;
}

/* The first slices of a care are those of its line, but for the rounding to the lot. */
static uint32_t same_care(void)
{
	struct flatten c = {.account = 0xff, .scope = FLAT_ALL, .verb = VERB_CARE};
	static struct flat_out out;
	struct flat_view v;
	struct err err = {0};
	uint32_t n = 0;

	memset(&e->flat[0].f, 0, sizeof e->flat[0].f);
	e->flat[0].f.account = 0xff;
	e->conf.panic.care_jitter.v = 0;
	flat_view_fill(e, &e->flat[0], &v);
	v.may_send = true;
	v.post_only = false;
	if (!flat_init(&e->flat[0].f, 1, &c, &v, &err))
		return 0;
	memset(&out, 0, sizeof out);
	flat_step(&e->flat[0].f, &v, &out);
	for (uint32_t i = 0; i < out.n; i++) {
		const struct flat_want *w = &out.at[i];
		const struct sheet_line *line = &here.line[SHEET_CARE];
		if (w->kind != FW_PLACE)
			continue;
		const struct instr *in = &e->instrs.at[w->instr_id];
		if (in->delisted || !market_mark(e, w->instr_id).v)
			continue;
		for (uint32_t k = 0; k < line->n; k++) {
			const struct sheet_leg *g = &line->leg[k];
			const struct sheet_leg_in *l = &here_in.leg[g->leg];

			if (l->account != w->account || l->instr != w->instr_id)
				continue;
			CHECK(w->qty.v <= g->slice.v);
			/* less than a lot apart, or the dust that goes with it */
			CHECK(w->qty.v > g->slice.v - 2 * instr_lot(in).v || w->qty.v == g->size.v);
			n++;
		}
	}
	/* and how many there will be, but for lots; what cannot be traded holds up nothing */
	uint32_t said = 0, run;
	for (uint32_t k = 0; k < here.line[SHEET_CARE].n; k++) {
		const struct sheet_leg *g = &here.line[SHEET_CARE].leg[k];
		if (!here_in.leg[g->leg].cannot_trade && g->slices > said)
			said = g->slices;
	}
	flat_view_fill(e, &e->flat[0], &v);
	run = care_slices(&e->flat[0].f, &v);
	if (said && (run > said ? run - said : said - run) > 1)
		test_fail(__FILE__, __LINE__, "the sheet says %u slices, the run %u", said, run);
	counts += said > 0;
	return n;
}

static const struct sheet_leg *now_leg(uint8_t account, uint16_t instr)
{
	for (uint32_t i = 0; i < here.line[SHEET_NOW].n; i++) {
		const struct sheet_leg *o = &here.line[SHEET_NOW].leg[i];

		if (here_in.leg[o->leg].account == account && here_in.leg[o->leg].instr == instr)
			return o;
	}
	return NULL;
}

/* What the line NOW shows is what the flatten would send: who goes first, the ladder of each. */
static uint32_t same_flatten(void)
{
	const struct flat_leg_view *first = NULL;
	struct flat_view v;
	double second = -1;
	uint32_t n = 0;

	e->flat[0].f.account = 0xff;
	e->flat[0].f.scope = FLAT_ALL;
	flat_view_fill(e, &e->flat[0], &v);
	CHECK_INT(v.n, here.line[SHEET_NOW].n);
	for (uint32_t i = 0; i < v.n; i++) {
		const struct flat_leg_view *f = &v.leg[i];
		const struct sheet_leg *o = now_leg(f->account, f->instr_id);
		struct ladder_in in = {.instr = f->instr,
				       .side = f->szi.v > 0 ? SIDE_SELL : SIDE_BUY,
				       .size = {llabs(f->szi.v)},
				       .mark = f->mark,
				       .book = f->book,
				       .zero = f->zero,
				       .panic = &e->conf.panic};
		struct ladder l;

		CHECK(o != NULL);
		if (!o)
			return n;
		in.blind = !f->book || !f->book_ns || v.now_ns - f->book_ns > 3 * S;
		if (f->cannot_trade) { /* it goes last */
		} else if (!first || f->rank > first->rank) {
			second = first ? first->rank : -1;
			first = f;
		} else if (f->rank > second) {
			second = f->rank;
		}
		if (!ladder_make(&in, &l) || !market_mark(e, f->instr_id).v)
			continue; /* without a mark the two valuations differ by their rounding */
		for (int k = 0; k < SHEET_RUNGS; k++)
			CHECK_INT(o->rung[k].v, l.px[k].v);
		n++;
	}
	if (first && v.n > 1 && first->rank > second + 1e-9)
		CHECK(now_leg(first->account, first->instr_id)->alone);
	return n;
}

TEST(one_sheet_from_both_sides)
{
	struct prng r;
	uint32_t legs = 0, trims = 0, guards = 0, adds = 0, deaths = 0, ladders = 0, stops = 0,
		 slices = 0;

	e = malloc(sizeof *e);
	snap = malloc(sizeof *snap);
	REQUIRE(e && snap);
	prng_seed(&r, test_seed);
	for (int k = 0; k < 150; k++) {
		struct flatten f = {.account = 0xff, .scope = FLAT_ALL};
		const struct flatten *scope;

		random_state(&r);
		engine_snap(e, snap);
		f.account = prng_below(&r, 2) ? 0xff : (uint8_t)prng_below(&r, 3);
		f.scope = (uint8_t)prng_below(&r, 4);
		f.n_coins = 1;
		strcpy(f.coin[0], "BTC");
		if (prng_below(&r, 3) == 0)
			f.cushion.v = 30000000000;
		scope = prng_below(&r, 4) ? &f : NULL;
		sheet_fill_engine(e, scope, &here_in);
		sheet_fill_snap(snap, snap->now_ns, scope, &there_in);
		CHECK_INT(here_in.n_pools, there_in.n_pools);
		CHECK_INT(here_in.n_legs, there_in.n_legs);
		sheet_make(&here_in, &here);
		sheet_make(&there_in, &there);
		same_sheet();
		deaths += same_deaths();
		stops += same_guards();
		if (!scope) {
			ladders += same_flatten();
			slices += same_care();
		}
		legs += here.n_legs;
		trims += here.line[SHEET_TRIM].n;
		guards += here.line[SHEET_GUARD].offered;
		adds += here.line[SHEET_ADD].offered;
	}
	printf("  %u legs, %u cuts, %u guards, %u adds\n", legs, trims, guards, adds);
	CHECK(legs > 1000 && trims > 200 && guards > 30 && adds > 50);
	printf("  %u stops, %u slices, %u cancels\n", stops, slices, cancelled);
	CHECK(cancelled > 500 && counts > 3);
	printf("  %u counts of slices\n", counts);
	CHECK(deaths > 500 && ladders > 300 && stops > 60 && slices > 100);
	free(e);
	free(snap);
}

TEST_MAIN(T(one_sheet_from_both_sides))
