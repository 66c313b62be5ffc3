/* route.c: see route.h.
 *
 * Invariants: (1) filled + left is the size, to a rounding of the sum; (2) nothing is taken from a
 * level beyond its size, nor beyond the limit; (3) a refusal changes nothing in *out. */
#include <math.h>
#include <string.h>

#include "plan/route.h"
#include "base/banned.h"

static const double FEE_MIN = -0.01, FEE_MAX = 0.1, LOT_SLACK = 1e-9, SLACK = 1e-12;
enum { BISECTIONS = 200 };

static bool positive(double x)
{
	return x > 0 && isfinite(x);
}

static bool not_negative(double x)
{
	return x >= 0 && isfinite(x);
}

static double all_in(const struct route_in *in, uint32_t venue, uint32_t level)
{
	const struct route_venue *v = &in->venue[venue];
	return v->level[level].px * (in->side == SIDE_BUY ? 1 + v->fee : 1 - v->fee);
}

/* a is a better price to trade at than b. */
static bool better(enum side side, double a, double b)
{
	return side == SIDE_BUY ? a < b : a > b;
}

static bool venue_ok(const struct route_in *in, uint32_t k, struct err *e)
{
	const struct route_venue *v = &in->venue[k];
	if (!(v->fee >= FEE_MIN && v->fee < FEE_MAX))
		return err_set(e, ERR_RULE,
			       "venue %u: a fee of %g is not a share from -1 %% to 10 %%", k,
			       v->fee);
	if (!not_negative(v->lot) || !not_negative(v->min_usd))
		return err_set(e, ERR_RULE, "venue %u: lot %g and minimum %g must not be negative",
			       k, v->lot, v->min_usd);
	if (v->n > ROUTE_LEVELS)
		return err_set(e, ERR_LIMIT, "venue %u: %u levels, at most %d", k, v->n,
			       ROUTE_LEVELS);
	for (uint32_t i = 0; i < v->n; i++) {
		const struct route_level *l = &v->level[i];
		if (!positive(l->px) || !positive(l->size))
			return err_set(e, ERR_RULE,
				       "venue %u, level %u: price %g and size %g must be > 0", k, i,
				       l->px, l->size);
		if (i && !better(in->side, l[-1].px, l->px))
			return err_set(e, ERR_RULE,
				       "venue %u, level %u: %g after %g is not best first", k, i,
				       l->px, l[-1].px);
	}
	return true;
}

static bool route_ok(const struct route_in *in, struct err *e)
{
	if (!positive(in->size))
		return err_set(e, ERR_RULE, "size is %g; it must be > 0", in->size);
	if (in->side != SIDE_BUY && in->side != SIDE_SELL)
		return err_set(e, ERR_ARG, "side %d is neither buy nor sell", (int)in->side);
	if (!not_negative(in->limit))
		return err_set(e, ERR_RULE, "a limit of %g is no price", in->limit);
	if (in->n < 1 || in->n > ROUTE_VENUES)
		return err_set(e, ERR_LIMIT, "%u venues; it takes 1 to %d", in->n, ROUTE_VENUES);
	for (uint32_t k = 0; k < in->n; k++)
		if (!venue_ok(in, k, e))
			return false;
	return true;
}

/* What q coins come to on venue k alone, all in; false: its book or the limit ends before. */
static bool walk(const struct route_in *in, uint32_t k, double q, double *value, double *worst,
		 double *marginal)
{
	const struct route_venue *v = &in->venue[k];
	double left = q;
	*value = 0;
	for (uint32_t i = 0; i < v->n && left > q * SLACK; i++) {
		double p = all_in(in, k, i), t = fmin(v->level[i].size, left);
		if (in->limit > 0 && better(in->side, in->limit, p))
			break;
		*value += t * p;
		*worst = v->level[i].px;
		*marginal = p;
		left -= t;
	}
	return left <= q * SLACK;
}

/* Continuous water-filling over the venues in use. */
static void pour(const struct route_in *in, const bool *unused, double *share)
{
	uint32_t at[ROUTE_VENUES] = {0};
	double left = in->size;
	while (left > 0) {
		int best = -1;
		for (uint32_t k = 0; k < in->n; k++)
			if (!unused[k] && at[k] < in->venue[k].n &&
			    (best < 0 || better(in->side, all_in(in, k, at[k]),
						all_in(in, (uint32_t)best, at[best]))))
				best = (int)k;
		if (best < 0 || (in->limit > 0 &&
				 better(in->side, in->limit, all_in(in, (uint32_t)best, at[best]))))
			return;
		double q = fmin(in->venue[best].level[at[best]++].size, left);
		share[best] += q;
		left -= q;
	}
}

static double whole_lots(double q, double lot)
{
	return lot > 0 ? floor(q / lot + LOT_SLACK) * lot : q;
}

/* Coins left in the level that `share` has reached. */
static double level_left(const struct route_venue *v, double share)
{
	double upto = 0;
	for (uint32_t i = 0; i < v->n; i++) {
		upto += v->level[i].size;
		if (share < upto * (1 - SLACK))
			return upto - share;
	}
	return 0;
}

/* The cheapest next piece of at most `left`: whole lots inside a level, or the one lot across its
 * end. False: nobody has one. */
static bool next_piece(const struct route_in *in, const bool *unused, const double *share,
		       double left, uint32_t *who, double *size)
{
	bool found = false;
	double best = 0, was, is, worst, marginal;
	for (uint32_t k = 0; k < in->n; k++) {
		double lot = in->venue[k].lot;
		double q = whole_lots(fmin(left, level_left(&in->venue[k], share[k])), lot);
		if (q <= 0)
			q = lot;
		if (unused[k] || !(q > 0) || q > left * (1 + SLACK) ||
		    !walk(in, k, share[k], &was, &worst, &marginal) ||
		    !walk(in, k, share[k] + q, &is, &worst, &marginal))
			continue;
		if (found && !better(in->side, (is - was) / q, best))
			continue;
		found = true;
		best = (is - was) / q;
		*who = k;
		*size = q;
	}
	return found;
}

static void cut_to_lots(const struct route_in *in, const bool *unused, double *share)
{
	double left = in->size, q;
	uint32_t k;
	for (k = 0; k < in->n; k++) {
		share[k] = whole_lots(share[k], in->venue[k].lot);
		left -= share[k];
	}
	while (left > in->size * SLACK && next_piece(in, unused, share, left, &k, &q)) {
		share[k] += q;
		left -= q;
	}
}

static void settle(const struct route_in *in, const double *share, struct route_out *o)
{
	memset(o, 0, sizeof *o);
	for (uint32_t k = 0; k < in->n; k++) {
		double value, worst = 0, marginal = 0;
		if (!(share[k] > 0) || !walk(in, k, share[k], &value, &worst, &marginal))
			continue;
		o->size[k] = share[k];
		o->worst[k] = worst;
		o->filled += share[k];
		o->value += value;
		if (o->marginal == 0 || better(in->side, o->marginal, marginal))
			o->marginal = marginal;
	}
	o->left = fmax(in->size - o->filled, 0);
	o->avg = o->filled > 0 ? o->value / o->filled : 0;
}

bool route_market(const struct route_in *in, struct route_out *out, struct err *e)
{
	bool unused[ROUTE_VENUES] = {false};
	if (!route_ok(in, e))
		return false;
	for (;;) {
		double share[ROUTE_VENUES] = {0}, least = INFINITY;
		int small = -1;
		pour(in, unused, share);
		cut_to_lots(in, unused, share);
		for (uint32_t k = 0; k < in->n; k++) {
			double usd = share[k] * in->venue[k].level[0].px;
			if (share[k] > 0 && usd < in->venue[k].min_usd && usd < least) {
				small = (int)k;
				least = usd;
			}
		}
		if (small < 0) {
			settle(in, share, out);
			return true;
		}
		unused[small] = true;
	}
}

/* ---- resting or taking ----------------------------------------------- */

static bool split_ok(const struct split_in *in, struct err *e)
{
	if (!positive(in->size))
		return err_set(e, ERR_RULE, "size is %g; it must be > 0", in->size);
	if (!not_negative(in->lambda))
		return err_set(e, ERR_RULE, "lambda is %g; it must not be negative", in->lambda);
	if (in->n < 1 || in->n > ROUTE_VENUES)
		return err_set(e, ERR_LIMIT, "%u venues; it takes 1 to %d", in->n, ROUTE_VENUES);
	for (uint32_t k = 0; k < in->n; k++) {
		const struct split_venue *v = &in->venue[k];
		if (!not_negative(v->half_spread) || !isfinite(v->fee) || !isfinite(v->rebate))
			return err_set(e, ERR_RULE,
				       "venue %u: half spread %g must not be negative, fee %g and "
				       "rebate %g must be numbers",
				       k, v->half_spread, v->fee, v->rebate);
		if (!(v->touch >= 0) || !not_negative(v->queue) || !not_negative(v->outflow))
			return err_set(e, ERR_RULE,
				       "venue %u: touch %g, queue %g and outflow %g must not be "
				       "negative",
				       k, v->touch, v->queue, v->outflow);
	}
	return true;
}

static double gain_take(const struct split_in *in, uint32_t k)
{
	return in->lambda - in->venue[k].half_spread - in->venue[k].fee;
}

/* Gain of the first coin behind the queue; that of coin l is e^{-l / outflow} of it. */
static double gain_rest(const struct split_in *in, uint32_t k)
{
	const struct split_venue *v = &in->venue[k];
	if (!(v->outflow > 0))
		return 0;
	return (in->lambda + v->half_spread + v->rebate) * exp(-v->queue / v->outflow);
}

/* Coins whose marginal gain is above mu. */
static double wanted(const struct split_in *in, double mu, double *take, double *rest)
{
	double sum = 0;
	for (uint32_t k = 0; k < in->n; k++) {
		double g = gain_rest(in, k);
		rest[k] = g > mu ? fmin(in->venue[k].outflow * log(g / mu), in->size) : 0;
		take[k] = gain_take(in, k) > mu ? fmin(in->venue[k].touch, in->size) : 0;
		sum += rest[k] + take[k];
	}
	return sum;
}

/* The level of the water: the least mu at which no more than the size is wanted. */
static double level(const struct split_in *in, double *take, double *rest)
{
	double lo = 0, hi = 0;
	for (uint32_t k = 0; k < in->n; k++)
		hi = fmax(hi, fmax(gain_take(in, k), gain_rest(in, k)));
	for (int i = 0; i < BISECTIONS; i++) {
		double mid = lo + (hi - lo) / 2;
		if (!(mid > lo) || !(mid < hi))
			break;
		if (wanted(in, mid, take, rest) > in->size)
			lo = mid;
		else
			hi = mid;
	}
	return hi;
}

/* What is still to give goes to who gains exactly the level: a touch first (it is a step). */
static double give_rest(const struct split_in *in, double mu, double left, double *take,
			double *rest)
{
	for (uint32_t k = 0; k < in->n && left > 0; k++) {
		if (take[k] > 0 || !(gain_take(in, k) > 0) ||
		    fabs(gain_take(in, k) - mu) > SLACK * mu)
			continue;
		double q = fmin(in->venue[k].touch, left);
		take[k] += q;
		left -= q;
	}
	for (uint32_t k = 0; k < in->n && left > 0; k++) {
		if (!(gain_rest(in, k) >= mu) || !(gain_rest(in, k) > 0))
			continue;
		rest[k] += left;
		left = 0;
	}
	return left;
}

bool route_split(const struct split_in *in, struct split_out *out, struct err *e)
{
	struct split_out r = {0};
	if (!split_ok(in, e))
		return false;
	r.marginal = level(in, r.take, r.rest);
	double left = in->size - (r.marginal > 0 ? wanted(in, r.marginal, r.take, r.rest) : 0);
	r.held = give_rest(in, r.marginal, left, r.take, r.rest);
	r.cost = in->lambda * in->size;
	for (uint32_t k = 0; k < in->n; k++) {
		const struct split_venue *v = &in->venue[k];
		double fill = v->outflow > 0 && r.rest[k] > 0
				      ? v->outflow * exp(-v->queue / v->outflow) *
						-expm1(-r.rest[k] / v->outflow)
				      : 0;
		r.cost -= gain_take(in, k) * r.take[k] +
			  (in->lambda + v->half_spread + v->rebate) * fill;
		r.filled += r.take[k] + fill;
	}
	*out = r;
	return true;
}
