/* pool.c: distances of pools.
 *
 * 1. A pool already under its maintenance has distance 0, never a negative one.
 * 2. Where a common move cannot liquidate, has_dies is false: never a made-up large number.
 * 3. A walk turns at each corner once, in order: it ends after at most legs x (tiers + 1) turns. */
#include "core/pool.h"

#include <math.h>
#include <string.h>

static const char *const majors[] = {
	"SOL", "XRP", "BNB", "DOGE", "ADA", "AVAX", "LINK", "LTC",
	"BCH", "DOT", "TRX", "SUI",  "TON", "HYPE", "NEAR", "APT",
};

enum { TOUCH_MAX_S = 7 * 24 * 3600 };

double pool_beta(double measured)
{
	if (!(measured >= 1))
		return 1;
	return measured > 5 ? 5 : measured;
}

double pool_beta_default(const char *coin)
{
	if (!strcmp(coin, "BTC") || !strcmp(coin, "ETH"))
		return 1;
	for (size_t i = 0; i < sizeof majors / sizeof majors[0]; i++)
		if (!strcmp(coin, majors[i]))
			return 2;
	return 4;
}

/* A leg that is not looked at: pool_helps takes one out of its pool. */
enum { NO_LEG = -1 };

static double rate_of(const struct pool_leg *l, int tier)
{
	double n = fabs(l->notional);

	if (tier < 0)
		return 0; /* its price is zero */
	if (l->n_tiers)
		return 0.5 / l->tiers[tier].max_leverage;
	return n > 0 ? l->maint / n : 0;
}

static double lower_of(const struct pool_leg *l, int tier)
{
	return money_to_double(l->tiers[tier].lower);
}

double pool_maint(const struct pool_leg *l, double notional)
{
	double sum = 0;

	if (!l->n_tiers)
		return rate_of(l, 0) * notional;
	for (int k = 0; k < l->n_tiers; k++) {
		double lower = lower_of(l, k), upper = notional;

		if (notional <= lower)
			break;
		if (k + 1 < l->n_tiers && lower_of(l, k + 1) < upper)
			upper = lower_of(l, k + 1);
		sum += (upper - lower) * rate_of(l, k);
	}
	return sum;
}

/* Equity less `part` of maintenance along a move of BTC in one direction, corner by corner. */
struct walk {
	const struct pool_leg *legs;
	int n, skip, dir; /* dir -1: the market falls */
	double part;
	double x, f;			  /* here */
	double slope;			  /* of f from here on */
	int8_t tier[POSITIONS_MAX];	  /* in force from here on; -1: the price is zero */
	double next[POSITIONS_MAX];	  /* where each leg has its next corner */
	double part_slope[POSITIONS_MAX]; /* summed anew at each turn: what is over is exactly 0 */
};

static int tier_from(const struct pool_leg *l, int dir)
{
	double n = fabs(l->notional);
	int k = l->n_tiers ? l->n_tiers - 1 : 0;

	while (k > 0 && (dir > 0 ? lower_of(l, k) > n : lower_of(l, k) >= n))
		k--;
	return k;
}

static double slope_of(const struct walk *w, int i)
{
	const struct pool_leg *l = &w->legs[i];

	if (w->tier[i] < 0)
		return 0;
	return w->dir * l->beta *
	       (l->notional - w->part * fabs(l->notional) * rate_of(l, w->tier[i]));
}

/* Where leg i has its next corner. */
static double corner(const struct walk *w, int i)
{
	const struct pool_leg *l = &w->legs[i];
	double n = fabs(l->notional), far;
	int k = w->tier[i];

	if (k < 0 || !(n > 0) || !(l->beta > 0) || (w->dir > 0 && k + 1 >= l->n_tiers))
		return INFINITY;
	far = w->dir > 0 ? lower_of(l, k + 1) / n - 1 : 1 - (k ? lower_of(l, k) / n : 0);
	return far / l->beta;
}

static void walk_begin(struct walk *w, double equity)
{
	w->x = w->slope = 0;
	w->f = equity;
	for (int i = 0; i < w->n; i++) {
		w->next[i] = INFINITY;
		w->part_slope[i] = 0;
		if (i == w->skip)
			continue;
		w->tier[i] = (int8_t)tier_from(&w->legs[i], w->dir);
		w->f -= w->part * w->legs[i].maint;
		w->part_slope[i] = slope_of(w, i);
		w->slope += w->part_slope[i];
		w->next[i] = corner(w, i);
	}
}

/* The next corner; INFINITY: none, the slope holds for ever. */
static double walk_ahead(const struct walk *w, int *leg)
{
	double best = INFINITY;

	for (int i = 0; i < w->n; i++)
		if (w->next[i] < best) {
			best = w->next[i];
			*leg = i;
		}
	return best;
}

static void walk_turn(struct walk *w, double to, int leg)
{
	if (to > w->x) {
		w->f += w->slope * (to - w->x);
		w->x = to;
	}
	w->tier[leg] = (int8_t)(w->tier[leg] + w->dir);
	w->part_slope[leg] = slope_of(w, leg);
	w->next[leg] = corner(w, leg);
	w->slope = 0;
	for (int i = 0; i < w->n; i++)
		w->slope += w->part_slope[i];
}

/* The move in direction dir, less than `most`, at which equity meets `part` of maintenance. */
static bool death_within(const struct pool_leg *legs, int n, int skip, double equity, double part,
			 int dir, double most, double *x)
{
	struct walk w = {.legs = legs, .n = n, .skip = skip, .dir = dir, .part = part};

	for (walk_begin(&w, equity);;) {
		int leg = 0;
		double next = walk_ahead(&w, &leg);

		if (w.f <= 0) {
			*x = w.x;
			return true;
		}
		if (w.slope < 0 && w.x - w.f / w.slope <= next) {
			*x = w.x - w.f / w.slope;
			return true;
		}
		if (!(next < most))
			return false;
		walk_turn(&w, next, leg);
	}
}

static bool death(const struct pool_leg *legs, int n, int skip, double equity, double part, int dir,
		  double *x)
{
	return death_within(legs, n, skip, equity, part, dir, INFINITY, x);
}

double pool_lowest(const struct pool_leg *legs, int n, double equity, double x, double part)
{
	struct walk w = {.legs = legs, .n = n, .skip = NO_LEG, .dir = x < 0 ? -1 : 1, .part = part};
	double end = fabs(x), least;

	walk_begin(&w, equity);
	for (least = w.f;;) {
		int leg = 0;
		double next = walk_ahead(&w, &leg);

		if (next >= end) {
			double f = w.f + w.slope * (end - w.x);

			return f < least ? f : least;
		}
		walk_turn(&w, next, leg);
		if (w.f < least)
			least = w.f;
	}
}

double pool_left(const struct pool_leg *legs, int n, double equity, double x, double part)
{
	for (int i = 0; i < n; i++) {
		double to = 1 + legs[i].beta * x;

		if (to < 0)
			to = 0;
		equity += legs[i].notional * (to - 1) -
			  part * pool_maint(&legs[i], fabs(legs[i].notional) * to);
	}
	return equity;
}

static double covariance_sd(const struct pool_leg *legs, int n)
{
	double sum = 0, squares = 0;

	for (int i = 0; i < n; i++) {
		double a = legs[i].notional * legs[i].sigma;

		sum += a;
		squares += a * a;
	}
	return sqrt(POOL_CORRELATION * sum * sum + (1 - POOL_CORRELATION) * squares);
}

/* Both directions; without either the side is that of the net. */
static void distances(const struct pool_leg *legs, int n, double equity, struct pool_sum *s)
{
	s->down = s->up = POOL_NEVER;
	s->side = s->net_beta < 0 ? -1 : 1;
	if (n == 0)
		return;
	if (!death(legs, n, NO_LEG, equity, 1, -1, &s->down))
		s->down = POOL_NEVER;
	if (!death(legs, n, NO_LEG, equity, 1, 1, &s->up))
		s->up = POOL_NEVER;
	if (s->down != s->up)
		s->side = s->down < s->up ? 1 : -1;
	s->dies = s->down < s->up ? s->down : s->up;
	s->has_dies = s->dies < POOL_NEVER;
	if (!s->has_dies)
		s->dies = 0;
	/* a well hedged pool may lose maintenance faster than equity: both thresholds are one then
	 */
	if (!s->has_dies || !death(legs, n, NO_LEG, equity, 2.0 / 3.0, -s->side, &s->backstop) ||
	    s->backstop < s->dies)
		s->backstop = s->dies;
	s->has_zero = death(legs, n, NO_LEG, equity, 0, -s->side, &s->zero);
}

struct pool_sum pool_measure(const struct pool_leg *legs, int n, double equity, double sigma_btc)
{
	struct pool_sum s = {0};
	double other, r;

	if (n > POSITIONS_MAX)
		n = POSITIONS_MAX;
	for (int i = 0; i < n; i++) {
		s.gross += fabs(legs[i].notional);
		s.net += legs[i].notional;
		s.net_beta += legs[i].notional * legs[i].beta;
		s.maint += legs[i].maint;
		s.maint_beta += legs[i].maint * legs[i].beta;
	}
	s.free = equity - s.maint;
	distances(legs, n, equity, &s);
	s.sd = covariance_sd(legs, n);
	other = fabs(s.net_beta) * sigma_btc;
	if (other > s.sd)
		s.sd = other;
	s.touch_s = POOL_NEVER;
	if (s.sd > 0) {
		s.sigma_left = s.free > 0 ? s.free / s.sd : 0;
		r = s.sigma_left / 1.645;
		if (r * r * 3600 <= TOUCH_MAX_S)
			s.touch_s = r * r * 3600;
	}
	return s;
}

static double helps(const struct pool_leg *legs, int n, int k, double equity,
		    const struct pool_sum *s)
{
	const struct pool_leg *leg = &legs[k];
	double x0 = s->has_dies && s->dies < 1 ? s->dies : 1, x1 = 1, x;

	/* beyond 100 % is all there is to gain */
	for (int dir = -1; n > 1 && dir <= 1; dir += 2)
		if (death_within(legs, n, k, equity - leg->cost, 1, dir, x1, &x) && x < x1)
			x1 = x;
	return (x1 - x0) * 100 / (leg->cost > 1 ? leg->cost / 1000 : 0.001);
}

double pool_helps(const struct pool_leg *legs, int n, int k, double equity, double sigma_btc)
{
	struct pool_sum before = pool_measure(legs, n, equity, sigma_btc);

	return helps(legs, n, k, equity, &before);
}

double pool_helps_of(const struct pool_leg *legs, int n, int k, double equity,
		     const struct pool_sum *s)
{
	return helps(legs, n, k, equity, s);
}

void pool_helps_all(const struct pool_leg *legs, int n, double equity, const struct pool_sum *s,
		    double *out)
{
	for (int k = 0; k < n; k++)
		out[k] = helps(legs, n, k, equity, s);
}

double pool_add(const struct pool_leg *legs, int n, double equity, double x)
{
	double least = pool_lowest(legs, n, equity, x, 1);

	return least < 0 ? -least : 0;
}

/* What a leg of `part` of k adds to equity less maintenance after a move of x. */
static double share_left(const struct pool_leg *l, double part, double x)
{
	double to = 1 + l->beta * x, n = l->notional * part;

	if (to < 0)
		to = 0;
	return n * (to - 1) - pool_maint(l, fabs(n) * to);
}

bool pool_even_share(const struct pool_leg *legs, int n, int k, double equity,
		     const struct pool_sum *s, double part, double *share)
{
	double x = -s->side * s->dies, size = fabs(legs[k].notional) * part, most;

	if (!s->has_dies || !(size > 0) || n == 0)
		return false;
	*share = (share_left(&legs[k], 1 - part, x) - share_left(&legs[k], 1, x)) / size;
	/* under maintenance already: what frees margin helps, while there is equity to pay it */
	most = equity / fabs(legs[k].notional);
	if (s->free <= 0 && *share > most)
		*share = most;
	return true;
}

/* Equity less maintenance after x with `part` of leg k closed at a cost of `share`. */
static double after_cut(const struct pool_leg *legs, int n, int k, double equity, double x,
			double share, double part)
{
	double size = fabs(legs[k].notional) * part;

	return pool_left(legs, n, equity, x, 1) + share_left(&legs[k], 1 - part, x) -
	       share_left(&legs[k], 1, x) - share * size;
}

bool pool_cut(const struct pool_leg *legs, int n, int k, double equity, double x, double share,
	      double *part)
{
	double lo = 0, hi = 1;

	if (after_cut(legs, n, k, equity, x, share, 0) >= 0) {
		*part = 0;
		return true;
	}
	/* concave in the part, for tiers only ever cost more at the top: first its summit */
	for (int i = 0; i < 100; i++) {
		double a = lo + (hi - lo) / 3, b = hi - (hi - lo) / 3;

		if (after_cut(legs, n, k, equity, x, share, a) <
		    after_cut(legs, n, k, equity, x, share, b))
			lo = a;
		else
			hi = b;
	}
	if (after_cut(legs, n, k, equity, x, share, hi) < 0)
		return false;
	for (lo = 0; hi - lo > 1e-13;) {
		double mid = lo + (hi - lo) / 2;

		if (after_cut(legs, n, k, equity, x, share, mid) < 0)
			lo = mid;
		else
			hi = mid;
	}
	*part = hi;
	return true;
}

double pool_zero_price(const struct pool_leg *leg, double equity, double mark)
{
	double p;

	if (leg->notional == 0)
		return 0;
	p = mark * (1 - equity / leg->notional);
	return p > 0 ? p : 0;
}

static bool before(const struct pool_key *a, const struct pool_key *b)
{
	if (a->has != b->has)
		return a->has;
	if (a->has && a->dies != b->dies)
		return a->dies < b->dies;
	return a->place < b->place;
}

void pool_sort(struct pool_key *keys, int n)
{
	for (int i = 1; i < n; i++) { /* few, nearly sorted from the last time */
		struct pool_key k = keys[i];
		int j = i;

		for (; j > 0 && before(&k, &keys[j - 1]); j--)
			keys[j] = keys[j - 1];
		keys[j] = k;
	}
}
