/* drill.c: drills in virtual time (drill.h). See HACKING.md for what the table proves.
 *
 * The engine's run ends early when it has said FLAT, the venue agrees, nothing is on its way and
 * nobody else acts on the account: from then on the loss cannot change. */
#include "engine/inner.h"
#include "engine/sheetfill.h"
#include "tests/sim/drill.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "paper/str.h"
#include "tests/sim/world.h"

#define S 1000000000LL

enum { RTT_MS = 200, ACT_S = 2, TRIES = 30, QUIET_S = 15, AGAIN_S = 5 };

static const struct {
	const char *name, *text;
} policies[PLAY_COUNT] = {
#define X(id, name, text) [PLAY_##id] = {name, text},
	POLICIES(X)
#undef X
};

const char *policy_name(enum policy p)
{
	return policies[p].name;
}

bool policy_find(enum policy *out, const char *name)
{
	for (int i = 0; i < PLAY_COUNT; i++)
		if (!strcmp(policies[i].name, name)) {
			*out = (enum policy)i;
			return true;
		}
	return false;
}

/* ---- without a client ---- */

static const char somebody[] = "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf";

static struct drill_conf conf_of(const struct drill *d, uint64_t seed)
{
	/* The world's own start, so that a funding hour falls alike. */
	struct drill_conf c = {.drill = d, .seed = seed, .start_ms = 1760000010000LL};

	memcpy(c.addr, somebody, sizeof c.addr);
	return c;
}

void drill_run_bar(struct drill_bar *out, const struct drill *d, uint64_t seed)
{
	struct drill_conf c = conf_of(d, seed);
	struct err e = {0};

	if (!drill_bar(out, &c, &e))
		BUG(e.text);
}

static void finish(struct played *out, struct drill_run *r, const struct drill_bar *bar,
		   const struct drill_said *said, bool timeline)
{
	struct str s = {0};

	drill_finish(r);
	drill_measure(&out->facts, r, bar, said);
	drill_score(&out->points, &out->facts);
	if (out->broken[0])
		out->points.total = 0;
	if (!timeline)
		return;
	drill_put_timeline(&s, r);
	drill_put_score(&s, r, bar, &out->facts, &out->points);
	fputs(str_text(&s), stdout);
	if (out->broken[0])
		printf("  BROKEN: %s\n", out->broken);
	str_free(&s);
}

static void run_dummy(struct played *out, const struct drill *d, uint64_t seed,
		      enum drill_player who, const struct drill_bar *bar, bool timeline)
{
	struct drill_conf c = conf_of(d, seed);
	struct drill_hand h = {.who = who};
	struct drill_said said = {0};
	struct drill_run r;
	struct err e = {0};

	if (!drill_open(&r, &c, &e))
		BUG(e.text);
	while (!drill_over(&r)) {
		paper_advance(r.paper, paper_deadline(r.paper));
		drill_tick(&r);
		drill_play(&r, &h);
	}
	finish(out, &r, bar, &said, timeline);
	drill_close(&r);
}

/* ---- ours ---- */

static bool say(struct world *w, const struct cmd *c, bool timeline)
{
	bool answered = world_cmd(w, c);

	if (timeline)
		printf("%+8.1f s  command %u: %s\n", drill_seconds(w->drill), c->kind,
		       answered ? w->reply.text : "no answer");
	return answered && w->reply.code == 0;
}

static bool say_sell(struct world *w, uint8_t verb, bool timeline)
{
	struct cmd c = {.kind = CMD_FLATTEN};

	c.flatten.scope = FLAT_ALL;
	c.flatten.verb = verb;
	c.flatten.part.v = 1000000000000LL;
	return say(w, &c, timeline);
}

static bool say_guard(struct world *w, bool timeline)
{
	struct cmd c = {.kind = CMD_GUARD};

	c.guard.scope = FLAT_ALL;
	return say(w, &c, timeline);
}

/* An exit for every leg that has none yet. */
static bool say_exits(struct world *w, uint32_t *done, uint8_t algo, double for_s, bool timeline)
{
	const struct drill *d = w->drill->conf.drill;

	for (uint32_t i = 0; i < d->n_legs; i++) {
		struct cmd c = {.kind = CMD_EXIT};

		if (*done & (1u << i))
			continue;
		snprintf(c.ticket.coin, sizeof c.ticket.coin, "%s", d->leg[i].coin);
		c.ticket.target = TARGET_SIZE;
		c.ticket.size.unit = SIZE_ALL;
		c.ticket.algo = algo;
		c.ticket.place = PLACE_CROSS;
		c.ticket.horizon_ms = (int64_t)(for_s * 1000);
		c.ticket.cap.v = 250000000000LL;
		c.ticket.urgency.v = 600000000000LL;
		c.ticket.seed = w->seed + i;
		if (say(w, &c, timeline))
			*done |= 1u << i;
	}
	return *done == (1u << d->n_legs) - 1;
}

/* The sheet of now cuts some leg by a step more than what runs will still do. */
static bool cut_is_larger(const struct world *w)
{
	static struct sheet_in in;
	static struct sheet sheet;
	const struct flatten all = {.scope = FLAT_ALL, .part = {1000000000000LL}};
	const struct sheet_line *l = &sheet.line[SHEET_TRIM];

	sheet_fill_engine(w->engine, &all, &in);
	sheet_make(&in, &sheet);
	for (uint32_t i = 0; i < l->n; i++) {
		const struct sheet_leg_in *g = &in.leg[l->leg[i].leg];
		double held = qty_to_double((struct qty){llabs(g->szi.v)});

		if (qty_to_double(l->leg[i].size) - qty_to_double(g->cutting) >= 0.05 * held)
			return true;
	}
	return false;
}

/* Pressed again, 5 s after the last time, when it gave up and asks; TRIM also when its fresh cut is
 * larger by a step; NOW also when something is held
 * and none runs: because somebody else opened again. */
static bool again(const struct world *w, enum policy p)
{
	const struct flat_slot *f = flat_newest(w->engine);

	if (!f->used || drill_is_flat(w->drill))
		return false;
	return p == PLAY_NOW	? f->f.done || f->f.asked
	       : p == PLAY_TRIM ? f->f.asked || cut_is_larger(w)
	       : p == PLAY_CARE ? f->f.asked
				: false;
}

static bool act(struct world *w, enum policy p, uint32_t *done, bool timeline)
{
	switch (p) {
	case PLAY_NOW:
		return say_sell(w, VERB_NOW, timeline);
	case PLAY_TRIM:
		return say_sell(w, VERB_TRIM, timeline);
	case PLAY_CARE:
		return say_sell(w, VERB_CARE, timeline);
	case PLAY_GUARD:
		return say_guard(w, timeline);
	case PLAY_PLAN:
		return say_exits(w, done, ALGO_AC, w->drill->conf.drill->plan_s, timeline);
	default:
		return true;
	}
}

static bool over(const struct world *w, int64_t *quiet_ns)
{
	const struct drill *d = w->drill->conf.drill;

	if (w->broken[0] || drill_over(w->drill))
		return true;
	if (!w->flat_said || d->others || !drill_is_flat(w->drill))
		*quiet_ns = w->now_ns;
	return w->now_ns - *quiet_ns > QUIET_S * S;
}

static void run_ours(struct played *out, const struct drill *d, uint64_t seed, enum policy p,
		     const struct drill_bar *bar, bool timeline)
{
	const struct world_faults f = {.rtt_ms = RTT_MS, .drill = d};
	struct world *w = world_new(seed, &f);
	int64_t alarm_ns = w->now_ns + DRILL_CALM_S * S, quiet_ns = 0;
	uint32_t done = 0;
	bool acted = false;

	w->verbose = timeline;
	world_run(w, alarm_ns + ACT_S * S);
	for (int i = 0, last = 0; !over(w, &quiet_ns); i++) {
		if (acted && i - last >= AGAIN_S && again(w, p)) {
			acted = false;
			last = i;
		}
		if (!acted && i - last < TRIES && act(w, p, &done, timeline)) {
			acted = true;
			last = i;
		}
		world_run(w, w->now_ns + S);
	}
	if (!acted && w->n_replies)
		snprintf(out->refused, sizeof out->refused, "%.120s", w->reply.text);
	memcpy(out->broken, w->broken, sizeof out->broken);
	finish(out, w->drill, bar, &w->said, timeline);
	out->hash = w->hash;
	world_free(w);
}

void drill_run_policy(struct played *out, const struct drill *d, uint64_t seed, enum policy p,
		      const struct drill_bar *bar, bool timeline)
{
	*out = (struct played){0};
	switch (p) {
	case PLAY_NOTHING:
		run_dummy(out, d, seed, DP_NOTHING, bar, timeline);
		break;
	case PLAY_CLOSE1:
		run_dummy(out, d, seed, DP_CLOSE1, bar, timeline);
		break;
	case PLAY_TWAP5:
		run_dummy(out, d, seed, DP_TWAP5, bar, timeline);
		break;
	default:
		run_ours(out, d, seed, p, bar, timeline);
		break;
	}
}
