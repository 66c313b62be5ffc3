/* What own fills say (exec/own.h), on fills made by a law that is known. */
#include <math.h>
#include <string.h>

#include "base/prng.h"
#include "exec/own.h"
#include "tests/run.h"

static struct own o;
static struct exit x;

static double normal(struct prng *g)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += (double)prng_below(g, 1000000) / 1e6;
	return sum;
}

/* A slice of `usd` at 100 USD a coin, `share` of it at rest, what crossed `bp` beyond the touch. */
static void slice(double usd, double share, double bp)
{
	struct exit_slice_result *r = &x.result[x.n_results++];

	*r = (struct exit_slice_result){.filled.v = llround(usd / 100 * 1e8),
					.value.v = llround(usd * 1e8)};
	r->maker.v = llround((double)r->filled.v * share);
	r->parts.impact.v = -llround(usd * (1 - share) * bp / 1e4 * 1e8);
}

static void begin(const char *coin, uint8_t place)
{
	memset(&x, 0, sizeof x);
	strcpy(x.coin, coin);
	x.place = place;
}

TEST(counted_by_hand)
{
	struct own_fit f;

	memset(&o, 0, sizeof o);
	for (int e = 0; e < 10; e++) {
		begin("BTC", PLACE_POST_CROSS);
		for (int i = 0; i < 10; i++)
			slice(1000 * (i + 1), i % 2 ? 1 : 0, 0.5 + 0.04 * (i + 1));
		own_add(&o, &x);
	}
	begin("BTC", PLACE_CROSS); /* it never was to rest */
	slice(4000, 0, 0.5 + 0.16);
	own_add(&o, &x);
	CHECK_INT(o.n, 1);
	CHECK_INT(o.coin[0].exits, 11);
	CHECK_INT(o.coin[0].slices, 100);
	CHECK_INT(o.coin[0].crossed, 51);
	own_solve(&f, &o.coin[0]);
	REQUIRE(f.rested_ok && f.impact_ok);
	CHECK_NEAR(f.rested, 0.5, 1e-12);
	CHECK_NEAR(f.rested_lo, 0.4038315, 1e-6); /* Wilson, 50 of 100 */
	CHECK_NEAR(f.rested_hi, 0.5961685, 1e-6);
	CHECK_NEAR(f.impact_bp, 0.5, 1e-4);
	CHECK_NEAR(f.per_10k, 0.4, 1e-4);
	CHECK_NEAR(f.per_10k_hi - f.per_10k_lo, 0, 1e-3);
	/* half at rest: the other half crossed, and its impact is of that half */
	begin("ETH", PLACE_QUOTES);
	slice(2000, 0.5, 0.7);
	own_add(&o, &x);
	CHECK_NEAR(o.coin[1].at[0].usd, 1000, 1e-9);
	CHECK_NEAR(o.coin[1].at[0].bp, 0.7, 1e-6);
	CHECK_NEAR(o.coin[1].rested, 0.5, 1e-12);
}

TEST(too_few_are_not_fitted)
{
	struct own_fit f;

	memset(&o, 0, sizeof o);
	begin("BTC", PLACE_POST_CROSS);
	for (int i = 0; i < OWN_LEAST; i++)
		slice(1000 + i, 0, 1);
	x.slice_open = true; /* the last is still at work */
	own_add(&o, &x);
	own_solve(&f, &o.coin[0]);
	CHECK(!f.rested_ok && !f.impact_ok);
	begin("BTC", PLACE_POST_CROSS);
	slice(1000, 0, 1);
	own_add(&o, &x);
	own_solve(&f, &o.coin[0]);
	CHECK(f.rested_ok && f.impact_ok);
	CHECK_NEAR(f.rested_hi, 0.1135, 1e-3); /* none of 30 */
	begin("SOL", PLACE_CROSS);
	for (int i = 0; i < 40; i++)
		slice(1000, 0, 1); /* of one size: no slope */
	own_add(&o, &x);
	own_solve(&f, &o.coin[1]);
	CHECK(!f.impact_ok && !f.rested_ok);
	memset(&o, 0, sizeof o);
	for (int i = 0; i <= OWN_COINS; i++) {
		begin("A", PLACE_CROSS);
		x.coin[1] = (char)('0' + i / 10);
		x.coin[2] = (char)('0' + i % 10);
		own_add(&o, &x);
	}
	CHECK_INT(o.n, OWN_COINS);
	CHECK_INT(o.more, 1);
}

/* Noise that grows with size: the interval holds the truth 95 times in 100. */
TEST(intervals_hold)
{
	enum { RUNS = 400 };
	struct own_fit f;
	struct prng g;
	int held = 0;

	prng_seed(&g, test_seed);
	for (int run = 0; run < RUNS; run++) {
		memset(&o.coin[0], 0, sizeof o.coin[0]);
		o.n = 0;
		for (int e = 0; e < 4; e++) {
			begin("BTC", PLACE_CROSS);
			for (int i = 0; i < 30; i++) {
				double usd = 500 + (double)prng_below(&g, 20000);

				slice(usd, 0, 0.3 + 0.4 * usd / 1e4 + normal(&g) * usd / 1e4);
			}
			own_add(&o, &x);
		}
		own_solve(&f, &o.coin[0]);
		REQUIRE(f.impact_ok);
		held += f.per_10k_lo <= 0.4 && f.per_10k_hi >= 0.4;
	}
	CHECK(held >= RUNS * 0.91 && held <= RUNS * 0.98);
}

TEST_MAIN(T(counted_by_hand), T(too_few_are_not_fitted), T(intervals_hold))
