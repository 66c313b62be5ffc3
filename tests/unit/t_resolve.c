/* Re-solving while an exit runs: what is asked, what an answer does, when the schedule changes and
 * when it does not, the block, and a restart in the middle of it. */
#include <stdio.h>
#include <stdlib.h>

#include "plan/replan.h"
#include "tests/unit/exec_world.h"

static struct exit x, twin;
static struct world w;
static struct exec_out out;
static struct grid_work work;
static struct solve_in asked;
static double thin = 1; /* of the usual book */
static uint32_t n_asked, n_searched, n_notices, alarms;
static char said[NOTICE_TEXT_MAX], alarmed[NOTICE_TEXT_MAX];

enum answers { SILENT, GRID, LATE };

static struct ticket a_ticket(uint8_t algo, double urgency)
{
	struct ticket t = {.coin = "BTC", .algo = algo, .horizon_ms = 3600000};
	t.size.unit = SIZE_ALL;
	t.urgency.v = (int64_t)(urgency * 1e12);
	t.risk.v = -1;
	t.cap.v = 250000000000;
	t.random_set = true;
	return t;
}

static void start(const struct ticket *t, double position)
{
	struct err e = {0};
	w_init(&w, test_seed, position);
	w.v.volume_s = 2;
	w.sigma_step = 0;
	if (!exit_init(&x, 3, t, &w.v, 99, &e))
		test_fail(__FILE__, __LINE__, "exit_init: %s", e.text);
	n_asked = n_searched = n_notices = alarms = 0;
	said[0] = 0;
}

/* One second: the market, the orders, a step, and the planner as it is told to be. */
static void second(enum answers how)
{
	struct solve_out a;
	for (int k = 0; k < 4; k++) {
		w_tick(&w, 250 * W_MS);
		for (int i = 0; i < BOOK_LEVELS && thin < 1; i++) {
			struct qty *q[] = {&w.book.bid[i].sz, &w.book.ask[i].sz};
			for (int side = 0; side < 2; side++)
				q[side]->v = (int64_t)(thin * (double)q[side]->v) / 1000 * 1000;
		}
		w_orders(&w, &x);
		exit_step(&x, &w.v, &out);
		for (uint32_t i = 0; i < out.n; i++) {
			if (out.at[i].kind != WANT_NOTICE)
				continue;
			n_notices++;
			alarms += out.at[i].level >= 2;
			memcpy(out.at[i].level >= 2 ? alarmed : said, out.at[i].text, sizeof said);
		}
		w_want(&w, &x, &out);
		if (!exit_question(&x, &w.v, &asked))
			continue;
		n_asked++;
		n_searched += asked.search;
		if (how == SILENT)
			continue;
		plan_solve(&asked, &work, &a);
		if (how == LATE)
			a.plan--;
		exit_answer(&x, &a, &w.v);
	}
	CHECK(w.filled + w_flying(&w) <= x.total.v);
}

static void seconds(int n, enum answers how)
{
	for (int i = 0; i < n && x.state != XS_DONE; i++)
		second(how);
}

/* 10 BTC, 100,000 USD each, maintenance 12,500. */
static void with_account(double equity)
{
	w.v.account = (struct plan_account){.known = true,
					    .isolated = true,
					    .equity = equity,
					    .maintenance = 12500 * qty_to_double(w.v.position) / 10,
					    .mmr = 0.0125,
					    .beta = 1};
}

TEST(noise_changes_nothing)
{
	struct ticket t = a_ticket(ALGO_AC, 0.5);
	struct prng r;
	prng_seed(&r, test_seed);
	start(&t, 10);
	CHECK(x.lambda > 0);
	for (int k = 0; k < 1800; k++) {
		w.v.sigma_year = 1 + 0.12 * (prng_unit(&r) - 0.5);
		second(SILENT);
	}
	CHECK_INT(x.replans, 0);
	CHECK_INT(n_asked, 0); /* no account: no danger to ask about */
	CHECK(x.done.v > 0);
}

TEST(volatility_doubles)
{
	struct ticket t = a_ticket(ALGO_AC, 0.4);
	static struct snap_exit s;
	start(&t, 10);
	seconds(300, SILENT);
	double left = qty_to_double(exit_left(&x)), before = 0, after = 0;
	exit_fill_snap(&x, &w.v, &s);
	int64_t next = s.next_ms;
	before = s.plan_left[20];
	uint32_t next_slice = x.slice;
	w.v.sigma_year = 2;
	second(SILENT);
	CHECK_INT(x.replans, 1);
	CHECK_INT(x.replan_why, REPLAN_GAINS);
	CHECK(strstr(x.replan_text, "volatility 100 % -> 200 %"));
	CHECK(strstr(said, "re-planned"));
	exit_fill_snap(&x, &w.v, &s);
	after = s.plan_left[20];
	/* the next slice keeps its time; the rest is sold sooner; the old one is still to be seen
	 */
	if (x.slice == next_slice)
		CHECK(llabs((long long)(s.next_ms - next)) < 300);
	CHECK_INT(s.n_old, SNAP_PLAN);
	CHECK_NEAR(s.old_left[20], before, 1e-3);
	CHECK(s.urgency > 0.4);
	CHECK(after < before * left / 10 + 1e-9 || s.plan_from_s > s.old_from_s);
	CHECK_NEAR(s.plan_to_s, s.old_to_s, 1); /* the end stays */
	seconds(100, SILENT);
	CHECK(x.replans <= 2); /* and stays with it */
	double urgent = x.plan_urgency;
	w.v.sigma_year = 1;
	seconds(60, SILENT);
	CHECK(x.replans >= 2 && x.plan_urgency < urgent);
	/* the change before stays readable behind the newest */
	exit_fill_snap(&x, &w.v, &s);
	CHECK_INT(s.n_past, s.replans - 1);
	CHECK(s.n_past && strstr(s.past[s.n_past - 1].text, "volatility 100 % -> 200 %"));
	CHECK(s.past[0].wall_ms < s.replan_ms);
	seconds(4000, SILENT);
	CHECK_INT(x.state, XS_DONE);
	CHECK_INT(x.end, XE_FLAT);
	CHECK_INT(w.position, 0);
}

/* ---- each rule of a change, alone ------------------------------------ */

static void believe(double sigma, double rel_sd)
{
	w.v.sigma_year = 1.4 * sigma;
	w.v.est[EST_SIGMA_5M] = (struct estimate){
		.value = sigma, .sd = rel_sd * sigma, .n = 6, .prior = !rel_sd, .from = EST_LIVE};
}

/* A volatility that half a minute of samples put in the place of its prior is no reason; the same
 * figure with its error grown small is one. */
TEST(a_young_estimate_changes_nothing)
{
	struct ticket t = a_ticket(ALGO_AC, 0.4);
	start(&t, 10);
	believe(0.7, 0);
	CHECK(exit_init(&x, 3, &t, &w.v, 99, &(struct err){0}));
	seconds(30, SILENT);
	believe(1.3, 0.29);
	seconds(60, SILENT);
	CHECK_INT(x.replans, 0);
	believe(1.3, 0.06);
	seconds(2, SILENT);
	CHECK_INT(x.replans, 1);
}

/* Nothing but danger overrides what was just chosen. */
TEST(a_choice_stands_for_a_while)
{
	struct ticket t = a_ticket(ALGO_AC, 0.4);
	start(&t, 10);
	w.v.sigma_year = 3;
	seconds(14, SILENT);
	CHECK_INT(x.replans, 0);
	seconds(4, SILENT);
	CHECK_INT(x.replans, 1);
	CHECK_INT(x.replan_why, REPLAN_GAINS);
	uint32_t n = x.replans; /* and so does each change */
	for (int k = 0; k < 12; k++) {
		w.v.sigma_year = k % 2 ? 3 : 0.5;
		seconds(5, SILENT);
	}
	CHECK(x.replans - n >= 1 && x.replans - n <= 4);
}

/* One book is not the market: sizes between a half and twice, drawn anew each quarter second. A
 * book that stays thin is. */
TEST(books_flicker)
{
	struct ticket t = a_ticket(ALGO_AC, 0.5);
	start(&t, 10);
	seconds(300, SILENT);
	CHECK_INT(x.replans, 0);
	double eta = x.plan_eta;
	thin = 0.05;
	second(SILENT);
	CHECK_INT(x.replans, 0);
	seconds(40, SILENT);
	thin = 1;
	CHECK(x.replans >= 1 && x.plan_eta > 4 * eta);
	CHECK(strstr(x.replan_text, "impact") != NULL);
	CHECK(x.plan_urgency < 0.5);
}

/* Near an optimum the objective is flat, and half a USD in a million is no gain. */
TEST(small_gains_are_none)
{
	struct ticket t = a_ticket(ALGO_AC, 0.4);
	start(&t, 10);
	believe(0.7, 0.001);
	CHECK(exit_init(&x, 3, &t, &w.v, 99, &(struct err){0}));
	seconds(30, SILENT);
	believe(0.75, 0.001);
	seconds(60, SILENT);
	CHECK_INT(x.replans, 0);
	start(&t, 0.05); /* so little that its impact is nothing */
	believe(0.7, 0.001);
	CHECK(exit_init(&x, 3, &t, &w.v, 99, &(struct err){0}));
	seconds(30, SILENT);
	believe(2.1, 0.001);
	seconds(60, SILENT);
	CHECK_INT(x.replans, 0);
}

/* 3 % of the objective is the least: what a volatility of 1.6 times has to give lies under it, of
 * 2.6 times over it. Both are more than the estimates may be wrong by, and another kappa. */
TEST(three_percent_is_a_reason)
{
	static const double times[] = {1.6, 2.6};
	for (uint32_t k = 0; k < 2; k++) {
		struct ticket t = a_ticket(ALGO_AC, 0.2);
		start(&t, 1000);
		believe(0.7, 0.001);
		CHECK(exit_init(&x, 3, &t, &w.v, 99, &(struct err){0}));
		seconds(30, SILENT);
		believe(times[k] * 0.7, 0.001);
		seconds(60, SILENT);
		CHECK_INT(x.replans, k);
	}
}

/* So many mean slices sold that the schedule does not know of. */
static void sold_elsewhere(double slices)
{
	int64_t q = (int64_t)(slices * (double)x.plan_size.v / x.plan.n) / 1000 * 1000;
	x.done.v += q;
	w.position -= q;
	w.filled += q;
	w_view(&w);
}

TEST(astray)
{
	struct ticket t = a_ticket(ALGO_TWAP, 0);
	start(&t, 10);
	seconds(61, SILENT);
	sold_elsewhere(2.2); /* inside the corridor of 2.5 */
	seconds(40, SILENT);
	CHECK_INT(x.replans, 0);
	start(&t, 10);
	seconds(61, SILENT);
	sold_elsewhere(4.5);
	seconds(9, SILENT);
	CHECK_INT(x.replans, 0); /* for ten seconds, else it may come back */
	seconds(4, SILENT);
	CHECK_INT(x.replans, 1);
	CHECK_INT(x.replan_why, REPLAN_SIZE);
	CHECK(strstr(x.replan_text, "left ") != NULL);
	CHECK_INT(x.plan_size.v + exit_in_flight(&x).v, exit_left(&x).v);
	start(&t, 10); /* behind is none: it catches up at its pace, and its end moves */
	seconds(61, SILENT);
	sold_elsewhere(-1);
	seconds(120, SILENT);
	CHECK_INT(x.replans, 0);
}

/* What is on its way when the schedule changes is counted as sold; dead, it becomes backlog. */
TEST(a_change_with_an_order_in_flight)
{
	for (int dead = 0; dead < 2; dead++) {
		struct ticket t = a_ticket(ALGO_AC, 0.4);
		start(&t, 10);
		seconds(100, SILENT);
		w.loss_rate = 1; /* the next one is not answered for a while */
		int64_t flying = 0;
		for (int k = 0; k < 400 && !(flying = exit_in_flight(&x).v); k++)
			second(SILENT);
		REQUIRE(flying > 0);
		for (int i = 0; i < W_ORDERS; i++)
			if (w.order[i].used)
				w.order[i].dead = dead;
		w.v.sigma_year = 3;
		uint32_t plans = x.plan_n;
		for (int k = 0; k < 4 && x.plan_n == plans; k++)
			second(SILENT);
		REQUIRE(x.plan_n == plans + 1);
		CHECK_INT(x.plan_size.v + (x.plan_done.v - x.done.v), exit_left(&x).v);
		CHECK(x.plan_done.v > x.done.v || !exit_in_flight(&x).v);
		w.loss_rate = 0;
		seconds(4500, SILENT);
		CHECK_INT(x.state, XS_DONE);
		CHECK_INT(w.filled, x.total.v);
		CHECK_INT(x.done.v, x.total.v);
	}
}

TEST(the_limit_is_kept)
{
	struct ticket t = a_ticket(ALGO_TWAP, 0);
	t.risk.v = 10000000000;
	start(&t, 10);
	w.v.sigma_year = 0.8;
	w.v.fee_taker = 0;
	with_account(17500);
	second(GRID);
	CHECK(n_asked >= 1 && x.danger_grid);
	CHECK(x.danger_start_grid && x.danger_start > 0.01);
	CHECK(x.bound > x.danger);
	seconds(4, GRID);
	CHECK_INT(x.replans, 1);
	CHECK_INT(x.replan_why, REPLAN_DANGER);
	CHECK_INT(x.plan_algo, ALGO_AC);
	CHECK(x.plan_urgency > 0);
	CHECK(strstr(x.replan_text, "danger 1 in ") && strstr(x.replan_text, "limit 1 in 100"));
	CHECK(x.danger <= 0.01 && x.danger > 0.001);
	CHECK(!x.in_danger);
	/* while it sells the chance falls, and the haste is given back only well below */
	uint32_t n = x.replans;
	for (int k = 0; k < 600; k++) {
		with_account(17500);
		second(GRID);
	}
	if (x.replans > n + 4 || x.in_danger || alarms)
		test_fail(__FILE__, __LINE__, "%u changes, danger rule %d, alarms %u: %s",
			  x.replans, x.in_danger, alarms, alarmed);
	CHECK(x.danger <= 0.0101);
	/* the trace tells both: over the limit as it began, under it at last */
	CHECK((double)x.trace[0].danger > 0.01);
	CHECK(x.n_trace > 50 && (double)x.trace[x.n_trace - 1].danger <= 0.0101);
}

TEST(silence_leaves_the_bound)
{
	struct ticket t = a_ticket(ALGO_TWAP, 0);
	t.risk.v = 200000000000; /* 1 in 5 */
	start(&t, 10);
	w.v.sigma_year = 0.8;
	with_account(19500);
	second(SILENT);
	CHECK(n_asked >= 1 && !x.danger_grid && x.has_danger);
	CHECK_INT(x.replans, 0);
	CHECK_NEAR(x.danger, x.bound, 0);
	w.v.sigma_year = 1.2;
	seconds(4, SILENT);
	CHECK_INT(x.replans, 1); /* by the bound */
	CHECK_INT(x.replan_why, REPLAN_DANGER);
	CHECK(!x.danger_grid);
	/* answers to another schedule are none */
	start(&t, 10);
	with_account(19500);
	w.v.sigma_year = 0.8;
	seconds(2, LATE);
	CHECK(n_asked >= 1 && !x.danger_grid && !x.solved_ns);
}

/* A cap that hardly lets the schedule be kept: said once, a block offered, sold by the word. */
TEST(none_within_the_cap)
{
	struct ticket t = a_ticket(ALGO_TWAP, 0);
	struct tune k = {.fields = TUNE_BLOCK};
	struct err e = {0};
	t.risk.v = 10000000000;
	t.cap.v = 100000000000;
	start(&t, 10);
	w.v.volume_s = 0.0285; /* 10 % of it: 10.3 coins in the hour */
	w.v.sigma_year = 0.8;
	w.v.fee_taker = 0;
	with_account(17500);
	second(GRID);
	CHECK(alarms == 1 && strstr(alarmed, "no schedule within the volume cap"));
	CHECK(x.block.v > 0 && x.block.v < x.total.v && x.block_cost > 0);
	char word[64];
	snprintf(word, sizeof word, "tune x3 --block ");
	CHECK(strstr(alarmed, word));
	/* refusals of the block */
	k.block = (struct size){.unit = SIZE_COIN, .coin = {2000000000}};
	CHECK(!exit_tune(&x, &k, &w.v, &e) && strstr(e.text, "more than"));
	k.block.coin.v = 1000;
	CHECK(!exit_tune(&x, &k, &w.v, &e) && strstr(e.text, "minimum"));
	CHECK_INT(x.tunes, 0);
	k.block.coin = x.block;
	int64_t block = x.block.v, was = w.filled, end = x.plan_horizon_ms - x.clock_ns / 1000000;
	CHECK(exit_tune(&x, &k, &w.v, &e));
	CHECK_INT(x.plan.qty[0].v, block);
	x.danger_ns = 0; /* the danger rule has waited for its 3 s already */
	CHECK(llabs((long long)(x.plan_horizon_ms - end)) < 2);
	/* the schedule comes back from the record, block and all */
	uint8_t bytes[REC_BODY_MAX];
	size_t n = exit_save(&x, 0, bytes);
	REQUIRE(exit_load(&twin, 0, bytes, n, &w.instr, w.v.now_ns));
	CHECK_INT(twin.plan.n, x.plan.n);
	CHECK(!memcmp(twin.plan.qty, x.plan.qty, x.plan.n * sizeof x.plan.qty[0]));
	CHECK(!memcmp(twin.plan.at_ms, x.plan.at_ms, x.plan.n * sizeof x.plan.at_ms[0]));
	for (int i = 0; i < 8; i++) {
		with_account(17500);
		second(GRID);
	}
	CHECK(!x.in_danger && x.danger <= 0.01);
	CHECK(w.filled - was >= block - block / 50); /* at once, far over the cap */
	CHECK(w.filled - was <= block);
}

/* Nobody presses the key: over the limit for three seconds, the danger rule sells that block. */
TEST(danger_sells_the_block)
{
	struct ticket t = a_ticket(ALGO_TWAP, 0);
	t.risk.v = 10000000000;
	t.cap.v = 100000000000;
	start(&t, 10);
	w.v.volume_s = 0.0285;
	w.v.sigma_year = 0.8;
	w.v.fee_taker = 0;
	with_account(17500);
	second(GRID);
	int64_t block = x.block.v, mean = x.plan_size.v / x.plan.n;
	CHECK(block > 4 * mean);
	CHECK(w.filled <= 2 * mean);
	for (int i = 0; i < 8; i++) {
		with_account(17500);
		second(GRID);
	}
	CHECK(w.filled >= block - block / 50);
	CHECK(w.filled <= block + 2 * mean);
}

TEST(a_restart_goes_on)
{
	struct ticket t = a_ticket(ALGO_AC, 0.4);
	uint8_t bytes[REC_BODY_MAX];
	start(&t, 10);
	seconds(200, SILENT);
	w.v.sigma_year = 2;
	seconds(3, SILENT);
	REQUIRE(x.replans == 1);
	size_t n = exit_save(&x, 0, bytes);
	REQUIRE(exit_load(&twin, 0, bytes, n, &w.instr, w.v.now_ns));
	CHECK_INT(twin.plan.n, x.plan.n);
	CHECK(!memcmp(twin.plan.qty, x.plan.qty, x.plan.n * sizeof x.plan.qty[0]));
	CHECK_INT(twin.next, x.next);
	CHECK_INT(twin.clock_ns, x.clock_ns);
	CHECK_INT(twin.plan_n, x.plan_n);
	CHECK_STR(twin.replan_text, x.replan_text);
	CHECK_NEAR(twin.lambda, x.lambda, 0);
	/* and a record of another layout is refused */
	bytes[0]++;
	CHECK(!exit_load(&twin, 0, bytes, n, &w.instr, w.v.now_ns));
}

/* An operator's tune is the operator's: urgency begins anew from it. */
TEST(tuning_still_works)
{
	struct ticket t = a_ticket(ALGO_AC, 0.4);
	struct tune k = {.fields = TUNE_URGENCY, .urgency = {800000000000}};
	struct err e = {0};
	start(&t, 10);
	seconds(120, SILENT);
	w.v.sigma_year = 2;
	seconds(3, SILENT);
	REQUIRE(x.replans == 1);
	double lambda = x.lambda;
	REQUIRE(exit_tune(&x, &k, &w.v, &e));
	CHECK_NEAR(x.plan_urgency, 0.8, 1e-12);
	CHECK(x.lambda > lambda);
	seconds(30, SILENT);
	CHECK_INT(x.replans, 1);
	k = (struct tune){.fields = TUNE_RISK, .risk = {50000000000}};
	REQUIRE(exit_tune(&x, &k, &w.v, &e));
	CHECK_NEAR(x.risk, 0.05, 1e-15);
	k.risk.v = 1000000000000;
	CHECK(!exit_tune(&x, &k, &w.v, &e) && strstr(e.text, "danger limit"));
}

/* A danger limit alone: end and urgency are chosen, and the choice is the ticket's from then on. */
TEST(by_danger)
{
	struct ticket t = a_ticket(ALGO_AC, 0);
	struct err e = {0};
	t.by_danger = true;
	t.horizon_ms = 0;
	t.risk.v = 10000000000;
	w_init(&w, test_seed, 10);
	CHECK(!exit_init(&x, 1, &t, &w.v, 9, &e) && strstr(e.text, "danger cannot be computed"));
	w.v.sigma_year = 0.8;
	with_account(21000);
	REQUIRE(exit_init(&x, 1, &t, &w.v, 9, &e));
	CHECK_INT(x.plan_horizon_ms, 900000);
	CHECK(x.has_danger && x.danger_start <= 0.01);
	with_account(12400);
	e.text[0] = 0;
	CHECK(!exit_init(&x, 1, &t, &w.v, 9, &e) && strstr(e.text, "below its maintenance"));
	/* a sweep is never refused for that */
	t = a_ticket(ALGO_SWEEP, 0);
	t.horizon_ms = 0;
	CHECK(exit_init(&x, 1, &t, &w.v, 9, &e));
}

TEST_MAIN(T(a_young_estimate_changes_nothing), T(a_choice_stands_for_a_while), T(books_flicker),
	  T(three_percent_is_a_reason), T(small_gains_are_none), T(astray),
	  T(a_change_with_an_order_in_flight), T(noise_changes_nothing), T(volatility_doubles),
	  T(the_limit_is_kept), T(silence_leaves_the_bound), T(none_within_the_cap),
	  T(danger_sells_the_block), T(a_restart_goes_on), T(tuning_still_works), T(by_danger))
