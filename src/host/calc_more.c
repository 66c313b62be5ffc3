/* calc_more.c: exeunt calc trim, kernel, impact and forecast. See calc_models.c. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "host/calc_in.h"
#include "plan/forecast.h"
#include "plan/kernel.h"
#include "plan/power.h"
#include "plan/sheet.h"

/* ---- trim ---- */

struct trim_in {
	double equity, shock, sigmas, sigma_btc, step;
	const struct jv *legs;
};
#define AT(f) offsetof(struct trim_in, f)
static const struct calc_field trim_fields[] = {
	{"equity_usd", CALC_NUM, CALC_ABOVE_0, .at = AT(equity)},
	{"shock", CALC_NUM, CALC_ABOVE_0, true, 0.05, .max = 1, .at = AT(shock)},
	{"sigmas", CALC_NUM, CALC_FREE, true, -1, .max = 20, .at = AT(sigmas)},
	{"btc_sigma_per_sqrt_hour", CALC_NUM, CALC_FROM_0, true, 0.005, .max = 1,
	 .at = AT(sigma_btc)},
	{"step", CALC_NUM, CALC_ABOVE_0, true, 0.05, .max = 1, .at = AT(step)},
	{"legs", CALC_ANY, 0, .at = AT(legs)},
	CALC_END};
#undef AT

struct leg_in {
	const char *coin;
	double size, mark, beta, sigma, fee;
	uint32_t leverage, decimals;
	const struct jv *bids, *asks, *coin_v;
};
#define AT(f) offsetof(struct leg_in, f)
static const struct calc_field leg_fields[] = {
	{"coin", CALC_ANY, 0, .at = AT(coin_v)},
	{"size_units", CALC_NUM, CALC_NOT_0, .max = 9e9, .at = AT(size)},
	{"mark_usd", CALC_NUM, CALC_ABOVE_0, .max = 9e8, .at = AT(mark)},
	{"max_leverage", CALC_INT, CALC_ABOVE_0, .max = 1000, .at = AT(leverage)},
	{"beta", CALC_NUM, CALC_ABOVE_0, true, 1, .max = 5, .at = AT(beta)},
	{"sigma_per_sqrt_hour", CALC_NUM, CALC_FROM_0, true, 0.01, .max = 1, .at = AT(sigma)},
	{"fee_rate", CALC_NUM, CALC_FROM_0, true, 0.00045, .max = 0.1, .at = AT(fee)},
	{"size_decimals", CALC_INT, CALC_FROM_0, true, 4, .max = 8, .at = AT(decimals)},
	{"bids", CALC_ANY, 0, true, .at = AT(bids)},
	{"asks", CALC_ANY, 0, true, .at = AT(asks)},
	CALC_END};
#undef AT

static bool side_read(const struct jv *v, const char *name, struct level *out, uint8_t *n,
		      struct err *e)
{
	double flat[2 * BOOK_LEVELS];
	int rows = calc_levels(v, name, flat, BOOK_LEVELS, e);

	for (int k = 0; k < rows; k++) {
		struct qty q;
		if (!price_from_double(&out[k].px, flat[2 * k], ROUND_HALF_AWAY) ||
		    !qty_from_double(&q, flat[2 * k + 1]))
			return err_set(e, ERR_ARG, "%s[%d] is out of range.", name, k);
		out[k].sz = q;
		out[k].n = 0;
	}
	*n = (uint8_t)(rows > 0 ? rows : 0);
	return rows >= 0;
}

static bool leg_read(const struct jv *v, uint32_t i, struct sheet_leg_in *l, struct book *b,
		     struct err *e)
{
	struct leg_in in = {0};
	struct book next = {0};
	char where[24] = "legs[";
	struct buf w;

	buf_init(&w, where, sizeof where);
	buf_printf(&w, "legs[%u].", i);
	if (!calc_read(v, leg_fields, where, &in, e))
		return false;
	*l = (struct sheet_leg_in){.wanted = true,
				   .instr = (uint16_t)i,
				   .sz_decimals = (int8_t)in.decimals,
				   .px_decimals = (int8_t)(in.decimals > 6 ? 0 : 6 - in.decimals),
				   .max_leverage = (int32_t)in.leverage,
				   .beta = in.beta,
				   .sigma_hour = in.sigma,
				   .fee = in.fee,
				   .blind = true};
	if (!jv_copy(in.coin_v, l->coin, sizeof l->coin) || !l->coin[0])
		return err_set(e, ERR_ARG, "%scoin must be a name of at most %d bytes.", where,
			       COIN_MAX - 1);
	if (!qty_from_double(&l->szi, in.size) || l->szi.v == 0 ||
	    !price_from_double(&l->mark, in.mark, ROUND_HALF_AWAY) || l->mark.v <= 0)
		return err_set(e, ERR_ARG, "%ssize_units %g or mark_usd %g is out of range.", where,
			       in.size, in.mark);
	if (!in.bids && !in.asks)
		return true;
	if (!side_read(in.bids, "bids", next.bid, &next.n_bid, e) ||
	    !side_read(in.asks, "asks", next.ask, &next.n_ask, e))
		return false;
	memset(b, 0, sizeof *b);
	if (book_apply(b, &next) != BOOK_OK || !b->n_bid || !b->n_ask)
		return err_set(
			e, ERR_RULE,
			"%sbids and asks: the book is crossed, unsorted, or has a level that "
			"is not above 0.",
			where);
	l->book = b;
	l->blind = false;
	return true;
}

static void trim_put(const struct sheet_in *in, const struct sheet *s, struct buf *b)
{
	const struct sheet_line *t = &s->line[SHEET_TRIM];

	calc_flag(b, "offered", t->offered);
	if (t->why[0])
		calc_str(b, "why", t->why);
	calc_flag(b, "dies_now", s->has_dies);
	if (s->has_dies)
		calc_num(b, "dies_now_btc_pct", s->dies_pct);
	if (t->has_dies)
		calc_num(b, "dies_after_btc_pct", t->dies_pct);
	calc_flag(b, "enough", t->enough);
	calc_num(b, "cost_usd", t->cost);
	if (t->bounded) {
		calc_num(b, "least_cost_usd", t->least);
		calc_num(b, "gap_usd", fmax(t->cost - t->least, 0));
	} else {
		calc_null(b, "least_cost_usd");
		calc_null(b, "gap_usd");
	}
	calc_num(b, "notional_usd", t->notional);
	calc_num(b, "model_share", t->model_share);
	calc_key(b, "cuts");
	buf_puts(b, "[");
	for (uint32_t k = 0; k < t->n; k++) {
		const struct sheet_leg *l = &t->leg[k];
		buf_puts(b, k ? ",{" : "{");
		calc_str(b, "coin", in->leg[l->leg].coin);
		calc_str(b, "side", l->buy ? "buy" : "sell");
		calc_num(b, "size_units", qty_to_double(l->size));
		calc_num(b, "part", l->part);
		calc_num(b, "cost_usd", l->cost);
		if (l->worse_past.v)
			calc_num(b, "worse_past_usd", price_to_double(l->worse_past));
		else
			calc_null(b, "worse_past_usd");
		buf_puts(b, "}");
	}
	buf_puts(b, "]");
}

bool calc_trim(const struct jv *v, struct buf *b, struct err *e)
{
	static struct sheet_in in;
	static struct sheet out;
	static struct book book[SHEET_LEGS];
	struct trim_in t = {0};
	uint32_t n = 0;
	double maintenance = 0;

	if (!calc_read(v, trim_fields, "", &t, e))
		return false;
	if (jv_type(t.legs) != JV_ARRAY || !jv_len(t.legs) || jv_len(t.legs) > SHEET_LEGS)
		return err_set(e, ERR_ARG, "legs must be a list of 1 to %d positions.", SHEET_LEGS);
	memset(&in, 0, sizeof in);
	in.shock = t.shock, in.sigmas = t.sigmas, in.step = t.step, in.sigma_btc = t.sigma_btc;
	for (const struct jv *l = jv_first(t.legs); l; l = jv_next(l), n++) {
		if (!leg_read(l, n, &in.leg[n], &book[n], e))
			return false;
		maintenance += fabs(qty_to_double(in.leg[n].szi)) *
			       price_to_double(in.leg[n].mark) / (2 * in.leg[n].max_leverage);
	}
	if (t.equity <= maintenance)
		return err_set(e, ERR_RULE,
			       "equity_usd %g is at or below the maintenance of %g: the venue "
			       "liquidates now; close now or add collateral, no trim helps.",
			       t.equity, maintenance);
	in.n_legs = n, in.n_pools = 1;
	in.pool[0].has_equity = true;
	in.pool[0].equity = t.equity;
	in.pool[0].n = (uint16_t)n;
	sheet_make(&in, &out);
	trim_put(&in, &out, b);
	return true;
}

/* ---- kernel ---- */

struct kernel_in {
	struct kernel_problem p;
	uint32_t trades;
	struct calc_list weight, rate;
};
#define AT(f) offsetof(struct kernel_in, f)
static const struct calc_field kernel_fields[] = {
	{"size_units", CALC_NUM, CALC_ABOVE_0, .at = AT(p.x)},
	{"horizon_s", CALC_NUM, CALC_ABOVE_0, .max = CALC_HORIZON_S, .at = AT(p.horizon)},
	{"trades", CALC_INT, CALC_ABOVE_0, .max = KERNEL_TRADES, .at = AT(trades)},
	{"weights_usd_per_unit2", CALC_LIST, CALC_FREE, true, .at = AT(weight)},
	{"rates_per_s", CALC_LIST, CALC_ABOVE_0, true, .at = AT(rate)},
	{"permanent_usd_per_unit2", CALC_NUM, CALC_FROM_0, true, 0, .at = AT(p.kernel.permanent)},
	{"power_weight_usd_per_unit2", CALC_NUM, CALC_FROM_0, true, 0,
	 .at = AT(p.kernel.power_weight)},
	{"power_rate_per_s", CALC_NUM, CALC_FROM_0, true, 0, .at = AT(p.kernel.power_rate)},
	{"power", CALC_NUM, CALC_FROM_0, true, 0, .max = 10, .at = AT(p.kernel.power)},
	{"delta", CALC_NUM, CALC_ABOVE_0, true, 1, .max = 10, .at = AT(p.kernel.delta)},
	{"lambda_per_usd", CALC_NUM, CALC_FROM_0, true, 0, .at = AT(p.lambda)},
	{"sigma_usd_per_sqrt_s", CALC_NUM, CALC_FROM_0, true, 0, .at = AT(p.sigma)},
	CALC_END};
#undef AT

bool calc_kernel(const struct jv *v, struct buf *b, struct err *e)
{
	static struct kernel_work work;
	static struct kernel_out out;
	struct kernel_in in = {0};

	if (!calc_read(v, kernel_fields, "", &in, e))
		return false;
	if (in.weight.n != in.rate.n || in.weight.n > KERNEL_TERMS)
		return err_set(e, ERR_ARG,
			       "weights_usd_per_unit2 has %u and rates_per_s %u numbers; as many "
			       "of both, at most %d.",
			       in.weight.n, in.rate.n, KERNEL_TERMS);
	in.p.n = in.trades;
	in.p.kernel.n_exp = in.weight.n;
	for (uint32_t i = 0; i < in.weight.n; i++) {
		in.p.kernel.weight[i] = in.weight.v[i];
		in.p.kernel.rate[i] = in.rate.v[i];
	}
	if (!kernel_solve(&in.p, &work, &out, e))
		return false;
	if (out.sells_back)
		return err_set(
			e, ERR_RULE,
			"lambda_per_usd makes the optimum trade both ways; an exit does not: "
			"take a smaller one or fewer trades.");
	calc_num(b, "cost_usd", out.cost);
	calc_num(b, "sd_usd", sqrt(out.variance));
	calc_num(b, "cost_equal_trades_usd", out.twap);
	calc_num(b, "saving", out.saving);
	calc_nums(b, "trades_units", out.trades, in.p.n);
	return true;
}

/* ---- impact ---- */

struct impact_in {
	struct athl a;
	const struct jv *model; /* looked at before */
};
#define AT(f) offsetof(struct impact_in, f)
static const struct calc_field impact_fields[] = {
	{"model", CALC_ANY, 0, .at = AT(model)},
	{"size_units", CALC_NUM, CALC_NOT_0, .at = AT(a.x)},
	{"volume_units_per_day", CALC_NUM, CALC_ABOVE_0, .at = AT(a.volume)},
	{"shares_outstanding", CALC_NUM, CALC_FROM_0, true, 0, .at = AT(a.shares_out)},
	{"sigma_per_sqrt_day", CALC_NUM, CALC_FROM_0, .max = 10, .at = AT(a.sigma_day)},
	{"horizon_volume_days", CALC_NUM, CALC_ABOVE_0, .max = 31, .at = AT(a.days)},
	{"gamma", CALC_NUM, CALC_ABOVE_0, true, 0.314, .at = AT(a.gamma)},
	{"eta", CALC_NUM, CALC_ABOVE_0, true, 0.142, .at = AT(a.eta)},
	{"beta", CALC_NUM, CALC_ABOVE_0, true, 0.6, .max = 2, .at = AT(a.beta)},
	CALC_END};
#undef AT
struct power_in {
	struct power p;
	uint32_t slots;
	const struct jv *model;
};
#define AT(f) offsetof(struct power_in, f)
static const struct calc_field power_fields[] = {
	{"model", CALC_ANY, 0, .at = AT(model)},
	{"size_units", CALC_NUM, CALC_ABOVE_0, .at = AT(p.x)},
	{"horizon_s", CALC_NUM, CALC_ABOVE_0, .max = CALC_HORIZON_S, .at = AT(p.horizon)},
	{"slots", CALC_INT, CALC_ABOVE_0, .max = POWER_SLOTS, .at = AT(slots)},
	{"eta", CALC_NUM, CALC_ABOVE_0, .at = AT(p.eta)},
	{"exponent", CALC_NUM, CALC_ABOVE_0, .max = 10, .at = AT(p.k)},
	{"lambda_per_usd", CALC_NUM, CALC_FROM_0, .at = AT(p.lambda)},
	{"sigma_usd_per_sqrt_s", CALC_NUM, CALC_FROM_0, .at = AT(p.sigma)},
	CALC_END};
#undef AT

static bool impact_power(const struct jv *v, struct buf *b, struct err *e)
{
	struct power_in in = {0};
	double trades[POWER_SLOTS], cost, var, star, fc, fv;

	if (!calc_read(v, power_fields, "", &in, e))
		return false;
	in.p.n = in.slots;
	if (!power_solve(&in.p, trades, &cost, &var, e))
		return false;
	calc_num(b, "cost_usd", cost);
	calc_num(b, "sd_usd", sqrt(var));
	if (power_forever(&in.p, &star, &fc, &fv)) {
		calc_num(b, "time_scale_s", star);
		calc_num(b, "cost_without_end_usd", fc);
		calc_num(b, "sd_without_end_usd", sqrt(fv));
	}
	calc_nums(b, "trades_units", trades, in.p.n);
	return true;
}

bool calc_impact(const struct jv *v, struct buf *b, struct err *e)
{
	struct impact_in in = {0};
	double i, k, j;

	if (jv_str_is(jv_get(v, "model"), "power"))
		return impact_power(v, b, e);
	if (!jv_str_is(jv_get(v, "model"), "athl"))
		return err_set(e, ERR_ARG, "model must be one of: athl power.");
	if (!calc_read(v, impact_fields, "", &in, e))
		return false;
	if (!athl_cost(&in.a, &i, &k, &j))
		return err_set(e, ERR_RULE, "volume, volatility and horizon must be above 0.");
	calc_num(b, "permanent_bp", i * 1e4);
	calc_num(b, "temporary_bp", k * 1e4);
	calc_num(b, "cost_bp", j * 1e4);
	return true;
}

/* ---- forecast ---- */

struct forecast_in {
	struct calc_list returns, rv, ofi, dmid;
	double keep, prior, q, r, m0, p0;
	uint32_t k2, k3;
};
#define AT(f) offsetof(struct forecast_in, f)
static const struct calc_field forecast_fields[] = {
	{"returns", CALC_LIST, CALC_FREE, true, .max = 1, .at = AT(returns)},
	{"keep", CALC_NUM, CALC_SHARE, true, 0.94, .at = AT(keep)},
	{"prior_variance", CALC_NUM, CALC_ABOVE_0, true, 1e-5, .at = AT(prior)},
	{"realised_variance", CALC_LIST, CALC_ABOVE_0, true, .at = AT(rv)},
	{"window_2", CALC_INT, CALC_ABOVE_0, true, 5, .max = 1000, .at = AT(k2)},
	{"window_3", CALC_INT, CALC_ABOVE_0, true, 20, .max = 10000, .at = AT(k3)},
	{"ofi_units", CALC_LIST, CALC_FREE, true, .at = AT(ofi)},
	{"mid_change_usd", CALC_LIST, CALC_FREE, true, .at = AT(dmid)},
	{"impact_prior", CALC_NUM, CALC_FREE, true, 0, .at = AT(m0)},
	{"impact_prior_variance", CALC_NUM, CALC_ABOVE_0, true, 1, .at = AT(p0)},
	{"impact_walk_variance", CALC_NUM, CALC_FROM_0, true, 1e-6, .at = AT(q)},
	{"noise_variance_usd2", CALC_NUM, CALC_ABOVE_0, true, 1, .at = AT(r)},
	CALC_END};
#undef AT

static void put_estimate(struct buf *b, const char *name, const struct estimate *e)
{
	calc_key(b, name);
	buf_putc(b, '{');
	calc_num(b, "value", e->value);
	calc_num(b, "sd", e->sd);
	calc_num(b, "samples", e->n);
	calc_flag(b, "prior", e->prior);
	buf_putc(b, '}');
}

static bool forecast_har(const struct forecast_in *in, struct buf *b, struct err *e)
{
	struct har h;
	double next;

	if (!har_fit(&h, in->k2, in->k3, in->rv.v, in->rv.n) ||
	    !har_next(&h, in->rv.v, in->rv.n, &next))
		return err_set(e, ERR_RULE,
			       "realised_variance has %u numbers; window_2 < window_3 and at least "
			       "window_3 + 8 of them, not all alike, are needed.",
			       in->rv.n);
	calc_key(b, "variance_log_har");
	buf_putc(b, '{');
	calc_num(b, "value", next);
	calc_num(b, "constant", h.c);
	calc_nums(b, "coefficients", h.b, 3);
	calc_num(b, "smearing", h.smear);
	calc_num(b, "samples", h.n);
	buf_putc(b, '}');
	return true;
}

bool calc_forecast(const struct jv *v, struct buf *b, struct err *e)
{
	struct forecast_in in = {0};
	struct estimate est;

	if (!calc_read(v, forecast_fields, "", &in, e))
		return false;
	if (in.ofi.n != in.dmid.n)
		return err_set(e, ERR_ARG,
			       "ofi_units has %u and mid_change_usd %u numbers; as many "
			       "of both.",
			       in.ofi.n, in.dmid.n);
	if (!in.returns.n && !in.rv.n && !in.ofi.n)
		return err_set(e, ERR_ARG,
			       "one of returns, realised_variance or ofi_units is "
			       "needed.");
	if (in.returns.n) {
		struct ewma w;
		ewma_init(&w, in.keep, in.prior, 20);
		for (uint32_t i = 0; i < in.returns.n; i++)
			ewma_add(&w, in.returns.v[i], 0);
		est = ewma_get(&w);
		put_estimate(b, "variance_ewma", &est);
		calc_num(b, "variance_ewma_raw", w.var);
	}
	if (in.rv.n && !forecast_har(&in, b, e))
		return false;
	if (in.ofi.n) {
		struct kalman k;
		kalman_init(&k, in.m0, in.p0, in.q, in.r, 20);
		for (uint32_t i = 0; i < in.ofi.n; i++)
			kalman_add(&k, in.ofi.v[i], in.dmid.v[i], 0);
		est = kalman_get(&k);
		put_estimate(b, "impact_usd_per_unit2", &est);
	}
	return true;
}
