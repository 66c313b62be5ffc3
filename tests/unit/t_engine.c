/* engine: the barrier, the only road out, lost answers, burns, flatten, restart. */
#include "engine/inner.h"
#include "tests/unit/engine_world.h"

TEST(barrier)
{
	struct world *w = w_new();
	struct engine_conf c = w_conf();
	struct event ev;

	engine_init(w->e, &c, w->now_ns, w->wall_ms);
	engine_start(w->e, 0, w->now_ns, w->wall_ms, w->out);
	CHECK_INT(w->out->at[0].kind, EF_RECORD);
	w_take(w);
	w_meta(w);
	w_key(w, true);
	w->mute = true;
	w_connect(w, 1);
	CHECK_INT(w->e->acct[0].recon.state, RECON_READ);
	w_market(w, 100000);
	w_pass(w, 5 * SEC);
	CHECK_INT(w->e->acct[0].recon.state, RECON_READ); /* nothing came: nothing passed */
	w->mute = false;
	w_pass(w, 20 * SEC); /* reads time out and go again */
	CHECK_INT(w->e->acct[0].recon.state, RECON_PASSED);
	CHECK_INT(w->reads > 0, 1);
	ev = w_event(w, EV_CONN);
	ev.conn.epoch = 1;
	ev.conn.account = true;
	w_step(w, &ev);
	CHECK_INT(w->e->acct[0].recon.state, RECON_DOWN);
	w_connect(w, 2);
	CHECK_INT(w->e->acct[0].recon.state, RECON_PASSED);
	/* an event of the old connection says nothing any more */
	ev = w_event(w, EV_ACCOUNT);
	ev.epoch = 1;
	ev.acct.venue_ms = w->wall_ms + 99;
	w_step(w, &ev);
	CHECK_INT(w->e->acct[0].held[0].pos.read.szi.v, w->szi);
	w_free(w);
}

TEST(refusals_word_for_word)
{
	struct world *w = w_ready();
	struct cmd c = {.kind = CMD_EXIT};

	CHECK_STR(w_exit(w, "BTCC", 0)->reply.text, "No market BTCC. Near: BTC.");
	CHECK_STR(w_exit(w, "BTC", 2000000000)->reply.text,
		  "You hold 1 BTC. 20BTC is more; write all.");
	memcpy(c.ticket.coin, "BTC", 4);
	c.ticket.size.unit = SIZE_ALL;
	c.ticket.working.ref = PREF_ABS;
	c.ticket.working.abs.v = 1085005000000000;
	CHECK_STR(w_command(w, &c)->reply.text,
		  "108500.5 is not on BTC's tick of 1. Use 108,500 or 108,501.");
	CHECK_STR(
		w_exit(w, "BTC", 8000)->reply.text,
		"8 USD is below the venue's minimum of 10 USD; only a full close may be smaller.");
	w->e->acct[0].agent_until_ms = (uint64_t)w->wall_ms + 3 * 3600000;
	c = (struct cmd){.kind = CMD_EXIT};
	memcpy(c.ticket.coin, "BTC", 4);
	c.ticket.size.unit = SIZE_ALL;
	c.ticket.horizon_ms = 4 * 3600000;
	CHECK_STR(w_command(w, &c)->reply.text,
		  "The signing key ends in 3h; 4h is longer. Nearest: 2h50.");
	w->e->acct[0].agent_until_ms = 0;
	w->szi = 0;
	w_account(w);
	CHECK_STR(w_exit(w, "BTC", 0)->reply.text, "BTC is flat. Nothing to exit.");
	w->szi = 100000000;
	w_pass(w, SEC);
	w_account(w);
	CHECK_INT(w_exit(w, "BTC", 0)->reply.code, ERR_OK);
	CHECK_STR(w_exit(w, "BTC", 0)->reply.text, "x1 already sells BTC. t tunes x1, e ends it.");
	w_key(w, false);
	CHECK_INT(w_exit(w, "BTC", 0)->reply.code, ERR_KEY);
	c = (struct cmd){.kind = CMD_RELEASE};
	memcpy(c.word.word, "REL", 4);
	CHECK_STR(w_command(w, &c)->reply.text,
		  "The word is RELEASE, you typed REL. Nothing changed.");
	c.kind = 200;
	CHECK_INT(w_command(w, &c)->reply.code, ERR_ARG);
	w_free(w);
}

/* A coin may be typed in any case as long as one alone can be meant; and a number that does not run
 * is refused with those that do. */
TEST(names_as_they_are_typed)
{
	struct world *w = w_ready();
	struct instr two = w_btc;
	struct event ev;
	struct cmd c = {.kind = CMD_PAUSE};

	c.which.exit = 7;
	CHECK_STR(w_command(w, &c)->reply.text, "x7 does not run. Nothing runs.");
	CHECK_INT(w_exit(w, "btc", 0)->reply.exit, 1);
	CHECK_STR(w->e->exit[0].x.coin, "BTC");
	CHECK_STR(w_command(w, &c)->reply.text, "x7 does not run. x1 BTC does.");
	c = (struct cmd){.kind = CMD_FLATTEN};
	c.flatten.part.v = 1000000000000;
	c.flatten.scope = FLAT_COINS;
	c.flatten.n_coins = 1;
	memcpy(c.flatten.coin[0], "Btc", 4);
	CHECK_INT(w_command(w, &c)->reply.code, ERR_OK);
	c = (struct cmd){.kind = CMD_PAUSE};
	c.which.exit = 7;
	CHECK_STR(w_command(w, &c)->reply.text, "x7 does not run. x1 BTC, p1 do.");
	/* two that differ by case alone: what is written is meant, and nothing is guessed */
	memcpy(two.coin, "btc", 4);
	two.asset = 9;
	ev = w_event(w, EV_INSTRS);
	ev.instrs.n = 1;
	ev.instrs.at = &two;
	w_step(w, &ev);
	CHECK_INT(instr_typed(&w->e->instrs, "btc"), 1);
	CHECK_INT(instr_typed(&w->e->instrs, "BTC"), 0);
	CHECK_INT(instr_typed(&w->e->instrs, "bTC"), INSTR_NONE);
	CHECK(strstr(w_exit(w, "bTC", 0)->reply.text, "No market bTC."));
	w_free(w);
}

TEST(intent_before_send)
{
	struct world *w = w_ready();
	uint32_t from = w->n_kept;
	int intents = 0;
	bool sent = false;

	w_exit(w, "BTC", 0);
	for (uint32_t i = from; i < w->n_kept; i++) {
		const struct effect *f = &w->kept[i];

		if (f->kind == EF_RECORD && f->record.kind == REC_INTENT)
			intents++;
		if (f->kind == EF_SEND) {
			sent = true;
			CHECK_INT(intents, 1);
			CHECK(f->send.needs_commit);
			CHECK(f->send.env.expires_ms > (uint64_t)w->wall_ms);
			CHECK(f->send.act.order[0].reduce_only);
			CHECK_INT(f->send.act.order[0].sz.v, 100000000);
			CHECK(!f->send.act.order[0].buy);
		}
	}
	CHECK(sent);
	w_free(w);
}

TEST(sweep_to_flat)
{
	struct world *w = w_ready();
	const struct effect *send;
	struct verdict v = {.kind = VERDICT_FILLED, .oid = 1001, .filled = {100000000}};

	w_exit(w, "BTC", 0);
	send = w_last_act(w, ACT_ORDER, 0);
	REQUIRE(send);
	v.avg = send->send.act.order[0].px;
	w_answer(w, send->send.env.nonce, ANSWER_OK, &v, 1, NULL);
	CHECK_INT(w_order_of(w, send, 0)->state, ORDER_FILLED);
	w_fill(w, send, 0, 100000000, 1);
	w_live(w, 10 * SEC, 100000);
	CHECK_INT(w->e->exit[0].x.state, XS_DONE);
	CHECK_INT(w->e->exit[0].x.end, XE_FLAT);
	CHECK_INT(w->e->exit[0].x.done.v, 100000000);
	CHECK(w_last(w, EF_FORGET, 0) != NULL);
	w_free(w);
}

/* A partial exit whose answer is lost: nothing new leaves until the look-up finds it. */
TEST(lost_answer_is_looked_up_and_adopted)
{
	struct world *w = w_ready();
	const struct effect *send;
	uint32_t from, sends;

	w_exit(w, "BTC", 40000000);
	send = w_last_act(w, ACT_ORDER, 0);
	REQUIRE(send);
	from = w->n_kept;
	w_answer(w, send->send.env.nonce, ANSWER_UNKNOWN, NULL, 0, "timeout");
	CHECK_INT(w_order_of(w, send, 0)->state, ORDER_UNKNOWN);
	w_live(w, 2 * SEC, 100000);
	CHECK(w_count(w, EF_RESEND, from) >= 1);
	CHECK_INT(w_last(w, EF_RESEND, from)->resend.nonce, send->send.env.nonce);
	CHECK(w->lookups >= 2);
	sends = w_count(w, EF_SEND, from);
	CHECK_INT(sends, 0);
	CHECK_INT(w_order_of(w, send, 0)->state, ORDER_UNKNOWN); /* not found is no verdict */
	w_status(w, send, 0, OS_FILLED, 0);
	w_live(w, 900 * MSEC, 100000);
	CHECK_INT(w_order_of(w, send, 0)->state, ORDER_PARTIAL); /* filled, but how much? */
	CHECK_INT(w_order_of(w, send, 0)->oid, 77);
	CHECK_INT(w->e->exit[0].x.done.v, 0);
	w_fill(w, send, 0, 40000000, 1);
	CHECK_INT(w_order_of(w, send, 0)->state, ORDER_FILLED);
	w_live(w, 10 * SEC, 100000);
	CHECK_INT(w->e->exit[0].x.state, XS_DONE);
	CHECK_INT(w->e->exit[0].x.done.v, 40000000);
	CHECK_INT(w_count(w, EF_SEND, from), 0); /* never a second order */
	w_free(w);
}

/* The venue caps reduce-only orders and says "filled": a read of fills tells how much it was. */
TEST(filled_without_a_quantity_is_settled_by_fills)
{
	struct world *w = w_ready();
	const struct effect *send;
	uint32_t from;

	w_exit(w, "BTC", 40000000);
	send = w_last_act(w, ACT_ORDER, 0);
	REQUIRE(send);
	from = w->n_kept;
	w_answer(w, send->send.env.nonce, ANSWER_UNKNOWN, NULL, 0, "timeout");
	w_fill(w, send, 0, 10000000, 1);
	w_status(w, send, 0, OS_FILLED, 0);
	CHECK_INT(w_order_of(w, send, 0)->state, ORDER_PARTIAL);
	w_live(w, 500 * MSEC, 100000);
	CHECK_INT(w_count(w, EF_SEND, from), 0); /* the rest still holds its size */
	w_live(w, 2 * SEC, 100000);
	CHECK_INT(w_order_of(w, send, 0)->state, ORDER_FILLED);
	CHECK_INT(w_order_of(w, send, 0)->filled.v, 10000000);
	CHECK_INT(w->e->exit[0].x.done.v, 10000000);
	CHECK(w_last_act(w, ACT_ORDER, from)); /* and is sold now */
	w_free(w);
}

/* Never found: the nonce is burned, then the size is free for a new try. */
TEST(unknown_is_burned_then_retried)
{
	struct world *w = w_ready();
	const struct effect *send, *noop, *again;
	struct verdict ok = {.kind = VERDICT_SUCCESS};
	uint64_t nonce;
	uint32_t from;

	w_exit(w, "BTC", 40000000);
	send = w_last_act(w, ACT_ORDER, 0);
	REQUIRE(send);
	nonce = send->send.env.nonce;
	from = w->n_kept;
	w_answer(w, nonce, ANSWER_UNKNOWN, NULL, 0, "502");
	w_live(w, 4500 * MSEC, 100000);
	noop = w_last_act(w, ACT_NOOP, from);
	REQUIRE(noop);
	CHECK_INT(noop->send.env.nonce, nonce);
	CHECK(!w_last_act(w, ACT_ORDER, from)); /* still holds its size */
	w_answer(w, nonce, ANSWER_OK, &ok, 1, NULL);
	CHECK_INT(w_order_of(w, send, 0)->state, ORDER_DEAD);
	w_live(w, 5 * SEC, 100000);
	again = w_last_act(w, ACT_ORDER, from);
	REQUIRE(again);
	CHECK(again->send.env.nonce > nonce);
	CHECK(memcmp(again->send.act.order[0].cloid.b, send->send.act.order[0].cloid.b, 16) != 0);
	CHECK_INT(again->send.act.order[0].sz.v, 40000000);
	w_free(w);
}

/* "Duplicate nonce" for the burn: spent by the order or by an earlier burn; three reads decide. */
TEST(duplicate_nonce_is_no_verdict)
{
	struct world *w = w_ready();
	const struct effect *send;
	uint64_t nonce;

	w_exit(w, "BTC", 40000000);
	send = w_last_act(w, ACT_ORDER, 0);
	nonce = send->send.env.nonce;
	w_answer(w, nonce, ANSWER_UNKNOWN, NULL, 0, "");
	w_live(w, 4500 * MSEC, 100000);
	REQUIRE(w_last_act(w, ACT_NOOP, 0));
	w_answer(w, nonce, ANSWER_ERR, NULL, 0, "Invalid nonce: duplicate nonce 1");
	CHECK_INT(w_order_of(w, send, 0)->state, ORDER_UNKNOWN);
	w_live(w, 2 * SEC, 100000);
	CHECK_INT(w_order_of(w, send, 0)->state, ORDER_UNKNOWN); /* under three seconds of reads */
	w_live(w, 6 * SEC, 100000); /* and of a world younger than that answer */
	CHECK_INT(w_order_of(w, send, 0)->state, ORDER_DEAD);
	w_free(w);
}

/* Reads of a world that stands still do not know the order, filled or not: they are no witnesses.
 */
TEST(old_reads_bury_nobody)
{
	struct world *w = w_ready();
	const struct effect *send;

	w_exit(w, "BTC", 40000000);
	send = w_last_act(w, ACT_ORDER, 0);
	w_answer(w, send->send.env.nonce, ANSWER_UNKNOWN, NULL, 0, "");
	w->stands_ms = w->wall_ms;
	w_live(w, 4500 * MSEC, 100000);
	REQUIRE(w_last_act(w, ACT_NOOP, 0));
	w_answer(w, send->send.env.nonce, ANSWER_ERR, NULL, 0, "Invalid nonce: duplicate nonce 1");
	w_live(w, 20 * SEC, 100000);
	CHECK_INT(w_order_of(w, send, 0)->state, ORDER_UNKNOWN);
	w->stands_ms = 0;
	w_live(w, 6 * SEC, 100000);
	CHECK_INT(w_order_of(w, send, 0)->state, ORDER_DEAD);
	w_free(w);
}

TEST(silence_becomes_unknown_by_our_own_clock)
{
	struct world *w = w_ready();
	const struct effect *send;

	w_exit(w, "BTC", 40000000);
	send = w_last_act(w, ACT_ORDER, 0);
	w_live(w, 5 * SEC, 100000);
	CHECK_INT(w_order_of(w, send, 0)->state, ORDER_SENT);
	w_live(w, 2 * SEC, 100000);
	CHECK_INT(w_order_of(w, send, 0)->state, ORDER_UNKNOWN);
	w_free(w);
}

/* A market connection of its own says nothing about the account, and counts its own epochs. */
TEST(market_connection_is_another)
{
	struct world *w = w_ready();
	struct book b = {.n_bid = 1, .bid = {{{990000000000000}, {100000000}, 1}}};
	struct event ev = w_event(w, EV_CONN);

	w_connect(w, 5);
	ev.conn.market = true;
	ev.conn.epoch = 1;
	w_step(w, &ev);
	CHECK_INT(w->e->acct[0].recon.state, RECON_PASSED);
	ev.conn.up = true;
	ev.conn.epoch = 2;
	w_step(w, &ev);
	CHECK_INT(w->e->acct[0].epoch, 5);
	ev = w_event(w, EV_BOOK);
	b.venue_ms = w->wall_ms + 1;
	ev.epoch = 2;
	ev.book.book = &b;
	w_step(w, &ev);
	CHECK_INT(w->e->book[0].n_bid, 1);
	w->e->acct[0].recon.state = RECON_CONFIRM;
	ev = w_event(w, EV_CONFIRMED);
	ev.confirmed.stream = STREAM_BOOK;
	ev.confirmed.all = true;
	w_step(w, &ev);
	CHECK_INT(w->e->acct[0].recon.state, RECON_CONFIRM);
	w_free(w);
}

/* Part of an immediate order was heard to fill and its answer was lost: the rest is asked for. */
TEST(partly_filled_and_lost)
{
	struct world *w = w_ready();
	const struct effect *send;

	w_exit(w, "BTC", 40000000);
	send = w_last_act(w, ACT_ORDER, 0);
	w_fill(w, send, 0, 10000000, 1);
	w_answer(w, send->send.env.nonce, ANSWER_UNKNOWN, NULL, 0, "");
	CHECK_INT(w_order_of(w, send, 0)->state, ORDER_PARTIAL);
	w_status(w, send, 0, OS_CANCELED, 30000000);
	w_live(w, 3 * SEC, 100000);
	CHECK_INT(w_order_of(w, send, 0)->state, ORDER_CANCELLED);
	w_free(w);
}

TEST(fills_count_once)
{
	struct world *w = w_ready();
	const struct effect *send;
	struct fill f;
	struct event ev;

	w_exit(w, "BTC", 40000000);
	send = w_last_act(w, ACT_ORDER, 0);
	w_fill(w, send, 0, 10000000, 1);
	CHECK_INT(w_order_of(w, send, 0)->filled.v, 10000000);
	f = (struct fill){.sz = {10000000},
			  .px = send->send.act.order[0].px,
			  .start_position = {100000000},
			  .oid = 1001,
			  .tid = 1,
			  .cloid = send->send.act.order[0].cloid,
			  .time_ms = w->wall_ms};
	ev = w_event(w, EV_FILLS);
	ev.fills.n = 1;
	ev.fills.at = &f;
	w_step(w, &ev);
	CHECK_INT(w_order_of(w, send, 0)->filled.v, 10000000);
	CHECK_INT(w->e->exit[0].x.done.v, 10000000);
	w_free(w);
}

/* A close to zero never waits: the next rung leaves while the first is unknown. */
TEST(flatten_does_not_wait_and_says_flat_after_two_reads)
{
	struct world *w = w_ready();
	const struct effect *first, *second, *end;
	uint32_t from = w->n_kept;

	w_flatten_all(w);
	CHECK(w->e->local_lock);
	first = w_last_act(w, ACT_ORDER, from);
	REQUIRE(first);
	CHECK(first->send.all_paths);
	CHECK_INT(first->lane, LANE_KILL);
	CHECK_INT((int64_t)first->send.env.expires_ms - w->wall_ms, 30000);
	w_answer(w, first->send.env.nonce, ANSWER_UNKNOWN, NULL, 0, "");
	w_live(w, 1500 * MSEC, 100000);
	second = w_last_act(w, ACT_ORDER, from);
	CHECK(second != first);
	CHECK(second->send.env.nonce > first->send.env.nonce);
	w_fill(w, second, 0, 100000000, 5);
	CHECK(flat_newest(w->e)->f.state != FLAT_FLAT);
	w_live(w, 10 * SEC, 100000);
	CHECK_INT(flat_newest(w->e)->f.state, FLAT_FLAT);
	end = w_last(w, EF_NOTICE, from);
	REQUIRE(end);
	CHECK(flat_newest(w->e)->f.done);
	/* what is unanswered is burned */
	CHECK(w_last_act(w, ACT_NOOP, from) != NULL);
	w_free(w);
}

/* A close that nobody answers for most of a minute: it is sent all the while, and after FLAT no
 * nonce of it is left that could meet a position opened later. */
TEST(every_unanswered_rung_is_burned)
{
	struct world *w = w_ready();
	uint32_t from = w->n_kept, rungs = 0, burned = 0;
	const struct effect *s = NULL;

	w_flatten_all(w);
	for (int i = 0; i < 60; i++) {
		const struct effect *next = w_last_act(w, ACT_ORDER, from);

		REQUIRE(next);
		if (next != s) {
			rungs++;
			w_answer(w, next->send.env.nonce, ANSWER_UNKNOWN, NULL, 0, "");
		}
		s = next;
		w_live(w, SEC, 100000);
	}
	CHECK_INT(rungs, 4 + 28);
	w_fill(w, s, 0, 100000000, 5);
	for (int i = 0; i < 10 && flat_newest(w->e)->f.state != FLAT_FLAT; i++)
		w_live(w, SEC, 100000);
	REQUIRE(flat_newest(w->e)->f.state == FLAT_FLAT);
	from = w->n_kept;
	for (int k = 0; k < 2; k++) { /* the burns are lost: again, and the closes never */
		for (uint16_t i = 0; i < ORDERS_MAX; i++) {
			const struct order *o = &w->e->orders.at[i];

			if (!w->e->orders.used[i] || order_terminal((enum order_state)o->state))
				continue;
			CHECK(o->burning);
			w_answer(w, o->nonce, ANSWER_UNKNOWN, NULL, 0, "");
			burned++;
		}
		w_live(w, SEC, 100000);
	}
	CHECK(burned >= 20);
	CHECK_INT(w_count(w, EF_RESEND, from), 0);
	w_free(w);
}

/* The shell that broke the glass has an engine of its own; its records come behind those of the
 * engine that stood still, which woke up in the middle of a flatten of its own. */
TEST(exits_end_that_another_engine_flattened)
{
	struct world *w = w_ready(), *g, *n;
	struct cmd c = {.kind = CMD_EXIT, .ticket = {.coin = "BTC", .horizon_ms = 600000}};
	const struct effect *send;
	struct effect leg = {0};
	uint32_t from;

	c.ticket.size.unit = SIZE_ALL;
	REQUIRE(w_command(w, &c)->reply.code == ERR_OK);
	w_live(w, 2 * SEC, 100000);
	from = w->n_kept;
	w_flatten_all(w);
	for (uint32_t i = from; i < w->n_kept; i++)
		if (w->kept[i].kind == EF_RECORD && w->kept[i].record.kind == REC_PLAN &&
		    w->kept[i].record.exit == 1 && w->kept[i].record.slice == 1)
			leg = w->kept[i];
	REQUIRE(leg.kind == EF_RECORD);
	w->n_kept = from; /* it slept before all that */
	g = w_ready();
	g->e->next_panic = 2000;
	g->now_ns = w->now_ns + 5 * SEC;
	g->wall_ms = w->wall_ms + 5000;
	w_flatten_all(g);
	send = w_last_act(g, ACT_ORDER, 0);
	REQUIRE(send);
	w_fill(g, send, 0, 100000000, 7);
	w_live(g, 8 * SEC, 100000);
	CHECK_INT(flat_newest(g->e)->f.state, FLAT_FLAT);
	for (uint32_t i = 0; i < g->n_kept; i++)
		w->kept[w->n_kept++] = g->kept[i];
	w->kept[w->n_kept] = leg;
	w->kept[w->n_kept++].record.slice = 2; /* of more legs than the other has */
	w->szi = 50000000;		       /* opened again by hand, later */
	n = w_restart(w, 60 * SEC);
	CHECK_INT(flat_newest(n->e)->f.id, 2001);
	w_meta(n);
	w_key(n, true);
	w_connect(n, 1);
	w_live(n, 20 * SEC, 100000);
	CHECK(n->e->exit[0].used);
	CHECK_INT(n->e->exit[0].x.state, XS_DONE);
	CHECK(w_last_act(n, ACT_ORDER, 0) == NULL); /* it sells nothing of that */
	w_free(n);
	w_free(g);
	w_free(w);
}

TEST(the_venues_own_twap)
{
	struct world *w = w_ready();
	struct cmd c = {.kind = CMD_EXIT};
	struct verdict v = {.kind = VERDICT_TWAP, .oid = 4242};
	const struct effect *send;
	struct fill f = {.px = {1000000000000000},
			 .sz = {100000000},
			 .start_position = {100000000},
			 .oid = 9,
			 .tid = 3,
			 .twap_id = 4242};
	struct event ev;

	memcpy(c.ticket.coin, "BTC", 4);
	c.ticket.size.unit = SIZE_ALL;
	c.ticket.algo = ALGO_VENUE_TWAP;
	c.ticket.horizon_ms = 10 * 60000;
	CHECK_STR(w_command(w, &c)->reply.text, "x1");
	send = w_last_act(w, ACT_TWAP, 0);
	REQUIRE(send);
	CHECK(send->send.act.twap.reduce_only && !send->send.act.twap.buy);
	CHECK_INT(send->send.act.twap.minutes, 10);
	CHECK_INT(send->send.act.twap.sz.v, 100000000);
	w_answer(w, send->send.env.nonce, ANSWER_OK, &v, 1, NULL);
	w_live(w, 8 * SEC, 100000);
	f.time_ms = w->wall_ms;
	w->szi = 0;
	ev = w_event(w, EV_FILLS);
	ev.fills.n = 1;
	ev.fills.at = &f;
	w_step(w, &ev);
	CHECK_INT(w->e->exit[0].x.done.v, 100000000);
	ev = w_event(w, EV_TWAPS);
	w_step(w, &ev);
	w_live(w, 8 * SEC, 100000);
	CHECK_INT(w->e->exit[0].x.state, XS_DONE);
	CHECK_INT(w->e->exit[0].x.end, XE_FLAT);
	CHECK(!w_last_act(w, ACT_ORDER, 0)); /* nothing beside it */
	w_free(w);
}

/* The push of a slice is lost: it is read again, at the barrier and when the TWAP has ended. */
TEST(a_lost_slice_is_read_again)
{
	for (int at_barrier = 0; at_barrier < 2; at_barrier++) {
		struct world *w = w_ready();
		struct cmd c = {.kind = CMD_EXIT};
		struct verdict v = {.kind = VERDICT_TWAP, .oid = 4242};
		const struct effect *send;
		struct event ev;

		memcpy(c.ticket.coin, "BTC", 4);
		c.ticket.size.unit = SIZE_ALL;
		c.ticket.algo = ALGO_VENUE_TWAP;
		c.ticket.horizon_ms = 10 * 60000;
		w_command(w, &c);
		send = w_last_act(w, ACT_TWAP, 0);
		REQUIRE(send);
		w_answer(w, send->send.env.nonce, ANSWER_OK, &v, 1, NULL);
		w_live(w, 8 * SEC, 100000);
		w->szi = 0;
		w->n_slices = 1;
		w->slice[0] = (struct fill){.px = {1000000000000000},
					    .sz = {100000000},
					    .start_position = {100000000},
					    .oid = 9,
					    .tid = 3,
					    .twap_id = 4242,
					    .kind = FILL_TWAP,
					    .time_ms = w->wall_ms};
		if (at_barrier) {
			w_connect(w, 2);
			w_live(w, SEC, 100000);
			CHECK_INT(w->e->exit[0].x.done.v, 100000000);
		}
		ev = w_event(w, EV_TWAPS);
		w_step(w, &ev);
		w_live(w, 8 * SEC, 100000);
		CHECK_INT(w->e->exit[0].x.done.v, 100000000);
		CHECK_INT(w->e->exit[0].x.state, XS_DONE);
		w_free(w);
	}
}

TEST(not_flat_while_something_can_open)
{
	struct world *w = w_ready();
	const struct effect *first;
	uint32_t from = w->n_kept;

	w->n_orders = 1;
	w->order[0] = (struct venue_order){.buy = true,
					   .limit = {900000000000000},
					   .left = {100000000},
					   .orig = {100000000},
					   .oid = 55,
					   .time_ms = w->wall_ms - 99999};
	w_orders(w);
	w_flatten_all(w);
	first = w_last_act(w, ACT_ORDER, from);
	REQUIRE(first);
	CHECK(w_last_act(w, ACT_CANCEL, from) != NULL);
	CHECK_INT(w_last_act(w, ACT_CANCEL, from)->send.act.cancel[0].oid, 55);
	w_fill(w, first, 0, 100000000, 5);
	w_live(w, 8 * SEC, 100000);
	CHECK(flat_newest(w->e)->f.state != FLAT_FLAT);
	w->n_orders = 0;
	w_live(w, 8 * SEC, 100000);
	CHECK_INT(flat_newest(w->e)->f.state, FLAT_FLAT);
	w_free(w);
}

TEST(locked_disk_and_closed_gates_never_stop_a_close)
{
	struct world *w = w_ready();
	struct event ev = w_event(w, EV_STORE);
	uint32_t from;

	ev.store.state = STORE_BROKEN;
	w_step(w, &ev);
	ev = w_event(w, EV_CONN); /* the connection is gone, the barrier with it */
	ev.conn.epoch = 1;
	ev.conn.account = true;
	w_step(w, &ev);
	w->e->ceiling = 0; /* and no nonce was ever committed */
	w->e->local_lock = true;
	from = w->n_kept;
	w_flatten_all(w);
	CHECK(w_last_act(w, ACT_ORDER, from) != NULL);
	w_free(w);
}

TEST(same_events_same_effects)
{
	struct world *a = w_ready(), *b = w_ready();
	bool same = a->n_kept == b->n_kept;

	w_exit(a, "BTC", 0);
	w_exit(b, "BTC", 0);
	w_live(a, 9 * SEC, 100000);
	w_live(b, 9 * SEC, 100000);
	same = same && a->n_kept == b->n_kept;
	CHECK(same);
	for (uint32_t i = 0; same && i < a->n_kept; i++)
		CHECK(!memcmp(&a->kept[i], &b->kept[i], sizeof a->kept[i]));
	w_free(a);
	w_free(b);
}

TEST(other_hand)
{
	struct world *w = w_ready();
	struct fill f = {.buy = true,
			 .px = {1000000000000000},
			 .sz = {1500000000},
			 .start_position = {100000000},
			 .tid = 9};
	struct event ev = w_event(w, EV_FILLS);
	struct cmd ack = {.kind = CMD_ACK};
	uint32_t from, told = 0;

	f.time_ms = w->wall_ms;
	ev.fills.n = 1;
	ev.fills.at = &f;
	w_step(w, &ev);
	CHECK(w->e->acct[0].held[0].other_hand);
	CHECK(w->e->alarm[0].used && w->e->alarm[0].code == NC_OTHER_HAND);
	CHECK(strstr(w->e->alarm[0].text, "OTHER HAND: +15 BTC bought"));
	from = w->n_kept;
	w_live(w, 65 * SEC, 100000); /* told again each 30 s until somebody has seen it */
	for (uint32_t i = from; i < w->n_kept; i++)
		told += w->kept[i].kind == EF_NOTICE && w->kept[i].notice.code == NC_OTHER_HAND;
	CHECK_INT(told, 2);
	CHECK_INT(w_command(w, &ack)->reply.code, ERR_OK);
	w_live(w, 2 * SEC, 100000);
	CHECK(!w->e->alarm[0].used);
	w_free(w);
}

static void stranger(struct world *w, bool buy, int64_t sz, uint64_t tid)
{
	struct fill f = {.buy = buy,
			 .px = {1000000000000000},
			 .sz = {sz},
			 .start_position = {w->szi},
			 .tid = tid,
			 .time_ms = w->wall_ms};
	struct event ev = w_event(w, EV_FILLS);

	w->szi += buy ? sz : -sz;
	ev.fills.n = 1;
	ev.fills.at = &f;
	w_step(w, &ev);
}

/* Growth behind a close that executed in silence: a second close would sell what the other hand
 * bought, and the ticket was for one. */
TEST(growth_behind_a_silent_close_is_not_sold)
{
	for (int grown = 0; grown < 2; grown++) {
		struct world *w = w_ready(), *n;
		uint32_t from;

		w_exit(w, "BTC", 0);
		REQUIRE(w_last_act(w, ACT_ORDER, 0));
		if (grown)
			stranger(w, true, 100000000, 9);
		w->szi = 100000000; /* ours executed, unheard; or nothing happened at all */
		from = w->n_kept;
		w_live(w, 2 * SEC, 100000);
		CHECK_INT(w_last_act(w, ACT_ORDER, from) != NULL, !grown);
		CHECK_INT(w->e->exit[0].foreign.v, grown ? 100000000 : 0);
		n = w_restart(w, 5 * SEC);
		CHECK_INT(n->e->exit[0].foreign.v, grown ? 100000000 : 0);
		w_free(n);
		w_free(w);
	}
}

TEST(price_beyond_liquidation_is_said)
{
	struct world *w = w_ready();
	struct cmd c = {.kind = CMD_EXIT};
	const struct effect *r;

	memcpy(c.ticket.coin, "BTC", 4);
	c.ticket.size.unit = SIZE_ALL;
	c.ticket.last.ref = PREF_ABS;
	c.ticket.last.abs.v = 925000000000000;
	r = w_command(w, &c);
	CHECK_INT(r->reply.code, ERR_OK);
	CHECK_STR(r->reply.text, "x1. 92,500 is below the liquidation price 93,000: liquidation "
				 "would come first.");
	w_free(w);
}

TEST(snapshot)
{
	struct world *w = w_ready();
	struct snap *s = calloc(1, sizeof *s);

	w_exit(w, "BTC", 0);
	w_live(w, 2 * SEC, 100000);
	engine_snap(w->e, s);
	CHECK_INT(s->magic, SNAP_MAGIC);
	CHECK_INT(s->n_accounts, 1);
	CHECK(s->account[0].up);
	CHECK_INT(s->n_pools, 1);
	CHECK_STR(s->pool[0].name, "CROSS");
	CHECK(s->pool[0].has_dies);
	/* (10,000 - 1,250) / (100,000 - 1,250) of a fall */
	CHECK_NEAR(s->pool[0].dies_pct, -8.8608, 0.01);
	CHECK_INT(s->n_legs, 1);
	CHECK_INT(s->leg[0].szi.v, 100000000);
	CHECK_INT(s->n_exits, 1);
	CHECK_INT(s->exit[0].id, 1);
	CHECK_INT(s->n_books, 1);
	CHECK_INT(s->book[0].book.n_bid, 5);
	CHECK(s->n_orders >= 1); /* a sweep tries again without waiting */
	CHECK_INT(s->order[0].exit, 1);
	CHECK(s->n_notices > 0);
	free(s);
	w_free(w);
}

TEST(portfolio_account_shows_a_dash_and_hides_nothing)
{
	struct world *w = w_ready();
	struct snap *s = calloc(1, sizeof *s);
	struct event ev = w_event(w, EV_ABSTRACTION);

	ev.abstraction.mode = ABS_PORTFOLIO;
	w_step(w, &ev);
	engine_snap(w->e, s);
	CHECK(!s->pool[0].has_equity && !s->pool[0].has_dies);
	CHECK(strlen(s->pool[0].reason) > 5);
	CHECK_INT(s->n_legs, 1);
	CHECK(s->leg[0].has_liq);
	w_flatten_all(w);
	CHECK(w_last_act(w, ACT_ORDER, 0) != NULL);
	free(s);
	w_free(w);
}

TEST_MAIN(T(barrier), T(refusals_word_for_word), T(intent_before_send), T(names_as_they_are_typed),
	  T(names_as_they_are_typed), T(sweep_to_flat), T(lost_answer_is_looked_up_and_adopted),
	  T(filled_without_a_quantity_is_settled_by_fills), T(unknown_is_burned_then_retried),
	  T(duplicate_nonce_is_no_verdict), T(old_reads_bury_nobody),
	  T(silence_becomes_unknown_by_our_own_clock), T(market_connection_is_another),
	  T(partly_filled_and_lost), T(fills_count_once),
	  T(flatten_does_not_wait_and_says_flat_after_two_reads),
	  T(every_unanswered_rung_is_burned), T(exits_end_that_another_engine_flattened),
	  T(the_venues_own_twap), T(a_lost_slice_is_read_again),
	  T(not_flat_while_something_can_open), T(locked_disk_and_closed_gates_never_stop_a_close),
	  T(same_events_same_effects), T(other_hand), T(growth_behind_a_silent_close_is_not_sold),
	  T(price_beyond_liquidation_is_said), T(snapshot),
	  T(portfolio_account_shows_a_dash_and_hides_nothing))
