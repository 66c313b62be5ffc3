/* engine: what the venue and others do: liquidation, backstop, ADL, other hands, the key's end,
 * tiers, delisting, funding. Message by message (operations.md 9). */
#include "base/check.h"
#include "engine/inner.h"
#include "tests/unit/engine_world.h"

static const struct alarm *alarm_of(const struct world *w, enum notice_code code)
{
	for (int i = 0; i < SNAP_ALARMS; i++)
		if (w->e->alarm[i].used && w->e->alarm[i].code == code)
			return &w->e->alarm[i];
	return NULL;
}

static const char *said(const struct world *w, enum notice_code code)
{
	const struct alarm *a = alarm_of(w, code);

	return a ? a->text : "";
}

static const char *noticed(const struct world *w, uint32_t from, enum notice_code code)
{
	for (uint32_t i = w->n_kept; i-- > from;)
		if (w->kept[i].kind == EF_NOTICE && w->kept[i].notice.code == code)
			return w->kept[i].notice.text;
	return "";
}

/* Situation 1.1: 20 BTC long at the price where liquidation begins. */
static struct world *situation(void)
{
	struct world *w = w_new();

	w->szi = 2000000000;
	w->px = 110656;
	w->equity = 2766400000000; /* what maintenance needs there */
	w->liq = 1106560000000000;
	return w_begin(w, 110656);
}

static struct fill fill_of(const struct world *w, uint8_t kind, bool buy, int64_t sz, int64_t px,
			   uint64_t tid)
{
	return (struct fill){.buy = buy,
			     .crossed = true,
			     .kind = kind,
			     .px = {px * 10000000000},
			     .sz = {sz},
			     .start_position = {w->szi},
			     .oid = 5000 + tid,
			     .tid = tid,
			     .time_ms = w->wall_ms};
}

static void fills(struct world *w, const struct fill *f, uint32_t n)
{
	struct event ev = w_event(w, EV_FILLS);

	for (uint32_t i = 0; i < n; i++)
		w->szi += f[i].buy ? f[i].sz.v : -f[i].sz.v;
	ev.fills.n = n;
	ev.fills.at = f;
	w_step(w, &ev);
}

static const struct snap_venue_act *act(const struct world *w)
{
	static struct snap s;

	engine_snap(w->e, &s);
	return s.n_venue_acts ? &s.venue_act[0] : NULL;
}

/* 4 of 20 BTC in three fills: one event, one alarm, a clock, and what to do with the rest. */
TEST(partial_liquidation)
{
	struct world *w = situation();
	struct fill f[3];
	const struct snap_venue_act *a;
	uint32_t from = w->n_kept;

	f[0] = fill_of(w, FILL_LIQUIDATION, false, 200000000, 110330, 1);
	f[1] = fill_of(w, FILL_LIQUIDATION, false, 100000000, 110320, 2);
	f[2] = fill_of(w, FILL_LIQUIDATION, false, 100000000, 110300, 3);
	f[1].start_position.v = 1800000000;
	f[2].start_position.v = 1700000000;
	w->equity = 2613700000000;
	w->px = 110640;
	fills(w, f, 3);
	REQUIRE(alarm_of(w, NC_LIQUIDATED));
	CHECK_INT(alarm_of(w, NC_LIQUIDATED)->level, 3);
	CHECK_STR(
		said(w, NC_LIQUIDATED),
		"LIQUIDATED BY VENUE: 4 of 20 BTC at 110,320. All your orders and stops were "
		"cancelled. It takes the rest in 30 s if still under. Sell 12.8 BTC or add 81,886 "
		"USDC now. Y sell · + add · g stops back");
	CHECK(w->reads > 0);
	w_market(w, 110640);
	w_pass(w, 7 * SEC);
	CHECK(strstr(said(w, NC_LIQUIDATED), "It takes the rest in 23 s if still under. Sell "));
	CHECK_STR(alarm_of(w, NC_LIQUIDATED)->brief,
		  "LIQUIDATED BY VENUE: 4 of 20 BTC at 110,320. 23 s");
	a = act(w);
	REQUIRE(a);
	CHECK_INT(a->kind, VA_LIQUIDATED);
	CHECK_INT(a->taken.v, 400000000);
	CHECK_INT(a->of.v, 2000000000);
	CHECK_INT(a->left.v, 1600000000);
	CHECK_INT(a->px.v, 1103200000000000);
	CHECK_INT(a->clock_end_ms - a->wall_ms, 30000);
	CHECK(a->has_sell && a->has_add && !a->add_here);
	/* 16 BTC on 26,137: to survive BTC -5 % it takes most of them, or this much */
	CHECK(!strncmp(a->sell_text, "sell 1", 6));
	CHECK(a->add.v > 8000000000000 && a->add.v < 9500000000000);
	CHECK_INT(w_count(w, EF_NOTICE, from) < 6, 1); /* told once, not once a fill */
	w_live(w, 25 * SEC, 110640);
	CHECK(strstr(said(w, NC_LIQUIDATED), "It takes the rest at once if still under."));
	/* seen, and the clock is out: over */
	w_command(w, &(struct cmd){.kind = CMD_ACK});
	while (alarm_of(w, NC_LIQUIDATED) && !alarm_of(w, NC_LIQUIDATED)->seen)
		w_command(w, &(struct cmd){.kind = CMD_ACK});
	w_live(w, 3 * SEC, 110640);
	CHECK(!act(w));
	w_free(w);
}

/* A message that took 9 s to come has 21 s left on its clock. */
TEST(the_clock_is_the_venues)
{
	struct world *w = situation();
	struct fill f = fill_of(w, FILL_LIQUIDATION, false, 400000000, 110320, 1);

	w->wall_ms += 9000;
	w->now_ns += 9 * SEC;
	fills(w, &f, 1);
	CHECK(strstr(said(w, NC_LIQUIDATED), "It takes the rest in 21 s"));
	w_free(w);
}

static uint32_t exit_slicing(struct world *w, enum algo algo)
{
	struct cmd c = {.kind = CMD_EXIT};

	memcpy(c.ticket.coin, "BTC", 4);
	c.ticket.algo = (uint8_t)algo;
	c.ticket.size.unit = SIZE_ALL;
	c.ticket.horizon_ms = algo == ALGO_SWEEP ? 0 : 1800000;
	return w_command(w, &c)->reply.exit;
}

static bool stopped_reason(const struct world *w)
{
	static struct snap s;

	engine_snap(w->e, &s);
	return strstr(s.exit[0].reason, "stopped by the venue") != NULL;
}

TEST(slices_stop_and_sweeps_do_not)
{
	for (int sweep = 0; sweep < 2; sweep++) {
		struct world *w = situation();
		struct fill f;
		uint32_t from;

		w->e->exit[0].x.id = 0;
		exit_slicing(w, sweep ? ALGO_SWEEP : ALGO_TWAP);
		w_live(w, SEC, 110656);
		f = fill_of(w, FILL_LIQUIDATION, false, 400000000, 110320, 77);
		fills(w, &f, 1);
		from = w->n_kept;
		CHECK_INT(w->e->exit[0].x.operator_paused, !sweep);
		if (!sweep) {
			w_live(w, 120 * SEC, 110656);
			CHECK_INT(w->e->exit[0].x.state, XS_PAUSED);
			CHECK(stopped_reason(w));
			CHECK(!w_last_act(w, ACT_ORDER, from));
			CHECK_INT(act(w)->n_stopped, 1);
			CHECK_INT(act(w)->stopped[0], 1);
		}
		w_free(w);
	}
}

/* A CARE goes to zero within two minutes; the venue takes the rest in 30 s: no more slices. */
TEST(care_hurries)
{
	struct cmd c = {.kind = CMD_FLATTEN,
			.flatten = {.verb = VERB_CARE, .part = {1000000000000}}};
	struct world *w = situation();
	const struct effect *a;
	struct fill f;
	uint32_t from;

	CHECK_INT(w_command(w, &c)->reply.code, ERR_OK);
	w_live(w, SEC, 110656);
	CHECK_INT(flat_newest(w->e)->f.leg[0].verb, VERB_CARE);
	from = w->n_kept;
	f = fill_of(w, FILL_ADL, false, 100000000, 110320, 70); /* not a liquidation */
	fills(w, &f, 1);
	CHECK_INT(flat_newest(w->e)->f.leg[0].verb, VERB_CARE);
	f = fill_of(w, FILL_LIQUIDATION, false, 400000000, 110320, 77);
	fills(w, &f, 1);
	CHECK_INT(flat_newest(w->e)->f.leg[0].verb, VERB_NOW);
	CHECK_STR(noticed(w, from, NC_NOT_FLAT),
		  "p1: CARE ends its slices, the venue takes the rest: BTC closes NOW.");
	CHECK_INT(act(w)->n_stopped, 0);
	w_live(w, SEC, 110640);
	a = w_last_act(w, ACT_ORDER, from);
	REQUIRE(a);
	CHECK_INT(a->send.act.order[0].sz.v, w->szi); /* all that is left, in one order */
	w_free(w);
}

/* Nobody has taken anything yet, but the pool dies before the last slice: it goes by the ladder,
 * after 3 s of that. With equity for ten times the way the slices go on. */
TEST(care_hurries_before_the_venue)
{
	struct cmd c = {.kind = CMD_FLATTEN,
			.flatten = {.verb = VERB_CARE, .part = {1000000000000}}};

	for (int rich = 0; rich < 2; rich++) {
		struct world *w = situation();
		uint32_t from;

		if (rich) {
			w->equity *= 20;
			w_live(w, 6 * SEC, 110656); /* read */
		}
		CHECK_INT(w_command(w, &c)->reply.code, ERR_OK);
		from = w->n_kept;
		w_live(w, 2 * SEC, 110656);
		CHECK_INT(flat_newest(w->e)->f.leg[0].verb, VERB_CARE);
		w_live(w, 4 * SEC, 110656);
		CHECK_INT(flat_newest(w->e)->f.leg[0].verb, rich ? VERB_CARE : VERB_NOW);
		CHECK_STR(noticed(w, from, NC_NOT_FLAT),
			  rich ? ""
			       : "p1: CARE ends its slices, liquidation is nearer than the last of "
				 "them: BTC closes NOW.");
		w_free(w);
	}
}

TEST(backstop)
{
	struct world *w = w_new();
	struct fill f;

	w->isolated = true;
	w->raw_usd = -9183750000000;
	w_begin(w, 93000);
	f = fill_of(w, FILL_BACKSTOP, false, 100000000, 92400, 1);
	fills(w, &f, 1);
	CHECK_STR(
		said(w, NC_LIQUIDATED),
		"TAKEN BY THE BACKSTOP: 1 of 1 BTC at 92,400. The liquidator has the position and "
		"its margin. Nothing of it is left to sell. r read again");
	REQUIRE(act(w));
	CHECK_INT(act(w)->kind, VA_BACKSTOP);
	CHECK_INT(act(w)->clock_end_ms, 0);
	w_free(w);
}

/* Not our liquidation: the words say so, and nothing is said of one. */
TEST(adl_takes_the_hedge)
{
	struct world *w = w_new();
	struct fill f;

	w->szi = -150000000;
	w->equity = 20000000000000;
	w->liq = 2000000000000000;
	w_begin(w, 100000);
	f = fill_of(w, FILL_ADL, true, 90000000, 99000, 1);
	fills(w, &f, 1);
	CHECK(!alarm_of(w, NC_LIQUIDATED));
	CHECK_STR(said(w, NC_ADL),
		  "HEDGE TAKEN (ADL, not your liquidation): 0.9 BTC short closed at 99,000. 0.6 "
		  "short left. Net delta -60,000 USD, was -150k; at BTC -2 % it is -58,800. "
		  "Opening it "
		  "again costs ~41 USD, on the venue's page: no key here hedges. ! panic");
	CHECK_STR(alarm_of(w, NC_ADL)->brief, "HEDGE TAKEN (ADL): 0.9 BTC short closed at 99,000.");
	REQUIRE(act(w));
	CHECK_INT(act(w)->kind, VA_ADL);
	CHECK_INT(act(w)->left.v, -60000000);
	w_free(w);
}

/* Fills made by others: size, time, and what the exit makes of it. */
TEST(other_hand)
{
	struct world *w = w_new();
	struct cmd c = {.kind = CMD_EXIT};
	struct fill f;

	w->szi = 5000000000;
	w->equity = 200000000000000;
	w_begin(w, 100000);
	memcpy(c.ticket.coin, "BTC", 4);
	c.ticket.algo = ALGO_TWAP;
	c.ticket.size = (struct size){.unit = SIZE_COIN, .coin = {3000000000}};
	c.ticket.horizon_ms = 7200000;
	w_command(w, &c);
	w->wall_ms = 1700055667000; /* 13:41:07 */
	f = fill_of(w, FILL_NORMAL, true, 1000000000, 100000, 1);
	fills(w, &f, 1);
	f = fill_of(w, FILL_NORMAL, true, 500000000, 100000, 2);
	fills(w, &f, 1);
	CHECK_STR(
		said(w, NC_OTHER_HAND),
		"OTHER HAND: +15 BTC bought at 13:41:07. Your exit still ends after 30 more, at 35 "
		"BTC. a include them");
	w_live(w, 12 * SEC, 100000);
	/* the exit's own look at reads adds no second message for the same fills */
	CHECK_STR(
		said(w, NC_OTHER_HAND),
		"OTHER HAND: +15 BTC bought at 13:41:07. Your exit still ends after 30 more, at 35 "
		"BTC. a include them");
	CHECK_INT(w->e->exit[0].x.other_hand.v, 1500000000);
	w->wall_ms += 60000;
	f = fill_of(w, FILL_NORMAL, false, 5000000000, 100000, 3);
	fills(w, &f, 1);
	CHECK_STR(said(w, NC_OTHER_HAND), "OTHER HAND: -50 BTC sold at 13:42:19. Your exit now "
					  "ends after 15 more, at 0 BTC.");
	CHECK(said(w, NC_TWO_WRITERS)[0] == 0);
	w_free(w);
}

TEST(two_writers)
{
	struct world *w = w_ready();
	struct event ev;
	struct fill f;

	for (uint64_t i = 0; i < 5; i++) { /* one order that fills in pieces is one order */
		f = fill_of(w, FILL_NORMAL, true, 1000000, 100000, 50 + i);
		f.oid = 600;
		fills(w, &f, 1);
	}
	CHECK(said(w, NC_TWO_WRITERS)[0] == 0);
	w_live(w, 12 * SEC, 100000);

	for (int i = 0; i < 3; i++) {
		ev = w_event(w, EV_ORDER);
		ev.order.status = OS_OPEN;
		ev.order.order = (struct venue_order){.buy = true,
						      .limit = {900000000000000},
						      .left = {100000000},
						      .orig = {100000000},
						      .oid = 700 + (uint64_t)i,
						      .time_ms = w->wall_ms + 1};
		w_step(w, &ev);
	}
	CHECK_STR(
		said(w, NC_TWO_WRITERS),
		"TWO WRITERS: 3 orders in 10 s are not ours. Exits keep to their tickets; flatten "
		"closes whoever's it is.");
	CHECK(strstr(said(w, NC_OTHER_HAND),
		     "OTHER HAND: order to buy 1 BTC at 90,000, placed at 22:13:"));
	w_free(w);
}

static void agent(struct world *w, int64_t left_ms)
{
	struct event ev = w_event(w, EV_AGENT);

	ev.agent.known = true;
	ev.agent.valid_until_ms = left_ms ? (uint64_t)(w->wall_ms + left_ms) : 0;
	w_step(w, &ev);
	w_pass(w, 1100 * MSEC);
}

TEST(the_key_ends)
{
	struct world *w = w_ready();
	const int64_t hour = 3600000;

	agent(w, 20 * 24 * hour);
	CHECK(!alarm_of(w, NC_KEY));
	agent(w, 9 * 24 * hour + 5000);
	CHECK_STR(
		said(w, NC_KEY),
		"The signing key of main ends in 9 days. No exit outlives it. Approve another one "
		"on the venue's page and import it (exeunt key import).");
	CHECK_INT(alarm_of(w, NC_KEY)->level, 2);
	agent(w, 31 * hour + 5000);
	CHECK(!strncmp(said(w, NC_KEY), "The signing key of main ends in 31 h.", 37));
	CHECK_INT(alarm_of(w, NC_KEY)->level, 3);
	exit_slicing(w, ALGO_TWAP);
	agent(w, 20 * 60000 + 5000);
	CHECK(strstr(said(w, NC_KEY), "ends in 20 min.") &&
	      strstr(said(w, NC_KEY), "x1 would end after it."));
	agent(w, -300000);
	CHECK(!strncmp(said(w, NC_KEY), "THE SIGNING KEY of main ENDED 5 min", 35));
	agent(w, 90 * 24 * hour); /* renewed */
	CHECK(!alarm_of(w, NC_KEY));
	w_free(w);
}

static void meta(struct world *w, const struct instr *i)
{
	struct event ev = w_event(w, EV_INSTRS);

	ev.instrs.n = 1;
	ev.instrs.at = i;
	w_step(w, &ev);
}

TEST(tiers_change_under_a_position)
{
	struct world *w = w_ready();
	struct instr i = w_btc;
	uint32_t from = w->n_kept;

	meta(w, &i); /* the same again says nothing */
	CHECK(!alarm_of(w, NC_TIERS));
	i.max_leverage = i.tiers[0].max_leverage = 20;
	meta(w, &i);
	CHECK_STR(said(w, NC_TIERS), "MARGIN TIERS of BTC changed by the venue: maintenance of "
				     "your 1 BTC 1,250 -> 2,500 "
				     "USD. CROSS dies at BTC -7.6 %, was BTC -8.8 %. ! panic");
	i.max_leverage = i.tiers[0].max_leverage = 50; /* better: a line */
	meta(w, &i);
	CHECK(strstr(noticed(w, from, NC_TIERS), "2,500 -> 1,000 USD"));
	w_free(w);
}

TEST(delisted_while_held)
{
	struct world *w = w_ready();
	struct instr i = w_btc;

	i.delisted = true;
	meta(w, &i);
	w_live(w, 2 * SEC, 100000);
	CHECK_STR(
		said(w, NC_DELISTED),
		"DELISTED: 1 BTC long (100k USD). Its orders and stops are cancelled and no order "
		"closes it; the venue settles it at the oracle's average of an hour. FLAT waits "
		"for "
		"that. Hedge it elsewhere, or wait.");
	w->szi = 0;
	w_live(w, 8 * SEC, 100000);
	CHECK(!alarm_of(w, NC_DELISTED));
	w_free(w);
}

static void funding(struct world *w, int64_t usd)
{
	struct event ev = w_event(w, EV_FUNDING);
	struct funding_paid f = {.time_ms = w->wall_ms, .usdc = {usd * 100000000}};

	ev.funding.n = 1;
	ev.funding.at = &f;
	w_step(w, &ev);
}

TEST(funding_on_the_hour)
{
	struct world *w = w_ready();
	struct cmd c = {.kind = CMD_EXIT};
	struct event ev = w_event(w, EV_CTX);
	uint32_t from = w->n_kept;

	w->e->start_wall_ms -= 1000;
	w->wall_ms = 1700053200000 + 30; /* 13:00 and 30 ms */
	ev = w_event(w, EV_CTX);
	ev.ctx.mark.v = ev.ctx.oracle.v = ev.ctx.mid.v = 1000000000000000;
	ev.ctx.funding.v = 3420000000; /* 0.342 %: 342 USD an hour on 1 BTC */
	w_step(w, &ev);
	funding(w, -342);
	CHECK_STR(noticed(w, from, NC_FUNDING), ""); /* the others of this hour may come */
	w_pass(w, 4 * SEC);
	CHECK_STR(noticed(w, from, NC_FUNDING),
		  "funding 13:00: paid 342 USD on BTC; next hour 342 as it is");
	/* an exit that is four hours long sells a quarter of it by then */
	memcpy(c.ticket.coin, "BTC", 4);
	c.ticket.algo = ALGO_TWAP;
	c.ticket.size.unit = SIZE_ALL;
	c.ticket.horizon_ms = 4 * 3600000;
	c.ticket.working = (struct price_spec){
		.ref = PREF_ABS, .abs = {1100000000000000}, .wait = true}; /* so that it waits */
	w_command(w, &c);
	from = w->n_kept;
	funding(w, 12);
	w_pass(w, 4 * SEC);
	CHECK_STR(noticed(w, from, NC_FUNDING),
		  "funding 13:00: paid 330 USD on BTC; next hour 257 at plan");
	w_free(w);
}

/* More orders than one action holds: each is cancelled once, in actions of thirty. */
TEST(a_crowd_is_cancelled_in_batches)
{
	struct world *w = w_ready();
	struct cmd c = {.kind = CMD_CANCEL, .cancel.scope = CANCEL_ALL};
	bool seen[COUNT_OF(w->order) + 1] = {false};
	uint32_t from, actions = 0, n = 0;

	w->n_orders = COUNT_OF(w->order);
	for (uint32_t i = 0; i < w->n_orders; i++)
		w->order[i] = (struct venue_order){.buy = true,
						   .limit = {900000000000000},
						   .left = {100000000},
						   .orig = {100000000},
						   .oid = 1 + i,
						   .time_ms = w->wall_ms - 99999};
	w_orders(w);
	from = w->n_kept;
	w_command(w, &c);
	for (uint32_t i = from; i < w->n_kept; i++) {
		const struct effect *x = &w->kept[i];

		if (x->kind != EF_SEND || x->send.act.kind != ACT_CANCEL)
			continue;
		actions++;
		CHECK(x->send.act.n <= SUBMIT_BATCH);
		for (int k = 0; k < x->send.act.n && k < BATCH_MAX; k++, n++) {
			uint64_t oid = x->send.act.cancel[k].oid;

			REQUIRE(oid >= 1 && oid <= COUNT_OF(w->order));
			CHECK(!seen[oid]);
			seen[oid] = true;
		}
	}
	CHECK_INT(actions, 2);
	CHECK_INT(n, w->n_orders);
	w_free(w);
}

static const struct effect *newest_of(const struct world *w, enum tif tif)
{
	for (uint32_t i = w->n_kept; i-- > 0;)
		if (w->kept[i].kind == EF_SEND && w->kept[i].send.act.kind == ACT_ORDER &&
		    w->kept[i].send.act.order[0].tif == tif)
			return &w->kept[i];
	return NULL;
}

/* The venue is post-only until an immediate order was tried and not refused for it. */
TEST(post_only_ends_with_a_market_order_that_was_tried)
{
	struct world *w = w_ready();
	struct verdict no = {.kind = VERDICT_ERROR, .text = "Only post-only orders allowed"};
	struct verdict rests = {.kind = VERDICT_RESTING, .oid = 9};
	struct verdict gone = {.kind = VERDICT_ERROR,
			       .text = "Order could not immediately match",
			       .refusal = REFUSED_NO_MATCH};
	const struct effect *x;
	uint64_t refused;

	w_flatten_all(w);
	x = w_last_act(w, ACT_ORDER, 0);
	REQUIRE(x && x->send.act.order[0].tif == TIF_IOC);
	refused = x->send.env.nonce;
	w_answer(w, refused, ANSWER_OK, &no, 1, NULL);
	CHECK(w->e->post_only);
	w_live(w, 3 * SEC, 100000);
	x = newest_of(w, TIF_ALO);
	REQUIRE(x);
	w_answer(w, x->send.env.nonce, ANSWER_OK, &rests, 1, NULL);
	CHECK(w->e->post_only);	   /* that one rests proves nothing */
	x = newest_of(w, TIF_IOC); /* the probe */
	REQUIRE(x && x->send.env.nonce != refused);
	w_answer(w, x->send.env.nonce, ANSWER_OK, &gone, 1, NULL);
	CHECK(!w->e->post_only);
	w_free(w);
}

TEST_MAIN(T(a_crowd_is_cancelled_in_batches), T(post_only_ends_with_a_market_order_that_was_tried),
	  T(partial_liquidation), T(the_clock_is_the_venues), T(slices_stop_and_sweeps_do_not),
	  T(care_hurries), T(care_hurries_before_the_venue), T(backstop), T(adl_takes_the_hedge),
	  T(other_hand), T(two_writers), T(the_key_ends), T(tiers_change_under_a_position),
	  T(delisted_while_held), T(funding_on_the_hour))
