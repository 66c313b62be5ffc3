/* demo_book.h: `--book default`: the account of the demo, a leveraged cross book like the one on
 * the pictures, at the prices the market has now. */
#ifndef EXEUNT_PAPER_DEMO_BOOK_H
#define EXEUNT_PAPER_DEMO_BOOK_H

#include "base/err.h"
#include "paper/paper.h"

/* Funds the address so that the cross pool dies at about BTC -1.7 %, opens the positions whose
 * coins the market has (BTC must be there), and rests entry orders, stops and a target. `funded`:
 * the operator chose the cash; it is left alone. */
bool demo_book(struct paper *p, const struct paper_market *m, const char *addr, bool funded,
	       struct err *e);

#endif
