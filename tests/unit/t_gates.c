/* The gate table through the engine: every gate, closed as it closes in life, crossed with every
 * action that reduces risk. None may stop one but a key that is not unlocked. What waits, waits
 * by a rule of its own: slices are bound to a book younger than three seconds (operations.md 2),
 * and a part of a position to the reads that prove what became of it (0). */
#include "base/check.h"
#include "core/risk.h"
#include "engine/inner.h"
#include "tests/unit/engine_world.h"

/* ---- closing a gate -------------------------------------------------- */

static void close_key(struct world *w)
{
	w_key(w, false);
}

static void close_book_age(struct world *w)
{
	w->frozen = true;
	w_pass(w, 10 * SEC);
}

static void close_collar(struct world *w) /* the mark is far from the book */
{
	struct event ev = w_event(w, EV_CTX);

	ev.ctx.mark.v = ev.ctx.oracle.v = 970000000000000;
	ev.ctx.mid.v = 1000000000000000;
	w_step(w, &ev);
	w->odd_mark = true;
}

static void end_exit(struct world *w)
{
	struct cmd c = {.kind = CMD_END};

	w_command(w, &c);
}

static void close_throttle(struct world *w) /* many actions, the newest the same as what follows */
{
	for (int k = 0; k < 40; k++) {
		const struct effect *s;
		uint32_t from = w->n_kept;

		w_exit(w, "BTC", 40000000);
		s = w_last_act(w, ACT_ORDER, from);
		if (s)
			w_answer(w, s->send.env.nonce, ANSWER_NOT_SENT, NULL, 0, "");
		end_exit(w);
	}
	w_pass(w, 100 * MSEC);
}

static void close_caps(struct world *w)
{
	w->e->conf.panic.cap_order.v = w->e->conf.panic.cap_session.v = 0;
	w->e->conf.panic.cap_hedge.v = 0;
}

static void close_disarmed(struct world *w)
{
	w->e->armed = false;
}

static void close_local_lock(struct world *w)
{
	w->e->local_lock = true;
}

static void close_no_new_risk(struct world *w)
{
	struct event ev = w_event(w, EV_STORE);

	ev.store.state = STORE_BROKEN;
	w_step(w, &ev);
}

static void close_seat(struct world *w)
{
	w->e->seat = 77;
}

static void close_barrier(struct world *w)
{
	struct event ev = w_event(w, EV_CONN);

	ev.conn.epoch = 1;
	ev.conn.account = true;
	w_step(w, &ev);
	CHECK_INT(w->e->acct[0].recon.state, RECON_DOWN);
}

static void close_commit(struct world *w)
{
	struct event ev = w_event(w, EV_STORE);

	w->no_ceiling = true;
	ev.store.state = STORE_SLOW;
	w_step(w, &ev);
	w->e->ceiling = 0;
}

static void (*const closes[GATES])(struct world *) = {
	[GATE_KEY] = close_key,
	[GATE_BOOK_AGE] = close_book_age,
	[GATE_COLLAR] = close_collar,
	[GATE_DUPLICATE] = close_throttle,
	[GATE_THROTTLE] = close_throttle,
	[GATE_ORDER_CAP] = close_caps,
	[GATE_SESSION_CAP] = close_caps,
	[GATE_DISARMED] = close_disarmed,
	[GATE_LOCAL_LOCK] = close_local_lock,
	[GATE_NO_NEW_RISK] = close_no_new_risk,
	[GATE_SEAT] = close_seat,
	[GATE_BARRIER] = close_barrier,
	[GATE_COMMIT] = close_commit,
};

/* ---- actions --------------------------------------------------------- */

static void sell(struct world *w, uint8_t verb, uint8_t scope, int64_t part)
{
	struct cmd c = {.kind = CMD_FLATTEN};

	c.flatten.verb = verb;
	c.flatten.scope = scope;
	c.flatten.part.v = part;
	c.flatten.n_coins = scope == FLAT_COINS;
	memcpy(c.flatten.coin[0], "BTC", 4);
	if (verb == VERB_TRIM) {
		c.flatten.n_cuts = 1;
		memcpy(c.flatten.cut[0].coin, "BTC", 4);
		c.flatten.cut[0].qty.v = 30000000;
	}
	w_command(w, &c);
}

static void do_now(struct world *w)
{
	sell(w, VERB_NOW, FLAT_ALL, 1000000000000);
}

static void do_now_coin(struct world *w)
{
	sell(w, VERB_NOW, FLAT_COINS, 1000000000000);
}

static void do_now_longs(struct world *w)
{
	sell(w, VERB_NOW, FLAT_LONGS, 1000000000000);
}

static void do_part(struct world *w)
{
	sell(w, VERB_NOW, FLAT_ALL, 500000000000);
}

static void do_trim(struct world *w)
{
	sell(w, VERB_TRIM, FLAT_ALL, 1000000000000);
}

static void do_care(struct world *w)
{
	sell(w, VERB_CARE, FLAT_ALL, 1000000000000);
}

static void do_exit(struct world *w)
{
	w_exit(w, "BTC", 0);
}

static void do_exit_part(struct world *w)
{
	w_exit(w, "BTC", 40000000);
}

static void do_cancel(struct world *w)
{
	struct cmd c = {.kind = CMD_CANCEL, .cancel = {.scope = CANCEL_ENTRY}};

	w_command(w, &c);
}

static void do_guard(struct world *w)
{
	struct cmd c = {.kind = CMD_GUARD};

	w_command(w, &c);
}

static void do_pause(struct world *w)
{
	struct cmd c = {.kind = CMD_PAUSE};

	w_command(w, &c);
}

static bool sent_order(const struct world *w, uint32_t from)
{
	for (uint32_t i = from; i < w->n_kept; i++)
		if (w->kept[i].kind == EF_SEND && w->kept[i].send.act.kind == ACT_ORDER &&
		    w->kept[i].send.act.order[0].tif != TIF_TRIGGER &&
		    w->kept[i].send.act.order[0].reduce_only)
			return true;
	return false;
}

static bool sent_stop(const struct world *w, uint32_t from)
{
	for (uint32_t i = from; i < w->n_kept; i++)
		if (w->kept[i].kind == EF_SEND && w->kept[i].send.act.kind == ACT_ORDER &&
		    w->kept[i].send.act.order[0].tif == TIF_TRIGGER)
			return true;
	return false;
}

static bool sent_cancel(const struct world *w, uint32_t from)
{
	return w_last_act(w, ACT_CANCEL, from) != NULL;
}

static bool paused(const struct world *w, uint32_t from)
{
	(void)from;
	return w->e->exit[0].x.operator_paused;
}

static const struct action {
	const char *name;
	void (*act)(struct world *);
	bool (*left)(const struct world *, uint32_t from);
	bool slices; /* bound to a fresh book */
	bool local;  /* nothing is signed */
	bool proof;  /* a part: proof first, and the barrier is the proof */
} actions[] = {
	{"now", do_now, sent_order, false, false, false},
	{"now of a coin", do_now_coin, sent_order, false, false, false},
	{"now of the longs", do_now_longs, sent_order, false, false, false},
	{"a part now", do_part, sent_order, false, false, false},
	{"trim", do_trim, sent_order, false, false, false},
	{"care", do_care, sent_order, false, false, false},
	{"exit to zero", do_exit, sent_order, true, false, false},
	{"exit of a part", do_exit_part, sent_order, true, false, true},
	{"cancel", do_cancel, sent_cancel, false, false, false},
	{"pause", do_pause, paused, false, true, false},
	{"guard", do_guard, sent_stop, false, false, false},
};

/* Time with a market that lives, unless its book is frozen or its mark is odd. */
static void live(struct world *w)
{
	for (int k = 0; k < 8; k++) {
		w_pass(w, 250 * MSEC);
		if (!w->frozen && !w->odd_mark)
			w_market(w, 100000);
	}
}

static void cell(enum gate g, const struct action *a)
{
	struct world *w = w_ready();
	bool must = g != GATE_KEY || a->local;
	uint32_t from;

	if ((a->slices && g == GATE_BOOK_AGE) || (a->proof && g == GATE_BARRIER))
		must = false;
	w->n_orders = 1; /* an entry order, for the cancel */
	w->order[0] = (struct venue_order){.buy = true,
					   .limit = {900000000000000},
					   .left = {100000000},
					   .orig = {100000000},
					   .oid = 55,
					   .time_ms = w->wall_ms - 99999};
	w_orders(w);
	if (g == GATE_DUPLICATE || g == GATE_THROTTLE) /* its own exits come and go */
		closes[g](w);
	if (a->local) { /* something to pause */
		struct cmd c = {.kind = CMD_EXIT};

		memcpy(c.ticket.coin, "BTC", 4);
		c.ticket.size.unit = SIZE_ALL;
		c.ticket.horizon_ms = 600000;
		w_command(w, &c);
	}
	if (g != GATE_DUPLICATE && g != GATE_THROTTLE)
		closes[g](w);
	if (g != GATE_KEY && g != GATE_BOOK_AGE && g != GATE_COLLAR && g != GATE_DUPLICATE &&
	    g != GATE_THROTTLE && g != GATE_ORDER_CAP && g != GATE_SESSION_CAP && g != GATE_SEAT)
		CHECK(gates_closed(w->e, 0) & gate_bit(g)); /* it is closed indeed */
	from = w->n_kept;
	a->act(w);
	live(w);
	if (a->left(w, from) != must)
		test_fail(__FILE__, __LINE__, "gate %s, %s: %s", risk_gate_name(g), a->name,
			  must ? "was stopped" : "was not stopped");
	w_free(w);
}

TEST(every_gate_by_every_reducing_action)
{
	for (int g = 0; g < GATES; g++)
		for (size_t i = 0; i < COUNT_OF(actions); i++)
			cell((enum gate)g, &actions[i]);
}

/* All of them closed at once, but the key and the book: everything still leaves. */
TEST(all_gates_together)
{
	for (size_t i = 0; i < COUNT_OF(actions); i++) {
		struct world *w = w_ready();
		uint32_t from;

		if (actions[i].local || actions[i].proof || actions[i].left == sent_cancel) {
			w_free(w);
			continue;
		}
		for (int g = GATE_COLLAR + 1; g < GATES; g++)
			closes[g](w);
		from = w->n_kept;
		actions[i].act(w);
		live(w);
		if (!actions[i].left(w, from))
			test_fail(__FILE__, __LINE__, "%s was stopped", actions[i].name);
		w_free(w);
	}
}

TEST_MAIN(T(every_gate_by_every_reducing_action), T(all_gates_together))
