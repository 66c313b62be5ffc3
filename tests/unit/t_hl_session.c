/* t_hl_session.c: conversations with a made-up venue, always run: start-up, confirmation, feeds,
 * posts and their loss, errors, silence, reconnection, and every event kind with its values. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/run.h"
#include "tests/wire/rig.h"
#include "venue/hyperliquid/errors.h"
#include "venue/hyperliquid/venue_limits.h"

static const char *const xyz[] = {"xyz"};

/* The next output whose text holds `part`; others are served as the start-up would. */
static bool out_with(struct rig *r, const char *part)
{
	while (rig_out(r)) {
		if (strstr(r->text, part))
			return true;
		rig_serve(r, true);
	}
	return false;
}

static void post_reply(struct rig *r, uint32_t id, const char *type, const char *payload)
{
	char frame[4096];
	struct buf b;

	buf_init(&b, frame, sizeof frame);
	buf_printf(&b,
		   "{\"channel\":\"post\",\"data\":{\"id\":%u,\"response\":{\"type\":\"%s\","
		   "\"payload\":%s}}}",
		   id, type, payload);
	rig_text(r, frame);
}

static struct rig *account(void)
{
	struct rig *r = rig_new(HL_MARKET | HL_ACCOUNT, RIG_USER, NULL, 0);

	rig_start(r, true);
	rig_clear(r);
	return r;
}

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
	struct rig *r = account();
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
	CHECK(out_with(r, "\"fast\":true"));
	rig_free(r);
}

TEST(ping_and_death)
{
	struct rig *r = account();
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
	struct rig *r = account();
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
	struct rig *r = account();
	const struct event *e;
	uint32_t id;

	CHECK(hl_send_action(r->h, "{\"action\":1}", 12, 555, 0, 5000000000, r->now_ns));
	REQUIRE(out_with(r, "\"method\":\"post\""));
	CHECK(r->out.action && r->out.kind == HL_OUT_TEXT);
	CHECK(strstr(r->text, "\"request\":{\"type\":\"action\",\"payload\":{\"action\":1}}}"));
	id = r->out.tag;
	post_reply(r, id, "action", order_ok);
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
	post_reply(r, id, "action", order_ok);
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
	struct rig *r = account();

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct event *e;

		rig_clear(r);
		CHECK(hl_send_action(r->h, "{}", 2, 9, 0, 5000000000, r->now_ns));
		REQUIRE(out_with(r, "\"action\""));
		post_reply(r, r->out.tag, rows[i].type, rows[i].payload);
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
	struct rig *r = account();
	uint32_t id;

	CHECK(hl_send_action(r->h, "{}", 2, 41, 0, 5000000000, r->now_ns));
	REQUIRE(out_with(r, "\"action\""));
	id = r->out.tag;
	rig_wait(r, 4900);
	CHECK_INT(rig_count(r, EV_ANSWER), 0);
	rig_wait(r, 200);
	REQUIRE(rig_count(r, EV_ANSWER) == 1);
	CHECK_INT(rig_event(r, EV_ANSWER, 0)->answer.kind, ANSWER_UNKNOWN);
	CHECK_INT(rig_event(r, EV_ANSWER, 0)->answer.nonce, 41);
	rig_wait(r, 5000);
	post_reply(r, id, "action", order_ok); /* late, and still a verdict */
	REQUIRE(rig_count(r, EV_ANSWER) == 2);
	CHECK_INT(rig_event(r, EV_ANSWER, 1)->answer.kind, ANSWER_OK);
	CHECK_INT(hl_stats(r->h).late_answers, 1);
	rig_free(r);
}

TEST(connection_lost)
{
	struct rig *r = account();
	const struct event *e;

	CHECK(hl_send_action(r->h, "{\"n\":1}", 7, 1, 0, 5000000000, r->now_ns));
	REQUIRE(out_with(r, "\"action\""));
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

	for (int who = 0; who < 3; who++) {
		struct rig *r = account();
		uint32_t ws, http;

		CHECK(hl_send_action(r->h, "{}", 2, 8, HL_PATH_WS | HL_PATH_HTTP, 5000000000,
				     r->now_ns));
		REQUIRE(out_with(r, "\"action\""));
		ws = r->out.tag;
		REQUIRE(rig_out(r) && r->out.kind == HL_OUT_HTTP);
		http = r->out.tag;
		if (who == 0) { /* HTTP fails, the socket answers */
			hl_on_http(r->h, http, 502, "<html>", 6, r->now_ns, r->wall_ms);
			CHECK_INT(rig_count(r, EV_ANSWER), 0);
			post_reply(r, ws, "action", order_ok);
			REQUIRE(rig_count(r, EV_ANSWER) == 1);
			CHECK_INT(rig_event(r, EV_ANSWER, 0)->answer.kind, ANSWER_OK);
			CHECK_INT(rig_event(r, EV_VENUE_ERROR, 0)->venue_error.status, 502);
		} else if (who == 1) { /* a duplicate-nonce refusal of one path is passed on too */
			post_reply(r, ws, "action", order_ok);
			hl_on_http(r->h, http, 200, dup, sizeof dup - 1, r->now_ns, r->wall_ms);
			REQUIRE(rig_count(r, EV_ANSWER) == 2);
			CHECK_INT(rig_event(r, EV_ANSWER, 1)->answer.refusal, REFUSED_NONCE_USED);
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
	struct rig *r = account();

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
	struct rig *r = account();
	static char big[HL_ENVELOPE_MAX + 1];
	int n = 0;

	CHECK(!hl_send_action(r->h, big, sizeof big, 1, 0, 1, r->now_ns));
	while (hl_send_action(r->h, "{}", 2, 1, 0, 5000000000, r->now_ns))
		n++;
	CHECK_INT(n, HL_ACTIONS_MAX);
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
	struct rig *r = account();

	CHECK(ask(r, Q_RATE, 0));
	REQUIRE(out_with(r, "userRateLimit"));
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

TEST(order_status)
{
	struct rig *r = account();
	struct effect q = {.kind = EF_QUERY};
	const struct event *e;

	CHECK(ask(r, Q_ORDER_STATUS, 123));
	REQUIRE(out_with(r, "orderStatus"));
	CHECK(strstr(r->text, "\"oid\":123}"));
	post_reply(r, r->out.tag, "info",
		   "{\"type\":\"orderStatus\",\"data\":{\"status\":\"unknownOid\"}}");
	e = rig_event(r, EV_ORDER_STATUS, 0);
	REQUIRE(e);
	CHECK(e->order_status.query == 31 && e->order_status.order.status == OS_UNKNOWN_OID);
	rig_clear(r);
	q.query.what = Q_ORDER_STATUS;
	q.query.id = 32;
	q.query.cloid.b[15] = 0xab;
	CHECK(hl_query(r->h, &q, r->now_ns));
	REQUIRE(out_with(r, "orderStatus"));
	CHECK(strstr(r->text, "\"oid\":\"0x000000000000000000000000000000ab\""));
	post_reply(
		r, r->out.tag, "info",
		"{\"type\":\"orderStatus\",\"data\":{\"status\":\"order\",\"order\":{\"order\":{"
		"\"coin\":\"BTC\",\"side\":\"A\",\"limitPx\":\"60000.0\",\"sz\":\"0.0\",\"oid\":9,"
		"\"timestamp\":5,\"origSz\":\"0.5\",\"tif\":\"Ioc\",\"reduceOnly\":true,"
		"\"isTrigger\":"
		"false,\"triggerPx\":\"0.0\",\"cloid\":\"0x000000000000000000000000000000ab\"},"
		"\"status\":\"somethingNewCanceled\",\"statusTimestamp\":6}}}");
	e = rig_event(r, EV_ORDER_STATUS, 0);
	REQUIRE(e);
	CHECK_INT(e->order_status.order.status, OS_CANCELED);
	CHECK_INT(e->order_status.order.order.orig.v, 50000000);
	CHECK(e->order_status.order.order.reduce_only && !e->order_status.order.order.buy);
	CHECK_INT(e->order_status.order.order.cloid.b[15], 0xab);
	CHECK(rig_event(r, EV_QUERY, 0)->query.ok);
	rig_free(r);
}

/* Fills come by pages: 2,000 in an answer means there may be more. */
TEST(fill_pages)
{
	struct rig *r = account();
	static char frame[RIG_TEXT];
	struct buf b;

	CHECK(ask(r, Q_FILLS, 0));
	REQUIRE(out_with(r, "\"startTime\":1000}"));
	buf_init(&b, frame, sizeof frame);
	buf_printf(&b,
		   "{\"channel\":\"post\",\"data\":{\"id\":%u,\"response\":{\"type\":\"info\","
		   "\"payload\":{"
		   "\"type\":\"userFillsByTime\",\"data\":[",
		   r->out.tag);
	for (int i = 0; i < 2000; i++)
		buf_printf(&b,
			   "%s{\"coin\":\"BTC\",\"px\":\"1.0\",\"sz\":\"1.0\",\"side\":\"B\","
			   "\"time\":%d,"
			   "\"startPosition\":\"0.0\",\"dir\":\"Open "
			   "Long\",\"closedPnl\":\"0.0\",\"oid\":1,"
			   "\"crossed\":true,\"fee\":\"-0.1\",\"tid\":%d,\"twapId\":null}",
			   i ? "," : "", 2000 + i, i);
	buf_puts(&b, "]}}}}");
	CHECK(!b.over);
	rig_text(r, frame);
	REQUIRE(rig_count(r, EV_FILLS) == 1);
	CHECK_INT(rig_event(r, EV_FILLS, 0)->fills.n, 2000);
	CHECK_INT(rig_event(r, EV_FILLS, 0)->fills.at[0].fee.v, -10000000);
	CHECK_INT(rig_count(r, EV_QUERY), 0);
	REQUIRE(out_with(r, "\"startTime\":3999}"));
	post_reply(r, r->out.tag, "info", "{\"type\":\"userFillsByTime\",\"data\":[]}");
	CHECK_INT(rig_count(r, EV_QUERY), 1);
	rig_free(r);
}

TEST(agents)
{
	static const char agent[] = "0x00000000000000000000000000000000000000bb";
	struct rig *r = account();
	const struct event *e;

	hl_set_agent(r->h, agent);
	CHECK(ask(r, Q_AGENTS, 0));
	REQUIRE(out_with(r, "extraAgents"));
	post_reply(
		r, r->out.tag, "info",
		"{\"type\":\"extraAgents\",\"data\":[{\"name\":\"a\",\"address\":"
		"\"0x00000000000000000000000000000000000000BB\",\"validUntil\":1800000000000}]}");
	e = rig_event(r, EV_AGENT, 0);
	REQUIRE(e);
	CHECK(e->agent.known && e->agent.valid_until_ms == 1800000000000);
	/* not among the named: whose agent is it? */
	rig_clear(r);
	CHECK(ask(r, Q_AGENTS, 0));
	REQUIRE(out_with(r, "extraAgents"));
	post_reply(r, r->out.tag, "info", "{\"type\":\"extraAgents\",\"data\":[]}");
	CHECK_INT(rig_count(r, EV_AGENT), 0);
	REQUIRE(out_with(r, "userRole"));
	CHECK(strstr(r->text, agent));
	post_reply(r, r->out.tag, "info",
		   "{\"type\":\"userRole\",\"data\":{\"role\":\"missing\"}}");
	e = rig_event(r, EV_AGENT, 0);
	REQUIRE(e);
	CHECK(!e->agent.known);
	CHECK_INT(rig_event(r, EV_QUERY, 0)->query.what, Q_AGENTS);
	/* the unnamed one stands in webData3 */
	rig_clear(r);
	rig_text(r, "{\"channel\":\"webData3\",\"data\":{\"userState\":{\"user\":\"" RIG_USER
		    "\",\"agentAddress\":\"0x00000000000000000000000000000000000000bb\","
		    "\"agentValidUntil\":1792311392771,\"abstraction\":\"portfolioMargin\"}}}");
	e = rig_event(r, EV_AGENT, 0);
	REQUIRE(e);
	CHECK(e->agent.known && e->agent.valid_until_ms == 1792311392771);
	CHECK_INT(rig_event(r, EV_ABSTRACTION, 0)->abstraction.mode, ABS_PORTFOLIO);
	rig_free(r);
}

TEST(account_frames)
{
	struct rig *r = account();
	const struct event *e;

	rig_text(
		r,
		"{\"channel\":\"clearinghouseState\",\"data\":{\"dex\":\"\",\"user\":\"" RIG_USER
		"\",\"clearinghouseState\":{\"marginSummary\":{\"accountValue\":\"100.5\","
		"\"totalNtlPos\":"
		"\"600.0\",\"totalRawUsd\":\"-499.5\",\"totalMarginUsed\":\"30.0\"},"
		"\"crossMarginSummary\":"
		"{\"accountValue\":\"80.0\",\"totalNtlPos\":\"600.0\",\"totalRawUsd\":\"-520.0\","
		"\"totalMarginUsed\":\"15.0\"},\"crossMaintenanceMarginUsed\":\"7.5\","
		"\"withdrawable\":"
		"\"20.0\",\"assetPositions\":[{\"type\":\"oneWay\",\"position\":{\"coin\":\"BTC\","
		"\"szi\":"
		"\"-0.01\",\"leverage\":{\"type\":\"isolated\",\"value\":20,\"rawUsd\":\"630.0\"},"
		"\"entryPx\":"
		"\"61000.0\",\"positionValue\":\"600.0\",\"unrealizedPnl\":\"10.0\","
		"\"returnOnEquity\":\"0.33\","
		"\"liquidationPx\":\"62222.1234567891\",\"marginUsed\":\"30.0\",\"maxLeverage\":40,"
		"\"cumFunding\":{\"allTime\":\"1.0\",\"sinceOpen\":\"0.5\",\"sinceChange\":\"0.1\"}"
		"}},"
		"{\"type\":\"oneWay\",\"position\":{\"coin\":\"ETH\",\"szi\":\"1.0\",\"leverage\":{"
		"\"type\":"
		"\"cross\",\"value\":5},\"entryPx\":\"2000.0\",\"positionValue\":\"2000.0\","
		"\"unrealizedPnl\":"
		"\"0.0\",\"returnOnEquity\":\"0.0\",\"liquidationPx\":null,\"marginUsed\":\"400."
		"0\"}}],"
		"\"time\":1790000000001}}}");
	e = rig_event(r, EV_ACCOUNT, 0);
	REQUIRE(e);
	CHECK_INT(e->acct.n, 2);
	CHECK_INT(e->acct.venue_ms, 1790000000001);
	CHECK_INT(e->acct.cross_maintenance.v, 750000000);
	CHECK(e->acct.at[0].mode == MARGIN_ISOLATED && e->acct.at[0].szi.v == -1000000 &&
	      e->acct.at[0].raw_usd.v == 63000000000 && e->acct.at[0].has_liq &&
	      e->acct.at[0].liq.v == 622221234567891);
	CHECK(e->acct.at[1].mode == MARGIN_CROSS && !e->acct.at[1].has_liq &&
	      e->acct.at[1].leverage == 5);
	rig_clear(r);
	rig_text(r,
		 "{\"channel\":\"spotState\",\"data\":{\"user\":\"" RIG_USER
		 "\",\"spotState\":{\"balances\":[{\"coin\":\"USDC\",\"token\":0,\"total\":\"8346."
		 "9\","
		 "\"hold\":\"1.0\",\"entryNtl\":\"0.0\"},{\"coin\":\"NIL\",\"token\":5,\"total\":"
		 "\"0.0\","
		 "\"hold\":\"0.0\",\"entryNtl\":\"0.0\"},{\"coin\":\"MANY\",\"token\":6,\"total\":"
		 "\"1000000000000.0\",\"hold\":\"0.0\",\"entryNtl\":\"0.0\"}]}}}");
	e = rig_event(r, EV_SPOT, 0);
	REQUIRE(e);
	CHECK_INT(e->spot.n, 2);
	CHECK_INT(e->spot.at[0].total.v, 834690000000);
	CHECK_INT(e->spot.at[1].total.v, INT64_MAX); /* held at the limit, visible */
	rig_clear(r);
	rig_text(r, "{\"channel\":\"openOrders\",\"data\":{\"dex\":\"\",\"user\":\"" RIG_USER
		    "\",\"orders\":[{\"coin\":\"BTC\",\"side\":\"A\",\"limitPx\":\"55000.0\","
		    "\"sz\":\"0.0\",\"oid\":4,"
		    "\"timestamp\":1,\"triggerCondition\":\"Price below "
		    "56000\",\"isTrigger\":true,\"triggerPx\":"
		    "\"56000.0\",\"children\":[],\"isPositionTpsl\":true,\"reduceOnly\":true,"
		    "\"orderType\":"
		    "\"Stop "
		    "Market\",\"origSz\":\"0.0\",\"tif\":null,\"cloid\":null},{\"coin\":\"SOL\","
		    "\"side\":"
		    "\"B\",\"limitPx\":\"10.0\",\"sz\":\"1.0\",\"oid\":5,\"timestamp\":1,"
		    "\"triggerCondition\":"
		    "\"N/"
		    "A\",\"isTrigger\":false,\"triggerPx\":\"0.0\",\"children\":[],"
		    "\"isPositionTpsl\":false,"
		    "\"reduceOnly\":false,\"orderType\":\"Limit\",\"origSz\":\"2.0\",\"tif\":"
		    "\"Alo\",\"cloid\":"
		    "\"0x000000000000000000000000000000ff\"},{\"coin\":\"other:COIN\",\"side\":"
		    "\"B\",\"limitPx\":"
		    "\"10.0\",\"sz\":\"1.0\",\"oid\":6,\"timestamp\":1}]}}");
	e = rig_event(r, EV_ORDERS, 0);
	REQUIRE(e);
	CHECK_INT(e->orders.n, 2); /* a coin of a dex that is not watched is none of ours */
	CHECK(e->orders.at[0].position_tpsl && e->orders.at[0].tif == TIF_TRIGGER &&
	      !e->orders.at[0].trigger_above && e->orders.at[0].trigger_px.v == 560000000000000);
	CHECK(e->orders.at[1].tif == TIF_ALO && e->orders.at[1].orig.v == 200000000 &&
	      e->orders.at[1].cloid.b[15] == 0xff);
	rig_free(r);
}

TEST(user_channel)
{
	struct rig *r = account();
	const struct event *e;

	rig_text(r, "{\"channel\":\"user\",\"data\":{\"liquidation\":{\"lid\":1,\"liquidator\":"
		    "\"0x01\","
		    "\"liquidated_user\":\"" RIG_USER "\",\"liquidated_ntl_pos\":\"500.5\","
		    "\"liquidated_account_value\":\"-3.0\"}}}");
	e = rig_event(r, EV_LIQUIDATION, 0);
	REQUIRE(e);
	CHECK(e->liquidation.ours && e->liquidation.value.v == -300000000);
	rig_text(r, "{\"channel\":\"user\",\"data\":{\"nonUserCancel\":[{\"coin\":\"BTC\",\"oid\":"
		    "7}]}}");
	e = rig_event(r, EV_ORDER, 0);
	REQUIRE(e);
	CHECK(e->order.status == OS_CANCELED && e->order.order.oid == 7);
	/* the liquidation object of somebody else's liquidation, and of ours */
	for (int mine = 0; mine < 2; mine++) {
		char frame[1024];
		struct buf b;

		buf_init(&b, frame, sizeof frame);
		buf_printf(&b,
			   "{\"channel\":\"user\",\"data\":{\"fills\":[{\"coin\":\"BTC\",\"px\":"
			   "\"66653.0\","
			   "\"sz\":\"0.001\",\"side\":\"A\",\"time\":5,\"startPosition\":\"-0."
			   "0213\",\"dir\":"
			   "\"Open "
			   "Short\",\"closedPnl\":\"0.0\",\"oid\":5,\"crossed\":false,\"fee\":\"0."
			   "01\","
			   "\"tid\":%d,\"liquidation\":{\"liquidatedUser\":\"%s\",\"markPx\":"
			   "\"66607.0\","
			   "\"method\":\"backstop\"},\"feeToken\":\"USDC\",\"twapId\":null}]}}",
			   mine, mine ? RIG_USER : "0x01");
		rig_text(r, frame);
		e = rig_event(r, EV_FILLS, (uint32_t)mine);
		REQUIRE(e);
		CHECK_INT(e->fills.at[0].kind, mine ? FILL_BACKSTOP : FILL_NORMAL);
	}
	rig_text(r, "{\"channel\":\"user\",\"data\":{\"twapSliceFills\":[{\"fill\":{\"coin\":\"@"
		    "107\",\"px\":"
		    "\"90.0\",\"sz\":\"0.5\",\"side\":\"B\",\"time\":5,\"startPosition\":\"0.0\","
		    "\"dir\":\"Buy\","
		    "\"closedPnl\":\"0.0\",\"oid\":5,\"crossed\":true,\"fee\":\"0.01\",\"tid\":3,"
		    "\"feeToken\":\"HYPE\",\"twapId\":null},\"twapId\":2278664}]}}");
	e = rig_event(r, EV_FILLS, 2);
	REQUIRE(e);
	CHECK(e->fills.at[0].twap_id == 2278664 && e->fills.at[0].kind == FILL_TWAP);
	CHECK_INT(e->fills.at[0].fee.v, 90000000); /* 0.01 coins at 90: in quote money */
	rig_text(
		r,
		"{\"channel\":\"user\",\"data\":{\"funding\":{\"time\":9,\"coin\":\"BTC\",\"usdc\":"
		"\"-0.601087\",\"szi\":\"0.5\",\"fundingRate\":\"0.0000125\",\"nSamples\":null}}}");
	e = rig_event(r, EV_FUNDING, 0);
	REQUIRE(e);
	CHECK_INT(e->funding.at[0].usdc.v, -60108700);
	rig_free(r);
}

/* Frames that must change nothing: refused, counted and told, once a second. */
TEST(refused_frames)
{
	static const char *const bad[] = {
		"{\"channel\":\"userFills\",\"data\":{\"user\":\"0xff\",\"fills\":[]}}",
		"{\"channel\":\"userFills\",\"data\":{\"user\":\"" RIG_USER
		"\",\"fills\":[{\"coin\":\"BTC\","
		"\"px\":\"1.0\",\"sz\":\"-1.0\",\"side\":\"A\",\"time\":1,\"oid\":1,\"fee\":\"0\","
		"\"closedPnl\":"
		"\"0\",\"startPosition\":\"0\",\"tid\":1}]}}",
		"{\"channel\":\"l2Book\",\"data\":{\"coin\":\"BTC\",\"time\":1e400,\"levels\":[[],["
		"]]}}",
		"{\"channel\":\"l2Book\",\"data\":{\"coin\":\"BTC\",\"time\":1,\"levels\":[[{"
		"\"px\":60000.5,"
		"\"sz\":\"1\",\"n\":1}],[]]}}",
		"{\"channel\":\"bbo\",\"channel\":\"trades\",\"data\":{}}",
		"{\"channel\":\"pong\"}x",
		"not json",
		"",
		"{\"channel\":\"clearinghouseState\",\"data\":{\"user\":\"" RIG_USER
		"\",\"clearinghouseState\":"
		"{}}}",
		"{\"channel\":\"openOrders\",\"data\":{\"user\":\"" RIG_USER "\",\"orders\":{}}}",
		"{\"channel\":\"orderUpdates\",\"data\":[{\"order\":{},\"status\":\"open\"}]}",
	};
	static const char *const ignored[] = {
		"[]",
		"{\"Channel\":\"l2Book\",\"DATA\":{}}",
		"{\"channel\":null,\"data\":null}",
		"{\"channel\":\"newThing\",\"data\":{\"x\":1}}",
		"{\"channel\":\"pong\"}",
		"{\"channel\":\"l2Book\",\"data\":{\"coin\":\"NOSUCH\",\"time\":1,\"levels\":[[],[]"
		"]}}",
		"{\"channel\":\"post\",\"data\":{\"id\":99999999,\"response\":{}}}",
		"{\"channel\":\"error\",\"data\":\"Already unsubscribed: {}\"}",
		"{\"channel\":\"subscriptionResponse\",\"data\":{}}",
	};
	struct rig *r = account();

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		uint64_t before = hl_stats(r->h).refused;

		rig_clear(r);
		rig_text(r, bad[i]);
		if (hl_stats(r->h).refused != before + 1 || (i && r->n))
			test_fail(__FILE__, __LINE__, "not refused quietly: %s", bad[i]);
	}
	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) {
		uint64_t before = hl_stats(r->h).refused;

		rig_clear(r);
		rig_text(r, ignored[i]);
		if (hl_stats(r->h).refused != before || r->n)
			test_fail(__FILE__, __LINE__, "not ignored: %s", ignored[i]);
	}
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
	REQUIRE(out_with(r, "\"action\""));
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

/* A position in a coin the list lacks is never hidden: refused, and the list is read again. */
TEST(new_coin_reads_meta_again)
{
	struct rig *r = account();

	rig_text(r,
		 "{\"channel\":\"clearinghouseState\",\"data\":{\"dex\":\"\",\"user\":\"" RIG_USER
		 "\",\"clearinghouseState\":{\"marginSummary\":{\"accountValue\":\"1\","
		 "\"totalNtlPos\":\"1\","
		 "\"totalRawUsd\":\"1\",\"totalMarginUsed\":\"1\"},\"crossMarginSummary\":{"
		 "\"accountValue\":"
		 "\"1\",\"totalNtlPos\":\"1\",\"totalRawUsd\":\"1\",\"totalMarginUsed\":\"1\"},"
		 "\"withdrawable\":"
		 "\"1\",\"assetPositions\":[{\"position\":{\"coin\":\"NEWCOIN\",\"szi\":\"1\"}}]}}"
		 "}");
	CHECK_INT(rig_count(r, EV_ACCOUNT), 0);
	CHECK_INT(rig_count(r, EV_VENUE_ERROR), 1);
	CHECK(r->shared.coin_missing);
	for (int s = 0; s < 61; s++) { /* keep it alive until the list may be read again */
		rig_wait(r, 1000);
		rig_text(r, "{\"channel\":\"pong\"}");
		if (s < 59)
			while (rig_out(r))
				if (strstr(r->text, "unsubscribe") == NULL)
					rig_serve(r, true);
	}
	CHECK(out_with(r, "metaAndAssetCtxs"));
	CHECK(!r->shared.coin_missing);
	rig_free(r);
}

TEST(error_table)
{
	CHECK_INT(hl_error_class("L1 error: User or API Wallet 0x1 does not exist."),
		  REFUSED_SIGNER);
	CHECK_INT(hl_error_class("Invalid nonce: duplicate nonce 1"), REFUSED_NONCE_USED);
	CHECK_INT(hl_error_class("Invalid nonce: nonce too low 1 < 2"), REFUSED_NONCE_WINDOW);
	CHECK_INT(hl_error_class("Order was never placed, already canceled, or filled. asset=0"),
		  REFUSED_GONE);
	CHECK_INT(hl_error_class("something new"), REFUSED_OTHER);
	CHECK_INT(hl_error_class(""), REFUSED_OTHER);
	for (int c = 0; c < REFUSALS; c++)
		CHECK(hl_error_class_name((enum refusal)c)[0]);
}

/* Every recorded order, pre-validation, cancel, action and TWAP text has a class of its own. */
TEST(error_texts_recorded)
{
	const char *path = test_data("hyperliquid/error_strings.json");
	struct json *j = json_new(0);
	unsigned n = 0;
	size_t len;
	char *s;

	if (!path)
		return;
	s = test_slurp(path, &len);
	REQUIRE(s);
	for (const struct jv *v = jv_first(jv_get(json_parse(j, s, len, NULL), "strings")); v;
	     v = jv_next(v)) {
		const char *scope = jv_text(jv_get(v, "scope")), *t = jv_text(jv_get(v, "text"));
		static const char *const ours[] = {"order",  "prevalidation", "cancel",
						   "action", "twap",	      "scheduleCancel"};

		for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
			if (strcmp(scope, ours[i]) || strstr(t, "modify"))
				continue;
			n++;
			if (hl_error_class(t) == REFUSED_OTHER)
				test_fail(__FILE__, __LINE__, "no class: %s", t);
		}
	}
	printf("  %u texts have a class\n", n);
	CHECK(n > 35);
	free(s);
	json_free(j);
}

TEST(weights)
{
	CHECK_INT(hl_query_weight(Q_ACCOUNT, 0), 2);
	CHECK_INT(hl_query_weight(Q_FILLS, 2000), 120);
	CHECK_INT(hl_action_weight(1), 1);
	CHECK_INT(hl_action_weight(40), 2);
}

TEST_MAIN(T(startup), T(barrier_waits_for_data), T(account_waits_for_meta),
	  T(unknown_dex_does_not_block), T(dex_names), T(feed), T(ping_and_death), T(silent_stream),
	  T(action_over_socket), T(answer_shapes), T(action_times_out_then_answers),
	  T(connection_lost), T(two_paths), T(http_statuses), T(capacity), T(query_falls_back),
	  T(order_status), T(fill_pages), T(agents), T(account_frames), T(user_channel),
	  T(refused_frames), T(error_channel), T(new_coin_reads_meta_again), T(error_table),
	  T(error_texts_recorded), T(weights))
