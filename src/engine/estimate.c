/* estimate.c: the estimates of plan/live.h, fed by the events of the market. A coin has them while
 * its book is kept; volatility it has always. Nothing here decides anything: what rests on them
 * (ticket, exits, danger) asks estimates_fill. */
#include <string.h>

#include "engine/inner.h"

static const struct live_prior *fitted(const struct engine *e, uint16_t instr)
{
	for (uint32_t i = 0; i < e->conf.n_priors; i++)
		if (!strcmp(e->conf.prior[i].name, coin_of(e, instr)))
			return &e->conf.prior[i];
	return NULL;
}

double estimate_sigma_30d(const struct engine *e, uint16_t instr)
{
	return live_sigma_30d(coin_of(e, instr), fitted(e, instr));
}

void estimate_begin(struct engine *e, uint16_t instr)
{
	uint32_t at = e->mkt[instr].book - 1u;

	live_init(&e->live[at]);
	live_prior_of(&e->prior[at], coin_of(e, instr), fitted(e, instr));
}

void estimate_book(struct engine *e, uint16_t instr)
{
	uint32_t at = e->mkt[instr].book - 1u;

	live_book(&e->live[at], &e->prior[at], &e->book[at], e->now_ns);
}

void estimate_deep(struct engine *e, uint16_t instr)
{
	uint32_t at = e->mkt[instr].book - 1u;

	live_deep(&e->live[at], &e->deep[at], e->now_ns);
}

void estimate_trade(struct engine *e, uint16_t instr, const struct trade *t)
{
	const struct mkt *m = &e->mkt[instr];

	if (m->book)
		live_trade(&e->live[m->book - 1], qty_to_double(t->sz), e->wall_ms, e->now_ns);
}

void estimate_season(const struct engine *e, uint16_t instr, struct season *out)
{
	const struct mkt *m = &e->mkt[instr];

	*out = (struct season){{0}};
	if (m->book)
		live_season(&e->live[m->book - 1], out);
}

const char *estimates_fill(const struct engine *e, uint16_t instr, struct estimate out[EST_KINDS])
{
	const struct mkt *m = &e->mkt[instr];
	const struct live_prior *f = fitted(e, instr);
	struct live_prior p;

	live_prior_of(&p, coin_of(e, instr), f);
	live_get(m->book ? &e->live[m->book - 1] : NULL, &m->vol, &p,
		 price_to_double(m->mark.v > 0 ? m->mark : m->mid), money_to_double(m->day_usd),
		 e->now_ns, out);
	return f ? f->name : LIVE_PRIOR[live_class_of(coin_of(e, instr))].name;
}
