/* Live estimates: priors said to be priors, each model finds what made its data, gaps are no moves,
 * what is not a number is no sample. */
#include <math.h>
#include <string.h>

#include "base/prng.h"
#include "plan/live.h"
#include "tests/run.h"

static const int64_t SEC = 1000000000;
static struct live live;
static struct live_vol vol;
static struct estimate est[EST_KINDS];

static double normal(struct prng *r)
{
	double u = 1 - prng_unit(r);

	return sqrt(-2 * log(u)) * cos(2 * M_PI * prng_unit(r));
}

static const struct live_prior *begin(const char *coin)
{
	static struct live_prior p;

	live_init(&live);
	memset(&vol, 0, sizeof vol);
	live_prior_of(&p, coin, NULL);
	return &p;
}

static struct price px(double v)
{
	struct price p;

	CHECK(price_from_double(&p, v, ROUND_HALF_AWAY));
	return p;
}

static struct qty qty(double v)
{
	struct qty q;

	CHECK(qty_from_double(&q, v));
	return q;
}

/* n levels a side, `tick` apart around mid, the best `half` away; sizes by side. */
static struct book book_of(double mid, double half, double tick, int n, double bid, double ask)
{
	struct book b = {.n_bid = (uint8_t)n, .n_ask = (uint8_t)n};

	for (int i = 0; i < n; i++) {
		b.bid[i] = (struct level){px(mid - half - i * tick), qty(bid), 1};
		b.ask[i] = (struct level){px(mid + half + i * tick), qty(ask), 1};
	}
	return b;
}

TEST(priors)
{
	const struct live_prior *p = begin("WLFI");
	struct live_prior fit = {.name = "WLFI", .span_s = 3600}, q;

	live_get(NULL, &vol, p, 0.2, 0, SEC, est);
	for (int k = 0; k < EST_OFI; k++) {
		CHECK(est[k].prior);
		CHECK(est[k].value > 0);
		CHECK_INT(est[k].n, 0);
		CHECK_INT(est[k].seen_ns, 0);
		CHECK_INT(est[k].from, EST_PRIOR);
	}
	CHECK_NEAR(est[EST_VOLUME].value, 100 / 0.2, 1e-9); /* dollars, as coins of this price */
	CHECK_NEAR(est[EST_REFILL].value, 60, 0);
	live_get(NULL, &vol, p, 0, 0, SEC, est); /* no price: no coins made up */
	CHECK_NEAR(est[EST_VOLUME].value, 0, 0);
	live_get(NULL, &vol, p, 0.2, 86400, SEC, est);
	CHECK_INT(est[EST_VOLUME].from, EST_VENUE);
	CHECK(est[EST_VOLUME].prior);
	CHECK_NEAR(est[EST_VOLUME].value, 5, 1e-12);

	CHECK_INT(live_class_of("BTC"), CLASS_BTC);
	CHECK_INT(live_class_of("ETH"), CLASS_MAJOR);
	CHECK_INT(live_class_of("SOL"), CLASS_LARGE_ALT);
	CHECK_INT(live_class_of("xyz:GOLD"), CLASS_OTHER);

	fit.value[EST_REFILL] = 9, fit.n[EST_REFILL] = 500, fit.sd[EST_REFILL] = 2;
	fit.value[EST_SPREAD] = 7; /* n 0: not fitted */
	fit.value[EST_LAMBDA] = NAN, fit.n[EST_LAMBDA] = 5;
	fit.value[EST_SIGMA_30D] = 0.4, fit.n[EST_SIGMA_30D] = 90;
	live_prior_of(&q, "WLFI", &fit);
	live_get(NULL, &vol, &q, 0.2, 0, SEC, est);
	CHECK_INT(est[EST_REFILL].from, EST_FITTED);
	CHECK_NEAR(est[EST_REFILL].value, 9, 0);
	CHECK_NEAR(est[EST_REFILL].sd, 2, 0);
	CHECK_INT(est[EST_REFILL].n, 500);
	CHECK_INT(est[EST_SPREAD].from, EST_PRIOR);
	CHECK_INT(est[EST_LAMBDA].from, EST_PRIOR);
	/* an hour may raise the volatility of a month, never lower it; 30 days may */
	CHECK_NEAR(est[EST_SIGMA_30D].value, 1.30, 0);
	fit.span_s = 30 * 86400;
	CHECK_NEAR(live_sigma_30d("WLFI", &fit), 0.4, 0);
	fit.span_s = 60, fit.value[EST_SIGMA_30D] = 2;
	CHECK_NEAR(live_sigma_30d("WLFI", &fit), 2, 0);
}

TEST(volatility)
{
	const struct live_prior *p = begin("BTC");
	struct prng rng;
	double x = 1e5, sigma = 0.8, step = sigma * sqrt(6 / (365.0 * 86400));
	int64_t now = SEC;

	prng_seed(&rng, test_seed);
	CHECK_NEAR(live_sigma_raw(&vol, 0.45), 0.225, 0); /* half the month */
	for (int i = 0; i < 3000; i++, now += 6 * SEC) {
		x *= exp(step * normal(&rng));
		live_vol_add(&vol, x, now);
		live_vol_add(&vol, x * 2, now + SEC); /* finer than 5 s: a tick, not a move */
	}
	live_get(NULL, &vol, p, x, 0, now, est);
	CHECK(!est[EST_SIGMA_1H].prior);
	CHECK_INT(est[EST_SIGMA_1H].n, 2999);
	CHECK_NEAR(est[EST_SIGMA_1H].value, sigma, 4 * est[EST_SIGMA_1H].sd);
	CHECK_NEAR(est[EST_SIGMA_5M].value, sigma, 4 * est[EST_SIGMA_5M].sd);
	CHECK(est[EST_SIGMA_5M].sd > 2 * est[EST_SIGMA_1H].sd);
	CHECK_NEAR(live_sigma_raw(&vol, 0.45),
		   fmax(est[EST_SIGMA_1H].value, est[EST_SIGMA_5M].value), 1e-12);
	double before = est[EST_SIGMA_1H].value;

	live_vol_add(&vol, x * 2, now + 200 * SEC); /* a gap says nothing about a rate */
	live_get(NULL, &vol, p, x, 0, now, est);
	CHECK_NEAR(est[EST_SIGMA_1H].value, before, before * 0.03);
	live_vol_add(&vol, NAN, now + 300 * SEC);
	live_vol_add(&vol, -1, now + 300 * SEC);
	CHECK_INT(vol.n, 2999);
}

TEST(volume)
{
	const struct live_prior *p = begin("BTC");
	struct prng rng;
	int64_t now = SEC;
	double got = 0;

	prng_seed(&rng, test_seed);
	for (int i = 0; i < 6000; i++) { /* two a second of 0.5 on average */
		now += (int64_t)(-log(1 - prng_unit(&rng)) * 0.5e9);
		live_trade(&live, prng_unit(&rng), 1000 + now / 1000000, now);
		if (i == 100) {
			live_get(&live, &vol, p, 1e5, 0, now, est);
			CHECK(est[EST_VOLUME].prior); /* a minute is no rate */
		}
	}
	live_get(&live, &vol, p, 1e5, 86400e5, now,
		 est); /* what the day's was, is long forgotten */
	CHECK(!est[EST_VOLUME].prior);
	CHECK_INT(est[EST_VOLUME].n, 6000);
	CHECK(est[EST_VOLUME].sd > 0.01 && est[EST_VOLUME].sd < 0.1);
	CHECK_NEAR(est[EST_VOLUME].value, 1, 4 * est[EST_VOLUME].sd);
	got = est[EST_VOLUME].value;
	/* ten minutes of silence are ten minutes without trades */
	live_get(&live, &vol, p, 1e5, 0, now + 600 * SEC, est);
	CHECK_NEAR(est[EST_VOLUME].value, got * exp(-600 / 480.0), got * 0.01);
	live_trade(&live, NAN, 0, now);
	live_trade(&live, -1, 0, now);
	CHECK_INT(live.n_trades, 6000);
}

/* The tape takes the prior's place without a jump, whatever it says: from 8 coins a second of the
 * venue's day to one. By hand at 120 s: the day weighs 240 e^-0.25 s, the tape 480 (1 - e^-0.25).
 */
TEST(volume_without_a_jump)
{
	const struct live_prior *p = begin("BTC");
	double was = 8, day = 8 * 86400e5, w = exp(-0.25);

	for (int64_t at = SEC; at < 2400 * SEC; at += SEC / 4) {
		live_trade(&live, 0.25, at / 1000000, at);
		live_get(&live, &vol, p, 1e5, day, at, est);
		CHECK(est[EST_VOLUME].value < was + 0.01 && est[EST_VOLUME].value > was - 0.03);
		was = est[EST_VOLUME].value;
		CHECK(est[EST_VOLUME].prior == (at < 121 * SEC));
		CHECK_INT(est[EST_VOLUME].from, at < 121 * SEC ? EST_VENUE : EST_LIVE);
		if (at == 121 * SEC) {
			double tape = 480 * (1 - w), before = 240 * w;

			CHECK_NEAR(was, (tape + 8 * before) / (tape + before), 0.01);
			/* less is known of a class: it counts for a minute */
			live_get(&live, &vol, p, 1e5, 0, at, est);
			before /= 4;
			CHECK_NEAR(est[EST_VOLUME].value,
				   (tape + p->value[EST_VOLUME] / 1e5 * before) / (tape + before),
				   0.01);
		}
	}
	CHECK_NEAR(was, 1, 0.05);
}

TEST(spread_and_depth)
{
	const struct live_prior *p = begin("ETH");
	int64_t now = SEC;

	/* 20 levels of 0.1 from 4000: they end at 4.9 bp, so 10 bp is not seen */
	for (int i = 0; i < 40; i++, now += 2 * SEC) {
		struct book b = book_of(4000, 0.05, 0.1, 20, 10, 14);

		live_book(&live, p, &b, now);
	}
	live_get(&live, &vol, p, 4000, 0, now, est);
	CHECK_NEAR(est[EST_SPREAD].value, 0.1 / 4000 * 1e4, 1e-9);
	CHECK_NEAR(est[EST_DEPTH_20].value, 20 * 12, 1e-6);
	CHECK_INT(est[EST_DEPTH_20].n, 40);
	CHECK(est[EST_DEPTH_10BP].prior);
	CHECK_NEAR(est[EST_LEAN].value, (50 - 70) / 120.0, 1e-12);
	for (int i = 0; i < 20; i++, now += 2 * SEC) { /* an aggregated one reaches it */
		struct book b = book_of(4000, 0.5, 1, 20, 100, 100);

		live_deep(&live, &b, now);
	}
	live_get(&live, &vol, p, 4000, 0, now, est);
	CHECK(!est[EST_DEPTH_10BP].prior);
	CHECK_NEAR(est[EST_DEPTH_10BP].value, 400, 1e-6); /* levels at 0.5, 1.5, 2.5, 3.5 USD */
}

/* Depth near the touch returns with T = 4 s, and flickers: 95 % of it is back in 12 s. */
TEST(refill)
{
	const struct live_prior *p = begin("ETH");
	struct prng rng;
	double x[2] = {0}, keep = exp(-2 / 4.0);
	int64_t now = SEC;

	prng_seed(&rng, test_seed);
	for (int i = 0; i < 1200; i++, now += 2 * SEC) {
		double d[2];

		for (int s = 0; s < 2; s++) {
			x[s] = keep * x[s] + 0.4 * sqrt(1 - keep * keep) * normal(&rng);
			d[s] = 10 * exp(x[s] + 0.2 * normal(&rng));
		}
		struct book b = book_of(4000, 0.05, 0.1, 5, d[0], d[1]);

		live_book(&live, p, &b, now);
		live_get(&live, &vol, p, 4000, 0, now, est);
		if (i == 100)
			CHECK(est[EST_REFILL].prior);
	}
	CHECK(!est[EST_REFILL].prior);
	CHECK(est[EST_REFILL].sd > 0.5 && est[EST_REFILL].sd < 6);
	CHECK_NEAR(est[EST_REFILL].value, 12, 3 * est[EST_REFILL].sd);
	/* the flicker alone would say 3 s and less */
	CHECK(est[EST_REFILL].value > 6);
}

/* Mid moves by what the filter is to find, and by noise. Each step's flow is a change of the size
 * at a bid that stays; the move comes with the last touch of the step. */
TEST(lambda)
{
	const struct live_prior *p = begin("BTC");
	struct prng rng;
	int64_t now = SEC;
	double mid = 1e5, lambda = 0.4; /* bp per million; the prior is 0.13 */
	struct touch t = {mid - 1, 500, mid + 1, 500};

	prng_seed(&rng, test_seed);
	live_touch(&live, p, &t, now);
	for (int i = 0; i < 400; i++) {
		double flow = 20 * normal(&rng), musd = flow * mid / 1e6;
		double move = lambda * musd + 0.3 * normal(&rng);

		now += 5 * SEC;
		t.bid_size = 500 + flow;
		live_touch(&live, p, &t, now); /* ofi: flow */
		now += 5 * SEC;
		mid *= 1 + move * 1e-4;
		/* the whole book moves, in the step's last touch: its flow is taken out again */
		struct touch was = t;

		t = (struct touch){mid - 1, 500, mid + 1, 500};
		live.ofi_sum -= ofi_step(&was, &t);
		live_touch(&live, p, &t, now);
		if (i == 20) {
			live_get(&live, &vol, p, mid, 0, now, est);
			CHECK(est[EST_LAMBDA].prior);
		}
	}
	live_get(&live, &vol, p, mid, 0, now, est);
	CHECK(!est[EST_LAMBDA].prior);
	CHECK_INT(est[EST_LAMBDA].n, 400);
	CHECK(est[EST_LAMBDA].sd < 0.05);
	CHECK_NEAR(est[EST_LAMBDA].value, lambda, 4 * est[EST_LAMBDA].sd);
	CHECK_NEAR(live.lambda.r, 0.09, 0.06); /* the noise is found too */

	/* a minute without a feed and 5 % away: no sample */
	t = (struct touch){mid * 1.05 - 1, 500, mid * 1.05 + 1, 500};
	double before = live.lambda.m;

	live_touch(&live, p, &t, now + 60 * SEC);
	live_touch(&live, p, &t, now + 71 * SEC);
	CHECK_NEAR(live.lambda.m, before, 0);
}

TEST(flow_by_hand)
{
	const struct live_prior *p = begin("BTC");
	struct touch t = {100, 10, 101, 10};

	live_touch(&live, p, &t, SEC);
	t.bid_size = 14; /* +4 */
	live_touch(&live, p, &t, 2 * SEC);
	t.ask_size = 4; /* asks that go push up: +6 */
	live_touch(&live, p, &t, 3 * SEC);
	live_get(&live, &vol, p, 100, 0, 3 * SEC, est);
	CHECK_NEAR(est[EST_OFI].value, 4 * exp(-0.1) + 6, 1e-12);
	CHECK_INT(est[EST_OFI].n, 2);
	live_get(&live, &vol, p, 100, 0, 13 * SEC, est);
	CHECK_NEAR(est[EST_OFI].value, (4 * exp(-0.1) + 6) * exp(-1), 1e-12);
	struct touch bad[] = {{NAN, 1, 101, 1},
			      {102, 1, 101, 1},
			      {100, 0, 101, 1},
			      {0, 1, 101, 1},
			      {100, 1, INFINITY, NAN}};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		live_touch(&live, p, &bad[i], 4 * SEC);
	live_touch(&live, p, &t, 2 * SEC); /* from before */
	CHECK_INT(live.n_ofi, 2);
	CHECK_NEAR(live.mid, 100.5, 0);
}

/* Only a quarter of an hour heard whole enters the season. */
TEST(season)
{
	begin("BTC");
	int64_t q = 15 * 60 * SEC, ms = 15 * 60000;

	live_trade(&live, 1, 10 * ms + 5, 1);
	live_trade(&live, 2, 11 * ms + 5, q);
	CHECK_INT(live.curve.n, 0); /* the first was not heard from its begin */
	live_trade(&live, 3, 11 * ms + 9, q + 1);
	live_trade(&live, 4, 12 * ms + 5, 2 * q);
	CHECK_INT(live.curve.n, 1);
	CHECK_NEAR(live.curve.day, 5 * 96, 1e-9);
	live_trade(&live, 4, 14 * ms + 5, 4 * q); /* 12 was cut */
	CHECK_INT(live.curve.n, 1);
}

TEST(names)
{
	for (int k = 0; k < EST_KINDS; k++) {
		CHECK(EST_INFO[k].key && EST_INFO[k].words && EST_INFO[k].unit);
		CHECK_INT(est_find(EST_INFO[k].key), k);
	}
	CHECK_INT(est_find("nosuch"), EST_KINDS);
	CHECK_STR(est_from_name(EST_VENUE), "venue");
}

TEST_MAIN(T(priors), T(volatility), T(volume), T(volume_without_a_jump), T(spread_and_depth),
	  T(refill), T(lambda), T(flow_by_hand), T(season), T(names))
