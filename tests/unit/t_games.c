/* Predation (Carlin, Lobo, Viswanathan) and limit-order liquidation (Gueant, Lehalle,
 * Fernandez-Tapia) against games_and_policies.json and constants. */
#include <math.h>

#include "plan/games.h"
#include "tests/unit/jnum.h"

/* What trader i pays, from the rates alone: Simpson's rule, positions summed by it too. */
static double by_simpson(const struct clv *in, uint32_t who)
{
	enum { N = 4000 };
	double h = in->horizon / N, held = 0, sum = 0;
	for (int s = 0; s <= N; s++) {
		double rate = 0, mid = 0, before = 0;
		for (uint32_t i = 0; i < in->n; i++) {
			rate += clv_rate(in, i, s * h);
			mid += s ? clv_rate(in, i, (s - 0.5) * h) : 0;
			before += s ? clv_rate(in, i, (s - 1) * h) : 0;
		}
		held += s ? h / 6 * (before + 4 * mid + rate) : 0;
		double price = in->gamma * held + in->lambda * rate;
		double weight = s == 0 || s == N ? 1 : s % 2 ? 4 : 2;
		sum += weight * h / 3 * price * clv_rate(in, who, s * h);
	}
	return sum;
}

TEST(predation)
{
	struct clv one = {.n = 2, .gamma = 1, .lambda = 1, .horizon = 1, .change = {-1, 0}};
	struct clv_out r;
	struct vectors v;
	REQUIRE(clv_solve(&one, &r));
	CHECK_NEAR(r.alone, 1.5, 1e-12);
	CHECK_NEAR(r.markup, 0.0304063, 1e-5);
	one.gamma = 10;
	REQUIRE(clv_solve(&one, &r));
	CHECK_NEAR(r.markup, 0.3992044, 1e-5);
	one.n = 1;
	REQUIRE(clv_solve(&one, &r));
	CHECK_NEAR(r.markup, 0, 1e-12);
	CHECK_NEAR(clv_rate(&one, 0, 0.3), -1, 1e-12); /* TWAP */
	one.lambda = 0;
	CHECK(!clv_solve(&one, &r));
	if (!vectors_open(&v, "quant/games_and_policies.json"))
		return;
	for (const struct jv *o = jv_first(jv_get(v.root, "clv")); o; o = jv_next(o)) {
		struct clv in = {.gamma = jnum_of(o, "gamma"),
				 .lambda = jnum_of(o, "lam"),
				 .horizon = jnum_of(o, "T")};
		double cost[CLV_TRADERS], rate[4];
		in.n = jnums(jv_get(o, "dX"), in.change, CLV_TRADERS);
		REQUIRE(clv_solve(&in, &r));
		CHECK_INT(jnums(jv_get(o, "cost_each"), cost, CLV_TRADERS), in.n);
		for (uint32_t i = 0; i < in.n; i++) {
			CHECK_NEAR(r.cost[i], cost[i],
				   1e-5 * fabs(cost[0])); /* theirs by quadrature */
			CHECK_NEAR(r.cost[i], by_simpson(&in, i), 1e-9);
		}
		CHECK_NEAR(r.markup, jnum_of(o, "predation_markup"), 1e-5);
		jnums(jv_at(jv_get(o, "Y_at_0_quarter_half_end"), 0), rate, 4);
		CHECK_NEAR(clv_rate(&in, 0, 0), rate[0], 1e-9);
		CHECK_NEAR(clv_rate(&in, 0, in.horizon), rate[3], 1e-9);
	}
	vectors_close(&v);
}

TEST(resting_quotes)
{
	struct glf in = {.a = 0.1, .k = 0.3, .gamma = 0.05, .sigma = 0.3, .b = 3};
	static const double want[] = {10.609472783778921, 7.873682954686336,  6.129883676499226,
				      4.808204523883758,  3.7279710083038373, 2.807286979563282};
	struct vectors v;
	double q[6], row[7];
	REQUIRE(glf_quotes(&in, 300, 6, q));
	for (int i = 0; i < 6; i++)
		CHECK_NEAR(q[i], want[i], 1e-8);
	for (int left = 0; left <= 300; left += 60) {
		double last;

		REQUIRE(glf_quotes(&in, left, 1, q) && glf_last(&in, left, &last));
		CHECK_NEAR(last, q[0], 1e-8);
		in.mu = 0.01;
		REQUIRE(glf_quotes(&in, left, 1, q) && glf_last(&in, left, &last));
		CHECK_NEAR(last, q[0], 1e-8);
		in.mu = 0;
	}
	REQUIRE(glf_quotes(&in, 0, 6, q));
	CHECK_NEAR(q[3], 0.08301359654516727, 1e-12);
	in.sigma = NAN;
	CHECK(!glf_quotes(&in, 300, 6, q));
	in.sigma = 0.3;
	CHECK(!glf_quotes(&in, 300, GLF_UNITS + 1, q));
	if (!vectors_open(&v, "quant/games_and_policies.json"))
		return;
	const struct jv *rows = jv_get(jv_get(v.root, "glf_limit_orders"), "T300");
	for (const struct jv *r = jv_first(rows); r; r = jv_next(r)) {
		CHECK_INT(jnums(r, row, 7), 7);
		REQUIRE(glf_quotes(&in, 300 - row[0], 6, q));
		for (int i = 0; i < 6; i++)
			CHECK_NEAR(q[i], row[i + 1], 1e-8);
	}
	vectors_close(&v);
}

TEST_MAIN(T(predation), T(resting_quotes))
