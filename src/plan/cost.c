/* cost.c: the cost meter. See cost.h for the model.
 *
 * Invariants: (1) total = impact + fees + funding; (2) the marginal cost never falls with the size
 * within the walk and its tail; (3) a book that cannot be is refused, never walked. */
#include <math.h>

#include "plan/cost.h"
#include "plan/sane.h"
#include "base/banned.h"

static const double Y_PRIOR = 0.7;
static const double HOUR_S = 3600;

static bool side_ok(const char *name, const struct cost_level *l, uint32_t n, int up, struct err *e)
{
	if (n == 0)
		return err_set(e, ERR_RULE, "%s: the book has no level on this side", name);
	for (uint32_t k = 0; k < n; k++) {
		if (!(l[k].px > 0) || !isfinite(l[k].px))
			return err_set(e, ERR_RULE, "%s[%u]: a price of %g; it must be > 0", name,
				       k, l[k].px);
		if (!(l[k].size > 0) || !isfinite(l[k].size))
			return err_set(e, ERR_RULE, "%s[%u]: a depth of %g; it must be > 0", name,
				       k, l[k].size);
		if (k && !(up * (l[k].px - l[k - 1].px) > 0))
			return err_set(e, ERR_RULE, "%s[%u]: %g after %g is not best first", name,
				       k, l[k].px, l[k - 1].px);
	}
	return true;
}

static bool cost_ok(const struct cost_in *in, struct err *e)
{
	if (!(in->size > 0) || !sane(in->size))
		return err_set(e, ERR_RULE, "size is %g; it must be > 0", in->size);
	if (in->n_bid > COST_LEVELS || in->n_ask > COST_LEVELS)
		return err_set(e, ERR_LIMIT, "a side of the book has more than %d levels",
			       COST_LEVELS);
	if (!side_ok("bids", in->bid, in->n_bid, -1, e) ||
	    !side_ok("asks", in->ask, in->n_ask, 1, e))
		return false;
	if (in->bid[0].px >= in->ask[0].px)
		return err_set(e, ERR_RULE, "the book is crossed: bid %g, ask %g", in->bid[0].px,
			       in->ask[0].px);
	if (!(in->sigma_day >= 0) || !(in->volume_day >= 0) || !(in->y >= 0) ||
	    !SANE(in->sigma_day, in->volume_day, in->y))
		return err_set(e, ERR_RULE,
			       "volatility %g, volume %g and Y %g must be numbers and not negative",
			       in->sigma_day, in->volume_day, in->y);
	if (!(in->maker_share >= 0 && in->maker_share <= 1))
		return err_set(e, ERR_RULE, "a maker share of %g is not in 0..1", in->maker_share);
	if (!(in->horizon_s >= 0) || !SANE(in->horizon_s, in->funding_hour, in->next_funding_s))
		return err_set(
			e, ERR_RULE,
			"horizon %g s, funding %g and the next payment in %g s must be numbers",
			in->horizon_s, in->funding_hour, in->next_funding_s);
	for (uint32_t k = 1; k < in->n_tiers; k++)
		if (!(in->tier[k].from_usd > in->tier[k - 1].from_usd))
			return err_set(e, ERR_RULE, "fee tier %u does not begin above tier %u", k,
				       k - 1);
	return true;
}

static void walk(const struct cost_in *in, const struct cost_level *l, uint32_t n,
		 struct cost_out *r)
{
	double got = 0, edge = r->half_spread;
	for (uint32_t k = 0; k < n; k++) {
		double take = fmin(l[k].size, in->size - got);
		r->book_size += l[k].size;
		r->book_ends = l[k].px;
		if (!(take > 0))
			continue;
		edge = fabs(r->mid - l[k].px);
		r->walk += take * edge;
		r->worst = l[k].px;
		r->levels = k + 1;
		got += take;
	}
	r->from_book = fmin(got, in->size);
	r->from_model = in->size - r->from_book;
	if (r->from_model <= in->size * 1e-12) {
		r->from_model = 0;
		return;
	}
	/* displacement c sqrt(q) that meets the edge where the book ends */
	double sign = in->side == SIDE_SELL ? 1 : -1, c = edge / sqrt(got);
	if (in->volume_day > 0)
		c = fmax(c, (in->y > 0 ? in->y : Y_PRIOR) * in->sigma_day * r->mid /
				    sqrt(in->volume_day));
	r->tail = c * 2.0 / 3 * (pow(in->size, 1.5) - pow(got, 1.5));
	r->walk += r->tail;
	r->worst = r->mid - sign * c * sqrt(in->size);
}

static void fees(const struct cost_in *in, struct cost_out *r)
{
	const struct fee_tier *t = NULL;
	for (uint32_t k = 0; k < in->n_tiers; k++)
		if (!t || in->traded_14d_usd >= in->tier[k].from_usd)
			t = &in->tier[k];
	if (t)
		r->fee_rate = t->taker * (1 - in->maker_share) + t->maker * in->maker_share;
	r->fees = r->fee_rate * in->size * r->mid;
}

/* Payments at each full hour on what is still held. */
static double funding(const struct cost_in *in, double mid)
{
	double sum = 0, first = in->next_funding_s > 0 ? in->next_funding_s : HOUR_S;
	double pays = in->side == SIDE_SELL ? 1 : -1; /* selling: a long */
	if (!(in->horizon_s >= first) || in->horizon_s > 8760 * HOUR_S)
		return 0;
	for (double at = first; at <= in->horizon_s; at += HOUR_S)
		sum += 1 - at / in->horizon_s;
	return pays * in->funding_hour * in->size * mid * sum;
}

bool cost_meter(const struct cost_in *in, struct cost_out *out, struct err *e)
{
	struct cost_out r = {0};
	if (!cost_ok(in, e))
		return false;
	bool sell = in->side == SIDE_SELL;
	r.mid = (in->bid[0].px + in->ask[0].px) / 2;
	r.half_spread = (in->ask[0].px - in->bid[0].px) / 2;
	walk(in, sell ? in->bid : in->ask, sell ? in->n_bid : in->n_ask, &r);
	if (in->sigma_day > 0 && in->volume_day > 0) {
		double y = in->y > 0 ? in->y : Y_PRIOR;
		r.law = in->size * (r.half_spread + 2.0 / 3 * y * in->sigma_day * r.mid *
							    sqrt(in->size / in->volume_day));
	}
	r.law_holds = r.law > r.walk;
	double taken = r.law_holds ? r.law : r.walk;
	r.impact = taken - 2 * in->maker_share * in->size * r.half_spread;
	r.avg = r.mid - (sell ? 1 : -1) * taken / in->size;
	fees(in, &r);
	r.funding = funding(in, r.mid);
	r.total = r.impact + r.fees + r.funding;
	r.model_usd = r.law_holds ? taken - (r.walk - r.tail) : r.tail;
	r.bp = r.total / (in->size * r.mid) * 1e4;
	*out = r;
	return true;
}
