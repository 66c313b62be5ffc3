/* flat_round.c: complete reads, what FLAT rests on.
 *
 * 1. A complete read is one round of account, orders and TWAPs of every dex of every account in
 *    scope, asked after the round began and all answered; its venue time is the oldest in it.
 * 2. Each run has rounds of its own: a read is counted for the round that asked for it alone. */
#include "base/plant.h"
#include "engine/inner.h"

/* Whether what may open there keeps the run from its end. */
static bool coin_in_scope(const struct flat *f, uint8_t account, uint16_t instr)
{
	if (flat_has_whole(f, account))
		return true;
	for (uint32_t i = 0; i < f->n; i++)
		if (f->leg[i].instr_id == instr && f->leg[i].account == account)
			return true;
	return false;
}

static void ask(struct engine *e, struct flat_slot *s, uint8_t account, enum query_kind what,
		uint8_t dex)
{
	struct query *q =
		query_find(e, query_send(e, account, what, dex, NONE16, QW_ROUND, LANE_EXIT));

	if (q) {
		q->round = s->round;
		s->round_left++;
	} else {
		s->round_bad = true;
	}
}

void flat_round_begin(struct engine *e, struct flat_slot *s)
{
	static const enum query_kind what[] = {Q_ACCOUNT, Q_ORDERS, Q_TWAPS};
	int weight = 0;

	if (s->round) {
		s->round_again = true;
		return;
	}
	for (uint8_t a = 0; a < e->conf.n_accounts; a++)
		for (int k = 0; flat_has_account(&s->f, a) && k < 3; k++)
			weight += e->conf.n_dexes * budget_query_weight(what[k]);
	if (!budget_ip_can(&e->ip, LANE_EXIT, weight, e->now_ns)) {
		s->round_at_ns = e->now_ns + 300 * MS; /* half a round would only be waste */
		wake_at(e, s->round_at_ns);
		return;
	}
	s->round = ++e->next_round ? e->next_round : ++e->next_round;
	s->round_again = s->round_bad = false;
	s->round_left = 0;
	s->round_ns = e->now_ns;
	for (uint8_t a = 0; a < e->conf.n_accounts; a++) {
		if (!flat_has_account(&s->f, a) || (a && PLANT(26)))
			continue;
		for (uint8_t d = 0; d < (PLANT(25) ? 1 : e->conf.n_dexes); d++)
			for (int k = 0; k < 3; k++) {
				ask(e, s, a, what[k], d);
			}
	}
	if (s->round_left == 0)
		s->round = 0;
	wake_at(e, e->now_ns + 10 * S);
}

static uint32_t openers(const struct engine *e, const struct flat *f)
{
	uint32_t n = 0;

	for (uint16_t i = 0; i < ORDERS_MAX; i++) {
		const struct order *o = &e->orders.at[i];

		if (PLANT(20) && o->trigger)
			continue;
		if (e->orders.used[i] && !order_terminal((enum order_state)o->state) &&
		    flat_has_account(f, o->account) && coin_in_scope(f, o->account, o->instr) &&
		    order_adds(e, o))
			n++;
	}
	for (uint8_t a = 0; a < e->conf.n_accounts && !PLANT(21); a++)
		for (uint32_t k = 0; k < e->acct[a].n_twaps; k++)
			if (flat_has_account(f, a) && coin_in_scope(f, a, e->acct[a].twap[k].instr))
				n++;
	/* what is at the venue and could not be told here: nobody knows what it opens */
	for (uint8_t a = 0; a < e->conf.n_accounts; a++)
		for (uint8_t d = 0; flat_has_whole(f, a) && d < e->conf.n_dexes; d++)
			n += e->acct[a].dex[d].orders_lost + e->acct[a].dex[d].twaps_lost;
	return n;
}

void flat_round_query_end(struct engine *e, const struct query *q, bool ok)
{
	struct flat_slot *s = NULL;
	int64_t oldest = INT64_MAX;

	for (int i = 0; i < RUNS_MAX && !s; i++)
		if (e->flat[i].used && e->flat[i].round == q->round)
			s = &e->flat[i];
	if (!s || !q->round)
		return;
	s->round_bad = s->round_bad || (!ok && !PLANT(23));
	if (s->round_left && --s->round_left)
		return;
	s->round = 0;
	s->dirty = true;
	if (!s->round_bad) {
		for (uint8_t a = 0; a < e->conf.n_accounts; a++)
			for (uint8_t d = 0; flat_has_account(&s->f, a) && d < e->conf.n_dexes; d++)
				if (e->acct[a].dex[d].venue_ms < oldest)
					oldest = e->acct[a].dex[d].venue_ms;
		s->read_id++;
		s->read_venue_ms = oldest;
		s->openers = openers(e, &s->f);
	}
	if (s->round_again || s->round_bad)
		s->round_at_ns = e->now_ns + (s->round_bad ? 300 * MS : 0);
	if (s->round_at_ns)
		wake_at(e, s->round_at_ns);
}

/* Time for the round that could not be asked for, or has to be asked for again. */
void flat_round_care(struct engine *e, struct flat_slot *s)
{
	if (s->round && e->now_ns - s->round_ns > 12 * S)
		s->round = 0; /* its queries have all timed out */
	if (s->round_at_ns && e->now_ns >= s->round_at_ns && flat_runs(s)) {
		s->round_at_ns = 0;
		flat_round_begin(e, s);
	}
}
