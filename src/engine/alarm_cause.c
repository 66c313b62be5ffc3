/* alarm_cause.c: the causes of alarms, looked at once a second, in the words of operations.md 9.
 *
 * 1. A cause that is there raises its alarm again in every look, with figures of now; one that is
 *    gone clears it.
 * 2. Danger rises at once and falls only after FALL_S beyond the limit, so that it does not
 *    flicker. */
#include <math.h>
#include <string.h>

#include "engine/inner.h"
#include "engine/words.h"

enum {
	FALL_S = 15,
	BEHIND_S = 30,
	NAKED_NAMED = 3,
	LEAD = 160 /* what a text begins with; the short form is cut of it (alarm_raise) */
};

/* The protective stop of a position that would fire first; NULL: none rests. */
static const struct order *stop_nearest(const struct engine *e, uint8_t account, uint16_t instr)
{
	const struct order *best = NULL;

	for (uint16_t i = 0; i < ORDERS_MAX; i++) {
		const struct order *o = &e->orders.at[i];

		if (!e->orders.used[i] || o->account != account || o->instr != instr ||
		    !o->trigger || !o->reduce_only || o->take_profit ||
		    order_terminal((enum order_state)o->state))
			continue;
		if (!best || (o->buy ? o->trigger_px.v < best->trigger_px.v
				     : o->trigger_px.v > best->trigger_px.v))
			best = o;
	}
	return best;
}

/* One that takes the whole position and fires before it dies, as the sheet counts it. */
bool stop_resting(const struct engine *e, uint8_t account, uint16_t instr)
{
	struct price dies = guard_dies(e, account, instr);
	struct snap_leg l = {.instr = instr,
			     .szi = held_szi(e, account, instr),
			     .has_liq = dies.v > 0,
			     .liq = dies};

	stop_of(e, account, &l);
	return l.stop_state == STOP_OK;
}

/* 1 at 10 %, 2 at 5 %, 3 at 3 %. */
static int distance_level(double dies)
{
	return dies <= 0.03 ? 3 : dies <= 0.05 ? 2 : dies <= 0.10 ? 1 : 0;
}

/* Up at once, down only after FALL_S. */
static int settled(const struct engine *e, struct alarm *a, int level)
{
	if (!a)
		return level;
	if (level >= a->level) {
		a->lower_ns = 0;
		return level;
	}
	if (!a->lower_ns)
		a->lower_ns = e->now_ns;
	if (e->now_ns - a->lower_ns < FALL_S * S)
		return a->level;
	a->lower_ns = 0;
	a->level = (uint8_t)level;
	return level;
}

static void dies_words(const struct engine *e, const struct epool *p, struct buf *b)
{
	buf_printf(b, "%s dies at BTC %s", p->isolated ? coin_of(e, p->instr) : "CROSS",
		   p->sum.side > 0 ? "-" : "+");
	put_distance(b, p->sum.dies);
}

static void touch_words(const struct epool *p, struct buf *b)
{
	if (p->sum.touch_s >= POOL_NEVER)
		return;
	buf_puts(b, " · 1-in-10 in ");
	put_touch_words(b, p->sum.touch_s);
	if (p->young)
		buf_puts(b, " (young)");
}

/* Message 1. */
static void danger_words(const struct engine *e, const struct epool *p, bool naked, char text[256],
			 char brief[80])
{
	struct buf b;

	buf_init(&b, brief, 80);
	dies_words(e, p, &b);
	touch_words(p, &b);
	buf_puts(&b, naked ? " · NO STOP" : "");
	buf_init(&b, text, 256);
	dies_words(e, p, &b);
	if (p->n > 1)
		buf_printf(&b, " (all %u legs)", p->n);
	touch_words(p, &b);
	buf_puts(&b, " · would lose ");
	put_money(&b, p->equity > 0 ? p->equity : 0);
	buf_printf(&b, " USDC%s · press !", naked ? " · NO STOP" : "");
}

/* "NO STOP for HYPE, WLFI and 2 more: ...": which, since a pool has many and some are guarded. */
static void naked_words(const struct engine *e, const struct epool *p, char text[256])
{
	struct buf b;
	uint32_t n = 0;

	buf_init(&b, text, 256);
	buf_puts(&b, "NO STOP for ");
	for (uint32_t i = 0; i < p->n; i++) {
		uint16_t instr = e->acct[p->account].held[p->held[i]].instr;

		if (stop_resting(e, p->account, instr))
			continue;
		if (n < NAKED_NAMED)
			buf_printf(&b, "%s%s", n ? ", " : "", coin_of(e, instr));
		n++;
	}
	if (n > NAKED_NAMED)
		buf_printf(&b, " and %u more", n - NAKED_NAMED);
	buf_puts(&b, ": nothing rests at the venue to close before liquidation does. S places it.");
}

/* A pool whose collateral is not known (unified, portfolio) has no distance of its own; the venue's
 * liquidation prices are facts all the same. The nearest of them, as a share of its mark. */
static bool venue_nearest(const struct engine *e, const struct epool *p, double *dies,
			  const struct held **leg)
{
	bool any = false;

	for (uint32_t i = 0; !p->has_equity && i < p->n; i++) {
		const struct held *h = &e->acct[p->account].held[p->held[i]];
		double mark = price_to_double(market_mark(e, h->instr)), d;
		bool is_long = pos_szi(&h->pos).v > 0;

		if (!h->pos.read.has_liq || !(mark > 0) || (h->pos.read.szi.v > 0) != is_long)
			continue;
		d = price_to_double(h->pos.read.liq) / mark - 1;
		d = fmax(is_long ? -d : d, 0);
		if (!any || d < *dies) {
			*dies = d;
			*leg = h;
		}
		any = true;
	}
	return any;
}

/* Message 1 by the venue's own price: what would be lost is not known. */
static void venue_words(const struct engine *e, const struct held *h, double dies, bool naked,
			char text[256], char brief[80])
{
	char px[40];
	struct buf b;

	buf_init(&b, brief, 80);
	buf_printf(&b, "%.15s dies at %s (%s", coin_of(e, h->instr),
		   price_text(px, &e->instrs.at[h->instr], h->pos.read.liq),
		   pos_szi(&h->pos).v > 0 ? "-" : "+");
	put_distance(&b, dies);
	buf_printf(&b, ")%s", naked ? " · NO STOP" : "");
	buf_init(&b, text, 256);
	buf_printf(&b, "%s · by the venue's price, the other legs still · press !", brief);
}

void cause_pool(struct engine *e, const struct epool *p)
{
	const struct held *leg = NULL;
	double dies = 1;

	uint16_t key = p->isolated ? p->instr : (uint16_t)(INSTR_MAX + p->dex);
	struct alarm *a = alarm_find(e, NC_DANGER, p->account, key, 0);
	bool joint = p->n && p->has_equity && p->sum.has_dies;
	bool known = joint || venue_nearest(e, p, &dies, &leg);
	int level;
	char text[256], brief[80];
	bool naked = false;

	if (joint)
		dies = p->sum.dies;
	level = settled(e, a, known ? distance_level(dies) : 0);
	if (!known || level == 0) {
		alarm_clear(e, NC_DANGER, p->account, key, 0);
		alarm_clear(e, NC_NO_STOP, p->account, key, 0);
		return;
	}
	if (level >= 2)
		e->danger_ns = e->now_ns + 10 * S;
	for (uint32_t i = 0; i < p->n; i++)
		naked = naked ||
			!stop_resting(e, p->account, e->acct[p->account].held[p->held[i]].instr);
	if (joint)
		danger_words(e, p, naked, text, brief);
	else
		venue_words(e, leg, dies, naked, text, brief);
	if (a && dies <= 0.015 && e->now_ns >= a->repeat_ns - 20 * S)
		a->repeat_ns = e->now_ns; /* every 10 s down there */
	alarm_raise(e, level, NC_DANGER, p->account, key, 0, brief, text);
	if (naked && dies <= 0.05) {
		naked_words(e, p, text);
		alarm_raise(e, 2, NC_NO_STOP, p->account, key, 0,
			    "NO STOP within 5 % of liquidation", text);
	} else
		alarm_clear(e, NC_NO_STOP, p->account, key, 0);
}

/* "Sending again, 2 of 4: ..." of a close to zero. */
static void again_words(struct engine *e, const struct order *o, struct buf *b)
{
	const struct flat_slot *s = o->whose == WHOSE_PANIC ? flat_find(e, o->panic) : NULL;

	buf_puts(b, "Sending again");
	if (s && o->slice && o->slice <= s->f.n) {
		const struct flat_leg *l = &s->f.leg[o->slice - 1];
		uint32_t next = l->rung + (l->sent_ns <= o->sent_ns ? 1u : 0u);

		if (next <= RUNGS)
			buf_printf(b, ", %u of %d", next, RUNGS);
		else
			buf_printf(b, ", try %u", l->tries + 1);
	}
	buf_printf(b, ": a double cannot %s.",
		   o->buy ? "buy more than you are short" : "sell more than you hold");
}

/* Message 3. */
void cause_unknown(struct engine *e, const struct order *o)
{
	int64_t age = e->now_ns - o->unknown_ns;
	char text[256], brief[LEAD];
	struct buf b;

	if (age < S)
		return;
	buf_init(&b, text, sizeof text);
	buf_puts(&b, "NO ANSWER ");
	put_span_words(&b, age);
	buf_printf(&b, " to %s ", o->buy ? "BUY" : "SELL");
	put_size(&b, qty_to_double(o->sz));
	buf_printf(&b, " %s%s. It may have filled. ", coin_of(e, o->instr),
		   o->reduce_only ? " (reduce-only)" : "");
	buf_init(&b, brief, sizeof brief);
	buf_puts(&b, text);
	buf_init(&b, text, sizeof text);
	buf_puts(&b, brief);
	if (o->target_zero)
		again_words(e, o, &b);
	else
		buf_puts(&b, "The same bytes go again; its size waits for proof.");
	alarm_raise(e, age < 3 * S ? 2 : 3, NC_UNKNOWN, o->account, o->instr, o->exit, brief, text);
}

/* "Last true position 3.2 s ago: 20 BTC and 4 more. Your stop at 111,300 rests at the venue." */
static void position_words(const struct engine *e, struct buf *b)
{
	struct epool p, worst = {0};
	uint32_t at = 0, legs = 0;
	const struct order *stop;
	const struct held *h;
	char px[40];
	bool any = false;

	for (uint8_t a = 0; a < e->conf.n_accounts; a++)
		for (uint32_t k = 0; pool_build(e, a, k, &p); k++) {
			legs += p.n;
			if (p.n && (!any || pool_danger_rank(&p) > pool_danger_rank(&worst))) {
				worst = p;
				any = true;
			}
		}
	if (!any)
		return;
	for (uint32_t i = 1; i < worst.n; i++)
		if (fabs(worst.leg[i].notional) > fabs(worst.leg[at].notional))
			at = i;
	h = &e->acct[worst.account].held[worst.held[at]];
	buf_puts(b, " Last true position ");
	put_span_words(b, e->now_ns - e->acct[worst.account].dex[worst.dex].read_ns);
	buf_puts(b, " ago: ");
	put_size(b, qty_to_double(h->pos.read.szi));
	buf_printf(b, " %s", coin_of(e, h->instr));
	if (legs > 1)
		buf_printf(b, " and %u more", legs - 1);
	stop = stop_nearest(e, worst.account, h->instr);
	if (stop)
		buf_printf(b, ". Your stop at %s rests at the venue.",
			   price_text(px, &e->instrs.at[h->instr], stop->trigger_px));
	else
		buf_puts(b, ". NO STOP rests at the venue.");
}

/* Message 4, second form. */
static void post_only_words(const struct engine *e, struct buf *b)
{
	uint32_t wait = 0;

	for (int k = 0; k < RUNS_MAX; k++)
		for (uint32_t i = 0; flat_runs(&e->flat[k]) && i < e->flat[k].f.n; i++)
			wait += e->flat[k].f.leg[i].resting;
	buf_puts(b, "HYPERLIQUID IS POST-ONLY after an upgrade. Nobody can trade.");
	if (wait)
		buf_printf(b, " %u close%s wait%s first in line; market close tried every 2 s.",
			   wait, wait == 1 ? "" : "s", wait == 1 ? "s" : "");
	else
		buf_puts(b, " Closes would wait first in line.");
}

void cause_venue(struct engine *e)
{
	char text[256], brief[80];
	struct buf b;

	if (e->venue_status >= 400 && e->now_ns - e->venue_bad_ns > 2 * S) {
		buf_init(&b, brief, sizeof brief);
		buf_printf(&b, "HYPERLIQUID ANSWERS ERRORS (%u) for ", e->venue_status);
		put_since_words(&b, e->now_ns - e->venue_bad_ns);
		buf_puts(&b, ". Orders may still execute.");
		buf_init(&b, text, sizeof text);
		buf_puts(&b, brief);
		position_words(e, &b);
		alarm_raise(e, 3, NC_VENUE_ERRORS, 0, NONE16, 0, brief, text);
	} else if (!e->venue_status) {
		alarm_clear(e, NC_VENUE_ERRORS, 0, NONE16, 0);
	}
	if (e->post_only && e->now_ns - e->post_only_ns > 10 * S)
		e->post_only = false; /* not said again for a while */
	if (e->post_only) {
		buf_init(&b, text, sizeof text);
		post_only_words(e, &b);
		alarm_raise(e, 2, NC_POST_ONLY, 0, NONE16, 0,
			    "HYPERLIQUID IS POST-ONLY after an upgrade. Nobody can trade.", text);
	} else {
		alarm_clear(e, NC_POST_ONLY, 0, NONE16, 0);
	}
}

static void first_and_last(const struct engine *e, const struct epool *p, uint32_t k, struct buf *b)
{
	const struct held *h = &e->acct[p->account].held[p->held[k]];
	struct qty szi = pos_szi(&h->pos);
	const struct instr *i = &e->instrs.at[h->instr];
	struct ladder_in in = {.instr = i,
			       .side = szi.v < 0 ? SIDE_BUY : SIDE_SELL,
			       .size = {szi.v < 0 ? -szi.v : szi.v},
			       .mark = market_mark(e, h->instr),
			       .blind = true,
			       .panic = &e->conf.panic};
	double mark = price_to_double(in.mark);
	struct ladder d;
	char px[40];

	if (p->has_equity)
		price_from_double(&in.zero, pool_zero_price(&p->leg[k], p->equity, mark),
				  szi.v > 0 ? ROUND_UP : ROUND_DOWN);
	if (in.mark.v <= 0 || !ladder_make(&in, &d))
		return;
	buf_printf(b, " First limit %s (", price_text(px, i, d.px[0]));
	put_pct(b, price_to_double(d.px[0]) / mark - 1);
	buf_printf(b, "), last %s (", price_text(px, i, d.px[RUNGS - 1]));
	if (d.at_zero[RUNGS - 1])
		buf_puts(b, "equity zero");
	else
		put_pct(b, price_to_double(d.px[RUNGS - 1]) / mark - 1);
	buf_puts(b, ").");
}

/* Message 5. */
void cause_blind(struct engine *e, const struct epool *p, uint32_t k)
{
	uint16_t instr = e->acct[p->account].held[p->held[k]].instr;
	const struct mkt *m = &e->mkt[instr];
	const struct instr *i = &e->instrs.at[instr];
	int64_t age = e->now_ns - m->book_ns;
	char text[256], brief[LEAD], px[40];
	struct buf b;

	if (!m->book_ns || age < 3 * S) {
		alarm_clear(e, NC_BLIND, p->account, instr, 0);
		return;
	}
	buf_init(&b, brief, sizeof brief);
	buf_printf(&b, "BLIND: %s book frozen ", i->coin);
	put_since_words(&b, age);
	buf_printf(&b, ". Pricing from mark %s (", price_text(px, i, m->mark));
	put_span_words(&b, e->now_ns - m->mark_ns);
	buf_puts(&b, " old).");
	buf_init(&b, text, sizeof text);
	buf_puts(&b, brief);
	first_and_last(e, p, k, &b);
	alarm_raise(e, 3, NC_BLIND, p->account, instr, 0, brief, text);
}

/* Held, and this program cannot name its market yet: said, until the list has it. */
static void unlisted(struct engine *e, uint8_t k)
{
	const struct account *a = &e->acct[k];
	const struct dex_state *d = NULL;
	uint32_t lost = account_lost(e, k);
	char text[200], brief[80], q[40];
	struct buf b;

	for (uint8_t i = 0; i < e->conf.n_dexes && !d; i++)
		if (a->dex[i].positions_lost && a->dex[i].lost_coin[0])
			d = &a->dex[i];
	if (!d) {
		alarm_clear(e, NC_UNLISTED, k, NONE16, 0);
		return;
	}
	buf_init(&b, brief, sizeof brief);
	buf_printf(&b, "HELD, NOT LISTED YET: %s%s%s", d->lost_szi.v < 0 ? "-" : "",
		   d->lost_szi.v ? qty_text(q, d->lost_szi) : "", d->lost_szi.v ? " " : "");
	buf_puts(&b, d->lost_coin);
	if (lost > 1)
		buf_printf(&b, " and %u more", lost - 1);
	buf_init(&b, text, sizeof text);
	buf_printf(&b,
		   "%s. The venue's list of markets lacks it: it is being read again. A flatten "
		   "that runs closes it as soon as it is listed; nothing is FLAT before.",
		   brief);
	alarm_raise(e, 2, NC_UNLISTED, k, NONE16, 0, brief, text);
}

void cause_account(struct engine *e, uint8_t k)
{
	struct account *a = &e->acct[k];
	uint32_t left = budget_flattens_left(&a->budget);
	char text[120];
	struct buf b;

	cause_agent(e, k);
	unlisted(e, k);
	buf_init(&b, text, sizeof text);
	if (a->budget.known && (left < 5 || a->budget.left < 500)) {
		buf_printf(&b, "Request budget of %s: %lld actions left, %u full flattens.",
			   e->conf.account[k].name, (long long)a->budget.left, left);
		alarm_raise(e, left < 2 ? 3 : 2, NC_BUDGET, k, NONE16, 0, text, text);
	} else {
		alarm_clear(e, NC_BUDGET, k, NONE16, 0);
	}
	if (a->two_writers && e->now_ns - a->foreign_ns > 120 * S) {
		a->two_writers = false;
		alarm_clear(e, NC_TWO_WRITERS, k, NONE16, 0);
	}
}

void cause_store(struct engine *e)
{
	if (e->store_state == STORE_FULL || e->store_state == STORE_BROKEN)
		alarm_raise(
			e, 3, NC_STORE, 0, NONE16, 0, "The journal cannot be written.",
			e->store_state == STORE_FULL
				? "NO NEW RISK: disk full. Reductions, cancels and guards still go "
				  "out."
				: "NO NEW RISK: the journal is broken. Reductions still go out.");
	else
		alarm_clear(e, NC_STORE, 0, NONE16, 0);
}

static double left_usd(const struct engine *e, const struct exit_slot *s)
{
	return qty_to_double(exit_left(&s->x)) * price_to_double(market_mark(e, s->instr));
}

/* Message 6: what stands, for how long, and what happens by itself. */
static void stopped(struct engine *e, const struct exit_slot *s)
{
	const struct exit *x = &s->x;
	const struct instr *i = &e->instrs.at[s->instr];
	bool last = x->in_danger || x->working.v == 0;
	char text[256], brief[LEAD], px[40], odds[24];
	struct buf b;

	if (x->state != XS_STOPPED_PRICE) {
		alarm_clear(e, NC_STOPPED_PRICE, s->account, s->instr, x->id);
		return;
	}
	buf_init(&b, text, sizeof text);
	buf_printf(&b, "%s STOPPED ", x->buy ? "BUYING" : "SELLING");
	put_since_words(&b, e->now_ns - x->stopped_since_ns);
	buf_printf(&b, " ago: %s is %s ", price_text(px, i, market_mark(e, s->instr)),
		   x->buy ? "over" : "under");
	buf_printf(&b, "your %s price %s. ", last ? "last" : "working",
		   price_text(px, i, last ? x->last : x->working));
	buf_init(&b, brief, sizeof brief);
	buf_puts(&b, text);
	buf_init(&b, text, sizeof text);
	buf_puts(&b, brief);
	put_money_short(&b, left_usd(e, s));
	buf_puts(&b, " USD left.");
	if (x->has_danger) {
		plan_odds(odds, sizeof odds, x->danger);
		buf_printf(&b, " Danger %s%s.", odds,
			   x->danger > x->danger_start ? " and rising" : "");
	}
	if (!last && x->risk > 0) {
		plan_odds(odds, sizeof odds, x->risk);
		buf_printf(&b, " At %s it %s down to %s by itself.", odds,
			   x->buy ? "buys" : "sells", price_text(px, i, x->last));
	}
	buf_puts(&b, " l lower · n close rest now · w keep waiting");
	alarm_raise(e, 2, NC_STOPPED_PRICE, s->account, s->instr, x->id, brief, text);
}

/* Behind its plan for half a minute. */
static void behind(struct engine *e, struct exit_slot *s)
{
	char text[160];
	struct buf b;

	if (!s->x.behind_told || s->x.state == XS_DONE) {
		s->behind_ns = 0;
		alarm_clear(e, NC_BEHIND, s->account, s->instr, s->x.id);
		return;
	}
	if (!s->behind_ns)
		s->behind_ns = e->now_ns;
	if (e->now_ns - s->behind_ns < BEHIND_S * S)
		return;
	buf_init(&b, text, sizeof text);
	buf_printf(&b, "x%u %s BEHIND PLAN for ", s->x.id, s->x.coin);
	put_since_words(&b, e->now_ns - s->behind_ns);
	buf_puts(&b, ". ");
	put_money_short(&b, left_usd(e, s));
	buf_puts(&b, " USD left. It keeps its pace and volume cap; the end moves.");
	alarm_raise(e, 2, NC_BEHIND, s->account, s->instr, s->x.id, text, text);
}

static void put_clock(struct buf *b, int64_t wall_ms)
{
	int64_t min = wall_ms / 60000 % 1440;

	buf_printf(b, "%02lld:%02lld", (long long)(min / 60), (long long)(min % 60));
}

/* Message 10: told again with the prices that came after waking, until it is acknowledged. */
static void asleep(struct engine *e)
{
	struct alarm *a = alarm_find(e, NC_ASLEEP, 0, NONE16, 0);
	const struct exit_slot *s = NULL;
	char text[256];
	struct buf b;

	if (!a || a->seen)
		return;
	for (int i = 0; i < EXITS_MAX; i++)
		if (e->exit[i].used && e->exit[i].x.state != XS_DONE &&
		    (!s || left_usd(e, &e->exit[i]) > left_usd(e, s)))
			s = &e->exit[i];
	if (!s || !e->acct[s->account].up)
		return;
	buf_init(&b, text, sizeof text);
	buf_puts(&b, "ASLEEP ");
	put_span_words(&b, e->slept_ns);
	buf_printf(&b, ". Nothing sold. ");
	if (s->asleep_mark.v > 0 && market_mark(e, s->instr).v > 0) {
		buf_printf(&b, "%s ", s->x.coin);
		put_pct(&b, price_to_double(market_mark(e, s->instr)) /
					    price_to_double(s->asleep_mark) -
				    1);
		buf_puts(&b, ". ");
	}
	put_money_short(&b, left_usd(e, s));
	buf_puts(&b, " left. Same pace ends ");
	put_clock(&b, s->x.planned_end_ms);
	buf_puts(&b, " (chosen).");
	if (s->asleep_end_ms > e->wall_ms + 60000 && s->x.planned_end_ms > s->asleep_end_ms) {
		buf_puts(&b, " 2 by ");
		put_clock(&b, s->asleep_end_ms);
		buf_printf(&b, " at %.1fx ·",
			   (double)(s->x.planned_end_ms - e->wall_ms) /
				   (double)(s->asleep_end_ms - e->wall_ms));
	}
	buf_puts(&b, " 3 trim");
	alarm_raise(e, 2, NC_ASLEEP, 0, NONE16, 0, text, text);
}

void cause_exits(struct engine *e)
{
	for (int i = 0; i < EXITS_MAX; i++)
		if (e->exit[i].used) {
			stopped(e, &e->exit[i]);
			behind(e, &e->exit[i]);
		}
	asleep(e);
}
