/* groups.c: the line of exits begun together (g1): what its legs come to, above them.
 *
 * Coins do not add up, so sizes are USD at the arrival prices; the danger is that of the leg that
 * has most, which is the pool's where they are one. */
#include "ui/views/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/banned.h"

bool group_sum(const struct snap *s, uint32_t group, struct group_sum *out)
{
	struct group_sum g = {.group = group};

	for (uint32_t i = 0; group && i < s->n_exits; i++) {
		const struct snap_exit *x = &s->exit[i];
		double px = price_to_double(x->arrival);

		if (x->ticket.group != group)
			continue;
		g.n++;
		g.live += exit_is_live(x);
		g.usd += fabs(qty_to_double(x->total)) * px;
		g.done += fabs(qty_to_double(x->done)) * px;
		g.planned += x->planned_left * px;
		g.cost += x->cost.total;
		g.bp += x->vs_start_bp * fabs(qty_to_double(x->done)) * px;
		g.end_ms = x->planned_end_ms > g.end_ms ? x->planned_end_ms : g.end_ms;
		if (exit_is_live(x) && x->has_danger) {
			g.danger = g.has_danger ? fmax(g.danger, x->danger) : x->danger;
			g.has_danger = true;
		}
	}
	g.bp = g.done > 0 ? g.bp / g.done : 0;
	*out = g;
	return g.n > 1;
}

bool group_begins(const struct snap *s, uint32_t i, bool live_only)
{
	uint32_t group = s->exit[i].ticket.group;

	for (uint32_t k = 0; k < i; k++)
		if (s->exit[k].ticket.group == group && (!live_only || exit_is_live(&s->exit[k])))
			return false;
	return group != 0;
}
