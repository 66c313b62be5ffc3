/* pairs.c: every fault in every phase of a flatten, a few seeds each. However it strikes, the close
 * is sent again until the venue's own figures are zero; a duplicate is fine, a missing one is not,
 * and FLAT is never said over anything (check.c holds all other invariants meanwhile).
 *
 * The world: four legs' worth of positions, entry orders and a take-profit of another hand in the
 * way; in odd seeds reduce-only orders beyond the position are refused instead of cut. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "engine/inner.h"
#include "tests/sim/pairs.h"
#include "tests/sim/world.h"

#define MS 1000000LL
#define S  1000000000LL

static void venue_says(struct world *w, const char *words)
{
	static uint64_t conn = 1ull << 50;

	paper_http(w->paper, conn++, "127.0.0.1", "POST", "/paper", "application/json", words,
		   strlen(words), world_venue_ms(w));
	world_drain(w);
}

/* ---- faults: begin, and what the end of one needs beyond clearing the venue's ---- */

enum { LASTS_MS = 3000 };

static void ack_lost(struct world *w)
{
	paper_fault(w->paper, FAULT_ACK_LOST, 3, 0, 0);
}

static void ack_error(struct world *w)
{
	paper_fault(w->paper, FAULT_ACK_ERROR, 3, 0, 0);
}

static void half_executed(struct world *w)
{
	paper_fault(w->paper, FAULT_ACK_ERROR, -1, 0, 500);
	paper_fault(w->paper, FAULT_DROP, -1, 0, 500);
}

static void dropped(struct world *w)
{
	paper_fault(w->paper, FAULT_DROP, 3, 0, 0);
}

static void disconnect(struct world *w)
{
	paper_fault(w->paper, FAULT_DISCONNECT, 1, 0, 0);
}

static void too_many(struct world *w)
{
	paper_fault(w->paper, FAULT_429, 4, 0, 0);
}

static void late(struct world *w)
{
	paper_fault(w->paper, FAULT_DELAY, 2, (int32_t)prng_range(&w->rng, 5000, 40000), 0);
}

static void twice(struct world *w)
{
	paper_fault(w->paper, FAULT_DUPLICATE, -1, 0, 0);
}

static void late_fills(struct world *w)
{
	paper_fault(w->paper, FAULT_LATE_FILLS, -1, 6000, 0);
}

static void covered(struct world *w) /* reduce-only limits cover the positions */
{
	venue_says(w, "{\"cover\":\"BTC\"}");
	venue_says(w, "{\"cover\":\"ETH\"}");
	venue_says(w, "{\"reduce_only\":\"reject\"}");
}

static void only_post(struct world *w)
{
	venue_says(w, "{\"post_only\":true,\"ms\":9000}");
}

static void no_budget(struct world *w)
{
	venue_says(w, "{\"budget\":1}");
}

static void crowded(struct world *w)
{
	venue_says(w, "{\"litter\":1000}");
}

static void expired(struct world *w)
{
	w->net.cut = true;
}

static void sockets_die(struct world *w)
{
	paper_kill_sockets(w->paper);
}

static void engine_dies(struct world *w)
{
	w->kill_in = 1 + (int64_t)prng_below(&w->rng, 40);
}

static void signer(struct world *w, bool ready)
{
	struct event ev = world_event(w, EV_SIGNER);

	ev.signer.ready = ready;
	ev.signer.nonce_hw = w->top_nonce;
	if (w->alive)
		world_step(w, &ev);
}

static void signer_dies(struct world *w)
{
	signer(w, false);
}

static void signer_is_back(struct world *w)
{
	signer(w, true);
}

static void disk_full(struct world *w)
{
	world_disk_full(w, LASTS_MS * MS);
}

static void blind(struct world *w)
{
	paper_fault(w->paper, FAULT_FREEZE, -1, 9000, 0);
	paper_fault(w->paper, FAULT_FREEZE_USER, -1, 9000, 0);
}

static void other_twap(struct world *w) /* a TWAP of another hand, and a foreign stop entry */
{
	struct prng r;

	prng_seed(&r, w->seed + 5);
	for (int k = 0; k < 12; k++)
		hand_act(w, &r);
	hand_cancel(w);
}

/* Nothing is pushed, more than half of the reads fail, and another hand places an entry: a round of
 * reads with a hole in it proves nothing. */
static void unheard(struct world *w)
{
	struct prng r;

	prng_seed(&r, w->seed + 9);
	paper_fault(w->paper, FAULT_FREEZE_USER, -1, 9000, 0);
	paper_fault(w->paper, FAULT_READ_ERROR, -1, 0, 600);
	hand_stop_entry(w, w->n_sessions > 1 && w->seed % 2, w->faults.dex && w->seed % 3 ? 3 : 0,
			&r);
}

static const struct fault {
	const char *name;
	void (*begin)(struct world *);
	void (*end)(struct world *);
	int64_t lasts_ms;
} faults[] = {
	{"answer lost", ack_lost, NULL, LASTS_MS},
	{"accepted then error", ack_error, NULL, LASTS_MS},
	{"502, half executed", half_executed, NULL, LASTS_MS},
	{"lost before it came", dropped, NULL, LASTS_MS},
	{"disconnect", disconnect, NULL, LASTS_MS},
	{"sockets die", sockets_die, NULL, LASTS_MS},
	{"429", too_many, NULL, LASTS_MS},
	{"delay 5-40 s", late, NULL, 45000},
	{"frames twice", twice, NULL, LASTS_MS},
	{"late fills", late_fills, NULL, LASTS_MS},
	{"reduce-only reject", covered, NULL, LASTS_MS},
	{"post-only", only_post, NULL, 9000},
	{"no requests left", no_budget, NULL, LASTS_MS},
	{"1,000 orders", crowded, NULL, LASTS_MS},
	{"expired", expired, NULL, 33000},
	{"engine killed", engine_dies, NULL, LASTS_MS},
	{"signer killed", signer_dies, signer_is_back, LASTS_MS},
	{"disk full", disk_full, NULL, LASTS_MS},
	{"blind", blind, NULL, 9000},
	{"other hand", other_twap, NULL, LASTS_MS},
	{"unheard", unheard, NULL, 9000},
};

/* ---- phases: the flatten has come so far ---- */

static bool at_once(const struct world *w)
{
	(void)w;
	return true;
}

static bool rung_sent(const struct world *w)
{
	return flat_newest(w->engine)->f.n && flat_newest(w->engine)->f.leg[0].tries > 0;
}

static bool between_rungs(const struct world *w)
{
	return rung_sent(w) && w->now_ns - flat_newest(w->engine)->f.leg[0].sent_ns > 500 * MS;
}

static bool cancels_run(const struct world *w)
{
	return flat_newest(w->engine)->f.cancel_ns &&
	       w->now_ns - flat_newest(w->engine)->f.cancel_ns > 30 * MS;
}

static bool verifying(const struct world *w)
{
	return flat_newest(w->engine)->f.state == FLAT_VERIFYING;
}

static bool after_flat(const struct world *w)
{
	return flat_newest(w->engine)->f.done;
}

static const struct phase {
	const char *name;
	bool (*now)(const struct world *);
	bool before; /* before the command */
	bool slow;   /* the first tries are lost, so that there is a between */
} phases[] = {
	{"before rung 1", at_once, true, false},       {"rung 1 sent", rung_sent, false, false},
	{"between rungs", between_rungs, false, true}, {"cancels run", cancels_run, false, false},
	{"verifying", verifying, false, false},	       {"after FLAT", after_flat, false, false},
};

const int pair_faults = COUNT_OF(faults), pair_phases = COUNT_OF(phases);

const char *pair_fault_name(int f)
{
	return faults[f].name;
}

const char *pair_phase_name(int p)
{
	return phases[p].name;
}

static bool is_flat(const struct world *w)
{
	const struct flat_slot *s = flat_newest(w->engine);

	return w->alive && s->used && s->f.done && s->f.state == FLAT_FLAT;
}

static bool truly_flat(const struct world *w)
{
	for (uint32_t a = 0; a < w->n_sessions; a++) {
		for (int i = 0; i < w->n_coins; i++)
			if (paper_szi(w->paper, world_user(w, a), world_coin(w, i)).v)
				return false;
		if (paper_openers(w->paper, world_user(w, a)))
			return false;
	}
	return true;
}

static bool flatten(struct world *w)
{
	struct cmd c = {.kind = CMD_FLATTEN};

	c.flatten.part.v = 1000000000000LL;
	c.flatten.account = w->n_sessions > 1 ? 0xff : 0;
	return world_cmd(w, &c);
}

static void set_up(struct world *w, uint64_t seed, bool slow)
{
	struct prng r;

	prng_seed(&r, seed * 31 + 7);
	world_run(w, w->now_ns + 5 * S);
	for (int k = 0; k < 3; k++)
		hand_act(w, &r);
	hand_stop_entry(w, 0, 0, &r);
	if (seed % 2)
		venue_says(w, "{\"reduce_only\":\"reject\"}");
	world_run(w, w->now_ns + 13 * S); /* what FLAT rests on is younger than the hand */
	if (slow)
		paper_fault(w->paper, FAULT_DROP, 4, 0, 0);
}

/* As an operator would: asks again when it asks, or when its engine came back without it. */
static void persist(struct world *w, int64_t until_ns)
{
	while (w->now_ns < until_ns && !w->broken[0] && !(is_flat(w) && truly_flat(w))) {
		const struct flat_slot *s = flat_newest(w->engine);

		world_run(w, w->now_ns + S);
		if (w->alive && (!s->used || s->f.done) && !(is_flat(w) && truly_flat(w)))
			flatten(w);
	}
}

void pair_run(int f, int p, uint64_t seed, bool verbose, char broken[400])
{
	/* every other seed with a builder dex, half of all with a sub-account */
	const struct world_faults none = {
		.rtt_ms = 120, .hand = true, .dex = seed % 2 == 0, .sub = (seed + (uint64_t)p) % 2};
	const struct fault *x = &faults[f];
	struct world *w = world_new(seed * 1000 + (uint64_t)(f * 10 + p), &none);
	int64_t until, struck;

	w->verbose = verbose;
	set_up(w, seed, phases[p].slow);
	if (phases[p].before)
		x->begin(w);
	struck = w->now_ns;
	flatten(w);
	until = w->now_ns + 20 * S;
	while (!phases[p].before && w->now_ns < until && !w->broken[0]) {
		world_run(w, w->now_ns + 10 * MS);
		if (w->alive && phases[p].now(w)) {
			x->begin(w);
			struck = w->now_ns;
			break;
		}
	}
	world_run(w, struck + x->lasts_ms * MS);
	if (x->end)
		x->end(w);
	world_heal(w);
	hand_cancel(w);
	persist(w, w->now_ns + 300 * S);
	if (!w->broken[0] && !(is_flat(w) && truly_flat(w)))
		world_break(
			w,
			"not flat 300 s after the fault: %s; state %u, %u reads, %u openers here, "
			"%u there",
			flat_newest(w->engine)->f.text, flat_newest(w->engine)->f.state,
			flat_newest(w->engine)->f.reads, flat_newest(w->engine)->openers,
			paper_openers(w->paper, w->user));
	/* nothing of it arrives later */
	if (!w->broken[0])
		world_run(w, w->now_ns + 45 * S);
	if (!w->broken[0] && !truly_flat(w))
		world_break(w, "something came after FLAT");
	if (!w->broken[0])
		check_end(w);
	memcpy(broken, w->broken, 400);
	world_free(w);
}
