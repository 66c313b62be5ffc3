/* limits.c: nonces by signer, weights by IP, requests by address.
 *
 * 1. A signer's 100 highest nonces are kept: a new one must be above the smallest of them and
 *    unused, within (block - 2 days, block + 1 day). Older duplicates are remembered as well.
 * 2. IP: 1,200 weight in a UTC minute. Address: 10,000 + 1 per USDC traded, then one action per
 *    10 s; cancels may go to min(cap + 100,000, 2 * cap). A batch counts each element. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "paper/state.h"

#include "base/banned.h"

enum { IP_WEIGHT = 1200, LIMITED_MS = 10000 };

static struct signer *signer_get(struct paper *p, const uint8_t addr[20], bool make)
{
	struct signer *g;
	uint32_t i;

	for (i = 0; i < p->n_signers; i++)
		if (memcmp(p->signer[i]->addr, addr, 20) == 0)
			return p->signer[i];
	if (!make)
		return NULL;
	if (p->n_signers == p->cap_signers) {
		p->cap_signers = p->cap_signers ? 2 * p->cap_signers : 8;
		p->signer = realloc(p->signer, p->cap_signers * sizeof(struct signer *));
		ASSERT(p->signer != NULL);
	}
	g = calloc(1, sizeof *g);
	ASSERT(g != NULL);
	memcpy(g->addr, addr, 20);
	p->signer[p->n_signers++] = g;
	return g;
}

enum text nonce_check(struct paper *p, const uint8_t signer[20], uint64_t nonce, char arg[24],
		      char arg2[24])
{
	const struct signer *g = signer_get(p, signer, false);
	uint64_t low = (uint64_t)(p->block - 2 * DAY_MS), high = (uint64_t)(p->block + DAY_MS), i,
		 n;

	snprintf(arg, 24, "%llu", (unsigned long long)nonce);
	arg2[0] = '\0';
	if (nonce >= high) {
		snprintf(arg2, 24, "%llu", (unsigned long long)high);
		return TX_NONCE_HIGH;
	}
	n = g == NULL ? 0 : g->n_seen < NONCES_SEEN ? g->n_seen : NONCES_SEEN;
	for (i = 0; i < n; i++)
		if (g->seen[i] == nonce)
			return TX_NONCE_DUP;
	if (g != NULL && g->n_kept == NONCES_KEPT && g->kept[0] > low)
		low = g->kept[0];
	if (nonce <= low) {
		snprintf(arg2, 24, "%llu", (unsigned long long)low);
		return TX_NONCE_LOW;
	}
	return TX_NONE;
}

void nonce_use(struct paper *p, const uint8_t signer[20], uint64_t nonce)
{
	struct signer *g = signer_get(p, signer, true);
	uint32_t i;

	g->seen[g->n_seen++ % NONCES_SEEN] = nonce;
	if (g->n_kept == NONCES_KEPT) {
		memmove(g->kept, g->kept + 1, (NONCES_KEPT - 1) * sizeof g->kept[0]);
		g->n_kept--;
	}
	for (i = g->n_kept; i > 0 && g->kept[i - 1] > nonce; i--)
		g->kept[i] = g->kept[i - 1];
	g->kept[i] = nonce;
	g->n_kept++;
}

/* --- IP --- */

struct ip *ip_find(struct paper *p, const char *name)
{
	struct ip *ip;
	uint32_t i;

	if (name == NULL)
		name = "";
	for (i = 0; i < p->n_ips; i++)
		if (strncmp(p->ip[i].name, name, sizeof p->ip[i].name - 1) == 0)
			return &p->ip[i];
	if (p->n_ips == IPS_MAX)
		return &p->ip[IPS_MAX - 1]; /* the rest share one budget */
	ip = &p->ip[p->n_ips++];
	snprintf(ip->name, sizeof ip->name, "%s", name);
	return ip;
}

bool ip_charge(struct paper *p, struct ip *ip, uint32_t weight)
{
	int64_t minute = p->now / 60000;

	if (ip->minute != minute) {
		ip->minute = minute;
		ip->weight = ip->messages = ip->opened = 0;
	}
	if (p->conf.no_ip_limits)
		return true;
	if (ip->weight + weight > IP_WEIGHT) {
		if (p->spy != NULL)
			p->spy(p->spy_ctx, NULL);
		return false;
	}
	ip->weight += weight;
	return true;
}

/* --- address --- */

uint64_t addr_cap(const struct paper *p, const struct acct *a)
{
	(void)p;
	return 10000 + (uint64_t)(a->volume / USD) + a->reserved;
}

bool addr_charge(struct paper *p, struct acct *a, const struct action *act, struct str *err)
{
	uint64_t n = act->n > 0 ? act->n : 1, cap = addr_cap(p, a), top = cap;
	char used[24], limit[24];
	struct str volume = {0};

	if (act->kind == AK_CANCEL || act->kind == AK_CANCEL_CLOID)
		top = cap + 100000 < 2 * cap ? cap + 100000 : 2 * cap;
	a->requests += n;
	if (p->conf.no_address_limits || a->requests <= top)
		return true;
	if (p->block >= a->limited_ms + LIMITED_MS || a->limited_ms < 0) {
		a->limited_ms = p->block;
		return true;
	}
	if (p->spy != NULL)
		p->spy(p->spy_ctx, NULL);
	snprintf(used, sizeof used, "%llu", (unsigned long long)a->requests);
	snprintf(limit, sizeof limit, "%llu", (unsigned long long)cap);
	str_trim(&volume, num_cut(a->volume, 8, 2), 8);
	text_put(err, TX_TOO_MANY_REQUESTS, used, limit, str_text(&volume));
	str_free(&volume);
	return false;
}
