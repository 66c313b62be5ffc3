/* The router through a matching engine: one underlying on two books of the paper exchange, the main
 * dex and a builder's. The books are read over the wire, route_market splits the sale, each part
 * leaves as an IOC at the limit it names, and what comes in is what it said; no other split of the
 * same size on the same books brings more. (On a real venue the position to be reduced must be held
 * on both dexes: see route.h.) */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "plan/route.h"
#include "tests/run.h"
#include "tests/unit/jnum.h"
#include "tests/unit/paper_rig.h"

enum { MAIN, BUILDER, BOOKS, SOL = 2, XYZ_SOL = 110000 };
static const char *const coin_of[BOOKS] = {"SOL", "xyz:SOL"};
static const uint32_t wire_asset[BOOKS] = {SOL, XYZ_SOL};
static const double TAKER = 0.00045, HELD = 300;
static struct rig r;

static void open_both(void)
{
	struct paper_coin c = {.sz_decimals = 2, .max_leverage = 10, .refill_ms = 2000};

	rig_open(&r);
	snprintf(c.name, sizeof c.name, "xyz:SOL");
	uint16_t at = fixed_coin(&r.m, &c);
	fixed_ladder(&r.m, at, (struct price){20003 * (PX_ONE / 100)}, (struct price){PX_ONE / 10},
		     (struct qty){20 * USD}, 20);
	rig_start(&r);
	rig_fund(&r, 0, 1000000);
	rig_position(&r, 0, "SOL", "300", "200", 5, false);
	rig_position(&r, 0, "xyz:SOL", "300", "200", 5, true);
}

/* The bids, as a client is told them. */
static void read_book(struct route_venue *v, int k)
{
	struct json *door = json_new(1 << 20);
	struct err e = {0};

	rig_info(&r, "{\"type\":\"l2Book\",\"coin\":\"%s\"}", coin_of[k]);
	const struct jv *root =
		json_parse(door, str_text(&r.answer), strlen(str_text(&r.answer)), &e);
	const struct jv *bids = root ? jv_at(jv_get(root, "levels"), 0) : NULL;

	*v = (struct route_venue){.fee = TAKER, .lot = 0.01, .min_usd = 10};
	for (size_t i = 0; bids && i < jv_len(bids) && v->n < ROUTE_LEVELS; i++) {
		const struct jv *l = jv_at(bids, i);
		const char *px, *sz;

		REQUIRE(jv_str(jv_get(l, "px"), &px, NULL) && jv_str(jv_get(l, "sz"), &sz, NULL));
		v->level[v->n++] = (struct route_level){strtod(px, NULL), strtod(sz, NULL)};
	}
	json_free(door);
	REQUIRE(v->n > 5);
}

/* What a size brings on one book alone, fees in. */
static double alone(const struct route_venue *v, double size)
{
	double got = 0;

	for (uint32_t i = 0; i < v->n && size > 0; i++) {
		double q = fmin(size, v->level[i].size);

		got += q * v->level[i].px * (1 - v->fee);
		size -= q;
	}
	return size > 1e-9 ? -INFINITY : got;
}

static void sell(int k, double size, double limit)
{
	char sz[24], px[24];

	if (size <= 0)
		return;
	snprintf(sz, sizeof sz, "%.2f", size);
	snprintf(px, sizeof px, "%.2f", limit);
	rig_order(&r, 0, wire_asset[k], 'A', px, sz, "Ioc", true);
	CHECK(rig_has(&r, "filled"));
}

/* USD that all sales brought, fees in. */
static double brought(void)
{
	struct paper_truth_fill f;
	double got = 0;

	for (uint32_t i = 0; paper_fill(r.p, r.user[0], i, &f); i++)
		if (!f.buy)
			got += price_to_double(f.px) * qty_to_double(f.sz) - (double)f.fee.v / 1e8;
	return got;
}

TEST(splits_over_two_dexes)
{
	static const double size[] = {5, 40, 150, 299};

	for (size_t s = 0; s < COUNT_OF(size); s++) {
		struct route_in in = {.side = SIDE_SELL, .size = size[s], .n = BOOKS};
		struct route_out out;
		struct err e = {0};

		open_both();
		for (int k = 0; k < BOOKS; k++)
			read_book(&in.venue[k], k);
		double before = brought();
		REQUIRE(route_market(&in, &out, &e));
		CHECK_NEAR(out.filled, size[s], 1e-9);
		for (int k = 0; k < BOOKS; k++)
			sell(k, out.size[k], out.worst[k]);
		CHECK_NEAR(brought() - before, out.value, 1e-4);
		double left = 2 * HELD - size[s], held = 0;
		for (int k = 0; k < BOOKS; k++)
			held += (double)rig_szi(&r, 0, coin_of[k]) / 1e8;
		CHECK_NEAR(held, left, 1e-9);
		for (int pct = 0; pct <= 100; pct++) { /* any other way to cut it */
			double a = alone(&in.venue[MAIN], size[s] * pct / 100);
			double b = alone(&in.venue[BUILDER], size[s] * (100 - pct) / 100);

			CHECK(a + b <= out.value + 1e-6);
		}
		printf("  %5.0f SOL: %.2f and %.2f; better than one book by %.2f bp\n", size[s],
		       out.size[MAIN], out.size[BUILDER],
		       (out.value / fmax(alone(&in.venue[MAIN], size[s]),
					 alone(&in.venue[BUILDER], size[s])) -
			1) * 1e4);
		rig_close(&r);
	}
}

TEST_MAIN(T(splits_over_two_dexes))
