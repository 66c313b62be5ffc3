/* recon.c: reads, the barrier after every connect, and polling.
 *
 *   DOWN --connected--> CONFIRM --all streams brought data--> READ --account, orders, fills-->
 * PASSED ^                                                         | a read failed: again after 1 s
 *    +--------------------- connection lost, machine slept ----+
 *
 * 1. Before PASSED nothing new leaves but cancels and reductions (core/risk.c, GATE_BARRIER).
 * 2. Polls never take more than half of the IP's weight (core/budget.c, LANE_REFRESH). */
#include <string.h>

#include "base/check.h"
#include "base/plant.h"
#include "engine/inner.h"

enum { FILLS_OVERLAP_MS = 60000 };

static const int64_t query_timeout = 10 * S;

uint32_t query_send(struct engine *e, uint8_t account, enum query_kind what, uint8_t dex,
		    uint16_t instr, enum query_why why, enum lane lane)
{
	struct query *q = NULL;
	struct effect *x;

	if (!ef_room(e, 4) ||
	    (why != QW_ROUND && why != QW_BARRIER && why != QW_LOOKUP && flat_round_saves(e)))
		return 0;
	for (int i = 0; i < QUERIES_MAX && !q; i++)
		if (!e->query[i].used)
			q = &e->query[i];
	if (!q || !budget_ip_take(&e->ip, lane, budget_query_weight(what), e->now_ns))
		return 0;
	if (++e->next_query == 0)
		e->next_query = 1;
	*q = (struct query){.used = true,
			    .what = (uint8_t)what,
			    .why = (uint8_t)why,
			    .account = account,
			    .dex = dex,
			    .instr = instr,
			    .id = e->next_query,
			    .sent_ns = e->now_ns};
	x = ef(e, EF_QUERY, account);
	x->lane = (uint8_t)lane;
	x->query.what = (uint8_t)what;
	x->query.dex = dex;
	x->query.instr = instr;
	x->query.id = q->id;
	wake_at(e, e->now_ns + query_timeout);
	return q->id;
}

struct query *query_find(struct engine *e, uint32_t id)
{
	for (int i = 0; id && i < QUERIES_MAX; i++)
		if (e->query[i].used && e->query[i].id == id)
			return &e->query[i];
	return NULL;
}

bool recon_passed(const struct engine *e, uint8_t account)
{
	return e->acct[account].recon.state == RECON_PASSED;
}

void recon_want_read(struct engine *e, uint8_t account)
{
	struct account *a = &e->acct[account];

	a->read_wanted = true;
	if (!a->fills_wanted)
		a->fills_from_ms = a->fills_ms;
	a->fills_wanted = true;
	a->fills_want_ns = e->now_ns;
	e->tick_ns = 0;
}

static void ask_account(struct engine *e, uint8_t account, enum query_why why, enum lane lane)
{
	struct account *a = &e->acct[account];

	for (uint8_t d = 0; d < e->conf.n_dexes; d++)
		query_send(e, account, Q_ACCOUNT, d, NONE16, why, lane);
	a->poll_ns = e->now_ns;
}

/* A venue TWAP of ours that has no end yet. */
static bool native_twap(const struct engine *e, uint8_t account)
{
	for (uint16_t i = 0; i < ORDERS_MAX; i++) {
		const struct order *o = &e->orders.at[i];

		if (e->orders.used[i] && e->orders.twap[i] && o->account == account &&
		    order_is_ours(o) && !order_terminal((enum order_state)o->state))
			return true;
	}
	return false;
}

uint32_t recon_ask_fills(struct engine *e, uint8_t account, enum query_kind what,
			 enum query_why why)
{
	struct account *a = &e->acct[account];
	int64_t heard = a->fills_wanted ? a->fills_from_ms : a->fills_ms;
	int64_t since = heard ? heard : vtime_start(e);
	uint32_t id;

	for (uint16_t i = 0; i < ORDERS_MAX; i++) {
		const struct order *o = &e->orders.at[i];

		if (e->orders.used[i] && o->account == account && order_is_ours(o) &&
		    !order_terminal((enum order_state)o->state) && o->placed_ms < since)
			since = o->placed_ms;
	}
	id = query_send(e, account, what, 0, NONE16, why, LANE_EXIT);
	if (id)
		e->out->at[e->out->n - 1].query.since_ms =
			PLANT(8) ? e->wall_ms : since - FILLS_OVERLAP_MS;
	return id;
}

static void barrier_ask(struct engine *e, uint8_t account)
{
	struct account *a = &e->acct[account];
	struct recon *r = &a->recon;
	bool asked = true; /* the request budget may say later */

	for (uint8_t d = 0; d < e->conf.n_dexes; d++) {
		if (r->missing_account & (1u << d))
			asked &= query_send(e, account, Q_ACCOUNT, d, NONE16, QW_BARRIER,
					    LANE_EXIT) != 0;
		if (r->missing_orders & (1u << d))
			asked &= query_send(e, account, Q_ORDERS, d, NONE16, QW_BARRIER,
					    LANE_EXIT) != 0;
	}
	if (r->missing_fills)
		asked &= recon_ask_fills(e, account, Q_FILLS, QW_BARRIER) != 0;
	if (r->missing_slices)
		asked &= recon_ask_fills(e, account, Q_TWAP_FILLS, QW_BARRIER) != 0;
	/* after 12 s all are answered or timed out */
	r->retry_ns = e->now_ns + (asked ? 12 * S : S);
	wake_at(e, r->retry_ns);
}

static void barrier_begin(struct engine *e, uint8_t account)
{
	struct account *a = &e->acct[account];
	static const enum query_kind slow[] = {Q_SPOT, Q_ABSTRACTION, Q_AGENTS,
					       Q_FEES, Q_RATE,	      Q_TWAPS};

	a->recon.state = RECON_READ;
	a->recon.missing_account = a->recon.missing_orders = (uint8_t)((1u << e->conf.n_dexes) - 1);
	a->recon.missing_fills = true;
	a->recon.missing_slices = native_twap(e, account);
	barrier_ask(e, account);
	for (unsigned k = 0; k < COUNT_OF(slow); k++)
		query_send(e, account, slow[k], 0, NONE16, QW_POLL, LANE_USER);
	outside_ask(e, account);
	a->slow_poll_ns = e->now_ns;
}

void recon_conn(struct engine *e, const struct event *ev)
{
	struct account *a = &e->acct[ev->account];
	const struct ev_conn *c = &ev->conn;

	if (c->market) {
		e->market_up = c->up;
		e->market_down_ns = c->up ? 0 : e->market_down_ns ? e->market_down_ns : e->now_ns;
		if (!c->up)
			for (int i = 0; i < INSTR_MAX; i++)
				e->mkt[i].book_poll_ns = 0;
	}
	if (!c->account || c->epoch < a->epoch)
		return;
	if (c->up) {
		a->epoch = c->epoch;
		a->up = true;
		a->last_up_ns = e->now_ns;
		a->recon.state = RECON_CONFIRM;
		a->recon.retry_ns = e->now_ns + 5 * S;
		wake_at(e, a->recon.retry_ns);
		return;
	}
	if (a->up || a->down_ns == 0) {
		a->down_ns = e->now_ns;
		notice(e, 1, NC_CONN, 0, "Connection of %s lost: %s",
		       e->conf.account[ev->account].name, c->reason);
	}
	a->tries++;
	a->up = false;
	a->recon.state = RECON_DOWN;
	exits_touch(e, NONE16);
}

void recon_confirmed(struct engine *e, const struct event *ev)
{
	struct account *a = &e->acct[ev->account];

	/* a market connection that has no account streams misses none of them: no word about these
	 */
	if (a->recon.state == RECON_CONFIRM && ev->confirmed.all &&
	    ev->confirmed.stream >= STREAM_ACCOUNT)
		barrier_begin(e, ev->account);
}

static void barrier_passed(struct engine *e, uint8_t account)
{
	struct account *a = &e->acct[account];
	struct rec r = {.kind = REC_BARRIER, .account = account, .value = a->epoch};
	int64_t down = a->down_ns ? e->now_ns - a->down_ns : 0;

	a->recon.state = RECON_PASSED;
	a->recon.passes++;
	a->down_ns = 0;
	a->tries = 0;
	ef_rec(e, &r);
	if (a->recon.passes > 1)
		notice(e, 0, NC_CONN, 0, "Feed is back after %lld s; account read again.",
		       (long long)(down / S));
	/* whatever is not in the new lists is asked for by its id */
	for (uint16_t i = 0; i < ORDERS_MAX; i++) {
		struct order *o = &e->orders.at[i];

		if (!e->orders.used[i] || o->account != account || !order_is_ours(o) ||
		    order_terminal((enum order_state)o->state) || e->orders.listed[i])
			continue;
		o->next_ns = e->now_ns;
	}
	e->tick_ns = 0;
	exits_touch(e, NONE16);
}

static void barrier_answer(struct engine *e, const struct query *q)
{
	struct recon *r = &e->acct[q->account].recon;

	if (r->state != RECON_READ)
		return;
	if (q->what == Q_ACCOUNT)
		r->missing_account &= (uint8_t) ~(1u << q->dex);
	else if (q->what == Q_ORDERS)
		r->missing_orders &= (uint8_t) ~(1u << q->dex);
	else if (q->what == Q_FILLS)
		r->missing_fills = false;
	else if (q->what == Q_TWAP_FILLS)
		r->missing_slices = false;
	if (!r->missing_account && !r->missing_orders && !r->missing_fills && !r->missing_slices)
		barrier_passed(e, q->account);
}

static void query_end(struct engine *e, struct query *q, bool ok)
{
	struct query done = *q;

	q->used = false;
	if (ok && done.what == Q_FILLS && done.sent_ns >= e->acct[done.account].fills_want_ns)
		e->acct[done.account].fills_wanted = false;
	if (!ok && (done.what == Q_SUBS || done.what == Q_DEXES))
		outside_failed(e, &done);
	if (done.why == QW_LOOKUP)
		unknown_query_end(e, &done, ok);
	if (done.why == QW_ROUND)
		flat_round_query_end(e, &done, ok);
	if (done.why == QW_BARRIER) {
		if (ok)
			barrier_answer(e, &done);
		else if (e->acct[done.account].recon.retry_ns > e->now_ns + S) {
			e->acct[done.account].recon.retry_ns = e->now_ns + S;
			wake_at(e, e->now_ns + S);
		}
	}
}

void recon_query(struct engine *e, const struct event *ev)
{
	struct query *q = query_find(e, ev->query.id);

	if (q)
		query_end(e, q, ev->query.ok);
}

/* How often an account is read: calm 5 s, in play 1 s. */
static bool in_play(const struct engine *e, uint8_t account)
{
	if (e->danger_ns > e->now_ns)
		return true;
	if (flats_run_for(e, account))
		return true;
	for (int i = 0; i < EXITS_MAX; i++)
		if (e->exit[i].used && e->exit[i].account == account &&
		    e->exit[i].x.state != XS_DONE)
			return true;
	return false;
}

static void poll_account(struct engine *e, uint8_t k)
{
	struct account *a = &e->acct[k];
	int64_t every = in_play(e, k) ? S : 5 * S, oldest = e->now_ns;

	for (uint8_t d = 0; d < e->conf.n_dexes; d++)
		if (a->dex[d].read_ns < oldest)
			oldest = a->dex[d].read_ns;
	if (a->read_wanted && e->now_ns - a->read_want_ns > 200 * MS) {
		a->read_wanted = false;
		a->read_want_ns = e->now_ns;
		ask_account(e, k, QW_WANT, LANE_EXIT);
	} else if (e->now_ns - oldest >= every - 50 * MS &&
		   e->now_ns - a->poll_ns >= every - 50 * MS) {
		ask_account(e, k, QW_POLL, in_play(e, k) ? LANE_PROTECTIVE : LANE_REFRESH);
	}
	if (a->fills_wanted && e->now_ns - a->poll_fills_ns > 2 * S) {
		a->poll_fills_ns = e->now_ns;
		recon_ask_fills(e, k, Q_FILLS, QW_WANT);
		if (native_twap(e, k))
			recon_ask_fills(e, k, Q_TWAP_FILLS, QW_WANT);
	}
	if (a->orders_wanted && e->now_ns - a->orders_poll_ns > 2 * S) {
		a->orders_wanted = false;
		a->orders_poll_ns = e->now_ns;
		for (uint8_t d = 0; d < e->conf.n_dexes; d++)
			query_send(e, k, Q_ORDERS, d, NONE16, QW_POLL, LANE_REFRESH);
	}
	outside_tick(e, k);
	wake_at(e, e->now_ns + every);
	if (e->now_ns - a->slow_poll_ns > 60 * S) {
		a->slow_poll_ns = e->now_ns;
		query_send(e, k, Q_RATE, 0, NONE16, QW_POLL, LANE_REFRESH);
		query_send(e, k, Q_SPOT, 0, NONE16, QW_POLL, LANE_REFRESH);
		query_send(e, k, Q_AGENTS, 0, NONE16, QW_POLL, LANE_REFRESH);
		/* tiers and delistings: every fifth minute, once for all accounts */
		for (uint8_t d = 0; k == 0 && e->slow_polls % 5 == 0 && d < e->conf.n_dexes; d++)
			query_send(e, k, Q_META, d, NONE16, QW_POLL, LANE_REFRESH);
		e->slow_polls += k == 0;
	}
}

/* Where the 20 levels do not hold a position, a coarser book which does: for the screen's costs. */
static void poll_deep(struct engine *e, uint8_t k)
{
	const struct account *a = &e->acct[k];

	for (uint32_t i = 0; i < a->n_held; i++) {
		const struct held *h = &a->held[i];
		struct qty szi = pos_szi(&h->pos);
		struct mkt *m = &e->mkt[h->instr];
		uint8_t figs;

		if (!h->used || !szi.v ||
		    e->now_ns - m->deep_poll_ns < (m->look_ns > e->now_ns ? S - 50 * MS : 2 * S))
			continue;
		figs = market_deep_figs(e, h->instr, szi);
		if (!figs)
			continue;
		m->deep_poll_ns = e->now_ns;
		if (query_send(e, k, Q_BOOK, e->instrs.at[h->instr].dex, h->instr, QW_POLL,
			       LANE_REFRESH))
			e->out->at[e->out->n - 1].query.sig_figs = figs;
	}
}

static void poll_full(struct engine *e, uint8_t account, uint16_t instr, enum lane lane)
{
	e->mkt[instr].book_poll_ns = e->now_ns;
	query_send(e, account, Q_BOOK, e->instrs.at[instr].dex, instr, QW_POLL, lane);
}

/* With a ticket open its cost is read from the book: as often as with an exit running. */
static void poll_looked(struct engine *e, uint8_t k)
{
	const struct account *a = &e->acct[k];

	for (uint32_t i = 0; i < a->n_held; i++) {
		const struct held *h = &a->held[i];
		const struct mkt *m = &e->mkt[h->instr];

		if (!h->used || !pos_szi(&h->pos).v || !m->book || m->look_ns <= e->now_ns)
			continue;
		if (e->now_ns - m->book_poll_ns >= S - 50 * MS)
			poll_full(e, k, h->instr, LANE_REFRESH);
		wake_at(e, e->now_ns + S);
	}
}

/* A 20-level book each second of the coins in play, the fast stream carries only five. */
static void poll_books(struct engine *e)
{
	for (int i = 0; i < EXITS_MAX; i++) {
		struct exit_slot *s = &e->exit[i];
		struct mkt *m;

		if (!s->used || s->x.state == XS_DONE || s->instr >= e->instrs.n)
			continue;
		m = &e->mkt[s->instr];
		if (e->now_ns - m->book_poll_ns < S - 50 * MS)
			continue;
		poll_full(e, s->account, s->instr, LANE_PROTECTIVE);
		wake_at(e, e->now_ns + S);
	}
	for (int i = 0; i < RUNS_MAX; i++)
		for (uint32_t k = 0; flat_runs(&e->flat[i]) && k < e->flat[i].f.n; k++) {
			const struct flat_leg *l = &e->flat[i].f.leg[k];

			if (l->state == FL_WORKING && l->instr_id < e->instrs.n &&
			    e->now_ns - e->mkt[l->instr_id].book_poll_ns >= S)
				poll_full(e, l->account, l->instr_id, LANE_PROTECTIVE);
		}
}

void recon_tick(struct engine *e)
{
	account_decide(e);
	for (int i = 0; i < QUERIES_MAX; i++)
		if (e->query[i].used && e->now_ns - e->query[i].sent_ns >= query_timeout)
			query_end(e, &e->query[i], false);
	for (uint8_t k = 0; k < e->conf.n_accounts; k++) {
		struct account *a = &e->acct[k];
		struct recon *r = &a->recon;

		if (!a->up)
			continue;
		if (r->state == RECON_CONFIRM && e->now_ns >= r->retry_ns) {
			/* a stream stays silent: read what can be read, trust nothing yet */
			r->retry_ns = e->now_ns + 5 * S;
			ask_account(e, k, QW_POLL, LANE_EXIT);
		}
		if (r->state == RECON_READ && e->now_ns >= r->retry_ns)
			barrier_ask(e, k);
		if (r->state == RECON_PASSED)
			poll_account(e, k);
		else
			wake_at(e, r->retry_ns);
	}
	for (uint8_t k = 0; k < e->conf.n_accounts; k++)
		if (recon_passed(e, k)) {
			poll_looked(e, k);
			poll_deep(e, k);
		}
	poll_books(e);
}
