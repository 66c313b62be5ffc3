/* messages_world.h: the situations of operations.md 9, each an engine brought into it. */
#ifndef EXEUNT_TESTS_MESSAGES_WORLD_H
#define EXEUNT_TESTS_MESSAGES_WORLD_H

#include "tests/unit/engine_world.h"

static inline void wake(struct world *w, int64_t slept_ns)
{
	struct event ev;

	w->now_ns += slept_ns;
	w->wall_ms += slept_ns / MSEC;
	w->n_asked = 0; /* what was asked before is not answered */
	ev = w_event(w, EV_WAKE);
	ev.wake.slept_ns = slept_ns;
	w_step(w, &ev);
}

static inline void eth_market(struct world *w, int64_t px)
{
	struct event ev = w_event(w, EV_CTX);
	struct book b = {.venue_ms = w_venue_ms(w), .seen_ns = w->now_ns, .n_bid = 5, .n_ask = 5};

	ev.ctx.instr = 1;
	ev.ctx.mark.v = ev.ctx.oracle.v = ev.ctx.mid.v = px * 10000000000;
	w_step(w, &ev);
	for (int i = 0; i < 5; i++) {
		b.bid[i] = (struct level){{(px - 1 - i) * 10000000000}, {10000000000}, 1};
		b.ask[i] = (struct level){{(px + 1 + i) * 10000000000}, {10000000000}, 1};
	}
	ev = w_event(w, EV_BOOK);
	b.instr = 1;
	ev.book.book = &b;
	w_step(w, &ev);
}

static inline void both_live(struct world *w, int64_t ns, int64_t btc, int64_t eth)
{
	for (int64_t t = 0; t < ns; t += 500 * MSEC) {
		w_pass(w, 500 * MSEC);
		w_market(w, btc);
		eth_market(w, eth);
	}
}

/* 2.5 BTC and 12 ETH long. */
static inline struct world *two_legs(int64_t equity_usd)
{
	struct world *w = w_new();

	w->szi = 250000000;
	w->eth_szi = 1200000000;
	w->equity = equity_usd * 100000000;
	w_begin(w, 100000);
	eth_market(w, 4000);
	return w;
}

static inline struct world *in_danger(void)
{
	struct world *w = two_legs(9000);

	both_live(w, 3 * SEC, 100000, 4000);
	return w;
}

static inline struct world *held(int64_t szi, int64_t equity_usd, int64_t px)
{
	struct world *w = w_new();

	w->szi = szi;
	w->equity = equity_usd * 100000000;
	w->px = px;
	return w_begin(w, px);
}

static inline struct world *near_liquidation(void) /* situation 1.1 of situations.md */
{
	struct world *w = w_new();

	w->szi = 2000000000;
	w->px = 112000;
	w->equity = 5454400000000;
	w->liq = 1106560000000000;
	w_begin(w, 112000);
	w_live(w, 2 * SEC, 112000);
	return w;
}

static inline const struct effect *flatten(struct world *w)
{
	uint32_t from = w->n_kept;

	w_flatten_all(w);
	w_pass(w, 20 * MSEC);
	return w_last_act(w, ACT_ORDER, from);
}

static inline uint32_t ticket(struct world *w, int64_t coins, int64_t horizon_ms, int64_t working,
			      bool risk)
{
	struct cmd c = {.kind = CMD_EXIT};

	memcpy(c.ticket.coin, "BTC", 4);
	c.ticket.algo = ALGO_TWAP;
	c.ticket.horizon_ms = horizon_ms;
	c.ticket.size.unit = coins ? SIZE_COIN : SIZE_ALL;
	c.ticket.size.coin.v = coins;
	if (working)
		c.ticket.working = (struct price_spec){.ref = PREF_ABS, .abs = {working}};
	if (risk)
		c.ticket.risk.v = 100000000000;
	return w_command(w, &c)->reply.exit;
}

static inline struct world *not_answered(void)
{
	struct world *w = held(2000000000, 2000000, 100000);
	const struct effect *out = flatten(w);

	if (out)
		w_answer(w, out->send.env.nonce, ANSWER_UNKNOWN, NULL, 0, "timeout");
	w->mute = true;
	w_live(w, 2200 * MSEC, 100000);
	return w;
}

/* A slice of an exit: what is not the whole waits for proof. */
static inline struct world *part_not_answered(void)
{
	struct world *w = held(2000000000, 2000000, 100000);

	CHECK_INT(ticket(w, 1000000000, 3600000, 0, false), 1);
	w_live(w, 10 * SEC, 100000);
	return w;
}

static inline struct world *venue_sick(void)
{
	struct world *w = held(2000000000, 2000000, 112500);
	struct event ev;

	w->order[0] = (struct venue_order){.reduce_only = true,
					   .is_trigger = true,
					   .limit = {1001700000000000},
					   .trigger_px = {1113000000000000},
					   .left = {2000000000},
					   .orig = {2000000000},
					   .oid = 4};
	w->n_orders = 1;
	w_orders(w);
	w_live(w, 2 * SEC, 112500);
	ev = w_event(w, EV_VENUE_ERROR);
	ev.venue_error.status = 502;
	w_step(w, &ev);
	w->mute = true;
	w_live(w, 14 * SEC, 112500);
	return w;
}

static inline struct world *post_only(void)
{
	struct world *w = two_legs(2000000);
	struct verdict no[2] = {{.kind = VERDICT_ERROR, .text = "Only post-only orders allowed"},
				{.kind = VERDICT_ERROR, .text = "Only post-only orders allowed"}};
	struct verdict rests[2] = {{.kind = VERDICT_RESTING, .oid = 9},
				   {.kind = VERDICT_RESTING, .oid = 10}};
	uint32_t from = w->n_kept, answered = from;

	w_flatten_all(w);
	for (int t = 0; t < 8; t++) {
		for (; answered < w->n_kept; answered++) {
			const struct effect *s = &w->kept[answered];

			if (s->kind == EF_SEND && s->send.act.kind == ACT_ORDER)
				w_answer(w, s->send.env.nonce, ANSWER_OK,
					 s->send.act.order[0].tif == TIF_ALO ? rests : no,
					 s->send.act.n, NULL);
		}
		both_live(w, 500 * MSEC, 100000, 4000);
	}
	return w;
}

static inline void marks(struct world *w, int64_t ns, int64_t px)
{
	for (int64_t t = 0; t < ns; t += 500 * MSEC) {
		struct event ev;

		w_pass(w, 500 * MSEC);
		ev = w_event(w, EV_CTX);
		ev.ctx.mark.v = ev.ctx.oracle.v = ev.ctx.mid.v = px * 10000000000;
		w_step(w, &ev);
	}
}

static inline struct world *frozen(void)
{
	struct world *w = held(2000000000, 38620, 111204);

	marks(w, 9500 * MSEC, 111204);
	return w;
}

static inline struct world *under_its_price(void)
{
	struct world *w = held(2000000000, 100000, 99600);
	const struct effect *first;

	CHECK_INT(ticket(w, 0, 28800000, 995000000000000, true), 1);
	w_live(w, SEC, 99600);
	first = w_last_act(w, ACT_ORDER, 0);
	if (first)
		w_fill(w, first, 0, first->send.act.order[0].sz.v, 7);
	w_live(w, 131 * SEC, 99490);
	return w;
}

static inline struct world *is_flat(void)
{
	struct world *w = w_new();
	struct balance spot[2] = {{.coin = "USDC", .total = {5000000000}},
				  {.coin = "ETH", .total = {1250000000}}};
	struct event ev;
	const struct effect *out;

	memcpy(w->dex[w->n_dexes++].name, "xyz", 4);
	memcpy(w->dex[w->n_dexes++].name, "abc", 4);
	w->eth_szi = 1; /* so that ETH is listed */
	w_begin(w, 100000);
	w->eth_szi = 0;
	both_live(w, 6 * SEC, 100000, 4000);
	ev = w_event(w, EV_SPOT);
	ev.spot = (struct ev_spot){w_venue_ms(w), 2, spot};
	w_step(w, &ev);
	out = flatten(w);
	if (out)
		w_fill(w, out, 0, 100000000, 3);
	both_live(w, 6 * SEC, 100000, 4000);
	return w;
}

static inline struct world *not_flat(void)
{
	struct world *w = not_answered();

	w_live(w, 8 * SEC, 100000);
	return w;
}

static inline struct fill fill_of(const struct world *w, uint8_t kind, bool buy, int64_t sz,
				  int64_t px)
{
	return (struct fill){.buy = buy,
			     .crossed = true,
			     .kind = kind,
			     .px = {px * 10000000000},
			     .sz = {sz},
			     .start_position = {w->szi},
			     .oid = 5001,
			     .tid = 1,
			     .time_ms = w->wall_ms};
}

static inline void filled(struct world *w, const struct fill *f)
{
	struct event ev = w_event(w, EV_FILLS);

	w->szi += f->buy ? f->sz.v : -f->sz.v;
	ev.fills.n = 1;
	ev.fills.at = f;
	w_step(w, &ev);
}

static inline struct world *liquidated(void)
{
	struct world *w = held(2000000000, 27664, 110656);
	struct fill f;

	w_live(w, 3 * SEC, 110656);
	f = fill_of(w, FILL_LIQUIDATION, false, 400000000, 110320);
	w->equity = 2613700000000;
	w->px = 110640;
	filled(w, &f);
	w_live(w, 7 * SEC, 110640);
	return w;
}

static inline struct world *hedge_taken(void)
{
	struct world *w = held(-150000000, 200000, 100000);
	struct fill f = fill_of(w, FILL_ADL, true, 90000000, 99000);

	w->liq = 2000000000000000;
	filled(w, &f);
	w_live(w, 2 * SEC, 100000);
	return w;
}

static inline struct world *slept(void)
{
	struct world *w = held(800000000, 2000000, 100000);

	w->wall_ms = 1700055000000; /* 13:30 */
	CHECK_INT(ticket(w, 0, 7200000, 0, false), 1);
	w_live(w, 5 * SEC, 100000);
	wake(w, 55 * 60 * SEC);
	w_connect(w, 2);
	w_market(w, 97900);
	w_live(w, 3 * SEC, 97900);
	return w;
}

static inline struct world *other_hand(void)
{
	struct world *w = held(5000000000, 2000000, 100000);
	struct fill f;

	CHECK_INT(ticket(w, 3000000000, 7200000, 0, false), 1);
	w->wall_ms = 1700055667000; /* 13:41:07 */
	f = fill_of(w, FILL_NORMAL, true, 1500000000, 100000);
	filled(w, &f);
	w_live(w, 2 * SEC, 100000);
	return w;
}

#endif
