/* t_engine_heard.c: what the venue's frames prove and what they do not: a book sent again, an order
 * of another hand that a push told of. */
#include <stdlib.h>
#include <string.h>

#include "engine/inner.h"
#include "tests/unit/engine_world.h"

/* A venue that repeats its last block keeps the socket alive, not the book: its age goes on. */
TEST(a_book_sent_again_grows_old)
{
	struct world *w = w_ready();
	int64_t block_ms, proven_ns;
	struct book b;
	struct event ev;

	w_live(w, 2 * SEC, 100000);
	b = w->e->book[0];
	block_ms = b.venue_ms;
	proven_ns = w->e->mkt[0].book_ns;
	for (int i = 0; i < 8; i++) {
		w_pass(w, 500 * MSEC);
		b.seen_ns = w->now_ns;
		ev = w_event(w, EV_BOOK);
		ev.book.book = &b;
		w_step(w, &ev);
	}
	CHECK_INT(w->e->mkt[0].book_ns, proven_ns);
	CHECK_INT(w->e->book[0].seen_ns, proven_ns);
	ev = w_event(w, EV_BBO);
	ev.bbo.instr = 0;
	ev.bbo.bid = b.bid[0];
	ev.bbo.ask = b.ask[0];
	ev.bbo.venue_ms = block_ms;
	w_step(w, &ev);
	CHECK_INT(w->e->mkt[0].book_ns, proven_ns);
	b.venue_ms++;
	b.seen_ns = w->now_ns;
	ev = w_event(w, EV_BOOK);
	ev.book.book = &b;
	w_step(w, &ev);
	CHECK_INT(w->e->mkt[0].book_ns, w->now_ns);
	w_free(w);
}

/* A bid of that many coins in all, read with `figs` digits. */
static void deep(struct world *w, int64_t coins, uint8_t figs)
{
	struct book b = {.venue_ms = w_venue_ms(w), .seen_ns = w->now_ns, .n_bid = 1, .n_ask = 1};
	struct event ev = w_event(w, EV_BOOK);

	b.bid[0] = (struct level){{999000000000000}, {coins * 100000000}, 1};
	b.ask[0] = (struct level){{1001000000000000}, {coins * 100000000}, 1};
	ev.book.book = &b;
	ev.book.answer = true;
	ev.book.sig_figs = figs;
	w_step(w, &ev);
}

/* A position that the 20 levels do not hold is read coarser, a digit at a time and no coarser than
 * three; finer again once eight times of it is seen. */
TEST(as_coarse_as_the_position_needs)
{
	struct world *w = w_ready();
	struct qty q = {INT64_C(100) * 100000000}, few = {INT64_C(25) * 100000000};

	w_live(w, SEC, 100000); /* 5 levels of 5 */
	CHECK_INT(market_deep_figs(w->e, 0, few), 0);
	CHECK_INT(market_deep_figs(w->e, 0, q), 5);
	deep(w, 99, 5);
	CHECK_INT(market_deep_figs(w->e, 0, q), 4);
	CHECK_INT(market_deep_figs(w->e, 0, q), 3);
	CHECK_INT(market_deep_figs(w->e, 0, q), 3);
	deep(w, 100, 3);
	CHECK_INT(market_deep_figs(w->e, 0, q), 3); /* that is enough */
	deep(w, 800, 3);
	CHECK_INT(market_deep_figs(w->e, 0, q), 3);
	deep(w, 801, 3);
	CHECK_INT(market_deep_figs(w->e, 0, q), 4);
	CHECK_INT(market_deep_figs(w->e, 0, q), 5);
	CHECK_INT(market_deep_figs(w->e, 0, q), 5);
	w_free(w);
}

static struct order *resting(struct world *w, uint64_t oid)
{
	for (uint32_t i = 0; i < ORDERS_MAX; i++)
		if (w->e->orders.used[i] && w->e->orders.at[i].oid == oid)
			return &w->e->orders.at[i];
	return NULL;
}

/* A push names neither reduce-only nor trigger: the list is asked, and what it says counts. */
TEST(a_foreign_order_is_read_again)
{
	struct world *w = w_ready();
	struct event ev = w_event(w, EV_ORDER);
	struct order *o;

	ev.order.status = OS_OPEN;
	ev.order.order = (struct venue_order){.oid = 77,
					      .limit = {1010000000000000},
					      .left = {50000000},
					      .orig = {50000000},
					      .time_ms = w->wall_ms};
	w_step(w, &ev);
	o = resting(w, 77);
	REQUIRE(o);
	CHECK(!o->reduce_only);
	w->order[0] = ev.order.order;
	w->order[0].reduce_only = true;
	w->n_orders = 1;
	w_live(w, 4 * SEC, 100000);
	CHECK(w->e->acct[0].orders_poll_ns > 0);
	o = resting(w, 77);
	REQUIRE(o);
	CHECK(o->reduce_only);
	CHECK(!w->e->acct[0].orders_wanted);
	w_free(w);
}

static void print(struct world *w, enum side taker, int64_t sz, bool no_hash)
{
	struct trade t = {.side = taker,
			  .no_hash = no_hash,
			  .px = {100000 * 10000000000},
			  .sz = {sz},
			  .time_ms = w->wall_ms,
			  .tid = (uint64_t)w->wall_ms};
	struct event ev = w_event(w, EV_TRADES);
	ev.trades = (struct ev_trades){.instr = 0, .n = 1, .at = &t};
	w_step(w, &ev);
}

static uint32_t twap_told(const struct world *w, uint32_t from)
{
	uint32_t n = 0;
	for (uint32_t i = from; i < w->n_kept; i++)
		n += w->kept[i].kind == EF_NOTICE &&
		     strstr(w->kept[i].notice.text, "venue TWAP sells beside you") != NULL;
	return n;
}

/* A venue TWAP is seen on the tape by its prints, which carry no hash: told once to the exit of its
 * side; one print of that kind (a liquidation) is none, and buyers are no company. */
TEST(a_twap_on_the_tape)
{
	struct world *w = w_ready();
	struct cmd c = {.kind = CMD_EXIT};
	uint32_t from = w->n_kept;

	memcpy(c.ticket.coin, "BTC", 4);
	c.ticket.size.unit = SIZE_PERCENT;
	c.ticket.size.part.v = 500000000000;
	c.ticket.horizon_ms = 3600000;
	c.ticket.declared = true;
	w_live(w, 2 * SEC, 100000);
	REQUIRE(w_command(w, &c)->reply.code == 0);
	for (int k = 0; k < 8; k++) {
		print(w, SIDE_BUY, 100000000, true);
		print(w, SIDE_SELL, 100000000, k == 3);
		w_live(w, 30 * SEC, 100000);
	}
	CHECK_INT(twap_told(w, from), 0);
	for (int k = 0; k < 8; k++) {
		print(w, SIDE_SELL, 50000000, true);
		w_live(w, 30 * SEC, 100000);
	}
	CHECK_INT(twap_told(w, from), 1);
	w_free(w);
}

/* Somebody else's fill; returns its venue time. */
static int64_t another_fill(struct world *w, uint64_t tid)
{
	struct fill f = {.buy = true,
			 .px = {1000000000000000},
			 .sz = {1000000},
			 .oid = 900 + tid,
			 .tid = tid,
			 .time_ms = w_venue_ms(w)};
	struct event ev = w_event(w, EV_FILLS);

	ev.fills.n = 1;
	ev.fills.at = &f;
	w_step(w, &ev);
	return f.time_ms;
}

/* A fill is missed, and the request budget lets the read of it wait while newer ones are heard: it
 * is still asked for from before the one that is missing. */
TEST(a_read_that_waits_reaches_back_to_what_is_missing)
{
	struct world *w = w_ready();
	int64_t newest_ms, at = -1;

	w_live(w, 5 * SEC, 100000);
	newest_ms = another_fill(w, 1);
	w->n_asked = 0;
	w->mute = true; /* what is asked here is never answered */
	recon_want_read(w->e, 0);
	w->e->acct[0].poll_fills_ns = w->now_ns + 90 * SEC;
	w_live(w, 90 * SEC, 100000);
	another_fill(w, 2);
	w->mute = false;
	for (int i = 0; i < 40 && at < 0; i++) {
		w_pass(w, 100 * MSEC);
		for (uint32_t k = 0; k < w->n_asked; k++)
			if (w->asked[k].query.what == Q_FILLS)
				at = w->asked[k].query.since_ms;
	}
	CHECK(at > 0);
	CHECK(at <= newest_ms);
	w_free(w);
}

TEST_MAIN(T(as_coarse_as_the_position_needs), T(a_twap_on_the_tape), T(a_book_sent_again_grows_old),
	  T(a_foreign_order_is_read_again), T(a_read_that_waits_reaches_back_to_what_is_missing))
