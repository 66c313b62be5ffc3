/* pairs.c: see pairs.h. */
#include "plan/pairs.h"

enum { PAIR_PARTS = 4 };

struct pair_room pairs_room(const struct pairs *p)
{
	double pair = (p->up < p->down ? p->up : p->down) / PAIR_PARTS;
	double bound = p->net0 > pair ? p->net0 : pair;

	return (struct pair_room){.down = bound + p->net - p->fly_down,
				  .up = bound - p->net - p->fly_up};
}

int64_t pairs_fit(struct pair_room *r, const struct instr *i, bool raises, double beta_usd,
		  int64_t size)
{
	double *room = raises ? &r->up : &r->down;
	struct qty q = {size};

	if (beta_usd <= 0)
		return size;
	if (qty_to_double(q) * beta_usd > *room) {
		if (*room <= 0 || !qty_from_double(&q, *room / beta_usd))
			return 0;
		q = instr_floor_qty(i, q);
	}
	if (q.v > size)
		q.v = size;
	*room -= qty_to_double(q) * beta_usd;
	return q.v;
}
