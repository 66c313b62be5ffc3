/* The leakage metrics of bench_hunt where their answers are known. */
#include <math.h>

#include "base/prng.h"
#include "tests/bench/leak.h"
#include "tests/run.h"

static struct leak_order tape[LEAK_ORDERS];

/* A crowd of sizes from 1 to 11, an order a second of either side by lot, and sales of ours: as
 * large as said, 0: like the crowd's. */
static uint32_t market(struct prng *r, double ours, int64_t (*gap_ms)(struct prng *))
{
	int64_t next = 30000;
	uint32_t n = 0;

	for (int64_t ms = 0; ms < 1800000; ms += 1000) {
		tape[n++] = (struct leak_order){.ms = ms,
						.size = 1 + (double)prng_below(r, 1000) / 100,
						.sell = prng_below(r, 2)};
		if (ms < next)
			continue;
		tape[n++] = (struct leak_order){
			.ms = ms + 500,
			.size = ours > 0 ? ours : 1 + (double)prng_below(r, 1000) / 100,
			.sell = true,
			.ours = true};
		next = ms + gap_ms(r);
	}
	leak_look_back(tape, n);
	return n;
}

static int64_t even(struct prng *r)
{
	(void)r;
	return 30000;
}

/* Without memory, as rare. */
static int64_t any(struct prng *r)
{
	return 1000 + (int64_t)(-log(1 - (double)prng_below(r, 1000000) / 1e6) * 29000);
}

TEST(mutual_information)
{
	enum { N = 4000 };
	static uint8_t x[N];
	static bool y[N];
	double h;

	for (int i = 0; i < N; i++) {
		x[i] = (uint8_t)(i % 4);
		y[i] = x[i] == 0;
	}
	double most = -0.25 * log2(0.25) - 0.75 * log2(0.75);

	CHECK_NEAR(leak_mutual(&h, x, 4, y, N), most, 1e-12); /* all of it */
	CHECK_NEAR(h, most, 1e-12);
	for (int i = 0; i < N; i++)
		y[i] = i / 4 % 2;
	CHECK_NEAR(leak_mutual(&h, x, 4, y, N), 0, 1e-12); /* nothing */
	CHECK_NEAR(h, 1, 1e-12);
}

TEST(autocorrelation)
{
	int8_t s[1000];
	double added[LEAK_LAGS];

	for (int i = 0; i < 1000; i++)
		s[i] = i % 2 ? 1 : -1;
	CHECK_NEAR(leak_acf(s, 1000, 1), -0.999, 1e-9);
	CHECK_NEAR(leak_acf(s, 1000, 2), 0.998, 1e-9);
	for (int i = 0; i < 1000; i++)
		s[i] = 1;
	CHECK(isnan(leak_acf(s, 1000, 1)));
	CHECK(isnan(leak_acf(s, 2, 1)));
	/* Buys and sells in turns, and after each pair two sales of ours: period four, +--- . */
	for (uint32_t i = 0; i < 1000; i++)
		tape[i] = (struct leak_order){
			.ms = i * 1000, .size = 1, .sell = i % 4, .ours = i % 4 >= 2};
	CHECK(leak_acf_added(added, tape, 1000));
	CHECK_NEAR(added[0], -1.0 / 3 + 1, 0.01);
	CHECK_NEAR(added[3], 1 - 1, 0.01);
	CHECK(!leak_acf_added(added, tape, 8)); /* too few for the last lags */
}

/* An even clock is told by the tape, one without memory is not; large equal orders are found by
 * the detector, orders like the crowd's are not. */
TEST(clocks_and_looks)
{
	struct prng r;
	double share;

	prng_seed(&r, test_seed);
	uint32_t n = market(&r, 50, even);
	share = leak_next(tape, n, 0, 1800000);
	CHECK(share > 0.35 && share < 1);
	CHECK(leak_auc(tape, n / 2, n) > 0.99);

	n = market(&r, 50, any);
	CHECK_NEAR(leak_next(tape, n, 0, 1800000), 0, 0.05);

	n = market(&r, 0, any);
	share = leak_auc(tape, n / 2, n);
	CHECK(share > 0.5 && share < 0.9); /* the side alone rules out half of the crowd */
	for (uint32_t i = 0; i < n; i++)
		tape[i].ours = false;
	CHECK(isnan(leak_next(tape, n, 0, 1800000)));
	CHECK(isnan(leak_auc(tape, n / 2, n)));
}

TEST_MAIN(T(mutual_information), T(autocorrelation), T(clocks_and_looks))
