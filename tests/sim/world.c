/* world.c: the simulated host and its surroundings. See world.h.
 *
 * One socket for each account: session 0 is the market's and the first account's, session 1 the
 * sub-account's.
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
} coins[4] = {{"BTC", 100000, 1.0, "4"},
	      {"ETH", 4000, 0.1, "60"},
	      {"SOL", 200, 0.01, "800"},
	      {WORLD_DEX ":GOLD", 3000, 0.1, "40"}};
static const char *const more[WORLD_COINS - 4] = {"K03", "K04", "K05", "K06", "K07", "K08",
						  "K09", "K10", "K11", "K12", "K13", "K14",
						  "K15", "K16", "K17", "K18", "K19"};

/* The row of coins[] a coin is of: seventeen more are of SOL's kind, the last may be the dex's. */
static int kind_of(const struct world *w, int i)
{
	return i < 3 ? i : w->faults.dex && i == w->n_coins - 1 ? 3 : 2;
}

const char *world_coin(const struct world *w, int i)
{
	if (w->drill)
		return w->drill->par[i].name;
	return i < 3 || kind_of(w, i) == 3 ? coins[kind_of(w, i)].coin : more[i - 3];
}

const char *world_user(const struct world *w, uint32_t account)
{
	return account ? w->sub : w->user;
}

int64_t world_venue_ms(const struct world *w)
{
	return w->wall0_ms + w->now_ns / MS;
}

int64_t world_wall_ms(const struct world *w)
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

void world_mix(struct world *w, const void *p, size_t n)
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
		int k = kind_of(w, i);
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
					   : k == 2 ? "200"
						    : "15"));
		}
	}
	w->market_ns = w->now_ns + 400 * MS;
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
	journal_durable(w, kept);
	if (kept >= w->batch && w->ceiling_wanted > w->ceiling)
		w->ceiling = w->ceiling_wanted;
	/* the reserve is given away by the first commit that fails, made again by a later one */
	w->lost = w->full_until_ns && (w->full_until_ns > w->now_ns || w->n_recs > w->n_durable);
	w->n_recs = w->n_durable;
	w->batch = w->committed = kept;
	w->commit_ns = INT64_MAX;
	w->ceiling_wanted = 0;
	outbox_init(w->box);
	sockets_gone(w);
	for (uint32_t i = 0; i < w->n_wires; i++)
		w->wire[i].recorded = w->wire[i].recorded && w->wire[i].durable;
	w->in_step = false;
	w->n_refused = 0;
	w->restart_ns = w->now_ns + prng_range(&w->rng, 50, 1500) * MS;
	if (w->faults.wall_steps)
		w->skew_ms = prng_range(&w->rng, -1500, 1500);
}

static void start_sessions(struct world *w)
{
	static const char *const dexes[] = {WORLD_DEX};
	struct err e = {0};

	if (!hl_shared_init(w->shared, &w->engine->instrs, dexes, w->faults.dex, &e))
		BUG(e.text);
	for (uint8_t i = 0; i < w->n_sessions; i++) {
		struct hl_conf hc = {.account = i,
				     .roles = i ? HL_ACCOUNT : HL_MARKET | HL_ACCOUNT,
				     .post_base = 1 + 100000 * w->life,
				     .shared = w->shared,
				     .json = w->json,
				     .sink = client_sink,
				     .sink_ctx = w};

		memcpy(hc.user, world_user(w, i), 43);
		memcpy(hc.agent, w->agent, 43);
		hl_init(w->session[i].hl, &hc);
		w->session[i].reconnect_ns = w->now_ns;
	}
}

static void start_life(struct world *w)
{
	struct engine_conf c = {.network = NET_PAPER,
				.venue = "hyperliquid",
				.build = "sim",
				.n_accounts = (uint8_t)w->n_sessions,
				.n_dexes = w->faults.dex ? 2 : 1,
				.dex = {"", WORLD_DEX},
				.install = 0x5eed,
				.epoch = w->life + 1,
				.lost = w->lost,
				.pid = 1,
				.rtt_ns = 200 * MS};
	struct event ev;
	struct err e = {0};

	w->life++;
	w->alive = true;
	c.seed = w->seed * 1000003 + w->life;
	memset(c.cloid_key, 0x42, sizeof c.cloid_key);
	snprintf(c.account[0].name, sizeof c.account[0].name, "main");
	snprintf(c.account[0].address, sizeof c.account[0].address, "%s", w->user);
	snprintf(c.account[1].name, sizeof c.account[1].name, "hedge");
	snprintf(c.account[1].address, sizeof c.account[1].address, "%s", w->sub);
	c.account[1].has_vault = true; /* the same key signs for it */
	hex_decode(c.account[1].vault, 20, w->sub + 2);
	engine_init(w->engine, &c, w->now_ns, world_wall_ms(w));
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
	start_sessions(w);
	for (uint32_t i = 0; i < w->n_wires; i++) {
		const struct wire *s = &w->wire[i];
		if (s->durable && !s->forgotten && !s->noop)
			outbox_restore(w->box, s->nonce, s->account, s->bytes, s->n);
	}
	w->timer_ns = w->now_ns;
	sim_solve_clear(w);
	w->fx->n = 0;
	engine_start(w->engine, w->ceiling, w->now_ns, world_wall_ms(w), w->fx);
	client_effects(w);
	ev = world_event(w, EV_SIGNER);
	ev.signer.ready = true;
	ev.signer.nonce_hw = w->top_nonce; /* the signer outlives the engine */
	hex_decode(ev.signer.address, 20, w->agent + 2);
	for (uint8_t a = 0; a < w->n_sessions; a++) {
		ev.account = a;
		client_step(w, &ev);
	}
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
	w->n_coins = (w->faults.twenty ? WORLD_COINS - 1 : 3) + w->faults.dex;
	for (int i = 3; i < w->n_coins; i++) {
		struct paper_coin c = {.sz_decimals = 2, .max_leverage = 20, .refill_ms = 2000};
		snprintf(c.name, sizeof c.name, "%s", world_coin(w, i));
		fixed_coin(&w->market, &c);
	}
	for (int i = 0; i < w->n_coins; i++)
		w->mid[i].v = coins[kind_of(w, i)].mid * 10000000000LL;
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
		paper_position(w->paper, w->user, world_coin(w, i),
			       qty_of(i % 3 ? "37.21" : "-120.5"), w->mid[i], 10, false);
	if (w->n_sessions == 1)
		return;
	paper_fund(w->paper, w->sub, (struct money){80000ll * 100000000});
	ASSERT(paper_sub(w->paper, w->user, w->sub, "hedge"));
	paper_position(w->paper, w->sub, "BTC", qty_of("-1.5"), w->mid[0], 20, false);
	paper_position(w->paper, w->sub, "SOL", qty_of("300"), w->mid[2], 10, false);
	if (w->faults.dex)
		paper_position(w->paper, w->sub, coins[3].coin, qty_of("9"), w->mid[w->n_coins - 1],
			       10, false);
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
	w->n_sessions = f->sub ? 2 : 1;
	for (uint32_t i = 0; i < w->n_sessions; i++) {
		w->session[i].hl = malloc(hl_size());
		ASSERT(w->session[i].hl);
	}
	w->fx = malloc(sizeof *w->fx);
	w->box = malloc(sizeof *w->box);
	w->rec = malloc(WORLD_RECS * sizeof *w->rec);
	w->wire = malloc(WORLD_WIRES * sizeof *w->wire);
	w->json = json_new(1 << 20);
	ASSERT(w->engine && w->shared && w->fx && w->box && w->rec && w->wire && w->json);
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
	snprintf(w->sub, sizeof w->sub, "0x00000000000000000000000000000000000005ab");

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
	for (uint32_t i = 0; i < WORLD_SESSIONS; i++)
		free(w->truth[i].seen);
	net_fini(&w->net);
	if (w->drill)
		rig_free(w);
	else
		paper_free(w->paper);
	secp_free(w->secp);
	json_free(w->json);
	free(w->engine);
	free(w->shared);
	for (uint32_t i = 0; i < w->n_sessions; i++)
		free(w->session[i].hl);
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
	w->faults = (struct world_faults){.dex = w->faults.dex, .sub = w->faults.sub};
}

bool world_cmd(struct world *w, const struct cmd *c)
{
	struct event ev = world_event(w, EV_CMD);
	uint32_t before = w->n_replies;

	if (!w->alive || w->sleep_until_ns)
		return false;
	ev.cmd.client = 1;
	ev.cmd.seq = ++w->seq;
	ev.cmd.cmd = c;
	rests_say(w, c);
	client_step(w, &ev);
	rests_hold(w);
	client_pump(w);
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
	SOONER(sockets_next(w));
	SOONER(w->timer_ns);
	SOONER(w->commit_ns);
	SOONER(outbox_due(w->box));
	SOONER(sim_solve_due(w));
#undef SOONER
	return at;
}

static void commit_done(struct world *w)
{
	struct event ev = world_event(w, EV_STORE);

	w->commit_ns = INT64_MAX;
	journal_durable(w, w->committing);
	if (w->ceiling_wanted > w->ceiling)
		w->ceiling = w->ceiling_wanted;
	ev.store.state = STORE_OK;
	ev.store.nonce_ceiling = w->ceiling;
	client_release(w);
	client_step(w, &ev);
	journal_begin(w);
}

static void due_client(struct world *w)
{
	for (uint32_t i = 0; i < w->n_refused && w->alive; i++) {
		struct event ev = world_event(w, EV_ANSWER);
		ev.account = w->refused[i].account;
		ev.answer.nonce = w->refused[i].nonce;
		ev.answer.kind = ANSWER_NOT_SENT;
		client_step(w, &ev);
	}
	w->n_refused = 0;
	if (w->commit_ns <= w->now_ns)
		commit_done(w);
	client_release(w);
	sim_solved(w);
	sockets_due(w);
	if (w->alive && w->timer_ns <= w->now_ns) {
		struct event ev = world_event(w, EV_TICK);
		w->timer_ns = w->now_ns + S;
		client_step(w, &ev);
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
			world_drain(w);
		}
		if (!w->alive && w->restart_ns <= w->now_ns)
			start_life(w);
		if (w->sleep_until_ns && w->sleep_until_ns <= w->now_ns)
			world_wake(w);
		if (w->alive && !w->sleep_until_ns)
			due_client(w);
		if (w->alive && !w->sleep_until_ns)
			client_pump(w);
		while (net_take(&w->net, w->now_ns, &m)) {
			if (!m.to_venue && w->sleep_until_ns > w->now_ns) {
				net_hold(&w->net, w->sleep_until_ns, &m);
				continue;
			}
			if (m.to_venue)
				sockets_to_venue(w, &m);
			else
				sockets_deliver(w, &m);
			free(m.bytes);
			if (w->alive)
				client_pump(w);
		}
	}
}
