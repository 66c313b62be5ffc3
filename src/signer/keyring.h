/* keyring.h: the pages that hold key bytes: locked in memory, left out of dumps, zeros in a forked
 * child. */
#ifndef EXEUNT_SIGNER_KEYRING_H
#define EXEUNT_SIGNER_KEYRING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "signer/keys.h"
#include "signer/req.h"

struct keyring { /* lives in those pages, nowhere else */
	uint8_t key[SIGNER_KEYS_MAX][32];
	struct secret password;
	char file[KEYFILE_BYTES_MAX];
};

/* NULL: the pages cannot be had or cannot be locked, *e says which. */
struct keyring *keyring_new(struct err *e);
void keyring_free(struct keyring *k); /* wipes */

#endif
