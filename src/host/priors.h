/* priors.h: the file of fitted estimates: written by `exeunt calibrate`, named by `priors` of
 * [exit], read by an engine when it starts.
 *
 *   {"exeunt_priors":1,"coins":[{"coin":"BTC","span_s":28800,
 *     "refill_s":{"value":7.4,"sd":0.6,"samples":28000}, ...}]}
 *
 * Keys of estimates are those of prior_row; amounts are USD. A key that is not there is not fitted;
 * one that is not known, a value outside its range, a coin told twice refuse the file by name. */
#ifndef EXEUNT_HOST_PRIORS_H
#define EXEUNT_HOST_PRIORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "plan/live.h"

struct prior_row {
	uint8_t kind; /* enum est_kind */
	const char *key, *words, *unit;
	double min, max; /* of a value that may be believed */
};
enum { PRIOR_ROWS = 8 };
extern const struct prior_row prior_row[PRIOR_ROWS];

/* Puts one coin as an object; only what was fitted (n > 0). */
void priors_put(struct buf *b, const struct live_prior *p);
bool priors_parse(struct live_prior *out, uint32_t *n, const char *text, size_t len,
		  const char *name, struct err *e);
/* out has room for PRIORS_MAX. */
bool priors_read(struct live_prior *out, uint32_t *n, const char *path, struct err *e);
/* For an engine that starts: a file that cannot be used stops nothing, `bad` says why ("" it is
 * used, or path is ""). */
void priors_fill(const char *path, struct live_prior *out, uint32_t *n, char *bad, size_t cap);

#endif
