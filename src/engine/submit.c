/* submit.c: the only road to an outbound action, and the way back of its answer.
 *
 * 1. An order leaves only with the seal of core/risk.c and after its intent is in the same turn's
 *    records; the host holds the bytes until that is committed (the kill lane 100 ms at most).
 * 2. nonce = max(last + 1, wall clock), at or below the committed ceiling. Past the ceiling only
 *    the kill lane, orders to zero, cancels and burns go: a disk never stops them, and the signer's
 * own high-water mark still refuses repeats after a restart.
 * 3. "Duplicate nonce", an expired copy, and any error for a whole action that was repeated are
 *    never a verdict: the orders are looked up.
 * 4. Every action has our own deadline beside the host's. */
#include <string.h>

#include "base/check.h"
#include "base/plant.h"
#include "engine/inner.h"

enum { CEILING_MS = 60000 };

static const int64_t answer_timeout = 5 * S;

void ceiling_care(struct engine *e)
{
	uint64_t now = (uint64_t)e->wall_ms > e->last_nonce ? (uint64_t)e->wall_ms : e->last_nonce;

	if (e->replaying || e->ceiling_asked >= now + CEILING_MS / 2)
		return;
	e->ceiling_asked = now + CEILING_MS;
	ef(e, EF_CEILING, 0)->ceiling.upto = e->ceiling_asked;
}

static uint64_t nonce_take(struct engine *e, bool must)
{
	uint64_t n = e->last_nonce + 1;

	if (e->wall_ms > 0 && ((uint64_t)e->wall_ms > n || PLANT(7)))
		n = (uint64_t)e->wall_ms;
	ceiling_care(e);
	if (n > e->ceiling && !must)
		return 0;
	e->last_nonce = n;
	return n;
}

uint32_t gates_closed(const struct engine *e, uint8_t account)
{
	const struct account *a = &e->acct[account];
	uint32_t g = 0;

	if (!a->key_ready)
		g |= gate_bit(GATE_KEY);
	if (!recon_passed(e, account) || account_lost(e, account))
		g |= gate_bit(GATE_BARRIER);
	if (e->local_lock)
		g |= gate_bit(GATE_LOCAL_LOCK);
	if (!e->armed || e->now_ns >= e->armed_until_ns)
		g |= gate_bit(GATE_DISARMED);
	if (e->store_state == STORE_FULL || e->store_state == STORE_BROKEN)
		g |= gate_bit(GATE_NO_NEW_RISK);
	if (e->ceiling < (uint64_t)e->wall_ms)
		g |= gate_bit(GATE_COMMIT);
	return g;
}

static struct flight *begin(struct engine *e, uint8_t account, enum flight_kind kind,
			    enum lane lane, uint64_t nonce, int n)
{
	struct flight *f = flight_new(e, nonce, kind);

	f->account = account;
	f->lane = (uint8_t)lane;
	f->sent_ns = e->now_ns;
	f->due_ns = e->now_ns + answer_timeout + S;
	f->n = (uint8_t)n;
	wake_at(e, f->due_ns);
	budget_addr_take(&e->acct[account].budget, lane, n, e->now_ns);
	budget_ip_take(&e->ip, lane, budget_action_weight(n), e->now_ns);
	return f;
}

static struct effect *send(struct engine *e, const struct flight *f, int64_t expires_ms)
{
	const struct engine_account_conf *c = &e->conf.account[f->account];
	struct effect *x = ef(e, EF_SEND, f->account);

	x->lane = f->lane;
	x->send.env.nonce = f->nonce;
	x->send.env.expires_ms = (uint64_t)expires_ms;
	x->send.env.has_vault = c->has_vault;
	memcpy(x->send.env.vault, c->vault, sizeof c->vault);
	x->send.env.mainnet = e->conf.network == NET_MAINNET;
	x->send.needs_commit = true;
	x->send.timeout_ns = answer_timeout;
	return x;
}

static void rec_of_order(const struct engine *e, struct rec_order *r, const struct order *o,
			 bool twap)
{
	*r = (struct rec_order){.buy = o->buy,
				.reduce_only = o->reduce_only,
				.target_zero = o->target_zero,
				.trigger_market = o->trigger_market,
				.take_profit = o->take_profit,
				.twap = twap,
				.tif = o->tif,
				.whose = o->whose,
				.leg = o->leg,
				.sz = o->sz,
				.px = o->px,
				.trigger_px = o->trigger_px,
				.cloid = o->cloid,
				.exit = o->exit,
				.slice = o->slice,
				.attempt = o->attempt,
				.panic = o->panic};
	memcpy(r->coin, coin_of(e, o->instr), COIN_MAX);
}

/* The rules of the instrument, once a run, so that a restart reads orders before any meta. */
void submit_record_instr(struct engine *e, uint16_t instr)
{
	struct rec r = {.kind = REC_PLAN};

	if (e->instr_told[instr / 8] & (1u << (instr % 8)))
		return;
	e->instr_told[instr / 8] |= (uint8_t)(1u << (instr % 8));
	r.plan.what = PART_INSTR;
	r.plan.instr = e->instrs.at[instr];
	memcpy(r.plan.coin, r.plan.instr.coin, COIN_MAX);
	ef_rec(e, &r);
}

struct cloid submit_name(const struct engine *e, const struct order *o)
{
	struct cloid_id id = {.install = e->conf.install,
			      .exit = o->panic ? o->panic : o->exit,
			      .slice = o->slice,
			      .attempt = (uint16_t)o->attempt,
			      .kind = o->whose == WHOSE_GUARD ? CLOID_GUARD
				      : o->panic	      ? CLOID_RUNG
							      : CLOID_SLICE};

	return cloid_make(&e->aes, &id);
}

static void intent(struct engine *e, const struct flight *f, const uint16_t *at, int n,
		   int64_t expires_ms)
{
	struct rec r = {.kind = REC_INTENT, .account = f->account, .nonce = f->nonce};
	const struct order *o = &e->orders.at[at[0]];

	for (int i = 0; i < n; i++)
		submit_record_instr(e, e->orders.at[at[i]].instr);
	r.exit = o->exit;
	r.slice = o->slice;
	r.attempt = o->attempt;
	r.intent.flight = (uint8_t)(f->kind | (f->dry ? REC_DRY : 0));
	r.intent.lane = f->lane;
	r.intent.n = (uint8_t)n;
	r.intent.expires_ms = expires_ms;
	r.intent.wall_ms = o->placed_ms;
	for (int i = 0; i < n; i++)
		rec_of_order(e, &r.intent.order[i], &e->orders.at[at[i]], e->orders.twap[at[i]]);
	ef_rec(e, &r);
}

/* Puts the orders of an action into the table; 0 when it is full of live ones. */
static bool place_orders(struct engine *e, const struct order *meta, int n, uint64_t nonce,
			 int64_t expires_ms, uint16_t *at)
{
	for (int i = 0; i < n; i++) {
		struct order o = meta[i];

		o.state = ORDER_INTENT;
		o.leg = (uint8_t)i;
		o.nonce = nonce;
		o.expires_ms = expires_ms;
		o.placed_ms = vtime(e);
		if (!cloid_is_set(o.cloid))
			o.cloid = submit_name(e, &o);
		at[i] = orders_add(e, &o);
		if (at[i] == NONE16) {
			while (i-- > 0)
				orders_remove(e, at[i]);
			return false;
		}
	}
	return true;
}

/* meta carries account, instr, whose, target_zero and the names; the rest comes from ok. All of one
 * action share account and class: post-only never leaves together with immediate orders. */
uint64_t submit_orders(struct engine *e, const struct approved *ok, const struct order *meta, int n,
		       enum lane lane, const struct dry *dry)
{
	struct order full[SUBMIT_BATCH];
	uint16_t at[SUBMIT_BATCH];
	bool zero = true, all_reduce = true;
	struct flight *f;
	struct effect *x;
	int64_t expires;
	uint64_t nonce;

	ASSERT(n > 0 && n <= SUBMIT_BATCH);
	for (int i = 0; i < n; i++) {
		const struct act_order *a = &ok[i].order;

		ASSERT(risk_sealed(&ok[i]) && meta[i].account == meta[0].account);
		ASSERT((a->tif == TIF_ALO) == (ok[0].order.tif == TIF_ALO));
		ASSERT((a->sz.v == 0) == (ok[0].order.sz.v == 0)); /* one grouping an action */
		zero = zero && meta[i].target_zero;
		all_reduce = all_reduce && risk_is_reducing((enum deed)ok[i].deed);
		full[i] = meta[i];
		full[i].buy = a->buy;
		full[i].reduce_only = a->reduce_only;
		full[i].tif = a->tif;
		full[i].trigger = a->tif == TIF_TRIGGER;
		full[i].trigger_market = a->trigger_market;
		full[i].take_profit = a->trigger_tp;
		full[i].sz = a->sz;
		full[i].px = a->px;
		full[i].trigger_px = a->trigger_px;
		full[i].lane = (uint8_t)lane;
	}
	/* reductions do not wait for a disk that is in trouble */
	nonce = nonce_take(
		e, zero || (all_reduce && (lane == LANE_KILL || e->store_state != STORE_OK)));
	if (!nonce)
		return 0;
	expires = zero ? vtime_late(e) + e->conf.panic.expires_zero_ms
		       : vtime(e) + e->conf.panic.expires_part_ms;
	if (!place_orders(e, full, n, nonce, expires, at))
		return 0;
	f = begin(e, meta[0].account, FLIGHT_ORDERS, lane, nonce, n);
	f->all_paths = zero || lane == LANE_KILL; /* one nonce, so one order */
	f->dry = dry && dry->on;
	memcpy(f->order, at, (size_t)n * sizeof at[0]);
	if (!PLANT(3) && !(PLANT(10) && lane == LANE_KILL))
		intent(e, f, at, n, expires);
	x = send(e, f, expires);
	x->send.all_paths = f->all_paths;
	x->send.act.kind = ACT_ORDER;
	x->send.act.grouping = ok[0].order.sz.v ? GROUP_NA : GROUP_POSITION_TPSL;
	x->send.act.n = (uint8_t)n;
	for (int i = 0; i < n; i++) {
		x->send.act.order[i] = ok[i].order;
		x->send.act.order[i].cloid = e->orders.at[at[i]].cloid;
		x->send.act.order[i].reduce_only &= !PLANT(11);
		order_apply(&e->orders.at[at[i]], EVID_SENT, e->now_ns);
	}
	if (PLANT(3))
		intent(e, f, at, n, expires);
	if (f->dry) {
		x->send.dry = true;
		x->send.client = dry->client;
		x->send.note = dry->note;
		x->send.seq = dry->seq;
		/* shown, not sent: its life ends here, its nonce is spent */
		for (int i = 0; i < n; i++)
			order_apply(&e->orders.at[at[i]], EVID_NOT_SENT, e->now_ns);
		flight_free(e, f);
	}
	return nonce;
}

uint64_t submit_cancels(struct engine *e, uint8_t account, const struct act_cancel *c, int n,
			enum lane lane)
{
	struct rec r = {.kind = REC_INTENT, .account = account};
	struct flight *f;
	struct effect *x;
	uint64_t nonce;

	ASSERT(n > 0 && n <= SUBMIT_BATCH);
	if (!e->acct[account].key_ready)
		return 0;
	nonce = nonce_take(e, true);
	f = begin(e, account, FLIGHT_CANCEL, lane, nonce, n);
	r.nonce = nonce;
	r.intent.flight = FLIGHT_CANCEL;
	r.intent.lane = (uint8_t)lane;
	r.intent.wall_ms = e->wall_ms;
	ef_rec(e, &r);
	x = send(e, f, vtime_late(e) + e->conf.panic.expires_zero_ms);
	x->send.act.kind = c[0].oid ? ACT_CANCEL : ACT_CANCEL_CLOID;
	x->send.act.n = (uint8_t)n;
	for (int i = 0; i < n; i++) {
		uint16_t at = orders_by_cloid(e, c[i].cloid);

		ASSERT((c[i].oid != 0) == (c[0].oid != 0));
		x->send.act.cancel[i] = c[i];
		if (at == NONE16)
			at = orders_by_oid(e, account, c[i].oid);
		f->order[i] = at;
	}
	return nonce;
}

uint64_t submit_twap(struct engine *e, const struct order *meta, uint16_t minutes, bool randomize,
		     const struct dry *dry)
{
	uint64_t nonce = nonce_take(e, e->store_state != STORE_OK);
	int64_t expires = vtime(e) + e->conf.panic.expires_part_ms;
	struct flight *f;
	struct effect *x;
	uint16_t at;

	if (!nonce || !place_orders(e, meta, 1, nonce, expires, &at))
		return 0;
	e->orders.twap[at] = true;
	f = begin(e, meta->account, FLIGHT_TWAP, LANE_EXIT, nonce, 1);
	f->dry = dry && dry->on;
	f->order[0] = at;
	intent(e, f, &at, 1, expires);
	x = send(e, f, expires);
	x->send.act.kind = ACT_TWAP;
	x->send.act.twap.asset = e->instrs.at[meta->instr].asset;
	x->send.act.twap.buy = meta->buy;
	x->send.act.twap.reduce_only = true;
	x->send.act.twap.randomize = randomize;
	x->send.act.twap.minutes = minutes;
	x->send.act.twap.sz = meta->sz;
	order_apply(&e->orders.at[at], EVID_SENT, e->now_ns);
	if (f->dry) { /* shown, not sent */
		x->send.dry = true;
		x->send.client = dry->client;
		x->send.seq = dry->seq;
		order_apply(&e->orders.at[at], EVID_NOT_SENT, e->now_ns);
		flight_free(e, f);
	}
	return nonce;
}

uint64_t submit_twap_cancel(struct engine *e, uint8_t account, uint32_t asset, uint64_t id)
{
	struct rec r = {.kind = REC_INTENT, .account = account};
	struct effect *x;

	if (!e->acct[account].key_ready)
		return 0;
	r.nonce = nonce_take(e, true);
	r.intent.flight = FLIGHT_OTHER;
	r.intent.wall_ms = e->wall_ms;
	ef_rec(e, &r);
	x = send(e, begin(e, account, FLIGHT_OTHER, LANE_EXIT, r.nonce, 1),
		 vtime_late(e) + e->conf.panic.expires_zero_ms);
	x->send.act.kind = ACT_TWAP_CANCEL;
	x->send.act.twap_cancel.asset = asset;
	x->send.act.twap_cancel.twap_id = id;
	return r.nonce;
}

/* Collateral to an isolated position: once, under one nonce; adds.c learns what became of it. */
uint64_t submit_margin(struct engine *e, uint8_t account, uint16_t instr, struct money usd,
		       const struct dry *dry)
{
	struct rec r = {.kind = REC_INTENT, .account = account};
	bool is_dry = dry && dry->on;
	struct flight *f;
	struct effect *x;

	if (!is_dry && !adds_room(e))
		return 0;
	r.nonce = nonce_take(e, e->store_state != STORE_OK);
	if (!r.nonce)
		return 0;
	r.intent.flight = FLIGHT_ADD;
	r.intent.wall_ms = e->wall_ms;
	ef_rec(e, &r);
	f = begin(e, account, FLIGHT_ADD, LANE_PROTECTIVE, r.nonce, 1);
	x = send(e, f, vtime(e) + e->conf.panic.expires_part_ms);
	x->send.act.kind = ACT_UPDATE_ISOLATED_MARGIN;
	x->send.act.margin.asset = e->instrs.at[instr].asset;
	x->send.act.margin.buy = held_szi(e, account, instr).v > 0;
	x->send.act.margin.usd = usd;
	if (is_dry) {
		x->send.dry = true;
		x->send.client = dry->client;
		x->send.seq = dry->seq;
		flight_free(e, f);
	} else {
		adds_begin(e, account, instr, usd, r.nonce,
			   vtime(e) + e->conf.panic.expires_part_ms);
	}
	return r.nonce;
}

/* A noop with an order's nonce: once it is taken, the order can never run. */
void submit_burn(struct engine *e, uint8_t account, uint64_t nonce, enum lane lane)
{
	struct rec r = {.kind = REC_BURN, .account = account, .nonce = nonce};
	struct flight *f = flight_find(e, nonce, true);
	struct effect *x;

	if (!e->acct[account].key_ready)
		return;
	if (!f)
		f = begin(e, account, FLIGHT_NOOP, lane, nonce, 1);
	f->sent_ns = e->now_ns;
	f->due_ns = e->now_ns + answer_timeout + S;
	f->answered = f->lost = false;
	ef_rec(e, &r);
	x = send(e, f, vtime_late(e) + e->conf.panic.expires_zero_ms);
	if (PLANT(12))
		x->send.env.nonce = nonce_take(e, true);
	x->send.act.kind = ACT_NOOP;
	x->send.act.n = 0;
}

void submit_resend(struct engine *e, struct flight *f, enum lane lane)
{
	struct rec r = {.kind = REC_SENT, .account = f->account, .nonce = f->nonce};
	struct effect *x;

	ef_rec(e, &r);
	x = ef(e, EF_RESEND, f->account);
	x->lane = (uint8_t)lane;
	x->resend.nonce = f->nonce;
	x->resend.timeout_ns = answer_timeout;
	f->due_ns = e->now_ns + answer_timeout + S;
	wake_at(e, f->due_ns);
}

/* ---- answers ---- */

static bool says(const char *text, const char *what)
{
	return strstr(text, what) != NULL;
}

static bool is_duplicate(const struct ev_answer *a)
{
	return a->refusal == REFUSED_NONCE_USED || says(a->text, "duplicate nonce");
}

static void rtt_seen(struct engine *e, int64_t ns)
{
	if (ns <= 0)
		return;
	e->rtt_ns = e->rtt_ns ? e->rtt_ns + (ns - e->rtt_ns) / 8 : ns;
	if (!e->rtt_p90_ns)
		e->rtt_p90_ns = ns;
	/* a running quantile: up by nine parts when above, down by one when below */
	e->rtt_p90_ns += ns > e->rtt_p90_ns ? e->rtt_ns * 9 / 100 : -(e->rtt_ns / 100);
}

static bool leg_of(const struct engine *e, const struct flight *f, int i, uint16_t *at)
{
	*at = f->order[i];
	return *at < ORDERS_MAX && e->orders.used[*at] && e->orders.at[*at].nonce == f->nonce;
}

static void all_legs(struct engine *e, struct flight *f, enum evidence evid, struct why why,
		     int64_t venue_ms)
{
	struct rec r = {.kind = REC_VERDICT, .account = f->account, .nonce = f->nonce};
	struct buf b;
	uint16_t at;

	buf_init(&b, r.text, sizeof r.text);
	buf_puts(&b, why.text ? why.text : "");
	for (int i = 0; i < f->n; i++)
		if (leg_of(e, f, i, &at))
			r.verdict.word[r.verdict.n++] =
				(struct rec_word){(uint8_t)i, (uint8_t)evid, 0, {0}};
	if (evid != EVID_LOST && r.verdict.n)
		ef_rec(e, &r);
	for (int i = 0; i < f->n; i++)
		if (leg_of(e, f, i, &at))
			order_moves(e, at, evid, -1, (struct price){0}, why, venue_ms);
}

/* What one verdict says of its order. */
static enum evidence verdict_evidence(const struct verdict *v, const struct order *o)
{
	switch ((enum verdict_kind)v->kind) {
	case VERDICT_RESTING:
	case VERDICT_WAITING:
	case VERDICT_TWAP:
		return EVID_RESTING;
	case VERDICT_FILLED:
		return v->filled.v >= o->sz.v ? EVID_FILLED
		       : o->tif == TIF_IOC    ? EVID_CANCELLED
					      : EVID_PART;
	case VERDICT_ERROR:
		return EVID_REJECTED;
	default:
		return EVID_NOT_FOUND;
	}
}

static void verdicts(struct engine *e, struct flight *f, const struct ev_answer *a)
{
	struct rec r = {.kind = REC_VERDICT, .account = f->account, .nonce = f->nonce};
	bool batch = a->n == 1 && f->n > 1 && a->at[0].kind == VERDICT_ERROR;
	int n = batch ? f->n : a->n < f->n ? (int)a->n : f->n;
	enum evidence evid[BATCH_MAX];
	uint16_t at;

	for (int i = 0; i < n; i++) {
		const struct verdict *v = &a->at[batch ? 0 : i];
		struct order *o;

		evid[i] = EVID_NOT_FOUND;
		if (!leg_of(e, f, i, &at))
			continue;
		o = &e->orders.at[at];
		evid[i] = verdict_evidence(v, o);
		o->answered = true;
		o->answered_ns = e->now_ns;
		if (v->kind != VERDICT_ERROR && v->oid)
			orders_set_oid(e, at, v->oid);
		if (v->kind == VERDICT_ERROR && reject_of(v->refusal, v->text) == REJ_POST_ONLY) {
			e->post_only = true;
			e->post_only_ns = e->now_ns;
		} else if (o->tif == TIF_IOC) {
			e->post_only = false; /* whatever else it says: it was tried */
		}
		r.verdict.word[r.verdict.n++] =
			(struct rec_word){(uint8_t)i, (uint8_t)evid[i], v->oid, v->filled};
		if (v->kind == VERDICT_ERROR && !r.text[0]) {
			struct buf b;

			buf_init(&b, r.text, sizeof r.text);
			buf_puts(&b, v->text);
		}
	}
	ef_rec(e, &r);
	for (int i = 0; i < n; i++) {
		const struct verdict *v = &a->at[batch ? 0 : i];

		if (leg_of(e, f, i, &at) && evid[i] != EVID_NOT_FOUND)
			order_moves(e, at, evid[i], v->filled.v, v->avg,
				    v->kind == VERDICT_ERROR
					    ? (struct why){v->text, v->refusal, batch}
					    : no_words,
				    a->venue_ms);
	}
}

static void orders_answer(struct engine *e, struct flight *f, const struct ev_answer *a)
{
	uint16_t at;

	switch ((enum answer_kind)a->kind) {
	case ANSWER_OK:
		if (a->n == 0)
			break; /* no word about any order */
		f->answered = true;
		verdicts(e, f, a);
		break;
	case ANSWER_ERR:
		if (is_duplicate(a)) {
			if (f->all_paths && !f->lost)
				return; /* another copy came first: its own answer is on the way */
			break;
		}
		if (f->lost)
			break;
		f->answered = true;
		all_legs(e, f, EVID_REJECTED, (struct why){a->text, a->refusal, true}, a->venue_ms);
		break;
	case ANSWER_NOT_SENT:
		if (f->lost)
			return;
		all_legs(e, f, EVID_NOT_SENT, (struct why){.text = a->text}, 0);
		notice(e, 2, NC_KEY, 0, "Not sent: %s", a->text);
		break;
	case ANSWER_UNKNOWN:
		break;
	}
	if (f->answered || a->kind == ANSWER_NOT_SENT) {
		for (int i = 0; i < f->n; i++) /* legs without a word of their own are looked up */
			if (leg_of(e, f, i, &at))
				order_moves(e, at,
					    e->orders.at[at].state == ORDER_SENT ? EVID_LOST
										 : EVID_NOT_FOUND,
					    -1, (struct price){0}, no_words, 0);
		f->due_ns = INT64_MAX;
		if (!f->lost)
			flight_drop(e, f);
		return;
	}
	f->lost = true;
	f->reply_ms = a->venue_ms;
	all_legs(e, f, PLANT(2) ? EVID_REJECTED : EVID_LOST, no_words, 0);
}

static void cancel_answer(struct engine *e, struct flight *f, const struct ev_answer *a)
{
	bool lost = a->kind == ANSWER_UNKNOWN;

	/* the orders' own updates end them; whoever hears nothing is asked soon */
	for (int i = 0; i < f->n; i++) {
		uint16_t at = f->order[i];

		if (at >= ORDERS_MAX || !e->orders.used[at] || !order_is_ours(&e->orders.at[at]) ||
		    order_terminal((enum order_state)e->orders.at[at].state))
			continue;
		e->orders.at[at].next_ns = e->now_ns + (lost ? 0 : 300 * MS);
		wake_at(e, e->orders.at[at].next_ns);
	}
	if (a->kind == ANSWER_ERR)
		notice(e, 1, NC_ORDER, 0, "Cancel refused: %s", a->text);
	flight_drop(e, f);
}

static void noop_answer(struct engine *e, struct flight *f, const struct ev_answer *a)
{
	uint64_t nonce = f->nonce;

	flight_drop(e, f);
	if (a->kind == ANSWER_UNKNOWN || a->kind == ANSWER_NOT_SENT) {
		unknown_burn_answer(e, nonce, false, false);
		return;
	}
	unknown_burn_answer(e, nonce, a->kind == ANSWER_OK,
			    a->kind == ANSWER_ERR && is_duplicate(a));
}

/* An answer to a nonce that both an order and its burn carry belongs to the one it speaks of. */
static struct flight *answered_flight(struct engine *e, const struct ev_answer *a)
{
	struct flight *noop = flight_find(e, a->nonce, true), *f = flight_find(e, a->nonce, false);
	bool of_order = a->kind == ANSWER_OK && a->n && a->at[0].kind != VERDICT_SUCCESS;

	return noop && (!of_order || !f) ? noop : f;
}

void submit_answer(struct engine *e, const struct event *ev)
{
	const struct ev_answer *a = &ev->answer;
	struct flight *f = answered_flight(e, a);

	account_saw_time(e, &e->acct[ev->account], a->venue_ms);
	if (!f)
		return;
	if (a->kind == ANSWER_OK || a->kind == ANSWER_ERR) {
		if (!f->lost)
			rtt_seen(e, e->now_ns - f->sent_ns);
		budget_ip_fine(&e->ip);
	}
	switch ((enum flight_kind)f->kind) {
	case FLIGHT_ORDERS:
	case FLIGHT_TWAP:
		orders_answer(e, f, a);
		break;
	case FLIGHT_CANCEL:
		cancel_answer(e, f, a);
		break;
	case FLIGHT_NOOP:
		noop_answer(e, f, a);
		break;
	case FLIGHT_ADD:
		adds_answer(e, f, a, is_duplicate(a));
		break;
	case FLIGHT_OTHER:
		if (a->kind == ANSWER_ERR)
			notice(e, 1, NC_ORDER, 0, "The venue refused: %s", a->text);
		flight_drop(e, f);
		break;
	}
}

/* The host's timer may be lost with the host's memory of it: ours is not. */
void submit_tick(struct engine *e)
{
	uint32_t n = e->flights.n;

	/* What finds no room in this step's effects ends in the next. */
	for (uint32_t i = 0; i < FLIGHTS_MAX && n; i++) {
		struct flight *f = &e->flights.at[i];
		struct event ev;
		bool live = false;
		uint16_t at;

		if (!f->used)
			continue;
		n--;
		if (!ef_room(e, 64)) {
			wake_at(e, e->now_ns);
			return;
		}
		if (f->lost && (f->kind == FLIGHT_ORDERS || f->kind == FLIGHT_TWAP)) {
			for (int k = 0; k < f->n && !live; k++)
				live = leg_of(e, f, k, &at) &&
				       e->orders.at[at].state == ORDER_UNKNOWN;
			if (!live)
				flight_drop(e, f);
			continue;
		}
		if (f->due_ns > e->now_ns) {
			wake_at(e, f->due_ns);
			continue;
		}
		memset(&ev, 0, sizeof ev);
		ev.kind = EV_ANSWER;
		ev.account = f->account;
		ev.answer.nonce = f->nonce;
		ev.answer.kind = ANSWER_UNKNOWN;
		f->due_ns = INT64_MAX;
		if (f->kind == FLIGHT_NOOP)
			noop_answer(e, f, &ev.answer);
		else
			submit_answer(e, &ev);
	}
}
