/* ticket.c: what a ticket comes to in coins and prices, before anything runs; the coins are
 * plan/target.h's.
 *
 * Invariants: (1) the size never exceeds the position; (2) every refusal names the value and the
 * rule. */
#include <math.h>

#include "base/check.h"
#include "core/grammar.h"
#include "exec/exit_in.h"
#include "plan/choose.h"
#include "plan/target.h"

enum { LIQUID_LEVERAGE = 20, DANGER_LEVERAGE = 5 };
static const int64_t CAP_DEFAULT = 100000000000, CAP_HARD = 250000000000;
static const int64_t LAST_LIQUID = 80000000000, LAST_OTHERS = 150000000000;
static const int64_t RISK_DEFAULT = 10000000000;
static const double JITTER = 0.2;

static bool typed_price(const struct price_spec *s, const struct exec_view *v, bool buy,
			const char *what, struct price *out, struct err *e)
{
	struct price base = {0}, p;
	switch (s->ref) {
	case PREF_NONE:
		out->v = 0;
		return true;
	case PREF_ABS:
		base = s->abs;
		break;
	case PREF_FROM_MARK:
		base = v->mark;
		break;
	case PREF_FROM_LIQ:
		if (!v->has_liq)
			return err_set(e, ERR_RULE,
				       "%s from liquidation: this position has no "
				       "liquidation price",
				       what);
		base = v->liq;
		break;
	case PREF_FROM_BID:
		base = view_touch(v, false);
		break;
	case PREF_FROM_ASK:
		base = view_touch(v, true);
		break;
	case PREF_FROM_ARRIVAL:
		base = view_mid(v);
		break;
	default:
		return err_set(e, ERR_ARG, "%s: unknown reference %d", what, s->ref);
	}
	p = base;
	if (s->ref != PREF_ABS && base.v > 0) {
		struct ratio r = {ONE_RATIO + s->offset.v};
		if (!price_times_ratio(&p, base, r, ROUND_HALF_AWAY))
			p.v = 0;
	}
	if (p.v <= 0 || !instr_round_price(v->instr, out, p, buy ? ROUND_DOWN : ROUND_UP))
		return err_set(e, ERR_RULE, "%s: no price to take it from now", what);
	return true;
}

/* A bound on the good side of the mark stops everything until the market gets there. */
static bool right_side(const struct price_spec *s, struct price p, const struct exec_view *v,
		       bool buy, const char *what, struct err *e)
{
	char at[64], mark[64];
	if (p.v <= 0 || s->wait || !beyond(!buy, p, v->mark))
		return true;
	gram_price_text(at, sizeof at, p);
	gram_price_text(mark, sizeof mark, v->mark);
	return err_set(e, ERR_RULE,
		       "You %s: a %s price of %s is %s the mark %s and waits for a %s. Write wait "
		       "to mean that.",
		       buy ? "buy" : "sell", what, at, buy ? "below" : "above", mark,
		       buy ? "fall" : "rise");
}

static bool resolve_prices(const struct ticket *t, const struct exec_view *v,
			   struct ticket_resolved *r, struct err *e)
{
	struct price arrival = view_mid(v);
	if (!typed_price(&t->working, v, r->buy, "working price", &r->working, e) ||
	    !typed_price(&t->last, v, r->buy, "last price", &r->last, e))
		return false;
	if (!right_side(&t->working, r->working, v, r->buy, "working", e) ||
	    !right_side(&t->last, r->last, v, r->buy, "last", e))
		return false;
	if (r->last.v == 0 && arrival.v > 0) {
		bool liquid = v->instr->max_leverage >= LIQUID_LEVERAGE;
		struct price p = price_away(r->buy, arrival, liquid ? LAST_LIQUID : LAST_OTHERS);
		if (beyond(r->buy, p, v->zero) && beyond(r->buy, v->zero, arrival))
			p = v->zero;
		if (r->working.v > 0 && beyond(r->buy, r->working, p))
			p = r->working;
		if (!instr_round_price(v->instr, &r->last, p, r->buy ? ROUND_DOWN : ROUND_UP))
			r->last.v = 0;
	}
	if (r->working.v > 0 && beyond(r->buy, r->working, r->last))
		return err_set(e, ERR_RULE, "working price %g lies beyond the last price %g",
			       price_to_double(r->working), price_to_double(r->last));
	return true;
}

static bool resolve_time(const struct ticket *t, const struct exec_view *v,
			 struct ticket_resolved *r, struct err *e)
{
	r->horizon_ms = t->horizon_ms;
	if (t->until_ms) {
		r->horizon_ms = t->until_ms - v->wall_ms;
		if (r->horizon_ms <= 0)
			return err_set(e, ERR_RULE, "the end given has passed");
	}
	if (r->horizon_ms < 0)
		return err_set(e, ERR_RULE, "a duration is not negative");
	if (t->algo == ALGO_SWEEP)
		r->horizon_ms = 0;
	if (v->key_until_ms && v->wall_ms + r->horizon_ms > v->key_until_ms)
		return err_set(
			e, ERR_RULE,
			"it would end %lld min after the signing key: no exit may outlive it",
			(long long)((v->wall_ms + r->horizon_ms - v->key_until_ms) / 60000));
	return true;
}

bool ticket_resolve(const struct ticket *t, const struct exec_view *v, struct ticket_resolved *out,
		    struct err *e)
{
	struct ticket_resolved r = {0};
	struct qty size = {0};
	int64_t pos = abs64(v->position.v);
	if (!v->position_known)
		return err_set(e, ERR_TIME, "the position in %s is not known yet", t->coin);
	if (pos == 0)
		return err_set(e, ERR_RULE, "no position in %s", t->coin);
	if (v->mark.v <= 0)
		return err_set(e, ERR_TIME, "no mark price for %s yet", t->coin);
	if (t->algo >= ALGO_COUNT || t->place >= PLACE_COUNT)
		return err_set(e, ERR_ARG, "unknown algorithm or placement");
	if (t->urgency.v < 0 || t->urgency.v > ONE_RATIO)
		return err_set(e, ERR_ARG, "urgency is 0 to 1, not %g",
			       ratio_to_double(t->urgency));
	if (t->random.v < 0 || t->random.v > ONE_RATIO / 2)
		return err_set(e, ERR_ARG, "randomness is 0 to 50 %%, not %g %%",
			       100 * ratio_to_double(t->random));
	if (t->depth.v < 0 || t->depth.v > ONE_RATIO)
		return err_set(e, ERR_ARG, "a share of the visible depth is 0 to 100 %%, not %g %%",
			       100 * ratio_to_double(t->depth));
	if (t->declared &&
	    (t->random.v > 0 || (t->algo != ALGO_TWAP && t->algo != ALGO_VENUE_TWAP)))
		return err_set(e, ERR_ARG,
			       "declared means equal slices at even times: with twap only, and "
			       "without randomness");
	r.buy = v->position.v < 0;
	struct target_in in = {.instr = v->instr,
			       .mark = v->mark,
			       .position = v->position,
			       .account = &v->account,
			       .net_delta = v->net_delta,
			       .account_ntl = v->account_ntl,
			       .account_equity = v->account_equity};
	if (!target_size(t, &in, &size, e))
		return false;
	r.size = size;
	r.to_zero = size.v == pos;
	r.floor.v = pos - size.v;
	double worth_usd = usd(size, v->mark);
	if (size.v <= 0 || (!r.to_zero && worth_usd < money_to_double(v->instr->min_notional)))
		return err_set(
			e, ERR_RULE,
			"%.2f USD is under the venue's minimum of %.2f USD: close all, or more",
			worth_usd, money_to_double(v->instr->min_notional));
	if (t->cap.v < 0 || t->cap.v > CAP_HARD)
		return err_set(e, ERR_RULE, "volume cap %g %%: the hard limit is 25 %%",
			       100 * ratio_to_double(t->cap));
	r.cap = ratio_to_double((struct ratio){t->cap.v ? t->cap.v : CAP_DEFAULT});
	int64_t risk = t->risk.v ? t->risk.v : v->leverage > DANGER_LEVERAGE ? RISK_DEFAULT : 0;
	r.risk = risk > 0 ? ratio_to_double((struct ratio){risk}) : 0;
	if (!resolve_prices(t, v, &r, e) || !resolve_time(t, v, &r, e))
		return false;
	*out = r;
	return true;
}

/* Its end, when none is given, is chosen by the plan (plan/choose.h). */
static bool chooses(const struct ticket *t)
{
	return t->algo == ALGO_POV || t->algo == ALGO_IS;
}

double ticket_jitter(const struct ticket *t)
{
	if (t->declared)
		return 0;
	return t->random_set || t->random.v ? ratio_to_double(t->random) : JITTER;
}

void exec_problem(const struct exec_view *v, const struct ticket *t,
		  const struct ticket_resolved *r, struct plan_problem *out)
{
	struct plan_problem p = {
		.instr = v->instr,
		.book = v->book && (v->book->n_bid || v->book->n_ask) ? v->book : NULL,
		.deep = v->deep,
		.book_age_ns = v->now_ns - v->book_ns,
		.side = r->buy ? SIDE_BUY : SIDE_SELL,
		.size = r->size,
		.position = v->position,
		.mark = v->mark,
		.sigma_year = v->sigma_year,
		.volume_s = view_volume_s(v),
		.sigma_cost = v->sigma_raw,
		.sqrt_y = v->est[EST_SQRT_Y].value,
		.impact = {.refill_s = v->est[EST_REFILL].value},
		.fee_taker = v->fee_taker,
		.fee_maker = v->fee_maker,
		.funding_hour = v->funding_hour,
		.now_ms = v->wall_ms,
		.horizon_ms = r->horizon_ms,
		.urgency = ratio_to_double(t->urgency),
		.season = v->season,
		.cap = r->cap,
		.algo = r->horizon_ms || chooses(t) ? t->algo : (uint8_t)ALGO_SWEEP,
		.place = t->place,
		.account = v->account,
		.liq = v->has_liq ? price_to_double(v->liq) : 0,
	};
	plan_usual_of(&p.usual, v->est);
	*out = p;
}

bool ticket_choose(struct ticket *t, const struct exec_view *v, struct ticket_resolved *r,
		   double *urgency, struct err *e)
{
	struct plan_problem p;
	struct danger_plan d;
	exec_problem(v, t, r, &p);
	if (t->by_danger && p.horizon_ms == 0)
		p.horizon_ms = 60000; /* some schedule it will be */
	if (!plan_sane(&p, e))
		return false;
	if (!t->by_danger && chooses(t)) {
		if (!plan_choose(&p, v->key_until_ms, e))
			return false;
		r->horizon_ms = p.horizon_ms;
		t->urgency.v = (int64_t)(p.urgency * 1e12);
	}
	if (!t->by_danger)
		return true;
	p.horizon_ms = r->horizon_ms;
	if (!v->account.known)
		return err_set(e, ERR_RULE,
			       "danger cannot be computed (%s): give an end, as in --for 30m",
			       v->account.reason);
	if (!(v->sigma_year > 0))
		return err_set(e, ERR_TIME,
			       "no volatility of %s is known yet: give an end, as in "
			       "--for 30m",
			       t->coin);
	if (!(r->risk > 0))
		r->risk = ratio_to_double((struct ratio){RISK_DEFAULT});
	if (!plan_by_danger(&p, r->risk, v->key_until_ms, &d, e))
		return false;
	t->algo = ALGO_AC;
	if (!t->until_ms)
		t->horizon_ms = d.horizon_ms;
	r->horizon_ms = d.horizon_ms;
	*urgency = d.urgency;
	return true;
}
