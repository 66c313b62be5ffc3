/* margin: every captured case, and the tiers against a search by bisection. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "core/margin.h"
#include "tests/run.h"
#include "tests/unit/vectors.h"

static struct instr lev(int max)
{
	return (struct instr){.n_tiers = 1, .tiers = {{{0}, max}}};
}

static const char *section, *section_end;

static bool open_section(char **text, const char *from, const char *to)
{
	const char *path = test_data("hyperliquid/margin_vectors.json");

	if (!path)
		return false;
	if (!*text)
		*text = test_slurp(path, NULL);
	section = strstr(*text, from);
	section_end = strstr(*text, to);
	return true;
}

static struct money get_money(const char *o, const char *end, const char *key)
{
	char s[40];
	size_t n = 0;
	struct money m = {0};

	CHECK(vec_get(o, end, key, s, sizeof s, &n));
	CHECK(money_parse(&m, s, n) <= DEC_INEXACT);
	return m;
}

static int get_int(const char *o, const char *end, const char *key)
{
	char s[40];

	return vec_get(o, end, key, s, sizeof s, NULL) ? (int)strtol(s, NULL, 10) : 0;
}

TEST(liquidation_price)
{
	char *text = NULL;
	const char *end, *o;
	int cases = 0;

	if (!open_section(&text, "\"liquidation_price\"", "\"maintenance\""))
		return;
	while ((o = vec_object(&section, &end, section_end))) {
		char mode[16], want[32], tol[16], s[32];
		struct instr i = lev(get_int(o, end, "maxLeverage"));
		struct price got = {0}, expect;
		struct qty szi;
		size_t n = 0;
		bool ok;

		REQUIRE(vec_get(o, end, "mode", mode, sizeof mode, NULL));
		REQUIRE(vec_get(o, end, "szi", s, sizeof s, &n));
		REQUIRE(qty_parse(&szi, s, n) == DEC_OK);
		cases++;
		if (mode[0] == 'i')
			ok = margin_liq_isolated(&got, &i, szi, get_money(o, end, "rawUsd"));
		else
			ok = margin_liq_cross(&got, &i, szi, get_money(o, end, "positionValue"),
					      get_money(o, end, "accountValue"),
					      get_money(o, end, "crossMaintenanceMarginUsed"));
		if (!vec_get(o, end, "expected", want, sizeof want, &n)) {
			CHECK(!ok);
			continue;
		}
		CHECK(ok);
		REQUIRE(price_parse(&expect, want, n) == DEC_OK);
		if (vec_get(o, end, "tolerance", tol, sizeof tol, NULL))
			CHECK_NEAR(price_to_double(got), price_to_double(expect), 0.0001);
		else
			CHECK_INT(got.v, expect.v);
	}
	CHECK_INT(cases, 4);
	free(text);
}

TEST(margins)
{
	char *text = NULL;
	const char *end, *o;
	struct money m = {0};
	int cases = 0;

	if (!open_section(&text, "\"maintenance\": [", "\"margin_used_cross\""))
		return;
	for (; (o = vec_object(&section, &end, section_end)); cases++) {
		struct instr i = lev(get_int(o, end, "maxLeverage"));

		CHECK(margin_maintenance(&m, &i, get_money(o, end, "positionValue")));
		CHECK_INT(margin_shown(m).v, get_money(o, end, "expected").v);
	}
	open_section(&text, "\"margin_used_cross\"", "\"isolated_margin_used\"");
	for (; (o = vec_object(&section, &end, section_end)); cases++) {
		CHECK(margin_used_cross(&m, get_money(o, end, "positionValue"),
					get_int(o, end, "leverage")));
		CHECK_INT(m.v, get_money(o, end, "expected").v);
	}
	open_section(&text, "\"isolated_margin_used\"", "\"return_on_equity\"");
	for (; (o = vec_object(&section, &end, section_end)); cases++) {
		CHECK(margin_used_isolated(&m, (struct qty){1}, get_money(o, end, "positionValue"),
					   get_money(o, end, "rawUsd")));
		CHECK_INT(m.v, get_money(o, end, "expected").v);
	}
	open_section(&text, "\"withdrawable\"", "\"tiers\"");
	for (; (o = vec_object(&section, &end, section_end)); cases++) {
		char tol[16];

		CHECK(margin_withdrawable(&m, get_money(o, end, "accountValue"),
					  get_money(o, end, "totalMarginUsed"),
					  get_money(o, end, "totalNtlPos")));
		if (vec_get(o, end, "tolerance", tol, sizeof tol, NULL))
			CHECK_NEAR(money_to_double(m),
				   money_to_double(get_money(o, end, "expected")), 0.0001);
		else
			CHECK_INT(m.v, get_money(o, end, "expected").v);
	}
	CHECK_INT(cases, 2 + 4 + 1 + 4);
	free(text);
}

TEST(return_on_equity)
{
	char *text = NULL;
	const char *end, *o;
	int cases = 0;

	if (!open_section(&text, "\"return_on_equity\"", "\"withdrawable\""))
		return;
	for (; (o = vec_object(&section, &end, section_end)); cases++) {
		char s[32];
		size_t n = 0;
		struct ratio got = {0}, want;
		struct qty side = {get_int(o, end, "side")};

		REQUIRE(vec_get(o, end, "expected", s, sizeof s, &n));
		CHECK_INT(ratio_parse(&want, s, n), DEC_OK);
		CHECK(margin_roe(&got, side, get_money(o, end, "positionValue"),
				 get_money(o, end, "unrealizedPnl"), get_int(o, end, "leverage")));
		CHECK_INT(got.v, want.v);
	}
	CHECK_INT(cases, 5);
	free(text);
}

/* The tier tables are public numbers of the venue; written here, checked against the file's
 * results. */
static const struct instr btc = {.n_tiers = 2, .tiers = {{{0}, 40}, {{15000000000000000}, 20}}};
static const struct instr eth = {.n_tiers = 2, .tiers = {{{0}, 25}, {{10000000000000000}, 15}}};

TEST(tiers)
{
	struct money m;
	int64_t seven;

	CHECK(margin_maintenance(&m, &btc, (struct money){20000000000000000}));
	CHECK_INT(m.v, 312500000000000);
	CHECK(margin_maintenance(&m, &eth, (struct money){15000000000000000}));
	CHECK(dec_round(&seven, m.v, 8, 7, ROUND_HALF_AWAY));
	CHECK_INT(seven, 366666666666670);
	CHECK(!margin_maintenance(&m, &(struct instr){0}, (struct money){1}));
	CHECK(!margin_maintenance(&m, &btc, (struct money){-1}));
}

static double maint_at(const struct instr *i, double ntl)
{
	double sum = 0;

	for (int k = 0; k < i->n_tiers; k++) {
		double lo = money_to_double(i->tiers[k].lower);
		double hi = k + 1 < i->n_tiers ? money_to_double(i->tiers[k + 1].lower) : 1e18;

		if (ntl > lo)
			sum += (fmin(hi, ntl) - lo) / (2.0 * i->tiers[k].max_leverage);
	}
	return sum;
}

/* At the price found, equity is maintenance, by doubles and without the formula. */
TEST(liquidation_is_where_equity_meets_maintenance)
{
	struct prng r;
	int found = 0;

	prng_seed(&r, test_seed);
	for (int k = 0; k < 20000; k++) {
		const struct instr *i = prng_below(&r, 2) ? &btc : &eth;
		int64_t sz = prng_range(&r, 1, 900000) * 1000000; /* up to 9,000 coins */
		struct qty szi = {prng_below(&r, 2) ? sz : -sz};
		double mark = (double)prng_range(&r, 1000, 120000), q = qty_to_double(szi), p,
		       equity;
		double value = mark * fabs(q), m = maint_at(i, value), other;
		struct price liq;

		other = (double)prng_range(&r, 0, 1000000); /* maintenance of other legs */
		equity = m + other + value * 0.01 * (double)prng_range(&r, 1, 300);
		if (!margin_liq_cross(&liq, i, szi, (struct money){(int64_t)(value * 1e8)},
				      (struct money){(int64_t)(equity * 1e8)},
				      (struct money){(int64_t)((m + other) * 1e8)}))
			continue;
		found++;
		p = price_to_double(liq);
		CHECK_NEAR((equity + q * (p - mark) - other) / value,
			   maint_at(i, fabs(q) * p) / value, 1e-9);
	}
	CHECK(found > 5000);
}

TEST_MAIN(T(liquidation_price), T(margins), T(return_on_equity), T(tiers),
	  T(liquidation_is_where_equity_meets_maintenance))
