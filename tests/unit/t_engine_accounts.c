/* engine: a flatten of several accounts: one whose key is locked, one that is not read yet. */
#include "engine/inner.h"
#include "tests/unit/accounts_world.h"

/* The second account has no key: it is named, the first is closed at once. */
TEST(an_account_without_its_key_holds_up_nobody)
{
	struct world *w = both_held();
	struct cmd now = selling(VERB_NOW), guard = {.kind = CMD_GUARD};
	struct event ev = w_event(w, EV_SIGNER);
	int64_t size = 0;
	uint32_t from;

	ev.account = 1;
	w_step(w, &ev);
	guard.guard.account = 0xff;
	CHECK_INT(w_command(w, &guard)->reply.code, ERR_OK);
	w_pass(w, 500 * MSEC);
	CHECK(orders_of(w, 0, 0, &size) > 0);
	from = w->n_kept;
	now.flatten.account = 0xff;
	CHECK_INT(w_command(w, &now)->reply.code, ERR_OK);
	CHECK(orders_of(w, 0, from, &size) > 0);
	CHECK_INT(orders_of(w, 1, 0, &size), 0);
	w->szi = 0;
	w_live(w, 10 * SEC, 100000);
	CHECK(!flat_newest(w->e)->f.done);
	CHECK(strstr(flat_newest(w->e)->f.text, "0.5 BTC"));
	CHECK(strstr(flat_newest(w->e)->f.text, "KEY LOCKED"));
	ev = w_event(w, EV_SIGNER);
	ev.account = 1;
	ev.signer.ready = true;
	w_step(w, &ev);
	w_live(w, 2 * SEC, 100000);
	CHECK(orders_of(w, 1, 0, &size) > 0);
	w->other_szi = 0;
	w_live(w, 10 * SEC, 100000);
	CHECK_INT(flat_newest(w->e)->f.state, FLAT_FLAT);
	/* none has one: nothing begins */
	ev = w_event(w, EV_SIGNER);
	w_step(w, &ev);
	ev = w_event(w, EV_SIGNER);
	ev.account = 1;
	w_step(w, &ev);
	CHECK_INT(w_command(w, &now)->reply.code, ERR_KEY);
	w_free(w);
}

/* Nothing is read yet: the close of a named coin is kept and leaves with the first read. */
TEST(a_coin_is_closed_before_the_account_is_read)
{
	struct world *w = w_new();
	struct cmd now = selling(VERB_NOW);
	struct engine_conf c = w_conf();
	int64_t size = 0;

	engine_init(w->e, &c, w->now_ns, w->wall_ms);
	engine_start(w->e, 0, w->now_ns, w->wall_ms, w->out);
	w_take(w);
	w_meta(w);
	w_key(w, true);
	now.flatten.scope = FLAT_COINS;
	now.flatten.n_coins = 1;
	memcpy(now.flatten.coin[0], "BTX", 4);
	CHECK_INT(w_command(w, &now)->reply.code, ERR_TIME);
	now.flatten.coin[0][2] = 'C';
	now.flatten.part.v = 500000000000;
	CHECK_INT(w_command(w, &now)->reply.code, ERR_TIME);
	now.flatten.part.v = 1000000000000;
	CHECK_STR(w_command(w, &now)->reply.text, "p1");
	CHECK(!flat_newest(w->e)->f.done);
	w_connect(w, 1);
	w_market(w, 100000);
	w_live(w, 2 * SEC, 100000);
	CHECK(orders_of(w, 0, 0, &size) > 0);
	CHECK_INT(size, 100000000);
	w->szi = 0;
	w_live(w, 10 * SEC, 100000);
	CHECK(!strncmp(flat_newest(w->e)->f.text, "CLOSED ", 7));
	CHECK(strstr(flat_newest(w->e)->f.text, " 1 leg as chosen"));
	w_free(w);
}

TEST_MAIN(T(an_account_without_its_key_holds_up_nobody),
	  T(a_coin_is_closed_before_the_account_is_read))
