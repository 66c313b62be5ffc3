/* flat_round.c: complete reads, what FLAT rests on.
 *
 * 1. A complete read is one round of account, orders and TWAPs of every dex of every account in
 *    scope, asked after the round began and all answered; its venue time is the oldest in it. One
 *    that costs more than a whole minute's requests is asked for as they come, positions last and
 *    together.
 * 2. Each run has rounds of its own: a read is counted for the round that asked for it alone.
 * 3. While the request budget does not reach for one, what only informs lets it grow. */
#include "base/check.h"
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

/* Positions last: they are what is counted, and as young as the round is. */
static const enum query_kind round_of[] = {Q_ORDERS, Q_TWAPS, Q_ACCOUNT};

static uint32_t round_size(const struct engine *e)
{
	return (uint32_t)(e->conf.n_accounts * e->conf.n_dexes * (int)COUNT_OF(round_of));
}

/* What the next place of a round asks; false: nothing, it is not in scope. */
static bool round_place(const struct engine *e, const struct flat_slot *s, uint32_t at,
			enum query_kind *what, uint8_t *account, uint8_t *dex)
{
	uint32_t each = (uint32_t)(e->conf.n_accounts * e->conf.n_dexes);

	*what = round_of[at / each];
	*account = (uint8_t)(at % each / e->conf.n_dexes);
	*dex = (uint8_t)(at % e->conf.n_dexes);
	return flat_has_account(&s->f, *account) && !(*account && PLANT(26)) &&
	       !(*dex && PLANT(25));
}

static int round_weight(const struct engine *e, const struct flat_slot *s, uint32_t from)
{
	enum query_kind what;
	uint8_t a, d;
	int weight = 0;

	for (; from < round_size(e); from++)
		if (round_place(e, s, from, &what, &a, &d))
			weight += budget_query_weight(what);
	return weight;
}

static void later(struct engine *e, struct flat_slot *s)
{
	s->round_poor = true;
	s->round_at_ns = e->now_ns + 300 * MS;
	wake_at(e, s->round_at_ns);
}

/* What is left to ask, as far as the request budget reaches; the rest as it grows. */
static void round_ask(struct engine *e, struct flat_slot *s)
{
	enum query_kind what;
	uint8_t a, d;

	s->round_poor = false;
	for (; s->round_asked < round_size(e); s->round_asked++) {
		if (!round_place(e, s, s->round_asked, &what, &a, &d))
			continue;
		if (!budget_ip_can(&e->ip, LANE_EXIT,
				   what == Q_ACCOUNT ? round_weight(e, s, s->round_asked)
						     : budget_query_weight(what),
				   e->now_ns)) {
			later(e, s);
			return;
		}
		ask(e, s, a, what, d);
	}
	s->round_ns = e->now_ns;
	if (s->round_left == 0)
		s->round = 0;
	wake_at(e, e->now_ns + 10 * S);
}

void flat_round_begin(struct engine *e, struct flat_slot *s)
{
	int weight;

	if (s->round) {
		s->round_again = true;
		return;
	}
	s->round_poor = false;
	weight = round_weight(e, s, 0);
	if (weight <= IP_WEIGHT_MIN && !budget_ip_can(&e->ip, LANE_EXIT, weight, e->now_ns)) {
		later(e, s); /* half a round would only be waste */
		return;
	}
	s->round = ++e->next_round ? e->next_round : ++e->next_round;
	s->round_again = s->round_bad = false;
	s->round_left = s->round_asked = 0;
	round_ask(e, s);
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
	if ((s->round_left && --s->round_left) || s->round_asked < round_size(e))
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

bool flat_round_saves(const struct engine *e)
{
	bool any = false;

	for (int i = 0; i < RUNS_MAX && !any; i++)
		any = flat_runs(&e->flat[i]) && e->flat[i].round_poor;
	return any;
}

/* Time for the rest of a round, or for one that has to be asked for again. */
void flat_round_care(struct engine *e, struct flat_slot *s)
{
	if (s->round && !s->round_poor && e->now_ns - s->round_ns > 12 * S)
		s->round = 0; /* its queries have all timed out */
	if (!s->round_at_ns || e->now_ns < s->round_at_ns || !flat_runs(s))
		return;
	s->round_at_ns = 0;
	if (s->round && s->round_asked < round_size(e))
		round_ask(e, s);
	else
		flat_round_begin(e, s);
}
