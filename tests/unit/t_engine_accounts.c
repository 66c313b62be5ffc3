/* engine: a flatten and several accounts: one that joins a run, one whose key is locked, one that
 * is not read yet. */
#include "engine/inner.h"
#include "tests/unit/accounts_world.h"

static struct world *both_held(void)
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
static uint32_t orders_of(const struct world *w, uint8_t account, uint32_t from, int64_t *size)
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

/* A flatten of one account runs; the other is flattened too: at once, and FLAT means both. */
TEST(now_for_another_account_beside_a_run)
{
	for (int verb = VERB_NOW; verb <= VERB_CARE; verb++) {
		struct world *w = both_held();
		struct cmd first = selling((uint8_t)verb), second = selling(VERB_NOW);
		uint32_t from;
		int64_t size = 0;

		CHECK(!strncmp(w_command(w, &first)->reply.text, "p1", 2));
		from = w->n_kept;
		second.flatten.account = 1;
		CHECK_STR(w_command(w, &second)->reply.text,
			  "p1 takes in second: closed now, the rest goes on as it was");
		CHECK(orders_of(w, 1, from, &size) > 0);
		CHECK_INT(size, 50000000);
		CHECK(w->e->local_lock);
		w->szi = 0;
		w_live(w, 8 * SEC, 100000);
		CHECK(!w->e->flat.f.done); /* the second still holds */
		w->other_szi = 0;
		w_live(w, 130 * SEC, 100000);
		CHECK_INT(w->e->flat.f.state, FLAT_FLAT);
		CHECK(strstr(w->e->flat.f.text, "2 accounts"));
		w_free(w);
	}
}

/* What the second account gets while the first is flattened is closed too, and a part of another
 * account never takes the place of a run. */
TEST(another_account_is_taken_whole)
{
	struct world *w = both_held();
	struct cmd first = selling(VERB_NOW), second = selling(VERB_NOW);
	uint32_t from;
	int64_t size = 0;

	w->other_szi = 0;
	w_live(w, 6 * SEC, 100000);
	w_command(w, &first);
	second.flatten.account = 1;
	second.flatten.part.v = 500000000000;
	CHECK_INT(w_command(w, &second)->reply.code, ERR_RULE);
	CHECK_INT(w->e->flat.f.id, 1);
	second.flatten.part.v = 1000000000000;
	CHECK_INT(w_command(w, &second)->reply.code, ERR_OK);
	w->other_szi = 30000000; /* another hand */
	from = w->n_kept;
	w->szi = 0;
	w_live(w, 10 * SEC, 100000);
	CHECK(orders_of(w, 1, from, &size) > 0);
	CHECK_INT(size, 30000000);
	w->other_szi = 0;
	w_live(w, 10 * SEC, 100000);
	CHECK_INT(w->e->flat.f.state, FLAT_FLAT);
	w_free(w);
}

/* One coin of the second account: nothing else of it is touched or waited for. */
TEST(one_coin_of_another_account)
{
	struct world *w = both_held();
	struct cmd first = selling(VERB_NOW), second = selling(VERB_NOW);
	uint32_t from;
	int64_t size = 0;

	w_command(w, &first);
	from = w->n_kept;
	second.flatten.account = 1;
	second.flatten.scope = FLAT_COINS;
	second.flatten.n_coins = 1;
	memcpy(second.flatten.coin[0], "BTC", 4);
	CHECK_INT(w_command(w, &second)->reply.code, ERR_OK);
	CHECK(orders_of(w, 1, from, &size) > 0);
	CHECK_INT(size, 50000000);
	w->szi = w->other_szi = 0;
	w_live(w, 10 * SEC, 100000);
	CHECK_INT(w->e->flat.f.state, FLAT_FLAT);
	CHECK(strstr(w->e->flat.f.text, "1 account)"));
	w_free(w);
}

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
	CHECK(!w->e->flat.f.done);
	CHECK(strstr(w->e->flat.f.text, "0.5 BTC"));
	CHECK(strstr(w->e->flat.f.text, "KEY LOCKED"));
	ev = w_event(w, EV_SIGNER);
	ev.account = 1;
	ev.signer.ready = true;
	w_step(w, &ev);
	w_live(w, 2 * SEC, 100000);
	CHECK(orders_of(w, 1, 0, &size) > 0);
	w->other_szi = 0;
	w_live(w, 10 * SEC, 100000);
	CHECK_INT(w->e->flat.f.state, FLAT_FLAT);
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
	CHECK(!w->e->flat.f.done);
	w_connect(w, 1);
	w_market(w, 100000);
	w_live(w, 2 * SEC, 100000);
	CHECK(orders_of(w, 0, 0, &size) > 0);
	CHECK_INT(size, 100000000);
	w->szi = 0;
	w_live(w, 10 * SEC, 100000);
	CHECK(!strncmp(w->e->flat.f.text, "CLOSED ", 7));
	CHECK(strstr(w->e->flat.f.text, " 1 leg as chosen"));
	w_free(w);
}

TEST_MAIN(T(now_for_another_account_beside_a_run), T(another_account_is_taken_whole),
	  T(one_coin_of_another_account), T(an_account_without_its_key_holds_up_nobody),
	  T(a_coin_is_closed_before_the_account_is_read))
