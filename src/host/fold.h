/* fold.h: one request over several endpoints, one answer.
 *
 * Told: the first 200 that is not "duplicate nonce" (another path was first, and its answer is the
 * one that counts); else, when every path has spoken, the best of what they said. */
#ifndef EXEUNT_HOST_FOLD_H
#define EXEUNT_HOST_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FOLD_BODY = 256 }; /* an error says little */

struct fold {
	uint8_t left; /* paths that have not answered; set by the caller */
	bool told;
	int status; /* the best that did not decide */
	uint16_t n;
	char body[FOLD_BODY];
};

/* One path has answered (status 0: it failed). True: tell it now, as status, body and n then say;
 * the bytes are the caller's or the fold's. */
bool fold_add(struct fold *f, int *status, const char **body, size_t *n);

#endif
