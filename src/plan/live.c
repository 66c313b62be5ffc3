/* live.c: estimates of one market as its feed comes. See live.h.
 *
 * Invariants: (1) what is not a number, not positive or from before the last is not a sample;
 * (2) a gap in the feed is never taken for a move: chains of samples begin anew after it; (3) a
 * value without enough samples is the prior, and says so; (4) the same events give the same bits.
 */
#include <math.h>
#include <string.h>

#include "core/pool.h"
#include "plan/live.h"
#include "base/banned.h"

#define MS_NS 1000000ll
static const double YEAR_S_ = 365.0 * 24 * 3600, NS = 1e-9;
/* Of what is smoothed: the middle of what the first halves of the recorded tapes chose
 * (bench_estimates). */
static const double VOLUME_TAU_S = 480, SPREAD_TAU_S = 240, DEPTH_TAU_S = 40, REACH_TAU_S = 300;
static const double OFI_TAU_S = 10;
static const int64_t GAP_NS = 10000 * MS_NS; /* a longer silence breaks what is chained */
static const double BACK_KEEP = 599.0 / 600; /* 20 minutes of samples, both sides */
static const double WALK_SHARE = 0.02;	     /* of itself a step: how fast lambda may drift */
/* Of the venue's day and of a fitted coin more is known than of a class. Chosen. */
static const double VOLUME_PRIOR_S[EST_FROM_COUNT] = {
	[EST_PRIOR] = 60, [EST_FITTED] = 240, [EST_VENUE] = 240};
static const double REFILL_MIN_S = 2, REFILL_MAX_S = 300;

enum {
	VOL_ENOUGH = 6,	     /* and 30 s */
	VOLUME_AGE_S = 120,  /* of the tape, before the rate is called measured */
	MEAN_ENOUGH = 15,    /* 30 s of samples */
	BACK_ENOUGH = 300,   /* 5 minutes, both sides */
	LAMBDA_ENOUGH = 30,  /* 5 minutes */
	NOISE_YOUNG = 10,    /* steps in which the noise is still the prior's */
	BIN_MS = 15 * 60000, /* CURVE_BINS a day */
	SPAN_30D_S = 30 * 86400,
};

/* Sources. tape: Hyperliquid 2025-09-04, 35 minutes of BTC, ETH, SOL, WLFI (market_descriptives of
 * the recorded data): spread medians, dollars a second, 20 levels of one side; lambda by `exeunt
 * calibrate`.
 * SaR: arXiv:2603.09164, median bid depth in 100 bp 0.42 M USD over 184 perps, a tenth of it here.
 * The classes of alts are chosen between: SOL and WLFI are their largest and near their smallest.
 * 20 levels of BTC and ETH end before 10 bp: what they hold is the least that lies there.
 *
 *                  30 d  volume   spread  10 bp    20 levels  refill  lambda   Y
 *                  /year USD/s    bp      USD      USD        s       bp/M USD
 * BTC              0.45  29,000   0.09    5.3 M    5.3 M      60      0.10     0.7   tape
 * majors (ETH)     0.65  36,000   0.23    12.6 M   12.6 M     60      0.31     0.7   tape
 * large alts       0.90  4,000    1       1.5 M    1.5 M      60      2        0.7   chosen; SOL
 *                        is 17,000, 0.49, 7 M, 7 M, 0.79
 * others           1.30  100      3       42,000   155,000    60      93       0.7   volume chosen,
 *                        10 bp SaR, the rest WLFI
 *
 * 30-day volatility: chosen, about the lower quartile of each class in 2024-2025, for half of it is
 * a floor. Refill: chosen, ten times what the tape shows after ordinary trades. Y: quant 2.5. */
const struct live_prior LIVE_PRIOR[LIVE_CLASSES] = {
#define ROW(name_, vol, usd_s, bp, d10, d20, refill, lambda, y)                                    \
	{                                                                                          \
		.name = name_, .value = {                                                          \
			[EST_SIGMA_30D] = vol,                                                     \
			[EST_VOLUME] = usd_s,                                                      \
			[EST_SPREAD] = bp,                                                         \
			[EST_DEPTH_10BP] = d10,                                                    \
			[EST_DEPTH_20] = d20,                                                      \
			[EST_REFILL] = refill,                                                     \
			[EST_LAMBDA] = lambda,                                                     \
			[EST_SQRT_Y] = y                                                           \
		}                                                                                  \
	}
	[CLASS_BTC] = ROW("BTC", 0.45, 29e3, 0.09, 5.3e6, 5.3e6, 60, 0.10, 0.7),
	[CLASS_MAJOR] = ROW("majors", 0.65, 36e3, 0.23, 12.6e6, 12.6e6, 60, 0.31, 0.7),
	[CLASS_LARGE_ALT] = ROW("large alts", 0.90, 4e3, 1, 1.5e6, 1.5e6, 60, 2, 0.7),
	[CLASS_OTHER] = ROW("others", 1.30, 100, 3, 42e3, 155e3, 60, 93, 0.7),
#undef ROW
};

enum live_class live_class_of(const char *coin)
{
	double beta = pool_beta_default(coin);

	return !strcmp(coin, "BTC") ? CLASS_BTC
	       : beta <= 1	    ? CLASS_MAJOR
	       : beta <= 2	    ? CLASS_LARGE_ALT
				    : CLASS_OTHER;
}

double live_sigma_30d(const char *coin, const struct live_prior *fitted)
{
	double class = LIVE_PRIOR[live_class_of(coin)].value[EST_SIGMA_30D], v;

	if (!fitted || !fitted->n[EST_SIGMA_30D])
		return class;
	v = fitted->value[EST_SIGMA_30D];
	/* a quiet week is no month */
	return isfinite(v) && (v > class || (v > 0 && fitted->span_s >= SPAN_30D_S)) ? v : class;
}

void live_prior_of(struct live_prior *out, const char *coin, const struct live_prior *fitted)
{
	*out = LIVE_PRIOR[live_class_of(coin)];
	for (int k = 0; fitted && k < EST_KINDS; k++) {
		double v = fitted->value[k];

		if (!fitted->n[k] || !(v > 0) || !isfinite(v))
			continue;
		if (k == EST_SIGMA_30D && live_sigma_30d(coin, fitted) != v)
			continue;
		out->value[k] = v;
		out->sd[k] = fitted->sd[k];
		out->n[k] = fitted->n[k];
	}
}

void live_vol_add(struct live_vol *v, double px, int64_t now_ns)
{
	double dt, r, rate;

	if (!(px > 0))
		return;
	if (v->px <= 0) {
		v->px = px;
		v->at_ns = v->first_ns = now_ns;
		return;
	}
	dt = (double)(now_ns - v->at_ns) / 1e9;
	if (dt < 5)
		return; /* finer samples measure the tick, not the move */
	r = log(px / v->px);
	v->px = px;
	v->at_ns = now_ns;
	if (dt > 120)
		return; /* a gap says nothing about a rate */
	rate = r * r / dt;
	v->fast += (rate - v->fast) * (1 - exp(-dt / 300));
	v->slow += (rate - v->slow) * (1 - exp(-dt / 3600));
	v->n++;
}

/* An average begun at zero is brought to size by the weight it has so far. */
static double vol_of(const struct live_vol *v, double var, double tau_s)
{
	double age = (double)(v->at_ns - v->first_ns) / 1e9;

	return sqrt(var / (1 - exp(-age / tau_s)) * YEAR_S_);
}

static bool vol_young(const struct live_vol *v)
{
	return v->n < VOL_ENOUGH || (double)(v->at_ns - v->first_ns) / 1e9 < 30;
}

double live_sigma_raw(const struct live_vol *v, double sigma_30d)
{
	double best = sigma_30d / 2, s;

	if (vol_young(v))
		return best;
	s = vol_of(v, v->fast, 300);
	best = s > best ? s : best;
	s = vol_of(v, v->slow, 3600);
	return s > best ? s : best;
}

void live_init(struct live *l)
{
	memset(l, 0, sizeof *l);
	curve_init(&l->curve, 0);
}

static void mean_add(struct live_mean *m, double x, double tau_s, int64_t now_ns)
{
	double w = 1 - exp(-LIVE_SAMPLE_MS / 1e3 / tau_s);

	if (!isfinite(x))
		return;
	if (1.0 / (m->n + 1.0) > w)
		w = 1.0 / (m->n + 1.0);
	m->mean += w * (x - m->mean);
	m->square += w * (x * x - m->square);
	m->n++;
	m->seen_ns = now_ns;
}

static bool mean_get(struct estimate *e, const struct live_mean *m, double tau_s)
{
	double var = m->square - m->mean * m->mean, most = 2 * tau_s / LIVE_SAMPLE_MS * 1e3;

	if (m->n < MEAN_ENOUGH)
		return false;
	*e = (struct estimate){.value = m->mean,
			       .sd = sqrt(fmax(var, 0) / fmin(m->n, most)),
			       .n = m->n,
			       .seen_ns = m->seen_ns,
			       .from = EST_LIVE};
	return true;
}

/* Coins of one side within `far` of the mid; *reach: how far the side goes. */
static double depth_within(const struct level *at, int n, double mid, double far, double *reach)
{
	double sum = 0;

	*reach = 0;
	for (int i = 0; i < n; i++) {
		*reach = fabs(price_to_double(at[i].px) / mid - 1);
		if (*reach <= far)
			sum += qty_to_double(at[i].sz);
	}
	return sum;
}

static void back_add(struct live *l, struct live_return *b, double depth, int64_t now_ns)
{
	double x = log(depth), w = 1 - BACK_KEEP;

	if (!(depth > 0)) {
		b->chain = 0;
		return;
	}
	if (!b->mean)
		b->mean = x;
	b->mean += (x - b->mean) / 300; /* of 10 minutes */
	x -= b->mean;
	if (b->chain >= 2) {
		if (1.0 / (l->n_back + 1.0) > w)
			w = 1.0 / (l->n_back + 1.0);
		l->c0 += w * (x * x - l->c0);
		l->c1 += w * (x * b->x1 - l->c1);
		l->c2 += w * (x * b->x2 - l->c2);
		l->n_back++;
		l->back_ns = now_ns;
	}
	b->x2 = b->x1;
	b->x1 = x;
	b->chain++;
}

static void sample_book(struct live *l, const struct book *b, int64_t now_ns)
{
	double near = 0.9 * l->reach5.mean, r[2], d[2];
	bool chained = now_ns - l->sample_ns < 2 * LIVE_SAMPLE_MS * MS_NS;

	l->sample_ns = now_ns;
	mean_add(&l->spread, (l->touch.ask - l->touch.bid) / l->mid * 1e4, SPREAD_TAU_S, now_ns);
	d[0] = depth_within(b->bid, b->n_bid, l->mid, 10e-4, &r[0]);
	d[1] = depth_within(b->ask, b->n_ask, l->mid, 10e-4, &r[1]);
	if (!b->fast && r[0] >= 10e-4 && r[1] >= 10e-4)
		mean_add(&l->deep10, (d[0] + d[1]) / 2, DEPTH_TAU_S, now_ns);
	if (!b->fast && b->n_bid > 5 && b->n_ask > 5) {
		d[0] = depth_within(b->bid, b->n_bid, l->mid, HUGE_VAL, &r[0]);
		d[1] = depth_within(b->ask, b->n_ask, l->mid, HUGE_VAL, &r[1]);
		mean_add(&l->deep20, (d[0] + d[1]) / 2, DEPTH_TAU_S, now_ns);
	}
	if (b->n_bid < 5 || b->n_ask < 5)
		return;
	depth_within(b->bid, 5, l->mid, 0, &r[0]);
	depth_within(b->ask, 5, l->mid, 0, &r[1]);
	mean_add(&l->reach5, (r[0] + r[1]) / 2, REACH_TAU_S, now_ns);
	if (l->reach5.n < MEAN_ENOUGH)
		return;
	d[0] = depth_within(b->bid, b->n_bid, l->mid, near, &r[0]);
	d[1] = depth_within(b->ask, b->n_ask, l->mid, near, &r[1]);
	for (int s = 0; s < 2; s++) {
		if (!chained)
			l->back[s].chain = 0;
		back_add(l, &l->back[s], d[s], now_ns);
	}
}

void live_book(struct live *l, const struct live_prior *p, const struct book *b, int64_t now_ns)
{
	double bids = 0, asks = 0;

	if (!b->n_bid || !b->n_ask)
		return;
	live_touch(l, p,
		   &(struct touch){price_to_double(b->bid[0].px), qty_to_double(b->bid[0].sz),
				   price_to_double(b->ask[0].px), qty_to_double(b->ask[0].sz)},
		   now_ns);
	if (l->touch_ns != now_ns)
		return; /* not taken */
	for (int i = 0; i < 5; i++) {
		bids += i < b->n_bid ? qty_to_double(b->bid[i].sz) : 0;
		asks += i < b->n_ask ? qty_to_double(b->ask[i].sz) : 0;
	}
	if (bids + asks > 0) {
		l->lean = (bids - asks) / (bids + asks);
		l->n_lean++;
		l->lean_ns = now_ns;
	}
	if (!l->sample_ns || now_ns - l->sample_ns >= LIVE_SAMPLE_MS * MS_NS)
		sample_book(l, b, now_ns);
}

void live_deep(struct live *l, const struct book *b, int64_t now_ns)
{
	double r[2], d[2], mid;

	if (!b->n_bid || !b->n_ask)
		return;
	mid = (price_to_double(b->bid[0].px) + price_to_double(b->ask[0].px)) / 2;
	d[0] = depth_within(b->bid, b->n_bid, mid, 10e-4, &r[0]);
	d[1] = depth_within(b->ask, b->n_ask, mid, 10e-4, &r[1]);
	if (r[0] >= 10e-4 && r[1] >= 10e-4)
		mean_add(&l->deep10, (d[0] + d[1]) / 2, DEPTH_TAU_S, now_ns);
}

void live_lambda_init(struct kalman *k, double lambda0, double sigma_year)
{
	kalman_init(k, lambda0, lambda0 * lambda0, 0,
		    sigma_year * sigma_year * LIVE_FLOW_MS / 1e3 / YEAR_S_ * 1e8, LAMBDA_ENOUGH);
}

void live_lambda_add(struct kalman *k, double musd, double move_bp, int64_t now_ns)
{
	double seen, least = 1e-4;

	k->q = fmax(WALK_SHARE * WALK_SHARE * k->m * k->m, 1e-10);
	kalman_add(k, musd, move_bp, now_ns);
	if (k->n <= NOISE_YOUNG)
		return;
	/* the noise, from what the filter did not foresee; never none, never the gain's own part */
	seen = k->innovation * k->innovation - (k->s - k->r);
	k->r += 0.05 * (fmax(seen, 0) - k->r);
	k->r = fmax(k->r, least);
}

/* A step of order flow ends: what it was and what the mid did. */
static void flow_end(struct live *l, const struct live_prior *p, int64_t now_ns)
{
	if (!l->lambda.n)
		live_lambda_init(&l->lambda, p->value[EST_LAMBDA], p->value[EST_SIGMA_30D]);
	live_lambda_add(&l->lambda, l->ofi_sum * l->mid / 1e6, (l->mid / l->flow_mid - 1) * 1e4,
			now_ns);
}

void live_touch(struct live *l, const struct live_prior *p, const struct touch *t, int64_t now_ns)
{
	double mid = (t->bid + t->ask) / 2, e;

	if (!(t->bid > 0) || !(t->ask > t->bid) || !(t->bid_size > 0) || !(t->ask_size > 0) ||
	    now_ns < l->touch_ns)
		return;
	if (!l->touch_ns || now_ns - l->touch_ns > GAP_NS) {
		l->ofi = l->ofi_sum = 0;
		l->flow_ns = now_ns;
		l->flow_mid = mid;
		l->first_ns = l->first_ns ? l->first_ns : now_ns;
	} else {
		e = ofi_step(&l->touch, t);
		l->ofi *= exp(-(double)(now_ns - l->touch_ns) * NS / OFI_TAU_S);
		l->ofi += e;
		l->ofi_sum += e;
		l->n_ofi++;
	}
	l->touch = *t;
	l->touch_ns = now_ns;
	l->mid = mid;
	if (now_ns - l->flow_ns >= LIVE_FLOW_MS * MS_NS) {
		flow_end(l, p, now_ns);
		l->ofi_sum = 0;
		l->flow_ns = now_ns;
		l->flow_mid = mid;
	}
}

void live_trade(struct live *l, double coins, int64_t wall_ms, int64_t now_ns)
{
	double dt = (double)(now_ns - l->rate_ns) * NS, fall, bump = coins / VOLUME_TAU_S;
	int64_t bin = wall_ms / BIN_MS;

	if (!(coins > 0) || !isfinite(coins) || dt < 0)
		return;
	if (!l->first_ns)
		l->first_ns = now_ns;
	fall = l->rate_ns ? exp(-dt / VOLUME_TAU_S) : 0;
	l->rate = l->rate * fall + bump;
	l->rate2 = l->rate2 * fall * fall + bump * bump;
	l->rate_ns = now_ns;
	l->n_trades++;
	if (bin != l->bin) { /* only a quarter that was heard from its begin to its end */
		if (l->bin && bin == l->bin + 1 && l->bin_coins >= 0)
			curve_add(&l->curve, (uint32_t)(l->bin % CURVE_BINS), l->bin_coins, now_ns);
		l->bin_coins = l->bin && bin == l->bin + 1 ? 0 : -HUGE_VAL;
		l->bin = bin;
	}
	l->bin_coins += coins;
}

/* The prior counts as so many seconds of tape heard before the first, and fades as they would: the
 * rate of the tape takes its place by and by, and no plan jumps with it. */
static void volume_get(struct estimate *e, const struct live *l, int64_t now_ns)
{
	double age = (double)(now_ns - l->first_ns) * NS, heard, before, fall;

	if (!l->n_trades || age < 0 || (age < VOLUME_AGE_S && !(e->value > 0)))
		return;
	heard = VOLUME_TAU_S * (1 - exp(-age / VOLUME_TAU_S));
	before = e->value > 0 ? VOLUME_PRIOR_S[e->from] * exp(-age / VOLUME_TAU_S) : 0;
	fall = exp(-(double)(now_ns - l->rate_ns) * NS / VOLUME_TAU_S) * VOLUME_TAU_S;
	e->value = (l->rate * fall + e->value * before) / (heard + before);
	if (age < VOLUME_AGE_S)
		return; /* most of it is the prior still */
	*e = (struct estimate){.value = e->value,
			       .sd = sqrt(l->rate2) * fall / (heard + before),
			       .n = l->n_trades,
			       .seen_ns = l->rate_ns,
			       .from = EST_LIVE};
}

static bool refill_get(struct estimate *e, const struct live *l)
{
	double step = LIVE_SAMPLE_MS / 1e3, rho, t, se, n, u0, u1;

	if (!l || l->n_back < BACK_ENOUGH || !(l->c1 > 0))
		return false;
	n = fmin(l->n_back, 2 / (1 - BACK_KEEP));
	rho = l->c2 / l->c1;
	/* u = x - rho x1 is uncorrelated with x2: var rho = (u0 c0 + 2 u1 c1) / (n c1^2), u0 and u1
	 * the autocovariances of u */
	u0 = l->c0 * (1 + rho * rho) - 2 * rho * l->c1;
	u1 = l->c1 * (1 + rho * rho) - rho * (l->c0 + l->c2);
	se = sqrt(fmax(u0 * l->c0 + 2 * u1 * l->c1, 0) / n) / l->c1;
	rho = fmin(fmax(rho, exp(-3 * step / REFILL_MIN_S)), exp(-3 * step / REFILL_MAX_S));
	t = -step / log(rho);
	*e = (struct estimate){.value = 3 * t,
			       .sd = 3 * se * t * t / (step * rho),
			       .n = l->n_back,
			       .seen_ns = l->back_ns,
			       .from = EST_LIVE};
	return true;
}

static void vol_get(struct estimate *e, const struct live_vol *v, double var, double tau_s)
{
	double step = v->n ? fmax((double)(v->at_ns - v->first_ns) * NS / v->n, 5) : 5;

	e->n = v->n;
	e->seen_ns = v->at_ns;
	if (vol_young(v))
		return;
	e->value = vol_of(v, var, tau_s);
	e->sd = e->value * sqrt(0.5 / fmin(v->n, 2 * tau_s / step));
	e->prior = false;
	e->from = EST_LIVE;
}

void live_get(const struct live *l, const struct live_vol *v, const struct live_prior *p,
	      double price, double day_usd, int64_t now_ns, struct estimate out[EST_KINDS])
{
	for (int k = 0; k < EST_KINDS; k++) {
		bool usd = k == EST_VOLUME || k == EST_DEPTH_10BP || k == EST_DEPTH_20;
		double per = !usd ? 1 : price > 0 ? 1 / price : 0;

		out[k] = (struct estimate){.value = p->value[k] * per,
					   .sd = p->sd[k] * per,
					   .n = p->n[k],
					   .prior = true,
					   .from = p->n[k] ? EST_FITTED : EST_PRIOR};
	}
	if (day_usd > 0 && price > 0)
		out[EST_VOLUME] = (struct estimate){
			.value = day_usd / 86400 / price, .prior = true, .from = EST_VENUE};
	out[EST_SIGMA_5M].value = out[EST_SIGMA_1H].value = p->value[EST_SIGMA_30D] / 2;
	vol_get(&out[EST_SIGMA_5M], v, v->fast, 300);
	vol_get(&out[EST_SIGMA_1H], v, v->slow, 3600);
	if (!l)
		return;
	volume_get(&out[EST_VOLUME], l, now_ns);
	mean_get(&out[EST_SPREAD], &l->spread, SPREAD_TAU_S);
	mean_get(&out[EST_DEPTH_10BP], &l->deep10, DEPTH_TAU_S);
	mean_get(&out[EST_DEPTH_20], &l->deep20, DEPTH_TAU_S);
	refill_get(&out[EST_REFILL], l);
	if (l->lambda.n >= LAMBDA_ENOUGH) {
		out[EST_LAMBDA] = kalman_get(&l->lambda);
		out[EST_LAMBDA].value = fmax(out[EST_LAMBDA].value, 0);
		out[EST_LAMBDA].from = EST_LIVE;
	}
	if (l->n_ofi)
		out[EST_OFI] = (struct estimate){
			.value = l->ofi * exp(-(double)(now_ns - l->touch_ns) * NS / OFI_TAU_S),
			.n = l->n_ofi,
			.seen_ns = l->touch_ns,
			.from = EST_LIVE};
	if (l->n_lean)
		out[EST_LEAN] = (struct estimate){
			.value = l->lean, .n = l->n_lean, .seen_ns = l->lean_ns, .from = EST_LIVE};
}

void live_season(const struct live *l, struct season *out)
{
	enum { PER_HOUR = CURVE_BINS / DAY_HOURS, UNIT = 10000 }; /* the mean hour is about 400 */
	*out = (struct season){{0}};
	if (l->curve.n < CURVE_BINS)
		return;
	for (int h = 0; h < DAY_HOURS; h++) {
		double share = 0;
		for (int k = 0; k < PER_HOUR; k++)
			share += l->curve.bin[h * PER_HOUR + k];
		out->hour[h] =
			(uint16_t)fmax(UNIT * share, 1); /* bins are at most 10 / CURVE_BINS */
	}
}
