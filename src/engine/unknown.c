/* unknown.c: orders whose answer was lost, until a fact ends them (operations.md 1).
 *
 *   lost -> look up by client id + the same bytes again -> found: adopted
 *        -> partial target, 3 s without a fact: noop with the same nonce
 *             accepted        dead: it can never run
 *             duplicate nonce never a verdict; at least 3 reads over 3 s, of a world younger than
 *                             that answer, that do not know it: spent by our own earlier burn: dead
 *        -> venue time past expiry and margin, and a read after that does not know it: dead
 *
 * 1. Nothing but these ends an unknown order; a look-up that finds nothing only counts.
 * 2. Repeats are the same signed bytes (EF_RESEND): no second nonce for the same intent.
 * 3. Look-ups use the exit lane at most: reads never take what a close needs.
 * 4. Closes to zero are repeated and looked up but burned only after FLAT: meanwhile they may fill.
 *    From then on it is the burn that is repeated.
 */
#include <string.h>

#include "base/check.h"
#include "base/plant.h"
#include "engine/inner.h"

enum { EXPIRY_MARGIN_MS = 2000, MISSES = 3, RESENDS = 3 };
#define FORGOTTEN_NS (15 * S)

void unknown_begin(struct engine *e, uint16_t at)
{
	struct order *o = &e->orders.at[at];

	o->lookups = o->misses = 0;
	o->burning = false;
	o->next_ns = e->now_ns;
	wake_at(e, e->now_ns);
	e->tick_ns = 0;
}

void unknown_lookup(struct engine *e, uint16_t at)
{
	struct order *o = &e->orders.at[at];
	struct query *q;
	uint32_t id;

	if (e->orders.twap[at]) {
		id = query_send(e, o->account, Q_TWAPS, e->instrs.at[o->instr].dex, NONE16, QW_POLL,
				LANE_EXIT);
		o->lookups++;
		return;
	}
	id = query_send(e, o->account, Q_ORDER_STATUS, 0, o->instr, QW_LOOKUP, LANE_EXIT);
	q = query_find(e, id);
	if (!q)
		return;
	q->order = (uint16_t)(at + 1);
	q->nonce = o->nonce;
	o->lookups++;
	/* the effect was just appended */
	e->out->at[e->out->n - 1].query.cloid = o->cloid;
	e->out->at[e->out->n - 1].query.oid = cloid_is_set(o->cloid) ? 0 : o->oid;
}

static void dead(struct engine *e, uint16_t at, enum evidence evid, const char *why)
{
	order_word_record(e, at, REC_DEAD, evid, why);
	order_moves(e, at, evid, -1, (struct price){0}, no_words, 0);
}

/* Enough reads, spread over enough time, each with venue time after the lost reply. */
static bool missed_enough(const struct order *o)
{
	return o->misses >= MISSES && o->last_miss_ns - o->first_miss_ns >= 3 * S;
}

static void one(struct engine *e, uint16_t at)
{
	struct order *o = &e->orders.at[at];
	struct flight *f = flight_find(e, o->nonce, false);
	int64_t age = e->now_ns - o->unknown_ns;

	if (o->settle) {
		enum query_kind what = e->orders.twap[at] ? Q_TWAP_FILLS : Q_FILLS;
		struct query *q = query_find(e, recon_ask_fills(e, o->account, what, QW_LOOKUP));

		if (q) {
			q->order = (uint16_t)(at + 1);
			q->nonce = o->nonce;
		}
		o->next_ns = e->now_ns + 2 * S;
		return;
	}
	if (o->unwanted && !o->burning && !order_terminal((enum order_state)o->state)) {
		o->burning = true;
		submit_burn(e, o->account, o->nonce, LANE_KILL);
	}
	if (o->state != ORDER_UNKNOWN) { /* not unknown, only to be looked up once */
		unknown_lookup(e, at);
		o->next_ns = order_terminal((enum order_state)o->state) ? 0 : e->now_ns + 2 * S;
		return;
	}
	if (e->acct[o->account].key_ready && f && f->resends < RESENDS && !o->burning &&
	    vtime(e) < o->expires_ms && f->resend_ns <= e->now_ns) {
		f->resends++;
		f->resend_ns = e->now_ns + f->resends * S;
		submit_resend(e, f, o->target_zero ? LANE_KILL : (enum lane)o->lane);
	}
	/* A venue TWAP has no client id to ask for: its nonce is burned even when it aims at zero.
	 */
	if ((!o->target_zero || e->orders.twap[at]) && age > 3 * S && o->misses && !o->burning) {
		o->burning = true;
		submit_burn(e, o->account, o->nonce, o->lane == LANE_KILL ? LANE_KILL : LANE_EXIT);
	}
	if (!o->target_zero || !flat_round_saves(e))
		unknown_lookup(e, at);
	o->next_ns = e->now_ns + (age < 3 * S ? 700 * MS : age < 60 * S ? S : 5 * S);
	wake_at(e, o->next_ns);
}

void unknown_tick(struct engine *e)
{
	for (uint16_t i = 0; i < ORDERS_MAX; i++) {
		struct order *o = &e->orders.at[i];

		if (!e->orders.used[i])
			continue;
		/* sent, and nobody waits for its answer any more: that is doubt too */
		if (o->state == ORDER_SENT && order_is_ours(o) &&
		    e->now_ns - o->sent_ns > FORGOTTEN_NS && !flight_find(e, o->nonce, false))
			order_moves(e, i, EVID_LOST, -1, (struct price){0}, no_words, 0);
		if (o->next_ns == 0)
			continue;
		if (order_terminal((enum order_state)o->state)) {
			o->next_ns = 0;
			continue;
		}
		if (o->next_ns <= e->now_ns && ef_room(e, 16))
			one(e, i);
		if (o->next_ns)
			wake_at(e, o->next_ns);
	}
}

/* Venue time of the newest read of the account on this order's dex; 0: none. */
static int64_t read_ms(const struct engine *e, const struct order *o)
{
	uint8_t dex = e->instrs.at[o->instr].dex;

	return dex < e->conf.n_dexes ? e->acct[o->account].dex[dex].venue_ms : 0;
}

/* A read did not know it. */
void unknown_missed(struct engine *e, uint16_t at)
{
	struct order *o = &e->orders.at[at];
	int64_t venue = vtime_told(e, e->acct[o->account].venue_ms);

	if (o->state != ORDER_UNKNOWN)
		return;
	/* A venue whose reads stand still does not know what has just filled: only a world that is
	 * younger than the spent nonce can bear witness against it. */
	if (o->burned && read_ms(e, o) <= o->burned_ms)
		return;
	if (o->misses == 0)
		o->first_miss_ns = e->now_ns;
	o->last_miss_ns = e->now_ns;
	if (o->misses < 255)
		o->misses++;
	if (PLANT(1))
		dead(e, at, EVID_EXPIRED, "not found");
	else if (venue > o->expires_ms + EXPIRY_MARGIN_MS && o->misses >= 2)
		dead(e, at, EVID_EXPIRED, "expired by venue time, not known to it");
	else if (o->burned && missed_enough(o))
		dead(e, at, EVID_BURNED, "nonce spent, three reads do not know it");
}

void unknown_status(struct engine *e, const struct event *ev)
{
	struct query *q = query_find(e, ev->order_status.query);
	const struct ev_order *w = &ev->order_status.order;
	uint16_t at;

	if (!q || !q->order)
		return;
	at = (uint16_t)(q->order - 1);
	if (!e->orders.used[at] || e->orders.at[at].nonce != q->nonce)
		return;
	if (w->status == OS_UNKNOWN_OID) {
		unknown_missed(e, at);
		return;
	}
	q->found = true;
	/* the newest order of a client id: ours are unique, but check what it says it is */
	if (w->order.instr != e->orders.at[at].instr || w->order.buy != e->orders.at[at].buy ||
	    (cloid_is_set(w->order.cloid) &&
	     memcmp(w->order.cloid.b, e->orders.at[at].cloid.b, sizeof w->order.cloid.b)))
		return;
	order_word(e, at, w);
	if (e->orders.at[at].state != ORDER_UNKNOWN && !e->orders.at[at].settle)
		e->orders.at[at].next_ns = 0;
}

void unknown_query_end(struct engine *e, const struct query *q, bool ok)
{
	uint16_t at = (uint16_t)(q->order - 1);

	if (!q->order || !e->orders.used[at] || e->orders.at[at].nonce != q->nonce)
		return;
	if (ok && q->what == (e->orders.twap[at] ? Q_TWAP_FILLS : Q_FILLS) &&
	    e->orders.at[at].settle && !order_terminal((enum order_state)e->orders.at[at].state))
		order_settled(e, at);
	if (ok)
		return;
	/* no answer to the question: no statement about the order */
	if (!order_terminal((enum order_state)e->orders.at[at].state)) {
		e->orders.at[at].next_ns = e->now_ns + 500 * MS;
		wake_at(e, e->orders.at[at].next_ns);
	}
}

void unknown_burn_answer(struct engine *e, uint64_t nonce, bool ok, bool refused)
{
	for (uint16_t i = 0; i < ORDERS_MAX; i++) {
		struct order *o = &e->orders.at[i];

		if (!e->orders.used[i] || o->nonce != nonce || !order_is_ours(o) ||
		    order_terminal((enum order_state)o->state))
			continue;
		if (ok) {
			dead(e, i, EVID_BURNED, "noop took its nonce");
		} else if (refused) {
			/* spent, by the order itself or by an earlier burn: reads decide, anew */
			if (o->state == ORDER_SENT)
				order_moves(e, i, EVID_LOST, -1, (struct price){0}, no_words, 0);
			o->burned = true;
			o->burned_ms = vtime(e);
			o->misses = 0;
			o->next_ns = e->now_ns;
		} else {
			o->burning = false; /* the burn was lost: again */
			o->next_ns = e->now_ns + 500 * MS;
		}
		wake_at(e, o->next_ns);
		e->tick_ns = 0;
	}
}
