/* accounts_world.h: an engine with two accounts, and the commands that sell. */
#ifndef EXEUNT_TESTS_UNIT_ACCOUNTS_WORLD_H
#define EXEUNT_TESTS_UNIT_ACCOUNTS_WORLD_H

#include "engine/inner.h"
#include "tests/unit/engine_world.h"

static inline struct cmd selling(uint8_t verb)
{
	struct cmd c = {.kind = CMD_FLATTEN};

	c.flatten.verb = verb;
	c.flatten.part.v = 1000000000000;
	return c;
}

static inline struct engine_conf two_accounts_conf(void)
{
	struct engine_conf c = w_conf();

	c.n_accounts = 2;
	memcpy(c.account[1].name, "second", 7);
	memset(c.account[0].address, '1', 42);
	memset(c.account[1].address, '2', 42);
	return c;
}

static inline struct world *two_accounts(void)
{
	struct world *w = w_new();
	struct engine_conf c = two_accounts_conf();
	struct event ev;

	engine_init(w->e, &c, w->now_ns, w->wall_ms);
	engine_start(w->e, 0, w->now_ns, w->wall_ms, w->out);
	w_take(w);
	w_meta(w);
	w_key(w, true);
	ev = w_event(w, EV_SIGNER);
	ev.account = 1;
	ev.signer.ready = true;
	w_step(w, &ev);
	return w;
}

static inline void connect_second(struct world *w)
{
	struct event ev = w_event(w, EV_CONN);

	ev.account = 1;
	ev.conn.up = ev.conn.account = true;
	ev.conn.epoch = 1;
	w_step(w, &ev);
	ev = w_event(w, EV_CONFIRMED);
	ev.account = 1;
	ev.confirmed.stream = STREAM_ACCOUNT;
	ev.confirmed.all = true;
	w_step(w, &ev);
	w_pass(w, 100 * MSEC);
}

/* Both hold BTC: 1 and 0.5. */
static inline struct world *both_held(void)
{
	struct world *w = two_accounts();

	w->other_szi = 50000000;
	w_connect(w, 1);
	connect_second(w);
	w_market(w, 100000);
	w_pass(w, 100 * MSEC);
	return w;
}

/* Orders of that account from `from` on; *size of the last. */
static inline uint32_t orders_of(const struct world *w, uint8_t account, uint32_t from,
				 int64_t *size)
{
	uint32_t n = 0;

	for (uint32_t i = from; i < w->n_kept; i++) {
		if (w->kept[i].kind != EF_SEND || w->kept[i].send.act.kind != ACT_ORDER ||
		    w->kept[i].account != account)
			continue;
		n++;
		*size = w->kept[i].send.act.order[0].sz.v;
	}
	return n;
}

/* The run with that number; there is one. */
static inline const struct flat *run(const struct world *w, uint32_t id)
{
	const struct flat_slot *s = flat_find(w->e, id);

	if (!s)
		test_fail(__FILE__, __LINE__, "p%u is not kept", id);
	return s ? &s->f : &w->e->flat[0].f;
}

#endif
