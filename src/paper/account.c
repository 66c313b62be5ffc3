/* account.c: accounts, agents, fees and positions.
 *
 * 1. Cross cash `raw` includes the price paid for positions: equity = raw + sum of szi * mark.
 * 2. An isolated position has its own cash leg; opening moves ntl/leverage into it, reducing gives
 *    back the same share of its equity.
 * 3. entry is the notional at entry: grows on increase, shrinks in proportion on reduce.
 * 4. Fees are cut toward zero at 6 decimals and taken from the cross cash. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/hex.h"
#include "paper/state.h"

#include "base/banned.h"

bool addr_read(uint8_t out[20], const char *text)
{
	if (text == NULL)
		return false;
	if (text[0] == '0' && text[1] == 'x')
		text += 2;
	return strlen(text) == 40 && hex_decode(out, 20, text);
}

void addr_hex(char out[43], const uint8_t addr[20])
{
	out[0] = '0';
	out[1] = 'x';
	hex_encode(out + 2, addr, 20);
}

struct acct *acct_find(const struct paper *p, const uint8_t addr[20])
{
	uint32_t i;

	for (i = 0; i < p->n_acct; i++)
		if (memcmp(p->acct[i]->addr, addr, 20) == 0)
			return p->acct[i];
	return NULL;
}

struct acct *acct_get(struct paper *p, const uint8_t addr[20])
{
	struct acct *a = acct_find(p, addr);
	uint32_t i;

	if (a != NULL)
		return a;
	if (p->n_acct == ACCTS_MAX)
		return NULL;
	if (p->n_acct == p->cap_acct) {
		p->cap_acct = p->cap_acct ? 2 * p->cap_acct : 16;
		p->acct = realloc(p->acct, p->cap_acct * sizeof(struct acct *));
		ASSERT(p->acct != NULL);
	}
	a = calloc(1, sizeof *a);
	ASSERT(a != NULL);
	memcpy(a->addr, addr, 20);
	addr_hex(a->hex, addr);
	a->schedule_ms = NONE_MS;
	a->limited_ms = -NONE_MS;
	memcpy(a->abstraction, "default", 8);
	for (i = 0; i < p->n_coins; i++) {
		int32_t max = p->coin[i].c.max_leverage;

		a->lev[i] = max < 20 ? max : 20;
		a->iso[i] = p->coin[i].c.only_isolated;
	}
	p->acct[p->n_acct++] = a;
	if (p->conf.fund_any.v > 0 && p->vault != NULL && !agent_find(p, addr, NULL)) {
		a->raw = p->conf.fund_any.v;
		a->funded = true;
	}
	return a;
}

struct agent *agent_find(struct paper *p, const uint8_t addr[20], struct acct **master)
{
	uint32_t i, j;

	for (i = 0; i < p->n_acct; i++) {
		struct acct *a = p->acct[i];

		for (j = 0; j < a->n_agents; j++) {
			if (memcmp(a->agent[j].addr, addr, 20) != 0)
				continue;
			if (master != NULL)
				*master = a;
			return &a->agent[j];
		}
	}
	return NULL;
}

struct acct *acct_of_signer(struct paper *p, const uint8_t addr[20])
{
	struct acct *a = NULL;
	const struct agent *g = agent_find(p, addr, &a);

	if (g != NULL)
		return p->now < g->until_ms ? a : NULL;
	a = acct_find(p, addr);
	return a != NULL && a->funded && !a->is_vault ? a : NULL;
}

/* --- volume and fees --- */

static void volume_roll(const struct paper *p, struct acct *a)
{
	int64_t day = p->block / DAY_MS;

	if (day - a->day >= VOLUME_DAYS) {
		memset(a->day_volume, 0, sizeof a->day_volume);
		memset(a->day_cross, 0, sizeof a->day_cross);
		a->day = day;
	}
	while (a->day < day) {
		a->day++;
		a->day_volume[a->day % VOLUME_DAYS] = 0;
		a->day_cross[a->day % VOLUME_DAYS] = 0;
	}
}

void acct_add_volume(struct paper *p, struct acct *a, int64_t ntl, bool crossed)
{
	volume_roll(p, a);
	a->volume += ntl;
	a->day_volume[a->day % VOLUME_DAYS] += ntl;
	if (crossed)
		a->day_cross[a->day % VOLUME_DAYS] += ntl;
}

int64_t acct_volume14(const struct paper *p, const struct acct *a)
{
	int64_t sum = 0, today = p->block / DAY_MS, d;

	for (d = 0; d < VOLUME_DAYS; d++)
		if (a->day - d >= 0 && today - (a->day - d) < VOLUME_DAYS)
			sum += a->day_volume[(a->day - d) % VOLUME_DAYS];
	return sum;
}

int64_t fee_rate(const struct paper *p, const struct acct *a, bool crossed)
{
	static const struct {
		int64_t from_usd, taker, maker; /* at 1e-5 */
	} tier[] = {
		{0, 45, 15},	    {5000000, 40, 12},	 {25000000, 35, 8},   {100000000, 30, 4},
		{500000000, 28, 0}, {2000000000, 26, 0}, {7000000000, 24, 0},
	};
	int64_t volume = acct_volume14(p, a) / USD;
	size_t i = COUNT_OF(tier) - 1;

	while (i > 0 && volume < tier[i].from_usd)
		i--;
	return (crossed ? tier[i].taker : tier[i].maker) * (RATE_ONE / 100000);
}

void ledger_add(struct paper *p, struct acct *a, const char *delta_json)
{
	struct str row = {0};

	str_printf(&row, "{\"time\":%lld,\"hash\":\"", (long long)p->block);
	put_hash(&row, mix64(p->conf.seed, (uint64_t)p->block + a->addr[0]));
	str_printf(&row, "\",\"delta\":%s}", delta_json);
	if (a->ledger.len > 65536)
		str_clear(&a->ledger);
	if (a->ledger.len > 0)
		str_putc(&a->ledger, ',');
	str_puts(&a->ledger, row.p);
	if (a->ev_ledger.len > 0)
		str_putc(&a->ev_ledger, ',');
	str_puts(&a->ev_ledger, row.p);
	str_free(&row);
}

/* --- positions --- */

static int64_t abs64(int64_t v)
{
	return v < 0 ? -v : v;
}

static int64_t position_close(struct acct *a, struct position *x, int64_t px, int64_t sz)
{
	int64_t size = abs64(x->szi), ntl = pm_ntl(px, sz);
	int64_t entry = sz == size ? x->entry : num_muldiv(x->entry, sz, size);
	int side = x->szi > 0 ? 1 : -1;
	int64_t pnl = side * (ntl - entry), back;

	if (x->isolated) {
		back = isolated_equity(x, px);
		back = sz == size ? back : num_muldiv(back, sz, size);
		x->raw += side * ntl - back;
		a->raw += back;
	} else {
		a->raw += side * ntl;
	}
	x->entry -= entry;
	x->szi -= side * sz;
	x->fund_change = 0;
	if (x->szi == 0) {
		a->raw += x->isolated ? x->raw : 0;
		x->raw = 0;
		x->entry = 0;
		x->fund_open = 0;
	}
	return pnl;
}

static void position_open(struct paper *p, struct acct *a, uint16_t coin, bool buy, int64_t px,
			  int64_t sz)
{
	struct position *x = &a->pos[coin];
	int64_t ntl = pm_ntl(px, sz), margin;

	if (x->szi == 0) {
		x->isolated = a->iso[coin];
		x->opened_ms = p->block;
	}
	if (x->isolated) {
		margin = ntl / a->lev[coin];
		a->raw -= margin;
		x->raw += margin + (buy ? -ntl : ntl);
	} else {
		a->raw += buy ? -ntl : ntl;
	}
	x->szi += buy ? sz : -sz;
	x->entry += ntl;
	x->fund_change = 0;
}

int64_t position_trade(struct paper *p, struct acct *a, uint16_t coin, bool buy, int64_t px,
		       int64_t sz, int64_t *start)
{
	struct position *x = &a->pos[coin];
	int64_t closing = 0, pnl = 0;

	*start = x->szi;
	if (x->szi != 0 && (x->szi > 0) != buy)
		closing = sz < abs64(x->szi) ? sz : abs64(x->szi);
	if (closing > 0)
		pnl = position_close(a, x, px, closing);
	if (sz > closing)
		position_open(p, a, coin, buy, px, sz - closing);
	a->touched = true;
	return pnl;
}
