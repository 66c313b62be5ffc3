/* The algorithms of an exit beyond even slices and one urgency: along a day's volume, a share of
 * the tape, the least 1-in-20 outcome, and faster after gains; as schedules, as choices, and as
 * exits that run. */
#include <stdio.h>
#include <stdlib.h>

#include "core/algo.h"
#include "plan/choose.h"
#include "plan/fund.h"
#include "plan/replan.h"
#include "plan/solve.h"
#include "tests/unit/exec_world.h"

static struct exit x, twin;
static struct world w;
static struct exec_out out;
static union solve_work work;
static struct plan_problem p;
static struct plan plan;
static char said[NOTICE_TEXT_MAX];
static double calm = 1; /* volatility a year */

static const int64_t HOUR = 3600000;

static struct ticket a_ticket(uint8_t algo, double urgency, int64_t ms)
{
	struct ticket t = {.coin = "BTC", .algo = algo, .horizon_ms = ms};
	t.size.unit = SIZE_ALL;
	t.urgency.v = (int64_t)(urgency * 1e12);
	t.risk.v = -1;
	t.random_set = true;
	return t;
}

/* Ten times the volume in the second half of the day. */
static struct season busy_afternoon(void)
{
	struct season s;
	for (int h = 0; h < DAY_HOURS; h++)
		s.hour[h] = h < 12 ? 100 : 1000;
	return s;
}

static void begin(const struct ticket *t, double position)
{
	struct err e = {0};
	w_init(&w, test_seed, position);
	w.sigma_step = 0;
	w.v.est[EST_VOLUME].value = w.v.volume_s = 2;
	w.v.sigma_year = calm;
	if (!exit_init(&x, 3, t, &w.v, 99, &e))
		test_fail(__FILE__, __LINE__, "exit_init: %s", e.text);
}

/* A quarter of a second, with a planner that answers at once. */
static void quarter(bool planner)
{
	struct solve_in in;
	struct solve_out a;
	w_tick(&w, 250 * W_MS);
	w_orders(&w, &x);
	exit_step(&x, &w.v, &out);
	for (uint32_t i = 0; i < out.n; i++)
		if (out.at[i].kind == WANT_NOTICE)
			memcpy(said, out.at[i].text, sizeof said);
	w_want(&w, &x, &out);
	if (planner && (exit_question(&x, &w.v, &in) || exit_adapt_question(&x, &w.v, &in))) {
		plan_answer(&in, &work, &a);
		exit_answer(&x, &a, &w.v);
	}
	CHECK(w.filled + w_flying(&w) <= x.total.v);
}

static void run_s(int seconds, bool planner)
{
	for (int k = 0; k < 4 * seconds && x.state != XS_DONE; k++)
		quarter(planner);
}

static void a_problem(uint8_t algo, double size)
{
	static struct world m;
	w_init(&m, 7, size);
	memset(&p, 0, sizeof p);
	static struct instr i;
	static struct book b;
	i = m.instr, b = m.book;
	p.instr = &i;
	p.book = &b;
	p.side = SIDE_SELL;
	p.size = p.position = m.v.position;
	p.mark = m.v.mark;
	p.sigma_year = p.sigma_cost = 1;
	p.volume_s = 2;
	p.fee_taker = 0.00045, p.fee_maker = 0.00015;
	p.algo = algo;
	p.place = PLACE_CROSS;
	p.now_ms = 1757000000000 / (24 * HOUR) * 24 * HOUR;
}

TEST(every_row_has_its_words)
{
	for (int a = 0; a < ALGO_COUNT; a++) {
		CHECK(ALGO_INFO[a].word && ALGO_INFO[a].name && ALGO_INFO[a].words);
		CHECK(strlen(ALGO_INFO[a].name) <= 8);
		CHECK(!ALGO_INFO[a].urgent || ALGO_INFO[a].scheduled);
	}
}

TEST(vwap_takes_the_same_share_of_every_hour)
{
	struct err e = {0};
	a_problem(ALGO_VWAP, 10);
	p.season = busy_afternoon();
	p.now_ms += 10 * HOUR; /* two quiet hours, two busy ones */
	p.horizon_ms = 4 * HOUR;
	p.cap = 0.25;
	REQUIRE(plan_make(&p, &plan, &e));
	double quiet = 0, busy = 0;
	for (uint32_t k = 0; k < plan.n; k++)
		*(plan.at[k].at_ms < 2 * HOUR ? &quiet : &busy) += qty_to_double(plan.at[k].qty);
	CHECK_NEAR(quiet + busy, 10, 1e-9);
	CHECK_NEAR(busy / quiet, 10, 0.3);
	/* flat: slice for slice what twap does */
	p.season = (struct season){{0}};
	static struct plan even;
	REQUIRE(plan_make(&p, &plan, &e));
	p.algo = ALGO_TWAP;
	REQUIRE(plan_make(&p, &even, &e));
	CHECK_INT(plan.n, even.n);
	for (uint32_t k = 0; k < plan.n; k++)
		CHECK(llabs((long long)(plan.at[k].qty.v - even.at[k].qty.v)) <= 1000); /* a lot */
}

TEST(vwap_survives_a_restart)
{
	struct ticket t = a_ticket(ALGO_VWAP, 0, 4 * HOUR);
	uint8_t body[REC_BODY_MAX];
	w_init(&w, test_seed, 10);
	w.v.season = busy_afternoon();
	struct err e = {0};
	w.v.wall_ms = 1757000000000 / (24 * HOUR) * 24 * HOUR + 11 * HOUR;
	REQUIRE(exit_init(&x, 3, &t, &w.v, 99, &e));
	size_t n = exit_save(&x, 0, body);
	w.v.season = (struct season){{0}}; /* what is known later makes no other schedule */
	REQUIRE(exit_load(&twin, 0, body, n, &w.instr, w.v.now_ns));
	CHECK_INT(twin.plan.n, x.plan.n);
	CHECK(!memcmp(twin.plan.qty, x.plan.qty, x.plan.n * sizeof x.plan.qty[0]));
	CHECK(x.plan.qty[x.plan.n - 2].v > 5 * x.plan.qty[1].v); /* and it is no even one */
}

TEST(pov_takes_its_share_and_ends_with_the_tape)
{
	struct ticket t = a_ticket(ALGO_POV, 0, 0);
	begin(&t, 10); /* 10 % of 2 coins a second: 50 s */
	CHECK_INT(x.plan_horizon_ms, 50000);
	double worst = 0, least = 1;
	for (int k = 0; k < 4 * 2000 && x.state != XS_DONE; k++) {
		quarter(false);
		double seen = qty_to_double((struct qty){w.v.volume.v - x.volume0.v});
		double share = qty_to_double(x.done) / seen, owed = 0.1 * seen;
		/* never more than its share, but for the one least child; in time nearly all of it
		 */
		CHECK(qty_to_double(x.done) <= owed + 0.0006);
		worst = fmax(worst, share);
		if (x.state != XS_DONE && seen > 60)
			least = fmin(least, share);
	}
	CHECK_INT(x.end, XE_FLAT);
	CHECK(least > 0.07 && x.behind_max <= 0);
	/* a tape of a quarter: four times as long, and no word of being late */
	begin(&t, 10);
	said[0] = 0;
	for (int k = 0; k < 4 * 100; k++) {
		int64_t was = w.v.volume.v;
		quarter(false);
		w.v.volume.v = was + (w.v.volume.v - was) / 4;
	}
	CHECK(x.state == XS_RUNNING && qty_to_double(x.done) < 6);
	CHECK(!strstr(said, "behind"));
	CHECK_INT(x.replans, 0);
}

TEST(pov_refuses_what_it_cannot_promise)
{
	struct err e = {0};
	a_problem(ALGO_POV, 10);
	p.volume_s = 0;
	CHECK(!plan_choose(&p, 0, &e) && strstr(e.text, "no volume is known"));
	p.volume_s = 0.001;
	CHECK(!plan_choose(&p, 0, &e) && strstr(e.text, "this takes 28 h"));
	p.volume_s = 2;
	CHECK(!plan_choose(&p, p.now_ms + 20000, &e) && strstr(e.text, "signing key"));
	CHECK(plan_choose(&p, p.now_ms + 50001, &e));
	CHECK_INT(p.horizon_ms, 50000);
}

/* Against every end and urgency of a fine grid, by the same figures. */
static double least_bad(int64_t last_ms, double rate)
{
	static struct frontier_point f[201];
	double best = INFINITY;
	for (double ms = 60000; ms <= (double)last_ms; ms *= 1.05) {
		struct plan_problem q = p;
		q.algo = ALGO_AC;
		q.horizon_ms = (int64_t)ms;
		uint32_t n = plan_frontier(&q, f, 201);
		uint32_t slots = plan_slots(q.horizon_ms, q.instr, q.size, q.mark);
		double kt = plan_cap_kt(qty_to_double(q.size), ms / 1000, slots, rate);
		for (uint32_t i = 0; i < n; i++)
			if (kt >= 0 && plan_kappa_t_of(f[i].urgency, slots) <= kt)
				best = fmin(best, f[i].cost + 1.6448536269514722 * f[i].sd);
	}
	return best;
}

TEST(is_has_the_least_1_in_20_outcome)
{
	struct err e = {0};
	for (int k = 0; k < 6; k++) {
		a_problem(ALGO_IS, k < 3 ? 20 : 200);
		p.sigma_year = p.sigma_cost = k % 3 == 0 ? 0.3 : k % 3 == 1 ? 1 : 15;
		p.cap = 0.25;
		REQUIRE(plan_choose(&p, 0, &e));
		CHECK(p.horizon_ms >= 60000 && p.urgency >= 0 && p.urgency <= 1);
		double rate = p.cap * p.volume_s;
		CHECK(qty_to_double(p.size) <= rate * (double)p.horizon_ms / 1000 * 1.001);
		uint32_t slots = plan_slots(p.horizon_ms, p.instr, p.size, p.mark);
		double cap = plan_cap_kt(qty_to_double(p.size), (double)p.horizon_ms / 1000, slots,
					 rate * 1.001);
		CHECK(plan_kappa_t_of(p.urgency, slots) <= cap);
		struct plan_problem q = p;
		q.algo = ALGO_AC;
		struct frontier_point f[2];
		REQUIRE(plan_frontier_to(&q, p.urgency, f, 2) == 2);
		double mine = f[1].cost + 1.6448536269514722 * f[1].sd;
		double best = least_bad(24 * HOUR, rate);
		if (!(mine <= best * 1.01))
			test_fail(__FILE__, __LINE__, "case %d: %g USD, %g can be had", k, mine,
				  best);
	}
	/* an end given is the latest */
	a_problem(ALGO_IS, 20);
	p.horizon_ms = 120000;
	REQUIRE(plan_choose(&p, 0, &e));
	CHECK(p.horizon_ms <= 120000);
	a_problem(ALGO_IS, 20);
	CHECK(!plan_choose(&p, p.now_ms + 1000, &e) && strstr(e.text, "signing key"));
}

/* A payment shortly before the end it would choose: it is done sooner, says so, and what it chose
 * is still the least there is. */
TEST(is_knows_when_funding_is_paid)
{
	struct err e = {0};
	struct plan_fund f;
	static struct plan other;
	char words[200];
	struct buf b;
	a_problem(ALGO_IS, 400);
	p.cap = 0.25;
	p.sigma_year = p.sigma_cost = 0.02; /* no hurry */
	REQUIRE(plan_choose(&p, 0, &e));
	int64_t plain = p.horizon_ms;
	a_problem(ALGO_IS, 400);
	p.cap = 0.25;
	p.sigma_year = p.sigma_cost = 0.02;  /* no hurry */
	p.now_ms += HOUR - plain * 95 / 100; /* the hour falls into its last twentieth */
	p.funding_hour = 0.002;
	REQUIRE(plan_choose(&p, 0, &e));
	CHECK(p.horizon_ms != plain);
	struct plan_problem q = p;
	q.algo = ALGO_AC;
	struct frontier_point at[2];
	REQUIRE(plan_frontier_to(&q, p.urgency, at, 2) == 2);
	double mine = at[1].cost + 1.6448536269514722 * at[1].sd;
	CHECK(mine <= least_bad(24 * HOUR, p.cap * p.volume_s) * 1.01);
	REQUIRE(plan_make(&p, &plan, &e));
	REQUIRE(plan_fund_chosen(&p, &plan, 0, 0, &other, &f));
	CHECK(f.sooner && f.saves > 1);
	CHECK_INT(f.horizon_ms, plain);
	buf_init(&b, words, sizeof words);
	REQUIRE(plan_fund_words(&p, &plan, 0, 0, &other, &b));
	CHECK(strstr(words, "hurries for funding at 01:00: without it the end would be 01:"));
	p.funding_hour = 0;
	CHECK(!plan_fund_words(&p, &plan, 0, 0, &other, &b));
}

TEST(is_runs_by_what_it_chose)
{
	struct ticket t = a_ticket(ALGO_IS, 0, 0);
	begin(&t, 10);
	CHECK(x.plan_horizon_ms >= 60000 && x.plan_horizon_ms < 24 * HOUR);
	CHECK_INT(x.algo, ALGO_IS);
	CHECK_NEAR(x.urgency, x.plan_urgency, 1e-12);
	CHECK(x.urgency > 0 && x.lambda > 0);
	struct tune k = {.fields = TUNE_ALGO, .algo = ALGO_IS};
	struct err e = {0};
	run_s((int)(x.plan_horizon_ms / 1000) * 2, false);
	CHECK_INT(x.end, XE_FLAT);
	t = a_ticket(ALGO_TWAP, 0, HOUR);
	begin(&t, 10);
	CHECK(!exit_tune(&x, &k, &w.v, &e) && strstr(e.text, "chooses its end at the start"));
}

/* ---- adaptive -------------------------------------------------------- */

/* A quarter of what the cap would allow in a calm market: its impact is large beside its risk. */
static void begin_adaptive(double urgency)
{
	struct ticket t = a_ticket(ALGO_ADAPTIVE, urgency, HOUR);
	t.cap.v = 250000000000;
	t.depth.v = 1000000000000;
	calm = 0.0125;
	begin(&t, 100);
	calm = 1;
}

/* To just before update u of the hour with the market `sd` deviations in our favour since the
 * start, in one even drift. */
static void to_update(uint32_t u, double sd, bool planner)
{
	double rest = (double)HOUR * (ADAPTIVE_UPDATES + 1 - u) / (ADAPTIVE_UPDATES + 1);
	double step = sd * x.adapt_sd / qty_to_double(x.total) / (4 * 720 * u);
	while ((double)x.plan_horizon_ms - (double)x.clock_ns / 1e6 > rest + 2000 &&
	       x.state != XS_DONE) {
		w.mid += step;
		quarter(planner);
	}
}

/* Share of what is left now that is gone after ten minutes more. */
static double pace(bool planner)
{
	double left = qty_to_double(exit_left(&x));
	run_s(600, planner);
	return 1 - qty_to_double(exit_left(&x)) / left;
}

TEST(adaptive_is_faster_after_gains)
{
	begin_adaptive(0.5);
	CHECK_INT(x.adapt, ADAPT_ASKS);
	CHECK_INT(x.adapt_of, ADAPTIVE_UPDATES);
	CHECK(x.adapt_mu > 0.05 && x.adapt_lambda > 0);
	to_update(1, 1, true);
	CHECK_INT(x.adapt, ADAPT_FIRST);
	CHECK_INT(x.adapt_from, 0);
	CHECK(x.has_policy);
	double rich = pace(true), gain = x.adapt_gain;
	CHECK_INT(x.adapt_from, 1);
	CHECK(gain > 0.4);
	CHECK(strstr(x.replan_text, "the market has given +"));
	CHECK_INT(x.replan_why, REPLAN_ADAPT);
	begin_adaptive(0.5);
	to_update(1, -1, true);
	double poor = pace(true);
	CHECK_INT(x.adapt_from, 1);
	begin_adaptive(0.5); /* nobody answers: the static optimum goes on */
	to_update(1, 1, false);
	CHECK_INT(x.adapt, ADAPT_ASKS);
	double plain = pace(false);
	CHECK_INT(x.replans, 0);
	if (!(rich > plain * 1.1 && poor < plain * 0.95))
		test_fail(__FILE__, __LINE__,
			  "in ten minutes %.3f after gains, %.3f, %.3f after losses", rich, plain,
			  poor);
}

/* kappa T of the whole hour as the schedule runs now. */
static double kappa_now(void)
{
	return plan_kappa_t_of(x.plan_urgency, x.plan_slots) /
	       ((double)x.plan_horizon_ms / (double)HOUR);
}

TEST(adaptive_follows_its_policy)
{
	begin_adaptive(0.5);
	for (uint32_t u = 1; u <= ADAPTIVE_UPDATES; u++) {
		to_update(u, 0.2, true);
		const struct adaptive_step a = x.policy;
		CHECK_INT(a.update, u);
		/* asked with where it stood, so what it says is left is what is */
		CHECK_NEAR(a.left, qty_to_double(exit_left(&x)) / x.adapt_x, 0.06);
		run_s(10, true);
		REQUIRE(x.adapt_from == u);
		double want = adaptive_kappa(&a, x.adapt_gain);
		CHECK_NEAR(x.adapt_kappa, want, 1e-9);
		CHECK_NEAR(kappa_now(), want, 0.12 * want);
	}
	CHECK_INT(x.adapt, ADAPT_DONE);
	/* and from then on nothing is changed without a reason */
	struct solve_in in;
	uint32_t replans = x.replans;
	CHECK(!exit_adapt_question(&x, &w.v, &in));
	run_s(300, true);
	CHECK(x.replans <= replans + 1);
}

TEST(adaptive_is_late_rather_than_never)
{
	begin_adaptive(0.5);
	to_update(1, 0.5, true);
	run_s(10, true);
	CHECK_INT(x.adapt_from, 1);
	x.has_policy = false; /* the planner is silent over two updates */
	to_update(3, 0.5, false);
	run_s(10, false);
	CHECK_INT(x.adapt_from, 1);
	run_s(90, true); /* each begins with a slice */
	CHECK_INT(x.adapt_from, 3);
	struct solve_out a = {.exit = x.id, .plan = x.plan_n, .ok = true, .adapted = true};
	x.has_policy = false;
	a.policy.update = 2; /* an answer to what was asked before */
	exit_answer(&x, &a, &w.v);
	CHECK(!x.has_policy);
}

TEST(adaptive_has_fewer_updates_in_less_time)
{
	struct ticket t = a_ticket(ALGO_ADAPTIVE, 0.5, HOUR / 12);
	begin(&t, 100);
	CHECK_INT(x.adapt_of, 1);
	t.horizon_ms = HOUR / 6;
	begin(&t, 100);
	CHECK_INT(x.adapt_of, 4);
}

TEST(adaptive_survives_a_restart)
{
	uint8_t body[REC_BODY_MAX];
	struct solve_in in;
	begin_adaptive(0.5);
	to_update(1, 0.5, true);
	run_s(20, true);
	CHECK_INT(x.adapt, ADAPT_FIRST);
	CHECK_INT(x.adapt_from, 1);
	size_t n = exit_save(&x, 0, body);
	REQUIRE(exit_load(&twin, 0, body, n, &w.instr, w.v.now_ns));
	CHECK(!twin.has_policy);
	CHECK_INT(twin.adapt, ADAPT_FIRST);
	REQUIRE(exit_adapt_question(&twin, &w.v, &in));
	CHECK_NEAR(in.adapt.mu, x.adapt_mu, 0);
	CHECK_NEAR(in.adapt.lambda, x.adapt_lambda, 0);
	CHECK_INT(in.adapt_from, 1);
	CHECK_NEAR(in.adapt_left, x.adapt_left, 0);
	struct solve_out a;
	plan_answer(&in, &work, &a);
	exit_answer(&twin, &a, &w.v);
	CHECK(twin.has_policy && !memcmp(twin.policy.kappa, x.policy.kappa, sizeof x.policy.kappa));
	CHECK(!exit_adapt_question(&twin, &w.v, &in)); /* once is enough */
	CHECK_INT(twin.plan_n, x.plan_n);
}

TEST(adaptive_keeps_cap_and_limit)
{
	begin_adaptive(0.5);
	x.cap = 0.05; /* 6 coins a slot */
	to_update(1, 2.5, true);
	run_s(10, true);
	CHECK_INT(x.adapt_from, 1);
	double slot = (double)x.plan.spacing_ms / 1000;
	for (uint32_t k = 0; k < x.plan.n; k++)
		CHECK(qty_to_double(x.plan.qty[k]) <= x.cap * w.v.volume_s * slot * 1.02);
	/* haste that the danger limit asked for is not given back for a loss */
	begin_adaptive(0.5);
	to_update(1, -1.5, true);
	x.kappa_need = 4.0 / 3600;
	run_s(10, true);
	CHECK_INT(x.adapt_from, 1);
	CHECK(x.plan_urgency >= plan_urgency_of(4.0 * 0.8 * 0.98, x.plan_slots));
}

TEST_MAIN(T(every_row_has_its_words), T(vwap_takes_the_same_share_of_every_hour),
	  T(vwap_survives_a_restart), T(pov_takes_its_share_and_ends_with_the_tape),
	  T(pov_refuses_what_it_cannot_promise), T(is_has_the_least_1_in_20_outcome),
	  T(is_knows_when_funding_is_paid), T(is_runs_by_what_it_chose),
	  T(adaptive_is_faster_after_gains), T(adaptive_follows_its_policy),
	  T(adaptive_is_late_rather_than_never), T(adaptive_has_fewer_updates_in_less_time),
	  T(adaptive_survives_a_restart), T(adaptive_keeps_cap_and_limit))
