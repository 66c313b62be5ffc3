/* grid.c: the absorbing grid. See grid.h for the model.
 *
 * Method: equal steps in equity with the equity of now on a node; in time two-stage SDIRK
 * (Alexander 1977: second order, L-stable, so the jump of the barrier between slots does not ring);
 * the first node beyond the barrier has its true distance to it (Shortley and Weller), so the error
 * is of second order wherever the barrier lies. Reads account and schedule, writes the work space.
 *
 * Invariants: (1) 0 <= p <= 1; at or under maintenance p = 1; (2) the barrier of slot k is that of
 * the price at the barrier, not of now; (3) nothing is kept between calls. */
#include <math.h>

#include "base/check.h"
#include "plan/grid.h"
#include "base/banned.h"

static const double SPREAD_SD = 4.5;		/* of the top of the grid above the equity */
static const double GAMMA = 0.2928932188134524; /* 1 - 1/sqrt 2 */
static const double NEAR = 1e-3; /* a node nearer to the barrier than this step is on it */

struct lattice {
	double lo, h;
	uint32_t at;		     /* node of the equity of now */
	double b, y0;		     /* price = mark + b (y - y0), b of the slot */
	double barrier;		     /* equity at which the pool dies, of the slot */
	double coins, others, fixed; /* exposure and maintenance of the slot */
	double mark, s;		     /* sigma per square-root second */
};

static double price_at(const struct lattice *l, double y)
{
	double p = l->mark + l->b * (y - l->y0);
	return fmin(fmax(p, 0.02 * l->mark), 50 * l->mark);
}

/* Sums of exposures up to slot k, for the price's regression on the equity. */
static void slot_price(const struct grid_in *in, struct lattice *l, uint32_t k)
{
	double e1 = 0, e2 = 0;
	l->b = 0;
	l->coins = in->x[k];
	if (in->model == GRID_PRICE) {
		for (uint32_t j = 0; j <= k; j++) {
			double e = in->x[j] * l->mark * l->s + l->others;
			e1 += e;
			e2 += e * e;
		}
		if (e2 > 0)
			l->b = l->mark * l->s * e1 / e2;
	}
	double m = in->account->mmr * fabs(l->coins), spent = in->spent ? in->spent[k] : 0;
	/* y - spent = fixed + m (mark + b (y - y0)) */
	double den = 1 - m * l->b;
	l->barrier = (l->fixed + spent + m * (l->mark - l->b * l->y0)) / (den > 0.05 ? den : 0.05);
}

static bool in_ok(const struct grid_in *in, struct err *e)
{
	const struct plan_account *a = in->account;
	if (!a->known)
		return err_set(e, ERR_RULE, "equity and maintenance are not known: no danger");
	if (in->n < 1 || in->n > GRID_SLOTS)
		return err_set(e, ERR_ARG, "slots are 1 to %d, not %u", GRID_SLOTS, in->n);
	if (!(in->tau_s > 0) || !(in->mark > 0) || !(in->sigma_year >= 0) ||
	    !isfinite(in->tau_s * in->mark * in->sigma_year))
		return err_set(e, ERR_ARG,
			       "slot %g s, mark %g and volatility %g must be positive numbers",
			       in->tau_s, in->mark, in->sigma_year);
	if (!isfinite(a->equity) || !(a->maintenance >= 0) || !isfinite(a->maintenance) ||
	    !(a->mmr >= 0 && a->mmr < 1))
		return err_set(e, ERR_ARG, "equity %g, maintenance %g, rate %g: not an account",
			       a->equity, a->maintenance, a->mmr);
	for (uint32_t k = 0; k < in->n; k++)
		if (!isfinite(in->x[k]) || (in->spent && !isfinite(in->spent[k])))
			return err_set(e, ERR_ARG, "slot %u holds %g coins: not a number", k,
				       in->x[k]);
	return true;
}

/* Tridiagonal (I - g L) of the active nodes from..GRID_POINTS-2, factored; returns g times the
 * weight of the barrier's value in the first row. */
static double factor(const struct lattice *l, struct grid_work *w, uint32_t from, double g)
{
	double h = l->h, first = 0;
	for (uint32_t i = from; i + 1 < GRID_POINTS; i++) {
		double y = l->lo + h * i;
		double v = l->coins * price_at(l, y) * l->s + l->others;
		double d = i == from ? y - l->barrier : h;
		d = fmin(d, h);
		double a = g * v * v / (h + d);
		double left = a / d, right = a / h;
		w->lo[i] = i == from ? 0 : -left; /* times piv below */
		if (i == from)
			first = left;
		double diag = 1 + left + right;
		if (i > from)
			diag += left * w->up[i - 1];
		w->piv[i] = 1 / diag;
		w->up[i] = -right * w->piv[i];
		w->lo[i] *= w->piv[i]; /* keeps the chain of the forward sweep short */
	}
	return first;
}

static void solve(const struct grid_work *w, uint32_t from, double *u)
{
	double before = 0, after = 0;
	for (uint32_t i = from; i + 1 < GRID_POINTS; i++)
		u[i] = before = u[i] * w->piv[i] - w->lo[i] * before;
	for (uint32_t i = GRID_POINTS - 1; i-- > from;)
		u[i] = after = u[i] - w->up[i] * after;
}

/* One step of SDIRK2: u from the end of the step to its start; `b` is the barrier's value. */
static void step(const struct grid_work *w, uint32_t from, double b, double *restrict u,
		 double *restrict u1)
{
	const double c = (1 - GAMMA) / GAMMA;
	for (uint32_t i = from; i + 1 < GRID_POINTS; i++)
		u1[i] = u[i];
	u1[from] += b;
	solve(w, from, u1);
	for (uint32_t i = from; i + 1 < GRID_POINTS; i++)
		u[i] += c * (u1[i] - u[i]);
	u[from] += b;
	solve(w, from, u);
}

static void slot_back(const struct grid_in *in, struct lattice *l, struct grid_work *w, uint32_t k,
		      uint32_t steps)
{
	double lost = in->lost ? in->lost[k] : 0, dt = in->tau_s / steps;
	slot_price(in, l, k);
	uint32_t from = 0;
	while (from + 1 < GRID_POINTS && l->lo + l->h * from - l->barrier < NEAR * l->h) {
		w->u[from] = 1;
		w->w[from++] = lost;
	}
	if (from + 2 >= GRID_POINTS)
		return;
	/* v^2/2 u_yy = v^2 ((u+ - u)/h - (u - u-)/d) / (h + d) */
	double first = factor(l, w, from, GAMMA * dt);
	for (uint32_t s = 0; s < steps; s++) {
		step(w, from, first, w->u, w->u1);
		if (in->lost)
			step(w, from, first * lost, w->w, w->u1);
	}
}

static void lattice_make(const struct grid_in *in, struct lattice *l)
{
	const struct plan_account *a = in->account;
	double var = 0, lowest = a->equity;
	*l = (struct lattice){.y0 = a->equity, .mark = in->mark};
	l->s = in->sigma_year / sqrt((double)YEAR_S);
	l->others = a->isolated ? 0 : a->others_sd / sqrt((double)YEAR_S);
	l->fixed = fmax(0, a->maintenance - a->mmr * in->mark * fabs(in->x[0]));
	for (uint32_t k = 0; k < in->n; k++) {
		double e = in->x[k] * in->mark * l->s + l->others;
		var += e * e * in->tau_s;
		double m = a->mmr * fabs(in->x[k]) * in->mark + (in->spent ? in->spent[k] : 0);
		lowest = fmin(lowest, l->fixed + m);
	}
	/* the price at the barrier of a long is lower than the mark: room below */
	double sd = sqrt(var), top = a->equity + SPREAD_SD * sd;
	double low = lowest - 0.05 * (a->equity - lowest);
	l->h = (top - low) / (GRID_POINTS - 1);
	l->at = (uint32_t)ceil((a->equity - low) / l->h);
	if (l->at > GRID_POINTS - 3)
		l->at = GRID_POINTS - 3;
	l->lo = a->equity - l->h * l->at;
}

static double bound(const struct grid_in *in)
{
	const struct plan_account *a = in->account;
	double cost = in->spent ? in->spent[in->n - 1] : 0;
	return danger_bound(a, in->x, in->n, in->tau_s, in->mark, in->sigma_year, cost);
}

bool grid_touch(const struct grid_in *in, struct grid_work *w, struct grid_out *out, struct err *e)
{
	struct lattice l;
	struct grid_out r = {0};
	if (!in_ok(in, e))
		return false;
	lattice_make(in, &l);
	slot_price(in, &l, 0);
	r.p_bound = bound(in);
	double spent = in->spent ? in->spent[0] : 0;
	if (in->account->equity - spent <= in->account->maintenance || !(l.h > 0)) {
		r.p = in->account->equity - spent <= in->account->maintenance;
		r.lgd = in->lost && r.p > 0 ? in->lost[0] : 0;
		r.loss = r.p * r.lgd;
		*out = r;
		return true;
	}
	for (uint32_t i = 0; i < GRID_POINTS; i++)
		w->u[i] = w->w[i] = 0;
	uint32_t steps = (GRID_STEPS + in->n - 1) / in->n;
	for (uint32_t k = in->n; k-- > 0;)
		slot_back(in, &l, w, k, steps);
	r.p = fmin(fmax(w->u[l.at], 0), 1);
	r.loss = fmax(w->w[l.at], 0);
	r.lgd = r.p > 0 ? r.loss / r.p : 0;
	*out = r;
	return true;
}

void liq_loss(double coins, double mark, double mmr, double sigma_year, double epsilon,
	      double slope, struct liq_loss *out)
{
	const double big = 100000, wait_s = 30;
	double q = fabs(coins), notional = q * mark, maintenance = mmr * notional;
	double first = notional > big ? 0.2 * q : q, rest = q - first;
	struct liq_loss r = {0};
	r.market = epsilon * q + slope * (first * first + rest * rest) / 2;
	r.backstop = 2.0 / 3 * maintenance;
	/* from maintenance to 2/3 of it, while what is left waits out the cooldown */
	double room = maintenance / 3 - r.market;
	double sd = rest * mark * sigma_year * sqrt(wait_s / YEAR_S);
	r.p_backstop = touch_probability(room, sd);
	r.expected = r.p_backstop * r.backstop + (1 - r.p_backstop) * fmin(r.market, maintenance);
	*out = r;
}

double jump_touch(double gap, double rate, double jump_sd, double t)
{
	if (!(gap > 0))
		return 1;
	if (!(rate > 0) || !(jump_sd > 0) || !(t > 0))
		return 0;
	double beyond = norm_cdf(-gap / jump_sd); /* of one jump, on the side that hurts */
	return -expm1(-rate * t * beyond);
}

double gbm_touch_checks(double s, double barrier, double sigma, double mu, double t, double checks)
{
	const double beta = 0.5825971579390106; /* -zeta(1/2)/sqrt(2 pi) */
	if (!(checks >= 1) || !(s > 0) || !(barrier > 0))
		return 0;
	double shift = beta * sigma * sqrt(t / checks);
	return gbm_touch(s, barrier * exp(barrier < s ? -shift : shift), sigma, mu, t);
}

double gbm_horizon(double s, double barrier, double sigma, double eps)
{
	double lo = 0, hi = 1.0 / 365;
	if (!(eps > 0 && eps < 1) || !(sigma > 0))
		return 0;
	while (gbm_touch(s, barrier, sigma, 0, hi) < eps && hi < 1e4)
		hi *= 2;
	for (int i = 0; i < 100; i++) {
		double t = (lo + hi) / 2;
		if (gbm_touch(s, barrier, sigma, 0, t) < eps)
			lo = t;
		else
			hi = t;
	}
	return lo;
}
