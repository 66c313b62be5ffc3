/* pool.c: distances of pools.
 *
 * 1. A pool already under its maintenance has distance 0, never a negative one.
 * 2. Where a common move cannot liquidate, has_dies is false: never a made-up large number. */
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

/* The move at which equity meets `part` of maintenance. */
static bool distance(const struct pool_sum *s, double equity, double part, double *x)
{
	double left = equity - part * s->maint;
	double speed = fabs(s->net_beta) - s->side * part * s->maint_beta;

	if (left <= 0) {
		*x = 0;
		return true;
	}
	if (!(speed > 0))
		return false;
	*x = left / speed;
	return s->side < 0 || *x < 1; /* nothing falls by more than all */
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

struct pool_sum pool_measure(const struct pool_leg *legs, int n, double equity, double sigma_btc)
{
	struct pool_sum s = {0};
	double other, r;

	for (int i = 0; i < n; i++) {
		s.gross += fabs(legs[i].notional);
		s.net += legs[i].notional;
		s.net_beta += legs[i].notional * legs[i].beta;
		s.maint += legs[i].maint;
		s.maint_beta += legs[i].maint * legs[i].beta;
	}
	s.side = s.net_beta < 0 ? -1 : 1;
	s.free = equity - s.maint;
	s.has_dies = n > 0 && distance(&s, equity, 1, &s.dies);
	/* a well hedged pool may lose maintenance faster than equity: both thresholds are one then
	 */
	if (!s.has_dies || !distance(&s, equity, 2.0 / 3.0, &s.backstop) || s.backstop < s.dies)
		s.backstop = s.dies;
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

double pool_helps(const struct pool_leg *legs, int n, int k, double equity, double sigma_btc)
{
	struct pool_sum before = pool_measure(legs, n, equity, sigma_btc), after = {0};
	const struct pool_leg *leg = &legs[k];
	double x0 = before.has_dies ? before.dies : 1, x1 = 1;

	after.maint = before.maint - leg->maint;
	after.net_beta = before.net_beta - leg->notional * leg->beta;
	after.maint_beta = before.maint_beta - leg->maint * leg->beta;
	after.side = after.net_beta < 0 ? -1 : 1;
	if (n == 1 || !distance(&after, equity - leg->cost, 1, &x1) || x1 > 1)
		x1 = 1; /* beyond 100 % is all there is to gain */
	if (x0 > 1)
		x0 = 1;
	return (x1 - x0) * 100 / (leg->cost > 1 ? leg->cost / 1000 : 0.001);
}

double pool_break_even(const struct pool_leg *legs, int n, int k, double equity, double mark,
		       double fee)
{
	double net = 0, notional, room;

	for (int i = 0; i < n; i++)
		net += legs[i].notional * legs[i].beta;
	notional = fabs(net) / legs[k].beta;
	if (!(notional > 0))
		return 0;
	room = equity / notional - fee;
	return legs[k].notional > 0 ? mark * (1 - room) : mark * (1 + room);
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
