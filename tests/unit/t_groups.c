/* Exits begun together, through the engine: the planner is asked for the group, what it says paces
 * every leg, the danger is that of the pool with all of them sold; a leg that ended or was never of
 * the pool, a stale answer and a restart leave the group sane. */
#include <math.h>
#include <stdio.h>

#include "engine/inner.h"
#include "plan/replan.h"
#include "plan/solve.h"
#include "tests/unit/engine_world.h"

static union solve_work room;
static struct solve_in asked; /* the newest question of a group */
static struct solve_out said; /* and its answer */
static uint32_t n_asked, seen;
static bool planner;

static const int64_t BTC_PX = 100000, ETH_PX = 4000;
static const double LAMBDA = 1e-6;

static void eth(struct world *w, double px)
{
	struct event ev = w_event(w, EV_CTX);
	struct book b = {.instr = 1, .venue_ms = w_venue_ms(w), .seen_ns = w->now_ns};

	ev.ctx.instr = 1;
	ev.ctx.mark.v = ev.ctx.oracle.v = ev.ctx.mid.v = llround(px * 100) * 100000000;
	w_step(w, &ev);
	b.n_bid = b.n_ask = 5;
	for (int i = 0; i < 5; i++) {
		b.bid[i] = (struct level){
			{ev.ctx.mark.v - (1 + i) * INT64_C(1000000000)}, {2000000000}, 1};
		b.ask[i] = (struct level){
			{ev.ctx.mark.v + (1 + i) * INT64_C(1000000000)}, {2000000000}, 1};
	}
	ev = w_event(w, EV_BOOK);
	ev.book.book = &b;
	w_step(w, &ev);
}

/* What the planner beside the engine would say to the questions of groups; those of single exits
 * stay without an answer. */
static void answer(struct world *w)
{
	for (; seen < w->n_kept; seen++) {
		const struct effect *q = &w->kept[seen];
		struct event ev = w_event(w, EV_SOLVED);

		if (q->kind != EF_SOLVE || !(q->solve.in->exit & GROUP_BIT))
			continue;
		asked = *q->solve.in;
		n_asked++;
		if (!planner)
			continue;
		plan_answer(&asked, &room, &said);
		if (!said.ok)
			test_fail(__FILE__, __LINE__, "no answer: %s", said.why);
		ev.solved.out = &said;
		seen++;
		w_step(w, &ev);
		seen--;
	}
}

/* ETH jumps up and down by `wild` of itself each second. */
static void live(struct world *w, int seconds, double wild)
{
	for (int k = 0; k < 2 * seconds; k++) {
		w_pass(w, 500 * MSEC);
		w_market(w, BTC_PX);
		eth(w, (double)ETH_PX * (1 + wild * (k % 4 < 2 ? 1 : -1)));
		answer(w);
	}
}

static struct world *two_legs(int64_t equity_usd)
{
	struct world *w = w_new();

	w->eth_szi = 2500000000; /* 25 ETH beside 1 BTC: 100,000 USD each */
	w->equity = equity_usd * 100000000;
	planner = true;
	n_asked = seen = 0;
	w_begin(w, BTC_PX);
	eth(w, (double)ETH_PX);
	live(w, 20, 0);
	return w;
}

static uint32_t begin(struct world *w, const char *coin, uint32_t group, double lambda,
		      double limit)
{
	struct cmd c = {.kind = CMD_EXIT};

	memcpy(c.ticket.coin, coin, 4);
	c.ticket.size.unit = SIZE_ALL;
	c.ticket.algo = ALGO_AC;
	c.ticket.urgency.v = 300000000000;
	c.ticket.horizon_ms = 3600000;
	c.ticket.group = group;
	c.ticket.group_lambda = lambda;
	c.ticket.risk.v = limit > 0 ? llround(limit * 1e12) : -1;
	const struct effect *r = w_command(w, &c);
	if (!r || r->reply.code)
		test_fail(__FILE__, __LINE__, "refused: %s", r ? r->reply.text : "nothing");
	return r ? r->reply.exit : 0;
}

static const struct exit *exit_of(struct world *w, uint32_t id)
{
	struct exit_slot *s = exit_slot_find(w->e, id);

	return s ? &s->x : NULL;
}

TEST(a_volatility_of_one_paces_the_other)
{
	uint32_t why[2];
	for (int together = 0; together < 2; together++) {
		struct world *w = two_legs(100000);
		uint32_t a = begin(w, "BTC", TICKET_GROUP_OWN, together ? LAMBDA : 0, 0);
		(void)begin(w, "ETH", a, together ? LAMBDA : 0, 0);
		live(w, 60, 0);
		uint32_t before = exit_of(w, a)->replans;
		double urgent = exit_of(w, a)->plan_urgency;
		CHECK(together ? n_asked > 10 : n_asked == 0);
		live(w, 120, 0.004);
		why[together] = exit_of(w, a)->replans > before ? exit_of(w, a)->replan_why : 0;
		if (together) {
			CHECK_INT(asked.legs.n, 2);
			CHECK(asked.legs.has_pool && asked.legs.running);
			CHECK(exit_of(w, a)->plan_urgency < urgent);
			CHECK(strstr(exit_of(w, a)->replan_text, "2 legs together"));
			/* and does not chatter: what runs is what was asked for */
			before = exit_of(w, a)->replans;
			live(w, 120, 0.004);
			CHECK(exit_of(w, a)->replans <= before + 2);
		}
		w_free(w);
	}
	CHECK_INT(why[0], 0); /* BTC alone has no reason: its own market is calm */
	CHECK_INT(why[1], REPLAN_JOINT);
}

TEST(the_danger_is_that_of_the_pool_with_all_sold)
{
	struct world *w = two_legs(3850); /* 3,250 of it are maintenance */
	uint32_t a = begin(w, "BTC", TICKET_GROUP_OWN, LAMBDA, 0.5);
	uint32_t b = begin(w, "ETH", a, LAMBDA, 0.5);

	live(w, 30, 0);
	const struct exit *x = exit_of(w, a), *y = exit_of(w, b);
	REQUIRE(x && y && asked.legs.has_pool);
	CHECK(x->has_joint_chance && x->joint_chance > 0.001);
	CHECK(x->joint_chance < x->bound && y->joint_chance < y->bound);
	CHECK_NEAR(x->danger, x->joint_chance, 0.05 * x->joint_chance); /* a second old */
	CHECK(!x->danger_grid);
	CHECK_NEAR(asked.legs.limit, 0.4, 1e-9);
	/* the planner falls silent: each counts the other as held again */
	planner = false;
	live(w, 12, 0);
	CHECK_NEAR(x->danger, x->bound, 1e-12);
	w_free(w);
}

TEST(a_leg_that_ended_is_held)
{
	struct world *w = two_legs(100000);
	uint32_t a = begin(w, "BTC", TICKET_GROUP_OWN, LAMBDA, 0);
	uint32_t b = begin(w, "ETH", a, LAMBDA, 0);
	struct cmd c = {.kind = CMD_END};

	live(w, 10, 0);
	c.which.exit = a; /* the one that asks for the group */
	(void)w_command(w, &c);
	live(w, 20, 0);
	CHECK_INT(exit_of(w, a)->state, XS_DONE);
	uint32_t n = n_asked;
	live(w, 10, 0);
	CHECK(n_asked > n); /* by the other leg now */
	CHECK_INT(asked.legs.n, 2);
	CHECK_INT(asked.leg_exit[0], b);
	CHECK_INT(asked.leg_exit[1], 0);
	CHECK(asked.legs.leg[1].held && !strcmp(asked.legs.leg[1].coin, "BTC"));
	CHECK_NEAR(asked.legs.leg[1].x, 1, 1e-9);
	CHECK(asked.legs.has_pool && said.leg_kappa[1] <= 0);
	CHECK_INT(exit_of(w, b)->state, XS_RUNNING);
	/* paused: it stays as it is in the model, and is never turned */
	c = (struct cmd){.kind = CMD_PAUSE};
	c.which.exit = b;
	(void)w_command(w, &c);
	live(w, 10, 0.004);
	CHECK(asked.legs.leg[0].held);
	w_free(w);
}

TEST(a_stale_answer_turns_nobody)
{
	struct world *w = two_legs(100000);
	uint32_t a = begin(w, "BTC", TICKET_GROUP_OWN, LAMBDA, 0);
	(void)begin(w, "ETH", a, LAMBDA, 0);

	live(w, 20, 0);
	int64_t at = exit_of(w, a)->joint_ns;
	CHECK(at > 0);
	planner = false;
	live(w, 12, 0);
	for (int k = 0; k < 2; k++) { /* another schedule of one leg; an exit that is none */
		struct event ev = w_event(w, EV_SOLVED);
		plan_answer(&asked, &room, &said);
		said.legs_gain = 1;
		if (k == 0)
			said.leg_plan[1]++;
		else
			said.leg_exit[0] = 77;
		ev.solved.out = &said;
		w_step(w, &ev);
	}
	CHECK_INT(exit_of(w, a)->joint_ns, at);
	CHECK(!exit_of(w, a)->joint_turn);
	w_free(w);
}

TEST(a_restart_keeps_the_group)
{
	struct world *w = two_legs(100000), *n;
	uint32_t a = begin(w, "BTC", TICKET_GROUP_OWN, LAMBDA, 0);
	uint32_t b = begin(w, "ETH", a, LAMBDA, 0);

	live(w, 30, 0);
	n = w_restart(w, 5 * SEC);
	n_asked = seen = 0;
	w_meta(n);
	w_key(n, true);
	w_connect(n, 1);
	w_market(n, BTC_PX);
	eth(n, (double)ETH_PX);
	live(n, 20, 0);
	CHECK(n_asked > 3);
	CHECK_INT(asked.exit, GROUP_BIT | a);
	CHECK_INT(asked.legs.n, 2);
	CHECK_INT(asked.leg_exit[0] + asked.leg_exit[1], a + b);
	CHECK_NEAR(asked.legs.lambda, LAMBDA, 0);
	CHECK(exit_of(n, a)->joint_ns > 0 && exit_of(n, b)->joint_ns > 0);
	w_free(n);
	w_free(w);
}

TEST_MAIN(T(a_volatility_of_one_paces_the_other), T(the_danger_is_that_of_the_pool_with_all_sold),
	  T(a_leg_that_ended_is_held), T(a_stale_answer_turns_nobody), T(a_restart_keeps_the_group))
