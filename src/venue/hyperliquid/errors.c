/* errors.c: the table of error texts. Prefixes, longest meaning first; the venue appends
 * " asset=N" and values. */
#include "venue/hyperliquid/errors.h"

#include <string.h>

#include "base/check.h"
#include "base/banned.h"

static const struct {
	const char *prefix;
	enum refusal class;
} texts[] = {
	{"Order was never placed, already canceled, or filled.", REFUSED_GONE},
	{"Cannot modify canceled or filled order", REFUSED_GONE},
	{"TWAP was never placed, already canceled, or filled.", REFUSED_GONE},
	{"Reduce only order would increase position.", REFUSED_REDUCE_ONLY},
	{"Reduce-only TWAP order would increase position.", REFUSED_REDUCE_ONLY},
	{"Order could not immediately match against any resting orders.", REFUSED_NO_MATCH},
	{"Post only order would have immediately matched", REFUSED_WOULD_CROSS},
	{"Order must have minimum value of ", REFUSED_MIN_VALUE},
	{"Order value too large.", REFUSED_MAX_VALUE},
	{"Insufficient margin to place order.", REFUSED_MARGIN},
	{"Insufficient spot balance", REFUSED_MARGIN},
	{"Order would cause position to exceed margin tier limit", REFUSED_MARGIN},
	{"Price must be divisible by tick size.", REFUSED_PRICE},
	{"Order price cannot be more than ", REFUSED_PRICE},
	{"Order has invalid price.", REFUSED_PRICE},
	{"Price too far from oracle", REFUSED_PRICE},
	{"Order price too far from oracle", REFUSED_PRICE},
	{"Order has zero size.", REFUSED_SIZE},
	{"Order has invalid size.", REFUSED_SIZE},
	{"Orders are empty.", REFUSED_SIZE},
	{"Invalid TP/SL price.", REFUSED_TRIGGER},
	{"No liquidity available for market order.", REFUSED_LIQUIDITY},
	{"Order would increase open interest", REFUSED_OPEN_INTEREST},
	{"Order rejected due to price more aggressive than oracle", REFUSED_OPEN_INTEREST},
	{"Too many cumulative requests sent", REFUSED_REQUESTS},
	{"Action already expired", REFUSED_EXPIRED},
	{"Invalid nonce: duplicate nonce", REFUSED_NONCE_USED},
	{"Invalid nonce: ", REFUSED_NONCE_WINDOW},
	{"Nonce mismatch.", REFUSED_NONCE_WINDOW},
	{"Unable to recover signer.", REFUSED_SIGNER},
	{"User or API Wallet ", REFUSED_SIGNER},
	{"Mainnet and testnet require different signature.", REFUSED_NETWORK},
	{"Must deposit before performing actions.", REFUSED_ACCOUNT},
	{"Vault not registered: ", REFUSED_ACCOUNT},
	{"Multi-sig required", REFUSED_ACCOUNT},
	{"Action disabled when unified account is active", REFUSED_ACCOUNT},
	{"Cannot set scheduled cancel time", REFUSED_SCHEDULE},
	{"Scheduled cancel time too early", REFUSED_SCHEDULE},
	{"Invalid TWAP duration", REFUSED_TWAP},
	{"TWAP order value too small.", REFUSED_TWAP},
};

enum refusal hl_error_class(const char *text)
{
	static const char layer[] = "L1 error: ";

	if (!strncmp(text, layer, sizeof layer - 1))
		text += sizeof layer - 1;
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		if (!strncmp(text, texts[i].prefix, strlen(texts[i].prefix)))
			return texts[i].class;
	return REFUSED_OTHER;
}

const char *hl_error_class_name(enum refusal c)
{
	static const char *const names[REFUSALS] = {
		[REFUSED_OTHER] = "other",
		[REFUSED_GONE] = "gone",
		[REFUSED_REDUCE_ONLY] = "reduce-only",
		[REFUSED_NO_MATCH] = "no match",
		[REFUSED_WOULD_CROSS] = "would cross",
		[REFUSED_MIN_VALUE] = "minimum value",
		[REFUSED_MAX_VALUE] = "maximum value",
		[REFUSED_MARGIN] = "margin",
		[REFUSED_PRICE] = "price",
		[REFUSED_SIZE] = "size",
		[REFUSED_TRIGGER] = "trigger",
		[REFUSED_LIQUIDITY] = "liquidity",
		[REFUSED_OPEN_INTEREST] = "open interest",
		[REFUSED_REQUESTS] = "requests",
		[REFUSED_EXPIRED] = "expired",
		[REFUSED_NONCE_USED] = "nonce used",
		[REFUSED_NONCE_WINDOW] = "nonce window",
		[REFUSED_SIGNER] = "signer",
		[REFUSED_NETWORK] = "network",
		[REFUSED_ACCOUNT] = "account",
		[REFUSED_SCHEDULE] = "schedule",
		[REFUSED_TWAP] = "twap",
	};

	ASSERT(c < REFUSALS);
	return names[c];
}
