/* Calibration finds what made a market, within its own error; halves are kept apart; holes are no
 * moves; the file of priors is read as it was written, and refused by name when it was not. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "host/calibrate.h"
#include "host/priors.h"
#include "tests/run.h"

static const int64_t T0 = 1764307920000;
enum { SECONDS = 7200 };

static double normal(struct prng *r)
{
	double u = 1 - prng_unit(r);

	return sqrt(-2 * log(u)) * cos(2 * M_PI * prng_unit(r));
}

/* A made market of one book a second: mid moves by lambda x OFI and noise, depth near the touch
 * returns with T, trades at a steady rate push by kept x impact for a while. */
struct truth {
	double sigma_bp;   /* of the noise, a second */
	double lambda;	   /* bp per M USD of OFI */
	double t;	   /* seconds, of the depth */
	double coins;	   /* a second */
	double push, kept; /* bp per M USD traded at once; share that stays after 20 s */
	double hole_jump;  /* bp, over a minute without books in the middle */
};

static struct tape tape;

static struct tape_level level(double px, double sz)
{
	struct tape_level l;

	CHECK(price_from_double(&l.px, px, ROUND_HALF_AWAY));
	CHECK(qty_from_double(&l.sz, sz));
	return l;
}

static void make(const struct truth *w, uint64_t seed, int seconds)
{
	struct prng r;
	double mid = 5000, x[2] = {0}, keep = exp(-1 / w->t), gone[32] = {0};
	struct tape_coin *c = &tape.at[0];

	prng_seed(&r, seed);
	tape.n = 1;
	memcpy(c->coin, "TEST", 5);
	c->book = calloc((size_t)seconds, sizeof *c->book);
	c->trade = calloc((size_t)seconds, sizeof *c->trade);
	c->touch = NULL;
	c->n_book = c->n_trade = c->n_touch = 0;
	for (int k = 0; k < seconds; k++) {
		struct tape_book *b = &c->book[c->n_book];
		struct tape_trade *t = &c->trade[c->n_trade];
		double q = w->coins * 2 * prng_unit(&r), size[2], push;
		bool buy = prng_unit(&r) < 0.5,
		     hole = w->hole_jump != 0 && k >= seconds / 2 && k < seconds / 2 + 60;
		int64_t ms = T0 + 1000ll * k;

		/* the push of a trade stays whole for 20 s, then `kept` of it */
		push = w->push * (buy ? q : -q) * mid / 1e6;
		mid *= 1 + (push - (1 - w->kept) * gone[(k + 12) % 32]) * 1e-4;
		gone[k % 32] = push;
		mid *= 1 + w->sigma_bp * normal(&r) * 1e-4;
		if (hole && k == seconds / 2)
			mid *= 1 + w->hole_jump * 1e-4;
		for (int s = 0; s < 2; s++) {
			x[s] = keep * x[s] + 0.5 * sqrt(1 - keep * keep) * normal(&r);
			size[s] = 20 * exp(x[s]);
		}
		*t = (struct tape_trade){.ms = ms + 200, .buy = buy};
		t->px = level(mid, 1).px;
		CHECK(qty_from_double(&t->sz, q));
		if (hole)
			continue;
		*b = (struct tape_book){.ms = ms + 100, .n = {20, 20}};
		for (int i = 0; i < 20; i++) {
			b->side[0][i] = level(mid - 0.25 - 0.5 * i, size[0]);
			b->side[1][i] = level(mid + 0.25 + 0.5 * i, size[1]);
		}
		c->n_book++;
		c->n_trade += t->sz.v > 0;
	}
	tape.begin_ms = c->book[0].ms;
	tape.end_ms = c->book[c->n_book - 1].ms;
}

static bool fit(struct calib *out, const struct truth *w, uint64_t seed, int seconds)
{
	struct calib_series s[CALIB_COINS_MAX] = {{.n = 0}};
	uint32_t n = 0;
	struct err e = {0};
	bool ok;

	make(w, seed, seconds);
	ok = calib_add(s, &n, &tape, &e) && n == 1 && calib_fit_all(&s[0], out, &e);
	if (!ok)
		test_fail(__FILE__, __LINE__, "%s", e.text);
	calib_free(s, n);
	tape_free(&tape);
	return ok;
}

static void near_truth(const struct calib *c, int kind, double want, double most_sd)
{
	const struct calib_fit *f = &c->at[kind];

	if (!f->ok || !(fabs(f->value - want) <= 4 * f->sd) || !(f->sd <= most_sd))
		test_fail(__FILE__, __LINE__, "kind %d: %g +- %g (%s), made with %g", kind,
			  f->value, f->sd, f->why ? f->why : "ok", want);
}

TEST(finds_what_made_it)
{
	struct truth w = {.sigma_bp = 1, .t = 5, .coins = 4};
	struct calib c;

	if (!fit(&c, &w, test_seed, SECONDS))
		return;
	near_truth(&c, EST_SIGMA_30D, 1e-4 * sqrt(365.0 * 86400), 0.03);
	near_truth(&c, EST_VOLUME, 4 * c.price, 0.02 * 4 * c.price);
	near_truth(&c, EST_REFILL, 15, 4);
	CHECK_NEAR(c.at[EST_SPREAD].value, 1, 0.05); /* 0.5 in 5000 */
	/* ten levels of 20 e^(x^2/2) within 10 bp (5 USD) */
	near_truth(&c, EST_DEPTH_10BP, 10 * 20 * exp(0.125) * c.price, 2e5);
	CHECK_NEAR(c.at[EST_DEPTH_20].value / c.at[EST_DEPTH_10BP].value, 2, 0.02);
	CHECK_INT(c.books, SECONDS);
	CHECK_INT(c.holes, 0);
	CHECK_STR(c.coin, "TEST");
	/* nothing pushes the price: no impact is found, or one within its error */
	CHECK(!c.at[CALIB_PEAK].ok || c.at[CALIB_PEAK].value < 4 * c.at[CALIB_PEAK].sd);
	CHECK(!c.at[EST_SIGMA_5M].ok && c.at[EST_SIGMA_5M].why);
}

TEST(impact)
{
	struct truth w = {.sigma_bp = 1, .t = 5, .coins = 4, .push = 30, .kept = 0.25};
	struct calib c;

	if (!fit(&c, &w, test_seed, 4 * SECONDS))
		return;
	near_truth(&c, CALIB_PEAK, 30, 4);
	near_truth(&c, CALIB_KEPT_10S, 1, 0.2);
	near_truth(&c, CALIB_KEPT_60S, 0.25, 0.25);
	near_truth(&c, CALIB_BETA, log(4) / log(30), 0.35);
	CHECK(c.at[EST_SQRT_Y].ok && c.at[EST_SQRT_Y].value > 4 * c.at[EST_SQRT_Y].sd);
	CHECK(c.at[EST_LAMBDA].ok);
	CHECK_NEAR(c.at[CALIB_KALMAN].value, c.at[EST_LAMBDA].value,
		   4 * c.at[CALIB_KALMAN].sd + 4 * c.at[EST_LAMBDA].sd);
	/* slope and refill make eta, as the planner does */
	double a = exp(-90 / c.at[EST_REFILL].value);

	CHECK_NEAR(c.at[CALIB_ETA_30S].value / (c.at[CALIB_SLOPE].value * 30 * (0.5 + a / (1 - a))),
		   1, 1e-12);
}

/* 3 % over a minute without books: neither volatility nor impact sees it. */
TEST(hole)
{
	struct truth w = {.sigma_bp = 1, .t = 5, .coins = 4, .hole_jump = 300};
	struct calib c;

	if (!fit(&c, &w, test_seed, SECONDS))
		return;
	near_truth(&c, EST_SIGMA_30D, 1e-4 * sqrt(365.0 * 86400), 0.03);
	CHECK(!c.at[EST_LAMBDA].ok || c.at[EST_LAMBDA].sd < 1);
	CHECK(c.span_s > SECONDS - 70 && c.span_s < SECONDS - 50);
}

/* What is tested on the second half never read it: another second half, the same bits. */
TEST(halves_are_apart)
{
	struct truth w = {.sigma_bp = 1, .t = 5, .coins = 4, .push = 30, .kept = 0.25};
	struct calib_series s[CALIB_COINS_MAX] = {{.n = 0}};
	struct calib a, b, first;
	uint32_t n = 0;
	struct err e;

	make(&w, test_seed, SECONDS);
	CHECK(calib_add(s, &n, &tape, &e) && calib_fit_all(&s[0], &a, &e));
	calib_fit_part(&s[0], 0, s[0].n / 2, &first);
	for (uint32_t i = s[0].n / 2; i < s[0].n; i++) {
		struct calib_second *x = &s[0].at[i];

		x->mid *= 1 + 0.02 * sin(i);
		x->coins *= 50;
		x->near[0] = x->near[1] = 1 + i % 7;
		x->spread_bp *= 9;
	}
	CHECK(calib_fit_all(&s[0], &b, &e));
	for (int k = 0; k < EST_KINDS; k++) {
		if (a.at[k].tested)
			CHECK_NEAR(a.at[k].first, first.at[k].value, 0);
		if (a.at[k].tested && b.at[k].tested)
			CHECK_NEAR(a.at[k].first, b.at[k].first, 0);
	}
	CHECK(a.at[EST_VOLUME].tested && a.at[EST_VOLUME].better);  /* the prior is 100 USD/s */
	CHECK(b.at[EST_SPREAD].tested && !b.at[EST_SPREAD].better); /* 9 and 1; the prior is 3 */
	calib_free(s, n);
	tape_free(&tape);
}

TEST(too_short)
{
	struct truth w = {.sigma_bp = 1, .t = 5, .coins = 4};
	struct calib_series s[CALIB_COINS_MAX] = {{.n = 0}};
	struct calib c;
	uint32_t n = 0;
	struct err e;

	make(&w, test_seed, 300);
	CHECK(calib_add(s, &n, &tape, &e));
	CHECK(!calib_fit_all(&s[0], &c, &e));
	CHECK(strstr(e.text, "TEST: 298 seconds"));
	calib_free(s, n);
	tape_free(&tape);
}

/* Parts one after another are one series; the same part twice counts once. */
TEST(parts)
{
	struct truth w = {.sigma_bp = 1, .t = 5, .coins = 4};
	struct calib_series s[CALIB_COINS_MAX] = {{.n = 0}};
	uint32_t n = 0;
	struct err e;

	make(&w, test_seed, 1000);
	CHECK(calib_add(s, &n, &tape, &e));
	CHECK(calib_add(s, &n, &tape, &e));
	CHECK_INT(n, 1);
	CHECK_INT(s[0].n, 998);
	for (uint32_t k = 0; k < tape.at[0].n_book; k++) {
		struct tape_book *b = &tape.at[0].book[k];

		b->ms += 2000000;
		for (int i = 0; i < 20; i++) /* and 5 % higher: no move of a second */
			for (int side = 0; side < 2; side++)
				b->side[side][i].px.v += b->side[side][i].px.v / 20;
	}
	for (uint32_t k = 0; k < tape.at[0].n_trade; k++)
		tape.at[0].trade[k].ms += 2000000;
	CHECK(calib_add(s, &n, &tape, &e));
	CHECK_INT(s[0].n, 2 * 998);
	CHECK_INT(s[0].at[998].s - s[0].at[997].s, 1003);
	struct calib c;

	CHECK(calib_fit_all(&s[0], &c, &e));
	near_truth(&c, EST_SIGMA_30D, 1e-4 * sqrt(365.0 * 86400), 0.05);
	/* a book of years later is no series */
	tape.at[0].book[999].ms += 100ll * 365 * 86400000;
	CHECK(!calib_add(s, &n, &tape, &e));
	CHECK(strstr(e.text, "days between"));
	calib_free(s, n);
	tape_free(&tape);
}

TEST(priors_round_trip)
{
	struct live_prior p = {.name = "dex:GOLD", .span_s = 3600}, out[PRIORS_MAX];
	char text[4096];
	struct err e = {0};
	struct buf b;
	uint32_t n = 0;

	for (int i = 0; i < PRIOR_ROWS; i++) {
		p.value[prior_row[i].kind] = prior_row[i].min * 3.7;
		p.sd[prior_row[i].kind] = prior_row[i].min;
		p.n[prior_row[i].kind] = 100u + (unsigned)i;
	}
	p.n[EST_SPREAD] = 0; /* not fitted */
	buf_init(&b, text, sizeof text);
	buf_puts(&b, "{\"exeunt_priors\":1,\"coins\":[");
	priors_put(&b, &p);
	buf_puts(&b, "]}");
	CHECK(priors_parse(out, &n, text, b.len, "f", &e));
	CHECK_STR(e.text, "");
	CHECK_INT(n, 1);
	CHECK_STR(out[0].name, "dex:GOLD");
	CHECK_NEAR(out[0].span_s, 3600, 0);
	for (int i = 0; i < PRIOR_ROWS; i++) {
		int k = prior_row[i].kind;

		CHECK_INT(out[0].n[k], k == EST_SPREAD ? 0 : 100 + i);
		if (k != EST_SPREAD)
			CHECK_NEAR(out[0].value[k] / p.value[k], 1, 1e-3);
	}
}

TEST(hostile_priors)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{"", "f"},
		{"[]", "no file of"},
		{"{\"exeunt_priors\":1}", "no file of"},
		{"{\"exeunt_priors\":1,\"coins\":[],\"x\":1}", "no file of"},
		{"{\"exeunt_priors\":2,\"coins\":[]}", "version 2"},
		{"{\"exeunt_priors\":1,\"coins\":[7]}", "no name"},
		{"{\"exeunt_priors\":1,\"coins\":[{\"coin\":\"\",\"span_s\":1}]}", "no name"},
		{"{\"exeunt_priors\":1,\"coins\":[{\"coin\":\"BTC\"}]}", "span_s"},
		{"{\"exeunt_priors\":1,\"coins\":[{\"coin\":\"BTC\",\"span_s\":-1}]}", "span_s"},
		{"{\"exeunt_priors\":1,\"coins\":[{\"coin\":\"BTC\",\"span_s\":1},{\"coin\":"
		 "\"BTC\","
		 "\"span_s\":1}]}",
		 "BTC is told twice"},
#define COIN(x) "{\"exeunt_priors\":1,\"coins\":[{\"coin\":\"BTC\",\"span_s\":1," x "}]}"
		{COIN("\"refil_s\":{\"value\":1,\"sd\":1,\"samples\":1}"), "'refil_s' is no"},
		{COIN("\"refill_s\":7"), "refill_s has value"},
		{COIN("\"refill_s\":{\"value\":1,\"sd\":1}"), "refill_s has value"},
		{COIN("\"refill_s\":{\"value\":\"1\",\"sd\":1,\"samples\":1}"),
		 "refill_s has value"},
		{COIN("\"refill_s\":{\"value\":1,\"sd\":1,\"samples\":1,\"x\":1}"), "has value"},
		{COIN("\"refill_s\":{\"value\":-1,\"sd\":1,\"samples\":1}"), "refill_s -1 is not"},
		{COIN("\"refill_s\":{\"value\":0,\"sd\":1,\"samples\":1}"), "is not within"},
		{COIN("\"refill_s\":{\"value\":1e300,\"sd\":1,\"samples\":1}"),
		 "refill_s has value"},
		{COIN("\"refill_s\":{\"value\":1,\"sd\":-1,\"samples\":1}"), "cannot be"},
		{COIN("\"refill_s\":{\"value\":1,\"sd\":1,\"samples\":0}"), "cannot be"},
		{COIN("\"refill_s\":{\"value\":1,\"sd\":1,\"samples\":1},"
		      "\"refill_s\":{\"value\":1,\"sd\":1,\"samples\":1}"),
		 ""},
		{COIN("\"sigma_30d_year\":{\"value\":30,\"sd\":1,\"samples\":1}"), "is not within"},
	};
	static struct live_prior out[PRIORS_MAX];
	static char many[PRIORS_MAX * 64 + 200];
	struct err e;
	uint32_t n = 77;
	struct buf b;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		e.text[0] = 0;
		CHECK(!priors_parse(out, &n, bad[i].text, strlen(bad[i].text), "f", &e));
		if (!strstr(e.text, bad[i].says) || strncmp(e.text, "f", 1))
			test_fail(__FILE__, __LINE__, "%zu: %s", i, e.text);
	}
	CHECK_INT(n, 77);
	buf_init(&b, many, sizeof many);
	buf_puts(&b, "{\"exeunt_priors\":1,\"coins\":[");
	for (int i = 0; i <= PRIORS_MAX; i++)
		buf_printf(&b, "%s{\"coin\":\"C%d\",\"span_s\":1}", i ? "," : "", i);
	buf_puts(&b, "]}");
	CHECK(!priors_parse(out, &n, many, b.len, "f", &e));
	CHECK(strstr(e.text, "over 64 coins"));
	CHECK(!priors_read(out, &n, "/nonexistent", &e) && strstr(e.text, "/nonexistent"));
	CHECK(!priors_read(out, &n, "/dev/zero", &e) && strstr(e.text, "not a file"));
	CHECK(!priors_read(out, &n, "/", &e));

	char why[200];

	priors_fill("/nonexistent", out, &n, why, sizeof why); /* stops nothing, and is said */
	CHECK_INT(n, 0);
	CHECK(strstr(why, "/nonexistent"));
	priors_fill("", out, &n, why, sizeof why);
	CHECK_STR(why, "");
}

/* The recorded tapes: values near those that were found otherwise (market_descriptives). */
TEST(recorded)
{
	const char *dir = test_data("market/hyperliquid_2025-09-04");
	static struct calib_series s[CALIB_COINS_MAX];
	static const double spread[] = {0.117, 0.282, 0.547, 3.04};
	static const double d20[] = {48.5, 2960, 34.7e3, 833e3};
	struct tape t;
	struct calib c;
	struct err e = {0};
	uint32_t n = 0;

	if (!dir)
		return;
	CHECK(tape_load(&t, dir, &e));
	CHECK(calib_add(s, &n, &t, &e));
	CHECK_INT(n, 4);
	for (uint32_t i = 0; i < n; i++) {
		CHECK(calib_fit_all(&s[i], &c, &e));
		CHECK_NEAR(c.at[EST_SPREAD].value, spread[i], 0.05 * spread[i]);
		CHECK_NEAR(c.at[EST_DEPTH_20].value / c.price, d20[i], 0.03 * d20[i]);
		CHECK(c.at[EST_LAMBDA].ok && c.at[EST_LAMBDA].value > 5 * c.at[EST_LAMBDA].sd);
		CHECK(c.at[EST_REFILL].ok && c.at[EST_REFILL].value < 60);
	}
	calib_free(s, n);
	tape_free(&t);
}

TEST_MAIN(T(finds_what_made_it), T(impact), T(hole), T(halves_are_apart), T(too_short), T(parts),
	  T(priors_round_trip), T(hostile_priors), T(recorded))
