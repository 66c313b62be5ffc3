/* conf_in.h: what the reader of the configuration (conf.c) and its keys (conf_keys.c) share. */
#ifndef EXEUNT_HOST_CONF_IN_H
#define EXEUNT_HOST_CONF_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/conf.h"

enum section { S_NONE, S_VENUE, S_ACCOUNT, S_CAPS, S_EXIT, S_PANIC, S_UI, S_ALARM, S_LOG, S_KEYS };

struct reader {
	struct conf *c;
	const char *name, *text;
	int line;
	struct err *e;
	bool failed;
	enum section section;
	struct conf_account *account;
	uint64_t given[ACCOUNTS_MAX + 1]; /* bit = row of the table; accounts have their own */
	uint64_t panic_given;		  /* bit = row of [panic]'s own table */
	bool venue_seen;
};

typedef bool conf_setter(struct reader *r, const char *v, struct err *why);

extern const struct conf_row {
	enum section section;
	const char *key;
	conf_setter *set;
	const char *accepted; /* in words, for a refusal */
} conf_rows[];
extern const size_t conf_n_rows;

#endif
