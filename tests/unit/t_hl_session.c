/* t_hl_session.c: conversations with a made-up venue, always run: start-up, confirmation, feeds,
 * posts and their loss, errors, silence, reconnection. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/run.h"
#include "tests/wire/rig.h"

static const char *const xyz[] = {"xyz"};

TEST(startup)
{
	struct rig *r = rig_new(HL_MARKET | HL_ACCOUNT, RIG_USER, xyz, 1);
	const struct event *e;
	uint16_t id;

	CHECK(!hl_shared_ready(&r->shared));
	rig_start(r, true);
	CHECK(hl_shared_ready(&r->shared));
	e = rig_event(r, EV_CONN, 0);
	REQUIRE(e);
	CHECK(e->conn.up && e->conn.epoch == 1 && e->account == 3 && e->epoch == 1);
	CHECK(e->now_ns == r->now_ns && e->wall_ms == r->wall_ms);
	CHECK_INT(rig_count(r, EV_INSTRS), 3);
	id = instr_find(&r->instrs, "BTC");
	REQUIRE(id != INSTR_NONE);
	CHECK_INT(r->instrs.at[id].asset, 0);
	CHECK_INT(r->instrs.at[id].n_tiers, 2);
	CHECK_INT(r->instrs.at[id].tiers[1].max_leverage, 20);
	CHECK_INT(r->instrs.at[id].tiers[1].lower.v, 15000000000000000);
	CHECK_INT(r->instrs.at[id].px_decimals, 1);
	/* a delisted entry keeps its place; the one after it its number */
	id = instr_find(&r->instrs, "OLD");
	CHECK(id != INSTR_NONE && r->instrs.at[id].delisted);
	id = instr_find(&r->instrs, "SOL");
	CHECK_INT(r->instrs.at[id].asset, 3);
	CHECK_INT(r->instrs.at[id].n_tiers, 1); /* table 20 is not listed: one tier of 20 */
	CHECK_INT(r->instrs.at[id].tiers[0].max_leverage, 20);
	CHECK(r->instrs.at[id].only_isolated);
	/* the dex stands third in the venue's list: 100000 + 2 * 10000 + place */
	id = instr_find(&r->instrs, "xyz:OIL");
	REQUIRE(id != INSTR_NONE);
	CHECK_INT(r->instrs.at[id].asset, 120001);
	CHECK_INT(r->instrs.at[id].dex, 1);
	CHECK(r->instrs.at[instr_find(&r->instrs, "xyz:GOLD")].only_isolated);
	id = instr_find(&r->instrs, "@107");
	REQUIRE(id != INSTR_NONE);
	CHECK_INT(r->instrs.at[id].asset, 10107);
	CHECK(r->instrs.at[id].spot && r->instrs.at[id].sz_decimals == 2 &&
	      r->instrs.at[id].px_decimals == 6);
	/* prices came with the lists */
	e = rig_event(r, EV_CTX, 0);
	REQUIRE(e);
	CHECK_INT(e->ctx.mark.v, 600007000000000);
	CHECK_INT(e->ctx.oracle.v, 600015000000000);
	CHECK_INT(e->ctx.funding.v, 12500000);
	CHECK_INT(e->ctx.day_volume.v, 60582225579999); /* residue of the venue's floats is cut */
	/* the barrier */
	CHECK(hl_confirmed(r->h));
	for (uint32_t i = 0, all = 0; (e = rig_event(r, EV_CONFIRMED, i)); i++) {
		all += e->confirmed.all;
		CHECK(all <= 1 || e->confirmed.all);
	}
	CHECK(rig_count(r, EV_CONFIRMED) > 10);
	CHECK_INT(hl_stats(r->h).refused, 0);
	rig_free(r);
}

/* Not confirmed before the last first frame. */
TEST(barrier_waits_for_data)
{
	struct rig *r = rig_new(HL_MARKET | HL_ACCOUNT, RIG_USER, NULL, 0);

	rig_start(r, false); /* acknowledgements only */
	CHECK(!hl_confirmed(r->h));
	/* streams without a snapshot are confirmed by their acknowledgement alone */
	CHECK_INT(rig_count(r, EV_CONFIRMED), 2);
	rig_wait(r, 11000);
	REQUIRE(rig_out(r));
	CHECK_INT(r->out.kind, HL_OUT_CLOSE);
	CHECK(strstr(r->text, "not confirmed"));
	CHECK(!rig_out(r)); /* said once */
	hl_on_close(r->h, "closed", r->now_ns, r->wall_ms);
	CHECK(strstr(rig_event(r, EV_CONN, 1)->conn.reason, "not confirmed"));
	rig_clear(r);
	rig_start(r, true);
	CHECK(hl_confirmed(r->h));
	CHECK_INT(rig_event(r, EV_CONN, 0)->epoch, 2);
	rig_free(r);
}

TEST(account_waits_for_meta)
{
	struct rig *r = rig_new(HL_ACCOUNT, RIG_USER, NULL, 0);

	rig_start(r, true);
	CHECK_INT(rig_count(r, EV_CONFIRMED), 0); /* nothing subscribed: coins have no ids yet */
	rig_coin(r, "BTC", 0);
	rig_ready(r); /* another session read the lists */
	while (rig_out(r))
		rig_serve(r, true);
	CHECK(hl_confirmed(r->h));
	rig_free(r);
}

TEST(unknown_dex_does_not_block)
{
	static const char *const none[] = {"nope"};
	struct rig *r = rig_new(HL_MARKET | HL_ACCOUNT, RIG_USER, none, 1);

	rig_start(r, true);
	CHECK(hl_confirmed(r->h));
	REQUIRE(rig_event(r, EV_VENUE_ERROR, 0));
	CHECK(strstr(rig_event(r, EV_VENUE_ERROR, 0)->venue_error.text, "nope"));
	rig_free(r);
}

TEST(dex_names)
{
	static const char *const long_name[] = {"abcdefghijklmnop"}, *const odd[] = {"a\x1b"};
	static const char *const many[8] = {"a", "b", "c", "d", "e", "f", "g", "h"};
	static struct hl_shared s;
	struct err e = {0};

	CHECK(!hl_shared_init(&s, NULL, long_name, 1, &e) && e.code == ERR_CONF);
	CHECK(!hl_shared_init(&s, NULL, odd, 1, &e));
	CHECK(!hl_shared_init(&s, NULL, many, 8, &e) && e.code == ERR_LIMIT);
	CHECK(hl_shared_init(&s, NULL, many, 7, &e));
}

TEST(feed)
{
	struct rig *r = rig_account();
	uint16_t btc = instr_find(&r->instrs, "BTC");
	unsigned subs = 0;
	const struct event *e;

	CHECK(!hl_feed(r->h, 999, true)); /* an unknown coin would kill the socket */
	CHECK(hl_feed(r->h, btc, true));
	CHECK(hl_feed(r->h, btc, true));
	while (rig_out(r)) {
		CHECK(strstr(r->text, "\"method\":\"subscribe\"") &&
		      strstr(r->text, "\"coin\":\"BTC\""));
		subs++;
		rig_serve(r, true);
	}
	CHECK_INT(subs, 5); /* book, fast book, bbo, trades, context */
	rig_clear(r);
	rig_text(
		r,
		"{\"channel\":\"trades\",\"data\":[{\"coin\":\"BTC\",\"side\":\"A\",\"px\":\"1.5\","
		"\"sz\":\"2.0\",\"time\":5,\"hash\":\"0x\",\"tid\":9,\"users\":[\"a\",\"b\"]}]}");
	rig_text(
		r,
		"{\"channel\":\"trades\",\"data\":[{\"coin\":\"BTC\",\"side\":\"B\",\"px\":\"1.5\","
		"\"sz\":\"2.0\",\"time\":6,\"hash\":\"0x\",\"tid\":10,\"users\":[\"a\",\"b\"]}]}");
	REQUIRE(rig_count(r, EV_TRADES) == 2);
	CHECK(rig_event(r, EV_TRADES, 0)->trades.history);
	CHECK(!rig_event(r, EV_TRADES, 1)->trades.history);
	rig_text(r, "{\"channel\":\"l2Book\",\"data\":{\"coin\":\"BTC\",\"time\":7,\"levels\":[[{"
		    "\"px\":"
		    "\"10.0\",\"sz\":\"1.0\",\"n\":2}],[{\"px\":\"11.0\",\"sz\":\"1.0\",\"n\":1}]],"
		    "\"fast\":true}}");
	e = rig_event(r, EV_BOOK, 0);
	REQUIRE(e);
	CHECK(e->book.book->fast && e->book.book->instr == btc && !e->book.answer);
	CHECK_INT(e->book.book->seen_ns, r->now_ns);
	CHECK_INT(hl_stream_seen(r->h, STREAM_BOOK_FAST, 0, btc), r->now_ns);
	CHECK(hl_stats(r->h).hot >= 3);
	/* off: unsubscribed, then nothing more is asked */
	CHECK(hl_feed(r->h, btc, false));
	subs = 0;
	while (rig_out(r))
		subs += strstr(r->text, "\"method\":\"unsubscribe\"") != NULL;
	CHECK_INT(subs, 5);
	CHECK_INT(hl_stream_seen(r->h, STREAM_BOOK, 0, btc), 0);
	/* remembered over a reconnection when on */
	CHECK(hl_feed(r->h, btc, true));
	hl_on_close(r->h, "gone", r->now_ns, r->wall_ms);
	hl_on_connect(r->h, r->now_ns, r->wall_ms);
	CHECK(rig_out_with(r, "\"fast\":true"));
	rig_free(r);
}

static void trade(struct rig *r, int64_t time, uint64_t tid)
{
	char frame[512];
	struct buf b;

	buf_init(&b, frame, sizeof frame);
	buf_printf(&b,
		   "{\"channel\":\"trades\",\"data\":[{\"coin\":\"BTC\",\"side\":\"A\","
		   "\"px\":\"1.5\",\"sz\":\"2.0\",\"time\":%lld,\"hash\":\"0x\",\"tid\":%llu,"
		   "\"users\":[\"a\",\"b\"]}]}",
		   (long long)time, (unsigned long long)tid);
	rig_text(r, frame);
}

static void serve_all(struct rig *r)
{
	while (rig_out(r))
		rig_serve(r, true);
}

/* Trades that count as new volume since rig_clear. */
static uint32_t fresh(const struct rig *r)
{
	const struct event *e;
	uint32_t sum = 0;

	for (uint32_t i = 0; (e = rig_event(r, EV_TRADES, i)); i++)
		sum += e->trades.history ? 0 : e->trades.n;
	return sum;
}

/* Unsubscribed and subscribed again at once: a late frame of the old subscription must not pass for
 * the history, which would then count as volume. */
TEST(trades_history_after_a_quick_turn)
{
	struct rig *r = rig_account();
	uint16_t btc = instr_find(&r->instrs, "BTC");
	char frame[8192];
	struct buf b;

	CHECK(hl_feed(r->h, btc, true));
	serve_all(r);
	rig_clear(r);
	trade(r, 1000, 1);
	CHECK_INT(fresh(r), 0);
	trade(r, 1001, 2);
	CHECK_INT(fresh(r), 1);
	trade(r, 1001, 2); /* told twice */
	CHECK_INT(fresh(r), 1);
	trade(r, 1001, 3); /* of the same block */
	CHECK_INT(fresh(r), 2);
	rig_clear(r);
	CHECK(hl_feed(r->h, btc, false));
	while (rig_out(r))
		;
	CHECK(hl_feed(r->h, btc, true));
	while (!strstr(r->text, "\"trades\""))
		REQUIRE(rig_out(r));
	trade(r, 1002, 4); /* late, before the acknowledgement */
	CHECK_INT(fresh(r), 0);
	CHECK(rig_serve(r, true));
	buf_init(&b, frame, sizeof frame);
	buf_puts(&b, "{\"channel\":\"trades\",\"data\":[");
	for (int i = 0; i < 30; i++)
		buf_printf(&b,
			   "%s{\"coin\":\"BTC\",\"side\":\"A\",\"px\":\"1.5\",\"sz\":\"2.0\","
			   "\"time\":%d,\"hash\":\"0x\",\"tid\":%d,\"users\":[\"a\",\"b\"]}",
			   i ? "," : "", 1010 - i, 100 - i);
	buf_puts(&b, "]}");
	REQUIRE(!b.over);
	rig_text(r, frame);
	CHECK_INT(fresh(r), 0);
	CHECK_INT(rig_count(r, EV_TRADES), 2);
	rig_text(r, frame); /* and if it comes late, its trades are known */
	CHECK_INT(fresh(r), 0);
	trade(r, 1011, 101);
	CHECK_INT(fresh(r), 1);
	rig_free(r);
}

TEST(ping_and_death)
{
	struct rig *r = rig_account();
	int64_t start = r->now_ns;
	unsigned pings = 0;

	/* frames keep coming on every stream but the venue answers no ping: alive */
	rig_wait(r, 19000);
	while (rig_out(r))
		CHECK(!strstr(r->text, "ping"));
	rig_wait(r, 1000);
	while (rig_out(r))
		pings += strstr(r->text, "{\"method\":\"ping\"}") != NULL;
	CHECK_INT(pings, 1);
	hl_on_close(r->h, "x", r->now_ns, r->wall_ms);
	rig_free(r);

	/* a pure market session without coins has one beat only; its death by silence of all bytes
	 */
	r = rig_new(HL_ACCOUNT, RIG_USER, NULL, 0);
	hl_on_connect(r->h, r->now_ns, r->wall_ms);
	start = r->now_ns;
	for (pings = 0; r->now_ns < start + 44000000000; rig_wait(r, 1000))
		while (rig_out(r))
			pings += strstr(r->text, "ping") != NULL;
	CHECK_INT(pings, 2);
	rig_wait(r, 1500);
	REQUIRE(rig_out(r));
	CHECK_INT(r->out.kind, HL_OUT_CLOSE);
	CHECK(strstr(r->text, "45 s"));
	rig_free(r);
}

/* Pongs keep the socket alive, not a stream: a silent one is subscribed anew, then all is dropped.
 */
TEST(silent_stream)
{
	struct rig *r = rig_account();
	bool again = false, closed = false;

	for (int s = 0; s < 70 && !closed; s++) {
		rig_wait(r, 1000);
		rig_text(r, "{\"channel\":\"pong\"}");
		while (rig_out(r)) {
			closed = r->out.kind == HL_OUT_CLOSE;
			again = again || strstr(r->text, "unsubscribe");
		}
	}
	CHECK(again && closed);
	CHECK(strstr(r->text, "silent") || strstr(r->text, "not confirmed"));
	rig_free(r);
}

static const char order_ok[] =
	"{\"status\":\"ok\",\"response\":{\"type\":\"order\",\"data\":{"
	"\"statuses\":[{\"resting\":{\"oid\":77}},{\"filled\":{\"totalSz\":"
	"\"0.02\",\"avgPx\":\"1891.4\",\"oid\":78}},{\"error\":\"Order must have "
	"minimum value of $10. asset=1\"},\"waitingForTrigger\"]}}}";

TEST(action_over_socket)
{
	struct rig *r = rig_account();
	const struct event *e;
	uint32_t id;

	CHECK(hl_send_action(r->h, "{\"action\":1}", 12, 555, 0, 5000000000, r->now_ns));
	REQUIRE(rig_out_with(r, "\"method\":\"post\""));
	CHECK(r->out.action && r->out.kind == HL_OUT_TEXT);
	CHECK(strstr(r->text, "\"request\":{\"type\":\"action\",\"payload\":{\"action\":1}}}"));
	id = r->out.tag;
	rig_post_reply(r, id, "action", order_ok);
	e = rig_event(r, EV_ANSWER, 0);
	REQUIRE(e);
	CHECK_INT(e->answer.nonce, 555);
	CHECK_INT(e->answer.kind, ANSWER_OK);
	CHECK_INT(e->answer.n, 4);
	CHECK(e->answer.at[0].kind == VERDICT_RESTING && e->answer.at[0].oid == 77);
	CHECK(e->answer.at[1].kind == VERDICT_FILLED && e->answer.at[1].filled.v == 2000000 &&
	      e->answer.at[1].avg.v == 18914000000000);
	CHECK(e->answer.at[2].kind == VERDICT_ERROR &&
	      e->answer.at[2].refusal == REFUSED_MIN_VALUE);
	CHECK(e->answer.at[3].kind == VERDICT_WAITING);
	/* a second answer with that id meets nothing */
	rig_post_reply(r, id, "action", order_ok);
	CHECK_INT(rig_count(r, EV_ANSWER), 1);
	rig_free(r);
}

/* Answers that are refusals, verdicts of one, or nothing at all. */
TEST(answer_shapes)
{
	static const struct {
		const char *type, *payload;
		int kind, n, first;
	} rows[] = {
		{"action", "{\"status\":\"err\",\"response\":\"Invalid nonce: duplicate nonce 7\"}",
		 ANSWER_ERR, 0, 0},
		{"action", "{\"status\":\"ok\",\"response\":{\"type\":\"default\"}}", ANSWER_OK, 1,
		 VERDICT_SUCCESS},
		{"action",
		 "{\"status\":\"ok\",\"response\":{\"type\":\"cancel\",\"data\":{\"statuses\":["
		 "\"success\",{\"error\":\"Order was never placed, already canceled, or filled.\"}"
		 "]}}}",
		 ANSWER_OK, 2, VERDICT_SUCCESS},
		{"action",
		 "{\"status\":\"ok\",\"response\":{\"type\":\"twapOrder\",\"data\":{\"status\":"
		 "{\"running\":{\"twapId\":9}}}}}",
		 ANSWER_OK, 1, VERDICT_TWAP},
		{"action",
		 "{\"status\":\"ok\",\"response\":{\"type\":\"twapCancel\",\"data\":{"
		 "\"status\":\"success\"}}}",
		 ANSWER_OK, 1, VERDICT_SUCCESS},
		{"action",
		 "{\"status\":\"ok\",\"response\":{\"type\":\"order\",\"data\":{\"statuses\":["
		 "{\"error\":\"Order has zero size.\"}]}}}",
		 ANSWER_OK, 1, VERDICT_ERROR},
		{"action",
		 "{\"status\":\"ok\",\"response\":{\"type\":\"order\",\"data\":{\"statuses\":["
		 "{\"resting\":{\"oid\":1}},\"aNewWord\"]}}}",
		 ANSWER_UNKNOWN, 0, 0},
		{"action",
		 "{\"status\":\"ok\",\"response\":{\"type\":\"order\",\"data\":{\"statuses\":[]"
		 "}}}",
		 ANSWER_UNKNOWN, 0, 0},
		{"action", "{\"status\":\"ok\"}", ANSWER_UNKNOWN, 0, 0},
		{"action", "null", ANSWER_UNKNOWN, 0, 0},
		{"action", "{\"status\":\"err\",\"response\":{}}", ANSWER_UNKNOWN, 0, 0},
		{"error", "\"429 Too Many Requests\"", ANSWER_UNKNOWN, 0, 0},
		{"info", "{\"type\":\"x\",\"data\":1}", ANSWER_UNKNOWN, 0, 0},
	};
	struct rig *r = rig_account();

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct event *e;

		rig_clear(r);
		CHECK(hl_send_action(r->h, "{}", 2, 9, 0, 5000000000, r->now_ns));
		REQUIRE(rig_out_with(r, "\"action\""));
		rig_post_reply(r, r->out.tag, rows[i].type, rows[i].payload);
		e = rig_event(r, EV_ANSWER, 0);
		if (!e || e->answer.kind != rows[i].kind || e->answer.n != (uint32_t)rows[i].n ||
		    (e->answer.n && e->answer.at[0].kind != rows[i].first))
			test_fail(__FILE__, __LINE__, "answer to %s", rows[i].payload);
		else if (e->answer.kind == ANSWER_ERR)
			CHECK_INT(e->answer.refusal, REFUSED_NONCE_USED);
	}
	rig_free(r);
}

TEST(action_times_out_then_answers)
{
	struct rig *r = rig_account();
	uint32_t id;

	CHECK(hl_send_action(r->h, "{}", 2, 41, 0, 5000000000, r->now_ns));
	REQUIRE(rig_out_with(r, "\"action\""));
	id = r->out.tag;
	rig_wait(r, 4900);
	CHECK_INT(rig_count(r, EV_ANSWER), 0);
	rig_wait(r, 200);
	REQUIRE(rig_count(r, EV_ANSWER) == 1);
	CHECK_INT(rig_event(r, EV_ANSWER, 0)->answer.kind, ANSWER_UNKNOWN);
	CHECK_INT(rig_event(r, EV_ANSWER, 0)->answer.nonce, 41);
	rig_wait(r, 5000);
	rig_post_reply(r, id, "action", order_ok); /* late, and still a verdict */
	REQUIRE(rig_count(r, EV_ANSWER) == 2);
	CHECK_INT(rig_event(r, EV_ANSWER, 1)->answer.kind, ANSWER_OK);
	CHECK_INT(hl_stats(r->h).late_answers, 1);
	rig_free(r);
}

TEST(connection_lost)
{
	struct rig *r = rig_account();
	const struct event *e;

	CHECK(hl_send_action(r->h, "{\"n\":1}", 7, 1, 0, 5000000000, r->now_ns));
	REQUIRE(rig_out_with(r, "\"action\""));
	CHECK(hl_send_action(r->h, "{\"n\":2}", 7, 2, 0, 5000000000,
			     r->now_ns)); /* not handed out */
	hl_on_close(r->h, "1006", r->now_ns, r->wall_ms);
	REQUIRE(rig_count(r, EV_ANSWER) == 1); /* only the one that left */
	e = rig_event(r, EV_ANSWER, 0);
	CHECK(e->answer.kind == ANSWER_UNKNOWN && e->answer.nonce == 1);
	CHECK(!rig_event(r, EV_CONN, 0)->conn.up);
	REQUIRE(rig_out(r));
	CHECK_INT(r->out.kind, HL_OUT_HTTP);
	CHECK_STR(r->out.path, "/exchange");
	CHECK_STR(r->text, "{\"n\":2}");
	hl_on_http(r->h, r->out.tag, 200, order_ok, sizeof order_ok - 1, r->now_ns, r->wall_ms);
	REQUIRE(rig_count(r, EV_ANSWER) == 2);
	CHECK_INT(rig_event(r, EV_ANSWER, 1)->answer.kind, ANSWER_OK);
	rig_free(r);
}

/* Socket and HTTP at once: a verdict from either counts, "unknown" only when both are lost. */
TEST(two_paths)
{
	static const char dup[] =
		"{\"status\":\"err\",\"response\":\"Invalid nonce: duplicate nonce 8\"}";

	for (int who = 0; who < 4; who++) {
		struct rig *r = rig_account();
		uint32_t ws, http;

		CHECK(hl_send_action(r->h, "{}", 2, 8, HL_PATH_WS | HL_PATH_HTTP, 5000000000,
				     r->now_ns));
		REQUIRE(rig_out_with(r, "\"action\""));
		ws = r->out.tag;
		REQUIRE(rig_out(r) && r->out.kind == HL_OUT_HTTP);
		http = r->out.tag;
		if (who == 0) { /* HTTP fails, the socket answers */
			hl_on_http(r->h, http, 502, "<html>", 6, r->now_ns, r->wall_ms);
			CHECK_INT(rig_count(r, EV_ANSWER), 0);
			rig_post_reply(r, ws, "action", order_ok);
			REQUIRE(rig_count(r, EV_ANSWER) == 1);
			CHECK_INT(rig_event(r, EV_ANSWER, 0)->answer.kind, ANSWER_OK);
			CHECK_INT(rig_event(r, EV_VENUE_ERROR, 0)->venue_error.status, 502);
		} else if (who == 1) { /* a duplicate-nonce refusal of one path is passed on too */
			rig_post_reply(r, ws, "action", order_ok);
			hl_on_http(r->h, http, 200, dup, sizeof dup - 1, r->now_ns, r->wall_ms);
			REQUIRE(rig_count(r, EV_ANSWER) == 2);
			CHECK_INT(rig_event(r, EV_ANSWER, 1)->answer.refusal, REFUSED_NONCE_USED);
		} else if (who == 2) { /* one answered, the other never does: nothing is unknown */
			rig_post_reply(r, ws, "action", order_ok);
			rig_wait(r, 10000);
			CHECK_INT(rig_count(r, EV_ANSWER), 1);
			CHECK_INT(rig_event(r, EV_ANSWER, 0)->answer.kind, ANSWER_OK);
		} else { /* both lost: one unknown */
			hl_on_http(r->h, http, 0, "", 0, r->now_ns, r->wall_ms);
			hl_on_close(r->h, "x", r->now_ns, r->wall_ms);
			rig_wait(r, 10000);
			CHECK_INT(rig_count(r, EV_ANSWER), 1);
			CHECK_INT(rig_event(r, EV_ANSWER, 0)->answer.kind, ANSWER_UNKNOWN);
		}
		rig_free(r);
	}
}

TEST(http_statuses)
{
	static const int statuses[] = {400, 415, 422, 429, 500, 502, 503, 504, 403, 0};
	struct rig *r = rig_account();

	hl_on_close(r->h, "x", r->now_ns, r->wall_ms);
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
		rig_clear(r);
		CHECK(hl_send_action(r->h, "{}", 2, 8, 0, 5000000000, r->now_ns));
		REQUIRE(rig_out(r) && r->out.kind == HL_OUT_HTTP);
		hl_on_http(r->h, r->out.tag, statuses[i], order_ok, sizeof order_ok - 1, r->now_ns,
			   r->wall_ms);
		REQUIRE(rig_count(r, EV_ANSWER) == 1);
		CHECK_INT(rig_event(r, EV_ANSWER, 0)->answer.kind, ANSWER_UNKNOWN);
	}
	/* 200 with a captive portal's page is none either; a good one clears the trouble */
	rig_clear(r);
	CHECK(hl_send_action(r->h, "{}", 2, 8, 0, 5000000000, r->now_ns));
	REQUIRE(rig_out(r));
	hl_on_http(r->h, r->out.tag, 200, "<html>", 6, r->now_ns, r->wall_ms);
	CHECK_INT(rig_event(r, EV_ANSWER, 0)->answer.kind, ANSWER_UNKNOWN);
	CHECK_INT(rig_event(r, EV_VENUE_ERROR, 0)->venue_error.status, 0);
	rig_free(r);
}

TEST(capacity)
{
	struct rig *r = rig_account();
	static char big[HL_ENVELOPE_MAX + 1];
	int n = 0;

	CHECK(!hl_send_action(r->h, big, sizeof big, 1, 0, 1, r->now_ns));
	while (hl_send_action(r->h, "{}", 2, 1, 0, 5000000000, r->now_ns))
		n++;
	CHECK_INT(n, HL_ACTIONS_MAX); /* none of them has left: nothing is given up unsent */
	/* the first has left, and nobody has answered: its place is another's */
	REQUIRE(rig_out(r));
	CHECK(hl_send_action(r->h, "{}", 2, 2, 0, 5000000000, r->now_ns));
	CHECK(!hl_send_action(r->h, "{}", 2, 3, 0, 5000000000, r->now_ns));
	rig_free(r);
}

/* What a flatten of many legs makes while answers are lost: the venue takes 100 posts on a socket,
 * the rest goes over HTTP, nothing is told that it was not sent, and the oldest leaves first. */
TEST(a_burst_leaves_in_order)
{
	struct rig *r = rig_account();
	static const char ok[] = "{\"channel\":\"post\",\"data\":{\"id\":%u,\"response\":{\"type\":"
				 "\"action\",\"payload\":%s}}}";
	char body[40], frame[512];
	uint32_t first = 0, ws = 0, http = 0;

	CHECK(hl_send_action(r->h, "{\"n\":0}", 7, 1, 0, 5000000000, r->now_ns));
	CHECK(hl_send_action(r->h, "{\"n\":1}", 7, 2, 0, 5000000000, r->now_ns));
	REQUIRE(rig_out(r) && strstr(r->text, "{\"n\":0}"));
	first = r->out.tag;
	REQUIRE(rig_out(r) && strstr(r->text, "{\"n\":1}"));
	CHECK(hl_send_action(r->h, "{\"n\":2}", 7, 3, 0, 5000000000, r->now_ns));
	snprintf(frame, sizeof frame, ok, first, order_ok);
	hl_on_text(r->h, frame, strlen(frame), r->now_ns, r->wall_ms); /* the lowest slot is free */
	REQUIRE(rig_count(r, EV_ANSWER) == 1);
	for (int i = 3; i < 400; i++) {
		snprintf(body, sizeof body, "{\"n\":%d}", i);
		REQUIRE(hl_send_action(r->h, body, strlen(body), (uint64_t)i + 1, 0, 5000000000,
				       r->now_ns));
	}
	for (int i = 2; i < 400; i++) {
		snprintf(body, sizeof body, "{\"n\":%d}", i);
		REQUIRE(rig_out(r) && r->out.action);
		CHECK(strstr(r->text, body));
		ws += r->out.kind == HL_OUT_TEXT;
		http += r->out.kind == HL_OUT_HTTP;
	}
	CHECK_INT(ws, HL_POSTS_OWN - 1); /* one of the first two still waits */
	CHECK_INT(http, 398 - ws);
	rig_free(r);
}

static bool ask(struct rig *r, enum query_kind what, uint64_t oid)
{
	struct effect q = {.kind = EF_QUERY};

	q.query.what = (uint8_t)what;
	q.query.id = 31;
	q.query.oid = oid;
	q.query.since_ms = 1000;
	return hl_query(r->h, &q, r->now_ns);
}

TEST(query_falls_back)
{
	struct rig *r = rig_account();

	CHECK(ask(r, Q_RATE, 0));
	REQUIRE(rig_out_with(r, "userRateLimit"));
	CHECK(strstr(r->text, "\"user\":\"" RIG_USER "\""));
	rig_wait(r, 5100); /* no answer on the socket: HTTP */
	while (rig_out(r) && r->out.kind != HL_OUT_HTTP)
		;
	REQUIRE(r->out.kind == HL_OUT_HTTP);
	CHECK_STR(r->out.path, "/info");
	CHECK_INT(r->out.weight, 20);
	CHECK_INT(rig_count(r, EV_QUERY), 0);
	hl_on_http(r->h, r->out.tag, 429, "null", 4, r->now_ns, r->wall_ms);
	REQUIRE(rig_count(r, EV_QUERY) == 1);
	CHECK(!rig_event(r, EV_QUERY, 0)->query.ok && rig_event(r, EV_QUERY, 0)->query.id == 31);
	CHECK_INT(rig_event(r, EV_VENUE_ERROR, 0)->venue_error.status, 429);
	CHECK_INT(rig_count(r, EV_RATE), 0);
	rig_free(r);
}

TEST(error_channel)
{
	struct rig *r = rig_new(HL_MARKET | HL_ACCOUNT, RIG_USER, NULL, 0);
	unsigned subs = 0;

	/* "Already subscribed" is as good as an acknowledgement */
	hl_on_connect(r->h, r->now_ns, r->wall_ms);
	while (rig_out(r)) {
		const struct jv *v = json_parse(r->own, r->text, r->out.n, NULL);
		char said[600];
		struct buf b;

		if (!jv_str_is(jv_get(v, "method"), "subscribe")) {
			rig_serve(r, true);
			continue;
		}
		subs++;
		buf_init(&b, said, sizeof said);
		buf_puts(&b, "Already subscribed: ");
		rig_write(&b, jv_get(v, "subscription"));
		{
			char frame[1400];
			struct buf f;

			buf_init(&f, frame, sizeof frame);
			buf_puts(&f, "{\"channel\":\"error\",\"data\":");
			buf_json_str(&f, said);
			buf_puts(&f, "}");
			rig_text(r, frame);
		}
	}
	CHECK(subs > 8);
	CHECK_INT(rig_count(r, EV_CONFIRMED), 2);
	rig_clear(r);
	rig_text(r, "{\"channel\":\"error\",\"data\":\"Cannot track more than 15 total users.\"}");
	REQUIRE(rig_event(r, EV_VENUE_ERROR, 0));
	CHECK(strstr(rig_event(r, EV_VENUE_ERROR, 0)->venue_error.text, "15 total users"));
	rig_text(r, "{\"channel\":\"error\",\"data\":\"\\u001b]0;x\\u0007\"}");
	CHECK(!strchr(hl_stats(r->h).last_refusal, 27));
	/* a post the venue had no room for never gets an answer: said at once */
	CHECK(hl_send_action(r->h, "{}", 2, 3, 0, 5000000000, r->now_ns));
	REQUIRE(rig_out_with(r, "\"action\""));
	{
		char frame[128];

		snprintf(
			frame, sizeof frame,
			"{\"channel\":\"error\",\"data\":\"too many pending post requests id=%u\"}",
			r->out.tag);
		rig_text(r, frame);
	}
	REQUIRE(rig_event(r, EV_ANSWER, 0));
	CHECK_INT(rig_event(r, EV_ANSWER, 0)->answer.kind, ANSWER_UNKNOWN);
	rig_free(r);
}

static const char held_unlisted[] =
	"{\"channel\":\"clearinghouseState\",\"data\":{\"dex\":\"\",\"user\":\"" RIG_USER
	"\",\"clearinghouseState\":{\"marginSummary\":{\"accountValue\":\"1\","
	"\"totalNtlPos\":\"1\","
	"\"totalRawUsd\":\"1\",\"totalMarginUsed\":\"1\"},\"crossMarginSummary\":{"
	"\"accountValue\":"
	"\"1\",\"totalNtlPos\":\"1\",\"totalRawUsd\":\"1\",\"totalMarginUsed\":\"1\"},"
	"\"withdrawable\":"
	"\"1\",\"assetPositions\":[{\"position\":{\"coin\":\"NEWCOIN\",\"szi\":\"1\"}},"
	"{\"position\":{\"coin\":\"BTC\",\"szi\":\"-0.5\",\"leverage\":{"
	"\"type\":\"new\",\"value\":3}}}]}}"
	"}";

/* How often the list of markets was asked for, now; spot's is not needed for what is held. */
static int lists_asked(struct rig *r)
{
	int n = 0;

	while (rig_out(r)) {
		n += r->out.kind == HL_OUT_TEXT && /* one that nobody answers goes over HTTP */
		     strstr(r->text, "\"metaAndAssetCtxs\"");
		CHECK(!strstr(r->text, "spotMetaAndAssetCtxs"));
	}
	return n;
}

/* A position in a coin the list lacks hides no other: it is counted and named, and the list is read
 * again: at once, then ever less often. */
TEST(new_coin_reads_meta_again)
{
	struct rig *r = rig_account();
	int n = 0;

	rig_text(r, held_unlisted);
	REQUIRE(rig_count(r, EV_ACCOUNT) == 1);
	CHECK_INT(rig_event(r, EV_ACCOUNT, 0)->acct.unread, 1);
	CHECK_STR(rig_event(r, EV_ACCOUNT, 0)->acct.unread_coin, "NEWCOIN");
	CHECK_INT(rig_event(r, EV_ACCOUNT, 0)->acct.unread_szi.v, 100000000);
	REQUIRE(rig_event(r, EV_ACCOUNT, 0)->acct.n == 1); /* a kind of margin nobody knows */
	CHECK(rig_event(r, EV_ACCOUNT, 0)->acct.at[0].bare);
	CHECK_INT(rig_event(r, EV_ACCOUNT, 0)->acct.at[0].szi.v, -50000000);
	CHECK_INT(rig_count(r, EV_VENUE_ERROR), 1);
	CHECK(hl_next_deadline(r->h) <= r->now_ns);
	rig_wait(r, 1);
	CHECK_INT(lists_asked(r), 1);
	for (int s = 0; s < 55; s++) { /* after 2, 6, 14 and 30 s */
		rig_text(r, held_unlisted);
		rig_wait(r, 1000);
		rig_beat(r);
		n += lists_asked(r);
		if (s == 10)
			CHECK_INT(n, 2);
	}
	CHECK_INT(n, 4);
	rig_free(r);
}

TEST_MAIN(T(startup), T(barrier_waits_for_data), T(account_waits_for_meta),
	  T(unknown_dex_does_not_block), T(dex_names), T(feed),
	  T(trades_history_after_a_quick_turn), T(ping_and_death), T(silent_stream),
	  T(action_over_socket), T(answer_shapes), T(action_times_out_then_answers),
	  T(connection_lost), T(two_paths), T(http_statuses), T(capacity),
	  T(a_burst_leaves_in_order), T(query_falls_back), T(error_channel),
	  T(new_coin_reads_meta_again))
