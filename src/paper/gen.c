/* gen.c: the generative market (the model is in gen.h).
 *
 * Invariants:
 * 1. All chance comes from the coin's own generator or the market's, in a fixed order: the same
 *    seed and the same calls give the same books and trades.
 * 2. A displayed book is sorted, uncrossed, on the tick and the lot, without empty levels.
 * 3. Work is bounded: at most STEPS_MAX steps an advance; a longer absence is skipped, not made up.
 * 4. Depth asked twice without an advance or a take in between is the same. */
#include "paper/gen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/prng.h"

enum {
	SLOTS = 64,	   /* factors a price, by tick modulo */
	TAKEN = 128,	   /* prices whose consumption is remembered, a side */
	NEAR_TICKS = 20,   /* the grid is every tick up to here */
	MID_STEP = 10,	   /* then every 10th */
	MID_LEVELS = 10,   /* that many times */
	FAR_STEP = 50,	   /* then every 50th */
	STEPS_MAX = 3000,  /* of one advance: five minutes */
	QUEUE = 16384,	   /* trades between two advances; older ones are dropped */
	WARM_STEPS = 1200, /* before the first advance, so that rates and factors are settled */
	PRINTS_MAX = 12,   /* trades of one market order at one price */
	ORACLE_KEPT = 16,  /* 3 s samples of the mid: 48 s */
	ORACLE_STEP_MS = 3000,
};

/* Volatility clusters: log factor with this spread and memory, common to all coins. */
#define VOL_SD 0.55
#define VOL_S  25.0
/* The side of market orders leans by a slow trend. */
#define LEAN_SD 0.25
#define LEAN_S	30.0
/* A calm drift, so that a demo breathes: spread (bp a second) and memory of the factor's slope. */
#define DRIFT_BP 0.02
#define DRIFT_S	 90.0
/* A price's factor is redrawn at this rate (orders come and go). */
#define SLOT_RATE 0.35
/* The grid beyond 20 ticks is not on the tape: this share of the density at 20 ticks is assumed. */
#define MID_SHARE 0.5
#define FAR_SHARE 0.25

struct slot {
	double mult;
	bool empty;
};

struct taken {
	int64_t tick;
	double amount;
	int64_t step;
};

struct coin {
	struct gen_param par;
	struct prng rng;
	double m, quote;  /* log */
	double last_move; /* of the last step, log */
	double excite;	  /* Hawkes: above the base rate, 1/s */
	double lean;
	double spread_z, depth_z[2], depth_x[2];
	int64_t tick_exp_scale; /* 10^-10 units of one tick */
	double tick;
	int64_t best[2]; /* [0] ask, [1] bid, in ticks */
	struct slot slot[2][SLOTS];
	struct taken taken[2][TAKEN];
	double profile[NEAR_TICKS];
	struct price oracle[ORACLE_KEPT]; /* the rest of the world, sampled */
	uint32_t n_oracle;
	struct scenario_now scene;
	double scene_was; /* its log_shift a step ago */
	/* Per step constants. */
	double keep_quote, keep_spread, keep_depth, keep_excite;
};

struct gen {
	struct paper_market market;
	struct gen_conf conf;
	struct prng rng;
	uint32_t n;
	int64_t step, steps_base; /* steps done; those of the warm-up */
	int64_t now_ms;		  /* venue */
	int64_t oracle_ms;	  /* market time of the next sample */
	double vol_z, drift_z;
	double keep_vol, keep_lean, keep_drift;
	uint32_t head, tail;
	struct paper_trade queue[QUEUE];
	struct coin at[GEN_COINS];
};

static const double step_s = GEN_STEP_MS / 1000.0;

/* Sum of 12 uniforms would be cheaper but has no tails; Box-Muller, one of the pair. */
static double gauss(struct prng *r)
{
	double u = 1.0 - prng_unit(r), v = prng_unit(r);

	return sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
}

static uint32_t poisson(struct prng *r, double mean)
{
	double left = exp(-(mean < 20 ? mean : 20)), p = prng_unit(r);
	uint32_t n = 0;

	while (p > left && n < 100) {
		p *= prng_unit(r);
		n++;
	}
	return n;
}

static double ou(double z, double keep, struct prng *r)
{
	return z * keep + sqrt(1.0 - keep * keep) * gauss(r);
}

static double keep_of(double memory_s)
{
	return exp(-step_s / memory_s);
}

/* --- the grid --- */

/* The venue's tick at a price: five significant digits, at most 6 - sz decimals, integers free. */
static int tick_exponent(const struct gen_param *par, double px)
{
	int e = (int)floor(log10(px) + 1e-12) - 4, finest = -(6 - par->sz_decimals);

	return e > 0 ? 0 : e < finest ? finest : e;
}

static void set_tick(struct coin *c)
{
	int e = tick_exponent(&c->par, exp(c->quote));
	int64_t scale = 1;

	for (int i = 0; i < PRICE_DIGITS + e; i++)
		scale *= 10;
	if (scale == c->tick_exp_scale)
		return;
	c->tick_exp_scale = scale;
	c->tick = pow(10.0, e);
	c->best[0] = c->best[1] = 0;
	memset(c->taken, 0, sizeof c->taken); /* ticks have new numbers */
}

/* Mean size k ticks behind the touch: straight lines between the fitted points. */
static void set_profile(struct coin *c)
{
	static const int at[] = {1, 4, 9, 19};

	c->profile[0] = c->par.top;
	for (int k = 1; k < NEAR_TICKS; k++) {
		int i = k >= at[2] ? 2 : k >= at[1] ? 1 : 0;
		double f = (double)(k - at[i]) / (double)(at[i + 1] - at[i]);

		c->profile[k] = (c->par.near[i] + (c->par.near[i + 1] - c->par.near[i]) * f) /
				(1.0 - c->par.empty);
	}
}

static void draw_slot(struct coin *c, struct slot *s)
{
	double u = prng_unit(&c->rng), z = gauss(&c->rng);

	s->empty = prng_unit(&c->rng) < c->par.empty;
	s->mult = u < c->par.dust ? 0.01 * exp(z) : exp(0.6 * z - 0.18) / (1.0 - c->par.dust);
}

/* --- depth --- */

static double taken_left(const struct gen *g, const struct coin *c, int side, int64_t tick)
{
	const struct taken *t = &c->taken[side][(uint64_t)tick % TAKEN];

	if (t->tick != tick || t->amount <= 0)
		return 0;
	return t->amount * exp2(-(double)(g->step - t->step) * step_s / c->par.refill_s);
}

static void take(struct gen *g, struct coin *c, int side, int64_t tick, double amount)
{
	double before = taken_left(g, c, side, tick);

	c->taken[side][(uint64_t)tick % TAKEN] =
		(struct taken){.tick = tick, .amount = before + amount, .step = g->step};
}

/* What stands at a tick: side 0 asks, 1 bids; `spacing` of the grid there. */
static double size_at(const struct gen *g, const struct coin *c, int side, int64_t tick,
		      int64_t spacing)
{
	int64_t k = side == 0 ? tick - c->best[0] : c->best[1] - tick;
	const struct slot *s = &c->slot[side][(uint64_t)(tick / spacing) % SLOTS];
	double base;

	if (k < 0 || (k > 0 && s->empty && spacing == 1))
		return 0;
	if (spacing == 1)
		base = c->profile[k < NEAR_TICKS ? k : NEAR_TICKS - 1];
	else
		base = c->par.near[3] * (double)spacing *
		       (spacing == MID_STEP ? MID_SHARE : FAR_SHARE);
	double full = base * c->depth_x[side] * s->mult * c->scene.depth;
	double left = full - taken_left(g, c, side, tick);

	return left > full * 0.02 ? left : 0;
}

/* The i-th tick of the grid behind the touch, and its spacing. */
static int64_t grid_next(const struct coin *c, int side, int64_t tick, uint32_t i, int64_t *spacing)
{
	int64_t dir = side == 0 ? 1 : -1;

	if (i == 0) {
		*spacing = 1;
		return c->best[side];
	}
	if (i < NEAR_TICKS) {
		*spacing = 1;
		return tick + dir;
	}
	*spacing = i < NEAR_TICKS + MID_LEVELS ? MID_STEP : FAR_STEP;
	/* Floor and ceiling: a tick is positive. */
	return side == 0 ? (tick / *spacing + 1) * *spacing : ((tick - 1) / *spacing) * *spacing;
}

/* 10^decimals, so that a double becomes lots without a library call. */
static double lots_per_coin(const struct coin *c)
{
	static const double p[] = {1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8};

	return p[c->par.sz_decimals];
}

static struct qty lots_to_qty(const struct coin *c, double lots)
{
	int64_t unit = 1;

	for (int i = c->par.sz_decimals; i < QTY_DIGITS; i++)
		unit *= 10;
	if (lots > 4e18 / (double)unit)
		lots = 4e18 / (double)unit;
	return (struct qty){(int64_t)lots * unit};
}

static uint32_t market_depth(void *self, uint16_t coin, bool bids, struct paper_level *out,
			     uint32_t max)
{
	const struct gen *g = self;
	const struct coin *c = &g->at[coin];
	int side = bids ? 1 : 0;
	int64_t tick = 0, spacing = 1;
	uint32_t n = 0;

	if (coin >= g->n)
		return 0;
	for (uint32_t i = 0; i < 4 * NEAR_TICKS && n < max; i++) {
		tick = grid_next(c, side, tick, i, &spacing);
		if (tick <= 0)
			break;
		double lots = floor(size_at(g, c, side, tick, spacing) * lots_per_coin(c));

		if (lots < 1)
			continue;
		out[n].px.v = tick * c->tick_exp_scale;
		out[n].sz = lots_to_qty(c, lots);
		out[n].n = 1 + (uint32_t)((uint64_t)tick * 2654435761u >> 7) % 4;
		n++;
	}
	return n;
}

/* --- market orders --- */

static void print(struct gen *g, uint16_t coin, bool sell, int64_t ms, int64_t px, struct qty sz)
{
	if (sz.v <= 0)
		return;
	g->queue[g->head % QUEUE] = (struct paper_trade){
		.coin = coin, .sell = sell, .time_ms = ms, .px = {px}, .sz = sz};
	g->head++;
	if (g->head - g->tail > QUEUE)
		g->tail = g->head - QUEUE;
}

/* Prints `lots` at one price in a geometric number of pieces. */
static void print_pieces(struct gen *g, uint16_t coin, bool sell, int64_t ms, int64_t px,
			 double lots)
{
	struct coin *c = &g->at[coin];
	double more = 1.0 - 1.0 / c->par.prints;

	for (int i = 0; i < PRINTS_MAX && lots >= 2 && prng_unit(&c->rng) < more; i++) {
		double part = floor(lots * prng_unit(&c->rng));

		if (part < 1)
			part = 1;
		print(g, coin, sell, ms, px, lots_to_qty(c, part));
		lots -= part;
	}
	print(g, coin, sell, ms, px, lots_to_qty(c, lots));
}

static double impact(const struct coin *c, double coins)
{
	return c->par.impact_bp * 1e-4 * sqrt(coins);
}

/* One market order of the others: walks the book, is printed, moves the price. */
static void market_order(struct gen *g, uint16_t coin, int64_t ms)
{
	struct coin *c = &g->at[coin];
	bool sell = prng_unit(&c->rng) >= 0.5 + 0.5 * fmax(-0.9, fmin(0.9, c->lean));
	double size = exp(c->par.mo_mu + c->par.mo_sd * gauss(&c->rng));
	int side = sell ? 1 : 0;
	int64_t tick = 0, spacing = 1;
	double per = lots_per_coin(c), want, moved = 0;

	/* Takers size by what stands there: thin books see smaller orders. */
	size = fmin(size, c->par.mo_cap) * fmin(1.0, fmax(0.2, c->scene.depth));
	want = fmax(1.0, floor(size * per));
	for (uint32_t i = 0; i < NEAR_TICKS && want >= 1; i++) {
		tick = grid_next(c, side, tick, i, &spacing);
		double lots = floor(size_at(g, c, side, tick, spacing) * per);

		if (lots < 1)
			continue;
		double hit = fmin(lots, want);

		print_pieces(g, coin, sell, ms, tick * c->tick_exp_scale, hit);
		take(g, c, side, tick, hit / per);
		want -= hit;
		moved += hit;
	}
	if (moved > 0)
		c->m += (sell ? -1.0 : 1.0) * impact(c, moved / per);
}

/* --- one step of 100 ms --- */

static void step_quotes(struct coin *c)
{
	double half, mid;
	int64_t ticks, bid;

	c->quote = c->m + (c->quote - c->m) * c->keep_quote;
	set_tick(c);
	c->spread_z = ou(c->spread_z, c->keep_spread, &c->rng);
	ticks = llround(exp(c->par.spread_mu + c->par.spread_sd * c->spread_z) * c->scene.spread);
	ticks = ticks < 1 ? 1 : ticks > 400 ? 400 : ticks;
	half = (double)ticks / 2.0;
	mid = exp(c->quote) / c->tick;
	/* Quotes stay until the price has left them by more than half a tick. */
	if (c->best[0] - c->best[1] != ticks ||
	    fabs(mid - 0.5 * (double)(c->best[0] + c->best[1])) > 0.75) {
		bid = llround(mid - half);
		c->best[1] = bid > 1 ? bid : 1;
		c->best[0] = c->best[1] + ticks;
	}
	for (int s = 0; s < 2; s++) {
		double sd = c->par.depth_sd;

		c->depth_z[s] = ou(c->depth_z[s], c->keep_depth, &c->rng);
		c->depth_x[s] = exp(sd * c->depth_z[s] - sd * sd / 2.0);
		for (uint32_t n = poisson(&c->rng, SLOT_RATE * SLOTS * step_s); n > 0; n--)
			draw_slot(c, &c->slot[s][prng_below(&c->rng, SLOTS)]);
	}
}

/* What the scenario moves the coin by in this step. */
static double scene_move(const struct coin *c)
{
	double beta = c->scene.own ? 1.0 : fmax(c->par.beta, c->scene.beta_min);

	return beta * (c->scene.log_shift - c->scene_was);
}

/* Coins without a row of their own share the path. */
static void set_scenes(struct gen *g, int64_t ms)
{
	const struct scenario *s = g->conf.scenario;
	struct scenario_now all;

	scenario_at(&all, s, NULL, g->conf.seed, ms);
	for (uint32_t i = 0; i < g->n; i++) {
		struct coin *c = &g->at[i];

		c->scene_was = c->scene.log_shift;
		c->scene = all;
		if (s != NULL && s->n_coins > 0)
			scenario_at(&c->scene, s, c->par.name, g->conf.seed, ms);
	}
}

static void step_coin(struct gen *g, uint16_t i, double factor, int64_t ms)
{
	struct coin *c = &g->at[i];
	const struct gen_param *par = &c->par;
	double vol = exp(VOL_SD * g->vol_z - VOL_SD * VOL_SD) * c->scene.vol;
	double before = c->m;

	/* The factor is what BTC did in this step, its own orders included. */
	c->m += (par->sigma_bp * 1e-4) * vol * sqrt(step_s) * gauss(&c->rng);
	c->m += i == 0 || g->n == 1 ? factor : par->beta * factor;
	c->m += scene_move(c);
	c->lean = LEAN_SD * ou(c->lean / LEAN_SD, g->keep_lean, &c->rng);
	double rate = (par->mo_rate * (1.0 - par->mo_branch) + c->excite) * c->scene.rate;
	uint32_t orders = poisson(&c->rng, rate * step_s);

	c->excite *= c->keep_excite;
	for (uint32_t n = 0; n < orders; n++)
		market_order(g, i,
			     ms - GEN_STEP_MS + (int64_t)((n + 1) * GEN_STEP_MS / (orders + 1)));
	if (c->scene.rate > 0)
		c->excite += orders * par->mo_branch * par->mo_decay / c->scene.rate;
	c->last_move = c->m - before;
	step_quotes(c);
}

static struct price mid_of(const struct coin *c)
{
	return (struct price){(c->best[0] + c->best[1]) * (c->tick_exp_scale / 2)};
}

/* The rest of the world's price: this book's, and how far the scenario has put it apart. */
static struct price world_of(const struct coin *c)
{
	struct price mid = mid_of(c), out;
	double f = exp(c->scene.apart);

	if (f > 1.0 || f < 1.0)
		return price_from_double(&out, price_to_double(mid) * f, ROUND_HALF_AWAY) ? out
											  : mid;
	return mid;
}

static int64_t venue_of(const struct gen *g, int64_t market_ms)
{
	return g->conf.start_ms + (int64_t)((double)(market_ms - g->conf.start_ms) / g->conf.speed);
}

static int64_t market_of(const struct gen *g, int64_t venue_ms)
{
	return g->conf.start_ms + (int64_t)((double)(venue_ms - g->conf.start_ms) * g->conf.speed);
}

static void step_all(struct gen *g)
{
	int64_t market_ms = g->conf.start_ms + (g->step + 1 - g->steps_base) * GEN_STEP_MS;

	g->step++;
	g->vol_z = ou(g->vol_z, g->keep_vol, &g->rng);
	g->drift_z = ou(g->drift_z, g->keep_drift, &g->rng);
	set_scenes(g, market_ms < g->conf.start_ms ? 0 : market_ms - g->conf.start_ms);
	double factor = DRIFT_BP * 1e-4 * step_s * g->drift_z;

	for (uint16_t i = 0; i < g->n; i++) {
		step_coin(g, i, factor, venue_of(g, market_ms));
		/* The scenario's own move reaches the others once, with their beta_min. */
		if (i == 0 && g->n > 1)
			factor = g->at[0].last_move - scene_move(&g->at[0]);
	}
	if (market_ms >= g->oracle_ms) {
		g->oracle_ms = market_ms + ORACLE_STEP_MS;
		for (uint32_t i = 0; i < g->n; i++) {
			struct coin *c = &g->at[i];

			c->oracle[c->n_oracle++ % ORACLE_KEPT] = world_of(c);
		}
	}
}

/* --- the interface of market.h --- */

static void market_advance(void *self, int64_t now_ms)
{
	struct gen *g = self;
	int64_t want = (market_of(g, now_ms) - g->conf.start_ms) / GEN_STEP_MS + g->steps_base;

	g->tail = g->head;
	if (now_ms < g->now_ms)
		return;
	g->now_ms = now_ms;
	if (want - g->step > STEPS_MAX) {
		/* The market slept: its clock went on, the same step is now later. */
		int64_t skip = want - g->step - STEPS_MAX;

		g->steps_base -= skip;
		want -= skip;
	}
	while (g->step < want)
		step_all(g);
}

static int64_t market_clock(void *self)
{
	const struct gen *g = self;

	return market_of(g, g->now_ms) + g->conf.clock_ms;
}

static bool market_trade(void *self, struct paper_trade *out)
{
	struct gen *g = self;

	if (g->tail == g->head)
		return false;
	*out = g->queue[g->tail++ % QUEUE];
	return true;
}

static void market_taken(void *self, uint16_t coin, bool buy, struct price px, struct qty sz)
{
	struct gen *g = self;

	if (coin >= g->n || sz.v <= 0)
		return;
	struct coin *c = &g->at[coin];
	double coins = qty_to_double(sz);

	take(g, c, buy ? 0 : 1, px.v / c->tick_exp_scale, coins);
	c->m += (buy ? 1.0 : -1.0) * impact(c, coins);
}

/* Oracle and perps elsewhere are the same world here, sampled every 3 s and as late. */
static bool market_oracle(void *self, uint16_t coin, struct price *out)
{
	const struct gen *g = self;

	if (coin >= g->n || g->at[coin].n_oracle == 0)
		return false;
	const struct coin *c = &g->at[coin];
	uint32_t back = (uint32_t)(c->scene.late_ms / ORACLE_STEP_MS);

	if (back >= ORACLE_KEPT)
		back = ORACLE_KEPT - 1;
	if (back >= c->n_oracle)
		back = c->n_oracle - 1;
	*out = c->oracle[(c->n_oracle - 1 - back) % ORACLE_KEPT];
	return true;
}

static int64_t money_units(double usd)
{
	struct money m = {0};

	return money_from_double(&m, usd) ? m.v : 0;
}

static uint32_t market_coins(void *self, struct paper_coin *out, uint32_t max)
{
	const struct gen *g = self;
	uint32_t n = g->n < max ? g->n : max;

	for (uint32_t i = 0; i < n; i++) {
		const struct coin *c = &g->at[i];
		const struct gen_param *p = &c->par;
		struct paper_coin *o = &out[i];
		double day = p->mo_rate * exp(p->mo_mu + p->mo_sd) * p->px * 86400.0;

		memset(o, 0, sizeof *o);
		memcpy(o->name, p->name, sizeof p->name);
		o->sz_decimals = p->sz_decimals;
		o->max_leverage = p->max_leverage;
		o->own_impact = true;
		o->impact_notional.v = money_units(i < 2 ? 20000 : 6000);
		o->prev_day_px = mid_of(c);
		o->day_volume.v = money_units(floor(day));
		o->open_interest = lots_to_qty(c, floor(day / p->px / 4.0 * lots_per_coin(c)));
		gen_tiers(p, o);
	}
	return n;
}

static void coin_init(struct gen *g, uint32_t i, const struct gen_param *par)
{
	struct coin *c = &g->at[i];

	c->par = *par;
	scenario_at(&c->scene, NULL, NULL, 0, 0);
	prng_seed(&c->rng, g->conf.seed * 1000003u + 7u + i);
	c->m = c->quote = log(par->px);
	c->keep_quote = keep_of(par->quote_s);
	c->keep_spread = keep_of(par->spread_s);
	c->keep_depth = keep_of(par->depth_s);
	c->keep_excite = exp(-par->mo_decay * step_s);
	for (int s = 0; s < 2; s++)
		for (int k = 0; k < SLOTS; k++)
			draw_slot(c, &c->slot[s][k]);
	set_profile(c);
	step_quotes(c);
}

struct gen *gen_new(const struct gen_conf *conf)
{
	struct gen *g = calloc(1, sizeof *g);

	if (!g)
		return NULL;
	g->conf = *conf;
	if (!(g->conf.speed > 0))
		g->conf.speed = 1.0;
	g->market = (struct paper_market){
		.self = g,
		.coins = market_coins,
		.advance = market_advance,
		.clock = market_clock,
		.depth = market_depth,
		.trade = market_trade,
		.taken = market_taken,
		.oracle = market_oracle,
		.external = market_oracle,
	};
	prng_seed(&g->rng, conf->seed ^ 0x6d61726b6574u);
	g->keep_vol = keep_of(VOL_S);
	g->keep_lean = keep_of(LEAN_S);
	g->keep_drift = keep_of(DRIFT_S);
	g->now_ms = conf->start_ms;
	g->n = conf->n_coins ? conf->n_coins : GEN_COINS;
	ASSERT(g->n <= GEN_COINS);
	for (uint32_t i = 0; i < g->n; i++) {
		struct gen_param par;

		if (conf->n_coins)
			par = conf->coin[i];
		else
			gen_param(&par, i);
		coin_init(g, i, &par);
	}
	g->steps_base = WARM_STEPS;
	g->oracle_ms = conf->start_ms - WARM_STEPS * GEN_STEP_MS;
	for (int i = 0; i < WARM_STEPS; i++)
		step_all(g);
	g->tail = g->head;
	return g;
}

void gen_free(struct gen *g)
{
	free(g);
}

const struct paper_market *gen_market(struct gen *g)
{
	return &g->market;
}
