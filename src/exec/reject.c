/* reject.c: the venue's words, folded to what we must do about them. The texts are facts of the
 * protocol; a text that is not in the table is REJ_OTHER and never a success. */
#include <string.h>

#include "base/check.h"
#include "exec/exec.h"
#include "base/banned.h"

static const struct {
	const char *part; /* occurs in the text */
	uint8_t kind;
} table[] = {
	{"Reduce only order would increase", REJ_REDUCE_ONLY},
	{"Reduce-only TWAP order would increase", REJ_REDUCE_ONLY},
	{"could not immediately match", REJ_NO_MATCH},
	{"No liquidity available", REJ_NO_MATCH},
	{"Post only order would have", REJ_POST_CROSS},
	{"must have minimum value", REJ_MIN_NTL},
	{"TWAP order value too small", REJ_MIN_NTL},
	{"Insufficient margin", REJ_MARGIN},
	{"Order value too large", REJ_VALUE_CAP},
	{"Action already expired", REJ_EXPIRED},
	{"Too many cumulative requests", REJ_RATE},
	{"divisible by tick size", REJ_NUMBER},
	{"invalid size", REJ_NUMBER},
	{"zero size", REJ_NUMBER},
	{"invalid price", REJ_NUMBER},
	{"Price too far from oracle", REJ_NUMBER},
	{"away from the reference price", REJ_NUMBER},
	{"Invalid TWAP duration", REJ_NUMBER},
	{"only post-only", REJ_POST_ONLY},
	{"post only mode", REJ_POST_ONLY},
	{"does not exist", REJ_ACCESS},
	{"Vault not registered", REJ_ACCESS},
	{"Multi-sig required", REJ_ACCESS},
	{"Mainnet and testnet require", REJ_ACCESS},
	{"Unable to recover signer", REJ_ACCESS},
	{"valid_until already expired", REJ_ACCESS},
	{"Must deposit before", REJ_ACCESS},
	{"halted", REJ_NOT_TRADABLE},
	{"delisted", REJ_NOT_TRADABLE},
	{"was never placed, already canceled", REJ_GONE},
};

enum reject reject_of(const char *text)
{
	if (!text || !*text)
		return REJ_NONE;
	for (size_t i = 0; i < COUNT_OF(table); i++)
		if (strstr(text, table[i].part))
			return (enum reject)table[i].kind;
	return REJ_OTHER;
}
