/* stated: Monte Carlo of the models through the real matching engine, on the market whose impact is
 * stated (paper/stated.h): mean and variance of the cost of schedules, chance of liquidation.
 *
 * An exit holds X coins and trades by the venue's own door, immediate-or-cancel, one order a block;
 * a block lasts a slot. What it cost is read from its fills against the mid that its first order
 * found. STATED_PATHS changes the number of paths a side. */
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paper/state.h"
#include "paper/stated.h"
#include "plan/ac.h"
#include "plan/adaptive.h"
#include "plan/grid.h"
#include "plan/kernel.h"
#include "plan/power.h"
#include "tests/run.h"

enum { SLOTS = 24, PATHS = 500, TAU_S = 30 };
#define START 1700000000000LL

static const double X = 2000, HALF = 0.005, SIGMA = 0.002, SLOPE = 1.5e-4, FEE = 0.00045;
static const char who[] = "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf";

static int paths(void)
{
	const char *env = getenv("STATED_PATHS");

	/* An exchange is made for every path: its 20 MB come zeroed from the kernel, page by page
	 * as they are used, not from what was freed before. */
	mallopt(M_MMAP_THRESHOLD, 1 << 20);

	return env ? atoi(env) : PATHS;
}

/* No two rows of the tables share a path. */
static uint64_t path_seed(int i, bool is_long, double row)
{
	return test_seed * 1000003 + (uint64_t)i * 64 + (uint64_t)(row * 1000) % 31 * 2 + is_long;
}

static struct stated_conf market(void)
{
	return (struct stated_conf){.start_ms = START,
				    .n_coins = 1,
				    .coin = {{.name = "XYZ",
					      .sz_decimals = 2,
					      .max_leverage = 20,
					      .px = 50,
					      .sigma = SIGMA,
					      .half = HALF,
					      .slope = SLOPE,
					      .power = 1,
					      .reach = 0.4}}};
}

struct sim {
	struct stated *m;
	struct paper *p;
	bool is_long;
	double held;	   /* coins, of the exit */
	double s0, before; /* mid at the first order; at the last one */
	double cost;	   /* of the fills against s0, USD */
	double gain;	   /* what the mid's moves brought on what was held */
	uint32_t seen;
	bool taken; /* the venue liquidated */
};

static struct qty coins(double x)
{
	struct qty q = {0};

	qty_from_double(&q, x + (x > 0 ? 1e-9 : -1e-9));
	return q;
}

static void sim_open(struct sim *s, const struct stated_conf *conf, uint64_t seed, bool is_long,
		     int32_t block_ms, double equity)
{
	struct stated_conf c = *conf;
	struct paper_conf pc = {.seed = seed, .start_ms = START, .block_ms = block_ms};
	struct money usd = {0};
	struct price px = {0};
	struct err e = {0};

	c.seed = seed;
	*s = (struct sim){.m = stated_new(&c, &e), .is_long = is_long, .held = X};
	if (!s->m) {
		test_fail(__FILE__, __LINE__, "%s", e.text);
		exit(1);
	}
	pc.market = stated_market(s->m);
	pc.partial_above.v = 1000000 * USD;
	s->p = paper_new(&pc);
	s->p->coin[0].has_forced_rate = true; /* no funding: it is another model's */
	money_from_double(&usd, equity);
	price_from_double(&px, stated_mid(s->m, 0), ROUND_HALF_AWAY);
	CHECK(paper_fund(s->p, who, usd));
	CHECK(paper_position(s->p, who, "XYZ", coins(is_long ? X : -X), px, 20, false));
}

static void sim_close(struct sim *s)
{
	paper_free(s->p);
	stated_free(s->m);
}

static void order(struct sim *s, double q)
{
	struct action act = {.kind = AK_ORDER, .n = 1, .grouping = GR_NA};
	bool sell = s->is_long;
	double reach = stated_mid(s->m, 0) * (sell ? 0.93 : 1.07);

	act.order = calloc(1, sizeof *act.order);
	act.order[0] = (struct oreq){
		.buy = !sell,
		.ro = true,
		.tif = TIF_IOC,
		.s = coins(q).v / 1000000 * 1000000, /* the lot is 0.01 */
		.p = price_round(&s->p->coin[0], (int64_t)(reach * 1e10), !sell) / 100};
	exchange_known(s->p, s->p->main, &act);
}

/* The next block, with an order for q coins of what is held (0: none). */
static void block(struct sim *s, double q)
{
	struct paper_truth_fill f;
	struct paper_out out;
	double sign = s->is_long ? 1 : -1;

	q = fmin(q, s->held);
	if (q > 0.01)
		order(s, q);
	paper_advance(s->p, paper_deadline(s->p));
	while (paper_next(s->p, &out))
		;
	if (!(s->s0 > 0))
		s->s0 = s->before = stated_mid(s->m, 0);
	s->gain += sign * (stated_mid(s->m, 0) - s->before) * s->held;
	s->before = stated_mid(s->m, 0);
	for (; paper_fill(s->p, who, s->seen, &f); s->seen++) {
		s->taken = s->taken || f.liquidation;
		s->held -= qty_to_double(f.sz);
		s->cost += sign * qty_to_double(f.sz) * (s->s0 - price_to_double(f.px));
	}
}

/* ---- the schedules and what is said of them ---- */

enum { MOST = 2 * SLOTS };

struct said {
	const char *name;
	struct stated_conf market;
	double cost, variance;
	double trades[MOST];
	uint32_t n;
	double tau_s;
	const struct adaptive *adaptive; /* then the trades are made on the way */
	const struct adaptive_work *work;
	double unit; /* of its money: sigma sqrt(T) X */
};

static void ac_said(struct said *o, const char *name, double kappa_t)
{
	struct ac in = {.x = X,
			.horizon = TAU_S * SLOTS,
			.n = SLOTS,
			.sigma = SIGMA,
			.eta = SLOPE * TAU_S / 2,
			.gamma = 1e-5,
			.epsilon = HALF};
	struct ac_result r = {0};
	double x[SLOTS + 1];

	*o = (struct said){.name = name, .market = market(), .n = SLOTS, .tau_s = TAU_S};
	o->market.coin[0].permanent = in.gamma;
	in.lambda = ac_lambda(&in, kappa_t / in.horizon);
	CHECK(ac_solve(&in, &r, x));
	o->cost = r.cost;
	o->variance = r.variance;
	for (int k = 0; k < SLOTS; k++)
		o->trades[k] = x[k] - x[k + 1];
}

/* Two exponentials and a permanent part, with risk: a block first, then less and less. */
static void kernel_said(struct said *o)
{
	static struct kernel_work w;
	static struct kernel_out r;
	struct kernel_problem in = {.kernel = {.n_exp = 2,
					       .weight = {1e-4, 4e-5},
					       .rate = {1 / 40.0, 1 / 300.0},
					       .permanent = 1e-5},
				    .x = X,
				    .horizon = TAU_S * (SLOTS - 1),
				    .n = SLOTS,
				    .lambda = 0.005,
				    .sigma = SIGMA};
	struct stated_coin *c = &o->market.coin[0];
	struct err e = {0};

	*o = (struct said){.name = "resilience", .market = market(), .n = SLOTS, .tau_s = TAU_S};
	CHECK(kernel_solve(&in, &w, &r, &e));
	CHECK(!r.sells_back);
	memcpy(o->trades, r.trades, SLOTS * sizeof o->trades[0]);
	CHECK(o->trades[0] > 2 * X / SLOTS);
	o->cost = r.cost + HALF * X;
	o->variance = r.variance;
	c->permanent = in.kernel.permanent;
	c->slope = c->permanent;
	for (int k = 0; k < 2; k++) {
		c->transient[k] = in.kernel.weight[k];
		c->rate[k] = in.kernel.rate[k];
		c->slope += in.kernel.weight[k];
	}
}

static void power_said(struct said *o)
{
	struct power in = {.x = X,
			   .k = 0.6,
			   .lambda = 0.01,
			   .sigma = SIGMA,
			   .horizon = TAU_S * SLOTS,
			   .n = SLOTS};
	struct stated_coin *c = &o->market.coin[0];
	struct err e = {0};

	*o = (struct said){.name = "power law", .market = market(), .n = SLOTS, .tau_s = TAU_S};
	c->power = in.k;
	c->slope = 1.2e-3;
	in.eta = c->slope * pow(TAU_S, in.k) / (1 + in.k);
	CHECK(power_solve(&in, o->trades, &o->cost, &o->variance, &e));
	o->cost += HALF * X;
}

/* A few updates, in slots short enough for its continuous formulas. */
static void adaptive_said(struct said *o, const struct adaptive *a, const struct adaptive_work *w)
{
	double t = TAU_S * SLOTS, mu = a->in.mu;

	*o = (struct said){.name = "adaptive",
			   .market = market(),
			   .n = MOST,
			   .tau_s = t / MOST,
			   .adaptive = a,
			   .work = w,
			   .unit = SIGMA * sqrt(t) * X};
	/* mu = (eta X/T) / (sigma sqrt T), eta = slope tau / 2 */
	o->market.coin[0].slope = 2 / o->tau_s * mu * SIGMA * sqrt(t) * t / X;
	o->market.coin[0].reach = 1.2;
	o->cost = a->cost * o->unit + HALF * X;
	o->variance = a->variance * o->unit * o->unit;
}

/* Slot k of n: sinh schedule with kappa over what remains; at each update kappa by the gain. */
static double adaptive_trade(const struct said *o, const struct sim *s, uint32_t k, double *kappa,
			     struct adaptive_step *next)
{
	const struct adaptive *a = o->adaptive;
	uint32_t period = o->n / (a->in.updates + 1), at = k / period;

	if (k % period == 0) {
		*kappa = at ? adaptive_kappa(next, s->gain / o->unit) : a->kappa_first;
		if (at < a->in.updates)
			adaptive_next(a, o->work, at, s->held / X, at ? next->spent : 0, *kappa,
				      next);
	}
	return s->held * (1 - ac_left(*kappa / o->n, o->n - k, 1));
}

static double played(const struct said *o, uint64_t seed, bool is_long)
{
	double kappa = 0;
	struct adaptive_step next = {0};
	struct sim s;

	sim_open(&s, &o->market, seed, is_long, (int32_t)(o->tau_s * 1000), 1e5);
	for (uint32_t k = 0; k < o->n; k++) {
		double q = o->trades[k];

		if (o->adaptive)
			q = adaptive_trade(o, &s, k, &kappa, &next);
		block(&s, k + 1 == o->n ? s.held : q);
	}
	CHECK(s.held < 0.011);
	sim_close(&s);
	return s.cost;
}

static void confirm(const struct said *o, bool is_long)
{
	double sum = 0, sum2 = 0, sum4 = 0, n = paths();

	for (int i = 0; i < (int)n; i++) {
		double d = (played(o, path_seed(i, is_long, o->cost), is_long) - o->cost) /
			   sqrt(o->variance);

		sum += d;
		sum2 += d * d;
		sum4 += d * d * d * d;
	}
	double mean = sum / n, var = sum2 / n - mean * mean;
	/* an update makes the cost less normal than that of a schedule */
	double var_sd = sqrt(fmax(sum4 / n - var * var, 0) / n);

	printf("  %-10s %-5s said %8.2f +- %6.2f USD; mean off by %+.2f standard errors, variance "
	       "by %+.2f\n",
	       o->name, is_long ? "long" : "short", o->cost, sqrt(o->variance), mean * sqrt(n),
	       (var - 1) / var_sd);
	CHECK_NEAR(mean * sqrt(n), 0, 3);
	CHECK_NEAR((var - 1) / var_sd, 0, 3);
}

TEST(cost_of_schedules)
{
	static struct adaptive_work w;
	static struct adaptive a;
	static struct said o[6];
	const struct adaptive_in few = {.mu = 0.235, .lambda = 0.5, .updates = 3};

	REQUIRE(adaptive_solve(&few, &w, &a));
	ac_said(&o[0], "TWAP", 0);
	ac_said(&o[1], "AC 2", 2);
	ac_said(&o[2], "AC 5", 5);
	kernel_said(&o[3]);
	power_said(&o[4]);
	adaptive_said(&o[5], &a, &w);
	for (int k = 0; k < 6; k++) {
		confirm(&o[k], true);
		confirm(&o[k], false);
	}
}

/* ---- liquidation ---- */

/* The mark is sampled every 3 s of the market's clock, which runs twice as fast as the venue's. */
enum { CHECK_MS = 1500, PER_SLOT = TAU_S * 1000 / CHECK_MS };

/* x: holdings in each slot, then what is traded at its end. */
static double taken_share(const double *x, bool is_long, double equity)
{
	struct stated_conf m = market();
	double hits = 0, n = paths();

	m.speed = 3000.0 / CHECK_MS;
	m.coin[0].geometric = true;
	m.coin[0].sigma = 0.04;
	for (int i = 0; i < (int)n; i++) {
		struct sim s;

		sim_open(&s, &m, path_seed(i, is_long, equity), is_long, CHECK_MS, equity);
		for (int k = 0; k < SLOTS && !s.taken; k++)
			for (int j = 0; j < PER_SLOT && !s.taken; j++)
				block(&s, j + 1 == PER_SLOT && k + 1 < SLOTS ? x[k] - x[k + 1] : 0);
		hits += s.taken;
		sim_close(&s);
	}
	return hits / n;
}

static double said_share(const double *x, bool is_long, double equity)
{
	static struct grid_work w;
	struct plan_account a = {
		.known = true, .isolated = true, .equity = equity, .mmr = 1 / 40.0, .beta = 1};
	double held[SLOTS], spent[SLOTS], paid = 0, z = is_long ? 1 : -1;
	struct grid_in g = {.account = &a,
			    .x = held,
			    .spent = spent,
			    .n = SLOTS,
			    .tau_s = TAU_S,
			    .mark = 50,
			    .sigma_year = 0.04 / 50 * sqrt(YEAR_S)};
	struct grid_out r = {0};
	struct err e = {0};

	a.maintenance = a.mmr * X * 50;
	for (int k = 0; k < SLOTS; k++) {
		double q = k > 0 ? x[k - 1] - x[k] : 0;

		paid += q * (HALF + SLOPE * q / 2 + FEE * 50);
		held[k] = z * x[k];
		/* marks are sampled: the barrier lies further by 0.5826 of a step's sigma */
		spent[k] = paid - 0.5825971579 * 0.04 * x[k] * sqrt(CHECK_MS / 1000.0);
	}
	CHECK(grid_touch(&g, &w, &r, &e));
	return r.p;
}

TEST(chance_of_liquidation)
{
	static const struct {
		const char *name;
		double kappa_t, equity;
	} row[] = {{"hold", -1, 5500}, {"TWAP", 0, 3900}, {"AC 4", 4, 3150}};

	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
		for (int is_long = 0; is_long < 2; is_long++) {
			double x[SLOTS], n = paths();

			for (uint32_t k = 0; k < SLOTS; k++)
				x[k] = row[i].kappa_t < 0
					       ? X
					       : X * ac_left(row[i].kappa_t / SLOTS, SLOTS, k);
			double said = said_share(x, is_long, row[i].equity);
			double got = taken_share(x, is_long, row[i].equity);
			double se = sqrt(said * (1 - said) / n);

			printf("  %-5s %-5s said %.4f, liquidated %.4f +- %.4f\n", row[i].name,
			       is_long ? "long" : "short", said, got, se);
			CHECK(said > 0.02 && said < 0.5);
			CHECK_NEAR((got - said) / se, 0, 3);
		}
}

/* ---- the market itself ---- */

TEST(what_is_stated_is_so)
{
	struct stated_conf c = market();
	struct err e = {0};
	struct sim s;

	c.coin[0].sigma = 0;
	c.coin[0].permanent = 2e-5;
	c.coin[0].transient[0] = 1e-4;
	c.coin[0].rate[0] = 1 / 100.0;
	sim_open(&s, &c, 1, true, 10000, 1e5);
	block(&s, 0);
	CHECK_NEAR(stated_mid(s.m, 0), 50, 1e-12);
	block(&s, 800);
	CHECK_NEAR(stated_mid(s.m, 0), 50, 1e-12); /* as this block found it */
	CHECK_NEAR(s.cost, 800 * (HALF + SLOPE * 800 / 2), 0.2);
	block(&s, 0);
	CHECK_NEAR(stated_mid(s.m, 0), 50 - 800 * (2e-5 + 1e-4 * exp(-0.1)), 1e-9);
	for (int i = 0; i < 200; i++)
		block(&s, 0);
	CHECK_NEAR(stated_mid(s.m, 0), 50 - 800 * 2e-5, 1e-6);
	sim_close(&s);

	c.coin[0].slope = 0;
	CHECK(!stated_new(&c, &e) && strstr(e.text, "slope is 0"));
	c = market();
	c.coin[0].sigma = NAN;
	CHECK(!stated_new(&c, &e) && strstr(e.text, "sigma is"));
	c = market();
	c.coin[0].reach = 1e-3; /* forty pieces within a tick: one level */
	struct stated *one = stated_new(&c, &e);
	CHECK(one);
	stated_free(one);
}

TEST(options)
{
	struct stated_conf c;
	struct err e = {0};

	CHECK(stated_parse(&c, "", &e) && c.n_coins == 3);
	CHECK_NEAR(c.coin[0].sigma, 110020 * 1e-4, 1e-9);
	/* depth_usd within 10 bp of the touch */
	CHECK_NEAR(c.coin[1].slope * 5e6 / c.coin[1].px, c.coin[1].px * 1e-3, 1e-9);
	CHECK(stated_parse(&c, "sigma_bp=2,power=0.5,geometric=1", &e) && c.coin[2].geometric);
	CHECK_NEAR(c.coin[0].power, 0.5, 0);
	struct stated *s = stated_new(&c, &e);
	CHECK(s);
	stated_free(s);
	static const char *const bad[] = {"sigma_bp",
					  "sigma_bp=",
					  "sigma_bp=-1",
					  "sigma_bp=nan",
					  "depth_usd=0",
					  "sigma_bp=1x",
					  "sigma=1",
					  "power=9",
					  ",",
					  "=1",
					  "sigma_bp=1;half_bp=1"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK(!stated_parse(&c, bad[i], &e));
}

TEST_MAIN(T(what_is_stated_is_so), T(options), T(cost_of_schedules), T(chance_of_liquidation))
