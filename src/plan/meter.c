/* meter.c: what trading costs: impact parameters from the book, the walk of the book, the
 * square-root tail beyond it, fees and funding; each with what it rests on.
 *
 * Model, stated: a child walks a book of constant density (slope); what it took returns
 * exponentially with time constant refill/3 (95 % back within refill, prior 60 s), so slots of tau
 * seconds pay eta = slope tau (1/2 + a/(1-a)), a = exp(-3 tau/refill). Beyond the visible book the
 * marginal displacement grows with the square root of the size, from the visible edge or from
 * Y sigma_day sqrt(Q/V_day), whichever is more; Y is the problem's, 0.7 until one is fitted.
 * Permanent impact is taken as 0: the impact of uninformed flow decays. A passive fill earns the
 * half spread and loses 0.5 bp to adverse selection. */
#include <math.h>

#include "base/check.h"
#include "plan/cost.h"
#include "plan/plan_in.h"
#include "plan/side.h"
#include "base/banned.h"

static const double REFILL_S = 60, ADVERSE_BP = 0.5;
static const double PRIOR_HALF_BP = 1;	     /* half spread when no book is seen */
static const double PRIOR_DEPTH_USD = 100e3; /* within 10 bp, when nothing is seen */
static const int64_t YOUNG_NS = 3000000000;
static const double DAY_S = 86400;
static const double REST_DISTANCE = 0.03, REST_SIGMAS = 4; /* operations.md 8 */

enum { REST_STEPS = 12 };
enum { SPREAD_OVER = 4, SIDE_LEVELS = SIDE_ROOM(SPREAD_OVER) };
_Static_assert((int)SIDE_LEVELS <= (int)COST_LEVELS, "book_walk reads a side into cost_in");

/* A bucket of the aggregated book is spread over its width, in so many levels. */
static uint32_t side_read(const struct plan_problem *p, enum side taker, double want,
			  struct cost_level *out)
{
	return side_levels(p->book, p->deep, taker, want, SPREAD_OVER, out);
}

static bool book_usable(const struct book *b)
{
	return b && b->n_bid && b->n_ask && b->bid[0].px.v < b->ask[0].px.v;
}

static double mid_of(const struct plan_problem *p)
{
	struct price m;
	if (p->mid.v > 0)
		return price_to_double(p->mid);
	if (book_usable(p->book) && book_mid(p->book, &m))
		return price_to_double(m);
	return price_to_double(p->mark);
}

static double law_y(const struct plan_problem *p)
{
	return p->sqrt_y > 0 ? p->sqrt_y : PLAN_SQRT_Y;
}

/* sqrt-law coefficient: displacement in USD of the Q-th coin = c sqrt(Q). */
static double sqrt_coef(const struct plan_problem *p, double mid)
{
	if (!(p->volume_s > 0) || !(p->sigma_year > 0))
		return 0;
	double sigma_day = p->sigma_year / sqrt(365.0);
	return law_y(p) * sigma_day * mid / sqrt(p->volume_s * DAY_S);
}

/* Depth of the side we hit: total coins, mean and last distance from the mid. */
static void depth(const struct plan_problem *p, double mid, struct impact *i)
{
	struct cost_level l[SIDE_LEVELS];
	uint32_t n = side_read(p, p->side, qty_to_double(p->size), l);
	double q = 0, value = 0, far = 0, within = 0;
	for (uint32_t k = 0; k < n; k++) {
		double sz = l[k].size, d = fabs(mid - l[k].px);
		q += sz;
		value += sz * d;
		far = d;
		if (d <= mid * 10e-4)
			within += sz;
	}
	double touch = fabs(mid - l[0].px);
	i->epsilon = touch;
	i->reach_bp = far / mid * 1e4;
	if (q > 0)
		i->slope = 2 * (value / q - touch) / q;
	if (!(i->slope > 0)) /* one level: as if the same lay one tick away each */
		i->slope = q > 0 ? fmax(touch, mid * 1e-5) / q : 0;
	i->depth_10bp = within;
	if (i->reach_bp < 10 && i->slope > 0) {
		double more = (mid * 10e-4 - touch) / i->slope;
		i->depth_10bp = more > within ? more : within;
	}
}

void plan_impact(const struct plan_problem *p, struct impact *out)
{
	double mid = mid_of(p);
	struct impact i = p->impact;
	bool fitted = i.eta > 0;
	uint8_t src = p->book_age_ns < YOUNG_NS ? SRC_YOUNG : SRC_OLD;
	if (!(i.refill_s > 0))
		i.refill_s = REFILL_S;
	i.gamma_src = SRC_MODEL;
	i.eta_src = fitted ? i.eta_src : SRC_MODEL;
	if (book_usable(p->book)) {
		depth(p, mid, &i);
		i.epsilon_src = src;
	} else {
		i.epsilon_src = SRC_MODEL;
		if (!(i.epsilon > 0))
			i.epsilon = mid * PRIOR_HALF_BP * 1e-4;
		double c = sqrt_coef(p, mid), q = qty_to_double(p->size);
		i.depth_10bp = PRIOR_DEPTH_USD / mid;
		i.slope = mid * 10e-4 / i.depth_10bp;
		if (c > 0 && q > 0) /* the mean of the law over this size, made linear */
			i.slope = 2 * (2.0 / 3) * c / sqrt(q);
	}
	*out = i;
}

double plan_maker_share(uint8_t place)
{
	static const double share[PLACE_COUNT] = {[PLACE_CROSS] = 0,
						  [PLACE_POST] = 1,
						  [PLACE_CHASE] = 0.5,
						  [PLACE_POST_CROSS] = 0.55,
						  [PLACE_QUOTES] = 0.55};
	return share[place < PLACE_COUNT ? place : 0];
}

double plan_distance(const struct plan_account *a, double x0, double x, double mark, double liq,
		     double spent)
{
	double d = INFINITY, at, pct;
	bool same = fabs(x - x0) < 1e-12 || !a->known;
	if (same ? (at = liq) > 0 : venue_liq(a, x0, x, mark, spent, &at))
		d = fabs(mark - at) / mark;
	if (pool_dies(a, x0, x, mark, spent, &pct) && a->beta > 0)
		d = fmin(d, fabs(pct) / 100 * a->beta);
	return d;
}

bool plan_may_rest(double distance, double slot_sigma)
{
	return distance > REST_DISTANCE && distance > REST_SIGMAS * slot_sigma;
}

bool market_rests(const struct plan_problem *p, const struct market *m, double tau_s, double x,
		  double spent)
{
	double d = plan_distance(&p->account, m->x0, x, m->mark, p->liq, spent);
	return p->maker_share > 0 || plan_may_rest(d, p->sigma_year * sqrt(tau_s / YEAR_S));
}

double market_rest_part(const struct plan_problem *p, const struct market *m, double tau_s)
{
	double lo = 0, hi = 1; /* share of the size that is gone before they may */
	if (!(m->share > 0) || !market_rests(p, m, tau_s, m->x0 - m->sign * m->size, 0))
		return 0;
	if (market_rests(p, m, tau_s, m->x0, 0))
		return 1;
	for (int i = 0; i < REST_STEPS; i++) { /* the distance grows while it sells */
		double f = (lo + hi) / 2;
		bool rests = market_rests(p, m, tau_s, m->x0 - m->sign * m->size * f, 0);
		*(rests ? &hi : &lo) = f;
	}
	return 1 - hi;
}

uint32_t plan_late_slices(uint8_t place)
{
	double s = plan_maker_share(PLACE_POST_CROSS);
	double more = 1 - s / 2; /* one and more are waiting, at a moment of the slot */
	uint32_t n = 0;
	if (place != PLACE_POST)
		return 1;
	for (; more > 1.0 / 20; n++)
		more *= 1 - s;
	return n;
}

bool market_read(const struct plan_problem *p, struct market *m)
{
	m->mid = mid_of(p);
	m->mark = price_to_double(p->mark.v > 0 ? p->mark : p->mid);
	if (!(m->mark > 0))
		m->mark = m->mid;
	m->size = qty_to_double(p->size);
	m->x0 = qty_to_double(p->position);
	m->sign = p->side == SIDE_SELL ? 1 : -1;
	m->sigma_s =
		(p->sigma_cost > 0 ? p->sigma_cost : p->sigma_year) * m->mid / sqrt((double)YEAR_S);
	m->share = p->maker_share > 0 && p->maker_share <= 1 ? p->maker_share
							     : plan_maker_share(p->place);
	if (p->algo == ALGO_SWEEP || p->algo == ALGO_VENUE_TWAP)
		m->share = 0;
	m->book_any = book_usable(p->book);
	m->book_young = m->book_any && p->book_age_ns < YOUNG_NS;
	plan_impact(p, &m->impact);
	if (p->horizon_ms > 0 && p->algo != ALGO_SWEEP && m->book_any && p->usual.spread > 0)
		m->impact.epsilon = p->usual.spread / 2 * m->mid; /* it meets many books: mood.c */
	return m->mid > 0 && m->size > 0;
}

double market_eta(const struct market *m, double tau_s)
{
	if (m->impact.eta > 0)
		return m->impact.eta;
	double a = exp(-3 * tau_s / m->impact.refill_s);
	return m->impact.slope * tau_s * (0.5 + a / (1 - a));
}

void market_fixed(const struct plan_problem *p, const struct market *m, struct plan_cost *c,
		  double src[SRC_COUNT])
{
	double half = m->impact.epsilon, adverse = m->share * m->size * m->mid * ADVERSE_BP * 1e-4;
	double spread = m->size * half * (1 - 2 * m->share);
	double fee = p->fee_taker * (1 - m->share) + p->fee_maker * m->share;
	c->spread = spread + adverse;
	c->fees = m->size * m->mid * fee;
	src[m->impact.epsilon_src] += fabs(spread);
	src[SRC_MODEL] += adverse;
	src[SRC_YOUNG] += fabs(c->fees);
}

/* `coins` held of the ticket from from_ms to to_ms (wall): paid at every full hour inside. */
double market_funding(const struct plan_problem *p, const struct market *m, double coins,
		      int64_t from_ms, int64_t to_ms)
{
	const int64_t hour = 3600000;
	int64_t hours = to_ms / hour - from_ms / hour;
	return (double)hours * p->funding_hour * m->sign * coins * m->mark;
}

void cost_finish(struct plan_cost *c, const double src[SRC_COUNT], double notional)
{
	double all = src[SRC_YOUNG] + src[SRC_OLD] + src[SRC_MODEL];
	c->total = c->spread + c->impact + c->fees + c->funding;
	c->bp = notional > 0 ? c->total / notional * 1e4 : 0;
	for (int i = 0; i < SRC_COUNT; i++)
		c->share[i] = all > 0 ? src[i] / all : i == SRC_MODEL;
}

/* The walk and its tail; false when there is no book to walk. The law of cost.h is for metaorders:
 * what stands in the book is taken at the book's price. */
static bool book_walk(const struct plan_problem *p, double want, struct cost_out *out)
{
	struct cost_in in = {.side = p->side,
			     .size = want,
			     .sigma_day = p->sigma_year / sqrt(365.0),
			     .volume_day = p->volume_s * DAY_S,
			     .y = law_y(p)};
	struct err e = {0};
	if (!book_usable(p->book))
		return false;
	in.n_bid = side_read(p, SIDE_SELL, p->side == SIDE_SELL ? want : 0, in.bid);
	in.n_ask = side_read(p, SIDE_BUY, p->side == SIDE_BUY ? want : 0, in.ask);
	return cost_meter(&in, out, &e);
}

void plan_meter(const struct plan_problem *p, struct qty q, struct plan_meter *out)
{
	struct market m;
	struct plan_problem one = *p;
	struct plan_meter r = {0};
	struct cost_out walk = {0};
	double src[SRC_COUNT] = {0};
	one.size = q;
	one.algo = ALGO_SWEEP;
	if (!market_read(&one, &m)) {
		*out = r;
		return;
	}
	double want = m.size, impact = 0, tail = 0;
	struct mood mood;
	market_mood(&one, &m, &mood);
	market_fixed(&one, &m, &r.cost, src);
	if (book_walk(&one, want, &walk)) {
		impact = walk.walk - walk.tail - walk.from_book * m.impact.epsilon;
		tail = fmax(walk.tail - walk.from_model * m.impact.epsilon, 0);
		r.worst = walk.worst;
		r.visible = walk.from_book / want;
		uint32_t fine = p->side == SIDE_SELL ? p->book->n_bid : p->book->n_ask;
		r.levels = walk.levels <= fine
				   ? walk.levels
				   : fine + (walk.levels - fine + SPREAD_OVER - 1) / SPREAD_OVER;
		r.book_size = walk.book_size;
		r.ends = walk.book_ends;
	} else {
		double c = sqrt_coef(p, m.mid);
		if (!(c > 0))
			c = m.impact.slope * sqrt(want) / 2;
		tail = fmax(c * 2.0 / 3 * pow(want, 1.5) - want * m.impact.epsilon, 0);
		r.worst = m.mid - m.sign * c * sqrt(want);
	}
	r.beyond = r.visible < 1 - 1e-12;
	r.tail = tail * mood.impact;
	r.cost.impact = (impact + tail) * mood.impact;
	double moved = want * (mood.half - m.impact.epsilon), turned = impact * (mood.impact - 1);
	r.cost.spread += moved;
	uint8_t seen = m.book_any ? (m.book_young ? SRC_YOUNG : SRC_OLD) : SRC_MODEL;
	src[seen] += fmin(impact, impact * mood.impact) + fmin(moved, 0);
	src[SRC_MODEL] += r.tail + fabs(turned) + fabs(moved);
	r.deep = mood.deep;
	r.wide = mood.wide;
	r.mood_sd = hypot((impact + tail) * mood.impact_sd, want * mood.half_sd);
	cost_finish(&r.cost, src, want * m.mid);
	r.avg = m.mid - m.sign * (r.cost.spread + r.cost.impact) / want;
	*out = r;
}
