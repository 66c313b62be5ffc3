/* dexes.h: the perp dexes that a venue lists, asked for once, by a shell without a configuration
 * that would name them. */
#ifndef EXEUNT_HOST_DEXES_H
#define EXEUNT_HOST_DEXES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/conf.h"
#include "host/statedir.h"

struct dex_list {
	uint8_t n;
	char name[DEXES_MAX - 1][12]; /* as conf_account.dex: without the validator's */
	char missing[96];	      /* what is not among them, for "Not watched"; "" nothing */
};

/* The answer to perpDexs; what cannot be read or does not fit is `missing`. */
void dexes_parse(struct dex_list *out, const char *text, size_t n);
/* Asks; blocks for timeout_ms at most. Without an answer the list is empty and `missing` says so.
 */
void dexes_ask(struct dex_list *out, const struct conf *c, const struct statedir *d,
	       int timeout_ms);

#endif
