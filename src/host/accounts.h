/* accounts.h: which account is which. Engine, journal and commands know an account by its place in
 * a list; the configuration may be edited at any time, under a running engine too. An account is
 * its address: here places are put right, so that no exit, flatten or cancel moves to another
 * account because one was written in front of it. */
#ifndef EXEUNT_HOST_ACCOUNTS_H
#define EXEUNT_HOST_ACCOUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "core/cmd.h"
#include "host/conf.h"

enum { ACCOUNTS_KNOWN_MAX = 63 };
#define ACCOUNTS_META "accounts" /* in the journal: struct accounts_known, as it is */

/* The accounts of a journal, in the order of their numbers there; it only grows. */
struct accounts_known {
	uint8_t n;
	uint8_t address[ACCOUNTS_KNOWN_MAX][20];
};

/* Orders the accounts of *c as the journal numbers them, and adds new ones to *k. One that has left
 * the configuration keeps its place, watched and without a key, as long as a later one needs its
 * own; its name is then the first digits of its address. ERR_CONF: more than ACCOUNTS_MAX. */
bool accounts_settle(struct conf *c, struct accounts_known *k, struct err *e);

/* The sender's side: writes the address of the account that a command names by its place in *c. */
void accounts_name(struct cmd *cmd, const struct conf *c);
/* The engine's side: the place in *c. ERR_CONF: no such account here. */
bool accounts_place(struct cmd *cmd, const struct conf *c, struct err *e);
/* By the text of an address; ACCOUNTS_MAX: none. */
uint8_t accounts_find(const struct conf *c, const char *address);

#endif
