/* t_hl_paper.c: the session against the paper exchange in one process, in virtual time: two
 * programs written apart that only share the wire. Confirmation, every read, signed orders over
 * both ways, streams, faults, reconnection. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paper/fixed.h"
#include "paper/paper.h"
#include "sign/secp.h"
#include "tests/run.h"
#include "tests/wire/rig.h"
#include "venue/hyperliquid/action.h"

enum { CONN = 7, HTTP = 1 << 20 };

struct play {
	struct rig *r;
	struct fixed_market m;
	struct paper *p;
	struct secp *secp;
	uint8_t key[32];
	char user[43];
	bool open, lost; /* the session's socket; closed by somebody */
	uint64_t conn;
	unsigned closes, http;
};

static void coin_ladder(struct play *y, uint16_t coin, int64_t mid, int64_t step)
{
	fixed_ladder(&y->m, coin, (struct price){mid * 10000000000},
		     (struct price){step * 10000000000}, (struct qty){100000000}, 20);
}

static struct play *play_new(void)
{
	struct play *y = calloc(1, sizeof *y);
	struct paper_conf c = {.seed = 1, .no_volume_gate = true};
	uint8_t seed[32] = {1}, address[20];

	fixed_init(&y->m);
	fixed_majors(&y->m);
	coin_ladder(y, 0, 60000, 1);
	coin_ladder(y, 1, 2000, 1);
	coin_ladder(y, 2, 100, 1);
	memset(y->key, 7, sizeof y->key);
	y->secp = secp_new(seed);
	secp_address(y->secp, address, y->key);
	address_text(y->user, address);
	y->r = rig_new(HL_MARKET | HL_ACCOUNT, y->user, NULL, 0);
	c.market = &y->m.market;
	c.start_ms = y->r->wall_ms;
	y->p = paper_new(&c);
	paper_fund(y->p, y->user, (struct money){10000ll * 100000000});
	return y;
}

static void play_free(struct play *y)
{
	rig_free(y->r);
	paper_free(y->p);
	secp_free(y->secp);
	free(y);
}

/* What the exchange says reaches the session. */
static void hear(struct play *y)
{
	struct paper_out o;
	struct rig *r = y->r;

	while (paper_next(y->p, &o)) {
		if (o.kind == PAPER_OUT_TEXT && y->open && o.conn == y->conn)
			hl_on_text(r->h, o.bytes, o.len, r->now_ns, r->wall_ms);
		else if (o.kind == PAPER_OUT_HTTP)
			hl_on_http(r->h, (uint32_t)(o.conn - HTTP), o.status, o.bytes, o.len,
				   r->now_ns, r->wall_ms);
		else if (o.kind == PAPER_OUT_CLOSE && o.conn == y->conn)
			y->lost = true;
		else if (o.kind == PAPER_OUT_CLOSE && o.conn >= HTTP)
			hl_on_http(r->h, (uint32_t)(o.conn - HTTP), 0, "", 0, r->now_ns,
				   r->wall_ms);
	}
}

static void speak(struct play *y)
{
	struct rig *r = y->r;

	while (rig_out(r)) {
		if (r->out.kind == HL_OUT_TEXT && y->open) {
			paper_ws_text(y->p, y->conn, r->text, r->out.n, r->wall_ms);
		} else if (r->out.kind == HL_OUT_HTTP) {
			y->http++;
			paper_http(y->p, HTTP + (uint64_t)r->out.tag, "127.0.0.1", "POST",
				   r->out.path, "application/json", r->text, r->out.n, r->wall_ms);
		} else if (r->out.kind == HL_OUT_CLOSE) {
			y->lost = true;
		}
		hear(y);
	}
}

static void connect_(struct play *y)
{
	y->conn = CONN + 1000 * (uint64_t)++y->closes;
	y->open = paper_ws_open(y->p, y->conn, "127.0.0.1", y->r->wall_ms);
	y->lost = false;
	hl_on_connect(y->r->h, y->r->now_ns, y->r->wall_ms);
	speak(y);
}

static void play_run(struct play *y, int64_t ms)
{
	for (int64_t t = 0; t < ms; t += 20) {
		rig_wait(y->r, 20);
		paper_advance(y->p, y->r->wall_ms);
		hear(y);
		speak(y);
		if (y->lost && y->open) {
			y->open = false;
			paper_ws_closed(y->p, y->conn, y->r->wall_ms);
			hl_on_close(y->r->h, "closed", y->r->now_ns, y->r->wall_ms);
			speak(y);
		}
	}
}

static void clean(const struct play *y)
{
	if (hl_stats(y->r->h).refused)
		test_fail(__FILE__, __LINE__, "refused: %s", hl_stats(y->r->h).last_refusal);
}

static void sign_and_send(struct play *y, const struct act *a, uint8_t paths)
{
	struct act_env env = {.nonce = (uint64_t)y->r->wall_ms,
			      .expires_ms = (uint64_t)y->r->wall_ms + 8000};
	struct act_sig sig = {.v = 0};
	uint8_t id[32], digest[32];
	static char body[HL_ENVELOPE_MAX];
	struct err e = {0};
	struct buf b;

	CHECK(action_hash(id, a, &env, &e));
	action_digest(digest, id, false);
	CHECK(secp_sign(y->secp, sig.r, sig.s, &sig.v, digest, y->key));
	buf_init(&b, body, sizeof body);
	action_envelope(&b, a, &env, &sig);
	CHECK(hl_send_action(y->r->h, body, b.len, env.nonce, paths, 5000000000, y->r->now_ns));
}

static struct act order(bool buy, int64_t px, int64_t sz_e5, enum tif tif)
{
	struct act a;

	memset(&a, 0, sizeof a);
	a.kind = ACT_ORDER;
	a.n = 1;
	a.order[0].buy = buy;
	a.order[0].tif = (uint8_t)tif;
	a.order[0].px.v = px * 10000000000;
	a.order[0].sz.v = sz_e5 * 1000;
	a.order[0].cloid.b[15] = 9;
	return a;
}

TEST(confirms_and_stays)
{
	struct play *y = play_new();
	uint16_t btc;

	connect_(y);
	play_run(y, 2000);
	CHECK(hl_confirmed(y->r->h));
	btc = instr_find(&y->r->instrs, "BTC");
	REQUIRE(btc != INSTR_NONE);
	CHECK(hl_feed(y->r->h, btc, true));
	rig_clear(y->r);
	play_run(y, 120000);
	CHECK(!y->lost && y->open);
	CHECK(rig_count(y->r, EV_BOOK) > 100);
	CHECK(rig_count(y->r, EV_CTX) > 60);
	CHECK(hl_stats(y->r->h).hot > 100);
	CHECK(hl_feed(y->r->h, btc, false));
	play_run(y, 2000);
	rig_clear(y->r);
	play_run(y, 5000);
	CHECK_INT(rig_count(y->r, EV_BOOK), 0);
	clean(y);
	play_free(y);
}

TEST(every_read)
{
	struct play *y = play_new();

	connect_(y);
	play_run(y, 1000);
	for (int what = 0; what < QUERY_KINDS; what++) {
		struct effect q = {.kind = EF_QUERY};
		const struct event *e;

		rig_clear(y->r);
		q.query.what = (uint8_t)what;
		q.query.id = 100 + (uint32_t)what;
		q.query.oid = 12345;
		CHECK(hl_query(y->r->h, &q, y->r->now_ns));
		speak(y);
		play_run(y, 300);
		e = rig_event(y->r, EV_QUERY, 0);
		if (!e || !e->query.ok || e->query.id != q.query.id)
			test_fail(__FILE__, __LINE__, "read %d: %s", what,
				  e ? e->query.text : "no end");
	}
	CHECK_INT(y->http, 0);
	clean(y);
	play_free(y);
}

TEST(orders_both_ways)
{
	for (int way = HL_PATH_WS; way <= (HL_PATH_WS | HL_PATH_HTTP); way++) {
		struct play *y = play_new();
		struct act a = order(true, 60010, 1000, TIF_IOC);
		const struct event *e;

		connect_(y);
		play_run(y, 1000);
		rig_clear(y->r);
		sign_and_send(y, &a, (uint8_t)way);
		play_run(y, 1000);
		e = rig_event(y->r, EV_ANSWER, 0);
		REQUIRE(e);
		if (e->answer.kind == ANSWER_ERR)
			test_fail(__FILE__, __LINE__, "%s", e->answer.text);
		CHECK_INT(e->answer.kind, ANSWER_OK);
		CHECK_INT(e->answer.n, 1);
		CHECK(e->answer.n && e->answer.at[0].kind == VERDICT_FILLED &&
		      e->answer.at[0].filled.v == 1000000);
		CHECK_INT(paper_szi(y->p, y->user, "BTC").v, 1000000);
		if (way ==
		    (HL_PATH_WS | HL_PATH_HTTP)) { /* one executes, one is a duplicate nonce */
			e = rig_event(y->r, EV_ANSWER, 1);
			REQUIRE(e);
			CHECK_INT(e->answer.refusal, REFUSED_NONCE_USED);
		}
		e = rig_event(y->r, EV_FILLS, 0);
		REQUIRE(e);
		CHECK(e->fills.n == 1 && e->fills.at[0].buy && e->fills.at[0].crossed);
		play_run(y, 6000);
		for (uint32_t i = 0, seen = 0; (e = rig_event(y->r, EV_ACCOUNT, i)) || !seen; i++) {
			REQUIRE(e);
			seen += e->acct.n == 1 && e->acct.at[0].szi.v == 1000000;
			if (seen)
				break;
		}
		clean(y);
		play_free(y);
	}
}

TEST(resting_then_cancelled)
{
	struct play *y = play_new();
	struct act a = order(true, 59000, 100000, TIF_GTC), c;
	const struct event *e;

	connect_(y);
	play_run(y, 1000);
	rig_clear(y->r);
	sign_and_send(y, &a, 0);
	play_run(y, 500);
	e = rig_event(y->r, EV_ANSWER, 0);
	REQUIRE(e && e->answer.n == 1);
	CHECK_INT(e->answer.at[0].kind, VERDICT_RESTING);
	e = rig_event(y->r, EV_ORDER, 0);
	REQUIRE(e);
	CHECK(e->order.status == OS_OPEN && e->order.order.cloid.b[15] == 9);
	play_run(y, 6000);
	memset(&c, 0, sizeof c);
	c.kind = ACT_CANCEL_CLOID;
	c.n = 1;
	c.cancel[0].cloid.b[15] = 9;
	rig_clear(y->r);
	sign_and_send(y, &c, 0);
	play_run(y, 500);
	e = rig_event(y->r, EV_ANSWER, 0);
	REQUIRE(e && e->answer.n == 1);
	CHECK_INT(e->answer.at[0].kind, VERDICT_SUCCESS);
	e = rig_event(y->r, EV_ORDER, 0);
	REQUIRE(e);
	CHECK_INT(e->order.status, OS_CANCELED);
	/* again: gone */
	rig_clear(y->r);
	sign_and_send(y, &c, 0);
	play_run(y, 500);
	e = rig_event(y->r, EV_ANSWER, 0);
	REQUIRE(e && e->answer.n == 1);
	CHECK_INT(e->answer.at[0].refusal, REFUSED_GONE);
	clean(y);
	play_free(y);
}

TEST(faults)
{
	static const enum paper_fault kinds[] = {FAULT_DROP,	   FAULT_ACK_LOST, FAULT_ACK_ERROR,
						 FAULT_DISCONNECT, FAULT_429,	   FAULT_HALF,
						 FAULT_LATE_EXEC};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct play *y = play_new();
		struct act a = order(true, 60010, 1000, TIF_IOC);

		connect_(y);
		play_run(y, 1000);
		rig_clear(y->r);
		CHECK(paper_fault(y->p, kinds[i], 1, 0, 0));
		sign_and_send(y, &a, 0);
		play_run(y, 8000);
		if (rig_count(y->r, EV_ANSWER) != 1 ||
		    rig_event(y->r, EV_ANSWER, 0)->answer.kind != ANSWER_UNKNOWN)
			test_fail(__FILE__, __LINE__, "%s: %u answers, first of kind %d",
				  paper_fault_name(kinds[i]), rig_count(y->r, EV_ANSWER),
				  rig_count(y->r, EV_ANSWER)
					  ? rig_event(y->r, EV_ANSWER, 0)->answer.kind
					  : -1);
		play_free(y);
	}
}

static const struct fill *forced(struct play *y, uint8_t kind)
{
	const struct event *e;

	for (uint32_t i = 0; (e = rig_event(y->r, EV_FILLS, i)); i++)
		for (uint32_t k = 0; !e->fills.snapshot && k < e->fills.n; k++)
			if (e->fills.at[k].kind == kind)
				return &e->fills.at[k];
	return NULL;
}

static void word(struct play *y, const char *json)
{
	const char *why = "";

	if (!paper_do(y->p, json, strlen(json), &why))
		test_fail(__FILE__, __LINE__, "%s: %s", json, why);
	play_run(y, 300);
}

/* Taken by ADL is not liquidated, though both fills carry the object; and the reverse. */
TEST(forced_trades_are_told_apart)
{
	struct play *y = play_new();
	const struct event *e;
	const struct fill *f;

	connect_(y);
	play_run(y, 1000);
	word(y, "{\"position\":\"ETH\",\"size\":\"-10\",\"price\":\"2100\",\"leverage\":10}");
	rig_clear(y->r);
	word(y, "{\"adl\":\"ETH\",\"share\":\"0.6\"}");
	f = forced(y, FILL_ADL);
	REQUIRE(f != NULL);
	CHECK(f->buy && f->sz.v == 600000000 && f->start_position.v == -1000000000);
	CHECK(forced(y, FILL_LIQUIDATION) == NULL && forced(y, FILL_BACKSTOP) == NULL);
	CHECK_INT(rig_count(y->r, EV_LIQUIDATION), 0);
	word(y, "{\"position\":\"BTC\",\"size\":\"0.5\",\"price\":\"mid\",\"leverage\":40}");
	rig_clear(y->r);
	word(y, "{\"equity\":\"450\"}"); /* between two thirds and all of what it needs */
	f = forced(y, FILL_LIQUIDATION);
	REQUIRE(f != NULL);
	CHECK(forced(y, FILL_ADL) == NULL);
	e = rig_event(y->r, EV_LIQUIDATION, 0);
	REQUIRE(e != NULL);
	CHECK(e->liquidation.ours);
	clean(y);
	play_free(y);
}

TEST(post_only_is_a_refusal)
{
	struct play *y = play_new();
	struct act a = order(true, 60010, 1000, TIF_IOC);
	const struct event *e;

	connect_(y);
	play_run(y, 1000);
	word(y, "{\"post_only\":true,\"ms\":5000}");
	rig_clear(y->r);
	sign_and_send(y, &a, 0);
	play_run(y, 500);
	e = rig_event(y->r, EV_ANSWER, 0);
	REQUIRE(e && e->answer.n == 1);
	CHECK_INT(e->answer.at[0].kind, VERDICT_ERROR);
	CHECK(strstr(e->answer.at[0].text, "Only post-only orders allowed") != NULL);
	play_run(y, 5000);
	rig_clear(y->r);
	sign_and_send(y, &a, 0);
	play_run(y, 500);
	e = rig_event(y->r, EV_ANSWER, 0);
	REQUIRE(e && e->answer.n == 1);
	CHECK_INT(e->answer.at[0].kind, VERDICT_FILLED);
	clean(y);
	play_free(y);
}

TEST(frozen_streams_are_noticed)
{
	struct play *y = play_new();

	connect_(y);
	play_run(y, 1000);
	CHECK(hl_feed(y->r->h, 0, true));
	play_run(y, 5000);
	CHECK(paper_fault(y->p, FAULT_FREEZE, -1, 0, 0));
	CHECK(paper_fault(y->p, FAULT_FREEZE_USER, -1, 0, 0));
	for (int s = 0; s < 60 && y->open; s++)
		play_run(y, 1000);
	CHECK(!y->open);
	CHECK(paper_fault(y->p, FAULT_FREEZE, 0, 0, 0) &&
	      paper_fault(y->p, FAULT_FREEZE_USER, 0, 0, 0));
	rig_clear(y->r);
	connect_(y);
	play_run(y, 8000);
	CHECK(hl_confirmed(y->r->h));
	CHECK(rig_count(y->r, EV_BOOK) > 0);
	clean(y);
	play_free(y);
}

TEST(sockets_killed)
{
	struct play *y = play_new();

	connect_(y);
	play_run(y, 1000);
	paper_kill_sockets(y->p);
	play_run(y, 200);
	CHECK(!y->open && !hl_confirmed(y->r->h));
	connect_(y);
	play_run(y, 1000);
	CHECK(hl_confirmed(y->r->h));
	CHECK_INT(hl_stats(y->r->h).epoch, 2);
	clean(y);
	play_free(y);
}

TEST_MAIN(T(confirms_and_stays), T(every_read), T(orders_both_ways), T(resting_then_cancelled),
	  T(faults), T(forced_trades_are_told_apart), T(post_only_is_a_refusal),
	  T(frozen_streams_are_noticed), T(sockets_killed))
