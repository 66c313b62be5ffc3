/* A plan that is only asked for: the chance that is told is that of the schedule that is told, the
 * limit is said to be kept only where that schedule keeps it, and "no schedule" is never said of a
 * limit that is kept. */
#include <math.h>
#include <stdio.h>

#include "base/check.h"
#include "engine/inner.h"
#include "plan/solve.h"
#include "tests/unit/engine_world.h"

static struct grid_work room;
static struct solve_in last; /* the last question */
static struct solve_out its; /* and its answer */
static int n_asked;
static double cap_pct; /* of the ticket; 0: the default */

/* Asks, and is the planner beside the engine until the plan is told. */
static const char *plan_of(struct world *w, uint8_t algo, double urgency, int64_t minutes,
			   double limit)
{
	struct cmd c = {.kind = CMD_EXIT};
	uint32_t from = w->n_kept;

	memcpy(c.ticket.coin, "BTC", 4);
	c.ticket.plan_only = true;
	c.ticket.algo = algo;
	c.ticket.size.unit = SIZE_ALL;
	c.ticket.urgency.v = llround(urgency * 1e12);
	c.ticket.horizon_ms = minutes * 60000;
	c.ticket.cap.v = llround(cap_pct * 1e10);
	c.ticket.by_danger = minutes == 0;
	c.ticket.risk.v = llround(limit * 1e12);
	(void)w_command(w, &c);
	for (n_asked = 0; n_asked < 20; n_asked++) {
		const struct effect *q = w_last(w, EF_SOLVE, from);
		struct event ev = w_event(w, EV_SOLVED);

		if (w_last(w, EF_REPLY, from) || !q)
			break;
		last = *q->solve.in;
		plan_solve(&last, &room, &its);
		from = w->n_kept;
		ev.solved.out = &its;
		w_step(w, &ev);
	}
	const struct effect *r = w_last(w, EF_REPLY, from);
	CHECK(r != NULL);
	if (r && r->reply.code)
		test_fail(__FILE__, __LINE__, "refused: %s", r->reply.text);
	return r && r->reply.more ? r->reply.more : "";
}

static double number(const char *json, const char *key)
{
	char name[40];
	const char *at;

	snprintf(name, sizeof name, "\"%s\":", key);
	at = strstr(json, name);
	return at ? strtod(at + strlen(name), NULL) : NAN;
}

/* 1 BTC at 100,000, its equity so small that a calm hour is a danger. */
static struct world *near_liquidation(int64_t equity_usd)
{
	struct world *w = w_new();

	w->equity = equity_usd * 100000000;
	w_begin(w, 100000);
	w_live(w, 3 * SEC, 100000);
	return w;
}

/* The chance told is the grid's, of the very schedule told. */
static void told_is_asked(const char *json)
{
	CHECK_NEAR(number(json, "danger"), plan_shown(its.p),
		   0.06 * plan_shown(its.p)); /* 2 digits */
	CHECK_NEAR(number(json, "horizon_s"), last.tau_s * last.n, 0.02);
	bool kept = its.p <= number(json, "danger_limit") * 1.0001;
	CHECK(strstr(json, kept ? "\"keeps_limit\":true" : "\"keeps_limit\":false") != NULL);
}

TEST(chance_is_of_the_schedule_told)
{
	struct world *w = near_liquidation(1450);
	const char *t;

	(void)plan_of(w, ALGO_AC, 0.001, 60, 0.9);
	double even = its.p;
	CHECK(even > 0.006);
	for (int i = 0; i < 5; i++) {
		static const double urgency[] = {0, 0.3, 0.6, 0.8, 0.95};

		t = plan_of(w, ALGO_AC, urgency[i], 60, even / 3);
		told_is_asked(t);
		CHECK(!last.search);
		CHECK(number(t, "urgency") >= urgency[i] - 1e-6);
		CHECK(strstr(t, "\"keeps_limit\":true") != NULL);
		CHECK(strstr(t, "no schedule") == NULL);
	}
	w_free(w);
}

TEST(a_faster_one_is_not_told_the_chance_of_the_slowest)
{
	struct world *w = near_liquidation(1450);
	double slow = number(plan_of(w, ALGO_AC, 0, 60, 0.9), "danger");
	double fast = number(plan_of(w, ALGO_AC, 0.95, 60, 0.9), "danger");

	CHECK(slow > 0.006);
	CHECK(fast < slow / 2);
	w_free(w);
}

TEST(an_even_pace_over_its_limit_says_so)
{
	struct world *w = near_liquidation(1450);
	(void)plan_of(w, ALGO_TWAP, 0, 60, 0.9);
	double even = its.p, limit = even / 3;
	const char *t = plan_of(w, ALGO_TWAP, 0, 60, limit);

	CHECK(even > 0 && its.p > limit);
	told_is_asked(t);
	CHECK_NEAR(number(t, "dies_at_btc_pct"), -100 * 200.0 / 98750,
		   0.02); /* equity - maintenance */
	CHECK(number(t, "dies_at_btc_pct") < 0 &&
	      strstr(t, "dies at an instant gap of BTC -") != NULL);
	CHECK(strstr(t, "\"algo\":\"twap\"") != NULL);
	CHECK(strstr(t, "over the limit as it stands") != NULL);
	w_free(w);
}

TEST(a_limit_alone_is_kept)
{
	struct world *w = near_liquidation(1450);

	for (int i = 0; i < 3; i++) {
		static const double limit[] = {0.05, 0.01, 0.003};
		const char *t = plan_of(w, ALGO_AC, 0, 0, limit[i]);

		told_is_asked(t);
		CHECK(number(t, "danger") <= limit[i] * 1.0001);
	}
	w_free(w);
	w = near_liquidation(1300); /* a limit that nothing keeps: said, and not claimed */
	const char *t = plan_of(w, ALGO_AC, 0, 60, 0.003);
	told_is_asked(t);
	CHECK(strstr(t, "\"keeps_limit\":false") != NULL);
	CHECK(strstr(t, "no schedule within") != NULL || strstr(t, "nothing that is sold") != NULL);
	w_free(w);
}

/* Far from danger and too little time for the cap: said with the time it takes, never as a limit
 * that nothing keeps. */
TEST(too_little_time_is_no_danger)
{
	struct world *w = w_begin(w_new(), 100000);

	w_live(w, 3 * SEC, 100000);
	const char *t = plan_of(w, ALGO_AC, 0, 60, 0.01);
	double share = number(t, "volume_share");
	REQUIRE(share > 0 && share < 0.05);
	CHECK(strstr(t, "\"horizon_at_cap_s\":null") != NULL);
	cap_pct = 50 * share; /* half of what it would take */
	t = plan_of(w, ALGO_AC, 0, 60, 0.01);
	cap_pct = 0;
	told_is_asked(t); /* to the end that the cap leaves it */
	CHECK(number(t, "horizon_s") > 5400);
	CHECK_NEAR(number(t, "horizon_at_cap_s"), 7200, 10);
	CHECK_NEAR(number(t, "asked_volume_share"), share, 1e-3 * share);
	CHECK(number(t, "volume_share") < 0.55 * share); /* about the cap: that is what will run */
	CHECK(strstr(t, " % until the asked end)"));
	CHECK(strstr(t, "of the volume holds it back: done about ") && strstr(t, "keeps the end"));
	CHECK(strstr(t, "\"keeps_limit\":true") && strstr(t, "no schedule within") == NULL);
	w_free(w);
}

/* An exit that the cap will hold back says so before its first order leaves, and to who asked. */
TEST(held_back_is_said_before_it_sends)
{
	struct world *w = w_begin(w_new(), 100000);
	struct cmd c = {.kind = CMD_EXIT};
	uint32_t said = 0, sent = 0;

	w_live(w, 3 * SEC, 100000);
	memcpy(c.ticket.coin, "BTC", 4);
	c.ticket.algo = ALGO_TWAP;
	c.ticket.place = PLACE_CROSS;
	c.ticket.size.unit = SIZE_ALL;
	c.ticket.horizon_ms = 20000;
	c.ticket.cap.v = 1000000000; /* 0.1 % */
	uint32_t from = w->n_kept;
	const struct effect *r = w_command(w, &c);
	CHECK_INT(r->reply.code, ERR_OK);
	CHECK(strstr(r->reply.text,
		     "x1: the cap of 0.1 % of the volume holds it back: done about"));
	w_live(w, 2 * SEC, 100000);
	for (uint32_t i = from; i < w->n_kept; i++) {
		const struct effect *f = &w->kept[i];

		if (f->kind == EF_NOTICE && strstr(f->notice.text, "holds it back") && !said)
			said = i + 1;
		if (f->kind == EF_SEND && !sent)
			sent = i + 1;
	}
	CHECK(said && sent && said < sent);
	w_free(w);
}

/* The last order that a new exit of this placement sends within two seconds. */
static struct act_order first_order(struct world *w, uint8_t place, uint64_t *nonce)
{
	struct cmd c = {.kind = CMD_EXIT};
	uint32_t from;

	w_live(w, 120 * SEC, 100000); /* asks at 100,001 to 100,005, five coins each */
	memcpy(c.ticket.coin, "BTC", 4);
	c.ticket.algo = ALGO_TWAP;
	c.ticket.place = place;
	c.ticket.size.unit = SIZE_ALL;
	c.ticket.horizon_ms = 1200000;
	c.ticket.random_set = true;
	from = w->n_kept;
	CHECK_INT(w_command(w, &c)->reply.code, ERR_OK);
	w_live(w, 2 * SEC, 100000);
	const struct effect *f = w_last_act(w, ACT_ORDER, from);
	CHECK(f != NULL);
	if (!f)
		return (struct act_order){0};
	*nonce = f->send.env.nonce;
	CHECK(f->send.act.order[0].reduce_only && !f->send.act.order[0].buy);
	return f->send.act.order[0];
}

static double ahead_of(const struct world *w)
{
	const struct exit *x = &w->e->exit[0].x;

	CHECK(x->say.ahead_known);
	return qty_to_double(x->say.ahead);
}

/* Each placement from the command to the wire. A young slot: by the liquidation quote an order
 * stands furthest off the touch, by the tactic of the default behind it, chase is before it (the
 * spread is two ticks), cross takes. */
TEST(placements_reach_the_wire)
{
	static const uint8_t place[] = {PLACE_QUOTES, PLACE_POST_CROSS, PLACE_CHASE, PLACE_CROSS};
	static const int64_t px[] = {100004, 100003, 100000, 0};

	for (uint32_t k = 0; k < COUNT_OF(place); k++) {
		struct world *w = w_begin(w_new(), 100000);
		uint64_t nonce = 0;
		struct act_order o = first_order(w, place[k], &nonce);

		CHECK_INT(o.tif, px[k] ? TIF_ALO : TIF_IOC);
		if (px[k])
			CHECK_INT(o.px.v, px[k] * 10000000000);
		w_free(w);
	}
}

/* The line before an order: what the book shows at its price, less what is traded there, and
 * nothing once a print went through it. */
TEST(the_line_is_counted)
{
	struct world *w = w_begin(w_new(), 100000);
	struct verdict v = {.kind = VERDICT_RESTING, .oid = 9};
	uint64_t nonce = 0;
	struct act_order o = first_order(w, PLACE_POST_CROSS, &nonce);
	struct trade t = {.side = SIDE_BUY, .px = o.px, .sz = {200000000}};
	struct event ev;

	w_answer(w, nonce, ANSWER_OK, &v, 1, NULL);
	w_live(w, SEC, 100000);
	double line = 5 - qty_to_double(o.sz); /* the five shown have ours in them */
	CHECK_NEAR(ahead_of(w), line, 1e-9);
	for (int k = 1; k <= 3; k++) {
		ev = w_event(w, EV_TRADES);
		t.tid = (uint64_t)k;
		t.time_ms = w->wall_ms;
		if (k == 3)
			t.px.v += 10000000000;
		ev.trades.n = 1;
		ev.trades.at = &t;
		w_step(w, &ev);
		w_live(w, SEC, 100000);
		CHECK_NEAR(ahead_of(w), k < 3 ? line - 2 * k : 0, 1e-9);
	}
	w_free(w);
}

TEST_MAIN(T(the_line_is_counted), T(placements_reach_the_wire),
	  T(held_back_is_said_before_it_sends), T(too_little_time_is_no_danger),
	  T(chance_is_of_the_schedule_told), T(a_faster_one_is_not_told_the_chance_of_the_slowest),
	  T(an_even_pace_over_its_limit_says_so), T(a_limit_alone_is_kept))
