/* engine: guards kept at the venue, and collateral: commands, records, restarts, locks. */
#include <stdio.h>

#include "engine/inner.h"
#include "tests/unit/engine_world.h"

static bool told(const struct world *w, uint32_t from, const char *what)
{
	for (uint32_t i = from; i < w->n_kept; i++)
		if (w->kept[i].kind == EF_NOTICE && strstr(w->kept[i].notice.text, what))
			return true;
	return false;
}

static const struct effect *guard(struct world *w)
{
	struct cmd c = {.kind = CMD_GUARD};

	return w_command(w, &c);
}

/* The venue has the stop of that effect open and lists it. */
static void rests(struct world *w, const struct effect *send)
{
	const struct act_order *o = &send->send.act.order[0];
	struct verdict v = {.kind = VERDICT_WAITING};

	w->order[w->n_orders++] = (struct venue_order){.buy = o->buy,
						       .reduce_only = true,
						       .is_trigger = true,
						       .position_tpsl = true,
						       .trigger_above = o->buy,
						       .tif = TIF_TRIGGER,
						       .limit = o->px,
						       .trigger_px = o->trigger_px,
						       .oid = 900 + w->n_orders,
						       .cloid = o->cloid,
						       .time_ms = w->wall_ms};
	w_answer(w, send->send.env.nonce, ANSWER_OK, &v, 1, NULL);
	w_pass(w, 3 * SEC);
}

static const struct guard_keep *keep(const struct world *w)
{
	const struct guard_slot *s = guard_get(w->e, 0, 0);

	return s ? &s->g : NULL;
}

static const struct snap_leg *leg(const struct world *w)
{
	static struct snap s;

	engine_snap(w->e, &s);
	return &s.leg[0];
}

TEST(placed_as_a_stop_of_the_whole_position)
{
	struct world *w = w_ready();
	const struct effect *r, *send;
	uint32_t from = w->n_kept;
	int at_guard = -1, at_intent = -1, at_send = -1;

	r = guard(w);
	CHECK_INT(r->reply.code, ERR_OK);
	CHECK_STR(r->reply.text, "GUARD BTC 94,860, worst 85,374.");
	send = w_last_act(w, ACT_ORDER, from);
	REQUIRE(send);
	CHECK_INT(send->send.act.grouping, GROUP_POSITION_TPSL);
	CHECK_INT(send->send.act.n, 1);
	CHECK_INT(send->send.act.order[0].sz.v, 0);
	CHECK(send->send.act.order[0].reduce_only && send->send.act.order[0].trigger_market);
	CHECK(!send->send.act.order[0].buy && !send->send.act.order[0].trigger_tp);
	CHECK_INT(send->send.act.order[0].trigger_px.v, 948600000000000);
	CHECK_INT(send->send.act.order[0].px.v, 853740000000000);
	CHECK_INT(send->lane, LANE_KILL); /* no disk holds it up */
	for (uint32_t i = from; i < w->n_kept; i++) {
		const struct effect *f = &w->kept[i];

		if (f->kind == EF_RECORD && f->record.kind == REC_GUARD)
			at_guard = (int)i;
		if (f->kind == EF_RECORD && f->record.kind == REC_INTENT)
			at_intent = (int)i;
		if (f->kind == EF_SEND)
			at_send = (int)i;
	}
	CHECK(at_guard >= 0 && at_guard < at_intent && at_intent < at_send);
	CHECK_INT(leg(w)->guard, GUARD_PLACING);
	rests(w, send);
	CHECK_INT(keep(w)->state, GUARD_RESTING);
	CHECK_INT(leg(w)->guard, GUARD_RESTING);
	CHECK_INT(leg(w)->stop_state, STOP_OK);
	CHECK_INT(leg(w)->guard_px.v, 948600000000000);
	from = w->n_kept;
	CHECK_STR(guard(w)->reply.text, "GUARD BTC 94,860 rests.");
	w_live(w, 20 * SEC, 100000);
	CHECK(!w_last_act(w, ACT_ORDER, from)); /* asked again: nothing to repair */
	w_free(w);
}

/* Every gate that can be closed; the key is the one that stops it. */
TEST(no_gate_but_the_key)
{
	for (int gate = 0; gate < 5; gate++) {
		struct world *w = w_ready();
		uint32_t from;
		struct event ev;

		if (gate == 0) {
			w->e->local_lock = true;
		} else if (gate == 1) {
			w->e->seat = 77; /* another client's */
		} else if (gate == 2) {
			ev = w_event(w, EV_STORE);
			ev.store.state = STORE_FULL;
			w_step(w, &ev);
			w->e->ceiling = 0;
		} else if (gate == 3) {
			w->e->acct[0].recon.state = RECON_READ;
			w->mute = true;
		} else {
			w_key(w, false);
		}
		from = w->n_kept;
		if (gate < 4) {
			CHECK_INT(guard(w)->reply.code, ERR_OK);
			CHECK(w_last_act(w, ACT_ORDER, from) != NULL);
		} else {
			CHECK_INT(guard(w)->reply.code, ERR_KEY);
			CHECK(!w_last_act(w, ACT_ORDER, from));
		}
		w_free(w);
	}
}

TEST(a_restart_keeps_it)
{
	struct world *w = w_ready(), *n;
	const struct effect *send;
	uint64_t digest;

	guard(w);
	send = w_last_act(w, ACT_ORDER, 0);
	rests(w, send);
	digest = engine_digest(w->e);
	n = w_restart(w, 2 * SEC);
	CHECK_INT(engine_digest(n->e), digest);
	REQUIRE(keep(n));
	CHECK_INT(keep(n)->id, keep(w)->id);
	w_meta(n);
	w_key(n, true);
	w_connect(n, 1);
	w_live(n, 10 * SEC, 100000);
	CHECK_INT(keep(n)->state, GUARD_RESTING);
	CHECK(!w_last_act(n, ACT_ORDER, 0)); /* the old one was found, none was sent */
	/* and one that is gone by then is placed again */
	w_free(n);
	w->n_orders = 0;
	n = w_restart(w, 2 * SEC);
	w_meta(n);
	w_key(n, true);
	n->known = true;
	n->status = (struct ev_order){
		.status = OS_CANCELED,
		.status_text = "liquidatedCanceled",
		.order = {.cloid = send->send.act.order[0].cloid, .reduce_only = true, .oid = 901}};
	w_connect(n, 1);
	w_live(n, 10 * SEC, 100000);
	CHECK(w_last_act(n, ACT_ORDER, 0) != NULL);
	w_free(n);
	w_free(w);
}

static const struct effect *exit_of(struct world *w, int64_t minutes, int64_t working)
{
	struct cmd c = {.kind = CMD_EXIT};

	memcpy(c.ticket.coin, "BTC", 4);
	c.ticket.algo = ALGO_TWAP;
	c.ticket.size.unit = SIZE_ALL;
	c.ticket.horizon_ms = minutes * 60000;
	c.ticket.guard = true;
	if (working) {
		c.ticket.working.ref = PREF_ABS;
		c.ticket.working.abs.v = working * 10000000000;
	}
	return w_command(w, &c);
}

TEST(goes_before_the_first_slice)
{
	struct world *w = w_ready();
	uint32_t from = w->n_kept, n = 0;

	CHECK_STR(exit_of(w, 30, 0)->reply.text, "x1. GUARD BTC 94,860, worst 85,374.");
	w_live(w, 5 * SEC, 100000);
	for (uint32_t i = from; i < w->n_kept; i++) {
		const struct effect *f = &w->kept[i];

		if (f->kind != EF_SEND || f->send.act.kind != ACT_ORDER)
			continue;
		CHECK_INT(f->send.act.order[0].tif == TIF_TRIGGER, n == 0);
		n++;
		if (n == 2)
			break;
	}
	CHECK_INT(n, 2);
	w_free(w);
	/* before its working price: said; two minutes or less: none */
	w = w_ready();
	CHECK_STR(exit_of(w, 30, 94000)->reply.text,
		  "x1. GUARD BTC 94,860, worst 85,374 (before the working price 94,000 of x1).");
	w_free(w);
	w = w_ready();
	CHECK_STR(exit_of(w, 2, 0)->reply.text, "x1");
	CHECK(!keep(w));
	w_free(w);
}

/* Too near: the exit starts all the same, the reply says why and what helps, and the stop follows
 * when there is room. */
TEST(not_offered_says_why)
{
	struct world *w = w_ready();

	w->liq = 993800000000000; /* 0.62 % */
	w_account(w);
	CHECK_STR(
		exit_of(w, 30, 0)->reply.text,
		"x1. No guard now: BTC: 0.62 % is too close for a stop (0.8 %): ! 2 trims; placed "
		"when there is room.");
	CHECK_INT(leg(w)->guard, GUARD_WAITING);
	CHECK_STR(leg(w)->guard_reason, "0.62 % is too close for a stop (0.8 %): ! 2 trims");
	w->liq = 930000000000000;
	w->wall_ms += 10;
	w_account(w);
	w_live(w, 2 * SEC, 100000);
	CHECK_INT(keep(w)->state, GUARD_PLACING);
	w_free(w);
}

/* Liquidation cancels everything: the stop is placed again within the step. */
TEST(placed_again_after_a_liquidation)
{
	struct world *w = w_ready();
	const struct effect *first, *again;
	struct event ev;
	uint32_t from;

	guard(w);
	first = w_last_act(w, ACT_ORDER, 0);
	rests(w, first);
	from = w->n_kept;
	w->n_orders = 0;
	ev = w_event(w, EV_ORDER);
	ev.order.status = OS_CANCELED;
	memcpy(ev.order.status_text, "liquidatedCanceled", 19);
	ev.order.order.cloid = first->send.act.order[0].cloid;
	ev.order.order.oid = 901;
	ev.order.order.reduce_only = true;
	w_step(w, &ev);
	again = w_last_act(w, ACT_ORDER, from);
	REQUIRE(again);
	CHECK(memcmp(again->send.act.order[0].cloid.b, first->send.act.order[0].cloid.b, 16) != 0);
	CHECK_INT(leg(w)->guard, GUARD_GONE);
	rests(w, again);
	CHECK_INT(leg(w)->guard, GUARD_RESTING);
	w_free(w);
}

static void stop_is_gone(struct world *w, const struct effect *send)
{
	struct event ev = w_event(w, EV_ORDER);

	w->n_orders = 0;
	ev.order.status = OS_CANCELED;
	memcpy(ev.order.status_text, "canceled", 9);
	ev.order.order.cloid = send->send.act.order[0].cloid;
	ev.order.order.oid = 901;
	w_step(w, &ev);
}

TEST(off_takes_it_away_for_good)
{
	struct world *w = w_ready(), *n;
	struct cmd c = {.kind = CMD_GUARD, .guard.off = true};
	const struct effect *send;
	uint32_t from;

	guard(w);
	send = w_last_act(w, ACT_ORDER, 0);
	rests(w, send);
	from = w->n_kept;
	CHECK_STR(w_command(w, &c)->reply.text,
		  "GUARD off: BTC. Its stop is being cancelled: NO STOP.");
	CHECK(w_last_act(w, ACT_CANCEL, from) != NULL);
	stop_is_gone(w, send);
	w_live(w, 10 * SEC, 100000);
	CHECK(!keep(w));
	CHECK(!w_last_act(w, ACT_ORDER, from));
	CHECK_STR(w_command(w, &c)->reply.text, "No guard of ours rests there.");
	n = w_restart(w, SEC);
	CHECK(!keep(n));
	w_free(n);
	w_free(w);
}

/* `cancel --stops` is meant: the guard does not come back. Without it the stop stays. */
TEST(cancel_with_stops_ends_it)
{
	struct world *w = w_ready();
	struct cmd c = {.kind = CMD_CANCEL, .cancel.scope = CANCEL_ALL};
	const struct effect *send;
	uint32_t from;

	guard(w);
	send = w_last_act(w, ACT_ORDER, 0);
	rests(w, send);
	from = w->n_kept;
	w_command(w, &c);
	CHECK(!w_last_act(w, ACT_CANCEL, from));
	c.cancel.stops = true;
	w_command(w, &c);
	CHECK(w_last_act(w, ACT_CANCEL, from) != NULL);
	stop_is_gone(w, send);
	w_live(w, 5 * SEC, 100000);
	CHECK(!keep(w) && !w_last_act(w, ACT_ORDER, from));
	w_free(w);
}

TEST(taken_away_after_flat)
{
	struct world *w = w_ready();
	const struct effect *send;
	uint32_t from;

	guard(w);
	send = w_last_act(w, ACT_ORDER, 0);
	rests(w, send);
	from = w->n_kept;
	w->szi = 0;
	w_live(w, SEC, 100000);
	CHECK(!w_last_act(w, ACT_CANCEL, from)); /* one read is not enough */
	w_live(w, 15 * SEC, 100000);
	CHECK(w_last_act(w, ACT_CANCEL, from) != NULL);
	stop_is_gone(w, send);
	w_live(w, 2 * SEC, 100000);
	CHECK(!keep(w));
	w_free(w);
}

/* Flat by a stop: one that is ours is named as that, as far as its fills were heard. */
TEST(an_exit_that_its_own_stop_ended_says_so)
{
	static const char *const says[] = {
		"flat, read twice; 1 BTC closed by its own stop",
		"flat, read twice; 0.75 BTC closed by its own stop, 0.25 by others",
		"flat, read twice; 1 BTC closed by a stop, the venue or another hand"};

	for (int k = 0; k < 3; k++) {
		struct world *w = w_ready();
		const struct effect *stop = NULL;
		const struct exit *x = &w->e->exit[0].x;

		exit_of(w, 30, 0);
		w_live(w, SEC, 100000);
		for (uint32_t i = 0; i < w->n_kept && !stop; i++)
			if (w->kept[i].kind == EF_SEND && w->kept[i].send.act.kind == ACT_ORDER)
				stop = &w->kept[i];
		REQUIRE(stop && stop->send.act.order[0].tif == TIF_TRIGGER);
		if (k < 2)
			w_fill(w, stop, 0, k ? w->szi / 4 * 3 : w->szi, 60);
		w->szi = 0;
		w_live(w, 30 * SEC, 100000);
		CHECK_INT(x->end, XE_FLAT);
		CHECK_STR(x->reason, says[k]);
		w_free(w);
	}
}

TEST(typed_and_dry)
{
	struct world *w = w_ready();
	struct cmd c = {.kind = CMD_GUARD};
	const struct effect *f;
	uint32_t from;

	c.guard.scope = FLAT_COINS;
	c.guard.n_coins = 1;
	memcpy(c.guard.coin[0], "BTC", 4);
	c.guard.trigger.ref = PREF_ABS;
	c.guard.trigger.abs.v = 1010000000000000;
	CHECK_STR(
		w_command(w, &c)->reply.text,
		"A stop at 101,000 would fire at once: the mark is 100,000. It belongs below it.");
	c.guard.trigger.abs.v = 920000000000000;
	CHECK_STR(w_command(w, &c)->reply.text,
		  "A stop at 92,000 comes after liquidation at 93,000. It belongs above it.");
	c.guard.trigger.abs.v = 950005000000000;
	CHECK_INT(w_command(w, &c)->reply.code, ERR_RULE);
	c.guard.trigger.abs.v = 970000000000000;
	c.guard.dry_run = true;
	from = w->n_kept;
	CHECK(!w_command(w, &c));
	f = w_last_act(w, ACT_ORDER, from);
	REQUIRE(f);
	CHECK(f->send.dry);
	CHECK_INT(f->send.act.order[0].trigger_px.v, 970000000000000);
	w_live(w, 10 * SEC, 100000);
	CHECK(!keep(w)); /* shown, not kept */
	CHECK_INT(w_count(w, EF_SEND, from), 1);
	c.guard.dry_run = false;
	CHECK_STR(w_command(w, &c)->reply.text, "GUARD BTC 97,000, worst 87,300.");
	c.guard.trigger = (struct price_spec){.ref = PREF_FROM_LIQ, .offset = {10000000000}};
	CHECK_STR(w_command(w, &c)->reply.text, "GUARD BTC 93,930, worst 84,537.");
	memcpy(c.guard.coin[0], "ETH", 4);
	CHECK_INT(w_command(w, &c)->reply.code, ERR_RULE);
	w_free(w);
}

/* ---- collateral ---- */

static const struct effect *add(struct world *w, int64_t usd)
{
	struct cmd c = {.kind = CMD_ADD};

	memcpy(c.add.coin, "BTC", 4);
	c.add.usd.v = usd * 100000000;
	return w_command(w, &c);
}

static struct world *isolated(void)
{
	struct world *w = w_ready();

	w->isolated = true;
	w->raw_usd = -9183750000000; /* liquidation at 93,000 */
	w->wall_ms += 10;
	w_account(w);
	return w;
}

TEST(a_cross_pool_is_refused_with_the_way)
{
	struct world *w = w_ready();

	CHECK_STR(add(w, 500)->reply.text,
		  "BTC is in a cross pool, and this key may not move money. On the venue's page: "
		  "Deposit, or Transfer from Spot to Perps, 500 USDC.");
	CHECK(!w_last_act(w, ACT_UPDATE_ISOLATED_MARGIN, 0));
	w->e->acct[0].has_abstraction = true;
	w->e->acct[0].abstraction = ABS_UNIFIED;
	CHECK(strstr(add(w, 500)->reply.text, "spot balance"));
	CHECK_INT(add(w, 0)->reply.code, ERR_ARG);
	CHECK_INT(add(w, -5)->reply.code, ERR_ARG);
	w->szi = 0;
	w->wall_ms += 10;
	w_account(w);
	CHECK_STR(add(w, 500)->reply.text, "BTC is flat. Nothing to add to.");
	w_free(w);
}

TEST(added_to_an_isolated_position)
{
	struct world *w = isolated();
	const struct effect *f;
	struct verdict ok = {.kind = VERDICT_SUCCESS};
	uint32_t from = w->n_kept;

	w->e->local_lock = true; /* it lowers risk */
	CHECK_STR(add(w, 500)->reply.text,
		  "ADD 500 USD to isolated BTC: sent. Liquidation 93,000 -> 92,494 once it is in.");
	f = w_last_act(w, ACT_UPDATE_ISOLATED_MARGIN, from);
	REQUIRE(f);
	CHECK_INT(f->send.act.margin.usd.v, 50000000000);
	CHECK_INT(f->send.act.margin.asset, 3);
	w_answer(w, f->send.env.nonce, ANSWER_OK, &ok, 1, NULL);
	CHECK_STR(w_last(w, EF_NOTICE, from)->notice.text, "ADD 500 USD to isolated BTC: in.");
	w_live(w, 20 * SEC, 100000);
	CHECK_INT(w_count(w, EF_SEND, from), 1);
	CHECK_INT(w_count(w, EF_RESEND, from), 0);
	/* refused: said */
	add(w, 500);
	f = w_last_act(w, ACT_UPDATE_ISOLATED_MARGIN, from);
	w_answer(w, f->send.env.nonce, ANSWER_ERR, NULL, 0, "Not enough");
	CHECK(strstr(w_last(w, EF_NOTICE, from)->notice.text, "Nothing moved: Not enough"));
	w_free(w);
}

/* Silence: the same bytes, never another nonce; then the position's cash decides. */
/* 1,000 orders rest: thirty that protect nothing go, the farthest first, then the stop is tried
 * again. Neither a stop nor what an exit of ours has there is touched. */
TEST(makes_room_for_a_stop)
{
	struct world *w = w_new();
	struct verdict no = {.kind = VERDICT_ERROR};
	const struct effect *send, *gone;
	uint32_t from, farthest = 0;

	for (int i = 0; i < 36; i++) /* two stops, two take-profits, the rest bids */
		w->order[w->n_orders++] = (struct venue_order){
			.buy = i >= 4,
			.reduce_only = i < 4,
			.is_trigger = i < 4,
			.tif = i < 4 ? TIF_TRIGGER : TIF_GTC,
			.limit = {(60000 + 1000 * i) * INT64_C(10000000000)},
			.trigger_px = {i < 4 ? (i < 2 ? 50000 : 130000) * INT64_C(10000000000) : 0},
			.trigger_above = i == 2 || i == 3,
			.left = {100000},
			.orig = {100000},
			.oid = 2000 + (uint64_t)i,
			.time_ms = w->wall_ms};
	/* near, but it holds half of the position: beside it the stop might sell nothing */
	w->order[35].buy = false;
	w->order[35].reduce_only = true;
	w->order[35].limit.v = 1010000000000000;
	w->order[35].left.v = w->order[35].orig.v = 50000000;
	w_begin(w, 100000);
	from = w->n_kept;
	guard(w);
	send = w_last_act(w, ACT_ORDER, from);
	REQUIRE(send);
	snprintf(no.text, sizeof no.text, "Too many open orders. asset=0");
	from = w->n_kept;
	w_answer(w, send->send.env.nonce, ANSWER_OK, &no, 1, NULL);
	w_pass(w, 100 * MSEC);
	gone = w_last_act(w, ACT_CANCEL, from);
	REQUIRE(gone);
	CHECK_INT(gone->send.act.n, 30);
	CHECK_INT(gone->lane, LANE_KILL);
	for (int i = 0; i < gone->send.act.n; i++) {
		uint64_t oid = gone->send.act.cancel[i].oid;

		CHECK(oid >= 2004); /* no stop, and no take-profit before every bid */
		farthest += oid == 2004;
		CHECK(oid < 2033 || oid == 2035); /* the two nearest bids stay */
	}
	CHECK_INT(farthest, 1);
	CHECK_INT(gone->send.act.cancel[0].oid, 2035);
	CHECK(told(w, from, "30 of 1,000 orders that protect nothing are cancelled"));
	from = w->n_kept;
	w_pass(w, 1200 * MSEC);
	CHECK(w_last_act(w, ACT_ORDER, from)); /* the stop again */
	w_free(w);
}

TEST(a_lost_add_never_goes_twice)
{
	for (int arrived = 0; arrived < 2; arrived++) {
		struct world *w = isolated();
		const struct effect *f;
		uint32_t from = w->n_kept;

		add(w, 500);
		f = w_last_act(w, ACT_UPDATE_ISOLATED_MARGIN, from);
		REQUIRE(f);
		w_answer(w, f->send.env.nonce, ANSWER_UNKNOWN, NULL, 0, "timeout");
		w_live(w, 3 * SEC, 100000);
		CHECK(w_count(w, EF_RESEND, from) >= 1);
		CHECK_INT(w_last(w, EF_RESEND, from)->resend.nonce, f->send.env.nonce);
		w_answer(w, f->send.env.nonce, ANSWER_ERR, NULL, 0,
			 "Invalid nonce: duplicate nonce 1");
		w->raw_usd += arrived ? 50000000000 : 0;
		w_live(w, 15 * SEC, 100000);
		CHECK_INT(w_count(w, EF_SEND, from), 1);
		CHECK_INT(told(w, from, "in, as the position shows"), arrived);
		CHECK_INT(told(w, from, "it did not go in, and no longer can"), !arrived);
		CHECK(adds_room(w->e) && !w->e->add[0].used);
		w_free(w);
	}
}

/* The position's cash decides early when it is there, never when the position traded meanwhile: a
 * trade moves cash too. */
TEST(cash_decides_only_of_a_position_that_stood_still)
{
	static const struct {
		int64_t raw, szi;
		const char *words;
		bool early;
	} row[] = {
		{50000000000, 0, "in, as the position shows", true},
		{49400000000, 0, "it did not go in, and no longer can", false},
		{50000000000, -1000000, "nobody can say whether it is in", false},
		{0, -1000000, "nobody can say whether it is in", false},
	};

	for (size_t k = 0; k < sizeof row / sizeof row[0]; k++) {
		struct world *w = isolated();
		const struct effect *f;
		uint32_t from = w->n_kept;

		add(w, 500);
		f = w_last_act(w, ACT_UPDATE_ISOLATED_MARGIN, from);
		REQUIRE(f);
		w_answer(w, f->send.env.nonce, ANSWER_UNKNOWN, NULL, 0, "timeout");
		w->raw_usd += row[k].raw;
		w->szi += row[k].szi;
		w_live(w, 3 * SEC, 100000);
		CHECK_INT(told(w, from, row[k].words), row[k].early);
		w_live(w, 20 * SEC, 100000);
		CHECK(told(w, from, row[k].words));
		CHECK_INT(told(w, from, "in, as the position shows"), row[k].early);
		CHECK(!w->e->add[0].used);
		w_free(w);
	}
}

TEST_MAIN(T(cash_decides_only_of_a_position_that_stood_still),
	  T(placed_as_a_stop_of_the_whole_position), T(no_gate_but_the_key), T(a_restart_keeps_it),
	  T(goes_before_the_first_slice), T(not_offered_says_why),
	  T(placed_again_after_a_liquidation), T(off_takes_it_away_for_good),
	  T(cancel_with_stops_ends_it), T(taken_away_after_flat),
	  T(an_exit_that_its_own_stop_ended_says_so), T(typed_and_dry),
	  T(a_cross_pool_is_refused_with_the_way), T(added_to_an_isolated_position),
	  T(makes_room_for_a_stop), T(a_lost_add_never_goes_twice))
