/* ticket_grid.c: what the ticket asks of the absorbing grid, and what it does with the answer.
 * While there is none it shows the closed-form bound, and says so.
 *
 * 1. An answer to knobs that have been turned since is dropped.
 * 2. The urgency follows a search only while danger is held and no choice stands. */
#include <math.h>
#include <string.h>

#include "ui/ui_in.h"
#include "base/banned.h"

#define SEARCH_NS INT64_C(5000000000) /* the urgency for a chance is searched so often */

bool ticket_limit(const struct ui *u)
{
	const struct ui_ticket *k = &u->ticket;

	return k->limit_ok && k->limit_turn == k->turn;
}

bool ticket_looked(const struct ui *u)
{
	const struct ui_ticket *k = &u->ticket;

	return k->valid && k->look_made && k->look.turn == k->turn;
}

bool ticket_danger(const struct ui *u, int way, double *p)
{
	const struct ui_ticket *k = &u->ticket;
	bool grid = ticket_looked(u) && k->look.has_way[way];

	*p = grid ? k->look.way[way] : k->ways[way].danger;
	if (!grid && way == k->way && k->valid)
		*p = k->plan.danger;
	return grid;
}

uint32_t ticket_curve_at(uint32_t i)
{
	return i * (FRONTIER_N - 1) / (THINK_CURVE - 1);
}

bool ticket_front_danger(const struct ui *u, uint32_t at, double *p)
{
	const struct ui_ticket *k = &u->ticket;
	const double least = 1e-9;

	*p = k->front[at].danger;
	if (!ticket_looked(u) || k->look.n_curve < THINK_CURVE)
		return false;
	uint32_t i = 0;
	while (i + 2 < THINK_CURVE && ticket_curve_at(i + 1) < at)
		i++;
	double a = log(fmax(k->look.curve[i], least)), b = log(fmax(k->look.curve[i + 1], least));
	double from = ticket_curve_at(i), to = ticket_curve_at(i + 1);
	*p = exp(a + (b - a) * (at - from) / (to - from));
	return true;
}

/* The neighbours of the plan on the frontier. */
static void neighbours(const struct ui_ticket *k, struct think_in *in)
{
	uint32_t at = 0;

	if (k->n_front < 3 || !algo_urgent(k->chosen.algo))
		return;
	for (uint32_t i = 1; i < k->n_front; i++)
		if (fabs(k->front[i].urgency - k->chosen.urgency) <
		    fabs(k->front[at].urgency - k->chosen.urgency))
			at = i;
	in->has_near[0] = at > 0;
	in->has_near[1] = at + 1 < k->n_front;
	in->near[0] = at > 0 ? k->front[at - 1].urgency : 0;
	in->near[1] = at + 1 < k->n_front ? k->front[at + 1].urgency : 0;
}

bool ui_question(struct ui *u, struct think_in *in)
{
	struct ui_ticket *k = &u->ticket;

	if (ui_top(u) != LAYER_TICKET || !k->valid || !k->asks || !k->chosen.account.known)
		return false;
	k->asks = false;
	memset(in, 0, sizeof *in);
	in->turn = k->turn;
	in->asked_ns = u->now_ns;
	in->p = k->chosen;
	in->chosen = k->way;
	memcpy(in->way, k->ways, sizeof in->way);
	in->instr = k->instr;
	in->has_book = k->chosen.book != NULL;
	in->has_deep = k->chosen.deep != NULL;
	if (in->has_book)
		in->book = *k->chosen.book;
	if (in->has_deep)
		in->deep = *k->chosen.deep;
	neighbours(k, in);
	for (uint32_t i = 0; k->n_front == FRONTIER_N && i < THINK_CURVE; i++)
		in->curve[in->n_curve++] = k->front[ticket_curve_at(i)].urgency;
	in->eps = ratio_to_double(k->t.risk);
	in->search = k->hold == HOLD_DANGER && k->way == WAY_DEADLINE && in->eps > 0 &&
		     !u->confirm.choice && k->chosen.horizon_ms > 0 &&
		     (!ticket_limit(u) || u->now_ns - k->limit_ns >= SEARCH_NS);
	return true;
}

bool ui_answer(struct ui *u, const struct think_out *out)
{
	struct ui_ticket *k = &u->ticket;

	if (ui_top(u) != LAYER_TICKET || out->turn != k->turn)
		return false; /* of knobs that have been turned since */
	if (out->searched) {
		k->limit_ok = out->found;
		k->limit = out->limit;
		k->limit_turn = out->turn;
		k->limit_ns = out->asked_ns;
		if (!out->found)
			ui_notice(u, "%s", out->why_not);
		ticket_remake(u);
		k->asks = false; /* the answer is about this urgency already */
	}
	k->look = *out;
	k->look_made = true;
	return true;
}

void ui_think_now(struct ui *u)
{
	static struct think_in in; /* one screen a process */
	static struct think_work work;
	struct think_out out;

	if (!ui_question(u, &in))
		return;
	think(&in, &work, &out);
	ui_answer(u, &out);
}
