/* replay.c: a recorded tape behind market.h (rules: replay.h).
 *
 * Time has one axis, `at`: ms since the tape's begin, over all laps. A trade of lap L recorded at t
 * lies at L * span + (t - begin); nothing is kept from lap to lap but the number.
 *
 * Invariants:
 * 1. Depth given out is sorted and uncrossed on the venue's tick, also after scaling.
 * 2. Trades come out in time order over all coins, each once a lap. */
#include "paper/replay.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "paper/gen.h"

struct track {
	const struct tape_coin *tape;
	struct instr instr; /* for the tick rule */
	double ratio;	    /* last mid / first mid: a lap's factor */
	double beta;
	struct scenario_now scene;
	uint32_t book, touch;	     /* newest that has happened in this lap */
	uint32_t trade, first, past; /* next to give out; those inside begin..end */
	uint32_t trade_lap, lap;
	bool fresh; /* `side` shows the state at `at` */
	uint32_t n[2];
	struct tape_level side[2][TAPE_LEVELS + 1]; /* bids, asks; recorded prices */
};

struct replay {
	struct paper_market market;
	struct replay_conf conf;
	int64_t now_ms, at, span;
	uint32_t lap;
	uint32_t n;
	struct track track[TAPE_COINS_MAX];
};

static double mid_of(const struct tape_book *b)
{
	return (price_to_double(b->side[0][0].px) + price_to_double(b->side[1][0].px)) / 2;
}

static double factor_of(const struct track *t, uint32_t lap)
{
	double f = lap == 0 ? 1.0 : pow(t->ratio, lap);

	if (t->scene.log_shift < 0 || t->scene.log_shift > 0)
		f *= exp(t->scene.log_shift * (t->scene.own ? 1.0 : t->beta));
	return f;
}

/* 1 exactly leaves the recorded price alone. */
static struct price scaled(const struct track *t, struct price px, double f)
{
	struct price out = px, moved;

	if (f >= 1.0 && f <= 1.0)
		return px;
	if (price_from_double(&moved, price_to_double(px) * f, ROUND_HALF_AWAY))
		(void)instr_round_price(&t->instr, &out, moved, ROUND_HALF_AWAY);
	return out;
}

/* --- the book now --- */

/* Puts a touch on top: better levels go, the level itself takes the new size. */
static void lay(struct track *t, int s, struct tape_level l)
{
	struct tape_level *side = t->side[s];
	uint32_t skip = 0, n = t->n[s];

	while (skip < n && (s == 0 ? side[skip].px.v > l.px.v : side[skip].px.v < l.px.v))
		skip++;
	bool same = skip < n && side[skip].px.v == l.px.v;
	uint32_t keep = n - skip - same;

	if (keep > TAPE_LEVELS)
		keep = TAPE_LEVELS;
	memmove(side + 1, side + skip + same, keep * sizeof *side);
	side[0] = l;
	t->n[s] = keep + 1;
}

/* Levels of side s that the other side's touch has run over. */
static void uncross(struct track *t, int s)
{
	int64_t other = t->side[1 - s][0].px.v;
	uint32_t skip = 0;

	while (skip < t->n[s] &&
	       (s == 0 ? t->side[0][skip].px.v >= other : t->side[1][skip].px.v <= other))
		skip++;
	memmove(t->side[s], t->side[s] + skip, (t->n[s] - skip) * sizeof t->side[s][0]);
	t->n[s] -= skip;
}

static void refresh(struct replay *r, struct track *t)
{
	int64_t pos = r->conf.tape->begin_ms + (r->at - (int64_t)r->lap * r->span);
	const struct tape_coin *k = t->tape;

	if (t->lap != r->lap) {
		t->lap = r->lap;
		t->book = t->touch = 0;
	}
	while (t->book + 1 < k->n_book && k->book[t->book + 1].ms <= pos)
		t->book++;
	const struct tape_book *b = &k->book[t->book];

	for (int s = 0; s < 2; s++) {
		t->n[s] = b->n[s];
		memcpy(t->side[s], b->side[s], b->n[s] * sizeof b->side[s][0]);
	}
	while (t->touch < k->n_touch && k->touch[t->touch].ms <= b->ms)
		t->touch++;
	for (uint32_t i = t->touch; i < k->n_touch && k->touch[i].ms <= pos; i++)
		for (int s = 0; s < 2; s++)
			if (k->touch[i].side[s].sz.v > 0) {
				lay(t, s, k->touch[i].side[s]);
				uncross(t, 1 - s);
			}
	t->fresh = true;
}

static uint32_t market_depth(void *self, uint16_t coin, bool bids, struct paper_level *out,
			     uint32_t max)
{
	struct replay *r = self;

	if (coin >= r->n)
		return 0;
	struct track *t = &r->track[coin];

	if (!t->fresh)
		refresh(r, t);
	double f = factor_of(t, r->lap);
	int s = bids ? 0 : 1;
	/* After scaling neighbours may share a tick: sizes add up; the ask gives way to the bid. */
	struct price floor_px = {0};
	uint32_t n = 0;

	if (!bids && t->n[0] > 0)
		floor_px = scaled(t, t->side[0][0].px, f);
	for (uint32_t i = 0; i < t->n[s] && n < max; i++) {
		struct price px = scaled(t, t->side[s][i].px, f);
		struct qty sz = t->side[s][i].sz;

		if (px.v <= floor_px.v)
			px.v = floor_px.v + instr_tick(&t->instr, floor_px).v;
		if (t->scene.depth < 1.0) {
			(void)qty_from_double(&sz, qty_to_double(sz) * t->scene.depth);
			sz = instr_floor_qty(&t->instr, sz);
		}
		if (sz.v <= 0)
			continue;
		if (n > 0 && (bids ? px.v >= out[n - 1].px.v : px.v <= out[n - 1].px.v))
			out[n - 1].sz.v += sz.v;
		else
			out[n++] = (struct paper_level){.px = px, .sz = sz, .n = 1};
	}
	return n;
}

/* --- time and trades --- */

static int64_t venue_of(const struct replay *r, int64_t at)
{
	return r->conf.start_ms + (int64_t)ceil((double)at / r->conf.speed);
}

static void market_advance(void *self, int64_t now_ms)
{
	struct replay *r = self;
	char text[200];

	if (now_ms < r->now_ms)
		return;
	r->now_ms = now_ms;
	r->at = (int64_t)((double)(now_ms - r->conf.start_ms) * r->conf.speed);
	if (r->at < 0)
		r->at = 0;
	uint32_t lap = (uint32_t)(r->at / r->span);

	for (uint32_t i = 0; i < r->n; i++) {
		r->track[i].fresh = false;
		scenario_at(&r->track[i].scene, r->conf.scenario, r->track[i].tape->coin,
			    r->conf.seed, r->at);
		if (lap != r->lap && r->conf.log) {
			snprintf(text, sizeof text,
				 "tape starts again (lap %u): %s prices x %.6f, so that the first "
				 "mid is the last one",
				 lap + 1, r->track[i].tape->coin, pow(r->track[i].ratio, lap));
			r->conf.log(text);
		}
	}
	r->lap = lap;
}

static int64_t market_clock(void *self)
{
	const struct replay *r = self;

	return r->conf.tape->begin_ms + r->at;
}

static bool market_trade(void *self, struct paper_trade *out)
{
	struct replay *r = self;
	struct track *first = NULL;
	int64_t when = 0;

	for (uint32_t i = 0; i < r->n; i++) {
		struct track *t = &r->track[i];

		if (t->first == t->past)
			continue;
		int64_t at = (int64_t)t->trade_lap * r->span + t->tape->trade[t->trade].ms -
			     r->conf.tape->begin_ms;

		if (at <= r->at && (!first || at < when)) {
			first = t;
			when = at;
		}
	}
	if (!first)
		return false;
	const struct tape_trade *k = &first->tape->trade[first->trade];
	int64_t venue = venue_of(r, when);

	*out = (struct paper_trade){
		.coin = (uint16_t)(first - r->track),
		.sell = !k->buy,
		.time_ms = venue < r->now_ms ? venue : r->now_ms,
		.px = scaled(first, k->px, factor_of(first, first->trade_lap)),
		.sz = k->sz,
	};
	if (++first->trade == first->past) {
		first->trade = first->first;
		first->trade_lap++;
	}
	return true;
}

/* --- set-up --- */

/* Sizes and leverages of coins that the generator knows too. */
static void known(const char *name, struct paper_coin *o)
{
	struct gen_param p;

	for (uint32_t i = 0; i < GEN_COINS; i++) {
		gen_param(&p, i);
		if (strcmp(p.name, name) != 0)
			continue;
		if (p.sz_decimals > o->sz_decimals)
			o->sz_decimals = p.sz_decimals;
		o->max_leverage = p.max_leverage;
		gen_tiers(&p, o);
	}
}

static uint32_t market_coins(void *self, struct paper_coin *out, uint32_t max)
{
	const struct replay *r = self;
	uint32_t n = r->n < max ? r->n : max;

	for (uint32_t i = 0; i < n; i++) {
		const struct track *t = &r->track[i];
		const struct tape_coin *k = t->tape;
		struct paper_coin *o = &out[i];
		double usd = 0, coins = 0, days = (double)r->span / 86400e3;

		memset(o, 0, sizeof *o);
		memcpy(o->name, k->coin, sizeof o->name);
		o->sz_decimals = k->sz_decimals;
		o->max_leverage = 10;
		known(k->coin, o);
		o->refill_ms = r->conf.refill_ms < 0 ? 0 : r->conf.refill_ms;
		bool major = strcmp(k->coin, "BTC") == 0 || strcmp(k->coin, "ETH") == 0;
		(void)money_from_double(&o->impact_notional, major ? 20000 : 6000);
		o->prev_day_px = k->book[0].side[0][0].px;
		for (uint32_t j = t->first; j < t->past; j++) {
			coins += qty_to_double(k->trade[j].sz);
			usd += qty_to_double(k->trade[j].sz) * price_to_double(k->trade[j].px);
		}
		(void)money_from_double(&o->day_volume, floor(usd / days));
		(void)qty_from_double(&o->open_interest, floor(coins / days / 4));
	}
	return n;
}

static void track_init(struct replay *r, struct track *t, const struct tape_coin *k)
{
	struct paper_coin c = {.sz_decimals = k->sz_decimals};
	uint32_t a = 0, b = k->n_book - 1;

	known(k->coin, &c);
	t->tape = k;
	t->instr = (struct instr){.sz_decimals = c.sz_decimals,
				  .px_decimals = (int8_t)(6 - c.sz_decimals),
				  .px_sig = 5};
	t->beta = strcmp(k->coin, "BTC") == 0 ? 1.0 : 1.3;
	while (a + 1 < k->n_book && k->book[a + 1].ms <= r->conf.tape->begin_ms)
		a++;
	while (b > a && k->book[b].ms > r->conf.tape->end_ms)
		b--;
	t->ratio = mid_of(&k->book[b]) / mid_of(&k->book[a]);
	while (t->first < k->n_trade && k->trade[t->first].ms < r->conf.tape->begin_ms)
		t->first++;
	t->past = t->first;
	while (t->past < k->n_trade && k->trade[t->past].ms < r->conf.tape->end_ms)
		t->past++;
	t->trade = t->first;
}

struct replay *replay_new(const struct replay_conf *conf)
{
	struct replay *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->conf = *conf;
	if (!(r->conf.speed > 0))
		r->conf.speed = 1.0;
	if (r->conf.refill_ms == 0)
		r->conf.refill_ms = REPLAY_REFILL_MS;
	r->market = (struct paper_market){
		.self = r,
		.coins = market_coins,
		.advance = market_advance,
		.clock = market_clock,
		.depth = market_depth,
		.trade = market_trade,
	};
	r->now_ms = conf->start_ms;
	r->span = conf->tape->end_ms - conf->tape->begin_ms;
	ASSERT(r->span > 0);
	r->n = conf->tape->n;
	for (uint32_t i = 0; i < r->n; i++) {
		track_init(r, &r->track[i], &conf->tape->at[i]);
		scenario_at(&r->track[i].scene, conf->scenario, conf->tape->at[i].coin, conf->seed,
			    0);
	}
	return r;
}

void replay_free(struct replay *r)
{
	free(r);
}

const struct paper_market *replay_market(struct replay *r)
{
	return &r->market;
}

uint32_t replay_laps(const struct replay *r)
{
	return r->lap;
}
