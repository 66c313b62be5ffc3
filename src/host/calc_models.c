/* calc_models.c: exeunt calc plan, frontier, danger and cost: problem in, answer out. The other
 * four are in calc_more.c. Each begins with its schema; exeunt-calc(1) explains every field. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "host/calc_in.h"
#include "plan/ac.h"
#include "plan/cost.h"
#include "plan/grid.h"
#include "plan/multi.h"

/* ---- plan ---- */

struct plan_in {
	struct ac ac;
	uint32_t slots;
	double cap;
	struct calc_list drift;
	const struct jv *legs;
};
#define AT(f) offsetof(struct plan_in, f)
static const struct calc_field plan_fields[] = {
	{"size_units", CALC_NUM, CALC_ABOVE_0, .at = AT(ac.x)},
	{"horizon_s", CALC_NUM, CALC_ABOVE_0, .max = CALC_HORIZON_S, .at = AT(ac.horizon)},
	{"slots", CALC_INT, CALC_ABOVE_0, .max = AC_SLOTS, .at = AT(slots)},
	{"sigma_usd_per_sqrt_s", CALC_NUM, CALC_FROM_0, .at = AT(ac.sigma)},
	{"eta_usd_s_per_unit2", CALC_NUM, CALC_ABOVE_0, .at = AT(ac.eta)},
	{"gamma_usd_per_unit2", CALC_NUM, CALC_FROM_0, true, 0, .at = AT(ac.gamma)},
	{"epsilon_usd_per_unit", CALC_NUM, CALC_FROM_0, true, 0, .at = AT(ac.epsilon)},
	{"lambda_per_usd", CALC_NUM, CALC_FREE, .at = AT(ac.lambda)},
	{"alpha_usd_per_s", CALC_NUM, CALC_FREE, true, 0, .at = AT(ac.alpha)},
	{"drift_usd_per_s", CALC_LIST, CALC_FREE, true, .at = AT(drift)},
	{"rate_max_units_per_s", CALC_NUM, CALC_FROM_0, true, 0, .at = AT(cap)},
	CALC_END};
#undef AT

static void put_schedule(struct buf *b, const double *x, uint32_t n)
{
	double trades[AC_SLOTS];
	for (uint32_t k = 0; k < n; k++)
		trades[k] = x[k] - x[k + 1];
	calc_nums(b, "holdings_units", x, n + 1);
	calc_nums(b, "trades_units", trades, n);
}

struct legs_in {
	double horizon, lambda;
	uint32_t slots;
	struct calc_list x, c, h, g, eps, f, s, own, lo, hi;
};
#define AT(f) offsetof(struct legs_in, f)
static const struct calc_field legs_fields[] = {
	{"sizes_units", CALC_LIST, CALC_FREE, .at = AT(x)},
	{"horizon_s", CALC_NUM, CALC_ABOVE_0, .max = CALC_HORIZON_S, .at = AT(horizon)},
	{"slots", CALC_INT, CALC_ABOVE_0, .max = MULTI_SLOTS, .at = AT(slots)},
	{"lambda_per_usd", CALC_NUM, CALC_FROM_0, .at = AT(lambda)},
	{"covariance_usd2_per_unit2_s", CALC_LIST, CALC_FREE, true, .at = AT(c)},
	{"exposures_per_unit", CALC_LIST, CALC_FREE, true, .at = AT(f)},
	{"factor_covariance_per_s", CALC_LIST, CALC_FREE, true, .at = AT(s)},
	{"own_variance_usd2_per_unit2_s", CALC_LIST, CALC_FROM_0, true, .at = AT(own)},
	{"band_low", CALC_LIST, CALC_FREE, true, .at = AT(lo)},
	{"band_high", CALC_LIST, CALC_FREE, true, .at = AT(hi)},
	{"eta_usd_s_per_unit2", CALC_LIST, CALC_FREE, .at = AT(h)},
	{"gamma_usd_per_unit2", CALC_LIST, CALC_FREE, true, .at = AT(g)},
	{"epsilon_usd_per_unit", CALC_LIST, CALC_FROM_0, true, .at = AT(eps)},
	CALC_END};
#undef AT

static bool fill(double *to, const struct calc_list *l, uint32_t n, const char *name, bool optional,
		 struct err *e)
{
	memset(to, 0, n * sizeof *to);
	if (l->n == 0 && optional)
		return true;
	if (l->n != n)
		return err_set(e, ERR_ARG, "%s has %u numbers; these legs need %u (row by row).",
			       name, l->n, n);
	memcpy(to, l->v, n * sizeof *to);
	return true;
}

/* The legs by their factors. False with the reason; f->factors 0: none are given. */
static bool read_factors(const struct legs_in *in, uint32_t n, struct multi_factors *f,
			 struct multi_band *band, struct err *e)
{
	uint32_t k = in->f.n / n;

	memset(f, 0, sizeof *f);
	if (!in->f.n)
		return !in->s.n && !in->own.n && !in->lo.n && !in->hi.n
			       ? true
			       : err_set(e, ERR_ARG,
					 "factor_covariance_per_s, own variances and bands go with "
					 "exposures_per_unit.");
	if (in->c.n)
		return err_set(e, ERR_ARG,
			       "covariance_usd2_per_unit2_s and exposures_per_unit say the same: "
			       "give one.");
	if (in->f.n % n || k < 1 || k > MULTI_FACTORS)
		return err_set(e, ERR_ARG,
			       "exposures_per_unit has %u numbers; %u legs need a row of %u for "
			       "each of 1 to %d factors.",
			       in->f.n, n, n, MULTI_FACTORS);
	f->legs = n, f->factors = k;
	if (!fill(f->f, &in->f, k * n, "exposures_per_unit", false, e) ||
	    !fill(f->s, &in->s, k * k, "factor_covariance_per_s", false, e) ||
	    !fill(f->d, &in->own, n, "own_variance_usd2_per_unit2_s", true, e) ||
	    !fill(band->lo, &in->lo, k, "band_low", true, e) ||
	    !fill(band->hi, &in->hi, k, "band_high", true, e))
		return false;
	for (uint32_t a = 0; a < k; a++) {
		band->lo[a] = in->lo.n ? band->lo[a] : -INFINITY;
		band->hi[a] = in->hi.n ? band->hi[a] : INFINITY;
	}
	return true;
}

static void put_exposures(struct buf *b, const struct multi *m, const struct multi_factors *f,
			  const double *x)
{
	static double net[(MULTI_SLOTS + 1) * MULTI_FACTORS];
	double half[MULTI_LEGS];

	for (uint32_t k = 0; k <= m->n; k++)
		for (uint32_t a = 0; a < f->factors; a++) {
			double *to = &net[k * f->factors + a];
			*to = 0;
			for (uint32_t i = 0; i < m->legs; i++)
				*to += f->f[a * m->legs + i] * x[k * m->legs + i];
		}
	multi_half(m, x, half);
	calc_nums(b, "exposures", net, (m->n + 1) * f->factors);
	calc_nums(b, "half_traded_s", half, m->legs);
}

static bool plan_legs(const struct jv *v, struct buf *b, struct err *e)
{
	static struct multi m, work;
	static struct multi_out out;
	static struct multi_factors f;
	struct multi_band_in band = {.m = &m, .f = &f};
	struct legs_in in = {0};
	uint32_t n;

	if (!calc_read(v, legs_fields, "", &in, e))
		return false;
	n = in.x.n;
	if (n < 1 || n > MULTI_LEGS)
		return err_set(e, ERR_ARG, "sizes_units has %u legs; 1 to %d are taken.", n,
			       MULTI_LEGS);
	m.legs = n, m.n = in.slots, m.horizon = in.horizon, m.lambda = in.lambda;
	if (!fill(m.x, &in.x, n, "sizes_units", false, e) ||
	    !fill(m.h, &in.h, n * n, "eta_usd_s_per_unit2", false, e) ||
	    !fill(m.gamma, &in.g, n * n, "gamma_usd_per_unit2", true, e) ||
	    !fill(m.epsilon, &in.eps, n, "epsilon_usd_per_unit", true, e) ||
	    !read_factors(&in, n, &f, &band.band, e))
		return false;
	if (f.factors ? !multi_factor_cov(&f, m.c, e)
		      : !fill(m.c, &in.c, n * n, "covariance_usd2_per_unit2_s", false, e))
		return false;
	if (in.lo.n || in.hi.n ? !multi_band_solve(&band, &work, &out, e)
			       : !multi_solve(&m, &out, e))
		return false;
	calc_num(b, "cost_usd", out.cost);
	calc_num(b, "sd_usd", sqrt(out.variance));
	calc_nums(b, "kappa_per_s", out.kappa, n);
	calc_flag(b, "overshoots", out.overshoot);
	calc_nums(b, "holdings_units", out.x, (m.n + 1) * n);
	if (f.factors)
		put_exposures(b, &m, &f, out.x);
	return true;
}

bool calc_plan(const struct jv *v, struct buf *b, struct err *e)
{
	struct plan_in in = {0};
	struct ac_result r;
	double x[AC_SLOTS + 1], drift[AC_SLOTS + 1] = {0};
	bool ok;

	if (jv_get(v, "sizes_units"))
		return plan_legs(v, b, e);
	if (jv_get(v, "updates"))
		return calc_plan_updates(v, b, e);
	if (!calc_read(v, plan_fields, "", &in, e))
		return false;
	in.ac.n = in.slots;
	double tau = in.ac.horizon / in.ac.n, eta_t = in.ac.eta - in.ac.gamma * tau / 2;
	if (!(eta_t > 0))
		return err_set(e, ERR_RULE,
			       "eta_usd_s_per_unit2 less half of gamma_usd_per_unit2 times a slot "
			       "is %g; it must be above 0: take more slots.",
			       eta_t);
	if ((in.drift.n || in.ac.alpha != 0) && !(in.ac.lambda > 0 && in.ac.sigma > 0))
		return err_set(e, ERR_RULE,
			       "with a drift lambda_per_usd and sigma must be above "
			       "0: without risk it would be speculation.");
	if (in.cap > 0 && (in.drift.n || in.ac.alpha != 0 || in.ac.lambda < 0))
		return err_set(e, ERR_RULE,
			       "rate_max_units_per_s goes with neither a drift nor a "
			       "negative lambda_per_usd.");
	if (in.cap > 0 && in.cap * in.ac.horizon < in.ac.x)
		return err_set(
			e, ERR_RULE,
			"rate_max_units_per_s of %g sells %g in %g s, not %g: take longer or "
			"allow more.",
			in.cap, in.cap * in.ac.horizon, in.ac.horizon, in.ac.x);
	if (in.drift.n && in.drift.n + 1 != in.ac.n)
		return err_set(e, ERR_ARG,
			       "drift_usd_per_s has %u numbers; %u slots need %u, one after each "
			       "trade but the last.",
			       in.drift.n, in.ac.n, in.ac.n - 1);
	if (in.drift.n)
		memcpy(drift + 1, in.drift.v, in.drift.n * sizeof drift[0]);
	ok = in.drift.n	  ? ac_drift(&in.ac, drift, &r, x)
	     : in.cap > 0 ? ac_capped(&in.ac, in.cap * tau, &r, x)
			  : ac_solve(&in.ac, &r, x);
	if (!ok)
		return err_set(e, ERR_RULE,
			       "lambda_per_usd %g is out of range here: for a risk "
			       "seeker kappa T must stay under pi.",
			       in.ac.lambda);
	for (uint32_t k = 0; k < in.ac.n; k++)
		if (x[k + 1] > x[k] * (1 + 1e-12) || x[k + 1] < -1e-9 * in.ac.x)
			return err_set(e, ERR_RULE,
				       "the drift asks for %g held after slot %u: an exit neither "
				       "buys nor sells more than it holds; take a smaller drift.",
				       x[k + 1], k + 1);
	calc_num(b, "cost_usd", r.cost);
	calc_num(b, "variance_usd2", r.variance);
	calc_num(b, "sd_usd", sqrt(r.variance));
	calc_num(b, "bad_1in20_usd", r.cost + 1.6448536269514722 * sqrt(r.variance));
	calc_num(b, "kappa_per_s", r.kappa);
	put_schedule(b, x, in.ac.n);
	return true;
}

/* ---- frontier ---- */

struct frontier_in {
	struct ac ac;
	uint32_t slots, points;
	double top;
};
#define AT(f) offsetof(struct frontier_in, f)
static const struct calc_field frontier_fields[] = {
	{"size_units", CALC_NUM, CALC_ABOVE_0, .at = AT(ac.x)},
	{"horizon_s", CALC_NUM, CALC_ABOVE_0, .max = CALC_HORIZON_S, .at = AT(ac.horizon)},
	{"slots", CALC_INT, CALC_ABOVE_0, .max = 100000, .at = AT(slots)},
	{"sigma_usd_per_sqrt_s", CALC_NUM, CALC_ABOVE_0, .at = AT(ac.sigma)},
	{"eta_usd_s_per_unit2", CALC_NUM, CALC_ABOVE_0, .at = AT(ac.eta)},
	{"gamma_usd_per_unit2", CALC_NUM, CALC_FROM_0, true, 0, .at = AT(ac.gamma)},
	{"epsilon_usd_per_unit", CALC_NUM, CALC_FROM_0, true, 0, .at = AT(ac.epsilon)},
	{"points", CALC_INT, CALC_ABOVE_0, true, 16, .max = 256, .at = AT(points)},
	{"kappa_t_max", CALC_NUM, CALC_ABOVE_0, true, 12, .max = 1000, .at = AT(top)},
	CALC_END};
#undef AT

bool calc_frontier(const struct jv *v, struct buf *b, struct err *e)
{
	struct frontier_in in = {0};
	struct ac_result r;
	double lambda[256], cost[256], sd[256], kappa[256], star, lvar;

	if (!calc_read(v, frontier_fields, "", &in, e))
		return false;
	in.ac.n = in.slots;
	for (uint32_t i = 0; i < in.points; i++) {
		double k = in.points > 1 ? in.top * i / (in.points - 1) : 0;
		in.ac.lambda = lambda[i] = ac_lambda(&in.ac, k / in.ac.horizon);
		if (!ac_closed(&in.ac, &r))
			return err_set(e, ERR_RULE,
				       "eta_usd_s_per_unit2 less half of gamma_usd_per_unit2 times "
				       "a slot must be above 0: take more slots.");
		cost[i] = r.cost, sd[i] = sqrt(r.variance), kappa[i] = r.kappa;
	}
	calc_nums(b, "lambda_per_usd", lambda, in.points);
	calc_nums(b, "kappa_per_s", kappa, in.points);
	calc_nums(b, "cost_usd", cost, in.points);
	calc_nums(b, "sd_usd", sd, in.points);
	if (ac_lvar(&in.ac, 1.6448536269514722, &star, &lvar, &r)) {
		calc_num(b, "lvar_95_usd", lvar);
		calc_num(b, "lvar_95_lambda_per_usd", star);
	}
	return true;
}

/* ---- danger ---- */

struct danger_in {
	double position, size, mark, equity, maintenance, rate, sigma, tail, horizon, kappa_t;
	double eta, epsilon, slope, rate_max, chance;
	uint32_t slots;
	const char *model;
};
#define AT(f) offsetof(struct danger_in, f)
static const struct calc_field danger_fields[] = {
	{"position_units", CALC_NUM, CALC_NOT_0, .at = AT(position)},
	{"size_units", CALC_NUM, CALC_ABOVE_0, true, 0, .at = AT(size)},
	{"mark_usd", CALC_NUM, CALC_ABOVE_0, .at = AT(mark)},
	{"equity_usd", CALC_NUM, CALC_FREE, .at = AT(equity)},
	{"maintenance_usd", CALC_NUM, CALC_FROM_0, true, -1, .at = AT(maintenance)},
	{"maintenance_rate", CALC_NUM, CALC_SHARE, .max = 0.5, .at = AT(rate)},
	{"sigma_per_sqrt_year", CALC_NUM, CALC_FROM_0, .max = 100, .at = AT(sigma)},
	{"fat_tail", CALC_NUM, CALC_ABOVE_0, true, 1.4, .max = 10, .at = AT(tail)},
	{"horizon_s", CALC_NUM, CALC_ABOVE_0, .max = CALC_HORIZON_S, .at = AT(horizon)},
	{"slots", CALC_INT, CALC_ABOVE_0, true, 240, .max = GRID_SLOTS, .at = AT(slots)},
	{"kappa_t", CALC_NUM, CALC_FROM_0, true, 0, .max = 1000, .at = AT(kappa_t)},
	{"eta_usd_s_per_unit2", CALC_NUM, CALC_FROM_0, true, 0, .at = AT(eta)},
	{"epsilon_usd_per_unit", CALC_NUM, CALC_FROM_0, true, 0, .at = AT(epsilon)},
	{"slope_usd_per_unit2", CALC_NUM, CALC_FROM_0, true, 0, .at = AT(slope)},
	{"rate_max_units_per_s", CALC_NUM, CALC_FROM_0, true, 0, .at = AT(rate_max)},
	{"chance_max", CALC_NUM, CALC_SHARE, true, 0, .at = AT(chance)},
	{"model", CALC_WORD, 0, true, .at = AT(model), .words = "price arithmetic"},
	CALC_END};
#undef AT

static struct grid_work grid;

static bool danger_read(const struct jv *v, struct danger_in *in, struct plan_account *a,
			struct err *e)
{
	if (!calc_read(v, danger_fields, "", in, e))
		return false;
	double maint = in->rate * fabs(in->position) * in->mark;
	*a = (struct plan_account){.known = true, .isolated = true, .beta = 1};
	a->equity = in->equity, a->mmr = in->rate;
	a->maintenance = in->maintenance >= 0 ? in->maintenance : maint;
	if (a->maintenance < maint * (1 - 1e-9))
		return err_set(e, ERR_RULE,
			       "maintenance_usd is %g; this position alone needs %g "
			       "(maintenance_rate x position x mark).",
			       a->maintenance, maint);
	if (a->equity <= a->maintenance)
		return err_set(
			e, ERR_RULE,
			"equity_usd %g is at or below the maintenance of %g: the venue "
			"liquidates now; close now or add collateral, nothing can be planned.",
			a->equity, a->maintenance);
	if (in->size == 0)
		in->size = fabs(in->position);
	if (in->size > fabs(in->position))
		return err_set(e, ERR_RULE,
			       "size_units %g is more than the %g held: an exit never sells more.",
			       in->size, fabs(in->position));
	return true;
}

static bool danger_needed(const struct danger_in *in, const struct plan_account *a,
			  enum grid_model model, struct buf *b, struct err *e)
{
	static const char *const kind[] = {
		[URGENCY_MET] = "schedule",
		[URGENCY_BLOCK] = "block_then_schedule",
		[URGENCY_ALL] = "everything_now",
		[URGENCY_NONE] = "none",
	};
	static const char *const words[] = {
		[URGENCY_MET] = "The schedule with kappa_t keeps the chance within chance_max.",
		[URGENCY_BLOCK] = "No schedule within rate_max_units_per_s meets chance_max: sell "
				  "block_units now, and the rest fits.",
		[URGENCY_ALL] = "Only selling all of it now meets chance_max.",
		[URGENCY_NONE] = "No sale meets chance_max: add collateral or accept more.",
	};
	struct urgency_in u = {.account = a,
			       .position = in->position,
			       .size = in->size,
			       .mark = in->mark,
			       .sigma_year = in->sigma * in->tail,
			       .horizon_s = in->horizon,
			       .n = in->slots,
			       .eta = in->eta,
			       .epsilon = in->epsilon,
			       .slope = in->slope,
			       .rate_max = in->rate_max,
			       .eps = in->chance,
			       .model = model};
	struct urgency_out out;
	double x[GRID_SLOTS + 1];

	if (!urgency_from_danger(&u, &grid, &out, e))
		return false;
	calc_str(b, "answer", kind[out.kind]);
	calc_str(b, "words", words[out.kind]);
	calc_num(b, "chance", out.p);
	calc_num(b, "chance_twap", out.p_twap);
	calc_num(b, "chance_hold", out.p_hold);
	calc_num(b, "kappa_t", out.kappa_t);
	calc_num(b, "kappa_t_by_bound", out.kappa_bound);
	calc_num(b, "block_units", out.block);
	calc_num(b, "block_cost_usd", out.block_cost);
	calc_num(b, "cost_usd", out.cost);
	for (uint32_t k = 0; k <= in->slots; k++)
		x[k] = (in->size - out.block) * ac_left(out.kappa_t / in->slots, in->slots, k);
	put_schedule(b, x, in->slots);
	return true;
}

static bool danger_of(const struct danger_in *in, const struct plan_account *a,
		      enum grid_model model, double sigma, struct grid_out *out, struct err *e)
{
	double x[GRID_SLOTS], spent[GRID_SLOTS], lost[GRID_SLOTS], sold = 0, paid = 0;
	double z = in->position > 0 ? 1 : -1, keep = fabs(in->position) - in->size;
	double tau = in->horizon / in->slots;

	for (uint32_t k = 0; k < in->slots; k++) {
		struct liq_loss l;
		double left = in->size * ac_left(in->kappa_t / in->slots, in->slots, k);
		double q = in->size - left - sold;
		sold += q;
		paid += in->epsilon * q + in->eta * q * q / tau;
		x[k] = z * (keep + left);
		spent[k] = paid;
		liq_loss(x[k], in->mark, in->rate, sigma, in->epsilon, in->slope, &l);
		lost[k] = l.expected;
	}
	struct grid_in g = {.account = a,
			    .x = x,
			    .spent = spent,
			    .lost = lost,
			    .n = in->slots,
			    .tau_s = tau,
			    .mark = in->mark,
			    .sigma_year = sigma,
			    .model = model};
	return grid_touch(&g, &grid, out, e);
}

bool calc_danger(const struct jv *v, struct buf *b, struct err *e)
{
	struct danger_in in = {0};
	struct plan_account a;
	struct grid_out plain, fat;
	double liq, sd;

	if (!danger_read(v, &in, &a, e))
		return false;
	enum grid_model model =
		in.model && !strcmp(in.model, "arithmetic") ? GRID_ARITHMETIC : GRID_PRICE;
	if (venue_liq(&a, in.position, in.position, in.mark, 0, &liq)) {
		calc_num(b, "liquidation_price_usd", liq);
		calc_num(b, "liquidation_distance_pct", (liq / in.mark - 1) * 100);
		calc_num(b, "chance_price_touches",
			 gbm_touch(in.mark, liq, in.sigma, 0, in.horizon / YEAR_S));
	}
	sd = fabs(in.position) * in.mark * in.sigma * sqrt(in.horizon / YEAR_S);
	calc_num(b, "distance_usd", a.equity - a.maintenance);
	if (sd > 0)
		calc_num(b, "distance_in_sigmas_held", (a.equity - a.maintenance) / sd);
	else
		calc_null(b, "distance_in_sigmas_held");
	if (jv_get(v, "chance_max"))
		return danger_needed(&in, &a, model, b, e);
	if (!danger_of(&in, &a, model, in.sigma, &plain, e) ||
	    !danger_of(&in, &a, model, in.sigma * in.tail, &fat, e))
		return false;
	calc_num(b, "chance", plain.p);
	calc_num(b, "chance_bound", plain.p_bound);
	calc_num(b, "loss_if_liquidated_usd", plain.lgd);
	calc_num(b, "expected_loss_usd", plain.loss);
	calc_num(b, "chance_fat_tail", fat.p);
	calc_num(b, "expected_loss_fat_tail_usd", fat.loss);
	return true;
}

/* ---- cost ---- */

struct cost_problem {
	struct cost_in in;
	const char *side;
	const struct jv *bids, *asks, *tiers;
};
#define AT(f) offsetof(struct cost_problem, f)
static const struct calc_field cost_fields[] = {
	{"side", CALC_WORD, 0, .at = AT(side), .words = "sell buy"},
	{"size_units", CALC_NUM, CALC_ABOVE_0, .at = AT(in.size)},
	{"bids", CALC_ANY, 0, .at = AT(bids)},
	{"asks", CALC_ANY, 0, .at = AT(asks)},
	{"sigma_per_sqrt_day", CALC_NUM, CALC_FROM_0, true, 0, .max = 10, .at = AT(in.sigma_day)},
	{"volume_units_per_day", CALC_NUM, CALC_FROM_0, true, 0, .at = AT(in.volume_day)},
	{"y", CALC_NUM, CALC_ABOVE_0, true, 0.7, .max = 10, .at = AT(in.y)},
	{"fee_tiers", CALC_ANY, 0, true, .at = AT(tiers)},
	{"traded_14d_usd", CALC_NUM, CALC_FROM_0, true, 0, .at = AT(in.traded_14d_usd)},
	{"maker_share", CALC_NUM, CALC_SHARE, true, 0, .at = AT(in.maker_share)},
	{"funding_per_hour", CALC_NUM, CALC_FREE, true, 0, .max = 1, .at = AT(in.funding_hour)},
	{"horizon_s", CALC_NUM, CALC_FROM_0, true, 0, .max = CALC_HORIZON_S,
	 .at = AT(in.horizon_s)},
	{"next_funding_s", CALC_NUM, CALC_FROM_0, true, 0, .max = 3600,
	 .at = AT(in.next_funding_s)},
	CALC_END};
#undef AT

static bool book_side(const struct jv *v, const char *name, struct cost_level *out, uint32_t *n,
		      struct err *e)
{
	double flat[2 * COST_LEVELS];
	int rows = calc_levels(v, name, flat, COST_LEVELS, e);

	if (rows < 0)
		return false;
	*n = (uint32_t)rows;
	for (uint32_t k = 0; k < *n; k++)
		out[k] = (struct cost_level){flat[2 * k], flat[2 * k + 1]};
	return true;
}

static bool tiers_read(const struct jv *v, struct fee_tier *out, uint32_t *n, struct err *e)
{
	*n = 0;
	for (const struct jv *t = jv_first(v); t; t = jv_next(t), ++*n)
		if (*n == COST_TIERS || jv_len(t) != 3 ||
		    !calc_number(jv_at(t, 0), &out[*n].from_usd) ||
		    !calc_number(jv_at(t, 1), &out[*n].taker) ||
		    !calc_number(jv_at(t, 2), &out[*n].maker) ||
		    !(fabs(out[*n].from_usd) <= CALC_LARGEST) || !(fabs(out[*n].taker) <= 0.1) ||
		    !(fabs(out[*n].maker) <= 0.1) ||
		    (*n && out[*n].from_usd <= out[*n - 1].from_usd))
			return err_set(e, ERR_ARG,
				       "fee_tiers[%u] must be [from_usd, taker, maker], from_usd "
				       "rising, rates under 0.1, at most %d rows.",
				       *n, COST_TIERS);
	return true;
}

bool calc_cost(const struct jv *v, struct buf *b, struct err *e)
{
	static struct cost_problem p;
	static struct fee_tier tier[COST_TIERS];
	struct cost_out r;

	memset(&p, 0, sizeof p);
	if (!calc_read(v, cost_fields, "", &p, e) ||
	    !book_side(p.bids, "bids", p.in.bid, &p.in.n_bid, e) ||
	    !book_side(p.asks, "asks", p.in.ask, &p.in.n_ask, e) ||
	    !tiers_read(p.tiers, tier, &p.in.n_tiers, e))
		return false;
	p.in.side = !strcmp(p.side, "sell") ? SIDE_SELL : SIDE_BUY;
	p.in.tier = p.in.n_tiers ? tier : NULL;
	if (!cost_meter(&p.in, &r, e))
		return false;
	calc_num(b, "mid_usd", r.mid);
	calc_num(b, "walk_usd", r.walk);
	calc_num(b, "law_usd", r.law);
	calc_flag(b, "law_holds", r.law_holds);
	calc_num(b, "impact_usd", r.impact);
	calc_num(b, "fee_rate", r.fee_rate);
	calc_num(b, "fees_usd", r.fees);
	calc_num(b, "funding_usd", r.funding);
	calc_num(b, "total_usd", r.total);
	calc_num(b, "total_bp", r.bp);
	calc_num(b, "levels", r.levels);
	calc_num(b, "average_price_usd", r.avg);
	calc_num(b, "worst_price_usd", r.worst);
	calc_num(b, "from_book_units", r.from_book);
	calc_num(b, "book_ends_at_usd", r.book_ends);
	calc_num(b, "beyond_book_units", r.from_model);
	calc_num(b, "model_usd", r.model_usd);
	return true;
}
