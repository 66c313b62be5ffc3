/* side.c: one side of two books of the same market. See side.h.
 *
 * Invariant: prices get strictly worse from level to level; every level is positive. */
#include <math.h>

#include "plan/side.h"
#include "base/banned.h"

static const struct level *levels(const struct book *b, enum side taker, uint32_t *n)
{
	*n = taker == SIDE_SELL ? b->n_bid : b->n_ask;
	return taker == SIDE_SELL ? b->bid : b->ask;
}

uint32_t side_levels(const struct book *fine, const struct book *deep, enum side taker, double want,
		     uint32_t parts, struct cost_level *out)
{
	uint32_t n = 0, m;
	const struct level *l = levels(fine, taker, &n);
	double seen = 0, cum = 0;
	for (uint32_t k = 0; k < n; k++) {
		out[k] = (struct cost_level){price_to_double(l[k].px), qty_to_double(l[k].sz)};
		seen += out[k].size;
	}
	if (!deep || !n || seen >= want)
		return n;
	const struct level *d = levels(deep, taker, &m);
	double edge = out[n - 1].px;
	for (uint32_t i = 0; i < m; i++) {
		double px = price_to_double(d[i].px), sz = qty_to_double(d[i].sz);
		double more = fmin(sz, cum + sz - seen);
		cum += sz;
		if (taker == SIDE_SELL ? px >= edge : px <= edge)
			continue;
		for (uint32_t j = 0; j < parts && more > 0; j++)
			out[n++] = (struct cost_level){edge + (px - edge) * (j + 0.5) / parts,
						       more / parts};
		edge = px;
	}
	return n;
}
