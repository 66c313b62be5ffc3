/* errors.h: what the venue's error texts mean, from one table. */
#ifndef EXEUNT_VENUE_HYPERLIQUID_ERRORS_H
#define EXEUNT_VENUE_HYPERLIQUID_ERRORS_H

#include "core/event.h"

/* By prefix (an "L1 error: " before it is skipped). */
enum refusal hl_error_class(const char *text);
const char *hl_error_class_name(enum refusal c);

#endif
