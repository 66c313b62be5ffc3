/* engine: what a restart must not change: a flatten under way, nonces, the state from the records,
 * the volume cap; and what a dry run leaves behind. */
#include "engine/inner.h"
#include "tests/unit/engine_world.h"

TEST(flatten_goes_on_after_a_restart)
{
	struct world *w = w_ready(), *n;
	const struct effect *next;

	w_flatten_all(w);
	REQUIRE(w_last_act(w, ACT_ORDER, 0));
	n = w_restart(w, 2 * SEC); /* no answer was ever heard */
	CHECK(n->e->local_lock);
	CHECK(flat_newest(n->e)->used && !flat_newest(n->e)->f.done);
	w_meta(n);
	w_key(n, true);
	w_connect(n, 1);
	w_live(n, 2 * SEC, 100000);
	next = w_last_act(n, ACT_ORDER, 0);
	REQUIRE(next);
	CHECK(next->send.env.nonce > w_last_act(w, ACT_ORDER, 0)->send.env.nonce);
	CHECK_INT(next->send.act.order[0].sz.v, 100000000);
	w_fill(n, next, 0, 100000000, 3);
	w_live(n, 8 * SEC, 100000);
	CHECK_INT(flat_newest(n->e)->f.state, FLAT_FLAT);
	w_free(n);
	w_free(w);
}

TEST(nonces_rise_over_clock_steps_and_restarts)
{
	struct world *w = w_ready(), *n;
	uint64_t last = 0;

	w_exit(w, "BTC", 40000000);
	for (int k = 0; k < 5; k++) {
		const struct effect *s = w_last_act(w, ACT_ORDER, 0);

		w_answer(w, s->send.env.nonce, ANSWER_NOT_SENT, NULL, 0, "signer away");
		w->wall_ms -= 3600000; /* the wall clock jumps back an hour each time */
		w_live(w, 5 * SEC, 100000);
	}
	for (uint32_t i = 0; i < w->n_kept; i++)
		if (w->kept[i].kind == EF_SEND) {
			CHECK(w->kept[i].send.env.nonce > last);
			last = w->kept[i].send.env.nonce;
		}
	n = w_restart(w, -3600 * SEC);
	CHECK(n->e->last_nonce > last);
	w_free(n);
	w_free(w);
}

/* A signer that was killed comes back with the ceiling it had on disk, ahead of the clock. */
TEST(nonces_go_above_a_new_signers_ceiling)
{
	struct world *w = w_ready();
	uint64_t hw = (uint64_t)w->wall_ms + 50000;
	const struct effect *s;
	struct event ev;

	w_key(w, false);
	ev = w_event(w, EV_SIGNER);
	ev.signer.ready = true;
	ev.signer.nonce_hw = hw;
	w_step(w, &ev);
	w_exit(w, "BTC", 40000000);
	w_live(w, SEC, 100000);
	s = w_last_act(w, ACT_ORDER, 0);
	CHECK(s && s->send.env.nonce > hw);
	CHECK(s && s->send.env.nonce < hw + 10000);
	/* one that would be refused by the venue is not believed */
	ev.signer.nonce_hw = hw + 30ull * 86400000;
	w_step(w, &ev);
	CHECK(w->e->last_nonce < hw + 86400000);
	w_free(w);
}

TEST(restart_gives_the_same_state)
{
	struct world *w = w_ready(), *n;
	const struct effect *send;
	uint64_t before;

	w_exit(w, "BTC", 40000000);
	send = w_last_act(w, ACT_ORDER, 0);
	w_fill(w, send, 0, 10000000, 1);
	before = engine_digest(w->e);
	n = w_restart(w, 5 * SEC);
	CHECK(engine_digest(n->e) == before);
	CHECK_INT(w_order_of(n, send, 0)->state, ORDER_PARTIAL);
	CHECK_INT(n->e->exit[0].x.done.v, 10000000);
	/* it goes on: looked up, adopted, and the rest of the ticket is sold once */
	n->wall_ms = w->wall_ms + 5000;
	n->szi = w->szi;
	w_status(n, send, 0, OS_CANCELED, 30000000);
	w_meta(n);
	w_key(n, true);
	w_connect(n, 1);
	w_live(n, 6 * SEC, 100000);
	CHECK_INT(w_order_of(n, send, 0)->state, ORDER_CANCELLED);
	send = w_last_act(n, ACT_ORDER, 0);
	REQUIRE(send);
	CHECK_INT(send->send.act.order[0].sz.v, 30000000);
	w_free(n);
	w_free(w);
}

TEST(dry_run_without_a_key_is_shown_unsigned)
{
	struct world *w = w_ready();
	struct cmd c = {.kind = CMD_EXIT};
	uint32_t from;

	memcpy(c.ticket.coin, "BTC", 4);
	c.ticket.size.unit = SIZE_ALL;
	c.ticket.dry_run = true;
	w_key(w, false);
	from = w->n_kept;
	CHECK(!w_command(w, &c)); /* the host answers, with the body */
	REQUIRE(w_last(w, EF_SEND, from));
	CHECK(w_last(w, EF_SEND, from)->send.dry);
	c = (struct cmd){.kind = CMD_FLATTEN,
			 .flatten = {.part = {1000000000000}, .dry_run = true}};
	from = w->n_kept;
	CHECK(!w_command(w, &c));
	REQUIRE(w_last(w, EF_SEND, from));
	CHECK(w_last(w, EF_SEND, from)->send.dry);
	w_free(w);
}

/* What a dry run showed is in the journal, and no more than its nonce and names: a restart that
 * took it for unknown would send it. */
TEST(a_dry_run_is_not_sent_by_a_restart)
{
	struct world *w = w_ready(), *n;
	struct cmd c = {.kind = CMD_EXIT};
	uint64_t spent;

	memcpy(c.ticket.coin, "BTC", 4);
	c.ticket.size.unit = SIZE_ALL;
	c.ticket.dry_run = true;
	w_command(w, &c);
	c = (struct cmd){.kind = CMD_FLATTEN,
			 .flatten = {.part = {1000000000000}, .dry_run = true}};
	w_command(w, &c);
	spent = w->e->last_nonce;
	n = w_restart(w, SEC);
	w_meta(n);
	w_key(n, true);
	w_connect(n, 2);
	w_live(n, 40 * SEC, 100000);
	CHECK_INT(w_count(n, EF_SEND, 0), 0);
	CHECK_INT(w_count(n, EF_RESEND, 0), 0);
	CHECK_INT(n->e->orders.n, 0);
	CHECK(n->e->last_nonce >= spent);
	/* what was shown has names of its own, given once; the first real ones are x1 and p1 */
	CHECK_INT(n->e->next_dry, DRY_NUMBERS + 2);
	c.flatten.part.v = 500000000000;
	w_command(n, &c);
	CHECK_INT(n->e->next_dry, DRY_NUMBERS + 3);
	CHECK_INT(w_exit(n, "BTC", 10000000)->reply.exit, 1);
	w_flatten_all(n);
	CHECK_INT(flat_newest(n->e)->f.id, 1);
	w_free(n);
	w_free(w);
}

TEST(restart_does_not_begin_the_volume_cap_again)
{
	struct world *w = w_ready(), *n;
	struct exec_view v;

	w_exit(w, "BTC", 40000000);
	w_fill(w, w_last_act(w, ACT_ORDER, 0), 0, 10000000, 1);
	n = w_restart(w, 5 * SEC);
	exits_view(n->e, &n->e->exit[0], 0, 0, &v);
	CHECK_INT(v.volume.v - n->e->exit[0].x.volume0.v, 100000000); /* 0.1 sold at 10 % */
	w_free(n);
	w_free(w);
}

/* A cap of next to nothing: what was sold would have taken more tape than a number holds. */
TEST(restart_under_the_least_cap)
{
	struct world *w = w_ready(), *n;
	struct exec_view v;

	w_exit(w, "BTC", 40000000);
	w_fill(w, w_last_act(w, ACT_ORDER, 0), 0, 10000000, 1);
	w->e->exit[0].x.cap = 1e-15;
	w->e->exit[0].x.dirty = w->e->exit[0].dirty = true;
	w_live(w, SEC, 100000);
	n = w_restart(w, 5 * SEC);
	exits_view(n->e, &n->e->exit[0], 0, 0, &v);
	CHECK_NEAR(n->e->exit[0].x.cap, 1e-15, 0);
	CHECK_NEAR((double)(v.volume.v - n->e->exit[0].x.volume0.v), 1e17, 1e9);
	w_free(n);
	w_free(w);
}

/* The records of an exit are lost (killed while the disk was full): what the venue knows of it
 * keeps its number from being used again. */
TEST(a_lost_exit_keeps_its_number)
{
	struct world *w = w_ready(), *n = w_ready();

	w_exit(w, "BTC", 40000000);
	CHECK_INT(n->e->next_exit, 0);
	w_fill(n, w_last_act(w, ACT_ORDER, 0), 0, 10000000, 3);
	CHECK_INT(n->e->next_exit, 1);
	w_exit(n, "BTC", 40000000);
	CHECK_INT(n->e->next_exit, 2);
	w_free(n);
	w_free(w);
}

/* Who ended an exit is said by the one that took it over, and after a restart as well. */
TEST(a_flatten_that_ended_an_exit_is_named)
{
	static const struct {
		uint8_t verb;
		bool restart;
	} runs[] = {{VERB_NOW, false}, {VERB_NOW, true}, {VERB_CARE, false}, {VERB_CARE, true}};

	for (size_t k = 0; k < sizeof runs / sizeof runs[0]; k++) {
		struct cmd c = {.kind = CMD_FLATTEN,
				.flatten = {.verb = runs[k].verb, .part = {1000000000000}}};
		struct world *w = w_ready(), *n = w;
		const struct effect *send;

		w_exit(w, "BTC", 40000000);
		send = w_last_act(w, ACT_ORDER, 0); /* of its order nothing is heard before */
		CHECK_INT(w_command(w, &c)->reply.code, ERR_OK);
		if (runs[k].restart) {
			n = w_restart(w, 2 * SEC);
			w_meta(n);
			w_key(n, true);
			w_connect(n, 1);
		}
		w_status(n, send, 0, OS_CANCELED, 40000000);
		w_live(n, 10 * SEC, 100000);
		CHECK_INT(n->e->exit[0].x.state, XS_DONE);
		CHECK_STR(n->e->exit[0].x.reason, "ended by p1, which closes it");
		if (n != w)
			w_free(n);
		w_free(w);
	}
}

/* By its own operator: no flatten is named. */
TEST(an_exit_that_its_operator_ended)
{
	struct cmd c = {.kind = CMD_END, .which = {.exit = 1}};
	struct world *w = w_ready();

	w_exit(w, "BTC", 40000000);
	w_answer(w, w_last_act(w, ACT_ORDER, 0)->send.env.nonce, ANSWER_NOT_SENT, NULL, 0,
		 "signer away");
	CHECK_INT(w_command(w, &c)->reply.code, ERR_OK);
	w_live(w, 8 * SEC, 100000);
	CHECK_STR(w->e->exit[0].x.reason, "ended by the operator");
	w_free(w);
}

/* Sixteen exits run: a dry run is shown all the same, and none of them is touched. */
TEST(a_dry_run_takes_no_exits_place)
{
	struct cmd c = {.kind = CMD_EXIT,
			.ticket = {.coin = "BTC", .dry_run = true, .size = {.unit = SIZE_ALL}}};
	struct world *w = w_ready();
	uint32_t from;

	w_exit(w, "BTC", 1000000);
	for (uint32_t i = 1; i < EXITS_MAX; i++) { /* one coin has one exit: the others are made */
		w->e->exit[i] = w->e->exit[0];
		w->e->exit[i].x.id = i + 1;
	}
	from = w->n_kept;
	CHECK(!w_command(w, &c)); /* the host answers, with the body */
	REQUIRE(w_last(w, EF_SEND, from));
	CHECK(w_last(w, EF_SEND, from)->send.dry);
	for (uint32_t i = 0; i < EXITS_MAX; i++) {
		CHECK_INT(w->e->exit[i].x.id, i + 1);
		CHECK(w->e->exit[i].used && !w->e->exit[i].x.ticket.dry_run);
	}
	w_free(w);
}

/* More fills in one message than one record holds: all of them are in the journal, once. */
TEST(a_flood_of_fills_outlives_a_restart)
{
	enum { FILLS = 2 * REC_FILLS_MAX + 5 };
	struct world *w = w_ready(), *n;
	const struct effect *send;
	struct fill f[FILLS];
	struct event ev;

	w_exit(w, "BTC", FILLS * 1000000);
	send = w_last_act(w, ACT_ORDER, 0);
	REQUIRE(send);
	for (int i = 0; i < FILLS; i++) {
		f[i] = (struct fill){.buy = false,
				     .crossed = true,
				     .px = send->send.act.order[0].px,
				     .sz = {1000000},
				     .start_position = {w->szi},
				     .oid = 1001,
				     .tid = 1 + (uint64_t)i,
				     .cloid = send->send.act.order[0].cloid,
				     .time_ms = w->wall_ms};
		w->szi -= 1000000;
	}
	ev = w_event(w, EV_FILLS);
	ev.fills.n = FILLS;
	ev.fills.at = f;
	w_step(w, &ev);
	CHECK_INT(w_order_of(w, send, 0)->filled.v, FILLS * 1000000);
	n = w_restart(w, SEC);
	CHECK_INT(w_order_of(n, send, 0)->filled.v, FILLS * 1000000);
	w_free(n);
	w_free(w);
}

/* Records were lost with a full disk: numbers go on from a block of this epoch, and what still runs
 * skips the attempts that may have left; an ordinary restart skips nothing. */
TEST(a_full_disk_gives_no_number_again)
{
	for (int lost = 0; lost < 2; lost++) {
		struct world *w = w_ready(), *n = w_new();
		struct engine_conf conf = w_conf();
		uint64_t ceiling;
		uint32_t before;

		w_flatten_all(w);
		conf.epoch = 2;
		conf.lost = lost;
		n->now_ns = w->now_ns + SEC;
		n->wall_ms = w->wall_ms + 1000;
		engine_init(n->e, &conf, n->now_ns, n->wall_ms);
		ceiling = w_replay(w, n);
		REQUIRE(flat_newest(n->e)->f.n == 1);
		before = flat_newest(n->e)->f.leg[0].attempt;
		engine_start(n->e, ceiling, n->now_ns, n->wall_ms, n->out);
		w_take(n);
		CHECK_INT(n->e->next_panic, lost ? 2 * ENGINE_NUMBERS : 1);
		CHECK_INT(n->e->next_exit, lost ? 2 * ENGINE_NUMBERS : 0);
		CHECK_INT(flat_newest(n->e)->f.leg[0].attempt - before, lost ? 1000 : 0);
		w_free(n);
		w_free(w);
	}
}

TEST_MAIN(T(restart_under_the_least_cap), T(a_flood_of_fills_outlives_a_restart),
	  T(a_full_disk_gives_no_number_again), T(a_lost_exit_keeps_its_number),
	  T(a_flatten_that_ended_an_exit_is_named), T(an_exit_that_its_operator_ended),
	  T(a_dry_run_takes_no_exits_place), T(flatten_goes_on_after_a_restart),
	  T(nonces_rise_over_clock_steps_and_restarts), T(nonces_go_above_a_new_signers_ceiling),
	  T(restart_gives_the_same_state), T(dry_run_without_a_key_is_shown_unsigned),
	  T(a_dry_run_is_not_sent_by_a_restart), T(restart_does_not_begin_the_volume_cap_again))
