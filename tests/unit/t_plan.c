/* Planning: the closed forms against published vectors, schedules that add up, plans whose parts
 * add up, danger against its table. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "plan/ac.h"
#include "plan/plan.h"
#include "tests/run.h"
#include "tests/unit/plan_world.h"

static struct book a_book(double mid, double half, double step, double sz)
{
	struct book b = {.n_bid = BOOK_LEVELS, .n_ask = BOOK_LEVELS};
	for (int i = 0; i < BOOK_LEVELS; i++) {
		b.bid[i] = (struct level){px(mid - half - i * step), qt(sz), 1};
		b.ask[i] = (struct level){px(mid + half + i * step), qt(sz), 1};
	}
	return b;
}

static struct plan_problem a_problem(const struct instr *i, const struct book *b)
{
	struct plan_problem p = {.instr = i,
				 .book = b,
				 .book_age_ns = 1000000,
				 .side = SIDE_SELL,
				 .size = qt(12),
				 .position = qt(24),
				 .mark = px(109742),
				 .sigma_year = 1.65,
				 .volume_s = 0.6,
				 .fee_taker = 0.00045,
				 .fee_maker = 0.00015,
				 .funding_hour = 0.0000125,
				 .now_ms = 1757000000000,
				 .horizon_ms = 600000,
				 .urgency = 0.5,
				 .algo = ALGO_AC,
				 .place = PLACE_POST_CROSS};
	p.account = (struct plan_account){.known = true,
					  .isolated = true,
					  .equity = 60000,
					  .maintenance = 24 * 109742 * 0.0125,
					  .initial = 24 * 109742 / 40.0,
					  .mmr = 0.0125,
					  .leverage = 40,
					  .beta = 1};
	return p;
}

/* The number after "key" at or after p. */
static double number_after(const char *p, const char *key)
{
	char quoted[64];
	snprintf(quoted, sizeof quoted, "\"%s\":", key);
	const char *at = p ? strstr(p, quoted) : NULL;
	return at ? strtod(at + strlen(quoted), NULL) : NAN;
}

static void one_case(const char *text, const char *name, double lambda, double alpha)
{
	struct ac in = {.x = 1e6,
			.horizon = 5,
			.n = 5,
			.sigma = 0.95,
			.eta = 2.5e-6,
			.gamma = 2.5e-7,
			.epsilon = 0.0625,
			.lambda = lambda,
			.alpha = alpha};
	struct ac_result r, c;
	double x[6];
	const char *at = strstr(text, name);
	REQUIRE(at);
	REQUIRE(ac_solve(&in, &r, x));
	CHECK_NEAR(r.kappa, number_after(at, "kappa"), 1e-10 * (1 + r.kappa));
	CHECK_NEAR(r.cost / number_after(at, "E"), 1, 1e-10);
	CHECK_NEAR(r.variance / number_after(at, "V"), 1, 1e-10);
	const char *h = strstr(at, "\"holdings\": [");
	REQUIRE(h);
	h += strlen("\"holdings\": [");
	for (int j = 0; j <= 5; j++) {
		char *end;
		double want = strtod(h, &end);
		CHECK_NEAR(x[j], want, 1e-10 * 1e6);
		h = end + 1;
	}
	if (alpha == 0) {
		REQUIRE(ac_closed(&in, &c));
		CHECK_NEAR(c.cost / r.cost, 1, 1e-10);
		CHECK_NEAR(c.variance / r.variance, 1, 1e-10);
	}
}

TEST(ac_vectors)
{
	const char *path = test_data("quant/almgren_chriss.json");
	if (!path)
		return;
	char *text = test_slurp(path, NULL);
	REQUIRE(text);
	one_case(text, "tangent_lambda_1e-6", 1e-6, 0);
	one_case(text, "A_lambda_2e-6", 2e-6, 0);
	one_case(text, "B_naive_lambda_0", 0, 0);
	one_case(text, "C_lambda_minus_2e-7", -2e-7, 0);
	one_case(text, "drift_lambda_1e-6_alpha_0.02", 1e-6, 0.02);
	free(text);
}

/* Facts of the published example, so that something is checked without the data. */
TEST(ac_example)
{
	struct ac in = {.x = 1e6,
			.horizon = 5,
			.n = 5,
			.sigma = 0.95,
			.eta = 2.5e-6,
			.gamma = 2.5e-7,
			.epsilon = 0.0625,
			.lambda = 1e-6};
	struct ac_result r;
	double x[6], best = INFINITY;
	REQUIRE(ac_solve(&in, &r, x));
	CHECK_NEAR(r.kappa, 0.6070761632470627, 1e-12);
	CHECK_NEAR(x[1], 541955.554374, 1e-5);
	CHECK_NEAR(r.cost, 911226.986304, 1e-5);
	CHECK_NEAR(sqrt(r.variance), 603430.668808, 1e-5);
	for (double l = 1.6e-6; l < 1.8e-6; l += 1e-10) {
		in.lambda = l;
		REQUIRE(ac_closed(&in, &r));
		best = fmin(best, r.cost + 1.645 * sqrt(r.variance));
	}
	CHECK_NEAR(best / 1877206.7015, 1, 1e-8);
	struct ac fine = {.x = 1e6,
			  .horizon = 5,
			  .n = 5000,
			  .sigma = 0.95,
			  .eta = 2.5e-6,
			  .gamma = 2.5e-7,
			  .epsilon = 0.0625,
			  .lambda = 1e-6};
	REQUIRE(ac_closed(&fine, &r));
	CHECK_NEAR(r.cost / 964514.3250036128, 1, 1e-10);
	CHECK_NEAR(sqrt(r.variance) / 855558.61949557, 1, 1e-10);
}

TEST(ac_properties)
{
	struct prng rng;
	prng_seed(&rng, test_seed);
	for (int k = 0; k < 300; k++) {
		struct ac in = {.x = 1 + 1e6 * prng_unit(&rng),
				.horizon = 1 + 1000 * prng_unit(&rng),
				.n = 2 + (uint32_t)prng_below(&rng, 200),
				.sigma = 0.01 + prng_unit(&rng),
				.eta = 1e-3 + prng_unit(&rng)};
		in.lambda = ac_lambda(&in, 50 * prng_unit(&rng) / in.horizon);
		struct ac_result r, c, tail;
		double x[202], y[202];
		REQUIRE(ac_solve(&in, &r, x));
		REQUIRE(ac_closed(&in, &c));
		CHECK_NEAR(c.cost / r.cost, 1, 1e-9);
		CHECK_NEAR(c.variance / r.variance, 1, 1e-6);
		for (uint32_t j = 1; j <= in.n; j++)
			CHECK(x[j] <= x[j - 1]);
		/* solving again on the way gives the tail of the first answer */
		uint32_t from = in.n / 3;
		struct ac rest = in;
		if (!from || !(x[from] > in.x * 1e-6))
			continue;
		rest.x = x[from];
		rest.n = in.n - from;
		rest.horizon = in.horizon / in.n * rest.n;
		REQUIRE(ac_solve(&rest, &tail, y));
		for (uint32_t j = 0; j <= rest.n; j++)
			CHECK_NEAR(y[j], x[from + j], 1e-9 * in.x);
	}
	struct ac bad = {.x = 1, .horizon = 10, .n = 2, .sigma = 1, .eta = 1, .gamma = 1};
	struct ac_result r;
	CHECK(!ac_closed(&bad, &r)); /* eta - gamma tau/2 < 0 */
}

TEST(danger_vectors)
{
	double week = 7.0 / 365, day = 1.0 / 365;
	CHECK_NEAR(gbm_touch(100, 90, 0.6, 0, week), 0.215758, 1e-6);
	CHECK_NEAR(gbm_touch(100, 95, 0.6, 0, day), 0.105066, 1e-6);
	CHECK_NEAR(gbm_touch(100, 80, 0.8, 0, week), 0.049130, 1e-6);
	/* 20x, mm 1.25 %, 80 % a year, 24 h: D = 22,500 of 10 coins at 60,000 */
	struct plan_account a = {.known = true,
				 .isolated = true,
				 .equity = 30000,
				 .maintenance = 7500,
				 .mmr = 0.0125,
				 .beta = 1};
	double x[240];
	CHECK_NEAR(danger_hold(&a, 10, 86400, 60000, 0.8), 0.3705, 1e-4);
	for (int k = 0; k < 240; k++)
		x[k] = 10 * (1 - k / 240.0);
	CHECK_NEAR(danger_bound(&a, x, 240, 360, 60000, 0.8, 0), 0.1220, 1e-4);
	for (int k = 0; k < 240; k++)
		x[k] = 10 * ac_left(3.0 / 240, 240, (uint32_t)k);
	CHECK_NEAR(danger_bound(&a, x, 240, 360, 60000, 0.8, 0), 0.0273, 4e-4);
	double sd = 0.8 * 600000 * sqrt(day);
	CHECK_NEAR(danger_kappa(22500, sd, 0.01), 4.1206627, 1e-6);
	CHECK_NEAR(danger_kappa(22500, sd, 0.001), 6.7501052, 1e-6);
	CHECK_NEAR(danger_kappa(7500, 0.6 * 600000 * sqrt(8 / 8760.0), 0.01), 6.9801182, 1e-6);
	struct plan_account l10 = {.known = true, .isolated = true, .mmr = 0.0125};
	l10.equity = 60000, l10.maintenance = 7500;
	double p;
	REQUIRE(venue_liq(&l10, 10, 10, 60000, 0, &p));
	CHECK_NEAR(p, 54683.5443037975, 1e-6);
	REQUIRE(venue_liq(&l10, -10, -10, 60000, 0, &p));
	CHECK_NEAR(p, 65185.1851851852, 1e-6);
	CHECK(!venue_liq(&l10, 10, 0, 60000, 0, &p));
}

TEST(danger_edges)
{
	struct plan_account a = {
		.known = true, .isolated = true, .equity = 100, .maintenance = 200};
	double pct = 1;
	CHECK_NEAR(danger_hold(&a, 1, 60, 100, 1), 1, 0);
	REQUIRE(pool_dies(&a, 1, 1, 100, 0, &pct));
	CHECK_NEAR(pct, 0, 0);
	a.equity = 210;
	CHECK(pool_touch10(&a, 1, 1, 100, 0, 0) > 1e17);
	a.known = false;
	CHECK(!pool_dies(&a, 1, 1, 100, 0, &pct));
	char t[24];
	plan_odds(t, sizeof t, 0);
	CHECK_STR(t, "under 1 in 500");
	plan_odds(t, sizeof t, 1 / 2.7);
	CHECK_STR(t, "1 in 2.7");
	plan_odds(t, sizeof t, 1 / 26.0);
	CHECK_STR(t, "1 in 26");
	plan_odds(t, sizeof t, 0.01);
	CHECK_STR(t, "1 in 100");
	plan_odds(t, sizeof t, 1 / 134.0);
	CHECK_STR(t, "1 in 130");
	/* two legs that offset: a pool dies later than its parts */
	struct plan_account two = {.known = true,
				   .equity = 10000,
				   .maintenance = 2000,
				   .mmr = 0.0125,
				   .beta = 1,
				   .others_beta = -50000};
	REQUIRE(pool_dies(&two, 1, 1, 100000, 0, &pct));
	CHECK_NEAR(pct, -100 * 8000 / (100000 - 1250 - 50000.0), 1e-9);
}

static void check_schedule(const struct schedule_in *in, const struct schedule *s)
{
	int64_t sum = 0, lot = instr_lot(in->instr).v;
	REQUIRE(s->n > 0 && s->n <= SLICES_MAX);
	for (uint32_t k = 0; k < s->n; k++) {
		double usd = qty_to_double(s->qty[k]) * price_to_double(in->mark);
		sum += s->qty[k].v;
		CHECK(s->qty[k].v > 0);
		CHECK(k == 0 ? s->at_ms[0] == 0 : s->at_ms[k] > s->at_ms[k - 1]);
		if (s->n > 1 && in->algo != ALGO_VENUE_TWAP)
			CHECK(usd > (k + 1 < s->n ? 24.99 : 19.99));
		if (k + 1 < s->n)
			CHECK_INT(s->qty[k].v % lot, 0);
		CHECK(s->at_ms[k] <= in->horizon_ms + s->spacing_ms);
	}
	CHECK_INT(sum, in->size.v);
}

TEST(schedules_add_up)
{
	struct prng rng;
	struct instr i = btc();
	static struct schedule s, again;
	prng_seed(&rng, test_seed);
	for (int k = 0; k < 2000; k++) {
		i.sz_decimals = (int8_t)prng_below(&rng, 6);
		double mark = pow(10, 5 - i.sz_decimals) * (0.2 + prng_unit(&rng)) + 0.01;
		struct schedule_in in = {
			.instr = &i,
			.algo = prng_below(&rng, 2) ? ALGO_AC : ALGO_TWAP,
			.horizon_ms = (int64_t)prng_below(&rng, 86400000),
			.slots = prng_below(&rng, 3) ? 0 : (uint32_t)prng_below(&rng, 300),
			.urgency = prng_unit(&rng),
			.jitter = prng_below(&rng, 2) ? prng_unit(&rng) / 2 : 0,
			.seed = prng_u64(&rng),
			.mark = px(mark)};
		in.size = instr_floor_qty(&i, qt(pow(10, 6 * prng_unit(&rng)) / mark));
		if (in.size.v == 0)
			continue;
		plan_schedule(&in, &s);
		check_schedule(&in, &s);
		plan_schedule(&in, &again);
		CHECK(s.n == again.n && !memcmp(s.qty, again.qty, s.n * sizeof s.qty[0]) &&
		      !memcmp(s.at_ms, again.at_ms, s.n * sizeof s.at_ms[0]));
	}
	struct schedule_in tiny = {.instr = &i, .algo = ALGO_TWAP, .horizon_ms = 60000};
	plan_schedule(&tiny, &s);
	CHECK_INT(s.n, 0);
}

TEST(round_numbers_avoided)
{
	struct instr i = btc();
	static struct schedule s;
	struct schedule_in in = {.instr = &i,
				 .algo = ALGO_TWAP,
				 .size = qt(12),
				 .horizon_ms = 3600000,
				 .jitter = 0.2,
				 .seed = test_seed,
				 .mark = px(100000)};
	plan_schedule(&in, &s);
	CHECK_INT(s.n, 60);
	for (uint32_t k = 0; k + 1 < s.n; k++)
		CHECK(s.qty[k].v / instr_lot(&i).v % 10 != 0);
	for (uint32_t k = 2; k + 1 < s.n; k++)
		CHECK(s.qty[k].v != s.qty[k - 1].v || s.qty[k].v != s.qty[k - 2].v);
}

TEST(plan_parts_add_up)
{
	struct instr i = btc();
	struct book b = a_book(109742, 0.5, 1.7, 0.35);
	struct plan_problem p = a_problem(&i, &b);
	static struct plan plan;
	struct err e = {0};
	for (uint8_t algo = 0; algo < ALGO_COUNT; algo++) {
		p.algo = algo;
		p.horizon_ms = algo == ALGO_SWEEP ? 0 : 600000;
		REQUIRE(plan_make(&p, &plan, &e));
		const struct plan_cost *c = &plan.cost;
		int64_t sum = 0;
		for (uint32_t k = 0; k < plan.n; k++)
			sum += plan.at[k].qty.v;
		CHECK_INT(sum, p.size.v);
		CHECK_INT(plan.at[plan.n - 1].left.v, 0);
		CHECK_INT(plan.at[plan.n - 1].position.v, qt(12).v);
		CHECK_NEAR(c->total, c->spread + c->impact + c->fees + c->funding, 1e-9);
		CHECK_NEAR(c->share[0] + c->share[1] + c->share[2], 1, 1e-12);
		CHECK(plan.bad_1in20 > c->total && plan.sd > 0);
		CHECK(c->total > 0 && c->bp > 0);
		REQUIRE(plan.at[0].has_liq);
		CHECK(plan.at[plan.n - 1].liq < plan.at[0].liq || plan.n == 1);
		CHECK_NEAR(plan.at[plan.n - 1].margin_freed, 12 * 109742 / 40.0, 1);
		CHECK(plan.has_danger == (algo != ALGO_SWEEP));
		if (plan.has_danger)
			CHECK(plan.danger < plan.danger_hold && plan.danger > 0);
	}
}

TEST(plan_sources)
{
	struct instr i = btc();
	struct book b = a_book(109742, 0.5, 1.7, 0.35);
	struct plan_problem p = a_problem(&i, &b);
	struct plan_meter m;
	plan_meter(&p, qt(3), &m);
	CHECK(!m.beyond);
	CHECK_NEAR(m.visible, 1, 1e-12);
	CHECK_NEAR(m.cost.share[SRC_YOUNG], 1, 1e-12);
	/* the walk: 8 levels of .35 and .2 of the ninth */
	double walk = 0.35 * (8 * 0.5 + 1.7 * 28) + 0.2 * (0.5 + 8 * 1.7);
	CHECK_NEAR(m.cost.spread + m.cost.impact, walk, 1e-6);
	CHECK_NEAR(m.cost.fees, 3 * 109742 * 0.00045, 1e-6);
	p.book_age_ns = 4000000000;
	plan_meter(&p, qt(3), &m);
	CHECK(m.cost.share[SRC_OLD] > 0.1);
	plan_meter(&p, qt(20), &m);
	CHECK(m.beyond && m.cost.share[SRC_MODEL] > 0.2);
	double before = 0;
	for (double q = 0.5; q < 40; q += 0.5) { /* a unit never gets cheaper with size */
		plan_meter(&p, qt(q), &m);
		CHECK(m.cost.total / q >= before - 1e-6);
		before = m.cost.total / q;
	}
	p.book = NULL;
	plan_meter(&p, qt(3), &m);
	CHECK(m.beyond && m.cost.share[SRC_MODEL] > 0.1 && m.cost.total > 0);
}

TEST(plan_refusals)
{
	struct instr i = btc();
	struct book b = a_book(109742, 0.5, 1.7, 0.35);
	struct plan_problem p = a_problem(&i, &b), q = p;
	static struct plan plan;
	struct err e = {0};
	q.size.v = 0;
	CHECK(!plan_make(&q, &plan, &e) && e.code == ERR_RULE);
	q = p, q.size = qt(0.00005);
	CHECK(!plan_make(&q, &plan, &e) && strstr(e.text, "minimum"));
	q = p, q.algo = ALGO_VENUE_TWAP, q.horizon_ms = 240000;
	CHECK(!plan_make(&q, &plan, &e) && strstr(e.text, "5 to 1440"));
	q.horizon_ms = 600000, q.size = qt(0.0005);
	CHECK(!plan_make(&q, &plan, &e) && strstr(e.text, "100 USD"));
	q = p, q.horizon_ms = 8ll * 86400000;
	CHECK(!plan_make(&q, &plan, &e) && strstr(e.text, "7 days"));
	q = p, q.size = q.position = qt(0.00005);
	CHECK(plan_make(&q, &plan, &e)); /* a full close is never under the minimum */
}

/* Half as fast as was asked: the plan is what the cap lets run, not what was wished. */
TEST(the_cap_holds_back)
{
	struct instr i = btc();
	struct book b = a_book(109742, 0.5, 1.7, 0.35);
	struct plan_problem p = a_problem(&i, &b);
	static struct plan free, held;
	struct err e = {0};
	const double rate = 0.01;
	p.algo = ALGO_TWAP;
	p.volume_s = 100;
	REQUIRE(plan_make(&p, &free, &e));
	CHECK(!free.held_back);
	CHECK_INT(free.horizon_ms, p.horizon_ms);
	p.volume_s = rate / 0.1; /* the cap left to its default */
	REQUIRE(plan_make(&p, &held, &e));
	CHECK(held.held_back);
	CHECK_NEAR((double)held.horizon_ms / 1000, 12 / rate, 12 / rate * 0.05);
	CHECK_INT(held.end_ms, p.now_ms + held.horizon_ms);
	double slot = (double)held.spacing_ms / 1000, sold = 0;
	int64_t sum = 0, last = -1;
	for (uint32_t k = 0; k < held.n; k++) {
		double t = (double)held.at[k].at_ms / 1000;
		sum += held.at[k].qty.v;
		sold += qty_to_double(held.at[k].qty);
		CHECK(held.at[k].at_ms > last);
		CHECK(sold <= rate * (t + 2 * slot));
		CHECK_INT(held.at[k].left.v, p.size.v - sum);
		last = held.at[k].at_ms;
	}
	CHECK_INT(sum, p.size.v);
	CHECK(held.sd > free.sd * 1.3); /* twice as long */
	CHECK(held.danger > free.danger && held.cost.impact < free.cost.impact);
	/* a tape that stands still: a child of 25 USD every two minutes, and the end is said */
	p.volume_s = 1e-9;
	REQUIRE(plan_make(&p, &held, &e));
	CHECK(held.n <= SLICES_MAX && held.at[held.n - 1].left.v == 0);
	CHECK_NEAR((double)held.horizon_ms / 1000, 12 * 109742 / 25.0 * 120, 1e5);
}

/* What the children will do is what is planned: near liquidation they cross and pay for it, those
 * of a position that has become small rest again (operations.md 8). */
TEST(children_that_cross_are_planned_to)
{
	struct instr i = btc();
	struct book b = a_book(109742, 0.5, 1.7, 0.35);
	struct plan_problem p = a_problem(&i, &b);
	static struct plan plan;
	struct err e = {0};
	double cost[4];
	p.size = p.position;
	p.cap = 1e3;
	for (int k = 0; k < 4; k++) {
		p.place = k == 0 ? PLACE_CROSS : PLACE_POST_CROSS;
		p.account.equity = k == 2 ? 60000 : 600000;
		p.account.equity = k == 1 ? p.account.maintenance + 2000 : p.account.equity;
		REQUIRE(plan_make(&p, &plan, &e));
		cost[k] = plan.cost.spread + plan.cost.fees;
	}
	CHECK(cost[3] < 0.7 * cost[0]);			      /* 20 % away: 55 % rest */
	CHECK(cost[2] < 0.95 * cost[0] && cost[2] > cost[3]); /* 1 % away, and less held later */
	CHECK(cost[1] > cost[2] && cost[1] <= cost[0]);
	p.account.equity = 600000;
	p.liq = 109742 * 0.975; /* the venue says 2.5 %: it is right about its own account */
	p.account.known = false;
	REQUIRE(plan_make(&p, &plan, &e));
	CHECK_NEAR(plan.cost.spread + plan.cost.fees, cost[0], 1e-6 * cost[0]);
	p.liq = 109742 * 0.965;
	REQUIRE(plan_make(&p, &plan, &e));
	CHECK_NEAR(plan.cost.spread + plan.cost.fees, cost[3], 1e-6 * cost[0]);
	p.sigma_year = 8; /* over 4 deviations of a 20 s slot: 2.5 % */
	p.liq = 109742 * 0.969;
	REQUIRE(plan_make(&p, &plan, &e));
	CHECK(plan.cost.spread + plan.cost.fees < cost[0]);
	p.sigma_year = 15;
	REQUIRE(plan_make(&p, &plan, &e));
	CHECK_NEAR(plan.cost.spread + plan.cost.fees, cost[0], 1e-6 * cost[0]);
}

TEST(frontier_agrees_with_plans)
{
	struct instr i = btc();
	struct book b = a_book(109742, 0.5, 1.7, 0.35);
	struct plan_problem p = a_problem(&i, &b);
	struct frontier_point f[64];
	static struct plan plan;
	struct err e = {0};
	p.slots = 60;
	p.cap = 1e3; /* points of the frontier do not know it */
	CHECK_INT(plan_frontier(&p, f, 64), 64);
	for (int k = 1; k < 64; k++) {
		CHECK(f[k].cost >= f[k - 1].cost - 1e-6);
		CHECK(f[k].sd <= f[k - 1].sd + 1e-6);
		CHECK(f[k].t95_s <= f[k - 1].t95_s + 1e-9);
		CHECK(k > 32 ||
		      f[k].danger <= f[k - 1].danger + 1e-9); /* then cost eats distance */
	}
	CHECK_NEAR(f[0].t95_s, 570, 1e-6);
	for (int k = 0; k < 64; k += 9) {
		p.urgency = f[k].urgency;
		REQUIRE(plan_make(&p, &plan, &e));
		if (plan.n != 60)
			continue; /* small tails are merged */
		/* the slice in which children begin to rest does so whole, or not at all */
		CHECK_NEAR(plan.cost.total / f[k].cost, 1, 5e-3);
		CHECK_NEAR(plan.sd / f[k].sd, 1, 5e-3);
		CHECK_NEAR(plan.danger, f[k].danger, 1e-3);
		CHECK_NEAR(plan.lambda / (f[k].lambda > 0 ? f[k].lambda : 1), f[k].lambda > 0,
			   1e-9);
	}
	p.horizon_ms = 0;
	CHECK_INT(plan_frontier(&p, f, 64), 0);
}

TEST(ways_and_after)
{
	struct instr i = btc();
	struct book b = a_book(109742, 0.5, 1.7, 0.35);
	struct plan_problem p = a_problem(&i, &b);
	struct plan_way w[WAYS];
	static struct plan plan;
	struct plan_after a[PLAN_AFTER];
	struct err e = {0};
	plan_ways(&p, p.now_ms + 2 * 3600000, w);
	CHECK(w[WAY_SWEEP].ok && w[WAY_FAST].ok && w[WAY_BALANCED].ok && w[WAY_DEADLINE].ok);
	CHECK(!w[WAY_PATIENT].ok && strstr(w[WAY_PATIENT].reason, "key"));
	CHECK(w[WAY_SWEEP].cost.total > w[WAY_FAST].cost.total);
	CHECK(w[WAY_FAST].cost.total > w[WAY_BALANCED].cost.total);
	CHECK(w[WAY_FAST].bad_1in20 < w[WAY_BALANCED].bad_1in20);
	CHECK(w[WAY_FAST].danger < w[WAY_BALANCED].danger);
	CHECK(!w[WAY_SWEEP].has_danger && !w[WAY_SWEEP].has_volume && w[WAY_FAST].has_volume);
	/* held back by the cap, the share is that of the end beside it: of what will run */
	CHECK(!w[WAY_FAST].held_back);
	double volume_s = p.volume_s;
	p.volume_s = qty_to_double(p.size) / 0.1 / 3000;
	plan_ways(&p, 0, w);
	CHECK(w[WAY_FAST].held_back && w[WAY_FAST].end_ms > p.now_ms + 2500000);
	CHECK(w[WAY_FAST].volume_share > 0.09 && w[WAY_FAST].volume_share < 0.101);
	CHECK(!w[WAY_PATIENT].held_back && w[WAY_PATIENT].volume_share < 0.03);
	p.volume_s = volume_s;
	plan_ways(&p, p.now_ms + 2 * 3600000, w);
	REQUIRE(plan_make(&p, &plan, &e));
	plan_after(&p, &plan, a);
	CHECK_INT(a[0].held.v, qt(24).v);
	CHECK_INT(a[4].held.v, qt(12).v);
	for (int k = 1; k < PLAN_AFTER; k++) {
		CHECK(a[k].held.v < a[k - 1].held.v);
		CHECK(a[k].dies_pct < a[k - 1].dies_pct);
		CHECK(a[k].touch10_s > a[k - 1].touch10_s);
		CHECK(a[k].maintenance_pct < a[k - 1].maintenance_pct);
		CHECK(a[k].free_usd > a[k - 1].free_usd);
	}
	/* a short is the mirror: buys, dies upwards */
	p.side = SIDE_BUY;
	p.position = qt(-24);
	REQUIRE(plan_make(&p, &plan, &e));
	CHECK_INT(plan.at[plan.n - 1].position.v, qt(-12).v);
	plan_after(&p, &plan, a);
	CHECK(a[0].dies_pct > 0 && a[4].dies_pct > a[0].dies_pct);
	CHECK(plan.cost.funding <= 0);
}

TEST_MAIN(T(ac_vectors), T(ac_example), T(ac_properties), T(danger_vectors), T(danger_edges),
	  T(schedules_add_up), T(round_numbers_avoided), T(plan_parts_add_up), T(plan_sources),
	  T(plan_refusals), T(the_cap_holds_back), T(children_that_cross_are_planned_to),
	  T(frontier_agrees_with_plans), T(ways_and_after))
