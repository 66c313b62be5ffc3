/* engine.c: dispatch: one event in, effects out.
 *
 *   event -> the room that knows it -> what follows from it (unknown orders, reads, exits, flatten,
 *   alarms) -> the timer for the earliest deadline of any of them
 *
 * 1. Time only comes with events and never runs backwards here.
 * 2. What follows runs to its end within the step: no state waits for a call that nobody makes. */
#include "engine/engine.h"

#include <stddef.h>
#include <string.h>

#include "base/check.h"
#include "base/crc.h"
#include "engine/inner.h"

static void slot_clear(struct flat_slot *s)
{
	memset(s, 0, offsetof(struct flat_slot, f));
	memset(&s->f, 0, offsetof(struct flat, leg));
}

/* Three quarters of an engine are legs of runs, each cleared when it is taken: pages that no run
 * needed are never touched. */
static void clear(struct engine *e)
{
	memset(e, 0, offsetof(struct engine, flat));
	for (int i = 0; i < RUNS_MAX; i++)
		slot_clear(&e->flat[i]);
	slot_clear(&e->flat_dry);
	memset((char *)e + offsetof(struct engine, next_round), 0,
	       sizeof *e - offsetof(struct engine, next_round));
}

void engine_init(struct engine *e, const struct engine_conf *c, int64_t now_ns, int64_t wall_ms)
{
	ASSERT(c->n_accounts <= ACCOUNTS_MAX && c->n_dexes >= 1 && c->n_dexes <= DEXES_MAX);
	clear(e);
	e->conf = *c;
	e->conf.install &= 0xffffff;
	if (!e->conf.panic.rung_ms)
		panic_defaults(&e->conf.panic);
	e->now_ns = e->start_ns = now_ns;
	e->wall_ms = e->start_wall_ms = wall_ms;
	aes128_init(&e->aes, c->cloid_key);
	instr_table_init(&e->instrs);
	fill_set_init(&e->fills);
	budget_ip_init(&e->ip, now_ns);
	e->rtt_ns = c->rtt_ns ? c->rtt_ns : 250 * MS;
	e->rtt_p90_ns = e->rtt_ns * 2;
	e->wake_ns = INT64_MAX;
	e->replaying = true;
	for (int a = 0; a < c->n_accounts; a++)
		e->acct[a].down_ns = now_ns;
}

/* ---- what is too small for a room of its own ---- */

enum { NONCE_AHEAD_MS = 23 * 3600000 }; /* the venue refuses a day */

static void on_instrs(struct engine *e, const struct event *ev)
{
	for (uint32_t i = 0; i < ev->instrs.n; i++)
		if (news_instr(e, &ev->instrs.at[i]) == INSTR_NONE)
			limit_told(e, 5, "instruments");
	memset(e->instr_told, 0, sizeof e->instr_told); /* rules may have changed */
	flat_rebind(e);
	exits_touch(e, NONE16);
}

static void on_rate(struct engine *e, const struct event *ev)
{
	budget_addr_set(&e->acct[ev->account].budget, ev->rate.used, ev->rate.cap,
			ev->rate.surplus);
}

static void on_fees(struct engine *e, const struct event *ev)
{
	e->acct[ev->account].fee_taker = ev->fees.taker;
	e->acct[ev->account].fee_maker = ev->fees.maker;
	e->acct[ev->account].has_fees = true;
}

static void on_agent(struct engine *e, const struct event *ev)
{
	struct account *a = &e->acct[ev->account];

	a->agent_known = ev->agent.known;
	a->agent_until_ms = ev->agent.valid_until_ms;
	if (!ev->agent.known && a->key_ready && !a->agent_warned) {
		a->agent_warned = true;
		alarm_raise(e, 3, NC_KEY, ev->account, NONE16, 1,
			    "The signing key does not act for this account.",
			    "The signing key does not act for this account: the venue will refuse "
			    "every "
			    "order. Approve it, or import another.");
	} else if (ev->agent.known) {
		alarm_clear(e, NC_KEY, ev->account, NONE16, 1);
		a->agent_warned = false;
	}
}

static void on_abstraction(struct engine *e, const struct event *ev)
{
	e->acct[ev->account].abstraction = ev->abstraction.mode;
	e->acct[ev->account].has_abstraction = true;
}

static void on_liquidation(struct engine *e, const struct event *ev)
{
	if (!ev->liquidation.ours)
		return;
	alarm_raise(
		e, 3, NC_LIQUIDATED, ev->account, NONE16, 0, "LIQUIDATED BY VENUE",
		"LIQUIDATED BY VENUE: the account is being liquidated. All your orders and stops "
		"were cancelled. ! panic");
	recon_want_read(e, ev->account);
}

static void on_venue_error(struct engine *e, const struct event *ev)
{
	uint16_t s = ev->venue_error.status;

	if (s == 429)
		budget_ip_429(&e->ip, e->now_ns);
	if (s == 1) { /* a frame was refused: counted by the session, shown in the log */
		notice(e, 1, NC_CONN, 0, "A message of the venue was refused: %s",
		       ev->venue_error.text);
		return;
	}
	if (s && !e->venue_status)
		e->venue_bad_ns = e->now_ns;
	e->venue_status = s;
	exits_touch(e, NONE16);
}

static bool any_key_ready(const struct engine *e)
{
	for (uint8_t i = 0; i < e->conf.n_accounts; i++)
		if (e->acct[i].key_ready)
			return true;
	return false;
}

static void on_signer(struct engine *e, const struct event *ev)
{
	struct account *a = &e->acct[ev->account];
	const char *why = ev->signer.ready ? "" : ev->signer.text;
	/* Locked keys at the start are no news; one that stays locked while another is there is. */
	bool odd = *why && any_key_ready(e) && strncmp(why, a->key_why, sizeof a->key_why - 1) != 0;
	struct buf b;

	if (a->key_ready != ev->signer.ready || odd)
		notice(e, ev->signer.ready ? 0 : 2, NC_KEY, 0, "%s: %s%s%s",
		       ev->signer.ready ? "Key ready" : "KEY LOCKED",
		       e->conf.account[ev->account].name, *why ? ": " : "", why);
	buf_init(&b, a->key_why, sizeof a->key_why);
	buf_puts(&b, why);
	a->key_ready = ev->signer.ready;
	/* A signer that was killed comes back with the ceiling it had on disk, up to a minute
	 * ahead: below it nothing would be signed until the clock is there. */
	if (ev->signer.nonce_hw > e->last_nonce &&
	    ev->signer.nonce_hw < (uint64_t)e->wall_ms + NONCE_AHEAD_MS) {
		e->last_nonce = ev->signer.nonce_hw;
		ceiling_care(e);
	}
	memcpy(a->agent, ev->signer.address, sizeof a->agent);
	exits_touch(e, NONE16);
}

static void on_store(struct engine *e, const struct event *ev)
{
	e->store_state = ev->store.state;
	e->commit_us = ev->store.commit_us;
	if (ev->store.nonce_ceiling > e->ceiling) {
		e->ceiling = ev->store.nonce_ceiling;
		exits_touch(e, NONE16);
	}
}

bool engine_busy(const struct engine *e)
{
	bool any = flats_running(e) > 0;

	for (int i = 0; i < EXITS_MAX; i++)
		any = any || (e->exit[i].used && e->exit[i].x.state != XS_DONE);
	return any;
}

/* The machine slept: every socket is a stranger now. */
static void on_wake(struct engine *e, const struct event *ev)
{
	char text[160];
	struct buf b;

	e->slept_ns = ev->wake.slept_ns;
	for (uint8_t a = 0; a < e->conf.n_accounts; a++) {
		e->acct[a].recon.state = RECON_DOWN;
		e->acct[a].up = false;
		e->acct[a].down_ns = e->now_ns;
		ef(e, EF_DROP_CONN, a);
	}
	if (!engine_busy(e) || ev->wake.slept_ns < 60 * S) {
		notice(e, 0, NC_ASLEEP, 0, "Asleep %lld s; connecting anew.",
		       (long long)(ev->wake.slept_ns / S));
		return;
	}
	for (int i = 0; i < EXITS_MAX; i++) {
		e->exit[i].asleep_mark = e->exit[i].x.mark_now;
		e->exit[i].asleep_end_ms = e->exit[i].x.planned_end_ms;
	}
	buf_init(&b, text, sizeof text);
	buf_printf(&b, "ASLEEP %lld min. Nothing sold. Same pace, later end.",
		   (long long)(ev->wake.slept_ns / (60 * S)));
	alarm_raise(e, 2, NC_ASLEEP, 0, NONE16, 0, text, text);
}

static void on_may_sleep(struct engine *e, const struct event *ev)
{
	(void)ev;
	notice(e, 1, NC_ASLEEP, 0,
	       "Nothing keeps this machine awake (systemd-inhibit is missing or refused). Asleep, "
	       "it sells nothing; the venue's own TWAP goes on without it.");
}

typedef void event_fn(struct engine *e, const struct event *ev);

static event_fn *const handlers[EV_KINDS] = {
	[EV_CONN] = recon_conn,
	[EV_INSTRS] = on_instrs,
	[EV_CTX] = market_ctx,
	[EV_MIDS] = market_mids,
	[EV_CONFIRMED] = recon_confirmed,
	[EV_BOOK] = market_book,
	[EV_BBO] = market_bbo,
	[EV_TRADES] = market_trades,
	[EV_ACCOUNT] = account_read,
	[EV_SPOT] = account_spot,
	[EV_ORDERS] = account_orders,
	[EV_ORDER] = account_order,
	[EV_FILLS] = account_fills,
	[EV_FUNDING] = account_funding,
	[EV_ANSWER] = submit_answer,
	[EV_ORDER_STATUS] = unknown_status,
	[EV_QUERY] = recon_query,
	[EV_RATE] = on_rate,
	[EV_FEES] = on_fees,
	[EV_AGENT] = on_agent,
	[EV_ABSTRACTION] = on_abstraction,
	[EV_TWAPS] = account_twaps,
	[EV_SUBS] = outside_subs,
	[EV_DEXES] = outside_dexes,
	[EV_LIQUIDATION] = on_liquidation,
	[EV_VENUE_ERROR] = on_venue_error,
	[EV_SIGNER] = on_signer,
	[EV_STORE] = on_store,
	[EV_WAKE] = on_wake,
	[EV_MAY_SLEEP] = on_may_sleep,
	[EV_CMD] = command,
	[EV_SOLVED] = solve_answered,
};

/* What a connection that is gone said of the account's state says nothing about this one. Verdicts
 * and fills are facts whenever they arrive; the market's connection counts its own epochs. */
static bool stale(const struct engine *e, const struct event *ev)
{
	switch ((enum event_kind)ev->kind) {
	case EV_ACCOUNT:
	case EV_SPOT:
	case EV_ORDERS:
	case EV_ORDER:
	case EV_TWAPS:
	case EV_ABSTRACTION:
		return ev->epoch && ev->epoch < e->acct[ev->account].epoch;
	case EV_CONFIRMED:
		return ev->confirmed.stream >= STREAM_ACCOUNT && ev->epoch &&
		       ev->epoch < e->acct[ev->account].epoch;
	default:
		return false;
	}
}

/* Deadlines found by the rooms come together here; the scans run when one is due, or at once when
 * an event asked for it (tick_ns 0). */
static void follow(struct engine *e)
{
	if (e->now_ns >= e->tick_ns || e->now_ns >= e->wake_ns) {
		e->wake_ns = INT64_MAX;
		e->tick_ns = e->now_ns + 20 * MS;
		submit_tick(e);
		unknown_tick(e);
		adds_tick(e);
		recon_tick(e);
		market_tick(e);
		ceiling_care(e);
		solve_tick(e);
		alarm_tick(e);
		care_danger(e);
		wake_at(e, e->now_ns + S);
	}
	venue_acts_run(e);
	guards_run(e); /* before the first slice of an exit that asked for one */
	exits_run(e);
	flat_run(e);
	exits_run(e);
	groups_tick(e);
}

static void timer(struct engine *e)
{
	int64_t at = e->wake_ns;

	if (e->tick_ns == 0)
		at = e->now_ns;
	if (at < e->now_ns + MS)
		at = e->now_ns + MS;
	if (at == e->timer_ns && e->timer_ns > e->now_ns)
		return;
	e->timer_ns = at;
	ef(e, EF_TIMER, 0)->timer.at_ns = at;
}

void engine_step(struct engine *e, const struct event *ev, struct effects *out)
{
	ASSERT(e->started && ev->kind < EV_KINDS);
	e->out = out;
	if (ev->now_ns > e->now_ns)
		e->now_ns = ev->now_ns;
	e->wall_ms = ev->wall_ms;
	if (ev->account < e->conf.n_accounts && handlers[ev->kind] && !stale(e, ev))
		handlers[ev->kind](e, ev);
	follow(e);
	timer(e);
	e->out = NULL;
}

enum { LOST_ATTEMPTS = 1000 };

/* What is not in the journal may have left all the same, in the kill lane (operations.md 2): no
 * number and no attempt that it may have had is given again, so that no order shares a name. */
static void skip_lost(struct engine *e)
{
	uint32_t from = (uint32_t)(e->conf.epoch * ENGINE_NUMBERS);

	if (e->next_exit < from)
		e->next_exit = from;
	if (e->next_panic < from)
		e->next_panic = from;
	number_taken(e, &e->next_dry, DRY_NUMBERS + from);
	for (int k = 0; k < RUNS_MAX; k++)
		for (uint32_t i = 0; e->flat[k].used && i < e->flat[k].f.n; i++)
			e->flat[k].f.leg[i].attempt += LOST_ATTEMPTS;
	for (int i = 0; i < EXITS_MAX; i++)
		if (e->exit[i].used)
			e->exit[i].x.attempt += LOST_ATTEMPTS;
	e->next_guard += LOST_ATTEMPTS;
	for (int i = 0; i < GUARDS_MAX; i++)
		if (e->guard[i].used)
			e->guard[i].g.attempt += LOST_ATTEMPTS;
	notice(e, 2, NC_STORE, 0,
	       "The disk was full: the journal may lack the last orders. Numbers go on from %u.",
	       from + 1);
}

void engine_start(struct engine *e, uint64_t ceiling, int64_t now_ns, int64_t wall_ms,
		  struct effects *out)
{
	struct rec r = {.kind = REC_START, .value = e->conf.epoch};

	e->out = out;
	e->replaying = false;
	e->started = true;
	e->now_ns = now_ns;
	e->wall_ms = wall_ms;
	if (ceiling > e->last_nonce)
		e->last_nonce = ceiling;
	/* all at or below the old ceiling may have been used */
	e->ceiling = e->ceiling_asked = ceiling;
	memcpy(r.text, e->conf.build, sizeof e->conf.build);
	ef_rec(e, &r);
	if (e->conf.lost)
		skip_lost(e);
	ceiling_care(e);
	for (uint16_t i = 0; i < ORDERS_MAX; i++)
		if (e->orders.used[i])
			order_retell(e, i);
	flats_end_replaced(e);
	exits_end_flattened(e);
	if (e->conf.priors_bad[0])
		notice(e, 2, NC_COMMAND, 0, "Estimates begin with the tables: %s",
		       e->conf.priors_bad);
	exits_touch(e, NONE16);
	timer(e);
	e->out = NULL;
}

int engine_account_find(const struct engine *e, const char *name)
{
	for (int a = 0; a < e->conf.n_accounts; a++)
		if (!strcmp(e->conf.account[a].name, name))
			return a;
	return -1;
}

/* ---- fingerprint ---- */

static uint64_t fold(uint64_t h, const void *p, size_t n)
{
	const uint8_t *b = p;

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * 0x100000001b3u;
	return h;
}

static uint64_t fold64(uint64_t h, int64_t v)
{
	return fold(h, &v, sizeof v);
}

/* Order of the table is no part of it: what each order is goes into a sum. */
static uint64_t digest_order(const struct order *o)
{
	uint64_t h = fold(0xcbf29ce484222325u, o->cloid.b, sizeof o->cloid.b);

	h = fold64(h, o->sz.v);
	h = fold64(h, o->px.v);
	h = fold64(h, o->filled.v);
	h = fold64(h, o->value.v);
	h = fold64(h, o->exit);
	h = fold64(h, (int64_t)o->nonce);
	return fold64(h, order_terminal((enum order_state)o->state) ? o->state : 99);
}

uint64_t engine_digest(const struct engine *e)
{
	uint64_t h = 0xcbf29ce484222325u, sum = 0;

	for (uint16_t i = 0; i < ORDERS_MAX; i++)
		if (e->orders.used[i] && order_is_ours(&e->orders.at[i]))
			sum += digest_order(&e->orders.at[i]);
	for (uint32_t i = 0; i < FILLS_SEEN; i++)
		if (e->fills.key[i].used)
			sum += fold64(fold64(h, e->fills.key[i].time_ms),
				      (int64_t)e->fills.key[i].tid);
	for (int i = 0; i < EXITS_MAX; i++)
		if (e->exit[i].used) {
			const struct exit *x = &e->exit[i].x;

			sum += fold64(fold64(fold64(fold64(h, x->id), x->done.v), x->total.v),
				      x->state == XS_DONE);
		}
	for (int i = 0; i < GUARDS_MAX; i++)
		if (e->guard[i].used) {
			const struct guard_slot *g = &e->guard[i];

			sum += fold64(fold64(fold64(h, g->g.id), g->g.typed.v), g->g.off);
		}
	h = fold64(h, (int64_t)sum);
	h = fold64(h, e->next_exit);
	h = fold64(h, e->next_panic);
	h = fold64(h, e->next_dry);
	for (int k = 0; k < AUTOS; k++)
		h = fold64(h, e->automatic[k].at.v);
	return fold64(h, e->local_lock);
}
