/* reject.c: a refusal, folded to what an exit must do about it. What has no row is REJ_OTHER and
 * never a success. */
#include <string.h>

#include "base/check.h"
#include "exec/exec.h"
#include "base/banned.h"

static const uint8_t by_refusal[REFUSALS] = {
	[REFUSED_OTHER] = REJ_OTHER,
	[REFUSED_GONE] = REJ_GONE,
	[REFUSED_REDUCE_ONLY] = REJ_REDUCE_ONLY,
	[REFUSED_NO_MATCH] = REJ_NO_MATCH,
	[REFUSED_WOULD_CROSS] = REJ_POST_CROSS,
	[REFUSED_MIN_VALUE] = REJ_MIN_NTL,
	[REFUSED_MAX_VALUE] = REJ_VALUE_CAP,
	[REFUSED_MARGIN] = REJ_MARGIN,
	[REFUSED_PRICE] = REJ_NUMBER,
	[REFUSED_SIZE] = REJ_NUMBER,
	[REFUSED_TRIGGER] = REJ_NUMBER,
	[REFUSED_LIQUIDITY] = REJ_NO_MATCH,
	[REFUSED_OPEN_INTEREST] = REJ_OTHER,
	[REFUSED_REQUESTS] = REJ_RATE,
	[REFUSED_EXPIRED] = REJ_EXPIRED,
	[REFUSED_NONCE_USED] = REJ_OTHER,
	[REFUSED_NONCE_WINDOW] = REJ_EXPIRED,
	[REFUSED_SIGNER] = REJ_ACCESS,
	[REFUSED_NETWORK] = REJ_ACCESS,
	[REFUSED_ACCOUNT] = REJ_ACCESS,
	[REFUSED_SCHEDULE] = REJ_OTHER,
	[REFUSED_TWAP] = REJ_MIN_NTL,
};

static const struct {
	const char *part; /* occurs in the words */
	uint8_t kind;
} by_words[] = {
	{"post-only", REJ_POST_ONLY},
	{"post only mode", REJ_POST_ONLY},
	{"halted", REJ_NOT_TRADABLE},
	{"delisted", REJ_NOT_TRADABLE},
	{"Too many open orders", REJ_CROWDED},
	{"reduceOnly", REJ_REDUCE_ONLY}, /* the status, when it outruns the answer */
};

enum reject reject_of(uint8_t refusal, const char *words)
{
	uint8_t kind = refusal < REFUSALS ? by_refusal[refusal] : (uint8_t)REJ_OTHER;
	if (kind != REJ_OTHER || !words)
		return (enum reject)kind;
	for (size_t i = 0; i < COUNT_OF(by_words); i++)
		if (strstr(words, by_words[i].part))
			return (enum reject)by_words[i].kind;
	return REJ_OTHER;
}
