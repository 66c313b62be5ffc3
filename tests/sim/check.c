/* check.c: the invariants of the simulated world, as amended for exits to zero.
 *
 *   I1  an order's record is handed over before it is signed, and committed before its bytes leave;
 *       a kill-lane send waits at most 100 ms
 *   I2  an exit never sells more than its ticket, by the venue's own fills
 *   I2' a trim never sells more of a coin than its cut, by the venue's own fills
 *   I3  what is called terminal never fills afterwards
 *   I4  no order grows a position or crosses zero; every order is reduce-only
 *   I5  the position shown is the venue's
 *   I7  a passive or sliced order is priced from a book younger than 3 s (a close-rest and what the
 *       danger rule sells are neither)
 *   I8  nonces rise over lives and clock steps; a burn reuses the nonce it burns
 *   I9  after kills and faults: nothing unknown, exits ended, the same exposure
 *   I10 stops kept at the venue are there, once, and gone after flat
 *   FLAT is never said over a position (world.c, at the sentence) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/hex.h"
#include "engine/inner.h"
#include "tests/sim/world.h"

#define S 1000000000LL

enum { READ_S = 7 }; /* the reads that FLAT rests on are at most so old: they end after 6 s */

/* The rung of a close-rest or a sale of the danger rule: neither passive nor a slice, so a book
 * that froze never holds it up (operations.md 2), even when its target is partial. */
static bool never_waits(const struct world *w, const struct act_order *o)
{
	struct cloid_id what;

	if (!cloid_open(&w->engine->aes, &what, o->cloid, w->engine->conf.install) ||
	    what.kind != CLOID_SLICE)
		return false;
	for (uint32_t i = 0; i < EXITS_MAX; i++) {
		const struct exit *x = &w->engine->exit[i].x;
		const struct exit_child *c = exit_child_find(x, what.slice, what.attempt);

		if (x->id == what.exit && c)
			return c->kind == CHILD_CLOSE || c->kind == CHILD_DANGER;
	}
	return false;
}

void check_send(struct world *w, const struct effect *ef)
{
	const struct act *a = &ef->send.act;
	uint64_t nonce = ef->send.env.nonce;
	bool recorded = false;

	if (!ef->send.env.expires_ms)
		world_break(w, "no expiresAfter on nonce %llu", (unsigned long long)nonce);
	if (a->kind == ACT_NOOP) {
		if (nonce > w->top_nonce)
			world_break(w, "I8: burn of a nonce never used: %llu",
				    (unsigned long long)nonce);
		return;
	}
	if (nonce <= w->top_nonce)
		world_break(w, "I8: nonce %llu after %llu", (unsigned long long)nonce,
			    (unsigned long long)w->top_nonce);
	/* what goes to zero passes a ceiling that a disk does not raise */
	if (nonce > w->ceiling && w->engine->store_state == STORE_OK && ef->lane != LANE_KILL &&
	    a->kind != ACT_CANCEL_CLOID && a->kind != ACT_CANCEL && a->kind != ACT_TWAP_CANCEL)
		world_break(w, "I8: nonce %llu above the durable ceiling %llu",
			    (unsigned long long)nonce, (unsigned long long)w->ceiling);
	w->top_nonce = nonce > w->top_nonce ? nonce : w->top_nonce;
	if (a->kind != ACT_ORDER && a->kind != ACT_TWAP)
		return;
	for (uint32_t i = w->n_recs; i > 0 && !recorded; i--)
		recorded = w->rec[i - 1].rec.nonce == nonce;
	if (!recorded)
		world_break(w, "I1: nonce %llu is sent without a record",
			    (unsigned long long)nonce);
	if (a->kind == ACT_TWAP) {
		if (!a->twap.reduce_only)
			world_break(w, "I4: a TWAP that is not reduce-only");
		return;
	}
	for (uint8_t i = 0; i < a->n; i++) {
		const struct act_order *o = &a->order[i];
		uint16_t id = instr_by_asset(&w->engine->instrs, o->asset);
		if (!o->reduce_only)
			world_break(w, "I4: an order that is not reduce-only");
		if (ef->lane == LANE_EXIT && id != INSTR_NONE) {
			int64_t seen = w->engine->mkt[id].book_ns;
			if (w->now_ns - seen > 3 * S && !never_waits(w, o))
				world_break(w, "I7: %s priced from a book %.1f s old",
					    w->engine->instrs.at[id].coin,
					    (double)(w->now_ns - seen) / 1e9);
		}
	}
}

void check_leave(struct world *w, const struct wire *s, bool kill_waited)
{
	if (s->act.kind != ACT_ORDER && s->act.kind != ACT_TWAP)
		return;
	if (!s->durable && !kill_waited)
		world_break(w, "I1: nonce %llu leaves before its record is committed",
			    (unsigned long long)s->nonce);
}

/* The exit a fill of the venue belongs to; 0: to none, *ours says whether it is ours at all. */
static uint32_t fill_exit(struct world *w, const struct paper_truth_fill *f, bool *ours)
{
	struct cloid c = {{0}};
	struct cloid_id what;

	*ours = false;
	for (uint32_t i = 0, seen = 0; f->twap_id && i < ORDERS_MAX && seen < w->engine->orders.n;
	     i++) {
		seen += w->engine->orders.used[i];
		if (w->engine->orders.used[i] && w->engine->orders.twap[i] &&
		    w->engine->orders.at[i].oid == f->twap_id && w->engine->orders.at[i].exit) {
			*ours = true;
			return w->engine->orders.at[i].exit;
		}
	}
	if (!f->cloid[0] || !hex_decode(c.b, 16, f->cloid + 2) ||
	    !cloid_open(&w->engine->aes, &what, c, w->engine->conf.install))
		return 0;
	*ours = true;
	return what.kind == CLOID_SLICE ? what.exit : 0;
}

static int coin_index(const struct world *w, const char *coin)
{
	for (int i = 0; i < w->n_coins; i++)
		if (!strcmp(world_coin(w, i), coin))
			return i;
	BUG("a fill of a coin that is not in the world");
}

static void keep(struct truth *t, const struct seen *s)
{
	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 256;
		t->seen = realloc(t->seen, t->cap * sizeof *t->seen);
		ASSERT(t->seen);
	}
	t->seen[t->n++] = *s;
}

/* A fill of ours takes a position nearer to zero and not past it. */
static void check_fill(struct world *w, struct truth *t, const struct paper_truth_fill *f)
{
	int64_t was = f->start.v, now = was + (f->buy ? f->sz.v : -f->sz.v);
	int64_t grown = llabs(now) - llabs(was);
	struct seen s = {.coin = coin_index(w, f->coin), .sz = f->sz.v};
	struct cloid c = {{0}};
	struct cloid_id what;
	bool ours;

	s.exit = fill_exit(w, f, &ours);
	if (ours && !s.exit && f->cloid[0] && hex_decode(c.b, 16, f->cloid + 2) &&
	    cloid_open(&w->engine->aes, &what, c, w->engine->conf.install) &&
	    what.kind == CLOID_RUNG)
		s.panic = what.exit;
	if (!f->twap_id && (s.exit || s.panic))
		keep(t, &s);
	if (!ours && grown > 0)
		t->added[s.coin] += grown;
	if (!ours && w->faults.hand) {
		w->hand_ns = w->now_ns;
		w->hand_ms = f->time_ms > w->hand_ms ? f->time_ms : w->hand_ms;
	}
	if (ours && ((was >= 0 && (now < 0 || now > was)) || (was <= 0 && (now > 0 || now < was))))
		world_break(w, "I4: %s went from %lld to %lld", f->coin, (long long)was,
			    (long long)now);
}

static void check_fills(struct world *w)
{
	struct paper_truth_fill f;

	for (uint32_t a = 0; a < w->n_sessions; a++) {
		struct truth *t = &w->truth[a];
		for (; paper_fill(w->paper, world_user(w, a), t->n_fills, &f); t->n_fills++)
			check_fill(w, t, &f);
		for (; paper_slice(w->paper, world_user(w, a), t->n_slices, &f); t->n_slices++)
			check_fill(w, t, &f);
	}
}

/* Sum of the venue's fills of exit `id`, on whatever account they came. */
static int64_t exit_sold(struct world *w, uint32_t id)
{
	struct paper_truth_fill f;
	int64_t sum = 0;

	for (uint32_t a = 0; a < w->n_sessions; a++) {
		for (uint32_t i = 0; i < w->truth[a].n; i++)
			sum += w->truth[a].seen[i].exit == id ? w->truth[a].seen[i].sz : 0;
		for (uint32_t i = 0; paper_slice(w->paper, world_user(w, a), i, &f); i++) {
			bool ours; /* whose TWAP it was may turn out later */
			if (fill_exit(w, &f, &ours) == id)
				sum += f.sz.v;
		}
	}
	return sum;
}

/* ... of one client id. */
static int64_t order_sold(struct world *w, const struct cloid *of)
{
	struct paper_truth_fill f;
	int64_t sum = 0;

	for (uint32_t a = 0; a < w->n_sessions; a++)
		for (uint32_t i = 0; paper_fill(w->paper, world_user(w, a), i, &f); i++) {
			struct cloid c = {{0}};
			if (f.cloid[0] && hex_decode(c.b, 16, f.cloid + 2) &&
			    !memcmp(of->b, c.b, 16))
				sum += f.sz.v;
		}
	return sum;
}

/* Closes to zero already on their way may take what another hand adds meanwhile: so much, and no
 * more. */
static void check_tickets(struct world *w)
{
	for (int i = 0; i < EXITS_MAX; i++) {
		const struct exit_slot *x = &w->engine->exit[i];
		int64_t sold, most;
		if (!x->used)
			continue;
		sold = exit_sold(w, x->x.id);
		most = x->x.total.v;
		if (x->x.to_zero && x->instr < w->engine->instrs.n)
			most += w->truth[x->account]
					.added[coin_index(w, w->engine->instrs.at[x->instr].coin)];
		w->said.above_ticket |= sold > most;
		if (sold > most)
			world_break(w, "I2: x%u sold %lld of a ticket of %lld", x->x.id,
				    (long long)sold, (long long)most);
	}
}

/* Sold of a coin by a run so far. */
static int64_t cut_sold(const struct world *w, uint32_t panic, const struct cut *c)
{
	int coin = coin_index(w, c->coin);
	int64_t sold = 0;

	for (uint32_t a = 0; a < w->n_sessions; a++)
		for (uint32_t i = 0; i < w->truth[a].n; i++) {
			const struct seen *s = &w->truth[a].seen[i];
			if (s->panic == panic && s->coin == coin)
				sold += s->sz;
		}
	return sold;
}

/* The trim under way that has taken this cut. */
static uint32_t cut_in(const struct world *w, const struct cut *c)
{
	uint16_t instr = instr_find(&w->engine->instrs, c->coin);
	struct qty left;

	for (int i = 0; i < RUNS_MAX; i++)
		if (w->engine->flat[i].used && !w->engine->flat[i].f.done &&
		    flat_cut_left(&w->engine->flat[i].f, c->account, instr, (struct qty){0}, &left))
			return w->engine->flat[i].f.id;
	return 0;
}

/* A cut that goes into a run: that may sell so much from now on, or what it was allowed before. */
static void cut_allowed(struct world *w, uint32_t panic, const struct cut *c)
{
	int64_t most = cut_sold(w, panic, c) + c->qty.v;

	for (uint32_t k = 0; k < w->n_cuts; k++) {
		struct cut *o = &w->cut[k].cut;
		if (w->cut[k].panic != panic || o->account != c->account ||
		    strcmp(o->coin, c->coin))
			continue;
		o->qty.v = most > o->qty.v ? most : o->qty.v;
		return;
	}
	if (w->n_cuts == 256)
		return;
	w->cut[w->n_cuts].panic = panic;
	w->cut[w->n_cuts].cut = *c;
	w->cut[w->n_cuts++].cut.qty.v = most;
}

void check_cut(struct world *w, const struct flatten *f, uint32_t panic)
{
	bool joined = f->verb == VERB_TRIM && strstr(w->reply.text, " goes on with the larger cut");
	uint32_t n = 0;

	check_fills(w);					    /* what is sold by now */
	for (uint32_t i = 0; i < w->n_cuts && !joined; i++) /* a kill freed its number */
		if (w->cut[i].panic != panic)
			w->cut[n++] = w->cut[i];
	w->n_cuts = joined ? w->n_cuts : n;
	for (int i = 0; f->verb == VERB_TRIM && i < f->n_cuts; i++) {
		uint32_t in = cut_in(w, &f->cut[i]);
		cut_allowed(w, in ? in : panic, &f->cut[i]);
	}
}

static void check_cuts(struct world *w)
{
	for (uint32_t k = 0; k < w->n_cuts; k++) {
		const struct cut *c = &w->cut[k].cut;
		int64_t sold = cut_sold(w, w->cut[k].panic, c);

		if (sold > c->qty.v)
			world_break(w, "I2': p%u sold %lld of a cut of %lld %s", w->cut[k].panic,
				    (long long)sold, (long long)c->qty.v, c->coin);
	}
}

/* Account that the run is about which said this, 0xff: all of them. Several may run at once. */
static uint8_t scope_of(struct world *w, const char *text)
{
	const struct flat *by = NULL;

	for (int i = 0; i < RUNS_MAX; i++) {
		const struct flat *f = &w->engine->flat[i].f;

		if (w->engine->flat[i].used && f->state == FLAT_FLAT && (!by || f->id > by->id) &&
		    !strncmp(f->text, text, strlen(text)))
			by = f;
	}
	if (!by)
		world_break(w, "no run has said \"%s\"", text);
	return by ? by->account : 0xff;
}

static bool in_scope(uint8_t of, uint32_t account)
{
	return of == 0xff || of == account;
}

/* Every dex of every account was read twice after our last fill on any of them. */
static void check_reads(struct world *w, uint8_t of)
{
	int64_t last = 0;

	for (uint32_t a = 0; a < w->n_sessions; a++)
		if (in_scope(of, a) && w->our_fill_ms[a] > last)
			last = w->our_fill_ms[a];
	for (uint32_t a = 0; a < w->n_sessions; a++)
		for (uint32_t d = 0; in_scope(of, a) && d <= (uint32_t)w->faults.dex; d++) {
			uint32_t reads = 0;

			for (int i = 0; i < 8; i++)
				reads += w->reads[a][d].ms[i] > last;
			if (reads < 2)
				world_break(w,
					    "false FLAT: of account %u dex %u %u reads are later "
					    "than our last fill",
					    a, d, reads);
		}
}

/* FLAT was said: nothing may be held, nothing may rest that could open. What another hand did
 * in the last seconds, after the reads that it rests on, is not its fault. */
void check_flat(struct world *w, const char *text)
{
	uint8_t of = scope_of(w, text);

	check_reads(w, of);
	if (w->drill) { /* the score says whether it was true */
		if (w->said.n_flats < COUNT_OF(w->said.flat_ms))
			w->said.flat_ms[w->said.n_flats++] = world_venue_ms(w);
		return;
	}
	check_fills(w);
	if (w->hand_ns && w->now_ns - w->hand_ns < READ_S * S)
		return;
	for (uint32_t a = 0; a < w->n_sessions; a++) {
		const char *user = world_user(w, a);
		if (!in_scope(of, a))
			continue;
		for (int i = 0; i < w->n_coins; i++)
			if (paper_szi(w->paper, user, world_coin(w, i)).v)
				world_break(w, "false FLAT: %s of account %u is not zero",
					    world_coin(w, i), a);
		if (paper_openers(w->paper, user))
			world_break(w, "false FLAT: %u orders of account %u could open",
				    paper_openers(w->paper, user), a);
	}
}

void check_step(struct world *w)
{
	if (w->now_ns - w->truth_ns < S / 2)
		return;
	w->truth_ns = w->now_ns;
	check_fills(w);
	check_tickets(w);
	check_cuts(w);
}

static struct qty shown(struct world *w, uint32_t account, const char *coin)
{
	const struct account *a = &w->engine->acct[account];
	uint16_t id = instr_find(&w->engine->instrs, coin);

	for (uint32_t i = 0; i < a->n_held; i++)
		if (a->held[i].used && a->held[i].instr == id)
			return pos_szi(&a->held[i].pos);
	return (struct qty){0};
}

static void check_orders(struct world *w)
{
	for (uint32_t i = 0; i < ORDERS_MAX; i++) {
		const struct order *o = &w->engine->orders.at[i];
		int64_t sold;
		if (!w->engine->orders.used[i] || !o->nonce || w->engine->orders.twap[i])
			continue;
		if (o->state == ORDER_UNKNOWN || o->state == ORDER_SENT || o->state == ORDER_INTENT)
			world_break(w, "I9: nonce %llu is still %s after healing",
				    (unsigned long long)o->nonce,
				    order_state_name((enum order_state)o->state));
		if (!order_terminal((enum order_state)o->state))
			continue;
		sold = order_sold(w, &o->cloid);
		if (sold != o->filled.v)
			world_break(w, "I3/I5: nonce %llu (%s) has %lld filled here, %lld there",
				    (unsigned long long)o->nonce,
				    order_state_name((enum order_state)o->state),
				    (long long)o->filled.v, (long long)sold);
	}
}

/* I10: what is flat has no stop left; what a guard says rests, rests, once. Other hands have taken
 * theirs away by now. */
static void check_guard(struct world *w, uint32_t account, const char *coin)
{
	uint32_t stops = paper_stops(w->paper, world_user(w, account), coin);
	uint16_t id = instr_find(&w->engine->instrs, coin);
	const struct guard_slot *g = NULL;

	for (int k = 0; k < GUARDS_MAX; k++)
		if (w->engine->guard[k].used && w->engine->guard[k].instr == id &&
		    w->engine->guard[k].account == account)
			g = &w->engine->guard[k];
	if (!g)
		return;
	if (paper_szi(w->paper, world_user(w, account), coin).v == 0) {
		if (stops)
			world_break(w, "I10: %s is flat and %u stops rest", coin, stops);
		return;
	}
	if (g->g.state == GUARD_RESTING && stops != 1)
		world_break(w, "I10: the guard of %s rests, the venue has %u", coin, stops);
	if (g->g.state == GUARD_GONE || g->g.state == GUARD_PLACING)
		world_break(w, "I10: the guard of %s is still being placed (%s)", coin,
			    g->g.reason);
}

static void check_account(struct world *w, uint32_t account)
{
	if (!w->alive || w->engine->acct[account].recon.state != RECON_PASSED)
		world_break(w, "I9: the barrier of account %u is not passed after healing",
			    account);
	for (int i = 0; i < w->n_coins; i++) {
		const char *coin = world_coin(w, i);
		int64_t here = shown(w, account, coin).v;
		int64_t there = paper_szi(w->paper, world_user(w, account), coin).v;

		check_guard(w, account, coin);
		if (here != there)
			world_break(w, "I5: %s of account %u is shown as %lld, the venue has %lld",
				    coin, account, (long long)here, (long long)there);
	}
}

/* I11: with nothing in its way a run ends, as flat or asking. */
static void check_runs(struct world *w)
{
	for (int i = 0; i < RUNS_MAX; i++)
		if (flat_runs(&w->engine->flat[i]))
			world_break(w, "I11: p%u still runs after healing (%s)",
				    w->engine->flat[i].f.id, w->engine->flat[i].f.text);
}

void check_end(struct world *w)
{
	check_fills(w);
	check_tickets(w);
	check_cuts(w);
	for (uint32_t a = 0; a < w->n_sessions; a++)
		check_account(w, a);
	for (int i = 0; i < EXITS_MAX; i++) {
		const struct exit_slot *x = &w->engine->exit[i];
		if (!x->used)
			continue;
		if (x->x.state != XS_DONE)
			world_break(w, "I9: x%u is in state %u, %lld of %lld done", x->x.id,
				    x->x.state, (long long)x->x.done.v, (long long)x->x.total.v);
		else if (x->x.done.v != exit_sold(w, x->x.id))
			world_break(w, "I5: x%u counts %lld, the venue %lld", x->x.id,
				    (long long)x->x.done.v, (long long)exit_sold(w, x->x.id));
	}
	check_orders(w);
	if (w->alive)
		check_runs(w);
}
