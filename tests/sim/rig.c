/* rig.c: the world of a drill: its market, account and record instead of the three coins; what
 * befalls the player's machine; what the screen would say, held against the truth.
 *
 * Truth, judged once a second on the engine's own snapshot (every screen is drawn from it):
 *   unknown   an order without a verdict for 10 s that is neither listed as unknown nor alarmed
 *   ageless   a price that the venue has kept still for over 6 s and that counts as fresh here,
 * once for each coin and kind */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "tests/sim/world.h"

#define S 1000000000LL

enum { STALE_S = 6, FRESH_S = 3, HIDDEN_S = 10 };

void rig_make(struct world *w)
{
	struct drill_conf c = {
		.drill = w->faults.drill, .seed = w->seed, .start_ms = world_venue_ms(w)};
	struct err e = {0};

	memcpy(c.addr, w->user, sizeof c.addr);
	memcpy(c.agent, w->agent, sizeof c.agent);
	w->drill = calloc(1, sizeof *w->drill);
	ASSERT(w->drill);
	if (!drill_open(w->drill, &c, &e))
		BUG(e.text);
	w->paper = w->drill->paper;
	w->n_coins = (int)c.drill->n_coins;
	w->market_ns = INT64_MAX;
	w->faults.hand = c.drill->others;
	w->drill_snap = calloc(1, sizeof *w->drill_snap);
	ASSERT(w->drill_snap);
}

void rig_free(struct world *w)
{
	drill_close(w->drill);
	free(w->drill);
	free(w->drill_snap);
}

/* ---- the player's machine ---- */

static void host_steps(struct world *w, double t)
{
	const struct drill_host_step *h = w->drill->conf.drill->host;

	for (uint32_t i = 0; i < DRILL_HOST_STEPS; i++) {
		int64_t ns = (int64_t)(h[i].for_s * 1e9);

		if (!(h[i].for_s > 0) || t < h[i].at_s || (w->befell & (1u << i)))
			continue;
		w->befell |= 1u << i;
		if (h[i].what == DRILL_DISK_FULL)
			world_disk_full(w, ns);
		else /* suspended, or wedged: it hears and does nothing */
			world_sleep(w, ns);
	}
}

/* ---- what a screen would say ---- */

static bool shown_unknown(const struct snap *s, const struct order *o)
{
	for (uint32_t i = 0; i < s->n_alarms; i++)
		if (s->alarm[i].code == NC_UNKNOWN)
			return true;
	for (uint32_t i = 0; i < s->n_orders; i++)
		if (s->order[i].state == ORDER_UNKNOWN && s->order[i].instr == o->instr)
			return true;
	return false;
}

static void count_hidden(struct world *w, const struct snap *s)
{
	for (uint32_t i = 0; i < ORDERS_MAX; i++) {
		const struct order *o = &w->engine->orders.at[i];
		bool seen = false;

		if (!w->engine->orders.used[i] || o->state != ORDER_UNKNOWN ||
		    w->now_ns - o->unknown_ns < HIDDEN_S * S || shown_unknown(s, o))
			continue;
		for (uint32_t k = 0; k < w->n_hidden; k++)
			seen = seen || w->hidden[k] == o->nonce;
		if (!seen && w->n_hidden < WORLD_HIDDEN) {
			w->hidden[w->n_hidden++] = o->nonce;
			w->said.hidden_unknowns++;
		}
	}
}

static void count_ageless(struct world *w, const struct snap *s)
{
	bool book = drill_still_s(w->drill, false) > STALE_S;
	bool mark = drill_still_s(w->drill, true) > STALE_S;

	for (uint32_t i = 0; i < s->n_books && i < 16; i++) {
		const struct snap_book *b = &s->book[i];
		uint16_t id = instr_find(&w->engine->instrs, b->coin);

		if (id == INSTR_NONE)
			continue;
		/* The book's own stamp is the newest frame that proved it alive. */
		if (book && w->now_ns - w->engine->mkt[id].book_ns < FRESH_S * S &&
		    !(w->ageless & (1u << (2 * i)))) {
			w->ageless |= 1u << (2 * i);
			w->said.ageless++;
		}
		if (mark && w->now_ns - b->mark_ns < FRESH_S * S &&
		    !(w->ageless & (1u << (2 * i + 1)))) {
			w->ageless |= 1u << (2 * i + 1);
			w->said.ageless++;
		}
	}
}

static void look(struct world *w)
{
	if (!w->alive || w->sleep_until_ns || w->now_ns - w->looked_ns < S)
		return;
	w->looked_ns = w->now_ns;
	engine_snap(w->engine, &w->drill_snap[0]);
	count_hidden(w, &w->drill_snap[0]);
	count_ageless(w, &w->drill_snap[0]);
}

void rig_tick(struct world *w)
{
	double t;

	drill_tick(w->drill);
	t = drill_seconds(w->drill);
	if (w->puppet)
		drill_play(w->drill, w->puppet);
	if (t < 0 || w->puppet)
		return;
	host_steps(w, t);
	look(w);
}
