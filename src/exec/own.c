/* own.c: see own.h. */
#include "exec/own.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/banned.h"

static const double Z95 = 1.959963984540054;

static struct own_coin *find(struct own *o, const char *coin)
{
	for (uint32_t i = 0; i < o->n; i++)
		if (!strcmp(o->coin[i].coin, coin))
			return &o->coin[i];
	if (o->n == OWN_COINS)
		return NULL;
	struct own_coin *c = &o->coin[o->n++];

	memset(c, 0, sizeof *c);
	memcpy(c->coin, coin, sizeof c->coin);
	return c;
}

void own_add(struct own *o, const struct exit *x)
{
	struct own_coin *c = find(o, x->coin);
	uint32_t n = x->n_results;

	if (!c) {
		o->more++;
		return;
	}
	c->exits++;
	if (x->slice_open && n > 0)
		n--;
	for (uint32_t i = 0; i < n; i++) {
		const struct exit_slice_result *r = &x->result[i];
		double share = r->filled.v > 0 ? (double)r->maker.v / (double)r->filled.v : 0;
		double usd = money_to_double(r->value) * (1 - share);

		if (r->filled.v <= 0)
			continue;
		if (x->place == PLACE_POST_CROSS || x->place == PLACE_QUOTES ||
		    x->place == PLACE_CHASE) {
			c->slices++;
			c->rested += share;
		}
		if (!(usd > 0))
			continue;
		c->at[c->crossed % OWN_SAMPLES].usd = usd;
		c->at[c->crossed % OWN_SAMPLES].bp = -money_to_double(r->parts.impact) / usd * 1e4;
		c->crossed++;
	}
}

static void wilson(struct own_fit *f, double n)
{
	double z2 = Z95 * Z95, p = f->rested;
	double mid = (p + z2 / (2 * n)) / (1 + z2 / n);
	double half = Z95 / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n * n));

	f->rested_lo = fmax(mid - half, 0);
	f->rested_hi = fmin(mid + half, 1);
}

static bool line(struct own_fit *f, const struct own_coin *c)
{
	uint32_t n = c->crossed < OWN_SAMPLES ? c->crossed : OWN_SAMPLES;
	double mx = 0, my = 0, sxx = 0, sxy = 0, meat = 0;

	for (uint32_t i = 0; i < n; i++) {
		mx += c->at[i].usd / 1e4 / n;
		my += c->at[i].bp / n;
	}
	for (uint32_t i = 0; i < n; i++) {
		double dx = c->at[i].usd / 1e4 - mx;

		sxx += dx * dx;
		sxy += dx * (c->at[i].bp - my);
	}
	if (!(sxx > 1e-12 * n * mx * mx))
		return false;
	f->per_10k = sxy / sxx;
	f->impact_bp = my - f->per_10k * mx;
	for (uint32_t i = 0; i < n; i++) {
		double dx = c->at[i].usd / 1e4 - mx;
		double e = c->at[i].bp - f->impact_bp - f->per_10k * c->at[i].usd / 1e4;

		meat += dx * dx * e * e;
	}
	double se = sqrt(meat * n / (n - 2.0)) / sxx;

	f->per_10k_lo = f->per_10k - Z95 * se;
	f->per_10k_hi = f->per_10k + Z95 * se;
	return true;
}

void own_solve(struct own_fit *out, const struct own_coin *c)
{
	memset(out, 0, sizeof *out);
	if (c->slices >= OWN_LEAST) {
		out->rested_ok = true;
		out->rested = c->rested / c->slices;
		wilson(out, c->slices);
	}
	out->impact_ok = c->crossed >= OWN_LEAST && line(out, c);
}
