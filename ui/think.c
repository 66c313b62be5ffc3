/* think.c: see think.h. The row chosen comes first, with the urgency that the search found. */
#include "ui/think.h"

#include <string.h>

#include "base/buf.h"
#include "base/banned.h"

static void words(char *out, size_t cap, const struct err *e)
{
	struct buf b;

	buf_init(&b, out, cap);
	buf_puts(&b, e->text);
}

static bool chance(const struct plan_problem *p, struct think_work *w, struct plan_chance *c,
		   struct err *e)
{
	return plan_make(p, &w->plan, e) && plan_chance(p, &w->plan, &w->grid, c, e);
}

static void search(struct think_in *in, struct think_work *w, struct think_out *r)
{
	struct err e = {0};

	r->searched = true;
	r->found = plan_within(&in->p, in->eps, &w->grid, &w->plan, &r->limit, &e);
	if (!r->found)
		words(r->why_not, sizeof r->why_not, &e);
	if (r->found && r->limit.kind == URGENCY_MET) {
		in->p.algo = ALGO_AC;
		in->p.urgency = r->limit.urgency;
	}
}

void think(struct think_in *in, struct think_work *w, struct think_out *out)
{
	struct think_out r = {.turn = in->turn, .asked_ns = in->asked_ns};
	struct plan_problem *p = &in->p;
	struct plan_chance c;
	struct err e = {0};

	p->instr = &in->instr;
	p->book = in->has_book ? &in->book : NULL;
	p->deep = in->has_deep ? &in->deep : NULL;
	if (in->search)
		search(in, w, &r);
	r.ok = chance(p, w, &r.chosen, &e);
	if (!r.ok)
		words(r.reason, sizeof r.reason, &e);
	for (int i = 0; i < 2; i++) {
		struct plan_problem q = *p;
		q.urgency = in->near[i];
		r.has_near[i] = in->has_near[i] && chance(&q, w, &c, &e);
		r.near[i] = r.has_near[i] ? c.p : 0;
	}
	for (int i = 0; i < WAYS; i++) {
		struct plan_problem q = *p;
		if (i == in->chosen) {
			r.has_way[i] = r.ok;
			r.way[i] = r.ok ? r.chosen.p : 0;
			continue;
		}
		q.algo = in->way[i].algo;
		q.horizon_ms = in->way[i].horizon_ms;
		q.urgency = in->way[i].urgency;
		q.slots = 0;
		r.has_way[i] = in->way[i].ok && chance(&q, w, &c, &e);
		r.way[i] = r.has_way[i] ? c.p : 0;
	}
	for (; r.n_curve < in->n_curve; r.n_curve++) {
		struct plan_problem q = *p;
		q.algo = ALGO_AC;
		q.urgency = in->curve[r.n_curve];
		if (!chance(&q, w, &c, &e))
			break;
		r.curve[r.n_curve] = c.p;
	}
	*out = r;
}
