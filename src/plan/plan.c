/* plan.c: a schedule with what it costs and what the account looks like on the way.
 *
 * Invariants: (1) the slices of a plan add up to its size exactly; (2) cost.total is the sum of its
 * four parts, the three shares sum to 1; (3) a plan that cannot be is refused with rule and value,
 * nothing is clamped silently but the number of slots; (4) the slices are those that run: what the
 * volume cap will hold back comes later, and end, sd and danger are of that. */
#include <math.h>

#include "base/check.h"
#include "base/buf.h"
#include "plan/ac.h"
#include "plan/jitter.h"
#include "plan/pace.h"
#include "plan/plan_in.h"
#include "base/banned.h"

enum {
	SWEEP_LATENCY_MS = 300, /* between the decision and the fill of a sweep */
	VENUE_MIN_MIN = 5,
	VENUE_MIN_MAX = 1440,
	VENUE_USD_MIN = 100,
};
/* A book is another one by the time the order is there, and a model is one: so much of the impact
 * is its standard deviation. Chosen on the paper market's seeds from 1001 on; t_calib judges by
 * others. */
static const double BOOK_FLICKER = 0.4, MODEL_DOUBT = 0.5;
static const double ONE_SIDED_95 = 1.6448536269514722; /* 1 in 20 */
static const double CAP = 0.1;			       /* of the volume, where none is given */
static const double FLOOR_USD = 25;		       /* the least child of a running exit */
static const int64_t HELD_MOST_MS = INT64_C(365) * 86400000; /* an end later than that is none */

static bool numbers_ok(const struct plan_problem *p, struct err *e)
{
	const struct {
		const char *name;
		double v;
		bool any_sign;
	} num[] = {{"volatility", p->sigma_year, false},
		   {"volatility of cost", p->sigma_cost, false},
		   {"volume", p->volume_s, false},
		   {"taker fee", p->fee_taker, true},
		   {"maker fee", p->fee_maker, true},
		   {"funding", p->funding_hour, true},
		   {"randomness", p->jitter, false},
		   {"volume cap", p->cap, false},
		   {"Y of the square-root law", p->sqrt_y, false},
		   {"usual depth", p->usual.depth, false},
		   {"usual spread", p->usual.spread, false}};
	if (p->sigma_year > 100)
		return err_set(e, ERR_RULE, "volatility is %g: at most 100, 10,000 %% a year",
			       p->sigma_year);
	for (unsigned i = 0; i < COUNT_OF(num); i++)
		if (!isfinite(num[i].v) || fabs(num[i].v) > 1e30 ||
		    (!num[i].any_sign && num[i].v < 0))
			return err_set(e, ERR_RULE, "%s is %g: it must be a number%s", num[i].name,
				       num[i].v, num[i].any_sign ? "" : " and not negative");
	return true;
}

static bool problem_ok(const struct plan_problem *p, const struct market *m, struct err *e)
{
	double usd = m->size * m->mark;
	bool whole = p->size.v == (p->position.v < 0 ? -p->position.v : p->position.v);
	if (p->horizon_ms < 0 || p->horizon_ms > HORIZON_MAX_MS)
		return err_set(e, ERR_RULE, "an exit takes at most 7 days, not %lld min",
			       (long long)(p->horizon_ms / 60000));
	if (!(p->urgency >= 0 && p->urgency <= 1))
		return err_set(e, ERR_ARG, "urgency is 0 to 1, not %g", p->urgency);
	if (!whole && usd < money_to_double(p->instr->min_notional))
		return err_set(e, ERR_RULE,
			       "%.2f USD is under the venue's minimum of %.2f USD: close all, or "
			       "more",
			       usd, money_to_double(p->instr->min_notional));
	if (p->algo != ALGO_VENUE_TWAP)
		return true;
	int64_t min = p->horizon_ms / 60000;
	if (min < VENUE_MIN_MIN || min > VENUE_MIN_MAX)
		return err_set(e, ERR_RULE, "the venue's TWAP takes %d to %d min, not %lld",
			       VENUE_MIN_MIN, VENUE_MIN_MAX, (long long)min);
	if (usd < VENUE_USD_MIN)
		return err_set(e, ERR_RULE, "the venue's TWAP takes at least %d USD, not %.2f",
			       VENUE_USD_MIN, usd);
	return true;
}

static void sell_cost(const struct plan_problem *p, const struct market *m, const struct plan *pl,
		      double src[SRC_COUNT], struct plan_cost *c)
{
	double tau = (double)pl->spacing_ms / 1000, eta = market_eta(m, tau), n2 = 0;
	for (uint32_t k = 0; k < pl->n; k++) {
		double n = qty_to_double(pl->at[k].qty);
		n2 += n * n;
		int64_t to = k + 1 < pl->n ? pl->at[k + 1].at_ms : pl->at[k].at_ms;
		c->funding += market_funding(p, m, qty_to_double(pl->at[k].left),
					     p->now_ms + pl->at[k].at_ms, p->now_ms + to);
	}
	double gamma = m->impact.gamma, perm = gamma * m->size * m->size / 2;
	c->impact = eta / tau * n2 + perm - gamma / 2 * n2;
	src[m->impact.eta_src] += eta / tau * n2;
	src[SRC_MODEL] += fabs(perm);
	src[SRC_YOUNG] += fabs(c->funding);
}

static void slices_account(const struct plan_problem *p, const struct market *m, struct plan *pl)
{
	const struct plan_account *a = &p->account;
	double sold = 0;
	int64_t left = pl->total.v, sign = m->sign > 0 ? 1 : -1;
	for (uint32_t k = 0; k < pl->n; k++) {
		struct plan_slice *s = &pl->at[k];
		left -= s->qty.v;
		sold += qty_to_double(s->qty);
		s->left.v = left;
		s->position.v = p->position.v - sign * (pl->total.v - left);
		double spent = pl->cost.total * sold / m->size;
		s->has_liq =
			venue_liq(a, m->x0, qty_to_double(s->position), m->mark, spent, &s->liq);
		s->margin_freed = a->leverage > 0 ? sold * m->mark / a->leverage : 0;
	}
}

static void plan_variance(const struct market *m, double mood_sd, struct plan *pl)
{
	double v = 0;
	for (uint32_t k = 0; k + 1 < pl->n; k++) {
		double left = qty_to_double(pl->at[k].left);
		v += left * left * (double)(pl->at[k + 1].at_ms - pl->at[k].at_ms) / 1000;
	}
	const struct plan_cost *c = &pl->cost;
	double all = fabs(c->spread) + fabs(c->impact) + fabs(c->fees) + fabs(c->funding);
	double model = fmin(c->share[SRC_MODEL] * all, fabs(c->impact)), book = c->impact - model;
	if (pl->algo == ALGO_SWEEP)
		v = m->size * m->size * SWEEP_LATENCY_MS / 1000;
	pl->variance = m->sigma_s * m->sigma_s * v + book * book * BOOK_FLICKER * BOOK_FLICKER +
		       model * model * MODEL_DOUBT * MODEL_DOUBT + mood_sd * mood_sd;
	pl->sd = sqrt(pl->variance);
	pl->bad_1in20 = pl->cost.total + ONE_SIDED_95 * pl->sd;
}

uint32_t plan_held_by_slot(const struct plan *pl, double x0, double x[DANGER_SLOTS],
			   double spent[DANGER_SLOTS])
{
	int64_t slots = (pl->horizon_ms + pl->spacing_ms / 2) / pl->spacing_ms;
	uint32_t n = slots < 1 ? 1 : slots < DANGER_SLOTS ? (uint32_t)slots : DANGER_SLOTS, k = 0;
	double tau = (double)pl->horizon_ms / n, held = x0, sold = 0;
	for (uint32_t j = 0; j < n; j++) {
		for (; k < pl->n && (double)pl->at[k].at_ms < tau * j - 0.5; k++) {
			held = qty_to_double(pl->at[k].position);
			sold += qty_to_double(pl->at[k].qty);
		}
		x[j] = held;
		spent[j] = fmax(pl->cost.total, 0) * sold / qty_to_double(pl->total);
	}
	return n;
}

static void plan_danger(const struct plan_problem *p, const struct market *m, struct plan *pl)
{
	if (!p->account.known || pl->horizon_ms <= 0)
		return;
	double x[DANGER_SLOTS], spent[DANGER_SLOTS];
	uint32_t n = plan_held_by_slot(pl, m->x0, x, spent);
	double tau = (double)pl->horizon_ms / n;
	pl->has_danger = true;
	pl->danger = danger_bound(&p->account, x, n, tau / 1000, m->mark, p->sigma_year,
				  pl->cost.total > 0 ? pl->cost.total : 0);
	pl->danger_hold = danger_hold(&p->account, m->x0, (double)pl->horizon_ms / 1000, m->mark,
				      p->sigma_year);
}

/* The schedule stands for its own mean: its jitter is small. */
static void randomness(const struct plan_problem *p, const struct market *m, struct plan *pl)
{
	double q[SLICES_MAX], tau = (double)pl->spacing_ms / 1000;
	struct jitter j;
	for (uint32_t k = 0; k < pl->n; k++)
		q[k] = qty_to_double(pl->at[k].qty);
	if (jitter_cost(q, pl->n, p->jitter, market_eta(m, tau) / tau, pl->lambda,
			m->sigma_s * m->sigma_s * tau, &j))
		pl->jitter_cost = j.total;
}

static struct qty lots_of(const struct plan_problem *p, double coins)
{
	struct qty q = {0};
	if (coins > 0)
		(void)qty_from_double(&q, coins);
	return instr_floor_qty(p->instr, q);
}

/* Whole lots worth the least child, as the exit has it. */
static struct qty child_least(const struct plan_problem *p, const struct market *m)
{
	struct qty q = lots_of(p, FLOOR_USD / m->mark), lot = instr_lot(p->instr);
	return qty_to_double(q) * m->mark < FLOOR_USD ? (struct qty){q.v + lot.v} : q;
}

static void slice_add(struct plan *pl, int64_t at_ms, int64_t qty, int64_t *left)
{
	*left -= qty;
	pl->at[pl->n++] = (struct plan_slice){.at_ms = at_ms, .qty = {qty}, .left = {*left}};
}

/* No room for one more slice: the last takes the rest, as late as the cap would bring it. */
static void hold_last(const struct plan_problem *p, const struct market *m, double rate,
		      int64_t left, struct plan *pl)
{
	double coins = qty_to_double((struct qty){left});
	double most = fmax(rate, FLOOR_USD / m->mark * 1000 / PACE_FLOOR_MS);
	struct plan_slice *s = &pl->at[pl->n - 1];
	(void)p;
	s->qty.v += left;
	s->left.v = 0;
	s->at_ms += (int64_t)fmin(fmax(1000 * coins / most, 1), HELD_MOST_MS);
}

/* The turns of the exit, as exec/exit_trade.c takes them (plan/pace.h): a slice over the volume cap
 * is cut to it, and what it lacks follows at the next ones. */
static void hold_back(const struct plan_problem *p, const struct market *m,
		      const struct schedule *s, struct plan *pl)
{
	bool pov = pl->algo == ALGO_POV, own = algo_scheduled(pl->algo) || pov;
	double cap = p->cap > 0 ? p->cap : CAP;
	int64_t left = p->size.v, owed = 0, last = 0, went = -PACE_FLOOR_MS;
	struct qty least = child_least(p, m), mean = {s->n ? p->size.v / s->n : 0};
	bool owes = false;
	uint32_t k = 0;
	pl->held_back = false;
	pl->n = 0;
	while (left > 0 && pl->n < SLICES_MAX) {
		bool planned = k < s->n;
		int64_t at = pace_turn_ms(planned ? s->at_ms[k] : -1, last, pl->spacing_ms, owes);
		struct qty one = {0};
		planned = planned && s->at_ms[k] <= at;
		if (planned)
			one = s->qty[k++];
		owed += one.v;
		struct qty want = {owed < left ? owed : left}, q = want;
		if (own && p->volume_s > 0) {
			double sold = qty_to_double((struct qty){p->size.v - left});
			double ahead = pov ? 0 : pace_ahead(p->volume_s, s->spacing_ms);
			double room = cap * (p->volume_s * (double)at / 1000 + ahead) - sold;
			struct qty most = pace_most(one, mean, PACE_MAX_PCT);
			if (pov)
				want.v = left; /* all that the tape has paid for */
			else if (want.v > most.v && left - most.v >= least.v)
				want = most;
			q = pace_cut(p->instr, want, room, least, at - went);
			pl->held_back = pl->held_back || q.v < want.v;
		}
		if (at >= HELD_MOST_MS && q.v < left)
			break;
		last = at;
		owed -= q.v;
		owes = owed >= least.v;
		if (q.v <= 0)
			continue;
		went = at;
		slice_add(pl, at, q.v, &left);
	}
	if (left > 0)
		hold_last(p, m, cap * p->volume_s, left, pl);
	int64_t last_at =
		pl->at[pl->n - 1].at_ms; /* after the last planned one: its slot is added */
	if (pl->held_back && last_at > s->at_ms[s->n - 1] &&
	    last_at + pl->spacing_ms > pl->horizon_ms)
		pl->horizon_ms = last_at + pl->spacing_ms;
}

/* The part of the size that goes in slices whose children may rest: what is sold first, near
 * liquidation, crosses; later ones may not have to. */
static double rest_part(const struct plan_problem *p, const struct market *m, const struct plan *pl)
{
	double held = m->x0, rests = 0, tau = (double)pl->spacing_ms / 1000;
	if (!(m->share > 0))
		return 0;
	for (uint32_t k = 0; k < pl->n; k++) {
		double q = qty_to_double(pl->at[k].qty);
		if (market_rests(p, m, tau, held, 0))
			rests += q;
		held -= m->sign * q;
	}
	return fmin(rests / m->size, 1);
}

/* Returns the error of the book's mood, USD. */
static double plan_cost_of(const struct plan_problem *p, const struct market *m, uint32_t slots,
			   struct plan *pl)
{
	double src[SRC_COUNT] = {0};
	struct plan_cost c = {0};
	if (pl->algo == ALGO_SWEEP) {
		struct plan_meter meter;
		plan_meter(p, p->size, &meter);
		pl->cost = meter.cost;
		return meter.mood_sd;
	}
	market_fixed(p, m, &c, src);
	sell_cost(p, m, pl, src, &c);
	cost_finish(&c, src, m->size * m->mid);
	pl->cost = c;
	if (algo_urgent(pl->algo) && slots > 1) { /* of the schedule as asked */
		struct ac a = {.x = m->size,
			       .horizon = (double)p->horizon_ms / 1000,
			       .n = slots,
			       .sigma = m->sigma_s,
			       .eta = market_eta(m, (double)pl->spacing_ms / 1000),
			       .gamma = m->impact.gamma};
		pl->lambda = ac_lambda(&a, plan_kappa_t(p->urgency, slots) / a.horizon);
		pl->kappa = plan_kt(p->urgency, slots) / a.horizon * slots;
	}
	randomness(p, m, pl);
	return 0;
}

bool plan_make(const struct plan_problem *p, struct plan *out, struct err *e)
{
	struct market m;
	struct schedule s;
	ASSERT(p->instr);
	if (!numbers_ok(p, e))
		return false;
	if (!market_read(p, &m))
		return err_set(e, ERR_RULE, "no %s: nothing to plan with",
			       m.mid > 0 ? "size" : "mark or book");
	if (p->size.v > (p->position.v < 0 ? -p->position.v : p->position.v))
		return err_set(e, ERR_RULE, "%g is more than the %g held", m.size, fabs(m.x0));
	if (!problem_ok(p, &m, e))
		return false;
	struct schedule_in in = {.instr = p->instr,
				 .algo = p->algo,
				 .size = p->size,
				 .horizon_ms = p->horizon_ms,
				 .slots = p->slots,
				 .urgency = p->urgency,
				 .jitter = p->jitter,
				 .seed = p->seed,
				 .mark = p->mark.v > 0 ? p->mark : p->mid,
				 .from_ms = p->now_ms,
				 .season = p->season};
	plan_schedule(&in, &s);
	if (s.n == 0)
		return err_set(e, ERR_RULE, "size %g is under one lot of %g", m.size,
			       qty_to_double(instr_lot(p->instr)));
	out->algo = p->algo == ALGO_SWEEP || p->horizon_ms <= 0 ? ALGO_SWEEP : p->algo;
	out->spacing_ms = s.spacing_ms ? s.spacing_ms : 1000;
	out->horizon_ms = out->algo == ALGO_SWEEP ? 0 : p->horizon_ms;
	out->total = p->size;
	out->lambda = out->kappa = out->jitter_cost = out->danger = out->danger_hold = 0;
	out->has_danger = false;
	hold_back(p, &m, &s, out);
	m.share *= rest_part(p, &m, out);
	out->end_ms = p->now_ms + (out->algo == ALGO_SWEEP ? 1000 : out->horizon_ms);
	double mood_sd = plan_cost_of(p, &m, s.n, out);
	slices_account(p, &m, out);
	plan_variance(&m, mood_sd, out);
	out->has_volume = out->horizon_ms > 0 && p->volume_s > 0;
	out->volume_share = out->asked_share = 0;
	if (out->has_volume) {
		out->volume_share = m.size / (p->volume_s * (double)out->horizon_ms / 1000);
		out->asked_share = m.size / (p->volume_s * (double)p->horizon_ms / 1000);
	}
	plan_danger(p, &m, out);
	return true;
}

uint32_t plan_payments(const struct plan_problem *p, const struct plan *plan,
		       struct plan_payment *out, uint32_t n)
{
	const int64_t hour = 3600000;
	int64_t end = p->now_ms + plan->horizon_ms, at = (p->now_ms / hour + 1) * hour;
	uint32_t k = 0, i = 0;
	struct market m;
	if (!market_read(p, &m))
		return 0;
	double left = m.size;
	for (; at <= end && i < n; at += hour, i++) {
		for (; k < plan->n && p->now_ms + plan->at[k].at_ms < at; k++)
			left = qty_to_double(plan->at[k].left);
		double kept = fabs(m.x0) - m.size;
		out[i] = (struct plan_payment){
			.at_ms = at,
			.coins = left + kept,
			.usd = market_funding(p, &m, left + kept, at - 1, at)};
	}
	return i;
}

void plan_after(const struct plan_problem *p, const struct plan *plan,
		struct plan_after out[PLAN_AFTER])
{
	struct market m;
	const struct plan_account *a = &p->account;
	bool ok = market_read(p, &m);
	uint32_t k = 0;
	struct qty held = p->position;
	double spent = 0;
	for (int i = 0; i < PLAN_AFTER; i++) {
		struct plan_after r = {.at_ms = plan->horizon_ms * i / (PLAN_AFTER - 1)};
		bool end = i == PLAN_AFTER - 1;
		for (; k < plan->n && i > 0 && (end || plan->at[k].at_ms <= r.at_ms); k++) {
			held = plan->at[k].position;
			spent += plan->cost.total * qty_to_double(plan->at[k].qty) / m.size;
		}
		r.held = held;
		if (ok && a->known) {
			double x = qty_to_double(held), gone = fabs(m.x0) - fabs(x);
			double equity = a->equity - spent;
			double left = a->maintenance - a->mmr * m.mark * gone;
			r.has_pool = true;
			r.has_liq = venue_liq(a, m.x0, x, m.mark, spent, &r.liq);
			r.has_dies = pool_dies(a, m.x0, x, m.mark, spent, &r.dies_pct);
			r.touch10_s = pool_touch10(a, m.x0, x, m.mark, p->sigma_year, spent);
			r.maintenance_pct = equity > 0 ? 100 * left / equity : 100;
			r.free_usd = equity - a->initial +
				     (a->leverage > 0 ? gone * m.mark / a->leverage : 0);
		}
		out[i] = r;
	}
}

void plan_odds(char *out, size_t cap, double p)
{
	struct buf b;
	buf_init(&b, out, cap);
	double n = p > 0 ? 1 / p : INFINITY;
	if (n > 500)
		buf_puts(&b, "under 1 in 500");
	else if (n < 9.95)
		buf_printf(&b, "1 in %.1f", n < 1 ? 1.0 : n);
	else if (n < 99.5)
		buf_printf(&b, "1 in %.0f", n);
	else
		buf_printf(&b, "1 in %.0f0", n / 10);
}
