/* bad: every model of plan/ x every bad value. A number that makes no sense is refused; one that is
 * merely odd is answered with finite numbers; nothing in between. A row is a model: a good problem,
 * its fields, and for each whether a zero or a negative is a value it takes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/ac.h"
#include "plan/adaptive.h"
#include "plan/cost.h"
#include "plan/forecast.h"
#include "plan/games.h"
#include "plan/grid.h"
#include "plan/kernel.h"
#include "plan/multi.h"
#include "plan/plan.h"
#include "plan/power.h"
#include "plan/replan.h"
#include "plan/route.h"
#include "tests/run.h"

/* ---- models as structs ---- */

enum answer { REFUSED, FINITE, NONSENSE };

union problem {
	struct ac ac;
	struct ac_signal signal;
	struct ac_perp perp;
	struct cost_in cost;
	struct power power;
	struct athl athl;
	struct clv clv;
	struct glf glf;
	struct multi multi;
	struct kernel_problem kernel;
	struct route_in route;
	struct split_in split;
	struct {
		struct plan_account a;
		double x[4], spent[4], tau_s, mark, sigma;
	} grid;
	struct {
		struct plan_account a;
		struct urgency_in u;
	} urgency;
	struct {
		struct replan_in in;
		double old[6];
	} replan;
	struct adaptive_in adaptive;
	struct {
		double x, share, volume[4];
	} pace;
	struct {
		double rv[40];
	} har;
	struct plan_problem plan;
};

static union problem now;
static struct err err;

static enum answer judge(bool ok, const double *v, size_t n)
{
	for (size_t i = 0; ok && i < n; i++)
		if (!isfinite(v[i]))
			return NONSENSE;
	return ok ? FINITE : REFUSED;
}

/* Sells at most what is held, never back. */
static enum answer judge_path(bool ok, const double *x, uint32_t n, double cost, double var)
{
	double v[2] = {cost, var};

	if (!ok)
		return REFUSED;
	for (uint32_t k = 0; k < n; k++)
		if (!isfinite(x[k]) || x[k] > x[0] * (1 + 1e-9) + 1e-300)
			return NONSENSE;
	return var < 0 ? NONSENSE : judge(true, v, 2);
}

#define GOOD_AC                                                                                    \
	{                                                                                          \
		.x = 1000, .horizon = 600, .n = 5, .sigma = 0.01, .eta = 0.02, .gamma = 1e-5,      \
		.epsilon = 0.01, .lambda = 1e-4                                                    \
	}

static void good_ac(void)
{
	now.ac = (struct ac)GOOD_AC;
}
static enum answer run_ac(void)
{
	struct ac_result r = {0};
	double x[AC_SLOTS + 1];
	bool ok = ac_solve(&now.ac, &r, x);

	return judge_path(ok, x, now.ac.n + 1, r.cost, r.variance);
}
static enum answer run_ac_closed(void)
{
	struct ac_result r = {0};
	bool ok = ac_closed(&now.ac, &r);

	return judge(ok, (double[]){r.cost, r.variance, r.kappa}, 3);
}
static enum answer run_ac_capped(void)
{
	struct ac_result r = {0};
	double x[AC_SLOTS + 1];
	bool ok = ac_capped(&now.ac, 300, &r, x);

	return judge_path(ok, x, now.ac.n + 1, r.cost, r.variance);
}
static enum answer run_ac_lvar(void)
{
	struct ac_result r = {0};
	double lambda = 0, lvar = 0;
	bool ok = ac_lvar(&now.ac, 1.645, &lambda, &lvar, &r);

	return judge(ok, (double[]){lambda, lvar, r.cost, r.variance}, 4);
}
static enum answer run_ac_drift(void)
{
	struct ac_result r = {0};
	double x[AC_SLOTS + 1], alpha[AC_SLOTS + 1] = {0};
	bool ok;

	alpha[1] = now.ac.alpha, now.ac.alpha = 0;
	ok = ac_drift(&now.ac, alpha, &r, x);
	return judge(ok, (double[]){r.cost, r.variance}, 2);
}

static void good_signal(void)
{
	now.signal = (struct ac_signal){.k = 0.05, .phi = 0.2, .mu = 0.5, .decay = 3};
}
static enum answer run_signal(void)
{
	double v = 0;
	bool ok = ac_signal(&now.signal, 10, 1, &v);

	return judge(ok, &v, 1);
}
static void good_perp(void)
{
	now.perp = (struct ac_perp){.k = 0.1, .b = 0.1, .alpha = 100, .phi = 0.5, .beta = 5};
}
static enum answer run_perp(void)
{
	double v[2] = {0};
	bool ok = ac_perp(&now.perp, 1, &v[0], &v[1]);

	return judge(ok, v, 2);
}

static void good_cost(void)
{
	now.cost = (struct cost_in){.side = SIDE_SELL,
				    .size = 5,
				    .bid = {{99.5, 2}, {98.5, 2}},
				    .ask = {{100.5, 3}},
				    .n_bid = 2,
				    .n_ask = 1,
				    .sigma_day = 0.04,
				    .volume_day = 400,
				    .y = 0.7,
				    .funding_hour = 1e-4,
				    .horizon_s = 7200,
				    .next_funding_s = 1800};
}
static enum answer run_cost(void)
{
	struct cost_out o = {0};
	bool ok = cost_meter(&now.cost, &o, &err);

	return judge(ok, (double[]){o.total, o.bp, o.avg, o.worst, o.funding, o.model_usd}, 6);
}

static void good_power(void)
{
	now.power = (struct power){.x = 1000,
				   .eta = 0.02,
				   .k = 0.6,
				   .lambda = 1e-3,
				   .sigma = 0.01,
				   .horizon = 600,
				   .n = 8};
}
static enum answer run_power(void)
{
	double t[POWER_SLOTS], c = 0, v = 0, sum = 0;
	bool ok = power_solve(&now.power, t, &c, &v, &err);

	for (uint32_t k = 0; ok && k < now.power.n; k++) {
		if (!(t[k] >= 0))
			return NONSENSE;
		sum += t[k];
	}
	if (ok && !(fabs(sum - now.power.x) <= 1e-9 * now.power.x))
		return NONSENSE;
	return judge(ok, (double[]){c, v}, 2);
}
static enum answer run_forever(void)
{
	double v[3] = {0};
	bool ok = power_forever(&now.power, &v[0], &v[1], &v[2]);

	return judge(ok, v, 3);
}
static void good_athl(void)
{
	now.athl = (struct athl){.x = 656100,
				 .volume = 6.561e6,
				 .shares_out = 1.728e9,
				 .sigma_day = 0.0157,
				 .days = 0.1};
}
static enum answer run_athl(void)
{
	double v[3] = {0};
	bool ok = athl_cost(&now.athl, &v[0], &v[1], &v[2]);

	return judge(ok, v, 3);
}

static void good_clv(void)
{
	now.clv = (struct clv){.n = 2, .gamma = 1, .lambda = 1, .horizon = 1, .change = {-1, 0}};
}
static enum answer run_clv(void)
{
	struct clv_out o = {0};
	bool ok = clv_solve(&now.clv, &o);

	return judge(ok, (double[]){o.cost[0], o.alone, o.markup}, 3);
}
static void good_glf(void)
{
	now.glf = (struct glf){.a = 0.1, .k = 0.3, .gamma = 0.05, .mu = 0, .sigma = 0.3, .b = 3};
}
static enum answer run_glf(void)
{
	double q[GLF_UNITS] = {0};
	bool ok = glf_quotes(&now.glf, 300, 6, q);

	return judge(ok, q, 6);
}

static void good_multi(void)
{
	now.multi = (struct multi){.legs = 2,
				   .n = 4,
				   .horizon = 600,
				   .lambda = 1e-3,
				   .x = {100, -50},
				   .epsilon = {0.01, 0.01},
				   .c = {1e-4, 5e-5, 5e-5, 1e-4},
				   .h = {0.02, 0, 0, 0.02},
				   .gamma = {1e-5, 0, 0, 1e-5}};
}
static enum answer run_multi(void)
{
	static struct multi_out o;
	bool ok = multi_solve(&now.multi, &o, &err);

	return judge(ok, (double[]){o.cost, o.variance, o.x[2]}, 3);
}

static void good_kernel(void)
{
	now.kernel = (struct kernel_problem){.kernel = {.n_exp = 1, .weight = {1}, .rate = {2}},
					     .x = 100,
					     .horizon = 1,
					     .n = 6,
					     .lambda = 1e-3,
					     .sigma = 0.1};
}
static enum answer run_kernel(void)
{
	static struct kernel_work w;
	static struct kernel_out o;
	bool ok = kernel_solve(&now.kernel, &w, &o, &err);

	return judge(ok, (double[]){o.cost, o.variance, o.twap, o.trades[0]}, 4);
}

static void good_route(void)
{
	now.route = (struct route_in){
		.side = SIDE_SELL,
		.size = 5,
		.n = 2,
		.venue = {{.fee = 0.0004, .lot = 0.1, .n = 2, .level = {{100, 3}, {99, 3}}},
			  {.fee = 0.0002, .n = 1, .level = {{99.9, 4}}}}};
}
static enum answer run_route(void)
{
	struct route_out o = {0};
	bool ok = route_market(&now.route, &o, &err);

	if (ok && o.filled > now.route.size * (1 + 1e-9))
		return NONSENSE;
	return judge(ok, (double[]){o.filled, o.left, o.value, o.avg, o.marginal}, 5);
}
static void good_split(void)
{
	now.split = (struct split_in){.size = 1000,
				      .lambda = 0.05,
				      .n = 1,
				      .venue = {{.half_spread = 0.02,
						 .fee = 0.003,
						 .rebate = 0.002,
						 .touch = 5000,
						 .queue = 2000,
						 .outflow = 2200}}};
}
static enum answer run_split(void)
{
	struct split_out o = {0};
	bool ok = route_split(&now.split, &o, &err);

	if (ok && o.take[0] + o.rest[0] > now.split.size * (1 + 1e-9))
		return NONSENSE;
	return judge(ok, (double[]){o.take[0], o.rest[0], o.held}, 3);
}

static void good_account(struct plan_account *a)
{
	*a = (struct plan_account){.known = true,
				   .isolated = true,
				   .equity = 30000,
				   .maintenance = 7500,
				   .mmr = 0.0125,
				   .beta = 1};
}
static void good_grid(void)
{
	good_account(&now.grid.a);
	for (int k = 0; k < 4; k++) {
		now.grid.x[k] = 10 - 2.0 * k;
		now.grid.spent[k] = 10.0 * k;
	}
	now.grid.tau_s = 21600;
	now.grid.mark = 60000;
	now.grid.sigma = 0.8;
}
static enum answer run_grid(void)
{
	static struct grid_work w;
	struct grid_out o = {0};
	struct grid_in in = {.account = &now.grid.a,
			     .x = now.grid.x,
			     .spent = now.grid.spent,
			     .n = 4,
			     .tau_s = now.grid.tau_s,
			     .mark = now.grid.mark,
			     .sigma_year = now.grid.sigma};
	bool ok = grid_touch(&in, &w, &o, &err);

	if (ok && !(o.p >= 0 && o.p <= 1))
		return NONSENSE;
	return judge(ok, (double[]){o.p, o.p_bound, o.loss}, 3);
}
static void good_urgency(void)
{
	good_account(&now.urgency.a);
	now.urgency.u = (struct urgency_in){.position = 10,
					    .size = 10,
					    .mark = 60000,
					    .sigma_year = 0.8,
					    .horizon_s = 86400,
					    .n = 12,
					    .eta = 100,
					    .epsilon = 30,
					    .slope = 2,
					    .eps = 0.05};
}
static enum answer run_urgency(void)
{
	static struct grid_work w;
	struct urgency_out o = {0};

	now.urgency.u.account = &now.urgency.a;
	bool ok = urgency_from_danger(&now.urgency.u, &w, &o, &err);

	if (ok && (!(o.block >= 0) || o.block > now.urgency.u.size * (1 + 1e-9)))
		return NONSENSE;
	return judge(ok, (double[]){o.block, o.block_cost, o.kappa_t, o.p, o.cost}, 5);
}

static void good_replan(void)
{
	now.replan.in = (struct replan_in){.now = GOOD_AC, .gain = 0.02, .slack = 0.001};
	for (int k = 0; k < 6; k++)
		now.replan.old[k] = 1000 - 200.0 * k;
}
static enum answer run_replan(void)
{
	struct replan_out o = {0};
	double x[AC_SLOTS + 1];

	now.replan.in.old = now.replan.old;
	bool ok = replan(&now.replan.in, &o, x);

	return judge_path(ok, x, now.replan.in.now.n + 1, o.result.cost, o.result.variance);
}

static void good_adaptive(void)
{
	now.adaptive.mu = 0.235;
	now.adaptive.lambda = 1;
	now.adaptive.updates = 2;
}
static enum answer run_adaptive(void)
{
	static struct adaptive_work w;
	struct adaptive a = {0};
	bool ok = adaptive_solve(&now.adaptive, &w, &a);

	return judge(ok, (double[]){a.cost, a.variance, a.objective}, 3);
}

static void good_pace(void)
{
	now.pace.x = 100;
	now.pace.share = 0.1;
	for (int k = 0; k < 4; k++)
		now.pace.volume[k] = 500;
}
static enum answer run_vwap(void)
{
	double t[4] = {0};
	bool ok = pace_vwap(now.pace.x, now.pace.volume, 4, t);

	return judge(ok, t, 4);
}
static enum answer run_pov(void)
{
	double t[4] = {0}, left;
	uint32_t done = 0;

	left = pace_pov(now.pace.x, now.pace.volume, 4, now.pace.share, t, &done);
	return judge(left >= 0, t, 4);
}

static void good_har(void)
{
	for (int k = 0; k < 40; k++)
		now.har.rv[k] = 1e-4 * (1 + 0.3 * sin(k * 1.7) + 0.2 * cos(k * 0.31));
}
static enum answer run_har(void)
{
	struct har h = {0};
	double next = 0;
	bool ok = har_fit(&h, 3, 8, now.har.rv, 40) && har_next(&h, now.har.rv, 40, &next);

	return judge(ok, &next, 1);
}

static const struct instr btc = {.sz_decimals = 5,
				 .px_decimals = 1,
				 .px_sig = 5,
				 .max_leverage = 40,
				 .min_notional = {1000000000}};
static struct book book;
static void good_plan(void)
{
	book = (struct book){
		.n_bid = 2,
		.n_ask = 1,
		.bid = {{{999990000000000}, {500000000}, 1}, {{999900000000000}, {900000000}, 1}},
		.ask = {{{1000010000000000}, {500000000}, 1}}};
	now.plan = (struct plan_problem){.instr = &btc,
					 .book = &book,
					 .side = SIDE_SELL,
					 .size = {200000000},
					 .position = {200000000},
					 .mark = {1000000000000000},
					 .sigma_year = 0.6,
					 .volume_s = 0.5,
					 .fee_taker = 0.00045,
					 .fee_maker = 0.00015,
					 .funding_hour = 1e-5,
					 .maker_share = -1,
					 .horizon_ms = 600000,
					 .urgency = 0.4,
					 .algo = ALGO_AC};
}
static enum answer run_plan(void)
{
	static struct plan p;
	int64_t sum = 0;

	err = (struct err){0};
	if (!plan_make(&now.plan, &p, &err))
		return err.text[0] ? REFUSED : NONSENSE;
	for (uint32_t k = 0; k < p.n; k++)
		sum += p.at[k].qty.v;
	if (sum != now.plan.size.v || sum > now.plan.position.v)
		return NONSENSE;
	return judge(true, (double[]){p.cost.total, p.sd, p.bad_1in20, p.danger}, 4);
}

/* NEG: a negative number is a value it takes. ZERO: 0 is. ANY: both. */
enum { NONE = 0, ZERO = 1, NEG = 2, ANY = 3 };

struct field {
	const char *name;
	size_t at;
	int takes;
};

#define F(type, member, takes)                                                                     \
	{                                                                                          \
#member, offsetof(type, member), takes                                             \
	}
#define AC_FIELDS(type, p)                                                                         \
	F(type, p x, NONE), F(type, p horizon, NONE), F(type, p sigma, ZERO),                      \
		F(type, p eta, NONE), F(type, p gamma, ZERO), F(type, p epsilon, ZERO)

static const struct field ac_fields[] = {F(struct ac, x, NONE),	    F(struct ac, horizon, NONE),
					 F(struct ac, sigma, ZERO), F(struct ac, eta, NONE),
					 F(struct ac, gamma, ANY),  F(struct ac, epsilon, ANY),
					 F(struct ac, lambda, ANY), {0}};
static const struct field drift_fields[] = {F(struct ac, x, NONE),
					    F(struct ac, horizon, NONE),
					    F(struct ac, eta, NONE),
					    F(struct ac, alpha, ANY),
					    {0}};
static const struct field signal_fields[] = {F(struct ac_signal, k, NONE),
					     F(struct ac_signal, phi, ZERO),
					     F(struct ac_signal, mu, ANY),
					     F(struct ac_signal, decay, ZERO),
					     {0}};
static const struct field perp_fields[] = {
	F(struct ac_perp, k, NONE),   F(struct ac_perp, b, ZERO),    F(struct ac_perp, alpha, NONE),
	F(struct ac_perp, phi, ZERO), F(struct ac_perp, beta, ZERO), {0}};
static const struct field cost_fields[] = {F(struct cost_in, size, NONE),
					   F(struct cost_in, bid[0].px, NONE),
					   F(struct cost_in, bid[0].size, NONE),
					   F(struct cost_in, bid[1].px, NONE),
					   F(struct cost_in, ask[0].px, NONE),
					   F(struct cost_in, ask[0].size, NONE),
					   F(struct cost_in, sigma_day, ZERO),
					   F(struct cost_in, volume_day, ZERO),
					   F(struct cost_in, y, ZERO),
					   F(struct cost_in, maker_share, ZERO),
					   F(struct cost_in, funding_hour, ANY),
					   F(struct cost_in, horizon_s, ZERO),
					   F(struct cost_in, next_funding_s, ANY),
					   {0}};
static const struct field power_fields[] = {F(struct power, x, NONE),
					    F(struct power, eta, NONE),
					    F(struct power, k, NONE),
					    F(struct power, lambda, ZERO),
					    F(struct power, sigma, ZERO),
					    F(struct power, horizon, NONE),
					    {0}};
static const struct field forever_fields[] = {
	F(struct power, x, NONE),      F(struct power, eta, NONE),   F(struct power, k, NONE),
	F(struct power, lambda, NONE), F(struct power, sigma, NONE), {0}};
static const struct field athl_fields[] = {
	F(struct athl, x, ANY),		  F(struct athl, volume, NONE),
	F(struct athl, shares_out, ZERO), F(struct athl, sigma_day, ZERO),
	F(struct athl, days, NONE),	  {0}};
static const struct field clv_fields[] = {
	F(struct clv, gamma, NONE),    F(struct clv, lambda, NONE),   F(struct clv, horizon, NONE),
	F(struct clv, change[0], NEG), F(struct clv, change[1], ANY), {0}};
static const struct field glf_fields[] = {F(struct glf, a, NONE),
					  F(struct glf, k, NONE),
					  F(struct glf, gamma, NONE),
					  F(struct glf, mu, ANY),
					  F(struct glf, sigma, ZERO),
					  F(struct glf, b, ANY),
					  {0}};
static const struct field multi_fields[] = {
	F(struct multi, horizon, NONE), F(struct multi, lambda, ZERO),
	F(struct multi, x[0], ANY),	F(struct multi, epsilon[0], ANY),
	F(struct multi, c[0], NONE),	F(struct multi, c[1], NONE),
	F(struct multi, h[0], NONE),	F(struct multi, h[1], ZERO),
	F(struct multi, gamma[0], ANY), {0}};
static const struct field kernel_fields[] = {F(struct kernel_problem, x, NONE),
					     F(struct kernel_problem, horizon, NONE),
					     F(struct kernel_problem, kernel.weight[0], NONE),
					     F(struct kernel_problem, kernel.rate[0], NONE),
					     F(struct kernel_problem, kernel.permanent, ZERO),
					     F(struct kernel_problem, lambda, ZERO),
					     F(struct kernel_problem, sigma, ZERO),
					     {0}};
static const struct field route_fields[] = {F(struct route_in, size, NONE),
					    F(struct route_in, limit, ZERO),
					    F(struct route_in, venue[0].fee, ZERO),
					    F(struct route_in, venue[0].lot, ZERO),
					    F(struct route_in, venue[0].min_usd, ZERO),
					    F(struct route_in, venue[0].level[0].px, NONE),
					    F(struct route_in, venue[0].level[1].px, NONE),
					    F(struct route_in, venue[0].level[0].size, NONE),
					    {0}};
static const struct field split_fields[] = {F(struct split_in, size, NONE),
					    F(struct split_in, lambda, ZERO),
					    F(struct split_in, venue[0].half_spread, ZERO),
					    F(struct split_in, venue[0].fee, ANY),
					    F(struct split_in, venue[0].rebate, ANY),
					    F(struct split_in, venue[0].queue, ZERO),
					    F(struct split_in, venue[0].outflow, ZERO),
					    {0}};
static const struct field grid_fields[] = {
	F(union problem, grid.a.equity, ANY), /* below maintenance: the chance is 1 */
	F(union problem, grid.a.maintenance, ZERO),
	F(union problem, grid.a.mmr, ZERO),
	F(union problem, grid.x[0], ANY),
	F(union problem, grid.x[3], ANY),
	F(union problem, grid.spent[1], ANY),
	F(union problem, grid.tau_s, NONE),
	F(union problem, grid.mark, NONE),
	F(union problem, grid.sigma, ZERO),
	{0}};
static const struct field urgency_fields[] = {F(union problem, urgency.a.maintenance, ZERO),
					      F(union problem, urgency.a.mmr, ZERO),
					      F(union problem, urgency.u.position, NEG),
					      F(union problem, urgency.u.size, NONE),
					      F(union problem, urgency.u.mark, NONE),
					      F(union problem, urgency.u.sigma_year, ZERO),
					      F(union problem, urgency.u.horizon_s, NONE),
					      F(union problem, urgency.u.eta, ZERO),
					      F(union problem, urgency.u.epsilon, ZERO),
					      F(union problem, urgency.u.slope, ZERO),
					      F(union problem, urgency.u.rate_max, ZERO),
					      F(union problem, urgency.u.eps, NONE),
					      {0}};
static const struct field replan_fields[] = {
	F(union problem, replan.in.now.x, NONE),     F(union problem, replan.in.now.horizon, NONE),
	F(union problem, replan.in.now.sigma, ZERO), F(union problem, replan.in.now.eta, NONE),
	F(union problem, replan.old[1], ZERO),	     {0}};
static const struct field adaptive_fields[] = {
	F(union problem, adaptive.mu, NONE), F(union problem, adaptive.lambda, NONE), {0}};
static const struct field vwap_fields[] = {
	F(union problem, pace.x, NONE), F(union problem, pace.volume[1], ZERO), {0}};
static const struct field pov_fields[] = {F(union problem, pace.x, NONE),
					  F(union problem, pace.share, NONE),
					  F(union problem, pace.volume[1], ZERO),
					  {0}};
static const struct field har_fields[] = {
	F(union problem, har.rv[0], NONE), F(union problem, har.rv[39], NONE), {0}};
static const struct field plan_fields[] = {F(struct plan_problem, sigma_year, ZERO),
					   F(struct plan_problem, volume_s, ZERO),
					   F(struct plan_problem, fee_taker, ANY),
					   F(struct plan_problem, fee_maker, ANY),
					   F(struct plan_problem, funding_hour, ANY),
					   F(struct plan_problem, urgency, ZERO),
					   F(struct plan_problem, cap, ZERO),
					   F(struct plan_problem, jitter, ZERO),
					   {0}};

static const struct model {
	const char *name;
	void (*good)(void);
	enum answer (*run)(void);
	const struct field *field;
} models[] = {
	{"ac_solve", good_ac, run_ac, ac_fields},
	{"ac_closed", good_ac, run_ac_closed, ac_fields},
	{"ac_capped", good_ac, run_ac_capped, drift_fields},
	{"ac_lvar", good_ac, run_ac_lvar, drift_fields},
	{"ac_drift", good_ac, run_ac_drift, drift_fields},
	{"ac_signal", good_signal, run_signal, signal_fields},
	{"ac_perp", good_perp, run_perp, perp_fields},
	{"adaptive_solve", good_adaptive, run_adaptive, adaptive_fields},
	{"cost_meter", good_cost, run_cost, cost_fields},
	{"power_solve", good_power, run_power, power_fields},
	{"power_forever", good_power, run_forever, forever_fields},
	{"athl_cost", good_athl, run_athl, athl_fields},
	{"clv_solve", good_clv, run_clv, clv_fields},
	{"glf_quotes", good_glf, run_glf, glf_fields},
	{"multi_solve", good_multi, run_multi, multi_fields},
	{"kernel_solve", good_kernel, run_kernel, kernel_fields},
	{"route_market", good_route, run_route, route_fields},
	{"route_split", good_split, run_split, split_fields},
	{"grid_touch", good_grid, run_grid, grid_fields},
	{"urgency_from_danger", good_urgency, run_urgency, urgency_fields},
	{"replan", good_replan, run_replan, replan_fields},
	{"pace_vwap", good_pace, run_vwap, vwap_fields},
	{"pace_pov", good_pace, run_pov, pov_fields},
	{"har_fit", good_har, run_har, har_fields},
	{"plan_make", good_plan, run_plan, plan_fields},
};

TEST(models)
{
	static const struct {
		const char *name;
		double v;
		bool never; /* no field takes it */
		int needs;
	} bad[] = {{"NaN", NAN, true, 0},
		   {"infinity", INFINITY, true, 0},
		   {"-infinity", -INFINITY, true, 0},
		   {"-1", -1, false, NEG},
		   {"0", 0, false, ZERO},
		   {"1e300", 1e300, false, ANY},
		   {"-1e300", -1e300, false, NEG},
		   {"1e-300", 1e-300, false, ANY}};
	int tried = 0;

	for (size_t m = 0; m < sizeof models / sizeof models[0]; m++) {
		memset(&now, 0, sizeof now);
		models[m].good();
		if (models[m].run() != FINITE)
			test_fail(__FILE__, __LINE__, "%s: the good problem is not answered: %s",
				  models[m].name, err.text);
		for (const struct field *f = models[m].field; f->name; f++)
			for (size_t b = 0; b < sizeof bad / sizeof bad[0]; b++) {
				enum answer got;

				memset(&now, 0, sizeof now);
				models[m].good();
				memcpy((char *)&now + f->at, &bad[b].v, sizeof(double));
				got = models[m].run();
				tried++;
				/* absurd sizes: refused, or finite */
				bool must = bad[b].never ||
					    (bad[b].needs != ANY && !(f->takes & bad[b].needs));

				if (got == NONSENSE || (must && got != REFUSED))
					test_fail(__FILE__, __LINE__, "%s: %s = %s is %s",
						  models[m].name, f->name, bad[b].name,
						  got == NONSENSE ? "answered with nonsense"
								  : "taken");
			}
	}
	printf("  %d problems\n", tried);
}

TEST_MAIN(T(models))
