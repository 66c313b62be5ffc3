/* engine: runs of the sheet's selling verbs beside each other: of two accounts, of one account,
 * over a restart; what is refused, what takes over, and that none of them waits for another. */
#include "tests/unit/accounts_world.h"

static struct cmd of_account(uint8_t verb, uint8_t account)
{
	struct cmd c = selling(verb);

	c.flatten.account = account;
	if (verb == VERB_TRIM) {
		c.flatten.n_cuts = 1;
		memcpy(c.flatten.cut[0].coin, "BTC", 4);
		c.flatten.cut[0].account = account;
		c.flatten.cut[0].qty.v = account ? 20000000 : 30000000;
	}
	return c;
}

static struct cmd of_coin(uint8_t verb, uint8_t account, const char *coin)
{
	struct cmd c = of_account(verb, account);

	c.flatten.scope = FLAT_COINS;
	c.flatten.n_coins = 1;
	memcpy(c.flatten.coin[0], coin, strlen(coin) + 1);
	return c;
}

/* Whatever runs for the first account, everything can begin for the second at once, and each ends
 * by itself: NOT FLAT of the one never keeps FLAT of the other. */
TEST(another_account_never_waits)
{
	for (uint8_t a = VERB_NOW; a <= VERB_TRIM; a++)
		for (uint8_t b = VERB_NOW; b <= VERB_TRIM; b++) {
			struct world *w = both_held();
			struct cmd first = of_account(a, 0), second = of_account(b, 1);
			uint32_t from;
			int64_t size = 0;

			CHECK_STR(w_command(w, &first)->reply.text, "p1, account main");
			from = w->n_kept;
			CHECK_STR(w_command(w, &second)->reply.text, "p2, account second");
			w_live(w, SEC, 100000);
			CHECK(orders_of(w, 1, from, &size) > 0);
			CHECK(size > 0 && size <= (b == VERB_TRIM ? 20000000 : 50000000));
			CHECK(!run(w, 1)->done);
			w->other_szi = b == VERB_TRIM ? 30000000 : 0;
			w_live(w, 30 * SEC, 100000);
			if (b != VERB_TRIM) {
				CHECK_INT(run(w, 2)->state, FLAT_FLAT);
				CHECK(strstr(run(w, 2)->text, "(1 dex, account second)"));
			}
			CHECK(run(w, 1)->state != FLAT_FLAT);
			w->szi = a == VERB_TRIM ? 70000000 : 0;
			w_live(w, 30 * SEC, 100000);
			if (a != VERB_TRIM)
				CHECK_INT(run(w, 1)->state, FLAT_FLAT);
			w_free(w);
		}
}

/* The first one's NOT FLAT stays when the second says FLAT. */
TEST(flat_of_one_account_takes_no_alarm_of_the_other)
{
	struct world *w = both_held();
	struct cmd first = of_account(VERB_NOW, 0), second = of_account(VERB_NOW, 1);
	static struct snap snap;
	uint32_t alarms = 0;

	w_command(w, &first);
	w_live(w, 6 * SEC, 100000); /* four rungs and still not */
	w_command(w, &second);
	w->other_szi = 0;
	w_live(w, 6 * SEC, 100000);
	CHECK_INT(run(w, 2)->state, FLAT_FLAT);
	engine_snap(w->e, &snap);
	for (uint32_t i = 0; i < snap.n_alarms; i++)
		alarms += snap.alarm[i].code == NC_NOT_FLAT &&
			  !strncmp(snap.alarm[i].text, "NOT FLAT (main): 1 BTC", 22);
	CHECK_INT(alarms, 1);
	CHECK_INT(snap.n_flats, 2);
	CHECK_INT(snap.flat[0].id, 1); /* under way first */
	CHECK_INT(snap.flat[0].account, 0);
	CHECK_INT(snap.flat[1].id, 2);
	w->szi = 0;
	w_live(w, 8 * SEC, 100000);
	engine_snap(w->e, &snap);
	for (uint32_t i = 0; i < snap.n_alarms; i++)
		CHECK(snap.alarm[i].code != NC_NOT_FLAT);
	w_free(w);
}

/* NOW of an account replaces its run and no other; of all accounts, every one. */
TEST(now_replaces_what_it_covers)
{
	struct world *w = both_held();
	struct cmd care0 = of_account(VERB_CARE, 0), care1 = of_account(VERB_CARE, 1);
	struct cmd now = of_account(VERB_NOW, 0);

	w_command(w, &care0);
	w_command(w, &care1);
	CHECK_STR(w_command(w, &now)->reply.text, "p3, account main");
	CHECK(run(w, 1)->done && !run(w, 2)->done && !run(w, 3)->done);
	CHECK_STR(run(w, 1)->text, "replaced by p3");
	now.flatten.account = 0xff;
	CHECK_STR(w_command(w, &now)->reply.text, "p4, ALL ACCOUNTS");
	CHECK(run(w, 2)->done && run(w, 3)->done && !run(w, 4)->done);
	w->szi = w->other_szi = 0;
	w_live(w, 8 * SEC, 100000);
	CHECK(strstr(run(w, 4)->text, "(1 dex, 2 accounts)"));
	w_free(w);
}

/* Care for all accounts, NOW for one: its legs are closed within the run that has them. */
TEST(now_within_a_wider_run)
{
	struct world *w = both_held();
	struct cmd care = of_account(VERB_CARE, 0xff), now = of_account(VERB_NOW, 1);
	int64_t size = 0;
	uint32_t from;

	w_command(w, &care);
	from = w->n_kept;
	CHECK_STR(w_command(w, &now)->reply.text, "p1: closed now, the rest goes on as it was");
	CHECK(orders_of(w, 1, from, &size) > 0);
	CHECK_INT(size, 50000000);
	CHECK_INT(orders_of(w, 0, from, &size), 0);
	/* another hand takes it to the other side: it is followed */
	w->other_szi = -10000000;
	from = w->n_kept;
	w_live(w, 3 * SEC, 100000);
	CHECK(orders_of(w, 1, from, &size) > 0);
	CHECK_INT(size, 10000000);
	w_free(w);
}

/* A coin named beside care for another coin: a leg of the run that is there; it is followed when it
 * turns side, though that run was never begun for it. */
TEST(a_leg_that_joined_is_followed)
{
	struct world *w = both_held();
	struct cmd care = of_coin(VERB_CARE, 0, "BTC"), now = of_coin(VERB_NOW, 0, "ETH");
	struct instr eth = w_btc;
	struct event ev = w_event(w, EV_INSTRS);
	struct held *h;
	int64_t size = 0;
	uint32_t from;

	memcpy(eth.coin, "ETH", 4);
	eth.asset = 4;
	ev.instrs.n = 1;
	ev.instrs.at = &eth;
	w_step(w, &ev);
	w_command(w, &care);
	h = held_find(w->e, 0, instr_find(&w->e->instrs, "ETH"), true);
	REQUIRE(h);
	h->pos.read.szi.v = 40000000;
	h->pos.read.value.v = 40000000LL * 100000;
	w->mute = true; /* nothing is read: what is set stands */
	CHECK_STR(w_command(w, &now)->reply.text, "p1: closed now, the rest goes on as it was");
	REQUIRE(run(w, 1)->n == 2);
	h->pos.read.szi.v = -15000000;
	exits_touch(w->e, NONE16);
	from = w->n_kept;
	w_pass(w, 1500 * MSEC);
	CHECK(orders_of(w, 0, from, &size) > 0);
	CHECK(run(w, 1)->leg[1].buy);
	CHECK_INT(run(w, 1)->leg[1].start.v, 15000000);
	w_free(w);
}

/* A cut beside care: both go on, no cut is begun twice, and care that is asked for again is the one
 * that runs. */
TEST(trim_beside_care_of_the_same_account)
{
	struct world *w = both_held();
	struct cmd care = of_account(VERB_CARE, 0), trim = of_account(VERB_TRIM, 0);
	int64_t size = 0;
	uint32_t from;

	w_command(w, &care);
	from = w->n_kept;
	CHECK_STR(w_command(w, &trim)->reply.text, "p2, account main");
	CHECK(orders_of(w, 0, from, &size) > 0);
	CHECK_INT(size, 30000000);
	CHECK(!run(w, 1)->done && !run(w, 2)->done);
	CHECK_STR(w_command(w, &care)->reply.text, "p1 runs already");
	/* the same cut again goes into the one that runs, and is not cut twice */
	from = w->n_kept;
	CHECK_STR(w_command(w, &trim)->reply.text,
		  "p2 goes on with the larger cut of each leg, the one it had or this one");
	CHECK_INT(orders_of(w, 0, from, &size), 0);
	CHECK_INT(run(w, 2)->leg[0].start.v - run(w, 2)->leg[0].target.v, 30000000);
	/* of all accounts: the one that is being cut goes into its run, the other is cut */
	trim.flatten.account = 0xff;
	trim.flatten.n_cuts = 2;
	trim.flatten.cut[1] = of_account(VERB_TRIM, 1).flatten.cut[0];
	from = w->n_kept;
	CHECK_STR(w_command(w, &trim)->reply.text,
		  "p3, ALL ACCOUNTS; the larger cut of each leg of p2 goes on in it");
	CHECK_INT(orders_of(w, 0, from, &size), 0);
	CHECK(orders_of(w, 1, from, &size) > 0);
	/* a fraction of what is being cut */
	trim = of_account(VERB_NOW, 0);
	trim.flatten.part.v = 500000000000;
	CHECK_INT(w_command(w, &trim)->reply.code, ERR_RULE);
	/* of the whole nothing is left to be said but NOW */
	care.flatten.account = 0xff;
	CHECK_INT(w_command(w, &care)->reply.code, ERR_OK);
	CHECK_STR(w_command(w, &(struct cmd){.kind = CMD_END, .which = {WHICH_PANIC | 1}})
			  ->reply.text,
		  "end: p1");
	w_live(w, SEC, 100000);
	CHECK(run(w, 1)->done && !run(w, 2)->done);
	w_free(w);
}

/* Both runs are there after a restart, each with its own. */
TEST(every_run_is_kept_over_a_restart)
{
	struct world *w = both_held(), *n = w_new();
	struct cmd care = of_account(VERB_CARE, 0), trim = of_account(VERB_TRIM, 1);
	struct engine_conf c = two_accounts_conf();
	uint64_t ceiling;

	w_command(w, &care);
	w_command(w, &trim);
	w_live(w, 3 * SEC, 100000);
	n->now_ns = w->now_ns + SEC;
	n->wall_ms = w->wall_ms + 1000;
	engine_init(n->e, &c, n->now_ns, n->wall_ms);
	ceiling = w_replay(w, n);
	engine_start(n->e, ceiling, n->now_ns, n->wall_ms, n->out);
	REQUIRE(flat_find(n->e, 1) && flat_find(n->e, 2));
	CHECK(!run(n, 1)->done && run(n, 1)->verb == VERB_CARE && run(n, 1)->account == 0);
	CHECK(!run(n, 2)->done && run(n, 2)->verb == VERB_TRIM && run(n, 2)->account == 1);
	CHECK_INT(run(n, 2)->leg[0].start.v, 50000000);
	CHECK_INT(run(n, 1)->slice, run(w, 1)->slice);
	CHECK_INT(flats_running(n->e), 2);
	w_free(n);
	w_free(w);
}

/* What another process flattened is not taken up again with care. */
TEST(a_flatten_of_another_process_ends_what_it_found)
{
	struct world *w = both_held(), *n = w_new();
	struct cmd care0 = of_account(VERB_CARE, 0), care1 = of_account(VERB_CARE, 1);
	struct cmd now = of_account(VERB_NOW, 0);
	struct engine_conf c = two_accounts_conf();
	uint64_t ceiling;

	w_command(w, &care0);
	w_command(w, &care1);
	for (uint32_t i = 0; i < w->n_kept; i++) /* its record of the end never came */
		if (w->kept[i].kind == EF_RECORD && w->kept[i].record.kind == REC_END)
			w->kept[i].kind = EF_TIMER;
	w_command(w, &now);
	for (uint32_t i = 0; i < w->n_kept; i++)
		if (w->kept[i].kind == EF_RECORD && w->kept[i].record.kind == REC_END)
			w->kept[i].kind = EF_TIMER;
	engine_init(n->e, &c, n->now_ns, n->wall_ms);
	ceiling = w_replay(w, n);
	engine_start(n->e, ceiling, n->now_ns, n->wall_ms, n->out);
	CHECK(run(n, 1)->done && !run(n, 2)->done && !run(n, 3)->done);
	CHECK_STR(run(n, 1)->text, "replaced by p3");
	w_free(n);
	w_free(w);
}

/* That many more coins, held by both accounts. */
static void held_by_both(struct world *w, int n)
{
	w->mute = true;
	for (int k = 0; k < n; k++) {
		struct instr in = w_btc;
		struct event ev = w_event(w, EV_INSTRS);
		struct buf b;

		buf_init(&b, in.coin, sizeof in.coin);
		buf_printf(&b, "C%d", k);
		in.asset = 100 + (uint32_t)k;
		ev.instrs.n = 1;
		ev.instrs.at = &in;
		w_step(w, &ev);
		for (uint8_t a = 0; a < 2; a++) {
			struct held *h =
				held_find(w->e, a, instr_find(&w->e->instrs, in.coin), true);

			REQUIRE(h);
			h->pos.read.szi.v = k % 2 ? 40000000 : -40000000;
			h->pos.read.value.v = 40000000LL * 100000;
		}
	}
}

/* Places are limited by name, and for NOW there is always one. */
TEST(places_for_now_are_kept)
{
	struct world *w = both_held();
	struct cmd care = of_coin(VERB_CARE, 0, "BTC"), now = of_account(VERB_NOW, 1);
	uint32_t n = 0;

	held_by_both(w, RUNS_MAX);
	for (int k = 0; k < RUNS_MAX; k++) {
		const struct effect *r;
		struct buf b;

		buf_init(&b, care.flatten.coin[0], COIN_MAX);
		buf_printf(&b, "C%d", k);
		r = w_command(w, &care);
		n += r->reply.code == ERR_OK;
		if (r->reply.code == ERR_OK)
			continue;
		CHECK_INT(r->reply.code, ERR_LIMIT);
		CHECK_STR(r->reply.text, "16 runs are under way: end one first, or flatten.");
	}
	CHECK_INT(n, RUNS_MAX - ACCOUNTS_MAX);
	CHECK_STR(w_command(w, &now)->reply.text, "p17, account second");
	now.flatten.account = 0;
	CHECK_STR(w_command(w, &now)->reply.text, "p18, account main");
	CHECK_INT(flats_running(w->e), 2);
	w_free(w);
}

static struct cmd cut_of(const struct world *w)
{
	struct cmd c = of_account(VERB_TRIM, 0);

	c.flatten.n_cuts = 0;
	for (uint32_t k = 0; k < w->e->acct[0].n_held && c.flatten.n_cuts < CUTS_MAX; k++) {
		struct cut *cut = &c.flatten.cut[c.flatten.n_cuts++];

		memset(cut, 0, sizeof *cut);
		memcpy(cut->coin, w->e->instrs.at[w->e->acct[0].held[k].instr].coin, COIN_MAX);
		cut->qty.v = 10000000;
	}
	return c;
}

static uint32_t orders_sent(const struct world *w, uint32_t from)
{
	uint32_t sent = 0;

	for (uint32_t i = from; i < w->n_kept; i++)
		if (w->kept[i].kind == EF_SEND && w->kept[i].send.act.kind == ACT_ORDER)
			sent += w->kept[i].send.act.n;
	return sent;
}

/* More positions than one account can have, over two: every one is a leg, every one is sent, and
 * FLAT waits for the last of them. */
TEST(all_that_can_be_held_is_closed)
{
	enum { EACH = 120 };
	struct world *w = both_held();
	struct cmd now = of_account(VERB_NOW, 0xff);
	struct flat_view v;
	uint32_t from;

	held_by_both(w, EACH);
	from = w->n_kept;
	CHECK_INT(w_command(w, &now)->reply.code, ERR_OK);
	CHECK_INT(run(w, 1)->n, 2 * EACH + 2);
	CHECK_INT(orders_sent(w, from), 2 * EACH + 2);
	for (uint8_t a = 0; a < 2; a++)
		for (uint32_t k = 0; k < w->e->acct[a].n_held; k++)
			if (a == 0 || k + 1 < w->e->acct[a].n_held)
				w->e->acct[a].held[k].pos.read.szi.v = 0;
	flat_view_fill(w->e, flat_find(w->e, 1), &v);
	CHECK_INT(v.n, 1); /* the last of the last account is seen */
	w_free(w);
}

/* A round whose questions are all gone is given up after 12 s, and not before: the run asks anew.
 */
TEST(a_round_that_nobody_answers_is_given_up)
{
	struct world *w = both_held();
	struct cmd care = of_account(VERB_CARE, 0);
	struct flat_slot *s;

	w_command(w, &care);
	s = flat_find(w->e, 1);
	REQUIRE(s);
	s->round = 4711;
	s->round_ns = w->e->now_ns;
	w_pass(w, 11800 * MSEC);
	CHECK_INT(s->round, 4711);
	w_pass(w, 2500 * MSEC);
	CHECK(s->round != 4711);
	w_free(w);
}

/* A trim of more than a screen of legs: one press. */
TEST(a_trim_of_many_legs_is_one_command)
{
	struct world *w = both_held();
	struct cmd trim;

	held_by_both(w, 60);
	trim = cut_of(w);
	REQUIRE(trim.flatten.n_cuts == 61);
	CHECK_INT(w_command(w, &trim)->reply.code, ERR_OK);
	CHECK_INT(run(w, 1)->n, 61);
	w_free(w);
}

/* A step has room for a few actions alone: the legs that found none leave in the next steps, not
 * with the next rung a second later. */
TEST(what_finds_no_room_leaves_in_the_next_step)
{
	struct world *w = both_held();
	struct cmd now = of_account(VERB_NOW, 0xff);
	uint32_t sent = 0;

	held_by_both(w, 60);
	w->out->n = EFFECTS_MAX - 270;
	for (uint32_t i = 0; i < w->out->n; i++)
		w->out->at[i].kind = EF_TIMER;
	w_command(w, &now);
	REQUIRE(run(w, 1)->n == 122);
	for (uint32_t i = 0; i < 122; i++)
		sent += run(w, 1)->leg[i].tries == 1;
	CHECK(sent >= 1 && sent < 122);
	w_pass(w, 100 * MSEC);
	for (uint32_t i = 0; i < 122; i++)
		CHECK_INT(run(w, 1)->leg[i].tries, 1);
	w_free(w);
}

/* Both are being read at once, and the second account's orders cannot be: a read counts for the run
 * that asked for it, so the first is flat and the second is not, and never the other way round. */
TEST(a_read_counts_for_the_run_that_asked)
{
	struct world *w = both_held();
	struct cmd first = of_account(VERB_NOW, 0), second = of_account(VERB_NOW, 1);

	w_command(w, &first);
	w_command(w, &second);
	w->szi = w->other_szi = 0;
	w->deaf = 1;
	w_live(w, 10 * SEC, 100000);
	CHECK_INT(run(w, 1)->state, FLAT_FLAT);
	CHECK_INT(run(w, 2)->state, FLAT_VERIFYING);
	CHECK_INT(run(w, 2)->zero_reads, 0);
	w->deaf = 0;
	w_live(w, 5 * SEC, 100000);
	CHECK_INT(run(w, 2)->state, FLAT_FLAT);
	w_free(w);
}

/* Everything is closed as soon as it is heard of: an account that is read while another has no
 * buyer waits neither for it nor for a read of both; and its exit ends like those of the start. */
TEST(an_account_that_is_read_later)
{
	struct world *w = two_accounts();
	struct cmd now = of_account(VERB_NOW, 0xff), btc = of_coin(VERB_NOW, 1, "BTC");
	struct cmd none = of_coin(VERB_NOW, 0xff, "XYZ"), half = of_coin(VERB_NOW, 1, "BTC");
	int64_t size = 0;
	uint32_t from;

	w->other_szi = 50000000;
	w_connect(w, 1);
	w_market(w, 100000);
	w_pass(w, 100 * MSEC);
	/* the second may hold it: nobody knows */
	CHECK_STR(w_command(w, &none)->reply.text, "No market XYZ.");
	half.flatten.part.v = 500000000000;
	CHECK_STR(w_command(w, &half)->reply.text, "no position in BTC");
	CHECK_STR(w_command(w, &btc)->reply.text, "p2, account second");
	CHECK_STR(w_command(w, &now)->reply.text, "p3, ALL ACCOUNTS");
	w_live(w, 2 * SEC, 100000);
	from = w->n_kept;
	w->fail = 1u << Q_ORDERS; /* no complete read of anything from here on */
	connect_second(w);
	w_live(w, 300 * MSEC, 100000);
	CHECK(orders_of(w, 1, from, &size) > 0);
	CHECK_INT(size, 50000000);
	CHECK(!run(w, 3)->done);
	w_free(w);
}

TEST_MAIN(T(a_round_that_nobody_answers_is_given_up), T(another_account_never_waits),
	  T(an_account_that_is_read_later), T(flat_of_one_account_takes_no_alarm_of_the_other),
	  T(now_replaces_what_it_covers), T(now_within_a_wider_run),
	  T(a_leg_that_joined_is_followed), T(trim_beside_care_of_the_same_account),
	  T(every_run_is_kept_over_a_restart), T(a_flatten_of_another_process_ends_what_it_found),
	  T(places_for_now_are_kept), T(all_that_can_be_held_is_closed),
	  T(a_trim_of_many_legs_is_one_command), T(what_finds_no_room_leaves_in_the_next_step),
	  T(a_read_counts_for_the_run_that_asked))
