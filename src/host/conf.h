/* conf.h: the configuration file, read once, checked whole. Every error names file, line, key and
 * what would be accepted; unknown or repeated keys, long and continued lines are refused. */
#ifndef EXEUNT_HOST_CONF_H
#define EXEUNT_HOST_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "core/dec.h"
#include "core/panic.h"
#include "core/snap.h"
#include "host/url.h"
#include "limits.h"

enum { CONF_ENDPOINTS = 4, CONF_LINE_MAX = 190, CONF_BYTES_MAX = 65536 };

struct conf_account {
	char name[NAME_MAX_];
	char address[43]; /* 0x, lower case */
	char key[64];	  /* label of the key file; empty: watch only */
	bool vault;	  /* a sub-account or vault: actions name it in vaultAddress */
	uint8_t n_dexes;
	char dex[DEXES_MAX - 1][12];
};

/* [exit]: what a ticket that says nothing gets; zero leaves it to the rule of operations.md 8. */
struct conf_exit {
	struct ratio risk, cap, random, chase_give_up, depth;
	bool random_set, place_set;
	int64_t post_for_ms;
	uint16_t chase_max;
	uint8_t place;	  /* enum placement */
	char priors[512]; /* of `exeunt calibrate`, read when an engine starts; "" none */
};

/* [caps]: notional that the signer lets through of what adds risk; 0, the default, is nothing.
 * Reductions are never capped. */
struct conf_caps {
	struct money order, session, hedge;
	struct money minute; /* of 60 s; 0: as much as session */
};

struct conf {
	char path[1024]; /* empty: no file, all defaults */
	uint8_t network; /* enum net */
	struct url url;
	uint8_t n_endpoints;
	struct url endpoint[CONF_ENDPOINTS]; /* further ones for actions */
	char ca_file[512];
	uint8_t n_accounts;
	struct conf_account account[ACCOUNTS_MAX];
	struct conf_exit exit;
	struct conf_caps caps;
	struct panic_conf panic; /* [panic], at its defaults where nothing is said */
	char theme[32], keys[256];
	uint32_t repaint_hz; /* 0: default */
	char hook[512];	     /* [alarm] */
	int log_level;	     /* enum log_level */
	int64_t key_idle_ms; /* 0: default */
};

void conf_defaults(struct conf *c);
/* A missing file is all defaults when `path` was not asked for by name. */
bool conf_read(struct conf *c, const char *path, bool must_exist, struct err *e);
/* For tests and for the demo: the same from memory. */
bool conf_read_text(struct conf *c, const char *name, const char *text, struct err *e);
/* Keys by label, one slot each: slot_of[i] is account i's, 0xff none. Slots are this process's own
 * (the signer is asked by label). Returns how many. */
uint8_t conf_key_slots(const struct conf *c, const char *label[ACCOUNTS_MAX],
		       uint8_t slot_of[ACCOUNTS_MAX]);
/* The effective configuration, as a file again. */
void conf_print(const struct conf *c, struct buf *out);

#endif
