/* engine: the selling verbs of the sheet through commands and effects: what leaves for a trim and
 * for care, what replaces what, what a restart makes of it, and what a dry run shows. */
#include <math.h>

#include "engine/inner.h"
#include "tests/unit/accounts_world.h"

static struct cmd trim_btc(int64_t coins)
{
	struct cmd c = selling(VERB_TRIM);

	c.flatten.n_cuts = 1;
	memcpy(c.flatten.cut[0].coin, "BTC", 4);
	c.flatten.cut[0].qty.v = coins;
	return c;
}

static uint32_t orders_from(const struct world *w, uint32_t from)
{
	uint32_t n = 0;

	for (uint32_t i = from; i < w->n_kept; i++)
		n += w->kept[i].kind == EF_SEND && w->kept[i].send.act.kind == ACT_ORDER;
	return n;
}

/* A cut: kill lane, every path, a short expiry; silence keeps its size, the same bytes go again,
 * the nonce is burned, and only then the size is free. */
TEST(trim_waits_for_proof)
{
	struct world *w = w_ready();
	struct verdict ok = {.kind = VERDICT_SUCCESS};
	struct cmd c = trim_btc(30000000);
	const struct effect *s, *again;
	uint32_t from = w->n_kept;

	CHECK_STR(w_command(w, &c)->reply.text, "p1");
	CHECK(!w->e->local_lock); /* that is NOW's */
	s = w_last_act(w, ACT_ORDER, from);
	REQUIRE(s);
	CHECK_INT(s->lane, LANE_KILL);
	CHECK(s->send.all_paths && s->send.act.order[0].reduce_only);
	CHECK_INT(s->send.act.order[0].sz.v, 30000000);
	CHECK_INT((int64_t)s->send.env.expires_ms - w->wall_ms, 8000);
	w_answer(w, s->send.env.nonce, ANSWER_UNKNOWN, NULL, 0, "502");
	w_live(w, 4500 * MSEC, 100000);
	CHECK_INT(orders_from(w, from), 1);
	CHECK(w_count(w, EF_RESEND, from) >= 1);
	CHECK_INT(w_last(w, EF_RESEND, from)->resend.nonce, s->send.env.nonce);
	REQUIRE(w_last_act(w, ACT_NOOP, from));
	CHECK(w_last_act(w, ACT_NOOP, from)->send.env.nonce == s->send.env.nonce);
	w_answer(w, s->send.env.nonce, ANSWER_OK, &ok, 1, NULL);
	w_live(w, SEC, 100000);
	again = w_last_act(w, ACT_ORDER, from);
	CHECK(again != s && again->send.act.order[0].sz.v == 30000000);
	w_fill(w, again, 0, 30000000, 1);
	w_live(w, 10 * SEC, 100000);
	CHECK(flat_newest(w->e)->f.done);
	CHECK_INT(flat_newest(w->e)->f.state, FLAT_FLAT);
	CHECK(!strncmp(flat_newest(w->e)->f.text, "TRIMMED", 7));
	CHECK_INT(w->szi, 70000000);
	w_free(w);
}

/* Killed with the cut in flight; its fill, half heard before, is counted once. */
TEST(trim_over_a_restart)
{
	for (int heard = 0; heard < 2; heard++) {
		struct world *w = w_ready(), *n;
		struct cmd c = trim_btc(30000000);
		const struct effect *s;

		w_command(w, &c);
		s = w_last_act(w, ACT_ORDER, 0);
		REQUIRE(s);
		if (heard)
			w_fill(w, s, 0, 10000000, 1);
		n = w_restart(w, 2 * SEC);
		CHECK(flat_newest(n->e)->used && flat_newest(n->e)->f.verb == VERB_TRIM);
		w_status(n, s, 0, OS_CANCELED, heard ? 20000000 : 30000000);
		w_meta(n);
		w_key(n, true);
		w_connect(n, 1);
		w_live(n, 6 * SEC, 100000);
		s = w_last_act(n, ACT_ORDER, 0);
		REQUIRE(s);
		CHECK_INT(s->send.act.order[0].sz.v, heard ? 20000000 : 30000000);
		w_fill(n, s, 0, s->send.act.order[0].sz.v, 9);
		w_live(n, 10 * SEC, 100000);
		CHECK_INT(flat_newest(n->e)->f.state, FLAT_FLAT);
		CHECK_INT(n->szi, 70000000);
		w_free(n);
		w_free(w);
	}
}

/* Ids do not survive: another coin was journalled first, and stands where BTC stood. A leg that
 * kept its number would cut that one. */
TEST(legs_are_found_by_name_after_a_restart)
{
	struct world *w = w_ready(), *n = w_new();
	struct engine_conf conf = w_conf();
	struct cmd c = trim_btc(30000000);
	struct instr other = w_btc;

	CHECK_INT(w_command(w, &c)->reply.code, ERR_OK);
	REQUIRE(flat_newest(w->e)->f.n == 1 && flat_newest(w->e)->f.leg[0].instr_id == 0);
	memcpy(other.coin, "ETH", 4);
	engine_init(n->e, &conf, n->now_ns, n->wall_ms);
	CHECK_INT(instr_put(&n->e->instrs, &other), 0);
	w_replay(w, n);
	REQUIRE(flat_newest(n->e)->f.n == 1);
	CHECK_STR(flat_newest(n->e)->f.leg[0].coin, "BTC");
	CHECK_INT(flat_newest(n->e)->f.leg[0].instr_id, 1);
	w_free(n);
	w_free(w);
}

/* A position in a coin that nobody knows yet: what else is held is closed at once, nothing is
 * added, and FLAT waits until it can be told. */
TEST(a_position_that_cannot_be_read)
{
	struct world *w = w_ready();
	const struct effect *s;
	struct epool p;
	uint32_t from, k;

	w->lost = 1;
	w_live(w, 6 * SEC, 100000);
	CHECK(gates_closed(w->e, 0) & gate_bit(GATE_BARRIER));
	REQUIRE(pool_of(w->e, 0, 0, &p, &k));
	CHECK(!p.has_equity && strstr(p.reason, "cannot be read"));
	from = w->n_kept;
	w_flatten_all(w);
	s = w_last_act(w, ACT_ORDER, from);
	REQUIRE(s && s->send.act.order[0].sz.v == 100000000);
	w_fill(w, s, 0, 100000000, 5);
	w_live(w, 12 * SEC, 100000);
	CHECK(flat_newest(w->e)->f.state != FLAT_FLAT);
	CHECK(strstr(flat_newest(w->e)->f.text, "1 position that cannot be read"));
	w->lost = 0;
	w_live(w, 6 * SEC, 100000);
	CHECK_INT(flat_newest(w->e)->f.state, FLAT_FLAT);
	CHECK(!(gates_closed(w->e, 0) & gate_bit(GATE_BARRIER)));
	w_free(w);
}

/* Of another only coin and size can be read: no equity is made up, and it is closed like any. */
TEST(a_position_known_by_its_size)
{
	struct world *w = w_ready();
	const struct effect *s;
	struct epool p;
	uint32_t from, k;

	w->bare = true;
	w_live(w, 6 * SEC, 100000);
	REQUIRE(pool_of(w->e, 0, 0, &p, &k));
	CHECK(!p.has_equity && p.n == 1 && fabs(p.leg[k].notional - 100000) < 1);
	from = w->n_kept;
	w_flatten_all(w);
	s = w_last_act(w, ACT_ORDER, from);
	REQUIRE(s && s->send.act.order[0].sz.v == 100000000);
	w_fill(w, s, 0, 100000000, 5);
	w_live(w, 8 * SEC, 100000);
	CHECK_INT(flat_newest(w->e)->f.state, FLAT_FLAT);
	w_free(w);
}

/* Spot stays, and is in the sentence with what it is worth; what finds no room is counted. */
TEST(what_is_left_is_named)
{
	static const struct balance held[] = {{.coin = "USDC", .total = {50000000000}},
					      {.coin = "BTC", .total = {100000000}},
					      {.coin = "PURR", .total = {-250000000}},
					      {.coin = "WIDGET", .total = {700000000}}};
	struct world *w = w_ready();
	struct event ev = w_event(w, EV_SPOT);

	ev.spot.n = 3;
	ev.spot.at = held;
	w_step(w, &ev);
	w_flatten_all(w);
	w_fill(w, w_last_act(w, ACT_ORDER, 0), 0, 100000000, 5);
	w_live(w, 8 * SEC, 100000);
	CHECK_INT(flat_newest(w->e)->f.state, FLAT_FLAT);
	CHECK(strstr(flat_newest(w->e)->f.text,
		     " Left: 1 BTC spot (+100,000 USD delta), -2.5 PURR spot."));
	ev.spot.n = 4;
	w_step(w, &ev);
	w_flatten_all(w);
	w_live(w, 8 * SEC, 100000);
	CHECK(strstr(flat_newest(w->e)->f.text,
		     " Left: 1 BTC spot (+100,000 USD delta), -2.5 PURR spot, 1 more."));
	w_free(w);
}

TEST(now_replaces_trim_and_care)
{
	for (int verb = VERB_CARE; verb <= VERB_TRIM; verb++) {
		struct world *w = w_ready();
		struct cmd c = verb == VERB_TRIM ? trim_btc(30000000) : selling(VERB_CARE);
		struct cmd now = selling(VERB_NOW);
		const struct effect *s;
		uint32_t from;

		CHECK_INT(w_command(w, &c)->reply.code, ERR_OK);
		w_pass(w, 200 * MSEC);
		CHECK_STR(w_command(w, &c)->reply.text,
			  verb == VERB_TRIM ? "p1 goes on with the larger cut of each leg, the one "
					      "it had or this one"
					    : "p1 runs already");
		from = w->n_kept;
		CHECK_STR(w_command(w, &now)->reply.text, "p2");
		s = w_last_act(w, ACT_ORDER, from);
		REQUIRE(s);
		CHECK_INT(s->send.act.order[0].sz.v, 100000000); /* all of it, at once */
		CHECK_INT((int64_t)s->send.env.expires_ms - w->wall_ms, 30000);
		CHECK(w->e->local_lock);
		/* and nothing slows it */
		CHECK_INT(w_command(w, &c)->reply.code, verb == VERB_TRIM ? ERR_RULE : ERR_OK);
		CHECK_STR(w_last(w, EF_REPLY, from)->reply.text, "p2 closes everything already.");
		CHECK_STR(w_command(w, &now)->reply.text, "p2 tries on");
		c = (struct cmd){.kind = CMD_PAUSE, .which = {WHICH_PANIC | 2}};
		CHECK_INT(w_command(w, &c)->reply.code, ERR_RULE);
		w_fill(w, s, 0, 100000000, 3);
		from = w->n_kept;
		w_live(w, 10 * SEC, 100000);
		CHECK_INT(flat_newest(w->e)->f.state, FLAT_FLAT);
		CHECK(w_last_act(w, ACT_NOOP, from)); /* what p1 left unanswered is burned too */
		w_free(w);
	}
}

/* NOW for a coin within care for all: one run, the coin closed at once. */
TEST(now_for_one_coin_within_care)
{
	struct world *w = w_ready();
	struct cmd c = selling(VERB_CARE), now = selling(VERB_NOW);
	const struct effect *s;
	uint32_t from;

	w_command(w, &c);
	from = w->n_kept;
	now.flatten.scope = FLAT_COINS;
	now.flatten.n_coins = 1;
	memcpy(now.flatten.coin[0], "BTC", 4);
	CHECK_STR(w_command(w, &now)->reply.text, "p1: closed now, the rest goes on as it was");
	s = w_last_act(w, ACT_ORDER, from);
	REQUIRE(s);
	CHECK_INT(s->send.act.order[0].sz.v, 100000000);
	CHECK_INT(flat_newest(w->e)->f.leg[0].verb, VERB_NOW);
	w_free(w);
}

TEST(care_through_the_engine)
{
	struct world *w = w_ready();
	struct cmd c = selling(VERB_CARE), p = {.kind = CMD_PAUSE, .which = {WHICH_PANIC | 1}};
	const struct effect *s = NULL;
	uint32_t from = w->n_kept, n = 0;

	w_command(w, &c);
	for (int k = 0; k < 300 && !flat_newest(w->e)->f.done; k++) {
		const struct effect *now = w_last_act(w, ACT_ORDER, from);

		if (now && now != s) {
			s = now;
			n++;
			CHECK_INT(s->lane, LANE_KILL);
			CHECK((int64_t)s->send.env.expires_ms - w->wall_ms <=
			      (w->szi > s->send.act.order[0].sz.v ? 8000 : 30000));
			w_fill(w, s, 0, s->send.act.order[0].sz.v, 10 + n);
		}
		if (k == 20) {
			CHECK_STR(w_command(w, &p)->reply.text, "pause: p1");
			from = w->n_kept;
			w_live(w, 60 * SEC, 100000);
			CHECK_INT(orders_from(w, from), 0);
			p.kind = CMD_RESUME;
			CHECK_STR(w_command(w, &p)->reply.text, "resume: p1");
		}
		w_live(w, 500 * MSEC, 100000);
	}
	CHECK(n >= 8 && n <= 13);
	CHECK_INT(flat_newest(w->e)->f.state, FLAT_FLAT);
	CHECK_INT(w->szi, 0);
	w_free(w);
}

/* Without cuts the sheet makes them; the numbers of a dry run are the sheet's. */
TEST(trim_computed_here)
{
	struct world *w = w_ready();
	struct cmd c = selling(VERB_TRIM);
	const struct effect *s;
	uint32_t from = w->n_kept;

	/* 1 BTC long at 100,000 with 10,000: dies at -8.86 %, which is past 5 % */
	CHECK_INT(w_command(w, &c)->reply.code, ERR_RULE);
	CHECK(!strncmp(w_last(w, EF_REPLY, from)->reply.text, "No trim: ", 9));
	c.flatten.cushion.v = 150000000000; /* 15 % */
	c.flatten.dry_run = true;
	from = w->n_kept;
	CHECK(!w_command(w, &c));
	s = w_last(w, EF_SEND, from);
	REQUIRE(s && s->send.dry && s->send.note);
	CHECK(strstr(s->send.note, "\"verb\":\"trim\",\"offered\":true"));
	CHECK(strstr(s->send.note, "\"coin\":\"BTC\",\"side\":\"sell\",\"size\":\"0.4"));
	CHECK(strstr(s->send.note, "\"break_even_px\":\""));
	int64_t shown = s->send.act.order[0].sz.v;
	CHECK(shown >= 40000000 && shown <= 50000000);
	c.flatten.dry_run = false;
	from = w->n_kept;
	CHECK_INT(w_command(w, &c)->reply.code, ERR_OK);
	s = w_last_act(w, ACT_ORDER, from);
	REQUIRE(s);
	CHECK_INT(s->send.act.order[0].sz.v, shown);
	w_free(w);
}

/* An answer of p1 that comes late is our last answer: reads before it do not count. */
/* One estimate: what the dry run's sheet says a verb costs is what its run expected. */
TEST(expected_is_the_sheets)
{
	static const uint8_t verbs[] = {VERB_TRIM, VERB_CARE};
	static struct snap snap;

	for (size_t k = 0; k < sizeof verbs; k++) {
		struct world *w = w_new();
		struct cmd c = selling(verbs[k]);
		const char *said;
		double usd;

		w->equity = 300000000000; /* 3,000 USD: a cut is needed */
		w_begin(w, 100000);
		w_live(w, 2 * SEC, 100000);
		c.flatten.dry_run = true;
		w_command(w, &c);
		said = strstr(w->e->dry_note, "\"cost_usd\":\"");
		REQUIRE(said);
		usd = strtod(said + 12, NULL);
		CHECK(usd > 1);
		c.flatten.dry_run = false;
		w_command(w, &c);
		CHECK_NEAR(money_to_double(flat_newest(w->e)->f.expected), usd, 0.01);
		w_live(w, SEC, 100000);
		engine_snap(w->e, &snap);
		CHECK_NEAR(money_to_double(snap.flat[0].expected), usd, 0.01);
		w_free(w);
	}
}

TEST(late_answers_of_another_run_count)
{
	struct world *w = w_ready();
	struct cmd c = trim_btc(30000000), now = selling(VERB_NOW);
	struct verdict v = {.kind = VERDICT_FILLED, .oid = 7, .filled = {1}};
	const struct effect *old, *s;

	w_command(w, &c);
	old = w_last_act(w, ACT_ORDER, 0);
	REQUIRE(old);
	w_command(w, &now);
	s = w_last_act(w, ACT_ORDER, 0);
	w_fill(w, s, 0, 100000000, 3);
	for (int k = 0; k < 12; k++) {
		struct event ev = w_event(w, EV_ANSWER);

		ev.answer.nonce = old->send.env.nonce;
		ev.answer.venue_ms = w->wall_ms + 5000; /* venue time ahead of every read */
		ev.answer.n = 1;
		ev.answer.at = &v;
		w_step(w, &ev);
		w_pass(w, 400 * MSEC);
	}
	CHECK(flat_newest(w->e)->f.state != FLAT_FLAT);
	w_live(w, 8 * SEC, 100000);
	CHECK_INT(flat_newest(w->e)->f.state, FLAT_FLAT);
	w_free(w);
}

static void dex_read(struct world *w, uint8_t dex)
{
	struct event ev = w_event(w, EV_ACCOUNT);

	ev.acct.dex = dex;
	ev.acct.venue_ms = w->wall_ms;
	w_step(w, &ev);
}

/* A second dex that is not read holds FLAT up, however often the first one is. */
TEST(every_dex_is_read)
{
	struct world *w = w_new();
	struct engine_conf c = w_conf();
	struct cmd now = selling(VERB_NOW);
	const struct effect *s;

	c.n_dexes = 2;
	memcpy(c.dex[1], "xyz", 4);
	engine_init(w->e, &c, w->now_ns, w->wall_ms);
	engine_start(w->e, 0, w->now_ns, w->wall_ms, w->out);
	w_take(w);
	w_meta(w);
	w_key(w, true);
	w_connect(w, 1);
	w_market(w, 100000);
	w_pass(w, 100 * MSEC);
	w_command(w, &now);
	s = w_last_act(w, ACT_ORDER, 0);
	REQUIRE(s);
	w_fill(w, s, 0, 100000000, 3);
	w_live(w, 20 * SEC, 100000);
	CHECK(!flat_newest(w->e)->f.done);
	dex_read(w, 1); /* once: one of the two reads at most */
	for (int k = 0; k < 30 && !flat_newest(w->e)->f.done; k++) {
		w_live(w, 500 * MSEC, 100000);
		dex_read(w, 1);
	}
	CHECK_INT(flat_newest(w->e)->f.state, FLAT_FLAT);
	CHECK(strstr(flat_newest(w->e)->f.text, "(2 dexes, 1 account)"));
	w_free(w);
}

/* Two accounts, the second with nothing; its name is `second`. */
static void add_sub(struct world *w, const char *name, char digit, int64_t usd)
{
	struct sub_account *s = &w->sub[w->n_subs++];

	memcpy(s->name, name, strlen(name) + 1);
	memset(s->address, digit, 42);
	s->holds = usd > 0;
	s->worth.v = usd * 100000000;
}

static void close_all(struct world *w)
{
	struct cmd now = selling(VERB_NOW);
	const struct effect *s;

	now.flatten.account = 0xff;
	w_command(w, &now);
	s = w_last_act(w, ACT_ORDER, 0);
	REQUIRE(s);
	w_fill(w, s, 0, 100000000, 3);
}

/* FLAT needs the reads of both accounts. */
TEST(every_account_is_read)
{
	struct world *w = two_accounts();

	w_connect(w, 1);
	connect_second(w);
	w_market(w, 100000);
	w_pass(w, 100 * MSEC);
	w->fail = 0;
	close_all(w);
	w_live(w, 5 * SEC, 100000);
	CHECK_INT(flat_newest(w->e)->f.state, FLAT_FLAT);
	CHECK(strstr(flat_newest(w->e)->f.text, "(1 dex, 2 accounts)"));
	CHECK(!strstr(flat_newest(w->e)->f.text, "Not watched"));
	w_free(w);
	/* the orders of one of them do not come */
	w = two_accounts();
	w->deaf = 1;
	w_connect(w, 1);
	connect_second(w);
	w_market(w, 100000);
	w_pass(w, 100 * MSEC);
	close_all(w);
	w_live(w, 15 * SEC, 100000);
	CHECK(!flat_newest(w->e)->f.done);
	w->deaf = 0;
	w_live(w, 30 * SEC, 100000);
	CHECK_INT(flat_newest(w->e)->f.state, FLAT_FLAT);
	w_free(w);
}

/* An order of a market that nobody here knows could open anything. */
TEST(no_flat_beside_an_order_nobody_can_read)
{
	struct world *w = w_ready();
	struct cmd now = selling(VERB_NOW);

	w->n_unread = 1;
	CHECK_STR(w_command(w, &now)->reply.text, "p1");
	w_fill(w, w_last_act(w, ACT_ORDER, 0), 0, 100000000, 3);
	w_live(w, 10 * SEC, 100000);
	CHECK(!flat_newest(w->e)->f.done);
	CHECK(strstr(flat_newest(w->e)->f.text, "1 order that could open"));
	w->n_unread = 0;
	w_live(w, 5 * SEC, 100000);
	CHECK_INT(flat_newest(w->e)->f.state, FLAT_FLAT);
	w_free(w);
}

/* Named: a sub-account that holds something and a dex, neither in the configuration; and each list
 * that did not come. Not named: an empty one, a configured one. */
TEST(what_is_not_watched_is_named)
{
	struct world *w = two_accounts();
	static struct snap snap;

	add_sub(w, "empty", '3', 0);
	add_sub(w, "mine", '2', 500);
	add_sub(w, "carry", 'a', 1234);
	memcpy(w->dex[w->n_dexes++].name, "xyz", 4);
	memcpy(w->dex[w->n_dexes++].name, "abc", 4);
	w_connect(w, 1);
	connect_second(w);
	w_market(w, 100000);
	w_pass(w, 100 * MSEC);
	close_all(w);
	w_live(w, 5 * SEC, 100000);
	CHECK_INT(flat_newest(w->e)->f.state, FLAT_FLAT);
	CHECK(strstr(
		flat_newest(w->e)->f.text,
		" Not watched: sub-account carry aaaa..aa (1,234 USD), dexes xyz, abc. Cost "));
	engine_snap(w->e, &snap);
	CHECK_STR(snap.flat[0].not_watched,
		  "sub-account carry aaaa..aa (1,234 USD), dexes xyz, abc");
	w_free(w);

	w = two_accounts();
	add_sub(w, "carry", 'a', 1234);
	add_sub(w, "another of a long name", 'b', 9876543);
	w_connect(w, 1);
	connect_second(w);
	w_market(w, 100000);
	w_pass(w, 100 * MSEC);
	w->fail = 1u << Q_DEXES; /* it came before, it does not now */
	close_all(w);
	w_live(w, 5 * SEC, 100000);
	CHECK_INT(flat_newest(w->e)->f.state, FLAT_FLAT);
	CHECK(strstr(flat_newest(w->e)->f.text,
		     " Not watched: sub-account carry aaaa..aa (1,234 USD), 2 more. Cost "));
	engine_snap(w->e, &snap);
	CHECK_STR(snap.flat[0].not_watched,
		  "sub-account carry aaaa..aa (1,234 USD), sub-account another of a long name "
		  "bbbb..bb (9,876,543 USD), builder dexes (list not read)");
	w_free(w);

	w = two_accounts();
	w->fail = 1u << Q_SUBS;
	w_connect(w, 1);
	connect_second(w);
	w_market(w, 100000);
	w_pass(w, 100 * MSEC);
	close_all(w);
	w_live(w, 5 * SEC, 100000);
	CHECK(strstr(flat_newest(w->e)->f.text, " Not watched: sub-accounts of main (not read), "));
	w_free(w);
}

/* More positions than there is room for: those without are not told of and nothing is said to be
 * flat, until the others are closed. */
TEST(more_positions_than_are_kept)
{
	static struct instr list[POSITIONS_MAX + 2];
	static struct ev_position held[POSITIONS_MAX + 2];
	struct world *w = w_ready();
	struct event ev = w_event(w, EV_INSTRS);

	for (uint32_t i = 0; i < POSITIONS_MAX + 2; i++) {
		list[i] = w_btc;
		memcpy(list[i].coin, (char[]){'C', (char)('A' + i / 26), (char)('A' + i % 26), 0},
		       4);
		list[i].asset = 10 + i;
		held[i] = (struct ev_position){.instr = (uint16_t)(i + 1),
					       .szi = {100000000},
					       .leverage = 10,
					       .value = {100000000}};
	}
	ev.instrs.n = POSITIONS_MAX + 2;
	ev.instrs.at = list;
	w_step(w, &ev);
	w_pass(w, SEC);
	ev = w_event(w, EV_ACCOUNT);
	ev.acct.venue_ms = w->wall_ms;
	ev.acct.n = POSITIONS_MAX;
	ev.acct.at = held;
	w_step(w, &ev);
	CHECK_INT(account_lost(w->e, 0), 1); /* BTC is zero only after this read */
	ev.acct.venue_ms = ++w->wall_ms;
	w_step(w, &ev);
	CHECK_INT(account_lost(w->e, 0), 0);
	ev.acct.n = POSITIONS_MAX + 2;
	ev.acct.venue_ms = ++w->wall_ms;
	w_step(w, &ev);
	CHECK_INT(account_lost(w->e, 0), 2);
	w_free(w);
}

/* The place of an order is another's by the time its question is answered. */
static void place_reused(void *arg, const struct effect *q)
{
	struct world *w = arg;

	(void)q;
	for (uint16_t i = 0; i < ORDERS_MAX; i++)
		w->e->orders.at[i].nonce += w->e->orders.used[i];
}

/* Whose place it is now is not filled by that word: nothing is said of its nonce. */
TEST(a_word_about_an_order_that_is_gone)
{
	for (int reused = 0; reused < 2; reused++) {
		struct world *w = w_ready();
		struct cmd now = selling(VERB_NOW);
		const struct effect *s;
		uint16_t at;

		w_command(w, &now);
		s = w_last_act(w, ACT_ORDER, 0);
		REQUIRE(s);
		at = orders_by_cloid(w->e, s->send.act.order[0].cloid);
		REQUIRE(at != NONE16);
		w_status(w, s, 0, OS_FILLED, 0);
		if (reused) {
			w->before_status = place_reused;
			w->arg = w;
		}
		w_answer(w, s->send.env.nonce, ANSWER_UNKNOWN, NULL, 0, "timeout");
		w_pass(w, 1500 * MSEC);
		CHECK(w->lookups > 0);
		CHECK_INT(w->e->orders.at[at].state == ORDER_FILLED, !reused);
		w_free(w);
	}
}

TEST_MAIN(T(a_word_about_an_order_that_is_gone), T(more_positions_than_are_kept),
	  T(no_flat_beside_an_order_nobody_can_read), T(expected_is_the_sheets),
	  T(every_dex_is_read), T(every_account_is_read), T(what_is_not_watched_is_named),
	  T(trim_waits_for_proof), T(trim_over_a_restart),
	  T(legs_are_found_by_name_after_a_restart), T(a_position_that_cannot_be_read),
	  T(a_position_known_by_its_size), T(what_is_left_is_named), T(now_replaces_trim_and_care),
	  T(now_for_one_coin_within_care), T(care_through_the_engine), T(trim_computed_here),
	  T(late_answers_of_another_run_count))
