/* accounts_world.h: an engine with two accounts, and the commands that sell. */
#ifndef EXEUNT_TESTS_UNIT_ACCOUNTS_WORLD_H
#define EXEUNT_TESTS_UNIT_ACCOUNTS_WORLD_H

#include "tests/unit/engine_world.h"

static inline struct cmd selling(uint8_t verb)
{
	struct cmd c = {.kind = CMD_FLATTEN};

	c.flatten.verb = verb;
	c.flatten.part.v = 1000000000000;
	return c;
}

static inline struct world *two_accounts(void)
{
	struct world *w = w_new();
	struct engine_conf c = w_conf();
	struct event ev;

	c.n_accounts = 2;
	memcpy(c.account[1].name, "second", 7);
	memset(c.account[0].address, '1', 42);
	memset(c.account[1].address, '2', 42);
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

#endif
