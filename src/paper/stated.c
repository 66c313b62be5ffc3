/* stated.c: the market with stated impact (stated.h).
 *
 * Invariants: (1) increments are exact for any step of the clock; (2) a book is sorted, uncrossed,
 * on tick and lot, and its cumulative size at the edge of each piece is the stated one, to a lot;
 * (3) what is taken in a block moves the mid from the next block on. */
#include "paper/stated.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/prng.h"

struct piece {	      /* of the book, from the touch on */
	double off;   /* USD behind the touch: the mean of its coins */
	int64_t upto; /* cumulative size at its far edge, on the lot */
};

struct coin {
	struct stated_coin c;
	struct piece piece[PAPER_DEPTH_MAX];
	struct prng rng;
	double walk;		  /* W(t) */
	double sold;		  /* net, coins: what has moved the mid for good */
	double off[STATED_TERMS]; /* displacement by sales, USD */
	double mid, before;
	double owed; /* coins of volume not traded yet */
	bool sell_next;
};

struct stated {
	struct paper_market market;
	struct stated_conf conf;
	int64_t now_ms;
	struct coin at[STATED_COINS];
	uint32_t given; /* coins whose trade of this advance was taken out */
};

static double gauss(struct prng *r)
{
	double u = 1.0 - prng_unit(r), v = prng_unit(r);

	return sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
}

static void set_mid(const struct stated *s, struct coin *c)
{
	const struct stated_coin *p = &c->c;
	double t = (double)(s->now_ms - s->conf.start_ms) / 1000.0, rel = p->sigma / p->px;

	c->mid = p->geometric ? p->px * exp(rel * c->walk - rel * rel * t / 2)
			      : p->px + p->sigma * c->walk;
	c->mid -= p->permanent * c->sold;
	for (int k = 0; k < STATED_TERMS; k++)
		c->mid -= c->off[k];
	c->mid = fmax(c->mid, p->px * 1e-3); /* an arithmetic walk may reach zero: no price does */
}

static uint32_t s_coins(void *self, struct paper_coin *out, uint32_t max)
{
	const struct stated *s = self;
	uint32_t n = s->conf.n_coins < max ? s->conf.n_coins : max;

	for (uint32_t i = 0; i < n; i++) {
		const struct stated_coin *c = &s->at[i].c;

		out[i] = (struct paper_coin){.sz_decimals = c->sz_decimals,
					     .max_leverage = c->max_leverage,
					     .own_impact = true};
		memcpy(out[i].name, c->name, sizeof out[i].name);
		(void)price_from_double(&out[i].prev_day_px, c->px, ROUND_HALF_AWAY);
		(void)money_from_double(&out[i].day_volume, fmin(c->volume_s * c->px * 86400, 9e9));
	}
	return n;
}

static void s_advance(void *self, int64_t now_ms)
{
	struct stated *s = self;
	double dt = (double)(now_ms - s->now_ms) / 1000.0;

	if (dt < 0)
		return;
	s->now_ms = now_ms;
	s->given = 0;
	for (uint32_t i = 0; i < s->conf.n_coins; i++) {
		struct coin *c = &s->at[i];

		if (dt > 0)
			c->walk += sqrt(dt) * gauss(&c->rng);
		for (int k = 0; k < STATED_TERMS; k++)
			c->off[k] *= exp(-c->c.rate[k] * dt);
		c->owed += c->c.volume_s * dt;
		set_mid(s, c);
		c->before = c->mid;
	}
}

static int64_t s_clock(void *self)
{
	const struct stated *s = self;

	return s->conf.start_ms + (int64_t)((double)(s->now_ms - s->conf.start_ms) * s->conf.speed);
}

/* The venue's tick: five significant digits, at most 6 - sz decimals, integers free. */
static int64_t tick_of(const struct stated_coin *c, double px)
{
	int e = (int)floor(log10(px) + 1e-12) - 4, finest = -(6 - c->sz_decimals);
	int64_t t = 1;

	e = e > 0 ? 0 : e < finest ? finest : e;
	for (int i = 0; i < PRICE_DIGITS + e; i++)
		t *= 10;
	return t;
}

static int64_t lot_of(const struct stated_coin *c)
{
	int64_t lot = 1;

	for (int i = c->sz_decimals; i < QTY_DIGITS; i++)
		lot *= 10;
	return lot;
}

/* The q-th coin stands at slope q^power; the pieces widen as 1, 3, 5..., fine at the touch. */
static void cut_book(struct coin *c)
{
	const struct stated_coin *p = &c->c;
	double unit = p->reach / (PAPER_DEPTH_MAX * PAPER_DEPTH_MAX), lot = (double)lot_of(p);

	for (int i = 0; i < PAPER_DEPTH_MAX; i++) {
		double a = pow(i * i * unit / p->slope, 1 / p->power);
		double b = pow((i + 1) * (i + 1) * unit / p->slope, 1 / p->power);
		double sum = pow(b, p->power + 1) - pow(a, p->power + 1);

		c->piece[i].off = p->slope / (p->power + 1) * sum / (b - a);
		c->piece[i].upto = (int64_t)(fmin(b * 1e8, 1e18) / lot + 0.5) * (int64_t)lot;
	}
}

static uint32_t s_depth(void *self, uint16_t coin, bool bids, struct paper_level *out, uint32_t max)
{
	const struct stated *s = self;
	const struct coin *c = &s->at[coin];
	uint32_t n = 0;
	int64_t given = 0;

	if (coin >= s->conf.n_coins)
		return 0;
	int64_t tick = tick_of(&c->c, c->mid);

	for (int i = 0; i < PAPER_DEPTH_MAX && n < max; i++) {
		double off = c->c.half + c->piece[i].off, px = bids ? c->mid - off : c->mid + off;
		int64_t at = llround(px * 1e10 / (double)tick) * tick;
		int64_t sz = c->piece[i].upto - given;

		if (at <= 0 || sz <= 0)
			continue;
		if (n > 0 && at == out[n - 1].px.v) /* within one tick: one level */
			out[n - 1].sz.v += sz;
		else
			out[n++] = (struct paper_level){{at}, {sz}, 1};
		given = c->piece[i].upto;
	}
	return n;
}

static bool s_trade(void *self, struct paper_trade *out)
{
	struct stated *s = self;

	while (s->given < s->conf.n_coins) {
		uint16_t i = (uint16_t)s->given++;
		struct coin *c = &s->at[i];
		struct paper_level touch;
		int64_t lot = lot_of(&c->c);
		int64_t lots = (int64_t)(c->owed * 1e8 / (double)lot);

		if (c->owed < c->c.volume_s || lots < 1 ||
		    s_depth(s, i, c->sell_next, &touch, 1) == 0)
			continue;
		*out = (struct paper_trade){.coin = i,
					    .sell = c->sell_next,
					    .time_ms = s->now_ms,
					    .px = touch.px,
					    .sz = {lots * lot}};
		c->owed -= (double)(lots * lot) / 1e8;
		c->sell_next = !c->sell_next;
		return true;
	}
	return false;
}

static void s_taken(void *self, uint16_t coin, bool buy, struct price px, struct qty sz)
{
	struct stated *s = self;

	(void)px;
	if (coin >= s->conf.n_coins || sz.v <= 0)
		return;
	struct coin *c = &s->at[coin];
	double q = buy ? -qty_to_double(sz) : qty_to_double(sz);

	c->sold += q;
	for (int k = 0; k < STATED_TERMS; k++)
		c->off[k] += c->c.transient[k] * q;
}

static bool s_world(void *self, uint16_t coin, struct price *out)
{
	const struct stated *s = self;

	return coin < s->conf.n_coins &&
	       price_from_double(out, s->at[coin].before, ROUND_HALF_AWAY);
}

static bool coin_ok(const struct stated_coin *c, struct err *e)
{
	const struct {
		const char *name;
		double v, least, most;
	} rule[] = {
		{"px", c->px, 1e-6, 1e7},
		{"sigma", c->sigma, 0, c->px},
		{"half", c->half, 0, c->px / 10},
		{"slope", c->slope, 1e-15, 1e12},
		{"power", c->power, 0.1, 3},
		{"reach", c->reach, c->px * 1e-6, c->px / 2},
		{"permanent", c->permanent, 0, 1e12},
		{"transient", c->transient[0], 0, 1e12},
		{"second transient", c->transient[1], 0, 1e12},
		{"rate", c->rate[0], 0, 1e6},
		{"second rate", c->rate[1], 0, 1e6},
		{"volume_s", c->volume_s, 0, 1e12},
	};

	for (size_t i = 0; i < COUNT_OF(rule); i++)
		if (!(rule[i].v >= rule[i].least && rule[i].v <= rule[i].most))
			return err_set(e, ERR_ARG, "%s: %s is %g; it lies between %g and %g",
				       c->name, rule[i].name, rule[i].v, rule[i].least,
				       rule[i].most);
	if (c->sz_decimals < 0 || c->sz_decimals > 6 || c->max_leverage < 1)
		return err_set(e, ERR_ARG, "%s: size decimals 0 to 6, leverage from 1", c->name);
	return true;
}

struct stated *stated_new(const struct stated_conf *conf, struct err *e)
{
	struct stated *s;

	if (conf->n_coins < 1 || conf->n_coins > STATED_COINS) {
		err_set(e, ERR_ARG, "1 to %d coins", STATED_COINS);
		return NULL;
	}
	s = calloc(1, sizeof *s);
	ASSERT(s);
	s->conf = *conf;
	if (!(s->conf.speed > 0))
		s->conf.speed = 1;
	s->now_ms = conf->start_ms;
	s->market = (struct paper_market){.self = s,
					  .coins = s_coins,
					  .advance = s_advance,
					  .clock = s_clock,
					  .depth = s_depth,
					  .trade = s_trade,
					  .taken = s_taken,
					  .oracle = s_world,
					  .external = s_world};
	for (uint32_t i = 0; i < conf->n_coins; i++) {
		struct coin *c = &s->at[i];
		struct paper_level l;

		c->c = conf->coin[i];
		if (!(c->c.power > 0))
			c->c.power = 1;
		if (!coin_ok(&c->c, e)) {
			free(s);
			return NULL;
		}
		cut_book(c);
		prng_seed(&c->rng, conf->seed * 1000003u + 11u * (i + 1));
		set_mid(s, c);
		c->before = c->mid;
		if (s_depth(s, (uint16_t)i, true, &l, 1) == 0) {
			err_set(e, ERR_ARG, "%s: the book holds not one lot within reach",
				c->c.name);
			free(s);
			return NULL;
		}
	}
	return s;
}

void stated_free(struct stated *s)
{
	free(s);
}

const struct paper_market *stated_market(struct stated *s)
{
	return &s->market;
}

double stated_mid(const struct stated *s, uint32_t coin)
{
	return s->at[coin].before;
}

/* ---- as an option ---- */

struct keys {
	double sigma_bp, half_bp, depth_usd, power, reach_bp, permanent_bp, transient_bp,
		resilience_s, volume_usd_s, geometric;
};

static bool put_key(struct keys *k, const char *text, size_t n, struct err *e)
{
	const struct {
		const char *name;
		double *at, least, most;
	} key[] = {
		{"sigma_bp", &k->sigma_bp, 0, 1000},
		{"half_bp", &k->half_bp, 0, 500},
		{"depth_usd", &k->depth_usd, 1000, 1e10},
		{"power", &k->power, 0.1, 3},
		{"reach_bp", &k->reach_bp, 1, 5000},
		{"permanent_bp", &k->permanent_bp, 0, 1000},
		{"transient_bp", &k->transient_bp, 0, 1000},
		{"resilience_s", &k->resilience_s, 0.1, 86400},
		{"volume_usd_s", &k->volume_usd_s, 0, 1e9},
		{"geometric", &k->geometric, 0, 1},
	};
	const char *eq = memchr(text, '=', n);
	char *end = NULL;

	for (size_t i = 0; eq && i < COUNT_OF(key); i++) {
		if (strlen(key[i].name) != (size_t)(eq - text) ||
		    strncmp(text, key[i].name, (size_t)(eq - text)) != 0)
			continue;
		double v = strtod(eq + 1, &end);

		if (end != text + n || end == eq + 1 || !(v >= key[i].least && v <= key[i].most))
			return err_set(e, ERR_ARG, "%s: a number from %g to %g", key[i].name,
				       key[i].least, key[i].most);
		*key[i].at = v;
		return true;
	}
	return err_set(e, ERR_ARG, "'%.*s': KEY=NUMBER, the keys are: " STATED_KEYS,
		       (int)(n < 60 ? n : 60), text);
}

bool stated_parse(struct stated_conf *out, const char *text, struct err *e)
{
	static const struct {
		const char *name;
		int8_t sz;
		int32_t lev;
		double px;
	} coin[STATED_COINS] = {
		{"BTC", 5, 40, 110020}, {"ETH", 4, 25, 4286.6}, {"SOL", 2, 20, 202.63}};
	struct keys k = {.sigma_bp = 1,
			 .half_bp = 0.5,
			 .depth_usd = 5e6,
			 .power = 1,
			 .reach_bp = 100,
			 .resilience_s = 60,
			 .volume_usd_s = 20000};
	struct stated_conf c = {.n_coins = STATED_COINS};

	while (*text) {
		size_t n = strcspn(text, ",");

		if (!put_key(&k, text, n, e))
			return false;
		text += n;
		text += *text == ',';
	}
	for (uint32_t i = 0; i < STATED_COINS; i++) {
		double px = coin[i].px, bp = px * 1e-4, musd = 1e6 / px; /* coins a million buys */
		struct stated_coin *o = &c.coin[i];

		*o = (struct stated_coin){.sz_decimals = coin[i].sz,
					  .max_leverage = coin[i].lev,
					  .px = px,
					  .sigma = k.sigma_bp * bp,
					  .geometric = k.geometric > 0,
					  .half = k.half_bp * bp,
					  .slope = 10 * bp / pow(k.depth_usd / px, k.power),
					  .power = k.power,
					  .reach = k.reach_bp * bp,
					  .permanent = k.permanent_bp * bp / musd,
					  .transient = {k.transient_bp * bp / musd},
					  .rate = {1 / k.resilience_s},
					  .volume_s = k.volume_usd_s / px};
		snprintf(o->name, sizeof o->name, "%s", coin[i].name);
	}
	*out = c;
	return true;
}
