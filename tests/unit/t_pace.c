/* The pace of a running exit: what the volume cap lets a slice sell, what is made up and when, that
 * the plan told is the plan run, and that being held back is said. */
#include <stdio.h>

#include "base/check.h"
#include "exec/exit_in.h"
#include "plan/pace.h"
#include "tests/unit/exec_world.h"

static struct exit x, twin;
static struct world w;
static struct exec_out out;
static struct snap_exit snap;
static double volume_s; /* of the tape, coins a second, even */

static struct ticket a_ticket(int64_t horizon_ms, double urgency)
{
	struct ticket t = {.coin = "BTC",
			   .horizon_ms = horizon_ms,
			   .algo = urgency > 0 ? ALGO_AC : ALGO_TWAP,
			   .place = PLACE_CROSS};
	t.size.unit = SIZE_ALL;
	t.urgency.v = (int64_t)(urgency * 1e12);
	t.risk.v = -1;
	t.random_set = true;
	return t;
}

static void market(double position, double believed_s, double tape_s)
{
	w_init(&w, test_seed, position);
	w.v.volume_s = 0; /* nothing seen on the tape yet */
	w.v.est[EST_VOLUME] =
		(struct estimate){.value = believed_s, .prior = true, .from = EST_VENUE};
	volume_s = tape_s;
	for (int i = 0; i < BOOK_LEVELS; i++) /* deep enough to hold nothing back */
		w.book.bid[i].sz.v = w.book.ask[i].sz.v = 100 * INT64_C(100000000);
	w_view(&w);
}

static void start(const struct ticket *t)
{
	struct err e = {0};
	if (!exit_init(&x, 3, t, &w.v, 99, &e))
		test_fail(__FILE__, __LINE__, "exit_init: %s", e.text);
}

static const struct exec_want *find(uint8_t kind)
{
	for (uint32_t k = 0; k < out.n; k++)
		if (out.at[k].kind == kind)
			return &out.at[k];
	return NULL;
}

/* On by ms; every order is filled at once. Coins sold. */
static double later(int64_t ms)
{
	double sold = 0;
	w.v.now_ns += ms * W_MS;
	w.v.wall_ms += ms;
	w.v.volume.v += (int64_t)(volume_s * 1e8 * (double)ms / 1000);
	w_view(&w);
	exit_step(&x, &w.v, &out);
	const struct exec_want *q = find(WANT_PLACE);
	while (q) {
		struct exec_report r = {.kind = REP_FILL,
					.slice = q->slice,
					.attempt = q->attempt,
					.filled = q->qty,
					.px = w.book.bid[0].px,
					.crossed = true};
		sold += qty_to_double(q->qty);
		w.position -= q->qty.v;
		w_view(&w);
		exit_on_order(&x, &r, &w.v);
		r.kind = REP_CLOSED;
		exit_on_order(&x, &r, &w.v);
		exit_step(&x, &w.v, &out);
		q = find(WANT_PLACE);
	}
	w_read(&w);
	return sold;
}

/* The first slice on a tape nobody has heard yet is what the estimate allows, not nothing. */
TEST(cold_start)
{
	struct ticket t = a_ticket(20000, 0);
	market(1, 0.5, 0.5);
	start(&t);
	CHECK_NEAR(later(1), 0.25, 1e-9); /* the planned quarter: 10 % of 2.5 coins */
	market(1, 0.1, 0.1);
	start(&t);
	CHECK_NEAR(later(1), 0.05, 1e-4); /* 10 % of the slot's half coin */
	market(1, 0, 0);		  /* nothing believed, nothing seen: the least child */
	start(&t);
	CHECK_NEAR(later(1), 25.0 / 100000, 1.1e-5);
}

static struct plan plan;

static const struct plan *told(const struct ticket *t)
{
	struct ticket_resolved r;
	struct plan_problem p;
	struct err e = {0};
	if (!ticket_resolve(t, &w.v, &r, &e))
		test_fail(__FILE__, __LINE__, "ticket_resolve: %s", e.text);
	struct ticket chosen = *t;
	double urgent;
	if (!ticket_choose(&chosen, &w.v, &r, &urgent, &e))
		test_fail(__FILE__, __LINE__, "ticket_choose: %s", e.text);
	exec_problem(&w.v, &chosen, &r, &p);
	p.jitter = ticket_jitter(t);
	p.seed = plan_seed(t->seed ? t->seed : 99, 0);
	if (!plan_make(&p, &plan, &e))
		test_fail(__FILE__, __LINE__, "plan_make: %s", e.text);
	return &plan;
}

/* Slice for slice, at its time: with the cap far away, biting a little, and holding back for
 * several times the horizon; even and urgent. */
TEST(what_is_planned_is_run)
{
	static const double volume[] = {50, 0.8, 0.5, 0.2}, urgency[] = {0, 0.5, 0.9, -1};
	for (uint32_t i = 0; i < COUNT_OF(volume); i++) {
		for (uint32_t j = 0; j < COUNT_OF(urgency); j++) {
			struct ticket t = a_ticket(120000, urgency[j]);
			uint32_t k = 0;
			if (urgency[j] < 0)
				t.algo = ALGO_POV, t.horizon_ms = 0, t.urgency.v = 0;
			market(10, volume[i], volume[i]);
			const struct plan *p = told(&t);
			start(&t);
			CHECK(p->held_back == (volume[i] < 50) || t.algo == ALGO_POV);
			for (int64_t ms = 0; ms < 3000000 && x.state != XS_DONE; ms += 100) {
				double q = later(ms ? 100 : 1);
				if (q == 0)
					continue;
				REQUIRE(k < p->n);
				CHECK_NEAR((double)(w.v.now_ns - x.start_ns) / 1e9,
					   (double)p->at[k].at_ms / 1000, 0.9);
				double tick = 0.1 * volume[i] * 0.1; /* of the tape in a step */
				CHECK_NEAR(q, qty_to_double(p->at[k].qty),
					   0.05 * q + 1e-3 + (t.algo == ALGO_POV ? tick : 0));
				k++;
			}
			CHECK(k + 1 >= p->n); /* the last lots may go with those before */
			CHECK_INT(exit_left(&x).v, 0);
			double end = (double)p->at[p->n - 1].at_ms / 1000;
			if (t.algo == ALGO_POV)
				continue;
			CHECK_NEAR((double)p->horizon_ms / 1000,
				   end > 110 ? end + (double)p->spacing_ms / 1000 : 120, 0.2);
		}
	}
}

/* What a cut slice lacks is worked in every slot that follows, in the gaps of a steep schedule too,
 * and after its end: never idle for longer than a slot, never over the cap. */
TEST(backlog_is_worked_each_slot)
{
	struct ticket t = a_ticket(600000, 0.95); /* nearly all at first */
	market(10, 0.25, 0.25);
	start(&t);
	CHECK(x.plan.at_ms[x.plan.n - 1] < 300000); /* then nothing is planned */
	double last = 0, slot = (double)x.plan.spacing_ms / 1000, sold = 0;
	for (int s = 0; s < 380; s++) {
		double q = later(1000), at = (double)(w.v.now_ns - x.start_ns) / 1e9;
		sold += q;
		CHECK(sold <= 0.1 * 0.25 * (at + slot) + 1e-9);
		if (q > 0)
			last = at;
		CHECK(at - last <= slot + 1.5);
	}
	CHECK_NEAR(sold, 0.1 * 0.25 * 380, 0.1 * 0.25 * 2 * slot);
	/* small slices of the tail are merged, and leave slots in which nothing is planned */
	t = a_ticket(600000, 0.7);
	market(0.05, 0.0008, 0.0008);
	start(&t);
	int64_t gap = 0;
	for (uint32_t k = 1; k < x.plan.n; k++)
		gap = x.plan.at_ms[k] - x.plan.at_ms[k - 1] > gap
			      ? x.plan.at_ms[k] - x.plan.at_ms[k - 1]
			      : gap;
	CHECK(gap >= 2 * x.plan.spacing_ms);
	last = 0;
	for (int s = 0; s < 2000 && exit_left(&x).v > 0; s++) {
		double at = (double)(w.v.now_ns - x.start_ns) / 1e9;
		if (later(1000) > 0)
			last = at;
		CHECK(!x.owes || at - last <= slot + 1.5);
	}
	CHECK_INT(exit_left(&x).v, 0);
	/* 1.5 times the larger of its own and the mean; three times where the end is kept */
	CHECK_INT(pace_most((struct qty){100}, (struct qty){300}, PACE_MAX_PCT).v, 450);
	CHECK_INT(pace_most((struct qty){700}, (struct qty){300}, PACE_MAX_PCT).v, 1050);
	CHECK_INT(pace_most((struct qty){701}, (struct qty){300}, PACE_BY_MAX_PCT).v, 2103);
	/* with nothing owed, turns are the planned ones; with something, also half a slot away */
	CHECK_INT(pace_turn_ms(50000, 0, 20000, false), 50000);
	CHECK_INT(pace_turn_ms(50000, 0, 20000, true), 20000);
	CHECK_INT(pace_turn_ms(29000, 0, 20000, true), 29000);
	CHECK_INT(pace_turn_ms(-1, 40000, 20000, false), 60000);
}

/* The same in the plan: nothing of it waits longer than a slot while something is owed. */
TEST(planned_backlog_too)
{
	struct ticket t = a_ticket(600000, 0.7);
	market(0.05, 0.0008, 0.0008);
	const struct plan *p = told(&t);
	CHECK(p->held_back);
	double owed = 0, sold = 0;
	start(&t);
	for (uint32_t k = 0, j = 0; k + 1 < p->n; k++) {
		while (j < x.plan.n && x.plan.at_ms[j] <= p->at[k].at_ms)
			owed += qty_to_double(x.plan.qty[j++]);
		sold += qty_to_double(p->at[k].qty);
		if (owed - sold > 0.001)
			CHECK(p->at[k + 1].at_ms - p->at[k].at_ms <= p->spacing_ms * 3 / 2);
	}
}

/* A believed volume that is too high is paid back out of the next slots. */
TEST(the_cap_holds_whatever_is_believed)
{
	struct ticket t = a_ticket(600000, 0);
	market(10, 5, 0.1);
	start(&t);
	double sold = 0;
	for (int s = 0; s < 300; s++)
		sold += later(1000);
	double slot = (double)x.plan.spacing_ms / 1000;
	CHECK(sold <= 0.1 * (0.1 * 300 + 5 * slot) + 0.01);
}

TEST(being_held_is_said)
{
	struct ticket t = a_ticket(20000, 0);
	char text[200] = "";
	market(1, 0.1, 0.1);
	start(&t);
	CHECK(exit_held_words(&x, &w.v, text, sizeof text));
	CHECK(strstr(text, "the cap of 10 % of the volume holds it back: done about "));
	REQUIRE(strstr(text, " instead of ") && strstr(text, "; --cap 25%, the most, ends about "));
	(void)later(1);
	exit_fill_snap(&x, &w.v, &snap);
	CHECK(strstr(snap.doing, "held by the volume cap of 10 %") != NULL);
	CHECK_NEAR((double)(snap.cap_end_ms - w.v.wall_ms), 95000, 10);
	market(1, 0.4, 0.4); /* 20 % of eight coins */
	start(&t);
	CHECK(exit_held_words(&x, &w.v, text, sizeof text));
	int pct = 0;
	REQUIRE(strstr(text, "; --cap "));
	CHECK(sscanf(strstr(text, "; --cap "), "; --cap %d%% keeps the end", &pct) == 1);
	CHECK(pct > 10 && pct <= 13);
	t.cap.v = (int64_t)pct * 10000000000;
	market(1, 0.4, 0.4);
	start(&t);
	CHECK(!exit_held_words(&x, &w.v, text, sizeof text));
	t.cap.v -= 10000000000;
	start(&t);
	CHECK(exit_held_words(&x, &w.v, text, sizeof text));
	market(1, 50, 50);
	start(&t);
	CHECK(!exit_held_words(&x, &w.v, text, sizeof text));
	(void)later(1);
	exit_fill_snap(&x, &w.v, &snap);
	CHECK(!strstr(snap.doing, "held"));
}

/* The figures an exit begins with are of the very draw it runs. */
TEST(the_plan_told_is_the_draw_that_runs)
{
	struct ticket t = a_ticket(600000, 0.6);
	t.random.v = 300000000000;
	market(10, 50, 50);
	const struct plan *p = told(&t);
	start(&t);
	CHECK_INT(x.plan.n, p->n);
	for (uint32_t k = 0; k < p->n; k++) {
		CHECK_INT(x.plan.at_ms[k], p->at[k].at_ms);
		CHECK_INT(x.plan.qty[k].v, p->at[k].qty.v);
	}
	CHECK_NEAR(x.plan_cost[0], p->cost.total, 1e-9 * p->cost.total);
	CHECK_NEAR(x.plan_cost[1], p->sd, 1e-9 * p->sd);
	/* and of one that is more urgent from the start, for its danger limit */
	t = a_ticket(3600000, 0);
	t.by_danger = true;
	t.risk.v = 10000000000;
	w.v.account = (struct plan_account){.known = true,
					    .isolated = true,
					    .equity = 24000,
					    .maintenance = 12500,
					    .mmr = 0.0125,
					    .beta = 1};
	start(&t);
	CHECK(x.plan_urgency > 0);
	CHECK_INT(x.plan_n, 1);
	CHECK(x.plan_seed == plan_seed(99, 0));
	CHECK(x.kappa_need > 0 && x.n_old == 0);
}

/* The chance that an exit shows, and that its limit is held to, is of the time it takes: beyond its
 * asked end where the cap holds it, and for as long as something of it is left. */
TEST(danger_of_what_the_cap_holds_back)
{
	static const double urgency[] = {0, 0.5};
	for (uint32_t i = 0; i < COUNT_OF(urgency); i++) {
		struct ticket t = a_ticket(120000, urgency[i]);
		market(10, 0.02, 0.02); /* 10 % of it: 10 coins in 5,000 s */
		w.v.account = (struct plan_account){.known = true,
						    .isolated = true,
						    .equity = 26000,
						    .maintenance = 12500,
						    .mmr = 0.0125,
						    .beta = 1};
		double told_first = told(&t)->danger;
		start(&t);
		(void)later(1);
		CHECK(told_first > 0.02);
		CHECK_NEAR(x.bound, told_first, 0.08 * told_first);
		for (int s = 0; s < 600; s++) /* its schedule is over */
			(void)later(1000);
		CHECK(x.next >= x.plan.n && exit_left(&x).v > 0);
		t.horizon_ms = 20000;
		w.v.account.maintenance = 0.0125 * qty_to_double(w.v.position) * w.mid;
		(void)later(1000);
		double told_now = told(&t)->danger;
		CHECK(told_now > 0.01);
		CHECK_NEAR(x.bound, told_now, 0.08 * told_now);
		struct solve_in q; /* the grid goes on being asked, about all of that time */
		CHECK(exit_question(&x, &w.v, &q));
		CHECK(!q.search);
		CHECK_NEAR(q.tau_s * q.n, qty_to_double(exit_left(&x)) / 0.002, 100);
		for (int s = 0; s < 6000 && x.state != XS_DONE; s++)
			(void)later(1000);
		CHECK_INT(x.state, XS_DONE);
	}
}

/* What goes over the cap, as a block by the operator's word or by the danger rule, leaves the rest
 * its pace: nothing stands until the tape has paid for it too. */
TEST(over_the_cap_the_rest_goes_on)
{
	for (int danger = 0; danger < 2; danger++) {
		struct ticket t = a_ticket(600000, 0);
		struct tune k = {.fields = TUNE_BLOCK,
				 .block = {.unit = SIZE_COIN, .coin = {500000000}}};
		struct err e = {0};
		double sold = 0;
		t.risk.v = danger ? 10000000000 : -1;
		market(10, 0.5, 0.5);
		start(&t);
		sold += later(1);
		if (danger) {
			w.v.account = (struct plan_account){.known = true,
							    .isolated = true,
							    .equity = 13000,
							    .maintenance = 12500,
							    .mmr = 0.0125,
							    .beta = 1};
			for (int l = 0; l < 5; l++) /* a quarter of it is six coins */
				w.book.bid[l].sz.v = 480000000;
			for (int s = 0; s < 6; s++)
				sold += later(1000);
			w.v.account.equity = 1000000;
			w.v.account.maintenance = 6250;
			for (int s = 0; s < 6; s++)
				sold += later(1000);
			CHECK(!x.in_danger && x.slice_danger);
		} else {
			CHECK(exit_tune(&x, &k, &w.v, &e));
			sold += later(100);
		}
		CHECK(sold > 5);
		double more = 0, even = (10 - sold) / 600;
		for (int s = 0; s < 60; s++)
			more += later(1000);
		CHECK(more > 30 * even && more < 0.1 * 0.5 * 80);
	}
}

/* A lower cap holds from then on: what the old one allowed does not stop the exit until the tape
 * has brought that much again. */
TEST(a_lower_cap_is_no_debt)
{
	struct ticket t = a_ticket(600000, 0);
	struct tune k = {.fields = TUNE_CAP, .cap = {120000000000}};
	struct err e = {0};
	double sold = 0, more = 0;
	t.cap.v = 250000000000;
	market(10, 0.08, 0.08); /* a quarter of it: 0.02 a second, of which 0.0167 are planned */
	start(&t);
	for (int s = 0; s < 300; s++)
		sold += later(1000);
	CHECK(sold > 4);
	CHECK(exit_tune(&x, &k, &w.v, &e));
	for (int s = 0; s < 120; s++)
		more += later(1000);
	CHECK(more > 0.12 * 0.08 * 100);
	CHECK(sold + more <= 0.25 * 0.08 * 300 + 0.12 * 0.08 * (120 + 60) + 1e-6);
}

/* A schedule made while all that was left was on its way has nothing to sell; when that comes back
 * unfilled it is worked all the same. */
TEST(what_came_back_after_an_empty_schedule)
{
	struct ticket t = a_ticket(2000, 0);
	struct exit_remake again = {.horizon_ms = 60000, .algo = ALGO_TWAP};
	struct exec_want sent[16];
	double sold = 0;
	int n = 0;
	t.size.unit = SIZE_COIN;
	t.size.coin.v = 100000000;
	t.cap.v = 0;
	market(10, 100, 100);
	start(&t);
	for (int s = 0; s < 20 && n < 16 && exit_left(&x).v > exit_in_flight(&x).v; s++) {
		w.v.now_ns += 500 * W_MS;
		w.v.wall_ms += 500;
		w_view(&w);
		exit_step(&x, &w.v, &out);
		const struct exec_want *q = find(WANT_PLACE);
		if (q)
			sent[n++] = *q;
	}
	REQUIRE(n > 0 && exit_left(&x).v == exit_in_flight(&x).v);
	exit_remake(&x, &w.v, &again);
	CHECK_INT(x.plan_size.v, 0);
	for (int i = 0; i < n; i++) { /* silence first: its slice is closed meanwhile */
		struct exec_report r = {
			.kind = REP_UNKNOWN, .slice = sent[i].slice, .attempt = sent[i].attempt};
		exit_on_order(&x, &r, &w.v);
	}
	for (int s = 0; s < 10; s++)
		CHECK_NEAR(later(1000), 0, 0);
	for (int i = 0; i < n; i++) {
		struct exec_report r = {
			.kind = REP_CLOSED, .slice = sent[i].slice, .attempt = sent[i].attempt};
		exit_on_order(&x, &r, &w.v);
	}
	CHECK_INT(exit_in_flight(&x).v, 0);
	for (int s = 0; s < 60; s++)
		sold += later(1000);
	CHECK_NEAR(sold, 1, 1e-9);
}

/* "x % of the market's volume": of what was traded while it ran, over restarts, kept at the end. */
TEST(share_of_the_volume)
{
	struct ticket t = a_ticket(120000, 0);
	uint8_t part[REC_BODY_MAX];
	t.cap.v = 250000000000;
	w.v.volume.v = 0;
	market(10, 1, 1);
	w.v.volume.v = 777 * INT64_C(100000000); /* of before */
	start(&t);
	for (int s = 0; s < 60; s++)
		(void)later(1000);
	exit_fill_snap(&x, &w.v, &snap);
	CHECK_NEAR(snap.cost.volume_share, qty_to_double(x.done) / 60, 1e-6);
	/* a restart: the engine's count begins at something else */
	size_t n = exit_save(&x, 0, part);
	CHECK(exit_load(&twin, 0, part, n, &w.instr, w.v.now_ns));
	x = twin;
	w.v.volume.v = x.volume0.v + 4 * x.done.v; /* as engine/replay.c begins it */
	for (int s = 0; s < 30; s++)
		(void)later(1000);
	exit_fill_snap(&x, &w.v, &snap);
	double share = qty_to_double(x.done) / 90;
	CHECK_NEAR(snap.cost.volume_share, share, 0.02 * share);
	for (int s = 0; s < 600 && x.state != XS_DONE; s++)
		(void)later(1000);
	CHECK_INT(x.state, XS_DONE);
	n = exit_save(&x, 0, part);
	CHECK(exit_load(&twin, 0, part, n, &w.instr, w.v.now_ns));
	exit_fill_snap(&twin, NULL, &snap); /* as tca reads it, with no engine */
	double ran = (double)(x.end_ms - x.start_ms) / 1000;
	CHECK_NEAR(snap.cost.volume_share, 10 / ran, 0.02 * 10 / ran);
}

TEST_MAIN(T(cold_start), T(what_is_planned_is_run), T(backlog_is_worked_each_slot),
	  T(planned_backlog_too), T(the_cap_holds_whatever_is_believed), T(being_held_is_said),
	  T(the_plan_told_is_the_draw_that_runs), T(danger_of_what_the_cap_holds_back),
	  T(over_the_cap_the_rest_goes_on), T(a_lower_cap_is_no_debt),
	  T(what_came_back_after_an_empty_schedule), T(share_of_the_volume))
