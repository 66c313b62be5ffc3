/* The danger meter of a plan: the grid against its bound, the urgency that keeps a limit for the
 * schedule that runs, the block when none does; targets in coins; the deep book behind the fine. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/prng.h"
#include "plan/fund.h"
#include "plan/outlook.h"
#include "plan/target.h"
#include "tests/run.h"
#include "tests/unit/plan_world.h"

static struct instr instr;
static struct book book, deep;
static struct plan plan;
static struct grid_work work;

/* 24 BTC at 109,742: 3 % from liquidation when equity is 110,000. */
static struct plan_problem problem(double equity, bool buy)
{
	instr = btc();
	memset(&book, 0, sizeof book);
	book.n_bid = book.n_ask = BOOK_LEVELS;
	for (int i = 0; i < BOOK_LEVELS; i++) {
		book.bid[i] = (struct level){px(109741.5 - i * 10), qt(0.4), 1};
		book.ask[i] = (struct level){px(109742.5 + i * 10), qt(0.4), 1};
	}
	struct plan_problem p = {.instr = &instr,
				 .book = &book,
				 .book_age_ns = 1000000,
				 .side = buy ? SIDE_BUY : SIDE_SELL,
				 .size = qt(24),
				 .position = qt(buy ? -24 : 24),
				 .mark = px(109742),
				 .sigma_year = 1.65,
				 .volume_s = 0.6,
				 .fee_taker = 0.00045,
				 .fee_maker = 0.00015,
				 .now_ms = 1757000000000,
				 .horizon_ms = 600000,
				 .urgency = 0.4,
				 .cap = 0.1,
				 .algo = ALGO_AC,
				 .seed = 7,
				 .jitter = 0.2};
	p.account = (struct plan_account){.known = true,
					  .isolated = true,
					  .equity = equity,
					  .maintenance = 24 * 109742 * 0.0125,
					  .mmr = 0.0125,
					  .leverage = 40,
					  .beta = 1};
	return p;
}

TEST(the_grid_is_under_its_bound)
{
	for (int buy = 0; buy < 2; buy++) {
		struct plan_problem p = problem(46000, buy);
		struct plan_chance c;
		struct err e = {0};
		REQUIRE(plan_make(&p, &plan, &e));
		REQUIRE(plan_chance(&p, &plan, &work, &c, &e));
		CHECK(c.p > 0.001 && c.p < plan.danger);
		CHECK(c.p < c.p_hold);
		CHECK(c.lgd > 0 && c.lgd < p.account.equity);
		CHECK_NEAR(c.loss, c.p * c.lgd, 1e-6);
		struct plan_risk r;
		plan_risk(&p, &plan, &r);
		CHECK(r.known && r.has_liq && r.has_gap && r.has_sigmas);
		CHECK(buy ? r.liq > 109742 && r.gap_pct > 0 : r.liq < 109742 && r.gap_pct < 0);
		/* 2 N(-sigmas) is the bound for a long, but for the cost */
		if (!buy)
			CHECK_NEAR(
				erfc(r.sigmas / M_SQRT2 * (1 - plan.cost.total / r.distance_usd)),
				plan.danger, 0.02 * plan.danger);
		for (int i = 1; i < RISK_TIMES; i++)
			CHECK(r.p_hold[i] > r.p_hold[i - 1]);
		CHECK(r.p_hold[0] < danger_hold(&p.account, buy ? -24 : 24, 300, 109742, 1.65));
	}
}

/* Few slices soon, and a long time in which nothing is left: the grid looks at time, not at
 * slices, and stays under its bound. */
TEST(few_slices_of_a_steep_schedule)
{
	for (int i = 0; i < 3; i++) {
		struct plan_problem p = problem(46000, false);
		struct plan_chance c;
		struct err e = {0};
		p.size = p.position = qt(0.0024); /* 263 USD: ten children */
		p.account.maintenance = 0.0024 * 109742 * 0.0125;
		p.account.equity = p.account.maintenance + 4 + i;
		p.horizon_ms = 3600000;
		p.urgency = 0.8 + 0.05 * i;
		REQUIRE(plan_make(&p, &plan, &e));
		CHECK(plan.n <= 6);
		REQUIRE(plan_chance(&p, &plan, &work, &c, &e));
		CHECK(c.p > 0.3 * plan.danger && c.p <= plan.danger);
		struct plan_risk r;
		plan_risk(&p, &plan, &r);
		double spent = plan.cost.total / r.distance_usd;
		CHECK_NEAR(erfc(r.sigmas / M_SQRT2 * (1 - spent)), plan.danger, 0.02 * plan.danger);
	}
}

TEST(at_most_one_in_a_hundred)
{
	struct plan_problem p = problem(46000, false);
	struct plan_limit l, calm;
	struct plan_chance c;
	struct err e = {0};
	p.volume_s = 2;
	REQUIRE(plan_within(&p, 0.01, &work, &plan, &l, &e));
	CHECK_INT(l.kind, URGENCY_MET);
	CHECK(l.p <= 0.01 && l.p > 0.005); /* not much more than asked */
	CHECK(l.urgency > 0 && l.urgency < 1);
	p.urgency = l.urgency;
	REQUIRE(plan_make(&p, &plan, &e));
	REQUIRE(plan_chance(&p, &plan, &work, &c, &e));
	CHECK_NEAR(c.p, l.p, 1e-12); /* the very schedule */
	CHECK_INT(plan.total.v, p.size.v);
	p = problem(50000, false); /* further away: calmer */
	REQUIRE(plan_within(&p, 0.01, &work, &plan, &calm, &e));
	CHECK_INT(calm.kind, URGENCY_MET);
	CHECK(calm.urgency < l.urgency);
}

TEST(none_within_the_cap_offers_a_block)
{
	struct plan_problem p = problem(42000, false);
	struct plan_limit l;
	struct err e = {0};
	p.volume_s = 0.45;
	REQUIRE(plan_within(&p, 0.01, &work, &plan, &l, &e));
	CHECK_INT(l.kind, URGENCY_BLOCK);
	CHECK(l.block.v > 0 && l.block.v < p.size.v);
	CHECK_INT(l.block.v % instr_lot(&instr).v, 0);
	CHECK(l.block_cost > 0 && l.p <= 0.01);
	p.account.equity = p.account.maintenance - 1;
	CHECK(plan_below(&p.account));
	REQUIRE(plan_within(&p, 0.01, &work, &plan, &l, &e));
	CHECK_INT(l.kind, URGENCY_NONE);
	p.account.known = false;
	CHECK(!plan_within(&p, 0.01, &work, &plan, &l, &e));
	p = problem(60000, false);
	p.sigma_year = -1;
	CHECK(!plan_within(&p, 0.01, &work, &plan, &l, &e));
	p = problem(60000, false);
	p.horizon_ms = 0;
	CHECK(!plan_within(&p, 0.01, &work, &plan, &l, &e));
}

/* The aggregated book says how much there is to a price: behind the fine book counts only what the
 * fine one has not told. */
TEST(the_deep_book_begins_where_the_fine_ends)
{
	struct plan_problem p = problem(60000, false);
	struct plan_meter m;
	plan_meter(&p, qt(24), &m);
	CHECK(m.beyond);
	CHECK_NEAR(m.book_size, 8, 1e-9); /* 20 x 0.4 */
	CHECK_NEAR(m.ends, 109551.5, 1e-6);
	CHECK_INT(m.levels, 20);
	CHECK(m.tail > 0);
	double all_model = m.cost.total;
	memset(&deep, 0, sizeof deep);
	deep.n_bid = deep.n_ask = BOOK_LEVELS;
	for (int i = 0; i < BOOK_LEVELS; i++) { /* 100 USD rows of 3 BTC, bids rounded down */
		deep.bid[i] = (struct level){px(109700 - i * 100), qt(3), 1};
		deep.ask[i] = (struct level){px(109800 + i * 100), qt(3), 1};
	}
	p.deep = &deep;
	plan_meter(&p, qt(24), &m);
	CHECK(!m.beyond);
	/* 8 by the fine book; rows 1 and 2 hold 6 of them, 1 of the third is behind its end */
	CHECK_NEAR(m.book_size, 60, 1e-9);
	/* 8, 1, 3, 3, 3, 3, 3: the last quarter of the row that ends at 109,000 */
	CHECK_NEAR(m.worst, 109012.5, 1e-6);
	CHECK_INT(m.levels, 26);
	CHECK_NEAR(m.tail, 0, 1e-9);
	CHECK(m.cost.total < all_model * 3);
	plan_meter(&p, qt(3), &m); /* what the fine book holds is taken there */
	CHECK_NEAR(m.ends, 109551.5, 1e-6);
	CHECK_NEAR(m.book_size, 8, 1e-9);
}

static struct ticket aim(uint8_t target, double v, int digits)
{
	struct ticket t = {.coin = "BTC", .target = target};
	t.target_v = llround(v * pow(10, digits));
	return t;
}

TEST(targets_in_coins)
{
	struct plan_problem p = problem(110000, false);
	struct target_in in = {.instr = &instr,
			       .mark = p.mark,
			       .position = p.position,
			       .account = &p.account,
			       .net_delta = 24 * 109742.0 - 500000,
			       .account_ntl = 24 * 109742.0 + 500000,
			       .account_equity = 110000};
	const double lot = 1e-5;
	struct qty q;
	struct err e = {0};
	struct ticket t = aim(TARGET_POSITION, 6, 8);
	REQUIRE(target_size(&t, &in, &q, &e));
	CHECK_NEAR(qty_to_double(q), 18, 1e-9);
	t = aim(TARGET_NOTIONAL, 1000000, 8);
	REQUIRE(target_size(&t, &in, &q, &e));
	CHECK((24 - qty_to_double(q)) * 109742 <= 1000000);
	CHECK((24 - qty_to_double(q) + lot) * 109742 > 1000000);
	t = aim(TARGET_LEVERAGE, 10, 12);
	REQUIRE(target_size(&t, &in, &q, &e));
	double ntl = in.account_ntl - qty_to_double(q) * 109742;
	CHECK(ntl <= 10 * 110000 && ntl + lot * 109742 * 1.01 > 10 * 110000);
	t = aim(TARGET_DELTA, 100000, 8);
	REQUIRE(target_size(&t, &in, &q, &e));
	CHECK_NEAR(in.net_delta - qty_to_double(q) * 109742, 100000, 1.2);
	t = aim(TARGET_LIQ_PRICE, 95000, 10);
	REQUIRE(target_size(&t, &in, &q, &e));
	double liq;
	REQUIRE(venue_liq(&p.account, 24, 24 - qty_to_double(q), 109742, 0, &liq));
	CHECK(liq <= 95000 && liq > 94990);
	t = aim(TARGET_CUSHION, 0.10, 12);
	REQUIRE(target_size(&t, &in, &q, &e));
	double pct;
	REQUIRE(pool_dies(&p.account, 24, 24 - qty_to_double(q), 109742, 0, &pct));
	CHECK(pct <= -10 && pct > -10.01);
	t = aim(TARGET_LEVERAGE, 100, 12);
	CHECK(!target_size(&t, &in, &q, &e) && strstr(e.text, "already there"));
	t = aim(TARGET_DELTA, -1, 8);
	in.net_delta = -5;
	CHECK(!target_size(&t, &in, &q, &e) && strstr(e.text, "would raise it"));
	t = aim(TARGET_CUSHION, 0.10, 12);
	p.account.known = false;
	snprintf(p.account.reason, sizeof p.account.reason, "portfolio margin");
	CHECK(!target_size(&t, &in, &q, &e) && strstr(e.text, "portfolio margin"));
}

static void bad(struct plan_problem p, const char *words)
{
	struct err e = {0};
	if (plan_make(&p, &plan, &e) || !strstr(e.text, words))
		test_fail(__FILE__, __LINE__, "not refused for \"%s\": %s", words, e.text);
}

/* Each by its name; none by a fallback. */
TEST(bad_input_is_named)
{
	struct plan_problem p = problem(60000, false), q;
	q = p, q.sigma_year = -0.1, bad(q, "volatility is -0.1");
	q = p, q.sigma_year = NAN, bad(q, "volatility is ");
	q = p, q.volume_s = -1, bad(q, "volume is -1");
	q = p, q.funding_hour = INFINITY, bad(q, "funding is inf");
	q = p, q.urgency = NAN, bad(q, "urgency is 0 to 1");
	q = p, q.horizon_ms = INT64_C(40) * 86400000, bad(q, "at most 7 days");
	q = p, q.horizon_ms = -1, bad(q, "at most 7 days");
	q = p, q.size = qt(24.5), bad(q, "24.5 is more than the 24 held");
	q = p, q.mark = q.mid = (struct price){0}, q.book = NULL, bad(q, "no mark or book");
	struct plan_way w[WAYS];
	p.account.equity = p.account.maintenance;
	plan_ways(&p, 0, w);
	for (int i = 0; i < WAYS; i++)
		CHECK(w[i].ok == (i == WAY_SWEEP));
	CHECK(strstr(w[WAY_FAST].reason, "under its maintenance") != NULL);
}

TEST(funding_at_each_hour)
{
	struct plan_problem p = problem(200000, false);
	struct plan_payment pay[8];
	struct err e = {0};
	p.now_ms = INT64_C(1757001600000) - 600000; /* ten minutes to 16:00 */
	p.horizon_ms = 2 * 3600000;
	p.funding_hour = 0.0000125;
	p.size = qt(12); /* of 24 */
	REQUIRE(plan_make(&p, &plan, &e));
	CHECK_INT(plan_payments(&p, &plan, pay, 8), 2);
	CHECK_INT(pay[0].at_ms, INT64_C(1757001600000));
	CHECK(pay[0].coins < 24 && pay[0].coins > pay[1].coins && pay[1].coins > 12);
	CHECK_NEAR(pay[1].usd, pay[1].coins * 109742 * 0.0000125, 1e-9);
	CHECK_INT(plan_payments(&p, &plan, pay, 1), 1);
	p.side = SIDE_BUY, p.position = qt(-24); /* a short is paid */
	REQUIRE(plan_make(&p, &plan, &e));
	CHECK_INT(plan_payments(&p, &plan, pay, 8), 2);
	CHECK(pay[0].usd < 0);
}

/* An end that the operator names just past an hour: the better one is told, with its price; and
 * only where it is worth something. */
TEST(funding_and_the_end)
{
	static struct plan other;
	struct plan_problem p = problem(200000, false), q;
	struct plan_fund f;
	struct err e = {0};
	char words[200];
	struct buf b;
	p.now_ms = INT64_C(1757001600000) - 3000000; /* fifty minutes to 16:00 */
	p.horizon_ms = 3600000;
	p.algo = ALGO_TWAP;
	p.cap = 0.25;
	p.volume_s = 10;
	p.funding_hour = 0.0005;
	REQUIRE(plan_make(&p, &plan, &e));
	CHECK(plan.cost.funding > 100);
	REQUIRE(plan_fund(&p, &plan, 0, &other, &f));
	CHECK(f.sooner);
	CHECK_INT(f.hour_ms, INT64_C(1757001600000));
	CHECK_INT(f.horizon_ms, 3000000 - FUND_MARGIN_MS);
	q = p;
	q.horizon_ms = f.horizon_ms;
	REQUIRE(plan_make(&q, &other, &e));
	CHECK_NEAR(other.cost.funding, 0, 1e-9);
	CHECK_NEAR(f.saves, plan.cost.funding, 1e-9);
	CHECK_NEAR(f.saves - f.more, plan.cost.total - other.cost.total, 1e-9);
	buf_init(&b, words, sizeof words);
	REQUIRE(plan_fund_words(&p, &plan, 0, 0, &other, &b));
	CHECK(strstr(words, "done by 15:59, in 49m, the plan pays "));
	p.cap = 0.00068; /* sooner is over the cap */
	REQUIRE(plan_make(&p, &plan, &e));
	CHECK(!plan_fund(&p, &plan, 0, &other, &f));
	p.cap = 0.25;
	p.funding_hour = 1e-8; /* not worth a word */
	REQUIRE(plan_make(&p, &plan, &e));
	CHECK(!plan_fund(&p, &plan, 0, &other, &f));
	p.funding_hour = 0;
	REQUIRE(plan_make(&p, &plan, &e));
	CHECK(!plan_fund(&p, &plan, 0, &other, &f));
	p.funding_hour = -0.0005; /* paid to us: no reason to be done before it */
	REQUIRE(plan_make(&p, &plan, &e));
	CHECK(!plan_fund(&p, &plan, 0, &other, &f) || !f.sooner);
}

/* At 4 of 100 of 1 coin/s the 24 take 600 s: in 10 min they just fit, in 9 the cap alone forbids.
 */
TEST(the_cap_alone_forbids_the_end)
{
	struct plan_problem p = problem(42000, false);
	struct plan_limit l;
	struct err e = {0};
	p.volume_s = 1, p.cap = 0.0401;
	p.horizon_ms = 600000;
	REQUIRE(plan_within(&p, 0.5, &work, &plan, &l, &e));
	CHECK(!l.cap_forbids);
	p.horizon_ms = 540000;
	REQUIRE(plan_within(&p, 0.5, &work, &plan, &l, &e));
	CHECK(l.cap_forbids && l.kind == URGENCY_BLOCK);
	CHECK_NEAR(l.cap_s, 24 / 0.0401, 1e-9);
	p.volume_s = 0; /* not known: no cap, and none is blamed */
	REQUIRE(plan_within(&p, 0.5, &work, &plan, &l, &e));
	CHECK(!l.cap_forbids && l.cap_s == 0);
}

/* Beyond the book, where the law is above the edge of the book, the tail is in proportion to Y. */
TEST(a_fitted_y_prices_the_tail)
{
	struct plan_problem p = problem(200000, false);
	struct plan_meter prior, same, fitted;
	p.book = NULL, p.mid = p.mark; /* all is law */
	p.volume_s = 0.01;
	plan_meter(&p, p.size, &prior);
	p.sqrt_y = 0.7;
	plan_meter(&p, p.size, &same);
	CHECK_NEAR(same.cost.total, prior.cost.total, 1e-9);
	p.sqrt_y = 1.4;
	plan_meter(&p, p.size, &fitted);
	double half = 24 * 109742 * 1e-4; /* no book: 1 bp is in the law, and not paid twice */
	CHECK_NEAR(fitted.tail + half, 2 * (prior.tail + half), 1e-6);
	p.book = &book; /* and behind a book that ends */
	plan_meter(&p, p.size, &fitted);
	p.sqrt_y = 0.7;
	plan_meter(&p, p.size, &prior);
	CHECK_NEAR(fitted.worst - 109742, 2 * (prior.worst - 109742), 1e-6);
	p.sqrt_y = NAN;
	bad(p, "Y of the square-root law");
}

/* The mood of the book, by hand: half as deep as usual the walk of a sweep is 2^-1/4 of itself,
 * four times as wide its half spread 4^-1/4; what that turns is model, and doubted. A schedule
 * meets the usual spread. Nothing measured, or the five levels of a fast feed: the book as it is.
 */
TEST(the_books_mood)
{
	struct plan_problem p = problem(200000, false);
	struct estimate est[EST_KINDS] = {0};
	struct plan_meter as_is, m;
	struct err e = {0};
	p.size = qt(3), p.horizon_ms = 0, p.algo = ALGO_SWEEP;
	est[EST_DEPTH_20] = (struct estimate){.value = 16, .sd = 0.8, .prior = true};
	est[EST_SPREAD] = (struct estimate){.value = 0.25 / 109742 * 1e4, .sd = 0, .prior = true};
	plan_usual_of(&p.usual, est);
	plan_meter(&p, p.size, &as_is);
	CHECK(as_is.deep == 0 && as_is.wide == 0 && as_is.mood_sd == 0);
	CHECK_NEAR(as_is.cost.share[SRC_MODEL], 0, 1e-12);
	est[EST_DEPTH_20].prior = false;
	plan_usual_of(&p.usual, est);
	plan_meter(&p, p.size, &m);
	CHECK_NEAR(m.deep, 0.5, 1e-9);
	CHECK_NEAR(m.cost.impact, as_is.cost.impact * pow(2, -0.25), 1e-6);
	CHECK_NEAR(m.cost.spread, as_is.cost.spread, 1e-9);
	CHECK_NEAR(m.cost.share[SRC_MODEL] * (m.cost.total + as_is.cost.impact - m.cost.impact),
		   as_is.cost.impact - m.cost.impact, 1e-6);
	CHECK_NEAR(m.mood_sd, m.cost.impact * hypot(0.15 * log(2), 0.25 * 0.05), 1e-6);
	book.fast = true;
	plan_meter(&p, p.size, &m);
	CHECK_NEAR(m.cost.impact, as_is.cost.impact, 1e-9);
	book.fast = false;
	est[EST_SPREAD].prior = false;
	plan_usual_of(&p.usual, est);
	plan_meter(&p, p.size, &m);
	CHECK_NEAR(m.wide, 4, 1e-9);
	CHECK_NEAR(m.cost.spread, 3 * 0.5 * pow(4, -0.25), 1e-6);
	CHECK(m.mood_sd > 3 * 0.5 * 0.375);
	REQUIRE(plan_make(&p, &plan, &e));
	CHECK_NEAR(plan.cost.total, m.cost.total, 1e-9);
	/* of what the first level holds it is all the doubt, when no price moves */
	p.usual.depth = 0, p.size = qt(0.3), p.sigma_year = 1e-6;
	plan_meter(&p, p.size, &m);
	CHECK_NEAR(m.mood_sd, 0.3 * 0.5 * 0.375, 1e-6);
	REQUIRE(plan_make(&p, &plan, &e));
	CHECK_NEAR(plan.sd, m.mood_sd, 1e-4);
	p.size = qt(3), p.sigma_year = 1.65;
	p.horizon_ms = 600000, p.algo = ALGO_TWAP, p.place = PLACE_CROSS;
	REQUIRE(plan_make(&p, &plan, &e));
	CHECK_NEAR(plan.cost.spread, 3 * 0.125, 1e-6);
	p.usual.depth = NAN;
	bad(p, "usual depth");
}

/* Orders that only rest, filled in a slot with the share of the model, somewhere in it: more than
 * so many slices wait in at most 1 of 20 moments, and one fewer would not do. */
TEST(late_in_one_of_twenty_moments)
{
	struct prng r;
	uint32_t late = plan_late_slices(PLACE_POST), over = 0, over_less = 0, n = 200000, wait = 0;
	double share = plan_maker_share(PLACE_POST_CROSS);
	prng_seed(&r, test_seed);
	for (uint32_t i = 0; i < n; i++) {
		wait++; /* a slot begins */
		bool fills = prng_unit(&r) < share;
		if (fills && prng_unit(&r) < prng_unit(&r)) /* before the moment we look */
			wait = 0;
		over += wait > late;
		over_less += wait > late - 1;
		if (fills)
			wait = 0;
	}
	CHECK(over <= n / 20 && over_less > n / 20);
	CHECK_INT(plan_late_slices(PLACE_CROSS), 1);
	CHECK_INT(plan_late_slices(PLACE_POST_CROSS), 1);
}

TEST_MAIN(T(the_books_mood), T(bad_input_is_named), T(funding_at_each_hour), T(funding_and_the_end),
	  T(the_grid_is_under_its_bound), T(few_slices_of_a_steep_schedule),
	  T(at_most_one_in_a_hundred), T(none_within_the_cap_offers_a_block),
	  T(the_cap_alone_forbids_the_end), T(a_fitted_y_prices_the_tail),
	  T(late_in_one_of_twenty_moments), T(the_deep_book_begins_where_the_fine_ends),
	  T(targets_in_coins))
