/* engine_world.h: one engine with hands on both ends: events are made by the test, effects are kept
 * and reads are answered from a few variables. No venue rules here: that is the simulator's. */
#ifndef EXEUNT_TESTS_ENGINE_WORLD_H
#define EXEUNT_TESTS_ENGINE_WORLD_H

#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "engine/replay.h"
#include "tests/run.h"

#define MSEC 1000000LL
#define SEC  1000000000LL

enum { W_KEEP = 4096 };

struct world {
	struct engine *e;
	struct effects *out;
	int64_t now_ns, wall_ms;
	int64_t ahead_ms;    /* the venue's clock before ours */
	struct effect *kept; /* every effect but queries and timers, in order */
	uint32_t n_kept;
	int64_t timer_ns;
	/* what reads say */
	int64_t szi;	   /* BTC, 1e-8 */
	int64_t stands_ms; /* 0, or the venue time that reads of the account stand still at */
	int64_t other_szi; /* the same, of account 1 */
	int64_t eth_szi;   /* of account 0; not 0 from the start: ETH is listed */
	bool isolated;
	int64_t raw_usd;	     /* of the isolated position */
	int64_t liq;		     /* 0: 93,000 */
	int64_t equity;		     /* 0: 10,000 USD */
	int64_t px;		     /* whole USD the venue values it at, 0: 100,000 */
	uint32_t lost;		     /* positions in coins that are not known */
	bool bare;		     /* of its position only the size can be read */
	uint32_t n_orders, n_unread; /* unread: listed, of a market that is not known */
	struct venue_order order[40];
	bool known; /* order status finds `status` */
	struct ev_order status;
	uint32_t n_slices; /* of venue TWAPs */
	struct fill slice[4];
	uint32_t n_subs, n_dexes; /* of account 0; of the venue */
	struct sub_account sub[4];
	struct venue_dex dex[8];
	uint32_t fail; /* bits of enum query_kind: these reads end without data */
	uint8_t deaf;  /* not 0: orders of this account are not read */
	uint32_t reads, lookups;
	bool mute;			   /* reads are not answered */
	bool frozen, odd_mark, no_ceiling; /* of t_gates: the book stands, the mark is far, nothing
					      commits */
	void (*before_status)(void *arg, const struct effect *q); /* sets known and status */
	void *arg;
	uint32_t n_asked;
	struct effect asked[256]; /* reads on their way, answered 30 ms later */
};

static const struct instr w_btc = {.coin = "BTC",
				   .asset = 3,
				   .sz_decimals = 5,
				   .px_decimals = 1,
				   .px_sig = 5,
				   .max_leverage = 40,
				   .n_tiers = 1,
				   .tiers = {{{0}, 40}},
				   .min_notional = {1000000000}};

static const struct instr w_eth = {.coin = "ETH",
				   .asset = 4,
				   .sz_decimals = 4,
				   .px_decimals = 2,
				   .px_sig = 5,
				   .max_leverage = 25,
				   .n_tiers = 1,
				   .tiers = {{{0}, 25}},
				   .min_notional = {1000000000}};

static inline void w_step(struct world *w, struct event *ev);

static inline struct event w_event(const struct world *w, enum event_kind kind)
{
	return (struct event){.kind = (uint8_t)kind, .now_ns = w->now_ns, .wall_ms = w->wall_ms};
}

static inline int64_t w_venue_ms(const struct world *w)
{
	return w->wall_ms + w->ahead_ms;
}

static inline void w_account(struct world *w)
{
	struct event ev = w_event(w, EV_ACCOUNT);
	struct ev_position p[2] = {
		{.szi = {w->szi},
		 .leverage = 20,
		 .max_leverage = 40,
		 .entry = {1000000000000000},
		 .value = {llabs(w->szi) * (w->px ? w->px : 100000)},
		 .has_liq = true,
		 .liq = {w->liq ? w->liq : 930000000000000},
		 .mode = w->isolated ? MARGIN_ISOLATED : MARGIN_CROSS,
		 .raw_usd = {w->raw_usd},
		 .margin_used = {w->isolated ? w->raw_usd + llabs(w->szi) * 100000 : 0}}};

	p[w->szi != 0] = (struct ev_position){.instr = 1,
					      .szi = {w->eth_szi},
					      .leverage = 10,
					      .max_leverage = 25,
					      .entry = {40000000000000},
					      .value = {llabs(w->eth_szi) * 4000},
					      .mode = MARGIN_CROSS};
	if (!w->eth_szi && !w->szi)
		p[0] = (struct ev_position){0};
	ev.acct.venue_ms = w->stands_ms ? w->stands_ms : w_venue_ms(w);
	ev.acct.value.v = ev.acct.cross_value.v = w->equity ? w->equity : 1000000000000;
	ev.acct.unread = w->lost;
	if (w->lost) {
		memcpy(ev.acct.unread_coin, "SOL", 4);
		ev.acct.unread_szi.v = -1250000000;
	}
	if (w->bare)
		p[0] = (struct ev_position){.szi = {w->szi}, .bare = true};
	ev.acct.n = (w->szi ? 1 : 0) + (w->eth_szi ? 1 : 0);
	ev.acct.at = p;
	w_step(w, &ev);
}

static inline void w_orders(struct world *w)
{
	struct event ev = w_event(w, EV_ORDERS);

	ev.orders.venue_ms = w_venue_ms(w);
	ev.orders.n = w->n_orders;
	ev.orders.unread = w->n_unread;
	ev.orders.at = w->order;
	w_step(w, &ev);
}

/* Every other account is empty, but for `other_szi` of account 1. */
static inline void w_other(struct world *w, const struct effect *q)
{
	static const uint8_t kind[QUERY_KINDS] = {[Q_ACCOUNT] = EV_ACCOUNT,
						  [Q_ORDERS] = EV_ORDERS,
						  [Q_FILLS] = EV_FILLS,
						  [Q_TWAPS] = EV_TWAPS,
						  [Q_SUBS] = EV_SUBS};
	struct event ev = w_event(w, (enum event_kind)kind[q->query.what]);

	struct ev_position p = {.szi = {w->other_szi},
				.leverage = 20,
				.max_leverage = 40,
				.entry = {1000000000000000},
				.value = {llabs(w->other_szi) * 100000},
				.mode = MARGIN_CROSS};

	ev.account = q->account;
	if (ev.kind == EV_ACCOUNT) {
		ev.acct.venue_ms = w_venue_ms(w);
		ev.acct.value.v = ev.acct.cross_value.v = w->other_szi ? 1000000000000 : 0;
		ev.acct.n = q->account == 1 && w->other_szi ? 1 : 0;
		ev.acct.at = &p;
	}
	if (ev.kind)
		w_step(w, &ev);
}

static inline void w_query(struct world *w, const struct effect *q)
{
	struct event ev;
	bool ok = !(w->fail & (1u << q->query.what)) &&
		  !(w->deaf == q->account && w->deaf && q->query.what == Q_ORDERS);

	if (q->account && ok) {
		w_other(w, q);
	} else if (!ok) {
		; /* its end alone comes */
	} else if (q->query.what == Q_ACCOUNT) {
		w->reads++;
		w_account(w);
	} else if (q->query.what == Q_ORDERS) {
		w_orders(w);
	} else if (q->query.what == Q_FILLS) {
		ev = w_event(w, EV_FILLS);
		ev.fills.snapshot = true;
		w_step(w, &ev);
	} else if (q->query.what == Q_TWAPS) {
		ev = w_event(w, EV_TWAPS);
		w_step(w, &ev);
	} else if (q->query.what == Q_TWAP_FILLS) {
		ev = w_event(w, EV_FILLS);
		ev.fills = (struct ev_fills){.snapshot = true, .n = w->n_slices, .at = w->slice};
		w_step(w, &ev);
	} else if (q->query.what == Q_SUBS) {
		ev = w_event(w, EV_SUBS);
		ev.subs = (struct ev_subs){w->n_subs, w->sub};
		w_step(w, &ev);
	} else if (q->query.what == Q_DEXES) {
		ev = w_event(w, EV_DEXES);
		ev.dexes = (struct ev_dexes){w->n_dexes, w->dex};
		w_step(w, &ev);
	} else if (q->query.what == Q_ORDER_STATUS) {
		w->lookups++;
		if (w->before_status)
			w->before_status(w->arg, q);
		ev = w_event(w, EV_ORDER_STATUS);
		ev.order_status.query = q->query.id;
		ev.order_status.order.status = OS_UNKNOWN_OID;
		if (w->known) {
			ev.order_status.order = w->status;
			ev.order_status.order.status_ms = w_venue_ms(w);
		}
		w_step(w, &ev);
	}
	ev = w_event(w, EV_QUERY);
	ev.account = q->account;
	ev.query.id = q->query.id;
	ev.query.what = q->query.what;
	ev.query.ok = ok;
	w_step(w, &ev);
}

static inline void w_store(struct world *w, uint64_t ceiling)
{
	struct event ev = w_event(w, EV_STORE);

	ev.store.nonce_ceiling = ceiling;
	w_step(w, &ev);
}

/* Keeps what came out and answers ceilings; reads wait for time to pass. */
static inline void w_take(struct world *w)
{
	uint32_t n = w->out->n;
	struct effect *now = malloc((n ? n : 1) * sizeof *now);

	memcpy(now, w->out->at, n * sizeof *now);
	w->out->n = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (now[i].kind == EF_TIMER)
			w->timer_ns = now[i].timer.at_ns;
		else if (now[i].kind == EF_QUERY && !w->mute && w->n_asked < 256)
			w->asked[w->n_asked++] = now[i];
		else if (now[i].kind == EF_CEILING && !w->no_ceiling)
			w_store(w, now[i].ceiling.upto);
		if (now[i].kind != EF_TIMER && now[i].kind != EF_QUERY && w->n_kept < W_KEEP)
			w->kept[w->n_kept++] = now[i];
	}
	free(now);
}

static inline void w_step(struct world *w, struct event *ev)
{
	engine_step(w->e, ev, w->out);
	w_take(w);
}

/* Lets time pass, waking the engine when it asked for it. */
static inline void w_pass(struct world *w, int64_t ns)
{
	int64_t end = w->now_ns + ns;

	while (w->now_ns < end) {
		int64_t at = w->timer_ns > w->now_ns && w->timer_ns < end ? w->timer_ns : end;
		static struct effect reads[256];
		uint32_t n = w->n_asked;
		struct event ev;

		if (n && at > w->now_ns + 30 * MSEC)
			at = w->now_ns + 30 * MSEC;
		memcpy(reads, w->asked, n * sizeof reads[0]);
		w->wall_ms += at / MSEC - w->now_ns / MSEC;
		w->now_ns = at;
		w->n_asked -= n;
		memmove(w->asked, w->asked + n, w->n_asked * sizeof w->asked[0]);
		for (uint32_t i = 0; i < n; i++)
			w_query(w, &reads[i]);
		ev = w_event(w, EV_TICK);
		w_step(w, &ev);
	}
}

static inline void w_market(struct world *w, int64_t px) /* whole USD */
{
	struct event ev = w_event(w, EV_CTX);
	struct book b = {.venue_ms = w_venue_ms(w), .seen_ns = w->now_ns, .n_bid = 5, .n_ask = 5};

	ev.ctx.mark.v = ev.ctx.oracle.v = ev.ctx.mid.v = px * 10000000000;
	w_step(w, &ev);
	for (int i = 0; i < 5; i++) {
		b.bid[i] = (struct level){{(px - 1 - i) * 10000000000}, {500000000}, 1};
		b.ask[i] = (struct level){{(px + 1 + i) * 10000000000}, {500000000}, 1};
	}
	ev = w_event(w, EV_BOOK);
	ev.book.book = &b;
	w_step(w, &ev);
}

/* Time with a market that lives: a quote each half second. */
static inline void w_live(struct world *w, int64_t ns, int64_t px)
{
	for (int64_t t = 0; t < ns; t += 500 * MSEC) {
		w_pass(w, 500 * MSEC);
		w_market(w, px);
	}
}

static inline void w_connect(struct world *w, uint32_t epoch)
{
	struct event ev = w_event(w, EV_CONN);

	ev.conn.up = ev.conn.market = ev.conn.account = true;
	ev.conn.epoch = epoch;
	w_step(w, &ev);
	ev = w_event(w, EV_CONFIRMED);
	ev.confirmed.stream = STREAM_ACCOUNT;
	ev.confirmed.all = true;
	w_step(w, &ev);
	w_pass(w, 100 * MSEC);
}

static inline struct engine_conf w_conf(void)
{
	struct engine_conf c = {.network = NET_PAPER,
				.venue = "hyperliquid",
				.build = "test",
				.n_accounts = 1,
				.n_dexes = 1,
				.install = 0x123456,
				.seed = 7,
				.epoch = 1};

	memcpy(c.account[0].name, "main", 5);
	for (int i = 0; i < 16; i++)
		c.cloid_key[i] = (uint8_t)i;
	return c;
}

static inline struct world *w_new(void)
{
	struct world *w = calloc(1, sizeof *w);

	w->e = calloc(1, sizeof *w->e);
	w->out = calloc(1, sizeof *w->out);
	w->kept = calloc(W_KEEP, sizeof *w->kept);
	w->now_ns = 100 * SEC;
	w->wall_ms = 1700000000000;
	w->szi = 100000000;
	return w;
}

static inline void w_free(struct world *w)
{
	free(w->kept);
	free(w->out);
	free(w->e);
	free(w);
}

static inline void w_key(struct world *w, bool ready)
{
	struct event ev = w_event(w, EV_SIGNER);

	ev.signer.ready = ready;
	w_step(w, &ev);
}

static inline void w_meta(struct world *w)
{
	struct event ev = w_event(w, EV_INSTRS);

	const struct instr both[2] = {w_btc, w_eth};
	ev.instrs.n = w->eth_szi ? 2 : 1;
	ev.instrs.at = both;
	w_step(w, &ev);
}

/* An engine connected, past its barrier, with what *w says at that price. */
static inline struct world *w_begin(struct world *w, int64_t px)
{
	struct engine_conf c = w_conf();

	engine_init(w->e, &c, w->now_ns, w->wall_ms);
	engine_start(w->e, 0, w->now_ns, w->wall_ms, w->out);
	w_take(w);
	w_meta(w);
	w_key(w, true);
	w_connect(w, 1);
	w_market(w, px);
	w_pass(w, 100 * MSEC);
	return w;
}

/* The same with 1 BTC long at 100,000. */
static inline struct world *w_ready(void)
{
	return w_begin(w_new(), 100000);
}

/* The newest effect of a kind at or after `from`, NULL: none. */
static inline const struct effect *w_last(const struct world *w, enum effect_kind kind,
					  uint32_t from)
{
	for (uint32_t i = w->n_kept; i-- > from;)
		if (w->kept[i].kind == kind)
			return &w->kept[i];
	return NULL;
}

static inline uint32_t w_count(const struct world *w, enum effect_kind kind, uint32_t from)
{
	uint32_t n = 0;

	for (uint32_t i = from; i < w->n_kept; i++)
		n += w->kept[i].kind == kind;
	return n;
}

static inline const struct effect *w_last_act(const struct world *w, enum act_kind kind,
					      uint32_t from)
{
	for (uint32_t i = w->n_kept; i-- > from;)
		if (w->kept[i].kind == EF_SEND && w->kept[i].send.act.kind == kind)
			return &w->kept[i];
	return NULL;
}

static inline const struct effect *w_command(struct world *w, const struct cmd *c)
{
	struct event ev = w_event(w, EV_CMD);
	uint32_t from = w->n_kept;

	ev.cmd.client = 5;
	ev.cmd.seq = 9;
	ev.cmd.cmd = c;
	w_step(w, &ev);
	return w_last(w, EF_REPLY, from);
}

static inline const struct effect *w_exit(struct world *w, const char *coin, int64_t coins)
{
	struct cmd c = {.kind = CMD_EXIT};

	memcpy(c.ticket.coin, coin, strlen(coin) + 1);
	c.ticket.algo = ALGO_SWEEP;
	c.ticket.size.unit = coins ? SIZE_COIN : SIZE_ALL;
	c.ticket.size.coin.v = coins;
	return w_command(w, &c);
}

static inline void w_answer(struct world *w, uint64_t nonce, enum answer_kind kind,
			    const struct verdict *v, uint32_t n, const char *text)
{
	struct event ev = w_event(w, EV_ANSWER);

	ev.answer.nonce = nonce;
	ev.answer.kind = (uint8_t)kind;
	ev.answer.n = n;
	ev.answer.at = v;
	ev.answer.venue_ms = w_venue_ms(w);
	if (text)
		memcpy(ev.answer.text, text, strlen(text) + 1);
	w_step(w, &ev);
}

/* A fill of the order of that effect, all of it, at its limit. */
static inline void w_fill(struct world *w, const struct effect *send, int leg, int64_t sz,
			  uint64_t tid)
{
	const struct act_order *o = &send->send.act.order[leg];
	struct fill f = {.buy = o->buy,
			 .crossed = true,
			 .px = o->px,
			 .sz = {sz},
			 .start_position = {w->szi},
			 .fee = {100000000},
			 .oid = 1000 + tid,
			 .tid = tid,
			 .cloid = o->cloid,
			 .time_ms = w_venue_ms(w)};
	struct event ev = w_event(w, EV_FILLS);

	w->szi += o->buy ? sz : -sz;
	ev.fills.n = 1;
	ev.fills.at = &f;
	w_step(w, &ev);
}

static inline void w_status(struct world *w, const struct effect *send, int leg,
			    enum order_status s, int64_t left)
{
	const struct act_order *o = &send->send.act.order[leg];

	w->known = true;
	w->status = (struct ev_order){.status = (uint8_t)s,
				      .order = {.buy = o->buy,
						.reduce_only = o->reduce_only,
						.limit = o->px,
						.left = {left},
						.orig = o->sz,
						.oid = 77,
						.cloid = o->cloid}};
}

/* What w kept of records, replayed by the fresh engine of n; returns the nonce ceiling. */
static inline uint64_t w_replay(const struct world *w, struct world *n)
{
	uint64_t ceiling = 0;
	struct err err = {0};

	for (uint32_t i = 0; i < w->n_kept; i++) {
		const struct ef_record *r = &w->kept[i].record;
		struct replay_row row = {.ver = r->ver,
					 .kind = r->kind,
					 .account = w->kept[i].account,
					 .exit = r->exit,
					 .slice = r->slice,
					 .attempt = r->attempt,
					 .nonce = r->nonce,
					 .body = r->body,
					 .len = r->len};

		if (w->kept[i].kind == EF_CEILING)
			ceiling = w->kept[i].ceiling.upto;
		if (w->kept[i].kind == EF_RECORD && !replay_row(n->e, &row, &err))
			test_fail(__FILE__, __LINE__, "replay: %s", err.text);
	}
	return ceiling;
}

/* Another engine from the records of this one. */
static inline struct world *w_restart(struct world *w, int64_t later_ns)
{
	struct world *n = w_new();
	struct engine_conf c = w_conf();
	uint64_t ceiling;

	n->now_ns = w->now_ns + later_ns;
	n->wall_ms = w->wall_ms + later_ns / MSEC;
	n->szi = w->szi;
	n->eth_szi = w->eth_szi;
	n->isolated = w->isolated;
	n->raw_usd = w->raw_usd;
	n->liq = w->liq;
	n->n_orders = w->n_orders;
	memcpy(n->order, w->order, sizeof n->order);
	n->known = w->known;
	n->status = w->status;
	c.epoch = 2;
	engine_init(n->e, &c, n->now_ns, n->wall_ms);
	ceiling = w_replay(w, n);
	engine_start(n->e, ceiling, n->now_ns, n->wall_ms, n->out);
	w_take(n);
	return n;
}

static inline const struct order *w_order_of(const struct world *w, const struct effect *send,
					     int leg)
{
	struct cloid c = send->send.act.order[leg].cloid;

	for (int i = 0; i < ORDERS_MAX; i++)
		if (w->e->orders.used[i] && !memcmp(w->e->orders.at[i].cloid.b, c.b, 16))
			return &w->e->orders.at[i];
	return NULL;
}

static inline void w_flatten_all(struct world *w)
{
	struct cmd c = {.kind = CMD_FLATTEN};

	c.flatten.account = 0;
	c.flatten.part.v = 1000000000000;
	CHECK_INT(w_command(w, &c)->reply.code, ERR_OK);
}

#endif
