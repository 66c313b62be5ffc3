/* world.c: the simulated host and its surroundings. See world.h.
 *
 *   world_run: earliest of {network, session deadline, engine timer, commit, held kill-lane send,
 *   paper block, market move, restart, reconnect} -> deliver -> step -> carry out effects -> pump
 */
#include "tests/sim/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/hex.h"
#include "engine/replay.h"
#include "sign/keccak.h"
#include "venue/hyperliquid/action.h"

#define MS 1000000LL
#define S  1000000000LL

static const struct {
	const char *coin;
	int64_t mid; /* USD */
	double step;
	const char *depth;
} coins[3] = {{"BTC", 100000, 1.0, "4"}, {"ETH", 4000, 0.1, "60"}, {"SOL", 200, 0.01, "800"}};
static const char *const more[WORLD_COINS - 3] = {"K03", "K04", "K05", "K06", "K07", "K08",
						  "K09", "K10", "K11", "K12", "K13", "K14",
						  "K15", "K16", "K17", "K18", "K19"};

static void pump(struct world *w);

const char *world_coin(int i)
{
	return i < 3 ? coins[i].coin : more[i - 3];
}

const char *world_coin_of(const struct world *w, int i)
{
	return w->drill ? w->drill->par[i].name : world_coin(i);
}

int64_t world_venue_ms(const struct world *w)
{
	return w->wall0_ms + w->now_ns / MS;
}

static int64_t wall_ms(const struct world *w)
{
	return world_venue_ms(w) + w->skew_ms;
}

void world_break(struct world *w, const char *fmt, ...)
{
	va_list ap;

	if (w->broken[0])
		return;
	va_start(ap, fmt);
	vsnprintf(w->broken, sizeof w->broken, fmt, ap);
	va_end(ap);
}

static void mix(struct world *w, const void *p, size_t n)
{
	const unsigned char *b = p;

	for (size_t i = 0; i < n; i++)
		w->hash = (w->hash ^ b[i]) * 0x100000001b3u;
}

/* ---- market: a lazy random walk with a ladder on both sides ---- */

static struct qty qty_of(const char *s)
{
	struct qty q;

	ASSERT(qty_parse(&q, s, strlen(s)) == DEC_OK);
	return q;
}

static void market_move(struct world *w)
{
	for (uint16_t i = 0; i < w->n_coins; i++) {
		/* the seventeen more are of SOL's kind */
		uint16_t k = i < 3 ? i : 2;
		int64_t tick = (int64_t)(coins[k].step * 1e10 + 0.5);
		struct price step = {tick}, mid = w->mid[i];
		int64_t move = prng_range(&w->rng, -6, 6) * (int64_t)tick;

		mid.v += move;
		if (mid.v < coins[k].mid * 4000000000LL)
			mid.v += 12 * tick;
		w->mid[i] = mid;
		fixed_ladder(&w->market, i, mid, step, qty_of(coins[k].depth), 20);
		if (prng_below(&w->rng, 3) == 0) {
			bool sell = prng_below(&w->rng, 2);
			struct price px = {mid.v + (sell ? -tick : tick)};
			fixed_trade(&w->market, i, sell, px,
				    qty_of(k == 0   ? "1"
					   : k == 1 ? "15"
						    : "200"));
		}
	}
	w->market_ns = w->now_ns + 400 * MS;
}

/* ---- journal ---- */

static void journal_start_commit(struct world *w)
{
	int64_t took = prng_range(&w->rng, 1, 8) * MS;

	if (w->commit_ns != INT64_MAX || w->batch == w->committed)
		return;
	if (w->faults.slow_disk && prng_below(&w->rng, 40) == 0)
		took = prng_range(&w->rng, 200, 1500) * MS;
	if (w->now_ns < w->full_until_ns)
		took += w->full_until_ns - w->now_ns;
	w->committing = w->batch;
	w->commit_ns = w->now_ns + took;
}

static void mark_durable(struct world *w, uint64_t upto)
{
	while (w->n_durable < w->n_recs && w->rec[w->n_durable].batch <= upto) {
		uint64_t nonce = w->rec[w->n_durable++].rec.nonce;
		for (uint32_t i = w->n_wires; nonce && i > 0; i--)
			if (w->wire[i - 1].nonce == nonce) /* an order, and its burn */
				w->wire[i - 1].durable = true;
	}
	w->committed = upto;
}

/* ---- effects ---- */

static struct event event_at(struct world *w, uint8_t kind)
{
	return (struct event){.kind = kind, .now_ns = w->now_ns, .wall_ms = wall_ms(w)};
}

static void carry_out(struct world *w);

static void step(struct world *w, const struct event *ev)
{
	if (!w->alive)
		return;
	ASSERT(!w->in_step);
	w->in_step = true;
	w->fx->n = 0;
	engine_step(w->engine, ev, w->fx);
	carry_out(w);
	w->in_step = false;
	if (w->alive)
		check_step(w);
}

void world_step(struct world *w, const struct event *ev)
{
	step(w, ev);
	pump(w);
}

struct event world_event(struct world *w, uint8_t kind)
{
	return event_at(w, kind);
}

/* Seen from outside: which reads were answered, and when something of ours filled. */
static void witness(struct world *w, const struct event *ev)
{
	if (ev->kind == EV_ACCOUNT)
		w->acct_ms = ev->acct.venue_ms;
	if (ev->kind == EV_QUERY && ev->query.ok && ev->query.what == Q_ACCOUNT)
		w->read_ms[w->n_reads++ % 8] = w->acct_ms;
	for (uint32_t i = 0; ev->kind == EV_FILLS && i < ev->fills.n; i++) {
		const struct fill *f = &ev->fills.at[i];
		struct cloid_id what;

		if (f->time_ms > w->our_fill_ms &&
		    cloid_open(&w->engine->aes, &what, f->cloid, w->engine->conf.install))
			w->our_fill_ms = f->time_ms;
	}
}

static void sink(void *ctx, const struct event *ev)
{
	witness(ctx, ev);
	step(ctx, ev);
}

static struct wire *wire_find(struct world *w, uint64_t nonce, bool noop)
{
	for (uint32_t i = w->n_wires; i > 0; i--)
		if (w->wire[i - 1].nonce == nonce && w->wire[i - 1].noop == noop)
			return &w->wire[i - 1];
	return NULL;
}

static void leave(struct world *w, const struct outbox_slot *o, bool all_paths, int64_t timeout_ns)
{
	uint8_t paths = all_paths ? HL_PATH_WS | HL_PATH_HTTP : HL_PATH_WS;
	struct wire *s = wire_find(w, o->nonce, o->burn);

	if (s && !s->left_ns)
		s->left_ns = w->now_ns;
	if (s && (s->n != o->len || memcmp(s->bytes, o->bytes, s->n)))
		world_break(w, "I2: other bytes for nonce %llu", (unsigned long long)o->nonce);
	w->n_sends++;
	if (hl_send_action(w->hl, o->bytes, o->len, o->nonce, paths, timeout_ns, w->now_ns))
		return;
	/* As the host: said in a later turn; a repeat that finds no room proves nothing. */
	if (o->sent && s && s->left_ns == w->now_ns && w->n_refused < 64)
		w->refused[w->n_refused++] = o->nonce;
}

static void release_held(struct world *w)
{
	struct outbox_slot *o;

	while ((o = outbox_next(w->box, w->committed, w->now_ns))) {
		struct wire *s = wire_find(w, o->nonce, o->burn);
		ASSERT(s);
		if (o->needs_commit)
			check_leave(w, s,
				    o->lane == LANE_KILL && w->now_ns - o->added_ns >= 100 * MS);
		leave(w, o, o->all_paths, o->timeout_ns);
	}
}

static void do_send(struct world *w, const struct effect *ef)
{
	char text[ACTION_JSON_MAX];
	uint8_t hash[32], digest[32];
	struct act_sig sig;
	struct err e = {0};
	struct buf b;
	struct wire *s;

	check_send(w, ef);
	ASSERT(w->n_wires < WORLD_WIRES);
	if (!action_check(&e, &ef->send.act) ||
	    !action_hash(hash, &ef->send.act, &ef->send.env, &e)) {
		world_break(w, "signer refuses: %s", e.text);
		return;
	}
	action_digest(digest, hash, ef->send.env.mainnet);
	secp_sign(w->secp, sig.r, sig.s, &sig.v, digest, w->agent_key);
	buf_init(&b, text, sizeof text);
	action_envelope(&b, &ef->send.act, &ef->send.env, &sig);
	ASSERT(!b.over);
	s = &w->wire[w->n_wires];
	*s = (struct wire){.nonce = ef->send.env.nonce,
			   .act = ef->send.act,
			   .expires_ms = ef->send.env.expires_ms,
			   .lane = ef->lane,
			   .noop = ef->send.act.kind == ACT_NOOP,
			   .signed_ns = w->now_ns,
			   .n = b.len,
			   .life = w->life};
	s->bytes = malloc(b.len + 1);
	ASSERT(s->bytes);
	memcpy(s->bytes, b.p, b.len + 1);
	w->n_wires++;
	if (ef->send.dry)
		return;
	for (uint32_t i = w->n_recs; i > 0; i--)
		if (w->rec[i - 1].rec.nonce == s->nonce) {
			s->recorded = true;
			s->durable = i - 1 < w->n_durable;
			break;
		}
	if (!outbox_add(w->box, ef, w->now_ns) ||
	    !outbox_signed(w->box, s->nonce, s->noop, s->bytes, s->n))
		world_break(w, "the outbox takes nonce %llu not", (unsigned long long)s->nonce);
}

static void do_notice(struct world *w, const struct effect *ef)
{
	if (w->verbose)
		printf("%9.3f  [%u] %s\n", (double)w->now_ns / 1e9, ef->notice.level,
		       ef->notice.text);
	if (!strncmp(ef->notice.text, "FLAT ", 5)) {
		w->flat_said++;
		w->flat_ns = w->now_ns;
		check_flat(w);
	}
}

static void do_effect(struct world *w, const struct effect *ef, uint64_t batch)
{
	switch ((enum effect_kind)ef->kind) {
	case EF_RECORD:
		ASSERT(w->n_recs < WORLD_RECS);
		w->rec[w->n_recs++] = (struct sim_rec){.rec = ef->record,
						       .account = ef->account,
						       .wall_ms = wall_ms(w),
						       .batch = batch};
		break;
	case EF_SEND:
		do_send(w, ef);
		break;
	case EF_RESEND: {
		struct outbox_slot *o = outbox_find(w->box, ef->resend.nonce, false);
		if (o && o->sent)
			leave(w, o, true, ef->resend.timeout_ns);
		break;
	}
	case EF_FORGET:
		outbox_forget(w->box, ef->forget.nonce);
		for (uint32_t i = 0; i < w->n_wires; i++)
			w->wire[i].forgotten |= w->wire[i].nonce == ef->forget.nonce;
		break;
	case EF_QUERY:
		if (!hl_query(w->hl, ef, w->now_ns) && w->verbose)
			printf("query %u refused\n", ef->query.what);
		break;
	case EF_FEED:
		hl_feed(w->hl, ef->feed.instr, ef->feed.on);
		break;
	case EF_TIMER:
		w->timer_ns = ef->timer.at_ns;
		break;
	case EF_NOTICE:
		do_notice(w, ef);
		break;
	case EF_REPLY:
		w->reply.seq = ef->reply.seq;
		w->reply.code = ef->reply.code;
		w->reply.exit = ef->reply.exit;
		snprintf(w->reply.text, sizeof w->reply.text, "%s", ef->reply.text);
		w->n_replies++;
		break;
	case EF_DROP_CONN:
		w->drop_wanted = true;
		break;
	case EF_CEILING:
		w->ceiling_wanted = ef->ceiling.upto;
		break;
	case EF_SOLVE:
		sim_ask(w, ef->solve.in);
		break;
	case EF_KINDS:
		break;
	}
}

/* A turn: its records are one batch. A kill may come after any effect. */
static void carry_out(struct world *w)
{
	uint64_t batch = w->batch + 1;

	for (uint32_t i = 0; i < w->fx->n; i++)
		if (w->fx->at[i].kind == EF_RECORD || w->fx->at[i].kind == EF_CEILING) {
			w->batch = batch;
			break;
		}
	if (w->batch != batch)
		batch = w->batch;
	for (uint32_t i = 0; i < w->fx->n; i++) {
		do_effect(w, &w->fx->at[i], batch);
		w->n_effects++;
		if (w->kill_in > 0 && --w->kill_in == 0) {
			w->alive = false;
			w->died = true;
			return;
		}
	}
	outbox_handed_over(w->box, batch);
	journal_start_commit(w);
	release_held(w);
}

/* ---- sockets ---- */

static void ws_send(struct world *w, uint8_t kind, bool to_venue, uint64_t conn, const char *p,
		    size_t n)
{
	struct net_msg m = {.conn = conn, .kind = kind, .to_venue = to_venue, .n = n};

	m.bytes = (char *)(uintptr_t)p;
	net_send(&w->net, w->now_ns, &m);
}

static void conn_lost(struct world *w, const char *why)
{
	if (w->conn_state == 2) {
		w->conn_state = 0;
		hl_on_close(w->hl, why, w->now_ns, wall_ms(w));
	}
	w->conn_state = 0;
	w->reconnect_ns = w->now_ns + prng_range(&w->rng, 200, 1200) * MS;
}

static void client_drops(struct world *w, const char *why)
{
	ws_send(w, NET_WS_CLOSE, true, w->conn, NULL, 0);
	conn_lost(w, why);
}

static void http_ask(struct world *w, const struct hl_out *o)
{
	for (uint32_t i = 0; i < WORLD_HTTP; i++) {
		struct net_msg m = {.conn = ++w->next_conn, .kind = NET_HTTP_ASK, .to_venue = true};
		if (w->http[i].used)
			continue;
		w->http[i].used = true;
		w->http[i].conn = m.conn;
		w->http[i].tag = o->tag;
		w->http[i].due_ns = w->now_ns + 6 * S;
		snprintf(m.path, sizeof m.path, "%s", o->path);
		m.n = o->n;
		m.bytes = (char *)(uintptr_t)o->p;
		net_send(&w->net, w->now_ns, &m);
		return;
	}
	BUG("http table full");
}

static void pump(struct world *w)
{
	struct hl_out o;

	if (!w->alive)
		return;
	if (w->drop_wanted) {
		w->drop_wanted = false;
		if (w->conn_state == 2)
			client_drops(w, "dropped by the engine");
	}
	while (w->alive && hl_next_output(w->hl, &o, w->now_ns)) {
		w->n_msgs++;
		if (o.kind == HL_OUT_TEXT && w->conn_state == 2) {
			mix(w, o.p, o.n);
			ws_send(w, NET_WS_TEXT, true, w->conn, o.p, o.n);
		} else if (o.kind == HL_OUT_HTTP) {
			mix(w, o.p, o.n);
			http_ask(w, &o);
		} else if (o.kind == HL_OUT_CLOSE && w->conn_state == 2) {
			client_drops(w, "closed by the session");
		}
	}
}

static void drain_paper(struct world *w)
{
	struct paper_out o;

	while (paper_next(w->paper, &o)) {
		struct net_msg m = {.conn = o.conn, .n = o.len, .status = o.status};
		m.bytes = (char *)(uintptr_t)o.bytes;
		m.kind = o.kind == PAPER_OUT_HTTP   ? NET_HTTP_ANSWER
			 : o.kind == PAPER_OUT_TEXT ? NET_WS_TEXT
						    : NET_WS_CLOSE;
		net_send(&w->net, w->now_ns, &m);
	}
}

void world_drain(struct world *w)
{
	drain_paper(w);
}

static void deliver_client(struct world *w, const struct net_msg *m)
{
	if (m->kind == NET_HTTP_ANSWER || (m->kind == NET_WS_CLOSE && m->conn != w->conn)) {
		for (uint32_t i = 0; i < WORLD_HTTP; i++)
			if (w->http[i].used && w->http[i].conn == m->conn) {
				w->http[i].used = false;
				if (w->alive)
					hl_on_http(w->hl, w->http[i].tag,
						   m->kind == NET_HTTP_ANSWER ? m->status : 0,
						   m->bytes, m->n, w->now_ns, wall_ms(w));
			}
		return;
	}
	if (!w->alive || m->conn != w->conn)
		return;
	mix(w, m->bytes, m->n);
	if (m->kind == NET_WS_OPEN && w->conn_state == 1) {
		w->conn_state = 2;
		hl_on_connect(w->hl, w->now_ns, wall_ms(w));
	} else if (m->kind == NET_WS_TEXT && w->conn_state == 2) {
		hl_on_text(w->hl, m->bytes, m->n, w->now_ns, wall_ms(w));
	} else if (m->kind == NET_WS_CLOSE) {
		conn_lost(w, "closed by the venue");
	}
}

static void deliver_venue(struct world *w, const struct net_msg *m)
{
	int64_t ms = world_venue_ms(w);

	switch ((enum net_kind)m->kind) {
	case NET_WS_OPEN:
		if (paper_ws_open(w->paper, m->conn, "client", ms))
			ws_send(w, NET_WS_OPEN, false, m->conn, NULL, 0);
		else
			ws_send(w, NET_WS_CLOSE, false, m->conn, NULL, 0);
		break;
	case NET_WS_TEXT:
		paper_ws_text(w->paper, m->conn, m->bytes, m->n, ms);
		break;
	case NET_WS_CLOSE:
		paper_ws_closed(w->paper, m->conn, ms);
		break;
	case NET_HTTP_ASK:
		paper_http(w->paper, m->conn, "client", "POST", m->path, "application/json",
			   m->bytes, m->n, ms);
		break;
	case NET_HTTP_ANSWER:
		break;
	}
	drain_paper(w);
}

/* ---- lives of the process ---- */

static void die(struct world *w)
{
	uint64_t kept = w->committed;

	w->died = false;
	w->sleep_until_ns = 0;
	/* The running commit may or may not have reached the disk. */
	w->n_kills++;
	if (w->commit_ns != INT64_MAX && w->now_ns >= w->full_until_ns && prng_below(&w->rng, 2))
		kept = w->committing;
	mark_durable(w, kept);
	if (kept >= w->batch && w->ceiling_wanted > w->ceiling)
		w->ceiling = w->ceiling_wanted;
	w->lost_records |= w->n_recs > w->n_durable && w->full_until_ns > w->now_ns - 5 * S;
	w->n_recs = w->n_durable;
	w->batch = w->committed = kept;
	w->commit_ns = INT64_MAX;
	w->ceiling_wanted = 0;
	outbox_init(w->box);
	for (uint32_t i = 0; i < WORLD_HTTP; i++)
		w->http[i].used = false;
	for (uint32_t i = 0; i < w->n_wires; i++)
		w->wire[i].recorded = w->wire[i].recorded && w->wire[i].durable;
	if (w->conn_state)
		ws_send(w, NET_WS_CLOSE, true, w->conn, NULL, 0);
	w->conn_state = 0;
	w->in_step = false;
	w->drop_wanted = false;
	w->n_refused = 0;
	w->restart_ns = w->now_ns + prng_range(&w->rng, 50, 1500) * MS;
	if (w->faults.wall_steps)
		w->skew_ms = prng_range(&w->rng, -1500, 1500);
}

static void start_life(struct world *w)
{
	struct engine_conf c = {.network = NET_PAPER,
				.venue = "hyperliquid",
				.build = "sim",
				.n_accounts = 1,
				.n_dexes = 1,
				.install = 0x5eed,
				.epoch = w->life + 1,
				.pid = 1,
				.rtt_ns = 200 * MS};
	struct hl_conf hc = {.roles = HL_MARKET | HL_ACCOUNT, .post_base = 1 + 100000 * w->life};
	struct event ev;
	struct err e = {0};

	w->life++;
	w->alive = true;
	c.seed = w->seed * 1000003 + w->life;
	memset(c.cloid_key, 0x42, sizeof c.cloid_key);
	snprintf(c.account[0].name, sizeof c.account[0].name, "main");
	snprintf(c.account[0].address, sizeof c.account[0].address, "%s", w->user);
	engine_init(w->engine, &c, w->now_ns, wall_ms(w));
	for (uint32_t i = 0; i < w->n_durable; i++) {
		const struct sim_rec *r = &w->rec[i];
		struct replay_row row = {.ver = r->rec.ver,
					 .kind = r->rec.kind,
					 .account = r->account,
					 .exit = r->rec.exit,
					 .slice = r->rec.slice,
					 .attempt = r->rec.attempt,
					 .nonce = r->rec.nonce,
					 .wall_ms = r->wall_ms,
					 .body = r->rec.body,
					 .len = r->rec.len};
		if (!replay_row(w->engine, &row, &e))
			world_break(w, "replay of row %u: %s", i, e.text);
	}
	if (!hl_shared_init(w->shared, &w->engine->instrs, NULL, 0, &e))
		BUG(e.text);
	hc.shared = w->shared;
	hc.json = w->json;
	hc.sink = sink;
	hc.sink_ctx = w;
	memcpy(hc.user, w->user, 43);
	memcpy(hc.agent, w->agent, 43);
	hl_init(w->hl, &hc);
	for (uint32_t i = 0; i < w->n_wires; i++) {
		const struct wire *s = &w->wire[i];
		if (s->durable && !s->forgotten && !s->noop)
			outbox_restore(w->box, s->nonce, 0, s->bytes, s->n);
	}
	w->timer_ns = w->now_ns;
	w->reconnect_ns = w->now_ns;
	sim_solve_clear(w);
	w->fx->n = 0;
	engine_start(w->engine, w->ceiling, w->now_ns, wall_ms(w), w->fx);
	carry_out(w);
	ev = event_at(w, EV_SIGNER);
	ev.signer.ready = true;
	ev.signer.nonce_hw = w->top_nonce; /* the signer outlives the engine */
	hex_decode(ev.signer.address, 20, w->agent + 2);
	step(w, &ev);
	if (w->faults.kills > 0) {
		w->faults.kills--;
		/* often while it still recovers from the one before */
		w->kill_in = prng_below(&w->rng, 3) ? prng_range(&w->rng, 20, 1500)
						    : prng_range(&w->rng, 1, 60);
	} else {
		w->kill_in = -1;
	}
	if (w->life == 1 && w->kill_first)
		w->kill_in = w->kill_first;
	if (w->life == 2 && w->kill_second)
		w->kill_in = w->kill_second;
}

static void set_up_market(struct world *w)
{
	fixed_init(&w->market);
	fixed_majors(&w->market);
	w->n_coins = w->faults.twenty ? WORLD_COINS : 3;
	for (int i = 3; i < w->n_coins; i++) {
		struct paper_coin c = {.sz_decimals = 2, .max_leverage = 20, .refill_ms = 2000};
		snprintf(c.name, sizeof c.name, "%s", world_coin(i));
		fixed_coin(&w->market, &c);
	}
	for (int i = 0; i < w->n_coins; i++)
		w->mid[i].v = coins[i < 3 ? i : 2].mid * 10000000000LL;
	market_move(w);
}

static void set_up_account(struct world *w)
{
	int64_t usd = w->faults.twenty ? 500000 : 200000;

	paper_fund(w->paper, w->user, (struct money){usd * 100000000});
	paper_agent(w->paper, w->user, w->agent);
	paper_position(w->paper, w->user, "BTC", qty_of("4"), w->mid[0], 20, false);
	paper_position(w->paper, w->user, "ETH", qty_of("-50"), w->mid[1], 20, false);
	paper_position(w->paper, w->user, "SOL", qty_of("800"), w->mid[2], 10, false);
	for (int i = 3; i < w->n_coins; i++)
		paper_position(w->paper, w->user, world_coin(i), qty_of(i % 3 ? "37.21" : "-120.5"),
			       w->mid[i], 10, false);
}

static void set_faults(struct world *w, const struct world_faults *f)
{
	const struct {
		enum paper_fault kind;
		uint32_t pm;
		int32_t ms;
	} row[] = {
		{FAULT_ACK_LOST, f->ack_lost_pm, 0}, {FAULT_ACK_ERROR, f->ack_error_pm, 0},
		{FAULT_DROP, f->drop_pm, 0},	     {FAULT_DUPLICATE, f->dup_pm, 0},
		{FAULT_DELAY, f->delay_pm, 3000},    {FAULT_DISCONNECT, f->disconnect_pm, 0},
		{FAULT_429, f->http429_pm, 0},	     {FAULT_LATE_FILLS, f->late_fills_pm, 6000},
	};

	for (size_t i = 0; i < COUNT_OF(row); i++)
		if (row[i].pm)
			paper_fault(w->paper, row[i].kind, -1, row[i].ms, (int32_t)row[i].pm);
}

struct world *world_new(uint64_t seed, const struct world_faults *f)
{
	struct world *w = calloc(1, sizeof *w);
	struct paper_conf pc = {.seed = seed, .no_ip_limits = true};
	uint8_t addr[20];
	uint8_t zero[32] = {7};

	ASSERT(w);
	w->seed = seed;
	w->faults = *f;
	prng_seed(&w->rng, seed);
	w->wall0_ms = 1760000000000LL;
	w->now_ns = 10 * S;
	w->hash = 0xcbf29ce484222325u;
	w->commit_ns = INT64_MAX;
	w->engine = malloc(sizeof *w->engine);
	w->shared = malloc(sizeof *w->shared);
	w->hl = malloc(hl_size());
	w->fx = malloc(sizeof *w->fx);
	w->box = malloc(sizeof *w->box);
	w->rec = malloc(WORLD_RECS * sizeof *w->rec);
	w->wire = malloc(WORLD_WIRES * sizeof *w->wire);
	w->json = json_new(1 << 20);
	ASSERT(w->engine && w->shared && w->hl && w->fx && w->box && w->rec && w->wire && w->json);
	outbox_init(w->box);
	net_init(&w->net, seed ^ 0x6e6574);
	w->net.delay_ns = f->rtt_ms * MS / 2;
	w->net.jitter_ns = w->net.delay_ns / 2;
	w->net.http_loss_pm = f->http_loss_pm;
	w->secp = secp_new(zero);
	w->agent_key[31] = 9;
	w->user_key[0] = 1;
	secp_address(w->secp, addr, w->user_key);
	snprintf(w->user, sizeof w->user, "0x");
	hex_encode(w->user + 2, addr, 20);
	secp_address(w->secp, addr, w->agent_key);
	snprintf(w->agent, sizeof w->agent, "0x");
	hex_encode(w->agent + 2, addr, 20);

	if (f->drill) {
		rig_make(w);
		start_life(w);
		return w;
	}
	set_up_market(w);
	pc.market = &w->market.market;
	pc.start_ms = world_venue_ms(w);
	pc.unknown_oid_lag_ms = f->unknown_oid_lag_ms;
	w->paper = paper_new(&pc);
	ASSERT(w->paper);
	set_up_account(w);
	set_faults(w, f);
	start_life(w);
	return w;
}

void world_free(struct world *w)
{
	for (uint32_t i = 0; i < w->n_wires; i++)
		free(w->wire[i].bytes);
	net_fini(&w->net);
	if (w->drill)
		rig_free(w);
	else
		paper_free(w->paper);
	secp_free(w->secp);
	json_free(w->json);
	free(w->engine);
	free(w->shared);
	free(w->hl);
	free(w->fx);
	free(w->box);
	free(w->rec);
	free(w->wire);
	free(w);
}

void world_heal(struct world *w)
{
	for (int k = 0; k < FAULT_KINDS; k++)
		paper_fault(w->paper, (enum paper_fault)k, 0, 0, 0);
	w->net.http_loss_pm = 0;
	w->net.cut = false;
	w->full_until_ns = 0;
	w->kill_in = -1;
	w->faults = (struct world_faults){0};
}

bool world_cmd(struct world *w, const struct cmd *c)
{
	struct event ev = event_at(w, EV_CMD);
	uint32_t before = w->n_replies;

	if (!w->alive || w->sleep_until_ns)
		return false;
	ev.cmd.client = 1;
	ev.cmd.seq = ++w->seq;
	ev.cmd.cmd = c;
	step(w, &ev);
	pump(w);
	return w->n_replies > before;
}

static int64_t earliest(struct world *w)
{
	int64_t at = net_next(&w->net), t;

#define SOONER(x) (t = (x), at = t < at ? t : at)
	SOONER(w->market_ns);
	SOONER((paper_deadline(w->paper) - w->wall0_ms) * MS);
	if (w->died)
		return w->now_ns;
	if (!w->alive) {
		SOONER(w->restart_ns);
		return at;
	}
	if (w->sleep_until_ns) {
		SOONER(w->sleep_until_ns);
		return at;
	}
	SOONER(hl_next_deadline(w->hl));
	SOONER(w->timer_ns);
	SOONER(w->commit_ns);
	SOONER(outbox_due(w->box));
	SOONER(sim_solve_due(w));
	if (w->conn_state < 2)
		SOONER(w->reconnect_ns);
	for (uint32_t i = 0; i < WORLD_HTTP; i++)
		if (w->http[i].used)
			SOONER(w->http[i].due_ns);
#undef SOONER
	return at;
}

static void commit_done(struct world *w)
{
	struct event ev = event_at(w, EV_STORE);

	w->commit_ns = INT64_MAX;
	mark_durable(w, w->committing);
	if (w->ceiling_wanted > w->ceiling)
		w->ceiling = w->ceiling_wanted;
	ev.store.state = STORE_OK;
	ev.store.nonce_ceiling = w->ceiling;
	release_held(w);
	step(w, &ev);
	journal_start_commit(w);
}

static void due_client(struct world *w)
{
	for (uint32_t i = 0; i < w->n_refused && w->alive; i++) {
		struct event ev = world_event(w, EV_ANSWER);
		ev.answer.nonce = w->refused[i];
		ev.answer.kind = ANSWER_NOT_SENT;
		step(w, &ev);
	}
	w->n_refused = 0;
	if (w->commit_ns <= w->now_ns)
		commit_done(w);
	release_held(w);
	for (uint32_t i = 0; i < WORLD_HTTP && w->alive; i++)
		if (w->http[i].used && w->http[i].due_ns <= w->now_ns) {
			w->http[i].used = false;
			hl_on_http(w->hl, w->http[i].tag, 0, NULL, 0, w->now_ns, wall_ms(w));
		}
	sim_solved(w);
	if (w->alive && hl_next_deadline(w->hl) <= w->now_ns)
		hl_on_timer(w->hl, w->now_ns, wall_ms(w));
	if (w->alive && w->timer_ns <= w->now_ns) {
		struct event ev = event_at(w, EV_TICK);
		w->timer_ns = w->now_ns + S;
		step(w, &ev);
	}
	if (w->alive && w->conn_state == 0 && w->reconnect_ns <= w->now_ns) {
		w->conn = ++w->next_conn;
		w->conn_state = 1;
		w->reconnect_ns = w->now_ns + 5 * S;
		ws_send(w, NET_WS_OPEN, true, w->conn, NULL, 0);
	} else if (w->alive && w->conn_state == 1 && w->reconnect_ns <= w->now_ns) {
		w->conn_state = 0;
	}
}

void world_run(struct world *w, int64_t until_ns)
{
	while (!w->broken[0]) {
		int64_t at = earliest(w);
		struct net_msg m;

		if (at > until_ns) {
			w->now_ns = until_ns;
			return;
		}
		if (at > w->now_ns)
			w->now_ns = at;
		if (w->died)
			die(w);
		if (w->market_ns <= w->now_ns)
			market_move(w);
		if (paper_deadline(w->paper) <= world_venue_ms(w)) {
			paper_advance(w->paper, world_venue_ms(w));
			if (w->drill)
				rig_tick(w);
			drain_paper(w);
		}
		if (!w->alive && w->restart_ns <= w->now_ns)
			start_life(w);
		if (w->sleep_until_ns && w->sleep_until_ns <= w->now_ns)
			world_wake(w);
		if (w->alive && !w->sleep_until_ns)
			due_client(w);
		if (w->alive && !w->sleep_until_ns)
			pump(w);
		while (net_take(&w->net, w->now_ns, &m)) {
			if (!m.to_venue && w->sleep_until_ns > w->now_ns) {
				net_hold(&w->net, w->sleep_until_ns, &m);
				continue;
			}
			if (m.to_venue)
				deliver_venue(w, &m);
			else
				deliver_client(w, &m);
			free(m.bytes);
			if (w->alive)
				pump(w);
		}
	}
}
