/* target.c: see target.h.
 *
 * Invariants: (1) the size never exceeds the position; (2) a goal is met by the size given and not
 * by one lot less; (3) every refusal names the value and the rule. */
#include <math.h>

#include "plan/target.h"
#include "base/banned.h"

static const int64_t ONE = 1000000000000; /* 1.0 as a ratio */

static struct qty ceil_lot(const struct instr *i, struct qty q)
{
	struct qty f = instr_floor_qty(i, q);
	if (f.v < q.v)
		f.v += instr_lot(i).v;
	return f;
}

typedef bool (*goal)(const struct ticket *t, const struct target_in *in, double x0, double x);

static bool goal_liq(const struct ticket *t, const struct target_in *in, double x0, double x)
{
	double px, want = price_to_double((struct price){t->target_v});
	if (!venue_liq(in->account, x0, x, price_to_double(in->mark), 0, &px))
		return true;
	return x0 > 0 ? px <= want : px >= want;
}

static bool goal_cushion(const struct ticket *t, const struct target_in *in, double x0, double x)
{
	double pct, want = 100 * ratio_to_double((struct ratio){t->target_v});
	if (!pool_dies(in->account, x0, x, price_to_double(in->mark), 0, &pct))
		return true;
	return fabs(pct) >= fabs(want);
}

/* Smallest size, by bisection in lots, for which `ok` holds; -1: not even all of it. */
static int64_t bisect(const struct ticket *t, const struct target_in *in, int64_t pos, goal ok)
{
	int64_t lot = instr_lot(in->instr).v, lo = 0, hi = pos / lot;
	double x0 = qty_to_double(in->position), sign = x0 > 0 ? 1 : -1;
	if (ok(t, in, x0, x0))
		return 0;
	if (!ok(t, in, x0, 0))
		return -1;
	while (hi - lo > 1) {
		int64_t k = lo + (hi - lo) / 2;
		struct qty left = {pos - k * lot};
		if (ok(t, in, x0, sign * qty_to_double(left)))
			hi = k;
		else
			lo = k;
	}
	return hi * lot;
}

static bool plain_size(const struct ticket *t, const struct target_in *in, int64_t pos,
		       struct qty *q, struct err *e)
{
	switch (t->size.unit) {
	case SIZE_COIN:
		*q = t->size.coin;
		break;
	case SIZE_USD:
		if (!money_over_price(q, t->size.usd, in->mark, ROUND_DOWN))
			return err_set(e, ERR_RULE, "%.2f USD is no size at this mark",
				       money_to_double(t->size.usd));
		break;
	case SIZE_PERCENT:
		if (t->size.part.v > ONE)
			return err_set(e, ERR_RULE, "%.2f %% is more than all of it",
				       100 * ratio_to_double(t->size.part));
		if (!qty_times_ratio(q, (struct qty){pos}, t->size.part, ROUND_DOWN))
			q->v = 0;
		break;
	case SIZE_ALL:
		q->v = pos;
		return true;
	default:
		return err_set(e, ERR_ARG, "a size needs its unit: 0.5%s, 25000USD, 40%% or all",
			       t->coin);
	}
	if (q->v > pos)
		return err_set(e, ERR_RULE, "You hold %.*f %s. %g%s is more; write all.",
			       in->instr->sz_decimals, qty_to_double((struct qty){pos}), t->coin,
			       qty_to_double(*q), t->coin);
	if (q->v != pos)
		*q = instr_floor_qty(in->instr, *q);
	if (q->v <= 0)
		return err_set(e, ERR_RULE, "less than one lot of %g %s",
			       qty_to_double(instr_lot(in->instr)), t->coin);
	return true;
}

static bool account_goal(const struct ticket *t, const struct target_in *in, int64_t pos,
			 double sign, double *need, struct err *e)
{
	double mark = price_to_double(in->mark);
	if (t->target == TARGET_LEVERAGE) {
		double l = ratio_to_double((struct ratio){t->target_v});
		if (!(in->account_equity > 0))
			return err_set(e, ERR_RULE, "account leverage is not known now");
		*need = (in->account_ntl - l * in->account_equity) / mark;
	} else {
		double d = money_to_double((struct money){t->target_v});
		if (in->net_delta * sign <= 0)
			return err_set(
				e, ERR_RULE,
				"net delta is %.0f USD: reducing this position would raise it",
				in->net_delta);
		*need = (fabs(in->net_delta) - fabs(d)) / mark;
	}
	if (*need > qty_to_double((struct qty){pos}) * (1 + 1e-9))
		return err_set(e, ERR_RULE, "even all of %s does not get there: %g coins needed",
			       t->coin, *need);
	return true;
}

bool target_size(const struct ticket *t, const struct target_in *in, struct qty *out, struct err *e)
{
	int64_t pos = in->position.v < 0 ? -in->position.v : in->position.v;
	double need = 0, sign = in->position.v > 0 ? 1 : -1;
	struct qty left = {t->target_v}, q = {0};
	switch (t->target) {
	case TARGET_SIZE:
		return plain_size(t, in, pos, out, e);
	case TARGET_NOTIONAL:
		if (!money_over_price(&left, (struct money){t->target_v}, in->mark, ROUND_DOWN))
			return err_set(e, ERR_RULE, "no notional at this mark");
		/* fall through */
	case TARGET_POSITION:
		left.v = left.v < 0 ? -left.v : left.v;
		q.v = pos - instr_floor_qty(in->instr, left).v;
		break;
	case TARGET_LEVERAGE:
	case TARGET_DELTA:
		if (!account_goal(t, in, pos, sign, &need, e))
			return false;
		if (!qty_from_double(&q, need))
			q.v = 0;
		q = ceil_lot(in->instr, q);
		q.v = q.v < pos ? q.v : pos;
		break;
	case TARGET_LIQ_PRICE:
	case TARGET_CUSHION:
		if (!in->account->known)
			return err_set(e, ERR_RULE, "cannot be computed: %s", in->account->reason);
		q.v = bisect(t, in, pos, t->target == TARGET_LIQ_PRICE ? goal_liq : goal_cushion);
		if (q.v < 0)
			return err_set(e, ERR_RULE, "even all of %s does not get there", t->coin);
		break;
	default:
		return err_set(e, ERR_ARG, "unknown target %d", t->target);
	}
	if (q.v <= 0)
		return err_set(e, ERR_RULE, "already there: nothing to do for %s", t->coin);
	*out = q;
	return true;
}
