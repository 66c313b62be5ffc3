/* dexes.c: the perp dexes of the venue: its own, and those of builders.
 *
 * 1. A coin named "xyz:GOLD" belongs to builder dex xyz; dexes stand in the order in which the
 * market first names them, 0 is the validator's.
 * 2. Asset numbers on the wire are the venue's: place in the dex's own list, and 100000 + 10000 *
 * dex for builders'. Inside, an asset is an index into coin[]; only exec_action and the texts of
 *    answers translate.
 * 3. Builder dexes are isolated-only, and the account's collateral moves to a position and back by
 *    itself (userDexAbstraction is true): the validator dex's cash is all there is. */
#include <string.h>

#include "base/check.h"
#include "paper/state.h"

#include "base/banned.h"

#define UNKNOWN_ASSET (UINT32_C(1) << 31)

static size_t prefix(const char *coin)
{
	const char *colon = strchr(coin, ':');

	return colon != NULL ? (size_t)(colon - coin) : 0;
}

static uint8_t dex_of(struct paper *p, const char *coin)
{
	size_t n = prefix(coin);
	uint8_t d;

	if (n == 0)
		return 0;
	for (d = 1; d < p->n_dexes; d++)
		if (strlen(p->dex[d].name) == n && memcmp(p->dex[d].name, coin, n) == 0)
			return d;
	ASSERT(d < PAPER_DEXES_MAX && n < sizeof p->dex[0].name);
	memcpy(p->dex[d].name, coin, n);
	p->n_dexes++;
	return d;
}

void dexes_init(struct paper *p)
{
	uint32_t i;

	p->n_dexes = 1;
	for (i = 0; i < p->n_coins; i++) {
		struct coin *c = &p->coin[i];

		c->dex = dex_of(p, c->c.name);
		c->place = p->dex[c->dex].n_coins++;
		c->c.only_isolated |= c->dex > 0;
	}
}

int dex_by_name(const struct paper *p, const char *name)
{
	int d;

	for (d = 0; d < p->n_dexes; d++)
		if (strcmp(p->dex[d].name, name == NULL ? "" : name) == 0)
			return d;
	return -1;
}

uint32_t asset_of(const struct paper *p, uint32_t coin)
{
	if (coin >= p->n_coins)
		return coin & ~UNKNOWN_ASSET;

	const struct coin *c = &p->coin[coin];
	return c->place + (c->dex > 0 ? 100000 + 10000 * (uint32_t)c->dex : 0);
}

static void inside(const struct paper *p, uint32_t *asset)
{
	uint32_t i;

	for (i = 0; i < p->n_coins; i++)
		if (asset_of(p, i) == *asset) {
			*asset = i;
			return;
		}
	*asset |= UNKNOWN_ASSET; /* above every index: refused where it is used */
}

void assets_inside(const struct paper *p, struct action *act)
{
	uint32_t i;

	for (i = 0; act->order != NULL && i < act->n; i++)
		inside(p, &act->order[i].asset);
	for (i = 0; act->cancel != NULL && act->order == NULL && i < act->n; i++)
		inside(p, &act->cancel[i].asset);
	inside(p, &act->asset);
}

void put_perp_dexs(const struct paper *p, struct str *s)
{
	int d;

	str_puts(s, "[null");
	for (d = 1; d < p->n_dexes; d++)
		str_printf(s,
			   ",{\"name\":\"%s\",\"fullName\":\"%s\",\"deployer\":"
			   "\"0x00000000000000000000000000000000000000d%x\",\"oracleUpdater\":null,"
			   "\"feeRecipient\":null,\"assetToStreamingOiCap\":[],\"subDeployers\":[],"
			   "\"deployerFeeScale\":\"1.0\",\"lastDeployerFeeScaleChangeTime\":"
			   "\"1970-01-01T00:00:00\",\"assetToFundingMultiplier\":[]}",
			   p->dex[d].name, p->dex[d].name, (unsigned)d);
	str_putc(s, ']');
}

/* Pairs [name, state] of every dex, as subAccounts2 and allDexsClearinghouseState have them. */
void put_dex_states(struct paper *p, struct acct *a, struct str *s)
{
	int d;

	str_putc(s, '[');
	for (d = 0; d < p->n_dexes; d++) {
		str_printf(s, "%s[\"%s\",", d ? "," : "", p->dex[d].name);
		put_state(p, a, d, s);
		str_putc(s, ']');
	}
	str_putc(s, ']');
}
