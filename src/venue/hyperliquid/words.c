/* words.c: the venue's words as tables. A word that is not known is never a verdict. */
#include <string.h>

#include "base/check.h"
#include "venue/hyperliquid/internal.h"
#include "base/banned.h"

static bool ends_with(const char *s, const char *tail)
{
	size_t n = strlen(s), t = strlen(tail);

	return n >= t && !strcmp(s + n - t, tail);
}

/* The list of statuses has grown before: suffixes decide, after the exact words. */
enum order_status word_order_status(const char *s)
{
	static const struct {
		const char *word;
		uint8_t status;
	} exact[] = {
		{"open", OS_OPEN},	   {"filled", OS_FILLED},
		{"canceled", OS_CANCELED}, {"triggered", OS_TRIGGERED},
		{"rejected", OS_REJECTED}, {"unknownOid", OS_UNKNOWN_OID},
	};
	static const struct {
		const char *tail;
		uint8_t status;
	} tails[] = {
		{"Canceled", OS_CANCELED},
		{"Cancel", OS_CANCELED},
		{"Rejected", OS_REJECTED},
	};

	for (size_t i = 0; i < COUNT_OF(exact); i++)
		if (!strcmp(s, exact[i].word))
			return exact[i].status;
	for (size_t i = 0; i < COUNT_OF(tails); i++)
		if (ends_with(s, tails[i].tail))
			return tails[i].status;
	return OS_OTHER;
}

bool word_abstraction(const char *s, uint8_t *out)
{
	static const char *const words[] = {
		[ABS_DEFAULT] = "default",	  [ABS_DISABLED] = "disabled",
		[ABS_UNIFIED] = "unifiedAccount", [ABS_PORTFOLIO] = "portfolioMargin",
		[ABS_DEX] = "dexAbstraction",
	};

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (!strcmp(s, words[i])) {
			*out = (uint8_t)i;
			return true;
		}
	}
	return false;
}

enum tif word_tif(const char *s)
{
	if (!strcmp(s, "Alo"))
		return TIF_ALO;
	if (!strcmp(s, "Gtc"))
		return TIF_GTC;
	return TIF_IOC; /* Ioc, FrontendMarket, LiquidationMarket */
}
