/* funding.c: hourly funding on market time.
 *
 * F(8h) = P + clamp(0.0001 - P, -0.0005, 0.0005), P the hour's average premium; an eighth of it is
 * paid each hour on szi * oracle, at most 4 %. Positive: longs pay. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "paper/state.h"

#include "base/banned.h"

enum { FUNDINGS_OF_ACCOUNT = 20000 };

int64_t funding_hourly(int64_t premium)
{
	const int64_t interest = RATE_ONE / 10000, clamp = RATE_ONE / 2000, cap = RATE_ONE / 25;
	int64_t d = interest - premium, rate;

	d = d > clamp ? clamp : d < -clamp ? -clamp : d;
	rate = (premium + d) / 8;
	return rate > cap ? cap : rate < -cap ? -cap : rate;
}

static void event_add(struct paper *p, struct acct *a, const struct funding_event *e)
{
	if (a->n_fundings == FUNDINGS_OF_ACCOUNT) {
		memmove(a->fundings, a->fundings + FUNDINGS_OF_ACCOUNT / 2,
			FUNDINGS_OF_ACCOUNT / 2 * sizeof *a->fundings);
		a->n_fundings = FUNDINGS_OF_ACCOUNT / 2;
	}
	if (a->n_fundings == a->cap_fundings) {
		a->cap_fundings = a->cap_fundings ? 2 * a->cap_fundings : 16;
		a->fundings = realloc(a->fundings, a->cap_fundings * sizeof *a->fundings);
		ASSERT(a->fundings != NULL);
	}
	a->fundings[a->n_fundings++] = *e;
	if (a->ev_fundings.len > 0)
		str_putc(&a->ev_fundings, ',');
	put_funding(p, e, &a->ev_fundings);
	a->touched = true;
}

static void pay(struct paper *p, struct acct *a, uint16_t coin, int64_t rate)
{
	struct position *x = &a->pos[coin];
	int64_t ntl = pm_ntl(p->coin[coin].oracle, x->szi);
	int64_t usdc = -num_cut(num_muldiv(ntl, rate, RATE_ONE), 8, 6);

	if (x->isolated)
		x->raw += usdc;
	else
		a->raw += usdc;
	x->fund_all -= usdc;
	x->fund_open -= usdc;
	x->fund_change -= usdc;
	event_add(p, a, &(struct funding_event){p->block, usdc, x->szi, rate, coin});
}

static void hour(struct paper *p, uint16_t coin)
{
	struct coin *c = &p->coin[coin];
	int64_t premium = c->n_premium > 0 ? c->premium_sum / c->n_premium : 0;
	int64_t rate =
		num_cut(c->has_forced_rate ? c->forced_rate : funding_hourly(premium), 12, 10);
	uint32_t i;

	c->fundings[c->n_fundings++ % FUNDINGS_KEPT] =
		(struct funding_row){p->block, rate, premium};
	for (i = 0; i < p->n_acct; i++)
		if (p->acct[i]->pos[coin].szi != 0)
			pay(p, p->acct[i], coin, rate);
	c->premium_sum = c->n_premium = 0;
}

void funding_block(struct paper *p, int64_t market_ms)
{
	uint16_t i;

	for (i = 0; i < p->n_coins; i++) {
		struct coin *c = &p->coin[i];

		if (c->oracle == 0 || market_ms < c->next_funding_ms)
			continue;
		hour(p, i);
		c->next_funding_ms = (market_ms / HOUR_MS + 1) * HOUR_MS;
	}
}
