/* The router against exhaustive search over small books, the split against the vectors of Cont and
 * Kukanov and a grid, and each bad value by its name. */
#include <math.h>
#include <string.h>

#include "base/prng.h"
#include "plan/route.h"
#include "tests/unit/jnum.h"

static struct route_in in;
static struct route_out got;

static double px_in(uint32_t k, uint32_t i)
{
	return in.venue[k].level[i].px *
	       (in.side == SIDE_BUY ? 1 + in.venue[k].fee : 1 - in.venue[k].fee);
}

/* Value of q lots on venue k; NAN when its book or the limit ends before. */
static double lots_value(uint32_t k, int q)
{
	double v = 0, left = q;
	for (uint32_t i = 0; i < in.venue[k].n && left > 0; i++) {
		double t = fmin(left, in.venue[k].level[i].size), p = px_in(k, i);
		if (in.limit > 0 && (in.side == SIDE_BUY ? p > in.limit : p < in.limit))
			break;
		v += t * p;
		left -= t;
	}
	return left > 0 ? NAN : v;
}

/* All ways to put `size` lots on three venues: the most that fits, then the best value. */
static void search(int size, int *filled, double *value)
{
	*filled = 0;
	*value = 0;
	for (int a = 0; a <= size; a++)
		for (int b = 0; a + b <= size; b++)
			for (int c = 0; a + b + c <= size; c++) {
				double v = lots_value(0, a) + lots_value(1, b) + lots_value(2, c);
				bool best = in.side == SIDE_BUY ? v < *value : v > *value;
				if (isnan(v) || a + b + c < *filled ||
				    (a + b + c == *filled && !best))
					continue;
				*filled = a + b + c;
				*value = v;
			}
}

static void random_books(struct prng *r)
{
	memset(&in, 0, sizeof in);
	in.side = prng_below(r, 2) ? SIDE_BUY : SIDE_SELL;
	in.n = 3;
	for (uint32_t k = 0; k < 3; k++) {
		struct route_venue *v = &in.venue[k];
		double px = 100 + 0.05 * (double)prng_below(r, 4),
		       sign = in.side == SIDE_BUY ? 1 : -1;
		v->fee = 0.0001 * (double)prng_below(r, 8);
		v->n = (uint32_t)prng_below(r, 5);
		for (uint32_t i = 0; i < v->n; i++) {
			v->level[i].px = px;
			v->level[i].size = 1 + (double)prng_below(r, 5);
			px += sign * 0.05 * (double)(1 + prng_below(r, 3));
		}
	}
	in.size = 1 + (double)prng_below(r, 20);
	if (prng_below(r, 3) == 0)
		in.limit = 100 + 0.05 * ((double)prng_below(r, 9) - 4);
}

TEST(no_split_is_cheaper)
{
	struct prng r;
	struct err e = {0};
	prng_seed(&r, test_seed);
	for (int t = 0; t < 2000; t++) {
		int filled;
		double value;
		random_books(&r);
		bool lots = prng_below(&r, 2);
		for (uint32_t k = 0; lots && k < 3; k++)
			in.venue[k].lot = 1;
		REQUIRE(route_market(&in, &got, &e));
		search((int)in.size, &filled, &value);
		CHECK_NEAR(got.filled, filled, 1e-9);
		CHECK_NEAR(got.filled + got.left, in.size, 1e-9);
		CHECK_NEAR(got.value, value, 1e-9 * in.size * 100);
		/* equal marginals: the last price paid anywhere is no worse than the next anywhere
		 */
		for (uint32_t k = 0; k < 3; k++)
			for (uint32_t i = 0, q = 0; i < in.venue[k].n; i++) {
				bool untouched = (double)q >= got.size[k];
				bool cheaper = in.side == SIDE_BUY ? px_in(k, i) < got.marginal
								   : px_in(k, i) > got.marginal;
				CHECK(got.filled == 0 || !untouched || !cheaper);
				q += (uint32_t)in.venue[k].level[i].size;
			}
	}
}

TEST(by_hand)
{
	struct err e = {0};
	/* buy 5: 100.00 at 10 bp is 100.10 all in, 100.05 at 2 bp is 100.07: the dearer price first
	 */
	in = (struct route_in){
		.side = SIDE_BUY,
		.size = 5,
		.n = 2,
		.venue = {{.fee = 0.001, .n = 2, .level = {{100, 2}, {100.1, 9}}},
			  {.fee = 0.0002, .n = 2, .level = {{100.05, 4}, {100.3, 9}}}}};
	REQUIRE(route_market(&in, &got, &e));
	CHECK_NEAR(got.size[0], 1, 1e-12);
	CHECK_NEAR(got.size[1], 4, 1e-12);
	CHECK_NEAR(got.marginal, 100.1, 1e-12);
	CHECK_NEAR(got.worst[1], 100.05, 1e-12);
	CHECK_NEAR(got.value, 4 * 100.05 * 1.0002 + 100.1, 1e-9);
	/* a share of 100 USD is under the minimum of 150: all of it there or nothing */
	in.venue[0].min_usd = 150;
	REQUIRE(route_market(&in, &got, &e));
	CHECK_NEAR(got.size[0], 0, 0);
	CHECK_NEAR(got.size[1], 5, 1e-12);
	/* lots of 2 and of 0.5: nothing smaller is sent, the rest is said */
	in.venue[0].min_usd = 0;
	in.venue[0].lot = 2;
	in.venue[1].lot = 0.5;
	in.size = 4.7;
	REQUIRE(route_market(&in, &got, &e));
	CHECK_NEAR(got.size[0], 0, 0);
	CHECK_NEAR(got.size[1], 4.5, 1e-12);
	CHECK_NEAR(got.left, 0.2, 1e-9);
}

TEST(split_of_the_paper)
{
	struct vectors v;
	struct split_out s;
	struct err e = {0};
	struct split_in one = {.size = 1000,
			       .lambda = 0.05,
			       .n = 1,
			       .venue = {{0.02, 0.003, 0.002, INFINITY, 2000, 2200}}};
	REQUIRE(route_split(&one, &s, &e));
	CHECK_NEAR(s.take[0], 842.1756433742025, 1e-8);
	CHECK_NEAR(s.rest[0], 157.82435662579746, 1e-8);
	CHECK_NEAR(s.cost, 22.843430698681868, 1e-9);
	if (!vectors_open(&v, "quant/games_and_policies.json"))
		return;
	const struct jv *rows = jv_get(v.root, "cont_kukanov_single");
	int n = 0;
	for (const struct jv *o = jv_first(rows); o; o = jv_next(o), n++) {
		double size = jnum_of(o, "S"), cost = jnum_of(o, "cost");
		struct split_in p = {.size = size, .lambda = jnum_of(o, "lambda_u"), .n = 1};
		p.venue[0] = (struct split_venue){jnum_of(o, "h"), jnum_of(o, "f"),
						  jnum_of(o, "r"), INFINITY,
						  jnum_of(o, "Q"), jnum_of(o, "mean_outflow")};
		REQUIRE(route_split(&p, &s, &e));
		CHECK_NEAR(s.take[0], jnum_of(o, "M_formula"), 1e-9 * size);
		CHECK_NEAR(s.rest[0], jnum_of(o, "L_formula"), 1e-9 * size);
		CHECK_NEAR(s.cost, cost, 1e-9 * fabs(cost));
	}
	CHECK(n >= 5);
	vectors_close(&v);
}

/* E min((xi - Q)+, L) by the midpoint rule over the tail of xi: an integral, no formula. */
static double mean_fill(double queue, double outflow, double l)
{
	enum { N = 4000 };
	double sum = 0;
	for (int i = 0; i < N; i++)
		sum += exp(-(queue + (i + 0.5) * l / N) / outflow) * l / N;
	return sum;
}

static double split_cost(const struct split_in *p, const double *take, const double *rest)
{
	double c = p->lambda * p->size;
	for (uint32_t k = 0; k < p->n; k++) {
		const struct split_venue *v = &p->venue[k];
		c -= (p->lambda - v->half_spread - v->fee) * take[k];
		if (rest[k] > 0)
			c -= (p->lambda + v->half_spread + v->rebate) *
			     mean_fill(v->queue, v->outflow, rest[k]);
	}
	return c;
}

TEST(split_is_best)
{
	struct prng r;
	struct err e = {0};
	prng_seed(&r, test_seed + 3);
	for (int t = 0; t < 300; t++) {
		struct split_in p = {.size = 10, .lambda = 3 * prng_unit(&r), .n = 2};
		struct split_out s;
		enum { N = 10 };
		for (int k = 0; k < 2; k++)
			p.venue[k] = (struct split_venue){
				.half_spread = prng_unit(&r),
				.fee = prng_unit(&r) / 2,
				.rebate = prng_unit(&r) - 0.7,
				.touch = prng_below(&r, 2) ? INFINITY : 8 * prng_unit(&r),
				.queue = 20 * prng_unit(&r),
				.outflow = 1 + 20 * prng_unit(&r)};
		REQUIRE(route_split(&p, &s, &e));
		double sum = s.held;
		for (int k = 0; k < 2; k++) {
			CHECK(s.take[k] >= 0 && s.rest[k] >= 0 &&
			      s.take[k] <= p.venue[k].touch + 1e-9);
			sum += s.take[k] + s.rest[k];
		}
		CHECK_NEAR(sum, 10, 1e-8);
		double cost = split_cost(&p, s.take, s.rest);
		CHECK_NEAR(s.cost, cost, 1e-5);
		for (int a = 0; a <= N; a++) /* takes and rests in tenths of the size */
			for (int b = 0; a + b <= N; b++)
				for (int c = 0; a + b + c <= N; c++)
					for (int d = 0; a + b + c + d <= N; d++) {
						double take[2] = {a, b}, rest[2] = {c, d};
						if (a > p.venue[0].touch || b > p.venue[1].touch)
							continue;
						double fill = 0;
						for (int k = 0; k < 2;
						     k++) { /* closed, for speed */
							const struct split_venue *v = &p.venue[k];
							fill += (p.lambda + v->half_spread +
								 v->rebate) *
								v->outflow *
								exp(-v->queue / v->outflow) *
								(1 - exp(-rest[k] / v->outflow));
							fill += (p.lambda - v->half_spread -
								 v->fee) *
								take[k];
						}
						CHECK(p.lambda * 10 - fill > s.cost - 1e-9);
					}
	}
}

TEST(bad_values_by_name)
{
	static const double bad[] = {NAN, INFINITY, -INFINITY, -1};
	struct route_out before;
	struct split_out s;
	struct err e = {0};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const struct route_in good = {.side = SIDE_SELL,
					      .size = 1,
					      .n = 1,
					      .venue = {{.n = 1, .level = {{100, 1}}}}};
		struct route_in c[8];
		for (size_t k = 0; k < 8; k++)
			c[k] = good;
		c[0].size = bad[i];
		c[1].limit = bad[i];
		c[2].venue[0].fee = bad[i];
		c[3].venue[0].lot = bad[i];
		c[4].venue[0].min_usd = bad[i];
		c[5].venue[0].level[0].px = bad[i];
		c[6].venue[0].level[0].size = bad[i];
		c[7].n = 0;
		for (size_t k = 0; k < 8; k++) {
			memset(&got, 0x5a, sizeof got);
			before = got;
			memset(&e, 0, sizeof e);
			CHECK(!route_market(&c[k], &got, &e));
			CHECK(e.code != ERR_OK && e.text[0]);
			CHECK(!memcmp(&got, &before, sizeof got)); /* a refusal writes nothing */
		}
		const struct split_in fine = {
			.size = 1, .lambda = 1, .n = 1, .venue = {{1, 1, 1, 1, 1, 1}}};
		struct split_in d[9];
		for (size_t k = 0; k < 9; k++)
			d[k] = fine;
		d[0].size = bad[i];
		d[1].lambda = bad[i];
		d[2].venue[0].half_spread = bad[i];
		d[3].venue[0].queue = bad[i];
		d[4].venue[0].outflow = bad[i];
		d[5].venue[0].touch = bad[i] > 0 ? NAN : bad[i];
		d[6].n = ROUTE_VENUES + 1;
		d[7].venue[0].fee = NAN;
		d[8].venue[0].rebate = INFINITY;
		for (size_t k = 0; k < 9; k++)
			CHECK(!route_split(&d[k], &s, &e));
	}
	/* crossed order of levels */
	in = (struct route_in){.side = SIDE_SELL,
			       .size = 1,
			       .n = 1,
			       .venue = {{.n = 2, .level = {{100, 1}, {101, 1}}}}};
	CHECK(!route_market(&in, &got, &e));
	CHECK(strstr(e.text, "best first") != NULL);
}

TEST_MAIN(T(no_split_is_cheaper), T(by_hand), T(split_of_the_paper), T(split_is_best),
	  T(bad_values_by_name))
