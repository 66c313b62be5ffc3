/* accounts.c: see accounts.h.
 *
 * 1. Addresses are compared, never names: a name may be given to another account.
 * 2. A place that was ever given to an address is given to no other. */
#include "host/accounts.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/hex.h"

static void raw_of(uint8_t raw[20], const struct conf_account *a)
{
	bool ok = hex_decode(raw, 20, a->address + 2);

	ASSERT(ok); /* the configuration has been read */
}

static void left(struct conf_account *a, const uint8_t raw[20])
{
	char hex[41];

	memset(a, 0, sizeof *a);
	hex_encode(hex, raw, 20);
	snprintf(a->name, sizeof a->name, "left-%.8s", hex);
	snprintf(a->address, sizeof a->address, "0x%s", hex);
}

/* The account of that address that has no place yet; NULL: none. */
static const struct conf_account *untaken(const struct conf *c, const bool *taken,
					  const uint8_t raw[20])
{
	uint8_t mine[20];

	for (int i = 0; i < c->n_accounts; i++) {
		raw_of(mine, &c->account[i]);
		if (!taken[i] && !memcmp(mine, raw, 20))
			return &c->account[i];
	}
	return NULL;
}

bool accounts_settle(struct conf *c, struct accounts_known *k, struct err *e)
{
	struct conf_account at[ACCOUNTS_KNOWN_MAX + ACCOUNTS_MAX];
	bool taken[ACCOUNTS_MAX] = {false};
	int n = 0, all = k->n;

	for (int i = 0; i < k->n; i++) {
		const struct conf_account *a = untaken(c, taken, k->address[i]);

		if (a) {
			taken[a - c->account] = true;
			at[i] = *a;
			n = i + 1;
		} else {
			left(&at[i], k->address[i]);
		}
	}
	for (int i = 0; i < c->n_accounts; i++)
		if (!taken[i])
			at[all++] = c->account[i];
	n = all > k->n ? all : n; /* whoever left and stands last needs no place */
	if (n > ACCOUNTS_MAX)
		return err_set(
			e, ERR_CONF,
			"this state directory has known %d accounts, at most %d at once: take "
			"another --state for the new ones",
			n, ACCOUNTS_MAX);
	for (int i = k->n; i < all; i++)
		raw_of(k->address[i], &at[i]);
	k->n = (uint8_t)all;
	memcpy(c->account, at, (size_t)n * sizeof at[0]);
	c->n_accounts = (uint8_t)n;
	return true;
}

void accounts_name(struct cmd *cmd, const struct conf *c)
{
	const uint8_t *place = cmd_account(cmd);

	cmd->by_address = place && *place < c->n_accounts;
	if (cmd->by_address)
		raw_of(cmd->address, &c->account[*place]);
}

bool accounts_place(struct cmd *cmd, const struct conf *c, struct err *e)
{
	uint8_t *place = cmd_account(cmd), mine[20];
	char hex[41];

	if (!cmd->by_address || !place)
		return true;
	for (uint8_t i = 0; i < c->n_accounts; i++) {
		raw_of(mine, &c->account[i]);
		if (!memcmp(mine, cmd->address, 20)) {
			*place = i;
			return true;
		}
	}
	hex_encode(hex, cmd->address, 20);
	return err_set(e, ERR_CONF,
		       "the engine that runs does not know account 0x%s: it was configured since. "
		       "End that engine (its exits go on with the next) and say it again",
		       hex);
}

uint8_t accounts_find(const struct conf *c, const char *address)
{
	uint8_t i = 0;

	while (i < c->n_accounts && strcmp(c->account[i].address, address))
		i++;
	return i < c->n_accounts ? i : ACCOUNTS_MAX;
}
