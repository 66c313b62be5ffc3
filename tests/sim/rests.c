/* rests.c: what the sheet says that a run cancels, and that NOW sends, against what the step of its
 * command sends.
 *
 * Said before the command by the sheet's own functions; counted after it in the actions that were
 * signed, but for what is no business of the run: a guard that moves, a child of another exit. */
#include <string.h>

#include "base/check.h"
#include "engine/inner.h"
#include "engine/sheetfill.h"
#include "tests/sim/world.h"

static struct resting said_of(struct world *w, const struct flatten *f)
{
	static struct sheet_in in;
	static struct sheet sheet;
	struct resting r = {0};

	if (f->verb != VERB_TRIM || !f->n_cuts) {
		sheet_fill_engine(w->engine, f, &in);
		sheet_make(&in, &sheet);
		w->rests.orders = sheet.line[SHEET_NOW].orders;
		w->rests.actions = sheet.line[SHEET_NOW].actions;
		return sheet
			.line[f->verb == VERB_TRIM   ? SHEET_TRIM
			      : f->verb == VERB_CARE ? SHEET_CARE
						     : SHEET_NOW]
			.rests;
	}
	for (int i = 0; i < f->n_cuts; i++) {
		uint16_t id = instr_find(&w->engine->instrs, f->cut[i].coin);
		struct resting one = resting_of(w->engine, f->cut[i].account, id);

		r.cancels += one.cancels;
		r.twaps += one.twaps;
	}
	return r;
}

/* Children of exits whose cancel left so lately that it is not said again. */
static uint32_t under_way(const struct world *w)
{
	uint32_t n = 0;

	for (int i = 0; i < EXITS_MAX; i++)
		for (int k = 0; w->engine->exit[i].used && k < EXIT_CHILDREN; k++) {
			int64_t at = w->engine->exit[i].x.child[k].cancel_ns;
			n += at && w->now_ns - at < 2000000000;
		}
	return n;
}

void rests_say(struct world *w, const struct cmd *c)
{
	const struct engine *e = w->engine;
	bool keys = true;

	for (uint8_t a = 0; a < e->conf.n_accounts; a++)
		keys = keys && e->acct[a].key_ready;
	w->rests.on = c->kind == CMD_FLATTEN && !c->flatten.dry_run && keys && !flats_running(e);
	if (!w->rests.on)
		return;
	w->rests.said = said_of(w, &c->flatten);
	w->rests.now = c->flatten.verb == VERB_NOW && !e->post_only;
	w->rests.under_way = under_way(w);
	w->rests.wires = w->n_wires;
}

static bool of_the_run(const struct world *w, uint8_t account, const struct act_cancel *c)
{
	const struct engine *e = w->engine;
	uint16_t at = c->oid ? orders_by_oid(e, account, c->oid) : orders_by_cloid(e, c->cloid);
	const struct order *o;

	if (at == NONE16)
		return true;
	o = &e->orders.at[at];
	if (o->whose == WHOSE_GUARD)
		return false;
	for (int i = 0; o->whose == WHOSE_EXIT && i < EXITS_MAX; i++)
		if (e->exit[i].used && e->exit[i].x.id == o->exit)
			return e->exit[i].x.ended_by == w->reply.exit;
	return true;
}

/* Whether an action carries closes of the run; *orders: so many more. */
static bool closes_of(const struct world *w, const struct act *a, uint32_t *orders)
{
	const struct engine *e = w->engine;
	bool any = false;

	for (uint32_t j = 0; a->kind == ACT_ORDER && j < a->n; j++) {
		uint16_t at = orders_by_cloid(e, a->order[j].cloid);
		bool of = at != NONE16 && e->orders.at[at].whose == WHOSE_PANIC &&
			  e->orders.at[at].panic == w->reply.exit;

		*orders += of;
		any = any || of;
	}
	return any;
}

static void sent_hold(struct world *w)
{
	uint32_t orders = 0, actions = 0;

	for (uint32_t i = w->rests.wires; i < w->n_wires; i++)
		actions += closes_of(w, &w->wire[i].act, &orders);
	w->rests.sent += orders > 0;
	if (orders != w->rests.orders || actions != w->rests.actions)
		world_break(w, "the sheet says p%u sends %u orders in %u actions, it sent %u in %u",
			    w->reply.exit, w->rests.orders, w->rests.actions, orders, actions);
}

void rests_hold(struct world *w)
{
	uint64_t twap[64];
	uint32_t orders = 0, twaps = 0;

	if (!w->rests.on || !w->alive || w->reply.code || !flat_find(w->engine, w->reply.exit))
		return;
	for (uint32_t i = w->rests.wires; i < w->n_wires; i++) {
		const struct wire *s = &w->wire[i];
		uint32_t k = 0;

		if (s->act.kind == ACT_CANCEL || s->act.kind == ACT_CANCEL_CLOID)
			for (uint32_t j = 0; j < s->act.n; j++)
				orders += of_the_run(w, s->account, &s->act.cancel[j]);
		if (s->act.kind != ACT_TWAP_CANCEL)
			continue;
		while (k < twaps && twap[k] != s->act.twap_cancel.twap_id)
			k++; /* an exit's own is taken away by both */
		if (k == twaps && twaps < COUNT_OF(twap))
			twap[twaps++] = s->act.twap_cancel.twap_id;
	}
	if (w->rests.now)
		sent_hold(w);
	w->rests.held++;
	w->rests.some += w->rests.said.cancels + w->rests.said.twaps > 0;
	if (orders > w->rests.said.cancels || twaps > w->rests.said.twaps ||
	    orders + twaps + w->rests.under_way < w->rests.said.cancels + w->rests.said.twaps)
		world_break(w,
			    "the sheet says p%u cancels %u orders and %u TWAPs, sent were %u and "
			    "%u",
			    w->reply.exit, w->rests.said.cancels, w->rests.said.twaps, orders,
			    twaps);
}
